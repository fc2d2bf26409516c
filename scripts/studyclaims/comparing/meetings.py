"""Where two studies meet: the propositions, topics and outcomes that claims of both are on.

Claims meet on the proposition that both studies have, else at the narrowest topic that one of each
reaches. What meets only at a topic wider than both is of two things, and never more than alike.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from studyclaims.checking.opposition import AGAINST, Position, opposed
from studyclaims.comparing.contested import at_topic, differences, is_direct, topics
from studyclaims.predicates import Certainty, Stance

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from studyclaims.comparing.accounts import Account
    from studyclaims.comparing.contested import Key
    from studyclaims.comparing.voices import Entities

PLACES: Final = ("same proposition", "same topic", "one narrower", "only wider")
"""Where two claims may meet, the nearest first."""

_FIRMNESS: Final = {certainty.value: number for number, certainty in enumerate(Certainty)}

Sides = tuple[tuple["Account", ...], tuple["Account", ...]]
"""The claims of the one study and those of the other."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What claims of both studies are on, and how they stand to each other there.

    ``place`` is one of `PLACES`; ``verdict`` is agree, differ in certainty, opposed, opposed in
    part, or neither. ``compatible`` is true where two that are opposed may yet both be right, of
    the two things that they are about. ``differs`` gives each field of context that is not the
    same in both studies.
    """

    reading: str
    place: str
    verdict: str
    compatible: bool
    sides: Sides
    differs: Mapping[str, tuple[tuple[str, ...], ...]]

    @property
    def measured(self) -> tuple[bool, bool]:
        """Whether each of the two studies tested the link itself."""
        one, other = (any(account.measured for account in side) for side in self.sides)
        return one, other

    def to_dict(self) -> dict[str, Any]:
        """Return the meeting as plain values, for JSON."""
        return {
            "reading": self.reading,
            "met": self.place,
            "verdict": self.verdict,
            "bothMayBeRight": self.compatible,
            "measured": list(self.measured),
            "claims": [[account.to_dict() for account in side] for side in self.sides],
            "differs": {name: list(map(list, values)) for name, values in self.differs.items()},
        }


class Figure(NamedTuple):
    """A claim on an outcome, with one of its measurements; without, where it has none."""

    account: Account
    measurement: Mapping[str, Any] | None

    @property
    def comparator(self) -> str | None:
        """What it is compared with, by itself or as its claim is; None where that is not said."""
        own = (self.measurement or {}).get("compared_with")
        said = own or self.account.row["context"].get("compared_with")
        return str(said) if said else None

    def to_dict(self) -> dict[str, Any]:
        """Return the claim and its measurement as plain values, for JSON."""
        voice, context = self.account.voice, self.account.row["context"]
        return {
            "claim": voice.claim,
            "reading": voice.reading,
            "stance": str(voice.position.stance),
            "certainty": voice.certainty,
            "comparator": self.comparator,
            "site": context.get("site_printed") or context.get("site"),
            "measurement": self.measurement,
        }


@dataclass(frozen=True, slots=True)
class Readout:
    """An outcome that both studies speak of, whatever brought it about, with their figures."""

    outcome: str
    sides: tuple[tuple[Figure, ...], tuple[Figure, ...]]
    differs: Mapping[str, tuple[tuple[str, ...], ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome with its figures as plain values, for JSON."""
        return {
            "outcome": self.outcome,
            "claims": [[figure.to_dict() for figure in side] for side in self.sides],
            "differs": {name: list(map(list, values)) for name, values in self.differs.items()},
        }


class _Placed(NamedTuple):
    """A claim as the topic sees it at which it meets another."""

    account: Account
    position: Position
    steps: int


def on_propositions(
    told: Mapping[str, Sequence[Account]], studies: tuple[str, str]
) -> Iterator[Meeting]:
    """Yield the propositions that claims of both studies are on, sorted by what they read.

    >>> list(on_propositions({}, ("able-2020", "baker-2021")))
    []
    """
    found = []
    for proposition, accounts in told.items():
        sides = [[_Placed(a, a.voice.position, 0) for a in of] for of in split(accounts, studies)]
        if all(sides):
            reading = accounts[0].voice.reading
            found.append((reading, proposition, _meeting(reading, PLACES[0], sides)))
    yield from (meeting for *_, meeting in sorted(found, key=lambda item: item[:2]))


def split(accounts: Iterable[Account], studies: tuple[str, str]) -> Sides:
    """Return the claims of each of the two studies, sorted.

    >>> split([], ("able-2020", "baker-2021"))
    ((), ())
    """
    every = sorted(accounts, key=lambda account: account.claim)
    one, other = (tuple(a for a in every if a.voice.study == study) for study in studies)
    return one, other


def at_topics(
    told: Mapping[str, Sequence[Account]], studies: tuple[str, str], entities: Entities
) -> Iterator[Meeting]:
    """Yield the narrowest topics at which further claims meet, by place and by what they read.

    A claim on a proposition of both studies has met; it is shown here only where it is what a
    claim on another proposition comes nearest to.

    >>> from studyclaims.comparing.voices import Entities
    >>> list(at_topics({}, ("able-2020", "baker-2021"), Entities()))
    []
    """
    accounts = [account for of in told.values() for account in of]
    met = {a.claim for of in told.values() if all(split(of, studies)) for a in of}
    reached = topics((account.voice for account in accounts), entities)
    pairs = _nearest_pairs(accounts, met, reached)
    labels, found = entities.unsigned_labels, []
    for (key, place), numbers in pairs.items():
        members = reached[key]
        placed = [
            _Placed(accounts[n], at_topic(accounts[n].voice, swapped=members[n][1]), members[n][0])
            for n in sorted(numbers, key=lambda n: accounts[n].claim)
        ]
        sides = [[p for p in placed if p.account.voice.study == study] for study in studies]
        about, family, outcome = key
        reading = f"{labels[about]} | {family} | {labels[outcome]}"
        found.append((PLACES.index(place), reading, key, _meeting(reading, place, sides)))
    yield from (meeting for *_, meeting in sorted(found, key=lambda item: item[:3]))


