"""Writing the store on disk: a new generation is built beside the standing one, read back, put up.

Whatever goes wrong before that, a full disk, a limit, a kill, leaves the standing generation as it
is; what was left of a new one goes with the next load.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from pyoxigraph import RdfFormat, Store

from studyclaims.errors import StoreError
from studyclaims.files import sync_folder
from studyclaims.stores.disk import HELD, LOCK, QUADS, ROCKSDB, STANDING, DiskStore, read_only
from studyclaims.stores.hashes import digest
from studyclaims.stores.holders import alone, holder, named
from studyclaims.stores.readback import read_again, read_back
from studyclaims.stores.sharing import cores, shares, side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Triple

    from studyclaims.stores.hashes import Digest

_SIZE: Final = 5
"""The bytes on disk that a byte of N-Triples needs while it is loaded, roughly."""

_SHARED: Final = 2_000_000
"""From how many bytes on it is worth while to share the writing out."""

_MERGE: Final = ""
"""What the merge is called among the graphs, none of which has this name."""

_NOTHING: Final = digest(b"")


class DiskPlace:
    """A folder that graphs are loaded into, as `studyclaims.stores.loading.load` sees it.

    >>> from pathlib import Path
    >>> DiskPlace(Path("/no/such")).graphs()
    []
    """

    by_value = True
    """Oxigraph writes numbers in its own way."""

    merges = False
    """Its default graph is the merge already."""

    def __init__(self, folder: Path, *, locked: bool = False) -> None:
        self.folder = folder
        self.name = str(folder)
        self._locked = locked

    def graphs(self) -> list[str]:
        """Return the names of the graphs that stand; none where there is no store yet.

        Raises:
            StoreError: the folder holds something else, or the store cannot be read.
        """
        if not _is_made(self.folder):
            return []
        with DiskStore(self.folder) as store:
            return store.graphs()

    def ntriples(self, iri: str) -> bytes:
        """Return a graph as N-Triples."""
        with DiskStore(self.folder) as store:
            return store.ntriples(iri)

    def unchanged(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return which graphs hold already what they should."""
        with DiskStore(self.folder) as store:
            return store.unchanged(wanted)

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph."""
        with DiskStore(self.folder) as store:
            yield from store.read_graph(iri)

    def replace(
        self, changed: Mapping[str, bytes], removed: Sequence[str], expected: Mapping[str, Digest]
    ) -> None:
        """Let graphs hold other triples and others be gone, all in one step.

        Raises:
            StoreError: the machine refused, or what was written does not read back as expected;
                what stood before still stands.
        """
        if not self._locked:
            raise RuntimeError("a folder is loaded into inside of loading_into only")
        held, wanted = {iri: text for iri, text in changed.items() if text}, dict(expected)
        if _is_made(self.folder):
            with DiskStore(self.folder) as store:
                for iri in set(store.graphs()) - {*changed, *removed}:
                    held[iri] = store.ntriples(iri)
                    wanted[iri] = digest(held[iri])
        new = self.folder / _next(self.folder)
        try:
            _write(new, held)
            _require_whole(new, wanted, self.folder)
            _put_up(new)
        except OSError as error:
            needed = _SIZE * sum(map(len, held.values()))
            raise _refused(self.folder, error, needed) from error
        finally:
            # The old generation where all went well, else what there is of the new one.
            _sweep(self.folder)


@contextmanager
def loading_into(folder: Path) -> Iterator[DiskPlace]:
    """Hold a folder for loading; it is made where it is not there.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, loading_into(Path(folder) / "store") as place:
    ...     place.graphs()
    []

    Raises:
        StoreError: another process loads into it or has it open, or it holds something else.
    """
    made = _is_made(folder)
    folder.mkdir(exist_ok=True)
    with alone(folder / LOCK, str(folder)):
        if made:
            _refuse_writers(folder)
        _sweep(folder)
        yield DiskPlace(folder, locked=True)


def _is_made(folder: Path) -> bool:
    """Return whether a store stands in a folder, or raise where something else does."""
    if (folder / STANDING).is_symlink():
        return True
    try:
        found = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        raise StoreError(f"{folder}: found a file, expected a folder or nothing") from None
    if ROCKSDB in found:
        raise StoreError(
            f"{folder}: this is a store that Oxigraph itself made; start its server on it and load "
            "through the server's address, or name another folder"
        )
    # A load that was killed before the first generation stood leaves its lock, and a part of one.
    others = {name for name in found - {LOCK} if not _is_generation(folder / name)}
    if others or (found and LOCK not in found):
        raise StoreError(
            f"{folder}: found {min(others or found)} in it, expected a store or nothing"
        )
    return False


def _is_generation(folder: Path) -> bool:
    """Return whether a folder has nothing but what a generation has: the rest is others'."""
    if not folder.name.isdigit() or folder.is_symlink() or not folder.is_dir():
        return False
    return {path.name for path in folder.iterdir()} <= {HELD, QUADS}


