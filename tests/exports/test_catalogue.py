"""The catalogue describes each file as it is, and nothing in it is blank."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from exports.releases import crate_of, small_quads, small_release
from studyclaims.exports.catalogue import RELEASE, catalogue
from studyclaims.exports.citation import Author
from studyclaims.rdf import node
from studyclaims.release import DATE, TOOL, VERSION
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from pyoxigraph import Quad

SPDX: Final = "http://spdx.org/rdf/terms#"
MEDIA: Final = "https://www.iana.org/assignments/media-types/"
ALONE: Final = {
    "CITATION.cff", "LICENSE", "LICENSE-DATA", "README.md", "SHA256SUMS", "catalogue.ttl",
    "expected-counts.json", "ro-crate-metadata.json",
}  # fmt: skip
"""What describes the release and is no form of any data."""


def forms() -> list[str]:
    """Return the paths of all files of data."""
    return sorted(set(small_release()) - ALONE)


@cache
def read() -> tuple[Quad, ...]:
    return tuple(parse(small_release()["catalogue.ttl"], format=RdfFormat.TURTLE))


@cache
def by_subject() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for quad in read():
        assert isinstance(quad.object, NamedNode | Literal)
        found.setdefault(str(quad.subject), []).append((quad.predicate.value, quad.object.value))
    return found


def said(subject: str, name: str) -> list[str]:
    """Return the values of a property, sorted."""
    predicate = node(name).value
    return sorted(value for p, value in by_subject().get(f"<{subject}>", []) if p == predicate)


def test_nothing_is_blank() -> None:
    assert all(isinstance(quad.subject, NamedNode) for quad in read())
    assert all(isinstance(quad.object, NamedNode | Literal) for quad in read())


def test_the_release_says_what_it_is() -> None:
    assert said(RELEASE, "dcat:version") == [VERSION]
    assert said(RELEASE, "dct:issued") == [DATE]
    assert said(RELEASE, "dct:title") == ["studyclaims: what studies claim, and how firmly"]
    assert len(said(RELEASE, "dct:description")) == 1
    assert len(said(RELEASE, "dct:rights")) == 1
    assert said(RELEASE, "dct:license") == [f"{RELEASE}/LICENSE-DATA"]
    assert said(RELEASE, "dcat:isVersionOf") == [f"{BASE}dataset"]
    assert said(RELEASE, "void:triples") == [str(len({quad.triple for quad in small_quads()}))]
    assert {node("dcat:Dataset").value, node("void:Dataset").value} == set(
        said(RELEASE, "rdf:type")
    )
    assert said(RELEASE, "dct:publisher") == []
    assert "https://w3id.org/studyclaims/vocab/" in said(RELEASE, "void:vocabulary")


def test_the_dumps_are_the_packed_files() -> None:
    wanted = [f"{RELEASE}/studyclaims-{VERSION}.{form}.gz" for form in ("nq", "ttl")]
    assert said(RELEASE, "void:dataDump") == wanted
    assert len(said(RELEASE, "void:feature")) == 2


def test_every_file_of_data_is_a_form_and_no_other_is() -> None:
    found = {s for s, pairs in by_subject().items() if is_form(pairs)}
    assert found == {f"<{RELEASE}#{path}>" for path in forms()}


def is_form(pairs: list[tuple[str, str]]) -> bool:
    return (node("rdf:type").value, node("dcat:Distribution").value) in pairs


def test_a_form_is_described_as_its_file_is() -> None:
    for path in forms():
        require_described(path, small_release()[path])


def require_described(path: str, data: bytes) -> None:
    """Raise where the catalogue says of a file what is not so."""
    form = f"{RELEASE}#{path}"
    packed = path.endswith(".gz")
    assert said(form, "dct:title") == [path]
    assert said(form, "dcat:accessURL") == said(form, "dcat:downloadURL") == [f"{RELEASE}/{path}"]
    assert said(form, "dcat:byteSize") == [str(len(data))]
    assert said(form, "dcat:compressFormat") == [f"{MEDIA}application/gzip"] * packed
    (media,) = said(form, "dcat:mediaType")
    if not packed:
        assert media == MEDIA + str(crate_of(small_release())[path]["encodingFormat"])
    assert said(media, "rdf:type") == [node("dct:MediaType").value]
    assert len(said(form, "dct:description")) == len(said(form, "dct:license")) == 1
    (checksum,) = said(form, f"{SPDX}checksum")
    assert said(checksum, f"{SPDX}checksumValue") == [hashlib.sha256(data).hexdigest()]
    (algorithm,) = said(checksum, f"{SPDX}algorithm")
    assert algorithm == f"{SPDX}checksumAlgorithm_sha256"
    assert said(algorithm, "rdf:type") == [f"{SPDX}ChecksumAlgorithm"]


def test_a_file_of_many_licences_points_at_the_page_that_tells_them_apart() -> None:
    assert said(f"{RELEASE}#mappings.sssom.tsv", "dct:license") == [f"{RELEASE}/LICENSE-DATA"]
    uberon = said(f"{RELEASE}#ontology/terms/uberon.ttl", "dct:license")
    assert uberon == ["https://creativecommons.org/licenses/by/3.0/"]
    licences = {v for path in forms() for v in said(f"{RELEASE}#{path}", "dct:license")}
    for licence in licences:
        assert len(said(licence, "dct:title")) == 1


def test_folders_are_datasets_of_their_own() -> None:
    assert said(RELEASE, "dct:hasPart") == [
        f"{RELEASE}#{part}" for part in ("ontology", "queries", "records", "shapes")
    ]
    assert f"{RELEASE}#records/ausk-2017.yaml" in said(f"{RELEASE}#records", "dcat:distribution")
    assert said(f"{RELEASE}#records", "dct:isPartOf") == [RELEASE]
    assert said(RELEASE, "dcat:distribution") == sorted(
        f"{RELEASE}#{path}" for path in forms() if "/" not in path
    )
    owned = [v for pairs in by_subject().values() for n, v in pairs if n.endswith("#distribution")]
    assert Counter(owned) == Counter(f"{RELEASE}#{path}" for path in forms())


def test_each_graph_is_counted_with_its_licence() -> None:
    graphs = Counter(
        q.graph_name.value for q in small_quads() if isinstance(q.graph_name, NamedNode)
    )
    assert said(RELEASE, "void:subset") == sorted(graphs)
    for name, count in graphs.items():
        assert said(name, "void:triples") == [str(count)]
    study = f"{BASE}study/small-2020"
    assert said(study, "dct:license") == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert said(study, "dct:title") == ["Claims of the study small-2020"]
    assert said("https://doi.org/10.1234/small.1", "dct:title") == []


def test_it_was_made_by_this_version_from_the_records() -> None:
    (making,) = said(RELEASE, "prov:wasGeneratedBy")
    (maker,) = said(making, "prov:wasAssociatedWith")
    assert said(maker, "rdfs:label") == [TOOL]
    records = sorted(f"{RELEASE}/{path}" for path in forms() if path.startswith("records/"))
    assert said(making, "prov:used") == said(RELEASE, "prov:wasDerivedFrom") == records
    assert not [name for pairs in by_subject().values() for name, _ in pairs if "Time" in name]


def test_the_creator_is_who_the_citation_file_names() -> None:
    (creator,) = said(RELEASE, "dct:creator")
    assert said(creator, "foaf:name") == ["The studyclaims developers"]
    assert said(creator, "rdf:type") == [node("foaf:Agent").value]
    text = catalogue(
        [], [], [Author("A", True, "https://orcid.org/0000-0000-0000-0001"), Author("B", False)]
    )
    assert "orcid:0000-0000-0000-0001 a foaf:Person" in text
    assert f"<{RELEASE}#author-2> a foaf:Agent" in text
