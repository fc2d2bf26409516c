"""Which form an answer is given in: what the caller accepts, against what there is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Offer = tuple[str, str]
"""A media type, and the short name of the form that it stands for."""

ROWS: Final[tuple[Offer, ...]] = (
    ("application/sparql-results+json", "json"),
    ("application/sparql-results+xml", "xml"),
    ("text/csv", "csv"),
    ("text/tab-separated-values", "tsv"),
    ("application/json", "json"),
    ("application/xml", "xml"),
    ("text/xml", "xml"),
)
"""What a SELECT or an ASK is answered in, the preferred first."""

TRIPLES: Final[tuple[Offer, ...]] = (
    ("text/turtle", "turtle"),
    ("application/n-triples", "nt"),
    ("application/ld+json", "jsonld"),
    ("application/rdf+xml", "rdf"),
    ("text/n3", "turtle"),
    ("application/x-turtle", "turtle"),
    ("application/json", "jsonld"),
    ("application/xml", "rdf"),
    ("text/xml", "rdf"),
    ("text/plain", "nt"),
)
"""What a CONSTRUCT, a DESCRIBE or a description is answered in."""

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "json": "json",
        "xml": "xml",
        "csv": "csv",
        "tsv": "tsv",
        "turtle": "turtle",
        "ttl": "turtle",
        "n3": "turtle",
        "nt": "nt",
        "ntriples": "nt",
        "n-triples": "nt",
        "jsonld": "jsonld",
        "json-ld": "jsonld",
        "rdf": "rdf",
        "rdfxml": "rdf",
        "rdf/xml": "rdf",
        "rdf+xml": "rdf",
    }
)
"""What ``format`` may be, besides a media type."""

_GRAPHS_CALLED: Final = {"json": "jsonld", "xml": "rdf"}
"""What the names of forms of rows mean where the answer is a graph."""

_RANGE: Final = re.compile(r"([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)")
_WEIGHT: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an answer: its short name, and the media type that it is called by."""

    name: str
    media_type: str

    @property
    def content_type(self) -> str:
        """The media type as a header has it; texts say that they are UTF-8."""
        text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if text else self.media_type


@lru_cache(maxsize=256)
def chosen(offers: tuple[Offer, ...], accept: str, named: str = "") -> Form | None:
    """Return the form that fits best of those on offer; None where the caller takes none.

    ``named``, the parameter ``format`` of a request, is stronger than what the header accepts; a
    name of a form that the answer cannot have is passed over.

    >>> chosen(ROWS, "text/csv;q=0.5, application/sparql-results+xml")
    Form(name='xml', media_type='application/sparql-results+xml')
    >>> chosen(ROWS, "", "tsv").content_type
    'text/tab-separated-values; charset=utf-8'
    >>> chosen(TRIPLES, "image/png") is None
    True
    """
    wanted = _named(offers, named)
    if wanted is not None:
        return wanted
    weights = accepted(accept)
    best, found = 0.0, None
    for media_type, name in offers:
        weight = _weight(media_type, weights)
        if weight > best:
            best, found = weight, Form(name, media_type)
    return found


def known(named: str) -> bool:
    """Return whether ``format`` has a value that names a form of any answer, or none at all.

    >>> known(""), known("JSON"), known("text/csv"), known("yaml")
    (True, True, True, False)
    """
    named = named.lower()
    return not named or named in NAMES or any(named == offer for offer, _ in (*ROWS, *TRIPLES))


def media_types(offers: Iterable[Offer]) -> str:
    """Return the media types of offers, for a message.

    >>> media_types(ROWS[:2])
    'application/sparql-results+json, application/sparql-results+xml'
    """
    return ", ".join(media_type for media_type, _ in offers)


def accepted(header: str) -> list[tuple[str, str, float]]:
    """Return the (type, subtype, weight) that an Accept header lists; nothing said is anything.

    What breaks the header's grammar is passed over. A parameter of a media type, as a charset or a
    profile, does not make it another one.

    >>> accepted("text/csv;q=0.5, */*;q=0")
    [('text', 'csv', 0.5), ('*', '*', 0.0)]
    """
    ranges = []
    for part in header.split(","):
        media, *parameters = (piece.strip() for piece in part.lower().split(";"))
        match = _RANGE.fullmatch(media)
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
        if match:
            ranges.append((match[1], match[2], weight))
    return ranges or [("*", "*", 1.0)]


def _named(offers: tuple[Offer, ...], named: str) -> Form | None:
    """Return the offer that a name or a media type stands for."""
    named = named.lower()
    if "/" in named and named not in NAMES:
        return next((Form(name, media) for media, name in offers if media == named), None)
    name = NAMES.get(named, "")
    names = {offer for _, offer in offers}
    name = name if name in names else _GRAPHS_CALLED.get(name, "")
    return next((Form(offer, media) for media, offer in offers if offer == name), None)


def _weight(media_type: str, ranges: Iterable[tuple[str, str, float]]) -> float:
    """Return how welcome a media type is: the weight of the most specific range that has it."""
    kind, _, subtype = media_type.partition("/")
    fitting = [
        ((wanted != "*") + (inner != "*"), weight)
        for wanted, inner, weight in ranges
        if wanted in ("*", kind) and inner in ("*", subtype)
    ]
    return max(fitting)[1] if fitting else 0.0
