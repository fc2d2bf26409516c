"""Tallies: the counts of a release made again by an engine that loads its packed files."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pyoxigraph
import rdflib
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Answers = Callable[[str], list[dict[str, Any]]]
    Engine = Callable[[bytes, str], Answers]


def mismatches(answers: Mapping[str, Answers], counts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the counts that do not come out as expected.

    Args:
        answers: what answers the questions of each scope.
        counts: what is expected.
    """
    return [c["name"] for c in counts if answers[c["scope"]](c["sparql"]) != c["expected"]]


def loaded(engine: Engine, files: Mapping[str, bytes]) -> dict[str, Answers]:
    """Return what answers the questions of each scope, its packed file loaded by an engine."""
    return {scope: engine(data, scope) for scope, data in files.items()}


def by_pyoxigraph(data: bytes, scope: str) -> Answers:
    """Return what answers with pyoxigraph."""
    store = pyoxigraph.Store()
    form = RdfFormat.TURTLE if scope == "union" else RdfFormat.N_QUADS
    store.load(gzip.decompress(data), format=form)

    def answer(text: str) -> list[dict[str, Any]]:
        found = store.query(text)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        return in_order({name: plain(row[name]) for name in names} for row in found)

    return answer


def by_rdflib(data: bytes, scope: str, into: rdflib.Graph | None = None) -> Answers:
    """Return what answers with rdflib."""
    graph = into if into is not None else rdflib.Graph() if scope == "union" else rdflib.Dataset()
    graph.parse(data=gzip.decompress(data), format="turtle" if scope == "union" else "nquads")

    def answer(text: str) -> list[dict[str, Any]]:
        found = graph.query(text)
        names = [str(variable) for variable in found.vars or ()]
        rows = (row for row in found if isinstance(row, tuple))
        return in_order(
            {
                name: term.toPython() if isinstance(term, rdflib.Literal) else str(term)
                for name, term in zip(names, row, strict=True)
            }
            for row in rows
        )

    return answer


def plain(term: object) -> int | str:
    """Return a whole number or an IRI as JSON has it."""
    if isinstance(term, Literal):
        return int(term.value)
    assert isinstance(term, NamedNode)
    return term.value


def in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows as the file has them, their values told apart as JSON tells them."""
    return sorted(
        json.loads(json.dumps(list(rows))), key=lambda row: [str(v) for v in row.values()]
    )
