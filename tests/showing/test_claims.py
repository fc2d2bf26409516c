"""Claims of graphs from elsewhere: read whole, or refused with the field that is at fault."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from samples import changed as record_with
from samples import quads, store
from studyclaims.errors import ClaimError
from studyclaims.predicates import Certainty, Stance
from studyclaims.rdf import node, typed
from studyclaims.showing.claims import Claims, iris, name_of, spelled, texts
from studyclaims.showing.pages import page
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from pyoxigraph import Triple

    Term = NamedNode | BlankNode | Literal | Triple

CLAIM: Final = "https://w3id.org/studyclaims/claim/small-2020/title-inflames"
ODD: Final = NamedNode("urn:x:odd")
RDF_TYPE: Final = node("rdf:type")
ABSTRACT: Final = "abstract-association"


def told(store: EmbeddedStore, iri: str = CLAIM) -> dict[str, object]:
    claims = Claims(store)
    return claims.row(claims.read(iri))


@cache
def subjects() -> dict[str, NamedNode]:
    """Return the claim, and what it is made of, by what it is to the claim."""
    claim = Claims(store()).read(CLAIM)
    (item,) = claim.fields["sc:restsOn"]
    return {
        "claim": node(CLAIM),
        "proposition": node(claim.proposition),
        "source": node(claim.source),
        "evidence": item,
    }


def changed(of: str, name: str, *values: Term) -> EmbeddedStore:
    """Return the small study with other values of one field of the claim."""
    subject, prop = subjects()[of], node(name)
    kept = [q for q in quads() if (q.subject, q.predicate) != (subject, prop)]
    return EmbeddedStore([*kept, *(Quad(subject, prop, value) for value in values)])


def test_a_claim_is_read_with_what_decides_what_it_says() -> None:
    claims = Claims(store())
    assert len(claims.iris()) == 5
    claim = claims.read(CLAIM)
    assert (claim.stance, claim.certainty, claim.relation) == (
        Stance.SUPPORTS, Certainty.ASSERTED, "cause",
    )  # fmt: skip
    assert (claim.source, claim.primary) == ("https://doi.org/10.1234/small.1", None)
    news = claims.read(CLAIM.replace("title", "news"))
    assert (news.source, news.primary) == ("https://example.org/news", claim.source)


@pytest.mark.parametrize(
    ("of", "name", "values", "problem"),
    [
        ("claim", "sc:stance", (), "found sc:stance nothing, expected one IRI"),
        ("claim", "sc:stance", (Literal("supports"),), "found sc:stance 'supports', expected one"),
        ("claim", "sc:stance", (Literal(7),), "found sc:stance '7', expected one IRI"),
        ("claim", "sc:stance", (ODD,), "urn:x:odd, expected one of sc:supports, sc:refutes"),
        ("claim", "sc:certainty", (node("sc:supports"),), "expected one of sc:asserted, "),
        (
            "claim",
            "sc:stance",
            (node("sc:supports"), node("sc:noEffect")),
            "found sc:stance sc:noEffect and sc:supports, expected one IRI",
        ),
        ("claim", "sc:proposition", (BlankNode("b"),), "found sc:proposition '_:b', expected"),
        ("claim", "sc:basis", (), "found sc:basis nothing"),
        ("claim", "sc:basis", (ODD,), "found sc:basis urn:x:odd, expected one of sc:intervention"),
        ("claim", "sc:role", (), "found sc:role nothing"),
        ("claim", "sc:role", (ODD,), "found sc:role urn:x:odd, expected one of sc:result, "),
        ("claim", "sc:source", (Literal("x"),), "found sc:source 'x'"),
        ("claim", "dct:isPartOf", (), "found dct:isPartOf nothing"),
        ("claim", "sc:cue", (), "the graph has no cue"),
        ("claim", "sc:cue", (Literal(" "), ODD), "the graph has no cue"),
        ("source", "dct:title", (), "the graph has no title of its source"),
        ("evidence", "sc:locator", (), "the graph has no place"),
        ("proposition", "sc:about", (Literal("rest"),), "found its proposition's sc:about 'rest'"),
        ("proposition", "sc:outcomeEntity", (), "its proposition's sc:outcomeEntity nothing"),
        ("proposition", "sc:link", (ODD,), "sc:link urn:x:odd, expected a relation of"),
    ],
)
def test_a_claim_that_is_not_told_in_full_is_refused(
    of: str, name: str, values: tuple[Term, ...], problem: str
) -> None:
    with pytest.raises(ClaimError) as caught:
        told(changed(of, name, *values))
    assert problem in caught.value.problem
    assert caught.value.name == "small-2020/title-inflames"
    assert str(caught.value).endswith("; mend it there, or load a graph without it")


def test_a_claim_without_a_name_is_refused() -> None:
    named, nameless = node(CLAIM), BlankNode("b")
    graph = [Quad(nameless, q.predicate, q.object) for q in quads() if q.subject == named]
    claims = Claims(EmbeddedStore([*quads(), *graph]))
    assert claims.iris()[0] == "_:b"
    with pytest.raises(ClaimError, match="blank node"):
        claims.read("_:b")


def test_an_entity_without_a_label_is_called_by_its_curie() -> None:
    about = Claims(store()).read(CLAIM).about
    bare = [q for q in quads() if (q.subject, q.predicate) != (node(about), node("rdfs:label"))]
    assert told(EmbeddedStore(bare))["aboutLabel"] == "scterm:disuse"


def test_numbers_where_texts_belong_are_read_as_texts() -> None:
    assert told(changed("claim", "sc:cue", Literal(7), Literal("b")))["cue"] == ["7", "b"]
    assert told(changed("evidence", "sc:locator", Literal(4)))["at"] == ["4"]
    assert told(changed("source", "dct:title", Literal(7)))["title"] == "7"
    strain = told(changed("claim", "sc:strain", Literal(129)))
    assert strain["context"]["strain"] == "129"  # type: ignore[index]


@pytest.mark.parametrize("name", ["sc:lagPrinted", "sc:lagBound", "sc:lagFrom"])
def test_a_lag_that_is_not_whole_is_none(name: str) -> None:
    assert told(store())["lag"] == "3 d"
    for values in ((), (Literal("a"), Literal("b")), (BlankNode("b"),)):
        row = told(changed("claim", name, *values))
        assert [row[key] for key in ("lag", "bound", "start", "startLabel", "startReading")] == [
            None
        ] * 5
    assert told(changed("claim", "sc:lagBound", ODD))["lag"] is None


def test_of_two_papers_that_news_reports_on_a_study_means_its_own() -> None:
    news, paper = node("https://example.org/news"), node("https://doi.org/10.1234/small.1")
    more = Quad(news, node("sc:primarySource"), node("https://doi.org/10.1/a"))
    claims = Claims(EmbeddedStore([*quads(), more]))
    assert claims.read(CLAIM.replace("title", "news")).primary == paper.value
    other = [q for q in quads() if q.predicate != node("dct:source")]
    claims = Claims(EmbeddedStore([*other, more]))
    assert claims.read(CLAIM.replace("title", "news")).primary == "https://doi.org/10.1/a"


NEWS: Final = node("https://example.org/news")
PAPER: Final = node("https://doi.org/10.1234/small.1")
ITEM: Final = node("fabio:NewsItem")
FIRST: Final = node("sc:primarySource")


def sourced(*said: tuple[NamedNode, NamedNode, Term]) -> EmbeddedStore:
    """Return the small study with nothing said of its two sources but this."""
    kept = [q for q in quads() if q.subject not in {NEWS, PAPER}]
    return EmbeddedStore([*kept, *(Quad(*triple) for triple in said)])


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ((), "its source .* is not said to be a paper, nor what it reports on"),
        (((NEWS, RDF_TYPE, node("sc:Source")),), "is not said to be a paper, nor what it reports"),
        (((NEWS, RDF_TYPE, ITEM),), "its source https://example.org/news is not said to be"),
        (
            ((NEWS, RDF_TYPE, ITEM), (NEWS, RDF_TYPE, node("fabio:JournalArticle"))),
            "is not said to be a paper, nor what it reports on",
        ),
        (((NEWS, FIRST, NEWS),), "found its source's sc:primarySource https://example.org/news"),
        (
            ((NEWS, FIRST, Literal("x")),),
            "its source's sc:primarySource 'x', expected IRIs of other",
        ),
        (
            ((NEWS, FIRST, PAPER), (NEWS, FIRST, BlankNode("b"))),
            "'_:b' and doi:10.1234/small.1,",
        ),
    ],
)
def test_news_never_becomes_a_paper_for_want_of_a_word(
    said: tuple[tuple[NamedNode, NamedNode, Term], ...], problem: str
) -> None:
    with pytest.raises(ClaimError, match=problem):
        Claims(sourced(*said)).read(CLAIM.replace("title", "news"))


@pytest.mark.parametrize("kind", ["fabio:JournalArticle", "fabio:Preprint"])
def test_a_source_is_a_paper_where_the_graph_says_so(kind: str) -> None:
    refutes = CLAIM.replace("title-inflames", "abstract-refutes")
    assert Claims(sourced((PAPER, RDF_TYPE, node(kind)))).read(refutes).primary is None
    reported = sourced((PAPER, RDF_TYPE, node(kind)), (PAPER, FIRST, NEWS))
    assert Claims(reported).read(refutes).primary == NEWS.value


@pytest.mark.parametrize(
    ("of", "name", "value", "problem"),
    [
        ("claim", "sc:stance", "sc:refutes", "writes biolink:causes where its words give nothing"),
        ("claim", "sc:certainty", "sc:suggested", "biolink:causes where its words give sc:mayC"),
        ("claim", "sc:basis", "sc:temporal", "biolink:causes where its words give sc:statedToC"),
        ("claim", "sc:role", "sc:background", "biolink:causes where its words give sc:statedToC"),
        ("source", "sc:primarySource", "urn:x:odd", "causes where its words give sc:statedToCause"),
        ("evidence", "sc:measured", "false", "causes where its words give sc:statedToCause"),
        ("proposition", "sc:link", "sc:relPrevent", "causes where its words give sc:foundToPrev"),
        ("claim", "rdf:predicate", "sc:mayCause", "sc:mayCause where its words give biolink:cau"),
    ],
)
def test_a_claim_that_writes_another_predicate_than_its_words_give_is_refused(
    of: str, name: str, value: str, problem: str
) -> None:
    said = typed(value, "xsd:boolean") if value == "false" else node(value)
    with pytest.raises(ClaimError, match=problem):
        Claims(changed(of, name, said)).read(CLAIM)


def test_what_was_tested_may_be_left_unsaid_and_any_test_counts() -> None:
    evidence, measured = subjects()["evidence"], node("sc:measured")
    assert Claims(changed("evidence", "sc:measured")).read(CLAIM).certainty is Certainty.ASSERTED
    truths = (typed("false", "xsd:boolean"), typed("true", "xsd:boolean"))
    assert Claims(changed("evidence", "sc:measured", *truths)).read(CLAIM).relation == "cause"
    untested = [q for q in quads() if (q.subject, q.predicate) != (evidence, measured)]
    untested.append(Quad(evidence, measured, truths[0]))
    with pytest.raises(ClaimError, match="where its words give sc:statedToCause"):
        Claims(EmbeddedStore(untested)).read(CLAIM)
    for other in (ODD, BlankNode("b"), Literal("x")):
        more = Quad(node(CLAIM), node("sc:restsOn"), other)
        assert Claims(EmbeddedStore([*untested, more])).read(CLAIM).relation == "cause"


@pytest.mark.parametrize(("of", "asked"), [("title-inflames", 1), ("news-inflames", 0)])
def test_evidence_is_looked_up_only_where_the_predicate_depends_on_it(
    of: str, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[object] = []
    really = EmbeddedStore.triples

    def noted(self: EmbeddedStore, *parts: Any, **named: Any) -> Any:  # noqa: ANN401
        sought.extend(parts[1:])
        return really(self, *parts, **named)

    monkeypatch.setattr(EmbeddedStore, "triples", noted)
    Claims(store()).read(CLAIM.replace("title-inflames", of))
    assert sought.count(node("sc:measured")) == asked


def test_a_claim_that_writes_two_predicates_is_refused_and_one_that_writes_none_is_read() -> None:
    two = changed("claim", "rdf:predicate", node("biolink:causes"), node("sc:mayCause"))
    with pytest.raises(ClaimError, match="writes biolink:causes and sc:mayCause where its"):
        Claims(two).read(CLAIM)
    assert Claims(changed("claim", "rdf:predicate")).read(CLAIM).relation == "cause"


def test_an_association_with_a_coefficient_may_say_so() -> None:
    claim = "propositions.1.claims.0.evidence.0.measurements"
    for coefficient, name in ((True, "correlated_with"), (False, "associated_with")):
        held = quads(record_with(claim, [{"value": "0.5", "coefficient": coefficient}]))
        read = Claims(EmbeddedStore(held)).read(CLAIM.replace("title-inflames", ABSTRACT))
        assert read.fields["rdf:predicate"] == [node(f"biolink:{name}")]


def test_a_page_says_which_claims_cannot_be_read() -> None:
    found = page(changed("claim", "sc:stance", ODD), "small-2020")
    row = next(row for row in found.data["claims"] if row["claim"] == CLAIM)
    assert row["problem"].startswith("found sc:stance urn:x:odd")
    assert "\n5 claims\n" in str(found)
    assert "title-inflames: cannot be read out: found sc:stance urn:x:odd" in str(found)


def test_names_and_values_are_shown_as_a_user_writes_them() -> None:
    assert name_of("https://ex.org/claim/a/b") == "https://ex.org/claim/a/b"
    assert (spelled(ODD), spelled(Literal("a\x1b")), spelled(BlankNode("b"))) == (
        "urn:x:odd", "'a\\x1b'", "'_:b'",
    )  # fmt: skip
    assert spelled(NamedNode("urn:x:a\u202eb")) == "urn:x:a\\u202eb"
    assert (texts([]), iris([Literal("a")])) == ([], [])
