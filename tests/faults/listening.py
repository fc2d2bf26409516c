"""What the servers of these tests share: they listen on loopback until they are closed."""

from __future__ import annotations

import contextlib
import socket
import threading


class Listening:
    """Hands each connection to `_take`, one after the other, in a thread of its own."""

    def __init__(self) -> None:
        self._closing = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """End it and all its connections."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                connected, _ = self._listening.accept()
            except OSError:
                return
            self._take(connected)

    def _take(self, connected: socket.socket) -> None:
        raise NotImplementedError
