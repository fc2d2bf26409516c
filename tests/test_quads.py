"""From a study to its quads: nothing is lost, nothing depends on order, no hedge becomes a fact."""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple
from pyoxigraph import Quad as Statement

from samples import KEY, changed, index, quads, record, small
from studyclaims.model import Block, Study
from studyclaims.predicates import RELATIONS, Basis, Certainty, Role, Stance
from studyclaims.quads import study_quads
from studyclaims.records import _blocks_in as blocks_in
from studyclaims.terms import compress, expand, prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BASE: Final = "https://w3id.org/studyclaims/"
GRAPH: Final = f"{BASE}study/{KEY}"
CLAIM: Final = f"{BASE}claim/{KEY}/"
DOI: Final = "https://doi.org/10.1234/small.1"

CLAIMS: Final = [claim for p in small()["propositions"] for claim in p["claims"]]
NEWS: Final = small()["sources"]["news"]
STATEMENT: Final = {"type": "ECO:0000204 author statement", "measured": True, "at": "title"}
ANOTHER_CLAIM: Final = CLAIMS[4] | {"id": "also"}
NEWS_CLAIM_OF_PAPER: Final = CLAIMS[1] | {"source": "paper", "evidence": CLAIMS[2]["evidence"]}
SHORT: Final = {
    "M": "propositions.0.claims.0.evidence.0.measurements.0",
    "E": "propositions.0.claims.0.evidence.0",
    "C": "propositions.0.claims.0",
}
"""Short for the places that most paths begin with."""

