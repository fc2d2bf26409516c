from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from strategies import PREFIXES, XSD, iris, literals, quads
from studyclaims.errors import GraphError
from studyclaims.turtle import LEADING_PREDICATES, require_ground, write_trig, write_turtle

if TYPE_CHECKING:
    import random

S, P = NamedNode("https://ex.org/s"), NamedNode("https://ex.org/p")
G = NamedNode("https://ex.org/g/1")

GOLDEN = """\
# What this file is for.
#
# Second paragraph.

@prefix ex: <https://ex.org/> .
@prefix exns: <https://ex.org/ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:first a ex:Class .

ex:second ex:p <https://ex.org/a/b> .

<https://ex.org/g/1> {
    ex:first a ex:Class,
            exns:Class ;
        rdfs:label "first",
            "zuerst"@de ;
        skos:prefLabel "one" ;
        skos:definition "Says \\"hi\\"\\nand \\u202E\\\\." ;
        <http://purl.org/dc/terms/title> "title" ;
        rdf:subject ex:s ;
        rdf:predicate ex:p ;
        rdf:object ex:o ;
        <https://other.org/p> ex:o ;
        ex:date "2017-01-01"^^xsd:date ;
        ex:flag "1"^^xsd:boolean,
            true ;
        ex:number "-0"^^xsd:integer,
            "01"^^xsd:integer,
            "1e3"^^xsd:double,
            -12,
            1.50 ;
        exns:after ex:o .

    ex:second ex:p ex:o .
}

<https://ex.org/g/2> {
    ex:first ex:p ex:o .
}
"""


def quad(subject: str, predicate: str, term: str, graph: str = "") -> Quad:
    """Return the quad of one N-Quads line whose prefixed names are spelled with PREFIXES."""

    def long(text: str) -> str:
        if text[0] in '"<' and "^^" not in text:
            return text
        before, mark, name = text.rpartition("^^")
        prefix, local = name.split(":")
        return f"{before}{mark}<{PREFIXES[prefix]}{local}>"

    parts = [long(part) for part in (subject, predicate, term, graph) if part]
    (found,) = parse(" ".join([*parts, "."]), format=RdfFormat.N_QUADS)
    assert isinstance(found, Quad)
    return found


GOLDEN_QUADS = [
    quad("ex:first", "rdf:type", "ex:Class"),
    quad("ex:second", "ex:p", "<https://ex.org/a/b>"),
    quad("ex:first", "ex:p", "ex:o", "<https://ex.org/g/2>"),
    quad("ex:second", "ex:p", "ex:o", "<https://ex.org/g/1>"),
    *(
        quad("ex:first", predicate, term, "<https://ex.org/g/1>")
        for predicate, term in [
            ("<https://other.org/p>", "ex:o"),
            ("exns:after", "ex:o"),
            ("ex:number", '"1.50"^^xsd:decimal'),
            ("ex:number", '"-12"^^xsd:integer'),
            ("ex:number", '"-0"^^xsd:integer'),
            ("ex:number", '"01"^^xsd:integer'),
            ("ex:number", '"1e3"^^xsd:double'),
            ("ex:flag", '"true"^^xsd:boolean'),
            ("ex:flag", '"1"^^xsd:boolean'),
            ("ex:date", '"2017-01-01"^^xsd:date'),
            ("rdf:object", "ex:o"),
            ("rdf:predicate", "ex:p"),
            ("rdf:subject", "ex:s"),
            ("<http://purl.org/dc/terms/title>", '"title"'),
            ("skos:definition", '"Says \\"hi\\"\\nand \u202e\\\\."'),
            ("skos:prefLabel", '"one"'),
            ("rdfs:label", '"zuerst"@de'),
            ("rdfs:label", '"first"'),
            ("rdf:type", "exns:Class"),
            ("rdf:type", "ex:Class"),
        ]
    ),
]


def object_text(term: Literal | NamedNode, prefixes: dict[str, str] | None = None) -> str:
    """Return how the writer writes one object."""
    page = write_trig([Quad(S, P, term)], prefixes if prefixes is not None else PREFIXES)
    *_, last = page.removesuffix(" .\n").split("\n")
    return last.split(" ", 2)[2]


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


def test_the_layout_of_trig() -> None:
    comment = "What this file is for.\n\nSecond paragraph."
    assert write_trig(GOLDEN_QUADS, PREFIXES, comment=comment) == GOLDEN


