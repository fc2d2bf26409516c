"""What is told of by a triple term: kept, joined with its denial, and no yes where it is a no."""

from __future__ import annotations

import atexit
import csv
import re
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from studyclaims.merging.denials import mark_denied
from studyclaims.merging.engine import engine
from studyclaims.merging.lines import read_lines
from studyclaims.merging.merge import merge
from studyclaims.merging.quoted import REIFIES
from studyclaims.merging.sql import literals
from studyclaims.merging.stances import FILE
from studyclaims.merging.table import NANOPUB
from studyclaims.merging.union import plain_line, read_union

if TYPE_CHECKING:
    from studyclaims.merging.engine import Engine
    from studyclaims.merging.report import Report

ENGINES: Final = ExitStack()
atexit.register(ENGINES.close)
NEGATED: Final = "https://w3id.org/biolink/vocab/negated"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
HEAD: Final = f"PREFIX x: <x:> PREFIX b: <{NEGATED.removesuffix('negated')}> PREFIX rdf: <{RDF}>\n"
PLAIN: Final = "<x:s> <x:p> <x:o> .\n"
TERM: Final = "<<( <x:s> <x:p> <x:o> )>>"
LINES: Final = f'_:r <{REIFIES}> {TERM} .\n_:r <{NEGATED}> "true" .\n'
QUADS: Final = f'_:r <{REIFIES}> {TERM} <x:g> .\n_:r <{NEGATED}> "true" <x:g> .\n'
XML: Final = (
    f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:x="x:" xmlns:b="https://w3id.org/biolink/vocab/" '
    'rdf:version="1.2"><rdf:Description rdf:about="x:s"><x:p rdf:annotation="x:r" '
    'rdf:resource="x:o"/></rdf:Description><rdf:Description rdf:about="x:r">'
    "<b:negated>true</b:negated></rdf:Description></rdf:RDF>"
)
# Each with whether the triple itself is said as well.
FORMS: Final = {
    "annotated.ttl": (f"{HEAD}x:s x:p x:o {{| b:negated true |}} .", True),
    "named.ttl": (f"{HEAD}x:s x:p x:o ~ x:r . x:r b:negated ' Yes' .", True),
    "quoted.ttl": (f"{HEAD}<< x:s x:p x:o >> b:negated true .", False),
    "both.ttl": (f"{HEAD}<< x:s x:p x:o ~ x:r >> b:negated true . x:s x:p x:o .", True),
    "reified.ttl": (f"{HEAD}x:r rdf:reifies {TERM}, <<( x:a x:p x:o )>> ; b:negated 1 .", False),
    "in.trig": (f"{HEAD}x:g {{ x:s x:p x:o {{| b:negated true |}} }}", True),
    "in.nt": (LINES, False),
    "said.nt": (PLAIN + LINES, True),
    "in.nq": (QUADS, False),
    "said.nq": (PLAIN + QUADS, True),
    "in.rdf": (XML, True),
}
SAME: Final = "subject_id\tpredicate_id\tobject_id\nx:o\tskos:exactMatch\taa:o\n"
FAST: Final = (("annotated.ttl", False), ("said.nt", True))


def write(folder: Path, files: dict[str, str]) -> list[Path]:
    for name, text in files.items():
        (folder / name).write_text(text)
    return [folder / name for name in files]


def merged(folder: Path, files: dict[str, str], *, rewrite: bool = False) -> tuple[Report, str]:
    """Merge some files; return the report, and the graph."""
    report = merge(write(folder, files), folder / "out", rewrite=rewrite)
    return report, (folder / "out" / "graph.nq").read_text()


def listed(folder: Path) -> list[tuple[str, str, str]]:
    """Return who says what of one thing: stance, source, and what."""
    file = folder / "out" / FILE
    if not file.exists():
        return []
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t"))
    return [(it["stance"], it["source"], it["key"]) for it in rows]


@cache
def shared() -> Engine:
    """Return an engine that is made once: that takes longer than what it is asked here."""
    return ENGINES.enter_context(engine(Path(ENGINES.enter_context(TemporaryDirectory()))))


