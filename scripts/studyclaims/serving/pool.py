"""The workers as the front sees them: who is free, who is asked, who has to go."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import StoreError
from studyclaims.serving.answering import refused
from studyclaims.serving.frames import Frames, Message, packed
from studyclaims.serving.nursery import FORK, KILL, ORDER, command

if TYPE_CHECKING:
    from collections.abc import Callable

    from studyclaims.serving.limits import Limits
    from studyclaims.serving.nursery import Asked

START: Final = 600.0
"""Seconds that a nursery may take to load its store."""

PAUSE: Final = 0.2
"""Seconds between two attempts to fork a worker, or to start a nursery, where one failed."""

TURN: Final = 2.0
"""Seconds that a caller waits for a worker beyond what all others may take."""

UNREAD: Final[Message] = ({}, b"")
"""What stands for an answer where a worker ended before it read the call: another is asked."""

BUSY: Final = 503
TOO_LATE: Final = 504
BROKEN: Final = 500


class Worker(asyncio.Protocol):
    """One worker's end of the line: it is asked one thing at a time."""

    def __init__(self, ready: Callable[[Worker], None], lost: Callable[[Worker], None]) -> None:
        self.pid = 0
        self._ready = ready
        self._lost = lost
        self._frames = Frames()
        self._line: asyncio.Transport | None = None
        self._answer: asyncio.Future[Message | None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of the line."""
        self._line = transport  # type: ignore[assignment] # a stream's transport

    def data_received(self, data: bytes) -> None:
        """Take the worker's first word, or its answer."""
        for message in self._frames.fed(data):
            if not self.pid:
                self.pid = message[0]["pid"]
                self._ready(self)
            elif self._answer and not self._answer.done():
                self._answer.set_result(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that no answer comes; a line is reset where the call was not read."""
        self._line = None
        if self._answer and not self._answer.done():
            self._answer.set_result(None if exc is None else UNREAD)
        self._lost(self)

    def ask(self, call: dict[str, Any]) -> asyncio.Future[Message | None]:
        """Return the answer to come; None where the worker ends of it, UNREAD where before it."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._line is None or self._line.is_closing():
            self._answer.set_result(UNREAD)
        else:
            self._line.write(packed(call))
        return self._answer

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.abort()


class Pool:
    """The workers of an endpoint, as many as its limits say, replaced as they go."""

    def __init__(self, asked: Asked, limits: Limits) -> None:
        self.told: dict[str, Any] = {}
        self.replaced = 0
        self._asked = asked
        self._limits = limits
        self._all: set[Worker] = set()
        self._free: deque[Worker] = deque()
        self._callers: deque[asyncio.Future[Worker]] = deque()
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def pids(self) -> list[int]:
        """The processes of the workers that are ready."""
        return sorted(worker.pid for worker in self._all if worker.pid)

    @property
    def free(self) -> int:
        """How many workers wait for a call."""
        return len(self._free)

    @property
    def nursery_pid(self) -> int:
        """The process that forks the workers; 0 where there is none at the moment."""
        return self._nursery.pid if self._nursery and self._control else 0

    async def start(self) -> None:
        """Start the nursery, and wait until one worker is ready.

        Raises:
            StoreError: what is to be served cannot be read.
        """
        await self._start_nursery()
        for _ in range(self._limits.workers):
            self._hire()
        async with asyncio.timeout(START):
            self._give_back(await self._caller())

    async def stop(self) -> None:
        """End every process that was started."""
        self._closing = True
        for task in list(self._tasks):
            task.cancel()
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        for worker in list(self._all):
            worker.close()
        if self._nursery is not None:
            try:
                await asyncio.to_thread(self._nursery.wait, 5)
            except subprocess.TimeoutExpired:
                self._nursery.kill()
                self._nursery.wait()

    async def ask(self, call: dict[str, Any]) -> Message:
        """Return the answer of a call, or a refusal; whoever stops waiting stops the work."""
        message: Message | None = UNREAD
        while message is UNREAD:
            worker = await self._taken()
            if worker is None:
                return refused(BUSY, "every worker is busy; ask again in a moment")
            message = await self._answer(worker, call)
        if message is None:
            room = self._limits.memory >> 20
            return refused(
                BROKEN,
                f"the query ended the engine: it needed more than {room} MiB, or met a fault "
                "in it; ask for less",
            )
        return message

    async def _answer(self, worker: Worker, call: dict[str, Any]) -> Message | None:
        """Return what a worker answers, and see to what becomes of the worker."""
        try:
            async with asyncio.timeout(self._limits.deadline):
                message = await worker.ask(call)
        except TimeoutError:
            self._end(worker)
            return refused(
                TOO_LATE, f"the query took longer than {self._limits.deadline:g} s and was stopped"
            )
        except asyncio.CancelledError:
            self._end(worker)
            raise
        if message is None or message is UNREAD:
            return message
        if message[0].pop("tired", False):
            self._end(worker)
        else:
            self._give_back(worker)
        return message

    async def _taken(self) -> Worker | None:
        """Return a worker that is free, or None where too many wait, or for too long."""
        if self._free:
            return self._free.pop()  # the one whose caches are warm
        if len(self._callers) >= self._limits.waiting:
            return None
        caller = self._caller()
        try:
            async with asyncio.timeout(self._limits.deadline + TURN):
                return await caller
        except (TimeoutError, asyncio.CancelledError) as error:
            # It may have been given a worker in the very turn in which it was called off.
            if caller.done() and not caller.cancelled():
                self._give_back(caller.result())
            if isinstance(error, asyncio.CancelledError):
                raise
            return None
        finally:
            if caller.cancelled():
                with suppress(ValueError):
                    self._callers.remove(caller)

    def _caller(self) -> asyncio.Future[Worker]:
        """Return the place of a caller in the queue for a worker."""
        caller: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._callers.append(caller)
        if self._free:
            self._give_back(self._free.popleft())
        return caller

    def _give_back(self, worker: Worker) -> None:
        """Give a worker that is free to who waits longest, or keep it."""
        while self._callers:
            caller = self._callers.popleft()
            if not caller.done():
                caller.set_result(worker)
                return
        self._free.append(worker)

    def _end(self, worker: Worker) -> None:
        """Kill a worker; another takes its place as soon as its line is closed."""
        with suppress(ValueError):
            self._free.remove(worker)
        if worker.pid:
            self._order(KILL, worker.pid)
        worker.close()

    def _lost(self, worker: Worker) -> None:
        """Replace a worker whose line is closed."""
        self._all.discard(worker)
        with suppress(ValueError):
            self._free.remove(worker)
        if self._closing:
            return
        self.replaced += 1
        if worker.pid:
            self._hire()
        else:
            self._later(self._hire_later())

    def _hire(self) -> None:
        """Have a worker forked, unless there are enough."""
        if self._closing or self._control is None or len(self._all) >= self._limits.workers:
            return
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        worker = Worker(self._give_back, self._lost)
        self._all.add(worker)
        try:
            self._order(FORK, 0, theirs)
        finally:
            theirs.close()
        self._later(self._connect(worker, ours))

    async def _connect(self, worker: Worker, ours: socket.socket) -> None:
        await asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)

    async def _hire_later(self) -> None:
        await asyncio.sleep(PAUSE)
        self._hire()

    def _order(self, kind: bytes, pid: int, file: socket.socket | None = None) -> None:
        """Tell the nursery what to do; one that is gone is replaced where that is noticed."""
        if self._control is None:
            if kind == KILL:  # it has no parent here that could have buried it
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return
        files = [file.fileno()] if file else []
        with suppress(OSError):
            socket.send_fds(self._control, [ORDER.pack(kind, pid)], files)

    def _later(self, work: Any) -> None:  # noqa: ANN401 - a coroutine of ours
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start_nursery(self) -> None:
        """Start the process that holds the store, and hear what it holds.

        Raises:
            StoreError: it cannot be read.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._nursery = subprocess.Popen(  # noqa: S603 - our own module
                command(self._asked, self._limits, theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=_environment(),
            )
        try:
            told = await _first_word(ours)
        except BaseException:
            ours.close()
            raise
        if "problem" in told:
            ours.close()
            self._nursery.wait()
            raise StoreError(told["problem"])
        self.told = told
        self._control = ours
        asyncio.get_running_loop().add_reader(ours, self._nursery_lost)

    def _nursery_lost(self) -> None:
        """Start another nursery; the workers there are go on meanwhile."""
        control, nursery = self._control, self._nursery
        if control is None or nursery is None:
            return
        asyncio.get_running_loop().remove_reader(control)
        control.close()
        self._control = None
        self._later(self._restart(nursery))

    async def _restart(self, nursery: subprocess.Popen[bytes]) -> None:
        while not self._closing:
            nursery.kill()
            await asyncio.to_thread(nursery.wait)
            try:
                await self._start_nursery()
            except (StoreError, OSError):  # no room for a process, too, may pass
                await asyncio.sleep(PAUSE)
                continue
            for worker in list(self._all):  # a store on disk may have been loaded anew meanwhile
                if worker.pid:  # the new nursery does not know it
                    with suppress(ProcessLookupError):
                        os.kill(worker.pid, signal.SIGKILL)
                self._end(worker)
            for _ in range(self._limits.workers):
                self._hire()
            return


async def _first_word(control: socket.socket) -> dict[str, Any]:
    """Return what a nursery says once it is ready."""
    frames, loop = Frames(), asyncio.get_running_loop()
    async with asyncio.timeout(START):
        while data := await loop.sock_recv(control, 1 << 16):
            for head, _ in frames.fed(data):
                return head
    return {"problem": "the process that reads the store ended before it was done"}


def _environment() -> dict[str, str]:
    """Return the environment of a nursery, in which this package is found."""
    from pathlib import Path

    path = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": path, "RUST_BACKTRACE": "0"}
