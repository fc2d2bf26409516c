"""KGX as rows: tables, lines and objects that say the same; nothing of a record is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from studyclaims.merging.readers import kgx, read
from studyclaims.merging.readers.reading import Mapped, Notes, Said, Told

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.merging.readers.reading import Row

BIOLINK = "https://w3id.org/biolink/vocab/"
EDGE = {
    "id": "x:e1",
    "subject": "HP:1",
    "predicate": "biolink:related_to",
    "object": "MONDO:1",
    "publications": ["PMID:1", "PMID:2"],
    "qualified_predicate": "biolink:causes",
    "p value": 1.50,
    "": "nameless",
}
NODE: dict[str, Any] = {
    "id": "MONDO:1",
    "name": "=a|b",
    "category": ["biolink:Disease"],
    "same_as": ["x:1"],
}


def rows_of(folder: Path, name: str, text: str) -> tuple[list[Row], list[str]]:
    (folder / name).write_text(text, encoding="utf-8")
    it = read(folder / name, "k")
    return list(it.rows()), [str(refused) for refused in it.quarantine]


def test_one_record_in_two_forms_is_one_row(tmp_path: Path) -> None:
    cells = {n: "|".join(v) if isinstance(v, list) else str(v) for n, v in EDGE.items()}
    table = "\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n"
    lines, refused = rows_of(tmp_path, "edges.jsonl", json.dumps(EDGE) + "\n\n")
    assert lines == rows_of(tmp_path, "a_edges.tsv", table)[0]
    assert lines == rows_of(tmp_path, "a.json", json.dumps({"edges": [EDGE]}))[0]
    assert refused == []
    (row,) = lines
    assert isinstance(row, Said)
    assert row[:4] == ("HP:1", "biolink:related_to", "MONDO:1", "iri")
    assert row[7:9] == ("k", "x:e1")
    assert json.loads(row.more) == {
        "publications": ["PMID:1", "PMID:2"],
        "qualified_predicate": "biolink:causes",
        "p value": "1.5",
        "": "nameless",
    }


@pytest.mark.parametrize("negated", [True, "true", "1", "1.0", 1.0, " yes", "Y ", "on"])
def test_what_is_denied_is_not_under_its_predicate(negated: object, tmp_path: Path) -> None:
    edge = EDGE | {"negated": negated, "predicate": "biolink:same_as"}
    rows, _ = rows_of(tmp_path, "a.jsonl", json.dumps(edge))
    said, mapped = rows
    assert isinstance(said, Said)
    assert isinstance(mapped, Mapped)
    assert said.p == "not:biolink:same_as"
    assert json.loads(said.more)["negated"] == "true"
    assert mapped.negated
    assert mapped.predicate == "biolink:same_as"


@pytest.mark.parametrize("name", ["biolink:negated", "Negated", f"{BIOLINK}negated"])
def test_the_column_may_be_spelled_otherwise(name: str, tmp_path: Path) -> None:
    header, row = f"subject\tpredicate\tobject\t{name}\n", "x:1\tbiolink:causes\tx:2\t1.0\n"
    (said,), _ = rows_of(tmp_path, "a_edges.tsv", header + row)
    assert isinstance(said, Said)
    assert (said.p, said.more) == ("not:biolink:causes", '{"negated":"true"}')


@pytest.mark.parametrize("negated", ["not", "maybe", ["true"], [], ["false"], {"a": 1}])
def test_an_edge_that_may_be_denied_or_not_is_set_aside_alone(
    negated: object, tmp_path: Path
) -> None:
    edges = (EDGE | {"negated": negated, "subject": "x:1"}, EDGE)
    rows, refused = rows_of(tmp_path, "a.jsonl", "\n".join(map(json.dumps, edges)))
    assert [row[0] for row in rows] == ["HP:1"]
    (told,) = refused
    assert told.startswith('a.jsonl:1: found {"negated": ')
    assert told.endswith("; expected true or false; say which")


@pytest.mark.parametrize("negated", [False, "false", "0", "0.0", " No", "off", "", None])
def test_what_is_not_denied_says_nothing_of_it(negated: object, tmp_path: Path) -> None:
    rows, _ = rows_of(tmp_path, "a.jsonl", json.dumps(EDGE | {"negated": negated}))
    (said,) = rows
    assert isinstance(said, Said)
    assert (said.p, "negated" in said.more) == ("biolink:related_to", False)


def test_an_edge_without_an_id_has_its_place(tmp_path: Path) -> None:
    edge = {name: EDGE[name] for name in kgx.ENDS}
    rows, _ = rows_of(tmp_path, "a.json", json.dumps({"nodes": [], "edges": [edge]}))
    assert isinstance(rows[0], Said)
    assert (rows[0].source_record, rows[0].more) == ("edges/1", "")


def test_nodes_are_properties_and_what_is_the_same(tmp_path: Path) -> None:
    rows, _ = rows_of(tmp_path, "a.jsonl", json.dumps(NODE))
    assert rows == [
        Told("MONDO:1", "name", "=a|b", source="k"),
        Told("MONDO:1", "category", "biolink:Disease", "iri", source="k"),
        Told("MONDO:1", "same_as", "x:1", "iri", source="k"),
        Mapped("MONDO:1", "biolink:same_as", "x:1", False, "k", "1"),
    ]


@pytest.mark.parametrize("column", ["equivalent_identifiers", "biolink:same_as", "Same As"])
def test_other_ids_of_a_node_are_the_same_thing(column: str, tmp_path: Path) -> None:
    text = f"id\t{column}\nMONDO:1\tx:1|y:2\n"
    rows, _ = rows_of(tmp_path, "a_nodes.tsv", text)
    same = [row for row in rows if isinstance(row, Mapped)]
    assert [(row.subject, row.object) for row in same] == [("MONDO:1", "x:1"), ("MONDO:1", "y:2")]
    assert {row.o_kind for row in rows if isinstance(row, Told)} == {"iri"}


@pytest.mark.parametrize(
    ("predicate", "says"),
    [
        ("owl:differentFrom", True),
        ("http://www.w3.org/2002/07/owl#sameAs", True),
        ("http://www.w3.org/2002/07/owl#differentFrom", True),
        ("skos:closeMatch", False),
        ("biolink:close_match", False),
    ],
)
def test_an_edge_says_of_identity_what_its_predicate_does(
    predicate: str, says: bool, tmp_path: Path
) -> None:
    rows, _ = rows_of(tmp_path, "a.jsonl", json.dumps(EDGE | {"predicate": predicate}))
    assert [type(row) for row in rows] == ([Said, Mapped] if says else [Said])


def test_a_node_of_which_nothing_is_told_is_still_there(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "a.jsonl", '{"id": "x:1", "name": ""}')[0] == [
        Told("x:1", "id", "x:1", "iri", source="k")
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "expected a JSON object"),
        ("{", "no JSON"),
        ('{"subject": "a", "object": "b"}', "expected subject, predicate, object"),
        ('{"subject": ["a"], "object": "b", "predicate": "c"}', "expected subject, predicate"),
        ('{"name": "a"}', "expected id in it"),
        ("[" * 100_000, "nests too deep"),
        ("a\x00", "expected neither"),
    ],
)
def test_lines_that_will_not_do_are_set_aside(line: str, reason: str, tmp_path: Path) -> None:
    rows, refused = rows_of(tmp_path, "a.jsonl", line + "\n" + json.dumps(EDGE))
    assert len(rows) == 1
    (told,) = refused
    assert told.startswith("a.jsonl:1: ")
    assert reason in told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ('{"a": 1}', "found the keys 'a'; expected graphs"),
        ("1", "found the keys ''"),
        ('{"nodes": [1]}', "nodes/1: found str; expected a JSON object"),
    ],
)
def test_objects_that_will_not_do_are_set_aside(text: str, reason: str, tmp_path: Path) -> None:
    rows, refused = rows_of(tmp_path, "a.json", text)
    assert rows == []
    assert reason in refused[0]


def test_a_value_is_what_a_table_would_have() -> None:
    assert kgx.plain([True, "", None, 2, {"a": 1}]) == ["true", "2", '{"a": 1}']


def test_a_row_without_its_ids_is_told_as_it_is() -> None:
    notes = Notes("a")
    assert list(kgx.record_rows({"subject": "x:1"}, "a", "3", notes)) == []
    assert next(iter(notes.refused)).found == '{"subject": "x:1"}'
