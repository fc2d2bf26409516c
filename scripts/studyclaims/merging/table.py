"""The tables that all sources are read into, and what is set aside.

One row of the statement table is what one record of one source says; a property is what a source
says of one id; a mapping says that two ids are, or are not, one thing. All columns are texts, and
an empty text stands for nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self

from studyclaims.merging.sql import literal

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine

STATEMENT: Final = (
    "s",
    "p",
    "o",
    "o_kind",
    "datatype",
    "lang",
    "g",
    "source",
    "source_record",
    "more",
)
"""``o_kind`` is iri, literal, blank or triple; ``more`` is what else the record says, as JSON.

``lang`` is a language, and a base direction where there is one: ``en--ltr``.
"""

PROPERTY: Final = ("id", "property", "value", "o_kind", "datatype", "lang", "source")
SAID: Final = ("s", "p", "o", "o_kind", "datatype", "lang", "g", "more")
"""What a statement says: all but where it comes from."""

TOLD: Final = ("id", "property", "value", "o_kind", "datatype", "lang")
"""What a property says: all but where it comes from."""

NANOPUB: Final = "http://www.nanopub.org/nschema#"
NANOPUB_PARTS: Final = tuple(
    f"{NANOPUB}{name}" for name in ("hasAssertion", "hasProvenance", "hasPublicationInfo")
)
"""The predicates by which the head of a nanopublication names its other graphs."""

MAPPING: Final = ("subject", "predicate", "object", "negated", "source", "source_record")
"""``negated`` is true or false; all else is text."""


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """What was set aside: in which file, where in it, what was found, and why that will not do."""

    path: str
    place: str
    found: str
    reason: str
    whole: bool = False
    """Whether it is a file, or what is left of one: there are no rows of it to keep."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return asdict(self)

    def __str__(self) -> str:
        where = f"{self.path}:{self.place}" if self.place else self.path
        found = f"found {self.found}; " if self.found else ""
        return f"{where}: {found}{self.reason}"


@cache
def schema(columns: tuple[str, ...]) -> pa.Schema:
    """Return the schema of one of the three tables.

    >>> schema(MAPPING).field("negated").type
    DataType(bool)
    """
    import pyarrow as pa

    return pa.schema([(c, pa.bool_() if c == "negated" else pa.string()) for c in columns])


class Admission:
    """Rows of a table on their way to a file of Parquet, each with its hash; none, and no file.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     with Admission(db, Path(name, "a.parquet")) as it:
    ...         it.add(pa_batch([{"s": "x:a", "p": "x:b", "o": "x:c"}]))
    ...     db.rows("select s, p, o from read_parquet(@file)", file=[str(it.target)])
    [('x:a', 'x:b', 'x:c')]
    """

    def __init__(self, db: Engine, target: Path, columns: tuple[str, ...] = STATEMENT) -> None:
        self.target = target
        self.rows = 0
        self._db = db
        self._columns = columns
        self._raw = target.with_name(f".{target.name}")

    def __enter__(self) -> Self:
        from pyarrow import parquet

        self._writer = parquet.ParquetWriter(self._raw, schema(self._columns), compression="lz4")
        return self

    def add(self, batch: pa.RecordBatch) -> None:
        """Add some rows."""
        self.rows += batch.num_rows
        self._writer.write_batch(batch)

    def __exit__(self, kind: object, *_: object) -> None:
        self._writer.close()
        if self.rows and kind is None:
            self._db.rows(
                "copy (select hash(@said) as k, * from read_parquet(@raw)) to @target"
                " (format parquet, compression lz4_raw)",
                said=", ".join(SAID if self._columns == STATEMENT else TOLD),
                raw=literal(self._raw),
                target=literal(self.target),
            )
        self._raw.unlink()


def pa_batch(rows: list[dict[str, str]]) -> pa.RecordBatch:
    """Return rows of the statement table as a batch.

    >>> pa_batch([{"s": "x:a"}]).num_rows
    1
    """
    import pyarrow as pa

    return pa.RecordBatch.from_pylist(rows, schema=schema(STATEMENT))
