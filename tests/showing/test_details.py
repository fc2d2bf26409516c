"""Details: what a graph says of a claim, also a graph that was made elsewhere."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from studyclaims.rdf import node
from studyclaims.showing.details import entity_reading, evidence, named, said_of
from studyclaims.stores.embedded import EmbeddedStore

EX: Final = "https://ex.org/"


def graph(*triples: tuple[str, str, str | int]) -> EmbeddedStore:
    """Return a store of triples; text with a colon is a node, all else a literal."""
    return EmbeddedStore(
        Quad(node(subject), node(predicate), _object(value))
        for subject, predicate, value in triples
    )


def _object(value: str | int) -> NamedNode | Literal:
    return node(value) if isinstance(value, str) and ":" in value else Literal(value)


def test_a_value_is_read_by_its_label_and_by_the_first_of_two() -> None:
    store = graph(
        (f"{EX}a", "sc:site", f"{EX}t"),
        (f"{EX}t", "rdfs:label", "tibia"),
        (f"{EX}t", "rdfs:label", "shin"),
        (f"{EX}a", "sc:sampleN", 8),
        (f"{EX}a", "sc:pattern", "sc:peak"),
        (f"{EX}a", "sc:statedIn", f"{EX}s"),
    )
    assert said_of(store, f"{EX}a") == [
        ("sc:pattern", node("sc:peak").value, "peak"),
        ("sc:sampleN", 8, 8),
        ("sc:site", f"{EX}t", "shin"),
        ("sc:statedIn", f"{EX}s", f"{EX}s"),
    ]


def test_of_a_property_that_has_no_prefix_the_iri_is_given() -> None:
    assert said_of(graph((f"{EX}a", f"{EX}p", "x")), f"{EX}a") == [(f"{EX}p", "x", "x")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], {}),
        ([("sc:sampleN", 8, 8)], {"n": 8}),
        ([("sc:sampleN", 8, 8), ("sc:sampleN", 10, 10)], {"n": "10; 8"}),
        ([("sc:site", "t", "tibia")], {}),
    ],
)
def test_what_is_said_twice_is_joined(
    said: list[tuple[str, Any, Any]], expected: dict[str, Any]
) -> None:
    assert named({"n": "sc:sampleN"}, said) == expected


def test_evidence_of_which_nothing_is_said_is_still_evidence() -> None:
    store = graph(*((f"{EX}c", "sc:restsOn", f"{EX}e/{number}") for number in (10, 9)))
    store_said = said_of(store, f"{EX}c")
    assert [value for _, value, _ in store_said] == [f"{EX}e/9", f"{EX}e/10"]
    assert evidence(store, store_said) == [{"measurements": []}] * 2


def test_an_entity_without_slots_is_read_by_its_label_else_its_iri() -> None:
    store = graph((f"{EX}a", "rdfs:label", "rest"))
    assert entity_reading(store, f"{EX}a", {}) == "rest"
    assert entity_reading(store, f"{EX}b", {}) == f"{EX}b"


def test_an_entity_due_to_itself_has_a_reading() -> None:
    store = graph(
        (f"{EX}a", "rdfs:label", "loss"),
        (f"{EX}a", "sc:variable", f"{EX}v"),
        (f"{EX}v", "rdfs:label", "mass"),
        (f"{EX}a", "sc:dueTo", f"{EX}a"),
    )
    assert entity_reading(store, f"{EX}a", {}) == "mass due to loss"


def test_an_entity_far_inside_of_others_is_read_by_its_label() -> None:
    links = [(f"{EX}{n}", "sc:dueTo", f"{EX}{n + 1}") for n in range(3000)]
    names = [(f"{EX}{n}", "rdfs:label", f"thing {n}") for n in range(3001)]
    slots = [(f"{EX}{n}", "sc:variable", f"{EX}v") for n in range(3001)]
    store = graph(*links, *names, *slots, (f"{EX}v", "rdfs:label", "loss"))
    reading = entity_reading(store, f"{EX}0", {})
    assert reading.startswith("loss due to (loss due to (loss")
    assert reading.count("loss") == 20
    assert "thing 20" in reading


def test_what_is_no_iri_has_nothing_said_of_it_and_is_read_as_it_stands() -> None:
    store = graph((f"{EX}a", "sc:restsOn", 7), (f"{EX}a", "sc:dueTo", "rest"))
    assert evidence(store, said_of(store, f"{EX}a")) == [{"measurements": []}]
    assert entity_reading(store, "no iri", {}) == "no iri"
    assert entity_reading(store, f"{EX}a", {}).endswith("due to rest")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("sc:measured", "perhaps", {}),
        ("sc:strain", 129, {"strain": "129"}),
        ("sc:sampleN", 8, {"n": 8}),
    ],
)
def test_a_number_or_a_truth_stands_only_where_a_record_has_one(
    name: str, value: object, expected: dict[str, object]
) -> None:
    names = {"measured": "sc:measured", "strain": "sc:strain", "n": "sc:sampleN"}
    assert named(names, [(name, value, value)]) == expected


def test_parts_are_in_the_order_of_the_label_and_modifiers_in_that_of_letters() -> None:
    store = graph(
        (f"{EX}a", "rdfs:label", "mass in shaft in leg in body, b, c"),
        (f"{EX}a", "sc:variable", f"{EX}v"),
        (f"{EX}v", "rdfs:label", "mass"),
        *((f"{EX}a", "sc:withinPart", f"{EX}{name}") for name in ("1", "2", "3")),
        (f"{EX}1", "rdfs:label", "body"),
        (f"{EX}2", "rdfs:label", "shaft"),
        (f"{EX}3", "rdfs:label", "leg"),
        *((f"{EX}a", "sc:modifier", f"{EX}{name}") for name in ("4", "5")),
        (f"{EX}4", "rdfs:label", "c"),
        (f"{EX}5", "rdfs:label", "b"),
    )
    known: dict[str, str] = {}
    assert entity_reading(store, f"{EX}a", known) == "mass in shaft in leg in body, b, c"
    assert known == {f"{EX}a": "mass in shaft in leg in body, b, c"}
