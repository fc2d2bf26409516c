"""How sources say no: one list of truth values for every lane of a merge, in Python and for DuckDB.

A value that is in neither list may mean either. A row with one is set aside; where that cannot be
done, it counts as a no, for nobody may take a no for a yes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from studyclaims.merging.sql import fill, literal, literals
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

YES: Final = ("true", "1", "1.0", "yes", "y", "t", "on")
"""What says that a statement is denied, in any case and between blanks."""

NO: Final = ("false", "0", "0.0", "no", "n", "f", "off", "")
"""What says that it is not."""

DIFFERENT: Final = frozenset({"http://www.w3.org/2002/07/owl#differentFrom", "owl:differentFrom"})
"""The predicates by which two ids are not one thing."""

_OWL: Final = "http://www.w3.org/2002/07/owl#"
ASSERTED: Final = f"{_OWL}assertionProperty"
"""By this, OWL tells of a statement that is not so."""

NEGATED: Final = "negated"
"""What the column is called that says whether an edge is denied."""

_COLUMNS: Final = frozenset({NEGATED, "is_negated", "negation"})
_VOCABULARY: Final = expand("biolink:x").removesuffix("x")
_NAMESPACES: Final = (
    "biolink:",
    _VOCABULARY,
    _VOCABULARY.replace("https:", "http:"),
    "https://biolink.github.io/biolink-model/",
)
"""What Biolink's predicates begin with in graphs: as its CURIEs are, and as its addresses were."""

DENYING: Final = tuple(f"{space}{name}" for space in _NAMESPACES for name in sorted(_COLUMNS))
"""The predicates of graphs that say whether what is told of is denied."""

MARKS: Final = (expand("sc:stance"), *DENYING, ASSERTED)
"""The predicates of which one is said wherever a claim of ours or a denial is told of."""

OPPOSED: Final = {
    f"{_OWL}sourceIndividual": "s",
    ASSERTED: "p",
    f"{_OWL}targetIndividual": "o",
    f"{_OWL}targetValue": "o",
}
"""By these, OWL tells of a statement that is not so, each with the part of it that it names.

Nobody writes a triple to tell of it so: where its source has it too, it says both.
"""

TOLD: Final = {
    **{
        f"{space}{name}": name[0]
        for space in (expand("rdf:x").removesuffix("x"), *_NAMESPACES)
        for name in ("subject", "predicate", "object")
    },
    f"{_OWL}annotatedSource": "s",
    f"{_OWL}annotatedProperty": "p",
    f"{_OWL}annotatedTarget": "o",
    **OPPOSED,
    **dict.fromkeys(DENYING, "denied"),
}
"""The predicates that tell of a statement, each with the part of it that it names."""

