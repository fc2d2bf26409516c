"""The merged graph: what all graphs of ours hold, each triple once, for stores on servers.

Descriptions of entities stand in the graphs of many studies. Most stores find a triple once for
each graph that has it, so that a question over the union of all graphs has rows too many, and is
slow. A load therefore writes this graph too, and `query --store` asks it in place of the union.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from studyclaims.stores.hashes import Dataset
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studyclaims.stores.loading import Place, Readable

MERGED: Final = f"{BASE}graph/merged"
"""The name of the graph; what is derived beside it has a name that begins with it."""

PARTS: Final = f"{MERGED}/parts"
"""The graph that lists what is merged, as far as the names do not tell that it is ours."""

_PART: Final = NamedNode(expand("dct:hasPart"))


def with_merged(dataset: Dataset, store: Place, removed: Iterable[str] = ()) -> Dataset:
    r"""Return a dataset and the merge of what a store will hold of ours once it is loaded.

    Ours are the graphs that are loaded, those that were merged before, and all under our address.

    >>> from pathlib import Path
    >>> from studyclaims.stores.generations import DiskPlace
    >>> one = b'<urn:a:b> <urn:a:b> "c" .\n'
    >>> both = Dataset({"urn:a:g": one, "urn:a:h": one})
    >>> with_merged(both, DiskPlace(Path("/no/such"))).graphs[MERGED]
    b'<urn:a:b> <urn:a:b> "c" .\n'

    Args:
        dataset: what is to be loaded.
        store: where it is loaded into; what it holds beside that is read.
        removed: the graphs that the load takes away.

    Raises:
        StoreError: the store cannot be read.
    """
    there = set(store.graphs())
    kept = (there & _merged_before(store, there)) | {iri for iri in there if iri.startswith(BASE)}
    beside = {iri for iri in kept - {*removed, *dataset.graphs} if not is_derived(iri)}
    lines: set[bytes] = set()
    for text in dataset.graphs.values():
        lines.update(text.splitlines(keepends=True))
    for iri in beside:
        lines.update(store.ntriples(iri).splitlines(keepends=True))
    full = beside | {iri for iri, text in dataset.graphs.items() if text}
    others = sorted(iri for iri in full if not iri.startswith(BASE))
    parts = "".join(f"<{MERGED}> {_PART} {NamedNode(iri)} .\n" for iri in others)
    derived = {MERGED: b"".join(sorted(lines)), PARTS: parts.encode()}
    needed = {iri: text for iri, text in derived.items() if text or iri in there}
    return Dataset({**dataset.graphs, **needed})


def is_derived(iri: str) -> bool:
    """Return whether a graph is the merge of others, or tells of it.

    >>> is_derived(MERGED), is_derived(PARTS), is_derived(f"{BASE}graph/mappings")
    (True, True, False)
    """
    return iri in {MERGED, PARTS}


def _merged_before(store: Readable, there: set[str]) -> set[str]:
    """Return the graphs of other addresses that the standing merge holds."""
    if PARTS not in there:
        return set()
    triples = store.read_graph(PARTS)
    return {triple.object.value for triple in triples if isinstance(triple.object, NamedNode)}
