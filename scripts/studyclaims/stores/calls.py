"""Calls to a store over HTTP: SPARQLWrapper's requests, sent with a deadline and read to the end.

SPARQLWrapper writes a query or an update as the SPARQL 1.1 Protocol has it. It is given no
credentials, as it prints them and asks all of the process to use them; and it sends nothing itself,
as it waits for ever, follows redirects and takes half an answer for a whole one.
"""

from __future__ import annotations

import re
import ssl
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, Any, Final
from urllib.request import Request

from SPARQLWrapper import POST, POSTDIRECTLY, URLENCODED, SPARQLWrapper

from studyclaims.errors import StoreError
from studyclaims.stores.challenges import Challenges
from studyclaims.stores.connections import Clock, exchange
from studyclaims.stores.credentials import NOBODY, Auth, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DEADLINE: Final = 60.0
"""The seconds that a call may take, all its tries together, where nothing else is said."""

TRIES: Final = 4
"""How often a call is tried that may be made twice."""

PAUSE: Final = 0.2
"""The seconds before the second try; each further one waits twice as long."""

SIZE_LIMIT: Final = 1_000_000_000
"""The most bytes that an answer may have."""

AGENT: Final = "studyclaims"

# Some servers take what names no charset for Latin-1.
_FORM: Final = "application/x-www-form-urlencoded; charset=UTF-8"
_UPDATE: Final = "application/sparql-update; charset=UTF-8"
_OF_UPDATES: Final = "application/sparql-results+json, */*;q=0.1"

_BUSY: Final = frozenset({429, 503})
_BROKEN: Final = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError, RemoteDisconnected)
_CHUNK: Final = 1 << 16
_SAID: Final = 2_000
"""How many bytes of an answer that is none are looked at."""

_ODD: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a store answered: its whole body, or of a refusal the beginning.

    ``framed`` says that the body's length was told beforehand or its end marked, so that a cut
    would have been seen.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    framed: bool = True
    auth: Auth = field(default=NOBODY, repr=False)
    """Whom the call was made as; what is said of the answer shows no secret of theirs."""

    @property
    def who(self) -> str:
        """Whom messages name as the one who called."""
        return self.auth.who

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def said(self) -> str:
        """The beginning of the body on one line, where it is meant for people to read."""
        if self.media_type == "text/html" or self.body.lstrip()[:1] == b"<":
            return "a web page"
        # More is looked at than is shown, lest half a secret be shown.
        text = self.auth.hide(self.body[: 2 * _SAID].decode("utf-8", errors="replace"))
        text = _ODD.sub(" ", text[:_SAID])
        text = " ".join(text.split())
        return text if len(text) <= 200 else f"{text[:199]}…"


class _Wrapped(SPARQLWrapper):  # type: ignore[misc, unused-ignore]
    """SPARQLWrapper, as far as it writes requests; what kind of text it holds, it is told."""

    def __init__(self, url: str, text: str, form: str, accept: str) -> None:
        self._form, self._accept = form, accept
        super().__init__(url, agent=AGENT)
        self.setOnlyConneg(True)
        self.setMethod(POST)
        self.setQuery(text)

    def _parseQueryType(self, _: str) -> str:  # noqa: N802 - SPARQLWrapper's name
        # Its own guess warns on what it cannot read, and takes an odd update for a SELECT.
        return self._form

    def _getAcceptHeader(self) -> str:  # noqa: N802 - SPARQLWrapper's name
        return self._accept

    def request(self) -> Request:
        """Return the request that would be sent."""
        made: Request = self._createRequest()
        return made


