"""A folder that is made beside its place and put there whole.

Two folders change names in one step where the machine can do that (Linux can), so that whoever
looks at the place sees the old folder or the new one, and a process that is killed leaves one of
the two. What it leaves beside the place begins with a dot, and the next one takes it away. All that
was written is forced to disk before it gets the name, so that a power cut does no more harm.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from studyclaims.errors import PlaceError, StoreError
from studyclaims.files import sync_folder
from studyclaims.merging.sql import has_glob

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT: Final = "merge.json"
"""The file by which a folder is known for a merge: it lists the others."""

FILES: Final = "files"
"""What the list of files is called in the report: each with its bytes."""

_REMEDY: Final = "name another folder, or move what is in it"
_EXCHANGE: Final = 2
_HERE: Final = -100
_NO_EXCHANGE: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a new folder that takes the place of ``out`` when all is well, and is gone if not.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as parent:
    ...     with staged(Path(parent, "a")) as new:
    ...         written = (new / "merge.json").write_text('{"files": {}}')
    ...     print([path.name for path in Path(parent, "a").iterdir()])
    ['merge.json']

    Raises:
        PlaceError: the place is taken by what is no merge, or by one that somebody changed.
        StoreError: another merge is being written to the same place.
        OSError: the machine refused; the place is as it was.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with _alone(out):
        _mend(out)
        require_ours(out)
        new = out.with_name(f".{out.name}-{secrets.token_hex(8)}.tmp")
        new.mkdir()
        try:
            with _plainly(new) as folder:
                yield folder
            require_ours(out)
            sync(new)
            _put(new, out)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        sync_folder(out.parent)


@contextmanager
def _plainly(new: Path) -> Iterator[Path]:
    """Give a folder under a path that DuckDB reads as it stands: another one, where its own is not.

    Parquet is written under a plain path and read under a pattern, and no path serves for both.
    """
    if not has_glob(new):
        yield new
        return
    with TemporaryDirectory() as name:
        way = Path(name, "merge")
        way.symlink_to(new.resolve(), target_is_directory=True)
        yield way


def require_ours(out: Path) -> None:
    """Raise where a folder holds anything that no merge wrote; nothing, or no folder, is fine.

    >>> from pathlib import Path
    >>> require_ours(Path(__file__).parent)
    Traceback (most recent call last):
    ...
    studyclaims.errors.PlaceError: ...: holds files, and is no merge of ours; ...

    Raises:
        PlaceError: it does, or it is no plain folder.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise PlaceError(f"{out}: not a folder, or a link to one; {_REMEDY}")
    if not out.exists() or not any(out.iterdir()):
        return
    listed = _listed(out / REPORT)
    if listed is None:
        raise PlaceError(f"{out}: holds files, and is no merge of ours; {_REMEDY}")
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_symlink() or not (path.is_dir() or name == REPORT or name in listed):
            raise PlaceError(f"{path}: not of the merge that is here; {_REMEDY}")
        if name in listed and path.stat().st_size != listed[name]:
            raise PlaceError(f"{path}: changed since the merge; {_REMEDY}")


def sizes(folder: Path) -> dict[str, int]:
    """Return the bytes of each file in a folder, by its path in it; the report is left out.

    >>> from pathlib import Path
    >>> "staging.py" in sizes(Path(__file__).parent)
    True
    """
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: found[name].stat().st_size for name in sorted(found) if name != REPORT}


def sync(folder: Path) -> None:
    """Force all that is in a folder to disk: each file, and then the names in each folder.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     sync(Path(name))
    """
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def _listed(report: Path) -> dict[str, int] | None:
    """Return the files that a report lists, or None where it is none."""
    try:
        listed = json.loads(report.read_text(encoding="utf-8"))[FILES]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return listed if isinstance(listed, dict) else None


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep others from writing to the same place for as long as this process lives."""
    path = out.with_name(f".{out.name}.lock")
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise StoreError(f"{out}: another merge is being written here; wait for it") from error
        # Whoever held the lock before may have taken the file away since it was opened here.
        with suppress(FileNotFoundError):
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                break
        os.close(descriptor)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _mend(out: Path) -> None:
    """Take away what killed processes left, and bring back what one had set aside."""
    name = re.compile(rf"\.{re.escape(out.name)}-[0-9a-f]{{16}}\.(?:tmp|old)")
    left = sorted(path for path in out.parent.iterdir() if name.fullmatch(path.name))
    for path in left:
        if path.suffix == ".old" and not out.exists():
            path.rename(out)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _put(new: Path, out: Path) -> None:
    """Give a folder the name of another; what had it before has the other's name then."""
    if not out.exists() or not any(out.iterdir()):
        new.rename(out)
    elif not _exchanged(new, out):
        old = new.with_suffix(".old")
        out.rename(old)
        new.rename(out)
        shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; return whether the machine can do that."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(other))
