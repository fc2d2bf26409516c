"""Reading the ontology files that a curator names: OBO, OBO graph, RDF/XML, Turtle, or gzipped.

Nothing is fetched, and a file is read under limits: one that unpacks without end, nests without end
or keeps a parser busy ends in an error that names it.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import TermError
from studyclaims.ontologies.obo import read_obo, read_obograph
from studyclaims.ontologies.owlfile import read_owl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.terms import TermEntry

SIZE_LIMIT: Final = 500_000_000
"""The most bytes a compressed file may unpack to."""

SUFFIXES: Final = (".obo", ".json", ".owl", ".ttl")
"""The files that can be read; each may have ``.gz`` after it."""

OBO: Final = "http://purl.obolibrary.org/obo/"
"""The namespace of the OBO ontologies, and of their files."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SAID: Final = re.compile(r'property_value:\s*\S*?(title|license|versionInfo)\s+(?:"(.*)"|(\S+))')
_NAMES: Final = {"license": "licence", "versionInfo": "version"}


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What an ontology file says of itself; empty where it says nothing."""

    ontology: str = ""
    title: str = ""
    version: str = ""
    licence: str = ""


def read_ontology(path: Path, *, relations: bool = False) -> Iterator[TermEntry]:
    r"""Yield the classes of an ontology file: OBO, OBO graph (JSON), RDF/XML or Turtle, or gzipped.

    With ``relations`` the relations are yielded instead.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "own.obo.gz"
    ...     _ = file.write_bytes(gzip.compress(b"[Term]\nid: CL:0000092\nname: osteoclast\n"))
    ...     [entry.label for entry in read_ontology(file)]
    ['osteoclast']

    Raises:
        TermError: another suffix, a file that breaks its format, or one that breaks the limits.
        OSError: the file cannot be opened.
    """
    with _unpacked(path) as (plain, suffix):
        try:
            if suffix == ".obo":
                yield from read_obo(plain, relations=relations)
            elif suffix == ".json":
                yield from read_obograph(plain, relations=relations)
            else:
                wanted = "relation" if relations else "term"
                items = (item for kind, item in read_owl(plain) if kind == wanted)
                yield from (item for item in items if not isinstance(item, dict))
        except TermError as error:
            told = error.text.replace(str(plain), str(path))
            raise TermError(told, error.problem, error.remedy) from error
        except RecursionError as error:
            raise TermError(str(path), "is nested too deep", "give an OBO graph") from error


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[Path, str]]:
    """Give the path of the plain file and the suffix that tells its format."""
    packed = path.suffix.lower() == ".gz"
    suffix = (Path(path.stem) if packed else path).suffix.lower()
    if suffix not in SUFFIXES:
        remedy = f"give a file that ends in {', '.join(SUFFIXES)}, or in one of these and .gz"
        raise TermError(str(path), "is of no kind that can be read", remedy)
    if not packed:
        yield path, suffix
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / f"unpacked{suffix}"
        _unpack(path, plain)
        yield plain, suffix


def _unpack(path: Path, plain: Path) -> None:
    with path.open("rb") as raw, plain.open("wb") as file:
        try:
            with gzip.open(raw) as packed:
                while block := packed.read(1 << 20):
                    file.write(block)
                    if file.tell() > SIZE_LIMIT:
                        problem = f"unpacks to more than {SIZE_LIMIT:,} bytes"
                        raise TermError(str(path), problem, "unpack it yourself if it is trusted")
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            problem = f"is no whole gzip file: {error}"
            raise TermError(str(path), problem, "fetch it again") from error


def read_header(path: Path) -> FileHeader:
    r"""Return what an ontology file says of itself: IRI, title, version and licence.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "own.obo"
    ...     _ = file.write_text("ontology: cl\ndata-version: cl/releases/2026-06-08/cl.owl\n")
    ...     read_header(file).version
    '2026-06-08'

    Raises:
        TermError: as `read_ontology`.
        OSError: the file cannot be opened.
    """
    with _unpacked(path) as (plain, suffix):
        try:
            if suffix == ".obo":
                said = _obo_header(plain)
            elif suffix == ".json":
                said = _graph_header(json.loads(plain.read_bytes()))
            else:
                said = next((i for _, i in read_owl(plain) if isinstance(i, dict)), {})
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            if isinstance(error, TermError):
                told = error.text.replace(str(plain), str(path))
                raise TermError(told, error.problem, error.remedy) from error
            raise TermError(str(path), f"has no readable header: {error}", "mend it") from error
    day = _DAY.search(said.get("version", ""))
    return FileHeader(**{**said, "version": day[0] if day else said.get("version", "")})


def _obo_header(path: Path) -> dict[str, str]:
    said: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line in file:
            if line.startswith("["):
                break
            tag, _, value = (part.strip() for part in line.partition(":"))
            if tag == "data-version":
                said.setdefault("version", value)
            elif tag == "ontology":
                said["ontology"] = value if "://" in value else f"{OBO}{value}.owl"
            elif found := _SAID.match(line):
                said[_NAMES.get(found[1], found[1])] = found[2] or found[3] or ""
    return said


def _graph_header(document: dict[str, Any]) -> dict[str, str]:
    graph = document["graphs"][0]
    meta = graph.get("meta", {})
    said = {"ontology": graph.get("id", ""), "version": meta.get("version", "")}
    for item in meta.get("basicPropertyValues", ()):
        name = re.split(r"[/#]", item["pred"])[-1]
        if name in {"title", "license", "versionInfo"}:
            said[_NAMES.get(name, name)] = item["val"]
    return said
