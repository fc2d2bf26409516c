"""Secrets that a store sends back: in no spelling are they shown."""

from __future__ import annotations

import base64
import html
import json
import re
import string
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from faults.scripted import said, scripted
from studyclaims.errors import StoreError
from studyclaims.stores.bodies import RESULTS, require_status, solutions, triples
from studyclaims.stores.calls import Answer, Caller
from studyclaims.stores.credentials import Auth
from studyclaims.stores.profiles import SPARQL11
from studyclaims.stores.secrets import WITHHELD, hidden

if TYPE_CHECKING:
    from collections.abc import Callable

USER = "ada"


def packed(secret: str) -> str:
    return base64.b64encode(f"{USER}:{secret}".encode()).decode()


def every(secret: str, form: Callable[[int], str]) -> str:
    """Return each byte of a secret in a form."""
    return "".join(map(form, secret.encode()))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in an address": lambda s: quote(s, safe=""),
    "in a path": quote,
    "in a form": quote_plus,
    "each byte in an address": lambda s: every(s, "%{:02x}".format),
    "each byte in an address, large": lambda s: every(s, "%{:02X}".format),
    "in an address in an address": lambda s: quote(quote(s, safe=""), safe=""),
    "in JSON": lambda s: json.dumps(s)[1:-1],
    "in JSON as it is": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "in JSON with a slash": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "in JSON in JSON": lambda s: json.dumps(json.dumps(s)[1:-1])[1:-1],
    "in Python": lambda s: repr(s)[1:-1],
    "in HTML": html.escape,
    "in HTML, all as numbers": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "packed": packed,
    "packed for addresses": lambda s: packed(s).replace("+", "-").replace("/", "_"),
    "packed, without its end": lambda s: packed(s).rstrip("="),
    "packed in an address": lambda s: quote(packed(s), safe=""),
    "packed as Latin-1": lambda s: base64.b64encode(f"{USER}:{s}".encode("latin-1")).decode(),
    "in a header": lambda s: s.encode().decode("latin-1"),
    "packed, in small letters": lambda s: packed(s).lower(),
    "in another charset": lambda s: s.encode("latin-1").decode("utf-8", "replace"),
    "packed alone": lambda s: base64.b64encode(s.encode()).decode(),
}
ODD = string.punctuation + " aZ09éß€😀"
SECRETS = st.text(st.sampled_from(ODD), min_size=6, max_size=12).filter(
    lambda s: s == s.strip(" +")
)


NARROW: Final = {"packed as Latin-1", "in another charset"}
"""The spellings that only some characters have."""

PACKED: Final = {name for name in SPELLINGS if "packed" in name}
IN_PLACE: Final = PACKED - {"packed in an address"} | {
    *("as it is", "in a header", "in another charset")
}
"""The spellings that are hidden where they stand; the text of another is withheld."""

LAYERS: Final = {name for name in SPELLINGS if name.count("in ") < 2} - IN_PLACE - PACKED

WORDS: Final = ("a\"b\\c/d%e+f g&h'<i>", "pässwörd", "päss€w😀rd")


@pytest.mark.parametrize(
    ("spelling", "secret"),
    [(s, word) for s in SPELLINGS for word in (WORDS[:2] if s in NARROW else WORDS)],
)
def test_each_spelling_is_hidden(spelling: str, secret: str) -> None:
    require_hidden(spelling, secret)


@given(st.sampled_from(sorted(SPELLINGS)), SECRETS)
@settings(max_examples=25)
def test_no_spelling_of_any_secret_is_shown(spelling: str, secret: str) -> None:
    assume(spelling not in NARROW or secret.encode("latin-1", "ignore").decode("latin-1") == secret)
    require_hidden(spelling, secret)


def require_hidden(spelling: str, secret: str) -> None:
    """Fail where a spelling of a password, or of a token if it has it, is shown."""
    word = SPELLINGS[spelling](secret)
    shown = {hidden(f"(\n{word}\n)", USER, secret)}
    if "packed" not in spelling:
        shown.add(hidden(f"(\n{word}\n)", USER, "another", secret))
    if spelling in IN_PLACE or word == secret:
        assert shown == {"(\n***\n)"}
    else:
        # A sign of the spelling itself may stay beside it, and tells nothing.
        ends = re.compile(r"\(\n\\*\*{3}(\\|%3D|amp;)*\n\)")
        assert all(each == WITHHELD or ends.fullmatch(each) for each in shown)
    if secret == WORDS[0] and spelling not in IN_PLACE | PACKED:
        assert shown == {WITHHELD}


