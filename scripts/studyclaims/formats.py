"""The formats a graph is written in, and the proof that what was written reads back equal.

`serialize` gives the same bytes for the same quads in any order. `check` parses those bytes with
pyoxigraph and with rdflib and compares lexical forms, because each reader alone has changed or
dropped something that the other kept.

RDF/XML holds less than the others: no control character but tab, line feed and carriage return, no
U+FFFE or U+FFFF, no predicate or class whose IRI does not end in an XML name, and no predicate from
RDF's own syntax such as ``rdf:li``. `serialize` refuses those; `check` finds them by itself.
rdflib's RDF/XML reader also drops an empty query or a last ``;`` from an IRI and writes the scheme
in lower case; only `check` finds that.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
import warnings
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple

from studyclaims.errors import GraphError
from studyclaims.turtle import require_ground, write_trig, write_turtle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rdflib.term import IdentifiedNode, Node


class Format(NamedTuple):
    """A format's file suffix, its media type, and whether it keeps named graphs apart."""

    suffix: str
    media_type: str
    holds_graphs: bool


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "trig": Format(".trig", "application/trig", True),
        "nq": Format(".nq", "application/n-quads", True),
        "ttl": Format(".ttl", "text/turtle", False),
        "nt": Format(".nt", "application/n-triples", False),
        "jsonld": Format(".jsonld", "application/ld+json", True),
        "rdf": Format(".rdf", "application/rdf+xml", False),
    }
)
"""Every format, by the name it has on the command line."""


class Statement(NamedTuple):
    """A quad as text, equal for two readers exactly if they read the same.

    ``datatype`` is empty where the object is an IRI, and a plain text has ``xsd:string``.
    ``graph`` is empty for the default graph.
    """

    subject: str
    predicate: str
    object: str
    datatype: str
    language: str
    graph: str


_XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDF_TYPE: Final = _RDF + "type"
_LANGUAGE_TEXT: Final = _RDF + "langString"

