"""Connections that nobody can hold open for nothing.

uvicorn has no limit on how long the head of a request may take, nor on how long an answer is waited
for to be taken, and closes a connection only once its buffer is empty. Here a connection that is
not being served ends when its time is up, and so does one whose answers, small ones too, are not
taken; where there are too many, the one that has been quiet longest makes room for the new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from studyclaims.serving.limits import Limits


_FULL: Final = 1 << 16
"""The bytes that are sent without waiting for more."""


class _Joined:
    """A transport that sends the head and the body of a small answer at once, and not one by one.

    On this machine the sending is the larger part of what a look-up costs.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self.written = 0
        self.is_closing = transport.is_closing
        self.abort = transport.abort
        self.get_write_buffer_size = transport.get_write_buffer_size
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading

    @property
    def taken(self) -> int:
        """The bytes that the system has taken of all that was written."""
        return self.written - self.get_write_buffer_size()

    def write(self, data: bytes) -> None:
        """Send this with what else is written in the same step."""
        if not data:
            return
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        if len(data) >= _FULL:
            self._send()

    def close(self) -> None:
        """Close the connection once all is sent."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            data, self._held = b"".join(self._held), []
            self.written += len(data)
            self._transport.write(data)


class Connection(H11Protocol):
    """A connection whose requests must arrive in time, and whose answers must be taken in time."""

    most: ClassVar[int]
    patience: ClassVar[float]
    sending: ClassVar[float]
    quiet: ClassVar[dict[Connection, None]]
    _alarm: asyncio.TimerHandle | None = None
    _untaken: asyncio.TimerHandle | None = None
    """Runs while there is more to send than the reader takes."""
    _owed: int = 0
    """How far what is written must be taken when that time is up."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room for the connection, or refuse it where all others are being served."""
        super().connection_made(transport)
        self._joined = _Joined(transport, self.loop)
        self.transport = cast("asyncio.Transport", self._joined)
        # The application ends by the first a connection whose reader does not take its answer.
        own = {"abort": self.give_up, "gone": lambda: self not in self.connections}
        self.app_state = {**self.app_state, **own}
        if len(self.connections) > self.most:
            next(iter(self.quiet), self).give_up()
        self._wait()

    def give_up(self) -> None:
        """End the connection; from now on it counts no more, though it is lost a step later."""
        self.quiet.pop(self, None)
        self.connections.discard(self)
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._taken()
        self._stop()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give the reader its time; meanwhile the connection counts as quiet."""
        super().pause_writing()
        self.quiet[self] = None
        self._give_time()

    def resume_writing(self) -> None:
        """Go on with the answer."""
        super().resume_writing()
        self._taken()
        if self._served:
            self.quiet.pop(self, None)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes that complete no request win no time."""
        super().data_received(data)
        if self._served:
            self._stop()
        elif self._alarm is None:
            self._wait()

    def on_response_complete(self) -> None:
        """Give the next request its own time."""
        self._stop()
        super().on_response_complete()
        if not self._served:
            self._wait()

    @property
    def _served(self) -> bool:
        """Whether the head of a request is read and its answer is not yet written."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        if self not in self.connections:
            return
        self.quiet[self] = None
        self._alarm = self.loop.call_later(self.patience, self._end)

    def _end(self) -> None:
        """End a connection that is quiet; the rest of an answer still has its time."""
        self._alarm = None
        if self._joined.get_write_buffer_size():
            self._give_time()
        else:
            self.give_up()

    def _stop(self) -> None:
        if not self.flow.write_paused:
            self.quiet.pop(self, None)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _give_time(self) -> None:
        if self._untaken is None:
            self._owed = self._joined.written
            self._untaken = self.loop.call_later(self.sending, self._out_of_time)

    def _out_of_time(self) -> None:
        """End the connection, unless all that was owed is taken and it is in use again."""
        self._untaken = None
        idle = not self._served and self._alarm is None
        if idle or self._joined.taken < self._owed:
            self.give_up()
        elif self._joined.get_write_buffer_size():
            self._give_time()

    def _taken(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None


def connection_class(limits: Limits) -> type[Connection]:
    """Return the class of connections that keeps these limits.

    >>> from studyclaims.serving.limits import Limits
    >>> connection_class(Limits(connections=3)).most
    3
    """
    own: dict[str, Any] = {
        "most": limits.connections,
        "patience": limits.patience,
        "sending": limits.sending,
        "quiet": {},
    }
    return type("Connection", (Connection,), own)
