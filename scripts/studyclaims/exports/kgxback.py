"""KGX read back: the rows of an exchange as quads again, whatever was in the graphs.

Rows say claims, evidence, measurements, entities and sources; what follows from these by rule
(propositions, topics, broader and contrary ones, labels of terms) is made anew. What a graph holds
beside that, as its bibliography and curation, stands in the row of its study: ``sc_beside`` has the
statements that no row gives, ``sc_without`` those that rows would give and the graph lacks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from studyclaims.errors import ClaimError, StoreError, TermError
from studyclaims.exports.kgxcells import Exchange, from_jsonl, from_tsv, pairs, whole
from studyclaims.identifiers import Composition, PropositionKey
from studyclaims.predicates import RELATIONS
from studyclaims.quads import closure, entity_triples, proposition_triples
from studyclaims.rdf import node, rows
from studyclaims.terms import SC, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.exports.kgxcells import Row
    from studyclaims.terms import TermEntry

_RELATION_OF: Final = {relation.curie: key for key, relation in RELATIONS.items()}
_NONE: Final = frozenset[str]()
_DEFAULT: Final = "urn:x-studyclaims:default-graph"
_REMEDY: Final = "export it again; a file that was edited is read back only where its keys stand"


def read_files(files: Mapping[str, bytes], form: str) -> Exchange:
    """Return the rows of an exchange from its files in one form, ``tsv`` or ``jsonl``.

    >>> from studyclaims.exports.kgx import kgx_files
    >>> read_files(kgx_files(Exchange((), (), ())), "tsv").counts()["nodes"]
    0

    Raises:
        StoreError: a file is missing or cannot be read.
    """
    read = {"tsv": from_tsv, "jsonl": from_jsonl}[form]
    parts = []
    for name in (f"nodes.{form}", f"edges.{form}", f"edges_other.edges.{form}"):
        if name not in files:
            raise StoreError(f"{name}: not there; an exchange has nodes and two files of edges")
        parts.append(tuple(read(files[name], name)))
    return Exchange(*parts)


def quads_of(exchange: Exchange, index: Mapping[str, TermEntry]) -> frozenset[Quad]:
    """Return the graphs that an exchange was made of.

    >>> quads_of(Exchange((), (), ()), {})
    frozenset()

    Raises:
        ClaimError: a row lacks what makes a claim, or names a proposition or an entity by another
            key than its parts have.
        StoreError: a cell cannot be read.
    """
    try:
        graphs = _graphs(exchange, index)
        for row in exchange.nodes:
            if "sc_beside" in row or "sc_without" in row:
                held = graphs.setdefault(row.get("sc_graph", ""), set())
                held -= set(_triples(row.get("sc_without", ())))
                held |= set(_triples(row.get("sc_beside", ())))
    except TermError as error:
        raise StoreError(f"a cell names no term: {error}") from error
    return frozenset(
        Quad(t.subject, t.predicate, t.object, NamedNode(graph) if graph else DefaultGraph())
        for graph, triples in graphs.items()
        for t in triples
    )


def remainder_rows(
    exchange: Exchange, graphs: Mapping[str, Iterable[Quad]], index: Mapping[str, TermEntry]
) -> list[Row]:
    """Return a row a study, with what its graph holds beside the rows of its claims.

    >>> from studyclaims.exports.kgxcells import Exchange
    >>> said = Quad(node("sc:a"), node("sc:b"), node("sc:c"))
    >>> [len(row["sc_beside"]) for row in remainder_rows(Exchange((), (), ()), {"": [said]}, {})]
    [1]

    Raises:
        ClaimError: a row of a claim cannot be read.
    """
    made = _graphs(exchange, index)
    found = []
    for graph in sorted(graphs):
        held = {quad.triple for quad in graphs[graph]}
        built = made.get(graph, set())
        row: Row = {
            "id": f"{graph}#study" if graph else _DEFAULT,
            "category": ["biolink:Study"],
            "name": graph.rpartition("/")[2] or "default graph",
            "sc_graph": graph,
            "sc_beside": sorted(f"{triple} ." for triple in held - built),
            "sc_without": sorted(f"{triple} ." for triple in built - held),
        }
        found.append({name: value for name, value in row.items() if value})
    return found


def _triples(lines: Iterable[str]) -> Iterator[Triple]:
    """Yield the statements of lines of N-Triples."""
    try:
        for quad in parse("\n".join(lines), format=RdfFormat.N_TRIPLES):
            yield quad.triple
    except SyntaxError as error:
        raise StoreError(f"sc_beside or sc_without is no N-Triples: {error}; {_REMEDY}") from error


def _graphs(exchange: Exchange, index: Mapping[str, TermEntry]) -> dict[str, set[Triple]]:
    """Return the triples that the rows give, by graph."""
    nodes = {whole(_cell(row, "id")).value: row for row in exchange.nodes}
    graphs: defaultdict[str, set[Triple]] = defaultdict(set)
    entities: defaultdict[str, dict[str, Composition]] = defaultdict(dict)
    alone = (_as_edge(row) for row in exchange.nodes if "sc_link" in row)
    for row in (*exchange.edges, *exchange.others, *alone):
        graph = row.get("sc_graph", "")
        key = _key(row, nodes)
        graphs[graph] |= set(_claim_triples(row, key))
        graphs[graph] |= set(proposition_triples(key, index))
        named = [key.about, key.outcome, *([key.contrary.outcome] if key.contrary else [])]
        if "sc_lagFrom" in row:
            named.append(_entity(whole(_cell(row, "sc_lagFrom")).value, nodes))
        entities[graph] |= {it.iri: it for it in named}
        for source in _sources(row, nodes):
            graphs[graph] |= set(_source_triples(source))
    for graph, named_there in entities.items():
        for it in closure(named_there.values(), index):
            graphs[graph] |= set(entity_triples(it, index))
        graphs[graph] |= set(_labels(graphs[graph], index))
    return dict(graphs)


def _as_edge(row: Row) -> Row:
    """Return a claim that stands as a node as the edge that it would be."""
    ends = {"subject": "sc_about", "object": "sc_outcomeEntity"}
    more = {"original_predicate": "sc_writes", "agent_type": "sc_agentType"}
    return {**row, **{name: row.get(of, "") for name, of in (ends | more).items()}}


def _key(row: Row, nodes: Mapping[str, Row]) -> PropositionKey:
    """Return the proposition of an edge, which must have the key that the row names."""
    about, outcome = (_entity(whole(_cell(row, end)).value, nodes) for end in ("subject", "object"))
    link = _cell(row, "sc_link")
    if link not in _RELATION_OF:
        raise ClaimError(_cell(row, "id"), f"{link} is no relation", _REMEDY)
    key = PropositionKey(about, _RELATION_OF[link], outcome)
    if key.iri != whole(_cell(row, "sc_proposition")).value:
        raise ClaimError(_cell(row, "id"), "its proposition is not the key of its parts", _REMEDY)
    return key


def _entity(iri: str, nodes: Mapping[str, Row], within: frozenset[str] = _NONE) -> Composition:
    """Return the entity that a row of the nodes describes, which must have that key."""
    row = {} if iri in within else nodes.get(iri, {})
    nested = {
        slot: _entity(whole(row[slot]).value, nodes, within | {iri})
        for slot in ("sc_dueTo", "sc_toward")
        if slot in row
    }
    single = {
        slot: whole(row[slot]).value
        for slot in ("sc_variable", "sc_bearer", "sc_byAgent")
        if slot in row
    }
    found = Composition(
        variable=single.get("sc_variable") if "sc_involves" in row else iri,
        change=row["sc_change"].removeprefix("sc:") if "sc_change" in row else None,
        bearer=single.get("sc_bearer"),
        within_part=tuple(whole(name).value for name in row.get("sc_withinPart", ())),
        by_agent=single.get("sc_byAgent"),
        due_to=nested.get("sc_dueTo"),
        toward=nested.get("sc_toward"),
        modifier=tuple(whole(name).value for name in row.get("sc_modifier", ())),
    )
    if found.iri != iri:
        raise ClaimError(iri, "its row in the nodes does not make its key", _REMEDY)
    return found


def _claim_triples(row: Row, key: PropositionKey) -> Iterator[Triple]:
    """Yield a claim, what it rests on and the direct triple that it writes."""
    name, predicate = whole(_cell(row, "id")), _cell(row, "original_predicate")
    agent = row.get("agent_type", "")
    said: list[tuple[str, object]] = [
        ("rdf:type", node("sc:Claim")),
        ("biolink:agent_type", None if agent == "not_provided" else agent),
    ]
    if not predicate.startswith("sc:rel"):
        about, outcome = node(key.about.iri), node(key.outcome.iri)
        yield Triple(about, whole(predicate), outcome)
        said += [("rdf:subject", about), ("rdf:predicate", whole(predicate))]
        said += [("rdf:object", outcome)]
    if predicate.startswith("biolink:"):
        level = row.get("knowledge_level", "")
        said += [("rdf:type", node("biolink:Association"))]
        said += [("biolink:knowledge_level", None if level == "not_provided" else level)]
    yield from rows(name, said)
    yield from _own(name, row)
    for item in _evidence(row):
        evidence = whole(_cell(item, "id"))
        yield from rows(name, [("sc:restsOn", evidence)])
        yield from rows(evidence, [("rdf:type", node("sc:Evidence"))])
        yield from _own(evidence, item)
        for number in item.get("sc_measurement", ()):
            measurement = whole(_cell(number, "id"))
            yield from rows(evidence, [("sc:measurement", measurement)])
            yield from rows(measurement, [("rdf:type", node("sc:Measurement"))])
            yield from _own(measurement, number)


def _own(name: NamedNode, row: Row) -> Iterator[Triple]:
    """Yield what the columns of ours say of a subject."""
    return (Triple(name, predicate, value) for predicate, value in pairs(row))


def _evidence(row: Row) -> list[dict[str, Any]]:
    """Return the evidence of an edge."""
    try:
        found = json.loads(row.get("sc_evidence", "[]"))
    except (ValueError, RecursionError) as error:
        said = f"its sc_evidence is no JSON: {error}"
        raise ClaimError(_cell(row, "id"), said, _REMEDY) from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ClaimError(_cell(row, "id"), "its sc_evidence is no list of objects", _REMEDY)
    return found


def _sources(row: Row, nodes: Mapping[str, Row]) -> Iterator[Row]:
    """Yield the rows of the sources that an edge names."""
    ahead = [row.get("sc_source", ""), *row.get("sc_statedIn", ())]
    seen: set[str] = set()
    while ahead:
        name = ahead.pop()
        found = nodes.get(whole(name).value) if name and name not in seen else None
        seen.add(name)
        if found:
            yield found
            ahead.append(found.get("sc_primarySource", ""))


def _source_triples(row: Row) -> Iterator[Triple]:
    """Yield a source as far as its row describes it."""
    name = whole(_cell(row, "id"))
    kinds = {"sc:Source", *row.get("publication_type", ())}
    yield from rows(name, [("rdf:type", whole(kind)) for kind in sorted(kinds)])
    yield from _own(name, row)


def _labels(triples: Iterable[Triple], index: Mapping[str, TermEntry]) -> Iterator[Triple]:
    """Yield the labels of the outside terms that the triples name."""
    for iri in {t.object.value for t in triples if isinstance(t.object, NamedNode)}:
        if iri in index and not iri.startswith(SC) and not compress(iri).startswith("sc:"):
            yield from rows(node(iri), [("rdfs:label", index[iri].label)])


def _cell(row: Row, name: str) -> str:
    """Return a cell that must be there."""
    value = row.get(name)
    if isinstance(value, str) and value:
        return value
    raise ClaimError(str(row.get("id", "a row")), f"has no {name}", _REMEDY)
