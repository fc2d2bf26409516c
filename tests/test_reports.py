from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.findings import CODES, Finding
from studyclaims.reports import render_findings

ONE = Finding("a,b.yaml", 41, 9, "R004", "stance 'support'\nis 100% unknown", "write supports")
WHOLE = Finding("b.yaml", 0, 0, "Y004", "the file holds no record")


def test_text_is_one_finding_after_the_other_with_its_hint() -> None:
    text = render_findings([ONE], {}, "text")
    assert text.startswith("a,b.yaml:41:9: R004 ")
    assert text.endswith("    hint: write supports\nsee docs/findings.md#r004\n")


def test_text_ends_with_where_each_code_is_explained_once_and_in_order() -> None:
    later = Finding("a.yaml", 1, 1, "T003", "m")
    text = render_findings([WHOLE, later, ONE, WHOLE, ONE], {}, "text")
    assert text.endswith("\nsee docs/findings.md#r004, #t003, #y004\n")
    assert text.count("see docs/findings.md") == 1


@pytest.mark.parametrize(("number", "more"), [(200, 0), (201, 1), (1250, 1050)])
def test_text_shows_the_first_200_and_says_how_many_more(number: int, more: int) -> None:
    found = [Finding("a.yaml", line, 1, "R001", "m") for line in range(number, 0, -1)]
    *lines, see = render_findings(found, {}, "text").splitlines()
    rest = [f"... and {more} more (--format json has all)"] if more else []
    assert lines == [*(f"a.yaml:{line}:1: R001 m" for line in range(1, 201)), *rest]
    assert see.startswith("see docs/")
    assert len(json.loads(render_findings(found, {}, "json"))["findings"]) == number


def test_json_holds_the_counts_and_every_field() -> None:
    whole = json.loads(render_findings([ONE, WHOLE], {"records": 2}, "json"))
    assert whole["checked"] == {"records": 2}
    assert whole["findings"][0]["line"] == 41
    assert whole["findings"][0]["docs"] == "docs/findings.md#r004"
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


def sarif(*findings: Finding) -> dict[str, Any]:
    (run,) = json.loads(render_findings(findings, {}, "sarif"))["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("code", CODES)
def test_sarif_says_of_each_code_what_it_means_and_where_it_is_explained(code: str) -> None:
    (rule,) = sarif(Finding("a.yaml", 1, 1, code, "m"))["tool"]["driver"]["rules"]
    assert rule["helpUri"] == f"https://w3id.org/studyclaims/docs/findings#{code.lower()}"
    short, full = rule["shortDescription"]["text"], rule["fullDescription"]["text"]
    assert short.casefold() == f"{CODES[code]}.".casefold()
    assert short[0].isupper()
    assert full.startswith(f"{short} ")
    assert full.endswith(".")
    assert len(full) > len(short) + 20


ALLOWED: Final[dict[str, set[str]]] = {
    "": {"$schema", "version", "runs"},
    "run": {"tool", "results"},
    "driver": {"name", "semanticVersion", "rules"},
    "rule": {"id", "shortDescription", "fullDescription", "helpUri"},
    "result": {"ruleId", "level", "message", "locations"},
    "place": {"artifactLocation", "region"},
    "region": {"startLine", "startColumn"},
}
"""Properties that the schema of SARIF 2.1.0 has in each of its objects, which take no others."""


@given(
    st.lists(
        st.builds(
            Finding,
            st.text(min_size=1),
            st.integers(0, 99),
            st.integers(0, 99),
            st.sampled_from(list(CODES)),
            st.text(),
            st.text(),
        )
    )
)
def test_whatever_is_found_sarif_has_the_structure_of_its_schema(findings: list[Finding]) -> None:
    whole = json.loads(render_findings(findings, {}, "sarif"))
    (run,) = whole["runs"]
    driver = run["tool"]["driver"]
    rules = [rule["id"] for rule in driver["rules"]]
    assert whole.keys() == ALLOWED[""]
    assert (run.keys(), driver.keys()) == (ALLOWED["run"], ALLOWED["driver"])
    assert rules == sorted({finding.code for finding in findings})
    for rule in driver["rules"]:
        assert rule.keys() == ALLOWED["rule"]
        assert urlsplit(rule["helpUri"]).scheme == "https"
    for result, finding in zip(run["results"], findings, strict=True):
        assert result.keys() == ALLOWED["result"]
        assert (result["ruleId"], result["level"]) == (finding.code, "error")
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place.keys() <= ALLOWED["place"]
        # A URI reference: nothing in it that RFC 3986 has no place for, and no scheme.
        assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", place["artifactLocation"]["uri"], re.A)
        assert unquote(place["artifactLocation"]["uri"]) == finding.file
        assert place.get("region", {}).keys() in (set(), ALLOWED["region"])
        assert all(number >= 1 for number in place.get("region", {}).values())


def test_a_file_whose_name_is_no_utf_8_still_has_an_address() -> None:
    (result,) = sarif(Finding("\udcff.yaml", 0, 0, "Y004", "m"))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "%FF.yaml"}}


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