FIELDS: Final[dict[str, tuple[str, object, str, str]]] = {
    "Author.name": ("sources.paper.authors.0.name", "Ann B. Able", "schema:name", "Ann B. Able"),
    "Author.orcid": (
        "sources.paper.authors.0.orcid", "0000-0000-0000-001X",
        "schema:identifier", "https://orcid.org/0000-0000-0000-001X",
    ),
    "Author.affiliations": (
        "sources.paper.authors.1.affiliations", ["clinic"],
        "schema:affiliation", f"{GRAPH}#paper-affiliation-clinic",
    ),
    "Source.kind": (
        "sources.paper.kind", "preprint",
        "rdf:type", "http://purl.org/spar/fabio/Preprint",
    ),
    "Source.title": ("sources.news.title", "Rest hurts", "dct:title", "Rest hurts"),
    "Source.doi": ("sources.paper.doi", "10.9999/x", "sc:source", "https://doi.org/10.9999/x"),
    "Source.pmid": ("sources.paper.pmid", "1234", "dct:identifier", "pmid:1234"),
    "Source.pmcid": ("sources.paper.pmcid", "PMC7", "dct:identifier", "pmcid:PMC7"),
    "Source.page": (
        "sources.news.page", "https://example.org/n2",
        "sc:source", "https://example.org/n2",
    ),
    "Source.primary_source": (
        "sources.second", NEWS | {"doi": "10.9999/s", "page": None, "primary_source": "news"},
        "sc:primarySource", "https://example.org/news",
    ),
    "Source.journal": ("sources.paper.journal", "Rest", "schema:isPartOf", "Rest"),
    "Source.publisher": ("sources.paper.publisher", "P", "schema:publisher", "P"),
    "Source.provided_by": ("sources.news.provided_by", "S", "schema:sourceOrganization", "S"),
    "Source.year": ("sources.paper.year", 2021, "dct:issued", "2021"),
    "Source.date": ("sources.news.date", "2020-09-09", "dct:issued", "2020-09-09"),
    "Source.volume": ("sources.paper.volume", "012", "schema:volumeNumber", "012"),
    "Source.issue": ("sources.paper.issue", "3.10", "schema:issueNumber", "3.10"),
    "Source.pages": ("sources.paper.pages", "e10", "schema:pagination", "e10"),
    "Source.authors": ("sources.news.authors", [{"name": "C"}], "schema:name", "C"),
    "Source.affiliations": (
        "sources.paper.affiliations.clinic", "Another",
        "schema:name", "Another",
    ),
    "Source.read": ("sources.paper.read", ["title", "abstract", "tables"], "sc:partRead", "tables"),
    "Source.read_at": (
        "sources.news.read_at", ["https://a.example/"],
        "sc:readAt", "https://a.example/",
    ),
    "Source.licence": (
        "sources.news.licence", "https://b.example/",
        "dct:license", "https://b.example/",
    ),
    "Source.note": ("sources.news.note", "N", "rdfs:comment", "N"),
    "Drafter.orcid": (
        "curation.reviewed_by.0.orcid", "0000-0000-0000-0052",
        "schema:identifier", "https://orcid.org/0000-0000-0000-0052",
    ),
    "Drafter.tool": ("curation.drafted_by.tool", "T", "rdfs:label", "T"),
    "Drafter.version": ("curation.drafted_by.version", "1.5", "schema:softwareVersion", "1.5"),
    "Drafter.date": ("curation.reviewed_by.0.date", "2020-03-06", "dct:date", "2020-03-06"),
    "Curation.drafted_by": (
        "curation.drafted_by", {"orcid": "0000-0000-0000-0036"},
        "schema:identifier", "https://orcid.org/0000-0000-0000-0036",
    ),
    "Curation.agent_type": (
        "curation.agent_type", "text_mining_agent",
        "biolink:agent_type", "text_mining_agent",
    ),
    "Curation.status": ("curation.status", "signed", "sc:recordStatus", "sc:signed"),
    "Curation.reviewed_by": (
        "curation.reviewed_by", [{"orcid": "0000-0000-0000-0028"}, {"tool": "R", "version": "2"}],
        "sc:reviewedBy", f"{GRAPH}#reviewer-2",
    ),
    "Curation.date": ("curation.date", "2020-12-31", "dct:modified", "2020-12-31"),
    "Curation.note": ("curation.note", "N", "rdfs:comment", "N"),
    "Context.species": (
        "context.species", "NCBITaxon:9606 Homo sapiens",
        "sc:species", "NCBITaxon:9606",
    ),
    "Context.strain": ("context.strain", "S", "sc:strain", "S"),
    "Context.sex": ("context.sex", "mixed", "sc:sex", "mixed"),
    "Context.age": ("context.age", "A", "sc:age", "A"),
    "Context.dose": ("context.dose", "D", "sc:dose", "D"),
    "Context.route": ("context.route", "R", "sc:route", "R"),
    "Context.site": ("context.site", "UBERON:0002371 bone marrow", "sc:site", "UBERON:0002371"),
    "Context.site_printed": ("context.site_printed", "P", "sc:sitePrinted", "P"),
    "Context.assay": ("context.assay", "A", "sc:assay", "A"),
    "Context.compared_with": ("context.compared_with", "C", "sc:comparedWith", "C"),
    "Context.stated_in": ("context.stated_in", ["news"], "sc:statedIn", "https://example.org/news"),
    "ClaimContext.shared": ("propositions.0.claims.1.context.shared", True, "sc:sex", "female"),
    "Entity.term": ("entities.rest.term", "HP:0000938 Osteopenia", "sc:about", "HP:0000938"),
    "Entity.variable": (
        "entities.larger-cells.variable", "PATO:0000070 amount",
        "sc:variable", "PATO:0000070",
    ),
    "Entity.change": ("entities.inflammation.change", "absent", "sc:change", "sc:absent"),
    "Entity.bearer": (
        "entities.larger-cells.bearer", "UBERON:0000979 tibia",
        "sc:bearer", "UBERON:0000979",
    ),
    "Entity.within_part": (
        "entities.inflammation.within_part", ["UBERON:0002484 bone marrow cavity"],
        "sc:innermostPart", "UBERON:0002484",
    ),
    "Entity.by_agent": (
        "entities.formation.by_agent", "MAXO:0000002 therapeutic procedure",
        "sc:byAgent", "MAXO:0000002",
    ),
    "Entity.due_to": ("entities.formation.due_to", "rest", "sc:dueTo", "scterm:disuse"),
    "Entity.toward": ("entities.inflammation.toward", "rest", "sc:toward", "scterm:disuse"),
    "Entity.modifier": (
        "entities.inflammation.modifier", ["PATO:0000627 localized", "scterm:transient transient"],
        "sc:modifier", "scterm:transient",
    ),
    "Measurement.value": ("M.value", "1.5", "sc:valuePrinted", "1.5"),
    "Measurement.spread": ("M.spread", "0.9", "sc:spreadPrinted", "0.9"),
    "Measurement.unit": ("M.unit", "cm", "sc:unitCode", "cm"),
    "Measurement.n": ("M.n", 9, "sc:sampleN", "9"),
    "Measurement.p": ("M.p", "=0.050", "sc:pPrinted", "=0.050"),
    "Measurement.compared_with": ("M.compared_with", "saline", "sc:comparedWith", "saline"),
    "Measurement.time": ("M.time", "2 wk", "sc:measuredAfterHours", "336"),
    "Measurement.pattern": ("M.pattern", "noRecovery", "sc:pattern", "sc:noRecovery"),
    "Measurement.coefficient": (
        "propositions.1.claims.0.evidence.0.measurements", [{"value": "0.9", "coefficient": True}],
        "rdf:predicate", "biolink:correlated_with",
    ),
    "Evidence.type": ("E.type", "ECO:0000204 author statement", "sc:ecoType", "ECO:0000204"),
    "Evidence.measured": ("E.measured", False, "rdf:predicate", "sc:statedToCause"),
    "Evidence.design": ("E.design", "D", "sc:design", "D"),
    "Evidence.test_of": ("E.test_of", "rescue", "sc:testOf", "sc:rescue"),
    "Evidence.at": ("E.at", "abstract, figure 2A", "sc:locator", "abstract, figure 2A"),
    "Evidence.hash": ("E.hash", "c" * 64, "sc:sentenceHash", "c" * 64),
    "Evidence.measurements": (
        "propositions.0.claims.1.evidence.0.measurements", [{"n": 3}],
        "sc:measurement", f"{BASE}measurement/{KEY}/news-inflames/1/1",
    ),
    "Evidence.note": ("E.note", "N", "rdfs:comment", "N"),
    "Lag.bound": ("C.lag.bound", "from", "sc:lagMinHours", "72"),
    "Lag.time": ("C.lag.time", "90 min", "sc:lagMaxHours", "1.5"),
    "Lag.after": (
        "propositions.1.claims.0.lag", {"bound": "at", "time": "1 h", "after": "rest"},
        "sc:lagFrom", "scterm:disuse",
    ),
    "Claim.id": ("C.id", "other", "sc:restsOn", f"{BASE}evidence/{KEY}/other/1"),
    "Claim.source": ("propositions.0.claims.1", NEWS_CLAIM_OF_PAPER, "sc:source", DOI),
    "Claim.stance": (
        "propositions.0.claims.1.stance", "inconclusive",
        "sc:stance", "sc:inconclusive",
    ),
    "Claim.certainty": ("C.certainty", "speculated", "sc:certainty", "sc:speculated"),
    "Claim.cue": ("C.cue", ["inflames", "also"], "sc:cue", "also"),
    "Claim.basis": ("C.basis", "temporal", "sc:basis", "sc:temporal"),
    "Claim.role": ("C.role", "implication", "sc:role", "sc:implication"),
    "Claim.lag": (
        "propositions.0.claims.1.lag", {"bound": "at", "time": "2 h", "after": "formation"},
        "sc:lagPrinted", "2 h",
    ),
    "Claim.context": ("propositions.1.claims.0.context", {"age": "old"}, "sc:age", "old"),
    "Claim.evidence": (
        "propositions.2.claims.0.evidence", [STATEMENT],
        "sc:ecoType", "ECO:0000204",
    ),
    "Claim.note": ("C.note", "N", "rdfs:comment", "N"),
    "Proposition.about": ("propositions.2.about", "larger-cells", "sc:about", ""),
    "Proposition.link": ("propositions.2.link", "require", "sc:link", "sc:relRequire"),
    "Proposition.outcome": ("propositions.1.outcome", "rest", "sc:outcomeEntity", "scterm:disuse"),
    "Proposition.claims": ("propositions.2.claims.0", ANOTHER_CLAIM, "sc:proposition", ""),
    "Withdrawal.id": ("withdrawn.0.id", "lost", "rdf:type", "sc:WithdrawnClaim"),
    "Withdrawal.date": ("withdrawn.0.date", "2020-04-06", "dct:date", "2020-04-06"),
    "Withdrawal.reason": ("withdrawn.0.reason", "R", "rdfs:comment", "R"),
    "Study.key": ("key", "other-2020", "rdfs:label", "other-2020"),
    "Study.sources": ("sources.news.title", "T", "dct:title", "T"),
    "Study.curation": ("curation.note", "M", "rdfs:comment", "M"),
    "Study.context": ("context", {"age": "old"}, "sc:age", "old"),
    "Study.entities": (
        "entities.osteopenia", {"term": "HP:0000938 Osteopenia"},
        "rdf:type", "sc:Entity",
    ),
    "Study.propositions": ("propositions.1.link", "amplify", "sc:link", "sc:relAmplify"),
    "Study.withdrawn": (
        "withdrawn", [{"id": "off", "date": "2021-01-01", "reason": "O"}],
        "rdfs:comment", "O",
    ),
}  # fmt: skip
"""Each field: where the record holds it, another value, and what the graph then says."""

