"""Mappings: read by the file's own prefix map, written as SKOS between named terms."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import Literal, NamedNode

from studyclaims.errors import GraphError, RecordError, TermError
from studyclaims.ontologies.mappings import GRAPH, PREDICATES, mapping_quads, read_mappings
from studyclaims.paths import ontology_dir
from studyclaims.terms import expand

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = ontology_dir() / "mappings.sssom.tsv"
HEAD: Final = (
    "#curie_map:\n#  A: https://a.example/\n#  skos: http://www.w3.org/2004/02/skos/core#\n"
)
COLUMNS: Final = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label")
ROW: Final = ("A:1", "one", "skos:exactMatch", "A:2", "two")


MATCHES: Final = frozenset(
    {
        *(
            f"http://www.w3.org/2004/02/skos/core#{kind}Match"
            for kind in ("exact", "close", "broad", "narrow", "related")
        ),
        "https://w3id.org/semapv/vocab/crossSpeciesExactMatch",
    }
)


def written(
    folder: Path, *rows: tuple[str, ...], head: str = HEAD, columns: tuple[str, ...] = COLUMNS
) -> Path:
    """Return a mapping file with this head and these rows."""
    path = folder / "m.sssom.tsv"
    lines = ["\t".join(row) for row in (columns, *rows)]
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@cache
def rows() -> tuple[dict[str, str], ...]:
    """Return the rows of the checked-in file as they stand."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if not line.startswith("#")]
    return tuple(csv.DictReader(table, delimiter="\t"))


def test_a_row_is_read_with_its_iris_whole(tmp_path: Path) -> None:
    (row,) = read_mappings(written(tmp_path, ROW))
    assert row == {
        "subject_id": "https://a.example/1",
        "subject_label": "one",
        "predicate_id": "http://www.w3.org/2004/02/skos/core#exactMatch",
        "object_id": "https://a.example/2",
        "object_label": "two",
    }


def test_the_files_own_prefixes_count_and_not_ours(tmp_path: Path) -> None:
    head = HEAD.replace("A: https://a.example/", "CL: https://other.example/")
    (row,) = read_mappings(written(tmp_path, ("CL:1", *ROW[1:3], "CL:2", "two"), head=head))
    assert row["subject_id"] == "https://other.example/1"


def test_more_columns_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path, (*ROW, "said"), columns=(*COLUMNS, "comment"))
    assert read_mappings(path)[0]["comment"] == "said"


def test_a_set_without_rows_is_empty(tmp_path: Path) -> None:
    assert read_mappings(written(tmp_path)) == []


@pytest.mark.parametrize("place", [0, 2, 3])
def test_an_undeclared_prefix_is_named(tmp_path: Path, place: int) -> None:
    row = list(ROW)
    row[place] = "semapv:crossSpeciesExactMatch" if place == 2 else "B:1"
    with pytest.raises(GraphError, match=f"{row[place]!r} has a prefix that its curie_map lacks"):
        read_mappings(written(tmp_path, tuple(row)))


@pytest.mark.parametrize("text", ["no-colon", "", "A", ":1"])
def test_what_is_no_curie_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises((GraphError, TermError)):
        read_mappings(written(tmp_path, (text, *ROW[1:])))


@pytest.mark.parametrize(
    "predicate",
    ["skos:exactmatch", "owl:sameAs", "owl:equivalentClass", "biolink:same_as", "RO:0002411", ""],
)
def test_another_predicate_is_refused(tmp_path: Path, predicate: str) -> None:
    with pytest.raises(GraphError, match=r"expected one of .*skos:exactMatch"):
        read_mappings(written(tmp_path, (*ROW[:2], predicate, *ROW[3:])))


def test_the_predicates_are_those_of_skos_and_one_of_sssom() -> None:
    assert {
        "skos:exactMatch",
        "skos:closeMatch",
        "skos:broadMatch",
        "skos:narrowMatch",
        "skos:relatedMatch",
        "semapv:crossSpeciesExactMatch",
    } == PREDICATES


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    kept = [place for place, name in enumerate(COLUMNS) if name != column]
    path = written(
        tmp_path, tuple(ROW[place] for place in kept), columns=tuple(COLUMNS[p] for p in kept)
    )
    with pytest.raises(GraphError, match=f"no column {column}"):
        read_mappings(path)


@pytest.mark.parametrize("head", ["#mapping_set_id: x\n", "#- a\n", "#curie_map: x\n"])
def test_a_header_without_a_prefix_map_is_refused(tmp_path: Path, head: str) -> None:
    with pytest.raises(GraphError, match="no curie_map"):
        read_mappings(written(tmp_path, ROW, head=head))


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises((GraphError, RecordError)):
        read_mappings(written(tmp_path, ROW, head=""))


def test_an_iri_that_could_run_code_is_refused(tmp_path: Path) -> None:
    head = HEAD.replace("https://a.example/", "'javascript:'")
    with pytest.raises(TermError):
        read_mappings(written(tmp_path, ROW, head=head))


def test_a_cell_too_few_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphError):
        read_mappings(written(tmp_path, ROW[:3]))


def test_each_row_is_one_statement() -> None:
    found = {q for q in mapping_quads() if q.predicate.value in MATCHES}
    assert len(found) == len(rows())
    statements = {(str(q.subject), str(q.predicate), str(q.object)) for q in found}
    names = ("subject_id", "predicate_id", "object_id")
    assert statements == {tuple(f"<{whole(row[name])}>" for name in names) for row in rows()}


def whole(curie: str) -> str:
    """Return the IRI of a CURIE by the file's prefix map, read in the plainest way."""
    prefix, _, local = curie.partition(":")
    line = f"#  {prefix}: "
    lines = FILE.read_text(encoding="utf-8").splitlines()
    (space,) = (text.removeprefix(line) for text in lines if text.startswith(line))
    return space + local


def test_both_sides_are_labelled() -> None:
    labels = {(q.subject, q.object) for q in mapping_quads() if q.predicate.value == LABEL}
    for row in rows():
        for side in ("subject", "object"):
            if row[f"{side}_label"]:
                pair = (NamedNode(whole(row[f"{side}_id"])), Literal(row[f"{side}_label"]))
                assert pair in labels


LABEL: Final = expand("rdfs:label")


def test_nothing_else_is_written() -> None:
    about = [q for q in mapping_quads() if q.subject != NamedNode(GRAPH)]
    assert {q.predicate.value for q in about} <= MATCHES | {LABEL}
    header = {q.predicate.value for q in mapping_quads() if q.subject == NamedNode(GRAPH)}
    assert {expand(name) for name in ("dct:license", "dct:rights", "dct:title")} <= header
    assert {q.graph_name for q in mapping_quads()} == {NamedNode(GRAPH)}
    assert GRAPH == "https://w3id.org/studyclaims/graph/mappings"


def test_an_exact_match_is_between_outside_terms_of_two_ontologies() -> None:
    exact = [row for row in rows() if row["predicate_id"] == "skos:exactMatch"]
    assert exact
    for row in exact:
        prefixes = {row[f"{side}_id"].partition(":")[0] for side in ("subject", "object")}
        assert len(prefixes) == 2
        assert prefixes.isdisjoint({"scterm", "entity"})


def test_the_osteoclast_is_found_by_its_mesh_heading() -> None:
    exact = NamedNode(expand("skos:exactMatch"))
    pairs = {(q.subject, q.object) for q in mapping_quads() if q.predicate == exact}
    mesh = NamedNode("http://id.nlm.nih.gov/mesh/D010010")
    assert (NamedNode(expand("CL:0000092")), mesh) in pairs
