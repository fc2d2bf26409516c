"""Reading back: what a store on disk holds, graph by graph, each triple decoded once.

Descriptions stand in many graphs, and to look a term up is what reading costs. So a query groups
the quads by triple, which the store does by number, and names beside each triple the graphs that
have it. The default graph is one of them: it has to have all that any has, and nothing else. Each
core asks for the triples of a share of the predicates that the default graph has; whether the named
graphs have others, the number of all quads tells.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat

from studyclaims.stores.hashes import Digest, digest
from studyclaims.stores.sharing import cores, shares, side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import QuerySolutions, Store

_BY_TRIPLE: Final = """
SELECT ?s ?p ?o (GROUP_CONCAT(?number) AS ?graphs) {
  %s
  { VALUES (?g ?number) { %s } GRAPH ?g { ?s ?p ?o } }
  UNION { ?s ?p ?o BIND("-" AS ?number) }
} GROUP BY ?s ?p ?o
"""
"""Numbers are texts of few letters, which Oxigraph keeps where it keeps numbers of terms."""

_PREDICATES: Final = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"
_QUADS: Final = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
_SHARED: Final = 10_000
"""From how many triples on it is worth while to share the reading out."""

_MERGE: Final = b"-"
_ONLY_MERGED: Final = b'-"'
_BARE: Final = re.compile(rb'\t([^<"\t\n?][^\t\n]*)\t(?=")')
_TRUTHS: Final = frozenset({b"true", b"false"})


class ReadBack(NamedTuple):
    """What a store holds: the digest of each named graph, and whether the default is their merge.

    >>> ReadBack({}, merged=True).digests
    {}
    """

    digests: Mapping[str, Digest]
    merged: bool


def read_back(store: Store) -> ReadBack:
    """Return what a store of Oxigraph holds, all of it read.

    >>> from pyoxigraph import Store
    >>> read_back(Store())
    ReadBack(digests={}, merged=True)
    """
    names = sorted(str(graph) for graph in store.named_graphs())
    numbered = " ".join(f'({name} "{number}")' for number, name in enumerate(names))
    counted = cast("QuerySolutions", store.query(_QUADS))
    quads = int(next(counted)["n"].value)
    found = _held(_rows(_answers(store, numbered, _shares(store))), len(names))
    if sum(map(len, found.graphs)) != quads:
        # A predicate that the default graph lacks.
        found = _held(_rows(_answers(store, numbered, [""])), len(names))
    digests = {name[1:-1]: _digest(it) for name, it in zip(names, found.graphs, strict=True)}
    return ReadBack(digests, merged=found.merged)


class _Held(NamedTuple):
    """The triples of each named graph, by its number; whether the default graph has just them."""

    graphs: list[list[bytes]]
    merged: bool


def _held(rows: list[bytes], graphs: int) -> _Held:
    """Return what rows of triples and numbers of graphs say."""
    held: dict[bytes, list[bytes]] = {b"%d" % number: [] for number in range(graphs)}
    merged = held[_MERGE] = []
    unmerged = 0
    for row in rows:
        triple, _, numbers = row.rpartition(b' "')
        unmerged += numbers == _ONLY_MERGED
        for number in numbers[:-1].split():
            held[number].append(triple)
    whole = not unmerged and len(merged) == len(rows)
    return _Held([held[b"%d" % number] for number in range(graphs)], whole)


def _shares(store: Store) -> list[str]:
    """Return which triples each core reads, as a part of a query; nothing means all of them."""
    found = cast("QuerySolutions", store.query(_PREDICATES))
    weights = {str(row["p"]): int(row["n"].value) for row in found}
    if sum(weights.values()) < _SHARED:
        return [""]
    return [f"VALUES ?p {{ {' '.join(share)} }}" for share in shares(weights, cores())]


def _answers(store: Store, numbered: str, parts: list[str]) -> list[bytes]:
    """Return the answers, as a table of tabs, to the query for each part of the triples."""
    return side_by_side(partial(_answer, store, numbered), parts)


def _answer(store: Store, numbered: str, part: str) -> bytes:
    found = cast("QuerySolutions", store.query(_BY_TRIPLE % (part, numbered)))
    return found.serialize(format=QueryResultsFormat.TSV) or b""


def read_again(store: Store, iri: str) -> Digest:
    """Return the digest of one graph as the store itself writes N-Triples.

    Characters that results escape in another way, such as a form feed, are right here only.

    >>> from pyoxigraph import Store
    >>> read_again(Store(), "urn:a:g").triples
    0
    """
    return digest(store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(iri)) or b"")


def _rows(texts: list[bytes]) -> list[bytes]:
    """Return the rows, sorted: a triple as N-Triples has it, and the numbers of its graphs."""
    # What is a tab or a line's end in a literal is escaped.
    plain = (_BARE.sub(_written_out, text).replace(b"\t", b" ") for text in texts)
    return sorted(row for text in plain for row in text.split(b"\n")[1:-1])


def _written_out(match: re.Match[bytes]) -> bytes:
    """Return a number or a truth, of which results have the bare text, with its datatype."""
    value = match[1]
    if value in _TRUTHS:
        kind = b"boolean"
    elif b"e" in value.lower():
        kind = b"double"
    else:
        kind = b"decimal" if b"." in value else b"integer"
    return b'\t"%b"^^<http://www.w3.org/2001/XMLSchema#%b>\t' % (value, kind)


def _digest(triples: list[bytes]) -> Digest:
    """Return the digest of triples that are sorted, each another, and written as Oxigraph does."""
    ends = b" ." if triples else b""
    return Digest(len(triples), hashlib.sha256(b" .\n".join(triples) + ends).hexdigest())
