"""What a worker writes: rows are counted right, whatever their texts hold."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from studyclaims.serving.answering import answered, row_count
from studyclaims.serving.limits import Limits
from studyclaims.serving.sources import Source

FORMS = ("json", "xml", "csv", "tsv")
IT = NamedNode("urn:x:it")
TEXT = st.text(
    st.one_of(
        st.sampled_from('"\\,{}[]:\n\r\t<>?&;'),
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    ),
    max_size=12,
)


def asked(source: Source, text: str, form: str = "json", **limits: int) -> tuple[int, bytes]:
    call = {"task": "query", "text": text, "format": form}
    head, body = answered(source, call, Limits(**limits))
    if head["status"] == 200 and "rows" in head:
        assert form not in FORMS or head["rows"] == row_count(body, form)
    return head["status"], body


@given(st.sets(TEXT, max_size=5), st.sampled_from(FORMS))
def test_as_many_rows_are_counted_as_there_are(texts: set[str], form: str) -> None:
    source = Source([Quad(IT, IT, Literal(text)) for text in texts])
    query = "SELECT ?s ?o ?none { ?s ?p ?o }"
    many = len(texts)
    status, body = asked(source, query, form)
    assert (status, row_count(body, form)) == (200, many)
    if many:
        assert asked(source, query, form, rows=many)[0] == 200
    if many > 1:
        assert asked(source, query, form, rows=many - 1)[0] == 422


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT * {}", 1),
        ("SELECT ?a { VALUES ?a { UNDEF UNDEF UNDEF } }", 3),
        ("SELECT ?a { FILTER(false) }", 0),
        ("SELECT ?a ?b { VALUES (?a ?b) { (UNDEF 1) (2 UNDEF) } }", 2),
        ("SELECT ?a { VALUES ?a { <<( <urn:a> <urn:b> <<( <urn:a> <urn:b> 'c' )>> )>> } }", 1),
        ("SELECT ?a { VALUES ?a { 'a'@en 'a'@en--ltr '1'^^<urn:x:d> } }", 3),
    ],
)
def test_rows_without_values_and_values_in_values_are_counted(
    form: str, text: str, rows: int
) -> None:
    status, body = asked(Source([]), text, form)
    assert (status, row_count(body, form)) == (200, rows)


def test_a_construct_has_each_triple_once() -> None:
    source = Source([Quad(IT, IT, Literal(text)) for text in "abc"])
    status, body = asked(source, "CONSTRUCT { ?s ?p 1 } { ?s ?p ?o }", "nt")
    assert (status, body.count(b"\n")) == (200, 1)
    assert asked(source, "CONSTRUCT { ?s ?p [] } { ?s ?p ?o }", "turtle")[0] == 200


def test_what_rdf_xml_cannot_hold_is_told() -> None:
    status, body = asked(Source([]), "CONSTRUCT { <urn:a> <urn:1> 1 } {}", "rdf")
    assert (status, body.startswith(b"RDF/XML cannot hold the predicate <urn:1>")) == (406, True)
    assert asked(Source([]), "CONSTRUCT { <urn:a> <urn:b> 1 } {}", "rdf")[0] == 200


@pytest.mark.parametrize("text", ["\x00", "\x1f", "\ufffe"])
def test_what_xml_cannot_hold_is_told_and_held_by_the_others(text: str) -> None:
    source = Source([Quad(IT, NamedNode("urn:x:a"), Literal(text))])
    for query, forms in (("SELECT * { ?s ?p ?o }", FORMS), ("DESCRIBE <urn:x:it>", ("nt", "rdf"))):
        found = {form: asked(source, query, form)[0] for form in forms}
        assert found == {form: 406 if form in {"xml", "rdf"} else 200 for form in forms}


def test_a_carriage_return_comes_back_from_xml() -> None:
    source = Source([Quad(IT, NamedNode("urn:x:a"), Literal("a\rb"))])
    for query, form in (("SELECT ?o { ?s ?p ?o }", "xml"), ("DESCRIBE <urn:x:it>", "rdf")):
        texts = ET.fromstring(asked(source, query, form)[1]).itertext()  # noqa: S314 - our own
        assert "a\rb" in "".join(texts)


def test_two_from_are_refused_and_merged_where_the_protocol_names_them() -> None:
    graphs = [NamedNode("urn:x:a"), NamedNode("urn:x:b")]
    source = Source([Quad(IT, IT, Literal("c"), graph) for graph in graphs])
    one = "SELECT (COUNT(*) AS ?n) FROM <urn:x:a> { ?s ?p ?o }"
    assert asked(source, one, "csv") == (200, b"n\r\n1\r\n")
    two = "SELECT (COUNT(*) AS ?n) FROM <urn:x:a> FROM <urn:x:b> { ?s ?p ?o }"
    status, body = asked(source, two)
    assert (status, b"default-graph-uri" in body) == (400, True)
    named = "SELECT (COUNT(*) AS ?n) FROM <urn:x:a> FROM NAMED <urn:x:b> { ?s ?p ?o }"
    assert asked(source, named, "csv") == (200, b"n\r\n1\r\n")
    call = {"task": "query", "text": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}
    for more in ({}, {"default": ["urn:x:a", "urn:x:b"]}):
        assert answered(source, call | more, Limits())[1] == b"n\r\n1\r\n"
    inner = {"text": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "named": ["urn:x:b"]}
    merged = {"default": ["urn:x:a", "urn:x:b"]}
    assert answered(source, call | inner | merged, Limits())[1] == b"n\r\n1\r\n"
