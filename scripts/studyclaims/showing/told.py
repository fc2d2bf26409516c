"""What a graph says of all its claims, read at once: for a table, however many claims there are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import QuerySolutions

from studyclaims.queries import plain
from studyclaims.showing.details import entity_reading, joined
from studyclaims.terms import SC, compress, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.stores.embedded import EmbeddedStore

_SAID: Final = """
SELECT ?it ?property ?value
WHERE {
    { ?it a sc:Claim } UNION { ?it a sc:Evidence } UNION { ?it a sc:Measurement }
    UNION { ?it a sc:Source }
    ?it ?property ?value
    FILTER(?property IN (
        rdf:type, rdf:predicate, dct:isPartOf, dct:title, sc:proposition, sc:source,
        sc:primarySource, sc:stance, sc:certainty, sc:basis, sc:role, sc:cue, sc:restsOn,
        sc:lagPrinted, sc:lagBound, sc:lagFrom, sc:species, sc:strain, sc:sex, sc:age, sc:dose,
        sc:route, sc:site, sc:sitePrinted, sc:assay, sc:comparedWith, sc:ecoType, sc:locator,
        sc:measured, sc:measurement, sc:valuePrinted, sc:value, sc:spreadPrinted, sc:unitCode,
        sc:sampleN, sc:pPrinted, sc:measuredAfter, sc:pattern, sc:isCoefficient
    ))
}
"""
"""What is said of claims, evidence, measurements and sources, as far as a column asks for it."""

_PROPOSITIONS: Final = """
SELECT ?it ?property ?value
WHERE {
    { SELECT DISTINCT ?it WHERE { ?claim a sc:Claim ; sc:proposition ?it } }
    ?it ?property ?value FILTER(?property IN (sc:about, sc:link, sc:outcomeEntity))
}
"""

_ENTITIES: Final = """
SELECT ?it ?property ?value
WHERE {
    {
        SELECT DISTINCT ?it
        WHERE { ?claim a sc:Claim ; sc:proposition/(sc:about|sc:outcomeEntity) ?it }
    }
    ?it ?property ?value FILTER(?property IN (sc:coreTerm, sc:involves, sc:change))
}
"""
"""Of an entity only what is listed: all direct triples of a graph may begin at one term."""

_LABELS: Final = "SELECT ?it ?label WHERE { ?it rdfs:label ?label }"

_STUDIES: Final = """
SELECT ?study ?status ?tool ?version ?person
WHERE {
    ?header foaf:primaryTopic ?study .
    OPTIONAL { ?header sc:recordStatus ?status }
    OPTIONAL {
        ?header sc:draftedBy ?who .
        OPTIONAL { ?who rdfs:label ?tool }
        OPTIONAL { ?who schema:softwareVersion ?version }
        OPTIONAL { ?who schema:identifier ?person }
    }
}
ORDER BY ?study ?status ?tool ?version ?person
"""


@dataclass
class Told:
    """All that a graph says of its claims and of what they are made of, read at once."""

    store: EmbeddedStore
    said: defaultdict[str, dict[str, list[Any]]] = field(default_factory=lambda: defaultdict(dict))
    labels: dict[str, str] = field(default_factory=dict)
    studies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)

    def linked(self, iri: str | None, name: str) -> list[Any]:
        """Return the values of a property, the tenth item of evidence after the second."""
        said = self.said.get(iri or "", {})
        return sorted(said.get(name, ()), key=_numbered)

    def first(self, iri: str | None, name: str) -> Any:  # noqa: ANN401 - a plain value
        """Return the first value of a property; None where there is none."""
        return next(iter(self.linked(iri, name)), None)

    def texts(self, iri: str, names: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of these properties as `details.named` gives them."""
        said = self.said[iri]
        held = [(key, said[name]) for key, name in names.items() if name in said]
        found = {key: joined(key, [self.label(v) for v in values]) for key, values in held}
        return {key: value for key, value in found.items() if value is not None}

    def label(self, value: Any) -> Any:  # noqa: ANN401 - a number, or text
        """Return a value as one reads it."""
        if not isinstance(value, str):
            return value
        return self.labels.get(value) or value.removeprefix(SC)

    def reading(self, entity: str) -> str:
        """Return an entity as a phrase."""
        return entity_reading(self.store, entity, self.readings)


def read_told(store: EmbeddedStore) -> Told:
    """Return all that a graph says of its claims and of what they are made of.

    >>> from studyclaims.graph import load
    >>> told = read_told(load().store)
    >>> told.label("http://purl.obolibrary.org/obo/HP_0000938")
    'Osteopenia'
    """
    told = Told(store)
    for found in (store.query(_SAID), store.query(_PROPOSITIONS), store.query(_ENTITIES)):
        for it, prop, value in _plain_rows(found):
            told.said[it].setdefault(compress(prop), []).append(value)
    for it, label in _plain_rows(store.query(_LABELS)):
        told.labels[it] = min(told.labels.get(it, str(label)), str(label))
    for study, status, tool, version, person in _plain_rows(store.query(_STUDIES)):
        drafter = " ".join(str(part) for part in (tool, version) if part)
        by = drafter or compress(str(person or ""))
        header = {"record_status": local_name(str(status or "")), "drafted_by": by}
        told.studies.setdefault(study, header)
    return told


def _plain_rows(found: object) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an answer as plain values, in the order of its variables.

    They come as the store finds them: `queries.ask` would keep hundreds of thousands of terms.
    """
    for row in found if isinstance(found, QuerySolutions) else ():
        yield tuple(map(plain, row))


def _numbered(value: object) -> tuple[int, str]:
    """Return a key that sorts what is numbered by its number: the tenth after the second."""
    text = str(value)
    return len(text), text
