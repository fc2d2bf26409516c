from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse
from rdflib import RDF, RDFS, SH, URIRef
from rdflib.plugins import sparql

from shape_cases import CASES, EDGES, Case
from shape_drafts import DRAFTER, GRAPH, OTHER, B, D, Draft, small, small_text, term, typed
from studyclaims.errors import GraphError, SetupError
from studyclaims.lags import Bound
from studyclaims.model import Curation, Part
from studyclaims.paths import ontology_dir, shapes_dir
from studyclaims.predicates import (
    RELATIONS,
    Basis,
    Certainty,
    Role,
    Stance,
)
from studyclaims.rdf import node
from studyclaims.shapes import (
    PARAMETERS,
    SHAPES,
    Result,
    as_findings,
    constraint_count,
    constraints,
    load_shapes,
    read_shapes,
    validate_quads,
)
from studyclaims.terms import compress, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


FILES = sorted(path.name for path in shapes_dir().glob("*.ttl"))
AGENTS = set(get_args(Curation.model_fields["agent_type"].annotation))
LINKS = frozenset({"sh:property", "sh:sparql"})
KEPT = {expand(name) for name in ("biolink:causes", "sc:mayCause")}


@cache
def quick() -> rdflib.Graph:
    """Return the shapes without the predicates that no case plants: they only cost time."""
    graph = type(load_shapes())()
    for statement in load_shapes():
        shape, predicate, value = statement
        planted = str(value) in KEPT
        if (shape, predicate) != (URIRef(SHAPES + "Triple"), SH.targetNode) or planted:
            graph.add(statement)
    return graph


def broken(quads: Iterable[Quad], shapes: rdflib.Graph | None = None) -> list[str]:
    results = validate_quads(quads, shapes or quick())
    return [result.shape.removeprefix(SHAPES) for result in results]


def some(values: Iterable[Any], every: int, names: Callable[[Any], str] = str) -> list[Any]:
    """Return parameters of which only every so-manieth runs by default, the others as slow."""
    marks = [pytest.mark.slow]
    return [
        pytest.param(value, id=names(value), marks=marks if number % every else [])
        for number, value in enumerate(values)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("case", some(CASES, 4, lambda case: f"{case.shape}: {case.name}"))
def test_each_check_finds_what_breaks_it(case: Case) -> None:
    assert sorted(broken(case.quads())) == sorted([case.shape, *case.also])


@pytest.mark.slow
@pytest.mark.parametrize("name", EDGES)
def test_the_allowed_edge_breaks_nothing(name: str) -> None:
    draft = Draft()
    EDGES[name](draft)
    assert broken(draft.quads()) == []


def members() -> dict[str, set[str]]:
    """Return the shapes that stand in an sh:or, each with the shapes around it."""
    found: dict[str, set[str]] = {}
    for shape, head in load_shapes().subject_objects(SH["or"]):
        for member in load_shapes().items(head):
            found.setdefault(local(member), set()).add(local(shape))
    return found


def local(shape: object) -> str:
    return str(shape).removeprefix(SHAPES)


def watchers(shape: str) -> set[str]:
    """Return the checks whose cases must notice a change of this shape."""
    inner = {
        local(check)
        for link in (SH.property, SH.sparql)
        for check in load_shapes().objects(URIRef(SHAPES + shape), link)
    }
    return {shape} | inner | members().get(shape, set())


def test_every_check_has_a_case() -> None:
    have = {case.shape for case in CASES}
    checks = {local(shape) for shape in constraints(load_shapes())}
    assert have <= checks
    assert {shape for shape in checks - have if not members().get(shape, set()) & have} == set()


def mutations() -> list[tuple[Any, Any, Any]]:
    """Return every demand, every link to a check, and the targets of the hand-written shapes."""
    generated = ("Predicate-", "Triple")
    found = []
    for statement in load_shapes():
        shape, predicate, _ = statement
        name = compress(str(predicate))
        target = name.startswith("sh:target") and not local(shape).startswith(generated)
        # without its sh:select a SPARQL constraint is ill-formed; its sh:sparql link is removed
        demand = name in (PARAMETERS | LINKS) - {"sh:select"}
        if isinstance(shape, URIRef) and (target or demand):
            found.append(statement)
    return sorted(found, key=lambda s: (s[0], s[1], "" if isinstance(s[2], rdflib.BNode) else s[2]))


def survives(mutation: tuple[Any, Any, Any]) -> bool:
    """Return whether the shapes without this statement still find every case."""
    shape, predicate, value = mutation
    linked = compress(str(predicate)) in LINKS
    names = watchers(local(value)) if linked else watchers(local(shape))
    mutant = type(quick())()
    for statement in quick():
        if statement != mutation:
            mutant.add(statement)
    watching = (case for case in CASES if case.shape in names)
    return all(case.shape in broken(case.quads(), mutant) for case in watching)


def test_some_demands_are_each_needed() -> None:
    chosen = mutations()[::80]
    assert len(chosen) >= 3
    assert [mutation for mutation in chosen if survives(mutation)] == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_every_demand_is_needed(part: int) -> None:
    assert len(mutations()) > 200
    assert [mutation for mutation in mutations()[part::4] if survives(mutation)] == []


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        pytest.param("Invariant-stance", {f"sc:{word}" for word in Stance}, id="stance"),
        pytest.param("Invariant-certainty", {f"sc:{word}" for word in Certainty}, id="certainty"),
        pytest.param("Invariant-basis", {f"sc:{word}" for word in Basis}, id="basis"),
        pytest.param("Invariant-role", {f"sc:{word}" for word in Role}, id="role"),
        pytest.param("Lag-bound", {f"sc:{word}" for word in Bound}, id="bound"),
        pytest.param("Source-part", set(get_args(Part)), id="part"),
        pytest.param(
            "Curation-status",
            {f"sc:{word}" for word in get_args(Curation.model_fields["status"].annotation)},
            id="status",
        ),
        pytest.param("Curation-agent", AGENTS, id="agent type"),
        pytest.param("Curation-automated", AGENTS - {"manual_agent"}, id="automated"),
        pytest.param(
            "Curation-unvalidated",
            AGENTS - {"manual_validation_of_automated_agent"},
            id="validated",
        ),
        pytest.param(
            "Invariant-hypothesis",
            {f"sc:{word}" for word in Certainty if word is not Certainty.ASSERTED},
            id="hypothesis",
        ),
        pytest.param(
            "Association-biolink",
            {p for r in RELATIONS.values() for p in r.predicates if p.startswith("biolink:")},
            id="Biolink",
        ),
    ],
)
def test_the_value_sets_are_those_of_the_model(shape: str, words: set[str]) -> None:
    (head,) = load_shapes().objects(URIRef(SHAPES + shape), SH["in"])
    assert {compress(str(value)) for value in load_shapes().items(head)} == words


