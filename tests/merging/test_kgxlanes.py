"""Tables of KGX, alone and beside another file: what denies, what links, what is rewritten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from studyclaims.merging.merge import merge
from studyclaims.merging.readers import read
from studyclaims.merging.readers.reading import Mapped, Said, Told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from studyclaims.merging.report import Report

ENDS: Final = ("subject", "predicate", "object")
SAME: Final = ("MONDO:1", "biolink:same_as", "DOID:1")


def table(folder: Path, name: str, *rows: Sequence[str]) -> Path:
    path = folder / name
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def beside(folder: Path) -> Path:
    path = folder / "z.nt"
    path.write_text("<x:s> <x:p> <x:o> .\n")
    return path


def links(folder: Path) -> dict[str, str]:
    lines = (folder / "out" / "links.sssom.tsv").read_text().splitlines()[1:]
    return {line.split("\t")[0]: line.split("\t")[2] for line in lines}


def both(folder: Path, *paths: Path) -> list[tuple[dict[str, str], Report]]:
    """Return what is linked, and the report, of tables alone and beside a graph."""
    made = []
    for more in ((), (beside(folder),)):
        report = merge([*paths, *more], folder / "out")
        made.append((links(folder), report))
    return made


@pytest.mark.parametrize("node", [None, "MESH:D1", "A:9"])
def test_ids_of_edges_are_rewritten_whatever_nodes_there_are(
    node: str | None, tmp_path: Path
) -> None:
    paths = [table(tmp_path, "a_edges.tsv", ENDS, ("MSH:D1", "biolink:causes", "mondo:2"))]
    if node:
        paths.append(table(tmp_path, "a_nodes.tsv", ("id",), (node,)))
    report = merge(paths, tmp_path / "out", rewrite=True)
    assert links(tmp_path) == {"MSH:D1": "MESH:D1", "mondo:2": "MONDO:2"}
    line = "MESH:D1\tbiolink:causes\tMONDO:2\tMSH:D1\tmondo:2\ta line 2"
    assert line in (tmp_path / "out" / "edges.tsv").read_text()
    assert report.linked == 2
    merge(paths, tmp_path / "out")
    assert links(tmp_path) == {"MSH:D1": "MESH:D1", "mondo:2": "MONDO:2"}


def test_what_is_mapped_by_another_spelling_is_rewritten_too(tmp_path: Path) -> None:
    edges = table(tmp_path, "a_edges.tsv", ENDS, ("DOID:1", "biolink:causes", "HP:2"))
    iri = ("http://purl.obolibrary.org/obo/MONDO_3", "biolink:causes", "HP:2")
    more = table(tmp_path, "b_edges.tsv", ENDS, iri)
    head = ("subject_id", "predicate_id", "object_id")
    sets = table(tmp_path, "m.sssom.tsv", head, ("MONDO:1", "skos:exactMatch", "doid:1"))
    nodes = table(tmp_path, "a_nodes.tsv", ("id",), ("HP:2",))
    merge([edges, more, nodes, sets], tmp_path / "out", rewrite=True)
    text = (tmp_path / "out" / "edges.tsv").read_text()
    assert "\tMONDO:1\tbiolink:causes\tHP:2\tDOID:1\t" in text
    assert "\tMONDO:3\tbiolink:causes\tHP:2\thttp" in text


SPELLED = ["isNegated", "negated:boolean", "http://w3id.org/biolink/vocab/negated", "bl:negated"]
SPELLED += ["Biolink_negated", "nega\u200bted"]


def test_no_spelling_of_negated_loses_a_no(tmp_path: Path) -> None:
    said = dict.fromkeys(SPELLED, "true") | {"predicate_modifier": "Not"}
    paths = [
        table(tmp_path, f"{at}_edges.tsv", (*ENDS, name), (*SAME, no), (*SAME, ""))
        for at, (name, no) in enumerate(said.items())
    ]
    for found, report in both(tmp_path, *paths):
        assert found == {}
        (refused,) = report.unlinked
        assert sum("not biolink:same_as" in row for row in refused["rows"]) == len(said)
        assert report.refused == []
    merge(paths, tmp_path / "out")
    header, *rows = (tmp_path / "out" / "edges.tsv").read_text().splitlines()
    at = header.split("\t").index("negated")
    assert sorted(row.split("\t")[at] for row in rows) == ["", "true", "true"]


@pytest.mark.parametrize(
    ("header", "no"),
    [
        (("negated", "Negated"), ("", "maybe")),
        (("sc_negated",), ("true",)),
        (("predicate_modifier",), ("maybe",)),
        (("negated", "predicate_modifier"), ("false", "Not")),
    ],
)
def test_a_row_set_aside_since_it_may_be_denied_still_denies(
    header: tuple[str, ...], no: tuple[str, ...], tmp_path: Path
) -> None:
    plain = [*SAME, *("" for _ in no)]
    other = ["HP:1", "biolink:causes", "HP:2", *no]
    path = table(tmp_path, "a_edges.tsv", (*ENDS, *header), plain, (*SAME, *no), other)
    for found, report in both(tmp_path, path):
        assert found == {}
        assert [it.place for it in report.refused] == ["3", "4"]
        (refused,) = report.unlinked
        assert refused["fault"].endswith(":3: MONDO:1 not biolink:same_as DOID:1 denies it")


def test_one_column_that_says_neither_denies_in_both_lanes(tmp_path: Path) -> None:
    rows = ((*SAME, ""), (*SAME, "maybe"))
    path = table(tmp_path, "a_edges.tsv", (*ENDS, "negated"), *rows)
    assert [(found, len(it.unlinked)) for found, it in both(tmp_path, path)] == [({}, 1)] * 2


@pytest.mark.parametrize("at", ["", "edges"])
def test_a_name_that_stands_twice_sets_its_record_aside(at: str, tmp_path: Path) -> None:
    texts = [json.dumps(dict(zip(ENDS, SAME, strict=True)))]
    texts += [f'{texts[0][:-1]}, "negated": {no}}}' for no in ('true, "negated": false', '"?"')]
    texts.append('{"subject": "A:1", "predicate": "p", "object": "B:1", "x": [{"y": 1, "y": 2}]}')
    texts.append('{"id": "A:1", "name": "a", "name": "b"}')
    nodes = texts.pop() if at else ""
    path = tmp_path / ("a.json" if at else "a.jsonl")
    whole = f'{{"edges": [{", ".join(texts)}], "nodes": [{nodes}]}}'
    path.write_text(whole if at else "\n".join(texts))
    it = read(path, "a", aside=tmp_path / "aside")
    rows = list(it.rows())
    assert [type(row) for row in rows if not isinstance(row, Mapped)] == [Said]
    assert [row.negated for row in rows if isinstance(row, Mapped)] == [False, True, True]
    reasons = [refused.reason for refused in it.quarantine]
    assert sum(reason == "expected no name twice in one object" for reason in reasons) == 3
    assert '"y": 1, "y": 2' in next((tmp_path / "aside").rglob("a.*")).read_text()


def test_a_part_that_stands_twice_sets_the_file_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"edges": [], "nodes": [], "edges": []}')
    it = read(path, "a")
    assert list(it.rows()) == []
    assert [refused.reason for refused in it.quarantine] == [
        "'edges' stands twice in it; give each its own name"
    ]


@pytest.mark.parametrize(
    ("one", "other", "column", "kind"),
    [
        ("MESH:D1", "MSH:D1", "category", "biolink:Gene"),
        ("MSH:D1", "MESH:D1", "category", "biolink:Gene"),
        ("MESH:D1", "MESH:D1", "Category", "biolink:NamedThing | biolink:Gene "),
    ],
)
def test_kinds_count_in_all_spellings(
    one: str, other: str, column: str, kind: str, tmp_path: Path
) -> None:
    rows = [(one, kind), ("MONDO:1", "biolink:Disease")]
    nodes = table(tmp_path, "a_nodes.tsv", ("id", column), *rows)
    edges = table(tmp_path, "a_edges.tsv", ENDS, ("MONDO:1", "biolink:same_as", other))
    for found, report in both(tmp_path, nodes, edges):
        assert "MONDO:1" not in found.values()
        assert [it["fault"][:12] for it in report.unlinked] == ["MONDO:1 is a"]


def test_lines_are_those_of_the_file_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "a_edges.tsv"
    path.write_text("subject\tpredicate\tobject\nA:1\tp\tB:1\nbad\n\nC:1\towl:sameAs\tC:2\n")
    report = merge([path], tmp_path / "out")
    text = (tmp_path / "out" / "edges.tsv").read_text()
    assert [line.split("\t")[-1] for line in text.splitlines()[1:]] == ["a line 2", "a line 5"]
    assert report.unlinked[0]["rows"] == ["a_edges.tsv:5: C:1 owl:sameAs C:2"]
    assert (tmp_path / "out" / "quarantine" / "a_edges.tsv").read_text().splitlines()[1:] == ["bad"]
    path.write_text("subject\tpredicate\tobject\n\nA:1\tp\tB:1\n")
    merge([path], tmp_path / "out")
    assert not (tmp_path / "out" / "quarantine").exists()


def test_blanks_between_ids_are_none_of_theirs(tmp_path: Path) -> None:
    nodes = table(tmp_path, "a_nodes.tsv", ("id", "same_as"), ("A:1", "B:1 | C:1 | "))
    for found, _ in both(tmp_path, nodes):
        assert found == {"B:1": "A:1", "C:1": "A:1"}
    rows = list(read(nodes, "a").rows())
    assert [row.value for row in rows if isinstance(row, Told)] == ["B:1", "C:1"]
