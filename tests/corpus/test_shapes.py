"""The corpus against the shapes: it conforms, and what must never be in it is found if planted."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from studyclaims.checking.checks import terms_of
from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import studies_dir, terms_dir
from studyclaims.quads import study_quads
from studyclaims.rdf import node
from studyclaims.records import read_record
from studyclaims.shapes import SHAPES, as_findings, validate_quads
from studyclaims.terms import BASE, TermEntry

if TYPE_CHECKING:
    from studyclaims.records import Record

KEYS = sorted(path.stem for path in studies_dir().glob("*.yaml"))
CLAIM = f"{BASE}claim/ausk-2017/"
HEDGED = CLAIM + "news-headline-bone-loss"


@cache
def record(key: str) -> Record:
    return read_record(studies_dir() / f"{key}.yaml")


@cache
def flagship() -> frozenset[Quad]:
    study = record("ausk-2017").study
    index = {term.iri: TermEntry(term.curie, term.label) for _, term in terms_of(study)}
    return study_quads(study, index, "test")


def value(subject: str, predicate: str) -> NamedNode:
    pair = NamedNode(subject), node(predicate)
    (found,) = (q.object for q in flagship() if (q.subject, q.predicate) == pair)
    assert isinstance(found, NamedNode)
    return found


def quad(subject: NamedNode, predicate: str, term: NamedNode | Literal) -> Quad:
    return Quad(subject, node(predicate), term, next(iter(flagship())).graph_name)


def line_of(text: str, key: str) -> int:
    """Return the line of the first such key after a text, both in the flagship's file."""
    lines = (studies_dir() / "ausk-2017.yaml").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if text in line)
    return (
        next(n for n, line in enumerate(lines) if n >= start and line.strip().startswith(key)) + 1
    )


def found_in(quads: frozenset[Quad]) -> dict[str, set[int]]:
    """Return the lines of the findings, by shape."""
    lines: dict[str, set[int]] = {}
    results = validate_quads(quads)
    for result in results:
        (finding,) = as_findings([result], record("ausk-2017"))
        lines.setdefault(result.shape.removeprefix(SHAPES), set()).add(finding.line)
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_every_study_conforms_with_the_wider_entities(key: str) -> None:
    quads = study_quads(record(key).study, read_slices(terms_dir()), "test")
    assert validate_quads(quads) == []


def test_the_flagship_conforms_without_the_slices() -> None:
    assert validate_quads(flagship()) == []


def test_a_leaked_hedge_is_found_at_its_certainty() -> None:
    about, outcome = value(HEDGED, "rdf:subject"), value(HEDGED, "rdf:object")
    claim, causes, may = NamedNode(HEDGED), node("biolink:causes"), node("sc:mayCause")
    was = {quad(claim, "rdf:predicate", may), quad(about, "sc:mayCause", outcome)}
    leaked = (flagship() - was) | {
        quad(claim, "rdf:predicate", causes),
        quad(about, "biolink:causes", outcome),
        quad(claim, "rdf:type", node("biolink:Association")),
    }
    found = found_in(leaked)
    assert found["Predicate-certain"] == {line_of("id: news-headline-bone-loss", "certainty:")}
    assert found.keys() == {
        "Predicate-certain",
        "Predicate-primary",
        "Predicate-tested",
        "Predicate-cause-basis",
    }


@pytest.mark.parametrize("predicate", ["biolink:causes", "biolink:treats", "sc:mayCause"])
def test_a_bare_triple_is_found_at_its_subject(predicate: str) -> None:
    about, outcome = value(HEDGED, "rdf:subject"), value(HEDGED, "rdf:object")
    bare = flagship() | {quad(outcome, predicate, about)}
    shape = "Study-relation" if predicate == "biolink:treats" else "Triple-claim"
    assert found_in(bare) == {shape: {line_of("  bone-loss:", "bone-loss:")}}


def test_a_relation_of_ro_is_found() -> None:
    about, outcome = value(HEDGED, "rdf:subject"), value(HEDGED, "rdf:object")
    found = found_in(flagship() | {quad(about, "RO:0002411", outcome)})
    line = line_of("  muscle-paralysis:", "muscle-paralysis:")
    assert found == {"Entity-foreign": {line}, "Study-relation": {line}}


@pytest.mark.parametrize(
    ("predicate", "curie", "label", "shape", "key"),
    [
        ("sc:byAgent", "UBERON:0000979", "tibia", "Slot-agent", "variable:"),
        ("sc:variable", "GO:0005634", "nucleus", "Slot-variable-branch", "variable:"),
        ("sc:bearer", "NCBITaxon:10090", "Mus musculus", "Slot-bearer", "bearer:"),
        ("sc:bearer", "UBERON:0001474", "bone", "Term-label", ""),
    ],
)
def test_a_planted_term_is_found_at_its_slot(
    predicate: str, curie: str, label: str, shape: str, key: str
) -> None:
    (size,) = (
        q.subject
        for q in flagship()
        if (q.predicate, q.object) == (node("rdfs:label"), Literal("increased size of osteoclast"))
    )
    assert isinstance(size, NamedNode)
    planted = {quad(size, predicate, node(curie)), quad(node(curie), "rdfs:label", Literal(label))}
    found = found_in(flagship() | planted)
    assert found.keys() == {shape}
    # a label is found at the first use of its term; a slot that is not there, at its entity
    line = line_of("UBERON:0001474", "") if not key else line_of("  larger-osteoclasts:", key)
    assert found[shape] == {line}


def test_an_effect_before_its_cause_is_found_at_the_lag() -> None:
    fusion, infiltration = CLAIM + "abstract-fusion", CLAIM + "abstract-infiltration"
    late = NamedNode(CLAIM + "abstract-permissive-size")
    planted = {
        quad(late, "sc:lag", Literal("PT100H", datatype=node("xsd:dayTimeDuration"))),
        quad(late, "sc:lagBound", node("sc:from")),
        quad(late, "sc:lagFrom", value(fusion, "sc:lagFrom")),
        quad(late, "sc:lagMinHours", Literal("100", datatype=node("xsd:decimal"))),
    }
    assert validate_quads(flagship() | planted) == []
    # what was seen by 24 h is now said to be caused by what began from 100 h on
    caused = value(infiltration, "sc:proposition")
    begun = value(value(late.value, "sc:proposition").value, "sc:outcomeEntity")
    was = quad(caused, "sc:about", value(caused.value, "sc:about"))
    found = found_in((flagship() - {was}) | planted | {quad(caused, "sc:about", begun)})
    assert found["Lag-order"] == {line_of("id: abstract-infiltration", "lag:")}
