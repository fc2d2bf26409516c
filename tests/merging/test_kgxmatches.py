"""Exact matches in tables of KGX: what makes ids one, what denies it, and what says neither."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyclaims.merging.equivalence import cliques
from studyclaims.merging.kgxmatches import read_matches
from studyclaims.merging.merge import merge
from studyclaims.merging.others import link_batches
from studyclaims.merging.readers.reading import EXACT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from studyclaims.merging.report import Report

SKOS = "http://www.w3.org/2004/02/skos/core#"
ENDS = ("subject", "predicate", "object")
SAME = ("MONDO:1", "skos:exactMatch", "DOID:2")


def table(folder: Path, name: str, *rows: Sequence[str]) -> Path:
    path = folder / name
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def edges(folder: Path, *rows: Sequence[str], more: str = "") -> Path:
    return table(folder, "a_edges.tsv", (*ENDS, more) if more else ENDS, *rows)


def linked(folder: Path, *paths: Path, rewrite: bool = False) -> tuple[dict[str, str], Report]:
    """Return what ids become, and the report."""
    report = merge(paths, folder / "out", rewrite=rewrite)
    lines = (folder / "out" / "links.sssom.tsv").read_text().splitlines()[1:]
    return {line.split("\t")[0]: line.split("\t")[2] for line in lines}, report


EVERY = sorted({*EXACT, "SKOS:exactMatch", "OWL:sameAs"})


@pytest.mark.parametrize("rewrite", [False, True])
def test_an_exact_match_links_in_every_spelling(rewrite: bool, tmp_path: Path) -> None:
    rows = [(f"MONDO:{at}", name, f"DOID:{at}") for at, name in enumerate(EVERY)]
    rows.append(("DOID:1", "biolink:related_to", "HP:1"))
    found, report = linked(tmp_path, edges(tmp_path, *rows), rewrite=rewrite)
    assert found == {f"DOID:{at}": f"MONDO:{at}" for at in range(len(EVERY))}
    assert (report.linked, report.cliques) == (len(EVERY), len(EVERY))
    text = (tmp_path / "out" / "edges.tsv").read_text()
    assert ("MONDO:1\tbiolink:related_to\tHP:1" in text) is rewrite
    assert [(it.rows, it.merged) for it in report.totals] == [(len(rows), len(rows))]


NEAR = [f"skos:{name}Match" for name in ("close", "broad", "narrow", "related")]


NEAR += [f"{SKOS}closeMatch", "biolink:close_match", "x:exactMatch", "x:same_as"]


def test_nothing_else_ever_links(tmp_path: Path) -> None:
    one, other = "HP:0000938", "MONDO:0016370"
    both = [ends for name in NEAR for ends in ((one, name, other), (other, name, one))]
    sets = table(tmp_path, "m.sssom.tsv", ("subject_id", "predicate_id", "object_id"), *both)
    nodes = table(tmp_path, "a_nodes.tsv", ("id", "xref", "iri"), (one, other, other))
    found, report = linked(tmp_path, edges(tmp_path, *both), nodes, sets, rewrite=True)
    assert (found, report.unlinked) == ({}, [])


def test_osteopenia_is_not_one_with_another_disease_even_where_a_table_says_so(
    tmp_path: Path,
) -> None:
    found, report = linked(tmp_path, edges(tmp_path, ("HP:0000938", SAME[1], "MONDO:0016370")))
    assert found == {}
    (refused,) = report.unlinked
    assert refused["rows"][0] == "a_edges.tsv:2: HP:0000938 skos:exactMatch MONDO:0016370"


@pytest.mark.parametrize("column", ["Negated", "is_negated"])
def test_a_negated_match_denies_the_link(column: str, tmp_path: Path) -> None:
    said = enumerate(["", "no", "true", "Yes", "1.0"])
    rows = [(f"MONDO:{at}", SAME[1], f"DOID:{at}", no) for at, no in said]
    rows += [(*row[:3], "") for row in rows]
    found, report = linked(tmp_path, edges(tmp_path, *rows, more=column))
    assert found == {"DOID:0": "MONDO:0", "DOID:1": "MONDO:1"}
    assert [it["fault"] for it in report.unlinked] == [
        f"a_edges.tsv:{at + 2}: MONDO:{at} not skos:exactMatch DOID:{at} denies it"
        for at in (2, 3, 4)
    ]


def test_what_is_different_is_not_one(tmp_path: Path) -> None:
    apart = [("DOID:1", "owl:differentFrom", "MONDO:1", "")]
    apart.append(("DOID:2", "http://www.w3.org/2002/07/owl#differentFrom", "MONDO:2", ""))
    # That two things are not different makes them no one thing.
    apart.append(("DOID:3", "owl:differentFrom", "MONDO:3", "true"))
    same = [(f"MONDO:{at}", SAME[1], f"DOID:{at}", "") for at in (1, 2)]
    found, report = linked(tmp_path, edges(tmp_path, *same, *apart, more="negated"))
    assert (found, len(report.unlinked)) == ({}, 2)


def test_what_is_not_near_or_is_disjoint_is_not_one(tmp_path: Path) -> None:
    apart = [("DOID:1", "biolink:close_match", "MONDO:1", "true")]
    apart.append((" DOID:2", "skos:closeMatch ", "MONDO:2", "yes"))
    apart.append(("DOID:3", "OWL:DisjointWith", "MONDO:3", ""))
    apart.append(("DOID:4", "biolink:close_match", "MONDO:4", ""))
    same = [(f"MONDO:{at}", SAME[1], f"DOID:{at}", "") for at in (1, 2, 3, 4)]
    found, report = linked(tmp_path, edges(tmp_path, *same, *apart, more="negated"))
    assert (found, len(report.unlinked)) == ({"DOID:4": "MONDO:4"}, 3)
    found, report = linked(tmp_path, edges(tmp_path, *apart, more="negated"))
    assert (found, report.unlinked) == ({}, [])


def test_placeholders_make_no_two_nodes_one(tmp_path: Path) -> None:
    rows = [(f"{one}:1", void) for void in ("nan", "['C:1', 'D:1']") for one in "AB"]
    found, report = linked(tmp_path, table(tmp_path, "a_nodes.tsv", ("id", "same_as"), *rows))
    assert found == {}
    assert [it["ids"] for it in report.unlinked] == [["['C:1', 'D:1']", "nan"]]


def test_a_nodes_other_ids_are_links(tmp_path: Path) -> None:
    names = ["same_as", "biolink:same_as", "https://w3id.org/biolink/vocab/same_as", "Same As"]
    names += ["equivalent_identifiers", "biolink:equivalent_identifiers", "xref"]
    ids = [f"x{at}:1" for at in range(len(names))]
    rows = [("MONDO:1", *ids[1:], f"DOID:2|MONDO:1| {ids[0]} |"), ("HP:4", *["" for _ in names])]
    nodes = table(tmp_path, "a_nodes.tsv", ("id", *names[1:], names[0]), *rows)
    found, _ = linked(tmp_path, nodes, rewrite=True)
    assert found == dict.fromkeys(["DOID:2", *ids[:-1]], "MONDO:1")


def test_refusals_are_those_of_mapping_sets_and_tell_the_rows(tmp_path: Path) -> None:
    rows = [("e1", "A:1", "owl:sameAs", "B:1"), ("", "B:1", "owl:sameAs", "A:2")]
    rows.append(("e3", "C:1", "biolink:exact_match", "D:1"))
    one = table(tmp_path, "a_edges.tsv", ("id", *ENDS), *rows)
    nodes = [("C:1", "biolink:Gene", ""), ("D:1", "biolink:Disease", ""), ("E:1", "", "E:2")]
    two = table(tmp_path, "b_nodes.tsv", ("id", "category", "same_as"), *nodes)
    found, report = linked(tmp_path, one, two)
    assert found == {}
    assert [(it["fault"], it["rows"]) for it in report.unlinked] == [
        (
            "A:1 and A:2 are two ids of one prefix",
            ["a_edges.tsv:e1: A:1 owl:sameAs B:1", "a_edges.tsv:3: B:1 owl:sameAs A:2"],
        ),
        ("D:1 is a disorder, C:1 a gene", ["a_edges.tsv:e3: C:1 biolink:exact_match D:1"]),
        ("E:1 and E:2 are two ids of one prefix", ["b_nodes.tsv:4: E:1 biolink:same_as E:2"]),
    ]
    # Who asks why is told of the same rows.
    why = cliques(link_batches([one, two])).why("A:2")
    assert why is not None
    assert [str(row) for row in why.rows] == report.unlinked[0]["rows"]


@pytest.mark.parametrize("rewrite", [False, True])
def test_categories_count_in_a_table_that_must_be_mended(rewrite: bool, tmp_path: Path) -> None:
    rows = [("A:1", "biolink:Gene"), ("B:1", "biolink:Disease"), ("", "")]
    nodes = table(tmp_path, "a_nodes.tsv", ("id", "category"), *rows)
    with nodes.open("ab") as file:
        file.write(b"\xff\n")
    (tmp_path / "m.sssom.tsv").write_text(
        "subject_id\tpredicate_id\tobject_id\nA:1\tskos:exactMatch\tB:1\n"
    )
    found, report = linked(tmp_path, nodes, tmp_path / "m.sssom.tsv", rewrite=rewrite)
    assert (found, len(report.unlinked)) == ({}, 1)


def test_matches_of_tables_and_of_mapping_sets_make_one_chain(tmp_path: Path) -> None:
    one = edges(tmp_path, SAME, ("MESH:D3", "biolink:causes", "HP:1"))
    (tmp_path / "m.sssom.tsv").write_text(
        "subject_id\tpredicate_id\tobject_id\nDOID:2\tskos:exactMatch\tMESH:D3\n"
    )
    found, _ = linked(tmp_path, one, tmp_path / "m.sssom.tsv", rewrite=True)
    assert found == {"DOID:2": "MONDO:1", "MESH:D3": "MONDO:1"}
    text = (tmp_path / "out" / "edges.tsv").read_text()
    assert "MONDO:1\tbiolink:causes\tHP:1\tMESH:D3" in text


def test_a_table_that_cannot_be_read_says_nothing_of_why(tmp_path: Path) -> None:
    assert read_matches([table(tmp_path, "b_edges.tsv", ("subject",))]) == []
    packed = tmp_path / "c_edges.tsv.gz"
    packed.write_bytes(b"plain")
    assert len(read_matches([packed, edges(tmp_path, SAME)])) == 1


ids = st.sampled_from(["MONDO:1", "DOID:1", "MESH:D1", "UMLS:C1", "HP:1", "HP:2"])
said = st.sampled_from(["skos:exactMatch", "owl:sameAs", "owl:differentFrom", "skos:closeMatch"])
rows_of = st.lists(st.tuples(ids, said, ids, st.sampled_from(["", "true"])), max_size=6)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(rows=rows_of, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_files_does_not_matter(
    rows: list[tuple[str, ...]], order: Random
) -> None:
    def links(given: Iterable[tuple[str, ...]], names: Sequence[str]) -> tuple[Any, ...]:
        with TemporaryDirectory() as name:
            folder, parts = Path(name), list(given)
            half = len(parts) // 2
            tables = (parts[:half], parts[half:])
            paths = [
                table(folder, file, (*ENDS, "negated"), *part)
                for file, part in zip(names, tables, strict=True)
            ]
            found, report = linked(folder, *paths, rewrite=True)
            assert sum(it.rows for it in report.totals) == len(parts)
            return found, sorted(it["ids"] for it in report.unlinked)

    shuffled = list(rows)
    order.shuffle(shuffled)
    assert links(rows, ("a_edges.tsv", "b_edges.tsv")) == links(
        shuffled, ("b_edges.tsv", "a_edges.tsv")
    )
