"""Files of KGX as tab-separated text: what is in them, and making them fit to be read in bulk.

A cell is what stands between two tabs, quotes and all. A file is counted before it is read; where
the count then differs, or DuckDB refuses it, each line is looked at, and those that will not do are
set aside as they are, byte by byte. As in `studyclaims.merging.readers.streams.table`, a line that
lacks cells at its end has empty ones there, for many programs leave out tabs at the end; it is set
aside where it lacks an id, or has one cell alone, or no end, which is how a file looks that was cut
off.
"""

from __future__ import annotations

import gzip
import json
import zlib
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Final

from studyclaims.errors import StoreError
from studyclaims.merging.negation import (
    NEGATED,
    cell_sql,
    denied_columns,
    row_denies,
    telling_columns,
)
from studyclaims.merging.table import Refused
from studyclaims.outside import PACKED, RATIO_FREE, RATIO_LIMIT
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDS: Final = {"edges": ("subject", "predicate", "object"), "nodes": ("id",)}
"""What a row of each kind must have."""

LINE_LIMIT: Final = 2_000_000
"""The most bytes of a line: DuckDB keeps several of the longest in memory."""

LINE: Final = "given_line"
"""What the number of a row's line is called inside, where a table has it."""

_MARK: Final = b"\xef\xbb\xbf"
_CHUNK: Final = 1 << 22
_COUNTED: Final = 1 << 18
_SHOWN: Final = 60
_UNSURE: Final = "expected true or false, and all the same; say which"


@dataclass(frozen=True, slots=True)
class KgxFile:
    """One table of nodes or edges, ready to be read: ``path`` may be a copy of ``given``."""

    given: Path
    path: Path
    source: str
    kind: str
    columns: tuple[str, ...]
    """The columns of the merge that it has: all spellings of ``negated`` in edges are one."""

    rows: int
    """How many rows the file that was given has."""

    refused: tuple[Refused, ...] = ()
    """Whatever of it was set aside; a row each."""

    repaired: int = 0
    """How many rows lacked cells at their end."""

    cells: tuple[str, ...] = ()
    """The names in the header, one a cell, where they are not the columns."""

    unsure: tuple[tuple[str, str, str, str], ...] = ()
    """Subject, predicate, object and id or line of what was set aside since it may be denied."""

    is_numbered: bool = False
    """Whether each row has, behind its cells, the number of its line in the file as given."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", self.cells or self.columns)

    @property
    def denied(self) -> tuple[str, ...]:
        """Those names in the header of edges that deny a row, or may."""
        return tuple(telling_columns(self.cells)) if self.kind == "edges" else ()

    @property
    def may_disagree(self) -> bool:
        """Whether a row may have to be set aside since nobody knows whether it is denied."""
        return bool(self.denied) and (len(self.denied) > 1 or not denied_columns(self.denied))

    @property
    def line(self) -> str:
        """A text of DuckDB for the line in which a row stands in the file that was given."""
        return LINE if self.is_numbered else "(1 + row_number() over ())::varchar"

    def said(self, row: str = "") -> list[str]:
        """Return texts of DuckDB for what the cells of a row that deny it say."""
        return [cell_sql(name, f"{row}{self.at(name)}") for name in self.denied]

    def at(self, name: str) -> str:
        """Return what the cell under a name in the header is called inside."""
        return f"c{self.cells.index(name)}"


def kind_of(path: Path) -> str | None:
    """Return whether a file holds edges or nodes, by its name, or None for another file.

    >>> from pathlib import Path
    >>> kind_of(Path("a_edges.tsv")), kind_of(Path("nodes.TSV.gz")), kind_of(Path("a.ttl"))
    ('edges', 'nodes', None)
    """
    name = path.name.lower().removesuffix(PACKED)
    return next((kind for kind in ENDS if name.endswith(f"{kind}.tsv")), None)


def source_of(path: Path) -> str:
    """Return what the source of a file of KGX is called: its name, without what all have.

    >>> from pathlib import Path
    >>> source_of(Path("hpo/mono-darch_edges.tsv.gz")), source_of(Path("hpo/nodes.tsv"))
    ('mono-darch', 'hpo')
    """
    name = path.name[: -len(PACKED)] if path.name.lower().endswith(PACKED) else path.name
    stem = name[: -len(f"{kind_of(path)}.tsv")].rstrip("_-.") or path.resolve().parent.name
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in stem)


def open_kgx(path: Path, folder: Path) -> KgxFile:
    r"""Return a file of nodes or edges, its header read and its rows counted.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     file = Path(name, "a_nodes.tsv")
    ...     written = file.write_text("id\tname\nx:1\tone\n")
    ...     it = open_kgx(file, Path(name))
    >>> it.source, it.columns, it.rows
    ('a', ('id', 'name'), 1)

    Args:
        path: the file; it may be packed.
        folder: where it is unpacked to, if need be.

    Raises:
        StoreError: it cannot be read, or its header will not do.
    """
    plain = _unpacked(path, folder) if path.name.lower().endswith(PACKED) else path
    kind = kind_of(path) or "edges"
    try:
        with plain.open("rb") as file:
            cells = _header(path, file.readline(LINE_LIMIT), ENDS[kind])
            rows = _count(file)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error
    return KgxFile(path, plain, source_of(path), kind, _columns(kind, cells), rows, cells=cells)


def _columns(kind: str, cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of the merge that a table has."""
    if kind == "nodes":
        return cells
    denied = denied_columns(cells)
    columns = dict.fromkeys(NEGATED if name in denied else name for name in cells)
    # What a modifier says is said in the one column of denials too; nobody else looks there.
    return (*(columns | dict.fromkeys([NEGATED] if telling_columns(cells) else ())),)


