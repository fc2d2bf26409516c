"""Topics with two sides: what sources disagree about, and in what their claims differ.

Claims meet at the narrowest topic that holds both: their own, or one that each reaches by
``skos:broader`` steps of its two entities. Nothing is weighed: each side is shown with its sources,
and beside them every field of context, and every slot, that is not the same on both sides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from studyclaims.identifiers import UNORDERED, unsigned_text
from studyclaims.opposition import AGAINST, Position, opposed
from studyclaims.predicates import RELATIONS, Stance
from studyclaims.queries import Rows, ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.queries import Answer
    from studyclaims.stores.embedded import EmbeddedStore

_CLAIMS: Final = """
SELECT ?claim ?study ?source ?primary ?stance ?certainty ?role ?link ?about ?outcome
WHERE {
    ?claim sc:proposition ?proposition ; sc:source ?source ; dct:isPartOf ?study ;
        sc:stance ?stance ; sc:certainty ?certainty ; sc:role ?role .
    ?proposition sc:about ?about ; sc:link ?link ; sc:outcomeEntity ?outcome .
    OPTIONAL { ?source sc:primarySource ?primary }
}
ORDER BY ?claim
"""

_ENTITIES: Final = """
SELECT ?entity ?label ?text ?change
WHERE {
    ?entity a sc:Entity ; rdfs:label ?label .
    OPTIONAL { ?entity sc:keyText ?text }
    OPTIONAL { ?entity sc:change ?change }
}
ORDER BY ?entity
"""

_MODIFIERS: Final = "SELECT ?entity ?modifier WHERE { ?entity a sc:Entity ; sc:modifier ?modifier }"

_BROADER: Final = "SELECT ?entity ?wider WHERE { ?entity a sc:Entity ; skos:broader ?wider }"

_CONTEXT: Final = """
SELECT DISTINCT ?claim ?field ?value
WHERE {
    VALUES ?field {
        sc:species sc:strain sc:sex sc:age sc:dose sc:route sc:site sc:sitePrinted sc:assay
        sc:comparedWith sc:lagPrinted
    }
    ?claim a sc:Claim ; ?field ?term .
    OPTIONAL { ?term rdfs:label ?label }
    BIND (COALESCE(?label, STR(?term)) AS ?value)
}
"""

_FIELDS: Final = {
    "species": "species", "strain": "strain", "sex": "sex", "age": "age", "dose": "dose",
    "route": "route", "site": "site", "sitePrinted": "site as printed", "assay": "assay",
    "comparedWith": "compared with", "lagPrinted": "time",
}  # fmt: skip

_ORDER: Final = ("about", "outcome", *_FIELDS.values())

Key = tuple[str, str, str]
"""A topic: what it is about, the relation's family, the outcome; both without their change."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One claim as a side of a topic shows it."""

    claim: str
    study: str
    source: str
    primary_source: str
    position: Position
    certainty: str
    role: str
    entities: tuple[str, str]
    labels: tuple[str, str]
    context: tuple[tuple[str, str], ...]

    @property
    def reading(self) -> str:
        """The claim's proposition, in words."""
        about, outcome = self.labels
        return f"{about} | {RELATIONS[self.position.relation].reads} | {outcome}"


