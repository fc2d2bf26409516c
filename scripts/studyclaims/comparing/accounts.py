"""Accounts: claims with all that they rest on, for what sets several of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from studyclaims.comparing.voices import claim_name, papers
from studyclaims.predicates import Certainty
from studyclaims.queries import Rows, ask
from studyclaims.readings import lag_words
from studyclaims.showing.pages import claim_rows
from studyclaims.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.comparing.voices import Voice
    from studyclaims.stores.embedded import EmbeddedStore

WIDTH: Final = 100
"""How many characters a line of text has at most, unless one word is longer."""

_PLACES: Final = """
SELECT ?claim ?proposition ?note
WHERE {
    ?claim a sc:Claim ; sc:proposition ?proposition .
    OPTIONAL { ?claim rdfs:comment ?note }
}
ORDER BY ?claim ?proposition ?note
"""


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
    found = ask(store, _PLACES)
    places: dict[str, set[str]] = {}
    notes: dict[str, str] = {}
    for row in found if isinstance(found, Rows) else ():
        name = claim_name(row["claim"])
        if name in known:
            places.setdefault(row["proposition"], set()).add(name)
            notes.setdefault(name, row["note"] or "")
    told: dict[str, tuple[Account, ...]] = {}
    for proposition in sorted(places):
        rows = claim_rows(store, "?claim sc:proposition ?it .", it=proposition)
        # Where a merged graph has a source under two titles, a claim has two rows.
        rows.sort(key=lambda row: (row["claim"], row["title"]), reverse=True)
        named = {claim_name(row["claim"]): row for row in rows}
        kept = sorted(places[proposition] & named.keys())
        told[proposition] = tuple(Account(known[n], named[n], notes[n]) for n in kept)
    return {proposition: claims for proposition, claims in told.items() if claims}


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
