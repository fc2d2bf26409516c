"""Converting: a record or a file of graphs in one form, the same in another.

Records are YAML or JSON, graphs have the forms of `studyclaims.formats`. A record becomes a graph
as `studyclaims build` makes one; no graph becomes a record. The same input gives the same bytes:
whatever has no name of its own, a blank node, gets a canonical one.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from xml.parsers import expat

import pyoxigraph
from pyoxigraph import DefaultGraph, Quad, RdfFormat, parse

from studyclaims.checking.wording import BLOCK, FLOW, stands
from studyclaims.errors import GraphError, RecordError, TermError
from studyclaims.findings import Finding
from studyclaims.formats import FORMATS, check, serialize
from studyclaims.layout import read_page
from studyclaims.model import Study
from studyclaims.ontologies.slices import read_slices
from studyclaims.outside import PACKED, SUFFIXES, canonical, form_of, read_stream
from studyclaims.paths import studies_dir, terms_dir
from studyclaims.quads import study_quads
from studyclaims.records import parse_record
from studyclaims.release import TOOL
from studyclaims.style import fixed
from studyclaims.terms import prefixes
from studyclaims.turtle import require_ground
from studyclaims.yamltree import SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from studyclaims.checking.wording import Place
    from studyclaims.records import Record
    from studyclaims.terms import TermEntry

RECORDS: Final = {".yaml": "yaml", ".json": "json"}
"""The files that are read as records."""

FORMS: Final = (*RECORDS.values(), *FORMATS)
"""Every form that can be converted, and converted to; graphs become no records."""

_FOR_EDITORS: Final = "# yaml-language-server:"
"""How the comment begins that names the schema; it says nothing of the record."""

_PAIR: Final = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
"""A character that JSON writes as two halves, which YAML does not read; or any other escape."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion gives: the bytes, what they hold, and what whoever asked must know."""

    name: str
    source: str
    to: str
    data: bytes
    quads: frozenset[Quad] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def graphs(self) -> int:
        """How many named graphs the source has."""
        return len({q.graph_name for q in self.quads} - {DefaultGraph()})

    def to_dict(self) -> dict[str, Any]:
        """Return what was converted, as plain values; a record that stays one has no quads."""
        names = {"file": self.name, "from": self.source, "to": self.to}
        counted = self.to in FORMATS
        counts = {"quads": len(self.quads), "graphs": self.graphs}
        return names | {name: count if counted else None for name, count in counts.items()}


def find(text: str) -> Path:
    """Return the file that the key of a record here, or a path, stands for.

    >>> find("ausk-2017").name
    'ausk-2017.yaml'

    Raises:
        TermError: there is no such record and no such file.
    """
    known = studies_dir() / f"{text}.yaml"
    path = known if Path(text).name == text and known.is_file() else Path(text)
    if not path.is_file():
        raise TermError(text, "is no key of a record here and no file", "write one of the two")
    return path


def form_and_packing(path: Path) -> tuple[str, bool]:
    """Return the form that a file's name stands for, and whether the file is packed.

    >>> form_and_packing(Path("a.yaml")), form_and_packing(Path("a.nq.gz"))
    (('yaml', False), ('nq', True))

    Raises:
        TermError: no form has that suffix.
    """
    suffix = path.suffix.lower()
    if suffix in RECORDS:
        return RECORDS[suffix], False
    inner = Path(path.stem).suffix.lower() if suffix == PACKED else suffix
    if inner not in SUFFIXES:
        known = ", ".join((*RECORDS, *SUFFIXES))
        problem = "has a suffix that stands for no form" if suffix else "has no suffix"
        raise TermError(str(path), problem, f"use one of {known}; graphs may have {PACKED} behind")
    return form_of(path)


def convert(file: IO[bytes], name: str, form: str, to: str, *, packed: bool = False) -> Converted:
    r"""Return what an open file holds, in another form; the file must be one to be read twice.

    >>> from io import BytesIO
    >>> line = BytesIO(b"<urn:x:a> <urn:x:b> 'c' .")
    >>> convert(line, "a.ttl", "ttl", "nt").data
    b'<urn:x:a> <urn:x:b> "c" .\n'

    Args:
        file: an open file.
        name: what errors call it.
        form: the form that it has, one of `FORMS`.
        to: the form that is wanted, one of `FORMS`.
        packed: whether it is packed with gzip.

    Raises:
        RecordError: no valid record; every complaint is in it.
        StoreError: graphs that are not well formed, or that break a bound.
        TermError: what the form that is wanted cannot hold.
    """
    if form in RECORDS.values():
        # One byte over the limit is enough to be refused, however much more there is.
        return _convert_record(file.read(SIZE_LIMIT + 1), name, form, to)
    if to in RECORDS.values():
        remedy = f"convert it to one of {', '.join(FORMATS)}"
        raise TermError(name, "holds a graph, of which no record can be made", remedy)
    quads = frozenset(read_stream(file, name, form, packed=packed))
    found = Converted(name, form, to, b"", quads)
    notes = [] if quads else [f"{name} holds no statement"]
    if found.graphs and not FORMATS[to].holds_graphs:
        some = "name of 1 graph is" if found.graphs == 1 else f"names of {found.graphs} graphs are"
        notes.append(f"the {some} left out: {to} holds none")
    return Converted(name, form, to, graph_text(quads, name, to), quads, tuple(notes))


