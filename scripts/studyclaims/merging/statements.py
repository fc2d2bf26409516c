"""Merging whatever is read into the statement table: RDF in all forms, and tables of other kinds.

::

    graph.nq       every statement that may stand as a plain triple, once in each of its graphs
    statements/    every statement once, with all of its origins
    properties/    what sources say of single ids, likewise
    repeated/      of lines that were left as they are, those in more than one place, with all

A mapping set gives its exact matches as links, and all its other rows as statements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from studyclaims.merging.buckets import append, group_to_parquet
from studyclaims.merging.lines import FORMS, read_lines
from studyclaims.merging.names import own_blanks
from studyclaims.merging.roles import KEY, LIST, MERGED_FROM, Column
from studyclaims.merging.sql import literal, literals
from studyclaims.merging.table import (
    MAPPING,
    NANOPUB_PARTS,
    PROPERTY,
    SAID,
    TOLD,
    Admission,
    schema,
)
from studyclaims.merging.union import read_union, unite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.table import Refused

_SIGNED: Final = """
    create or replace temp table nanopubs as
    select distinct unnest([g, o]) as g from read_parquet(@rows) where p in (@parts)
    union select unnest(@frozen::varchar[])
"""
_EXACT_ROWS: Final = """
    select s, p, o, source_record from read_parquet(@rows)
    where list_contains(@predicates, p) and o_kind = 'iri' and s[1:2] <> '_:' and s <> o
"""
_REWRITTEN: Final = """
    copy (
        select hash(@said) as k, * from (
            select coalesce(a.canonical, s) as s, p, coalesce(b.canonical, o) as o,
                o_kind, datatype, lang, r.g as g, more, source, source_record,
                case when a.id is not null then s else '' end as original_s,
                case when b.id is not null then o else '' end as original_o
            from read_parquet(@rows) as r
            left join nanopubs as n on n.g = r.g
            left join leaders as a on a.id = s and n.g is null
            left join leaders as b on b.id = o and o_kind = 'iri' and n.g is null
        )
    ) to @target (format parquet, compression lz4_raw)
"""
_PROPERTIES: Final = """
    copy (
        select hash(@told) as k, * from (
            select coalesce(a.canonical, r.id) as id, property, value, o_kind, datatype, lang,
                source, r.id as source_record
            from read_parquet(@rows) as r left join leaders as a on a.id = r.id
        )
    ) to @target (format parquet, compression lz4_raw)
