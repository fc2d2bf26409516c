"""Writing files so that a reader sees the old file or the new one, never half of either.

The new bytes go to a temporary file in the same folder, are forced to disk, and take the target's
name in one step. A file that already holds the bytes is not touched, so its time stamp says when
its content last changed.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from studyclaims.errors import PlaceError

if TYPE_CHECKING:
    from pathlib import Path


def write_atomic(path: Path, data: bytes) -> bool:
    r"""Make ``path`` hold ``data`` in one step; return whether anything had to be written.

    The folder must be there. An existing file keeps its permission bits; a new one gets what the
    umask allows. On any error the old file is as it was, or the new one is complete, and no
    temporary file stays behind.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     target = Path(folder) / "a.trig"
    ...     write_atomic(target, b"one\n"), write_atomic(target, b"one\n"), target.read_bytes()
    (True, False, b'one\n')

    Raises:
        PlaceError: ``path`` is a symbolic link, or anything else that is not a plain file.
        OSError: the machine refused: no such folder, no permission, no room.
    """
    mode = _plain_file_mode(path)
    if mode is not None and _holds(path, data):
        return False
    # A fixed name would block every later write once a killed process had left it behind.
    temporary = path.with_name(f".studyclaims-{secrets.token_hex(8)}.tmp")
    try:
        _write_new(temporary, data, mode)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            # Whoever reads the message asked for the path, and never heard of the temporary file.
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    sync_folder(path.parent)
    return True


def _plain_file_mode(path: Path) -> int | None:
    """Return the permission bits of the file at ``path``, or None if nothing is there."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISREG(mode):
        return stat.S_IMODE(mode)
    kind = "a symbolic link" if stat.S_ISLNK(mode) else "not a plain file"
    raise PlaceError(f"{path}: {kind}; only plain files are written, so remove it or name another")


def _holds(path: Path, data: bytes) -> bool:
    # The size first: a large file that differs is mostly told apart without reading it.
    return path.stat().st_size == len(data) and path.read_bytes() == data


def _write_new(path: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o666)
    try:
        if mode is not None:
            os.fchmod(descriptor, mode)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk: without it a power cut may bring an old name back.

    >>> from pathlib import Path
    >>> sync_folder(Path.cwd())
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