def _convert_record(data: bytes, name: str, form: str, to: str) -> Converted:
    index = read_slices(terms_dir()) if to in FORMATS else None
    record = record_in(data, name, form, index)
    if to in FORMATS:
        quads = study_quads(record.study, index or {}, TOOL)
        return Converted(name, form, to, graph_text(quads, name, to), quads)
    if to == "json":
        comments = read_page(data, name).comments if form == "yaml" else []
        lost = any(not comment.startswith(_FOR_EDITORS) for comment in comments)
        notes = ("its comments are left out: JSON has none",) if lost else ()
        return Converted(name, form, to, record_json(record), notes=notes)
    text = data if form == "yaml" else record_yaml(record)
    return Converted(name, form, to, fixed(text, name))


def record_in(
    data: bytes, name: str, form: str, index: Mapping[str, TermEntry] | None = None
) -> Record:
    """Return the record in these bytes, YAML or JSON; its file may have any name.

    ``index`` is what ``ontology/terms/`` lists, by IRI; without it no term is looked up.

    >>> record_in(b'{"@id": "urn:x:a"}', "a.json", "json")
    Traceback (most recent call last):
    studyclaims.errors.RecordError: a.json:0:0: Y004 JSON that is no record: no key of one is in it
        hint: a record has schema_version, key, sources, ...; JSON-LD is read from .jsonld

    Raises:
        RecordError: no valid record; every complaint is in it.
    """
    return parse_record(_json_as_yaml(data, name) if form == "json" else data, name, index)


def _json_as_yaml(data: bytes, name: str) -> bytes:
    """Return JSON as YAML reads it, or raise where it is no JSON or nothing like a record."""
    if len(data) > SIZE_LIMIT:
        return data
    try:
        held = json.loads(data.decode("utf-8"))
    except json.JSONDecodeError as error:
        message = f"not well-formed JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        place = (name, error.lineno, error.colno)
        raise RecordError([Finding(*place, "Y003", message, "mend it there")]) from error
    except (RecursionError, ValueError):
        # What is no text, or nests without end, the reader of YAML refuses in words of its own.
        return data
    if not isinstance(held, dict) or not held.keys() & Study.model_fields.keys():
        hint = f"a record has {', '.join(Study.model_fields)}; JSON-LD is read from .jsonld"
        message = "JSON that is no record: no key of one is in it"
        raise RecordError([Finding(name, 0, 0, "Y004", message, hint)])
    return _PAIR.sub(_joined, data.decode("utf-8")).encode("utf-8")


