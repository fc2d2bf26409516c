"""Judge nanopublications by ``nanopub`` and ``nanopub-sign``, in an environment of their own.

The first pins versions that ours does not share, so it lives in ``.venv-nanopub`` at the top of the
checkout, made on first use from ``requirements.txt``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from environments import installed, run

HERE: Final = Path(__file__).resolve().parent
VENV: Final = HERE.parents[1] / ".venv-nanopub"
REQUIREMENTS: Final = HERE / "requirements.txt"
SECONDS: Final = 300


def judged(folder: Path, home: Path) -> dict[str, dict[str, Any]]:
    """Return what the packages say of each file of nanopublications below a folder.

    Args:
        folder: Where they lie.
        home: A folder for what the program leaves behind.

    Raises:
        EnvironmentMissingError: the environment cannot be made.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    python = installed(VENV, wanted, "-r", str(REQUIREMENTS), lock=REQUIREMENTS)
    command = [str(python), "-P", str(HERE / "judge_nanopubs.py"), str(folder)]
    done = run(command, seconds=SECONDS, folder=home, HOME=str(home))
    if done.returncode:
        raise RuntimeError(f"the judge ended with {done.returncode}:\n{done.stderr[-4000:]}")
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found
