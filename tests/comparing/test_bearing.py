"""How a claim bears on a link: where entities meet, and whose sign decides what."""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.checking.opposition import Position, opposed
from studyclaims.comparing.bearing import Named, are_rivals, bearing
from studyclaims.comparing.voices import Entities, Voice
from studyclaims.predicates import RELATIONS, Stance

CHANGES: Final = ("", "changed", "increased", "decreased", "present", "absent")


def tree() -> Entities:
    """Return bone that is more, less, changed or none, and a kind of it, slow or not."""
    entities = Entities()
    for name in ("bone", "kind", "slow kind", "slow bone"):
        for change in CHANGES:
            key = f"{change} {name}".strip()
            entities.labels[key], entities.unsigned[key] = key, name
            entities.changes |= {key: change} if change else {}
            if "slow" in name:
                entities.modifiers[key] = {"slow"}
            for wider in {"kind": ["bone"], "slow kind": ["kind", "slow bone"],
                          "slow bone": ["bone"]}.get(name, []):  # fmt: skip
                entities.wider[key].append(f"{change} {wider}".strip())
    return entities


TREE: Final = tree()


def voice(about: str, relation: str, outcome: str, stance: str = "supports") -> Voice:
    changes = (TREE.changes.get(about, ""), TREE.changes.get(outcome, ""))
    position = Position(relation, Stance(stance), *changes)
    ends = (about, outcome)
    return Voice("a/b", "a", "s", "s", position, "asserted", "result", ends, ends, ())


@pytest.mark.parametrize(
    ("names", "entity", "expected"),
    [
        (["less bone"], "other", None),
        (["kind"], "bone", None),
        (["increased bone"], "increased bone", (False, 0, False, "increased", "increased", False)),
        (["increased bone"], "increased kind", (False, 1, False, "increased", "increased", False)),
        (["increased bone"], "decreased kind", (True, 1, False, "decreased", "increased", False)),
        (["increased bone"], "changed bone", (True, 0, False, "changed", "increased", False)),
        (["present bone"], "increased bone", (True, 0, False, "increased", "present", False)),
        (["changed bone"], "increased bone", (False, 0, True, "increased", "changed", False)),
        (["bone"], "increased bone", (False, 0, True, "increased", "", False)),
        (["bone"], "slow kind", (False, 2, False, "", "", False)),
        (["increased bone", "kind"], "increased kind", (False, 0, True, "increased", "", False)),
        (["changed bone", "increased bone"], "increased bone",
         (False, 0, False, "increased", "increased", False)),
        (["decreased bone", "increased bone"], "increased kind",
         (False, 1, False, "increased", "increased", True)),
        (["present bone", "absent bone"], "absent bone",
         (False, 0, False, "absent", "absent", True)),
        (["present bone", "decreased bone"], "decreased bone",
         (False, 0, False, "decreased", "decreased", False)),
    ],
)  # fmt: skip
def test_an_entity_meets_the_nearest_that_was_named(
    names: list[str], entity: str, expected: tuple[object, ...] | None
) -> None:
    met = Named(TREE, names).met(entity)
    assert met == expected
    if met:
        assert met.narrower == (met.steps > 0 or met.any_change)


def test_with_modified_no_manner_is_left_behind() -> None:
    for name, there in (("kind", False), ("slow bone", True), ("slow kind", True)):
        assert bool(Named(TREE, [name]).met("slow kind", modified=True)) == there
        assert Named(TREE, [name]).met("slow kind")


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["present bone", "absent bone"], {"present"}),
        (["absent bone"], {"absent"}),
        (["present bone", "absent kind"], {"present", "absent"}),
        (["bone", "absent bone", "decreased bone"], {"", "decreased"}),
    ],
)
def test_absence_goes_where_the_thing_is_named_beside_it(names: list[str], kept: set[str]) -> None:
    named = Named(TREE, names).without_absence()
    assert set().union(*named.unsigned.values()) == kept


def side(spoken: Voice, start: str | list[str], end: str | list[str]) -> str | None:
    ends = ([name] if isinstance(name, str) else name for name in (start, end))
    found = bearing(spoken, *(Named(TREE, names) for names in ends))
    return found.side if found else None


