"""Details: what a graph says of one claim, its evidence and its entities, by a record's names."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from studyclaims.queries import plain
from studyclaims.rdf import node
from studyclaims.readings import elapsed, entity_words, figure, measurement_line
from studyclaims.terms import SC, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from studyclaims.queries import Term
    from studyclaims.stores.embedded import EmbeddedStore

_LABEL: Final = node("rdfs:label")

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

_TRUTHS: Final = frozenset({"measured", "coefficient"})
"""The keys whose value is true or false, and anything else is no value."""

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

_NESTED: Final = 20
"""How many entities, one inside the other, a phrase spells out."""


def said_of(store: EmbeddedStore, iri: str) -> list[Said]:
    """Return all that a graph says of a thing; a value is read by its label where it has one.

    >>> from pyoxigraph import Quad
    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> triple = [node(name) for name in ("sc:x", "sc:pattern", "sc:peak")]
    >>> [text for _, _, text in said_of(EmbeddedStore([Quad(*triple)]), triple[0].value)]
    ['peak']
    """
    subject = thing(iri)
    found = {
        (compress(quad.predicate.value), plain(quad.object), _as_read(store, quad.object))
        for quad in (store.triples(subject) if subject else ())
    }
    return sorted(found, key=lambda said: (said[0], _natural(str(said[1])), str(said[2])))


def thing(text: object) -> NamedNode | BlankNode | None:
    """Return what an IRI, or a blank node's name, stands for; None for what is neither.

    >>> thing("urn:x:a"), thing("bone loss"), thing(7)
    (<NamedNode value=urn:x:a>, None, None)
    """
    if not isinstance(text, str):
        return None
    with suppress(ValueError):
        return BlankNode(text[2:]) if text.startswith("_:") else NamedNode(text)
    return None


def _as_read(store: EmbeddedStore, value: Term) -> Any:  # noqa: ANN401 - a number, or text
    """Return a value as one reads it."""
    if isinstance(value, NamedNode | BlankNode):
        return label_of(store, value) or str(plain(value)).removeprefix(SC)
    return plain(value)


def label_of(store: EmbeddedStore, value: NamedNode | BlankNode) -> str | None:
    """Return the label of a thing, the first of several; None where it has none.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> label_of(EmbeddedStore(), NamedNode("urn:x:a"))
    """
    labels = (quad.object for quad in store.triples(value, _LABEL))
    return min((label.value for label in labels if isinstance(label, Literal)), default=None)


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
    values = {key: joined(key, held[name]) for key, name in names.items() if name in held}
    return {key: value for key, value in values.items() if value is not None}


def joined(key: str, texts: Sequence[Any]) -> Any:  # noqa: ANN401 - a number, a truth, or text
    """Return what is said under a record's key as one value; None for what can be no value there.

    >>> joined("site", ["tibia", "shin"]), joined("n", [8]), joined("strain", [129])
    ('shin; tibia', 8, '129')
    >>> joined("measured", ["perhaps"])
    """
    one = texts[0] if len(texts) == 1 else None
    if key in _TRUTHS:
        return one if isinstance(one, bool) else None
    return one if key == "n" and one is not None else "; ".join(sorted(map(str, texts)))


def evidence(store: EmbeddedStore, said: Iterable[Said]) -> list[dict[str, Any]]:
    """Return a claim's items of evidence in their order, each with its measurements.

    ``said`` is what the graph says of the claim. A measurement also has its ``figure`` and, as
    ``line``, all that is printed of it.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> evidence(EmbeddedStore(), [("sc:restsOn", "https://ex.org/1", "https://ex.org/1")])
    [{'measurements': []}]
    """
    items = []
    for iri in (str(value) for name, value, _ in said if name == "sc:restsOn"):
        own = said_of(store, iri)
        ahead = [str(value) for name, value, _ in own if name == "sc:measurement"]
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

    Far inside of others an entity is read by its label.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> entity_reading(EmbeddedStore(), "https://ex.org/a", {"https://ex.org/a": "bone loss"})
    'bone loss'
    """
    return _reading(store, iri, known, _NESTED)


def _reading(store: EmbeddedStore, iri: str, known: dict[str, str], ahead: int) -> str:
    if iri in known:
        return known[iri]
    subject = thing(iri)
    if subject is None:
        return str(iri)
    label = label_of(store, subject) or iri
    if not ahead:
        return label
    # An outside graph may have an entity that is due to itself.
    known[iri] = label
    slots: dict[str, list[str]] = {}
    # All direct triples of a graph may begin at one entity: only its slots are looked up.
    for prop, slot in _SLOTS.items():
        nested = slot in {"toward", "due_to"}
        for value in (quad.object for quad in store.triples(subject, node(prop))):
            inner = nested and isinstance(value, NamedNode | BlankNode)
            phrase = (
                _reading(store, str(plain(value)), known, ahead - 1)
                if inner
                else str(_as_read(store, value))
            )
            slots.setdefault(slot, []).append(phrase)
    for phrases in slots.values():
        phrases.sort()
    # A graph has the parts as a set; their order stands in the label.
    slots.get("within_part", []).sort(key=lambda part: label.find(f" in {part}"))
    known[iri] = entity_words(slots) if slots else label
    return known[iri]
