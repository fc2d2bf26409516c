"""Readings: a claim, an entity, a lag or a measurement in words, out of plain values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from studyclaims.predicates import RELATIONS
from studyclaims.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SAYS: Final = {
    "suggested": "suggests",
    "hypothesised": "hypothesises",
    "speculated": "speculates",
}
_FIRM: Final = {
    "supports": "asserts that",
    "refutes": "denies that",
    "noEffect": "tested and found no sign that",
}
_HEDGED: Final = {
    "supports": "that",
    "refutes": "that it is not so that",
    "noEffect": "that there is no sign that",
}
_BASES: Final = {
    "intervention": "resting on an intervention",
    "association": "resting on an association",
    "temporal": "resting on the order in time",
    "comparison": "resting on a comparison",
}
_BOUNDS: Final = {"at": "at", "by": "by", "from": "from", "atPeak": "at its peak"}
_PATTERNS: Final = {
    "peak": "at the peak",
    "transient": "transient",
    "partialRecovery": "partial recovery",
    "noRecovery": "no recovery",
}
_TOWARD: Final = {
    "recovery": "from",
    "predisposition": "to",
    "formation potential": "for",
    "time": "relative to",
}
"""What stands before the entity that a variable is directed at; ``toward`` for any other."""

_ADVERBS: Final = {"transient": "transiently"}
"""Modifiers that say how something was done, as they stand before a participle."""

_ELAPSED: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")


def sentence(row: Mapping[str, Any]) -> str:
    """Return a claim in one sentence, and after it where it stands and what it rests on.

    ``row`` is what `pages.claim_rows` gives of a claim.

    >>> print(sentence({
    ...     "kind": None, "stance": "supports", "certainty": "asserted", "basis": "none",
    ...     "role": "result", "link": "relCause", "cue": ["induced"], "at": ["title"], "lag": None,
    ...     "aboutReading": "mechanical disuse", "outcomeReading": "decreased bone mass",
    ...     "figure": "-12 %", "context": {"site": "tibia"},
    ... }))
    The paper asserts that mechanical disuse causes decreased bone mass (“induced”); site: tibia;
    measured: -12 %. Title; result.
    """
    context = row["context"]
    relation = RELATIONS[local_name(row["link"]).removeprefix("rel").lower()].reads
    about = row["aboutReading"]
    # What follows a comma is an aside, and an aside before a verb is closed by another.
    about += "," if re.search(r", [^()]*$", about) else ""
    cues = "; ".join(f"“{cue}”" for cue in row["cue"])
    kind = "news" if row["kind"] else "paper"
    parts = [
        f"The {kind} {_says(row)} {about} {third_person(relation)} {row['outcomeReading']} ({cues})"
    ]
    site = context.get("site_printed") or context.get("site")
    parts += [f"site: {site}"] if site else []
    parts += [f"measured: {row['figure']}"] if row["figure"] else []
    parts += [_seen(row)] if row["lag"] else []
    basis = _BASES.get(local_name(row["basis"]))
    rests = local_name(row["role"]) + (f", {basis}" if basis else "")
    where = [capital("; ".join(row["at"])), rests, *filter(None, [context.get("species")])]
    return f"{'; '.join(parts)}. {'; '.join(where)}."


def _says(row: Mapping[str, Any]) -> str:
    """Return what the source does with the proposition, in the words before the statement."""
    stance, certainty = local_name(row["stance"]), local_name(row["certainty"])
    if stance == "inconclusive":
        return "leaves open whether"
    if certainty != "asserted":
        return f"{_SAYS[certainty]} {_HEDGED[stance]}"
    if stance == "noEffect" and not any(item.get("measured") for item in row["evidence"]):
        return "reports no sign that"
    own = row["kind"] is None and local_name(row["role"]) in {"result", "conclusion"}
    return _FIRM[stance] if own or stance != "supports" else "states that"


def _seen(row: Mapping[str, Any]) -> str:
    """Return when the outcome was seen, or when it was looked for or expected."""
    if local_name(row["stance"]) == "noEffect":
        verb = "looked for"
    else:
        verb = "seen" if local_name(row["certainty"]) in {"asserted", "suggested"} else "expected"
    same = row["startReading"] == row["aboutReading"]
    start = "its start" if same else row["startReading"]
    return f"{verb} {lag_words(row['bound'], row['lag'], start)}"


def lag_words(bound: str, time: str, start: str) -> str:
    """Return a lag in words.

    >>> lag_words("atPeak", "4 wk", "the injection")
    'at its peak 4 wk after the injection'
    """
    return f"{_BOUNDS[local_name(bound)]} {time} after {start}"


def third_person(verb: str) -> str:
    """Return a relation's verb as a sentence needs it.

    >>> third_person("be associated with"), third_person("amplify"), third_person("cause")
    ('is associated with', 'amplifies', 'causes')
    """
    first, _, rest = verb.partition(" ")
    inflected = first[:-1] + "ies" if first.endswith("y") else first + "s"
    return f"{'is' if first == 'be' else inflected} {rest}".strip()


def entity_words(slots: Mapping[str, Sequence[str]]) -> str:
    """Return a composition as a phrase, out of the labels in its slots.

    The slots have the names that a record writes; nested entities come as phrases.

    >>> entity_words({"variable": ["injection"], "within_part": ["tibia"], "by_agent": ["saline"]})
    'injection of saline in tibia'
    >>> entity_words({"variable": ["recovery"], "toward": ["bone loss"]})
    'recovery from bone loss'
    """
    variable, agent = _only(slots, "variable"), _only(slots, "by_agent")
    words, agent_said = _core(slots)
    words += [f"in {part}" for part in slots.get("within_part", ())]
    words += [f"by {agent}"] if agent and not agent_said else []
    nested = [(_TOWARD.get(variable, "toward"), phrase) for phrase in slots.get("toward", ())]
    nested += [("due to", phrase) for phrase in slots.get("due_to", ())]
    said = _ADVERBS if _is_done(slots) else {}
    modifiers = [text for text in slots.get("modifier", ()) if text not in said]
    for place, (link, phrase) in enumerate(nested, start=1):
        # In brackets unless it ends the whole, and holds nothing that could belong to the whole.
        open_ended = place == len(nested) and not modifiers
        plain = open_ended and not re.search(r"[(,]| due to ", phrase)
        words.append(f"{link} {phrase}" if plain else f"{link} ({phrase})")
    return ", ".join([" ".join(filter(None, words)), *modifiers])


def _is_done(slots: Mapping[str, Sequence[str]]) -> bool:
    """Return whether an entity is something done to its bearer, as in paralysed muscle."""
    return _only(slots, "change") == "present" and _only(slots, "variable").endswith("ed")


def _core(slots: Mapping[str, Sequence[str]]) -> tuple[list[str], bool]:
    """Return the words for change, variable and bearer, and whether they name the agent."""
    change, variable = _only(slots, "change"), _only(slots, "variable")
    bearer, agent = _only(slots, "bearer"), _only(slots, "by_agent")
    if change in {"", "present"} and variable.endswith("injection") and agent and not bearer:
        return [variable, "of", agent], True
    if _is_done(slots):
        how = [_ADVERBS[m] for m in slots.get("modifier", ()) if m in _ADVERBS]
        return ([bearer, *how, variable] if agent else [*how, variable, bearer]), False
    if change == "present":
        return [variable, bearer], False
    quality = " of ".join(filter(None, (variable, bearer)))
    before = {"absent": "absence of", "changed": "a change in"}.get(change, change)
    return [before, quality], False


def _only(slots: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the text of a slot that holds one at most."""
    return next(iter(slots.get(name, ())), "")


