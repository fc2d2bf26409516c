"""Build: records in, checked files out, each put in place whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Quad

from studyclaims.dataset import dataset_quads
from studyclaims.errors import RecordError, SetupError
from studyclaims.examples import question_quads
from studyclaims.files import write_atomic
from studyclaims.formats import FORMATS, check, serialize
from studyclaims.ontologies.mappings import mapping_quads
from studyclaims.ontologies.slices import read_slice, read_slices, slice_name
from studyclaims.ontologies.vocabulary import vocabulary_quads, write_predicates
from studyclaims.paths import in_checkout, ontology_dir, shapes_dir, studies_dir, terms_dir
from studyclaims.quads import study_quads
from studyclaims.records import read_record
from studyclaims.release import TOOL
from studyclaims.schema import record_schema
from studyclaims.shapefiles import predicate_shapes, triple_shapes
from studyclaims.shapes import shapes_readme
from studyclaims.stores.embedded import read_quads
from studyclaims.terms import prefixes
from studyclaims.turtle import write_trig

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from studyclaims.records import Record
    from studyclaims.terms import TermEntry

RELATION_TREES: Final = frozenset({"biolink", "ro"})
"""Slices that stay out of the dataset: with a hierarchy of relations beside it, a reasoner would
put triples into it that no claim writes."""

COMMENT: Final = "Built from {key}.yaml by `studyclaims build`; change the record, not this file."


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a build stands behind: where it is, and whether it changed."""

    path: Path
    changed: bool


def record_paths() -> list[Path]:
    """Return the records of the corpus, sorted.

    >>> "ausk-2017" in [path.stem for path in record_paths()]
    True

    Raises:
        SetupError: there is none.
    """
    paths = sorted(studies_dir().glob("*.yaml"))
    if not paths:
        raise SetupError(f"{studies_dir()}: no record; expected at least one <key>.yaml")
    return paths


def study_text(record: Record, index: Mapping[str, TermEntry]) -> bytes:
    """Return a record's graph as TriG, read back by two readers and found equal.

    Raises:
        GraphError: a reader reads something else than was written.
    """
    quads = study_quads(record.study, index, TOOL)
    data = trig(record.study.key, quads)
    check(data, "trig", quads)
    return data


def trig(key: str, quads: Iterable[Quad]) -> bytes:
    """Return a study's quads as its file holds them, not yet read back.

    >>> trig("a-2020", []).decode().split()[1:4]
    ['Built', 'from', 'a-2020.yaml']
    """
    return write_trig(quads, prefixes(), comment=COMMENT.format(key=key)).encode("utf-8")


def build_studies(paths: Sequence[Path], folder: Path) -> list[Written]:
    """Write ``<key>.trig`` for each record into a folder; every record is read before any write.

    Raises:
        RecordError: holds the findings of all records that cannot be built.
        GraphError: a built graph did not read back equal.
    """
    index = read_slices(terms_dir())
    texts: dict[str, bytes] = {}
    problems: list[RecordError] = []
    for path in paths:
        try:
            record = read_record(path, index)
            texts[record.study.key] = study_text(record, index)
        except RecordError as error:
            problems.append(error)
    if problems:
        raise RecordError([finding for error in problems for finding in error.findings])
    folder.mkdir(parents=True, exist_ok=True)
    return [_put(folder / f"{key}.trig", data) for key, data in sorted(texts.items())]


def corpus_quads(studies: Iterable[Path] | None = None) -> list[Quad]:
    """Return every quad of the dataset: studies, vocabulary, terms, mappings, questions, itself.

    ``studies`` are built TriG files; by default those of ``graph/studies/``.
    """
    paths = sorted(studies_dir().glob("*.trig")) if studies is None else studies
    quads = [quad for path in paths for quad in read_quads(path)]
    quads += vocabulary_quads()
    quads += term_quads()
    quads += mapping_quads()
    quads += question_quads()
    return [*quads, *dataset_quads(quads)]


def term_quads() -> list[Quad]:
    """Return the slices of ``ontology/terms/``, each as a graph of its own, relations left out."""
    paths = [p for p in sorted(terms_dir().glob("*.ttl")) if p.stem not in RELATION_TREES]
    return [
        Quad(quad.subject, quad.predicate, quad.object, graph)
        for path in paths
        for quads in [read_slice(path)]
        for graph in [slice_name(quads)]
        for quad in quads
    ]


def build_dataset(studies: Iterable[Path], folder: Path, names: Sequence[str]) -> list[Written]:
    """Write the whole dataset as ``studyclaims.<suffix>`` in each named format.

    Raises:
        GraphError: a written form did not read back equal; nothing is put in place then.
    """
    quads = corpus_quads(studies)
    folder.mkdir(parents=True, exist_ok=True)
    ready: list[tuple[Path, bytes]] = []
    for name in names:
        data = serialize(quads, name, prefixes())
        path = folder / f"studyclaims{FORMATS[name].suffix}"
        if not (path.is_file() and path.read_bytes() == data):
            check(data, name, quads)
        ready.append((path, data))
    return [_put(path, data) for path, data in ready]


def refresh_generated() -> list[Written]:
    """Write the generated files of ``ontology/`` and ``shapes/``, each from its one table.

    In an installed wheel they are as released, and nothing is written.
    """
    if not in_checkout():
        return []
    texts = {
        ontology_dir() / "predicates.ttl": write_predicates(),
        ontology_dir() / "record.schema.json": record_schema(),
        shapes_dir() / "predicate.ttl": predicate_shapes(),
        shapes_dir() / "triple.ttl": triple_shapes(),
        shapes_dir() / "README.md": shapes_readme(),
    }
    return [_put(path, text.encode("utf-8")) for path, text in texts.items()]


def _put(path: Path, data: bytes) -> Written:
    return Written(path, write_atomic(path, data))
