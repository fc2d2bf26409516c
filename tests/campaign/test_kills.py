"""A loader or a server that is killed at random, and readers beside a loader.

However it ends, the store holds one version whole, opens again, and takes the next load. A tenth of
the campaign runs as slow tests.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import pytest

import servers
from commands import environment
from stores.versions import FOREIGN, FOREIGN_TEXT, GRAPHS, version
from studyclaims.errors import StoreError
from studyclaims.queries import Rows, ask
from studyclaims.stores.calls import Caller
from studyclaims.stores.credentials import PASSWORD, USER, auth_for
from studyclaims.stores.disk import DiskStore
from studyclaims.stores.endpoints import probe
from studyclaims.stores.hashes import Dataset
from studyclaims.stores.loading import load
from studyclaims.stores.merged import MERGED as MERGED_GRAPH
from studyclaims.stores.merged import is_derived
from studyclaims.stores.opening import opened, opened_to_load
from studyclaims.stores.remote import RemoteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from servers import Server
    from studyclaims.stores.embedded import EmbeddedStore

LOADER: Final = str(Path(__file__).with_name("loader.py"))
TRIPLES: Final = 400
VERSIONS: Final = tuple(version(number, TRIPLES) for number in (1, 2))
LONGEST: Final = 1.0
"""Seconds after which a loader is killed at the latest; in them it loads more than once."""

HELD: Final = "SELECT ?v (COUNT(*) AS ?n) { GRAPH ?g { ?s <urn:a:version> ?v } } GROUP BY ?v"
MERGED: Final = "SELECT ?v (COUNT(DISTINCT ?s) AS ?n) { ?s <urn:a:version> ?v } GROUP BY ?v"
"""Of the merge, or of a union that has a triple once for each graph that holds it."""

trials = pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(10), id="a tenth", marks=pytest.mark.slow),
        pytest.param(range(100), id="campaign", marks=pytest.mark.campaign),
    ],
)
needs_oxigraph = pytest.mark.skipif(
    bool(servers.missing("oxigraph")), reason=servers.missing("oxigraph")
)


def known() -> dict[str, str]:
    """Return the variables that say who one is to a store."""
    return {name: os.environ[name] for name in (USER, PASSWORD) if name in os.environ}


@contextmanager
def loader(store: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a loader that is about to begin, and end it."""
    words = [sys.executable, LOADER, store, str(TRIPLES), *more]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(**known())
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()


def wait(dice: random.Random) -> None:
    time.sleep(dice.uniform(0, LONGEST))


def standing(store: str) -> str:
    """Return the hash of the version that a store holds, or "none" where it holds neither.

    It is asked once: what a killed loader has sent to a server may still be done a moment later.
    """
    with opened(store) as asked:
        found = ask(cast("EmbeddedStore", asked), HELD)
    if isinstance(found, Rows) and not found.rows:
        return "nothing"
    number = version_seen(found, len(GRAPHS))
    return VERSIONS[number - 1].sha256 if number else "none"


def begin(store: str) -> None:
    """Give a store a graph of somebody else."""
    with opened_to_load(store) as place:
        load(Dataset({FOREIGN: FOREIGN_TEXT}), place)


def finish(store: str) -> None:
    """Load the first version and see that it stands, beside the graph of somebody else."""
    # What the last loader had sent when it was killed may be done while this load reads.
    with suppress(StoreError), opened_to_load(store) as place:
        load(VERSIONS[0], place)
    with opened_to_load(store) as place:
        assert load(VERSIONS[0], place).sha256 == VERSIONS[0].sha256
        assert [iri for iri in place.graphs() if not is_derived(iri)] == [FOREIGN, *GRAPHS]
        assert place.ntriples(FOREIGN) == FOREIGN_TEXT
        # What the last loader had sent when it was killed may be done after this load.
        assert not all(load(VERSIONS[0], place).changed for _ in range(3))


WHOLE: Final = {"nothing", *(held.sha256 for held in VERSIONS)}


def check_kills(store: str, seeds: range, kill: Callable[[subprocess.Popen[bytes]], None]) -> None:
    """Kill something at random, many times, and look each time what is left."""
    seen = []
    for seed in seeds:
        dice = random.Random(seed)  # noqa: S311 - no secret
        with loader(store) as process:
            wait(dice)
            kill(process)
        seen.append(standing(store))
        assert seen[-1] in WHOLE, f"seed {seed}"
        if seed % 5 == 0:
            finish(store)
    finish(store)
    assert {held.sha256 for held in VERSIONS} <= set(seen)


