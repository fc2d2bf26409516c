"""Judge a crate by the validator of RO-Crates, in an environment of its own.

The validator pins versions that ours does not share, so it lives in ``.venv-crate`` at the top of
the checkout, made on first use from ``requirements.txt``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from environments import installed, run

HERE: Final = Path(__file__).resolve().parent
VENV: Final = HERE.parents[1] / ".venv-crate"
REQUIREMENTS: Final = HERE / "requirements.txt"
SECONDS: Final = 300


def interpreter() -> Path:
    """Return the Python of the environment, which is made first where it is not there.

    Raises:
        EnvironmentMissingError: It cannot be made: no package registry is reached, or no wheel
            fits.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    return installed(VENV, wanted, "-r", str(REQUIREMENTS), lock=REQUIREMENTS)


def judged(folder: Path, home: Path, severity: str) -> dict[str, Any]:
    """Return what the validator says of a crate, and what the library `rocrate` reads in it.

    Args:
        folder: The crate.
        home: A folder for what the programs leave behind.
        severity: The least that is looked for, REQUIRED or RECOMMENDED.
    """
    command = [str(interpreter()), "-P", str(HERE / "judge_crate.py"), str(folder), severity]
    done = run(command, seconds=SECONDS, folder=home, HOME=str(home))
    if done.returncode:
        raise RuntimeError(f"the validator ended with {done.returncode}:\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
