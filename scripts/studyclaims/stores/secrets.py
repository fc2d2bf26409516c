"""Secrets in what others say: found in whichever spelling they come back.

A store, or a proxy before it, may answer with what it was sent: as it was, percent-encoded in an
address, escaped in JSON, HTML or a program's source, or in Base64 as the header has it; and with
blanks, or signs that nobody sees, in between.

No regular expression looks for them, as one tries each way to read a run of signs after the other,
and a store may choose what it says. All places of a text are looked at together, each a bit of one
long number, so that the time grows with the text and with the secret alone.
"""

from __future__ import annotations

import base64
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HIDDEN: Final = "***"

_SHORT: Final = 4
"""How long a secret is that is hidden within words, too; the gaps would tell a shorter one."""

_ODD: Final = (
    r"\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff"
)
_UNSEEN: Final = re.compile(f"[{_ODD}]+")
_BLANKS: Final = re.compile(f"[ {_ODD}]+")

# The last letter of an escaped sign is none of the word after it.
_BEGINS: Final = re.compile(
    r"(?<!\w)|(?<=%[0-9a-f]{2})|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=\\[bfnrt])"
)
_ENDS: Final = re.compile(r"(?!\w)")

Piece: TypeAlias = tuple[str, int, int]
"""A word, and how often it stands at least and at most."""

Spelling: TypeAlias = tuple[tuple[str, int], ...]
"""Characters one after the other, each with how many from it on may be left out."""

_PERCENT: Final[tuple[Piece, ...]] = (("%", 1, 1), ("25", 0, 4))
_ESCAPE: Final[tuple[Piece, ...]] = (("\\", 1, 8),)
_AND: Final[tuple[Piece, ...]] = (("&", 1, 1), ("amp;", 0, 4))


class _Needle(NamedTuple):
    """A secret, as the spellings of each of its characters."""

    spellings: tuple[tuple[Spelling, ...], ...]
    whole: bool
    """Whether it is hidden only where it is a whole word."""


class _Secrets(NamedTuple):
    """What to look for, and the characters in all its spellings."""

    needles: tuple[_Needle, ...]
    alphabet: frozenset[str]


def hidden(text: str, user: str, password: str, token: str = "") -> str:
    r"""Return a text without a password or a token, and without them in Base64 beside the user.

    A secret of less than four characters is hidden where it is a whole word.

    >>> hidden('{"p": "a\\u0022b!"}, YWRhOmEiYiE=', "ada", 'a"b!')
    '{"p": "***"}, ***'
    >>> hidden("hun\nter2, of an application: a", "ada", "hunter2", "a")
    '***, of an application: ***'
    """
    if not (password or token or user):
        return text
    secrets = _secrets(user, password, token)
    spans = {
        (places[first], places[last] + 1)
        for read, places in _foldings(text)
        for first, last in _found(read, secrets)
    }
    parts, end = [], 0
    for first, last in sorted(spans):
        if first >= end:
            parts += [text[end:first], HIDDEN]
        end = max(end, last)
    return "".join([*parts, text[end:]])


