"""Broken files, each with what the command line must find in it, and how it is asked.

``tests/data/invalid/`` holds records whose first line says what is found. A folder of
``tests/data/findings/`` holds what needs more than that: ``expect.txt`` says how the command is
called and what it finds, and beside the broken file may stand the texts of its sources, or words
that are added to the vocabulary.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

import samples
import studyclaims.ontologies.ontology
import studyclaims.validation
from studyclaims.cli import cli
from studyclaims.paths import ontology_dir
from studyclaims.terms import TermEntry, expand
from studyclaims.texts import keep_text
from studyclaims.yamltree import SIZE_LIMIT

ROOT: Final = Path(__file__).parents[1]
INVALID: Final = ROOT / "tests" / "data" / "invalid"
FOLDERS: Final = ROOT / "tests" / "data" / "findings"
PLACE: Final = re.compile(r"([A-Z][0-9]{3}) ([0-9]+):([0-9]+)")
OBSOLETE: Final = TermEntry(
    "CL:9999999", "invented obsolete cell", obsolete=True, replaced_by="CL:0000092 osteoclast"
)
"""The slices list no obsolete term."""

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken file: where it is seen from the checkout, what finds it, and what is found."""

    path: Path
    words: tuple[str, ...]
    expected: tuple[Place, ...]

    @property
    def name(self) -> str:
        """What tells this file from the others."""
        return self.path.parent.name if FOLDERS.name in self.path.parts else self.path.stem

    @property
    def codes(self) -> set[str]:
        """The codes that are found."""
        return {code for code, _, _ in self.expected}


def _places(text: str) -> tuple[Place, ...]:
    return tuple((code, int(line), int(column)) for code, line, column in PLACE.findall(text))


def _in_folder(folder: Path) -> Broken:
    call, _, rest = (folder / "expect.txt").read_text(encoding="utf-8").partition("\n")
    *words, file = call.split()
    return Broken((folder / file).relative_to(ROOT), tuple(words), _places(rest))


def _alone(path: Path) -> Broken:
    first = path.read_bytes().partition(b"\n")[0].decode("ascii")
    return Broken(path.relative_to(ROOT), ("validate",), _places(first))


TOO_LARGE: Final = Broken(Path("too-large-2020.yaml"), ("validate",), (("Y001", 0, 0),))
"""A megabyte of it would be too much to keep: it is written where it is read."""

BROKEN: Final = (
    TOO_LARGE,
    *map(_alone, sorted(INVALID.glob("*.yaml"))),
    *map(_in_folder, sorted(FOLDERS.iterdir())),
)


def run(*words: str, stdin: bytes = b"") -> Result:
    """Return how a command line ends that is run here, with no fault of the program in it."""
    result = CliRunner().invoke(cli, words, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@cache
def findings_in(broken: Broken) -> list[dict[str, Any]]:
    """Return what the command line finds in a broken file, one row a finding."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        prepare(broken, Path(folder), patch)
        result = run(*broken.words, str(broken.path), "--format", "json")
    assert result.exit_code == 1, result.stderr
    rows: list[dict[str, Any]] = json.loads(result.stdout)["findings"]
    return rows


def prepare(broken: Broken, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Put around a broken file what it needs to be found broken."""
    index = {**samples.index(), expand(OBSOLETE.curie): OBSOLETE}
    patch.setattr(studyclaims.validation, "read_slices", lambda _: index)
    patch.setenv("STUDYCLAIMS_CACHE", str(folder))
    if broken is TOO_LARGE:
        patch.chdir(folder)
        broken.path.write_bytes(b"#" * (SIZE_LIMIT + 1))
        return
    patch.chdir(ROOT)
    for text in broken.path.parent.glob("texts/*.txt"):
        keep_text(broken.path.stem, text.stem, text.read_text(encoding="utf-8"), folder)
    more = broken.path.parent / "vocabulary.ttl"
    if more.is_file():
        for file in ontology_dir().glob("*.ttl"):
            added = more.read_bytes() if file.name == "studyclaims.ttl" else b""
            (folder / file.name).write_bytes(file.read_bytes() + added)
        patch.setattr(studyclaims.ontologies.ontology, "ontology_dir", lambda: folder)
