"""The guards in front of the YAML parser, the scalars of YAML 1.2, and the places of values."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from studyclaims import yamltree
from studyclaims.errors import RecordError
from studyclaims.findings import CODES
from studyclaims.yamltree import (
    DEPTH_LIMIT,
    SIZE_LIMIT,
    Entry,
    MappingNode,
    Mark,
    Node,
    ScalarNode,
    SequenceNode,
    mark_of,
    parse_tree,
    plain,
    text_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]
SOURCE_ROOT = Path(yamltree.__file__).resolve().parents[1]

Place = tuple[str, int, int]

UNHURRIED = settings(deadline=None)  # a busy machine is no failure


def places(data: bytes) -> list[Place]:
    """Return the code, line and column of every finding that the bytes give."""
    try:
        parse_tree(data, "a.yaml")
    except RecordError as error:
        return [(found.code, found.line, found.column) for found in error.findings]
    return []


def message(data: bytes) -> str:
    with pytest.raises(RecordError) as caught:
        parse_tree(data, "a.yaml")
    return str(caught.value)


@pytest.fixture(params=LOADERS, ids=["libyaml", "python"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltree, "_LOADER", request.param)


# Each file breaks one guard, or one guard several times.
BROKEN: dict[str, tuple[bytes, list[Place]]] = {
    "size-over": (b"a: " + b"x" * (SIZE_LIMIT - 2), [("Y001", 0, 0)]),
    "utf8-stray-byte": (b"a: 1\nb: \xc3\xa9\xff", [("Y002", 2, 5)]),
    "utf8-cut-short": (b"a: \xc3", [("Y002", 1, 4)]),
    "utf8-overlong": (b"a: \xc0\x80", [("Y002", 1, 4)]),
    "utf8-surrogate": (b"a: \xed\xa0\x80", [("Y002", 1, 4)]),
    "utf8-after-bom": (b"\xef\xbb\xbf\xff", [("Y002", 1, 1)]),
    "utf16": ("a: 1".encode("utf-16"), [("Y002", 1, 1)]),
    "nul": (b"a: 1\nb: x\0y\n", [("Y002", 2, 5)]),
    "nul-in-comment": (b"a: 1 # \0", [("Y002", 1, 8)]),
    "escape-character": (b"a: \x1b[31m", [("Y002", 1, 4)]),
    "delete": (b"a: \x7f", [("Y002", 1, 4)]),
    "next-line": ("a: \u0085".encode(), [("Y002", 1, 4)]),
    "line-separator": ("a: x\u2028y".encode(), [("Y002", 1, 5)]),
    "paragraph-separator": ("a: x\u2029y".encode(), [("Y002", 1, 5)]),
    "bidi-override": ("a: é\u202eb".encode(), [("Y002", 1, 5)]),
    "bidi-isolate": ("a: \u2066b".encode(), [("Y002", 1, 4)]),
    "zero-width": ("a: x\u200by".encode(), [("Y002", 1, 5)]),
    "soft-hyphen": ("a: x\u00ady".encode(), [("Y002", 1, 5)]),
    "bom-inside": ("a: 1\n\ufeffb: 2".encode(), [("Y002", 2, 1)]),
    "bom-twice": ("\ufeff\ufeffa: 1".encode(), [("Y002", 1, 1)]),
    "noncharacter-fffe": ("a: \ufffe".encode(), [("Y002", 1, 4)]),
    "noncharacter-ffff": ("a: \uffff".encode(), [("Y002", 1, 4)]),
    "first-of-two-characters": ("a: \u202e\0".encode(), [("Y002", 1, 4)]),
    "character-after-crlf": (b"a: 1\r\nb: \0", [("Y002", 2, 4)]),
    "character-after-lone-cr": (b"a: 1\rb: \0", [("Y002", 2, 4)]),
    "escaped-nul": (b'- x\n- "a\\0"\n- "\\u202e"', [("Y002", 2, 3), ("Y002", 3, 3)]),
    "escaped-key": (b'"\\e[0m": 1', [("Y002", 1, 1)]),
    "syntax-colon": (b"a: b: c", [("Y003", 1, 5)]),
    "syntax-tab": (b"a:\n\tb: 1\n", [("Y003", 2, 1)]),
    "syntax-open-flow": (b"a: [1", [("Y003", 1, 6)]),
    "syntax-column-in-characters": ("a: 😀é: c".encode(), [("Y003", 1, 6)]),
    "empty": (b"", [("Y004", 0, 0)]),
    "only-bom": (b"\xef\xbb\xbf", [("Y004", 0, 0)]),
    "only-blanks": (b"\n  \n\r\n", [("Y004", 0, 0)]),
    "only-comments": (b"# a\n  # b", [("Y004", 0, 0)]),
    "only-a-document-mark": (b"---\n# a\n", [("Y004", 0, 0)]),
    "depth-flow-lists": (b"[" * 51 + b"]" * 51, [("Y005", 1, 51)]),
    "depth-flow-mappings": (b"{a: " * 51 + b"}" * 51, [("Y005", 1, 201)]),
    "depth-block-lists": (b"- " * 51 + b"x", [("Y005", 1, 101)]),
    "depth-in-key": (b"? " * 51 + b"x", [("Y005", 1, 101)]),
    "depth-indented": (
        b"".join(b" " * n + b"a:\n" for n in range(51)),
        [("Y005", 51, 51)],
    ),
    "alias": (b"a: &x 1\nb: *x", [("Y006", 2, 4)]),
    "alias-without-anchor": (b"- *x", [("Y006", 1, 3)]),
    "alias-as-root": (b"*x", [("Y006", 1, 1)]),
    "alias-as-key": (b"a: &x 1\n*x : 2", [("Y006", 2, 1)]),
    "merge-key": (b"a: 1\n<<: {b: 2}", [("Y006", 2, 1)]),
    "merge-key-twice": (b"<<: {}\n<<: {}", [("Y006", 1, 1), ("Y006", 2, 1)]),
    "tag-python-object": (b"a: !!python/object:os.system x", [("Y007", 1, 4)]),
    "tag-standard": (b"- !!str 1", [("Y007", 1, 3)]),
    "tag-non-specific": (b"- ! 1", [("Y007", 1, 3)]),
    "tag-local": (b"- !a x", [("Y007", 1, 3)]),
    "tag-on-list": (b"a: !!seq [1]", [("Y007", 1, 4)]),
    "tag-on-mapping": (b"!!map {a: 1}", [("Y007", 1, 1)]),
    "tag-on-key": (b"!!str a: 1", [("Y007", 1, 1)]),
    "tag-directive": (b"# a\n%TAG !e! tag:e,2000:\n---\na: 1", [("Y007", 2, 1)]),
    "tag-directive-after-cr": (b"# a\r%TAG !e! tag:e,2000:\r---\ra: 1", [("Y007", 2, 1)]),
    "duplicate-key": (b"a: 1\nb: 2\na: 3", [("Y008", 3, 1)]),
    "duplicate-key-quoted": (b"{a: 1, 'a': 2}", [("Y008", 1, 8)]),
    "duplicate-keys-all": (
        b"a: 1\nb:\n  c: 1\n  c: 2\na: 3\na: 4",
        [("Y008", 4, 3), ("Y008", 5, 1), ("Y008", 6, 1)],
    ),
    "key-integer": (b"1: a", [("Y009", 1, 1)]),
    "key-float": (b"1e3: a", [("Y009", 1, 1)]),
    "key-true": (b"a: 1\ntrue: a", [("Y009", 2, 1)]),
    "key-null": (b"~: a", [("Y009", 1, 1)]),
    "key-empty": (b"? \n: a", [("Y009", 1, 2)]),
    "key-list": (b"? [a]\n: 1", [("Y009", 1, 3)]),
    "key-mapping": (b"{{a: 1}: 1}", [("Y009", 1, 2)]),
    "second-document": (b"a: 1\n---\nb: 2", [("Y010", 2, 1)]),
    "second-document-after-dots": (b"--- a\n...\n# b\n---\nb: 2", [("Y010", 4, 1)]),
    "second-document-unmarked": (b"a: 1\n...\nb: 2", [("Y003", 3, 1)]),
    "second-document-empty": (b"a: 1\n---\n", [("Y010", 2, 1)]),
    "several-guards": (
        b"a: *x\n1: !t y\na: {<<: *x}\n---\n",
        [
            *(("Y006", 1, 4), ("Y007", 2, 4), ("Y009", 2, 1)),
            *(("Y006", 3, 5), ("Y006", 3, 9), ("Y008", 3, 1), ("Y010", 4, 1)),
        ],
    ),
    "found-before-syntax-error": (b"a: 1\na: 2\nb: ]", [("Y008", 2, 1), ("Y003", 3, 4)]),
}


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("data", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_file_gives_exactly_these_findings(data: bytes, expected: list[Place]) -> None:
    assert sorted(places(data)) == sorted(expected)


def test_every_yaml_code_has_a_file_that_breaks_just_it() -> None:
    lone = {expected[0][0] for _, expected in BROKEN.values() if len(expected) == 1}
    assert lone == {code for code in CODES if code.startswith("Y")}


@pytest.mark.parametrize("data", [case[0] for case in BROKEN.values()], ids=BROKEN.keys())
def test_findings_say_what_was_found_expected_and_to_be_done(data: bytes) -> None:
    with pytest.raises(RecordError) as caught:
        parse_tree(data, "graph/x.yaml")
    for found in caught.value.findings:
        assert found.file == "graph/x.yaml"
        assert "; expected " in found.message or " may " in found.message
        assert found.hint
        assert found.message.isprintable()
        assert len(found.message) < 250


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"a: 1\nb: 2\na: 3", "'a' stands at line 1 already", id="duplicate"),
        pytest.param(b"a: \xff", "byte 0xff", id="byte"),
        pytest.param("\u202e".encode(), "U+202E RIGHT-TO-LEFT OVERRIDE", id="character"),
        pytest.param(b"a: \0", "character U+0000;", id="character-without-name"),
        pytest.param(b"!!python/object x", "'tag:yaml.org,2002:python/object'", id="tag"),
        pytest.param(b"!a%1bm x", r"'!a\x1bm'", id="tag-with-control"),
        pytest.param(b"a: *other", "an alias of 'other'", id="alias"),
        pytest.param(b"? \n: a", "the key is empty", id="empty-key"),
        pytest.param(b"on: 1\n12: a", "the key is 12, which", id="number-key"),
        pytest.param(b"[a]: 1", "the key is a list", id="list-key"),
        pytest.param(b"{a: 1}: 1", "the key is a mapping", id="mapping-key"),
        pytest.param(b"a: 1\nb: [1,\n", "while parsing a flow node (line 3)", id="context"),
        pytest.param(b" " * 1_000_001, "1,000,001 bytes", id="size"),
    ],
)
def test_message_names_what_was_found(data: bytes, words: str) -> None:
    assert words in message(data)


def test_long_text_is_cut_in_a_message() -> None:
    key = b"k" * 900
    text = message(key + b": 1\n" + key + b": 2")
    assert "k" * 60 + "…" in text
    assert "k" * 61 not in text


ALLOWED: dict[str, tuple[bytes, object]] = {
    "bom": (b"\xef\xbb\xbfa: 1", {"a": 1}),
    "crlf": (b"a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    "lone-cr": (b"a: 1\rb: 2\r", {"a": 1, "b": 2}),
    "tab-in-quotes": (b"a: 'x\ty'", {"a": "x\ty"}),
    "escaped-line-end": (rb'"a\n\tb\r"', "a\n\tb\r"),
    "one-document-with-marks": (b"%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
    "percent-in-text": (b"a: '%TAG'\nb: |\n  %TAG", {"a": "%TAG", "b": "%TAG"}),
    "no-break-space-and-astral": ("a: x\u00a0😀".encode(), {"a": "x\u00a0😀"}),
    "quoted-merge-key": (b"'<<': 1", {"<<": 1}),
    "merge-sign-as-value": (b"a: <<", {"a": "<<"}),
    "same-key-in-two-mappings": (
        b"- {a: 1}\n- {a: 1, b: {a: 2}}",
        [{"a": 1}, {"a": 1, "b": {"a": 2}}],
    ),
    "quoted-number-key": (b"'1': a\n\"\": b", {"1": "a", "": "b"}),
    "key-no": (b"no: 1\non: 2\nY: 3", {"no": 1, "on": 2, "Y": 3}),
    "star-and-bang-quoted": (b"['*x', '!y', '&z']", ["*x", "!y", "&z"]),
    "empty-values": (b"a:\nb: []\nc: {}\n", {"a": None, "b": [], "c": {}}),
    "explicit-null": (b"null", None),
    "empty-text": (b"''", ""),
}


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("data", "value"), ALLOWED.values(), ids=ALLOWED.keys())
def test_allowed_file_is_read(data: bytes, value: object) -> None:
    assert plain(parse_tree(data, "a.yaml")) == value


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[" * 50 + b"]" * 50, id="flow-lists"),
        pytest.param(b"{a: " * 50 + b"}" * 50, id="flow-mappings"),
        pytest.param(b"- " * 50 + b"x", id="block-lists"),
        pytest.param(b"".join(b" " * n + b"a:\n" for n in range(50)), id="indented"),
    ],
)
def test_depth_of_exactly_the_limit_is_read(data: bytes) -> None:
    value, depth = plain(parse_tree(data, "a.yaml")), 0
    while isinstance(value, list | dict):
        inside = list(value.values()) if isinstance(value, dict) else value
        value, depth = (inside[0] if inside else None), depth + 1
    assert depth == DEPTH_LIMIT == 50


def test_size_of_exactly_the_limit_is_read() -> None:
    data = b"a: " + b"x" * (SIZE_LIMIT - 3)
    assert len(data) == SIZE_LIMIT == 1_000_000
    assert text_at(parse_tree(data, "a.yaml"), ("a",)) == "x" * 999_997


def bomb(*, merged: bool) -> bytes:
    """Return a file of 20 lines that stands for 9 ** 20 values."""
    lines = ["a0: &a0 {x: 1}"]
    for level in range(1, 20):
        many = ", ".join([f"*a{level - 1}"] * 9)
        body = f"{{<<: [{many}]}}" if merged else f"[{many}]"
        lines.append(f"a{level}: &a{level} {body}")
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("merged", "findings"),
    [pytest.param(False, 19 * 9, id="alias-bomb"), pytest.param(True, 19 * 10, id="merge-bomb")],
)
def test_bomb_is_refused_alias_by_alias(merged: bool, findings: int) -> None:
    found = places(bomb(merged=merged))
    assert {code for code, _, _ in found} == {"Y006"}
    assert len(found) == findings


HOSTILE = {
    "flow-lists": ("b'[' * 100_000", "Y005 1 51"),
    "flow-mappings": ("b'{a: ' * 100_000", "Y005 1 201"),
    "flow-lists-by-line": ("b'[\\n' * 100_000", "Y005 51 1"),
    "flow-keys": ("b'[? ' * 100_000", "Y005 1 76"),
    "block-lists": ("b'- ' * 100_000", "Y005 1 101"),
    "block-keys": ("b'? ' * 100_000", "Y005 1 101"),
    "indented": ("b''.join(b' ' * n + b'a:\\n' for n in range(1400))", "Y005 51 51"),
    "tag-directives": ("b''.join(b'%%TAG !%x! b\\n' % n for n in range(60_000))", "Y007 1 1"),
    "tag-directives-of-a-second-document": (
        "b'a\\n...\\n' + b''.join(b'%%TAG !%x! b\\n' % n for n in range(60_000)) + b'--- b'",
        "Y007 3 1",
    ),
}

CHILD = """
import time
from studyclaims.errors import RecordError
from studyclaims.yamltree import parse_tree
data = {data}
begun = time.process_time()
try:
    parse_tree(data, "a.yaml")
