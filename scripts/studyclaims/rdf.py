"""Small words for writing triples: nodes from CURIEs, literals, and rows of one subject."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from studyclaims.errors import TermError
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

Object: TypeAlias = NamedNode | Literal


@lru_cache(maxsize=65536)
def node(name: str) -> NamedNode:
    """Return the node of an IRI (anything with ``://``, or a URN) or of a CURIE.

    >>> node("sc:Claim")
    <NamedNode value=https://w3id.org/studyclaims/vocab/Claim>

    Raises:
        TermError: the text is neither.
    """
    is_iri = "://" in name or name[:4].lower() == "urn:"
    try:
        return NamedNode(name if is_iri else expand(name))
    except TermError:
        raise
    except ValueError as error:
        raise TermError(name, f"is no IRI: {error}", "percent-encode what stands there") from error


def typed(value: str | Decimal | date, datatype: str) -> Literal:
    """Return a literal whose lexical form is the value as text.

    >>> typed("P3D", "xsd:dayTimeDuration").value
    'P3D'
    """
    lexical = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return Literal(lexical, datatype=node(datatype))


def rows(subject: NamedNode, pairs: Iterable[tuple[str, object]]) -> Iterator[Triple]:
    """Yield one triple a pair (predicate, value); None and empty text give none.

    Text becomes a string, a whole number an integer, a truth value a boolean; nodes and literals
    stay as they are.

    >>> [t.object.value for t in rows(node("sc:x"), [("sc:cue", "may"), ("sc:note", None)])]
    ['may']
    """
    for predicate, value in pairs:
        if value is not None and value != "":
            yield Triple(subject, node(predicate), _object(value))


def _object(value: object) -> Object:
    """Return the node or literal of a Python value."""
    if isinstance(value, NamedNode | Literal):
        return value
    if isinstance(value, str | bool | int):
        return Literal(value)
    raise TypeError(f"no literal is defined here for {type(value).__name__}")