@pytest.mark.parametrize("name", FILES)
def test_how_a_shape_file_looks(name: str) -> None:
    shapes = read_shapes([shapes_dir() / name])
    nodes = set(shapes.subjects(RDF.type, SH.NodeShape))
    own = {s for s in shapes.subjects() if isinstance(s, URIRef)} - {URIRef(SHAPES)}
    assert len(nodes) == (name not in {"predicate.ttl", "prefixes.ttl", "term.ttl"})
    assert {local(shape).partition("-")[0].lower() for shape in own} <= {name[:-4], "prefix"}
    for shape in map(URIRef, constraints(shapes)):
        around = next(shapes.subjects(SH.sparql, shape), shape)
        assert len(set(shapes.objects(shape, SH.message))) == 1, shape
        assert set(shapes.objects(around, SH.severity)) == {SH.Violation}, shape
        assert shapes.value(shape, SH.name) or shapes.value(shape, RDFS.label), shape
        assert str(shapes.value(shape, RDFS.seeAlso)).startswith(
            "https://w3id.org/studyclaims/docs/model#"
        ), shape


@pytest.mark.parametrize("name", FILES)
def test_blank_nodes_are_lists_and_paths_only(name: str) -> None:
    heads = {"sh:path", "sh:in", "sh:or", "sh:inversePath", "sh:alternativePath"}
    for quad in parse(path=str(shapes_dir() / name), format=RdfFormat.TURTLE):
        if isinstance(quad.object, BlankNode):
            assert compress(quad.predicate.value) in heads | {"rdf:rest", "rdf:first"}


def test_no_shape_names_a_thing_of_one_study() -> None:
    for _, _, value in load_shapes():
        assert not str(value).startswith(
            tuple(f"https://w3id.org/studyclaims/{kind}/" for kind in ("claim", "study", "entity"))
        )


