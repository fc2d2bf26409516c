"""The flagship study: what a path from the toxin reaches, whatever the graph is poured into."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, Triple

from studyclaims.build import corpus_quads
from studyclaims.identifiers import compose
from studyclaims.ontologies.slices import read_slice
from studyclaims.paths import studies_dir, terms_dir
from studyclaims.predicates import RELATIONS, Standing, direct_predicate
from studyclaims.quads import wording
from studyclaims.records import read_record
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Any

TOXIN = expand("CHEBI:3160")
OSTEOPENIA = expand("HP:0000938")
BY_AGENT = expand("sc:byAgent")
BROADER = expand("skos:broader")
INVOLVES = expand("sc:involves")
SUB_PROPERTY = expand("rdfs:subPropertyOf")

ASSERTED = {
    "inflammatory-cell-infiltration",
    "osteoclast-fusion",
    "pro-osteoclastic-expression",
    "marrow-inflammation",
    "giant-osteoclast-predisposition",
}
"""What title and abstract assert of the experiment, by the record's names."""

NEVER = {
    "large-osteoclast-formation",
    "larger-osteoclasts",
    "giant-osteoclast-formation",
    "giant-osteoclasts",
    "bone-resorption",
    "osteopenia",
    "fracture-risk",
}
"""What no causal step may lead to from the toxin."""


@cache
def union() -> frozenset[Triple]:
    return frozenset(quad.triple for quad in corpus_quads())


@cache
def own() -> frozenset[Triple]:
    """Return the triples of the flagship's own graph, and of the graphs that are no study's."""
    others = f"{BASE}study/"
    mine = f"{others}ausk-2017"
    return frozenset(
        quad.triple
        for quad in corpus_quads()
        if not str(quad.graph_name).startswith(f"<{others}") or str(quad.graph_name) == f"<{mine}>"
    )


@cache
def named(name: str) -> str:
    """Return the IRI of an entity of the record."""
    study = read_record(studies_dir() / "ausk-2017.yaml").study
    return compose(name, study.entities).iri


@cache
def tree(name: str) -> frozenset[Triple]:
    """Return a tree of relations: ``biolink`` or ``ro``."""
    return frozenset(quad.triple for quad in read_slice(terms_dir() / f"{name}.ttl"))


@cache
def below(top: str) -> frozenset[str]:
    """Return a relation and all under it, in both trees."""
    parents = [
        (t.subject.value, t.object.value)
        for t in tree("ro") | tree("biolink")
        if t.predicate.value == SUB_PROPERTY
        and isinstance(t.subject, NamedNode)
        and isinstance(t.object, NamedNode)
    ]
    found = {top}
    while more := {child for child, parent in parents if parent in found} - found:
        found |= more
    return frozenset(found)


@cache
def causal() -> frozenset[str]:
    """Return what a reader follows as a cause: Biolink's and RO's causal relations, and order."""
    tops = ("biolink:causes", "biolink:contributes_to", "biolink:affects", "biolink:precedes")
    relations = {iri for top in tops for iri in below(expand(top))}
    return frozenset(relations | below(expand("RO:0002410")) | below(expand("BFO:0000063")))


def starts(triples: Iterable[Triple]) -> set[str]:
    """Return the entities whose own agent is the toxin."""
    return {
        t.subject.value
        for t in triples
        if t.predicate.value == BY_AGENT
        and isinstance(t.object, NamedNode)
        and t.object.value == TOXIN
        and isinstance(t.subject, NamedNode)
    }


def reached(
    triples: Iterable[Triple], predicates: Iterable[str], *, both_ways: str = ""
) -> set[str]:
    """Return what the toxin's entities lead to over these predicates, one of them both ways."""
    steps: dict[str, set[str]] = {}
    wanted = set(predicates)
    everything = list(triples)
    for t in everything:
        if t.predicate.value in wanted | {both_ways} and isinstance(t.object, NamedNode):
            assert isinstance(t.subject, NamedNode)
            steps.setdefault(t.subject.value, set()).add(t.object.value)
            if t.predicate.value == both_ways:
                steps.setdefault(t.object.value, set()).add(t.subject.value)
    found: set[str] = set()
    ahead = starts(everything)
    while ahead:
        name = ahead.pop()
        new = steps.get(name, set()) - found
        found |= new
        ahead |= new
    return found


def predicates_of(*columns: Standing) -> set[str]:
    """Return the predicates in these columns of the table."""
    return {expand(getattr(row, column.value)) for row in RELATIONS.values() for column in columns}


def test_a_shared_term_alone_joins_the_toxin_to_no_osteopenia() -> None:
    firm = predicates_of(Standing.ASSERTED, Standing.NULL) | causal() | {INVOLVES}
    assert OSTEOPENIA not in reached(union(), firm, both_ways=BROADER)


