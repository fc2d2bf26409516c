"""Writing the merged statements as N-Quads: `graph.nq`, where nothing denied or hedged stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.merging.buckets import append
from studyclaims.merging.negation import denies_sql
from studyclaims.merging.sql import fill, literal, literals
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.merging.engine import Engine

LINKED: Final = f"{BASE}graph/merge/links"
"""The graph that says which ids are one thing."""

CANONICAL: Final = f"{BASE}graph/merge/canonical"
"""The graph of statements that read otherwise once ids are replaced by canonical ones."""

_EXACT: Final = "http://www.w3.org/2004/02/skos/core#exactMatch"
_LINES: Final = r"""
    copy (
        select @subject || ' <' || coalesce(np.iri, p) || '> ' || @object || @graph || ' .'
        from (@rows) as r
        left join names as ns on ns.id = s
        left join names as np on np.id = p
        left join names as no on no.id = o and o_kind = 'iri'
        left join names as ng on ng.id = g
        where @plain
    ) to @target (format csv, header false, delimiter '\x01', quote '', escape '')
"""
_CHANGED: Final = """
    select distinct coalesce(a.canonical, s) as s, p, coalesce(b.canonical, o) as o,
        o_kind, datatype, lang, '@canonical' as g, more
    from read_parquet(@read) as r
    left join nanopubs as n on n.g = r.g
    left join leaders as a on a.id = s
    left join leaders as b on b.id = o and o_kind = 'iri'
    where n.g is null and (a.id is not null or b.id is not null)
"""
_LINKS: Final = r"""
    copy (
        select '<' || one || '> <@exact> <' || other || '> <@graph> .' from (
            select l.id, coalesce(a.iri, l.id) as one, coalesce(b.iri, canonical) as other
            from leaders as l left join names as a on a.id = l.id
            left join names as b on b.id = canonical
        ) where one <> other order by id
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


def write_graph(db: Engine, folder: Path, *, rewrite: bool) -> int:
    """Write ``graph.nq``; return how many statements may not stand there as plain triples.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.engine import engine
    >>> with TemporaryDirectory() as name, engine(Path(name)) as db:
    ...     write_graph(db, Path(name), rewrite=False)
    0

    The tables that `studyclaims.merging.names.link_names` makes must be there.
    """
    parts = folder / "statements"
    if not parts.is_dir():
        return 0
    read = literal(parts / "*.parquet")
    pieces = [folder / ".plain.nq"]
    _write_lines(db, fill("select * from read_parquet(@read)", read=read), pieces[0])
    if not rewrite:
        pieces += [folder / ".canonical.nq", folder / ".links.nq"]
        _write_lines(db, fill(_CHANGED, read=read, canonical=CANONICAL), pieces[1])
        # A CURIE is no name in a graph: it stands there as the IRI that it becomes.
        db.rows(_LINKS, exact=_EXACT, graph=LINKED, target=literal(pieces[2]))
    with (folder / "graph.nq").open("wb") as file:
        for piece in pieces:
            append(piece, file.fileno())
    return db.count(
        "select count(*) from read_parquet(@read) where not (@plain)", read=read, plain=_PLAIN
    )


def _write_lines(db: Engine, rows: str, target: Path) -> None:
    """Write rows of the statement table as N-Quads, but for those that are no plain triples."""
    db.rows(
        _LINES,
        subject=_node("s", "ns"),
        object="case o_kind when 'iri' then '<' || coalesce(no.iri, o) || '>'"
        f" when 'literal' then {_TEXT} else o end",
        graph=f"case when g = '' then '' else ' ' || {_node('g', 'ng')} end",
        rows=rows,
        plain=_PLAIN,
        target=literal(target),
    )


def _node(x: str, named: str) -> str:
    """Return how the name of a thing is written, blank or not."""
    return f"case when {x}[1:2] = '_:' then {x} else '<' || coalesce({named}.iri, {x}) || '>' end"


_ESCAPED: Final = (
    r"replace(replace(replace(replace(o, '\', '\\'), '"
    '"'
    r"', '\"'), chr(10), '\n'), chr(13), '\r')"
)
_TEXT: Final = (
    "'\"' || " + _ESCAPED + " || '\"' || case when lang <> '' then '@' || lang"
    " when datatype <> '' then '^^<' || datatype || '>' else '' end"
)
