"""Contents: the files of a release that hold something, each with what it is.

What is copied lies where `studyclaims.paths.data_root` says, in a checkout as in an installed
wheel, so that both make the same release.
"""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from studyclaims.build import RELATION_TREES
from studyclaims.errors import SetupError
from studyclaims.exports.items import CC0, MIT, Item
from studyclaims.exports.sheets import sheet
from studyclaims.formats import check, serialize
from studyclaims.ontologies.mappings import read_mappings
from studyclaims.ontologies.slices import read_slice
from studyclaims.release import VERSION
from studyclaims.showing.claimtable import claims_table
from studyclaims.terms import expand, prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.stores.embedded import EmbeddedStore

QUADS: Final = f"studyclaims-{VERSION}.nq.gz"
TRIPLES: Final = f"studyclaims-{VERSION}.ttl.gz"

PARTS: Final = {
    "records": "The records, one study a file: the truth that every graph here is built from",
    "ontology": "The vocabulary, its predicates and prefixes, and the slices of outside ontologies",
    "shapes": "What the graph of a study must hold, in SHACL",
    "queries": "Questions in SPARQL, and what the graph here answers",
}
"""The folders of a release, each with what it holds."""

_LICENCE: Final = expand("dct:license")

_MAPPINGS: Final = "ontology/mappings.sssom.tsv"
_SLICES: Final = "ontology/terms/"

_COPIED: Final = (
    ("CITATION.cff", "", "How to cite", MIT),
    ("LICENSE", "", "The licence of the software and of what names it here", MIT),
    ("LICENSE-DATA", "", "Which data are under which licence", CC0),
    (_MAPPINGS, "", "What our terms match elsewhere, as SSSOM", None),
    ("graph/studies/*.yaml", "records/", "Record of the study {stem}", CC0),
    ("ontology/studyclaims.ttl", "ontology/", "The vocabulary", CC0),
    ("ontology/predicates.ttl", "ontology/", "The predicates that claims write", CC0),
    ("ontology/context.jsonld", "ontology/", "The prefixes, as a JSON-LD context", MIT),
    ("ontology/record.schema.json", "ontology/", "The form of a record, as JSON Schema", MIT),
    ("ontology/terms/*.ttl", _SLICES, "Slice of an outside ontology: {stem}", None),
    ("shapes/*.ttl", "shapes/", "Shapes: {stem}", CC0),
    ("graph/queries/*.rq", "queries/", "Question: {stem}", CC0),
    ("graph/queries/answers/*.csv", "queries/answers/", "Answer of the question {stem}", CC0),
)
"""What is copied: files, where they go, what they are, their licence; None where they say it."""


def built_items(quads: Iterable[Quad], store: EmbeddedStore) -> list[Item]:
    """Return the dataset as N-Quads and as Turtle, each read back by two readers, and the table.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> [item.path.rpartition(".")[2] for item in built_items([], EmbeddedStore())]
    ['gz', 'gz', 'csv']

    Raises:
        GraphError: a reader reads something else than was written.
    """
    known = list(quads)
    licences = graph_licences(known)
    forms = {
        QUADS: ("nq", "The whole dataset as N-Quads, each study a named graph"),
        TRIPLES: ("ttl", "The same triples as Turtle, without graphs"),
    }
    items = []
    for path, (form, about) in forms.items():
        data = serialize(known, form, prefixes())
        check(data, form, known)
        items.append(Item(path, packed(data), about, licences, ""))
    table = sheet(claims_table(store), "csv").encode("utf-8")
    return [*items, Item("claims.csv", table, "The claims, one a row", (CC0,), "")]


def graph_licences(quads: Iterable[Quad]) -> tuple[str, ...]:
    """Return the licences that the graphs give themselves, sorted.

    >>> graph_licences([])
    ('https://creativecommons.org/publicdomain/zero/1.0/',)
    """
    own = {
        quad.object.value
        for quad in quads
        if quad.predicate.value == _LICENCE
        and quad.subject == quad.graph_name
        and isinstance(quad.object, NamedNode)
    }
    # Graphs that name none, such as that of the vocabulary, are this project's own.
    return tuple(sorted(own | {CC0}))


def copied_items(root: Path) -> list[Item]:
    """Return the files that a release takes over as they are.

    >>> from studyclaims.paths import data_root
    >>> "records/ausk-2017.yaml" in [item.path for item in copied_items(data_root())]
    True

    Raises:
        SetupError: one of them is not there.
    """
    return [item for row in _COPIED for item in _copied(root, *row)]


def packed(data: bytes) -> bytes:
    """Return data packed with gzip, without a name and without a time.

    >>> packed(b"a") == packed(b"a"), gzip.decompress(packed(b"a"))
    (True, b'a')
    """
    page = io.BytesIO()
    # `gzip.compress` leaves the header to zlib, which names the system it was built for.
    with gzip.GzipFile("", "wb", compresslevel=9, fileobj=page, mtime=0) as file:
        file.write(data)
    return page.getvalue()


def _copied(
    root: Path, pattern: str, folder: str, about: str, licence: str | None
) -> Iterator[Item]:
    """Yield the files that a pattern names."""
    paths = sorted(root.glob(pattern))
    if not paths:
        raise SetupError(f"{root / pattern}: not there; install the package or check it out again")
    part = folder.partition("/")[0] or ("" if pattern == _MAPPINGS else None)
    for path in paths:
        # Beside the dataset a tree of relations would let a reasoner entail what no claim writes.
        if folder == _SLICES and path.stem in RELATION_TREES:
            continue
        licences = (licence,) if licence else _own_licences(path)
        about_it = about.format(stem=path.stem)
        yield Item(folder + path.name, path.read_bytes(), about_it, licences, part)


def _own_licences(path: Path) -> tuple[str, ...]:
    """Return the licences that a slice or a list of mappings names."""
    if path.suffix == ".tsv":
        rows = read_mappings(path)
        return tuple(sorted({CC0} | {row["license"] for row in rows if row.get("license")}))
    named = {q.object for q in read_slice(path) if q.predicate.value == _LICENCE}
    return tuple(sorted(name.value for name in named if isinstance(name, NamedNode)))
