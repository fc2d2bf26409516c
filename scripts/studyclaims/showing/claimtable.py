"""The claim table: one row a claim, with what a laboratory asks of it in columns.

Everything is read from the graph in two questions, however many claims there are. Who wants one row
a measurement, or another column, asks the graph itself: ``studyclaims query show-evidence``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal, QuerySolutions

from studyclaims.errors import QueryError
from studyclaims.lags import Bound
from studyclaims.predicates import RELATIONS, Certainty, Stance
from studyclaims.queries import Rows, plain
from studyclaims.rdf import typed
from studyclaims.readings import elapsed, figure, lag_words, measurement_line, sentence
from studyclaims.showing.details import CONTEXT, EVIDENCE, MEASUREMENT, entity_reading
from studyclaims.terms import BASE, SC, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from studyclaims.predicates import Relation
    from studyclaims.queries import Term
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

_SAID: Final = """
SELECT ?it ?property ?value
WHERE {
    { ?it a sc:Claim } UNION { ?it a sc:Evidence } UNION { ?it a sc:Measurement }
    UNION { ?it a sc:Source }
    ?it ?property ?value
    FILTER(?property IN (
        rdf:type, rdf:predicate, dct:isPartOf, dct:title, sc:proposition, sc:source,
        sc:primarySource, sc:stance, sc:certainty, sc:basis, sc:role, sc:cue, sc:restsOn,
        sc:lagPrinted, sc:lagBound, sc:lagFrom, sc:species, sc:strain, sc:sex, sc:age, sc:dose,
        sc:route, sc:site, sc:sitePrinted, sc:assay, sc:comparedWith, sc:ecoType, sc:locator,
        sc:measured, sc:measurement, sc:valuePrinted, sc:value, sc:spreadPrinted, sc:unitCode,
        sc:sampleN, sc:pPrinted, sc:measuredAfter, sc:pattern, sc:isCoefficient
    ))
}
"""
"""What is said of claims, evidence, measurements and sources, as far as a column asks for it."""

_PROPOSITIONS: Final = """
SELECT ?it ?property ?value
WHERE {
    { SELECT DISTINCT ?it WHERE { ?claim a sc:Claim ; sc:proposition ?it } }
    ?it ?property ?value FILTER(?property IN (sc:about, sc:link, sc:outcomeEntity))
}
"""

_ENTITIES: Final = """
SELECT ?it ?property ?value
WHERE {
    {
        SELECT DISTINCT ?it
        WHERE { ?claim a sc:Claim ; sc:proposition/(sc:about|sc:outcomeEntity) ?it }
    }
    ?it ?property ?value FILTER(?property IN (sc:coreTerm, sc:involves, sc:change))
}
"""
"""Of an entity only what is listed: all direct triples of a graph may begin at one term."""

_LABELS: Final = "SELECT ?it ?label WHERE { ?it rdfs:label ?label }"

_STUDIES: Final = """
SELECT ?study ?status ?tool ?version ?person
WHERE {
    ?header foaf:primaryTopic ?study .
    OPTIONAL { ?header sc:recordStatus ?status }
    OPTIONAL {
        ?header sc:draftedBy ?who .
        OPTIONAL { ?who rdfs:label ?tool }
        OPTIONAL { ?who schema:softwareVersion ?version }
        OPTIONAL { ?who schema:identifier ?person }
    }
}
ORDER BY ?study ?status ?tool ?version ?person
"""

_CLAIM: Final = f"{BASE}claim/"
_STANCES: Final = frozenset(map(str, Stance))
_CERTAINTIES: Final = frozenset(map(str, Certainty))
_BOUNDS: Final = frozenset(map(str, Bound))
_RELATIONS: Final = {relation.curie: relation for relation in RELATIONS.values()}
_TYPED: Final = ("stance", "certainty", "basis", "role")


def claims_table(store: EmbeddedStore, studies: Iterable[str] = ()) -> Rows:
    """Return one row a claim, sorted by study and claim; `COLUMNS` says what each column holds.

    >>> from studyclaims.graph import load
    >>> rows = claims_table(load().store, ["ausk-2017"])
    >>> print(next(row["stance"] for row in rows if row["claim"] == "ausk-2017/title-inflammation"))
    supports

    Args:
        store: the graph.
        studies: the keys of the studies to list; all where none is given.

    Raises:
        QueryError: the graph has no claim of a study that is asked for.
    """
    told, wanted = _read(store), set(studies)
    found = sorted((claim.removeprefix(_CLAIM), claim) for claim in told.claims)
    missing = wanted - {_study_of(name) for name, _ in found}
    if missing:
        raise QueryError(f"the graph has no claim of a study {min(missing)!r}; write a study's key")
    rows = (_row(told, claim) for name, claim in found if not wanted or _study_of(name) in wanted)
    return Rows(tuple(COLUMNS), tuple(tuple(_term(row.get(n)) for n in COLUMNS) for row in rows))


@dataclass
class _Told:
    """All that a graph says of its claims and of what they are made of, read at once."""

    store: EmbeddedStore
    said: defaultdict[str, dict[str, list[Any]]] = field(default_factory=lambda: defaultdict(dict))
    labels: dict[str, str] = field(default_factory=dict)
    studies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    readings: dict[str, str] = field(default_factory=dict)

    @property
    def claims(self) -> list[str]:
        """The IRIs of the claims."""
        return [it for it, said in self.said.items() if f"{SC}Claim" in said.get("rdf:type", ())]

    def linked(self, iri: str | None, name: str) -> list[Any]:
        """Return the values of a property, the tenth item of evidence after the second."""
        said = self.said.get(iri or "", {})
        return sorted(said.get(name, ()), key=_numbered)

    def first(self, iri: str | None, name: str) -> Any:  # noqa: ANN401 - a plain value
        """Return the first value of a property; None where there is none."""
        return next(iter(self.linked(iri, name)), None)

    def texts(self, iri: str, names: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of these properties as `details.named` gives them."""
        said = self.said[iri]
        return {key: self._text(said[name]) for key, name in names.items() if name in said}

    def _text(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 - a number, or text
        read = [self.label(value) for value in values]
        return read[0] if len(read) == 1 else "; ".join(sorted(map(str, read)))

    def label(self, value: Any) -> Any:  # noqa: ANN401 - a number, or text
        """Return a value as one reads it."""
        if not isinstance(value, str):
            return value
        return self.labels.get(value) or value.removeprefix(SC)

    def reading(self, entity: str) -> str:
        """Return an entity as a phrase."""
        return entity_reading(self.store, entity, self.readings)


def _read(store: EmbeddedStore) -> _Told:
    """Return what the columns are made of."""
    told = _Told(store)
    for found in (store.query(_SAID), store.query(_PROPOSITIONS), store.query(_ENTITIES)):
        for it, prop, value in _plain_rows(found):
            told.said[it].setdefault(compress(prop), []).append(value)
    for it, label in _plain_rows(store.query(_LABELS)):
        told.labels[it] = min(told.labels.get(it, label), label)
    for study, status, tool, version, person in _plain_rows(store.query(_STUDIES)):
        drafter = " ".join(filter(None, (tool, version))) or (person and compress(person))
        header = {"record_status": _local(status), "drafted_by": drafter}
        told.studies.setdefault(study, header)
    return told


def _plain_rows(found: object) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an answer as plain values, in the order of its variables.

    They come as the store finds them: `queries.ask` would keep hundreds of thousands of terms.
    """
    for row in found if isinstance(found, QuerySolutions) else ():
        yield tuple(map(plain, row))


def _numbered(value: object) -> tuple[int, str]:
    """Return a key that sorts what is numbered by its number: the tenth after the second."""
    text = str(value)
    return len(text), text


def _row(told: _Told, claim: str) -> dict[str, Any]:
    """Return what the columns hold of a claim; what nothing is said of is left out."""
    proposition = told.first(claim, "sc:proposition")
    about = told.first(proposition, "sc:about")
    outcome = told.first(proposition, "sc:outcomeEntity")
    relation = _relation(told.first(proposition, "sc:link"))
    evidence = [_evidence(told, item) for item in told.linked(claim, "sc:restsOn")]
    context, lag = told.texts(claim, CONTEXT), _lag(told, claim)
    places = sorted({str(item["at"]) for item in evidence if "at" in item})
    row = {
        **_words(told, claim),
        **context,
        **_entity(told, "about", about),
        **_entity(told, "outcome", outcome),
        **_source(told, claim),
        **_measured(evidence),
        "relation": relation and relation.reads,
        "lag": lag and lag_words(lag["bound"], lag["lag"], lag["startReading"]),
    }
    if about and outcome and relation and _is_sayable(row):
        row["sentence"] = sentence(
            {
                **row,
                **(lag or {"lag": None, "startReading": None}),
                "kind": told.first(told.first(claim, "sc:source"), "sc:primarySource"),
                "link": relation.curie.partition(":")[2],
                "cue": sorted(map(str, told.linked(claim, "sc:cue"))),
                "at": places or ["place not given"],
                "aboutReading": told.reading(about),
                "outcomeReading": told.reading(outcome),
                "context": context,
                "evidence": evidence,
                "figure": row.get("effect"),
            }
        )
    return row


def _words(told: _Told, claim: str) -> dict[str, Any]:
    """Return the columns that name the claim and say how its source takes it."""
    name = claim.removeprefix(_CLAIM)
    words = {word: _local(told.first(claim, f"sc:{word}")) for word in _TYPED}
    predicate = told.first(claim, "rdf:predicate")
    return {
        "study": _study_of(name),
        "claim": name,
        **words,
        "cue": _joined(told.linked(claim, "sc:cue")),
        "writes": predicate and compress(predicate),
        **told.studies.get(told.first(claim, "dct:isPartOf"), {}),
    }


def _entity(told: _Told, side: str, iri: str | None) -> dict[str, Any]:
    """Return the columns of one side of a proposition."""
    core = told.first(iri, "sc:coreTerm")
    return {
        side: told.label(iri),
        f"{side}_id": iri and compress(iri),
        f"{side}_terms": _joined(map(compress, told.linked(iri, "sc:involves"))),
        f"{side}_core": core and compress(core),
        f"{side}_core_label": told.label(core),
        f"{side}_change": _local(told.first(iri, "sc:change")),
    }


def _source(told: _Told, claim: str) -> dict[str, Any]:
    """Return the columns that say where a claim is from."""
    source = told.first(claim, "sc:source")
    primary = told.first(source, "sc:primarySource")
    return {
        "source_title": told.first(source, "dct:title"),
        "source": source,
        "primary_source": primary or source,
        "source_kind": source and ("secondary" if primary else "primary"),
    }


def _evidence(told: _Told, iri: str) -> dict[str, Any]:
    """Return an item of evidence with its measurements, by a record's names."""
    return told.texts(iri, EVIDENCE) | {
        "measurements": [_measurement(told, m) for m in told.linked(iri, "sc:measurement")]
    }


def _measurement(told: _Told, iri: str) -> dict[str, Any]:
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
        **{name: shown.get(name) for name in ("unit", "n", "p", "time")},
        "against": shown.get("compared_with"),
        "more_measurements": "; ".join(m["line"] for m in found if m is not shown),
    }


def _lag(told: _Told, claim: str) -> dict[str, str] | None:
    """Return the lag as a sentence needs it, where it is whole."""
    bound, start = _local(told.first(claim, "sc:lagBound")), told.first(claim, "sc:lagFrom")
    printed = told.first(claim, "sc:lagPrinted")
    if not printed or not start or bound not in _BOUNDS:
        return None
    return {"bound": bound, "lag": str(printed), "startReading": told.reading(start)}


def _relation(link: str | None) -> Relation | None:
    """Return the relation that a graph names; None where it is none of ours."""
    return _RELATIONS.get(compress(link)) if link else None


def _is_sayable(row: Mapping[str, Any]) -> bool:
    """Return whether a graph says of a claim what a sentence needs; one from elsewhere may not."""
    known = row["stance"] in _STANCES and row["certainty"] in _CERTAINTIES
    return bool(known and row["basis"] and row["role"])


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
