"""Reading records: what each broken file must cause, where, and that nothing ever falls through."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samples
from studyclaims.errors import RecordError, TermError
from studyclaims.findings import CODES
from studyclaims.paths import studies_dir
from studyclaims.records import PRINTED, parse_record, read_record, read_source
from studyclaims.terms import TermEntry, expand
from studyclaims.yamltree import SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studyclaims.findings import Finding
    from studyclaims.records import Record

DATA: Final = Path(__file__).parent / "data"
INVALID: Final = sorted((DATA / "invalid").glob("*.yaml"))
VALID: Final = sorted((DATA / "valid").glob("*.yaml"))
PLACE: Final = r"([A-Z][0-9]{3}) ([0-9]+):([0-9]+)"
FIRST: Final = re.compile(rf"# expect: {PLACE}(?:, {PLACE})*")
MINIMAL: Final = (DATA / "valid" / "minimal-2020.yaml").read_text(encoding="utf-8")
OBSOLETE: Final = TermEntry(
    "CL:9999999", "invented obsolete cell", obsolete=True, replaced_by="CL:0000092 osteoclast"
)

every_invalid = pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in INVALID])
every_valid = pytest.mark.parametrize(
    "path",
    [pytest.param(p, id=p.stem) for p in [*VALID, *sorted(studies_dir().glob("*.yaml"))]],
)


def index() -> Mapping[str, TermEntry]:
    """Return what the slices list, and one obsolete term, of which they have none."""
    return {**samples.index(), expand(OBSOLETE.curie): OBSOLETE}


def findings(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(RecordError) as caught:
        read_record(path, index())
    return caught.value.findings


def first_line(path: Path) -> str:
    return path.read_bytes().split(b"\n", 1)[0].decode("ascii")


def expected(path: Path) -> list[tuple[str, int, int]]:
    found = re.findall(PLACE, first_line(path))
    return [(code, int(line), int(column)) for code, line, column in found]


def places(found: tuple[Finding, ...]) -> list[tuple[str, int, int]]:
    return [(finding.code, finding.line, finding.column) for finding in found]


def parsed(text: str) -> Record:
    return parse_record(text.encode("utf-8"), "minimal-2020.yaml", index())


@every_invalid
def test_the_first_line_says_what_is_expected(path: Path) -> None:
    assert FIRST.fullmatch(first_line(path))


@every_invalid
def test_a_broken_file_causes_exactly_what_its_first_line_says(path: Path) -> None:
    assert places(findings(path)) == expected(path)


@every_invalid
def test_each_finding_says_what_was_found_and_what_to_do(path: Path) -> None:
    for finding in findings(path):
        assert finding.file == str(path)
        assert finding.message
        assert finding.hint
        assert "\n" not in finding.message + finding.hint
        jargon = r"\b(tuple|dict|dictionary|instance|None|True|False|NoneType|valid string)\b"
        assert not re.search(jargon, finding.message + finding.hint), finding


@every_invalid
def test_places_are_the_same_with_other_line_ends_and_a_byte_order_mark(path: Path) -> None:
    data = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    codes = expected(path)
    if codes[0][0] == "R006":  # which is about a file's name; these bytes have none
        assert parse_record(data, "x.yaml", index())
        return
    with pytest.raises(RecordError) as caught:
        parse_record(data, "x.yaml", index())
    assert places(caught.value.findings) == codes


@pytest.mark.parametrize("code", [c for c in CODES if c[0] in "YRT" and c != "Y001"])
def test_each_code_has_a_file_that_causes_it(code: str) -> None:
    """Y001 has none, since it would hold a megabyte; it is caused below."""
    assert any(code in first_line(path) for path in INVALID)


@pytest.mark.parametrize("code", [c for c in CODES if c[0] in "YRT" and c != "Y001"])
def test_each_code_has_a_file_that_causes_nothing_else(code: str) -> None:
    assert any({found[0] for found in expected(path)} == {code} for path in INVALID)


def test_a_file_over_the_limit_is_refused_as_a_whole() -> None:
    with pytest.raises(RecordError) as caught:
        parsed(MINIMAL + "#" * SIZE_LIMIT)
    assert places(caught.value.findings) == [("Y001", 0, 0)]


@every_valid
def test_a_valid_file_is_read(path: Path) -> None:
    record = read_record(path, index())
    assert (record.study.key, record.file) == (path.stem, str(path))


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in [*VALID, *INVALID]])
def test_what_is_invented_names_no_real_publication(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", errors="replace")
    assert set(re.findall(r"\b10\.[0-9]{4,9}/", text)) <= {"10.5555/"}
    assert set(re.findall(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", text)) <= {
        "0000-0002-1825-0097",  # Author One, whom ORCID made up for examples
        "0000-0002-1825-0098",  # nobody: the last character is wrong
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("key-misspelt", "did you mean certainty?"),
        ("key-british-license", "did you mean licence?"),
        ("key-in-measurement", "did you mean unit?"),
        ("key-wrong-level-role", "known keys: about, claims, link, note, outcome"),
        ("key-wrong-level-certainty", "known keys: agent_type, date, drafted_by"),
        ("key-unknown-at-top", "known keys: context, curation, entities"),
        ("claim-without-evidence", "the key 'evidence' is missing"),
        ("list-for-mapping", "drafted_by: found a list"),
        ("mapping-for-list", "evidence: found a mapping"),
        ("nothing-after-key", "context: found nothing"),
        ("no-claims", "claims: found an empty list"),
        ("year-true", "year: found true"),
        ("year-quoted", "write a whole number, without quotes"),
        ("measured-yes", "write true or false"),
        ("part-unknown", "read: found 'text'"),
        ("stance-unknown", "write 'supports', 'refutes', 'noEffect' or 'inconclusive'"),
        ("doi-capitals", "lower case, without a resolver before it"),
        ("cue-of-seven-words", "at most six words"),
        ("date-year-only", "write a day, as in 2017-12-31"),
        ("date-impossible", "write a day that exists"),
        ("date-as-number", "write a day, as in 2017-12-31"),
        ("date-with-time", "write a day, as in 2017-12-31"),
        ("doi-with-full-stop", "leave out the last '.'"),
        ("doi-with-bracket-never-opened", "leave out the last ')'"),
        ("orcid-wrong-digit", "its last character does not fit the others"),
        ("p-in-percent", "a number from 0 to 1"),
        ("p-over-one", "5 % is 0.05"),
        ("page-percent-sign", "write %25 for a mere %"),
        ("page-with-user", "names a user before its host"),
        ("unit-unknown", "write h, if that is meant"),
        ("unit-with-micro-sign", "write ug/mL, if that is meant"),
        ("coefficient-against-changes", "but the entities change the same way"),
        ("percentage-against-change", "-12 %, but the outcome is increased"),
        ("prevents-a-variable", "or write cause with the outcome decreased"),
        ("amplifies-a-process", "or write cause with the outcome increased"),
        ("same-page-as-doi", "the page of 'news' is that of 'paper'"),
        ("time-in-months", "min, h, d or wk"),
        ("page-javascript", "not an absolute http, https or urn IRI"),
        ("file-name-differs", "name the file minimal-2020.yaml"),
        ("source-not-defined", "use one of news, paper"),
        ("no-paper", "add the paper as a source"),
        ("two-papers", "give every other one a primary_source"),
        ("schema-version-2", "write schema_version: 1"),
        ("prefix-in-wrong-case", "write CL: if that is meant"),
        ("prefix-not-declared", "declare it in ontology/context.jsonld"),
        ("term-label-differs", "write CL:0000092 osteoclast"),
        ("term-obsolete", "use CL:0000092 osteoclast"),
        ("evidence-in-an-unread-part", "read so far: title, abstract"),
        ("key-twice", "stands at line 61 already"),
    ],
)
def test_a_finding_helps(name: str, words: str) -> None:
    found = findings(DATA / "invalid" / f"{name}.yaml")
    assert words in " ".join(f"{finding.message} {finding.hint}" for finding in found)


def test_a_long_value_is_cut_in_a_message() -> None:
    with pytest.raises(RecordError) as caught:
        parsed(MINIMAL.replace("stance: supports", f"stance: {'x' * 5000}", 1))
    assert len(str(caught.value)) < 300


def test_faults_of_names_and_terms_are_told_at_once() -> None:
    text = MINIMAL.replace("        source: news", "        source: nws")
    text = text.replace("bearer: CL:0000092 osteoclast", "bearer: CL:0000092 osteoblast")
    with pytest.raises(RecordError) as caught:
        parsed(text)
    assert [finding.code for finding in caught.value.findings] == ["T003", "R007"]


def test_without_an_index_no_term_is_looked_up() -> None:
    path = DATA / "invalid" / "term-not-listed.yaml"
    assert read_record(path).study.key == "term-not-listed"


@pytest.mark.parametrize("printed", ["1.50", "0.010", "012", "1.0", "100", "007.00"])
def test_a_number_is_kept_as_it_is_printed(printed: str) -> None:
    record = parsed(MINIMAL.replace('value: "1.50"', f"value: {printed}"))
    assert record.study.propositions[0].claims[0].evidence[0].measurements[0].value == printed


@pytest.mark.parametrize("key", sorted(PRINTED))
def test_each_key_that_is_kept_as_printed_is_text_in_the_model(key: str) -> None:
    read = json.dumps(samples.record().study.model_dump(mode="json"))
    assert re.search(rf'"{key}": "[^"]+"', read)


def test_a_finding_points_at_the_value_of_a_path() -> None:
    record = parsed(MINIMAL)
    finding = record.finding(("sources", "paper", "doi"), "R005", "x", "y")
    assert str(finding) == "minimal-2020.yaml:9:10: R005 x\n    hint: y"


def test_a_file_that_is_not_there_is_the_system_s_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_record(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", ["minimal-2020.yml", "minimal-2020.yaml.txt", "Minimal-2020.yaml"])
def test_the_name_of_a_file_is_its_key(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(MINIMAL, encoding="utf-8")
    if path.stem == "minimal-2020":
        assert read_record(path)
        return
    with pytest.raises(RecordError, match="R006"):
        read_record(path)


@every_valid
def test_the_order_of_keys_means_nothing(path: Path) -> None:
    study = read_record(path).study
    data = study.model_dump(mode="json", exclude_unset=True)
    backwards = json.dumps(turned(data))
    assert parse_record(backwards.encode(), "x.yaml", index()).study == study


def turned(value: Any) -> Any:  # noqa: ANN401 - any part of a record
    """Return the same data with the keys of every mapping the other way round."""
    if isinstance(value, list):
        return [turned(item) for item in value]
    if isinstance(value, dict):
        return {key: turned(item) for key, item in reversed(value.items())}
    return value


def steps(value: Any, path: str = "") -> list[str]:  # noqa: ANN401 - any part of a record
    """Return the path of every value in a record, outermost first."""
    pairs: list[tuple[object, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    inner = [at for key, item in pairs for at in steps(item, f"{path}.{key}")]
    return [path.removeprefix("."), *inner] if path else inner


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=20)
    | st.sampled_from(["2020-01-01", "CL:0000092 osteoclast", "paper", "rest", "24 h", "x" * 700]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "[key]", "paper", "term", "rest"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
PATHS = st.sampled_from(steps(samples.small()))


def outcome(data: dict[str, Any]) -> tuple[Finding, ...] | None:
    """Return the findings, or None where the data is a record; any other error goes through."""
    try:
        samples.record(data)
    except RecordError as error:
        return error.findings
    return None


@settings(deadline=None, max_examples=150)  # a busy machine is no failure
@given(st.lists(st.tuples(PATHS, JUNK), min_size=1, max_size=3))
def test_any_value_anywhere_gives_a_record_or_findings(changes: list[tuple[str, Any]]) -> None:
    data = samples.small()
    for path, value in changes:
        try:
            block, last = samples.at(data, path)
            block[last] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took that place away
    found = outcome(data)
    assert found is None or (found and all(f.line == 1 and f.column >= 1 for f in found))


@settings(deadline=None, max_examples=60)
@given(PATHS)
def test_any_value_may_be_missing(path: str) -> None:
    data = samples.small()
    block, last = samples.at(data, path)
    del block[last]
    found = outcome(data)
    assert found is None or found


BEGUN: Final = """\
key: TODO
sources:
  paper: {kind: article, title: TODO, read: [title, abstract], doi: wrong}
  news: {kind: news, primary_source: paper, read: [body]}
  begun: {kind: TODO, primary_source: TODO, title: TODO, read: [TODO]}
  wrong: {kind: book, read: [], nothing: known}
  less: {title: None}
  none: TODO
