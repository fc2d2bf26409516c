"""The application: which address answers what."""

from __future__ import annotations

import asyncio
import json
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from studyclaims.errors import QueryError
from studyclaims.questions import question
from studyclaims.serving.answering import graph, refused
from studyclaims.serving.description import service_triples
from studyclaims.serving.doors import Door, Guarded
from studyclaims.serving.limits import HELD_LIMIT, LARGE, Limits
from studyclaims.serving.negotiation import chosen, media_types
from studyclaims.serving.pages import front_page, queries_data, queries_page
from studyclaims.serving.requests import Refusal, call_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from studyclaims.serving.frames import Message
    from studyclaims.serving.pool import Pool

_PIECE: Final = 1 << 16
_AT_ONCE: Final = 0.05
"""Seconds in which most answers come; only after them it is watched whether the caller leaves."""

_STUCK: Final = 4
"""How many times as long as a request has to arrive an answer may lie still before it makes room.

What a slow reader takes is seen only once the system's own buffer has room for more.
"""

_METHODS: Final = ("GET", "HEAD", "POST")
_PAGES: Final = (("text/html", "html"), ("application/json", "json"))
_HTML: Final = "text/html; charset=utf-8"


class Answer:
    """A response that is sent piece by piece, and given up where its reader does not take it.

    A connection sees to it that each piece is taken in time; here, that all of them are.
    """

    def __init__(self, message: Message, sending: float, done: Callable[[Answer], None]) -> None:
        self._head, self._body = message
        self._sending = sending
        self._done = done
        self._moved = time.monotonic()
        self.give_up: Callable[[], None] = lambda: None
        """Ends the connection that it is sent over."""
        self._gone: Callable[[], bool] = lambda: False

    @property
    def still(self) -> float:
        """The seconds since a piece was last taken."""
        return time.monotonic() - self._moved

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send the response, or end the connection."""
        state = scope.get("state", {})
        self.give_up = state.get("abort", self.give_up)
        self._gone = state.get("gone", self._gone)
        try:
            if len(self._body) <= _PIECE:
                await self._send(send)
                return
            async with asyncio.timeout(self._sending):
                await self._send(send)
        except TimeoutError:
            self.give_up()
            await asyncio.sleep(0)
        finally:
            self._done(self)

    async def _send(self, send: Send) -> None:
        pairs = {"content-type": self._head["type"], "content-length": str(len(self._body))}
        if "rows" in self._head:
            pairs["studyclaims-rows"] = str(self._head["rows"])
        if self._head["status"] in {408, 413}:
            pairs["connection"] = "close"
        if self._head["status"] == 503:
            pairs["retry-after"] = "1"
        headers = [(name.encode(), value.encode()) for name, value in pairs.items()]
        status = self._head["status"]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for start in range(0, max(len(self._body), 1), _PIECE):
            piece = self._body[start : start + _PIECE]
            more = start + _PIECE < len(self._body)
            await send({"type": "http.response.body", "body": piece, "more_body": more})
            self._moved = time.monotonic()
            if more:
                # Sending to one who has left waits for nothing: only a pause lets that be seen,
                # and others be served.
                await asyncio.sleep(0)
                if self._gone():
                    await asyncio.sleep(0)
                    return


class Endpoint:
    """The addresses of one endpoint, over one pool of workers."""

    def __init__(self, pool: Pool, limits: Limits) -> None:
        self._pool = pool
        self._limits = limits
        self._held: dict[Answer, None] = {}

    async def sparql(self, request: Request) -> Answer:
        """Answer a query; without one, describe the service."""
        call = await call_of(request, self._limits.patience)
        if isinstance(call, Refusal):
            return self._answer(refused(call.status, call.problem))
        if call is None:
            told = self._pool.told
            triples = service_triples(_endpoint(request), told["graphs"], told["size"])
            return self._answer(graph(triples, _accepted(request), self._limits))
        return self._answer(
            await _until_left(
                request, self._pool.ask({**call.to_dict(), "base": _endpoint(request)})
            )
        )

    async def void(self, request: Request) -> Answer:
        """Describe the dataset."""
        call = {"task": "describe", "endpoint": _endpoint(request), **_accepted(request)}
        return self._answer(await _until_left(request, self._pool.ask(call)))

    async def health(self, _: Request) -> Response:
        """Say whether a query would be answered now."""
        good = bool(self._pool.pids)
        told = {
            "status": "ok" if good else "no worker",
            "workers": len(self._pool.pids),
            "free": self._pool.free,
            "replaced": self._pool.replaced,
            "triples": self._pool.told["size"],
            "offline": self._pool.told["offline"],
        }
        return Response(json.dumps(told) + "\n", 200 if good else 503, None, "application/json")

    async def front(self, _: Request) -> Response:
        """Show what is here."""
        return Response(front_page(self._pool.told, self._limits), media_type=_HTML)

    async def queries(self, request: Request) -> Response:
        """List the example queries."""
        call = _accepted(request)
        form = chosen(_PAGES, call["accept"], "")
        if form is None:
            return Response(f"this is answered in {media_types(_PAGES)}\n", 406, None, "text/plain")
        page, data = _queries()
        if form.name == "json" or call["format"] == "json":
            return Response(data, media_type="application/json")
        return Response(page, media_type=_HTML)

    async def query(self, request: Request) -> Response:
        """Give the text of an example query."""
        try:
            text = question(request.path_params["name"]).text
        except QueryError as error:
            return Response(f"{error}\n", 404, media_type="text/plain; charset=utf-8")
        return Response(text, media_type="application/sparql-query")

    def _answer(self, message: Message) -> Answer:
        """Return a response; of large ones only so many are held at a time.

        Where there are too many, the one that nobody takes for longest makes room.
        """
        if len(message[1]) < LARGE:
            return Answer(message, self._limits.sending, lambda _: None)
        if len(self._held) >= HELD_LIMIT:
            stuck = max(self._held, key=lambda one: one.still)
            if stuck.still <= _STUCK * self._limits.patience:
                busy = refused(503, "too many large answers are on their way; ask again shortly")
                return Answer(busy, self._limits.sending, lambda _: None)
            self._sent(stuck)
            stuck.give_up()
        held = Answer(message, self._limits.sending, self._sent)
        self._held[held] = None
        return held

    def _sent(self, answer: Answer) -> None:
        self._held.pop(answer, None)


def application(pool: Pool, limits: Limits, door: Door) -> ASGIApp:
    """Return the application over a pool that has been started.

    >>> from studyclaims.serving.nursery import Asked
    >>> from studyclaims.serving.pool import Pool
    >>> type(application(Pool(Asked(), Limits()), Limits(), Door())).__name__
    'Guarded'
    """
    at = Endpoint(pool, limits)
    routes = [
        Route("/sparql", at.sparql, methods=list(_METHODS)),
        Route("/.well-known/void", at.void),
        Route("/queries", at.queries),
        Route("/queries/{name}", at.query),
        Route("/health", at.health),
        Route("/", at.front),
    ]
    pages = Starlette(routes=routes)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # What nearly everybody asks for is answered without a look at the other routes.
        if scope["path"] == "/sparql" and scope["method"] in _METHODS:
            response = await at.sparql(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return Guarded(app, door)


@cache
def _queries() -> tuple[str, str]:
    """Return the list of example queries, as a page and as JSON."""
    listed = queries_data()
    return queries_page(listed), json.dumps({"queries": listed}, ensure_ascii=False) + "\n"


def _accepted(request: Request) -> dict[str, Any]:
    """Return what a request says of the form that it is to be answered in."""
    accept = ", ".join(request.headers.getlist("accept"))
    return {"accept": accept, "format": request.query_params.get("format", "")}


def _endpoint(request: Request) -> str:
    """Return the address of the endpoint as the caller knows it."""
    return f"{request.scope['scheme']}://{request.headers['host']}/sparql"


async def _until_left(request: Request, work: Awaitable[Message]) -> Message:
    """Return the answer, unless the caller leaves before: then the work ends too."""
    asking = asyncio.current_task()
    watching: list[asyncio.Task[None]] = []

    def leave(done: asyncio.Task[None]) -> None:
        if asking is not None and not done.cancelled():
            asking.cancel()

    def watch() -> None:
        watching.append(asyncio.ensure_future(_left(request)))
        watching[0].add_done_callback(leave)

    alarm = asyncio.get_running_loop().call_later(_AT_ONCE, watch)
    try:
        return await work
    except asyncio.CancelledError:
        if not watching or not watching[0].done() or asking is None or asking.uncancel():
            raise
        return refused(499, "the caller left")
    finally:
        alarm.cancel()
        for task in watching:
            task.cancel()


async def _left(request: Request) -> None:
    """Return when the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
