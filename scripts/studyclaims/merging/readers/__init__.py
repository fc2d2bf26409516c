"""Reading graphs from elsewhere into the three tables, whatever form they have.

What a file is, is told by its suffix, and for tables and JSON by what stands at its head. A file
that nobody here knows is set aside with the reason, as is every part of one that cannot be read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from studyclaims.errors import StoreError
from studyclaims.merging.columns import map_for
from studyclaims.merging.kgxfiles import kind_of
from studyclaims.merging.readers import kgx, obographs, rdf, sssom, tables
from studyclaims.merging.readers.jsonparts import parts_of
from studyclaims.merging.readers.reading import Reading
from studyclaims.merging.readers.streams import opened, plain_name
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from studyclaims.merging.columns import Columns
    from studyclaims.merging.readers.reading import Notes, Row

__all__ = ["Reading", "read"]

TABLES: Final = frozenset({".tsv", ".txt", ".hpoa", ".tab"})
LINES: Final = frozenset({".jsonl", ".ndjson"})
BY_LINE: Final = frozenset({".nt", ".nq"})
_HEAD: Final = 200


def read(
    path: Path, source: str, columns: Columns | None = None, aside: Path | None = None
) -> Reading:
    """Return a file as it is to be read; nothing is opened before its rows are asked for.

    >>> from pathlib import Path
    >>> it = read(Path("a.gpml"), "a")
    >>> list(it.batches()), it.quarantine[0].reason[:30]
    ([], "found the suffix '.gpml'; expe")

    Args:
        path: the file; .gz and .zst after its suffix say that it is packed.
        source: what the file is called in the merge.
        columns: what the columns of a table mean, where the table is not one of those known.
        aside: a folder for a file of what is set aside, each line as it stands in the file. JSON
            that is no JSON Lines is kept object by object, and other RDF as N-Quads.
    """
    kept = aside / f"{source}{_kept_as(path)}" if aside else None
    return Reading(path, source, partial(_rows, path, source, columns), kept)


def _kept_as(path: Path) -> str:
    """Return the suffix of the file of what is set aside."""
    suffix = plain_name(path).suffix.lower()
    return ".nq" if suffix in rdf.FORMS.keys() - BY_LINE else suffix


def _rows(path: Path, source: str, columns: Columns | None, notes: Notes) -> Iterator[Row]:
    suffix = plain_name(path).suffix.lower()
    if suffix in rdf.FORMS:
        return rdf.read_rdf(path, source, rdf.FORMS[suffix], notes)
    if suffix in TABLES:
        return _table(path, source, columns, notes)
    if suffix in LINES:
        return kgx.read_lines(path, source, notes)
    if suffix == ".json":
        return _json(path, source, notes)
    known = ", ".join(sorted({*rdf.FORMS, *TABLES, *LINES, ".json"}))
    raise StoreError(
        f"{path}: found the suffix {suffix!r}; expected one of {known}, .gz or .zst too"
    )


def _json(path: Path, source: str, notes: Notes) -> Iterator[Row]:
    record = kgx.load_file(path)
    keys = record.keys() if isinstance(record, dict) else set()
    if "graphs" in keys:
        return _in_parts(path, obographs.read_graphs(record, source, notes), notes)
    if keys & {"nodes", "edges"}:
        return _in_parts(path, kgx.read_object(record, source, notes), notes)
    if "@context" in keys or "@graph" in keys or isinstance(record, list):
        notes.aside = notes.aside and notes.aside.with_suffix(".nq")
        return rdf.read_rdf(path, source, "jsonld", notes)
    raise StoreError(
        f"{path}: found the keys {visible(', '.join(sorted(keys))[:_HEAD])!r}; expected graphs "
        "(OBO graphs), nodes or edges (KGX), or @context (JSON-LD)"
    )


def _in_parts(path: Path, rows: Iterator[Row], notes: Notes) -> Iterator[Row]:
    """Yield the rows of a JSON file; what of it was set aside is then looked up in its text."""
    yield from rows
    if notes.places and notes.aside:
        for part in parts_of(kgx.text_of_file(path), notes.places):
            notes.keep(f"{part}\n".encode())


def _table(path: Path, source: str, columns: Columns | None, notes: Notes) -> Iterator[Row]:
    header = _header(path)
    if set(sssom.NEEDED) <= set(map(sssom.slot, header)) and columns is None:
        return sssom.read_sssom(path, source, notes)
    found = map_for(header, columns)
    if found is not None:
        return tables.read_columns(path, source, found, notes)
    # KGX asks for a category, and who names a file so means nodes without one too.
    nodes = "category" in header or kind_of(path) == "nodes"
    if set(kgx.ENDS) <= set(header) or ("id" in header and nodes):
        return kgx.read_table(path, source, notes)
    raise StoreError(
        f"{path}: found the columns {visible(', '.join(header)[:_HEAD])!r}; expected those of KGX, "
        "of SSSOM or of a table that is known; give a map of its columns"
    )


def _header(path: Path) -> tuple[str, ...]:
    with opened(path) as file:
        for _, line in file.lines():
            if line and not line.startswith(b"#"):
                return tuple(line.decode("utf-8", "replace").split("\t"))
    return ()