"""


def test_a_source_is_read_from_a_record_that_is_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "able-2020.yaml"
    path.write_text(BEGUN, encoding="utf-8")
    paper, news = (read_source(path, name) for name in ("paper", "news"))
    assert (paper.kind, paper.read, paper.primary_source) == (
        "article",
        ("title", "abstract"),
        None,
    )
    assert (news.kind, news.read, news.primary_source) == ("news", ("body",), "paper")


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("begun", [("R018", 5, 17), ("R018", 5, 39), ("R018", 5, 65)]),
        ("wrong", [("R004", 6, 17), ("R005", 6, 29)]),
        ("less", [("R002", 7, 10), ("R002", 7, 10)]),
    ],
)
def test_of_a_source_only_what_it_is_and_what_was_read_is_asked(
    name: str, places: list[tuple[str, int, int]], tmp_path: Path
) -> None:
    path = tmp_path / "able-2020.yaml"
    path.write_text(BEGUN, encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_source(path, name)
    assert [(f.code, f.line, f.column) for f in caught.value.findings] == places


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (BEGUN, "use one of begun, less, news, none, paper, wrong"),
        ("key: a", "add it under sources:"),
        ("sources: [none]", "add it under sources:"),
        ("[none]", "add it under sources:"),
    ],
)
def test_a_source_that_is_not_there_is_told(text: str, remedy: str, tmp_path: Path) -> None:
    path = tmp_path / "able-2020.yaml"
    path.write_text(text, encoding="utf-8")
    for name in ("other", "none"):
        with pytest.raises(TermError) as caught:
            read_source(path, name)
        assert str(caught.value) == f"'{name}': is no source of able-2020; {remedy}"
