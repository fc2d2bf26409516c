"""Mapping sets beside tables of KGX: their exact matches become links, and all rows are kept.

A near or a broader match links nothing, and neither does a denial. Each row, those that link too,
goes into one mapping set of the merge, under the columns that it had, once, with all of its
origins: who said that two ids are one, how and how surely, stands nowhere else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import file_digest
from itertools import islice
from typing import TYPE_CHECKING, Final

from studyclaims.merging.buckets import Counted, append, group_to_tsv
from studyclaims.merging.curies import canonical, contradicted
from studyclaims.merging.identity import bare
from studyclaims.merging.others import free
from studyclaims.merging.readers import read
from studyclaims.merging.readers.reading import Mapped, Notes, Said, batch
from studyclaims.merging.readers.sssom import (
    NEEDED,
    by_slot,
    clashing,
    prefix_map,
    slot,
    written_out,
)
from studyclaims.merging.readers.streams import opened, table
from studyclaims.merging.report import Input, Total
from studyclaims.merging.roles import KEY, LIST, MERGED_FROM, Column
from studyclaims.merging.sql import literal
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.report import Report

FILE: Final = "mappings.sssom.tsv"
"""What mapping sets say, exact matches too; where there is nothing, it is not written."""

BATCH: Final = 32_768
"""How many rows are held at once."""

_SLOT: Final = re.compile(r"#\s*(license|mapping_set_id):\s*['\"]?(\S+?)['\"]?\s*$")
_PLAIN: Final = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z][\w.-]*", re.I)
_HEAD: Final = 10_000
_UNSPECIFIED: Final = "https://w3id.org/sssom/license/unspecified"
_HASHED: Final = """
    copy (select hash(@keys) as k, * from read_parquet(@raw)) to @target
    (format parquet, compression lz4_raw)
"""


@dataclass(slots=True)
class _Set:
    """A mapping set that has rows."""

    path: Path
    source: str
    columns: tuple[str, ...] = ()
    namespaces: dict[str, str] = field(default_factory=dict)
    """What its prefixes stand for."""

    told: dict[str, str] = field(default_factory=dict)
    """What it says of itself: its name and its licence."""

    def rows(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each row that was not set aside, by its slots, with its line."""
        with opened(self.path) as file:
            raw = table(file, Notes(self.path.name))
            for row in read(self.path, self.path.name).rows():
                if isinstance(row, Said):
                    line = row.source_record
                    yield line, by_slot(next(cells for at, cells in raw if str(at) == line))


def merge_sets(
    db: Engine, paths: Sequence[Path], folder: Path, report: Report
) -> list[pa.RecordBatch]:
    """Return the rows of mapping sets as the mapping table; write all of them as one set.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> from studyclaims.merging.report import Report
    >>> with engine(Path("spill")) as db:
    ...     merge_sets(db, [], Path("merged"), Report())
    []

    What became of all rows goes into the report. Where a prefix means one thing in one set and
    another in the next, its ids link as what they stand for.

    Args:
        db: the engine.
        paths: the mapping sets.
        folder: where they are merged to.
        report: what is told of the merge.
    """
    batches: list[pa.RecordBatch] = []
    kept: list[_Set] = []
    given = lost = aside = 0
    names: set[str] = set()
    sources: set[str] = set()
    own = clashing(paths)
    for path in paths:
        name, source = free(path.name, names), free(_source(path), sources)
        names.add(name)
        sources.add(source)
        it = read(path, name, aside=folder / "quarantine")
        batches += [_written_out(found, own.get(path)) for found in it.mappings()]
        rows, refused = it.counts.get("said", 0), it.counts.get("refused", 0)
        report.refused += it.quarantine
        if not it.counts.get("in") and it.counts.get("refused files"):
            # How many rows such a file has is not known: it is counted as a file.
            aside, refused = aside + 1, 0
        if rows:
            kept.append(_opened(path, source))
        given, lost = given + rows, lost + refused
        told = Input(path.name, source, "mappings", rows + refused, refused)
        report.inputs.append(replace(told, filled=it.counts.get("repaired", 0)))
    merged = _write(db, sorted(kept, key=_by_name), folder).merged if kept else 0
    if paths:
        report.totals.append(Total("mappings", given + lost, merged, given - merged, lost))
    if aside:
        report.totals.append(Total("files", len(paths), len(paths) - aside, 0, aside))
    return batches


def _written_out(found: pa.RecordBatch, own: dict[str, str] | None) -> pa.RecordBatch:
    if not own:
        return found
    columns = zip(*(column.to_pylist() for column in found.columns), strict=True)
    return batch(Mapped, [written_out(Mapped(*row), own) for row in columns])


def _by_name(it: _Set) -> str:
    # Whatever order they are given in, they are written in one.
    return it.source


def _source(path: Path) -> str:
    """Return what a mapping set is called among the origins of a row."""
    stem = path.name[: path.name.lower().index(".sssom.tsv")]
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in stem) or "_"


