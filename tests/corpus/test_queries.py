"""Every question: its header, its answer, and the same answer from two engines."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib.query import ResultRow

import studyclaims
from studyclaims.answers import render
from studyclaims.paths import queries_dir
from studyclaims.queries import Rows, ask, read_value
from studyclaims.questions import questions
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from rdflib import Dataset
    from rdflib.term import Node

    from studyclaims.graph import Graph
    from studyclaims.queries import Term
    from studyclaims.questions import Question

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


OTHERS: Final = {
    "compare-effects": {"agent": "PR:000002107"},
    "find-drivers": {"variable": "PATO:0000070", "bearer": "PR:000002107"},
    "find-early-changes": {"within": "120.5"},
    "find-effects": {"agent": "CHEBI:3160", "bearer": "UBERON:0003663"},
    "find-mouse-only": {"species": "NCBITaxon:9606"},
    "find-replicated": {"least": "1"},
    "find-tissue-claims": {"tissue": "UBERON:0000979"},
    "follow-downstream": {"agent": "CHEBI:3160", "bearer": "UBERON:0001630"},
    "join-phenotypes": {"namespace": "<http://purl.obolibrary.org/obo/MP_>"},
    "order-events": {"agent": "PR:000002107"},
    "rank-chains": {"agent": "PR:000002107"},
    "trace-doi": {"paper": "<https://doi.org/10.1007/s00774-017-0830-y>"},
    "trace-effects": {"agent": "PR:000002107"},
    "trace-retraction": {"paper": "<https://doi.org/10.1007/s00774-017-0830-y>"},
}
"""Other values of every parameter; with most of them there are rows."""

EMPTY: Final = {"compare-effects", "order-events", "rank-chains"}
HEAVY: Final = {"compare-effects", "join-phenotypes"}


def exchanged(name: str) -> str:
    """Return a question's text with other defaults."""
    question = next(q for q in QUESTIONS if q.name == name)
    text = question.text
    for parameter, default in question.parameters.items():
        line = f"    VALUES ?{parameter} {{ {default} }}\n"
        assert text.count(line) == 1
        text = text.replace(line, line.replace(default, str(read_value(OTHERS[name][parameter]))))
    return text


def test_every_parameter_is_set_below_and_selected() -> None:
    assert {q.name: set(q.parameters) for q in QUESTIONS if q.parameters} == {
        name: set(values) for name, values in OTHERS.items()
    }
    for q in QUESTIONS:
        selected = q.text[q.text.index("\nSELECT") : q.text.index("\nWHERE {")]
        assert all(re.search(rf"\?{name}\b", selected) for name in q.parameters), q.name


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_a_set_value_gives_what_the_text_with_that_default_gives(name: str) -> None:
    values = {key: read_value(value) for key, value in OTHERS[name].items()}
    found, other = graph().query(name, values), ask(graph().store, exchanged(name))
    assert found == other
    assert isinstance(found, Rows)
    assert (len(found) == 0) == (name in EMPTY)
    assert found != answer(name)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in HEAVY)) for n in sorted(OTHERS)]
)
def test_another_default_gives_the_same_rows_on_both_engines(name: str) -> None:
    rows = ask(graph().store, exchanged(name))
    assert isinstance(rows, Rows)
    other = []
    for row in dataset().query(exchanged(name), initNs=prefixes()):
        assert isinstance(row, ResultRow)
        other.append(tuple(typed_by_rdflib(row[name]) for name in rows.variables))
    assert [tuple(typed(term) for term in row) for row in rows.rows] == other


def test_the_twenty_are_numbered_and_no_other() -> None:
    assert sorted(q.number for q in QUESTIONS if q.number) == list(range(1, 21))
    others = {q.name for q in QUESTIONS if not q.number}
    assert others == {"compare-wording", "count-support", "list-causes", "trace-effects"}


@pytest.mark.parametrize("q", QUESTIONS, ids=lambda q: q.name)
def test_a_question_is_asked_of_the_merge(q: Question) -> None:
    """A query that names graphs is asked of a larger and slower store, and a word is enough."""
    assert re.search(r"\b(graph|from)\b", q.text, re.IGNORECASE) is None


def test_what_is_disputed_is_contested() -> None:
    topics = {f"{c.about} and {c.outcome} ({c.family})" for c in graph().contested() if c.direct}
    # What is present is named there as "paralysed muscle", here as "paralysed of muscle".
    disputed = {
        str(row["topic"]).replace("paralysed of", "paralysed") for row in answer("find-disputes")
    }
    assert disputed <= topics


def test_every_kind_of_tissue_amount_is_one_step_from_it() -> None:
    """Compare-effects looks one step up; whoever adds a level must let it look further."""
    text = """SELECT DISTINCT ?entity {
        ?entity skos:broader* ?wide . ?wide sc:variable scterm:tissue-amount
    } ORDER BY ?entity"""
    near = text.replace("skos:broader*", "skos:broader?")
    assert ask(graph().store, text) == ask(graph().store, near)
