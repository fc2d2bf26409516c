"""Where what the servers are made of lies, which versions of it, and a free port of loopback."""

from __future__ import annotations

import hashlib
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
CACHE: Final = ROOT / ".studyclaims-cache" / "servers"
"""All that is downloaded lies here, in a folder that git ignores."""

LOOPBACK: Final = "127.0.0.1"
JAVA: Final = ("java", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Java that starts soon and leaves the other cores to the tests."""

INSTALL: Final = "run .ci/servers"


@dataclass(frozen=True)
class Download:
    """A file of Maven Central: its coordinates, where it lies here, and its SHA-512."""

    coordinates: str
    path: Path
    sha512: str


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        port: int = held.getsockname()[1]
        return port


def digest(path: Path, algorithm: str) -> str:
    """Return the checksum of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def without_program(*names: str) -> str:
    """Return what to say when a program is not on the PATH, and nothing when all are."""
    absent = [name for name in names if shutil.which(name) is None]
    return f"no {', no '.join(absent)} on the PATH" if absent else ""


def without_file(*paths: Path) -> str:
    """Return what to say when a file that was to be downloaded is not there, else nothing."""
    absent = [path.name for path in paths if not path.exists()]
    return f"{', '.join(absent)} not downloaded: {INSTALL}" if absent else ""
