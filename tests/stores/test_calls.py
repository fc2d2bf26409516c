"""Calls: how they are sent and signed, how often, and what is made of what comes back."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
import threading
import time
from hashlib import md5
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

import pytest

from faults.scripted import said, scripted
from studyclaims.errors import StoreError
from studyclaims.stores import connections
from studyclaims.stores.calls import SIZE_LIMIT, Answer, Caller
from studyclaims.stores.connections import Clock
from studyclaims.stores.credentials import Auth

if TYPE_CHECKING:
    from pathlib import Path

ADA = Auth(user="ada", password="pass-4711-word")  # noqa: S106 - nobody's
BASIC = "Basic YWRhOnBhc3MtNDcxMS13b3Jk"
PAIRS = re.compile(r'(\w+)="?([^",]*)"?')

LATE: Final = 10.0
"""Seconds within which what would else never end has ended, however busy the machine is."""


def quick(auth: Auth = ADA, deadline: float = 20, limit: int = SIZE_LIMIT) -> Caller:
    return Caller(auth, deadline=deadline, limit=limit, pause=0.001)


def test_a_query_goes_as_a_form_in_utf_8() -> None:
    with scripted(said(200, b"x")) as server:
        quick().ask(server.url, "ASK { 'é“' }", "ASK", "a/b", [("default-graph-uri", "urn:x:é")])
        asked = server.asked[0]
    assert (asked.method, asked.path, asked.query) == ("POST", "/ds", "")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert asked.headers["accept"] == "a/b"
    assert asked.headers["user-agent"] == "studyclaims"
    assert asked.headers["accept-encoding"] == "identity"
    wanted = {"query": ["ASK { 'é“' }"], "default-graph-uri": ["urn:x:é"]}
    assert parse_qs(asked.body.decode("ascii")) == wanted


@pytest.mark.parametrize("direct", [True, False])
def test_an_update_goes_as_the_body_or_as_a_form(direct: bool) -> None:
    with scripted(said(204)) as server:
        assert quick().change(server.url, "CLEAR ALL # é", direct=direct).status == 204
        asked = server.asked[0]
    kind = "sparql-update" if direct else "x-www-form-urlencoded"
    assert asked.headers["content-type"] == f"application/{kind}; charset=UTF-8"
    body = asked.body.decode()
    assert (body if direct else parse_qs(body)["update"][0]) == "CLEAR ALL # é"


def test_a_graph_goes_as_it_is() -> None:
    with scripted(said(201)) as server:
        quick().send("PUT", f"{server.url}?graph=g", {"Content-Type": "a/b"}, b"\x00\xff")
        asked = server.asked[0]
    assert (asked.method, asked.query, asked.body) == ("PUT", "graph=g", b"\x00\xff")
    assert asked.headers["content-type"] == "a/b"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_store_is_tried_four_times(status: int) -> None:
    with scripted(said(status)) as server:
        answer = quick().send("GET", server.url, {})
        assert (answer.status, len(server.asked)) == (status, 4)
        quick().change(server.url, "CLEAR ALL")
        assert len(server.asked) == 5


def test_a_store_that_asks_to_wait_is_waited_for_or_left_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    with scripted(said(503, Retry_After="7"), said(503), said(503), said(200)) as server:
        assert quick().send("GET", server.url, {}).status == 200
        assert waits == [7, 0.002, 0.004]
    with scripted(said(503, Retry_After="30"), said(200)) as server:
        assert quick().send("GET", server.url, {}).status == 503
        assert len(server.asked) == 1


@pytest.mark.parametrize("after", ["Wed, 21 Oct 2065 07:28:00 GMT", "-1", "1e9", "²"])
def test_what_is_no_number_of_seconds_asks_for_no_wait(after: str) -> None:
    head = said(503, Retry_After=after)
    with scripted(head, said(200)) as server:
        start = time.monotonic()
        assert quick().send("GET", server.url, {}).status == 200
        assert time.monotonic() - start < LATE


def test_basic_is_sent_once_it_is_asked_for_and_then_at_once() -> None:
    challenge = said(401, www_authenticate='Basic realm="x"')
    with scripted(challenge, said(200)) as server:
        caller = quick()
        assert caller.send("GET", server.url, {}).status == 200
        assert caller.send("GET", server.url, {}).status == 200
        sent = [asked.headers.get("authorization") for asked in server.asked]
    assert sent == [None, BASIC, BASIC]


def test_a_wrong_password_is_sent_once() -> None:
    with scripted(said(401, www_authenticate="Basic")) as server:
        answer = quick().send("GET", server.url, {})
        assert (answer.status, answer.who, len(server.asked)) == (401, "the user 'ada'", 2)
    with scripted(said(401, www_authenticate="Basic")) as server:
        caller = quick()
        assert [caller.send("GET", server.url, {}).status for _ in range(2)] == [401, 401]
        assert len(server.asked) == 3
    with scripted(said(401, www_authenticate='Digest realm="r", nonce="n"')) as server:
        assert quick().send("GET", server.url, {}).status == 401
        assert len(server.asked) == 2


def test_nobody_and_a_token_answer_no_challenge() -> None:
    for auth, header in ((Auth(), None), (Auth("", "", "t"), "Bearer t")):
        with scripted(said(401, www_authenticate="Basic")) as server:
            assert quick(auth).send("GET", server.url, {}).status == 401
            assert [asked.headers.get("authorization") for asked in server.asked] == [header]


def test_digest_goes_before_basic_and_is_right() -> None:
    digest = 'Digest realm="r", nonce="n1", qop="auth", algorithm=MD5'
    both = said(401, www_authenticate=f'Basic realm="r"\r\nWWW-Authenticate: {digest}')
    stale = said(401, www_authenticate='Digest realm="r", nonce="n2", qop="auth"')
    with scripted(both, said(200), said(200), stale, said(200)) as server:
        caller = quick()
        for _ in range(3):
            assert caller.send("PUT", f"{server.url}?a=b", {}, b"x").status == 200
        sent = [asked.headers.get("authorization", "") for asked in server.asked]
    assert sent[0] == ""
    given = [dict(PAIRS.findall(each)) for each in sent[1:]]
    assert [each["nonce"] for each in given] == ["n1", "n1", "n1", "n2"]
    assert [int(each["nc"], 16) for each in given] == [1, 2, 3, 1]
    for each in given:
        first = md5(b"ada:r:pass-4711-word").hexdigest()  # noqa: S324 - what digest is
        second = md5(b"PUT:/ds?a=b").hexdigest()  # noqa: S324
        text = f"{first}:{each['nonce']}:{each['nc']}:{each['cnonce']}:auth:{second}"
        assert each["response"] == md5(text.encode()).hexdigest()  # noqa: S324
        assert each["uri"] == "/ds?a=b"


def test_a_digest_that_nobody_can_make_is_an_error() -> None:
    with scripted(said(401, www_authenticate='Digest realm="r", nonce="n", algorithm=Q')) as server:
        with pytest.raises(StoreError, match="with 'Q', expected MD5 or SHA"):
            quick().send("GET", server.url, {})
        with pytest.raises(StoreError, match="a password in ASCII"):
            quick(Auth("ada", "é")).send("GET", server.url, {})


def test_what_one_store_asks_is_not_told_to_another() -> None:
    with (
        scripted(said(401, www_authenticate="Basic"), said(200)) as one,
        scripted(said(200)) as two,
    ):
        caller = quick()
        caller.send("GET", one.url, {})
        caller.send("GET", two.url, {})
        assert two.asked[0].headers.get("authorization") is None


def test_a_password_does_not_go_over_plain_http_to_another_machine() -> None:
    url = "http://192.0.2.1/"
    with pytest.raises(StoreError, match="expected https"):
        quick().send("GET", url, {})
    with pytest.raises(StoreError, match="expected https"):
        quick().change(url, "CLEAR ALL")
    with pytest.raises(StoreError, match="expected https"):
        quick().ask(url, "ASK {}", "ASK", "*/*")


def test_a_secret_that_a_store_echoes_is_hidden() -> None:
    with scripted(said(500, f"no: {BASIC} pass-4711-word".encode())) as server:
        answer = quick().send("GET", server.url, {})
    assert answer.said == "no: Basic *** ***"


def test_a_caller_shows_no_secret() -> None:
    assert "4711" not in repr(quick())


@pytest.mark.parametrize(
    ("body", "kind", "shown"),
    [
        (b"a\x1b[31m\r\n b\xff", "text/plain", "a [31m b\ufffd"),
        (b"x" * 300, "text/plain", "x" * 199 + "…"),
        (b"  <p>", "text/plain", "a web page"),
        (b"p", "text/html; charset=x", "a web page"),
        ("a\u202eb".encode(), "", "a b"),
    ],
)
def test_what_a_store_says_is_one_plain_line(body: bytes, kind: str, shown: str) -> None:
    assert Answer("u", 500, {"content-type": kind}, body).said == shown


def test_an_answer_may_be_as_long_as_the_limit() -> None:
    with scripted(said(200, b"12345")) as server:
        assert quick(limit=5).send("GET", server.url, {}).body == b"12345"
        with pytest.raises(StoreError, match="over 4 bytes"):
            quick(limit=4).send("GET", server.url, {})


def test_a_packed_body_is_refused_whatever_it_says() -> None:
    with (
        scripted(said(200, b"x", Content_Encoding="gzip")) as server,
        pytest.raises(StoreError, match="packed with 'gzip'"),
    ):
        quick().send("GET", server.url, {})
    with scripted(said(200, b"x", Content_Encoding="Identity")) as server:
        assert quick().send("GET", server.url, {}).body == b"x"


def test_nobody_there_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(StoreError, match=r"nothing answers there: .*refused; start the store"):
        quick().send("GET", f"http://127.0.0.1:{port}/", {})
    with pytest.raises(StoreError, match=r"no address of no-such-host\.invalid is known"):
        quick(Auth()).send("GET", "http://no-such-host.invalid/", {})


def test_a_host_whose_name_is_not_found_in_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(60))
    start = time.monotonic()
    with pytest.raises(StoreError, match=r"within 0\.1 s"):
        quick(Auth(), deadline=0.1).send("GET", "http://example.invalid/", {})
    assert time.monotonic() - start < LATE
    never.set()


def test_the_second_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(said(200)) as server:
        family, kind = socket.AF_INET, socket.SOCK_STREAM
        known = [(family, kind, 6, "", ("127.0.0.1", port)) for port in (1, server.port)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: known)
        assert quick(Auth()).send("GET", "http://two.invalid/", {}).status == 200
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
        with pytest.raises(StoreError, match="no address of none"):
            quick(Auth()).send("GET", "http://none.invalid/", {})


def test_a_body_that_nobody_takes_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        url = f"http://127.0.0.1:{held.getsockname()[1]}/"
        start = time.monotonic()
        with pytest.raises(StoreError, match=r"within 0\.2 s; allow more time"):
            quick(deadline=0.2).send("PUT", url, {}, b"x" * 30_000_000)
        with pytest.raises(StoreError, match="it may be done or not"):
            quick(deadline=0.1).change(url, "CLEAR ALL")
        assert time.monotonic() - start < LATE


@pytest.mark.parametrize(("early", "done"), [(401, True), (200, False)])
def test_a_refusal_before_all_is_read_is_heard(early: int, done: bool) -> None:
    asked: list[bool] = []

    def answer() -> None:
        for status in (early, 204) if done else (early,):
            connected, _ = held.accept()
            with connected, contextlib.suppress(OSError):
                head = connected.recv(1000)
                asked.append(b"Authorization: Basic" in head)
                while status == 204 and not head.endswith(b"end"):
                    head = connected.recv(1 << 20)
                # What is unread when a connection ends makes the other side see it broken.
                connected.sendall(said(status, www_authenticate="Basic"))

    body = f"CLEAR ALL #{'x' * 20_000_000}end"
    with socket.create_server(("127.0.0.1", 0)) as held:
        threading.Thread(target=answer, daemon=True).start()
        url = f"http://127.0.0.1:{held.getsockname()[1]}/"
        if done:
            assert quick().change(url, body).status == 204
            assert asked == [False, True]
        else:
            with pytest.raises(StoreError, match="broke the connection; it may be done or not"):
                quick().change(url, body)


def test_a_body_that_is_taken_slowly_is_left_at_the_deadline() -> None:
    def take() -> None:
        connected, _ = held.accept()
        with connected, contextlib.suppress(OSError):
            while connected.recv(65536):
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as held:
        threading.Thread(target=take, daemon=True).start()
        url = f"http://127.0.0.1:{held.getsockname()[1]}/"
        start = time.monotonic()
        with pytest.raises(StoreError, match=r"within 0\.3 s"):
            quick(deadline=0.3).send("PUT", url, {}, b"x" * 30_000_000)
        assert time.monotonic() - start < LATE


def test_a_machine_that_takes_no_connection_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        address = full.getsockname()
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        start = time.monotonic()
        with pytest.raises(StoreError, match=r"within 0\.2 s"):
            quick(deadline=0.2).send("GET", f"http://127.0.0.1:{address[1]}/", {})
        assert time.monotonic() - start < LATE


def test_a_clock_runs_out() -> None:
    clock = Clock(0.0)
    with pytest.raises(TimeoutError):
        clock.left()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that nobody has signed, its key in the same file."""
    file = tmp_path / "own.pem"
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "crt")]
    subprocess.run([*words.split(), *names, *files], check=True, capture_output=True)
    file.write_text((tmp_path / "key").read_text() + (tmp_path / "crt").read_text())
    return file


@pytest.mark.slow
def test_https_is_checked(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    connections._trusted.cache_clear()
    with scripted(said(200, b"yes"), secure=context) as server:
        with pytest.raises(StoreError, match="secure connection failed: CERTIFICATE_VERIFY_FAILED"):
            quick().send("GET", server.url, {})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        connections._trusted.cache_clear()
        assert quick().send("GET", server.url, {}).body == b"yes"
    connections._trusted.cache_clear()
