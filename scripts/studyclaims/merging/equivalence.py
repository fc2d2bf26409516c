"""Which ids are one thing: cliques of exact matches, each with the rows that made it.

A row counts only if its predicate says that two ids are one thing, and both are ids; a near,
broader or related match never does. Chains are followed to their ends. A clique is refused as a
whole where a row denies that two of its ids are one, where two of its ids have one prefix, or where
its ids are of kinds that no thing is at once: then none of its ids is replaced, and the rows are
told.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from studyclaims.merging.curies import canonical, canonical_ids, prefix_of
from studyclaims.merging.identity import APART as APART_FROM
from studyclaims.merging.identity import SAME, is_id, says, unquoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pyarrow as pa

ORDER: Final = (
    "mondo", "hp", "mp", "go", "uberon", "cl", "chebi", "ncbigene", "hgnc", "mgi", "uniprot", "pr",
    "ncbitaxon", "maxo", "pato", "eco", "doid", "omim", "orpha", "ncit", "mesh", "umls",
)  # fmt: skip
"""Which prefix the canonical id of a clique has, if it has one of these: the first."""

KINDS: Final = {
    "disorder": "Disease DiseaseOrPhenotypicFeature PhenotypicFeature",
    "gene": "Gene GeneFamily Protein Polypeptide Transcript Exon NoncodingRNAProduct MicroRNA",
    "process": "BiologicalProcess MolecularActivity Pathway PhysiologicalProcess"
    " PathologicalProcess BiologicalProcessOrActivity",
    "part": "AnatomicalEntity Cell CellLine CellularComponent GrossAnatomicalStructure",
    "chemical": "ChemicalEntity SmallMolecule Drug MolecularMixture Protein Polypeptide",
    "taxon": "OrganismTaxon",
}
"""Classes of Biolink by what a thing can be; a class that is not here is no reason."""

PREFIX_KINDS: Final = {
    "chebi": "chemical",
    "cl": "part",
    "doid": "disorder",
    "drugbank": "chemical gene",
    "go": "process part",
    "hgnc": "gene",
    "hp": "disorder",
    "mgi": "gene",
    "mondo": "disorder",
    "mp": "disorder",
    "ncbigene": "gene",
    "ncbitaxon": "taxon",
    "omim": "disorder gene",
    "orpha": "disorder",
    "pr": "gene chemical",
    "reactome": "process gene chemical",
    "uberon": "part",
    "uniprot": "gene chemical",
    "wikipathways": "process",
}
"""What the ids of a prefix can be, where nobody tells their category."""

_ANY: Final = frozenset(KINDS)
_SHOWN: Final = 100
"""How many rows are told that name what is no id."""


def is_exact(predicate: str) -> bool:
    """Return whether a predicate says that two ids are one thing.

    >>> is_exact("skos:exactMatch"), is_exact("skos:closeMatch"), is_exact("not:skos:exactMatch")
    (True, False, False)
    """
    return says(predicate) == SAME


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A row of a mapping: two ids as they are in it, and where it stands."""

    subject: str
    predicate: str
    object: str
    negated: bool
    source: str
    record: str

    @property
    def denies(self) -> bool:
        """Whether it says that its two ids are not one thing."""
        return says(self.predicate, negated=self.negated) == APART_FROM

    def __str__(self) -> str:
        no = "not " if self.negated else ""
        place = f"{self.source}:{self.record}" if self.record else self.source
        return f"{place}: {self.subject} {no}{self.predicate} {self.object}"


APART: Final = (
    Row("HP:0000938", "skos:exactMatch", "MONDO:0016370", True, "NodeNormalization#249", ""),
)
"""What is known to have been taken for one thing, and is not: these rows always count."""


@dataclass(frozen=True, slots=True)
class Clique:
    """Ids that rows say are one thing, and why they are not taken for one, if they are not."""

    ids: tuple[str, ...]
    leader: str
    rows: tuple[Row, ...]
    fault: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        rows = [str(row) for row in self.rows]
        return {"ids": list(self.ids), "leader": self.leader, "fault": self.fault, "rows": rows}


