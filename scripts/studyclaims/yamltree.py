"""Turn the bytes of a YAML file into a tree of our own in which every value knows its place.

The file is guarded before anything is built from it: its size, its characters, its depth, and
whatever YAML can do that no record needs (aliases, tags, keys that are not text). PyYAML only
delivers events; C ``compose`` dies by a signal on deep nesting, and its scalars follow YAML 1.1,
where the gene NO is false. Scalars are read here, by the core schema of YAML 1.2.
"""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

import yaml
from yaml import events as ev

from studyclaims.errors import RecordError
from studyclaims.findings import Finding

if TYPE_CHECKING:
    from yaml._yaml import Mark as CMark
    from yaml.error import Mark as PyMark

SIZE_LIMIT: Final = 1_000_000
"""The most bytes a record may have."""

DEPTH_LIMIT: Final = 50
"""How deep lists and mappings may be nested; the outermost one counts as 1."""

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the root down, as in the ``loc`` of a pydantic error."""

# The wheels of PyYAML bring libyaml; a build without it is slower and takes no tab in plain text.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Zl and Zp are in because PyYAML ends a line at them and no editor does: marks would be wrong.
_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# libyaml compares each %TAG line with all before it: 1 MB of them holds it for 11 s, inside C.
_TAG_DIRECTIVE: Final = re.compile(r"(?:\A|(?<=[\r\n]))%TAG")

_CORE_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# Python can be told to refuse integers of more than 640 digits, no fewer; 500 written characters
# stay below that in base 16 too, so what is read does not hang on the environment.
_NUMBER_LIMIT: Final = 500

_ALIAS_HINT: Final = "write the values out where they are needed"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count characters from 1, and 0 is the whole file.

    >>> Mark(41, 9)
    Mark(line=41, column=9)
    """

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value, and how it is written: ``text`` is the source without quotes.

    >>> parse_tree(b"1.50", "a.yaml")
    ScalarNode(value=1.5, text='1.50', mark=Mark(line=1, column=1))
    """

    value: str | int | float | bool | None
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list.

    >>> len(parse_tree(b"[a, b]", "a.yaml").items)
    2
    """

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping and its value.

    >>> entry = parse_tree(b"stance: supports", "a.yaml").entries[0]
    >>> entry.key, entry.key_mark.column, entry.value.mark.column
    ('stance', 1, 9)
    """

    key: str
    key_mark: Mark
    value: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping; its keys are text, differ, and stand in the order of the file.

    >>> [entry.key for entry in parse_tree(b"{b: 1, a: 2}", "a.yaml").entries]
    ['b', 'a']
    """

    entries: tuple[Entry, ...]
    mark: Mark


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode
"""A value of the tree."""


def parse_tree(data: bytes, file: str) -> Node:
    r"""Return the tree of a YAML file's bytes; ``file`` is the name that findings give.

    >>> plain(parse_tree(b"gene: NO\nfold: 1.50", "a.yaml"))
    {'gene': 'NO', 'fold': 1.5}
    >>> parse_tree(b"a: 1\na: 2", "a.yaml")
    Traceback (most recent call last):
    studyclaims.errors.RecordError: a.yaml:2:1: Y008 the key 'a' stands at line 1 already; ...

    Raises:
        RecordError: the file breaks a guard; it holds every finding up to one that ends reading.
    """
    return _TreeBuilder(_guarded_text(data, file), file).build()


def plain(node: Node) -> object:
    r"""Return the node as plain dicts, lists and values.

    >>> plain(parse_tree(b"- 0o14\n- 012\n- 2017-12-15\n- '1'\n- ~", "a.yaml"))
    [12, 12, '2017-12-15', '1', None]
    """
    match node:
        case ScalarNode():
            return node.value
        case SequenceNode():
            return [plain(item) for item in node.items]
        case MappingNode():
            return {entry.key: plain(entry.value) for entry in node.entries}


def mark_of(node: Node, path: Path, *, key: bool = False) -> Mark:
    r"""Return the place of the value at a path, or with ``key`` that of its key.

    A path that leads nowhere gives the place of the deepest node on it; where that is a mapping
    that lacks the next key, the place of its first key.

    >>> tree = parse_tree(b"claims:\n  - stance: supports", "a.yaml")
    >>> mark_of(tree, ("claims", 0, "stance")).column
    13
    >>> mark_of(tree, ("claims", 0, "stance"), key=True).column
    5
    """
    deepest, key_mark, is_whole_path = _walked(node, path)
    if is_whole_path:
        return key_mark if key else deepest.mark
    if isinstance(deepest, MappingNode) and deepest.entries:
        return deepest.entries[0].key_mark
    return deepest.mark


