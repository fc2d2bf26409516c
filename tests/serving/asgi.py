"""The application asked without a network: a request in, a response out, a store in this process.

What the pool of workers does is shown with real processes, in test_pool and test_attacks.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from samples import quads
from studyclaims.serving.answering import answered
from studyclaims.serving.app import application
from studyclaims.serving.doors import Door
from studyclaims.serving.limits import Limits
from studyclaims.serving.sources import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Message, Scope

    from studyclaims.serving.frames import Message as Answer
    from studyclaims.serving.pool import Pool

HOST: Final = "localhost:7878"
LIMITS: Final = Limits(rows=1000, patience=0.2, sending=0.2)
FRIEND: Final = "https://friend.example"


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the body as data."""
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        """Return the media type."""
        return self.headers["content-type"].partition(";")[0]


@cache
def source() -> Source:
    """Return the small study as it is served."""
    return Source(quads())


class Here:
    """Stands where the pool does; what is asked is answered in this process."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.calls: list[dict[str, Any]] = []
        self.pids = [1]
        self.free = 1
        self.replaced = 0
        self.told = {"size": len(source()), "graphs": source().graphs(), "offline": True}

    async def ask(self, call: dict[str, Any]) -> Answer:
        """Answer at once."""
        self.calls.append(call)
        # What is sent to a worker goes there as JSON.
        return answered(source(), json.loads(json.dumps(call)), self.limits)


def asked(
    target: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | str | Sequence[bytes] = b"",
    *,
    here: Here | None = None,
) -> Response:
    """Return the response to a request; a body may come in pieces, and an empty one ends it."""
    pool = here or Here()
    app = application(cast("Pool", pool), pool.limits, Door(origins=frozenset({FRIEND})))
    data = body.encode() if isinstance(body, str) else body
    pieces = [data] if isinstance(data, bytes) else list(data)
    path, _, query = target.partition("?")
    told = {"host": HOST, **(headers or {})}
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
        "server": ("127.0.0.1", 7878),
        "client": ("127.0.0.1", 1),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        if not pieces:
            await asyncio.sleep(60)
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    start = sent[0]
    names = {name.decode(): value.decode() for name, value in start["headers"]}
    whole = b"".join(message.get("body", b"") for message in sent[1:])
    return Response(start["status"], names, whole)
