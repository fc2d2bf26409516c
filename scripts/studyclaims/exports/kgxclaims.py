"""What an exchange file says of a claim, read from the quads of one graph and checked.

A claim that cannot be read whole, or whose direct predicate is not the one that its words give by
the table of `studyclaims.predicates`, is refused: handed on, it could become a yes nobody said.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from studyclaims.bibliography import is_paper
from studyclaims.errors import ClaimError
from studyclaims.identifiers import KEY_RULE, Composition, PropositionKey, digest
from studyclaims.predicates import (
    RELATIONS,
    Basis,
    Certainty,
    Relation,
    Role,
    Stance,
    Wording,
    direct_predicate,
    misfit,
    standing,
)
from studyclaims.rdf import node
from studyclaims.terms import BASE, SC, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import BlankNode, Quad, Triple

    from studyclaims.predicates import Standing

    Term = NamedNode | BlankNode | Literal | Triple

_RELATION_OF: Final = {relation.curie: relation for relation in RELATIONS.values()}
_TRUE: Final = (Literal("true", datatype=node("xsd:boolean")), Literal(value=True))
_SLOTS: Final = (
    "variable", "change", "bearer", "withinPart", "byAgent", "dueTo", "toward", "modifier",
)  # fmt: skip
_REMEDY: Final = "run: studyclaims validate FILE"


class Statements:
    """What a graph says, by subject and property.

    >>> from pyoxigraph import Triple
    >>> said = Statements([Triple(node("sc:a"), node("sc:b"), node("sc:c"))])
    >>> said.one(node("sc:a"), "sc:b").value[-1]
    'c'
    """

    def __init__(self, quads: Iterable[Quad | Triple]) -> None:
        self._of: defaultdict[object, defaultdict[str, list[Term]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for quad in quads:
            self._of[quad.subject][quad.predicate.value].append(quad.object)

    def all(self, subject: Term, name: str) -> list[Term]:
        """Return the values of a property, sorted."""
        said = self._of.get(subject)
        return sorted(said.get(node(name).value, []), key=str) if said else []

    def one(self, subject: NamedNode, name: str) -> NamedNode:
        """Return the one IRI that a property has.

        Raises:
            ClaimError: it has none, several, or no IRI.
        """
        found = self.all(subject, name)
        if len(found) == 1 and isinstance(found[0], NamedNode):
            return found[0]
        raise ClaimError(subject.value, f"has {len(found)} values of {name}, not one IRI", _REMEDY)

    def pairs(self, subject: Term) -> list[tuple[NamedNode, Term]]:
        """Return each property of a subject with each of its values."""
        said = self._of.get(subject)
        return [(NamedNode(name), v) for name in said for v in said[name]] if said else []

    def of_kind(self, name: str) -> list[NamedNode]:
        """Return the subjects that are of a class, sorted."""
        kind, of_type = node(name), node("rdf:type").value
        found = (s for s, said in self._of.items() if kind in said.get(of_type, ()))
        return sorted((s for s in found if isinstance(s, NamedNode)), key=str)


@dataclass(frozen=True, slots=True)
class Told:
    """A claim: its proposition, the words that decide its predicate, the predicate it writes."""

    name: NamedNode
    graph: str
    key: PropositionKey
    wording: Wording
    predicate: str | None

    @property
    def relation(self) -> Relation:
        """The neutral relation of its proposition."""
        return RELATIONS[self.key.relation]

    @property
    def standing(self) -> Standing | None:
        """The column of the table that it falls into."""
        return standing(self.relation, self.wording)

    @property
    def is_direct(self) -> bool:
        """Whether the predicate that it writes is Biolink's."""
        return (self.predicate or "").startswith("biolink:")


def entity(said: Statements, name: NamedNode) -> Composition:
    """Return what an entity is made of: its key text taken apart, or the term that it is.

    >>> entity(Statements([]), node("CL:0000092")).iri == node("CL:0000092").value
    True

    Raises:
        ClaimError: its IRI is not the key of what it is made of.
    """
    texts = [getattr(text, "value", "") for text in said.all(name, "sc:keyText")]
    # A name that is the hash of its text cannot stand in that text: nothing goes round in a ring.
    named = [f"{BASE}entity/{digest(text)}" for text in texts] or [name.value]
    found = Composition(variable=name.value)
    if texts and named == [name.value]:
        found = _composed(said, texts[0])
    if named != [name.value] or found.iri != name.value:
        raise ClaimError(name.value, "is not the key of what it is made of", _REMEDY)
    return found


def _composed(said: Statements, text: str) -> Composition:
    """Return the composition that a key text names; empty where it is none."""
    slots: dict[str, list[str]] = {}
    for word in text.removeprefix(f"{KEY_RULE} entity ").split(" "):
        if word in _SLOTS:
            slots[word] = []
        elif slots:
            slots[list(slots)[-1]].append(word)
    nested = {
        slot: entity(said, _referred(slots[slot][0]))
        for slot in ("dueTo", "toward")
        if slots.get(slot)
    }
    terms = {slot: [word[1:-1] for word in words] for slot, words in slots.items()}
    return Composition(
        variable=next(iter(terms.get("variable", ())), None),
        change=next(iter(slots.get("change", ())), None),
        bearer=next(iter(terms.get("bearer", ())), None),
        within_part=tuple(terms.get("withinPart", ())),
        by_agent=next(iter(terms.get("byAgent", ())), None),
        due_to=nested.get("dueTo"),
        toward=nested.get("toward"),
        modifier=tuple(terms.get("modifier", ())),
    )


