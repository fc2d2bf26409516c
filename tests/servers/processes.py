"""A server as a process of ours: started, stopped, killed and started again on the same data."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from servers.talking import Answer, call

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START_SECONDS: Final = 90
STOP_SECONDS: Final = 30
BETWEEN_LOOKS: Final = 0.05

# Reads until its starter says a word, or is gone: killed, perhaps, with no time to end a server.
WATCH: Final = 'read -r word || { kill -9 -"$1"; rm -rf "$2"; }'


class StartError(RuntimeError):
    """A server did not begin to answer; the message ends with what its log says last."""


@dataclass(frozen=True)
class Recipe:
    """How one server is started on a folder of its own, and where it then listens.

    ``ready`` is an address that answers 200 once the server works; ``first`` is done once, after
    the first start. ``empties_default`` are the updates that empty the default graph.
    """

    kind: str
    title: str
    version: str
    command: tuple[str, ...]
    url: str
    query_url: str
    update_url: str
    graph_store_url: str
    ready: str
    user: str = ""
    password: str = field(default="", repr=False)
    environment: dict[str, str] = field(default_factory=dict)
    first: Callable[[], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    empties_default: tuple[str, ...] = ("DROP SILENT DEFAULT",)


class Server:
    """A running server: where it listens, who may write, and its process."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        self.recipe = recipe
        self.folder = folder
        self.kind = recipe.kind
        self.title = recipe.title
        self.version = recipe.version
        self.url = recipe.url
        self.query_url = recipe.query_url
        self.update_url = recipe.update_url
        self.graph_store_url = recipe.graph_store_url
        self.user = recipe.user
        self.password = recipe.password
        self.own_graphs: frozenset[str] = frozenset()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None
        self._begun = False

    def __repr__(self) -> str:
        return f"<{self.title} {self.version} at {self.url}>"

    @property
    def pid(self) -> int:
        """The process that serves now, 0 where none does."""
        return self._process.pid if self._process and self.alive else 0

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and wait until it answers.

        Raises:
            StartError: It ended, or did not answer in time.
        """
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.recipe.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=os.environ | self.recipe.environment,
            )
        self._watch = subprocess.Popen(
            ("sh", "-c", WATCH, "sh", str(self._process.pid), str(self.folder)),  # noqa: S607
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            self._wait()
            if not self._begun and self.recipe.first:
                self.recipe.first()
        except BaseException:
            self.kill()
            raise
        self._begun = True

    def stop(self) -> None:
        """End the process as its own users would, and wait for it."""
        self._end(self.recipe.stop_signal)

    def kill(self) -> None:
        """End the process as a power cut would, and wait for it."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start the process on the same port and data; one that runs is stopped first."""
        self.stop()
        self.start()

    @property
    def log(self) -> Path:
        """What the process has printed, over all its starts."""
        return self.folder / "log.txt"

    def _end(self, number: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)
        self._process = None
        if self._watch:
            self._watch.communicate(b"ended\n")
            self._watch = None

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        answer = Answer(0, "", b"")
        while time.monotonic() < end:
            if not self.alive:
                raise StartError(self._said("ended at once"))
            with contextlib.suppress(OSError):
                answer = call(self.recipe.ready, seconds=5)
                if answer.status == 200:
                    return
            time.sleep(BETWEEN_LOOKS)
        raise StartError(self._said(f"gave no answer in {START_SECONDS} s ({answer.status})"))

    def _said(self, what: str) -> str:
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        return f"{self.title} {self.version} {what}; its log ends:\n{tail}"
