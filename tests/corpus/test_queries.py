"""Every question: its header, its answer, and the same answer from two engines."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib.query import ResultRow

import studyclaims
from studyclaims.answers import render
from studyclaims.paths import queries_dir
from studyclaims.queries import Rows
from studyclaims.questions import questions

if TYPE_CHECKING:
    from rdflib import Dataset
    from rdflib.term import Node

    from studyclaims.graph import Graph
    from studyclaims.queries import Term

QUESTIONS = questions()
NUMBERS = ("integer", "decimal", "double")
Typed = tuple[str, str, str]


@cache
def graph() -> Graph:
    return studyclaims.load()


@cache
def dataset() -> Dataset:
    return graph().to_rdflib()


def typed(term: Term) -> Typed:
    """Return a term of pyoxigraph as (kind, datatype or language, value)."""
    if isinstance(term, NamedNode):
        return ("iri", "", term.value)
    if term is None:
        return ("unbound", "", "")
    assert isinstance(term, Literal)
    kind = term.language or term.datatype.value
    return ("literal", kind, number_or_text(kind, term.value))


def typed_by_rdflib(term: Node | None) -> Typed:
    """Return a term of rdflib as (kind, datatype or language, value)."""
    import rdflib

    if isinstance(term, rdflib.URIRef):
        return ("iri", "", str(term))
    if term is None:
        return ("unbound", "", "")
    assert isinstance(term, rdflib.Literal)
    kind = term.language or str(term.datatype or "http://www.w3.org/2001/XMLSchema#string")
    return ("literal", kind, number_or_text(kind, str(term)))


def number_or_text(kind: str, text: str) -> str:
    """Return a number without its spelling: a store may write 24.0 for 24."""
    return f"{Decimal(text).normalize():f}" if kind.rpartition("#")[2] in NUMBERS else text


def answer(name: str) -> Rows:
    found = graph().query(name)
    assert isinstance(found, Rows)
    return found


@pytest.mark.parametrize("name", [q.name for q in QUESTIONS])
def test_two_engines_give_the_same_typed_rows(name: str) -> None:
    rows = answer(name)
    text = next(q.text for q in QUESTIONS if q.name == name)
    found = dataset().query(text)
    other = []
    for row in found:
        assert isinstance(row, ResultRow)
        other.append(tuple(typed_by_rdflib(row[name]) for name in rows.variables))
    assert [tuple(typed(term) for term in row) for row in rows.rows] == other


@pytest.mark.parametrize("name", [q.name for q in QUESTIONS])
def test_the_answer_is_the_one_checked_in(name: str) -> None:
    path = queries_dir() / "answers" / f"{name}.csv"
    repair = f"./run query {name} --format csv > graph/queries/answers/{name}.csv"
    assert path.is_file(), f"write it: {repair}"
    assert path.read_text(encoding="utf-8") == render(answer(name), "csv"), f"look, then: {repair}"


@pytest.mark.parametrize("name", [q.name for q in QUESTIONS])
def test_the_answer_has_rows_and_a_fixed_order(name: str) -> None:
    text = next(q.text for q in QUESTIONS if q.name == name)
    assert len(answer(name)) > 0
    assert "ORDER BY" in text
    rows = answer(name).rows
    assert len(set(rows)) == len(rows), "two rows are the same: add DISTINCT"


@pytest.mark.parametrize("name", [q.name for q in QUESTIONS])
def test_a_question_declares_just_the_prefixes_it_uses(name: str) -> None:
    text = next(q.text for q in QUESTIONS if q.name == name)
    head, _, body = text.partition("\nSELECT")
    declared = set(re.findall(r"PREFIX (\w+):", head))
    used = set(
        re.findall(r"(?<![\w?<])([A-Za-z]\w*):(?=[A-Za-z0-9_])", re.sub(r"<[^>]*>", "", body))
    )
    assert declared == used


def test_every_answer_file_belongs_to_a_question() -> None:
    names = {path.stem for path in (queries_dir() / "answers").glob("*")}
    assert names == {q.name for q in QUESTIONS}


def test_csv_answers_read_back_as_rows() -> None:
    rows = answer("find-early-changes")
    table = list(csv.reader(io.StringIO(render(rows, "csv"))))
    assert table[0] == list(rows.variables)
    assert len(table) == len(rows) + 1
