"""A small study that meets every shape, and its triples to edit.

Claims are written ``@id``, their first evidence ``@id/1``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Triple

import samples
from studyclaims.identifiers import compose
from studyclaims.quads import study_quads
from studyclaims.rdf import node
from studyclaims.records import parse_record
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from studyclaims.records import Record

Term: TypeAlias = Any  # a term of pyoxigraph, or a name that `term` knows

_HEAD: Final = """\
schema_version: 1
key: small
sources:
  paper: {kind: article, title: P, doi: 10.1000/small.1, year: 2020, read: [title, abstract]}
  news:
    kind: news
    title: N
    page: https://example.org/news
    primary_source: paper
    date: 2020-02-03
    read: [body]
curation:
  drafted_by: {tool: test, version: '1'}
  agent_type: automated_agent
  status: draft
  date: 2026-01-01
entities:
  a: {term: GO:0006954 inflammatory response}
  b: {term: CL:0000092 osteoclast}
  c: {term: GO:0045453 bone resorption}
  d: {variable: GO:0045453 bone resorption, change: increased, due_to: a}
propositions:
"""

# proposition, then its claims: id, source, stance, certainty, basis, role, measured, more
_CLAIMS: Final = """\
a cause b
    found paper supports asserted intervention result true by 24 h
    told news supports asserted intervention result false
    hedged paper supports suggested intervention result true
    refuted paper refutes asserted intervention result true
d cause a
    absent paper noEffect asserted intervention result true at 24 h
b associate c
    associated paper supports asserted association result true
    correlated paper supports asserted association result true coefficient
b precede c
    first paper supports asserted temporal result true from 3 d
    guess paper supports suggested temporal hypothesis true
d describe c
    shown paper supports asserted none conclusion true
"""


def _claim(line: str) -> str:
    """Return a claim as YAML in one line."""
    name, source, stance, certainty, basis, role, measured, *more = line.split()
    extra = {
        "found": f", hash: '{'0a' * 32}'",
        "correlated": ", measurements: [{value: '0.5', coefficient: true}]",
    }.get(name, "")
    lag = f"lag: {{bound: {more[0]}, time: {' '.join(more[1:])}, after: d}}, " if more[1:] else ""
    place = "body" if source == "news" else "abstract"
    return (
        f"      - {{id: {name}, source: {source}, stance: {stance}, certainty: {certainty}, "
        f"basis: {basis}, role: {role}, cue: [{'x' * 60}], {lag}evidence: [{{"
        f"type: ECO:0000179 model, measured: {measured}, at: {place}{extra}}}]}}\n"
    )


def small_text() -> str:
    """Return the small study as YAML."""
    text = _HEAD
    for line in _CLAIMS.splitlines():
        if line.startswith(" "):
            text += _claim(line)
        else:
            about, link, outcome = line.split()
            text += f"  - about: {about}\n    link: {link}\n    outcome: {outcome}\n    claims:\n"
    return text


PAPER: Final = "https://doi.org/10.1000/small.1"
NEWS: Final = "https://example.org/news"
OTHER: Final = "https://example.org/other"
GRAPH: Final = f"{BASE}study/small"
STUDY, DRAFTER = f"{GRAPH}#study", f"{GRAPH}#drafter"
A, B, C = "GO:0006954", "CL:0000092", "GO:0045453"

_PARTS: Final = ("subject", "predicate", "object")
_SUBJECT, _TYPE = node("rdf:subject"), node("rdf:type")


@cache
def small() -> Record:
    """Return the record of the small study."""
    return parse_record(small_text().encode(), "small.yaml")


D: Final = compose("d", small().study.entities).iri


@cache
def _base() -> frozenset[Triple]:
    # without parents there are no broader entities, which no check here needs
    index = {iri: replace(entry, parents=()) for iri, entry in samples.index().items()}
    quads = study_quads(small().study, index, "test")
    return frozenset(Triple(q.subject, q.predicate, q.object) for q in quads)


def term(name: Term) -> Term:
    """Return the term of ``@claim``, ``@claim/1``, a CURIE or an IRI; other terms stay."""
    if not isinstance(name, str):
        return name
    if name.startswith("@"):
        kind = "evidence" if "/" in name else "claim"
        return NamedNode(f"{BASE}{kind}/small/{name[1:]}")
    return node(name)


def typed(text: str, datatype: str) -> Literal:
    """Return a literal with a datatype written as a CURIE."""
    return Literal(text, datatype=node(datatype))


@dataclass
class Draft:
    """The small study's triples, being edited."""

    triples: set[Triple] = field(default_factory=lambda: set(_base()))

    def quads(self) -> list[Quad]:
        """Return what a validation takes."""
        return [Quad(t.subject, t.predicate, t.object) for t in self.triples]

    def get(self, subject: Term, predicate: str) -> Term:
        """Return one value."""
        pair = term(subject), term(predicate)
        return next(t.object for t in self.triples if (t.subject, t.predicate) == pair)

    def subjects(self, predicate: str, value: Term) -> list[str]:
        """Return the IRIs of what has this value, sorted."""
        pair = term(predicate), term(value)
        found = (t.subject for t in self.triples if (t.predicate, t.object) == pair)
        return sorted(s.value for s in found if isinstance(s, NamedNode))

    def put(self, subject: Term, predicate: str, value: Term) -> None:
        """Add a triple."""
        self.triples.add(Triple(term(subject), term(predicate), term(value)))

    def drop(self, subject: Term, predicate: str, value: Term = None) -> None:
        """Remove the triples that fit; there must be one."""
        fits = {
            t
            for t in self.triples
            if t.predicate == term(predicate)
            and (subject is None or t.subject == term(subject))
            and (value is None or t.object == term(value))
        }
        assert fits, (subject, predicate, value)
        self.triples -= fits

    def swap(self, subject: str, predicate: str, value: Term) -> None:
        """Give a property another value."""
        self.drop(subject, predicate)
        self.put(subject, predicate, value)

    def rename(self, old: str, new: Term) -> None:
        """Put another term in the place of one, wherever it stands."""
        swapped = {term(old): term(new)}
        self.triples = {
            Triple(swapped.get(t.subject, t.subject), t.predicate, swapped.get(t.object, t.object))
            for t in self.triples
        }

    def silence(self, claim: str) -> None:
        """Let a claim write nothing."""
        ends = [self.get(claim, f"rdf:{part}") for part in _PARTS]
        self.triples.discard(Triple(*ends))
        self.triples.discard(Triple(term(claim), _TYPE, node("biolink:Association")))
        for part in _PARTS:
            self.drop(claim, f"rdf:{part}")

    def writes(self, claim: str, predicate: str) -> None:
        """Let a claim write another predicate, in full."""
        proposition = self.get(claim, "sc:proposition")
        about, outcome = (self.get(proposition, f"sc:{end}") for end in ("about", "outcomeEntity"))
        if any(t.subject == term(claim) and t.predicate == _SUBJECT for t in self.triples):
            self.silence(claim)
        ends = about, term(predicate), outcome
        self.triples.add(Triple(*ends))
        for part, end in zip(_PARTS, ends, strict=True):
            self.put(claim, f"rdf:{part}", end)
        if predicate.startswith("biolink:"):
            self.put(claim, "rdf:type", "biolink:Association")
