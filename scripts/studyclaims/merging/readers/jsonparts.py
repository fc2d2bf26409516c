"""The text of single parts of a JSON file, as it stands there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

Places: TypeAlias = "dict[str, Places]"

_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_BLANK: Final = re.compile(r"[ \t\n\r]*")
_ENDS: Final = {"{": "}", "[": "]"}


def parts_of(text: str, places: Iterable[str]) -> Iterator[str]:
    """Yield the text of each part that is named, in the order of the text.

    A place is the names and numbers that lead to it, the first of a list is 1.

    >>> list(parts_of('{"nodes": [{"id": 1.50}, [ ]]}', ["nodes/2", "nodes/1/id"]))
    ['1.50', '[ ]']
    """
    wanted: Places = {}
    for place in places:
        at = wanted
        for step in place.split("/"):
            at = at.setdefault(step, {})
    yield from _found(text, _after_blanks(text, 0), wanted)


def _found(text: str, at: int, wanted: Places) -> Generator[str, None, int]:
    """Yield what is wanted of the value that begins at a place; return where it ends."""
    opening = text[at]
    if not wanted or opening not in _ENDS:
        end = _end(text, at)
        if not wanted:
            yield text[at:end]
        return end
    at, number = _after_blanks(text, at + 1), 0
    while text[at] != _ENDS[opening]:
        number += 1
        name: Any = str(number)
        if opening == "{":
            name, at = _DECODER.raw_decode(text, at)
            at = _after_blanks(text, _after_blanks(text, at) + 1)
        if name in wanted:
            at = yield from _found(text, at, wanted[name])
        else:
            at = _end(text, at)
        at = _after_blanks(text, at)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)
    return at + 1


def _end(text: str, at: int) -> int:
    return _DECODER.raw_decode(text, at)[1]


def _after_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at
