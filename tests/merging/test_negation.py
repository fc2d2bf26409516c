"""One list of truth values, in Python and for DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studyclaims.merging.engine import engine
from studyclaims.merging.negation import (
    NO,
    YES,
    denied_columns,
    denies,
    denies_sql,
    modifier_denies,
    row_denies,
)
from studyclaims.merging.sql import literals

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
        "https://w3id.org/biolink/vocab/negated",
    ]
    assert denied_columns([*names, "x:negated", "sc_negated", "negated2"]) == names
    assert {row_denies({name: "on"}) for name in names} == {True}
    assert row_denies({"negated": "false", "p": "true"}) is False
    assert row_denies({"negated": "true", "Negated": "?"}) is None


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
