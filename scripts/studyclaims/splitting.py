"""Splitting a paragraph into sentences, by rules that are few enough to be read.

A sentence ends at ``.``, ``!`` or ``?`` (with the quotes, brackets and citation numbers after it)
before white space, unless one of these holds:

- what follows begins with a lower-case word; ``mRNA``, ``pH`` or ``p53`` count as upper-case;
- it is inside a bracket that is closed later in the paragraph;
- the point belongs to an abbreviation (`ABBREVIATIONS`) or to ``No.`` before a number;
- it belongs to an initial, ``et al.``, ``etc.`` or letters such as ``U.S.``, and what follows is
  not one of the words that commonly begin a sentence (`STARTERS`). A letter that names something,
  as in "vitamin D." or "toxin A.", is no initial (`LETTERED`).

Decimals need no rule: no white space follows their point. Where a text leaves it open, as after
"et al." before a name, the sentence goes on.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ABBREVIATIONS: Final = frozenset(
    """approx ca cf dr eq eqs ed eds e.g eg fig figs i.e ie incl mr mrs ms mt nos pp prof ref refs
    resp sect st suppl tab var viz vol vols vs""".split()  # noqa: SIM905 - a list to be read
)
"""In lower case, without the last point; a sentence never ends at one."""

STARTERS: Final = frozenset(
    """after all although an as at because before both by conversely despite during finally first
    for from furthermore he here however if in it its moreover most no on our overall she since so
    some such taken that the their then there therefore these they this those thus to together we
    what when whereas while with you""".split()  # noqa: SIM905 - as above
)
"""In lower case: words that, with a capital, commonly begin a sentence and no name."""

LETTERED: Final = frozenset(
    """appendix arm class cohort experiment factor figure grade group hepatitis panel phase protein
    site stage strain subtype table toxin type vitamin""".split()  # noqa: SIM905 - as above
)
"""In lower case: words that a single capital letter after them tells apart."""

_SOFT: Final = frozenset({"al", "etc", "inc", "ltd", "jr", "sr", "sp", "spp", "subsp"})
# Possessive, and only from where a run of signs begins: a text of points alone must cost no more.
_CLOSE: Final = r"[\"')\]]*+"
_NUMBERS: Final = r"(?:\[\d+(?:[,-]\s?\d+)*+\])?"
_SIGNS: Final = rf"(?<![.!?])[.!?]++{_CLOSE}{_NUMBERS}"
_END: Final = re.compile(rf"(?:{_SIGNS}|(?<=[a-z)])\.\d++(?:[,-]\d++)*+)(?=\s)")
_TERMINAL: Final = re.compile(rf"{_SIGNS}\d*$")
_REACH: Final = 60
"""How many characters before a point are looked at: longer than any abbreviation."""

_NEXT: Final = re.compile(r"[\"'(\[]*(\S*)")
_LAST: Final = re.compile(r"([\w.-]+)$")


def sentences(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph that was cleaned, in order and without white space around.

    >>> list(sentences("Mice (n = 8, Fig. 2) ran at 0.5 m/s. Bone fell, e.g. in the tibia."))
    ['Mice (n = 8, Fig. 2) ran at 0.5 m/s.', 'Bone fell, e.g. in the tibia.']
    """
    start = 0
    inside = _closed_brackets(paragraph)
    for match in _END.finditer(paragraph):
        if not inside[match.start()] and _is_end(paragraph, match):
            yield paragraph[start : match.end()].strip()
            start = match.end()
    rest = paragraph[start:].strip()
    if rest:
        yield rest


def ends_a_sentence(text: str) -> bool:
    """Return whether a text ends as a sentence does, and not in an abbreviation.

    >>> ends_a_sentence("It rains."), ends_a_sentence("December 15 2017")
    (True, False)
    """
    end = text[-_REACH:]
    words = _LAST.search(_TERMINAL.sub("", end))
    abbreviated = words is not None and words[1].casefold() in ABBREVIATIONS | {"al"}
    return bool(_TERMINAL.search(end)) and not abbreviated


def _closed_brackets(text: str) -> list[int]:
    """Return for each character how many brackets it is in that are closed later."""
    steps = [0] * (len(text) + 1)
    opened: list[int] = []
    for place, character in enumerate(text):
        if character == "(":
            opened.append(place)
        elif character == ")" and opened:
            steps[opened.pop()] += 1
            steps[place] -= 1
    return list(accumulate(steps))


def _is_end(text: str, match: re.Match[str]) -> bool:
    following = _NEXT.match(text, match.end() + 1)
    after = following[1] if following else ""
    if _goes_on(after):
        return False
    before = _LAST.search(text, max(0, match.start() - _REACH), match.start())
    if before is None or match[0][0] != "." or match[0].startswith(".."):
        return True
    return _is_end_after(before[1], after, text[max(0, before.start() - _REACH) : before.start()])


def _goes_on(after: str) -> bool:
    """Return whether the next word cannot begin a sentence: all in lower case, or a sign."""
    word = re.split(r"[^\w-]", after, maxsplit=1)[0]
    return not word or (word[0].islower() and word.islower() and not any(map(str.isdigit, word)))


def _is_end_after(word: str, after: str, text: str) -> bool:
    """Return whether a sentence ends after this word and a point, before what may begin one."""
    folded = word.casefold()
    if folded in ABBREVIATIONS or (folded == "no" and after[:1].isdigit()):
        return False
    starts = re.split(r"\W", after, maxsplit=1)[0].casefold() in STARTERS
    if len(word) == 1 and word.isupper():
        previous = _LAST.search(text.rstrip())
        return starts or (previous is not None and previous[1].casefold() in LETTERED)
    return starts or not (folded in _SOFT or re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", word))