# A line's end is a blank as well, and so is whatever Unicode has for one.
_BLANKS: Final = "".join(filter(str.isspace, map(chr, range(0x3001))))
_SPELLED, _MODIFIER, _MAYBE = "negated", "predicate_modifier", "maybe"
_TYPE: Final = re.compile(
    r":(?:boolean|bool|string|str|byte|short|int|integer|long|float|double|char)(?:\[\])?$"
)
"""What a header for Neo4j says of the values of a column."""

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

    >>> denied_columns(["Negated", "biolink:negated", "is negated", "negated_by"])
    ['Negated', 'biolink:negated', 'is negated']
    """
    return [name for name in names if _last(name) in _COLUMNS]


def telling_columns(names: Iterable[str]) -> list[str]:
    """Return those names of columns that deny a row, or may.

    That is ``negated`` in all its spellings, ``predicate_modifier``, and what is called much like
    the first: nobody knows what it says of a row in which it holds anything but a plain no.

    >>> telling_columns(["name", "predicate_modifier", "bl:isNegated", "negated_by"])
    ['predicate_modifier', 'bl:isNegated', 'negated_by']
    """
    return [name for name in names if _way(name)]


def row_denies(row: Mapping[str, object]) -> bool | None:
    """Return whether the columns of a row deny it, or None where one cannot know.

    That is so where one says neither yes nor no, and where one says yes and another no; an empty
    cell says nothing. The columns are `telling_columns`.

    >>> row_denies({"negated": "", "biolink:negated": "Y"}), row_denies({"Negated": "?"})
    (True, None)
    >>> row_denies({"negated": "false", "is_negated": "true"}) is None
    True
    """
    said = {_says(name, row[name]) for name in telling_columns(row) if not _is_silent(name, row)}
    return None if None in said or len(said) > 1 else True in said


def cell_sql(name: str, it: str) -> str:
    """Return, for DuckDB, what the cell of one of `telling_columns` says, as ``negated`` says it.

    >>> cell_sql("Negated", "c0"), "'?' || c1" in cell_sql("negated_by", "c1")
    ('c0', True)

    Args:
        name: what the column is called.
        it: a text of DuckDB that stands for the cell.
    """
    way = _way(name)
    if way == _SPELLED:
        return it
    bare = fill("lower(trim(coalesce(@it, ''), @blanks))", it=it, blanks=literal(_BLANKS))
    return fill(
        "(case when @bare in (@no) then null when @is_not then 'true' else '?' || @it end)",
        bare=bare,
        no=", ".join(map(literal, NO)),
        is_not=f"regexp_full_match({bare}, {literal(_NOT.pattern)})"
        if way == _MODIFIER
        else "false",
        it=it,
    )


def said_sql(cells: Sequence[str]) -> str:
    """Return, for DuckDB, what cells of ``negated`` say: true or false, else the first as it is.

    >>> said_sql(["c0"]).startswith("(case when lower(trim(coalesce(c0, '')")
    True

    Args:
        cells: texts of DuckDB that stand for the cells of a row.
    """
    yes, no, _ = _said(cells)
    return f"(case when {yes} then 'true' when {no} then 'false' else {cells[0]} end)"


def unknown_sql(cells: Sequence[str]) -> str:
    """Return, for DuckDB, the condition that `row_denies` is None; it is never null.

    >>> unknown_sql([])
    '(false)'
    """
    if not cells:
        return "(false)"
    yes, no, odd = _said(cells)
    return f"({odd} or (({yes}) and ({no})))"


def _said(cells: Sequence[str]) -> tuple[str, str, str]:
    """Return the conditions that a cell says yes, that one says no, and that one says neither."""
    blanks = literal(_BLANKS)
    bare = [fill("lower(trim(coalesce(@it, ''), @blanks))", it=c, blanks=blanks) for c in cells]
    yes, no, odd = (
        " or ".join(f"{it} {how} ({', '.join(map(literal, values))})" for it in bare)
        for how, values in (("in", YES), ("in", NO[:-1]), ("not in", (*YES, *NO)))
    )
    return yes, no, odd


def modifier_denies(text: str) -> bool | None:
    """Return whether a modifier of a predicate is a not, or None where it is not understood.

    >>> modifier_denies("NOT "), modifier_denies("semapv:Not"), modifier_denies("")
    (True, True, False)
    >>> modifier_denies("Not|x") is None
    True
    """
    bare = text.strip(_BLANKS).lower()
    return False if not bare else True if _NOT.fullmatch(bare) else None


@lru_cache(maxsize=4096)
def bare_name(name: str) -> str:
    """Return the name of a column as Biolink spells it: in lower case, without its namespace.

    >>> bare_name(" biolink:Same_As"), bare_name("https://w3id.org/biolink/vocab/same_as")
    ('same_as', 'same_as')
    """
    seen = "".join(it for it in name if unicodedata.category(it) != "Cf")
    text = unicodedata.normalize("NFKC", seen).strip(_BLANKS)
    text = _TYPE.sub("", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower())
    for namespace in _NAMESPACES:
        text = text.removeprefix(namespace)
    return re.sub(r"[\s-]+", "_", text)


@lru_cache(maxsize=4096)
def _last(name: str) -> str:
    """Return the name of a column without whatever namespace."""
    return re.split("[:/#.]", bare_name(name))[-1].removeprefix("biolink_")


@lru_cache(maxsize=4096)
def _way(name: str) -> str:
    """Return how a column denies rows; nothing where it does not."""
    last = _last(name)
    if last in _COLUMNS:
        return _SPELLED
    if last == _MODIFIER:
        return _MODIFIER
    # The logarithm of a number is none of it, though its name says that the sign was changed.
    bare = bare_name(name)
    return _MAYBE if "negat" in bare and "negative_log" not in bare else ""


def _says(name: str, value: object) -> bool | None:
    way = _way(name)
    if way == _MODIFIER and isinstance(value, str):
        return modifier_denies(value)
    return denies(value) if way == _SPELLED else None


def _is_silent(name: str, row: Mapping[str, object]) -> bool:
    value = row[name]
    if _way(name) == _SPELLED:
        return _is_empty(value)
    return value in ([], {}) or denies(value) is False


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip(_BLANKS))
