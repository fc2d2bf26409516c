"""Pages: a study, a claim, an entity or a proposition of a graph, as readable sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import ClaimError, QueryError
from studyclaims.queries import Rows, ask, each_row
from studyclaims.rdf import node
from studyclaims.readings import capital, lag_words
from studyclaims.showing.claims import Claims, name_of
from studyclaims.showing.details import EVIDENCE, SOURCE, named, said_of
from studyclaims.showing.names import candidates
from studyclaims.terminal import shown
from studyclaims.terms import SC, compress, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.stores.embedded import EmbeddedStore

_CLAIMS: Final = "SELECT DISTINCT ?it ?claim WHERE { %s ?claim a sc:Claim } ORDER BY ?claim"
"""Claims that a page is about; ``%s`` is one of this module's own patterns."""

_GAP: Final = "␞"
"""Stands between grouped texts: no label holds this sign."""

_WORDS: Final = {
    "site_printed": "site as printed",
    "compared_with": "compared with",
    "stated_in": "stated in",
    "test_of": "test of",
}
"""Names that are read otherwise than a record writes them."""


@dataclass(frozen=True, slots=True)
class Page:
    """What ``show`` prints: a title, the sentences, and the same as data."""

    title: str
    lines: tuple[str, ...]
    data: dict[str, Any]

    def __str__(self) -> str:
        return "\n".join(map(shown, (self.title, "", *self.lines)))

    def __repr__(self) -> str:
        return f"<Page: {self.title}>"

    def _repr_html_(self) -> str:
        """Return the page as a notebook shows it."""
        from studyclaims.showing.htmlpages import page_html

        return page_html(self)


def page(store: EmbeddedStore, name: str) -> Page:
    """Return the page of a study key, ``key/claim``, a DOI, an IRI, a CURIE or a label.

    Raises:
        QueryError: the graph has nothing of that name.
    """
    makers = {
        "Study": _study_page,
        "Claim": _claim_page,
        "WithdrawnClaim": _withdrawn_page,
        "Proposition": _proposition_page,
        "Entity": _entity_page,
        "Source": _source_page,
    }
    for iri in candidates(store, name):
        found = ask(store, "SELECT ?it ?kind { ?it a ?kind }", {"it": node(iri)})
        kinds = {row["kind"] for row in found} if isinstance(found, Rows) else set()
        for kind, maker in makers.items():
            if SC + kind in kinds:
                return maker(store, iri)
        if ask(store, "SELECT ?it { ?it ^sc:involves ?entity } LIMIT 1", {"it": node(iri)}):
            return _term_page(store, iri)
    raise QueryError(
        f"the graph has no study, claim, proposition, entity, term or source {name!r}; "
        "write a study's key, key/claim, a DOI, an IRI, a CURIE or a label"
    )


def claim_rows(store: EmbeddedStore, pattern: str, **values: str) -> list[dict[str, Any]]:
    """Return the claims that a graph pattern over ``?claim`` selects, each with its sentence.

    Context, evidence and measurements have the names that a record writes. Of a claim that cannot
    be read out there is but its IRI, the ``problem``, and a sentence that says so.
    """
    bound = {name: node(iri) for name, iri in values.items()}
    claims = Claims(store)
    return [_row(claims, row["claim"]) for row in each_row(ask(store, _CLAIMS % pattern, bound))]


def _row(claims: Claims, iri: str) -> dict[str, Any]:
    try:
        return claims.row(claims.read(iri))
    except ClaimError as error:
        said = f"cannot be read out: {error.problem}"
        return {"claim": iri, "problem": error.problem, "sentence": said}


def _one(store: EmbeddedStore, text: str, iri: str) -> dict[str, Any]:
    """Return the first row of a query about one thing."""
    found = ask(store, text, {"it": node(iri)})
    row = next(iter(found), {}) if isinstance(found, Rows) else {}
    row.pop("it", None)
    return {name: _in_order(value) for name, value in row.items()}


def _in_order(value: Any) -> Any:  # noqa: ANN401 - a plain value of a row
    """Return grouped texts sorted: an engine groups them in any order."""
    return "; ".join(sorted(value.split(_GAP))) if isinstance(value, str) else value


def _page(title: str, facts: dict[str, Any], claims: list[dict[str, Any]]) -> Page:
    """Return a page of facts, one a line, then the claims as sentences.

    Facts in a list or under a name of their own are lines too, those of a list set in.
    """
    lines = list(_fact_lines(facts))
    noun = "claim" if len(claims) == 1 else "claims"
    lines += ["", f"{len(claims)} {noun}"] if claims and lines else []
    lines += [f"  {name_of(row['claim'])}: {row['sentence']}" for row in claims]
    return Page(title, tuple(lines), {"title": title, **facts, "claims": claims})


