"""Bodies: what a store's answer holds, or the error where it is not the whole of what was asked.

A status of 200 says little: a page of a proxy has it, an error halfway down has it, and so has a
result that the store cut at its own limit. So results are taken as JSON alone, whose end can be
seen, and triples as N-Triples whose length was told.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pyoxigraph import QueryBoolean, QueryResultsFormat, RdfFormat, parse, parse_query_results

from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.credentials import PASSWORD, TOKEN, USER, shown
from studyclaims.stores.profiles import SPARQL11
from studyclaims.stores.repairs import repair_results, repaired_triples

if TYPE_CHECKING:
    from pyoxigraph import QuerySolutions, Triple

    from studyclaims.stores.calls import Answer
    from studyclaims.stores.profiles import Profile

RESULTS: Final = "application/sparql-results+json"
TRIPLES: Final = "application/n-triples"

CAP_HEADER: Final = "x-sparql-maxrows"
"""The header with which Virtuoso says that it cut a result, and nothing else does."""

_FORBIDDEN: Final = frozenset({401, 403})

_RESULTS: Final = frozenset({RESULTS, "application/json"})
_OK: Final = frozenset({200})
_TRIPLES: Final = frozenset({TRIPLES})


class RefusedError(StoreError):
    """What a store was asked for and did not do, as it does not do it for whoever asked."""


def solutions(answer: Answer, profile: Profile, *, asked: str) -> QuerySolutions | QueryBoolean:
    """Return the results of a SELECT or the answer of an ASK, once all of it is read.

    >>> from studyclaims.stores.calls import Answer
    >>> head = {"content-type": "application/sparql-results+json"}
    >>> answer = Answer("http://x/", 200, head, b'{"head": {}, "boolean": true}')
    >>> bool(solutions(answer, SPARQL11, asked="ASK"))
    True

    Raises:
        QueryError: the store cannot read the query.
        StoreError: the answer is no result, is cut, or is of another form than was asked.
    """
    require_status(answer, _OK)
    _require_type(answer, _RESULTS, "results in JSON")
    results = _read(answer, profile)
    if isinstance(results, QueryBoolean) != (asked == "ASK"):
        raise StoreError(f"{answer.url}: found the answer to another form than {asked}; call again")
    if isinstance(results, QueryBoolean):
        return results
    try:
        # Read to its end to see that all of it is well formed, and so once more to be given away.
        found = sum(1 for _ in results)
    except (ValueError, SyntaxError) as error:
        _refuse_body(answer, "results in JSON", error)
    require_uncut(answer, found, profile)
    return _read(answer, profile)


def _read(answer: Answer, profile: Profile) -> QuerySolutions | QueryBoolean:
    """Return the results in a body that is JSON from its first to its last character."""
    # pyoxigraph reads no further than the answer of an ASK, and lets a second result pass.
    data = _data(answer)
    try:
        if ("boolean" in data) == ("results" in data):
            raise ValueError("no results")
        body = answer.body
        if profile.spoils_literals:
            repair_results(data)
            body = json.dumps(data).encode()
        return parse_query_results(body, format=QueryResultsFormat.JSON)
    except (ValueError, SyntaxError) as error:
        _refuse_body(answer, "results in JSON", error)


def _data(answer: Answer) -> dict[str, Any]:
    """Return what a body holds that is one object of JSON from its first to its last character."""
    try:
        data = json.loads(answer.body)
        if not isinstance(data, dict):
            raise TypeError("no object")
    except (ValueError, TypeError, RecursionError) as error:
        _refuse_body(answer, "results in JSON", error)
    return data


def _variables(answer: Answer) -> list[str]:
    """Return the variables of a result, some of which no query could have."""
    head = _data(answer).get("head")
    names = head.get("vars") if isinstance(head, dict) else None
    return names if isinstance(names, list) else []


def triples(answer: Answer, profile: Profile) -> list[Triple]:
    """Return the triples of an answer in N-Triples, once all of it is read, as often as they came.

    >>> from studyclaims.stores.calls import Answer
    >>> head = {"content-type": "application/n-triples"}
    >>> body = b"<urn:x:a> <urn:x:b> <urn:x:c> ."
    >>> [str(triple) for triple in triples(Answer("http://x/", 200, head, body), SPARQL11)]
    ['<urn:x:a> <urn:x:b> <urn:x:c>']

    Raises:
        QueryError: the store cannot read the query.
        StoreError: the answer is no N-Triples, or is cut, or a cut of it could not be seen.
    """
    require_status(answer, _OK)
    _require_type(answer, _TRIPLES, "N-Triples")
    if not answer.framed:
        raise StoreError(
            f"{answer.url}: found N-Triples of no told length, which may be cut; expected "
            "Content-Length or chunks: let the store, or the proxy before it, speak HTTP/1.1"
        )
    try:
        quads = parse(answer.body, format=RdfFormat.N_TRIPLES)
        found = [quad.triple for quad in quads]
    except (SyntaxError, ValueError) as error:
        _refuse_body(answer, "N-Triples", error)
    if CAP_HEADER in answer.headers:
        require_uncut(answer, len(found), SPARQL11)
    return list(repaired_triples(found)) if profile.spoils_literals else found


def require_done(answer: Answer, profile: Profile) -> None:
    """Raise where a store does not say that it did an update, as its kind says so.

    >>> from studyclaims.stores.calls import Answer
    >>> require_done(Answer("http://x/", 204, {}), SPARQL11)

    Raises:
        QueryError: the store cannot read the update.
        StoreError: it refuses, fails, or answers as a store that did it does not.
    """
    require_status(answer, profile.written)
    if profile.done_variable:
        _require_type(answer, _RESULTS, "results in JSON")
        if profile.done_variable not in _variables(answer):
            _refuse_body(answer, f"a result called {profile.done_variable}", None)
    elif answer.body.strip():
        _refuse_body(answer, "no body", None)


def require_status(answer: Answer, statuses: frozenset[int]) -> None:
    """Raise where the status of an answer is none of some.

    >>> from studyclaims.stores.calls import Answer
    >>> require_status(Answer("http://x/", 401, {}), frozenset({200}))
    Traceback (most recent call last):
    studyclaims.stores.bodies.RefusedError: http://x/: found status 401; expected 200; it asks who
    one is: set STUDYCLAIMS_STORE_USER and STUDYCLAIMS_STORE_PASSWORD, or STUDYCLAIMS_STORE_TOKEN,
    to who may do this

    Raises:
        QueryError: it is 400, which a store has for what it cannot read.
        RefusedError: it is 401 or 403, and nothing was done.
        StoreError: it is another one.
    """
    if answer.status not in statuses:
        _refuse_status(answer, statuses)


def _require_type(answer: Answer, types: frozenset[str], what: str) -> None:
    """Raise where a body is of another media type than was asked for."""
    if answer.media_type not in types:
        _refuse_body(answer, what, None)


def require_uncut(answer: Answer, found: int, profile: Profile) -> None:
    """Raise where a store stopped at its own limit, by what it says or by the number of rows.

    >>> from studyclaims.stores.calls import Answer
    >>> from studyclaims.stores.profiles import VIRTUOSO
    >>> require_uncut(Answer("http://x/sparql", 200, {}), 9_999, VIRTUOSO)
    >>> require_uncut(Answer("http://x/sparql", 200, {}), 10_000, VIRTUOSO)
    Traceback (most recent call last):
    studyclaims.errors.StoreError: http://x/sparql: found 10000 rows, where the store cuts, so that
    there may be more; ask for less at a time, or raise ResultSetMaxRows in its settings

    Raises:
        StoreError: there may be more rows.
    """
    said = answer.headers.get(CAP_HEADER)
    if said is None:
        # A proxy may drop the header. One row more than the limit is known to come, too.
        cut = profile.row_cap is not None and found - profile.row_cap in {0, 1}
    else:
        cut = not (said.isdecimal() and found < int(said[:15]))
    if cut:
        raise StoreError(
            f"{answer.url}: found {found} rows, where the store cuts, so that there may be more; "
            "ask for less at a time, or raise ResultSetMaxRows in its settings"
        )


def _refuse_body(answer: Answer, expected: str, error: Exception | None) -> NoReturn:
    """Raise the error of a body that is not what was asked for."""
    kind = answer.auth.hide(answer.media_type) or "no media type"
    found = f"{answer.status}, {kind}, {len(answer.body)} bytes"
    said = f": {answer.said}" if answer.body and not error else ""
    raise StoreError(
        f"{answer.url}: found no whole answer ({found}{said}), expected {expected}; is it the "
        "address of a store, and nothing between it and here?"
    ) from (error and ValueError(answer.auth.hide(f"{type(error).__name__}: {error}")))


def _refuse_status(answer: Answer, expected: frozenset[int]) -> NoReturn:
    """Raise the error of a status."""
    status = answer.status
    said = f": {answer.said}" if answer.body.strip() else ""
    if status == 400:
        raise QueryError(f"{answer.url}: the store cannot read it{said}")
    to = answer.auth.hide(shown(answer.headers.get("location", "")))
    who = f"it refuses {answer.who}" if answer.who else "it asks who one is"
    who = f"{who}: set {USER} and {PASSWORD}, or {TOKEN}, to who may do this"
    remedies = {
        401: who,
        403: who,
        404: "give the address of a store, as docs/stores has it for each kind",
        429: "it is busy: try later",
        503: "it is busy: try later",
    }
    remedy = remedies.get(status, "look into the store's own log")
    if 300 <= status < 400:
        remedy = f"it leads to {to}, where nothing is sent by itself: give that address, if meant"
    wanted = " or ".join(str(number) for number in sorted(expected))
    kind = RefusedError if status in _FORBIDDEN else StoreError
    raise kind(f"{answer.url}: found status {status}{said}; expected {wanted}; {remedy}")
