"""Steps: what a graph claims leads to what, how firmly, and who speaks against it.

A step is a proposition with all claims on it. It is as strong as the firmest claim that counts:
a secondary source counts only where the paper it reports on is silent, so a press release never
makes a step stronger than its paper left it, and a hypothesis counts only until its own paper
denies it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from studyclaims.checking.opposition import AGAINST, LOWERING, RAISING, SYMMETRIC, Position, opposed
from studyclaims.comparing.voices import read_entities
from studyclaims.identifiers import UNORDERED
from studyclaims.predicates import RELATIONS, Certainty, Stance
from studyclaims.queries import ask, each_row
from studyclaims.terms import SC, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from studyclaims.comparing.voices import Entities
    from studyclaims.stores.embedded import EmbeddedStore

_CLAIMS: Final = """
SELECT ?claim ?study ?source ?stance ?certainty ?proposition
WHERE {
    ?claim a sc:Claim ; sc:proposition ?proposition ; sc:source ?source ; dct:isPartOf ?study ;
        sc:stance ?stance ; sc:certainty ?certainty .
}
"""

_PROPOSITIONS: Final = """
SELECT DISTINCT ?proposition ?about ?link ?outcome
WHERE {
    ?claim sc:proposition ?proposition .
    ?proposition sc:about ?about ; sc:link ?link ; sc:outcomeEntity ?outcome .
}
"""

# Asked apart from the claims: an engine is many times slower over optional parts.
_MORE: Final = """
SELECT ?it ?property ?value
WHERE { VALUES ?property { sc:primarySource rdf:predicate } ?it ?property ?value }
"""

ONWARD: Final = RAISING | {"explain", "mediate", "require"}
"""The relations that carry a chain on: what is said of the outcome may follow."""

LAST: Final = LOWERING | {"modify"}
"""The relations that only end a chain: of what they prevent or alter, nothing follows."""

BESIDE: Final = SYMMETRIC | {"compare", "describe", "precede"}
"""The relations that are not causal: timing, association, description, comparison."""


class Strength(IntEnum):
    """How firmly a step is said, the weakest first."""

    BROKEN = 0
    OPEN = 1
    BESIDE = 2
    SPECULATED = 3
    HYPOTHESISED = 4
    SUGGESTED = 5
    STATED = 6
    ASSERTED = 7


_GUESSES: Final = frozenset({Certainty.HYPOTHESISED, Certainty.SPECULATED})

WORDS: Final = {
    Strength.BROKEN: "broken: tested or denied, and no support stands",
    Strength.OPEN: "left open",
    Strength.BESIDE: "not causal",
    Strength.SPECULATED: "speculated",
    Strength.HYPOTHESISED: "hypothesised",
    Strength.SUGGESTED: "suggested",
    Strength.STATED: "stated",
    Strength.ASSERTED: "asserted, by its own test",
}
"""Each strength as one reads it."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What decides the part of one claim in a step: who, and how firmly.

    ``primary`` is the paper behind the source: the source itself, or what it reports on.
    ``writes`` is the predicate of the claim's direct triple, None where it writes none.
    """

    claim: str
    study: str
    source: str
    primary: str
    stance: Stance
    certainty: str
    writes: str | None

    @property
    def secondary(self) -> bool:
        """Whether the source only reports on the paper."""
        return self.source != self.primary

    def strength(self, relation: str) -> Strength:
        """Return how firm a claim this is on a proposition of that relation.

        >>> flat = Saying("c", "s", "d", "d", Stance.SUPPORTS, "asserted", None)
        >>> flat.strength("cause").name, flat.strength("associate").name
        ('STATED', 'BESIDE')
        """
        if self.stance in AGAINST:
            return Strength.BROKEN
        if self.stance is Stance.INCONCLUSIVE:
            return Strength.OPEN
        if relation in BESIDE:
            return Strength.BESIDE
        if self.certainty == Certainty.ASSERTED:
            own_test = self.writes == expand(RELATIONS[relation].asserted)
            return Strength.ASSERTED if own_test else Strength.STATED
        return Strength[self.certainty.upper()]


@dataclass(frozen=True, slots=True)
class Step:
    """A proposition with the claims on it, as one step of a chain.

    ``turned`` is true where the step is taken from its outcome to what it is about, which only a
    relation without a first side allows.
    """

    proposition: str
    about: str
    relation: str
    outcome: str
    sayings: tuple[Saying, ...]
    turned: bool = False
    strength: Strength = field(init=False)
    secondhand: bool = field(init=False)

    def __post_init__(self) -> None:
        best = max(
            (saying.strength(self.relation), not saying.secondary)
            for saying in _that_count(self.sayings)
        )
        object.__setattr__(self, "strength", best[0])
        object.__setattr__(self, "secondhand", not best[1])

    @property
    def start(self) -> str:
        """The entity that the step is taken from."""
        return self.outcome if self.turned else self.about

    @property
    def end(self) -> str:
        """The entity that the step leads to."""
        return self.about if self.turned else self.outcome

    @property
    def rank(self) -> int:
        """The strength as a number; of equal ones a paper's own word is above a mere report."""
        return 2 * self.strength + (not self.secondhand)

    @property
    def ends(self) -> bool:
        """Whether nothing follows from this step, as from what is prevented."""
        return self.relation in LAST

    @property
    def supported(self) -> bool:
        """Whether somebody says, however hedged, that it is so."""
        return self.strength > Strength.OPEN

    @property
    def deciding(self) -> tuple[Saying, ...]:
        """The claims that make the step as strong as it is."""
        return tuple(
            saying
            for saying in _that_count(self.sayings)
            if saying.strength(self.relation) is self.strength
            and saying.secondary is self.secondhand
        )

    @property
    def papers(self) -> frozenset[str]:
        """The papers behind its support, or its denial where none supports it.

        News counts as the paper that it reports on.
        """
        support = (saying for saying in self.sayings if saying.stance is Stance.SUPPORTS)
        return frozenset(s.primary for s in (support if self.supported else self.deciding))

    @property
    def words(self) -> str:
        """How firmly it is said, and whether by a secondary source only."""
        return WORDS[self.strength] + (", by a secondary source only" if self.secondhand else "")


