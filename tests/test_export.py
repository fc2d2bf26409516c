"""The verb export: which words and options go with which target, and what is printed where."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner

from samples import KEY, quads
from studyclaims.errors import QueryError
from studyclaims.exports import bundle
from studyclaims.formats import serialize
from studyclaims.graph import load
from studyclaims.rdf import node
from studyclaims.showing.claimtable import COLUMNS
from studyclaims.verbs.export import TARGETS, export

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def graph(tmp_path: Path) -> str:
    """Return the path of a file with the small study."""
    path = tmp_path / "small.nq"
    path.write_bytes(serialize(quads(), "nq", {}))
    return str(path)


def ran(*words: str) -> Result:
    return CliRunner().invoke(export, words)


def test_a_table_goes_to_standard_output(graph: str) -> None:
    done = ran("--to", "csv", "--from", graph)
    assert (done.exit_code, done.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["study"] for row in rows] == [KEY] * 5
    assert list(rows[0]) == list(COLUMNS)


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl"])
def test_what_cannot_be_read_is_left_out_of_a_table_and_named(form: str, tmp_path: Path) -> None:
    stance, news = node("sc:stance"), "news-inflames"
    held = {q for q in quads() if not (q.predicate == stance and news in str(q.subject))}
    path = tmp_path / "odd.nq"
    path.write_bytes(serialize(held, "nq", {}))
    done = ran("--to", form, "--from", str(path))
    assert news not in done.stdout
    assert len(done.stdout.splitlines()) == 4 + (form != "jsonl")
    assert done.stderr == f"left out: {KEY}/{news}: found sc:stance nothing, expected one IRI\n"
    out = ran("--to", form, "--from", str(path), "--out", str(tmp_path / "table"))
    assert out.stderr == done.stderr


def test_columns_may_be_parted_by_tabs(graph: str) -> None:
    done = ran("--to", "tsv", "--from", graph)
    lines = done.stdout.split("\n")
    assert [len(line.split("\t")) for line in lines[:-1]] == [len(COLUMNS)] * 6


def test_a_row_may_be_a_line_of_json_with_numbers_as_numbers(graph: str) -> None:
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in ran("--to", "jsonl", "--from", graph).stdout.splitlines()
    ]
    assert (rows[-1]["value"], rows[-1]["n"], rows[-1]["measured"]) == (1.5, 8, True)
    assert rows[-1]["effect"].endswith("1.50 mm (± 0.2)")


def test_a_table_may_be_written_to_a_file_and_is_reported(graph: str, tmp_path: Path) -> None:
    words = ("--to", "csv", "--from", graph, "--out", str(tmp_path / "c.csv"), "--format", "json")
    for changed in (True, False):
        done = ran(*words)
        assert json.loads(done.stdout) == {
            "written": [{"path": str(tmp_path / "c.csv"), "changed": changed}]
        }
    assert (tmp_path / "c.csv").read_text() == ran(*words[:4]).stdout
    assert ran(*words[:-2]).stdout.startswith("stands ")


def test_the_form_of_what_is_said_of_a_file_needs_a_file(graph: str) -> None:
    done = ran("--to", "csv", "--from", graph, "--format", "json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--format json is for what is said of a file" in done.stderr
    assert "--to jsonl" in done.stderr
    assert "--out FILE" in done.stderr
    assert ran("--to", "csv", "--from", graph, "--format", "text").exit_code == 0


def test_a_form_set_for_every_verb_keeps_no_table_from_being_printed(graph: str) -> None:
    words = ["--to", "csv", "--from", graph]
    done = CliRunner().invoke(export, words, default_map={"form": "json"})
    assert (done.exit_code, done.stdout) == (0, ran(*words).stdout)


def test_for_excel_the_bytes_are_as_it_wants(graph: str) -> None:
    done = ran("--to", "csv", "--from", graph, "--excel")
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbfstudy,claim,")
    assert done.stdout_bytes.count(b"\r\n") == done.stdout_bytes.count(b"\n") == 6


def test_a_study_that_is_not_there_is_an_error(graph: str) -> None:
    done = ran("able-2020", "--to", "csv", "--from", graph)
    assert isinstance(done.exception, QueryError)
    assert ran(KEY, "--to", "csv", "--from", graph).stdout.count("\n") == 6


@pytest.fixture
def releasing(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the folders that a release was asked for, none of which is written."""
    asked: list[Path] = []

    def write(folder: Path) -> bool:
        asked.append(folder)
        return len(asked) == 1

    monkeypatch.setattr(bundle, "write_release", write)
    return asked


