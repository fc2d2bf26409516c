"""What a name stands for in a graph: a study's key, ``key/claim``, DOI, IRI, CURIE or label."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from studyclaims.errors import QueryError, TermError
from studyclaims.queries import Rows, ask
from studyclaims.rdf import node
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.stores.embedded import EmbeddedStore

_LABELLED: Final = (
    "SELECT ?it ?text ?label { ?it rdfs:label ?label FILTER(LCASE(?label) = ?text) } ORDER BY ?it"
)

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
        QueryError: the graph has no entity of that name.
    """
    for iri in candidates(store, name):
        found = ask(store, _ENTITIES, {"it": node(iri)})
        entities = sorted({row["entity"] for row in found} if isinstance(found, Rows) else ())
        if entities:
            return entities
    raise QueryError(
        f"the graph has no entity {name!r}, and none made of a term of that name; "
        "write an IRI, a CURIE or a label"
    )


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
