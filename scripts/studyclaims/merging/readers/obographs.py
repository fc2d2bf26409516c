"""OBO graphs (JSON) as rows: edges as statements, what is told of a term as properties."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from studyclaims.merging.columns import NEGATION
from studyclaims.merging.negation import denied_columns, denies
from studyclaims.merging.readers.kgx import KINDS, items
from studyclaims.merging.readers.reading import EXACT, Mapped, Said, Told, more

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.merging.readers.reading import Notes, Row

SHORT: Final = {
    "is_a": "http://www.w3.org/2000/01/rdf-schema#subClassOf",
    "type": "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "subPropertyOf": "http://www.w3.org/2000/01/rdf-schema#subPropertyOf",
    "inverseOf": "http://www.w3.org/2002/07/owl#inverseOf",
}
"""The predicates that OBO graphs write as a word."""

OBO_IN_OWL: Final = "http://www.geneontology.org/formats/oboInOwl#"
EQUIVALENT: Final = "http://www.w3.org/2002/07/owl#equivalentClass"
AXIOMS: Final = ("logicalDefinitionAxioms", "domainRangeAxioms", "propertyChainAxioms")
_META: Final = frozenset({"definition", "synonyms", "xrefs", "basicPropertyValues"})
_JSON: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"
_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
_DEFINITION: Final = "http://purl.obolibrary.org/obo/IAO_0000115"


def read_graphs(record: Mapping[str, Any], source: str, notes: Notes) -> Iterator[Row]:
    """Yield what the graphs of a document say.

    >>> from studyclaims.merging.readers.reading import Notes
    >>> edge = {"sub": "http://x/a", "pred": "is_a", "obj": "http://x/b"}
    >>> [row.p for row in read_graphs({"graphs": [{"edges": [edge]}]}, "a", Notes("a.json"))]
    ['http://www.w3.org/2000/01/rdf-schema#subClassOf']
    """
    for at, graph in items(record, "graphs", "graphs", notes):
        # A graph is no row: what is in it are.
        notes.counts["in"] -= 1
        name = str(graph.get("id") or "")
        reads = {"nodes": _node, "edges": _edge, "equivalentNodesSets": _equals}
        for part, read in reads.items():
            for place, it in items(graph, part, f"{at}/{part}", notes):
                try:
                    # What is set aside is so whole: no row of it goes before.
                    rows = list(read(it, name, source, place))
                except (KeyError, TypeError, AttributeError, IndexError) as error:
                    found = f"{type(error).__name__}: {error}"
                    notes.refuse(place, found, "not in the form of OBO graphs", kind=KINDS[part])
                else:
                    yield from rows
        yield from _axioms(graph, name, source, notes, at)


def _edge(it: Mapping[str, Any], graph: str, source: str, place: str) -> Iterator[Row]:
    subject, written, object_ = str(it["sub"]), str(it["pred"]), str(it["obj"])
    predicate = SHORT.get(written, written)
    rest = {name: value for name, value in it.items() if name not in {"sub", "pred", "obj"}}
    denied = _is_denied(it)
    if denied:
        rest["negated"] = "true"
    said = NEGATION + predicate if denied else predicate
    yield Said(subject, said, object_, g=graph, source=source, source_record=place,
        more=more(rest))  # fmt: skip
    if predicate in EXACT:
        yield Mapped(subject, predicate, object_, denied, source, place)


def _is_denied(edge: Mapping[str, Any]) -> bool:
    """Return whether an edge says of itself that it is denied, or raise where nobody can know."""
    values = (edge.get("meta") or {}).get("basicPropertyValues") or ()
    told = [*edge.items(), *((str(it["pred"]), it["val"]) for it in values)]
    said = {denies(value) for name, value in told if denied_columns([name])}
    if None in said:
        raise TypeError("negated is neither true nor false")
    return True in said


def _equals(it: Mapping[str, Any], graph: str, source: str, place: str) -> Iterator[Row]:
    one = str(it.get("representativeNodeId") or sorted(it["nodeIds"])[0])
    for other in sorted(set(it["nodeIds"]) - {one}):
        yield Said(one, EQUIVALENT, other, g=graph, source=source, source_record=place)
        yield Mapped(one, EQUIVALENT, other, False, source, place)


def _node(it: Mapping[str, Any], _graph: str, source: str, place: str) -> Iterator[Row]:
    name = str(it["id"])
    meta = it.get("meta") or {}
    known = {"id", "lbl", "meta"}
    if it.get("lbl"):
        yield Told(name, _LABEL, str(it["lbl"]), source=source)
    for key in sorted(it.keys() - known):
        yield Told(name, key, _text(it[key]), source=source)
    yield from _meta(name, meta, source, place)


def _meta(name: str, meta: Mapping[str, Any], source: str, place: str) -> Iterator[Row]:
    definition = meta.get("definition") or {}
    if definition.get("val"):
        yield Told(name, _DEFINITION, str(definition["val"]), source=source)
    for xref in definition.get("xrefs") or ():
        yield Told(name, "definition_xref", str(xref), "iri", source=source)
    for synonym in meta.get("synonyms") or ():
        yield Told(name, OBO_IN_OWL + str(synonym["pred"]), str(synonym["val"]), source=source)
    for xref in meta.get("xrefs") or ():
        # A cross-reference says that there is a connection, and no more.
        yield Told(name, f"{OBO_IN_OWL}hasDbXref", str(xref["val"]), "iri", source=source)
    for it in meta.get("basicPropertyValues") or ():
        yield from _value(name, str(it["pred"]), str(it["val"]), source, place)
    for key in sorted(meta.keys() - _META):
        for value in meta[key] if isinstance(meta[key], list) else [meta[key]]:
            yield Told(name, key, _text(value), source=source)


def _value(it: str, predicate: str, value: str, source: str, place: str) -> Iterator[Row]:
    exact = predicate in EXACT
    yield Told(it, predicate, value, "iri" if exact else "literal", source=source)
    if exact:
        yield Mapped(it, predicate, value, False, source, place)


def _axioms(
    graph: Mapping[str, Any], name: str, source: str, notes: Notes, at: str
) -> Iterator[Row]:
    """Yield what the graph says in forms that are no plain statements: as JSON, under its name."""
    for part in AXIOMS:
        for _, it in items(graph, part, f"{at}/{part}", notes):
            owner = it.get("definedClassId") or it.get("predicateId") or name
            value = json.dumps(it, ensure_ascii=False, sort_keys=True)
            yield Told(str(owner), part, value, datatype=_JSON, source=source)
    if graph.get("meta"):
        yield Told(name, "meta", _text(graph["meta"]), datatype=_JSON, source=source)


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )
