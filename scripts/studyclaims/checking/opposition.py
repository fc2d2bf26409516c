"""When two claims on one topic speak against each other.

A topic holds whatever is said of one link, so not every two claims on it disagree: that an
intervention prevents a loss is no support for its raising bone, and no word against it either. Two
claims are opposed only where both cannot be right of the same animals at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from studyclaims.predicates import CONTRADICTORY, Stance

RAISING: Final = frozenset({"amplify", "cause", "contribute", "predispose"})
"""The relations whose outcome is brought about or made stronger."""

LOWERING: Final = frozenset({"attenuate", "prevent", "reverse"})
"""The relations whose outcome is kept from coming about or made weaker."""

SYMMETRIC: Final = frozenset({"associate", "coincide"})
"""The relations that say the same whichever side comes first."""

_SIGNS: Final = {"increased": 1, "present": 1, "decreased": -1, "absent": -1}
AGAINST: Final = frozenset({Stance.REFUTES, Stance.NO_EFFECT})
"""The stances of a claim that speaks against its proposition."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """What of a claim decides whether another one opposes it.

    ``swapped`` is true where the proposition is about what the topic names second, which only the
    topics of `studyclaims.identifiers.UNORDERED` allow.

    >>> rises = Position("cause", Stance.SUPPORTS, "present", "increased")
    >>> falls = Position("cause", Stance.SUPPORTS, "present", "decreased")
    >>> opposed(rises, falls)
    True
    """

    relation: str
    stance: Stance
    about: str
    outcome: str
    swapped: bool = False


def opposed(one: Position, other: Position) -> bool:
    """Return whether two claims on one topic cannot both be right.

    An empty or ``changed`` change has no sign and agrees with either.

    >>> prevents = Position("prevent", Stance.SUPPORTS, "present", "decreased")
    >>> raises = Position("cause", Stance.SUPPORTS, "present", "increased")
    >>> opposed(prevents, raises)
    False
    """
    if Stance.INCONCLUSIVE in {one.stance, other.stance}:
        return False
    against = (one.stance in AGAINST) + (other.stance in AGAINST)
    if against == 1:
        return _says_the_same(one, other)
    return against == 0 and _contradicts(one, other)


def _says_the_same(one: Position, other: Position) -> bool:
    """Return whether two claims, one of which denies, are on what amounts to one proposition."""
    first, second = _straight(one), _straight(other)
    names = {first.relation, second.relation}
    alike = len(names) == 1 or names <= RAISING - {"amplify"} or names <= LOWERING
    if "modify" in names:
        # "No difference with B" denies that B makes it worse, and that B makes it better.
        said, denied = (first, second) if second.stance in AGAINST else (second, first)
        alike = alike or (denied.relation == "modify" and said.relation in LOWERING | {"amplify"})
    return alike and first.swapped == second.swapped and _agree(first, second)


def _straight(position: Position) -> Position:
    """Return a position with its sides in order, where its relation has no first side."""
    if not position.swapped or position.relation not in SYMMETRIC:
        return position
    turned = (position.outcome, position.about)
    return replace(position, about=turned[0], outcome=turned[1], swapped=False)


def _contradicts(one: Position, other: Position) -> bool:
    """Return whether two claims that both support their propositions contradict each other."""
    one, other = _straight(one), _straight(other)
    names = {one.relation, other.relation}
    if names <= {"precede", "coincide"} or names == {"compare"}:
        return len(names) == 2 or ("coincide" not in names and one.swapped != other.swapped)
    if _is_pair(one, other, RAISING, LOWERING) or _is_pair(one, other, LOWERING, RAISING):
        return _agree(one, other)
    comparable = len(names) == 1 or names <= RAISING
    if not comparable or not names <= CONTRADICTORY:
        return False
    if names == {"associate"}:
        # Which side is the first says nothing, so a sign that flips on either one is a rival.
        abouts = _sign(one.about) * _sign(other.about) or 1
        outcomes = _sign(one.outcome) * _sign(other.outcome) or 1
        return abouts * outcomes < 0
    same_cause = _sign(one.about) * _sign(other.about) >= 0
    return same_cause and _sign(one.outcome) * _sign(other.outcome) < 0


def _is_pair(one: Position, other: Position, first: frozenset[str], second: frozenset[str]) -> bool:
    return one.relation in first and other.relation in second


def _agree(one: Position, other: Position) -> bool:
    """Return whether neither side changes the opposite way."""
    return (
        _sign(one.about) * _sign(other.about) >= 0
        and _sign(one.outcome) * _sign(other.outcome) >= 0
    )


def _sign(change: str) -> int:
    return _SIGNS.get(change, 0)
