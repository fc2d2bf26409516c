"""Graphs that say anything: what is shown of them is told in words, and never a fault of ours."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from comparing.test_contested import INJECTED, LOSS, study
from samples import quads
from studyclaims.answers import jsonable
from studyclaims.comparing.backing import backing, backing_table
from studyclaims.comparing.comparison import compare
from studyclaims.comparing.contested import contested, contests_text
from studyclaims.errors import StudyclaimsError
from studyclaims.rdf import node, typed
from studyclaims.showing.claimtable import claims_table
from studyclaims.showing.htmlpages import contest_html, page_html
from studyclaims.showing.pages import page
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FROM: Final = "injection by Botulinum toxin type A"
TO: Final = "decreased tissue amount of bone tissue"
ODD: Final[dict[str, tuple[Literal | NamedNode | BlankNode, ...]]] = {
    "nothing": (),
    "a number": (Literal(7),),
    "a decimal": (typed("1.5", "xsd:decimal"),),
    "a truth": (Literal(True),),
    "an empty text": (Literal(""),),
    "a text that a terminal obeys": (Literal("odd \x1b[2J\u202e"),),
    "an IRI": (NamedNode("urn:x:odd"),),
    "a blank node": (BlankNode("b"),),
    "two values": (NamedNode("urn:x:odd"), Literal(3)),
}


@cache
def base() -> list[Quad]:
    lines = [(INJECTED, "cause", LOSS, stance) for stance in ("supports", "refutes")]
    return [*quads(), *study("baker-2021", *lines)]


def changed(predicate: NamedNode, kind: str) -> EmbeddedStore:
    """Return the graph with odd values of one property; two are put beside what there is."""
    kept = [q for q in base() if q.predicate != predicate or kind == "two values"]
    subjects = {(q.subject, q.graph_name) for q in base() if q.predicate == predicate}
    odd = [Quad(s, predicate, value, g) for s, g in subjects for value in ODD[kind]]
    return EmbeddedStore([*kept, *odd])


def shown(store: EmbeddedStore) -> Iterator[Callable[[], tuple[str, object]]]:
    """Yield each way to show a graph, which gives it as text and as data."""

    def topics() -> tuple[str, object]:
        found = contested(store)
        assert all(map(contest_html, found))
        return contests_text(found), [contest.to_dict() for contest in found]

    def link() -> tuple[str, object]:
        found = backing(store, FROM, TO)
        backing_table(store, found)
        return str(found), found.to_dict()

    def studies() -> tuple[str, object]:
        found = compare(store, "small-2020", "baker-2021")
        return found.text(every=True), found.to_dict()

    def table() -> tuple[str, object]:
        return "", [list(row.values()) for row in claims_table(store)]

    def of(name: str) -> Callable[[], tuple[str, object]]:
        def one() -> tuple[str, object]:
            found = page(store, name)
            assert page_html(found)
            return str(found), found.data

        return one

    parts = {str(q.subject.value) for q in base() if isinstance(q.subject, NamedNode)}
    own = sorted(part for part in parts if "/entity/" in part or "/proposition/" in part)
    names = ("small-2020", "small-2020/title-inflames", "small-2020/news-inflames", "CHEBI:3160")
    yield from (topics, link, studies, table, *map(of, (*names, "10.1234/small.1", *own[::4])))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ODD)
def test_whatever_a_graph_says_it_is_shown_or_refused_in_words(kind: str) -> None:
    for predicate in sorted({q.predicate.value for q in base()}):
        for show in shown(changed(node(predicate), kind)):
            with suppress(StudyclaimsError):
                text, data = show()
                assert all(line.isprintable() for line in text.split("\n")), predicate
                assert json.dumps(data, default=jsonable)


@pytest.mark.parametrize("name", ["sc:stance", "sc:about", "rdfs:label", "sc:cue", "dct:source"])
@pytest.mark.parametrize("kind", ["nothing", "a number", "an IRI"])
def test_what_decides_a_claim_may_be_odd_and_is_shown_or_refused_in_words(
    name: str, kind: str
) -> None:
    for show in list(shown(changed(node(name), kind)))[:6]:
        with suppress(StudyclaimsError):
            assert json.dumps(show()[1], default=jsonable)