NOT_WRITTEN: Final = {
    "Entity.note": "entities.inflammation.note",
    "Proposition.note": "propositions.0.note",
}
"""Fields that stay in the record: what they are on must read the same in every study."""

ONE_VALUE: Final = {
    "Study.schema_version": ("sc:schemaVersion", "1"),
    "Evidence.hash_rule": ("sc:hashRule", "sc-text-1"),
}
"""Fields that take one value today, with the triple that says it."""


@cache
def base() -> frozenset[Statement]:
    return quads()


def model_fields() -> Iterator[str]:
    """Yield every field of every block that a study can hold."""
    ahead: list[type[Block]] = [Study]
    seen: set[type[Block]] = set()
    while ahead:
        block = ahead.pop()
        if block in seen:
            continue
        seen.add(block)
        inherited = {name for parent in block.__bases__ for name in _fields(parent)}
        for name, field in block.model_fields.items():
            ahead += blocks_in(field.annotation)
            if name not in inherited:
                yield f"{block.__name__}.{name}"


def _fields(block: type) -> Iterable[str]:
    return block.model_fields if issubclass(block, Block) else ()


def spelled(term: NamedNode | Literal | object) -> str:
    assert isinstance(term, NamedNode | Literal)
    return term.value


def whole(text: str) -> str:
    """Return the IRI where a text is a CURIE, else the text."""
    prefix = text.partition(":")[0]
    is_curie = prefix in prefixes() and "//" not in text and " " not in text
    return expand(text) if is_curie else text


