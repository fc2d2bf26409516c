"""The built wheel alone, in a fresh environment away from the checkout, does its daily work."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from environments import EnvironmentMissingError, installed
from environments import run as run_command

ROOT: Final = Path(__file__).parents[1]
CONFIG: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
IN_SDIST: Final = CONFIG["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]

pytestmark = pytest.mark.slow

Studyclaims = Callable[..., subprocess.CompletedProcess[str]]


def build(source: Path, out: Path, *targets: str, **more: str) -> dict[str, bytes]:
    """Return the files that the build makes of a source tree, by name."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    for target in targets:
        command += ["-t", target]
    done = subprocess.run(
        command,
        cwd=source,
        env={**os.environ, **more},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build(ROOT, folder, "wheel")
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a fresh environment with the wheel and what it says it needs."""
    venv = tmp_path_factory.mktemp("fresh") / "venv"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    try:
        return installed(venv, digest, str(wheel), lock=wheel)
    except EnvironmentMissingError as missing:
        if os.environ.get("CI", "").lower() == "true":
            raise
        pytest.skip(str(missing))


@pytest.fixture
def studyclaims(python: Path, tmp_path: Path) -> Studyclaims:
    """Return what runs the installed command in an empty folder with an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "here").mkdir()

    def words(*words: str) -> subprocess.CompletedProcess[str]:
        program = str(python.with_name("studyclaims"))
        folder = tmp_path / "here"
        done = run_command(
            [program, *words], seconds=120, folder=folder, HOME=str(home), PATH="/usr/bin:/bin"
        )
        assert done.returncode == 0, done.stderr
        return done

    return words


def files(folder: Path) -> list[str]:
    """Return every file below a folder, by its path from there."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_the_wheel_is_the_package_that_runs(python: Path, tmp_path: Path) -> None:
    script = "import studyclaims; print(studyclaims.__file__)"
    done = run_command([str(python), "-c", script], seconds=60, folder=tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(python.parents[1])


def test_a_fresh_environment_holds_what_the_wheel_asks_for_and_no_more(python: Path) -> None:
    """What our tests use is not there, so nothing below rests on it."""
    code = (
        "import importlib.util as u; "
        "print([n for n in ('pandas', 'polars', 'pyarrow', 'ruamel', 'hypothesis', 'pytest') "
        "if u.find_spec(n)])"
    )
    assert run_command([str(python), "-c", code], seconds=60).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["query"], "list-causes"),
        (["query", "list-causes"], "https://doi.org/10.1152/ajpcell.00363.2016"),
        (["show", "ausk-2017"], "10.1152/ajpcell.00363.2016"),
        (["show", "ausk-2017/news-promotes-large-cells"], "writes: sc:mayCause"),
        (["explain", "CHEBI:3160", "HP:0000938"], "Weakest link"),
        (["stats"], "claims signed by a person"),
        (["contested"], "side 2"),
        (["validate", "--format", "json"], '"findings": []'),
        (["term", "find", "bone marrow"], "UBERON:0002371"),
        (["lint"], ""),
        (["doctor"], "pyoxigraph"),
        (["convert", "ausk-2017", "--to", "ttl"], "sc:mayCause"),
        (["export", "ausk-2017", "--to", "csv"], "ausk-2017/title-inflammation"),
    ],
    ids=lambda words: "-".join(words[:3]) if isinstance(words, list) else "",
)
def test_the_wheel_answers(
    studyclaims: Studyclaims,
    tmp_path: Path,
    words: list[str],
    shown: str,
) -> None:
    assert shown in studyclaims(*words).stdout
    assert files(tmp_path / "here") == []


def test_the_wheel_validates_every_packaged_study(
    studyclaims: Studyclaims,
) -> None:
    records = len(list((ROOT / "graph" / "studies").glob("*.yaml")))
    assert f"checked {records} records" in studyclaims("validate").stderr


def test_the_wheel_builds_into_a_folder_of_its_own(
    studyclaims: Studyclaims, python: Path, tmp_path: Path
) -> None:
    (data,) = python.parents[1].glob("lib/python*/site-packages/studyclaims/data")
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    studyclaims("build", "--to", "nq")
    built = (tmp_path / "here" / "studyclaims-out" / "studies" / "ausk-2017.trig").read_bytes()
    assert built == (ROOT / "graph" / "studies" / "ausk-2017.trig").read_bytes()
    assert (tmp_path / "here" / "studyclaims-out" / "studyclaims.nq").is_file()
    assert before == {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}


def test_the_wheel_writes_a_release_that_sha256sum_checks(
    studyclaims: Studyclaims, tmp_path: Path
) -> None:
    studyclaims("export", "--to", "release", "out")
    folder = tmp_path / "here" / "out"
    done = run_command(["sha256sum", "--strict", "-c", "SHA256SUMS"], seconds=60, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(files(folder)) - 1


def test_a_record_from_elsewhere_is_made_checked_and_shown(
    studyclaims: Studyclaims, tmp_path: Path
) -> None:
    record = tmp_path / "here" / "ausk-2017.yaml"
    shutil.copy(ROOT / "graph" / "studies" / "ausk-2017.yaml", record)
    studyclaims("validate", str(record))
    studyclaims("build", str(record), "--out", "out", "--to", "nq")
    shown = studyclaims("show", "ausk-2017", "--from", "out/studies/ausk-2017.trig").stdout
    assert "10.1152/ajpcell.00363.2016" in shown


def tree(folder: Path) -> Path:
    """Return a copy of what the source distribution is made from, its times all different."""
    for number, name in enumerate((*IN_SDIST, "pyproject.toml", ".gitignore")):
        source, copy = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, copy)
        os.utime(copy, (10**9 + number, 10**9 + number))
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() or os.access(path, os.X_OK) else 0o600)
    return folder


def test_wheel_and_source_distribution_are_the_same_bytes_wherever_built(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("copy", "one", "two", "three", "unpacked")]
    for place in places:
        place.mkdir()
    copy, one, two, three, unpacked = places
    first = build(tree(copy), one, "sdist", "wheel", TZ="Pacific/Kiritimati", LC_ALL="C")
    second = build(ROOT, two, "sdist", "wheel", TZ="America/Adak", PYTHONHASHSEED="7")
    assert sorted(first) == ["studyclaims-0.1.0-py3-none-any.whl", "studyclaims-0.1.0.tar.gz"]
    assert first == second
    (archive,) = one.glob("*.tar.gz")
    shutil.unpack_archive(archive, unpacked, filter="data")
    third = build(unpacked / "studyclaims-0.1.0", three, "wheel")
    assert third.items() <= first.items()


def test_the_source_distribution_holds_what_the_readme_points_at(
    wheel: Path, tmp_path: Path
) -> None:
    (name,) = build(ROOT, tmp_path, "sdist")
    shutil.unpack_archive(tmp_path / name, tmp_path / "unpacked", filter="data")
    held = files(tmp_path / "unpacked" / "studyclaims-0.1.0")
    for wanted in ("README.md", "run", "tests/test_wheel.py", "docs/model.md", "LICENSE-DATA"):
        assert wanted in held
    with zipfile.ZipFile(wheel) as archive:
        tops = {entry.split("/")[0] for entry in archive.namelist()}
    assert tops == {"studyclaims", "studyclaims-0.1.0.dist-info"}
