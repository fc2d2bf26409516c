"""Backing: all that sources say of the link from one thing to another, for it and against it.

Whatever speaks of the two things named, or of narrower ones, is shown under its own proposition and
marked where it is narrower than what was asked. Nothing is weighed and there is no verdict: at the
end stands how many independent primary papers are behind each side, and what they did.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from shlex import quote
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal

from studyclaims.comparing.accounts import by_proposition, folded, left_out, tally
from studyclaims.comparing.bearing import Named, are_rivals, bearing
from studyclaims.comparing.voices import papers, read_entities, read_voices
from studyclaims.predicates import RELATIONS
from studyclaims.queries import Rows, plain
from studyclaims.readings import counted
from studyclaims.showing.claimtable import claims_table
from studyclaims.showing.names import entities_named
from studyclaims.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from studyclaims.comparing.accounts import Account
    from studyclaims.comparing.bearing import Bearing
    from studyclaims.comparing.voices import Entities, Voice
    from studyclaims.stores.embedded import EmbeddedStore

SIDES: Final = {
    "for": "for",
    "against": "against",
    "inconclusive": "leaves it open",
    "neither": "neither for nor against what was asked",
}
"""The sides that a claim may be on, each with its heading."""

_COLUMNS: Final = {
    "papers": "papers",
    "measured": "measured it",
    "hedged": "hedge",
    "hedgedThroughout": "hedge only",
    "asAsked": "as asked",
    "claims": "claims",
}
"""What is counted, each with the heading of its column."""


@dataclass(frozen=True, slots=True)
class Strand:
    """One proposition, and the claims on it by the side that they take of what was asked.

    ``narrower`` says which of its entities are narrower than those asked for; ``turned`` is true
    where it is written the other way round, as only relations without an order may be. ``outcome``
    is the change that was asked for. ``opposed_by`` names claims on other propositions that cannot
    be right beside it.
    """

    proposition: str
    reading: str
    relation: str
    turned: bool
    outcome: str
    otherwise: bool
    narrower: tuple[str, ...]
    sides: Mapping[str, tuple[Account, ...]]
    opposed_by: tuple[Account, ...] = ()

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every claim on the proposition."""
        return tuple(claim for side in SIDES for claim in self.sides[side])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each claim as plain values, with its proposition and its side."""
        for side in SIDES:
            for account in self.sides[side]:
                yield {
                    "proposition": self.proposition,
                    "side": side,
                    "narrower": list(self.narrower),
                    "turned": self.turned,
                    **account.to_dict(),
                }

    def to_dict(self) -> dict[str, Any]:
        """Return the proposition with its claims as plain values, for JSON."""
        return {
            "proposition": self.proposition,
            "reading": self.reading,
            "relation": self.relation,
            "narrower": list(self.narrower),
            "turned": self.turned,
            "otherSign": self.otherwise,
            **{side: [claim.to_dict() for claim in self.sides[side]] for side in SIDES},
            "opposedBy": [claim.claim for claim in self.opposed_by],
        }

    def lines(self) -> Iterator[str]:
        """Yield the proposition with its claims as lines of text."""
        yield from folded(self.reading, 0)
        marks = [f"narrower than asked: {' and '.join(self.narrower)}"] if self.narrower else []
        marks += ["of another sign than asked"] if self.otherwise else []
        marks += ["written the other way round"] if self.turned else []
        yield from (f"  ({mark})" for mark in marks)
        for side, heading in SIDES.items():
            if self.sides[side]:
                yield f"  {heading}"
                for account in self.sides[side]:
                    yield from account.lines(4)
        if self.opposed_by:
            yield "  against, on another proposition"
            for claim in self.opposed_by:
                yield from folded(f"{claim.claim}: {claim.standing}", 4)
                yield from folded(claim.voice.reading, 8)


@dataclass(frozen=True, slots=True)
class Count:
    """How many papers are on each side of one relation, and of one change of the outcome."""

    relation: str
    turned: bool
    outcome: str
    sides: Mapping[str, Mapping[str, int]]

    @property
    def title(self) -> str:
        """The relation and the change asked for, in words."""
        words = RELATIONS[self.relation].reads
        words += f" ({self.outcome})" if self.outcome else ""
        return words + (", the other way round" if self.turned else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the count as plain values, for JSON."""
        return {
            "relation": self.relation,
            "turned": self.turned,
            "outcome": self.outcome or None,
            **{side: dict(numbers) for side, numbers in self.sides.items()},
        }


