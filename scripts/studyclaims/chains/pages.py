"""Paths as a reader gets them: each step with who says it, the weakest link, what nobody claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from studyclaims.chains.joins import MEANS
from studyclaims.chains.sayings import step_says, step_verb
from studyclaims.chains.steps import Strength
from studyclaims.readings import lag_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.chains.joins import Join
    from studyclaims.chains.search import Chain
    from studyclaims.chains.steps import Step


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step in words, with the claims on it, those first that make it as strong as it is."""

    step: Step
    about: str
    outcome: str
    claims: tuple[dict[str, Any], ...]
    against: tuple[dict[str, Any], ...]

    @property
    def contested(self) -> bool:
        """Whether it has support and somebody speaks against it."""
        return self.step.supported and bool(self.against)

    @property
    def verb(self) -> str:
        """The relation, worded no firmer than the claims are."""
        return step_verb(self.step)

    @property
    def says(self) -> str:
        """The step in words."""
        return step_says(self.step, self.about, self.outcome)

    @property
    def who(self) -> str:
        """Who says it as firmly as it is said, and in which words."""
        said = (row["who"] for row in self.claims[: len(self.step.deciding)])
        return "; ".join(dict.fromkeys(said))

    @property
    def setting(self) -> str:
        """Of what species, at which site and when those say it who say it as firmly."""
        rows = self.claims[: len(self.step.deciding)]
        held = {name: _values(self, name) for name in ("species", "site")}
        held["time"] = frozenset(
            lag_words(row["bound"], row["lag"], row["startReading"])
            for row in rows
            if row.get("lag")
        )
        return "; ".join(f"{name} {' or '.join(sorted(held[name]))}" for name in held if held[name])

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain values, for JSON."""
        step = self.step
        return {
            "kind": "step",
            "proposition": step.proposition,
            "about": step.about,
            "relation": step.relation,
            "outcome": step.outcome,
            "aboutReading": self.about,
            "outcomeReading": self.outcome,
            "says": self.says,
            "strength": step.strength.name.lower(),
            "secondaryOnly": step.secondhand,
            "causal": step.strength is not Strength.BESIDE,
            "turned": step.turned,
            "contested": self.contested,
            "papers": sorted(step.papers),
            "claims": list(self.claims),
            "against": list(self.against),
        }


@dataclass(frozen=True, slots=True)
class ShownJoin:
    """A join in words; nobody claims it."""

    join: Join
    start: str
    parts: tuple[tuple[str, str], ...]

    @property
    def says(self) -> str:
        """The join in words."""
        return " → ".join((self.start, *(f"{what} ({MEANS[kind]})" for kind, what in self.parts)))

    @property
    def words(self) -> str:
        """How firm it is: less than whatever anybody says, and least where it is not close."""
        return self.join.words

    def to_dict(self) -> dict[str, Any]:
        """Return the join as plain values, for JSON."""
        parts = zip(self.join.parts, self.parts, strict=True)
        return {
            "kind": "join",
            "start": self.join.start,
            "startReading": self.start,
            "says": self.says,
            "claimed": False,
            "strength": Strength.JOINED.name.lower(),
            "close": self.join.is_close,
            "parts": [
                {"kind": kind, "entity": entity, "reading": reading}
                for (kind, entity), (_, reading) in parts
            ],
        }


@dataclass(frozen=True, slots=True)
class Path:
    """One path from FROM to TO, ready to be read.

    ``begins`` are steps from FROM to where the path starts, ``whole`` the steps that link its two
    ends directly, ``against`` the claims that speak against such a link.
    """

    number: int
    chain: Chain
    moves: tuple[ShownStep | ShownJoin, ...]
    begins: tuple[ShownStep, ...]
    whole: tuple[ShownStep, ...] = ()
    against: tuple[dict[str, Any], ...] = ()

    @property
    def steps(self) -> tuple[ShownStep, ...]:
        """Its steps, in order."""
        return tuple(move for move in self.moves if isinstance(move, ShownStep))

    @property
    def joins(self) -> tuple[ShownJoin, ...]:
        """Its joins, in order."""
        return tuple(move for move in self.moves if isinstance(move, ShownJoin))

    @property
    def weakest_joins(self) -> tuple[ShownJoin, ...]:
        """Its joins that are weaker than each of its steps, the least close ones alone."""
        weakest, _ = self.chain.grade
        return tuple(shown for shown in self.joins if shown.join.rank == weakest)

    @property
    def weakest_steps(self) -> tuple[tuple[int, ShownStep], ...]:
        """Its weakest steps, each with its number."""
        return tuple((number, self.steps[number - 1]) for number in self.chain.weakest)

    @property
    def strength(self) -> str:
        """How firm its weakest link is: a join, if it has one that is weaker than its steps."""
        joins = self.weakest_joins
        return joins[0].words if joins else self.step_strength

    @property
    def step_strength(self) -> str:
        """How firmly its weakest step is said."""
        return self.weakest_steps[0][1].step.words

    @property
    def papers(self) -> tuple[str, ...]:
        """The papers behind its steps."""
        return tuple(sorted(frozenset().union(*(shown.step.papers for shown in self.steps))))

    @property
    def is_claimed(self) -> bool:
        """Whether a source claims it as a whole: it is one step, without a join."""
        return len(self.moves) == 1

    def contexts(self) -> Iterator[str]:
        """Yield a line for species and for site where the steps do not all share one."""
        for name in ("species", "site"):
            held = [_values(shown, name) for shown in self.steps]
            if any(held) and not frozenset.intersection(*held):
                said = [
                    f"step {number} {', '.join(sorted(values)) or 'not said'}"
                    for number, values in enumerate(held, start=1)
                ]
                yield f"{name} not the same in all steps: {'; '.join(said)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the path as plain values, for JSON."""
        steps = [
            {
                "kind": "step",
                "step": number,
                "says": shown.says,
                "strength": shown.step.strength.name.lower(),
                "who": shown.who,
                "claim": shown.claims[0]["key"],
            }
            for number, shown in self.weakest_steps
        ]
        joins = [shown.to_dict() for shown in self.weakest_joins]
        return {
            "number": self.number,
            "start": self.chain.start,
            "end": self.chain.end,
            "strength": (joins or steps)[0]["strength"],
            "weakest": joins or steps,
            "weakestSteps": steps,
            "supported": self.chain.supported,
            "steps": len(self.steps),
            "joins": len(self.joins),
            "papers": list(self.papers),
            "claimedAsAWhole": self.is_claimed,
            "endsLinkedDirectlyBy": [shown.to_dict() for shown in self.whole],
            "againstLinkOfEnds": list(self.against),
            "contexts": list(self.contexts()),
            "begins": [shown.to_dict() for shown in self.begins],
            "moves": [shown.to_dict() for shown in self.moves],
        }


