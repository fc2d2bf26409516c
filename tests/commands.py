"""The command line in a process of its own: one line, or many with the imports made once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import studyclaims

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRIPTS: Final = Path(studyclaims.__path__[0]).parent
ROOT: Final = SCRIPTS.parent

End = tuple[int, str, str]
"""Exit status, standard output, standard error."""


def environment(**more: str) -> dict[str, str]:
    return {"PYTHONPATH": str(SCRIPTS), "PATH": os.environ["PATH"]} | more


def run(
    *words: str, stdin: str | bytes = b"", cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "studyclaims", *words],
        input=data,
        capture_output=True,
        env=environment(**more),
        cwd=cwd or ROOT,
        check=False,
        timeout=120,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


FORK: Final = """
import gc, json, os, sys, tempfile
import pyshacl, rdflib, studyclaims.answers, studyclaims.graph, studyclaims.validation
from studyclaims.cli import main
gc.freeze()
ends = []
for words in json.load(sys.stdin):
    files = [tempfile.TemporaryFile() for _ in range(2)]
    child = os.fork()
    if not child:
        for number, file in enumerate(files, start=1):
            os.dup2(file.fileno(), number)
        sys.argv = ["studyclaims", *words]
        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code)
    ends.append([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])])
    for file in files:
        file.seek(0)
        ends[-1].append(file.read().decode("utf-8"))
json.dump(ends, sys.stdout)
"""
"""Runs many command lines, each in a process of its own, with the imports made once."""


def run_many(lines: Iterable[tuple[str, ...]], folder: str) -> list[End]:
    """Return (exit status, standard output, standard error) of each of these command lines."""
    done = subprocess.run(
        [sys.executable, "-c", FORK],
        input=json.dumps(list(lines)),
        capture_output=True,
        env=environment(STUDYCLAIMS_CACHE=folder),
        cwd=ROOT,
        text=True,
        check=True,
        timeout=120,
    )
    return [tuple(end) for end in json.loads(done.stdout)]
