"""The style of records: what is found, and that the repair changes no value and no comment."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import samples
from studyclaims.checking.wording import WIDTH
from studyclaims.errors import RecordError, StudyclaimsError
from studyclaims.findings import CODES
from studyclaims.layout import read_page
from studyclaims.paths import studies_dir
from studyclaims.style import SCHEMA_LINE, fixed, lint
from studyclaims.yamltree import parse_tree, plain

DATA = Path(__file__).parent / "data"
HEAD = f"{SCHEMA_LINE}\n"
WORDS = "word " * 30
FLAGSHIP = (studies_dir() / "ausk-2017.yaml").read_bytes()
TEXTS = [
    FLAGSHIP.decode(),
    samples.SMALL,
    (DATA / "valid" / "minimal-2020.yaml").read_text(encoding="utf-8"),
]

BROKEN = {
    "no-schema-line": ("key: a\n", [("L001", 1, 1)]),
    "schema-line-below": (f"# mine\n{HEAD}key: a\n", [("L001", 1, 1)]),
    "order": (f"{HEAD}key: a\nschema_version: 1\n", [("L002", 2, 1)]),
    "order-of-a-claim": (
        f"{HEAD}propositions:\n  - claims:\n      - id: a\n        note: b\n        role: c\n",
        [("L002", 5, 9)],
    ),
    "order-in-brackets": (f"{HEAD}curation: {{status: a, agent_type: b}}\n", [("L002", 2, 12)]),
    "long-line": (f"{HEAD}note: {WORDS}\n".replace(" \n", "\n"), [("L003", 2, 7)]),
    "short-fold": (f"{HEAD}note: >-\n  a\n  b\n", [("L003", 2, 7)]),
    "text-over-lines": (f"{HEAD}note: a\n  b\n", [("L003", 2, 7)]),
    "quotes": (f"{HEAD}key: 'a'\n", [("L004", 2, 6)]),
    "single-quotes": (f"{HEAD}key: 'a: b'\n", [("L004", 2, 6)]),
    "quoted-key": (f"{HEAD}'key': a\n", [("L004", 2, 1)]),
    "nothing": (f"{HEAD}key:\n", [("L004", 2, 5)]),
    "no-blank-line": (f"{HEAD}key: a\nsources:\n  b: c\n", [("L005", 3, 1)]),
    "no-blank-line-between-propositions": (
        f"{HEAD}propositions:\n  - about: a\n  - about: b\n",
        [("L005", 4, 5)],
    ),
    "carriage-return": (f"{HEAD}key: a\r\n", [("L006", 2, 1)]),
    "byte-order-mark": (f"\ufeff{HEAD}key: a\n", [("L006", 1, 1)]),
    "blank-at-line-end": (f"{HEAD}key: a \n", [("L006", 2, 7)]),
    "no-last-line-end": (f"{HEAD}key: a", [("L006", 2, 7)]),
    "list-over-lines": (f"{HEAD}read:\n  - a\n  - b\n", [("L007", 3, 3)]),
    "mappings-in-brackets": (f"{HEAD}authors: [{{a: b}}]\n", [("L007", 2, 10)]),
    "indentation": (f"{HEAD}a:\n    b: c\n", [("L008", 3, 1)]),
    "tab": (f"{HEAD}a:\tb\n", [("L008", 2, 1)]),
    "blank-before-comment": (f"{HEAD}a: b # c\n", [("L008", 2, 1)]),
    "two-blank-lines": (f"{HEAD}a: b\n\n\nc: d\n", [("L008", 4, 1)]),
    "blank-line-at-end": (f"{HEAD}a: b\n\n", [("L008", 3, 1)]),
    "document-mark": (f"{HEAD}---\na: b\n", [("L008", 2, 1)]),
}

KEPT = {
    "number-in-quotes": 'pmid: "123"\n',
    "old-truth-in-quotes": 'gene: "NO"\n',
    "old-truth": "gene: NO\n",
    "colon-in-quotes": 'title: "a: b"\n',
    "address-too-long": f"page: https://example.org/{'a' * 120}\n",
    "list-with-comments": "read:\n  - title  # seen\n  # and\n  - abstract\n",
    "short-mapping-in-brackets": "lag: {bound: by, time: 24 h}\n",
    "short-mapping-over-lines": "lag:\n  bound: by\n",
    "groups": "a:\n  b: c\n\n  # more\n  d: e\n",
    "comma-in-a-list": 'cue: ["a, b"]\n',
    "comment-at-end": "a: b\n# end\n",
    "comment-behind-a-fold": f"note: >-  # why\n  {WORDS[:-1][:104]}\n  {WORDS[105:-1]}\n",
    "long-list": f"read:\n  - {'a' * 60}\n  - {'b' * 60}\n",
}


def kept_comments(old: bytes, new: bytes) -> bool:
    """Return whether every comment of one text stands in the other."""
    left = read_page(new, "x").comments
    for comment in read_page(old, "x").comments:
        left.remove(comment)
    return left in ([], [SCHEMA_LINE])


def check(data: bytes) -> None:
    new = fixed(data, "x.yaml")
    assert plain(parse_tree(new, "x")) == plain(parse_tree(data, "x"))
    assert kept_comments(data, new)
    assert fixed(new, "x.yaml") == new
    assert lint(new, "x.yaml") == []
    assert (lint(data, "x.yaml") == []) == (new == data)


@pytest.mark.parametrize(("text", "places"), BROKEN.values(), ids=BROKEN.keys())
def test_each_departure_is_found_at_its_place(
    text: str, places: list[tuple[str, int, int]]
) -> None:
    data = text.encode()
    assert [(f.code, f.line, f.column) for f in lint(data, "x.yaml")] == places
    check(data)


def test_every_code_of_the_style_has_a_text_that_departs_in_just_that() -> None:
    lone = {places[0][0] for _, places in BROKEN.values()}
    assert lone == {code for code in CODES if code.startswith("L")}


LONG = " ".join(["word"] * 30)
SAID = {
    "one-long-line": (
        f"note: {LONG}\n",
        "a line of 155 characters; expected at most 109, folded (>-)",
    ),
    "long-only-in-quotes": (
        f"note: {'w' * 40} {'w' * 61}\n",
        f"{'w' * 40} {'w' * 16}...; expected it folded (>-)",
    ),
    "folded-but-long": (f"note: >-\n  {LONG}\n", "a line of 151 characters; expected at most 109"),
    "folded-elsewhere": (
        f"note: >-  # {LONG}\n  {LONG[:54]}\n  {LONG[55:]}\n",
        "lines broken elsewhere; expected each filled up to 109 columns",
    ),
    "over-lines": (
        f"note: {LONG[:54]}\n  {LONG[55:]}\n",
        "a text over several lines; expected it folded (>-)",
    ),
    "block-kept-lines": ("note: |-\n  a\n", "a text over several lines; expected a"),
    "nothing": ("key:\n", "nothing; expected null"),
    "list": ("read:\n  - a\n", "a list over lines; expected it in brackets"),
    "mapping": ("lag: {a: {b: c}}\n", "a mapping in brackets; expected it over lines"),
    "far-right": (
        f"a: {'b' * 80} # c\n",
        f"'...{'b' * 19} # c'; expected '...{'b' * 19}  # c'",
    ),
    "line-too-few": (f"a: {'b' * 80}\n\n", "a blank line; expected nothing"),
}


@pytest.mark.parametrize(("text", "said"), SAID.values(), ids=SAID.keys())
def test_a_message_says_what_is_there_and_what_should_be(text: str, said: str) -> None:
    assert [f.message for f in lint((HEAD + text).encode(), "x.yaml")] == [f"found {said}"]


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_what_is_in_style_stays(text: str) -> None:
    assert lint((HEAD + text).encode(), "x.yaml") == []
    assert fixed((HEAD + text).encode(), "x.yaml").decode() == HEAD + text


@pytest.mark.parametrize("text", TEXTS, ids=["flagship", "every-key", "minimal"])
def test_records_keep_values_and_comments(text: str) -> None:
    check(text.encode())


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((DATA / "invalid").glob("*.yaml")), ids=lambda p: p.stem)
def test_a_wrong_record_is_put_in_style_or_refused_as_unreadable(path: Path) -> None:
    data = path.read_bytes()
    if not any(f.code.startswith("Y") for f in lint(data, "x.yaml")):
        check(data)
        return
    with pytest.raises(RecordError) as caught:
        fixed(data, "x.yaml")
    assert lint(data, "x.yaml") == list(caught.value.findings)


def test_no_line_that_can_be_broken_is_too_long() -> None:
    lines = fixed(samples.SMALL.replace("No hedge.", WORDS.strip()).encode(), "x").decode()
    assert max(map(len, lines.split("\n"))) < WIDTH


def test_a_comment_goes_with_its_key() -> None:
    text = "# first\n\nkey: a  # k\n# of the version\nschema_version: 1\n"
    new = fixed(text.encode(), "x").decode()
    assert new == f"{HEAD}# of the version\nschema_version: 1\n# first\n\nkey: a  # k\n"


def test_what_no_style_fits_is_refused() -> None:
    with pytest.raises(StudyclaimsError, match="nothing was changed"):
        fixed(f"? {'k ' * 1000}k\n: a\n".encode(), "x.yaml")


SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=30),
    st.sampled_from(["no", "12", "1.50", "~", "a: b", "a #b", "- a", "#", "a, b", "'", '"', "<<"]),
    st.sampled_from(["a\nb", " a", "a ", "a  b", "\ta", "", "---", "...", "%TAG", "0x1f", "true"]),
    st.lists(st.sampled_from(["word", "a  b", "#", "-", "k:", "(a)"]), max_size=60).map(" ".join),
    st.integers(),
    st.booleans(),
    st.none(),
)
KEYS = st.sampled_from(
    ["key", "sources", "propositions", "claims", "note", "evidence", "id", "context", "shared"]
) | st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=9)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    TREES,
    st.sampled_from([None, True, False]),
    st.sampled_from([20, 80, 400]),
    st.sampled_from([None, "'", '"']),
    st.integers(2, 6),
)
def test_any_yaml_keeps_its_meaning(
    tree: object, flow: bool | None, width: int, style: str | None, indent: int
) -> None:
    text = yaml.safe_dump(
        tree,
        default_flow_style=flow,
        width=width,
        default_style=style,
        indent=indent,
        allow_unicode=True,
        sort_keys=False,
    )
    try:
        parse_tree(text.encode(), "x")
    except RecordError:
        assume(condition=False)
    check(text.encode())


def edited(text: str, edits: list[tuple[float, str]]) -> bytes:
    """Return the text with comments, blank lines and blanks put in at these parts of it."""
    lines = text.split("\n")
    for number, (part, kind) in enumerate(edits):
        place = int(part * (len(lines) - 1))
        match kind:
            case "line":
                lines.insert(place, f"  # {number}")
            case "behind":
                lines[place] += f" # {number}"
            case "blank":
                lines.insert(place, "")
            case "blanks":
                lines[place] += "  "
            case "bracket":
                lines[place] = lines[place].replace("[", f"[ # {number}\n                  ")
            case "swap":
                lines[place : place + 2] = reversed(lines[place : place + 2])
    return "\n".join(lines).encode()


@pytest.mark.slow
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(TEXTS[1:]),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from(["line", "behind", "blank", "blanks", "bracket", "swap"]),
        ),
        max_size=6,
    ),
)
def test_records_edited_anywhere_keep_values_and_comments(
    text: str, edits: list[tuple[float, str]]
) -> None:
    data = edited(text, edits)
    try:
        parse_tree(data, "x")
    except RecordError:
        assume(condition=False)
    check(data)
