"""Questions: the named queries of ``graph/queries/``, and running any query on a store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions

from studyclaims.errors import QueryError
from studyclaims.paths import queries_dir
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from pyoxigraph import BlankNode, Triple

    from studyclaims.stores.embedded import EmbeddedStore

    Term = NamedNode | BlankNode | Literal | Triple | None

_HEADER = re.compile(r"^#\+ (?P<key>[a-z]+): (?P<value>.+)$")
_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$")
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


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the header that says what it answers."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    text: str


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

    def _repr_html_(self) -> str:
        """Return a table for notebooks, every cell escaped."""
        from html import escape

        head = "".join(f"<th>{escape(name)}</th>" for name in self.variables)
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(_shown(value))}</td>" for value in row.values())
            + "</tr>"
            for row in self
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(value: object) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Triples:
    """The answer of a CONSTRUCT or DESCRIBE."""

    triples: tuple[Triple, ...]

    def __len__(self) -> int:
        return len(self.triples)


Answer = Rows | Triples | bool


def question(name: str) -> Question:
    """Return the named query.

    >>> question("list-causes").name
    'list-causes'

    Raises:
        QueryError: no query has that name; lists those there are.
    """
    path = queries_dir() / f"{name}.rq"
    if not _NAME.match(name) or not path.is_file():
        names = ", ".join(q.name for q in questions())
        raise QueryError(f"no query is called {name!r}; the queries are {names}")
    return read_question(path)


def questions() -> list[Question]:
    """Return every named query, sorted by name."""
    return [read_question(path) for path in sorted(queries_dir().glob("*.rq"))]


def read_question(path: Path) -> Question:
    """Return the query of a file with its header.

    Raises:
        QueryError: the header lacks ``summary``, ``description`` or ``tags``.
    """
    text = path.read_text(encoding="utf-8")
    matches = (_HEADER.match(line) for line in text.splitlines())
    header = {match["key"]: match["value"] for match in matches if match}
    missing = [key for key in ("summary", "description", "tags") if key not in header]
    if missing:
        raise QueryError(f"{path}:1:1: the header lacks #+ {missing[0]}: add it")
    tags = tuple(tag.strip() for tag in header["tags"].split(","))
    return Question(path.stem, header["summary"], header["description"], tags, text)


def find_text(asked: str) -> str:
    """Return the query text that NAME, FILE or TEXT stands for.

    A name is the name of a file in ``graph/queries/``; whatever names an existing file is read;
    anything with a blank or a brace in it is the query itself.

    Raises:
        QueryError: none of the three fits.
    """
    if _NAME.match(asked):
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


def ask(
    store: EmbeddedStore, text: str, values: Mapping[str, NamedNode | Literal] | None = None
) -> Answer:
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
            return Rows(names, tuple(tuple(row[name] for name in names) for row in found))
        return Triples(tuple(found))
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query cannot be evaluated: {error}") from error


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
