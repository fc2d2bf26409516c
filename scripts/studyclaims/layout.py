"""Read a YAML file into a tree that keeps what only a person sees: comments, blank lines, styles.

`studyclaims.yamltree` says what a record means and comes first: only a file that passes its guards
is read here. The comments are found in the gaps between the scalars, since YAML's events leave
them out; each goes to the entry that it stands before or behind.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml
from yaml import events as ev

from studyclaims.yamltree import Mark, parse_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BETWEEN: Final = re.compile(r"#[^\n]*|^[ \t]*\n", re.MULTILINE)
"""A comment or a blank line, where no scalar is."""


@dataclass(slots=True, eq=False)
class Scalar:
    """One value: its text, how it is quoted, and the source from ``start`` to ``end``."""

    text: str
    style: str
    start: int
    end: int
    mark: Mark


@dataclass(slots=True, eq=False)
class Collection:
    """A list or a mapping, in brackets (``flow``) or over lines; a list's items have no key."""

    is_map: bool
    flow: bool
    start: int
    mark: Mark
    items: list[Item] = field(default_factory=list)
    end: int = 0


@dataclass(slots=True, eq=False)
class Item:
    """An entry of a mapping or list, with the comments and blank lines that belong to it."""

    key: Scalar | None
    value: Layout
    lead: list[str] = field(default_factory=list)
    trail: str = ""

    @property
    def mark(self) -> Mark:
        """Where the entry begins."""
        return (self.key or self.value).mark


Layout: TypeAlias = Scalar | Collection


@dataclass(frozen=True, slots=True)
class Page:
    """A file: its text with plain line ends, its tree, and what stands after the last value."""

    text: str
    root: Layout
    lead: list[str]
    tail: list[str]
    comments: list[str]


def read_page(data: bytes, file: str) -> Page:
    r"""Return the layout of a YAML file's bytes; ``file`` is the name that findings give.

    >>> page = read_page(b"a: 1  # one\n# two\nb: 2\n", "a.yaml")
    >>> [(item.lead, item.trail) for item in page.root.items]
    [([], '# one'), (['# two'], '')]

    Raises:
        RecordError: the file breaks a guard of `studyclaims.yamltree`.
    """
    parse_tree(data, file)
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    events = yaml.parse(text, Loader=_LOADER)
    scalars: list[Scalar] = []
    while not isinstance(event := next(events), ev.ScalarEvent | ev.CollectionStartEvent):
        pass
    root = _node(event, events, text, scalars)
    found = [(m.start(), m[0].rstrip()) for m in _between(text, scalars)]
    comments = [words for _, words in found if words]
    lead, tail = _Attaching(text, found).attach_all(root)
    return Page(text, root, lead, tail, comments)


def _node(event: ev.Event, events: Iterator[ev.Event], text: str, scalars: list[Scalar]) -> Layout:
    """Return the node that begins with this event, and list its scalars in the file's order."""
    start: Any = event.start_mark
    mark = Mark(start.line + 1, start.column + 1)
    if isinstance(event, ev.ScalarEvent):
        end: Any = event.end_mark
        # The end of a block scalar takes in the blank lines after it, which are layout here.
        length = len(text[start.index : end.index].rstrip(" \t\n"))
        node = Scalar(event.value, event.style or "", start.index, start.index + length, mark)
        scalars.append(node)
        return node
    is_map = isinstance(event, ev.MappingStartEvent)
    flow = bool(getattr(event, "flow_style", False))
    parent = Collection(is_map, flow, start.index, mark)
    while not isinstance(event := next(events), ev.CollectionEndEvent):
        key = _node(event, events, text, scalars) if is_map else None
        value = _node(next(events) if is_map else event, events, text, scalars)
        parent.items.append(Item(key if isinstance(key, Scalar) else None, value))
    last: Any = event.end_mark
    parent.end = last.index
    return parent


def _between(text: str, scalars: list[Scalar]) -> Iterator[re.Match[str]]:
    """Yield every comment and blank line that is no part of a scalar."""
    position = 0
    for scalar in scalars:
        begin = scalar.start
        if scalar.style and scalar.style in "|>":
            # A comment may stand on the line of the indicator, before the text begins.
            begin = text.find("\n", scalar.start)
            begin = scalar.end if begin < 0 else min(begin, scalar.end)
        yield from _BETWEEN.finditer(text, position, begin)
        position = scalar.end
    yield from _BETWEEN.finditer(text, position)


class _Attaching:
    """Hands out comments and blank lines, first to last, to the entries they belong to."""

    def __init__(self, text: str, found: list[tuple[int, str]]) -> None:
        self._text = text
        self._waiting = deque(found)

    def attach_all(self, root: Layout) -> tuple[list[str], list[str]]:
        """Return what stands before and after everything; the entries get the rest."""
        lead: list[str] = []
        if isinstance(root, Collection) and root.items:
            self._attach(root)
        else:
            lead = self._before(root.start)
        return lead, self._before(len(self._text) + 1)

    def _attach(self, parent: Collection) -> None:
        for item in parent.items:
            item.lead += self._before((item.key or item.value).start)
            value = item.value
            if isinstance(value, Collection) and value.items:
                if item.key:
                    item.trail = self._behind(item.key.end, " \t:[{")
                self._attach(value)
            else:
                item.lead += self._before(value.start)
            if isinstance(value, Scalar) or value.flow:
                item.trail = item.trail or self._behind(value.end, " \t,")

    def _before(self, place: int) -> list[str]:
        taken = []
        while self._waiting and self._waiting[0][0] < place:
            taken.append(self._waiting.popleft()[1])
        return taken

    def _behind(self, end: int, between: str) -> str:
        """Return the comment on the line that ends here, if nothing but ``between`` is between."""
        if not self._waiting:
            return ""
        place, words = self._waiting[0]
        if not words or self._text[end:place].strip(between):
            return ""
        self._waiting.popleft()
        return words
