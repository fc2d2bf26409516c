"""Sheets: an answer as CSV or TSV that a spreadsheet opens without running or changing it.

Three things are done to a cell, in this order; `unguarded` takes the last two back:

- A line break, tab or other blank that is no space becomes one space, so that a line is a row.
  Other control characters, halves of characters and marks that turn the direction of writing
  become U+FFFD.
- A text that a spreadsheet would run as a formula gets an apostrophe before it: one that begins,
  blanks apart, with ``=``, ``+``, ``-`` or ``@``, in full width too, unless the whole of it is a
  number, or a number with its unit and spread. So does a text that begins with an apostrophe.
- For Excel, so does a text that it would take for a date, a time or a number written otherwise:
  ``SEPT2``, ``1-9``, ``3/4``, ``007``, ``1E5``, ``-20 %``. Other readers get these as they are.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from studyclaims.terms import expand

if TYPE_CHECKING:
    from studyclaims.queries import Rows, Term

SEPARATORS: Final = {"csv": ",", "tsv": "\t"}
"""What stands between the cells of a sheet, by its form."""

BYTE_ORDER_MARK: Final = "\ufeff"
"""What Excel needs at the start of a file to read it as UTF-8."""

_FORMULA: Final = re.compile(r"'|\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WITH_UNIT: Final = re.compile(
    # No unit has a digit behind a letter, lest it be the name of a cell.
    rf"{_NUMBER.pattern} ?[%A-Za-z\u00b0\u00b5\u03bc][A-Za-z\u00b5\u03bc]*(?:[/.][A-Za-z]+)*"
    rf"(?: \(\u00b1 {_NUMBER.pattern}\))?"
)
"""A number with a unit: no name of a cell, no function, no operator but between two units."""

_STAYS: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})|-?(?:0|[1-9][0-9]{0,9})\.[0-9]{0,3}[1-9]")
"""Numbers that a spreadsheet shows as they are written."""

_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CHANGED: Final = re.compile(
    r"[0-9]{1,4}(?:[-/.][0-9]{1,4}){1,2}"
    rf"|{_MONTH}[-/. ]*[0-9]{{1,4}}(?:[-/, ]+[0-9]{{2,4}})?"
    rf"|[0-9]{{1,4}}[-/. ]*{_MONTH}(?:[-/. ]*[0-9]{{1,4}})?"
    r"|[0-9]{1,4}(?::[0-9]{1,2}){1,2}(?:\.[0-9]+)?(?: ?[ap]m?)?|[0-9]{1,2} ?[ap]m?"
    r"|[0-9]+ [0-9]+/[0-9]+|[0-9.]+ ?%|true|false",
    re.IGNORECASE | re.ASCII,
)
"""Texts that Excel takes for a date, a time, a fraction, a percentage or a truth value."""

_BLANKS: Final = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_NO_TEXT: Final = frozenset(
    expand(f"xsd:{name}") for name in ("integer", "decimal", "double", "boolean")
)


def sheet(rows: Rows, form: str, *, excel: bool = False) -> str:
    r"""Return an answer as a sheet: a line of names, then a line a row.

    Cells are quoted as RFC 4180 has it, in TSV too, and only where they must be.

    >>> from studyclaims.queries import Rows
    >>> rows = Rows(("label", "n"), ((Literal("=A1"), Literal(-8)), (Literal("a, b"), None)))
    >>> print(sheet(rows, "csv"), end="")
    label,n
    '=A1,-8
    "a, b",

    Args:
        rows: the answer.
        form: csv or tsv.
        excel: whether to write it for Excel: with a byte order mark, with CR LF at the end of a
            line, and with more cells guarded.
    """
    page = io.StringIO()
    end = "\r\n" if excel else "\n"
    writer = csv.writer(page, delimiter=SEPARATORS[form], lineterminator=end)
    writer.writerow(rows.variables)
    writer.writerows([_cell(term, excel=excel) for term in row] for row in rows.rows)
    return (BYTE_ORDER_MARK if excel else "") + page.getvalue()


def guarded(text: str, *, excel: bool = False) -> str:
    """Return a text with an apostrophe before it, if a spreadsheet would run or change it.

    >>> guarded("=cmd()"), guarded("-1.5"), guarded("-1.5 mm"), guarded("'t")
    ("'=cmd()", '-1.5', '-1.5 mm', "''t")
    >>> guarded("SEPT2"), guarded("SEPT2", excel=True), guarded("-20 %", excel=True)
    ('SEPT2', "'SEPT2", "'-20 %")
    """
    return text if _stays(text, excel=excel) else f"'{text}"


def _stays(text: str, *, excel: bool) -> bool:
    """Return whether a spreadsheet shows a text as it is."""
    if _NUMBER.fullmatch(text):
        return not excel or _STAYS.fullmatch(text) is not None
    if _FORMULA.match(text):
        return not excel and _WITH_UNIT.fullmatch(text) is not None
    return not excel or _CHANGED.fullmatch(text) is None


def unguarded(cell: str) -> str:
    """Return the text that a cell of a sheet stands for.

    >>> unguarded("'=cmd()"), unguarded("''t"), unguarded("-1.5")
    ('=cmd()', "'t", '-1.5')
    """
    return cell.removeprefix("'")


def cleaned(text: str) -> str:
    r"""Return a text on one line, without characters that a reader obeys but does not see.

    >>> cleaned("two\r\n lines\x00")
    'two  lines�'
    """
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", _BLANKS.sub(" ", text))


def _cell(term: Term, *, excel: bool) -> str:
    """Return a term as a cell holds it; a number stays one, whatever the program."""
    if term is None:
        return ""
    if not isinstance(term, Literal):
        return guarded(cleaned(term.value if isinstance(term, NamedNode) else str(term)))
    text = cleaned(term.value)
    return guarded(text, excel=excel and term.datatype.value not in _NO_TEXT)