@given(
    SECRETS,
    st.lists(st.sampled_from(sorted(LAYERS)), max_size=4),
    st.sampled_from(["", '"', "\\", "%4", "&a", "\\u00"]),
    st.integers(0, 20),
)
@settings(max_examples=25)
def test_no_secret_is_shown_that_is_spelled_in_layers_and_folded(
    secret: str, layers: list[str], beside: str, at: int
) -> None:
    text = f"{beside}{secret}{beside}"
    for spelling in layers:
        text = SPELLINGS[spelling](text)
    for each in (text, f"{text[:at]}\r\n  {text[at:]}"):
        shown = hidden(each, USER, secret)
        assert shown == WITHHELD or "***" in shown


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("p\\xe4ss\\w", "päss\\w"),
        ("p\\xc3\\xa4ss", "päss"),
        ("p\\U0001f600ss", "p😀ss"),
        ("p\\ud83d\\ude00ss", "p😀ss"),
        ("p%E4ss", "päss"),
        ("&#0000000000112;&#x000061;ss", "pass"),
        (f"&#{'0' * 5000}112;ass", "pass"),
        (f"&#{'9' * 5000};&#112;ass", "pass"),
        ("%25252570ass", "pass"),
        ("p%4\r\n 1ss", "pass"),
        ("p%61\\nss", "pass"),
    ],
)
def test_the_text_with_an_odd_spelling_is_withheld(text: str, secret: str) -> None:
    assert hidden(f"({text})", USER, secret) == WITHHELD
    assert hidden(f"({text})", USER, "another") == f"({text})"


@pytest.mark.parametrize(
    ("text", "secret", "shown"),
    [
        ("ababab", "abab", "***"),
        ("p\ufffd\ufffdss", "päss", "***"),
        ("Ã\xa0 bcÃbc", "à bc", "***Ãbc"),
        ("ÃbcdÃ\xa0bcd", "àbcd", "******"),
        ("x  y+z", " x +y+z ", "***"),
        ("пароль слово", "слово", "пароль ***"),
        ("a:pw", "a:pw", "***"),
        ("pw-4711", "pw-4711", "***"),
        ("+x++y", "+x++y", "***"),
        ("passð\x9f\x98\x80.", "pass😀", "***."),
    ],
)
def test_the_whole_of_a_secret_is_hidden_where_it_stands(
    text: str, secret: str, shown: str
) -> None:
    assert hidden(text, "a", "pw", secret) == shown


@given(st.text())
def test_nothing_else_is_hidden(text: str) -> None:
    assert hidden(text, "", "", "") == text
    assert hidden(text, USER, "no-such-4711") == text


HOSTILE: Final = (
    "\\",
    "\ufffd",
    "%25",
    "&amp;",
    "\\u",
    "a",
    "a\n",
    "\n \0y",
    " ",
    "+",
    "&#9",
    "%2\n5",
)
NESTED: Final = ("\\\\u002525&amp;%5c\n\\\\&#92;&#92;", "%2525%26amp;amp;\\\\\\\\")
LONG: Final = ("\\%&ж" * 4 + "z", "a" * 60 + "b", "a b" * 20 + "z", "ж" * 24, "+ z")


@pytest.mark.parametrize(
    ("sign", "secret"),
    [
        *(pytest.param(s, w, marks=pytest.mark.slow) for s in HOSTILE + NESTED for w in LONG),
        *(("\\", LONG[0]), ("%25", LONG[0]), (NESTED[0], LONG[0]), ("a", LONG[1])),
        *(
            ("\n \0y", LONG[2]),
            ("\ufffd", LONG[3]),
            (" ", LONG[4]),
            ("&#9", LONG[0]),
            ("a\n+", "a " * 24 + "z"),
        ),
    ],
)
def test_no_text_takes_long(sign: str, secret: str) -> None:
    text = (sign * 10_000)[:10_000]
    start = time.process_time()
    shown = hidden(text, USER, secret)
    assert time.process_time() - start < 1
    assert shown == ("***" if (sign, secret[0]) == ("\ufffd", "ж") else text)


def test_a_text_that_is_too_long_is_withheld_from_who_has_a_secret() -> None:
    text = "%2525" * 2_000_000
    start = time.process_time()
    assert hidden(text, USER, "hunter2") == hidden("x" * 10_001, USER, "hunter2") == WITHHELD
    assert time.process_time() - start < 0.1
    assert hidden(text, "", "") == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hun\u200bter2", "no ***, no"),
        ("hun\r\nter2", "no ***, no"),
        ("hun\n    ter2", "no ***, no"),
        ("h\0u\0n\0t\0e\0r\0002", "no ***, no"),
        ("\u202ehun\xadter2", "no ***, no"),
        ("aHVu\r\n dGVyMg==", "no ***, no"),
        ("hun\\u0074\x00%65r2", WITHHELD),
    ],
)
def test_a_secret_with_what_nobody_sees_in_it_is_hidden(text: str, shown: str) -> None:
    body = f"no {text}, no".encode()
    answer = Answer("u", 500, {"content-type": "text/plain"}, body, auth=Auth(USER, "hunter2"))
    assert answer.said == shown
    assert hidden(text.strip("\u202e"), "", "", "hunter2") in {"***", WITHHELD}


@pytest.mark.parametrize("text", ["pa ss wd", "pa\nss wd", "pa \n\tss   wd", "pa+ss\0wd"])
def test_a_secret_with_blanks_is_hidden_however_they_are_folded(text: str) -> None:
    assert hidden(f"({text})", USER, "pa ss wd") == "(***)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("application data", "application data"),
        ("a: p=a&q", "***: p=***&q"),
        ("a_b 1a a1", "a_b 1a a1"),
        ("ada%3Aa%40h", WITHHELD),
        ('"\\na"', WITHHELD),
        ("\\u0022%61\\x22", WITHHELD),
        ("YQ==; my YQ myq", "***; my *** myq"),
        ("xYWRhOmE=", "x***"),
    ],
)
def test_a_short_secret_is_hidden_as_a_whole_word(text: str, shown: str) -> None:
    assert hidden(text, USER, "a") == shown
    assert hidden("abcs abcd", USER, "abc") == "abcs abcd"
    assert hidden("xabcdx", USER, "abcd") == "x***x"


@given(st.text("ab\\%25u0061\ufffd", max_size=12), st.text("ab", min_size=4, max_size=5))
@settings(max_examples=40)
def test_all_of_a_secret_is_hidden_and_nothing_else(before: str, secret: str) -> None:
    assert secret not in hidden(before + secret + before, USER, secret)
    assert "***" in hidden(before + secret, USER, secret)


PASSWORD = 'pa/s "w\\ör%d+'  # noqa: S105 - nobody's
TOKEN = "tok/en+4711=="  # noqa: S105 - nobody's


def chain(error: BaseException | None) -> str:
    """Return all that is printed of an error with its causes."""
    import traceback

    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "status", [200, 302, *(pytest.param(s, marks=pytest.mark.slow) for s in (400, 401))]
)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_error_of_a_call_has_a_secret(status: int, spelling: str) -> None:
    try:
        word = SPELLINGS[spelling](PASSWORD)
    except UnicodeEncodeError:
        return
    auth = Auth(USER, PASSWORD, TOKEN)
    for body in (f"no {word}", f'{{"head": {word}', " " * 1900 + word * 9):
        for kind in ("text/plain", RESULTS, "application/n-triples"):
            head = {"content-type": kind, "location": f"http://h/{quote(word, safe='%')}"}
            answer = Answer("http://h/q", status, head, body.encode(), auth=auth)
            for read in (
                lambda a: require_status(a, frozenset({201})),
                lambda a: solutions(a, SPARQL11, asked="ASK"),
                lambda a: triples(a, SPARQL11),
            ):
                with pytest.raises(Exception) as caught:  # noqa: PT011 - of either kind
                    read(answer)
                said_of_it = chain(caught.value)
                assert word not in said_of_it
                assert PASSWORD not in said_of_it
                assert not any(word[:n] + "…" in said_of_it for n in range(4, len(word)))


def test_what_is_no_http_is_not_quoted() -> None:
    auth = Auth(USER, PASSWORD)
    with scripted(f"{auth.basic}\r\n\r\n".encode()) as server:
        with pytest.raises(StoreError, match="no HTTP") as caught:
            Caller(auth, deadline=5, pause=0.001).send("GET", server.url, {})
        assert auth.basic not in chain(caught.value)
    with scripted(said(200, b"x", Content_Encoding=f"x{PASSWORD}")) as s:
        with pytest.raises(StoreError, match="packed with") as caught:
            Caller(auth, deadline=5, pause=0.001).send("GET", s.url, {})
        assert PASSWORD[:5] not in chain(caught.value)
