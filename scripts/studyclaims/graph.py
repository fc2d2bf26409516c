"""The Python surface: load a graph, ask it, hand it to rdflib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studyclaims.build import corpus_quads
from studyclaims.formats import serialize
from studyclaims.pages import page
from studyclaims.queries import ask, find_text
from studyclaims.stores.embedded import EmbeddedStore, read_quads

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pyoxigraph import Literal, NamedNode, Quad
    from rdflib import Dataset

    from studyclaims.pages import Page
    from studyclaims.queries import Answer


class Graph:
    """The quads of a dataset, held in memory and ready to be asked.

    >>> len(load()) > 1000
    True
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = frozenset(quads)
        self.store = EmbeddedStore(self._quads)

    def __len__(self) -> int:
        return len(self._quads)

    @property
    def quads(self) -> frozenset[Quad]:
        """The quads as they were read, every number spelled as in its file."""
        return self._quads

    def query(self, asked: str, values: Mapping[str, NamedNode | Literal] | None = None) -> Answer:
        """Return the answer of a named query, of a ``.rq`` file, or of SPARQL text.

        The union of all graphs is asked; our prefixes need no declaration.

        >>> load().query("ASK { ?claim sc:stance sc:supports }")
        True

        Raises:
            QueryError: no such query, or text that cannot be read.
        """
        return ask(self.store, find_text(asked), values)

    def show(self, name: str) -> Page:
        """Return the page of a study, claim, entity, proposition or source.

        >>> print(load().show("HP:0000938").title)
        Osteopenia

        Raises:
            QueryError: the graph has nothing of that name.
        """
        return page(self.store, name)

    def to_rdflib(self) -> Dataset:
        """Return the graph as an rdflib ``Dataset`` whose default graph is the union.

        >>> len(load().to_rdflib()) > 1000
        True
        """
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        normalize = rdflib.NORMALIZE_LITERALS
        rdflib.NORMALIZE_LITERALS = False
        try:
            _parse(dataset, serialize(self._quads, "nq", {}))
        finally:
            rdflib.NORMALIZE_LITERALS = normalize
        return dataset


def _parse(dataset: Dataset, data: bytes) -> None:
    """Read N-Quads into a dataset; rdflib warns about its own old names while it does."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        dataset.parse(data=data, format="nquads")


def load(*paths: Path) -> Graph:
    """Return the packaged graph, or one of these TriG or N-Quads files.

    >>> load().query("ASK { ?claim sc:certainty sc:speculated }")
    True

    Raises:
        StoreError: a file cannot be read.
    """
    if not paths:
        return Graph(corpus_quads())
    return Graph(quad for path in paths for quad in read_quads(path))
