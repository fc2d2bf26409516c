"""What a graph holds, as one number: counts and hashes that do not depend on how a store writes.

A store that reads ``"1.50"`` as a number may write ``1.5``, and one day as 24 hours. The hash of a
graph is taken over its lines with every such value written in one way, on both sides, so that what
a store rewrites is accounted for, and another value is still another hash.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, RdfFormat, Store, serialize

from studyclaims.errors import GraphError
from studyclaims.turtle import require_ground

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad, Triple

_TYPED: Final = re.compile(rb'"[^"\\]*"\^\^<http://www\.w3\.org/2001/XMLSchema#\w+>(?= \.$)')
"""A value at the end of a line; none of those that stores rewrite holds a quote."""

_DECIMAL: Final = re.compile(
    rb'"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"'
    rb"(?=\^\^<http://www\.w3\.org/2001/XMLSchema#decimal> \.$)",
    re.MULTILINE,
)

_SECONDS: Final = re.compile(rb'^"([0-9.]+)"(\^\^<[^>]*#dayTimeDuration>)$')
"""A duration as Virtuoso gives it back, which is none: the number of its seconds."""

_POWER: Final = re.compile(rb'^"([0-9.]+)e\+([0-9]{2})"(?=.*#dayTimeDuration>$)')

_MARK: Final = b'"^^<http://www.w3.org/2001/XMLSchema#'


@dataclass(frozen=True, slots=True)
class Digest:
    """How many triples a graph has, and the SHA-256 of its sorted lines.

    >>> digest(b"").triples
    0
    """

    triples: int
    sha256: str


@dataclass(frozen=True)
class Dataset:
    """Named graphs to be loaded: by the IRI of each, its N-Triples, sorted.

    >>> dataset_of([]).graphs
    {}
    """

    graphs: Mapping[str, bytes]

    @cached_property
    def digests(self) -> Mapping[str, Digest]:
        """The digest of each graph, values written in one way."""
        return {iri: digest(text) for iri, text in self.graphs.items()}

    @cached_property
    def exact(self) -> Mapping[str, Digest]:
        """The digest of each graph as it is written."""
        return {iri: digest(text, by_value=False) for iri, text in self.graphs.items()}

    @property
    def triples(self) -> int:
        """How many triples the graphs have, one in two graphs counted twice."""
        return sum(found.triples for found in self.digests.values())

    @property
    def sha256(self) -> str:
        """The hash of the whole: over a line for each graph, its hash and its IRI."""
        return whole_hash(self.digests)


def dataset_of(quads: Iterable[Quad]) -> Dataset:
    r"""Return the named graphs of these quads.

    >>> from pyoxigraph import Literal, NamedNode, Quad
    >>> a, g = NamedNode("urn:a:b"), NamedNode("urn:a:g")
    >>> dataset_of([Quad(a, a, Literal("1"), g)]).graphs
    {'urn:a:g': b'<urn:a:b> <urn:a:b> "1" .\n'}

    Raises:
        GraphError: a blank node, which would be another at each load; or a triple in no graph,
            which could never be taken back.
    """
    held: dict[str, set[Triple]] = {}
    for quad in require_ground(quads):
        if isinstance(quad.graph_name, DefaultGraph):
            raise GraphError(
                f"{quad.triple} is in no named graph, and a load replaces whole graphs; "
                "put it into one, as TriG or N-Quads can"
            )
        held.setdefault(quad.graph_name.value, set()).add(quad.triple)
    return Dataset({iri: ntriples(held[iri]) for iri in sorted(held)})


def rewritten(quads: Iterable[Quad]) -> frozenset[Quad]:
    """Return quads as a store gives them back that writes each number in one way.

    >>> from pyoxigraph import Quad
    >>> from studyclaims.rdf import node, typed
    >>> one = Quad(node("sc:a"), node("sc:b"), typed("1.50", "xsd:decimal"), node("sc:g"))
    >>> [quad.object.value for quad in rewritten([one])]
    ['1.5']
    """
    store = Store()
    store.bulk_extend(quads)
    return frozenset(store)


def ntriples(triples: Iterable[Triple]) -> bytes:
    """Return triples as sorted N-Triples.

    >>> ntriples([])
    b''
    """
    text = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(text.splitlines(keepends=True)))


def digest(text: bytes, *, by_value: bool = True) -> Digest:
    r"""Return the digest of N-Triples in any order.

    >>> one = b'<urn:a:b> <urn:a:b> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    >>> digest(one) == digest(one.replace(b"1.50", b"1.5"))
    True
    >>> digest(one, by_value=False) == digest(one.replace(b"1.50", b"1.5"), by_value=False)
    False
    >>> digest(one) == digest(one.replace(b"1.50", b"1.51"))
    False
    """
    lines = {*spelled_alike(text.splitlines())} if by_value else {*text.splitlines()}
    ordered = b"\n".join(sorted(lines))
    return Digest(len(lines), hashlib.sha256(ordered).hexdigest())


def plain_decimals(text: bytes) -> bytes:
    r"""Return N-Triples with each decimal as XSD's canonical form has it.

    >>> one = b'<urn:a:b> <urn:a:b> "%s"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    >>> plain_decimals(one % b"+01.50") == one % b"1.5", plain_decimals(one % b"7") == one % b"7.0"
    (True, True)
    """
    return _DECIMAL.sub(lambda match: b'"%s"' % _plain_decimal(match[1].decode()), text)


def _plain_decimal(text: str) -> bytes:
    number = Decimal(text)
    whole, _, part = f"{number if number else 0:f}".partition(".")
    return f"{whole}.{part.rstrip('0') or '0'}".encode()


def whole_hash(digests: Mapping[str, Digest]) -> str:
    """Return the SHA-256 of graphs, each with its name.

    >>> whole_hash({})[:8]
    'e3b0c442'
    """
    lines = (f"{digests[iri].sha256}  {iri}\n" for iri in sorted(digests))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def spelled_alike(lines: list[bytes]) -> list[bytes]:
    r"""Return lines of N-Triples with every typed value written as Oxigraph writes it.

    >>> one = b'<urn:a:b> <urn:a:b> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .'
    >>> spelled_alike([one]) == [one.replace(b"1.50", b"1.5")]
    True
    """
    lines = list(lines)
    typed = [number for number, line in enumerate(lines) if _MARK in line]
    found = {match[0] for number in typed if (match := _TYPED.search(lines[number]))}
    written = _written(sorted(found))
    same = {value for value in found if written[value] == value}
    for number in typed:
        match = _TYPED.search(lines[number])
        if match and match[0] not in same:
            line = lines[number]
            lines[number] = line[: match.start()] + written[match[0]] + line[match.end() :]
    return lines


def _written(values: list[bytes]) -> dict[bytes, bytes]:
    """Return how one store, the same for all, writes each of these values."""
    store = Store()
    meant = [_SECONDS.sub(rb'"PT\1S"\2', value) for value in map(_plain, values)]
    text = b"".join(b"<urn:x:%d> <urn:x:p> %s .\n" % item for item in enumerate(meant))
    store.load(text, format=RdfFormat.N_TRIPLES)
    found = store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b""
    pairs = (line.split(b" ", 2) for line in found.splitlines())
    return {values[int(s[len(b"<urn:x:") : -1])]: value[:-2] for s, _, value in pairs}


def _plain(value: bytes) -> bytes:
    """Return a number of seconds without a power of ten."""
    return _POWER.sub(lambda m: b'"%d"' % int(Decimal(m[1].decode()).scaleb(int(m[2]))), value)