def test_every_field_of_the_model_is_looked_at() -> None:
    listed = [*FIELDS, *NOT_WRITTEN, *ONE_VALUE]
    inherited = {name for name in model_fields() if name.startswith("ClaimContext.")}
    assert inherited == {"ClaimContext.shared"}
    assert set(model_fields()) | {
        f"Context.{name}" for name in type(record().study.context).model_fields
    } == set(listed)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_reaches_the_graph(field: str) -> None:
    path, value, predicate, expected = FIELDS[field]
    first, dot, rest = path.partition(".")
    added = quads(changed(SHORT.get(first, first) + dot + rest, value)) - base()
    said = {spelled(q.object) for q in added if q.predicate.value == expand(predicate)}
    assert whole(expected) in said if expected else said


@pytest.mark.parametrize("field", NOT_WRITTEN)
def test_a_field_stays_in_the_record(field: str) -> None:
    assert quads(changed(NOT_WRITTEN[field], "Something else.")) == base()


@pytest.mark.parametrize("field", ONE_VALUE)
def test_a_field_of_one_value_is_written(field: str) -> None:
    predicate, value = ONE_VALUE[field]
    assert value in {spelled(q.object) for q in base() if q.predicate.value == expand(predicate)}


CONTEXT: Final = ("strain", "sex", "age", "dose", "route", "assay", "compared_with")


@pytest.mark.parametrize("name", CONTEXT)
def test_a_claims_own_context_stands_in_place_of_the_records(name: str) -> None:
    value = "male" if name == "sex" else "as printed"
    data = changed("propositions.0.claims.0.context", {name: value})
    predicate = "sc:comparedWith" if name == "compared_with" else f"sc:{name}"
    said = values(quads(data), CLAIM + "title-inflames", predicate)
    assert said == {value}


