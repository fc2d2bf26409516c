"""All names in what was read, each with its IRI and its canonical id, in tables of DuckDB.

There may be as many names as statements, so they pass through here in batches: in Python stand one
batch, and the ids that mappings name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import ExitStack
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from studyclaims.merging.lines import BLANK
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

_MAY_BE_BLANK: Final = frozenset(
    {"s", "p", "o", "g", "id", "value", "subject", "predicate", "object"}
)
_SCHEME: Final = r"^[A-Za-z][A-Za-z0-9+.-]*:"
_ILLEGAL: Final = r'[\x00-\x20<>"{}|^`\\]'
SAID: Final = """
    select unnest([s, p, g, case when o_kind = 'iri' then o else '' end]) as id
    from read_parquet(@rows) where @chosen
    union all
    select unnest(regexp_extract_all(o, '<([^<> ]+)>', 1)) as id
    from read_parquet(@rows) where o_kind = 'triple' and @chosen
"""
"""All names in some statements, as often as they are there."""

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
    what no IRI may hold, escaped. Where ``is_legal``, the name is an IRI as it stands, as the CURIE
    ``go:1`` is: from RDF it must not become another one.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> from studyclaims.merging.lines import read_lines
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     written = file.write_text("<MSH:a> <x:b> <http://identifiers.org/mesh/D1> .")
    ...     made = link_names(db, read_lines(db, file, "a", Path(name))[0], [], [], Path(name))
    ...     db.rows("from names"), db.rows("select canonical from leaders order by id")[1]
    ([('MSH:a', 'http://id.nlm.nih.gov/mesh/a', True)], ('http://id.nlm.nih.gov/mesh/D1',))

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
    texts = [fill(SAID, rows=literals(said), chosen="true")] if said else []
    texts += [fill("select id from read_parquet(@rows)", rows=literals(told))] if told else []
    every = " union all ".join([*texts, "select id from mapped"])
    paths = {name: folder / f".{name}.parquet" for name in (LEADERS, "names")}
    named = [("id", pa.string()), ("iri", pa.string()), ("is_legal", pa.bool_())]
    schemas = {LEADERS: [("id", pa.string()), ("canonical", pa.string())], "names": named}
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(ParquetWriter(path, pa.schema(schemas[name])))
            for name, path in paths.items()
        }
        for batch in _distinct(db, every, "id", folder):
            led = leaders(found, batch["id"], "iri")
            writers[LEADERS].write_table(led)
            for ids in (batch["id"], led["canonical"].combine_chunks()):
                writers["names"].write_table(_iris(ids))
    for name, path in paths.items():
        # A canonical id may have come up in more than one batch.
        text = "create or replace table @name as select distinct * from read_parquet(@path)"
        db.rows(text, name=name, path=literal(path))
        path.unlink()
    return Links(refused=[it.to_dict() for it in found.refused], is_made=True)


def own_blanks(batch: pa.RecordBatch, scope: str) -> pa.RecordBatch:
    """Return rows whose blank nodes are those of one source, each with a label that is legal.

    A predicate cannot be blank; it becomes a name like those that no IRI can be made of.

    >>> import pyarrow as pa
    >>> batch = pa.RecordBatch.from_pylist([{"s": "_:b", "p": "_:p", "o": "x:o"}])
    >>> own_blanks(batch, "a").to_pylist()[0]["s"]
    '_:a.b'

    Args:
        batch: rows of one of the three tables.
        scope: what the labels begin with: letters, digits, ``_`` and ``-``, no ``-`` first.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in [it for it in batch.schema.names if it in _MAY_BE_BLANK]:
        is_blank = pc.starts_with(batch[name], "_:")
        is_told = name in {"o", "value"} and "o_kind" in batch.schema.names
        if is_told:
            is_blank = pc.and_(is_blank, pc.not_equal(batch["o_kind"], "literal"))
        if not pc.any(is_blank).as_py():
            continue
        made = [_label(it, scope) for it in batch[name].filter(is_blank).to_pylist()]
        if name in {"p", "predicate"}:
            made = [f"{OTHER}{it}" for it in made]
        batch = _replaced(batch, name, is_blank, pa.array(made, pa.string()))
        if is_told:
            batch = _replaced(
                batch, "o_kind", is_blank, pa.array(["blank"] * len(made), pa.string())
            )
    return batch


def _replaced(batch: pa.RecordBatch, name: str, where: pa.Array, made: pa.Array) -> pa.RecordBatch:
    import pyarrow.compute as pc

    column = pc.replace_with_mask(batch[name], where, made)
    return batch.set_column(batch.schema.get_field_index(name), name, column)


def _label(text: str, scope: str) -> str:
    """Return the label of a blank node of a source; what is no legal one becomes its hash."""
    # No legal label begins so, so that no hash is another node's label.
    label = text[2:] if re.fullmatch(BLANK, text) else f"-{sha256(text.encode()).hexdigest()[:32]}"
    return f"_:{scope}.{label}"


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
    odd = pc.invert(_are_legal(made))
    if pc.any(odd).as_py():
        escaped = [_escaped(it) for it in made.filter(odd).to_pylist()]
        made = pc.replace_with_mask(made, odd, pa.array(escaped, pa.string()))
    changed = pc.not_equal(ids, made)
    ids, made = ids.filter(changed), made.filter(changed)
    return pa.table({"id": ids, "iri": made, "is_legal": _are_legal(ids)})


def _are_legal(names: pa.Array) -> pa.Array:
    """Return of each name whether it may stand in a graph as it is."""
    import pyarrow.compute as pc

    return pc.and_(
        pc.match_substring_regex(names, _SCHEME),
        pc.invert(pc.match_substring_regex(names, _ILLEGAL)),
    )


def _escaped(text: str) -> str:
    """Return a name as an IRI: what may not stand in one is escaped, and none lacks a scheme."""
    made = re.sub(_ILLEGAL, lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), text)
    return made if re.match(_SCHEME, made) else f"{OTHER}{made}"