@dataclass(slots=True)
class Cliques:
    """All cliques of some mappings; ids are in their one spelling."""

    leader: dict[str, str] = field(default_factory=dict)
    """Each id that has another canonical one, and that."""

    refused: list[Clique] = field(default_factory=list)
    passed_over: int = 0
    """How many rows have a predicate that makes no two ids one thing."""

    _of: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _rows: Sequence[Row] = ()
    _clique: Callable[[tuple[int, ...]], Clique] | None = None

    def why(self, it: str) -> Clique | None:
        """Return the clique of an id, in whatever spelling, with the rows that made it."""
        found = self._of.get(canonical(it))
        return None if found is None or self._clique is None else self._clique(found)

    def table(self, ids: pa.Array, style: str = "biolink") -> pa.Table:
        """Return each id that has another canonical one: as it is written, and that one.

        >>> import pyarrow as pa
        >>> Cliques().table(pa.array(["go:1", "GO:2"])).to_pylist()
        [{'id': 'go:1', 'canonical': 'GO:1'}]

        Args:
            ids: ids as they are written, each once.
            style: how the canonical ones are to be spelled.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        spelled = canonical_ids(ids).to_pylist()
        leaders = pa.array([self.leader.get(it, it) for it in spelled], pa.string())
        made = pa.table({"id": ids, "canonical": canonical_ids(leaders, style)})
        return made.filter(pc.not_equal(made["id"], made["canonical"]))


def cliques(
    mappings: Iterable[pa.RecordBatch],
    ids: Iterable[str] | None = None,
    categories: Mapping[str, Iterable[str]] | None = None,
) -> Cliques:
    """Return which ids are one thing by some mappings.

    >>> from studyclaims.merging.readers.reading import Mapped, batch
    >>> rows = [Mapped("mondo:1", "skos:exactMatch", "DOID:2", False, "a.tsv", "7")]
    >>> rows.append(Mapped("DOID:2", "skos:broadMatch", "MESH:D3", False, "a.tsv", "8"))
    >>> found = cliques([batch(Mapped, rows)])
    >>> found.leader, found.why("MONDO:1").rows[0].record, found.why("MESH:D3")
    ({'DOID:2': 'MONDO:1'}, '7', None)

    Args:
        mappings: batches of the table of mappings.
        ids: the ids to tell canonical ones of; without them, all in the mappings.
        categories: the Biolink categories of ids, where they are known.
    """
    table = _Table(mappings)
    kinds = _kinds(categories or {})
    groups = table.groups()
    found = Cliques(passed_over=table.passed_over, _rows=table.rows)
    wanted = None if ids is None else {canonical(it) for it in ids}
    made: dict[tuple[int, ...], Clique] = {}

    def clique(numbers: tuple[int, ...]) -> Clique:
        if numbers not in made:
            made[numbers] = _clique([table.rows[n] for n in numbers], table.spelled, kinds)
        return made[numbers]

    found._clique = clique
    for numbers in groups:
        it = clique(numbers)
        found._of |= dict.fromkeys(it.ids, numbers)
        if it.fault:
            found.refused.append(it)
            continue
        for name in it.ids:
            if name != it.leader and (wanted is None or name in wanted):
                found.leader[name] = it.leader
    found.refused += table.no_ids()
    return found


class _Table:
    """The rows that count, and the one spelling of each id in them."""

    def __init__(self, mappings: Iterable[pa.RecordBatch]) -> None:
        self.rows: list[Row] = []
        self.passed_over = 0
        kept: set[Row] = set(APART)
        self.unfit: set[Row] = set()
        for batch in mappings:
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row = Row(*values)
                said = says(row.predicate, negated=row.negated)
                if not said:
                    self.passed_over += 1
                elif said == SAME and not (is_id(row.subject) and is_id(row.object)):
                    self.unfit.add(row)
                else:
                    kept.add(row)
        self.rows = sorted(kept)
        self.spelled = _spellings(self.rows)

    def no_ids(self) -> list[Clique]:
        """Return, as one clique that is refused, the rows that name what is no id."""
        if not self.unfit:
            return []
        rows = sorted(self.unfit)
        names = sorted({it for row in rows for it in (row.subject, row.object) if not is_id(it)})
        fault = f"neither a CURIE nor an IRI: links nothing ({len(rows):,} rows)"
        return [Clique(tuple(names[:_SHOWN]), names[0], tuple(rows[:_SHOWN]), fault)]

    def groups(self) -> list[tuple[int, ...]]:
        """Return the rows of each clique, by number; those that deny it are among them."""
        said = [n for n, row in enumerate(self.rows) if not row.denies]
        numbers: dict[str, int] = {}
        pairs = [
            tuple(
                numbers.setdefault(self.spelled[it], len(numbers))
                for it in (row.subject, row.object)
            )
            for row in map(self.rows.__getitem__, said)
        ]
        labels = components(pairs, len(numbers))
        by_label: dict[int, list[int]] = defaultdict(list)
        for n, (one, other) in zip(said, pairs, strict=True):
            if one != other:
                by_label[labels[one]].append(n)
        for n, row in enumerate(self.rows):
            ends = [numbers.get(self.spelled[it], -1) for it in (row.subject, row.object)]
            if row.denies and min(ends) >= 0 and labels[ends[0]] == labels[ends[1]]:
                by_label[labels[ends[0]]].append(n)
        return sorted(tuple(group) for group in by_label.values())


def _spellings(rows: Sequence[Row]) -> dict[str, str]:
    import pyarrow as pa

    ids = sorted({it for row in rows for it in (row.subject, row.object)})
    plain = pa.array(map(unquoted, ids), pa.string())
    spelled = canonical_ids(plain).to_pylist() if ids else []
    return dict(zip(ids, spelled, strict=True))


def components(pairs: Sequence[tuple[int, ...]], size: int) -> Sequence[int]:
    """Return for each of so many numbers the part that it is in, where pairs are connected.

    >>> labels = components([(0, 1), (1, 2)], 4)
    >>> labels[0] == labels[2], labels[0] == labels[3]
    (True, False)
    """
    if not pairs:
        return range(size)
    try:
        import numpy as np

        sparse, graphs = import_module("scipy.sparse"), import_module("scipy.sparse.csgraph")
    except ImportError:
        return joined(pairs, size)
    ends = np.asarray(pairs)
    links = sparse.coo_matrix(
        (np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), (size, size)
    )
    labels: list[int] = graphs.connected_components(links, directed=False)[1].tolist()
    return labels


def joined(pairs: Iterable[tuple[int, ...]], size: int) -> list[int]:
    """Return the same without SciPy.

    >>> joined([(0, 2)], 3)
    [0, 1, 0]
    """
    above = list(range(size))

    def top(it: int) -> int:
        while above[it] != it:
            above[it] = above[above[it]]
            it = above[it]
        return it

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))
        above[second] = first
    return [top(it) for it in range(size)]


def _kinds(categories: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return what each id can be, by its categories, in its one spelling."""
    found: dict[str, frozenset[str]] = {}
    for it, names in categories.items():
        can = {kind for name in names for kind in _kinds_of(name)}
        if can:
            found[canonical(it)] = found.get(canonical(it), frozenset()) | can
    return found