@dataclass(frozen=True, slots=True)
class Contest:
    """A topic with two sides.

    ``differs`` gives, for each field that is not the same on both sides, the values of each.
    """

    about: str
    family: str
    outcome: str
    sides: tuple[tuple[Voice, ...], tuple[Voice, ...]]
    differs: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]

    def to_dict(self) -> dict[str, Any]:
        """Return the contest as plain values, for JSON."""
        names = ("for", "against")
        sides = {
            name: [
                {
                    "claim": voice.claim,
                    "reading": voice.reading,
                    "stance": str(voice.position.stance),
                    "certainty": voice.certainty,
                    "role": voice.role,
                    "source": voice.source,
                    "context": dict(voice.context),
                }
                for voice in side
            ]
            for name, side in zip(names, self.sides, strict=True)
        }
        counts = {name: len(papers(side)) for name, side in zip(names, self.sides, strict=True)}
        return {
            "about": self.about,
            "family": self.family,
            "outcome": self.outcome,
            **sides,
            "primary sources": counts,
            "differs": {name: list(map(list, values)) for name, values in self.differs.items()},
        }

    def __str__(self) -> str:
        lines = [f"{self.about} | {self.family} | {self.outcome}"]
        for name, side in zip(("for", "against"), self.sides, strict=True):
            count = len(papers(side))
            lines.append(f"  {name} ({count} primary source{'s' * (count != 1)})")
            for voice in side:
                stance = f"{voice.position.stance}, {voice.certainty}, {voice.role}"
                lines += [f"    {voice.claim}: {stance}", f"        {voice.reading}"]
        for name, (one, other) in self.differs.items():
            shown = " | ".join("; ".join(values) or "not said" for values in (one, other))
            lines.append(f"  differs in {name}: {shown}")
        return "\n".join(lines)


def papers(side: Iterable[Voice]) -> set[str]:
    """Return the primary sources behind these claims; news counts as the paper it reports on.

    >>> papers([])
    set()
    """
    return {voice.primary_source for voice in side}


@dataclass
class _Entities:
    """What the graph says of entities: labels, changes, identity without change, wider ones."""

    labels: dict[str, str] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    unsigned: dict[str, str] = field(default_factory=dict)
    wider: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    modifiers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def unsigned_label(self, key: str) -> str:
        """Return the label of an entity without its change."""
        names = [name for name, unsigned in self.unsigned.items() if unsigned == key]
        # What is present is labelled without a word for it, as "paralysed muscle".
        name = min(names, key=lambda name: (self.changes.get(name) != "present", name))
        return self.labels[name].removeprefix(f"{self.changes.get(name, '')} ")

    def reached(self, entity: str, *, modified: bool) -> dict[str, int]:
        """Return every entity reached by broader steps, without its change, and how many steps.

        With ``modified`` no step drops a modifier.
        """
        steps, found, ahead = 0, {entity: 0}, [entity]
        kept = self.modifiers[entity]
        while ahead:
            steps += 1
            ahead = [w for e in ahead for w in self.wider[e] if w not in found]
            ahead = [w for w in ahead if not modified or self.modifiers[w] >= kept]
            found.update(dict.fromkeys(ahead, steps))
        nearest: dict[str, int] = {}
        for name, distance in found.items():
            key = self.unsigned.get(name, name)
            nearest[key] = min(distance, nearest.get(key, distance))
        return nearest


def contested(store: EmbeddedStore) -> list[Contest]:
    """Return every topic that has two sides, sorted by what it is about.

    A claim is shown where it first meets an opponent, not on every wider topic above.

    >>> from studyclaims.graph import load
    >>> all(all(contest.sides) for contest in contested(load().store))
    True
    """
    entities = _read_entities(store)
    voices = list(_read_voices(store, entities))
    topics: dict[Key, dict[int, tuple[int, bool]]] = defaultdict(dict)
    for number, voice in enumerate(voices):
        for key, distance, swapped in _topics(voice, entities):
            known = topics[key].get(number)
            if known is None or distance < known[0]:
                topics[key][number] = (distance, swapped)
    return sorted(_contests(voices, topics, entities), key=lambda c: (c.about, c.family, c.outcome))


def _read_entities(store: EmbeddedStore) -> _Entities:
    entities = _Entities()
    for row in _rows(ask(store, _ENTITIES)):
        name, text = row["entity"], row["text"]
        entities.labels[name] = row["label"]
        entities.unsigned[name] = unsigned_text(text) if text else name
        if row["change"]:
            entities.changes[name] = _local(row["change"])
    for row in _rows(ask(store, _MODIFIERS)):
        entities.modifiers[row["entity"]].add(row["modifier"])
    for row in _rows(ask(store, _BROADER)):
        entities.wider[row["entity"]].append(row["wider"])
    return entities


