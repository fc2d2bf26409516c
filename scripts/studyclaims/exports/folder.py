"""Folder: files put in a folder all at once, so that a reader never sees half a release.

They are written to a new folder beside the target, forced to disk, and the new folder takes the
target's name. What stood there before goes only if it was a release, whole and unchanged: nothing
that somebody wrote is ever lost.

A name cannot be given to a folder while another folder with files in it has that name, so there are
two renames, and between them the target is not there. Where the process dies, whatever was there is
whole, under its own name or beside it under one that begins with a dot; the next release to the
same place takes that away. The target must be an ordinary folder: one that is a file system of its
own has no name that could be given to another, and is refused by the machine with nothing changed.
"""

from __future__ import annotations

import hashlib
import os
import re
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


def put_folder(folder: Path, files: Mapping[str, bytes], mark: str = CRATE) -> bool:
    """Make ``folder`` hold these files and no others; return whether anything had to be written.

    ``mark`` is the file that tells what may be replaced: a folder whose list of sums has it.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> files = {"SHA256SUMS": b""}
    >>> with TemporaryDirectory() as parent:
    ...     put_folder(Path(parent, "a"), files), put_folder(Path(parent, "b", "c"), files)
    (True, True)

    Raises:
        PlaceError: the folder is a file or a link, or holds what is no release, or a release in
            which a file was changed, added or taken away; or that happened while the new one was
            written, and then the message says where the old one is now.
        OSError: the machine refused; the folder is as it was.
    """
    changed = require_free(folder, mark) != files
    if changed:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}.tmp")
        try:
            _write(new, files)
            _swap(new, folder)
        except BaseException as error:
            shutil.rmtree(new, ignore_errors=True)
            if isinstance(error, OSError):
                # Nobody asked for the folder beside the target, which is gone by now.
                raise OSError(error.errno, error.strerror, str(folder)) from error
            raise
        sync_folder(folder.parent)
    _take_away_replaced(folder, mark)
    return changed


def _take_away_replaced(folder: Path, mark: str) -> None:
    """Delete what stood in the folder's place, this time or when an earlier process was killed."""
    name = re.compile(rf"\.{re.escape(folder.name)}-[0-9a-f]{{16}}\.(?:old|gone)")
    for old in sorted(path for path in folder.parent.iterdir() if name.fullmatch(path.name)):
        gone = old.with_suffix(".gone")
        if old != gone:
            _require_untouched(old, mark)
            # What is half deleted is no whole release any more, and must not be taken for changed.
            old.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _require_untouched(old: Path, mark: str) -> None:
    """Raise where somebody wrote in a release between the first look at it and its renaming."""
    try:
        require_free(old, mark)
    except PlaceError as error:
        problem = "not deleted, as it was written to while it was replaced"
        raise PlaceError(f"{old}: {problem}; move what you need, then delete it") from error


def require_free(folder: Path, mark: str = CRATE) -> dict[str, bytes]:
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
    if mark not in listed:
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