# Relative IRIs would otherwise take this machine's folder as their base. Nothing written here has
# one, so a statement with this base in it is a difference that `check` reports.
_BASE: Final = "https://base.invalid/"
_RDFLIB_DEFAULT_GRAPH: Final = "urn:x-rdflib:default"
_RDFLIB_NAMES: Final = {
    "trig": "trig",
    "nq": "nquads",
    "ttl": "turtle",
    "nt": "nt",
    "jsonld": "json-ld",
    "rdf": "xml",
}
_PYOXIGRAPH_NAMES: Final = {
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_NAME_AT_END: Final = re.compile(r"[^\W\d][\w.-]*\Z")
_RDFLIB_SETTINGS: Final = threading.Lock()


def serialize(quads: Iterable[Quad], name: str, prefixes: Mapping[str, str]) -> bytes:
    r"""Return the quads in the format ``name``, the same bytes whatever their order.

    Formats without named graphs hold the union of all graphs. Prefixes shorten ``trig``, ``ttl``
    and ``rdf``; the others write IRIs out.

    >>> me, knows = NamedNode("https://ex.org/me"), NamedNode("https://ex.org/knows")
    >>> serialize([Quad(me, knows, Literal("01"), me)], "nq", {})
    b'<https://ex.org/me> <https://ex.org/knows> "01" <https://ex.org/me> .\n'

    Raises:
        GraphError: no such format; a blank node, triple term or base direction; or, in ``rdf``,
            what XML cannot hold.
    """
    _require_known(name)
    distinct = set(require_ground(quads))
    if name == "trig":
        return write_trig(distinct, prefixes).encode()
    if name == "ttl":
        return write_turtle(distinct, prefixes, union=True).encode()
    if name == "jsonld":
        return _json_ld(distinct)
    if name == "rdf":
        return _rdf_xml({quad.triple for quad in distinct}, prefixes)
    return _sorted_lines(distinct, keep_graphs=name == "nq")


def read_back(data: bytes, name: str) -> dict[str, frozenset[Statement]]:
    """Return what pyoxigraph and rdflib each read in ``data``, by the reader's name.

    Meant for bytes that this package wrote. Nothing is fetched: pyoxigraph, which knows no
    network, reads first, and what it refuses never reaches rdflib.

    >>> line = b'<https://ex.org/me> <https://ex.org/knows> "01" .'
    >>> for reader, statements in read_back(line, "nt").items():
    ...     print(reader, [statement.object for statement in statements])
    pyoxigraph ['01']
    rdflib ['01']

    Raises:
        GraphError: no such format, or a reader that cannot read the bytes.
    """
    _require_known(name)
    found = {}
    for reader, read in {"pyoxigraph": _by_pyoxigraph, "rdflib": _by_rdflib}.items():
        try:
            found[reader] = frozenset(read(data, name))
        except Exception as error:  # each of rdflib's parsers raises exceptions of its own
            raise GraphError(
                f"{reader} cannot read the {name} that was written: {error}"
            ) from error
    return found


def check(data: bytes, name: str, quads: Iterable[Quad]) -> None:
    """Prove that ``data`` reads back as exactly these quads, by both readers.

    >>> me, knows = NamedNode("https://ex.org/me"), NamedNode("https://ex.org/knows")
    >>> quads = [Quad(me, knows, Literal("1.50"))]
    >>> check(serialize(quads, "jsonld", {}), "jsonld", quads)
    >>> check(b"", "nt", quads)
    Traceback (most recent call last):
    ...
    studyclaims.errors.GraphError: nt read by pyoxigraph lacks
    <https://ex.org/me> <https://ex.org/knows> "1.50"; do not use this file

    Raises:
        GraphError: names the reader and the first statement that it lacks or has too many.
    """
    _require_known(name)
    graphs = FORMATS[name].holds_graphs
    wanted = {
        statement if graphs else statement._replace(graph="")
        for statement in map(_statement, require_ground(quads))
    }
    for reader, found in read_back(data, name).items():
        for fault, statements in ("lacks", wanted - found), ("adds", found - wanted):
            if statements:
                first = _as_text(min(statements))
                raise GraphError(f"{name} read by {reader} {fault} {first}; do not use this file")


def canonical_hash(quads: Iterable[Quad]) -> str:
    """Return the SHA-256, in hexadecimal, of the quads as sorted N-Quads.

    >>> canonical_hash([])[:12]
    'e3b0c44298fc'

    Raises:
        GraphError: a blank node, triple term or base direction.
    """
    return hashlib.sha256(serialize(quads, "nq", {})).hexdigest()


def _require_known(name: str) -> None:
    if name not in FORMATS:
        raise GraphError(f"no format is called {name!r}; the formats are {', '.join(FORMATS)}")


def _sorted_lines(quads: set[Quad], *, keep_graphs: bool) -> bytes:
    if keep_graphs:
        text = _written(quads, RdfFormat.N_QUADS)
    else:
        text = _written({quad.triple for quad in quads}, RdfFormat.N_TRIPLES)
    return b"".join(sorted(text.splitlines(keepends=True)))


def _json_ld(quads: set[Quad]) -> bytes:
    # pyoxigraph opens a new object whenever graph, subject or predicate change, so statements that
    # belong together must come together, or one object would have a key twice.
    ordered = sorted(quads, key=lambda quad: (_graph_of(quad), str(quad.triple)))
    compact = _written(ordered, RdfFormat.JSON_LD)
    text = json.dumps(json.loads(compact), ensure_ascii=False, indent=2)
    return f"{text}\n".encode()


def _rdf_xml(triples: set[Triple], prefixes: Mapping[str, str]) -> bytes:
    ordered = sorted(triples, key=str)
    tags: set[str] = set()
    for triple in ordered:
        tags.update(_tags_of(triple))
        if isinstance(triple.object, Literal) and _NOT_IN_XML.search(triple.object.value):
            raise GraphError(f"{triple}: XML cannot hold a character of this text; write Turtle")
    used = {
        namespace: prefix
        for prefix, namespace in sorted(prefixes.items(), reverse=True)
        if any(tag.startswith(namespace) for tag in tags)
    }
    names = {prefix: namespace for namespace, prefix in used.items()}
    try:
        data = _written(ordered, RdfFormat.RDF_XML, names)
    except (OSError, ValueError) as error:
        raise GraphError(f"RDF/XML cannot hold this graph: {error}; write Turtle") from error
    # XML readers turn a bare carriage return into a line feed.
    return data.replace(b"\r", b"&#13;")


def _written(
    statements: Iterable[Quad] | Iterable[Triple],
    format: RdfFormat,
    prefixes: dict[str, str] | None = None,
) -> bytes:
    return pyoxigraph.serialize(statements, format=format, prefixes=prefixes) or b""


def _tags_of(triple: Triple) -> Iterator[str]:
    """Yield the IRIs that RDF/XML writes as tags: the predicate, and a class."""
    terms = [triple.predicate]
    if triple.predicate.value == _RDF_TYPE and isinstance(triple.object, NamedNode):
        terms.append(triple.object)
    for term in terms:
        if not _XML_NAME_AT_END.search(term.value):
            raise GraphError(f"{term}: RDF/XML needs an XML name at its end; write Turtle")
        yield term.value


def _by_pyoxigraph(data: bytes, name: str) -> Iterator[Statement]:
    quads = pyoxigraph.parse(data, format=_PYOXIGRAPH_NAMES[name], base_iri=_BASE)
    return map(_statement, quads)


def _statement(quad: Quad) -> Statement:
    term = quad.object
    if isinstance(term, Literal):
        value, datatype, language = term.value, term.datatype.value, term.language or ""
    else:
        value, datatype, language = _plain(term), "", ""
    subject, predicate = _plain(quad.subject), quad.predicate.value
    return Statement(subject, predicate, value, datatype, language, _graph_of(quad))


def _graph_of(quad: Quad) -> str:
    return "" if isinstance(quad.graph_name, DefaultGraph) else _plain(quad.graph_name)


def _plain(term: object) -> str:
    # Whatever is no IRI keeps the marks of its kind, so it can never equal one.
    return term.value if isinstance(term, NamedNode) else str(term)


def _by_rdflib(data: bytes, name: str) -> Iterator[Statement]:
    import rdflib

    holds_graphs = FORMATS[name].holds_graphs
    graph = rdflib.Dataset() if holds_graphs else rdflib.Graph()
    with _rdflib_as_written():
        graph.parse(data=data, format=_RDFLIB_NAMES[name], publicID=_BASE)
    if isinstance(graph, rdflib.Dataset):
        return (_rdflib_statement(*quad) for quad in graph.quads())
    return (_rdflib_statement(*triple, None) for triple in graph)


@contextmanager
def _rdflib_as_written() -> Iterator[None]:
    """Let rdflib keep lexical forms, and keep to itself what it thinks of them.

    Its switch, its logger and Python's warning filters are all global, hence the lock.
    """
    import rdflib

    logger = logging.getLogger("rdflib.term")
    with _RDFLIB_SETTINGS, warnings.catch_warnings():
        before = rdflib.NORMALIZE_LITERALS, logger.disabled
        # rdflib's own parsers use what rdflib has deprecated.
        warnings.simplefilter("ignore")
        rdflib.NORMALIZE_LITERALS, logger.disabled = False, True
        try:
            yield
        finally:
            rdflib.NORMALIZE_LITERALS, logger.disabled = before


def _rdflib_statement(
    subject: Node, predicate: Node, term: Node, graph: IdentifiedNode | None
) -> Statement:
    import rdflib

    value, datatype, language = _rdflib_text(term), "", ""
    if isinstance(term, rdflib.Literal):
        value, language = str(term), (term.language or "").lower()
        # rdflib leaves the datatype out where RDF 1.1 implies it.
        implied = _LANGUAGE_TEXT if language else _XSD_STRING
        datatype = str(term.datatype or implied)
    where = "" if graph is None or str(graph) == _RDFLIB_DEFAULT_GRAPH else _rdflib_text(graph)
    return Statement(
        _rdflib_text(subject), _rdflib_text(predicate), value, datatype, language, where
    )


def _rdflib_text(term: Node) -> str:
    import rdflib

    return str(term) if isinstance(term, rdflib.URIRef) else repr(term)


def _as_text(statement: Statement) -> str:
    """Return the statement as one line of N-Quads without its full stop."""
    value = f"<{statement.object}>"
    if statement.datatype:
        value = json.dumps(statement.object, ensure_ascii=False)
    if statement.language:
        value += f"@{statement.language}"
    elif statement.datatype not in ("", _XSD_STRING):
        value += f"^^<{statement.datatype}>"
    graph = f" <{statement.graph}>" if statement.graph else ""
    return f"<{statement.subject}> <{statement.predicate}> {value}{graph}"
