"""Where claims of two studies meet, how they stand there, and what is said beside it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad

from comparing.test_contested import (
    ATROPHY,
    FOCAL_LOSS,
    GAIN,
    INJECTED,
    LESS_SPONGY,
    LOSS,
    SPONGY,
    study,
)
from studyclaims.checking.opposition import Position, opposed
from studyclaims.comparing.accounts import by_proposition
from studyclaims.comparing.meetings import (
    PLACES,
    agree,
    at_topics,
    on_propositions,
    readouts,
    split,
)
from studyclaims.comparing.voices import read_entities, read_voices
from studyclaims.predicates import RELATIONS, Stance
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from comparing.test_contested import Line
    from studyclaims.comparing.accounts import Account
    from studyclaims.comparing.meetings import Meeting, Readout
    from studyclaims.comparing.voices import Entities

STUDIES: Final = tuple(
    f"https://w3id.org/studyclaims/study/{key}#study" for key in ("able-2020", "baker-2021")
)
CHANGED: Final = {**LOSS, "change": "changed"}
LESS_COMPACT: Final = {**LOSS, "bearer": "UBERON:0001439 compact bone tissue"}
COMPACT_AREA: Final = {**LESS_COMPACT, "variable": "scterm:tissue-section-area tissue section area"}
MORE_SPONGY: Final = {**LESS_SPONGY, "change": "increased"}
CALF: Final = {**INJECTED, "within_part": ["UBERON:0001665 triceps surae"]}


def read(
    *graphs: Iterable[Quad],
) -> tuple[dict[str, tuple[Account, ...]], tuple[str, str], Entities]:
    store = EmbeddedStore(frozenset().union(*graphs))
    entities = read_entities(store)
    one, other = STUDIES
    return by_proposition(store, read_voices(store, entities)), (one, other), entities


def both(ones: list[Line], others: list[Line], **context: str) -> list[Meeting]:
    """Return where two studies with these claims meet; the second one has another context."""
    told, studies, entities = read(
        study("able-2020", *ones, age="young"), study("baker-2021", *others, age="old", **context)
    )
    return [*on_propositions(told, studies), *at_topics(told, studies, entities)]


def claims(meeting: Meeting) -> tuple[list[str], list[str]]:
    one, other = ([a.claim.rpartition("/")[2] for a in side] for side in meeting.sides)
    return one, other


def less_sure(graph: frozenset[Quad], claim: str, certainty: str) -> frozenset[Quad]:
    """Return a graph in which one claim is hedged, without the predicate of its former words."""
    subject = node(f"https://w3id.org/studyclaims/claim/{claim}")
    return frozenset(
        Quad(q.subject, q.predicate, node(certainty), q.graph_name)
        if q.subject == subject and q.predicate == node("sc:certainty")
        else q
        for q in graph
        if (q.subject, q.predicate) != (subject, node("rdf:predicate"))
    )


CAUSES: Final = (INJECTED, "cause", LOSS, "supports")
LOSES_SPONGY: Final = (INJECTED, "cause", LESS_SPONGY, "supports")


@pytest.mark.parametrize(
    ("stances", "verdict"),
    [
        (("supports", "supports"), "agree"),
        (("noEffect", "refutes"), "agree"),
        (("supports", "noEffect"), "opposed"),
        (("refutes", "supports"), "opposed"),
        (("supports", "inconclusive"), "neither"),
        (("inconclusive", "inconclusive"), "neither"),
    ],
)
def test_on_one_proposition_stances_decide(stances: tuple[str, str], verdict: str) -> None:
    ones, others = ([(INJECTED, "cause", LOSS, stance)] for stance in stances)
    (met,) = both(ones, others)
    assert (met.place, met.verdict, met.compatible) == ("same proposition", verdict, False)
    assert claims(met) == (["c1"], ["c1"])
    assert met.differs == {"age": (("young",), ("old",))}
    assert met.reading.endswith("| cause | decreased tissue amount of bone tissue")
    assert met.measured == (True, True)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("sc:suggested", "sc:asserted", "differ in certainty"),
        ("sc:asserted", "sc:speculated", "differ in certainty"),
        ("sc:suggested", "sc:suggested", "agree"),
    ],
)
def test_certainty_is_set_beside_certainty(first: str, second: str, verdict: str) -> None:
    told, studies, _ = read(
        less_sure(study("able-2020", CAUSES), "able-2020/c1", first),
        less_sure(study("baker-2021", CAUSES), "baker-2021/c1", second),
    )
    (met,) = on_propositions(told, studies)
    assert met.verdict == verdict


def test_of_one_study_the_firmest_of_those_that_agree_counts() -> None:
    first = study("able-2020", CAUSES, CAUSES, (INJECTED, "cause", LOSS, "inconclusive"))
    first = less_sure(
        less_sure(first, "able-2020/c1", "sc:speculated"), "able-2020/c2", "sc:suggested"
    )
    other = study("baker-2021", CAUSES)
    for certainty, verdict in (("sc:suggested", "agree"), ("sc:asserted", "differ in certainty")):
        told, studies, _ = read(first, less_sure(other, "baker-2021/c1", certainty))
        (met,) = on_propositions(told, studies)
        assert met.verdict == verdict


def test_a_study_that_says_both_is_opposed_in_part() -> None:
    (met,) = both([CAUSES, (INJECTED, "cause", LOSS, "noEffect")], [CAUSES])
    assert met.verdict == "opposed in part"


@pytest.mark.parametrize(
    ("one", "other", "place", "verdict", "compatible"),
    [
        (CAUSES, (INJECTED, "cause", GAIN, "supports"), 1, "opposed", False),
        (CAUSES, (INJECTED, "prevent", LOSS, "supports"), 1, "opposed", False),
        (CAUSES, (INJECTED, "contribute", LOSS, "supports"), 1, "agree", False),
        (CAUSES, (INJECTED, "explain", LOSS, "supports"), 1, "neither", False),
        (CAUSES, (INJECTED, "cause", CHANGED, "supports"), 1, "agree", False),
        (CAUSES, (INJECTED, "cause", CHANGED, "refutes"), 1, "opposed", False),
        (CAUSES, (INJECTED, "cause", LESS_SPONGY, "supports"), 2, "agree", False),
        (CAUSES, (CALF, "cause", MORE_SPONGY, "supports"), 2, "opposed", False),
        (CAUSES, (INJECTED, "cause", LESS_SPONGY, "noEffect"), 2, "opposed", True),
        ((INJECTED, "cause", LOSS, "noEffect"), (CALF, "cause", LESS_SPONGY, "supports"), 2,
         "opposed", False),
        (LOSES_SPONGY, (INJECTED, "cause", LESS_COMPACT, "supports"), 3, "agree", False),
        (LOSES_SPONGY, (INJECTED, "cause", LESS_COMPACT, "refutes"), 3, "opposed", True),
        ((CALF, "cause", LOSS, "supports"), (INJECTED, "cause", LESS_SPONGY, "supports"), 3,
         "agree", False),
    ],
)  # fmt: skip
def test_other_claims_meet_at_the_narrowest_topic_and_say_where_they_stand(
    one: Line, other: Line, place: int, verdict: str, compatible: bool
) -> None:
    for ones, others in (([one], [other]), ([other], [one])):
        (met,) = both(ones, others)
        assert (met.place, met.verdict, met.compatible) == (PLACES[place], verdict, compatible)
        assert met.differs["age"] in {(("young",), ("old",))}
        assert set(met.differs) <= {"about", "outcome", "age"}


def test_a_topic_reads_without_the_signs_of_its_claims() -> None:
    (met,) = both([CAUSES], [(INJECTED, "cause", GAIN, "supports")])
    assert met.reading == (
        "injection by Botulinum toxin type A | effect | tissue amount of bone tissue"
    )


def test_orders_are_set_straight_where_a_topic_has_none() -> None:
    forth, back = (ATROPHY, "precede", LOSS, "supports"), (LOSS, "precede", ATROPHY, "supports")
    (met,) = both([forth], [back])
    assert (met.place, met.verdict) == ("same topic", "opposed")
    (met,) = both(
        [(ATROPHY, "associate", LOSS, "supports")], [(LOSS, "associate", ATROPHY, "supports")]
    )
    assert met.verdict == "agree"


@pytest.mark.parametrize(
    "other",
    [
        (ATROPHY, "cause", LOSS, "supports"),
        (INJECTED, "associate", LOSS, "supports"),
        (INJECTED, "cause", ATROPHY, "supports"),
    ],
)
def test_what_is_of_another_topic_meets_nothing(other: Line) -> None:
    assert both([CAUSES], [other]) == []


def test_claims_of_one_study_do_not_meet_each_other() -> None:
    assert (
        both(
            [CAUSES, (INJECTED, "cause", GAIN, "supports")], [(ATROPHY, "cause", LOSS, "supports")]
        )
        == []
    )


def test_what_met_on_a_proposition_meets_again_only_with_what_has_not() -> None:
    spongy = (INJECTED, "cause", LESS_SPONGY, "supports")
    assert [met.place for met in both([CAUSES, spongy], [CAUSES, spongy])] == [PLACES[0]] * 2
    found = both([CAUSES], [CAUSES, spongy])
    assert [(met.place, *claims(met)) for met in found] == [
        ("same proposition", ["c1"], ["c1"]),
        ("one narrower", ["c1"], ["c2"]),
    ]


def test_a_claim_is_shown_where_it_comes_nearest() -> None:
    area = (INJECTED, "cause", COMPACT_AREA, "supports")
    compact = (INJECTED, "cause", LESS_COMPACT, "supports")
    spongy = (INJECTED, "cause", {**LESS_COMPACT, "bearer": SPONGY}, "supports")
    found = both([CAUSES, compact], [area, spongy])
    assert [(met.place, *claims(met)) for met in found] == [
        ("one narrower", ["c1"], ["c2"]),
        ("one narrower", ["c2"], ["c1"]),
    ]


def test_pairs_at_one_topic_are_told_apart_by_their_place() -> None:
    wide = (INJECTED, "cause", LOSS, "supports")
    narrow = [(INJECTED, "cause", end, "supports") for end in (LESS_COMPACT, COMPACT_AREA)]
    found = both([wide], narrow)
    assert [(met.place, *claims(met)) for met in found] == [("one narrower", ["c1"], ["c1", "c2"])]


def test_a_denial_of_a_manner_meets_only_what_has_it() -> None:
    assert both([CAUSES], [(INJECTED, "cause", FOCAL_LOSS, "refutes")]) == []
    (met,) = both([CAUSES], [(INJECTED, "cause", FOCAL_LOSS, "supports")])
    assert met.verdict == "agree"


def test_measured_is_told_of_each_study() -> None:
    untested = frozenset(
        Quad(q.subject, q.predicate, q.object, q.graph_name)
        for q in study("baker-2021", CAUSES)
        if q.predicate != node("sc:measured")
    )
    told, studies, _ = read(study("able-2020", CAUSES), untested)
    (met,) = on_propositions(told, studies)
    assert met.measured == (True, False)
    assert met.to_dict()["measured"] == [True, False]


def test_a_meeting_as_data() -> None:
    (met,) = both([CAUSES], [(INJECTED, "cause", LESS_SPONGY, "noEffect")])
    data = met.to_dict()
    assert (data["met"], data["verdict"], data["bothMayBeRight"]) == (
        "one narrower", "opposed", True,
    )  # fmt: skip
    assert [[claim["claim"] for claim in side] for side in data["claims"]] == [
        ["able-2020/c1"], ["baker-2021/c1"],
    ]  # fmt: skip
    assert data["differs"]["age"] == [["young"], ["old"]]
    assert data["reading"] == met.reading


def test_meetings_are_sorted_by_place_and_by_what_they_read() -> None:
    more: list[Line] = [
        (INJECTED, "cause", ATROPHY, "supports"),
        (INJECTED, "explain", LOSS, "supports"),
        (CALF, "explain", LOSS, "supports"),
        (CALF, "explain", ATROPHY, "supports"),
    ]
    lines = [
        *more,
        (INJECTED, "cause", LOSS, "supports"),
        (ATROPHY, "cause", LOSS, "supports"),
        (ATROPHY, "describe", LOSS, "supports"),
        (INJECTED, "associate", LESS_SPONGY, "supports"),
    ]
    others = [
        *lines[:6],
        (ATROPHY, "describe", GAIN, "supports"),
        (INJECTED, "associate", LOSS, "supports"),
    ]
    found = both(lines, others)
    assert [met.place for met in found] == [PLACES[n] for n in (0,) * 6 + (1, 2)]
    assert [met.reading for met in found[:6]] == sorted(met.reading for met in found[:6])
    assert both(lines[::-1], others[::-1])[0].reading == found[0].reading


POSITIONS: Final = st.builds(
    Position,
    relation=st.sampled_from(sorted(RELATIONS)),
    stance=st.sampled_from(list(Stance)),
    about=st.sampled_from(["", "changed", "increased", "decreased", "present", "absent"]),
    outcome=st.sampled_from(["", "changed", "increased", "decreased", "present", "absent"]),
    swapped=st.booleans(),
)


@given(POSITIONS, POSITIONS)
def test_to_agree_is_mutual_and_never_to_be_opposed(one: Position, other: Position) -> None:
    assert agree(one, other) == agree(other, one)
    assert not (agree(one, other) and opposed(one, other))


@given(POSITIONS)
def test_whoever_takes_a_stand_agrees_with_himself_and_not_with_his_denial(one: Position) -> None:
    stands = one.stance is not Stance.INCONCLUSIVE
    assert agree(one, one) == stands
    denied = replace(one, stance=Stance.SUPPORTS if one.stance != "supports" else Stance.REFUTES)
    assert not agree(one, denied)


def test_to_modify_and_to_prevent_are_no_agreement() -> None:
    """Who modifies a loss may as well make it worse."""
    prevents = Position("prevent", Stance.SUPPORTS, "", "decreased")
    modifies = replace(prevents, relation="modify")
    assert not agree(prevents, modifies)
    assert not agree(modifies, prevents)


@cache
def figures() -> tuple[Readout, ...]:
    """Return the outcomes of two studies, one of which measured in another unit."""
    lines = [CAUSES, (INJECTED, "prevent", LOSS, "refutes")]
    one = study("able-2020", *lines, site_printed="shin", compared_with="anything")
    other = study("baker-2021", (ATROPHY, "cause", GAIN, "supports"), compared_with="the left leg")
    unit = node("sc:unitCode")
    other = frozenset(
        Quad(q.subject, q.predicate, type(q.object)("%"), q.graph_name)  # type: ignore[call-arg, arg-type]
        if q.predicate == unit
        else q
        for q in other
        if q.predicate != node("sc:comparedWith") or "/claim/" in str(q.subject)
    )
    told, studies, entities = read(one, other)
    sides = split((a for accounts in told.values() for a in accounts), studies)
    return tuple(readouts(sides, [], entities))


def test_figures_of_one_outcome_stand_side_by_side_whatever_the_start_and_the_sign() -> None:
    (found,) = figures()
    assert found.outcome == "tissue amount of bone tissue"
    assert [[f.account.claim for f in side] for side in found.sides] == [
        ["able-2020/c1", "able-2020/c2"], ["baker-2021/c1"],
    ]  # fmt: skip
    assert found.differs["unit"] == (("mm",), ("%",))
    assert found.differs["site as printed"] == (("shin",), ("the shin",))
    assert found.differs["about"] == (
        ("injection by Botulinum toxin type A",), ("decreased tissue amount of muscle organ",),
    )  # fmt: skip


def test_a_figure_has_its_own_comparator_or_that_of_its_claim() -> None:
    (found,) = figures()
    one, other = found.sides[0][0], found.sides[1][0]
    assert (one.comparator, other.comparator) == ("sham", "the left leg")
    data = one.to_dict()
    assert (data["claim"], data["stance"], data["certainty"]) == (
        "able-2020/c1", "supports", "asserted",
    )  # fmt: skip
    assert (data["comparator"], data["site"]) == ("sham", "shin")
    assert data["measurement"]["unit"] == "mm"
    assert data["reading"].endswith("decreased tissue amount of bone tissue")
    assert found.to_dict()["claims"][1][0]["comparator"] == "the left leg"


def test_a_site_is_that_of_the_term_where_none_is_printed() -> None:
    bare = frozenset(q for q in study("able-2020", CAUSES) if q.predicate != node("sc:sitePrinted"))
    told, studies, entities = read(bare, study("baker-2021", CAUSES))
    sides = split((a for accounts in told.values() for a in accounts), studies)
    (found,) = readouts(sides, [], entities)
    assert [side[0].to_dict()["site"] for side in found.sides] == ["tibia", "the shin"]


def test_outcomes_are_sorted_by_their_label_and_units_by_their_sign() -> None:
    ends = (LOSS, ATROPHY, LESS_SPONGY, LESS_COMPACT, COMPACT_AREA)
    lines = [(INJECTED, "cause", end, "supports") for end in ends]
    one = study("able-2020", *lines)
    units = iter(("um", "kg", "%", "m", "g"))
    mixed = frozenset(
        Quad(q.subject, q.predicate, type(q.object)(next(units)), q.graph_name)  # type: ignore[call-arg, arg-type]
        if q.predicate == node("sc:unitCode")
        else q
        for q in sorted(study("able-2020", *[CAUSES] * 5), key=str)
    )
    other = study("baker-2021", *lines)
    for graph in (one, mixed):
        told, studies, entities = read(graph, other)
        sides = split((a for accounts in told.values() for a in accounts), studies)
        found = list(readouts(sides, [], entities))
        assert [r.outcome for r in found] == sorted(r.outcome for r in found)
        assert len(found) == (5 if graph is one else 1)
    assert found[0].differs["unit"] == (("%", "g", "kg", "m", "um"), ("mm",))


def test_the_claims_of_a_side_are_sorted() -> None:
    ends = (LESS_COMPACT, {**LESS_COMPACT, "bearer": SPONGY})
    links = ("cause", "contribute")
    lines = [(INJECTED, link, end, "supports") for link in links for end in ends]
    (met,) = both([CAUSES], lines)
    assert claims(met) == (["c1"], ["c1", "c2", "c3", "c4"])
    (met,) = both([CAUSES], lines[::-1])
    assert claims(met) == (["c1"], ["c1", "c2", "c3", "c4"])


def without_figures(graph: frozenset[Quad]) -> frozenset[Quad]:
    return frozenset(q for q in graph if q.predicate != node("sc:measurement"))


def test_an_outcome_without_figures_is_shown_where_a_claim_has_met_nothing_yet() -> None:
    one = without_figures(study("able-2020", CAUSES))
    other = without_figures(study("baker-2021", (ATROPHY, "cause", GAIN, "supports")))
    told, studies, entities = read(one, other)
    sides = split((a for accounts in told.values() for a in accounts), studies)
    (found,) = readouts(sides, ["able-2020/c1"], entities)
    (figure,) = found.sides[0]
    assert (figure.measurement, figure.comparator) == (None, "sham")
    assert figure.to_dict()["measurement"] is None
    assert "unit" not in found.differs
    assert list(readouts(sides, ["able-2020/c1", "baker-2021/c1"], entities)) == []


def test_an_outcome_of_one_study_alone_is_no_readout() -> None:
    told, studies, entities = read(
        study("able-2020", CAUSES), study("baker-2021", (INJECTED, "cause", ATROPHY, "supports"))
    )
    sides = split((a for accounts in told.values() for a in accounts), studies)
    assert list(readouts(sides, [], entities)) == []
