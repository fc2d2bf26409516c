"""N-Triples and N-Quads in bulk are what a parser reads in them, line by line."""

from __future__ import annotations

import atexit
import re
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from studyclaims.merging.engine import engine
from studyclaims.merging.graphlines import CANONICAL, LINKED
from studyclaims.merging.kgxfiles import LINE_LIMIT
from studyclaims.merging.lines import read_lines
from studyclaims.merging.merge import merge
from studyclaims.merging.union import read_union

if TYPE_CHECKING:
    from collections.abc import Callable

    from studyclaims.merging.engine import Engine
    from studyclaims.merging.table import Refused

ENGINES: Final = ExitStack()
atexit.register(ENGINES.close)

LINES = [
    "<x:a> <x:b> <x:c> .",
    "<x:a>\t<x:b>  <x:c>.",
    '<x:a> <x:b> "c" .',
    '<x:a> <x:b> "c"^^<http://www.w3.org/2001/XMLSchema#string> .',
    '<x:a> <x:b> "c"@en-GB .',
    '<x:a> <x:b> "5"^^<x:int> .',
    '<x:a> <x:b> "" .',
    '<x:a> <x:b> "tab\\tquote\\"back\\\\slash\\nline\\\\n \\u00e9 é" .',
    '<x:a> <x:b> "<x:d> . _:no > <" .',
    "_:a <x:b> _:c .",
    '_:a <x:b> " _:c" .',
    "<x:a> <x:b> <x:c> # why\n.".replace("\n.", ""),
    "# nothing",
    "",
]
GRAPHS = ["<x:a> <x:b> <x:c> <x:g> .", '<x:a> <x:b> "c" _:g .', '_:a <x:b> "d"@en <x:g> .']


def quads(data: bytes | str, source: str = "") -> set[str]:
    """Return the quads of N-Quads as texts; blank nodes get a source's name, if one is given."""
    found = set()
    for quad in parse(data, format=RdfFormat.N_QUADS):
        text = str(quad)
        if source:
            text = str(quad) if "_:" not in text else _named(quad, source)
        found.add(text)
    return found


def _named(quad: Quad, source: str) -> str:
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    texts = [re.sub("^_:", f"_:{source}.", str(term)) for term in terms]
    return " ".join(texts).removesuffix(" DEFAULT")


def good(lines: list[str]) -> list[str]:
    kept = []
    for line in lines:
        try:
            kept += [line] if list(parse(line, format=RdfFormat.N_QUADS)) else []
        except SyntaxError:
            continue
    return kept


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize(("suffix", "lines"), [(".nt", LINES), (".nq", LINES + GRAPHS)])
def test_every_line_is_what_the_parser_reads(
    suffix: str, lines: list[str], linked: bool, tmp_path: Path
) -> None:
    path = tmp_path / f"s{suffix}"
    path.write_text("\n".join(lines))
    more = [links(tmp_path)] if linked else []
    report = merge([path, *more], tmp_path / "out", rewrite=linked)
    wanted = quads("\n".join(good(lines)), "s")
    assert quads((tmp_path / "out" / "graph.nq").read_bytes()) == {
        str(q) for q in parse("\n".join(f"{it} ." for it in wanted), format=RdfFormat.N_QUADS)
    }
    total = report.totals[0]
    assert total.merged == len(wanted)
    assert total.rows == total.merged + total.duplicates + total.quarantined
    assert total.quarantined == len(report.refused)


def links(folder: Path) -> Path:
    path = folder / "m.sssom.tsv"
    path.write_text("subject_id\tpredicate_id\tobject_id\nzz:1\tskos:exactMatch\tyy:1\n")
    return path


@pytest.mark.parametrize("linked", [False, True])
def test_lines_that_are_refused_are_kept_as_they_are(linked: bool, tmp_path: Path) -> None:
    path = tmp_path / "s.nt"
    bad = [b"<x:a> <x:b c> <x:d> .", b'<x:a> <x:b> "\xff" .', b"<x:a> <x:b> ." + b"y" * 3_000_000]
    path.write_bytes(b"\n".join([b"<x:a> <x:b> <x:c> .", *bad, b"<x:a> <x:b> <x:e> ."]))
    more = [links(tmp_path)] if linked else []
    report = merge([path, *more], tmp_path / "out")
    assert report.totals[0].to_dict() == {
        "in": 5,
        "merged": 2,
        "duplicates": 0,
        "quarantined": 3,
    }
    assert sorted(it.place for it in report.refused) == ["2", "3", "4"]
    kept = (tmp_path / "out" / "quarantine" / "s.nt").read_bytes()
    assert kept.split(b"\n") == [*bad, b""]


