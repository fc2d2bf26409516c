"""Versions: two accounts of one claim, which no graph may hold side by side.

Two versions of a study have the same names for its claims. Loaded together they would be read as
one: the stance of the one with the predicate of the other. So a graph that gives two values to a
field that holds one is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from studyclaims.errors import ClaimError
from studyclaims.rdf import node
from studyclaims.showing.claims import spelled
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.queries import Term
    from studyclaims.stores.embedded import EmbeddedStore

SINGLE: Final = (
    *("sc:stance", "rdf:predicate", "sc:certainty", "sc:proposition", "sc:source", "sc:basis"),
    *("sc:role", "dct:isPartOf", "rdf:subject", "rdf:object", "sc:about", "sc:link"),
    *("sc:outcomeEntity", "sc:change", "sc:lagPrinted", "sc:lagBound", "sc:lagFrom"),
    *("sc:species", "sc:strain", "sc:sex", "sc:age", "sc:dose", "sc:route", "sc:site"),
    *("sc:sitePrinted", "sc:assay", "sc:comparedWith", "sc:measured", "sc:ecoType", "sc:locator"),
    *("sc:design", "sc:testOf", "sc:sentenceHash", "sc:valuePrinted", "sc:value"),
    *("sc:spreadPrinted", "sc:unitCode", "sc:sampleN", "sc:pPrinted", "sc:measuredAfter"),
    *("sc:pattern", "sc:isCoefficient"),
)
"""The fields of a claim, and of what it is made of, that hold one value; the telling ones first."""

_OF_CLAIMS: Final = frozenset({"rdf:predicate", "dct:isPartOf", "rdf:subject", "rdf:object"})
"""The fields that other things have too, and there more than once."""

_REMEDY: Final = (
    "these may be two versions of one study: load one of them, or see what differs with "
    "'studyclaims diff OLD NEW'"
)


def refuse_mixtures(store: EmbeddedStore) -> None:
    """Return nothing where every claim is told in one way.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> refuse_mixtures(EmbeddedStore())

    Raises:
        ClaimError: a field that holds one value has two, or a claim is withdrawn and stands.
    """
    claims = _of_kind(store, "sc:Claim")
    both = claims & _of_kind(store, "sc:WithdrawnClaim")
    if both:
        name = _name(min(both, key=str))
        raise ClaimError(name, "the graph has it both as a claim and as a withdrawn one", _REMEDY)
    for field in SINGLE:
        found = sorted(_twice(store, field, claims), key=lambda twice: str(twice[0]))
        if found:
            subject, one, other = found[0]
            values = " and ".join(sorted(map(spelled, (one, other))))
            more = f", and {len(found) - 1} more have two there" if len(found) > 1 else ""
            problem = f"{field} has two values in this graph, {values}{more}"
            raise ClaimError(_name(subject), problem, _REMEDY)


def _of_kind(store: EmbeddedStore, kind: str) -> set[Term]:
    found = store.triples(predicate=node("rdf:type"), value=node(kind))
    return {quad.subject for quad in found}


def _twice(
    store: EmbeddedStore, field: str, claims: set[Term]
) -> Iterator[tuple[Term, Term, Term]]:
    """Yield what has two values of a field, with two of them that nothing calls one thing."""
    first: dict[Term, Term] = {}
    for quad in store.triples(predicate=node(field)):
        subject, value = quad.subject, quad.object
        known = first.setdefault(subject, value)
        if known == value or (field in _OF_CLAIMS and subject not in claims):
            continue
        if not _linked(store, known, value):
            yield subject, known, value


def _linked(store: EmbeddedStore, one: Term, other: Term) -> bool:
    """Return whether two ids are exact matches: a merge tells one thing under both."""
    ends = [it for it in (one, other) if isinstance(it, NamedNode)]
    pairs = [ends, ends[::-1]] if len(ends) > 1 else []
    return any(any(True for _ in store.triples(a, node("skos:exactMatch"), b)) for a, b in pairs)


def _name(subject: Term) -> str:
    """Return a claim as a user names it, and any part of one with what it is."""
    text = subject.value if isinstance(subject, NamedNode) else str(subject)
    return text.removeprefix(f"{BASE}claim/").removeprefix(BASE)
