"""The command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import studyclaims

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
