"""Nanopublications: each claim with all that it needs to stand alone, in four small graphs.

The assertion is the claim: its proposition and entities, how firmly its source words it, the
context it holds in and the direct triple that it writes. The provenance is where that stands and
what it rests on, the publication info who curated it, when, under which licence. The rules are
those of the nanopublication guidelines (https://nanopub.net/guidelines/working_draft/): four
graphs, none empty, all named below the nanopublication; the provenance speaks of the assertion, the
publication info of the whole. Names are trusty URIs (`studyclaims.exports.trusty`), so a changed
byte is a changed name. Nothing is signed unless somebody gives a key: a signature is a person's
(`studyclaims.exports.nanopubsigning`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from studyclaims.errors import ClaimError
from studyclaims.exports.items import CC0
from studyclaims.exports.kgxclaims import Graphs, entity
from studyclaims.exports.nanopubsigning import NPX, signed
from studyclaims.exports.trusty import PLACEHOLDER, artifact_code, with_code
from studyclaims.formats import serialize
from studyclaims.quads import entity_triples, proposition_triples
from studyclaims.rdf import node, rows, typed
from studyclaims.terms import BASE, compress, prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import BlankNode

    from studyclaims.exports.kgxclaims import Statements, Told
    from studyclaims.exports.nanopubsigning import Signer
    from studyclaims.identifiers import Composition
    from studyclaims.terms import TermEntry

    Term = NamedNode | BlankNode | Literal | Triple

PLACE: Final = f"{BASE}np/"
"""What the names of nanopublications begin with."""

_NP: Final = "http://www.nanopub.org/nschema#"
_PARTS: Final = ("assertion", "provenance", "pubinfo")
_REMEDY: Final = "run: studyclaims validate FILE"


@dataclass(frozen=True, slots=True)
class Nanopub:
    """A claim as a nanopublication: the claim's IRI, the artifact code, the quads."""

    claim: str
    code: str
    quads: frozenset[Quad]

    @property
    def iri(self) -> str:
        """The name of the nanopublication."""
        return PLACE + self.code

    @property
    def path(self) -> str:
        """The path of its file: study, claim and artifact code."""
        return f"{self.claim.removeprefix(f'{BASE}claim/')}.{self.code}.trig"

    def trig(self) -> bytes:
        """Return it as TriG."""
        more = {"np": _NP, "npx": NPX, "this": self.iri, "sub": f"{self.iri}#"}
        return serialize(self.quads, "trig", prefixes() | more)


def nanopubs(
    quads: Iterable[Quad], index: Mapping[str, TermEntry], signer: Signer | None = None
) -> list[Nanopub]:
    """Return a nanopublication a claim, sorted by claim.

    >>> nanopubs([], {})
    []

    Args:
        quads: the graphs of studies.
        index: what ``ontology/terms/`` lists, by IRI: it gives the labels of entities.
        signer: who signs each, from `studyclaims.exports.nanopubsigning.read_signer`; none is
            signed without.

    Raises:
        ClaimError: a claim cannot be read or stands in two graphs, or its graph says neither who
            drafted it nor when.
        GraphError: a blank node.
    """
    found = {
        told.name.value: _nanopub(said, told, index, signer)
        for said, told in Graphs(quads).claims()
    }
    return [found[name] for name in sorted(found)]


def _nanopub(
    said: Statements, told: Told, index: Mapping[str, TermEntry], signer: Signer | None
) -> Nanopub:
    """Return a claim as a nanopublication."""
    this = node(PLACE + PLACEHOLDER)
    parts = {part: node(f"{this.value}#{part}") for part in _PARTS}
    head = [
        ("rdf:type", node(f"{_NP}Nanopublication")),
        (f"{_NP}hasAssertion", parts["assertion"]),
        (f"{_NP}hasProvenance", parts["provenance"]),
        (f"{_NP}hasPublicationInfo", parts["pubinfo"]),
    ]
    triples = {
        node(f"{this.value}#Head"): rows(this, head),
        parts["assertion"]: _assertion(said, told, index),
        parts["provenance"]: _provenance(said, told, parts["assertion"], index),
        parts["pubinfo"]: _pubinfo(said, told, this),
    }
    quads = {
        Quad(t.subject, t.predicate, t.object, graph) for graph in triples for t in triples[graph]
    }
    if signer:
        quads = signed(quads, signer, this, parts["pubinfo"])
    code = artifact_code(quads)
    return Nanopub(told.name.value, code, frozenset(with_code(quads, code)))


