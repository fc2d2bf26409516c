"""KGX as rows: tables, JSON Lines, or one JSON object; every column is kept.

A list is a list in every form: in a table, ``|`` stands between its values. Numbers and truth
values are texts, as a table has them, so that one record in two forms makes one row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import StoreError
from studyclaims.merging.columns import NEGATION
from studyclaims.merging.identity import says
from studyclaims.merging.negation import bare_name, denied_columns, row_denies, telling_columns
from studyclaims.merging.readers.reading import SAME, Mapped, Said, Told, more
from studyclaims.merging.readers.streams import opened, table, text_of
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from studyclaims.merging.readers.reading import Notes, Row

ENDS: Final = ("subject", "predicate", "object")
LISTS: Final = frozenset(
    {"aggregator_knowledge_source", "category", "has_evidence", "has_supporting_studies"}
    | {"in_taxon", "knowledge_source", "provided_by", "publications", "qualifiers"}
    | {"synonym", "type", "xref", *SAME}
)
"""The columns of a table in which ``|`` parts values, as KGX and the Biolink model have it."""

ID_COLUMNS: Final = frozenset({"category", "in_taxon", "taxon", "type", "xref", *SAME})
"""The properties whose values are ids."""

WHOLE: Final = 300_000_000
"""The most bytes of a JSON file that is read as a whole."""

KINDS: Final = {"nodes": Told, "edges": Said, "equivalentNodesSets": Said}
"""What rows the parts of a JSON object make."""

_SHOWN: Final = 80


def read_table(path: Path, source: str, notes: Notes) -> Iterator[Row]:
    r"""Yield what a table of nodes or edges says.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.readers.reading import Notes
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "a_edges.tsv")
    ...     head = "subject\tpredicate\tobject\tnegated\tqualifiers\n"
    ...     written = file.write_text(head + "x:a\tbiolink:causes\tx:b\tTrue\tx:c|x:d\n")
    ...     row = next(read_table(file, "a", Notes("a_edges.tsv")))
    >>> row.p, row.more
    ('not:biolink:causes', '{"negated":"true","qualifiers":["x:c","x:d"]}')

    Raises:
        StoreError: the file cannot be read.
    """
    with opened(path) as file:
        for number, row in table(file, notes):
            cells: dict[str, Any] = {
                name: cell.split("|") if bare_name(name) in LISTS and cell else cell
                for name, cell in row.items()
            }
            yield from record_rows(cells, source, str(number), notes)


def read_lines(path: Path, source: str, notes: Notes) -> Iterator[Row]:
    """Yield what JSON Lines say: an object with a subject and an object is an edge, else a node.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.readers.reading import Notes
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.jsonl")
    ...     written = file.write_text('{"id": "x:1", "name": "one"}')
    ...     row = next(read_lines(file, "a", Notes("a.jsonl")))
    >>> row.id, row.property, row.value
    ('x:1', 'name', 'one')

    Raises:
        StoreError: the file cannot be read.
    """
    with opened(path) as file:
        for number, line in file.lines():
            if not line.strip():
                continue
            notes.counts["in"] += 1
            text = text_of(line, number, notes)
            if text is None:
                continue
            try:
                record = loads(text)
            except ValueError as error:
                notes.refuse(number, repr(visible(text[:_SHOWN])), f"no JSON: {error}")
                continue
            if isinstance(record, dict):
                yield from record_rows(record, source, str(number), notes)
            else:
                notes.refuse(number, repr(visible(text[:_SHOWN])), "expected a JSON object")


def read_object(record: Mapping[str, Any], source: str, notes: Notes) -> Iterator[Row]:
    """Yield what one JSON object with lists of nodes and edges says.

    >>> from studyclaims.merging.readers.reading import Notes
    >>> [row.value for row in read_object({"nodes": [{"id": "x:1", "name": "a"}]}, "a", Notes(""))]
    ['a']
    """
    for part in ("nodes", "edges"):
        for place, it in items(record, part, part, notes):
            yield from record_rows(it, source, place, notes)


def items(
    record: Mapping[str, Any], part: str, place: str, notes: Notes
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects in a list that an object has, each with its place; what is none is refused.

    >>> from studyclaims.merging.readers.reading import Notes
    >>> notes = Notes("a")
    >>> list(items({"a": [{"b": ""}, 1]}, "a", "a", notes)), [it.place for it in notes.refused]
    ([('a/1', {'b': ''})], ['a/2'])
    """
    kind = KINDS.get(part)
    found = record.get(part) or ()
    if not isinstance(found, list | tuple):
        notes.counts["in"] += 1
        notes.at_hand = place
        notes.refuse(place, type(found).__name__, "expected a list", kind=kind)
        return
    for number, it in enumerate(found, 1):
        notes.counts["in"] += 1
        notes.at_hand = f"{place}/{number}"
        if isinstance(it, dict):
            yield notes.at_hand, it
        else:
            notes.refuse(notes.at_hand, type(it).__name__, "expected a JSON object", kind=kind)