def figure(measurement: Mapping[str, Any]) -> str:
    """Return the value with its unit and spread; nothing where no value is printed.

    >>> figure({"value": "-43.2", "unit": "%", "spread": "0.9"})
    '-43.2 % (± 0.9)'
    """
    value, unit, spread = (measurement.get(name) for name in ("value", "unit", "spread"))
    if not value:
        return ""
    # UCUM writes a number without a unit as 1.
    text = f"{value} {unit}" if unit and unit != "1" else value
    text += f" (± {spread})" if spread else ""
    return f"correlation coefficient {text}" if measurement.get("coefficient") else text


def measurement_line(measurement: Mapping[str, Any]) -> str:
    """Return a measurement on one line, whatever of it is printed.

    >>> print(measurement_line({
    ...     "value": "-43.2", "spread": "0.9", "unit": "%", "n": 10, "p": "<0.001",
    ...     "time": "21 d", "compared_with": "saline",
    ... }))
    -43.2 % (± 0.9), n 10, p <0.001, after 21 d, against saline
    """
    pattern = measurement.get("pattern")
    said = {
        "n": measurement.get("n"),
        "p": measurement.get("p"),
        "after": measurement.get("time"),
    }
    parts = [figure(measurement)]
    parts += [f"{name} {value}" for name, value in said.items() if value is not None]
    parts += [_PATTERNS.get(pattern, pattern)] if pattern else []
    against = measurement.get("compared_with")
    parts += [f"against {against}"] if against else []
    return ", ".join(filter(None, parts))


def elapsed(duration: str) -> str:
    """Return an ``xsd:dayTimeDuration`` as a record writes times; other text as it is.

    >>> elapsed("P21D"), elapsed("PT90M"), elapsed("P1DT12H"), elapsed("soon")
    ('21 d', '90 min', '1 d 12 h', 'soon')
    """
    match = _ELAPSED.fullmatch(duration)
    if match is None:
        return duration
    pairs = zip(match.groups(), ("d", "h", "min", "s"), strict=True)
    return " ".join(f"{number} {unit}" for number, unit in pairs if number) or duration


def capital(text: str) -> str:
    """Return the text with a capital first; `str.capitalize` would make the rest small.

    >>> capital("due to IL-1")
    'Due to IL-1'
    """
    return text[:1].upper() + text[1:]


def counted(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "claim"), counted(2, "claim")
    ('1 claim', '2 claims')
    """
    return f"{number} {noun}{'s' * (number != 1)}"
