"""KGX: what stands in which file, and that no file turns a no into a yes."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad

from environments import EnvironmentMissingError
from exports.exchanges import (
    FORMS,
    RELATIONS,
    corpus,
    corpus_rows,
    direct,
    small_quads,
    small_rows,
    synthetic,
    text,
    told,
)
from kgx.environment import ask
from samples import index
from studyclaims.errors import ClaimError
from studyclaims.exports.kgx import CATEGORIES, EDGE_COLUMNS, category, exchange, kgx_files
from studyclaims.exports.kgxback import read_files
from studyclaims.exports.kgxcells import NO_EDGE
from studyclaims.identifiers import Composition
from studyclaims.rdf import node
from studyclaims.slots import SLOTS
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.exports.kgxcells import Row

CLAIM = f"{BASE}claim/small-2020/"


def row(name: str) -> Row:
    """Return the row of a claim of the sample, whatever file it is in."""
    rows = (*small_rows().edges, *small_rows().others, *small_rows().nodes)
    (found,) = [row for row in rows if row["id"] == CLAIM + name]
    return found


def test_each_claim_of_the_corpus_stands_in_one_place() -> None:
    rows = corpus_rows()
    alone = [row for row in rows.nodes if row["category"] == [NO_EDGE]]
    ids = [row["id"] for row in (*rows.edges, *rows.others, *alone)]
    claims = {text(q.subject) for q in corpus() if q.object == node("sc:Claim")}
    assert sorted(ids) == sorted(claims)
    counts = rows.counts()
    assert counts["claims"] == len(claims)
    assert (counts["edges"], counts["claims without an edge"]) == (len(rows.edges), len(alone))
    assert counts["negated"] == sum(row.get("negated", False) for row in rows.others) > 0


@pytest.mark.parametrize("form", FORMS)
def test_edges_without_negated_and_our_columns_hold_no_false_yes(form: str) -> None:
    rows = read_files(kgx_files(corpus_rows()), form)
    assert told(rows.edges) == direct(corpus())
    assert not any("negated" in row for row in rows.edges)
    assert {row["predicate"] for row in rows.others} == {"biolink:related_to"}


@given(st.integers(0, 40))
@settings(max_examples=4, deadline=None)
def test_no_study_makes_a_false_yes(seed: int) -> None:
    quads = synthetic(15, seed)
    rows = exchange(quads, index())
    assert told(rows.edges) == direct(quads)
    for row in rows.others:
        no = row["sc_stance"] in {"sc:refutes", "sc:noEffect"}
        assert (row["predicate"], row.get("negated", False)) == ("biolink:related_to", no)
        assert node(row["original_predicate"]).value not in RELATIONS


def test_an_asserted_claim_is_an_edge_of_biolinks() -> None:
    found = row("title-inflames")
    evidence = json.loads(found.pop("sc_evidence"))
    assert {name: found[name] for name in EDGE_COLUMNS if name in found} == {
        "id": f"{CLAIM}title-inflames",
        "subject": f"{BASE}term/disuse",
        "predicate": "biolink:causes",
        "object": found["object"],
        "category": ["biolink:Association"],
        "original_predicate": "biolink:causes",
        "knowledge_level": "knowledge_assertion",
        "agent_type": "automated_agent",
        "primary_knowledge_source": "infores:studyclaims",
        "publications": ["doi:10.1234/small.1"],
        "has_evidence_of_type": ["ECO:0000179"],
        "species_context_qualifier": "NCBITaxon:10090",
    }
    assert (found["sc_strain"], found["sc_cue"]) == ("black", ["inflames"])
    assert (found["sc_lag"], found["sc_lagMaxHours"]) == ("P3D", "72")
    assert evidence[0]["sc_measurement"][0]["sc_value"] == "1.50"


@pytest.mark.parametrize(
    ("name", "predicate", "negated", "level"),
    [
        ("news-inflames", "sc:mayCause", False, "prediction"),
        ("abstract-null", "sc:noAssociationFoundWith", True, "not_provided"),
        ("abstract-refutes", "sc:relPrevent", True, "not_provided"),
    ],
)
def test_all_others_are_related_and_say_how(
    name: str, predicate: str, level: str, *, negated: bool
) -> None:
    found = row(name)
    assert found["predicate"] == "biolink:related_to"
    assert (found["original_predicate"], found.get("negated", False)) == (predicate, negated)
    assert found["knowledge_level"] == level


def test_a_comparison_is_no_edge_and_stands_as_a_node() -> None:
    found = row("more")
    assert found["category"] == [NO_EDGE]
    assert (found["sc_writes"], found["sc_link"]) == ("sc:foundToExceed", "sc:relCompare")
    assert {found["sc_about"], found["sc_outcomeEntity"]} < {r["id"] for r in small_rows().nodes}
    assert not {"subject", "object", "predicate"} & found.keys()


def test_every_end_of_an_edge_is_a_node() -> None:
    for rows in (corpus_rows(), small_rows()):
        nodes = {row["id"] for row in rows.nodes}
        ends = {row[end] for row in (*rows.edges, *rows.others) for end in ("subject", "object")}
        assert ends <= nodes
        assert len(nodes) == len(rows.nodes)
        cited = {source for row in (*rows.edges, *rows.others) for source in row["publications"]}
        assert cited <= nodes


def test_a_composition_is_no_thing_of_its_core_terms_class() -> None:
    cell, size = expand("CL:0000092"), expand("PATO:0000117")
    assert category(Composition(cell), {}) == "Cell"
    assert category(Composition(expand("GO:0006954")), index()) == "BiologicalProcess"
    assert category(Composition(size, "increased", cell), index()) == "PhenotypicFeature"
    assert category(Composition(expand("GO:0006954"), "increased"), index()) == "NamedThing"
    assert category(Composition(size), index()) == "NamedThing"
    assert CATEGORIES.keys() < {name for names in SLOTS.values() for name in names} | {
        "GO function",
        "GO process",
        "GO component",
    }


def test_a_claim_in_two_graphs_is_refused() -> None:
    again = {Quad(q.subject, q.predicate, q.object, node("sc:g")) for q in small_quads()}
    with pytest.raises(ClaimError, match="stands in two graphs; export one of them"):
        exchange(small_quads() | again, index())


def test_the_same_bytes_whatever_the_order() -> None:
    one, other = sorted(small_quads(), key=str), sorted(small_quads(), key=str, reverse=True)
    assert kgx_files(exchange(one, index())) == kgx_files(exchange(other, index()))


@cache
def read_by_kgx(form: str, folder: Path) -> dict[str, Any]:
    for name, data in kgx_files(corpus_rows()).items():
        (folder / name).write_bytes(data)
    try:
        found: dict[str, Any] = ask("read_exchange.py", str(folder), form)
    except EnvironmentMissingError as error:
        pytest.skip(str(error))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_kgx_reads_all_files_and_biolinks_model_accepts_them(form: str, tmp_path: Path) -> None:
    found, rows = read_by_kgx(form, tmp_path), corpus_rows()
    assert found["faults"] == []
    edges = {edge["id"]: edge for edge in found["edge"]}
    assert edges.keys() == {row["id"] for row in (*rows.edges, *rows.others)}
    assert len(found["edge"]) == len(edges)
    assert {it["id"] for it in found["node"]} == {row["id"] for row in rows.nodes}
    for row in (*rows.edges, *rows.others):
        edge = edges[row["id"]]
        for name in ("subject", "predicate", "object", "negated", "original_predicate"):
            assert edge.get(name) == row.get(name)
    unknown = {name for names in found["unknown"].values() for name in names}
    assert {name.partition("_")[0] for name in unknown} == {"sc", "dct", "rdfs"}
