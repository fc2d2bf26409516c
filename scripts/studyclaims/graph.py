"""The Python surface: load a graph, ask it, hand it to rdflib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studyclaims.build import corpus_quads, record_paths
from studyclaims.contested import contested
from studyclaims.errors import QueryError
from studyclaims.formats import serialize
from studyclaims.pages import page
from studyclaims.queries import ask, find_text
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore, read_quads
from studyclaims.terms import BASE

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Literal, NamedNode, Quad
    from rdflib import Dataset

    from studyclaims.contested import Contest
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
            QueryError: the graph has nothing of that name; where a record of it was not built into
                this graph, it says so.
        """
        try:
            return page(self.store, name)
        except QueryError:
            key = name.partition("/")[0]
            if not self._lacks(key):
                raise
        raise QueryError(
            f"the graph has no study {key!r}, though there is a record of it; "
            f"run: studyclaims build {key}, or give --from FILE"
        )

    def _lacks(self, key: str) -> bool:
        """Return whether a study has a record here and is not in the graph."""
        if key not in {path.stem for path in record_paths()}:
            return False
        return not ask(
            self.store, "SELECT ?it { ?it a sc:Study }", {"it": node(f"{BASE}study/{key}#study")}
        )

    def contested(self) -> list[Contest]:
        """Return the topics with two sides, and what differs between the sides.

        >>> isinstance(load().contested(), list)
        True
        """
        return contested(self.store)

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


def load(*paths: str | os.PathLike[str]) -> Graph:
    """Return the packaged graph, or one of these TriG, N-Quads or Turtle files.

    >>> load().query("ASK { ?claim sc:certainty sc:speculated }")
    True

    Raises:
        StoreError: a file cannot be read.
    """
    if not paths:
        return Graph(corpus_quads())
    return Graph(quad for path in paths for quad in read_quads(Path(path)))
