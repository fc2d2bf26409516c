"""Two studies side by side: how they were done, and what they say of the same things.

Beside every agreement and every disagreement stands each field of context that differs: what holds
of rats need not hold of mice. Figures are shown as printed, each with what it is compared with, and
nothing is computed from two of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from studyclaims.comparing.accounts import WIDTH, by_proposition, folded, left_out
from studyclaims.comparing.glances import glance, study_key, study_named
from studyclaims.comparing.meetings import at_topics, on_propositions, readouts, split
from studyclaims.comparing.voices import read_entities, read_voices
from studyclaims.errors import QueryError
from studyclaims.terminal import shown
from studyclaims.terms import compress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.comparing.accounts import Account
    from studyclaims.comparing.glances import Glance
    from studyclaims.comparing.meetings import Figure, Meeting, Readout, Sides
    from studyclaims.stores.embedded import EmbeddedStore

_LABEL: Final = 14
_COLUMN: Final = (WIDTH - _LABEL) // 2 - 2
"""How wide a field's name and a study's values are where two stand side by side."""

_GAP: Final = " / "
"""Stands between two values of one field; a value may have commas and semicolons of its own."""

_PLACES: Final = {
    "same topic": "on one topic",
    "one narrower": "one of the two is of a narrower thing",
    "only wider": "of two things, which meet only in a wider one",
}
"""What is said of claims that are on two propositions."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two studies side by side.

    ``shared`` are the propositions of both, ``topics`` the narrowest topics at which further claims
    meet, ``readouts`` the outcomes that both speak of, with their figures, and ``alone`` the claims
    of each that are in none of these. ``unread`` are claims that the graph has no cue, place or
    title for, ``faulty`` says what is wrong with those that cannot be read at all.
    """

    studies: tuple[Glance, Glance]
    shared: tuple[Meeting, ...]
    topics: tuple[Meeting, ...]
    readouts: tuple[Readout, ...]
    alone: Sides
    unread: tuple[str, ...] = ()
    faulty: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the whole comparison as plain values, for JSON."""
        return {
            "studies": [study.to_dict() for study in self.studies],
            "propositions": [meeting.to_dict() for meeting in self.shared],
            "topics": [meeting.to_dict() for meeting in self.topics],
            "outcomes": [readout.to_dict() for readout in self.readouts],
            "alone": [[account.to_dict() for account in side] for side in self.alone],
            "unread": list(self.unread),
            "faulty": dict(self.faulty),
        }

    def __repr__(self) -> str:
        return f"<Comparison: {self.studies[0].key}, {self.studies[1].key}>"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        """Return the comparison as a notebook shows it."""
        from studyclaims.showing.htmlpages import text_html

        return text_html(str(self))

    def text(self, *, every: bool = False) -> str:
        """Return the comparison as text; with ``every`` the claims of one study alone, too."""
        keys = (self.studies[0].key, self.studies[1].key)
        lines = [*_design(self.studies)]
        lines += ["", f"PROPOSITIONS OF BOTH: {len(self.shared)}"]
        for meeting in self.shared:
            lines += ["", *_meeting_lines(meeting, keys)]
        lines += ["", f"TOPICS AT WHICH FURTHER CLAIMS MEET: {len(self.topics)}"]
        for meeting in self.topics:
            lines += ["", *_meeting_lines(meeting, keys)]
        title = "OUTCOMES OF BOTH, WITH VALUES AS PRINTED AND TIMES IN DAYS OR LESS"
        lines += ["", f"{title}: {len(self.readouts)}"]
        for readout in self.readouts:
            lines += ["", *_readout_lines(readout, keys)]
        lines += [""]
        for key, side in zip(keys, self.alone, strict=True):
            lines += [f"{key} alone: {len(side)} claim{'s' * (len(side) != 1)}"]
            lines += [line for account in side for line in _named(account)] if every else []
        lines += left_out(self.unread, self.faulty)
        return "\n".join(map(shown, lines))


def _design(studies: tuple[Glance, Glance]) -> Iterator[str]:
    """Yield the two studies at a glance, in two columns."""
    one, other = studies
    rows: list[tuple[str, ...]] = [
        ("", one.key, other.key),
        ("title", one.title, other.title),
        ("source", compress(one.source), compress(other.source)),
    ]
    for name, values in one.fields.items():
        rows.append((name, *(_GAP.join(v) or "not said" for v in (values, other.fields[name]))))
    rows.append(("claims", *(f"{s.claims}, of these {s.measured} measured" for s in studies)))
    for name, *cells in rows:
        columns = [wrap(cell, _COLUMN, break_on_hyphens=False) for cell in cells]
        for head, left, right in zip_longest([name], *columns, fillvalue=""):
            line = f"{head.ljust(_LABEL)}  {left.ljust(_COLUMN)}  {right}"
            yield line.rstrip()


