"""Queries: finding the text that a name, a file or a text stands for, and asking a store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions

from studyclaims.errors import QueryError
from studyclaims.questions import is_name, parameters, question, without_defaults
from studyclaims.rdf import node, typed
from studyclaims.terms import check_iri, compress, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    import pandas
    import polars
    import pyarrow
    from pyoxigraph import BlankNode, QueryTriples, Triple

    Term = NamedNode | BlankNode | Literal | Triple | None

_VALUES: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    expand("xsd:integer"): (r"[+-]?[0-9]{1,4000}", int),
    expand("xsd:decimal"): (r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", Decimal),
    expand("xsd:double"): (
        r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN",
        float,
    ),
    expand("xsd:boolean"): ("true|false|1|0", {"true", "1"}.__contains__),
}
"""The datatypes that have a Python value: how they are written, and what makes the value."""

_DOI: Final = re.compile(
    r"(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE | re.ASCII
)
_KINDS: Final = {
    "an IRI": "an IRI, a CURIE or a DOI",
    "a number": "a whole or a decimal number",
    "a text": "a text",
}
"""What a value of a kind is written as."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer of a SELECT: variables, and one tuple of terms a row; None where unbound."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each row as plain values by variable: text, numbers, truth values, None."""
        for row in self.rows:
            yield {name: plain(term) for name, term in zip(self.variables, row, strict=True)}

    def __repr__(self) -> str:
        noun = "row" if len(self) == 1 else "rows"
        return f"<Rows: {len(self)} {noun} of {', '.join(self.variables)}>"

    def __str__(self) -> str:
        """Return the table that the command line prints."""
        from studyclaims.answers import render

        return render(self, "table")

    def _repr_html_(self) -> str:
        """Return the table that a notebook shows: its first rows, every cell escaped."""
        from studyclaims.showing.htmlpages import rows_html

        return rows_html(self)

    def to_arrow(self) -> pyarrow.Table:
        """Return the answer as an Arrow table; `studyclaims.frames` says which column is what.

        Raises:
            SetupError: the extra ``studyclaims[frames]`` is not installed.
        """
        from studyclaims.frames import arrow_table

        return arrow_table(self)

    def to_pandas(self) -> pandas.DataFrame:
        """Return the answer as a pandas data frame.

        Raises:
            SetupError: the extra ``studyclaims[frames]`` is not installed.
        """
        from studyclaims.frames import pandas_frame

        return pandas_frame(self)

    def to_polars(self) -> polars.DataFrame:
        """Return the answer as a polars data frame.

        Raises:
            SetupError: the extra ``studyclaims[frames]`` is not installed.
        """
        from studyclaims.frames import polars_frame

        return polars_frame(self)


@dataclass(frozen=True, slots=True)
class Triples:
    """The answer of a CONSTRUCT or DESCRIBE."""

    triples: tuple[Triple, ...]

    def __len__(self) -> int:
        return len(self.triples)


Answer = Rows | Triples | bool


def find_text(asked: str) -> str:
    """Return the query text that NAME, FILE or TEXT stands for.

    A name is the name of a file in ``graph/queries/``; whatever names an existing file is read;
    anything with a blank or a brace in it is the query itself.

    Raises:
        QueryError: none of the three fits.
    """
    if is_name(asked):
        return question(asked).text
    if "{" in asked:
        return asked
    try:
        path = Path(asked)
        if path.is_file():
            return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise QueryError(f"{asked[:60]!r} cannot be read as a file: {problem}") from error
    if len(asked.split()) > 1:
        return asked
    raise QueryError(f"{asked!r} is no named query, no file, and no query text with braces")


def read_value(text: str) -> NamedNode | Literal:
    """Return the term that a user's word stands for: an IRI, a CURIE, a DOI, a number, or a text.

    >>> read_value("CL:0000092").value, read_value("10.1234/Able").value
    ('http://purl.obolibrary.org/obo/CL_0000092', 'https://doi.org/10.1234/able')
    >>> read_value("2").datatype.value, read_value("} DROP ALL").value
    ('http://www.w3.org/2001/XMLSchema#integer', '} DROP ALL')

    Raises:
        TermError: it has the form of an IRI or a CURIE, and is none.
    """
    bare = text[1:-1] if re.fullmatch(r"<[^<>]*>", text) else text
    doi = _DOI.fullmatch(bare)
    if doi:
        # Two spellings of one DOI differ in case; the graph has the small letters.
        return node(check_iri(f"https://doi.org/{doi[1].lower()}"))
    if bare != text or re.match(r"(?:https?:/|urn:)", text, re.IGNORECASE):
        return node(check_iri(bare))
    for datatype in ("xsd:integer", "xsd:decimal"):
        if re.fullmatch(_VALUES[expand(datatype)][0], text):
            return typed(text, datatype)
    return node(expand(text)) if re.fullmatch(r"[A-Za-z]\w*:[^\s:]+", text) else Literal(text)


def with_values(
    asked: str, values: Mapping[str, NamedNode | Literal]
) -> tuple[str, Mapping[str, NamedNode | Literal]]:
    """Return the query text that NAME, FILE or TEXT stands for, ready for values to be bound.

    A parameter that has a value loses the line with its default: the store binds the value, which
    never becomes part of the text.

    >>> text, bound = with_values("find-replicated", {"least": read_value("3")})
    >>> "VALUES" in text, [plain(term) for term in bound.values()]
    (False, [3])

    Raises:
        QueryError: `find_text` finds nothing, a named query has no such parameter, or its default
            is of another kind than the value.
    """
    text = find_text(asked)
    known = parameters(text)
    unknown = sorted(set(values) - set(known))
    if unknown and is_name(asked):
        said = f"its parameters are {', '.join(sorted(known))}" if known else "it has none"
        raise QueryError(f"the query {asked} has no parameter {unknown[0]!r}; {said}")
    for name in sorted(set(values) & set(known)):
        found, expected = _kind(values[name]), _kind(_default(known[name]))
        if found != expected:
            raise QueryError(
                f"{name} takes {_KINDS[expected]}, as in {known[name]}; "
                f"found {found}, {_shown(values[name])}"
            )
    return without_defaults(text, set(values)), values


def _default(written: str) -> NamedNode | Literal:
    """Return the term that a question writes as a default."""
    return Literal(written[1:-1]) if written.startswith('"') else read_value(written)


def _kind(term: NamedNode | Literal) -> str:
    """Return what may stand where this term stands."""
    if isinstance(term, NamedNode):
        return "an IRI"
    return "a number" if isinstance(plain(term), int | Decimal | float) else "a text"


def _shown(term: NamedNode | Literal) -> str:
    return compress(term.value) if isinstance(term, NamedNode) else repr(term.value)


class Store(Protocol):
    """What can be asked in SPARQL: quads in memory, a folder, or a server."""

    def query(
        self, text: str, values: Mapping[str, NamedNode | Literal] | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return the answer of a query, of which ``values`` binds variables by name."""


