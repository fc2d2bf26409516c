"""Reading terms out of OWL files, RDF/XML or Turtle, in a child process with limits.

Some hundred bytes of RDF/XML can keep a parser busy for ever, so a file that somebody names is
read by ``python -m studyclaims.ontologies.owlfile PATH`` with a bound on memory and a deadline.
The child prints one JSON object a line: first what the file says of itself, then one a term.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from studyclaims.errors import TermError
from studyclaims.ontologies.obo import own_definition
from studyclaims.rdf import node
from studyclaims.terms import TermEntry, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from pyoxigraph import Quad

DEADLINE: Final = 60.0
"""The seconds a file may take to be read."""

MEMORY: Final = 2**30
"""The bytes of address space the child may use."""

_REFUSED: Final = 3
"""The child's exit status for a file that breaks its format; Python itself uses 1 and 2."""

_FORMATS: Final = {".owl": RdfFormat.RDF_XML, ".ttl": RdfFormat.TURTLE}
_OBO: Final = "http://purl.obolibrary.org/obo/"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_Values: TypeAlias = dict[str, list[Literal | NamedNode]]

_ONTOLOGY: Final = node("owl:Ontology").value
_KINDS: Final = {
    node("owl:Class").value: "term",
    node("rdfs:Class").value: "term",
    node("owl:ObjectProperty").value: "relation",
}
_AXIOM: Final = {
    node("owl:annotatedSource"): "source",
    node("owl:annotatedProperty"): "property",
    node("oboInOwl:hasDbXref"): "references",
    node(_OBO + "IAO_0000119"): "references",
}
"""What an axiom, a blank node, says of a statement: a definition has its references there."""

_FIELDS: Final = {
    node("rdf:type"): "type",
    node("rdfs:label"): "label",
    node("skos:definition"): "definition",
    node(_OBO + "IAO_0000115"): "definition",
    node("rdfs:subClassOf"): "parents",
    node("rdfs:subPropertyOf"): "parents",
    node("owl:deprecated"): "obsolete",
    node(_OBO + "IAO_0100001"): "replaced_by",
    node("oboInOwl:hasExactSynonym"): "synonyms",
    node("oboInOwl:hasOBONamespace"): "namespace",
    node(_OBO + "IAO_0000119"): "references",
    node("dct:title"): "title",
    node(_DC + "title"): "title",
    node("dct:license"): "licence",
    node("owl:versionInfo"): "version",
    node("owl:versionIRI"): "version_iri",
}
_DEFINITIONS: Final = {p.value for p, name in _FIELDS.items() if name == "definition"}


def read_owl(
    path: Path, deadline: float = DEADLINE
) -> Iterator[tuple[str, TermEntry | dict[str, str]]]:
    """Yield ("header", what the file says of itself), then (kind, entry) of each class or relation.

    The kind is "term" or "relation".

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "own.ttl"
    ...     _ = file.write_text("<urn:x:a> a <http://www.w3.org/2002/07/owl#Class> .")
    ...     [kind for kind, _ in read_owl(file)]
    ['header', 'term']

    Raises:
        TermError: the file is no RDF/XML or Turtle, or reading it broke the limits.
        OSError: the file cannot be opened.
    """
    with path.open("rb"), tempfile.TemporaryFile() as lines:
        _run_child(path, lines, deadline)
        lines.seek(0)
        for line in lines:
            item: dict[str, Any] = json.loads(line)
            kind: str = item.pop("kind")
            if kind == "header":
                yield kind, item
            else:
                item |= {name: tuple(item[name]) for name in ("parents", "synonyms")}
                yield kind, TermEntry(**item)


