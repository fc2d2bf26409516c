from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.errors import TermError
from studyclaims.ontologies.obo import own_definition, read_obo, read_obograph
from studyclaims.terms import TermEntry

if TYPE_CHECKING:
    from pathlib import Path

OBO = "http://purl.obolibrary.org/obo/"
NAMESPACE = "http://www.geneontology.org/formats/oboInOwl#hasOBONamespace"

BONES = r"""format-version: 1.2
ontology: ex
default-namespace: bones
! a remark of its own line

[Term]
id: EX:1 ! bone
name: bone \{organ\} {source="a"} ! a remark
namespace: organs {source="a"} ! a remark
def: "Has a \"shaft\".\nAnd \{ends\}." [EX:ref "why", http\://ex.org] {comment="no"}
synonym: "os" EXACT [EX:2]
synonym: "Knochen" EXACT GERMAN []
synonym: "stick" RELATED []
synonym: "no scope" []
is_a: EX:3 {is_inferred="true"} ! organ
is_a: EX:2
relationship: part_of EX:9 ! skeleton
intersection_of: EX:8

[Typedef]
id: part_of
name: part of
is_a: EX:overlaps

[Term]
id: http://purl.obolibrary.org/obo/CL_0000092
name: N-{2-[wow!]}
is_obsolete: true
replaced_by: EX:1
replaced_by: EX:2
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.obo"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def test_a_term_is_read_with_all_that_a_slice_holds(tmp_path: Path) -> None:
    assert list(read_obo(written(tmp_path, BONES))) == [
        TermEntry(
            curie="EX:1",
            label="bone {organ}",
            definition='Has a "shaft".\nAnd {ends}.',
            parents=("EX:2", "EX:3"),
            synonyms=("Knochen", "os"),
            namespace="organs",
        ),
        TermEntry(
            "CL:0000092", "N-{2-[wow!]}", obsolete=True, replaced_by="EX:1", namespace="bones"
        ),
    ]


def test_relations_are_read_on_demand_only(tmp_path: Path) -> None:
    found = list(read_obo(written(tmp_path, BONES), relations=True))
    assert found == [TermEntry("part_of", "part of", parents=("EX:overlaps",), namespace="bones")]


def test_a_namespace_that_no_line_gives_is_empty(tmp_path: Path) -> None:
    text = "[Term]\nid: EX:1\ndefault-namespace: no header\n[Term]\nid: EX:2\nnamespace: a\n"
    assert [term.namespace for term in read_obo(written(tmp_path, text))] == ["", "a"]


TAKEN = [
    "Wikipedia:Bone",
    "wikipedia:wikipedia",
    "Wikipedia:http://en.wikipedia.org/wiki/Bone",
    "https://en.wikipedia.org/wiki/Bone",
    "url:http://de.wikipedia.org/wiki/Knochen",
]
OWN = ["", "EX:ref", "http://www.wikipremed.com/x", "WP:1234", "MESH:D001842"]


@pytest.mark.parametrize("reference", [*TAKEN, *OWN])
def test_a_definition_out_of_wikipedia_is_left_out(tmp_path: Path, reference: str) -> None:
    kept = "" if reference in TAKEN else "A bone."
    escaped = reference.replace(":", "\\:", 1) if "//" in reference else reference
    stanza = f'[Term]\nid: EX:1\nname: bone\nsynonym: "os" EXACT [{reference}]\n'
    for line in (
        f'def: "A bone." [EX:0 "why, ] even", {escaped}]',
        f'def: "A bone." []\nproperty_value: IAO:0000119 "{reference}" xsd:string',
        f'def: "A bone." []\nproperty_value: {OBO}IAO_0000119 "{reference}" xsd:string',
    ):
        (entry,) = read_obo(written(tmp_path, f"{stanza}{line}\n"))
        assert entry == TermEntry("EX:1", "bone", kept, synonyms=("os",)), line
    for meta in (
        {"definition": {"val": "A bone.", "xrefs": ["EX:0", reference]}},
        {
            "definition": {"val": "A bone."},
            "basicPropertyValues": [{"pred": f"{OBO}IAO_0000119", "val": reference}],
        },
    ):
        node = {"id": "EX:1", "type": "CLASS", "lbl": "bone", "meta": meta}
        graph = json.dumps({"graphs": [{"nodes": [node]}]})
        (entry,) = read_obograph(written(tmp_path, graph))
        assert entry == TermEntry("EX:1", "bone", kept), meta


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("A bone[WP].", False),
        ("A bone [WP,unvetted].", False),
        ("A bone[Wikipedia].", False),
        ("A bone[WPX].", True),
        ("A bone, see WP.", True),
        ("What an encyclopedia such as Wikipedia has.", True),
    ],
)
def test_a_definition_that_says_it_is_of_wikipedia_is_left_out(text: str, kept: bool) -> None:
    assert own_definition(text, []) == (text if kept else "")


def test_a_reference_elsewhere_says_nothing_of_the_definition(tmp_path: Path) -> None:
    text = (
        '[Term]\nid: EX:1\ndef: "A bone." [EX:0]\nxref: Wikipedia:Bone\n'
        'comment: see Wikipedia\nproperty_value: IAO:0000118 "Wikipedia" xsd:string\n'
    )
    assert next(read_obo(written(tmp_path, text))).definition == "A bone."


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = "\ufeff[Term]\r\nid: EX:1\r\nname: bone\r\n"
    assert list(read_obo(written(tmp_path, text))) == [TermEntry("EX:1", "bone")]


def test_terms_come_before_the_rest_of_the_file_is_read(tmp_path: Path) -> None:
    terms = read_obo(written(tmp_path, b"[Term]\nid: EX:1\n[Term]\n\xff\n"))
    assert next(terms).curie == "EX:1"
    with pytest.raises(TermError, match=r"own\.obo:4.*is not UTF-8"):
        next(terms)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("", r"own\.obo'?: holds no OBO stanza", id="empty"),
        pytest.param("ontology: ex\n", "holds no OBO stanza", id="header only"),
        pytest.param("<rdf/>\n", r"own\.obo:1.*neither a tag nor a stanza", id="another format"),
        pytest.param("[Term]\nname: x\n", r"own\.obo:1.*has 0 id lines", id="no id"),
        pytest.param("[Term]\nid: A\nid: B\n", r"own\.obo:1.*has 2 id lines", id="two ids"),
        pytest.param("[Term]\nid: A\ndef: bare\n", "def line that cannot be read", id="bare def"),
        pytest.param(
            '[Term]\nid: A\nsynonym: "open\n', "synonym line that cannot be read", id="open quote"
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(TermError, match=complaint):
        list(read_obo(written(tmp_path, text)))


def test_an_unwanted_stanza_may_be_broken(tmp_path: Path) -> None:
    path = written(tmp_path, "[Instance]\nname: no id\n[Term]\nid: EX:1\n")
    assert [term.curie for term in read_obo(path)] == ["EX:1"]


def escaped(text: str) -> str:
    for plain, code in {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}.items():
        text = text.replace(plain, code)
    return text


@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t")))
def test_an_escaped_definition_reads_back(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = written(tmp_path_factory.getbasetemp(), f'[Term]\nid: A\ndef: "{escaped(text)}" []\n')
    assert next(read_obo(path)).definition == text


BONE_GRAPH = {
    "graphs": [
        {
            "nodes": [
                {
                    "id": OBO + "CL_0000092",
                    "type": "CLASS",
                    "lbl": "osteoclast",
                    "meta": {
                        "basicPropertyValues": [{"pred": NAMESPACE, "val": "cell"}],
                        "definition": {"val": "A cell.", "xrefs": []},
                        "synonyms": [
                            {"pred": "hasExactSynonym", "val": "bone eater"},
                            {"pred": "hasRelatedSynonym", "val": "chondroclast"},
                        ],
                    },
                },
                {
                    "id": OBO + "CL_0000001",
                    "type": "CLASS",
                    "meta": {
                        "deprecated": True,
                        "basicPropertyValues": [
                            {"pred": OBO + "IAO_0000589", "val": "x"},
                            {"pred": OBO + "IAO_0100001", "val": OBO + "CL_0000092"},
                        ],
                    },
                },
                {"id": OBO + "BFO_0000050", "type": "PROPERTY", "lbl": "part of"},
                {"id": "https://ex.org/note", "type": "PROPERTY", "propertyType": "ANNOTATION"},
                {"id": "https://ex.org/one", "type": "INDIVIDUAL"},
                {"id": "https://ex.org/untyped"},
            ],
            "edges": [
                {"sub": OBO + "CL_0000092", "pred": "is_a", "obj": OBO + "CL_0000766"},
                {"sub": OBO + "CL_0000092", "pred": OBO + "BFO_0000050", "obj": OBO + "UBERON_1"},
                {"sub": OBO + "BFO_0000050", "pred": "subPropertyOf", "obj": OBO + "RO_0002131"},
            ],
        },
        {"nodes": []},
    ]
}


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        pytest.param(
            False,
            [
                TermEntry(
                    curie="CL:0000092",
                    label="osteoclast",
                    definition="A cell.",
                    parents=("CL:0000766",),
                    synonyms=("bone eater",),
                    namespace="cell",
                ),
                TermEntry("CL:0000001", "", obsolete=True, replaced_by="CL:0000092"),
            ],
            id="classes",
        ),
        pytest.param(
            True, [TermEntry("BFO:0000050", "part of", parents=("RO:0002131",))], id="relations"
        ),
    ],
)
def test_a_graph_is_read_like_an_obo_file(
    tmp_path: Path, relations: bool, expected: list[TermEntry]
) -> None:
    path = written(tmp_path, json.dumps(BONE_GRAPH))
    assert list(read_obograph(path, relations=relations)) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("{", "is not JSON", id="cut off"),
        pytest.param(b"\xff\xfe{}", "is not JSON", id="not text"),
        pytest.param("[]", "is JSON but no OBO graph", id="a list"),
        pytest.param("{}", "is JSON but no OBO graph.*graphs", id="no graphs"),
        pytest.param('{"graphs": [{}]}', "is JSON but no OBO graph.*nodes", id="no nodes"),
        pytest.param('{"graphs": [{"nodes": ["x"]}]}', "no OBO graph", id="nodes of text"),
        pytest.param(
            '{"graphs": [{"nodes": [], "edges": [{}]}]}', "no OBO graph.*pred", id="bare edge"
        ),
    ],
)
def test_what_is_no_graph_is_refused(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    with pytest.raises(TermError, match=complaint):
        list(read_obograph(written(tmp_path, text)))
