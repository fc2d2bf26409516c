"""The mapping set ``ontology/mappings.sssom.tsv`` as one graph of SKOS statements."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from pyoxigraph import Quad, Triple

from studyclaims.errors import GraphError
from studyclaims.paths import ontology_dir
from studyclaims.rdf import node, rows
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GRAPH: Final = f"{BASE}graph/mappings"
"""The name of the graph that holds the mappings."""

PREDICATES: Final = frozenset(
    f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")
)
"""The predicates a mapping may have; none of them is a Biolink or an RO relation."""


def mapping_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of an SSSOM file, its header comment left out.

    Raises:
        GraphError: a row whose predicate is not one of `PREDICATES`.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if not line.startswith("#")]
    for row in csv.DictReader(table, delimiter="\t"):
        if row["predicate_id"] not in PREDICATES:
            raise GraphError(
                f"{path}: found the mapping predicate {row['predicate_id']!r}; "
                f"expected one of {', '.join(sorted(PREDICATES))}"
            )
        yield row


def mapping_quads() -> list[Quad]:
    """Return the mappings as quads of the graph `GRAPH`, labels of both sides included.

    >>> {q.graph_name.value for q in mapping_quads()} == {GRAPH}
    True
    """
    triples: set[Triple] = set()
    for row in mapping_rows(ontology_dir() / "mappings.sssom.tsv"):
        subject, target = node(row["subject_id"]), node(row["object_id"])
        triples.add(Triple(subject, node(row["predicate_id"]), target))
        triples |= set(rows(subject, [("rdfs:label", row["subject_label"])]))
        triples |= set(rows(target, [("rdfs:label", row["object_label"])]))
    graph = node(GRAPH)
    return [Quad(t.subject, t.predicate, t.object, graph) for t in triples]
