"""A merge that is killed at random: the old output stands, or the new one is complete."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest

from commands import environment
from studyclaims.merging.merge import merge
from studyclaims.merging.staging import FILES, REPORT, sizes

if TYPE_CHECKING:
    from pathlib import Path

ROWS: Final = 20_000
LONGEST: Final = 1.0
"""Seconds after which a merge is killed at the latest; in them it merges more than once."""

MERGER: Final = """
import sys
from itertools import cycle
from pathlib import Path
from studyclaims.merging.merge import merge
import duckdb
print("ready", flush=True)
for name in cycle(("a_edges.tsv", "b_edges.tsv")):
    merge([Path(sys.argv[1], name)], Path(sys.argv[1], "out"))
"""


def write(path: Path, mark: str) -> None:
    lines = [f"{mark}{n}\tA:{n % 5000}\tp\tB:{n % 7}\n" for n in range(ROWS)]
    path.write_text("id\tsubject\tpredicate\tobject\n" + "".join(lines))


def standing(out: Path) -> str:
    """Return whose edges stand, after a look that they are all there."""
    listed = json.loads((out / REPORT).read_text())
    assert listed[FILES] == sizes(out)
    lines = (out / "edges.tsv").read_text().splitlines()[1:]
    assert len(lines) == listed["totals"]["edges"]["merged"]
    marks = {line[0] for line in lines}
    assert len(marks) == 1
    return marks.pop()


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(5), id="a tenth", marks=pytest.mark.slow),
        pytest.param(range(50), id="campaign", marks=pytest.mark.campaign),
    ],
)
def test_a_killed_merge_leaves_one_output_whole(seeds: range, tmp_path: Path) -> None:
    for mark in "ab":
        write(tmp_path / f"{mark}_edges.tsv", mark)
    out = tmp_path / "out"
    merge([tmp_path / "a_edges.tsv"], out)
    seen = set()
    for seed in seeds:
        dice = random.Random(seed)  # noqa: S311 - no secret
        words = [sys.executable, "-c", MERGER, str(tmp_path)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment()) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(dice.uniform(0, LONGEST))
            process.kill()
        seen.add(standing(out))
    assert seen == {"a", "b"}
    merge([tmp_path / "a_edges.tsv"], out)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["a_edges.tsv", "b_edges.tsv", "out"]
