"""The Python surface: load a graph, ask it, hand it to rdflib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal

from studyclaims.build import corpus_quads, record_paths
from studyclaims.chains.explanations import explain
from studyclaims.chains.retraction import retract
from studyclaims.comparing.backing import backing
from studyclaims.comparing.comparison import compare
from studyclaims.comparing.contested import contested
from studyclaims.comparing.voices import read_entities, read_voices
from studyclaims.errors import QueryError, StoreError
from studyclaims.formats import serialize
from studyclaims.ontologies.slices import read_slices
from studyclaims.outside import read_outside
from studyclaims.paths import terms_dir
from studyclaims.quads import study_quads
from studyclaims.queries import Rows, ask, with_values
from studyclaims.questions import questions
from studyclaims.rdf import node
from studyclaims.records import read_record
from studyclaims.release import TOOL
from studyclaims.showing.claimtable import claims_table
from studyclaims.showing.htmlpages import counts_html
from studyclaims.showing.pages import page
from studyclaims.showing.summary import summary
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import BASE
from studyclaims.versions import refuse_mixtures

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import NamedNode, Quad
    from rdflib import Dataset

    from studyclaims.chains.pages import Explanation
    from studyclaims.chains.retraction import Retraction
    from studyclaims.comparing.backing import Backing
    from studyclaims.comparing.comparison import Comparison
    from studyclaims.comparing.contested import Contest
    from studyclaims.queries import Answer
    from studyclaims.showing.pages import Page


class Graph:
    """The quads of a dataset, held in memory and ready to be asked.

    >>> len(load()) > 1000
    True

    Raises:
        ClaimError: a claim is told in two ways, as by two versions of one study.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = frozenset(quads)
        self.store = EmbeddedStore(self._quads)
        refuse_mixtures(self.store)

    def __len__(self) -> int:
        return len(self._quads)

    def __repr__(self) -> str:
        counts = self.counts()
        return f"<Graph studies={counts['studies']} claims={counts['claims']}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: counts of what the graph holds, and of what is signed."""
        return counts_html("Graph", self.counts())

    @property
    def quads(self) -> frozenset[Quad]:
        """The quads as they were read, every number spelled as in its file."""
        return self._quads

    def query(self, asked: str, values: Mapping[str, NamedNode | Literal] | None = None) -> Answer:
        """Return the answer of a named query, of a ``.rq`` file, or of SPARQL text.

        The union of all graphs is asked; our prefixes need no declaration. ``values`` are the
        values of a named query's parameters, and of variables that any other query selects.

        >>> load().query("ASK { ?claim sc:stance sc:supports }")
        True

        Raises:
            QueryError: no such query, text that cannot be read, or a value that the query does not
                take.
        """
        text, bound = with_values(asked, values or {})
        return ask(self.store, text, bound)

    def questions(self) -> Rows:
        """Return the named queries that `query` takes: name, summary and tags of each.

        >>> "list-causes" in [row["name"] for row in load().questions()]
        True
        """
        columns = ("name", "summary", "tags")
        found = [(q.name, q.summary, ", ".join(q.tags)) for q in questions()]
        return Rows(columns, tuple(tuple(map(Literal, row)) for row in found))

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
        raise _not_built(key)

    def _lacks(self, key: str) -> bool:
        """Return whether a study has a record here and is not in the graph."""
        if key not in {path.stem for path in record_paths()}:
            return False
        return not ask(
            self.store, "SELECT ?it { ?it a sc:Study }", {"it": node(f"{BASE}study/{key}#study")}
        )

    def evidence(self, source: str, target: str) -> Backing:
        """Return all that sources say of the link from one thing to another, for it and against it.

        A name is an IRI, a CURIE or a label, of an entity or of a term that entities are made of.

        >>> found = load().evidence("Osteoprotegerin", "UBERON:0002481")
        >>> [(count.title, count.sides["for"]["papers"]) for count in found.counts]
        [('prevent (decreased)', 1)]

        Raises:
            QueryError: the graph has no entity of one of the two names.
        """
        return backing(self.store, source, target)

    def compare(self, one: str, other: str) -> Comparison:
        """Return two studies side by side: how they were done, and what they say of the same.

        A study is named by its key, its DOI or its IRI.

        >>> len(load().compare("ausk-2017", "aliprantis-2012").shared)
        1

        Raises:
            QueryError: the graph lacks one of the two, or both are one study; where a record of
                one was not built into this graph, it says so.
        """
        try:
            return compare(self.store, one, other)
        except QueryError:
            lacking = [key for key in (one, other) if self._lacks(key)]
            if not lacking:
                raise
        raise _not_built(lacking[0])

    def claims(self, *studies: str) -> Rows:
        """Return one row a claim of these studies, of all where none is named, sorted.

        `studyclaims.showing.claimtable` says what each column holds. A claim that cannot be read is
        left out: `faulty_claims` names it.

        >>> rows = load().claims("ausk-2017")
        >>> {row["study"] for row in rows}
        {'ausk-2017'}

        Raises:
            QueryError: the graph has no claim of a study that is named.
        """
        return claims_table(self.store, studies)

    def counts(self) -> dict[str, Any]:
        """Return how many studies, sources, claims and more the graph holds, by name.

        >>> load().counts()["claims signed by a person"]
        0
        """
        return summary(self.store)

    def faulty_claims(self) -> dict[str, str]:
        """Return the claims that cannot be read, each with what is wrong: what is shown lacks them.

        >>> load().faulty_claims()
        {}
        """
        return dict(read_voices(self.store, read_entities(self.store)).unread)

    def contested(self) -> list[Contest]:
        """Return the topics with two sides, and what differs between the sides.

        >>> isinstance(load().contested(), list)
        True
        """
        return contested(self.store)

    def explain(
        self,
        source: str,
        target: str,
        limit: int = 5,
        *,
        all_relations: bool = False,
        max_steps: int | None = None,
    ) -> Explanation:
        """Return the paths of claims from one thing to another, the firmest weakest link first.

        A name is a label, a CURIE or an IRI, of an entity or of a term. With ``all_relations``
        what is not causal counts too: timing, association, description.

        >>> found = load().explain("CHEBI:3160", "osteopenia", limit=1)
        >>> found.paths[0].strength, found.paths[0].step_strength
        ('a join, claimed by nobody', 'stated, by a secondary source only')

        Raises:
            QueryError: the graph has no entity of one of the names.
        """
        return explain(
            self.store, source, target, limit=limit, beside=all_relations, most=max_steps
        )

    def retract(self, name: str) -> Retraction:
        """Return what would fall with a source and the news about it; nothing is changed.

        The source is named by its DOI, its IRI or the key of its study.

        >>> load().retract("10.1152/ajpcell.00363.2016").records
        {'ausk-2017': (32, 32)}

        Raises:
            QueryError: the graph has no such source; names the nearest, or says that the record
                of the study was not built into this graph.
        """
        try:
            return retract(self.store, name)
        except QueryError:
            if not self._lacks(name):
                raise
        raise _not_built(name)

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


