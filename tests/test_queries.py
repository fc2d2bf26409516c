"""Finding a question, asking it, and handing its terms over as plain values."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple, Variable

from samples import KEY, store
from strategies import literals, texts
from studyclaims.errors import QueryError
from studyclaims.paths import queries_dir
from studyclaims.queries import (
    Rows,
    Triples,
    ask,
    by_variable,
    distinct,
    find_text,
    plain,
)
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from pathlib import Path

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
TEXT: Final = "ASK { ?s ?p ?o }"


def test_a_name_is_a_named_query() -> None:
    file = queries_dir() / "list-causes.rq"
    assert find_text("list-causes") == file.read_text(encoding="utf-8")


def test_a_path_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text("ASK { ?s ?p 'é' }", encoding="utf-8")
    assert find_text(str(path)) == "ASK { ?s ?p 'é' }"


def test_a_path_may_have_a_blank_in_it(tmp_path: Path) -> None:
    path = tmp_path / "my own.rq"
    path.write_text(TEXT, encoding="utf-8")
    assert find_text(str(path)) == TEXT


@pytest.mark.parametrize(
    "text",
    [TEXT, "ASK{?s ?p ?o}", "DESCRIBE <https://ex.org/x>", "DESCRIBE\n<https://ex.org/x>", "{"],
)
def test_a_text_is_itself(text: str) -> None:
    assert find_text(text) == text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("list-causez", "no query is called 'list-causez'; the queries are "),
        ("no-such", "list-causes"),
        ("causes", "no named query, no file"),
        ("", "no named query, no file"),
        ("  ", "no named query, no file"),
        ("../queries/list-causes", "no named query, no file"),
        ("no/such/file.rq", "no named query, no file"),
        ("List-Causes", "no named query, no file"),
        ("a" * 5000, "cannot be read as a file: File name too long"),
        ("nul\0", "no named query, no file"),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_none_of_the_three_is_refused(asked: str, said: str) -> None:
    with pytest.raises(QueryError, match=re.escape(said)) as caught:
        find_text(asked)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_status == 2


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bytes.rq"
    path.write_bytes(b"ASK {\xff}")
    with pytest.raises(QueryError, match="not UTF-8"):
        find_text(str(path))


@given(st.text(max_size=20))
@settings(deadline=None)
def test_any_text_is_found_or_refused(asked: str) -> None:
    with suppress(QueryError):
        assert find_text(asked)


def solutions(text: str, **values: NamedNode | Literal) -> Rows:
    found = ask(store(), text, values)
    assert isinstance(found, Rows)
    return found


def test_a_select_gives_rows_in_order() -> None:
    found = solutions("SELECT ?word { ?claim sc:cue ?word } ORDER BY ?word")
    assert found.variables == ("word",)
    words = [row["word"] for row in found]
    assert words == sorted(words)
    assert len(found) == len(words) == 6


def test_an_unbound_variable_is_none() -> None:
    found = solutions("SELECT ?a ?b { VALUES (?a ?b) { (1 UNDEF) } }")
    assert list(found) == [{"a": 1, "b": None}]


def test_an_ask_gives_a_truth_value() -> None:
    assert ask(store(), "ASK { ?claim a sc:Claim }") is True
    assert ask(store(), "ASK { ?claim a sc:NoSuchClass }") is False


@pytest.mark.parametrize(
    "text",
    ["CONSTRUCT { ?s a sc:Claim } WHERE { ?s a sc:Claim }", "DESCRIBE sc:Claim"],
    ids=["construct", "describe"],
)
def test_other_queries_give_triples(text: str) -> None:
    found = ask(store(), text)
    assert isinstance(found, Triples)
    assert len(found) == (5 if text.startswith("CONSTRUCT") else 0)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s {",
        "SELECT",
        "",
        "INSERT DATA { sc:a sc:b sc:c }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "LOAD <file:///etc/passwd>",
        "ASK { SERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "ASK { nope:a ?p ?o }",
        "SELECT (<https://ex.org/f>(1) AS ?x) { }",
        "ASK { ?s ?p '\ud800' }",
        "ASK " + "{" * 3000 + "}" * 3000,
    ],
    ids=range(12),
)
def test_what_cannot_be_asked_is_a_query_error(text: str) -> None:
    with pytest.raises(QueryError, match=r"^[^\n]{20,300}$"):
        ask(store(), text)


def test_asking_changes_nothing() -> None:
    before = len(store())
    with pytest.raises(QueryError):
        ask(store(), "INSERT DATA { sc:a sc:b sc:c }")
    assert len(store()) == before


def test_a_value_selects() -> None:
    text = "SELECT ?word { ?claim sc:cue ?word }"
    assert len(solutions(text, word=Literal("inflames"))) == 1
    assert len(solutions(text, word=Literal("inflame"))) == 0


@pytest.mark.parametrize(
    "value",
    [
        'a" } ?s ?p ?o { "',
        "' } UNION { ?s ?p ?o } #",
        "\\",
        '"""',
        "?claim",
        "sc:Claim",
        "<https://ex.org/>",
        "a\nb",
        "$word",
    ],
)
def test_a_value_never_becomes_part_of_a_query(value: str) -> None:
    text = "SELECT ?word ?again { ?claim sc:cue ?word BIND(?word AS ?again) }"
    assert len(solutions(text, word=Literal(value))) == 0
    held = EmbeddedStore([Quad(CLAIM, CUE, Literal(value)), Quad(CLAIM, CUE, Literal("other"))])
    found = ask(held, text, {"word": Literal(value)})
    assert isinstance(found, Rows)
    assert [row["again"] for row in found] == [value]


