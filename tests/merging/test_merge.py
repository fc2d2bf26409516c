"""Merging tables of KGX: what is one row, what is kept of each, and what is set aside."""

from __future__ import annotations

import atexit
import gzip
import json
from collections import Counter
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyclaims.errors import GraphError, PlaceError, QueryError, StoreError
from studyclaims.merging import kgxmerge
from studyclaims.merging.engine import engine
from studyclaims.merging.kgxfiles import mended, open_kgx
from studyclaims.merging.merge import merge
from studyclaims.merging.readers import read
from studyclaims.merging.readers.reading import Said
from studyclaims.merging.report import Report, Total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studyclaims.merging.engine import Engine


ENGINES: Final = ExitStack()
atexit.register(ENGINES.close)
EDGE = ("id", "subject", "predicate", "object")
MAP = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\n"


def table(folder: Path, name: str, *rows: Sequence[str], end: str = "\n") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("".join("\t".join(row) + end for row in rows).encode())
    return path


def mappings(folder: Path, *rows: str, name: str = "m.sssom.tsv") -> Path:
    path = folder / name
    path.write_text("#curie_map: {}\n" + MAP + "".join(f"{row}\n" for row in rows))
    return path


def exact(one: str, other: str) -> str:
    return f"{one}\tskos:exactMatch\t\t{other}"


def rows(path: Path) -> list[dict[str, str]]:
    header, *lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    names = header.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in sorted(lines)]


def merged(
    folder: Path, *paths: Path, rewrite: bool = False, memory: int = 2 * 10**9
) -> tuple[list[dict[str, str]], Report]:
    """Return the edges of a merge, and its report."""
    report = merge(paths, folder / "out", rewrite=rewrite, memory=memory)
    edges = folder / "out" / "edges.tsv"
    return rows(edges) if edges.exists() else [], report


def totals(report: Report, kind: str = "edges") -> tuple[int, ...]:
    found = report.to_dict()["totals"][kind]
    return found["in"], found["merged"], found["duplicates"], found["quarantined"]


def test_a_repeated_statement_keeps_all_its_origins(tmp_path: Path) -> None:
    header = (*EDGE, "primary_knowledge_source", "publications")
    one = table(tmp_path, "a_edges.tsv", header, ("e1", "A:1", "p", "B:1", "i:a", "P:2|P:1"))
    two = table(
        tmp_path,
        "b_edges.tsv",
        header,
        ("e9", "A:1", "p", "B:1", "i:b", "P:1"),
        ("e7", "A:1", "p", "B:1", "", ""),
        ("e8", "A:1", "p", "B:2", "i:b", "P:9|P:8"),
    )
    edges, report = merged(tmp_path, one, two)
    assert totals(report) == (4, 2, 2, 0)
    assert edges[0] == {
        "id": "e1",
        "subject": "A:1",
        "predicate": "p",
        "object": "B:1",
        "primary_knowledge_source": "i:a|i:b",
        "publications": "P:1|P:2",
        "merged_from": "a e1|b e7|b e9",
    }
    assert edges[1]["publications"] == "P:9|P:8"
    assert edges[1]["merged_from"] == "b e8"


@pytest.mark.parametrize(
    "column", ["negated", "object_direction_qualifier", "knowledge_level", "unheard_of"]
)
def test_what_may_change_the_meaning_keeps_rows_apart(column: str, tmp_path: Path) -> None:
    one = table(tmp_path, "a_edges.tsv", (*EDGE, column), ("e1", "A:1", "p", "B:1", "true"))
    two = table(tmp_path, "b_edges.tsv", EDGE, ("e2", "A:1", "p", "B:1"))
    edges, report = merged(tmp_path, one, two)
    assert totals(report) == (2, 2, 0, 0)
    assert [edge[column] for edge in edges] == ["true", ""]


SPELLINGS = ["Negated", "negated ", "biolink:negated", "is_negated", "negation"]
SPELLINGS.append("https://w3id.org/biolink/vocab/negated")


