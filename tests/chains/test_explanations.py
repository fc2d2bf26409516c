"""Explanations: from two names to paths, hints and headings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from comparing.test_contested import FOCAL_LOSS, GAIN, INJECTED, LOSS, TOXIN
from samples import quads, small
from studyclaims.chains.explanations import explain
from studyclaims.errors import QueryError
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

    from studyclaims.chains.pages import Explanation

Line = tuple[dict[str, Any], str, dict[str, Any], dict[str, Any]]

CALF: Final = "UBERON:0001665 triceps surae"
MARROW: Final = "UBERON:0002371 bone marrow"
PARALYSED: Final = {
    "variable": "PATO:0000763 paralysed",
    "change": "present",
    "bearer": CALF,
    "by_agent": TOXIN,
}
NOT_INJECTED: Final = {**INJECTED, "change": "absent"}
INFLAMED: Final = {
    "variable": "GO:0006954 inflammatory response",
    "change": "increased",
    "within_part": [MARROW],
}
CALM: Final = {**INFLAMED, "change": "decreased"}
REST: Final = {"term": "scterm:disuse mechanical disuse"}
FRAGILE: Final = {"term": "HP:0000938 Osteopenia"}

OWN: Final[dict[str, Any]] = {}
HEDGED: Final = {"certainty": "suggested", "cue": ["may"]}
STATED: Final = {"role": "background"}
NULL: Final = {"stance": "noEffect"}
NEWS: Final = {"source": "news"}


def told(key: str, *lines: Line) -> frozenset[Quad]:
    """Return the graph of a study whose claims ``c1``, ``c2`` ... are these lines.

    A line is an entity, a relation, an entity, and how the claim differs from an own finding.
    """
    data = small()
    data |= {"key": key, "withdrawn": [], "context": {}}
    data["sources"]["paper"] |= {"doi": f"10.1234/{key}", "pmid": None, "pmcid": None}
    data["sources"]["news"]["page"] = f"https://example.org/{key}"
    paper, news = data["propositions"][0]["claims"]
    entities: list[dict[str, Any]] = []
    propositions: dict[tuple[int, str, int], list[dict[str, Any]]] = {}
    for number, (about, link, outcome, changes) in enumerate(lines, start=1):
        entities += [entity for entity in (about, outcome) if entity not in entities]
        like = news if changes.get("source") == "news" else paper
        claim = {name: value for name, value in like.items() if name not in {"lag", "context"}}
        claim |= {"id": f"c{number}", "certainty": "asserted", **changes}
        ends = (entities.index(about), link, entities.index(outcome))
        propositions.setdefault(ends, []).append(claim)
    data["entities"] = {f"e{number}": entity for number, entity in enumerate(entities)}
    data["propositions"] = [
        {"about": f"e{about}", "link": link, "outcome": f"e{outcome}", "claims": claims}
        for (about, link, outcome), claims in propositions.items()
    ]
    return quads(json.loads(json.dumps(data)))


def store(*graphs: Iterable[Quad]) -> EmbeddedStore:
    return EmbeddedStore(frozenset().union(*graphs))


def explained(
    graphs: Iterable[Iterable[Quad]],
    source: str = "CHEBI:3160",
    target: str = "osteopenia",
    limit: int = 5,
    beside: bool = False,
    most: int | None = None,
) -> Explanation:
    return explain(store(*graphs), source, target, limit=limit, beside=beside, most=most)


CHAIN: Final = told(
    "able-2020",
    (INJECTED, "cause", PARALYSED, STATED),
    (PARALYSED, "cause", INFLAMED, OWN),
    (INFLAMED, "cause", FRAGILE, HEDGED),
)


def test_a_path_is_told_with_its_weakest_link() -> None:
    found = explained([CHAIN])
    (path,) = found.paths
    assert (found.source, found.target) == (
        "Botulinum toxin type A (CHEBI:3160)",
        "Osteopenia (HP:0000938)",
    )
    assert [shown.step.strength.name for shown in path.steps] == ["ASSERTED", "SUGGESTED"]
    assert [(number, shown.who) for number, shown in path.weakest_steps] == [
        (2, "paper (10.1234/able-2020) suggests it, “may”")
    ]
    assert found.complete
    assert found.hints is None


def test_a_path_begins_where_it_is_nearest_and_says_what_leads_there() -> None:
    (path,) = explained([CHAIN]).paths
    assert path.steps[0].about == "triceps surae paralysed by Botulinum toxin type A"
    assert [begin.verb for begin in path.begins] == ["is stated to cause"]
    (exact,) = explained([CHAIN], source=path.chain.start).paths
    assert exact.begins == ()


def test_only_what_leads_to_its_start_begins_a_path() -> None:
    more = told("baker-2021", (INJECTED, "cause", LOSS, OWN), (REST, "cause", PARALYSED, OWN))
    (path,) = explained([CHAIN, more]).paths
    assert [begin.about for begin in path.begins] == ["injection of Botulinum toxin type A"]


def test_what_denies_or_hedges_no_causal_link_does_not_begin_a_path() -> None:
    null = told(
        "able-2020", (INJECTED, "cause", PARALYSED, NULL), (PARALYSED, "cause", FRAGILE, OWN)
    )
    beside = told(
        "able-2020", (INJECTED, "precede", PARALYSED, OWN), (PARALYSED, "cause", FRAGILE, OWN)
    )
    for graph in (null, beside):
        assert [path.begins for path in explained([graph]).paths] == [()]


def test_the_absence_of_a_thing_is_not_the_thing() -> None:
    graph = told("able-2020", (NOT_INJECTED, "cause", FRAGILE, OWN), (REST, "cause", LOSS, OWN))
    found = explained([graph])
    assert found.paths == ()
    assert found.hints is not None
    assert found.hints.absent == ("absence of injection by Botulinum toxin type A",)
    exact = explained([graph], source="absent injection by Botulinum toxin type A")
    assert [len(path.steps) for path in exact.paths] == [1]


def test_only_an_absence_that_is_claimed_is_named() -> None:
    brief = {**NOT_INJECTED, "modifier": ["scterm:transient transient"]}
    hints = hints_of((brief, "cause", FRAGILE, OWN))
    assert hints["absent"] == ["absence of injection by Botulinum toxin type A, transient"]


def test_the_absence_is_no_hint_where_the_thing_itself_is_there() -> None:
    graph = told("able-2020", (NOT_INJECTED, "cause", FRAGILE, OWN), (INJECTED, "cause", LOSS, OWN))
    hints = explained([graph]).hints
    assert hints is not None
    assert hints.absent == ()
    assert hints.onward == ("decreased tissue amount of bone tissue",)


def test_paths_start_at_entities_that_claims_are_on() -> None:
    graph = told("able-2020", (INJECTED, "cause", FOCAL_LOSS, OWN), (LOSS, "cause", FRAGILE, OWN))
    named = explained([graph], target="UBERON:0002481")
    assert [path.chain.moves[-1].end for path in named.paths] == [
        path.steps[-1].step.outcome for path in named.paths
    ]
    assert len(named.paths) == 1
    wide = explained([graph], target="changed tissue state of bone tissue")
    assert [len(path.joins) for path in wide.paths] == [1]


def test_an_entity_that_no_claim_is_on_begins_no_path_of_its_own() -> None:
    brief = {**PARALYSED, "modifier": ["scterm:transient transient"]}
    anyhow = {name: value for name, value in brief.items() if name != "by_agent"}
    graph = told("able-2020", (brief, "cause", LOSS, OWN), (anyhow, "cause", FRAGILE, OWN))
    (path,) = explained([graph]).paths
    assert path.joins[0].start == "triceps surae transiently paralysed by Botulinum toxin type A"


def test_a_path_over_a_join_is_nobodys_claim() -> None:
    graph = told("able-2020", (INJECTED, "cause", FOCAL_LOSS, OWN), (LOSS, "cause", FRAGILE, OWN))
    (path,) = explained([graph]).paths
    assert path.joins[0].says == (
        "decreased tissue amount of bone tissue, localized → "
        "decreased tissue amount of bone tissue (less specific)"
    )
    assert not path.is_claimed
    assert path.whole == ()
    assert (path.strength, path.step_strength) == (
        "a join, claimed by nobody, to what is less specific",
        "asserted, by its own test",
    )
    assert path.weakest_joins == path.joins


def keys(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [row["key"] for row in rows]


def test_steps_that_link_both_ends_directly_are_told_with_their_hedges() -> None:
    guess = {**HEDGED, "certainty": "speculated"}
    direct = told("baker-2021", (PARALYSED, "cause", FRAGILE, guess))
    open_ = told("cole-2022", (PARALYSED, "contribute", FRAGILE, {"stance": "inconclusive"}))
    first, second, third = explained([CHAIN, direct, open_]).paths
    for path in (first, second, third):
        assert [(s.verb, s.step.words, keys(s.claims)) for s in path.whole] == [
            ("is speculated to cause", "speculated", ["baker-2021/c1"]),
            ("might or might not contribute to", "left open", ["cole-2022/c1"]),
        ]
    assert [path.is_claimed for path in (first, second, third)] == [False, True, True]
    (link, _) = first.to_dict()["endsLinkedDirectlyBy"]
    assert (link["strength"], link["claims"][0]["stance"][-8:]) == ("speculated", "supports")
    assert link["claims"][0]["certainty"].endswith("/speculated")


def test_what_links_other_ends_or_is_not_causal_or_only_denied_links_no_path_directly() -> None:
    lines: list[Line] = [
        (PARALYSED, "associate", FRAGILE, OWN),
        (PARALYSED, "cause", FRAGILE, NULL),
        (INFLAMED, "contribute", FRAGILE, OWN),
        (PARALYSED, "contribute", INFLAMED, OWN),
    ]
    for path in explained([CHAIN, told("baker-2021", *lines)]).paths:
        assert path.whole == ()


def test_who_denies_the_link_of_both_ends_is_told_at_once() -> None:
    null = told("baker-2021", (PARALYSED, "cause", FRAGILE, NULL))
    denial = told("abel-2021", (PARALYSED, "contribute", FRAGILE, {"stance": "refutes"}))
    found = explained([CHAIN, null, denial], limit=1)
    assert keys(found.denied) == ["abel-2021/c1", "baker-2021/c1"]
    assert keys(found.paths[0].against) == keys(found.denied)
    data = found.to_dict()
    assert keys(data["denied"]) == keys(data["paths"][0]["againstLinkOfEnds"]) == keys(found.denied)
    assert "no sign that triceps surae" in data["denied"][1]["sentence"]


def ends_against(first: str, last: str, *lines: Line, beside: bool = False) -> list[str]:
    """Return who speaks against the whole of a path of two steps from an injection to a loss."""
    chain = told("able-2020", (INJECTED, first, INFLAMED, OWN), (INFLAMED, last, LOSS, OWN))
    graphs = [chain, told("baker-2021", *lines)]
    paths = explained(graphs, target=LOSS_LABEL, beside=beside).paths
    (whole,) = (path for path in paths if len(path.steps) == 2)
    return keys(whole.against)


def test_what_speaks_against_a_whole_path_is_what_opposes_what_it_amounts_to() -> None:
    gain, causes = (INJECTED, "cause", GAIN, OWN), (INJECTED, "cause", LOSS, OWN)
    assert ends_against("cause", "cause", gain) == ["baker-2021/c1"]
    assert ends_against("cause", "cause", causes) == []
    assert ends_against("cause", "prevent", causes) == ["baker-2021/c1"]
    assert ends_against("cause", "prevent", (INJECTED, "prevent", LOSS, NULL)) == ["baker-2021/c1"]
    assert ends_against("cause", "cause", (INJECTED, "prevent", LOSS, NULL)) == []


def test_an_association_is_denied_as_one() -> None:
    nulls = ((INJECTED, "associate", LOSS, NULL), (INJECTED, "cause", LOSS, NULL))
    assert ends_against("precede", "cause", *nulls, beside=True) == ["baker-2021/c1"]
    assert ends_against("cause", "precede", *nulls, beside=True) == ["baker-2021/c1"]
    assert ends_against("cause", "cause", *nulls) == ["baker-2021/c2"]


def test_only_paths_that_somebody_supports_are_support() -> None:
    for said in (NULL, {"stance": "refutes"}, {"stance": "inconclusive"}):
        found = explained([told("able-2020", (INJECTED, "cause", FRAGILE, said))])
        assert (len(found.paths), found.supported, found.to_dict()["supported"]) == (
            1,
            False,
            False,
        )
        assert found.hints is not None
        assert not found.hints.longer
    found = explained([CHAIN])
    assert (found.supported, found.hints) == (True, None)
    data = found.to_dict()["paths"][0]
    assert data["supported"] is True


def test_a_hint_promises_only_paths_that_somebody_supports() -> None:
    null = {**NULL, "basis": "association"}
    hints = explained([told("able-2020", (INJECTED, "associate", FRAGILE, null))]).hints
    assert hints is not None
    assert not hints.beside
    turned = explained([told("able-2020", (FRAGILE, "cause", INJECTED, NULL))]).hints
    assert turned is not None
    assert not turned.turned


def test_a_claim_that_cannot_be_read_is_left_out_and_named() -> None:
    odd = {q for q in CHAIN if q.predicate.value.endswith("/stance") and "c3" in str(q.subject)}
    found = explain(EmbeddedStore(CHAIN - odd), "CHEBI:3160", "GO:0006954")
    expected = "found sc:stance nothing, expected one IRI"
    assert found.unread == {"able-2020/c3": expected}
    assert found.to_dict()["unread"] == found.unread
    assert len(found.paths) == 1
    assert explained([CHAIN]).unread == {}


def test_who_speaks_against_a_step_is_told_with_it() -> None:
    null = told("baker-2021", (PARALYSED, "cause", INFLAMED, NULL))
    contrary = told("cole-2022", (PARALYSED, "cause", CALM, OWN))
    (path,) = explained([CHAIN, null, contrary]).paths
    first, second = path.steps
    assert [row["key"] for row in first.against] == ["baker-2021/c1", "cole-2022/c1"]
    assert [row["key"] for row in first.claims] == ["able-2020/c2", "baker-2021/c1"]
    assert (first.contested, second.contested) == (True, False)
    assert "causes decreased inflammatory response" in first.against[1]["sentence"]


def test_the_claims_that_decide_come_first() -> None:
    graph = told(
        "able-2020", (INJECTED, "cause", FRAGILE, HEDGED), (INJECTED, "cause", FRAGILE, OWN)
    )
    (path,) = explained([graph]).paths
    assert [row["key"] for row in path.steps[0].claims] == ["able-2020/c2", "able-2020/c1"]


def test_what_is_only_denied_comes_last_and_reads_so() -> None:
    graph = told(
        "able-2020", (INJECTED, "cause", FRAGILE, NULL), (INJECTED, "contribute", FRAGILE, NEWS)
    )
    first, second = explained([graph]).paths
    assert first.strength == "stated, by a secondary source only"
    assert second.steps[0].verb == "is not found to cause"
    assert not second.steps[0].contested
    assert keys(explained([graph]).denied) == ["able-2020/c1"]


def hints_of(
    *lines: Line, target: str = "osteopenia", beside: bool = False, most: int | None = None
) -> dict[str, Any]:
    found = explained([told("able-2020", *lines)], target=target, beside=beside, most=most)
    assert found.paths == ()
    assert found.hints is not None
    return found.hints.to_dict()


def test_without_a_path_the_nearest_of_both_ends_are_named() -> None:
    hints = hints_of(
        (INJECTED, "cause", LOSS, OWN),
        (LOSS, "cause", INFLAMED, OWN),
        (REST, "cause", FRAGILE, OWN),
        (GAIN, "prevent", FRAGILE, NULL),
    )
    assert hints == {
        "leadsTo": [
            "decreased tissue amount of bone tissue",
            "increased inflammatory response in bone marrow",
        ],
        "ledToBy": ["mechanical disuse"],
        "withMoreSteps": False,
        "withAllRelations": False,
        "theOtherWayRound": False,
        "absent": [],
    }


def test_what_leads_to_the_end_over_a_join_is_named_too() -> None:
    hints = hints_of(
        (REST, "cause", FOCAL_LOSS, OWN), (INJECTED, "cause", INFLAMED, OWN), target=LOSS_LABEL
    )
    assert hints["ledToBy"] == ["mechanical disuse"]


def test_what_leads_to_the_end_comes_in_a_fixed_order() -> None:
    terms = ("HP:0002659 Increased susceptibility to fractures", "HP:0001288 Gait disturbance")
    lines = [({"term": term}, "cause", LOSS, OWN) for term in (REST["term"], *terms)]
    hints = hints_of(*lines, (INJECTED, "cause", INFLAMED, OWN), target=LOSS_LABEL)
    assert hints["ledToBy"] == [
        "Gait disturbance",
        "Increased susceptibility to fractures",
        "mechanical disuse",
    ]


LOSS_LABEL: Final = "decreased tissue amount of bone tissue"


def test_hints_say_what_else_to_ask_for() -> None:
    assert hints_of((INJECTED, "associate", FRAGILE, OWN))["withAllRelations"]
    assert hints_of((FRAGILE, "cause", INJECTED, OWN))["theOtherWayRound"]
    lines = ((INJECTED, "cause", LOSS, OWN), (LOSS, "cause", FRAGILE, OWN))
    assert hints_of(*lines, most=1)["withMoreSteps"]
    assert not hints_of(lines[0], (REST, "cause", FRAGILE, OWN), most=1)["withMoreSteps"]
    beside = hints_of((FRAGILE, "precede", INJECTED, OWN), beside=True)
    assert (beside["withAllRelations"], beside["theOtherWayRound"]) == (False, True)


def test_all_relations_are_followed_where_they_are_asked_for() -> None:
    graph = told("able-2020", (INJECTED, "associate", FRAGILE, OWN))
    (path,) = explained([graph], beside=True).paths
    assert path.strength == "not causal"
    assert path.to_dict()["moves"][0]["causal"] is False


def test_five_paths_come_where_no_number_is_asked_for() -> None:
    links = ("cause", "contribute", "predispose", "require", "explain", "mediate")
    graph = told("able-2020", *((INJECTED, link, FRAGILE, OWN) for link in links))
    assert len(explain(store(graph), "CHEBI:3160", "osteopenia").paths) == 5


def test_limits_are_kept() -> None:
    graph = told(
        "able-2020",
        (INJECTED, "cause", FRAGILE, OWN),
        (INJECTED, "cause", LOSS, OWN),
        (LOSS, "cause", FRAGILE, OWN),
    )
    assert len(explained([graph]).paths) == 2
    assert len(explained([graph], limit=1).paths) == 1
    assert [len(path.steps) for path in explained([graph], most=1).paths] == [1]


def test_an_entity_is_headed_by_its_words_and_a_term_by_its_name() -> None:
    found = explained([CHAIN], source="injection by Botulinum toxin type A", target="HP:0000938")
    assert found.source == "injection of Botulinum toxin type A"
    assert found.target == "Osteopenia (HP:0000938)"


@pytest.mark.parametrize("names", [("no such", "osteopenia"), ("osteopenia", "no such")])
def test_an_unknown_name_is_refused(names: tuple[str, str]) -> None:
    with pytest.raises(QueryError, match="no entity 'no such'"):
        explain(store(CHAIN), *names)


def test_the_order_of_the_quads_does_not_matter() -> None:
    held = sorted(CHAIN, key=str)
    one, other = (
        explain(EmbeddedStore(each), "CHEBI:3160", "osteopenia") for each in (held, held[::-1])
    )
    assert str(one) == str(other)
    assert json.dumps(one.to_dict(), default=str) == json.dumps(other.to_dict(), default=str)
