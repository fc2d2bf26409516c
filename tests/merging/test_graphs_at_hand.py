"""Real graphs from elsewhere, if they are at hand: each file read, mended or set aside with reason.

They are in ``shared/data/kgs`` beside the checkout.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)

from studyclaims.merging.curies import canonical, canonical_ids, distinct_ids
from studyclaims.merging.equivalence import Cliques, cliques
from studyclaims.merging.merge import merge
from studyclaims.merging.readers import rdf, read
from studyclaims.merging.readers.reading import Mapped, Said
from studyclaims.outside import canonical as canonical_quads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.merging.report import Report

ROOT = Path(__file__).parents[3] / "shared" / "data" / "kgs"
FILES = [
    pytest.param(path, id=path.relative_to(ROOT).as_posix())
    for path in sorted(ROOT.rglob("*"))
    if path.is_file()
]
GRAPHS = [p for p in FILES if str(p.id).endswith((".ttl", ".nt"))]
TABLES = [p for p in FILES if str(p.id).endswith(".tsv") and p.id != "MANIFEST.tsv"]
UNKNOWN = "found the suffix '.gpml'", "found the columns 'file, form, source"
"""What of the data no reader is for: drawings of pathways, and the list of the files."""

MENDED = {"WP2312.ttl": 682, "WP2619.ttl": 48, "WP2807.ttl": 8, "WP2909.ttl": 360}
CUT = {"graph_nodes.tsv": "535", "mp_hp_mgi_all.sssom.tsv": "1586"}
"""Tables whose last line lacks cells and its end; it may have been cut off, and is set aside."""

KINDS = ("Anatomy", "Compound", "Disease", "Gene")
OSTEOPOROSIS = {
    "DOID:11476",
    "MESH:D010024",
    "MONDO:0005298",
    "NCIT:C3298",
    "OMIM:166710",
    "UMLS:C0029456",
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILES, reason="no graphs from elsewhere are at hand (shared/data/kgs)"),
]


@pytest.mark.parametrize("path", FILES)
def test_each_file_is_read_mended_or_set_aside_with_a_reason(path: Path) -> None:
    it = read(path, path.name)
    rows = sum(1 for _ in it.rows())
    counts = it.counts
    if any(refused.reason.startswith(UNKNOWN) for refused in it.quarantine):
        assert (rows, counts) == (0, {"refused": 1, "refused files": 1})
        return
    assert [refused.place for refused in it.quarantine] == [*filter(None, [CUT.get(path.name)])]
    assert rows
    assert counts["in"]
    if path.name in MENDED:
        assert counts["repaired"] == MENDED[path.name]
    elif path.suffix == ".ttl":
        assert "repaired" not in counts
    if path.suffix in {".ttl", ".nt"}:
        assert counts["in"] == counts["said"]


def mended(term: Any) -> Any:  # noqa: ANN401 - terms of pyoxigraph
    """Return a term with what is no IRI mended."""
    if isinstance(term, NamedNode):
        return NamedNode(rdf.mended_iri(term.value) or "")
    if isinstance(term, Literal) and term.language is None:
        return Literal(term.value, datatype=mended(term.datatype))
    return term


def named(text: str) -> NamedNode | BlankNode:
    return BlankNode(text[2:].replace(".", "_")) if text.startswith("_:") else NamedNode(text)


def quad_of(row: Said) -> Quad:
    """Return the quad that a row stands for; each name in it must be a valid one."""
    value: Any = None
    if row.o_kind == "literal" and row.lang:
        value = Literal(row.o, language=row.lang)
    elif row.o_kind == "literal":
        value = Literal(row.o, datatype=NamedNode(row.datatype)) if row.datatype else Literal(row.o)
    else:
        value = named(row.o)
    graph = named(row.g) if row.g else DefaultGraph()
    return Quad(named(row.s), NamedNode(row.p), value, graph)


def as_given(path: Path) -> Iterator[Quad]:
    form = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES}[path.suffix]
    for quad in parse(path=path, format=form, lenient=True):
        parts = (mended(quad.subject), mended(quad.predicate), mended(quad.object))
        yield Quad(*parts, quad.graph_name)


_OF_SOURCE = """
    select s, p, o, o_kind, datatype, lang, g from (
        select *, unnest(string_split(merged_from, '|')) as origin
        from read_parquet(?)
    ) where origin like ?
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """Return the merge of all files, and what it tells."""
    out = tmp_path_factory.mktemp("whole") / "out"
    return out, merge([Path(str(param.values[0])) for param in FILES], out)


def test_in_a_merge_of_all_each_row_is_accounted_for(whole: tuple[Path, Report]) -> None:
    _, report = whole
    totals = {it.kind: it for it in report.totals}
    for it in totals.values():
        assert it.rows == it.merged + it.duplicates + it.quarantined
    assert totals["files"].rows == len(report.inputs) == len(FILES)
    read = totals["files"].merged
    assert read == sum(bool(it.rows) for it in report.inputs)
    unknown = [it for it in report.refused if it.whole and it.reason.startswith(UNKNOWN)]
    assert read + len(unknown) == len(FILES)
    for kind in ("statements", "properties", "mappings"):
        assert totals[kind].merged > 50_000
    repaired = {it.file: it.repaired for it in report.inputs if it.repaired}
    assert repaired == MENDED
    assert sum(it.quarantined for it in report.inputs) == len(CUT)