def test_a_claim_takes_the_rest_of_the_context_from_the_record() -> None:
    own = CLAIM + "title-inflames"
    assert values(base(), own, "sc:strain") == {"black"}
    assert values(base(), own, "sc:dose") == {"4 units"}
    assert values(base(), own, "sc:age") == {"10 weeks"}
    assert values(base(), own, "sc:species") == {expand("NCBITaxon:10090")}


def test_a_claim_that_shares_nothing_has_no_context() -> None:
    names = ("species", "strain", "sex", "age", "dose", "route", "site", "assay", "comparedWith")
    own = CLAIM + "news-inflames"
    assert not [name for name in (*names, "statedIn") if values(base(), own, f"sc:{name}")]


def values(found: Iterable[Statement], subject: str, predicate: str) -> set[str]:
    """Return what is said of a subject by a predicate, as text."""
    wanted = (NamedNode(subject), NamedNode(expand(predicate)))
    return {spelled(q.object) for q in found if (q.subject, q.predicate) == wanted}


def test_numbers_keep_their_spelling() -> None:
    evidence = f"https://w3id.org/studyclaims/measurement/{KEY}/title-inflames/1/1"
    assert values(base(), evidence, "sc:valuePrinted") == {"1.50"}
    assert values(base(), evidence, "sc:value") == {"1.50"}
    assert values(base(), f"{GRAPH}#drafter", "schema:softwareVersion") == {"1.50"}


def test_a_lag_is_written_as_printed_and_in_hours() -> None:
    own = CLAIM + "title-inflames"
    assert values(base(), own, "sc:lagPrinted") == {"3 d"}
    assert values(base(), own, "sc:lag") == {"P3D"}
    assert values(base(), own, "sc:lagMaxHours") == {"72"}
    assert values(base(), own, "sc:lagMinHours") == set()


def test_a_measured_null_bounds_the_onset_from_below() -> None:
    lag = {"bound": "at", "time": "24 h", "after": "rest"}
    found = quads(changed("propositions.1.claims.1.lag", lag))
    assert values(found, CLAIM + "abstract-null", "sc:lagMinHours") == {"24"}
    assert values(found, CLAIM + "abstract-null", "sc:lagMaxHours") == set()


def test_there_is_no_blank_node_and_one_graph() -> None:
    assert {type(q.subject) for q in base()} == {NamedNode}
    assert {type(q.object) for q in base()} == {NamedNode, Literal}
    assert {spelled(q.graph_name) for q in base()} == {GRAPH}


def shuffled(data: Any, draw: st.DrawFn) -> Any:  # noqa: ANN401 - any part of a record
    """Return a record with everything in another order whose order says nothing."""
    if isinstance(data, dict):
        names = draw(st.permutations(sorted(data)))
        mixed = {name: shuffled(data[name], draw) for name in names}
        for name in {"propositions", "claims", "cue", "modifier", "read", "withdrawn"} & set(mixed):
            mixed[name] = draw(st.permutations(mixed[name]))
        return mixed
    return [shuffled(item, draw) for item in data] if isinstance(data, list) else data


@st.composite
def shuffles(draw: st.DrawFn) -> dict[str, Any]:
    mixed: dict[str, Any] = shuffled(small(), draw)
    return mixed


@given(shuffles())
@settings(max_examples=15, deadline=None)
def test_the_order_of_a_record_says_nothing(data: dict[str, Any]) -> None:
    assert quads(data) == base()


def other_study() -> dict[str, Any]:
    """Return a study that shares entities and one proposition with the small one, and no more."""
    data = small()
    data["key"] = "other-2021"
    data["sources"] = {
        "a": {"kind": "article", "title": "T", "doi": "10.9999/o", "read": ["title"]}
    }
    data["context"] = {}
    data["withdrawn"] = []
    data["curation"] = {
        "drafted_by": {"orcid": "0000-0000-0000-0044"},
        "agent_type": "manual_agent",
        "status": "draft",
        "date": "2021-01-01",
    }
    names = {"rest": "idle", "inflammation": "swollen", "larger-cells": "big"}
    entities = {names.get(name, name): entity for name, entity in data["entities"].items()}
    entities["swollen"] |= {"due_to": "idle", "note": "Noted otherwise."}
    entities["formation"] = {"term": "GO:0030316 osteoclast differentiation"}
    claim = data["propositions"][2]["claims"][0] | {"source": "a", "stance": "supports"}
    claim["evidence"] = [STATEMENT]
    propositions = [("idle", "cause", "swollen"), ("big", "explain", "swollen")]
    return data | {
        "entities": entities,
        "propositions": [
            {"about": a, "link": link, "outcome": o, "claims": [claim | {"id": f"c{number}"}]}
            for number, (a, link, o) in enumerate(propositions)
        ],
    }


