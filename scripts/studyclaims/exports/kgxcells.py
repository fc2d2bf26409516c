r"""Cells of KGX: what a term is written as, and rows as TSV and as JSON Lines, both read back.

A column of ours is the CURIE of a property with ``_`` for its colon (``sc_stance``), so that no
reader takes it for a slot of Biolink or for a name with a type. A term of an outside vocabulary is
a CURIE, a name of ours an IRI. In a list of TSV ``|`` stands between the values. KGX's TSV has no
quotes, so what would break a line or a list, and what a spreadsheet would run, is written as JSON
writes it: ``\\`` for a backslash, else ``\u007c``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pyoxigraph import Literal, NamedNode

from studyclaims.errors import StoreError, TermError
from studyclaims.rdf import node
from studyclaims.terms import BASE, compress, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import BlankNode, Triple

    Term = NamedNode | BlankNode | Literal | Triple

Row: TypeAlias = "dict[str, Any]"
"""A line of a file: text, truth values and lists of text by column."""

NO_EDGE: Final = "biolink:InformationContentEntity"
"""The category of a claim that is no edge."""

_IRI: Final = "an IRI"
_TEXT: Final = "xsd:string"

_KINDS: Final = {
    _IRI: (
        "dct:isPartOf", "sc:basis", "sc:certainty", "sc:ecoType", "sc:lagBound", "sc:lagFrom",
        "sc:pattern", "sc:primarySource", "sc:proposition", "sc:readAt", "sc:role", "sc:site",
        "sc:source", "sc:species", "sc:stance", "sc:statedIn", "sc:testOf",
    ),
    _TEXT: (
        "dct:title", "rdfs:comment", "sc:age", "sc:assay", "sc:comparedWith", "sc:cue", "sc:design",
        "sc:dose", "sc:hashRule", "sc:lagPrinted", "sc:locator", "sc:pPrinted", "sc:partRead",
        "sc:route", "sc:sentenceHash", "sc:sex", "sc:sitePrinted", "sc:spreadPrinted", "sc:strain",
        "sc:unitCode", "sc:valuePrinted",
    ),
    "xsd:boolean": ("sc:isCoefficient", "sc:measured"),
    "xsd:dayTimeDuration": ("sc:lag", "sc:measuredAfter"),
    "xsd:decimal": ("sc:lagMaxHours", "sc:lagMinHours", "sc:measuredAfterHours", "sc:value"),
    "xsd:integer": ("sc:sampleN",),
}  # fmt: skip
"""What the values of each property of a claim, its evidence and its sources are."""

_KIND_OF: Final = {name: kind for kind, names in _KINDS.items() for name in names}

LISTS: Final = frozenset(
    {"category", "has_evidence_of_type", "publication_type", "publications"}
    | {"sc_beside", "sc_cue", "sc_involves", "sc_modifier", "sc_partRead", "sc_readAt"}
    | {"sc_statedIn", "sc_withinPart", "sc_without"}
)
"""The columns that hold lists; all others hold one value."""

FLAGS: Final = frozenset({"negated"})
"""The columns that hold a truth value; false is left empty, as KGX takes any text for true."""

JSON_COLUMNS: Final = frozenset({"sc_evidence"})
"""The columns that hold JSON, which needs no further marks."""

_BREAKS: Final = re.compile("[\\\\|\x00-\x1f\x7f\x85\u2028\u2029]")
_RUNS: Final = re.compile("[=+\\-@\"'\uff1d\uff0b\uff0d\uff20 ]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_MARK: Final = re.compile(r"\\(?:\\|u(?P<code>[0-9a-f]{4}))")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rows of the files: nodes, the edges that Biolink's predicates make, the other edges."""

    nodes: tuple[Row, ...]
    edges: tuple[Row, ...]
    others: tuple[Row, ...]

    def counts(self) -> dict[str, int]:
        """Return how many claims went where, and how many nodes there are."""
        alone = sum(row["category"] == [NO_EDGE] for row in self.nodes)
        return {
            "claims": len(self.edges) + len(self.others) + alone,
            "edges": len(self.edges),
            "edges_other": len(self.others),
            "negated": sum("negated" in row for row in self.others),
            "claims without an edge": alone,
            "nodes": len(self.nodes),
        }


def short(iri: str) -> str:
    """Return how a file names an IRI: the CURIE of an outside term, else the IRI itself.

    >>> short("http://purl.obolibrary.org/obo/CL_0000092"), short(f"{BASE}entity/a")
    ('CL:0000092', 'https://w3id.org/studyclaims/entity/a')
    """
    if iri.startswith(BASE) and not iri.startswith(f"{BASE}vocab/"):
        return iri
    curie = compress(iri)
    try:
        return curie if curie != iri and "|" not in curie and expand(curie) == iri else iri
    except TermError:
        return iri


def whole(name: str) -> NamedNode:
    """Return the node that a name in a file stands for.

    >>> whole("CL:0000092").value
    'http://purl.obolibrary.org/obo/CL_0000092'

    Raises:
        TermError: it is neither an IRI nor a CURIE of a known prefix.
    """
    return node(name)


