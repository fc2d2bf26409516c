"""The union of lines: each statement once, and every place where it stands."""

from __future__ import annotations

import atexit
import re
from collections import defaultdict
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from studyclaims.merging import union
from studyclaims.merging.engine import Engine, engine
from studyclaims.merging.merge import merge
from studyclaims.merging.sql import literal
from studyclaims.merging.union import (
    NAMED,
    PLAIN,
    links_anything,
    plain_line,
    read_union,
    tells_anything,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ENGINES: Final = ExitStack()
atexit.register(ENGINES.close)

SC = "https://w3id.org/studyclaims/vocab/"
SAME = "http://www.w3.org/2002/07/owl#sameAs"
FILES = {
    "a.nt": [
        "<x:a> <x:b> <x:c> .",
        "# nothing",
        "<x:a>\t<x:b> <x:c>.",
        '<x:a> <x:b> "one" .',
        "_:n <x:b> <x:c> .",
        "<x:a> <x:b> <x:only> .",
        "<x:a> <http://schema.org/sameAs> <x:c> .",
    ],
    "b.nq": ["<x:a> <x:b> <x:c> <x:g> .", "_:n <x:b> <x:c> .", "<x:a> <x:b> <x:c> .", "no"],
    "a-named.nt": ['<x:a> <x:b> "one"^^<http://www.w3.org/2001/XMLSchema#string> .'],
    "c/a.nt": ["<x:a> <x:b> <x:only> .", "<x:a> <x:b> <x:c> .", "<x:a> <x:b> <x:c> ."],
}
SOURCES = ("a", "b", "a-named", "a-2")


def write(folder: Path, files: dict[str, list[str]]) -> list[Path]:
    for name, lines in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    return [folder / name for name in files]


@cache
def shared() -> Engine:
    """Return an engine that is made once: that takes longer than what it is asked here."""
    return ENGINES.enter_context(engine(Path(ENGINES.enter_context(TemporaryDirectory()))))


def asked(text: str, **parts: object) -> list[tuple[Any, ...]]:
    return shared().rows(text, **parts)


def places(out: Path, line: str) -> set[tuple[str, int]]:
    """Return where a statement stands, as docs/merge.md says that one finds it."""
    text = "select merged_from from read_parquet(@rows) where line = @line"
    parts = {"line": literal(line), "rows": f"'{out}/repeated/*.parquet'"}
    found = asked(text, **parts)
    if found:
        ((told,),) = found
        return {(source, int(n)) for source, n in (it.split(" ") for it in told.split("|"))}
    text = "select filename, number from read_parquet(@rows) where known and line = @line"
    rows = asked(text, **parts | {"rows": f"'{out}/tables/*.parquet'"})
    return {(file.rpartition("/")[2].partition(".")[0], number) for file, number in rows}


@pytest.mark.parametrize(("parts", "alike"), [(1, False), (3, False), (1, True)])
def test_of_each_statement_every_place_is_found(
    parts: int, alike: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if alike:
        # All lines have one hash: that costs time, and changes nothing.
        for name in ("_READ", "_NAMED", "_PARSED"):
            text = getattr(union, name)
            monkeypatch.setattr(union, name, text.replace("hash(line)", "7::ubigint"))
    monkeypatch.setattr(Engine, "buckets", lambda *_: parts)
    wanted: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for source, lines in zip(SOURCES, FILES.values(), strict=True):
        for number, line in enumerate(lines, 1):
            for quad in parse(line if line != "no" else "", format=RdfFormat.N_QUADS):
                wanted[plain_line(quad, source)].add((source, number))
    report = merge(write(tmp_path, FILES), tmp_path / "out")
    out = tmp_path / "out"
    assert sorted((out / "graph.nq").read_text().splitlines()) == sorted(wanted)
    assert {line: places(out, line) for line in wanted} == wanted
    rows = asked("select line, merged_from from read_parquet(@it)", it=[f"{out}/repeated/*"])
    assert {line for line, _ in rows} == {it for it, found in wanted.items() if len(found) > 1}
    assert dict(rows)["<x:a> <x:b> <x:c> ."] == "a 1|a 3|b 3|a-2 2|a-2 3"
    assert report.totals[0].to_dict() == {
        "in": 14,
        "merged": len(wanted),
        "duplicates": sum(map(len, wanted.values())) - len(wanted),
        "quarantined": 1,
    }


@pytest.mark.parametrize(
    ("line", "links"),
    [
        (f"<x:a> <{SAME}> <x:b> .", True),
        (f"<x:a>\t<{SAME}> <x:b>.", True),
        ("<x:a> <https://w3id.org/biolink/vocab/same_as> <x:b> <x:g> .", True),
        (f"_:a <{SAME}> <x:b> .", False),
        (f"<x:a> <{SAME}> _:b .", False),
        (f'<x:a> <{SAME}> "x" .', False),
        (f"<x:a> <x:b> <{SAME}> .", False),
        (f"<{SAME}> <x:b> <x:c> <{SAME}> .", False),
        ("<x:a> <http://schema.org/sameAs> <x:b> .", False),
        (f"<x:a> <{SAME}2> <x:b> .", False),
        ("<x:a> <http://www.w3.org/2004/02/skos/core#closeMatch> <x:b> .", False),
    ],
)
def test_what_links_ids_is_seen(line: str, links: bool, tmp_path: Path) -> None:
    (path,) = write(tmp_path, {"a.nt": ["<x:a> <x:b> <x:c> .", line]})
    made, refused, rows = read_union(shared(), path, "a", tmp_path)
    assert (links_anything(shared(), made), refused, rows) == (links, [], 2)


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        (f"<x:a> <{SC}stance> <{SC}noEffect> .", True),
        (f"_:a <{SC}stance> <x:b> <x:g> .", True),
        ('<x:a>  <https://w3id.org/biolink/vocab/negated> "true" .', True),
        ("_:a <http://www.w3.org/2002/07/owl#assertionProperty> <x:b> .", True),
        (f"<x:a> <{SC}stances> <x:b> .", False),
        ("<x:a> <http://example.org/stance> <x:b> .", False),
        (f"<x:a> <x:b> <{SC}stance> .", False),
        (f'<x:a> <x:b> "<x:c> <{SC}stance> <x:d> ." .', False),
    ],
)
def test_what_tells_of_a_claim_is_seen(line: str, tells: bool, tmp_path: Path) -> None:
    (path,) = write(tmp_path, {"a.nt": ["<x:a> <x:b> <x:c> .", line]})
    made, refused, rows = read_union(shared(), path, "a", tmp_path)
    assert (tells_anything(shared(), made), refused, rows) == (tells, [], 2)


