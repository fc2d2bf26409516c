"""Frames: an answer as an Arrow table, and through it as a pandas or a polars data frame.

A column gets one type, whatever library asks:

- whole numbers that fit 64 bits: ``int64``; truth values: ``bool``
- decimals and doubles, also among whole numbers: ``float64``
- all else, and a column with nothing bound in it: text, each term as it is spelled

So a decimal is read by its value, as people who compute want it; how it was printed (``1.50``)
stays in `Rows.rows`. One cell that is no number makes its column text, and so does an integer that
``int64``, or ``float64`` among decimals, does not hold exactly, and a decimal beyond all floats:
nothing is rounded to infinity, no integer becomes another, nothing is dropped.
"""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, NamedNode

from studyclaims.errors import SetupError
from studyclaims.queries import plain

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from studyclaims.queries import Rows, Term

_LARGEST: Final = 2**63 - 1


def arrow_table(rows: Rows) -> pyarrow.Table:
    """Return an answer as an Arrow table.

    >>> from studyclaims.queries import Rows
    >>> table = arrow_table(Rows(("n",), ((Literal(8),), (None,))))
    >>> str(table.schema.field("n").type), table.column("n").to_pylist()
    ('int64', [8, None])

    Raises:
        SetupError: pyarrow is not installed.
    """
    pyarrow = _library("pyarrow")
    terms = list(zip(*rows.rows, strict=True)) or [()] * len(rows.variables)
    columns = [_column(column) for column in terms]
    arrays = [pyarrow.array(values, getattr(pyarrow, kind)()) for kind, values in columns]
    return pyarrow.Table.from_arrays(arrays, names=list(rows.variables))


def pandas_frame(rows: Rows) -> pandas.DataFrame:
    """Return an answer as a pandas data frame: ``Int64``, ``float64``, ``boolean``, ``string``.

    What is unbound is missing in every column, in one of floats as ``NaN``, as pandas has it.

    >>> from studyclaims.queries import Rows
    >>> str(pandas_frame(Rows(("n",), ((Literal(8),), (None,))))["n"].dtype)
    'Int64'

    Raises:
        SetupError: pandas or pyarrow is not installed.
    """
    pandas, pyarrow = _library("pandas"), _library("pyarrow")
    types = {
        pyarrow.int64(): pandas.Int64Dtype(),
        pyarrow.bool_(): pandas.BooleanDtype(),
        pyarrow.string(): pandas.StringDtype(),
    }
    return arrow_table(rows).to_pandas(types_mapper=types.get)


def polars_frame(rows: Rows) -> polars.DataFrame:
    """Return an answer as a polars data frame: ``Int64``, ``Float64``, ``Boolean``, ``String``.

    >>> from studyclaims.queries import Rows
    >>> polars_frame(Rows(("n",), ((Literal(8),), (None,))))["n"].to_list()
    [8, None]

    Raises:
        SetupError: polars or pyarrow is not installed.
    """
    frame: polars.DataFrame = _library("polars").DataFrame(arrow_table(rows))
    return frame


def _library(name: str) -> Any:  # noqa: ANN401 - a module
    """Return a library that only frames need.

    Raises:
        SetupError: it cannot be imported.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise SetupError(
            f"{name} cannot be imported ({error}); run: pip install 'studyclaims[frames]'"
        ) from error


def _column(terms: tuple[Term, ...]) -> tuple[str, list[Any]]:
    """Return the name of a column's type in Arrow, and its values."""
    values = [plain(term) for term in terms]
    bound = [value for value in values if value is not None]
    # By type, since a truth value is a whole number to `isinstance`.
    types = {type(value) for value in bound}
    if types == {bool}:
        return "bool_", values
    if types == {int}:
        if all(-_LARGEST - 1 <= value <= _LARGEST for value in bound):
            return "int64", values
    elif types and types <= {int, Decimal, float} and all(map(_fits, bound)):
        return "float64", [value if value is None else float(value) for value in values]
    return "string", [_spelled(term) for term in terms]


def _fits(value: float | Decimal) -> bool:
    """Return whether a float holds a number: an integer exactly, a decimal as near as it can."""
    if isinstance(value, Decimal):
        return isfinite(float(value))
    try:
        return isinstance(value, float) or float(value) == value
    except OverflowError:
        return False


def _spelled(term: Term) -> str | None:
    """Return an IRI whole, a literal as it is written, without its language or datatype."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    return None if term is None else str(term)
