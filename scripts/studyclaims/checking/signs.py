"""Directions that cannot be: two signs in one entity, or a sign against the relation.

"A decreases X" is *A cause [X, decreased]*: the direction stands in the entity, never in the
relation. So a relation that speaks of a change (prevent, attenuate, reverse, amplify) needs an
outcome that is one, and a printed sign must agree with what the entities say.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from studyclaims.checking.complaints import Complaint, measurements_of
from studyclaims.predicates import Stance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.checking.complaints import Path
    from studyclaims.model import Entity, Measurement, Proposition, Study

SIGNED_WORDS: Final = frozenset(
    {"increased", "decreased", "reduced", "elevated", "loss", "gain", "deficiency", "excess"}
)
"""Words in a term's label that already carry a change."""

OF_CHANGES: Final = {
    "prevent": "decreased",
    "attenuate": "decreased",
    "reverse": "decreased",
    "amplify": "increased",
}
"""Relations whose outcome is a change or a named condition, and what they would make of a mere
variable: its change under ``cause``."""

RAISING: Final = frozenset({"cause", "contribute", "predispose"})
"""Relations whose outcome is said to come about as it stands, with its change."""

_VARIABLES: Final = frozenset({"GO", "OBA", "PATO"})
"""Prefixes of terms for what can go up or down; terms of others are conditions, or hold both."""

_DIRECTIONS: Final = {"increased": 1, "decreased": -1}


def check_signs(study: Study) -> Iterator[Complaint]:
    """Yield a complaint for each double sign and each direction against relation or printed sign.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> list(check_signs(read_record(studies_dir() / "ausk-2017.yaml").study))
    []
    """
    for name, entity in study.entities.items():
        yield from _double_sign(("entities", name), entity)
    for place, proposition in enumerate(study.propositions):
        about = study.entities.get(proposition.about)
        outcome = study.entities.get(proposition.outcome)
        # A name that leads nowhere is complained of already.
        if outcome is None:
            continue
        path = ("propositions", place)
        yield from _no_change(path, proposition, outcome)
        for value_path, measurement in _supporting(path, proposition):
            if proposition.link == "associate" and about is not None:
                yield from _coefficient(value_path, measurement, about, outcome)
            if proposition.link in RAISING:
                yield from _percentage(value_path, measurement, outcome)


def _double_sign(path: Path, entity: Entity) -> Iterator[Complaint]:
    if entity.variable is None or entity.change not in _DIRECTIONS:
        return
    if SIGNED_WORDS & set(entity.variable.label.casefold().split()):
        hint = "name what can go up or down, or leave change out"
        message = f"{entity.change} {entity.variable.label!r} has two signs"
        yield Complaint((*path, "change"), "R014", message, hint)


def _no_change(path: Path, proposition: Proposition, outcome: Entity) -> Iterator[Complaint]:
    """Yield a complaint where a relation of changes has a mere variable as its outcome."""
    if proposition.link not in OF_CHANGES or outcome.change:
        return
    if outcome.term and outcome.term.curie.partition(":")[0] not in _VARIABLES:
        return
    name, change = proposition.outcome, OF_CHANGES[proposition.link]
    message = f"{proposition.link} needs a change or a named condition, and {name!r} is neither"
    hint = f"name its change (present, for a condition), or write cause with the outcome {change}"
    yield Complaint((*path, "outcome"), "R023", message, hint)


def _supporting(path: Path, proposition: Proposition) -> Iterator[tuple[Path, Measurement]]:
    """Yield each measurement of a supporting claim, with the path of its value."""
    for number, claim in enumerate(proposition.claims):
        if claim.stance is Stance.SUPPORTS:
            for place, measurement in measurements_of((*path, "claims", number), claim):
                yield (*place, "value"), measurement


def _sign(measurement: Measurement) -> int:
    """Return 1, 0 or -1 for the printed value, 0 where none is printed."""
    number = Decimal(measurement.value or 0)
    return (number > 0) - (number < 0)


def _coefficient(
    path: Path, measurement: Measurement, about: Entity, outcome: Entity
) -> Iterator[Complaint]:
    """Yield a complaint where a coefficient's sign is not that of two changes together."""
    together = _DIRECTIONS.get(about.change or "", 0) * _DIRECTIONS.get(outcome.change or "", 0)
    if measurement.coefficient and together * _sign(measurement) < 0:
        ways = "the same way" if together > 0 else "opposite ways"
        message = f"a coefficient of {measurement.value}, but the entities change {ways}"
        yield Complaint(path, "R023", message, "check the printed sign, and the change of both")


def _percentage(path: Path, measurement: Measurement, outcome: Entity) -> Iterator[Complaint]:
    """Yield a complaint where a percentage is printed with a sign against the outcome's change."""
    value, unit = measurement.value or "", re.sub(r"\.?\{[^{}]*\}", "", measurement.unit or "")
    against = _sign(measurement) * _DIRECTIONS.get(outcome.change or "", 0) < 0
    if against and unit == "%" and value.startswith(("+", "-")):
        message = f"{value} %, but the outcome is {outcome.change}"
        yield Complaint(path, "R023", message, "check the printed sign, and the outcome's change")
