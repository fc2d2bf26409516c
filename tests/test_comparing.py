"""The verbs `evidence` and `compare`: what they print where, in which form, and how they end."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, Quad

from comparing.test_contested import ATROPHY, INJECTED, LESS_SPONGY, LOSS, study
from studyclaims.errors import ClaimError
from studyclaims.formats import serialize
from studyclaims.graph import load
from studyclaims.rdf import node
from studyclaims.showing.pages import page
from studyclaims.verbs.comparing import compare, evidence
from studyclaims.verbs.graphs import contested, show

if TYPE_CHECKING:
    from pathlib import Path

    from click import Command
    from click.testing import Result

FROM = "injection by Botulinum toxin type A"
TO = "decreased tissue amount of bone tissue"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the graphs of two studies."""
    quads = study(
        "able-2020",
        (INJECTED, "cause", LOSS, "supports"),
        (INJECTED, "cause", LESS_SPONGY, "noEffect"),
        (LOSS, "cause", ATROPHY, "supports"),
    ) | study("baker-2021", (INJECTED, "cause", LOSS, "supports"))
    path = tmp_path_factory.mktemp("graphs") / "two.nq"
    path.write_bytes(serialize(quads, "nq", {}))
    return path


def run(verb: Command, graph: Path, *words: str) -> Result:
    return CliRunner().invoke(verb, [*words, "--from", str(graph)])


def test_evidence_as_text(graph: Path) -> None:
    done = run(evidence, graph, FROM, TO)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"from: {FROM}\nto: {TO}\n\n{FROM} | cause | {TO}\n  for\n")
    assert done.stdout.endswith("  in all: 2 papers, 3 claims\n")


def test_evidence_as_data(graph: Path) -> None:
    done = run(evidence, graph, FROM, TO, "--format", "json")
    data = json.loads(done.stdout)
    assert (done.exit_code, done.stderr, data["all"]["papers"]) == (0, "", 2)
    lines = run(evidence, graph, FROM, TO, "--format", "jsonl").stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["claim"], row["side"]) for row in rows] == [
        ("able-2020/c1", "for"), ("baker-2021/c1", "for"), ("able-2020/c2", "against"),
    ]  # fmt: skip


@pytest.mark.parametrize(("form", "dialect"), [("csv", "excel"), ("tsv", "excel-tab")])
def test_evidence_as_a_table(graph: Path, form: str, dialect: str) -> None:
    done = run(evidence, graph, FROM, TO, "--format", form)
    header, *rows = csv.reader(io.StringIO(done.stdout), dialect)
    assert done.exit_code == 0
    assert [name.removeprefix("?") for name in header[:2]] == ["side", "narrower"]
    assert [tuple(row[:2]) for row in rows] == [("for", ""), ("for", ""), ("against", "outcome")]


@pytest.mark.parametrize("form", ["text", "jsonl", "csv", "json"])
def test_where_nothing_is_said_it_ends_with_1_and_tells_of_each(graph: Path, form: str) -> None:
    done = run(evidence, graph, TO, FROM, "--format", form)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"no source says anything of a link from {TO} to {FROM}\n")
    assert f"the other way round: 3 claims; run: studyclaims evidence '{FROM}'" in done.stderr
    assert done.stderr.endswith(f"studyclaims explain '{TO}' '{FROM}'\n")
    if form == "json":
        assert json.loads(done.stdout)["propositions"] == []
    elif form == "csv":
        assert done.stdout.startswith("side,narrower,study,claim")
        assert done.stdout.count("\n") == 1
    else:
        assert done.stdout == ""


def test_compare_as_text_and_as_data(graph: Path) -> None:
    done = run(compare, graph, "able-2020", "10.1234/baker-2021")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "PROPOSITIONS OF BOTH: 1\n" in done.stdout
    assert done.stdout.endswith("able-2020 alone: 1 claim\nbaker-2021 alone: 0 claims\n")
    listed = run(compare, graph, "able-2020", "baker-2021", "--all").stdout
    assert listed.startswith(done.stdout.partition("able-2020 alone")[0])
    assert "able-2020 alone: 1 claim\n    able-2020/c3: supports" in listed
    data = json.loads(run(compare, graph, "able-2020", "baker-2021", "--format", "json").stdout)
    assert [claim["claim"] for claim in data["alone"][0]] == ["able-2020/c3"]
    one = run(compare, graph, "able-2020", "baker-2021", "--format", "jsonl").stdout
    assert json.loads(one) == data


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file in which one claim has an unknown stance, and one label what a screen obeys."""
    quads = study("able-2020", (INJECTED, "cause", LOSS, "supports")) | study(
        "baker-2021", (INJECTED, "cause", LOSS, "refutes"), (LOSS, "cause", ATROPHY, "supports")
    )
    claim = node("https://w3id.org/studyclaims/claim/baker-2021/c1")
    changed = [
        Quad(q.subject, q.predicate, node("urn:x:odd"), q.graph_name)
        if (q.subject, q.predicate) == (claim, node("sc:stance"))
        else Quad(q.subject, q.predicate, Literal("Rest \x1b[2J"), q.graph_name)
        if q.predicate == node("dct:title")
        else q
        for q in quads
    ]
    path = tmp_path_factory.mktemp("graphs") / "odd.nq"
    path.write_bytes(serialize(changed, "nq", {}))
    return path


FAULT = "left out: baker-2021/c1: found sc:stance urn:x:odd, expected one of sc:supports,"


def told(verb: Command, odd: Path, *words: str) -> tuple[str, str]:
    done = run(verb, odd, *words)
    # What a program reads has every sign of the data.
    shown = done.stderr if {"csv", "tsv"} & {*words} else done.stdout + done.stderr
    assert (done.exit_code, "\x1b" in shown) == (0, False)
    return done.stdout, done.stderr


def test_a_claim_that_cannot_be_read_is_left_out_and_told_of(odd: Path) -> None:
    out, err = told(evidence, odd, FROM, TO)
    assert FAULT in out
    assert "source: Rest \\x1b[2J <" in out
    assert "  in all: 1 paper, 1 claim\n" in out
    assert err == ""
    for form in ("csv", "tsv", "jsonl"):
        assert told(evidence, odd, FROM, TO, "--format", form)[1].startswith(FAULT)
    data = json.loads(told(evidence, odd, FROM, TO, "--format", "json")[0])
    assert list(data["faulty"]) == ["baker-2021/c1"]
    out, err = told(compare, odd, "able-2020", "baker-2021")
    assert FAULT in out
    assert "baker-2021 alone: 1 claim\n" in out
    assert err == ""
    out, err = told(contested, odd)
    assert out == "no topic has two sides\n"
    assert err.startswith(FAULT)


def test_a_page_of_what_cannot_be_read_is_an_error_and_of_all_else_says_so(odd: Path) -> None:
    assert (
        "baker-2021/c1: cannot be read out: found sc:stance urn:x:odd"
        in told(show, odd, "baker-2021")[0]
    )
    with pytest.raises(ClaimError, match="baker-2021/c1: found sc:stance urn:x:odd"):
        page(load(odd).store, "baker-2021/c1")


@pytest.mark.parametrize("names", [(), ("able-2020",), ("able-2020", "baker-2021", "carl-2022")])
@pytest.mark.parametrize("verb", [compare, evidence])
def test_both_take_two_names(graph: Path, verb: Command, names: tuple[str, ...]) -> None:
    done = run(verb, graph, *names)
    assert (done.exit_code, done.stdout) == (2, "")
