"""Putting values into the texts that DuckDB is asked in.

Columns that come from data never reach such a text: they are called c0, c1 … inside, and their own
names stand in the header alone. What is put in is a path or a number of ours, quoted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def literal(value: object) -> str:
    """Return a value as a literal text.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def literals(values: Iterable[object]) -> str:
    """Return a list of literal texts.

    >>> literals(["a", "b"])
    "['a', 'b']"
    """
    return f"[{', '.join(map(literal, values))}]"


def fill(text: str, /, **parts: object) -> str:
    """Return a text with each ``@name`` in it replaced by that part, as it stands.

    >>> fill("select @what from read_parquet(@file)", what="c0", file=literal("a.parquet"))
    "select c0 from read_parquet('a.parquet')"

    Raises:
        KeyError: a part is named that is not given.
    """
    import re

    return re.sub(r"@(\w+)", lambda found: str(parts[found[1]]), text)
