"""Starting and stopping an endpoint, and asking it whether it is well."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from studyclaims.errors import SetupError
from studyclaims.serving.app import application
from studyclaims.serving.connections import connection_class
from studyclaims.serving.doors import Door
from studyclaims.serving.limits import HEAD_LIMIT, Limits
from studyclaims.serving.nursery import Asked
from studyclaims.serving.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BACKLOG: Final = 1024

_AT_ONCE: Final = 64
"""How many callers are let in before room is made for them: each has a file open until then."""

_UNSEEN: Final = 128 << 10
"""The bytes that the system may hold of an answer; it takes twice the number that it is told.

Left to itself it holds megabytes, and a slow reader looks for seconds like one who takes nothing.
"""

_TOLD: Final = 8
"""How many faults are told: a pipe for them that nobody reads is full some time, and stops all."""

_FAULTS: Final = "uvicorn.error"


@dataclass(frozen=True, slots=True)
class Service:
    """All that an endpoint is started with."""

    asked: Asked = field(default_factory=Asked)
    host: str = "127.0.0.1"
    port: int = 7878
    limits: Limits = field(default_factory=Limits)
    door: Door = field(default_factory=Door)


class _Server(uvicorn.Server):
    """A server that says when it listens, and ends its workers with itself."""

    def __init__(
        self, config: uvicorn.Config, pool: Pool, ready: Callable[[_Server], None]
    ) -> None:
        super().__init__(config)
        self._pool = pool
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready(self)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An answer that is cut off by the end is no fault.
        logging.getLogger(_FAULTS).setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
        await self._pool.stop()


class _Few(logging.Filter):
    """Lets the first faults through."""

    def __init__(self) -> None:
        super().__init__()
        self._left = _TOLD

    def filter(self, _: logging.LogRecord) -> bool:
        """Return whether this is one of the first."""
        self._left -= 1
        return self._left >= 0


@contextmanager
def _few_words() -> Iterator[None]:
    """Have only faults told, and few; callers who leave are none."""
    few = _Few()
    loggers = [logging.getLogger(name) for name in (_FAULTS, "asyncio")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
        logger.addFilter(few)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.removeFilter(few)


def serve(
    service: Service,
    announce: Callable[[str, dict[str, Any]], None],
    until: Callable[[str], None] | None = None,
) -> None:
    """Answer queries until the process is told to stop, or until ``until`` returns.

    ``announce`` is called with the address and what is held there, once callers are answered;
    ``until`` is called after it, in a thread of its own, with the address.

    Raises:
        SetupError: the port is taken, or the address is none of this machine.
        StoreError: what is to be served cannot be read.
    """
    # The command line has it end the process, which would let a caller who leaves stop the server.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with _few_words():
        asyncio.run(_running(service, announce, until))


async def _running(
    service: Service,
    announce: Callable[[str, dict[str, Any]], None],
    until: Callable[[str], None] | None,
) -> None:
    door = _listening(service)
    address = _address(door)
    pool = Pool(service.asked, service.limits)
    asking: list[asyncio.Task[None]] = []

    async def questioned(server: _Server, question: Callable[[str], None]) -> None:
        try:
            await asyncio.to_thread(question, address)
        finally:
            server.should_exit = True

    def ready(server: _Server) -> None:
        # The number that uvicorn is told is that of callers let in at once; more may queue.
        door.listen(BACKLOG)
        announce(address, pool.told)
        if until is not None:
            asking.append(asyncio.ensure_future(questioned(server, until)))

    try:
        await pool.start()
        await _Server(_config(pool, service), pool, ready).serve([door])
        for task in asking:
            await task
    finally:
        door.close()
        await pool.stop()


def _config(pool: Pool, service: Service) -> uvicorn.Config:
    """Return how uvicorn is to serve: HTTP alone, no header believed of a proxy, no log."""
    return uvicorn.Config(
        application(pool, service.limits, service.door),
        http=connection_class(service.limits),
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_AT_ONCE,
        h11_max_incomplete_event_size=HEAD_LIMIT,
        timeout_keep_alive=int(service.limits.patience) or 1,
        timeout_graceful_shutdown=2,
    )


def _listening(service: Service) -> socket.socket:
    """Return a socket that listens where the service is to be.

    Raises:
        SetupError: that place cannot be had.
    """
    family = socket.AF_INET6 if ":" in service.host else socket.AF_INET
    # Said in so many words, lest asyncio leave small answers waiting for an acknowledgement.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSEEN)
        door.bind((service.host, service.port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        place = f"{service.host}:{service.port}"
        raise SetupError(
            f"{place}: {error.strerror}; choose another with --port or --host"
        ) from error
    door.setblocking(False)
    return door


def _address(door: socket.socket) -> str:
    """Return the address of the front page."""
    host, port, *_ = door.getsockname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
