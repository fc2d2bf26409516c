r"""Secrets in what others say: a password or a token that a store sends back is not shown.

What stands there as it was sent, or in Base64 as the header has it, gives way to ``***``, whatever
blanks or signs that nobody sees are in between. Where it comes out only once other spellings are
undone (``%41``, ``\u0041``, ``&#65;``, one in another), nothing of the text is shown; it is seldom.

A store may choose what it says. So a part of the pattern is read in one way alone, its first part
is no blank, and there is a bound to how long a text is and to how often it is undone.
"""

from __future__ import annotations

import base64
import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

WITHHELD: Final = "(not shown, as a password or a token may be in it)"

_LONGEST: Final = 10_000
"""How long a text may be that is looked through; no message has room for a longer one."""

_LAYERS: Final = 4
"""How many spellings are undone, one in another."""

_SHORT: Final = 4
"""How long a secret is that is hidden within words, too; the gaps would tell a shorter one."""

_UNSEEN: Final = (
    r"\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff"
)
_BLANK: Final = f"[ +{_UNSEEN}]++"
_GAP: Final = f"(?:[{_UNSEEN}][ {_UNSEEN}]*+)?"
_PARTS: Final = re.compile(r"(?P<blank>\+* [ +]*)|(?P<other>[^\0-\x7f]+)|.")
_CODE: Final = r"u([\da-fA-F]{4})|U(00(?:0[\da-fA-F]|10)[\da-fA-F]{4})|x([\da-fA-F]{2})"
_ESCAPES: Final = (re.compile(rf"\\(?:{_CODE})"), re.compile(rf"\\(?:{_CODE}|(.))", re.DOTALL))
"""Escapes where a backslash itself is not escaped, and where it is."""


def hidden(text: str, user: str, password: str, token: str = "") -> str:
    r"""Return a text without a password or a token, and without them in Base64 beside the user.

    A secret of less than four characters is hidden where it is a whole word. A text that holds one
    in another spelling, or is too long to look for that, is withheld.

    >>> hidden("hun\nter2, of an application: a; YWRhOmh1bnRlcjI=", "ada", "hunter2", "a")
    '***, of an application: ***; ***'
    >>> hidden('{"p": "a\\u0022b!"}', "ada", 'a"b!')
    '(not shown, as a password or a token may be in it)'
    """
    if not (password or token or user):
        return text
    if len(text) > _LONGEST:
        return WITHHELD
    secret, parts, end = _secret(user, password, token), [], 0
    for match in secret.finditer(text):
        first, last = match.span(1)
        if first >= end:
            parts += [text[end:first], "***"]
        end = max(end, last)
    rest = "".join([*parts, text[end:]])
    return WITHHELD if any(map(secret.search, _undone(rest))) else rest


@lru_cache(maxsize=16)
def _secret(user: str, password: str, token: str) -> re.Pattern[str]:
    """Return what matches before a secret, without a length itself, as secrets may overlap."""
    secrets = {password, token} - {""}
    sent = secrets | ({f"{user}:{password}"} if user else set())
    ways = [(secret, _plain(secret)) for secret in secrets]
    for charset in ("utf-8", "latin-1"):
        ways += [(secret, _packed(secret.encode(charset, "ignore"))) for secret in sent]
    every = {rf"(?<!\w){way}(?!\w)" if len(of) < _SHORT else way for of, way in ways if way}
    # Of two that begin at one place, the longer one is hidden.
    return re.compile(f"(?=({'|'.join(sorted(every, key=len, reverse=True))}))", re.I)


def _plain(secret: str) -> str:
    """Return the pattern of a secret as it is, folded or not, in a right or a wrong charset."""
    parts = []
    # Of blanks, which a sign of more may stand for, none begins or ends a pattern.
    for part in _PARTS.finditer(re.sub(r"^\+* [ +]*|\+* [ +]*$", "", secret)):
        if part["blank"]:
            parts.append(_BLANK)
        elif part["other"]:
            # Of bytes that were read in a wrong charset, some are controls, which a gap may hold.
            misread = re.sub(f"[{_UNSEEN}]", "", part[0].encode().decode("latin-1"))
            right, wrong = (_GAP.join(map(re.escape, way)) for way in (part[0], misread))
            parts.append(rf"(?>{right}|{wrong}[\x80-\xa0\xad]*|\ufffd+)")
        else:
            parts.append(re.escape(part[0]))
    return _GAP.join(parts).replace(_GAP + _BLANK + _GAP, _BLANK)


def _packed(secret: bytes) -> str:
    """Return the pattern of a secret in Base64, in either alphabet, with its end or without."""
    either = {"+": "[-+]", "/": "[/_]"}
    letters = [either.get(one, one) for one in base64.b64encode(secret).decode().rstrip("=")]
    return _GAP.join(letters) + "={0,2}" if letters else ""


def _undone(text: str) -> Iterator[str]:
    """Yield what a text reads as once spellings in it are undone, in whatever order they are."""
    # A line may be folded within the spelling of a character.
    seen = last = {text, re.sub(f"[{_UNSEEN}][ {_UNSEEN}]*+", "", text)}
    yield from seen
    for _ in range(_LAYERS):
        last = {each for one in last for each in _each_undone(one)} - seen
        seen = seen | last
        yield from last


def _each_undone(text: str) -> Iterator[str]:
    """Yield a text without percent-encoding, without references of HTML, and without escapes."""
    yield unquote(text)
    # Python refuses a number of thousands of digits.
    yield html.unescape(re.sub("&#0*([0-9]{1,7})[0-9]*", r"&#\1", text))
    for escape in _ESCAPES:
        units = escape.sub(_unescaped, text).encode("utf-16", "surrogatepass")
        yield units.decode("utf-16", "replace")


def _unescaped(escape: re.Match[str]) -> str:
    number = escape[1] or escape[2] or escape[3]
    return chr(int(number, 16)) if number else re.sub("[bfnrt]", "\n", escape[4])
