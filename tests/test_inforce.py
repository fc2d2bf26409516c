"""Settings in force: a place that a file has set is told, and one that was typed is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from samples import KEY, quads
from studyclaims.config import VARIABLE
from studyclaims.formats import serialize
from test_config import put
from test_settings import ends, here

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["here"]


@pytest.fixture
def cloned(here: Path) -> Path:
    """Return the working folder as it may come from elsewhere: with a graph, and with settings."""
    (here / "small.nq").write_bytes(serialize(quads(), "nq", {}))
    put(
        here / "studyclaims.toml",
        "from = ['small.nq']\n[export]\nout = 'claims.csv'\n[query]\nformat = 'json'",
    )
    return here


def test_what_a_file_sets_of_what_is_read_and_written_is_told(cloned: Path) -> None:
    status, out, err = ends("export", "--to", "csv")
    assert (status, out) == (0, "wrote  claims.csv\n")
    assert err.splitlines() == [
        'studyclaims.toml:3: sets --out to "claims.csv"',
        'studyclaims.toml:1: sets --from to ["small.nq"]',
    ]
    assert (cloned / "claims.csv").read_text().count(KEY) > 5


def test_what_is_told_is_told_once_and_beside_the_data(cloned: Path) -> None:
    for _ in range(2):
        status, out, err = ends("query", "list-causes")
        assert (status, err) == (0, 'studyclaims.toml:1: sets --from to ["small.nq"]\n')
        assert json.loads(out)
    assert cloned.is_dir()


def test_what_was_typed_or_is_in_a_variable_is_not_told(cloned: Path) -> None:
    (cloned / "other.nq").write_bytes((cloned / "small.nq").read_bytes())
    assert ends("query", "list-causes", "--from", "other.nq")[::2] == (0, "")
    assert ends("query", "list-causes", STUDYCLAIMS_QUERY_FROM="other.nq")[::2] == (0, "")
    assert ends("config")[2] == ends("query", "--help")[2] == ""


def test_a_file_that_the_user_named_is_told_too(cloned: Path) -> None:
    path = put(cloned.parent / "mine.toml", f"query.from = '{cloned}/small.nq'")
    assert ends("query", "list-causes", **{VARIABLE: str(path)})[2].startswith(
        f"{path}:1: sets --from to ["
    )


@pytest.mark.parametrize("place", ["/etc", "../x.nq"])
def test_a_file_found_in_a_folder_leads_to_nothing_outside_it(here: Path, place: str) -> None:
    put(here / "studyclaims.toml", f"query.from = '{place}'")
    status, out, err = ends("stats")
    assert (status, out) == (2, "")
    assert err == (
        f'studyclaims.toml:1: found query.from = "{place}", expected a path in this folder, '
        "as the file was found here\n"
    )
