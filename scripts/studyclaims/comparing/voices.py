"""What a graph says of its claims, as far as two of them can be set side by side."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeGuard

from pyoxigraph import NamedNode

from studyclaims.checking.opposition import Position
from studyclaims.errors import ClaimError
from studyclaims.identifiers import unsigned_text
from studyclaims.predicates import RELATIONS
from studyclaims.queries import plain
from studyclaims.rdf import node
from studyclaims.showing.claims import Claims, name_of
from studyclaims.terms import compress, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.showing.claims import Claim
    from studyclaims.stores.embedded import EmbeddedStore

FIELDS: Final = {
    "species": "species", "strain": "strain", "sex": "sex", "age": "age", "dose": "dose",
    "route": "route", "site": "site", "sitePrinted": "site as printed", "assay": "assay",
    "comparedWith": "compared with", "lagPrinted": "time",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voice:
    """One claim as a side of a topic shows it."""

    claim: str
    study: str
    source: str
    primary_source: str
    position: Position
    certainty: str
    role: str
    entities: tuple[str, str]
    labels: tuple[str, str]
    context: tuple[tuple[str, str], ...]

    @property
    def reading(self) -> str:
        """The claim's proposition, in words."""
        about, outcome = self.labels
        return f"{about} | {RELATIONS[self.position.relation].reads} | {outcome}"


@dataclass(frozen=True, slots=True)
class Voices:
    """The claims of a graph; ``unread`` says of those that cannot be read what is wrong."""

    told: tuple[Voice, ...]
    unread: Mapping[str, str]

    def __iter__(self) -> Iterator[Voice]:
        return iter(self.told)


def papers(side: Iterable[Voice]) -> set[str]:
    """Return the primary sources behind these claims; news counts as the paper it reports on.

    >>> papers([])
    set()
    """
    return {voice.primary_source for voice in side}


class Labels(dict[str, str]):
    """The labels of entities; one that has none is called by its CURIE.

    >>> Labels({"urn:x:a": "rest"})["urn:x:a"], Labels()["http://purl.obolibrary.org/obo/CL_1"]
    ('rest', 'CL:1')
    """

    def __missing__(self, name: str) -> str:
        return compress(name)


@dataclass
class Entities:
    """What the graph says of entities: labels, changes, identity without change, wider ones."""

    labels: dict[str, str] = field(default_factory=Labels)
    changes: dict[str, str] = field(default_factory=dict)
    unsigned: dict[str, str] = field(default_factory=dict)
    wider: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    modifiers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def unsigned_labels(self) -> dict[str, str]:
        """The label of each entity without its change, by its identity without it."""
        # What is present is labelled without a word for it, as "paralysed muscle": it comes last.
        names = sorted(self.labels, key=lambda n: (self.changes.get(n) == "present", n))
        return Labels(
            {
                self.unsigned[name]: self.labels[name].removeprefix(
                    f"{self.changes.get(name, '')} "
                )
                for name in names
            }
        )

    def above(self, entity: str, *, modified: bool) -> dict[str, int]:
        """Return the entity and every wider one, each with the fewest broader steps to it.

        With ``modified`` no step drops a modifier.
        """
        steps, found, ahead = 0, {entity: 0}, [entity]
        kept = self.modifiers[entity]
        while ahead:
            steps += 1
            ahead = [w for e in ahead for w in self.wider[e] if w not in found]
            ahead = [w for w in ahead if not modified or self.modifiers[w] >= kept]
            found.update(dict.fromkeys(ahead, steps))
        return found

    def reached(self, entity: str, *, modified: bool) -> dict[str, int]:
        """Return every entity of `above` without its change, and the fewest steps to it."""
        nearest: dict[str, int] = {}
        for name, distance in self.above(entity, modified=modified).items():
            key = self.unsigned.get(name, name)
            nearest[key] = min(distance, nearest.get(key, distance))
        return nearest


def read_entities(store: EmbeddedStore) -> Entities:
    """Return what a graph says of its entities.

    >>> from studyclaims.graph import load
    >>> read_entities(load().store).labels["http://purl.obolibrary.org/obo/HP_0000938"]
    'Osteopenia'
    """
    found = store.triples(predicate=node("rdf:type"), value=node("sc:Entity"))
    names = sorted(it.value for it in (quad.subject for quad in found) if _is_iri(it))
    entities = Entities(labels=Labels(_first(store, "rdfs:label", names)))
    for name in names:
        entities.unsigned[name] = name
        entities.labels.setdefault(name, entities.labels[name])
    for name, text in _first(store, "sc:keyText", names).items():
        entities.unsigned[name] = unsigned_text(text)
    for name, change in _first(store, "sc:change", names).items():
        entities.changes[name] = local_name(change)
    for name, modifier in _pairs(store, "sc:modifier", names):
        entities.modifiers[name].add(modifier)
    for name, wider in sorted(_pairs(store, "skos:broader", names)):
        entities.wider[name].append(wider)
    return entities


def _is_iri(term: object) -> TypeGuard[NamedNode]:
    return isinstance(term, NamedNode)


def _pairs(store: EmbeddedStore, prop: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what a graph says of these things with one property."""
    known = set(names)
    for quad in store.triples(predicate=node(prop)):
        name = plain(quad.subject)
        if name in known:
            yield name, str(plain(quad.object))


def _first(store: EmbeddedStore, prop: str, names: Iterable[str]) -> dict[str, str]:
    """Return what a graph says of these things with one property, the first of several."""
    found: dict[str, str] = {}
    for name, value in _pairs(store, prop, names):
        found[name] = min(found.get(name, value), value)
    return found


def read_voices(store: EmbeddedStore, entities: Entities) -> Voices:
    """Return every claim of a graph, in the order of their IRIs.

    >>> from studyclaims.graph import load
    >>> store = load().store
    >>> any(voice.certainty == "hypothesised" for voice in read_voices(store, read_entities(store)))
    True
    """
    claims = Claims(store)
    told, unread = [], {}
    for iri in claims.iris():
        try:
            told.append(_voice(claims.read(iri), claims, entities))
        except ClaimError as error:
            unread[error.name] = error.problem
    return Voices(tuple(told), unread)


def _voice(claim: Claim, claims: Claims, entities: Entities) -> Voice:
    """Return a claim as a side of a topic shows it."""
    ends = (claim.about, claim.outcome)
    about, outcome = (entities.changes.get(end, "") for end in ends)
    context = {
        (field, claims.read_as(value))
        for name, field in FIELDS.items()
        for value in claim.fields.get(f"sc:{name}", ())
    }
    return Voice(
        claim=name_of(claim.iri),
        study=claim.study,
        source=claim.source,
        primary_source=claim.primary or claim.source,
        position=Position(claim.relation, claim.stance, about, outcome),
        certainty=str(claim.certainty),
        role=local_name(claim.role),
        entities=ends,
        labels=(entities.labels[claim.about], entities.labels[claim.outcome]),
        context=tuple(sorted(context)),
    )
