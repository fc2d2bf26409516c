"""Texts of sources are kept in one folder, under names that lead nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from samples import KEY
from studyclaims.errors import StudyclaimsError, TermError
from studyclaims.texts import (
    CACHE,
    TEXT_LIMIT,
    cached_text,
    keep_text,
    kept_or_replaced,
    source_text,
)

if TYPE_CHECKING:
    from pathlib import Path

NEWS = "# Rest may harm\n\nIt may."


def test_a_text_is_kept_in_a_folder_that_git_ignores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cached_text(KEY, "news") is None
    path = keep_text(KEY, "news", NEWS)
    assert path == tmp_path / CACHE / KEY / "news.txt"
    assert cached_text(KEY, "news") == NEWS
    assert (tmp_path / CACHE / ".gitignore").read_text() == "*\n"
    keep_text(KEY, "news", "It rains.")
    assert cached_text(KEY, "news") == "It rains."


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "/etc/passwd", "a/b", "A", "a b", "a\x00", "-a", "a" * 65, "a\n"],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    for key, source in ((name, "news"), (KEY, name)):
        with pytest.raises(TermError, match="cannot name a text"):
            keep_text(key, source, "x", tmp_path)
        with pytest.raises(TermError, match="cannot name a text"):
            cached_text(key, source, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("linked", [CACHE, f"{CACHE}/{KEY}", f"{CACHE}/{KEY}/news.txt"])
def test_a_link_that_leads_elsewhere_is_refused(tmp_path: Path, linked: str) -> None:
    outside, home = tmp_path / "outside", tmp_path / "home"
    outside.mkdir()
    (home / linked).parent.mkdir(parents=True)
    (home / linked).symlink_to(outside)
    with pytest.raises(StudyclaimsError, match="leads out of the cache"):
        keep_text(KEY, "news", "x", home)
    assert list(outside.iterdir()) == []


def test_a_text_too_long_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TermError, match="at most 5,000,000 are kept"):
        keep_text(KEY, "news", "x" * (TEXT_LIMIT + 1), tmp_path)
    keep_text(KEY, "news", "x", tmp_path).write_bytes(b"\xff")
    with pytest.raises(TermError, match="is not UTF-8"):
        cached_text(KEY, "news", tmp_path)


def test_a_text_that_takes_the_place_of_another_is_told(tmp_path: Path) -> None:
    said = [kept_or_replaced(KEY, "news", text, tmp_path) for text in ("a", "a", "b")]
    assert said == ["kept", "kept", "replaced"]
    assert cached_text(KEY, "news", tmp_path) == "b"
    keep_text(KEY, "news", "x", tmp_path).write_bytes(b"\xff")
    assert kept_or_replaced(KEY, "news", "x", tmp_path) == "replaced"


def test_a_text_is_the_one_given_or_the_one_kept_and_never_empty(tmp_path: Path) -> None:
    with pytest.raises(TermError, match="has no text here yet"):
        source_text(KEY, "news", None, tmp_path)
    assert source_text(KEY, "news", "It rains.", tmp_path) == "It rains."
    assert cached_text(KEY, "news", tmp_path) is None
    keep_text(KEY, "news", "It may.", tmp_path)
    assert source_text(KEY, "news", None, tmp_path) == "It may."
    with pytest.raises(TermError, match="was given an empty text"):
        source_text(KEY, "news", " \n", tmp_path)
