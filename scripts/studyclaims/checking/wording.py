"""How a record writes one value: bare or quoted, on one line or folded over several."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from studyclaims.errors import RecordError
from studyclaims.yamltree import parse_tree, plain

if TYPE_CHECKING:
    from studyclaims.layout import Scalar

WIDTH: Final = 110
"""Every line that can be broken has fewer columns than this."""

_BARE: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ._/()-]*[A-Za-z0-9._/()-])?")
"""Text that stands without quotes wherever it is, unless it is one of the words below."""
_WORDS: Final = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null"])
_SINGLE_BLANK: Final = re.compile(r"(?<! ) (?! )")
Place = tuple[str, Callable[[str], object]]
BLOCK: Final[Place] = ("- {0}\n- k: {0}\n", lambda text: [text, {"k": text}])
FLOW: Final[Place] = ("[{0}, {{k: {0}}}]", lambda text: [text, {"k": text}])
KEY: Final[Place] = ("{0}: x\n", lambda text: {text: "x"})
FLOW_KEY: Final[Place] = ("{{{0}: x}}", lambda text: {text: "x"})


def printed(scalar: Scalar, place: Place) -> str:
    """Return a scalar on one line, in quotes only where it needs them or may have them.

    >>> from studyclaims.layout import read_page
    >>> printed(read_page(b"'a: b'", "a.yaml").root, BLOCK)
    '"a: b"'
    """
    text = scalar.text
    if not scalar.style and not _is_text(text):
        return text or "null"
    quoted = scalar.style in ("'", '"') and not _means_text_everywhere(text)
    if not quoted and stands(place, text):
        return text
    return json.dumps(text, ensure_ascii=False)


def printed_long(scalar: Scalar, column: int, indent: int) -> str:
    r"""Return a value as it stands after ``column`` columns, folded where it is too long.

    >>> from studyclaims.layout import read_page
    >>> note = read_page(b"note: " + b"word " * 30, "a.yaml").root.items[0].value
    >>> [len(line) for line in printed_long(note, 6, 2).split("\n")]
    [2, 104, 44]
    """
    words = _SINGLE_BLANK.split(scalar.text)
    # Measured in quotes even where none are needed, so that folding does not hang on them.
    is_long = column + 1 + len(json.dumps(scalar.text, ensure_ascii=False)) >= WIDTH
    if is_long and len(words) > 1 and _can_fold(scalar):
        return "\n".join([">-", *_wrapped(words, WIDTH - 3 - indent)])
    return printed(scalar, BLOCK)


def _is_text(text: str) -> bool:
    """Return whether a scalar written without quotes is text, not a number, a truth or nothing."""
    if not re.fullmatch(r"[\w.+~-]+", text):
        return bool(text)
    # No blank, bracket or colon is in it, so it is one plain scalar wherever it stands.
    return plain(parse_tree(f"k: {text}".encode(), "")) == {"k": text}


def _can_fold(scalar: Scalar) -> bool:
    """Return whether the text comes back the same from lines that are joined by blanks."""
    text = scalar.text
    return bool(scalar.style or _is_text(text)) and not re.search(r"[\n\t]|^ | $", text)


def _wrapped(words: list[str], width: int) -> list[str]:
    """Return the words in lines of at most this width, or of one word."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


@lru_cache(maxsize=4096)
def stands(place: Place, text: str) -> bool:
    """Return whether the text without quotes is read back as itself at such a place.

    >>> stands(BLOCK, "1, 2"), stands(FLOW, "1, 2"), stands(BLOCK, "12")
    (True, False, False)
    """
    if _BARE.fullmatch(text):
        # The reader knows fewer words than other tools do; these three are values to it.
        return text.casefold() not in {"true", "false", "null"}
    if "\n" in text or "\t" in text or not text:
        return False
    form, expected = place
    try:
        return bool(plain(parse_tree(form.format(text).encode(), "")) == expected(text))
    except RecordError:
        return False


def _means_text_everywhere(text: str) -> bool:
    """Return whether no YAML reader, of whatever age, takes the bare text for another kind."""
    return bool(re.match(r"[A-Za-z]", text)) and text.casefold() not in _WORDS


def cut(text: str) -> str:
    """Return a text as a message quotes it, at most 60 characters.

    >>> cut("word " * 20)
    'word word word word word word word word word word word wo...'
    """
    return text if len(text) <= 60 else f"{text[:57]}..."


def difference(old: str | None, new: str | None) -> str:
    """Return how two lines differ, one of which may be none; long ones from where they do.

    >>> difference("    a: b", "  a: b")
    "found '    a: b'; expected '  a: b'"
    >>> difference("a" * 90 + " #", None)[:20]
    "found 'aaaaaaaaaaaaa"
    """
    pairs = enumerate(zip(old or "", new or "", strict=False))
    shorter = min(len(old or ""), len(new or ""))
    place = next((n for n, (one, other) in pairs if one != other), shorter)
    start = max(0, place - 20)
    return f"found {_line(old, start)}; expected {_line(new, start)}"


def _line(line: str | None, start: int) -> str:
    if line is None:
        return "nothing"
    if not line.strip():
        return "a blank line"
    return cut(repr(f"...{line[start:]}" if start and len(line) > 56 else line))
