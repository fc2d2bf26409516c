"""Callers who mean harm, or do it: each is refused or stopped in time, and the next is served.

A real server on the packaged graph, started as a user starts it. Times are those of a busy machine.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from serving.live import LOOK_UP, Live, alive, running, until
from studyclaims.serving.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

DEADLINE: Final = 4
SOON: Final = 3.5
"""Seconds within which the next caller is answered, however busy the machine is."""

LATE: Final = 20.0
"""Seconds within which what would else never end has ended."""

DOUBLED: Final = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
ATTACKS: Final = {
    "3,000 nested braces": (f"ASK {'{' * 3000}{'}' * 3000}", {400}),
    "2,000 nested parentheses": (f"SELECT ({'(' * 2000}1{')' * 2000} AS ?n) {{}}", {400}),
    "10,000 signs": (f"ASK {{ FILTER({'!' * 10_000}true) }}", {400}),
    "a path of 1,000 steps": (f"ASK {{ ?s {'/'.join(['<urn:p>'] * 1000)} ?o }}", {400}),
    "a 1 MB query": (f"ASK {{ ?s ?p '{'a' * 1_000_000}' }}", {413}),
    "a query just too long": (f"ASK {{ ?s ?p '{'a' * 64_000}' }}", {413}),
    "a cross join": ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", {504}),
    "a cross join, all rows": ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", {422, 504}),
    "ORDER BY over a cross join": (
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?i ?c",
        {500, 504},
    ),
    "string doubling": (f"SELECT ?x40 {{ BIND('a' AS ?x0) {DOUBLED} }}", {500, 504}),
    "an open path": (
        "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>)+ ?b . ?b (!<urn:x>)+ ?c }",
        {500, 504},
    ),
    "CONSTRUCT of a cross join": (
        "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        {422, 500, 504},
    ),
    "SERVICE": ("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {400}),
    "SERVICE in disguise": ("ASK { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", {400}),
    "FROM a file": ("ASK FROM <file:///etc/passwd> { ?s ?p ?o }", {200}),
    "LOAD": ("LOAD <file:///etc/passwd>", {400}),
}


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with running("--deadline", str(DEADLINE), "--memory", "512") as found:
        yield found


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_in_time_and_the_next_caller_is_served(name: str, live: Live) -> None:
    text, statuses = ATTACKS[name]
    ends: list[tuple[int, bytes, float]] = []
    attack = threading.Thread(target=lambda: ends.append(live.post(text)))
    attack.start()
    time.sleep(0.2)
    assert live.look_up() < SOON
    attack.join(DEADLINE + LATE)
    status, body, took = ends[0]
    assert status in statuses, body
    assert took < DEADLINE + LATE
    assert live.look_up() < SOON
    if name == "FROM a file":
        assert b"false" in body


def test_attacks_at_the_same_time_hold_nobody_up_for_longer_than_their_deadline(live: Live) -> None:
    text = ATTACKS["a cross join"][0]
    threads = [threading.Thread(target=live.post, args=(text,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert live.look_up() < DEADLINE + SOON
    for thread in threads:
        thread.join(DEADLINE + LATE)
    assert live.look_up() < SOON


def test_400_half_open_connections_keep_nobody_out_and_are_closed(live: Live) -> None:
    lines = live.half_open(400)
    try:
        for _ in range(5):
            assert live.look_up() < SOON
        patience = Limits().patience
        time.sleep(patience + 1)
        assert sum(map(_is_closed, lines)) == len(lines)
    finally:
        for line in lines:
            line.close()
    assert live.look_up() < SOON


def _is_closed(line: socket.socket) -> bool:
    line.settimeout(0.2)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"POST /sparql"])
def test_a_head_that_drips_wins_no_time(start: bytes, live: Live) -> None:
    line = socket.create_connection(live.place)
    line.sendall(start)
    assert until(lambda: _is_refused(line), LATE)
    line.close()


def test_a_body_that_drips_and_one_that_is_never_sent_end(live: Live) -> None:
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 1000\r\n\r\nASK"
    )
    line = socket.create_connection(live.place)
    line.settimeout(LATE)
    line.sendall(head)
    assert line.recv(1000).startswith(b"HTTP/1.1 408")
    line.close()


def test_a_connection_that_is_kept_is_closed_when_it_is_quiet(live: Live) -> None:
    line = socket.create_connection(live.place)
    line.settimeout(LATE)
    for _ in range(3):
        line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        data = b""
        while not data.endswith(b"}\n"):
            data += line.recv(4000)
        assert data.startswith(b"HTTP/1.1 200")
    line.sendall(b"GET /health HT")
    assert _is_closed_within(line, LATE)
    line.close()


def _is_refused(line: socket.socket) -> bool:
    """Return whether one more byte is refused."""
    time.sleep(0.3)
    try:
        line.sendall(b"a")
    except OSError:
        return True
    return False


def _is_closed_within(line: socket.socket, seconds: float) -> bool:
    """Return whether the other side closes, whatever is left of its last answer."""
    line.settimeout(seconds)
    try:
        while line.recv(4000):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Origin": "https://elsewhere.example"},
        {"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://else.example"},
    ],
)
def test_foreign_pages_are_refused(headers: dict[str, str], live: Live) -> None:
    assert live.post(LOOK_UP, headers=headers)[0] == 403


def test_a_caller_who_leaves_frees_the_worker(live: Live) -> None:
    assert until(lambda: live.health()["free"] == 4, LATE)
    text = ATTACKS["a cross join"][0]
    line = socket.create_connection(live.place)
    head = f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(text)}\r\n"
    line.sendall(f"{head}Content-Type: application/sparql-query\r\n\r\n{text}".encode())
    assert until(lambda: live.health()["free"] == 3, SOON)
    line.close()
    assert until(lambda: live.health()["free"] == 4, DEADLINE - 1)


def test_a_worker_that_is_killed_costs_at_most_its_call(live: Live) -> None:
    for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT):
        assert until(lambda: live.health()["workers"] == 4, LATE)
        before = live.processes()[1:]
        assert len(before) == 4
        for pid in before:
            os.kill(pid, number)
        assert live.look_up() < SOON
    assert until(lambda: live.health()["workers"] == 4, LATE)


@pytest.mark.parametrize("busy", [False, True])
def test_a_server_that_is_killed_leaves_no_process_and_its_port_is_free(busy: bool) -> None:
    source = ("--from", str(Path("graph/studies/ausk-2017.trig")))
    with running(*source) as first:
        assert until(lambda: first.health()["workers"] == 4, LATE)
        started = first.processes()
        assert len(started) == 5
        if busy:
            text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
            threading.Thread(target=_asked_in_vain, args=(first, text), daemon=True).start()
            time.sleep(0.3)
        port = first.place[1]
        first.process.kill()
        first.process.wait()
        assert until(lambda: not any(map(alive, started)), LATE)
    with running(*source, port=port) as second:
        assert second.look_up() < SOON
        assert second.place[1] == port


def _asked_in_vain(live: Live, text: str) -> None:
    with suppress(OSError, http.client.HTTPException):
        live.post(text)


def test_a_nursery_that_is_killed_is_replaced_while_queries_are_answered(live: Live) -> None:
    before = live.processes()[0]
    os.kill(before, signal.SIGKILL)
    assert live.look_up() < SOON
    assert until(lambda: live.processes()[:1] not in ([], [before]), LATE)
    assert until(lambda: live.health()["free"] == 4, LATE)
    assert live.look_up() < SOON


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_told_to_stop_does_and_takes_all_with_it(number: signal.Signals) -> None:
    with running("--from", str(Path("graph/studies/ausk-2017.trig"))) as found:
        assert until(lambda: found.health()["workers"] == 4, LATE)
        started = found.processes()
        found.process.send_signal(number)
        status = found.process.wait(LATE)
        assert status == (130 if number == signal.SIGINT else -signal.SIGTERM)
        assert until(lambda: not any(map(alive, started)), LATE)


def test_an_answer_that_is_cut_off_by_the_end_is_no_fault() -> None:
    with running("--rows", "100000") as found, socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(found.place)
        line.sendall(b"GET /sparql?query=SELECT*%7B?s?p?o%7D HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert line.recv(12) == b"HTTP/1.1 200"
        found.process.terminate()
        found.process.wait(LATE)
        assert found.process.stderr
        assert "Traceback" not in found.process.stderr.read()


def test_bytes_of_any_kind_leave_the_server_answering(live: Live) -> None:
    chance = random.Random(20171201)  # noqa: S311 - no secret
    for _ in range(200):
        with socket.create_connection(live.place) as line:
            line.sendall(chance.randbytes(chance.randrange(1, 2000)))
    assert live.look_up() < SOON


@pytest.mark.campaign
def test_queries_are_answered_while_processes_die_at_random() -> None:
    """100 kills: only the calls of those workers fail, and each is told so."""
    chance = random.Random(6)  # noqa: S311 - no secret
    ends: list[int] = []
    stop = threading.Event()
    with running("--deadline", "3") as found:

        def ask() -> None:
            while not stop.is_set():
                ends.append(found.post(LOOK_UP)[0])

        callers = [threading.Thread(target=ask) for _ in range(4)]
        for caller in callers:
            caller.start()
        for _ in range(100):
            time.sleep(chance.random() / 5)
            processes = found.processes()
            os.kill(chance.choice(processes[1:] if len(processes) > 1 else processes), 9)
        stop.set()
        for caller in callers:
            caller.join(30)
        assert until(lambda: found.health()["workers"] == 4, LATE)
        assert found.look_up() < SOON
    assert set(ends) <= {200, 500, 503}
    assert ends.count(200) > 0.5 * len(ends)