def test_a_no_is_called_negated_whatever_its_column_is_called(tmp_path: Path) -> None:
    paths = [table(tmp_path, "z_edges.tsv", (*EDGE, "negated"), ("e4", "A:1", "p", "B:1", "true"))]
    for at, column in enumerate(SPELLINGS):
        said = [(f"{no}{at}", "A:1", "p", "B:1", no) for no in ("Yes", "0", "")]
        paths.append(table(tmp_path, f"{at}_edges.tsv", (*EDGE, column), *said))
    edges, report = merged(tmp_path, *paths, rewrite=True)
    assert {edge["id"]: edge["negated"] for edge in edges} == {
        "Yes0": "true",
        "00": "false",
        "0": "",
    }
    assert not {*SPELLINGS} & edges[0].keys()
    # The no is a voice against the yes.
    assert (totals(report), report.opposed) == ((19, 3, 16, 0), 1)


def test_an_edge_whose_columns_disagree_is_set_aside(tmp_path: Path) -> None:
    said = [("true", "no"), ("", "no"), ("Y", "1"), ("perhaps", ""), ("0", "")]
    rows_ = [(f"e{n}", "A:1", "p", f"B:{n}", *both) for n, both in enumerate(said)]
    path = table(tmp_path, "a_edges.tsv", (*EDGE, "negated", "Negated"), *rows_)
    edges, report = merged(tmp_path, path)
    found = {edge["id"]: edge["negated"] for edge in edges}
    assert found == {"e1": "false", "e2": "true", "e4": "false"}
    assert totals(report) == (5, 3, 0, 2)
    assert [str(it) for it in report.refused] == [
        'a_edges.tsv:2: found {"negated": "true", "Negated": "no"}; expected true or false, and all'
        " the same; say which",
        'a_edges.tsv:5: found {"negated": "perhaps", "Negated": ""}; expected true or false, and'
        " all the same; say which",
    ]
    kept = (tmp_path / "out" / "quarantine" / "a_edges.tsv").read_text().splitlines()
    assert kept[1:] == ["\t".join(rows_[0]), "\t".join(rows_[3])]


def test_what_is_no_truth_value_stays_as_it_is_and_denies(tmp_path: Path) -> None:
    said = [("e1", "MONDO:1", "owl:sameAs", "DOID:1", "perhaps")]
    path = table(tmp_path, "a_edges.tsv", (*EDGE, "is_negated"), *said, (*said[0][:4], ""))
    edges, report = merged(tmp_path, path)
    assert [edge["negated"] for edge in edges] == ["", "perhaps"]
    assert (report.linked, len(report.unlinked)) == (0, 1)


def test_a_node_is_never_negated(tmp_path: Path) -> None:
    nodes = table(tmp_path, "a_nodes.tsv", ("id", "Negated"), ("A:1", "perhaps"))
    merged(tmp_path, nodes)
    assert rows(tmp_path / "out" / "nodes.tsv")[0]["Negated"] == "perhaps"


def test_nodes_are_rewritten_with_their_edges_along_a_chain(tmp_path: Path) -> None:
    nodes = table(
        tmp_path,
        "a_nodes.tsv",
        ("id", "name", "category"),
        ("C:1", "third", "c"),
        ("B:1", "second", "c"),
        ("A:1", "zeroth", "c"),
        ("D:1", "alone", "c"),
    )
    edges = table(
        tmp_path, "a_edges.tsv", EDGE, ("e1", "C:1", "p", "D:1"), ("e2", "A:1", "p", "D:1")
    )
    links = mappings(tmp_path, exact("A:1", "B:1"), exact("C:1", "B:1"))
    found, report = merged(tmp_path, nodes, edges, links, rewrite=True)
    assert [(edge["subject"], edge["original_subject"]) for edge in found] == [("A:1", "C:1")]
    assert found[0]["merged_from"] == "a e1|a e2"
    made = rows(tmp_path / "out" / "nodes.tsv")
    assert [(node["id"], node["name"], node["synonym"]) for node in made] == [
        ("A:1", "zeroth", "second|third"),
        ("D:1", "alone", ""),
    ]
    assert made[0]["merged_from"] == "a A:1|a B:1|a C:1"
    assert totals(report, "nodes") == (4, 2, 2, 0)
    assert (report.linked, report.cliques) == (2, 1)


def test_ids_are_spelled_in_one_way_when_they_are_rewritten(tmp_path: Path) -> None:
    nodes = table(tmp_path, "a_nodes.tsv", ("id", "name"), ("MSH:D1", "x"), ("mesh:D1", "x"))
    edges = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "MSH:D1", "p", "mesh:D1"))
    found, report = merged(tmp_path, nodes, edges, rewrite=True)
    assert (found[0]["subject"], found[0]["object"]) == ("MESH:D1", "MESH:D1")
    assert found[0]["original_object"] == "mesh:D1"
    assert totals(report, "nodes") == (2, 1, 1, 0)


