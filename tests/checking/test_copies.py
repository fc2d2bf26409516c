from __future__ import annotations

import pytest

import samples
from studyclaims.checking.copies import copied
from studyclaims.model import Study
from studyclaims.sentences import sentence_hash

SENTENCE = "Resorption may rise where osteoclasts grow."


def study(note: str, *, licence: str | None = None) -> Study:
    """Return the small study, its first claim with this note and the hash of the sentence."""
    data = samples.small()
    claim = data["propositions"][0]["claims"][0]
    claim["note"] = note
    claim["evidence"][0]["hash"] = sentence_hash(SENTENCE)
    data["sources"][claim["source"]]["licence"] = licence
    return Study.model_validate(data)


@pytest.mark.parametrize(
    "note",
    [
        SENTENCE,
        f"It says so. {SENTENCE}",
        f"{SENTENCE} It says so.",
        "Resorption  *may* rise where osteoclasts grow.",
    ],
    ids=["alone", "last", "first", "marked-up"],
)
def test_a_copied_sentence_is_found_wherever_it_stands(note: str) -> None:
    assert list(copied(study(note))) == [("propositions", 0, "claims", 0, "note")]


def test_words_of_ones_own_are_none() -> None:
    assert list(copied(study("Growing osteoclasts might resorb more."))) == []


def test_a_licence_that_allows_it_is_heeded() -> None:
    cc_by = "https://creativecommons.org/licenses/by/4.0/"
    assert list(copied(study(SENTENCE, licence=cc_by))) == []
