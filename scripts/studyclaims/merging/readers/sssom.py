"""Mapping sets (SSSOM) as rows: each mapping, and the statement with all that is said of it.

Whether a mapping makes two ids one thing is decided in `studyclaims.merging.equivalence`. A row
that says that no term was found maps to nothing, however exactly.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from studyclaims.errors import RecordError, StoreError
from studyclaims.merging.columns import NEGATION
from studyclaims.merging.curies import canonical, contradicted
from studyclaims.merging.identity import APART, bare, is_nothing, is_quoted, says, unquoted
from studyclaims.merging.negation import bare_name, modifier_denies
from studyclaims.merging.readers.reading import Mapped, Said, more
from studyclaims.merging.readers.streams import opened, table
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from studyclaims.merging.readers.reading import Notes, Row

NEEDED: Final = ("subject_id", "predicate_id", "object_id")
MODIFIER: Final = "predicate_modifier"

_LISTS: Final = frozenset(
    {"author_id", "author_label", "creator_id", "curation_rule", "mapping_source", "match_string"}
    | {"object_match_field", "object_preprocessing", "reviewer_id", "see_also"}
    | {"subject_match_field", "subject_preprocessing"}
)
_SLOTS: Final = {name.replace("_", ""): name for name in (*NEEDED, MODIFIER, *_LISTS)}
_NAMESPACE: Final = re.compile(r"(?:sssom:|https?://w3id\.org/sssom/)")
_QUOTES: Final = "\"'"
_MAP: Final = re.compile(r"\s*['\"]?curie[_ -]?map['\"]?\s*:", re.IGNORECASE)
_HEADER: Final = 10_000
_SHOWN: Final = 80


def read_sssom(path: Path, source: str, notes: Notes) -> Iterator[Row]:
    r"""Yield the mappings of a table.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.readers.reading import Notes
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.sssom.tsv")
    ...     head = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\n"
    ...     written = file.write_text(head + "A:1\tskos:exactMatch\tNot\tB:1\n")
    ...     rows = list(read_sssom(file, "a", Notes("a.sssom.tsv")))
    >>> rows[0].p, rows[1].negated
    ('not:skos:exactMatch', True)

    Raises:
        StoreError: the file cannot be read.
    """
    own = contradicted(own_prefixes(path))
    notes.counts["prefixes of its own"] += len(own)
    with opened(path) as file:
        for number, cells in table(file, notes):
            row = by_slot(cells)
            given = [bare(row.get(name, "")) for name in NEEDED]
            ids = [_whole(unquoted(it), own) for it in given]
            modifier = row.get(MODIFIER, "")
            negated = modifier_denies(modifier)
            if not all(ids):
                wanted = f"expected {', '.join(NEEDED)} in it; mend the line"
                notes.refuse(number, "an empty cell", wanted)
            elif negated is None:
                found = repr(visible(modifier[:_SHOWN]))
                notes.refuse(number, found, "expected Not or nothing in 'predicate_modifier'")
            elif any(map(is_quoted, given)):
                found = visible(next(filter(is_quoted, given))[:_SHOWN])
                notes.refuse(number, found, "expected an id without quotes; take them off")
                if says(ids[1], negated=negated) == APART:
                    # The row is to be mended; until then nobody may take its no for a yes.
                    yield Mapped(ids[0], ids[1], ids[2], negated, source, str(number))
            else:
                if any(map(is_nothing, ids)):
                    notes.counts["mapped to nothing"] += 1
                yield from _mapping(ids, row, source, str(number), negated=negated)


def _mapping(
    ids: list[str], row: dict[str, str], source: str, record: str, *, negated: bool
) -> Iterator[Row]:
    subject, predicate, object_ = ids
    is_void = is_nothing(subject) or is_nothing(object_)
    rest: dict[str, object] = {
        name: cell.split("|") if name in _LISTS and cell else cell
        for name, cell in row.items()
        if name not in NEEDED
    }
    if negated or is_void:
        # That no term was found is no match, either.
        rest["negated"] = "true"
    said = NEGATION + predicate if negated or is_void else predicate
    yield Said(subject, said, object_, source=source, source_record=record, more=more(rest))
    if not is_void:
        yield Mapped(subject, predicate, object_, negated, source, record)


def _whole(text: str, own: dict[str, str]) -> str:
    """Return an id as it is, or written out where its prefix means something else in this file."""
    prefix, colon, local = text.partition(":")
    return own[prefix] + local if colon and prefix in own else text


def by_slot(cells: Mapping[str, str]) -> dict[str, str]:
    """Return a row by the names that the standard has for its columns, however they are spelled.

    >>> by_slot({"sssom:Predicate Modifier": "Not", "Other One": ""})
    {'predicate_modifier': 'Not', 'Other One': ''}

    Raises:
        StoreError: two columns are one.
    """
    row = {slot(name): cell for name, cell in cells.items()}
    if len(row) < len(cells):
        names = sorted(name for name in cells if name != slot(name))
        raise StoreError(
            f"head: found {visible(', '.join(map(repr, names)))}, which is there twice"
        )
    return row


@lru_cache(maxsize=4096)
def slot(name: str) -> str:
    """Return the name that the standard has for a column, or the name as it is.

    >>> slot("Predicate_Modifier "), slot("sssom:subject_id"), slot("comment")
    ('predicate_modifier', 'subject_id', 'comment')
    """
    text = _NAMESPACE.sub("", bare_name(bare(name).strip(_QUOTES)), count=1)
    return _SLOTS.get(text.replace("_", ""), name)


def own_prefixes(path: Path) -> dict[str, str]:
    """Return the prefixes that a mapping set gives.

    >>> from pathlib import Path
    >>> own_prefixes(Path(__file__))
    {}

    Raises:
        StoreError: the file, or the map of prefixes at its head, cannot be read.
    """
    with opened(path) as file:
        return prefix_map(line for _, line in file.lines())


def prefix_map(lines: Iterable[bytes]) -> dict[str, str]:
    """Return the prefixes that the head of a mapping set gives.

    >>> prefix_map(iter([b"# curie_map:", b"#   A: http://x/A_", b"# license: x:y", b"subject_id"]))
    {'A': 'http://x/A_'}

    Raises:
        StoreError: there is a map of prefixes that nobody can read.
    """
    head: list[str] = []
    for raw in lines:
        if raw and not raw.startswith(b"#"):
            break
        head.append(raw[1:].decode("utf-8", "replace"))
        if len(head) > _HEADER:
            break
    if len(head) > _HEADER:
        raise StoreError(f"head: found more than {_HEADER:,} lines; shorten it")
    begun = [at for at, line in enumerate(head) if _MAP.match(line)]
    told = any(_MAP.search(line) for line in head if not line.lstrip().startswith("#"))
    # What else stands at the head may be anything; the map alone must be readable.
    texts = ["\n".join(head), *(_block(head, at) for at in begun if len(begun) == 1)]
    for text in texts if told else ():
        found = _map_in(text)
        if found is not None:
            return found
    if not told:
        return {}
    raise StoreError("head: found a curie_map that is no map of prefixes in YAML; mend it")


def _block(head: list[str], at: int) -> str:
    """Return a key at the head of a file with all that is indented under it."""
    indent = _indent(head[at])
    lines = [head[at]]
    for line in head[at + 1 :]:
        if line.strip() and _indent(line) <= indent and not line.lstrip().startswith(("#", "}")):
            break
        lines.append(line)
    return "\n".join(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _map_in(text: str) -> dict[str, str] | None:
    """Return the map of prefixes in a text of YAML, or None where it is no YAML, or no such map."""
    from studyclaims.yamltree import parse_tree, plain

    try:
        told = plain(parse_tree(text.encode(), "head"))
    except RecordError:
        return None
    maps = [
        value
        for key, value in (told.items() if isinstance(told, dict) else ())
        if _MAP.fullmatch(f"{key}:")
    ]
    is_none = not maps and not any(map(_MAP.match, text.splitlines()))
    found = {} if is_none else maps[0] if len(maps) == 1 else None
    if not isinstance(told, dict) or not isinstance(found, dict):
        return None
    return found if all(isinstance(it, str) for it in found.values()) else None


def clashing(paths: Iterable[Path]) -> dict[Path, dict[str, str]]:
    """Return, for each mapping set, its meaning of those prefixes that mean another thing in one.

    >>> clashing([])
    {}
    """
    maps: dict[Path, dict[str, str]] = {}
    meant: dict[str, set[str]] = {}
    for path in paths:
        # What cannot be read is told where it is read.
        with suppress(StoreError):
            maps[path] = own_prefixes(path)
        for prefix, namespace in maps.get(path, {}).items():
            meant.setdefault(prefix, set()).add(canonical(f"{namespace}0"))
    return {
        path: {prefix: it for prefix, it in own.items() if len(meant[prefix]) > 1}
        for path, own in maps.items()
    }


def written_out(row: Mapped, own: dict[str, str]) -> Mapped:
    """Return a mapping with ids of some prefixes written out.

    >>> written_out(Mapped("A:1", "x:y", "B:1", False, "a", "1"), {"A": "http://x/"}).subject
    'http://x/1'
    """
    return row._replace(subject=_whole(row.subject, own), object=_whole(row.object, own))
