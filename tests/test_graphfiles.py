"""Files of graphs: which are checked, what is refused, and at which line a finding stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

import studyclaims.graphfiles
from broken import run
from samples import KEY, index, quads, record
from studyclaims.build import study_text
from studyclaims.errors import RecordError
from studyclaims.formats import serialize
from studyclaims.graphfiles import (
    STAR_LIMIT,
    check_graph,
    check_other,
    line_marks,
    read_graphs,
    subject_marks,
)
from studyclaims.paths import studies_dir
from studyclaims.rdf import node
from studyclaims.terms import expand, prefixes
from studyclaims.turtle import write_trig
from studyclaims.yamltree import Mark

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.findings import Finding

TEXT: Final = study_text(record(), index()).decode()
CLAIM: Final = f"<https://w3id.org/studyclaims/claim/{KEY}/abstract-null>"
STUDY: Final = b"<urn:a:s> a <https://w3id.org/studyclaims/vocab/Study> .\n"


def written(folder: Path, data: str | bytes, suffix: str = "trig") -> Path:
    path = folder / f"{KEY}.{suffix}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def found_in(path: Path) -> list[Finding]:
    return [finding for graph in read_graphs(path)[0] for finding in check_graph(graph)[0]]


def refused(path: Path) -> tuple[str, int, int]:
    with pytest.raises(RecordError) as caught:
        found_in(path)
    (finding,) = caught.value.findings
    assert finding.file == str(path)
    assert finding.hint
    return finding.code, finding.line, finding.column


def without_cue(text: str) -> str:
    """Return a graph in which one claim lacks its cue."""
    start = text.index(CLAIM)
    return text[:start] + re.sub(r"\n *sc:cue [^;]*;", "", text[start:], count=1)


@pytest.mark.parametrize("suffix", ["trig", "nq", "ttl"])
def test_what_was_built_is_well_in_every_form(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, serialize(quads(), suffix, prefixes()), suffix)
    (graph,), _ = read_graphs(path)
    assert check_graph(graph) == ([], 0)
    assert graph.claims == 5
    assert bool(graph.name) == (suffix != "ttl")


def test_each_graph_that_describes_a_study_is_checked_alone(tmp_path: Path) -> None:
    """A second graph with the same study would break the shapes if it were put into the first."""
    again = "\n".join(TEXT.splitlines()).replace(f"study/{KEY}> {{", f"study/{KEY}-again> {{")
    other = "<urn:a:g> { <urn:a:s> <urn:a:p> <urn:a:o> }\n"
    path = written(tmp_path, f"{TEXT}\n{without_cue(again)}\n{other}")
    graphs, others = read_graphs(path)
    assert [graph.name for graph in others] == ["urn:a:g"]
    assert [graph.name.rpartition("/")[2] for graph in graphs] == [KEY, f"{KEY}-again"]
    assert [len(check_graph(graph)[0]) for graph in graphs] == [0, 1]


def test_a_finding_stands_where_the_block_of_its_subject_begins(tmp_path: Path) -> None:
    text = without_cue(TEXT)
    (finding,) = found_in(written(tmp_path, text))
    head = text[: text.index(f"    {CLAIM}")]
    assert (finding.line, finding.column) == (head.count("\n") + 1, 5)
    assert (finding.code, "Cue-present" in finding.message) == ("S001", True)
    assert f"claim/{KEY}/abstract-null, sc:cue" in finding.message


def test_a_finding_stands_at_the_line_of_n_quads(tmp_path: Path) -> None:
    spoiled = without_cue(TEXT).encode()
    lines = serialize(parse(spoiled, format=RdfFormat.TRIG), "nq", {}).decode()
    (finding,) = found_in(written(tmp_path, lines, "nq"))
    assert lines.splitlines()[finding.line - 1].startswith(CLAIM)
    assert finding.column == 1


def test_a_finding_stands_in_its_own_graph(tmp_path: Path) -> None:
    """The same subject is described in two graphs; only in one of them is something wrong."""
    again = TEXT.replace(f"study/{KEY}> {{", f"study/{KEY}-again> {{")
    for before, broken, after in ((TEXT, again, ""), ("", TEXT, again)):
        first, text = before.count("\n") + 1, f"{before}\n{without_cue(broken)}\n{after}"
        (finding,) = found_in(written(tmp_path, text))
        assert first < finding.line <= first + without_cue(broken).count("\n")
        assert CLAIM in text.splitlines()[finding.line - 1]


def test_a_finding_about_what_stands_nowhere_is_about_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.graphfiles, "subject_marks", lambda _: {})
    (finding,) = found_in(written(tmp_path, without_cue(TEXT)))
    assert (finding.line, finding.column) == (0, 0)


def test_a_value_has_the_place_where_its_subject_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell, graph = node("CL:0000092"), next(iter(quads())).graph_name
    marks = {(f"https://w3id.org/studyclaims/study/{KEY}", cell.value): Mark(7, 5)}
    monkeypatch.setattr(studyclaims.graphfiles, "subject_marks", lambda _: marks)
    bad = Quad(cell, node("biolink:causes"), node("GO:0045453"), graph)
    text = write_trig([*quads(), bad], prefixes())
    places = {
        (f.line, f.column) for f in found_in(written(tmp_path, text)) if "Triple-claim" in str(f)
    }
    assert (7, 5) in places


@pytest.mark.parametrize(
    ("data", "suffix", "place"),
    [
        ("", "ttl", ("S002", 0, 0)),
        ("# nothing", "trig", ("S002", 0, 0)),
        ("<urn:a:s> a <urn:a:Study> .", "ttl", ("S002", 0, 0)),
        ("<urn:a:s> <urn:a:p>\n  nonsense .", "ttl", ("S003", 2, 3)),
        ("<s> a <urn:a:Study> .", "ttl", ("S003", 1, 1)),
        (b"<urn:a:s> <urn:a:p> '\xff' .", "ttl", ("S003", 1, 22)),
        ("<urn:a:s> <urn:a:p> .", "nq", ("S003", 1, 21)),
        (STUDY + b"<urn:a:s> <urn:a:p> <<( <urn:a:s> <urn:a:p> 1 )>> .", "ttl", ("S003", 0, 0)),
        (b"<urn:a:s> <urn:a:p> " + b"<<( <urn:a:s> <urn:a:p> " * 9999, "ttl", ("S003", 0, 0)),
    ],
    ids=[
        "empty",
        "comment",
        "another class",
        "syntax",
        "relative",
        "bytes",
        "no object",
        "triple term",
        "triple terms without end",
    ],
)
def test_what_cannot_be_checked_is_told_with_its_place(
    tmp_path: Path, data: str | bytes, suffix: str, place: tuple[str, int, int]
) -> None:
    assert refused(written(tmp_path, data, suffix)) == place


@pytest.mark.slow
def test_brackets_without_end_are_no_fault(tmp_path: Path) -> None:
    deep = b"<urn:a:s> <urn:a:p> " + b"[ <urn:a:p> " * 99_999 + b"1" + b"]" * 99_999 + b"."
    assert found_in(written(tmp_path, STUDY + deep, "ttl"))


def test_a_file_over_the_limit_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, STUDY, "ttl")
    monkeypatch.setattr(studyclaims.graphfiles, "SIZE_LIMIT", len(STUDY))
    assert len(read_graphs(path)[0]) == 1
    monkeypatch.setattr(studyclaims.graphfiles, "SIZE_LIMIT", len(STUDY) - 1)
    assert refused(path) == ("S003", 0, 0)


def test_marks_of_triple_terms_are_counted_up_to_the_limit(tmp_path: Path) -> None:
    text = STUDY + b"# " + b"<<" * STAR_LIMIT
    assert len(read_graphs(written(tmp_path, text, "ttl"))[0]) == 1
    assert refused(written(tmp_path, text + b"<<", "ttl")) == ("S003", 0, 0)


def test_what_a_file_says_reaches_no_terminal_as_a_command(tmp_path: Path) -> None:
    subject, graph = next(
        (q.subject, q.graph_name) for q in quads() if q.object == node("sc:Claim")
    )
    more = Quad(subject, node("sc:cue"), Literal("\x1b[31m\n::error::" + "x" * 60), graph)
    found = found_in(written(tmp_path, write_trig([*quads(), more], prefixes())))
    assert any("\\x1b[31m\\n::error" in finding.message for finding in found)
    assert all(f"{finding.message}{finding.hint}".isprintable() for finding in found)


def test_a_blank_node_is_called_so_and_twice_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, STUDY + b"[] a <https://w3id.org/studyclaims/vocab/Claim> .", "ttl")
    found = found_in(path)
    assert found == found_in(path)
    assert any(finding.message.startswith("a blank node, ") for finding in found)


BLOCKS: Final = """\
# <urn:no:1> a <urn:no:2> .
PREFIX a: <urn:a:#>
@prefix : <urn:b:> . @base <urn:base:> .
VERSION "1.2"
a:one a:p "<urn:no:3> a <urn:no:4> .", '''
<urn:no:5> a a:x . \\''' ''', 1.5, "x"@en , "y"^^a:t ;
    a:q [ a:p ( <urn:no:6> a:x ) ] .
:t\\.wo a <<( a:no a:p a:o )>> {| a:p a:o |} . _:three a a:x.
  a:f.our a:p a:o .
a:one a a:again .
GRAPH <urn:g:1> { a:one a:p 'x' . <urn:five> a a:x }
:g2 {
    a:one a:p "}" .
}
{ <urn:six> a a:x . }
[] a a:x .
[ a a:x ] a:p a:o .
"""
GRAPHS: Final = {
    ("", "urn:a:#one"): Mark(5, 1),
    ("", "urn:b:t.wo"): Mark(8, 1),
    ("", "three"): Mark(8, 47),
    ("", "urn:a:#f.our"): Mark(9, 3),
    ("urn:g:1", "urn:a:#one"): Mark(11, 19),
    ("urn:g:1", "urn:five"): Mark(11, 35),
    ("urn:b:g2", "urn:a:#one"): Mark(13, 5),
    ("", "urn:six"): Mark(15, 3),
}


def test_subjects_are_found_whatever_stands_around_them() -> None:
    assert list(parse(BLOCKS.encode(), format=RdfFormat.TRIG))
    marks = dict(subject_marks(BLOCKS.encode()))
    assert marks.pop(("", "")) == Mark(16, 1)
    assert marks == GRAPHS


def test_the_subjects_of_a_built_graph_are_found_each_once() -> None:
    data = (studies_dir() / "ausk-2017.trig").read_bytes()
    held = {
        (quad.graph_name.value, quad.subject.value)
        for quad in parse(data, format=RdfFormat.TRIG)
        if isinstance(quad.graph_name, NamedNode) and isinstance(quad.subject, NamedNode)
    }
    marks = subject_marks(data)
    assert marks.keys() == held
    assert len(set(marks.values())) == len(held)
    assert {mark.column for mark in marks.values()} == {5}


def test_lines_of_n_quads_are_found_whatever_ends_them() -> None:
    data = b"\n<urn:a:b> <urn:a:c> 1 .\r\n".replace(b"1", b'"1"')
    data += b"  _:x <urn:a:c> <urn:a:d> <urn:g:h> .\r# no\r<urn:a:b> <urn:a:c> <urn:a:d> .\n"
    assert line_marks(data) == {("", "urn:a:b"): Mark(2, 1), ("urn:g:h", "x"): Mark(3, 3)}


@given(st.text("<>\"'{}[]().;,:#@ \n\\ab_^|", max_size=60))
def test_looking_for_subjects_never_fails(text: str) -> None:
    for mark in subject_marks(text.encode()).values():
        line = text.split("\n")[mark.line - 1]
        assert 1 <= mark.column <= len(line)


def test_the_command_reads_graphs_and_says_where(tmp_path: Path) -> None:
    path = written(tmp_path, without_cue(TEXT))
    result = run("validate", str(path), "--format", "json")
    assert result.exit_code == 1
    whole = json.loads(result.stdout)
    assert [row["code"] for row in whole["findings"]] == ["S001"]
    assert whole["checked"]["files of graphs"] == 1
    assert result.stderr.startswith("checked 1 file of graphs: 5 claims, ")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("predicate", "value", "found"),
    [
        ("biolink:treats", "GO:0045453", True),
        ("biolink:related_to", "GO:0045453", True),
        ("biolink:agent_type", "GO:0045453", False),
        ("RO:0002411", "GO:0045453", True),
        ("BFO:0000050", "GO:0045453", True),
        ("sc:mayCause", "GO:0045453", True),
        ("rdf:predicate", "biolink:causes", True),
        ("rdf:predicate", "sc:relCause", False),
        ("rdfs:seeAlso", "biolink:causes", False),
        ("rdfs:subClassOf", "GO:0045453", False),
    ],
)
@pytest.mark.parametrize("head", ["", "<urn:a:g>"])
def test_a_relation_outside_every_study_is_found_at_its_subject(
    tmp_path: Path, head: str, predicate: str, value: str, found: bool
) -> None:
    subject = "<http://purl.obolibrary.org/obo/CL_0000092>"
    stray = f"{head} {{\n  {subject} <{expand(predicate)}> <{expand(value)}> .\n}}\n"
    path = written(tmp_path, f"{stray}{TEXT}")
    result = run("validate", str(path), "--format", "json")
    rows = json.loads(result.stdout)["findings"]
    assert [(row["code"], row["line"], row["column"]) for row in rows] == [("S004", 2, 3)] * found
    assert result.exit_code == found
    assert ("1 other graph not checked: no study there" in result.stderr) is not found
    assert f"{int(found)} failed" in result.stderr


def test_a_blank_node_outside_every_study_is_called_so(tmp_path: Path) -> None:
    stray = "[] <https://w3id.org/biolink/vocab/causes> 1 .\n"
    _, (other,) = read_graphs(written(tmp_path, f"{TEXT}\n{stray}"))
    (finding,) = check_other(other)
    assert finding.message.startswith("a blank node biolink:causes 1: ")


def test_an_entity_that_was_edited_is_found_at_its_block(tmp_path: Path) -> None:
    text = TEXT.replace("sc:change sc:increased ;", "sc:change sc:decreased ;", 1)
    start = TEXT[: TEXT.index("sc:change sc:increased ;")]
    (finding,) = found_in(written(tmp_path, text))
    assert (finding.code, finding.column) == ("S005", 5)
    assert "sc:change is not what its sc:keyText says" in finding.message
    place = max(
        m.line for m in subject_marks(text.encode()).values() if m.line <= start.count("\n")
    )
    assert finding.line == place


def test_no_graph_from_outside_is_reasoned_over(tmp_path: Path) -> None:
    result = run("validate", "--owl", str(written(tmp_path, TEXT)))
    assert result.exit_code == 2
    assert "--owl reasons over records" in result.stderr


def test_a_graph_and_standard_input_go_together(tmp_path: Path) -> None:
    result = run("validate", "-", str(written(tmp_path, TEXT)), stdin=b"")
    assert result.exit_code == 1
    assert result.stdout.startswith("<stdin>:0:0: Y004 ")
    assert result.stderr.startswith("checked 1 record and 1 file of graphs: ")


def test_what_follows_a_named_graph_stands_in_the_default_graph() -> None:
    text = b"<urn:g:h> { <urn:a:b> a <urn:a:x> . }\n<urn:a:b> a <urn:a:x> .\n"
    assert subject_marks(text) == {
        ("urn:g:h", "urn:a:b"): Mark(1, 13),
        ("", "urn:a:b"): Mark(2, 1),
    }


@pytest.mark.parametrize("suffix", ["TRIG", "nQ", "Ttl"])
def test_a_suffix_is_read_whatever_its_case(tmp_path: Path, suffix: str) -> None:
    spoiled = list(parse(without_cue(TEXT).encode(), format=RdfFormat.TRIG))
    data = serialize(spoiled, suffix.lower(), prefixes())
    result = run("validate", str(written(tmp_path, data, suffix)), "--format", "json")
    (row,) = json.loads(result.stdout)["findings"]
    line = data.decode().splitlines()[row["line"] - 1]
    assert (row["code"], "abstract-null" in line) == ("S001", True)
