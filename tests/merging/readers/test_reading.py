"""What is set aside is kept as it stood in its file, whatever reads that."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from studyclaims.merging.merge import merge
from studyclaims.merging.readers import read, streams
from studyclaims.merging.readers.reading import Notes, Told
from studyclaims.merging.report import Input, Report, Total
from studyclaims.merging.table import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from studyclaims.merging.readers.reading import Row

SSSOM = b"#curie_map:\n#  A: http://x/A_\nsubject_id\tpredicate_id\tpredicate_modifier\tobject_id\n"
HPOA = b"database_id\tdisease_name\tqualifier\thpo_id\taspect\n"
TYPED = b":START_ID(Gene)\t:END_ID(Gene)\n"
EDGES = b"subject\tpredicate\tobject\tnegated\n"
LINES = (
    b'{"id": "x:1", "name": "a"}',
    b'{"id":"x:2",  "p": 1.50',
    b'{"name": "no id"}',
    b'{"subject": "x:1",\t"predicate": "x:p", "object": "x:2", "negated": "maybe"}',
    b"[1]\r",
)
NODES = b'{"id": "x:1", "name": "a"}, { "name":\n  "no id \xc3\xa9", "p" : 1.50 }, "x"'
GRAPH = (
    b'{"nodes": [{"lbl": "x"}, {"id": "x:1", "meta": {"synonyms":  [{"pred": "p"}]}}],'
    b'"edges": [{"sub": "x:a","pred": "is_a" ,"obj": "x:b"}, {"sub" : "x:a"}, 7],'
    b'"equivalentNodesSets": [{"nodeIds": []}], "domainRangeAxioms": [ [1] ]}'
)

KEPT = {
    "sssom": (
        "a.sssom.tsv",
        SSSOM + b"A:1\tskos:exactMatch\t\tB:1\n",
        b"A:1\tskos:exactMatch\t\t \r\nA:2\tx:p\tperhaps\tB:2\n",
        SSSOM,
    ),
    "annotations": (
        "p.hpoa",
        b"#d\n" + HPOA + b"OMIM:1\ta\tNOT\tHP:1\tP\n",
        b"OMIM:1\ta\tno\tHP:1\tP\n\ta\tno\tHP:1\tP\n",
        b"#d\n" + HPOA,
    ),
    "typed": ("a.txt", TYPED + b"1\t2\n", b"1\t\n3\n1\t2\t3\n4\t\xff\n", TYPED),
    "table without a header": (
        "m.tsv",
        b"MESH\tD1\ta\tCHEBI\tCHEBI:2\tb\n",
        b"MESH\tD2\ta\tCHEBI\t\tb\n",
        b"",
    ),
    "edges": (
        "a_edges.tsv",
        EDGES + b"x:1\tx:p\tx:2\t\n",
        b"x:1\t\tx:2\t\nx:1\tx:p\tx:2\tmaybe\n",
        EDGES,
    ),
    "lines": ("a.jsonl", LINES[0] + b"\n\n", b"\n".join(LINES[1:]) + b"\n", b""),
    "triples": (
        "a.nt",
        b"<x:a> <x:b> <x:c> .\n# c\n",
        b'<x:a>  <x:b> .\r\n<x:a> <x:b> "\xff" .\n<x:a> "b" <x:c> .\n',
        b"",
    ),
    "quads": ("a.nq", b"<x:a> <x:b> <x:c> <x:g> .\n", b"<x:a> <1 2> <x:c> <x:g> .\n", b""),
}


@pytest.mark.parametrize("name", sorted(KEPT))
@pytest.mark.parametrize("packed", [False, True])
def test_lines_are_kept_as_they_stand(name: str, packed: bool, tmp_path: Path) -> None:
    called, good, bad, head = KEPT[name]
    path = tmp_path / (f"{called}.gz" if packed else called)
    path.write_bytes(gzip.compress(good + bad, mtime=0) if packed else good + bad)
    it = read(path, "a", aside=tmp_path / "q")
    assert [sum(1 for _ in it.rows()) for _ in range(2)] == [sum(1 for _ in it.rows())] * 2
    assert it.counts["refused"] == len(it.quarantine) == bad.count(b"\n")
    (kept,) = (tmp_path / "q").iterdir()
    assert kept.suffix == f".{called.rpartition('.')[2]}"
    assert kept.read_bytes() == head + bad


def test_statements_without_a_line_of_their_own_are_kept_as_statements(tmp_path: Path) -> None:
    text = '<http://x/a> <http://x/b> <:c> ;\n <http://x/b> "d" . GRAPH <:g> { <x:a> <x:b> <x:c> }'
    (tmp_path / "a.trig").write_text(text)
    it = read(tmp_path / "a.trig", "a", aside=tmp_path / "q")
    assert (sum(1 for _ in it.rows()), it.counts["refused"]) == (1, 2)
    kept = (tmp_path / "q" / "a.nq").read_text()
    assert kept == "<http://x/a> <http://x/b> <:c> .\n<x:a> <x:b> <x:c> <:g> .\n"


def test_what_is_kept_is_read_again_alone(tmp_path: Path) -> None:
    _, good, bad, _ = KEPT["sssom"]
    (tmp_path / "a.sssom.tsv").write_bytes(good + bad)
    list(read(tmp_path / "a.sssom.tsv", "a", aside=tmp_path / "q").rows())
    again = read(tmp_path / "q" / "a.tsv", "a")
    assert list(again.rows()) == []
    assert again.counts["refused"] == 2


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (b'{"nodes": [%s]}' % NODES, [b'{ "name":\n  "no id \xc3\xa9", "p" : 1.50 }', b'"x"']),
        (b'{"edges": { "a": [] }, "nodes": []}', [b'{ "a": [] }']),
        (
            b'{"graphs": [%s, [ ]]}' % GRAPH,
            [
                b'{"lbl": "x"}',
                b'{"id": "x:1", "meta": {"synonyms":  [{"pred": "p"}]}}',
                b'{"sub" : "x:a"}',
                b"7",
                b'{"nodeIds": []}',
                b"[1]",
                b"[ ]",
            ],
        ),
    ],
)
def test_parts_of_json_are_kept_as_they_stand(
    text: bytes, bad: list[bytes], tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_bytes(text)
    it = read(tmp_path / "a.json", "a", aside=tmp_path / "q")
    rows = list(it.rows())
    assert it.counts["in"] == it.counts["refused"] + len(rows)
    assert (tmp_path / "q" / "a.json").read_bytes() == b"\n".join([*bad, b""])
    assert it.counts["refused"] == len(bad)


@pytest.mark.parametrize("end", [b"\n", b""])
def test_the_rest_of_a_line_that_is_too_long_is_kept(
    end: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_CHUNK", 10)
    monkeypatch.setattr(streams, "LINE_LIMIT", 40)
    bad = b"".join(b"%d," % number for number in range(95))
    between = b"" if not end else end + b"1\t2\n"
    (tmp_path / "a.tsv").write_bytes(TYPED + b"1\t2\n" + bad + between)
    it = read(tmp_path / "a.tsv", "a", aside=tmp_path / "q")
    assert sum(1 for _ in it.rows()) == 1 + bool(end)
    assert (tmp_path / "q" / "a.tsv").read_bytes() == TYPED + bad + b"\n"


def test_a_file_that_is_set_aside_whole_or_cut_off_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<x:a> <x:b")
    packed = gzip.compress(
        TYPED + b"".join(b"%d\t%d\n" % (n, n * n) for n in range(50_000)), mtime=0
    )
    (tmp_path / "b.tsv.gz").write_bytes(packed[: len(packed) // 2])
    for name in ("a.ttl", "b.tsv.gz"):
        it = read(tmp_path / name, "a", aside=tmp_path / "q")
        list(it.rows())
        assert it.counts["refused files"] == len(it.quarantine) == 1
        assert not (tmp_path / "q").exists()


def test_what_was_kept_of_an_earlier_reading_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"[]\n")
    it = read(path, "a", aside=tmp_path / "q")
    list(it.rows())
    path.write_bytes(LINES[0])
    list(it.rows())
    assert list((tmp_path / "q").iterdir()) == []


def test_a_line_with_two_faults_is_kept_once(tmp_path: Path) -> None:
    notes = Notes("a", tmp_path / "q")
    notes.at_hand = b"x"
    notes.refuse(1, "", "one", kind=Told)
    notes.refuse(1, "", "other", kept="y")
    notes.refuse(1, "", "third")
    notes.close()
    assert (tmp_path / "q").read_bytes() == b"x\ny\n"
    assert dict(notes.counts) == {"refused": 3, "refused told": 1}


def test_a_merge_keeps_all_that_it_sets_aside_and_counts_it_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "k.jsonl").write_bytes(b"\n".join([*LINES, b""]))
    files = [tmp_path / "k.jsonl"]
    for name in ("sssom", "annotations", "quads"):
        called, good, bad, _ = KEPT[name]
        files.append(tmp_path / called)
        files[-1].write_bytes(good + bad)
    (tmp_path / "b.sssom.tsv").write_bytes(KEPT["sssom"][1])
    (tmp_path / "c.gpml").write_text("<a/>")
    (tmp_path / "d.json").write_bytes(b'{"nodes": [%s]}' % NODES)
    (tmp_path / "w.ttl").write_text("<http://x/a b> <x:p> <http://x/c d>, <x:c> .")
    (tmp_path / "s_nodes.tsv").write_text("id\tcategory\tname\nx:7\tx:C\n")
    names = ("b.sssom.tsv", "c.gpml", "d.json", "w.ttl", "s_nodes.tsv")
    files += [tmp_path / name for name in names]
    report = merge(files, tmp_path / "out")
    assert [(it.kind, *it.to_dict().values()) for it in report.totals] == [
        # A denied annotation, a triple and two of Turtle; a line of neither kind is among edges.
        ("statements", 3 + 3 + 2 + 2, 4, 0, 3 + 2 + 1),
        # A node of lines is the first one of the object, too.
        ("properties", 2 + 3 + 1, 2, 1, 1 + 2),
        ("mappings", 2 + 2, 1, 1, 2),
        ("files", 9, 8, 0, 1),
    ]
    kept = {path.name: path.read_bytes() for path in (tmp_path / "out" / "quarantine").iterdir()}
    assert kept == {
        "k.jsonl": b"\n".join(LINES[1:]) + b"\n",
        "a.tsv": SSSOM + KEPT["sssom"][2],
        "p.hpoa": KEPT["annotations"][3] + KEPT["annotations"][2],
        "a-2.nq": KEPT["quads"][2],
        "d.json": b'{ "name":\n  "no id \xc3\xa9", "p" : 1.50 }\n"x"\n',
    }
    told = json.loads((tmp_path / "out" / "merge.json").read_bytes())
    mended = [(it["file"], it["repaired"], it["filled"]) for it in told["inputs"]]
    assert [it for it in mended if any(it[1:])] == [("w.ttl", 2, 0), ("s_nodes.tsv", 0, 1)]
    text = (tmp_path / "out" / "merge.txt").read_text()
    assert "\n2 statements with IRIs repaired: w.ttl 2\n" in text
    assert "\n1 rows with empty cells added at their end: s_nodes.tsv 1\n" in text
    assert "\n11 set aside, and kept in quarantine:\n" in text
    assert "\n1 files set aside whole, or from where they break off:\n  c.gpml: found" in text
    assert [it["path"] for it in told["quarantine"] if it["whole"]] == ["c.gpml"]


def test_a_report_tells_each_reason_of_a_file_once() -> None:
    rows = [Refused("a", str(at), "1 cell", "expected 2") for at in range(20)]
    whole = [Refused(name, "", "", "no reader", whole=True) for name in "xyz"]
    text = str(Report(refused=[*rows, *whole, Refused("b", "1", "", "expected 2")]))
    assert text.splitlines()[1:] == [
        "21 set aside, and kept in quarantine:",
        "  a:0: found 1 cell; expected 2 (and 19 more so)",
        "  b:1: expected 2",
        "3 files set aside whole, or from where they break off:",
        "  x: no reader (and 2 more so)",
    ]
    many = [Input(f"f{at}", "f", "statements", 9, 0, at) for at in range(14)]
    assert str(Report(inputs=many)).endswith(
        " repaired: " + ", ".join(f"f{at} {at}" for at in range(1, 11)) + ", and 3 more files"
    )


@pytest.mark.parametrize(
    ("name", "text"), [("a.ttl", ""), ("a.rdf.gz", ""), ("a.json", '{"@context": {}}')]
)
def test_statements_without_lines_are_kept_as_quads(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _source: str, _form: str, notes: Notes) -> Iterator[Row]:
        notes.refuse(1, "", "why", kept="<x:a> <x:b> <x y> .")
        return iter(())

    monkeypatch.setattr("studyclaims.merging.readers.rdf.read_rdf", refuse)
    (tmp_path / name).write_text(text)
    list(read(tmp_path / name, "a", aside=tmp_path / "q").rows())
    assert [it.name for it in (tmp_path / "q").iterdir()] == ["a.nq"]


def test_where_all_of_a_kind_is_set_aside_it_is_counted_too(tmp_path: Path) -> None:
    # A row whose cells do not fit is among those that its file has.
    (tmp_path / "a_nodes.tsv").write_text("id\tcategory\nx:1\tx:C\nx:2\tx:C\t\n")
    (tmp_path / "b.jsonl").write_bytes(LINES[3])
    report = merge([tmp_path / "a_nodes.tsv", tmp_path / "b.jsonl"], tmp_path / "out")
    assert [(it.kind, *it.to_dict().values()) for it in report.totals] == [
        ("statements", 1, 0, 0, 1),
        ("properties", 2, 1, 0, 1),
    ]


def test_of_what_is_not_told_one_by_one_the_number_is() -> None:
    report = Report(totals=[Total("statements", 9, 2, 0, 7), Total("files", 2, 1, 0, 1)])
    report.refused.append(Refused("a", "1", "", "why"))
    assert "\n7 set aside, and kept in quarantine:\n" in str(report)
