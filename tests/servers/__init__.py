"""Real triple stores on loopback, for the tests that prove that one can be used.

``running(kind)`` gives the store of this test process, started once and emptied for each use;
``running(kind, fresh=True)`` gives one that nobody else has, for tests that kill it.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from servers import fuseki, oxigraph, rdf4j, virtuoso
from servers.places import free_port
from servers.processes import Recipe, Server, StartError
from servers.talking import column, update

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

__all__ = ["KINDS", "Recipe", "Server", "StartError", "graphs", "missing", "running"]

MODULES: Final[dict[str, ModuleType]] = {
    "oxigraph": oxigraph,
    "fuseki": fuseki,
    "rdf4j": rdf4j,
    "virtuoso": virtuoso,
}
KINDS: Final = tuple(MODULES)

GRAPHS: Final = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?graph"
"""Without ORDER BY, Virtuoso takes a minute over as much as the dataset."""
TRIES: Final = 3
"""A port that was free may be taken before the server listens on it."""

_shared: dict[str, Server] = {}
_in_use: set[str] = set()


def missing(kind: str) -> str:
    """Return why a kind of store cannot be started here, or nothing."""
    said: str = MODULES[kind].missing()
    return said


@contextmanager
def running(kind: str, *, fresh: bool = False) -> Iterator[Server]:
    """Give a running store that holds no graph but those that it was born with (Virtuoso's own).

    Args:
        kind: One of KINDS.
        fresh: One that nobody else has and that is gone afterwards. A second one of a kind, asked
            for while the first is in use, is always fresh.

    Raises:
        StartError: It cannot be started; ``missing`` says why, or else its log.
    """
    if fresh or kind in _in_use:
        server = _started(kind)
        try:
            yield server
        finally:
            _gone(server)
        return
    _in_use.add(kind)
    try:
        yield _emptied(kind)
    finally:
        _in_use.discard(kind)


def _emptied(kind: str) -> Server:
    """Return the store of this process, all of its graphs dropped."""
    server = _shared.get(kind)
    if server is None:
        server = _shared[kind] = _started(kind)
        atexit.register(_gone, server)
        return server
    if not server.alive:
        server.restart()
    drops = [f"DROP SILENT GRAPH <{iri}>" for iri in sorted(graphs(server))]
    for text in [*drops, *server.recipe.empties_default]:
        answer = update(server, text)
        if answer.status >= 300:
            raise StartError(f"{server} could not be emptied: {answer.status} {answer.text[:500]}")
    return server


def graphs(server: Server) -> set[str]:
    """Return the named graphs of a store, without those that it was born with."""
    return set(column(server, GRAPHS)) - server.own_graphs


def _started(kind: str) -> Server:
    """Return a store on a temporary folder and a port of its own."""
    reason = missing(kind)
    if reason:
        raise StartError(reason)
    for trial in range(1, TRIES + 1):
        folder = Path(tempfile.mkdtemp(prefix=f"studyclaims-{kind}-"))
        server = Server(MODULES[kind].recipe(folder, free_port()), folder)
        try:
            server.start()
            server.own_graphs = frozenset(column(server, GRAPHS))
        except StartError:
            _gone(server)
            if trial == TRIES:
                raise
        else:
            break
    return server


def _gone(server: Server) -> None:
    """End a store, and remove what it kept."""
    server.kill()
    shutil.rmtree(server.folder, ignore_errors=True)
