"""A git repository of records with three commits, the first empty, for tests of what git has."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from samples import KEY, SMALL, quads
from studyclaims.formats import serialize

if TYPE_CHECKING:
    from pathlib import Path

OLD = SMALL.replace("certainty: suggested", "certainty: speculated")
"""The record of the tag ``first``; that of HEAD is the small one."""


def git(folder: Path, *words: str) -> None:
    """Run git without the settings of whoever runs the tests."""
    people = {
        f"GIT_{who}_{what}": "x@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        ["git", *words],  # noqa: S607 - the git of this machine
        cwd=folder,
        env=os.environ | people | alone,
        check=True,
        capture_output=True,
        timeout=60,
    )


def repository(folder: Path) -> Path:
    """Return a folder with ``studies/``: a record as it was at two commits, and its graph."""
    studies = folder / "studies"
    studies.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=nothing")
    git(folder, "tag", "before")
    (studies / f"{KEY}.yaml").write_text(OLD, encoding="utf-8")
    (studies / "gone-2019.yaml").write_text("not: a record\n", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=one")
    git(folder, "tag", "first")
    (studies / f"{KEY}.yaml").write_text(SMALL, encoding="utf-8")
    (studies / "gone-2019.yaml").unlink()
    (folder / "built.nq").write_bytes(serialize(quads(), "nq", {}))
    (folder / "empty").mkdir()
    (folder / "empty" / "note.txt").touch()
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=two")
    return folder