def _joined(escape: re.Match[str]) -> str:
    """Return the character that two halves stand for; another escape as it is."""
    if not escape[1]:
        return escape[0]
    high, low = (int(half, 16) for half in escape.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def record_json(record: Record) -> bytes:
    r"""Return a record as JSON: what it says, in the order of the model, without comments.

    >>> from studyclaims.records import read_record
    >>> record_json(read_record(find("ausk-2017")))[:25]
    b'{\n  "schema_version": 1,\n'
    """
    # What a claim sets, it sets in place of the record's own, even to nothing.
    data = record.study.model_dump(mode="json", exclude_unset=True)
    return f"{json.dumps(data, ensure_ascii=False, indent=2)}\n".encode()


def record_yaml(record: Record) -> bytes:
    """Return a record as YAML over lines, not yet in the style.

    >>> from studyclaims.records import read_record
    >>> record_yaml(read_record(find("ausk-2017"))).decode().splitlines()[:3]
    ['schema_version: 1', 'key: ausk-2017', 'sources:']
    """
    data = record.study.model_dump(mode="json", exclude_unset=True)
    return "".join(f"{line}\n" for line in _lines(data)).encode()


def _lines(value: dict[str, Any] | list[Any], braced: Collection[str] = ()) -> Iterator[str]:
    """Yield a mapping, or a list that holds one, as lines of YAML; other lists go in brackets.

    ``braced`` are the keys whose mapping stands in braces; those of the record itself do not.
    """
    pairs = value.items() if isinstance(value, dict) else (("-", item) for item in value)
    for key, item in pairs:
        head = key if key == "-" else f"{key}:"
        nested = isinstance(item, dict) or (
            isinstance(item, list) and any(isinstance(part, dict) for part in item)
        )
        if not nested or not item or key in braced:
            yield f"{head} {_written(item)}"
        elif key == "-":
            first, *rest = _lines(item, _BRACED)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
        else:
            yield head
            yield from (f"  {line}" for line in _lines(item, _BRACED))


_BRACED: Final = frozenset({"lag", "context"})


def _written(value: object, place: Place = BLOCK) -> str:
    """Return a value on one line: text bare where it is read back the same, else as in JSON."""
    match value:
        case dict():
            pairs = (f"{key}: {_written(item, FLOW)}" for key, item in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list():
            return f"[{', '.join(_written(item, FLOW) for item in value)}]"
        case str() if stands(place, value):
            return value
    return json.dumps(value, ensure_ascii=False)


def graph_text(quads: Collection[Quad], name: str, to: str) -> bytes:
    r"""Return quads in a form, the same bytes whatever their order and the names of blank nodes.

    >>> it = pyoxigraph.NamedNode("urn:x:a")
    >>> graph_text([Quad(pyoxigraph.BlankNode("z"), it, it)], "z.nt", "nt")
    b'_:c14n0 <urn:x:a> <urn:x:a> .\n'

    Raises:
        StoreError: blank nodes that nothing tells apart.
        TermError: what the form cannot hold; ``name`` is what it calls them.
    """
    try:
        if _is_ground(quads):
            return serialize(quads, to, prefixes())
        return _blank_text(canonical(quads, name), to)
    except (GraphError, OSError, ValueError) as error:
        remedy = "convert it to another form: trig and nq hold everything"
        raise TermError(name, f"cannot be written as {to}: {error}", remedy) from error


def _is_ground(quads: Iterable[Quad]) -> bool:
    try:
        return all(require_ground(quads))
    except GraphError:
        return False


def _blank_text(quads: Iterable[Quad], to: str) -> bytes:
    """Return quads with blank nodes in a form, once they are known to be read back the same."""
    known = FORMATS[to]
    held = set(quads) if known.holds_graphs else {Quad(*quad.triple) for quad in quads}
    ordered = sorted(held, key=lambda quad: (str(quad.graph_name), str(quad.triple)))
    form = RdfFormat.from_media_type(known.media_type)
    if form is None:
        raise GraphError(f"no writer for {to}")
    used = {} if to in {"nq", "nt", "jsonld"} else _prefixes_of(ordered)
    data = pyoxigraph.serialize(
        ordered if known.holds_graphs else (quad.triple for quad in ordered),
        format=form,
        prefixes=used,
    )
    data = _as_here(data or b"", to)
    if set(parse(data, format=form)) != held:
        raise GraphError("it is not read back the same")
    return data


def _prefixes_of(quads: Iterable[Quad]) -> dict[str, str]:
    """Return the prefixes that shorten an IRI of the quads."""
    text = " ".join(map(str, quads))
    return {prefix: iri for prefix, iri in sorted(prefixes().items()) if f"<{iri}" in text}


def _as_here(data: bytes, to: str) -> bytes:
    """Return a text in the manner of `studyclaims.formats`, or raise where it is no XML."""
    if to == "jsonld":
        return f"{json.dumps(json.loads(data), ensure_ascii=False, indent=2)}\n".encode()
    if to == "rdf":
        # XML readers turn a bare carriage return into a line feed.
        data = data.replace(b"\r", b"&#13;")
        try:
            # pyoxigraph writes, and reads, names and characters that no other reader takes.
            expat.ParserCreate(namespace_separator=" ").Parse(data, True)
        except expat.ExpatError as error:
            raise GraphError(f"XML cannot hold a name or a character of it ({error})") from error
    return data


def verify(converted: Converted) -> None:
    """Prove that what goes into a file reads back as the quads it came from, by two readers.

    What has blank nodes was read back when it was written, and records have no quads.

    >>> from io import BytesIO
    >>> verify(convert(BytesIO(b""), "a.nq", "nq", "ttl"))

    Raises:
        TermError: a reader reads something else.
    """
    if converted.to not in FORMATS or not _is_ground(converted.quads):
        return
    try:
        check(converted.data, converted.to, converted.quads)
    except GraphError as error:
        remedy = "convert it to another form"
        raise TermError(converted.name, str(error), remedy) from error


def packed(data: bytes) -> bytes:
    """Return bytes packed with gzip, the same for the same bytes whatever the day.

    >>> gzip.decompress(packed(b"a"))
    b'a'
    """
    return gzip.compress(data, mtime=0)
