"""What a request asks, as the SPARQL 1.1 Protocol has it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from studyclaims.guards import SIZE_LIMIT
from studyclaims.serving.limits import BODY_LIMIT, DRAINED, FIELD_LIMIT
from studyclaims.serving.negotiation import NAMES, known

if TYPE_CHECKING:
    from starlette.requests import Request

Pairs = list[tuple[str, str]]

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"

_WRITING: Final = frozenset({"update", "using-graph-uri", "using-named-graph-uri"})
_NAMING: Final = ("format", "output", "results")
"""Parameters that name the form of the answer; the protocol has none, most clients send one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered, and its HTTP status."""

    status: int
    problem: str


@dataclass(frozen=True, slots=True)
class Call:
    """A query and what else its request says."""

    text: str
    accept: str = ""
    format: str = ""
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the call as a worker takes it."""
        return {
            "task": "query",
            "text": self.text,
            "accept": self.accept,
            "format": self.format,
            "default": self.default,
            "named": self.named,
        }


async def call_of(request: Request, patience: float) -> Call | Refusal | None:
    """Return what a request asks, why it is refused, or None where it asks nothing.

    >>> from starlette.requests import Request
    >>> asked = {"type": "http", "method": "GET", "query_string": b"query=ASK%7B%7D", "headers": []}
    >>> asyncio.run(call_of(Request(asked), 1.0)).text
    'ASK{}'
    """
    try:
        pairs = _pairs(request.scope["query_string"].decode("ascii"))
        if request.method == "POST":
            posted = await _posted(request, patience)
            if isinstance(posted, Refusal):
                return posted
            pairs += posted
    except ValueError:
        return Refusal(400, "the request is not UTF-8, or has too many parameters")
    if _WRITING & {name for name, _ in pairs}:
        return Refusal(403, "this endpoint is read-only; nothing is updated")
    return _call(pairs, ", ".join(request.headers.getlist("accept")), request.method)


def _call(pairs: Pairs, accept: str, method: str) -> Call | Refusal | None:
    """Return the call that parameters make."""
    queries = [value for name, value in pairs if name == "query"]
    if not queries and method != "POST":
        return None
    if len(queries) != 1:
        return Refusal(400, f"found {len(queries)} queries, expected one parameter query")
    if len(queries[0]) > SIZE_LIMIT:
        most = f"at most {SIZE_LIMIT} are allowed: split it"
        return Refusal(413, f"the query has {len(queries[0])} characters; {most}")
    named = dict(reversed([pair for pair in pairs if pair[0] in _NAMING]))
    if not known(named.get("format", "")):
        return Refusal(406, f"no form is called {named['format'][:60]!r}; {', '.join(NAMES)} are")
    wished = next((named[name] for name in _NAMING if known(named.get(name, "?"))), "")
    graphs = {
        kind: tuple(value for name, value in pairs if name == f"{kind}-graph-uri" and value)
        for kind in ("default", "named")
    }
    return Call(queries[0], accept, wished, graphs["default"], graphs["named"])


async def _posted(request: Request, patience: float) -> Pairs | Refusal:
    """Return the parameters that a body holds; a body that is a query is one of them."""
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    kind = kind.strip()
    if kind == UPDATE:
        return Refusal(403, "this endpoint is read-only; nothing is updated")
    if kind not in (FORM, QUERY):
        return Refusal(415, f"found the content type {kind[:60]!r}; expected {FORM} or {QUERY}")
    name, _, charset = parameters.strip().partition("=")
    if name.strip() == "charset" and charset.strip('" ') not in {"utf-8", "utf8", "us-ascii"}:
        return Refusal(415, f"found the charset {charset[:40]!r}; expected utf-8")
    body = await _body(request, patience)
    if isinstance(body, Refusal):
        return body
    text = body.decode("utf-8")
    return [("query", text)] if kind == QUERY else _pairs(text)


async def _body(request: Request, patience: float) -> bytes | Refusal:
    """Return a request's body, which must be small and arrive in time."""
    too_large = Refusal(413, f"the request has more than {BODY_LIMIT:,} bytes; split the query")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > DRAINED:
        return too_large
    data, size = bytearray(), 0
    try:
        async with asyncio.timeout(patience):
            async for piece in request.stream():
                size += len(piece)
                # A client that is cut off while it sends does not read why.
                data += piece if size <= BODY_LIMIT else b""
                if size > DRAINED:
                    break
    except TimeoutError:
        return Refusal(408, f"the request did not arrive within {patience:g} s")
    return bytes(data) if size <= BODY_LIMIT else too_large


def _pairs(text: str) -> Pairs:
    """Return the parameters of an address or a form.

    Raises:
        ValueError: they are not UTF-8, or too many.
    """
    return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELD_LIMIT)
