"""What a query's text must keep before an engine sees it.

A few kilobytes of nested braces, or a chain of some thousand signs, end the process inside the
engine, where no error can be caught, so size, length and depth are checked here first. Nothing here
fetches: SERVICE is refused. An engine may read a text in another way than its writer, so what can
be read in two ways is refused as well.
"""

from __future__ import annotations

import re
from typing import Final

from studyclaims.errors import QueryError

SIZE_LIMIT: Final = 64_000
"""The most characters a query may have."""

WORD_LIMIT: Final = 2_000
"""The most words and signs a query may have: a chain of them is nested inside the engine."""

DEPTH_LIMIT: Final = 100
"""How deep brackets of any kind may be nested, and how many ``!`` may follow each other."""

PATH_LIMIT: Final = 50
"""The most steps one property path may have: planning time grows faster than their square."""

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# An IRI with // after its scheme is never a comparison; another one is safe either way only if it
# has no bracket, quote or # that one of the two readings would see. \\. is an escape in a name.
_QUIET = re.compile(
    r'(?P<text>"""(?:[^"\\]|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n\r]|\\.)*+"'
    r"|'(?:[^'\\\n\r]|\\.)*+'"
    r"|<[A-Za-z][A-Za-z0-9+.-]*://[^\x00-\x20<>\"{}|^`\\]*>"
    r"|#[^\n\r]*)"
    r"|(?P<name>\\.)"
    r"|(?P<iri><(?:[\w:.?$&=*/,;@%~]|-(?!-))*>)"
    r"|(?P<unclear><[^\x00-\x20<>\"{}|^`\\]*>)"
    r"|(?P<open>[\"'])",
    re.DOTALL,
)
_WORD = re.compile(r"[?$]?[\w:]+|\S")
# Engines differ in where a dot ends a name, so here each does.
_VARIABLE_OR_LOCAL = re.compile(r"[?$]\w+|:[\w:%][\w:%-]*")
# Engines read SERVICE:x and SERVICESILENT<x> as keywords too; a prefix may be called service.
_REFUSED = re.compile(
    r"SERVICE(?![\w.-]{0,64}:(?!\s*\{))|(?<![\w.-])LOAD(?![\w.:-])", re.IGNORECASE
)
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
    code = _QUIET.sub(_quiet, _ESCAPE.sub(_character, text))
    depth = _depth(code.replace("<<", "(").replace(">>", ")"))
    if depth > DEPTH_LIMIT:
        raise QueryError(
            f"the query nests {depth} deep; at most {DEPTH_LIMIT} is allowed: split it"
        )
    found = _REFUSED.search(_VARIABLE_OR_LOCAL.sub(lambda m: ":" if m[0][0] == ":" else " ", code))
    if found:
        raise QueryError(f"{found[0].upper()} reaches outside the store; load the data first")
    patterns = _PATTERN_END.split(code.replace("||", " "))
    if any(pattern.count("/") + pattern.count("|") > PATH_LIMIT for pattern in patterns):
        raise QueryError(f"a property path has over {PATH_LIMIT} steps; use + or * or split it")
    words = len(_WORD.findall(code))
    if words > WORD_LIMIT:
        raise QueryError(
            f"the query has {words} words and signs; at most {WORD_LIMIT} are allowed: split it"
        )


def _character(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; one that could be syntax is refused.

    Some engines resolve escapes before they read the query, some after, and some in texts only.
    """
    point = int(escape[1] or escape[2], 16)
    if point < 0x80 or 0xD800 <= point < 0xE000 or point > 0x10FFFF:
        raise QueryError(f"the escape {escape[0]} can hide syntax; write the character itself")
    return chr(point)


def _quiet(token: re.Match[str]) -> str:
    """Return what stands for a token in which no engine sees syntax."""
    match token.lastgroup:
        case "text":
            return " " if token[0].startswith("#") else " _ "
        case "name":
            return "_"
        case "iri":
            return " _" * len(_WORD.findall(token[0])) + " "
    line = token.string.count("\n", 0, token.start()) + 1
    if token.lastgroup == "open":
        raise QueryError(f"line {line}: a text opens with {token[0]} and is never closed")
    raise QueryError(
        f"line {line}: {token[0][:40]!r} can be read as an IRI and as a comparison; put blanks "
        "around < and >, or declare a prefix for the IRI"
    )


def _depth(code: str) -> int:
    """Return the greatest depth of brackets, a run of ``!`` or ``^`` counted as nesting too."""
    depth = deepest = run = 0
    for character in code:
        if character in "{([":
            depth += 1
        elif character in "})]":
            depth = max(depth - 1, 0)
        run = run + 1 if character in "!^-+" else (run if character.isspace() else 0)
        deepest = max(deepest, depth + run)
    return deepest
