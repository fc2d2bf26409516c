"""What a query's text must keep before an engine sees it.

A few kilobytes of nested braces end the process inside the engine, where no error can be caught, so
size and depth are checked here first. Nothing here fetches: SERVICE is refused.
"""

from __future__ import annotations

import re
from typing import Final

from studyclaims.errors import QueryError

SIZE_LIMIT: Final = 64_000
"""The most characters a query may have."""

DEPTH_LIMIT: Final = 100
"""How deep brackets of any kind may be nested, and how many ``!`` may follow each other."""

PATH_LIMIT: Final = 50
"""The most steps one property path may have: planning time grows faster than their square."""

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_QUIET = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>"
    r"|#[^\n]*",
    re.DOTALL,
)
_REFUSED = re.compile(r"(?<![\w:?$])(SERVICE|LOAD)(?![\w:])", re.IGNORECASE)
_PATTERN_END = re.compile(r"[{};]|\.\s")


def guard_query(text: str) -> None:
    """Refuse a query that could end the process or reach outside it.

    >>> guard_query("SELECT * { ?s ?p ?o }")
    >>> guard_query("SELECT * {" * 101)
    Traceback (most recent call last):
    studyclaims.errors.QueryError: the query nests 101 deep; at most 100 is allowed: split it

    Raises:
        QueryError: names the limit that is broken.
    """
    if len(text) > SIZE_LIMIT:
        raise QueryError(
            f"the query has {len(text)} characters; at most {SIZE_LIMIT} are allowed: split it"
        )
    plain = _ESCAPE.sub(lambda m: _character(m[1] or m[2]), text)
    code = _QUIET.sub(" _ ", plain)
    depth = _depth(code)
    if depth > DEPTH_LIMIT:
        raise QueryError(
            f"the query nests {depth} deep; at most {DEPTH_LIMIT} is allowed: split it"
        )
    found = _REFUSED.search(code)
    if found:
        raise QueryError(f"{found[0].upper()} reaches outside the store; load the data first")
    patterns = _PATTERN_END.split(code.replace("||", " "))
    if any(pattern.count("/") + pattern.count("|") > PATH_LIMIT for pattern in patterns):
        raise QueryError(f"a property path has over {PATH_LIMIT} steps; use + or * or split it")


def _character(digits: str) -> str:
    """Return the character of a code point, or a blank where there is none."""
    point = int(digits, 16)
    return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else " "


def _depth(code: str) -> int:
    """Return the greatest depth of brackets, a run of ``!`` or ``^`` counted as nesting too."""
    depth = deepest = run = 0
    for character in code:
        if character in "{([":
            depth += 1
        elif character in "})]":
            depth -= 1
        run = run + 1 if character in "!^-+" else (run if character.isspace() else 0)
        deepest = max(deepest, depth + run)
    return deepest