def _nearest_pairs(
    accounts: Sequence[Account],
    met: set[str],
    reached: Mapping[Key, Mapping[int, tuple[int, bool]]],
) -> dict[tuple[Key, str], set[int]]:
    """Return the claims that meet by topic and place, each with whom it comes nearest to there."""
    best: dict[int, tuple[int, Key]] = {}
    for key, members in reached.items():
        for number in members:
            for other in _others(number, members, accounts, met):
                distance = members[number][0] + members[other][0]
                best[number] = min((distance, key), best.get(number, (distance, key)))
    pairs: defaultdict[tuple[Key, str], set[int]] = defaultdict(set)
    for number, (distance, key) in best.items():
        members = reached[key]
        for other in _others(number, members, accounts, met):
            if members[number][0] + members[other][0] == distance:
                apart = sum(members[n][0] > 0 for n in (number, other))
                pairs[key, PLACES[apart + 1]] |= {number, other}
    return pairs


def _others(
    number: int, members: Iterable[int], accounts: Sequence[Account], met: set[str]
) -> Iterator[int]:
    """Yield the claims of the other study at a topic; none for a claim that has met already."""
    if accounts[number].claim not in met:
        study = accounts[number].voice.study
        yield from (other for other in members if accounts[other].voice.study != study)


def _meeting(reading: str, place: str, sides: Sequence[Sequence[_Placed]]) -> Meeting:
    one, other = (tuple(placed.account for placed in side) for side in sides)
    verdict = _verdict(*sides)
    every = [(p.position, p.steps) for side in sides for p in side]
    return Meeting(
        reading,
        place,
        verdict,
        verdict.startswith("opposed") and not is_direct(every),
        (one, other),
        differences((tuple(a.voice for a in one), tuple(a.voice for a in other))),
    )


def _verdict(ones: Sequence[_Placed], others: Sequence[_Placed]) -> str:
    """Return how claims stand to each other, in words that say no more than the claims do."""
    pairs = [(one, other) for one in ones for other in others]
    rivals = any(opposed(one.position, other.position) for one, other in pairs)
    alike = [(one, other) for one, other in pairs if agree(one.position, other.position)]
    if rivals or not alike:
        return ("opposed in part" if alike else "opposed") if rivals else "neither"
    firmest = {
        min(_FIRMNESS[placed.account.voice.certainty] for placed in side)
        for side in zip(*alike, strict=True)
    }
    return "agree" if len(firmest) == 1 else "differ in certainty"


def agree(one: Position, other: Position) -> bool:
    """Return whether two claims on one topic say the same: each is opposed by the other's denial.

    A rise agrees with a mere change; what prevents a loss does not agree with what raises bone.

    >>> rises = Position("cause", Stance.SUPPORTS, "present", "increased")
    >>> agree(rises, replace(rises, relation="contribute"))
    True
    >>> agree(rises, replace(rises, outcome="decreased"))
    False
    """
    return opposed(one, _denied(other)) and opposed(_denied(one), other)


def _denied(position: Position) -> Position:
    """Return the position of who says the contrary of the same proposition."""
    denies = position.stance in AGAINST
    return replace(position, stance=Stance.SUPPORTS if denies else Stance.REFUTES)


def readouts(sides: Sides, met: Container[str], entities: Entities) -> Iterator[Readout]:
    """Yield the outcomes that both studies speak of, sorted by their label.

    Where neither has a figure, and every claim has been ``met`` elsewhere, nothing is left to show.

    >>> from studyclaims.comparing.voices import Entities
    >>> list(readouts(((), ()), [], Entities()))
    []
    """
    by_outcome = [_figures(side, entities) for side in sides]
    labels = entities.unsigned_labels
    for key in sorted(by_outcome[0].keys() & by_outcome[1].keys(), key=lambda k: (labels[k], k)):
        one, other = (tuple(figures[key]) for figures in by_outcome)
        if all(f.measurement is None and f.account.claim in met for f in (*one, *other)):
            continue
        voices = tuple(tuple(figure.account.voice for figure in side) for side in (one, other))
        units = [
            tuple(sorted({str((f.measurement or {}).get("unit") or "") for f in side} - {""}))
            for side in (one, other)
        ]
        differs = differences(voices)
        differs |= {"unit": tuple(units)} if units[0] != units[1] else {}
        yield Readout(labels[key], (one, other), differs)


def _figures(side: Iterable[Account], entities: Entities) -> dict[str, list[Figure]]:
    """Return a study's claims with their measurements, by the outcome without its change."""
    found: defaultdict[str, list[Figure]] = defaultdict(list)
    for account in side:
        outcome = account.voice.entities[1]
        measured = [m for item in account.row["evidence"] for m in item["measurements"]]
        key = entities.unsigned.get(outcome, outcome)
        found[key] += [Figure(account, measurement) for measurement in measured or [None]]
    return found
