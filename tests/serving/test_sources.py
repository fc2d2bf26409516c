"""What is answered from: memory and disk give the same, and a load leaves alone what is served."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from samples import quads
from serving.live import until
from studyclaims.formats import serialize
from studyclaims.serving.answering import answered
from studyclaims.serving.limits import Limits
from studyclaims.serving.nursery import Asked
from studyclaims.serving.pool import Pool
from studyclaims.serving.sources import DiskSource, Source, held
from studyclaims.stores.binding import keywords
from studyclaims.stores.generations import loading_into
from studyclaims.stores.hashes import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ONE = b"<urn:x:s> <urn:x:p> <urn:x:o> .\n"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ASKED = (
    COUNT,
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?claim ?stance { ?claim sc:stance ?stance } ORDER BY ?claim",
    "CONSTRUCT WHERE { ?claim sc:certainty ?certainty }",
)


def loaded(folder: Path, graphs: Mapping[str, bytes]) -> None:
    """Load graphs into a store on disk."""
    wanted = {iri: digest(text) for iri, text in graphs.items()}
    with loading_into(folder) as place:
        place.replace(graphs, [iri for iri in place.graphs() if iri not in graphs], wanted)


def small() -> dict[str, bytes]:
    (graph,) = {quad.graph_name.value for quad in quads()}  # type: ignore[union-attr]
    return {graph: serialize(quads(), "nt", {}), "urn:x:copy": serialize(quads(), "nt", {})}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("disk") / "store"
    loaded(path, small())
    return path


def test_a_store_on_disk_answers_as_memory_does(folder: Path) -> None:
    disk, memory = DiskSource(held(folder), folder), Source(quads())
    assert len(disk) == len(memory)
    assert disk.graphs() == sorted(small())
    for text in (ASKED[0], *ASKED[2:]):
        call = {"task": "query", "text": text, "default": [], "format": ""}
        assert answered(disk, call, Limits()) == answered(memory, call, Limits())
    merged = {"task": "query", "text": COUNT, "default": sorted(small()), "format": "csv"}
    assert answered(disk, merged, Limits())[1] == b"n\r\n%d\r\n" % len(memory)
    assert disk.description() == []


def test_what_is_served_stays_the_same_while_another_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    loaded(folder, {"urn:x:g": ONE})

    async def asked(pool: Pool) -> bytes:
        call = {"task": "query", "text": COUNT, "format": "csv"}
        return (await pool.ask(call))[1]

    async def served() -> None:
        pool = Pool(Asked(store=str(folder)), Limits(workers=2, deadline=5))
        await pool.start()
        try:
            assert pool.told["graphs"] == ["urn:x:g"]
            await asyncio.to_thread(loaded, folder, {"urn:x:h": ONE + ONE.replace(b":s", b":t")})
            assert await asked(pool) == b"n\r\n1\r\n"
            for worker in list(pool._all):
                pool._end(worker)
            assert await asked(pool) == b"n\r\n1\r\n"
        finally:
            await pool.stop()

    asyncio.run(served())
    assert until(lambda: len([path for path in folder.iterdir() if path.name.isdigit()]) == 2, 20)
    loaded(folder, {"urn:x:g": ONE})
    assert [path.name for path in folder.iterdir() if path.name.isdigit()] == ["3"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT*FROM<urn:x>{}", ["select", "from"]),
        ("# FROM\nASK{?from a :graph}", ["ask", "a"]),
        ("ASK { 'from' \"\"\"graph\"\"\" '''x''' ?x }", ["ask"]),
        ("ASK FROM NAMED <urn:x> {}", ["ask", "from", "named"]),
    ],
)
def test_words_are_found_where_the_engine_finds_them(text: str, words: list[str]) -> None:
    assert keywords(text) == words
