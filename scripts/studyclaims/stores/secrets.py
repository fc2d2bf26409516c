"""Secrets in what others say: found in whichever spelling they come back.

A store, or a proxy before it, may answer with what it was sent: as it was, percent-encoded in an
address, escaped in JSON, HTML or a program's source, or in Base64 as the header has it.
"""

from __future__ import annotations

import base64
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HIDDEN: Final = "***"

# Bounded, so that a text of nothing but signs is read in time.
_PERCENT: Final = "%(?:25){0,4}"
_ESCAPE: Final = r"\\{1,8}"
_AND: Final = "&(?:amp;){0,4}"


def hidden(text: str, user: str, password: str, token: str = "") -> str:
    r"""Return a text without a password or a token, and without them in Base64 beside the user.

    >>> hidden('{"p": "a\\u0022b"}, YWRhOmEiYg==', "ada", 'a"b')
    '{"p": "***"}, ***'
    """
    if not (password or token or user):
        return text
    return _pattern(user, password, token).sub(HIDDEN, text)


@lru_cache(maxsize=16)
def _pattern(user: str, password: str, token: str) -> re.Pattern[str]:
    """Return what matches every spelling of the secrets, the longest first."""
    secrets = {secret for secret in (password, token) if secret}
    packed = set(_in_base64(password)) | (set(_in_base64(f"{user}:{password}")) if user else set())
    found = [(len(word), _spelling(word, _packed)) for word in packed - {""}]
    found += [(len(secret), _spelling(secret, _spelled)) for secret in secrets]
    # Names of media types, and such, are read in small letters.
    return re.compile("|".join(one for _, one in sorted(found, reverse=True)), re.IGNORECASE)


def _in_base64(text: str) -> Iterator[str]:
    """Yield a text in Base64, in both alphabets and as each charset has it."""
    for charset in ("utf-8", "latin-1"):
        data = text.encode(charset, "ignore")
        yield base64.b64encode(data).decode("ascii")
        yield base64.urlsafe_b64encode(data).decode("ascii")


def _spelling(text: str, spelled: Callable[[str], str]) -> str:
    return "".join(f"(?:{spelled(character)})" for character in text)


def _packed(character: str) -> str:
    """Return a pattern for a character of Base64; only its signs are ever escaped."""
    if character.isalnum():
        return character
    return f"{_spelled(character)}|" if character == "=" else _spelled(character)


@cache
def _spelled(character: str) -> str:
    """Return a pattern for every spelling of a character, escaped again some times or not.

    A percent sign that is encoded again is ``%25``; a backslash that is, two of them.
    """
    code = ord(character)
    units = character.encode("utf-16-be")
    pairs = [units[at : at + 2].hex() for at in range(0, len(units), 2)]
    spellings = [
        _hexed(_PERCENT, [f"{byte:02x}" for byte in character.encode()]),
        _hexed(rf"{_ESCAPE}u", pairs),
        _hexed(rf"{_ESCAPE}U", [f"{code:08x}"]),
        _hexed(f"{_AND}#x0{{0,6}}", [f"{code:x}"]) + ";",
        f"{_AND}#0{{0,6}}{code};",
        *(f"{_AND}{name}" for name in _named().get(character, ())),
    ]
    if code < 0x100:
        spellings += [_hexed(rf"{_ESCAPE}x", [f"{code:02x}"]), _hexed(_PERCENT, [f"{code:02x}"])]
    if code > 0x7F:
        # Bytes that were read in the wrong charset.
        spellings += [re.escape(character.encode().decode("latin-1")), "\ufffd{1,4}"]
    if character == " ":
        spellings.append(r"\+")
    return "|".join([*spellings, rf"\\{{0,8}}{re.escape(character)}"])


def _hexed(before: str, numbers: list[str]) -> str:
    """Return a pattern for numbers, each after the same sign."""
    return "".join(f"{before}{number}" for number in numbers)


@cache
def _named() -> dict[str, list[str]]:
    """Return the names that HTML has for a character."""
    from html.entities import html5

    names: dict[str, list[str]] = {}
    for name, text in sorted(html5.items()):
        if name.endswith(";"):
            names.setdefault(text, []).append(name)
    return names