SHARED_CLASSES: Final = ("sc:Entity", "sc:Proposition", "sc:Topic")


def described(found: Iterable[Statement]) -> dict[str, set[Triple]]:
    """Return what is said of each entity, proposition and topic, its direct triples left out."""
    table = {expand(p) for row in RELATIONS.values() for p in row.predicates}
    triples = [q.triple for q in found if q.predicate.value not in table]
    classes = {NamedNode(expand(name)) for name in SHARED_CLASSES}
    things = {t.subject for t in triples if t.object in classes}
    return {
        str(thing): {t for t in triples if t.subject == thing} for thing in sorted(things, key=str)
    }


def used(data: dict[str, Any]) -> set[str]:
    """Return the entities and propositions that a record itself names, as keys of `described`."""
    study = record(data).study
    direct = study_quads(study, {}, "t")  # with no parents, fewer broader things are described
    names = {q.object for q in direct if q.predicate.value == expand("sc:proposition")}
    names |= {
        q.object
        for q in direct
        if q.subject in names and compress(q.predicate.value) in {"sc:about", "sc:outcomeEntity"}
    }
    return {str(name) for name in names}


def test_two_studies_describe_what_they_share_in_the_same_words() -> None:
    mine, theirs = described(base()), described(quads(other_study()))
    both = used(small()) & used(other_study())
    assert len(both) == 3, "rest, inflammation, and that the one causes the other"
    for name in both:
        assert mine[name] == theirs[name]


def test_what_is_only_broader_is_described_alike_but_for_its_own_broader() -> None:
    steps = {NamedNode(expand("skos:broader")), NamedNode(expand("sc:broader"))}
    steps.add(NamedNode(expand("sc:contrary")))
    mine, theirs = described(base()), described(quads(other_study()))
    shared = mine.keys() & theirs.keys()
    assert len(shared) > 10
    for name in shared:
        left, right = (
            {t for t in side[name] if t.predicate not in steps} for side in (mine, theirs)
        )
        assert left == right


def test_whatever_is_named_is_described() -> None:
    """An entity, proposition or topic that a triple leads to has a label in the same graph."""
    labelled = {q.subject for q in base() if q.predicate.value == expand("rdfs:label")}
    minted = ("entity/", "proposition/", "topic/")
    named = {
        q.object
        for q in base()
        if isinstance(q.object, NamedNode)
        and compress(q.object.value).startswith(tuple(f"{m[:-1]}:" for m in minted))
    }
    assert named
    assert named <= labelled


def claim_of(link: str, stance: str, certainty: str, source: str, measured: bool) -> dict[str, Any]:
    """Return a bare study of one claim, also of a kind that no check lets pass."""
    data = small()
    claim = CLAIMS[0] | {"stance": stance, "certainty": certainty, "source": source}
    claim |= {"basis": RELATIONS[link].basis or "none", "lag": None}
    claim["evidence"] = [claim["evidence"][0] | {"measured": measured, "measurements": []}]
    data["entities"] = {n: {"term": f"HP:000093{n[-1]} {n}"} for n in ("thing-1", "thing-2")}
    data["propositions"] = [
        {"about": "thing-1", "link": link, "outcome": "thing-2", "claims": [claim]}
    ]
    return data


def direct(found: Iterable[Statement]) -> list[tuple[str, str, str]]:
    """Return the triples between entities that a predicate of the table, Biolink or RO writes."""
    table = {p for row in RELATIONS.values() for p in row.predicates}
    written = []
    for q in found:
        name = compress(q.predicate.value)
        is_slot = name in {"biolink:agent_type", "biolink:knowledge_level"}
        if (name in table or name.startswith(("biolink:", "RO:", "BFO:"))) and not is_slot:
            written.append((spelled(q.subject), name, spelled(q.object)))
    return written


