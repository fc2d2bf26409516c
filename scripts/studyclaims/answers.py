"""Answers as text: a table for people; CSV, TSV, JSON, JSON lines and Turtle for programs."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from studyclaims.errors import GraphError, QueryError
from studyclaims.queries import Rows, Triples, plain
from studyclaims.terminal import shown
from studyclaims.terms import compress, expand, prefixes
from studyclaims.turtle import write_turtle

if TYPE_CHECKING:
    from collections.abc import Callable

    from studyclaims.queries import Answer, Term

WIDTH_LIMIT: Final = 60
"""The most characters a cell of a table for people takes; longer text ends in an ellipsis."""

_STRING: Final = expand("xsd:string")

WIDTH_LEAST: Final = 8
"""How narrow a column may become to fit a line."""


def render(answer: Answer, form: str, width: int | None = None) -> str:
    r"""Return an answer in a form: table, csv, tsv, json, jsonl or turtle.

    >>> render(True, "csv"), render(True, "jsonl")
    ('true\n', '{"boolean": true}\n')

    Args:
        answer: what a query gave.
        form: the name of the form.
        width: how wide a line of a table may be; columns are cut to fit.

    Raises:
        QueryError: the form does not fit the kind of answer.
    """
    if isinstance(answer, Triples):
        if form not in {"table", "turtle"}:
            raise QueryError(f"a CONSTRUCT answers in RDF, not in {form}: use --format turtle")
        return _turtle(answer)
    if isinstance(answer, bool):
        return _truth(answer, form)
    forms: dict[str, Callable[[Rows], str]] = {
        "table": lambda rows: _table(rows, width),
        "csv": _csv,
        "tsv": _tsv,
        "json": _sparql_json,
        "jsonl": _json_lines,
    }
    if form not in forms:
        raise QueryError(f"a SELECT answers in {', '.join(forms)}, not in {form}")
    return forms[form](answer)


def _truth(answer: bool, form: str) -> str:
    """Return a truth value: an object where the form is JSON, as SPARQL 1.1 has it, else a word."""
    forms = {"json": {"head": {}, "boolean": answer}, "jsonl": {"boolean": answer}}
    return json.dumps(forms.get(form, answer), indent=2 if form == "json" else None) + "\n"


def _turtle(answer: Triples) -> str:
    """Return Turtle.

    Raises:
        QueryError: the query made a blank node, which Turtle of ours never holds.
    """
    try:
        return write_turtle(answer.triples, prefixes())
    except GraphError as error:
        raise QueryError(str(error)) from error


def _table(rows: Rows, width: int | None) -> str:
    """Return columns padded with blanks, IRIs shortened, and a line that counts the rows."""
    lines = [list(rows.variables), *([_cell(term) for term in row] for row in rows.rows)]
    natural = [max(len(line[column]) for line in lines) for column in range(len(rows.variables))]
    widths = _fitted(natural, width)
    lines.insert(1, ["-" * wide for wide in widths])
    text = [
        "  ".join(_cut(word, wide).ljust(wide) for word, wide in zip(line, widths, strict=True))
        for line in lines
    ]
    noun = "row" if len(rows) == 1 else "rows"
    return "\n".join([*(line.rstrip() for line in text), f"{len(rows)} {noun}"]) + "\n"


def _fitted(natural: list[int], width: int | None) -> list[int]:
    """Return column widths that fit a line of ``width``, the widest column giving way first."""
    widths = [min(wide, WIDTH_LIMIT) for wide in natural]
    while width and sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > WIDTH_LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _cell(term: Term) -> str:
    """Return a term as a person reads it: one line, no brackets, nothing a terminal obeys."""
    text = compress(term.value) if isinstance(term, NamedNode) else _text(term)
    return shown(" ".join(text.split()))


def _cut(text: str, width: int) -> str:
    """Return the text, its end left out where it is wider than its column."""
    return text if len(text) <= width else text[: width - 1] + "…"


def _text(term: Term) -> str:
    """Return an IRI whole, a literal as it is spelled, nothing as an empty text."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    return "" if term is None else str(term)


def _csv(rows: Rows) -> str:
    """Return CSV as SPARQL 1.1 has it: IRIs whole, plain lexical forms, no cell left out."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    # Python leaves a carriage return without quotes, and readers take it for the line's end.
    quoting = csv.writer(page, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(rows.variables)
    for row in rows.rows:
        cells = [_text(term) for term in row]
        (quoting if any("\r" in cell for cell in cells) else writer).writerow(cells)
    return page.getvalue()


def _tsv(rows: Rows) -> str:
    """Return TSV as SPARQL 1.1 has it: each term in N-Triples form, unbound cells empty."""
    lines = ["\t".join(f"?{name}" for name in rows.variables)]
    lines += ["\t".join(map(_n_triples, row)) for row in rows.rows]
    return "\n".join(lines) + "\n"


def _n_triples(term: Term) -> str:
    if isinstance(term, Triple):
        return f"<<( {term} )>>"
    return "" if term is None else str(term)


def _sparql_json(rows: Rows) -> str:
    """Return SPARQL 1.1 Query Results JSON."""
    bindings = [
        {
            name: _binding(term)
            for name, term in zip(rows.variables, row, strict=True)
            if term is not None
        }
        for row in rows.rows
    ]
    whole = {"head": {"vars": list(rows.variables)}, "results": {"bindings": bindings}}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _binding(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, Any]:
    """Return one term as SPARQL JSON has it; a plain text carries no datatype there."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = ("subject", "predicate", "object")
        return {"type": "triple", "value": {part: _binding(getattr(term, part)) for part in parts}}
    binding = {"type": "literal", "value": term.value}
    if term.direction:
        binding["its:dir"] = str(term.direction)
    if term.language:
        binding["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        binding["datatype"] = term.datatype.value
    return binding


def _json_lines(rows: Rows) -> str:
    """Return one JSON object a row, numbers as numbers."""
    lines = [dict(zip(rows.variables, map(_json_value, row), strict=True)) for row in rows.rows]
    return "".join(json.dumps(line, ensure_ascii=False, default=jsonable) + "\n" for line in lines)


def _json_value(term: Term) -> Any:  # noqa: ANN401 - whatever JSON has a form for, or a decimal
    """Return a term as a plain value; JSON has no number for infinity, nor for what is none."""
    value = plain(term)
    return _text(term) if isinstance(value, float) and not isfinite(value) else value


def jsonable(value: object) -> float | str:
    """Return what JSON has no form for as what it has: decimals as numbers, the rest as text."""
    number = float(value) if isinstance(value, Decimal) else None
    return number if number is not None and isfinite(number) else str(value)
