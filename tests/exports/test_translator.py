"""The profile for Translator: Biolink's columns alone, nothing that nobody said, all counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from comparing.test_contested import study
from environments import EnvironmentMissingError
from exports.exchanges import FORMS, corpus_rows, small_rows
from kgx.environment import ask
from samples import index
from studyclaims.exports.kgx import exchange
from studyclaims.exports.kgxcells import from_tsv
from studyclaims.exports.translator import COLUMNS, Projection, project, translator_files

if TYPE_CHECKING:
    from pathlib import Path

TOXIN = {"term": "CHEBI:3160 Botulinum toxin type A"}
GIVEN = {
    "variable": "OBI:0000426 injection",
    "change": "present",
    "by_agent": TOXIN["term"],
    "within_part": ["UBERON:0001665 triceps surae", "UBERON:0003663 hindlimb muscle"],
}
SPECIES = "species_context_qualifier"
ENDS = ("context_qualifier", "aspect_qualifier", "direction_qualifier", "_predicate")
RESORPTION = "GO:0045453 bone resorption"
FASTER = {"variable": RESORPTION, "change": "increased"}
MANY_CELLS = {
    "variable": "PATO:0000070 amount",
    "change": "decreased",
    "bearer": "CL:0000092 osteoclast",
}
LARGE_CELLS = {**MANY_CELLS, "variable": "PATO:0000117 size"}


def projected(about: dict[str, Any], outcome: dict[str, Any], link: str = "cause") -> Projection:
    quads = study("able-2020", (about, link, outcome, "supports"))
    return project(exchange(quads, index()), index())


def qualified(found: Projection) -> dict[str, Any]:
    """Return the columns of the one edge that say what is claimed."""
    (edge,) = found.edges
    names = {"subject", "predicate", "object"}
    assert edge[SPECIES] == "NCBITaxon:10090"
    return {k: v for k, v in edge.items() if (k in names or k.endswith(ENDS)) and k != SPECIES}


def test_terms_stay_as_they_are() -> None:
    found = projected(TOXIN, {"term": RESORPTION})
    assert qualified(found) == {
        "subject": "CHEBI:3160",
        "predicate": "biolink:causes",
        "object": "GO:0045453",
        "original_predicate": "biolink:causes",
    }
    assert found.edges[0]["category"] == ["biolink:Association"]
    assert (found.left_out, found.lost) == ({}, {})


def test_what_is_given_is_the_substance_and_a_change_is_an_effect_on_the_term() -> None:
    found = projected(GIVEN, FASTER)
    assert qualified(found) == {
        "subject": "CHEBI:3160",
        "predicate": "biolink:affects",
        "object": "GO:0045453",
        "original_predicate": "biolink:causes",
        "qualified_predicate": "biolink:causes",
        "subject_context_qualifier": "UBERON:0001665",
        "object_direction_qualifier": "increased",
    }
    assert found.edges[0]["category"] == ["biolink:ChemicalAffectsBiologicalEntityAssociation"]
    assert found.lost == {"variable of the subject": 1, "withinPart": 1}
    assert [row["category"] for row in found.nodes] == [
        ["biolink:ChemicalEntity"],
        ["biolink:BiologicalProcess"],
    ]


def test_an_amount_has_an_aspect_and_any_other_quality_no_direction() -> None:
    found = qualified(projected(TOXIN, MANY_CELLS))
    assert found["object_aspect_qualifier"] == "abundance"
    assert found["object_direction_qualifier"] == "decreased"
    large = projected(TOXIN, LARGE_CELLS)
    assert qualified(large) == {
        "subject": "CHEBI:3160",
        "predicate": "biolink:affects",
        "object": "CL:0000092",
        "original_predicate": "biolink:causes",
    }
    assert large.lost == {"variable of the object": 1, "direction of the object": 1}


def test_an_object_may_lose_what_narrows_it() -> None:
    narrow = {
        **FASTER,
        "bearer": "UBERON:0002481 bone tissue",
        "by_agent": "CHEBI:3160 Botulinum toxin type A",
        "within_part": ["UBERON:0002371 bone marrow"],
        "modifier": ["PATO:0000627 localized"],
    }
    found = projected(TOXIN, narrow)
    assert qualified(found)["object_context_qualifier"] == "UBERON:0002371"
    assert found.lost == {"bearer": 1, "byAgent": 1, "modifier": 1}


def test_a_subject_that_is_no_chemical_has_no_qualifiers() -> None:
    found = projected({"term": "HP:0003470 Paralysis"}, FASTER)
    assert qualified(found) == {
        "subject": "HP:0003470",
        "predicate": "biolink:affects",
        "object": "GO:0045453",
        "original_predicate": "biolink:causes",
    }
    assert found.lost == {"object_direction_qualifier": 1}


LEFT_OUT: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "a changed subject": (FASTER, MANY_CELLS, "cause", "the subject is a state or a change"),
    "a narrowed subject": (
        {**GIVEN, "modifier": ["PATO:0000627 localized"]},
        FASTER,
        "cause",
        "the subject is narrower than Biolink can say",
    ),
    "a term of ours": (
        {"term": "scterm:disuse mechanical disuse"},
        FASTER,
        "cause",
        "the subject is a term of ours",
    ),
    "a directed object": (
        TOXIN,
        {**FASTER, "toward": "e0"},
        "cause",
        "the object is directed at something",
    ),
    "no class": (
        TOXIN,
        {"variable": "OBI:0000426 injection", "change": "increased"},
        "cause",
        "the object's term has no class of Biolink",
    ),
    "a comparison": (TOXIN, FASTER, "compare", "a comparison or a description"),
    "a relation of ours": (TOXIN, FASTER, "prevent", "null, refuted, inconclusive, hedged"),
    "a contribution is causal too": (FASTER, MANY_CELLS, "contribute", "the subject is a state"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_biolink_cannot_say_is_left_out_and_counted(name: str) -> None:
    about, outcome, link, said = LEFT_OUT[name]
    found = projected(about, outcome, link)
    assert (found.edges, found.nodes) == ((), ())
    assert list(found.left_out.values()) == [1]
    assert next(iter(found.left_out)).startswith(said)


def test_a_predicate_that_is_not_causal_stays_between_terms() -> None:
    found = project(small_rows(), index())
    assert found.left_out["a composition, and a predicate that is not causal"] == 1


def test_every_claim_of_the_corpus_is_counted_and_each_edge_is_whole() -> None:
    found, rows = project(corpus_rows(), index()), corpus_rows().counts()
    assert len(found.edges) + sum(found.left_out.values()) == rows["claims"]
    assert found.edges
    direct = {row["id"] for row in corpus_rows().edges}
    for edge in found.edges:
        assert edge["id"] in direct
        assert edge.keys() <= set(COLUMNS)
        assert "negated" not in edge
        for name in ("knowledge_level", "agent_type", "primary_knowledge_source"):
            assert isinstance(edge[name], str)
            assert edge[name]
    tsv = translator_files(found)["edges.tsv"]
    assert from_tsv(tsv) == [dict(edge) for edge in found.edges]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_biolinks_model_accepts_every_column(form: str, tmp_path: Path) -> None:
    for about, outcome in ((TOXIN, MANY_CELLS), (GIVEN, FASTER)):
        for name, data in translator_files(projected(about, outcome)).items():
            (tmp_path / name).write_bytes(data)
        assert asked(tmp_path, form)["faults"] == []
    for name, data in translator_files(project(corpus_rows(), index())).items():
        (tmp_path / name).write_bytes(data)
    found = asked(tmp_path, form)
    assert (found["faults"], found["unknown"]) == ([], {"node": [], "edge": []})
    assert len(found["edge"]) == len(project(corpus_rows(), index()).edges)


def asked(folder: Path, form: str) -> dict[str, Any]:
    """Return what KGX reads and what Biolink's model says of the whole rows."""
    try:
        found: dict[str, Any] = ask("read_exchange.py", str(folder), form, "--all")
    except EnvironmentMissingError as error:
        pytest.skip(str(error))
    return found
