"""The verb `serve`: what it says of a store that is not there is what `query` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from studyclaims.cli import cli
from studyclaims.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

PLACES = ["DIR/none", "DIR", "DIR/file", "DIR/oxigraph", "", "localhost:7878", "ftp://h/x"]


def told(*words: str) -> tuple[str, int]:
    """Return what a verb raises, and the status that it ends with."""
    error = CliRunner().invoke(cli, words).exception
    assert isinstance(error, StoreError), error
    return str(error), error.exit_status


@pytest.mark.parametrize("place", PLACES)
def test_a_store_that_is_not_there_is_told_as_query_tells_it(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "oxigraph").mkdir()
    (tmp_path / "oxigraph" / "CURRENT").write_text("x")
    store = place.replace("DIR", str(tmp_path))
    said = told("serve", "--port", "0", "--store", store)
    assert said == told("query", "ASK {}", "--store", store)
    assert said[1] == 4


def test_a_server_is_asked_by_query_and_not_served() -> None:
    done = CliRunner().invoke(cli, ["serve", "--store", "http://localhost:9/ds?key=4711"])
    assert done.exit_code == 2
    assert "http://localhost:9/ds: found the address of a server" in done.output
    assert "4711" not in done.output


def test_a_store_and_files_are_two_things_to_ask(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text("")
    for verb in (["serve"], ["query", "ASK {}"]):
        done = CliRunner().invoke(cli, [*verb, "--store", "", "--from", str(file)])
        assert done.exit_code == 2
        assert "--store and --from" in done.output
