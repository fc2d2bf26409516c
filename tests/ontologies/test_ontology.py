"""The reasoner finds what cannot be true together, each kind of it, and says where."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

import samples
from studyclaims.errors import SetupError
from studyclaims.ontologies.ontology import check_consistency, projection, vocabulary_axioms
from studyclaims.rdf import node
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable

slow = pytest.mark.slow
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="no java on the PATH")

GRAPH = node(f"{BASE}study/{samples.KEY}")
PART_OF = node("dct:isPartOf")


def quads() -> list[Quad]:
    return sorted(samples.quads(), key=str)


def of_kind(kind: str) -> NamedNode:
    """Return the first thing of one of our classes."""
    found = (q for q in quads() if q.predicate == node("rdf:type") and q.object == node(kind))
    subject = next(found).subject
    assert isinstance(subject, NamedNode)
    return subject


def value(subject: NamedNode, predicate: str) -> NamedNode:
    """Return what a thing has of a property."""
    found = next(
        q.object for q in quads() if (q.subject, q.predicate) == (subject, node(predicate))
    )
    assert isinstance(found, NamedNode)
    return found


def other(subject: NamedNode, predicate: str, values: Iterable[str]) -> NamedNode:
    """Return one of these values that the thing does not have."""
    return next(node(v) for v in values if node(v) != value(subject, predicate))


SEEDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "two stances": ("sc:Claim", "sc:stance", ("sc:supports", "sc:refutes")),
    "two certainties": ("sc:Claim", "sc:certainty", ("sc:asserted", "sc:suggested")),
    "two bases": ("sc:Claim", "sc:basis", ("sc:intervention", "sc:association")),
    "two roles": ("sc:Claim", "sc:role", ("sc:result", "sc:background")),
    "two relations": ("sc:Proposition", "sc:link", ("sc:relCause", "sc:relPrevent")),
    "a stance that is a certainty": ("sc:Claim", "sc:stance", ("sc:suggested",)),
    "a role that is a basis": ("sc:Claim", "sc:role", ("sc:temporal",)),
    "a claim that is a source": ("sc:Claim", "rdf:type", ("sc:Source",)),
    "an entity that is a proposition": ("sc:Entity", "rdf:type", ("sc:Proposition",)),
    "evidence that is a measurement": ("sc:Evidence", "rdf:type", ("sc:Measurement",)),
    "a study that is a topic": ("sc:Study", "rdf:type", ("sc:Topic",)),
    "a withdrawn claim that still is one": ("sc:Claim", "rdf:type", ("sc:WithdrawnClaim",)),
}


def seeded(name: str) -> tuple[NamedNode, list[Quad]]:
    """Return the thing that a seed spoils, and the study with it."""
    kind, predicate, values = SEEDS[name]
    subject = of_kind(kind)
    is_type = predicate == "rdf:type"
    wrong = node(values[0]) if is_type else other(subject, predicate, values)
    return subject, [*quads(), Quad(subject, node(predicate), wrong, GRAPH)]


@slow
@needs_java
def test_the_small_study_is_consistent() -> None:
    found = check_consistency(quads())
    assert found.holds
    assert found.culprits == ()


@slow
@needs_java
@pytest.mark.parametrize("name", SEEDS)
def test_a_contradiction_is_found(name: str) -> None:
    _, spoiled = seeded(name)
    assert not check_consistency(spoiled, locate=False).holds


@slow
@needs_java
@pytest.mark.parametrize("name", ["two roles", "evidence that is a measurement"])
def test_the_place_of_a_contradiction_is_named(name: str) -> None:
    subject, spoiled = seeded(name)
    assert check_consistency(spoiled).culprits == (subject.value,)


@slow
@needs_java
def test_evidence_that_is_and_is_not_measured() -> None:
    item = of_kind("sc:Evidence")
    truths = [Quad(item, node("sc:measured"), Literal(truth), GRAPH) for truth in (True, False)]
    assert not check_consistency([*quads(), *truths], locate=False).holds


@slow
@needs_java
def test_a_study_where_a_proposition_belongs() -> None:
    """The range makes the study a proposition; both ends are needed to see that it cannot be."""
    claim, study = of_kind("sc:Claim"), of_kind("sc:Study")
    wrong = Quad(claim, node("sc:proposition"), study, GRAPH)
    about = [q for q in quads() if q.subject in {claim, study}]
    assert set(check_consistency([*about, wrong]).culprits) == {claim.value, study.value}


@slow
@needs_java
def test_an_empty_class_is_found() -> None:
    both = node("sc:ClaimAndSource")
    parents = [Triple(both, node("rdfs:subClassOf"), node(f"sc:{k}")) for k in ("Claim", "Source")]
    named = Triple(both, node("rdf:type"), node("owl:Class"))
    found = check_consistency(quads(), [*vocabulary_axioms(), named, *parents])
    assert found.unsatisfiable == (both.value,)
    assert not found.holds


@pytest.mark.skipif(shutil.which("java") is None, reason="no java on the PATH")
def test_without_java_it_says_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import owlready2

    monkeypatch.setattr(owlready2, "JAVA_EXE", "/nowhere/java")
    with pytest.raises(SetupError, match="not run"):
        check_consistency(quads())


def test_the_projection_holds_nothing_that_stops_the_reasoner() -> None:
    triples = projection(quads())
    datatypes = {t.object.datatype.value for t in triples if isinstance(t.object, Literal)}
    assert not {
        d for d in datatypes if d.rpartition("#")[2] in {"date", "gYear", "dayTimeDuration"}
    }
    predicates = {t.predicate.value for t in triples}
    assert not {p for p in predicates if p.rpartition("#")[2] in {"subject", "predicate", "object"}}
    assert any(q.predicate == PART_OF for q in quads())
