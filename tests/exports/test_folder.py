"""A folder is put in place whole, and nothing that somebody wrote is lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import studyclaims.exports.folder
from commands import environment
from exports.releases import put
from studyclaims.errors import PlaceError
from studyclaims.exports.folder import put_folder
from studyclaims.exports.sums import sums_text

if TYPE_CHECKING:
    from collections.abc import Callable


def release(**texts: str) -> dict[str, bytes]:
    """Return files as a release has them: a crate, one in a folder, and the list of sums."""
    files = {"ro-crate-metadata.json": b"{}", "deep/er/a.txt": b"one"}
    files |= {name.replace("_", "."): text.encode() for name, text in texts.items()}
    return files | {"SHA256SUMS": sums_text(files).encode()}


OLD: Final = release()
NEW: Final = release(b_txt="two")


def held(folder: Path) -> dict[str, bytes]:
    """Return what files lie in a folder, hidden ones too."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_folder_is_made_with_its_parents_and_holds_the_files(tmp_path: Path) -> None:
    target = tmp_path / "some" / "where"
    assert put_folder(target, OLD) is True
    assert held(tmp_path / "some") == {f"where/{name}": data for name, data in OLD.items()}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    assert put_folder(tmp_path / "here", OLD) is True
    assert held(tmp_path) == {f"here/{name}": data for name, data in OLD.items()}


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    target = tmp_path / "here"
    put_folder(target, OLD)
    before = target.stat().st_ino
    assert put_folder(target, OLD) is False
    assert target.stat().st_ino == before


def test_a_release_takes_the_place_of_another(tmp_path: Path) -> None:
    target = tmp_path / "here"
    put_folder(target, NEW)
    assert put_folder(target, OLD) is True
    assert held(tmp_path) == {f"here/{name}": data for name, data in OLD.items()}


def spoil_more(target: Path) -> None:
    (target / "mine.txt").write_text("mine")


def spoil_changed(target: Path) -> None:
    (target / "deep" / "er" / "a.txt").write_text("mine")


def spoil_gone(target: Path) -> None:
    (target / "deep" / "er" / "a.txt").unlink()


def spoil_sums(target: Path) -> None:
    (target / "SHA256SUMS").write_bytes(b"\xff no sums")


def spoil_link(target: Path) -> None:
    (target / "link").symlink_to("deep")


def spoil_pipe(target: Path) -> None:
    os.mkfifo(target / "pipe")


def spoil_list(target: Path) -> None:
    (target / "SHA256SUMS").rename(target.parent / "sums")
    (target / "SHA256SUMS").symlink_to(target.parent / "sums")


def spoil_all(target: Path) -> None:
    shutil.rmtree(target)
    put(target, {"thesis.docx": b"mine"})


SPOILT: Final[dict[str, tuple[Callable[[Path], None], str]]] = {
    "a file more": (spoil_more, "mine.txt: not of the release that is here"),
    "a file changed": (spoil_changed, "a.txt: changed since the release was made"),
    "a file gone": (spoil_gone, "a.txt: changed since the release was made"),
    "no list of sums": (spoil_sums, "here: holds files, and is no release of ours"),
    "a link": (spoil_link, "link: not of the release that is here"),
    "a pipe": (spoil_pipe, "pipe: not of the release that is here"),
    "a link to the list of sums": (spoil_list, "here: holds files, and is no release of ours"),
    "no release": (spoil_all, "here: holds files, and is no release of ours"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_not_an_unchanged_release_is_left_alone(name: str, tmp_path: Path) -> None:
    spoil, message = SPOILT[name]
    target = tmp_path / "here"
    put_folder(target, OLD)
    spoil(target)
    before = held(tmp_path)
    with pytest.raises(PlaceError, match=re.escape(message)) as caught:
        put_folder(target, NEW)
    assert str(caught.value).endswith("; name another folder, or move what is in it")
    assert held(tmp_path) == before


def test_of_several_files_that_are_not_ours_the_first_is_named(tmp_path: Path) -> None:
    put_folder(tmp_path / "here", OLD)
    put(tmp_path / "here", {f"mine-{n}.txt": b"" for n in range(9, 0, -1)})
    with pytest.raises(PlaceError, match=r"mine-1\.txt: not of the release"):
        put_folder(tmp_path / "here", NEW)


def test_nothing_is_read_of_a_folder_that_is_no_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"large.bin": b"mine"})
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read"))
    with pytest.raises(PlaceError, match="is no release of ours"):
        put_folder(tmp_path, NEW)


