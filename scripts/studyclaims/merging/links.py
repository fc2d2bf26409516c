"""What the ids in the data become, out of what mappings say is one thing.

`studyclaims.merging.equivalence` finds the cliques; here its answer is brought to the ids as the
sources spell them, and written where DuckDB joins it with the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from studyclaims.merging.negation import ASSERTED, TOLD, denies_sql
from studyclaims.merging.quoted import KIND, REIFIES, parts_sql
from studyclaims.merging.sql import fill, literal, literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.equivalence import Cliques

LEADERS: Final = "leaders"
"""The table of the ids that have another canonical one: ``id``, ``canonical``."""

_WHOLE: Final = frozenset({"http", "https", "obo"})
"""What stands before a colon where the prefix is what stands further on."""

FILE: Final = "links.sssom.tsv"
"""The same as a table of mappings."""

_MAPPED: Final = "mapped"
_WRITTEN: Final = r"""
    copy (
        select id as subject_id, 'skos:exactMatch' as predicate_id, canonical as object_id,
            'semapv:MappingChaining' as mapping_justification
        from leaders order by id
    ) to @target (format csv, delimiter '\t', header, quote '', escape '')
"""
_DENIED: Final = """
    with told as (
        select s, p, o, o_kind, source_record, map(@names, @parts)[p] as part
        from read_parquet(@rows) where list_contains(@names, p)
    ), quoted as (@terms), denied as (
        select s, min(source_record) as source_record from told group by s
        having bool_or(p = @asserted or (part = 'denied' and @denies))
    )
    select distinct a.o as subject, b.o as predicate, c.o as object, d.source_record
    from denied as d
    join told as a on a.s = d.s and a.part = 's' and a.o_kind = 'iri'
    join told as b on b.s = d.s and b.part = 'p' and list_contains(@exact, b.o)
    join told as c on c.s = d.s and c.part = 'o' and c.o_kind = 'iri'
    union all
    select s, p, o, source_record from quoted
    where list_contains(@exact, p) and is_iri
        and exists (select 1 from told where told.s = node and part = 'denied' and @denies)
    order by all
"""
_COMMON: Final = """
    select split_part(id, ':', 1) as prefix from (select id from @table limit 2000)
    where contains(id, ':') group by prefix order by count(*) desc, prefix limit 8
"""
_FIRST: Final = "select distinct split_part(id, ':', 1) from @table where not (@plain)"
_TERMS: Final = """
    select s as node, source_record, o as term from read_parquet(@rows)
    where p = @reifies and o_kind = @kind
