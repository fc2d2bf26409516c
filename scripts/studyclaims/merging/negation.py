"""How sources say no: one list of truth values for every lane of a merge, in Python and for DuckDB.

A value that is in neither list may mean either. A row with one is set aside; where that cannot be
done, it counts as a no, for nobody may take a no for a yes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from studyclaims.merging.sql import fill, literal, literals
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

YES: Final = ("true", "1", "1.0", "yes", "y", "t", "on")
"""What says that a statement is denied, in any case and between blanks."""

NO: Final = ("false", "0", "0.0", "no", "n", "f", "off", "")
"""What says that it is not."""

DIFFERENT: Final = frozenset({"http://www.w3.org/2002/07/owl#differentFrom", "owl:differentFrom"})
"""The predicates by which two ids are not one thing."""

_OWL: Final = "http://www.w3.org/2002/07/owl#"
ASSERTED: Final = f"{_OWL}assertionProperty"
"""By this, OWL tells of a statement that is not so."""

MARKS: Final = (expand("sc:stance"), expand("biolink:negated"), ASSERTED)
"""The predicates of which one is said wherever a claim of ours or a denial is told of."""

TOLD: Final = {
    **{expand(f"rdf:{name}"): name[0] for name in ("subject", "predicate", "object")},
    **{expand(f"biolink:{name}"): name[0] for name in ("subject", "predicate", "object")},
    f"{_OWL}annotatedSource": "s",
    f"{_OWL}annotatedProperty": "p",
    f"{_OWL}annotatedTarget": "o",
    f"{_OWL}sourceIndividual": "s",
    ASSERTED: "p",
    f"{_OWL}targetIndividual": "o",
    expand("biolink:negated"): "denied",
}
"""The predicates that tell of a statement, each with the part of it that it names."""

# A line's end is a blank as well, and so is whatever Unicode has for one.
_BLANKS: Final = "".join(filter(str.isspace, map(chr, range(0x3001))))
_COLUMN: Final = "negated"
_NAMESPACES: Final = ("biolink:", expand("biolink:x").lower()[:-1])
_NOT: Final = re.compile(
    r"(?:(?:sssom|semapv):|https?://w3id\.org/(?:sssom/|semapv/(?:vocab/)?))?not"
)


def denies(value: object) -> bool | None:
    """Return whether the value of ``negated`` denies a statement, or None where it says neither.

    >>> denies(" Yes"), denies("0.0"), denies(None), denies("perhaps"), denies(["true"])
    (True, False, False, None, None)
    """
    if isinstance(value, list | dict):
        return None
    text = "" if value is None else str(value).strip(_BLANKS).lower()
    return True if text in YES else False if text in NO else None


def denies_sql(it: str) -> str:
    """Return the same for DuckDB, as a condition that is never null; what says neither denies.

    >>> denies_sql("c0").startswith("(not list_contains(['false', ")
    True

    Args:
        it: a text of DuckDB that stands for the value.
    """
    text = "(not list_contains(@no, lower(trim(coalesce(@it, ''), @blanks))))"
    return fill(text, it=it, no=literals(NO), blanks=literal(_BLANKS))


def denied_columns(names: Iterable[str]) -> list[str]:
    """Return those names of columns that are spellings of ``negated``.

    >>> denied_columns(["Negated", "biolink:negated", "negated_by"])
    ['Negated', 'biolink:negated']
    """
    return [name for name in names if _bare(name) == _COLUMN]


def row_denies(row: Mapping[str, object]) -> bool | None:
    """Return whether any column of a row denies it, or None where one says neither yes nor no.

    >>> row_denies({"negated": "", "biolink:negated": "Y"}), row_denies({"Negated": "?"})
    (True, None)
    """
    said = {denies(row[name]) for name in denied_columns(row)}
    return None if None in said else True in said


def modifier_denies(text: str) -> bool | None:
    """Return whether a modifier of a predicate is a not, or None where it is not understood.

    >>> modifier_denies("NOT "), modifier_denies("semapv:Not"), modifier_denies("")
    (True, True, False)
    >>> modifier_denies("Not|x") is None
    True
    """
    bare = text.strip(_BLANKS).lower()
    return False if not bare else True if _NOT.fullmatch(bare) else None


def _bare(name: str) -> str:
    text = name.strip(_BLANKS).lower()
    for namespace in _NAMESPACES:
        text = text.removeprefix(namespace)
    return text
