"""What a name stands for: the likeliest IRI first, and the entities made of a term."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, Quad

from samples import store
from studyclaims.errors import QueryError
from studyclaims.queries import Rows, ask
from studyclaims.rdf import node
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
