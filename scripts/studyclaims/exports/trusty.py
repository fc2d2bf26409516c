r"""Trusty URIs: names that hold the hash of what they name, module RA for sets of RDF graphs.

The rule is version 1 of the Trusty URI Specification (Tobias Kuhn, 23 February 2015,
http://trustyuri.net/spec/v1.FADQoZWcYugekAb4jW-Zm3_5Cd9tmkkYEV0bxK2fLSKao.md). In every IRI the
artifact code is taken for a blank; statements are sorted by graph, subject, predicate and object,
IRIs before literals; each is four lines, a literal as ``^datatype text`` or ``@language text`` with
``\\`` and ``\n`` for a backslash and a line feed; the SHA-256 of the whole, with two bits of zero
behind it, stands in Base64 with ``-`` and ``_`` after ``RA``.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final, TypeVar

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from studyclaims.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import BlankNode, Triple

    Term = NamedNode | BlankNode | Literal | Triple | DefaultGraph

PLACEHOLDER: Final = f"RA{'-' * 43}"
"""What stands for the artifact code until it is known: as long as one, and hardly ever one."""


def artifact_code(quads: Iterable[Quad], code: str = PLACEHOLDER) -> str:
    """Return the artifact code of these quads, in whose IRIs ``code`` stands for it.

    >>> artifact_code([])
    'RA47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'

    Raises:
        GraphError: a blank node or a triple term, which module RA has no place for.
    """
    digest = hashlib.sha256(normal_text(quads, code).encode("utf-8")).digest()
    return f"RA{base64.urlsafe_b64encode(digest).decode('ascii').rstrip('=')}"


def normal_text(quads: Iterable[Quad], code: str = PLACEHOLDER) -> str:
    r"""Return the text that is hashed of these quads, in whose IRIs ``code`` stands for the hash.

    >>> name = NamedNode(f"https://ex.org/{PLACEHOLDER}#a")
    >>> normal_text([Quad(name, NamedNode("https://ex.org/b"), Literal("c", language="en"))])
    '\nhttps://ex.org/ #a\nhttps://ex.org/b\n@en c\n'

    Raises:
        GraphError: a blank node or a triple term, which module RA has no place for.
    """
    rows = sorted({_row(quad, code) for quad in quads})
    return "".join(f"{graph}\n{s}\n{p}\n{_object(o)}\n" for graph, s, p, o in rows)


def with_code(quads: Iterable[Quad], code: str) -> list[Quad]:
    """Return the quads with an artifact code in the place of `PLACEHOLDER`.

    >>> name = NamedNode(f"https://ex.org/{PLACEHOLDER}")
    >>> with_code([Quad(name, name, Literal("a"), name)], "RAb")[0].subject.value
    'https://ex.org/RAb'
    """
    return [
        Quad(
            _named(quad.subject, code),
            _named(quad.predicate, code),
            _named(quad.object, code),
            _named(quad.graph_name, code),
        )
        for quad in quads
    ]


_T = TypeVar("_T")


def _named(term: _T, code: str) -> _T:
    """Return a term with an artifact code in the place of `PLACEHOLDER`."""
    if isinstance(term, NamedNode):
        return type(term)(term.value.replace(PLACEHOLDER, code))
    return term


_Object = tuple[int, str, str, str]
"""0 and an IRI, or 1, a text, its datatype, its language; sorted as the rule has it."""


def _row(quad: Quad, code: str) -> tuple[str, str, str, _Object]:
    """Return a quad as it is sorted."""
    graph = quad.graph_name
    where = "" if isinstance(graph, DefaultGraph) else _iri(graph, code)
    term = quad.object
    if isinstance(term, Literal):
        # pyoxigraph has put it in small letters already, the canonical form.
        language = term.language or ""
        value: _Object = (1, term.value, "" if language else term.datatype.value, language)
    else:
        value = (0, _iri(term, code), "", "")
    return where, _iri(quad.subject, code), quad.predicate.value.replace(code, " "), value


def _iri(term: Term, code: str) -> str:
    """Return an IRI with a blank in the place of the artifact code."""
    if isinstance(term, NamedNode):
        return term.value.replace(code, " ")
    raise GraphError(f"{term}: has no place in a trusty URI; give it a name first")


def _object(term: _Object) -> str:
    """Return an object as it is hashed."""
    kind, text, datatype, language = term
    if not kind:
        return text
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return f"@{language} {escaped}" if language else f"^{datatype} {escaped}"
