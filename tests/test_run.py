"""`./run`, with an environment that is set up already: which program it starts, and where."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STUB: Final = """\
#!/bin/sh
printf '%s | %s | %s\\n' "$0" "$(pwd)" "$*"
"""
"""Stands for studyclaims: says what it was started as, where, and with which words."""


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """Return an environment that `./run` takes for one that it set up."""
    made = tmp_path / "env"
    (made / "bin").mkdir(parents=True)
    program = made / "bin" / "studyclaims"
    program.write_text(STUB, encoding="utf-8")
    program.chmod(0o755)
    read = b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "requirements.lock"))
    summed = subprocess.run(["cksum"], input=read, capture_output=True, check=True)  # noqa: S607
    (made / ".set-up").write_text(f"{ROOT} {summed.stdout.decode().strip()}", encoding="utf-8")
    return made


def ran(folder: Path, named: str, *words: str) -> list[list[str]]:
    done = subprocess.run(
        [str(ROOT / "run"), *words],
        env={"PATH": os.environ["PATH"], "STUDYCLAIMS_VENV": named},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return [line.split(" | ") for line in done.stdout.splitlines() if " | " in line]


@pytest.mark.parametrize("relative", [True, False])
def test_a_verb_is_run_where_one_is(venv: Path, relative: bool) -> None:
    named = "env" if relative else str(venv)
    program = str(venv / "bin" / "studyclaims")
    assert ran(venv.parent, named, "show", "a b") == [[program, str(venv.parent), "show a b"]]


@pytest.mark.parametrize("relative", [True, False])
def test_the_main_job_is_done_in_the_checkout(venv: Path, relative: bool) -> None:
    named = "env" if relative else str(venv)
    program, here = str(venv / "bin" / "studyclaims"), str(ROOT)
    jobs = ["build", "validate", "query trace-effects --format table"]
    assert ran(venv.parent, named) == [[program, here, job] for job in jobs]
