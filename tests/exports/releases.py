"""Releases for tests: one of the small study, quickly made, and ways to put one in a folder."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from samples import quads
from studyclaims.dataset import dataset_quads
from studyclaims.exports.bundle import release_files
from studyclaims.exports.contents import QUADS, TRIPLES, copied_items
from studyclaims.ontologies.mappings import mapping_quads
from studyclaims.paths import data_root

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import Quad

DUMPS: Final = {"union": (TRIPLES, "text/turtle"), "graphs": (QUADS, "application/n-quads")}
"""The packed file of each scope of a count, and its media type."""


@cache
def small_quads() -> frozenset[Quad]:
    """Return a dataset of the small study, the mappings and its description of itself."""
    held = [*quads(), *mapping_quads()]
    return frozenset([*held, *dataset_quads(held)])


@cache
def small_release() -> dict[str, bytes]:
    """Return the files of a release of that dataset."""
    return release_files(small_quads(), copied_items(data_root()))


def crate_of(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return what the crate of a release says of each thing, by its name."""
    whole = json.loads(files["ro-crate-metadata.json"])
    return {thing["@id"]: thing for thing in whole["@graph"]}


def put(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files to a folder, however they came about."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
