"""The dataset's description of itself: every number counted again, in SPARQL."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

import studyclaims.dataset
from samples import KEY, quads
from strategies import quads as any_quads
from studyclaims.build import corpus_quads
from studyclaims.dataset import DATASET, dataset_quads
from studyclaims.formats import serialize
from studyclaims.queries import Rows, ask, plain
from studyclaims.release import DATE, VERSION
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import SC, expand

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

ABOUT: Final = NamedNode("https://w3id.org/studyclaims/dataset")

COUNTS: Final = {
    "void:triples": "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }",
    "void:distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "void:properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    "void:classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
}


@cache
def corpus() -> tuple[Quad, ...]:
    """Return the dataset without its own description."""
    return tuple(q for q in corpus_quads() if q.graph_name != ABOUT)


@cache
def store() -> EmbeddedStore:
    return EmbeddedStore(corpus())


@cache
def description() -> tuple[Quad, ...]:
    return tuple(dataset_quads(corpus()))


def said(found: Iterable[Quad], predicate: str, subject: NamedNode = ABOUT) -> list[str]:
    """Return what a description says of something, as text."""
    wanted = (subject, NamedNode(expand(predicate)))
    return sorted(str(plain(q.object)) for q in found if (q.subject, q.predicate) == wanted)


def counted(text: str) -> list[tuple[Any, ...]]:
    """Return the answer of a query that counts, as plain rows."""
    found = ask(store(), text)
    assert isinstance(found, Rows)
    return [tuple(row.values()) for row in found]


@pytest.mark.parametrize("predicate", COUNTS)
def test_an_overall_count_is_right(predicate: str) -> None:
    assert said(description(), predicate) == [str(n) for ((n,),) in [counted(COUNTS[predicate])]]


def test_the_objects_are_counted_as_they_are_spelled() -> None:
    """A store may know P1D and PT24H for one value, so lines of N-Triples are counted here."""
    lines = serialize(corpus(), "nt", {}).decode().splitlines()
    objects = {line.split(" ", 2)[2] for line in lines}
    assert said(description(), "void:distinctObjects") == [str(len(objects))]


def test_the_corpus_has_more_quads_than_triples() -> None:
    """Else the test above would not tell distinct triples from quads."""
    assert len(corpus()) > int(said(description(), "void:triples")[0])


def partitions(kind: str, named: str, number: str) -> set[tuple[str, int]]:
    """Return (name, number) of each partition of a kind."""
    found = EmbeddedStore(description())
    rows = ask(
        found,
        f"SELECT ?name ?n {{ <{DATASET}> void:{kind} ?part . ?part void:{named} ?name ; "
        f"void:{number} ?n }}",
    )
    assert isinstance(rows, Rows)
    assert len(rows) == len(said(description(), f"void:{kind}")), "a partition lacks a part"
    return {(row["name"], row["n"]) for row in rows}


def test_the_entities_of_each_class_of_ours_are_counted() -> None:
    rows = counted("SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    ours = {row for row in rows if str(row[0]).startswith(SC)}
    assert partitions("classPartition", "class", "entities") == ours
    assert {name.removeprefix(SC) for name, _ in ours} >= {"Study", "Source", "Claim", "Entity"}


def test_the_triples_of_each_predicate_are_counted() -> None:
    text = """
        SELECT ?p (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } GROUP BY ?p
        """
    assert partitions("propertyPartition", "property", "triples") == set(counted(text))


def test_every_graph_is_a_part() -> None:
    graphs = {str(g) for (g,) in counted("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    assert set(said(description(), "dct:hasPart")) == graphs
    base = "https://w3id.org/studyclaims/"
    assert graphs >= {
        f"{base}study/ausk-2017",
        f"{base}graph/vocabulary",
        f"{base}graph/mappings",
        f"{base}graph/terms/go",
    }


def test_every_predicate_is_in_a_named_vocabulary() -> None:
    spaces = said(description(), "void:vocabulary")
    predicates = {q.predicate.value for q in corpus()}
    assert not [p for p in predicates if not p.startswith(tuple(spaces))]
    assert not [s for s in spaces if not any(p.startswith(s) for p in predicates)]


def test_licence_version_and_date_are_those_of_the_release() -> None:
    assert said(description(), "dct:license") == [], "its graphs have licences of their own"
    assert "CC0" in said(description(), "dct:rights")[0]
    assert said(description(), "dcat:version") == [VERSION]
    assert said(description(), "dct:issued") == [DATE]
    assert said(description(), "void:uriSpace") == ["https://w3id.org/studyclaims/"]


def test_the_description_is_of_one_graph_and_has_no_blank_node() -> None:
    assert {q.graph_name for q in description()} == {ABOUT}
    assert {type(q.subject) for q in description()} == {NamedNode}
    assert {type(q.object) for q in description()} == {NamedNode, Literal}


def test_no_clock_and_no_machine_is_asked() -> None:
    """The module imports nothing that knows the time, the folder or the machine."""
    tree = ast.parse(inspect.getsource(studyclaims.dataset))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {getattr(node, "module", None) or node.names[0].name for node in imports}
    outside = {name for name in modules if not name.startswith("studyclaims")}
    allowed = {"__future__", "collections", "collections.abc", "typing", "pyoxigraph"}
    assert outside == allowed


def test_a_graph_that_is_in_twice_is_counted_once() -> None:
    twice = [
        *quads(),
        *(Quad(q.subject, q.predicate, q.object, NamedNode("urn:x:copy")) for q in quads()),
    ]
    once, again = dataset_quads(quads()), dataset_quads(twice)
    for predicate in COUNTS:
        assert said(once, predicate) == said(again, predicate)
    study = f"https://w3id.org/studyclaims/study/{KEY}"
    assert said(once, "dct:hasPart") == [study]
    assert said(again, "dct:hasPart") == [study, "urn:x:copy"]


def test_nothing_is_described_as_nothing() -> None:
    assert {predicate: said(dataset_quads([]), predicate) for predicate in COUNTS} == {
        predicate: ["0"] for predicate in COUNTS
    }


@given(st.lists(any_quads(plain=True), max_size=12), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_neither_order_nor_repetition_changes_a_description(
    some: list[Quad], random: Random
) -> None:
    mixed = [*some, *some]
    random.shuffle(mixed)
    assert set(dataset_quads(mixed)) == set(dataset_quads(some))


@given(st.lists(any_quads(plain=True), max_size=12))
@settings(deadline=None, max_examples=50)
def test_the_counts_of_any_graph_are_right(some: list[Quad]) -> None:
    triples = {q.triple for q in some}
    found = dataset_quads(some)
    assert said(found, "void:triples") == [str(len(triples))]
    assert said(found, "void:distinctSubjects") == [str(len({t.subject for t in triples}))]
    assert said(found, "void:distinctObjects") == [str(len({t.object for t in triples}))]
    named = {q.graph_name for q in some} - {DefaultGraph()}
    assert len(said(found, "dct:hasPart")) == len(named)


def test_it_says_that_relations_are_only_of_own_findings_and_not_every_predicate() -> None:
    (text,) = said(description(), "dct:description")
    assert "Biolink relations occur only where" in text
    assert any(quad.predicate.value.endswith("/agent_type") for quad in quads())
