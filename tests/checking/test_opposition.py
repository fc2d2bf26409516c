"""When two claims cannot both be right: the laws, and the cases that the records hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.checking.opposition import LOWERING, RAISING, Position, opposed
from studyclaims.predicates import CONTRADICTORY, RELATIONS, Stance

CHANGES: Final = ("increased", "decreased", "changed", "present", "absent", "")
FLIPPED: Final = {"increased": "decreased", "decreased": "increased", "present": "absent"}


def positions() -> st.SearchStrategy[Position]:
    """Return a strategy for whatever a claim may hold."""
    changes = st.sampled_from(CHANGES)
    return st.builds(
        Position, st.sampled_from(sorted(RELATIONS)), st.sampled_from(Stance), changes, changes,
        st.booleans(),
    )  # fmt: skip


def position(words: str) -> Position:
    """Return the position that four words say: change, relation, change, stance."""
    about, relation, outcome, stance = words.split()
    return Position(relation, Stance(stance), about, "" if outcome == "-" else outcome)


@given(positions(), positions())
def test_opposition_has_no_direction(one: Position, other: Position) -> None:
    assert opposed(one, other) == opposed(other, one)


@given(positions())
def test_nothing_opposes_itself(one: Position) -> None:
    assert not opposed(one, one)


@given(positions(), positions())
def test_what_is_inconclusive_opposes_nothing(one: Position, other: Position) -> None:
    assert not opposed(replace(one, stance=Stance.INCONCLUSIVE), other)


@given(positions(), st.sampled_from([Stance.REFUTES, Stance.NO_EFFECT]))
def test_a_denial_opposes_what_it_denies(one: Position, stance: Stance) -> None:
    said = replace(one, stance=Stance.SUPPORTS)
    assert opposed(said, replace(one, stance=stance))


@given(positions(), positions())
def test_two_denials_do_not_oppose_each_other(one: Position, other: Position) -> None:
    denials = (replace(one, stance=Stance.REFUTES), replace(other, stance=Stance.NO_EFFECT))
    assert not opposed(*denials)


@given(positions())
def test_the_contrary_is_opposed_where_the_relation_has_one(one: Position) -> None:
    if one.outcome not in FLIPPED:
        return
    said = replace(one, stance=Stance.SUPPORTS)
    contrary = replace(said, outcome=FLIPPED[one.outcome])
    assert opposed(said, contrary) == (one.relation in CONTRADICTORY)


@pytest.mark.parametrize("lowering", sorted(LOWERING))
@pytest.mark.parametrize("raising", sorted(RAISING))
def test_to_bring_about_and_to_keep_from_are_opposed(raising: str, lowering: str) -> None:
    one = Position(raising, Stance.SUPPORTS, "decreased", "decreased")
    assert opposed(one, replace(one, relation=lowering))
    assert opposed(one, replace(one, relation=lowering, outcome="changed"))
    assert not opposed(one, replace(one, relation=lowering, outcome="increased"))
    assert not opposed(one, replace(one, relation=lowering, about="increased"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("present cause decreased supports", "present cause increased supports", True),
        ("present cause decreased supports", "present contribute increased supports", True),
        ("present cause decreased supports", "absent cause increased supports", False),
        ("present cause decreased supports", "present cause increased noEffect", False),
        ("present cause decreased supports", "present cause changed noEffect", True),
        ("present cause decreased supports", "present contribute decreased refutes", True),
        ("present prevent decreased supports", "present cause increased supports", False),
        ("present prevent decreased supports", "present prevent decreased noEffect", True),
        ("present prevent decreased supports", "present prevent increased supports", False),
        ("increased modify decreased supports", "increased modify decreased noEffect", True),
        ("changed explain decreased supports", "decreased explain decreased refutes", True),
        ("increased explain decreased supports", "decreased explain decreased refutes", False),
        ("present cause decreased supports", "present associate increased supports", False),
        ("present require decreased supports", "present cause decreased refutes", False),
        ("increased amplify decreased supports", "increased modify decreased noEffect", True),
        ("increased attenuate decreased supports", "increased modify decreased noEffect", True),
        ("increased modify decreased supports", "increased amplify decreased noEffect", False),
        ("present prevent decreased supports", "present attenuate decreased noEffect", True),
        ("present amplify decreased supports", "present cause decreased noEffect", False),
        ("decreased associate decreased supports", "increased associate decreased supports", True),
        ("decreased associate decreased supports", "increased associate increased supports", False),
    ],
)
def test_cases(one: str, other: str, expected: bool) -> None:
    assert opposed(position(one), position(other)) == expected


def test_rival_orders_are_opposed() -> None:
    first = Position("precede", Stance.SUPPORTS, "decreased", "decreased")
    assert opposed(first, replace(first, swapped=True))
    assert opposed(first, replace(first, relation="coincide"))
    assert opposed(first, replace(first, relation="coincide", swapped=True))
    together = replace(first, relation="coincide")
    assert not opposed(together, replace(together, swapped=True))
    more = replace(first, relation="compare")
    assert opposed(more, replace(more, swapped=True))
    assert not opposed(more, first)
    assert not opposed(first, replace(first, stance=Stance.REFUTES, swapped=True))


@pytest.mark.parametrize("relation", ["associate", "coincide"])
def test_a_symmetric_relation_is_denied_whichever_side_comes_first(relation: str) -> None:
    said = Position(relation, Stance.SUPPORTS, "increased", "decreased")
    turned = Position(relation, Stance.NO_EFFECT, "decreased", "increased", swapped=True)
    assert opposed(said, turned)
    assert not opposed(said, replace(turned, about="increased", outcome="decreased"))
