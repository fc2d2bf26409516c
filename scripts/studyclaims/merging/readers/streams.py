"""Files as streams of bytes, plain or packed (gzip, zstd), within bounds; and tables in them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, cast

from studyclaims.errors import StoreError
from studyclaims.merging.kgxfiles import LINE_LIMIT
from studyclaims.merging.readers.reading import Beginning, Line, as_it_stood
from studyclaims.outside import RATIO_FREE, RATIO_LIMIT, SIZE_LIMIT
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from studyclaims.merging.readers.reading import Notes

PACKED: Final = {".gz": "gzip", ".zst": "zstd"}
"""How a file is packed, by the end of its name."""

_CHUNK: Final = 1 << 20
_MARK: Final = b"\xef\xbb\xbf"
_SHOWN: Final = 60


def plain_name(path: Path) -> Path:
    """Return a file's name without what says how it is packed.

    >>> from pathlib import Path
    >>> plain_name(Path("a.nt.gz")).suffix, plain_name(Path("b.ttl")).suffix
    ('.nt', '.ttl')
    """
    return path.with_suffix("") if path.suffix.lower() in PACKED else path


class Bounded:
    """What a file holds, unpacked, which stops where it breaks a bound."""

    def __init__(self, path: Path, packed: IO[bytes], plain: IO[bytes]) -> None:
        self._path = path
        self._packed = packed
        self._plain = plain
        self._size = 0
        self.is_cut = False
        """Whether the last line has no end, as where a file was not copied whole."""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises:
            StoreError: the file is a bomb, too large, or no whole packed file.
        """
        try:
            data = self._plain.read(_CHUNK if size is None or size < 0 else size)
        except (OSError, EOFError, ValueError) as error:
            problem = "is no whole packed file; pack it anew, or mend its name"
            raise StoreError(f"{self._path}: {problem} ({error})") from error
        if not self._size:
            data = data.removeprefix(_MARK)
        self._size += len(data)
        if self._size > SIZE_LIMIT:
            raise StoreError(f"{self._path}: more than {SIZE_LIMIT:,} bytes; split the file")
        is_packed = self._packed is not self._plain
        if is_packed and self._size > max(RATIO_FREE, RATIO_LIMIT * self._packed.tell()):
            problem = f"unpacks to more than {RATIO_LIMIT} times its size; unpack it by hand"
            raise StoreError(f"{self._path}: {problem}")
        return data

    def whole(self, limit: int) -> bytes:
        """Return all that is left.

        Raises:
            StoreError: it is more than the limit.
        """
        parts, size = [], 0
        while data := self.read(_CHUNK):
            parts.append(data)
            size += len(data)
            if size > limit:
                problem = f"holds more than {limit:,} bytes, and is read as a whole"
                raise StoreError(f"{self._path}: {problem}; write it line by line (JSONL)")
        return b"".join(parts)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its number, its end taken off; of one too long, its beginning.

        Whoever wants the rest of that says where to by `Beginning.keep`.
        """
        left, number = b"", 0
        begun: Beginning | None = None
        while data := self.read(_CHUNK):
            *whole, left = (left + data).split(b"\n")
            for line in whole:
                if begun is not None:
                    _pass_on(begun, line + b"\n")
                    begun = None
                    continue
                number += 1
                yield number, _without_end(line)
            if len(left) > LINE_LIMIT:
                if begun is None:
                    number += 1
                    begun = Beginning(left)
                    yield number, begun
                else:
                    _pass_on(begun, left)
                left = b""
        if begun is not None:
            _pass_on(begun, left + b"\n")
        elif left:
            self.is_cut = True
            yield number + 1, _without_end(left)


def _without_end(line: bytes) -> bytes:
    return Line(line[:-1]) if line.endswith(b"\r") else line


def _pass_on(begun: Beginning, data: bytes) -> None:
    if begun.keep is not None:
        begun.keep(data)


@contextmanager
def opened(path: Path) -> Iterator[Bounded]:
    """Give what a file holds, unpacked.

    >>> from pathlib import Path
    >>> with opened(Path(__file__)) as file:
    ...     print(next(file.lines())[0])
    1

    Raises:
        StoreError: it cannot be opened.
    """
    kind = PACKED.get(path.suffix.lower())
    try:
        with path.open("rb") as file:
            if kind is None:
                yield Bounded(path, file, file)
                return
            import pyarrow as pa

            # Buffered by pieces of a fixed size, so that the place in the packed file is known.
            with pa.CompressedInputStream(pa.PythonFile(file, "r"), kind) as plain:
                yield Bounded(path, file, cast("IO[bytes]", plain))
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error


def text_of(line: bytes, number: int, notes: Notes) -> str | None:
    r"""Return a line as text, or None where it is set aside.

    >>> from studyclaims.merging.readers.reading import Notes
    >>> notes = Notes("a.tsv")
    >>> text_of(b"a", 1, notes), text_of(b"\xff", 2, notes), next(iter(notes.refused)).found
    ('a', None, 'the byte 0xff')
    """
    notes.at_hand = line
    if len(line) > LINE_LIMIT:
        begun = visible(line[:_SHOWN].decode("utf-8", "replace"))
        notes.refuse(
            number, f"a line that begins {begun!r}", f"expected at most {LINE_LIMIT:,} bytes"
        )
        return None
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        notes.refuse(
            number, f"the byte 0x{line[error.start]:02x}", "expected UTF-8; write it as that"
        )
        return None
    if "\r" in text or "\0" in text:
        notes.refuse(number, "a carriage return or NUL in a cell", "expected neither; take it out")
        return None
    return text


def table(
    file: Bounded, notes: Notes, names: tuple[str, ...] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    r"""Yield the rows of a tab-separated table, each with its line's number, by column.

    Many programs leave out tabs at a line's end: cells that are missing there are empty ones, and
    counted as repaired. Any other line without a cell for each column is set aside, and so is a
    short one at the end of a file, which may be cut off. Lines that begin with ``#`` before the
    header are passed over; what is set aside is kept under them and the header, so that it can be
    mended and read as it is. A cell is what stands between two tabs, quotes and all.

    >>> from io import BytesIO
    >>> from pathlib import Path
    >>> from studyclaims.merging.readers.reading import Notes
    >>> data = BytesIO(b"a\tb\n1\t2\n")
    >>> list(table(Bounded(Path("a.tsv"), data, data), Notes("a.tsv")))
    [(2, {'a': '1', 'b': '2'})]

    Args:
        file: what the table stands in.
        notes: what was set aside goes there.
        names: the columns, where the table has no header.

    Raises:
        StoreError: two columns have one name.
    """
    header = names
    for number, line in file.lines():
        if not line:
            continue
        if not header:
            header = _begun(line, notes)
            continue
        notes.counts["in"] += 1
        text = text_of(line, number, notes)
        if text is None:
            continue
        cells = text.split("\t")
        if 1 < len(cells) < len(header) and not file.is_cut:
            notes.counts["repaired"] += 1
            cells += [""] * (len(header) - len(cells))
        if len(cells) != len(header):
            noun = "cell" if len(cells) == 1 else "cells"
            wanted = f"expected {len(header)} cells, as in the header; mend the line"
            if file.is_cut:
                wanted += "; it has no end, and the file may be cut off here"
            notes.refuse(number, f"{len(cells)} {noun}", wanted)
            continue
        yield number, dict(zip(header, cells, strict=True))


def _begun(line: bytes, notes: Notes) -> tuple[str, ...]:
    """Return the columns that a line names, or none where it is a comment; the notes keep both."""
    is_comment = line.startswith(b"#")
    header = () if is_comment else header_of(line, notes.name)
    if header or len(notes.head) < LINE_LIMIT:
        notes.head += as_it_stood(line)
    return header


def header_of(line: bytes, name: str) -> tuple[str, ...]:
    r"""Return the names of the columns in a header.

    >>> header_of(b"a\tb", "x.tsv")
    ('a', 'b')

    Raises:
        StoreError: it is not UTF-8, or two columns have one name.
    """
    try:
        header = tuple(line.decode("utf-8").split("\t"))
    except UnicodeDecodeError as error:
        raise StoreError(f"{name}: its header is not UTF-8; write the file as that") from error
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise StoreError(f"{name}: found two columns called {visible(twice[0])!r}; rename one")
    return header
