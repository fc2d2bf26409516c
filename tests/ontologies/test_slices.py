from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from studyclaims.errors import GraphError, TermError
from studyclaims.ontologies.slices import (
    COMMENT,
    SliceSource,
    read_slice,
    read_slices,
    slice_quads,
    slice_text,
    term_statements,
    with_terms,
    write_slice,
)
from studyclaims.rdf import node
from studyclaims.terms import TermEntry, compress, expand

if TYPE_CHECKING:
    from pathlib import Path

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
CELLS = SliceSource(
    prefix="CL",
    ontology="http://purl.obolibrary.org/obo/cl.owl",
    title="Cell Ontology",
    version="2026-06-08",
    licence=CC_BY,
    source="obophenotype/cell-ontology:cl.obo@fd61b95",
    definitions_allowed=True,
)
OSTEOCLAST = TermEntry(
    curie="CL:0000092",
    label="osteoclast",
    definition="A cell that takes bone away.",
    parents=("CL:0000518", "CL:0000766"),
    synonyms=("bone eater",),
)
OLD = TermEntry("CL:0000001", "old cell", obsolete=True, replaced_by="CL:0000092")

GOLDEN = f"""\
# {COMMENT}

@prefix CL: <http://purl.obolibrary.org/obo/CL_> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<https://w3id.org/studyclaims/graph/terms/cl> a dcat:Dataset ;
    dct:title "Cell Ontology: a slice" ;
    dcat:version "2026-06-08" ;
    dct:license <{CC_BY}> ;
    dct:source "obophenotype/cell-ontology:cl.obo@fd61b95" ;
    prov:wasDerivedFrom <http://purl.obolibrary.org/obo/cl.owl> .

CL:0000001 a owl:Class ;
    rdfs:label "old cell" ;
    dct:isReplacedBy CL:0000092 ;
    owl:deprecated true ;
    rdfs:isDefinedBy <http://purl.obolibrary.org/obo/cl.owl> .

CL:0000092 a owl:Class ;
    rdfs:label "osteoclast" ;
    skos:definition "A cell that takes bone away." ;
    rdfs:isDefinedBy <http://purl.obolibrary.org/obo/cl.owl> ;
    rdfs:subClassOf CL:0000518,
        CL:0000766 ;
    skos:altLabel "bone eater" .
"""


def texts(quads: list[Quad], predicate: str) -> set[str]:
    return {
        quad.object.value
        for quad in quads
        if quad.predicate == node(predicate) and isinstance(quad.object, NamedNode | Literal)
    }


def test_a_slice_looks_like_this(tmp_path: Path) -> None:
    path = tmp_path / "cl.ttl"
    assert write_slice(path, CELLS, [OSTEOCLAST, OLD])
    assert path.read_text(encoding="utf-8") == GOLDEN


def test_the_order_of_the_terms_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "cl.ttl"
    write_slice(path, CELLS, [OSTEOCLAST, OLD])
    assert not write_slice(path, CELLS, [OLD, OSTEOCLAST])


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    write_slice(tmp_path / "cl.ttl", CELLS, [OSTEOCLAST, OLD])
    expected = {expand(entry.curie): entry for entry in (OSTEOCLAST, OLD)}
    assert read_slices(tmp_path) == expected


some_text = st.text(st.characters(codec="utf-8"))
entries = st.builds(
    TermEntry,
    curie=st.from_regex(r"CL:[0-9]{7}", fullmatch=True),
    label=some_text.filter(str.strip),
    definition=some_text,
    parents=st.lists(st.sampled_from(["CL:0000001", "GO:0000002"]), unique=True).map(
        lambda names: tuple(sorted(names))
    ),
    obsolete=st.booleans(),
    replaced_by=st.sampled_from(["", "CL:0000003"]),
    synonyms=st.sets(some_text).map(lambda names: tuple(sorted(names))),
)


@given(entry=entries)
def test_any_term_reads_back_and_writes_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, entry: TermEntry
) -> None:
    folder = tmp_path_factory.mktemp("slice")
    path = folder / "cl.ttl"
    write_slice(path, CELLS, [entry])
    assert list(read_slices(folder).values()) == [entry]
    assert slice_text(read_slice(path)).encode("utf-8") == path.read_bytes()


@pytest.mark.parametrize(
    ("prefix", "namespace", "kept"),
    [
        ("GO", "biological_process", "biological_process"),
        ("GO", "cellular_component", "cellular_component"),
        ("GO", "", ""),
        ("GO", "external", ""),
        ("CL", "cell", ""),
        ("CL", "biological_process", ""),
    ],
)
def test_only_the_branches_of_the_gene_ontology_are_kept(
    tmp_path: Path, prefix: str, namespace: str, kept: str
) -> None:
    entry = TermEntry(f"{prefix}:0000001", "a", namespace=namespace)
    path = tmp_path / "slice.ttl"
    write_slice(path, replace(CELLS, prefix=prefix), [entry])
    (found,) = read_slices(tmp_path).values()
    assert found.namespace == kept
    assert ("hasOBONamespace" in path.read_text(encoding="utf-8")) is bool(kept)


def test_what_the_shapes_need_is_told_of_classes_alone(tmp_path: Path) -> None:
    write_slice(tmp_path / "cl.ttl", CELLS, [OSTEOCLAST, OLD])
    relations = replace(CELLS, prefix="RO", relations=True)
    write_slice(tmp_path / "ro.ttl", relations, [TermEntry("RO:1", "is")])
    told = term_statements(tmp_path)
    assert told.keys() == {expand("CL:0000092"), expand("CL:0000001")}
    said = {compress(quad.predicate.value) for quad in told[expand("CL:0000001")]}
    assert said == {"rdfs:label", "rdfs:isDefinedBy", "owl:deprecated"}


