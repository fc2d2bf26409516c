"""Writing the merged statements as N-Quads: `graph.nq`, where nothing denied or hedged stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from studyclaims.merging.buckets import append
from studyclaims.merging.names import SAID
from studyclaims.merging.negation import denies_sql
from studyclaims.merging.roles import MERGED_FROM
from studyclaims.merging.sql import fill, literal, literals
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from studyclaims.merging.engine import Engine

LINKED: Final = f"{BASE}graph/merge/links"
"""The graph that says which ids are one thing."""

CANONICAL: Final = f"{BASE}graph/merge/canonical"
"""The graph of statements that read otherwise once ids are replaced by canonical ones."""

_EXACT: Final = "http://www.w3.org/2004/02/skos/core#exactMatch"
_LINES: Final = r"""
    copy (
        select @line from (@rows) as r
        left join names as ns on ns.id = s
        left join names as np on np.id = p
        left join names as no on no.id = o and o_kind = 'iri'
        left join names as ng on ng.id = g
        where @plain
    ) to @target (format csv, header false, delimiter '\x01', quote '', escape '')
"""
_CHANGED: Final = """
    select coalesce(a.canonical, ns.iri, s) as s, coalesce(np.iri, p) as p,
        coalesce(b.canonical, no.iri, o) as o,
        o_kind, datatype, lang, '@canonical' as g, more,
        bool_or(by_graph) as by_graph, bool_or(by_table) as by_table
    from (@rows) as r
    left join nanopubs as n on n.g = r.g
    left join leaders as a on a.id = s
    left join leaders as b on b.id = o and o_kind = 'iri'
    left join names as ns on ns.id = s and ns.is_legal and by_graph
    left join names as np on np.id = p and np.is_legal and by_graph
    left join names as no on no.id = o and no.is_legal and by_graph and o_kind = 'iri'
    where n.g is null and coalesce(a.id, b.id, ns.id, np.id, no.id) is not null
    group by all
"""
_ROWS: Final = """
    select *, @by_graph as by_graph, @by_table as by_table from read_parquet(@read)
"""
_FROZEN: Final = "g in (select g from nanopubs)"
_LINKS: Final = r"""
    copy (
        select '<' || one || '> <@exact> <' || other || '> <@graph> .' from (
            select l.id, coalesce(a.iri, l.id) as one, coalesce(b.iri, canonical) as other
            from leaders as l left join names as a on a.id = l.id
            left join names as b on b.id = canonical
            union all
            select a.id, a.id, coalesce(b.iri, canonical, a.iri)
            from names as a semi join (@said) as said on said.id = a.id
            left join leaders as l on l.id = a.id
            left join names as b on b.id = canonical
            where a.is_legal
        ) where one <> other order by id, one
    ) to @target (format csv, header false, delimiter '\x01', quote '', escape '')
"""
_SAYS: Final = "json_extract_string(nullif(more, ''), '$.@name')"
_RELATED: Final = ("biolink:related_to", expand("biolink:related_to"))
_PLAIN: Final = fill(
    """
    not @denied
    and coalesce(regexp_extract(@stance, '[^:/#]*$') in ('', 'supports'), true)
    and not (@is_related and (@stance is not null or coalesce(@meant, '') like 'sc:%'))
    """,
    denied=denies_sql(fill(_SAYS, name="negated")),
    stance=fill(_SAYS, name="sc_stance"),
    is_related=f"list_contains({literals(_RELATED)}, p)",
    meant=fill(_SAYS, name="original_predicate"),
)
"""Whether a statement is a triple: whoever reads one takes it for a yes.