@pytest.mark.parametrize(
    ("name", "rewrite"),
    [
        pytest.param(name, rewrite, marks=[] if (name, rewrite) in FAST else pytest.mark.slow)
        for name in FORMS
        for rewrite in (False, True)
    ],
)
def test_a_denial_is_no_triple_and_meets_who_states_it(
    name: str, rewrite: bool, tmp_path: Path
) -> None:
    text, is_said = FORMS[name]
    yes = {"yes.ttl": "<x:s> <x:p> <aa:o> .", "m.sssom.tsv": SAME}
    report, graph = merged(tmp_path, {name: text, **yes}, rewrite=rewrite)
    assert PLAIN not in graph
    assert re.findall("<x:s> <x:p> <[a-z]+:o> [.<_].*", graph) == ["<x:s> <x:p> <aa:o> ."]
    # What tells of the triple is there as it was.
    assert graph.count(f"<{REIFIES}> {TERM}") == 1
    assert report.denied == is_said
    total = report.totals[0]
    assert total.rows == total.merged + total.duplicates + total.quarantined
    assert (total.quarantined, report.refused) == (0, [])
    source = name.partition(".")[0]
    leader = "x:s x:p aa:o"
    assert listed(tmp_path) == [("denies", source, leader), ("states", "yes", leader)]


def test_a_triple_that_is_told_of_and_not_denied_is_a_yes(tmp_path: Path) -> None:
    """Also where our own stance is all that is told; only its own source's denial counts."""
    text = f"{HEAD}x:s x:p x:o {{| b:negated false |}} . x:s x:p x:q {{| x:by x:me |}} ."
    other = f"{HEAD}<< x:s x:p x:o >> b:negated true . << x:s x:p x:q >> x:by x:me ."
    report, graph = merged(tmp_path, {"a.ttl": text, "b.ttl": other})
    assert {PLAIN, PLAIN.replace("x:o", "x:q")} <= set(graph.splitlines(keepends=True))
    assert report.denied == 0
    key = "x:s x:p x:o"
    assert listed(tmp_path) == [("denies", "b", key), ("states", "a", key)]


def test_a_union_of_lines_leaves_them_and_lists_who_is_opposed(tmp_path: Path) -> None:
    """Blank nodes in triple terms are those of the source."""
    one = PLAIN + LINES + f"_:n <{REIFIES}> <<( _:n <x:p> <<( _:m <x:p> _:n )>> )>> .\n"
    report, graph = merged(tmp_path, {"one.nq": one, "two.nt": PLAIN})
    assert graph.count(PLAIN) == 1
    assert f"_:one.n <{REIFIES}> <<( _:one.n <x:p> <<( _:one.m <x:p> _:one.n )>> )>> .\n" in graph
    key = "x:s x:p x:o"
    assert listed(tmp_path) == [("denies", "one", key), ("states", "two", key)]
    assert report.totals[0].to_dict() == {
        "in": 5,
        "merged": 4,
        "duplicates": 1,
        "quarantined": 0,
    }


TEXT: Final = '"a\\tb\\u0007"@en--ltr'
DENIED_TEXTS: Final = {
    "term": f"_:r <{REIFIES}> <<( <x:s> <x:p> {TEXT} )>> .\n",
    "parts": f"_:r <{RDF}subject> <x:s> .\n_:r <{RDF}predicate> <x:p> .\n"
    f"_:r <{RDF}object> {TEXT} .\n",
}


@pytest.mark.parametrize("form", ["nt", pytest.param("ttl", marks=pytest.mark.slow)])
@pytest.mark.parametrize("told", ["term", pytest.param("parts", marks=pytest.mark.slow)])
def test_texts_are_denied_too(told: str, form: str, tmp_path: Path) -> None:
    no = f'{DENIED_TEXTS[told]}_:r <{NEGATED}> "true" .\n'
    yes = f"<x:s> <x:p> {TEXT} .\n<x:q> <{REIFIES}> <<( <x:s> <x:p> {TEXT} )>> .\n"
    merged(tmp_path, {f"no.{form}": no, f"yes.{form}": yes})
    assert [it[:2] for it in listed(tmp_path)] == [("denies", "no"), ("states", "yes")]


