"""Sources and people: which IRI a document has, and in what order its authors stand."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pyoxigraph import Literal, NamedNode

from samples import KEY, changed, quads, record, small
from studyclaims.bibliography import graph_node, source_node, study_node
from studyclaims.model import Source
from studyclaims.terms import compress, expand

GRAPH: Final = f"https://w3id.org/studyclaims/study/{KEY}"


def said(data: dict[str, Any] | None, subject: str) -> set[tuple[str, str]]:
    """Return what a graph says of a subject, as (predicate, text)."""
    about = NamedNode(subject)
    found = (q for q in quads(data) if q.subject == about)
    return {
        (compress(q.predicate.value), q.object.value)
        for q in found
        if isinstance(q.object, NamedNode | Literal)
    }


@pytest.mark.parametrize(
    ("given", "iri"),
    [
        ({"doi": "10.1234/a"}, "https://doi.org/10.1234/a"),
        ({"pmid": "12"}, "http://www.ncbi.nlm.nih.gov/pubmed/12"),
        ({"pmcid": "PMC3"}, "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3"),
        ({"page": "https://example.org/n"}, "https://example.org/n"),
        ({"page": "urn:isbn:9780000000000"}, "urn:isbn:9780000000000"),
        ({"doi": "10.1234/a", "pmid": "12", "pmcid": "PMC3"}, "https://doi.org/10.1234/a"),
        ({"pmid": "12", "pmcid": "PMC3"}, "http://www.ncbi.nlm.nih.gov/pubmed/12"),
        (
            {"pmcid": "PMC3", "page": "https://example.org/n"},
            "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_source_is_named_by_the_first_identifier_it_has(given: dict[str, str], iri: str) -> None:
    source = Source.model_validate({"kind": "article", "title": "T", "read": ("title",)} | given)
    assert source_node(source).value == iri


def test_the_graph_is_not_the_study() -> None:
    study = record().study
    assert graph_node(study).value == GRAPH
    assert study_node(study).value == f"{GRAPH}#study"
    assert study_node(study, "drafter").value == f"{GRAPH}#drafter"
    assert (("foaf:primaryTopic", f"{GRAPH}#study")) in said(None, GRAPH)


def test_authors_stand_in_the_order_of_the_byline() -> None:
    for place, name in ((1, "First Author"), (2, "Second Author")):
        author = f"{GRAPH}#paper-author-{place}"
        assert {("schema:name", name), ("schema:position", str(place))} <= said(None, author)
        assert ("schema:author", author) in said(None, "https://doi.org/10.1234/small.1")


def test_two_authors_who_change_places_are_told_apart() -> None:
    authors = small()["sources"]["paper"]["authors"]
    assert quads(changed("sources.paper.authors", authors[::-1])) != quads()


def test_year_and_date_are_each_of_their_own_type() -> None:
    found = {
        q.object.datatype.value.rpartition("#")[2]: q.object.value
        for q in quads()
        if q.predicate == NamedNode(expand("dct:issued")) and isinstance(q.object, Literal)
    }
    assert found == {"gYear": "2020", "date": "2020-02-03"}


def test_a_news_item_is_secondary_and_the_paper_is_not() -> None:
    paper = "https://doi.org/10.1234/small.1"
    assert ("sc:primarySource", paper) in said(None, "https://example.org/news")
    assert not [row for row in said(None, paper) if row[0] == "sc:primarySource"]


@pytest.mark.parametrize(
    ("drafter", "kind"),
    [
        ({"orcid": "0000-0000-0000-0036"}, "prov:Person"),
        ({"tool": "T", "version": "1"}, "prov:SoftwareAgent"),
    ],
)
def test_a_person_and_a_program_are_told_apart(drafter: dict[str, str], kind: str) -> None:
    found = said(changed("curation.drafted_by", drafter), f"{GRAPH}#drafter")
    assert ("rdf:type", expand(kind)) in found
    assert len([row for row in found if row[0] == "rdf:type"]) == 1


def test_the_record_is_in_the_public_domain_and_says_what_built_it() -> None:
    found = said(None, GRAPH)
    assert ("dct:license", "https://creativecommons.org/publicdomain/zero/1.0/") in found
    assert ("sc:builtWith", "a tool 1") in found
    assert ("dct:isPartOf", "https://w3id.org/studyclaims/dataset") in found
