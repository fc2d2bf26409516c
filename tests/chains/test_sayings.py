"""Sayings: a claim as data and words is what its page says, and no step reads firmer than it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chains.test_steps import DENIAL, FLAT, GUESS, HEDGED, NULL, OPEN, OWN, saying, step
from samples import quads, store
from studyclaims.chains.sayings import (
    saying_row,
    speaker,
    step_says,
    step_verb,
    unread_text,
    words,
)
from studyclaims.chains.steps import Strength, read_steps
from studyclaims.predicates import RELATIONS
from studyclaims.readings import third_person
from studyclaims.showing.claims import Claims
from studyclaims.showing.pages import claim_rows
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import expand

if TYPE_CHECKING:
    from studyclaims.chains.steps import Saying


def rows_of(held: EmbeddedStore) -> dict[str, dict[str, Any]]:
    """Return every claim of a graph as it is told for a step, by claim."""
    claims = Claims(held)
    return {
        said.claim: saying_row(claims, told, said)
        for told in read_steps(held)
        for said in told.sayings
    }


def test_a_claim_is_told_as_its_page_tells_it() -> None:
    rows = rows_of(store())
    pages = claim_rows(
        store(), "?claim dct:isPartOf ?it .", it=str(next(iter(rows.values()))["study"])
    )
    assert len(rows) == len(pages) == 5
    for page in pages:
        row = rows[page["claim"]]
        for name, value in page.items():
            assert row[name] == value, name


def test_a_claim_says_who_and_what_it_writes() -> None:
    rows = {row["key"]: row for row in rows_of(store()).values()}
    paper, news = rows["small-2020/title-inflames"], rows["small-2020/news-inflames"]
    assert paper["who"] == "paper (10.1234/small.1) asserts it, “inflames”"
    assert news["who"] == "news (https://example.org/news) suggests it, “could”; “may harm”"
    assert (paper["secondary"], paper["kind"]) == (False, None)
    assert (news["secondary"], news["kind"]) == (True, paper["source"])
    assert news["says"] == "suggests it, “could”; “may harm”"
    assert paper["writes"] == "https://w3id.org/biolink/vocab/causes"
    assert paper["startReading"] == paper["aboutReading"] == "mechanical disuse"
    assert paper["figure"].startswith("correlation coefficient 1.50")
    assert rows["small-2020/abstract-refutes"]["writes"] is None
    assert rows["small-2020/abstract-null"]["figure"] is None


def test_a_claim_that_cannot_be_read_out_still_says_who_claims_it() -> None:
    name = "https://w3id.org/studyclaims/claim/small-2020/title-inflames"
    left_out = {"cue": "sc:cue", "place": "sc:locator", "title of its source": "dct:title"}
    for lacks, curie in left_out.items():
        bare = (quad for quad in quads() if quad.predicate.value != expand(curie))
        row = rows_of(EmbeddedStore(bare))[name]
        assert row["sentence"] == f"cannot be read out: the graph has no {lacks}"
        assert row["problem"] == f"the graph has no {lacks}"
        quoted = "" if lacks == "cue" else ", “inflames”"
        assert row["who"] == f"paper (10.1234/small.1) asserts it{quoted}"
        assert (row["stance"], row["certainty"]) == (expand("sc:supports"), expand("sc:asserted"))
        assert (row["note"], row["context"], row["key"]) == (
            "No hedge.",
            {},
            "small-2020/title-inflames",
        )
    assert "problem" not in rows_of(store())[name]


@pytest.mark.parametrize(("number", "more"), [(5, False), (6, True)])
def test_what_cannot_be_read_is_told_in_a_few_lines(number: int, more: bool) -> None:
    said = {f"able/c{place}": "found nothing\x1b[2J" for place in range(number)}
    lines = unread_text(dict(reversed(said.items()))).splitlines()
    assert lines[0] == f"warning: {number} things in the graph cannot be read and are left out:"
    assert lines[1:6] == [f"  able/c{place}: found nothing\\x1b[2J" for place in range(5)]
    assert lines[6:] == (["  and 1 more; --format json has them all"] if more else [])
    assert unread_text({}) == ""


@pytest.mark.parametrize(
    ("said", "relation", "expected"),
    [
        (OWN, "cause", "asserts it"),
        (FLAT, "cause", "states it"),
        (HEDGED, "cause", "suggests it"),
        (GUESS, "cause", "hypothesises so"),
        (saying("speculated"), "cause", "speculates so"),
        (FLAT, "associate", "says so"),
        (OPEN, "cause", "leaves it open"),
        (NULL, "cause", "finds no sign of it"),
        (DENIAL, "cause", "denies it"),
    ],
)
def test_each_way_of_taking_a_proposition_has_words(
    said: Saying, relation: str, expected: str
) -> None:
    assert words(said, relation, []) == expected
    assert words(said, relation, ["may", "x"]) == f"{expected}, “may”; “x”"


def test_a_source_without_a_doi_is_named_by_its_address() -> None:
    assert speaker(saying(news=True)) == "news (news-of-able)"


@pytest.mark.parametrize(
    ("held", "verb"),
    [
        ((OWN,), "causes"),
        ((FLAT,), "is stated to cause"),
        ((saying(news=True),), "is stated by a secondary source to cause"),
        ((HEDGED,), "is suggested to cause"),
        ((saying("suggested", news=True),), "is suggested by a secondary source to cause"),
        ((GUESS,), "is hypothesised to cause"),
        ((saying("speculated"),), "is speculated to cause"),
        ((OPEN,), "might or might not cause"),
        ((NULL, DENIAL), "is not found to cause"),
        ((DENIAL,), "is said not to cause"),
    ],
)
def test_a_step_reads_as_firmly_as_it_is_said(held: tuple[Saying, ...], verb: str) -> None:
    assert step_verb(step(*held)) == verb


def test_an_association_is_said_or_may_be() -> None:
    assert step_verb(step(FLAT, relation="associate")) == "is said to be associated with"
    assert step_verb(step(HEDGED, relation="precede")) == "may precede"


@pytest.mark.parametrize("relation", sorted(RELATIONS))
def test_only_an_own_test_reads_plain(relation: str) -> None:
    own = saying(writes=RELATIONS[relation].asserted)
    for said in (own, FLAT, saying(news=True), HEDGED, GUESS, OPEN, NULL, DENIAL):
        told = step(said, relation=relation)
        plain = step_verb(told) == third_person(RELATIONS[relation].reads)
        assert plain is (told.strength is Strength.ASSERTED)


def test_an_aside_before_the_verb_is_closed() -> None:
    assert step_says(step(OWN), "rest, long", "loss") == "rest, long, causes loss"
    assert step_says(step(OWN), "rest (a, b)", "loss, focal") == "rest (a, b) causes loss, focal"
