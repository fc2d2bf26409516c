"""The verbs `explain` and `retract`: what they print where, in which form, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from chains.test_explanations import CHAIN, FRAGILE, INFLAMED, NULL, OWN, told
from comparing.test_contested import INJECTED, LOSS
from studyclaims.errors import QueryError
from studyclaims.formats import serialize
from studyclaims.graph import load
from studyclaims.verbs.explaining import explain, retract

if TYPE_CHECKING:
    from pathlib import Path

    from click import Command
    from click.testing import Result

TOXIN: Final = "CHEBI:3160"
BONE: Final = "UBERON:0002481"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the graphs of two studies."""
    lines = (
        (INJECTED, "cause", LOSS, OWN),
        (LOSS, "precede", INFLAMED, OWN),
        (INFLAMED, "cause", LOSS, OWN),
    )
    path = tmp_path_factory.mktemp("graphs") / "two.nq"
    path.write_bytes(serialize(CHAIN | told("baker-2021", *lines), "nq", {}))
    return path


def run(verb: Command, graph: Path, *words: str) -> Result:
    return CliRunner().invoke(verb, [*words, "--from", str(graph)])


def test_paths_as_text(graph: Path) -> None:
    done = run(explain, graph, TOXIN, "osteopenia")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(
        f"From Botulinum toxin type A ({TOXIN}) to Osteopenia (HP:0000938)\n"
    )
    assert done.stdout.endswith("  Nobody claims this path as a whole.\n")


def test_paths_as_data(graph: Path) -> None:
    done = run(explain, graph, TOXIN, BONE, "--format", "json")
    data = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert [path["number"] for path in data["paths"]] == [1, 2]
    lines = run(explain, graph, TOXIN, BONE, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == data["paths"]


def test_paths_as_markdown(graph: Path) -> None:
    done = run(explain, graph, TOXIN, "osteopenia", "--format", "markdown")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == load(graph).explain(TOXIN, "osteopenia").to_markdown()


def test_paths_are_limited(graph: Path) -> None:
    assert run(explain, graph, TOXIN, BONE, "--limit", "1").stdout.count("\nPath ") == 1
    assert run(explain, graph, TOXIN, BONE, "--max-steps", "1").stdout.count("\nPath ") == 1
    assert run(explain, graph, TOXIN, BONE).stdout.count("\nPath ") == 2


def test_what_is_not_causal_is_followed_on_demand(graph: Path) -> None:
    lost = "decreased tissue amount of bone tissue"
    assert run(explain, graph, lost, "osteopenia").exit_code == 1
    done = run(explain, graph, lost, "osteopenia", "--all-relations")
    assert (done.exit_code, done.stdout.count("[not causal]")) == (0, 1)


def test_no_path_ends_with_one_and_says_where_to_go_on(graph: Path) -> None:
    done = run(explain, graph, "osteopenia", TOXIN)
    assert (done.exit_code, done.stderr) == (1, "")
    assert "No path of claims leads from the one to the other.\n" in done.stdout
    data = json.loads(run(explain, graph, "osteopenia", TOXIN, "--format", "json").stdout)
    assert (data["paths"], data["hints"]["theOtherWayRound"]) == ([], True)
    lines = run(explain, graph, "osteopenia", TOXIN, "--format", "jsonl")
    assert (lines.exit_code, lines.stdout) == (1, "")


def test_a_name_that_is_not_there_is_refused(graph: Path) -> None:
    for verb, words in ((explain, ("no such", BONE)), (retract, ("10.1234/nothing",))):
        error = run(verb, graph, *words).exception
        assert isinstance(error, QueryError)
        assert error.exit_status == 2


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_a_limit_out_of_range_is_wrong_use(graph: Path, limit: str) -> None:
    for option in ("--limit", "--max-steps"):
        assert run(explain, graph, TOXIN, BONE, option, limit).exit_code == 2


def test_a_retraction_as_text_and_as_data(graph: Path) -> None:
    done = run(retract, graph, "10.1234/able-2020")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{load(graph).retract('able-2020')}\n"
    data = json.loads(run(retract, graph, "able-2020", "--format", "json").stdout)
    assert data["records"] == {"able-2020": {"lost": 3, "claims": 3}}


def test_a_record_that_is_not_in_the_graph_is_told_apart(graph: Path) -> None:
    error = run(retract, graph, "ausk-2017").exception
    assert isinstance(error, QueryError)
    assert "though there is a record of it" in str(error)


def test_python_takes_what_the_verbs_take(graph: Path) -> None:
    held = load(graph)
    lost = "decreased tissue amount of bone tissue"
    assert held.explain(lost, "osteopenia").paths == ()
    assert len(held.explain(lost, "osteopenia", all_relations=True).paths) == 1
    assert len(held.explain(TOXIN, BONE, max_steps=1).paths) == 1
    assert len(held.explain(TOXIN, BONE, 1).paths) == 1
    assert held.explain(TOXIN, FRAGILE["term"].split()[0]).paths[0].strength == "suggested"


def test_paths_that_nobody_supports_end_with_one(graph: Path, tmp_path: Path) -> None:
    for said in (NULL, {"stance": "refutes"}, {"stance": "inconclusive"}):
        path = tmp_path / "null.nq"
        path.write_bytes(serialize(told("able-2020", (INJECTED, "cause", LOSS, said)), "nq", {}))
        for form in ("text", "json", "markdown", "jsonl"):
            done = run(explain, path, TOXIN, BONE, "--format", form)
            assert (done.exit_code, done.stderr) == (1, "")
            assert "able-2020/c1" in done.stdout
    assert run(explain, graph, TOXIN, BONE).exit_code == 0


def test_what_cannot_be_read_is_told_once_on_standard_error(tmp_path: Path) -> None:
    bare = {q for q in CHAIN if "c1" in str(q.subject) and q.predicate.value.endswith("/certainty")}
    path = tmp_path / "bare.nq"
    path.write_bytes(serialize(CHAIN - bare, "nq", {}))
    warning = (
        "warning: 1 thing in the graph cannot be read and is left out:\n"
        "  able-2020/c1: found sc:certainty nothing, expected one IRI\n"
    )
    for form in ("text", "json", "markdown", "jsonl"):
        done = run(explain, path, TOXIN, "osteopenia", "--format", form)
        assert (done.exit_code, done.stderr) == (0, warning)
    done = run(retract, path, "able-2020")
    assert (done.exit_code, done.stderr) == (0, warning)
    data = json.loads(run(retract, path, "able-2020", "--format", "json").stdout)
    assert data["unread"] == {"able-2020/c1": "found sc:certainty nothing, expected one IRI"}
