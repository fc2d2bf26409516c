"""The faults: each gets a right answer and a wire, and sends something else over it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.wire import Reply, Wire

    Fault = Callable[[Wire, Reply], None]

PAGE: Final = b"<!DOCTYPE html>\n<html><body><h1>Please log in</h1></body></html>\n"
CANCELLED: Final = b"The SPARQL operation has been cancelled"
FAR: Final = 1_000_000_000_000


def status(number: int, *extra: tuple[str, str]) -> Fault:
    """Return the fault of answering with a status, and what the client had sent as its name."""

    def send(wire: Wire, right: Reply) -> None:
        echo = dict(right.extra).get("X-Echo", "").encode()
        wire.send(right.but(status=number, media_type="text/plain", body=echo, extra=extra).whole())

    return send


def changed(**changes: object) -> Fault:
    """Return the fault of answering right but for some parts."""
    return lambda wire, right: wire.send(right.but(**changes).whole())


def half(right: Reply) -> bytes:
    """Return the first half of a body."""
    return right.body[: len(right.body) // 2]


def chunks(*parts: bytes) -> bytes:
    """Return chunks as HTTP has them, without the last one that ends them."""
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)


def slow_head(wire: Wire, right: Reply) -> None:
    wire.drip(right.whole())


def slow_body(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Content-Length", len(right.body))))
    wire.drip(right.body)


def slow_chunks(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Transfer-Encoding", "chunked")))
    wire.drip(b"".join(chunks(b"%c" % byte) for byte in right.body))


def silent(wire: Wire, _: Reply) -> None:
    wire.wait()


def silent_after_head(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Content-Length", len(right.body))))
    wire.wait()


def endless_head(wire: Wire, _: Reply) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\n")
    wire.drip(b"X-More: and more\r\n" * 1000)


def endless_continue(wire: Wire, _: Reply) -> None:
    while not wire.closing.wait(0.001):
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")


def reset(wire: Wire, _: Reply) -> None:
    wire.reset()


def reset_in_body(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Content-Length", len(right.body))) + half(right))
    # Sent together, the reset would overtake the half.
    wire.closing.wait(0.05)
    wire.reset()


def no_answer(_: Wire, __: Reply) -> None:
    pass


def short(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Content-Length", len(right.body))) + half(right))


def short_at_a_line(wire: Wire, right: Reply) -> None:
    kept = b"".join(right.body.splitlines(keepends=True)[:-1])
    wire.send(right.head(("Content-Length", len(right.body))) + kept)


def cut_chunked(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Transfer-Encoding", "chunked")) + chunks(half(right)))


def cut_in_a_chunk(wire: Wire, right: Reply) -> None:
    whole = chunks(right.body)
    wire.send(right.head(("Transfer-Encoding", "chunked")) + whole[: len(whole) // 2])


def no_chunks(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Transfer-Encoding", "chunked")) + b"zz\r\n" + right.body)


def closed_cut(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Connection", "close")) + half(right))


def closed_at_a_line(wire: Wire, right: Reply) -> None:
    kept = b"".join(right.body.splitlines(keepends=True)[:-1])
    wire.send(right.head(("Connection", "close")) + kept)


def cancelled(wire: Wire, right: Reply) -> None:
    wire.send(right.but(body=half(right) + CANCELLED).whole())


def cancelled_at_a_line(wire: Wire, right: Reply) -> None:
    kept = b"".join(right.body.splitlines(keepends=True)[:-1])
    wire.send(right.but(body=kept + CANCELLED).whole())


def cancelled_at_the_end(wire: Wire, right: Reply) -> None:
    wire.send(right.but(body=right.body + CANCELLED).whole())


def cancelled_in_chunks(wire: Wire, right: Reply) -> None:
    body = chunks(half(right), CANCELLED) + b"0\r\n\r\n"
    wire.send(right.head(("Transfer-Encoding", "chunked")) + body)


def twice(wire: Wire, right: Reply) -> None:
    wire.send(right.but(body=right.body * 2).whole())


def other_form(wire: Wire, right: Reply) -> None:
    body = b'{"head": {"vars": []}, "results": {"bindings": []}}'
    if b'"results"' in right.body:
        body = b'{"head": {}, "boolean": true}'
    wire.send(right.but(status=200, body=body).whole())


def both_forms(wire: Wire, right: Reply) -> None:
    body = b'{"head": {"vars": ["s"]}, "boolean": true, "results": {"bindings": []}}'
    wire.send(right.but(status=200, body=body).whole())


def huge(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Content-Length", FAR)))
    while not wire.closing.is_set():
        wire.send(b" " * 65536)


def huge_chunked(wire: Wire, right: Reply) -> None:
    wire.send(right.head(("Transfer-Encoding", "chunked")))
    while not wire.closing.is_set():
        wire.send(chunks(b" " * 65536))


def bomb(wire: Wire, right: Reply) -> None:
    packed = gzip.compress(right.body + b" " * 10_000_000, mtime=0)
    wire.send(right.but(body=packed, extra=(("Content-Encoding", "gzip"),)).whole())


def no_http(wire: Wire, _: Reply) -> None:
    wire.send(b"SSH-2.0-OpenSSH_9.9\r\n")


def capped(wire: Wire, right: Reply) -> None:
    wire.send(right.but(extra=(("X-SPARQL-MaxRows", "1"),)).whole())


FAULTS: Final[dict[str, Fault]] = {
    "status-500": status(500),
    "status-502": status(502),
    "status-503": status(503),
    "status-503-for-an-hour": status(503, ("Retry-After", "3600")),
    "status-429": status(429, ("Retry-After", "0")),
    "status-404": status(404),
    "status-403": status(403),
    "status-401": status(401),
    "status-401-basic": status(401, ("WWW-Authenticate", 'Basic realm="x"')),
    "status-401-digest": status(
        401, ("WWW-Authenticate", 'Digest realm="x", nonce="n", qop="auth"')
    ),
    "status-401-odd": status(401, ("WWW-Authenticate", 'Digest realm="x", nonce="n", algorithm=Z')),
    "status-206": changed(status=206),
    "redirect": status(302, ("Location", "CANARY")),
    "redirect-keeping-the-method": status(307, ("Location", "CANARY")),
    "redirect-to-a-file": status(302, ("Location", "file:///etc/hostname")),
    "slow-head": slow_head,
    "slow-body": slow_body,
    "slow-chunks": slow_chunks,
    "silent": silent,
    "silent-after-head": silent_after_head,
    "endless-head": endless_head,
    "endless-continue": endless_continue,
    "reset": reset,
    "reset-in-body": reset_in_body,
    "no-answer": no_answer,
    "no-http": no_http,
    "short": short,
    "short-at-a-line": short_at_a_line,
    "cut-chunked": cut_chunked,
    "cut-in-a-chunk": cut_in_a_chunk,
    "no-chunks": no_chunks,
    "closed-cut": closed_cut,
    "closed-at-a-line": closed_at_a_line,
    "html": changed(status=200, media_type="text/html", body=PAGE),
    "html-as-asked": changed(status=200, body=PAGE),
    "cancelled": cancelled,
    "cancelled-at-a-line": cancelled_at_a_line,
    "cancelled-at-the-end": cancelled_at_the_end,
    "cancelled-in-chunks": cancelled_in_chunks,
    "twice": twice,
    "other-form": other_form,
    "both-forms": both_forms,
    "empty": changed(status=200, body=b""),
    "blank": changed(status=200, body=b" \n"),
    "no-content": changed(status=204, media_type="", body=b""),
    "other-type": changed(status=200, media_type="application/octet-stream"),
    "no-type": changed(status=200, media_type=""),
    "huge": huge,
    "huge-chunked": huge_chunked,
    "bomb": bomb,
    "capped": capped,
}
"""Every fault, by its name; what is written under a fault is not done."""

ONCE: Final[dict[str, Fault]] = {
    "once-503": status(503, ("Retry-After", "0")),
    "once-429": status(429),
    "once-reset": reset,
    "once-no-answer": no_answer,
}
"""What a store recovers from: every second request is answered rightly."""

HANGING: Final = frozenset(
    {"slow-head", "slow-body", "slow-chunks", "silent", "silent-after-head", "endless-head"}
    | {"endless-continue"}
)
"""The faults that end when the client has had enough."""
