"""Putting values into the texts that DuckDB is asked in.

Columns that come from data never reach such a text: they are called c0, c1 … inside, and their own
names stand in the header alone. What is put in is a path or a number of ours, quoted here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

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


_GLOB: Final = re.compile(r"[*?[]")


def has_glob(path: object) -> bool:
    """Return whether DuckDB may take a path that it reads for the names of several files.

    >>> has_glob("a[1].nt"), has_glob("a.nt")
    (True, False)
    """
    return _GLOB.search(str(path)) is not None


def file_literal(path: object) -> str:
    """Return the path of one file to be read as a literal text that matches no other file.

    >>> file_literal("a[1]?.nt")
    "'a[[]1][?].nt'"

    A path that is written to is no such pattern; it is a plain `literal`.
    """
    text = str(path)
    # Where a backslash stands, DuckDB takes what follows as it is.
    return literal(text if "\\" in text else _GLOB.sub(r"[\g<0>]", text))


def fill(text: str, /, **parts: object) -> str:
    """Return a text with each ``@name`` in it replaced by that part, as it stands.

    >>> fill("select @what from read_parquet(@file)", what="c0", file=literal("a.parquet"))
    "select c0 from read_parquet('a.parquet')"

    Raises:
        KeyError: a part is named that is not given.
    """
    return re.sub(r"@(\w+)", lambda found: str(parts[found[1]]), text)
