"""Triple terms of RDF 1.2: how a table holds them, and how they are taken apart.

A row of the statement table whose ``o_kind`` is triple has the term as N-Triples has it, so one
term is one text. By ``rdf:reifies`` a reifier tells of it: this is what ``<< s p o >>`` and
``{| … |}`` in Turtle stand for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Triple

from studyclaims.merging.sql import fill, literal
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

REIFIES: Final = expand("rdf:reifies")
"""By this, a reifier tells of a triple term."""

KIND: Final = "triple"
"""The ``o_kind`` of a triple term."""

_TERM: Final = r"^<<\( (<[^<>]*>|_:[^ ]+) <([^<>]*)> (.*) \)>>$"
_PARTS: Final = r"""
    select @kept, case when it.a[1] = '<' then it.a[2:-2] else it.a end as s, it.b as p,
        case it.c[1] when '<' then case when it.c[2] = '<' then it.c else it.c[2:-2] end
            when '"' then coalesce(
                try_cast(regexp_extract(it.c, '"(?:[^"\\]|\\.)*"') as json) ->> '$', it.c)
            else it.c end as o,
        it.c[1] = '"' as is_text, it.c[1] = '<' and it.c[2] <> '<' and it.a[1] = '<' as is_iri
    from (
        select @kept, regexp_extract(@term, @form, ['a', 'b', 'c']) as it from (@rows)
    ) where it.b <> ''
"""


def triple_text(term: Triple, text_of: Callable[[object], str]) -> str:
    """Return a triple term as N-Triples has it; ``text_of`` says how other terms are written.

    >>> from pyoxigraph import NamedNode
    >>> it = NamedNode("x:a")
    >>> triple_text(Triple(it, it, Triple(it, it, it)), str)
    '<<( <x:a> <x:a> <<( <x:a> <x:a> <x:a> )>> )>>'
    """
    heads: list[str] = []
    it: object = term
    # As many as a line may hold are more than Python's calls may be deep.
    while isinstance(it, Triple):
        heads.append(f"<<( {text_of(it.subject)} {text_of(it.predicate)} ")
        it = it.object
    return "".join(heads) + text_of(it) + " )>>" * len(heads)


def parts_sql(rows: str, term: str, kept: Sequence[str]) -> str:
    """Return a text of DuckDB that takes triple terms apart: ``s``, ``p``, ``o``, and of what kind.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     db.rows(parts_sql("select 1 as n, '<<( _:a <x:b> <x:c> )>>' as t", "t", ["n"]))
    [(1, '_:a', 'x:b', 'x:c', False, False)]

    The last two say whether the object is a text, and whether both ends are IRIs.

    Args:
        rows: a text of DuckDB that stands for a table.
        term: its column of triple terms, as N-Triples has them.
        kept: its other columns that are kept.
    """
    return fill(_PARTS, rows=rows, term=term, form=literal(_TERM), kept=", ".join(kept))
