"""Read a record: YAML text in, a frozen `Study` out, every complaint with its line and column."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

from pydantic import ValidationError

from studyclaims.checking.checks import check_study
from studyclaims.checking.firstlook import look
from studyclaims.checking.termchecks import check_terms
from studyclaims.errors import RecordError, TermError
from studyclaims.findings import Finding
from studyclaims.model import SCHEMA_VERSION, Block, Source, Study
from studyclaims.schema import said
from studyclaims.yamltree import (
    MappingNode,
    ScalarNode,
    SequenceNode,
    mark_of,
    parse_tree,
    plain,
    text_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from studyclaims.terms import TermEntry
    from studyclaims.yamltree import Node

PRINTED: Final = frozenset({"value", "p", "volume", "issue", "pages", "pmid", "version"})
"""Keys whose value is kept as it is printed: ``1.50`` must not become ``1.5``."""

_CITED: Final = ("kind", "read", "primary_source")
"""The keys of a source that say where in it a sentence stands, and whether it is secondary."""

_CODES: Final = {
    "extra_forbidden": "R001",
    "missing": "R002",
    "literal_error": "R004",
    "enum": "R004",
    "bool_type": "R003",
    "date_type": "R003",
    "dict_type": "R003",
    "int_type": "R003",
    "model_type": "R003",
    "string_type": "R003",
    "tuple_type": "R003",
}

_DEMANDS: Final = {
    "bool_type": "write true or false, without quotes",
    "date_type": "write a day, as in 2017-12-31",
    "dict_type": "write a mapping: a key, a colon and a value on each line",
    "int_type": "write a whole number, without quotes",
    "model_type": "write a mapping: a key, a colon and a value on each line",
    "string_type": "write text, in quotes where it looks like a number",
    "too_short": "write at least one",
    "tuple_type": "write a list: [one, another], or a line with - for each",
}
"""What to do about the faults that pydantic words in terms of Python."""


@dataclass(frozen=True, slots=True)
class Record:
    """A study as read, with the tree that knows where in which file each value stands."""

    study: Study
    tree: Node
    file: str

    def finding(
        self, path: tuple[str | int, ...], code: str, message: str, hint: str = ""
    ) -> Finding:
        """Return a finding that points at the value at this path; at the key of a block or list."""
        mark = mark_of(self.tree, path, key=text_at(self.tree, path) is None)
        return Finding(self.file, mark.line, mark.column, code, message, hint)


def read_record(path: Path, index: Mapping[str, TermEntry] | None = None) -> Record:
    """Return the record of a file; with ``index``, its terms are checked against it too.

    >>> from studyclaims.paths import studies_dir
    >>> read_record(studies_dir() / "ausk-2017.yaml").study.publication.doi
    '10.1152/ajpcell.00363.2016'

    Raises:
        RecordError: the file holds no valid record; every complaint is in it.
        OSError: the file cannot be read.
    """
    record = parse_record(path.read_bytes(), str(path), index)
    if record.study.key != path.stem:
        hint = f"name the file {record.study.key}.yaml, or write key: {path.stem}"
        message = f"the key {record.study.key!r} is not the file's name {path.stem!r}"
        raise RecordError([record.finding(("key",), "R006", message, hint)])
    return record


def read_source(path: Path, name: str) -> Source:
    """Return a source of a record that need not be finished, as far as `cite` needs it.

    Its kind, what was read of it and what it reports on are the record's; its title is left TODO.

    >>> from studyclaims.paths import studies_dir
    >>> read_source(studies_dir() / "ausk-2017.yaml", "news").primary_source
    'paper'

    Raises:
        RecordError: no YAML of a record, or one of these keys is missing, wrong or still TODO.
        TermError: the record has no such source.
        OSError: the file cannot be read.
    """
    file = str(path)
    tree = parse_tree(path.read_bytes(), file)
    data = _as_printed(tree)
    sources = data.get("sources") if isinstance(data, dict) else None
    known = sources if isinstance(sources, dict) else {}
    if not isinstance(known.get(name), dict):
        remedy = f"use one of {', '.join(sorted(known))}" if known else "add it under sources:"
        raise TermError(name, f"is no source of {path.stem}", remedy)
    home = ("sources", name)
    cited = [p for p in _placeholders(tree) if p[:2] == home and p[2:3] and p[2] in _CITED]
    if cited:
        raise RecordError([_todo(place, tree, file) for place in cited])
    given = {key: known[name][key] for key in _CITED if key in known[name]}
    try:
        return Source.model_validate({"title": "TODO", **given})
    except ValidationError as problem:
        errors = [e for e in problem.errors() if not _is_echo(e)]
        for error in errors:
            error["loc"] = (*home, *error["loc"])
        raise RecordError([_finding(error, tree, file) for error in errors]) from None


def parse_record(data: bytes, file: str, index: Mapping[str, TermEntry] | None = None) -> Record:
    """Return the record in these bytes; ``file`` is what findings name.

    ``index`` is what ``ontology/terms/`` lists, by IRI; without it no term is looked up.

    >>> parse_record(b"key: [1, 2", "a.yaml")
    Traceback (most recent call last):
    studyclaims.errors.RecordError: a.yaml:1:11: Y003 ...

    Raises:
        RecordError: no valid record; every complaint is in it.
    """
    tree = parse_tree(data, file)
    todo = {path: _todo(path, tree, file) for path in _placeholders(tree)}
    plain_data = _as_printed(tree)
    try:
        study = Study.model_validate(plain_data)
    except ValidationError as problem:
        errors = [e for e in problem.errors() if not _is_echo(e) and e["loc"] not in todo]
        found = [_finding(e, tree, file) for e in errors]
        told = {*todo, *(e["loc"] for e in errors)}
        for more in (c for c in look(plain_data, index) if c.path not in told):
            mark = mark_of(tree, more.path)
            place = (file, mark.line, mark.column)
            found.append(Finding(*place, more.code, more.message, more.hint))
        raise RecordError([*todo.values(), *found]) from None
    record = Record(study, tree, file)
    complaints = check_study(study)
    if index is not None:
        complaints += check_terms(study, index)
    rest = (c for c in complaints if c.path not in todo)
    found = [record.finding(c.path, c.code, c.message, c.hint) for c in rest]
    if todo or found:
        raise RecordError([*todo.values(), *found])
    return record


def _placeholders(node: Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every value that begins with TODO, as ``new`` leaves them."""
    match node:
        case ScalarNode(value=str(text)) if text == "TODO" or text.startswith(("TODO ", "TODO:")):
            yield path
        case MappingNode():
            for entry in node.entries:
                yield from _placeholders(entry.value, (*path, entry.key))
        case SequenceNode():
            for number, item in enumerate(node.items):
                yield from _placeholders(item, (*path, number))


