"""Folders for other programs: whole, with a report, and nothing of a user's replaced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from exports.exchanges import small_quads, small_rows
from studyclaims.errors import PlaceError
from studyclaims.exports.folder import require_free
from studyclaims.exports.handover import (
    KGX_REPORT,
    NANOPUB_REPORT,
    PROFILES,
    write_kgx,
    write_nanopubs,
)
from studyclaims.exports.sums import NAME, read_sums

if TYPE_CHECKING:
    from pathlib import Path


def test_kgx_is_written_whole_once(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert write_kgx(folder, small_quads()) == (True, small_rows().counts())
    assert write_kgx(folder, small_quads())[0] is False
    names = {path.name for path in folder.iterdir()}
    assert names == {
        KGX_REPORT, NAME, "nodes.tsv", "edges.tsv", "edges_other.edges.tsv", "nodes.jsonl",
        "edges.jsonl", "edges_other.edges.jsonl",
    }  # fmt: skip
    assert json.loads((folder / KGX_REPORT).read_text()) == small_rows().counts()
    assert read_sums((folder / NAME).read_text()).keys() == names - {NAME}
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_the_profile_replaces_what_was_written_for_all(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    assert PROFILES == ("full", "translator")
    write_kgx(folder, small_quads())
    changed, counts = write_kgx(folder, small_quads(), "translator")
    assert (changed, counts["edges"]) == (True, 0)
    assert not (folder / "edges_other.edges.tsv").exists()


def test_nanopublications_are_a_file_each(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    assert write_nanopubs(folder, small_quads()) == (True, {"nanopublications": 6})
    assert len(list(folder.rglob("*.trig"))) == 6
    assert KGX_REPORT not in require_free(folder, NANOPUB_REPORT)


def test_what_a_user_wrote_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for write in (write_kgx, write_nanopubs):
        with pytest.raises(PlaceError):
            write(tmp_path, small_quads())
    folder = tmp_path / "a"
    write_kgx(folder, small_quads())
    with pytest.raises(PlaceError):
        write_nanopubs(folder, small_quads())
    (folder / "edges.tsv").write_text("mine")
    with pytest.raises(PlaceError, match="changed since"):
        write_kgx(folder, small_quads())
