"""Sayings: one claim of a step as data and as a sentence, read claim by claim.

A chain needs a few claims out of a large graph, and for those it is far quicker to ask for each by
its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from studyclaims.chains.steps import Strength
from studyclaims.errors import ClaimError
from studyclaims.predicates import RELATIONS, Certainty, Stance
from studyclaims.readings import counted, third_person
from studyclaims.showing.claims import name_of, texts
from studyclaims.terminal import shown
from studyclaims.terms import SC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from studyclaims.chains.steps import Saying, Step
    from studyclaims.showing.claims import Claims

_MOST: Final = 5
"""How many of the things that cannot be read a warning names."""

_DENIES: Final = {Stance.NO_EFFECT: "finds no sign of it", Stance.REFUTES: "denies it"}
_VERBS: Final = {
    Strength.OPEN: "leaves it open",
    Strength.BESIDE: "says so",
    Strength.SPECULATED: "speculates so",
    Strength.HYPOTHESISED: "hypothesises so",
    Strength.SUGGESTED: "suggests it",
    Strength.STATED: "states it",
    Strength.ASSERTED: "asserts it",
}
_HEDGES: Final = {
    Strength.OPEN: "might or might not",
    Strength.SPECULATED: "is speculated{} to",
    Strength.HYPOTHESISED: "is hypothesised{} to",
    Strength.SUGGESTED: "is suggested{} to",
    Strength.STATED: "is stated{} to",
}
"""What stands before a relation so that it reads no firmer than it is said."""


def saying_row(claims: Claims, step: Step, saying: Saying) -> dict[str, Any]:
    """Return a claim as data: who says what, in which words, where, and resting on what.

    A claim that counts and cannot be read out, as it has no place, says so in its sentence.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.chains.steps import read_steps
    >>> from studyclaims.showing.claims import Claims
    >>> store = load(studies_dir() / "ausk-2012.trig").store
    >>> step = next(iter(read_steps(store)))
    >>> saying_row(Claims(store), step, step.sayings[0])["sentence"][:9]
    'The paper'
    """
    claim = claims.read(saying.claim)
    row: dict[str, Any] = {
        "claim": saying.claim,
        "key": name_of(saying.claim),
        "study": saying.study,
        "source": saying.source,
        "secondary": saying.secondary,
        "kind": saying.primary if saying.secondary else None,
        "stance": SC + saying.stance,
        "certainty": SC + saying.certainty,
        "cue": texts(claim.fields.get("sc:cue", ())),
        "context": {},
        "note": next(iter(texts(claim.fields.get("rdfs:comment", ()))), ""),
        "writes": saying.writes,
    }
    try:
        row = {**row, **claims.row(claim)}
    except ClaimError as error:
        row |= {"problem": error.problem, "sentence": f"cannot be read out: {error.problem}"}
    says = words(saying, step.relation, row["cue"])
    return row | {"says": says, "who": f"{speaker(saying)} {says}"}


def words(saying: Saying, relation: str, cues: Iterable[str]) -> str:
    """Return how a claim takes its proposition, and in which words, for a line about one step.

    >>> from studyclaims.chains.steps import Saying
    >>> news = Saying("c", "s", "n", "d", Stance.SUPPORTS, "suggested", None)
    >>> print(words(news, "cause", ["may promote"]))
    suggests it, “may promote”
    """
    verb = _DENIES.get(saying.stance) or _VERBS[saying.strength(relation)]
    quoted = "; ".join(f"“{cue}”" for cue in cues)
    return f"{verb}, {quoted}" if quoted else verb


def speaker(saying: Saying) -> str:
    """Return the source of a claim: what it is, and its DOI or address.

    >>> from studyclaims.chains.steps import Saying
    >>> doi = "https://doi.org/10.1/a"
    >>> speaker(Saying("c", "s", doi, doi, Stance.SUPPORTS, "asserted", None))
    'paper (10.1/a)'
    """
    place = saying.source.removeprefix("https://doi.org/")
    return f"{'news' if saying.secondary else 'paper'} ({place})"


def step_verb(step: Step) -> str:
    """Return what a step says of its two entities, worded no firmer than its claims are.

    >>> from studyclaims.chains.steps import Saying, Step
    >>> hedged = Saying("c", "s", "n", "d", Stance.SUPPORTS, "suggested", None)
    >>> step_verb(Step("p", "a", "cause", "b", (hedged,)))
    'is suggested by a secondary source to cause'
    """
    reads = RELATIONS[step.relation].reads
    if step.strength is Strength.ASSERTED:
        return third_person(reads)
    if step.strength is Strength.BROKEN:
        tested = any(saying.stance is Stance.NO_EFFECT for saying in step.deciding)
        return f"is {'not found' if tested else 'said not'} to {reads}"
    if step.strength is Strength.BESIDE:
        firm = any(saying.certainty == Certainty.ASSERTED for saying in step.deciding)
        return f"{'is said to' if firm else 'may'} {reads}"
    by = " by a secondary source" if step.secondhand else ""
    return f"{_HEDGES[step.strength].format(by)} {reads}"


def step_says(step: Step, about: str, outcome: str) -> str:
    """Return a step in words, out of the readings of its two entities.

    >>> from studyclaims.chains.steps import Saying, Step
    >>> flat = Saying("c", "s", "d", "d", Stance.SUPPORTS, "asserted", None)
    >>> step_says(Step("p", "a", "cause", "b", (flat,)), "rest, long", "bone loss")
    'rest, long, is stated to cause bone loss'
    """
    # What follows a comma is an aside, and an aside before a verb is closed by another.
    aside = "," if re.search(r", [^()]*$", about) else ""
    return f"{about}{aside} {step_verb(step)} {outcome}"


def unread_text(unread: Mapping[str, str]) -> str:
    """Return what is said of the claims and entities of a graph that cannot be read; else nothing.

    >>> print(unread_text({"able-2020/c1": "found sc:stance nothing, expected one IRI"}))
    warning: 1 thing in the graph cannot be read and is left out:
      able-2020/c1: found sc:stance nothing, expected one IRI
    """
    if not unread:
        return ""
    are = "is" if len(unread) == 1 else "are"
    lines = [f"{name}: {unread[name]}" for name in sorted(unread)]
    more = [f"and {len(lines) - _MOST} more; --format json has them all"][: len(lines) > _MOST]
    head = (
        f"warning: {counted(len(unread), 'thing')} in the graph cannot be read and {are} left out:"
    )
    return "\n".join((head, *(f"  {shown(line)}" for line in (*lines[:_MOST], *more))))
