"""Claims: what a graph says of each, and why one cannot be read out.

A graph from elsewhere may say anything. A claim is read whole or not at all: where a field that
decides what is claimed is missing, stands twice, or holds what it cannot, where nothing says that
its source is a paper or what else it reports on, or where it writes another predicate than its
words give, the claim is refused, and whoever shows claims says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode

from studyclaims.bibliography import is_paper
from studyclaims.errors import ClaimError
from studyclaims.lags import Bound
from studyclaims.predicates import (
    RELATIONS,
    Basis,
    Certainty,
    Role,
    Stance,
    Wording,
    direct_predicate,
    misfit,
)
from studyclaims.queries import plain
from studyclaims.rdf import node
from studyclaims.readings import sentence
from studyclaims.showing.details import (
    CONTEXT,
    entity_reading,
    evidence,
    label_of,
    named,
    said_of,
    thing,
)
from studyclaims.terminal import shown
from studyclaims.terms import BASE, SC, compress, expand, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from studyclaims.queries import Term
    from studyclaims.stores.embedded import EmbeddedStore

    Word = TypeVar("Word", bound=StrEnum)

Fields = dict[str, list[Any]]
"""What is said of a thing: terms by the CURIE of their property."""

_REMEDY: Final = "mend it there, or load a graph without it"
_RELATIONS: Final = {expand(relation.curie): key for key, relation in RELATIONS.items()}
_BOUNDS: Final = frozenset(SC + bound.value for bound in Bound)


@dataclass(frozen=True, slots=True)
class Claim:
    """What decides what a claim says; ``fields`` holds all else that is said of it.

    ``primary`` is what its source reports on, None where the graph says that it is a paper itself.
    """

    iri: str
    study: str
    source: str
    primary: str | None
    stance: Stance
    certainty: Certainty
    basis: str
    role: str
    proposition: str
    about: str
    relation: str
    outcome: str
    fields: Fields


class Claims:
    """The claims of a graph, read one by one.

    >>> from studyclaims.graph import load
    >>> claims = Claims(load().store)
    >>> claims.read(claims.iris()[0]).certainty in Certainty
    True
    """

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store
        self._known: dict[str, Fields] = {}
        self._readings: dict[str, str] = {}
        self._labels: dict[str, str] = {}

    def iris(self) -> list[str]:
        """Return what the graph calls a claim, sorted."""
        found = self._store.triples(predicate=node("rdf:type"), value=node("sc:Claim"))
        return sorted(str(plain(quad.subject)) for quad in found)

    def read(self, iri: str) -> Claim:
        """Return a claim.

        Raises:
            ClaimError: a field that decides what is claimed is missing, twofold or unknown, or the
                predicate that it writes is not that of its words.
        """
        own = _Part(iri, "", _fields(self._store, iri))
        source, proposition = own.iri("sc:source"), own.iri("sc:proposition")
        said = _Part(iri, "its proposition's ", self._shared(proposition))
        study = own.iri("dct:isPartOf")
        if iri.startswith("_:"):
            raise ClaimError(iri, "it is a blank node, which nobody can name", _REMEDY)
        claim = Claim(
            iri=iri,
            study=study,
            source=source,
            primary=self._primary(iri, source, study),
            stance=own.word("sc:stance", Stance),
            certainty=own.word("sc:certainty", Certainty),
            basis=SC + own.word("sc:basis", Basis),
            role=SC + own.word("sc:role", Role),
            proposition=proposition,
            about=said.iri("sc:about"),
            relation=said.relation("sc:link"),
            outcome=said.iri("sc:outcomeEntity"),
            fields=own.fields,
        )
        self._require_predicate(claim)
        return claim

    def row(self, claim: Claim) -> dict[str, Any]:
        """Return a claim with all that it rests on, and its sentence.

        Context, evidence and measurements have the names that a record writes.

        Raises:
            ClaimError: the graph lacks its cue, its place or its source's title.
        """
        said = said_of(self._store, claim.iri)
        items = evidence(self._store, said)
        cues = texts(claim.fields.get("sc:cue", ()))
        places = sorted({item["at"] for item in items if item.get("at")})
        titles = texts(self._shared(claim.source).get("dct:title", ()))
        for name, found in {"cue": cues, "place": places, "title of its source": titles}.items():
            if not found:
                raise ClaimError(name_of(claim.iri), f"the graph has no {name}", _REMEDY)
        figures = (m["figure"] for item in items for m in item["measurements"])
        row: dict[str, Any] = {
            "claim": claim.iri,
            "study": claim.study,
            "source": claim.source,
            "title": titles[0],
            "kind": claim.primary,
            "stance": SC + claim.stance,
            "certainty": SC + claim.certainty,
            "basis": claim.basis,
            "role": claim.role,
            "about": claim.about,
            "link": expand(RELATIONS[claim.relation].curie),
            "outcome": claim.outcome,
            "aboutLabel": self.label(claim.about),
            "outcomeLabel": self.label(claim.outcome),
            **self._lag(claim.fields),
            "cue": cues,
            "at": places,
        }
        for role in ("about", "outcome", "start"):
            row[f"{role}Reading"] = row[role] and self._reading(row[role])
        row |= {"context": named(CONTEXT, said), "evidence": items}
        row["figure"] = next(filter(None, figures), None)
        return row | {"sentence": sentence(row)}

    def label(self, iri: str) -> str:
        """Return the label of an entity; its CURIE where it has none."""
        it = thing(iri)
        return (it and label_of(self._store, it)) or compress(iri)

    def read_as(self, value: Term) -> str:
        """Return a value as one reads it: a term by its label, else as it is spelled."""
        if isinstance(value, NamedNode):
            if value.value not in self._labels:
                self._labels[value.value] = label_of(self._store, value) or value.value
            return self._labels[value.value]
        return str(getattr(value, "value", value))

    def _reading(self, entity: str) -> str:
        return entity_reading(self._store, entity, self._readings)

    def _lag(self, fields: Fields) -> dict[str, str | None]:
        """Return what is printed of the time, where it is whole."""
        printed = texts(fields.get("sc:lagPrinted", ()))
        bounds = [
            b.value for b in fields.get("sc:lagBound", ()) if getattr(b, "value", b) in _BOUNDS
        ]
        starts = [s.value for s in fields.get("sc:lagFrom", ()) if isinstance(s, NamedNode)]
        if len(printed) == len(bounds) == len(starts) == 1:
            lag, bound, start = printed[0], bounds[0], starts[0]
            return {"lag": lag, "bound": bound, "start": start, "startLabel": self.label(start)}
        return dict.fromkeys(("lag", "bound", "start", "startLabel"))

    def _shared(self, iri: str) -> Fields:
        """Return what is said of a thing that several claims have; it is read once."""
        if iri not in self._known:
            self._known[iri] = _fields(self._store, iri)
        return self._known[iri]

    def _primary(self, claim: str, source: str, study: str) -> str | None:
        """Return what a source reports on; of several the study's own paper, of a paper None."""
        said = _Part(claim, "its source's ", self._shared(source))
        papers = said.iris("sc:primarySource", but=source)
        if not papers and not is_paper(said.fields.get("rdf:type", ())):
            # Were it taken for a paper, a press release would count as a second one.
            name = shown(compress(source))
            problem = f"its source {name} is not said to be a paper, nor what it reports on"
            raise ClaimError(name_of(claim), problem, _REMEDY)
        own = [p for p in papers if p in iris(self._shared(study).get("dct:source", ()))]
        return next(iter(own or papers), None)

    def _require_predicate(self, claim: Claim) -> None:
        """Raise where a claim writes another predicate than its words may give; it may write none.

        Whether its study tested it may be left unsaid, as may that the figure is a coefficient.
        """
        values = claim.fields.get("rdf:predicate", ())
        if not values:
            return
        words = (claim.stance, claim.certainty, Basis(local_name(claim.basis)))
        rest = (Role(local_name(claim.role)), claim.primary is None)
        written = sorted(compress(str(plain(value))) for value in values)
        relation, tests = RELATIONS[claim.relation], product(self._measured(claim), (False, True))
        problems = [
            misfit(written, direct_predicate(relation, Wording(*words, *rest, *tested)))
            for tested in tests
        ]
        if None not in problems:
            raise ClaimError(name_of(claim.iri), shown(str(problems[0])), _REMEDY)

    def _measured(self, claim: Claim) -> tuple[bool, ...]:
        """Return whether a claim was measured by its study, as far as its predicate depends on it.

        Both ways where that is not said.
        """
        if claim.primary is not None or claim.certainty is not Certainty.ASSERTED:
            # The table asks it of a paper's firm claims alone, and each look-up takes time.
            return (False,)
        items = claim.fields.get("sc:restsOn", ())
        said = [plain(v) for item in items for v in self._values(item, "sc:measured")]
        if True in said:
            return (True,)
        return (False,) if said and len(said) == len(items) else (False, True)

    def _values(self, subject: Term, name: str) -> list[Term]:
        """Return the values of a property; a text has none."""
        if not isinstance(subject, NamedNode | BlankNode):
            return []
        return [quad.object for quad in self._store.triples(subject, node(name))]


