"""The slices of ``ontology/terms/`` and the mappings beside them, one test id a file."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from studyclaims.ontologies.obo import own_definition
from studyclaims.ontologies.slices import SLICES, read_slice, read_slices, slice_text
from studyclaims.rdf import node
from studyclaims.terms import compress, expand, prefixes

if TYPE_CHECKING:
    from pyoxigraph import Quad

ROOT = Path(__file__).resolve().parents[2]
TERMS = ROOT / "ontology" / "terms"
MAPPINGS = ROOT / "ontology" / "mappings.sssom.tsv"
FACTS = ROOT.parent / "shared" / "facts" / "terms.tsv"

every_slice = pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in sorted(TERMS.glob("*.ttl"))]
)

HEADER = ("dct:title", "dct:license", "dct:source", "dcat:version", "prov:wasDerivedFrom")
LINKS = ("rdf:type", "rdfs:subClassOf", "rdfs:subPropertyOf", "owl:inverseOf", "dct:isReplacedBy")


def iri(term: object) -> str:
    """Return the IRI of a node, or fail: a slice has nothing else there."""
    assert isinstance(term, NamedNode)
    return term.value


def terms(quads: list[Quad]) -> set[str]:
    """Return the IRIs that a slice describes, without its own."""
    return {iri(quad.subject) for quad in quads} - {iri(header(quads)[0].subject)}


def header(quads: list[Quad]) -> list[Quad]:
    return [quad for quad in quads if iri(quad.subject).startswith(SLICES)]


def values(quads: list[Quad], subject: str, predicate: str) -> list[str]:
    found = (
        q.object for q in quads if q.subject == node(subject) and q.predicate == node(predicate)
    )
    return [term.value for term in found if isinstance(term, NamedNode | Literal)]


def facts() -> dict[str, str]:
    """Return CURIE to label of the facts file, or skip where it is not beside the checkout."""
    if not FACTS.is_file():
        pytest.skip(f"the facts file is no part of the repository: no {FACTS.name} beside it")
    with FACTS.open(encoding="utf-8", newline="") as file:
        return {row["curie"]: row["label"] for row in csv.DictReader(file, delimiter="\t")}


@every_slice
def test_reading_and_writing_again_changes_no_byte(path: Path) -> None:
    assert slice_text(read_slice(path)).encode("utf-8") == path.read_bytes(), (
        f"write {path.name} with studyclaims.ontologies.slices.slice_text(read_slice(path))"
    )


@every_slice
def test_a_slice_has_no_blank_node(path: Path) -> None:
    quads = list(parse(path=str(path), format=RdfFormat.TURTLE))
    assert quads
    assert all(isinstance(quad.subject, NamedNode) for quad in quads)
    assert all(isinstance(quad.object, NamedNode | Literal) for quad in quads)


@every_slice
def test_the_header_says_where_it_is_from_and_on_what_terms(path: Path) -> None:
    lines = header(read_slice(path))
    assert len({quad.subject for quad in lines}) == 1
    for name in HEADER:
        assert len([quad for quad in lines if quad.predicate == node(name)]) == 1, name


@every_slice
def test_every_term_has_one_label_and_one_home(path: Path) -> None:
    quads = read_slice(path)
    assert terms(quads)
    for subject in terms(quads):
        assert len(values(quads, subject, "rdfs:label")) == 1, subject
        assert len(values(quads, subject, "rdfs:isDefinedBy")) == 1, subject


@every_slice
def test_every_prefix_is_declared(path: Path) -> None:
    quads = read_slice(path)
    links = {node(name) for name in LINKS}
    names = terms(quads) | {quad.predicate.value for quad in quads}
    names |= {iri(quad.object) for quad in quads if quad.predicate in links}
    assert {name for name in names if compress(name) == name} == set()


@every_slice
def test_nothing_of_a_machine_is_in_a_slice(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?:^|[\s\"<(])(?:file:|/(?:tmp|home|work|root|usr)/)", text)


@every_slice
def test_labels_are_those_of_the_facts(path: Path) -> None:
    known = facts()
    quads = read_slice(path)
    found = {compress(subject): values(quads, subject, "rdfs:label")[0] for subject in terms(quads)}
    assert found == {curie: known.get(curie, label) for curie, label in found.items()}


@every_slice
def test_the_table_tells_the_number_of_terms(path: Path) -> None:
    quads = read_slice(path)
    row = re.search(
        rf"^\| `{path.name}` \|(.*)\|$", (TERMS / "README.md").read_text(), re.MULTILINE
    )
    assert row, f"ontology/terms/README.md has no row for {path.name}"
    _, version, _, count, _ = (cell.strip() for cell in row[1].split("|"))
    assert int(count) == len(terms(quads)), f"correct the row of {path.name}"
    assert [version] == values(quads, iri(header(quads)[0].subject), "dcat:version")


def test_a_licence_of_its_own_is_kept() -> None:
    quads = read_slice(TERMS / "hp.ttl")
    assert not [q for q in quads if q.predicate in (node("skos:definition"), node("skos:altLabel"))]


@every_slice
def test_no_definition_says_that_it_is_of_wikipedia(path: Path) -> None:
    quads = read_slice(path)
    said = {text for subject in terms(quads) for text in values(quads, subject, "skos:definition")}
    assert {text for text in said if not own_definition(text, [])} == set()


def test_own_terms_say_what_they_mean_and_why_they_are_needed() -> None:
    quads = read_slice(TERMS / "studyclaims.ttl")
    for subject in terms(quads):
        assert subject.startswith(expand("scterm:x")[:-1])
        assert len(values(quads, subject, "skos:definition")) == 1, subject
        assert len(values(quads, subject, "skos:editorialNote")) == 1, subject


def mapping_set() -> tuple[dict[str, object], list[dict[str, str]]]:
    """Return the header and the rows of the mapping file."""
    lines = MAPPINGS.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    head = yaml.safe_load("\n".join(line.removeprefix("#") for line in lines[:first]))
    return head, list(csv.DictReader(lines[first:], delimiter="\t"))


def test_the_mapping_set_is_named_and_licensed() -> None:
    head, _ = mapping_set()
    assert head["mapping_set_id"] == "https://w3id.org/studyclaims/graph/mappings"
    assert head["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert head["mapping_set_version"]


def test_mappings_use_the_prefix_map() -> None:
    head, rows = mapping_set()
    declared = head["curie_map"]
    assert isinstance(declared, dict)
    assert {k: v for k, v in declared.items() if prefixes().get(k, v) != v} == {}
    columns = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    used = {row[column].partition(":")[0] for row in rows for column in columns}
    assert used <= declared.keys()


def test_mappings_stand_once_and_in_order() -> None:
    _, rows = mapping_set()
    keys = [(row["subject_id"], row["predicate_id"], row["object_id"]) for row in rows]
    assert keys == sorted(set(keys))


def test_mappings_give_the_labels_of_the_slices() -> None:
    _, rows = mapping_set()
    known = {entry.curie: entry.label for entry in read_slices(TERMS).values()}
    for row in rows:
        for side in ("subject", "object"):
            label = row[f"{side}_label"]
            assert known.get(row[f"{side}_id"], label) == label


def test_no_own_term_is_an_exact_match() -> None:
    _, rows = mapping_set()
    own = [row for row in rows if row["subject_id"].startswith("scterm:")]
    listed = {e.curie for e in read_slices(TERMS).values() if e.curie.startswith("scterm:")}
    assert {row["subject_id"] for row in own} == listed
    assert {row["predicate_id"] for row in own} <= {
        "skos:broadMatch", "skos:closeMatch", "skos:relatedMatch",
    }  # fmt: skip


def test_only_curated_sets_are_drawn_on() -> None:
    _, rows = mapping_set()
    assert not [row for row in rows if row["predicate_id"] == "oboInOwl:hasDbXref"]
    assert not [row for row in rows if "SNOMED" in row["subject_id"] + row["object_id"]]
    exact = [row for row in rows if row["predicate_id"] == "skos:exactMatch"]
    assert {row["mapping_justification"] for row in exact} == {"semapv:ManualMappingCuration"}
    assert all(row["mapping_provider"] for row in exact)


PAGE_TERMS = re.findall(
    r"(?:`|: |\[)([A-Za-z]+:[A-Za-z0-9-]+) ([^`,\]]+)[`,\]]",
    (ROOT / "docs" / "encoding.md").read_text(encoding="utf-8"),
)


def test_the_page_on_encoding_names_terms() -> None:
    assert len(PAGE_TERMS) > 30


@pytest.mark.parametrize(("curie", "label"), sorted(set(PAGE_TERMS)))
def test_a_term_of_the_page_on_encoding_is_in_a_slice(curie: str, label: str) -> None:
    listed = {entry.curie: entry.label for entry in read_slices(TERMS).values()}
    assert listed.get(curie) == label


def test_the_magnitudes_are_those_that_measures_are_kinds_of() -> None:
    found = {entry.curie for entry in read_slices(TERMS).values() if entry.magnitude}
    assert found == {"scterm:bone-formation", "scterm:mechanical-loading", "scterm:tissue-amount"}
