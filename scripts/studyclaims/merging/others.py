"""Merging files that are not all tables of KGX: read, linked, grouped, and written as a graph."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final

from studyclaims.errors import StoreError
from studyclaims.merging.denials import mark_denied
from studyclaims.merging.graphlines import write_graph
from studyclaims.merging.identity import DISJOINT
from studyclaims.merging.kgxfiles import kind_of
from studyclaims.merging.links import Links, denied_matches
from studyclaims.merging.names import link_names
from studyclaims.merging.negation import DIFFERENT
from studyclaims.merging.readers.reading import EXACT
from studyclaims.merging.report import Input, Total
from studyclaims.merging.statements import (
    Read,
    exact_rows,
    merge_statements,
    only_lines,
    read_statements,
    unite_lines,
)
from studyclaims.merging.table import Refused
from studyclaims.merging.union import links_anything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.report import Report


_PAIRED: Final = re.compile(r"[_-]?(?:nodes|edges)$", re.IGNORECASE)
_UNFIT: Final = re.compile(
    "[^A-Za-z0-9_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u3040-\ud7ff-]"
)
"""What no label of a blank node may have in any form of RDF."""


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
    read = _whole(db, paths, tables) if only_lines(paths) else None
    if read is not None:
        _tell_inputs(read, report)
        give(Links())
        _tell(read, unite_lines(db, read, folder), report)
        return
    read = list(_each(db, paths, tables, whole=False))
    for it in read:
        mark_denied(db, it.statements)
    _tell_inputs(read, report)
    batches = [batch for it in read for batch in (*it.mappings, *_matches(db, it))]
    said = [path for it in read for path in it.statements]
    told = [path for it in read for path in it.properties]
    with db.in_order():
        give(link_names(db, said, told, batches, folder))
    ((report.linked, report.cliques),) = db.rows(
        "select count(*), count(distinct canonical) from leaders"
    )
    _tell(read, merge_statements(db, read, folder, rewrite=report.rewritten), report)
    with db.in_order():
        kinds = {it.source: it.is_graph for it in read if it.source}
        report.denied = write_graph(db, folder, kinds, rewrite=report.rewritten)


def _each(db: Engine, paths: Sequence[Path], tables: Path, *, whole: bool) -> Iterator[Read]:
    """Yield each file as it was read; one that cannot be read is set aside whole."""
    tables.mkdir()
    taken: set[str] = set()
    scopes: dict[tuple[Path, str], str] = {}
    for path in paths:
        name = free(_name(path), taken)
        # Blank nodes are one in the nodes and the edges of a graph, and in no other two files.
        pair = (path.parent, _PAIRED.sub("", path.name.partition(".")[0]))
        scope = scopes.setdefault(pair, name) if _PAIRED.search(_name(path)) else name
        try:
            maps = is_mappings(path)
            yield read_statements(db, path, name, tables, whole=whole, maps=maps, scope=scope)
            taken.add(name)
        except StoreError as error:
            yield Read(path, "", [], refused=[refused_whole(path, error)], is_whole_aside=True)


def _matches(db: Engine, it: Read) -> Iterator[pa.RecordBatch]:
    """Yield which ids lines call one thing, or deny that they are; other readers tell it."""
    if it.statements and only_lines([it.given]):
        yield from exact_rows(db, it, EXACT | DIFFERENT | DISJOINT)
        yield denied_matches(db, it.statements, it.given.name)


def _whole(db: Engine, paths: Sequence[Path], tables: Path) -> list[Read] | None:
    """Return lines that were left as they are, or None, and nothing in the folder, if any link."""
    read: list[Read] = []
    for it in _each(db, paths, tables, whole=True):
        read.append(it)
        if links_anything(db, it.statements):
            for folder in (tables, tables.with_name("quarantine")):
                shutil.rmtree(folder, ignore_errors=True)
            return None
    return read


def _tell_inputs(read: Sequence[Read], report: Report) -> None:
    """Put into the report what was read, or raise where that is nothing."""
    for it in read:
        report.refused += it.refused
        if it.source:
            rows, lost = it.rows + it.property_rows + it.linking, sum(it.lost.values())
            mended = (it.repaired, it.filled)
            report.inputs.append(Input(it.given.name, it.source, it.kind, rows, lost, *mended))
    # Lines have a table even where none of them is more than a comment.
    if not any(
        (it.statements or it.properties) and it.rows + it.property_rows
        for it in read
        if it.kind == "statements"
    ):
        raise StoreError("\n".join(map(str, report.refused)) or "the files hold nothing to merge")


def _tell(read: Sequence[Read], made: dict[str, tuple[int, int]], report: Report) -> None:
    """Put into the report what became of all rows."""
    given = {
        "statements": sum(it.rows for it in read),
        "properties": sum(it.property_rows for it in read),
        "mappings": sum(it.linking for it in read),
    }
    links = sum(it.linking - it.lost.get("mappings", 0) for it in read)
    made = made | {"mappings": (links, different_links(read))}
    for kind in given:
        rows, merged = made.get(kind, (0, 0))
        lost = sum(it.lost.get(kind, 0) for it in read)
        if given[kind]:
            report.totals.append(Total(kind, given[kind], merged, rows - merged, lost))
    aside = sum(it.is_whole_aside for it in read)
    if aside:
        report.totals.append(Total("files", len(read), len(read) - aside, 0, aside))


def different_links(read: Iterable[Read]) -> int:
    """Return how many exact matches mapping sets have, each counted once whoever says it.

    >>> different_links([])
    0
    """
    sets = [batch for it in read if it.kind == "mappings" for batch in it.mappings]
    if not sets:
        return 0
    import pyarrow as pa
    import pyarrow.compute as pc

    from studyclaims.merging.equivalence import is_exact

    table = pa.Table.from_batches(sets)
    exact = [it for it in table["predicate"].unique().to_pylist() if is_exact(it)]
    is_link = pc.is_in(table["predicate"], value_set=pa.array(exact, pa.string()))
    links = table.filter(pc.and_(is_link, pc.invert(table["negated"])))
    return len(links.group_by(["subject", "predicate", "object"]).aggregate([]))


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
    return Refused(path.name, "", "", str(error).removeprefix(str(path)).lstrip(": "), whole=True)


def _name(path: Path) -> str:
    """Return what a source is called: its file's name, as far as a label may hold it."""
    return _UNFIT.sub("_", path.name.partition(".")[0]).lstrip("-") or "_"


def is_mappings(path: Path) -> bool:
    """Return whether a file holds mappings, by its name.

    >>> from pathlib import Path
    >>> is_mappings(Path("a.SSSOM.tsv")), is_mappings(Path("a_nodes.tsv"))
    (True, False)
    """
    return path.name.lower().endswith((".sssom.tsv", ".sssom.tsv.gz", ".sssom.tsv.zst"))


def link_batches(paths: Sequence[Path]) -> list[pa.RecordBatch]:
    """Return the rows by which a merge of these files takes ids for one, or does not.

    >>> link_batches([])
    []

    That is what mapping sets say, and all files beside them.

    Raises:
        SetupError: DuckDB is not here, and all is tables of KGX.
    """
    from studyclaims.merging.kgxmatches import read_matches
    from studyclaims.merging.readers import read

    sets = [path for path in paths if is_mappings(path)]
    others = [path for path in paths if not is_mappings(path)]
    is_kgx = all(kind_of(path) for path in others)
    chosen = sets if is_kgx else paths
    batches = [batch for path in chosen for batch in read(path, path.name).mappings()]
    return [*batches, *(read_matches(others) if is_kgx else ())]
