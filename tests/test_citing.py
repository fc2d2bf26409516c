"""A citation leads back to its sentence, holds none, and a hash that leads nowhere is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
import yaml
from click.testing import CliRunner, Result

from samples import KEY, SMALL
from studyclaims.checking.complaints import claims_of
from studyclaims.citing import check_hashes, cite, located
from studyclaims.cli import cli
from studyclaims.errors import RecordError, TermError
from studyclaims.findings import CODES
from studyclaims.model import Claim, Source
from studyclaims.paths import studies_dir
from studyclaims.records import Record, parse_record, read_record
from studyclaims.sentences import RULE, sentence_hash
from studyclaims.texts import cached_text
from studyclaims.yamltree import parse_tree, plain

SHARED: Final = Path(__file__).resolve().parents[2] / "shared" / "sources"
NEWS: Final = """\
# Rest may *harm* #

March 5 2020

---

Rest, a [study](#) by Able et al. finds, **may
cause** harm. The marrow swelled (see Fig. 2. It is large.) in 3.5 h.

> It did, e.g. in mice.
The "cells" grew;
rest caused it, so they say.

Provided by A Society
"""


def small() -> Record:
    return parse_record(SMALL.encode(), f"{KEY}.yaml")


def source(name: str) -> Source:
    return small().study.sources[name]


def with_read(parts: str) -> Record:
    return parse_record(SMALL.replace("read: [body]", f"read: {parts}").encode(), f"{KEY}.yaml")


def test_places_are_counted_as_the_flagship_counts_them() -> None:
    places = [
        at for at, _ in located(with_read("[headline, lede, body]").study.sources["news"], NEWS)
    ]
    assert places == [
        "headline",
        "lede, sentence 1",
        "lede, sentence 2",
        "body, paragraph 2, sentence 1",
        "body, paragraph 2, sentence 2",
    ]


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        ("news", "It rains. It pours.", ["body, sentence 1", "body, sentence 2"]),
        ("news", "Ice\n\nIt is.", ["headline", "body, sentence 1"]),
        ("news", "Ice.\n\nIt is.", [f"body, paragraph {n}, sentence 1" for n in (1, 2)]),
        ("paper", "It rains. It pours.", ["abstract, sentence 1", "abstract, sentence 2"]),
        ("paper", "# Rain\nIt rains.", ["title", "abstract, sentence 1"]),
        ("paper", "Rain\n====\n\nIt rains.", ["title", "abstract, sentence 1"]),
        ("paper", "Rain\r\n\r\nIt rains.\r\n", ["title", "abstract, sentence 1"]),
        ("paper", "rain", ["abstract, sentence 1"]),
        ("paper", "# Rain", ["title"]),
        ("paper", "", []),
        ("paper", "\n\n---\n\n", []),
    ],
)  # fmt: skip
def test_a_text_of_any_form_has_places(name: str, text: str, places: list[str]) -> None:
    assert [at for at, _ in located(source(name), text)] == places


@pytest.mark.parametrize(
    ("words", "at", "cue"),
    [
        ("may cause", "paragraph 1, sentence 1", ("may cause",)),
        (["MAY", "harm"], "paragraph 1, sentence 1", ("may", "harm")),
        (["swelled"], "paragraph 1, sentence 2", ("swelled",)),
        (["\u201ccells\u201d  grew"], "paragraph 2, sentence 2", ('"cells" grew',)),
        (["rest CAUSED"], "paragraph 2, sentence 2", ("rest caused",)),
    ],
)
def test_words_are_found_where_they_stand(
    words: list[str] | str, at: str, cue: tuple[str, ...]
) -> None:
    found = cite(source("news"), words, NEWS)
    assert [(c.at, c.cue, c.rule) for c in found][-1:] == [(f"body, {at}", cue, RULE)]
    assert found[-1].hash == sentence_hash(found[-1].sentence)
    assert not found[-1].cut


@pytest.mark.parametrize("words", [["cause", "swelled"], ["caus"], ["rests"], ["no such"]])
def test_words_that_are_not_together_or_not_whole_are_not_found(words: list[str]) -> None:
    assert cite(source("news"), words, NEWS) == []


def test_what_is_pasted_reads_as_a_claim_and_holds_no_sentence() -> None:
    (found,) = cite(source("news"), ["may", "cause", "harm"], NEWS)
    pasted = yaml.safe_load(found.snippet)
    base = {
        "id": "x", "source": "news", "stance": "supports", "certainty": "suggested",
        "basis": "none", "role": "result",
    }  # fmt: skip
    claim = Claim.model_validate(base | pasted)
    assert claim.cue == ("may", "cause", "harm")
    assert (claim.evidence[0].hash, claim.evidence[0].measured) == (found.hash, False)
    assert found.sentence not in found.snippet
    assert found.sentence not in repr(found)


@pytest.mark.parametrize(
    "word",
    ["true", "null", "No", "a: b", "a, b", "it's [so]", '"cells"', "# x", "1.50", "p < 0.05"],
)
def test_a_cue_of_any_form_survives_yaml(word: str) -> None:
    (found,) = cite(source("paper"), [word], f"We saw {word} there.")
    assert yaml.safe_load(found.snippet)["cue"] == [word]
    ours = plain(parse_tree(found.snippet.encode(), "x.yaml"))
    assert isinstance(ours, dict)
    assert ours["cue"] == [word]


@pytest.mark.parametrize(
    ("name", "kind", "measured"),
    [("paper", "TODO", "TODO"), ("news", "ECO:0006151 documented statement evidence", False)],
)
def test_what_a_primary_source_did_is_not_guessed(
    name: str, kind: str, measured: str | bool
) -> None:
    (found,) = cite(source(name), "rain", "It may rain.")
    (item,) = yaml.safe_load(found.snippet)["evidence"]
    assert (item["type"], item["measured"]) == (kind, measured)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("It may rain.", [False]),
        ("It may rain, with uniq", [True]),
        ("It is. It may rain with et al.", [True]),
        ("It may rain. It may", [False, True]),
        ("It may\n\nIt may rain", [True, True]),
        ("It may snow", [True]),
        ("It may snow\n\nIt is. It may rain", [False, True]),
        ("# It may rain\n\nIt may.", [False, False]),
    ],
)
def test_a_sentence_that_the_text_ends_inside_gets_no_hash(text: str, cut: list[bool]) -> None:
    found = cite(source("paper"), "may", text)
    assert [citation.cut for citation in found] == cut
    assert [citation.hash is None for citation in found] == cut
    for citation in found:
        (item,) = yaml.safe_load(citation.snippet)["evidence"]
        assert item.get("hash") == citation.hash


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "can be no cue"),
        ([], "no words to look for"),
        ("one two three four five six seven", "can be no cue"),
        ("x" * 61, "can be no cue"),
    ],
)
def test_what_cannot_be_cited_is_told(words: list[str] | str, told: str) -> None:
    with pytest.raises(TermError) as caught:
        cite(source("news"), words, NEWS)
    assert told in str(caught.value)


def cited(path: Path, *words: str, text: str = "It rains. It may rain.") -> Result:
    args = ["cite", str(path), "paper", "--find", "may", "-", *words]
    return CliRunner().invoke(cli, args, input=text, env={"STUDYCLAIMS_CACHE": str(path.parent)})


def test_a_record_is_cited_as_soon_as_it_is_begun(tmp_path: Path) -> None:
    begun = CliRunner().invoke(cli, ["new", "able-2020", "--out", str(tmp_path)])
    assert begun.exit_code == 0
    path = tmp_path / "able-2020.yaml"
    refused = cited(path).exception
    assert isinstance(refused, RecordError)
    assert [f.message for f in refused.findings] == [
        "kind is still to be filled in",
        "read is still to be filled in",
    ]
    text = path.read_text(encoding="utf-8").replace("kind: TODO", "kind: article")
    path.write_text(text.replace("read: [TODO]", "read: [abstract]"), encoding="utf-8")
    done = cited(path)
    assert done.exit_code == 0
    assert "            at: abstract, sentence 2\n            hash: " in done.stdout
    assert cached_text("able-2020", "paper", tmp_path) == "It rains. It may rain."


def test_a_cut_sentence_is_told_on_standard_error_and_in_json(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY}.yaml"
    path.write_text(SMALL, encoding="utf-8")
    done = cited(path, "--format", "json", text="It may rain, with uniq")
    (row,) = json.loads(done.stdout)["citations"]
    assert (row["hash"], row["cut"]) == (None, True)
    cut = "# the text seems to end inside this sentence: it gets no hash\nkept the text of paper\n"
    assert done.stderr.endswith(cut)
    whole = cited(path, "--format", "json")
    (row,) = json.loads(whole.stdout)["citations"]
    assert (row["hash"], row["cut"]) == (sentence_hash("It may rain."), False)
    assert whole.stderr == "# It may rain.\nreplaced the text of paper\n"
    again = cited(path, "--format", "json")
    assert again.stderr == "# It may rain.\nkept the text of paper\n"


def test_a_text_without_the_sentence_takes_no_place_of_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY}.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert cited(path).exit_code == 0
    failed = cited(path, text="Another page. Nothing here.")
    assert (failed.exit_code, "kept" in failed.stderr) == (1, False)
    empty = cited(path, text=" \n")
    assert isinstance(empty.exception, TermError)
    assert cached_text(KEY, "paper", tmp_path) == "It rains. It may rain."


def flagship() -> tuple[Record, dict[str, str]]:
    """Return the flagship and the texts of its sources that are beside the checkout."""
    paths = sorted(SHARED.glob("*.txt"))
    if not paths:
        pytest.skip(f"the news text is no part of the repository: no {SHARED.name}/*.txt beside it")
    record = read_record(studies_dir() / "ausk-2017.yaml")
    return record, {"news": paths[0].read_text(encoding="utf-8")}


def test_with_the_text_every_news_hash_is_checked_and_the_papers_are_not_checkable() -> None:
    record, texts = flagship()
    counts = {"news": 0, "paper": 0}
    for _, claim in claims_of(record.study):
        counts[claim.source] += len(claim.evidence)
    report = check_hashes(record, texts)
    assert report.wrong == []
    assert (report.checked, report.not_checkable) == (counts["news"], counts["paper"])
    assert report.checked > 10


def test_with_the_text_every_news_locator_and_cue_is_found_again() -> None:
    record, texts = flagship()
    places = {
        at: sentence_hash(s) for at, s in located(record.study.sources["news"], texts["news"])
    }
    for _, claim in claims_of(record.study):
        if claim.source == "news":
            for item in claim.evidence:
                assert places[item.at] == item.hash, claim.id
            for cue in claim.cue:
                news = record.study.sources["news"]
                found = {citation.hash for citation in cite(news, cue, texts["news"])}
                assert found & {item.hash for item in claim.evidence}, claim.id


def test_without_a_text_nothing_is_checked_and_nothing_has_passed() -> None:
    record = read_record(studies_dir() / "ausk-2017.yaml")
    report = check_hashes(record, {"no-such-source": "It rains."})
    total = sum(len(claim.evidence) for _, claim in claims_of(record.study))
    assert (report.checked, report.wrong, report.not_checkable) == (0, [], total)
    assert f"0 evidence hashes checked, 0 findings, {total} not checkable" == str(report)


RECORD: Final = """\
schema_version: 1
key: rain-2020
sources:
  paper: {kind: article, title: Rain, doi: 10.1234/rain, read: [title, abstract]}
curation:
  drafted_by: {tool: a tool, version: "1"}
  agent_type: automated_agent
  status: draft
  date: 2020-01-01
entities:
  rest: {term: scterm:disuse mechanical disuse}
  osteopenia: {term: HP:0000938 Osteopenia}
propositions:
  - about: rest
    link: cause
    outcome: osteopenia
    claims:
      - id: one
        source: paper
        stance: supports
        certainty: suggested
        cue: [CUES]
        basis: intervention
        role: result
        evidence:
"""
TEXT: Final = "# Rain\n\nIt MAY rain. It rains."


def evidence(*items: tuple[str, str | None]) -> str:
    return "".join(
        "          - type: ECO:0000179 animal model system study evidence\n"
        f"            measured: true\n            at: {at}\n"
        + (f"            hash: {sentence_hash(text)}\n" if text else "")
        for at, text in items
    )


ONE: Final = "abstract, sentence 1"
TWO: Final = "abstract, sentence 2"


@pytest.mark.parametrize(
    ("cues", "items", "text", "checked", "codes", "not_checkable"),
    [
        ("may", [(ONE, "It MAY rain.")], TEXT, 1, [], 0),
        ("may", [(ONE, "It MAY  *rain*.")], TEXT, 1, [], 0),
        ("may", [(ONE, "It may rain.")], TEXT, 1, ["H001"], 0),
        ("might", [(ONE, "It MAY rain.")], TEXT, 1, ["H002"], 0),
        ("ma", [(ONE, "It MAY rain.")], TEXT, 1, ["H002"], 0),
        ("might", [(ONE, "It snows.")], TEXT, 1, ["H001"], 0),
        ("may, rains", [(ONE, "It MAY rain."), (TWO, "It rains.")], TEXT, 2, [], 0),
        ("may, snows", [(ONE, "It MAY rain."), (TWO, "It rains.")], TEXT, 2, ["H002"], 0),
        ("may, snows", [(ONE, "It MAY rain."), (TWO, None)], TEXT, 1, [], 1),
        ("may", [(ONE, None)], TEXT, 0, [], 1),
        ("rain", [("title", "Rain")], TEXT, 1, [], 0),
        ("rain", [("title", "Snow")], TEXT, 1, ["H001"], 0),
        ("rain", [("title", "Snow")], "It MAY rain.", 0, [], 1),
        ("may", [(ONE, "It MAY rain.")], "", 1, ["H001"], 0),
    ],
    ids=[
        "right", "other marks", "other case", "no such cue", "part of a word",
        "wrong hash hides cues", "a cue each", "one of two cues", "a cue may be elsewhere",
        "no hash", "title", "wrong title", "no title in the text", "empty text",
    ],
)  # fmt: skip
def test_a_wrong_hash_and_a_wrong_cue_are_found(
    cues: str,
    items: list[tuple[str, str | None]],
    text: str,
    checked: int,
    codes: list[str],
    not_checkable: int,
) -> None:
    data = RECORD.replace("CUES", cues) + evidence(*items)
    report = check_hashes(parse_record(data.encode(), "rain-2020.yaml"), {"paper": text})
    assert (report.checked, report.not_checkable) == (checked, not_checkable)
    assert [finding.code for finding in report.wrong] == codes
    lines = data.split("\n")
    for finding in report.wrong:
        place = lines[finding.line - 1][finding.column - 1 :]
        assert len(place.strip()) == 64 if finding.code == "H001" else place[0].isalpha()


def test_the_codes_are_explained() -> None:
    assert {"H001", "H002", "H003"} <= CODES.keys()


READ: Final = "read: [title, abstract]"
PARTS: Final = "read: [title, abstract, full text]"
LONG: Final = "# Rain\n\nIt MAY rain. It pours.\n\nIt snows. It MAY rain.\n\nIt is."


@pytest.mark.parametrize(
    ("at", "sentence", "text", "read", "places"),
    [
        (TWO, "It MAY rain.", TEXT, READ, [ONE]),
        ("title", "It MAY rain.", TEXT, READ, [ONE]),
        (ONE, "Rain", TEXT, READ, ["title"]),
        ("abstract, paragraph 1, sentence 1", "It MAY rain.", TEXT, READ, []),
        ("abstract", "It MAY rain.", TEXT, READ, []),
        ("abstract, figure 2", "It MAY rain.", TEXT, READ, []),
        ("abstract, paragraph 1, sentence 1", "It MAY rain.", LONG, READ, []),
        ("abstract, paragraph 2, sentence 2", "It MAY rain.", LONG, READ, []),
        ("abstract, paragraph 2", "It MAY rain.", LONG, READ, []),
        (
            "abstract, paragraph 2, sentence 1", "It MAY rain.", LONG, READ,
            ["abstract, paragraph 2, sentence 2", "abstract, paragraph 1, sentence 1"],
        ),
        ("abstract, paragraph 1", "It MAY rain. It pours.", LONG, READ, []),
        (
            "abstract, paragraph 1, sentence 1", "It MAY rain. It pours.", LONG, READ,
            ["abstract, paragraph 1"],
        ),
        ("abstract, paragraph 2", "It MAY rain. It pours.", LONG, READ, ["abstract, paragraph 1"]),
        ("abstract, paragraph 1", "It is.", LONG, READ, ["abstract, paragraph 3, sentence 1"]),
        (ONE, "It pours.", LONG, PARTS, []),
        ("title", "It pours.", LONG, PARTS, ["full text, paragraph 1, sentence 2"]),
        (
            "full text, paragraph 1, sentence 1", "It pours.", LONG, PARTS,
            ["full text, paragraph 1, sentence 2"],
        ),
        ("title", "It MAY rain.", "It MAY rain.", READ, []),
        ("abstract", "May", "# Rain\n\nIt is.\n\n## May", READ, []),
        (ONE, "May", "# Rain\n\nIt is.\n\n## May", READ, ["a heading"]),
    ],
)  # fmt: skip
def test_a_sentence_that_stands_elsewhere_is_told_with_its_place(
    at: str, sentence: str, text: str, read: str, places: list[str]
) -> None:
    data = RECORD.replace("CUES", sentence.split()[-1].strip(".")).replace(READ, read)
    data += evidence((at, sentence))
    report = check_hashes(parse_record(data.encode(), "rain-2020.yaml"), {"paper": text})
    assert [f.code for f in report.wrong] == ["H003"] * bool(places)
    assert (report.checked, report.failed) == (1, bool(places))
    for finding in report.wrong:
        assert data.split("\n")[finding.line - 1][finding.column - 1 :] == at
        assert all(place in finding.hint for place in places)


def test_a_lede_is_a_place_of_its_own() -> None:
    text = "# Rain\n\nIt may rain.\n\nIt is."
    data = SMALL.replace("read: [body]", "read: [headline, lede, body]")
    record = parse_record(data.encode(), f"{KEY}.yaml")
    places = dict(located(record.study.sources["news"], text))
    assert places["lede, sentence 1"] == "It may rain."


def test_a_wrong_place_and_a_missing_cue_fail_one_sentence() -> None:
    data = RECORD.replace("CUES", "snow") + evidence((TWO, "It MAY rain."))
    report = check_hashes(parse_record(data.encode(), "rain-2020.yaml"), {"paper": TEXT})
    assert sorted(finding.code for finding in report.wrong) == ["H002", "H003"]
    assert (report.checked, report.failed) == (1, 1)


@pytest.mark.parametrize(
    ("sentences", "codes", "failed"),
    [
        (["It hails.", "It snows."], ["H001"], 2),
        (["It hails.", "It hails."], ["H001", "H001"], 2),
        (["It MAY rain.", "It snows.", "It hails."], ["H001", "H001"], 2),
    ],
    ids=["another text", "one hash", "some are in it"],
)
def test_the_text_of_another_source_is_told_once(
    sentences: list[str], codes: list[str], failed: int
) -> None:
    items = [
        (ONE if "MAY" in s else f"abstract, sentence {7 + s.count('snow')}", s) for s in sentences
    ]
    data = RECORD.replace("CUES", "may") + evidence(*items)
    record = parse_record(data.encode(), "rain-2020.yaml")
    report = check_hashes(record, {"paper": TEXT})
    assert [finding.code for finding in report.wrong] == codes
    assert (report.checked, report.failed) == (len(sentences), failed)
    if len(codes) == 1:
        assert "is not the text of that source" in report.wrong[0].message
        assert data.split("\n")[report.wrong[0].line - 1].startswith("  paper:")
