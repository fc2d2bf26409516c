"""Cells: hostile texts come back whole from TSV and JSON Lines, and broken files are told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode

from strategies import texts
from studyclaims.errors import StoreError, TermError
from studyclaims.exports.kgxcells import (
    columns,
    from_jsonl,
    from_tsv,
    pairs,
    short,
    to_jsonl,
    to_tsv,
    whole,
)
from studyclaims.rdf import node, typed

FIRST = ["id"]


@given(texts().filter(bool), st.lists(texts().filter(bool), min_size=1, max_size=3))
def test_hostile_texts_come_back_whole(text: str, cues: list[str]) -> None:
    row: dict[str, Any] = {"id": "a", "rdfs_comment": text, "sc_cue": cues}
    assert from_tsv(to_tsv([row], FIRST)) == [row]
    assert from_jsonl(to_jsonl([row])) == [row]


def test_a_cell_breaks_no_line_and_no_list_and_runs_nothing() -> None:
    row = {"id": "a", "rdfs_comment": "=1\t2\n3\\", "sc_cue": ["-a|b", "'", "-1.5"]}
    data = to_tsv([row], FIRST)
    assert data == (
        b"id\trdfs_comment\tsc_cue\n"
        b"a\t\\u003d1\\u00092\\u000a3\\\\\t\\u002da\\u007cb|\\u0027|-1.5\n"
    )


def test_json_is_not_marked_again() -> None:
    row = {"id": "a", "sc_evidence": '[{"a": "b\\n\\u007c"}]'}
    assert to_tsv([row], FIRST) == b'id\tsc_evidence\na\t[{"a": "b\\n\\u007c"}]\n'
    assert from_tsv(to_tsv([row], FIRST)) == [row]


def test_false_is_left_empty_as_kgx_takes_any_text_for_true() -> None:
    rows = [{"id": "a", "negated": True}, {"id": "b", "negated": False}]
    assert to_tsv(rows, FIRST) == b"id\tnegated\na\ttrue\nb\t\n"
    assert from_tsv(to_tsv(rows, FIRST)) == [{"id": "a", "negated": True}, {"id": "b"}]
    assert from_tsv(b"id\tnegated\na\tfalse\n") == [{"id": "a", "negated": False}]


def test_terms_of_ours_are_iris_and_all_others_curies() -> None:
    for name in ("CL:0000092", "sc:supports", "doi:10.1/a"):
        assert short(node(name).value) == name
    ours = "https://w3id.org/studyclaims/entity/a"
    elsewhere = "https://example.org/a"
    odd = node("CL:1").value + "|2"
    assert [short(iri) for iri in (ours, elsewhere, odd)] == [ours, elsewhere, odd]
    assert whole(short(ours)).value == ours


def test_what_fits_no_column_is_left_out() -> None:
    said: list[tuple[NamedNode, NamedNode | Literal | BlankNode]] = [
        (node("sc:cue"), Literal("b")),
        (node("sc:cue"), Literal("a")),
        (node("sc:cue"), Literal("")),
        (node("sc:cue"), Literal("c", language="en")),
        (node("sc:stance"), node("sc:refutes")),
        (node("sc:stance"), node("sc:supports")),
        (node("sc:role"), BlankNode("b")),
        (node("sc:lag"), Literal("P1D")),
        (node("sc:value"), typed("1.50", "xsd:decimal")),
        (node("sc:age"), node("sc:age")),
        (node("rdf:type"), node("sc:Claim")),
    ]
    found = columns(list(said))
    assert found == {"sc_cue": ["a", "b"], "sc_stance": "sc:refutes", "sc_value": "1.50"}
    back = set(pairs({**found, "id": "x", "dct_unknown": "y"}))
    assert back == {said[0], said[1], said[4], said[8]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff", "f: not UTF-8: "),
        (b"id\tname\na\n", "f:2: 1 cells where there are 2 names; export it again"),
    ],
)
def test_a_broken_sheet_is_told(data: bytes, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        from_tsv(data, "f")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"id": "a"}\n{', "f:2: no JSON: "),
        (b"[]", "f:1: no JSON object; write one object a line"),
        (b"[" * 100_000, "f:1: no JSON: "),
        (b"\xff", "f: not UTF-8: "),
    ],
)
def test_broken_lines_are_told(data: bytes, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        from_jsonl(data, "f")


def test_a_cell_that_names_nothing_is_told() -> None:
    with pytest.raises(TermError):
        list(pairs({"sc_stance": "supports"}))
    assert from_tsv(b"id\n\na\n") == [{"id": "a"}]
    assert from_jsonl(b'\n{"id": "a"}\n') == [{"id": "a"}]
