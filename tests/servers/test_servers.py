"""Each real store starts, answers, keeps a graph over a stop and a kill, and guards its writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import servers
from servers import Server, talking
from servers.install import DownloadError, maven_file
from servers.places import HERE, Download, digest, free_port, without_file, without_program

if TYPE_CHECKING:
    from collections.abc import Iterator

IRI = "http://example.org/graph"
TRIPLE = b"<http://example.org/s> <http://example.org/p> <http://example.org/o> .\n"
every_kind = pytest.mark.parametrize("kind", servers.KINDS)


def started(kind: str) -> None:
    """Skip where a store cannot be started, saying why."""
    reason = servers.missing(kind)
    if reason:
        pytest.skip(f"{kind}: {reason}")


@pytest.fixture(params=servers.KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    started(request.param)
    with servers.running(request.param) as found:
        yield found


def kept(server: Server) -> bytes:
    """Return the graph as the store gives it back, its white space made one blank."""
    answer = talking.graph(server, "GET", IRI)
    assert answer.status == 200
    return b" ".join(answer.body.split()) + b"\n"


@pytest.mark.slow
def test_a_store_says_who_it_is_and_answers(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{server.title} {server.version}")  # noqa: T201 - what was tested
    answer = talking.query(server, "ASK {}")
    assert answer.status == 200
    assert json.loads(answer.body)["boolean"] is True
    assert server.pid > 0
    assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.slow
def test_a_store_keeps_a_graph_over_a_stop_and_a_kill(server: Server) -> None:
    assert talking.graph(server, "PUT", IRI, TRIPLE).status in {200, 201, 204}
    assert kept(server) == TRIPLE
    for end in (server.stop, server.kill):
        before = server.pid
        end()
        assert (server.pid, server.alive) == (0, False)
        with pytest.raises(OSError, match="refused"):
            talking.query(server, "ASK {}")
        server.start()
        assert server.pid not in {0, before}
        assert kept(server) == TRIPLE
    server.restart()
    assert servers.graphs(server) == {IRI}


@pytest.mark.slow
def test_who_does_not_know_the_password_cannot_write(server: Server) -> None:
    if not server.user:
        pytest.skip(f"{server.title} has no passwords")
    text = f"INSERT DATA {{ GRAPH <{IRI}> {{ <{IRI}> <{IRI}> <{IRI}> }} }}"
    right = server.password
    for wrong in ("", "not it"):
        server.password = wrong
        try:
            assert talking.update(server, text).status == 401
            assert talking.graph(server, "PUT", IRI, TRIPLE).status == 401
            assert talking.graph(server, "DELETE", IRI).status == 401
        finally:
            server.password = right
    assert servers.graphs(server) == set()
    assert talking.update(server, text).status in {200, 204}
    assert servers.graphs(server) == {IRI}


@pytest.mark.slow
@every_kind
def test_a_store_is_handed_out_empty_and_a_second_one_is_another(kind: str) -> None:
    started(kind)
    with servers.running(kind) as first:
        talking.graph(first, "PUT", IRI, TRIPLE)
        with servers.running(kind) as second:
            assert second.url != first.url
            assert second.folder != first.folder
            assert servers.graphs(second) == set()
        assert not second.alive
        assert not second.folder.exists()
        first.kill()
    with servers.running(kind) as again:
        assert again is first
        assert servers.graphs(again) == set()


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    assert without_file(tmp_path) == ""
    assert without_file(tmp_path / "a", tmp_path / "b") == "a, b not downloaded: run .ci/servers"
    assert without_program("python3") == ""
    assert without_program("no-such-a", "no-such-b") == "no no-such-a, no no-such-b on the PATH"


def test_a_store_that_is_missing_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers.MODULES["oxigraph"], "missing", lambda: "for a reason")
    with (
        pytest.raises(servers.StartError, match="for a reason"),
        servers.running("oxigraph", fresh=True),
    ):
        pass


def test_a_server_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    command = ("sh", "-c", "echo out of luck; exit 1")
    address = f"http://127.0.0.1:{free_port()}/"
    recipe = servers.Recipe("none", "None", "0", command, "", "", "", "", address)
    server = Server(recipe, tmp_path)
    with pytest.raises(servers.StartError, match=r"None 0 ended at once.*\nout of luck"):
        server.start()
    assert server.pid == 0


def test_a_server_ends_with_who_started_it_however_that_ended(tmp_path: Path) -> None:
    folder = tmp_path / "its own"
    folder.mkdir()
    program = (
        "import os, sys; from pathlib import Path; from servers import Recipe, Server\n"
        "server = Server(Recipe('x', 'X', '0', ('sleep', '600'), *[''] * 5), Path(sys.argv[1]))\n"
        "server._wait = lambda: None; server.start()\n"
        "print(server.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", program, str(folder)]
    paths = {"PYTHONPATH": str(HERE.parent)}
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env=os.environ | paths
    )
    assert ended.returncode == -signal.SIGKILL
    end = time.monotonic() + 10
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not folder.exists()
    running = Path(f"/proc/{int(ended.stdout)}/cmdline")
    assert not running.exists() or b"sleep" not in running.read_bytes()


def test_a_file_that_is_here_is_taken_only_with_its_sum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jar"
    path.write_bytes(b"a jar")
    maven_file(Download("g:a:1", path, digest(path, "sha512")))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DownloadError, match="g:a:1: no mvn on the PATH"):
        maven_file(Download("g:a:1", path, "0" * 128))