def test_the_properties_that_a_graph_may_have_are_those_of_the_vocabulary() -> None:
    """But for those that describe the table itself, and the predicates that stand above others."""
    query = str(load_shapes().value(URIRef(SHAPES + "Study-relation"), SH.select))
    names = {
        expand(f"{prefix}:{local}")
        for prefix, space in (("sc", "studyclaims"), ("biolink", "biolink"))
        for local in re.findall(rf"/{space}/vocab/\(\?!\((.*?)\)\$\)", query)[0].split("|")
    }
    table = {expand(name) for relation in RELATIONS.values() for name in relation.predicates}
    table |= {expand("biolink:agent_type"), expand("biolink:knowledge_level")}
    vocabulary = {
        quad.subject.value
        for quad in parse(path=str(ontology_dir() / "studyclaims.ttl"), format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode)
        and quad.predicate == node("rdf:type")
        and str(getattr(quad.object, "value", "")).endswith("Property")
    }
    about_the_table = {
        f"{expand('sc:x')[:-1]}{name}"
        for name in (
            "assertedPredicate", "family", "foundRelation", "hedgedRelation", "nullRelation",
            "ofRelation", "standing", "statedRelation",
        )
    }  # fmt: skip
    assert about_the_table <= vocabulary
    assert names == (vocabulary - about_the_table) | table


def test_a_graph_without_a_study_is_refused() -> None:
    with pytest.raises(GraphError, match="nothing to check"):
        validate_quads([])


@pytest.mark.parametrize("ill", ["VALUES ?x { 1 }", "?x ?y .", "?x unknown:y ?z ."])
def test_shapes_that_cannot_be_run_are_no_pass(ill: str, tmp_path: Path) -> None:
    path, prefixes = tmp_path / "ill.ttl", shapes_dir() / "prefixes.ttl"
    text = (shapes_dir() / "lag.ttl").read_text(encoding="utf-8")
    path.write_text(text.replace("WHERE {", f"WHERE {{\n    {ill}"), encoding="utf-8")
    with pytest.raises(SetupError, match="cannot be run"):
        validate_quads(Draft().quads(), read_shapes([path, prefixes]))


@pytest.mark.parametrize("name", ["ill.ttl", "none.ttl"])
def test_shapes_that_cannot_be_read_are_no_pass(name: str, tmp_path: Path) -> None:
    (tmp_path / "ill.ttl").write_text("shape:X a sh:NodeShape .", encoding="utf-8")
    with pytest.raises(SetupError, match=name):
        read_shapes([tmp_path / name])


def test_without_shapes_nothing_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studyclaims.shapes.shapes_dir", lambda: tmp_path)
    load_shapes.cache_clear()
    try:
        with pytest.raises(SetupError, match="nothing could be checked"):
            load_shapes()
    finally:
        load_shapes.cache_clear()
    assert constraint_count(rdflib.Graph()) == 0


def test_a_triple_term_is_refused() -> None:
    draft = Draft()
    inner = next(iter(draft.triples))
    with pytest.raises(GraphError, match="triple term"):
        validate_quads([*draft.quads(), Quad(term("sc:x"), node("sc:y"), inner)])


