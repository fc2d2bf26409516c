"""All names of a merge in tables: what each becomes, whatever batch it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studyclaims.merging import names
from studyclaims.merging.engine import engine
from studyclaims.merging.names import link_names
from studyclaims.merging.readers.reading import Mapped, Said, Told, batch
from studyclaims.merging.table import PROPERTY, STATEMENT, Admission

if TYPE_CHECKING:
    from pathlib import Path

OBO = "http://purl.obolibrary.org/obo/"
ROWS = [
    Said("MSH:D1", "biolink:affects", "http://x/a b", "iri", g="plain"),
    Said("http://identifiers.org/mesh/D1", "http://x/p", "no: <iri>", "literal"),
    Said("_:a", "http://x/p", "_:b", "blank"),
    Said("go:GO:1", "http://x/p", "http://x/o"),
    # Two ids of one canonical id, which is no IRI as it stands.
    Said("MSH:D 2", "http://x/p", "http://identifiers.org/mesh/D 2"),
]
TOLD = [
    Told("go:GO:1", "category", "biolink:BiologicalProcess", "iri"),
    Told("hp:1", "biolink:category", "biolink:PhenotypicFeature", "iri"),
    Told("NCBIGene:9", "category", "biolink:Gene", "iri"),
    Told("NCBIGene:9", "name", "nine"),
]
SAME = [
    Mapped("HP:1", "skos:exactMatch", "UMLS:C1", False, "m", "1"),
    Mapped("UMLS:C2", "skos:exactMatch", "NCBIGene:9", False, "m", "2"),
    Mapped("UMLS:C2", "skos:exactMatch", "MONDO:9", False, "m", "3"),
]


@pytest.mark.parametrize("size", [1, 100_000])
def test_names_become_what_they_are_in_a_graph(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "BATCH", size)
    with engine(tmp_path / "spill") as db:
        said, told = tmp_path / "s.parquet", tmp_path / "t.parquet"
        with Admission(db, said, STATEMENT) as rows, Admission(db, told, PROPERTY) as more:
            rows.add(batch(Said, ROWS))
            more.add(batch(Told, TOLD))
        links = link_names(db, [said], [told], [batch(Mapped, SAME)], tmp_path)
        leaders = dict(db.rows("select * from leaders"))
        iris = db.rows("select id, iri from names")
        legal = {name for (name,) in db.rows("select id from names where is_legal")}
    assert leaders == {
        "MSH:D1": "http://id.nlm.nih.gov/mesh/D1",
        "http://identifiers.org/mesh/D1": "http://id.nlm.nih.gov/mesh/D1",
        "go:GO:1": f"{OBO}GO_1",
        "hp:1": f"{OBO}HP_1",
        "UMLS:C1": f"{OBO}HP_1",
        "MSH:D 2": "http://id.nlm.nih.gov/mesh/D 2",
        "http://identifiers.org/mesh/D 2": "http://id.nlm.nih.gov/mesh/D 2",
    }
    assert len(iris) == len(dict(iris))
    found = dict(iris)
    assert found["go:GO:1"] == f"{OBO}GO_1"
    assert found["biolink:affects"] == "https://w3id.org/biolink/vocab/affects"
    assert found["http://x/a b"] == "http://x/a%20b"
    assert found["http://id.nlm.nih.gov/mesh/D 2"] == "http://id.nlm.nih.gov/mesh/D%202"
    assert found["plain"] == "https://w3id.org/studyclaims/name/plain"
    # What looks like a CURIE is an IRI too, and RDF may have it.
    assert {"MSH:D1", "go:GO:1", "biolink:affects"} <= legal
    assert not legal & {"http://x/a b", "plain", "MSH:D 2"}
    # What an IRI is already takes no row, and neither does what is no name.
    assert not {name for name in found if name.startswith(("_:", f"{OBO}", "http://x/p"))}
    assert "no: <iri>" not in found
    # A gene and a disease are not one, and that is known from their categories and prefixes.
    assert [it["fault"] for it in links.refused] == ["NCBIGene:9 is a gene, MONDO:9 a disorder"]
    assert not list(tmp_path.glob(".*"))


def test_categories_are_those_of_ids_in_any_spelling(tmp_path: Path) -> None:
    same = [Mapped("UMLS:C1", "skos:exactMatch", "MESH:D1", False, "m", "1")]
    rows = [
        Told("MSH:D1", "category", "biolink:Gene", "iri"),
        Told("UMLS:C1", "category", "biolink:Disease", "iri"),
    ]
    with engine(tmp_path / "spill") as db:
        with Admission(db, tmp_path / "t.parquet", PROPERTY) as more:
            more.add(batch(Told, rows))
        links = link_names(db, [], [tmp_path / "t.parquet"], [batch(Mapped, same)], tmp_path)
    assert [it["fault"] for it in links.refused] == ["UMLS:C1 is a disorder, MESH:D1 a gene"]