def _meeting_lines(meeting: Meeting, keys: tuple[str, str]) -> Iterator[str]:
    """Yield what both are on, how they stand there, the claims of each, and what differs."""
    yield from folded(meeting.reading, 0)
    verdict = meeting.verdict.replace("neither", "neither agree nor opposed")
    said = [verdict, *filter(None, [_PLACES.get(meeting.place)])]
    said += ["both may be right"] if meeting.compatible else []
    yield from folded("; ".join([*said, _measured(meeting, keys)]), 2)
    for account in (account for side in meeting.sides for account in side):
        yield from _named(account)
    yield from _differing(meeting.differs, keys)


def _measured(meeting: Meeting, keys: tuple[str, str]) -> str:
    """Return which of the two studies tested it."""
    who = [key for key, measured in zip(keys, meeting.measured, strict=True) if measured]
    if len(who) == 1:
        return f"only {who[0]} measured it"
    return "both measured it" if who else "neither measured it"


def _named(account: Account) -> Iterator[str]:
    """Yield a claim with what decides how much is claimed, and its sentence."""
    yield from folded(f"{account.claim}: {account.standing}", 4)
    yield from folded(account.row["sentence"], 8)


def _differing(
    differs: Mapping[str, tuple[tuple[str, ...], ...]], keys: tuple[str, str]
) -> Iterator[str]:
    """Yield each field that is not the same in both studies, then what only one of them says."""
    alone: dict[str, list[str]] = {}
    for name, values in differs.items():
        shown = [_GAP.join(each) for each in values]
        if all(shown):
            yield from folded(f"differs in {name}: {' | '.join(shown)}", 4)
        else:
            key, value = next(pair for pair in zip(keys, shown, strict=True) if pair[1])
            alone.setdefault(key, []).append(f"{name} {value}")
    for key, said in sorted(alone.items()):
        yield from folded(f"only of {key} is said: {'; '.join(said)}", 4)


def _readout_lines(readout: Readout, keys: tuple[str, str]) -> Iterator[str]:
    """Yield an outcome with the figures of each study, as printed."""
    yield from folded(readout.outcome, 0)
    for key, side in zip(keys, readout.sides, strict=True):
        yield f"  {key}"
        for figure in side:
            yield from _figure_lines(figure)
    yield from _differing(readout.differs, keys)


def _figure_lines(figure: Figure) -> Iterator[str]:
    """Yield a measurement with its comparator, and the claim that it stands under."""
    said = figure.to_dict()
    parts = [f"site {said['site']}"] if said["site"] else []
    line = "no figure"
    if figure.measurement is not None:
        parts += [f"against {figure.comparator or '(not said)'}"]
        line = figure.measurement["line"].removesuffix(f", against {figure.comparator}")
    yield from folded(", ".join([line, *parts]), 4)
    yield from folded(f"{figure.account.claim}: {figure.account.standing}", 8)
    yield from folded(said["reading"], 8)


def _may_be_of(claim: str, studies: tuple[str, str]) -> bool:
    """Return whether a claim that cannot be read may be one of these studies, by its name."""
    return ":" in claim or claim.partition("/")[0] in map(study_key, studies)


def compare(store: EmbeddedStore, one: str, other: str) -> Comparison:
    """Return two studies side by side, each named by its key, its DOI or its IRI.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> compare(EmbeddedStore(), "ausk-2017", "ausk-2012")
    Traceback (most recent call last):
    studyclaims.errors.QueryError: the graph has no study 'ausk-2017'; write ...

    Raises:
        QueryError: the graph lacks one of the two, or both are one study.
    """
    studies = (study_named(store, one), study_named(store, other))
    if studies[0] == studies[1]:
        raise QueryError(
            f"{one!r} and {other!r} are one study, {study_key(studies[0])}; name two to compare"
        )
    entities = read_entities(store)
    every = read_voices(store, entities)
    voices = [voice for voice in every if voice.study in studies]
    told = by_proposition(store, voices)
    accounts = [account for of in told.values() for account in of]
    shared = tuple(on_propositions(told, studies))
    topics = tuple(at_topics(told, studies, entities))
    met = {a.claim for m in (*shared, *topics) for side in m.sides for a in side}
    sides = split(accounts, studies)
    outcomes = tuple(readouts(sides, met, entities))
    met |= {f.account.claim for outcome in outcomes for side in outcome.sides for f in side}
    first, second = (glance(store, s, of) for s, of in zip(studies, sides, strict=True))
    return Comparison(
        (first, second),
        shared,
        topics,
        outcomes,
        split((account for account in accounts if account.claim not in met), studies),
        tuple(sorted({v.claim for v in voices} - {a.claim for a in accounts})),
        {name: said for name, said in every.unread.items() if _may_be_of(name, studies)},
    )
