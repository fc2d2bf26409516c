"""Who may come in: the names that this machine is called by, and the pages that may ask.

A page of any site can make a browser on this machine send requests here. Such a request has the
name of that site as its Host (after a rebinding of names), or as its Origin, or is marked by the
browser as coming from another site. All these are refused before anything else is looked at.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""What a machine calls itself."""

STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "textarea{width:100%;font:14px/1.4 monospace}pre{overflow-x:auto;background:#f4f4f4;"
    "padding:.5rem}dt{font-weight:600;margin-top:1rem}"
)
"""The one style sheet of the pages; the policy allows it by its hash, and nothing else."""

_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "Accept, Origin",
}
"""What every response says."""

_HOST: Final = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")

FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class Door:
    """Whom an endpoint lets in: names of hosts besides its own, and origins of other pages."""

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        """Return why a request is not let in; nothing where it is.

        >>> Door().refusal("GET", "/sparql", {"host": "localhost:7878"})
        ''
        >>> Door().refusal("GET", "/sparql", {"host": "evil.example"})
        "'evil.example' is no name of this endpoint; --allow-host adds one"
        """
        host = headers.get("host", "")
        match = _HOST.fullmatch(host)
        if match is None or match["name"].lower() not in LOOPBACK | self.hosts:
            return f"{host[:100]!r} is no name of this endpoint; --allow-host adds one"
        origin = headers.get("origin")
        if origin is not None:
            if self.is_own(origin, host) or origin in self.origins:
                return ""
            return f"pages of {origin[:100]!r} may not ask here; --allow-origin adds them"
        referrer = headers.get("referer", "")
        if method == "POST" and referrer and not self._is_within(referrer, host):
            return "a form of another site may not ask here"
        if headers.get("sec-fetch-site", "none") in {"none", "same-origin"}:
            return ""
        # A link from elsewhere to a page is followed; a query behind one is not run.
        if headers.get("sec-fetch-mode") == "navigate" and method == "GET" and path != "/sparql":
            return ""
        return "a page of another site may not ask here; --allow-origin adds one"

    def is_own(self, origin: str, host: str) -> bool:
        """Return whether an origin is that of the endpoint's own pages."""
        return origin.lower() in {f"http://{host}".lower(), f"https://{host}".lower()}

    def _is_within(self, referrer: str, host: str) -> bool:
        """Return whether a page that refers here is ours, or of a site that is let in."""
        whole = "/".join(referrer.split("/")[:3])
        return self.is_own(whole, host) or whole in self.origins


class Guarded:
    """An application behind a door."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, answer it where it asks to be let in, or refuse it."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        origin = headers.get("origin")
        problem = self._door.refusal(scope["method"], scope["path"], headers)
        told = _ENCODED
        if origin in self._door.origins:
            told = [*told, *_encoded({"access-control-allow-origin": str(origin), **_EXPOSED})]

        def tell(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *told]
            return send(message)

        if problem:
            await _plain(tell, FORBIDDEN, f"{problem}\n", {})
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _plain(tell, 204, "", _allowed(headers) if origin in self._door.origins else {})
        else:
            await self._app(scope, receive, tell)


def _allowed(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what a browser wants to know before it sends what a form could not."""
    private = "access-control-request-private-network" in headers
    return {
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "accept, content-type",
        "access-control-max-age": "600",
    } | ({"access-control-allow-private-network": "true"} if private else {})


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]


_ENCODED: Final = _encoded(HEADERS)
_EXPOSED: Final = {"access-control-expose-headers": "studyclaims-rows"}


async def _plain(send: Send, status: int, text: str, headers: Mapping[str, str]) -> None:
    """Answer with a line of text, and close the connection: a body may follow, unread."""
    data = text.encode("utf-8", "backslashreplace")
    pairs = {"content-type": "text/plain; charset=utf-8", "connection": "close", **headers}
    pairs |= {} if status == 204 else {"content-length": str(len(data))}
    start = {"type": "http.response.start", "status": status, "headers": _encoded(pairs)}
    await send(start)
    await send({"type": "http.response.body", "body": data})