What its source denies is none. Neither is a claim of ours that does not support what it is about,
or that is hedged or told of: as a table of KGX, it reads as if it said that two things are related.
"""


def write_graph(db: Engine, folder: Path, kinds: Mapping[str, bool], *, rewrite: bool) -> int:
    """Write ``graph.nq``; return how many statements may not stand there as plain triples.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     write_graph(db, Path(name), {}, rewrite=False)
    0

    The tables that `studyclaims.merging.names.link_names` makes must be there. The ids of tables
    become IRIs; the names in RDF are IRIs already, and stand as its sources have them.

    Args:
        db: the engine.
        folder: where the merge is made.
        kinds: each source, and whether it is RDF.
        rewrite: whether the statements have canonical ids.
    """
    parts = folder / "statements"
    if not parts.is_dir():
        return 0
    read = literal(parts / "*.parquet")
    pieces = [folder / ".plain.nq"]
    by_graph, by_table = (_said_by(kinds, is_graph=it) for it in (True, False))
    said = fill(SAID, rows=read, chosen=by_graph)
    if rewrite and by_graph != "false":
        # What is rewritten is in the words of this package; nanopublications are not.
        by_graph = f"({by_graph} and {_FROZEN})"
        by_table = f"({by_table} or not {_FROZEN})" if by_table != "false" else f"not {_FROZEN}"
    rows = fill(_ROWS, read=read, by_graph=by_graph, by_table=by_table)
    line = _WRITTEN.get((by_graph, by_table), _BOTH)
    _write_lines(db, rows, line, pieces[0])
    if not rewrite:
        pieces += [folder / ".canonical.nq", folder / ".links.nq"]
        _write_lines(db, fill(_CHANGED, rows=rows, canonical=CANONICAL), line, pieces[1])
        # A CURIE of a table is no name in a graph: it stands there as the IRI that it becomes.
        db.rows(_LINKS, exact=_EXACT, graph=LINKED, said=said, target=literal(pieces[2]))
    with (folder / "graph.nq").open("wb") as file:
        for piece in pieces:
            append(piece, file.fileno())
    return db.count(
        "select count(*) from read_parquet(@read) where not (@plain)", read=read, plain=_PLAIN
    )


def _said_by(kinds: Mapping[str, bool], *, is_graph: bool) -> str:
    """Return the expression for whether a row is of any source that is RDF, or is not."""
    chosen = sorted(source for source, kind in kinds.items() if kind == is_graph)
    if len(chosen) == len(kinds):
        return "true"
    # Neither a blank nor a bar stands in a source's name, and no bar in what is behind one.
    origin = rf"(?:^|\|)(?:{'|'.join(map(re.escape, chosen))}) "
    return f"regexp_matches({MERGED_FROM}, {literal(origin)})" if chosen else "false"


def _write_lines(db: Engine, rows: str, line: str, target: Path) -> None:
    """Write rows of the statement table as N-Quads, but for those that are no plain triples."""
    db.rows(_LINES, line=line, rows=rows, plain=_PLAIN, target=literal(target))


def _line(*, is_graph: bool) -> str:
    """Return how a row is written that RDF says, or a table."""
    subject, graph = (_node(x, is_graph=is_graph) for x in "sg")
    return (
        f"{subject} || ' <' || {_iri('p', is_graph=is_graph)} || '> ' || case o_kind"
        f" when 'iri' then '<' || {_iri('o', is_graph=is_graph)} || '>'"
        f" when 'literal' then {_TEXT} else o end"
        f" || case when g = '' then '' else ' ' || {graph} end || ' .'"
    )


def _node(x: str, *, is_graph: bool) -> str:
    """Return how the name of a thing is written, blank or not."""
    return f"case when {x}[1:2] = '_:' then {x} else '<' || {_iri(x, is_graph=is_graph)} || '>' end"


def _iri(x: str, *, is_graph: bool) -> str:
    """Return which IRI a name is; of RDF only what rewriting made may be none as it stands."""
    made = f"if(n{x}.is_legal, null, n{x}.iri)" if is_graph else f"n{x}.iri"
    return f"coalesce({made}, {x})"


_ESCAPED: Final = (
    r"replace(replace(replace(replace(o, '\', '\\'), '"
    '"'
    r"', '\"'), chr(10), '\n'), chr(13), '\r')"
)
_TEXT: Final = (
    "'\"' || " + _ESCAPED + " || '\"' || case when lang <> '' then '@' || lang"
    " when datatype <> '' then '^^<' || datatype || '>' else '' end"
)

_WRITTEN: Final = {
    ("true", "false"): _line(is_graph=True),
    ("false", "true"): _line(is_graph=False),
}
_BOTH: Final = fill(
    """
    unnest(case when not by_graph then [@of_table]
        when not by_table or @of_graph = @of_table then [@of_graph]
        else [@of_graph, @of_table] end)
    """,
    of_graph=_line(is_graph=True),
    of_table=_line(is_graph=False),
)
"""The lines of a row that both RDF and tables may say, each in its own words."""
