"""A study's graph header, its curation, its sources and their authors, as triples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.rdf import node, rows, typed
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pyoxigraph import NamedNode, Triple

    from studyclaims.model import Drafter, Source, Study

_KINDS: Final = {
    "article": "fabio:JournalArticle",
    "preprint": "fabio:Preprint",
    "news": "fabio:NewsItem",
}

CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
"""The licence of every record and of this project's own vocabulary."""


def is_paper(kinds: Collection[object]) -> bool:
    """Return whether a source of these classes is a paper: said to be one, and not to be news.

    >>> is_paper([node("fabio:JournalArticle")]), is_paper([node("fabio:NewsItem")]), is_paper([])
    (True, False, False)
    """
    news, *papers = (node(_KINDS[kind]) for kind in ("news", "article", "preprint"))
    return news not in kinds and any(paper in kinds for paper in papers)


def graph_node(study: Study) -> NamedNode:
    """Return the name of a study's graph."""
    return node(f"{BASE}study/{study.key}")


def study_node(study: Study, part: str = "study") -> NamedNode:
    """Return the study itself, or a part of its description such as an author."""
    return node(f"{BASE}study/{study.key}#{part}")


def source_node(source: Source) -> NamedNode:
    """Return a source's identity: its DOI, else PMID, else PMCID, else page.

    >>> from studyclaims.model import Source
    >>> news = Source(kind="news", title="N", page="https://example.org/n", read=("body",))
    >>> source_node(news).value
    'https://example.org/n'
    """
    if source.doi:
        return node(f"https://doi.org/{source.doi}")
    if source.pmid:
        return node(expand(f"PMID:{source.pmid}"))
    if source.pmcid:
        return node(expand(f"PMC:{source.pmcid}"))
    return node(str(source.page))


def header_triples(study: Study, built_with: str) -> Iterator[Triple]:
    """Yield what is said of the graph itself: title, licence, curation, what built it."""
    graph, curation = graph_node(study), study.curation
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node("dcat:Dataset")),
        ("dct:title", f"Claims of the study {study.key}"),
        ("dct:license", node(CC0)),
        ("dct:isPartOf", node(f"{BASE}dataset")),
        ("dct:modified", typed(curation.date, "xsd:date")),
        ("foaf:primaryTopic", study_node(study)),
        ("sc:recordStatus", node(f"sc:{curation.status}")),
        ("sc:schemaVersion", study.schema_version),
        ("sc:builtWith", built_with),
        ("sc:draftedBy", study_node(study, "drafter")),
        ("rdfs:comment", curation.note),
    ]
    yield from rows(graph, pairs)
    yield from _drafter_triples(study_node(study, "drafter"), curation.drafted_by)
    for number, reviewer in enumerate(curation.reviewed_by, start=1):
        name = study_node(study, f"reviewer-{number}")
        yield from rows(graph, [("sc:reviewedBy", name)])
        yield from _drafter_triples(name, reviewer)


def _drafter_triples(name: NamedNode, drafter: Drafter) -> Iterator[Triple]:
    """Yield who drafted or reviewed: a person by ORCID, or a tool and its version."""
    kind = "prov:Person" if drafter.orcid else "prov:SoftwareAgent"
    orcid = node(expand(f"orcid:{drafter.orcid}")) if drafter.orcid else None
    yield from rows(
        name,
        [
            ("rdf:type", node(kind)),
            ("rdfs:label", drafter.tool),
            ("schema:softwareVersion", drafter.version),
            ("schema:identifier", orcid),
            ("dct:date", typed(drafter.date, "xsd:date") if drafter.date else None),
        ],
    )


def study_triples(study: Study) -> Iterator[Triple]:
    """Yield the study, the sources it is known from, and the tombstones of withdrawn claims."""
    name = study_node(study)
    yield from rows(
        name,
        [
            ("rdf:type", node("sc:Study")),
            ("rdfs:label", study.key),
            ("dct:title", study.publication.title),
            ("dct:source", source_node(study.publication)),
        ],
    )
    for key, source in study.sources.items():
        yield from _source_triples(study, key, source)
    for tomb in study.withdrawn:
        yield from rows(
            node(f"{BASE}claim/{study.key}/{tomb.id}"),
            [
                ("rdf:type", node("sc:WithdrawnClaim")),
                ("owl:deprecated", True),
                ("dct:isPartOf", name),
                ("dct:date", typed(tomb.date, "xsd:date")),
                ("rdfs:comment", tomb.reason),
            ],
        )


def _source_triples(study: Study, key: str, source: Source) -> Iterator[Triple]:
    """Yield a source: what it is, where it appeared, who wrote it, what of it was read."""
    name = source_node(source)
    primary = source.primary_source and source_node(study.sources[source.primary_source])
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node("sc:Source")),
        ("rdf:type", node(_KINDS[source.kind])),
        ("dct:title", source.title),
        ("dct:issued", typed(source.date, "xsd:date") if source.date else None),
        ("dct:issued", typed(str(source.year), "xsd:gYear") if source.year else None),
        ("sc:primarySource", primary or None),
        ("schema:isPartOf", source.journal),
        ("schema:volumeNumber", source.volume),
        ("schema:issueNumber", source.issue),
        ("schema:pagination", source.pages),
        ("schema:publisher", source.publisher),
        ("schema:sourceOrganization", source.provided_by),
        ("dct:license", node(source.licence) if source.licence else None),
        ("rdfs:comment", source.note),
    ]
    pairs += [("dct:identifier", identifier) for identifier in _identifiers(source)]
    pairs += [("sc:partRead", part) for part in source.read]
    pairs += [("sc:readAt", node(address)) for address in source.read_at]
    yield from rows(name, pairs)
    yield from _author_triples(study, key, source)


def _identifiers(source: Source) -> Iterator[str]:
    """Yield the identifiers as prefixed text, the way reference managers search for them."""
    for prefix, value in (("doi", source.doi), ("pmid", source.pmid), ("pmcid", source.pmcid)):
        if value:
            yield f"{prefix}:{value}"


def _author_triples(study: Study, key: str, source: Source) -> Iterator[Triple]:
    """Yield the authors with their place in the byline and their affiliations."""
    for place, author in enumerate(source.authors, start=1):
        name = study_node(study, f"{key}-author-{place}")
        yield from rows(source_node(source), [("schema:author", name)])
        pairs: list[tuple[str, object]] = [
            ("rdf:type", node("schema:Person")),
            ("schema:name", author.name),
            ("schema:position", place),
            ("schema:identifier", node(expand(f"orcid:{author.orcid}")) if author.orcid else None),
        ]
        pairs += [
            ("schema:affiliation", study_node(study, f"{key}-affiliation-{affiliation}"))
            for affiliation in author.affiliations
        ]
        yield from rows(name, pairs)
    for ref, text in source.affiliations.items():
        affiliation = study_node(study, f"{key}-affiliation-{ref}")
        yield from rows(
            affiliation, [("rdf:type", node("schema:Organization")), ("schema:name", text)]
        )
