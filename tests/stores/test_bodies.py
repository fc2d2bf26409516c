"""What an answer holds: whole, or an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyoxigraph import QueryBoolean, QuerySolutions

from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.bodies import (
    RESULTS,
    TRIPLES,
    require_done,
    require_uncut,
    solutions,
    triples,
)
from studyclaims.stores.calls import Answer
from studyclaims.stores.credentials import Auth
from studyclaims.stores.profiles import OXIGRAPH, SPARQL11, VIRTUOSO
from studyclaims.terms import expand

ROWS = [{"a": {"type": "uri", "value": f"urn:x:{n}"}} for n in range(3)]
GOOD: dict[str, Any] = {"head": {"vars": ["a"]}, "results": {"bindings": ROWS}}
LINES = b"<urn:x:a> <urn:x:b> <urn:x:c> .\n<urn:x:a> <urn:x:b> <urn:x:d> .\n"


def answer(data: object, kind: str = RESULTS, cap: str | None = None) -> Answer:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    capped = {} if cap is None else {"x-sparql-maxrows": cap}
    return Answer("http://h/q", 200, {"content-type": kind, **capped}, body)


def test_all_rows_are_there_and_none_is_used_up() -> None:
    found = solutions(answer(GOOD, f"{RESULTS}; charset=utf-8"), OXIGRAPH, asked="SELECT")
    assert isinstance(found, QuerySolutions)
    assert [str(row["a"]) for row in found] == [f"<urn:x:{n}>" for n in range(3)]


@pytest.mark.parametrize("said", [True, False])
def test_an_ask_is_answered(said: bool) -> None:
    found = solutions(
        answer({"head": {}, "boolean": said}, "application/json"), OXIGRAPH, asked="ASK"
    )
    assert isinstance(found, QueryBoolean)
    assert bool(found) is said


def test_any_cut_of_a_result_is_an_error() -> None:
    body = json.dumps(GOOD).encode()
    for end in range(len(body)):
        with pytest.raises(StoreError, match="no whole answer"):
            solutions(answer(body[:end]), OXIGRAPH, asked="SELECT")


@pytest.mark.parametrize(
    "data",
    [
        [],
        "results",
        {},
        {"head": {}, "boolean": "true"},
        {"head": {"vars": ["a"]}, "results": {}},
        {**GOOD, "boolean": True},
        {"head": {"vars": []}, "results": {"bindings": ROWS}},
        {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "odd", "value": "1"}}]}},
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_what_is_no_result_is_an_error(data: object) -> None:
    with pytest.raises(StoreError, match=r"http://h/q: found .*; "):
        solutions(answer(data), OXIGRAPH, asked="SELECT")


def test_a_bad_row_far_down_is_an_error_at_once() -> None:
    rows = [*ROWS * 100, {"a": {"type": "uri", "value": "no iri"}}]
    with pytest.raises(StoreError, match="no whole answer"):
        solutions(answer({**GOOD, "results": {"bindings": rows}}), OXIGRAPH, asked="SELECT")


def test_results_of_virtuoso_are_repaired_and_others_are_not() -> None:
    cell = {"type": "typed-literal", "value": "1", "datatype": expand("xsd:boolean")}
    data = {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": cell}]}}
    for profile, text in ((VIRTUOSO, "true"), (OXIGRAPH, "1")):
        found = solutions(answer(data), profile, asked="SELECT")
        assert isinstance(found, QuerySolutions)
        assert [row["a"].value for row in found] == [text]


def test_triples_come_as_often_as_they_are_said() -> None:
    assert len(triples(answer(LINES + LINES, TRIPLES), OXIGRAPH)) == 4
    spoilt = b'<urn:x:a> <urn:x:b> "60.0"^^<%b> .' % expand("xsd:dayTimeDuration").encode()
    found = [triples(answer(spoilt, TRIPLES), profile)[0] for profile in (VIRTUOSO, OXIGRAPH)]
    assert [str(each.object).split('"')[1] for each in found] == ["PT1M", "60.0"]


def test_triples_of_no_told_length_are_an_error() -> None:
    loose = Answer("http://h/q", 200, {"content-type": TRIPLES}, LINES, framed=False)
    with pytest.raises(StoreError, match="which may be cut"):
        triples(loose, OXIGRAPH)


@pytest.mark.parametrize("body", [LINES[:-5], LINES + b"cancelled", b"<a> <b> <c> .", b"\xff"])
def test_what_is_no_triples_is_an_error(body: bytes) -> None:
    with pytest.raises(StoreError, match="expected N-Triples"):
        triples(answer(body, TRIPLES), OXIGRAPH)


@pytest.mark.parametrize(
    ("said", "found", "cut"),
    [
        (None, 9_999, False),
        (None, 10_000, True),
        (None, 10_001, True),
        (None, 10_002, False),
        ("10000", 9_999, False),
        ("10000", 10_000, True),
        ("100000", 10_000, False),
        ("many", 1, True),
    ],
)
def test_where_virtuoso_cuts(said: str | None, found: int, cut: bool) -> None:
    try:
        require_uncut(answer(b"", cap=said), found, VIRTUOSO)
    except StoreError:
        assert cut
    else:
        assert not cut


def test_a_cap_that_is_said_holds_for_any_store_and_form() -> None:
    with pytest.raises(StoreError, match="found 3 rows"):
        solutions(answer(GOOD, cap="3"), SPARQL11, asked="SELECT")
    with pytest.raises(StoreError, match="found 2 rows"):
        triples(answer(LINES, TRIPLES, cap="2"), SPARQL11)
    assert len(triples(answer(LINES, TRIPLES, cap="3"), SPARQL11)) == 2


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (301, StoreError, "it leads to https://other.org/q, where nothing is sent by itself"),
        (401, StoreError, "it refuses the user 'ada': set STUDYCLAIMS_STORE_USER"),
        (403, StoreError, "it refuses the user 'ada': set STUDYCLAIMS_STORE_USER"),
        (404, StoreError, "give the address of a store"),
        (429, StoreError, "it is busy: try later"),
        (503, StoreError, "it is busy: try later"),
        (500, StoreError, "found status 500: sad; expected 200; look into the store's own log"),
        (400, QueryError, "the store cannot read it: sad"),
    ],
)
def test_a_status_says_what_to_do(status: int, kind: type[Exception], words: str) -> None:
    headers = {"content-type": "text/plain", "location": "https://ada:pw@other.org/q?token=pw"}
    refused = Answer("http://h/q", status, headers, b"sad\n", auth=Auth("ada"))
    with pytest.raises(kind) as caught:
        solutions(refused, OXIGRAPH, asked="ASK")
    assert words in str(caught.value)
    assert "pw" not in str(caught.value)


def test_an_update_is_done_as_its_store_says_so() -> None:
    require_done(Answer("u", 204, {}), OXIGRAPH)
    require_done(Answer("u", 200, {}, b" \n"), SPARQL11)
    done = {"head": {"vars": ["callret-0"]}, "results": {"bindings": []}}
    require_done(answer(done), VIRTUOSO)
    with pytest.raises(StoreError, match="expected 204"):
        require_done(Answer("u", 200, {}), OXIGRAPH)
    with pytest.raises(
        StoreError, match=r"\(200, text/html, 3 bytes: a web page\), expected no body"
    ):
        require_done(answer(b"<p>", "text/html"), SPARQL11)
    cases: list[object] = [GOOD, {"head": []}, {"head": {"vars": 1}}, b""]
    for odd in cases:
        with pytest.raises(StoreError, match="no whole answer"):
            require_done(answer(odd), VIRTUOSO)


@pytest.mark.parametrize("word", ["hunter2", "hun\u200bter2", "hun\tter2", "hun\0ter2"])
def test_no_header_shows_a_secret_with_what_nobody_sees_in_it(word: str) -> None:
    headers = {"content-type": f"text/{word}", "location": f"http://h/{word}"}
    for status, said in ((200, "text/***"), (302, "http://h/***")):
        odd = Answer("http://h/q", status, headers, b"", auth=Auth("ada", "hunter2"))
        with pytest.raises(StoreError) as caught:
            solutions(odd, OXIGRAPH, asked="ASK")
        assert said in str(caught.value)
