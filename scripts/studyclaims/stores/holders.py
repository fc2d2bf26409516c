"""Who holds a store: locks of files, and the process that has one."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studyclaims.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCKS: Final = Path("/proc/locks")
"""Where Linux lists every lock of a file, with the process that has it."""


def holder(path: Path) -> int | None:
    """Return the process that holds a file locked against all others, if it can be told.

    The file is not opened: to close it again would let go a lock that this very process has.

    >>> holder(Path("/no/such/file")) is None
    True
    """
    try:
        wanted = path.stat()
        listed = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in listed:
        # As in "1: FLOCK  ADVISORY  WRITE 4711 fe:00:10790331 0 EOF"; who waits has an arrow.
        words = line.split()
        if len(words) < 6 or words[3] != "WRITE" or not words[4].isdigit():
            continue
        pid, inode = int(words[4]), words[5].rpartition(":")[2]
        if inode == str(wanted.st_ino) and _has_open(pid, wanted):
            return pid
    return None


def _has_open(pid: int, wanted: os.stat_result) -> bool:
    """Return whether a process has a file open, or may have: of others' processes one sees none."""
    try:
        opened = list(Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return any(_is(link, wanted) for link in opened)


def _is(link: Path, wanted: os.stat_result) -> bool:
    try:
        found = link.stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino)


def named(pid: int | None) -> str:
    """Return how a process is called in a message.

    >>> named(7), named(None)
    ('process 7', 'another process')
    """
    return "another process" if pid is None else f"process {pid}"


@contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold a file locked against all others; the lock ends with the process, however it ends.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, alone(Path(folder) / "lock", "the lock"):
    ...     holder(Path(folder) / "lock") == os.getpid()
    True

    Raises:
        StoreError: another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                f"{what}: {named(holder(path))} is loading into it; wait for its end, or end it"
            ) from None
        yield
    finally:
        os.close(descriptor)
