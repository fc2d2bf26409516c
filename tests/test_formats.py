from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat

from strategies import NOT_IN_XML, PREFIXES, XSD, quads
from studyclaims.errors import GraphError
from studyclaims.formats import FORMATS, Statement, canonical_hash, check, read_back, serialize

if TYPE_CHECKING:
    import random

S, P = NamedNode("https://ex.org/s"), NamedNode("https://ex.org/p")
G = NamedNode("https://ex.org/g/1")
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
ALL = tuple(FORMATS)
NOT_XML = tuple(name for name in ALL if name != "rdf")


def integer(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "integer"))


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=60, deadline=None)
@given(some=st.lists(quads(plain=True), max_size=6))
def test_every_format_reads_back_equal(name: str, some: list[Quad]) -> None:
    check(serialize(some, name, PREFIXES), name, some)


@pytest.mark.parametrize("name", NOT_XML)
@settings(max_examples=60, deadline=None)
@given(some=st.lists(quads(), max_size=6))
def test_all_but_xml_hold_hostile_quads(name: str, some: list[Quad]) -> None:
    check(serialize(some, name, PREFIXES), name, some)


def written_right_or_refused(name: str, some: list[Quad]) -> None:
    try:
        data = serialize(some, name, PREFIXES)
    except GraphError:
        assert name == "rdf"
    else:
        check(data, name, some)


@settings(max_examples=60, deadline=None)
@given(some=st.lists(quads(), max_size=3))
def test_xml_holds_hostile_quads_or_refuses(some: list[Quad]) -> None:
    written_right_or_refused("rdf", some)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
@settings(max_examples=1500, deadline=None)
@given(some=st.lists(quads(), max_size=12))
def test_many_hostile_quads(name: str, some: list[Quad]) -> None:
    written_right_or_refused(name, some)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=50, deadline=None)
@given(some=st.lists(quads(plain=True), max_size=8), chance=st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(
    name: str, some: list[Quad], chance: random.Random
) -> None:
    data = serialize(some, name, PREFIXES)
    shuffled = some * 2
    chance.shuffle(shuffled)
    assert serialize(shuffled, name, dict(reversed(PREFIXES.items()))) == data


@settings(max_examples=50, deadline=None)
@given(st.lists(quads(), max_size=8), st.randoms(use_true_random=False))
def test_the_hash_is_of_the_set_of_quads(some: list[Quad], chance: random.Random) -> None:
    found = canonical_hash(some)
    assert found == hashlib.sha256(serialize(some, "nq", {})).hexdigest()
    shuffled = some * 2
    chance.shuffle(shuffled)
    assert canonical_hash(shuffled) == found
    assert (
        canonical_hash([*some, Quad(S, P, Literal("one more, not made by the strategy"))]) != found
    )


SEED_SCRIPT = """
import sys
from pyoxigraph import Literal, NamedNode, Quad
from studyclaims.formats import FORMATS, serialize
def node(name): return NamedNode("https://ex.org/" + name)
quads = {
    Quad(node(s), node(p), term, node(g))
    for s in "abc" for p in "pqr" for g in "gh"
    for term in (node("o"), Literal("1"), Literal("x", language="en"))
}
prefixes = {name: "https://ex.org/" for name in {"ex", "e", "also", "z"}}
for name in FORMATS:
    sys.stdout.buffer.write(serialize(quads, name, prefixes))
"""


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    source = Path(__file__).parents[1] / "scripts"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SEED_SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(source)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert b"also:o" in outputs.pop()


def test_formats_agree_with_pyoxigraph() -> None:
    for name, (suffix, media_type, holds_graphs) in FORMATS.items():
        known = RdfFormat.from_extension(suffix.removeprefix("."))
        assert known is not None
        assert known == RdfFormat.from_media_type(media_type)
        assert known.supports_datasets == holds_graphs, name


@pytest.mark.parametrize("name", ALL)
def test_formats_without_graphs_hold_the_union(name: str) -> None:
    some = [Quad(S, P, integer("01"), G), Quad(S, P, integer("01")), Quad(S, P, S, G)]
    data = serialize(some, name, PREFIXES)
    check(data, name, some)
    for found in read_back(data, name).values():
        assert len(found) == (3 if FORMATS[name].holds_graphs else 2)


def test_a_plain_text_and_an_explicit_string_are_equal() -> None:
    line = b'<https://ex.org/s> <https://ex.org/p> "1"^^<http://www.w3.org/2001/XMLSchema#string> .'
    check(line, "nt", [Quad(S, P, Literal("1"))])
    found = read_back(line, "nt")
    assert found["rdflib"] == found["pyoxigraph"]
    assert found["rdflib"] == {Statement(S.value, P.value, "1", XSD + "string", "", "")}


@pytest.mark.parametrize(
    ("data", "reader", "fault"),
    [
        (b'<https://ex.org/s> <https://ex.org/p> "1"@en .', "pyoxigraph", "lacks"),
        (b"<https://ex.org/s> <https://ex.org/p> 1, 01, 2 .", "pyoxigraph", "adds"),
        (b"<https://ex.org/s> <https://ex.org/p> 1, 01 .", "rdflib", "lacks"),
        (b"<https://ex.org/s> <https://ex.org/p> 1, 01", "pyoxigraph", "cannot read"),
    ],
)
def test_check_names_the_reader_and_the_statement(data: bytes, reader: str, fault: str) -> None:
    wanted = [Quad(S, P, integer("1")), Quad(S, P, integer("01"))]
    with pytest.raises(GraphError) as caught:
        check(data, "ttl", wanted)
    words = str(caught.value)
    assert reader in words
    assert fault in words
    if fault == "lacks":
        assert '<https://ex.org/s> <https://ex.org/p> "01"^^<' in words


def test_check_tells_graphs_apart() -> None:
    data = serialize([Quad(S, P, S)], "trig", PREFIXES)
    with pytest.raises(GraphError, match=r"pyoxigraph lacks <.*> <https://ex\.org/g/1>; do not"):
        check(data, "trig", [Quad(S, P, S, G)])


def test_relative_iris_do_not_leak_the_folder() -> None:
    for found in read_back(b"<a> <b> <c> .", "ttl").values():
        subject, predicate, term = (f"https://base.invalid/{end}" for end in "abc")
        assert found == {Statement(subject, predicate, term, "", "", "")}


def test_nothing_is_fetched() -> None:
    remote = b'{"@context": "http://localhost:9/context.jsonld", "@id": "https://ex.org/s"}'
    with pytest.raises(GraphError, match="pyoxigraph cannot read"):
        read_back(remote, "jsonld")


@pytest.mark.parametrize("switch", [True, False])
def test_rdflib_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch, switch: bool) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", switch)
    ill_typed = [Quad(S, P, integer("x")), Quad(S, P, integer("01"))]
    check(serialize(ill_typed, "ttl", PREFIXES), "ttl", ill_typed)
    with pytest.raises(GraphError, match="rdflib cannot read"):
        read_back(b"<https://ex.org/s> <https://ex.org/p> " + b"9" * 5000 + b" .", "ttl")
    assert rdflib.NORMALIZE_LITERALS is switch
    assert not logging.getLogger("rdflib.term").disabled


