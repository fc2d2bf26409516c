"""Merging files that are not all tables of KGX: read, linked, grouped, and written as a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studyclaims.errors import StoreError
from studyclaims.merging.graphlines import write_graph
from studyclaims.merging.links import Links, read_mappings
from studyclaims.merging.readers.reading import EXACT
from studyclaims.merging.report import Input, Total
from studyclaims.merging.statements import (
    exact_rows,
    link_names,
    merge_statements,
    only_lines,
    read_statements,
    unite_lines,
)
from studyclaims.merging.table import Refused
from studyclaims.merging.union import links_anything

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.report import Report
    from studyclaims.merging.statements import Read


def merge_others(
    db: Engine,
    paths: Sequence[Path],
    folder: Path,
    report: Report,
    give: Callable[[Links], None],
) -> None:
    """Merge files by way of the statement table; ``give`` makes the table of leaders.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> from studyclaims.merging.report import Report
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     merge_others(db, [], Path(name), Report(), print)
    Traceback (most recent call last):
    studyclaims.errors.StoreError: the files hold nothing to merge

    Lines are united as they are where nothing in them, and no mapping set, links any ids.

    Raises:
        StoreError: no file can be read.
        QueryError: it is not known what one holds.
    """
    tables = folder / "tables"
    tables.mkdir()
    if only_lines(paths) and not any(map(links_anything, paths)):
        read = _read_all(db, paths, tables, report, whole=True)
        give(Links())
        _tell(read, unite_lines(db, read, folder), report)
        return
    read = _read_all(db, paths, tables, report, whole=False)
    batches = [batch for it in read for batch in (*it.mappings, *exact_rows(db, it, EXACT))]
    links = link_names(db, read, batches)
    give(links)
    _tell(read, merge_statements(db, read, folder, rewrite=report.rewritten), report)
    report.denied = write_graph(db, folder, links, rewrite=report.rewritten)


def _read_all(
    db: Engine, paths: Sequence[Path], tables: Path, report: Report, *, whole: bool
) -> list[Read]:
    """Return what was read; a file that cannot be goes into the report."""
    read: list[Read] = []
    for path in paths:
        name = free(_name(path), {other.source for other in read})
        try:
            it = read_statements(db, path, name, tables, whole=whole)
            if is_mappings(path):
                # Its rows are about names, and no statements of a source.
                it.statements, it.rows = [], it.lost
        except StoreError as error:
            report.refused.append(refused_whole(path, error))
            continue
        read.append(it)
        rows = it.rows + it.property_rows + it.mapping_rows
        report.inputs.append(Input(path.name, name, it.kind, rows, it.lost))
        report.refused += it.refused
    if not any(it.statements or it.properties for it in read):
        raise StoreError("\n".join(map(str, report.refused)) or "the files hold nothing to merge")
    return read


def _tell(read: Sequence[Read], made: dict[str, tuple[int, int]], report: Report) -> None:
    """Put into the report what became of all rows."""
    lost = sum(it.lost for it in read)
    given = {"statements": sum(it.rows for it in read)}
    given["properties"] = sum(it.property_rows for it in read)
    for kind, (rows, merged) in made.items():
        out = lost if kind == "statements" else 0
        report.totals.append(Total(kind, given[kind], merged, rows - merged, out))


def free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken yet: two folders may have files of the same name.

    >>> free("a", {"a", "a-2"})
    'a-3'
    """
    number, made = 1, name
    while made in taken:
        number += 1
        made = f"{name}-{number}"
    return made


def refused_whole(path: Path, error: StoreError) -> Refused:
    """Return that a whole file is set aside.

    >>> from pathlib import Path
    >>> str(refused_whole(Path("x/a.nt"), StoreError("x/a.nt: no such file")))
    'a.nt: no such file'
    """
    return Refused(path.name, "", "", str(error).removeprefix(str(path)).lstrip(": "))


def _name(path: Path) -> str:
    """Return what a source is called: its file's name, as far as any tool can write that."""
    return "".join(c if c.isalnum() or c in "_-" else "_" for c in path.name.partition(".")[0])


def is_mappings(path: Path) -> bool:
    """Return whether a file holds mappings, by its name.

    >>> from pathlib import Path
    >>> is_mappings(Path("a.SSSOM.tsv")), is_mappings(Path("a_nodes.tsv"))
    (True, False)
    """
    return path.name.lower().endswith((".sssom.tsv", ".sssom.tsv.gz"))


def mapping_batches(paths: Sequence[Path], report: Report | None = None) -> list[pa.RecordBatch]:
    """Return the rows of mapping sets; what is set aside, and how much, goes into the report.

    >>> mapping_batches([])
    []
    """
    batches: list[pa.RecordBatch] = []
    for path in paths:
        it = read_mappings(path)
        batches += it.batches
        if report is not None:
            rows = it.rows + it.lost
            report.inputs.append(Input(path.name, path.name, "mappings", rows, it.lost))
            report.refused += it.refused
    return batches
