"""Sayings: one claim of a step as data and as a sentence, read claim by claim.

A page reads the claims of a study all at once; a chain needs a few claims out of a large graph,
and for those it is far quicker to ask for each by its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from studyclaims.chains.steps import Strength
from studyclaims.predicates import RELATIONS, Certainty, Stance
from studyclaims.readings import sentence, third_person
from studyclaims.showing.details import CONTEXT, entity_reading, evidence, named, said_of
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studyclaims.chains.steps import Saying, Step
    from studyclaims.showing.details import Said
    from studyclaims.stores.embedded import EmbeddedStore

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

_ONE: Final = {
    "stance": "sc:stance",
    "certainty": "sc:certainty",
    "basis": "sc:basis",
    "role": "sc:role",
    "lag": "sc:lagPrinted",
    "bound": "sc:lagBound",
    "start": "sc:lagFrom",
    "note": "rdfs:comment",
}
"""What a claim says once, by the names that a sentence knows."""


def saying_row(
    store: EmbeddedStore, step: Step, saying: Saying, known: dict[str, str]
) -> dict[str, Any]:
    """Return a claim as data: who says what, in which words, where, and resting on what.

    ``known`` holds the entities that were put in words before, and gains those of this claim.

    >>> from studyclaims.graph import load
    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.chains.steps import read_steps
    >>> store = load(studies_dir() / "ausk-2012.trig").store
    >>> step = next(iter(read_steps(store)))
    >>> saying_row(store, step, step.sayings[0], {})["sentence"][:9]
    'The paper'
    """
    said = said_of(store, saying.claim)
    source = said_of(store, saying.source)
    items = evidence(store, said)
    figures = (m["figure"] for item in items for m in item["measurements"])
    first = {name: _first(said, curie) for name, curie in _ONE.items()}
    row: dict[str, Any] = {
        "claim": saying.claim,
        "key": short(saying.claim),
        "study": saying.study,
        "source": saying.source,
        "title": _first(source, "dct:title"),
        "secondary": saying.secondary,
        "kind": saying.primary if saying.secondary else None,
        **first,
        "link": expand(RELATIONS[step.relation].curie),
        "cue": sorted(text for name, _, text in said if name == "sc:cue"),
        "at": sorted(str(item["at"]) for item in items if "at" in item),
        "aboutReading": entity_reading(store, step.about, known),
        "outcomeReading": entity_reading(store, step.outcome, known),
        "startReading": first["start"] and entity_reading(store, str(first["start"]), known),
        "context": named(CONTEXT, said),
        "evidence": items,
        "figure": next(filter(None, figures), None),
        "writes": saying.writes,
    }
    says = words(saying, step.relation, row["cue"])
    return row | {"sentence": sentence(row), "says": says, "who": f"{speaker(saying)} {says}"}


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


def short(claim: str) -> str:
    """Return a claim as a user names it.

    >>> short("https://w3id.org/studyclaims/claim/ausk-2017/title-inflammation")
    'ausk-2017/title-inflammation'
    """
    return claim.removeprefix(f"{BASE}claim/")


def _first(said: list[Said], curie: str) -> Any:  # noqa: ANN401 - an IRI, a text or a number
    """Return the first value of a property, the empty text where there is none."""
    return next((value for name, value, _ in said if name == curie), "")