class _Part(NamedTuple):
    """What is said of a claim, or of a thing it is made of: fields that hold one value each."""

    claim: str
    whose: str
    fields: Fields

    def iri(self, name: str) -> str:
        """Return the IRI that a field holds."""
        values = self.fields.get(name, ())
        if len(values) == 1 and isinstance(values[0], NamedNode):
            return str(values[0].value)
        found = " and ".join(sorted(map(spelled, values))) or "nothing"
        raise self._error(name, found, "one IRI")

    def iris(self, name: str, but: str) -> list[str]:
        """Return the IRIs that a field holds, sorted; there may be none, and one may not be it."""
        values = self.fields.get(name, ())
        found = iris(values)
        if len(found) == len(values) and but not in found:
            return found
        raise self._error(name, " and ".join(sorted(map(spelled, values))), "IRIs of other sources")

    def word(self, name: str, words: type[Word]) -> Word:
        """Return the word of our vocabulary that a field holds."""
        iri = self.iri(name)
        for word in words:
            if iri == SC + word:
                return word
        raise self._error(
            name, shown(compress(iri)), f"one of {', '.join(f'sc:{w}' for w in words)}"
        )

    def relation(self, name: str) -> str:
        """Return the key of the relation that a field holds."""
        iri = self.iri(name)
        if iri not in _RELATIONS:
            raise self._error(name, shown(compress(iri)), "a relation of studyclaims")
        return _RELATIONS[iri]

    def _error(self, name: str, found: str, expected: str) -> ClaimError:
        problem = f"found {self.whose}{name} {found}, expected {expected}"
        return ClaimError(name_of(self.claim), problem, _REMEDY)


