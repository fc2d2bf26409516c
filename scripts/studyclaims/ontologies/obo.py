"""Reading terms out of outside ontologies: OBO files and OBO graphs (JSON).

Only what a slice of ``ontology/terms/`` holds is read: identifier, label, definition, is_a parents,
exact synonyms, namespace, and whether the term is obsolete and what replaced it. Other relations
are left out on purpose: part_of is no parent, and a list that mixes the two would call a cavity a
bone. So is a definition that is marked as taken from Wikipedia, whose licence is another one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import TermError
from studyclaims.terms import TermEntry, compress, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_HEAD: Final = re.compile(r"\[([A-Za-z]+)\]")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\s+([A-Z]+)\b)?')
_ESCAPED: Final = re.compile(r"\\(.)")
# A brace counts as a qualifier list only with an equals sign: names of chemicals hold braces too.
_TRAILER: Final = re.compile(r"\s*(?<!\\)\{[^{}=]+=[^{}]*\}\s*$")
_WIKIPEDIA: Final = re.compile(r"wikipedia", re.IGNORECASE)
_TAKEN_FROM: Final = re.compile(r"\[(?:WP|Wikipedia)\b", re.IGNORECASE)
_REMARK: Final = re.compile(r"\s+!(?:\s.*)?$")
_SPACES: Final = {"n": "\n", "t": "\t", "W": " "}
_REPLACED_BY: Final = "http://purl.obolibrary.org/obo/IAO_0100001"
_DEFINITION_SOURCE: Final = "http://purl.obolibrary.org/obo/IAO_0000119"
_SAYS_SOURCE: Final = re.compile(rf"(?:IAO:0000119|{re.escape(_DEFINITION_SOURCE)})\s")
_NAMESPACE: Final = expand("oboInOwl:hasOBONamespace")


def read_obo(path: Path, *, relations: bool = False) -> Iterator[TermEntry]:
    r"""Yield the terms of an OBO file (format 1.2 or 1.4) in the order of the file.

    The file is read line by line, so a large one needs no more memory than a small one.

    Args:
        path: the file.
        relations: yield the ``[Typedef]`` stanzas instead of the ``[Term]`` stanzas.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "own.obo"
    ...     _ = file.write_text("[Term]\nid: EX:1\nname: bone\nis_a: EX:2 ! part of the body\n")
    ...     [(term.curie, term.label, term.parents) for term in read_obo(file)]
    [('EX:1', 'bone', ('EX:2',))]

    Raises:
        TermError: the file is no OBO file, or a line of a wanted stanza cannot be read.
        OSError: the file cannot be opened.
    """
    wanted = "Typedef" if relations else "Term"
    stanza = None
    for stanza in _stanzas(path):
        if stanza.kind == wanted:
            yield stanza.entry()
    if stanza is None:
        raise TermError(str(path), "holds no OBO stanza", "give a file with [Term] stanzas")


def own_definition(text: str, references: Iterable[str]) -> str:
    """Return a definition, or nothing where it is marked as taken from Wikipedia.

    Such a text has another licence than the ontology around it. The mark is one of the references
    given for the definition, or stands in the text itself.

    >>> own_definition("A bone.", ["MESH:D001842"]), own_definition("A bone.", ["Wikipedia:Bone"])
    ('A bone.', '')
    """
    marked = _TAKEN_FROM.search(text) or any(_WIKIPEDIA.search(item) for item in references)
    return "" if marked else text


@dataclass(slots=True)
class _Stanza:
    """The tags of one stanza, with where it begins and the namespace of the file's header."""

    path: Path
    line: int
    kind: str
    namespace: str
    tags: dict[str, list[str]] = field(default_factory=dict)

    def entry(self) -> TermEntry:
        names = self.tags.get("id", [])
        if len(names) != 1:
            raise self._refusal(f"has {len(names)} id lines", "give it exactly one")
        labels = self.tags.get("name", [""])
        synonyms = (self._synonym(text) for text in self.tags.get("synonym", ()))
        replacements = self.tags.get("replaced_by", ())
        namespaces = self.tags.get("namespace", [self.namespace])
        return TermEntry(
            curie=_identifier(names[0]),
            label=_plain(labels[0]),
            definition=self._definition(),
            parents=tuple(sorted({_identifier(text) for text in self.tags.get("is_a", ())})),
            obsolete=any(text.startswith("true") for text in self.tags.get("is_obsolete", ())),
            replaced_by=_identifier(replacements[0]) if replacements else "",
            synonyms=tuple(sorted({text for text in synonyms if text})),
            namespace=_plain(namespaces[0]),
        )

    def _definition(self) -> str:
        values = self.tags.get("def")
        if not values:
            return ""
        text, _, references = self._quoted("def", values[0])
        said = (v for v in self.tags.get("property_value", ()) if _SAYS_SOURCE.match(v))
        return own_definition(text, [references, *said])

    def _synonym(self, value: str) -> str:
        text, scope, _ = self._quoted("synonym", value)
        return text if scope == "EXACT" else ""

    def _quoted(self, tag: str, value: str) -> tuple[str, str | None, str]:
        """Return the quoted text at the start of a value, the scope word after it, and the rest."""
        match = _QUOTED.match(value)
        if match is None:
            raise self._refusal(f"has a {tag} line that cannot be read: {value}", "quote its text")
        return _unescape(match[1]), match[2], value[match.end() :]

    def _refusal(self, problem: str, remedy: str) -> TermError:
        return TermError(f"{self.path}:{self.line}", f"the [{self.kind}] stanza {problem}", remedy)