def _todo(path: tuple[str | int, ...], tree: Node, file: str) -> Finding:
    """Return the finding of a placeholder."""
    mark = mark_of(tree, path)
    name = next((step for step in reversed(path) if isinstance(step, str)), "the record")
    means = _meaning(path)
    if path[0] == "sources" and name == "kind" and not _is_secondary(path, tree):
        means = "article or preprint"
    hint = f"write {name}" + (f": {means}" if means else " as the sources have it")
    return Finding(file, mark.line, mark.column, "R018", f"{name} is still to be filled in", hint)


def _is_secondary(path: tuple[str | int, ...], tree: Node) -> bool:
    """Return whether the block around a path names a primary source."""
    return text_at(tree, (*path[:-1], "primary_source")) is not None


def _is_echo(error: ErrorDetails) -> bool:
    """Return whether pydantic calls a list too short only because its one item is wrong."""
    return error["type"] == "too_short" and bool(error["input"])


def _as_printed(node: Node, key: str = "") -> object:
    """Return the plain tree, numbers under the `PRINTED` keys as they are written."""
    match node:
        case MappingNode():
            return {entry.key: _as_printed(entry.value, entry.key) for entry in node.entries}
        case SequenceNode():
            return [_as_printed(item, key) for item in node.items]
        case ScalarNode(value=int() | float()) if key in PRINTED and not isinstance(
            node.value, bool
        ):
            return node.text
    return plain(node)


