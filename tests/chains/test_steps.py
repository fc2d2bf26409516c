"""Steps: how firmly a proposition is said, whose word counts, and who speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad

from comparing.test_contested import FOCAL_LOSS, GAIN, INJECTED, LESS_SPONGY, LOSS, study
from samples import quads, store
from studyclaims.chains.steps import BESIDE, LAST, ONWARD, Saying, Step, Steps, Strength, read_steps
from studyclaims.comparing.voices import Entities
from studyclaims.predicates import RELATIONS, Certainty, Stance
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable

CAUSES: Final = "biolink:causes"


def saying(
    certainty: str = "asserted",
    stance: str = "supports",
    *,
    paper: str = "able",
    news: bool = False,
    writes: str | None = None,
    claim: str = "",
) -> Saying:
    """Return a claim of a paper, or of the news about it."""
    source = f"news-of-{paper}" if news else paper
    name = claim or f"{source}/{certainty}-{stance}"
    predicate = expand(writes) if writes else None
    return Saying(name, f"study-{paper}", source, paper, Stance(stance), certainty, predicate)


def step(*sayings: Saying, relation: str = "cause", ends: str = "a b") -> Step:
    about, outcome = ends.split()
    return Step(f"{about}-{relation}-{outcome}", about, relation, outcome, sayings)


OWN: Final = saying(writes=CAUSES)
FLAT: Final = saying()
HEDGED: Final = saying("suggested")
GUESS: Final = saying("hypothesised")
NULL: Final = saying(stance="noEffect")
DENIAL: Final = saying(stance="refutes")
OPEN: Final = saying(stance="inconclusive")


@pytest.mark.parametrize(
    ("said", "relation", "strength"),
    [
        (OWN, "cause", Strength.ASSERTED),
        (FLAT, "cause", Strength.STATED),
        (saying(writes="sc:statedToCause"), "cause", Strength.STATED),
        (saying(writes="sc:foundToPrevent"), "prevent", Strength.ASSERTED),
        (HEDGED, "cause", Strength.SUGGESTED),
        (GUESS, "cause", Strength.HYPOTHESISED),
        (saying("speculated"), "cause", Strength.SPECULATED),
        (saying(writes="biolink:associated_with"), "associate", Strength.BESIDE),
        (HEDGED, "precede", Strength.BESIDE),
        (OPEN, "cause", Strength.OPEN),
        (NULL, "cause", Strength.BROKEN),
        (saying("suggested", "refutes"), "cause", Strength.BROKEN),
        (DENIAL, "associate", Strength.BROKEN),
    ],
)
def test_a_claim_is_as_firm_as_it_is_worded_and_tested(
    said: Saying, relation: str, strength: Strength
) -> None:
    assert said.strength(relation) is strength


def test_every_relation_carries_on_ends_a_chain_or_is_not_causal() -> None:
    assert RELATIONS.keys() == ONWARD | LAST | BESIDE
    assert not ONWARD & LAST
    assert not (ONWARD | LAST) & BESIDE
    assert {"prevent", "attenuate", "reverse", "modify"} == LAST
    assert {"associate", "precede", "coincide"} < BESIDE


def test_a_step_is_as_firm_as_its_firmest_claim() -> None:
    told = step(HEDGED, OWN, FLAT)
    assert (told.strength, told.secondhand, told.deciding) == (Strength.ASSERTED, False, (OWN,))
    assert told.words == "asserted, by its own test"


def test_news_never_makes_its_own_paper_firmer() -> None:
    told = step(saying(news=True), HEDGED)
    assert (told.strength, told.secondhand) == (Strength.SUGGESTED, False)
    assert told.deciding == (HEDGED,)


def test_news_counts_where_its_paper_is_silent_and_is_marked() -> None:
    told = step(saying(news=True), saying("suggested", paper="baker"))
    assert (told.strength, told.secondhand) == (Strength.STATED, True)
    assert told.words == "stated, by a secondary source only"
    assert told.papers == {"able", "baker"}


def test_the_same_word_of_a_paper_is_above_that_of_the_news() -> None:
    ranks = [step(s).rank for s in (OWN, FLAT, saying(news=True), HEDGED, OPEN, NULL)]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)
    both = step(saying(news=True), saying(paper="baker"))
    assert (both.secondhand, both.deciding) == (False, (saying(paper="baker"),))


@pytest.mark.parametrize("certainty", ["hypothesised", "speculated"])
def test_a_guess_that_its_own_paper_denies_counts_no_longer(certainty: str) -> None:
    told = step(saying(certainty), NULL)
    assert (told.strength, told.supported, told.deciding) == (Strength.BROKEN, False, (NULL,))


@pytest.mark.parametrize(
    "held",
    [
        (GUESS, saying(stance="noEffect", paper="baker")),
        (GUESS, saying("suggested", "noEffect")),
        (GUESS, saying(stance="noEffect", news=True)),
        (GUESS, OPEN),
    ],
)
def test_a_guess_counts_where_only_others_or_hedges_speak_against_it(
    held: tuple[Saying, ...],
) -> None:
    assert step(*held).strength is Strength.HYPOTHESISED


def test_what_is_suggested_counts_whatever_else_its_paper_says() -> None:
    assert step(HEDGED, NULL).strength is Strength.SUGGESTED


def test_the_papers_of_a_denied_step_are_those_that_deny_it() -> None:
    denied = step(NULL, saying(stance="inconclusive", paper="baker"))
    assert (denied.strength, sorted(denied.papers)) == (Strength.OPEN, ["baker"])
    assert step(NULL).papers == {"able"}
    assert step(OWN, saying(stance="noEffect", paper="baker")).papers == {"able"}


def test_only_some_relations_end_a_chain() -> None:
    assert step(OWN, relation="prevent").ends
    assert not step(OWN).ends


def test_a_turned_step_is_taken_from_its_outcome() -> None:
    told = step(FLAT, relation="associate")
    turned = Step(told.proposition, "a", "associate", "b", (FLAT,), turned=True)
    assert (told.start, told.end, turned.start, turned.end) == ("a", "b", "b", "a")


def test_what_is_left_without_a_paper() -> None:
    steps = Steps(Entities(), {"p": step(OWN, saying(paper="baker")), "q": step(HEDGED)})
    left = steps.without(lambda said: said.primary == "able")
    assert [(s.strength, len(s.sayings)) for s in left] == [(Strength.STATED, 1)]
    assert [s.strength for s in steps] == [Strength.ASSERTED, Strength.SUGGESTED]


SAYINGS: Final = st.builds(
    saying,
    st.sampled_from([str(c) for c in Certainty]),
    st.sampled_from([str(s) for s in Stance]),
    paper=st.sampled_from(["able", "baker"]),
    news=st.booleans(),
    writes=st.sampled_from([None, CAUSES]),
)


@given(st.lists(SAYINGS, min_size=1, max_size=6), st.sampled_from(sorted(RELATIONS)))
def test_a_step_rests_on_a_claim_of_just_its_strength(sayings: list[Saying], relation: str) -> None:
    told = step(*sayings, relation=relation)
    assert told.deciding
    assert {s.strength(relation) for s in told.deciding} == {told.strength}
    assert told.papers
    assert step(*reversed(sayings), relation=relation).rank == told.rank


def against(*studies: Iterable[Quad]) -> dict[str, list[str]]:
    """Return the claims against each step, by the step's first claim."""
    steps = read_steps(EmbeddedStore(frozenset().union(*studies)))
    return {
        short(told.sayings[0].claim): [short(s.claim) for _, s in steps.against(told)]
        for told in steps
    }


