"""What becomes of each column where rows that say the same are made one.

A column that nobody knows may change what a row says, as ``negated`` and the qualifiers do. So rows
are one only where they are equal in every column, but for those that are known to tell where a
statement comes from: of these, all values are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MERGED_FROM: Final = "merged_from"
"""The column of each row's origins: the source, a blank, the id or line there; ``|`` between."""

ORIGINAL: Final = {"subject": "original_subject", "object": "original_object"}
"""Where the ids stand that a rewritten end had."""

KEY: Final = "key"
LEAST: Final = "least"
LIST: Final = "list"
FROM: Final = "from"
NAME: Final = "name"
SYNONYM: Final = "synonym"

ORIGINS: Final = frozenset(
    {
        "aggregator_knowledge_source",
        "category",
        "file_source",
        "has_evidence",
        "has_supporting_studies",
        "iri",
        "knowledge_source",
        "original_object",
        "original_subject",
        "primary_knowledge_source",
        "provided_by",
        "publications",
        "source_record_urls",
        "supporting_data_set",
        "supporting_data_source",
        "supporting_documents",
        "supporting_study_metadata",
        "type",
        "update_date",
        "xref",
    }
)
"""The columns of an edge that tell where it comes from, and not what it says."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of what is merged: its name in the data, its role, and what it is inside."""

    name: str
    role: str
    inside: str
    out: str = "made"
    """What it is called in a file of Parquet, where it has a name of ours."""


def columns_of(kind: str, headers: Iterable[Iterable[str]], *, rewrite: bool) -> list[Column]:
    """Return the columns of all files of a kind, in the order in which they first occur.

    >>> header = ["id", "subject", "negated", "publications"]
    >>> for it in columns_of("edges", [header], rewrite=False):
    ...     print(it.name, it.role, it.inside)
    id least u0
    subject key u1
    negated key u2
    publications list u3
    merged_from from u4
    """
    names = dict.fromkeys(name for header in headers for name in header)
    if kind == "edges":
        # An edge without an id cannot be read by most tools.
        names = {"id": None} | names
        names |= dict.fromkeys(ORIGINAL.values() if rewrite else ())
    elif "name" in names:
        names |= {SYNONYM: None}
    names |= {MERGED_FROM: None}
    role = _edge_role if kind == "edges" else _node_role
    return [Column(name, role(name), f"u{at}") for at, name in enumerate(names)]


def _edge_role(name: str) -> str:
    if name == "id":
        return LEAST
    return FROM if name == MERGED_FROM else LIST if name in ORIGINS else KEY


def _node_role(name: str) -> str:
    return {"id": KEY, "name": NAME, SYNONYM: SYNONYM, MERGED_FROM: FROM}.get(name, LIST)