def test_the_slices_of_a_folder_are_read_once(tmp_path: Path) -> None:
    write_slice(tmp_path / "cl.ttl", CELLS, [OLD])
    assert term_statements(tmp_path) is term_statements(tmp_path)


def test_beside_quads_stands_what_the_slices_say_of_their_terms(tmp_path: Path) -> None:
    write_slice(tmp_path / "cl.ttl", CELLS, [OSTEOCLAST, OLD])
    cell, other = node("CL:0000092"), node("CL:9")
    named = [Quad(other, node("sc:bearer"), cell), Quad(other, node("rdfs:label"), Literal("x"))]
    own = [Quad(other, node("rdfs:isDefinedBy"), cell)]
    own += [Quad(other, node("oboInOwl:hasOBONamespace"), Literal("biological_process"))]
    laid = list(with_terms([*named, *own], tmp_path))
    assert laid[:2] == named
    assert {quad.subject for quad in laid[2:]} == {cell}
    assert texts(laid[2:], "rdfs:label") == {"osteoclast"}


def test_a_licence_that_forbids_copying_keeps_definitions_and_synonyms_out() -> None:
    shy = replace(CELLS, definitions_allowed=False, rights="The licence is another one.")
    quads = slice_quads(shy, [OSTEOCLAST])
    assert not texts(quads, "skos:definition") | texts(quads, "skos:altLabel")
    assert texts(quads, "dct:rights") == {"The licence is another one."}
    assert texts(quads, "rdfs:label") == {"osteoclast"}


def test_leaving_definitions_out_needs_a_reason() -> None:
    with pytest.raises(GraphError, match="does not say why"):
        replace(CELLS, definitions_allowed=False)


def test_notes_and_other_sources_stand_at_their_terms() -> None:
    source = replace(CELLS, notes={"CL:0000092": "ours"}, elsewhere={"CL:0000092": "a/b:c@1"})
    quads = [q for q in slice_quads(source, [OSTEOCLAST, OLD]) if q.subject == node("CL:0000092")]
    assert texts(quads, "skos:editorialNote") == {"ours"}
    assert texts(quads, "dct:source") == {"a/b:c@1"}


def test_relations_are_properties_and_no_classes(tmp_path: Path) -> None:
    source = replace(CELLS, prefix="RO", relations=True)
    part = TermEntry("BFO:0000050", "part of", parents=("RO:0002131",))
    inverse = Quad(node("BFO:0000050"), node("owl:inverseOf"), node("BFO:0000051"))
    write_slice(tmp_path / "ro.ttl", source, [part], [inverse])
    quads = read_slice(tmp_path / "ro.ttl")
    assert inverse in quads
    assert texts(quads, "rdfs:subPropertyOf") == {expand("RO:0002131")}
    with pytest.raises(GraphError, match="no slice"):
        read_slices(tmp_path)


@pytest.mark.parametrize(
    ("entry", "error", "complaint"),
    [
        pytest.param(TermEntry("CL:1", " "), GraphError, "CL:1 has no label", id="no label"),
        pytest.param(OSTEOCLAST, GraphError, "is given twice", id="twice"),
        pytest.param(TermEntry("GO:1", "x"), GraphError, "does not belong", id="other ontology"),
        pytest.param(TermEntry("CLO:1", "x"), GraphError, "does not belong", id="like prefix"),
        pytest.param(TermEntry("CL:a b", "x"), TermError, "is not a CURIE", id="no CURIE"),
        pytest.param(
            TermEntry("CL:1", "x", parents=("NOPE:1",)), TermError, "NOPE", id="undeclared parent"
        ),
    ],
)
def test_a_term_that_cannot_stand_is_refused(
    entry: TermEntry, error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        slice_quads(CELLS, [OSTEOCLAST, entry])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<https://ex.org/a> <https://ex.org/b>", id="no Turtle"),
        pytest.param("[] a <https://ex.org/b> .", id="blank node"),
        pytest.param("<a> a <https://ex.org/b> .", id="relative IRI"),
    ],
)
def test_a_file_that_is_no_slice_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GraphError, match=r"bad\.ttl"):
        read_slices(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match=r"none\.ttl: cannot be read as a slice"):
        read_slice(tmp_path / "none.ttl")


def test_a_term_has_one_slice(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        write_slice(tmp_path / name, CELLS, [OSTEOCLAST])
    with pytest.raises(GraphError, match=r"b\.ttl: CL:0000092 stands in another slice"):
        read_slices(tmp_path)


def test_the_header_is_no_term(tmp_path: Path) -> None:
    write_slice(tmp_path / "cl.ttl", CELLS, [OLD])
    header = NamedNode(CELLS.iri)
    assert any(quad.subject == header for quad in read_slice(tmp_path / "cl.ttl"))
    assert CELLS.iri not in read_slices(tmp_path)


def test_a_magnitude_comes_back_as_one(tmp_path: Path) -> None:
    entries = [replace(OSTEOCLAST, magnitude=True), OLD]
    write_slice(tmp_path / "cl.ttl", CELLS, entries)
    found = read_slices(tmp_path)
    assert {entry.curie: entry.magnitude for entry in found.values()} == {
        OSTEOCLAST.curie: True,
        OLD.curie: False,
    }