CLAIM: Final = NamedNode(f"https://w3id.org/studyclaims/claim/{KEY}/c")
CUE: Final = NamedNode("https://w3id.org/studyclaims/vocab/cue")


@given(texts())
@settings(deadline=None)
def test_any_value_is_bound_as_it_is(value: str) -> None:
    held = EmbeddedStore([Quad(CLAIM, CUE, Literal(value)), Quad(CLAIM, CUE, Literal("-" + value))])
    found = ask(held, "SELECT ?word ?claim { ?claim sc:cue ?word }", {"word": Literal(value)})
    assert isinstance(found, Rows)
    assert [row["word"] for row in found] == [value]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SELECT ?a { ?a ?p ?b }", "b"),
        ("SELECT ?a { ?a ?p ?b }", "no such"),
        ("SELECT ?a { ?a ?p ?b }", ""),
    ],
    ids=["not selected", "no name", "empty"],
)
def test_a_value_without_a_place_is_refused(text: str, name: str) -> None:
    with pytest.raises(QueryError, match="cannot be evaluated"):
        ask(store(), text, {name: Literal("x")})


def number(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


PLAIN: Final[list[tuple[object, object]]] = [
    (None, None),
    (NamedNode("https://ex.org/x"), "https://ex.org/x"),
    (BlankNode("b"), "_:b"),
    (Literal("text"), "text"),
    (Literal("texte", language="fr"), "texte"),
    (Literal(8), 8),
    (Literal(True), True),
    (Literal(False), False),
    (number("007", "integer"), 7),
    (number("-1", "integer"), -1),
    (number("1.50", "decimal"), Decimal("1.50")),
    (number(".5", "decimal"), Decimal("0.5")),
    (number("1e3", "double"), 1000.0),
    (number("-INF", "double"), -math.inf),
    (number("1", "boolean"), True),
    (number("0", "boolean"), False),
    (number("PT24H", "dayTimeDuration"), "PT24H"),
    (number("2017", "gYear"), "2017"),
    (number("eight", "integer"), "eight"),
    (number("1_000", "integer"), "1_000"),
    (number("٣", "integer"), "٣"),
    (number("1" * 5000, "integer"), "1" * 5000),
    (number("1,5", "decimal"), "1,5"),
    (number("NaN", "decimal"), "NaN"),
    (number("0x1", "double"), "0x1"),
    (number("infinity", "double"), "infinity"),
    (number("True", "boolean"), "True"),
    (Literal("8", datatype=NamedNode("https://ex.org/t#integer")), "8"),
]


@pytest.mark.parametrize(("term", "value"), PLAIN, ids=range(len(PLAIN)))
def test_a_term_as_a_plain_value(term: Any, value: object) -> None:  # noqa: ANN401
    found = plain(term)
    assert found == value
    assert type(found) is type(value)


def test_a_triple_term_is_text() -> None:
    triple = Triple(NamedNode("urn:x:a"), NamedNode("urn:x:b"), Literal("c"))
    assert plain(triple) == '<urn:x:a> <urn:x:b> "c"'


@given(literals())
def test_any_literal_has_a_plain_value(term: Literal) -> None:
    found = plain(term)
    assert isinstance(found, str | int | float | Decimal)
    assert not isinstance(found, str) or found == term.value


def test_one_column_and_its_distinct_texts() -> None:
    rows = Rows(("a", "b"), ((Literal("y"), Literal(1)), (None, Literal(2)), (Literal("y"), None)))
    assert by_variable(rows, "a") == [Literal("y"), None, Literal("y")]
    assert distinct(by_variable(rows, "a")) == ["y"]
    with pytest.raises(ValueError, match="not in tuple"):
        by_variable(rows, "c")


def test_the_union_is_asked_whatever_the_graph() -> None:
    a, b = (NamedNode(f"https://ex.org/g{n}") for n in "ab")
    label = Literal("one")
    held = EmbeddedStore([Quad(CLAIM, CUE, label, a), Quad(CLAIM, CUE, label, b)])
    assert len(held) == 1
    rows = ask(held, "SELECT ?word { ?c sc:cue ?word }")
    assert isinstance(rows, Rows)
    assert len(rows) == 1, "what stands in two graphs comes once"
    graphs = ask(held, "SELECT ?g { GRAPH ?g { ?c sc:cue ?word } } ORDER BY ?g")
    assert isinstance(graphs, Rows)
    assert by_variable(graphs, "g") == [a, b]


def test_a_variable_of_the_engine_is_named_as_in_the_query() -> None:
    assert solutions("SELECT ?a ?b { VALUES (?a ?b) { (1 2) } }").variables == ("a", "b")
    assert Variable("a").value == "a"


@pytest.mark.parametrize("word", ["GRAPH", "graph"])
def test_a_query_that_asks_for_graphs_sees_them(word: str) -> None:
    found = ask(store(), f"SELECT DISTINCT ?g {{ {word} ?g {{ ?it a sc:Claim }} }}")
    assert isinstance(found, Rows)
    assert [row["g"] for row in found] == ["https://w3id.org/studyclaims/study/small-2020"]


def test_a_query_may_name_the_graphs_it_asks() -> None:
    graph = "https://w3id.org/studyclaims/study/small-2020"
    for name, answer in ((graph, True), (f"{graph}-other", False)):
        assert ask(store(), f"ASK FROM <{name}> {{ ?it a sc:Claim }}") is answer
