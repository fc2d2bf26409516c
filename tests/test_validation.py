"""Validation: a pass means that something was really checked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

import studyclaims.shapes
import studyclaims.validation
from samples import KEY, SMALL, changed, index, record
from studyclaims.build import study_text
from studyclaims.checking.checks import terms_of
from studyclaims.checking.firstlook import terms_in
from studyclaims.errors import SetupError
from studyclaims.findings import CODES, Finding
from studyclaims.ontologies.ontology import Consistency
from studyclaims.paths import studies_dir
from studyclaims.records import read_record
from studyclaims.sentences import sentence_hash
from studyclaims.shapes import SHAPES, Result, constraint_count, load_shapes, read_shapes
from studyclaims.texts import keep_text
from studyclaims.validation import Outcome, is_current, validate
from studyclaims.yamltree import parse_tree, plain

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
    assert outcome.holds
    claims = [claim for p in read_record(FLAGSHIP).study.propositions for claim in p.claims]
    assert (outcome.records, outcome.graphs, outcome.claims) == (1, 1, len(claims))
    assert outcome.terms > 100
    assert outcome.constraints == constraint_count(load_shapes()) > 50


def test_the_small_record_passes(tmp_path: Path) -> None:
    outcome = validate([written(tmp_path, SMALL)])
    assert outcome.holds, outcome.findings
    assert re.fullmatch(
        "checked 1 record: 5 claims, 16 uses of terms, ([0-9]+) SHACL constraints on 1 graph; "
        r"([0-9]+) checks run, \2 passed, 0 failed, 5 not checkable \(no text here, or no hash\)",
        str(outcome),
    )


def test_an_unknown_term_is_found_where_it_stands(tmp_path: Path) -> None:
    text = SMALL.replace("CL:0000092 osteoclast", "CL:9999999 osteoclast")
    path = written(tmp_path, text)
    outcome = validate([path])
    assert not outcome.holds
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
    assert not outcome.holds
    assert "SHACL" not in str(outcome)


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
    assert not outcome.holds
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
    assert not outcome.holds
    assert str(outcome).startswith("checked 0 records: 0 claims")


@pytest.mark.parametrize(
    ("outcome", "holds"),
    [
        (Outcome(), False),
        (Outcome(graphs=1), False),
        (Outcome(records=1, constraints=1), False),
        (Outcome(graphs=1, constraints=1), True),
        (Outcome(graphs=1, constraints=1, findings=[FINDING]), False),
    ],
    ids=["nothing", "no constraint", "no graph", "both", "a finding"],
)
def test_a_pass_needs_a_graph_constraints_and_no_finding(outcome: Outcome, holds: bool) -> None:
    assert outcome.holds is holds


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
    assert not outcome.holds


WHOLE: Final = Outcome(
    records=2,
    files=1,
    claims=3,
    terms=4,
    constraints=5,
    graphs=3,
    reasoned=2,
    sentences=7,
    failed=6,
    not_checkable=8,
    stale=2,
    findings=[FINDING] * 9,
)


def test_the_counts_say_what_the_line_says() -> None:
    assert WHOLE.counts() == {
        "records": 2,
        "files of graphs": 1,
        "claims": 3,
        "terms": 4,
        "constraints": 5,
        "graphs": 3,
        "graphs reasoned over": 2,
        "sentences": 7,
        "built graphs not current": 2,
        "other graphs not checked": 0,
        "checks run": 2 + 1 + 4 + 5 * 3 + 7 + 2,
        "checks passed": 25,
        "checks failed": 6,
        "not checkable": 8,
        "findings": 9,
    }
    assert str(WHOLE) == (
        "checked 2 records and 1 file of graphs: 3 claims, 4 uses of terms, "
        "5 SHACL constraints on 3 graphs, 2 reasoned over in OWL, 7 sentences; "
        "31 checks run, 25 passed, 6 failed (9 findings), "
        "8 not checkable (no text here, or no hash); 2 built graphs not current: run build"
    )


def test_the_line_leaves_out_what_was_not_looked_at() -> None:
    assert str(Outcome(files=2, claims=1, constraints=5, graphs=1)) == (
        "checked 2 files of graphs: 1 claim, 5 SHACL constraints on 1 graph; "
        "7 checks run, 7 passed, 0 failed, 0 not checkable"
    )


TERMS: Final = 16
"""Uses of terms in the small record."""

BROKEN_TEXTS: Final = {
    "no YAML": ("key: [", 1, 1),
    "no record": ("just text", 1, 1),
    "one value": (SMALL.replace("certainty: suggested", "certainty: sure"), 1 + TERMS, 1),
    "two values": (
        SMALL.replace("certainty: suggested", "certainty: sure").replace("kind: news", "kind: x"),
        1 + TERMS,
        1,
    ),
    "a name": (SMALL.replace("about: rest\n", "about: no-such\n", 1), 1 + TERMS, 1),
    "a term": (SMALL.replace("bearer: CL:0000092 osteoclast", "bearer: CL:1 x"), 1 + TERMS, 1),
    "a prefix": (SMALL.replace("bearer: CL:0000092 osteoclast", "bearer: XX:1 x"), 1 + TERMS, 1),
    "a term that is none": (
        SMALL.replace("bearer: CL:0000092 osteoclast", "bearer: CL:0000092"),
        1 + TERMS - 1,
        1,
    ),
    "a value and two terms": (
        SMALL.replace("certainty: suggested", "certainty: sure")
        .replace("bearer: CL:0000092 osteoclast", "bearer: CL:1 x")
        .replace("term: scterm:disuse mechanical disuse", "term: scterm:disuse rest"),
        1 + TERMS,
        3,
    ),
}


@pytest.mark.parametrize("name", BROKEN_TEXTS)
def test_of_a_broken_record_form_and_terms_are_counted(tmp_path: Path, name: str) -> None:
    text, run, failed = BROKEN_TEXTS[name]
    outcome = validate([written(tmp_path, text)])
    assert (outcome.run, outcome.failed, outcome.passed) == (run, failed, run - failed)
    assert outcome.not_checkable == 0


def test_a_name_of_another_file_is_a_fault_of_the_form_alone(tmp_path: Path) -> None:
    outcome = validate([written(tmp_path, SMALL, "other")])
    assert (outcome.run, outcome.failed) == (1 + TERMS, 1)


def test_the_checks_add_up() -> None:
    outcome = validate([FLAGSHIP])
    study = read_record(FLAGSHIP).study
    constraints = constraint_count(load_shapes())
    assert outcome.run == 1 + len(list(terms_of(study))) + constraints
    assert (outcome.passed, outcome.failed) == (outcome.run, 0)
    evidence = [e for p in study.propositions for c in p.claims for e in c.evidence]
    assert outcome.not_checkable == len(evidence)


@pytest.mark.parametrize("path", [FLAGSHIP], ids=lambda path: path.stem)
def test_plain_data_has_as_many_terms_as_the_study(path: Path) -> None:
    data = plain(parse_tree(path.read_bytes(), "a.yaml"))
    study = read_record(path).study
    assert [term for _, term in sorted(terms_in(data), key=str)] == [
        term for _, term in sorted(terms_of(study), key=str)
    ]


HASHED: Final = """\
# News

