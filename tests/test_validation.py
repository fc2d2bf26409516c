"""Validation: a pass means that something was really checked."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest

import studyclaims.shapes
import studyclaims.validation
from samples import KEY, SMALL, changed, index, record
from studyclaims.build import study_text
from studyclaims.errors import SetupError
from studyclaims.findings import CODES, Finding
from studyclaims.paths import studies_dir
from studyclaims.records import read_record
from studyclaims.shapes import constraint_count, load_shapes, read_shapes
from studyclaims.validation import Outcome, is_current, validate

if TYPE_CHECKING:
    from pathlib import Path

FLAGSHIP: Final = studies_dir() / "ausk-2017.yaml"
FINDING: Final = Finding("a.yaml", 1, 1, "R001", "m")


def written(folder: Path, data: dict[str, Any] | str, name: str = KEY) -> Path:
    """Return a record's file."""
    path = folder / f"{name}.yaml"
    text = data if isinstance(data, str) else json.dumps(data)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_flagship_passes_and_was_checked() -> None:
    outcome = validate([FLAGSHIP])
    assert outcome.findings == []
    assert outcome.passed
    claims = [claim for p in read_record(FLAGSHIP).study.propositions for claim in p.claims]
    assert (outcome.records, outcome.graphs, outcome.claims) == (1, 1, len(claims))
    assert outcome.terms > 100
    assert outcome.constraints == constraint_count(load_shapes()) > 50


def test_the_small_record_passes(tmp_path: Path) -> None:
    outcome = validate([written(tmp_path, SMALL)])
    assert outcome.passed, outcome.findings
    assert re.fullmatch(
        "checked 1 record: 5 claims, 16 uses of terms, [0-9]+ SHACL constraints on 1 graph, "
        r"0 sentences \(5 not checkable: no text here\); 0 findings",
        str(outcome),
    )


def test_an_unknown_term_is_found_where_it_stands(tmp_path: Path) -> None:
    text = SMALL.replace("CL:0000092 osteoclast", "CL:9999999 osteoclast")
    path = written(tmp_path, text)
    outcome = validate([path])
    assert not outcome.passed
    (finding,) = outcome.findings
    place = text[: text.index("CL:9999999")]
    assert (finding.file, finding.line) == (str(path), place.count("\n") + 1)
    assert finding.column == len(place.rpartition("\n")[2]) + 1
    assert finding.code == "T002"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "Y004"),
        ("schema_version: 1\nkey: [", "Y003"),
        ("\x00", "Y002"),
        ("a: 1\na: 2\n", "Y008"),
        ("just text", "R003"),
        (SMALL.replace("certainty: suggested", "certainty: sure"), "R004"),
        (SMALL.replace("about: rest\n", "about: no-such\n"), "R007"),
        (SMALL.replace("bearer: CL:0000092 osteoclast", "bearer: CL:0000092 cell"), "T003"),
    ],
)
def test_a_broken_file_is_a_finding_and_no_error(tmp_path: Path, text: str, code: str) -> None:
    outcome = validate([written(tmp_path, text)])
    assert code in {finding.code for finding in outcome.findings}
    assert (outcome.records, outcome.graphs) == (1, 0)
    assert not outcome.passed


def test_a_record_in_a_file_of_another_name_is_a_finding(tmp_path: Path) -> None:
    outcome = validate([written(tmp_path, SMALL, "other")])
    assert [finding.code for finding in outcome.findings] == ["R006"]


def test_a_graph_that_breaks_a_shape_is_found(tmp_path: Path) -> None:
    """An effect that is over before its cause can have begun: only the shapes see that."""
    data = changed("propositions.0.claims.0.lag", {"bound": "by", "time": "1 h", "after": "rest"})
    claim = data["propositions"][0]["claims"][0]
    late = {"id": "late", "lag": {"bound": "from", "time": "9 d", "after": "rest"}}
    joined = {"id": "joined", "lag": None}
    data["propositions"] += [
        {"about": "rest", "link": "cause", "outcome": "larger-cells", "claims": [claim | late]},
        {
            "about": "larger-cells",
            "link": "cause",
            "outcome": "inflammation",
            "claims": [claim | joined],
        },
    ]
    outcome = validate([written(tmp_path, data)])
    assert {finding.code for finding in outcome.findings} == {"S001"}
    assert outcome.graphs == 1
    assert not outcome.passed
    assert all(finding.line > 0 for finding in outcome.findings)