except RecordError as error:
    found = error.findings[0]
    print(found.code, found.line, found.column, end="")
    assert len(error.findings) == 1
assert time.process_time() - begun < 5
"""


@pytest.mark.parametrize(("data", "expected"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_refused_in_time_and_without_a_signal(data: str, expected: str) -> None:
    # In a child, since what is guarded against kills the process or holds it inside C.
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(data=data)],
        env={**os.environ, "PYTHONPATH": str(SOURCE_ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, expected), done.stderr


SCALARS: dict[str, tuple[str, object]] = {
    "gene-NO": ("NO", "NO"),
    "no": ("no", "no"),
    "yes": ("yes", "yes"),
    "on": ("on", "on"),
    "y": ("y", "y"),
    "null": ("null", None),
    "Null": ("Null", None),
    "NULL": ("NULL", None),
    "nULL": ("nULL", "nULL"),
    "tilde": ("~", None),
    "empty": ("", None),
    "true": ("true", True),
    "True": ("True", True),
    "TRUE": ("TRUE", True),
    "tRue": ("tRue", "tRue"),
    "false": ("false", False),
    "False": ("False", False),
    "FALSE": ("FALSE", False),
    "zero": ("0", 0),
    "signed": ("+7", 7),
    "negative": ("-7", -7),
    "leading-zero": ("012", 12),
    "not-octal-of-1.1": ("089", 89),
    "octal": ("0o14", 12),
    "octal-signed": ("-0o14", "-0o14"),
    "octal-wrong-digit": ("0o18", "0o18"),
    "hexadecimal": ("0xfF", 255),
    "hexadecimal-upper-x": ("0XFF", "0XFF"),
    "binary-of-1.1": ("0b11", "0b11"),
    "underscore-of-1.1": ("1_000", "1_000"),
    "sexagesimal-of-1.1": ("12:30:00", "12:30:00"),
    "comma": ("1,5", "1,5"),
    "arabic-digits": ("١٢", "١٢"),
    "fullwidth-digits": ("\uff11\uff12", "\uff11\uff12"),
    "float": ("1.50", 1.5),
    "float-no-fraction": ("1.", 1.0),
    "float-no-integer": ("-.5", -0.5),
    "exponent": ("1e3", 1000.0),
    "exponent-signed": ("1.5E-3", 0.0015),
    "lone-dot": (".", "."),
    "lone-exponent": ("e3", "e3"),
    "version": ("1.2.3", "1.2.3"),
    "infinity": (".inf", ".inf"),
    "infinity-negative": ("-.Inf", "-.Inf"),
    "nan": (".NaN", ".NaN"),
    "too-large": ("1e999", "1e999"),
    "date": ("2017-12-15", "2017-12-15"),
    "date-time": ("2017-12-15T10:00:00Z", "2017-12-15T10:00:00Z"),
    "p-value": ("< 0.05", "< 0.05"),
    "equals": ("=", "="),
    "double-quoted": ('"1"', "1"),
    "single-quoted": ("'true'", "true"),
    "quoted-null": ("'~'", "~"),
    "quoted-empty": ("''", ""),
    "literal": ("|-\n  1", "1"),
    "folded": (">-\n  null", "null"),
    "folded-lines": (">-\n  a\n  b", "a b"),
    "digits-at-the-limit": ("9" * 500, int("9" * 500)),
    "digits-over-the-limit": ("9" * 501, "9" * 501),
    "more-digits-than-python-reads": ("9" * 5000, "9" * 5000),
    "hexadecimal-over-the-limit": ("0x" + "f" * 499, "0x" + "f" * 499),
}


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("source", "value"), SCALARS.values(), ids=SCALARS.keys())
def test_scalar_is_what_yaml_1_2_says(source: str, value: object) -> None:
    read = plain(parse_tree(f"k: {source}\n".encode(), "a.yaml"))
    assert isinstance(read, dict)
    assert read["k"] == value
    assert type(read["k"]) is type(value)


@pytest.mark.parametrize(
    "source",
    ["1.50", "0.050", "1e3", "+7", "012", "0o14", "0xfF", "1.", ".5", "-0", "~", "True", ".inf"],
)
def test_text_is_kept_as_printed(source: str) -> None:
    assert text_at(parse_tree(f"a: [{source} ]".encode(), "a.yaml"), ("a", 0)) == source


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(("p",), "0.050", id="number"),
        pytest.param(("q",), "0.050", id="quoted-loses-its-quotes"),
        pytest.param(("list", 1), "", id="empty"),
        pytest.param(("list",), None, id="list"),
        pytest.param((), None, id="root"),
        pytest.param(("none",), None, id="missing-key"),
        pytest.param(("list", 2), None, id="missing-item"),
        pytest.param(("p", "more"), None, id="below-a-scalar"),
    ],
)
def test_text_at(path: tuple[str | int, ...], text: str | None) -> None:
    tree = parse_tree(b"p: 0.050\nq: '0.050'\nlist:\n- 1\n-\n", "a.yaml")
    assert text_at(tree, path) == text


def test_tree_of_a_small_record() -> None:
    tree = parse_tree(b"- gene: NO\n- []\n", "a.yaml")
    gene = Entry("gene", Mark(1, 3), ScalarNode("NO", "NO", Mark(1, 9)))
    assert tree == SequenceNode(
        (MappingNode((gene,), Mark(1, 3)), SequenceNode((), Mark(2, 3))), Mark(1, 1)
    )


RECORD = """\
# a record
key: ausk-2017
émoji: {😀: x, z: y}
empty: {}
none:
claims:
  - stance: supports
    cue: [may, "pro\\
      mote"]
  - |
    text
"""


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(
    ("path", "value_mark", "key_mark"),
    [
        pytest.param((), (2, 1), (2, 1), id="root"),
        pytest.param(("key",), (2, 6), (2, 1), id="key"),
        pytest.param(("émoji", "z"), (3, 18), (3, 15), id="columns-are-characters"),
        pytest.param(("none",), (5, 6), (5, 1), id="empty-value"),
        pytest.param(("claims",), (7, 3), (6, 1), id="list"),
        pytest.param(("claims", 0), (7, 5), (7, 5), id="item"),
        pytest.param(("claims", 0, "cue"), (8, 10), (8, 5), id="below-item"),
        pytest.param(("claims", 0, "cue", 1), (8, 16), (8, 16), id="second-item"),
        pytest.param(("claims", 1), (10, 5), (10, 5), id="literal"),
        pytest.param(("claims", 2), (7, 3), (7, 3), id="item-that-is-not-there"),
        pytest.param(("claims", -1), (7, 3), (7, 3), id="item-counted-from-the-end"),
        pytest.param(("claims", "cue"), (7, 3), (7, 3), id="key-of-a-list"),
        pytest.param(("claims", 0, "basis"), (7, 5), (7, 5), id="key-that-is-not-there"),
        pytest.param(("claims", 0, "basis", 3), (7, 5), (7, 5), id="below-a-missing-key"),
        pytest.param(("émoji", "a"), (3, 9), (3, 9), id="missing-in-flow-mapping"),
        pytest.param(("émoji", 0), (3, 9), (3, 9), id="place-in-a-mapping"),
        pytest.param(("empty", "a"), (4, 8), (4, 8), id="missing-in-empty-mapping"),
        pytest.param(("key", "str", 0), (2, 6), (2, 6), id="below-a-scalar"),
        pytest.param(("nothing",), (2, 1), (2, 1), id="missing-in-root"),
    ],
)
def test_mark_of(
    path: tuple[str | int, ...], value_mark: tuple[int, int], key_mark: tuple[int, int]
) -> None:
    tree = parse_tree(RECORD.encode(), "a.yaml")
    assert mark_of(tree, path) == Mark(*value_mark)
    assert mark_of(tree, path, key=True) == Mark(*key_mark)


def test_marks_are_the_same_with_crlf_and_bom() -> None:
    windows = b"\xef\xbb\xbf" + RECORD.replace("\n", "\r\n").encode()
    assert parse_tree(windows, "a.yaml") == parse_tree(RECORD.encode(), "a.yaml")


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.usefixtures("_loader")
def test_mark_at_the_end_of_the_file_lies_in_it(end: str) -> None:
    tree = parse_tree(f"a: 1\n? b{end}".encode(), "a.yaml")
    assert mark_of(tree, ("b",)) == (Mark(3, 1) if end else Mark(2, 4))


def texts() -> st.SearchStrategy[str]:
    """Return a strategy for texts that a record may hold, and that YAML must quote."""
    allowed = st.characters(
        exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
    )
    odd = st.sampled_from([*("\n", "\t", " ", ": ", " #", "- ", "'", '"', "\\", "<<", "*a", "!")])
    scalars = st.sampled_from([source for source, _ in SCALARS.values() if len(source) < 100])
    return scalars | st.lists(allowed | odd, max_size=12).map("".join)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts(), inner, max_size=4),
    max_leaves=12,
)


def dumped(value: object) -> bytes:
    """Return a value as ruamel.yaml writes it, in full and in block style.

    Its flow style is left out: it writes ``{: 0: null}``, which it cannot read itself.
    """
    writer = YAML(pure=True)
    writer.representer.ignore_aliases = lambda *_: True
    stream = io.BytesIO()
    writer.dump(value, stream)
    return stream.getvalue()


# Their repr, since 1 == 1.0 == True.
@UNHURRIED
@given(VALUES, st.sampled_from([None, 2]))
def test_json_is_read_back_equal(value: object, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=False, indent=indent).encode()
    assert repr(plain(parse_tree(data, "a.json"))) == repr(value)


@UNHURRIED
@given(VALUES)
def test_what_ruamel_writes_is_read_back_equal(value: object) -> None:
    assert repr(plain(parse_tree(dumped(value), "a.yaml"))) == repr(value)


def entries_of(node: Node) -> Iterator[Entry]:
    """Yield every entry of every mapping in the tree."""
    if isinstance(node, MappingNode):
        for entry in node.entries:
            yield entry
            yield from entries_of(entry.value)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from entries_of(item)


@UNHURRIED
@given(VALUES)
def test_marks_point_at_the_text_of_keys_and_scalars(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    lines = text.split("\n")
    for entry in entries_of(parse_tree(text.encode(), "a.json")):
        line = lines[entry.key_mark.line - 1]
        assert line[entry.key_mark.column - 1 :].startswith(
            json.dumps(entry.key, ensure_ascii=False)
        )
        if isinstance(entry.value, ScalarNode):
            written = json.dumps(entry.value.value, ensure_ascii=False)
            mark = entry.value.mark
            assert lines[mark.line - 1][mark.column - 1 :].startswith(written)


YAML_PIECES = st.sampled_from(
    [
        *(
            "a",
            "b: ",
            "- ",
            "? ",
            ": ",
            "\n",
            "\r\n",
            "  ",
            "\t",
            "[",
            "]",
            "{",
            "}",
            ",",
            "#",
            " #",
        ),
        *(
            "'",
            '"',
            "|",
            ">-",
            "&x ",
            "*x",
            "!",
            "!!str ",
            "!<",
            "%YAML 1.2\n",
            "%TAG",
            "---\n",
            "...",
        ),
        *(
            "<<: ",
            "\\u",
            "\\U00110000",
            "\\x0",
            "\\",
            "%ed%a0%80",
            "1",
            "1e9",
            "0x",
            "@",
            "`",
            "é",
            "~",
        ),
        *("\ufeff", "\0", "\x85", "\u2028", "😀", "%YAML 99999999999999.1\n", "\n--- ", "\n...\n"),
    ]
)
ANY_BYTES = st.binary(max_size=60) | st.lists(YAML_PIECES, max_size=25).map(
    lambda pieces: "".join(pieces).encode()
)


@pytest.mark.parametrize("loader", LOADERS, ids=["libyaml", "python"])
@UNHURRIED
@given(data=ANY_BYTES)
def test_any_bytes_give_a_tree_or_a_record_error(loader: object, data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamltree, "_LOADER", loader)
        found = places(data)
        lines = (
            data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )
        for code, line, column in found:
            assert code in CODES
            assert (line == 0 == column) or (1 <= line <= len(lines) and column >= 1)


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'a: "\\U00110000"', id="code-point-out-of-range"),
        pytest.param(b'a: "\\UFFFFFFFF"', id="code-point-beyond-an-int"),
        pytest.param(b'a: "\\ud800"', id="lone-surrogate"),
        pytest.param(b"a: !%ed%a0%80 x", id="surrogate-in-tag"),
        pytest.param(b"%YAML " + b"9" * 5000 + b".1\n--- a", id="version-of-many-digits"),
        pytest.param(b"%YAML 2.0\n--- a", id="yaml-2"),
        pytest.param(b"%WHAT\n", id="unknown-directive"),
        pytest.param(b"%", id="bare-percent"),
    ],
)
def test_what_crashes_a_parser_is_a_finding(data: bytes) -> None:
    assert {code for code, _, _ in places(data)} <= {"Y002", "Y003", "Y007"}
    assert places(data)


def test_libyaml_reads_where_it_is_there() -> None:
    assert yamltree._LOADER is yaml.CSafeLoader
