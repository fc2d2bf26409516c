"""Identity: the keys of entities, propositions and topics, and what is computed from them.

Two studies that say the same thing must mint the same IRI, whoever wrote the records. So an entity
that is composed of slots is named by a hash of those slots, a proposition by a hash of its three
parts and of nothing else: no species, dose, time, source or certainty. The text that is hashed
(`Composition.key_text`) is published beside the hash, and docs/keys.md has golden vectors.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from studyclaims.predicates import CONTRADICTORY, RELATIONS
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.model import Entity
    from studyclaims.terms import TermEntry

KEY_RULE: Final = "sc-key-1"
"""The version of the rule that makes keys; it is the first word of every text hashed."""

OPPOSITE: Final = {
    "increased": "decreased",
    "decreased": "increased",
    "present": "absent",
    "absent": "present",
}
"""The change that contradicts each change; ``changed`` has none."""

UNORDERED: Final = frozenset({"association", "comparison", "time"})
"""The families of relations whose topics have no first and no second side."""

_QUALITY: Final = expand("PATO:0000000").removesuffix("0000000")


@lru_cache(maxsize=65536)
def digest(text: str) -> str:
    """Return the 128-bit key of a text: SHA-256, first 16 bytes, base32, 26 small characters.

    >>> digest("sc-key-1 example")
    'idq24fpabacspsdveftdfp5kse'
    """
    first = hashlib.sha256(unicodedata.normalize("NFC", text).encode("utf-8")).digest()[:16]
    return base64.b32encode(first).decode("ascii").rstrip("=").lower()


@dataclass(frozen=True, slots=True)
class Composition:
    """What an entity is made of, every term as its preferred IRI. Equal slots, equal entity.

    >>> Composition(variable=expand("HP:0000938")).iri
    'http://purl.obolibrary.org/obo/HP_0000938'
    """

    variable: str | None = None
    change: str | None = None
    bearer: str | None = None
    within_part: tuple[str, ...] = ()
    by_agent: str | None = None
    due_to: Composition | None = None
    toward: Composition | None = None
    modifier: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "modifier", tuple(sorted(set(self.modifier))))

    @property
    def term(self) -> str | None:
        """The IRI of the one term this is, or None where it is a composition."""
        heads = [slot for slot in (self.variable, self.bearer, self.by_agent) if slot]
        more = (self.change, self.within_part, self.due_to, self.toward, self.modifier)
        return heads[0] if len(heads) == 1 and not any(more) else None

    @property
    def key_text(self) -> str:
        """The text whose hash names this entity: slots in fixed order, sets sorted.

        A nested entity stands in it by its own key, a term by its IRI.
        """
        return _key_text(self)

    def slots(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (slot, its values) for each slot that is filled, in the order of the key."""
        filled = (
            ("variable", (self.variable,)),
            ("bearer", (self.bearer,)),
            ("withinPart", self.within_part),
            ("byAgent", (self.by_agent,)),
            ("modifier", self.modifier),
        )
        terms = {name: tuple(f"<{iri}>" for iri in iris if iri) for name, iris in filled}
        terms["change"] = (self.change,) if self.change else ()
        terms["dueTo"] = (self.due_to.reference,) if self.due_to else ()
        terms["toward"] = (self.toward.reference,) if self.toward else ()
        order = (
            "variable", "change", "bearer", "withinPart", "byAgent", "dueTo", "toward", "modifier",
        )  # fmt: skip
        for name in order:
            if terms[name]:
                yield name, terms[name]

    @property
    def reference(self) -> str:
        """How another key names this entity: ``<term IRI>`` or ``entity/<key>``."""
        return f"<{self.term}>" if self.term else f"entity/{digest(self.key_text)}"

    @property
    def iri(self) -> str:
        """The entity's IRI: the term's own, or one minted from the key."""
        return self.term or f"{BASE}entity/{digest(self.key_text)}"

    @property
    def involved(self) -> frozenset[str]:
        """Every term in this entity, those of nested entities included (``sc:involves``)."""
        own = {self.variable, self.bearer, self.by_agent, *self.within_part, *self.modifier}
        for nested in (self.due_to, self.toward):
            own |= nested.involved if nested else set()
        return frozenset(iri for iri in own if iri)

    @property
    def contrary(self) -> Composition | None:
        """The entity whose change is the opposite one, or None where there is no opposite."""
        flipped = OPPOSITE.get(self.change or "")
        return replace(self, change=flipped) if flipped else None

    @property
    def unsigned(self) -> Composition:
        """The same without its change: what topics group by."""
        return replace(self, change=None)


@lru_cache(maxsize=65536)
def _key_text(entity: Composition) -> str:
    """Return the text of `Composition.key_text`, made once: it is asked for at every step."""
    words = [KEY_RULE, "entity"]
    for name, values in entity.slots():
        words += [name, *values]
    return " ".join(words)