def test_what_starts_from_the_opposite_is_no_rival_but_for_an_association() -> None:
    for relation, expected in (("cause", "neither"), ("associate", "against")):
        spoken = voice("increased kind", relation, "increased slow kind")
        assert side(spoken, "increased kind", "increased slow kind") == "for"
        assert side(spoken, "decreased kind", "increased slow kind") == expected
        assert side(spoken, "increased kind", "decreased slow kind") == "against"
        assert side(spoken, "decreased kind", "decreased slow kind") == "neither"


def test_a_start_with_both_signs_leaves_only_denials_against() -> None:
    both = ["increased kind", "decreased kind"]
    for stance, expected in (("supports", "neither"), ("refutes", "neither")):
        assert side(voice("increased kind", "cause", "increased bone", stance), both,
                    "decreased bone") == expected  # fmt: skip
    assert side(voice("increased kind", "cause", "decreased bone", "refutes"), both,
                "decreased bone") == "against"  # fmt: skip
    turned = voice("increased bone", "associate", "increased kind")
    assert side(turned, both, "decreased bone") == "neither"
    assert side(turned, "increased kind", "decreased bone") == "against"


def test_a_claim_written_the_other_way_round_is_turned_only_where_no_order_is_said() -> None:
    for relation, row in RELATIONS.items():
        found = bearing(voice("kind", relation, "other"), Named(TREE, ["other"]),
                        Named(TREE, ["bone"]))  # fmt: skip
        unordered = row.family in {"association", "comparison", "time"}
        assert (found is not None) == unordered
        assert found is None or (found.turned, found.side, found.otherwise) == (True, "for", False)
        straight = bearing(voice("kind", relation, "other"), Named(TREE, ["bone"]),
                           Named(TREE, ["other"]))  # fmt: skip
        assert straight is not None
        assert not straight.turned


POSITIONS: Final = st.builds(
    Position,
    relation=st.sampled_from(sorted(RELATIONS)),
    stance=st.sampled_from(list(Stance)),
    about=st.sampled_from(CHANGES),
    outcome=st.sampled_from(CHANGES),
)


@given(POSITIONS, POSITIONS)
def test_on_the_same_two_entities_rivals_are_what_oppose_a_supporter(
    one: Position, other: Position
) -> None:
    """Where all are on one topic, are_rivals says what `opposed` says of who supports the one."""
    ours = voice(f"{one.about} bone".strip(), one.relation, f"{one.outcome} kind".strip())
    theirs = voice(f"{other.about} bone".strip(), other.relation, f"{other.outcome} kind".strip(),
                   other.stance)  # fmt: skip
    expected = opposed(Position(one.relation, Stance.SUPPORTS, one.about, one.outcome), other)
    assert are_rivals(ours, theirs, TREE, crossed=False) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "stance", "rivals"),
    [
        (("bone", "increased bone"), ("bone", "decreased kind"), "supports", True),
        (("bone", "increased kind"), ("bone", "decreased bone"), "supports", True),
        (("kind", "increased bone"), ("bone", "decreased kind"), "supports", False),
        (("kind", "increased kind"), ("bone", "increased bone"), "refutes", True),
        (("bone", "increased bone"), ("bone", "increased kind"), "refutes", False),
        (("bone", "increased bone"), ("other", "decreased bone"), "supports", False),
    ],
)
def test_one_of_two_rivals_holds_the_other_on_both_sides(
    ours: tuple[str, str], theirs: tuple[str, str], stance: str, rivals: bool
) -> None:
    one = voice(ours[0], "cause", ours[1])
    other = voice(theirs[0], "cause", theirs[1], stance)
    assert are_rivals(one, other, TREE, crossed=False) == rivals


@pytest.mark.parametrize(("crossed", "rivals"), [(True, True), (False, False)])
def test_rival_orders_are_crossed(crossed: bool, rivals: bool) -> None:
    theirs = ("kind", "bone") if crossed else ("bone", "kind")
    other = voice(theirs[0], "precede", theirs[1])
    assert are_rivals(voice("bone", "precede", "kind"), other, TREE, crossed=crossed) == rivals


def test_every_claim_on_the_named_entities_has_a_side() -> None:
    sides = {
        side(voice(f"{about} bone".strip(), relation, f"{outcome} kind".strip(), stance),
             "increased bone", "increased kind")
        for relation, stance, about, outcome in product(RELATIONS, Stance, CHANGES, CHANGES)
    }  # fmt: skip
    assert sides == {"for", "against", "inconclusive", "neither"}
