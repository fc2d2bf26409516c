"""The page of what was tested: each store does what its row says, and the page is of now."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

import servers
from servers.cutting import cutting
from servers.table import DISK, PAGE, ROWS, cells, line, page, row, version_of
from servers.trials import COLUMNS


@pytest.mark.slow
@pytest.mark.parametrize("kind", ROWS)
def test_each_cell_of_a_store_is_as_the_page_says(kind: str) -> None:
    if kind != DISK and (reason := servers.missing(kind)):
        pytest.skip(f"{kind}: {reason}")
    found = cells(kind)
    assert [cell for cell in found.values() if cell.startswith("**no**")] == []
    assert row(kind, found) in PAGE.read_text(encoding="utf-8").splitlines(keepends=True)


def test_the_page_has_a_row_for_each_store_of_the_versions_of_now() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [found for found in text.splitlines(keepends=True) if found.startswith("| ")][1:]
    assert [found.split(" | ")[0] for found in rows] == [f"| {version_of(kind)}" for kind in ROWS]
    assert page(rows) == text
    assert all(found.count(" | ") == len(COLUMNS) for found in rows)
    assert "**no**" not in text


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert line("a|b", "c") == "| a/b | c |\n"


@pytest.mark.parametrize(
    ("sent", "received", "whole"), [(99, 99, False), (1 << 20, 99, False), (1 << 20, 1 << 20, True)]
)
def test_a_wire_is_cut_where_it_is_told(sent: int, received: int, whole: bool) -> None:
    def echo() -> None:
        connected, _ = held.accept()
        with connected, contextlib.suppress(OSError):
            while part := connected.recv(65536):
                connected.sendall(part)

    with socket.create_server(("127.0.0.1", 0)) as held:
        threading.Thread(target=echo, daemon=True).start()
        url = f"http://127.0.0.1:{held.getsockname()[1]}/x"
        with cutting(url, sent=sent, received=received) as wire:
            port = int(wire.url.split(":")[2].split("/")[0])
            with socket.create_connection(("127.0.0.1", port)) as near:
                near.sendall(b"x" * 1000)
                found = b""
                with contextlib.suppress(OSError):
                    near.shutdown(socket.SHUT_WR)
                    while part := near.recv(65536):
                        found += part
            assert len(found) == 1000 if whole else len(found) <= 99
            assert wire.cuts == (not whole)
