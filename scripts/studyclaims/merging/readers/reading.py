"""One file as it is read: its rows in batches of Arrow, and what of it was set aside.

A reader is a function that yields rows, of any of the three kinds, from one file; it tells what it
refuses and what it counts to the `Notes` that it is given. Nothing is kept but one batch of each
kind.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, TypeAlias

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

SAME: Final = ("same_as", "equivalent_identifiers")
"""The columns of nodes that hold other ids of the same thing; ``xref`` is for other things too."""


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


class Line(bytes):
    """A line without its end, where that is another one than a newline alone."""

    end = b"\r\n"


class Beginning(Line):
    """The beginning of a line that is too long to be held; the rest goes where ``keep`` puts it."""

    end = b""
    keep: Callable[[bytes], object] | None = None


def as_it_stood(line: bytes) -> bytes:
    r"""Return a line with its end.

    >>> as_it_stood(b"a"), as_it_stood(Line(b"a"))
    (b'a\n', b'a\r\n')
    """
    return line + (line.end if isinstance(line, Line) else b"\n")


@dataclass(slots=True)
class Notes:
    r"""What a reader has to say of a file, beside its rows.

    What is set aside is put into the file ``aside`` as it stood, if there is one: the line that is
    at hand, or the text that comes with the refusal. What has no line of its own in JSON is named
    by its place, and looked up once the file is read.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     notes = Notes("a.tsv", aside=Path(folder, "quarantine", "a.tsv"))
    ...     notes.at_hand = b"x"
    ...     notes.refuse(2, "1 cell", "expected 3 cells")
    ...     notes.close()
    ...     notes.aside.read_bytes()
    b'x\n'
    """

    name: str
    """What the file is called."""

    aside: Path | None = None
    """Where what is set aside is kept; the file is made when there is something to keep."""

    head: bytes = b""
    """What stands before the rows of a table, and before those that are kept."""

    at_hand: bytes | str = ""
    """The line that is read just now, without its end; or, of JSON, the place of the part."""

    places: list[str] = field(default_factory=list)
    """The places in JSON of what was set aside."""

    refused: dict[Refused, None] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """``in`` is all rows or statements of the file, ``refused`` those set aside, ``repaired`` …"""

    frozen: set[str] = field(default_factory=set)
    """The graphs in which no id may be rewritten: those of nanopublications."""

    is_graph: bool = False
    """Whether it is RDF that is read."""

    _file: BinaryIO | None = None

    def refuse(
        self,
        place: object,
        found: str,
        reason: str,
        *,
        kind: type[Row] | None = None,
        kept: str = "",
    ) -> None:
        """Tell that something is set aside, and keep it.

        Args:
            place: where it stands in the file.
            found: what is wrong there.
            reason: why that will not do.
            kind: what kind of row it would have made, where that is known.
            kept: how it is kept, where it has no line of its own.
        """
        self._tell(Refused(self.name, str(place), found, reason))
        if kind is not None:
            self.counts[f"refused {kind.__name__.casefold()}"] += 1
        if kept:
            self.keep(f"{kept}\n".encode())
        elif isinstance(self.at_hand, str):
            self.places += [self.at_hand] if self.at_hand else []
        else:
            line, self.at_hand = self.at_hand, ""
            self.keep(as_it_stood(line))
            if isinstance(line, Beginning):
                line.keep = self.keep

    def refuse_rest(self, place: str, reason: str) -> None:
        """Tell that the file, or what is left of it, cannot be read: there is nothing to keep."""
        self._tell(Refused(self.name, place, "", reason, whole=True))
        self.counts["refused files"] += 1

    def _tell(self, it: Refused) -> None:
        self.counts["refused"] += 1
        if len(self.refused) < TOLD_LIMIT or it.whole:
            self.refused[it] = None

    def keep(self, data: bytes) -> None:
        """Put bytes where that is kept which was set aside, under the head of the file."""
        if self.aside is None:
            return
        if self._file is None:
            self.aside.parent.mkdir(exist_ok=True)
            self._file = self.aside.open("wb")
            self._file.write(self.head)
        self._file.write(data)

    def close(self) -> None:
        """Close the file of what is kept, if there is one."""
        if self._file is not None:
            self._file.close()


class Reading:
    """A file that is read anew each time its rows are asked for.

    >>> from pathlib import Path
    >>> it = Reading(Path("a.x"), "a", lambda notes: iter([Said("x:a", "x:b", "x:c")]))
    >>> [batch.num_rows for batch in it.statements()], it.quarantine
    ([1], [])
    """

    def __init__(
        self,
        path: Path,
        source: str,
        rows: Callable[[Notes], Iterator[Row]],
        aside: Path | None = None,
    ) -> None:
        self.path = path
        self.source = source
        self._rows = rows
        self._aside = aside
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

    @property
    def is_graph(self) -> bool:
        """Whether the file is RDF, whose names are IRIs already, once it is read."""
        return self._notes.is_graph

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
        self._notes = notes = Notes(self.path.name, self._aside)
        if self._aside is not None:
            self._aside.unlink(missing_ok=True)
        try:
            for row in self._rows(notes):
                notes.counts[type(row).__name__.casefold()] += 1
                yield row
        except StoreError as error:
            text = str(error).replace(str(self.path), self.path.name)
            place, _, reason = text.removeprefix(self.path.name).partition(": ")
            notes.refuse_rest(place.removeprefix(":"), reason)
        except (OSError, RecursionError, MemoryError) as error:
            problem = getattr(error, "strerror", None) or str(error) or type(error).__name__
            notes.refuse_rest("", f"cannot be read: {problem}")
        finally:
            notes.close()

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
