"""Run the real KGX, in an environment of its own, over what we write.

KGX pins versions that ours does not share, so it lives in ``.venv-kgx`` at the top of the
checkout, made on first use from ``requirements.txt`` and made anew whenever that file changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
VENV: Final = ROOT / ".venv-kgx"
REQUIREMENTS: Final = HERE / "requirements.txt"
INSTALL_SECONDS: Final = 900
RUN_SECONDS: Final = 600

CAUSAL: Final = frozenset({"biolink:causes", "biolink:contributes_to", "biolink:affects"})
"""The tops of what Biolink calls causal; what stands under them is causal too."""


class KgxMissingError(Exception):
    """The KGX environment cannot be made on this machine; the message says why."""


def run(
    command: list[str], *, seconds: int, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it printed and how it ended.

    Args:
        command: The program and its arguments.
        seconds: How long it may take.
        text: What it reads on stdin.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        input=text,
        timeout=seconds,
        env={**kept, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},  # KGX walks over sets
    )


def wanted() -> str:
    """Return what the stamp of a good environment says: requirements and Python."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    return f"{digest} {sys.version_info.major}.{sys.version_info.minor}\n"


def install_commands(python: Path) -> list[list[str]]:
    """Return the commands that make the environment: with uv where there is one, else with pip."""
    beside = Path(sys.executable).with_name("uv")
    uv = shutil.which("uv") or (str(beside) if beside.is_file() else None)
    requirements = str(REQUIREMENTS)
    if uv:
        return [
            [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)],
            [uv, "pip", "install", "--quiet", "--python", str(python), "-r", requirements],
        ]
    return [
        [sys.executable, "-m", "venv", str(VENV)],
        [str(python), "-m", "pip", "install", "--quiet", "-r", requirements],
    ]


def interpreter() -> Path:
    """Return the Python of the KGX environment, which is made first where it is not there.

    Raises:
        KgxMissingError: It cannot be made: no package registry is reached, or no wheel fits.
    """
    python = VENV / "bin" / "python"
    stamp = VENV / "requirements.stamp"
    with REQUIREMENTS.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of several test processes makes it
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted():
            return python
        shutil.rmtree(VENV, ignore_errors=True)
        for command in install_commands(python):
            try:
                done = run(command, seconds=INSTALL_SECONDS)
            except subprocess.TimeoutExpired as late:
                raise KgxMissingError(f"{command[0]} took over {INSTALL_SECONDS} s") from late
            if done.returncode:
                said = re.sub(r"https?://\S+", "(an address)", done.stderr[-2000:])
                raise KgxMissingError(f"{' '.join(command)} failed:\n{said}")
        stamp.write_text(wanted(), encoding="utf-8")
    return python


def ask(script: str, *arguments: str, text: str | None = None) -> Any:  # noqa: ANN401
    """Return the JSON that one of the scripts beside this file prints.

    Args:
        script: Its file name.
        arguments: Its command line.
        text: What it reads on stdin.
    """
    command = [str(interpreter()), "-P", str(HERE / script), *arguments]
    done = run(command, seconds=RUN_SECONDS, text=text)
    if done.returncode:
        raise RuntimeError(f"{script} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout)


def kgx_edges(
    triples: Path, *, memory: bool = False, own_prefixes: bool = True
) -> list[dict[str, Any]]:
    """Return the edges that KGX makes of an N-Triples file.

    ``subject``, ``object`` and ``id`` are IRIs; ``predicate`` and ``relation`` are as KGX writes
    them; ``predicate_ancestors`` lists the Biolink predicates at and above ``predicate``.

    Args:
        triples: The file; KGX takes no comment and no empty line in it.
        memory: Go through KGX's in-memory graph, its default, instead of streaming.
        own_prefixes: Tell KGX the prefixes of ``ontology/context.jsonld``. It compares local
            names with Biolink only where it knows the prefix.
    """
    options = ["--memory"] if memory else []
    if own_prefixes:
        options += ["--context", str(ROOT / "ontology" / "context.jsonld")]
    edges: list[dict[str, Any]] = ask("read_graph.py", str(triples), *options)["edges"]
    return edges


def causal(edges: Iterable[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Return subject, predicate and object of those edges that Biolink holds to be causal."""
    return {
        (edge["subject"], edge["predicate"], edge["object"])
        for edge in edges
        if not CAUSAL.isdisjoint(edge["predicate_ancestors"])
    }


def biolink_names(names: Iterable[str]) -> dict[str, str]:
    """Return those of the local names that KGX takes for something of Biolink, and for what."""
    found: dict[str, str | None] = ask("name_lookup.py", text="\n".join(names))
    return {name: element for name, element in found.items() if element is not None}