def mended(file: KgxFile, folder: Path) -> KgxFile:
    r"""Return the file as a copy that holds only lines that can be read; the others are set aside.

    Those are put as they are, under the header, into ``folder/quarantine``. Each line of the copy
    ends in its number in the file as it was given.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     given = Path(name, "a_nodes.tsv")
    ...     written = given.write_text("id\tname\nx:1\tone\nx:2\n")
    ...     it = mended(open_kgx(given, Path(name)), Path(name))
    ...     print(it.path.read_text().splitlines()[1:], it.refused[0].reason)
    ['x:1\tone\t2'] expected 2 cells, as in the header; mend the line
    """
    copy = folder / f".mended-{file.source}-{file.kind}.tsv"
    needed = tuple(file.cells.index(name) for name in ENDS[file.kind])
    denied = {name: file.cells.index(name) for name in file.denied if file.may_disagree}
    refused: list[Refused] = []
    unsure: list[tuple[str, str, str, str]] = []
    rows = repaired = 0
    with ExitStack() as stack:
        given = stack.enter_context(file.path.open("rb"))
        good = stack.enter_context(copy.open("wb"))
        bad: IO[bytes] | None = None
        header = given.readline(LINE_LIMIT)
        good.write(header.removeprefix(_MARK).rstrip(b"\r\n") + b"\t%s\n" % LINE.encode())
        for number, line in numbered_lines(given, 2):
            if not line.strip(b"\r\n"):
                continue
            rows += 1
            lacking = len(file.cells) - 1 - line.count(b"\t")
            short = line.endswith(b"\n") and 0 < lacking < len(file.cells) - 1
            whole = line.rstrip(b"\r\n") + b"\t" * lacking + b"\n" if short else line
            found, reason = _fault(whole, len(file.cells), needed, denied)
            if reason:
                refused.append(Refused(file.given.name, str(number), found, reason))
                unsure += _unsure(file, whole, number) if reason == _UNSURE else ()
                if bad is None:
                    bad = stack.enter_context(_opened(file, folder))
                    bad.write(header)
                bad.write(line)
                copy_rest(given, bad, line)
            else:
                repaired += short
                good.write(whole.rstrip(b"\r\n") + b"\t%d\n" % number)
    made = replace(file, path=copy, rows=rows, repaired=repaired, is_numbered=True)
    return replace(made, refused=tuple(refused), unsure=tuple(unsure))


def _opened(file: KgxFile, folder: Path) -> IO[bytes]:
    """Return the file in which what is set aside is kept."""
    aside = folder / "quarantine"
    aside.mkdir(exist_ok=True)
    return (aside / f"{file.source}_{file.kind}.tsv").open("wb")


def _unsure(file: KgxFile, line: bytes, number: int) -> list[tuple[str, str, str, str]]:
    parts = line.decode().rstrip("\r\n").split("\t")
    subject, predicate, object_ = (parts[file.cells.index(name)] for name in ENDS["edges"])
    record = parts[file.cells.index("id")] if "id" in file.cells else ""
    return [(subject, predicate, object_, record or str(number))]


def numbered_lines(file: IO[bytes], number: int) -> Iterator[tuple[int, bytes]]:
    r"""Yield each line that comes with its number; of one that is too long, its beginning.

    >>> from io import BytesIO
    >>> list(numbered_lines(BytesIO(b"a\nb"), 1))
    [(1, b'a\n'), (2, b'b')]
    """
    while line := file.readline(LINE_LIMIT):
        yield number, line
        number += 1


