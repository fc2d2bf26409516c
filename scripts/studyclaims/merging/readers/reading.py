"""One file as it is read: its rows in batches of Arrow, and what of it was set aside.

A reader is a function that yields rows, of any of the three kinds, from one file; it tells what it
refuses and what it counts to the `Notes` that it is given. Nothing is kept but one batch of each
kind.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from studyclaims.errors import StoreError
from studyclaims.merging.table import MAPPING, PROPERTY, STATEMENT, Refused, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

BATCH: Final = 32_768
"""How many rows a batch has at most."""

TOLD_LIMIT: Final = 10_000
"""How many refusals of one file are told one by one; the others are counted."""

EXACT: Final = frozenset(
    {
        "biolink:exact_match",
        "biolink:same_as",
        "http://www.w3.org/2002/07/owl#equivalentClass",
        "http://www.w3.org/2002/07/owl#sameAs",
        "http://www.w3.org/2004/02/skos/core#exactMatch",
        "https://w3id.org/biolink/vocab/exact_match",
        "https://w3id.org/biolink/vocab/same_as",
        "owl:equivalentClass",
        "owl:sameAs",
        "skos:exactMatch",
    }
)
"""The predicates by which two ids are one thing; no other one is ever read so."""


class Said(NamedTuple):
    """A row of the statement table."""

    s: str
    p: str
    o: str
    o_kind: str = "iri"
    datatype: str = ""
    lang: str = ""
    g: str = ""
    source: str = ""
    source_record: str = ""
    more: str = ""


class Told(NamedTuple):
    """A row of the table of properties."""

    id: str
    property: str
    value: str
    o_kind: str = "literal"
    datatype: str = ""
    lang: str = ""
    source: str = ""


class Mapped(NamedTuple):
    """A row of the table of mappings."""

    subject: str
    predicate: str
    object: str
    negated: bool
    source: str
    source_record: str


Row: TypeAlias = "Said | Told | Mapped"
COLUMNS: Final[dict[type[Any], tuple[str, ...]]] = {
    Said: STATEMENT,
    Told: PROPERTY,
    Mapped: MAPPING,
}


@dataclass(slots=True)
class Notes:
    """What a reader has to say of a file, beside its rows."""

    name: str
    """What the file is called."""

    refused: dict[Refused, None] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """``in`` is all rows or statements of the file, ``refused`` those set aside, ``repaired`` …"""

    frozen: set[str] = field(default_factory=set)
    """The graphs in which no id may be rewritten: those of nanopublications."""

    def refuse(self, place: object, found: str, reason: str) -> None:
        """Tell that something is set aside."""
        self.counts["refused"] += 1
        if len(self.refused) < TOLD_LIMIT:
            self.refused[Refused(self.name, str(place), found, reason)] = None


class Reading:
    """A file that is read anew each time its rows are asked for.

    >>> from pathlib import Path
    >>> it = Reading(Path("a.x"), "a", lambda notes: iter([Said("x:a", "x:b", "x:c")]))
    >>> [batch.num_rows for batch in it.statements()], it.quarantine
    ([1], [])
    """

    def __init__(self, path: Path, source: str, rows: Callable[[Notes], Iterator[Row]]) -> None:
        self.path = path
        self.source = source
        self._rows = rows
        self._notes = Notes(path.name)

    @property
    def quarantine(self) -> list[Refused]:
        """What was set aside when the file was last read."""
        return list(self._notes.refused)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows went in, and what became of them, when the file was last read."""
        return dict(sorted(self._notes.counts.items()))

    @property
    def frozen(self) -> frozenset[str]:
        """The graphs in which no id may be rewritten, once the file is read."""
        return frozenset(self._notes.frozen)

    def statements(self) -> Iterator[pa.RecordBatch]:
        """Yield what the file says, in batches."""
        return (batch for kind, batch in self.batches() if kind is Said)

    def properties(self) -> Iterator[pa.RecordBatch]:
        """Yield what it says of single ids."""
        return (batch for kind, batch in self.batches() if kind is Told)

    def mappings(self) -> Iterator[pa.RecordBatch]:
        """Yield which ids it says are one thing, or are not, or are near."""
        return (batch for kind, batch in self.batches() if kind is Mapped)

    def rows(self) -> Iterator[Row]:
        """Yield all rows; what cannot be read to its end is set aside from there on."""
        self._notes = notes = Notes(self.path.name)
        try:
            for row in self._rows(notes):
                notes.counts[type(row).__name__.casefold()] += 1
                yield row
        except StoreError as error:
            text = str(error).replace(str(self.path), self.path.name)
            place, _, reason = text.removeprefix(self.path.name).partition(": ")
            notes.refuse(place.removeprefix(":"), "", reason)
        except (OSError, RecursionError, MemoryError) as error:
            problem = getattr(error, "strerror", None) or str(error) or type(error).__name__
            notes.refuse("", "", f"cannot be read: {problem}")

    def batches(self) -> Iterator[tuple[type[Row], pa.RecordBatch]]:
        """Yield all rows of the file in one pass, in batches, each with its kind."""
        kept: dict[type[Row], list[Row]] = {kind: [] for kind in COLUMNS}
        for row in self.rows():
            of_kind = kept[type(row)]
            of_kind.append(row)
            if len(of_kind) >= BATCH:
                yield type(row), batch(type(row), of_kind)
                of_kind.clear()
        for kind, left in kept.items():
            if left:
                yield kind, batch(kind, left)


def batch(kind: type[Row], rows: Sequence[Row]) -> pa.RecordBatch:
    """Return rows of one kind as a batch.

    >>> batch(Mapped, [Mapped("a:1", "skos:exactMatch", "b:1", False, "a", "2")]).num_columns
    6
    """
    import pyarrow as pa

    fields = schema(COLUMNS[kind])
    columns = [
        pa.array(values, field.type)
        for values, field in zip(zip(*rows, strict=True), fields, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=fields)


def more(parts: dict[str, Any]) -> str:
    """Return what else a record says as JSON, sorted; nothing where it says nothing.

    >>> more({"b": "", "a": ["x"], "c": None}), more({})
    ('{"a":["x"]}', '')
    """
    kept = {name: value for name, value in parts.items() if value not in ("", None, [], {})}
    if not kept:
        return ""
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
