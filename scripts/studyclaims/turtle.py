"""Writing quads as TriG and Turtle that people review and whose bytes depend on the quads alone.

Other writers keep the order they are given, rewrite numbers, or change their output with the hash
seed. This one sorts everything, leaves lexical forms untouched and has one layout, so a change of
one statement is a change of one line. Blank nodes are refused: their names would not survive.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from studyclaims.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"

LEADING_PREDICATES: Final[tuple[str, ...]] = (
    _RDF + "type",
    _RDFS + "label",
    _SKOS + "prefLabel",
    _SKOS + "definition",
    "http://purl.org/dc/terms/title",
    _RDF + "subject",
    _RDF + "predicate",
    _RDF + "object",
)
"""The predicates that stand first inside a subject, in this order; all others follow by name."""

_RANK: Final = {predicate: rank for rank, predicate in enumerate(LEADING_PREDICATES)}

# Narrower than Turtle's own tokens: rdflib turns 01 into 1, .5 into 0.5 and 0.0000001 into 1E-7
# when it reads them bare, and refuses whole numbers of more than 4,300 digits.
_BARE: Final[dict[str, re.Pattern[str]]] = {
    _XSD + "integer": re.compile(r"0|-?[1-9][0-9]{0,40}"),
    _XSD + "decimal": re.compile(r"-?(?:0|[1-9][0-9]{0,40})\.[0-9]{1,6}"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_LOCAL: Final = r"([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)"
_PREFIX: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?|")
_ILLEGAL_IN_IRI: Final = re.compile(r'[\x00-\x20<>"{}|^`\\]')

# Line separators, direction marks and the byte order mark are escaped too: in a reviewed file they
# could make a line read otherwise than it is.
_ESCAPES: Final[dict[int, str]] = {
    code: f"\\u{code:04X}"
    for code in (
        *range(0x20),
        *range(0x7F, 0xA0),
        *(0x061C, 0x200E, 0x200F, 0x2028, 0x2029),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *(0xFEFF, 0xFFFE, 0xFFFF),
    )
} | {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r", 0x22: '\\"', 0x5C: "\\\\"}

_Subjects: TypeAlias = "dict[str, dict[str, set[str]]]"


def write_trig(
    quads: Iterable[Quad],
    prefixes: Mapping[str, str],
    *,
    comment: str = "",
    subject_rank: Callable[[str], int] | None = None,
) -> str:
    r"""Return the quads as TriG, the default graph first, then the graphs by IRI.

    Args:
        quads: the statements, in any order; repeats count once.
        prefixes: prefix names and their namespaces; only those used are written.
        comment: text for the top of the file; each of its lines becomes a ``#`` line.
        subject_rank: gives a subject's IRI a number; low ones come first in their graph. Subjects
            of one rank are sorted by IRI.

    >>> me, knows = NamedNode("https://ex.org/me"), NamedNode("https://ex.org/knows")
    >>> quad = Quad(me, knows, Literal("1.50"), NamedNode("https://ex.org/graphs/1"))
    >>> print(write_trig([quad], {"ex": "https://ex.org/", "no": "https://no.org/"}), end="")
    @prefix ex: <https://ex.org/> .
    <BLANKLINE>
    <https://ex.org/graphs/1> {
        ex:me ex:knows "1.50" .
    }

    Raises:
        GraphError: a blank node, a triple term, a text with a base direction, or a prefix name
            that Turtle cannot hold.
    """
    names = _Names(prefixes)
    graphs = _gather(quads, names)
    blocks = list(_blocks(graphs.pop("", {}), names, "", subject_rank))
    for graph in sorted(graphs):
        body = "\n\n".join(_blocks(graphs[graph], names, "    ", subject_rank))
        blocks.append(f"{names.iri(graph)} {{\n{body}\n}}")
    return _page(comment, names, blocks)


def write_turtle(
    statements: Iterable[Quad | Triple],
    prefixes: Mapping[str, str],
    *,
    comment: str = "",
    union: bool = False,
    subject_rank: Callable[[str], int] | None = None,
) -> str:
    r"""Return triples, or the quads of the default graph, as Turtle.

    Args:
        statements: triples or quads, in any order; repeats count once.
        prefixes: as for `write_trig`.
        comment: as for `write_trig`.
        union: write the quads of all graphs and leave out which graph each came from.
        subject_rank: as for `write_trig`.

    >>> me, knows = NamedNode("https://ex.org/me"), NamedNode("https://ex.org/knows")
    >>> friends = [Triple(me, knows, Literal(name, language="en")) for name in ("Bo", "Al")]
    >>> print(write_turtle(friends, {"ex": "https://ex.org/"}, comment="Friends."), end="")
    # Friends.
    <BLANKLINE>
    @prefix ex: <https://ex.org/> .
    <BLANKLINE>
    ex:me ex:knows "Al"@en,
            "Bo"@en .

    Raises:
        GraphError: as `write_trig`, or a quad of a named graph and ``union`` is not asked for.
    """
    names = _Names(prefixes)
    quads = (_in_default_graph(statement, union) for statement in statements)
    subjects = _gather(quads, names).get("", {})
    return _page(comment, names, list(_blocks(subjects, names, "", subject_rank)))


def require_ground(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads as they come; refuse the first that cannot be written everywhere.

    >>> me, knows = NamedNode("https://ex.org/me"), NamedNode("https://ex.org/knows")
    >>> len(list(require_ground([Quad(me, knows, me)])))
    1

    Raises:
        GraphError: a blank node, a triple term, or a text with a base direction.
    """
    for quad in quads:
        if (
            type(quad.subject) is not NamedNode
            or type(quad.graph_name) not in (NamedNode, DefaultGraph)
            or not _is_plain(quad.object)
        ):
            raise _refusal(quad)
        yield quad


