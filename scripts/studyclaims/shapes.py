"""SHACL: the shapes of ``shapes/``, run by pyshacl over the graph of one study.

The shapes are the contract; pyshacl is their reference engine here. Files are parsed by pyoxigraph,
and imports, scripts, rules and inference stay off, so nothing is fetched or run. Results come back
as values; `as_findings` puts them at the place in the record that they are about.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from studyclaims.errors import GraphError, SetupError
from studyclaims.findings import Finding
from studyclaims.ontologies.slices import with_terms
from studyclaims.paths import shapes_dir, terms_dir
from studyclaims.sourcemap import places, value_path
from studyclaims.terms import BASE, compress, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    import rdflib
    from pyoxigraph import Quad, Triple

    from studyclaims.records import Record

SHAPES: Final = BASE + "shapes/"
"""The namespace of every shape and constraint here."""

_STRING: Final = expand("xsd:string")
_STUDY: Final = (NamedNode(expand("rdf:type")), NamedNode(expand("sc:Study")))


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One demand that is not met; IRIs in full, an empty text where there is none.

    ``path`` is a SPARQL path with CURIEs, as in ``^sc:restsOn``; ``shape`` is the property shape or
    SPARQL constraint itself, never the node shape around it.
    """

    focus: str
    path: str
    value: str
    shape: str
    message: str
    severity: str
    component: str

    @property
    def places(self) -> tuple[str, str]:
        """What the result is about, nearest first: one about a whole study is about its value."""
        pair = (self.focus, self.value)
        return pair[::-1] if self.shape.startswith(f"{SHAPES}Study-") else pair


@cache
def load_shapes() -> rdflib.Graph:
    """Return all shapes of ``shapes/`` in one graph; treat it as read-only, it is shared.

    >>> constraint_count(load_shapes()) > 50
    True

    Raises:
        SetupError: there is no shape, or a file is no Turtle.
    """
    shapes = read_shapes(sorted(shapes_dir().glob("*.ttl")))
    if not constraint_count(shapes):
        raise SetupError(f"{shapes_dir()}: no shape is there, so nothing could be checked")
    return shapes


def read_shapes(paths: Iterable[Path]) -> rdflib.Graph:
    """Return the shapes of these Turtle files in one graph.

    >>> from studyclaims.paths import shapes_dir
    >>> constraint_count(read_shapes([shapes_dir() / "cue.ttl"]))
    3

    Raises:
        SetupError: a file cannot be read or is no Turtle.
    """
    graph = _graph_class()()
    for path in paths:
        try:
            quads = list(parse(path=str(path), format=RdfFormat.TURTLE))
        except (OSError, SyntaxError, ValueError) as error:
            raise SetupError(f"{path}: cannot be read as shapes: {error}") from error
        _fill(graph, quads)
    return graph


def constraint_count(shapes: rdflib.Graph) -> int:
    """Return how many checks a validation applies: shapes and SPARQL constraints that demand.

    Shapes that only lead to others are no checks.

    >>> constraint_count(_graph_class()())
    0
    """
    return len(constraints(shapes))


def constraints(shapes: rdflib.Graph) -> dict[str, tuple[tuple[str, rdflib.term.Node], ...]]:
    """Return what each check demands: its IRI, and its parameters as (CURIE, value).

    >>> constraints(load_shapes())[SHAPES + "Cue-length"]
    (('sh:maxLength', rdflib.term.Literal('60', ...)),)
    """
    from rdflib import URIRef

    found: dict[str, list[tuple[str, rdflib.term.Node]]] = {}
    for shape, predicate, value in shapes:
        name = compress(str(predicate))
        if isinstance(shape, URIRef) and name in PARAMETERS:
            found.setdefault(str(shape), []).append((name, value))
    return {shape: tuple(sorted(found[shape])) for shape in sorted(found)}


PARAMETERS: Final = frozenset(
    f"sh:{name}"
    for name in (
        "class", "datatype", "disjoint", "equals", "flags", "hasValue", "in", "languageIn",
        "lessThan", "lessThanOrEquals", "maxCount", "maxExclusive", "maxInclusive", "maxLength",
        "minCount", "minExclusive", "minInclusive", "minLength", "nodeKind", "not", "or", "pattern",
        "qualifiedMaxCount", "qualifiedMinCount", "select", "uniqueLang", "xone",
    )
)  # fmt: skip
"""The properties by which a shape or a SPARQL constraint demands something."""


