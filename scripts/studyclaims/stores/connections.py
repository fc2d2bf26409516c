"""Connections with one deadline for all of a call: resolving, connecting, sending and reading.

A limit a socket has by itself begins anew with each byte, so that a store which sends one a second
is waited for without end.
"""

from __future__ import annotations

import io
import queue
import socket
import ssl
import threading
import time
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from urllib.request import Request

_STEP: Final = 1 << 18
"""The bytes that are sent before the clock is looked at again."""

_REFUSED: Final = 400
"""The least status by which a store says that it did nothing."""


class Clock:
    """What is left of the time that a call may take.

    >>> 0 < Clock(5).left() <= 5
    True
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Reading(io.RawIOBase):
    """What comes in over a socket, for as long as the clock runs."""

    def __init__(self, connected: socket.socket, clock: Clock) -> None:
        self._socket, self._clock = connected, clock
        # A socket stays open for as long as a file of its own does.
        self._file = cast("io.RawIOBase", connected.makefile("rb", buffering=0))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any buffer
        self._socket.settimeout(self._clock.left())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Timed:
    """A socket, as http.client uses one, for as long as the clock runs."""

    def __init__(self, connected: socket.socket, clock: Clock) -> None:
        self._socket, self._clock = connected, clock

    def sendall(self, data: bytes) -> None:
        for start in range(0, len(data), _STEP):
            self._socket.settimeout(self._clock.left())
            self._socket.sendall(memoryview(data)[start : start + _STEP])

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._socket, self._clock))

    def close(self) -> None:
        self._socket.close()


class _Plain(HTTPConnection):
    """A connection over http."""

    def __init__(self, place: str, clock: Clock) -> None:
        super().__init__(place)
        self._clock = clock

    def connect(self) -> None:
        self.sock = _Timed(_connected(self.host, self.port, self._clock), self._clock)


class _Secure(HTTPSConnection):
    """A connection over https: certificates are checked against those the system trusts."""

    def __init__(self, place: str, clock: Clock) -> None:
        super().__init__(place, context=_trusted())
        self._clock = clock

    def connect(self) -> None:
        connected = _connected(self.host, self.port, self._clock)
        try:
            connected.settimeout(self._clock.left())
            secure = _trusted().wrap_socket(connected, server_hostname=self.host)
        except BaseException:
            connected.close()
            raise
        self.sock = _Timed(secure, self._clock)


@cache
def _trusted() -> ssl.SSLContext:
    """Return what https is checked against; SSL_CERT_FILE names another file of certificates."""
    return ssl.create_default_context()


def _connected(host: str, port: int, clock: Clock) -> socket.socket:
    """Return a socket that is connected to the first address of a host that answers."""
    problem: OSError = OSError(f"no address of {host} is known")
    for family, kind, protocol, _, address in _addresses(host, port, clock):
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(clock.left())
            connected.connect(address)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connected.close()
            problem = error
        else:
            return connected
    raise problem


def _addresses(host: str, port: int, clock: Clock) -> list[Any]:
    """Return the addresses of a host; the system has no deadline for that, so a thread waits."""
    found: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.put(OSError(f"no address of {host} is known: {error}"))

    threading.Thread(target=resolve, daemon=True).start()
    try:
        answer = found.get(timeout=clock.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def exchange(request: Request, clock: Clock) -> HTTPResponse:
    """Return the head of the answer to a request, its body still to be read; the caller closes it.

    A redirect is an answer as any other: none is followed.

    >>> from urllib.request import Request
    >>> exchange(Request("http://127.0.0.1:9"), Clock(5))
    Traceback (most recent call last):
    ConnectionRefusedError: [Errno 111] Connection refused

    Raises:
        OSError: there is no connection, or none any more; TimeoutError where the time is over.
        http.client.HTTPException: the answer is no HTTP.
    """
    parts = urlsplit(request.full_url)
    kind = _Secure if parts.scheme == "https" else _Plain
    connection = kind(parts.netloc, clock)
    body = cast("bytes | None", request.data)
    # Asked to close the connection, some servers tell no length, and let its end be the body's.
    headers = dict(request.header_items())
    try:
        response = _response(connection, request.get_method(), request.selector, body, headers)
    except BaseException:
        connection.close()
        raise
    # The answer holds the socket open until it is read; closing the connection would close both.
    if connection.sock:
        connection.sock.close()
    return response


def _response(
    connection: HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> HTTPResponse:
    """Return the head of the answer, also that of a store which refuses before it has read all."""
    try:
        connection.request(method, path, body=body, headers=headers)
    except (BrokenPipeError, ConnectionResetError) as broken:
        # Whoever is not known yet, and sends much, is told so and cut off.
        try:
            response = connection.getresponse()
        except (OSError, HTTPException):
            raise broken from None
        if response.status >= _REFUSED:
            return response
        response.close()
        raise
    return connection.getresponse()