def _run_child(path: Path, lines: IO[bytes], deadline: float) -> None:
    """Have the child print what it reads into ``lines``, or say why it could not."""
    # -P keeps the current folder, which may hold a file called json.py, off the search path.
    command = [
        sys.executable,
        "-P",
        "-m",
        "studyclaims.ontologies.owlfile",
        str(path.resolve()),
        str(MEMORY),
    ]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    remedy = "give the ontology as OBO, or a smaller file"
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a path that is never a flag
            command,
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.PIPE,
            env=environment,
            timeout=deadline,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        problem = f"took more than {deadline:g} s to read"
        raise TermError(str(path), problem, remedy) from error
    if done.returncode == _REFUSED:
        told = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise TermError(
            str(path), f"cannot be read: {told}", "give RDF/XML (.owl) or Turtle (.ttl)"
        )
    if done.returncode:
        problem = f"could not be read within {MEMORY >> 20} MiB of memory"
        raise TermError(str(path), problem, remedy)


def terms_in(quads: Iterable[Quad]) -> Iterator[dict[str, Any]]:
    """Yield the header of an ontology, then its classes and relations, by IRI, as plain values.

    >>> quads = parse(b"<urn:x:a> a <http://www.w3.org/2002/07/owl#Class> .", RdfFormat.TURTLE)
    >>> [item["curie"] for item in terms_in(quads) if "curie" in item]
    ['urn:x:a']
    """
    found: dict[str, _Values] = {}
    axioms: dict[str, _Values] = {}
    for subject, predicate, term, _ in quads:
        # Anonymous parents are restrictions: part_of is no parent.
        if isinstance(subject, Triple) or not isinstance(term, Literal | NamedNode):
            continue
        named = isinstance(subject, NamedNode)
        name = (_FIELDS if named else _AXIOM).get(predicate)
        if name:
            into = found if named else axioms
            into.setdefault(subject.value, {}).setdefault(name, []).append(term)
    _add_references(found, axioms.values())
    types = {iri: {o.value for o in values.get("type", ())} for iri, values in found.items()}
    headers = sorted(iri for iri, names in types.items() if _ONTOLOGY in names)
    yield {"kind": "header", **(_header(headers[0], found[headers[0]]) if headers else {})}
    for iri in sorted(found):
        kinds = {_KINDS[name] for name in types[iri] & _KINDS.keys()}
        if kinds:
            yield {"kind": max(kinds), **_entry(iri, found[iri])}


def _add_references(found: dict[str, _Values], axioms: Iterable[_Values]) -> None:
    """Put the references of each definition, which axioms hold, to its term."""
    for axiom in axioms:
        if any(item.value in _DEFINITIONS for item in axiom.get("property", ())):
            for source in axiom.get("source", ()):
                values = found.setdefault(source.value, {})
                values.setdefault("references", []).extend(axiom.get("references", ()))


def _header(iri: str, values: _Values) -> dict[str, str]:
    version = _first(values, "version") or _first(values, "version_iri")
    said = {"title": _first(values, "title"), "licence": _first(values, "licence")}
    return {"ontology": iri, "version": version, **said}


def _entry(iri: str, values: _Values) -> dict[str, Any]:
    references = (item.value for item in values.get("references", ()))
    parents = {compress(o.value) for o in values.get("parents", ()) if isinstance(o, NamedNode)}
    return {
        "curie": compress(iri),
        "label": _first(values, "label"),
        "definition": own_definition(_first(values, "definition"), references),
        "parents": sorted(parents),
        "obsolete": _first(values, "obsolete") in {"true", "1"},
        "replaced_by": compress(_first(values, "replaced_by")),
        "synonyms": sorted({o.value for o in values.get("synonyms", ())}),
        "namespace": _first(values, "namespace"),
    }


def _first(values: _Values, name: str) -> str:
    """Return one value, an English or untagged one before any other, whatever the file's order."""

    def order(item: Literal | NamedNode) -> tuple[bool, str]:
        language = item.language if isinstance(item, Literal) else None
        return not (language is None or language.split("-")[0] == "en"), item.value

    found = sorted(values.get(name, ()), key=order)
    return found[0].value if found else ""


def main(path: Path, memory: int) -> int:
    """Print what a file says as JSON lines, within that memory; return the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        # A base of its own: a relative name must not become the path of this machine.
        base = "https://example.org/relative/"
        quads = parse(path=str(path), format=_FORMATS[path.suffix.lower()], base_iri=base)
        for item in terms_in(quads):
            sys.stdout.write(json.dumps(item) + "\n")
    except (OSError, SyntaxError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