def unsigned_text(key_text: str) -> str:
    """Return the key text of an entity without its change, or the IRI of the term that is left.

    Two entities that differ in their change alone give the same text; it groups, it names nothing.

    >>> unsigned_text("sc-key-1 entity variable <https://ex.org/a> change increased")
    'https://ex.org/a'
    """
    text = re.sub(r" change [a-z]+(?= |$)", "", key_text)
    term = re.fullmatch(r"\S+ entity (?:variable|bearer|byAgent) <(\S+)>", text)
    return term[1] if term else text


def head(entity: Composition, index: Mapping[str, TermEntry]) -> str | None:
    """Return the term that says what an entity is a case of (``sc:coreTerm``).

    The variable where it is a process or a trait; where it is a bare quality (size, number, volume
    of a tissue) the bearer, or else the agent. A quality is a term of PATO, or one whose parents in
    the index lead there.

    >>> size, cell = expand("PATO:0000117"), expand("CL:0000092")
    >>> head(Composition(size, "increased", cell), {}) == cell
    True
    """
    if entity.variable and not _is_quality(entity.variable, index):
        return entity.variable
    return entity.bearer or entity.by_agent or entity.variable


def _is_quality(iri: str, index: Mapping[str, TermEntry]) -> bool:
    """Return whether a term is a quality: PATO's, or a descendant of one of PATO's."""
    ahead, seen = [iri], set()
    while ahead:
        term = ahead.pop()
        if term.startswith(_QUALITY):
            return True
        if term not in seen and term in index:
            seen.add(term)
            ahead += [expand(curie) for curie in index[term].parents]
    return False


def broader(entity: Composition, index: Mapping[str, TermEntry]) -> tuple[Composition, ...]:
    """Return the compositions one step wider than this one, sorted by IRI.

    One slot is dropped (a modifier, the agent, what it is due to, the bearer, the outermost part),
    or one term gives way to a parent that ``ontology/terms/`` lists. The variable, the change, what
    a relational variable is directed at and the head are never dropped: without them it would be
    another thing, not a wider one. A rise or a fall becomes a mere change where the variable gives
    way to a parent that is no magnitude.
    """
    steps = {step.iri: step for step in (*_drops(entity, index), *_lifts(entity, index))}
    steps.pop(entity.iri, None)
    return tuple(steps[iri] for iri in sorted(steps))


def _drops(entity: Composition, index: Mapping[str, TermEntry]) -> Iterator[Composition]:
    """Yield the entity with one slot dropped."""
    if entity.term:
        return
    core = head(entity, index)
    for modifier in entity.modifier:
        yield replace(entity, modifier=tuple(m for m in entity.modifier if m != modifier))
    if entity.due_to:
        yield replace(entity, due_to=None)
    if entity.within_part:
        yield replace(entity, within_part=entity.within_part[:-1])
    if entity.by_agent and core != entity.by_agent:
        yield replace(entity, by_agent=None)
    if entity.bearer and core != entity.bearer:
        yield replace(entity, bearer=None)


def _lifts(entity: Composition, index: Mapping[str, TermEntry]) -> Iterator[Composition]:
    """Yield the entity with one term replaced by a parent, or one cause by a wider one."""
    for parent in _variable_parents(entity.variable, index):
        yield replace(entity, variable=parent, change=_change_of(parent, entity.change, index))
    for parent in _parents(entity.bearer, index):
        yield replace(entity, bearer=parent)
    for parent in _parents(entity.by_agent, index):
        yield replace(entity, by_agent=parent)
    for place, part in enumerate(entity.within_part):
        for parent in _parents(part, index):
            parts = (*entity.within_part[:place], parent, *entity.within_part[place + 1 :])
            yield replace(entity, within_part=parts)


def _parents(iri: str | None, index: Mapping[str, TermEntry]) -> tuple[str, ...]:
    """Return the term's parents that the slices list themselves."""
    entry = index.get(iri or "")
    parents = (expand(curie) for curie in entry.parents) if entry else ()
    return tuple(parent for parent in parents if parent in index)


def _variable_parents(iri: str | None, index: Mapping[str, TermEntry]) -> tuple[str, ...]:
    """Return the parents that are qualities if the term is one, and the others if it is none.

    Where one parent of many is of the other kind, that step would put another term at the head.
    """
    bare = _is_quality(iri or "", index)
    return tuple(p for p in _parents(iri, index) if _is_quality(p, index) == bare)


def _change_of(parent: str, change: str | None, index: Mapping[str, TermEntry]) -> str | None:
    """Return the change of a variable's parent, where that of the variable is known.

    More bone resorption is not more tissue homeostasis, though the one is a kind of the other: all
    that follows is that it changed. Only a magnitude, as an amount is, rises with its kinds.
    """
    if change in {None, "changed", "present"} or index[parent].magnitude:
        return change
    return "changed"


