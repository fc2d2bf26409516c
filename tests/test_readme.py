"""The README's sessions do what they show."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSION = README.partition("## A session")[2].partition("```console")[2].partition("```")[0]
STEPS = re.findall(r"^\$ (studyclaims .*)\n((?:(?!\$ ).*\n)*)", SESSION, re.MULTILINE)


def said(command: str) -> str:
    """Return what a command prints, both streams in the order of a terminal."""
    words = shlex.split(command)
    assert words[0] == "studyclaims"
    done = subprocess.run(
        [sys.executable, "-m", "studyclaims", *words[1:]],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "scripts"), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_the_readme_has_a_session() -> None:
    assert len(STEPS) >= 4


@pytest.mark.slow
@pytest.mark.parametrize(("command", "shown"), STEPS, ids=[command for command, _ in STEPS])
def test_a_step_of_the_session_prints_what_is_shown(command: str, shown: str) -> None:
    gaps = [re.escape(part) for part in re.split(r"^\.\.\.\n|\.\.\.", shown, flags=re.MULTILINE)]
    assert re.fullmatch(".*?".join(gaps), said(command), re.DOTALL), said(command)


def test_the_numbers_of_claims_are_those_of_the_graph() -> None:
    claims = re.search(r"(\d+) of (\d+) claims are signed", README)
    assert claims
    counts = said("studyclaims stats")
    assert f"{claims[1]}  claims signed by a person" in counts
    assert f"{claims[2]}  claims\n" in counts


def test_every_linked_file_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_each_verb_of_the_first_screen_is_one_that_run_knows() -> None:
    commands = re.findall(r"^\$ \./run ?(\w*)", README, re.MULTILINE)
    assert commands[0] == ""
    run = (ROOT / "run").read_text(encoding="utf-8")
    verbs = said("studyclaims --help")
    for verb in commands[1:]:
        assert f"\n  {verb} " in verbs or f"\n{verb})" in run