def _that_count(sayings: Iterable[Saying]) -> list[Saying]:
    """Return the claims that count.

    A report does not where its paper speaks itself, nor a guess that its own paper then denies.
    """
    held = list(sayings)
    own = {saying.primary for saying in held if not saying.secondary}
    held = [saying for saying in held if not (saying.secondary and saying.primary in own)]
    denied = {
        saying.primary
        for saying in held
        if saying.stance in AGAINST and saying.certainty == Certainty.ASSERTED
    }
    return [s for s in held if not (s.certainty in _GUESSES and s.primary in denied)]


Topic = tuple[str, str, str]
"""What a step and whatever speaks against it are about: both entities without change, a family."""


@dataclass(frozen=True)
class Steps:
    """Every step of a graph, by proposition, and what the graph says of the entities."""

    entities: Entities
    by_proposition: Mapping[str, Step]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.by_proposition.values())

    def without(self, lost: Callable[[Saying], bool]) -> Steps:
        """Return what is left of the steps without the claims that are lost.

        >>> from studyclaims.stores.embedded import EmbeddedStore
        >>> list(read_steps(EmbeddedStore()).without(lambda saying: True))
        []
        """
        left: dict[str, Step] = {}
        for name, step in self.by_proposition.items():
            sayings = tuple(saying for saying in step.sayings if not lost(saying))
            if sayings:
                left[name] = replace(step, sayings=sayings)
        return Steps(self.entities, left)

    def against(self, step: Step) -> tuple[tuple[Step, Saying], ...]:
        """Return the claims that speak against a step, each with its own step, sorted by claim.

        What is denied of a thing is denied of its kinds, so denials of something wider count too;
        a claim of the contrary counts on the step's own topic alone.
        """
        found: dict[str, tuple[Step, Saying]] = {}
        for first, near in self._wider(step.about).items():
            for second, far in self._wider(step.outcome).items():
                topic, swapped = _topic(step.relation, first, second)
                mine = self._position(step, Stance.SUPPORTS, swapped=swapped)
                for other, saying, position in self._topics.get(topic, ()):
                    heard = near + far == 0 or position.stance in AGAINST
                    if heard and opposed(mine, position):
                        found[saying.claim] = (other, saying)
        return tuple(found[claim] for claim in sorted(found))

    @cached_property
    def _topics(self) -> Mapping[Topic, list[tuple[Step, Saying, Position]]]:
        """Every claim with its step and position, by the topic that it is on itself."""
        topics: defaultdict[Topic, list[tuple[Step, Saying, Position]]] = defaultdict(list)
        unsigned = self.entities.unsigned
        for step in self:
            first, second = (unsigned.get(side, side) for side in (step.about, step.outcome))
            topic, swapped = _topic(step.relation, first, second)
            for saying in step.sayings:
                position = self._position(step, saying.stance, swapped=swapped)
                topics[topic].append((step, saying, position))
        return topics

    @cached_property
    def _reached(self) -> dict[str, dict[str, int]]:
        return {}

    def _wider(self, entity: str) -> dict[str, int]:
        """Return what an entity is a kind of, without changes, and how many steps up that is."""
        if entity not in self._reached:
            self._reached[entity] = self.entities.reached(entity, modified=False)
        return self._reached[entity]

    def _position(self, step: Step, stance: Stance, *, swapped: bool) -> Position:
        changes = self.entities.changes
        about, outcome = changes.get(step.about, ""), changes.get(step.outcome, "")
        return Position(step.relation, stance, about, outcome, swapped)