def test_lines_that_link_are_read_once_more_and_told_once(tmp_path: Path) -> None:
    files = {"a.nt": ["<x:a> <x:b>", "<x:a> <x:b> <x:c> ."], "b.nt": [f"<x:a> <{SAME}> <y:b> ."]}
    report = merge(write(tmp_path, files), tmp_path / "out")
    assert report.linked == 1
    assert [(it.file, it.rows, it.quarantined) for it in report.inputs] == [
        ("a.nt", 2, 1),
        ("b.nt", 1, 0),
    ]
    assert [str(it.place) for it in report.refused] == ["1"]
    assert (tmp_path / "out" / "quarantine" / "a.nt").read_text() == "<x:a> <x:b>\n"
    assert not (tmp_path / "out" / "repeated").exists()


words = st.text("ab#", max_size=4)


@given(names=st.sets(st.text("ab", min_size=1, max_size=3)), text=words)
def test_an_expression_for_all_but_some_names(names: set[str], text: str) -> None:
    found = re.fullmatch(union._other_than(names), text) is not None
    assert found == (text not in names and "#" not in text)


@pytest.mark.parametrize(
    "predicate", ["<x:sameAs>", "<x:a/sameAs/>", "<x:a/>", "<x:>", "<x:a#same>"]
)
def test_nearly_all_predicates_are_plain(predicate: str) -> None:
    assert re.fullmatch(PLAIN, f"<x:a> {predicate} <x:c> .")


def everything(out: Path) -> dict[str, list[Any]]:
    """Return all that a merge wrote, rows in the order of their text."""
    found: dict[str, list[Any]] = {}
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        if path.suffix == ".parquet":
            rows = asked(
                "select columns(lambda c: c <> 'k') from read_parquet(@it)", it=[str(path)]
            )
            found[str(path.relative_to(out).parent)] = sorted(map(str, rows))
        elif path.name != "merge.json":
            found[path.name] = sorted(path.read_bytes().splitlines())
    return found


def many(end: str) -> Iterable[str]:
    for n in range(600):
        yield f"<x:{n % 350}> <x:b> <x:{n % 350 + (n % 7 == int(end))}> ."