def test_osteopenia_is_reached_when_hedged_and_stated_links_count() -> None:
    every = predicates_of(*Standing) | causal() | {INVOLVES}
    assert OSTEOPENIA in reached(union(), every, both_ways=BROADER)


@pytest.mark.parametrize("name", sorted(NEVER))
def test_every_path_has_a_hedged_or_stated_step(name: str) -> None:
    """Without the hedged and the stated steps no path is left: each one needs such a step.

    Joins that nobody claims, to broader and narrower entities, are followed all the same.
    """
    firm = predicates_of(Standing.ASSERTED, Standing.NULL) | causal()
    assert named(name) not in reached(union(), firm, both_ways=BROADER)


def test_over_causal_predicates_the_toxin_reaches_just_what_is_asserted() -> None:
    assert reached(own(), causal()) == {named(name) for name in ASSERTED}


def test_a_planted_hedge_leak_is_seen() -> None:
    leak = Triple(
        NamedNode(named("marrow-inflammation")),
        NamedNode(expand("biolink:causes")),
        NamedNode(named("large-osteoclast-formation")),
    )
    assert named("large-osteoclast-formation") in reached({*union(), leak}, causal())


def closure(triples: Iterable[Triple]) -> frozenset[Triple]:
    """Return the RDFS and OWL RL closure, rdflib's terms that are no IRI left out."""
    import owlrl
    import rdflib

    graph = rdflib.Graph()
    for t in triples:
        if isinstance(t.object, NamedNode) and isinstance(t.subject, NamedNode):
            iris = (t.subject.value, t.predicate.value, t.object.value)
            graph.add(tuple(rdflib.URIRef(iri) for iri in iris))  # type: ignore[arg-type]
    owlrl.DeductiveClosure(owlrl.CombinedClosure.RDFS_OWLRL_Semantics).expand(graph)
    return frozenset(
        Triple(NamedNode(str(s)), NamedNode(str(p)), NamedNode(str(o)))
        for s, p, o in graph
        if all(isinstance(term, rdflib.URIRef) and ":" in term for term in (s, p, o))
    )


@cache
def reasoned() -> frozenset[Triple]:
    """Return the closure of the union with the Biolink and the RO hierarchies."""
    return closure(own() | tree("biolink") | tree("ro"))


@pytest.mark.slow
def test_after_reasoning_the_toxin_still_reaches_just_what_is_asserted() -> None:
    assert len(reasoned()) > len(own()), "nothing was reasoned"
    contributes = expand("biolink:contributes_to")
    assert any(t.predicate.value == contributes for t in reasoned()), "no hierarchy was used"
    assert reached(reasoned(), causal()) == {named(name) for name in ASSERTED}


@pytest.mark.slow
def test_reasoning_over_a_leaking_hierarchy_is_seen() -> None:
    """A hedged predicate under a Biolink one turns "may" into "causes": this must be seen."""
    hedged, cause = NamedNode(expand("sc:mayCause")), NamedNode(expand("biolink:causes"))
    leak = Triple(hedged, NamedNode(SUB_PROPERTY), cause)
    claims = {t for t in union() if t.predicate.value in predicates_of(*Standing) | {BY_AGENT}}
    assert named("large-osteoclast-formation") in reached(closure({*claims, leak}), causal())


def asserted_causes() -> set[tuple[str, str, str]]:
    """Return (subject, predicate, object) of each causal triple that a record's claims assert."""
    wanted = {expand(p) for p in ("biolink:causes", "biolink:contributes_to")}
    found: set[tuple[str, str, str]] = set()
    for path in studies_dir().glob("*.yaml"):
        study = read_record(path).study
        for proposition in study.propositions:
            ends = [
                compose(n, study.entities).iri for n in (proposition.about, proposition.outcome)
            ]
            for claim in proposition.claims:
                curie = direct_predicate(RELATIONS[proposition.link], wording(study, claim))
                if curie and expand(curie) in wanted:
                    found.add((ends[0], expand(curie), ends[1]))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("memory", [False, True], ids=["stream", "memory"])
def test_kgx_reads_just_the_asserted_causes(
    kgx_edges: Callable[..., list[dict[str, Any]]], tmp_path: Path, memory: bool
) -> None:
    from kgx.environment import causal as causal_edges
    from studyclaims.formats import serialize

    path = tmp_path / "studyclaims.nt"
    path.write_bytes(serialize(corpus_quads(), "nt", {}))
    edges = kgx_edges(path, memory=memory)
    own_ones = {(named("calf-paralysis"), expand("biolink:causes"), named(n)) for n in ASSERTED}
    found = {(s, expand(p), o) for s, p, o in causal_edges(edges)}
    assert found == asserted_causes() > own_ones
    lifted = [edge for edge in edges if edge.get("id", "").startswith(f"{BASE}proposition/")]
    assert not lifted, "a proposition became an edge"
