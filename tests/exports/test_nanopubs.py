"""Nanopublications: the rules of the guidelines, what a claim needs, and no claim in another's."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from environments import EnvironmentMissingError
from exports.exchanges import RELATIONS, corpus, small_quads, text
from nanopubs.environment import judged
from samples import index
from studyclaims.errors import ClaimError
from studyclaims.exports.nanopubs import PLACE, Nanopub, nanopubs
from studyclaims.exports.trusty import artifact_code
from studyclaims.rdf import node
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path

CLAIM: Final = f"{BASE}claim/small-2020/"
NP: Final = "http://www.nanopub.org/nschema#"
PARTS: Final = ("Head", "assertion", "provenance", "pubinfo")


@cache
def small_ones() -> dict[str, Nanopub]:
    return {it.claim.removeprefix(CLAIM): it for it in nanopubs(small_quads(), index())}


@cache
def corpus_ones() -> list[Nanopub]:
    return nanopubs(corpus(), index())


def part(it: Nanopub, name: str) -> set[Quad]:
    return {q for q in it.quads if q.graph_name == node(f"{it.iri}#{name}")}


def test_there_is_one_a_claim() -> None:
    claims = {text(q.subject) for q in corpus() if q.object == node("sc:Claim")}
    assert {it.claim for it in corpus_ones()} == claims
    assert len(corpus_ones()) == len(claims) == len({it.path for it in corpus_ones()})


def test_each_keeps_the_rules_of_the_guidelines() -> None:
    for it in (*corpus_ones(), *small_ones().values()):
        this, names = node(it.iri), {name: node(f"{it.iri}#{name}") for name in PARTS}
        assert {q.graph_name for q in it.quads} == set(names.values())
        head = {(q.subject, q.predicate.value, q.object) for q in part(it, "Head")}
        assert head == {
            (this, node("rdf:type").value, NamedNode(f"{NP}Nanopublication")),
            (this, f"{NP}hasAssertion", names["assertion"]),
            (this, f"{NP}hasProvenance", names["provenance"]),
            (this, f"{NP}hasPublicationInfo", names["pubinfo"]),
        }
        assert names["assertion"] in {q.subject for q in part(it, "provenance")}
        said = {q.predicate for q in part(it, "pubinfo") if q.subject == this}
        assert {node(f"dct:{name}") for name in ("created", "creator", "license")} < said
        assert artifact_code(it.quads, it.code) == it.code
        assert it.iri == PLACE + it.code


def test_an_assertion_writes_the_direct_triple_of_its_claim_and_no_other() -> None:
    for it in (*corpus_ones(), *small_ones().values()):
        own = {
            (q.subject, q.predicate.value, q.object)
            for q in it.quads
            if q.predicate.value in RELATIONS
        }
        written = {text(q.object) for q in it.quads if q.predicate == node("rdf:predicate")}
        assert {predicate for _, predicate, _ in own} == written & RELATIONS
        assert len(own) == len(written & RELATIONS)
    assert "biolink" not in str(part(small_ones()["news-inflames"], "assertion")).replace(
        "biolink/vocab/agent_type", ""
    )


def test_together_they_hold_all_that_is_said_of_claims() -> None:
    kinds = tuple(f"{BASE}{kind}/" for kind in ("claim", "evidence", "measurement"))
    for held, made in ((corpus(), corpus_ones()), (small_quads(), list(small_ones().values()))):
        told = {q.triple for it in made for q in it.quads if text(q.subject).startswith(kinds)}
        dead = {q.subject for q in held if q.object == node("sc:WithdrawnClaim")}
        said = {
            q.triple for q in held if text(q.subject).startswith(kinds) and q.subject not in dead
        }
        assert told == said


def test_news_has_the_paper_as_its_primary_source() -> None:
    sources = {
        name: {
            (q.predicate.value.rpartition("#")[2], text(q.object))
            for q in part(small_ones()[name], "provenance")
            if "prov#" in q.predicate.value
        }
        for name in ("news-inflames", "title-inflames")
    }
    paper, news = "https://doi.org/10.1234/small.1", "https://example.org/news"
    assert sources == {
        "news-inflames": {("wasDerivedFrom", news), ("hadPrimarySource", paper)},
        "title-inflames": {("wasDerivedFrom", paper), ("hadPrimarySource", paper)},
    }


def test_the_publication_info_says_who_when_and_how_far_it_was_checked() -> None:
    it = small_ones()["title-inflames"]
    said = {q.predicate: q.object for q in part(it, "pubinfo") if q.subject == node(it.iri)}
    assert text(said[node("dct:created")]) == "2020-03-05T00:00:00Z"
    assert said[node("dct:creator")] == node(f"{BASE}study/small-2020#drafter")
    assert said[node("sc:recordStatus")] == node("sc:checked")
    assert text(said[node("rdfs:label")]) == "small-2020/title-inflames"
    reviewer = said[node("sc:reviewedBy")]
    assert any(q.subject == reviewer for q in part(it, "pubinfo"))


def test_a_person_who_drafted_is_the_creator() -> None:
    drafter = node(f"{BASE}study/small-2020#drafter")
    orcid = node("https://orcid.org/0000-0000-0000-0001")
    more = Quad(drafter, node("schema:identifier"), orcid, node(f"{BASE}study/small-2020"))
    it = nanopubs(small_quads() | {more}, index())[0]
    assert orcid in {q.object for q in it.quads if q.predicate == node("dct:creator")}


def test_without_a_date_or_a_drafter_there_is_none() -> None:
    for name in ("dct:modified", "sc:draftedBy"):
        lacking = frozenset(q for q in small_quads() if q.predicate != node(name))
        with pytest.raises(ClaimError, match="its graph does not say who drafted it and when"):
            nanopubs(lacking, index())
    graph = node(f"{BASE}study/small-2020")
    for name in ("dct:modified", "sc:draftedBy"):
        twice = small_quads() | {Quad(graph, node(name), graph, graph)}
        with pytest.raises(ClaimError, match="its graph does not say who drafted it and when"):
            nanopubs(twice, index())


def test_a_claim_in_two_graphs_is_refused() -> None:
    again = {Quad(q.subject, q.predicate, q.object, node("sc:g")) for q in small_quads()}
    with pytest.raises(ClaimError, match=r"stands in two graphs|who drafted it"):
        nanopubs(small_quads() | again, index())


def test_the_file_reads_back() -> None:
    it = small_ones()["title-inflames"]
    assert set(parse(it.trig(), format=RdfFormat.TRIG)) == it.quads
    assert it.path == f"small-2020/title-inflames.{it.code}.trig"


@pytest.mark.slow
def test_the_package_nanopub_finds_all_valid_and_their_names_right(tmp_path: Path) -> None:
    folder = tmp_path / "nanopubs"
    made = {it.path: it for it in (*corpus_ones(), *small_ones().values())}
    for path, it in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(it.trig())
    broken = folder / "broken.trig"
    trig = small_ones()["title-inflames"].trig()
    broken.write_bytes(trig.replace(b"small-2020/title-inflames", b"small-2020/title-inflamed"))
    try:
        found = judged(folder, tmp_path)
    except EnvironmentMissingError as error:
        pytest.skip(str(error))
    broken_one = found.pop("broken.trig")
    assert (broken_one["valid"], broken_one["checked"]) == (False, False)
    assert found.keys() == made.keys()
    for path, it in made.items():
        said = {"valid": True, "trusty": True, "iri": it.iri, "triples": len(it.quads)}
        assert found[path] == said | {"checked": True}
