"""The workers: one that dies costs nothing but itself, and none can do what it need not."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from samples import quads
from serving.live import alive, until
from studyclaims.errors import StoreError
from studyclaims.formats import serialize
from studyclaims.serving.limits import Limits
from studyclaims.serving.nursery import Asked
from studyclaims.serving.pool import Pool, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits(deadline=0.5, memory=256 << 20, workers=2, waiting=1)
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Running:
    """A pool with the loop that it lives in."""

    def __init__(self, asked: Asked) -> None:
        self.runner = asyncio.Runner()
        self.pool = Pool(asked, LIMITS)
        self.runner.run(self.pool.start())

    def ask(self, text: str = "ASK { ?claim a sc:Claim }") -> tuple[int, bytes]:
        """Ask, and return status and body."""
        return self.runner.run(self._ask(text))

    async def _ask(self, text: str) -> tuple[int, bytes]:
        head, body = await self.pool.ask({"task": "query", "text": text})
        return head["status"], body

    def ready(self) -> bool:
        """Return whether all workers wait for a call."""
        self.runner.run(asyncio.sleep(0.01))
        return len(self.pool.pids) == self.pool.free == LIMITS.workers and bool(
            self.pool.nursery_pid
        )

    def together(self, *texts: str) -> list[int]:
        """Ask all at the same time, and return the statuses."""

        async def every() -> list[tuple[int, bytes]]:
            return await asyncio.gather(*map(self._ask, texts))

        return [status for status, _ in self.runner.run(every())]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("pool") / "small.nq"
    path.write_bytes(serialize(quads(), "nq", {}))
    found = Running(Asked((str(path),)))
    started = [found.pool.nursery_pid, *found.pool.pids]
    yield found
    started += [found.pool.nursery_pid, *found.pool.pids]
    found.runner.run(found.pool.stop())
    found.runner.close()
    assert until(lambda: not any(map(alive, filter(None, started))), 20)


@pytest.fixture(autouse=True)
def _all_ready(running: Running) -> None:
    assert until(running.ready, 20)


def test_a_query_is_answered_by_a_worker_and_what_is_held_is_told(running: Running) -> None:
    assert running.ask() == (200, b'{"head":{},"boolean":true}')
    assert running.pool.told["size"] == len({quad.triple for quad in quads()})
    assert len(running.pool.told["graphs"]) == 1


def test_a_query_that_takes_too_long_is_stopped_and_the_next_is_answered(running: Running) -> None:
    before = running.pool.pids
    status, body = running.ask(LONG)
    assert (status, body) == (504, b"the query took longer than 0.5 s and was stopped\n")
    assert running.ask()[0] == 200
    assert until(lambda: not all(map(alive, before)), 20)


def test_callers_wait_for_a_worker_and_too_many_are_told_so(running: Running) -> None:
    statuses = running.together(LONG, LONG, "ASK {}", "ASK {}")
    assert sorted(statuses) == [200, 503, 504, 504]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_workers_that_die_are_replaced(running: Running, number: signal.Signals) -> None:
    before = running.pool.pids
    for pid in before:
        os.kill(pid, number)
    assert until(running.ready, 20)
    assert running.ask()[0] == 200
    assert not set(before) & set(running.pool.pids)


def test_a_worker_that_dies_of_a_query_costs_that_query(running: Running) -> None:
    async def killed() -> tuple[int, bytes]:
        asking = asyncio.ensure_future(running._ask(LONG))
        await asyncio.sleep(0.1)
        for pid in running.pool.pids:
            os.kill(pid, signal.SIGSEGV)
        return await asking

    status, body = running.runner.run(killed())
    assert status == 500
    assert body.startswith(b"the query ended the engine")
    assert until(running.ready, 20)
    assert running.ask()[0] == 200


def test_a_caller_who_leaves_stops_the_work(running: Running) -> None:
    before = running.pool.pids

    async def left() -> None:
        asking = asyncio.ensure_future(running._ask(LONG))
        await asyncio.sleep(0.1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    running.runner.run(left())
    assert until(lambda: not all(map(alive, before)), 20)
    assert until(running.ready, 20)


def test_a_query_that_takes_too_much_memory_ends(running: Running) -> None:
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    status, _ = running.ask(f"SELECT ?x40 {{ BIND('aaaaaaaaaaaaaaaa' AS ?x0) {doubled} }}")
    assert status in {500, 504}
    assert running.ask()[0] == 200


def test_a_nursery_that_dies_is_replaced_and_its_workers_go_on(running: Running) -> None:
    before = running.pool.nursery_pid
    os.kill(before, signal.SIGKILL)
    assert running.ask()[0] == 200
    assert until(lambda: running.ready() and running.pool.nursery_pid != before, 20)
    assert running.ask()[0] == 200


def _bounds(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return {line[:25].strip(): line[26:].split()[0] for line in lines}


def test_a_worker_opens_nothing_and_is_not_on_the_network(running: Running) -> None:
    for pid in running.pool.pids:
        bounds = _bounds(pid)
        assert bounds["Max open files"] == "0"
        assert bounds["Max core file size"] == "0"
        assert int(bounds["Max address space"]) < 4 << 30
        if running.pool.told["offline"]:
            assert Path(f"/proc/{pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(("no-such.nq",)), "no-such.nq: cannot be read as nq"),
        (Asked(store="no-such"), "no-such: no store is here"),
    ],
)
def test_what_cannot_be_read_is_told_at_the_start(asked: Asked, said: str) -> None:
    pool = Pool(asked, LIMITS)

    async def start() -> Any:  # noqa: ANN401 - never returns
        try:
            await pool.start()
        finally:
            await pool.stop()

    with pytest.raises(StoreError, match=said):
        asyncio.run(start())


def test_a_worker_given_in_the_turn_in_which_its_caller_leaves_is_free_again() -> None:
    async def left() -> Worker | None:
        pool, worker = Pool(Asked(()), LIMITS), Worker(print, print)
        caller = asyncio.create_task(pool._taken())
        await asyncio.sleep(0)
        pool._give_back(worker)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        return await asyncio.wait_for(pool._taken(), 1)

    assert isinstance(asyncio.run(left()), Worker)
