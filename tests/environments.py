"""Python environments of their own, for programs that cannot or must not share ours."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

INSTALL_SECONDS: Final = 900


class EnvironmentMissingError(Exception):
    """An environment cannot be made on this machine; the message says why."""


def run(
    command: list[str],
    *,
    seconds: int,
    text: str | None = None,
    folder: Path | None = None,
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Run a command out of reach of our Python's settings, and return how it ended.

    Args:
        command: The program and its arguments.
        seconds: How long it may take.
        text: What it reads on stdin.
        folder: Where it runs.
        more: Further variables of its environment.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        input=text,
        timeout=seconds,
        cwd=folder,
        env={**kept, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", **more},
    )


def installed(venv: Path, wanted: str, *packages: str, lock: Path) -> Path:
    """Return the Python of an environment that holds these packages, made where it is not there.

    Args:
        venv: Its folder.
        wanted: What its stamp must say; with another stamp it is made anew.
        packages: What to install, as pip's command line has it.
        lock: A file to lock, so that one of several test processes makes it.

    Raises:
        EnvironmentMissingError: No package registry is reached, or no wheel fits.
    """
    python, stamp = venv / "bin" / "python", venv / "stamp"
    text = f"{wanted} {sys.version_info.major}.{sys.version_info.minor}\n"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == text:
            return python
        shutil.rmtree(venv, ignore_errors=True)
        for command in _install_commands(venv, packages):
            _succeed(command)
        stamp.write_text(text, encoding="utf-8")
    return python


def _install_commands(venv: Path, packages: tuple[str, ...]) -> list[list[str]]:
    """Return the commands that make the environment: with uv where there is one, else with pip."""
    python = str(venv / "bin" / "python")
    beside = Path(sys.executable).with_name("uv")
    uv = shutil.which("uv") or (str(beside) if beside.is_file() else None)
    if uv:
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, str(venv)],
            [uv, "pip", "install", "--quiet", "--python", python, *packages],
        ]
    return [
        [sys.executable, "-m", "venv", str(venv)],
        [python, "-m", "pip", "install", "--quiet", *packages],
    ]


def _succeed(command: list[str]) -> None:
    try:
        done = run(command, seconds=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as late:
        raise EnvironmentMissingError(f"{command[0]} took over {INSTALL_SECONDS} s") from late
    if done.returncode:
        said = re.sub(r"https?://\S+", "(an address)", done.stderr[-2000:])
        raise EnvironmentMissingError(f"{' '.join(command)} failed:\n{said}")
