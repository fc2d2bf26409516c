"""What a query's text gets on its way to a store: prefixes, and values that stay values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from studyclaims.errors import QueryError
from studyclaims.stores.binding import declared, form_of, parted, prepared, selecting

CASES = {
    "SELECT * { ?s ?p ?o }": "SELECT",
    "# CONSTRUCT\nask { ?s ?p 'SELECT' }": "ASK",
    "BASE <http://x/#CONSTRUCT> PREFIX ask: <x> DESCRIBE ask:x": "DESCRIBE",
    "PREFIX a: <urn:x:a> Construct { ?s a:select ?select } { ?s ?p ?o }": "CONSTRUCT",
}


@pytest.mark.parametrize("text", CASES)
def test_a_query_has_a_form(text: str) -> None:
    assert form_of(text) == CASES[text]


@pytest.mark.parametrize("text", ["", "INSERT DATA { }", "# SELECT", "?select", "xsd:ask"])
def test_what_has_no_form_is_no_query(text: str) -> None:
    with pytest.raises(QueryError, match="expected one of SELECT, ASK"):
        form_of(text)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("ASK { }", "ASK { VALUES (?x) { (<urn:x:v>) } }"),
        (
            "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
            "CONSTRUCT { ?s ?p ?o } WHERE { VALUES (?x) { (<urn:x:v>) } ?s ?p ?o }",
        ),
        (
            "CONSTRUCT WHERE { ?s ?p ?x }",
            "CONSTRUCT WHERE { VALUES (?x) { (<urn:x:v>) } ?s ?p ?x }",
        ),
        (
            "SELECT (EXISTS { ?a ?b ?c } AS ?d) # {\n { ?x ?y '{' }",
            "SELECT (EXISTS { ?a ?b ?c } AS ?d) # {\n { VALUES (?x) { (<urn:x:v>) } ?x ?y '{' }",
        ),
    ],
)
def test_values_stand_at_the_start_of_the_outermost_pattern(text: str, bound: str) -> None:
    assert prepared(text, {"x": NamedNode("urn:x:v")}) == bound


def test_several_values_are_one_row() -> None:
    said = prepared("ASK { }", {"a": Literal("1"), "b": Literal("x", language="en")})
    assert said == 'ASK { VALUES (?a ?b) { ("1" "x"@en) } }'


def test_nothing_bound_changes_nothing() -> None:
    assert prepared("ASK { }") == prepared("ASK { }", {}) == "ASK { }"


@pytest.mark.parametrize("name", ["", "a b", "a}", "1a", "é", "?a"])
def test_a_name_is_a_name(name: str) -> None:
    with pytest.raises(QueryError, match="no name of a variable"):
        prepared("ASK { }", {name: Literal("x")})


@pytest.mark.parametrize("text", ["DESCRIBE <urn:x:a>", "CONSTRUCT { ?s ?p ?o }"])
def test_without_a_pattern_nothing_is_bound(text: str) -> None:
    with pytest.raises(QueryError, match="no pattern in braces"):
        prepared(text, {"x": Literal("x")})


def test_a_query_is_guarded() -> None:
    with pytest.raises(QueryError, match="SERVICE"):
        prepared("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }")


@given(some.text())
def test_no_text_becomes_syntax(text: str) -> None:
    text = text.encode(errors="ignore").decode()
    found = Store().query(prepared("SELECT ?x { }", {"x": Literal(text)}))
    assert isinstance(found, QuerySolutions)
    assert [row["x"] for row in found] == [Literal(text)]


def test_a_filter_sees_what_is_bound() -> None:
    store = Store()
    store.update("INSERT DATA { <urn:x:a> <urn:x:b> 1, 2, 3 }")
    text = "SELECT ?o { ?s ?p ?o FILTER(?o >= ?least) } ORDER BY ?o"
    found = store.query(prepared(text, {"least": Literal(2)}))
    assert isinstance(found, QuerySolutions)
    assert [row["o"] for row in found] == [Literal(2), Literal(3)]


def test_prefixes_are_declared_where_they_are_used_and_not_twice() -> None:
    sc = "PREFIX sc: <https://w3id.org/studyclaims/vocab/> "
    assert declared("ASK { ?s a sc:A, sc:B }") == f"{sc}ASK {{ ?s a sc:A, sc:B }}"
    assert declared("prefix  sc: <urn:x:> ASK { ?s a sc:A }").startswith("prefix")
    assert declared("ASK { ?s a nobodys:A }") == "ASK { ?s a nobodys:A }"
    assert declared("ASK { ?s a <sc:A>, 'sc:A' } # sc:A").startswith("ASK")
    two = declared("ASK { ?s a xsd:x, sc:x }")
    assert two.startswith(f"{sc}PREFIX xsd: <")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("CONSTRUCT { ?s <urn:x:p> 1 } WHERE { ?s ?p ?o }", 3),
        ("CONSTRUCT { ?s <urn:x:p> '}' } WHERE { ?s ?p ?o } ORDER BY ?o LIMIT 2", 2),
        ("CONSTRUCT WHERE { ?s ?p ?o }", 3),
        ("CONSTRUCT { } FROM <urn:x:none> WHERE { ?s ?p ?o }", 0),
    ],
)
def test_a_construct_is_made_of_the_rows_of_a_select(text: str, rows: int) -> None:
    store = Store()
    store.update("INSERT DATA { <urn:x:a> <urn:x:b> 1, 2, 3 }")
    found = store.query(selecting(text))
    assert isinstance(found, QuerySolutions)
    assert len(list(found)) == rows


def test_what_constructs_nothing_is_left_as_it_is() -> None:
    assert selecting("CLEAR ALL") == "CLEAR ALL"


@pytest.mark.parametrize("number", [0, 1, 2, 5, 16, 17, 100, 300])
def test_each_triple_is_in_one_part(number: int) -> None:
    store = Store()
    store.update("INSERT DATA { <urn:x:a> <urn:x:b> 1, 2, 3 . <urn:x:c> <urn:x:b> 1 }")
    found = [str(triple) for text in parted(number) for triple in store.query(text)]  # type: ignore[union-attr]
    assert (len(found), len(set(found))) == (4, 4)
    assert len(parted(number)) >= min(number, 256)