def text_at(node: Node, path: Path) -> str | None:
    """Return how the scalar at a path is written, without quotes; None where there is none.

    >>> text_at(parse_tree(b"p: 0.050", "a.yaml"), ("p",))
    '0.050'
    """
    deepest, _, is_whole_path = _walked(node, path)
    return deepest.text if is_whole_path and isinstance(deepest, ScalarNode) else None


def _walked(node: Node, path: Path) -> tuple[Node, Mark, bool]:
    """Return the deepest node on a path, the mark of its key, and whether the path ends there."""
    key_mark = node.mark
    for step in path:
        child = _child(node, step)
        if child is None:
            return node, key_mark, False
        node, key_mark = child
    return node, key_mark, True


def _child(node: Node, step: str | int) -> tuple[Node, Mark] | None:
    """Return what is one step down and the mark of its key, for a list item its own."""
    if isinstance(node, MappingNode):
        return next(((e.value, e.key_mark) for e in node.entries if e.key == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step], node.items[step].mark
    return None


def _guarded_text(data: bytes, file: str) -> str:
    """Return the text, or raise what must not reach the parser."""

    def refused(mark: Mark, *rest: str) -> RecordError:
        return RecordError([Finding(file, mark.line, mark.column, *rest)])

    if len(data) > SIZE_LIMIT:
        message = f"the file has {len(data):,} bytes; a record may have {SIZE_LIMIT:,}"
        raise refused(Mark(0, 0), "Y001", message, "write one publication a file")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = data[: problem.start].decode("utf-8")
        message = f"byte 0x{data[problem.start]:02x} is not UTF-8; expected UTF-8 text"
        hint = "save the file as UTF-8"
        raise refused(_place(before, len(before)), "Y002", message, hint) from problem
    index = _first_forbidden(text)
    if index is not None:
        message = f"the character {_code_point(text[index])}; expected visible text"
        raise refused(_place(text, index), "Y002", message, "delete the character")
    directive = _TAG_DIRECTIVE.search(text)
    if directive is not None:
        message = "a line that begins with %TAG; expected values without tags"
        raise refused(_place(text, directive.start()), "Y007", message, "delete the line")
    return text


def _first_forbidden(text: str) -> int | None:
    # Over the few distinct characters, since asking for a million categories takes a while.
    characters = set(text) - set("\n\r\t")
    # PyYAML refuses these two without a line; their category is that of unassigned characters.
    forbidden = characters & {"\ufffe", "\uffff"}
    forbidden |= {c for c in characters if unicodedata.category(c) in _FORBIDDEN_CATEGORIES}
    return min(map(text.index, forbidden), default=None)


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _place(text: str, index: int) -> Mark:
    head = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return Mark(head.count("\n") + 1, len(head) - head.rfind("\n"))


def _shown(text: str, limit: int = 60) -> str:
    """Return the text as a message can hold it: on one line, escaped, not endless."""
    return repr(text if len(text) <= limit else f"{text[:limit]}…")


def _resolved(text: str) -> str | int | float | bool | None:
    """Return what a plain scalar is by the core schema of YAML 1.2."""
    if text in _CORE_WORDS:
        return _CORE_WORDS[text]
    if len(text) > _NUMBER_LIMIT:
        return text
    if _INT.fullmatch(text):
        return int(text, base=0 if text[1:2] in ("o", "x") else 10)
    # .inf and .nan match nothing here, and 1e999 would be infinite: neither JSON nor xsd:decimal
    # holds such a value and NaN is not even equal to itself, so all of them stay text.
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def _kind(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return f"{node.text or 'empty'}, which is no text unless it is quoted"
    return "a mapping" if isinstance(node, MappingNode) else "a list"


class _TreeBuilder:
    """Builds one tree from the events of one text and collects the findings on the way."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._events = yaml.parse(text, Loader=_LOADER)
        self._last_event = ev.Event()
        self._findings: list[Finding] = []

    def build(self) -> Node:
        self._next()  # StreamStart
        if isinstance(self._next(), ev.StreamEndEvent):
            self._stop_empty()
        root = self._node(self._next(), depth=0)
        self._next()  # DocumentEnd
        after = self._next()
        if not isinstance(after, ev.StreamEndEvent):
            message = "a second document begins; expected one record a file"
            hint = "move it to a file of its own, or delete the line '---' or '...'"
            self._stop(self._mark(after.start_mark), "Y010", message, hint)
        if self._findings:
            raise RecordError(self._findings)
        if isinstance(root, ScalarNode) and root.value is None and not root.text:
            self._stop_empty()
        return root

    def _next(self) -> ev.Event:
        try:
            self._last_event = next(self._events)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            # Both parsers let Python's own errors through, such as that of chr(0x110000).
            self._stop_malformed(error)
        return self._last_event

    def _node(self, event: ev.Event, depth: int) -> Node:
        mark = self._mark(event.start_mark)
        if isinstance(event, ev.AliasEvent):
            message = f"an alias of {_shown(str(event.anchor))}; expected the values themselves"
            self._add(mark, "Y006", message, _ALIAS_HINT)
            return ScalarNode(None, "", mark)
        if isinstance(event, ev.ScalarEvent | ev.CollectionStartEvent) and event.tag is not None:
            message = f"the tag {_shown(event.tag)}; expected a value without a tag"
            hint = "delete the tag; quote a value that is to stay text"
            self._add(mark, "Y007", message, hint)
        if isinstance(event, ev.ScalarEvent):
            return self._scalar(event, mark)
        if depth == DEPTH_LIMIT:
            message = f"nested {depth + 1} deep; lists and mappings may nest {DEPTH_LIMIT} deep"
            self._stop(mark, "Y005", message, "close the brackets, or mend the indentation")
        if isinstance(event, ev.SequenceStartEvent):
            return self._sequence(mark, depth + 1)
        return self._mapping(mark, depth + 1)

    def _scalar(self, event: ev.ScalarEvent, mark: Mark) -> ScalarNode:
        # The characters of the file are checked already; an escape can still make a wrong one.
        index = _first_forbidden(event.value) if event.style == '"' else None
        if index is not None:
            message = f"an escape for {_code_point(event.value[index])}; expected visible text"
            self._add(mark, "Y002", message, "delete the escape")
        text = event.value
        return ScalarNode(text if event.style else _resolved(text), text, mark)

    def _sequence(self, mark: Mark, depth: int) -> SequenceNode:
        items = []
        while not isinstance(event := self._next(), ev.SequenceEndEvent):
            items.append(self._node(event, depth))
        return SequenceNode(tuple(items), mark)

    def _mapping(self, mark: Mark, depth: int) -> MappingNode:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), ev.MappingEndEvent):
            key_mark = self._mark(event.start_mark)
            key = self._key(event, key_mark, depth)
            value = self._node(self._next(), depth)
            if key in entries:
                line = entries[key].key_mark.line
                message = f"the key {_shown(key)} stands at line {line} already; expected it once"
                self._add(key_mark, "Y008", message, "keep one of the two")
            elif key is not None:
                entries[key] = Entry(key, key_mark, value)
        return MappingNode(tuple(entries.values()), mark)

    def _key(self, event: ev.Event, mark: Mark, depth: int) -> str | None:
        """Return the key's text, or None for one that is reported."""
        if isinstance(event, ev.ScalarEvent) and event.value == "<<" and not event.style:
            self._add(mark, "Y006", "a merge key '<<'; expected the keys themselves", _ALIAS_HINT)
            return None
        node = self._node(event, depth)
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            return node.value
        if not isinstance(event, ev.AliasEvent):
            message = f"the key is {_kind(node)}; expected text"
            self._add(mark, "Y009", message, "write a name as the key, or quote it")
        return None

    def _mark(self, mark: CMark | PyMark | None) -> Mark:
        # At the end of a file libyaml counts one line more than there is.
        if mark is None or mark.index >= len(self._text):
            return _place(self._text, len(self._text))
        return Mark(mark.line + 1, mark.column + 1)

    def _add(self, mark: Mark, code: str, message: str, hint: str) -> None:
        self._findings.append(Finding(self._file, mark.line, mark.column, code, message, hint))

    def _stop(self, mark: Mark, code: str, message: str, hint: str) -> NoReturn:
        self._add(mark, code, message, hint)
        raise RecordError(self._findings)

    def _stop_empty(self) -> NoReturn:
        message = "the file is empty or all comments; expected a record"
        self._stop(Mark(0, 0), "Y004", message, "begin one with: studyclaims new")

    def _stop_malformed(self, error: Exception) -> NoReturn:
        found, mark = "a wrong escape or %-line after this", self._last_event.end_mark
        if isinstance(error, yaml.MarkedYAMLError):
            found, mark = error.problem or found, error.problem_mark or mark
            if error.context and error.context_mark:
                found = f"{error.context} (line {error.context_mark.line + 1}): {found}"
        hint = "mend the indentation or the bracket; quote text that has ': ' or ' #' in it"
        self._stop(self._mark(mark), "Y003", f"{found}; expected well-formed YAML", hint)
