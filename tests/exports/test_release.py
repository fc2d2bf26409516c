"""A release of the whole corpus as somebody else checks it: by sums, counts, crate and catalogue.

Each check is also shown an error, and must see it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from commands import SCRIPTS, run
from environments import EnvironmentMissingError
from exports import environment
from exports.releases import DUMPS
from exports.tallies import by_pyoxigraph, by_rdflib, loaded, mismatches

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

SHAPES: Final = (
    "https://raw.githubusercontent.com/SEMICeu/DCAT-AP/"
    "7c531da7f154794da620fd0e57a3e8afe0286c0f/releases/3.0.1/shacl/dcat-ap-SHACL.ttl"
)
SHAPES_SHA256: Final = "990d3e42721de6a4be8cc338a7171559f195e62dea89c0b56531356b78cc026f"
"""Which shapes are meant; they are fetched for a test and kept nowhere."""

READERS: Final = {"pyoxigraph": by_pyoxigraph, "rdflib": by_rdflib}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release as the command line writes it."""
    folder = tmp_path_factory.mktemp("release") / "out"
    done = run("export", "--to", "release", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def copy(release: Path, tmp_path: Path) -> Path:
    """Return a copy of the release, to be spoilt."""
    return Path(shutil.copytree(release, tmp_path / "copy"))


def sha256sum(folder: Path) -> subprocess.CompletedProcess[str]:
    """Return how the program ends that the page names."""
    return subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],  # noqa: S607 - that of this machine
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C"},
        timeout=60,
    )


def test_the_sums_fit(release: Path) -> None:
    done = sha256sum(release)
    assert (done.returncode, done.stderr) == (0, "")
    checked = {line.removesuffix(": OK") for line in done.stdout.splitlines()}
    there = {str(p.relative_to(release)) for p in release.rglob("*") if p.is_file()}
    assert checked == there - {"SHA256SUMS"}


@pytest.mark.parametrize("path", ["claims.csv", "records/ausk-2017.yaml", "README.md"])
def test_one_byte_that_changed_is_seen(path: str, copy: Path) -> None:
    data = bytearray((copy / path).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / path).write_bytes(data)
    done = sha256sum(copy)
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if not line.endswith("OK")] == [
        f"{path}: FAILED"
    ]


def test_a_file_that_is_missing_is_seen(copy: Path) -> None:
    (copy / "claims.csv").unlink()
    done = sha256sum(copy)
    assert (done.returncode, "claims.csv: FAILED open or read" in done.stdout) == (1, True)


@pytest.mark.parametrize("reader", READERS)
def test_the_counts_come_out_and_one_that_is_off_does_not(reader: str, release: Path) -> None:
    whole: dict[str, Any] = json.loads((release / "expected-counts.json").read_bytes())
    files = {scope: (release / path).read_bytes() for scope, (path, _) in DUMPS.items()}
    answers = loaded(READERS[reader], files)
    assert len(whole["counts"]) == 12
    assert mismatches(answers, whole["counts"]) == []
    for count in whole["counts"]:
        count["expected"][0]["count"] += 1
    assert mismatches(answers, whole["counts"]) == [count["name"] for count in whole["counts"]]


def test_the_questions_give_the_rows_of_their_answers_on_rdflib(release: Path) -> None:
    """Of pyoxigraph tests/corpus/test_queries.py shows it, cell by cell."""
    whole: dict[str, Any] = json.loads((release / "expected-counts.json").read_bytes())
    import rdflib

    graph = rdflib.Graph()
    by_rdflib((release / DUMPS["union"][0]).read_bytes(), "union", graph)
    asked = (
        (q["name"], graph.query((release / q["file"]).read_text())) for q in whole["questions"]
    )
    rows = {name: len(list(found)) for name, found in asked}
    assert rows == {q["name"]: q["rows"] for q in whole["questions"]}
    assert len(rows) > 20