RIGHT = b"<x:a> <x:b> <x:c> ."


@pytest.mark.parametrize("read", [read_lines, read_union])
@pytest.mark.parametrize(
    ("parts", "bad"),
    [
        ((b"<x:a b\r\n", RIGHT + b"\r\n", b"<x:a\r\n"), [1, 3]),
        ((RIGHT + b"\n", b"\n", b"  <x y\t \n", b"\xff\r\n", b"<x z"), [3, 4, 5]),
        ((RIGHT + b"\r", b"<x:a\r", b'<x:a> <x:b> "c" .\r', b"\xff\r\n"), [2, 4]),
        ((b"\xff" + b"y" * LINE_LIMIT + b"\n", b"<x\n", RIGHT, b""), [1, 2]),
    ],
    ids=["ends", "blanks", "carriage returns", "too long"],
)
def test_what_is_set_aside_stands_as_it_did_in_its_order(
    read: Callable[..., tuple[list[Path], list[Refused], int]],
    parts: tuple[bytes, ...],
    bad: list[int],
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.nt"
    path.write_bytes(b"".join(parts))
    folder = tmp_path / "tables"
    folder.mkdir()
    _, refused, rows = read(shared(), path, "s", folder)
    assert [int(it.place) for it in refused] == bad
    assert {it.path for it in refused} == {"s.nt"}
    kept = (tmp_path / "quarantine" / "s.nt").read_bytes()
    assert kept == b"".join(parts[number - 1] for number in bad)
    assert rows == sum(1 for part in parts if part.strip())


def test_lines_may_end_with_a_carriage_return_alone(tmp_path: Path) -> None:
    (tmp_path / "s.nt").write_bytes(RIGHT + b"\r" + RIGHT.replace(b"x:c", b"x:d") + b"\r")
    report = merge([tmp_path / "s.nt"], tmp_path / "out")
    assert (report.totals[0].merged, report.refused) == (2, [])


def test_each_graph_of_its_own_holds_what_links_add(tmp_path: Path) -> None:
    path = tmp_path / "s.nt"
    path.write_text("<zz:1> <x:b> <x:c> .\n<x:d> <x:b> <x:c> .\n")
    merge([path, links(tmp_path)], tmp_path / "out")
    found = quads((tmp_path / "out" / "graph.nq").read_bytes())
    exact = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
    assert found - quads(path.read_bytes()) == {
        f"<yy:1> <x:b> <x:c> <{CANONICAL}>",
        f"<zz:1> {exact} <yy:1> <{LINKED}>",
    }
    assert quads(path.read_bytes()) < found


def test_ids_are_rewritten_but_for_those_of_a_nanopublication(tmp_path: Path) -> None:
    path = tmp_path / "s.nq"
    np = "<http://www.nanopub.org/nschema#hasAssertion>"
    said = "<zz:1> <x:b> <zz:1> <x:assertion> .\n<x:pub> " + np + " <x:assertion> <x:head> .\n"
    path.write_text(f"{said}<zz:1> <x:b> <zz:1> .\n<zz:1> <x:b> <yy:1> .\n")
    report = merge([path, links(tmp_path)], tmp_path / "out", rewrite=True)
    found = quads((tmp_path / "out" / "graph.nq").read_bytes())
    assert found == {*quads(said), "<yy:1> <x:b> <yy:1>"}
    assert report.totals[0].duplicates == 1


def test_what_a_source_denies_is_no_triple(tmp_path: Path) -> None:
    path, other = tmp_path / "a_edges.tsv", tmp_path / "s.nt"
    header = "id\tsubject\tpredicate\tobject\tnegated\n"
    rows = ("e1\tGO:1\tbiolink:affects\tx:2\ttrue", "e2\tGO:1\tbiolink:affects\tx 3:2\tfalse")
    path.write_text(header + "".join(f"{row}\n" for row in rows))
    other.write_text("<x:a> <x:b> <x:c> .\n")
    report = merge([path, other], tmp_path / "out")
    assert report.denied == 1
    assert "1 statements are denied" in str(report)
    assert report.totals[0].merged == 3
    assert quads((tmp_path / "out" / "graph.nq").read_bytes()) == {
        "<http://purl.obolibrary.org/obo/GO_1> <https://w3id.org/biolink/vocab/affects> "
        "<https://w3id.org/studyclaims/name/x%203:2>",
        "<x:a> <x:b> <x:c>",
    }


def test_claims_that_are_not_said_outright_are_no_triples(tmp_path: Path) -> None:
    header = "id\tsubject\tpredicate\tobject\toriginal_predicate\tsc_stance\tsc_proposition\n"
    rows = (
        "e1\tx:1\tbiolink:related_to\tx:2\tsc:mayCause\tsc:supports\tx:p",
        "e2\tx:3\tbiolink:related_to\tx:2\tsc:relCause\tsc:inconclusive\tx:p",
        "e3\tx:4\tbiolink:related_to\tx:2\tsc:statedToCause\t\t",
        "e4\tx:5\tbiolink:causes\tx:2\tbiolink:causes\tsc:refutes\tx:p",
        "e5\tx:6\tbiolink:causes\tx:2\tbiolink:causes\tsc:supports\tx:p",
        "e6\tx:7\tbiolink:related_to\tx:2\tother:said\t\t",
    )
    (tmp_path / "a_edges.tsv").write_text(header + "".join(f"{row}\n" for row in rows))
    (tmp_path / "s.nt").write_text("<x:a> <x:b> <x:c> .\n")
    report = merge([tmp_path / "a_edges.tsv", tmp_path / "s.nt"], tmp_path / "out")
    assert report.denied == 4
    found = quads((tmp_path / "out" / "graph.nq").read_bytes())
    biolink = "https://w3id.org/biolink/vocab/"
    assert found == {
        "<x:a> <x:b> <x:c>",
        f"<x:6> <{biolink}causes> <x:2>",
        f"<x:7> <{biolink}related_to> <x:2>",
    }


def test_exact_matches_in_a_graph_link_its_ids(tmp_path: Path) -> None:
    path = tmp_path / "s.nt"
    path.write_text(
        "<x:b> <http://www.w3.org/2002/07/owl#sameAs> <y:b> .\n"
        "_:b <http://www.w3.org/2002/07/owl#sameAs> <y:c> .\n<y:b> <x:p> _:b .\n"
    )
    report = merge([path], tmp_path / "out")
    assert report.linked == 1
    text = (tmp_path / "out" / "graph.nq").read_text()
    assert f"<x:b> <x:p> _:s.b <{CANONICAL}> .\n" in text
    assert report.totals[0].rows == 3


terms = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x01\x02"), max_size=6)


@cache
def shared() -> Engine:
    """Return an engine that is made once: that takes longer than what it is asked here."""
    return ENGINES.enter_context(engine(Path(ENGINES.enter_context(TemporaryDirectory()))))


@settings(deadline=None)
@given(made=st.lists(terms, max_size=6))
@pytest.mark.parametrize("read", [read_lines, read_union])
def test_no_text_is_changed(
    read: Callable[..., tuple[list[Path], list[object], int]], made: list[str]
) -> None:
    it = NamedNode("x:a")
    with TemporaryDirectory() as name:
        path = Path(name, "s.nq")
        path.write_bytes(
            serialize([Quad(it, it, Literal(text)) for text in made], format=RdfFormat.N_QUADS)
            or b""
        )
        found, refused, count = read(shared(), path, "s", Path(name))
        column, known = ("o", "true") if read is read_lines else ("line", "known")
        rows = [
            row[0]
            for file in found
            for row in shared().rows(
                "select @it from read_parquet(@file) where @known",
                it=column,
                known=known,
                file=[str(file)],
            )
        ]
    if read is read_union:
        parsed = [next(parse(line, format=RdfFormat.N_QUADS)).object for line in rows]
        rows = [term.value for term in parsed if isinstance(term, Literal)]
    assert (sorted(rows), refused, count) == (sorted(made), [], len(made))
