"""What the endpoint costs above a bare one, and above asking the store in the same process.

Two servers hold the packaged graph in the same run: ``studyclaims serve``, with all its guards, and
a bare starlette handler that asks the store and returns what comes. Clients look up one claim at a
time, over connections that are kept; the two servers are asked in turns, so that whatever else the
machine does falls on both. A look-up in the process itself is measured between the turns.

    ./run bench serving
    ./run bench serving --rounds 20 --format json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from pyoxigraph import QueryResultsFormat, QuerySolutions

from studyclaims.graph import load
from studyclaims.queries import Rows, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

CLIENTS: Final = 8
ASKED: Final = 60
"""Look-ups of one client in one round."""

ROUNDS: Final = 10
CLAIMS: Final = "SELECT ?claim { ?claim a sc:Claim } ORDER BY ?claim"
LOOK_UP: Final = "SELECT ?property ?value {{ <{}> ?property ?value }}"
JSON: Final = "application/sparql-results+json"


def texts() -> list[str]:
    """Return the look-ups: one a claim."""
    found = load().query(CLAIMS)
    assert isinstance(found, Rows)
    return [LOOK_UP.format(plain(row[0])) for row in found.rows]


def bare(port: int) -> None:
    """Serve the packaged graph by a handler that does nothing but ask and answer."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    store = load().store._store

    async def sparql(request: Request) -> Response:
        found = store.query(request.query_params["query"])
        assert isinstance(found, QuerySolutions)
        return Response(found.serialize(format=QueryResultsFormat.JSON), media_type=JSON)

    app = Starlette(routes=[Route("/sparql", sparql)])
    uvicorn.run(app, port=port, http="h11", access_log=False, log_level="error")


def looked_up(address: str, asked: Sequence[str]) -> list[float]:
    """Return the milliseconds of each look-up over one connection."""
    place = urlsplit(address)
    host, port = place.hostname or "", place.port or 0
    requests = [
        (
            f"GET /sparql?query={quote(text, safe='')} HTTP/1.1\r\n"
            f"Host: {host}:{port}\r\nAccept: {JSON}\r\n\r\n"
        ).encode()
        for text in asked
    ]
    times = []
    with socket.create_connection((host, port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            start = time.perf_counter()
            line.sendall(request)
            head, _, body = _until(line, b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += line.recv(1 << 16)
            times.append((time.perf_counter() - start) * 1000)
    return times


def _until(line: socket.socket, mark: bytes) -> tuple[bytes, bytes, bytes]:
    data = b""
    while mark not in data:
        piece = line.recv(1 << 16)
        assert piece, "the server closed the connection"
        data += piece
    return data.partition(mark)


def in_process(asked: Sequence[str]) -> list[float]:
    """Return the milliseconds of each look-up in this process, its answer written as JSON."""
    store = load().store
    times = []
    for text in asked:
        start = time.perf_counter()
        found = store.query(text)
        assert isinstance(found, QuerySolutions)
        found.serialize(format=QueryResultsFormat.JSON)
        times.append((time.perf_counter() - start) * 1000)
    return times


def free_port() -> int:
    """Return a port that nothing listens at."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def started(words: Sequence[str], port: int) -> subprocess.Popen[bytes]:
    """Start a server and wait until it listens."""
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert server.poll() is None, f"{words} ended"
            time.sleep(0.1)
        else:
            return server
    raise TimeoutError(words)


def measured(addresses: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Return all times by what was measured; the servers are asked in turns."""
    asked = texts()
    times: dict[str, list[float]] = {"in process": []}
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as clients:
        for number in range(rounds + 1):
            found: dict[str, list[float]] = {}
            for name, address in addresses.items():
                work = [
                    (address, [asked[(n * ASKED + i) % len(asked)] for i in range(ASKED)])
                    for n in range(CLIENTS)
                ]
                one = clients.apply(looked_up, work[number % CLIENTS])
                found[f"{name}, 1 client"] = one
                many = clients.starmap(looked_up, work, chunksize=1)
                found[f"{name}, {CLIENTS} clients"] = [t for each in many for t in each]
            found["in process"] = in_process(asked[:ASKED])
            if number:  # the first round warms caches
                for name, new in found.items():
                    times.setdefault(name, []).extend(new)
    return times


def summary(times: dict[str, list[float]]) -> dict[str, Any]:
    """Return medians and 95th percentiles, and the two figures that are promised."""
    rows = {
        name: {"median": median(found), "p95": quantiles(found, n=20)[18], "asked": len(found)}
        for name, found in times.items()
    }
    many = f"{CLIENTS} clients"
    ratio = rows[f"serve, {many}"]["p95"] / rows[f"bare, {many}"]["p95"]
    above = rows["serve, 1 client"]["median"] - rows["in process"]["median"]
    above_p95 = rows["serve, 1 client"]["p95"] - rows["in process"]["p95"]
    promises = {
        f"p95 with {CLIENTS} clients, times that of a bare handler": {"found": ratio, "most": 2.0},
        "median of one client above in process, ms": {"found": above, "most": 2.0},
        "p95 of one client above in process, ms": {"found": above_p95, "most": 2.0},
    }
    return {"milliseconds": rows, "promises": promises, "load average": os.getloadavg()[0]}


def as_text(told: dict[str, Any]) -> str:
    lines = [f"{'milliseconds':28}{'median':>8}{'p95':>8}{'asked':>8}"]
    lines += [
        f"{name:28}{row['median']:>8.2f}{row['p95']:>8.2f}{row['asked']:>8}"
        for name, row in told["milliseconds"].items()
    ]
    lines += [
        f"{'kept' if p['found'] <= p['most'] else 'broken':8}{name}: "
        f"{p['found']:.2f}, at most {p['most']:g}"
        for name, p in told["promises"].items()
    ]
    return "\n".join([*lines, f"load average: {told['load average']:.1f}"])


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is asked")
    options.add_argument("--format", choices=["text", "json"], default="text")
    options.add_argument("--bare", type=int, default=0, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.bare:
        bare(chosen.bare)
        return
    ports = {"bare": free_port(), "serve": free_port()}
    serve = [sys.executable, "-m", "studyclaims", "serve", "--port", str(ports["serve"])]
    servers = [started([sys.executable, __file__, "--bare", str(ports["bare"])], ports["bare"])]
    try:
        servers.append(started(serve, ports["serve"]))
        asyncio.run(asyncio.sleep(3))  # the store is being loaded
        addresses = {name: f"http://127.0.0.1:{port}/" for name, port in ports.items()}
        told = summary(measured(addresses, chosen.rounds))
    finally:
        for server in servers:
            server.terminate()
            server.wait()
    print(json.dumps(told, indent=2) if chosen.format == "json" else as_text(told))  # noqa: T201


if __name__ == "__main__":
    main()
