"""Where in a record each thing stands that the study's graph describes, and under which key.

A result of SHACL names an IRI; a person corrects a line. Everything that has an IRI of its own and
stands in the record is here; what is only computed (broader entities, topics) is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from studyclaims.bibliography import graph_node, source_node, study_node
from studyclaims.checking.checks import terms_of
from studyclaims.checking.complaints import claims_of
from studyclaims.identifiers import PropositionKey, compose
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.model import Study
    from studyclaims.records import Record

Path: TypeAlias = tuple[str | int, ...]

_KEYS: Final = {
    "^foaf:primaryTopic": "curation",
    "biolink:agent_type": "agent_type",
    "dct:identifier": "doi",
    "dct:issued": "date",
    "dct:title": "title",
    "foaf:primaryTopic/^dct:isPartOf/biolink:agent_type": "agent_type",
    "sc:about": "about",
    "sc:basis": "basis",
    "sc:bearer": "bearer",
    "sc:byAgent": "by_agent",
    "sc:certainty": "certainty",
    "sc:change": "change",
    "sc:cue": "cue",
    "sc:draftedBy": "drafted_by",
    "sc:dueTo": "due_to",
    "sc:ecoType": "type",
    "sc:hashRule": "hash_rule",
    "sc:lag": "lag",
    "sc:lagBound": "lag",
    "sc:lagFrom": "lag",
    "sc:lagMaxHours": "lag",
    "sc:lagMinHours": "lag",
    "sc:link": "link",
    "sc:locator": "at",
    "sc:measured": "measured",
    "sc:modifier": "modifier",
    "sc:outcomeEntity": "outcome",
    "sc:partRead": "read",
    "sc:primarySource": "primary_source",
    "sc:recordStatus": "status",
    "sc:restsOn": "evidence",
    "sc:reviewedBy": "status",
    "sc:role": "role",
    "sc:sentenceHash": "hash",
    "sc:site": "site",
    "sc:source": "source",
    "sc:species": "species",
    "sc:stance": "stance",
    "sc:toward": "toward",
    "sc:variable": "variable",
    "sc:withinPart": "within_part",
    "schema:identifier": "orcid",
    "schema:softwareVersion": "version",
}


def places(record: Record) -> dict[str, Path]:
    """Return the path in the record of each IRI that the record stands for.

    A term is at its first use, and where it is an entity by itself, there.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> found = places(read_record(studies_dir() / "ausk-2017.yaml"))
    >>> found["https://doi.org/10.1152/ajpcell.00363.2016"]
    ('sources', 'paper')
    """
    study = record.study
    found: dict[str, Path] = {graph_node(study).value: ("curation",), study_node(study).value: ()}
    for iri, path in (
        *_readers(study),
        *_sources(study),
        *_entities(study),
        *_propositions(study),
        *_claims(study),
        *((term.iri, path) for path, term in terms_of(study)),
    ):
        found.setdefault(iri, path)
    return found


def key_of(path: str) -> str | None:
    """Return the key of a record that a property is written from, or None.

    Mostly only the first step of a path counts: what lies further on stands in another block.

    >>> key_of("sc:lagMaxHours"), key_of("sc:source/sc:primarySource"), key_of("rdf:subject")
    ('lag', 'source', None)
    """
    return _KEYS.get(path, _KEYS.get(path.partition("/")[0]))


def value_path(study: Study, at: Path, path: str) -> Path:
    """Return the path in the record of what a property says of the thing at ``at``.

    What a claim takes from its record, its context and how that was curated, stands outside it.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> study = read_record(studies_dir() / "ausk-2017.yaml").study
    >>> value_path(study, ("propositions", 0, "claims", 0), "sc:stance")
    ('propositions', 0, 'claims', 0, 'stance')
    >>> value_path(study, ("propositions", 2, "claims", 0), "sc:species")
    ('context', 'species')
    """
    key = key_of(path)
    if key is None:
        return at
    claim = dict(claims_of(study)).get(at)
    if claim is None:
        return (*at, key)
    if key in type(study.curation).model_fields:
        return ("curation", key)
    if key in type(study.context).model_fields:
        if claim.context is not None and key in claim.context.model_fields_set:
            return (*at, "context", key)
        return ("context", key) if key in study.context.model_fields_set else at
    return (*at, key)


def _readers(study: Study) -> Iterator[tuple[str, Path]]:
    yield study_node(study, "drafter").value, ("curation", "drafted_by")
    for place in range(len(study.curation.reviewed_by)):
        reviewer = study_node(study, f"reviewer-{place + 1}")
        yield reviewer.value, ("curation", "reviewed_by", place)


def _sources(study: Study) -> Iterator[tuple[str, Path]]:
    for key, source in study.sources.items():
        yield source_node(source).value, ("sources", key)
        for place in range(len(source.authors)):
            author = study_node(study, f"{key}-author-{place + 1}")
            yield author.value, ("sources", key, "authors", place)


def _entities(study: Study) -> Iterator[tuple[str, Path]]:
    for name in study.entities:
        yield compose(name, study.entities).iri, ("entities", name)


def _propositions(study: Study) -> Iterator[tuple[str, Path]]:
    for place, proposition in enumerate(study.propositions):
        about = compose(proposition.about, study.entities)
        outcome = compose(proposition.outcome, study.entities)
        yield PropositionKey(about, proposition.link, outcome).iri, ("propositions", place)


def _claims(study: Study) -> Iterator[tuple[str, Path]]:
    """Yield every claim, its evidence and their measurements, and the withdrawn claims."""
    for path, claim in claims_of(study):
        yield f"{BASE}claim/{study.key}/{claim.id}", path
        for number, evidence in enumerate(claim.evidence):
            item, where = f"{study.key}/{claim.id}/{number + 1}", (*path, "evidence", number)
            yield f"{BASE}evidence/{item}", where
            for place in range(len(evidence.measurements)):
                measurement = f"{BASE}measurement/{item}/{place + 1}"
                yield measurement, (*where, "measurements", place)
    for number, tomb in enumerate(study.withdrawn):
        yield f"{BASE}claim/{study.key}/{tomb.id}", ("withdrawn", number)