@pytest.mark.parametrize("normalise", [True, False])
def test_rdflib_is_left_as_it_was(normalise: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", normalise)
    monkeypatch.setattr(sparql, "SPARQL_LOAD_GRAPHS", normalise)
    validate_quads(Draft().quads(), quick())
    assert rdflib.NORMALIZE_LITERALS is normalise
    assert sparql.SPARQL_LOAD_GRAPHS is normalise


def test_lexical_forms_reach_the_shapes_unchanged() -> None:
    draft = Draft()
    draft.swap("@first", "sc:lagMinHours", typed("-01.50", "xsd:decimal"))
    draft.put("@told", "rdfs:comment", Literal("wie gesagt", language="de"))
    assert [result.value for result in validate_quads(draft.quads(), quick())] == ["-01.50"]


def test_results_do_not_depend_on_the_order_of_quads() -> None:
    draft = Draft()
    draft.drop("@hedged", "sc:cue")
    draft.put(term("sc:x"), "biolink:causes", term("sc:y"))
    quads = sorted(draft.quads(), key=str)
    results = validate_quads(quads, quick())
    assert results == validate_quads(reversed(quads), quick())
    assert [local(result.shape) for result in results] == ["Triple-claim", "Cue-present"]
    assert {result.severity for result in results} == {str(SH.Violation)}
    assert results[1].component == str(SH.MinCountConstraintComponent)


def test_findings_stand_at_the_line_they_are_about() -> None:
    draft = Draft()
    draft.swap("@associated", "sc:certainty", "sc:suggested")
    draft.put("CL:0000092", "biolink:causes", "GO:0045453")
    draft.put("@hedged", "sc:cue", Literal("x" * 61))
    found = as_findings(validate_quads(draft.quads(), quick()), small())
    assert [finding.message for finding in found] == [
        "biolink:causes, entity b: not as shape:Triple-claim demands",
        f"claim hedged, sc:cue, {'x' * 57}...: not as shape:Cue-length demands",
        "claim associated, sc:certainty, sc:suggested: not as shape:Predicate-certain demands",
    ]
    lines = small_text().splitlines()
    shown = [lines[finding.line - 1][finding.column - 1 :][:12] for finding in found]
    assert shown == ["b: {term: CL", "cue: [" + "x" * 6, "asserted, ba"]
    assert {finding.code for finding in found} == {"S001"}
    assert found[0].hint.startswith("Remove the triple entity b biolink:causes entity c, or")


@pytest.mark.parametrize(
    ("edit", "shown"),
    [
        (lambda d: d.swap(D, "sc:variable", "GO:0005634"), "GO:0045453 bone resorption, change"),
        (lambda d: d.put(D, "sc:bearer", "PATO:0000117"), "variable: GO:0045453"),
        (lambda d: d.put(B, "rdfs:label", Literal("osteoblast")), "b: {term: CL:0000092"),
        (lambda d: d.put("@found", "sc:site", "UBERON:9999999"), ""),
        (lambda d: d.swap("@told/1", "sc:ecoType", "ECO:9999999"), ""),
        (lambda d: d.put("ECO:0000179", "owl:deprecated", Literal("x")), "ECO:0000179 model,"),
        (lambda d: d.put("@found", "sc:species", "CL:0000092"), "{id: found"),
        (lambda d: d.swap(GRAPH, "sc:recordStatus", "sc:signed"), "draft\n"),
        (lambda d: d.swap(GRAPH, "sc:recordStatus", OTHER), "draft\n"),
        (lambda d: d.swap(GRAPH, "sc:recordStatus", "sc:checked"), "draft\n"),
        (lambda d: d.drop(GRAPH, "sc:draftedBy"), "drafted_by: {tool"),
        (lambda d: d.drop(GRAPH, "foaf:primaryTopic"), "curation:\n"),
        (lambda d: d.drop(DRAFTER, "rdf:type"), "drafted_by: {tool"),
        (lambda d: d.drop(DRAFTER, "schema:softwareVersion"), "'1'}"),
        (
            lambda d: d.put("@told", "biolink:agent_type", Literal("text_mining_agent")),
            "automated_agent\n",
        ),
        (
            lambda d: d.swap("@told", "biolink:agent_type", Literal("manual_agent")),
            "automated_agent\n",
        ),
    ],
)
def test_terms_and_curation_are_found_where_they_stand(
    edit: Callable[[Draft], object], shown: str
) -> None:
    draft = Draft()
    edit(draft)
    found = as_findings(validate_quads(draft.quads(), quick()), small())
    assert found
    lines = small_text().splitlines(keepends=True)
    for finding in found:
        line = lines[finding.line - 1][finding.column - 1 :] if finding.line else ""
        assert line.startswith(shown) if shown else not finding.line, finding


def test_a_result_about_nothing_in_the_record_names_the_file() -> None:
    result = Result("urn:x:y", "", "", f"{SHAPES}Triple-claim", "Remove it.", "", "")
    (finding,) = as_findings([result], small())
    assert (finding.file, finding.line, finding.column) == ("small.yaml", 0, 0)


TOLD = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sc: <https://w3id.org/studyclaims/vocab/> .
@prefix shape: <https://w3id.org/studyclaims/shapes/> .
shape:X a sh:NodeShape ; sh:targetClass sc:Study ; %s sh:sparql shape:X-y .
shape:X-y %s sh:select "SELECT $this WHERE { $this a ?kind }" .
"""


@pytest.mark.parametrize(
    ("around", "own", "message"),
    [
        ("Around.", "Own.", "Own."),
        ("Around.", "", "Around."),
        ("", "Own.", "Own."),
        ("Same.", "Same.", "Same."),
        ("", "", ""),
    ],
)
def test_a_constraint_s_own_message_goes_before_that_of_its_shape(
    around: str, own: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "told.ttl"
    said = tuple(f'sh:message "{text}" ;' if text else "" for text in (around, own))
    path.write_text(TOLD % said, encoding="utf-8")
    results = validate_quads(Draft().quads(), read_shapes([path]))
    assert {(local(r.shape), r.message) for r in results} == {("X-y", message)}
