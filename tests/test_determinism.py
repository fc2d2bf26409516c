"""Same input, same bytes: whatever the hash seed, locale, zone, folder, home or clock."""

from __future__ import annotations

import datetime as dt
import json
import locale
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import studyclaims

SCRIPTS: Final = Path(studyclaims.__path__[0]).parent
YEARS: Final = 10 * 365.25 * 86400

CLOCK: Final = """
import datetime, os, time
shift = float(os.environ["CLOCK_SHIFT"])
real, broken_down = time.time, {name: getattr(time, name) for name in ("gmtime", "localtime")}
time.time = lambda: real() + shift
time.time_ns = lambda: int(time.time() * 10**9)
for name, function in broken_down.items():
    setattr(time, name, lambda at=None, f=function: f(time.time() if at is None else at))
class Date(datetime.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())
class DateTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)
    today = now
datetime.date, datetime.datetime = Date, DateTime
moved = datetime.date.today().year
"""
"""Moves every clock that Python code reads, before anything else is imported."""

BUILD: Final = """
import hashlib, json, os, pathlib, sys, tempfile
from studyclaims.build import COMMENT, corpus_quads
from studyclaims.formats import FORMATS, serialize
from studyclaims.paths import studies_dir, terms_dir
from studyclaims.quads import study_quads
from studyclaims.records import read_record
from studyclaims.release import TOOL
from studyclaims.ontologies.slices import read_slices
from studyclaims.terms import prefixes
from studyclaims.turtle import write_trig

index = read_slices(terms_dir())
study = read_record(studies_dir() / "ausk-2017.yaml", index).study
comment = COMMENT.format(key=study.key)
texts = {"study": write_trig(study_quads(study, index, TOOL), prefixes(), comment=comment).encode()}
with tempfile.TemporaryDirectory() as folder:
    built = pathlib.Path(folder) / "ausk-2017.trig"
    built.write_bytes(texts["study"])
    quads = corpus_quads([built])
    places = [folder, os.getcwd(), os.environ["HOME"], "file:"]
texts |= {name: serialize(quads, name, prefixes()) for name in FORMATS}
found = [place for place in places for text in texts.values() if place.encode() in text]
hashes = {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}
print(json.dumps({"hashes": hashes, "found": found, "year": globals().get("moved")}))
"""
"""Builds the flagship from its record, and the dataset with it in every form."""

VARIANTS: Final[dict[str, dict[str, str]]] = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 4242": {"PYTHONHASHSEED": "4242"},
    "locale C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "locale C.UTF-8": {"LC_ALL": "C.UTF-8"},
    "locale tr_TR.UTF-8": {"LC_ALL": "tr_TR.UTF-8"},
    "zone": {"TZ": "Pacific/Kiritimati"},
    "home": {"HOME": "/nonexistent/home"},
    "ten years later": {"CLOCK_SHIFT": str(YEARS)},
    "ten years earlier": {"CLOCK_SHIFT": str(-YEARS)},
    "optimised": {"PYTHONOPTIMIZE": "1"},
    "without docstrings": {"PYTHONOPTIMIZE": "2"},
    "from the root folder": {"CWD": "/"},
}

ALL_AT_ONCE: Final = {
    "PYTHONHASHSEED": "4242",
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "TZ": "Pacific/Kiritimati",
    "HOME": "/nonexistent/home",
    "CLOCK_SHIFT": str(YEARS),
    "PYTHONOPTIMIZE": "1",
}

CHECKOUT: Final = {
    "PYTHONHASHSEED": "7",
    "HOME": "/nonexistent/me",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
}


def build(changes: dict[str, str], cwd: Path) -> dict[str, str]:
    """Return the hash of each file that a fresh interpreter builds; none names this machine."""
    given = CHECKOUT | changes
    folder = Path(given.pop("CWD", str(cwd)))
    done = subprocess.run(
        [sys.executable, "-c", (CLOCK if "CLOCK_SHIFT" in given else "") + BUILD],
        env={"PYTHONPATH": str(SCRIPTS), "PATH": os.environ["PATH"]} | given,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    found = [place for place in data["found"] if len(place) > 1]
    assert found == [], "a path of this machine is in what was built"
    if "CLOCK_SHIFT" in given:
        assert data["year"] != usual_year(), "the clock was not moved"
    hashes: dict[str, str] = data["hashes"]
    return hashes


def usual_year() -> int:
    return dt.datetime.now(tz=dt.UTC).year


@cache
def usual() -> dict[str, str]:
    """Return the hashes of a build from the checkout."""
    return build({}, SCRIPTS.parent)


def test_everything_about_the_machine_may_change_at_once(tmp_path: Path) -> None:
    assert len(usual()) == 7
    assert build(ALL_AT_ONCE, tmp_path) == usual()


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIANTS)
def test_one_thing_about_the_machine_changes(name: str, tmp_path: Path) -> None:
    wanted = VARIANTS[name].get("LC_ALL", "C")
    if not is_installed(wanted):
        pytest.skip(f"the locale {wanted} is not on this machine")
    assert build(VARIANTS[name], tmp_path) == usual()


def is_installed(name: str) -> bool:
    """Return whether this machine has a locale."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True


@pytest.mark.slow
def test_the_build_of_the_command_line_gives_the_same_files(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder, changes in zip(folders, ({}, ALL_AT_ONCE), strict=True):
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-m", "studyclaims", "build", "ausk-2017", "--out", "out"],
            env={"PYTHONPATH": str(SCRIPTS), "PATH": os.environ["PATH"]} | CHECKOUT | changes,
            cwd=folder,
            capture_output=True,
            check=True,
            timeout=300,
        )
    one, two = ({p.name: p.read_bytes() for p in f.rglob("*") if p.is_file()} for f in folders)
    assert len(one) == 7
    assert one == two
    for text in one.values():
        assert b"file:" not in text
        assert str(tmp_path).encode() not in text
    checked_in = SCRIPTS.parent / "graph" / "studies" / "ausk-2017.trig"
    assert one["ausk-2017.trig"] == checked_in.read_bytes(), "run `./run build`"
