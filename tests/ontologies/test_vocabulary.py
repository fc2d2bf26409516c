from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from studyclaims.errors import GraphError
from studyclaims.ontologies import vocabulary
from studyclaims.ontologies.slices import read_slice
from studyclaims.ontologies.vocabulary import (
    VOCABULARY_GRAPH,
    predicate_quads,
    vocabulary_quads,
    write_predicates,
)
from studyclaims.paths import ontology_dir, terms_dir
from studyclaims.predicates import RELATIONS
from studyclaims.rdf import node
from studyclaims.terms import SC
from studyclaims.turtle import require_ground

if TYPE_CHECKING:
    from pathlib import Path

TOPS: Final = {
    "asserted": "sc:foundRelation",
    "stated": "sc:statedRelation",
    "hedged": "sc:hedgedRelation",
    "null": "sc:nullRelation",
}
OWN: Final = {
    name: (key, column)
    for key, relation in RELATIONS.items()
    for column in TOPS
    if (name := getattr(relation, column)).startswith("sc:")
}

each_relation = pytest.mark.parametrize("key", RELATIONS)


def values(subject: str, predicate: str, quads: list[Quad]) -> set[NamedNode | Literal]:
    """Return what the quads say of a subject by this predicate."""
    found = (q for q in quads if q.subject == node(subject) and q.predicate == node(predicate))
    return {q.object for q in found if isinstance(q.object, NamedNode | Literal)}


def test_the_file_of_predicates_is_current() -> None:
    found = (ontology_dir() / "predicates.ttl").read_text(encoding="utf-8")
    assert found == write_predicates(), "ontology/predicates.ttl is old: run `./run build`"


def test_the_file_of_predicates_holds_the_table() -> None:
    read = {q.triple for q in parse(write_predicates(), format=RdfFormat.TURTLE)}
    assert read == {q.triple for q in predicate_quads()}


def test_the_relations_stand_in_the_order_of_the_table() -> None:
    subjects = re.findall(r"^(sc:\w+) a ", write_predicates(), flags=re.MULTILINE)
    assert subjects[:4] == ["sc:relCause", "sc:statedToCause", "sc:mayCause", "sc:noEffectOn"]
    relations = [name for name in subjects if name.startswith("sc:rel")]
    assert relations == [relation.curie for relation in RELATIONS.values()]


@each_relation
def test_a_relation_is_described(key: str) -> None:
    relation, quads = RELATIONS[key], predicate_quads()
    outside = {Literal(p) for p in relation.predicates if p.startswith("biolink:")}
    assert values(relation.curie, "rdf:type", quads) == {node("sc:Relation")}
    assert values(relation.curie, "sc:family", quads) == {Literal(relation.family)}
    assert values(relation.curie, "sc:assertedPredicate", quads) == outside
    (definition,) = values(relation.curie, "skos:definition", quads)
    assert f" might {relation.reads} the other, left open." in definition.value
    assert ("must rest on" in definition.value) == (relation.basis is not None)


@pytest.mark.parametrize("name", OWN)
def test_a_predicate_of_ours_stands_under_its_top_alone(name: str) -> None:
    key, column = OWN[name]
    quads = vocabulary_quads()
    assert values(name, "rdf:type", quads) == {node("owl:ObjectProperty")}
    assert values(name, "rdfs:subPropertyOf", quads) == {node(TOPS[column])}
    assert values(name, "sc:ofRelation", quads) == {node(RELATIONS[key].curie)}
    assert values(name, "sc:standing", quads) == {node(f"sc:{column}Standing")}


@pytest.mark.parametrize("name", OWN)
def test_a_predicate_is_labelled_with_the_words_of_its_name(name: str) -> None:
    (label,) = values(name, "rdfs:label", predicate_quads())
    first, *more = label.value.split(" ")
    assert name == "sc:" + first + "".join(word.capitalize() for word in more)


@pytest.mark.parametrize("top", TOPS.values())
def test_a_top_stands_under_nothing(top: str) -> None:
    quads = vocabulary_quads()
    assert values(top, "rdf:type", quads) == {node("owl:ObjectProperty")}
    assert values(top, "rdfs:subPropertyOf", quads) == set()
    assert values(top, "owl:equivalentProperty", quads) == set()


def test_every_quad_is_in_the_graph_of_the_vocabulary_and_can_be_written() -> None:
    quads = vocabulary_quads()
    assert {q.graph_name for q in quads} == {NamedNode(VOCABULARY_GRAPH)}
    assert len(list(require_ground(quads))) == len(quads) == len(set(quads))


def test_of_the_written_file_only_lists_and_their_axioms_are_left_out() -> None:
    written = list(parse(path=str(ontology_dir() / "studyclaims.ttl"), format=RdfFormat.TURTLE))
    kept = {q.triple for q in vocabulary_quads()}
    lost = [q for q in written if q.triple not in kept and not isinstance(q.subject, BlankNode)]
    assert {q.object for q in lost if q.predicate == node("rdf:type")} == {
        node("owl:AllDifferent"),
        node("owl:AllDisjointClasses"),
    }
    assert {q.predicate for q in lost} == {
        node("rdf:type"),
        node("owl:distinctMembers"),
        node("owl:members"),
    }


def test_no_relation_of_biolink_or_ro_occurs_as_an_iri() -> None:
    slices = [read_slice(terms_dir() / f"{name}.ttl") for name in ("biolink", "ro")]
    relations = {q.subject for quads in slices for q in quads if "/graph/" not in str(q.subject)}
    assert node("biolink:causes") in relations
    terms = {term for q in vocabulary_quads() for term in (q.subject, q.predicate, q.object)}
    assert terms.isdisjoint(relations)
    assert not any(str(term).startswith("<http://purl.obolibrary.org/obo/RO_") for term in terms)


@pytest.mark.parametrize("local", ["subject", "predicate", "object", "relation"])
def test_no_property_is_named_like_a_part_of_a_statement(local: str) -> None:
    assert NamedNode(SC + local) not in {q.subject for q in vocabulary_quads()}


@pytest.mark.parametrize("text", [None, "sc:nothing a ."])
def test_a_file_that_cannot_be_read_is_named(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if text is not None:
        (tmp_path / "studyclaims.ttl").write_text(text, encoding="utf-8")
    monkeypatch.setattr(vocabulary, "ontology_dir", lambda: tmp_path)
    with pytest.raises(GraphError, match=r"studyclaims\.ttl: cannot be read as Turtle"):
        vocabulary_quads()
