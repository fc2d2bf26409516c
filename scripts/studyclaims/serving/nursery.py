"""The process that holds the store and forks workers, and the workers.

``python -m studyclaims.serving.nursery CONTROL`` loads the store once. It never evaluates a query,
so nothing that a query does can end it, and it has one thread, so that its forks are sound. A fork
shares the store's memory. Each worker ends itself at its deadline by the system's own alarm, has a
bound on its memory, and can open no network connection.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from studyclaims.errors import StoreError, StudyclaimsError
from studyclaims.serving.answering import answered, refused
from studyclaims.serving.frames import calls, packed, received
from studyclaims.serving.limits import Limits
from studyclaims.serving.sources import DiskSource, Source, held

if TYPE_CHECKING:
    from types import FrameType

ORDER: Final = struct.Struct(">cI")
"""What the front sends: what to do, and with which process."""

FORK: Final = b"F"
KILL: Final = b"K"

GRACE: Final = 1.0
"""Seconds after its deadline at which a worker ends itself, should the front not have done so."""

LONG: Final = 0.02
"""Seconds from which on a query may have taken much memory."""

_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000


@dataclass(frozen=True, slots=True)
class Asked:
    """What an endpoint is to answer from: files, a store on disk, or the packaged graph."""

    files: tuple[str, ...] = ()
    store: str = ""

    def in_memory(self) -> Source:
        """Return what is answered from, held in memory.

        Raises:
            StoreError: a file cannot be read.
            RecordError: a record cannot be built.
        """
        from studyclaims.graph import load

        source = Source(load(*self.files).quads)
        source.graphs()  # what is made at first use is made before the forks
        return source


def command(asked: Asked, limits: Limits, control: int) -> list[str]:
    """Return the words that start a nursery.

    >>> command(Asked(store="x"), Limits(), 3)[1:4]
    ['-P', '-m', 'studyclaims.serving.nursery']
    """
    # -P keeps the current folder, which may hold a file called json.py, off the search path.
    told = json.dumps({"asked": asdict(asked), "limits": asdict(limits)})
    return [sys.executable, "-P", "-m", __name__, str(control), told]


class _Nursery:
    """Forks a worker for each order, and ends those it is told to."""

    def __init__(self, asked: Asked, limits: Limits, control: socket.socket) -> None:
        self._asked = asked
        self._limits = limits
        self._control = control
        self._children: set[int] = set()
        self._offline = _leave_network()
        self._source = None if asked.store else asked.in_memory()
        # Each worker opens a store on disk for itself: its threads would not outlive a fork.
        self._generation = held(Path(asked.store)) if asked.store else Path()
        told = self._source and _described(self._source)
        self._say({**(told or self._told_by_child()), "offline": self._offline})

    def _opened(self) -> Source:
        """Return what a worker answers from."""
        return self._source or DiskSource(self._generation, Path(self._asked.store))

    def _told_by_child(self) -> dict[str, Any]:
        """Return what a store on disk holds, as a child of this process finds it."""
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            told: dict[str, Any] = {"problem": f"{self._asked.store}: the store cannot be opened"}
            try:
                told = _described(self._opened())
            except StudyclaimsError as error:
                told = {"problem": str(error)}
            finally:
                theirs.sendall(packed(told))
                os._exit(0)
        theirs.close()
        with ours:
            message = received(ours)
        os.wait()
        told = message[0] if message else {"problem": f"{self._asked.store}: opening it failed"}
        if "problem" in told:
            raise StoreError(told["problem"])
        return told

    def _say(self, told: dict[str, Any]) -> None:
        self._control.sendall(packed(told))

    def run(self) -> None:
        """Obey the front until it is gone, and then end every worker."""
        signal.signal(signal.SIGCHLD, self._bury)
        gc.collect()
        gc.freeze()
        while True:
            order, files, _, _ = socket.recv_fds(self._control, ORDER.size, 1)
            if len(order) < ORDER.size:
                break
            kind, pid = ORDER.unpack(order)
            if kind == FORK and files:
                self._fork(files[0])
            elif kind == KILL and pid in self._children:
                os.kill(pid, signal.SIGKILL)
        for pid in list(self._children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _bury(self, _: int, __: FrameType | None) -> None:
        """Take note of workers that ended; until then no other process can have their number."""
        with suppress(ChildProcessError):
            while True:
                pid, _status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                self._children.discard(pid)

    def _fork(self, file: int) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        try:
            pid = os.fork()
        except OSError:
            pid = -1
        if pid == 0:
            self._work(file)
        if pid > 0:
            self._children.add(pid)
        os.close(file)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def _work(self, file: int) -> NoReturn:
        """Answer calls until the front is gone, and end."""
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            self._control.close()
            link = socket.socket(fileno=file)
            source = self._opened()
            sizes = _sizes()
            base = _size(sizes)
            _bound(base + self._limits.memory, files_needed=self._source is None)
            link.sendall(packed({"pid": os.getpid()}))
            for call in calls(link):
                start = time.monotonic()
                signal.setitimer(signal.ITIMER_REAL, self._limits.deadline + GRACE)
                head, body = _answer(source, call, self._limits)
                # What a long query took, the engine's allocator may keep.
                long = time.monotonic() - start > LONG
                head["tired"] = long and _size(sizes) - base > self._limits.memory // 4
                link.sendall(packed(head, body))
                signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            os._exit(0)


def _described(source: Source) -> dict[str, Any]:
    """Return what the front is told of a source."""
    return {"size": len(source), "graphs": source.graphs()}


def _answer(source: Source, call: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Return the answer of a call, whatever goes wrong in it."""
    try:
        return answered(source, call, limits)
    except MemoryError:
        return refused(503, f"the query needs more than {limits.memory >> 20} MiB; ask for less")
    except Exception as error:  # a fault of ours must not cost the worker
        return refused(500, f"internal fault, please report: {type(error).__name__}")


def _bound(room: int, *, files_needed: bool) -> None:
    """Bound what this process may use from now on: bytes of memory, and no other file or socket."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not files_needed:
        # What it holds is open. A socket, or a file, is one more.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _sizes() -> int:
    """Return an open file that tells how large this process is; -1 where there is none."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return -1


def _size(file: int) -> int:
    """Return the bytes of this process's address space; 0 where the system does not say."""
    if file < 0:
        return 0
    return int(os.pread(file, 64, 0).split()[0]) * resource.getpagesize()


def _leave_network() -> bool:
    """Leave the machine's network, and return whether the system allowed it."""
    import ctypes

    libc = ctypes.CDLL(None)
    unshare = getattr(libc, "unshare", None)
    if unshare is None:
        return False
    # A user who is not root may leave only with a user's space of their own.
    return any(unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USER | _NEW_NETWORK))


def main(control: str, told: str) -> int:
    """Hold a store and fork workers until the front is gone; return the exit status."""
    # Ctrl-C reaches every process of a terminal; the front ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    link = socket.socket(fileno=int(control))
    settings = json.loads(told)
    asked = settings["asked"]
    try:
        what = Asked(tuple(asked["files"]), asked["store"])
        nursery = _Nursery(what, Limits(**settings["limits"]), link)
    except StudyclaimsError as error:
        link.sendall(packed({"problem": str(error), "status": error.exit_status}))
        return error.exit_status
    with suppress(OSError):
        nursery.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