def test_ill_typed_literals_are_not_reported(caplog: pytest.LogCaptureFixture) -> None:
    some = [Quad(S, P, integer("x"))]
    check(serialize(some, "nq", {}), "nq", some)
    assert not caplog.records


@pytest.mark.parametrize("character", NOT_IN_XML)
def test_characters_that_xml_cannot_hold(character: str) -> None:
    some = [Quad(S, P, Literal(f"a{character}b"))]
    with pytest.raises(GraphError, match="XML cannot hold"):
        serialize(some, "rdf", PREFIXES)
    raw = pyoxigraph.serialize([some[0].triple], format=RdfFormat.RDF_XML)
    assert raw is not None
    with pytest.raises(GraphError, match="rdflib cannot read the rdf"):
        check(raw, "rdf", some)


def test_xml_keeps_carriage_returns_which_pyoxigraph_alone_does_not() -> None:
    some = [Quad(S, P, Literal("a\rb\r\nc"))]
    check(serialize(some, "rdf", PREFIXES), "rdf", some)
    raw = pyoxigraph.serialize([some[0].triple], format=RdfFormat.RDF_XML)
    assert raw is not None
    with pytest.raises(GraphError, match="rdflib lacks"):
        check(raw, "rdf", some)


@pytest.mark.parametrize(
    "bad",
    [
        Quad(S, NamedNode("https://ex.org/123"), S),
        Quad(S, RDF_TYPE, NamedNode("https://ex.org/123")),
        Quad(S, RDF_TYPE, NamedNode("https://ex.org/a/")),
        Quad(S, NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#li"), S),
    ],
)
def test_tags_that_xml_cannot_hold(bad: Quad) -> None:
    with pytest.raises(GraphError, match="RDF/XML"):
        serialize([bad], "rdf", PREFIXES)
    for name in NOT_XML:
        check(serialize([bad], name, PREFIXES), name, [bad])


@pytest.mark.parametrize("iri", ["https://ex.org/a?", "https://ex.org/a;", "HTTPS://ex.org/a"])
def test_check_finds_iris_that_rdflib_rewrites(iri: str) -> None:
    some = [Quad(NamedNode(iri), P, S)]
    with pytest.raises(GraphError, match="rdf read by rdflib lacks"):
        check(serialize(some, "rdf", PREFIXES), "rdf", some)
    for name in NOT_XML:
        check(serialize(some, name, PREFIXES), name, some)


def test_the_layout_of_json_ld() -> None:
    some = [Quad(S, P, integer("01")), Quad(S, P, Literal("é", language="fr"), G)]
    assert (
        serialize(some, "jsonld", PREFIXES).decode()
        == """\
[
  {
    "@id": "https://ex.org/s",
    "https://ex.org/p": [
      {
        "@type": "http://www.w3.org/2001/XMLSchema#integer",
        "@value": "01"
      }
    ]
  },
  {
    "@id": "https://ex.org/g/1",
    "@graph": [
      {
        "@id": "https://ex.org/s",
        "https://ex.org/p": [
          {
            "@language": "fr",
            "@value": "é"
          }
        ]
      }
    ]
  }
]
"""
    )


def test_xml_names_only_the_prefixes_it_needs() -> None:
    text = serialize([Quad(S, P, S)], "rdf", PREFIXES).decode()
    assert 'xmlns:ex="https://ex.org/"' in text
    assert "<ex:p rdf:resource=" in text
    assert "CHEBI" not in text


@pytest.mark.parametrize("name", ALL)
def test_blank_nodes_are_refused(name: str) -> None:
    some = [Quad(S, P, BlankNode("b1"))]
    with pytest.raises(GraphError, match="_:b1"):
        serialize(some, name, PREFIXES)
    with pytest.raises(GraphError, match="_:b1"):
        check(b"", name, some)


@pytest.mark.parametrize("call", [lambda: serialize([], "n3", {}), lambda: read_back(b"", "n3")])
def test_an_unknown_format_is_named(call: object) -> None:
    assert callable(call)
    with pytest.raises(GraphError, match="no format is called 'n3'; the formats are trig, nq"):
        call()