def test_ids_of_two_kinds_are_not_one(tmp_path: Path) -> None:
    nodes = table(
        tmp_path,
        "a_nodes.tsv",
        ("id", "category"),
        ("A:1", "biolink:Gene"),
        ("B:1", "biolink:Disease"),
    )
    _, report = merged(tmp_path, nodes, mappings(tmp_path, exact("A:1", "B:1")), rewrite=True)
    assert totals(report, "nodes") == (2, 2, 0, 0)
    assert [it["fault"] for it in report.unlinked] == ["B:1 is a disorder, A:1 a gene"]


def test_links_leave_the_ids_as_they_are(tmp_path: Path) -> None:
    edges = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "B:1", "p", "D:1"))
    found, _ = merged(tmp_path, edges, mappings(tmp_path, exact("A:1", "B:1")))
    assert found[0]["subject"] == "B:1"
    assert "original_subject" not in found[0]
    assert [row["object_id"] for row in rows(tmp_path / "out" / "links.sssom.tsv")] == ["A:1"]


def test_what_an_earlier_merge_found_is_kept(tmp_path: Path) -> None:
    edges = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "B:1", "p", "D:1"))
    one = mappings(tmp_path, exact("A:1", "B:1"))
    merge([edges, one], tmp_path / "first", rewrite=True)
    two = mappings(tmp_path, exact("0:1", "A:1"), name="n.sssom.tsv")
    again = (tmp_path / "first" / "edges.tsv", two)
    found, _ = merged(tmp_path, *again, rewrite=True)
    assert (found[0]["subject"], found[0]["original_subject"]) == ("0:1", "B:1")
    assert found[0]["merged_from"] == "a e1"


def test_rows_without_an_id_are_known_by_their_line(tmp_path: Path) -> None:
    path = table(tmp_path, "a_edges.tsv", EDGE[1:], ("A:1", "p", "B:1"), ("A:2", "p", "B:1"))
    found, _ = merged(tmp_path, path)
    assert [edge["merged_from"] for edge in found] == ["a line 2", "a line 3"]


@pytest.mark.parametrize(
    "name", ["select", 'a"b', "it's", "at", "SUBJECT", "=cmd|'x'!A1", "c0", "k"]
)
def test_no_name_of_a_column_does_harm(name: str, tmp_path: Path) -> None:
    path = table(tmp_path, "a_edges.tsv", (*EDGE, name), ("e1", "A:1", "p", "B:1", "=1+1\"'"))
    found, _ = merged(tmp_path, path, rewrite=True)
    assert found[0][name] == "=1+1\"'"
    assert found[0]["subject"] == "A:1"


