"""Turns: that of two loads into one server, the later one writes nothing where it came too late.

A load that writes leaves its mark in a graph of its own, in place of the one before. It reads the
mark before it reads anything else, and its one operation does nothing unless that mark still
stands. So what it found in the store is what it changes, and nothing has to be locked, to expire,
or to be taken away after a load that was killed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from studyclaims.stores.merged import MERGED
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import Triple

    from studyclaims.stores.hashes import Digest

MARKS: Final = f"{MERGED}/load"
"""The graph of the mark; as its name begins with that of the merged graph, no query finds it."""

_MARK: Final = expand("dct:identifier")

Mark = tuple[str, ...]
"""The marks that stand in a store: none before the first load, and then one."""


def mark_of(triples: Iterable[Triple]) -> Mark:
    """Return the marks in a graph of them, sorted: whatever stands there, as N-Triples have it.

    >>> mark_of([])
    ()
    """
    return tuple(sorted(map(str, triples)))


def next_mark(mark: Mark, expected: Mapping[str, Digest], gone: Iterable[str]) -> Mark:
    """Return the mark of a load: another one for each state before it and each after.

    >>> len(next_mark((), {}, [])), next_mark((), {}, []) == next_mark(("a",), {}, [])
    (1, False)
    """
    parts = [*mark, *sorted(gone), *(f"{iri} {expected[iri].sha256}" for iri in sorted(expected))]
    found = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return (f"<{MARKS}> <{_MARK}> {Literal(found)}",)


def in_turn(old: str, new: str, mark: Mark, then: Mark) -> str:
    """Return the update that deletes and inserts quads if a mark stands, and else does nothing.

    >>> then = ('<urn:a> <urn:b> "m"',)
    >>> print(in_turn("", " GRAPH <urn:a:g> { <urn:a:b> <urn:a:b> 1 }", (), then))
    DELETE {}
    INSERT { GRAPH <https://w3id.org/studyclaims/graph/merged/load> { <urn:a> <urn:b> "m" }
    GRAPH <urn:a:g> { <urn:a:b> <urn:a:b> 1 }}
    WHERE { FILTER NOT EXISTS { GRAPH <https://w3id.org/studyclaims/graph/merged/load> { ?a ?b ?c }
    } }

    Args:
        old: the quads to delete, as templates have them.
        new: the quads to insert.
        mark: what has to stand.
        then: what stands afterwards.
    """
    unmarked = f"FILTER NOT EXISTS {{ GRAPH <{MARKS}> {{ ?a ?b ?c }} }}"
    condition = "".join(_marks(mark)) or f" {unmarked}"
    return (
        f"DELETE {{{''.join(_marks(mark))}{old}}}\n"
        f"INSERT {{{''.join(_marks(then))}{new}}}\n"
        f"WHERE {{{condition} }}"
    )


def _marks(mark: Mark) -> Iterator[str]:
    """Yield each mark as a quad of a template."""
    for one in mark:
        yield f" GRAPH <{MARKS}> {{ {one} }}"
