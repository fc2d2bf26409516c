"""What the sources of a record must keep: each can be found, and no document stands as two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from studyclaims.checking.complaints import Complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.model import Source, Study

_PAGES: Final = (
    ("doi", re.compile(r"(?:dx\.)?doi\.org/(10\..+)", re.IGNORECASE)),
    ("pmid", re.compile(r"pubmed\.ncbi\.nlm\.nih\.gov/([0-9]+)")),
    ("pmid", re.compile(r"ncbi\.nlm\.nih\.gov/pubmed/([0-9]+)")),
    ("pmid", re.compile(r"europepmc\.org/(?:article|abstract)/med/([0-9]+)", re.IGNORECASE)),
    ("pmcid", re.compile(r"pmc\.ncbi\.nlm\.nih\.gov/articles/(PMC[0-9]+)", re.IGNORECASE)),
    ("pmcid", re.compile(r"ncbi\.nlm\.nih\.gov/pmc/articles/(PMC[0-9]+)", re.IGNORECASE)),
    ("pmcid", re.compile(r"europepmc\.org/articles?/(?:pmc/)?(PMC[0-9]+)", re.IGNORECASE)),
)
"""Addresses, without scheme and www., that stand for an identifier, and which one."""


def check_sources(study: Study) -> Iterator[Complaint]:
    """Yield a complaint for each source that cannot stand as it is described, or stands twice.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> list(check_sources(read_record(studies_dir() / "ausk-2017.yaml").study))
    []
    """
    yield from _sources(study)
    yield from _same_sources(study)


def same_document(page: str) -> tuple[str, str]:
    """Return which identifier an address stands for, and that; ``page`` and it, if for none.

    Scheme, ``www.``, a slash at the end and what follows ``#`` make no difference.

    >>> same_document("http://dx.doi.org/10.1234/Small.1")
    ('doi', '10.1234/small.1')
    >>> same_document("https://www.ncbi.nlm.nih.gov/pubmed/123/")
    ('pmid', '123')
    >>> same_document("https://www.example.org/news/#top")
    ('page', 'example.org/news')
    """
    parts = urlsplit(page)
    if parts.scheme not in {"http", "https"}:
        return "page", page
    host = parts.netloc.casefold().removeprefix("www.").removesuffix(":443").removesuffix(":80")
    bare = host + parts.path.rstrip("/")
    for kind, pattern in _PAGES:
        found = pattern.fullmatch(unquote(bare))
        if found:
            return kind, found[1].upper() if kind == "pmcid" else found[1].lower()
    return "page", f"{bare}?{parts.query}" if parts.query else bare


def _sources(study: Study) -> Iterator[Complaint]:
    papers = [s for s in study.sources.values() if s.primary_source is None and s.kind != "news"]
    if len(papers) != 1:
        message = f"{len(papers)} sources are the study's own publication; a study has one"
        hint = "give every other one a primary_source" if papers else "add the paper as a source"
        yield Complaint(("sources",), "R011", message, hint)
    for key, source in study.sources.items():
        path = ("sources", key)
        if not (source.doi or source.pmid or source.pmcid or source.page):
            yield Complaint(path, "R011", f"source {key!r} cannot be found", "give its doi or page")
        if source.kind == "news" and source.primary_source is None:
            hint = "name the source that it reports on"
            yield Complaint(path, "R011", f"news item {key!r} has no primary_source", hint)
        if _reports_on_itself(key, study.sources):
            hint = "name the study's own publication"
            yield Complaint((*path, "primary_source"), "R011", f"{key!r} reports on itself", hint)


def _reports_on_itself(key: str, sources: Mapping[str, Source]) -> bool:
    """Return whether following primary_source from this source comes back to it."""
    passed: set[str] = set()
    name = sources[key].primary_source
    while name and name in sources and name not in passed:
        if name == key:
            return True
        passed.add(name)
        name = sources[name].primary_source
    return False


def _same_sources(study: Study) -> Iterator[Complaint]:
    """Yield a complaint for each identifier of a source that another has, in whatever form."""
    named: dict[tuple[str, str], str] = {}
    for key, source in study.sources.items():
        for slot, document in _documents(source):
            other = named.setdefault(document, key)
            if other != key:
                message = f"the {slot} of {key!r} is that of {other!r}"
                hint = "one document is one source: take one out, or correct its identifier"
                yield Complaint(("sources", key, slot), "R025", message, hint)
            elif slot == "page" and document[0] == "doi" and not source.doi:
                message = f"the page of {key!r} is the address of a DOI"
                yield Complaint(
                    ("sources", key, slot), "R005", message, f"write doi: {document[1]}"
                )


def _documents(source: Source) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield (key, the document it stands for) of each identifier of a source."""
    for slot in ("doi", "pmid", "pmcid"):
        identifier = getattr(source, slot)
        if identifier:
            yield slot, (slot, identifier)
    if source.page:
        yield "page", same_document(source.page)