def ask(store: Store, text: str, values: Mapping[str, NamedNode | Literal] | None = None) -> Answer:
    """Return the whole answer of a query: `Rows`, `Triples`, or a truth value.

    Raises:
        QueryError: the query cannot be read or evaluated.
    """
    found = store.query(text, values)
    try:
        if isinstance(found, QueryBoolean):
            return bool(found)
        if isinstance(found, QuerySolutions):
            names = tuple(variable.value for variable in found.variables)
            return Rows(names, tuple(map(tuple, found)))
        return Triples(tuple(found))
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query cannot be evaluated: {error}") from error


def each_row(found: Answer) -> Iterator[dict[str, Any]]:
    """Yield the rows of a SELECT as plain values; any other answer has none.

    >>> list(each_row(True))
    []
    """
    if isinstance(found, Rows):
        yield from found


def plain(term: Term) -> Any:  # noqa: ANN401 - numbers, text, truth values, None
    """Return a term as a Python value: an IRI or a text as text, numbers as numbers.

    A number that is not written as its datatype asks stays text.

    >>> from studyclaims.rdf import typed
    >>> plain(typed("24", "xsd:decimal")), plain(typed("a few", "xsd:decimal"))
    (Decimal('24'), 'a few')
    """
    if isinstance(term, Literal):
        pattern, make = _VALUES.get(term.datatype.value, ("", str))
        return make(term.value) if re.fullmatch(pattern, term.value) else term.value
    if isinstance(term, NamedNode):
        return term.value
    return None if term is None else str(term)


def by_variable(rows: Rows, name: str) -> Sequence[Term]:
    """Return one column of an answer."""
    place = rows.variables.index(name)
    return [row[place] for row in rows.rows]


def distinct(terms: Iterable[Term]) -> list[str]:
    """Return the texts of terms, sorted, each once."""
    return sorted({str(plain(term)) for term in terms if term is not None})
