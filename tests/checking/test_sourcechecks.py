"""Sources: one document is one source, in whatever form its address is written."""

from __future__ import annotations

import pytest

import samples
from studyclaims.checking.sourcechecks import check_sources, same_document
from studyclaims.model import Study

DOI, PMID, PMCID = ("doi", "10.1234/small.1"), ("pmid", "123"), ("pmcid", "PMC456")
PLAIN = ("page", "example.org/a")


@pytest.mark.parametrize(
    ("page", "document"),
    [
        ("https://doi.org/10.1234/small.1", DOI),
        ("http://dx.doi.org/10.1234/Small.1", DOI),
        ("https://www.doi.org/10.1234%2Fsmall.1", DOI),
        ("https://doi.org/10.1234/small.1/#top", DOI),
        ("https://pubmed.ncbi.nlm.nih.gov/123", PMID),
        ("https://pubmed.ncbi.nlm.nih.gov/123/?from=x", PMID),
        ("https://www.ncbi.nlm.nih.gov/pubmed/123", PMID),
        ("http://ncbi.nlm.nih.gov/pubmed/123/", PMID),
        ("https://europepmc.org/article/MED/123", PMID),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC456/", PMCID),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/pmc456", PMCID),
        ("https://europepmc.org/articles/PMC456", PMCID),
        ("https://europepmc.org/article/PMC/PMC456", PMCID),
        ("https://example.org/a", PLAIN),
        ("http://www.Example.org:80/a/#b", PLAIN),
        ("https://example.org:443/a", PLAIN),
        ("https://example.org/a?b=1", ("page", "example.org/a?b=1")),
        ("https://example.org/A", ("page", "example.org/A")),
        ("https://example.org/10.1234/small.1", ("page", "example.org/10.1234/small.1")),
        ("https://pubmed.ncbi.nlm.nih.gov/help", ("page", "pubmed.ncbi.nlm.nih.gov/help")),
        ("urn:isbn:0", ("page", "urn:isbn:0")),
    ],
)
def test_each_form_of_an_address_is_one_document(page: str, document: tuple[str, str]) -> None:
    assert same_document(page) == document


@pytest.mark.parametrize(
    "page",
    [
        "http://dx.doi.org/10.1234/small.1",
        "https://www.ncbi.nlm.nih.gov/pubmed/123",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC456/",
    ],
)
def test_a_page_that_is_another_source_is_told_once(page: str) -> None:
    study = Study.model_validate(samples.changed("sources.news.page", page))
    assert [(c.code, c.path) for c in check_sources(study)] == [
        ("R025", ("sources", "news", "page"))
    ]


def test_a_page_that_is_the_address_of_a_doi_is_to_be_written_as_one() -> None:
    page = "https://doi.org/10.5555/Other"
    study = Study.model_validate(samples.changed("sources.news.page", page))
    (complaint,) = check_sources(study)
    assert (complaint.code, complaint.hint) == ("R005", "write doi: 10.5555/other")
    data = samples.changed("sources.news.page", page)
    data["sources"]["news"]["doi"] = "10.5555/other"
    assert list(check_sources(Study.model_validate(data))) == []
