"""What a worker does: guard a query, ask it, and write its answer within the limits."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any, Final, cast

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    serialize,
)

from studyclaims.dataset import DATASET
from studyclaims.errors import QueryError
from studyclaims.guards import guard_query
from studyclaims.rdf import node, rows
from studyclaims.serving.negotiation import ROWS, TRIPLES, Form, chosen, media_types
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import QuerySolutions, Triple

    from studyclaims.serving.frames import Message
    from studyclaims.serving.limits import Limits
    from studyclaims.serving.negotiation import Offer
    from studyclaims.serving.sources import Source

_ROWS_AS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_TRIPLES_AS: Final = {
    "turtle": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
_NOT_IN_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_UNCLEAR: Final = (b"{}", b',{"}', b',{",')
"""What may be the end of a text that looks like the start of a row, or a row without values."""

_TAG: Final = re.compile(r"[^\W\d][\w.-]*\Z")
_PREFIXED: Final = frozenset({"turtle", "rdf"})

_BAD: Final = 400
_NOT_ACCEPTABLE: Final = 406
_TOO_MUCH: Final = 422


class _TooMuch(Exception):  # noqa: N818 - says when to stop; nobody sees it as an error
    """An answer that grew beyond its limit."""


class _NotXmlError(Exception):
    """An answer that XML cannot hold."""


class _Page:
    """Takes what a serializer writes, up to a limit."""

    def __init__(self, limit: int) -> None:
        self.data = bytearray()
        self._limit = limit

    def write(self, piece: bytes) -> int:
        """Keep a piece and return its length, or raise where there is no room."""
        self.data += piece
        if len(self.data) > self._limit:
            raise _TooMuch
        return len(piece)

    def flush(self) -> None:
        """Do nothing: all is in memory."""


def answered(source: Source, call: dict[str, Any], limits: Limits) -> Message:
    """Return the answer of a call as the front passes it on: a head with a status, and a body.

    >>> from studyclaims.serving.limits import Limits
    >>> from studyclaims.serving.sources import Source
    >>> head, body = answered(Source([]), {"task": "query", "text": "ASK {}"}, Limits())
    >>> head["status"], body
    (200, b'{"head":{},"boolean":true}')
    """
    try:
        if call["task"] == "describe":
            return graph(described(source, call["endpoint"]), call, limits)
        text = call["text"]
        guard_query(text)
        default, named = call.get("default", ()), call.get("named", ())
        found = source.answer(text, default, named, base=call.get("base"))
        if isinstance(found, QueryTriples):
            return graph(found, call, limits)
        return _rows(found, call, limits)
    except _TooMuch:
        return refused(_TOO_MUCH, f"the answer is larger than {limits.answer >> 20} MiB; {_LESS}")
    except _NotXmlError as error:
        return refused(_NOT_ACCEPTABLE, str(error))
    except QueryError as error:
        return refused(_BAD, str(error))
    except (OSError, RuntimeError, ValueError) as error:
        return refused(_BAD, f"the query cannot be evaluated: {' '.join(str(error).split())[:160]}")


_LESS: Final = "ask for less: select fewer variables, or page with ORDER BY, LIMIT and OFFSET"


def refused(status: int, problem: str) -> Message:
    r"""Return a refusal: the status, and the problem as a line of text.

    >>> refused(400, "no query")
    ({'status': 400, 'type': 'text/plain; charset=utf-8'}, b'no query\n')
    """
    head = {"status": status, "type": "text/plain; charset=utf-8"}
    return head, f"{problem}\n".encode("utf-8", "backslashreplace")


def row_count(data: bytes, form: str) -> int:
    r"""Return how many rows the text of a SELECT's answer has, in json, xml, csv or tsv.

    >>> row_count(b'a\r\n"x\ny"\r\n', "csv"), row_count(b"?a\n\n", "tsv")
    (1, 1)
    """
    match form:
        case "xml":
            return data.count(b"<result>")
        case "csv":
            return sum(part.count(b"\n") for part in data.split(b'"')[::2]) - 1
        case "tsv":
            return data.count(b"\n") - 1
    if data.endswith(b'"bindings":[]}}'):
        return 0
    if not any(unclear in data for unclear in _UNCLEAR):
        return 1 + data.count(b',{"')
    # Without their texts, one row follows another as ",{", and a cell another as ",:{".
    unescaped = data.replace(rb"\\", b"").replace(rb"\"", b"")
    bare = b"".join(unescaped.split(b'"')[::2])
    return 1 + bare.count(b",{")


def _rows(found: QuerySolutions | QueryBoolean, call: dict[str, Any], limits: Limits) -> Message:
    """Return the answer of a SELECT or an ASK."""
    form = _form(ROWS, call)
    if isinstance(form, tuple):
        return form
    page = _Page(limits.answer)
    found.serialize(cast("IO[bytes]", page), format=_ROWS_AS[form.name])
    data = bytes(page.data)
    if form.name == "xml":
        data = _whole_xml(data)
    if isinstance(found, QueryBoolean):
        return {"status": 200, "type": form.content_type}, data
    count = row_count(data, form.name)
    if count > limits.rows:
        return refused(_TOO_MUCH, f"the answer has more than {limits.rows:,} rows; {_LESS}")
    return {"status": 200, "type": form.content_type, "rows": count}, data


def described(source: Source, endpoint: str) -> list[Triple]:
    """Return what a dataset says of itself in VoID, and where it is asked.

    What says nothing of itself is only counted.

    >>> from studyclaims.serving.sources import Source
    >>> for triple in described(Source([]), "http://localhost/sparql"):
    ...     print(triple.predicate.value, triple.object.value)
    http://www.w3.org/1999/02/22-rdf-syntax-ns#type http://rdfs.org/ns/void#Dataset
    http://rdfs.org/ns/void#triples 0
    http://rdfs.org/ns/void#sparqlEndpoint http://localhost/sparql
    """
    told = source.description()
    name = node(DATASET if told else f"{endpoint}#dataset")
    if not told:
        told = list(rows(name, [("rdf:type", node("void:Dataset")), ("void:triples", len(source))]))
    return [*told, *rows(name, [("void:sparqlEndpoint", node(endpoint))])]


def graph(found: Iterable[Triple], call: dict[str, Any], limits: Limits) -> Message:
    """Return triples in the form that the caller accepts: each once, sorted.

    >>> from studyclaims.serving.limits import Limits
    >>> graph([], {"accept": "application/n-triples"}, Limits())
    ({'status': 200, 'type': 'application/n-triples', 'rows': 0}, b'')
    """
    form = _form(TRIPLES, call)
    if isinstance(form, tuple):
        return form
    distinct: set[Triple] = set()
    for triple in found:
        distinct.add(triple)
        if len(distinct) > limits.rows:
            return refused(_TOO_MUCH, f"the answer has more than {limits.rows:,} triples; {_LESS}")
    if form.name == "rdf":
        _require_tags(distinct)
    page = _Page(limits.answer)
    names = prefixes() if form.name in _PREFIXED else None
    # The writer of JSON-LD opens an object anew when the subject changes, hence the order.
    written = cast("IO[bytes]", page)
    serialize(sorted(distinct, key=str), written, format=_TRIPLES_AS[form.name], prefixes=names)
    head = {"status": 200, "type": form.content_type, "rows": len(distinct)}
    return head, _whole_xml(bytes(page.data)) if form.name == "rdf" else bytes(page.data)


def _require_tags(triples: Iterable[Triple]) -> None:
    """Raise where RDF/XML has no tag for a predicate: the writer would make one that is no XML."""
    for predicate in sorted({triple.predicate.value for triple in triples}):
        if not _TAG.search(predicate):
            raise _NotXmlError(f"RDF/XML cannot hold the predicate <{predicate}>; ask for Turtle")


def _whole_xml(data: bytes) -> bytes:
    """Return XML that reads back as it was written, or raise where there is none."""
    if _NOT_IN_XML.search(data):
        raise _NotXmlError("XML cannot hold a character of a text in this; ask for another form")
    # XML readers turn a bare carriage return into a line feed.
    return data.replace(b"\r", b"&#13;")


def _form(offers: tuple[Offer, ...], call: dict[str, Any]) -> Form | Message:
    """Return the form to answer in, or the refusal where the caller takes none."""
    form = chosen(offers, call.get("accept", ""), call.get("format", ""))
    if form is None:
        return refused(_NOT_ACCEPTABLE, f"this is answered in {media_types(offers)}")
    return form
