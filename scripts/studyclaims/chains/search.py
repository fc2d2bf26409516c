"""Chains: the ranked ways along steps and joins from some entities to others.

A chain is as strong as its weakest link, be that a step or a join. The strongest weakest link comes
first, and where that is a join, the strongest weakest step; then the chain whose ends are not
opposed, with fewer and closer joins, with fewer steps, with more papers behind them; then the order
of IRIs decides. For each grade of links, from the strongest on, the shortest simple ways are found
one after the other (Yen's method, each search guided by the exact distances to the end), so that
neither the size of a graph nor its cycles make all ways be walked.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from studyclaims.chains.joins import Join
from studyclaims.chains.steps import BESIDE, Step
from studyclaims.checking.opposition import SYMMETRIC

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from studyclaims.chains.joins import Joins
    from studyclaims.chains.steps import Steps

EFFORT: Final = 1_000_000
"""How many ways may be looked at before a search gives up and says so."""

_PAPERS: Final = 64
_STEP: Final = 1 << 20
_JOIN: Final = 1 << 40
_OPPOSED: Final = 1 << 60
"""What a way costs: each count outweighs any sum of those below it."""

_SURE: Final = 99
"""The rank of where a way begins: it is never the weakest."""

_Grade = tuple[int, int]
"""The rank of a chain's weakest link, and that of its weakest step."""

