from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.errors import TermError
from studyclaims.obo import read_obo, read_obograph
from studyclaims.terms import TermEntry

if TYPE_CHECKING:
    from pathlib import Path

OBO = "http://purl.obolibrary.org/obo/"

BONES = r"""format-version: 1.2
ontology: ex
! a remark of its own line

[Term]
id: EX:1 ! bone
name: bone \{organ\} {source="a"} ! a remark
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
        ),
        TermEntry("CL:0000092", "N-{2-[wow!]}", obsolete=True, replaced_by="EX:1"),
    ]


def test_relations_are_read_on_demand_only(tmp_path: Path) -> None:
    found = list(read_obo(written(tmp_path, BONES), relations=True))
    assert found == [TermEntry("part_of", "part of", parents=("EX:overlaps",))]


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