def _stanzas(path: Path) -> Iterator[_Stanza]:
    """Yield the stanzas of the file; what stands before the first one is the file's header."""
    stanza: _Stanza | None = None
    namespace = ""
    for number, line in _lines(path):
        head = _HEAD.fullmatch(line)
        if head:
            if stanza:
                yield stanza
            stanza = _Stanza(path, number, head[1], namespace)
            continue
        tag, colon, value = line.partition(":")
        if not colon:
            remedy = "give an OBO file, whose lines read 'tag: value'"
            raise TermError(f"{path}:{number}", "is neither a tag nor a stanza head", remedy)
        if stanza:
            stanza.tags.setdefault(tag, []).append(value.strip())
        elif tag == "default-namespace":
            namespace = value.strip()
    if stanza:
        yield stanza


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (number, text) of the lines that say something."""
    with path.open("rb") as file:
        # Decoded line by line, so that the complaint can name the line.
        for number, raw in enumerate(file, start=1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError as error:
                remedy = "save the file as UTF-8"
                raise TermError(f"{path}:{number}", "is not UTF-8", remedy) from error
            if line and not line.startswith("!"):
                yield number, line


def _identifier(value: str) -> str:
    """Return the identifier at the start of a value, an IRI as its CURIE."""
    name = _unescape(value.split(maxsplit=1)[0]) if value.strip() else ""
    return compress(name) if name.startswith(("http://", "https://")) else name


def _plain(value: str) -> str:
    """Return an unquoted text without the qualifiers and the remark that may follow it."""
    return _unescape(_TRAILER.sub("", _REMARK.sub("", value))).strip()


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: _SPACES.get(match[1], match[1]), text)


def read_obograph(path: Path, *, relations: bool = False) -> Iterator[TermEntry]:
    """Yield the terms of an OBO graph, the JSON form of an ontology, in the order of the file.

    Args:
        path: the file.
        relations: yield the object properties instead of the classes.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> node = {"id": "http://purl.obolibrary.org/obo/CL_0000092", "type": "CLASS", "lbl": "a cell"}
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "own.json"
    ...     _ = file.write_text(json.dumps({"graphs": [{"nodes": [node]}]}))
    ...     [(term.curie, term.label) for term in read_obograph(file)]
    [('CL:0000092', 'a cell')]

    Raises:
        TermError: the file is not JSON, or no OBO graph.
        OSError: the file cannot be opened.
    """
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise TermError(str(path), f"is not JSON: {error}", "give an OBO graph") from error
    try:
        entries = [
            entry for graph in document["graphs"] for entry in _graph_entries(graph, relations)
        ]
    except (AttributeError, KeyError, TypeError) as error:
        remedy = "give an object with 'graphs', each with 'nodes' and 'edges'"
        raise TermError(str(path), f"is JSON but no OBO graph: {error!r}", remedy) from error
    yield from entries


def _graph_entries(graph: Mapping[str, Any], relations: bool) -> Iterator[TermEntry]:
    wanted, step = ("PROPERTY", "subPropertyOf") if relations else ("CLASS", "is_a")
    parents: dict[str, set[str]] = {}
    for edge in graph.get("edges", ()):
        if edge["pred"] == step:
            parents.setdefault(edge["sub"], set()).add(compress(edge["obj"]))
    for node in graph["nodes"]:
        if node.get("type") == wanted and node.get("propertyType", "OBJECT") == "OBJECT":
            yield _node_entry(node, parents.get(node["id"], set()))


def _node_entry(node: Mapping[str, Any], parents: set[str]) -> TermEntry:
    meta = node.get("meta", {})
    values: dict[str, list[str]] = {}
    for item in meta.get("basicPropertyValues", ()):
        values.setdefault(item["pred"], []).append(item["val"])
    replacements = values.get(_REPLACED_BY)
    definition, synonyms = meta.get("definition", {}), meta.get("synonyms", ())
    references = [*definition.get("xrefs", ()), *values.get(_DEFINITION_SOURCE, ())]
    return TermEntry(
        curie=compress(node["id"]),
        label=node.get("lbl", ""),
        definition=own_definition(definition.get("val", ""), references),
        parents=tuple(sorted(parents)),
        obsolete=meta.get("deprecated", False),
        replaced_by=compress(replacements[0]) if replacements else "",
        synonyms=tuple(sorted({s["val"] for s in synonyms if s["pred"] == "hasExactSynonym"})),
        namespace=values.get(_NAMESPACE, [""])[0],
    )