def claimed(found: Iterable[Statement]) -> list[tuple[str, ...]]:
    """Return (subject, predicate, object) of every claim that has all three."""
    found = list(found)
    parts = [expand(f"rdf:{name}") for name in ("subject", "predicate", "object")]
    by_claim: dict[str, dict[str, str]] = {}
    for q in found:
        if q.predicate.value in parts:
            by_claim.setdefault(spelled(q.subject), {})[q.predicate.value] = spelled(q.object)
    assert all(len(row) == 3 for row in by_claim.values())
    rows = [[row[part] for part in parts] for row in by_claim.values()]
    return [(s, compress(p), o) for s, p, o in rows]


@pytest.mark.parametrize("link", RELATIONS)
def test_only_a_claim_writes_a_relation_between_entities(link: str) -> None:
    for stance, certainty, source, measured in itertools.product(
        Stance, Certainty, ("paper", "news"), (True, False)
    ):
        study = Study.model_validate(claim_of(link, stance, certainty, source, measured))
        found = study_quads(study, {}, "t")
        written = direct(found)
        assert written == claimed(found)
        silent = (
            stance in {Stance.REFUTES, Stance.INCONCLUSIVE}
            or (stance is Stance.NO_EFFECT and certainty is not Certainty.ASSERTED)
            or (stance is Stance.NO_EFFECT and not (source == "paper" and measured))
        )
        assert len(written) == (not silent)
        firm = certainty is Certainty.ASSERTED and source == "paper" and measured
        biolink = {name for _, name, _ in written if name.startswith("biolink:")}
        assert len(biolink) <= (stance is Stance.SUPPORTS and firm)
        is_edge = any(q.object == NamedNode(expand("biolink:Association")) for q in found)
        assert is_edge == bool(biolink)
        assert bool(knowledge(found)) == bool(biolink)


def knowledge(found: Iterable[Statement]) -> set[str]:
    return {spelled(q.object) for q in found if compress(q.predicate.value).endswith("_level")}


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("role", Role)
def test_a_cause_needs_its_own_experiment(basis: Basis, role: Role) -> None:
    data = claim_of("cause", "supports", "asserted", "paper", measured=True)
    data["propositions"][0]["claims"][0] |= {"basis": basis, "role": role}
    found = study_quads(Study.model_validate(data), {}, "t")
    own = basis is Basis.INTERVENTION and role in {Role.RESULT, Role.CONCLUSION}
    assert [name for _, name, _ in direct(found)] == [
        "biolink:causes" if own else "sc:statedToCause"
    ]


def test_the_small_study_writes_just_these() -> None:
    written = sorted(name for _, name, _ in direct(base()))
    names = [
        "biolink:associated_with",
        "biolink:causes",
        "sc:mayCause",
        "sc:noAssociationFoundWith",
    ]
    assert written == names
    assert values(base(), CLAIM + "abstract-association", "biolink:knowledge_level") == {
        "statistical_association"
    }


@pytest.mark.parametrize("part", ["rdf:subject", "rdf:predicate", "rdf:object", "biolink:causes"])
def test_a_refuting_claim_carries_nothing_that_a_converter_reads(part: str) -> None:
    assert values(base(), CLAIM + "abstract-refutes", part) == set()


def test_a_tombstone_says_when_and_why_and_claims_nothing() -> None:
    tomb = {
        (compress(q.predicate.value), spelled(q.object))
        for q in base()
        if spelled(q.subject) == CLAIM + "gone"
    }
    assert tomb == {
        ("rdf:type", expand("sc:WithdrawnClaim")),
        ("owl:deprecated", "true"),
        ("dct:isPartOf", f"{GRAPH}#study"),
        ("dct:date", "2020-04-05"),
        ("rdfs:comment", "It was read wrongly."),
    }


def test_terms_are_labelled_as_their_slices_label_them() -> None:
    labels = {spelled(q.subject): spelled(q.object) for q in base() if _is_label(q)}
    known = [iri for iri in labels if iri in index()]
    assert len(known) > 10
    assert {iri: labels[iri] for iri in known} == {iri: index()[iri].label for iri in known}


def _is_label(quad: Statement) -> bool:
    return quad.predicate.value == expand("rdfs:label")
