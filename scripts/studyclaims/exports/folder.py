"""Folder: files put in a folder all at once, so that a reader never sees half a release.

They are written to a new folder beside the target, forced to disk, and the new folder takes the
target's name. What stood there before goes only if it was a release, whole and unchanged: nothing
that somebody wrote is ever lost.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from studyclaims.errors import PlaceError
from studyclaims.exports.rocrate import NAME as CRATE
from studyclaims.exports.sums import NAME as SUMS
from studyclaims.exports.sums import read_sums
from studyclaims.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_REMEDY: Final = "name another folder, or move what is in it"


def put_folder(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Make ``folder`` hold these files and no others; return whether anything had to be written.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> files = {"SHA256SUMS": b""}
    >>> with TemporaryDirectory() as parent:
    ...     put_folder(Path(parent, "a"), files), put_folder(Path(parent, "b", "c"), files)
    (True, True)

    Raises:
        PlaceError: the folder is a file or a link, or holds what is no release, or a release in
            which a file was changed, added or taken away.
        OSError: the machine refused; the folder is as it was.
    """
    if require_free(folder) == files:
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}.tmp")
    try:
        _write(new, files)
        _swap(new, folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    sync_folder(folder.parent)
    return True


def require_free(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder, by path, where it may be replaced: nothing, or a release.

    >>> from pathlib import Path
    >>> require_free(Path(__file__).parent)
    Traceback (most recent call last):
    ...
    studyclaims.errors.PlaceError: ...: holds files, and is no release of ours; ...

    Raises:
        PlaceError: as for `put_folder`.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise PlaceError(f"{folder}: not a folder, or a link to one; {_REMEDY}")
    if not folder.exists() or not any(folder.iterdir()):
        return {}
    listed = _listed(folder / SUMS)
    if CRATE not in listed:
        raise PlaceError(f"{folder}: holds files, and is no release of ours; {_REMEDY}")
    # Whatever else lies there is found by its name, before anything large is read.
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or name in {SUMS, *listed}):
            raise PlaceError(f"{path}: not of the release that is here; {_REMEDY}")
    return {SUMS: (folder / SUMS).read_bytes()} | {
        name: _unchanged(folder / name, wanted) for name, wanted in listed.items()
    }


def _listed(path: Path) -> dict[str, str]:
    """Return the sums of a list of sums; none where there is no such file."""
    if path.is_symlink() or not path.is_file():
        return {}
    return read_sums(path.read_bytes().decode("utf-8", errors="replace"))


def _unchanged(path: Path, wanted: str) -> bytes:
    """Return what a file holds, if it is what the list of sums says."""
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != wanted:
        raise PlaceError(f"{path}: changed since the release was made; {_REMEDY}")
    return data


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files to a new folder, all forced to disk."""
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for inner in {(folder / name).parent for name in files}:
        sync_folder(inner)


def _swap(new: Path, folder: Path) -> None:
    """Give the new folder the target's name; what had it before goes."""
    if not folder.exists():
        new.rename(folder)
        return
    old = new.with_suffix(".old")
    folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        with suppress(OSError):
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