def _opened(path: Path, source: str) -> _Set:
    """Return a mapping set, of which it is known that it can be read."""
    made, head = _Set(path, source), []
    with opened(path) as file:
        for number, line in file.lines():
            if line and not line.startswith(b"#"):
                made.columns = tuple(map(slot, line.decode("utf-8").split("\t")))
                break
            if number <= _HEAD:
                head.append(line)
    made.namespaces = prefix_map(iter(head))
    slots = [_SLOT.match(line.decode("utf-8", "replace")) for line in head]
    made.told = {slot[1]: slot[2] for slot in slots if slot}
    return made


def _write(db: Engine, sets: Sequence[_Set], folder: Path) -> Counted:
    """Write the rows of mapping sets as one set, each row once."""
    names = dict.fromkeys(name for it in sets for name in it.columns if name != MERGED_FROM)
    columns = [Column(name, KEY, f"u{at}") for at, name in enumerate(names)]
    columns.append(Column(MERGED_FROM, LIST, f"u{len(names)}"))
    raw, rows, body = (folder / f".mappings{end}" for end in (".raw", ".parquet", ".tsv"))
    known = _gathered(sets, columns, raw)
    keys = ", ".join(column.inside for column in columns if column.role == KEY)
    db.rows(_HASHED, keys=keys, raw=literal(raw), target=literal(rows))
    parts = db.buckets(raw.stat().st_size)
    counted = group_to_tsv(db, [rows], columns, parts, body)
    with body.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    with (folder / FILE).open("wb") as file:
        file.write(_head(sets, known, digest).encode())
        file.flush()
        append(body, file.fileno())
    return counted


def _gathered(sets: Sequence[_Set], columns: Sequence[Column], target: Path) -> dict[str, str]:
    """Write the rows of all sets as one file of Parquet; return what their prefixes stand for."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    form = pa.schema([(column.inside, pa.string()) for column in columns])
    known: dict[str, str] = {}
    with ParquetWriter(target, form, compression="lz4") as writer:
        for it in sets:
            starts = _starts(it.namespaces, known)
            rows = it.rows()
            while some := list(islice(rows, BATCH)):
                made = [
                    cells
                    | {name: _spelled(bare(cells[name]), starts) for name in NEEDED}
                    | {MERGED_FROM: cells.get(MERGED_FROM) or f"{it.source} line {line}"}
                    for line, cells in some
                ]
                # An empty cell is no cell, so that sets with other columns can say the same.
                cells_of = {c.inside: [row.get(c.name) or None for row in made] for c in columns}
                writer.write_batch(pa.RecordBatch.from_pydict(cells_of, schema=form))
    return known


def _starts(given: Mapping[str, str], known: dict[str, str]) -> Callable[[str], str]:
    """Return what an id begins with in the merge, by its prefix in a set; that becomes known.

    A prefix that means something else elsewhere is written out, and of two with one meaning only
    the first stays: no map of prefixes may hold both.
    """
    apart = contradicted(dict(given))

    @cache
    def start(prefix: str) -> str:
        if prefix in apart:
            return apart[prefix]
        iri = canonical(f"{prefix}:0", "iri")
        meant = given.get(prefix) or (iri[:-1] if "://" in iri else "")
        if not meant:
            return f"{prefix}:"
        if prefix in known:
            is_same = canonical(f"{known[prefix]}0") == canonical(f"{meant}0")
            return f"{prefix}:" if is_same else meant
        owner = next((name for name, it in known.items() if it == meant), prefix)
        known.setdefault(owner, meant)
        return f"{owner}:"

    for prefix in given:
        # Other columns hold ids as well: who made a mapping, and how.
        start(prefix)
    return start


def _spelled(text: str, start: Callable[[str], str]) -> str:
    """Return an id as it is written in the merge."""
    prefix, colon, local = text.partition(":")
    return start(prefix) + local if colon and not local.startswith("//") else text


def _head(sets: Sequence[_Set], spaces: Mapping[str, str], digest: str) -> str:
    """Return what stands before a mapping set: what its prefixes mean, and where it is from."""
    licences = {it.told.get("license", "") for it in sets}
    licence = licences.pop() if len(licences) == 1 else ""
    origins = sorted({it.told["mapping_set_id"] for it in sets if "mapping_set_id" in it.told})
    lines = ["curie_map:"]
    lines += [f"  {_key(it)}: {json.dumps(spaces[it])}" for it in sorted(spaces)]
    # A column that the standard does not have is declared.
    lines += ["extension_definitions:", f"  - slot_name: {MERGED_FROM}"]
    lines += [f"    property: {BASE}{MERGED_FROM}", f"license: {licence or _UNSPECIFIED}"]
    lines.append(f"mapping_set_id: {BASE}mappings/{digest}")
    lines += (
        ["mapping_set_source:", *(f"  - {json.dumps(it)}" for it in origins)] if origins else []
    )
    return "".join(f"#{line}\n" for line in lines)


def _key(prefix: str) -> str:
    return prefix if _PLAIN.fullmatch(prefix) else json.dumps(prefix)