@pytest.mark.parametrize(
    "lane",
    ["lines", *(pytest.param(it, marks=pytest.mark.slow) for it in ("statements", "tables"))],
)
def test_several_threads_write_what_one_writes(lane: str, tmp_path: Path) -> None:
    lines = {f"{end}.nt": [*many(end)] for end in "123"}
    if lane == "tables":
        head = "id\tsubject\tpredicate\tobject"
        files = {
            f"{name[0]}_edges.tsv": [
                head,
                *(f"e{n}\t" + "\t".join(line[:-2].split()) for n, line in enumerate(them)),
            ]
            for name, them in lines.items()
        }
    else:
        files = lines if lane == "lines" else {**lines, "4.ttl": [f"<x:1> <{SAME}> <y:1> ."]}
    paths = write(tmp_path, files)
    told = [merge(paths, tmp_path / str(n), threads=n).to_dict() for n in (1, 3)]
    assert told[0] == told[1]
    one = everything(tmp_path / "1")
    assert one == everything(tmp_path / "3")
    assert sum(map(len, one.values())) > 1000


WRONG = (
    *("<http://e/a[1]>", "<http://e/a#b#c>", "<http://e/%zz>", "<http://e:xx/s>", "<http://[bad/>"),
    *("<http://e/\ue000>", "<http://e/\uffff>", "<http://e/\ufdd0>", "<x:a\x7f>", "<x:a\x80>"),
    *('"x"@abcdefghijkl', '"x"@en-abcdefghijk', '"x"@e-1', '"x"^^<http://e/a[1]>'),
)


@pytest.mark.parametrize("term", WRONG)
def test_what_no_reader_takes_is_set_aside(term: str, tmp_path: Path) -> None:
    lines = [f"<x:a> <x:b> {term} .", "<x:a> <x:b> <x:c> ."]
    lines += [f"{term} <x:b> <x:c> .", f"<x:a> <x:b> <x:c> {term} ."] if term[0] == "<" else []
    (path,) = write(tmp_path, {"a.nq": lines})
    report = merge([path], tmp_path / "out")
    assert (tmp_path / "out" / "graph.nq").read_text() == "<x:a> <x:b> <x:c> .\n"
    assert report.totals[0].quarantined == len(lines) - 1


SIGNS = st.sampled_from("x:/?#@[]aé.{|g-_~!$&'()*+,;=\ue000\uffff\U00010000\x7f\x80\xa0\u200b")
SIGNS |= st.sampled_from(["http", "//", "%41", "%z", ":80", ":xx", "sameAs", "stance", "string"])
IRIS = st.builds(
    "<{}{}>".format,
    st.sampled_from(["http://e.x", "urn:", "x:", "http:", "http://"]),
    st.lists(SIGNS, max_size=5).map("".join),
)
TEXTS = st.builds(
    '"{}"{}'.format,
    st.lists(
        st.sampled_from(["a", r"\n", r"\"", r"\t", "é", "\uffff", "\x7f", "\x85", "\u2028"])
    ).map("".join),
    st.sampled_from(["", "@en", "@en-gb", "@zh-419", "@e-1", "@abcdefghi", "@en--ltr", "@en--up"])
    | IRIS.map("^^{}".format),
)


@given(IRIS, IRIS, IRIS | TEXTS, st.just("") | IRIS.map(" {}".format))
def test_what_is_known_by_its_form_is_valid_and_has_one_text(
    s: str, p: str, o: str, g: str
) -> None:
    line = f"{s} {p} {o}{g} ."
    if re.fullmatch(NAMED, line):
        (quad,) = parse(line, format=RdfFormat.N_QUADS)
        known = re.fullmatch(PLAIN, line)
        assert not known or plain_line(quad, "a") == line


def test_usual_names_are_known_by_their_form() -> None:
    for iri in (
        *("<http://purl.obolibrary.org/obo/HP_0000938>", "<https://e.x:8080/a%20b?c=d/e#f/g?h>"),
        *("<urn:uuid:1>", "<mailto:a@e.x>", "<x:/a/b>", "<http://e.x>", "<http://é.x/ü>"),
    ):
        assert re.fullmatch(PLAIN, f"{iri} <http://e.x/p#q> {iri} {iri} .")
        assert re.fullmatch(PLAIN, f'{iri} <http://e.x/p> "é \\n"@en-gb .')
