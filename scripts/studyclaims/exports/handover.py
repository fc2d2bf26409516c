"""Folders of files for other programs: written whole or not at all, with a report and sums."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from studyclaims.exports import sums
from studyclaims.exports.folder import put_folder, require_free
from studyclaims.exports.kgx import exchange, kgx_files
from studyclaims.exports.nanopubs import nanopubs
from studyclaims.exports.translator import project, translator_files
from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import terms_dir

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.exports.nanopubsigning import Signer

KGX_REPORT: Final = "kgx-report.json"
NANOPUB_REPORT: Final = "nanopub-report.json"
PROFILES: Final = ("full", "translator")
"""What KGX can be written for: all claims with our columns, or Biolink's columns alone."""

Handed = tuple[bool, dict[str, Any]]
"""Whether anything changed in the folder, and what went where."""


def write_kgx(folder: Path, quads: Collection[Quad], profile: str = "full") -> Handed:
    """Put the claims of these quads in a folder as KGX; return whether it changed, and the counts.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as parent:
    ...     changed, counts = write_kgx(Path(parent, "a"), [])
    >>> changed, counts["claims"]
    (True, 0)

    Raises:
        ClaimError: a claim cannot be read, or writes what its words do not give.
        PlaceError: the folder holds what is no such export.
        OSError: the machine refused; the folder is as it was.
    """
    require_free(folder, KGX_REPORT)
    index = read_slices(terms_dir())
    rows = exchange(quads, index)
    if profile == "full":
        return _put(folder, kgx_files(rows), KGX_REPORT, rows.counts())
    found = project(rows, index)
    return _put(folder, translator_files(found), KGX_REPORT, found.counts())


def write_nanopubs(folder: Path, quads: Collection[Quad], signer: Signer | None = None) -> Handed:
    """Put a nanopublication a claim in a folder; return whether it changed, and the counts.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as parent:
    ...     write_nanopubs(Path(parent, "a"), [])
    (True, {'nanopublications': 0})

    ``signer``, from `studyclaims.exports.nanopubsigning.read_signer`, signs each.

    Raises:
        ClaimError: a claim cannot be read, or its graph does not say who drafted it and when.
        PlaceError: the folder holds what is no such export.
        OSError: the machine refused; the folder is as it was.
    """
    require_free(folder, NANOPUB_REPORT)
    found = nanopubs(quads, read_slices(terms_dir()), signer)
    files = {it.path: it.trig() for it in found}
    counts = {"nanopublications": len(found)} | ({"signed": len(found)} if signer else {})
    return _put(folder, files, NANOPUB_REPORT, counts)


def _put(
    folder: Path, files: Mapping[str, bytes], report: str, counts: Mapping[str, Any]
) -> Handed:
    """Put files in a folder with a report of what went where, and their sums."""
    said = json.dumps(counts, indent=2, ensure_ascii=False)
    whole = {**files, report: f"{said}\n".encode()}
    listed = sums.sums_text(whole).encode("utf-8")
    return put_folder(folder, {**whole, sums.NAME: listed}, report), dict(counts)
