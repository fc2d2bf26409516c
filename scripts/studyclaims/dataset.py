"""The whole dataset: every graph it has, and its description of itself (VoID and DCAT)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad

from studyclaims.identifiers import digest
from studyclaims.rdf import node, rows, typed
from studyclaims.release import DATE, VERSION
from studyclaims.terms import BASE, SC, compress, prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Triple

DATASET: Final = f"{BASE}dataset"
"""The dataset, and the name of the graph that describes it."""

_TYPE: Final = node("rdf:type")


def dataset_quads(quads: Iterable[Quad]) -> list[Quad]:
    """Return the graph that describes these quads: licence, version, counts, parts.

    Counts are of distinct triples over all graphs, as a reader of the union sees them; the
    description does not count itself.
    """
    everything = list(quads)
    graph = node(DATASET)
    distinct = {quad.triple for quad in everything}
    triples = (*_header(everything, distinct), *_partitions(distinct))
    return [Quad(t.subject, t.predicate, t.object, graph) for t in triples]


def _header(quads: list[Quad], triples: set[Triple]) -> Iterator[Triple]:
    """Yield title, version, licence, graphs and overall counts."""
    graphs = sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)})
    predicates = {t.predicate for t in triples}
    vocabularies = sorted({_namespace(predicate.value) for predicate in predicates})
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node("void:Dataset")),
        ("rdf:type", node("dcat:Dataset")),
        ("dct:title", "studyclaims: what studies claim, and how firmly"),
        (
            "dct:description",
            "One claim a source and proposition, with stance, certainty, evidence and locator. "
            "Biolink relations occur only where a study asserts its own finding.",
        ),
        (
            "dct:rights",
            "Studies, vocabulary and own mappings are CC0. Slices of outside ontologies "
            "(graph/terms/…) and mappings from elsewhere keep their own licences; each graph and "
            "ontology/mappings.sssom.tsv name them.",
        ),
        ("dct:issued", typed(DATE, "xsd:date")),
        ("dcat:version", VERSION),
        ("void:uriSpace", BASE),
        ("void:triples", len(triples)),
        ("void:distinctSubjects", len({t.subject for t in triples})),
        ("void:distinctObjects", len({t.object for t in triples})),
        ("void:properties", len(predicates)),
    ]
    pairs += [("dct:hasPart", node(graph)) for graph in graphs]
    pairs += [("void:vocabulary", node(vocabulary)) for vocabulary in vocabularies]
    yield from rows(node(DATASET), pairs)


def _partitions(triples: set[Triple]) -> Iterator[Triple]:
    """Yield how many entities each of our classes and how many triples each predicate has."""
    types = (t.object for t in triples if t.predicate == _TYPE)
    classes = Counter(kind.value for kind in types if isinstance(kind, NamedNode))
    ours = {name: count for name, count in classes.items() if name.startswith(SC)}
    yield from rows(node(DATASET), [("void:classes", len(classes))])
    for name, count in sorted(ours.items()):
        part = node(f"{DATASET}#class-{name.removeprefix(SC)}")
        pairs = [("void:class", node(name)), ("void:entities", count)]
        yield from rows(node(DATASET), [("void:classPartition", part)])
        yield from rows(part, pairs)
    predicates = Counter(t.predicate.value for t in triples)
    for name, count in sorted(predicates.items()):
        part = node(f"{DATASET}#property-{_fragment(name)}")
        yield from rows(node(DATASET), [("void:propertyPartition", part)])
        yield from rows(part, [("void:property", node(name)), ("void:triples", count)])


def _fragment(iri: str) -> str:
    """Return the CURIE of a predicate as part of an IRI; a hash where it has none."""
    curie = compress(iri)
    return curie.replace(":", "-") if curie != iri else digest(iri)


def _namespace(iri: str) -> str:
    """Return the declared namespace that an IRI begins with, or the IRI up to its last part."""
    fitting = [space for space in prefixes().values() if iri.startswith(space)]
    if fitting:
        return max(fitting, key=len)
    last = max(iri.rfind("/"), iri.rfind("#"))
    return iri[: (iri.rfind(":") if last < 0 else last) + 1]
