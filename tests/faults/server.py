"""The server: a right store behind every fault, one copy each, on loopback."""

from __future__ import annotations

import contextlib
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    serialize,
)

from faults.kinds import FAULTS, ONCE
from faults.listening import Listening
from faults.wire import Reply, Wire

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad, Triple

    from faults.wire import Asked

JSON = "application/sparql-results+json"
TRIPLES = "application/n-triples"

DONE = b'{"head": {"vars": ["callret-0"]},\n"results": {"bindings": []}}\n'
"""What Virtuoso answers to an update in a form."""


class FaultServer(Listening):
    """Listens until it is closed; ``url(fault)`` is the address of a store with that fault.

    ``url("none")`` is a store without any. ``canary`` lists the requests that came to where the
    redirects lead.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = list(quads)
        self._stores: dict[str, Store] = {}
        self._turns: dict[str, int] = {}
        self._lock = threading.Lock()
        self.canary: list[Asked] = []
        super().__init__()

    def url(self, fault: str, copy: str = "") -> str:
        """Return the address of the store with a fault; each copy holds its own data."""
        return f"http://127.0.0.1:{self.port}/{fault}{f'~{copy}' if copy else ''}"

    def store(self, url: str) -> Store:
        """Return what the store at an address holds."""
        name = url.split("/")[3]
        with self._lock:
            if name not in self._stores:
                self._stores[name] = Store()
                self._stores[name].extend(self._quads)
            return self._stores[name]

    def _take(self, connected: socket.socket) -> None:
        threading.Thread(target=self._serve, args=(connected,), daemon=True).start()

    def _serve(self, connected: socket.socket) -> None:
        """Answer one request; whoever leaves in the middle is no matter."""
        with contextlib.suppress(OSError), connected:
            wire = Wire(connected, self._closing)
            asked = wire.asked()
            if asked is None:
                return
            name = asked.path.split("/")[1]
            fault = name.partition("~")[0]
            if fault == "canary":
                self.canary.append(asked)
            chosen = FAULTS.get(fault) or (ONCE[fault] if self._is_odd(name, fault) else None)
            if chosen is None:
                wire.send(right(asked, self.store(f"///{name}"), write=True).whole())
                return
            reply = right(asked, self.store(f"///{name}"), write=False)
            echo = ("X-Echo", asked.headers.get("authorization", ""))
            if not reply.body:
                reply = Reply(200, JSON, b'{"head": {},\n "boolean": true}\n')
            leading = _Leading(wire, f"http://localhost:{self.port}/canary/query")
            chosen(leading, reply.but(extra=(echo,)))

    def _is_odd(self, name: str, fault: str) -> bool:
        """Return whether a request is the first, third ... of a fault that comes and goes."""
        if fault not in ONCE:
            return False
        with self._lock:
            self._turns[name] = self._turns.get(name, 0) + 1
            return self._turns[name] % 2 == 1


class _Leading(Wire):
    """A wire on which redirects lead to a place of ours."""

    def __init__(self, wire: Wire, canary: str) -> None:
        super().__init__(wire.socket, wire.closing)
        self._canary = canary.encode()

    def send(self, data: bytes) -> None:
        super().send(data.replace(b"Location: CANARY", b"Location: " + self._canary))


def right(asked: Asked, store: Store, *, write: bool) -> Reply:
    """Return the right answer to a request; where nothing is written, the one to a write too."""
    fields = parse_qs(asked.query, keep_blank_values=True)
    if asked.media_type == "application/x-www-form-urlencoded":
        fields |= parse_qs(asked.body.decode(), keep_blank_values=True)
    tail = asked.path.rpartition("/")[2]
    if tail == "update":
        form = "update" in fields
        text = fields["update"][0] if form else asked.body.decode()
        return _updated(text, store, form=form, write=write)
    if tail == "store":
        return _graph(asked, NamedNode(fields["graph"][0]), store, write=write)
    if "query" in fields:
        return _queried(fields, store)
    return Reply(404, "text/plain", b"nothing is here")


def _updated(text: str, store: Store, *, form: bool, write: bool) -> Reply:
    if write:
        store.update(text)
    if form:
        return Reply(200, JSON, DONE)
    return Reply(204)


def _graph(asked: Asked, name: NamedNode, store: Store, *, write: bool) -> Reply:
    if asked.method == "GET":
        quads = store.quads_for_pattern(None, None, None, name)
        return _written([quad.triple for quad in quads])
    if write:
        store.remove_graph(name)
        if asked.method == "PUT":
            store.load(asked.body, format=RdfFormat.N_TRIPLES, to_graph=name)
    return Reply(204)


def _written(triples: list[Triple]) -> Reply:
    """Return triples in N-Triples."""
    return Reply(200, TRIPLES, serialize(triples, format=RdfFormat.N_TRIPLES) or b"")


def _queried(fields: dict[str, list[str]], store: Store) -> Reply:
    named = [iri for iri in fields.get("default-graph-uri", []) if not iri.startswith("urn:x-arq:")]
    chosen: Any = [NamedNode(iri) for iri in named]
    answer = store.query(
        fields["query"][0], default_graph=chosen or None, use_default_graph_as_union=not chosen
    )
    if isinstance(answer, QuerySolutions | QueryBoolean):
        # Over several lines, so that a body can be cut between two of them.
        data = json.loads(answer.serialize(format=QueryResultsFormat.JSON) or b"")
        return Reply(200, JSON, json.dumps(data, indent=1).encode())
    return _written(list(answer))


@contextlib.contextmanager
def faulty(text: str) -> Iterator[FaultServer]:
    """Give a server whose stores hold the quads of a text in N-Quads."""
    server = FaultServer(parse(text, format=RdfFormat.N_QUADS))
    try:
        yield server
    finally:
        server.close()
