"""Topics with two sides: what sources disagree about, and in what their claims differ.

Claims meet at the narrowest topic that holds both: their own, or one that each reaches by
``skos:broader`` steps of its two entities. A contest is direct where one of two opposed claims is
on that very topic, and a denial on it or above what it denies; elsewhere both may be right, of the
two things that they are about. Nothing is weighed: each side is shown with its sources, and beside
them every field of context, and every entity, that is not the same on all sides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from studyclaims.checking.opposition import AGAINST, Position, opposed
from studyclaims.comparing.voices import FIELDS, papers, read_entities, read_voices
from studyclaims.identifiers import UNORDERED
from studyclaims.predicates import RELATIONS, Stance
from studyclaims.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.comparing.voices import Entities, Voice
    from studyclaims.stores.embedded import EmbeddedStore

_ORDER: Final = ("about", "outcome", *FIELDS.values())

Key = tuple[str, str, str]
"""A topic: what it is about, the relation's family, the outcome; both without their change."""


@dataclass(frozen=True, slots=True)
class Contest:
    """A topic with two sides or more, no two claims of one side opposed.

    ``direct`` is false where the sides meet only at a topic wider than both, so that both may be
    right. ``differs`` gives, for each field that is not the same on all sides, the values of each.
    """

    about: str
    family: str
    outcome: str
    direct: bool
    sides: tuple[tuple[Voice, ...], ...]
    differs: Mapping[str, tuple[tuple[str, ...], ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the contest as plain values, for JSON."""
        return {
            "about": self.about,
            "family": self.family,
            "outcome": self.outcome,
            "direct": self.direct,
            "sides": [
                {"primarySources": len(papers(side)), "claims": [_row(voice) for voice in side]}
                for side in self.sides
            ],
            "differs": {name: list(map(list, values)) for name, values in self.differs.items()},
        }

    def __str__(self) -> str:
        met = "" if self.direct else " (met only here: both may be right)"
        lines = [f"{self.about} | {self.family} | {self.outcome}{met}"]
        for number, side in enumerate(self.sides, start=1):
            count = len(papers(side))
            lines.append(f"  side {number} ({count} primary source{'s' * (count != 1)})")
            for voice in side:
                stance = f"{voice.position.stance}, {voice.certainty}, {voice.role}"
                lines += [f"    {voice.claim}: {stance}", f"        {voice.reading}"]
        for name, values in self.differs.items():
            each_side = " | ".join("; ".join(each) or "not said" for each in values)
            lines.append(f"  differs in {name}: {each_side}")
        return "\n".join(map(shown, lines))

    def __repr__(self) -> str:
        return f"<Contest: {self.about} | {self.family} | {self.outcome}>"

    def _repr_html_(self) -> str:
        """Return the contest as a notebook shows it."""
        from studyclaims.showing.htmlpages import contest_html

        return contest_html(self)


def _row(voice: Voice) -> dict[str, Any]:
    context: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in voice.context:
        context[name].append(value)
    return {
        "claim": voice.claim,
        "reading": voice.reading,
        "stance": str(voice.position.stance),
        "certainty": voice.certainty,
        "role": voice.role,
        "source": voice.source,
        "context": dict(context),
    }


def contested(store: EmbeddedStore) -> list[Contest]:
    """Return every topic that has two sides, the direct contests first.

    A topic is shown where some claim first meets an opponent there, and then with all that stand on
    either side. A claim that cannot be read is left out: `Graph.faulty_claims` names it.

    >>> from studyclaims.graph import load
    >>> all(all(contest.sides) for contest in contested(load().store))
    True
    """
    entities = read_entities(store)
    voices = list(read_voices(store, entities))
    return sorted(
        _contests(voices, topics(voices, entities), entities),
        key=lambda c: (not c.direct, c.about, c.family, c.outcome),
    )


def topics(
    voices: Iterable[Voice], entities: Entities
) -> Mapping[Key, Mapping[int, tuple[int, bool]]]:
    """Return every topic that claims reach: by their number, the steps, and whether sides swap.

    >>> from studyclaims.comparing.voices import Entities, Voice
    >>> cause = Position("cause", Stance.SUPPORTS, "", "")
    >>> ends = ("rest", "loss")
    >>> voice = Voice("a-2020/x", "", "", "", cause, "asserted", "result", ends, ends, ())
    >>> dict(topics([voice], Entities()))
    {('rest', 'effect', 'loss'): {0: (0, False)}}
    """
    found: dict[Key, dict[int, tuple[int, bool]]] = defaultdict(dict)
    for number, voice in enumerate(voices):
        for key, distance, swapped in _topics(voice, entities):
            known = found[key].get(number)
            if known is None or distance < known[0]:
                found[key][number] = (distance, swapped)
    return found


def _topics(voice: Voice, entities: Entities) -> Iterator[tuple[Key, int, bool]]:
    """Yield every topic that a claim reaches: its key, the steps to it, whether sides swap.

    Who denies that an outcome comes about in some manner does not deny that it comes about.
    """
    family = RELATIONS[voice.position.relation].family
    denies = voice.position.stance in AGAINST
    about = entities.reached(voice.entities[0], modified=False)
    outcome = entities.reached(voice.entities[1], modified=denies)
    for first, steps in about.items():
        for second, more in outcome.items():
            swapped = family in UNORDERED and second < first
            sides = (second, first) if swapped else (first, second)
            yield (sides[0], family, sides[1]), steps + more, swapped


def _contests(
    voices: list[Voice],
    topics: Mapping[Key, Mapping[int, tuple[int, bool]]],
    entities: Entities,
) -> Iterator[Contest]:
    """Yield the topics at which some claim first meets an opponent."""
    best: dict[int, tuple[int, Key]] = {}
    for key, members in topics.items():
        for number, distance in _meetings(voices, members):
            best[number] = min((distance, key), best.get(number, (distance, key)))
    nearest: defaultdict[Key, set[int]] = defaultdict(set)
    for number, (_, key) in best.items():
        nearest[key].add(number)
    for key in sorted(nearest):
        here = {n: at_topic(voices[n], swapped=swapped) for n, (_, swapped) in topics[key].items()}
        chosen = {here[number] for number in nearest[key]}
        rivals = {at for at in here.values() if any(opposed(at, other) for other in chosen)}
        # Whoever speaks against a rival stands beside those who meet it here, and counts with them.
        allies = {at for at in here.values() if any(opposed(at, other) for other in rivals)}
        placed = [n for n in sorted(here) if here[n] in rivals | allies]
        yield _contest(key, [(voices[n], here[n], topics[key][n][0]) for n in placed], entities)


def at_topic(voice: Voice, *, swapped: bool) -> Position:
    """Return a claim's position as a topic that may swap the sides sees it.

    >>> from studyclaims.comparing.voices import Voice
    >>> first = Position("precede", Stance.SUPPORTS, "", "")
    >>> ends = ("rest", "loss")
    >>> voice = Voice("a-2020/x", "", "", "", first, "asserted", "result", ends, ends, ())
    >>> at_topic(voice, swapped=True).swapped
    True
    """
    return replace(voice.position, swapped=True) if swapped else voice.position


def _meetings(
    voices: list[Voice], members: Mapping[int, tuple[int, bool]]
) -> Iterator[tuple[int, int]]:
    """Yield (claim, steps of it and of its nearest opponent) for claims with an opponent here."""
    at = {n: at_topic(voices[n], swapped=swapped) for n, (_, swapped) in members.items()}
    nearest: dict[Position, int] = {}
    for number, (distance, _) in members.items():
        nearest[at[number]] = min(distance, nearest.get(at[number], distance))
    # Claims are many and positions few, so opponents are looked for once for each position.
    met = {
        position: min(steps for other, steps in nearest.items() if opposed(position, other))
        for position in nearest
        if any(opposed(position, other) for other in nearest)
    }
    for number, (distance, _) in members.items():
        if at[number] in met:
            yield number, distance + met[at[number]]


def _contest(key: Key, shown: list[tuple[Voice, Position, int]], entities: Entities) -> Contest:
    places = _places({position for _, position, _ in shown})
    sides = tuple(
        tuple(voice for voice, position, _ in shown if places[position] == place)
        for place in range(max(places.values()) + 1)
    )
    about, family, outcome = key
    labels = entities.unsigned_labels
    return Contest(
        labels[about],
        family,
        labels[outcome],
        is_direct((p, steps) for _, p, steps in shown),
        sides,
        differences(sides),
    )


def _places(positions: set[Position]) -> dict[Position, int]:
    """Return the side of each position: the first on which nothing opposes it."""
    sides: list[list[Position]] = []
    placed: dict[Position, int] = {}
    for position in sorted(positions, key=lambda p: (p.stance is not Stance.SUPPORTS, p)):
        free = (n for n, side in enumerate(sides) if not any(opposed(position, p) for p in side))
        place = next(free, len(sides))
        if place == len(sides):
            sides.append([])
        sides[place].append(position)
        placed[position] = place
    return placed


def is_direct(shown: Iterable[tuple[Position, int]]) -> bool:
    """Return whether some claim is on the topic itself, and opposed by one on it or below.

    Each is given by its position and its steps to the topic. What is denied of a thing is denied of
    its kinds, not of what it is a kind of.

    >>> rises = Position("cause", Stance.SUPPORTS, "present", "increased")
    >>> falls = Position("cause", Stance.SUPPORTS, "present", "decreased")
    >>> is_direct([(rises, 0), (falls, 2)]), is_direct([(rises, 1), (falls, 2)])
    (True, False)
    """
    placed = set(shown)
    on_topic = {position for position, steps in placed if steps == 0}
    others = {position for position, _ in placed}
    return any(
        opposed(one, other)
        for one in on_topic
        for other in others
        if one.stance in AGAINST or other.stance not in AGAINST or other in on_topic
    )


def differences(sides: tuple[tuple[Voice, ...], ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the fields whose values are not the same on all sides, with the values of each.

    >>> differences(((), ()))
    {}
    """
    values = [_values(side) for side in sides]
    return {
        name: tuple(tuple(sorted(each.get(name, ()))) for each in values)
        for name in _ORDER
        if any(each.get(name) != values[0].get(name) for each in values)
    }


def _values(side: tuple[Voice, ...]) -> dict[str, set[str]]:
    values: defaultdict[str, set[str]] = defaultdict(set)
    for voice in side:
        for name, value in voice.context:
            values[name].add(value)
        values["about"].add(voice.labels[0])
        values["outcome"].add(voice.labels[1])
    return dict(values)


def contests_text(contests: Iterable[Contest]) -> str:
    r"""Return contests as text, a blank line between two.

    >>> contests_text([])
    'no topic has two sides\n'
    """
    return "\n\n".join(map(str, contests)) + "\n" if contests else "no topic has two sides\n"
