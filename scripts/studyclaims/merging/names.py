"""All names in what was read, each with its IRI and its canonical id, in tables of DuckDB.

There may be as many names as statements, so they pass through here in batches: in Python stand one
batch, and the ids that mappings name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from studyclaims.merging.links import LEADERS, Links, leaders, mapped_ids
from studyclaims.merging.sql import fill, literal, literals
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine

OTHER: Final = f"{BASE}name/"
"""What a name begins with in the graph that is neither an IRI nor can be made one."""

BATCH: Final = 100_000
"""How many names are looked at together."""

_SCHEME: Final = r"^[A-Za-z][A-Za-z0-9+.-]*:"
_ILLEGAL: Final = r'[\x00-\x20<>"{}|^`\\]'
_SAID: Final = """
    select unnest([s, p, g, case when o_kind = 'iri' then o else '' end]) as id
    from read_parquet(@rows)
"""
_DISTINCT: Final = """
    copy (select distinct @columns from (@rows) where id <> '' and id[1:2] <> '_:') to @target
    (format parquet, row_group_size 100000)
"""
_CATEGORIES: Final = """
    select id, value from read_parquet(@rows)
    where property in ('category', 'biolink:category', 'https://w3id.org/biolink/vocab/category')
"""


def link_names(
    db: Engine,
    said: Sequence[Path],
    told: Sequence[Path],
    batches: Sequence[pa.RecordBatch],
    folder: Path,
) -> Links:
    """Make the tables ``leaders``, of canonical ids, and ``names``; return which cliques failed.

    In ``names`` are those names alone that stand as another one in a graph: the IRI of a CURIE, or
    what no IRI may hold, escaped.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> from studyclaims.merging.lines import read_lines
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("<MSH:a> <x:b> <http://identifiers.org/mesh/D1> .")
    ...     made = link_names(db, read_lines(db, file, "a", Path(name))[0], [], [], Path(name))
    ...     db.rows("from names"), db.rows("select canonical from leaders order by id")[1]
    ([('MSH:a', 'http://id.nlm.nih.gov/mesh/a')], ('http://id.nlm.nih.gov/mesh/D1',))

    Args:
        db: the engine.
        said: tables of statements.
        told: tables of properties.
        batches: rows of the table of mappings.
        folder: where to put what does not fit in memory.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    from studyclaims.merging.equivalence import cliques

    mapped = sorted(mapped_ids(batches))
    found = cliques(batches, None, _categories(db, told, mapped, folder))
    db.take("mapped", pa.table({"id": pa.array(mapped, pa.string())}))
    texts = [fill(_SAID, rows=literals(said))] if said else []
    texts += [fill("select id from read_parquet(@rows)", rows=literals(told))] if told else []
    every = " union all ".join([*texts, "select id from mapped"])
    paths = {name: folder / f".{name}.parquet" for name in (LEADERS, "names")}
    columns = {LEADERS: ("id", "canonical"), "names": ("id", "iri")}
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(
                ParquetWriter(path, pa.schema([(it, pa.string()) for it in columns[name]]))
            )
            for name, path in paths.items()
        }
        for batch in _distinct(db, every, "id", folder):
            named = leaders(found, batch["id"], "iri")
            writers[LEADERS].write_table(named)
            for ids in (batch["id"], named["canonical"].combine_chunks()):
                writers["names"].write_table(_iris(ids))
    for name, path in paths.items():
        # A canonical id may have come up in more than one batch.
        text = "create or replace table @name as select distinct * from read_parquet(@path)"
        db.rows(text, name=name, path=literal(path))
        path.unlink()
    return Links(refused=[it.to_dict() for it in found.refused], is_made=True)


def _categories(
    db: Engine, told: Sequence[Path], mapped: Sequence[str], folder: Path
) -> dict[str, list[str]]:
    """Return the categories of ids that mappings name, in whatever spelling."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from studyclaims.merging.curies import canonical_ids

    categories: dict[str, list[str]] = defaultdict(list)
    if mapped and told:
        wanted = canonical_ids(pa.array(mapped, pa.string()))
        rows = fill(_CATEGORIES, rows=literals(told))
        for batch in _distinct(db, rows, "id, value", folder):
            chosen = batch.filter(pc.is_in(canonical_ids(batch["id"]), value_set=wanted))
            for it, category in zip(*(c.to_pylist() for c in chosen.columns), strict=True):
                categories[it].append(category)
    return categories


def _distinct(db: Engine, rows: str, columns: str, folder: Path) -> Iterator[pa.RecordBatch]:
    """Yield different rows in batches; the engine may be asked other things meanwhile."""
    from pyarrow.parquet import ParquetFile

    target = folder / ".distinct.parquet"
    db.rows(_DISTINCT, columns=columns, rows=rows, target=literal(target))
    with ParquetFile(target) as file:
        yield from file.iter_batches(BATCH)
    target.unlink()


def _iris(ids: pa.Array) -> pa.Table:
    """Return those of some names that stand as another one in a graph, and as which IRI."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from studyclaims.merging.curies import canonical_ids

    # What is an IRI stays as it is; a CURIE is none, and is written whole.
    is_iri = pc.match_substring(ids, "://")
    made = pc.if_else(is_iri, ids, canonical_ids(ids, "iri"))
    is_plain = pc.and_(
        pc.match_substring_regex(made, _SCHEME),
        pc.invert(pc.match_substring_regex(made, _ILLEGAL)),
    )
    odd = pc.invert(is_plain)
    if pc.any(odd).as_py():
        escaped = [_escaped(it) for it in made.filter(odd).to_pylist()]
        made = pc.replace_with_mask(made, odd, pa.array(escaped, pa.string()))
    return pa.table({"id": ids, "iri": made}).filter(pc.not_equal(ids, made))


def _escaped(text: str) -> str:
    """Return a name as an IRI: what may not stand in one is escaped, and none lacks a scheme."""
    made = re.sub(_ILLEGAL, lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), text)
    return made if re.match(_SCHEME, made) else f"{OTHER}{made}"
