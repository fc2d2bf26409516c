"""The embedded store: quads in memory, asked in SPARQL over the union of all graphs."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import (
    DefaultGraph,
    Quad,
    QueryBoolean,
    QuerySolutions,
    RdfFormat,
    Store,
    Variable,
    parse,
)

from studyclaims.errors import QueryError, StoreError
from studyclaims.guards import guard_query
from studyclaims.stores.binding import keywords, names_graphs
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import BlankNode, Literal, NamedNode, QueryTriples, Triple

    Term = NamedNode | BlankNode | Literal | Triple


class EmbeddedStore:
    """Quads held in memory by pyoxigraph.

    >>> from studyclaims.rdf import node
    >>> from pyoxigraph import Quad
    >>> store = EmbeddedStore([Quad(node("sc:a"), node("sc:b"), node("sc:c"), node("sc:g"))])
    >>> bool(store.query("ASK { sc:a ?p ?o }"))
    True
    """

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        self._quads = list(quads)
        # Asked for "the union", pyoxigraph finds a triple once for each graph that holds it, and
        # descriptions stand in many. The default graph here is the merge: every triple once.
        self._merged = _merged(self._quads)
        self._store = _loaded(self._merged)

    @cached_property
    def _named(self) -> Store:
        """The named graphs beside the merge, made when a query first asks for a graph."""
        # pyoxigraph walks all copies of a triple to find one, so most queries fare without them.
        return _loaded(self._merged, self._quads)

    def __len__(self) -> int:
        """Return the number of distinct triples."""
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, DefaultGraph()))

    def query(
        self, text: str, values: Mapping[str, NamedNode | Literal] | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return the answer of a SPARQL query; its default graph is the union of all graphs.

        The prefixes of ``ontology/context.jsonld`` need no declaration. ``values`` binds variables
        by name; a value never becomes part of the query's text.

        Raises:
            QueryError: the query is too large, too deep, reaches outside, has a syntax error, or
                does not select a variable that ``values`` binds.
        """
        guard_query(text)
        try:
            bound: dict[Variable, Term] = {
                Variable(name): value for name, value in (values or {}).items()
            }
            store = self._named if names_graphs(keywords(text)) else self._store
            return store.query(
                text,
                prefixes=prefixes(),
                substitutions=bound or None,
            )
        except (SyntaxError, UnicodeError) as error:
            raise QueryError(f"the query cannot be read: {_one_line(error)}") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query cannot be evaluated: {_one_line(error)}") from error

    def triples(
        self,
        subject: NamedNode | BlankNode | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Return the triples that have these parts, each once, in any order.

        Many small look-ups take a fraction of what a query takes that joins all of them.

        >>> from pyoxigraph import NamedNode
        >>> loves, jam = NamedNode("urn:x:loves"), NamedNode("urn:x:jam")
        >>> store = EmbeddedStore([Quad(NamedNode("urn:x:able"), loves, jam)])
        >>> [quad.subject.value for quad in store.triples(predicate=loves, value=jam)]
        ['urn:x:able']
        """
        return self._store.quads_for_pattern(subject, predicate, value, DefaultGraph())


def _merged(quads: Iterable[Quad]) -> list[Quad]:
    """Return each triple once, in the default graph, what is said of one subject side by side."""
    # The store chains quads in the order they come: a claim whose quads lie far apart in memory
    # costs a cache miss each, which is a third of the time of a question over 10,000 claims.
    of: defaultdict[object, list[Triple]] = defaultdict(list)
    for triple in dict.fromkeys(quad.triple for quad in quads):
        of[triple.subject].append(triple)
    return [Quad(*triple) for said in of.values() for triple in said]


def _loaded(*parts: Iterable[Quad]) -> Store:
    """Return a store that holds these quads."""
    store = Store()
    for quads in parts:
        store.bulk_extend(quads)
    return store


def _one_line(error: Exception) -> str:
    """Return what the engine says, cut where it lists every letter of every script."""
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else text[:159] + "…"


def read_quads(path: Path) -> Iterator[Quad]:
    """Yield the quads of a TriG, N-Quads or Turtle file that this package built.

    Files from elsewhere are read by `studyclaims.outside.read_outside`, which trusts none.

    >>> from studyclaims.paths import studies_dir
    >>> sum(1 for _ in read_quads(studies_dir() / "ausk-2017.trig")) > 1000
    True

    Raises:
        StoreError: the file cannot be read or is not well formed.
    """
    formats = {".trig": RdfFormat.TRIG, ".nq": RdfFormat.N_QUADS, ".ttl": RdfFormat.TURTLE}
    suffix = path.suffix.lower()
    if suffix not in formats:
        expected = ", ".join(formats)
        raise StoreError(f"{path}: found the suffix {path.suffix!r}; expected one of {expected}")
    try:
        yield from parse(path=str(path), format=formats[suffix])
    except (OSError, SyntaxError) as error:
        raise StoreError(f"{path}: cannot be read as {path.suffix[1:]}: {error}") from error
