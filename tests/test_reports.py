from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.findings import Finding
from studyclaims.reports import render_findings

ONE = Finding("a,b.yaml", 41, 9, "R004", "stance 'support'\nis 100% unknown", "write supports")
WHOLE = Finding("b.yaml", 0, 0, "Y004", "the file holds no record")


def test_text_is_one_finding_after_the_other_with_its_hint() -> None:
    text = render_findings([ONE], {}, "text")
    assert text.startswith("a,b.yaml:41:9: R004 ")
    assert text.endswith("    hint: write supports\n")


def test_json_holds_the_counts_and_every_field() -> None:
    whole = json.loads(render_findings([ONE, WHOLE], {"records": 2}, "json"))
    assert whole["checked"] == {"records": 2}
    assert whole["findings"][0]["line"] == 41
    assert [finding["code"] for finding in whole["findings"]] == ["R004", "Y004"]


def test_github_escapes_what_would_end_its_command() -> None:
    line = render_findings([ONE], {}, "github")
    assert line == (
        "::error file=a%2Cb.yaml,line=41,col=9,title=R004::"
        "stance 'support'%0Ais 100%25 unknown; write supports\n"
    )


def test_github_names_no_line_of_a_whole_file() -> None:
    assert render_findings([WHOLE], {}, "github").startswith("::error file=b.yaml,title=Y004::")


def test_sarif_has_a_rule_for_each_code_and_a_region_where_there_is_one() -> None:
    whole = json.loads(render_findings([ONE, WHOLE], {}, "sarif"))
    (run,) = whole["runs"]
    assert whole["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["R004", "Y004"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert places[0]["region"] == {"startLine": 41, "startColumn": 9}
    assert "region" not in places[1]


@pytest.mark.parametrize("form", ["text", "jsonl", "github"])
def test_no_finding_is_no_line(form: str) -> None:
    assert render_findings([], {"records": 1}, form) == ""


@given(st.text(), st.text())
def test_whatever_the_text_github_gets_one_line(message: str, hint: str) -> None:
    text = render_findings([Finding("a.yaml", 1, 1, "R001", message, hint)], {}, "github")
    assert text.count("\n") == 1
    assert "\r" not in text


@given(st.text(), st.text())
def test_whatever_the_text_json_gives_it_back(message: str, hint: str) -> None:
    finding = Finding("a.yaml", 1, 1, "R001", message, hint)
    (row,) = [json.loads(line) for line in render_findings([finding], {}, "jsonl").splitlines()]
    assert (row["message"], row["hint"]) == (message, hint)
