"""Merging sources that are KGX tables into one pair of KGX tables, as fast as they can be read.

An id is a plain text in KGX, one that begins with ``_:`` too: what two files call alike is one.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from studyclaims.errors import GraphError
from studyclaims.merging.buckets import Counted, group_to_tsv
from studyclaims.merging.kgxfiles import KgxFile, mended
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
    made: dict[str, Kind] = {}
    for kind in ("nodes", "edges"):
        chosen = [file for file in files if file.kind == kind]
        if chosen:
            made[kind] = _merge_kind(db, kind, chosen, folder, rewrite=rewrite)
    return made


def id_tables(files: Sequence[KgxFile]) -> list[str]:
    """Return texts of DuckDB for the ids of tables, with categories; edges where no nodes are.

    >>> id_tables([])
    []
    """
    nodes = [file for file in files if file.kind == "nodes"]
    made = []
    for file in nodes or files:
        at = {name: f"c{number}" for number, name in enumerate(file.columns)}
        read = _table(file, at)
        category = at.get("category", "null::varchar")
        for end in ("id",) if nodes else ("subject", "object"):
            kind = category if nodes else "null::varchar"
            text = "(select @id as id, @kind as category from @read)"
            made.append(fill(text, id=at[end], kind=kind, read=read))
    return made


def _table(file: KgxFile, at: dict[str, str]) -> str:
    cells = ", ".join(f"{cell}: 'varchar'" for cell in at.values())
    return fill(_READ, path=file_literal(file.path), columns=cells)


def _merge_kind(
    db: Engine, kind: str, files: Sequence[KgxFile], folder: Path, *, rewrite: bool
) -> Kind:
    columns = columns_of(kind, [file.columns for file in files], rewrite=rewrite)
    tables = folder / "tables" / kind
    tables.mkdir(parents=True)
    read, rows = [], []
    for file in files:
        target = tables / f"{file.source}.parquet"
        read.append(_read(db, file, columns, target, folder, rewrite=rewrite))
        rows.append(target)
    parts = db.buckets(sum(file.path.stat().st_size for file in read))
    return Kind(group_to_tsv(db, rows, columns, parts, folder / f"{kind}.tsv"), read)


def _read(
    db: Engine,
    file: KgxFile,
    columns: Sequence[Column],
    target: Path,
    folder: Path,
    *,
    rewrite: bool,
) -> KgxFile:
    """Read one table into Parquet; return it, mended where it could not be read as it is."""
    import duckdb

    try:
        if _copied(db, file, columns, target, rewrite=rewrite) == file.rows:
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
    at = {name: f"c{number}" for number, name in enumerate(file.columns)}
    needed = ("subject", "predicate", "object") if file.kind == "edges" else ("id",)
    joins = ""
    if rewrite:
        text = _EDGE_JOINS if file.kind == "edges" else _NODE_JOIN
        joins = fill(text, **{name: at[name] for name in needed if f"@{name}" in text})
    values = [f"{_value(file, at, c.name, rewrite=rewrite)} as {c.inside}" for c in columns]
    values += [
        f"{literal(file.source)} as source",
        f"{_record(file, at, rewrite=rewrite)} as record",
    ]
    with db.in_order() if rewrite else nullcontext():
        return db.count(
            _ROWS,
            keys=", ".join(column.inside for column in columns if column.role == KEY),
            values=", ".join(values),
            table=_table(file, at),
            joins=joins,
            whole=" and ".join(f"e.{at[name]} is not null" for name in needed),
            target=literal(target),
        )


def _value(file: KgxFile, at: dict[str, str], name: str, *, rewrite: bool) -> str:
    """Return what a column of the merge has for each row of a table."""
    edges = file.kind == "edges"
    joined = {"subject": "s", "object": "o"} if edges else {"id": "n"}
    own = f"e.{at[name]}" if name in at else "null::varchar"
    if rewrite and name in joined:
        return f"coalesce({joined[name]}.canonical, {own})"
    for end, original in ORIGINAL.items() if rewrite and edges else ():
        if name == original:
            # What an earlier merge put there is what the id was at first.
            return f"coalesce({own}, case when {joined[end]}.id is not null then e.{at[end]} end)"
    return own


def _record(file: KgxFile, at: dict[str, str], *, rewrite: bool) -> str:
    """Return what a row is called in its source, where that is not the id that it has here."""
    if "id" not in at:
        return "'line ' || (1 + row_number() over ())"
    changes = rewrite and file.kind == "nodes"
    return f"case when n.id is not null then e.{at['id']} end" if changes else "null::varchar"
