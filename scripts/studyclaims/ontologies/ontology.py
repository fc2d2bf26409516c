"""OWL: whether a study's graph contradicts the vocabulary, found by owlready2 with HermiT.

SHACL says what is missing; OWL says what cannot be true together. The reasoner sees a projection:
our vocabulary and one study, never an outside ontology or file.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from studyclaims.errors import SetupError
from studyclaims.paths import ontology_dir
from studyclaims.rdf import node

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import Quad

_DROPPED_DATATYPES: Final = frozenset(
    node(f"xsd:{name}") for name in ("date", "gYear", "dayTimeDuration")
)
"""HermiT stops with a Java error on each of these."""

_REWRITTEN: Final = {
    node(f"rdf:{name}"): node(f"sc:written{name.capitalize()}")
    for name in ("subject", "predicate", "object")
}
"""RDF's own reification words are no properties an OWL reasoner takes."""

_FILES: Final = ("studyclaims.ttl", "predicates.ttl")
_TYPE: Final = node("rdf:type")
_PROPERTY: Final = node("owl:ObjectProperty")


@dataclass(frozen=True, slots=True)
class Consistency:
    """What the reasoner found: the classes nothing can be in, and what cannot stand together.

    ``culprits`` are the subjects of a smallest part of the study that contradicts the vocabulary
    by itself; empty where nothing does, or where it was not looked for.
    """

    consistent: bool
    culprits: tuple[str, ...] = ()
    unsatisfiable: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether there is no contradiction and no empty class."""
        return self.consistent and not self.unsatisfiable


def vocabulary_axioms() -> list[Triple]:
    """Return the triples of our own ontology files, the lists in them included.

    >>> len(vocabulary_axioms()) > 500
    True
    """
    return [
        quad.triple
        for name in _FILES
        for quad in parse(path=str(ontology_dir() / name), format=RdfFormat.TURTLE)
    ]


def projection(quads: Iterable[Quad]) -> list[Triple]:
    """Return what of a study's graph the reasoner is given.

    Dates, years and durations are left out (HermiT stops at them), the words of RDF reification
    are renamed, and every predicate between two things is declared a property.
    """
    triples = [
        Triple(q.subject, _REWRITTEN.get(q.predicate, q.predicate), q.object)
        for q in quads
        if not (isinstance(q.object, Literal) and q.object.datatype in _DROPPED_DATATYPES)
    ]
    properties = {t.predicate for t in triples if not isinstance(t.object, Literal)} - {_TYPE}
    return [*triples, *(Triple(p, _TYPE, _PROPERTY) for p in sorted(properties, key=str))]


def check_consistency(
    quads: Iterable[Quad], axioms: Sequence[Triple] = (), *, locate: bool = True
) -> Consistency:
    """Return whether a study's graph and the vocabulary can be true together.

    ``axioms`` stand in for the vocabulary where given. With ``locate`` a study that contradicts it
    is cut down until no part of it can go, at about a second a try.

    Raises:
        SetupError: Java is missing or failed: nothing was checked then.
    """
    known = list(axioms) or vocabulary_axioms()
    study = projection(quads)
    unsatisfiable = _reason([*known, *study])
    if unsatisfiable is not None:
        return Consistency(consistent=True, unsatisfiable=unsatisfiable)
    if not locate:
        return Consistency(consistent=False)
    parts: dict[str, list[Triple]] = {}
    for triple in study:
        parts.setdefault(_name(triple.subject), []).append(triple)
    return Consistency(consistent=False, culprits=_smallest(sorted(parts), parts, known))


def _smallest(
    names: list[str], parts: dict[str, list[Triple]], axioms: list[Triple]
) -> tuple[str, ...]:
    """Return subjects whose triples contradict the axioms and of which none can be left out."""

    def contradict(some: list[str]) -> bool:
        return _reason([*axioms, *(t for name in some for t in parts[name])]) is None

    # One subject is to blame as a rule: halves find it in a few tries.
    while len(names) > 1:
        middle = len(names) // 2
        half = next((h for h in (names[:middle], names[middle:]) if contradict(h)), None)
        if half is None:
            break
        names = half
    for name in list(names) if len(names) > 1 else ():
        fewer = [other for other in names if other != name]
        if contradict(fewer):
            names = fewer
    return tuple(names)


def _name(subject: NamedNode | BlankNode | Triple) -> str:
    return subject.value if isinstance(subject, NamedNode) else str(subject)


def _reason(triples: Iterable[Triple]) -> tuple[str, ...] | None:
    """Return the IRIs of classes that nothing can be in, or None where nothing is consistent."""
    import owlready2

    world = owlready2.World()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "projection.nt"
            path.write_bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
            ontology = world.get_ontology(path.as_uri())
            with ontology.load(format="ntriples", only_local=True):
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        empty = {found.iri for found in world.inconsistent_classes()}
        return tuple(sorted(empty - {owlready2.Nothing.iri}))
    except owlready2.OwlReadyInconsistentOntologyError:
        return None
    except (owlready2.OwlReadyJavaError, OSError) as error:
        raise SetupError(
            f"the OWL check was not run, Java failed: {str(error).strip()[-300:]}; "
            "install a Java runtime (Debian: default-jre-headless) and put java on the PATH"
        ) from error
    finally:
        world.close()