def test_a_release_goes_to_the_folder_that_is_named(releasing: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert ran("--to", "release", str(folder)).stdout == f"wrote  {folder}\n"
    assert ran("--to", "release", str(folder)).stdout == f"stands {folder}\n"
    assert releasing == [folder, folder]


def test_kgx_goes_to_a_folder_and_what_went_where_is_counted(graph: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    words = ("--to", "kgx", str(folder), "--from", graph)
    assert ran(*words).stdout == (
        f"wrote  {folder}\n  claims: 5\n  edges: 2\n  edges_other: 3\n  negated: 2\n"
        "  claims without an edge: 0\n  nodes: 7\n"
    )
    data = json.loads(ran(*words, "--profile", "translator", "--format", "json").stdout)
    assert data["written"] == [{"path": str(folder), "changed": True}]
    assert data["counts"]["edges"] == 0
    assert data == json.loads(ran(*words, "--profile", "translator", "--format", "json").stdout) | {
        "written": [{"path": str(folder), "changed": True}]
    }
    shown = ran(*words, "--profile", "translator").stdout.splitlines()
    assert "  left out:" in shown
    assert "    the subject is a term of ours: 1" in shown


def test_nanopublications_go_to_a_folder(graph: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = ran("--to", "nanopub", str(folder), "--from", graph)
    assert done.stdout == f"wrote  {folder}\n  nanopublications: 5\n"
    assert len(list((folder / KEY).glob("*.trig"))) == 5


def test_json_ld_goes_to_a_file(graph: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonld"
    done = ran("--to", "jsonld", str(path), "--from", graph)
    assert done.stdout == f"wrote  {path}\n  quads: {len(quads())}\n"
    assert load(path).quads == quads()


WRONG: Final = {
    "profile of a table": (
        ("--to", "csv", "--profile", "translator"),
        "--profile does not go with --to csv; it is for --to kgx",
    ),
    "kgx for Excel": (("--to", "kgx", "a", "--excel"), "--excel does not go with --to kgx"),
    "kgx to no folder": (("--to", "kgx"), "--to kgx writes one folder; name it: --to kgx DIR"),
    "nanopub with --out": (
        ("--to", "nanopub", "a", "--out", "b"),
        "--out does not go with --to nanopub; name the folder as a word: --to nanopub DIR",
    ),
    "jsonld to no file": (
        ("--to", "jsonld"),
        "--to jsonld writes one file; name it: --to jsonld FILE",
    ),
    "jsonld to no place": (("--to", "jsonld", "none/a.jsonld"), "none: no such folder"),
    "no target": ((), "Missing option '--to'"),
    "no such target": (("--to", "xls"), "'xls' is not one of 'csv', 'tsv', 'jsonl', 'release'"),
    "no folder": (("--to", "release"), "--to release writes one folder; name it"),
    "empty folder": (("--to", "release", ""), "--to release writes one folder; name it"),
    "two folders": (("--to", "release", "a", "b"), "--to release writes one folder; name it"),
    "release of files": (
        ("--to", "release", "a", "--from", "GRAPH"),
        "--from does not go with --to release; a release is of the records of this package",
    ),
    "release to a file": (
        ("--to", "release", "a", "--out", "b"),
        "--out does not go with --to release; name the folder as a word",
    ),
    "release for Excel": (
        ("--to", "release", "a", "--excel"),
        "--excel does not go with --to release; export the table by itself",
    ),
    "no folder for a table": (
        ("--to", "csv", "--from", "GRAPH", "--out", "none/c.csv"),
        "none: no such folder",
    ),
    "lines for Excel": (
        ("--to", "jsonl", "--excel"),
        "--excel does not go with --to jsonl; write csv or tsv",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_go_together_is_refused(name: str, graph: str, releasing: list[Path]) -> None:
    words, message = WRONG[name]
    done = ran(*(graph if word == "GRAPH" else word for word in words))
    assert done.exit_code == 2
    assert message in done.output
    assert releasing == []


def test_every_target_can_be_asked_for() -> None:
    help_text = ran("--help").stdout
    assert f"[{'|'.join(TARGETS)}]" in help_text
