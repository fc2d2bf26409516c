"""Sentences of a source that a record holds although it may only point at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from studyclaims.sentences import clean, sentence_hash
from studyclaims.splitting import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.model import Study

Path = tuple[str | int, ...]


def copied(study: Study) -> Iterator[Path]:
    """Yield the path of every note that holds a sentence whose hash the record gives.

    Sentences of a source whose licence allows it may stand in a record.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> list(copied(read_record(studies_dir() / "ausk-2017.yaml").study))
    []
    """
    closed = {name for name, source in study.sources.items() if source.licence is None}
    hashes = {
        evidence.hash
        for proposition in study.propositions
        for claim in proposition.claims
        if claim.source in closed
        for evidence in claim.evidence
    }
    for path, text in _notes(study):
        whole = clean(text)
        if any(sentence_hash(part) in hashes for part in (whole, *sentences(whole))):
            yield path


def _notes(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every note of a study, or of a part of it, with its path."""
    match value:
        case BaseModel():
            for name in type(value).model_fields:
                yield from _notes(getattr(value, name), (*path, name))
        case dict():
            for key, item in value.items():
                yield from _notes(item, (*path, key))
        case tuple():
            for number, item in enumerate(value):
                yield from _notes(item, (*path, number))
        case str() if path[-1:] == ("note",):
            yield path, value
