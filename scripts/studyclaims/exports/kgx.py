"""KGX: claims as the edges and nodes that Biolink's tools read, in two files of edges.

``edges`` holds the claims that write a predicate of Biolink themselves; whoever drops ``negated``
and every column that Biolink has not still reads no yes there that nobody said. All other claims
stand in ``edges_other`` as ``biolink:related_to``, what was meant in ``original_predicate``,
``negated`` and the columns of ours. A comparison and a description are no edge by the table of
predicates: such a claim is a node. `studyclaims.exports.kgxback` reads the files back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from studyclaims.exports.kgxback import remainder_rows
from studyclaims.exports.kgxcells import (
    NO_EDGE,
    Exchange,
    Row,
    columns,
    short,
    to_jsonl,
    to_tsv,
)
from studyclaims.exports.kgxclaims import Graphs, Statements, entity
from studyclaims.identifiers import head, label
from studyclaims.predicates import Stance, Standing
from studyclaims.slots import branch
from studyclaims.terms import compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import BlankNode, Literal, Quad, Triple

    from studyclaims.exports.kgxclaims import Told
    from studyclaims.identifiers import Composition
    from studyclaims.terms import TermEntry

    Term = NamedNode | BlankNode | Literal | Triple

INFORES: Final = "infores:studyclaims"
"""How Biolink names this source; ``docs/registrations`` says how far that is agreed."""

EDGE_COLUMNS: Final = (
    "id", "subject", "predicate", "object", "category", "negated", "original_predicate",
    "knowledge_level", "agent_type", "primary_knowledge_source", "publications",
    "has_evidence_of_type", "species_context_qualifier",
)  # fmt: skip
"""The columns of edges that Biolink knows, in the order of the file; all others are ours."""

NODE_COLUMNS: Final = ("id", "category", "name", "publication_type")
"""The columns of nodes that Biolink knows."""

CATEGORIES: Final = {
    "CHEBI": "ChemicalEntity",
    "CL": "Cell",
    "DOID": "Disease",
    "GO component": "CellularComponent",
    "GO function": "MolecularActivity",
    "GO process": "BiologicalProcess",
    "HP": "PhenotypicFeature",
    "HsapDv": "LifeStage",
    "MAXO": "Procedure",
    "MmusDv": "LifeStage",
    "MONDO": "Disease",
    "MP": "PhenotypicFeature",
    "NCBITaxon": "OrganismTaxon",
    "PR": "Protein",
    "UBERON": "AnatomicalEntity",
}
"""The class of Biolink that the terms of a branch are of; those of others are named things."""

_LEVELS: Final = {
    Standing.HEDGED: "prediction",
    Standing.ASSERTED: "knowledge_assertion",
}
"""How Biolink grades a claim that writes none of its predicates; what is not listed, not at all."""


def exchange(quads: Iterable[Quad], index: Mapping[str, TermEntry]) -> Exchange:
    """Return the claims of these quads as the rows of KGX, sorted by id.

    >>> exchange([], {}).counts()["claims"]
    0

    Args:
        quads: the graphs of studies; graphs without a claim are left out.
        index: what ``ontology/terms/`` lists, by IRI: it tells the branches of terms apart.

    Raises:
        ClaimError: a claim cannot be read, writes another predicate than its words give, or stands
            in two graphs.
    """
    graphs = Graphs(quads)
    nodes: dict[str, Row] = {}
    claims: dict[str, tuple[Told, Row]] = {}
    for said, told in graphs.claims():
        claims[told.name.value] = told, _claim_row(said, told)
        _add_nodes(nodes, said, told, index)
    rows = Exchange((*nodes.values(), *_alone(claims)), *_files(claims))
    kept = {graph: graphs.quads[graph] for graph in {told.graph for told, _ in claims.values()}}
    every = [*rows.nodes, *remainder_rows(rows, kept, index)]
    return Exchange(tuple(sorted(every, key=_id)), rows.edges, rows.others)


def _id(row: Row) -> str:
    return str(row["id"])


def _files(claims: Mapping[str, tuple[Told, Row]]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the edges of each file."""
    told = [claims[name] for name in sorted(claims)]
    direct = tuple(row for claim, row in told if claim.is_direct)
    others = tuple(row for claim, row in told if claim.relation.kgx and not claim.is_direct)
    return direct, others


