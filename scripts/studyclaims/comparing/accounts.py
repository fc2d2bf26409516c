"""Accounts: claims with all that they rest on, for what sets several of them side by side."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from studyclaims.comparing.voices import papers
from studyclaims.errors import ClaimError
from studyclaims.predicates import Certainty
from studyclaims.readings import lag_words
from studyclaims.showing.claims import Claims, name_of, texts
from studyclaims.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.comparing.voices import Voice
    from studyclaims.stores.embedded import EmbeddedStore

WIDTH: Final = 100
"""How many characters a line of text has at most, unless one word is longer."""


_MOST: Final = 10
"""How many claims that cannot be read are told of one by one."""


@dataclass(frozen=True, slots=True)
class Account:
    """One claim: who makes it of what, and all that is said of why."""

    voice: Voice
    row: Mapping[str, Any]
    note: str

    @property
    def claim(self) -> str:
        """The claim's name, as ``show`` takes it."""
        return self.voice.claim

    @property
    def primary(self) -> bool:
        """Whether its source reports on no other."""
        return self.voice.source == self.voice.primary_source

    @property
    def measured(self) -> bool:
        """Whether its own study tested the link."""
        return self.primary and any(item.get("measured") is True for item in self.row["evidence"])

    @property
    def hedged(self) -> bool:
        """Whether its source words it less firmly than an assertion."""
        return self.voice.certainty != Certainty.ASSERTED

    @property
    def standing(self) -> str:
        """What decides how much is claimed, in one line: no claim is named without it.

        A link that was measured elsewhere, or not at all, is not measured here.
        """
        voice, basis = self.voice, local_name(self.row["basis"])
        said = [str(voice.position.stance), voice.certainty, voice.role, f"basis {basis}"]
        source = "primary source" if self.primary else "secondary source"
        return ", ".join([*said, source, "measured" if self.measured else "not measured here"])

    @property
    def lag(self) -> str | None:
        """When the outcome was seen, and after what; None where no time is printed."""
        row = self.row
        return lag_words(row["bound"], row["lag"], row["startReading"]) if row["lag"] else None

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as plain values, for JSON."""
        voice, row = self.voice, self.row
        return {
            "claim": self.claim,
            "reading": voice.reading,
            "sentence": row["sentence"],
            "stance": str(voice.position.stance),
            "certainty": voice.certainty,
            "cue": row["cue"],
            "basis": local_name(row["basis"]),
            "role": voice.role,
            "measured": self.measured,
            "source": {
                "iri": voice.source,
                "title": row["title"],
                "kind": "primary" if self.primary else "secondary",
                "primarySource": voice.primary_source,
            },
            "context": row["context"],
            "lag": self.lag,
            "evidence": row["evidence"],
            "note": self.note or None,
        }

    def lines(self, indent: int) -> Iterator[str]:
        """Yield the claim as lines of text, each set in by at least so many blanks."""
        yield " " * indent + self.claim
        said = [self.row["sentence"], self.standing]
        said += [f"source: {self.row['title']} <{self.voice.source}>"]
        if not self.primary:
            said += [f"reports on: {self.voice.primary_source}"]
        context = "; ".join(f"{name} {value}" for name, value in self.voice.context)
        said += [f"context: {context}"] if context else []
        said += [f"note: {self.note}"] if self.note else []
        for item in self.row["evidence"]:
            said += _evidence_lines(item)
        for text in said:
            yield from folded(text, indent + 4)


def _evidence_lines(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an item of evidence says: its kind and place, its hash, its figures, its note."""
    tested = item.get("test_of")
    measured = "measured" if item.get("measured") is True else "not measured here"
    parts = [item.get("type"), measured, item.get("design")]
    parts += [f"a test of {tested}" if tested else None, item.get("at")]
    yield f"evidence: {'; '.join(filter(None, parts))}"
    yield from (f"measurement: {measurement['line']}" for measurement in item["measurements"])
    yield from (f"{name}: {item[name]}" for name in ("hash", "note") if item.get(name))


def left_out(unread: Iterable[str], faulty: Mapping[str, str]) -> Iterator[str]:
    """Yield what is said of claims that cannot be shown; ``faulty`` says what is wrong with each.

    >>> list(left_out([], {"able-2020/c1": "found sc:stance nothing, expected one IRI"}))
    ['left out: able-2020/c1: found sc:stance nothing, expected one IRI']
    """
    names = ", ".join(unread)
    if names:
        yield from folded(f"without cue, place or title in this graph, so not shown: {names}", 0)
    for name in sorted(faulty)[:_MOST]:
        yield from folded(f"left out: {name}: {faulty[name]}", 0)
    if len(faulty) > _MOST:
        yield f"left out: {len(faulty) - _MOST} more that cannot be read"


def folded(text: str, indent: int) -> list[str]:
    """Return a text as lines of at most `WIDTH` characters; all but the first are set in further.

    >>> folded("one two", 2)
    ['  one two']
    """
    first, rest = " " * indent, " " * (indent + 2)
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def by_proposition(store: EmbeddedStore, voices: Iterable[Voice]) -> dict[str, tuple[Account, ...]]:
    """Return the accounts of these claims by the IRI of their proposition, both sorted.

    A claim whose cue, place or source's title the graph lacks cannot be read out, and is left out.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> by_proposition(EmbeddedStore(), [])
    {}
    """
    known = {voice.claim: voice for voice in voices}
    claims = Claims(store)
    told: dict[str, list[Account]] = {}
    for iri in claims.iris():
        voice = known.get(name_of(iri))
        if voice is None:
            continue
        with suppress(ClaimError):
            claim = claims.read(iri)
            notes = texts(claim.fields.get("rdfs:comment", ()))
            account = Account(voice, claims.row(claim), next(iter(notes), ""))
            told.setdefault(claim.proposition, []).append(account)
    return {proposition: tuple(told[proposition]) for proposition in sorted(told)}


def tally(accounts: Iterable[Account]) -> dict[str, int]:
    """Return how many independent primary papers stand behind claims, and how they do.

    A paper hedges throughout where no claim of it here, nor of what reports on it, is asserted.

    >>> tally([])
    {'papers': 0, 'measured': 0, 'hedged': 0, 'hedgedThroughout': 0, 'claims': 0}
    """
    claims = list(accounts)
    every = papers(t.voice for t in claims)
    return {
        "papers": len(every),
        "measured": len(papers(t.voice for t in claims if t.measured)),
        "hedged": len(papers(t.voice for t in claims if t.hedged)),
        "hedgedThroughout": len(every - papers(t.voice for t in claims if not t.hedged)),
        "claims": len(claims),
    }
