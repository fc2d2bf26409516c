"""Mapping sets (SSSOM) as rows: each mapping, and the statement with all that is said of it.

Whether a mapping makes two ids one thing is decided in `studyclaims.merging.equivalence`. A row
that says that no term was found maps to nothing, however exactly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from studyclaims.merging.columns import NEGATION
from studyclaims.merging.curies import contradicted
from studyclaims.merging.negation import modifier_denies
from studyclaims.merging.readers.reading import Mapped, Said, more
from studyclaims.merging.readers.streams import opened, table
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from studyclaims.merging.readers.reading import Notes, Row

NEEDED: Final = ("subject_id", "predicate_id", "object_id")
NOTHING: Final = frozenset({"sssom:NoTermFound", "https://w3id.org/sssom/NoTermFound"})

_LISTS: Final = frozenset(
    {"author_id", "author_label", "creator_id", "curation_rule", "mapping_source", "match_string"}
    | {"object_match_field", "object_preprocessing", "reviewer_id", "see_also"}
    | {"subject_match_field", "subject_preprocessing"}
)
_MAP: Final = re.compile(r"#\s*curie_map:\s*$")
_ENTRY: Final = re.compile(r"#\s+['\"]?([\w.-]+)['\"]?:\s*['\"]?(\S+?)['\"]?\s*$")
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
    with opened(path) as file:
        own = contradicted(prefix_map(line for _, line in file.lines()))
    notes.counts["prefixes of its own"] += len(own)
    with opened(path) as file:
        for number, row in table(file, notes):
            ids = [_whole(row.get(name, "").strip(), own) for name in NEEDED]
            if not all(ids):
                wanted = f"expected {', '.join(NEEDED)} in it; mend the line"
                notes.refuse(number, "an empty cell", wanted)
                continue
            modifier = row.get("predicate_modifier", "")
            negated = modifier_denies(modifier)
            if negated is None:
                found = repr(visible(modifier[:_SHOWN]))
                notes.refuse(number, found, "expected Not or nothing in 'predicate_modifier'")
                continue
            if NOTHING & set(ids):
                notes.counts["mapped to nothing"] += 1
            yield from _mapping(ids, row, source, str(number), negated=negated)


def _mapping(
    ids: list[str], row: dict[str, str], source: str, record: str, *, negated: bool
) -> Iterator[Row]:
    subject, predicate, object_ = ids
    is_void = bool(NOTHING & {subject, object_})
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


def prefix_map(lines: Iterator[bytes]) -> dict[str, str]:
    """Return the prefixes that the head of a mapping set gives.

    >>> prefix_map(iter([b"# curie_map:", b"#   A: http://x/A_", b"# license: x:y", b"subject_id"]))
    {'A': 'http://x/A_'}
    """
    found: dict[str, str] = {}
    inside = False
    for at, raw in enumerate(lines):
        if at > _HEADER or not raw.startswith(b"#"):
            break
        line = raw.decode("utf-8", "replace")
        if _MAP.match(line):
            inside, indent = True, len(line) - len(line.lstrip("# "))
        elif inside:
            match = _ENTRY.match(line)
            if match is None or len(line) - len(line.lstrip("# ")) <= indent:
                inside = False
            else:
                found[match[1]] = match[2]
    return found