@dataclass(frozen=True, slots=True)
class End:
    """A thing that was named, the entities it stands for, and in how many claims those are.

    ``about`` counts the claims that start from them or from narrower ones, ``outcome`` those that
    end there.
    """

    name: str
    entities: tuple[str, ...]
    label: str
    about: int
    outcome: int

    def __str__(self) -> str:
        if len(self.entities) > 1:
            return f"{self.name} (any of {len(self.entities)} entities)"
        return self.name if self.name == self.label else f"{self.name} ({self.label})"


@dataclass(frozen=True, slots=True)
class Backing:
    """All that sources say of the link from ``source`` to ``target``.

    ``reverse`` counts the claims that go the other way round; ``unread`` names claims on the link
    that cannot be read out, since the graph lacks their cue, their place or their source's title;
    ``faulty`` says what is wrong with claims of which it cannot even be told what they link.
    """

    source: End
    target: End
    strands: tuple[Strand, ...]
    counts: tuple[Count, ...]
    reverse: int
    unread: tuple[str, ...]
    faulty: Mapping[str, str] = field(default_factory=dict)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Every claim found, each once."""
        return tuple(claim for strand in self.strands for claim in strand.accounts)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each claim as plain values, with its proposition and its side."""
        for strand in self.strands:
            yield from strand.rows()

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, for JSON."""
        return {
            "from": asdict(self.source),
            "to": asdict(self.target),
            "propositions": [strand.to_dict() for strand in self.strands],
            "counts": [count.to_dict() for count in self.counts],
            "all": tally(self.accounts),
            "reverse": self.reverse,
            "unread": list(self.unread),
            "faulty": dict(self.faulty),
        }

    def __repr__(self) -> str:
        return f"<Backing: {self.source.name} to {self.target.name}, {len(self.accounts)} claims>"

    def __str__(self) -> str:
        if not self.strands:
            return self.nothing
        lines = [*folded(f"from: {self.source}", 0), *folded(f"to: {self.target}", 0)]
        for strand in self.strands:
            lines += ["", *strand.lines()]
        whole = tally(self.accounts)
        lines += ["", *_count_lines(self.counts)]
        lines += [
            f"  in all: {counted(whole['papers'], 'paper')}, {counted(whole['claims'], 'claim')}"
        ]
        return "\n".join(map(shown, [*lines, *self._besides()]))

    def _repr_html_(self) -> str:
        """Return the backing as a notebook shows it."""
        from studyclaims.showing.htmlpages import text_html

        return text_html(str(self))

    @property
    def nothing(self) -> str:
        """What is said of the two things apart, where no source links them."""
        lines = [f"no source says anything of a link from {self.source} to {self.target}"]
        for end in (self.source, self.target):
            ends_there = f"{counted(end.outcome, 'claim')} with it as outcome"
            lines += [f"{end}: {counted(end.about, 'claim')} about it, {ends_there}"]
        chain = f"studyclaims explain {quote(self.source.name)} {quote(self.target.name)}"
        lines += [*self._besides(), f"for a chain of links: {chain}"]
        return "\n".join(map(shown, lines))

    def _besides(self) -> Iterator[str]:
        """Yield what is said the other way round, and what cannot be read out."""
        if self.reverse:
            other = f"studyclaims evidence {quote(self.target.name)} {quote(self.source.name)}"
            yield f"the other way round: {counted(self.reverse, 'claim')}; run: {other}"
        yield from left_out(self.unread, self.faulty)


def _count_lines(counts: Sequence[Count]) -> Iterator[str]:
    """Yield the counts as a table: each relation with its sides below it."""
    wide = {name: len(head) for name, head in _COLUMNS.items()}
    yield "independent primary papers (news counts with the paper it reports on); none weighed"
    yield "  ".join([" " * 18, *_COLUMNS.values()])
    for count in counts:
        yield f"  {count.title}"
        for side, numbers in count.sides.items():
            if numbers["claims"] or side in {"for", "against"}:
                cells = [str(numbers[name]).rjust(wide[name]) for name in _COLUMNS]
                yield "  ".join([f"    {side.ljust(14)}", *cells])


def backing(store: EmbeddedStore, source: str, target: str) -> Backing:
    """Return all that sources say of the link from one thing to another.

    A name stands for an entity, or for all that are made of a term (`names.entities_named`).
    Relations without an order are found whichever way they are written.

    >>> from studyclaims.graph import load
    >>> found = backing(load().store, "CHEBI:3160", "decreased tissue amount of bone tissue")
    >>> {count.relation for count in found.counts} >= {"cause"}
    True

    Raises:
        QueryError: the graph has no entity of one of the two names.
    """
    entities = read_entities(store)
    names = [entities_named(store, name) for name in (source, target)]
    first, second = (Named(entities, found) for found in names)
    first = first.without_absence()
    every = read_voices(store, entities)
    voices = every.told
    found = ((voice, bearing(voice, first, second)) for voice in voices)
    bearings = {voice.claim: place for voice, place in found if place}
    told = by_proposition(store, (voice for voice in voices if voice.claim in bearings))
    strands = [_strand(iri, claims, bearings) for iri, claims in told.items()]
    strands = [replace(s, opposed_by=_rivals(s, strands, entities)) for s in strands]
    strands.sort(key=lambda s: (s.otherwise, len(s.narrower), s.reading, s.proposition))
    read = {claim.claim for strand in strands for claim in strand.accounts}
    return Backing(
        _end(source, names[0], first, voices),
        _end(target, names[1], second, voices),
        tuple(strands),
        tuple(_counts(strands)),
        sum(_leads(voice, second, first) for voice in voices if voice.claim not in bearings),
        tuple(sorted(bearings.keys() - read)),
        every.unread,
    )


def backing_table(store: EmbeddedStore, found: Backing) -> Rows:
    """Return one row a claim: its side, what is narrower in it, and the columns of a claim table.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> nothing = End("rest", (), "rest", 0, 0)
    >>> backing_table(EmbeddedStore(), Backing(nothing, nothing, (), (), 0, ())).variables[:2]
    ('side', 'narrower')
    """
    table = claims_table(store)
    places = {row["claim"]: (row["side"], " ".join(row["narrower"])) for row in found.rows()}
    place = table.variables.index("claim")
    told = [(str(plain(row[place])), row) for row in table.rows]
    rows = [(*map(Literal, places[claim]), *row) for claim, row in told if claim in places]
    sides = list(SIDES)
    rows.sort(key=lambda row: sides.index(str(plain(row[0]))))
    return Rows(("side", "narrower", *table.variables), tuple(rows))


def _end(name: str, entities: Sequence[str], end: Named, voices: Collection[Voice]) -> End:
    """Return what was named, with the claims that start from it and those that end there."""
    places = ([_is_there(end, entity) for entity in voice.entities] for voice in voices)
    about, outcome = (sum(found) for found in zip(*places, strict=True)) if voices else (0, 0)
    return End(name, tuple(entities), end.entities.labels[entities[0]], about, outcome)


def _is_there(end: Named, entity: str) -> bool:
    """Return whether an entity is one that was named, or a narrower one."""
    met = end.met(entity)
    return met is not None and not met.otherwise


def _leads(voice: Voice, source: Named, target: Named) -> bool:
    """Return whether a claim goes from one thing to another."""
    return _is_there(source, voice.entities[0]) and _is_there(target, voice.entities[1])


def _strand(proposition: str, claims: Sequence[Account], bearings: Mapping[str, Bearing]) -> Strand:
    """Return a proposition with its claims by side."""
    place, voice = bearings[claims[0].claim], claims[0].voice
    ends = {"about": place.about, "outcome": place.outcome}
    return Strand(
        proposition,
        voice.reading,
        voice.position.relation,
        place.turned,
        (place.about if place.turned else place.outcome).asked,
        place.otherwise,
        tuple(name for name, met in ends.items() if met.narrower),
        {side: tuple(c for c in claims if bearings[c.claim].side == side) for side in SIDES},
    )


def _rivals(strand: Strand, strands: Iterable[Strand], entities: Entities) -> tuple[Account, ...]:
    """Return the claims on other propositions that oppose whoever supports this one."""
    if strand.otherwise:
        return ()
    voice = strand.accounts[0].voice
    rivals = (
        claim
        for other in strands
        if other is not strand
        for claim in other.accounts
        if are_rivals(voice, claim.voice, entities, crossed=other.turned != strand.turned)
    )
    return tuple(sorted(rivals, key=lambda claim: claim.claim))


def _counts(strands: Sequence[Strand]) -> Iterator[Count]:
    """Yield how many papers are on each side, by relation and by the change asked for."""
    pools: defaultdict[tuple[bool, str, str], dict[str, dict[str, Account]]]
    pools = defaultdict(lambda: {side: {} for side in SIDES})
    asked = {c.claim for strand in strands if not strand.narrower for c in strand.accounts}
    for strand in strands:
        pool = pools[strand.turned, strand.relation, strand.outcome]
        for side in SIDES:
            pool[side] |= {claim.claim: claim for claim in strand.sides[side]}
        pool["against"] |= {claim.claim: claim for claim in strand.opposed_by}
    for (turned, relation, outcome), pool in sorted(pools.items()):
        # Of who asks for a change, a rise and a fall are two supporters, though rivals.
        pool["against"] = {n: c for n, c in pool["against"].items() if n not in pool["for"]}
        numbers = {
            side: tally(claims.values())
            | {"asAsked": len(papers(c.voice for n, c in claims.items() if n in asked))}
            for side, claims in pool.items()
        }
        yield Count(relation, turned, outcome, numbers)
