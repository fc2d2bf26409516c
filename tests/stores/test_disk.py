"""The store on disk: what it answers, who may open it, and what is left when writing fails."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

import samples
from commands import environment
from stores.versions import FOREIGN, FOREIGN_TEXT, GRAPHS, version
from studyclaims.errors import QueryError, StoreError
from studyclaims.queries import Rows, ask
from studyclaims.stores.disk import LOCK, DiskStore, damaged, standing
from studyclaims.stores.generations import DiskPlace, loading_into
from studyclaims.stores.hashes import Dataset, dataset_of, digest, ntriples
from studyclaims.stores.holders import alone, holder, named
from studyclaims.stores.loading import load
from studyclaims.stores.opening import opened_to_load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def filled(folder: Path, dataset: Dataset) -> Path:
    """Return the folder, the dataset now loaded into it."""
    with loading_into(folder) as place:
        load(dataset, place)
    return folder


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.isdigit())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiskStore]:
    """Return the small study twice, the second time under another graph's name."""
    again = [Quad(q.subject, q.predicate, q.object, NamedNode(GRAPHS[0])) for q in samples.quads()]
    folder = tmp_path_factory.mktemp("disk") / "store"
    with DiskStore(filled(folder, dataset_of([*samples.quads(), *again]))) as store:
        yield store


ASKED = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?claim ?stance { ?claim sc:stance ?stance } ORDER BY ?claim",
    "ASK { ?claim sc:certainty sc:speculated }",
]


@pytest.mark.parametrize("text", ASKED)
def test_it_answers_as_the_embedded_store_does(text: str, small: DiskStore) -> None:
    assert ask(small, text) == ask(samples.store(), text)


def test_the_default_graph_has_each_triple_once_and_graphs_have_theirs(small: DiskStore) -> None:
    assert len(small) == len(samples.quads())
    found = ask(small, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert isinstance(found, Rows)
    counts = {row["g"]: row["n"] for row in found}
    assert counts == {name: len(samples.quads()) for name in small.graphs()}
    assert small.count(GRAPHS[0]) == len(samples.quads())
    assert sum(1 for _ in small.quads()) == 2 * len(small)
    wanted = dataset_of(samples.quads()).digests.values()
    assert [digest(ntriples(small.read_graph(GRAPHS[0])))] == [*wanted]


def test_values_are_bound_and_a_bad_query_is_refused(small: DiskStore) -> None:
    text = "SELECT ?claim ?stance { ?claim sc:stance ?stance }"
    bound = {"stance": NamedNode("https://w3id.org/studyclaims/vocab/refutes")}
    assert ask(small, text, bound) == ask(samples.store(), text, bound)
    with pytest.raises(QueryError, match="cannot be read"):
        small.query("SELECT {")


def test_a_reader_keeps_what_it_opened_and_the_next_sees_the_new(tmp_path: Path) -> None:
    folder = filled(tmp_path / "store", version(1))
    with DiskStore(folder) as old:
        filled(folder, version(2))
        assert generations(folder) == ["1", "2"]
        assert old.ntriples(GRAPHS[0]).count(b'"1"') == 20
        with DiskStore(folder) as new:
            assert new.ntriples(GRAPHS[0]).count(b'"2"') == 20
    filled(folder, version(3))
    assert generations(folder) == ["3"]
    with pytest.raises(StoreError, match="closed"):
        old.query("ASK {}")
    old.close()


def test_the_logs_of_readers_do_not_pile_up(tmp_path: Path) -> None:
    folder = filled(tmp_path / "store", version(1))
    for _ in range(3):
        DiskStore(folder).close()
    assert list((folder / "1" / "quads").glob("LOG.old.*")) == []


def test_what_is_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store is here; make one with: studyclaims load"):
        DiskStore(tmp_path)
    Store(str(tmp_path / "theirs"))
    for run in (DiskStore, lambda path: filled(path, version(1))):
        with pytest.raises(StoreError, match="Oxigraph itself made"):
            run(tmp_path / "theirs")
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="found a file, expected a folder"):
        filled(tmp_path / "file", version(1))
    with pytest.raises(StoreError, match="found file in it"):
        filled(tmp_path, version(1))
    (tmp_path / "now").symlink_to("9")
    with pytest.raises(StoreError, match="names nothing"):
        DiskStore(tmp_path)
    assert standing(tmp_path).name == "9"