def _referred(word: str) -> NamedNode:
    """Return the entity that a key text refers to."""
    return node(word[1:-1] if word.startswith("<") else f"studyclaims:{word}")


class Graphs:
    """The graphs that are handed on, by name, and which of all their sources are papers."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads: defaultdict[str, list[Quad]] = defaultdict(list)
        kinds: defaultdict[Term, set[Term]] = defaultdict(set)
        secondary = set()
        for quad in quads:
            name = quad.graph_name
            self.quads["" if isinstance(name, DefaultGraph) else name.value].append(quad)
            prop = compress(quad.predicate.value)
            if prop == "sc:primarySource":
                secondary.add(quad.subject)
            elif prop == "rdf:type":
                kinds[quad.subject].add(quad.object)
        # One graph may say of a source what another leaves unsaid.
        papers = {source: True for source in kinds if is_paper(kinds[source])}
        self.papers: dict[Term, bool] = papers | dict.fromkeys(secondary, False)

    def claims(self) -> Iterator[tuple[Statements, Told]]:
        """Yield each claim, and all that its graph says, by graph and name.

        Raises:
            ClaimError: a claim cannot be read, writes another predicate than its words give, or
                stands in two graphs.
        """
        seen = set()
        for graph in sorted(self.quads):
            said = Statements(self.quads[graph])
            for name in said.of_kind("sc:Claim"):
                told = tell(said, name, graph, self.papers)
                if name in seen:
                    raise ClaimError(name.value, "stands in two graphs", "export one of them")
                seen.add(name)
                yield said, told


def tell(said: Statements, name: NamedNode, graph: str, papers: Mapping[Term, bool]) -> Told:
    """Return a claim as an exchange file tells it.

    Args:
        said: what its graph says.
        name: the claim.
        graph: the IRI of its graph, empty for the default graph.
        papers: whether a source is a paper, or only reports on one; others are unknown.

    >>> tell(Statements([]), node("sc:a"), "", {})
    Traceback (most recent call last):
    ...
    studyclaims.errors.ClaimError: ...: has 0 values of sc:proposition, not one IRI; ...

    Raises:
        ClaimError: it cannot be read whole, or its predicate is not that of the table.
    """
    proposition = said.one(name, "sc:proposition")
    link = compress(said.one(proposition, "sc:link").value)
    if link not in _RELATION_OF:
        raise ClaimError(proposition.value, f"has {link}, which is no relation", _REMEDY)
    about, outcome = (said.one(proposition, side) for side in ("sc:about", "sc:outcomeEntity"))
    key = PropositionKey(entity(said, about), _RELATION_OF[link].key, entity(said, outcome))
    if key.iri != proposition.value:
        raise ClaimError(proposition.value, "is not the key of its three parts", _REMEDY)
    wording = _wording(said, name, papers)
    told = Told(name, graph, key, wording, direct_predicate(RELATIONS[key.relation], wording))
    _require_predicate(said, told)
    return told


def _require_predicate(said: Statements, told: Told) -> None:
    """Raise where a claim writes another predicate than its words give."""
    written = [compress(str(getattr(t, "value", t))) for t in said.all(told.name, "rdf:predicate")]
    problem = misfit(written, told.predicate)
    if problem is not None:
        raise ClaimError(told.name.value, problem, _REMEDY)


def _wording(said: Statements, name: NamedNode, papers: Mapping[Term, bool]) -> Wording:
    """Return what decides the predicate of a claim."""
    source = said.one(name, "sc:source")
    if source not in papers:
        # Were it taken for a paper, what a press release repeats would count as a finding.
        problem = f"its source {source.value} is not said to be a paper, nor what it reports on"
        raise ClaimError(name.value, problem, _REMEDY)
    evidence = said.all(name, "sc:restsOn")
    measured = any(value in _TRUE for item in evidence for value in said.all(item, "sc:measured"))
    numbers = [number for item in evidence for number in said.all(item, "sc:measurement")]
    coefficient = any(
        v in _TRUE for number in numbers for v in said.all(number, "sc:isCoefficient")
    )
    words = {
        word: said.one(name, f"sc:{word}").value.removeprefix(SC)
        for word in ("stance", "certainty", "basis", "role")
    }
    try:
        return Wording(
            Stance(words["stance"]),
            Certainty(words["certainty"]),
            Basis(words["basis"]),
            Role(words["role"]),
            papers[source],
            measured,
            coefficient,
        )
    except ValueError as error:
        raise ClaimError(name.value, f"cannot be read: {error}", _REMEDY) from error
