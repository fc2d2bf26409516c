"""Run the real KGX, in an environment of its own, over what we write.

KGX pins versions that ours does not share, so it lives in ``.venv-kgx`` at the top of the
checkout, made on first use from ``requirements.txt`` and made anew whenever that file changes.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from environments import installed, run

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
VENV: Final = ROOT / ".venv-kgx"
REQUIREMENTS: Final = HERE / "requirements.txt"
RUN_SECONDS: Final = 600

CAUSAL: Final = frozenset({"biolink:causes", "biolink:contributes_to", "biolink:affects"})
"""The tops of what Biolink calls causal; what stands under them is causal too."""


def interpreter() -> Path:
    """Return the Python of the KGX environment, which is made first where it is not there.

    Raises:
        EnvironmentMissingError: It cannot be made: no package registry is reached, or no wheel
            fits.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    return installed(VENV, wanted, "-r", str(REQUIREMENTS), lock=REQUIREMENTS)


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
