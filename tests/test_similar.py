"""Matches: the best first, obsolete ones last, the same order whatever the order of the terms."""

from __future__ import annotations

import random
import time
from typing import Final

import pytest

from samples import SMALL
from studyclaims.checking.termchecks import check_terms
from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import terms_dir
from studyclaims.records import parse_record
from studyclaims.similar import find_terms, nearest, same_name
from studyclaims.terms import TermEntry

BONE: Final = TermEntry("UBERON:0001474", "bone element", synonyms=("bone",))
TERMS: Final = [
    BONE,
    TermEntry("UBERON:0000979", "tibia"),
    TermEntry("UBERON:0002371", "bone marrow"),
    TermEntry("EX:5", "marrow of bone"),
    TermEntry("CL:0000092", "osteoclast"),
    TermEntry("EX:1", "Bone"),
    TermEntry("EX:2", "bone", obsolete=True, replaced_by="UBERON:0001474"),
    TermEntry("EX:3", ""),
    TermEntry("EX:4", "bonne"),
]
INDEX: Final = {term.curie: term for term in TERMS}


def test_the_best_match_is_first_and_the_obsolete_one_last() -> None:
    found = [(match.entry.curie, match.why) for match in find_terms(" BONE\n", TERMS)]
    assert found == [
        ("EX:1", "label"),
        ("UBERON:0001474", "exact synonym"),
        ("UBERON:0002371", "prefix"),
        ("EX:5", "words"),
        ("EX:4", "near"),
        ("EX:2", "label"),
    ]


def test_an_obsolete_match_says_so() -> None:
    assert str(find_terms("bone", TERMS)[-1]) == "EX:2 bone (label) OBSOLETE, use UBERON:0001474"


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("cl:0000092", "CL:0000092"),
        ("OSTEOCLAST", "CL:0000092"),
        ("osteoclasts", "CL:0000092"),
        ("osteoklast", "CL:0000092"),
        ("marrow bone", "UBERON:0002371"),
        ("bone\n  marrow", "UBERON:0002371"),
    ],
)
def test_a_text_finds_its_term(text: str, curie: str) -> None:
    assert find_terms(text, TERMS)[0].entry.curie == curie


@pytest.mark.parametrize("text", ["", " ", "xylophone", "x" * 10_000, "!?"])
def test_what_means_nothing_finds_nothing(text: str) -> None:
    assert find_terms(text, TERMS) == []


def test_the_order_is_the_same_whatever_the_order_of_the_terms() -> None:
    expected = find_terms("bone", TERMS)
    for seed in range(20):
        shuffled = TERMS * 2
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, no secret
        assert find_terms("bone", shuffled) == expected


def test_no_more_than_the_limit_is_returned() -> None:
    assert find_terms("bone", TERMS, limit=2) == find_terms("bone", TERMS)[:2]


@pytest.mark.parametrize(
    ("text", "curies"),
    [
        ("UBERON:9999999 tibia", ["UBERON:0000979"]),
        ("tibia", ["UBERON:0000979"]),
        ("UBERON:0000997 shin", ["UBERON:0000979"]),
        ("UBERON:0000797", []),
        ("UBERON:000979 x", ["UBERON:0000979"]),
        ("UBERON:00000979", ["UBERON:0000979"]),
        ("UBERON:0000978", ["UBERON:0000979"]),
        ("uberon:0000979 x", ["UBERON:0000979"]),
        ("CL:0000092 tibia", ["UBERON:0000979", "CL:0000092"]),
        ("EX:2", ["EX:1", "EX:4", "EX:5"]),
        ("", []),
    ],
)
def test_the_nearest_are_those_of_label_and_identifier(text: str, curies: list[str]) -> None:
    assert [entry.curie for entry in nearest(text, INDEX)] == curies


def test_a_name_is_a_label_or_an_exact_synonym() -> None:
    assert [e.curie for e in same_name("bone", TERMS)] == ["EX:1", "UBERON:0001474"]


@pytest.mark.parametrize(
    ("written", "code", "hint"),
    [
        ("CL:9999999 osteoclast", "T002", "did you mean CL:0000092 osteoclast? else correct it"),
        ("CL:0000029 xxx", "T002", "did you mean CL:0000092 osteoclast? else correct it"),
        ("CL:7777777 xxxxxxxxxxx", "T002", "correct it, or add it to ontology/terms/"),
        (
            "CL:0000092 tibia",
            "T003",
            "write CL:0000092 osteoclast, or UBERON:0000979 tibia where the label is what is meant",
        ),
        ("CL:0000092 bone eater", "T003", "write CL:0000092 osteoclast"),
    ],
)
def test_a_finding_names_what_was_likely_meant(written: str, code: str, hint: str) -> None:
    index = read_slices(terms_dir())
    text = SMALL.replace("CL:0000092 osteoclast", written)
    study = parse_record(text.encode(), "small-2020.yaml").study
    (complaint,) = check_terms(study, index)
    assert (complaint.code, complaint.hint[: len(hint)]) == (code, hint)


def test_a_record_of_unknown_terms_alone_is_told_quickly() -> None:
    unknown = ", ".join(f"PATO:{n} unknown {n}" for n in range(3000))
    text = SMALL.replace("modifier: [PATO:0000627 localized]", f"modifier: [{unknown}]")
    study = parse_record(text.encode(), "small-2020.yaml").study
    started = time.process_time()
    complaints = list(check_terms(study, read_slices(terms_dir())))
    assert len(complaints) == 3000
    assert time.process_time() - started < 5