_BEGUN, _FRESH, _JOINED, _ENDED = range(4)
_State = tuple[str, int]
"""An entity, and what may follow there: all, all, a step only, a last join only."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One way from an entity to another, along steps and joins."""

    moves: tuple[Step | Join, ...]

    @property
    def start(self) -> str:
        """The entity that the chain begins at."""
        return self.moves[0].start

    @property
    def end(self) -> str:
        """The entity that the chain leads to."""
        return self.moves[-1].end

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its steps, in order."""
        return tuple(move for move in self.moves if isinstance(move, Step))

    @property
    def joins(self) -> tuple[Join, ...]:
        """Its joins, in order."""
        return tuple(move for move in self.moves if isinstance(move, Join))

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities that it passes, its ends included."""
        return (self.start, *(move.end for move in self.moves))

    @property
    def grade(self) -> _Grade:
        """The rank of its weakest link, step or join, and that of its weakest step."""
        return min(move.rank for move in self.moves), min(step.rank for step in self.steps)

    @property
    def weakest(self) -> tuple[int, ...]:
        """The numbers of its weakest steps, the first step being 1."""
        return tuple(n for n, s in enumerate(self.steps, start=1) if s.rank == self.grade[1])

    @property
    def supported(self) -> bool:
        """Whether somebody says, however hedged, that each of its steps is so."""
        return all(step.supported for step in self.steps)

    @property
    def cost(self) -> int:
        """What ranks it among chains of the same grade: less is better."""
        return sum(_cost(move) for move in self.moves)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other chain, and decides among equals."""
        return (self.start, *(_key(move) for move in self.moves))


@dataclass(frozen=True, slots=True)
class _Way:
    """A move out of a state, and where it leads; ``kind`` is 1 for a step, 0 for any other."""

    move: Step | Join | None
    to: _State
    rank: int
    cost: int
    key: str
    kind: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", int(isinstance(self.move, Step)))


def _cost(move: Step | Join) -> int:
    if isinstance(move, Join):
        return move.looseness * _JOIN
    return _STEP + _PAPERS - min(_PAPERS, len(move.papers)) + (_OPPOSED if move.ends else 0)


def _key(move: Step | Join) -> str:
    return move.end if isinstance(move, Join) else f"{move.proposition} {move.turned:d}"


def taken(steps: Steps, *, beside: bool) -> list[Step]:
    """Return the steps that a chain may take; with ``beside`` those too that are not causal.

    What has no first side is taken both ways.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.chains.steps import read_steps
    >>> steps = read_steps(load(studies_dir() / "ausk-2012.trig").store)
    >>> {step.relation in BESIDE for step in taken(steps, beside=False)}
    {False}
    """
    # That one thing exceeds another leads from neither to the other.
    shut = {"compare"} if beside else BESIDE
    found = [step for step in steps if step.relation not in shut]
    return found + [replace(step, turned=True) for step in found if step.relation in SYMMETRIC]


class Search:
    """The ways from some entities to others, ready to be ranked.

    ``complete`` is false once a search gave up, so that a chain may have been missed.
    """

    def __init__(
        self,
        steps: Collection[Step],
        joins: Joins,
        starts: Collection[str],
        ends: Collection[str],
        most: int | None = None,
    ) -> None:
        self._joins, self._most = joins, most
        self._starts, self._ends = frozenset(starts), frozenset(ends)
        self._out: defaultdict[str, list[Step]] = defaultdict(list)
        for step in steps:
            self._out[step.start].append(step)
        self.complete = True
        self._effort = 0
        self._ahead = self._explored()

    def chains(self, limit: int) -> list[Chain]:
        """Return the best chains, best first, at most so many."""
        found: list[Chain] = []
        for grade in self._grades():
            for chain in self._ranked(grade):
                # Stronger ones were found before; an entity passed twice is no simple way.
                if chain.grade == grade and len(set(chain.entities)) == len(chain.entities):
                    found.append(chain)
                if len(found) >= limit:
                    return found
        return found

    def _grades(self) -> list[_Grade]:
        """Return every grade that a chain may have, the best first."""
        ways = [way for ahead in self._ahead.values() for way in ahead]
        steps = {way.rank for way in ways if isinstance(way.move, Step)}
        joins = {way.rank for way in ways if isinstance(way.move, Join)}
        grades = {(step, step) for step in steps}
        grades |= {(join, step) for join in joins for step in steps if join < step}
        return sorted(grades, reverse=True)

    def reached(self) -> dict[str, int]:
        """Return what the starts lead to by steps that somebody supports, the nearest first.

        With each comes how many steps that takes.
        """
        heap = [(0, 0, ("", _BEGUN))]
        seen: set[_State] = set()
        found: dict[str, int] = {}
        while heap:
            cost, count, state = heappop(heap)
            if state in seen:
                continue
            seen.add(state)
            if state[1] in {_FRESH, _ENDED}:
                found.setdefault(state[0], count)
            for way in self._ahead[state]:
                if not isinstance(way.move, Step):
                    heappush(heap, (cost + way.cost, count, way.to))
                elif way.move.supported:
                    heappush(heap, (cost + way.cost, count + 1, way.to))
        return found

    def _explored(self) -> dict[_State, list[_Way]]:
        """Return every state that can be reached from the starts, with the ways out of it."""
        root = ("", _BEGUN)
        ahead = {root: [_Way(None, (s, _BEGUN), _SURE, 0, s) for s in sorted(self._starts)]}
        waiting = [way.to for way in ahead[root]]
        while waiting:
            state = waiting.pop()
            if state not in ahead:
                ahead[state] = list(self._ways(*state))
                waiting += [way.to for way in ahead[state]]
        return ahead

    def _ways(self, entity: str, phase: int) -> Iterator[_Way]:
        """Yield the ways out of a state. A chain stops at its first end and begins at one start."""
        if entity in self._ends and phase != _BEGUN:
            return
        steps = self._out.get(entity, ()) if phase != _ENDED else ()
        for step in steps:
            if self._is_open(step.end):
                phase_after = _ENDED if step.ends else _FRESH
                yield _Way(step, (step.end, phase_after), step.rank, _cost(step), _key(step))
        if phase == _JOINED:
            return
        for end, join in self._joins.ahead(entity).items():
            # A join alone is no chain, and a last one leads to an end or nowhere.
            onward = phase != _ENDED and end in self._out and end not in self._ends
            last = phase != _BEGUN and end in self._ends
            if (onward or last) and self._is_open(end):
                yield _Way(join, (end, _JOINED), join.rank, _cost(join), _key(join))

    def _is_open(self, entity: str) -> bool:
        return entity not in self._starts or entity in self._ends

    def _is_end(self, state: _State) -> bool:
        return state[0] in self._ends and state[1] != _BEGUN

    def _distances(self, grade: _Grade) -> dict[_State, int]:
        """Return the exact cost from each state to the nearest end, by links of this grade or up.

        Of a grade the first number bounds joins, the second steps.
        """
        back: defaultdict[_State, list[tuple[_State, int]]] = defaultdict(list)
        for state, ways in self._ahead.items():
            for way in ways:
                if way.rank >= grade[way.kind]:
                    back[way.to].append((state, way.cost))
        heap = [(0, state) for state in self._ahead if self._is_end(state)]
        known: dict[_State, int] = {}
        while heap:
            cost, state = heappop(heap)
            if state in known:
                continue
            known[state] = cost
            for before, more in back[state]:
                if before not in known:
                    heappush(heap, (cost + more, before))
        return known

    def _ranked(self, grade: _Grade) -> Iterator[Chain]:
        """Yield every simple way by links of this grade or up, the cheapest first."""
        left = self._distances(grade)
        first = self._shortest((), frozenset(), left, grade)
        heap = [(*first, 0)] if first else []
        before: list[tuple[_Way, ...]] = []
        while heap:
            _, _, ways, fork = heappop(heap)
            yield Chain(tuple(way.move for way in ways if way.move))
            before.append(ways)
            # Whatever comes next leaves a way found before at some place, by a move not yet taken.
            for place in range(fork, len(ways)):
                root = ways[:place]
                shut = frozenset(other[place].key for other in before if other[:place] == root)
                spur = self._shortest(root, shut, left, grade)
                if spur:
                    heappush(heap, (*spur, place))

    def _shortest(
        self,
        root: tuple[_Way, ...],
        shut: frozenset[str],
        left: dict[_State, int],
        grade: _Grade,
    ) -> tuple[int, tuple[str, ...], tuple[_Way, ...]] | None:
        """Return the cheapest way that begins with ``root`` and not then with a move of ``shut``.

        It comes with its cost and its key.
        """
        passed = {way.to[0] for way in root}
        state = root[-1].to if root else ("", _BEGUN)
        spent = sum(way.cost for way in root)
        key = tuple(way.key for way in root)
        heap = [(spent + left[state], key, root)] if state in left else []
        closed: set[tuple[_State, int]] = set()
        while heap and self._effort < EFFORT:
            total, key, ways = heappop(heap)
            here = ways[-1].to if ways else state
            if self._is_end(here):
                return total, key, ways
            count = sum(way.kind for way in ways) if self._most else 0
            if (here, count) in closed:
                continue
            closed.add((here, count))
            for way in self._ahead[here]:
                self._effort += 1
                taken_before = way.key in shut and len(ways) == len(root)
                too_many = count == self._most and way.kind
                if way.rank < grade[way.kind] or taken_before or too_many:
                    continue
                if way.to in left and way.to[0] not in passed:
                    cost = total - left[here] + way.cost + left[way.to]
                    heappush(heap, (cost, (*key, way.key), (*ways, way)))
        self.complete = self._effort < EFFORT
        return None
