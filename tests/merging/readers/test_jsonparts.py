"""Single parts of JSON, as they stand in its text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from studyclaims.merging.readers.jsonparts import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
NAMES = st.text(max_size=3).filter(lambda it: "/" not in it)
VALUES = st.recursive(
    LEAVES,
    lambda it: st.lists(it, max_size=3) | st.dictionaries(NAMES, it, max_size=3),
    max_leaves=12,
)


def places(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON
    steps = enumerate(value, 1) if isinstance(value, list) else ()
    for step, inner in value.items() if isinstance(value, dict) else steps:
        yield f"{at}{step}", inner
        yield from places(inner, f"{at}{step}/")


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_each_part_is_found_at_its_place(value: Any, indent: int | None, ascii_only: bool) -> None:  # noqa: ANN401 - any JSON
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    for place, inner in places(value):
        (found,) = parts_of(text, [place])
        assert json.loads(found) == inner
        assert found in text


def test_parts_stand_in_the_order_of_the_text_and_nothing_in_them_changes() -> None:
    text = ' { "a" : [ 1.50 , {"b":"\\u00e9" ,\n"b":1e0} ] , "c" : NaN , "d/e": [] } '
    found = list(parts_of(text, ["c", "a/2", "a/1", "a/9", "x/1", "c/1"]))
    assert found == ["1.50", '{"b":"\\u00e9" ,\n"b":1e0}']
    assert list(parts_of(text, ["c"])) == ["NaN"]