def short(claim: str) -> str:
    return "/".join(claim.rsplit("/", 2)[1:])


FOCAL_GAIN: Final = {**FOCAL_LOSS, "change": "increased"}
SUPPORT: Final = study("able-2020", (INJECTED, "cause", LOSS, "supports"))


def test_a_denial_and_a_contrary_speak_against_a_step() -> None:
    null = study("baker-2021", (INJECTED, "cause", LOSS, "noEffect"))
    other = study("cole-2022", (INJECTED, "cause", GAIN, "supports"))
    found = against(SUPPORT, null, other)
    assert found["able-2020/c1"] == ["baker-2021/c1", "cole-2022/c1"]
    assert found["cole-2022/c1"] == ["able-2020/c1"]


@pytest.mark.parametrize(
    ("about", "other", "stance", "heard"),
    [
        (LESS_SPONGY, LOSS, "noEffect", True),
        (LOSS, LESS_SPONGY, "noEffect", False),
        (FOCAL_LOSS, GAIN, "supports", False),
        (FOCAL_LOSS, LOSS, "refutes", True),
        (LOSS, LOSS, "inconclusive", False),
    ],
)
def test_a_wider_denial_speaks_against_a_step_and_a_narrower_one_does_not(
    about: dict[str, Any], other: dict[str, Any], stance: str, heard: bool
) -> None:
    mine = study("able-2020", (INJECTED, "cause", about, "supports"))
    theirs = study("baker-2021", (INJECTED, "cause", other, stance))
    expected = ["baker-2021/c1"] if heard else []
    assert against(mine, theirs)["able-2020/c1"] == expected


