"""Catalogue: a release described in DCAT and VoID, every file with its checksum.

Nothing in it is blank. A publisher is left out while there is none; the addresses of files are
names under the release's own, and lead somewhere once it is put on a server there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from studyclaims.dataset import DATASET
from studyclaims.exports.contents import PARTS
from studyclaims.exports.items import licence_names
from studyclaims.rdf import node, rows, typed
from studyclaims.release import DATE, TOOL, VERSION
from studyclaims.terms import BASE, expand, prefixes
from studyclaims.turtle import write_turtle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Quad, Triple

    from studyclaims.exports.citation import Author
    from studyclaims.exports.items import Item

    Pairs = list[tuple[str, object]]

NAME: Final = "catalogue.ttl"

RELEASE: Final = f"{BASE}release/{VERSION}"
"""The release; its files are below it."""

_TERMS: Final = f"{RELEASE}/LICENSE-DATA"
_MAKING: Final = f"{RELEASE}#making"
_MAKER: Final = f"{RELEASE}#tool"
_SPDX: Final = "http://spdx.org/rdf/terms#"
_SHA256: Final = f"{_SPDX}checksumAlgorithm_sha256"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_FORMATS: Final = ("http://www.w3.org/ns/formats/N-Quads", "http://www.w3.org/ns/formats/Turtle")
_REPEATED: Final = tuple(
    expand(name)
    for name in ("dct:title", "dct:description", "dct:rights", "void:uriSpace", "void:vocabulary")
)
"""What the dataset says of itself and its release says again."""

_OF_A_GRAPH: Final = (expand("dct:title"), expand("dct:license"))


def catalogue(items: Sequence[Item], quads: Iterable[Quad], authors: Sequence[Author]) -> str:
    """Return ``catalogue.ttl``: the release, its parts, the graphs in it, and a form a file.

    >>> "dcat:version" in catalogue([], [], [])
    True
    """
    held = list(quads)
    triples = [*_release(items, held), *_making(items), *_graphs(held)]
    for number, author in enumerate(authors, start=1):
        triples += _author(author, author.iri or f"{RELEASE}#author-{number}")
    for part, about in PARTS.items():
        triples += _part(part, about)
    for item in items:
        triples += _form(item) if item.part is not None else ()
    triples += _kinds(items)
    for licence in {name for item in items for name in item.licences}:
        triples += _licence(licence, licence_names(licence)[1])
    triples += _licence(_TERMS, "Licences of the data of studyclaims")
    more = {"release": f"{RELEASE}/", "spdx": _SPDX}
    return write_turtle(triples, prefixes() | more, comment="A release of studyclaims.")


def address(path: str) -> str:
    """Return the IRI of a file of the release.

    >>> address("claims.csv").removeprefix(RELEASE)
    '/claims.csv'
    """
    return f"{RELEASE}/{path}"


def _release(items: Iterable[Item], quads: Iterable[Quad]) -> Iterator[Triple]:
    """Yield what is said of the release as a whole."""
    held = list(quads)
    pairs: Pairs = [
        ("rdf:type", node("dcat:Dataset")),
        ("rdf:type", node("void:Dataset")),
        ("dct:identifier", RELEASE),
        ("dct:issued", typed(DATE, "xsd:date")),
        ("dcat:version", VERSION),
        ("dcat:isVersionOf", node(DATASET)),
        ("dct:license", node(_TERMS)),
        ("prov:wasGeneratedBy", node(_MAKING)),
        ("void:triples", len({quad.triple for quad in held})),
    ]
    pairs += [("void:dataDump", node(address(item.path))) for item in items if item.packed]
    pairs += [("void:feature", node(name)) for name in _FORMATS]
    pairs += [("dct:hasPart", node(_part_iri(part))) for part in PARTS]
    yield from rows(node(RELEASE), pairs)
    said = (q for q in held if q.graph_name == node(DATASET) == q.subject)
    kept = ((q.predicate.value, q.object) for q in said if q.predicate.value in _REPEATED)
    yield from rows(node(RELEASE), kept)


def _making(items: Iterable[Item]) -> Iterator[Triple]:
    """Yield how the release came about: out of the records, by this program."""
    records = [node(address(item.path)) for item in items if item.part == "records"]
    pairs: Pairs = [
        ("rdf:type", node("prov:Activity")),
        ("rdfs:label", "studyclaims export --to release"),
        ("prov:wasAssociatedWith", node(_MAKER)),
    ]
    yield from rows(node(_MAKING), [*pairs, *(("prov:used", record) for record in records)])
    pairs = [
        ("rdf:type", node("prov:SoftwareAgent")),
        ("rdfs:label", TOOL),
        ("schema:softwareVersion", VERSION),
    ]
    yield from rows(node(_MAKER), pairs)
    yield from rows(node(RELEASE), (("prov:wasDerivedFrom", record) for record in records))


def _author(author: Author, iri: str) -> Iterator[Triple]:
    """Yield an author as the citation file has it."""
    kind = "foaf:Person" if author.person else "foaf:Agent"
    yield from rows(node(RELEASE), [("dct:creator", node(iri))])
    yield from rows(node(iri), [("rdf:type", node(kind)), ("foaf:name", author.name)])


def _part(part: str, about: str) -> Iterator[Triple]:
    """Yield a folder of the release as a dataset of its own."""
    pairs: Pairs = [
        ("rdf:type", node("dcat:Dataset")),
        ("dct:title", f"studyclaims {VERSION}: {part}"),
        ("dct:description", f"{about}."),
        ("dct:isPartOf", node(RELEASE)),
    ]
    yield from rows(node(_part_iri(part)), pairs)


def _graphs(quads: Iterable[Quad]) -> Iterator[Triple]:
    """Yield each named graph: what it calls itself, its licence, how many triples it has."""
    graphs = Counter(q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode))
    for name, count in graphs.items():
        pairs: Pairs = [("rdf:type", node("void:Dataset")), ("void:triples", count)]
        yield from rows(node(name), pairs)
        yield from rows(node(RELEASE), [("void:subset", node(name))])
    for quad in quads:
        if quad.subject == quad.graph_name and quad.predicate.value in _OF_A_GRAPH:
            yield quad.triple


def _form(item: Item) -> Iterator[Triple]:
    """Yield a file as a form of what it is part of, with its size and checksum."""
    form, checksum = f"{RELEASE}#{item.path}", f"{RELEASE}#sha256-{item.path}"
    # DCAT-AP lets a form have one licence: where parts differ, the page that tells them apart.
    licence = item.licences[0] if len(item.licences) == 1 else _TERMS
    pairs: Pairs = [
        ("rdf:type", node("dcat:Distribution")),
        ("dct:title", item.path),
        ("dct:description", f"{item.about}."),
        ("dct:license", node(licence)),
        ("dcat:accessURL", node(address(item.path))),
        ("dcat:downloadURL", node(address(item.path))),
        ("dcat:mediaType", node(_MEDIA + item.media_type)),
        ("dcat:compressFormat", node(f"{_MEDIA}application/gzip") if item.packed else None),
        ("dcat:byteSize", typed(str(len(item.data)), "xsd:nonNegativeInteger")),
        (f"{_SPDX}checksum", node(checksum)),
    ]
    yield from rows(node(form), pairs)
    owner = _part_iri(item.part) if item.part else RELEASE
    yield from rows(node(owner), [("dcat:distribution", node(form))])
    pairs = [
        ("rdf:type", node(f"{_SPDX}Checksum")),
        (f"{_SPDX}algorithm", node(_SHA256)),
        (f"{_SPDX}checksumValue", typed(item.sha256, "xsd:hexBinary")),
    ]
    yield from rows(node(checksum), pairs)


def _kinds(items: Iterable[Item]) -> Iterator[Triple]:
    """Yield what media types and the way of making checksums are."""
    media = {item.media_type for item in items} | {"application/gzip"}
    for name in media:
        yield from rows(node(_MEDIA + name), [("rdf:type", node("dct:MediaType"))])
    kind = node(f"{_SPDX}ChecksumAlgorithm")
    yield from rows(node(_SHA256), [("rdf:type", kind)])


def _licence(iri: str, name: str) -> Iterator[Triple]:
    """Yield a licence with its name."""
    yield from rows(node(iri), [("rdf:type", node("dct:LicenseDocument")), ("dct:title", name)])


def _part_iri(part: str) -> str:
    """Return the IRI of a folder of the release."""
    return f"{RELEASE}#{part}"