def _alone(claims: Mapping[str, tuple[Told, Row]]) -> list[Row]:
    """Return the claims that are no edge, as nodes."""
    found = []
    for told, row in claims.values():
        if told.relation.kgx is None:
            own = {name: value for name, value in row.items() if name.startswith(("sc_", "rdfs_"))}
            ends = {"sc_about": row["subject"], "sc_outcomeEntity": row["object"]}
            more = {"sc_writes": row["original_predicate"], "sc_agentType": row["agent_type"]}
            part = {"dct_isPartOf": row["dct_isPartOf"]} if "dct_isPartOf" in row else {}
            base = {"id": row["id"], "category": [NO_EDGE], "name": told.name.value}
            found.append(base | own | part | ends | more)
    return found


def _claim_row(said: Statements, told: Told) -> Row:
    """Return a claim as an edge: Biolink's columns first, then ours."""
    own = columns(said.pairs(told.name))
    evidence = [item for item in said.all(told.name, "sc:restsOn") if isinstance(item, NamedNode)]
    negated = told.wording.stance in {Stance.REFUTES, Stance.NO_EFFECT}
    row: Row = {
        "id": told.name.value,
        "subject": short(told.key.about.iri),
        "predicate": told.predicate if told.is_direct else "biolink:related_to",
        "object": short(told.key.outcome.iri),
        "category": ["biolink:Association"],
        "negated": negated,
        "original_predicate": told.predicate or told.relation.curie,
        "knowledge_level": _level(said, told),
        "agent_type": _text(said, told.name, "biolink:agent_type") or "not_provided",
        "primary_knowledge_source": INFORES,
        "publications": [own.get("sc_source", "")],
        "has_evidence_of_type": _kinds_of(said, evidence),
        "species_context_qualifier": own.get("sc_species", ""),
        "sc_graph": told.graph,
        "sc_link": told.relation.curie,
        "sc_evidence": _as_json([_evidence(said, item) for item in sorted(evidence, key=_number)]),
    }
    return {name: value for name, value in (row | own).items() if value}


def _level(said: Statements, told: Told) -> str:
    """Return Biolink's knowledge level: the claim's own, else by what it is."""
    if told.is_direct:
        return _text(said, told.name, "biolink:knowledge_level") or "not_provided"
    return _LEVELS.get(told.standing, "not_provided") if told.standing else "not_provided"


def _text(said: Statements, name: NamedNode, predicate: str) -> str:
    """Return the first value of a property as text, empty if there is none."""
    return next((str(getattr(v, "value", "")) for v in said.all(name, predicate)), "")


def _kinds_of(said: Statements, evidence: Iterable[NamedNode]) -> list[str]:
    kinds = {kind for item in evidence for kind in said.all(item, "sc:ecoType")}
    return sorted(short(kind.value) for kind in kinds if isinstance(kind, NamedNode))


def _number(name: NamedNode) -> tuple[int, str]:
    """Return the place of an item of evidence or a measurement: 2 before 10."""
    last = name.value.rpartition("/")[2]
    return (int(last) if last.isascii() and last.isdigit() and len(last) < 9 else 0), name.value


def _evidence(said: Statements, name: NamedNode) -> Row:
    """Return an item of evidence with its measurements."""
    numbers = [n for n in said.all(name, "sc:measurement") if isinstance(n, NamedNode)]
    row = {"id": name.value} | columns(said.pairs(name))
    measured = [{"id": n.value} | columns(said.pairs(n)) for n in sorted(numbers, key=_number)]
    return row | ({"sc_measurement": measured} if measured else {})


def _as_json(value: list[Row]) -> str:
    """Return JSON in which no reader finds the mark that stands between values of a list."""
    text = json.dumps(value, ensure_ascii=False) if value else ""
    return text.replace("|", "\\u007c").replace("\x7f", "\\u007f")


