"""A server as a user starts it, and callers of it who do not behave."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from commands import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK_UP: Final = "ASK { ?claim a sc:Claim }"


@dataclass
class Live:
    """A running server."""

    address: str
    process: subprocess.Popen[str]

    @property
    def place(self) -> tuple[str, int]:
        """Return host and port."""
        found = urlsplit(self.address)
        return found.hostname or "", found.port or 0

    def post(
        self, text: str, *, wait: float = 60, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, float]:
        """Return status, body and seconds of a query that is posted."""
        import http.client

        start = time.monotonic()
        line = http.client.HTTPConnection(*self.place, timeout=wait)
        try:
            told = {"Content-Type": "application/sparql-query", **(headers or {})}
            line.request("POST", "/sparql", text.encode(), told)
            answer = line.getresponse()
            return answer.status, answer.read(), time.monotonic() - start
        finally:
            line.close()

    def look_up(self) -> float:
        """Return the seconds that a look-up takes, which must be answered right."""
        status, body, took = self.post(LOOK_UP)
        assert (status, json.loads(body)["boolean"]) == (200, True)
        return took

    def health(self) -> dict[str, Any]:
        """Return what the server says of itself."""
        import http.client

        line = http.client.HTTPConnection(*self.place, timeout=20)
        try:
            line.request("GET", "/health")
            told: dict[str, Any] = json.loads(line.getresponse().read())
            return told
        finally:
            line.close()

    def half_open(self, number: int) -> list[socket.socket]:
        """Open connections that begin a request and do not go on."""
        lines = []
        for _ in range(number):
            line = socket.create_connection(self.place)
            line.sendall(b"GET /sparql?query=ASK HTTP/1.1\r\nHost: local")
            lines.append(line)
        return lines

    def processes(self) -> list[int]:
        """Return the processes that the server started: the nursery first, then the workers."""
        found = []
        for parent in [self.process.pid]:
            for child in _children(parent):
                found += [child, *_children(child)]
        return found


def _children(parent: int) -> list[int]:
    done = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)],  # noqa: S607 - the system's own
        capture_output=True,
        text=True,
        check=False,
    )
    return sorted(int(word) for word in done.stdout.split())


def alive(pid: int) -> bool:
    """Return whether a process is there and is not only waiting to be buried."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)],  # noqa: S607 - the system's own
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()[:1] not in {"", "Z"}


@contextmanager
def running(*words: str, port: int = 0) -> Iterator[Live]:
    """Start a server, and stop it."""
    line = [sys.executable, "-m", "studyclaims", "serve", "--port", str(port), "--format", "jsonl"]
    process = subprocess.Popen(
        [*line, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=ROOT,
    )
    assert process.stdout
    assert process.stderr
    try:
        said = process.stdout.readline()
        assert said, process.stderr.read()
        yield Live(json.loads(said)["address"], process)
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()


def until(true: Any, seconds: float) -> bool:  # noqa: ANN401 - a function that says yes or no
    """Return whether something becomes true within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False
