"""What an endpoint says of itself: SPARQL 1.1 Service Description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.rdf import node, rows
from studyclaims.serving.negotiation import ROWS, TRIPLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Triple

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_FORMS: Final = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
}


def service_triples(endpoint: str, graphs: Iterable[str], size: int) -> Iterator[Triple]:
    """Yield the description of an endpoint: language, forms, dataset and its graphs.

    >>> found = list(service_triples("http://localhost/sparql", ["urn:x:g"], 3))
    >>> found[0].object.value
    'http://www.w3.org/ns/sparql-service-description#Service'
    """
    service, dataset = node(f"{endpoint}#service"), node(f"{endpoint}#dataset")
    union = node(f"{endpoint}#union")
    forms = {name for _, name in (*ROWS, *TRIPLES)}
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node(f"{_SD}Service")),
        (f"{_SD}endpoint", node(endpoint)),
        (f"{_SD}supportedLanguage", node(f"{_SD}SPARQL11Query")),
        (f"{_SD}feature", node(f"{_SD}UnionDefaultGraph")),
        (f"{_SD}defaultDataset", dataset),
    ]
    pairs += [(f"{_SD}resultFormat", node(_FORMATS + _FORMS[name])) for name in sorted(forms)]
    yield from rows(service, pairs)
    yield from rows(dataset, [("rdf:type", node(f"{_SD}Dataset")), (f"{_SD}defaultGraph", union)])
    yield from rows(union, [("rdf:type", node(f"{_SD}Graph")), ("void:triples", size)])
    for number, graph in enumerate(graphs, start=1):
        part = node(f"{endpoint}#graph-{number}")
        yield from rows(dataset, [(f"{_SD}namedGraph", part)])
        yield from rows(part, [("rdf:type", node(f"{_SD}NamedGraph")), (f"{_SD}name", node(graph))])
