"""Grouping rows that are equal in some columns, part by part, so that memory stays bounded.

A hash of those columns says which part a row goes to, and which rows may have an equal: most have
none and pass straight through. What is one row is decided by the columns themselves, so that two
hashes that happen to be equal cost time and nothing else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from studyclaims.merging.roles import FROM, KEY, LEAST, LIST, NAME, SYNONYM
from studyclaims.merging.sql import fill, literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.roles import Column

HASH: Final = "k"
"""The column of the hash. Beside it are ``source``, and the ``record`` that a row is there."""

_REPEATED: Final = """
    create or replace temp table repeated as
    select k from read_parquet(@rows) where @part group by k having count(*) > 1
"""
_GROUPED: Final = """
    copy (
        select @plain from read_parquet(@rows) as r
        where @part and not exists (select 1 from repeated where repeated.k = r.k)
        union all
        select columns(* exclude (ordered)) from (
            select @groups, k as ordered from read_parquet(@rows)
            where @part and k in (select k from repeated) group by k, @keys order by k, @keys
        )
    ) to @target (@form)
"""
PARQUET: Final = "format parquet, compression lz4_raw, dictionary_size_limit 1000"
TSV: Final = "format csv, delimiter '\t', header false, quote '', escape ''"
_FROM: Final = "coalesce(@x, source || ' ' || replace(coalesce(record, @id, ''), '|', '%7C'))"
_LIST: Final = """
    case when min(@x) is not distinct from max(@x) then min(@x)
    when count(@x) = 2 and not contains(min(@x) || max(@x), '|') then min(@x) || '|' || max(@x)
    else array_to_string(list_sort(list_distinct(string_split(string_agg(@x, '|'), '|'))), '|') end
"""
_NAME: Final = "coalesce(min(@name) filter (where record is null), min(@name))"
_SYNONYM: Final = """
    case when min(@name) is not distinct from max(@name)
        and min(@x) is not distinct from max(@x) then min(@x)
    else nullif(array_to_string(list_sort(list_filter(list_distinct(list_concat(
        coalesce(string_split(string_agg(@x, '|'), '|'), []), coalesce(list(distinct @name), [])
    )), lambda it: it is distinct from @chosen)), '|'), '') end
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows went in, and how many came out."""

    rows: int
    merged: int

    @property
    def duplicates(self) -> int:
        """How many rows are in another one now."""
        return self.rows - self.merged


def group_to_tsv(
    db: Engine, rows: Sequence[Path], columns: Sequence[Column], parts: int, target: Path
) -> Counted:
    r"""Write rows as tab-separated text, each once, and return how many there were and are.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> from studyclaims.merging.roles import Column
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     rows = Path(name, "a.parquet")
    ...     text = "copy (select 1 as k, 'x' as u0 union all select 1, 'x') to @rows"
    ...     made = db.rows(text, rows=f"'{rows}'")
    ...     counted = group_to_tsv(db, [rows], [Column("id", KEY, "u0")], 1, Path(name, "a.tsv"))
    ...     counted, Path(name, "a.tsv").read_text()
    (Counted(rows=2, merged=1), 'id\nx\n')

    Args:
        db: the engine.
        rows: files of Parquet with the columns by their names inside, and the hash ``k``.
        columns: what becomes of each.
        parts: in how many parts it is done.
        target: the file that is written, a header first.
    """
    pieces = [target.with_name(f".{target.name}.{part}") for part in range(parts)]
    counted = _group_all(db, rows, columns, pieces, TSV)
    with target.open("wb") as file:
        file.write("\t".join(column.name for column in columns).encode() + b"\n")
        file.flush()
        for piece in pieces:
            append(piece, file.fileno())
            piece.unlink()
    return counted


def group_to_parquet(
    db: Engine, rows: Sequence[Path], columns: Sequence[Column], parts: int, folder: Path
) -> Counted:
    """Write rows as files of Parquet in a folder, each row once; else as `group_to_tsv`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> from studyclaims.merging.roles import Column
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     rows = Path(name, "a.parquet")
    ...     text = "copy (select 1 as k, 'x' as u0 union all select 1, 'x') to @rows"
    ...     made = db.rows(text, rows=f"'{rows}'")
    ...     group_to_parquet(db, [rows], [Column("id", KEY, "u0", "id")], 1, Path(name, "b"))
    Counted(rows=2, merged=1)
    """
    folder.mkdir()
    pieces = [folder / f"part-{part}.parquet" for part in range(parts)]
    return _group_all(db, rows, columns, pieces, PARQUET)


def _group_all(
    db: Engine, rows: Sequence[Path], columns: Sequence[Column], pieces: Sequence[Path], form: str
) -> Counted:
    read = f"[{', '.join(literal(path) for path in rows)}]"
    merged = sum(
        _group(db, read, columns, _condition(part, len(pieces)), piece, form)
        for part, piece in enumerate(pieces)
    )
    return Counted(db.count("select count(*) from read_parquet(@rows)", rows=read), merged)


def _condition(part: int, parts: int) -> str:
    return f"k % {parts} = {part}" if parts > 1 else "true"


def _group(
    db: Engine, read: str, columns: Sequence[Column], part: str, target: Path, form: str
) -> int:
    """Write one part; return how many rows it has."""
    db.rows(_REPEATED, rows=read, part=part)
    name = next((column.inside for column in columns if column.role == NAME), "")
    record = next((column.inside for column in columns if column.name == "id"), "")
    plain = [f"{_plain(column, record)} as {column.out}" for column in columns]
    groups = [f"{_merged(column, record, name)} as {column.out}" for column in columns]
    with db.in_order():
        return db.count(
            _GROUPED,
            rows=read,
            part=part,
            plain=", ".join(plain),
            groups=", ".join(groups),
            keys=", ".join(column.inside for column in columns if column.role == KEY),
            target=literal(target),
            form=form,
        )


def _plain(column: Column, record: str) -> str:
    """Return what a column of a row is that no other row is equal to."""
    return fill(_FROM, x=column.inside, id=record) if column.role == FROM else column.inside


def _merged(column: Column, record: str, name: str) -> str:
    """Return how a column of a group is made out of those of its rows."""
    made = {KEY: "@x", LEAST: "min(@x)", LIST: _LIST, FROM: _LIST, NAME: _NAME, SYNONYM: _SYNONYM}[
        column.role
    ]
    return fill(made, x=_plain(column, record), name=name, chosen=fill(_NAME, name=name))


def append(piece: Path, target: int) -> None:
    """Add what a file holds to another one, by the descriptor of that.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     path = Path(name, "a")
    ...     written = path.write_text("ab")
    ...     with Path(name, "b").open("wb") as file:
    ...         append(path, file.fileno())
    ...     Path(name, "b").read_text()
    'ab'
    """
    with piece.open("rb") as file:
        while os.sendfile(target, file.fileno(), None, 1 << 30):
            pass
