"""Messages between the front and a worker: a head in JSON, and a body of bytes."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

_SIZES: Final = struct.Struct(">II")

Message = tuple[dict[str, Any], bytes]
"""A head, and a body that may be empty."""


def packed(head: dict[str, Any], body: bytes = b"") -> bytes:
    r"""Return a message as it is sent.

    >>> packed({}, b"abc")
    b'\x00\x00\x00\x02\x00\x00\x00\x03{}abc'
    """
    text = json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return b"".join((_SIZES.pack(len(text), len(body)), text, body))


def received(link: socket.socket) -> Message | None:
    """Return the next message of a socket, or None where the other side has left.

    >>> import socket
    >>> ours, theirs = socket.socketpair()
    >>> ours.sendall(packed({"a": 1})); ours.close()
    >>> received(theirs), received(theirs)
    (({'a': 1}, b''), None)
    >>> theirs.close()
    """
    sizes = _exactly(link, _SIZES.size)
    if sizes is None:
        return None
    head, body = _SIZES.unpack(sizes)
    data = _exactly(link, head + body)
    return None if data is None else _message(data, head)


def calls(link: socket.socket) -> Iterator[dict[str, Any]]:
    """Yield the heads of the messages of a socket until the other side leaves.

    >>> import socket
    >>> ours, theirs = socket.socketpair()
    >>> ours.sendall(packed({"a": 1}) + packed({"b": 2})); ours.close()
    >>> list(calls(theirs)); theirs.close()
    [{'a': 1}, {'b': 2}]
    """
    frames = Frames()
    while data := link.recv(1 << 16):
        for head, _ in frames.fed(data):
            yield head


class Frames:
    """Puts messages together out of the pieces that they arrive in.

    >>> frames = Frames()
    >>> data = packed({"a": 1}, b"b")
    >>> [list(frames.fed(piece)) for piece in (data[:9], data[9:])]
    [[], [({'a': 1}, b'b')]]
    """

    def __init__(self) -> None:
        self._held = bytearray()

    def fed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages that are whole with this piece."""
        self._held += data
        while len(self._held) >= _SIZES.size:
            head, body = _SIZES.unpack_from(self._held)
            end = _SIZES.size + head + body
            if len(self._held) < end:
                return
            whole = bytes(memoryview(self._held)[_SIZES.size : end])
            del self._held[:end]
            yield _message(whole, head)


def _exactly(link: socket.socket, size: int) -> bytes | None:
    """Return so many bytes, or None where they end before."""
    pieces = []
    while size:
        piece = link.recv(min(size, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _message(data: bytes, head: int) -> Message:
    return json.loads(data[:head].decode("utf-8", "surrogatepass")), data[head:]
