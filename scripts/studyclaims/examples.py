"""Examples: the named questions as RDF, so that a copy of the graph brings them along.

The form is that of SIB's collection of examples (github.com/sib-swiss/sparql-examples), which query
pages and checkers of SPARQL endpoints read: an instance of ``sh:SPARQLExecutable`` with a comment,
one text, keywords and prefixes. ``schema:target``, the address of an endpoint, is left out while
there is none. Prefixes have IRIs where theirs are blank, since nothing that is built is blank.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, Quad

from studyclaims.bibliography import CC0
from studyclaims.errors import QueryError
from studyclaims.questions import questions
from studyclaims.rdf import node, rows, typed
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple

    from studyclaims.questions import Question

QUESTIONS_GRAPH: Final = BASE + "graph/queries"
"""The named graph that holds the questions in every build."""

QUESTION: Final = BASE + "query/"
"""The IRI of a question is this and its name."""

PREFIXES: Final = QUESTION + "prefixes"
"""What declares the prefixes of all questions; no question has a name without a hyphen."""

_KINDS: Final = {
    "SELECT": ("sh:SPARQLSelectExecutable", "sh:select"),
    "ASK": ("sh:SPARQLAskExecutable", "sh:ask"),
    "CONSTRUCT": ("sh:SPARQLConstructExecutable", "sh:construct"),
}
"""The class of a question and the property that holds its text, by the word it begins with."""

_FORM: Final = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT)\b", re.MULTILINE)
_PREFIX: Final = re.compile(r"^\s*PREFIX\s+(?P<prefix>[\w.-]+):\s*<(?P<space>[^>]*)>", re.MULTILINE)


def question_quads() -> list[Quad]:
    """Return the named questions as a graph, each with all it takes to show and to run it.

    >>> select = node("sh:select")
    >>> texts = {q.subject.value: q.object.value for q in question_quads() if q.predicate == select}
    >>> texts[QUESTION + "list-causes"].startswith("#+ ")
    True

    Raises:
        QueryError: a question is of no form that has a property here, or two questions use one
            prefix for two namespaces.
    """
    found, graph = questions(), node(QUESTIONS_GRAPH)
    triples = [triple for asked in found for triple in _question(asked)]
    triples += [*_prefixes(_declared(found)), *_header()]
    return [Quad(t.subject, t.predicate, t.object, graph) for t in triples]


def _header() -> Iterator[Triple]:
    """Yield what the graph itself is."""
    title = "Questions that the graph answers, in SPARQL"
    pairs = [("rdf:type", node("dcat:Dataset")), ("dct:title", title), ("dct:license", node(CC0))]
    yield from rows(node(QUESTIONS_GRAPH), pairs)


def _question(asked: Question) -> Iterator[Triple]:
    """Yield one question: its form, its text, and what it says of itself."""
    match = _FORM.search(asked.text)
    if match is None:
        raise QueryError(
            f"the query {asked.name!r} has no form that is published; "
            f"begin a line of it with one of {', '.join(_KINDS)}"
        )
    kind, holds = _KINDS[match[1]]
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node("sh:SPARQLExecutable")),
        ("rdf:type", node(kind)),
        ("rdfs:label", asked.name),
        ("rdfs:comment", Literal(asked.summary, language="en")),
        ("dct:description", Literal(asked.description, language="en")),
        ("sh:prefixes", node(PREFIXES)),
        (holds, asked.text),
    ]
    pairs += [("schema:keywords", tag) for tag in asked.tags]
    yield from rows(node(QUESTION + asked.name), pairs)


def _declared(asked: list[Question]) -> dict[str, str]:
    """Return the namespace of each prefix that the questions declare."""
    spaces: dict[str, str] = {}
    for each in asked:
        for match in _PREFIX.finditer(each.text):
            prefix, space = match["prefix"], match["space"]
            if spaces.setdefault(prefix, space) != space:
                raise QueryError(
                    f"the query {each.name!r} declares {prefix}: as <{space}>, another query as "
                    f"<{spaces[prefix]}>; declare it as ontology/context.jsonld does"
                )
    return spaces


def _prefixes(spaces: dict[str, str]) -> Iterator[Triple]:
    """Yield the declarations that every question points at."""
    parts = {prefix: node(f"{PREFIXES}#{prefix}") for prefix in spaces}
    pairs = [("rdf:type", node("owl:Ontology")), ("rdfs:label", "prefixes of the questions")]
    yield from rows(node(PREFIXES), pairs)
    for prefix, part in parts.items():
        yield from rows(node(PREFIXES), [("sh:declare", part)])
        declared = [
            ("rdf:type", node("sh:PrefixDeclaration")),
            ("sh:prefix", prefix),
            ("sh:namespace", typed(spaces[prefix], "xsd:anyURI")),
        ]
        yield from rows(part, declared)