@pytest.mark.parametrize("path", GRAPHS)
def test_no_triple_of_a_graph_is_lost_in_a_merge_of_all(
    path: Path, whole: tuple[Path, Report]
) -> None:
    out, report = whole
    (source,) = (it.source for it in report.inputs if it.file == path.name)
    db = duckdb.connect()
    rows = db.execute(_OF_SOURCE, [f"{out}/statements/*.parquet", f"{source} %"]).fetchall()
    found = canonical_quads((quad_of(Said(*row)) for row in rows), path.name)
    given = canonical_quads(as_given(path), path.name)
    assert set(map(str, found)) == set(map(str, given))


def leaves(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Yield each text in what JSON holds."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    else:
        yield str(value)


def told_of(path: Path) -> set[str]:
    """Return all that rows of a file say, ids without their prefix too."""
    told: set[str] = set()
    for row in read(path, path.name).rows():
        texts = [str(part) for part in row]
        told.update(texts, (text.partition(":")[2] for text in texts[:3]))
        if isinstance(row, Said) and row.more:
            told.update(leaves(json.loads(row.more)))
    return told | {text.strip() for text in told}


@pytest.mark.parametrize("path", TABLES)
def test_no_cell_of_a_table_is_lost(path: Path) -> None:
    told = told_of(path)
    with path.open(encoding="utf-8") as file:
        lines = [line.rstrip("\r\n").split("\t") for line in file if not line.startswith("#")]
    lines = lines[: -1 if path.name in CUT else None]
    without_header = "mesh_mappings" in path.name
    for cells in lines[0 if without_header else 1 :]:
        for cell in {cell.strip() for cell in cells} - told - {"", '""'}:
            splits = [{part.strip() for part in cell.split(by)} for by in ("|", ";", "::")]
            assert any(parts - {"", *KINDS} <= told for parts in splits), (path.name, cells)


@cache
def ids() -> tuple[dict[str, set[str]], Cliques]:
    """Return the ids in each folder of the data as they are written, and the cliques of all."""
    columns: dict[str, list[Any]] = defaultdict(list)
    mappings, categories = [], defaultdict(set)
    for path in sorted(path for path in ROOT.rglob("*") if path.is_file()):
        folder = path.relative_to(ROOT).parts[0]
        for kind, batch in read(path, path.name).batches():
            if kind is Mapped:
                mappings.append(batch)
                continue
            one, other = ("s", "o") if kind is Said else ("id", "value")
            is_id = pc.equal(batch["o_kind"], "iri")
            columns[folder] += [batch[one], batch[other].filter(is_id)]
            if kind is not Said:
                told = batch.filter(pc.equal(batch["property"], "category"))
                for it, name in zip(*(told[c].to_pylist() for c in ("id", "value")), strict=True):
                    categories[it].add(name)
    del columns["sssom"]
    written = {folder: set(distinct_ids(found).to_pylist()) for folder, found in columns.items()}
    return written, cliques(mappings, categories=categories)


def shared(by_folder: dict[str, set[str]]) -> int:
    """Return how many ids are in two folders or more, mapping sets left out."""
    counts = Counter(it for found in by_folder.values() for it in found if it[:2] != "_:")
    return sum(1 for count in counts.values() if count > 1)


def test_ids_that_sources_share_as_written_canonical_and_with_cliques() -> None:
    written, found = ids()
    spelled = {
        folder: set(canonical_ids(pa.array(sorted(them), pa.string())).to_pylist())
        for folder, them in written.items()
    }
    leaders = {
        folder: {found.leader.get(it, it) for it in them} for folder, them in spelled.items()
    }
    figures = [shared(them) for them in (written, spelled, leaders)]
    print("ids in two sources or more: as written, canonical, with cliques:", figures)  # noqa: T201
    assert figures[0] < figures[1] < figures[2]
    assert figures[0] >= 200
    assert figures[1] >= 4_000
    assert figures[2] >= 7_000
    again = {it for them in spelled.values() for it in them}
    assert {canonical(it) for it in again} == again


def test_cliques_of_the_data_are_explained_and_never_join_what_is_not_one() -> None:
    _, found = ids()
    osteoporosis = found.why("DOID:11476")
    assert osteoporosis is not None
    assert set(osteoporosis.ids) == OSTEOPOROSIS
    assert osteoporosis.fault == ""
    assert len(osteoporosis.rows) >= len(OSTEOPOROSIS) - 1
    bignami = found.why("MONDO:0016370")
    assert bignami is not None
    assert "HP:0000938" not in bignami.ids
    assert found.leader.get("HP:0000938") is None
    # Bone resorption, a process, is in one chain with a disease by way of a term of MeSH.
    resorption = found.why("GO:0045453")
    assert resorption is not None
    assert resorption.fault.endswith("DOID:0080011 a disorder")
    assert "GO:0045453" not in found.leader
    assert len(found.refused) > 400
    assert all(clique.rows and clique.fault for clique in found.refused)
