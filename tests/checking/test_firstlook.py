"""A fault in one place of a record does not hide the faults in others."""

from __future__ import annotations

import pytest

import samples
from studyclaims.checking.firstlook import look
from studyclaims.errors import RecordError
from studyclaims.records import parse_record

BROKEN = (
    samples.SMALL.replace("certainty: suggested", "certainty: sure", 1)
    .replace("CL:0000092 osteoclast", "CL:0000093 osteoclast", 1)
    .replace("about: rest", "about: reste", 1)
)


def test_form_names_and_terms_are_told_at_once() -> None:
    with pytest.raises(RecordError) as caught:
        parse_record(BROKEN.encode(), "small-2020.yaml", samples.index())
    found = caught.value.findings
    assert {finding.code for finding in found} == {"R004", "R007", "T002"}
    lines = BROKEN.splitlines()
    told = {f.code: lines[f.line - 1][f.column - 1 :] for f in found}
    assert told["R004"] == "sure"
    assert told["R007"] == "reste"
    assert told["T002"].startswith("CL:0000093")


def test_without_an_index_no_term_is_looked_up() -> None:
    with pytest.raises(RecordError) as caught:
        parse_record(BROKEN.encode(), "small-2020.yaml")
    assert {finding.code for finding in caught.value.findings} == {"R004", "R007"}


def test_each_place_is_told_once() -> None:
    with pytest.raises(RecordError) as caught:
        parse_record(BROKEN.encode(), "small-2020.yaml", samples.index())
    places = [(f.line, f.column) for f in caught.value.findings]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("data", [None, "text", 1, [], [{}], {"entities": []}, {"sources": "x"}])
def test_data_of_any_kind_is_looked_at(data: object) -> None:
    assert look(data, samples.index()) == []


@pytest.mark.parametrize(
    "change",
    [{"role": "background"}, {"source": "news", "role": "result"}],
    ids=["background", "news"],
)
def test_a_null_that_is_only_reported_can_be_recorded(change: dict[str, str]) -> None:
    data = samples.small()
    claim = data["propositions"][0]["claims"][0]
    claim |= {"stance": "noEffect", "certainty": "asserted", **change}
    for item in claim["evidence"]:
        item |= {"measured": False, "measurements": []}
        item["at"] = "body, sentence 9" if change.get("source") else item["at"]
    claim.pop("lag", None)
    quads = samples.quads(data)
    name = f"claim/{samples.KEY}/{claim['id']}"
    written = [q for q in quads if q.subject.value.endswith(name)]  # type: ignore[union-attr]
    assert written
    assert not [q for q in written if q.predicate.value.endswith("#predicate")]