def _is_plain(term: object) -> bool:
    if type(term) is Literal:
        return term.language is None or term.direction is None
    return type(term) is NamedNode


def _refusal(quad: Quad) -> GraphError:
    terms = (quad.subject, quad.object, quad.graph_name)
    bad = next(term for term in terms if not _is_plain(term) and not isinstance(term, DefaultGraph))
    return GraphError(
        f"{bad} in the statement {quad}: a blank node, a triple term or a base direction cannot be "
        "written in every format; give the thing an IRI, or the text a plain language"
    )


def _in_default_graph(statement: Quad | Triple, union: bool) -> Quad:
    if isinstance(statement, Triple):
        return Quad(*statement)
    if isinstance(statement.graph_name, DefaultGraph):
        return statement
    if union:
        return Quad(*statement.triple)
    raise GraphError(
        f"{statement.graph_name} is a named graph, which Turtle cannot hold; write TriG, or ask "
        "for the union of the graphs"
    )


class _Names:
    """Terms as text, with the prefixes that were used on the way."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        for prefix in prefixes:
            if not _PREFIX.fullmatch(prefix):
                raise GraphError(
                    f"the prefix {prefix!r} cannot be written in Turtle; begin it with a letter "
                    "and use letters, digits, '_', '-' and inner dots"
                )
        # The later of two equal keys stays, so of two names for one namespace the first by name.
        self._names = {prefixes[name]: name for name in sorted(prefixes, reverse=True)}
        # An alternation takes its first match, and falls back to a shorter namespace where the
        # longest leaves a local part that is not safe.
        longest_first = sorted(self._names, key=lambda namespace: (-len(namespace), namespace))
        choices = "|".join(map(re.escape, longest_first)) or "(?!)"
        self._split = re.compile(f"({choices}){_LOCAL}")
        self._known: dict[str, str] = {}
        self.used: dict[str, str] = {}

    def iri(self, iri: str) -> str:
        text = self._known.get(iri)
        if text is None:
            text = self._known[iri] = self._new(iri)
        return text

    def _new(self, iri: str) -> str:
        match = self._split.fullmatch(iri)
        if match is None:
            return _bracketed(iri)
        namespace, local = match.groups()
        name = self._names[namespace]
        self.used[name] = namespace
        return f"{name}:{local}"

    def object(self, term: NamedNode | Literal) -> str:
        if isinstance(term, NamedNode):
            return self.iri(term.value)
        text = term.value
        datatype = term.datatype.value
        bare = _BARE.get(datatype)
        if bare is not None and bare.fullmatch(text):
            return text
        quoted = f'"{text.translate(_ESCAPES)}"'
        if datatype == _XSD + "string":
            return quoted
        language = term.language
        return f"{quoted}@{language}" if language else f"{quoted}^^{self.iri(datatype)}"


def _bracketed(iri: str) -> str:
    escaped = _ILLEGAL_IN_IRI.sub(lambda match: f"\\u{ord(match[0]):04X}", iri)
    return f"<{escaped}>"


def _gather(quads: Iterable[Quad], names: _Names) -> dict[str, _Subjects]:
    graphs: dict[str, _Subjects] = {}
    for subject, predicate, term, graph in require_ground(quads):
        graph_name = "" if isinstance(graph, DefaultGraph) else graph.value
        subjects = graphs.setdefault(graph_name, {})
        predicates = subjects.setdefault(subject.value, {})
        predicates.setdefault(predicate.value, set()).add(names.object(term))
    return graphs


def _blocks(
    subjects: _Subjects, names: _Names, indent: str, subject_rank: Callable[[str], int] | None
) -> Iterator[str]:
    def place(subject: str) -> tuple[int, str]:
        return (subject_rank(subject) if subject_rank else 0, subject)

    next_object = f",\n{indent}        "
    next_predicate = f" ;\n{indent}    "
    for subject in sorted(subjects, key=place):
        lines = sorted(
            (_RANK.get(predicate, len(_RANK)), _verb(predicate, names), sorted(objects))
            for predicate, objects in subjects[subject].items()
        )
        body = next_predicate.join(f"{verb} {next_object.join(objs)}" for _, verb, objs in lines)
        yield f"{indent}{names.iri(subject)} {body} ."


def _verb(predicate: str, names: _Names) -> str:
    return "a" if predicate == LEADING_PREDICATES[0] else names.iri(predicate)


def _page(comment: str, names: _Names, blocks: list[str]) -> str:
    remark = "\n".join(f"# {line}".rstrip() for line in comment.splitlines())
    used = sorted(names.used.items())
    head = "\n".join(f"@prefix {name}: {_bracketed(namespace)} ." for name, namespace in used)
    text = "\n\n".join(part for part in (remark, head, *blocks) if part)
    return f"{text}\n" if text else ""