def _finding(error: ErrorDetails, tree: Node, file: str) -> Finding:
    """Return one pydantic error as a finding at its place."""
    path = error["loc"]
    at_key = error["type"] == "extra_forbidden"
    if path[-1:] == ("[key]",):
        path, at_key = path[:-1], True
    mark = mark_of(tree, path, key=at_key)
    code, message, hint = _explained(error, path)
    return Finding(file, mark.line, mark.column, code, message, hint)


def _explained(error: ErrorDetails, path: tuple[str | int, ...]) -> tuple[str, str, str]:
    """Return (code, what was found, what to do) of a pydantic error."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "the record")
    kind, found = error["type"], error["input"]
    if path == ("schema_version",) and kind == "literal_error":
        message = f"schema_version {found!r} is not one this tool reads"
        return "R009", message, f"write schema_version: {SCHEMA_VERSION}"
    if kind == "extra_forbidden":
        return "R001", f"the key {name!r} is not known here", _nearest(name, path)
    if kind == "missing":
        return "R002", f"the key {name!r} is missing", f"add {name}:"
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, TermError):
        code = "T001" if "not declared" in cause.problem else "R005"
        return code, f"{cause.text!r} {cause.problem}", cause.remedy
    code = _CODES.get(kind, "R005")
    return code, f"{name}: found {_shown(found)}", _demand(error, path)


def _demand(error: ErrorDetails, path: tuple[str | int, ...]) -> str:
    """Return what was expected, in the words of a hint."""
    context = error.get("ctx", {})
    if error["type"] in _DEMANDS:
        return _DEMANDS[error["type"]]
    if "pattern" in context:
        means = _description(path)
        return f"write it in the form {context['pattern']}" + (f": {means}" if means else "")
    if "expected" in context:
        return f"write {context['expected']}"
    if "error" in context:
        return str(context["error"])
    words = error["msg"]
    return words[0].lower() + words[1:]


def _description(path: tuple[str | int, ...]) -> str | None:
    """Return what the model says of the field at a path."""
    names = [step for step in path if isinstance(step, str)]
    field = _block_at(tuple(names[:-1])).model_fields.get(names[-1]) if names else None
    return field.description if field else None


def _meaning(path: tuple[str | int, ...]) -> str:
    """Return what the model says of the field at a path, or which values it takes."""
    names = [step for step in path if isinstance(step, str)]
    block = _block_at(tuple(names[:-1])) if names else Study
    return said(block, names[-1]) if names and names[-1] in block.model_fields else ""


def _nearest(name: str, path: tuple[str | int, ...]) -> str:
    """Return a hint that names the known key nearest to an unknown one, or all known keys."""
    known = sorted(_block_at(path[:-1]).model_fields)
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"


def _block_at(path: tuple[str | int, ...]) -> type[Block]:
    """Return the kind of block that stands at a path; list places and names lead to no other."""
    block: type[Block] = Study
    for step in path:
        field = block.model_fields.get(str(step))
        if field is not None:
            block = next(_blocks_in(field.annotation), block)
    return block


def _blocks_in(annotation: object) -> Iterator[type[Block]]:
    """Yield the kinds of block named in a field's type."""
    if isinstance(annotation, type) and issubclass(annotation, Block):
        yield annotation
    for argument in get_args(annotation):
        yield from _blocks_in(argument)


def _shown(value: object) -> str:
    """Return a value as a message quotes it, cut where it is long."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict() | list():
            kind = "mapping" if isinstance(value, dict) else "list"
            return f"a {kind}" if value else f"an empty {kind}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
