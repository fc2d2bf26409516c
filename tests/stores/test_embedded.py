"""The store in memory: triples looked up without a query, and graphs made only when asked for."""

from __future__ import annotations

from typing import Final

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from studyclaims.stores.embedded import EmbeddedStore

A, B, SAYS, SEES = (NamedNode(f"urn:x:{name}") for name in ("a", "b", "says", "sees"))
QUADS: Final = [
    Quad(A, SAYS, Literal("x"), NamedNode("urn:x:g")),
    Quad(A, SAYS, Literal("x"), NamedNode("urn:x:h")),
    Quad(A, SEES, B, NamedNode("urn:x:g")),
    Quad(B, SAYS, Literal("y")),
]


def test_triples_are_found_by_their_parts_each_once() -> None:
    store = EmbeddedStore(QUADS)
    assert len(list(store.triples())) == 3
    assert {quad.predicate for quad in store.triples(A)} == {SAYS, SEES}
    assert [quad.object for quad in store.triples(A, SAYS)] == [Literal("x")]
    assert {quad.subject for quad in store.triples(predicate=SAYS)} == {A, B}
    assert [quad.subject for quad in store.triples(value=B)] == [A]
    assert list(store.triples(NamedNode("urn:x:c"))) == []


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("SELECT ?graph { ?graph ?p ?o }", False),
        ("SELECT $from { $from ?p ?o }", False),
        ("SELECT ?g { GRAPH ?g { ?s ?p ?o } }", True),
        ("SELECT ?s FROM <urn:x:g> { ?s ?p ?o }", True),
    ],
)
def test_graphs_are_made_only_for_who_asks_for_graphs(text: str, asks: bool) -> None:
    store = EmbeddedStore(QUADS)
    store.query(text)
    assert ("_named" in vars(store)) == asks
