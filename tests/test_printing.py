"""What verbs print: data as it is, wherever it goes; text as a terminal may show it."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from pyoxigraph import Literal, RdfFormat, parse

from commands import ROOT, environment
from studyclaims.cli import cli
from studyclaims.verbs.curate import lint
from studyclaims.verbs.exchange import convert
from studyclaims.verbs.graphs import query
from studyclaims.verbs.options import emit, put, readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE: Final = "red \x1b[31m and \u202e turned"
WRITTEN: Final = "red \\x1b[31m and \\u202e turned"
ASKED: Final = "SELECT ?l { ?s rdfs:label ?l }"
LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
KIND: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
ODD: Final = "https://example.org/odd"
ENTITY: Final = "https://w3id.org/studyclaims/vocab/Entity"


READ: Final[dict[str, Callable[[str], Any]]] = {
    "csv": lambda out: list(csv.reader(io.StringIO(out)))[1][0],
    "tsv": lambda out: said(f"<urn:x:s> <urn:x:p> {out.splitlines()[1]} ."),
    "json": lambda out: json.loads(out)["results"]["bindings"][0]["l"]["value"],
    "jsonl": lambda out: json.loads(out)["l"],
}


def said(turtle: str) -> str:
    """Return what the only literal of a text in Turtle says."""
    quads = parse(turtle, format=RdfFormat.TURTLE)
    (text,) = (quad.object.value for quad in quads if isinstance(quad.object, Literal))
    return str(text)


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Return a file with an entity whose label a terminal would obey."""
    path = tmp_path / "hostile.nq"
    label = HOSTILE.replace("\x1b", "\\u001B")
    path.write_text(
        f'<{ODD}> <{LABEL}> "{label}" <urn:x:g> .\n<{ODD}> <{KIND}> <{ENTITY}> <urn:x:g> .\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "jsonl"])
def test_an_answer_for_programs_has_every_sign_of_the_data(graph: Path, form: str) -> None:
    out = CliRunner().invoke(query, [ASKED, "--from", str(graph), "--format", form]).stdout
    assert READ[form](out) == HOSTILE


def test_triples_have_every_sign_of_the_data(graph: Path) -> None:
    asked = "CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s rdfs:label ?l }"
    assert said(CliRunner().invoke(query, [asked, "--from", str(graph)]).stdout) == HOSTILE
    for form in ("nt", "ttl"):
        assert said(CliRunner().invoke(convert, [str(graph), "--to", form]).stdout) == HOSTILE


def test_a_table_writes_out_what_a_terminal_obeys(graph: Path) -> None:
    table = CliRunner().invoke(query, [ASKED, "--from", str(graph), "--format", "table"]).stdout
    assert table.splitlines()[2] == WRITTEN


def test_text_is_shown_line_by_line_and_a_script_is_printed_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert readable(f"a\n  {HOSTILE}\n") == f"a\n  {WRITTEN}\n"
    emit({}, "text", f"{HOSTILE}\n")
    emit({}, "text", f"{HOSTILE}\n", verbatim=True)
    put(HOSTILE)
    assert capsys.readouterr().out == f"{WRITTEN}\n{HOSTILE}\n{HOSTILE}"


def test_a_script_that_a_shell_reads_is_printed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShellComplete, "source", lambda _: f"\t{HOSTILE}\n")
    assert CliRunner().invoke(cli, ["completion", "zsh"]).stdout == f"\t{HOSTILE}\n"


def test_findings_are_shown_as_text_and_kept_as_data(tmp_path: Path) -> None:
    path = tmp_path / "odd\u202e.yaml"
    path.write_text("schema_version: 1\n", encoding="utf-8")
    text = CliRunner().invoke(lint, [str(path)]).stdout
    assert "odd\\u202e.yaml:" in text
    assert "\u202e" not in text
    rows = CliRunner().invoke(lint, [str(path), "--format", "json"]).stdout
    assert "odd\u202e.yaml" in json.loads(rows)["findings"][0]["file"]


def test_a_terminal_gets_the_bytes_that_a_pipe_gets(graph: Path) -> None:
    words = ("query", ASKED, "--from", str(graph), "--format", "csv")
    line = [sys.executable, "-m", "studyclaims", *words]
    piped = subprocess.run(
        line, capture_output=True, env=environment(), cwd=ROOT, check=True, timeout=60
    )
    ours, theirs = pty.openpty()
    try:
        subprocess.run(
            line,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            env=environment(TERM="xterm"),
            cwd=ROOT,
            check=True,
            timeout=60,
        )
        text = os.read(ours, 65536).replace(b"\r\n", b"\n")
    finally:
        os.close(theirs)
        os.close(ours)
    assert text == piped.stdout == f"l\n{HOSTILE}\n".encode()