HOLD = """
import sys
from pyoxigraph import Store
store = Store(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""
LOAD = """
import sys
from pathlib import Path
from studyclaims.stores.generations import loading_into
with loading_into(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(script: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run another process until the block ends; it has told that it holds the path."""
    words = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_process_that_may_write_is_named_and_keeps_others_out(tmp_path: Path) -> None:
    folder = filled(tmp_path / "store", version(1))
    with another(HOLD, folder / "now" / "quads") as process:
        for run in (DiskStore, lambda path: filled(path, version(2))):
            with pytest.raises(StoreError, match=rf"store: process {process.pid} has the store"):
                run(folder)
    # A holder that was killed holds nothing.
    assert filled(folder, version(2))


def test_one_loads_at_a_time_and_readers_do_not_mind(tmp_path: Path) -> None:
    folder = filled(tmp_path / "store", version(1))
    with another(LOAD, folder) as process:
        with pytest.raises(StoreError, match=rf"process {process.pid} is loading into it"):
            filled(folder, version(2))
        with DiskStore(folder) as store:
            assert store.graphs() == sorted(GRAPHS)
    assert filled(folder, version(2))


def test_whom_nobody_can_name_is_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with alone(tmp_path / "lock", "it"):
        assert holder(tmp_path / "lock") == os.getpid()
        monkeypatch.setattr("studyclaims.stores.holders._LOCKS", tmp_path / "none")
        assert holder(tmp_path / "lock") is None
        with (
            pytest.raises(StoreError, match="it: another process is loading"),
            alone(tmp_path / "lock", "it"),
        ):
            pass
    assert named(3) == "process 3"


def test_a_lock_of_a_file_with_the_same_number_elsewhere_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lock").touch()
    inode = (tmp_path / "lock").stat().st_ino
    ours = f"{os.getpid()} fe:00:{inode} 0 EOF"
    lines = ["1: -> FLOCK ADVISORY WRITE 1 fe:00:1 0 EOF", f"2: FLOCK ADVISORY READ {ours}"]
    lines += [f"3: FLOCK ADVISORY WRITE 1 fe:00:{inode} 0 EOF", f"4: FLOCK ADVISORY WRITE {ours}"]
    (tmp_path / "locks").write_text("\n".join(lines))
    monkeypatch.setattr("studyclaims.stores.holders._LOCKS", tmp_path / "locks")
    assert holder(tmp_path / "lock") is None
    with (tmp_path / "lock").open():
        assert holder(tmp_path / "lock") == os.getpid()


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [2_000, 200_000], ids=["to open", "to load"])
@pytest.mark.parametrize("number", [1, 3], ids=["one core", "three cores"])
def test_a_limit_of_the_machine_leaves_the_old_and_says_what_is_needed(
    number: int, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studyclaims.stores.generations._SHARED", 0)
    monkeypatch.setattr("studyclaims.stores.generations.cores", lambda: number)
    folder = filled(tmp_path / "store", version(1))
    with (
        file_limit(size // number),
        pytest.raises(StoreError, match=r"refused: .*MB are needed") as told,
    ):
        filled(folder, version(2, 5000))
    assert "what stood before stands" in str(told.value)
    assert generations(folder) == ["1"]
    with DiskStore(folder) as store:
        assert store.ntriples(GRAPHS[0]).count(b'"1"') == 20
    filled(folder, version(2))
    assert generations(folder) == ["2"]


class Lossy:
    """A store that leaves out the first or the last line of what it is given."""

    kept: slice

    def __init__(self, path: str) -> None:
        self._store = Store(path)
        self.flush = self._store.flush

    def bulk_load(self, text: bytes, **more: Any) -> None:  # noqa: ANN401 - as the store's
        """Load most of it."""
        self._store.bulk_load(b"".join(text.splitlines(keepends=True)[self.kept]), **more)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (slice(1, None), "<https://ex.org/graph/a> did not read back"),
        (slice(-1), "the merge of the graphs did not read back"),
    ],
)
def test_what_does_not_read_back_is_not_put_up(
    kept: slice, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "store", version(1))
    monkeypatch.setattr(Lossy, "kept", kept, raising=False)
    monkeypatch.setattr("studyclaims.stores.generations.Store", Lossy)
    with pytest.raises(StoreError, match=told):
        filled(folder, version(2))
    assert generations(folder) == ["1"]


def test_a_damaged_store_is_told_and_a_good_one_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(tmp_path / "store", version(1))
    with DiskStore(folder) as store:
        fails = [OSError("bad block")]

        class Failing:
            def query(self: Self, *_: object, **__: object) -> None:
                raise fails[0]

        store._store = store.__dict__["_named"] = Failing()  # type: ignore[assignment]
        assert bool(store.query("ASK { ?s ?p ?o }"))
        monkeypatch.setattr("studyclaims.stores.disk.read_only", lambda *_: Failing())
        store._store = store.__dict__["_named"] = Failing()  # type: ignore[assignment]
        with pytest.raises(StoreError, match="cannot be read: bad block; if it is damaged"):
            store.query("ASK { ?s ?p ?o }")
    monkeypatch.undo()
    (folder / "1" / "quads" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreError, match="if it is damaged, remove the folder and load again"):
        DiskStore(folder)
    assert str(damaged(folder, None)).startswith(str(folder))


def test_a_place_that_is_not_locked_only_reads(tmp_path: Path) -> None:
    place = DiskPlace(tmp_path / "store")
    assert load(version(1), place, dry_run=True).changed
    assert not (tmp_path / "store").exists()
    with pytest.raises(RuntimeError, match="loading_into"):
        place.replace({}, [], {})


def test_graphs_of_others_stay(tmp_path: Path) -> None:
    folder = filled(tmp_path / "store", Dataset({FOREIGN: FOREIGN_TEXT}))
    filled(folder, version(1))
    filled(folder, version(2))
    with DiskStore(folder) as store:
        assert store.ntriples(FOREIGN) == FOREIGN_TEXT
        assert store.graphs() == sorted([*GRAPHS, FOREIGN])
        assert bool(store.query('ASK { ?s ?p "foreign" }'))
        assert Literal("foreign") in {t.object for t in store.read_graph(FOREIGN)}


def test_folders_that_are_no_generations_are_left_alone(tmp_path: Path) -> None:
    """Whoever names a folder of dated backups with a link `now` must find them again."""
    (tmp_path / "d" / "20230101").mkdir(parents=True)
    kept = tmp_path / "d" / "20230101" / "x"
    kept.write_text("x", encoding="utf-8")
    (tmp_path / "d" / "20240101").mkdir()
    (tmp_path / "d" / "now").symlink_to("20240101")
    with suppress(StoreError), loading_into(tmp_path / "d") as place:
        load(Dataset({"urn:a:g": b'<urn:a:b> <urn:a:b> "c" .\n'}), place)
    assert kept.read_text(encoding="utf-8") == "x"


def test_a_lock_makes_no_store_of_a_folder_with_other_things(tmp_path: Path) -> None:
    (tmp_path / "2023").mkdir()
    (tmp_path / "2023" / "x").touch()
    (tmp_path / LOCK).touch()
    with pytest.raises(StoreError, match="found 2023 in it"), loading_into(tmp_path):
        pass
    assert (tmp_path / "2023" / "x").exists()


@pytest.mark.parametrize("store", ["", "localhost:7878", "ftp://example.org/x"])
def test_what_is_neither_a_folder_nor_an_address_is_refused(store: str) -> None:
    with (
        pytest.raises(StoreError, match="begins with http"),
        opened_to_load(store, dry_run=True),
    ):
        pass
