"""RDF in all forms as rows: what is no IRI is mended or set aside, blank nodes get a source's name.

Turtle and TriG are parsed twice: whether they can be read to their end is known before the first
row, so a file is read whole or not at all. N-Triples and N-Quads are read line by line, and RDF/XML
and JSON-LD by the child of `studyclaims.outside`, which mends nothing. The graphs of
nanopublications are named as frozen, and nothing in them is mended either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import IO, TYPE_CHECKING, Final, cast

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse

from studyclaims.errors import StoreError
from studyclaims.merging.identity import CLOSE, DISJOINT
from studyclaims.merging.lines import IMPLIED, language
from studyclaims.merging.negation import ASSERTED, DIFFERENT, TOLD, denies
from studyclaims.merging.quoted import KIND, REIFIES, triple_text
from studyclaims.merging.readers.reading import EXACT, Mapped, Said, more
from studyclaims.merging.readers.streams import opened, text_of
from studyclaims.merging.readers.unread import require_read
from studyclaims.merging.table import NANOPUB, NANOPUB_PARTS
from studyclaims.outside import STAR_LIMIT, read_stream
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.merging.readers.reading import Notes, Row
    from studyclaims.merging.readers.streams import Bounded

FORMS: Final = {
    ".ttl": "ttl",
    ".trig": "trig",
    ".nt": "nt",
    ".nq": "nq",
    ".rdf": "rdf",
    ".owl": "rdf",
    ".jsonld": "jsonld",
}
"""The forms of RDF, by the suffix that a file has when it is unpacked."""

_WHOLE: Final = {"ttl": RdfFormat.TURTLE, "trig": RdfFormat.TRIG}
_NO_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_NO_CODE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_OWN_NAME: Final = re.compile(r"[0-9a-f]{16,32}")
"""What the parser calls a blank node that has no name in the file: another each time."""

_SHOWN: Final = 80
_LINKING: Final = EXACT | DIFFERENT | DISJOINT
_DENIABLE: Final = EXACT | CLOSE


def read_rdf(path: Path, source: str, form: str, notes: Notes) -> Iterator[Row]:
    """Yield what a file says; ``form`` is one of those in `FORMS`.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from studyclaims.merging.readers.reading import Notes
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.ttl")
    ...     written = file.write_text("<http://x/a b> <http://x/p> [] .")
    ...     row = next(read_rdf(file, "a", "ttl", Notes("a.ttl")))
    >>> row.s, row.o, row.more
    ('http://x/a%20b', '_:a..0', '{"as_written":{"s":"http://x/a b"}}')

    Raises:
        StoreError: the file cannot be read, or not to its end.
    """
    notes.is_graph = True
    rows = _Rows(source, notes)
    if form in _WHOLE:
        quads = partial(_parsed, path, form)
        try:
            rows.graphs(quads())
        except _ManyStarsError:
            quads = partial(_from_child, path, form)
            rows.graphs(quads())
        yield from rows.of(quads())
    elif form in {"nt", "nq"}:
        yield from _by_line(path, rows)
    else:
        yield from rows.of(_from_child(path, form))
    yield from rows.denials()


def _from_child(path: Path, form: str) -> Iterator[Quad]:
    """Yield the quads of a form whose parser must run elsewhere."""
    if path.suffix.lower() == ".zst":
        problem = _MANY if form in _WHOLE else ""
        raise StoreError(f"{path}: {form} packed with zstd is not read{problem}; unpack it")
    require_read(path, form)
    try:
        with path.open("rb") as file:
            yield from read_stream(file, str(path), form, packed=path.suffix.lower() == ".gz")
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}") from error


def _parsed(path: Path, form: str) -> Iterator[Quad]:
    """Yield the quads of Turtle or TriG; what is no IRI goes through."""
    with opened(path) as file:
        try:
            watched = cast("IO[bytes]", _Starred(file, path))
            yield from parse(watched, format=_WHOLE[form], lenient=True)
        except SyntaxError as error:
            where = f":{error.lineno}" if error.lineno else ""
            reason = visible(str(error.msg).partition(": ")[2] or str(error.msg))
            raise StoreError(
                f"{path}{where}: cannot be read as {form}: {reason}; nothing of it was taken"
            ) from error


_MANY: Final = f" where '<<' stands in it more than {STAR_LIMIT:,} times"


class _ManyStarsError(StoreError):
    """A file has so many triple terms that this process does not parse it."""


class _Starred:
    """A stream that ends where triple terms, one inside the other, could end the process."""

    def __init__(self, file: Bounded, path: Path) -> None:
        self._file = file
        self._path = path
        self._stars = 0
        self._last = b""

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._stars += (self._last + data).count(b"<<")
        self._last = data[-1:]
        if self._stars > STAR_LIMIT:
            raise _ManyStarsError(f"{self._path}: has '<<' more than {STAR_LIMIT:,} times")
        return data


def _by_line(path: Path, rows: _Rows) -> Iterator[Row]:
    """Yield the rows of N-Triples or N-Quads; a line that cannot be read is set aside."""
    with opened(path) as file:
        for _, line in file.lines():
            if NANOPUB.encode() in line and line.count(b"<<") <= STAR_LIMIT:
                rows.graphs(_of_line(line.decode("utf-8", "replace"))[0])
    with opened(path) as file:
        for number, line in file.lines():
            text = text_of(line, number, rows.notes)
            if text is None:
                rows.notes.counts["in"] += 1
                continue
            if text.count("<<") > STAR_LIMIT:
                rows.notes.counts["in"] += 1
                rows.notes.refuse(number, "", "too many triple terms in a line")
                continue
            quads, reason = _of_line(text)
            if reason:
                rows.notes.counts["in"] += 1
                rows.notes.refuse(number, repr(visible(text[:_SHOWN])), reason)
            yield from rows.of(quads, str(number))


def _of_line(text: str) -> tuple[list[Quad], str]:
    try:
        return list(parse(text, format=RdfFormat.N_QUADS, lenient=True)), ""
    except SyntaxError as error:
        return [], visible(str(error.msg).partition(": ")[2] or str(error.msg))


@lru_cache(maxsize=1 << 16)
def mended_iri(text: str) -> str | None:
    """Return an IRI with what may not stand in one percent-encoded, or None where that is not all.

    >>> mended_iri("http://x/a b"), mended_iri("http://x/50%"), mended_iri("x y")
    ('http://x/a%20b', 'http://x/50%25', None)
    """
    encoded = _NO_IRI.sub(lambda it: f"%{ord(it[0]):02X}", text)
    encoded = _NO_CODE.sub("%25", encoded)
    for candidate in (text, encoded, encoded.replace("[", "%5B").replace("]", "%5D")):
        try:
            return NamedNode(candidate).value
        except ValueError:
            continue
    return None


class _Unreadable(Exception):  # noqa: N818 - tells why one statement is set aside
    """A term that cannot be kept."""


@dataclass(slots=True)
class _Parts:
    """What is told of a statement, as far as it is read."""

    s: str = ""
    p: str = ""
    o: str = ""
    denied: bool = False
    record: str = ""


class _Rows:
    """Makes rows of quads: one file's blank nodes, and its graphs in which nothing may change."""

    def __init__(self, source: str, notes: Notes) -> None:
        self.notes = notes
        self._source = source
        # A dot may stand in both names: only the first one without a hyphen parts the two.
        self._blank = f"_:{source.replace('.', '.-')}."
        self._unnamed: dict[str, int] = {}
        self._told: dict[str, _Parts] = {}
        self._quoted: dict[str, list[tuple[str, str, str, str]]] = {}
        self._last = ""

    def graphs(self, quads: Iterable[Quad]) -> None:
        """Note the graphs of nanopublications."""
        for quad in quads:
            if quad.predicate.value in NANOPUB_PARTS:
                for term in (quad.object, quad.graph_name):
                    if isinstance(term, NamedNode):
                        self.notes.frozen.add(term.value)

    def of(self, quads: Iterable[Quad], record: str = "") -> Iterator[Row]:
        """Yield a row for each quad, and one more for each exact match, or denial of one."""
        counts = self.notes.counts
        for quad in quads:
            counts["in"] += 1
            number = record or str(counts["in"])
            try:
                row = self._said(quad, number)
            except _Unreadable as unreadable:
                found, reason = unreadable.args
                self.notes.refuse(number, found, reason, kept="" if record else f"{quad} .")
                continue
            yield row
            if row.p in _LINKING and row.o_kind == "iri" and not row.s.startswith("_:"):
                yield Mapped(row.s, row.p, row.o, False, self._source, number)
            if row.p in TOLD:
                self._tell(row)
            elif row.p == REIFIES and isinstance(quad.object, Triple):
                self._quote(row, quad.object)

    def denials(self) -> Iterator[Mapped]:
        """Yield the exact matches that were told of and denied, once all quads are read."""
        for name, parts in self._told.items():
            if parts.denied and parts.p in _DENIABLE and parts.s and parts.o:
                yield Mapped(parts.s, parts.p, parts.o, True, self._source, parts.record)
            for s, p, o, record in self._quoted.get(name, ()) if parts.denied else ():
                yield Mapped(s, p, o, True, self._source, record)

    def _quote(self, row: Said, term: Triple) -> None:
        """Keep a triple term that is told of, if it is an exact match."""
        names = (term.subject, term.predicate, term.object)
        if term.predicate.value in _DENIABLE and all(isinstance(it, NamedNode) for it in names):
            s, p, o = (self._name(it, "", {}) for it in names)
            self._quoted.setdefault(row.s, []).append((s, p, o, row.source_record))

    def _tell(self, row: Said) -> None:
        """Keep a part of a statement that is told of, if it may be an exact match."""
        if row.s != self._last:
            # Of the very many axioms of an ontology, few are of exact matches.
            before = self._told.get(self._last)
            if before is not None and before.p and before.p not in _DENIABLE:
                del self._told[self._last]
            self._last = row.s
        parts = self._told.setdefault(row.s, _Parts())
        part = TOLD[row.p]
        if part == "denied":
            parts.denied = parts.denied or denies(row.o) is not False
        elif row.o_kind == "iri":
            setattr(parts, part, row.o)
        if row.p == ASSERTED:
            parts.denied = True
        parts.record = parts.record or row.source_record

    def _said(self, quad: Quad, number: str) -> Said:
        as_written: dict[str, str] = {}
        named = isinstance(quad.graph_name, NamedNode)
        frozen = named and cast("NamedNode", quad.graph_name).value in self.notes.frozen
        default = isinstance(quad.graph_name, DefaultGraph)
        graph = "" if default else self._name(quad.graph_name, "g", as_written)
        subject = self._name(quad.subject, "s", as_written)
        predicate = self._name(quad.predicate, "p", as_written)
        it = quad.object
        kind, datatype, lang = "iri", "", ""
        rest: dict[str, object] = {}
        if isinstance(it, Literal):
            kind, value, lang = "literal", it.value, language(it)
            datatype = self._name(it.datatype, "datatype", as_written)
            datatype = "" if datatype in IMPLIED else datatype
        elif isinstance(it, Triple):
            kind, value = KIND, self._triple(it, as_written)
        else:
            value = self._name(it, "o", as_written)
            kind = "blank" if isinstance(it, BlankNode) else "iri"
        if as_written:
            if frozen:
                raise _Unreadable(min(as_written.values()), "a nanopublication is not mended")
            self.notes.counts["repaired"] += 1
            rest["as_written"] = as_written
        return Said(
            subject, predicate, value, kind, datatype, lang, graph, self._source, number, more(rest)
        )

    def _triple(self, term: Triple, as_written: dict[str, str]) -> str:
        """Return a triple term as N-Triples has it; its names are those of all rows."""

        def text(it: object) -> str:
            mended: dict[str, str] = {}
            if isinstance(it, Literal):
                datatype = self._name(it.datatype, "", mended)
                made = it if not mended else Literal(it.value, datatype=NamedNode(datatype))
                told = str(made)
            else:
                name = self._name(it, "", mended)
                told = name if isinstance(it, BlankNode) else f"<{name}>"
            for found in mended.values():
                as_written[f"o.{sum(it.startswith('o.') for it in as_written)}"] = found
            return told

        return triple_text(term, text)

    def _name(self, term: object, place: str, as_written: dict[str, str]) -> str:
        """Return what a term is called; what was no IRI goes into ``as_written``."""
        if isinstance(term, NamedNode):
            mended = mended_iri(term.value)
            if mended is None:
                found = repr(visible(term.value[:_SHOWN]))
                raise _Unreadable(found, "no IRI, and none when percent-encoded")
            if mended != term.value:
                as_written[place] = term.value
            return mended
        if isinstance(term, BlankNode):
            if not _OWN_NAME.fullmatch(term.value):
                return self._blank + term.value
            number = self._unnamed.setdefault(term.value, len(self._unnamed))
            return f"{self._blank}.{number}"
        kind = "a triple term" if isinstance(term, Triple) else type(term).__name__
        raise _Unreadable(kind, "it can only be an object")
