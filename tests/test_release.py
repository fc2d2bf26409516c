"""The version and the day of release are said in three places, and are the same in all."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path

import yaml

from studyclaims import release

ROOT = Path(__file__).resolve().parents[1]


def citation() -> dict[str, object]:
    data: dict[str, object] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return data


def test_the_citation_file_names_the_release() -> None:
    assert str(citation()["version"]) == release.VERSION
    assert str(citation()["date-released"]) == release.DATE


def test_the_package_names_the_release() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == release.VERSION


def test_a_built_graph_names_the_release_as_its_maker() -> None:
    assert f"studyclaims {release.VERSION}" == release.TOOL


def test_version_and_date_are_written_as_they_should() -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", release.VERSION)
    assert dt.date.fromisoformat(release.DATE).isoformat() == release.DATE


def test_the_citation_file_is_what_the_format_asks_for() -> None:
    data = citation()
    assert {"cff-version", "message", "title", "authors", "type"} <= data.keys()
    assert (data["type"], data["license"], data["title"]) == ("software", "MIT", "studyclaims")


def test_the_clock_is_asked_nowhere() -> None:
    """The same input gives the same bytes on any day."""
    asked = re.compile(r"\b(?:now|utcnow|today|time_ns|localtime|gmtime|time\.time)\(")
    files = sorted((ROOT / "scripts").rglob("*.py"))
    assert files
    assert [path.name for path in files if asked.search(path.read_text(encoding="utf-8"))] == []
