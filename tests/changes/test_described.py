"""What quads say of a thing, under a record's names; graphs from elsewhere may say less, or odd."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from samples import KEY, quads
from studyclaims.changes.described import FIELDS, Described
from studyclaims.rdf import node, typed
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studyclaims.changes.described import Value

CLAIM: Final = f"{BASE}claim/{KEY}/title-inflames"


@cache
def usual() -> Described:
    return Described(quads())


def described(*triples: tuple[object, str, object]) -> Described:
    """Return what triples describe; CURIEs stand for nodes."""
    terms = (
        [node(term) if isinstance(term, str) else term for term in triple] for triple in triples
    )
    return Described(Quad(*triple) for triple in terms)  # type: ignore[arg-type]


def words(fields: Mapping[str, Value]) -> dict[str, tuple[str, ...]]:
    return {name: value.words for name, value in fields.items()}


def test_a_claim_has_its_fields_its_evidence_and_what_follows() -> None:
    claim = usual().claims[CLAIM]
    assert set(words(claim.fields)) == {
        "writes", "about", "link", "outcome", "source", "stance", "certainty", "cue", "basis",
        "role", "lag.bound", "lag.time", "lag.after", "context.species", "context.strain",
        "context.sex", "context.age", "context.dose", "context.route", "context.site",
        "context.site_printed", "context.assay", "context.compared_with", "context.stated_in",
        "note",
    }  # fmt: skip
    assert words(claim.fields)["writes"] == ("biolink:causes",)
    assert words(claim.fields)["link"] == ("cause",)
    assert words(claim.fields)["context.site"] == ("UBERON:0000979 tibia",)
    assert {"rdf:subject", "sc:lagMaxHours", "rdf:type"} < claim.derived.keys()
    assert not claim.derived.keys() & {"sc:restsOn", "sc:proposition", "biolink:agent_type"}
    (item,) = claim.parts
    assert words(item.fields)["hash_rule"] == ("sc-text-1",)
    (measurement,) = item.parts
    assert words(measurement.fields)["time"] == ("72 h",)
    assert usual().reading(CLAIM).startswith("whether mechanical disuse might cause increased")


def test_the_tenth_item_of_evidence_comes_after_the_second() -> None:
    rows: list[tuple[object, str, object]] = [("sc:c", "rdf:type", "sc:Claim")]
    for number in (10, 2, 1):
        rows.append(("sc:c", "sc:restsOn", f"sc:e/{number}"))
        rows.append((f"sc:e/{number}", "sc:locator", Literal(str(number))))
    (claim,) = described(*rows).claims.values()
    assert [part.fields["at"].words for part in claim.parts] == [("1",), ("2",), ("10",)]


def test_a_source_has_its_fields_and_its_authors_in_order() -> None:
    fields = words(usual().sources["https://doi.org/10.1234/small.1"].fields)
    assert (fields["kind"], fields["year"], fields["date"]) == (
        ("article",),
        ("2020",),
        ("2020-02-03",),
    )
    assert (fields["doi"], fields["pmid"], fields["pmcid"]) == (
        ("10.1234/small.1",),
        ("123",),
        ("PMC456",),
    )
    assert [text.split(" (")[0] for text in fields["authors"]] == [
        "1 First Author",
        "2 Second Author",
    ]
    news = words(usual().sources["https://example.org/news"].fields)
    assert news["primary_source"] == ("doi:10.1234/small.1",)


def test_authors_stand_by_their_places_and_not_by_their_names() -> None:
    rows: list[tuple[object, str, object]] = [("sc:s", "rdf:type", "sc:Source")]
    for place in (2, 10, 1):
        rows.append(("sc:s", "schema:author", f"sc:a{place}"))
        rows.append((f"sc:a{place}", "schema:name", Literal("A")))
        rows.append((f"sc:a{place}", "schema:position", Literal(place)))
    rows.append(("sc:s", "schema:author", "sc:b"))
    (source,) = described(*rows).sources.values()
    assert source.fields["authors"].words == ("0 ", "1 A", "2 A", "10 A")


def test_a_study_has_the_header_of_its_graph() -> None:
    (study,) = usual().studies.values()
    assert words(study.fields) == {
        "publication": ("doi:10.1234/small.1",),
        "schema_version": ("1",),
        "curation.status": ("checked",),
        "curation.date": ("2020-03-05",),
        "curation.note": ("Made up for tests.",),
        "licence": ("https://creativecommons.org/publicdomain/zero/1.0/",),
        "curation.drafted_by": ("a drafting tool 1.50",),
        "curation.reviewed_by": ("orcid:0000-0000-0000-0028 2020-03-04",),
        "curation.agent_type": ("automated_agent",),
    }
    assert study.derived.keys() == {"dct:isPartOf", "foaf:primaryTopic"}
    assert described(("sc:s", "rdf:type", "sc:Study")).studies


def test_claims_of_one_study_that_were_made_in_two_ways_say_so_each() -> None:
    rows: list[tuple[object, str, object]] = [("sc:s", "rdf:type", "sc:Study")]
    for name in "ab":
        rows.append((f"sc:{name}", "rdf:type", "sc:Claim"))
        rows.append((f"sc:{name}", "dct:isPartOf", "sc:s"))
        rows.append((f"sc:{name}", "biolink:agent_type", Literal(name)))
    found = described(*rows)
    assert [words(c.fields) for c in found.claims.values()] == [
        {"agent_type": ("a",)},
        {"agent_type": ("b",)},
    ]
    assert [words(s.fields) for s in found.studies.values()] == [{}]


def test_a_tombstone_is_no_claim_and_gives_way_to_one() -> None:
    (stone,) = usual().tombstones.values()
    assert words(stone.fields) == {"date": ("2020-04-05",), "reason": ("It was read wrongly.",)}
    both = described(("sc:c", "rdf:type", "sc:Claim"), ("sc:c", "rdf:type", "sc:WithdrawnClaim"))
    assert (list(both.tombstones), len(both.claims)) == ([], 1)


def test_an_entity_is_its_slots_or_its_term() -> None:
    size = next(e for e in usual().claims.values() if "larger" in e.iri or e.iri == CLAIM)
    outcome = usual().entity(size.fields["outcome"].ids[0][1:-1])
    assert set(words(outcome.fields)) == {
        "variable", "change", "within_part", "by_agent", "due_to", "modifier", "label",
    }  # fmt: skip
    term = usual().entity(node("scterm:disuse").value)
    assert words(term.fields) == {
        "term": ("scterm:disuse mechanical disuse",),
        "label": ("mechanical disuse",),
    }
    assert term.derived == {}


def test_a_proposition_that_is_not_described_is_its_name() -> None:
    rows = (("sc:c", "rdf:type", "sc:Claim"), ("sc:c", "sc:proposition", "sc:p"))
    found = described(*rows)
    (claim,) = found.claims.values()
    assert words(claim.fields) == {"proposition": ("p",)}
    assert found.reading(claim.iri) == "sc:p"


def test_blank_nodes_are_all_alike_and_triple_terms_are_not() -> None:
    triple = Triple(node("sc:a"), node("sc:b"), node("sc:c"))
    row = ("sc:c", "rdf:type", "sc:Claim")
    for term, text in ((BlankNode("x"), "a blank node"), (triple, str(triple))):
        (claim,) = described(row, ("sc:c", "sc:cue", term)).claims.values()
        assert claim.fields["cue"].words == (text,)
    sides = (described(row, ("sc:c", "sc:cue", BlankNode(n))) for n in "xy")
    assert len({c.content for side in sides for c in side.claims.values()}) == 1


def test_words_are_labels_curies_and_times() -> None:
    it = usual()
    assert it.words(typed("P2D", "xsd:dayTimeDuration")) == "2 d"
    assert it.words(node("sc:relAssociate")) == "associate"
    assert it.words(node("sc:noEffect")) == "noEffect"
    assert it.words(node("CL:0000092")) == "CL:0000092 osteoclast"
    assert it.words(node("CL:0000093")) == "CL:0000093"
    assert it.words(NamedNode("urn:a:b")) == "urn:a:b"
    labelled = described(("urn:a:b", "rdfs:label", Literal("b")), ("urn:a:b", "rdfs:label", "sc:x"))
    assert labelled.words(NamedNode("urn:a:b")) == "b"


def test_what_a_claim_writes_is_no_loose_relation() -> None:
    assert usual().loose == set()
    rows = (
        ("CL:0000092", "biolink:causes", "CL:0000093"),
        ("sc:c", "rdf:type", "sc:Claim"),
        ("sc:c", "rdf:subject", "CL:0000092"),
        ("sc:c", "rdf:predicate", "biolink:causes"),
    )
    assert len(described(*rows).loose) == 1
    assert described(*rows, ("sc:c", "rdf:object", "CL:0000093")).loose == set()
    assert len(described(*rows, ("sc:c", "rdf:object", "CL:0000094")).loose) == 1


def test_other_statements_are_those_about_no_claim() -> None:
    assert usual().others == set()
    other = ("urn:a:s", "urn:a:p", "urn:a:o")
    rows = (
        other,
        ("urn:a:l", "rdfs:label", Literal("a label alone")),
        (BlankNode("x"), "urn:a:p", "urn:a:o"),
        ("urn:a:s", "urn:a:p", BlankNode("x")),
        (f"{BASE}study/a-2020#author", "schema:name", Literal("A")),
        ("urn:a:s", "biolink:causes", "urn:a:o"),
    )
    assert described(*rows).others == {Triple(*map(NamedNode, other))}


def test_every_field_has_one_place() -> None:
    assert len(FIELDS) == len(set(FIELDS))
    assert FIELDS[:4] == ("writes", "about", "link", "outcome")
    assert "note" not in FIELDS
