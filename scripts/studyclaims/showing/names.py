"""What a name stands for in a graph: a study's key, ``key/claim``, a DOI, an IRI, a CURIE, a label.

An entity may also be named as sentences have it, where it alone reads so.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from studyclaims.errors import QueryError, TermError
from studyclaims.queries import Rows, ask, each_row
from studyclaims.rdf import node
from studyclaims.showing.details import entity_reading
from studyclaims.similar import nearest
from studyclaims.terminal import shown
from studyclaims.terms import BASE, TermEntry, compress, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.stores.embedded import EmbeddedStore

_LABELLED: Final = (
    "SELECT ?it ?text ?label { ?it rdfs:label ?label FILTER(LCASE(?label) = ?text) } ORDER BY ?it"
)

_NAMED: Final = """
SELECT DISTINCT ?it ?label
WHERE {
    ?it rdfs:label ?label
    { ?it a sc:Entity }
    UNION
    { ?entity (sc:variable|sc:bearer|sc:withinPart|sc:byAgent|sc:modifier) ?it }
}
ORDER BY ?it DESC(?label)
"""

_ENTITIES: Final = """
SELECT DISTINCT ?it ?entity
WHERE {
    { ?it a sc:Entity BIND(?it AS ?entity) }
    UNION
    { ?entity (sc:variable|sc:bearer|sc:withinPart|sc:byAgent|sc:modifier) ?it }
}
"""


def candidates(store: EmbeddedStore, name: str) -> Iterator[str]:
    """Yield the IRIs that a name may stand for, the likeliest first, whether or not they are there.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> list(candidates(EmbeddedStore(), "10.1234/Able"))
    ['https://doi.org/10.1234/able']
    """
    if name.isprintable():
        yield from filter(_is_iri, _written_as(store, name))


def entities_named(store: EmbeddedStore, name: str) -> list[str]:
    """Return the entities that a name stands for, sorted: that entity, and those made of that term.

    A term of an entity that another is due to, or directed at, does not count: what a toxin's
    paralysis brought about is not the toxin.

    >>> from studyclaims.graph import load
    >>> "http://purl.obolibrary.org/obo/HP_0000938" in entities_named(load().store, "osteopenia")
    True

    Raises:
        QueryError: the graph has no entity of that name; names the nearest.
    """
    for iri in candidates(store, name):
        found = ask(store, _ENTITIES, {"it": node(iri)})
        entities = sorted({row["entity"] for row in found} if isinstance(found, Rows) else ())
        if entities:
            return entities
    near = [f"{shown(entry.label)} ({entry.curie})" for entry in nearest(name, _entries(store))]
    meant = f"did you mean {' or '.join(near)}? else " if near else ""
    raise QueryError(
        f"the graph has no entity {name!r}, and none made of a term of that name; "
        f"{meant}write an IRI, a CURIE or a label"
    )


def _entries(store: EmbeddedStore) -> dict[str, TermEntry]:
    """Return what `entities_named` takes, by IRI: each with its label, and as a sentence has it."""
    known: dict[str, str] = {}
    labels = {row["it"]: row["label"] for row in each_row(ask(store, _NAMED))}
    return {
        iri: TermEntry(compress(iri), str(label), synonyms=(entity_reading(store, iri, known),))
        for iri, label in labels.items()
    }


def _read_as(store: EmbeddedStore, name: str) -> list[str]:
    """Return what has these words as its form in a sentence."""
    wanted = " ".join(name.casefold().split())
    entries = _entries(store).items()
    return [iri for iri, e in entries if wanted in {s.casefold() for s in e.synonyms}]


def _is_iri(text: str) -> bool:
    """Return whether the engine takes a text for an IRI."""
    with suppress(ValueError):
        return bool(node(text))
    return False


def _written_as(store: EmbeddedStore, name: str) -> Iterator[str]:
    if re.fullmatch(r"https?://\S+", name):
        yield name
    elif re.fullmatch(r"10\.\d{4,9}/\S+", name):
        yield f"https://doi.org/{name.lower()}"
    elif re.fullmatch(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*", name):
        yield f"{BASE}claim/{name}"
    else:
        if re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            yield f"{BASE}study/{name}#study"
        with suppress(TermError):
            yield expand(name)
        found = ask(store, _LABELLED, {"text": Literal(name.lower())})
        labels = {row["it"]: row["label"] for row in found} if isinstance(found, Rows) else {}
        # What is written just so comes before what differs in capitals.
        yield from sorted(labels, key=lambda iri: (labels[iri] != name, iri))
        # A term's label says the same in a sentence: only what is made of several has words more.
        read_so = _read_as(store, name) if not labels and len(name.split()) > 1 else []
        yield from read_so if len(read_so) == 1 else ()
