"""Requests and answers on a socket, byte by byte, as no library would let a server write them."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from threading import Event

SERVER: Final = "Oxigraph/0.0.0"
"""What the answers say they are from, so that a probe has something to find."""

STEP: Final = 0.03
"""The seconds between two bytes of what is slow."""


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type of the body."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


@dataclass(frozen=True)
class Reply:
    """An answer as it should be."""

    status: int
    media_type: str = ""
    body: bytes = b""
    extra: tuple[tuple[str, str], ...] = field(default=())

    def but(self, **changes: object) -> Reply:
        """Return the answer with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def head(self, *more: tuple[str, object]) -> bytes:
        """Return the status line and the headers, ``more`` at their end."""
        lines = [f"HTTP/1.1 {self.status} Said", f"Server: {SERVER}"]
        lines += [f"Content-Type: {self.media_type}"] if self.media_type else []
        lines += [f"{name}: {value}" for name, value in (*self.extra, *more)]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"

    def whole(self) -> bytes:
        """Return all of it, its length told."""
        if self.status == 204:
            return self.head()
        return self.head(("Content-Length", len(self.body))) + self.body


class Wire:
    """One connection."""

    def __init__(self, connected: socket.socket, closing: Event) -> None:
        self.socket = connected
        self.closing = closing

    def asked(self) -> Asked | None:
        """Return the request that comes in, or None where none does."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.socket.recv(65536)
            if not part:
                return None
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        while len(body) < int(headers.get("content-length", 0)):
            body += self.socket.recv(65536)
        path, _, query = target.partition("?")
        return Asked(method, path, query, headers, body)

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send bytes one by one, each a moment after the last, and then nothing more."""
        for at in range(len(data)):
            self.socket.sendall(data[at : at + 1])
            if self.closing.wait(STEP):
                return
        self.wait()

    def wait(self) -> None:
        """Send nothing until the server ends, or the other side does."""
        self.socket.settimeout(STEP)
        while not self.closing.is_set():
            try:
                if not self.socket.recv(1):
                    return
            except TimeoutError:
                continue

    def reset(self) -> None:
        """Break the connection, so that the other side sees a reset and no end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
