"""Joins: where one step's outcome is not quite what the next one is about.

Nobody claims a join (docs/decisions/0007). What the two entities share is read from what they are
made of: one is a kind of the other, is what the other is directed at, or is spoken of as due to it.
A join goes up to wider entities or down to narrower ones, never up and then down: two things that
are a kind of a third are not the same thing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from studyclaims.chains.steps import WORDS, Strength
from studyclaims.queries import plain
from studyclaims.rdf import node
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.comparing.voices import Entities
    from studyclaims.stores.embedded import EmbeddedStore

WIDER: Final = "wider"
ITSELF: Final = "itself"
NARROWER: Final = "narrower"
TOWARD: Final = "toward"
DUE: Final = "due"

MEANS: Final = {
    WIDER: "less specific",
    ITSELF: "the thing itself, its change left out",
    NARROWER: "more specific, and whether it is of this kind is open",
    TOWARD: "what that is directed at, and need not come about",
    DUE: "spoken of as due to it",
}
"""Each kind of join as one reads it, of the entity that it leads to."""

_READY: Final = frozenset(
    expand(curie)
    for curie in (
        "scterm:predisposition",
        "scterm:formation-potential",
        "scterm:activity-or-expression",
        "GO:0030316",
    )
)
"""Variables that bring about what they are directed at, or make ready for it.

A closed list: to recover from a loss, or to be late for it, leads to no loss.
"""

_MORE: Final = frozenset(
    expand(curie)
    for curie in (
        "PATO:0000070",
        "PATO:0000117",
        "scterm:cell-activity",
        "scterm:covered-surface",
        "scterm:activity-or-abundance",
        "scterm:activity-or-expression",
    )
)
"""Qualities of which a rise leaves more of their bearer at work: number, size, activity.

