"""The verbs diff and convert: what they print where, and how they end."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

import studyclaims.converting
import studyclaims.outside
from samples import KEY, SMALL
from studyclaims.converting import record_json
from studyclaims.errors import StudyclaimsError
from studyclaims.records import parse_record
from studyclaims.verbs.exchange import convert, diff

if TYPE_CHECKING:
    from pathlib import Path

    import click

LINE = "<urn:a:s> <urn:a:p> <urn:a:o> <urn:a:g> .\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with files that the command lines below name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.yaml").write_text(SMALL, encoding="utf-8")
    new = SMALL.replace("certainty: suggested", "certainty: speculated")
    (tmp_path / "new.yaml").write_text(new, encoding="utf-8")
    (tmp_path / "a.nq").write_text(LINE, encoding="utf-8")
    return tmp_path


def run(verb: click.Command, *words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(verb, words, input=stdin)


def ended(verb: click.Command, *words: str, stdin: str | bytes | None = None) -> tuple[int, str]:
    """Return the exit status of a command that fails, and its last line."""
    done = run(verb, *words, stdin=stdin)
    assert done.stdout == ""
    if isinstance(done.exception, StudyclaimsError):
        return done.exception.exit_status, str(done.exception)
    return done.exit_code, done.stderr.splitlines()[-1]


def test_claims_that_are_the_same_end_with_0(folder: Path) -> None:
    done = run(diff, "old.yaml", "old.yaml")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "old.yaml -> old.yaml\nno difference in claims: 5 the same\n"
    (line,) = run(diff, "old.yaml", "old.yaml", "--format", "jsonl").stdout.splitlines()
    assert json.loads(line)["same"] is True
    assert folder.is_dir()


def test_claims_that_differ_end_with_1(folder: Path) -> None:
    done = run(diff, "old.yaml", "new.yaml")
    assert (done.exit_code, done.stderr) == (1, "")
    assert done.stdout.splitlines()[2:] == [
        "    certainty: suggested -> speculated",
        "claims: 4 the same, 1 changed",
    ]
    data = json.loads(run(diff, "old.yaml", "new.yaml", "--format", "json").stdout)
    assert (data["old"], data["new"], data["same"]) == ("old.yaml", "new.yaml", False)
    lines = run(diff, "old.yaml", "new.yaml", "--format", "jsonl").stdout.splitlines()
    (change,) = data.pop("changes")
    assert [json.loads(line) for line in lines] == [change, {"what": "summary", **data}]
    assert folder.is_dir()


def test_nothing_compared_is_no_pass(folder: Path) -> None:
    done = run(diff, "a.nq", "a.nq")
    assert (done.exit_code, done.stdout.splitlines()[1]) == (
        1,
        "nothing compared: neither side holds a claim",
    )
    assert folder.is_dir()


def test_what_is_converted_is_printed(folder: Path) -> None:
    done = run(convert, "a.nq", "--to", "ttl")
    assert done.stdout == "<urn:a:s> <urn:a:p> <urn:a:o> .\n"
    assert done.stderr == "the name of 1 graph is left out: ttl holds none\n"
    data = json.loads(run(convert, "a.nq", "--to", "nt", "--format", "json").stdout)
    assert data == {
        "file": "a.nq", "from": "nq", "to": "nt", "quads": 1, "graphs": 1, "out": None,
        "text": "<urn:a:s> <urn:a:p> <urn:a:o> .\n",
    }  # fmt: skip
    assert folder.is_dir()


def test_a_record_is_converted_by_its_key() -> None:
    done = run(convert, "ausk-2017", "--to", "json")
    assert json.loads(done.stdout)["key"] == "ausk-2017"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("data", "form", "to", "start"),
    [
        (LINE, "nq", "trig", "<urn:a:g> {\n"),
        (SMALL, "yaml", "json", '{\n  "schema_version": 1,\n  "key": "small-2020"'),
        (record_json(parse_record(SMALL.encode(), KEY)), "json", "yaml", "# yaml-language-server"),
    ],
)
def test_standard_input_has_the_form_that_is_told(
    data: str | bytes, form: str, to: str, start: str
) -> None:
    done = run(convert, "-", "--form", form, "--to", to, stdin=data)
    assert done.exit_code == 0
    assert done.stdout.startswith(start)


def test_no_more_of_standard_input_is_read_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studyclaims.outside, "SIZE_LIMIT", len(LINE))
    words = ("-", "--form", "nq", "--to", "nt")
    assert run(convert, *words, stdin=LINE).exit_code == 0
    status, said = ended(convert, *words, stdin=LINE + "<")
    assert (status, said) == (4, "<stdin>: more than 42 bytes; split the file")


def test_a_file_is_written_in_the_form_of_its_suffix(folder: Path) -> None:
    done = run(convert, "a.nq", "--out", "b.TRIG")
    assert (done.stdout, done.stderr) == ("wrote  b.TRIG\n", "")
    assert (folder / "b.TRIG").read_text() == (
        "<urn:a:g> {\n    <urn:a:s> <urn:a:p> <urn:a:o> .\n}\n"
    )
    assert run(convert, "a.nq", "--out", "b.TRIG", "--to", "trig").stdout == "stands b.TRIG\n"
    data = json.loads(run(convert, "b.TRIG", "--out", "c.nq", "--format", "jsonl").stdout)
    assert data == {
        "file": "b.TRIG", "from": "trig", "to": "nq", "quads": 1, "graphs": 1, "out": "c.nq",
        "changed": True,
    }  # fmt: skip


def test_a_graph_is_packed_and_unpacked_by_its_suffix(folder: Path) -> None:
    assert run(convert, "a.nq", "--out", "b.nq.gz").exit_code == 0
    assert gzip.decompress((folder / "b.nq.gz").read_bytes()).decode() == LINE
    assert run(convert, "b.nq.gz", "--to", "nq").stdout == LINE
    assert run(convert, "a.nq", "--out", "b.nq.gz").stdout == "stands b.nq.gz\n"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("a.nq",), 2, "give the form with --to, or a file with --out"),
        (("a.nq", "--to", "owl"), 2, "'owl' is not one of yaml, json, trig, nq, ttl, nt, jsonld"),
        (("-", "--to", "nq"), 2, "standard input has no suffix: give its form with --form"),
        (("-", "--to", "nq", "--form", "xml"), 2, "'xml' is not one of yaml, json, trig"),
        (("a.nq", "--to", "nt", "--form", "nq"), 2, "--form is for standard input"),
        (("a.nq", "--to", "nt", "--out", "b.ttl"), 2, "--to nt and --out b.ttl ask for two forms"),
        (("a.nq", "--out", "b.owl"), 2, "'b.owl': has a suffix that stands for no form"),
        (("a.nq", "--out", "none/b.nq"), 2, "none: no such folder"),
        (("a.nq", "--out", "b.json"), 2, "'a.nq': holds a graph, of which no record can be made"),
        (("none.nq", "--to", "nt"), 2, "'none.nq': is no key of a record here and no file"),
        (("bad.nq", "--to", "nt"), 4, "bad.nq:1:1: cannot be read as nq: "),
        (("bad.yaml", "--to", "json"), 1, "bad.yaml:1:2: Y002 "),
        (("bad.json", "--to", "yaml"), 1, "bad.json:0:0: Y004 JSON that is no record"),
    ],
)
def test_what_cannot_be_converted_is_said_in_a_line_and_nothing_is_written(
    folder: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    for name, data in {"bad.nq": b"\x00\xff", "bad.yaml": b"\x00\xff", "bad.json": b"[]"}.items():
        (folder / name).write_bytes(data)
    before = sorted(folder.iterdir())
    found = ended(convert, *words, stdin="")
    assert found[0] == status
    assert said in found[1]
    assert sorted(folder.iterdir()) == before


def test_what_is_not_read_back_is_not_put_in_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.converting, "graph_text", lambda *_: b"")
    status, said = ended(convert, "a.nq", "--out", "b.nq")
    assert (status, said.startswith("'a.nq': nq read by pyoxigraph lacks ")) == (2, True)
    assert not (folder / "b.nq").exists()