def _kinds_of(category: str) -> list[str]:
    name = category.rpartition(":")[2].rpartition("/")[2]
    return [kind for kind, names in KINDS.items() if name in names.split()]


def _clique(
    rows: Sequence[Row], spelled: Mapping[str, str], kinds: Mapping[str, frozenset[str]]
) -> Clique:
    ids = tuple(sorted({spelled[it] for row in rows for it in (row.subject, row.object)}))
    return Clique(ids, min(ids, key=_rank), tuple(rows), _fault(ids, rows, kinds))


def _rank(it: str) -> tuple[int, str]:
    prefix = prefix_of(it)
    return (ORDER.index(prefix) if prefix in ORDER else len(ORDER), it)


def _fault(ids: Sequence[str], rows: Sequence[Row], kinds: Mapping[str, frozenset[str]]) -> str:
    """Return why ids are not one thing, or nothing."""
    denied = next((row for row in rows if row.denies), None)
    if denied is not None:
        return f"{denied} denies it"
    by_prefix: dict[str, str] = {}
    for it in ids:
        other = by_prefix.setdefault(prefix_of(it), it)
        if other != it:
            return f"{other} and {it} are two ids of one prefix"
    can, before = _ANY, ""
    for it in ids:
        own = kinds.get(it) or frozenset(PREFIX_KINDS.get(prefix_of(it), "").split()) or _ANY
        if not can & own:
            return f"{it} is a {' or '.join(sorted(own))}, {before} a {' or '.join(sorted(can))}"
        if own != _ANY:
            can, before = can & own, it
    return ""
