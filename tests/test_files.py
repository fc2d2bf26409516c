from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from studyclaims.errors import PlaceError
from studyclaims.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD, NEW = b"the old bytes\n", b"the new bytes, longer\n" * 5000
CALLS = ("open", "write", "fsync", "close", "replace", "fchmod")


class Faults:
    """Counts the calls that change a disk, and lets the n-th of them fail."""

    def __init__(self, failing: int, error: BaseException) -> None:
        self.failing, self.error, self.calls = failing, error, 0

    def wrap(self, real: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Return the call, counted."""

        def call(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - stands for any os call
            self.calls += 1
            if self.calls != self.failing:
                return real(*arguments, **options)
            if name == "close":
                real(*arguments)
            raise self.error

        return call


def run_with_fault(
    path: Path, failing: int, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Write NEW with the n-th call failing; return whether that call came."""
    faults = Faults(failing, error)
    with monkeypatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, faults.wrap(getattr(os, name), name))
        try:
            write_atomic(path, NEW)
        except (OSError, KeyboardInterrupt) as raised:
            return error in (raised, raised.__cause__)
    return False


@pytest.mark.parametrize("old", [OLD, None])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_the_nth_fault_leaves_old_or_new(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    old: bytes | None,
    error: BaseException,
) -> None:
    path = tmp_path / "a.trig"
    for failing in range(1, 100):
        path.unlink(missing_ok=True)
        if old is not None:
            path.write_bytes(old)
        failed = run_with_fault(path, failing, error, monkeypatch)
        assert (path.read_bytes() if path.exists() else None) in (old, NEW)
        assert set(tmp_path.iterdir()) <= {path}
        if not failed:
            break
    assert path.read_bytes() == NEW
    assert failing == (10 if old is not None else 9)


@pytest.mark.parametrize("place", ["none/a", "a"])
def test_no_message_names_a_temporary_file(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(old: Path, new: Path) -> None:
        raise OSError(2, "gone", str(old), None, str(new))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(FileNotFoundError) as caught:
        write_atomic(tmp_path / place, NEW)
    assert (caught.value.filename, caught.value.filename2) == (str(tmp_path / place), None)


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:1000]))
    assert write_atomic(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == NEW


def test_equal_bytes_touch_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert write_atomic(path, OLD)
    before = path.stat()
    assert not write_atomic(path, OLD)
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("data", [b"", OLD, OLD[:-1] + b"!"])
def test_other_bytes_replace(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(OLD)
    assert write_atomic(path, data) == (data != OLD)
    assert path.read_bytes() == data


def test_an_empty_file_is_written(tmp_path: Path) -> None:
    assert write_atomic(tmp_path / "a", b"")
    assert (tmp_path / "a").read_bytes() == b""


@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_is_refused(tmp_path: Path, there: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.write_bytes(OLD)
    link.symlink_to(target)
    with pytest.raises(PlaceError, match="link: a symbolic link"):
        write_atomic(link, NEW)
    assert link.is_symlink()
    assert target.exists() == there
    assert not there or target.read_bytes() == OLD


def test_a_folder_or_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(PlaceError, match="not a plain file"):
            write_atomic(path, NEW)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "no" / "a", NEW)


def test_permission_bits(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(OLD)
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write_atomic(old, NEW)
        write_atomic(new, NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_a_name_may_be_as_long_as_the_disk_allows(tmp_path: Path) -> None:
    assert write_atomic(tmp_path / ("a" * 255), NEW)
