"""Binding: what a query's text gets before it goes to a store: prefixes, and values of variables.

A value stands in the text as one term in a VALUES block at the start of the outermost pattern, as
the defaults of questions do. At the end of the query it would be joined after FILTERs looked for
it. The term is written by pyoxigraph, which knows what to escape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from studyclaims.errors import QueryError
from studyclaims.guards import guard_query
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyoxigraph import Literal, NamedNode

FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")

ALIVE: Final = "ASK {}"
"""The query that any store answers with true."""

_HEX: Final = list("0123456789abcdef")
_PART: Final = (
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o "
    "FILTER (SUBSTR(MD5(CONCAT(STR(?s), STR(?p), STR(?o))), 1, %d) IN (%s)) }"
)

_QUIET: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n\r]|\\.)*+"'
    r"|'(?:[^'\\\n\r]|\\.)*+'"
    r"|<[^\x00-\x20<>\"{}|^`\\]*>"
    r"|#[^\n\r]*",
    re.DOTALL,
)
_FORM: Final = re.compile(rf"(?<![\w:.?$-])({'|'.join(FORMS)})(?![\w:.-])", re.IGNORECASE)
_WORD: Final = re.compile(r"[?$:]\w+|(?P<word>\w+)")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_DECLARED: Final = re.compile(r"(?<![\w:.?$-])PREFIX\s+([A-Za-z][\w.-]*):", re.IGNORECASE)
_USED: Final = re.compile(r"(?<![\w.-])([A-Za-z][\w.-]*):")


def form_of(text: str) -> str:
    """Return the form of a query, one of FORMS.

    >>> form_of("PREFIX ask: <https://example.org/select> construct { ?s ?p ?o } {}")
    'CONSTRUCT'

    Raises:
        QueryError: it has none.
    """
    found = _FORM.search(syntax(text))
    if found is None:
        raise QueryError(f"found a query of no form, expected one of {', '.join(FORMS)}")
    return found[1].upper()


def prepared(text: str, values: Mapping[str, NamedNode | Literal] | None = None) -> str:
    r"""Return a query as it goes to a store: guarded, its prefixes declared, its values bound.

    >>> from pyoxigraph import Literal
    >>> prepared("ASK { ?s ?p ?o }", {"o": Literal('"}')})
    'ASK { VALUES (?o) { ("\\"}") } ?s ?p ?o }'
    >>> prepared("ASK { ?s a sc:Claim }")
    'PREFIX sc: <https://w3id.org/studyclaims/vocab/> ASK { ?s a sc:Claim }'

    Raises:
        QueryError: the query is too large, too deep, reaches outside, has no form, or has no
            pattern for its values.
    """
    guard_query(text)
    quiet = syntax(text)
    if values:
        at = _pattern_start(quiet, form_of(text))
        for name in values:
            if not _NAME.fullmatch(name):
                raise QueryError(f"{name!r} is no name of a variable")
        names = " ".join(f"?{name}" for name in values)
        terms = " ".join(str(value) for value in values.values())
        text = f"{text[:at]} VALUES ({names}) {{ ({terms}) }}{text[at:]}"
    return declared(text)


def declared(text: str) -> str:
    """Return a query or an update with the prefixes declared that it uses.

    >>> declared("DROP GRAPH sc:g")
    'PREFIX sc: <https://w3id.org/studyclaims/vocab/> DROP GRAPH sc:g'
    """
    quiet = syntax(text)
    # RDF4J refuses a prefix that is declared twice.
    used = {match[1] for match in _USED.finditer(quiet)}
    used -= {match[1] for match in _DECLARED.finditer(quiet)}
    # On the first line, so that the lines a store complains of are those of the text.
    heads = [f"PREFIX {name}: <{prefixes()[name]}> " for name in sorted(used & prefixes().keys())]
    return "".join(heads) + text


def selecting(text: str) -> str:
    """Return the SELECT of all that a CONSTRUCT makes its triples of.

    >>> selecting("CONSTRUCT { ?s ?p 1 } FROM <urn:x:g> WHERE { ?s ?p ?o } LIMIT 2")
    'SELECT *  FROM <urn:x:g> WHERE { ?s ?p ?o } LIMIT 2'
    >>> selecting("CONSTRUCT WHERE { ?s ?p ?o }")
    'SELECT *  WHERE { ?s ?p ?o }'
    """
    quiet = syntax(text)
    head = _FORM.search(quiet)
    if head is None:
        return text
    rest = head.end()
    if quiet[rest:].lstrip().startswith("{"):
        # Templates hold no braces: RDF has no groups.
        rest = quiet.index("}", rest) + 1
    return f"{text[: head.start()]}SELECT * {text[rest:]}"


def parted(number: int) -> list[str]:
    """Return queries that ask for all triples of a graph in so many parts at least, up to 256.

    A triple belongs to a part by a hash, as the order in which a store takes them may change
    between two pages.

    >>> parted(16)[0][-64:]
    'SUBSTR(MD5(CONCAT(STR(?s), STR(?p), STR(?o))), 1, 1) IN ("0")) }'
    >>> len(parted(1)), len(parted(3)), len(parted(17))
    (1, 4, 18)
    """
    digits = 1 if number <= len(_HEX) else 2
    heads = _HEX if digits == 1 else [first + second for first in _HEX for second in _HEX]
    size = max(1, len(heads) // max(1, number))
    return [
        _PART % (digits, ", ".join(f'"{head}"' for head in heads[start : start + size]))
        for start in range(0, len(heads), size)
    ]


def syntax(text: str) -> str:
    """Return a text of the same length with blanks where no syntax is.

    >>> syntax('ASK { ?s ?p "from" } # from')
    'ASK { ?s ?p        }       '
    """
    return _QUIET.sub(lambda token: " " * len(token[0]), text)


def keywords(text: str) -> list[str]:
    """Return the words of a query outside texts, IRIs, comments and names, in small letters.

    >>> keywords('SELECT ?from FROM <urn:x:from> { ?s ex:from "from" } # from')
    ['select', 'from', 'ex']
    """
    return [match["word"].lower() for match in _WORD.finditer(syntax(text)) if match["word"]]


def names_graphs(words: Collection[str]) -> bool:
    """Return whether a query of these words names graphs; else the union alone answers it.

    >>> names_graphs(keywords("ASK { GRAPH ?g {} }")), names_graphs(keywords("ASK { ?graph ?p 1 }"))
    (True, False)
    """
    return "graph" in words or "from" in words


def _pattern_start(quiet: str, form: str) -> int:
    """Return the place behind the brace that opens the outermost pattern."""
    groups, depth = [], 0
    for at, character in enumerate(quiet):
        if character in "{([":
            if character == "{" and depth == 0:
                groups.append(at + 1)
            depth += 1
        elif character in "})]":
            depth -= 1
    head = _FORM.search(quiet)
    template = form == "CONSTRUCT" and head is not None and quiet[head.end() :].lstrip()[:1] == "{"
    if len(groups) <= template:
        raise QueryError("found no pattern in braces, expected one to bind values in")
    return groups[template]
