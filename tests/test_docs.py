"""The pages say what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
ANCHORS = sorted(
    {
        anchor
        for path in (ROOT / "shapes").glob("*.ttl")
        for anchor in re.findall(r"docs/model#([a-z-]+)>", path.read_text(encoding="utf-8"))
    }
)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "ontology").rglob("*.md")]


@pytest.mark.parametrize("anchor", ANCHORS)
def test_what_a_shape_points_at_is_a_heading(anchor: str) -> None:
    headings = {h.lower().replace(" ", "-") for h in re.findall(r"^## (.+)$", MODEL, re.MULTILINE)}
    assert anchor in headings


def test_the_floors_on_the_page_are_those_that_are_enforced() -> None:
    page = {
        int(floor): {name.partition(" ")[0] for name in names.split(", ")}
        for floor, names in re.findall(r"^\| (\d) \| ([^|]+) \|$", MODEL, re.MULTILINE)
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    enforced = {len(layers) - 1 - n: set(names.split(" : ")) for n, names in enumerate(layers)}
    assert page == enforced


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)[^):]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_a_decision_says_what_was_chosen_and_refused(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.name[:4]}. ")
    assert "**Chosen.**" in text
    assert "**Refused.**" in text