def columns(pairs: Iterable[tuple[NamedNode, Term]]) -> Row:
    """Return what is said of one subject as columns; what fits none is left out.

    Of several values where one is expected, the first stands, sorted.

    >>> columns([(node("sc:stance"), node("sc:supports")), (node("sc:lag"), Literal("soon"))])
    {'sc_stance': 'sc:supports'}
    """
    found: dict[str, set[str]] = {}
    for predicate, term in pairs:
        curie = compress(predicate.value)
        text = _written(term, _KIND_OF.get(curie))
        if text:
            found.setdefault(curie.replace(":", "_", 1), set()).add(text)
    return {
        name: sorted(found[name]) if name in LISTS else min(found[name]) for name in sorted(found)
    }


def _written(term: Term, kind: str | None) -> str:
    """Return a term as a cell holds it; empty where it is not of the kind that is expected."""
    if isinstance(term, NamedNode):
        return short(term.value) if kind == _IRI else ""
    if not isinstance(term, Literal) or kind in {None, _IRI} or term.language:
        return ""
    return term.value if term.datatype == node(str(kind)) else ""


def pairs(row: Mapping[str, Any]) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    """Yield the properties that the columns of a row stand for; other columns stand for none.

    >>> [(p.value[-6:], o.value) for p, o in pairs({"sc_cue": ["may"], "id": "x"})]
    [('ab/cue', 'may')]

    Raises:
        TermError: a cell that should hold an IRI or a CURIE holds neither.
    """
    for name, value in row.items():
        curie = name.replace("_", ":", 1)
        kind = _KIND_OF.get(curie)
        if kind is None:
            continue
        for text in value if isinstance(value, list) else [value]:
            if kind == _IRI:
                yield node(curie), whole(text)
            else:
                yield node(curie), Literal(text, datatype=node(kind))


def to_jsonl(rows: Sequence[Row]) -> bytes:
    r"""Return rows as JSON Lines.

    >>> to_jsonl([{"id": "a", "sc_cue": ["may"]}])
    b'{"id": "a", "sc_cue": ["may"]}\n'
    """
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode("utf-8")


def from_jsonl(data: bytes, name: str = "jsonl") -> list[Row]:
    r"""Return the rows of JSON Lines.

    >>> from_jsonl(b'{"id": "a"}\n')
    [{'id': 'a'}]

    Raises:
        StoreError: a line is no JSON object.
    """
    rows = []
    for number, line in enumerate(_text(data, name).split("\n"), start=1):
        if not line:
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise StoreError(f"{name}:{number}: no JSON: {error}; export it again") from error
        if not isinstance(row, dict):
            raise StoreError(f"{name}:{number}: no JSON object; write one object a line")
        rows.append(row)
    return rows


def to_tsv(rows: Sequence[Row], first: Sequence[str]) -> bytes:
    r"""Return rows as KGX's TSV: a line of names, those of ``first`` before the others, then rows.

    >>> to_tsv([{"id": "a", "sc_cue": ["may|might", "=could"]}], ["id"])
    b'id\tsc_cue\na\tmay\\u007cmight|\\u003dcould\n'
    """
    others = {name for row in rows for name in row} - set(first)
    names = [*first, *sorted(others)]
    lines = [names, *([_cell(name, row.get(name)) for name in names] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines).encode("utf-8")


def from_tsv(data: bytes, name: str = "tsv") -> list[Row]:
    r"""Return the rows of KGX's TSV; an empty cell is no value.

    >>> from_tsv(b"id\tsc_cue\tnegated\na\tmay\\u007cmight|could\t\n")
    [{'id': 'a', 'sc_cue': ['may|might', 'could']}]

    Raises:
        StoreError: a row has more or fewer cells than the line of names.
    """
    first, *lines = _text(data, name).split("\n")
    names = first.split("\t")
    rows = []
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(names):
            said = f"{len(cells)} cells where there are {len(names)} names"
            raise StoreError(f"{name}:{number}: {said}; export it again")
        told = zip(names, cells, strict=True)
        rows.append({key: _value(key, cell) for key, cell in told if cell})
    return rows


def _text(data: bytes, name: str) -> str:
    """Return the text of a file."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StoreError(f"{name}: not UTF-8: {error}; export it again") from error


def _cell(name: str, value: object) -> str:
    """Return a value as a cell of TSV holds it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, list):
        return "|".join(map(_marked, value))
    return str(value) if name in JSON_COLUMNS else _marked(str(value))


def _value(name: str, cell: str) -> object:
    """Return the value that a cell of TSV stands for."""
    if name in FLAGS:
        return cell == "true"
    if name in LISTS:
        return [_unmarked(part) for part in cell.split("|")]
    return cell if name in JSON_COLUMNS else _unmarked(cell)


def _marked(text: str) -> str:
    """Return a text as a cell, or a part of one, holds it."""
    marked = _BREAKS.sub(lambda found: _mark(found[0]), text)
    if _RUNS.match(marked) and not _NUMBER.fullmatch(marked):
        marked = _mark(marked[0]) + marked[1:]
    return marked


def _mark(character: str) -> str:
    return "\\\\" if character == "\\" else f"\\u{ord(character):04x}"


def _unmarked(cell: str) -> str:
    """Return the text that a cell, or a part of one, stands for."""
    return _MARK.sub(lambda found: chr(int(found["code"], 16)) if found["code"] else "\\", cell)
