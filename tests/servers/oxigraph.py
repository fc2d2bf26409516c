"""Oxigraph's server: the program of the PyPI package ``oxigraph``, on disk. It has no passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from servers.places import CACHE, HERE, LOOPBACK, without_file
from servers.processes import Recipe

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = "0.5.13"
REQUIREMENTS: Final = HERE / "oxigraph.txt"
VENV: Final = CACHE / "oxigraph"
PROGRAM: Final = VENV / "bin" / "oxigraph"


def missing() -> str:
    """Return why the server cannot be started, or nothing."""
    return without_file(PROGRAM)


def recipe(folder: Path, port: int) -> Recipe:
    """Return how the server is started on a folder and a port."""
    url = f"http://{LOOPBACK}:{port}"
    place = ("--location", str(folder / "data"), "--bind", f"{LOOPBACK}:{port}")
    return Recipe(
        kind="oxigraph",
        title="Oxigraph",
        version=VERSION,
        command=(str(PROGRAM), "serve", *place),
        url=url,
        query_url=f"{url}/query",
        update_url=f"{url}/update",
        graph_store_url=f"{url}/store",
        ready=f"{url}/",
    )
