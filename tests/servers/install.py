"""Bring here what the servers are made of: pinned versions, checked sums, nothing twice.

``.ci/servers`` runs it. It ends with 0 even where something is not to be had: the tests that need
it are skipped then, and say why.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from environments import EnvironmentMissingError, installed, run
from servers import KINDS, fuseki, missing, oxigraph, rdf4j, virtuoso
from servers.places import CACHE, Download, digest, without_program

SECONDS: Final = 300
COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy"

Step = Callable[[], None]


class DownloadError(Exception):
    """A file is not to be had, or is not the one that was wanted; the message says which."""


def oxigraph_program() -> None:
    """Install Oxigraph's program from PyPI into an environment of its own."""
    wanted = hashlib.sha256(oxigraph.REQUIREMENTS.read_bytes()).hexdigest()
    lock = oxigraph.REQUIREMENTS
    installed(oxigraph.VENV, wanted, "--require-hashes", "-r", str(lock), lock=lock)


def java() -> None:
    """Install Java and Maven from the distribution where they are missing and we may."""
    if without_program("java", "mvn"):
        _apt("openjdk-17-jre-headless", "maven")


def maven_file(wanted: Download) -> None:
    """Bring one file from Maven Central with Maven itself, and check its sum.

    Raises:
        DownloadError: It is not to be had, or its sum is another.
    """
    if wanted.path.is_file() and digest(wanted.path, "sha512") == wanted.sha512:
        return
    if without_program("mvn"):
        raise DownloadError(f"{wanted.coordinates}: {without_program('mvn')}")
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        words = (f"-Dartifact={wanted.coordinates}", f"-DoutputDirectory={folder}")
        _succeed("mvn", "--batch-mode", "--quiet", COPY, *words)
        _checked(Path(folder) / wanted.path.name, "sha512", wanted.sha512).replace(wanted.path)


def virtuoso_program() -> None:
    """Unpack Debian's package of Virtuoso, and the libraries it needs, beside one another.

    Raises:
        DownloadError: It is not to be had, or its sum is another.
    """
    if virtuoso.PROGRAM.is_file():
        return
    if without_program("apt-get", "dpkg"):
        raise DownloadError(f"{virtuoso.PACKAGE}: {without_program('apt-get', 'dpkg')}")
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder, whole = Path(name), Path(name) / "whole"
        pinned = f"{virtuoso.PACKAGE}={virtuoso.PACKAGE_VERSION}"
        _downloaded(folder, pinned, *virtuoso.LIBRARIES)
        _checked(next(folder.glob(f"{virtuoso.PACKAGE}_*.deb")), "sha256", virtuoso.SHA256)
        for package in sorted(folder.glob("*.deb")):
            _succeed("dpkg", "-x", str(package), str(whole))
        shutil.rmtree(virtuoso.UNPACKED, ignore_errors=True)
        whole.replace(virtuoso.UNPACKED)


def _downloaded(folder: Path, *packages: str) -> None:
    """Download packages of the distribution, whose sums apt checks; refresh its lists at need."""
    try:
        _succeed("apt-get", "download", "--quiet", *packages, folder=folder)
    except DownloadError:
        if os.geteuid():
            raise
        _succeed("apt-get", "update", "--quiet")
        _succeed("apt-get", "download", "--quiet", *packages, folder=folder)


def _apt(*packages: str) -> None:
    if os.geteuid() or without_program("apt-get"):
        raise DownloadError(f"not installed, and we may not: {' '.join(packages)}")
    _succeed("apt-get", "update", "--quiet")
    _succeed("apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *packages)


def _checked(path: Path, algorithm: str, wanted: str) -> Path:
    if not path.is_file():
        raise DownloadError(f"{path.name} did not come")
    found = digest(path, algorithm)
    if found != wanted:
        raise DownloadError(f"{path.name} has {algorithm} {found}, not {wanted}")
    return path


def _succeed(*command: str, folder: Path | None = None) -> None:
    done = run(list(command), seconds=SECONDS, folder=folder)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise DownloadError(f"{' '.join(command[:3])} ended with {done.returncode}:\n{said}")


def main() -> None:
    """Install all that can be had, and say of each store whether it can be started."""
    CACHE.mkdir(parents=True, exist_ok=True)
    files = [partial(maven_file, wanted) for wanted in (fuseki.JAR, rdf4j.WAR, rdf4j.TOMCAT)]
    steps: list[Step] = [oxigraph_program, java, *files, virtuoso_program]
    for step in steps:
        try:
            step()
        except (DownloadError, EnvironmentMissingError, OSError, TimeoutExpired) as reason:
            sys.stderr.write(f"{reason}\n")
    for kind in KINDS:
        sys.stdout.write(f"{kind}: {missing(kind) or 'can be started'}\n")


if __name__ == "__main__":
    main()
