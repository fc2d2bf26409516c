"""The built wheel alone, away from the checkout, has its data and answers."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        str(ROOT),
        "-w",
        str(folder),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    if done.returncode and os.environ.get("CI", "").lower() != "true":
        pytest.skip(f"no wheel can be built here: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, folder: Path, *words: str) -> str:
    """Return what the unpacked package prints; the checkout is out of its reach."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "studyclaims", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_is_the_package_that_runs(unpacked: Path, tmp_path: Path) -> None:
    script = "import studyclaims; print(studyclaims.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert Path(done.stdout.strip()).is_relative_to(unpacked)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["query", "list-causes"], "https://doi.org/10.1152/ajpcell.00363.2016"),
        (["show", "ausk-2017/news-promotes-large-cells"], "writes: sc:mayCause"),
        (["stats"], "claims signed by a person"),
        (["validate", "--format", "json"], '"findings": []'),
    ],
    ids=["query", "show", "stats", "validate"],
)
def test_the_wheel_answers(unpacked: Path, tmp_path: Path, words: list[str], shown: str) -> None:
    assert shown in run(unpacked, tmp_path, *words)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_wheel_builds_into_a_folder_of_its_own(unpacked: Path, tmp_path: Path) -> None:
    before = sorted(path.read_bytes() for path in unpacked.rglob("*.ttl"))
    run(unpacked, tmp_path, "build", "--to", "nq")
    built = (tmp_path / "studyclaims-out" / "studies" / "ausk-2017.trig").read_bytes()
    assert built == (ROOT / "graph" / "studies" / "ausk-2017.trig").read_bytes()
    assert (tmp_path / "studyclaims-out" / "studyclaims.nq").is_file()
    assert before == sorted(path.read_bytes() for path in unpacked.rglob("*.ttl"))
