"""A folder that is put in place whole, whatever is there and whoever else writes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from studyclaims.errors import PlaceError, StoreError
from studyclaims.merging import staging
from studyclaims.merging.staging import FILES, REPORT, require_ours, sizes, staged


def write(folder: Path, text: str) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "b.txt").write_text(text)
    (folder / REPORT).write_text(json.dumps({FILES: sizes(folder)}))


def put(out: Path, text: str) -> None:
    with staged(out) as new:
        write(new, text)


def held(out: Path) -> str:
    return (out / "a" / "b.txt").read_text()


@pytest.mark.parametrize("can", [True, False])
def test_a_folder_takes_the_place_of_another(
    can: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can:
        monkeypatch.setattr(staging, "_exchanged", lambda *_: False)
    out = tmp_path / "more" / "out"
    for text in ("one", "two"):
        put(out, text)
        assert held(out) == text
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_all_is_on_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, bool]] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        done.append((name, (tmp_path / "out").exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    put(tmp_path / "out", "one")
    *before, last = done
    assert sorted(name for name, _ in before[:-1]) == ["a", "b.txt", REPORT]
    assert before[-1][0].startswith(".out-")
    assert not any(is_there for _, is_there in before)
    assert last == (tmp_path.name, True)


def test_where_anything_fails_the_old_one_stands(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, "one")
    with pytest.raises(UnicodeEncodeError), staged(out) as new:
        write(new, "\ud800")
    assert held(out) == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_exchange_that_the_machine_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with pytest.raises(FileNotFoundError, match="other"):
        staging._exchanged(tmp_path / "one", tmp_path / "other")


@pytest.mark.parametrize("what", ["file", "link", "strange", "more", "changed", "no list"])
def test_a_place_that_is_taken_is_left_alone(what: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    if what == "file":
        out.write_text("x")
    elif what == "link":
        out.symlink_to(tmp_path)
    elif what == "strange":
        out.mkdir()
        (out / "x").write_text("x")
    else:
        put(out, "one")
        name = {"more": "x", "changed": "a/b.txt", "no list": REPORT}[what]
        (out / name).write_text('{"files": 1}')
    with pytest.raises(PlaceError):
        put(out, "two")
    assert not list(tmp_path.glob(".out*"))


def test_an_empty_folder_is_free(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    require_ours(tmp_path / "out")
    put(tmp_path / "out", "one")
    assert held(tmp_path / "out") == "one"


def test_two_do_not_write_to_one_place(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with staged(out) as new:
        write(new, "one")
        with pytest.raises(StoreError, match="another merge"), staged(out):
            pass
    assert held(out) == "one"


def test_what_the_killed_left_is_taken_away_or_brought_back(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, "one")
    out.rename(tmp_path / ".out-0123456789abcdef.old")
    (tmp_path / ".out-0123456789abcdee.tmp").mkdir()
    (tmp_path / ".out.lock").touch()
    (tmp_path / ".out-mine.tmp").mkdir()
    with pytest.raises(FileNotFoundError), staged(out) as new:
        (new / "nothing").unlink()
    assert held(out) == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out-mine.tmp", "out"]