def snippet(folder: Path) -> list[str]:
    """Return what the program on the release's page prints, run as it stands there."""
    page = (folder / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.+?)```", page, re.DOTALL)
    quiet = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
    done = subprocess.run(
        quiet, cwd=folder, check=True, capture_output=True, text=True, timeout=120
    )
    return done.stdout.splitlines()


def test_the_program_on_the_page_counts(copy: Path) -> None:
    lines = snippet(copy)
    assert len(lines) == 12
    assert {line.partition(":")[0] for line in lines} == {"as expected"}
    path = copy / "expected-counts.json"
    path.write_text(re.sub(r'"count": (\d)', r'"count": 9\1', path.read_text(), count=1))
    wrong = [line for line in snippet(copy) if not line.startswith("as expected")]
    assert wrong == ["NOT AS EXPECTED: triples"]


def test_the_table_has_the_claims_of_the_records(release: Path) -> None:
    rows = (release / "claims.csv").read_text(encoding="utf-8").splitlines()
    records = (path.read_text(encoding="utf-8") for path in (release / "records").glob("*.yaml"))
    claims = sum(len(re.findall(r"^ +stance: ", text, re.MULTILINE)) for text in records)
    assert len(rows) == claims + 1


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_the_machine_may_change_and_the_release_does_not(release: Path, tmp_path: Path) -> None:
    script = 'umask 077; exec "$0" -m studyclaims export --to release elsewhere/out'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable],  # noqa: S607 - the shell of this machine
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(SCRIPTS),
            "PATH": os.environ["PATH"],
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONHASHSEED": "4242",
            "HOME": "/nonexistent/home",
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "wrote  elsewhere/out\n"), done.stderr
    assert files(tmp_path / "elsewhere" / "out") == files(release)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Return what judges a crate; skips where that cannot be installed, and fails so in CI."""
    try:
        environment.interpreter()
    except EnvironmentMissingError as missing:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"CI must be able to install the validator: {missing}")
        pytest.skip(f"the validator of RO-Crates cannot be installed here: {missing}")
    home = tmp_path_factory.mktemp("home")
    return lambda folder, severity: environment.judged(folder, home, severity)


NOBODY: Final = {
    "ro-crate-1.2_56.1": "publisher",
    "ro-crate-1.2_86.2": "URL",
    "ro-crate-1.2_89.0": "ROR",
    "ro-crate-1.2_90.1": "contactPoint",
    "ro-crate-1.2_93.0": "contactPoint",
}
"""What the form recommends and nobody can truly say: who publishes, and how to reach them."""


def test_the_crate_is_valid_and_lacks_only_what_nobody_can_say(
    judged: Callable[..., dict[str, Any]], release: Path
) -> None:
    found = judged(release, "RECOMMENDED")
    assert found["checks"] > 150
    assert set(found["findings"]) == {"RECOMMENDED"}
    said = dict(finding.split(": ", 1) for finding in found["findings"]["RECOMMENDED"])
    assert said.keys() == NOBODY.keys()
    assert all(word in said[check] for check, word in NOBODY.items())
    assert found["files"] == len(files(release)) - 1


def test_what_the_crate_names_and_is_not_so_is_seen(
    judged: Callable[..., dict[str, Any]], copy: Path
) -> None:
    (copy / "claims.csv").unlink()
    path = copy / "ro-crate-metadata.json"
    path.write_text(path.read_text().replace('"datePublished"', '"dateModified"'))
    findings = judged(copy, "REQUIRED")["findings"]["REQUIRED"]
    assert any("'claims.csv'" in finding for finding in findings)
    assert any("datePublished" in finding for finding in findings)


@pytest.fixture(scope="module")
def dcat_shapes() -> str:
    """Return the shapes of DCAT-AP 3.0.1: a file that is named, or fetched; else skip."""
    named = os.environ.get("DCAT_AP_SHAPES", "")
    try:
        data = Path(named).read_bytes() if named else fetched(SHAPES)
    except OSError as error:
        pytest.skip(
            f"the shapes of DCAT-AP are out of reach ({error}); name a copy in DCAT_AP_SHAPES"
        )
    assert hashlib.sha256(data).hexdigest() == SHAPES_SHA256, "not the shapes that are meant"
    return data.decode("utf-8")


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - a constant address
        data: bytes = answer.read()
    return data


def dcat_findings(catalogue: str, shapes: str) -> set[tuple[str, str]]:
    """Return path and severity of what DCAT-AP's shapes find."""
    import pyshacl
    import rdflib

    graphs = [rdflib.Graph().parse(data=text, format="turtle") for text in (catalogue, shapes)]
    _, report, _ = pyshacl.validate(graphs[0], shacl_graph=graphs[1], inference="none")
    assert isinstance(report, rdflib.Graph)
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    return {
        (str(report.value(found, shacl.resultPath)), str(report.value(found, shacl.resultSeverity)))
        for found in report.subjects(rdflib.RDF.type, shacl.ValidationResult)
    }


def test_the_catalogue_is_in_the_form_of_dcat_ap(release: Path, dcat_shapes: str) -> None:
    text = (release / "catalogue.ttl").read_text(encoding="utf-8")
    assert dcat_findings(text, dcat_shapes) == set()


def test_a_form_without_an_address_is_seen(release: Path, dcat_shapes: str) -> None:
    text = (release / "catalogue.ttl").read_text(encoding="utf-8")
    spoilt = text.replace("dcat:accessURL release:claims.csv ;", "")
    assert spoilt != text
    violation = "http://www.w3.org/ns/shacl#Violation"
    assert dcat_findings(spoilt, dcat_shapes) == {
        ("http://www.w3.org/ns/dcat#accessURL", violation)
    }
