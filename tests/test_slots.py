"""One table says which terms stand where; the model, the page and the shapes agree with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import SH, URIRef

from studyclaims import model
from studyclaims.ontologies.slices import BRANCHED, read_slices
from studyclaims.paths import terms_dir
from studyclaims.shapes import SHAPES, load_shapes
from studyclaims.slots import BRANCHES, SLOTS, branch, fits, taken_by
from studyclaims.terms import expand, prefixes

ROOT: Final = Path(__file__).parents[1]
SHAPE_OF: Final = {
    "variable": "Slot-variable",
    "bearer": "Slot-bearer",
    "within_part": "Slot-part",
    "by_agent": "Slot-agent",
    "modifier": "Slot-modifier",
    "term": "Slot",
    "species": "Slot-species",
    "site": "Slot-site",
    "type": "Evidence-type",
}
NO_TERMS: Final = {
    "biolink", "dcat", "dct", "doi", "entity", "fabio", "foaf", "oa", "oboInOwl", "orcid", "owl",
    "PMC", "PMID", "proposition", "prov", "rdf", "rdfs", "sc", "schema", "sh", "shape", "skos",
    "studyclaims", "topic", "void", "xsd",
}  # fmt: skip
"""Prefixes of what is no term: vocabularies, people, documents, our own things."""

every_slot = pytest.mark.parametrize("slot", SLOTS)


def test_every_key_of_the_model_that_takes_a_term_is_a_slot() -> None:
    blocks = [v for v in vars(model).values() if isinstance(v, type) and v is not model.Block]
    keys = {
        name
        for block in blocks
        if issubclass(block, model.Block)
        for name, said in block.__annotations__.items()
        if "TermText" in str(said)
    }
    assert keys == SLOTS.keys()


def test_the_page_gives_the_table() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    section = page.partition("\n## Terms\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", section, re.MULTILINE))
    assert rows == {slot: taken_by(slot) for slot in SLOTS}


@every_slot
def test_what_a_slot_takes_is_declared_and_stands_once(slot: str) -> None:
    names = SLOTS[slot]
    assert len(set(names)) == len(names)
    assert {name.partition(" ")[0] for name in names} <= prefixes().keys()
    assert {name.partition(" ")[2] for name in names} <= {"", *BRANCHES.values()}


def test_every_ontology_may_be_an_entity_but_those_of_evidence_and_relations() -> None:
    terms = prefixes().keys() - NO_TERMS
    assert terms - set(SLOTS["term"]) == {"BFO", "ECO", "RO"}


@every_slot
def test_the_shapes_take_what_the_table_takes(slot: str) -> None:
    shape = URIRef(SHAPES + SHAPE_OF[slot])
    pattern = str(load_shapes().value(shape, SH.pattern))
    head = load_shapes().value(URIRef(f"{shape}-branch"), SH["in"])
    branches = {str(value) for value in load_shapes().items(head)} if head else {*BRANCHES}
    taken = {prefix for prefix in prefixes() if re.search(pattern, expand(f"{prefix}:0000001"))}
    # an entity of our own is a composition, which stands where a term stands
    own = {"entity"} if slot == "term" else set()
    assert taken == own | {prefix for prefix in prefixes() if fits(slot, f"{prefix}:1")}
    known = {name for name in BRANCHES if fits(slot, f"{BRANCHED}:1", name)}
    assert known == (branches if BRANCHED in taken else set())


@given(
    slot=st.sampled_from(sorted(SLOTS)),
    prefix=st.sampled_from(sorted(prefixes())),
    namespace=st.sampled_from(sorted(BRANCHES)),
)
def test_what_is_known_of_a_term_never_widens_what_it_fits(
    slot: str, prefix: str, namespace: str
) -> None:
    curie = f"{prefix}:1"
    assert fits(slot, curie) or not fits(slot, curie, namespace)
    assert branch(curie, namespace).startswith(prefix)


def test_a_slot_takes_something_and_says_so() -> None:
    assert all(fits(slot, f"{name.partition(' ')[0]}:1") for slot in SLOTS for name in SLOTS[slot])
    assert taken_by("within_part") == "CL, GO component or UBERON"
    with pytest.raises(KeyError):
        fits("toward", "CL:1")


def test_the_namespaces_of_the_slices_are_known() -> None:
    entries = read_slices(terms_dir()).values()
    given = {e.curie: e.namespace for e in entries if e.namespace}
    assert set(given.values()) <= BRANCHES.keys()
    assert {curie.partition(":")[0] for curie in given} == {BRANCHED}
    assert {e.curie for e in entries if e.curie.startswith("GO:")} - given.keys() <= {"GO:0072675"}
