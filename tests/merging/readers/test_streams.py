"""Files as streams: packed, cut, too large, with lines that will not do."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from studyclaims.errors import StoreError
from studyclaims.merging.readers import streams
from studyclaims.merging.readers.reading import Notes

if TYPE_CHECKING:
    from pathlib import Path

SMALL = 1 << 16


def rows(path: Path, notes: Notes, names: tuple[str, ...] = ()) -> list[tuple[int, dict[str, str]]]:
    with streams.opened(path) as file:
        return list(streams.table(file, notes, names))


def file_of(folder: Path, data: bytes, name: str = "a.tsv") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_lines_keep_their_numbers_whatever_ends_them(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"\xef\xbb\xbfa\r\n\nb")
    with streams.opened(path) as file:
        assert list(file.lines()) == [(1, b"a"), (2, b""), (3, b"b")]
        assert file.is_cut
    assert rows(file_of(tmp_path, b"a\tb\r\n\r\n1\t2\r\n"), Notes("a")) == [
        (3, {"a": "1", "b": "2"})
    ]


def test_a_line_that_is_too_long_is_told_once_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_CHUNK", 10)
    monkeypatch.setattr(streams, "LINE_LIMIT", 20)
    path = file_of(tmp_path, b"x\ty\n" + b"l" * 95 + b"\t1\na\tb\n" + b"m" * 50)
    notes = Notes("a.tsv")
    assert rows(path, notes) == [(3, {"x": "a", "y": "b"})]
    places = [(r.place, r.reason) for r in notes.refused]
    assert places == [("2", "expected at most 20 bytes"), ("4", "expected at most 20 bytes")]


def test_a_bomb_is_let_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RATIO_FREE", SMALL)
    monkeypatch.setattr(streams, "_CHUNK", SMALL)
    path = file_of(tmp_path, gzip.compress(b"0" * (8 << 20), mtime=0), "a.tsv.gz")
    problem = "unpacks to more than 200 times its size"
    with pytest.raises(StoreError, match=problem), streams.opened(path) as file:
        file.whole(1 << 30)


def test_a_packed_file_that_was_cut_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b"%d\t%d\n" % (n, n * n) for n in range(50_000)), mtime=0)
    path = file_of(tmp_path, packed[: len(packed) // 2], "a.tsv.gz")
    notes = Notes("a")
    found = []
    with (
        pytest.raises(StoreError, match="is no whole packed file"),
        streams.opened(path) as file,
    ):
        found += list(streams.table(file, notes))
    assert not notes.refused


def test_what_is_not_packed_though_its_name_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no whole packed file"):
        rows(file_of(tmp_path, b"a\tb\n", "a.tsv.gz"), Notes("a"))


def test_a_size_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SIZE_LIMIT", 10)
    with pytest.raises(StoreError, match="more than 10 bytes"):
        rows(file_of(tmp_path, b"a\tb\n" * 4), Notes("a"))


def test_what_is_read_whole_has_its_own_end(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"abcdef")
    with streams.opened(path) as file:
        assert file.whole(6) == b"abcdef"
    with streams.opened(path) as file, pytest.raises(StoreError, match="more than 5 bytes"):
        file.whole(5)


def test_cells_that_lack_at_the_end_are_empty_and_others_are_set_aside(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"#c\na\tb\tc\n1\t2\n3\n4\t5\t6\t7\n\n8\t9\t0\n9\t9")
    notes = Notes("a.tsv")
    assert rows(path, notes) == [
        (3, {"a": "1", "b": "2", "c": ""}),
        (7, {"a": "8", "b": "9", "c": "0"}),
    ]
    told = [(r.place, r.found) for r in notes.refused]
    # The last line may have been cut off.
    assert told == [("4", "1 cell"), ("5", "4 cells"), ("8", "2 cells")]
    assert dict(notes.counts) == {"in": 5, "repaired": 1, "refused": 3}


def test_a_table_without_a_header_has_the_names_that_are_given(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"1\t2\n")
    assert rows(path, Notes("a"), ("a", "b")) == [(1, {"a": "1", "b": "2"})]


@pytest.mark.parametrize(
    ("header", "problem"),
    [(b"a\ta\n", "two columns called 'a'"), (b"\xff\tb\n", "its header is not UTF-8")],
)
def test_a_header_that_will_not_do(header: bytes, problem: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=problem):
        rows(file_of(tmp_path, header), Notes("a"))


@pytest.mark.parametrize(
    ("line", "found"),
    [(b"a\rb\tc", "a carriage return or NUL in a cell"), (b"\0\tc", "a carriage return or NUL")],
)
def test_marks_that_break_a_table_are_set_aside(line: bytes, found: str, tmp_path: Path) -> None:
    notes = Notes("a")
    assert rows(file_of(tmp_path, b"x\ty\n" + line + b"\n"), notes) == []
    assert next(iter(notes.refused)).found.startswith(found)


def test_quotes_formulas_and_words_of_sql_are_cells_like_others(tmp_path: Path) -> None:
    path = file_of(tmp_path, b'select\t"a"\n=1+1\t"x\n')
    assert rows(path, Notes("a")) == [(2, {"select": "=1+1", '"a"': '"x'})]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        rows(tmp_path / "none.tsv", Notes("a"))
