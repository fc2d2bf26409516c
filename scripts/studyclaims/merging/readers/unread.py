"""What RDF 1.2 has in RDF/XML and JSON-LD that their parsers pass over without a word.

A denial may be in it, and what it denies would read as said; so such a file is set aside. In
RDF/XML that is the content of ``rdf:parseType="Triple"`` where no ``rdf:version="1.2"`` holds. A
search shows the few files that may have it; what they have is then told by expat, since an
attribute is known by its namespace, and its value may be spelled with references.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from studyclaims.errors import StoreError
from studyclaims.merging.readers.streams import opened
from studyclaims.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def require_read(path: Path, form: str) -> None:
    """Raise where a file has what the parser of its form passes over without a word.

    >>> from pathlib import Path
    >>> require_read(Path("a.ttl"), "ttl")

    Raises:
        StoreError: it has, or whether it has cannot be told.
    """
    found = _found(path, form)
    if found is None:
        return
    if form == "rdf":
        found = _triples(path)
    if found:
        problem = f"has {visible(found)}, which is not read yet: what it says would be lost"
        raise StoreError(f"{path}: {problem}; write the file as Turtle or N-Quads")


def _found(path: Path, form: str) -> str | None:
    """Return the first text that may be what is passed over."""
    sought = _SOUGHT.get(form)
    if sought is None:
        return None
    for seen, is_end in _pieces(path, _OVERLAP):
        for found in sought.finditer(seen):
            # Of what stands at the end the rest is not seen yet; it comes again.
            if is_end or found.end() + _REST <= len(seen):
                return found[0].decode("utf-8", "replace")
    return None


def _pieces(path: Path, overlap: int) -> Iterator[tuple[bytes, bool]]:
    """Yield what a file holds, each piece after the end of the one before, and if it is the last.

    The last one is that end alone.
    """
    with opened(path) as file:
        last = b""
        while data := file.read(_CHUNK):
            seen = last + data
            yield seen, False
            last = seen[-overlap:]
        yield last, True


def _triples(path: Path) -> str:
    """Return the attribute by which RDF/XML has a triple term that is passed over, or nothing."""
    attributes = _Attributes(path)
    entities = 0
    for seen, _ in _pieces(path, len(_ENTITY) - 1):
        entities += seen.count(_ENTITY)
    with opened(path) as file:
        while data := file.read(_CHUNK):
            attributes.feed(data)
    attributes.feed(b"", is_end=True)
    if entities != attributes.entities:
        # Of two of one name, one parser takes the first and the other the last.
        raise _untold(path, "an entity that is declared twice, or in a comment")
    return attributes.lost


class _Attributes:
    """Looks through RDF/XML for triple terms where no version holds that has them."""

    def __init__(self, path: Path) -> None:
        self.lost = ""
        self.entities = 0
        self._path = path
        self._fed = 0
        self._has_triples = [False]
        self._parser = expat.ParserCreate(namespace_separator=" ")
        # The parser of RDF knows no attributes that a document type gives to elements.
        self._parser.specified_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity
        self._parser.AttlistDeclHandler = self._attributes

    def feed(self, data: bytes, *, is_end: bool = False) -> None:
        """Take the next bytes."""
        self._fed += len(data)
        try:
            self._parser.Parse(data, is_end)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise StoreError(
                f"{self._path}:{error.lineno}: cannot be read as rdf: {reason}; "
                "nothing of it was taken"
            ) from error
        # Behind a small file, entities could make a tag that fills the memory.
        if self._fed - max(self._parser.CurrentByteIndex, 0) > _TOKEN:
            raise _untold(self._path, f"a tag or comment of more than {_TOKEN:,} bytes")

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        version = attributes.get(_VERSION)
        has_triples = self._has_triples[-1] if version is None else version == "1.2"
        self._has_triples.append(has_triples)
        if not has_triples and attributes.get(_TYPE) == "Triple":
            self.lost = _SHOWN

    def _end(self, _: str) -> None:
        self._has_triples.pop()

    def _entity(self, name: str, is_parameter: int, value: str | None, *_: object) -> None:
        self.entities += 1
        if is_parameter or value is None or "&" in value or len(value) > _VALUE:
            raise _untold(self._path, f"the entity {visible(name[:_VALUE])}")

    def _attributes(self, *_: object) -> None:
        raise _untold(self._path, "attributes in its document type")


def _untold(path: Path, found: str) -> StoreError:
    problem = f"has {found}: whether triple terms would be lost cannot be told"
    return StoreError(f"{path}: {problem}; write the file as Turtle or N-Quads")


def _word(word: str) -> str:
    r"""Return the expression for a word in JSON, where any letter may be written as ``\u0061``."""
    return "".join(rf"(?:{letter}|\\u00{ord(letter):02x})" for letter in word)


_CHUNK: Final = 1 << 20
_OVERLAP: Final = 256
_REST: Final = 64
_TOKEN: Final = 4 << 20
_VALUE: Final = 256
_ENTITY: Final = b"<!ENTITY"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_VERSION: Final = f"{_RDF} version"
_TYPE: Final = f"{_RDF} parseType"
_SHOWN: Final = 'rdf:parseType="Triple" but no rdf:version="1.2" around it'
_WORDS: Final = map(_word, ("@annotation", "@reifier", "@reifies", "@triple"))
_SOUGHT: Final = {
    "jsonld": re.compile(f'"(?:{"|".join(_WORDS)})"'.encode(), re.IGNORECASE),
    # The name of an attribute cannot be spelled otherwise; its value can.
    "rdf": re.compile(
        rb"""parseType(?!\s{0,9}=\s{0,9}(?:"|')(?:Collection|Literal|Resource)(?:"|'))"""
    ),
}
"""What may be passed over, by the form."""
