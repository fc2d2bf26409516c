"""The round trip: graph to KGX to graph gives the same quads, and edited files are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, Quad

from exports.exchanges import (
    FORMS,
    corpus,
    corpus_rows,
    small_quads,
    small_rows,
    synthetic,
)
from samples import index
from studyclaims.errors import ClaimError, StoreError
from studyclaims.exports.kgx import exchange, kgx_files
from studyclaims.exports.kgxback import quads_of, read_files
from studyclaims.exports.kgxcells import Exchange
from studyclaims.rdf import node
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from studyclaims.exports.kgxcells import Row

OF_CLAIMS = tuple(f"<{BASE}{kind}/" for kind in ("claim", "evidence", "measurement", "proposition"))


def there_and_back(quads: Iterable[Quad], form: str) -> frozenset[Quad]:
    return quads_of(read_files(kgx_files(exchange(quads, index())), form), index())


@pytest.mark.parametrize("form", FORMS)
def test_the_corpus_comes_back_whole(form: str) -> None:
    assert quads_of(read_files(kgx_files(corpus_rows()), form), index()) == corpus()


def test_what_stands_beside_the_rows_is_bibliography_and_curation() -> None:
    beside = [line for row in corpus_rows().nodes for line in row.get("sc_beside", ())]
    assert beside
    assert not [line for line in beside if line.startswith(OF_CLAIMS)]
    assert not [row for row in corpus_rows().nodes if "sc_without" in row]


@given(st.integers(0, 40), st.sampled_from(FORMS))
@settings(max_examples=4, deadline=None)
def test_every_study_comes_back_whole(seed: int, form: str) -> None:
    quads = synthetic(15, seed)
    assert there_and_back(quads, form) == quads


@pytest.mark.parametrize("form", FORMS)
def test_what_no_column_holds_comes_back_too(form: str) -> None:
    graph, claim = node(f"{BASE}study/small-2020"), node(f"{BASE}claim/small-2020/title-inflames")
    label = next(q for q in small_quads() if q.object == Literal("tibia"))
    odd = {
        Quad(claim, node("sc:cue"), Literal("une\n|", language="fr"), graph),
        Quad(claim, node("https://example.org/own"), Literal("x\ty"), graph),
        Quad(claim, node("sc:stance"), node("sc:wishful"), graph),
        Quad(claim, node("sc:note"), BlankNode("b"), graph),
    }
    quads = (small_quads() | odd) - {label}
    quads -= {q for q in quads if q.object == node("sc:wishful")}
    assert there_and_back(quads, form) == quads


def test_a_default_graph_comes_back_as_one() -> None:
    quads = {Quad(q.subject, q.predicate, q.object) for q in small_quads()}
    assert there_and_back(quads, "tsv") == quads


def test_a_missing_file_is_told() -> None:
    files = kgx_files(small_rows())
    del files["edges_other.edges.tsv"]
    with pytest.raises(StoreError, match=r"edges_other\.edges\.tsv: not there"):
        read_files(files, "tsv")


def edited(change: Callable[[Row], Any], *, nodes: bool = False) -> frozenset[Quad]:
    """Return what is read of the sample where the first edge, or every node, was changed."""
    rows = small_rows()
    edges, others = [dict(row) for row in rows.edges], [dict(row) for row in rows.nodes]
    for row in others if nodes else edges[:1]:
        change(row)
    return quads_of(Exchange(tuple(others), tuple(edges), rows.others), index())


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("sc_link", "sc:relContribute", "its proposition is not the key of its parts"),
        ("sc_link", "sc:relWish", "sc:relWish is no relation"),
        ("subject", "CL:0000092", "its proposition is not the key of its parts"),
        ("sc_proposition", "", "has no sc_proposition"),
        ("sc_evidence", "{", "its sc_evidence is no JSON"),
        ("sc_evidence", "[1]", "its sc_evidence is no list of objects"),
    ],
)
def test_an_edited_edge_is_refused(column: str, value: str, said: str) -> None:
    with pytest.raises(ClaimError, match=said):
        edited(lambda row: row.update({column: value}))


def test_an_edited_node_is_refused() -> None:
    def flip(row: Row) -> None:
        if row.get("sc_change") == "sc:increased":
            row["sc_change"] = "sc:decreased"

    with pytest.raises(ClaimError, match="its row in the nodes does not make its key"):
        edited(flip, nodes=True)


def test_nodes_that_go_round_in_a_ring_are_refused() -> None:
    def close(row: Row) -> None:
        if "sc_dueTo" in row:
            row["sc_dueTo"] = row["id"]

    with pytest.raises(ClaimError, match="its row in the nodes does not make its key"):
        edited(close, nodes=True)


def test_a_cell_that_is_no_term_and_a_line_that_is_no_statement_are_told() -> None:
    with pytest.raises(StoreError, match="a cell names no term: 'supports'"):
        edited(lambda row: row.update({"sc_stance": "supports"}))

    def break_line(row: Row) -> None:
        if "sc_beside" in row:
            row["sc_beside"] = ["<a"]

    with pytest.raises(StoreError, match="sc_beside or sc_without is no N-Triples"):
        edited(break_line, nodes=True)
