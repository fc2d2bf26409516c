"""One list of truth values, in Python and for DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studyclaims.merging.engine import engine
from studyclaims.merging.negation import (
    NO,
    YES,
    cell_sql,
    denied_columns,
    denies,
    denies_sql,
    modifier_denies,
    row_denies,
    said_sql,
    telling_columns,
    unknown_sql,
)
from studyclaims.merging.sql import literal, literals

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = ("maybe", "not", "-1", "2", "!", "tru", "nein", "NA", "-", "\ufefftrue", "'", '["true"]')
BLANKS = " \t\n\v\f\r\x1c\x85\xa0\u2003\u2028\u3000"


def test_yes_and_no_in_any_case_between_any_blanks() -> None:
    for shape in (str, str.upper, str.title, f"{BLANKS}{{}}{BLANKS}".format):
        assert {denies(shape(it)) for it in YES} == {True}
        assert {denies(shape(it)) for it in NO} == {False}
    assert [denies(it) for it in (True, 1, 1.0, False, 0, 0.0, None)] == [True] * 3 + [False] * 4
    assert {denies(it) for it in (*UNKNOWN, [], ["true"], {}, {"a": 1}, [False])} == {None}


def test_duckdb_reads_the_same_and_takes_what_says_neither_for_a_no(tmp_path: Path) -> None:
    words = [f"{a}{it}{a}" for it in (*YES, *NO, *UNKNOWN) for a in ("", " ", BLANKS)]
    words += [it.upper() for it in words]
    text = "select it, @said from (select unnest(@words) as it)"
    with engine(tmp_path) as db:
        found = db.rows(text, said=denies_sql("it"), words=literals(words))
        assert db.rows("select @said", said=denies_sql("null::varchar")) == [(False,)]
    assert len(found) == len(words)
    assert [(it, said) for it, said in found if said != (denies(it) is not False)] == []


def test_the_column_in_all_its_spellings() -> None:
    names = [
        *("negated", "Negated ", "biolink:negated", "BIOLINK:Negated"),
        *("https://w3id.org/biolink/vocab/negated", "is_negated", "Is Negated", "NEGATION"),
        *("biolink:is-negated", "https://w3id.org/biolink/vocab/negation"),
    ]
    names += ["isNegated", "negated:boolean", "negated:BOOLEAN[]", "IsNegated", "Biolink_negated"]
    names += [
        "http://w3id.org/biolink/vocab/isNegated",
        "bl:negated",
        "x:y/negated",
        "edge.negated",
    ]
    names += ["nega\u200bted", "\ufeffnegated", "\uff4eegated"]
    assert denied_columns([*names, "sc_negated", "negated2", "predicate_modifier"]) == names
    assert {row_denies({name: "on"}) for name in names} == {True}
    assert row_denies({"negated": "false", "p": "true"}) is False
    assert row_denies({"negated": "true", "Negated": "?"}) is None
    assert row_denies({"negated": "true", "Negated": "no"}) is None
    assert row_denies({"negated": " ", "Negated": "no", "is_negated": None}) is False


def test_what_may_deny_a_row_is_not_guessed() -> None:
    for name in ("negated2", "sc_negated", "negativeEvidence", "NEGATED_BY"):
        said = [row_denies({name: it}) for it in (None, " ", "No", [], "true", "x", ["false"])]
        assert said == [False] * 4 + [None] * 3
    for name in ("predicate_modifier", "sssom:predicateModifier"):
        said = [
            row_denies({name: it}) for it in ("", "false", [], "Not", "semapv:NOT", "x", ["Not"])
        ]
        assert said == [False] * 3 + [True] * 2 + [None] * 2
    assert row_denies({"predicate_modifier": "Not", "negated": "false"}) is None
    assert telling_columns(["p", "negative_log10_p", "modifier"]) == []


def test_duckdb_reads_each_cell_the_same(tmp_path: Path) -> None:
    words = [None, *YES, *NO, *UNKNOWN, "Not", "x:Not", "semapv:NOT", f"{BLANKS}not", f"{BLANKS}No"]
    given = "[" + ", ".join(map(cell, words)) + "]"
    with engine(tmp_path) as db:
        for name in ("negated", "predicate_modifier", "negated2"):
            cells = [cell_sql(name, "it")]
            text = "select it, @said, @odd from (select unnest(@words) as it)"
            for it, said, odd in db.rows(
                text, said=said_sql(cells), odd=unknown_sql(cells), words=given
            ):
                assert (None if odd else said == "true") == row_denies({name: it}), (name, it)


def test_duckdb_says_the_same_of_several_columns(tmp_path: Path) -> None:
    words = [None, *YES, *NO, *UNKNOWN, f"{BLANKS}Yes", BLANKS]
    rows = [(one, other) for one in words for other in words]
    cells = ["one", "other"]
    text = "select @said, @odd from (select unnest(@rows) as it, it[1] as one, it[2] as other)"
    given = "[" + ", ".join(f"[{', '.join(map(cell, row))}]" for row in rows) + "]"
    with engine(tmp_path) as db:
        found = db.rows(text, said=said_sql(cells), odd=unknown_sql(cells), rows=given)
    for (one, other), (said, odd) in zip(rows, found, strict=True):
        denied = row_denies({"negated": one, "Negated": other})
        assert odd == (denied is None), (one, other)
        if not odd:
            assert (said == "true") == denied
            is_silent = not (one or "").strip() and not (other or "").strip()
            assert (said == "false") == (not denied and not is_silent)


def cell(text: str | None) -> str:
    return "null" if text is None else literal(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((it, True) for it in ("Not", " NOT ", "not", "sssom:Not", "semapv:Not")),
        *((it, True) for it in ("http://w3id.org/sssom/Not", "https://w3id.org/sssom/NOT")),
        ("https://w3id.org/semapv/vocab/Not", True),
        *((it, False) for it in ("", " ")),
        *((it, None) for it in ("False", "no", "Not|x", "!", "x:Not", "http://x/Not", "Not Not")),
    ],
)
def test_modifiers(text: str, said: bool | None) -> None:
    assert modifier_denies(text) is said
