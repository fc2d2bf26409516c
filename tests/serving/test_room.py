"""Connections step by step, without sockets and clocks: who is ended, and who is not."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, Any, cast

import pytest
from uvicorn.server import ServerState

from serving.asgi import Here
from studyclaims.serving.connections import Connection, connection_class
from studyclaims.serving.limits import Limits
from studyclaims.serving.server import _UNSEEN, Service, _config, _few_words, _listening

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from studyclaims.serving.pool import Pool

START, REST = b"GET / HTTP/1.1\r\n", b"Host: localhost\r\n\r\n"


class Line(asyncio.Transport):
    """A transport that keeps what is written until it is told that it was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.unsent = 0
        self.aborted = 0

    def write(self, data: Any) -> None:  # noqa: ANN401 - as the base has it
        """Keep the data."""
        self.unsent += len(data)

    def get_write_buffer_size(self) -> int:
        """Return what is kept."""
        return self.unsent

    def abort(self) -> None:
        """Count it."""
        self.aborted += 1

    def is_closing(self) -> bool:
        """Return whether it was aborted."""
        return self.aborted > 0


class Steps:
    """A loop in which time passes when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Keep the call."""
        entry = (delay, call)
        self.waiting.append(entry)
        return cast("asyncio.TimerHandle", _Handle(lambda: self.waiting.remove(entry)))

    def call_soon(self, call: Callable[[], None]) -> None:
        """Keep the call until time passes."""
        self.waiting.append((0, call))

    def create_task(self, work: Coroutine[Any, Any, None], **_: object) -> asyncio.Future[None]:
        """Never begin the work."""
        work.close()
        return cast("asyncio.Future[None]", _Task())

    def pass_time(self, delay: float) -> None:
        """Make the calls that have this delay, or none."""
        due = [entry for entry in self.waiting if entry[0] == 0]
        due += [entry for entry in self.waiting if entry[0] == delay > 0]
        for entry in due:
            self.waiting.remove(entry)
            entry[1]()


class _Handle:
    def __init__(self, cancel: Callable[[], None]) -> None:
        self.cancel = cancel


class _Task:
    def add_done_callback(self, _: object) -> None:
        """Is never done."""


class Place:
    """A server's state, and the connections made to it."""

    def __init__(self, limits: Limits) -> None:
        self.steps = Steps()
        self.state = ServerState()
        self.kind = connection_class(limits)
        self.config = _config(cast("Pool", Here()), Service(limits=limits))
        self.config.load()

    def connected(self) -> tuple[Connection, Line]:
        """Return a new connection."""
        loop = cast("asyncio.AbstractEventLoop", self.steps)
        found, line = self.kind(self.config, self.state, {}, loop), Line()
        found.connection_made(line)
        return found, line


PATIENCE, SENDING = 7.0, 70.0


@pytest.fixture
def place() -> Place:
    return Place(Limits(patience=PATIENCE, sending=SENDING, connections=3))


def test_in_a_burst_each_newcomer_ends_another_connection(place: Place) -> None:
    lines = [place.connected()[1] for _ in range(10)]
    assert [line.aborted for line in lines] == [1] * 7 + [0] * 3
    assert len(place.state.connections) == len(place.kind.quiet) == 3


def test_where_all_are_served_the_newcomer_is_ended_and_is_not_waited_for(place: Place) -> None:
    served = [place.connected() for _ in range(3)]
    for connection, _ in served:
        connection.data_received(START + REST)
    assert not place.kind.quiet
    new, line = place.connected()
    assert line.aborted == 1
    assert new not in place.kind.quiet
    assert [line.aborted for _, line in served] == [0] * 3


def _half_asked(place: Place, unsent: int) -> tuple[Connection, Line]:
    """Return a connection whose time for a request is up while an answer is not yet taken."""
    connection, line = place.connected()
    connection.data_received(START)
    connection.transport.write(b"x" * unsent)
    place.steps.pass_time(PATIENCE)
    return connection, line


def test_a_connection_that_is_in_use_again_and_owes_nothing_is_not_ended(place: Place) -> None:
    connection, line = _half_asked(place, 1000)
    assert connection in place.kind.quiet
    connection.data_received(REST)
    assert connection not in place.kind.quiet
    line.unsent = 0
    place.steps.pass_time(SENDING)
    assert (line.aborted, place.steps.waiting) == (0, [])


def test_what_was_written_later_has_its_own_time(place: Place) -> None:
    connection, line = _half_asked(place, 1000)
    connection.data_received(REST)
    connection.transport.write(b"x" * 500)
    place.steps.pass_time(0)
    line.unsent = 500
    place.steps.pass_time(SENDING)
    assert line.aborted == 0
    place.steps.pass_time(SENDING)
    assert line.aborted == 1


@pytest.mark.parametrize(("again", "unsent"), [(True, 1), (False, 1000), (False, 0)])
def test_one_that_takes_nothing_or_asks_nothing_is_ended(
    again: bool, unsent: int, place: Place
) -> None:
    connection, line = _half_asked(place, 1000)
    if again:
        connection.data_received(REST)
    line.unsent = unsent
    place.steps.pass_time(SENDING)
    assert line.aborted == 1
    assert connection not in place.state.connections


def test_one_with_nothing_unsent_is_ended_when_its_time_is_up(place: Place) -> None:
    _, line = _half_asked(place, 0)
    assert line.aborted == 1


def test_a_paused_one_stays_quiet_though_it_is_served(place: Place) -> None:
    connection, _ = place.connected()
    connection.data_received(START + REST)
    connection.pause_writing()
    connection._stop()
    assert connection in place.kind.quiet
    connection.resume_writing()
    assert connection not in place.kind.quiet


def test_the_application_learns_that_a_connection_is_gone(place: Place) -> None:
    connection, line = place.connected()
    assert not connection.app_state["gone"]()
    connection.app_state["abort"]()
    assert connection.app_state["gone"]()
    assert line.aborted == 1


def test_the_system_holds_little_of_an_answer() -> None:
    with _listening(Service(port=0)) as door:
        assert door.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * _UNSEEN


def test_few_faults_are_told_and_of_leaving_callers_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loggers = [logging.getLogger(name) for name in ("asyncio", "uvicorn.error")]
    before = [(logger.level, list(logger.filters)) for logger in loggers]
    with _few_words():
        for logger in loggers:
            logger.warning("socket.send() raised exception.")
            for _ in range(20):
                logger.error("a fault")
    assert [record.message for record in caplog.records] == ["a fault"] * 8
    assert [(logger.level, list(logger.filters)) for logger in loggers] == before
