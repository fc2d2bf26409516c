"""Reading RDF files from outside: six forms, plain or packed with gzip, and nobody vouches for one.

A file is read as it streams, within a bound on its bytes. Some kilobytes of triple terms, one
inside the other, end the process in the parser, where no error can be caught; some hundred bytes of
RDF/XML or JSON-LD fill the memory. So whatever a parser might die of is parsed by a child,
``python -m studyclaims.outside FORM PACKED TASK``, which may die: with bounds on memory and time,
and with no way to open a file or a socket. What it read comes back as N-Quads once all of it is
read, and never in part. Nothing is fetched.

Files that this package built are read by `studyclaims.stores.embedded.read_quads`.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    NamedNode,
    RdfFormat,
    parse,
    serialize,
)

from studyclaims.errors import StoreError
from studyclaims.formats import FORMATS
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad

PACKED: Final = ".gz"
"""The suffix of a file that is packed; the one before it says what it holds."""

SUFFIXES: Final = {known.suffix: name for name, known in FORMATS.items()}
"""The files that are read, and the form that each suffix stands for."""

SIZE_LIMIT: Final = 2_000_000_000
"""The most bytes a file of graphs may have, unpacked."""

CHILD_LIMIT: Final = 100_000_000
"""The most bytes of RDF/XML or JSON-LD: their parsers keep far more in memory than they read."""

RATIO_LIMIT: Final = 200
"""How many times its packed size a file may have unpacked; N-Quads have some 30 times."""

RATIO_FREE: Final = 50_000_000
"""The bytes that a file may have unpacked, however small it is packed."""

STAR_LIMIT: Final = 1_000
"""How often ``<<`` may stand in what this process parses: a line of N-Quads, a file of Turtle.

Some thousand triple terms, one inside the other, end the process.
"""

DEADLINE: Final = 60
"""The seconds that the child may take."""

PATIENCE: Final = 20
"""The seconds that it may take to name blank nodes: most files take none."""

MEMORY: Final = 1 << 30
"""The bytes of address space that the child may use."""

_READERS: Final = {
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
    "rdf": RdfFormat.RDF_XML,
}
_BY_CHILD: Final = frozenset({"jsonld", "rdf"})
_BY_LINE: Final = frozenset({"nq", "nt"})
"""The forms in which no statement goes over a line's end, so that each line is counted alone."""

_CHUNK: Final = 1 << 20
_MARK: Final = b"\xef\xbb\xbf"
"""A byte order mark, which some editors put before any text."""

_REFUSED: Final = 3
"""The child's exit status for a file that breaks its form; Python itself uses 1 and 2."""
_REPORT: Final = b"studyclaims.outside: "
_BASE: Final = "https://base.invalid/"
"""What relative names in JSON-LD are read against: without one, they vanish without a word."""

_PLACE: Final = re.compile(r"^Parser error (?:at|between) [^:]*: ")
_REMOTE: Final = "No LoadDocumentCallback"
_LIMITS: Final = "it needs more than {} MiB or {} s: it nests too deep, or holds too much"


def form_of(path: Path) -> tuple[str, bool]:
    """Return the form that a file's name stands for, and whether the file is packed.

    >>> form_of(Path("a.nq.GZ")), form_of(Path("b.TTL"))
    (('nq', True), ('ttl', False))

    Raises:
        StoreError: no form has that suffix.
    """
    packed = path.suffix.lower() == PACKED
    suffix = Path(path.stem).suffix if packed else path.suffix
    form = SUFFIXES.get(suffix.lower())
    if form is None:
        expected = f"one of {', '.join(SUFFIXES)}, or one of these and {PACKED}"
        raise StoreError(f"{path}: found the suffix {suffix!r}; expected {expected}")
    return form, packed


def read_outside(path: Path, *, rename: bool = False) -> Iterator[Quad]:
    """Yield the quads of a file from outside, in the form that its suffix names.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.jsonld"
    ...     _ = file.write_text('{"@id": "urn:x:a", "urn:x:b": "c"}')
    ...     print(*read_outside(file))
    <urn:x:a> <urn:x:b> "c"

    Args:
        path: the file; .gz after its suffix says that it is packed.
        rename: give blank nodes names of their own, so that those of two files stay apart.

    Raises:
        StoreError: an unknown suffix, a file that cannot be opened, is not well formed or is too
            large; it says at which line, where the parser knows.
    """
    form, packed = form_of(path)
    try:
        with path.open("rb") as file:
            yield from read_stream(file, str(path), form, packed=packed, rename=rename)
    except OSError as error:
        problem = error.strerror or str(error)
        raise StoreError(f"{path}: cannot be read as {form}: {problem}") from error