@pytest.mark.parametrize("kind", ["file", "link to a folder", "link to nothing"])
def test_only_a_folder_is_written_to(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "here"
    if kind == "file":
        target.write_text("mine")
    else:
        if kind == "link to a folder":
            (tmp_path / "there").mkdir()
        target.symlink_to(tmp_path / "there")
    with pytest.raises(PlaceError, match="not a folder, or a link to one"):
        put_folder(target, OLD)
    assert not (tmp_path / "there" / "SHA256SUMS").exists()


@pytest.mark.parametrize("there", [False, True], ids=["nothing there", "a release there"])
@pytest.mark.parametrize("step", ["write", "swap"])
def test_a_failure_leaves_the_folder_as_it_was(
    step: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "here"
    if there:
        put_folder(target, OLD)
    before = held(tmp_path)
    really: Callable[..., Path] = Path.rename

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def second(self: Path, to: Path) -> Path:
        if self.name.endswith(".tmp"):
            raise KeyboardInterrupt
        return really(self, to)

    if step == "write":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "rename", second)
    with pytest.raises((OSError, KeyboardInterrupt)):
        put_folder(target, NEW)
    monkeypatch.undo()
    assert held(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == (["here"] if there else [])


def test_a_refusal_of_the_machine_names_the_folder_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the folder is a file system of its own, which cannot be renamed."""
    target = tmp_path / "here"
    put_folder(target, OLD)

    def busy(self: Path, to: Path) -> Path:
        raise OSError(16, "Device or resource busy", str(self), None, str(to))

    monkeypatch.setattr(Path, "rename", busy)
    with pytest.raises(OSError, match="busy") as caught:
        put_folder(target, NEW)
    assert (caught.value.filename, caught.value.filename2) == (str(target), None)
    assert held(tmp_path) == {f"here/{name}": data for name, data in OLD.items()}


@pytest.mark.parametrize("spoil", [spoil_more, spoil_changed])
def test_what_is_written_while_a_release_is_replaced_is_kept(
    spoil: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "here"
    put_folder(target, OLD)
    really = studyclaims.exports.folder._write

    def meanwhile(new: Path, files: dict[str, bytes]) -> None:
        really(new, files)
        spoil(target)

    monkeypatch.setattr(studyclaims.exports.folder, "_write", meanwhile)
    with pytest.raises(PlaceError, match="not deleted, as it was written to while") as caught:
        put_folder(target, NEW)
    old = Path(str(caught.value).partition(":")[0])
    assert "mine" in {data.decode() for data in held(old).values()}
    assert held(target) == NEW


KILLED: Final = """
import os, sys
from pathlib import Path
from studyclaims.exports import folder

sys.path.insert(0, sys.argv[1])
from exports.test_folder import NEW, OLD

for point in ("_write", "fsync", "rename", "rename 2", "rmtree", "unlink 2"):
    target = Path(sys.argv[2], point, "here")
    folder.put_folder(target, OLD)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        continue
    name, _, nth = point.partition(" ")
    place = {"_write": folder, "rename": Path, "rmtree": folder.shutil}.get(name, os)
    left = int(nth or 1)

    def die(*words, run=getattr(place, name), **more):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), 9)
        return run(*words, **more)

    setattr(place, name, die)
    folder.put_folder(target, NEW)
"""
"""Puts a release in the place of another, and is killed before the step a folder is named after."""


def test_a_process_that_is_killed_leaves_a_whole_release_and_the_next_one_clears_up(
    tmp_path: Path,
) -> None:
    subprocess.run(
        [sys.executable, "-c", KILLED, str(Path(__file__).parents[1]), str(tmp_path)],
        env=environment(),
        check=True,
        timeout=60,
    )
    standing = {}
    for point in tmp_path.iterdir():
        whole = {path.suffix: held(path) for path in point.iterdir()}
        standing[point.name] = sorted(end for end, files in whole.items() if files in (OLD, NEW))
        put_folder(point / "here", NEW)
        assert held(point / "here") == NEW
        assert {path.suffix for path in point.iterdir()} <= {"", ".tmp"}
    assert standing == {
        "_write": [""],
        "fsync": [""],
        "rename": ["", ".tmp"],
        "rename 2": [".old", ".tmp"],
        "rmtree": ["", ".gone"],
        "unlink 2": [""],
    }


def test_of_folders_beside_it_only_what_it_replaced_is_taken_away(tmp_path: Path) -> None:
    digits = "0123456789abcdef"
    others = [f".here-{digits[1:]}.old", f".here-{digits}.older", f".there-{digits}.old", "a.old"]
    for name in others:
        put(tmp_path / name, OLD)
    put_folder(tmp_path / "here", OLD)
    put(tmp_path / f".here-{digits}.old", OLD)
    put(tmp_path / f".here-{digits[::-1]}.gone", {"half": b"deleted"})
    assert put_folder(tmp_path / "here", OLD) is False
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*others, "here"])


def test_every_file_and_folder_is_forced_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(named(number)))
    put_folder(tmp_path / "here", OLD)
    tails = {re.sub(r"\.here-\w+\.tmp", "NEW", name) for name in synced}
    files = {f"{tmp_path}/NEW/{name}" for name in OLD}
    assert tails == files | {f"{tmp_path}/NEW", f"{tmp_path}/NEW/deep/er", str(tmp_path)}


def named(number: int) -> str:
    """Return the path of an open file."""
    return str(Path(f"/proc/self/fd/{number}").readlink())