def _fields(store: EmbeddedStore, iri: str) -> Fields:
    found: Fields = {}
    subject = thing(iri)
    for quad in store.triples(subject) if subject else ():
        found.setdefault(compress(quad.predicate.value), []).append(quad.object)
    return found


def iris(values: Iterable[Term]) -> list[str]:
    """Return the IRIs among terms, sorted.

    >>> iris([Literal("b"), NamedNode("urn:x:a")])
    ['urn:x:a']
    """
    return sorted(value.value for value in values if isinstance(value, NamedNode))


def texts(values: Iterable[Term]) -> list[str]:
    """Return the texts among terms as they are spelled, sorted; what is empty is none.

    >>> texts([Literal("b"), Literal(1), NamedNode("urn:x:a"), Literal("")])
    ['1', 'b']
    """
    return sorted(v.value for v in values if isinstance(v, Literal) and v.value.strip())


def spelled(value: Term) -> str:
    """Return a term as a complaint shows it: a CURIE, or a text in quotes.

    >>> spelled(node("sc:refutes")), spelled(Literal("no"))
    ('sc:refutes', "'no'")
    """
    if isinstance(value, NamedNode):
        return shown(compress(value.value))
    return repr(value.value if isinstance(value, Literal) else str(value))


def name_of(claim: str) -> str:
    """Return a claim's IRI as a user names it; one of another place stays whole.

    >>> name_of("https://w3id.org/studyclaims/claim/ausk-2017/title-inflammation")
    'ausk-2017/title-inflammation'
    """
    return claim.removeprefix(f"{BASE}claim/")
