"""Terms against their slices, and against the slots they stand in."""

from __future__ import annotations

from typing import Any, Final

import pytest

import samples
from studyclaims.checking.termchecks import check_terms, term_complaints
from studyclaims.errors import RecordError
from studyclaims.model import Study
from studyclaims.records import parse_record
from studyclaims.terms import Term, TermEntry, expand

INDEX: Final = {
    expand(curie): TermEntry(
        curie, label, obsolete=bool(gone), replaced_by=gone.strip(), namespace=namespace
    )
    for curie, label, gone, namespace in [
        ("CL:1", "right label", "", ""),
        ("CL:2", "its label", "", ""),
        ("CL:3", "gone", "CL:1 right label", ""),
        ("CL:4", "gone too", " ", ""),
        ("GO:1", "doing", "", "biological_process"),
        ("GO:2", "binding", "", "molecular_function"),
        ("GO:3", "organelle", "", "cellular_component"),
        ("GO:4", "nobody knows", "", ""),
        ("GO:5", "of another kind", "", "external"),
        ("ECO:1", "evidence", "", ""),
        ("MESH:1", "Heading", "", ""),
        ("UBERON:1", "organ", "", ""),
    ]
}


def told(path: tuple[str | int, ...], term: str) -> list[tuple[str, str, str]]:
    found = term_complaints([(path, Term.parse(term))], INDEX)
    return [(c.code, c.message, c.hint) for c in found]


@pytest.mark.parametrize(
    ("term", "complaints"),
    [
        ("CL:1 right label", []),
        ("CL:2 another", [("T003", "write CL:2 its label")]),
        ("CL:2 Its label", [("T003", "write CL:2 its label")]),
        ("CL:3 gone", [("T004", "use CL:1 right label")]),
        ("CL:3 wrong label", [("T004", "use CL:1 right label")]),
        ("CL:4 gone too", [("T004", "use another term")]),
        ("CL:5 anything", [("T002", "correct it, or add it to ontology/terms/")]),
    ],
)
def test_a_term_is_held_against_its_slice(term: str, complaints: list[tuple[str, str]]) -> None:
    found = told(("entities", "it", "term"), term)
    assert [code for code, _, _ in found] == [code for code, _ in complaints]
    assert all(usual in hint for (_, _, hint), (_, usual) in zip(found, complaints, strict=True))


@pytest.mark.parametrize(
    ("path", "term", "branch"),
    [
        (("entities", "a", "variable"), "GO:1 doing", ""),
        (("entities", "a", "variable"), "GO:2 binding", ""),
        (("entities", "a", "variable"), "GO:3 organelle", "GO component"),
        (("entities", "a", "variable"), "GO:4 nobody knows", ""),
        (("entities", "a", "variable"), "GO:5 of another kind", ""),
        (("entities", "a", "variable"), "UBERON:1 organ", "UBERON"),
        (("entities", "a", "variable"), "MESH:1 Heading", ""),
        (("entities", "a", "bearer"), "GO:2 binding", "GO function"),
        (("entities", "a", "bearer"), "GO:3 organelle", ""),
        (("entities", "a", "bearer"), "MESH:1 Heading", ""),
        (("entities", "a", "bearer"), "ECO:1 evidence", "ECO"),
        (("entities", "a", "within_part", 0), "MESH:1 Heading", "MESH"),
        (("entities", "a", "within_part", 1), "GO:1 doing", "GO process"),
        (("entities", "a", "within_part", 1), "GO:3 organelle", ""),
        (("entities", "a", "by_agent"), "GO:4 nobody knows", "GO"),
        (("entities", "a", "by_agent"), "MESH:1 Heading", ""),
        (("entities", "a", "modifier", 0), "CL:1 right label", "CL"),
        (("entities", "a", "term"), "ECO:1 evidence", "ECO"),
        (("entities", "species", "term"), "CL:1 right label", ""),
        (("context", "species"), "CL:1 right label", "CL"),
        (("context", "site"), "CL:1 right label", ""),
        (("propositions", 0, "claims", 0, "context", "site"), "GO:3 organelle", "GO component"),
        (("propositions", 0, "claims", 0, "evidence", 0, "type"), "ECO:1 evidence", ""),
        (("propositions", 0, "claims", 0, "evidence", 0, "type"), "CL:1 right label", "CL"),
        (("elsewhere",), "CL:1 right label", ""),
    ],
)
def test_a_term_is_held_against_its_slot(
    path: tuple[str | int, ...], term: str, branch: str
) -> None:
    found = told(path, term)
    assert [code for code, _, _ in found] == ["T005"] * bool(branch)
    for _, message, hint in found:
        slot = next(step for step in reversed(path) if isinstance(step, str))
        assert message == f"{slot}: {term} is a term of {branch}"
        assert hint.startswith(f"{slot} takes a term of ")


def test_a_term_may_be_wrong_in_two_ways() -> None:
    found = told(("context", "species"), "CL:1 wrong label")
    assert [code for code, _, _ in found] == ["T003", "T005"]
    found = told(("context", "species"), "CL:9 not listed")
    assert [code for code, _, _ in found] == ["T002", "T005"]


def test_the_small_study_has_no_fault() -> None:
    study = Study.model_validate(samples.small())
    assert list(check_terms(study, samples.index())) == []


@pytest.mark.parametrize("broken", [False, True], ids=["whole record", "broken record"])
def test_a_branch_is_told_of_whole_and_of_broken_records(broken: bool) -> None:
    data: dict[str, Any] = samples.small()
    data["entities"]["inflammation"]["within_part"] = ["GO:0006954 inflammatory response"]
    if broken:
        data["sources"]["paper"]["year"] = "long ago"
    with pytest.raises(RecordError) as caught:
        samples.record(data)
    codes = {finding.code for finding in caught.value.findings}
    assert codes == ({"T005", "R003"} if broken else {"T005"})


def test_without_an_index_no_branch_is_looked_at() -> None:
    text = samples.SMALL.replace("NCBITaxon:10090 Mus musculus", "CL:0000092 osteoclast")
    assert parse_record(text.encode(), "small-2020.yaml").study.context.species
