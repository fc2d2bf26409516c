"""OWL files are read in a child, under limits, and say the same whatever their form."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import pytest

import studyclaims.ontologies.owlfile
from studyclaims.errors import TermError
from studyclaims.ontologies.owlfile import read_owl
from studyclaims.terms import TermEntry

if TYPE_CHECKING:
    from pathlib import Path

PREFIXES: Final = """\
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
"""
TURTLE: Final = (
    PREFIXES
    + """
obo:cl.owl a owl:Ontology ; dct:title "Cells"@en ; owl:versionInfo "2026-01-02" ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> .
obo:CL_0000092 a owl:Class ; rdfs:label "Osteoklast"@de , "osteoclast" ;
    obo:IAO_0000115 "A cell." ; oio:hasExactSynonym "bone eater" ; oio:hasRelatedSynonym "no" ;
    oio:hasDbXref "Wikipedia:Osteoclast" ; oio:hasOBONamespace "cell" ;
    rdfs:subClassOf obo:CL_0000766 , [ a owl:Restriction ; owl:onProperty obo:BFO_0000050 ] .
obo:CL_0000001 a owl:Class ; rdfs:label "old" ; owl:deprecated true ;
    obo:IAO_0100001 obo:CL_0000092 .
obo:RO_1 a owl:ObjectProperty ; rdfs:label "no class" ; rdfs:subPropertyOf obo:RO_2 .
<relative> a owl:Class .
"""
)
XML: Final = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#">
<owl:Class rdf:about="http://purl.obolibrary.org/obo/CL_0000092">
  <rdfs:label>osteoclast</rdfs:label></owl:Class></rdf:RDF>"""
BOMB: Final = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "'
    + "x" * 60
    + '">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:s="http://www.w3.org/2000/01/rdf-schema#"><rdf:Description rdf:about="urn:x">'
    "<s:label>&i;</s:label></rdf:Description></rdf:RDF>"
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_header_and_classes_are_read(tmp_path: Path) -> None:
    (_, header), *terms = read_owl(written(tmp_path, "own.ttl", TURTLE))
    assert header == {
        "ontology": "http://purl.obolibrary.org/obo/cl.owl",
        "title": "Cells",
        "version": "2026-01-02",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert terms == [
        ("term", TermEntry("CL:0000001", "old", obsolete=True, replaced_by="CL:0000092")),
        (
            "term",
            TermEntry(
                curie="CL:0000092",
                label="osteoclast",
                definition="A cell.",
                parents=("CL:0000766",),
                synonyms=("bone eater",),
                namespace="cell",
            ),
        ),
        ("relation", TermEntry("RO:1", "no class", parents=("RO:2",))),
        ("term", TermEntry("https://example.org/relative/relative", "")),
    ]


def axiom(about: str, reference: str) -> str:
    source, name, target = about.split(maxsplit=2)
    return (
        f"[] a owl:Axiom ; owl:annotatedSource {source} ; owl:annotatedProperty {name} ;\n"
        f"    owl:annotatedTarget {target} ; {reference} ."
    )


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ("", True),
        ('obo:CL_0000092 obo:IAO_0000119 "WEB: http://en.wikipedia.org/wiki/Cell"@en .', False),
        ('obo:CL_0000092 obo:IAO_0000119 "MESH:D010010" .', True),
        (axiom('obo:CL_0000092 obo:IAO_0000115 "A cell."', 'oio:hasDbXref "Wikipedia:X"'), False),
        (
            axiom(
                'obo:CL_0000092 obo:IAO_0000115 "A cell."',
                'oio:hasDbXref "EX:1" , "https://en.wikipedia.org/wiki/X"',
            ),
            False,
        ),
        (
            axiom(
                'obo:CL_0000092 obo:IAO_0000115 "A cell."',
                "obo:IAO_0000119 <http://en.wikipedia.org/wiki/X>",
            ),
            False,
        ),
        (axiom('obo:CL_0000092 obo:IAO_0000115 "A cell."', 'oio:hasDbXref "EX:1"'), True),
        (
            axiom('obo:CL_0000092 oio:hasExactSynonym "eater"', 'oio:hasDbXref "Wikipedia:X"'),
            True,
        ),
        (axiom('obo:CL_0000001 obo:IAO_0000115 "Old."', 'oio:hasDbXref "Wikipedia:X"'), True),
        ('[] oio:hasDbXref "Wikipedia:X" .', True),
    ],
)
def test_a_definition_out_of_wikipedia_is_left_out(tmp_path: Path, more: str, kept: bool) -> None:
    found = {
        item.curie: item
        for _, item in read_owl(written(tmp_path, "own.ttl", f"{TURTLE}\n{more}\n"))
        if isinstance(item, TermEntry)
    }
    assert found["CL:0000092"].definition == ("A cell." if kept else "")
    assert found["CL:0000092"].synonyms == ("bone eater",)


def test_rdf_xml_is_read(tmp_path: Path) -> None:
    found = list(read_owl(written(tmp_path, "own.owl", XML)))
    assert found == [("header", {}), ("term", TermEntry("CL:0000092", "osteoclast"))]


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.owl", "no XML"), ("a.owl", "<a"), ("a.ttl", "no Turtle"), ("a.ttl", "<a b> <c> <d> .")],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(TermError, match=rf"{name}.*cannot be read: .*give RDF/XML"):
        list(read_owl(written(tmp_path, name, text)))


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_owl(tmp_path / "none.owl"))


def test_an_entity_bomb_ends_with_a_plain_error(tmp_path: Path) -> None:
    path = written(tmp_path, "bomb.owl", BOMB)
    started = time.monotonic()
    with pytest.raises(TermError, match=r"bomb\.owl"):
        list(read_owl(path, deadline=2))
    assert time.monotonic() - started < 10


def test_a_deadline_is_kept(tmp_path: Path) -> None:
    with pytest.raises(
        TermError, match=r"took more than 0\.01 s to read; give the ontology as OBO"
    ):
        list(read_owl(written(tmp_path, "own.ttl", TURTLE), deadline=0.01))


def test_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studyclaims.ontologies.owlfile, "MEMORY", 150 << 20)
    lines = "".join(f'<urn:x:{n}> rdfs:label "{n}{"y" * 1000}" .\n' for n in range(100_000))
    with pytest.raises(TermError, match="could not be read within 150 MiB"):
        list(read_owl(written(tmp_path, "large.ttl", PREFIXES + lines)))
    assert len(list(read_owl(written(tmp_path, "small.ttl", TURTLE)))) == 5


def test_files_of_the_current_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "json.py", "raise SystemExit(9)")
    written(tmp_path, "studyclaims.py", "raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert len(list(read_owl(written(tmp_path, "own.owl", XML)))) == 2
