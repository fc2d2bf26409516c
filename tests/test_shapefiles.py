from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Triple

from shape_drafts import NEWS, PAPER, Draft, term, typed
from studyclaims.paths import shapes_dir
from studyclaims.predicates import (
    RELATIONS,
    Basis,
    Certainty,
    Role,
    Stance,
    Wording,
    direct_predicate,
)
from studyclaims.rdf import node
from studyclaims.shapefiles import predicate_shapes, triple_shapes
from studyclaims.shapes import read_shapes, shapes_readme, validate_quads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import rdflib
    from pyoxigraph import NamedNode, Quad


def wordings(relation: str, *, whole: bool) -> Iterator[Wording]:
    """Yield all wordings, or those of two certainties, two bases and three roles."""
    basis = RELATIONS[relation].basis
    yield from itertools.starmap(
        Wording,
        itertools.product(
            Stance,
            Certainty if whole else (Certainty.ASSERTED, Certainty.SUGGESTED),
            Basis if whole else {basis or Basis.INTERVENTION, Basis.NONE},
            Role if whole else (Role.RESULT, Role.BACKGROUND, Role.IMPLICATION),
            (True, False),
            (True, False),
            (True, False) if relation == "associate" else (False,),
        ),
    )


def walked(relation: str, *, whole: bool) -> tuple[list[Quad], dict[str, bool]]:
    """Return claims of every wording with every predicate of the row or none, and which are right.

    They share their evidence, so only what the table demands may be looked at.
    """
    draft, right = Draft(), {}
    proposition, about, outcome = term("sc:p"), term("sc:a"), term("sc:o")
    draft.put(proposition, "sc:link", RELATIONS[relation].curie)
    draft.put(proposition, "sc:about", about)
    draft.put(proposition, "sc:outcomeEntity", outcome)
    for measured, coefficient in itertools.product((True, False), repeat=2):
        item = term(f"sc:e-{measured}-{coefficient}")
        draft.put(item, "sc:measured", typed(str(measured).lower(), "xsd:boolean"))
        draft.put(item, "sc:measurement", term(f"sc:m-{coefficient}"))
    draft.put("sc:m-True", "sc:isCoefficient", typed("true", "xsd:boolean"))
    candidates = (*RELATIONS[relation].predicates, None)
    pairs = itertools.product(wordings(relation, whole=whole), candidates)
    for number, (words, predicate) in enumerate(pairs):
        claim = term(f"@walk-{number}")
        right[claim.value] = predicate == direct_predicate(RELATIONS[relation], words)
        draft.triples |= set(walked_claim(claim, proposition, words, predicate))
        if predicate:
            draft.put(claim, "rdf:subject", about)
            draft.put(claim, "rdf:object", outcome)
    return draft.quads(), right


def walked_claim(
    claim: NamedNode, proposition: NamedNode, words: Wording, predicate: str | None
) -> Iterator[Triple]:
    source = PAPER if words.primary else NEWS
    values = {
        "rdf:type": "sc:Claim",
        "sc:stance": f"sc:{words.stance}",
        "sc:certainty": f"sc:{words.certainty}",
        "sc:basis": f"sc:{words.basis}",
        "sc:role": f"sc:{words.role}",
        "sc:source": source,
        "sc:restsOn": f"sc:e-{words.measured}-{words.coefficient}",
    }
    if predicate:
        values["rdf:predicate"] = predicate
    yield Triple(claim, node("sc:proposition"), proposition)
    yield from (Triple(claim, node(p), node(o)) for p, o in values.items())
    if predicate and predicate.startswith("biolink:"):
        yield Triple(claim, node("rdf:type"), node("biolink:Association"))


def agrees(relation: str, *, whole: bool) -> None:
    quads, right = walked(relation, whole=whole)
    wrong = {
        iri for r in validate_quads(quads, table()) for iri in (r.focus, r.value) if iri in right
    }
    assert {claim for claim, is_right in right.items() if not is_right} == wrong
    assert len(wrong) > len(right) / 2


@cache
def table() -> rdflib.Graph:
    """Return the shapes of the table alone."""
    return read_shapes([shapes_dir() / "predicate.ttl"])


@pytest.mark.parametrize(
    "relation",
    [pytest.param(r, marks=[] if r == "cause" else [pytest.mark.slow]) for r in RELATIONS],
)
def test_the_shapes_and_the_table_agree_on_every_predicate(relation: str) -> None:
    agrees(relation, whole=False)


@pytest.mark.slow
@pytest.mark.parametrize("relation", ["cause", "associate", "precede", "contribute"])
def test_the_shapes_and_the_table_agree_on_every_wording(relation: str) -> None:
    agrees(relation, whole=True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("predicate.ttl", predicate_shapes, id="predicate.ttl"),
        pytest.param("triple.ttl", triple_shapes, id="triple.ttl"),
        pytest.param("README.md", shapes_readme, id="README.md"),
    ],
)
def test_the_generated_files_are_current(name: str, text: Callable[[], str]) -> None:
    assert (shapes_dir() / name).read_text(encoding="utf-8") == text()
