"""Topics with two sides: who meets whom, where, and what is told of the difference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyoxigraph import Literal, Quad

from samples import quads, small
from studyclaims.comparing.contested import contested, contests_text
from studyclaims.comparing.voices import papers
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studyclaims.comparing.contested import Contest

TOXIN: Final = "CHEBI:3160 Botulinum toxin type A"
BONE: Final = "UBERON:0002481 bone tissue"
SPONGY: Final = "UBERON:0002483 trabecular bone tissue"
AMOUNT: Final = "scterm:tissue-amount tissue amount"
SHARE: Final = "scterm:tissue-volume-fraction tissue volume fraction"

INJECTED: Final = {"variable": "OBI:0000426 injection", "change": "present", "by_agent": TOXIN}
LOSS: Final = {"variable": AMOUNT, "change": "decreased", "bearer": BONE}
GAIN: Final = {**LOSS, "change": "increased"}
LESS_SPONGY: Final = {"variable": SHARE, "change": "decreased", "bearer": SPONGY}
FOCAL_LOSS: Final = {**LOSS, "modifier": ["PATO:0000627 localized"]}
ATROPHY: Final = {
    "variable": AMOUNT,
    "change": "decreased",
    "bearer": "UBERON:0001630 muscle organ",
}

Line = tuple[dict[str, Any], str, dict[str, Any], str]


def study(key: str, *lines: Line, **more: object) -> frozenset[Quad]:
    """Return the graph of a study whose claims ``c1``, ``c2`` ... are these lines.

    A line is an entity, a relation, an entity, a stance; ``more`` is every claim's context.
    """
    data = small()
    data |= {"key": key, "withdrawn": []}
    data["sources"]["paper"] |= {"doi": f"10.1234/{key}", "pmid": None, "pmcid": None}
    data["sources"]["news"]["page"] = f"https://example.org/{key}"
    template = data["propositions"][0]["claims"][0]
    entities: dict[str, Any] = {}
    data["propositions"] = []

    def name(entity: dict[str, Any]) -> str:
        for known, other in entities.items():
            if other == entity:
                return known
        return entities.setdefault(f"e{len(entities)}", entity) and f"e{len(entities) - 1}"

    for number, (about, link, outcome, stance) in enumerate(lines, start=1):
        claim = {k: v for k, v in template.items() if k not in {"lag", "context"}}
        claim |= {"id": f"c{number}", "stance": stance, "context": more}
        pair = {"about": name(about), "link": link, "outcome": name(outcome)}
        same = [p for p in data["propositions"] if {k: p[k] for k in pair} == pair]
        if same:
            same[0]["claims"].append(claim)
        else:
            data["propositions"].append({**pair, "claims": [claim]})
    data["entities"] = entities
    return quads(json.loads(json.dumps(data)))


def contests(*graphs: Iterable[Quad]) -> list[Contest]:
    return contested(EmbeddedStore(frozenset().union(*graphs)))


def claims(contest: Contest) -> list[list[str]]:
    return [[voice.claim for voice in side] for side in contest.sides]


SUPPORT: Final = study("able-2020", (INJECTED, "cause", LOSS, "supports"))


@pytest.mark.parametrize("stance", ["refutes", "noEffect"])
def test_a_claim_and_its_denial_meet(stance: str) -> None:
    (found,) = contests(SUPPORT, study("baker-2021", (INJECTED, "cause", LOSS, stance)))
    assert claims(found) == [["able-2020/c1"], ["baker-2021/c1"]]
    assert (found.about, found.family) == ("injection by Botulinum toxin type A", "effect")
    assert found.outcome == "tissue amount of bone tissue"


@pytest.mark.parametrize(
    "other",
    [
        (INJECTED, "cause", LOSS, "supports"),
        (INJECTED, "cause", LOSS, "inconclusive"),
        (INJECTED, "associate", GAIN, "supports"),
        (INJECTED, "cause", ATROPHY, "refutes"),
        (ATROPHY, "cause", LOSS, "refutes"),
    ],
)
def test_what_does_not_contradict_is_no_contest(other: Line) -> None:
    assert contests(SUPPORT, study("baker-2021", other)) == []


def test_to_prevent_a_loss_is_neither_for_nor_against_a_gain() -> None:
    prevents = study("able-2020", (INJECTED, "prevent", LOSS, "supports"))
    assert contests(prevents, study("baker-2021", (INJECTED, "cause", GAIN, "supports"))) == []
    (found,) = contests(prevents, study("baker-2021", (INJECTED, "cause", LOSS, "supports")))
    assert [len(side) for side in found.sides] == [1, 1]


def test_claims_meet_at_the_narrowest_topic_that_holds_both() -> None:
    (found,) = contests(SUPPORT, study("baker-2021", (INJECTED, "cause", LESS_SPONGY, "noEffect")))
    assert found.outcome == "tissue amount of bone tissue"
    assert found.differs["outcome"] == (
        ("decreased tissue amount of bone tissue",),
        ("decreased tissue volume fraction of trabecular bone tissue",),
    )
    same = study("carl-2022", (INJECTED, "cause", LESS_SPONGY, "supports"))
    narrow = study("baker-2021", (INJECTED, "cause", LESS_SPONGY, "noEffect"))
    assert [c.outcome for c in contests(same, narrow)] == [
        "tissue volume fraction of trabecular bone tissue"
    ]


def test_a_topic_at_which_some_claim_first_meets_an_opponent_shows_both_sides_whole() -> None:
    found = contests(
        SUPPORT,
        study("baker-2021", (INJECTED, "cause", LESS_SPONGY, "noEffect")),
        study("carl-2022", (INJECTED, "cause", LESS_SPONGY, "supports")),
    )
    assert [claims(c) for c in found] == [
        [["carl-2022/c1"], ["baker-2021/c1"]],
        [["able-2020/c1", "carl-2022/c1"], ["baker-2021/c1"]],
    ]
    assert "side 1 (2 primary sources)" in str(found[1])


def test_whoever_speaks_against_a_rival_counts_with_those_who_first_meet_it() -> None:
    """The finding denies in one paper what three support, two of which met it further down."""
    found = contests(
        study("able-2020", (INJECTED, "cause", LOSS, "refutes")),
        study("baker-2021", (INJECTED, "contribute", LESS_SPONGY, "supports")),
        study("carl-2022", (INJECTED, "cause", LOSS, "supports")),
        study("dora-2023", (INJECTED, "cause", LESS_SPONGY, "noEffect")),
    )
    wide = next(c for c in found if c.outcome == "tissue amount of bone tissue")
    assert claims(wide) == [["baker-2021/c1", "carl-2022/c1"], ["able-2020/c1", "dora-2023/c1"]]


def test_who_meets_no_opponent_at_a_topic_is_not_shown_there() -> None:
    (found,) = contests(
        SUPPORT,
        study("baker-2021", (INJECTED, "cause", LOSS, "refutes")),
        study("carl-2022", (INJECTED, "cause", LOSS, "inconclusive")),
        study("dora-2023", (INJECTED, "associate", LOSS, "supports")),
    )
    assert claims(found) == [["able-2020/c1"], ["baker-2021/c1"]]


def test_no_sign_that_a_terminal_obeys_is_printed() -> None:
    odd = [
        Quad(q.subject, q.predicate, Literal(f"{q.object.value}\x1b[2J\u202e"), q.graph_name)
        if q.predicate == node("rdfs:label") and isinstance(q.object, Literal)
        else q
        for q in [*SUPPORT, *study("baker-2021", (INJECTED, "cause", LOSS, "refutes"))]
    ]
    (found,) = contests(odd)
    assert "\x1b" in found.about
    assert "\\x1b[2J\\u202e | effect" in str(found)
    assert all(line.isprintable() for line in str(found).splitlines())


def test_who_denies_a_manner_does_not_deny_the_thing() -> None:
    assert contests(SUPPORT, study("baker-2021", (INJECTED, "cause", FOCAL_LOSS, "refutes"))) == []
    wide = study("baker-2021", (INJECTED, "cause", LOSS, "refutes"))
    focal = study("able-2020", (INJECTED, "cause", FOCAL_LOSS, "supports"))
    assert len(contests(wide, focal)) == 1


def test_rival_orders_meet_whichever_way_they_are_written() -> None:
    first = study("able-2020", (ATROPHY, "precede", LOSS, "supports"))
    for other in ((LOSS, "precede", ATROPHY, "supports"), (LOSS, "coincide", ATROPHY, "supports")):
        (found,) = contests(first, study("baker-2021", other))
        assert found.family == "time"
        assert [len(side) for side in found.sides] == [1, 1]


def test_one_study_can_contradict_itself_and_the_site_is_named() -> None:
    here = study("able-2020", (INJECTED, "cause", LOSS, "supports"), site_printed="the shaft")
    data = [
        study("able-2020", (INJECTED, "cause", LOSS, "supports"), site_printed="the shaft"),
        study("baker-2021", (INJECTED, "cause", LOSS, "noEffect"), site_printed="the neck"),
    ]
    (found,) = contests(*data)
    assert found.differs == {"site as printed": (("the shaft",), ("the neck",))}
    assert contests(here) == []


def test_what_is_the_same_on_both_sides_is_not_told() -> None:
    (found,) = contests(SUPPORT, study("baker-2021", (INJECTED, "cause", LOSS, "refutes")))
    assert found.differs == {}
    assert "differs" not in str(found)


def test_news_counts_with_the_paper_it_reports_on() -> None:
    data = small()
    data["propositions"][0]["claims"][1]["stance"] = "refutes"
    data["propositions"][0]["claims"][1]["certainty"] = "asserted"
    (found,) = [c for c in contests(quads(data)) if c.family == "effect"]
    voices = [voice for side in found.sides for voice in side]
    assert {voice.source for voice in voices} > papers(voices)
    assert len(papers(voices)) == 1


def test_the_answer_does_not_depend_on_the_order_of_the_quads() -> None:
    every = [
        *SUPPORT,
        *study("baker-2021", (INJECTED, "cause", LESS_SPONGY, "noEffect")),
        *study("carl-2022", (INJECTED, "cause", GAIN, "supports")),
    ]
    expected = contests_text(contests(every))
    for mixed in (every[::-1], sorted(every, key=str), sorted(every, key=hash)):
        assert contests_text(contests(mixed)) == expected


def test_text_and_data_say_the_same() -> None:
    other = study("baker-2021", (INJECTED, "cause", LOSS, "refutes"), age="old")
    (found,) = contests(SUPPORT, other)
    data = json.loads(json.dumps(found.to_dict()))
    assert [side["primarySources"] for side in data["sides"]] == [1, 1]
    assert data["direct"] is True
    assert data["differs"] == {"age": [["10 weeks"], ["old"]]}
    told = [claim["claim"] for side in data["sides"] for claim in side["claims"]]
    assert told == ["able-2020/c1", "baker-2021/c1"]
    assert data["sides"][1]["claims"][0]["context"]["age"] == ["old"]
    text = contests_text([found])
    for said in ("side 1 (1 primary source)", "baker-2021/c1: refutes", "age: 10 weeks | old"):
        assert said in text


def test_without_contests_it_says_so() -> None:
    assert contests(SUPPORT) == []
    assert contests_text([]) == "no topic has two sides\n"


@pytest.mark.parametrize(
    ("one", "other", "direct"),
    [
        ((INJECTED, "cause", LESS_SPONGY, "supports"), (INJECTED, "cause", LOSS, "refutes"), True),
        ((INJECTED, "cause", LOSS, "supports"), (INJECTED, "cause", LESS_SPONGY, "refutes"), False),
        ((INJECTED, "cause", GAIN, "supports"), (INJECTED, "cause", LESS_SPONGY, "supports"), True),
        (
            (INJECTED, "cause", LESS_SPONGY, "supports"),
            (
                INJECTED,
                "cause",
                {**GAIN, "bearer": "UBERON:0001439 compact bone tissue"},
                "supports",
            ),
            False,
        ),
    ],
)
def test_a_contest_is_direct_where_one_claim_holds_the_other(
    one: Line, other: Line, direct: bool
) -> None:
    """What is denied of a thing is denied of its kinds, not of what it is a kind of."""
    (found,) = contests(study("able-2020", one), study("baker-2021", other))
    assert found.direct == direct
    assert ("both may be right" in str(found)) == (not direct)


def test_three_rivals_make_three_sides() -> None:
    (found,) = contests(
        study("able-2020", (ATROPHY, "precede", LOSS, "supports")),
        study("baker-2021", (LOSS, "precede", ATROPHY, "supports")),
        study("carl-2022", (LOSS, "coincide", ATROPHY, "supports")),
    )
    assert sorted(map(tuple, claims(found))) == [
        ("able-2020/c1",),
        ("baker-2021/c1",),
        ("carl-2022/c1",),
    ]


def test_direct_contests_come_first() -> None:
    found = contests(
        study("baker-2021", (INJECTED, "cause", LESS_SPONGY, "refutes")),
        SUPPORT,
        study(
            "carl-2022", (ATROPHY, "cause", LOSS, "supports"), (ATROPHY, "cause", LOSS, "refutes")
        ),
    )
    assert [contest.direct for contest in found] == [True, False]


def test_of_two_ways_to_a_topic_the_shorter_counts() -> None:
    """From a volume fraction of spongy bone two steps lead to the amount of bone, in two orders."""
    wide = study("able-2020", (INJECTED, "cause", GAIN, "supports"))
    narrow = study("baker-2021", (INJECTED, "cause", LESS_SPONGY, "supports"))
    middle = study(
        "carl-2022", (INJECTED, "cause", {**LESS_SPONGY, "variable": AMOUNT}, "supports")
    )
    found = contests(wide, narrow, middle)
    assert [contest.outcome for contest in found] == ["tissue amount of bone tissue"]
    assert len(found[0].sides[0]) + len(found[0].sides[1]) == 3
