"""A question's parameters: what stands for a value, and that no value becomes part of a query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from samples import quads, store
from studyclaims.errors import QueryError, TermError
from studyclaims.formats import serialize
from studyclaims.queries import Rows, ask, read_value, with_values
from studyclaims.questions import parameters, question, without_defaults
from studyclaims.verbs.graphs import query

if TYPE_CHECKING:
    from pathlib import Path

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
TEXT: Final = """\
SELECT ?claim ?stance ?word {
    VALUES ?stance { sc:supports }
    VALUES ?word { "may" }
    ?claim sc:stance ?stance ; sc:cue ?word .
}
"""


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("sc:supports", "https://w3id.org/studyclaims/vocab/supports"),
        ("NCBITaxon:10090", "http://purl.obolibrary.org/obo/NCBITaxon_10090"),
        ("https://example.org/a", "https://example.org/a"),
        ("<https://example.org/a>", "https://example.org/a"),
        ("urn:isbn:0000000000", "urn:isbn:0000000000"),
        ("10.1234/Small.1", "https://doi.org/10.1234/small.1"),
        ("doi:10.1234/Small.1", "https://doi.org/10.1234/small.1"),
        ("https://doi.org/10.1234/Small.1", "https://doi.org/10.1234/small.1"),
        ("http://dx.doi.org/10.1234/small.1", "https://doi.org/10.1234/small.1"),
    ],
)
def test_a_word_may_stand_for_an_iri(text: str, iri: str) -> None:
    assert read_value(text) == NamedNode(iri)


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("72", "integer"),
        ("-3", "integer"),
        ("0.5", "decimal"),
        ("1e5", "string"),
        ("10.1", "decimal"),
        ("a few", "string"),
        ("mouse", "string"),
        ("see: this", "string"),
        ("", "string"),
        ("mouse\n", "string"),
    ],
)
def test_any_other_word_is_a_number_or_a_text(text: str, datatype: str) -> None:
    assert read_value(text) == Literal(text, datatype=NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    "text",
    [
        "NoSuchPrefix:1",
        "https://",
        "https://example.org/a b",
        "https://example.org/a> } DROP ALL",
        "<not an address>",
        "10.1234/a>b",
        "urn:x",
        "http:/example.org",
    ],
)
def test_what_has_the_form_of_an_iri_and_is_none_is_refused(text: str) -> None:
    with pytest.raises(TermError):
        read_value(text)


@given(st.text(max_size=30))
@settings(deadline=None)
def test_a_value_is_one_term_and_never_part_of_the_text(text: str) -> None:
    try:
        value = read_value(text)
    except TermError:
        return
    if isinstance(value, Literal):
        assert value.value == text
        left, bound = with_values(TEXT, {"word": Literal(text)})
        assert left == without_defaults(TEXT, {"word"})
        assert bound == {"word": Literal(text)}


def test_a_parameter_is_a_line_of_one_form() -> None:
    assert parameters(TEXT) == {"stance": "sc:supports", "word": '"may"'}
    for line in (
        "  VALUES ?a { 1 }",
        "        VALUES ?a { 1 }",
        "    VALUES ?a { 1 2 }",
        "    VALUES (?a) { (1) }",
        "    VALUES ?a {1}",
        '    VALUES ?a { "two" "words" }',
        "    VALUES ?a { 1 } .",
    ):
        assert parameters(f"{{\n{line}\n}}\n") == {}, line
    assert parameters('{\n    VALUES ?a { "two words" }\n}') == {"a": '"two words"'}
    assert parameters("{\n    VALUES ?a { <urn:a:b> }\n}") == {"a": "<urn:a:b>"}


def test_only_the_line_of_what_is_set_goes() -> None:
    left = without_defaults(TEXT, {"stance"})
    assert left == TEXT.replace("    VALUES ?stance { sc:supports }\n", "")
    assert without_defaults(TEXT, ()) == TEXT


def rows(text: str, **values: str) -> list[tuple[str | None, ...]]:
    found = ask(store(), *with_values(text, {k: read_value(v) for k, v in values.items()}))
    assert isinstance(found, Rows)
    return [tuple(None if t is None else str(t) for t in row) for row in found.rows]


def test_a_value_takes_the_place_of_the_default() -> None:
    for stance, word in (("sc:noEffect", "no difference"), ("sc:refutes", "does not prevent")):
        found = rows(TEXT, stance=stance, word=word)
        exchanged = TEXT.replace("sc:supports", stance).replace('"may"', f'"{word}"')
        assert len(found) == 1
        assert found == rows(exchanged)
    assert rows(TEXT, stance="sc:noEffect", word="does not prevent") == []


def test_another_query_may_bind_what_it_selects() -> None:
    assert len(rows("SELECT ?claim ?stance { ?claim sc:stance ?stance }", stance="sc:refutes")) == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("taxon", "sc:x", "the query find-mouse-only has no parameter 'taxon'; its parameters are"),
        (
            "species",
            "mouse",
            "species takes an IRI, a CURIE or a DOI, as in NCBITaxon:10090; found",
        ),
        ("species", "10090", "found a number, '10090'"),
    ],
)
def test_a_value_that_a_question_cannot_take_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(QueryError, match=re.escape(said)):
        with_values("find-mouse-only", {name: read_value(value)})


def test_kinds_are_told_apart() -> None:
    with pytest.raises(QueryError, match="least takes a whole or a decimal number, as in 2; found"):
        with_values("find-replicated", {"least": read_value("sc:x")})
    with pytest.raises(QueryError, match='word takes a text, as in "may"; found an IRI, sc:x'):
        with_values(TEXT, {"word": read_value("sc:x")})
    assert with_values("find-replicated", {"least": read_value("2.5")})[1]


def test_a_question_without_parameters_says_so() -> None:
    with pytest.raises(QueryError, match="no parameter 'claim'; it has none"):
        with_values("list-nulls", {"claim": read_value("sc:x")})
    assert question("list-nulls").parameters == {}


@pytest.fixture
def graph(tmp_path: Path) -> str:
    path = tmp_path / "small.nq"
    path.write_bytes(serialize(quads(), "nq", {}))
    return str(path)


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(query, words)
    if isinstance(done.exception, QueryError | TermError):
        return done.exception.exit_status, str(done.exception)
    return done.exit_code, done.output


def test_the_command_line_sets_values(graph: str) -> None:
    words = ("trace-doi", "--from", graph, "--format", "csv")
    assert run(*words) == (0, "paper,claim,source,standing\n")
    status, out = run(*words, "--set", "paper=10.1234/Small.1")
    assert status == 0
    assert len(out.splitlines()) == 6
    assert "claim/small-2020/news-inflames,https://example.org/news,secondary" in out


def test_a_value_may_hold_an_equals_sign_or_be_empty(graph: str) -> None:
    asked = (
        'SELECT ?w {\n    VALUES ?w { "a=b" }\n    FILTER (?w IN ("a=b", "")) }',
        "--from",
        graph,
    )
    for value in ("a=b", ""):
        assert run(*asked, "--format", "jsonl", "--set", f"w={value}") == (
            0,
            f'{{"w": "{value}"}}\n',
        )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("trace-doi", "--set", "paper"), "'paper' is not NAME=VALUE"),
        (("trace-doi", "--set", "=x"), "'=x' is not NAME=VALUE"),
        (("trace-doi", "--set", "p q=x"), "is not NAME=VALUE"),
        (("trace-doi", "--set", "paper=sc:a", "--set", "paper=sc:b"), "paper is set twice"),
        (("--set", "paper=sc:a"), "nothing is asked"),
        (("trace-doi", "--set", "paper=NoSuch:1"), "the prefix NoSuch is not declared"),
        (("trace-doi", "--set", "doi=10.1234/a"), "its parameters are paper"),
    ],
)
def test_a_setting_in_another_form_is_refused(
    words: tuple[str, ...], said: str, graph: str
) -> None:
    status, out = run(*words, "--from", graph)
    assert status == 2
    assert said in out