@dataclass(frozen=True)
class Caller:
    """How stores are called: as whom, and for how long.

    >>> Caller(deadline=5).ask("http://127.0.0.1:9/query", "ASK {}", "ASK", "*/*")
    Traceback (most recent call last):
    studyclaims.errors.StoreError: http://127.0.0.1:9/query: nothing answers there: Connection
    refused; start the store, or correct the address
    """

    auth: Auth = NOBODY
    deadline: float = DEADLINE
    tries: int = TRIES
    pause: float = PAUSE
    limit: int = SIZE_LIMIT
    _challenges: Challenges = field(default_factory=Challenges, repr=False, compare=False)

    def ask(
        self,
        url: str,
        text: str,
        form: str,
        accept: str,
        parameters: Iterable[tuple[str, str]] = (),
    ) -> Answer:
        """Return what a store answers to a query.

        Args:
            url: where it takes queries.
            text: the query.
            form: SELECT, ASK, CONSTRUCT or DESCRIBE.
            accept: the media types that will do.
            parameters: what the protocol has beside the query, such as default-graph-uri.

        Raises:
            StoreError: no whole answer came within the deadline.
        """
        wrapped = _Wrapped(url, text, form, accept)
        wrapped.setRequestMethod(URLENCODED)
        wrapped.addCustomHttpHeader("Content-Type", _FORM)
        for name, value in parameters:
            wrapped.addParameter(name, value)
        return self._tried(wrapped.request(), again=True)

    def change(self, url: str, text: str, *, direct: bool = True) -> Answer:
        """Return what a store answers to an update, which is sent once.

        Args:
            url: where it takes updates.
            text: the update.
            direct: whether the text is the body, or a field of a form.

        Raises:
            StoreError: no whole answer came within the deadline; the update may be done or not.
        """
        wrapped = _Wrapped(url, text, "INSERT", _OF_UPDATES)
        wrapped.setRequestMethod(POSTDIRECTLY if direct else URLENCODED)
        wrapped.addCustomHttpHeader("Content-Type", _UPDATE if direct else _FORM)
        return self._tried(wrapped.request(), again=False)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> Answer:
        """Return what a store answers to a request that may be made twice.

        Raises:
            StoreError: no whole answer came within the deadline.
        """
        request = Request(url, body, {**headers, "User-Agent": AGENT}, method=method)  # noqa: S310
        return self._tried(request, again=True)

    def _tried(self, request: Request, *, again: bool) -> Answer:
        """Return the answer to a request, tried again where that can help and does no harm."""
        self.auth.require_private(request.full_url)
        clock = Clock(self.deadline)
        with self._explained(shown(request.full_url), again=again):
            for trial in range(self.tries - 1 if again else 0):
                wait = self.pause * 2**trial
                with suppress(*_BROKEN):
                    answer = self._answered(request, clock)
                    wait = max(wait, _asked_to_wait(answer))
                    if answer.status not in _BUSY or wait >= clock.left():
                        return answer
                time.sleep(min(wait, clock.left()))
            return self._answered(request, clock)

    @contextmanager
    def _explained(self, place: str, *, again: bool) -> Iterator[None]:
        """Raise what goes wrong in a call as an error that says what to do."""
        remedy = "call again" if again else "it may be done or not: look before it is sent again"
        try:
            yield
        except TimeoutError as error:
            said = f"found no whole answer within {self.deadline:g} s"
            more = "allow more time, or ask for less" if again else remedy
            raise StoreError(f"{place}: {said}; {more}") from error
        except _BROKEN as error:
            raise StoreError(f"{place}: the store broke the connection; {remedy}") from error
        except (IncompleteRead, EOFError) as error:
            raise StoreError(f"{place}: found an answer that was cut; {remedy}") from error
        except HTTPException as error:
            said = f"found an answer that is no HTTP ({type(error).__name__})"
            # What is no HTTP, the error quotes, and it may be what was sent.
            raise StoreError(f"{place}: {said}; correct the address") from None
        except ssl.SSLError as error:
            said = f"the secure connection failed: {error.reason or error}"
            trust = "SSL_CERT_FILE names a file of certificates to trust"
            raise StoreError(f"{place}: {said}; {trust}") from error
        except OSError as error:
            said = f"nothing answers there: {error.strerror or error}"
            raise StoreError(f"{place}: {said}; start the store, or correct the address") from error

    def _answered(self, request: Request, clock: Clock) -> Answer:
        """Return the answer to a request that is made once, or twice where the store asks who."""
        self._challenges.sign(request, self.auth)
        answer = self._exchanged(request, clock)
        if answer.status == 401 and self._challenges.learn(answer.headers, request, self.auth):
            answer = self._exchanged(request, clock)
        return answer

    def _exchanged(self, request: Request, clock: Clock) -> Answer:
        """Return the answer to a request, read to its end."""
        response = exchange(request, clock)
        with response:
            headers: dict[str, str] = {}
            for name, value in response.getheaders():
                known = headers.get(name.lower())
                headers[name.lower()] = value if known is None else f"{known}\n{value}"
            framed = response.chunked or response.length is not None
            place = shown(request.full_url)
            answer = Answer(place, response.status, headers, framed=framed, auth=self.auth)
            if response.status >= 300:
                return _with(answer, _beginning(response))
            packed = headers.get("content-encoding", "identity").lower()
            if packed != "identity":
                packed = self.auth.hide(packed)[:60]
                said = f"found a body packed with {packed!r}, expected a plain one"
                raise StoreError(f"{answer.url}: {said}; let the proxy before it pack nothing")
            return _with(answer, _whole(response, answer.url, self.limit))


def _with(answer: Answer, body: bytes) -> Answer:
    """Return an answer with its body."""
    return replace(answer, body=body)


def _whole(response: HTTPResponse, place: str, limit: int) -> bytes:
    """Return the whole body of an answer, or raise where it is too long or cut."""
    parts = bytearray()
    if (response.length or 0) <= limit:
        while part := response.read(_CHUNK):
            parts += part
            if len(parts) > limit:
                break
    if len(parts) > limit or (response.length or 0) > limit:
        said = f"found over {limit} bytes, expected at most as many"
        raise StoreError(f"{place}: {said}; ask for less")
    # Read in parts, http.client says nothing of a body that ends before its length.
    if response.length:
        raise EOFError
    return bytes(parts)


def _beginning(response: HTTPResponse) -> bytes:
    """Return the beginning of what a store says with a refusal, or nothing."""
    try:
        return response.read(2 * _SAID)
    except (OSError, HTTPException):
        return b""


def _asked_to_wait(answer: Answer) -> float:
    """Return the seconds a busy store asks to wait: whole ones, or a date, which counts as none."""
    asked: Any = answer.headers.get("retry-after", "")
    return float(asked) if re.fullmatch(r"[0-9]{1,6}", asked, re.ASCII) else 0.0