def _foldings(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield a text, as it is and with its blanks folded, and from which places that is."""
    small = "".join(map(_small, text))
    every = tuple(range(len(text)))
    yield small, every
    seen = {small}
    for blanks, fold in ((_UNSEEN, _none), (_BLANKS, _none), (_BLANKS, _one)):
        read: list[str] = []
        places: list[int] = []
        end = 0
        for run in blanks.finditer(small):
            kept = fold(run[0])
            read += [small[end : run.start()], kept]
            places += every[end : run.start()]
            first = run.start() + max(run[0].find(kept), 0)
            places += every[first : first + len(kept)]
            end = run.end()
        folded = "".join([*read, small[end:]])
        if folded not in seen:
            yield folded, (*places, *every[end:])
        seen.add(folded)


def _none(run: str) -> str:
    """Return nothing for a run with what nobody sees in it, and a run of blanks as it is."""
    return "" if run.strip(" ") else run


def _one(_: str) -> str:
    """Return one blank for a run."""
    return " "


def _found(read: str, secrets: _Secrets) -> Iterator[tuple[int, int]]:
    """Yield the first and the last place of each run of secrets in a text."""
    masks = _masks(read, secrets.alphabet)
    anywhere = (1 << (len(read) + 1)) - 1
    covered = 0
    for needle in secrets.needles:
        begins = _bits(_BEGINS, read) if needle.whole else anywhere
        ends = _bits(_ENDS, read) if needle.whole else anywhere
        covered |= _covered(needle, masks, begins, ends)
    for run in re.finditer("1+", f"{covered:b}"[::-1]):
        yield run.start(), run.end() - 1


def _covered(needle: _Needle, masks: Mapping[str, int], begins: int, ends: int) -> int:
    """Return the places of a text where a secret is, as the bits of a number."""
    layers = [begins]
    for spellings in needle.spellings:
        after = 0
        for spelling in spellings:
            after |= _ahead(spelling, masks, layers[-1])[-1]
        if not after:
            return 0
        layers.append(after)
    behind, covered = layers.pop() & ends, 0
    for spellings in reversed(needle.spellings):
        before, at = layers.pop(), 0
        for spelling in spellings if behind else ():
            reached = _ahead(spelling, masks, before)
            first, over = _back(spelling, masks, reached, behind)
            at |= first
            covered |= over
        behind = at
    return covered


def _ahead(spelling: Spelling, masks: Mapping[str, int], at: int) -> list[int]:
    """Return where each character of a spelling may stand, and its end, if it begins at places."""
    reached = [at] + [0] * len(spelling)
    for number, (character, left_out) in enumerate(spelling):
        here = reached[number]
        if here:
            if left_out:
                reached[number + left_out] |= here
            reached[number + 1] |= (here & masks[character]) << 1
    return reached


def _back(
    spelling: Spelling, masks: Mapping[str, int], reached: list[int], behind: int
) -> tuple[int, int]:
    """Return where a spelling begins that ends at places, and the places that it is at."""
    covered = 0
    ways = [0] * len(spelling) + [behind & reached[-1]]
    for number in range(len(spelling) - 1, -1, -1):
        character, left_out = spelling[number]
        if reached[number]:
            step = (ways[number + 1] >> 1) & masks[character] & reached[number]
            covered |= step
            ways[number] = step | (ways[number + left_out] & reached[number] if left_out else 0)
    return ways[0], covered


def _masks(text: str, alphabet: frozenset[str]) -> dict[str, int]:
    """Return where in a text each character of an alphabet stands, as the bits of a number."""
    rows = {character: bytearray() for character in alphabet}
    for place, character in enumerate(text):
        row = rows.get(character)
        if row is not None:
            if not row:
                row.extend(bytes(len(text) // 8 + 1))
            row[place >> 3] |= 1 << (place & 7)
    return {character: int.from_bytes(row, "little") for character, row in rows.items()}


def _bits(pattern: re.Pattern[str], text: str) -> int:
    """Return where an empty pattern matches in a text, as the bits of a number."""
    row = bytearray(len(text) // 8 + 1)
    for match in pattern.finditer(text):
        row[match.start() >> 3] |= 1 << (match.start() & 7)
    return int.from_bytes(row, "little")


@cache
def _small(character: str) -> str:
    """Return a character as it is compared: names of media types are read in small letters."""
    small = character.casefold()
    return small if len(small) == 1 else character


@lru_cache(maxsize=16)
def _secrets(user: str, password: str, token: str) -> _Secrets:
    """Return what to look for."""
    needles = {_needle(secret, _spelled, secret) for secret in (password, token) if secret}
    for secret in (password, f"{user}:{password}" if user else ""):
        needles |= {_needle(word, _packed, secret) for word in _in_base64(secret) if word}
    every = {spelling for needle in needles for each in needle.spellings for spelling in each}
    alphabet = frozenset(character for spelling in every for character, _ in spelling)
    return _Secrets(tuple(needles), alphabet)


def _needle(word: str, spelled: Callable[[str], tuple[Spelling, ...]], secret: str) -> _Needle:
    return _Needle(tuple(map(spelled, word)), len(secret) < _SHORT)


def _in_base64(text: str) -> Iterator[str]:
    """Yield a text in Base64, in both alphabets and as each charset has it."""
    for charset in ("utf-8", "latin-1"):
        data = text.encode(charset, "ignore")
        yield base64.b64encode(data).decode("ascii")
        yield base64.urlsafe_b64encode(data).decode("ascii")


@cache
def _packed(character: str) -> tuple[Spelling, ...]:
    """Return the spellings of a character of Base64; only its signs are ever escaped."""
    if character.isalnum():
        return (_steps((character, 1, 1)),)
    return (*_spelled(character), ()) if character == "=" else _spelled(character)


@cache
def _spelled(character: str) -> tuple[Spelling, ...]:
    """Return every spelling of a character, escaped again some times or not.

    A percent sign that is encoded again is ``%25``; a backslash that is, two of them.
    """
    code = ord(character)
    units = character.encode("utf-16-be")
    pairs = [units[at : at + 2].hex() for at in range(0, len(units), 2)]
    escape_u, escape_x = (*_ESCAPE, ("u", 1, 1)), (*_ESCAPE, ("x", 1, 1))
    zeros: Piece = ("0", 0, 6)
    spellings = [
        _steps(("\\", 0, 8), (character, 1, 1)),
        _hexed(_PERCENT, [f"{byte:02x}" for byte in character.encode()]),
        _hexed(escape_u, pairs),
        _hexed(escape_u, [f"{code:08x}"]),
        _steps(*_AND, ("#x", 1, 1), zeros, (f"{code:x};", 1, 1)),
        _steps(*_AND, ("#", 1, 1), zeros, (f"{code};", 1, 1)),
        *(_steps(*_AND, (name, 1, 1)) for name in _named().get(character, ())),
    ]
    if code < 0x100:
        spellings += [_hexed(escape_x, [f"{code:02x}"]), _hexed(_PERCENT, [f"{code:02x}"])]
    if code > 0x7F:
        # Bytes that were read in the wrong charset, of which some are controls.
        misread = character.encode().decode("latin-1")
        spellings += [_steps((misread, 1, 1)), _steps((_UNSEEN.sub("", misread), 1, 1))]
        spellings.append(_steps(("\ufffd", 1, 4)))
    if character == " ":
        spellings.append(_steps(("+", 1, 1)))
    return tuple(dict.fromkeys(spellings))


def _hexed(before: tuple[Piece, ...], numbers: list[str]) -> Spelling:
    """Return a spelling in numbers, each after the same sign."""
    return _steps(*(piece for number in numbers for piece in (*before, (number, 1, 1))))


def _steps(*pieces: Piece) -> Spelling:
    """Return the spelling that is some pieces one after the other."""
    steps: list[tuple[str, int]] = []
    for word, least, most in pieces:
        for number in range(most):
            left_out = (most - number) * len(word) if number >= least else 0
            steps.append((_small(word[0]), left_out))
            steps += [(_small(character), 0) for character in word[1:]]
    return tuple(steps)


@cache
def _named() -> dict[str, list[str]]:
    """Return the names that HTML has for a character."""
    from html.entities import html5

    names: dict[str, list[str]] = {}
    for name, text in sorted(html5.items()):
        if name.endswith(";"):
            names.setdefault(text, []).append(name)
    return names
