"""What a graph denies of exact matches, out of the statement table as out of the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studyclaims.merging.engine import engine
from studyclaims.merging.links import denied_matches
from studyclaims.merging.readers import read
from studyclaims.merging.readers.reading import Mapped
from studyclaims.merging.statements import read_statements

if TYPE_CHECKING:
    from pathlib import Path

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL = "http://www.w3.org/2002/07/owl#"
NEGATED = "<https://w3id.org/biolink/vocab/negated>"
SAME = "<http://www.w3.org/2004/02/skos/core#exactMatch>"


def told(name: str, subject: str, predicate: str, object_: str, no: str) -> list[str]:
    parts = {"subject": subject, "predicate": predicate, "object": object_}
    lines = [f"<x:{name}> <{RDF}{part}> {value} ." for part, value in parts.items()]
    return [*lines, f"<x:{name}> {NEGATED} {no} ."]


LINES = [
    *told("yes", "<x:1>", SAME, "<x:2>", '"True "'),
    *told("unknown", "<x:3>", SAME, "<x:4>", '"perhaps"'),
    *told("plain", "<x:5>", SAME, "<x:6>", '"false"'),
    *told("other", "<x:7>", "<x:p>", "<x:8>", '"true"'),
    *told("text", "<x:9>", SAME, '"v"', '"true"'),
    *told("blank", "_:b", SAME, "<x:10>", '"true"'),
    f"<x:owl> <{OWL}sourceIndividual> <x:11> .",
    f"<x:owl> <{OWL}assertionProperty> {SAME} .",
    f"<x:owl> <{OWL}targetIndividual> <x:12> .",
]


@pytest.mark.parametrize("lines", [LINES, LINES[::-1]])
def test_what_is_told_of_and_denied_is_the_same_in_both_lanes(
    lines: list[str], tmp_path: Path
) -> None:
    text = "\n".join(lines) + "\n"
    (tmp_path / "a.nt").write_text(text)
    (tmp_path / "b.ttl").write_text(text)
    with engine(tmp_path / "spill") as db:
        tables = read_statements(db, tmp_path / "a.nt", "a", tmp_path).statements
        found = denied_matches(db, tables, "a").to_pylist()
        assert denied_matches(db, [], "a").num_rows == 0
    ends = [(it["subject"], it["object"], it["negated"], it["source"]) for it in found]
    assert ends == [
        ("x:1", "x:2", True, "a"),
        ("x:11", "x:12", True, "a"),
        ("x:3", "x:4", True, "a"),
    ]
    assert {it["predicate"] for it in found} == {SAME[1:-1]}
    rows = [row for row in read(tmp_path / "b.ttl", "a").rows() if isinstance(row, Mapped)]
    assert sorted((row.subject, row.object, row.negated, row.source) for row in rows) == ends


def test_of_two_things_that_are_told_of_at_once_each_is_denied(tmp_path: Path) -> None:
    more = [f"<x:yes> <{RDF}object> <x:13> .", f"<x:yes> <{RDF}subject> <x:0> ."]
    (tmp_path / "a.nt").write_text("\n".join([*LINES[:4], *more]) + "\n")
    with engine(tmp_path / "spill") as db:
        tables = read_statements(db, tmp_path / "a.nt", "a", tmp_path).statements
        found = denied_matches(db, tables, "a").to_pylist()
    ends = [(it["subject"], it["object"], it["source_record"]) for it in found]
    assert ends == [(s, o, "1") for s in ("x:0", "x:1") for o in ("x:13", "x:2")]
