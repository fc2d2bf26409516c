"""The one style of record files: what `lint` finds and what `lint --fix` writes.

`fixed` prints the file anew from its layout, so it is the only place that knows the style; `lint`
compares the file with that, value by value. Neither changes what the file says, nor a comment.
"""

from __future__ import annotations

import re
import types
from collections import Counter
from contextlib import suppress
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin

from studyclaims.checking.wording import (
    BLOCK,
    FLOW,
    FLOW_KEY,
    KEY,
    WIDTH,
    cut,
    difference,
    printed,
    printed_long,
)
from studyclaims.errors import RecordError, StudyclaimsError
from studyclaims.files import write_atomic
from studyclaims.findings import Finding
from studyclaims.layout import Collection, Item, Layout, Page, Scalar, read_page
from studyclaims.model import Block, Study
from studyclaims.yamltree import Mark, parse_tree, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA_LINE: Final = "# yaml-language-server: $schema=../../ontology/record.schema.json"
"""The first line of a record: editors complete and check its keys by it."""

_SCHEMA_MARK: Final = "# yaml-language-server:"
_SOONER: Final = {"note": "evidence", "shared": "species"}
"""Keys that a reader wants before another, although the model declares them after it."""


def fixed(data: bytes, file: str) -> bytes:
    r"""Return the file in the style of records: the same values, the same comments.

    >>> print(fixed(b"key:   'a-2020'\nschema_version: 1 # form\n", "a.yaml").decode())
    # yaml-language-server: $schema=../../ontology/record.schema.json
    schema_version: 1  # form
    key: a-2020
    <BLANKLINE>

    Raises:
        RecordError: the file cannot be read as YAML of a record; its findings say why.
        StudyclaimsError: the style would change what the file says; it is left as it is.
    """
    return _Writer(read_page(data, file)).checked(data, file)


def lint(data: bytes, file: str) -> list[Finding]:
    r"""Return every departure from the style, in order; nothing if `fixed` changes nothing.

    >>> data = b"# yaml-language-server: $schema=x.json\nschema_version: 1\nkey: 'a-2020'\n"
    >>> print(lint(data, "a.yaml")[0])
    a.yaml:3:6: L004 found 'a-2020'; expected a-2020
        hint: run lint --fix

    A file that cannot be read as YAML of a record gives the findings that say why.
    """
    try:
        page = read_page(data, file)
    except RecordError as problem:
        return list(problem.findings)
    order = _order_findings(page.root, Study)
    writer = _Writer(page)
    wanted = writer.checked(data, file)
    departures = [
        *_first_line(page),
        *order,
        *writer.departures(),
        *_characters(data),
    ]
    if not departures and wanted != data:
        departures = _anything_else(page.text, wanted.decode("utf-8"))
    hint = "run lint --fix"
    return sorted(Finding(file, m.line, m.column, code, text, hint) for m, code, text in departures)


_Departure = tuple[Mark, str, str]


def departures(paths: Iterable[Path]) -> list[Finding]:
    """Return every departure from the style in these files.

    >>> departures([])
    []
    """
    return [finding for path in paths for finding in lint(path.read_bytes(), str(path))]


def put_in_style(paths: Iterable[Path]) -> list[Path]:
    """Write these files in the style; return those that changed.

    A file that cannot be read is left as it is: `departures` says why.

    >>> put_in_style([])
    []
    """
    changed = []
    for path in paths:
        data = path.read_bytes()
        with suppress(RecordError):
            if write_atomic(path, fixed(data, str(path))):
                changed.append(path)
    return changed


def _first_line(page: Page) -> list[_Departure]:
    if page.text.startswith(_SCHEMA_MARK):
        return []
    return [(Mark(1, 1), "L001", f"the first line is another; expected {SCHEMA_LINE}")]


def _characters(data: bytes) -> list[_Departure]:
    """Return what stands in the file's bytes that no editor shows."""
    text = data.decode("utf-8")
    found: list[_Departure] = []
    if text.startswith("\ufeff"):
        found.append((Mark(1, 1), "L006", "a byte order mark; expected the text alone"))
    returns = re.search(r"\r", text)
    if returns:
        line = text.count("\n", 0, returns.start()) + 1
        found.append((Mark(line, 1), "L006", "a carriage return; expected lines that end with LF"))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.endswith("\n"):
        last = text.rpartition("\n")[2]
        place = Mark(text.count("\n") + 1, len(last) + 1)
        found.append((place, "L006", "the last line has no end; expected a line end"))
    for match in re.finditer(r"[ \t]+$", text, re.MULTILINE):
        before = text[: match.start()]
        place = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        found.append((place, "L006", "blanks at the end of the line; expected none"))
    return found


def _anything_else(text: str, wanted: str) -> list[_Departure]:
    """Return the first line that is written otherwise, for what has no finding of its own."""
    olds, news = (whole.removesuffix("\n").split("\n") for whole in (text, wanted))
    pairs = enumerate(zip_longest(olds, news), start=1)
    number, (old, new) = next(item for item in pairs if item[1][0] != item[1][1])
    return [(Mark(number, 1), "L008", difference(old, new))]


