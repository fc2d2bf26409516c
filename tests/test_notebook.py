"""The notebook docs/tour.ipynb: what it stores is whole, names no machine, and is so today."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from refresh_notebook import METADATA, ROOT, TOUR, settled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFRESH: Final = ROOT / "tests" / "refresh_notebook.py"
ADDRESS: Final = re.compile(r"(?i)\b(?:https?|doi|urn):\S*")
PLACE: Final = re.compile(r"(?<![\w.<])(?:/(?!/)|[A-Za-z]:\\|~/)[\w.-]+[/\\]")
LARGEST: Final = 100_000
"""How many bytes the notebook may take: outputs that are short enough to review."""


def stored() -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(TOUR.read_text(encoding="utf-8"))
    return notebook


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def shown(notebook: dict[str, Any]) -> list[list[str]]:
    """Return what each code cell shows: texts, and the HTML that is ours.

    The HTML of pandas is its own, and differs between its versions.
    """
    return [[*outputs_of(cell)] for cell in code_cells(notebook)]


def outputs_of(cell: dict[str, Any]) -> Iterator[str]:
    for output in cell["outputs"]:
        yield "".join(output.get("text", ()))
        for form in ("text/plain", "text/html"):
            text = "".join(output.get("data", {}).get(form, ()))
            if 'class="dataframe"' not in text:
                yield text


def test_every_cell_has_run_in_order_and_none_failed() -> None:
    cells = code_cells(stored())
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output["output_type"] for cell in cells for output in cell["outputs"]}
    assert kinds == {"execute_result"}, "no error, and nothing on the standard streams"
    assert all(cell["outputs"] for cell in cells), "a cell that shows nothing is no part of a tour"


def test_the_notebook_names_no_path_and_no_time() -> None:
    text = TOUR.read_text(encoding="utf-8")
    assert PLACE.findall(ADDRESS.sub("", text.replace("\\n", " "))) == []
    assert stored()["metadata"] == METADATA
    assert all(cell["metadata"] == {} for cell in stored()["cells"])
    assert len(text.encode("utf-8")) <= LARGEST


@pytest.mark.parametrize("path", ["/usr/lib/x", "~/x/y", "C:\\Users\\x", "in /srv/x", "'/opt/a/b'"])
def test_a_path_is_seen(path: str) -> None:
    assert PLACE.search(ADDRESS.sub("", path))
    assert not PLACE.search(ADDRESS.sub("", "https://ex.org/a/b and ausk-2017/title, </td>, a/b/c"))


def test_the_notebook_is_stored_as_a_refresh_writes_it() -> None:
    assert settled(stored()) == TOUR.read_text(encoding="utf-8")


def test_the_notebook_shows_no_script() -> None:
    assert "<script" not in TOUR.read_text(encoding="utf-8").lower()


def test_no_cell_needs_more_than_the_extra_brings() -> None:
    source = "\n".join("".join(cell["source"]) for cell in code_cells(stored()))
    imported = set(re.findall(r"(?m)^(?:import|from) (\w+)", source))
    assert imported == {"pandas", "studyclaims"}


@pytest.mark.slow
def test_the_notebook_shows_today_what_is_stored(tmp_path: Path) -> None:
    out = tmp_path / "tour.ipynb"
    # In a process of its own: what Jupyter's libraries warn of is no warning of ours.
    done = subprocess.run(
        [sys.executable, str(REFRESH), str(out)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    now = shown(json.loads(out.read_text(encoding="utf-8")))
    assert now == shown(stored()), (
        "run .venv/bin/python tests/refresh_notebook.py and read its diff"
    )
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