def _topic(relation: str, first: str, second: str) -> tuple[Topic, bool]:
    """Return the topic of two sides, and whether they had to be swapped for it."""
    family = RELATIONS[relation].family
    if family in UNORDERED and second < first:
        return (second, family, first), True
    return (first, family, second), False


def read_steps(store: EmbeddedStore) -> Steps:
    """Return the steps of a graph: every proposition that a claim is on, with its claims.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> store = load(studies_dir() / "warden-2013.trig").store
    >>> [step.strength.name for step in read_steps(store) if step.relation == "explain"]
    ['BROKEN']
    """
    relations = {expand(row.curie): key for key, row in RELATIONS.items()}
    more = {(row["it"], row["property"]): row["value"] for row in each_row(ask(store, _MORE))}
    sayings: defaultdict[str, list[Saying]] = defaultdict(list)
    for row in sorted(each_row(ask(store, _CLAIMS)), key=lambda row: str(row["claim"])):
        sayings[row["proposition"]].append(_saying(row, more))
    steps: dict[str, Step] = {}
    for row in sorted(each_row(ask(store, _PROPOSITIONS)), key=lambda row: str(row["proposition"])):
        name, relation = row["proposition"], relations.get(row["link"])
        if relation and sayings[name]:
            steps[name] = Step(name, row["about"], relation, row["outcome"], tuple(sayings[name]))
    return Steps(read_entities(store), steps)


def _saying(row: Mapping[str, Any], more: Mapping[tuple[str, str], str]) -> Saying:
    return Saying(
        claim=row["claim"],
        study=row["study"],
        source=row["source"],
        primary=more.get((row["source"], expand("sc:primarySource")), row["source"]),
        stance=Stance(row["stance"].removeprefix(SC)),
        certainty=row["certainty"].removeprefix(SC),
        writes=more.get((row["claim"], expand("rdf:predicate"))),
    )