def test_a_contrary_that_is_wider_on_both_sides_is_not_heard() -> None:
    brief = {**INJECTED, "modifier": ["scterm:transient transient"]}
    mine = study("able-2020", (brief, "cause", FOCAL_LOSS, "supports"))
    for about, outcome in ((INJECTED, GAIN), (brief, GAIN), (INJECTED, FOCAL_GAIN)):
        theirs = study("baker-2021", (about, "cause", outcome, "supports"))
        assert against(mine, theirs)["able-2020/c1"] == []
    theirs = study("baker-2021", (brief, "cause", FOCAL_GAIN, "supports"))
    assert against(mine, theirs)["able-2020/c1"] == ["baker-2021/c1"]


@pytest.mark.parametrize("keys", [("baker-2021", "cole-2022"), ("cole-2022", "baker-2021")])
def test_claims_against_a_step_come_in_the_order_of_their_names(keys: tuple[str, str]) -> None:
    null = study(keys[0], (INJECTED, "cause", LOSS, "noEffect"))
    other = study(keys[1], (INJECTED, "cause", GAIN, "supports"))
    assert against(SUPPORT, null, other)["able-2020/c1"] == ["baker-2021/c1", "cole-2022/c1"]


def test_an_association_is_denied_whichever_side_comes_first() -> None:
    one = study("able-2020", (INJECTED, "associate", LOSS, "supports"))
    two = study("baker-2021", (LOSS, "associate", INJECTED, "noEffect"))
    assert against(one, two)["able-2020/c1"] == ["baker-2021/c1"]


def test_steps_are_read_with_who_says_them() -> None:
    steps = {told.relation: told for told in read_steps(store())}
    assert sorted(steps) == ["associate", "cause", "prevent"]
    by_claim = {short(s.claim): s for s in steps["cause"].sayings}
    paper, news = by_claim["small-2020/title-inflames"], by_claim["small-2020/news-inflames"]
    assert (paper.source, paper.secondary) == ("https://doi.org/10.1234/small.1", False)
    assert (news.primary, news.secondary) == (paper.source, True)
    assert (paper.writes, news.writes) == (expand(CAUSES), expand("sc:mayCause"))
    assert paper.study == news.study == "https://w3id.org/studyclaims/study/small-2020#study"
    assert (steps["cause"].strength, steps["cause"].secondhand) == (Strength.ASSERTED, False)
    assert steps["prevent"].strength is Strength.BROKEN
    assert [short(s.claim) for s in steps["associate"].sayings] == [
        "small-2020/abstract-association",
        "small-2020/abstract-null",
    ]


