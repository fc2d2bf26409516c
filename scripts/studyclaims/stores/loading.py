"""Loading a dataset into a store: exactly its graphs, all or none, done when they read back.

What a load leaves alone: graphs that hold what they should already, and graphs of others. A graph
is the dataset's own if it is in the dataset now, or if the description of the dataset that stands
in the store lists it as a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from pyoxigraph import NamedNode

from studyclaims.dataset import DATASET
from studyclaims.stores.hashes import digest
from studyclaims.stores.merged import MERGED, is_derived, with_merged
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import Triple

    from studyclaims.stores.hashes import Dataset, Digest

_PART: Final = NamedNode(expand("dct:hasPart"))
_NOTHING: Final = digest(b"")


class Readable(Protocol):
    """A store whose graphs can be read."""

    def graphs(self) -> list[str]:
        """Return the names of its graphs."""

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph, all of them."""


class Place(Readable, Protocol):
    """A store that graphs are loaded into."""

    name: str
    by_value: bool
    """Whether the store writes numbers in its own way."""

    merges: bool
    """Whether a load writes the merged graph too; where there is one, every load does."""

    def ntriples(self, iri: str) -> bytes:
        """Return a graph as N-Triples, whole."""

    def unchanged(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return which of these graphs hold already what they should."""

    def replace(
        self, changed: Mapping[str, bytes], removed: Sequence[str], expected: Mapping[str, Digest]
    ) -> None:
        """Let graphs hold other triples, and others be gone; done when they read back."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, or would do: the graphs by what became of them, and the hash of all.

    The hash, and the numbers of all quads and graphs, are those of what was to be loaded: they
    leave out the merged graph, and so are the same for stores with and without.
    """

    store: str
    dry_run: bool
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    triples: Mapping[str, int]
    sha256: str

    @property
    def changed(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.added or self.replaced or self.removed)

    @property
    def _own(self) -> Mapping[str, int]:
        """How many triples each graph has that is not derived from the others."""
        return {iri: number for iri, number in self.triples.items() if not is_derived(iri)}

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a graph: its name, what became of it, how many triples it has now."""
        named = {"added": self.added, "replaced": self.replaced, "removed": self.removed}
        named["unchanged"] = self.unchanged
        became = {iri: word for word, graphs in named.items() for iri in graphs}
        return [
            {"graph": iri, "change": became[iri], "triples": self.triples.get(iri, 0)}
            for iri in sorted(became)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "store": self.store,
            "dry_run": self.dry_run,
            "changed": self.changed,
            "quads": sum(self._own.values()),
            "sha256": self.sha256,
            "graphs": self.rows(),
        }

    def __str__(self) -> str:
        """Return a line for each graph that changes, and what there is in the end."""
        signs = {"added": "+", "replaced": "~", "removed": "-"}
        lines = [
            f"{signs[row['change']]} {row['graph']} ({_counted(row['triples'], 'triple')})"
            if row["change"] != "removed"
            else f"- {row['graph']}"
            for row in self.rows()
            if row["change"] in signs
        ]
        total = _counted(sum(self._own.values()), "quad")
        graphs = _counted(len(self._own), "graph")
        state = "unchanged" if not self.changed else "would hold" if self.dry_run else "loaded"
        return "\n".join([*lines, f"{state}: {graphs}, {total}, sha256 {self.sha256}"])


def load(dataset: Dataset, place: Place, *, dry_run: bool = False) -> Loaded:
    r"""Return what loading a dataset into a store did, or with ``dry_run`` would do.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.stores.generations import loading_into
    >>> from studyclaims.stores.hashes import Dataset
    >>> one = Dataset({"urn:a:g": b'<urn:a:b> <urn:a:b> "c" .\n'})
    >>> with TemporaryDirectory() as folder, loading_into(Path(folder) / "store") as place:
    ...     [load(one, place).changed, load(one, place).changed]
    [True, False]

    Raises:
        StoreError: the store refused, or does not hold what it should; in all but stores that
            cannot do several things at once, it is then as it was.
    """
    there = set(place.graphs())
    removed = tuple(sorted(outdated(dataset, place, there)))
    merges = place.merges or MERGED in there
    whole = with_merged(dataset, place, removed) if merges else dataset
    wanted = whole.digests if place.by_value else whole.exact
    held = {iri: wanted[iri] for iri in sorted(wanted.keys() & there)}
    same = place.unchanged(held) if held else set()
    same |= {iri for iri in wanted.keys() - there if wanted[iri] == _NOTHING}
    done = Loaded(
        store=place.name,
        dry_run=dry_run,
        added=tuple(sorted(wanted.keys() - there - same)),
        replaced=tuple(sorted(wanted.keys() & there - same)),
        removed=removed,
        unchanged=tuple(sorted(same)),
        triples={iri: whole.digests[iri].triples for iri in sorted(wanted)},
        sha256=dataset.sha256,
    )
    if done.changed and not dry_run:
        changed = {iri: whole.graphs[iri] for iri in (*done.added, *done.replaced)}
        place.replace(changed, done.removed, wanted)
    return done


def outdated(dataset: Dataset, store: Readable, there: set[str]) -> set[str]:
    """Return the graphs of a store that were the dataset's when it was loaded, and are no more.

    >>> from studyclaims.stores.hashes import Dataset
    >>> from studyclaims.stores.disk import DiskStore
    >>> outdated(Dataset({}), DiskStore.__new__(DiskStore), set())
    set()

    Args:
        dataset: what is here; without its description, it is taken for a part.
        store: where the description stands that names what was loaded.
        there: the graphs of the store.
    """
    if DATASET not in there or DATASET not in dataset.graphs:
        return set()
    parts = {
        triple.object.value
        for triple in store.read_graph(DATASET)
        if triple.predicate == _PART and isinstance(triple.object, NamedNode)
    }
    # Whatever a description says, graphs under other addresses are others'.
    ours = {iri for iri in parts if iri.startswith(BASE)}
    return (ours & there) - dataset.graphs.keys()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
