"""The claim table: one row a claim, with what a laboratory asks of it in columns.

A claim that cannot be read is no row, for a table shows each as firm as its words are; it is named
beside the table. Who wants one row a measurement, or another column, asks the graph itself:
``studyclaims query show-evidence``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal

from studyclaims.errors import ClaimError, QueryError
from studyclaims.lags import Bound
from studyclaims.predicates import RELATIONS
from studyclaims.queries import Rows
from studyclaims.rdf import typed
from studyclaims.readings import elapsed, figure, lag_words, measurement_line, sentence
from studyclaims.showing.claims import Claims, name_of
from studyclaims.showing.details import CONTEXT, EVIDENCE, MEASUREMENT
from studyclaims.showing.told import read_told
from studyclaims.terms import compress, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from studyclaims.queries import Term
    from studyclaims.showing.claims import Claim
    from studyclaims.showing.told import Told
    from studyclaims.stores.embedded import EmbeddedStore

COLUMNS: Final = {
    "study": "key of the study",
    "claim": "name of the claim, as `show` takes it",
    "stance": "supports, refutes, noEffect or inconclusive",
    "certainty": "asserted, suggested, hypothesised or speculated",
    "source_kind": "primary, or secondary for news and what else reports another's work",
    "about": "label of the entity that the claim is about",
    "relation": "the relation in question, neutral; stance and certainty say what is made of it",
    "outcome": "label of the entity at the other end",
    "cue": "the words that decide stance and certainty",
    "basis": "intervention, association, temporal, comparison or none",
    "role": "result, conclusion, background, hypothesis or implication",
    "writes": "the direct predicate that the claim writes; empty where it writes none",
    "measured": "whether any of its evidence was measured by its study",
    "evidence_type": "kinds of evidence",
    "about_id": "CURIE or IRI of `about`",
    "about_terms": "CURIEs of all terms in `about`",
    "outcome_id": "CURIE or IRI of `outcome`",
    "outcome_terms": "CURIEs of all terms in `outcome`",
    "outcome_core": "CURIE of the term that `outcome` is a case of",
    "outcome_core_label": "its label",
    "outcome_change": "increased, decreased, changed, present or absent",
    "site": "where it was measured",
    "site_printed": "the site in the source's words",
    "species": "species",
    "strain": "strain",
    "sex": "sex",
    "age": "age",
    "dose": "dose",
    "route": "route",
    "assay": "assay",
    "compared_with": "what the claim compares with",
    "lag": "when the outcome was seen, after what",
    "effect": "the first value as printed, with unit and spread",
    "value": "that value as a number",
    "unit": "its unit (UCUM)",
    "spread": "the figure after ± as printed",
    "n": "its sample size",
    "p": "its p value as printed",
    "time": "how long after the start it was measured",
    "against": "what that value is compared with",
    "more_measurements": "all further measurements, each with what is printed of it",
    "source_title": "title of the source",
    "source": "DOI or address of the source",
    "primary_source": "the paper that counts: of a secondary source the one it reports",
    "locator": "where in the source it stands",
    "record_status": "draft, checked or signed",
    "drafted_by": "who drafted the record: a tool with its version, or an ORCID",
    "sentence": "the claim as a sentence",
}
"""The columns in order, each with what it holds.

Stance and certainty stand before the two entities and the relation: a sheet that is cut off at the
right never shows a hedged or refuted claim as a plain one.
"""

_BOUNDS: Final = frozenset(map(str, Bound))


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table; ``unread`` says of each claim that cannot be read what is wrong."""

    rows: Rows
    unread: Mapping[str, str]


def claims_table(store: EmbeddedStore, studies: Iterable[str] = ()) -> Rows:
    """Return the rows of `read_table`, for whom the claims left out do not matter.

    >>> from studyclaims.graph import load
    >>> rows = claims_table(load().store, ["ausk-2017"])
    >>> print(next(row["stance"] for row in rows if row["claim"] == "ausk-2017/title-inflammation"))
    supports

    Raises:
        QueryError: the graph has no claim of a study that is asked for.
    """
    return read_table(store, studies).rows


def read_table(store: EmbeddedStore, studies: Iterable[str] = ()) -> Table:
    """Return one row a claim, sorted by study and claim; `COLUMNS` says what each column holds.

    >>> from studyclaims.graph import load
    >>> found = read_table(load().store, ["ausk-2017"])
    >>> len(found.rows) > 10, found.unread
    (True, {})

    Args:
        store: the graph.
        studies: the keys of the studies to list; all where none is given.

    Raises:
        QueryError: the graph has no claim of a study that is asked for.
    """
    claims, wanted = Claims(store), set(studies)
    found = sorted((name_of(iri), iri) for iri in claims.iris())
    missing = wanted - {_study_of(name) for name, _ in found}
    if missing:
        raise QueryError(f"the graph has no claim of a study {min(missing)!r}; write a study's key")
    told, rows, unread = read_told(store), [], {}
    for name, iri in found:
        if wanted and _study_of(name) not in wanted:
            continue
        try:
            row = _row(told, claims.read(iri))
        except ClaimError as error:
            unread[error.name] = error.problem
        else:
            rows.append(tuple(_term(row.get(column)) for column in COLUMNS))
    return Table(Rows(tuple(COLUMNS), tuple(rows)), unread)


