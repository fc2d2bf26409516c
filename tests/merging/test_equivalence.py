"""Cliques: what makes ids one thing, what never does, and what refuses it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.merging.equivalence import cliques, components, joined
from studyclaims.merging.readers.reading import EXACT, Mapped, batch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studyclaims.merging.equivalence import Cliques

OSTEOPENIA = "HP:0000938"
MARCHIAFAVA_BIGNAMI = "MONDO:0016370"


def found(
    *rows: str,
    ids: list[str] | None = None,
    categories: Mapping[str, list[str]] | None = None,
) -> Cliques:
    """Return the cliques of rows such as ``A:1 = B:1`` and ``A:1 != C:1``."""
    made = []
    for number, row in enumerate(rows, 1):
        one, sign, other = row.split()
        predicate = {"=": "skos:exactMatch", "!=": "skos:exactMatch"}.get(sign, sign)
        made.append(Mapped(one, predicate, other, sign == "!=", "a.tsv", str(number)))
    return cliques([batch(Mapped, made)] if made else [], ids, categories)


def test_chains_are_followed_to_their_ends_in_whatever_spelling() -> None:
    it = found(
        "mondo:1 = DOID:1", "http://purl.obolibrary.org/obo/DOID_1 = MSH:D1", "MESH:D1 = UMLS:C1"
    )
    assert it.leader == {"DOID:1": "MONDO:1", "MESH:D1": "MONDO:1", "UMLS:C1": "MONDO:1"}
    clique = it.why("http://id.nlm.nih.gov/mesh/D1")
    assert clique is not None
    assert clique.ids == ("DOID:1", "MESH:D1", "MONDO:1", "UMLS:C1")
    assert clique.to_dict() == {
        "ids": ["DOID:1", "MESH:D1", "MONDO:1", "UMLS:C1"],
        "leader": "MONDO:1",
        "fault": "",
        "rows": [
            "a.tsv:3: MESH:D1 skos:exactMatch UMLS:C1",
            "a.tsv:2: http://purl.obolibrary.org/obo/DOID_1 skos:exactMatch MSH:D1",
            "a.tsv:1: mondo:1 skos:exactMatch DOID:1",
        ],
    }
    assert it.refused == []


@pytest.mark.parametrize("predicate", sorted(EXACT))
def test_each_exact_predicate_counts(predicate: str) -> None:
    assert found(f"MONDO:1 {predicate} DOID:1").leader == {"DOID:1": "MONDO:1"}


@pytest.mark.parametrize(
    "predicate",
    [
        "skos:closeMatch",
        "skos:broadMatch",
        "skos:narrowMatch",
        "skos:relatedMatch",
        "oboInOwl:hasDbXref",
        "rdfs:subClassOf",
        "http://www.w3.org/2004/02/skos/core#closeMatch",
        "http://www.w3.org/2004/02/skos/core#broadMatch",
    ],
)
def test_near_and_broad_are_never_one(predicate: str) -> None:
    it = found(f"MONDO:1 {predicate} DOID:1")
    assert (it.leader, it.refused, it.passed_over, it.why("MONDO:1")) == ({}, [], 1, None)


def test_osteopenia_is_never_one_with_marchiafava_bignami_disease() -> None:
    near = found(
        f"{OSTEOPENIA} skos:closeMatch MESH:D001851", f"MESH:D001851 = {MARCHIAFAVA_BIGNAMI}"
    )
    assert OSTEOPENIA not in near.leader
    assert near.why(OSTEOPENIA) is None
    # Even where a chain of exact matches says so, as one that was published did.
    it = found(f"{OSTEOPENIA} = UMLS:C0238265", f"UMLS:C0238265 = {MARCHIAFAVA_BIGNAMI}")
    assert it.leader == {}
    (clique,) = it.refused
    assert clique.fault.startswith("NodeNormalization#249: HP:0000938 not skos:exactMatch")
    assert len(clique.rows) == 3


def test_what_a_row_denies_is_not_one_however_long_the_chain() -> None:
    it = found("MONDO:1 = DOID:1", "DOID:1 = MESH:D1", "mesh:D1 != mondo:1", "HP:5 = MP:5")
    assert it.leader == {"MP:5": "HP:5"}
    (clique,) = it.refused
    assert clique.fault == "a.tsv:3: mesh:D1 not skos:exactMatch mondo:1 denies it"
    assert clique == it.why("DOID:1")


@pytest.mark.parametrize(
    "predicate", ["owl:differentFrom", "http://www.w3.org/2002/07/owl#differentFrom"]
)
def test_what_is_different_is_not_one(predicate: str) -> None:
    it = found("MONDO:1 = DOID:1", f"DOID:1 {predicate} MONDO:1", f"HP:5 {predicate} MP:5")
    assert (it.leader, it.passed_over) == ({}, 0)
    (clique,) = it.refused
    assert clique.fault == f"a.tsv:2: DOID:1 {predicate} MONDO:1 denies it"
    denied = Mapped("HP:5", predicate, "MP:5", True, "a.tsv", "1")
    none = cliques([batch(Mapped, [denied])])
    assert (none.leader, none.refused, none.passed_over) == ({}, [], 1)


OWL = "http://www.w3.org/2002/07/owl#"


@pytest.mark.parametrize(
    "denial",
    [
        (" DOID:1", "owl:differentFrom", "MONDO:1", False),
        ("DOID:1", "owl:differentFrom", "MONDO:1\u200b", False),
        ("DOID:1", " owl:differentFrom\u00a0", "MONDO:1", False),
        ("DOID:1", "OWL:differentfrom", "MONDO:1", False),
        ("DOID:1", f"<{OWL}differentFrom>", "MONDO:1", False),
        ("<http://purl.obolibrary.org/obo/DOID_1>", "owl:differentFrom", "MONDO:1", False),
        ('"DOID:1"', "skos:exactMatch", "MONDO:1", True),
        ("DOID:1", "SKOS:exactmatch ", "MONDO:1", True),
        ("DOID:1", "skos:closeMatch", "MONDO:1", True),
        ("DOID:1", "biolink:close_match", "MONDO:1", True),
        ("DOID:1", "owl:disjointWith", "MONDO:1", False),
        ("DOID:1", f"{OWL}complementOf", "MONDO:1", False),
    ],
)
def test_a_no_counts_in_every_spelling_and_where_it_entails_one(
    denial: tuple[str, str, str, bool],
) -> None:
    rows = [Mapped("MONDO:1", "biolink:same_as", "DOID:1", False, "a", "1")]
    rows.append(Mapped(*denial, "a", "2"))
    it = cliques([batch(Mapped, rows)])
    assert (it.leader, len(it.refused), it.passed_over) == ({}, 1, 0)
    assert it.refused[0].fault.endswith("denies it")
    # Alone it says nothing, and neither does its opposite.
    alone = cliques([batch(Mapped, [rows[1], rows[1]._replace(negated=not denial[3])])])
    assert alone.leader.keys() <= ({"DOID:1"} if "exactMatch" in denial[1] else set())


def test_what_is_near_or_broad_by_no_row_denies_nothing() -> None:
    rows = [Mapped("MONDO:1", "skos:exactMatch", "DOID:1", False, "a", "1")]
    rows += [
        Mapped("MONDO:1", f"skos:{name}Match", "DOID:1", True, "a", "2")
        for name in ("broad", "narrow", "related")
    ]
    it = cliques([batch(Mapped, rows)])
    assert (it.leader, it.passed_over) == ({"DOID:1": "MONDO:1"}, 3)


def test_what_is_no_id_links_nothing_and_is_told() -> None:
    void = ["nan", "None", "-", "NA", "null", "", "['B:1', 'C:1']", "UMLS:nan", "sssom:NoMapping"]
    rows = [
        Mapped(f"x{at}:1", "biolink:same_as", name, False, "a", str(at))
        for at, name in enumerate(sorted([*void, *void]))
    ]
    rows.append(Mapped("nan", "owl:sameAs", "HP:1", False, "a", "99"))
    it = cliques([batch(Mapped, rows)])
    assert it.leader == {}
    (told,) = it.refused
    assert told.ids == tuple(sorted(void))
    assert told.fault == "neither a CURIE nor an IRI: links nothing (19 rows)"
    assert len(told.rows) == 19


def test_a_denial_of_what_nobody_says_changes_nothing() -> None:
    it = found("MONDO:1 = DOID:1", "MONDO:1 != DOID:2", "MONDO:3 != MESH:D7", "MONDO:1 != MESH:D1")
    assert it.leader == {"DOID:1": "MONDO:1"}


def test_two_ids_of_one_prefix_are_refused_with_their_rows() -> None:
    it = found("MONDO:1 = DOID:1", "MONDO:1 = doid:2")
    (clique,) = it.refused
    assert clique.fault == "DOID:1 and DOID:2 are two ids of one prefix"
    assert [row.record for row in clique.rows] == ["1", "2"]
    assert it.leader == {}


def test_a_series_of_omim_is_no_entry_of_it() -> None:
    assert found("MONDO:1 = OMIM:PS1", "MONDO:1 = OMIM:1").refused == []


def test_what_no_thing_can_be_at_once_is_refused() -> None:
    it = found("MONDO:1 = MESH:D1", "MESH:D1 = GO:1", "UBERON:1 = CL:1", "HGNC:1 = UniProtKB:P1")
    (clique,) = it.refused
    assert clique.fault == "MONDO:1 is a disorder, GO:1 a part or process"
    assert it.leader == {"CL:1": "UBERON:1", "UniProtKB:P1": "HGNC:1"}


def test_categories_go_before_what_a_prefix_says() -> None:
    told = {"mesh:D1": ["biolink:Disease"], "x:1": ["https://w3id.org/biolink/vocab/Gene"]}
    it = found("MESH:D1 = x:1", categories=told)
    assert it.refused[0].fault == "x:1 is a gene, MESH:D1 a disorder"
    told = {"mesh:D1": ["biolink:Drug"], "MESH:D1": ["biolink:Protein"], "x:1": ["biolink:Gene"]}
    assert found("MESH:D1 = x:1", categories=told).leader == {"x:1": "MESH:D1"}
    # A class that says nothing leaves what the prefix says.
    told = {"HP:1": ["biolink:NamedThing"], "x:1": ["biolink:Gene"]}
    assert found("HP:1 = x:1", categories=told).leader == {}
    assert found("HP:1 = x:1", categories={"x:1": ["biolink:NamedThing"]}).leader == {"x:1": "HP:1"}


def test_a_row_of_one_id_makes_no_clique() -> None:
    it = found("GO:1 = go:1")
    assert (it.leader, it.refused, it.why("GO:1")) == ({}, [], None)


def test_only_wanted_ids_are_told() -> None:
    rows = ("MONDO:1 = DOID:1", "MONDO:1 = MESH:D1")
    assert found(*rows, ids=["msh:D1", "MONDO:1"]).leader == {"MESH:D1": "MONDO:1"}


def test_an_id_of_no_known_prefix_leads_by_its_name() -> None:
    assert found("y:2 = x:3").leader == {"y:2": "x:3"}
    assert found("y:2 = MONDO:1").leader == {"y:2": "MONDO:1"}


def test_ids_are_told_as_they_are_written() -> None:
    it = found("MONDO:1 = DOID:1")
    ids = pa.array(["doid:1", "MONDO:1", "http://purl.obolibrary.org/obo/DOID_1", "x:1"])
    assert it.table(ids).to_pylist() == [
        {"id": "doid:1", "canonical": "MONDO:1"},
        {"id": "http://purl.obolibrary.org/obo/DOID_1", "canonical": "MONDO:1"},
    ]
    iri = "http://purl.obolibrary.org/obo/MONDO_1"
    assert it.table(ids, "iri")["canonical"].to_pylist() == [iri, iri, iri]


def test_no_mappings_make_no_cliques() -> None:
    assert found().leader == {}
    assert found("A:1 != B:1").leader == {}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_two_ways_to_find_the_parts_agree(pairs: list[tuple[int, int]]) -> None:
    ours, theirs = joined(pairs, 10), components(pairs, 10)
    same = {(a, b) for a in range(10) for b in range(10) if ours[a] == ours[b]}
    assert same == {(a, b) for a in range(10) for b in range(10) if theirs[a] == theirs[b]}


def test_without_scipy_the_same_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    assert list(components([(0, 2)], 3)) == [0, 1, 0]
    assert found("MONDO:1 = DOID:1", "DOID:1 = MESH:D1").leader["MESH:D1"] == "MONDO:1"


@given(
    st.permutations(["MONDO:1 = DOID:1", "DOID:1 = MESH:D1", "UMLS:C1 = MESH:D1", "HP:1 = MP:1"])
)
def test_the_order_of_rows_changes_nothing(rows: list[str]) -> None:
    it = found(*rows)
    assert it.leader == {
        "DOID:1": "MONDO:1",
        "MESH:D1": "MONDO:1",
        "UMLS:C1": "MONDO:1",
        "MP:1": "HP:1",
    }