def validate_quads(quads: Iterable[Quad], shapes: rdflib.Graph | None = None) -> list[Result]:
    """Return every demand that the graph of one study does not meet, sorted; none if it conforms.

    Beside the graph stands what the slices of ``ontology/terms/`` say of the terms in it. Warnings
    count as results too: whoever calls decides by ``severity``. Graph names are ignored.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.stores.embedded import read_quads
    >>> validate_quads(read_quads(studies_dir() / "ausk-2017.trig"))
    []

    Args:
        quads: What is validated.
        shapes: What it is validated against, by default `load_shapes`.

    Raises:
        GraphError: no study is described, so that nothing would be checked, or a slice cannot be
            read.
        SetupError: the shapes cannot be run.
    """
    data, demands = _graph_class()(), load_shapes() if shapes is None else shapes
    statements = list(quads)
    if not any((quad.predicate, quad.object) == _STUDY for quad in statements):
        raise GraphError("the graph describes no sc:Study, so the shapes had nothing to check")
    _fill(data, with_terms(statements, terms_dir()))
    return sorted(set(_results(_report(data, demands), demands)))


def as_findings(results: Iterable[Result], record: Record) -> list[Finding]:
    """Return the results as findings at the lines of the record that they are about.

    A result about something that the record does not name, such as a broader entity, gets the
    place of its value, and if that is not named either, the whole file.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> record = read_record(studies_dir() / "ausk-2017.yaml")
    >>> claim = BASE + "claim/ausk-2017/title-predisposition"
    >>> missing = Result(claim, "sc:cue", "", SHAPES + "Cue-present", "Give the cue.", "", "")
    >>> print(as_findings([missing], record)[0])
    /...graph/studies/ausk-2017.yaml:...: S001 claim title-predisposition, sc:cue: not as ...
        hint: Give the cue.
    """
    known = places(record)
    return sorted(_finding(result, record, known) for result in results)


def words(result: Result, name: Callable[[str], str] = compress) -> tuple[str, str]:
    """Return what a result says was found, and what to do; ``name`` says how IRIs are called.

    >>> words(Result("urn:a:b", "sc:cue", "", SHAPES + "Cue-present", "Give the cue.", "", ""))
    ('urn:a:b, sc:cue: not as shape:Cue-present demands', 'Give the cue.')
    """

    def short(text: str) -> str:
        shown = name(text)
        return shown if len(shown) <= 60 else f"{shown[:57]}..."

    about = ", ".join(filter(None, (short(result.focus), result.path, short(result.value))))
    hint = re.sub(r"https?://[^\s()]*[^\s(),.:;]", lambda iri: short(iri[0]), result.message)
    return f"{about}: not as shape:{result.shape.removeprefix(SHAPES)} demands", hint


def _finding(result: Result, record: Record, known: Mapping[str, tuple[str | int, ...]]) -> Finding:
    """Return one result at its place."""

    def name(iri: str) -> str:
        path = known.get(iri, ())
        if len(path) == 2 and path[0] in {"entities", "sources"}:
            return f"{'entity' if path[0] == 'entities' else 'source'} {path[1]}"
        return compress(iri).replace(f"studyclaims:claim/{record.study.key}/", "claim ")

    message, hint = words(result, name)
    path = next((known[iri] for iri in result.places if iri in known), None)
    if path is None:
        return Finding(record.file, 0, 0, "S001", message, hint)
    if known.get(result.focus) == path:
        path = value_path(record.study, path, result.path)
    return record.finding(path, "S001", message, hint)