def _order_findings(node: Layout, kind: object) -> list[_Departure]:
    """Return a departure for the first entry of each block that stands after a later one."""
    if not isinstance(node, Collection):
        return []
    found: list[_Departure] = []
    for item, other in zip(node.items, _ordered(node, kind), strict=True):
        if item is not other and item.key and other.key:
            message = f"{item.key.text} stands before {other.key.text}; expected it after that"
            found.append((item.mark, "L002", message))
            break
    for item in node.items:
        found += _order_findings(item.value, _kind_of(item, kind))
    return found


def _ordered(node: Collection, kind: object) -> list[Item]:
    """Return a mapping's entries in the order of the model's fields, unknown ones last."""
    if not (node.is_map and isinstance(kind, type) and issubclass(kind, Block)):
        return node.items
    rank = {name: number for number, name in enumerate(_order(kind))}
    return sorted(node.items, key=lambda item: rank.get(item.key.text if item.key else "", 99))


@lru_cache
def _order(block: type[Block]) -> tuple[str, ...]:
    names = list(block.model_fields)
    for name, other in _SOONER.items():
        if name in names and other in names:
            names.remove(name)
            names.insert(names.index(other), name)
    return tuple(names)


def _kind_of(item: Item, kind: object) -> object:
    """Return the model's type of an entry's value, or None where it has none."""
    if item.key is None:
        return _bare_kind(get_args(kind)[0]) if get_origin(kind) is tuple else None
    if get_origin(kind) is dict:
        return _bare_kind(get_args(kind)[1])
    if isinstance(kind, type) and issubclass(kind, Block):
        known = kind.model_fields.get(item.key.text)
        return _bare_kind(known.annotation) if known else None
    return None


def _bare_kind(annotation: Any) -> object:  # noqa: ANN401 - whatever stands in an annotation
    """Return a type without ``Annotated`` and without ``None`` beside it."""
    if get_origin(annotation) is Annotated or get_origin(annotation) in (Union, types.UnionType):
        return _bare_kind(get_args(annotation)[0])
    return annotation


def _squeezed(lines: list[str], *, first: bool) -> list[str]:
    """Return comments with one blank line where there were several, none where a block begins."""
    kept: list[str] = []
    for line in lines:
        if line or (kept[-1] if kept else not first):
            kept.append(line)
    return kept


def _commented(node: Layout) -> bool:
    """Return whether a comment stands among the entries, so that brackets cannot hold them."""
    return isinstance(node, Collection) and any(
        item.trail or any(item.lead) or _commented(item.value) for item in node.items
    )


