"""``ontology/studyclaims.ttl`` and ``predicates.ttl`` say just what the package writes."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

import studyclaims
from studyclaims.lags import Bound
from studyclaims.model import Change, Context, Curation, Evidence, Measurement, Study
from studyclaims.ontologies.vocabulary import predicate_quads
from studyclaims.paths import ontology_dir, queries_dir, shapes_dir, studies_dir
from studyclaims.predicates import RELATIONS, Basis, Certainty, Role, Stance, Standing
from studyclaims.quads import study_quads
from studyclaims.rdf import node
from studyclaims.records import read_record
from studyclaims.release import VERSION
from studyclaims.terms import SC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WRITERS: Final = ("quads", "bibliography", "ontologies/vocabulary")
MAPPINGS: Final = ("skos:closeMatch", "skos:relatedMatch", "skos:broadMatch")
PROPERTIES: Final = ("owl:ObjectProperty", "owl:DatatypeProperty")
RECORDS: Final = sorted(studies_dir().glob("*.yaml"))
FLAGSHIP: Final = studies_dir() / "ausk-2017.yaml"
FULL: Final = Path("every-field.yaml")
READERS: Final = sorted([*shapes_dir().glob("*.ttl"), *queries_dir().glob("*.rq")])

each_record = pytest.mark.parametrize("path", [*RECORDS, FULL], ids=lambda path: path.stem)


def words(block: Any, field: str) -> set[str]:  # noqa: ANN401 - any block of the model
    """Return the words that a field of a record takes."""
    annotation = block.model_fields[field].annotation
    options = [annotation, *get_args(annotation)]
    return {word for option in options for word in get_args(option) if isinstance(word, str)}


VALUES: Final[dict[str, set[str]]] = {
    "Stance": set(Stance),
    "Certainty": set(Certainty),
    "Basis": set(Basis),
    "Role": set(Role),
    "Change": set(get_args(Change)),
    "LagBound": set(Bound),
    "TestKind": words(Evidence, "test_of"),
    "CoursePattern": words(Measurement, "pattern"),
    "RecordStatus": words(Curation, "status"),
    "Standing": {f"{column}Standing" for column in Standing},
    "Relation": {relation.curie.removeprefix("sc:") for relation in RELATIONS.values()},
}


@cache
def quads_of(path: Path) -> frozenset[Quad]:
    """Return the quads of a record, or of the flagship with every field filled."""
    record = read_record(FLAGSHIP if path == FULL else path)
    return study_quads(filled(record.study) if path == FULL else record.study, {}, "x")


def filled(study: Study) -> Study:
    """Return the study with every field in it that a record may have."""
    data = study.model_dump(mode="json", exclude_defaults=True)
    term, paper = "CL:0000092 osteoclast", next(iter(data["sources"]))
    data["curation"]["reviewed_by"] = [{"tool": "a tool"}]
    data["withdrawn"] = [{"id": "gone", "date": "2026-11-22", "reason": "A test."}]
    data["entities"]["osteoclast-of-all-slots"] = {
        "variable": "PATO:0000117 size",
        "change": "changed",
        "bearer": term,
        "within_part": ["UBERON:0002371 bone marrow"],
        "by_agent": "CHEBI:3160 Botulinum toxin type A",
        "due_to": "osteoclast",
        "toward": "osteoclast",
        "modifier": ["PATO:0000627 localized"],
    }
    claim = data["propositions"][0]["claims"][0]
    claim["lag"] = {"bound": "from", "time": "3 d", "after": "osteoclast"}
    words = ("strain", "age", "dose", "route", "assay", "compared_with")
    claim["context"] = {"species": term, "site": term, "sex": "mixed", "stated_in": [paper]}
    claim["context"] |= dict.fromkeys([*words, "site_printed"], "as printed")
    claim["evidence"][0] |= {"test_of": "rescue", "design": "time course", "measurements": [{}]}
    claim["evidence"][0]["measurements"][0] |= {
        "value": "1.50",
        "spread": "0.2",
        "unit": "%",
        "n": 8,
        "p": "<0.05",
        "compared_with": "sham",
        "time": "72 h",
        "pattern": "peak",
        "coefficient": True,
    }
    later = data["propositions"][1]["claims"][0]
    later["lag"] = {"bound": "by", "time": "3 d", "after": "osteoclast"}
    return Study.model_validate_json(json.dumps(data))


@cache
def ontology() -> tuple[Quad, ...]:
    """Return both files, the lists included."""
    files = [ontology_dir() / name for name in ("studyclaims.ttl", "predicates.ttl")]
    return tuple(q for file in files for q in parse(path=str(file), format=RdfFormat.TURTLE))


@cache
def of_type(*types: str) -> set[str]:
    """Return the local names of what is declared to be of one of these types."""
    kinds = {node(name) for name in types}
    found = (q for q in ontology() if q.predicate == node("rdf:type") and q.object in kinds)
    return {q.subject.value.removeprefix(SC) for q in found if isinstance(q.subject, NamedNode)}


@cache
def declared() -> tuple[str, ...]:
    """Return every declared class, property and individual, by local name."""
    kinds = ("owl:Class", *PROPERTIES, *(f"sc:{name}" for name in VALUES))
    return tuple(sorted(of_type(*kinds)))


def values(name: str, *predicates: str) -> list[str]:
    """Return what is said of one of our names by these predicates, as text."""
    wanted = {node(predicate) for predicate in predicates}
    subject = NamedNode(SC + name)
    found = (q.object for q in ontology() if q.subject == subject and q.predicate in wanted)
    return [term.value for term in found if hasattr(term, "value")]


def members(axiom: NamedNode, predicate: str) -> Iterator[str]:
    """Yield the local names in the list that an axiom points at."""
    index = {(q.subject, q.predicate): q.object for q in ontology()}
    place = index[axiom, node(predicate)]
    while place != node("rdf:nil"):
        yield index[place, node("rdf:first")].value.removeprefix(SC)  # type: ignore[index,union-attr]
        place = index[place, node("rdf:rest")]  # type: ignore[index]


def axioms(kind: str) -> list[NamedNode]:
    """Return the IRIs of the axioms of this kind."""
    return [NamedNode(SC + name) for name in sorted(of_type(kind))]


@cache
def written() -> frozenset[str]:
    """Return every name that some code path writes: quoted, of the context, or a value."""
    folder = Path(next(iter(studyclaims.__path__)))
    found: set[str] = set().union(*VALUES.values())
    for module in WRITERS:
        text = (folder / f"{module}.py").read_text(encoding="utf-8")
        found.update(re.findall(r'"sc:([A-Za-z]+)"', text))
    found.update(set(Context.model_fields) - {"stated_in", "compared_with", "site_printed"})
    table = (name for relation in RELATIONS.values() for name in relation.predicates)
    found.update(name.removeprefix("sc:") for name in table if name.startswith("sc:"))
    return frozenset(found)


@each_record
def test_every_name_that_a_study_writes_is_declared(path: Path) -> None:
    terms = {t for q in quads_of(path) for t in q.triple}
    used = {t.value.removeprefix(SC) for t in terms if str(t).startswith(f"<{SC}")}
    assert used > {"Claim", "stance", "supports", "link"}
    assert used - set(declared()) == set()


@pytest.mark.parametrize("name", sorted(written()))
def test_every_name_that_the_code_writes_is_declared(name: str) -> None:
    assert name in declared(), f"declare sc:{name} in ontology/studyclaims.ttl"


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.name)
def test_every_name_that_a_shape_or_a_query_asks_for_is_declared(path: Path) -> None:
    asked = set(re.findall(r"\bsc:([A-Za-z]+)", path.read_text(encoding="utf-8")))
    assert asked - set(declared()) == set(), "such a shape or query finds nothing"


@pytest.mark.parametrize("name", declared())
def test_every_declared_name_is_written(name: str) -> None:
    assert name in written() | VALUES.keys(), f"nothing writes sc:{name}: take it out"


@pytest.mark.parametrize("name", declared())
def test_every_declared_name_is_described(name: str) -> None:
    assert len(values(name, "rdfs:label")) == 1, "give it one rdfs:label"
    assert len(values(name, "skos:definition")) == 1, "give it one skos:definition"
    assert values(name, "rdfs:isDefinedBy") == [SC], "give it rdfs:isDefinedBy sc:"
    related = values(name, "skos:editorialNote", "rdfs:subClassOf", *MAPPINGS)
    assert related, "map it, or say in a skos:editorialNote why nothing fits"


@pytest.mark.parametrize("name", VALUES)
def test_the_individuals_of_a_value_class_are_what_records_and_code_take(name: str) -> None:
    assert of_type(f"sc:{name}") == VALUES[name]


@pytest.mark.parametrize("name", VALUES)
def test_the_individuals_of_a_value_class_are_all_said_to_differ(name: str) -> None:
    lists = [sorted(members(axiom, "owl:distinctMembers")) for axiom in axioms("owl:AllDifferent")]
    assert lists.count(sorted(VALUES[name])) == 1
    assert len(lists) == len(VALUES)


def test_no_name_is_of_two_value_classes() -> None:
    names = [name for each in VALUES.values() for name in each]
    assert len(names) == len(set(names))


def test_all_classes_are_said_to_be_disjoint() -> None:
    (axiom,) = axioms("owl:AllDisjointClasses")
    listed = list(members(axiom, "owl:members"))
    assert sorted(listed) == sorted(of_type("owl:Class"))


def test_a_property_whose_values_are_closed_has_one_of_them() -> None:
    ranged = {n for n in of_type(*PROPERTIES) for r in values(n, "rdfs:range") if is_closed(r)}
    assert ranged - {"ofRelation"} == of_type("owl:FunctionalProperty") - {"measured"}


def is_closed(iri: str) -> bool:
    """Return whether a class is one of the sets of values."""
    return iri.removeprefix(SC) in VALUES


def test_no_local_name_is_a_class_a_property_and_a_value_at_once() -> None:
    kinds = [of_type("owl:Class"), of_type(*PROPERTIES), set().union(*VALUES.values())]
    assert sum(map(len, kinds)) == len(declared())


def test_a_property_holds_things_or_texts_and_not_both() -> None:
    assert of_type("owl:ObjectProperty").isdisjoint(of_type("owl:DatatypeProperty"))


@each_record
def test_what_a_study_writes_is_of_the_declared_kind(path: Path) -> None:
    kinds = {NamedNode: of_type("owl:ObjectProperty"), Literal: of_type("owl:DatatypeProperty")}
    for quad in quads_of(path):
        if (name := quad.predicate.value.removeprefix(SC)) in of_type(*PROPERTIES):
            assert [name in names for kind, names in kinds.items() if type(quad.object) is kind]


@each_record
def test_domains_and_ranges_hold_for_what_a_study_writes(path: Path) -> None:
    quads = quads_of(path)
    types = [q for q in (*quads, *ontology()) if q.predicate == node("rdf:type")]
    typed = {(str(q.subject), q.object.value) for q in types if isinstance(q.object, NamedNode)}
    for quad in quads:
        name = quad.predicate.value.removeprefix(SC)
        for predicate, term in (("rdfs:domain", quad.subject), ("rdfs:range", quad.object)):
            wanted = {kind for kind in inherited(name, predicate) if kind.startswith(SC)}
            assert all((str(term), kind) in typed for kind in wanted), quad


@cache
def inherited(name: str, predicate: str) -> frozenset[str]:
    """Return the domains or ranges of a property, those of the properties above it included."""
    above = [iri.removeprefix(SC) for iri in values(name, "rdfs:subPropertyOf")]
    return frozenset(values(name, predicate)).union(*(inherited(p, predicate) for p in above))


@each_record
def test_literals_have_the_datatype_of_the_range(path: Path) -> None:
    for quad in quads_of(path):
        for kind in inherited(quad.predicate.value.removeprefix(SC), "rdfs:range"):
            if isinstance(quad.object, Literal):
                assert quad.object.datatype.value == kind, quad


def test_a_record_with_every_field_writes_every_property() -> None:
    used = {q.predicate.value.removeprefix(SC) for q in quads_of(FULL)}
    table = {name.removeprefix("sc:") for r in RELATIONS.values() for name in r.predicates}
    described = {q.predicate.value.removeprefix(SC) for q in predicate_quads()}
    tops = {f"{kind}Relation" for kind in ("found", "stated", "hedged", "null")}
    assert of_type(*PROPERTIES) - used <= described | table | tops


def test_the_version_is_that_of_the_release() -> None:
    assert values("", "owl:versionInfo") == [VERSION]
    assert values("", "owl:versionIRI") == [SC + VERSION]


@pytest.mark.slow
def test_no_property_has_a_name_of_biolink(biolink_names: Callable[..., dict[str, str]]) -> None:
    assert biolink_names(of_type(*PROPERTIES)) == {}
