"""What the columns of a table mean, where no column says so: whose ids they hold, what they say.

Hetionet's genes are bare numbers, INDRA's are numbers of one registry a table. A map says which
column is the subject and which the object, which prefix their ids lack, and what the table says of
the two; every other column is kept beside the statement. Where a table says nothing that a relation
of a known vocabulary means, the predicate is the table's own name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from studyclaims.merging.negation import denies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEGATION: Final = "not:"
"""What stands before the predicate of a statement that its source denies.

So whoever asks for the predicate alone never finds a denied one.
"""

RELATED: Final = "biolink:related_to"


@dataclass(frozen=True, slots=True)
class Ids:
    """A column of ids, and the prefix that they lack; an id that has it keeps it."""

    column: str
    prefix: str = ""

    def of(self, row: Mapping[str, str]) -> str:
        """Return the id in a row, or an empty text.

        >>> Ids("gene", "NCBIGene").of({"gene": "7124"}), Ids("x").of({"x": "DOID:1"})
        ('NCBIGene:7124', 'DOID:1')
        """
        text = row.get(self.column, "").strip()
        if not text or not self.prefix:
            return text
        before = text[: len(self.prefix) + 1]
        is_whole = before[-1:] == ":" and before[:-1].casefold() == self.prefix.casefold()
        return text if is_whole else f"{self.prefix}:{text}"


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table says: statements, if it has an object, else properties of its subjects."""

    name: str
    header: tuple[str, ...]
    """The columns that tell the table from others; ``column=value`` where none has a name."""

    subject: Ids
    object: Ids | None = None
    predicate: str = RELATED
    """What the table says; ``{}`` in it stands for the file's name."""

    by_value: tuple[str, Mapping[str, str]] | None = None
    """A column, and the predicate for each of its values; for others, ``predicate``."""

    negated: tuple[str, str] | None = None
    """A column, and the value in it by which a row is denied; an empty cell denies nothing."""

    ids: tuple[Ids, ...] = ()
    """Other columns that hold ids, for properties."""

    lists: Mapping[str, str] = field(default_factory=dict)
    """Columns that hold several values, and what stands between those."""

    names: tuple[str, ...] = ()
    """What the columns are called, in a table without a header."""

    void: frozenset[str] = frozenset({""})
    """What a cell holds that says nothing."""

    def says(self, row: Mapping[str, str], stem: str) -> str:
        """Return the predicate of a row of a file of that name.

        >>> HPOA.says({"aspect": "P", "qualifier": "NOT"}, "phenotype")
        'not:biolink:has_phenotype'
        """
        found = self.predicate.format(stem)
        if self.by_value is not None:
            found = self.by_value[1].get(row.get(self.by_value[0], ""), found)
        return found if self.denies(row) is False else NEGATION + found

    def denies(self, row: Mapping[str, str]) -> bool | None:
        """Return whether a row says that something is not so, or None where nobody can know.

        >>> [HPOA.denies({"qualifier": it}) for it in ("NOT", "", "NOT|x")]
        [True, False, None]
        """
        if self.negated is None:
            return False
        column, value = self.negated
        cell = row.get(column, "").strip().casefold()
        if not cell or cell == value.casefold():
            return bool(cell)
        # What another value means is known where the column holds truth values, and only there.
        said, wanted = denies(cell), denies(value)
        return None if None in (said, wanted) else said == wanted


