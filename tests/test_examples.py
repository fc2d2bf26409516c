"""The questions as RDF: complete, in the form that SIB's tools read, and the same queries still."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

import studyclaims
import studyclaims.examples
from studyclaims.errors import QueryError
from studyclaims.examples import PREFIXES, QUESTION, QUESTIONS_GRAPH, question_quads
from studyclaims.formats import FORMATS, check, serialize
from studyclaims.queries import Rows, plain
from studyclaims.questions import Question, question, questions
from studyclaims.terms import expand, prefixes

if TYPE_CHECKING:
    from studyclaims.graph import Graph

NAMES: Final = [found.name for found in questions()]
TEXTS: Final = ("sh:select", "sh:ask", "sh:construct")


@cache
def examples() -> dict[str, dict[str, list[NamedNode | Literal]]]:
    """Return what is said of each thing in the graph, by its IRI and by CURIE of the predicate."""
    said: dict[str, dict[str, list[NamedNode | Literal]]] = {}
    known = {expand(curie): curie for curie in (*TEXTS, *USED)}
    for quad in question_quads():
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.object, NamedNode | Literal)
        about = said.setdefault(quad.subject.value, {})
        about.setdefault(known[quad.predicate.value], []).append(quad.object)
    return said


USED: Final = (
    "rdf:type",
    "rdfs:label",
    "rdfs:comment",
    "dct:description",
    "dct:title",
    "dct:license",
    "schema:keywords",
    "sh:prefixes",
    "sh:declare",
    "sh:prefix",
    "sh:namespace",
)
"""Every predicate in the graph beside those of the texts."""


def values(iri: str, predicate: str) -> list[str]:
    return [term.value for term in examples()[iri].get(predicate, [])]


def text_of(name: str) -> str:
    """Return the one query text that a question has in the graph."""
    (text,) = (text for form in TEXTS for text in values(QUESTION + name, form))
    return text


@cache
def graph() -> Graph:
    return studyclaims.load()


@cache
def store() -> Store:
    """Return the packaged graph without our prefixes: a query has to declare its own."""
    held = Store()
    held.bulk_extend(Quad(q.subject, q.predicate, q.object) for q in graph().quads)
    return held


@pytest.mark.parametrize("name", NAMES)
def test_a_question_taken_from_the_graph_has_the_rows_of_the_named_one(name: str) -> None:
    found = store().query(text_of(name))
    assert isinstance(found, QuerySolutions)
    named = graph().query(name)
    assert isinstance(named, Rows)
    assert [v.value for v in found.variables] == list(named.variables)
    rows = [tuple(row[variable] for variable in named.variables) for row in found]
    assert rows == list(named.rows)
    assert rows


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_what_a_checker_of_examples_asks_for(name: str) -> None:
    iri = QUESTION + name
    assert values(iri, "rdf:type") == [
        expand("sh:SPARQLExecutable"),
        expand("sh:SPARQLSelectExecutable"),
    ]
    assert text_of(name) == question(name).text == values(iri, "sh:select")[0]
    (comment,) = examples()[iri]["rdfs:comment"]
    assert comment == Literal(question(name).summary, language="en")
    assert values(iri, "dct:description") == [question(name).description]
    assert values(iri, "rdfs:label") == [name]
    assert values(iri, "schema:keywords") == list(question(name).tags)
    assert all(re.fullmatch(r"\S(.*\S)?", tag) for tag in question(name).tags)
    assert values(iri, "sh:prefixes") == [PREFIXES]


def declared() -> dict[str, str]:
    parts = values(PREFIXES, "sh:declare")
    assert len(set(parts)) == len(parts)
    return {
        prefix: space
        for part in parts
        for prefix in values(part, "sh:prefix")
        for space in values(part, "sh:namespace")
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_declared_prefixes_suffice_and_are_those_of_the_context(name: str) -> None:
    body = re.sub(r"(?m)^PREFIX .*$", "", question(name).text)
    Store().query(body, prefixes=declared())
    with pytest.raises(SyntaxError):
        Store().query(body)
    assert declared().items() <= prefixes().items()


def test_no_prefix_is_declared_that_no_question_uses() -> None:
    used = {p for name in NAMES for p in re.findall(r"(?m)^PREFIX ([^:]+):", question(name).text)}
    assert declared().keys() == used
    kinds = {term for part in values(PREFIXES, "sh:declare") for term in examples()[part]}
    assert kinds == {"rdf:type", "sh:prefix", "sh:namespace"}
    spaces = [examples()[part]["sh:namespace"][0] for part in values(PREFIXES, "sh:declare")]
    assert {s.datatype.value for s in spaces if isinstance(s, Literal)} == {expand("xsd:anyURI")}


def test_the_graph_holds_the_questions_and_nothing_else() -> None:
    quads = question_quads()
    assert {str(quad.graph_name) for quad in quads} == {f"<{QUESTIONS_GRAPH}>"}
    parts = values(PREFIXES, "sh:declare")
    asked = [QUESTION + name for name in NAMES]
    assert examples().keys() == {QUESTIONS_GRAPH, PREFIXES, *asked, *parts}
    assert values(QUESTIONS_GRAPH, "rdf:type") == [expand("dcat:Dataset")]
    assert len(set(quads)) == len(quads)
    assert set(quads) <= graph().quads


@pytest.mark.parametrize("form", FORMATS)
def test_texts_of_many_lines_are_the_same_in_every_form(form: str) -> None:
    quads = question_quads()
    check(serialize(quads, form, prefixes()), form, quads)


def ask_for(monkeypatch: pytest.MonkeyPatch, *texts: str) -> list[tuple[str, object]]:
    """Return (predicate, value) of what is published where these are the questions."""
    asked = [Question(f"ask-{n}", "What?", "It asks.", ("a",), t) for n, t in enumerate(texts)]
    monkeypatch.setattr(studyclaims.examples, "questions", lambda: asked)
    return [(quad.predicate.value, plain(quad.object)) for quad in question_quads()]


@pytest.mark.parametrize(
    ("text", "kind", "form"),
    [
        ("# SELECT\nASK { ?s ?p ?o }", "sh:SPARQLAskExecutable", "sh:ask"),
        ("  CONSTRUCT { ?s ?p ?o } {?s ?p ?o}", "sh:SPARQLConstructExecutable", "sh:construct"),
        ("PREFIX a: <https://ex.org/>\nSELECT * { }", "sh:SPARQLSelectExecutable", "sh:select"),
    ],
)
def test_each_form_of_query_has_its_class(
    monkeypatch: pytest.MonkeyPatch, text: str, kind: str, form: str
) -> None:
    found = ask_for(monkeypatch, text)
    assert (expand("rdf:type"), expand(kind)) in found
    assert [pair for pair in found if pair[0] in map(expand, TEXTS)] == [(expand(form), text)]


def test_a_form_that_has_no_property_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(QueryError, match="'ask-0' has no form that is published; begin a line"):
        ask_for(monkeypatch, "DESCRIBE <https://ex.org/SELECT>")


def test_one_prefix_is_one_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (f"PREFIX a: <https://ex.org/{n}#>\nASK {{ a:s ?p ?o }}" for n in (1, 2))
    assert (expand("sh:namespace"), "https://ex.org/1#") in ask_for(monkeypatch, one, one)
    with pytest.raises(QueryError, match=r"'ask-1' declares a: as <https://ex.org/2#>, another"):
        ask_for(monkeypatch, one, other)