def _assertion(said: Statements, told: Told, index: Mapping[str, TermEntry]) -> Iterator[Triple]:
    """Yield the claim, its proposition, its entities and the direct triple that it writes."""
    about, outcome = node(told.key.about.iri), node(told.key.outcome.iri)
    triples = {Triple(about, node(told.predicate), outcome)} if told.predicate else set()
    triples |= {
        Triple(told.name, predicate, value)
        for predicate, value in said.pairs(told.name)
        if compress(predicate.value) not in {"sc:restsOn", "sc:source", "sc:statedIn"}
    }
    proposition = node(told.key.iri)
    described = proposition_triples(told.key, index, wider=False)
    # The topic groups propositions across studies; alone it groups nothing.
    triples |= {t for t in described if t.subject == proposition}
    named = [entity(said, n) for n in said.all(told.name, "sc:lagFrom") if isinstance(n, NamedNode)]
    for it in _nested([told.key.about, told.key.outcome, *named]):
        triples |= {t for t in entity_triples(it, index) if t.predicate != node("skos:broader")}
    yield from triples
    yield from _labels(triples, index)


def _nested(entities: Iterable[Composition]) -> list[Composition]:
    """Return these entities and those that they are made of, each once."""
    ahead, found = list(entities), dict[str, "Composition"]()
    while ahead:
        it = ahead.pop()
        found[it.iri] = it
        ahead += [nested for nested in (it.due_to, it.toward) if nested]
    return [found[iri] for iri in sorted(found)]


def _provenance(
    said: Statements, told: Told, assertion: NamedNode, index: Mapping[str, TermEntry]
) -> Iterator[Triple]:
    """Yield where the claim stands, what it rests on, and what its sources are."""
    source = said.one(told.name, "sc:source")
    firsts = [p for p in said.all(source, "sc:primarySource") if isinstance(p, NamedNode)]
    yield from rows(assertion, [("prov:wasDerivedFrom", source)])
    yield from rows(assertion, [("prov:hadPrimarySource", first) for first in firsts or [source]])
    links = ("sc:restsOn", "sc:source", "sc:statedIn")
    triples = {
        Triple(told.name, node(link), v) for link in links for v in said.all(told.name, link)
    }
    evidence = said.all(told.name, "sc:restsOn")
    numbers = [number for item in evidence for number in said.all(item, "sc:measurement")]
    for name in (*evidence, *numbers):
        if isinstance(name, NamedNode):
            triples |= {Triple(name, predicate, value) for predicate, value in said.pairs(name)}
    for name in {source, *firsts, *said.all(told.name, "sc:statedIn")}:
        for predicate in ("rdf:type", "dct:title", "dct:identifier", "sc:primarySource"):
            if isinstance(name, NamedNode):
                triples |= {Triple(name, node(predicate), v) for v in said.all(name, predicate)}
    yield from triples
    yield from _labels(triples, index)


def _pubinfo(said: Statements, told: Told, this: NamedNode) -> Iterator[Triple]:
    """Yield who curated the claim, when, and under which licence it stands."""
    graph = node(told.graph) if told.graph else told.name
    dates, drafters = said.all(graph, "dct:modified"), said.all(graph, "sc:draftedBy")
    if len(dates) != 1 or len(drafters) != 1 or not isinstance(dates[0], Literal):
        raise ClaimError(told.name.value, "its graph does not say who drafted it and when", _REMEDY)
    agents = [a for a in (*drafters, *said.all(graph, "sc:reviewedBy")) if isinstance(a, NamedNode)]
    pairs: list[tuple[str, object]] = [
        # The record has a date and no hour: the day began then.
        ("dct:created", typed(f"{dates[0].value}T00:00:00Z", "xsd:dateTime")),
        ("dct:creator", _person(said, agents[0])),
        ("dct:isPartOf", graph),
        ("rdfs:label", told.name.value.removeprefix(f"{BASE}claim/")),
        (f"{NPX}hasNanopubType", node("sc:Claim")),
        ("sc:draftedBy", agents[0]),
        *(("sc:reviewedBy", agent) for agent in agents[1:]),
        *(("dct:license", v) for v in said.all(graph, "dct:license") or [node(CC0)]),
        *(("sc:recordStatus", v) for v in said.all(graph, "sc:recordStatus")),
        *(("sc:schemaVersion", v) for v in said.all(graph, "sc:schemaVersion")),
        *(("sc:builtWith", v) for v in said.all(graph, "sc:builtWith")),
    ]
    yield from rows(this, pairs)
    for agent in agents:
        yield from (Triple(agent, predicate, value) for predicate, value in said.pairs(agent))


def _person(said: Statements, agent: NamedNode) -> NamedNode:
    """Return the ORCID of an agent, or the agent where it has none."""
    found = said.all(agent, "schema:identifier")
    return next((name for name in found if isinstance(name, NamedNode)), agent)


def _labels(triples: Iterable[Triple], index: Mapping[str, TermEntry]) -> Iterator[Triple]:
    """Yield the labels of the outside terms that triples name."""
    for iri in sorted({t.object.value for t in triples if isinstance(t.object, NamedNode)}):
        if iri in index and not compress(iri).startswith("sc:"):
            yield from rows(node(iri), [("rdfs:label", index[iri].label)])