def copy_rest(given: IO[bytes], bad: IO[bytes], line: bytes) -> None:
    r"""Put the rest of a line that is too long where its beginning is.

    >>> from io import BytesIO
    >>> bad = BytesIO()
    >>> copy_rest(BytesIO(b"cd\nef"), bad, b"ab")
    >>> bad.getvalue()
    b'cd\n'
    """
    while line and not line.endswith(b"\n"):
        line = given.readline(_CHUNK)
        bad.write(line)
    if not line:
        bad.write(b"\n")


def line_fault(line: bytes) -> tuple[str, str]:
    r"""Return what is wrong with a line of any text, and why; two empty texts where nothing is.

    >>> line_fault(b"a\xff")
    ('the byte 0xff', 'expected UTF-8; write the file as that')
    """
    if len(line) >= LINE_LIMIT:
        begun = visible(line[:_SHOWN].decode("utf-8", "replace"))
        return f"a line that begins {begun!r}", f"expected fewer than {LINE_LIMIT:,} bytes"
    bare = line.rstrip(b"\r\n")
    try:
        bare.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"the byte 0x{bare[error.start]:02x}", "expected UTF-8; write the file as that"
    if b"\r" in bare or b"\0" in bare or b"\1" in bare:
        return "a carriage return, or a character 0 or 1", "expected none; take it out"
    return "", ""


def _fault(
    line: bytes, cells: int, needed: tuple[int, ...], denied: dict[str, int]
) -> tuple[str, str]:
    """Return what a row has and why that will not do; two empty texts where it will."""
    found, reason = line_fault(line)
    if reason:
        return found, reason
    parts = line.rstrip(b"\r\n").split(b"\t")
    if len(parts) != cells:
        noun = "cell" if len(parts) == 1 else "cells"
        return f"{len(parts)} {noun}", f"expected {cells} cells, as in the header; mend the line"
    if not all(parts[at] for at in needed):
        return "an empty cell", "expected an id or predicate in it; mend the line"
    told = {name: parts[at].decode() for name, at in denied.items()}
    if row_denies(told) is None:
        found = visible(json.dumps(told, ensure_ascii=False)[:_SHOWN])
        return found, _UNSURE
    return "", ""


def _header(path: Path, line: bytes, needed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the columns, or raise where they will not do."""
    try:
        text = line.removeprefix(_MARK).rstrip(b"\r\n").decode("utf-8")
    except UnicodeDecodeError as error:
        raise StoreError(f"{path}:1: is not UTF-8: {error.reason}; write it as UTF-8") from error
    columns = tuple(text.split("\t"))
    missing = [name for name in needed if name not in columns]
    if missing:
        found = visible(", ".join(columns)[:200])
        wanted = ", ".join(missing)
        raise StoreError(f"{path}:1: found the columns {found!r}; expected also {wanted}")
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        named = visible(", ".join(map(repr, twice)))
        raise StoreError(f"{path}:1: found two columns called {named}; give each its own name")
    return columns


def _count(file: IO[bytes]) -> int:
    """Return how many lines stand in the rest of a file."""
    rows, last = 0, b"\n"
    # What is counted stays in the cache of the core.
    while data := file.read(_COUNTED):
        rows += data.count(b"\n")
        last = data[-1:]
    return rows + (last != b"\n")


def count_lines(path: Path) -> int:
    """Return how many lines a file has.

    >>> from pathlib import Path
    >>> count_lines(Path(__file__)) > 100
    True
    """
    with path.open("rb") as file:
        return _count(file)


def _unpacked(path: Path, folder: Path) -> Path:
    """Return a plain copy of a packed file, or raise where it is no whole one, or a bomb."""
    # Two files may have one name, and what they are called is not settled yet.
    number = len(list(folder.glob(".unpacked-*")))
    plain = folder / f".unpacked-{number}.tsv"
    size = 0
    try:
        with path.open("rb") as packed, gzip.open(packed) as file, plain.open("wb") as copy:
            while data := file.read(_CHUNK):
                size += len(data)
                if size > max(RATIO_FREE, RATIO_LIMIT * packed.tell()):
                    problem = f"unpacks to more than {RATIO_LIMIT} times its size"
                    raise StoreError(f"{path}: {problem}; unpack it by hand")
                copy.write(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        problem = f"is no whole gzip file: {error}; fetch it again, or leave out {PACKED}"
        raise StoreError(f"{path}: {problem}") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error
    return plain