A paralysed muscle is no muscle at work, so not every quality is one of these.
"""

_RISES: Final = frozenset({"increased", "present", ""})
"""Changes after which the thing itself is there, and no less of it."""


@dataclass(frozen=True, slots=True)
class Join:
    """A passage from one entity to another that nobody claims, by these parts."""

    start: str
    parts: tuple[tuple[str, str], ...]

    @property
    def end(self) -> str:
        """The entity that the join leads to."""
        return self.parts[-1][1]

    @property
    def looseness(self) -> int:
        """How far the two are from being one thing: 1 for a wider one, 2 for any other part."""
        return sum(1 if kind == WIDER else 2 for kind, _ in self.parts)

    @property
    def is_close(self) -> bool:
        """Whether it leads to wider entities only, of which what is joined is a kind."""
        return all(kind == WIDER for kind, _ in self.parts)

    @property
    def rank(self) -> int:
        """Where it stands among steps: below whatever anybody says, above what is left open.

        The same entity needs no join. A wider one is the next best: what is said of it is said of
        its kinds. Any other part may not even come about.
        """
        return 2 * Strength.JOINED + self.is_close

    @property
    def words(self) -> str:
        """How firm it is, as one reads it."""
        of = ", to what is less specific" if self.is_close else ""
        return f"{WORDS[Strength.JOINED]}{of}"


@dataclass(frozen=True)
class Joins:
    """Which entities can be joined, as far as what they are made of shows."""

    entities: Entities
    variable: Mapping[str, str]
    core: Mapping[str, str]
    toward: Mapping[str, str]
    due: Mapping[str, list[str]]
    _narrower: Mapping[str, list[str]] = field(init=False)
    _known: dict[str, dict[str, Join]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        narrower: defaultdict[str, list[str]] = defaultdict(list)
        for entity, kinds in self.entities.wider.items():
            for wider in kinds:
                if self._change(entity) == self._change(wider):
                    narrower[wider].append(entity)
        object.__setattr__(self, "_narrower", narrower)

    def ahead(self, entity: str) -> dict[str, Join]:
        """Return the closest join to each entity that can be joined to this one.

        >>> from studyclaims.graph import load
        >>> from studyclaims.paths import studies_dir
        >>> from studyclaims.comparing.voices import read_entities
        >>> store = load(studies_dir() / "ausk-2017.trig").store
        >>> joins = read_joins(store, read_entities(store))
        >>> ahead = joins.ahead("http://purl.obolibrary.org/obo/GO_0045453")
        >>> sorted({join.parts[0][0] for join in ahead.values()})
        ['narrower', 'wider']
        """
        if entity not in self._known:
            self._known[entity] = self._nearest(entity)
        return self._known[entity]

    def _nearest(self, entity: str) -> dict[str, Join]:
        found: dict[str, Join] = {}
        for parts in self._ways(entity):
            join, end = Join(entity, parts), parts[-1][1]
            known = found.get(end)
            if end != entity and (known is None or _order(join) < _order(known)):
                found[end] = join
        return found

    def _ways(self, entity: str) -> Iterator[tuple[tuple[str, str], ...]]:
        """Yield the parts of every join from an entity."""
        yield from (((DUE, effect),) for effect in self.due.get(entity, ()))
        yield from (((NARROWER, kind),) for kind in _closure(entity, self._narrower))
        parts: tuple[tuple[str, str], ...] = ()
        at: str | None = entity
        while at is not None:
            yield from self._upward(at, parts)
            at = self._directed_at(at)
            # An outside graph may have an entity that is directed at itself.
            if at is None or any(at == known for _, known in parts):
                return
            parts = (*parts, (TOWARD, at))
            yield parts

    def _upward(
        self, entity: str, before: tuple[tuple[str, str], ...]
    ) -> Iterator[tuple[tuple[str, str], ...]]:
        """Yield the ways to what an entity is a kind of, after what came before."""
        ways = [before, *((*before, (WIDER, kind)) for kind in self._kinds(entity))]
        for parts in ways:
            at = parts[-1][1] if parts else entity
            if parts != before:
                yield parts
            itself = self._itself(at)
            if itself is not None:
                yield (*parts, (ITSELF, itself))

    def _kinds(self, entity: str) -> list[str]:
        return _closure(entity, self.entities.wider)

    def _directed_at(self, entity: str) -> str | None:
        """Return what an entity leads to by being directed at it, if it does."""
        ready = self.variable.get(entity) in _READY and self._change(entity) in _RISES
        return self.toward.get(entity) if ready else None

    def _itself(self, entity: str) -> str | None:
        """Return the thing that an entity is a rise or the presence of."""
        core, variable = self.core.get(entity), self.variable.get(entity)
        if self._change(entity) not in _RISES:
            return None
        return core if core == variable or variable in _MORE else None

    def _change(self, entity: str) -> str:
        return self.entities.changes.get(entity, "")


def _order(join: Join) -> tuple[int, tuple[tuple[str, str], ...]]:
    return join.looseness, join.parts


def _closure(entity: str, steps: Mapping[str, list[str]]) -> list[str]:
    """Return all that is reached from an entity by these steps, itself left out."""
    found: dict[str, None] = {entity: None}
    ahead = [entity]
    while ahead:
        ahead = list(dict.fromkeys(n for e in ahead for n in steps.get(e, ()) if n not in found))
        found.update(dict.fromkeys(ahead))
    return list(found)[1:]


def read_joins(store: EmbeddedStore, entities: Entities) -> Joins:
    """Return what a graph says of its entities as far as it joins them.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.comparing.voices import read_entities
    >>> store = load(studies_dir() / "ausk-2017.trig").store
    >>> joins = read_joins(store, read_entities(store))
    >>> len(joins.due)
    4
    """
    slots: dict[str, dict[str, str]] = {}
    for slot in ("variable", "toward", "coreTerm"):
        slots[slot] = {entity: value for value, entity in reversed(_pairs(store, f"sc:{slot}"))}
    due: defaultdict[str, list[str]] = defaultdict(list)
    for cause, effect in _pairs(store, "sc:dueTo"):
        due[cause].append(effect)
    return Joins(entities, slots["variable"], slots["coreTerm"], slots["toward"], due)


def _pairs(store: EmbeddedStore, prop: str) -> list[tuple[str, str]]:
    """Return (value, entity) of a slot, sorted; a text is nothing to go on from."""
    return sorted(
        (str(quad.object.value), str(plain(quad.subject)))
        for quad in store.triples(predicate=node(prop))
        if isinstance(quad.object, NamedNode)
    )
