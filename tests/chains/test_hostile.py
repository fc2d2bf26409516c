"""Graphs from elsewhere that say anything: what can be shown is shown, the rest is left out."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from chains.test_explanations import CHAIN
from studyclaims.answers import jsonable
from studyclaims.chains.explanations import explain
from studyclaims.chains.retraction import retract
from studyclaims.errors import QueryError
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    Value = NamedNode | BlankNode | Literal | None

ODD: Final[dict[str, Value]] = {
    "an IRI of elsewhere": node("urn:x:odd"),
    "a blank node": BlankNode("odd"),
    "a text": Literal("odd"),
    "a number": Literal(3),
    "a truth": Literal(True),
    "no number": Literal("NaN", datatype=node("xsd:double")),
    "a decimal": Literal("1.5", datatype=node("xsd:decimal")),
    "a command": Literal("\x1b[2J\u202e\nPath 9"),
    "nothing": None,
}
DECIDE: Final = (
    *("sc:stance", "sc:certainty", "sc:source", "sc:proposition", "sc:about", "sc:link"),
    *("sc:outcomeEntity", "dct:isPartOf"),
)
DESCRIBE: Final = (
    *("sc:basis", "sc:role", "sc:restsOn", "sc:measurement", "sc:primarySource", "rdf:predicate"),
    *("sc:variable", "sc:change", "sc:bearer", "sc:withinPart", "sc:byAgent", "sc:coreTerm"),
    *("skos:broader", "sc:cue", "sc:locator", "sc:measured", "sc:valuePrinted", "sc:unitCode"),
    *("sc:measuredAfter", "sc:pattern", "rdfs:label", "sc:keyText", "dct:title", "dct:source"),
    "rdf:type",
)
GRAPH: Final = node("sc:g")


def spoilt(name: str, value: Value) -> EmbeddedStore:
    """Return the chain with another value wherever a property has one."""
    prop = node(name)
    kept = [quad for quad in CHAIN if quad.predicate != prop]
    odd = {q.subject for q in CHAIN if q.predicate == prop} if value is not None else ()
    return EmbeddedStore([*kept, *(Quad(it, prop, value, GRAPH) for it in odd if value)])


def told(held: EmbeddedStore) -> list[str]:
    """Return all that both verbs say of a graph, refusals too."""
    said = []
    try:
        found = explain(held, "CHEBI:3160", "HP:0000938")
        said += [str(found), found.to_markdown(), json.dumps(found.to_dict(), default=jsonable)]
    except QueryError as error:
        said.append(str(error))
    for name in ("able-2020", "https://doi.org/10.1234/able-2020"):
        try:
            fallen = retract(held, name)
            said += [str(fallen), json.dumps(fallen.to_dict(), default=jsonable)]
        except QueryError as error:
            said.append(str(error))
    return said


def check(name: str, kind: str) -> None:
    said = told(spoilt(name, ODD[kind]))
    assert all(line.isprintable() for text in said for line in text.splitlines())
    assert not any(line.startswith("Path 9") for text in said for line in text.splitlines())


@pytest.mark.parametrize("name", DESCRIBE + DECIDE)
def test_a_number_or_nothing_in_place_of_any_value_ends_no_verb(name: str) -> None:
    check(name, "a number")
    check(name, "nothing")


@pytest.mark.slow
@pytest.mark.parametrize("name", DESCRIBE + DECIDE)
@pytest.mark.parametrize("kind", sorted(ODD.keys() - {"a number", "nothing"}))
def test_no_odd_value_ends_a_verb(name: str, kind: str) -> None:
    check(name, kind)


@pytest.mark.parametrize("name", DECIDE)
def test_no_claim_is_shown_that_lacks_what_decides_it(name: str) -> None:
    found = explain(spoilt(name, Literal("odd")), "CHEBI:3160", "HP:0000938")
    assert (found.paths, found.supported) == ((), False)
    assert sorted(found.unread) == ["able-2020/c1", "able-2020/c2", "able-2020/c3"]
    assert all("expected" in problem for problem in found.unread.values())


@pytest.mark.parametrize("name", ["sc:stance", "sc:certainty", "sc:link"])
def test_a_word_that_there_is_none_of_is_named_with_those_there_are(name: str) -> None:
    found = explain(spoilt(name, node("sc:odd")), "CHEBI:3160", "HP:0000938")
    problem = found.unread["able-2020/c1"]
    assert f"{name} sc:odd, expected" in problem


@cache
def entities() -> tuple[NamedNode, ...]:
    """Return what the claims of the chain are about."""
    about = expand("sc:about")
    found = {q.object for q in CHAIN if q.predicate.value == about}
    return tuple(sorted((it for it in found if isinstance(it, NamedNode)), key=str))


def nested(link: str, ends: Iterable[NamedNode], *, closed: bool) -> EmbeddedStore:
    """Return the chain, below each of these entities a row of others, or one that runs back."""
    prop, label, kind = node(link), node("rdfs:label"), node("rdf:type")
    count, quads = (3 if closed else 3000), list(CHAIN)
    for number, start in enumerate(ends):
        row = [start, *(node(f"https://ex.org/{number}/{place}") for place in range(count))]
        row += [start] if closed else []
        quads += [Quad(one, prop, other, GRAPH) for one, other in pairwise(row)]
        for place, it in enumerate(row[1 : count + 1]):
            quads += [
                Quad(it, kind, node("sc:Entity"), GRAPH),
                Quad(it, label, Literal(f"thing {place}"), GRAPH),
                Quad(it, node("sc:variable"), node("scterm:predisposition"), GRAPH),
            ]
    return EmbeddedStore(quads)


@pytest.mark.parametrize("link", ["sc:dueTo", "sc:toward", "skos:broader"])
def test_entities_that_go_round_are_shown(link: str) -> None:
    explained, *_ = told(nested(link, entities(), closed=True))
    assert "Path 1: 2 steps" in explained


@pytest.mark.parametrize("link", ["sc:dueTo", "sc:toward", "skos:broader"])
def test_three_thousand_entities_one_inside_the_other_are_shown(link: str) -> None:
    explained, *_ = told(nested(link, entities()[:1], closed=False))
    assert "Path 1: 2 steps" in explained
    assert max(map(len, explained.splitlines())) < 10_000
