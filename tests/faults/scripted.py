"""A server that says what it is told to, an answer a connection, and keeps what it was sent."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from faults.listening import Listening
from faults.wire import Asked, Wire

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Iterator


class Script(Listening):
    """Answers each connection with the next of some texts, and with the last one ever after."""

    def __init__(self, *answers: bytes, secure: ssl.SSLContext | None = None) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self._secure = secure
        super().__init__()
        self.url = f"http{'s' if secure else ''}://localhost:{self.port}/ds"

    def _take(self, connected: socket.socket) -> None:
        with contextlib.suppress(OSError), connected:
            if self._secure:
                connected = self._secure.wrap_socket(connected, server_side=True)
            wire = Wire(connected, self._closing)
            asked = wire.asked()
            if asked:
                self.asked.append(asked)
                wire.send(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
                connected.close()


@contextlib.contextmanager
def scripted(*answers: bytes, secure: ssl.SSLContext | None = None) -> Iterator[Script]:
    """Give a server that says these answers, one after the other."""
    script = Script(*answers, secure=secure)
    try:
        yield script
    finally:
        script.close()


def said(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return an answer as bytes; ``www_authenticate`` stands for the header of that name."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