@pytest.mark.parametrize(
    ("told", "said", "marked"),
    [
        ("x:r rdf:reifies <<( x:s x:p 'a'@EN )>>", "'a'@en", True),
        ("x:r rdf:reifies <<( x:s x:p 'a'@en--ltr )>>", "'a'@en", False),
        ("x:r rdf:reifies <<( x:s x:p 1 )>>", "1", True),
        ("x:r rdf:reifies <<( x:s x:p 1 )>>", "'1'", False),
        ("x:r rdf:reifies <<( x:s x:p 'x:o' )>>", "x:o", False),
        ("x:r rdf:reifies <<( x:s x:p <<( x:a x:b _:c )>> )>>", "<<( x:a x:b _:c )>>", True),
        ("x:r rdf:reifies <<( x:s x:q x:o )>>", "x:o", False),
        ("x:r rdf:subject x:s ; rdf:predicate x:p ; rdf:object x:o", "x:o", True),
        (
            f"x:r <{OWL}sourceIndividual> x:s ; <{OWL}assertionProperty> x:p ; "
            f"<{OWL}targetIndividual> x:o",
            "x:o",
            False,
        ),
    ],
)
def test_what_is_denied_is_marked(told: str, said: str, marked: bool, tmp_path: Path) -> None:
    text = f"{HEAD}{told} ; b:negated true . x:s x:p {said} . x:s x:p x:other ."
    tables = lined(text, tmp_path)
    assert mark_denied(shared(), tables) == marked
    rows = shared().rows(
        "select more, k = hash(s, p, o, o_kind, datatype, lang, g, more) from read_parquet(@it)"
        " where s = 'x:s'",
        it=literals(tables),
    )
    wanted = [('{"negated":true}' if marked else "", True), ("", True)]
    assert sorted(rows) == sorted(wanted)


def test_of_a_language_case_says_nothing(tmp_path: Path) -> None:
    """Lines keep it as it is written."""
    lines = f'<x:s> <x:p> "a"@EN .\n_:r <{REIFIES}> <<( <x:s> <x:p> "a"@eN )>> .\n'
    (tmp_path / "a.nt").write_text(f'{lines}_:r <{NEGATED}> "true" .\n')
    assert mark_denied(shared(), read_lines(shared(), tmp_path / "a.nt", "a", tmp_path)[0]) == 1


def lined(text: str, folder: Path) -> list[Path]:
    """Return a text in TriG as tables of statements, by way of lines."""
    lines = serialize(parse(text, format=RdfFormat.TRIG), format=RdfFormat.N_QUADS)
    (folder / "a.nq").write_bytes(lines or b"")
    return read_lines(shared(), folder / "a.nq", "a", folder)[0]


def test_the_graphs_of_a_nanopublication_are_not_marked(tmp_path: Path) -> None:
    denied = "x:s x:p x:o {| b:negated true |}"
    head = f"x:head {{ x:np <{NANOPUB}hasAssertion> x:said }}"
    tables = lined(f"{HEAD}{head} x:said {{ {denied} }} x:g {{ x:s x:p x:o }}", tmp_path)
    assert mark_denied(shared(), tables) == 1
    text = "select g from read_parquet(@it) where more <> ''"
    assert shared().rows(text, it=literals(tables)) == [("x:g",)]
    assert mark_denied(shared(), []) == 0


