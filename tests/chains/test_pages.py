"""Paths as data: what is weakest, where contexts differ, and what JSON gets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from chains.test_explanations import CHAIN, FRAGILE, HEDGED, INFLAMED, NEWS, OWN, explained, told
from chains.test_steps import FLAT, OPEN, saying
from chains.test_steps import HEDGED as SUGGESTED
from chains.test_steps import NULL as NONE_FOUND
from comparing.test_contested import FOCAL_LOSS, INJECTED, LOSS
from studyclaims.answers import jsonable
from studyclaims.chains.joins import Join
from studyclaims.chains.pages import Explanation, Hints, Path, ShownJoin, ShownStep
from studyclaims.chains.search import Chain
from studyclaims.chains.steps import Step

if TYPE_CHECKING:
    from studyclaims.chains.steps import Saying

MOUSE: Final = {"species": "mouse"}
RAT: Final = {"species": "rat"}


def shown(ends: str, *sayings: Saying, context: dict[str, Any] | None = None) -> ShownStep:
    """Return a step of made-up claims, in words that are the names of its entities."""
    about, outcome = tuple(ends)
    step = Step(ends, about, "cause", outcome, sayings or (FLAT,))
    rows = tuple(
        {"key": f"{ends}/{n}", "who": f"who {n}", "context": context or {}, "says": "x"}
        for n, _ in enumerate(step.sayings)
    )
    return ShownStep(step, about, outcome, rows, ())


def path(*moves: ShownStep | ShownJoin) -> Path:
    chain = Chain(tuple(m.step if isinstance(m, ShownStep) else m.join for m in moves))
    return Path(1, chain, moves, ())


def test_contexts_that_all_steps_share_are_passed_over() -> None:
    same = path(shown("ab", context=MOUSE), shown("bc", context=MOUSE))
    assert list(same.contexts()) == []
    assert list(path(shown("ab"), shown("bc")).contexts()) == []
    assert list(path(shown("ab", context=MOUSE)).contexts()) == []


def test_contexts_that_differ_or_are_not_said_are_told() -> None:
    mixed = path(shown("ab", context=MOUSE), shown("bc", context=RAT), shown("cd"))
    assert list(mixed.contexts()) == [
        "species not the same in all steps: step 1 mouse; step 2 rat; step 3 not said"
    ]
    sites = path(shown("ab", context={"site": "tibia"}), shown("bc", context={"site": "femur"}))
    assert list(sites.contexts()) == ["site not the same in all steps: step 1 tibia; step 2 femur"]


def test_one_context_in_common_is_enough() -> None:
    step = Step("ab", "a", "cause", "b", (FLAT, saying(paper="baker")))
    rows = tuple({"key": "k", "who": "w", "context": each} for each in (MOUSE, RAT))
    two = ShownStep(step, "a", "b", rows, ())
    assert list(path(two, shown("bc", context=RAT)).contexts()) == []


def test_several_papers_and_contexts_of_one_step_come_sorted() -> None:
    sayings = tuple(saying(paper=paper) for paper in "hgfedcba")
    rows = tuple({"key": "k", "who": "w", "context": {"species": s}} for s in "hgfedcba")
    step = ShownStep(Step("ab", "a", "cause", "b", sayings), "a", "b", rows, ())
    assert step.to_dict()["papers"] == list("abcdefgh")
    (line,) = path(step, shown("bc")).contexts()
    assert "step 1 a, b, c, d, e, f, g, h;" in line


def test_only_claims_that_decide_speak_for_the_context() -> None:
    step = Step("ab", "a", "cause", "b", (FLAT, saying("suggested", paper="baker")))
    rows = tuple({"key": "k", "who": "w", "context": each} for each in (MOUSE, RAT))
    (line,) = path(ShownStep(step, "a", "b", rows, ()), shown("bc", context=RAT)).contexts()
    assert line.endswith("step 1 mouse; step 2 rat")


def test_the_weakest_steps_are_named_and_the_papers_counted_once() -> None:
    held = path(shown("ab", SUGGESTED), shown("bc"), shown("cd", saying("suggested", paper="b")))
    assert [number for number, _ in held.weakest_steps] == [1, 3]
    assert held.weakest_joins == ()
    assert (held.strength, held.papers) == ("suggested", ("able", "b"))


def test_the_least_close_joins_are_the_weakest_links_unless_a_step_is_weaker() -> None:
    wide = ShownJoin(Join("b", (("wider", "c"),)), "b", (("wider", "c"),))
    loose = ShownJoin(Join("d", (("due", "e"),)), "d", (("due", "e"),))
    held = path(shown("ab"), wide, shown("cd"), loose, shown("ef", SUGGESTED))
    assert held.weakest_joins == (loose,)
    assert (held.strength, held.step_strength) == ("a join, claimed by nobody", "suggested")
    data = held.to_dict()
    assert [link["kind"] for link in data["weakest"]] == ["join"]
    assert [link["step"] for link in data["weakestSteps"]] == [3]
    broken = path(shown("ab", NONE_FOUND), loose, shown("ef"))
    assert broken.weakest_joins == ()
    assert broken.strength.startswith("broken")
    assert broken.to_dict()["weakest"] == broken.to_dict()["weakestSteps"]
    assert broken.to_dict()["supported"] is False


def test_who_says_a_step_names_each_only_once() -> None:
    two = shown("ab", FLAT, saying(paper="baker"), SUGGESTED)
    assert two.who == "who 0; who 1"
    twins = ShownStep(two.step, "a", "b", (two.claims[0], two.claims[0], two.claims[2]), ())
    assert twins.who == "who 0"


def test_a_step_is_contested_where_it_has_support_and_a_word_against_it() -> None:
    against = ({"key": "other"},)
    for sayings, contested in (((FLAT,), True), ((NONE_FOUND,), False), ((OPEN,), False)):
        step = Step("ab", "a", "cause", "b", sayings)
        assert ShownStep(step, "a", "b", ({"who": "w"},), against).contested is contested
        assert not ShownStep(step, "a", "b", ({"who": "w"},), ()).contested


def test_a_path_is_claimed_where_it_is_one_step() -> None:
    join = ShownJoin(Join("b", (("wider", "c"),)), "b", (("wider", "c"),))
    assert path(shown("ab")).is_claimed
    assert not path(shown("ab"), join).is_claimed
    assert path(shown("ab"), join).joins == (join,)


def test_json_holds_every_claim_with_its_iris() -> None:
    graph = told(
        "able-2020",
        (INJECTED, "cause", FOCAL_LOSS, OWN),
        (INJECTED, "cause", FOCAL_LOSS, NEWS),
        (LOSS, "cause", FRAGILE, HEDGED),
    )
    data = json.loads(json.dumps(explained([graph]).to_dict(), default=jsonable))
    assert data.keys() == {
        *("from", "to", "complete", "supported", "denied", "paths", "hints", "unread")
    }
    (held,) = data["paths"]
    kinds = [move["kind"] for move in held["moves"]]
    assert kinds == ["step", "join", "step"]
    assert (held["steps"], held["joins"], held["strength"]) == (2, 1, "joined")
    assert held["claimedAsAWhole"] is False
    assert held["weakest"] == [held["moves"][1]]
    assert held["weakestSteps"] == [
        {
            "kind": "step",
            "step": 2,
            "strength": "suggested",
            "says": "decreased tissue amount of bone tissue is suggested to cause Osteopenia",
            "who": "paper (10.1234/able-2020) suggests it, “may”",
            "claim": "able-2020/c3",
        }
    ]
    first, join, _ = held["moves"]
    assert first["strength"] == "asserted"
    assert (first["causal"], first["contested"], first["secondaryOnly"]) == (True, False, False)
    assert [row["writes"] for row in first["claims"]] == [
        "https://w3id.org/biolink/vocab/causes",
        "https://w3id.org/studyclaims/vocab/statedToCause",
    ]
    assert first["claims"][0]["evidence"][0]["measured"] is True
    assert (join["claimed"], join["strength"], join["close"]) == (False, "joined", True)
    assert [part["kind"] for part in join["parts"]] == ["wider"]
    assert join["parts"][0]["entity"].startswith("https://w3id.org/studyclaims/entity/")
    assert held["start"] == first["about"]
    assert held["end"] == "http://purl.obolibrary.org/obo/HP_0000938"
    assert held["papers"] == ["https://doi.org/10.1234/able-2020"]


def test_hints_stand_in_json_only_where_there_is_no_path() -> None:
    assert explained([CHAIN]).to_dict()["hints"] is None
    empty = Explanation("a", "b", (), complete=False, hints=Hints(back=("c",)))
    assert empty.to_dict()["hints"]["ledToBy"] == ["c"]
    assert empty.to_dict()["complete"] is False


def test_an_explanation_shows_itself_as_text_and_as_markdown() -> None:
    found = explained([told("able-2020", (INJECTED, "cause", INFLAMED, OWN))], target="GO:0006954")
    assert str(found).startswith("From Botulinum toxin type A (CHEBI:3160) to inflammatory")
    assert found._repr_markdown_() == found.to_markdown()
    assert found.to_markdown().startswith("# From Botulinum toxin")