"""


@dataclass(slots=True)
class Links:
    """What ids become, and what was refused."""

    leader: dict[str, str] = field(default_factory=dict)
    """Each id, as a source spells it, that has another canonical one, and that."""

    refused: list[dict[str, Any]] = field(default_factory=list)
    is_made: bool = False
    """Whether the table of leaders is there, of ids that are too many to be kept here."""


def denied_matches(db: Engine, tables: Sequence[Path], source: str) -> pa.RecordBatch:
    """Return the exact matches that a graph tells of and denies, as rows of the mapping table.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     denied_matches(db, [], "a").num_rows
    0

    Args:
        db: the engine.
        tables: the graph as Parquet files of the statement table.
        source: what the graph is called.
    """
    import pyarrow as pa

    from studyclaims.merging.identity import CLOSE
    from studyclaims.merging.readers.reading import EXACT
    from studyclaims.merging.table import MAPPING, schema

    known = {"rows": literals(tables), "reifies": literal(REIFIES), "kind": literal(KIND)}
    terms = fill(_TERMS, **known)
    found = (
        []
        if not tables
        else db.rows(
            _DENIED,
            rows=literals(tables),
            terms=parts_sql(terms, "term", ("node", "source_record")),
            names=literals(TOLD),
            parts=literals(TOLD.values()),
            exact=literals(sorted(EXACT | CLOSE)),
            asserted=literal(ASSERTED),
            denies=denies_sql("o"),
        )
    )
    rows = [
        dict(zip(MAPPING, (s, p, o, True, source, record), strict=True))
        for s, p, o, record in found
    ]
    return pa.RecordBatch.from_pylist(rows, schema=schema(MAPPING))


def mapped_ids(batches: Iterable[pa.RecordBatch]) -> set[str]:
    """Return all ids in mappings, as they are spelled there.

    >>> mapped_ids([])
    set()
    """
    columns = ("subject", "object")
    return {it for batch in batches for name in columns for it in batch.column(name).to_pylist()}


def find_links(
    batches: Sequence[pa.RecordBatch],
    ids: Iterable[str],
    categories: Mapping[str, Iterable[str]] | None = None,
    style: str = "biolink",
) -> Links:
    """Return what ids become by some mappings.

    >>> find_links([], ["MSH:D010024", "x:1"]).leader
    {'MSH:D010024': 'MESH:D010024'}

    Args:
        batches: rows of the table of mappings.
        ids: the ids in the data, as they are spelled there.
        categories: the Biolink categories of ids, where they are known.
        style: how canonical ids are spelled, as for `studyclaims.merging.curies.canonical`.
    """
    import pyarrow as pa

    from studyclaims.merging.equivalence import cliques

    found = cliques(batches, None, categories)
    every = pa.array(sorted({*ids, *mapped_ids(batches)}), pa.string())
    columns = (column.to_pylist() for column in leaders(found, every, style).columns)
    return Links(dict(zip(*columns, strict=True)), [it.to_dict() for it in found.refused])


def leaders(found: Cliques, ids: pa.Array, style: str) -> pa.Table:
    """Return those of some ids that have another canonical one, as they are spelled, and that.

    >>> import pyarrow as pa
    >>> from studyclaims.merging.equivalence import Cliques
    >>> leaders(Cliques(), pa.array(["MSH:D1", "x:1"]), "biolink").to_pylist()
    [{'id': 'MSH:D1', 'canonical': 'MESH:D1'}]
    """
    import pyarrow.compute as pc

    from studyclaims.merging.curies import canonical_ids

    table = found.table(ids)
    table = table.set_column(1, "canonical", canonical_ids(table["canonical"], style))
    return table.filter(pc.not_equal(table["id"], table["canonical"]))


def give_leaders(db: Engine, links: Links, folder: Path) -> None:
    """Write the links into a folder, and make the table of leaders.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     give_leaders(db, Links({"MSH:1": "MESH:1"}), Path(name))
    ...     db.rows("select * from leaders")
    [('MSH:1', 'MESH:1')]
    """
    if not links.leader:
        if not links.is_made:
            db.rows("create or replace table leaders (id varchar, canonical varchar)")
    else:
        # Its import takes as long as uniting a hundred thousand lines.
        import pyarrow as pa

        ids, named = list(links.leader), list(links.leader.values())
        columns = {"id": pa.array(ids, pa.string()), "canonical": pa.array(named, pa.string())}
        db.take(LEADERS, pa.table(columns))
    db.rows(_WRITTEN, target=literal(folder / FILE))


def odd_prefixes(prefixes: Iterable[str]) -> list[str]:
    """Return those prefixes that are not spelled as all others spell them.

    >>> odd_prefixes(["mesh", "MESH", "x"])
    ['mesh']
    """
    from studyclaims.merging.curies import canonical

    return sorted(
        it
        for it in prefixes
        if it and (it.casefold() in _WHOLE or canonical(f"{it}:0") != f"{it}:0")
    )


def _plain(db: Engine, table: str) -> str:
    """Return the condition that an id has one of the commonest prefixes that are as they should be.

    To compare ids so is several times as fast as to cut out the prefix of each.
    """
    common = [it for (it,) in db.rows(_COMMON, table=table) if it]
    odd = odd_prefixes(common)
    # The sign that comes next to the colon is the semicolon.
    bounds = [(literal(f"{it}:"), literal(f"{it};")) for it in common if it not in odd]
    return " or ".join(f"(id >= {low} and id < {high})" for low, high in bounds) or "false"


def chosen_ids(
    db: Engine, tables: Sequence[str], batches: Sequence[pa.RecordBatch]
) -> list[tuple[str, str]]:
    """Return the ids in some tables that may become another one, each with its categories.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     chosen_ids(db, ["(select 'MSH:1' as id, 'biolink:Disease' as category)"], [])
    [('MSH:1', 'biolink:Disease')]

    Args:
        db: the engine.
        tables: texts of DuckDB that stand for tables with the columns ``id`` and ``category``.
        batches: rows of the table of mappings.
    """
    import pyarrow as pa

    from studyclaims.merging.curies import canonical_ids

    ids = pa.array(sorted(mapped_ids(batches)), pa.string())
    # What is mapped by another spelling may stand in the data by this one.
    ids = pa.array(sorted({*ids.to_pylist(), *canonical_ids(ids).to_pylist()}), pa.string())
    db.take(_MAPPED, pa.table({"id": ids}))
    rows: list[tuple[str, str]] = []
    for table in tables:
        known = {"table": table, "plain": _plain(db, table)}
        odd = odd_prefixes(it for (it,) in db.rows(_FIRST, **known) if it is not None)
        if not odd and not len(ids):
            continue
        rows += db.rows(
            "select distinct id, coalesce(category, '') from @table where"
            " id in (select id from mapped) or list_contains(@odd, split_part(id, ':', 1))",
            table=table,
            odd=f"{literals(odd)}::varchar[]",
        )
    return rows