class _Writer:
    """Prints one page; remembers how each value was written, for `lint` to compare."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._scalars: list[tuple[Scalar, str]] = []
        self._brackets: list[Collection] = []
        self._gaps: list[Item] = []
        self._lines = self._document()

    def checked(self, data: bytes, file: str) -> bytes:
        """Return the bytes, once they are known to say the same as the old ones."""
        new = "".join(f"{line}\n" for line in self._lines).encode()
        try:
            same = plain(parse_tree(new, file)) == plain(parse_tree(data, file))
            kept = Counter(read_page(new, file).comments)
        except RecordError:
            same = False
        if not same or Counter(self._page.comments) - kept:
            raise StudyclaimsError(f"{file}: no style fits this file; nothing was changed")
        return new

    def departures(self) -> list[_Departure]:
        """Return each value, bracket and gap that stands otherwise in the file."""
        found: list[_Departure] = []
        for scalar, new in self._scalars:
            old = self._written(scalar)
            if old != new.split("\n"):
                code = "L003" if len(old) > 1 or "\n" in new else "L004"
                found.append((scalar.mark, code, self._compared(scalar, old, new)))
        for node in self._brackets:
            what = "mapping" if node.is_map else "list"
            here, there = ("in brackets", "over lines")[:: 1 if node.flow else -1]
            found.append((node.mark, "L007", f"found a {what} {here}; expected it {there}"))
        missing = "no blank line before this; expected one"
        return found + [(item.mark, "L005", missing) for item in self._gaps]

    def _compared(self, scalar: Scalar, old: list[str], new: str) -> str:
        """Return what is found and what is expected of a scalar that is written otherwise."""
        begin = self._page.text.rfind("\n", 0, scalar.start) + 1
        first, *rest = self._page.text[begin : scalar.end].split("\n")
        # The line of an indicator may be long by its comment alone.
        longest = max(map(len, rest if old[0][:1] in ("|", ">") else [first, *rest]), default=0)
        words = "a text over several lines" if len(old) > 1 else cut(old[0]) or "nothing"
        if "\n" not in new:
            return f"found {words}; expected {cut(new)}"
        folded = old[0].strip() == ">-"
        if longest >= WIDTH:
            wanted = f"at most {WIDTH - 1}" + ("" if folded else ", folded (>-)")
            return f"found a line of {longest} characters; expected {wanted}"
        if folded:
            return f"found lines broken elsewhere; expected each filled up to {WIDTH - 1} columns"
        return f"found {words}; expected it folded (>-)"

    def _written(self, scalar: Scalar) -> list[str]:
        """Return the lines of a scalar in the file, without indentation and header comment."""
        lines = self._page.text[scalar.start : scalar.end].split("\n")
        if scalar.style and scalar.style in "|>":
            lines[0] = lines[0].partition("#")[0]
        return [line.strip(" \t") for line in lines]

    def _document(self) -> list[str]:
        root = self._page.root
        if isinstance(root, Scalar):
            body = [*self._page.lead, printed(root, BLOCK)]
        elif not root.items:
            body = [*self._page.lead, "{}" if root.is_map else "[]"]
        else:
            self._arrange(root, Study)
            body = self._items(root, "", Study)
        lines = _squeezed([*body, *self._page.tail], first=True)
        schema = [line for line in lines if line.startswith(_SCHEMA_MARK)][:1]
        if schema:
            lines.remove(schema[0])
            lines = _squeezed(lines, first=True)
        while lines and not lines[-1]:
            lines.pop()
        return [*(schema or [SCHEMA_LINE]), *lines]

    def _arrange(self, node: Layout, kind: object) -> None:
        """Put entries in order; a comment before the first key of a list's item goes above it."""
        if not isinstance(node, Collection):
            return
        node.items = _ordered(node, kind)
        for item in node.items:
            self._arrange(item.value, _kind_of(item, kind))
            if item.key is None and isinstance(item.value, Collection) and item.value.items:
                first = item.value.items[0]
                item.lead += [line for line in first.lead if line]
                first.lead = []

    def _items(self, node: Collection, indent: str, kind: object) -> list[str]:
        """Return the lines of a collection that stands over lines."""
        lines: list[str] = []
        for number, item in enumerate(node.items):
            lead = _squeezed(item.lead, first=number == 0)
            if number and "" not in lead and self._needs_gap(node, number, kind):
                self._gaps.append(item)
                lead.insert(0, "")
            body = self._item(item, indent, _kind_of(item, kind))
            lines += [indent + line if line else "" for line in lead] + body
        return lines

    def _needs_gap(self, node: Collection, number: int, kind: object) -> bool:
        """Return whether a blank line sets an entry off: a block of the record, a proposition."""
        if kind == Study.model_fields["propositions"].annotation:
            return True
        pair = node.items[number - 1 : number + 1]
        return kind is Study and any(
            isinstance(i.value, Collection) and i.value.items for i in pair
        )

    def _item(self, item: Item, indent: str, kind: object) -> list[str]:
        head = f"{indent}-"
        if item.key:
            key = printed(item.key, KEY)
            self._scalars.append((item.key, key))
            head = f"{indent}{key}:"
        trail = f"  {item.trail}" if item.trail else ""
        value = item.value
        if isinstance(value, Scalar):
            first, *rest = self._scalar(value, len(head), len(indent)).split("\n")
            return [f"{head} {first}{trail}", *(f"{indent}  {line}" for line in rest)]
        inline = self._inline(value, WIDTH - len(head) - 1)
        if inline is not None:
            return [f"{head} {inline}{trail}"]
        lines = self._items(value, f"{indent}  ", kind)
        if item.key:
            return [head + trail, *lines]
        above = [indent + item.trail] if item.trail else []
        while lines[0].lstrip().startswith("#"):
            above.append(indent + lines.pop(0).lstrip())
        return [*above, f"{head} {lines[0][len(indent) + 2 :]}", *lines[1:]]

    def _inline(self, node: Collection, room: int) -> str | None:
        """Return a collection in brackets, or None where it stands over lines."""
        pieces: list[tuple[Scalar, str]] = []
        text = None
        if not _commented(node) and (node.flow or not node.is_map):
            text = _bracketed(node, pieces)
        if text is not None and len(text) >= room and node.items:
            text = None
        if node.items and (text is not None) != node.flow:
            self._brackets.append(node)
        if text is not None:
            self._scalars += pieces
        return text

    def _scalar(self, scalar: Scalar, column: int, indent: int) -> str:
        new = printed_long(scalar, column, indent)
        self._scalars.append((scalar, new))
        return new


def _bracketed(node: Collection, pieces: list[tuple[Scalar, str]]) -> str | None:
    """Return ``[a, b]`` or ``{k: a}``, and its scalars; None if it holds another mapping."""
    texts = []
    for item in node.items:
        value = item.value
        if isinstance(value, Scalar):
            text: str | None = printed(value, FLOW)
            pieces.append((value, text or ""))
        else:
            text = None if value.is_map or not node.is_map else _bracketed(value, pieces)
        if text is None:
            return None
        if item.key:
            key = printed(item.key, FLOW_KEY)
            pieces.append((item.key, key))
            text = f"{key}: {text}"
        texts.append(text)
    return f"{{{', '.join(texts)}}}" if node.is_map else f"[{', '.join(texts)}]"
