"""The hash of a graph: what it tells apart, and what it takes for the same."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

import samples
from studyclaims.errors import GraphError
from studyclaims.stores.hashes import (
    Dataset,
    Digest,
    dataset_of,
    digest,
    ntriples,
    rewritten,
    whole_hash,
)

NAME = NamedNode("urn:a:b")
GRAPH = NamedNode("urn:a:g")
XSD = "http://www.w3.org/2001/XMLSchema#"


def line(value: str, kind: str) -> bytes:
    return f'<urn:a:b> <urn:a:b> "{value}"^^<{XSD}{kind}> .\n'.encode()


ALIKE = [
    ("1.50", "1.5", "decimal"),
    ("01", "1", "integer"),
    ("1", "true", "boolean"),
    ("PT24H", "P1D", "dayTimeDuration"),
    ("P3D", "259200.0", "dayTimeDuration"),
    ("P21D", "1.8144e+06", "dayTimeDuration"),
    ("1.50", "1.5E0", "double"),
]
OTHER = [
    ("1.5", "1.51", "decimal"),
    ("P3D", "259201.0", "dayTimeDuration"),
    ("P21D", "1.8145e+06", "dayTimeDuration"),
    ("true", "false", "boolean"),
    ("a", "A", "anyURI"),
    ("1.8144e+06", "1814400", "string"),
    ("one", "two", "integer"),
]


@pytest.mark.parametrize(("one", "other", "kind"), ALIKE)
def test_one_value_in_two_spellings_is_one_hash(one: str, other: str, kind: str) -> None:
    assert digest(line(one, kind)) == digest(line(other, kind))
    assert digest(line(one, kind) + line(other, kind)).triples == 1
    written, elsewhere = (digest(line(v, kind), by_value=False) for v in (one, other))
    assert written != elsewhere


@pytest.mark.parametrize(("one", "other", "kind"), OTHER)
def test_another_value_is_another_hash(one: str, other: str, kind: str) -> None:
    assert digest(line(one, kind)) != digest(line(other, kind))


def test_a_text_that_looks_like_a_number_stays_as_it_is() -> None:
    texts = [b'<urn:a:b> <urn:a:b> "1.50" .\n', b'<urn:a:b> <urn:a:b> "1.5" .\n']
    assert digest(texts[0]) != digest(texts[1])
    said = b'<urn:a:b> <urn:a:b> "is \\"1.50\\"^^<%sdecimal> ." .\n' % XSD.encode()
    assert digest(said) == digest(said, by_value=False)


def test_the_hash_is_that_of_the_sorted_lines() -> None:
    lines = [b'<urn:a:b> <urn:a:b> "%d" .' % number for number in (2, 1, 2)]
    expected = hashlib.sha256(b"\n".join(sorted(set(lines)))).hexdigest()
    for by_value in (True, False):
        assert digest(b"\n".join(lines), by_value=by_value) == Digest(2, expected)


@given(st.permutations(range(6)))
def test_the_order_of_lines_is_nothing(order: list[int]) -> None:
    lines = [line(str(number), "integer") for number in range(6)]
    assert digest(b"".join(lines)) == digest(b"".join(lines[number] for number in order))


def test_the_hash_of_a_whole_has_each_name_in_it() -> None:
    one, other = {"urn:a:g": digest(b"")}, {"urn:a:h": digest(b"")}
    assert len({whole_hash(held) for held in ({}, one, other, one | other)}) == 4
    assert whole_hash(one | other) == whole_hash(other | one)


def test_a_dataset_has_each_graph_sorted_and_counts_them() -> None:
    quads = samples.quads()
    dataset = dataset_of([*quads, Quad(NAME, NAME, Literal("1.50"), GRAPH)])
    assert list(dataset.graphs) == sorted(dataset.graphs)
    assert dataset.triples == len(quads) + 1
    lines = dataset.graphs["https://w3id.org/studyclaims/study/small-2020"].splitlines()
    assert lines == sorted(lines)
    assert dataset.sha256 == whole_hash(dataset.digests)
    assert dataset.exact[GRAPH.value] == digest(dataset.graphs[GRAPH.value], by_value=False)


@pytest.mark.parametrize(
    "quad",
    [Quad(NAME, NAME, Literal("1")), Quad(BlankNode("x"), NAME, NAME, GRAPH)],
    ids=["no graph", "blank node"],
)
def test_what_could_never_be_taken_back_is_no_dataset(quad: Quad) -> None:
    with pytest.raises(GraphError):
        dataset_of([quad])


def test_numbers_come_back_in_one_way() -> None:
    decimal = NamedNode(XSD + "decimal")
    quads = [Quad(NAME, NAME, Literal(text, datatype=decimal), GRAPH) for text in ("1.50", "1.5")]
    assert [quad.object for quad in rewritten(quads)] == [Literal("1.5", datatype=decimal)]
    assert ntriples(quad.triple for quad in quads).count(b"\n") == 2


def test_a_dataset_may_be_empty() -> None:
    assert Dataset({}).triples == 0
