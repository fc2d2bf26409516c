"""Connections over real sockets whose other end reads nothing: none is held for ever."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
import uvicorn

from serving.asgi import Here
from serving.live import until
from studyclaims.serving.limits import HELD_LIMIT, LARGE, Limits
from studyclaims.serving.server import Service, _config, _listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.serving.frames import Message
    from studyclaims.serving.pool import Pool

SMALL: Final = 60_000
TARGETS: Final = {"an answer": "/sparql?query=ASK%7B%7D", "a page": "/queries"}
ENOUGH: Final = 4_000
"""How many requests are sent at most: their answers are more than the system keeps."""


class Sized(Here):
    """A pool that answers each query with so many bytes."""

    def __init__(self, limits: Limits, size: int) -> None:
        super().__init__(limits)
        self.size = size

    async def ask(self, call: dict[str, Any]) -> Message:
        """Answer at once."""
        size = 2 if "small" in call["text"] else self.size
        return {"status": 200, "type": "text/csv"}, b"x" * size


class Open:
    """A server in a thread of this process."""

    def __init__(self, server: uvicorn.Server, place: tuple[str, int]) -> None:
        self._server = server
        self.place = place

    @property
    def connections(self) -> int:
        """How many connections it has."""
        return len(self._server.server_state.connections)

    def status(self, query: str = "small") -> int:
        """Return the status of a query whose answer is read."""
        line = http.client.HTTPConnection(*self.place, timeout=10)
        try:
            line.request("GET", f"/sparql?query={query}", headers={"Connection": "close"})
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()

    def deaf(self, target: str, times: int = ENOUGH) -> socket.socket:
        """Return a connection that asks so often, or as often as it is let, and never reads."""
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(self.place)
        line.settimeout(0.1)
        with suppress(OSError):
            line.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * times)
        return line


@contextmanager
def opened(limits: Limits, size: int) -> Iterator[Open]:
    """Start a server, and stop it."""
    door = _listening(Service(port=0))
    pool = cast("Pool", Sized(limits, size))
    server = uvicorn.Server(_config(pool, Service(limits=limits)))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([door])))
    thread.start()
    try:
        assert until(lambda: server.started, 20)
        yield Open(server, door.getsockname())
    finally:
        server.should_exit = True
        thread.join(20)
        door.close()


@pytest.mark.slow
@pytest.mark.parametrize("size", [SMALL, 20 * LARGE], ids=["small", "large"])
@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_whoever_never_reads_is_left(size: int, target: str) -> None:
    limits = Limits(patience=1, sending=0.5)
    with opened(limits, size) as server, server.deaf(target):
        assert server.status() == 200
        assert until(lambda: server.connections == 0, 20)
        assert server.status() == 200


@pytest.mark.slow
def test_connections_on_which_nobody_reads_make_room_for_others() -> None:
    limits = Limits(patience=60, sending=60, connections=3)
    with opened(limits, 20 * LARGE) as server:
        lines = [server.deaf(TARGETS["an answer"], 1) for _ in range(limits.connections)]
        time.sleep(0.1)
        assert [server.status() for _ in range(3)] == [200] * 3
        assert server.connections >= limits.connections - 1
        for line in lines:
            line.close()


@pytest.mark.slow
def test_large_answers_that_nobody_takes_make_room_for_others() -> None:
    limits = Limits(patience=0.3, sending=60)
    with opened(limits, 20 * LARGE) as server:
        lines = [server.deaf(TARGETS["an answer"], 1) for _ in range(HELD_LIMIT)]
        assert until(lambda: server.status("ASK%7B%7D") == 200, 20)
        for line in lines:
            line.close()


@pytest.mark.slow
def test_a_reader_who_is_slow_gets_all_of_the_answer() -> None:
    limits = Limits(patience=0.3, sending=20)
    with opened(limits, SMALL * 80) as server, server.deaf(TARGETS["an answer"], 1) as line:
        line.settimeout(10)
        found = 0
        time.sleep(1.5)
        while found < SMALL * 80:
            part = line.recv(1 << 20)
            assert part, f"cut after {found} bytes"
            found += len(part)


@pytest.mark.slow
def test_readers_who_are_slow_are_not_ended_for_a_newcomer() -> None:
    limits = Limits(patience=0.25, sending=60)
    ask = f"GET {TARGETS['an answer']} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with opened(limits, 20 * LARGE) as server, ExitStack() as open_lines:
        lines: list[socket.socket] = []
        for _ in range(HELD_LIMIT):
            line = open_lines.enter_context(socket.create_connection(server.place, 5))
            line.sendall(ask)
            lines.append(line)
        for step in range(60):
            assert all(line.recv(20_000) for line in lines)
            if step % 10 == 9:
                assert server.status("ASK%7B%7D") == 503
            time.sleep(0.05)


@pytest.mark.slow
def test_nothing_is_told_of_callers_who_leave_before_their_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with opened(Limits(), 20 * LARGE) as server:
        for _ in range(5):
            with socket.create_connection(server.place) as line:
                line.sendall(b"GET /sparql?query=ASK HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert server.status() == 200
        assert until(lambda: server.connections == 0, 20)
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []
