"""Secrets that a store sends back: in no spelling are they shown."""

from __future__ import annotations

import base64
import html
import json
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
from studyclaims.stores.secrets import hidden

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
SECRETS = st.text(st.sampled_from(ODD), min_size=6, max_size=12).filter(lambda s: s.isprintable())


NARROW: Final = {"packed as Latin-1", "in another charset"}
"""The spellings that only some characters have."""

WORDS: Final = ("a\"b\\c/d%e+f g&h'<i>", "pässwörd", "päss€w😀rd")


@pytest.mark.parametrize(
    ("spelling", "secret"),
    [(s, word) for s in SPELLINGS for word in (WORDS[:2] if s in NARROW else WORDS)],
)
def test_each_spelling_is_hidden(spelling: str, secret: str) -> None:
    require_hidden(spelling, secret)


@given(st.sampled_from(sorted(SPELLINGS)), SECRETS)
@settings(max_examples=60)
def test_no_spelling_of_any_secret_is_shown(spelling: str, secret: str) -> None:
    assume(spelling not in NARROW or secret.encode("latin-1", "ignore").decode("latin-1") == secret)
    require_hidden(spelling, secret)


def require_hidden(spelling: str, secret: str) -> None:
    """Fail where a spelling of a password, or of a token if it has it, is shown."""
    said = f"(\n{SPELLINGS[spelling](secret)}\n)"
    assert hidden(said, USER, secret) == "(\n***\n)"
    if "packed" not in spelling:
        assert hidden(said, USER, "another", secret) == "(\n***\n)"


@given(st.text())
def test_nothing_else_is_hidden(text: str) -> None:
    assert hidden(text, "", "", "") == text
    assert hidden(text, USER, "no-such-4711") == text


@pytest.mark.parametrize("sign", ["\\", "%25", "&amp;", "\\u", "a" * 7])
def test_a_text_of_signs_is_read_in_time(sign: str) -> None:
    start = time.process_time()
    hidden(sign * 4000, USER, "aaaaaaaaaaaa\\%&" * 4, "t" * 500)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("\\" * 4000, "\\" * 4 + "z"),
        ("\ufffd" * 23, "ж" * 24),
        ("%25" * 4000, "%" * 8 + "z"),
        ("&amp;" * 4000, "&" * 8 + "z"),
        ("\\" * 100_000, "\\" * 4 + "z"),
        ("\n \0y" * 10_000, "\\ &%" * 2),
        (" " * 100_000, "a b cd"),
    ],
)
def test_the_time_grows_with_the_text_alone(text: str, secret: str) -> None:
    start = time.process_time()
    assert hidden(text, USER, secret) == text
    assert time.process_time() - start < 1


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["\\", "\ufffd", "%25", "&amp;", "\\u", "\n"])
def test_a_long_text_of_signs_is_read_in_time(sign: str) -> None:
    start = time.process_time()
    hidden(sign * (400_000 // len(sign)), USER, "\\%&ж" * 4 + "z")
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        "hun\u200bter2",
        "hun\r\nter2",
        "hun\n    ter2",
        "h\0u\0n\0t\0e\0r\0002",
        "\u202ehun\xadter2",
        "aHVu\r\n dGVyMg==",
        "hun\\u0074\x00%65r2",
    ],
)
def test_a_secret_with_what_nobody_sees_in_it_is_hidden(text: str) -> None:
    body = f"no {text}, no".encode()
    answer = Answer("u", 500, {"content-type": "text/plain"}, body, auth=Auth(USER, "hunter2"))
    assert answer.said == "no ***, no"
    assert hidden(text.strip("\u202e"), "", "", "hunter2") in {"***", text}


@pytest.mark.parametrize("text", ["pa ss wd", "pa\nss wd", "pa \n\tss   wd", "pa+ss\0wd"])
def test_a_secret_with_blanks_is_hidden_however_they_are_folded(text: str) -> None:
    assert hidden(f"({text})", USER, "pa ss wd") == "(***)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("application data", "application data"),
        ("a: p=a&q", "***: p=***&q"),
        ("a_b 1a a1", "a_b 1a a1"),
        ("ada%3Aa%40h", "ada%3A***%40h"),
        ('"\\na", \\u0022%61\\x22', '"\\n***", \\u0022***\\x22'),
        ("YQ==; my YQ myq", "***; my *** myq"),
        ("xYWRhOmE=", "x***"),
    ],
)
def test_a_short_secret_is_hidden_as_a_whole_word(text: str, shown: str) -> None:
    assert hidden(text, USER, "a") == shown
    assert hidden("abcs abcd", USER, "abc") == "abcs abcd"
    assert hidden("xabcdx", USER, "abcd") == "x***x"


@given(st.text("ab\\%25u0061\ufffd", max_size=12), st.text("ab", min_size=4, max_size=5))
def test_all_of_a_secret_is_hidden_and_nothing_else(before: str, secret: str) -> None:
    assert secret not in hidden(before + secret + before, USER, secret)
    assert "***" in hidden(before + secret, USER, secret)


PASSWORD = 'pa/s "w\\ör%d+'  # noqa: S105 - nobody's
TOKEN = "tok/en+4711=="  # noqa: S105 - nobody's


def chain(error: BaseException | None) -> str:
    """Return all that is printed of an error with its causes."""
    import traceback

    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize("status", [200, 302, 400, 401])
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
