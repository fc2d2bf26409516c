"""Tables whose header says what they hold, as rows, by a map of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from studyclaims.merging.columns import mended
from studyclaims.merging.readers.reading import Said, Told, more
from studyclaims.merging.readers.streams import opened, plain_name, table
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from studyclaims.merging.columns import Columns
    from studyclaims.merging.readers.reading import Notes, Row


_ENDS: Final = ("subject", "object")
_SHOWN: Final = 80


def read_columns(path: Path, source: str, columns: Columns, notes: Notes) -> Iterator[Row]:
    r"""Yield what a table says, by the map of its columns.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.columns import map_for
    >>> from studyclaims.merging.readers.reading import Notes
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "Gene_Interacts_Gene.tsv")
    ...     written = file.write_text(":START_ID(Gene)\t:END_ID(Gene)\n7124\t3553\n")
    ...     it = map_for([":START_ID(Gene)", ":END_ID(Gene)"])
    ...     row = next(read_columns(file, "a", it, Notes(file.name)))
    >>> row.s, row.p, row.o
    ('NCBIGene:7124', 'hetionet:Gene_Interacts_Gene', 'NCBIGene:3553')

    Raises:
        StoreError: the file cannot be read.
    """
    stem = plain_name(path).stem.replace(" ", "_")
    with opened(path) as file:
        for number, cells in table(file, notes, columns.names):
            row = mended(columns, cells)
            if len(columns.void) > 1:
                row = {name: "" if cell in columns.void else cell for name, cell in row.items()}
            subject = columns.subject.of(row)
            object_ = columns.object.of(row) if columns.object else ""
            if not subject or (columns.object and not object_):
                place = columns.subject if not subject else columns.object
                name = place.column if place else ""
                kind = Said if columns.object else Told
                notes.refuse(number, "an empty cell", f"expected an id in {name!r}", kind=kind)
            elif columns.negated and columns.denies(row) is None:
                column, value = columns.negated
                found = repr(visible(row[column][:_SHOWN]))
                reason = f"expected {value!r} or nothing in {column!r}"
                notes.refuse(number, found, reason, kind=Said if columns.object else Told)
            elif columns.object:
                rest = _rest(columns, row)
                said = columns.says(row, stem)
                yield Said(
                    subject, said, object_, source=source, source_record=str(number), more=rest
                )
            else:
                yield from _told(columns, subject, row, source)


def _rest(columns: Columns, row: dict[str, str]) -> str:
    """Return what a row says beside its ends."""
    if len(row) == len(_ENDS):
        return ""
    ends = {columns.subject.column, columns.object.column if columns.object else ""}
    kept: dict[str, Any] = {name: cell for name, cell in row.items() if name not in ends}
    for name, between in columns.lists.items():
        if between in kept.get(name, ""):
            kept[name] = [part.strip() for part in kept[name].split(between) if part.strip()]
    if columns.denies(row):
        kept["negated"] = "true"
    return more(kept)


def _told(columns: Columns, subject: str, row: dict[str, str], source: str) -> Iterator[Row]:
    """Yield what a row says of its one id."""
    ids = {it.column: it for it in columns.ids}
    told = False
    for name, cell in row.items():
        between = columns.lists.get(name)
        for value in cell.split(between) if between else [cell]:
            if name == columns.subject.column or not value.strip():
                continue
            told = True
            found = ids[name].of({name: value}) if name in ids else value
            kind = "iri" if name in ids else "literal"
            yield Told(subject, name, found, kind, source=source)
    if not told:
        yield Told(subject, "id", subject, "iri", source=source)