@dataclass(frozen=True, slots=True)
class PropositionKey:
    """A proposition's identity: entity, neutral relation, entity.

    >>> osteopenia = Composition(variable=expand("HP:0000938"))
    >>> fracture = Composition(variable=expand("HP:0002659"))
    >>> PropositionKey(osteopenia, "describe", fracture).iri
    'https://w3id.org/studyclaims/proposition/gyh5ojze6mecimfqgmanxjinoq'
    """

    about: Composition
    relation: str
    outcome: Composition

    @property
    def key_text(self) -> str:
        """The text whose hash names this proposition."""
        relation = RELATIONS[self.relation].curie.removeprefix("sc:")
        parts = ("about", self.about.reference, "link", relation, "outcome", self.outcome.reference)
        return " ".join((KEY_RULE, "proposition", *parts))

    @property
    def iri(self) -> str:
        """The proposition's IRI."""
        return f"{BASE}proposition/{digest(self.key_text)}"

    @property
    def topic_sides(self) -> tuple[Composition, Composition]:
        """The two entities of the topic, without their changes.

        In the families of `UNORDERED` they are sorted: which came first, or is more, is what claims
        on the topic differ about.
        """
        about, outcome = self.about.unsigned, self.outcome.unsigned
        if RELATIONS[self.relation].family in UNORDERED and outcome.reference < about.reference:
            return outcome, about
        return about, outcome

    @property
    def topic_text(self) -> str:
        """The text whose hash names the topic.

        Both changes are dropped and the relation gives way to its family, so that a rise, a fall,
        a null and a refutation of one link stand together.
        """
        family = RELATIONS[self.relation].family
        about, outcome = (side.reference for side in self.topic_sides)
        return " ".join((KEY_RULE, "topic", "about", about, "family", family, "outcome", outcome))

    @property
    def topic_iri(self) -> str:
        """The IRI of what this proposition is for, against or silent about."""
        return f"{BASE}topic/{digest(self.topic_text)}"

    @property
    def contrary(self) -> PropositionKey | None:
        """The proposition of the opposite outcome, or None where the two do not contradict.

        That A precedes a rise and that A precedes a fall can both hold, so only relations in
        `CONTRADICTORY` have one.
        """
        flipped = self.outcome.contrary if self.relation in CONTRADICTORY else None
        return replace(self, outcome=flipped) if flipped else None


def broader_propositions(
    key: PropositionKey, index: Mapping[str, TermEntry]
) -> tuple[PropositionKey, ...]:
    """Return the propositions with one side one step wider, sorted by IRI."""
    steps = [replace(key, about=wider) for wider in broader(key.about, index)]
    steps += [replace(key, outcome=wider) for wider in broader(key.outcome, index)]
    return tuple(sorted(steps, key=lambda step: step.iri))


def compose(name: str, entities: Mapping[str, Entity]) -> Composition:
    """Return what the entity of this name is made of, nested entities resolved.

    The names must be checked before (`studyclaims.records`): every one defined, none circular.
    """
    entity = entities[name]
    if entity.term:
        return Composition(variable=entity.term.iri)
    return Composition(
        variable=entity.variable.iri if entity.variable else None,
        change=entity.change,
        bearer=entity.bearer.iri if entity.bearer else None,
        within_part=tuple(part.iri for part in entity.within_part),
        by_agent=entity.by_agent.iri if entity.by_agent else None,
        due_to=compose(entity.due_to, entities) if entity.due_to else None,
        toward=compose(entity.toward, entities) if entity.toward else None,
        modifier=tuple(modifier.iri for modifier in entity.modifier),
    )


def label(entity: Composition, index: Mapping[str, TermEntry]) -> str:
    """Return the entity in words, made from its slots alone, so that it is the same everywhere."""

    def name(iri: str) -> str:
        entry = index.get(iri)
        return entry.label if entry else iri

    if entity.term:
        return name(entity.term)
    words = [] if entity.change in {None, "present"} else [str(entity.change)]
    quality = name(entity.variable) if entity.variable else ""
    bearer = name(entity.bearer) if entity.bearer else ""
    joint = " of " if entity.change != "present" else " "
    words.append(joint.join(part for part in (quality, bearer) if part))
    words += [f"in {name(part)}" for part in entity.within_part]
    words += [f"by {name(entity.by_agent)}"] if entity.by_agent else []
    words += [f"toward ({label(entity.toward, index)})"] if entity.toward else []
    words += [f"due to ({label(entity.due_to, index)})"] if entity.due_to else []
    # After the phrase they fit any variable: "resorption, not replaced by new tissue".
    return ", ".join([" ".join(words), *(name(modifier) for modifier in entity.modifier)])
