"""The mapping set ``ontology/mappings.sssom.tsv`` as one graph of SKOS statements."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from pyoxigraph import Quad, Triple

from studyclaims.bibliography import CC0
from studyclaims.errors import GraphError
from studyclaims.paths import ontology_dir
from studyclaims.rdf import node, rows
from studyclaims.terms import BASE, check_iri
from studyclaims.yamltree import parse_tree, plain

if TYPE_CHECKING:
    from pathlib import Path

GRAPH: Final = f"{BASE}graph/mappings"
"""The name of the graph that holds the mappings."""

PREDICATES: Final = frozenset(
    {
        *(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")),
        "semapv:crossSpeciesExactMatch",
    }
)
"""The predicates a mapping may have; none of them is a Biolink or an RO relation."""


COLUMNS: Final = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label")
"""The columns that are read; a file may have more."""


def read_mappings(path: Path) -> list[dict[str, str]]:
    """Return the rows of an SSSOM file, the CURIEs of its columns expanded by its own prefix map.

    Raises:
        GraphError: a predicate that is not one of `PREDICATES`, or a column, prefix or prefix map
            the file lacks.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    header = "\n".join(line[1:] for line in lines if line.startswith("#"))
    tree = plain(parse_tree(header.encode(), str(path)))
    curie_map = tree.get("curie_map") if isinstance(tree, dict) else None
    if not isinstance(curie_map, dict):
        raise GraphError(f"{path}: the header has no curie_map; add it")
    table = [line for line in lines if not line.startswith("#")]
    reader = csv.DictReader(table, delimiter="\t", restval="")
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise GraphError(f"{path}: the table has no column {missing[0]}; add it")
    rows_found = list(reader)
    for row in rows_found:
        if row["predicate_id"] not in PREDICATES:
            expected = ", ".join(sorted(PREDICATES))
            raise GraphError(f"{path}: found {row['predicate_id']!r}; expected one of {expected}")
        for column in ("subject_id", "predicate_id", "object_id"):
            row[column] = _expanded(row[column], curie_map, path)
    return rows_found


def _expanded(curie: str, curie_map: dict[str, str], path: Path) -> str:
    prefix, _, local = curie.partition(":")
    if not local:
        raise GraphError(f"{path}: {curie!r} is not a CURIE; write prefix:identifier")
    if prefix not in curie_map:
        raise GraphError(f"{path}: {curie!r} has a prefix that its curie_map lacks; add it there")
    return check_iri(curie_map[prefix] + local)


def mapping_quads() -> list[Quad]:
    """Return the mappings as quads of the graph `GRAPH`, labels of both sides included.

    >>> {q.graph_name.value for q in mapping_quads()} == {GRAPH}
    True
    """
    triples = set(
        rows(
            node(GRAPH),
            [
                ("rdf:type", node("dcat:Dataset")),
                ("dct:title", "Mappings of the terms and entities that records use"),
                ("dct:license", node(CC0)),
                ("dct:rights", "Rows of outside mapping sets keep the licence their row names."),
                ("dct:source", "ontology/mappings.sssom.tsv"),
            ],
        )
    )
    for row in read_mappings(ontology_dir() / "mappings.sssom.tsv"):
        subject, target = node(row["subject_id"]), node(row["object_id"])
        triples.add(Triple(subject, node(row["predicate_id"]), target))
        triples |= set(rows(subject, [("rdfs:label", row["subject_label"])]))
        triples |= set(rows(target, [("rdfs:label", row["object_label"])]))
    graph = node(GRAPH)
    return [Quad(t.subject, t.predicate, t.object, graph) for t in triples]
