"""The verb load, and --store of query and diff: what they print where, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

import samples
from samples import SMALL
from stores.versions import GRAPHS, version
from studyclaims.errors import StoreError
from studyclaims.formats import serialize
from studyclaims.verbs.exchange import diff
from studyclaims.verbs.graphs import query
from studyclaims.verbs.loading import load

if TYPE_CHECKING:
    from pathlib import Path

    import click

STUDY = "https://w3id.org/studyclaims/study/small-2020"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a graph and a record, and a store that holds the graph."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.nq").write_bytes(serialize(samples.quads(), "nq", {}))
    new = SMALL.replace("certainty: suggested", "certainty: speculated")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "small-2020.yaml").write_text(new, encoding="utf-8")
    (tmp_path / "same.yaml").write_text(SMALL, encoding="utf-8")
    assert run(load, "small.nq", "--store", "store").exit_code == 0
    return tmp_path


def run(verb: click.Command, *words: str) -> Result:
    return CliRunner().invoke(verb, words)


def test_a_load_says_what_it_did_and_the_second_that_nothing_changed(folder: Path) -> None:
    first = run(load, "small.nq", "--store", "other", "--format", "json")
    data = json.loads(first.stdout)
    count = len(samples.quads())
    assert data["graphs"] == [{"graph": STUDY, "change": "added", "triples": count}]
    assert (data["store"], data["changed"], data["quads"]) == ("other", True, count)
    again = run(load, "small.nq", "--store", "other")
    assert again.stdout == f"unchanged: 1 graph, {count} quads, sha256 {data['sha256']}\n"
    assert (folder / "other" / "now").readlink().name == "1"


def test_a_dry_run_makes_nothing_and_lines_end_with_a_summary(folder: Path) -> None:
    done = run(load, "new/small-2020.yaml", "--store", "store", "--dry-run", "--format", "jsonl")
    row, summary = map(json.loads, done.stdout.splitlines())
    assert (row["graph"], row["change"]) == (STUDY, "replaced")
    assert (summary["what"], summary["dry_run"], summary["changed"]) == ("summary", True, True)
    assert (folder / "store" / "now").readlink().name == "1"
    assert run(load, "small.nq", "--store", "never", "--dry-run").stdout.startswith(f"+ {STUDY}")
    assert not (folder / "never").exists()


def test_a_store_is_asked(folder: Path) -> None:
    text = "SELECT ?claim ?stance { ?claim sc:stance ?stance } ORDER BY ?claim"
    words = (text, "--set", "stance=sc:refutes", "--format", "csv")
    asked = run(query, *words, "--store", "store")
    assert asked.stdout == run(query, *words, "--from", "small.nq").stdout
    assert asked.stdout.count("\n") == 2
    assert folder.is_dir()


def test_a_store_is_compared_with_what_is_here(folder: Path) -> None:
    same = run(diff, "same.yaml", "--store", "store")
    assert same.stdout == "store -> same.yaml\nno difference in claims: 5 the same\n"
    other = run(diff, "new/small-2020.yaml", "--store", "store")
    assert other.exit_code == 1
    assert "    certainty: suggested -> speculated" in other.stdout.splitlines()
    assert folder.is_dir()


def test_graphs_that_are_not_compared_are_no_difference(folder: Path) -> None:
    (folder / "more.nq").write_bytes(
        version(1).graphs[GRAPHS[0]].replace(b" .\n", b" <%s> .\n" % GRAPHS[0].encode())
    )
    assert run(load, "more.nq", "--store", "store").exit_code == 0
    done = run(diff, "same.yaml", "--store", "store", "--format", "json")
    data = json.loads(done.stdout)
    assert (data["same"], data["other statements"]) == (True, {"only in old": 0, "only in new": 0})


@pytest.mark.parametrize(
    ("verb", "words", "told"),
    [
        (query, ("ASK {}", "--store", "store", "--from", "small.nq"), "leave one out"),
        (query, ("--store", "store"), "name what the store is asked"),
        (diff, (), "name what to compare"),
        (diff, ("a", "b", "--store", "store"), "--store is one side"),
        (load, ("small.nq",), "--store"),
        (load, ("none.nq", "--store", "store"), "does not exist"),
    ],
)
def test_wrong_use_ends_with_2(
    verb: click.Command, words: tuple[str, ...], told: str, folder: Path
) -> None:
    done = run(verb, *words)
    assert (done.exit_code, told in done.stderr, done.stdout) == (2, True, "")
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("verb", "words"),
    [(query, ("ASK {}",)), (diff, ("same.yaml",))],
)
def test_where_no_store_is_it_is_told(
    verb: click.Command, words: tuple[str, ...], folder: Path
) -> None:
    done = run(verb, *words, "--store", "never")
    assert isinstance(done.exception, StoreError)
    assert "never: no store is here; make one with: studyclaims load" in str(done.exception)
    assert folder.is_dir()
