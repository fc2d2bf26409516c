"""HTTP to a server of the tests, as plain as can be: no retries, no client of ours in between."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from servers.processes import Server

SECONDS: Final = 60
TRIPLES: Final = "application/n-triples"
JSON: Final = "application/sparql-results+json"


@dataclass(frozen=True)
class Answer:
    """What came back: status, content type, body."""

    status: int
    media_type: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")


def call(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    *,
    headers: dict[str, str] | None = None,
    user: str = "",
    password: str = "",
    seconds: float = SECONDS,
) -> Answer:
    """Return the answer to one request, whatever its status is.

    With a user, the name and password are given once the server asks, by basic or by digest.

    Raises:
        OSError: Nobody listens, or the line broke.
    """
    request = urllib.request.Request(url, body, headers or {}, method=method)  # noqa: S310 - ours
    words = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    words.add_password(None, url, user, password)
    ways: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if user:
        ways += [
            urllib.request.HTTPDigestAuthHandler(words),
            urllib.request.HTTPBasicAuthHandler(words),
        ]
    try:
        with urllib.request.build_opener(*ways).open(request, timeout=seconds) as got:
            return Answer(got.status, got.headers.get_content_type(), got.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.headers.get_content_type(), refused.read())
    except http.client.HTTPException as broken:
        raise OSError(str(broken) or type(broken).__name__) from broken


def query(server: Server, text: str, accept: str = JSON) -> Answer:
    """Return the answer of a server to a query, sent as a form."""
    return call(
        server.query_url,
        "POST",
        urlencode({"query": text}).encode(),
        headers={"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"},
        user=server.user,
        password=server.password,
    )


def column(server: Server, text: str) -> list[str]:
    """Return the first variable's values in the answer to a query.

    Raises:
        OSError: The store refused the query.
    """
    answer = query(server, text)
    if answer.status != 200:
        raise OSError(f"{server}: {answer.status} {answer.text[:500]}")
    results = json.loads(answer.body)
    first = results["head"]["vars"][0]
    return [row[first]["value"] for row in results["results"]["bindings"]]


def update(server: Server, text: str) -> Answer:
    """Return the answer of a server to an update, sent as a form by the one who may write."""
    return call(
        server.update_url,
        "POST",
        urlencode({"update": text}).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        user=server.user,
        password=server.password,
    )


def graph(
    server: Server, method: str, iri: str, body: bytes | None = None, media_type: str = TRIPLES
) -> Answer:
    """Return the answer of a server to a request of the Graph Store Protocol on one graph."""
    named = "Accept" if method == "GET" else "Content-Type"
    return call(
        f"{server.graph_store_url}?{urlencode({'graph': iri})}",
        method,
        body,
        headers={named: media_type},
        user=server.user,
        password=server.password,
    )