def loads(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what JSON holds, its numbers as they are written.

    An object in which one name stands twice is a `Doubled`.

    >>> loads('{"p": 1.50}'), type(loads('{"p": 1, "p": 2}')).__name__
    ({'p': '1.50'}, 'Doubled')

    Raises:
        ValueError: it is no JSON, or nests too deep.
    """
    try:
        return json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=str,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise ValueError("it nests too deep") from error


class Doubled(dict[str, Any]):
    """An object in which one name stands twice: nobody knows which of the two counts."""

    name = ""
    """The first such name."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    doubled = Doubled(made)
    names = [name for name, _ in pairs]
    doubled.name = next(name for name in names if names.count(name) > 1)
    return doubled


def _doubled(it: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    """Return a name that stands twice in one object, however deep, or None."""
    if isinstance(it, Doubled):
        return it.name
    inner = it.values() if isinstance(it, dict) else it if isinstance(it, list) else ()
    found = (_doubled(each) for each in inner if isinstance(each, dict | list))
    return next((name for name in found if name is not None), None)


def load_file(path: Path) -> Any:  # noqa: ANN401 - as above
    """Return what a JSON file holds, packed or not.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = Path(folder, "a.json").write_text('{"nodes": []}')
    ...     load_file(Path(folder, "a.json"))
    {'nodes': []}

    Raises:
        StoreError: it cannot be read, is no JSON or too large.
    """
    try:
        made = loads(text_of_file(path))
    except ValueError as error:
        raise StoreError(f"{path}: no JSON: {error}; nothing of it was taken") from error
    if isinstance(made, Doubled) and not made.keys().isdisjoint(KINDS):
        problem = f"{visible(repr(made.name))} stands twice in it; give each its own name"
        raise StoreError(f"{path}: {problem}")
    return made


def text_of_file(path: Path) -> str:
    """Return the text of a JSON file, packed or not.

    >>> from pathlib import Path
    >>> text_of_file(Path(__file__)).strip('"')[:11]
    'KGX as rows'

    Raises:
        StoreError: it cannot be read, is no text or too large.
    """
    with opened(path) as file:
        data = file.whole(WHOLE)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StoreError(f"{path}: no JSON: {error}; nothing of it was taken") from error


def record_rows(it: Mapping[str, Any], source: str, place: str, notes: Notes) -> Iterator[Row]:
    """Yield the rows of one record of KGX; one without its ids is set aside.

    So is one in which a name stands twice, and an edge of which nobody knows whether it is denied;
    where that says of two ids that they are one thing, they are not.

    >>> from studyclaims.merging.readers.reading import Notes
    >>> notes = Notes("a")
    >>> list(record_rows({"subject": "x:1", "object": ""}, "a", "7", notes)), len(notes.refused)
    ([], 1)
    """
    doubled = _doubled(it)
    cells = {name: plain(value) for name, value in it.items()}
    wanted = ENDS if "subject" in cells or "object" in cells else ("id",)
    if not all(isinstance(cells.get(name), str) and cells[name] for name in wanted):
        found = visible(json.dumps(dict(it), ensure_ascii=False, default=str)[:_SHOWN])
        reason = f"expected {', '.join(wanted)} in it, each one id"
        notes.refuse(place, found, reason, kind=Said if wanted is ENDS else Told)
    elif doubled is not None:
        found, reason = visible(repr(doubled[:_SHOWN])), "expected no name twice in one object"
        notes.refuse(place, found, reason, kind=Said if wanted is ENDS else Told)
        yield from _unsure(cells, source, place)
    elif wanted is ENDS:
        denied = row_denies(cells)
        if denied is None:
            said = {name: cells[name] for name in telling_columns(cells)}
            found = visible(json.dumps(said, ensure_ascii=False)[:_SHOWN])
            notes.refuse(place, found, "expected true or false; say which", kind=Said)
            yield from _unsure(cells, source, place)
        else:
            yield from _edge(cells, source, place, denied=denied)
    else:
        yield from _node(cells, source, place)


def _unsure(cells: Mapping[str, Any], source: str, place: str) -> Iterator[Row]:
    """Yield that two ids are not one thing, where an edge may say so or the contrary."""
    subject, predicate, object_ = (cells.get(name) for name in ENDS)
    if isinstance(predicate, str) and says(predicate, negated=True):
        record = str(cells.get("id") or place)
        yield Mapped(str(subject), predicate, str(object_), True, source, record)


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value as a table would have it: texts, lists of them, else JSON.

    >>> plain(True), plain(["a", None, "b"]), plain(None), plain({"a": "b"})
    ('true', ['a', 'b'], '', '{"a": "b"}')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [plain(each) for each in value if each not in ("", None)]
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else str(value)


def _edge(cells: dict[str, Any], source: str, place: str, *, denied: bool) -> Iterator[Row]:
    known = {*ENDS, "id", *denied_columns(cells)}
    rest = {name: cell for name, cell in cells.items() if name not in known}
    if denied:
        rest["negated"] = "true"
    subject, predicate, object_ = (cells[name] for name in ENDS)
    said = NEGATION + predicate if denied else predicate
    record = cells.get("id") or place
    yield Said(subject, said, object_, source=source, source_record=str(record), more=more(rest))
    if says(predicate, negated=denied):
        yield Mapped(subject, predicate, object_, denied, source, str(record))


def _node(cells: dict[str, Any], source: str, place: str) -> Iterator[Row]:
    it = cells["id"]
    told = False
    for name, cell in cells.items():
        for value in cell if isinstance(cell, list) else [cell]:
            is_id = bare_name(name) in ID_COLUMNS
            text = str(value).strip() if is_id else str(value)
            if name == "id" or text == "":
                continue
            told = True
            # What a thing can be is looked up by this one name.
            said = "category" if bare_name(name) == "category" else name
            yield Told(it, said, text, "iri" if is_id else "literal", source=source)
            if bare_name(name) in SAME:
                yield Mapped(it, "biolink:same_as", text, False, source, place)
    if not told:
        # Of a node about which nothing is told, there is still the node.
        yield Told(it, "id", it, "iri", source=source)
