"""Answers as Arrow, pandas and polars: which column becomes what, and that the three agree."""

from __future__ import annotations

import math
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from samples import store
from strategies import literals, texts
from studyclaims.errors import SetupError
from studyclaims.queries import Rows, ask, plain

# The libraries are imported by the first test that needs them, not by every process that collects.
if TYPE_CHECKING:
    import pandas

    from studyclaims.queries import Term

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
IRI: Final = NamedNode("https://ex.org/x")


def number(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


def one(*terms: Term) -> Rows:
    """Return an answer with one column, ``it``."""
    return Rows(("it",), tuple((term,) for term in terms))


INTEGERS: Final = (Literal(8), None, number("-007", "integer"))
DECIMALS: Final = (number("1.50", "decimal"), None, number("-.5", "decimal"))
DOUBLES: Final = (number("1e3", "double"), number("-INF", "double"), None)
TRUTHS: Final = (Literal(True), None, number("0", "boolean"))
EDGES: Final = (number(str(2**63 - 1), "integer"), number(str(-(2**63)), "integer"))
BEYOND: Final = number(str(2**63), "integer")
BELOW: Final = number(str(-(2**63) - 1), "integer")
ODD: Final = number(str(2**53 + 1), "integer")
HUGE: Final = "1" + "0" * 400
LONGEST: Final = number("1" * 5000, "integer")
TRIPLE: Final = Triple(IRI, IRI, Literal("c"))

COLUMNS: Final[list[tuple[str, tuple[Term, ...], str, list[object]]]] = [
    ("integers", INTEGERS, "int64", [8, None, -7]),
    ("the largest and the least", EDGES, "int64", [2**63 - 1, -(2**63)]),
    ("an integer beyond", (Literal(1), BEYOND), "string", ["1", str(2**63)]),
    ("an integer below", (BELOW,), "string", [str(-(2**63) - 1)]),
    ("decimals", DECIMALS, "double", [1.5, None, -0.5]),
    ("doubles", DOUBLES, "double", [1000.0, -math.inf, None]),
    ("a large integer among decimals", (BEYOND, *DECIMALS), "double", [2.0**63, 1.5, None, -0.5]),
    ("an odd one among decimals", (ODD, *DECIMALS[:2]), "string", [ODD.value, "1.50", None]),
    ("an odd one alone", (ODD,), "int64", [2**53 + 1]),
    ("integers and doubles", (Literal(2), DOUBLES[0]), "double", [2.0, 1000.0]),
    ("a decimal beyond", (number(HUGE, "decimal"), DECIMALS[0]), "string", [HUGE, "1.50"]),
    (
        "an integer beyond floats",
        (number(HUGE, "integer"), DECIMALS[0]),
        "string",
        [HUGE, "1.50"],
    ),
    ("digits without end", (LONGEST,), "string", [LONGEST.value]),
    ("truth values", TRUTHS, "bool", [True, None, False]),
    ("truth values and integers", (*TRUTHS, Literal(1)), "string", ["true", None, "0", "1"]),
    ("IRIs", (IRI, None), "string", ["https://ex.org/x", None]),
    ("texts", (Literal("8"), Literal("texte", language="fr")), "string", ["8", "texte"]),
    ("an empty text", (Literal(""), None), "string", ["", None]),
    ("a text among numbers", (Literal("few"), *DECIMALS), "string", ["few", "1.50", None, "-.5"]),
    (
        "not as its datatype asks",
        (number("eight", "integer"), Literal(8)),
        "string",
        ["eight", "8"],
    ),
    ("days", (number("2017-01-31", "date"),), "string", ["2017-01-31"]),
    ("years", (number("2017", "gYear"),), "string", ["2017"]),
    ("durations", (number("P3D", "dayTimeDuration"),), "string", ["P3D"]),
    ("blank nodes", (BlankNode("b"),), "string", ["_:b"]),
    ("triples", (TRIPLE,), "string", ['<https://ex.org/x> <https://ex.org/x> "c"']),
    ("nothing bound", (None, None), "string", [None, None]),
    ("no row", (), "string", []),
]

PANDAS: Final = {"int64": "Int64", "double": "float64", "bool": "boolean", "string": "string"}
POLARS: Final = {"int64": "Int64", "double": "Float64", "bool": "Boolean", "string": "String"}


@pytest.mark.parametrize(
    ("terms", "kind", "values"), [c[1:] for c in COLUMNS], ids=[c[0] for c in COLUMNS]
)
def test_a_column_has_one_type_and_all_its_values(
    terms: tuple[Term, ...], kind: str, values: list[object]
) -> None:
    rows = one(*terms)
    table = rows.to_arrow()
    assert [str(field.type) for field in table.schema] == [kind]
    assert table.column("it").to_pylist() == values
    polars = rows.to_polars()
    assert [str(dtype) for dtype in polars.dtypes] == [POLARS[kind]]
    assert polars["it"].to_list() == values
    pandas = rows.to_pandas()
    assert [str(dtype) for dtype in pandas.dtypes] == [PANDAS[kind]]
    assert list(pandas.index) == list(range(len(values)))
    assert in_pandas(pandas, "it") == values


def in_pandas(frame: pandas.DataFrame, name: str) -> list[object]:
    """Return a column's values, what is missing as None."""
    pairs = zip(frame[name], frame[name].isna(), strict=True)
    return [None if missing else value for value, missing in pairs]


def test_what_is_no_number_is_told_from_what_is_missing_where_the_library_can() -> None:
    rows = one(number("NaN", "double"), None)
    first, second = rows.to_arrow().column("it").to_pylist()
    assert math.isnan(first)
    assert second is None
    assert rows.to_polars()["it"].is_nan().to_list() == [True, None]
    assert list(rows.to_pandas()["it"].isna()) == [True, True]


def test_an_empty_answer_keeps_its_columns() -> None:
    rows = Rows(("b", "a"), ())
    assert rows.to_arrow().column_names == ["b", "a"]
    assert list(rows.to_pandas().columns) == rows.to_polars().columns == ["b", "a"]
    assert len(rows.to_pandas()) == rows.to_polars().height == 0


def test_an_answer_without_a_variable_is_an_empty_frame() -> None:
    assert Rows((), ((),)).to_pandas().shape == (0, 0)


def test_rows_keep_their_order_and_are_not_told_apart() -> None:
    rows = Rows(("a", "b"), ((Literal("y"), Literal(1)), (Literal("x"), None)) * 2)
    assert rows.to_polars().rows() == [("y", 1), ("x", None)] * 2


def test_an_answer_of_the_store_becomes_a_frame() -> None:
    found = ask(
        store(), "SELECT ?n ?value ?yes { ?m sc:sampleN ?n ; sc:value ?value BIND(?n > 1 AS ?yes) }"
    )
    assert isinstance(found, Rows)
    assert found.to_polars().rows() == [(8, 1.5, True)]


TERMS: Final = st.none() | literals() | st.integers().map(Literal) | texts().map(Literal)


@given(st.lists(st.tuples(TERMS, TERMS), max_size=4))
@example([(None, Literal(2**53 + 1)), (None, number("1.5", "decimal"))])
@settings(deadline=None, max_examples=50)
def test_the_three_agree_and_lose_nothing_but_spelling(cells: list[tuple[Any, Any]]) -> None:
    rows = Rows(("a", "b"), tuple(cells))
    table, pandas, polars = rows.to_arrow(), rows.to_pandas(), rows.to_polars()
    for place, name in enumerate(rows.variables):
        column = [value if same(value) else None for value in table.column(name).to_pylist()]
        assert [value if same(value) else None for value in polars[name]] == column
        assert in_pandas(pandas, name) == column
        for value, (term, read) in zip(
            column, [(row[place], plain(row[place])) for row in cells], strict=True
        ):
            if isinstance(value, str):
                assert value == term.value
            elif value is not None:
                assert value == (float(read) if isinstance(read, Decimal) else read)


def same(value: object) -> bool:
    """Return whether a value equals itself, as all do but what is no number."""
    return value == value


@pytest.mark.parametrize(
    ("method", "library"),
    [
        ("to_arrow", "pyarrow"),
        ("to_pandas", "pandas"),
        ("to_pandas", "pyarrow"),
        ("to_polars", "polars"),
        ("to_polars", "pyarrow"),
    ],
)
def test_a_library_that_is_missing_is_named(
    method: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SetupError, match=rf"^{library} cannot be imported \(.+\); run: pip") as got:
        getattr(one(Literal(1)), method)()
    assert str(got.value).endswith("pip install 'studyclaims[frames]'")
    assert got.value.exit_status == 3
