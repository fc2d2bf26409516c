"""What the tests of exchange files share: the studies' quads, their rows, the yes that they say."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from benchmarks.synthetic import BUILT_WITH, studies
from samples import index, quads, small
from studyclaims.build import corpus_quads
from studyclaims.exports.kgx import EDGE_COLUMNS, exchange
from studyclaims.exports.kgxcells import Exchange, whole
from studyclaims.quads import study_quads
from studyclaims.rdf import node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

FORMS: Final = ("tsv", "jsonl")
BIOLINK: Final = node("biolink:related_to").value.removesuffix("related_to")

Yes = tuple[str, str, str]
"""Subject, predicate and object of what somebody is read to have said."""


@cache
def corpus() -> frozenset[Quad]:
    """Return the graphs of the studies of this package."""
    graphs = (q for q in corpus_quads() if "/study/" in str(q.graph_name))
    return frozenset(graphs)


@cache
def corpus_rows() -> Exchange:
    return exchange(corpus(), index())


@cache
def small_quads() -> frozenset[Quad]:
    """Return the sample study, which fills every field, with a comparison beside it."""
    data = small()
    compared: dict[str, Any] = {**data["propositions"][1], "link": "compare"}
    compared["claims"] = [{**compared["claims"][1], "id": "more", "stance": "supports"}]
    data["propositions"].append(compared)
    return quads(data)


@cache
def small_rows() -> Exchange:
    return exchange(small_quads(), index())


@cache
def synthetic(claims: int, seed: int) -> frozenset[Quad]:
    """Return studies that nobody made."""
    made = (study_quads(study, index(), BUILT_WITH) for study in studies(claims, seed))
    return frozenset().union(*made)


def text(term: object) -> str:
    """Return the IRI or the text of a term."""
    return str(getattr(term, "value", term))


def direct(statements: Iterable[Quad]) -> set[Yes]:
    """Return the triples whose predicate is a relation of Biolink."""
    return {
        (text(q.subject), q.predicate.value, text(q.object))
        for q in statements
        if q.predicate.value in RELATIONS
    }


RELATIONS: Final = frozenset(
    BIOLINK + name
    for name in ("causes", "contributes_to", "associated_with", "correlated_with", "precedes")
)


def told(rows: Iterable[dict[str, Any]]) -> set[Yes]:
    """Return what a reader takes rows for that drops ``negated`` and whatever Biolink has not."""
    kept = [{k: v for k, v in row.items() if k in EDGE_COLUMNS and k != "negated"} for row in rows]
    return {
        (whole(r["subject"]).value, whole(r["predicate"]).value, whole(r["object"]).value)
        for r in kept
    }