def _row(told: Told, claim: Claim) -> dict[str, Any]:
    """Return what the columns hold of a claim; what nothing is said of is left out."""
    relation = RELATIONS[claim.relation]
    evidence = [_evidence(told, item) for item in told.linked(claim.iri, "sc:restsOn")]
    context, lag = told.texts(claim.iri, CONTEXT), _lag(told, claim.iri)
    places = sorted({str(item["at"]) for item in evidence if "at" in item})
    row = {
        **_words(told, claim),
        **context,
        **_entity(told, "about", claim.about),
        **_entity(told, "outcome", claim.outcome),
        **_source(told, claim),
        **_measured(evidence),
        "relation": relation.reads,
        "lag": lag and lag_words(lag["bound"], lag["lag"], lag["startReading"]),
    }
    said = {
        **row,
        **(lag or dict.fromkeys(("lag", "startReading"))),
        "kind": claim.primary,
        "link": relation.curie.partition(":")[2],
        "cue": sorted(map(str, told.linked(claim.iri, "sc:cue"))),
        "at": places or ["place not given"],
        "aboutReading": told.reading(claim.about),
        "outcomeReading": told.reading(claim.outcome),
        "context": context,
        "evidence": evidence,
        "figure": row.get("effect"),
    }
    return row | {"sentence": sentence(said)}


def _words(told: Told, claim: Claim) -> dict[str, Any]:
    """Return the columns that name the claim and say how its source takes it."""
    name = name_of(claim.iri)
    predicate = told.first(claim.iri, "rdf:predicate")
    return {
        "study": _study_of(name),
        "claim": name,
        "stance": str(claim.stance),
        "certainty": str(claim.certainty),
        "basis": local_name(claim.basis),
        "role": local_name(claim.role),
        "cue": _joined(told.linked(claim.iri, "sc:cue")),
        "writes": _curie(predicate),
        **told.studies.get(claim.study, {}),
    }


def _entity(told: Told, side: str, iri: str | None) -> dict[str, Any]:
    """Return the columns of one side of a proposition."""
    core = told.first(iri, "sc:coreTerm")
    return {
        side: told.label(iri),
        f"{side}_id": _curie(iri),
        f"{side}_terms": _joined(map(_curie, told.linked(iri, "sc:involves"))),
        f"{side}_core": _curie(core),
        f"{side}_core_label": told.label(core),
        f"{side}_change": _local(told.first(iri, "sc:change")),
    }


def _source(told: Told, claim: Claim) -> dict[str, Any]:
    """Return the columns that say where a claim is from."""
    return {
        "source_title": told.first(claim.source, "dct:title"),
        "source": claim.source,
        "primary_source": claim.primary or claim.source,
        "source_kind": "secondary" if claim.primary else "primary",
    }


def _evidence(told: Told, iri: str) -> dict[str, Any]:
    """Return an item of evidence with its measurements, by a record's names."""
    return told.texts(iri, EVIDENCE) | {
        "measurements": [_measurement(told, m) for m in told.linked(iri, "sc:measurement")]
    }


def _measurement(told: Told, iri: str) -> dict[str, Any]:
    """Return a measurement with its figure, the line it makes, and its value as a number."""
    found = told.texts(iri, MEASUREMENT)
    if "time" in found:
        found["time"] = elapsed(found["time"])
    number = told.first(iri, "sc:value")
    return found | {"figure": figure(found), "line": measurement_line(found), "number": number}


def _measured(evidence: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the columns of evidence, and of the first measurement that has a figure."""
    found = [measurement for item in evidence for measurement in item["measurements"]]
    shown = next((m for m in found if m["figure"]), found[0] if found else {})
    return {
        "measured": any(item.get("measured") is True for item in evidence),
        "evidence_type": _joined(item.get("type") for item in evidence),
        "locator": _joined(item.get("at") for item in evidence),
        "effect": shown.get("figure"),
        "value": shown.get("number"),
        **{name: shown.get(name) for name in ("unit", "spread", "n", "p", "time")},
        "against": shown.get("compared_with"),
        "more_measurements": "; ".join(m["line"] for m in found if m is not shown),
    }


def _lag(told: Told, claim: str) -> dict[str, str] | None:
    """Return the lag as a sentence needs it, where it is whole."""
    bound, start = _local(told.first(claim, "sc:lagBound")), told.first(claim, "sc:lagFrom")
    printed = told.first(claim, "sc:lagPrinted")
    if not printed or not start or bound not in _BOUNDS:
        return None
    return {"bound": bound, "lag": str(printed), "startReading": told.reading(start)}


def _curie(iri: object) -> str | None:
    """Return the CURIE of what should be an IRI; None where nothing is said."""
    return None if iri is None else compress(str(iri))


def _study_of(name: str) -> str:
    """Return the key of the study in a claim's name."""
    return name.rpartition("/")[0]


def _local(iri: str | None) -> str:
    """Return the last part of an IRI of our vocabulary."""
    return str(iri or "").rpartition("/")[2]


def _joined(texts: Iterable[Any]) -> str:
    """Return texts in one cell, sorted, each once."""
    return "; ".join(sorted({str(text) for text in texts if text is not None}))


def _term(value: Any) -> Term:  # noqa: ANN401 - a plain value
    """Return what a cell holds as a term; None where it holds nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return typed(value, "xsd:decimal")
    return Literal(value)
