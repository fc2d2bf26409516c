"""Expected counts: what any engine must find in a release that was loaded whole.

Each count is a question in SPARQL and the rows of its answer. Those of the scope ``union`` are
asked of the Turtle file, or of the N-Quads where the default graph is the union of all graphs;
those of the scope ``graphs`` of the N-Quads. Whatever an engine may find twice is made distinct.

The named questions are listed too, each with the file of its answer and how many rows that has;
they are asked as the counts of the scope ``union`` are.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any, Final

from studyclaims.queries import Rows, ask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studyclaims.exports.items import Item
    from studyclaims.queries import Answer
    from studyclaims.stores.embedded import EmbeddedStore

NAME: Final = "expected-counts.json"

UNION: Final = "union"
GRAPHS: Final = "graphs"

_TRIPLES: Final = """\
SELECT (COUNT(*) AS ?count)
WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }
"""

_PREDICATES: Final = """\
SELECT ?predicate (COUNT(*) AS ?count)
WHERE { SELECT DISTINCT ?s ?predicate ?o WHERE { ?s ?predicate ?o } }
GROUP BY ?predicate
"""

_STUDIES: Final = """\
PREFIX sc: <https://w3id.org/studyclaims/vocab/>
SELECT (COUNT(DISTINCT ?study) AS ?count)
WHERE { ?study a sc:Study }
"""

_CLAIMS: Final = """\
PREFIX sc: <https://w3id.org/studyclaims/vocab/>
SELECT (COUNT(DISTINCT ?claim) AS ?count)
WHERE { ?claim a sc:Claim }
"""

_STANCES: Final = """\
PREFIX sc: <https://w3id.org/studyclaims/vocab/>
SELECT ?stance ?certainty (COUNT(DISTINCT ?claim) AS ?count)
WHERE { ?claim a sc:Claim ; sc:stance ?stance ; sc:certainty ?certainty }
GROUP BY ?stance ?certainty
"""

_SECONDARY: Final = """\
PREFIX sc: <https://w3id.org/studyclaims/vocab/>
SELECT (COUNT(DISTINCT ?claim) AS ?count)
WHERE { ?claim a sc:Claim ; sc:source ?source . ?source sc:primarySource ?paper }
"""

_STATUSES: Final = """\
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX sc: <https://w3id.org/studyclaims/vocab/>
SELECT ?status (COUNT(DISTINCT ?claim) AS ?count)
WHERE {
  ?claim a sc:Claim ; dct:isPartOf ?study .
  ?graph foaf:primaryTopic ?study ; sc:recordStatus ?status
}
GROUP BY ?status
"""

_WRITING: Final = """\
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sc: <https://w3id.org/studyclaims/vocab/>
SELECT ?predicate (COUNT(DISTINCT ?claim) AS ?count)
WHERE { ?claim a sc:Claim ; rdf:predicate ?predicate }
GROUP BY ?predicate
"""

_DIRECT: Final = """\
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sc: <https://w3id.org/studyclaims/vocab/>
SELECT ?predicate (COUNT(*) AS ?count)
WHERE {
  SELECT DISTINCT ?s ?predicate ?o
  WHERE {
    ?claim a sc:Claim ; rdf:subject ?s ; rdf:predicate ?predicate ; rdf:object ?o .
    ?s ?predicate ?o
  }
}
GROUP BY ?predicate
"""

_QUADS: Final = """\
SELECT (COUNT(*) AS ?count)
WHERE { GRAPH ?graph { ?s ?p ?o } }
"""

_BY_GRAPH: Final = """\
SELECT ?graph (COUNT(*) AS ?count)
WHERE { GRAPH ?graph { ?s ?p ?o } }
GROUP BY ?graph
"""

_DISTINCT: Final = """\
SELECT (COUNT(*) AS ?count)
WHERE { SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?graph { ?s ?p ?o } } }
"""


def expected_counts(store: EmbeddedStore) -> list[dict[str, Any]]:
    """Return every count: its name, its scope, its question, and the rows that answer it.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> next(c["expected"] for c in expected_counts(EmbeddedStore()) if c["name"] == "claims")
    [{'count': 0}]
    """
    return [
        _count("triples", UNION, _TRIPLES, ask(store, _TRIPLES)),
        _count("triples by predicate", UNION, _PREDICATES, ask(store, _PREDICATES)),
        _count("studies", UNION, _STUDIES, ask(store, _STUDIES)),
        _count("claims", UNION, _CLAIMS, ask(store, _CLAIMS)),
        _count("claims by stance and certainty", UNION, _STANCES, ask(store, _STANCES)),
        _count("claims of secondary sources", UNION, _SECONDARY, ask(store, _SECONDARY)),
        _count("claims by status of their record", UNION, _STATUSES, ask(store, _STATUSES)),
        _count("claims by direct predicate", UNION, _WRITING, ask(store, _WRITING)),
        _count("direct triples by predicate", UNION, _DIRECT, ask(store, _DIRECT)),
        _count("quads", GRAPHS, _QUADS, ask(store, _QUADS)),
        _count("quads by graph", GRAPHS, _BY_GRAPH, ask(store, _BY_GRAPH)),
        _count("distinct triples of all graphs", GRAPHS, _DISTINCT, ask(store, _DISTINCT)),
    ]


def counted(counts: list[dict[str, Any]], name: str) -> int:
    """Return the one number that a count expects, or the sum of its rows.

    >>> counted([{"name": "claims", "expected": [{"count": 2}, {"count": 3}]}], "claims")
    5
    """
    return sum(row["count"] for c in counts if c["name"] == name for row in c["expected"])


def counts_text(counts: list[dict[str, Any]], items: Iterable[Item]) -> str:
    """Return ``expected-counts.json``: which file to ask for each scope, the counts, the questions.

    >>> json.loads(counts_text([], []))["counts"]
    []
    """
    held = list(items)
    packed = [item for item in held if item.packed]
    scopes = {"application/n-quads": GRAPHS, "text/turtle": UNION}
    whole = {
        "files": {scopes[item.media_type]: item.path for item in packed},
        "sha256_unpacked": {
            item.path: hashlib.sha256(gzip.decompress(item.data)).hexdigest() for item in packed
        },
        "counts": counts,
        "questions": _questions({item.path: item for item in held}),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _questions(items: dict[str, Item]) -> list[dict[str, Any]]:
    """Return the named questions, each with its files and the rows of its answer."""
    found = []
    for path in sorted(items):
        folder, _, file = path.rpartition("/")
        name = file.removesuffix(".rq")
        answer = f"{folder}/answers/{name}.csv"
        if name != file and answer in items:
            page = io.StringIO(items[answer].data.decode("utf-8"), newline="")
            rows = sum(1 for row in csv.reader(page) if row) - 1
            found.append({"name": name, "file": path, "answer": answer, "rows": rows})
    return found


def _count(name: str, scope: str, question: str, answer: Answer) -> dict[str, Any]:
    """Return a count as JSON holds it, its rows sorted."""
    rows = list(answer) if isinstance(answer, Rows) else []
    ordered = sorted(rows, key=lambda row: [str(value) for value in row.values()])
    return {"name": name, "scope": scope, "sparql": question, "expected": ordered}
