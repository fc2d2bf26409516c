"""What quads say of each claim, source, study and entity, under the names that a record writes.

Two graphs are compared by these, and not triple by triple: a claim is one thing, with its evidence
and measurements in it, whatever order or file it comes in. What follows from something else, as the
hours that bound a lag, is kept apart from what a curator writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from studyclaims.graphfiles import is_relation
from studyclaims.model import Source
from studyclaims.readings import elapsed
from studyclaims.showing.details import CONTEXT, EVIDENCE, MEASUREMENT, SOURCE
from studyclaims.terms import BASE, SC, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Term: TypeAlias = NamedNode | BlankNode | Literal | Triple

_CLAIM: Final = {
    "writes": "rdf:predicate",
    "source": "sc:source",
    "stance": "sc:stance",
    "certainty": "sc:certainty",
    "cue": "sc:cue",
    "basis": "sc:basis",
    "role": "sc:role",
    "lag.bound": "sc:lagBound",
    "lag.time": "sc:lagPrinted",
    "lag.after": "sc:lagFrom",
    **{f"context.{key}": name for key, name in CONTEXT.items()},
    "note": "rdfs:comment",
}
"""The fields of a claim; the first is the predicate that it writes."""

_PROPOSITION: Final = {"about": "sc:about", "link": "sc:link", "outcome": "sc:outcomeEntity"}
_TOMBSTONE: Final = {"date": "dct:date", "reason": "rdfs:comment"}
_ENTITY: Final = {
    "variable": "sc:variable",
    "change": "sc:change",
    "bearer": "sc:bearer",
    "within_part": "sc:withinPart",
    "by_agent": "sc:byAgent",
    "due_to": "sc:dueTo",
    "toward": "sc:toward",
    "modifier": "sc:modifier",
    "label": "rdfs:label",
}
_SOURCE: Final = {
    **{"primary_source" if key == "reports" else key: name for key, name in SOURCE.items()},
    "provided_by": "schema:sourceOrganization",
    "read_at": "sc:readAt",
    "licence": "dct:license",
    "note": "rdfs:comment",
}
_HEADER: Final = {
    "schema_version": "sc:schemaVersion",
    "curation.status": "sc:recordStatus",
    "curation.date": "dct:modified",
    "curation.note": "rdfs:comment",
    "licence": "dct:license",
}
_EVIDENCE: Final = {**EVIDENCE, "hash_rule": "sc:hashRule"}
_KINDS: Final = {
    "fabio:JournalArticle": "article",
    "fabio:Preprint": "preprint",
    "fabio:NewsItem": "news",
}
FIELDS: Final = tuple(
    name
    for name in dict.fromkeys(
        (
            "writes",
            *_PROPOSITION,
            "proposition",
            *_CLAIM,
            *_EVIDENCE,
            *MEASUREMENT,
            "publication",
            *Source.model_fields,
            *_HEADER,
            "curation.agent_type",
            "curation.drafted_by",
            "curation.reviewed_by",
            *_TOMBSTONE,
            "term",
            *_ENTITY,
        )
    )
    if name != "note"
)
"""Every field but the note, which comes last, in the order in which they are told."""

_STEM: Final = re.compile(rf"{re.escape(BASE)}study/.*")
_BESIDE_CLAIMS: Final = (
    "Claim", "WithdrawnClaim", "Evidence", "Measurement", "Study", "Source", "Entity",
    "Proposition", "Topic",
)  # fmt: skip
"""The classes of what is compared by itself, or follows from claims."""


class Value(NamedTuple):
    """What one field holds: the terms, told apart exactly, and the same for a reader."""

    ids: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A thing with its fields, and the parts it has: a claim its evidence, that its measurements.

    ``derived`` holds what follows from fields, and whatever no record writes.
    """

    iri: str
    fields: Mapping[str, Value]
    derived: Mapping[str, Value] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def content(self) -> str:
        """All that is said of it, to tell it from another: no IRI of its own, no words."""
        said = [(name, v.ids) for name, v in (*self.fields.items(), *self.derived.items())]
        return repr((sorted(said), sorted(part.content for part in self.parts)))