def _read_voices(store: EmbeddedStore, entities: _Entities) -> Iterator[Voice]:
    context: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in _rows(ask(store, _CONTEXT)):
        context[row["claim"]].append((_FIELDS[_local(row["field"])], row["value"]))
    relations = {row.curie.partition(":")[2]: key for key, row in RELATIONS.items()}
    for row in _rows(ask(store, _CLAIMS)):
        about, outcome = row["about"], row["outcome"]
        position = Position(
            relations[_local(row["link"])],
            Stance(_local(row["stance"])),
            entities.changes.get(about, ""),
            entities.changes.get(outcome, ""),
        )
        yield Voice(
            claim="/".join(row["claim"].rsplit("/", 2)[1:]),
            study=row["study"],
            source=row["source"],
            primary_source=row["primary"] or row["source"],
            position=position,
            certainty=_local(row["certainty"]),
            role=_local(row["role"]),
            entities=(about, outcome),
            labels=(entities.labels[about], entities.labels[outcome]),
            context=tuple(sorted(context[row["claim"]])),
        )


def _topics(voice: Voice, entities: _Entities) -> Iterator[tuple[Key, int, bool]]:
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
    entities: _Entities,
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
        here = {n: _at(voices[n], swapped) for n, (_, swapped) in topics[key].items()}
        chosen = {here[number] for number in nearest[key]}
        shown = [
            number
            for number in sorted(here)
            if number in nearest[key] or any(opposed(here[number], other) for other in chosen)
        ]
        yield _contest(key, [(voices[n], here[n]) for n in shown], entities)


def _at(voice: Voice, swapped: bool) -> Position:
    """Return a claim's position as a topic that may swap the sides sees it."""
    return replace(voice.position, swapped=swapped)


def _meetings(
    voices: list[Voice], members: Mapping[int, tuple[int, bool]]
) -> Iterator[tuple[int, int]]:
    """Yield (claim, steps of it and of its nearest opponent) for claims with an opponent here."""
    nearest: dict[Position, int] = {}
    for number, (distance, swapped) in members.items():
        position = _at(voices[number], swapped)
        nearest[position] = min(distance, nearest.get(position, distance))
    for number, (distance, swapped) in members.items():
        position = _at(voices[number], swapped)
        against = [steps for other, steps in nearest.items() if opposed(position, other)]
        if against:
            yield number, distance + min(against)


def _contest(key: Key, shown: list[tuple[Voice, Position]], entities: _Entities) -> Contest:
    against = _against({position for _, position in shown})
    sides = (
        tuple(voice for voice, position in shown if position not in against),
        tuple(voice for voice, position in shown if position in against),
    )
    about, family, outcome = key
    return Contest(
        entities.unsigned_label(about),
        family,
        entities.unsigned_label(outcome),
        sides,
        _differences(*sides),
    )


def _against(positions: set[Position]) -> set[Position]:
    """Return those positions that stand on the other side from the first that supports."""
    placed: dict[Position, bool] = {}
    for seed in sorted(positions, key=lambda p: (p.stance is not Stance.SUPPORTS, p)):
        placed.setdefault(seed, seed.stance is not Stance.SUPPORTS)
        ahead = [seed]
        while ahead:
            here = ahead.pop()
            met = [p for p in positions if p not in placed and opposed(p, here)]
            placed.update(dict.fromkeys(met, not placed[here]))
            ahead += met
    return {position for position, other in placed.items() if other}


def _differences(
    one: tuple[Voice, ...], other: tuple[Voice, ...]
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the fields whose values are not the same on both sides, with the values of each."""
    sides = (_values(one), _values(other))
    names = [name for name in _ORDER if sides[0].get(name) != sides[1].get(name)]
    return {
        name: (tuple(sorted(sides[0].get(name, ()))), tuple(sorted(sides[1].get(name, ()))))
        for name in names
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


def _rows(found: Answer) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, Rows):
        yield from found


def _local(iri: str) -> str:
    """Return what stands after the last slash or hash of an IRI."""
    return iri.rpartition("/")[2].rpartition("#")[2]
