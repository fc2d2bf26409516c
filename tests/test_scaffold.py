"""A record that is begun: it holds every required key and never validates as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from studyclaims.errors import RecordError, TermError
from studyclaims.model import Claim, Curation, Evidence, Proposition, Source, Study
from studyclaims.records import parse_record, read_record
from studyclaims.scaffold import new_record, write_new
from studyclaims.style import fixed, lint
from studyclaims.yamltree import parse_tree, plain

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.model import Block

DAY = "2020-03-01"
FILLED = {
    "kind": "article",
    "title": "Rest inflames bone marrow",
    "doi": "10.1234/small.1",
    "read": "abstract",
    "orcid": "0000-0002-1825-0097",
    "agent_type": "manual_agent",
    "term": "CL:0000092 osteoclast",
    "link": "cause",
    "stance": "supports",
    "certainty": "asserted",
    "cue": "led to",
    "basis": "intervention",
    "role": "result",
    "type": "ECO:0000179 animal model system study evidence",
    "measured": "true",
    "at": "abstract, sentence 2",
    "hash": "a" * 64,
    "date": DAY,
}


OPTIONAL = {
    "journal": "Journal of Rest",
    "year": "2020",
    "name": "A. Able",
    "tool": "a program",
    "version": "1",
    "species": "NCBITaxon:10090 Mus musculus",
    "strain": "C57BL/6",
    "sex": "female",
    "age": "16 wk",
    "dose": "2 units",
    "route": "injection",
    "site": "UBERON:0000979 tibia",
    "site_printed": "tibia",
    "bound": "at",
    "time": "24 h",
    "value": "1.50",
    "unit": "mm",
    "n": "8",
    "p": "<0.05",
    "compared_with": "the other leg",
}


def findings(text: str) -> list[tuple[str, int, str]]:
    with pytest.raises(RecordError) as caught:
        parse_record(text.encode(), "able-2020.yaml")
    return [(f.code, f.line, f.message.split()[0]) for f in caught.value.findings]


def filled(text: str, *, but: int = -1) -> str:
    """Return the record with each placeholder filled in, but for the one on a line."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        name = re.match(r"[ -]*(\w+): \[?TODO", line)
        if name and number != but:
            lines[number] = line.replace("TODO", FILLED[name[1]])
    # Two entities of the same term would be one.
    whole = "\n".join(lines)
    head, _, tail = whole.rpartition("term: CL:0000092 osteoclast")
    return f"{head}term: GO:0045453 bone resorption{tail}" if head else whole


TEXT = new_record("able-2020")
PLACES = [number for number, line in enumerate(TEXT.split("\n")) if "TODO" in line]


def test_a_begun_record_gives_one_finding_for_each_placeholder() -> None:
    assert findings(TEXT) == [
        ("R018", number + 1, re.findall(r"(\w+): \[?TODO", TEXT.split("\n")[number])[0])
        for number in PLACES
    ]


def test_what_stands_in_comments_is_a_record_too_once_it_is_filled_in() -> None:
    text = re.sub(r"(?m)^( *)# ((?:  )*(?:- )?\{?\w+:( .*)?)$", r"\1\2", filled(TEXT))
    text = re.sub(r"(?m)^ *orcid:.*\n", "", text).replace(": manual_", ": automated_")
    text = text.replace("[…]", "[https://example.org/a]")
    text = re.sub(r"(?m)(\w+):(?=\n|  #)", lambda m: f"{m[1]}: {OPTIONAL.get(m[1], '')}", text)
    text = re.sub(r'(\w+): ("?)…\2', lambda m: f"{m[1]}: {m[2]}{OPTIONAL[m[1]]}{m[2]}", text)
    study = parse_record(text.encode(), "able-2020.yaml").study
    claim = study.propositions[0].claims[0]
    blocks = [study.publication, study.curation.drafted_by, study.context, claim.context]
    written = {name for block in blocks for name in (block.model_fields_set if block else ())}
    numbers = claim.evidence[0].measurements[0].model_fields_set
    assert numbers == {"value", "unit", "n", "p", "time", "compared_with"}
    assert written >= OPTIONAL.keys() - numbers - {"bound", "name"} | {"authors", "read_at"}
    assert claim.lag
    assert lint(fixed(text.encode(), "x"), "x") == []


def test_the_record_validates_once_every_placeholder_is_filled_in() -> None:
    study = parse_record(filled(TEXT).encode(), "able-2020.yaml").study
    assert (study.key, str(study.curation.date)) == ("able-2020", DAY)


@pytest.mark.parametrize("place", PLACES, ids=lambda n: TEXT.split("\n")[n].split(":")[0].strip())
def test_no_placeholder_can_be_left(place: int) -> None:
    found = findings(filled(TEXT, but=place))
    assert [(code, line) for code, line, _ in found] == [("R018", place + 1)]


@pytest.mark.parametrize(
    ("block", "steps"),
    [
        (Study, ()),
        (Source, ("sources", "paper")),
        (Curation, ("curation",)),
        (Proposition, ("propositions", 0)),
        (Claim, ("propositions", 0, "claims", 0)),
        (Evidence, ("propositions", 0, "claims", 0, "evidence", 0)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_required_key_is_there(block: type[Block], steps: tuple[str | int, ...]) -> None:
    part: Any = plain(parse_tree(TEXT.encode(), "x"))
    for step in steps:
        part = part[step]
    required = {name for name, field in block.model_fields.items() if field.is_required()}
    assert required <= set(part)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"doi": "10.1234/small.1", "title": "A: b # c"},
        {"pmid": "123"},
        {"page": "https://example.org/a#b", "title": "word " * 40 + "end"},
        {"title": 'He said "no"'},
        {"title": "12"},
    ],
    ids=["nothing", "doi", "pmid", "page", "quotes", "number"],
)
def test_a_begun_record_is_in_style_and_holds_what_is_known(known: dict[str, str]) -> None:
    text = new_record("able-2020", **known)
    assert lint(text.encode(), "x") == []
    data: Any = plain(parse_tree(text.encode(), "x"))
    assert {name: data["sources"]["paper"][name] for name in known} == known
    if "doi" not in known:
        assert ("doi" in data["sources"]["paper"]) == (not known.keys() & {"pmid", "page"})


@pytest.mark.parametrize(
    "doi", ["https://doi.org/10.1234/Small.1", "doi:10.1234/small.1", " 10.1234/small.1"]
)
def test_a_doi_is_taken_as_it_is_pasted(doi: str) -> None:
    assert "    doi: 10.1234/small.1\n" in new_record("able-2020", doi=doi)


@pytest.mark.parametrize("key", ["", "Able-2020", "-a", "../a", "a/b", "a b", "a" * 65, "a\n", "é"])
def test_a_key_that_cannot_name_a_file_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(TermError, match="is no key of a record"):
        write_new(key, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = write_new("able-2020", tmp_path)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="there already"):
        write_new("able-2020", tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_written_record_is_read_under_its_name(tmp_path: Path) -> None:
    path = write_new("able-2020", tmp_path)
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert read_record(path).study.key == path.stem


@pytest.mark.parametrize(
    ("title", "refused"),
    [("TODO", True), ("TODO: ask", True), ("TODO ask", True), ("TODOs", False), ("A TODO", False)],
)
def test_what_begins_with_todo_is_a_placeholder(title: str, refused: bool) -> None:
    text = filled(TEXT).replace(FILLED["title"], f'"{title}"')
    if refused:
        assert findings(text) == [("R018", 8, "title")]
    else:
        assert parse_record(text.encode(), "x").study.publication.title == title


def test_a_placeholder_hides_no_other_finding() -> None:
    text = filled(TEXT, but=PLACES[1]).replace("stance: supports", "stance: support")
    assert [code for code, _, _ in findings(text)] == ["R018", "R004"]
    text = filled(TEXT, but=PLACES[1]).replace("outcome: second-entity", "outcome: third")
    assert [code for code, _, _ in findings(text)] == ["R018", "R007"]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"doi": "xx"}, "'xx': is no doi"),
        ({"doi": ""}, "'': is no doi"),
        ({"doi": "10.1234/a."}, "is no doi; leave out the last"),
        ({"pmid": "abc"}, "'abc': is no pmid; write it as in 12345678"),
        ({"page": "not a page"}, "'not a page'"),
    ],
)
def test_what_is_no_identifier_is_refused_and_nothing_written(
    known: dict[str, str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(TermError) as caught:
        write_new("able-2020", tmp_path, **known)
    assert told in str(caught.value)
    assert caught.value.exit_status == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("date", "write date: the day the record is written"),
        ("term", "write term: CURIE, one blank, label, as in ontology/terms/"),
        ("kind", "write kind: article or preprint"),
        ("at", "write at: as in abstract, sentence 6"),
    ],
)
def test_a_placeholder_says_what_to_write(name: str, hint: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse_record(TEXT.encode(), "able-2020.yaml")
    hints = {f.hint for f in caught.value.findings if f.message.split()[0] == name}
    assert hints == {hint}


def test_the_kind_of_a_report_may_be_news() -> None:
    text = TEXT.replace("    kind: TODO", "    primary_source: other\n    kind: TODO")
    with pytest.raises(RecordError) as caught:
        parse_record(text.encode(), "able-2020.yaml")
    hints = [f.hint for f in caught.value.findings if f.message.startswith("kind")]
    assert hints == ["write kind: one of article, preprint, news"]
