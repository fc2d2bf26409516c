"""The matrix: every fault and every method, each met once, and what came of it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions

from faults.kinds import FAULTS, HANGING, ONCE
from faults.server import faulty
from studyclaims.stores.calls import Caller
from studyclaims.stores.credentials import Auth
from studyclaims.stores.endpoints import Endpoint, probe
from studyclaims.stores.profiles import OXIGRAPH, Profile
from studyclaims.stores.remote import RemoteStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.server import FaultServer

GRAPH: Final = "urn:x:graph"
QUADS: Final = "".join(f'<urn:x:a{n}> <urn:x:b> "c {n}" <{GRAPH}> .\n' for n in range(5))
WRITTEN: Final = b'<urn:x:a1> <urn:x:b> "new" .\n<urn:x:a2> <urn:x:b> "new" .\n'

SECRET: Final = "pass-4711-word"  # noqa: S105 - nobody's
AUTH: Final = Auth(user="ada", password=SECRET)

DEADLINE: Final = 0.3
"""The seconds for what hangs."""

PATIENCE: Final = 20.0
"""The seconds for what answers at once, however busy the machine is."""

SLACK: Final = 10.0
"""The seconds beyond its deadline in which even a busy machine has given up what hangs for ever."""

LIMIT: Final = 1_000_000


def _select(store: RemoteStore) -> object:
    found = store.query("SELECT ?s ?o { ?s ?p ?o }")
    assert isinstance(found, QuerySolutions)
    return sorted(f"{row['s']} {row['o']}" for row in found)


def _ask(store: RemoteStore) -> object:
    found = store.query("ASK { ?s <urn:x:b> 'never' }")
    assert isinstance(found, QueryBoolean)
    return bool(found)


def _construct(store: RemoteStore) -> object:
    found: Any = store.query("CONSTRUCT { ?o ?p ?s } WHERE { ?o ?p ?s }")
    return sorted(map(str, found))


METHODS: Final[dict[str, Callable[[RemoteStore], object]]] = {
    "select": _select,
    "ask": _ask,
    "construct": _construct,
    "read_graph": lambda store: sorted(map(str, store.read_graph(GRAPH))),
    "graphs": lambda store: store.graphs(),
    "count": lambda store: store.count(GRAPH),
    "probe": lambda store: probe(_base(store), store.caller).query.startswith(_base(store)),
    "update": lambda store: store.update(f"CLEAR GRAPH <{GRAPH}>"),
    "put_graph": lambda store: store.put_graph(GRAPH, WRITTEN),
    "delete_graph": lambda store: store.delete_graph(GRAPH),
}
WRITERS: Final = {"update": 0, "put_graph": 2, "delete_graph": 0}
"""How many triples the graph has after each of them."""


def _base(store: RemoteStore) -> str:
    return store.endpoint.query.removesuffix("/query")


@dataclass(frozen=True)
class Outcome:
    """What a method gave under a fault: a result, or an error; how long it took; what is there."""

    result: object
    error: Exception | None
    seconds: float
    deadline: float
    triples: int

    @property
    def texts(self) -> str:
        """All that a user or a log would see of the error."""
        parts: list[str] = []
        error: BaseException | None = self.error
        while error is not None:
            parts += [str(error), repr(error), repr(error.args)]
            error = error.__cause__ or error.__context__
        return "\n".join(parts)


def met(server: FaultServer, fault: str, method: str, profile: Profile = OXIGRAPH) -> Outcome:
    """Return what comes of a method under a fault."""
    deadline = DEADLINE if fault in HANGING else PATIENCE
    url = server.url(fault, f"{method}-{profile.name}")
    caller = Caller(AUTH, deadline=deadline, pause=0.001, limit=LIMIT)
    paths = (f"{url}/query", f"{url}/update", f"{url}/store")
    store = RemoteStore(Endpoint(*paths, profile), caller)
    start, result, error = time.monotonic(), None, None
    try:
        result = METHODS[method](store)
    except Exception as raised:
        error = raised
    seconds = time.monotonic() - start
    count = len(list(server.store(url).quads_for_pattern(None, None, None, NamedNode(GRAPH))))
    return Outcome(result, _light(error), seconds, deadline, count)


def _light(error: Exception | None) -> Exception | None:
    """Return an error without the frames it passed: pyoxigraph's readers stay in their thread."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__cause__ or each.__context__
    return error


def matrix(profile: Profile = OXIGRAPH) -> tuple[dict[tuple[str, str], Outcome], int]:
    """Return the outcome by fault and method, and how many requests followed a redirect."""
    cells = [(fault, method) for fault in ("none", *FAULTS, *ONCE) for method in METHODS]
    # What hangs comes first, so that all of it hangs together.
    cells.sort(key=lambda cell: cell[0] not in HANGING)
    with faulty(QUADS) as server, ThreadPoolExecutor(40) as pool:
        found = pool.map(lambda cell: met(server, cell[0], cell[1], profile), cells)
        return dict(zip(cells, found, strict=True)), len(server.canary)
