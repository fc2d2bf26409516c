"""Questions: the named queries of ``graph/queries/``, each with the header that explains it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from studyclaims.errors import QueryError
from studyclaims.paths import queries_dir

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

_HEADER: Final = re.compile(r"^#\+ (?P<key>[a-z]+): (?P<value>.+)$")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_PARAMETER: Final = re.compile(
    r"^    VALUES \?(?P<name>[A-Za-z]\w*) "
    r"""\{ (?P<value><[^<>"{}\s]+>|"[^"\\\n]*"|[^\s<>"{}]+) \}\n""",
    re.MULTILINE | re.ASCII,
)
"""The line that gives a question's parameter its default: one variable, one value."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the header that says what it answers; ``number`` is its place in the list."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    text: str
    number: int | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """What may be set, by name, each with its default as the file writes it."""
        return parameters(self.text)


def parameters(text: str) -> dict[str, str]:
    r"""Return the parameters of a query, each with its default as the text writes it.

    >>> parameters("SELECT ?paper {\n    VALUES ?paper { doi:10.1/x }\n}")
    {'paper': 'doi:10.1/x'}
    """
    return {match["name"]: match["value"] for match in _PARAMETER.finditer(text)}


def without_defaults(text: str, names: Container[str]) -> str:
    r"""Return a query without the lines that give these parameters their defaults.

    >>> without_defaults("SELECT ?n {\n    VALUES ?n { 2 }\n}", {"n"})
    'SELECT ?n {\n}'
    """
    return _PARAMETER.sub(lambda match: "" if match["name"] in names else match[0], text)


def is_name(asked: str) -> bool:
    """Return whether a word has the form of a question's name: small words joined by hyphens.

    >>> is_name("list-causes"), is_name("causes"), is_name("ASK { ?s ?p ?o }")
    (True, False, False)
    """
    return _NAME.fullmatch(asked) is not None


def question(name: str) -> Question:
    """Return the named query.

    >>> question("list-causes").name
    'list-causes'

    Raises:
        QueryError: no query has that name; lists those there are, and names the nearest.
    """
    path = queries_dir() / f"{name}.rq"
    if not is_name(name) or not path.is_file():
        names = [q.name for q in questions()]
        near = difflib.get_close_matches(name, names, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise QueryError(f"no query is called {name!r}; the queries are {', '.join(names)}{meant}")
    return read_question(path)


def questions() -> list[Question]:
    """Return every named query, sorted by name.

    >>> "list-causes" in [found.name for found in questions()]
    True

    Raises:
        QueryError: the header of one lacks a key.
    """
    return [read_question(path) for path in sorted(queries_dir().glob("*.rq"))]


def read_question(path: Path) -> Question:
    """Return the query of a file with its header.

    >>> read_question(queries_dir() / "list-causes.rq").tags
    ('causes', 'asserted')

    Raises:
        QueryError: the header lacks ``summary``, ``description`` or ``tags``, or its ``number`` is
            no whole number.
    """
    text = path.read_text(encoding="utf-8")
    matches = (_HEADER.match(line) for line in text.splitlines())
    header = {match["key"]: match["value"] for match in matches if match}
    missing = [key for key in ("summary", "description", "tags") if key not in header]
    if missing:
        raise QueryError(f"{path}:1:1: the header lacks #+ {missing[0]}: add it")
    tags = tuple(tag.strip() for tag in header["tags"].split(","))
    number = _number(header["number"], path) if "number" in header else None
    return Question(path.stem, header["summary"], header["description"], tags, text, number)


def _number(written: str, path: Path) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", written):
        raise QueryError(f"{path}: found #+ number: {written}; expected a whole number from 1 on")
    return int(written)
