"""Starting the master and the workers, and ending all of their processes.

Spark lives in an environment of its own below ``.studyclaims-cache``, which is made on first use.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from environments import EnvironmentMissingError, installed

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
VENV: Final = ROOT / ".studyclaims-cache" / "bench-spark"
VERSIONS: Final = ("ibis-framework[pyspark]==12.0.0", "pyspark==4.0.5", "pandas==3.1.1")
LOOPBACK: Final = "127.0.0.1"
START_SECONDS: Final = 120
STOP_SECONDS: Final = 20
RUN_SECONDS: Final = 600
BETWEEN_LOOKS: Final = 0.1

_MASTER: Final = re.compile(r"Starting Spark master at (spark://\S+)")
_PAGE: Final = re.compile(r"MasterWebUI to .*started at (http://\S+)")
_REGISTERED: Final = re.compile(r"Successfully registered with master")


class StartError(RuntimeError):
    """A part of the cluster did not start; the message ends with what its log says last."""


def interpreter() -> Path:
    """Return the Python of the environment of Spark, which is made first where it is not there.

    Raises:
        EnvironmentMissingError: There is no Java, or the environment cannot be made.
    """
    if shutil.which("java") is None:
        raise EnvironmentMissingError("Spark needs Java 17 or later; there is none on the PATH")
    VENV.parent.mkdir(exist_ok=True)
    return installed(VENV, " ".join(VERSIONS), *VERSIONS, lock=Path(__file__))


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that runs: where its master is, and the folders in which the workers work."""

    python: Path
    url: str
    page: str
    works: tuple[Path, ...]

    def told(self) -> dict[str, Any]:
        """Return what the master says of itself, its workers and its applications."""
        with urllib.request.urlopen(f"{self.page}/json/", timeout=30) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found

    def executors(self) -> list[list[str]]:
        """Return the logs of the executors that each worker launched."""
        logs = [sorted(work.glob("app-*/*/stderr")) for work in self.works]
        return [[log.read_text(errors="replace") for log in found] for found in logs]


def environment(python: Path, folder: Path) -> dict[str, str]:
    """Return the variables with which each part of Spark is run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "SPARK", "HADOOP"))
    }
    ours = {
        "PYSPARK_PYTHON": str(python),
        "PYSPARK_DRIVER_PYTHON": str(python),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
        "TMPDIR": str(folder),
    }
    return {**kept, **ours}


@contextmanager
def running(python: Path, folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Give a cluster whose files are all in one folder; none of its processes is left."""
    home = next(python.parents[1].glob("lib/python*/site-packages/pyspark"))
    command = [str(home / "bin" / "spark-class")]
    settings = environment(python, folder) | {"SPARK_HOME": str(home)}
    (folder / "local").mkdir()
    package = "org.apache.spark.deploy"
    here = ["--host", LOOPBACK, "--port", "0", "--webui-port", "0"]
    with ExitStack() as parts:
        log = folder / "master.log"
        parts.enter_context(_process([*command, f"{package}.master.Master", *here], log, settings))
        url, page = _said(_MASTER, log), _said(_PAGE, log)
        works = tuple(folder / f"worker-{number}" for number in range(workers))
        for work in works:
            size = ["--cores", "1", "--memory", "1g", "--work-dir", str(work)]
            worker = [*command, f"{package}.worker.Worker", *here, *size, url]
            parts.enter_context(_process(worker, work.with_suffix(".log"), settings))
        for work in works:
            _said(_REGISTERED, work.with_suffix(".log"))
        yield Cluster(python, url, page, works)


def submit(cluster: Cluster, script: Path, *arguments: object) -> dict[str, Any]:
    """Run a program of ours as the driver; return the JSON that it prints.

    It is given the address of the master, a folder for its own files, and the arguments.
    """
    folder = cluster.works[0].parent
    command = [cluster.python, "-P", script, cluster.url, folder, *arguments]
    settings = environment(cluster.python, folder) | {"PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(
        [str(it) for it in command],
        cwd=folder,
        env=settings,
        check=False,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )
    if done.returncode:
        raise RuntimeError(f"{script.name} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def left(folder: Path) -> list[str]:
    """Return the command lines of processes that still work in a folder, or below it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            place = (process / "cwd").readlink()
            if place.is_relative_to(folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@contextmanager
def _process(command: list[str], log: Path, settings: dict[str, str]) -> Iterator[None]:
    """Run a part of the cluster; end it, and all that it started, by its group."""
    with log.open("wb") as file:
        child = subprocess.Popen(
            command,
            cwd=log.parent,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
        # An executor may outlive its worker for a while.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _said(what: re.Pattern[str], log: Path) -> str:
    """Return what a log says, as soon as it does: its first group, or all of it."""
    late = time.monotonic() + START_SECONDS
    while time.monotonic() < late:
        text = log.read_text(errors="replace")
        found = what.search(text)
        if found:
            return found[found.re.groups]
        time.sleep(BETWEEN_LOOKS)
    raise StartError(f"{log.name} does not say {what.pattern!r}:\n{text[-2000:]}")
