"""The records that are checked in: built, told apart, honestly signed, copied from nowhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import ontology_dir, studies_dir, terms_dir
from studyclaims.records import read_record
from studyclaims.schema import record_schema
from studyclaims.validation import is_current

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.records import Record
    from studyclaims.terms import TermEntry

RECORDS: Final = sorted(studies_dir().glob("*.yaml"))
SOURCES: Final = Path(__file__).parents[3] / "shared" / "sources"
RUN: Final = 8
"""How many words in a row may not be those of a source."""

BIBLIOGRAPHY: Final = (".title", ".journal", ".page")
"""What is printed as its source prints it."""

each_record = pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)


@cache
def record(path: Path) -> Record:
    return read_record(path, index())


@cache
def index() -> Mapping[str, TermEntry]:
    return read_slices(terms_dir())


def data(path: Path) -> dict[str, Any]:
    """Return a record as another reader of YAML sees it."""
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in a record with its place, keys left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{place}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from texts(item, f"{place}.{number}")
    elif isinstance(value, str):
        yield place, value


def test_there_is_a_record() -> None:
    assert "ausk-2017" in {path.stem for path in RECORDS}


@each_record
def test_the_built_graph_is_current(path: Path) -> None:
    built = path.with_suffix(".trig")
    assert is_current(record(path), index(), built), f"{built.name} is stale: run `./run build`"


def test_every_built_graph_has_its_record() -> None:
    built = {path.stem for path in studies_dir().glob("*.trig")}
    assert built == {path.stem for path in RECORDS}


@each_record
def test_the_key_is_the_files_name(path: Path) -> None:
    assert data(path)["key"] == path.stem
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", path.stem)


@pytest.mark.parametrize("kind", ["doi", "pmid", "pmcid"])
def test_no_two_records_are_of_one_publication(kind: str) -> None:
    papers = [
        (str(source[kind]).casefold(), path.stem)
        for path in RECORDS
        for source in data(path)["sources"].values()
        if kind in source and "primary_source" not in source
    ]
    names = [name for name, _ in papers]
    assert len(set(names)) == len(names), sorted(papers)


@each_record
def test_a_record_that_a_program_drafted_says_so(path: Path) -> None:
    curation = data(path)["curation"]
    if "tool" in curation["drafted_by"]:
        assert curation["agent_type"] in {"automated_agent", "text_mining_agent"}
        assert curation["drafted_by"]["version"]
        people = [r for r in curation.get("reviewed_by", []) if "orcid" in r]
        assert curation["status"] == "draft" or people


@each_record
def test_no_cue_is_longer_than_six_words(path: Path) -> None:
    claims = [claim for p in data(path)["propositions"] for claim in p["claims"]]
    cues = [(claim["id"], cue) for claim in claims for cue in claim["cue"]]
    assert cues
    assert [(name, cue) for name, cue in cues if not 1 <= len(cue.split()) <= 6] == []


def words(text: str) -> list[str]:
    """Return the words of a text, without case, punctuation and marks of Markdown."""
    return re.findall(r"\w+", text.casefold())


def runs(text: str, length: int = RUN) -> set[tuple[str, ...]]:
    """Return every run of this many words in a row."""
    found = words(text)
    return {tuple(found[place : place + length]) for place in range(len(found) - length + 1)}


@cache
def sources() -> frozenset[tuple[str, ...]]:
    """Return the runs of words of every source at hand."""
    files = sorted(SOURCES.glob("*.txt"))
    if not files:
        pytest.skip(f"no source is at hand: {SOURCES} has no text")
    return frozenset().union(*(runs(path.read_text(encoding="utf-8")) for path in files))


@each_record
def test_no_text_of_a_record_is_a_sentence_of_its_source(path: Path) -> None:
    copied = [
        (place, text)
        for place, text in texts(data(path))
        if runs(text) & sources() and not place.endswith(BIBLIOGRAPHY)
    ]
    assert copied == []


def test_a_copied_sentence_would_be_seen() -> None:
    known = sources()
    text = min(SOURCES.glob("*.txt")).read_text(encoding="utf-8")
    sentence = " ".join(text.split()[20:40])
    assert runs(f"So it is, *{sentence.upper()}*!") & known


@each_record
def test_no_text_of_a_record_is_as_long_as_a_paragraph(path: Path) -> None:
    assert [place for place, text in texts(data(path)) if len(text) > 600] == []


def test_the_schema_for_editors_is_that_of_the_model() -> None:
    file = ontology_dir() / "record.schema.json"
    assert file.read_text(encoding="utf-8") == record_schema(), "run `./run build`"


@each_record
def test_a_record_names_the_schema_for_editors(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../ontology/record.schema.json"
    assert (path.parent / first.partition("$schema=")[2]).resolve().is_file()
