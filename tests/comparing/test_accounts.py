"""Claims with all that they rest on: what is read out of one, and how many papers stand behind."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import Literal, Quad

from samples import quads, store
from studyclaims.comparing.accounts import WIDTH, Account, by_proposition, folded, tally
from studyclaims.comparing.voices import read_entities, read_voices
from studyclaims.rdf import node, typed
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable


def read(graph: EmbeddedStore) -> dict[str, Account]:
    told = by_proposition(graph, read_voices(graph, read_entities(graph)))
    return {a.claim.rpartition("/")[2]: a for accounts in told.values() for a in accounts}


@cache
def small() -> dict[str, Account]:
    return read(store())


def test_every_claim_is_read_once_under_its_proposition_both_sorted() -> None:
    told = by_proposition(store(), read_voices(store(), read_entities(store())))
    assert list(told) == sorted(told)
    assert sorted(map(len, told.values())) == [1, 2, 2]
    for accounts in told.values():
        assert [a.claim for a in accounts] == sorted(a.claim for a in accounts)
        assert len({a.voice.reading for a in accounts}) == 1


def test_only_claims_that_were_asked_for_are_read() -> None:
    voices = [v for v in read_voices(store(), read_entities(store())) if "news" in v.claim]
    told = by_proposition(store(), voices)
    assert [[a.claim for a in accounts] for accounts in told.values()] == [
        ["small-2020/news-inflames"]
    ]


def test_what_decides_how_much_is_claimed_stands_in_one_line() -> None:
    assert small()["title-inflames"].standing == (
        "supports, asserted, conclusion, basis intervention, primary source, measured"
    )
    assert small()["news-inflames"].standing == (
        "supports, suggested, conclusion, basis none, secondary source, not measured here"
    )
    assert small()["abstract-null"].standing.startswith("noEffect, asserted, result")


def with_measured_turned() -> frozenset[Quad]:
    """Return the small study with measured false where it was true, and the other way round.

    Predicates are left out: they would be those of other words.
    """
    turned = {"true": "false", "false": "true"}
    return frozenset(
        q
        if q.predicate != node("sc:measured")
        else Quad(
            q.subject,
            q.predicate,
            typed(turned[getattr(q.object, "value", "")], "xsd:boolean"),
            q.graph_name,
        )
        for q in quads()
        if q.predicate != node("rdf:predicate")
    )


def test_what_another_study_measured_is_not_measured_here() -> None:
    told = read(EmbeddedStore(with_measured_turned()))
    news, title = told["news-inflames"], told["title-inflames"]
    assert (news.primary, news.measured) == (False, False)
    assert "not measured here" in news.standing
    assert (title.primary, title.measured, title.hedged) == (True, False, False)
    assert small()["news-inflames"].hedged


def test_a_claim_as_data() -> None:
    data = small()["title-inflames"].to_dict()
    assert data["source"] == {
        "iri": "https://doi.org/10.1234/small.1",
        "title": "Rest inflames bone marrow",
        "kind": "primary",
        "primarySource": "https://doi.org/10.1234/small.1",
    }
    assert (data["stance"], data["certainty"], data["basis"]) == (
        "supports", "asserted", "intervention",
    )  # fmt: skip
    assert (data["cue"], data["role"], data["measured"]) == (["inflames"], "conclusion", True)
    assert data["lag"] == "by 3 d after mechanical disuse"
    assert data["context"]["dose"] == "4 units"
    assert data["note"] == "No hedge."
    assert data["evidence"][0]["measurements"][0]["p"] == "<0.05"
    assert data["sentence"].startswith("The paper asserts that mechanical disuse causes")
    assert data["reading"].startswith("mechanical disuse | cause | increased")
    news = small()["news-inflames"].to_dict()
    assert (news["lag"], news["note"], news["context"]) == (None, None, {})
    assert news["source"]["kind"] == "secondary"
    assert news["source"]["primarySource"] == data["source"]["iri"]


def test_a_claim_as_text() -> None:
    lines = list(small()["title-inflames"].lines(2))
    assert lines[0] == "  small-2020/title-inflames"
    assert lines[1].startswith("      The paper asserts")
    text = "\n".join(lines)
    assert max(map(len, lines)) <= WIDTH
    for said in (
        "      source: Rest inflames bone marrow <https://doi.org/10.1234/small.1>\n",
        "      context: age 10 weeks; assay histology; compared with sham; dose 4 units",
        "      note: No hedge.\n",
        "evidence; measured; time course; a test of sufficiency;\n        title\n",
        "      measurement: correlation coefficient 1.50 mm (± 0.2), n 8, p <0.05, after 3 d, at the peak,",  # noqa: E501
        f"      hash: {'0' * 62}aa\n",
        "      note: Read twice.",
    ):
        assert said in text
    assert "reports on" not in text
    news = "\n".join(small()["news-inflames"].lines(0))
    assert "    reports on: https://doi.org/10.1234/small.1\n" in news
    assert "evidence: documented statement evidence; not measured here; body, sentence 1" in news
    assert "context:" not in news
    assert "note:" not in news


def test_a_source_under_two_titles_is_one_account() -> None:
    paper = node("https://doi.org/10.1234/small.1")
    graph = node("https://ex.org/g")
    more = Quad(paper, node("dct:title"), Literal("A title"), graph)
    told = read(EmbeddedStore([*quads(), more]))
    assert len(told) == 5
    assert told["title-inflames"].row["title"] == "A title"


def test_of_two_notes_the_first_is_kept_whatever_their_order() -> None:
    claim = node("https://w3id.org/studyclaims/claim/small-2020/title-inflames")
    graph = node("https://ex.org/g")
    more = [Quad(claim, node("rdfs:comment"), Literal(text), graph) for text in ("B.", "A.")]
    for order in (more, more[::-1]):
        assert read(EmbeddedStore([*quads(), *order]))["title-inflames"].note == "A."


def counted(accounts: Iterable[Account]) -> list[int]:
    return list(tally(accounts).values())


def test_a_paper_hedges_throughout_where_nothing_of_it_is_asserted() -> None:
    title, news, null = (
        small()[name] for name in ("title-inflames", "news-inflames", "abstract-null")
    )
    assert counted([]) == [0, 0, 0, 0, 0]
    assert counted([title]) == [1, 1, 0, 0, 1]
    assert counted([news]) == [1, 0, 1, 1, 1]
    assert counted([title, news, null]) == [1, 1, 1, 0, 3]


def test_lines_are_folded_between_words_and_set_in() -> None:
    assert folded("one", 4) == ["    one"]
    lines = folded("word-and-word " * 18, 4)
    assert [len(line) - len(line.lstrip()) for line in lines] == [4, 6, 6]
    assert max(map(len, lines)) <= WIDTH
    assert folded("w" * 120, 2) == ["  " + "w" * 120]
