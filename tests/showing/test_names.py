"""What a name stands for: the likeliest IRI first, and the entities made of a term."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, Quad

from chains.test_explanations import FRAGILE, OWN, PARALYSED, told
from samples import store
from studyclaims.errors import QueryError
from studyclaims.queries import Rows, ask
from studyclaims.rdf import node
from studyclaims.showing.details import entity_reading
from studyclaims.showing.names import candidates, entities_named
from studyclaims.stores.embedded import EmbeddedStore

LABELS = "SELECT ?it ?label { ?it rdfs:label ?label }"


def labels(name: str) -> set[str]:
    found = ask(store(), LABELS)
    assert isinstance(found, Rows)
    known = {row["it"]: row["label"] for row in found}
    return {known[iri] for iri in entities_named(store(), name)}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("small-2020", "https://w3id.org/studyclaims/study/small-2020#study"),
        ("small-2020/news", "https://w3id.org/studyclaims/claim/small-2020/news"),
        ("10.1234/SMALL.1", "https://doi.org/10.1234/small.1"),
        ("https://example.org/a", "https://example.org/a"),
        ("CL:0000092", "http://purl.obolibrary.org/obo/CL_0000092"),
        ("Osteoclast", "http://purl.obolibrary.org/obo/CL_0000092"),
    ],
)
def test_a_name_stands_for_the_likeliest_first(name: str, first: str) -> None:
    assert next(candidates(store(), name)) == first


@pytest.mark.parametrize("name", ["", "a\x00b", "http://a b", "https://a/<b>", "X:{}"])
def test_what_is_no_name_stands_for_nothing(name: str) -> None:
    assert list(candidates(store(), name)) == []
    with pytest.raises(QueryError, match="write an IRI, a CURIE or a label"):
        entities_named(store(), name)


@pytest.mark.parametrize("name", ["two\tlines", "a\u202eb", "http://example.org/\u202ea"])
def test_a_name_that_cannot_be_shown_stands_for_nothing_even_where_a_label_is_so(name: str) -> None:
    label = Quad(node("sc:a"), node("rdfs:label"), Literal(name))
    assert list(candidates(EmbeddedStore([label]), name)) == []


def test_a_term_stands_for_the_entities_whose_own_slots_hold_it() -> None:
    wider = {"increased size of osteoclast", "changed morphology of osteoclast"}
    assert labels("CL:0000092") == labels("osteoclast") == wider


def test_a_term_that_an_entity_is_only_due_to_or_directed_at_does_not_count() -> None:
    assert "mechanical disuse" in labels("scterm:disuse")
    assert not any("due to" in label for label in labels("scterm:disuse"))


def test_an_entity_stands_for_itself() -> None:
    (label,) = labels("increased size of osteoclast")
    assert label == "increased size of osteoclast"


def test_what_is_written_just_so_comes_first() -> None:
    label, terms = node("rdfs:label"), [node(f"sc:{name}") for name in "ab"]
    texts = ("Bone Resorption", "bone resorption")
    quads = [Quad(term, label, Literal(text)) for term, text in zip(terms, texts, strict=True)]
    for text, first in zip(texts, terms, strict=True):
        assert next(candidates(EmbeddedStore(quads), text)) == first.value


def test_the_sentence_form_of_an_entity_is_a_name_of_it() -> None:
    quads = told("able-2020", (PARALYSED, "cause", FRAGILE, OWN))
    made = EmbeddedStore(quads)
    (entity,) = entities_named(made, "paralysed triceps surae by Botulinum toxin type A")
    reading = entity_reading(made, entity, {})
    assert reading == "triceps surae paralysed by Botulinum toxin type A"
    assert entities_named(made, f"  {reading.upper()} ") == [entity]
    assert list(candidates(made, reading)) == [entity]


def test_a_sentence_form_of_two_entities_is_a_name_of_neither_and_both_are_told() -> None:
    slots = [("rdf:type", node("sc:Entity")), ("sc:variable", node("sc:v"))]
    twins = [node(f"sc:{name}") for name in ("one", "two")]
    quads = [Quad(twin, node(p), value) for twin in twins for p, value in slots]
    quads += [Quad(twin, node("rdfs:label"), Literal(f"odd {twin.value[-1]}")) for twin in twins]
    quads.append(Quad(node("sc:v"), node("rdfs:label"), Literal("bone strength")))
    quads += [Quad(twin, node("sc:bearer"), node("sc:v")) for twin in twins]
    made = EmbeddedStore(quads)
    reading = entity_reading(made, twins[0].value, {})
    assert reading == entity_reading(made, twins[1].value, {})
    with pytest.raises(QueryError, match=r"did you mean odd e \(sc:one\) or odd o \(sc:two\)\?"):
        entities_named(made, reading)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("osteclast", "osteoclast (CL:0000092)"),
        ("cl:0000092", "osteoclast (CL:0000092)"),
        ("mechanical", "mechanical disuse (scterm:disuse)"),
        ("increased sice of osteoclast", "increased size of osteoclast (entity:"),
    ],
)
def test_the_nearest_names_are_told_of_what_is_no_name(name: str, meant: str) -> None:
    with pytest.raises(QueryError) as raised:
        entities_named(store(), name)
    assert f"; did you mean {meant}" in str(raised.value)
    assert str(raised.value).endswith("? else write an IRI, a CURIE or a label")


def test_what_is_near_to_no_name_gets_no_guess() -> None:
    with pytest.raises(QueryError, match=r"of that name; write an IRI, a CURIE or a label$"):
        entities_named(store(), "quite another thing")