def read_stream(
    file: IO[bytes], name: str, form: str, *, packed: bool = False, rename: bool = False
) -> Iterator[Quad]:
    """Yield the quads of an open file; it must be one that can be read twice, and no pipe.

    >>> with tempfile.TemporaryFile() as file:
    ...     _ = file.write(b"<urn:x:a> <urn:x:b> <urn:x:c> .")
    ...     _ = file.seek(0)
    ...     print(*read_stream(file, "a.nt", "nt"))
    <urn:x:a> <urn:x:b> <urn:x:c>

    Args:
        file: an open file.
        name: what errors call it.
        form: one of `studyclaims.formats.FORMATS`.
        packed: whether it is packed with gzip.
        rename: as for `read_outside`.

    Raises:
        StoreError: as `read_outside`.
        OSError: the file cannot be read.
    """
    if form in _BY_CHILD or (form not in _BY_LINE and _many_stars(file, name, form, packed=packed)):
        with _from_child(file, name, form, "packed" if packed else "plain", DEADLINE) as lines:
            yield from _parsed(_Watched(lines, name, "nq"), name, "nq", rename=rename)
    else:
        watched = _Watched(file, name, form, packed=packed)
        yield from _parsed(watched, name, form, rename=rename)


def canonical(quads: Iterable[Quad], name: str) -> list[Quad]:
    """Return the quads with canonical names for blank nodes (RDFC-1.0), each once, sorted.

    A few blank nodes that nothing tells apart can keep that busy for ever, so a child does it.

    >>> from pyoxigraph import BlankNode, Quad
    >>> it = NamedNode("urn:x:a")
    >>> [str(quad) for quad in canonical([Quad(BlankNode("z"), it, it)], "z.nt")]
    ['_:c14n0 <urn:x:a> <urn:x:a>']

    Raises:
        StoreError: it takes more time or memory than there is; ``name`` is what it calls them.
    """
    with tempfile.TemporaryFile() as file:
        serialize(quads, file, format=RdfFormat.N_QUADS)
        file.seek(0)
        try:
            with _from_child(file, name, "nq", "canonical", PATIENCE) as lines:
                return list(_parsed(_Watched(lines, name, "nq"), name, "nq"))
        except StoreError as error:
            problem = f"its blank nodes are not told apart within {PATIENCE} s"
            raise StoreError(f"{name}: {problem}; give them IRIs") from error


class _Watched:
    """A file as the parser reads it, which stops where the file breaks a bound."""

    def __init__(self, file: IO[bytes], name: str, form: str, *, packed: bool = False) -> None:
        self._file = file
        self._packed = packed
        self._unpacked: IO[bytes] = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
        self._name = name
        self._limit = CHILD_LIMIT if form in _BY_CHILD else SIZE_LIMIT
        self._by_line = form in _BY_LINE
        self._size = 0
        self._stars = _Stars()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, or raise what must not reach the parser."""
        try:
            data = self._unpacked.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            problem = f"is no whole gzip file: {error}; pack it anew, or leave out {PACKED}"
            raise StoreError(f"{self._name}: {problem}") from error
        if not self._size:
            data = data.removeprefix(_MARK)
        self._size += len(data)
        if self._size > self._limit:
            raise StoreError(f"{self._name}: more than {self._limit:,} bytes; split the file")
        if self._packed and self._size > max(RATIO_FREE, RATIO_LIMIT * self._file.tell()):
            problem = f"unpacks to more than {RATIO_LIMIT} times its size; unpack it by hand"
            raise StoreError(f"{self._name}: {problem}")
        if self._by_line and self._stars.most_in_a_line(data) > STAR_LIMIT:
            problem = f"a line with more than {STAR_LIMIT:,} triple terms; leave the statement out"
            raise StoreError(f"{self._name}: {problem}")
        return data


class _Stars:
    """Counts ``<<`` in what comes piece by piece; a third ``<`` in a row counts once more."""

    def __init__(self) -> None:
        self.all = 0
        self._line = 0
        self._end = b""

    def most_in_a_line(self, data: bytes) -> int:
        """Return the most that any line has, up to the end of this piece."""
        counts = [line.count(b"<<") for line in data.split(b"\n")]
        counts[0] += self._end == b"<" == data[:1]
        self.all += sum(counts)
        counts[0] += self._line
        self._line, self._end = counts[-1], data[-1:] or self._end
        return max(counts)


def _many_stars(file: IO[bytes], name: str, form: str, *, packed: bool) -> bool:
    """Return whether a file has so many ``<<`` that this process does not parse it."""
    watched, stars = _Watched(file, name, form, packed=packed), _Stars()
    while data := watched.read(_CHUNK):
        stars.most_in_a_line(data)
        if stars.all > STAR_LIMIT:
            break
    file.seek(0)
    return stars.all > STAR_LIMIT


def _parsed(watched: _Watched, name: str, form: str, *, rename: bool = False) -> Iterator[Quad]:
    """Yield the quads of a form that this process parses."""
    try:
        yield from parse(
            cast("IO[bytes]", watched), format=_READERS[form], rename_blank_nodes=rename
        )
    except SyntaxError as error:
        raise _refusal(name, form, _told(error)) from error


@contextmanager
def _from_child(
    file: IO[bytes], name: str, form: str, task: str, deadline: int
) -> Iterator[IO[bytes]]:
    """Give the N-Quads that a child makes of a file, or raise what it says of it."""
    # -P keeps the current folder, which may hold a file called json.py, off the search path.
    command = [sys.executable, "-BP", "-m", "studyclaims.outside", form, task]
    too_much = {"message": _LIMITS.format(MEMORY >> 20, deadline)}
    with tempfile.TemporaryFile() as lines:
        try:
            done = subprocess.run(  # noqa: S603 - our own module and words of our own
                command,
                stdin=file,
                stdout=lines,
                stderr=subprocess.PIPE,
                env=_environment(),
                timeout=deadline,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _refusal(name, form, too_much) from error
        if done.returncode:
            refused = done.returncode == _REFUSED
            raise _refusal(name, form, _reported(done.stderr) if refused else too_much)
        lines.seek(0)
        yield lines


def _environment() -> dict[str, str]:
    """Return the child's environment: this one, without what would make Python say more."""
    # Python's own -E would leave out the path of this package too.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"PYTHONPATH": str(Path(__file__).resolve().parents[1]), "RUST_BACKTRACE": "0"}


