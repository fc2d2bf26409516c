"""Details: what a graph says of one claim, its evidence and its entities, by a record's names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from studyclaims.queries import Rows, ask
from studyclaims.rdf import node
from studyclaims.readings import elapsed, entity_words, figure, measurement_line
from studyclaims.terms import SC, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from studyclaims.stores.embedded import EmbeddedStore

_SAID: Final = """
SELECT ?it ?property ?value ?label
WHERE { ?it ?property ?value OPTIONAL { ?value rdfs:label ?label } }
"""

Said = tuple[str, Any, Any]
"""A property's CURIE, a value, and that value as one reads it."""

CONTEXT: Final = {
    "species": "sc:species",
    "strain": "sc:strain",
    "sex": "sc:sex",
    "age": "sc:age",
    "dose": "sc:dose",
    "route": "sc:route",
    "site": "sc:site",
    "site_printed": "sc:sitePrinted",
    "assay": "sc:assay",
    "compared_with": "sc:comparedWith",
    "stated_in": "sc:statedIn",
}
EVIDENCE: Final = {
    "type": "sc:ecoType",
    "at": "sc:locator",
    "measured": "sc:measured",
    "design": "sc:design",
    "test_of": "sc:testOf",
    "hash": "sc:sentenceHash",
    "note": "rdfs:comment",
}
MEASUREMENT: Final = {
    "value": "sc:valuePrinted",
    "spread": "sc:spreadPrinted",
    "unit": "sc:unitCode",
    "n": "sc:sampleN",
    "p": "sc:pPrinted",
    "compared_with": "sc:comparedWith",
    "time": "sc:measuredAfter",
    "pattern": "sc:pattern",
    "coefficient": "sc:isCoefficient",
}
SOURCE: Final = {
    "title": "dct:title",
    "reports": "sc:primarySource",
    "journal": "schema:isPartOf",
    "volume": "schema:volumeNumber",
    "issue": "schema:issueNumber",
    "pages": "schema:pagination",
    "publisher": "schema:publisher",
    "read": "sc:partRead",
}
"""The keys of a record, each with the property that it becomes: what a page calls a thing."""

_SLOTS: Final = {
    "sc:variable": "variable",
    "sc:change": "change",
    "sc:bearer": "bearer",
    "sc:withinPart": "within_part",
    "sc:byAgent": "by_agent",
    "sc:toward": "toward",
    "sc:dueTo": "due_to",
    "sc:modifier": "modifier",
}


def said_of(store: EmbeddedStore, iri: str) -> list[Said]:
    """Return all that a graph says of a thing; a value is read by its label where it has one.

    >>> from pyoxigraph import Quad
    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> triple = [node(name) for name in ("sc:x", "sc:pattern", "sc:peak")]
    >>> [text for _, _, text in said_of(EmbeddedStore([Quad(*triple)]), triple[0].value)]
    ['peak']
    """
    found = ask(store, _SAID, {"it": node(iri)})
    texts: dict[tuple[str, Any], Any] = {}
    for row in found if isinstance(found, Rows) else ():
        name, value, label = compress(row["property"]), row["value"], row["label"]
        text = label or (value.removeprefix(SC) if isinstance(value, str) else value)
        texts[name, value] = min(texts.get((name, value), text), text, key=str)
    listed = [(name, value, text) for (name, value), text in texts.items()]
    return sorted(listed, key=lambda item: (item[0], _natural(str(item[1]))))


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers by size: the tenth item of evidence after the second."""
    parts = re.split(r"([0-9]+)", text)
    return [(len(part) if part.isdecimal() else 0, part) for part in parts]


def named(names: Mapping[str, str], said: Iterable[Said]) -> dict[str, Any]:
    """Return what is said with these properties, by key; of what is said twice the texts, joined.

    >>> named({"site": "sc:site", "sex": "sc:sex"}, [("sc:site", "UBERON:0000979", "tibia")])
    {'site': 'tibia'}
    """
    held: dict[str, list[Any]] = {}
    for name, _, text in said:
        held.setdefault(name, []).append(text)
    return {
        key: texts[0] if len(texts) == 1 else "; ".join(sorted(map(str, texts)))
        for key, texts in ((key, held.get(name)) for key, name in names.items())
        if texts
    }


def evidence(store: EmbeddedStore, said: Iterable[Said]) -> list[dict[str, Any]]:
    """Return a claim's items of evidence in their order, each with its measurements.

    ``said`` is what the graph says of the claim. A measurement also has its ``figure`` and, as
    ``line``, all that is printed of it.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> evidence(EmbeddedStore(), [("sc:restsOn", "https://ex.org/1", "https://ex.org/1")])
    [{'measurements': []}]
    """
    items = []
    for iri in (value for name, value, _ in said if name == "sc:restsOn"):
        own = said_of(store, iri)
        ahead = [value for name, value, _ in own if name == "sc:measurement"]
        items.append(named(EVIDENCE, own) | {"measurements": [_measured(store, m) for m in ahead]})
    return items


def _measured(store: EmbeddedStore, iri: str) -> dict[str, Any]:
    """Return a measurement with its figure and the line it makes."""
    found = named(MEASUREMENT, said_of(store, iri))
    if "time" in found:
        found["time"] = elapsed(found["time"])
    return found | {"figure": figure(found), "line": measurement_line(found)}


def entity_reading(store: EmbeddedStore, iri: str, known: dict[str, str]) -> str:
    """Return an entity as a phrase, out of its slots, else its label; ``known`` gains it.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> entity_reading(EmbeddedStore(), "https://ex.org/a", {"https://ex.org/a": "bone loss"})
    'bone loss'
    """
    if iri in known:
        return known[iri]
    said = said_of(store, iri)
    label = str(named({"label": "rdfs:label"}, said).get("label", iri))
    # An outside graph may have an entity that is due to itself.
    known[iri] = label
    slots: dict[str, list[str]] = {}
    for name, value, text in said:
        slot = _SLOTS.get(name)
        if slot:
            nested = slot in {"toward", "due_to"}
            phrase = entity_reading(store, value, known) if nested else str(text)
            slots.setdefault(slot, []).append(phrase)
    # A graph has the parts as a set; their order stands in the label.
    slots.get("within_part", []).sort(key=lambda part: label.find(f" in {part}"))
    slots.get("modifier", []).sort()
    known[iri] = entity_words(slots) if slots else label
    return known[iri]
