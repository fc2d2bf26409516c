"""Claims as an exchange tells them: read whole, or refused where a yes could come of it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from exports.exchanges import small_quads
from studyclaims.errors import ClaimError
from studyclaims.exports.kgxclaims import Graphs, Statements, entity, tell
from studyclaims.rdf import node
from studyclaims.terms import BASE

CLAIM = f"{BASE}claim/small-2020/"
GRAPH = f"{BASE}study/small-2020"
PAPER = node("https://doi.org/10.1234/small.1")
PAPERS: Final[dict[Any, bool]] = {PAPER: True, node("https://example.org/news"): False}


def told_of(name: str, quads: frozenset[Quad]) -> str | None:
    return tell(Statements(quads), node(CLAIM + name), GRAPH, PAPERS).predicate


def changed(name: str, predicate: str, value: NamedNode | Literal | None) -> frozenset[Quad]:
    """Return the sample with another value, or none, of a property of a claim or proposition."""
    subject = node(name if "://" in name else CLAIM + name)
    kept = {q for q in small_quads() if (q.subject, q.predicate) != (subject, node(predicate))}
    added = {Quad(subject, node(predicate), value, node(GRAPH))} if value else set()
    return frozenset(kept | added)


def proposition_of(name: str) -> str:
    return Statements(small_quads()).one(node(CLAIM + name), "sc:proposition").value


def test_every_claim_of_the_sample_is_told_with_its_predicate() -> None:
    said = Statements(small_quads())
    names = [name.value.removeprefix(CLAIM) for name in said.of_kind("sc:Claim")]
    assert {name: told_of(name, small_quads()) for name in names} == {
        "abstract-association": "biolink:associated_with",
        "abstract-null": "sc:noAssociationFoundWith",
        "abstract-refutes": None,
        "more": "sc:foundToExceed",
        "news-inflames": "sc:mayCause",
        "title-inflames": "biolink:causes",
    }


def test_a_claim_that_writes_more_than_its_words_give_is_refused() -> None:
    for predicate, value in {
        "sc:stance": "sc:refutes",
        "sc:certainty": "sc:speculated",
        "sc:basis": "sc:none",
        "sc:role": "sc:background",
        "rdf:predicate": "biolink:contributes_to",
    }.items():
        with pytest.raises(ClaimError, match=r"writes .* where its words give "):
            told_of("title-inflames", changed("title-inflames", predicate, node(value)))
    with pytest.raises(ClaimError, match="writes nothing where its words give biolink:causes"):
        told_of("title-inflames", changed("title-inflames", "rdf:predicate", None))


def test_a_secondary_source_and_what_was_not_measured_say_less() -> None:
    with pytest.raises(ClaimError, match="where its words give sc:statedToCause"):
        tell(Statements(small_quads()), node(f"{CLAIM}title-inflames"), GRAPH, {PAPER: False})
    evidence = f"{BASE}evidence/small-2020/title-inflames/1"
    with pytest.raises(ClaimError, match="where its words give sc:statedToCause"):
        told_of("title-inflames", changed(evidence, "sc:measured", Literal(value=False)))


def test_a_source_that_nobody_calls_a_paper_makes_no_finding() -> None:
    quads = small_quads()
    assert Graphs(quads).papers == PAPERS
    news, kind = node("https://example.org/news"), node("rdf:type")
    for subject, predicate in ((PAPER, kind), (news, node("sc:primarySource"))):
        kept = [q for q in quads if (q.subject, q.predicate) != (subject, predicate)]
        with pytest.raises(ClaimError, match="is not said to be a paper, nor what it reports on"):
            list(Graphs(kept).claims())


def test_a_coefficient_makes_an_association_a_correlation() -> None:
    evidence = node(f"{BASE}evidence/small-2020/abstract-association/1")
    number = node(f"{BASE}measurement/small-2020/abstract-association/1/1")
    more = {
        Quad(evidence, node("sc:measurement"), number),
        Quad(number, node("sc:isCoefficient"), Literal(value=True)),
    }
    with pytest.raises(ClaimError, match="where its words give biolink:correlated_with"):
        told_of("abstract-association", small_quads() | more)


@pytest.mark.parametrize("predicate", ["sc:proposition", "sc:stance", "sc:source"])
def test_a_claim_that_lacks_what_makes_it_is_refused(predicate: str) -> None:
    with pytest.raises(ClaimError, match=f"has 0 values of {predicate}, not one IRI"):
        told_of("abstract-null", changed("abstract-null", predicate, None))
    with pytest.raises(ClaimError, match=f"has 1 values of {predicate}, not one IRI"):
        told_of("abstract-null", changed("abstract-null", predicate, Literal("x")))


def test_words_that_the_model_has_not_are_refused() -> None:
    with pytest.raises(ClaimError, match="cannot be read: 'sure'"):
        told_of("abstract-null", changed("abstract-null", "sc:certainty", node("sc:sure")))
    name = proposition_of("abstract-null")
    with pytest.raises(ClaimError, match="has sc:relWish, which is no relation"):
        told_of("abstract-null", changed(name, "sc:link", node("sc:relWish")))


def test_names_must_be_keys() -> None:
    name = proposition_of("abstract-null")
    with pytest.raises(ClaimError, match="is not the key of its three parts"):
        told_of("abstract-null", changed(name, "sc:link", node("sc:relCause")))
    about = Statements(small_quads()).one(node(name), "sc:about")
    text = Literal("sc-key-1 entity change increased")
    for value in (text, node("sc:a")):
        with pytest.raises(ClaimError, match="is not the key of what it is made of"):
            told_of("abstract-null", changed(about.value, "sc:keyText", value))
    ring = Literal(f"sc-key-1 entity change increased dueTo {about.value.removeprefix(BASE)}")
    with pytest.raises(ClaimError, match="is not the key of what it is made of"):
        told_of("abstract-null", changed(about.value, "sc:keyText", ring))
    twice = small_quads() | {Quad(about, node("sc:keyText"), Literal("zz"), node(GRAPH))}
    with pytest.raises(ClaimError, match="is not the key of what it is made of"):
        told_of("abstract-null", twice)


def test_an_entity_is_taken_apart_with_all_its_slots() -> None:
    said = Statements(small_quads())
    full = entity(said, said.one(node(proposition_of("abstract-null")), "sc:about"))
    assert full.due_to is not None
    assert full.within_part == (node("UBERON:0002371").value, node("UBERON:0000979").value)
    assert full.modifier == (node("PATO:0000627").value,)
