"""Counts of what a graph holds, and how much of it a person has signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from studyclaims.predicates import RELATIONS
from studyclaims.queries import Rows, ask
from studyclaims.terms import compress, expand

if TYPE_CHECKING:
    from studyclaims.stores.embedded import EmbeddedStore

_COUNTS: Final = {
    "studies": "?it a sc:Study",
    "sources": "?it a sc:Source",
    "claims": "?it a sc:Claim",
    "propositions claimed": "?claim sc:proposition ?it",
    "entities claimed about": "?claim sc:proposition/(sc:about|sc:outcomeEntity) ?it",
    "evidence items": "?it a sc:Evidence",
    "claims measured by their study": "?it a sc:Claim ; sc:restsOn/sc:measured true",
    "claims hedged": "?it a sc:Claim ; sc:certainty ?c FILTER(?c != sc:asserted)",
    "claims of a secondary source": "?it a sc:Claim ; sc:source/sc:primarySource ?paper",
    "claims signed by a person": (
        "?it a sc:Claim ; dct:isPartOf ?study . ?graph foaf:primaryTopic ?study ; "
        "sc:recordStatus sc:signed"
    ),
}


def summary(store: EmbeddedStore) -> dict[str, Any]:
    """Return counts by name, and under ``direct triples`` how many each predicate has."""
    counts: dict[str, Any] = {name: _count(store, pattern) for name, pattern in _COUNTS.items()}
    names = sorted({p for relation in RELATIONS.values() for p in relation.predicates})
    found = ask(
        store, "SELECT ?p (COUNT(*) AS ?n) { ?claim a sc:Claim ; rdf:predicate ?p } GROUP BY ?p"
    )
    by_iri = {row["p"]: row["n"] for row in found} if isinstance(found, Rows) else {}
    counts["claims that write"] = {
        compress(expand(name)): by_iri[expand(name)] for name in names if expand(name) in by_iri
    }
    return counts


def summary_text(counts: dict[str, Any]) -> str:
    """Return the counts as lines, numbers first.

    >>> print(summary_text({"claims": 3, "claims that write": {"sc:mayCause": 1}}), end="")
         3  claims
         1  claims that write sc:mayCause
    """
    lines = [f"{count:6}  {name}" for name, count in counts.items() if isinstance(count, int)]
    lines += [
        f"{count:6}  {name} {predicate}"
        for name, group in counts.items()
        if isinstance(group, dict)
        for predicate, count in group.items()
    ]
    return "\n".join(lines) + "\n"


def _count(store: EmbeddedStore, pattern: str) -> int:
    found = ask(store, f"SELECT (COUNT(DISTINCT ?it) AS ?n) {{ {pattern} }}")
    return int(next(iter(found))["n"]) if isinstance(found, Rows) else 0
