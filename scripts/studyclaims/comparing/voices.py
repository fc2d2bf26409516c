"""What a graph says of its claims, as far as two of them can be set side by side."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from studyclaims.checking.opposition import Position
from studyclaims.identifiers import unsigned_text
from studyclaims.predicates import RELATIONS, Stance
from studyclaims.queries import ask, each_row
from studyclaims.terms import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from studyclaims.stores.embedded import EmbeddedStore

_CLAIMS: Final = """
SELECT ?claim ?study ?source ?primary ?stance ?certainty ?role ?link ?about ?outcome
WHERE {
    ?claim sc:proposition ?proposition ; sc:source ?source ; dct:isPartOf ?study ;
        sc:stance ?stance ; sc:certainty ?certainty ; sc:role ?role .
    ?proposition sc:about ?about ; sc:link ?link ; sc:outcomeEntity ?outcome .
    OPTIONAL { ?source sc:primarySource ?primary }
}
ORDER BY ?claim
"""

_ENTITIES: Final = """
SELECT ?entity ?label ?text ?change
WHERE {
    ?entity a sc:Entity ; rdfs:label ?label .
    OPTIONAL { ?entity sc:keyText ?text }
    OPTIONAL { ?entity sc:change ?change }
}
ORDER BY ?entity
"""

_MODIFIERS: Final = "SELECT ?entity ?modifier WHERE { ?entity a sc:Entity ; sc:modifier ?modifier }"

_BROADER: Final = "SELECT ?entity ?wider WHERE { ?entity a sc:Entity ; skos:broader ?wider }"

_CONTEXT: Final = """
SELECT DISTINCT ?claim ?field ?value
WHERE {
    VALUES ?field {
        sc:species sc:strain sc:sex sc:age sc:dose sc:route sc:site sc:sitePrinted sc:assay
        sc:comparedWith sc:lagPrinted
    }
    ?claim a sc:Claim ; ?field ?term .
    OPTIONAL { ?term rdfs:label ?label }
    BIND (COALESCE(?label, STR(?term)) AS ?value)
}
"""

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


def papers(side: Iterable[Voice]) -> set[str]:
    """Return the primary sources behind these claims; news counts as the paper it reports on.

    >>> papers([])
    set()
    """
    return {voice.primary_source for voice in side}


@dataclass
class Entities:
    """What the graph says of entities: labels, changes, identity without change, wider ones."""

    labels: dict[str, str] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    unsigned: dict[str, str] = field(default_factory=dict)
    wider: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    modifiers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def unsigned_labels(self) -> dict[str, str]:
        """The label of each entity without its change, by its identity without it."""
        # What is present is labelled without a word for it, as "paralysed muscle": it comes last.
        names = sorted(self.labels, key=lambda n: (self.changes.get(n) == "present", n))
        return {
            self.unsigned[name]: self.labels[name].removeprefix(f"{self.changes.get(name, '')} ")
            for name in names
        }

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
    entities = Entities()
    for row in each_row(ask(store, _ENTITIES)):
        name, text = row["entity"], row["text"]
        entities.labels[name] = row["label"]
        entities.unsigned[name] = unsigned_text(text) if text else name
        if row["change"]:
            entities.changes[name] = local_name(row["change"])
    for row in each_row(ask(store, _MODIFIERS)):
        entities.modifiers[row["entity"]].add(row["modifier"])
    for row in each_row(ask(store, _BROADER)):
        entities.wider[row["entity"]].append(row["wider"])
    return entities


def read_voices(store: EmbeddedStore, entities: Entities) -> Iterator[Voice]:
    """Yield every claim of a graph, in the order of their IRIs.

    >>> from studyclaims.graph import load
    >>> store = load().store
    >>> any(voice.certainty == "hypothesised" for voice in read_voices(store, read_entities(store)))
    True
    """
    context: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in each_row(ask(store, _CONTEXT)):
        context[row["claim"]].append((FIELDS[local_name(row["field"])], row["value"]))
    relations = {row.curie.partition(":")[2]: key for key, row in RELATIONS.items()}
    for row in each_row(ask(store, _CLAIMS)):
        about, outcome = row["about"], row["outcome"]
        position = Position(
            relations[local_name(row["link"])],
            Stance(local_name(row["stance"])),
            entities.changes.get(about, ""),
            entities.changes.get(outcome, ""),
        )
        yield Voice(
            claim=claim_name(row["claim"]),
            study=row["study"],
            source=row["source"],
            primary_source=row["primary"] or row["source"],
            position=position,
            certainty=local_name(row["certainty"]),
            role=local_name(row["role"]),
            entities=(about, outcome),
            labels=(entities.labels[about], entities.labels[outcome]),
            context=tuple(sorted(context[row["claim"]])),
        )


def claim_name(iri: str) -> str:
    """Return a claim's IRI as a user names it.

    >>> claim_name("https://w3id.org/studyclaims/claim/ausk-2017/title-inflammation")
    'ausk-2017/title-inflammation'
    """
    return "/".join(iri.rsplit("/", 2)[1:])
