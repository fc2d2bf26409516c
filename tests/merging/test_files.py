"""What files are called does not change what a merge reads and writes."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pyarrow.parquet
import pytest
from pyoxigraph import RdfFormat, parse

from studyclaims.merging.merge import merge
from studyclaims.merging.names import OTHER
from studyclaims.merging.sql import file_literal

if TYPE_CHECKING:
    from pathlib import Path

EDGES = "subject\tpredicate\tobject\n"


def edges(path: Path, *subjects: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    text = EDGES + "".join(f"{it}\tx:p\tx:o\n" for it in subjects)
    data = text.encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def subjects(out: Path) -> list[str]:
    header, *rows = (out / "edges.tsv").read_text().splitlines()
    at = header.split("\t").index("subject")
    return sorted(row.split("\t")[at] for row in rows)


@pytest.mark.parametrize(
    "names",
    [("d1/a_edges.tsv.gz", "d2/a_edges.tsv.gz"), ("d/a b_edges.tsv.gz", "d/a_b_edges.tsv.gz")],
)
def test_packed_files_that_are_called_alike_are_both_read(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    files = [edges(tmp_path / name, f"x:{at}") for at, name in enumerate(names)]
    merge(files, tmp_path / "out")
    assert subjects(tmp_path / "out") == ["x:0", "x:1"]


@pytest.mark.parametrize(("odd", "other"), [("q[1]", "q1"), ("q*", "qq"), ("q?", "qx")])
def test_a_name_that_looks_like_a_pattern_is_the_name_of_one_file(
    tmp_path: Path, odd: str, other: str
) -> None:
    edges(tmp_path / f"{other}_edges.tsv", "x:other")
    table = edges(tmp_path / f"{odd}_edges.tsv", "x:odd")
    merge([table], tmp_path / "out")
    assert subjects(tmp_path / "out") == ["x:odd"]
    (tmp_path / f"{other}.nt").write_text("<x:other> <x:p> <x:o> .\n")
    lines = tmp_path / f"{odd}.nt"
    lines.write_text("<x:odd> <x:p> <x:o> .\n")
    merge([lines], tmp_path / "one")
    merge([lines, table], tmp_path / "two")
    for name in ("one", "two"):
        text = (tmp_path / name / "graph.nq").read_text()
        assert "x:odd" in text
        assert "x:other" not in text


@pytest.mark.parametrize("place", ["out[1]", "up?/out"])
def test_a_folder_may_look_like_a_pattern(tmp_path: Path, place: str) -> None:
    graph = tmp_path / "a.nt"
    graph.write_text("<x:a> <x:p> <x:o> .\n")
    for _ in range(2):
        merge([graph, edges(tmp_path / "a_edges.tsv", "x:b")], tmp_path / place)
    files = json.loads((tmp_path / place / "merge.json").read_text())["files"]
    assert {"graph.nq", "statements/part-0.parquet"} <= files.keys()
    merge([edges(tmp_path / "a_edges.tsv", "x:b")], tmp_path / place)
    assert subjects(tmp_path / place) == ["x:b"]


def test_a_backslash_already_makes_what_follows_plain() -> None:
    assert file_literal(r"a\[1].nt") == r"'a\[1].nt'"


def test_blank_nodes_of_two_files_stay_apart_and_the_graph_is_legal(tmp_path: Path) -> None:
    header = "subject\tpredicate\tobject\n"
    for name in ("k", "l"):
        lines = (header, "_:b\tx:p\t_:b c\n", '_:d"e\t_:p\tx:o\n')
        (tmp_path / f"{name}_edges.tsv").write_text("".join(lines))
    (tmp_path / "k_nodes.tsv").write_text("id\tcategory\tname\n_:b\tx:C\tone\n")
    (tmp_path / "-a.ttl").write_text("[] <x:p> _:b .")
    (tmp_path / "-b.nt").write_text("_:b <x:p> _:b .\n")
    names = ("k_edges.tsv", "k_nodes.tsv", "l_edges.tsv", "-a.ttl", "-b.nt")
    merge([tmp_path / name for name in names], tmp_path / "out")
    quads = list(parse(path=tmp_path / "out" / "graph.nq", format=RdfFormat.N_QUADS))
    assert len(quads) == 6
    assert len({str(it.subject) for it in quads}) == 6
    assert sum(it.predicate.value.startswith(OTHER) for it in quads) == 2
    ends = {str(it.object) for it in quads if it.subject.value.endswith("_edges.b")}
    assert len(ends) == 2
    told = pyarrow.parquet.read_table(tmp_path / "out" / "properties").to_pylist()
    assert {it["id"] for it in told} == {"_:k_edges.b"}


@pytest.mark.slow
def test_any_number_of_cores_writes_the_same(tmp_path: Path) -> None:
    # DuckDB gives a core no fewer rows than these at once.
    for name in ("a", "b"):
        rows = (f"x:{at}\tx:p\tx:{at % 7}\n" for at in range(125_000))
        (tmp_path / f"{name}_edges.tsv").write_text(EDGES + "".join(rows))
    files = [tmp_path / "a_edges.tsv", tmp_path / "b_edges.tsv"]
    found = set()
    for threads in (1, 2, 2):
        merge(files, tmp_path / "out", threads=threads)
        found.add((tmp_path / "out" / "edges.tsv").read_bytes())
    assert len(found) == 1


def test_a_node_that_is_refused_is_counted_among_what_is_told_of_ids(tmp_path: Path) -> None:
    nodes = tmp_path / "a_nodes.tsv"
    nodes.write_text("id\tcategory\tname\nx:1\tx:C\tone\n\tx:C\ttwo\n")
    (tmp_path / "b.nt").write_text("<x:a> <x:p> <x:o> .\n")
    report = merge([nodes, tmp_path / "b.nt"], tmp_path / "out")
    found = {it.kind: it.quarantined for it in report.totals}
    assert found == {"statements": 0, "properties": 1}