def _not_built(key: str) -> QueryError:
    """Return what is said of a study that has a record and is not in the graph."""
    return QueryError(
        f"the graph has no study {key!r}, though there is a record of it; "
        f"run: studyclaims build {key}, or give --from FILE"
    )


def _parse(dataset: Dataset, data: bytes) -> None:
    """Read N-Quads into a dataset; rdflib warns about its own old names while it does."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        dataset.parse(data=data, format="nquads")


def load(*paths: str | os.PathLike[str]) -> Graph:
    """Return the packaged graph, or one of these files: RDF in any form, or a record.

    A file of graphs may end in .trig, .nq, .ttl, .nt, .jsonld or .rdf, or in one of these and .gz;
    nobody need trust it. A record (``.yaml``) is read as `studyclaims build` reads it; nothing is
    written.

    >>> load().query("ASK { ?claim sc:certainty sc:speculated }")
    True

    Raises:
        StoreError: a file cannot be read.
        RecordError: a record cannot be built; holds its findings.
        ClaimError: the files tell a claim in two ways, as two versions of one study do.
    """
    if not paths:
        return Graph(corpus_quads())
    # A blank node of one file is none of another, though both may call theirs b0.
    rename = len(paths) > 1
    return Graph(quad for path in paths for quad in _quads_of(Path(path), rename=rename))


def _quads_of(path: Path, *, rename: bool) -> Iterator[Quad]:
    """Yield the quads of a file of graphs, or those that a record becomes."""
    if path.suffix.lower() != ".yaml":
        yield from read_outside(path, rename=rename)
        return
    index = read_slices(terms_dir())
    try:
        record = read_record(path, index)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read as a record: {error.strerror}") from error
    yield from study_quads(record.study, index, TOOL)