def test_the_layout_of_turtle() -> None:
    statements = [Triple(S, P, Literal("b")), Triple(S, P, Literal("a")), Triple(G, P, S)]
    assert write_turtle(statements, PREFIXES) == (
        "@prefix ex: <https://ex.org/> .\n\n"
        "<https://ex.org/g/1> ex:p ex:s .\n\n"
        'ex:s ex:p "a",\n        "b" .\n'
    )


def test_nothing_is_an_empty_file() -> None:
    assert write_trig([], PREFIXES) == ""
    assert write_turtle([], PREFIXES, comment="Empty.") == "# Empty.\n"


def test_the_golden_file_reads_back() -> None:
    assert set(parse(GOLDEN, format=RdfFormat.TRIG)) == set(GOLDEN_QUADS)


@settings(max_examples=60, deadline=None)
@given(st.lists(quads(), max_size=12), st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(some: list[Quad], chance: random.Random) -> None:
    text = write_trig(some, PREFIXES)
    turtle = write_turtle(some, PREFIXES, union=True)
    shuffled = some * 2
    chance.shuffle(shuffled)
    reversed_prefixes = dict(reversed(PREFIXES.items()))
    assert write_trig(shuffled, reversed_prefixes) == text
    assert write_turtle(shuffled, reversed_prefixes, union=True) == turtle


@settings(max_examples=100, deadline=None)
@given(st.lists(quads(), max_size=12), st.sampled_from([PREFIXES, {}, {"": "https://ex.org/"}]))
def test_trig_reads_back(some: list[Quad], prefixes: dict[str, str]) -> None:
    text = write_trig(some, prefixes)
    assert set(parse(text, format=RdfFormat.TRIG)) == set(some)
    assert write_trig(parse(text, format=RdfFormat.TRIG), prefixes) == text


@settings(max_examples=100, deadline=None)
@given(st.lists(quads(), max_size=12))
def test_the_union_reads_back(some: list[Quad]) -> None:
    text = write_turtle(some, PREFIXES, union=True)
    found = {quad.triple for quad in parse(text, format=RdfFormat.TURTLE)}
    assert found == {quad.triple for quad in some}
    assert write_turtle((quad.triple for quad in some), PREFIXES) == text


@settings(max_examples=100, deadline=None)
@given(literals())
def test_an_object_is_one_line_without_hidden_characters(literal: Literal) -> None:
    text = object_text(literal)
    assert len(text.splitlines()) <= 1
    assert not set(text) & set("\t\r\n\x85\u2028\u2029\u202e\ufeff\ufffe\x7f")


@settings(max_examples=100, deadline=None)
@given(iris())
def test_only_used_prefixes_are_written(iri: NamedNode) -> None:
    lines = write_trig([Quad(iri, iri, iri)], PREFIXES).splitlines()
    body = lines[-1]
    for name in PREFIXES:
        assert any(line.startswith(f"@prefix {name}: ") for line in lines) == (
            f" {name}:" in f" {body}"
        )


@pytest.mark.parametrize(
    ("text", "datatype", "bare"),
    [
        *((text, "integer", True) for text in ("0", "7", "-12", "9" * 41)),
        *((text, "integer", False) for text in ("-0", "01", "+5", "1.0", " 1", "", "9" * 42, "१")),
        *((text, "decimal", True) for text in ("1.50", "0.0", "-0.0", "0.000001", "100.000")),
        *((text, "decimal", False) for text in ("1", "1.", ".5", "+1.5", "01.5", "0.0000001")),
        *((text, "boolean", True) for text in ("true", "false")),
        *((text, "boolean", False) for text in ("1", "0", "TRUE", "True", "")),
        *((text, "double", False) for text in ("1e3", "1.0E0", "NaN")),
        ("0", "int", False),
        ("true", "string", False),
    ],
)
def test_bare_tokens(text: str, datatype: str, bare: bool) -> None:
    suffix = "" if datatype == "string" else f"^^xsd:{datatype}"
    assert object_text(typed(text, datatype)) == (text if bare else f'"{text}"{suffix}')


@pytest.mark.parametrize(
    ("local", "short"),
    [
        *((local, True) for local in ("a", "_a", "1", "a-", "a.b", "a..b", "01_x")),
        *((local, False) for local in ("", "a.", ".a", "-a", "a/b", "a:b", "%20", "é", "a,b")),
    ],
)
def test_local_names(local: str, short: bool) -> None:
    text = object_text(NamedNode("https://ex.org/" + local), {"ex": "https://ex.org/"})
    assert text == (f"ex:{local}" if short else f"<https://ex.org/{local}>")


def test_the_longest_namespace_wins_then_the_first_name() -> None:
    space = "https://ex.org/"
    prefixes = {"short": space, "b": space + "B_", "a": space + "B_", "slash": space + "B_1/"}
    assert object_text(NamedNode(space + "B_1"), prefixes) == "a:1"
    assert object_text(NamedNode(space + "B_"), prefixes) == "short:B_"
    assert object_text(NamedNode(space + "B_1/2"), prefixes) == "slash:2"


@pytest.mark.parametrize("name", ["a.b", "", "a-b", "x1"])
def test_prefix_names_that_can_be_written(name: str) -> None:
    text = write_trig([Quad(S, P, S)], {name: "https://ex.org/"})
    assert f"{name}:s {name}:p {name}:s ." in text
    assert set(parse(text, format=RdfFormat.TRIG)) == {Quad(S, P, S)}


@pytest.mark.parametrize("name", ["1a", "a.", "a b", "a:", "_", "é", "a\n"])
def test_prefix_names_that_cannot(name: str) -> None:
    with pytest.raises(GraphError, match="cannot be written in Turtle"):
        write_trig([], {name: "https://ex.org/"})


def test_characters_illegal_in_iris_cannot_break_out() -> None:
    line = "<https://ex.org/s> <https://ex.org/p> <https://ex.org/a b{}> ."
    loose = list(parse(line, format=RdfFormat.N_QUADS, lenient=True))
    assert "<https://ex.org/a\\u0020b\\u007B\\u007D>" in write_trig(loose, PREFIXES)


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
def test_a_comment_cannot_break_out(break_: str) -> None:
    text = write_trig([], {}, comment=f"one{break_}<a> <b> <c> .")
    assert text == "# one\n# <a> <b> <c> .\n"


def test_subject_rank_comes_before_the_iri() -> None:
    some = [Quad(NamedNode(f"https://ex.org/{name}"), P, S, G) for name in "abc"]
    text = write_trig(some, PREFIXES, subject_rank=lambda iri: 0 if iri.endswith("b") else 1)
    assert [line[4:8] for line in text.splitlines() if line.startswith("    ")] == [
        "ex:b",
        "ex:a",
        "ex:c",
    ]


@pytest.mark.parametrize(
    "bad",
    [
        Quad(BlankNode("b1"), P, S),
        Quad(S, P, BlankNode("b1")),
        Quad(S, P, Triple(S, P, Literal("b1"))),
        Quad(S, P, Literal("b1", language="ar", direction=BaseDirection.RTL)),
    ],
)
def test_what_is_refused(bad: Quad) -> None:
    for write in (
        lambda: write_trig([bad], PREFIXES),
        lambda: write_turtle([bad], PREFIXES),
        lambda: list(require_ground([bad])),
    ):
        with pytest.raises(GraphError, match=r"b1.* in the statement"):
            write()


def test_a_blank_node_as_graph_is_refused_unless_left_out() -> None:
    some = [Quad(S, P, S, BlankNode("b1"))]
    with pytest.raises(GraphError, match="_:b1 in the statement"):
        write_trig(some, PREFIXES)
    assert "ex:s ex:p ex:s ." in write_turtle(some, PREFIXES, union=True)


def test_turtle_refuses_named_graphs_unless_asked_for_the_union() -> None:
    some = [Quad(S, P, S, G), Quad(S, P, S, DefaultGraph())]
    with pytest.raises(GraphError, match=r"<https://ex\.org/g/1> is a named graph"):
        write_turtle(some, PREFIXES)
    assert write_turtle(some, PREFIXES, union=True) == write_turtle(some[1:], PREFIXES)


def test_leading_predicates_are_unique() -> None:
    assert len(set(LEADING_PREDICATES)) == len(LEADING_PREDICATES)


@pytest.mark.slow
def test_twenty_thousand_quads_take_less_than_half_a_second() -> None:
    nodes = [NamedNode(f"https://ex.org/{number}") for number in range(1000)]
    some = [
        Quad(node, NamedNode(f"https://ex.org/p{number}"), Literal(f"{number} \\ \n"), G)
        for node in nodes
        for number in range(20)
    ]
    start = time.process_time()
    write_trig(some, PREFIXES)
    assert time.process_time() - start < 0.5