class Described:
    """Quads of all graphs together, by what they describe.

    >>> from studyclaims.terms import expand
    >>> it, kind, claim = (NamedNode(expand(name)) for name in ("sc:x", "rdf:type", "sc:Claim"))
    >>> list(Described([Quad(it, kind, claim)]).claims)
    ['https://w3id.org/studyclaims/vocab/x']
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._triples = {quad.triple for quad in quads}
        self._said: dict[str, dict[str, set[Term]]] = {}
        for subject, predicate, term in self._triples:
            said = self._said.setdefault(_plain(subject), {})
            said.setdefault(compress(predicate.value), set()).add(term)
        self._of_type: dict[str, list[str]] = {}
        for subject_iri in sorted(self._said):
            for kind in self._said[subject_iri].get("rdf:type", ()):
                self._of_type.setdefault(compress(_plain(kind)), []).append(subject_iri)

    @cached_property
    def claims(self) -> dict[str, Part]:
        """The claims, by IRI."""
        return {iri: self._claim(iri) for iri in self._typed("Claim")}

    @cached_property
    def tombstones(self) -> dict[str, Part]:
        """What stands in the place of withdrawn claims, by the IRI of the claim."""
        found = (iri for iri in self._typed("WithdrawnClaim") if iri not in self.claims)
        return {iri: Part(iri, self._fields(iri, _TOMBSTONE)) for iri in found}

    @cached_property
    def sources(self) -> dict[str, Part]:
        """The sources, by IRI."""
        return {iri: self._source(iri) for iri in self._typed("Source")}

    @cached_property
    def studies(self) -> dict[str, Part]:
        """The studies with the headers of their graphs, by IRI."""
        headers: dict[str, list[str]] = {}
        for subject in sorted(self._said):
            for topic in self._all(subject, "foaf:primaryTopic"):
                headers.setdefault(_plain(topic), []).append(subject)
        return {iri: self._study(iri, headers.get(iri, ())) for iri in self._typed("Study")}

    def entity(self, iri: str) -> Part:
        """Return an entity by its slots; a named term is itself."""
        fields = self._fields(iri, _ENTITY)
        if not fields.keys() - {"label"}:
            fields = {"term": self._value([NamedNode(iri)]), **fields}
        # All else follows from the slots and from what is listed of terms.
        return Part(iri, fields)

    def reading(self, claim: str) -> str:
        """Return a claim's proposition in words that claim nothing."""
        propositions = sorted(map(_plain, self._all(claim, "sc:proposition")))
        labels = ((p, self._fields(p, {"label": "rdfs:label"})) for p in propositions)
        return "; ".join(f["label"].words[0] if f else compress(p) for p, f in labels)

    @cached_property
    def loose(self) -> frozenset[Triple]:
        """The relations between things that no claim stands for."""
        written = {
            (about, predicate, outcome)
            for claim in self.claims
            for about in self._all(claim, "rdf:subject")
            for predicate in self._all(claim, "rdf:predicate")
            for outcome in self._all(claim, "rdf:object")
        }
        found = (t for t in self._triples if is_relation(t.predicate))
        return frozenset(t for t in found if (t.subject, t.predicate, t.object) not in written)

    @cached_property
    def others(self) -> frozenset[Triple]:
        """The statements about something else than claims and what belongs to them."""
        told = {iri for kind in _BESIDE_CLAIMS for iri in self._typed(kind)}
        told |= {iri for iri, said in self._said.items() if said.keys() == {"rdfs:label"}}
        return frozenset(
            t
            for t in self._triples
            if isinstance(t.subject, NamedNode)
            and not isinstance(t.object, BlankNode)
            and t.subject.value not in told
            and not _STEM.match(t.subject.value)
            and not is_relation(t.predicate)
        )

    def words(self, term: Term) -> str:
        """Return a term as a reader knows it: by its label, its CURIE, or both."""
        if isinstance(term, Literal):
            is_time = compress(term.datatype.value) == "xsd:dayTimeDuration"
            return elapsed(term.value) if is_time else term.value
        if not isinstance(term, NamedNode):
            return "a blank node" if isinstance(term, BlankNode) else str(term)
        name = compress(term.value)
        if term.value.startswith(SC):
            link = re.fullmatch("sc:rel([A-Z][a-z]*)", name)
            return link[1].lower() if link else name.removeprefix("sc:")
        labels = [t.value for t in self._all(term.value, "rdfs:label") if isinstance(t, Literal)]
        if term.value.startswith(f"{BASE}entity/") or name == term.value:
            return min(labels, default=name)
        return f"{name} {min(labels)}" if labels else name

    def _typed(self, name: str) -> list[str]:
        return self._of_type.get(f"sc:{name}", [])

    def _all(self, iri: str, curie: str) -> set[Term]:
        return self._said.get(iri, {}).get(curie, set())

    def _value(self, terms: Iterable[Term]) -> Value:
        # Blank nodes have other names each time a file is read.
        pairs = ((str(t) if not isinstance(t, BlankNode) else "[]", self.words(t)) for t in terms)
        ids, words = zip(*sorted(pairs), strict=True)
        return Value(ids, words)

    def _fields(self, iri: str, names: Mapping[str, str]) -> dict[str, Value]:
        found = {key: self._all(iri, name) for key, name in names.items()}
        return {key: self._value(terms) for key, terms in found.items() if terms}

    def _rest(self, iri: str, names: Mapping[str, str], *apart: str) -> dict[str, Value]:
        """Return what is said of a thing that no field has, by CURIE; ``apart`` is left out."""
        said = self._said.get(iri, {})
        return {
            name: self._value(said[name])
            for name in sorted(said.keys() - {*names.values(), *apart})
        }

    def _parts(self, iri: str, curie: str) -> list[str]:
        """Return the things under another in their order: the tenth after the second."""
        found = map(_plain, self._all(iri, curie))
        return sorted(found, key=lambda name: (len(name), name))

    def _claim(self, iri: str) -> Part:
        fields = self._fields(iri, _CLAIM)
        if "writes" in fields:
            curies = tuple(compress(name[1:-1]) for name in fields["writes"].ids)
            fields["writes"] = fields["writes"]._replace(words=curies)
        propositions = self._all(iri, "sc:proposition")
        for proposition in sorted(map(_plain, propositions)):
            described = self._fields(proposition, _PROPOSITION)
            fields |= described or {"proposition": self._value(propositions)}
        if len(self._agents(iri)) > 1:
            fields |= self._fields(iri, {"agent_type": "biolink:agent_type"})
        apart = ("sc:proposition", "sc:restsOn", "biolink:agent_type")
        evidence = tuple(map(self._evidence, self._parts(iri, "sc:restsOn")))
        return Part(iri, fields, self._rest(iri, _CLAIM, *apart), evidence)

    def _agents(self, claim: str) -> set[Term]:
        """Return how the claims of a claim's study were made: one way, as a rule."""
        studies = self._all(claim, "dct:isPartOf")
        return {agent for study in studies for agent in self._agents_of[_plain(study)]}

    @cached_property
    def _agents_of(self) -> dict[str, set[Term]]:
        found: dict[str, set[Term]] = {}
        for claim in self._typed("Claim"):
            for study in self._all(claim, "dct:isPartOf"):
                agents = self._all(claim, "biolink:agent_type")
                found.setdefault(_plain(study), set()).update(agents)
        return found

    def _evidence(self, iri: str) -> Part:
        rest = self._rest(iri, _EVIDENCE, "sc:measurement")
        measured = tuple(map(self._measurement, self._parts(iri, "sc:measurement")))
        return Part(iri, self._fields(iri, _EVIDENCE), rest, measured)

    def _measurement(self, iri: str) -> Part:
        return Part(iri, self._fields(iri, MEASUREMENT), self._rest(iri, MEASUREMENT))

    def _source(self, iri: str) -> Part:
        fields = self._fields(iri, _SOURCE)
        kinds = sorted(compress(_plain(kind)) for kind in self._all(iri, "rdf:type"))
        kinds = [_KINDS.get(kind, kind) for kind in kinds if kind != "sc:Source"]
        days: dict[str, list[str]] = {}
        for term in self._all(iri, "dct:issued"):
            is_year = isinstance(term, Literal) and compress(term.datatype.value) == "xsd:gYear"
            days.setdefault("year" if is_year else "date", []).append(self.words(term))
        for term in self._all(iri, "dct:identifier"):
            scheme, _, name = self.words(term).partition(":")
            days.setdefault(scheme, []).append(name)
        people = (self._author(_plain(author)) for author in self._all(iri, "schema:author"))
        texts = {"kind": kinds, **days, "authors": [text for _, text in sorted(people)]}
        fields |= _texts(texts)
        apart = ("rdf:type", "dct:issued", "dct:identifier", "schema:author")
        return Part(iri, fields, self._rest(iri, _SOURCE, *apart))

    def _author(self, iri: str) -> tuple[int, str]:
        """Return an author's place in the byline, and the author in words."""
        places = [self.words(term) for term in self._all(iri, "schema:position")]
        said = [self.words(term) for term in self._all(iri, "schema:identifier")]
        said += [
            self.words(name)
            for affiliation in self._all(iri, "schema:affiliation")
            for name in self._all(_plain(affiliation), "schema:name")
        ]
        names = sorted(self.words(term) for term in self._all(iri, "schema:name"))
        more = f" ({'; '.join(sorted(said))})" if said else ""
        place = next((int(p) for p in places if p.isdecimal()), 0)
        return place, f"{place} {', '.join(names)}{more}"

    def _study(self, iri: str, headers: Iterable[str]) -> Part:
        fields = self._fields(iri, {"publication": "dct:source"})
        rest: dict[str, Value] = {}
        for header in headers:
            fields |= self._fields(header, _HEADER)
            people = {"drafted_by": "sc:draftedBy", "reviewed_by": "sc:reviewedBy"}
            texts = {
                f"curation.{key}": [self._person(_plain(p)) for p in self._all(header, name)]
                for key, name in people.items()
            }
            fields |= _texts(texts)
            apart = (*people.values(), "sc:builtWith", "rdf:type", "dct:title")
            rest |= self._rest(header, _HEADER, *apart)
        agents = self._agents_of.get(iri, set())
        if len(agents) == 1:
            fields["curation.agent_type"] = self._value(agents)
        return Part(iri, fields, rest)

    def _person(self, iri: str) -> str:
        """Return who drafted or reviewed: an ORCID, or a tool and its version, and the day."""
        names = ("schema:identifier", "rdfs:label", "schema:softwareVersion", "dct:date")
        said = (sorted(map(self.words, self._all(iri, name))) for name in names)
        return " ".join(word for words in said for word in words)


def _texts(texts: Mapping[str, Iterable[str]]) -> dict[str, Value]:
    """Return texts as values of fields; what is empty has none."""
    held = {key: tuple(values) for key, values in texts.items()}
    return {key: Value(values, values) for key, values in held.items() if values}


def _plain(term: object) -> str:
    """Return an IRI; of anything else a text that is none."""
    return term.value if isinstance(term, NamedNode) else str(term)