def _add_nodes(
    nodes: dict[str, Row], said: Statements, told: Told, index: Mapping[str, TermEntry]
) -> None:
    """Add the entities and the sources that a claim names."""
    ends = [told.key.about, told.key.outcome]
    ends += [entity(said, n) for n in said.all(told.name, "sc:lagFrom") if isinstance(n, NamedNode)]
    while ends:
        it = ends.pop()
        if it.iri not in nodes:
            nodes[it.iri] = entity_row(it, index)
            ends += [nested for nested in (it.due_to, it.toward) if nested]
    sources = {s for name in ("sc:source", "sc:statedIn") for s in said.all(told.name, name)}
    sources |= {p for source in sources for p in said.all(source, "sc:primarySource")}
    for source in sources:
        if isinstance(source, NamedNode) and source.value not in nodes:
            nodes[source.value] = _source_row(said, source)


def entity_row(it: Composition, index: Mapping[str, TermEntry]) -> Row:
    """Return an entity as a node: its label, its category, its slots and the terms in it.

    >>> from studyclaims.identifiers import Composition
    >>> entity_row(Composition("http://purl.obolibrary.org/obo/CL_0000092"), {})["category"]
    ['biolink:Cell']
    """
    core = head(it, index)
    row: Row = {
        "id": short(it.iri),
        "category": [f"biolink:{category(it, index)}"],
        "name": label(it, index),
    }
    if not it.term:
        slots = {
            "sc_bearer": it.bearer,
            "sc_byAgent": it.by_agent,
            "sc_dueTo": it.due_to.iri if it.due_to else None,
            "sc_toward": it.toward.iri if it.toward else None,
            "sc_variable": it.variable,
        }
        row |= {name: short(iri) for name, iri in slots.items() if iri}
        row |= {
            "sc_change": f"sc:{it.change}" if it.change else "",
            "sc_coreTerm": short(core) if core else "",
            "sc_involves": sorted(map(short, it.involved)),
            "sc_modifier": [short(iri) for iri in it.modifier],
            "sc_withinPart": [short(iri) for iri in it.within_part],
        }
    return {name: value for name, value in row.items() if value}


def category(it: Composition, index: Mapping[str, TermEntry]) -> str:
    """Return the class of Biolink that an entity is of.

    A term is what its branch is of. A composition is no thing of its core term's class (larger
    osteoclasts are no cell): a quality of a bearer is a phenotypic feature, all else a named thing.

    >>> from studyclaims.identifiers import Composition
    >>> cell, size = "http://purl.obolibrary.org/obo/CL_0000092", "https://example.org/size"
    >>> category(Composition(cell), {}), category(Composition(size, "increased", cell), {})
    ('Cell', 'PhenotypicFeature')
    """
    if it.term:
        entry = index.get(it.term)
        curie = compress(it.term)
        return CATEGORIES.get(branch(curie, entry.namespace if entry else ""), "NamedThing")
    return "PhenotypicFeature" if it.bearer and it.variable and it.change else "NamedThing"


def _source_row(said: Statements, name: NamedNode) -> Row:
    """Return a source as a node."""
    kinds = [short(k.value) for k in said.all(name, "rdf:type") if isinstance(k, NamedNode)]
    row: Row = {
        "id": short(name.value),
        "category": ["biolink:Publication"],
        "name": _text(said, name, "dct:title") or short(name.value),
        "publication_type": [kind for kind in kinds if kind != "sc:Source"] or ["sc:Source"],
    }
    return row | columns(said.pairs(name))


def kgx_files(rows: Exchange) -> dict[str, bytes]:
    """Return the files of an exchange, each as TSV and as JSON Lines, by name.

    KGX takes a file for one of edges only where ``edges.tsv`` or ``edges.jsonl`` ends its name.

    >>> sorted(kgx_files(Exchange((), (), ())))[:2]
    ['edges.jsonl', 'edges.tsv']
    """
    parts = {
        "nodes": (rows.nodes, NODE_COLUMNS),
        "edges": (rows.edges, EDGE_COLUMNS),
        "edges_other.edges": (rows.others, EDGE_COLUMNS),
    }
    files = {f"{name}.tsv": to_tsv(part, first) for name, (part, first) in parts.items()}
    return files | {f"{name}.jsonl": to_jsonl(part) for name, (part, _) in parts.items()}
