"""Explanations: from two names to the ranked paths between what they stand for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from studyclaims.chains.joins import Join, read_joins
from studyclaims.chains.pages import Explanation, Hints, Path, ShownJoin, ShownStep
from studyclaims.chains.sayings import saying_row
from studyclaims.chains.search import Search, taken
from studyclaims.chains.steps import BESIDE, LAST, Step, read_steps
from studyclaims.checking.opposition import AGAINST
from studyclaims.showing.claims import Claims
from studyclaims.showing.details import entity_reading, named, said_of
from studyclaims.showing.names import candidates, entities_named
from studyclaims.terms import compress

if TYPE_CHECKING:
    from collections.abc import Collection

    from studyclaims.chains.search import Chain
    from studyclaims.chains.steps import Saying
    from studyclaims.stores.embedded import EmbeddedStore

_SHOWN: Final = 8
"""How many entities a hint names."""


def explain(
    store: EmbeddedStore,
    source: str,
    target: str,
    *,
    limit: int = 5,
    beside: bool = False,
    most: int | None = None,
) -> Explanation:
    """Return the best paths from what one name stands for to what another does.

    With ``beside`` a path may take steps that are not causal: timing, association, description.
    ``most`` is how many steps a path may have.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> store = load(studies_dir() / "ausk-2017.trig").store
    >>> found = explain(store, "CHEBI:3160", "HP:0000938", limit=1)
    >>> found.paths[0].is_claimed
    False

    Raises:
        QueryError: the graph has no entity of one of the names.
    """
    return _Asked(store, source, target, most).explanation(limit, beside=beside)


class _Asked:
    """Two names, looked up in a graph."""

    def __init__(self, store: EmbeddedStore, source: str, target: str, most: int | None) -> None:
        self._store, self._source, self._target, self._most = store, source, target, most
        self._starts = entities_named(store, source)
        self._ends = entities_named(store, target)
        self._steps = read_steps(store)
        self._claimed = {side for step in self._steps for side in (step.about, step.outcome)}
        self._joins = read_joins(store, self._steps.entities)
        self._claims = Claims(store)
        self._readings: dict[str, str] = {}
        self._pages: dict[Step, ShownStep] = {}

    def explanation(self, limit: int, *, beside: bool) -> Explanation:
        """Return the best paths, or hints where there is none that somebody supports."""
        search = self._search(self._from, self._to, self._most, beside=beside)
        chains = search.chains(limit)
        led = any(chain.supported for chain in chains)
        return Explanation(
            source=self._title(self._source),
            target=self._title(self._target),
            paths=tuple(self._path(number, chain) for number, chain in enumerate(chains, start=1)),
            complete=search.complete,
            hints=None if led else self._hints(search, beside=beside),
            denied=self._denied(beside=beside),
            unread=self._steps.unread,
        )

    def _denied(self, *, beside: bool) -> tuple[dict[str, Any], ...]:
        """Return the claims that deny the link itself, from any start to any end, by their names.

        What is denied of a thing is denied of its kinds, so those on wider entities count too.
        """
        found: dict[str, tuple[Step, Saying]] = {}
        for step in self._steps.denied(self._from, self._to, beside=beside):
            found |= {s.claim: (step, s) for s in step.sayings if s.stance in AGAINST}
        return tuple(self._row(*found[claim]) for claim in sorted(found))

    @cached_property
    def _from(self) -> list[str]:
        """The entities that a path may start at: no absence of what is asked for."""
        exact = set(candidates(self._store, self._source))
        changes = self._steps.entities.changes
        there = [s for s in self._starts if changes.get(s) != "absent" or s in exact]
        return self._that_are_claimed(there)

    @cached_property
    def _to(self) -> list[str]:
        return self._that_are_claimed(self._ends)

    def _that_are_claimed(self, entities: list[str]) -> list[str]:
        """Return the entities that some claim is on, all where there is none.

        The others are in the graph only because they are wider than, or contrary to, one of those.
        """
        return [entity for entity in entities if entity in self._claimed] or entities

    def _search(
        self, starts: Collection[str], ends: Collection[str], most: int | None, *, beside: bool
    ) -> Search:
        return Search(taken(self._steps, beside=beside), self._joins, starts, ends, most)

    def _path(self, number: int, chain: Chain) -> Path:
        causal = [step for step in taken(self._steps, beside=False) if step.supported]
        begins = [s for s in causal if s.start in self._from and s.end == chain.start]
        whole = [
            step
            for step in taken(self._steps, beside=False)
            if (step.start, step.end) == (chain.start, chain.end) and step.spoken_for
        ]
        return Path(
            number,
            chain,
            tuple(self._shown(move) for move in chain.moves),
            tuple(self._step(step) for step in begins),
            tuple(self._step(step) for step in sorted(whole, key=lambda step: -step.rank)),
            tuple(self._row(*said) for said in self._against(chain)),
        )

    def _against(self, chain: Chain) -> tuple[tuple[Step, Saying], ...]:
        """Return the claims that speak against what a chain says of its two ends as a whole."""
        last = chain.steps[-1].relation
        beside = any(step.relation in BESIDE for step in chain.steps)
        relation = "associate" if beside else last if last in LAST else "cause"
        return self._steps.against_link(chain.start, relation, chain.end)

    def _shown(self, move: Step | Join) -> ShownStep | ShownJoin:
        if isinstance(move, Step):
            return self._step(move)
        parts = tuple((kind, self._reading(entity)) for kind, entity in move.parts)
        return ShownJoin(move, self._reading(move.start), parts)

    def _step(self, step: Step) -> ShownStep:
        if step not in self._pages:
            deciding = step.deciding
            rest = [saying for saying in step.sayings if saying not in deciding]
            against = self._steps.against(step)
            self._pages[step] = ShownStep(
                step,
                self._reading(step.about),
                self._reading(step.outcome),
                tuple(self._row(step, saying) for saying in (*deciding, *rest)),
                tuple(self._row(other, saying) for other, saying in against),
            )
        return self._pages[step]

    def _row(self, step: Step, saying: Saying) -> dict[str, Any]:
        return saying_row(self._claims, step, saying)

    def _reading(self, entity: str) -> str:
        return entity_reading(self._store, entity, self._readings)

    def _title(self, name: str) -> str:
        """Return a name as a heading has it: with the label of what it stands for."""
        for iri in candidates(self._store, name):
            label = named({"label": "rdfs:label"}, said_of(self._store, iri)).get("label")
            if label:
                curie = compress(iri)
                minted = curie.startswith("entity:")
                return self._reading(iri) if minted else f"{label} ({curie})"
        return name

    def _hints(self, search: Search, *, beside: bool) -> Hints:
        back = [
            step
            for step in taken(self._steps, beside=beside)
            if step.supported and (step.end in self._to or self._joined(step.end))
        ]

        def is_there(starts: list[str], ends: list[str], most: int | None, loose: bool) -> bool:
            found = self._search(starts, ends, most, beside=loose).chains(1)
            return any(chain.supported for chain in found)

        lacking = self._claimed.isdisjoint(self._from)
        absent = [s for s in self._starts if lacking and s in self._claimed]
        return Hints(
            onward=self._named(list(search.reached())),
            back=self._named(sorted({step.start for step in back})),
            longer=self._most is not None and is_there(self._from, self._to, None, beside),
            beside=not beside and is_there(self._from, self._to, self._most, True),
            turned=is_there(self._to, self._from, self._most, beside),
            absent=self._named(absent),
        )

    def _joined(self, entity: str) -> bool:
        return not self._joins.ahead(entity).keys().isdisjoint(self._to)

    def _named(self, entities: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._reading(entity) for entity in entities[:_SHOWN]))
