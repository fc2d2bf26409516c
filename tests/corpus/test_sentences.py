"""What the flagship's claims point at is in the texts that were read, one test id a claim."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from studyclaims.checking.complaints import claims_of
from studyclaims.paths import studies_dir
from studyclaims.records import read_record
from studyclaims.sentences import clean, sentence_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.model import Claim, Evidence, Study

SOURCES = Path(__file__).resolve().parents[3] / "shared" / "sources"
# A sentence ends at a full stop, and the quote that closes there; the next begins with a capital.
SENTENCE_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"\u201d]))\s+(?=[A-Z\"\u201c])")


@cache
def study() -> Study:
    return read_record(studies_dir() / "ausk-2017.yaml").study


@cache
def paragraphs() -> tuple[str, ...]:
    """Return the paragraphs of the news item, the headline first; skip where it is not there."""
    paths = sorted(SOURCES.glob("*.txt"))
    if not paths:
        pytest.skip("the texts that were read may not be passed on: no ../shared/sources here")
    head, _, body = paths[0].read_text(encoding="utf-8").partition("\n---\n")
    headline = next(line for line in head.splitlines() if line.startswith("# "))
    blocks = re.split(r"\n\s*\n", body.strip())
    return (headline.removeprefix("# "), *blocks)


def located(at: str) -> str:
    """Return the text at a locator of the news item, as ``body, paragraph 2, sentence 1``."""
    part, *steps = at.split(", ")
    numbers = dict(step.split(" ") for step in steps)
    paragraph = {"headline": 0, "lede": 1}.get(part) or int(numbers.get("paragraph", 0))
    text = paragraphs()[paragraph]
    if "sentence" not in numbers:
        return text
    return SENTENCE_END.split(text)[int(numbers["sentence"]) - 1]


def news_claims() -> Iterator[Claim]:
    """Yield the claims of sources that report on another one."""
    for _, claim in claims_of(study()):
        if study().sources[claim.source].primary_source:
            yield claim


def evidence_items() -> list[Any]:
    return [
        pytest.param(item, id=f"{claim.id}-{number}")
        for claim in news_claims()
        for number, item in enumerate(claim.evidence)
    ]


def cue_items() -> list[Any]:
    return [
        pytest.param(claim, cue, id=f"{claim.id}-{cue.replace(' ', '_')}")
        for claim in news_claims()
        for cue in claim.cue
    ]


def titled() -> list[Any]:
    """Return every piece of evidence that is a whole title, which the record itself holds."""
    return [
        pytest.param(item, study().sources[claim.source].title, id=f"{claim.id}-{number}")
        for _, claim in claims_of(study())
        for number, item in enumerate(claim.evidence)
        if item.at in {"title", "headline"}
    ]


@pytest.mark.parametrize("item", evidence_items())
def test_the_hash_is_that_of_the_sentence(item: Evidence) -> None:
    assert item.hash == sentence_hash(located(item.at)), located(item.at)


@pytest.mark.parametrize(("claim", "cue"), cue_items())
def test_the_cue_is_in_the_sentence(claim: Claim, cue: str) -> None:
    sentences = [clean(located(item.at)).casefold() for item in claim.evidence]
    assert any(clean(cue).casefold() in sentence for sentence in sentences), sentences


@pytest.mark.parametrize(("item", "title"), titled())
def test_the_hash_of_a_title_is_that_of_the_source(item: Evidence, title: str) -> None:
    assert item.hash == sentence_hash(title)


def test_a_sentence_with_one_word_changed_is_seen() -> None:
    item = next(news_claims()).evidence[0]
    assert item.hash != sentence_hash(located(item.at).replace("muscle", "bone"))


def test_every_claim_says_where_its_sentence_is() -> None:
    assert all(item.hash for _, claim in claims_of(study()) for item in claim.evidence)


def test_no_sentence_of_the_news_stands_in_the_record() -> None:
    record = clean((studies_dir() / "ausk-2017.yaml").read_text(encoding="utf-8"))
    sentences = [s for text in paragraphs()[1:5] for s in SENTENCE_END.split(text)]
    assert len(sentences) > 6
    assert [sentence for sentence in sentences if clean(sentence) in record] == []