def _values(shown: ShownStep, name: str) -> frozenset[str]:
    """Return what the claims that support a step say of a field of context."""
    rows = shown.claims[: len(shown.step.deciding)]
    return frozenset(str(row["context"][name]) for row in rows if name in row["context"])


@dataclass(frozen=True, slots=True)
class Hints:
    """What to ask next where there is no path that somebody supports.

    ``onward`` is what FROM leads to, the nearest first, and ``back`` what leads to TO in one step;
    ``longer``, ``beside`` and ``turned`` say whether there is a path with more steps, with
    relations that are not causal, or from TO to FROM; ``absent`` are the entities of FROM that are
    its absence.
    """

    onward: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    longer: bool = False
    beside: bool = False
    turned: bool = False
    absent: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the hints as plain values, for JSON."""
        return {
            "leadsTo": list(self.onward),
            "ledToBy": list(self.back),
            "withMoreSteps": self.longer,
            "withAllRelations": self.beside,
            "theOtherWayRound": self.turned,
            "absent": list(self.absent),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one thing may lead to another, as far as a graph's claims say so.

    ``denied`` are the claims that deny that the one leads to the other, whatever the paths say;
    ``unread`` says, of each claim or entity of the graph that cannot be read, what is wrong.
    """

    source: str
    target: str
    paths: tuple[Path, ...]
    complete: bool
    hints: Hints | None = None
    denied: tuple[dict[str, Any], ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def supported(self) -> bool:
        """Whether there is a path of which somebody supports each step, however hedged."""
        return any(path.chain.supported for path in self.paths)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values, for JSON."""
        return {
            "from": self.source,
            "to": self.target,
            "complete": self.complete,
            "supported": self.supported,
            "denied": list(self.denied),
            "paths": [path.to_dict() for path in self.paths],
            "hints": self.hints.to_dict() if self.hints else None,
            "unread": dict(self.unread),
        }

    def to_markdown(self) -> str:
        """Return the explanation as Markdown: a table of steps and a flowchart a path."""
        from studyclaims.chains.texts import explanation_markdown

        return explanation_markdown(self)

    def __str__(self) -> str:
        from studyclaims.chains.texts import explanation_text

        return explanation_text(self)

    def _repr_html_(self) -> str:
        """Return the explanation as a notebook shows it that takes no Markdown."""
        from studyclaims.showing.htmlpages import text_html

        return text_html(str(self))

    def _repr_markdown_(self) -> str:
        """Return the explanation as a notebook shows it."""
        return self.to_markdown()
