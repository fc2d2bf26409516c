"""Files of graphs from anywhere: the studies in them, what is wrong with them, and at which line.

The shapes look at each study's graph by itself. Beside them stand two checks that no shape makes:
whether an IRI is the key of what it names, and whether a relation stands outside every study.

A parser says what a file holds, not where. `subject_marks` finds that out from the text, and only
once there is something to say. What a file holds is shown escaped: it is nobody's we know.
"""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, parse

from studyclaims import outside
from studyclaims.errors import GraphError, RecordError
from studyclaims.findings import Finding
from studyclaims.keytexts import key_faults
from studyclaims.ontologies.slices import read_slice
from studyclaims.paths import terms_dir
from studyclaims.predicates import RELATIONS
from studyclaims.rdf import node
from studyclaims.shapes import validate_quads, words
from studyclaims.terminal import visible
from studyclaims.terms import compress, expand
from studyclaims.yamltree import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from studyclaims.shapes import Result

SUFFIXES: Final = {
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
    ".ttl": RdfFormat.TURTLE,
}
"""The files that are read as graphs."""

SIZE_LIMIT: Final = 100_000_000
"""The most bytes a file of graphs may have."""

STAR_LIMIT: Final = outside.STAR_LIMIT
"""How often a file may have ``<<``: no shape looks at a triple term."""

_TYPE: Final = node("rdf:type")
_STUDY: Final = node("sc:Study")
_CLAIM: Final = node("sc:Claim")
_PREDICATE: Final = node("rdf:predicate")
_FOREIGN: Final = (expand("RO:0").removesuffix("0"), expand("BFO:0").removesuffix("0"))
"""The namespaces of which every property is a relation."""

_DEPTH: Final = {
    **dict.fromkeys(("[", "(", "<<", "{|"), 1),
    **dict.fromkeys(("]", ")", ">>", "|}"), -1),
}
_DIRECTIVES: Final = {"prefix": 3, "base": 2, "version": 2}
"""Those that no full stop ends, and of how many words each is."""

