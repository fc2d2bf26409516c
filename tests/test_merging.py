"""The verb that merges: what it prints, and how it ends."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from studyclaims.errors import QueryError, SetupError
from studyclaims.merging.engine import size_of
from studyclaims.verbs.merging import merge

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def files(folder: Path, *rows: str) -> list[str]:
    table, mappings = folder / "a_nodes.tsv", folder / "m.sssom.tsv"
    table.write_text("id\tname\n" + "".join(f"{row}\n" for row in rows))
    lines = ("A:1\tskos:exactMatch\tB:1", "B:1\tskos:exactMatch\tA:2", "C:1\towl:sameAs\tD:1")
    header = "subject_id\tpredicate_id\tobject_id\n"
    mappings.write_text(header + "".join(f"{line}\n" for line in lines))
    return [str(table), str(mappings)]


def run(*words: str) -> Result:
    return CliRunner().invoke(merge, words)


def test_it_tells_what_became_of_all_rows(tmp_path: Path) -> None:
    names = files(tmp_path, "C:1\tone", "D:1\ttwo")
    ended = run(*names, "--out", str(tmp_path / "out"), "--rewrite", "--memory", "300MB")
    assert ended.exit_code == 0
    assert ended.stdout.startswith(
        "mappings: 3 in = 3 merged + 0 duplicates + 0 quarantined\n"
        "nodes: 2 in = 1 merged + 1 duplicates + 0 quarantined\n1 ids re"
    )
    assert ended.stderr == f"wrote {tmp_path / 'out'}\n"


def test_what_was_set_aside_is_a_finding(tmp_path: Path) -> None:
    names = files(tmp_path, "C:1\tone", "D:1")
    ended = run(*names, "--out", str(tmp_path / "out"), "--format", "json")
    assert ended.exit_code == 1
    assert [it["place"] for it in json.loads(ended.stdout)["quarantine"]] == ["3"]


def test_why_shows_the_rows_that_make_ids_one(tmp_path: Path) -> None:
    names = files(tmp_path)
    ended = run(*names, "--why", "D:1")
    assert ended.exit_code == 0
    assert ended.stdout == "C:1 = D:1\n  m.sssom.tsv:4: C:1 owl:sameAs D:1\n"
    refused = run(*names, "--why", "A:1").stdout
    assert refused.startswith(
        "A:1 = A:2 = B:1\nrefused: A:1 and A:2 are two ids of one prefix\n  m.sssom.tsv:2: "
    )
    nothing = run(*names, "--why", "E:1")
    assert nothing.exit_code == 1
    assert nothing.stderr == "no row makes E:1 one with anything\n"


@pytest.mark.parametrize("end", [".nt", ".ttl", ".jsonl"])
def test_why_reads_what_a_merge_would(end: str, tmp_path: Path) -> None:
    same = "http://www.w3.org/2004/02/skos/core#exactMatch"
    ids = [f"http://purl.obolibrary.org/obo/{name}" for name in ("MONDO_1", "DOID_2")]
    row = json.dumps({"subject": "MONDO:1", "predicate": "skos:exactMatch", "object": "DOID:2"})
    line = row if end == ".jsonl" else f"<{ids[0]}> <{same}> <{ids[1]}> ."
    (tmp_path / f"a{end}").write_text(f"{line}\n")
    ended = run(str(tmp_path / f"a{end}"), "--why", "MONDO:1")
    assert (ended.exit_code, ended.stdout.partition("\n")[0]) == (0, "DOID:2 = MONDO:1")


def test_why_reads_tables_alone_and_beside_others_as_a_merge_does(tmp_path: Path) -> None:
    edges = tmp_path / "a_edges.tsv"
    edges.write_text("id\tsubject\tpredicate\tobject\ne\tMONDO:1\tskos:exactMatch\tDOID:2\n")
    said = "DOID:2 = MONDO:1\n  a_edges.tsv:e: MONDO:1 skos:exactMatch DOID:2\n"
    assert run(str(edges), "--why", "MONDO:1").stdout == said
    other = tmp_path / "b.nt"
    other.write_text("<x:a> <x:b> <x:c> .\n")
    assert run(str(edges), str(other), "--why", "MONDO:1").stdout == said


def test_nodes_need_no_category_beside_graphs(tmp_path: Path) -> None:
    (tmp_path / "nodes.tsv").write_text("id\tname\nMONDO:1\tone\n")
    (tmp_path / "b.ttl").write_text("<x:a> <x:b> <x:c> .\n")
    names = [str(tmp_path / name) for name in ("nodes.tsv", "b.ttl")]
    ended = run(*names, "--out", str(tmp_path / "out"))
    assert (ended.exit_code, ended.stdout.count("1 merged")) == (0, 2)


@pytest.mark.parametrize("end", ["_nodes.tsv", ".nt", ".ttl"])
def test_without_duckdb_it_says_what_to_install(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    (tmp_path / f"a{end}").write_text("id\tname\n")
    ended = run(str(tmp_path / f"a{end}"), "--out", str(tmp_path / "out"))
    # `studyclaims.cli.main` ends with the status of an error, and prints its text alone.
    assert isinstance(ended.exception, SetupError)
    assert ended.exception.exit_status == 3
    assert str(ended.exception) == (
        "merging needs DuckDB; get it with: pip install 'studyclaims[merge]'"
    )
    assert [path.name for path in tmp_path.iterdir()] == [f"a{end}"]


@pytest.mark.parametrize("text", ["", "2", "GB", "-1GB", "255MiB", "2TB"])
def test_a_memory_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="memory: found"):
        size_of(text)
