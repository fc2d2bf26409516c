"""Triples that a source writes only to tell of them, and to deny them, are marked as denied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from studyclaims.merging.lines import object_row
from studyclaims.merging.negation import DENYING, OPPOSED, TOLD, denies_sql
from studyclaims.merging.quoted import KIND, REIFIES
from studyclaims.merging.sql import literal, literals
from studyclaims.merging.table import NANOPUB_PARTS, SAID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from studyclaims.merging.engine import Engine

_TOLD: Final = {name: part for name, part in TOLD.items() if name not in {*OPPOSED, *DENYING}}
_COLUMNS: Final = ("s", "p", "o", "o_kind", "datatype", "lang")
_NODES: Final = """
    create or replace temp table denying as
    select distinct s from read_parquet(@rows)
    where list_contains(@negated, p) and @denies
"""
_TERMS: Final = """
    select distinct o from read_parquet(@rows)
    where p = @reifies and o_kind = @kind and s in (select s from denying)
"""
_PARTS: Final = """
    create or replace temp table parts as
    select s, map(@names, @parts)[p] as part, o, o_kind, datatype, lang
    from read_parquet(@rows)
    where list_contains(@names, p) and s in (select s from denying)
"""
_TEXTS: Final = "select distinct o from parts where o_kind = 'literal'"
_UNSAID: Final = """
    create or replace temp table unsaid as
    with told as (
        select * from parts union
        select s, part, iri, 'iri', '', '' from parts join spelled on spelled.id = parts.o
        where o_kind = 'literal'
    )
    select a.o as s, b.o as p, c.o as o, c.o_kind, c.datatype, lower(c.lang) as lang
    from told as a join told as b on b.s = a.s join told as c on c.s = a.s
    where a.part = 's' and b.part = 'p' and c.part = 'o'
    union select @columns from terms
"""
_SIGNED: Final = """
    create or replace temp table signed as
    select distinct unnest([g, o]) as g from read_parquet(@rows) where list_contains(@parts, p)
"""
_IS_UNSAID: Final = """
    exists (
        select 1 from unsaid as u where u.s = r.s and u.p = r.p and u.o = r.o
        and u.o_kind = r.o_kind and u.datatype = r.datatype and u.lang = lower(r.lang)
    ) and not exists (select 1 from signed where signed.g = r.g and r.g <> '')
"""
_COUNT: Final = "select count(*) from read_parquet(@rows) as r where @unsaid"
_MARKED: Final = """
    copy (
        select hash(@said) as k, * from (
            select * exclude (k) replace (case when @unsaid then
                json_merge_patch(coalesce(nullif(more, ''), '{}'), '{"negated":true}')::varchar
                else more end as more)
            from read_parquet(@rows) as r
        )
    ) to @target (format parquet, compression lz4_raw)
"""


def mark_denied(db: Engine, tables: Sequence[Path]) -> int:
    r"""Mark the statements of a source that it writes to tell of them and to deny them; count them.

    What ``s p o {| biolink:negated true |}`` in Turtle says is no; the triple stands there because
    there is no other way to write it. So it gets ``negated`` in ``more``, as a denied row of any
    table has it. In the graphs of nanopublications nothing is changed: they may be signed.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> from studyclaims.merging.lines import read_lines
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     file = Path(name, "a.nt")
    ...     lines = ("<x:a> <x:b> <x:c> .", f"_:r <{REIFIES}> <<( <x:a> <x:b> <x:c> )>> .")
    ...     no = '_:r <https://w3id.org/biolink/vocab/negated> "true" .'
    ...     written = file.write_text("\n".join((*lines, no)))
    ...     mark_denied(db, read_lines(db, file, "a", Path(name))[0])
    1

    Args:
        db: the engine.
        tables: the statements of one source, as Parquet files of the statement table.
    """
    if not tables:
        return 0
    rows = literals(tables)
    db.rows(_NODES, rows=rows, negated=literals(DENYING), denies=denies_sql("o"))
    if not db.count("select count(*) from denying"):
        return 0
    _find_unsaid(db, rows)
    marked = 0
    for path in tables:
        found = db.count(_COUNT, rows=literals([path]), unsaid=_IS_UNSAID)
        if found:
            marked += found
            target = path.with_name(f".{path.name}")
            known = {"said": ", ".join(SAID), "unsaid": _IS_UNSAID, "target": literal(target)}
            with db.in_order():
                db.rows(_MARKED, rows=literals([path]), **known)
            target.replace(path)
    return marked


def _find_unsaid(db: Engine, rows: str) -> None:
    """Make the tables of triples that are denied, however told of, and of signed graphs."""
    import pyarrow as pa

    from studyclaims.merging.curies import canonical_ids

    found = db.rows(_TERMS, rows=rows, reifies=literal(REIFIES), kind=literal(KIND))
    terms = [_row(text) for (text,) in found]
    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    db.take("terms", pa.Table.from_pylist(terms, schema=schema))
    names, parts = literals(_TOLD), literals(_TOLD.values())
    db.rows(_PARTS, rows=rows, names=names, parts=parts)
    # As Biolink has them, the parts are CURIEs, and many write those as texts.
    texts = pa.array(sorted(text for (text,) in db.rows(_TEXTS)), pa.string())
    db.take("spelled", pa.table({"id": texts, "iri": canonical_ids(texts, "iri")}))
    db.rows(_UNSAID, columns=", ".join(_COLUMNS))
    db.rows(_SIGNED, rows=rows, parts=literals(NANOPUB_PARTS))


def _row(text: str) -> dict[str, str]:
    """Return a triple term, as a table has it, as a statement of that table."""
    (quad,) = parse(f"<x:a> <x:b> {text} .", format=RdfFormat.N_QUADS)
    term = quad.object
    assert isinstance(term, Triple)  # noqa: S101 - the table says so
    row = {"s": _name(term.subject), "p": _name(term.predicate), **object_row(term.object, _name)}
    return row | {"lang": row["lang"].lower()}


def _name(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)