def test_what_an_outside_graph_says_by_halves_is_no_step() -> None:
    held = quads()
    link, stance = (expand(f"sc:{name}") for name in ("link", "stance"))
    unknown = {q for q in held if q.predicate.value == link and "relCause" in str(q.object)}
    odd = {Quad(q.subject, q.predicate, node("sc:relOdd"), q.graph_name) for q in unknown}
    assert sorted(s.relation for s in read_steps(EmbeddedStore(held - unknown | odd))) == [
        "associate", "prevent",
    ]  # fmt: skip
    silent = read_steps(EmbeddedStore(q for q in held if q.predicate.value != stance))
    assert list(silent) == []
    assert len(silent.unread) == 5
    assert set(silent.unread.values()) == {"found sc:stance nothing, expected one IRI"}
    assert list(silent.without(lambda _: False).unread) == list(silent.unread)


def test_an_entity_without_a_type_is_told_of() -> None:
    entity = node("sc:Entity")
    bare = read_steps(EmbeddedStore(q for q in quads() if q.object != entity))
    assert len(list(bare)) == 3
    assert bare.unread["scterm:disuse"] == (
        "found no sc:Entity of that name, so denials may be missed"
    )
    assert read_steps(store()).unread == {}


def denied(
    about: dict[str, Any], link: str, outcome: dict[str, Any], stance: str, *, beside: bool = False
) -> bool:
    """Return whether a claim denies that the injection leads to a focal loss of bone."""
    mine = study("able-2020", (INJECTED, "cause", FOCAL_LOSS, "supports"))
    theirs = study("baker-2021", (about, link, outcome, stance))
    steps = read_steps(EmbeddedStore(mine | theirs))
    (own,) = (s for s in steps if any("able" in said.claim for said in s.sayings))
    found = list(steps.denied([own.about], [own.outcome], beside=beside))
    return any("baker" in said.claim for told in found for said in told.sayings)


@pytest.mark.parametrize(
    ("about", "link", "outcome", "stance", "heard"),
    [
        (INJECTED, "cause", FOCAL_LOSS, "noEffect", True),
        (INJECTED, "contribute", FOCAL_LOSS, "refutes", True),
        (INJECTED, "cause", LOSS, "noEffect", True),
        (INJECTED, "cause", {**LOSS, "change": "changed"}, "noEffect", True),
        (INJECTED, "cause", GAIN, "noEffect", False),
        (INJECTED, "cause", LESS_SPONGY, "noEffect", False),
        (INJECTED, "cause", LOSS, "supports", False),
        (INJECTED, "cause", LOSS, "inconclusive", False),
        (INJECTED, "associate", LOSS, "noEffect", False),
        (LOSS, "cause", INJECTED, "noEffect", False),
    ],
)
def test_a_link_is_denied_by_denials_of_it_and_of_wider_ones(
    about: dict[str, Any], link: str, outcome: dict[str, Any], stance: str, heard: bool
) -> None:
    assert denied(about, link, outcome, stance) is heard


def test_an_association_is_denied_either_way_round_where_it_is_asked_for() -> None:
    assert denied(INJECTED, "associate", LOSS, "noEffect", beside=True)
    assert denied(LOSS, "associate", INJECTED, "noEffect", beside=True)
    assert not denied(LOSS, "precede", INJECTED, "noEffect", beside=True)
    assert denied(INJECTED, "precede", LOSS, "noEffect", beside=True)
    assert not denied(INJECTED, "compare", LOSS, "noEffect", beside=True)


def test_steps_come_in_the_order_of_their_names() -> None:
    names = [told.proposition for told in read_steps(store())]
    assert names == sorted(names)
    assert len(names) == 3