def _report(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    """Return pyshacl's report, with everything off that fetches, runs or infers."""
    from pyshacl import validate
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph

    with _rdflib_settings():
        try:
            _, report, text = validate(
                data,
                shacl_graph=shapes,
                inference="none",
                advanced=False,
                js=False,
                do_owl_imports=False,
                meta_shacl=False,
                allow_infos=False,
                allow_warnings=False,
                inplace=True,  # the graph is ours and thrown away: a copy would only cost time
            )
        except ReportableRuntimeError as error:
            raise SetupError(f"the shapes cannot be run: {error}") from error
    if not isinstance(report, Graph):
        raise SetupError(f"the shapes cannot be run: {text}")
    return report


@contextmanager
def _rdflib_settings() -> Iterator[None]:
    """Hold rdflib's switches as we want them, and put back what pyshacl sets anew."""
    import rdflib
    from rdflib.plugins import sparql

    before = rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS
    rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS = False, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS = before


def _results(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    """Yield the results of a report."""
    from rdflib import SH, URIRef

    for node in report.objects(None, SH.result):
        shape = report.value(node, SH.sourceShape)
        constraint = report.value(node, SH.sourceConstraint)
        path, value = report.value(node, SH.resultPath), report.value(node, SH.value)
        if path is not None and not isinstance(path, URIRef):
            path = shapes.value(shape, SH.path)
        messages = set(report.objects(node, SH.resultMessage))
        if constraint is not None and len(messages) > 1:
            # pyshacl adds the message of the node shape to that of the SPARQL constraint
            messages -= set(shapes.objects(shape, SH.message))
        yield Result(
            focus=str(report.value(node, SH.focusNode)),
            path="" if path is None else path_text(shapes, path),
            value="" if value is None else str(value),
            shape=str(shape if constraint is None else constraint),
            message=min(map(str, messages), default=""),
            severity=str(report.value(node, SH.resultSeverity)),
            component=str(report.value(node, SH.sourceConstraintComponent)),
        )


def path_text(shapes: rdflib.Graph, path: rdflib.term.Node) -> str:
    """Return a SHACL path as a SPARQL path with CURIEs.

    >>> from rdflib import SH, URIRef
    >>> claim = load_shapes().value(URIRef(SHAPES + "Evidence-claim"), SH.path)
    >>> path_text(load_shapes(), claim)
    '^sc:restsOn'
    """
    from rdflib import SH, URIRef

    if isinstance(path, URIRef):
        return compress(str(path))
    inverse = shapes.value(path, SH.inversePath)
    if inverse is not None:
        return f"^{path_text(shapes, inverse)}"
    alternatives = shapes.value(path, SH.alternativePath)
    steps = shapes.items(path if alternatives is None else alternatives)
    return ("/" if alternatives is None else "|").join(path_text(shapes, s) for s in steps)


def shapes_readme() -> str:
    """Return ``shapes/README.md`` as it must be: each check, what it demands, how severe it is.

    >>> "| shape:Cue-length | at most 60 characters a cue: `sc:cue` |" in shapes_readme()
    True
    """
    shapes = load_shapes()
    lines = [
        "# Shapes",
        "",
        "What the graph of one study must hold, in SHACL; at most one node shape a file, every",
        f"property shape and SPARQL constraint with an IRI of its own under `{SHAPES}`.",
        "`studyclaims validate` runs them with pyshacl and points at the line of the record.",
        "A study's graph is validated alone. Beside it stands only what the slices in",
        "`ontology/terms/` say of its terms: label, where defined, namespace, whether obsolete.",
        "",
        "`predicate.ttl`, `triple.ttl` and this page are generated by `studyclaims build`; the",
        "rest is written by hand.",
        "",
        f"{len(constraints(shapes))} checks:",
        "",
        "| shape | what it looks at | what to do where it is not met | severity |",
        "|---|---|---|---|",
        *(_row(shapes, shape) for shape in constraints(shapes)),
    ]
    return "\n".join(lines) + "\n"


def _row(shapes: rdflib.Graph, shape: str) -> str:
    """Return one check as a row of the README's table."""
    from rdflib import RDFS, SH, URIRef

    name = URIRef(shape)
    title = shapes.value(name, SH.name) or shapes.value(name, RDFS.label)
    path, around = shapes.value(name, SH.path), next(shapes.subjects(SH.sparql, name), name)
    looks = f"{title}: `{path_text(shapes, path)}`" if path else f"{title}"
    cells = (
        f"shape:{shape.removeprefix(SHAPES)}",
        looks,
        str(shapes.value(name, SH.message)),
        compress(str(shapes.value(around, SH.severity))).removeprefix("sh:").lower(),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


@cache
def _graph_class() -> type[rdflib.Graph]:
    """Return a graph that parses the text of each query once.

    pyshacl hands the same text over for every focus node, and rdflib takes longer to parse a query
    than to answer it.
    """
    from rdflib import Graph
    from rdflib.plugins.sparql import prepareQuery

    prepared = lru_cache(maxsize=256)(prepareQuery)

    class PreparingGraph(Graph):
        def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - rdflib's own signature, passed on
            if isinstance(query_object, str):
                try:
                    query_object = prepared(query_object)
                except Exception as error:  # rdflib raises that class itself for a prefix
                    raise SetupError(f"the shapes cannot be run: {error}") from error
            return super().query(query_object, *args, **kwargs)

    return PreparingGraph


def _fill(graph: rdflib.Graph, statements: Iterable[Quad | Triple]) -> None:
    """Add statements to a graph of rdflib, lexical forms untouched."""
    for statement in statements:
        graph.add((_node(statement.subject), _node(statement.predicate), _node(statement.object)))


@lru_cache(maxsize=65536)
def _node(term: object) -> rdflib.term.Node:
    """Return a term of pyoxigraph as one of rdflib.

    rdflib knows no two kinds of plain string, so xsd:string is left out.
    """
    import rdflib

    match term:
        case NamedNode():
            return rdflib.URIRef(term.value)
        case BlankNode():
            return rdflib.BNode(term.value)
        case Literal():
            kind = None if term.language else term.datatype.value
            datatype = None if kind in {None, _STRING} else rdflib.URIRef(str(kind))
            return rdflib.Literal(
                term.value, lang=term.language, datatype=datatype, normalize=False
            )
    raise GraphError(f"{term}: a triple term cannot be validated")
