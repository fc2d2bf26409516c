"""Reading back: what a store on disk holds, graph by graph, each triple decoded once.

Descriptions stand in many graphs, and to look a term up is what reading costs. So one query groups
the quads by triple, which the store does by number, and names beside each triple the graphs that
have it. The default graph is one of them: it has to have all that any has, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat

from studyclaims.stores.hashes import Digest, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import QuerySolutions, Store

_BY_TRIPLE: Final = """
SELECT ?s ?p ?o (GROUP_CONCAT(?number) AS ?graphs) {
  { VALUES (?g ?number) { %s } GRAPH ?g { ?s ?p ?o } }
  UNION { ?s ?p ?o BIND("-" AS ?number) }
} GROUP BY ?s ?p ?o
"""
"""Numbers are texts of few letters, which Oxigraph keeps where it keeps numbers of terms."""

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
    found = cast("QuerySolutions", store.query(_BY_TRIPLE % numbered))
    rows = _rows(found.serialize(format=QueryResultsFormat.TSV) or b"")
    held: dict[bytes, list[bytes]] = {b"%d" % number: [] for number in range(len(names))}
    merged = held[_MERGE] = []
    unmerged = 0
    for row in rows:
        triple, _, numbers = row.rpartition(b' "')
        unmerged += numbers == _ONLY_MERGED
        for number in numbers[:-1].split():
            held[number].append(triple)
    digests = {name[1:-1]: _digest(held[b"%d" % number]) for number, name in enumerate(names)}
    return ReadBack(digests, merged=not unmerged and len(merged) == len(rows))


def read_again(store: Store, iri: str) -> Digest:
    """Return the digest of one graph as the store itself writes N-Triples.

    Characters that results escape in another way, such as a form feed, are right here only.

    >>> from pyoxigraph import Store
    >>> read_again(Store(), "urn:a:g").triples
    0
    """
    return digest(store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(iri)) or b"")


def _rows(text: bytes) -> list[bytes]:
    """Return the rows, sorted: a triple as N-Triples has it, and the numbers of its graphs."""
    # What is a tab or a line's end in a literal is escaped.
    rows = _BARE.sub(_written_out, text).replace(b"\t", b" ").split(b"\n")[1:-1]
    return sorted(rows)


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