def _refuse_writers(folder: Path) -> None:
    """Raise where a process has the standing generation open for writing, as a server may."""
    pid = holder(folder / STANDING / QUADS / "LOCK")
    if pid is not None:
        raise StoreError(
            f"{folder}: {named(pid)} has the store open and may write to it; end that process, or "
            "load through its address"
        )


def _next(folder: Path) -> str:
    """Return the name of the next generation."""
    with suppress(OSError):
        return str(int((folder / STANDING).readlink().name) + 1)
    return "1"


def _write(new: Path, held: Mapping[str, bytes]) -> None:
    """Write a generation: the graphs, and each of their triples once in the default graph."""
    if new.exists() and not _is_generation(new):
        raise StoreError(f"{new}: found what is no part of a store, expected nothing")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    (new / HELD).touch()
    store = Store(str(new / QUADS))
    take = partial(store.bulk_load, format=RdfFormat.N_QUADS, lenient=True)
    try:
        side_by_side(take, _shared_out(held))
        store.flush()
    except OSError as error:
        # Whoever keeps an error keeps what stood here when it was raised, and this holds a lock.
        raise error.with_traceback(None) from None
    finally:
        del store, take


def _shared_out(held: Mapping[str, bytes]) -> list[bytes]:
    """Return the N-Quads of graphs and of their merge, in a share for each core."""
    # No set, whose order is another in each run.
    merged: dict[bytes, None] = {}
    for text in held.values():
        merged.update(dict.fromkeys(text.splitlines(keepends=True)))
    # No literal of N-Triples has a line's end in it.
    texts = {iri: text.replace(b" .\n", b" <%s> .\n" % iri.encode()) for iri, text in held.items()}
    texts[_MERGE] = b"".join(merged)
    weights = {name: len(text) for name, text in texts.items()} | {
        # It is kept in half as many orders.
        _MERGE: len(texts[_MERGE]) // 2
    }
    number = cores() if sum(weights.values()) > _SHARED else 1
    return [b"".join(texts[name] for name in share) for share in shares(weights, number)]


def _require_whole(new: Path, wanted: Mapping[str, Digest], folder: Path) -> None:
    """Raise where a generation, opened anew, has not just these graphs and their merge."""
    store = read_only(new / QUADS, folder)
    found = read_back(store)
    for iri in sorted(wanted.keys() | found.digests.keys()):
        expected = wanted.get(iri, _NOTHING)
        if found.digests.get(iri, _NOTHING) != expected != read_again(store, iri):
            raise StoreError(
                f"{folder}: <{iri}> did not read back as it was written; what stood before stands; "
                "load again"
            )
    if not found.merged:
        raise StoreError(
            f"{folder}: the merge of the graphs did not read back as it was written; what stood "
            "before stands; load again"
        )


def _put_up(new: Path) -> None:
    """Let a generation be the one that stands."""
    sync_folder(new)
    folder = new.parent
    link = folder / f"{STANDING}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(new.name)
    link.replace(folder / STANDING)
    sync_folder(folder)


def _sweep(folder: Path) -> None:
    """Take away the generations that neither stand nor are read."""
    try:
        keep = (folder / STANDING).readlink().name
    except OSError:
        keep = ""
    for path in sorted(folder.iterdir()):
        if path.name != keep and _is_generation(path) and not _is_read(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_read(generation: Path) -> bool:
    """Return whether somebody holds a generation."""
    try:
        descriptor = os.open(generation / HELD, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        # A reader that waits for the lock looks afterwards whether the quads are still there.
        shutil.rmtree(generation / QUADS, ignore_errors=True)
        return False
    finally:
        os.close(descriptor)


_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _refused(folder: Path, error: OSError, needed: int) -> StoreError:
    """Return the error of a machine that refused to write."""
    said = " ".join(str(error).split())
    full = error.errno in _FULL or any(os.strerror(number) in said for number in _FULL)
    remedy = f"about {max(1, needed >> 20)} MB are needed" if full else "mend that"
    return StoreError(
        f"{folder}: the machine refused: {said}; what stood before stands; {remedy}, then load "
        "again"
    )
