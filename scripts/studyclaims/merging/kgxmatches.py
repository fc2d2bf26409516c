"""What tables of KGX say of which ids are one thing: exact matches, and what denies them.

That is an edge with an exact predicate, one by which its ends are different, a denied one that says
no more than near (what is not near is not one), and the columns ``same_as`` and
``equivalent_identifiers`` of nodes; ``xref`` is for other things too. Most tables have none of it,
and whether one has is asked of one column that is read already. Only where there is something is a
table read again, as it stands, for the ids as its source spells them.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from studyclaims.errors import StoreError
from studyclaims.merging.engine import engine
from studyclaims.merging.identity import local_names, says
from studyclaims.merging.kgxfiles import open_kgx
from studyclaims.merging.kgxmerge import read_kgx, table_path, table_sql
from studyclaims.merging.negation import bare_name, denies_sql, said_sql
from studyclaims.merging.readers.reading import SAME, Mapped, batch
from studyclaims.merging.roles import columns_of
from studyclaims.merging.sql import fill, literal, literals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.kgxfiles import KgxFile

_PREDICATES: Final = "select distinct @cell from read_parquet(@rows) where @any order by all"
_ANY: Final = "select count(*) from (select 1 from read_parquet(@rows) where @any limit 1)"
_EDGES: Final = """
    select @subject as subject, @predicate as predicate, @object as object, @negated as negated,
        @source as source, coalesce(@id, line) as source_record
    from (select *, @line as line from @table)
    where list_contains(@said, @predicate)
        or (list_contains(@denied, @predicate) and @negated)
"""
_NODES: Final = """
    select @id as subject, 'biolink:same_as' as predicate, trim(other) as object,
        false as negated, @source as source, line as source_record
    from (
        select @id, line, unnest(string_split(@cell, '|')) as other
        from (select *, @line as line from @table)
        where @cell is not null
    ) where trim(other) <> ''
"""


def table_matches(db: Engine, files: Sequence[KgxFile], folder: Path) -> list[pa.RecordBatch]:
    """Return the exact matches in tables, and what denies any, as rows of the mapping table.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     table_matches(db, [], Path("merged"))
    []

    Args:
        db: the engine.
        files: the tables, as `studyclaims.merging.kgxmerge.read_kgx` returned them.
        folder: where that read them to.
    """
    texts: list[str] = []
    for kind in ("nodes", "edges"):
        chosen = [file for file in files if file.kind == kind]
        columns = columns_of(kind, [file.columns for file in chosen], rewrite=False)
        inside = {column.name: column.inside for column in columns}
        for file in chosen:
            rows = literal(table_path(folder, file))
            find = _node_texts if kind == "nodes" else _edge_texts
            texts += find(db, file, rows, inside)
    with db.in_order():
        found = [[Mapped(*row) for row in db.rows(text)] for text in texts]
    # Who set a row aside does not know whether it denies: nobody may take that for a yes.
    found += [
        [
            Mapped(subject, predicate, object_, True, file.given.name, at)
            for subject, predicate, object_, at in file.unsure
            if says(predicate, negated=True)
        ]
        for file in files
    ]
    return [batch(Mapped, rows) for rows in found if rows]


def read_matches(paths: Sequence[Path]) -> list[pa.RecordBatch]:
    """Return the same for tables that nobody has read yet; what cannot be read says nothing.

    >>> read_matches([])
    []

    Raises:
        SetupError: DuckDB is not here.
    """
    if not paths:
        return []
    found: list[pa.RecordBatch] = []
    with TemporaryDirectory() as name, engine(Path(name, "spill")) as db:
        for at, path in enumerate(paths):
            folder = Path(name, str(at))
            folder.mkdir()
            with suppress(StoreError):
                read = read_kgx(db, [open_kgx(path, folder)], folder, rewrite=False)
                found += table_matches(db, read, folder)
    return found


def _edge_texts(db: Engine, file: KgxFile, rows: str, inside: dict[str, str]) -> list[str]:
    """Return how to ask for the edges that say something of identity; nothing where none do."""
    cell = inside["predicate"]
    may_be = " or ".join(f"contains(lower({cell}), {literal(name)})" for name in local_names())
    found = [it for (it,) in db.rows(_PREDICATES, cell=cell, rows=rows, any=may_be)]
    exact = [it for it in found if says(it)]
    denied = [it for it in found if says(it, negated=True)]
    if not exact and not denied:
        return []
    cells = {name: file.at(name) for name in ("subject", "predicate", "object")}
    said = said_sql(file.said()) if file.denied else "''"
    text = fill(
        _EDGES,
        **cells,
        negated=denies_sql(said),
        source=literal(file.given.name),
        id=file.at("id") if "id" in file.cells else "null",
        table=table_sql(file),
        line=file.line,
        said=f"{literals(exact)}::varchar[]",
        denied=f"{literals(denied)}::varchar[]",
    )
    return [text]


def _node_texts(db: Engine, file: KgxFile, rows: str, inside: dict[str, str]) -> list[str]:
    """Return how to ask for the other ids of nodes; nothing where none has any."""
    names = [name for name in file.cells if bare_name(name) in SAME]
    return [
        fill(
            _NODES,
            id=file.at("id"),
            cell=file.at(name),
            source=literal(file.given.name),
            table=table_sql(file),
            line=file.line,
        )
        for name in names
        if db.count(_ANY, rows=rows, any=f"{inside[name]} is not null")
    ]
