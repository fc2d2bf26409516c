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
from typing import TYPE_CHECKING, Final

from studyclaims.checking.opposition import AGAINST, LOWERING, RAISING, SYMMETRIC, Position, opposed
from studyclaims.comparing.voices import read_entities
from studyclaims.errors import ClaimError
from studyclaims.identifiers import UNORDERED
from studyclaims.predicates import RELATIONS, Certainty, Stance
from studyclaims.showing.claims import Claims, iris
from studyclaims.terms import compress, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from studyclaims.comparing.voices import Entities
    from studyclaims.showing.claims import Claim
    from studyclaims.stores.embedded import EmbeddedStore

ONWARD: Final = RAISING | {"explain", "mediate", "require"}
"""The relations that carry a chain on: what is said of the outcome may follow."""

LAST: Final = LOWERING | {"modify"}
"""The relations that only end a chain: of what they prevent or alter, nothing follows."""

BESIDE: Final = SYMMETRIC | {"compare", "describe", "precede"}
"""The relations that are not causal: timing, association, description, comparison."""


class Strength(IntEnum):
    """How firmly a step is said, the weakest first.

    JOINED is no step's: it is where a join stands among them, which nobody claims.
    """

    BROKEN = 0
    OPEN = 1
    BESIDE = 2
    JOINED = 3
    SPECULATED = 4
    HYPOTHESISED = 5
    SUGGESTED = 6
    STATED = 7
    ASSERTED = 8


_GUESSES: Final = frozenset({Certainty.HYPOTHESISED, Certainty.SPECULATED})

WORDS: Final = {
    Strength.BROKEN: "broken: tested or denied, and no support stands",
    Strength.OPEN: "left open",
    Strength.BESIDE: "not causal",
    Strength.JOINED: "a join, claimed by nobody",
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
    def spoken_for(self) -> bool:
        """Whether somebody says that it is so, or leaves it open."""
        return self.strength > Strength.BROKEN

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
    """Every step of a graph, by proposition, and what the graph says of the entities.

    ``unread`` says, of each claim or entity that cannot be read, what is wrong.
    """

    entities: Entities
    by_proposition: Mapping[str, Step]
    unread: Mapping[str, str] = field(default_factory=dict)

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
        return Steps(self.entities, left, self.unread)

    def against(self, step: Step) -> tuple[tuple[Step, Saying], ...]:
        """Return the claims that speak against a step, each with its own step, sorted by claim.

        What is denied of a thing is denied of its kinds, so denials of something wider count too;
        a claim of the contrary counts on the step's own topic alone.
        """
        return self.against_link(step.about, step.relation, step.outcome)

    def against_link(
        self, about: str, relation: str, outcome: str
    ) -> tuple[tuple[Step, Saying], ...]:
        """Return the claims that speak against a link, whether or not anybody claims it."""
        found: dict[str, tuple[Step, Saying]] = {}
        for first, near in self._wider(about).items():
            for second, far in self._wider(outcome).items():
                topic, swapped = _topic(relation, first, second)
                link = (about, relation, outcome)
                mine = self._position(link, Stance.SUPPORTS, swapped=swapped)
                for other, saying, position in self._topics.get(topic, ()):
                    heard = near + far == 0 or position.stance in AGAINST
                    if heard and opposed(mine, position):
                        found[saying.claim] = (other, saying)
        return tuple(found[claim] for claim in sorted(found))

    def denied(self, starts: Iterable[str], ends: Iterable[str], *, beside: bool) -> Iterator[Step]:
        """Yield the steps by which a link from one of these to one of those is denied.

        >>> from studyclaims.stores.embedded import EmbeddedStore
        >>> list(read_steps(EmbeddedStore()).denied(["a"], ["b"], beside=False))
        []
        """
        near, far = self._kinds_of(starts), self._kinds_of(ends)
        shut = {"compare"} if beside else BESIDE
        for step in self:
            denied = any(saying.stance in AGAINST for saying in step.sayings)
            if denied and step.relation not in shut and self._is_between(step, near, far):
                yield step

    def _kinds_of(self, entities: Iterable[str]) -> Mapping[str, set[str]]:
        """Return the changes of all that is of a kind, by that kind without its change."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for entity in entities:
            for kind in self._wider(entity):
                found[kind].add(self.entities.changes.get(entity, ""))
        return found

    def _is_between(
        self, step: Step, near: Mapping[str, set[str]], far: Mapping[str, set[str]]
    ) -> bool:
        """Return whether a step, were it denied, would be denied of one of these and of those."""
        changes, unsigned = self.entities.changes, self.entities.unsigned
        sides = [(unsigned.get(it, it), changes.get(it, "")) for it in (step.about, step.outcome)]
        ways = (sides, sides[::-1]) if step.relation in SYMMETRIC else (sides,)
        for (first, one), (last, other) in ways:
            denial = Position(step.relation, Stance.REFUTES, one, other)
            said = (
                Position(step.relation, Stance.SUPPORTS, about, outcome)
                for about in near.get(first, ())
                for outcome in far.get(last, ())
            )
            if any(opposed(mine, denial) for mine in said):
                return True
        return False

    @cached_property
    def _topics(self) -> Mapping[Topic, list[tuple[Step, Saying, Position]]]:
        """Every claim with its step and position, by the topic that it is on itself."""
        topics: defaultdict[Topic, list[tuple[Step, Saying, Position]]] = defaultdict(list)
        unsigned = self.entities.unsigned
        for step in self:
            first, second = (unsigned.get(side, side) for side in (step.about, step.outcome))
            topic, swapped = _topic(step.relation, first, second)
            for saying in step.sayings:
                link = (step.about, step.relation, step.outcome)
                position = self._position(link, saying.stance, swapped=swapped)
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

    def _position(self, link: tuple[str, str, str], stance: Stance, *, swapped: bool) -> Position:
        changes = self.entities.changes
        about, relation, outcome = link
        sides = (changes.get(about, ""), changes.get(outcome, ""))
        return Position(relation, stance, *sides, swapped)


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
    claims = Claims(store)
    unread: dict[str, str] = {}
    held: defaultdict[tuple[str, str, str, str], list[Saying]] = defaultdict(list)
    for iri in claims.iris():
        try:
            claim = claims.read(iri)
        except ClaimError as error:
            unread[error.name] = error.problem
            continue
        link = (claim.proposition, claim.about, claim.relation, claim.outcome)
        held[link].append(_saying(claim))
    steps = {link[0]: Step(*link, tuple(held[link])) for link in sorted(held)}
    entities = read_entities(store)
    for side in sorted({side for s in steps.values() for side in (s.about, s.outcome)}):
        if side not in entities.unsigned:
            # Without a type nothing says what it is a kind of, or which way it changes.
            unread[compress(side)] = "found no sc:Entity of that name, so denials may be missed"
    return Steps(entities, steps, unread)


def _saying(claim: Claim) -> Saying:
    written = iris(claim.fields.get("rdf:predicate", ()))
    return Saying(
        claim=claim.iri,
        study=claim.study,
        source=claim.source,
        primary=claim.primary or claim.source,
        stance=claim.stance,
        certainty=claim.certainty,
        writes=next(iter(written), None),
    )