@pytest.mark.parametrize("form", ["ttl", pytest.param("nt", marks=pytest.mark.slow)])
def test_an_exact_match_in_a_triple_term_that_is_denied_links_nothing(
    form: str, tmp_path: Path
) -> None:
    exact = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
    no = f'<x:r> <{REIFIES}> <<( <x:1> {exact} <y:1> )>> .\n<x:r> <{NEGATED}> "true" .\n'
    no += f'<x:n> <{REIFIES}> <<( <x:2> {exact} <y:2> )>> .\n<x:n> <{NEGATED}> "no" .\n'
    no += f'<x:r> <{REIFIES}> <<( <x:2> {exact} "y:2" )>> .\n'
    yes = f"<x:1> {exact} <y:1> .\n<x:2> {exact} <y:2> .\n"
    report, _ = merged(tmp_path, {f"no.{form}": no, f"yes.{form}": yes})
    assert [it["ids"] for it in report.unlinked] == [["x:1", "y:1"]]
    assert report.linked == 1


def test_an_id_that_stands_in_triple_terms_alone_meets_its_other_spelling(tmp_path: Path) -> None:
    old, new = "http://identifiers.org/mesh/D1", "http://id.nlm.nih.gov/mesh/D1"
    denied = f"{HEAD}<< <{old}> x:p x:o >> b:negated true ."
    merged(tmp_path, {"no.ttl": denied, "yes.ttl": f"<{new}> <x:p> <x:o> ."})
    key = f"{new} x:p x:o"
    assert listed(tmp_path) == [("denies", "no", key), ("states", "yes", key)]


@pytest.mark.parametrize("name", ["a.nt", "b.ttl"])
def test_two_texts_that_differ_in_direction_are_two(name: str, tmp_path: Path) -> None:
    texts = {f'<x:s> <x:p> "a"@en{it} .' for it in ("", "--ltr", "--rtl")}
    lines = "\n".join(sorted(texts))
    report, graph = merged(tmp_path, {name: lines, "c.nt": lines})
    assert set(graph.splitlines()) == texts
    assert (report.totals[0].rows, report.totals[0].merged) == (6, 3)


def test_terms_as_deep_as_a_line_may_hold(tmp_path: Path) -> None:
    deep = f"<x:a> <x:b> {'<<( <x:a> <x:b> ' * 999}_:c{' )>>' * 999} ."
    report, graph = merged(tmp_path, {"a.nt": deep, "b.nt": deep + deep})
    assert graph == deep.replace("_:c", "_:a.c") + "\n"
    assert [it.reason for it in report.refused] == ["too many triple terms in a line"]
    again = merge([tmp_path / "a.nt"], tmp_path / "again").totals[0]
    assert (again.rows, again.merged) == (1, 1)
    assert len(lined(deep, tmp_path)) == 1


iris = st.sampled_from(["x:a", "x:b#c", "http://x/é"]).map(NamedNode)
blanks = st.sampled_from(["a", "b.c", "0"]).map(BlankNode)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
literal_terms = st.one_of(
    words.map(Literal),
    words.map(lambda it: Literal(it, language="en")),
    words.map(lambda it: Literal(it, language="en", direction=BaseDirection.RTL)),
    words.map(lambda it: Literal(it, datatype=NamedNode("x:d"))),
)
triple_terms = st.recursive(
    st.one_of(iris, blanks, literal_terms),
    lambda inner: st.builds(Triple, st.one_of(iris, blanks), iris, inner),
    max_leaves=3,
)


@settings(deadline=None, max_examples=40)
@given(term=triple_terms, graph=st.one_of(iris, blanks))
def test_every_term_is_read_back_as_it_was(term: Triple, graph: NamedNode) -> None:
    quad = Quad(BlankNode("s"), NamedNode("x:p"), term, graph)
    (again,) = parse(plain_line(quad, "x"), format=RdfFormat.N_QUADS)
    assert str(again) == re.sub(r'("(?:[^"\\]|\\.)*")|_:', lambda it: it[1] or "_:x.", str(quad))


@pytest.mark.parametrize("read", [read_lines, read_union])
def test_lines_with_a_direction_need_no_parser(read: object, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text('<x:s> <x:p> "a"@en-gb--rtl .\n')
    made = read(shared(), tmp_path / "a.nt", "a", tmp_path)[0]  # type: ignore[operator]
    assert [it.name for it in made] == ["a.parquet"]