"""


@dataclass(slots=True)
class Read:
    """One file, read into Parquet."""

    given: Path
    source: str
    statements: list[Path]
    properties: list[Path] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    rows: int = 0
    """How many statements the file has, those that were refused too."""

    property_rows: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    """How many rows of each kind were refused: of very many, not each is told."""

    mappings: list[pa.RecordBatch] = field(default_factory=list)
    frozen: frozenset[str] = frozenset()
    """The graphs in which no id may be rewritten."""

    kind: str = "statements"
    """What the file is called in the report."""

    linking: int = 0
    """How many rows of a mapping set are exact matches, which are links and no statements.

    Those that were refused are among them: what they would have been is not known.
    """

    repaired: int = 0
    """How many statements had an IRI that was mended."""

    filled: int = 0
    """How many rows lacked cells at their end."""

    is_graph: bool = False
    """Whether it is RDF: its names are IRIs, even those that look like CURIEs."""

    is_whole_aside: bool = False
    """Whether nothing of the file could be read."""


def only_lines(paths: Iterable[Path]) -> bool:
    """Return whether all files are of a form in which each line is a statement.

    >>> from pathlib import Path
    >>> only_lines([Path("a.nt"), Path("b.NQ")]), only_lines([Path("a.nt"), Path("b.ttl")])
    (True, False)
    """
    return all(path.suffix.lower() in FORMS for path in paths)


def read_statements(
    db: Engine,
    path: Path,
    source: str,
    folder: Path,
    *,
    whole: bool = False,
    maps: bool = False,
    scope: str = "",
) -> Read:
    """Read a file into Parquet, whatever it holds.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("<x:a> <x:b> <x:c> .")
    ...     read_statements(db, file, "a", Path(name)).rows
    1

    Args:
        db: the engine.
        path: the file.
        source: what it is called.
        folder: where the tables are made.
        whole: leave lines as they are, to be united by `unite_lines`.
        maps: it is a mapping set, whose exact matches link ids and say nothing else.
        scope: what its blank nodes are called by, where that is not ``source``: nodes and edges
            that belong together name the same ones.
    """
    import duckdb

    if only_lines([path]):
        try:
            made, refused, rows = (read_union if whole else read_lines)(db, path, source, folder)
            lost = {"statements": len(refused)}
            return Read(path, source, made, [], refused, rows, lost=lost, is_graph=True)
        except duckdb.Error:
            # Lines longer than DuckDB takes, or bytes that are no text: the parser says which.
            pass
    return _read_other(db, path, source, folder, maps=maps, scope=scope or source)


def _read_other(
    db: Engine, path: Path, source: str, folder: Path, *, maps: bool, scope: str
) -> Read:
    from studyclaims.merging.readers import read

    reading = read(path, source, aside=folder.parent / "quarantine")
    found = Read(path, source, [], kind="mappings" if maps else "statements")
    said, told = folder / f"{source}.parquet", folder / f"{source}.properties.parquet"
    with Admission(db, said) as statements, Admission(db, told, PROPERTY) as properties:
        for _, given in reading.batches():
            names = tuple(given.schema.names)
            # The readers of RDF give blank nodes their source's name themselves.
            batch = given if reading.is_graph else own_blanks(given, scope)
            if names == MAPPING:
                found.mappings.append(batch)
            elif names == PROPERTY:
                properties.add(batch)
            else:
                kept = _no_links(batch) if maps else batch
                found.linking += batch.num_rows - kept.num_rows
                statements.add(kept)
    found.refused, found.frozen = reading.quarantine, reading.frozen
    found.is_graph = reading.is_graph
    mended = reading.counts.get("repaired", 0)
    found.repaired, found.filled = (mended, 0) if found.is_graph else (0, mended)
    found.statements += [said] if statements.rows else []
    found.properties += [told] if properties.rows else []
    found.rows, found.property_rows = statements.rows, properties.rows
    _count_lost(found, reading.counts)
    return found


def _count_lost(found: Read, counts: Mapping[str, int]) -> None:
    """Count what was refused under what it is; where that is not known, under what the file is."""
    read = found.rows + found.property_rows + found.linking
    lost = {
        "statements": counts.get("refused said", 0),
        "properties": counts.get("refused told", 0),
        "mappings": 0,
    }
    unknown = counts.get("refused", 0) - sum(lost.values())
    found.is_whole_aside = not read and counts.get("refused files", 0) > 0
    if found.is_whole_aside:
        # How many rows such a file has is not known: it is counted as a file.
        unknown -= counts["refused files"]
    if found.kind == "mappings":
        lost["mappings"] = unknown
    elif found.property_rows + lost["properties"] > 0 == found.rows + lost["statements"]:
        lost["properties"] += unknown
    else:
        lost["statements"] += unknown
    found.lost = {kind: number for kind, number in lost.items() if number}
    found.rows += lost["statements"]
    found.property_rows += lost["properties"]
    found.linking += lost["mappings"]


def _no_links(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the statements of a mapping set without its exact matches; denied ones are none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from studyclaims.merging.equivalence import is_exact

    exact = [it for it in batch["p"].unique().to_pylist() if is_exact(it)]
    return batch.filter(pc.invert(pc.is_in(batch["p"], value_set=pa.array(exact, pa.string()))))


def exact_rows(db: Engine, read: Read, predicates: Iterable[str]) -> Iterator[pa.RecordBatch]:
    """Yield what a file of lines says of two ids that are one thing, as mappings.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     list(exact_rows(db, Read(Path("a.nt"), "a", []), ["x:same"]))
    []
    """
    if read.statements and only_lines([read.given]):
        import pyarrow as pa

        chosen = {"rows": _list(read.statements), "predicates": literals(sorted(predicates))}
        name = read.given.name
        rows = [
            {"subject": s, "predicate": p, "object": o, "negated": False}
            | {"source": name, "source_record": record}
            for s, p, o, record in db.rows(_EXACT_ROWS, **chosen)
        ]
        yield pa.RecordBatch.from_pylist(rows, schema=schema(MAPPING))


def unite_lines(db: Engine, read: Sequence[Read], folder: Path) -> dict[str, tuple[int, int]]:
    r"""Write ``graph.nq`` out of lines that were left as they are; else as `merge_statements`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("<x:a> <x:b> <x:c> .\n" * 2)
    ...     unite_lines(db, [read_statements(db, file, "a", Path(name), whole=True)], Path(name))
    {'statements': (2, 1)}

    What stands in more than one place goes into ``repeated``.
    """
    rows = [(it.source, path) for it in read for path in it.statements]
    parts = db.buckets(sum(it.given.stat().st_size for it in read))
    pieces = [folder / f".graph-{part}" for part in range(parts)]
    counted = unite(db, rows, pieces, folder / "repeated")
    pieces[0].rename(folder / "graph.nq")
    with (folder / "graph.nq").open("r+b") as file:
        file.seek(0, 2)
        for piece in pieces[1:]:
            append(piece, file.fileno())
    return {"statements": (counted.rows, counted.merged)}


def merge_statements(
    db: Engine, read: Sequence[Read], folder: Path, *, rewrite: bool
) -> dict[str, tuple[int, int]]:
    """Group what was read; return how many statements and properties there were and are.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     merge_statements(db, [], Path(name), rewrite=False)
    {}

    The table of leaders must be there.
    """
    said = [path for it in read for path in it.statements]
    told = [path for it in read for path in it.properties]
    made = {}
    if said:
        frozen = literals(sorted({graph for it in read for graph in it.frozen}))
        parts = ", ".join(map(literal, NANOPUB_PARTS))
        db.rows(_SIGNED, rows=_list(said), parts=parts, frozen=frozen)
        origin = Column(MERGED_FROM, LIST, _origin("source_record"), MERGED_FROM)
        columns = [Column(name, KEY, name, name) for name in SAID] + [origin]
        if rewrite:
            said = [_rewritten(db, path, _REWRITTEN) for path in said]
            columns += [Column(c, LIST, c, c) for c in ("original_s", "original_o")]
        number = db.buckets(sum(path.stat().st_size for path in said) * _UNPACKED)
        made["statements"] = group_to_parquet(db, said, columns, number, folder / "statements")
    if told:
        told = [_rewritten(db, path, _PROPERTIES) for path in told] if rewrite else told
        origin = Column(
            MERGED_FROM, LIST, _origin("source_record") if rewrite else "source", MERGED_FROM
        )
        columns = [Column(name, KEY, name, name) for name in TOLD] + [origin]
        number = db.buckets(sum(path.stat().st_size for path in told) * _UNPACKED)
        made["properties"] = group_to_parquet(db, told, columns, number, folder / "properties")
    return {kind: (it.rows, it.merged) for kind, it in made.items()}


_UNPACKED: Final = 3
"""How many bytes a byte of Parquet becomes, roughly."""


def _origin(record: str) -> str:
    return f"(source || ' ' || replace({record}, '|', '%7C'))"


def _list(paths: Sequence[Path]) -> str:
    return f"[{', '.join(map(literal, paths))}]"


def _rewritten(db: Engine, path: Path, text: str) -> Path:
    """Write a table anew, its ids replaced by canonical ones; return where it is."""
    target = path.with_name(f"{path.stem}.canonical.parquet")
    known = {"said": ", ".join(SAID), "told": ", ".join(TOLD)}
    with db.in_order():
        db.rows(text, rows=_list([path]), target=literal(target), **known)
    return target
