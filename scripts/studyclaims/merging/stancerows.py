"""Where a merge's voices stand: our own claims, what others deny, and what they state, as texts.

There are three lanes: tables of KGX, here, the statement table and lines of N-Triples, in
`studyclaims.merging.stancegraphs`. Each gives the same columns, so that what is done with them need
not know from where a row comes. The texts are for DuckDB, which reads the files of the merge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from studyclaims.merging.negation import denies_sql
from studyclaims.merging.roles import columns_of
from studyclaims.merging.sql import fill, literal, literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.kgxfiles import KgxFile

OWN: Final = (
    "source", "record", "proposition", "text", "stance", "certainty", "publication", "s", "rel",
    "o",
)  # fmt: skip
"""What a claim of ours says; ``text`` is the key text of its proposition, where that is told."""

OTHER: Final = (
    "source", "record", "s", "p", "o", "publication", "knowledge_source", "q", "qualifiers",
)  # fmt: skip
"""What another statement says; ``q`` are those of its qualifiers without which it says another
thing, ``qualifiers`` are all."""

_NONE: Final = "select @columns where false"
NO_OWN: Final = fill(_NONE, columns=", ".join(f"'' as {name}" for name in OWN))
NO_OTHER: Final = fill(_NONE, columns=", ".join(f"'' as {name}" for name in OTHER))
NO_NAMES: Final = "select '' as id, '' as name where false"

QUALIFIER: Final = "qualified_predicate|qualifiers|[a-z_]+_qualifier"
"""The columns that qualify a statement."""

NARROW: Final = (
    "qualified_predicate|qualifiers|(subject|object)_(activity|aspect|derivative|direction|"
    "form_or_variant|part|process|specialization)_qualifier"
)
"""Those of them without which it says another thing; in others, the context, it may be tested."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Texts of DuckDB for one merge: each stands for a table of the columns that are named."""

    own: str = NO_OWN
    """With the columns `OWN`."""

    denied: str = NO_OTHER
    """What others deny, with the columns `OTHER`."""

    plain: str = NO_OTHER
    """What others state: ``s``, ``p`` and ``o``, and whatever ``split`` needs."""

    split: str = "select * from near"
    """With the columns `OTHER`, out of ``near``: what of ``plain`` may oppose anything."""

    names: str = NO_NAMES
    """What things are called: ``id``, ``name``."""

    canonical: str = "select id, canonical from leaders"
    """What ids become."""

    written: str = NO_OTHER
    """Plain statements that are only written for a claim or a denial told of beside them."""

    style: str = "biolink"
    """How canonical ids are spelled."""


def kgx_lane(db: Engine, files: Mapping[str, Sequence[KgxFile]], folder: Path) -> Lane | None:
    """Return the texts for tables of KGX, or None where nothing in them has a stance.

    >>> from pathlib import Path
    >>> from studyclaims.merging.engine import engine
    >>> with engine(Path("spill")) as db:
    ...     kgx_lane(db, {}, Path("merged")) is None
    True

    Args:
        db: the engine.
        files: the tables of edges and of nodes.
        folder: where the merge is written.
    """
    at = {kind: _columns(files.get(kind, ())) for kind in ("edges", "nodes")}
    rows = {
        kind: _read(folder / "tables" / kind / f"{it.source}.parquet" for it in files.get(kind, ()))
        for kind in at
    }
    edges, nodes = at["edges"], at["nodes"]
    own = []
    if {"sc_stance", "sc_proposition"} <= edges.keys():
        own.append(_kgx_own(edges, rows["edges"], "subject", "object"))
    if {"sc_stance", "sc_proposition"} <= nodes.keys():
        own.append(_kgx_own(nodes, rows["nodes"], "sc_about", "sc_outcomeEntity"))
    # Most tables deny nothing, though some of them could: one column is soon looked through.
    said = denies_sql(edges["negated"]) if "negated" in edges else "false"
    look = "select count(*) from (select 1 from @rows where @said limit 1)"
    denies = "negated" in edges and db.count(look, rows=rows["edges"], said=said)
    if not (own or denies):
        return None
    ours = _both(edges, "sc_stance", "sc_proposition")
    names = "select @id as id, @name as name from @rows where @name is not null"
    return Lane(
        own=" union all ".join(own) or NO_OWN,
        denied=_kgx_other(edges, rows["edges"], f"{said} and not ({ours})"),
        plain=_kgx_other(edges, rows["edges"], f"not {said} and not ({ours})"),
        names=fill(names, id=nodes["id"], name=nodes["name"], rows=rows["nodes"])
        if "name" in nodes
        else NO_NAMES,
    )


def _columns(files: Sequence[KgxFile]) -> dict[str, str]:
    """Return what each column of some tables is called inside."""
    kind = files[0].kind if files else "nodes"
    # Only what is added at the end depends on whether ids are rewritten.
    found = columns_of(kind, [file.columns for file in files], rewrite=False) if files else []
    return {column.name: column.inside for column in found if column.name != "merged_from"}


def _read(paths: Iterable[Path]) -> str:
    return f"read_parquet({literals(paths)})"


def _both(at: Mapping[str, str], *names: str) -> str:
    """Return the condition that a row has a value in each column; false where one is not there."""
    return " and ".join(f"{at[it]} is not null" if it in at else "false" for it in names)


def _kgx_own(at: Mapping[str, str], rows: str, about: str, outcome: str) -> str:
    cell = {name: at.get(name, "''") for name in ("sc_certainty", "sc_source", "sc_link")}
    cell |= {"about": at.get(about, "''"), "outcome": at.get(outcome, "''")}
    text = """
        select source, coalesce(record, @id, '') as record, @sc_proposition as proposition,
            '' as text, @sc_stance as stance, coalesce(@sc_certainty, '') as certainty,
            coalesce(@sc_source, '') as publication, @about as s, @sc_link as rel, @outcome as o
        from @rows where @both
    """
    own = {name: at[name] for name in ("sc_proposition", "sc_stance")}
    given = at.get("id", "null")
    return fill(
        text, rows=rows, both=_both(at, "sc_stance", "sc_proposition"), id=given, **own, **cell
    )


def _kgx_other(at: Mapping[str, str], rows: str, chosen: str) -> str:
    if not at:
        return NO_OTHER
    qualifiers = sorted(name for name in at if re.fullmatch(QUALIFIER, name))
    narrow = [name for name in qualifiers if re.fullmatch(NARROW, name)]
    text = """
        select source, coalesce(record, @id, '') as record, @subject as s, @predicate as p,
            @object as o, coalesce(@publications, '') as publication,
            coalesce(@known, '') as knowledge_source, @narrow as q, @qualifiers as qualifiers
        from @rows where @chosen
    """
    return fill(
        text,
        id=at["id"],
        subject=at["subject"],
        predicate=at["predicate"],
        object=at["object"],
        publications=at.get("publications", "''"),
        known=at.get("primary_knowledge_source", "''"),
        narrow=_joined(at, narrow),
        qualifiers=_joined(at, qualifiers),
        rows=rows,
        chosen=chosen,
    )


def _joined(at: Mapping[str, str], names: Sequence[str]) -> str:
    """Return the text of the columns of a row that have a value, each with its name."""
    each = [f"{literal(name + '=')} || {at[name]}" for name in names]
    return f"concat_ws('; ', {', '.join(each)})" if each else "''"
