"""DuckDB, within a bound on memory, on the files of one merge."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import QueryError, SetupError
from studyclaims.merging.sql import fill, literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb
    import pyarrow as pa

DEFAULT: Final = "2GB"
"""The memory that a merge may use where nobody says."""

LEAST: Final = 256 << 20
"""Below this, Python and its libraries alone leave DuckDB nothing to work in."""

_OWN: Final = 120 << 20
"""What Python, its libraries and DuckDB's own code take."""

_SHARE: Final = 0.6
"""Of what is left, what DuckDB may count as used: it uses more than it counts."""

_PART: Final = 4
"""How many times a bucket must fit into that: its rows, their groups, and what is being written."""

_SIZE: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)\s*", re.IGNORECASE)
_UNITS: Final = {"mb": 10**6, "gb": 10**9, "mib": 1 << 20, "gib": 1 << 30}


def size_of(text: str) -> int:
    """Return the bytes that a text such as ``2GB`` or ``500 MiB`` stands for.

    >>> size_of("2GB"), size_of("512 MiB")
    (2000000000, 536870912)

    Raises:
        QueryError: it stands for none, or for too few.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise QueryError(f"memory: found {text!r}; expected a number and MB or GB, as in 2GB")
    size = int(float(match[1]) * _UNITS[match[2].lower()])
    if size < LEAST:
        raise QueryError(f"memory: found {text!r}; expected no less than {LEAST >> 20} MiB")
    return size


class Engine:
    """A connection to a database of its own, which nobody else sees.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as spill, engine(Path(spill)) as it:
    ...     it.rows("select 1 + 1")
    [(2,)]
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, limit: int, threads: int = 1) -> None:
        self._connection = connection
        self.limit = limit
        self._threads = threads

    def rows(self, text: str, /, **parts: object) -> list[tuple[Any, ...]]:
        """Return all rows of an answer; ``parts`` are put in for each ``@name``."""
        # An answer that is not read to its end blocks whatever is asked next.
        return self._connection.execute(fill(text, **parts)).fetchall()

    def count(self, text: str, /, **parts: object) -> int:
        """Return the one number that an answer holds."""
        return int(self.rows(text, **parts)[0][0])

    @contextmanager
    def in_order(self) -> Iterator[None]:
        """Let one core do what is asked: rows that are joined keep their order only so."""
        self._connection.execute("set threads = 1")
        # A join keeps the order of the rows on its left alone, so the sides must stay.
        self._connection.execute("set disabled_optimizers = 'build_side_probe_side'")
        try:
            yield
        finally:
            self._connection.execute("reset disabled_optimizers")
            self._connection.execute(fill("set threads = @threads", threads=self._threads))

    def batches(self, text: str, /, size: int = 65536, **parts: object) -> Iterator[Any]:
        """Yield an answer in record batches; nothing else may be asked before the last."""
        answer: Any = self._connection.execute(fill(text, **parts))
        yield from answer.to_arrow_reader(size)

    def take(self, name: str, table: pa.Table) -> None:
        """Keep a table of Arrow under a name of ours."""
        self._connection.register("given", table)
        self.rows("create or replace table @name as select * from given", name=name)
        self._connection.unregister("given")

    def buckets(self, size: int) -> int:
        """Return into how many parts rows of so many bytes are to be split, to fit in memory."""
        return max(1, -(-size * _PART // self.limit))


@contextmanager
def engine(spill: Path, memory: int = 2 * 10**9, threads: int = 1) -> Iterator[Engine]:
    """Give an engine that uses so much memory at most, and a folder for what does not fit.

    >>> from pathlib import Path
    >>> with engine(Path("spill")) as it:
    ...     it.buckets(100), it.buckets(10 * it.limit)
    (1, 40)

    Raises:
        SetupError: DuckDB is not here.
    """
    try:
        import duckdb
    except ImportError as error:
        problem = "merging needs DuckDB; get it with: pip install 'studyclaims[merge]'"
        raise SetupError(problem) from error
    limit = int((memory - _OWN) * _SHARE)
    connection = duckdb.connect(config={"threads": threads, "autoinstall_known_extensions": False})
    try:
        connection.execute(fill("set memory_limit = @limit", limit=literal(f"{limit}B")))
        connection.execute(fill("set temp_directory = @spill", spill=literal(spill)))
        # Two merges of the same files are the same bytes, however many cores work.
        connection.execute("set preserve_insertion_order = true")
        connection.execute("set enable_progress_bar = false")
        yield Engine(connection, limit, threads)
    finally:
        connection.close()