def _reported(said: bytes) -> dict[str, Any]:
    """Return what the child reports; a start-up file of this Python may print other lines too."""
    told: dict[str, Any] = json.loads(said.split(_REPORT)[-1].splitlines()[0])
    return told


def _report(told: dict[str, Any]) -> int:
    """Tell the parent why nothing is read; return the exit status that says so."""
    sys.stderr.buffer.write(b"\n%b%b\n" % (_REPORT, json.dumps(told).encode()))
    return _REFUSED


def _told(error: SyntaxError) -> dict[str, Any]:
    """Return what a parser says, and where."""
    message = str(error.msg)
    if _REMOTE in message:
        message = (
            "it names a context elsewhere, and nothing is fetched; "
            "write the context itself in place of its address"
        )
    place = {"line": error.lineno, "column": error.offset}
    return {"message": _PLACE.sub("", message)} | (place if error.lineno else {})


def _refusal(name: str, form: str, told: dict[str, Any]) -> StoreError:
    """Return the error of a file that cannot be read; ``told`` has the message, and the place."""
    if told.get("whole"):
        return StoreError(told["message"].replace("<stdin>", name, 1))
    place = f":{told['line']}:{told['column']}" if "line" in told else ""
    return StoreError(f"{name}{place}: cannot be read as {form}: {visible(told['message'])}")


def _make_small() -> None:
    """Bound what this process may use; it keeps what it has open and opens nothing more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (DEADLINE, DEADLINE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE_LIMIT, SIZE_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _whole_names(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads, or raise where a name in them is relative."""
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, NamedNode) and term.value.startswith(_BASE):
                name = term.value.removeprefix(_BASE)
                message = f"the name {name!r} is relative; write it whole, or give @base"
                raise SyntaxError(message)
        yield quad


def main(form: str, task: str) -> int:
    """Print what standard input holds as N-Quads, within bounds; return the exit status.

    ``task`` says how the input comes, plain or packed, or is "canonical".
    """
    _make_small()
    watched = _Watched(sys.stdin.buffer, "<stdin>", form, packed=task == "packed")
    base = _BASE if form == "jsonld" else None
    try:
        quads: Iterable[Quad] = parse(
            cast("IO[bytes]", watched), format=_READERS[form], base_iri=base
        )
        if task == "canonical":
            dataset = Dataset(quads)
            dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
            text = serialize(dataset, format=RdfFormat.N_QUADS) or b""
            sys.stdout.buffer.writelines(sorted(text.splitlines(keepends=True)))
        else:
            serialize(_whole_names(quads), sys.stdout.buffer, format=RdfFormat.N_QUADS)
        sys.stdout.buffer.flush()
    except SyntaxError as error:
        return _report(_told(error))
    except StoreError as error:
        return _report({"message": str(error), "whole": True})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
