"""Which terms a text may mean: ranked matches, and the nearest to one that is not listed.

Nothing here knows where the terms are from, so that a finding and a look-up say the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.terms import TermEntry

NEAR: Final = 0.75
"""From what ratio on two texts count as near; 1 is the same text."""

_LONGEST: Final = 200
"""Comparing takes the product of two lengths: no label is as long as this."""

_NAMED: Final = re.compile(r"(?P<curie>[A-Za-z][\w.-]*:\S+)(?: (?P<label>.*))?")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Match:
    """A term that a text may mean, how well it fits from 0 to 1, and why it was found."""

    entry: TermEntry
    score: float
    why: str

    def __str__(self) -> str:
        text = f"{self.entry.curie} {self.entry.label} ({self.why})"
        if not self.entry.obsolete:
            return text
        replaced_by = self.entry.replaced_by
        return f"{text} OBSOLETE" + (f", use {replaced_by}" if replaced_by else "")


def find_terms(text: str, entries: Iterable[TermEntry], limit: int = 10) -> list[Match]:
    """Return the terms that a text may mean, the best first and obsolete ones last.

    Case and white space do not matter. In this order: the identifier itself, label, exact synonym,
    beginning of a label, all words in a label, the same of exact synonyms, nearly the same text.

    Args:
        text: a label, a part of one, or a CURIE.
        entries: the terms to look through; of one given twice the better match counts.
        limit: how many to return at most.

    >>> from studyclaims.terms import TermEntry
    >>> cells = [TermEntry("CL:0000092", "osteoclast"), TermEntry("CL:0000137", "osteocyte")]
    >>> [str(match) for match in find_terms("Osteoclats", cells)]
    ['CL:0000092 osteoclast (near)']
    """
    wanted = _Wanted(text)
    best: dict[str, Match] = {}
    for entry in entries:
        match = wanted.match(entry)
        known = best.get(entry.curie)
        if match and (known is None or _order(match) < _order(known)):
            best[entry.curie] = match
    return sorted(best.values(), key=_order)[:limit]


def _order(match: Match) -> tuple[bool, float, int, str, str]:
    label = match.entry.label
    return match.entry.obsolete, -match.score, len(label), label, match.entry.curie


class _Wanted:
    """A text made ready to be compared with many terms."""

    def __init__(self, text: str) -> None:
        self.text = _folded(text)
        self.words = set(_WORD.findall(self.text))
        self.matcher = SequenceMatcher(b=self.text[:_LONGEST], autojunk=False)

    def match(self, entry: TermEntry) -> Match | None:
        """Return how the term matches, or None."""
        if not self.text or not entry.label:
            return None
        if entry.curie.casefold() == self.text:
            return Match(entry, 1.0, "identifier")
        label = self.compare(_folded(entry.label), "label", 1.0)
        # Synonyms stand a step below labels: a record must write the label.
        synonyms = (self.compare(_folded(s), "exact synonym", 0.95) for s in entry.synonyms)
        score, why = max([label, *synonyms], key=lambda found: found[0])
        return Match(entry, round(score, 4), why) if score else None

    def compare(self, found: str, whole: str, most: float) -> tuple[float, str]:
        """Return (score, why) of one name of a term."""
        if found == self.text:
            return most, whole
        if found.startswith(self.text):
            return most - 0.1, "prefix"
        if self.words and self.words <= set(_WORD.findall(found)):
            return most - 0.2, "words"
        ratio = self.ratio(found)
        return (most * ratio * 0.75, "near") if ratio >= NEAR else (0.0, "")

    def ratio(self, found: str) -> float:
        """Return how near two texts are; 0 where cheaper upper bounds rule it out."""
        if len(found) > _LONGEST or len(self.text) > _LONGEST:
            return 0.0
        self.matcher.set_seq1(found)
        if self.matcher.real_quick_ratio() < NEAR or self.matcher.quick_ratio() < NEAR:
            return 0.0
        return self.matcher.ratio()


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def nearest(text: str, index: Mapping[str, TermEntry], limit: int = 3) -> list[TermEntry]:
    """Return the listed terms that a text most likely means: by its label, then by its identifier.

    Obsolete terms are never named. An identifier is near where one character was changed, left out
    or put in, or two neighbours were swapped.

    Args:
        text: a CURIE, a label, or both as a record writes them.
        index: the listed terms, by any key.
        limit: how many to return at most.

    >>> from studyclaims.terms import TermEntry
    >>> index = {"": TermEntry("UBERON:0000979", "tibia")}
    >>> [entry.curie for entry in nearest("UBERON:0000997 shin bone", index)]
    ['UBERON:0000979']
    """
    named = _NAMED.fullmatch(text)
    curie, label = (named["curie"], named["label"] or "") if named else ("", text)
    current = [entry for entry in index.values() if entry.label and not entry.obsolete]
    # What bears the very name leaves nothing to guess.
    named_so = same_name(label, current) if label else []
    found = named_so or [match.entry for match in find_terms(label, current, limit)]
    by_curie = {entry.curie: entry for entry in [*found, *_by_identifier(curie, current)]}
    return list(by_curie.values())[:limit]


def _by_identifier(curie: str, entries: Iterable[TermEntry]) -> Iterator[TermEntry]:
    folded = curie.casefold()
    near = (e for e in entries if folded and _one_slip(folded, e.curie.casefold()))
    yield from sorted(near, key=lambda entry: entry.curie)


def _one_slip(one: str, other: str) -> bool:
    """Return whether one slip of the hand turns one text into the other, or none."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, longer = one[start:], other[start:]
    if len(one) < len(other):
        return rest == longer[1:]
    return rest[1:] == longer[1:] or (
        rest[1::-1] == longer[:2] and rest[2:] == longer[2:] and len(rest) > 1
    )


def same_name(label: str, entries: Iterable[TermEntry]) -> list[TermEntry]:
    """Return the terms, none obsolete, that have this text as label or exact synonym.

    >>> from studyclaims.terms import TermEntry
    >>> [e.curie for e in same_name("Tibia", [TermEntry("UBERON:0000979", "tibia")])]
    ['UBERON:0000979']
    """
    wanted = _folded(label)
    named = (
        (_folded(entry.label) != wanted, entry.curie, entry)
        for entry in entries
        if not entry.obsolete and wanted in {_folded(n) for n in (entry.label, *entry.synonyms)}
    )
    return [entry for *_, entry in sorted(named, key=lambda found: found[:2])]
