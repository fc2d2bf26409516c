"""Citation: who made this, as ``CITATION.cff`` says and no other source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from studyclaims.errors import SetupError
from studyclaims.yamltree import parse_tree, plain

NAME: Final = "CITATION.cff"


@dataclass(frozen=True, slots=True)
class Author:
    """A person or a group: the name, whether it is a person, and an ORCID or address if given."""

    name: str
    person: bool
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """What a release says of itself in the words of its citation file."""

    title: str
    abstract: str
    authors: tuple[Author, ...]


def read_citation(data: bytes) -> Citation:
    r"""Return what a citation file says.

    >>> read_citation(b"title: T\nabstract: A\nauthors:\n  - name: G").authors
    (Author(name='G', person=False, iri=''),)

    Raises:
        SetupError: it has no title, no abstract or no author.
        RecordError: it is no YAML that is read here.
    """
    said = plain(parse_tree(data, NAME))
    held: dict[str, Any] = said if isinstance(said, dict) else {}
    missing = [key for key in ("title", "abstract", "authors") if not held.get(key)]
    if missing:
        raise SetupError(
            f"{NAME}: found no {missing[0]}; write it as the Citation File Format has it"
        )
    authors = tuple(map(_author, held["authors"]))
    return Citation(str(held["title"]), str(held["abstract"]), authors)


def _author(entry: dict[str, Any]) -> Author:
    """Return an author: the format gives a group a name, a person names in parts."""
    names = [entry.get(key) for key in ("given-names", "name-particle", "family-names")]
    iri = str(entry.get("orcid") or entry.get("website") or "")
    if "name" in entry:
        return Author(str(entry["name"]), False, iri)
    return Author(" ".join(str(name) for name in names if name), True, iri)