def _fact_lines(facts: dict[str, Any]) -> Iterator[str]:
    """Yield facts as lines; what is empty has none."""
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from _fact_lines(value)
        elif isinstance(value, list):
            for number, item in enumerate(value, start=1):
                yield f"{name} {number}: {item.get('type', 'of a kind not said')}"
                yield from (f"  {line}" for line in _evidence_lines(item))
        elif value not in {None, ""}:
            yield f"{_WORDS.get(name, name)}: {value}"


def _evidence_lines(item: dict[str, Any]) -> Iterator[str]:
    """Yield one item of evidence as lines, its type left out."""
    said = {name: item.get(name) for name in EVIDENCE if name != "type"}
    if "measured" in item:
        said["measured"] = "yes" if item["measured"] is True else "no"
    yield from _fact_lines(said)
    yield from (f"measurement: {measurement['line']}" for measurement in item["measurements"])


def _study_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(
        store,
        """
        SELECT ?it ?doi ?status
        WHERE { ?it dct:source ?doi . ?header foaf:primaryTopic ?it ; sc:recordStatus ?status }
        """,
        iri,
    )
    source = _source_facts(store, str(facts["doi"])) if facts else {}
    title = str(source.pop("title", iri))
    read, authors = source.pop("read", ""), source.pop("authors", 0)
    facts = {
        "doi": facts.get("doi"),
        **source,
        "status": local_name(str(facts.get("status", ""))),
        "authors": authors,
        "read": read,
    }
    return _page(title, facts, claim_rows(store, "?claim dct:isPartOf ?it .", it=iri))


def _source_facts(store: EmbeddedStore, iri: str) -> dict[str, Any]:
    """Return what a graph has of a source: where and when it appeared, what of it was read."""
    said = said_of(store, iri)
    facts = named(SOURCE, said)
    years = [str(value)[:4] for name, value, _ in said if name == "dct:issued"]
    authors = sum(name == "schema:author" for name, *_ in said)
    more = {"year": min(years, default=None), "authors": authors}
    return facts | {name: value for name, value in more.items() if value}


def _claim_page(store: EmbeddedStore, iri: str) -> Page:
    claims = Claims(store)
    claim = claims.row(claims.read(iri))
    said = said_of(store, iri)
    writes = [value for name, value, _ in said if name == "rdf:predicate"]
    lag = lag_words(claim["bound"], claim["lag"], claim["startReading"]) if claim["lag"] else None
    facts = {
        "source": f"{claim['title']} <{claim['source']}>",
        **named({"note": "rdfs:comment"}, said),
        "writes": compress(str(writes[0])) if writes else "no direct triple",
        "context": claim["context"],
        "lag": lag,
        "evidence": claim["evidence"],
    }
    return _page(name_of(iri), facts, [claim])


def _withdrawn_page(store: EmbeddedStore, iri: str) -> Page:
    text = "SELECT ?it ?date ?reason { ?it dct:date ?date ; rdfs:comment ?reason }"
    return _page(f"{name_of(iri)} (withdrawn)", _one(store, text, iri), [])


def _proposition_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(
        store, "SELECT ?it ?label ?topic { ?it rdfs:label ?label ; sc:topicGroup ?topic }", iri
    )
    title = capital(str(facts.pop("label", iri)))
    return _page(title, facts, claim_rows(store, "?claim sc:proposition ?it .", it=iri))


def _entity_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(
        store,
        """
        SELECT ?it ?label ?core (GROUP_CONCAT(DISTINCT ?name; separator="␞") AS ?terms)
        WHERE { ?it rdfs:label ?label ; sc:coreTerm/rdfs:label ?core .
          ?it sc:involves/rdfs:label ?name }
        GROUP BY ?it ?label ?core
        """,
        iri,
    )
    pattern = "?claim sc:proposition/(sc:about|sc:outcomeEntity) ?it ."
    title = str(facts.pop("label", iri))
    return _page(title, {"iri": iri, **facts}, claim_rows(store, pattern, it=iri))


def _term_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(store, "SELECT ?it ?label { ?it rdfs:label ?label }", iri)
    pattern = "?claim sc:proposition/(sc:about|sc:outcomeEntity)/sc:involves ?it ."
    title = f"{facts.pop('label', iri)} ({compress(iri)})"
    return _page(title, facts, claim_rows(store, pattern, it=iri))


def _source_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _source_facts(store, iri)
    title = str(facts.pop("title", iri))
    return _page(title, facts, claim_rows(store, "?claim sc:source ?it .", it=iri))
