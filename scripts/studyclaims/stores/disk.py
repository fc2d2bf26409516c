"""The store on disk: a folder of generations, of which one stands and is never written to again.

::

    PATH/now -> 2          the generation that stands; a load replaces this link in one step
    PATH/2/quads/          a store of Oxigraph: the named graphs, and their merge as default graph
    PATH/2/held            locked by readers, so that a load lets be what is being read
    PATH/loading.lock      locked by whoever loads

So a reader sees all of a load or nothing of it, needs nobody's leave, and keeps what it opened.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self, cast

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.stores.holders import holder, named
from studyclaims.stores.readback import read_again, read_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import Literal, Quad, QueryBoolean, QuerySolutions, QueryTriples, Triple

    from studyclaims.stores.hashes import Digest

STANDING: Final = "now"
QUADS: Final = "quads"
HELD: Final = "held"
LOCK: Final = "loading.lock"

ROCKSDB: Final = "CURRENT"
"""A file that every store of Oxigraph has in its folder."""

_TRIES: Final = 20
"""How often the standing generation is looked for: a load may take it away before it is held."""

_COUNT: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


class DiskStore(EmbeddedStore):
    """The quads that stand in a folder, opened for reading; asked as the embedded store is.

    >>> DiskStore("/no/such/folder")
    Traceback (most recent call last):
    studyclaims.errors.StoreError: /no/such/folder: no store is here; make one with: studyclaims
    load --store /no/such/folder
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Open what stands in a folder.

        Raises:
            StoreError: there is no store, another process may write to it, or it is damaged.
        """
        from pathlib import Path

        self.folder = Path(folder)
        self._descriptor = -1
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Return the number of distinct triples."""
        return self._counted(DefaultGraph())

    @cached_property
    def _named(self) -> Store:
        """The named graphs beside the merge: here they are one store."""
        return self._store

    def query(
        self, text: str, values: Mapping[str, NamedNode | Literal] | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return the answer of a SPARQL query; its default graph is the union of all graphs.

        After an error of the disk the store is opened anew, once.

        Raises:
            QueryError: as `EmbeddedStore.query`.
            StoreError: the disk cannot be read, or the store is closed.
        """
        if self._descriptor < 0:
            raise StoreError(f"{self.folder}: this store is closed; open it again")
        try:
            return super().query(text, values)
        except QueryError as error:
            if not isinstance(error.__cause__, OSError):
                raise
        self.close()
        self._open()
        try:
            return super().query(text, values)
        except QueryError as error:
            if not isinstance(error.__cause__, OSError):
                raise
            raise damaged(self.folder, error.__cause__) from error

    def graphs(self) -> list[str]:
        """Return the names of the graphs that hold a triple, sorted."""
        found = self._store.named_graphs()
        names = sorted(graph.value for graph in found if isinstance(graph, NamedNode))
        return [name for name in names if self._holds(NamedNode(name))]

    def count(self, iri: str) -> int:
        """Return how many triples a graph has."""
        return self._counted(NamedNode(iri))

    def ntriples(self, iri: str) -> bytes:
        """Return a graph as N-Triples, in the order in which the store has them.

        Raises:
            StoreError: the disk cannot be read.
        """
        try:
            found = self._store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(iri))
        except (OSError, RuntimeError) as error:
            raise damaged(self.folder, error) from error
        return found or b""

    def unchanged(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return which graphs have these digests; none where the default graph is not their merge.

        Raises:
            StoreError: the disk cannot be read.
        """
        try:
            found = read_back(self._store)
            # Where the default graph is wrong, no graph is asked as it should be.
            held = found.digests if found.merged else {}
            return {iri for iri in wanted if self._is(iri, wanted[iri], held.get(iri))}
        except (OSError, RuntimeError) as error:
            raise damaged(self.folder, error) from error

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph; one that is not there has none."""
        yield from (quad.triple for quad in self.quads(iri))

    def quads(self, iri: str | None = None) -> Iterator[Quad]:
        """Yield the quads of one graph, or of all named graphs.

        Raises:
            StoreError: the disk cannot be read.
        """
        graph = None if iri is None else NamedNode(iri)
        try:
            for quad in self._store.quads_for_pattern(None, None, None, graph):
                if not isinstance(quad.graph_name, DefaultGraph):
                    yield quad
        except OSError as error:
            raise damaged(self.folder, error) from error

    def close(self) -> None:
        """Let go what is open; a load may take the generation away from now on."""
        if self._descriptor >= 0:
            self._store = Store()
            self.__dict__.pop("_named", None)
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        """Open the standing generation, held against being taken away."""
        for _ in range(_TRIES):
            home = standing(self.folder)
            try:
                self._descriptor = os.open(home / HELD, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
            if (home / QUADS).is_dir():
                break
            os.close(self._descriptor)
            self._descriptor = -1
        else:
            raise StoreError(f"{self.folder}: {STANDING} names nothing that is there; load again")
        try:
            self._store = read_only(home / QUADS, self.folder)
        except StoreError:
            os.close(self._descriptor)
            self._descriptor = -1
            raise

    def _is(self, iri: str, wanted: Digest, found: Digest | None) -> bool:
        """Return whether a graph has a digest, read once more where only the hash differs."""
        if found is None or found.triples != wanted.triples:
            return False
        return found == wanted or read_again(self._store, iri) == wanted

    def _holds(self, graph: NamedNode) -> bool:
        return any(True for _ in self._store.quads_for_pattern(None, None, None, graph))

    def _counted(self, graph: NamedNode | DefaultGraph) -> int:
        found = cast("QuerySolutions", self._store.query(_COUNT, default_graph=graph))
        return int(next(found)["n"].value)


def standing(folder: Path) -> Path:
    """Return the folder of the generation that stands.

    >>> from pathlib import Path
    >>> standing(Path("/no/such"))
    Traceback (most recent call last):
    studyclaims.errors.StoreError: /no/such: no store is here; make one with: studyclaims load
    --store /no/such

    Raises:
        StoreError: there is none.
    """
    try:
        return folder / (folder / STANDING).readlink()
    except OSError:
        if (folder / ROCKSDB).exists():
            raise StoreError(
                f"{folder}: this is a store that Oxigraph itself made; start its server on it and "
                "give the server's address, or name another folder"
            ) from None
        raise StoreError(
            f"{folder}: no store is here; make one with: studyclaims load --store {folder}"
        ) from None


def read_only(place: Path, folder: Path) -> Store:
    """Return what Oxigraph has in a folder, opened for reading.

    >>> from pathlib import Path
    >>> read_only(Path("/no/such"), Path("/no"))
    Traceback (most recent call last):
    studyclaims.errors.StoreError: /no: the store cannot be read: ...

    Args:
        place: the folder.
        folder: what to call it in a message.

    Raises:
        StoreError: another process may write to it, or it cannot be read.
    """
    pid = holder(place / "LOCK")
    if pid is not None:
        raise StoreError(
            f"{folder}: {named(pid)} has the store open and may write to it; end that process, or "
            "ask it in place of the folder"
        )
    try:
        store = Store.read_only(str(place))
    except (OSError, RuntimeError, ValueError) as error:
        raise damaged(folder, error) from error
    # Each opening leaves a log behind.
    for log in place.glob("LOG.old.*"):
        with suppress(OSError):
            log.unlink()
    return store


def damaged(folder: Path, error: Exception | None) -> StoreError:
    """Return the error of a store that cannot be read.

    >>> from pathlib import Path
    >>> print(damaged(Path("here"), OSError("bad block")))
    here: the store cannot be read: bad block; if it is damaged, remove the folder and load again
    """
    said = " ".join(str(error).split())
    return StoreError(
        f"{folder}: the store cannot be read: {said}; if it is damaged, remove the folder and "
        "load again"
    )
