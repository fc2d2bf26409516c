"""The two sides of a comparison: records, files of graphs, folders, or what git has of them.

A side is named by a study's key, by a path, or by a revision and one of these, as
``HEAD~1:ausk-2017``; a path from the top of the repository, or from here if it begins with ``./``.
A revision alone, or with nothing behind the colon, is every record of the corpus as it was.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studyclaims.changes.revisions import commit, file_at, files_at, is_folder, top
from studyclaims.converting import RECORDS, form_and_packing, record_in
from studyclaims.errors import RecordError, SetupError, TermError
from studyclaims.ontologies.slices import read_slices
from studyclaims.outside import CHILD_LIMIT, read_outside, read_stream
from studyclaims.paths import in_checkout, studies_dir, terms_dir
from studyclaims.quads import study_quads
from studyclaims.release import TOOL
from studyclaims.yamltree import SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

_LATEST: Final = "HEAD"
"""The revision that a record or a file is compared with where no other is named."""

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: how it is named, and its quads."""

    name: str
    quads: frozenset[Quad]


@dataclass(frozen=True, slots=True)
class _Place:
    """A file or a folder, here and in the repository of ``folder``."""

    folder: Path
    inner: str
    here: Path


def two_sides(old: str, new: str | None = None) -> tuple[Side, Side]:
    """Return both sides of a comparison.

    Without ``new``, a key or a path is compared with itself at HEAD, and what is named at a
    revision with what stands here now.

    >>> [side.name for side in two_sides("ausk-2017", "ausk-2017")]
    ['ausk-2017', 'ausk-2017']

    Raises:
        TermError: a name that stands for nothing.
        RecordError: records that cannot be read; holds all their findings.
        StoreError: a file of graphs that cannot be read.
        SetupError: no git, or no repository.
    """
    if new is not None:
        return read_side(old), read_side(new)
    path = _path_of(old)
    if path is None:
        rest = _parted(old)[2]
        place = _place(rest)
        if not place.here.exists():
            raise TermError(str(place.here), "is not here any more", "name what to compare with")
        return read_side(old), _here(rest or "the records here", place.here)
    whole = path.resolve()
    folder, inner = (whole, "./") if whole.is_dir() else (whole.parent, f"./{whole.name}")
    before = _at_revision(_LATEST, _Place(folder, inner, whole), f"{_LATEST}:{old}")
    return before, _here(old, path)


def read_side(name: str) -> Side:
    """Return what a key, a path, or a revision and one of these stands for.

    >>> len(read_side("ausk-2017").quads) > 1000
    True

    Raises:
        TermError: it stands for nothing.
        RecordError: records that cannot be read; holds all their findings.
        StoreError: a file of graphs that cannot be read.
        SetupError: no git, or no repository.
    """
    path = _path_of(name)
    if path is not None:
        return _here(name, path)
    revision, colon, rest = _parted(name)
    place = _place(rest)
    try:
        return _at_revision(revision, place, name if colon else f"{name}:")
    except (SetupError, TermError) as error:
        if colon or (isinstance(error, TermError) and error.text != revision):
            raise
        problem = "is no key of a record here, no file, no folder and no revision"
        remedy = "write one of these, or REVISION:KEY"
        raise TermError(name, problem, remedy) from error


def _path_of(name: str) -> Path | None:
    """Return the file or folder here that a key or a path names, or None where it names none."""
    known = studies_dir() / f"{name}.yaml"
    if Path(name).name == name and known.is_file():
        return known
    path = Path(name)
    return path if name and path.exists() else None


def _parted(name: str) -> tuple[str, str, str]:
    """Return a revision, the colon behind it, and what is named there."""
    revision, colon, rest = name.partition(":")
    if not revision:
        raise TermError(name, "has no revision before the colon", "write one, as in HEAD~1:")
    return revision, colon, rest


def _place(rest: str) -> _Place:
    """Return the place of what is named behind a revision."""
    here = Path.cwd()
    home = studies_dir() if in_checkout() else here
    if not rest:
        return _Place(home, "./", home)
    if _KEY.fullmatch(rest):
        return _Place(home, f"./{rest}.yaml", home / f"{rest}.yaml")
    start = here if rest.startswith(("./", "../")) else top(here)
    return _Place(here, rest, start / rest)


def _here(name: str, path: Path) -> Side:
    """Return a file here, or all records of a folder."""
    if path.is_dir():
        found = sorted(path.glob("*.yaml"))
        texts = ((item.read_bytes(), str(item)) for item in found)
        if not found:
            raise TermError(name, "has no record in it", "name a folder of records, or a file")
        return Side(name, _quads_of_all(texts))
    if form_and_packing(path)[0] in RECORDS.values():
        return Side(name, _quads_of_all([(path.read_bytes(), str(path))]))
    return Side(name, frozenset(read_outside(path)))


def _at_revision(revision: str, place: _Place, name: str) -> Side:
    """Return a file as it was, or all records of a folder."""
    known, folder, inner = commit(place.folder, revision), place.folder, place.inner
    if is_folder(folder, known, inner):
        stem = f"{inner.rstrip('/')}/"
        files = files_at(folder, known, inner, ".yaml")
        texts = ((_record_at(folder, known, stem + file), f"{name}{file}") for file in files)
        if not files:
            raise TermError(name, "has no record in it", "name another revision or folder")
        return Side(name, _quads_of_all(texts))
    if inner.endswith("/"):
        raise TermError(name, "is no folder of that commit", "name another revision or folder")
    form, packed = form_and_packing(Path(inner))
    if form in RECORDS.values():
        data = _record_at(folder, known, inner)
        return Side(name, _quads_of_all([(data, name if "." in name else f"{name}.yaml")]))
    with tempfile.TemporaryFile() as file:
        # git gives a file whole, so the bound is that of what is held in memory.
        file.write(file_at(folder, known, inner, CHILD_LIMIT))
        file.seek(0)
        return Side(name, frozenset(read_stream(file, name, form, packed=packed)))


def _record_at(folder: Path, known: str, path: str) -> bytes:
    """Return a record as it was; what is too large for one is not read."""
    return file_at(folder, known, path, SIZE_LIMIT)


def _quads_of_all(texts: Iterable[tuple[bytes, str]]) -> frozenset[Quad]:
    """Return the quads of records, or raise the findings of all that cannot be read."""
    quads: set[Quad] = set()
    problems = []
    for data, name in texts:
        try:
            quads |= _quads_of(data, "json" if name.lower().endswith(".json") else "yaml")
        except RecordError as error:
            problems += [replace(finding, file=name) for finding in error.findings]
    if problems:
        raise RecordError(problems)
    return frozenset(quads)


@lru_cache(maxsize=128)
def _quads_of(data: bytes, form: str) -> frozenset[Quad]:
    """Return the quads of a record; most records are the same on both sides.

    Its terms are not looked up: what was listed once need not be listed now.
    """
    record = record_in(data, "", form)
    return study_quads(record.study, read_slices(terms_dir()), TOOL)