Rest {} inflame bone. It was said twice. Nobody looked.
"""


def with_text(monkeypatch: pytest.MonkeyPatch, folder: Path, said: str, *hashes: str) -> Outcome:
    """Return the outcome for the small record, its news item kept here and hashed so."""
    monkeypatch.setenv("STUDYCLAIMS_CACHE", str(folder))
    keep_text(KEY, "news", HASHED.format(said))
    item = {
        "type": "ECO:0006151 documented statement evidence",
        "measured": False,
    }
    evidence = [
        item | {"hash": text, "at": f"body, sentence {number}"}
        for number, text in enumerate(hashes, start=1)
    ]
    data = changed("propositions.0.claims.1.evidence", evidence)
    data["propositions"][0]["claims"][1]["cue"] = ["may inflame"]
    return validate([written(folder, data)])


def test_a_sentence_passes_with_its_cue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = with_text(monkeypatch, tmp_path, "may", sentence_hash("Rest may inflame bone."))
    assert (outcome.sentences, outcome.failed, outcome.not_checkable) == (1, 0, 4)
    assert outcome.holds
    assert ", 1 sentence; " in str(outcome)


def test_a_cue_that_is_nowhere_fails_every_sentence_of_its_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = [sentence_hash(text) for text in ("Rest could inflame bone.", "It was said twice.")]
    outcome = with_text(monkeypatch, tmp_path, "could", *hashes)
    assert [finding.code for finding in outcome.findings] == ["H002"]
    assert (outcome.sentences, outcome.failed, outcome.not_checkable) == (2, 2, 4)


def test_a_hash_of_no_sentence_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = [sentence_hash("Rest could inflame bone."), "ab" * 32]
    outcome = with_text(monkeypatch, tmp_path, "could", *hashes)
    assert [finding.code for finding in outcome.findings] == ["H001"]
    assert (outcome.sentences, outcome.failed, outcome.not_checkable) == (2, 1, 4)


def test_a_constraint_fails_once_however_many_results_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = Result("urn:a:b", "", "", f"{SHAPES}Cue-present", "Give it.", "", "")
    results = [result, replace(result, focus="urn:a:c"), replace(result, shape=f"{SHAPES}Cue-x")]
    monkeypatch.setattr(studyclaims.validation, "validate_quads", lambda _: results)
    outcome = validate([written(tmp_path, SMALL)])
    assert (len(outcome.findings), outcome.failed) == (3, 2)


@pytest.mark.parametrize(
    ("found", "failed", "codes"),
    [
        (Consistency(consistent=True), 0, []),
        (Consistency(consistent=False, culprits=("urn:a:b", "urn:a:c")), 1, ["O001", "O001"]),
        (Consistency(consistent=True, unsatisfiable=("urn:a:b",)), 1, ["O002"]),
    ],
    ids=["consistent", "contradicting", "empty class"],
)
def test_a_graph_reasoned_over_is_one_check(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: Consistency,
    failed: int,
    codes: list[str],
) -> None:
    monkeypatch.setattr(studyclaims.validation, "check_consistency", lambda _: found)
    path = written(tmp_path, SMALL)
    before, outcome = validate([path]), validate([path], owl=True)
    assert (outcome.run - before.run, outcome.reasoned, outcome.failed) == (1, 1, failed)
    assert [finding.code for finding in outcome.findings] == codes


def test_a_record_without_a_file_is_checked_and_needs_no_name() -> None:
    outcome = validate([], text=SMALL.encode())
    assert outcome.holds
    assert outcome.records == 1


def test_a_broken_record_without_a_file_is_named_after_where_it_came_from() -> None:
    outcome = validate([], text=SMALL.replace("certainty: suggested", "certainty: sure").encode())
    (finding,) = outcome.findings
    assert (finding.file, finding.code) == ("<stdin>", "R004")


def test_a_file_of_graphs_is_checked_beside_records(tmp_path: Path) -> None:
    graphs = tmp_path / "small.trig"
    graphs.write_bytes(study_text(record(), index()))
    outcome = validate([graphs, written(tmp_path, SMALL)])
    assert outcome.holds, outcome.findings
    assert (outcome.files, outcome.records, outcome.graphs, outcome.claims) == (1, 1, 2, 10)
    assert outcome.run == 2 + TERMS + 2 * outcome.constraints


def test_a_file_of_graphs_without_a_study_is_no_pass(tmp_path: Path) -> None:
    path = tmp_path / "nothing.nq"
    path.write_text("", encoding="utf-8")
    outcome = validate([path])
    assert [finding.code for finding in outcome.findings] == ["S002"]
    assert (outcome.run, outcome.failed, outcome.holds) == (1, 1, False)


def test_what_a_graph_of_a_file_breaks_is_counted(tmp_path: Path) -> None:
    text = study_text(record(), index()).decode()
    path = tmp_path / "small.trig"
    path.write_text(re.sub(r"\n *sc:cue [^;]*;", "", text), encoding="utf-8")
    outcome = validate([path])
    assert {finding.code for finding in outcome.findings} == {"S001"}
    assert len(outcome.findings) == outcome.claims == 5
    assert (outcome.run, outcome.failed) == (1 + outcome.constraints, 1)


def test_each_shape_that_a_graph_of_a_file_breaks_is_a_failed_check(tmp_path: Path) -> None:
    text = study_text(record(), index()).decode()
    path = tmp_path / "small.trig"
    path.write_text(re.sub(r"\n *(sc:cue|sc:draftedBy) [^;]*;", "", text), encoding="utf-8")
    outcome = validate([path])
    shapes = {finding.message.partition("shape:")[2].split()[0] for finding in outcome.findings}
    assert outcome.failed == len(shapes) == 2


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
    assert outcome.holds
    assert outcome.counts()["built graphs not current"] == 1
    assert str(outcome).endswith("; 1 built graph not current: run build")
