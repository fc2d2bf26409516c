"""Slices of outside ontologies: the terms that records use, each slice with its own licence.

A slice is one Turtle file of ``ontology/terms/``: a header that says which ontology, release and
licence its text is from, then the terms. It is written as a dataset, not as an ontology, so that no
reasoner imports it as one, and it says less than its ontology does: labels, parents, the namespaces
of the Gene Ontology and, where the licence lets them be copied, definitions and exact synonyms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from studyclaims.errors import GraphError
from studyclaims.files import write_atomic
from studyclaims.rdf import node
from studyclaims.slots import BRANCHES
from studyclaims.terms import BASE, TermEntry, compress, prefixes
from studyclaims.turtle import require_ground, write_turtle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SLICES: Final = BASE + "graph/terms/"
"""The IRI of a slice is this and its prefix in lower case."""

COMMENT: Final = "Terms that records may use; nothing is reworded. See README.md beside this file."
"""The first line of every slice."""

BRANCHED: Final = "GO"
"""The one ontology here whose branches share a prefix: of its terms the namespace is kept."""

_TYPE: Final = node("rdf:type")
_LABEL: Final = node("rdfs:label")
_DEFINITION: Final = node("skos:definition")
_DEFINED_BY: Final = node("rdfs:isDefinedBy")
_SYNONYM: Final = node("skos:altLabel")
_NOTE: Final = node("skos:editorialNote")
_DEPRECATED: Final = node("owl:deprecated")
_REPLACED_BY: Final = node("dct:isReplacedBy")
_NAMESPACE: Final = node("oboInOwl:hasOBONamespace")
_SOURCE: Final = node("dct:source")
_CLASS: Final = node("owl:Class")
_RELATION: Final = node("owl:ObjectProperty")
_IS_CLASS: Final = (_TYPE, _CLASS)
_PARENT: Final = node("rdfs:subClassOf")
_RELATION_PARENT: Final = node("rdfs:subPropertyOf")
_MAGNITUDE: Final = node("sc:isMagnitude")
_TOLD: Final = frozenset({_LABEL, _DEFINED_BY, _DEPRECATED, _NAMESPACE})
_TRUE: Final = Literal("true", datatype=node("xsd:boolean"))


@dataclass(frozen=True, slots=True)
class SliceSource:
    """Where the terms of a slice come from, and on what terms they may be copied.

    Args:
        prefix: the prefix of the terms, which also names the slice.
        ontology: the IRI of the ontology.
        title: the ontology's title.
        version: its release, or where a file states none, what else tells the state that was read.
        licence: the IRI of the licence of the text that was copied.
        source: the file that was read, as ``repository:path@commit`` or ``package==version:path``.
        definitions_allowed: whether the licence lets definitions and synonyms be copied.
        rights: what else a reader must know: what was left out and why, whom to name.
        relations: the terms are relations, not classes.
        elsewhere: CURIE to file, for the terms that were read from another file.
        notes: CURIE to editorial note.

    >>> SliceSource(
    ...     "CL", "http://purl.obolibrary.org/obo/cl.owl", "Cell Ontology", "2026-06-08",
    ...     "https://creativecommons.org/licenses/by/4.0/", "a/b:c.obo@1", definitions_allowed=True,
    ... ).iri
    'https://w3id.org/studyclaims/graph/terms/cl'
    """

    prefix: str
    ontology: str
    title: str
    version: str
    licence: str
    source: str
    definitions_allowed: bool
    rights: str = ""
    relations: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (self.definitions_allowed or self.rights):
            raise GraphError(
                f"the slice {self.prefix} leaves definitions out and does not say why; "
                "give the reason as rights"
            )

    @property
    def iri(self) -> str:
        """The IRI of the slice."""
        return SLICES + self.prefix.lower()


def slice_quads(source: SliceSource, entries: Iterable[TermEntry]) -> list[Quad]:
    """Return the header of a slice and its terms, in the default graph and without blank nodes.

    >>> source = SliceSource("ECO", "https://ex.org/eco", "t", "v", "https://ex.org/l", "s", True)
    >>> for quad in slice_quads(source, [TermEntry("ECO:0000000", "evidence")])[-3:]:
    ...     print(quad.predicate.value.partition("#")[2], quad.object)
    type <http://www.w3.org/2002/07/owl#Class>
    label "evidence"
    isDefinedBy <https://ex.org/eco>

    Raises:
        GraphError: a term without label, given twice, or of another ontology.
        TermError: a CURIE that cannot be used.
    """
    quads = list(_header(source))
    seen: set[str] = set()
    for entry in entries:
        if entry.curie in seen or not entry.label.strip():
            problem = "has no label" if entry.curie not in seen else "is given twice"
            raise GraphError(f"{entry.curie} {problem} in the slice {source.prefix}")
        # A relation ontology defines relations of other prefixes too; a class has one home.
        if not source.relations and not entry.curie.startswith(f"{source.prefix}:"):
            raise GraphError(f"{entry.curie} does not belong in the slice {source.prefix}")
        seen.add(entry.curie)
        quads += _term(source, entry)
    return quads


def _header(source: SliceSource) -> Iterator[Quad]:
    subject = node(source.iri)
    yield Quad(subject, _TYPE, node("dcat:Dataset"))
    yield Quad(subject, node("dct:title"), Literal(f"{source.title}: a slice"))
    yield Quad(subject, node("dct:license"), node(source.licence))
    yield Quad(subject, _SOURCE, Literal(source.source))
    yield Quad(subject, node("dcat:version"), Literal(source.version))
    yield Quad(subject, node("prov:wasDerivedFrom"), node(source.ontology))
    if source.rights:
        yield Quad(subject, node("dct:rights"), Literal(source.rights))


def _term(source: SliceSource, entry: TermEntry) -> Iterator[Quad]:
    subject = node(entry.curie)
    yield Quad(subject, _TYPE, _RELATION if source.relations else _CLASS)
    yield Quad(subject, _LABEL, Literal(entry.label))
    yield Quad(subject, _DEFINED_BY, node(source.ontology))
    parent_of = _RELATION_PARENT if source.relations else _PARENT
    for parent in entry.parents:
        yield Quad(subject, parent_of, node(parent))
    if entry.magnitude:
        yield Quad(subject, _MAGNITUDE, _TRUE)
    if source.prefix == BRANCHED and entry.namespace in BRANCHES:
        yield Quad(subject, _NAMESPACE, Literal(entry.namespace))
    if entry.obsolete:
        yield Quad(subject, _DEPRECATED, _TRUE)
    if entry.replaced_by:
        yield Quad(subject, _REPLACED_BY, node(entry.replaced_by))
    for predicate, text in _texts(source, entry):
        yield Quad(subject, predicate, Literal(text))


def _texts(source: SliceSource, entry: TermEntry) -> Iterator[tuple[NamedNode, str]]:
    if source.definitions_allowed:
        if entry.definition:
            yield _DEFINITION, entry.definition
        for synonym in entry.synonyms:
            yield _SYNONYM, synonym
    if entry.curie in source.elsewhere:
        yield _SOURCE, source.elsewhere[entry.curie]
    if entry.curie in source.notes:
        yield _NOTE, source.notes[entry.curie]


def slice_text(quads: Iterable[Quad]) -> str:
    """Return the quads of a slice as its file holds them: the header first, then the terms.

    >>> print(slice_text([]), end="")
    # Terms that records may use; nothing is reworded. See README.md beside this file.
    """
    return write_turtle(
        quads, prefixes(), comment=COMMENT, subject_rank=lambda iri: not iri.startswith(SLICES)
    )


def write_slice(
    path: Path, source: SliceSource, entries: Iterable[TermEntry], extra: Iterable[Quad] = ()
) -> bool:
    """Write a slice in one step; return whether the file changed.

    Args:
        path: the file, by custom the prefix in lower case with ``.ttl``.
        source: where the terms come from.
        entries: the terms, in any order.
        extra: more about the same terms, such as the inverses of relations.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> source = SliceSource("ECO", "https://ex.org/eco", "t", "v", "https://ex.org/l", "s", True)
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "eco.ttl"
    ...     write_slice(file, source, []), write_slice(file, source, [])
    (True, False)

    Raises:
        GraphError: as `slice_quads` and `studyclaims.files.write_atomic`.
        TermError: a CURIE that cannot be used.
    """
    quads = chain(slice_quads(source, entries), extra)
    return write_atomic(path, slice_text(quads).encode("utf-8"))


def read_slice(path: Path) -> list[Quad]:
    """Return the quads of one slice file.

    >>> from studyclaims.paths import terms_dir
    >>> len(read_slice(terms_dir() / "eco.ttl")) > 30
    True

    Raises:
        GraphError: the file cannot be read, is no Turtle, or holds a blank node.
    """
    try:
        return list(require_ground(parse(path=str(path), format=RdfFormat.TURTLE)))
    except (GraphError, OSError, SyntaxError, ValueError) as error:
        raise GraphError(f"{path}: cannot be read as a slice: {error}") from error


def slice_name(quads: Iterable[Quad]) -> NamedNode:
    """Return the name that a slice's own header gives it.

    >>> from studyclaims.paths import terms_dir
    >>> slice_name(read_slice(terms_dir() / "eco.ttl"))
    <NamedNode value=https://w3id.org/studyclaims/graph/terms/eco>
    """
    wanted = node("dcat:Dataset")
    named = (q.subject for q in quads if q.predicate == _TYPE and q.object == wanted)
    return next(subject for subject in named if isinstance(subject, NamedNode))


def read_slices(folder: Path) -> dict[str, TermEntry]:
    """Return what the slices of a folder say of each class, by its IRI; relations are left out.

    >>> from studyclaims.paths import terms_dir
    >>> read_slices(terms_dir())["http://purl.obolibrary.org/obo/CL_0000092"].label
    'osteoclast'

    Raises:
        GraphError: the folder has no slice, a file cannot be read, or two files hold one term.
    """
    entries: dict[str, TermEntry] = {}
    for path in sorted(folder.glob("*.ttl")):
        found = dict(_entries(read_slice(path)))
        twice = entries.keys() & found.keys()
        if twice:
            raise GraphError(f"{path}: {compress(min(twice))} stands in another slice too")
        entries |= found
    if not entries:
        raise GraphError(f"{folder}: no slice of an ontology is there")
    return entries


@cache
def term_statements(folder: Path) -> Mapping[str, tuple[Quad, ...]]:
    """Return of each class in the slices, by IRI, what the shapes need to know of it.

    That is its label, where it is defined, whether it is obsolete, and its namespace. The files of
    a folder are read once; what is returned is shared, so treat it as read-only.

    >>> from studyclaims.paths import terms_dir
    >>> told = term_statements(terms_dir())["http://purl.obolibrary.org/obo/GO_0005634"]
    >>> [quad.object.value for quad in told]
    ['nucleus', 'cellular_component', 'http://purl.obolibrary.org/obo/go.owl']

    Raises:
        GraphError: a file cannot be read.
    """
    told: dict[str, list[Quad]] = {}
    for path in sorted(folder.glob("*.ttl")):
        quads = read_slice(path)
        classes = {quad.subject for quad in quads if (quad.predicate, quad.object) == _IS_CLASS}
        for quad in (quad for quad in quads if quad.predicate in _TOLD):
            if isinstance(quad.subject, NamedNode) and quad.subject in classes:
                told.setdefault(quad.subject.value, []).append(quad)
    return {iri: tuple(quads) for iri, quads in told.items()}


def with_terms(quads: Iterable[Quad], folder: Path) -> Iterator[Quad]:
    """Yield quads, and beside them what the slices of a folder tell of the terms in them.

    Where a term is defined and of which namespace it is, only a slice can tell: what the quads
    themselves say of that is left out.

    >>> from studyclaims.paths import terms_dir
    >>> about = Quad(node("sc:x"), node("sc:about"), node("CL:0000092"))
    >>> len(list(with_terms([about], terms_dir())))
    3

    Raises:
        GraphError: a slice cannot be read.
    """
    told = term_statements(folder)
    named: set[str] = set()
    for quad in quads:
        named |= {end.value for end in (quad.subject, quad.object) if isinstance(end, NamedNode)}
        if quad.predicate not in (_DEFINED_BY, _NAMESPACE):
            yield quad
    for iri in sorted(named & told.keys()):
        yield from told[iri]


def _entries(quads: Iterable[Quad]) -> Iterator[tuple[str, TermEntry]]:
    terms: dict[str, dict[NamedNode, list[str]]] = {}
    for subject, predicate, term, _ in quads:
        terms.setdefault(subject.value, {}).setdefault(predicate, []).append(term.value)
    for iri, values in terms.items():
        if _CLASS.value in values.get(_TYPE, ()):
            yield iri, _entry(iri, values)


def _entry(iri: str, values: Mapping[NamedNode, list[str]]) -> TermEntry:
    def first(predicate: NamedNode) -> str:
        return min(values.get(predicate, ("",)))

    replaced_by = first(_REPLACED_BY)
    return TermEntry(
        curie=compress(iri),
        label=first(_LABEL),
        definition=first(_DEFINITION),
        parents=tuple(sorted(map(compress, values.get(_PARENT, ())))),
        obsolete="true" in values.get(_DEPRECATED, ()),
        replaced_by=compress(replaced_by) if replaced_by else "",
        synonyms=tuple(sorted(values.get(_SYNONYM, ()))),
        namespace=first(_NAMESPACE),
        magnitude="true" in values.get(_MAGNITUDE, ()),
    )