def test_all_records_are_looked_at_and_all_findings_kept(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "", "empty"),
        written(tmp_path, SMALL),
        written(
            tmp_path, SMALL.replace("scterm:disuse mechanical disuse", "scterm:disuse rest"), "c"
        ),
    ]
    outcome = validate(paths)
    assert (outcome.records, outcome.graphs) == (3, 1)
    assert [finding.code for finding in outcome.findings] == ["T003", "Y004"]
    assert outcome.findings == sorted(outcome.findings)


def test_nothing_to_check_is_no_pass() -> None:
    outcome = validate([])
    assert outcome.findings == []
    assert outcome.constraints > 0
    assert not outcome.passed
    assert str(outcome).startswith("checked 0 records: 0 claims")


@pytest.mark.parametrize(
    ("outcome", "passed"),
    [
        (Outcome(), False),
        (Outcome(records=1), False),
        (Outcome(constraints=1), False),
        (Outcome(records=1, constraints=1), True),
        (Outcome(records=1, constraints=1, findings=[FINDING]), False),
    ],
    ids=["nothing", "no constraint", "no record", "both", "a finding"],
)
def test_a_pass_needs_records_constraints_and_no_finding(outcome: Outcome, passed: bool) -> None:
    assert outcome.passed is passed


def test_without_shapes_there_is_no_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.shapes, "shapes_dir", lambda: tmp_path)
    load_shapes.cache_clear()
    try:
        with pytest.raises(SetupError, match="nothing could be checked"):
            validate([FLAGSHIP])
    finally:
        load_shapes.cache_clear()


def test_shapes_that_demand_nothing_are_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = read_shapes([])
    monkeypatch.setattr(studyclaims.validation, "load_shapes", lambda: empty)
    outcome = validate([written(tmp_path, SMALL)])
    assert outcome.constraints == 0
    assert not outcome.passed


def test_the_counts_say_what_the_line_says() -> None:
    outcome = Outcome(
        records=2,
        claims=3,
        terms=4,
        constraints=5,
        graphs=6,
        sentences=7,
        not_checkable=8,
        findings=[FINDING, FINDING],
    )
    counts = outcome.counts()
    names = ("records", "claims", "terms", "constraints", "graphs", "sentences", "findings")
    assert [counts[name] for name in names] == [2, 3, 4, 5, 6, 7, 2]
    assert counts["sentences not checkable"] == 8
    assert str(outcome) == (
        "checked 2 records: 3 claims, 4 uses of terms, 5 SHACL constraints on 6 graphs, "
        "7 sentences (8 not checkable: no text here); 2 findings"
    )


def test_a_missing_file_is_an_error_and_no_pass(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        validate([tmp_path / "none.yaml"])


def test_every_code_that_is_found_is_explained() -> None:
    assert {"T002", "Y004", "S001", "R006"} <= CODES.keys()


def test_a_built_file_is_current_until_the_record_changes(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY}.trig"
    assert not is_current(record(), index(), path)
    path.write_bytes(study_text(record(), index()))
    assert is_current(record(), index(), path)
    later = record(changed("curation.date", "2020-03-06"))
    assert not is_current(later, index(), path)


def test_a_stale_graph_beside_a_record_is_told_and_no_finding(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    assert "not current" not in str(validate([path]))
    path.with_suffix(".trig").write_text("# of another day", encoding="utf-8")
    outcome = validate([path])
    assert outcome.passed
    assert outcome.counts()["built graphs not current"] == 1
    assert str(outcome).endswith("; 1 built graph(s) not current: run build")
