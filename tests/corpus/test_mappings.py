"""Mappings of composed entities name entities that a record has, by the labels they have."""

from __future__ import annotations

import csv
from functools import cache

import pytest

from studyclaims.identifiers import compose, label
from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import ontology_dir, studies_dir, terms_dir
from studyclaims.records import read_record

LINES = (ontology_dir() / "mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
TABLE = csv.DictReader((line for line in LINES if not line.startswith("#")), delimiter="\t")
ROWS = [row for row in TABLE if row["subject_id"].startswith("entity:")]


@cache
def labels() -> dict[str, str]:
    """Return the label of every entity of every record, by its key."""
    index = read_slices(terms_dir())
    found = {}
    for path in sorted(studies_dir().glob("*.yaml")):
        entities = read_record(path).study.entities
        for entity in (compose(name, entities) for name in entities):
            found[entity.iri.rpartition("/")[2]] = label(entity, index)
    return found


def test_composed_entities_are_mapped() -> None:
    assert len(ROWS) >= 10


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['subject_id']}-{row['object_id']}")
def test_a_mapped_entity_is_one_of_a_record_and_has_its_label(row: dict[str, str]) -> None:
    assert labels().get(row["subject_id"].partition(":")[2]) == row["subject_label"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['subject_id']}-{row['object_id']}")
def test_a_composed_entity_is_never_mapped_as_the_same(row: dict[str, str]) -> None:
    assert row["predicate_id"] in {"skos:broadMatch", "skos:closeMatch", "skos:relatedMatch"}