BAD = {
    "a truncated line": (b"e2\tA:1\tp", "found 3 cells; expected 4 cells"),
    "too many cells": (b"e2\tA:1\tp\tB:1\tx\n", "found 5 cells"),
    "no object": (b"e2\tA:1\tp\t\n", "an empty cell"),
    "no text": (b"e2\tA:1\tp\tB\xff\n", "the byte 0xff; expected UTF-8"),
    "a carriage return": (b"e2\tA:1\tp\tB:1\rx\n", "a carriage return"),
    "a huge cell": (b"e2\tA:1\tp\t" + b"x" * 30_000_000 + b"\n", "expected fewer than 2,000,000"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_row_that_cannot_be_read_is_set_aside_as_it_is(name: str, tmp_path: Path) -> None:
    bad, said = BAD[name]
    path = tmp_path / "a_edges.tsv"
    good = b"e1\tA:1\tp\tB:1\n\ne3\tA:3\tp\tB:1\r\n"
    path.write_bytes("\t".join(EDGE).encode() + b"\n" + good + bad)
    found, report = merged(tmp_path, path)
    assert totals(report) == (3, 2, 0, 1)
    assert [edge["id"] for edge in found] == ["e1", "e3"]
    assert said in str(report)
    assert "a_edges.tsv:5" in str(report)
    kept = (tmp_path / "out" / "quarantine" / "a_edges.tsv").read_bytes()
    assert kept.split(b"\n", 1)[1].rstrip(b"\n") == bad.rstrip(b"\n")


def test_cells_that_lack_at_a_lines_end_are_empty_ones(tmp_path: Path) -> None:
    path = table(tmp_path, "a_edges.tsv", (*EDGE, "x", "y"), ("e1", "A:1", "p", "B:1", "1", "2"))
    with path.open("ab") as file:
        file.write(b"e2\tA:2\tp\tB:1\ne3\tA:3\tp\tB:1\t3\r\ne4\tA:4\tp\ne5\n")
        file.write(b"e6\tA:6\tp\tB:1\tcut")
    found, report = merged(tmp_path, path)
    assert [(edge["id"], edge["x"], edge["y"]) for edge in found] == [
        ("e1", "1", "2"),
        ("e2", "", ""),
        ("e3", "3", ""),
    ]
    assert totals(report) == (6, 3, 0, 3)
    assert [(it.place, it.found) for it in report.refused] == [
        ("5", "an empty cell"),
        ("6", "1 cell"),
        ("7", "5 cells"),
    ]
    kept = (tmp_path / "out" / "quarantine" / "a_edges.tsv").read_bytes()
    assert kept.endswith(b"\ne4\tA:4\tp\ne5\ne6\tA:6\tp\tB:1\tcut\n")
    whole = mended(open_kgx(path, tmp_path), tmp_path)
    assert (whole.repaired, whole.rows) == (2, 6)
    # The readers of the other lane say the same of each line.
    it = read(path, "a")
    assert [row.s for row in it.rows() if isinstance(row, Said)] == ["A:1", "A:2", "A:3"]
    assert (it.counts["repaired"], [refused.place for refused in it.quarantine]) == (
        3,
        ["5", "6", "7"],
    )


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"), end="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    found, _ = merged(tmp_path, path)
    assert found == [
        {"id": "e1", "subject": "A:1", "predicate": "p", "object": "B:1", "merged_from": "a e1"}
    ]


WHOLE = {
    "b_edges.tsv": (b"id\tsubject\tobject\n", "expected also predicate"),
    "c_edges.tsv": (b"id\tsubject\tpredicate\tobject\tid\n", "two columns called 'id'"),
    "d_edges.tsv": (b"\xff\n", "is not UTF-8"),
    "e_edges.tsv.gz": (gzip.compress(b"x" * 9999, mtime=0)[:-9], "is no whole gzip file"),
    "f_edges.tsv.gz": (gzip.compress(b"x" * 60_000_000, mtime=0), "unpacks to more than 200 times"),
    "g_edges.tsv.gz": (b"plain", "is no whole gzip file"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_cannot_be_read_is_set_aside_and_the_others_are_merged(
    name: str, tmp_path: Path
) -> None:
    data, said = WHOLE[name]
    (tmp_path / name).write_bytes(data)
    good = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"))
    found, report = merged(tmp_path, good, tmp_path / name)
    assert [edge["id"] for edge in found] == ["e1"]
    assert [it.path for it in report.refused] == [name]
    assert said in report.refused[0].reason
    with pytest.raises(StoreError, match=name):
        merge([tmp_path / name], tmp_path / "alone")
    assert not (tmp_path / "alone").exists()


def test_a_packed_table_is_read(tmp_path: Path) -> None:
    path = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"))
    packed = tmp_path / "b_edges.tsv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    found, report = merged(tmp_path, path, packed)
    assert found[0]["merged_from"] == "a e1|b e1"
    assert not report.refused


def test_two_files_of_one_name_are_two_sources(tmp_path: Path) -> None:
    paths = [
        table(tmp_path / folder, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"))
        for folder in ("x", "y")
    ]
    found, _ = merged(tmp_path, *paths)
    assert found[0]["merged_from"] == "a e1|a-2 e1"


def test_a_mapping_set_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    path = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"))
    bad = table(tmp_path, "m.sssom.tsv", ("subject_id",))
    half = mappings(tmp_path, "A:1\tskos:exactMatch\t\t", name="h.sssom.tsv")
    _, report = merged(tmp_path, path, bad, half)
    assert [str(it) for it in report.refused] == [
        "m.sssom.tsv: found the columns 'subject_id'; expected those of KGX, of SSSOM or of a table"
        " that is known; give a map of its columns",
        "h.sssom.tsv:3: found an empty cell; expected subject_id, predicate_id, object_id in it;"
        " mend the line",
    ]


def test_the_report_lists_all_files_and_says_what_became_of_all_rows(tmp_path: Path) -> None:
    path = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"), ("e2", "A:1", "p", ""))
    _, report = merged(tmp_path, path, mappings(tmp_path, exact("A:1", "A:2")))
    out = tmp_path / "out"
    told = json.loads((out / "merge.json").read_text())
    listed = told.pop("files")
    assert told == report.to_dict()
    assert (out / "merge.txt").read_text() == f"{report}\n"
    found = {p.relative_to(out).as_posix(): p.stat().st_size for p in out.rglob("*") if p.is_file()}
    assert listed == {name: size for name, size in found.items() if name != "merge.json"}
    assert set(listed) == {
        "edges.tsv",
        "links.sssom.tsv",
        "mappings.sssom.tsv",
        "merge.txt",
        "quarantine/a_edges.tsv",
        "tables/edges/a.parquet",
    }
    assert told["links"]["refused"] == [
        {
            "ids": ["A:1", "A:2"],
            "leader": "A:1",
            "fault": "A:1 and A:2 are two ids of one prefix",
            "rows": ["m.sssom.tsv:3: A:1 skos:exactMatch A:2"],
        }
    ]
    assert "cliques refused:\n  A:1 A:2: A:1 and A:2 are two ids of one prefix" in str(report)


def test_a_merge_replaces_a_merge_and_nothing_else(tmp_path: Path) -> None:
    one = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"))
    two = table(tmp_path, "b_edges.tsv", EDGE, ("e2", "A:2", "p", "B:2"))
    merged(tmp_path, one)
    found, _ = merged(tmp_path, two)
    assert [edge["id"] for edge in found] == ["e2"]
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(PlaceError, match=r"mine.txt: not of the merge"):
        merge([one], tmp_path / "out")
    assert rows(tmp_path / "out" / "edges.tsv") == found
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a_edges.tsv", "b_edges.tsv", "out"]


def test_a_row_that_vanishes_is_no_merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path, "a_edges.tsv", EDGE, ("e1", "A:1", "p", "B:1"))
    monkeypatch.setattr(kgxmerge, "_copied", lambda *_, **__: 0)
    with pytest.raises(GraphError, match="0 rows read and 0 set aside of 1"):
        merge([path], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(GraphError, match="nothing was written"):
        Report(totals=[Total("edges", 4, 1, 1, 1)]).require_balance()


def test_what_to_merge_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="nothing to merge"):
        merge([mappings(tmp_path)], tmp_path / "out")


texts = st.sampled_from(["", "a", "b", "a|b", "b|a", "c"])
edge_rows = st.lists(st.tuples(*[st.sampled_from(["X:1", "Y:2"])] * 2, texts, texts), max_size=12)


@settings(deadline=None)
@given(tables=st.lists(edge_rows, min_size=1, max_size=3), parts=st.sampled_from([1, 3]))
def test_groups_are_those_of_a_plain_loop(tables: list[list[tuple[str, ...]]], parts: int) -> None:
    wanted: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    header = (*EDGE, "unheard_of", "publications")
    with TemporaryDirectory() as name:
        folder, files = Path(name), []
        for at, made in enumerate(tables):
            lines = [(f"e{n}", s, "p", o, no, pub) for n, (s, o, no, pub) in enumerate(made)]
            path = table(folder, f"s{at}_edges.tsv", header, *lines)
            files.append(open_kgx(path, folder))
            for line in lines:
                wanted.setdefault(line[1:5], []).append((f"s{at} {line[0]}", line[5]))
        counted = kgxmerge.merge_kgx(in_parts(parts), files, folder, rewrite=False)["edges"].counted
        found = rows(folder / "edges.tsv")
    assert (counted.rows, counted.merged) == (sum(map(len, tables)), len(wanted))
    assert len(found) == len(wanted)
    for edge in found:
        group = wanted[edge["subject"], edge["predicate"], edge["object"], edge["unheard_of"]]
        assert Counter(edge["merged_from"].split("|")) == Counter(it for it, _ in group)
        values = {value for _, pub in group if pub for value in pub.split("|")}
        assert set(filter(None, edge["publications"].split("|"))) == values


@cache
def in_parts(parts: int) -> Engine:
    """Return an engine that splits rows into so many parts; it is made once."""
    spill = Path(ENGINES.enter_context(TemporaryDirectory()))
    made = ENGINES.enter_context(engine(spill))
    made.buckets = lambda _: parts  # type: ignore[method-assign, assignment]
    return made
