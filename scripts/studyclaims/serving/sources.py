"""What an endpoint answers from: a dataset in memory, or a store on disk that is only read.

The default graph is the union of all graphs, each triple once, unless the caller names graphs.
"""

from __future__ import annotations

import fcntl
import os
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Store

from studyclaims.dataset import DATASET
from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.binding import keywords, names_graphs
from studyclaims.stores.disk import HELD, QUADS, read_only, standing
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Triple

    Found = QuerySolutions | QueryBoolean | QueryTriples


class Source(EmbeddedStore):
    """A store that answers over its union, or over the graphs that a caller names.

    >>> from studyclaims.rdf import node
    >>> source = Source([Quad(node("sc:a"), node("sc:b"), node("sc:c"), node("sc:g"))])
    >>> source.graphs()
    ['https://w3id.org/studyclaims/vocab/g']
    """

    def graphs(self) -> list[str]:
        """Return the names of the graphs, sorted."""
        found = self._named.named_graphs()
        return sorted(graph.value for graph in found if isinstance(graph, NamedNode))

    def answer(
        self,
        text: str,
        default: Sequence[str] = (),
        named: Sequence[str] = (),
        *,
        base: str | None = None,
    ) -> Found:
        """Return the answer of a query over the union, or over the graphs that are named.

        Raises:
            QueryError: it cannot be read, names a graph that is not there, or has two FROM, of
                which the engine would count what stands in both twice.
        """
        if default or named:
            store, first, others = _dataset(self._named, default, named)
            return _evaluated(
                lambda: store.query(
                    text,
                    base_iri=base,
                    prefixes=_used(text),
                    default_graph=first,
                    named_graphs=others,
                )
            )
        words = keywords(text)
        _refuse_merge(words)
        store = self._named if names_graphs(words) else self._store
        return _evaluated(lambda: store.query(text, base_iri=base, prefixes=_used(text)))

    def description(self) -> list[Triple]:
        """Return what the dataset says of itself; nothing where it says nothing."""
        return [quad.triple for quad in _quads(self._named, NamedNode(DATASET))]


class DiskSource(Source):
    """One generation of a store on disk, opened to be read."""

    def __init__(self, generation: Path, folder: Path) -> None:
        """Open a generation; ``folder`` is what errors call it.

        Raises:
            StoreError: it cannot be opened.
        """
        self._store = read_only(generation / QUADS, folder)

    @cached_property
    def _named(self) -> Store:
        return self._store


def held(folder: Path) -> Path:
    """Return the generation that stands in a folder, which no load takes away from now on.

    It is held until this process ends, and every process that it forks.

    >>> from pathlib import Path
    >>> held(Path("/no/such"))
    Traceback (most recent call last):
    studyclaims.errors.StoreError: /no/such: no store is here; make one with: studyclaims load
    --store /no/such

    Raises:
        StoreError: there is none.
    """
    while True:
        generation = standing(folder)
        try:
            descriptor = os.open(generation / HELD, os.O_RDONLY)
        except FileNotFoundError:
            if standing(folder) == generation:
                raise StoreError(f"{folder}: the store is damaged; load again") from None
            continue
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if (generation / QUADS).is_dir():
            return generation
        os.close(descriptor)


def _refuse_merge(words: Sequence[str]) -> None:
    """Raise where a query has two FROM: the engine finds what stands in both graphs twice."""
    following = [*words[1:], ""]
    pairs = zip(words, following, strict=True)
    if sum(word == "from" and then != "named" for word, then in pairs) > 1:
        raise QueryError(
            "more than one FROM would count a triple once for each graph that has it; "
            "give the graphs as default-graph-uri, which merges them"
        )


def _evaluated(run: Callable[[], Found]) -> Found:
    """Return what the engine finds, its complaints turned into ours."""
    try:
        return run()
    except (SyntaxError, UnicodeError) as error:
        raise QueryError(f"the query cannot be read: {one_line(error)}") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query cannot be evaluated: {one_line(error)}") from error


def _used(text: str) -> dict[str, str]:
    """Return those of our prefixes that a query may use: the engine reads every one it is given."""
    return {name: space for name, space in prefixes().items() if f"{name}:" in text}


def one_line(error: Exception) -> str:
    r"""Return what an engine says on one line, cut where it lists every letter of every script.

    >>> one_line(ValueError("a\n  b"))
    'a b'
    """
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else text[:159] + "…"


def _dataset(
    store: Store, default: Sequence[str], named: Sequence[str]
) -> tuple[Store, list[NamedNode | BlankNode | DefaultGraph], list[NamedNode | BlankNode]]:
    """Return the store to ask, and its graphs: more than one for the default graph are merged."""
    first, others = _known(store, default), _known(store, named)
    if len(first) < 2:
        return store, [*first], [*others]
    merged = Store()
    for graph in first:
        merged.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in _quads(store, graph))
    for graph in others:
        merged.bulk_extend(_quads(store, graph))
    return merged, [DefaultGraph()], [*others]


def _quads(store: Store, graph: NamedNode | DefaultGraph) -> Iterator[Quad]:
    return store.quads_for_pattern(None, None, None, graph)


def _known(store: Store, names: Iterable[str]) -> list[NamedNode]:
    """Return the graphs of these names, each once, or raise where one is none."""
    found = []
    for name in dict.fromkeys(names):
        try:
            graph = NamedNode(name)
        except ValueError as error:
            raise QueryError(f"{name[:200]!r} is no IRI, so no graph has this name") from error
        if not store.contains_named_graph(graph):
            raise QueryError(
                f"there is no graph <{name[:200]}> here, and none is fetched; "
                "the service description lists the graphs"
            )
        found.append(graph)
    return found
