"""What can be said of a record whose form is broken: its names and terms, from the plain data.

A record that is no `Study` cannot be checked as one, but a misspelt value in one place is no reason
to keep silent about an unknown name in another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.checking.complaints import Complaint
from studyclaims.checking.termchecks import term_complaints
from studyclaims.errors import TermError
from studyclaims.slots import SLOTS
from studyclaims.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studyclaims.checking.complaints import Path
    from studyclaims.terms import TermEntry

_NAMES: Final = {
    **dict.fromkeys(("about", "outcome", "after", "due_to", "toward"), "entities"),
    **dict.fromkeys(("source", "primary_source"), "sources"),
}
"""Keys whose value is a name, and the block that must define it."""


def look(data: object, index: Mapping[str, TermEntry] | None) -> list[Complaint]:
    """Return complaints about undefined names and, with ``index``, about terms.

    >>> found = look({"entities": {"a": {}}, "propositions": [{"about": "b"}]}, None)
    >>> [(c.path, c.code) for c in found]
    [(('propositions', 0, 'about'), 'R007')]
    """
    if not isinstance(data, dict):
        return []
    complaints = list(_unknown_names(data))
    if index is not None:
        complaints += term_complaints(terms_in(data), index)
    return complaints


def _scalars(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text with its path."""
    match value:
        case str():
            yield path, value
        case dict():
            for key, item in value.items():
                yield from _scalars(item, (*path, key))
        case list():
            for number, item in enumerate(value):
                yield from _scalars(item, (*path, number))


def _key(path: Path) -> str:
    """Return the last key of a path, list places left out."""
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _unknown_names(data: dict[str, object]) -> Iterator[Complaint]:
    for path, name in _scalars(data):
        block = _NAMES.get(_key(path))
        known = data.get(block) if block else None
        if isinstance(known, dict) and name not in known:
            hint = f"add it under {block}:, or use one of {', '.join(map(str, known))}"
            yield Complaint(path, "R007", f"{name!r} is not one of this record's {block}", hint)


def terms_in(data: object) -> Iterator[tuple[Path, Term]]:
    """Yield every use of a term in a record's plain data that has the form of one, with its path.

    >>> [str(term) for _, term in terms_in({"term": "CL:0000092 osteoclast", "note": "CL:1 x"})]
    ['CL:0000092 osteoclast']
    """
    for path, text in _scalars(data):
        if _key(path) in SLOTS:
            try:
                yield path, Term.parse(text)
            except TermError:
                continue  # its form is complained of already
