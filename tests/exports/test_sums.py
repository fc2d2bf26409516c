"""The list of sums is read by sha256sum and by us."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from studyclaims.exports.sums import read_sums, sums_text

NAMES = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1).filter(
    lambda name: "\\" not in name
)


@settings(max_examples=30)
@given(st.dictionaries(NAMES, st.binary()))
def test_a_list_is_read_back(files: dict[str, bytes]) -> None:
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert read_sums(sums_text(files)) == sums


def test_paths_are_sorted_and_each_ends_its_line() -> None:
    text = sums_text({"b": b"", "a/c": b"", "a.b": b""})
    assert [line[66:] for line in text.split("\n")] == ["a.b", "a/c", "b", ""]
    assert text.split("  ")[0] == hashlib.sha256(b"").hexdigest()


def test_what_is_no_line_of_sums_is_left_out() -> None:
    good = f"{'0' * 64}  a b\n"
    assert read_sums(f"# note\n{good}{'0' * 63}  c\n{'0' * 64} d\n{'G' * 64}  e\n") == {
        "a b": "0" * 64
    }