HPOA: Final = Columns(
    "HPO annotations",
    ("database_id", "disease_name", "qualifier", "hpo_id", "aspect"),
    Ids("database_id"),
    Ids("hpo_id", "HP"),
    by_value=("aspect", {"P": "biolink:has_phenotype", "I": "biolink:has_mode_of_inheritance"}),
    negated=("qualifier", "NOT"),
    lists={"reference": ";", "biocuration": ";", "modifier": ";", "onset": ";"},
)
_XREFS: Final = (
    "Ensembl", "NCBI gene", "HGNC", "UniProt", "Wikidata", "ChEBI", "InChI", "PubChem",
    "ChemSpider", "HMDB", "KEGG", "LipidMaps",
)  # fmt: skip
_GENE: Final = Ids("ncbi_gene_id", "NCBIGene")
KNOWN: Final = (
    HPOA,
    Columns(
        "HPO genes to phenotypes",
        ("ncbi_gene_id", "gene_symbol", "hpo_id", "frequency", "disease_id"),
        _GENE,
        Ids("hpo_id", "HP"),
        void=frozenset({"", "-"}),
    ),
    Columns(
        "HPO phenotypes to genes",
        ("hpo_id", "hpo_name", "ncbi_gene_id", "gene_symbol", "disease_id"),
        Ids("hpo_id", "HP"),
        _GENE,
        void=frozenset({"", "-"}),
    ),
    Columns("INDRA mouse genes", ("ID", "symbol", "synonyms", "ensembl"), Ids("ID", "MGI"),
        ids=(Ids("ensembl", "ENSEMBL"),), lists={"synonyms": "|", "ensembl": "|"}),
    Columns(
        "INDRA mappings of MeSH",
        ("db=MESH",),
        Ids("subject"),
        Ids("object"),
        # The table does not say that the two are one thing.
        predicate="oboInOwl:hasDbXref",
        names=("db", "id", "name", "object_db", "object_id", "object_name"),
    ),
    Columns("Hetionet nodes", ("id", "name", "kind"), Ids("id")),
    Columns(
        "WikiPathways data nodes",
        ("Label", "Type", "Identifier", "Comment", "Ensembl", "NCBI gene"),
        Ids("Identifier"),
        ids=tuple(map(Ids, _XREFS)),
        lists=dict.fromkeys(_XREFS, ";"),
        void=frozenset({"", '""'}),
    ),
)  # fmt: skip
"""The tables that are known by their header."""

PREFIXES: Final = {"Gene": "NCBIGene", "Compound": "DRUGBANK", "Side Effect": "UMLS"}
"""What ids of Hetionet lack; those of its other kinds have their prefix."""

_TYPED: Final = re.compile(r":(START|END)_ID(?:\((?P<kind>[^()]*)\))?")
_KIND: Final = re.compile(r"(?P<kind>[A-Za-z ]+)::(?P<id>.+)")


def map_for(header: Sequence[str], given: Columns | None = None) -> Columns | None:
    """Return what a header means: by a given map, as Neo4j types it, or as a known table.

    >>> it = map_for([":START_ID(Disease)", ":END_ID(Gene)"])
    >>> it.object.of({":END_ID(Gene)": "7124"})
    'NCBIGene:7124'
    >>> map_for(["a", "b"]) is None
    True
    """
    if given is not None:
        return given
    ends = {match[1]: match for match in map(_TYPED.fullmatch, header) if match}
    if ends.keys() == {"START", "END"}:
        one, other = (
            Ids(ends[e][0], PREFIXES.get(ends[e]["kind"] or "", "")) for e in ("START", "END")
        )
        return Columns("typed", tuple(header), one, other, predicate="hetionet:{}")
    for it in KNOWN:
        if it.names:
            if len(header) == len(it.names) and header[0] == it.header[0].partition("=")[2]:
                return it
        elif set(it.header) <= set(header):
            return it
    return None


def mended(it: Columns, row: dict[str, str]) -> dict[str, str]:
    """Return a row with its ids in the form ``prefix:id``, where two columns hold the halves.

    >>> nodes = map_for(["id", "name", "kind"])
    >>> mended(nodes, {"id": "Gene::7124", "name": "TNF", "kind": "Gene"})["id"]
    'NCBIGene:7124'
    """
    if it.names[:1] == ("db",):
        row["subject"] = Ids("id", row["db"]).of(row)
        row["object"] = Ids("object_id", row["object_db"]).of(row)
    subject = row.get(it.subject.column, "")
    match = _KIND.fullmatch(subject) if "::" in subject else None
    if match:
        row[it.subject.column] = Ids("id", PREFIXES.get(match["kind"], "")).of({"id": match["id"]})
    return row
