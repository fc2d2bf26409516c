"""Answers as text: one golden text a form, and hostile cells that read back as they were."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, Final

import pyoxigraph
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
)

from strategies import iris, literals, texts
from studyclaims.answers import WIDTH_LIMIT, jsonable, render
from studyclaims.errors import QueryError
from studyclaims.queries import Rows, Triples

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
ROWS: Final = Rows(
    ("thing", "word", "n"),
    (
        (
            NamedNode("http://purl.obolibrary.org/obo/CL_0000092"),
            Literal("osteoclast"),
            Literal("1.50", datatype=NamedNode(f"{XSD}decimal")),
        ),
        (NamedNode("https://ex.org/x"), Literal('say "hi", Bé', language="en"), Literal(8)),
        (None, Literal("two\nlines\tand tab"), Literal(True)),
    ),
)

TABLE: Final = """\
thing             word               n
----------------  -----------------  ----
CL:0000092        osteoclast         1.50
https://ex.org/x  say "hi", Bé       8
                  two lines and tab  true
3 rows
"""
CSV: Final = """\
thing,word,n
http://purl.obolibrary.org/obo/CL_0000092,osteoclast,1.50
https://ex.org/x,"say ""hi"", Bé",8
,"two
lines\tand tab",true
"""
TSV: Final = f"""\
?thing\t?word\t?n
<http://purl.obolibrary.org/obo/CL_0000092>\t"osteoclast"\t"1.50"^^<{XSD}decimal>
<https://ex.org/x>\t"say \\"hi\\", Bé"@en\t"8"^^<{XSD}integer>
\t"two\\nlines\\tand tab"\t"true"^^<{XSD}boolean>
"""
JSON: Final = {
    "head": {"vars": ["thing", "word", "n"]},
    "results": {
        "bindings": [
            {
                "thing": {"type": "uri", "value": "http://purl.obolibrary.org/obo/CL_0000092"},
                "word": {"type": "literal", "value": "osteoclast"},
                "n": {"type": "literal", "value": "1.50", "datatype": f"{XSD}decimal"},
            },
            {
                "thing": {"type": "uri", "value": "https://ex.org/x"},
                "word": {"type": "literal", "value": 'say "hi", Bé', "xml:lang": "en"},
                "n": {"type": "literal", "value": "8", "datatype": f"{XSD}integer"},
            },
            {
                "word": {"type": "literal", "value": "two\nlines\tand tab"},
                "n": {"type": "literal", "value": "true", "datatype": f"{XSD}boolean"},
            },
        ]
    },
}
JSONL: Final = """\
{"thing": "http://purl.obolibrary.org/obo/CL_0000092", "word": "osteoclast", "n": 1.5}
{"thing": "https://ex.org/x", "word": "say \\"hi\\", Bé", "n": 8}
{"thing": null, "word": "two\\nlines\\tand tab", "n": true}
"""
TRIPLES: Final = Triples(
    (Triple(NamedNode("https://ex.org/x"), NamedNode("https://ex.org/p"), Literal("a\nb")),)
)
FORMS: Final = {
    "table": TABLE,
    "csv": CSV,
    "tsv": TSV,
    "json": json.dumps(JSON, indent=2, ensure_ascii=False) + "\n",
    "jsonl": JSONL,
}


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_written_in_a_form(form: str) -> None:
    assert render(ROWS, form) == FORMS[form]


@pytest.mark.parametrize("value", [True, False])
def test_a_truth_value_is_an_object_where_the_form_is_json(value: bool) -> None:
    assert json.loads(render(value, "json")) == {"head": {}, "boolean": value}
    assert render(value, "jsonl") == f'{{"boolean": {json.dumps(value)}}}\n'


def test_a_truth_value_is_read_as_sparql_json() -> None:
    read = pyoxigraph.parse_query_results(render(True, "json"), format=QueryResultsFormat.JSON)
    assert bool(read)


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "turtle"])
@pytest.mark.parametrize("value", [True, False])
def test_a_truth_value_is_one_word_in_every_other_form(form: str, value: bool) -> None:
    assert render(value, form) == ("true\n" if value else "false\n")


@pytest.mark.parametrize("form", ["table", "turtle"])
def test_triples_are_written_as_turtle(form: str) -> None:
    text = render(TRIPLES, form)
    read = pyoxigraph.parse(text.encode(), format=RdfFormat.TURTLE)
    assert {quad.triple for quad in read} == set(TRIPLES.triples)


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "jsonl", "xml"])
def test_triples_in_another_form_are_refused(form: str) -> None:
    with pytest.raises(QueryError, match="--format turtle"):
        render(TRIPLES, form)


@pytest.mark.parametrize("form", ["turtle", "xml", ""])
def test_rows_in_another_form_are_refused(form: str) -> None:
    with pytest.raises(QueryError, match="table, csv, tsv, json, jsonl"):
        render(ROWS, form)


def test_a_blank_node_in_turtle_is_refused_as_the_querys_fault() -> None:
    blank = Triple(BlankNode("b"), NamedNode("https://ex.org/p"), Literal("a"))
    with pytest.raises(QueryError, match="_:b"):
        render(Triples((blank,)), "turtle")


@pytest.mark.parametrize(
    ("count", "last"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")], ids=["none", "one", "two"]
)
def test_a_table_counts_its_rows(count: int, last: str) -> None:
    text = render(Rows(("a",), ((Literal("x"),),) * count), "table")
    assert text.splitlines()[-1] == last
    assert len(text.splitlines()) == count + 3


def test_a_long_cell_is_cut_in_a_table_and_nowhere_else() -> None:
    long = Rows(("a",), ((Literal("x" * 200),),))
    assert render(long, "table").splitlines()[2] == "x" * (WIDTH_LIMIT - 1) + "…"
    for form in ("csv", "tsv", "json", "jsonl"):
        assert "x" * 200 in render(long, form)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_table_fits_its_line(width: int) -> None:
    text = render(ROWS, "table", width)
    assert max(map(len, text.splitlines())) <= width
    assert "CL:0000…" in text or "CL:0000092" in text


def test_a_very_narrow_table_keeps_its_columns_readable() -> None:
    lines = render(ROWS, "table", 5).splitlines()
    assert lines[1] == "--------  --------  ----"


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x07", "\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2066b", "a\\u2066b"),
        ("a\r\nb\u2028c\x85d", "a b c d"),
        ("é骨🦴", "é骨🦴"),
    ],
    ids=["escape", "bell", "c1", "bidi", "isolate", "line ends", "letters"],
)
def test_a_table_holds_nothing_that_a_terminal_obeys(sign: str, shown: str) -> None:
    rows = Rows(("a",), ((Literal(f"<{sign}>"),),))
    assert render(rows, "table").split("\n")[2] == f"<{shown}>"


@given(st.lists(texts(), min_size=1, max_size=4))
def test_every_line_of_a_table_is_printable(cells: list[str]) -> None:
    text = render(Rows(("a",), tuple((Literal(cell),) for cell in cells)), "table")
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count("\n") == len(cells) + 3


def rows_of(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[Rows]:
    """Return a strategy for answers of up to three columns."""

    def table(variables: list[str]) -> st.SearchStrategy[Rows]:
        row = st.tuples(*[cells for _ in variables])
        return st.lists(row, max_size=4).map(lambda rows: Rows(tuple(variables), tuple(rows)))

    variables = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,6}", fullmatch=True)
    return st.lists(variables, min_size=1, max_size=3, unique=True).flatmap(table)


terms: Final = st.none() | iris() | literals()
HOSTILE: Final = Rows(
    ("a", "b"),
    tuple(
        (Literal(text), None)
        for text in ("\r", "\n", '"', ",", "\t", "", "\x00", "=1+1", "a\r\nb", "\\n", "\ufeff")
    ),
)


@given(rows_of(terms))
@example(HOSTILE)
def test_csv_reads_back(rows: Rows) -> None:
    text = render(rows, "csv")
    header, *body = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == list(rows.variables)
    assert body == [["" if term is None else term.value for term in row] for row in rows.rows]  # type: ignore[union-attr]
    assert text.endswith("\n")


def parsed(text: str, form: QueryResultsFormat) -> Rows:
    """Return an answer as pyoxigraph reads it."""
    found = pyoxigraph.parse_query_results(text.encode(), format=form)
    assert isinstance(found, QuerySolutions)
    variables = tuple(variable.value for variable in found.variables)
    return Rows(variables, tuple(tuple(row[name] for name in variables) for row in found))


@given(rows_of(terms))
@example(HOSTILE)
def test_tsv_reads_back(rows: Rows) -> None:
    text = render(rows, "tsv")
    assert text.count("\n") == len(rows) + 1
    assert parsed(text, QueryResultsFormat.TSV) == rows


@given(rows_of(terms))
@example(HOSTILE)
def test_sparql_json_reads_back(rows: Rows) -> None:
    text = render(rows, "json")
    assert parsed(text, QueryResultsFormat.JSON) == rows
    assert json.loads(text)["head"] == {"vars": list(rows.variables)}


@given(rows_of(terms))
@example(HOSTILE)
def test_json_lines_read_back(rows: Rows) -> None:
    lines = render(rows, "jsonl").split("\n")[:-1]
    found = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert [list(row) for row in found] == [list(rows.variables)] * len(rows)
    for row, read in zip(rows.rows, found, strict=True):
        for term, value in zip(row, read.values(), strict=True):
            assert (value is None) == (term is None)
            if isinstance(term, NamedNode):
                assert value == term.value
            if isinstance(term, Literal) and isinstance(value, str):
                assert value == term.value


@pytest.mark.parametrize("form", ["tsv", "json"])
@pytest.mark.parametrize(
    "term",
    [
        BlankNode("b"),
        Triple(NamedNode("https://ex.org/a"), NamedNode("https://ex.org/b"), Literal("c")),
        Literal("a", language="ar", direction=BaseDirection.RTL),
        Literal("x", datatype=NamedNode("https://ex.org/t#string")),
        Literal("x", datatype=NamedNode(f"{XSD}integer")),
    ],
    ids=["blank", "triple", "direction", "another string", "ill-typed"],
)
def test_what_only_outside_graphs_hold_reads_back(form: str, term: Any) -> None:  # noqa: ANN401
    rows = Rows(("a",), ((term,),))
    kinds = {"tsv": QueryResultsFormat.TSV, "json": QueryResultsFormat.JSON}
    assert parsed(render(rows, form), kinds[form]) == rows


NUMBERS: Final = [
    ("integer", "08", "8"),
    ("integer", "1_0", '"1_0"'),
    ("decimal", "1.50", "1.5"),
    ("decimal", "9" * 400, f'"{"9" * 400}"'),
    ("double", "INF", '"INF"'),
    ("double", "NaN", '"NaN"'),
    ("double", "1e400", '"1e400"'),
    ("double", "1e3", "1000.0"),
    ("boolean", "1", "true"),
    ("boolean", "0", "false"),
    ("boolean", "yes", '"yes"'),
    ("date", "2017-01-01", '"2017-01-01"'),
]


@pytest.mark.parametrize(("kind", "text", "written"), NUMBERS)
def test_json_lines_hold_only_what_json_has(kind: str, text: str, written: str) -> None:
    rows = Rows(("a",), ((Literal(text, datatype=NamedNode(XSD + kind)),),))
    assert render(rows, "jsonl") == f'{{"a": {written}}}\n'


def test_what_json_does_not_know_is_text() -> None:
    assert jsonable(NamedNode("https://ex.org/a")) == "<https://ex.org/a>"
