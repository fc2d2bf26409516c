"""What rows say of identity: which spellings are an id, and what makes two ids one, or never one.

A yes must be spelled as its vocabulary spells it; a no counts in whatever case, with blanks, in
brackets. That two things are not near, or are disjoint, denies that they are one as well.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from studyclaims.merging.curies import canonical
from studyclaims.merging.negation import DIFFERENT

SAME, APART = "same", "apart"

CLOSE: Final = frozenset(
    {
        "biolink:close_match",
        "http://www.w3.org/2004/02/skos/core#closeMatch",
        "https://w3id.org/biolink/vocab/close_match",
        "skos:closeMatch",
    }
)
"""The predicates that hold of all that is one: what denies one of them denies that."""

DISJOINT: Final = frozenset(
    f"{namespace}{name}"
    for namespace in ("owl:", "http://www.w3.org/2002/07/owl#")
    for name in ("complementOf", "disjointWith", "propertyDisjointWith")
)
"""The predicates by which nothing is both, so that two ids are not one thing."""

_UNSEEN: Final = "\u200b\u200c\u200d\u2060\ufeff"
_BLANKS: Final = "".join(filter(str.isspace, map(chr, range(0x3001)))) + _UNSEEN
_QUOTES: Final = "\"'`\u2018\u2019\u201c\u201d"
_ID: Final = re.compile(r"\w[\w.+-]*:(\S+)")
_VOID: Final = frozenset({"", "-", "--", "?", "n/a", "na", "nan", "nil", "none", "null", "unknown"})
_NOTHING: Final = re.compile(
    r"(?:(?:sssom|semapv):|https?://w3id\.org/(?:sssom/|semapv/(?:vocab/)?))?"
    r"no[\s_-]?(?:term[\s_-]?found|mapping)",
    re.IGNORECASE,
)


def bare(text: str) -> str:
    """Return an id or a predicate without blanks and angle brackets around it.

    >>> bare(" <http://x.org/a> "), bare("A:1")
    ('http://x.org/a', 'A:1')
    """
    text = text.strip(_BLANKS)
    is_bracketed = text.startswith("<") and text.endswith(">")
    return text[1:-1].strip(_BLANKS) if is_bracketed else text


def is_quoted(text: str) -> bool:
    """Return whether a quote stands before an id or behind it.

    >>> is_quoted('"HP:1"'), is_quoted("HP:1")
    (True, False)
    """
    return bare(text) != unquoted(text)


def unquoted(text: str) -> str:
    """Return an id as `bare` does, without the quotes around it, too.

    >>> unquoted(' "HP:1"')
    'HP:1'
    """
    return bare(bare(text).strip(_QUOTES))


def is_nothing(text: str) -> bool:
    """Return whether a text says that no term was found.

    >>> is_nothing("SSSOM:NoTermFound"), is_nothing("sssom:NoMapping"), is_nothing("HP:1")
    (True, True, False)
    """
    return _NOTHING.fullmatch(bare(text)) is not None


def is_id(text: str) -> bool:
    """Return whether a text is a CURIE or an IRI, and no placeholder.

    >>> [it for it in ("HP:1", "nan", "-", "['B:1', 'C:1']", "UMLS:nan", '"B:1"') if is_id(it)]
    ['HP:1']
    """
    found = _ID.fullmatch(bare(text))
    return found is not None and found[1].casefold() not in _VOID and not is_nothing(text)


@lru_cache(maxsize=1 << 16)
def says(predicate: str, *, negated: bool = False) -> str:
    """Return whether a row says that two ids are the same or apart, or nothing.

    >>> says("skos:exactMatch"), says("skos:closeMatch"), says(" OWL:differentfrom")
    ('same', '', 'apart')
    >>> says("skos:exactmatch"), says("skos:exactmatch", negated=True)
    ('', 'apart')
    >>> says("skos:closeMatch", negated=True), says("owl:disjointWith", negated=True)
    ('apart', '')
    """
    it = canonical(bare(predicate))
    exact = _exact()
    if negated:
        # That two ids are not different does not make them one thing.
        return APART if it.casefold() in _folded(exact | CLOSE) else ""
    if it.casefold() in _folded(DIFFERENT | DISJOINT):
        return APART
    return SAME if it in exact else ""


def local_names() -> list[str]:
    """Return the last parts, in lower case, of all predicates of which `says` may say anything.

    >>> "differentfrom" in local_names()
    True
    """
    every = _exact() | CLOSE | DIFFERENT | DISJOINT
    return sorted({re.split("[:/#]", it)[-1].lower() for it in every})


@cache
def _exact() -> frozenset[str]:
    # The readers need this module themselves.
    from studyclaims.merging.readers.reading import EXACT

    return frozenset(canonical(it) for it in EXACT)


@cache
def _folded(predicates: frozenset[str]) -> frozenset[str]:
    return frozenset(canonical(it).casefold() for it in predicates)
