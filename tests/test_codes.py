"""Every code has a broken file that causes just it, and a place on the page of findings."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest

from broken import BROKEN, FOLDERS, INVALID, ROOT, Broken, findings_in, run
from studyclaims.findings import CODES, FAMILIES, PAGE

if TYPE_CHECKING:
    from pathlib import Path

TEXT: Final = (ROOT / PAGE).read_text(encoding="utf-8")
SECTIONS: Final = dict(re.findall(r"^### ([A-Z]\d{3})\n\n(.*?)(?=^##|\Z)", TEXT, re.M | re.S))


def parameter(broken: Broken) -> Any:  # noqa: ANN401 - pytest does not say what this is
    """Return a broken file as a parameter; the reasoner takes its time and needs Java."""
    slow = "--owl" in broken.words
    java = pytest.mark.skipif(shutil.which("java") is None, reason="no java on the PATH")
    return pytest.param(broken, id=broken.name, marks=[pytest.mark.slow, java] if slow else [])


every_broken = pytest.mark.parametrize("broken", [parameter(b) for b in BROKEN])
every_code = pytest.mark.parametrize("code", CODES)
every_departure = pytest.mark.parametrize(
    "broken", [parameter(broken) for broken in BROKEN if broken.words == ("lint",)]
)


@every_broken
def test_the_command_finds_exactly_what_is_expected(broken: Broken) -> None:
    rows = findings_in(broken)
    assert {(row["code"], row["line"], row["column"]) for row in rows} == set(broken.expected)
    assert {row["file"] for row in rows} == {str(broken.path)}
    assert all(row["hint"] for row in rows)


@every_code
def test_every_code_has_a_broken_file_that_causes_it_alone(code: str) -> None:
    assert any(broken.codes == {code} for broken in BROKEN)


def test_there_are_many_codes_and_each_is_of_a_family() -> None:
    assert len(CODES) >= 40
    assert {code[0] for code in CODES} == FAMILIES.keys()


def test_no_two_broken_files_are_called_the_same() -> None:
    assert [name for name, count in Counter(b.name for b in BROKEN).items() if count > 1] == []


def test_no_two_broken_files_hold_the_same() -> None:
    """But for what their first lines say is expected, and what is kept beside them."""
    held = Counter(path.read_bytes().partition(b"\n")[2] for path in INVALID.glob("*.yaml"))
    held += Counter(
        b"\0".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())
        for folder in FOLDERS.iterdir()
    )
    assert [text[:80] for text, count in held.items() if count > 1] == []


def test_a_folder_is_named_after_its_code() -> None:
    folders = [broken for broken in BROKEN if FOLDERS.name in broken.path.parts]
    assert len(folders) > 10
    assert all({broken.name[:4]} == broken.codes for broken in folders)


@every_departure
def test_what_lint_finds_lint_mends(broken: Broken, tmp_path: Path) -> None:
    copy = tmp_path / broken.path.name
    shutil.copyfile(ROOT / broken.path, copy)
    assert run("lint", "--fix", str(copy)).exit_code == 0
    assert run("lint", str(copy)).exit_code == 0
    assert copy.read_bytes() != (ROOT / broken.path).read_bytes()


@pytest.mark.parametrize("path", sorted(FOLDERS.rglob("*.*")), ids=lambda p: p.parent.name)
def test_what_is_invented_names_no_real_publication(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"\b10\.[0-9]{4,9}/", text)) <= {"10.5555/"}
    orcids = set(re.findall(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", text))
    assert orcids <= {"0000-0002-1825-0097"}


BOMB: Final = b"".join(
    b"%c: &%c [%s]\n" % (97 + n, 97 + n, b", ".join([b"*%c" % (96 + n)] * 9 if n else [b"x"] * 9))
    for n in range(26)
)
MERGED: Final = b"a0: &a0 {x: 1}\n" + b"".join(
    b"a%d: &a%d\n  <<: [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 1000)
)
HOSTILE: Final = {
    "aliases that would unpack to a billion lists": (BOMB, {"Y006"}),
    "merge keys that would double a thousand times": (MERGED, {"Y006"}),
    "brackets without end": (b"[" * 100_000, {"Y005"}),
    "braces without end": (b"{a: " * 100_000, {"Y005"}),
    "dashes without end": (b"- " * 100_000, {"Y005"}),
    "a key that climbs out": (b"schema_version: 1\nkey: ../../../tmp/x\n", {"R002", "R005"}),
    "bytes that are no text": (b"key: \xff\xfe", {"Y002"}),
    "a byte of nothing": (b"key: \0", {"Y002"}),
    "an empty file": (b"", {"Y004"}),
    "more than a record may be": (b"# " * 1_000_000, {"Y001"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_record_ends_in_findings_and_soon(name: str) -> None:
    data, codes = HOSTILE[name]
    begun = time.process_time()
    result = run("validate", "-", "--format", "json", stdin=data)
    assert time.process_time() - begun < 20
    assert result.exit_code == 1
    whole = json.loads(result.stdout)
    assert {row["code"] for row in whole["findings"]} == codes
    assert {row["file"] for row in whole["findings"]} == {"<stdin>"}
    assert whole["checked"]["checks failed"] == whole["checked"]["checks run"] == 1


def test_the_page_has_each_code_once_and_no_other() -> None:
    assert re.findall(r"^### (.*)$", TEXT, re.MULTILINE) == sorted(CODES, key=family_first)
    assert list(SECTIONS) == sorted(CODES, key=family_first)


def family_first(code: str) -> tuple[int, str]:
    return list(FAMILIES).index(code[0]), code


def test_the_page_has_the_families_in_their_order() -> None:
    headings = re.findall(r"^## ([A-Z]): .*\n\n(.*)$", TEXT, re.MULTILINE)
    assert headings == list(FAMILIES.items())


@every_code
def test_the_page_says_of_a_code_what_the_tool_says(code: str) -> None:
    meaning = CODES[code]
    assert SECTIONS[code].startswith(f"{meaning[0].upper()}{meaning[1:]}.")
    assert "**Do:** " in SECTIONS[code]


SHOWN: Final = {
    code: re.findall(r"^(\S+?):(?:\d+):(?:\d+): ", section, re.MULTILINE)
    for code, section in SECTIONS.items()
}


@pytest.mark.parametrize(
    "broken",
    [parameter(b) for b in BROKEN if any(str(b.path) in files for files in SHOWN.values())],
)
def test_an_example_on_the_page_is_what_is_printed(broken: Broken) -> None:
    shown = [
        f"{row['file']}:{row['line']}:{row['column']}: {row['code']} {row['message']}\n"
        f"    hint: {row['hint']}\n"
        for row in findings_in(broken)
    ]
    sections = [code for code, files in SHOWN.items() if str(broken.path) in files]
    assert all(any(text in SECTIONS[code] for text in shown) for code in sections)


def test_the_page_begins_with_what_a_terminal_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    shown = TEXT.partition("```text\n")[2].partition("```")[0]
    assert run("validate", shown.partition(":")[0]).stdout == shown


@every_code
def test_the_page_shows_one_broken_file_of_each_code(code: str) -> None:
    (file,) = SHOWN[code]
    (broken,) = (b for b in BROKEN if str(b.path) == file)
    assert broken.codes == {code}
