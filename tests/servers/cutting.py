"""A stretch of wire before a real store, which ends after so many bytes of either direction."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL: Final = 1 << 40
PART: Final = 1 << 16


class Wire:
    """Passes on what goes to a store and comes back; ``sent`` and ``received`` are the limits."""

    def __init__(self, url: str, sent: int, received: int) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 80)
        self._limits = (sent, received)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        port = self._listening.getsockname()[1]
        self.url = url.replace(parts.netloc, f"127.0.0.1:{port}", 1)
        self.cuts = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        """Carry one connection until both directions have ended."""
        with contextlib.suppress(OSError), near, socket.create_connection(self._target) as far:
            back = threading.Thread(target=self._pass_on, args=(far, near, self._limits[1]))
            back.start()
            self._pass_on(near, far, self._limits[0])
            back.join()

    def _pass_on(self, source: socket.socket, target: socket.socket, limit: int) -> None:
        """Pass bytes on until the limit; then both sides see an orderly end."""
        with contextlib.suppress(OSError):
            while part := source.recv(PART):
                target.sendall(part[:limit])
                limit -= len(part)
                if limit < 0:
                    self.cuts += 1
                    break
            target.shutdown(socket.SHUT_WR)
        if limit < 0:
            for end in (source, target):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def cutting(url: str, *, sent: int = ALL, received: int = ALL) -> Iterator[Wire]:
    """Give a wire to the store at an address, cut where a connection has carried so much."""
    wire = Wire(url, sent, received)
    try:
        yield wire
    finally:
        wire.close()
