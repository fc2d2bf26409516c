"""Merging sources that are KGX tables into one pair of KGX tables, as fast as they can be read.

An id is a plain text in KGX, one that begins with ``_:`` too: what two files call alike is one.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from studyclaims.errors import GraphError
from studyclaims.merging.buckets import Counted, group_to_tsv
from studyclaims.merging.kgxfiles import ENDS, LINE, KgxFile, mended
from studyclaims.merging.negation import NEGATED, bare_name, said_sql, unknown_sql
from studyclaims.merging.roles import KEY, ORIGINAL, columns_of
from studyclaims.merging.sql import file_literal, fill, literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.roles import Column

_READ: Final = """
    read_csv(@path, delim = '\t', quote = '', escape = '', comment = '', header = true,
        auto_detect = false, strict_mode = true, nullstr = '', max_line_size = 2097152,
        columns = {@columns})
"""
_ROWS: Final = """
    copy (
        select hash(@keys) as k, * from (
            select @values from @table as e @joins where @whole
        )
    ) to @target (format parquet, compression lz4_raw, dictionary_size_limit 1000)
"""
_EDGE_JOINS: Final = """
    left join leaders as s on s.id = e.@subject left join leaders as o on o.id = e.@object
"""
_NODE_JOIN: Final = "left join leaders as n on n.id = e.@id"


@dataclass(slots=True)
class Kind:
    """What was made of all tables of one kind."""

    counted: Counted
    files: list[KgxFile] = field(default_factory=list)


def merge_kgx(
    db: Engine, files: Sequence[KgxFile], folder: Path, *, rewrite: bool
) -> dict[str, Kind]:
    """Merge tables of nodes and edges into ``nodes.tsv`` and ``edges.tsv`` of a folder.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     merge_kgx(db, [], Path(name), rewrite=False)
    {}

    The table of leaders must be there where ids are rewritten. The rows of each source are kept in
    ``tables``, one file of Parquet each.

    Raises:
        GraphError: rows were lost, which would be a fault of this program.
    """
    read = read_kgx(db, files, folder, rewrite=rewrite)
    return group_kgx(db, read, folder, rewrite=rewrite)


def read_kgx(db: Engine, files: Sequence[KgxFile], folder: Path, *, rewrite: bool) -> list[KgxFile]:
    """Read tables into ``tables``; return them, mended where they could not be read as they are.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     read_kgx(db, [], Path("merged"), rewrite=False)
    []

    Raises:
        GraphError: rows were lost, which would be a fault of this program.
    """
    made: list[KgxFile] = []
    for kind, chosen in _by_kind(files).items():
        columns = columns_of(kind, [file.columns for file in chosen], rewrite=rewrite)
        (folder / "tables" / kind).mkdir(parents=True, exist_ok=True)
        made += [_read(db, file, columns, folder, rewrite=rewrite) for file in chosen]
    return made


def group_kgx(
    db: Engine, files: Sequence[KgxFile], folder: Path, *, rewrite: bool
) -> dict[str, Kind]:
    """Write tables that were read as one of each kind, each row once.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     group_kgx(db, [], Path("merged"), rewrite=False)
    {}
    """
    made: dict[str, Kind] = {}
    for kind, read in _by_kind(files).items():
        columns = columns_of(kind, [file.columns for file in read], rewrite=rewrite)
        rows = [table_path(folder, file) for file in read]
        parts = db.buckets(sum(file.path.stat().st_size for file in read))
        made[kind] = Kind(group_to_tsv(db, rows, columns, parts, folder / f"{kind}.tsv"), read)
    return made


def table_path(folder: Path, file: KgxFile) -> Path:
    """Return where the rows of a table stand once they are read.

    >>> from pathlib import Path
    >>> file = KgxFile(Path("a_nodes.tsv"), Path("a_nodes.tsv"), "a", "nodes", (), 0)
    >>> table_path(Path("out"), file).as_posix()
    'out/tables/nodes/a.parquet'
    """
    return folder / "tables" / file.kind / f"{file.source}.parquet"


def table_sql(file: KgxFile) -> str:
    """Return a text of DuckDB for the rows of a table as it has them; its cells are c0, c1 and on.

    >>> from pathlib import Path
    >>> file = KgxFile(Path("a_nodes.tsv"), Path("a_nodes.tsv"), "a", "nodes", ("id",), 0)
    >>> "columns = {c0: 'varchar'}" in table_sql(file)
    True
    """
    names = [f"c{number}" for number in range(len(file.cells))]
    cells = ", ".join(f"{it}: 'varchar'" for it in (*names, *([LINE] if file.is_numbered else ())))
    return fill(_READ, path=file_literal(file.path), columns=cells)


def id_tables(files: Sequence[KgxFile]) -> list[str]:
    """Return texts of DuckDB for the ids of nodes, as their tables have them, with categories.

    >>> id_tables([])
    []
    """
    made = []
    for file in files:
        if file.kind == "nodes":
            names = [file.at(name) for name in file.cells if bare_name(name) == "category"]
            kind = f"concat_ws('|', {', '.join(names)})" if names else "null::varchar"
            text = "(select @id as id, @kind as category from @read)"
            made.append(fill(text, id=file.at("id"), kind=kind, read=table_sql(file)))
    return made


def end_tables(files: Sequence[KgxFile], folder: Path) -> list[str]:
    """Return the same for the ends of edges as they are read, by ids that may be others by now.

    >>> from pathlib import Path
    >>> end_tables([], Path("merged"))
    []
    """
    edges = [file for file in files if file.kind == "edges"]
    columns = columns_of("edges", [file.columns for file in edges], rewrite=False)
    inside = {column.name: column.inside for column in columns}
    text = "(select @end as id, null::varchar as category from read_parquet(@rows))"
    return [
        fill(text, end=inside[end], rows=literal(table_path(folder, file)))
        for file in edges
        for end in ORIGINAL
    ]


def _by_kind(files: Sequence[KgxFile]) -> dict[str, list[KgxFile]]:
    """Return the tables of each kind, nodes first; no kind of which there are none."""
    found = {kind: [it for it in files if it.kind == kind] for kind in ("nodes", "edges")}
    return {kind: chosen for kind, chosen in found.items() if chosen}


def _read(
    db: Engine,
    file: KgxFile,
    columns: Sequence[Column],
    folder: Path,
    *,
    rewrite: bool,
) -> KgxFile:
    """Read one table into Parquet; return it, mended where it could not be read as it is."""
    import duckdb

    target = table_path(folder, file)
    try:
        rows = _copied(db, file, columns, target, rewrite=rewrite)
        if rows + len(file.refused) == file.rows:
            return file
    except duckdb.Error:
        # It refuses what it cannot read by many errors; the mended copy has none of that.
        pass
    whole = mended(file, folder)
    rows = _copied(db, whole, columns, target, rewrite=rewrite)
    if rows + len(whole.refused) != whole.rows:
        found = f"{rows} rows read and {len(whole.refused)} set aside of {whole.rows}"
        raise GraphError(f"{file.given}: {found}; nothing was written, please report this")
    return whole


def _copied(
    db: Engine, file: KgxFile, columns: Sequence[Column], target: Path, *, rewrite: bool
) -> int:
    """Write the rows of a table as Parquet; return how many they are."""
    needed = ENDS[file.kind]
    joins = ""
    if rewrite:
        text = _EDGE_JOINS if file.kind == "edges" else _NODE_JOIN
        joins = fill(text, **{name: file.at(name) for name in needed if f"@{name}" in text})
    values = [f"{_value(file, c.name, rewrite=rewrite)} as {c.inside}" for c in columns]
    values += [
        f"{literal(file.source)} as source",
        f"{_record(file, rewrite=rewrite)} as record",
    ]
    whole = [f"e.{file.at(name)} is not null" for name in needed]
    if file.may_disagree:
        whole.append(f"not {unknown_sql(file.said('e.'))}")
    with db.in_order() if rewrite else nullcontext():
        return db.count(
            _ROWS,
            keys=", ".join(column.inside for column in columns if column.role == KEY),
            values=", ".join(values),
            table=table_sql(file),
            joins=joins,
            whole=" and ".join(whole),
            target=literal(target),
        )


def _value(file: KgxFile, name: str, *, rewrite: bool) -> str:
    """Return what a column of the merge has for each row of a table."""
    edges = file.kind == "edges"
    joined = {"subject": "s", "object": "o"} if edges else {"id": "n"}
    if edges and name == NEGATED and file.denied not in ((), (NEGATED,)):
        return said_sql(file.said("e."))
    own = f"e.{file.at(name)}" if name in file.cells else "null::varchar"
    if rewrite and name in joined:
        return f"coalesce({joined[name]}.canonical, {own})"
    for end, original in ORIGINAL.items() if rewrite and edges else ():
        if name == original:
            # What an earlier merge put there is what the id was at first.
            return (
                f"coalesce({own}, case when {joined[end]}.id is not null then e.{file.at(end)} end)"
            )
    return own


def _record(file: KgxFile, *, rewrite: bool) -> str:
    """Return what a row is called in its source, where that is not the id that it has here."""
    if "id" not in file.cells:
        return f"'line ' || {file.line}"
    changes = rewrite and file.kind == "nodes"
    return f"case when n.id is not null then e.{file.at('id')} end" if changes else "null::varchar"