_TOKEN: Final = re.compile(
    r"(?P<skip>\s+|#[^\n]*)"
    r'|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'(?:[^'\\\n]|\\.)*+')"
    r"|(?P<iri><[^<>\s]*>)"
    r"|(?P<sign><<|>>|\{\||\|\}|[{}\[\]();,|]|\.(?=[\s}#]|\Z))"
    r"|(?P<word>(?:[^\s<>\"'{}\[\]();,|\\.#]|\\.|\.(?![\s}#]|\Z))++)"
    r"|(?P<other>.)",
    re.DOTALL,
)
"""The tokens of TriG, near enough to tell where a statement begins in a file that was parsed."""


@dataclass(frozen=True, slots=True)
class FileGraph:
    """One graph of a file; ``name`` is empty for the default graph."""

    file: str
    name: str
    quads: tuple[Quad, ...]
    data: bytes = field(repr=False)

    @property
    def claims(self) -> int:
        """How many claims the graph describes."""
        return len({q.subject for q in self.quads if (q.predicate, q.object) == (_TYPE, _CLAIM)})


def read_graphs(path: Path) -> tuple[list[FileGraph], list[FileGraph]]:
    """Return the graphs of a TriG, N-Quads or Turtle file that describe a study, and the others.

    >>> from studyclaims.paths import studies_dir
    >>> studies, others = read_graphs(studies_dir() / "ausk-2017.trig")
    >>> [graph.name for graph in studies], others
    (['https://w3id.org/studyclaims/study/ausk-2017'], [])

    Raises:
        RecordError: the file is too large, not well formed, or describes no study.
        OSError: the file cannot be opened.
    """
    data = _guarded(path)
    graphs: dict[str, list[Quad]] = {}
    try:
        for quad in parse(data, format=SUFFIXES[path.suffix.lower()]):
            graphs.setdefault(_graph_of(quad), []).append(quad)
    except SyntaxError as error:
        message = f"not well-formed {path.suffix[1:].lower()}: {visible(str(error.msg))}"
        raise _refused(path, "S003", message, "mend the file", error) from error
    studies: list[FileGraph] = []
    others: list[FileGraph] = []
    for name in sorted(graphs):
        described = any((q.predicate, q.object) == (_TYPE, _STUDY) for q in graphs[name])
        found = studies if described else others
        found.append(FileGraph(str(path), name, tuple(graphs[name]), data))
    if not studies:
        hint = "give a graph that `studyclaims build` wrote, or one with the same words"
        raise _refused(path, "S002", "nothing checked: no graph here describes a sc:Study", hint)
    return studies, others


def _guarded(path: Path) -> bytes:
    """Return a file's bytes, or raise what must not reach the parser."""
    with path.open("rb") as file:
        data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        message = f"the file has more than {SIZE_LIMIT:,} bytes"
        raise _refused(path, "S003", message, "split it: a named graph can stand in its own file")
    if data.count(b"<<") > STAR_LIMIT:
        message = f"the file has more than {STAR_LIMIT:,} triple terms"
        raise _refused(path, "S003", message, "leave them out: no shape looks at one")
    return data


def _refused(
    path: Path | str, code: str, message: str, hint: str, error: SyntaxError | None = None
) -> RecordError:
    place = (error.lineno or 0, error.offset or 0) if error else (0, 0)
    return RecordError([Finding(str(path), *place, code, message, hint)])


def check_graph(graph: FileGraph) -> tuple[list[Finding], int]:
    """Return what is wrong with a study's graph, and how many shapes found something.

    Beside the shapes it is asked whether each IRI of ours is the key of what it names.

    >>> from studyclaims.paths import studies_dir
    >>> (graph,), _ = read_graphs(studies_dir() / "ausk-2017.trig")
    >>> check_graph(graph)
    ([], 0)

    Raises:
        RecordError: the graph holds what no shape can look at.
        SetupError: the shapes cannot be run.
    """
    try:
        results = validate_quads(graph.quads)
    except GraphError as error:
        raise _refused(graph.file, "S003", visible(str(error)), "leave it out") from error
    found = [*_findings(graph, results), *_misnamed(graph)]
    return sorted(found), len({result.shape for result in results})


def check_other(graph: FileGraph) -> list[Finding]:
    """Return a finding for each relation in a graph that is no study's: no claim stands for it.

    >>> bare = Quad(node("CL:0000092"), node("biolink:causes"), node("GO:0045453"))
    >>> [f.message for f in check_other(FileGraph("a.nq", "", (bare,), b""))]
    ['CL:0000092 biolink:causes GO:0045453: a relation outside the graph of a study']
    """
    strays = [quad for quad in graph.quads if _is_stray(quad)]
    marks = _marks_in(graph) if strays else {}
    found = []
    for quad in strays:
        said = " ".join(_name(term) for term in (quad.subject, quad.predicate, quad.object))
        message = visible(f"{said}: a relation outside the graph of a study")
        hint = "remove it, or put it into the graph of a study with the claim that writes it"
        mark = marks.get(_plain(quad.subject), Mark(0, 0))
        found.append(Finding(graph.file, mark.line, mark.column, "S004", message, hint))
    return sorted(found)


def _is_stray(quad: Quad) -> bool:
    written = quad.predicate == _PREDICATE and is_relation(quad.object)
    return written or is_relation(quad.predicate)


def is_relation(term: object) -> bool:
    """Return whether a term may stand between entities only where a claim writes it.

    >>> is_relation(node("biolink:causes")), is_relation(node("rdfs:label"))
    (True, False)
    """
    return isinstance(term, NamedNode) and (
        term.value in _relations() or term.value.startswith(_FOREIGN)
    )


@cache
def _relations() -> frozenset[str]:
    """Return every predicate of the table, and Biolink's relations: related_to and all under it."""
    table = {expand(name) for relation in RELATIONS.values() for name in relation.predicates}
    biolink = expand("biolink:related_to").removesuffix("related_to")
    slots = {_plain(quad.subject) for quad in read_slice(terms_dir() / "biolink.ttl")}
    return frozenset(table | {slot for slot in slots if slot.startswith(biolink)})


def _misnamed(graph: FileGraph) -> Iterator[Finding]:
    """Yield a finding for each IRI of ours that is not the key of what it names."""
    faults = key_faults(graph.quads)
    marks = _marks_in(graph) if faults else {}
    for iri, fault in faults:
        mark = marks.get(iri, Mark(0, 0))
        message = visible(f"{compress(iri)}: {fault}")
        hint = (
            "undo the edit, or build the graph anew from its record: what differs has another IRI"
        )
        yield Finding(graph.file, mark.line, mark.column, "S005", message, hint)


def _findings(graph: FileGraph, results: Sequence[Result]) -> list[Finding]:
    """Return the results as findings at the blocks of their subjects, or of their values."""
    if not results:
        return []
    marks = _marks_in(graph)
    terms = {term for quad in graph.quads for term in (quad.subject, quad.object)}
    blank = {term.value for term in terms if isinstance(term, BlankNode)}

    def name(text: str) -> str:
        return "a blank node" if text in blank else compress(text)

    found = []
    for result in results:
        message, hint = (visible(text) for text in words(result, name))
        mark = next((marks[iri] for iri in result.places if iri in marks), Mark(0, 0))
        found.append(Finding(graph.file, mark.line, mark.column, "S001", message, hint))
    return sorted(found)


def _marks_in(graph: FileGraph) -> dict[str, Mark]:
    """Return where each subject of a graph stands."""
    by_line = graph.file.lower().endswith(".nq")
    marks = line_marks(graph.data) if by_line else subject_marks(graph.data)
    return {subject: mark for (name, subject), mark in marks.items() if name == graph.name}


def _name(term: object) -> str:
    return "a blank node" if isinstance(term, BlankNode) else compress(_plain(term))


@lru_cache(maxsize=1)
def line_marks(data: bytes) -> Mapping[tuple[str, str], Mark]:
    r"""Return where in N-Quads each subject of each graph stands first; both as their IRIs.

    >>> line_marks(b"# two\n<urn:a:b> <urn:c:d> 'x' <urn:g:h> .".replace(b"'", b'"'))
    {('urn:g:h', 'urn:a:b'): Mark(line=2, column=1)}
    """
    found: dict[tuple[str, str], Mark] = {}
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", data), start=1):
        for quad in parse(line, format=RdfFormat.N_QUADS):
            column = len(line) - len(line.lstrip()) + 1
            key = _graph_of(quad), _plain(quad.subject)
            found.setdefault(key, Mark(number, column))
    return found


@lru_cache(maxsize=1)
def subject_marks(data: bytes) -> Mapping[tuple[str, str], Mark]:
    r"""Return where in TriG or Turtle each subject of each graph begins its first statement.

    >>> subject_marks(b"@prefix a: <urn:a:> .\n<urn:g:h> {\n    a:b a:c a:d .\n}")
    {('urn:g:h', 'urn:a:b'): Mark(line=3, column=5)}
    """
    text = data.decode("utf-8", errors="replace")
    ends = [match.start() for match in re.finditer("\n", text)]
    prefixes: dict[str, str] = {}
    found: dict[tuple[str, str], Mark] = {}
    graph = ""
    for head, sign in _statements(text):
        first = head[0][0].lower().removeprefix("@") if head else ""
        if first == "prefix" and len(head) == 3:
            prefixes[head[1][0]] = head[2][0][1:-1]
        elif sign == "{":
            graph = _whole(head[-1][0], prefixes) if head else ""
        elif head and first not in _DIRECTIVES:
            line = bisect(ends, head[0].start())
            column = head[0].start() - (ends[line - 1] if line else -1)
            found.setdefault((graph, _whole(head[0][0], prefixes)), Mark(line + 1, column))
        if sign == "}":
            graph = ""
    return found


def _statements(text: str) -> Iterator[tuple[list[re.Match[str]], str]]:
    """Yield the first tokens, three at most, of each statement, and the sign that ends it."""
    head: list[re.Match[str]] = []
    depth = 0
    for token in _TOKEN.finditer(text):
        if token["skip"]:
            continue
        depth += _DEPTH.get(token[0], 0)
        if not depth and token[0] in {".", "{", "}"}:
            yield head, token[0]
            head = []
        elif len(head) < 3:
            head.append(token)
            if len(head) == _DIRECTIVES.get(head[0][0].lower()):
                yield head, ""
                head = []


def _whole(token: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI of a token, or the label of a blank node; empty where it is neither."""
    if token.startswith("<"):
        return token[1:-1]
    prefix, _, local = token.partition(":")
    if prefix == "_":
        return local
    namespace = prefixes.get(f"{prefix}:")
    return "" if namespace is None else namespace + re.sub(r"\\(.)", r"\1", local)


def _graph_of(quad: Quad) -> str:
    return "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def _plain(subject: object) -> str:
    return str(getattr(subject, "value", subject))
