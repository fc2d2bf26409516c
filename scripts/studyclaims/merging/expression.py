"""The merge of tables once more, as an expression of Ibis that an engine on a cluster can run.

The merge on one machine is written by hand for DuckDB, and is what decides: tests hold that this
gives the same rows. It reads nothing and writes nothing. Ibis turns it into what an engine is
asked, so that a cluster, which is there already, merges what is on it already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import QueryError
from studyclaims.merging.roles import (
    FROM,
    KEY,
    LEAST,
    LIST,
    MERGED_FROM,
    NAME,
    ORIGINAL,
    SYNONYM,
    Column,
    columns_of,
)
from studyclaims.merging.table import NANOPUB_PARTS, PROPERTY, SAID, STATEMENT, TOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ibis import Table, Value

NEEDED: Final = {
    "statements": STATEMENT,
    "properties": PROPERTY,
    "edges": ("subject", "predicate", "object", "source", "record"),
    "nodes": ("id", "source", "record"),
}
"""Each kind of table that can be merged, and the columns that it must have."""

_LEADERS: Final = ("id", "canonical")
_BETWEEN: Final = "|"
_SPLIT: Final = "[|]"
"""An expression, for Spark takes the text that it splits at for one, whatever it is asked."""


def merged(
    kind: str, rows: Table, leaders: Table | None = None, *, frozen: Iterable[str] = ()
) -> Table:
    """Return the expression of a merged table: each row once, with all of its origins.

    >>> import ibis
    >>> names = ("id", "subject", "predicate", "object", "source", "record")
    >>> rows = ibis.table(dict.fromkeys(names, "string"), name="rows")
    >>> merged("edges", rows).columns
    ('id', 'subject', 'predicate', 'object', 'merged_from')
    >>> leaders = ibis.table({"id": "string", "canonical": "string"}, name="leaders")
    >>> merged("edges", rows, leaders).columns[4:]
    ('original_subject', 'original_object', 'merged_from')

    Args:
        kind: statements, properties, edges or nodes.
        rows: those of all sources. Of statements and properties, as
            `studyclaims.merging.table` has them and a merge keeps them in ``tables``. Of edges and
            nodes, the columns of KGX, where what is empty is null, and two of ours: the ``source``,
            and the ``record`` that a row is there, where it has no ``id``; in nodes that is null.
        leaders: each ``id`` that is replaced, once, and its ``canonical`` one; none are without.
        frozen: the graphs in which no id is replaced, beside those of nanopublications.

    Raises:
        QueryError: the kind is unknown, or a column is missing or holds no text.
    """
    if kind not in NEEDED:
        raise QueryError(f"found {kind!r}; expected one of {', '.join(NEEDED)}")
    rows = _texts(kind, rows, NEEDED[kind], whole=kind in ("edges", "nodes"))
    if leaders is not None:
        leaders = _texts("leaders", leaders, _LEADERS)
    if kind == "statements":
        return _statements(rows, leaders, frozen)
    return _properties(rows, leaders) if kind == "properties" else _kgx(kind, rows, leaders)


def _texts(what: str, table: Table, needed: Sequence[str], *, whole: bool = False) -> Table:
    """Return the columns that are needed, or the whole table; all must be texts."""
    missing = [name for name in needed if name not in table.columns]
    if missing:
        found = ", ".join(map(repr, table.columns))
        raise QueryError(f"{what}: found the columns {found}; expected also {', '.join(missing)}")
    table = table if whole else table.select(*needed)
    types = table.schema()
    other = [f"{name} ({it})" for name, it in types.items() if not it.is_string()]
    if other:
        remedy = "read all columns as text, so that nothing is spelled anew"
        raise QueryError(f"{what}: expected text; found {', '.join(other)}; {remedy}")
    return table


def _statements(rows: Table, leaders: Table | None, frozen: Iterable[str]) -> Table:
    columns = [Column(name, KEY, name, name) for name in SAID]
    columns.append(Column(MERGED_FROM, LIST, MERGED_FROM, MERGED_FROM))
    if leaders is not None:
        rows = _rewritten_statements(rows, leaders, frozen)
        columns += [Column(name, LIST, name, name) for name in ("original_s", "original_o")]
    origin = _origin(rows.source, rows.source_record)
    return _named(_grouped(rows.mutate(**{MERGED_FROM: origin}), columns), columns)


def _rewritten_statements(rows: Table, leaders: Table, frozen: Iterable[str]) -> Table:
    import ibis

    signs = rows.filter(rows.p.isin(NANOPUB_PARTS))
    signed = signs.select(signed=signs.g).union(signs.select(signed=signs.o)).distinct()
    rows = rows.left_join(signed, rows.g == signed.signed)
    free = rows.signed.isnull()
    fixed = sorted(frozen)
    if fixed:
        free &= rows.g.notin(fixed)
    rows = _led(rows, leaders, s=free, o=free & (rows.o_kind == "iri"))
    return rows.mutate(
        s=ibis.coalesce(rows.led_s, rows.s),
        o=ibis.coalesce(rows.led_o, rows.o),
        original_s=ibis.ifelse(rows.led_s.notnull(), rows.s, ""),
        original_o=ibis.ifelse(rows.led_o.notnull(), rows.o, ""),
    )


def _properties(rows: Table, leaders: Table | None) -> Table:
    import ibis

    columns = [Column(name, KEY, name, name) for name in TOLD]
    columns.append(Column(MERGED_FROM, LIST, MERGED_FROM, MERGED_FROM))
    if leaders is None:
        return _named(_grouped(rows.mutate(**{MERGED_FROM: rows.source}), columns), columns)
    rows = _led(rows, leaders, id=True)
    made = {"id": ibis.coalesce(rows.led_id, rows.id), MERGED_FROM: _origin(rows.source, rows.id)}
    return _named(_grouped(rows.mutate(**made), columns), columns)


def _kgx(kind: str, rows: Table, leaders: Table | None) -> Table:
    ours = {"source", "record"}
    header = [name for name in rows.columns if name not in ours]
    columns = columns_of(kind, [header], rewrite=leaders is not None)
    at = {column.name: column.inside for column in columns}
    # No name in the data can be one of ours here, nor differ from another by its case alone.
    rows = rows.select(
        **{it.inside: rows[it.name] if it.name in header else _nothing() for it in columns},
        source=rows.source,
        record=rows.record,
    )
    if leaders is not None:
        rows = (_rewritten_edges if kind == "edges" else _rewritten_nodes)(rows, leaders, at)
    record = rows.record.coalesce(rows[at["id"]]).coalesce("")
    made = rows[at[MERGED_FROM]].coalesce(_origin(rows.source, record))
    return _named(_grouped(rows.mutate(**{at[MERGED_FROM]: made}), columns), columns)


def _rewritten_edges(rows: Table, leaders: Table, at: dict[str, str]) -> Table:
    import ibis

    rows = _led(rows, leaders, **{at[end]: True for end in ORIGINAL})
    made: dict[str, Value] = {}
    for end, original in ORIGINAL.items():
        own, canonical, earlier = rows[at[end]], rows[f"led_{at[end]}"], rows[at[original]]
        # What an earlier merge put there is what the id was at first.
        was = ibis.ifelse(canonical.notnull(), own, ibis.null("string"))
        made |= {at[end]: canonical.coalesce(own), at[original]: earlier.coalesce(was)}
    return rows.mutate(**made)


def _rewritten_nodes(rows: Table, leaders: Table, at: dict[str, str]) -> Table:
    import ibis

    rows = _led(rows, leaders, **{at["id"]: True})
    own, canonical = rows[at["id"]], rows[f"led_{at['id']}"]
    was = ibis.ifelse(canonical.notnull(), own, ibis.null("string"))
    return rows.mutate(**{at["id"]: canonical.coalesce(own)}, record=was)


def _led(rows: Table, leaders: Table, **ends: Any) -> Table:  # noqa: ANN401
    """Return rows with a column ``led_`` and its name for each end: its canonical id, or null.

    An end's value says in which rows it may be replaced.
    """
    conditions = {f"may_{end}": where for end, where in ends.items()}
    rows = rows.mutate(**conditions)
    for end in ends:
        them = leaders.select(**{f"id_{end}": leaders.id, f"led_{end}": leaders.canonical})
        rows = rows.left_join(them, [rows[end] == them[f"id_{end}"], rows[f"may_{end}"]])
    return rows.drop(*conditions, *(f"id_{end}" for end in ends))


def _grouped(rows: Table, columns: Sequence[Column]) -> Table:
    """Return rows that are equal in the keys as one; how, the roles of other columns say."""
    by = [column.inside for column in columns if column.role == KEY]
    name = next((rows[column.inside] for column in columns if column.role == NAME), None)
    gathered: dict[str, Value] = {}
    for column in columns:
        own = column.inside
        if column.role != KEY:
            gathered |= {f"least_{own}": rows[own].min(), f"most_{own}": rows[own].max()}
        if column.role in (LIST, FROM, SYNONYM):
            gathered[f"all_{own}"] = rows[own].group_concat(_BETWEEN)
    if name is not None:
        gathered["name"] = name.min(where=rows.record.isnull()).coalesce(name.min())
        gathered["names"] = name.collect(distinct=True)
    return rows.group_by(by).aggregate(**gathered)


def _named(groups: Table, columns: Sequence[Column]) -> Table:
    """Return each column made of what was gathered, by its name in the data."""
    make: dict[str, Callable[[Table, Column], Value]] = {
        KEY: lambda it, column: it[column.inside],
        LEAST: lambda it, column: it[f"least_{column.inside}"],
        LIST: _list,
        FROM: _list,
        NAME: lambda it, _: it.name,
        SYNONYM: _synonym,
    }
    name = next((column.inside for column in columns if column.role == NAME), None)
    if name is not None:
        least, most = groups[f"least_{name}"], groups[f"most_{name}"]
        groups = groups.mutate(one_name=least.identical_to(most))
    return groups.select(**{column.name: make[column.role](groups, column) for column in columns})


def _list(groups: Table, column: Column) -> Value:
    """Return all values in their order, each once; one that is alone stays as it is."""
    import ibis

    own = column.inside
    least, most = groups[f"least_{own}"], groups[f"most_{own}"]
    each = groups[f"all_{own}"].re_split(_SPLIT).unique().sort().join(_BETWEEN)
    return ibis.ifelse(least == most, least, each)


def _synonym(groups: Table, column: Column) -> Value:
    """Return all names and synonyms but the name that was chosen."""
    import ibis

    own = column.inside
    least, most = groups[f"least_{own}"], groups[f"most_{own}"]
    none = ibis.literal([], type="array<string>")
    said = groups[f"all_{own}"].re_split(_SPLIT).coalesce(none)
    every = said.concat(groups.names.coalesce(none)).unique()
    others = every.filter(lambda it: ~it.identical_to(groups.name)).sort().join(_BETWEEN)
    return ibis.ifelse(groups.one_name & (least == most), least, others.nullif(""))


def _origin(source: Value, record: Value) -> Value:
    return source.concat(" ", record.replace(_BETWEEN, "%7C"))


def _nothing() -> Value:
    import ibis

    return ibis.null("string")