@trials
def test_a_killed_loader_leaves_one_version_whole_on_disk(seeds: range, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    begin(store)
    check_kills(store, seeds, subprocess.Popen.kill)
    assert len([path for path in (tmp_path / "store").iterdir() if path.name.isdigit()]) == 1


@trials
@needs_oxigraph
def test_a_killed_loader_leaves_one_version_whole_on_a_server(seeds: range) -> None:
    with servers.running("oxigraph", fresh=True) as server:
        begin(server.url)
        check_kills(server.url, seeds, subprocess.Popen.kill)


@trials
@needs_oxigraph
def test_a_killed_server_leaves_one_version_whole(seeds: range) -> None:
    with servers.running("oxigraph", fresh=True) as server:
        begin(server.url)

        def kill(_: subprocess.Popen[bytes]) -> None:
            server.kill()
            server.restart()

        check_kills(server.url, range(len(seeds) // 2), kill)


def version_seen(found: Any, copies: int) -> int | None:  # noqa: ANN401 - the answer of a query
    """Return the one version that an answer shows whole, or None where it is torn."""
    assert isinstance(found, Rows)
    rows = [(int(row["v"]), row["n"]) for row in found]
    return rows[0][0] if len(rows) == 1 and rows[0][1] == copies * TRIPLES else None


def read_beside(store: str, turns: int, reads: int, read: Callable[[], list[int | None]]) -> None:
    """Read while versions are loaded by turns: no read may be torn, and both must be seen."""
    seen: list[int | None] = []
    with loader(store, str(turns)) as process:
        while process.poll() is None or len(seen) < reads:
            seen += read()
        assert process.returncode == 0, process.stderr and process.stderr.read()
    assert seen.count(None) == 0
    assert {1, 2} <= set(seen)


ATOMIC: Final = ("oxigraph", "fuseki", "rdf4j")
"""The stores that do an update all or none; Virtuoso does not, and its page says so."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ATOMIC)
def test_no_read_of_a_server_is_torn(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if servers.missing(kind):
        pytest.skip(servers.missing(kind))
    with servers.running(kind, fresh=True) as server:
        if server.user:
            monkeypatch.setenv(USER, server.user)
            monkeypatch.setenv(PASSWORD, server.password)
        asked = remote(server)
        with opened_to_load(server.url) as place:
            load(VERSIONS[1], place)
        read_beside(server.url, 20, 1000, lambda: reads_of(asked))


def remote(server: Server) -> RemoteStore:
    caller = Caller(auth_for(server.url, os.environ))
    return RemoteStore(probe(server.url, caller), caller, MERGED_GRAPH)


def reads_of(store: Any) -> list[int | None]:  # noqa: ANN401 - a store of any kind
    return [version_seen(ask(store, HELD), len(GRAPHS)), version_seen(ask(store, MERGED), 1)]


@pytest.mark.slow
def test_no_read_of_a_folder_is_torn(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with opened_to_load(str(folder)) as place:
        load(VERSIONS[1], place)

    def read() -> list[int | None]:
        with DiskStore(folder) as store:
            return [version_seen(ask(store, HELD), 3), version_seen(ask(store, MERGED), 1)]

    read_beside(str(folder), 20, 1000, read)


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_and_the_next_load_goes_well(tmp_path: Path) -> None:
    mounted = tmp_path / "small"
    mounted.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(mounted)]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("a file system of its own cannot be mounted here")
    try:
        store = str(mounted / "store")
        with opened_to_load(store) as place:
            load(VERSIONS[0], place)
        told = pytest.raises(StoreError, match=r"refused: .*about [0-9]+ MB are needed")
        with told, opened_to_load(store) as place:
            load(version(3, 40_000), place)
        assert standing(store) == VERSIONS[0].sha256
        with opened_to_load(store) as place:
            load(VERSIONS[1], place)
        assert standing(store) == VERSIONS[1].sha256
    finally:
        subprocess.run(["umount", "-l", str(mounted)], check=True)  # noqa: S607
