"""What each address answers: the SPARQL 1.1 Protocol, and the pages around it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat

from samples import KEY
from serving.asgi import HOST, LIMITS, Here, Response, asked, source
from studyclaims.questions import questions
from studyclaims.serving.app import Answer, Endpoint
from studyclaims.serving.limits import BODY_LIMIT, HELD_LIMIT, LARGE, Limits

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from studyclaims.serving.frames import Message
    from studyclaims.serving.pool import Pool

FORM = {"content-type": "application/x-www-form-urlencoded"}
QUERY = {"content-type": "application/sparql-query"}
UPDATE = {"content-type": "application/sparql-update"}
UTF_16 = {"content-type": "application/sparql-query; charset=utf-16"}
LONG = {"content-length": "9" * 30}
ASK = "/sparql?query=ASK%7B%7D"
STUDY = f"https://w3id.org/studyclaims/study/{KEY}"
CLAIMS = "SELECT ?claim { ?claim a sc:Claim }"
MADE = "CONSTRUCT { ?claim sc:stance ?stance } WHERE { ?claim sc:stance ?stance }"


def get(text: str, accept: str = "", more: str = "") -> Response:
    headers = {"accept": accept} if accept else {}
    return asked(f"/sparql?query={quote(text)}{more}", headers=headers)


# Ways to ask


@pytest.mark.parametrize(
    ("target", "method", "headers", "body"),
    [
        ("/sparql?query=ASK%20%7B%7D", "GET", {}, ""),
        ("/sparql", "POST", FORM, "query=ASK%20%7B%7D"),
        ("/sparql", "POST", FORM, "query=ASK+%7B%7D&unknown=1"),
        (
            "/sparql",
            "POST",
            {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"},
            "query=ASK{}",
        ),
        ("/sparql", "POST", QUERY, "ASK {}"),
        (
            "/sparql",
            "POST",
            {"content-type": 'Application/SPARQL-query; charset="utf-8"'},
            "ASK {}",
        ),
    ],
)
def test_a_query_is_answered_however_it_comes(
    target: str, method: str, headers: dict[str, str], body: str
) -> None:
    found = asked(target, method, headers, body)
    assert (found.status, found.kind) == (200, "application/sparql-results+json")
    assert found.json["boolean"] is True


REFUSED: dict[str, tuple[str, str, dict[str, str], str | bytes, int]] = {
    "two queries": ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "GET", {}, "", 400),
    "two queries, one posted": (ASK, "POST", QUERY, "ASK {}", 400),
    "a form without a query": ("/sparql", "POST", FORM, "format=json", 400),
    "no content type": (ASK, "POST", {}, "", 415),
    "another content type": ("/sparql", "POST", {"content-type": "text/plain"}, "ASK {}", 415),
    "another charset": ("/sparql", "POST", UTF_16, "ASK {}", 415),
    "a body that is no UTF-8": ("/sparql", "POST", QUERY, b"ASK { ?s ?p '\xe9' }", 400),
    "UTF-16": ("/sparql", "POST", FORM, "query=ASK%20%7B%7D".encode("utf-16"), 400),
    "an address that is no UTF-8": ("/sparql?query=%FF", "GET", {}, "", 400),
    "a thousand parameters": (f"/sparql?query=ASK%7B%7D{'&a=b' * 1000}", "GET", {}, "", 400),
    "syntax": ("/sparql?query=SELECT", "GET", {}, "", 400),
    "an update as a query": ("/sparql?query=CLEAR%20ALL", "GET", {}, "", 400),
    "an update": ("/sparql?update=CLEAR%20ALL", "GET", {}, "", 403),
    "an update in a form": ("/sparql", "POST", FORM, "update=CLEAR%20ALL", 403),
    "an update as a body": ("/sparql", "POST", UPDATE, "CLEAR ALL", 403),
    "a dataset of an update": (f"{ASK}&using-graph-uri=urn:x", "GET", {}, "", 403),
    "PUT": (ASK, "PUT", {}, "", 405),
    "DELETE": ("/sparql", "DELETE", {}, "", 405),
    "no such page": ("/admin", "GET", {}, "", 404),
    "no such question": ("/queries/no-such-question", "GET", {}, "", 404),
    "a path in a question": ("/queries/..%2Fstudies", "GET", {}, "", 404),
    "what nobody offers": (ASK, "GET", {"accept": "image/png"}, "", 406),
    "what nobody offers, a graph": ("/sparql", "GET", {"accept": "image/png"}, "", 406),
    "what nobody offers, a page": ("/queries", "GET", {"accept": "image/png"}, "", 406),
    "a form of no name": ("/sparql?query=ASK%7B%7D&format=yaml", "GET", {}, "", 406),
    "a long query": (f"/sparql?query={'A' * 64_001}", "GET", {}, "", 413),
    "a long body": ("/sparql", "POST", QUERY, b"A" * (BODY_LIMIT + 1), 413),
    "a body that says it is long": ("/sparql", "POST", QUERY | LONG, "", 413),
    "braces": ("/sparql", "POST", QUERY, f"ASK {'{' * 3000}{'}' * 3000}", 400),
    "SERVICE": ("/sparql", "POST", QUERY, "ASK { SERVICE <http://[::1]/> {} }", 400),
    "SERVICE in disguise": ("/sparql", "POST", QUERY, "ASK { \\u0053ERVICE <x:y> {} }", 400),
    "LOAD": ("/sparql", "POST", QUERY, "LOAD <http://[::1]/>", 400),
    "a graph that is not there": (f"{ASK}&default-graph-uri=urn:x:no", "GET", {}, "", 400),
    "a file as a graph": (f"{ASK}&named-graph-uri=file:///etc/passwd", "GET", {}, "", 400),
    "a graph that is no IRI": (f"{ASK}&default-graph-uri=%3C%3E", "GET", {}, "", 400),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_in_words(name: str) -> None:
    target, method, headers, body, status = REFUSED[name]
    found = asked(target, method, headers, body)
    assert found.status == status
    assert found.kind == "text/plain"
    assert len(found.text) > 5
    assert "Traceback" not in found.text
    assert (found.headers.get("connection") == "close") == (status == 413)


def test_a_body_that_comes_too_slowly_is_given_up() -> None:
    late = asked("/sparql", "POST", {**QUERY, "content-length": "9"}, [])
    assert (late.status, late.headers["connection"]) == (408, "close")


def test_a_long_body_in_pieces_is_read_to_its_end_unless_it_has_none() -> None:
    assert asked("/sparql", "POST", QUERY, [b"A" * 400_000] * 3 + [b""]).status == 413
    assert asked("/sparql", "POST", QUERY, [b"A" * 400_000] * 30).status == 413
    assert asked("/sparql", "POST", QUERY, [b"A" * 3_000_000] * 3).status == 413


def test_a_relative_name_is_read_against_the_address_that_was_asked() -> None:
    found = get("CONSTRUCT { <a> <b> 1 } {}", "application/n-triples").text
    assert found.startswith(f"<http://{HOST}/a> <http://{HOST}/b> ")


# Forms of answers


def test_rows_are_the_same_in_every_form() -> None:
    found = {form: get(CLAIMS, more=f"&format={form}") for form in ("json", "xml", "csv", "tsv")}
    rows = [row["claim"]["value"] for row in found["json"].json["results"]["bindings"]]
    assert len(rows) == 5
    assert list(csv.reader(io.StringIO(found["csv"].text)))[1:] == [[iri] for iri in rows]
    assert found["tsv"].text.splitlines()[1:] == [f"<{iri}>" for iri in rows]
    spaces = {"r": "http://www.w3.org/2005/sparql-results#"}
    tree = ET.fromstring(found["xml"].text)  # noqa: S314 - our own
    assert [item.text for item in tree.iterfind(".//r:uri", spaces)] == rows
    assert {page.headers["studyclaims-rows"] for page in found.values()} == {"5"}
    assert all(page.headers["content-length"] == str(len(page.body)) for page in found.values())


GRAPHS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}


@pytest.mark.parametrize("accept", GRAPHS)
@pytest.mark.parametrize("text", [MADE, f"DESCRIBE <{STUDY}#study>"])
def test_a_graph_is_the_same_in_every_form(accept: str, text: str) -> None:
    found = get(text, accept)
    assert (found.status, found.kind) == (200, accept)
    read = {str(quad.triple) for quad in pyoxigraph.parse(found.body, format=GRAPHS[accept])}
    lines = get(text, "application/n-triples").text.splitlines()
    assert read == {line.removesuffix(" .") for line in lines}
    assert found.headers["studyclaims-rows"] == str(len(lines))
    assert lines == sorted(set(lines))


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("&format=csv", "text/csv"),
        ("&output=xml", "application/sparql-results+xml"),
        ("&results=tsv&output=nonsense", "text/tab-separated-values"),
        ("&format=json&output=xml", "application/sparql-results+json"),
        ("&format=text%2Fcsv", "text/csv"),
        ("&format=", "application/sparql-results+xml"),
    ],
)
def test_clients_name_the_form_in_these_ways(names: str, kind: str) -> None:
    assert get(CLAIMS, "application/sparql-results+xml", names).kind == kind


def test_head_is_answered_as_get_is() -> None:
    assert asked(ASK, "HEAD").status == 200


# Datasets


def test_the_default_graph_is_the_union_unless_graphs_are_named() -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    inner = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"

    def number(text: str, more: str = "") -> int:
        found = get(text, more=more).json["results"]["bindings"][0]
        return int(found["n"]["value"])

    size, graph = len(source()), f"default-graph-uri={quote(STUDY, safe='')}"
    assert number(count) == number(inner) == size
    assert number(count, f"&{graph}") == size
    assert number(inner, f"&{graph}") == 0
    assert number(count, f"&named-{graph.removeprefix('default-')}") == 0
    assert number(inner, f"&named-{graph.removeprefix('default-')}") == size
    assert number(count, f"&{graph}&{graph}") == size
    assert number(count, "&default-graph-uri=") == size


# Limits


def test_an_answer_with_too_many_rows_is_an_error_and_never_short() -> None:
    few = Here(Limits(rows=4))
    for form in ("json", "xml", "csv", "tsv"):
        found = asked(f"/sparql?query={quote(CLAIMS)}&format={form}", here=few)
        assert found.status == 422
        assert found.text.startswith("the answer has more than 4 rows; ask for less")
        assert "studyclaims-rows" not in found.headers
    assert asked(f"/sparql?query={quote(CLAIMS)}", here=Here(Limits(rows=5))).status == 200
    made = asked(f"/sparql?query={quote(MADE)}", here=few)
    assert (made.status, "more than 4 triples" in made.text) == (422, True)


def test_an_answer_with_too_many_bytes_is_an_error() -> None:
    small = Here(Limits(answer=50))
    for text in (CLAIMS, MADE):
        found = asked(f"/sparql?query={quote(text)}", here=small)
        assert (found.status, found.text.startswith("the answer is larger than")) == (422, True)


class Wide(Here):
    """Answers with more than fits into one piece."""

    async def ask(self, call: dict[str, Any]) -> Message:
        """Answer without a store."""
        self.calls.append(call)
        return {"status": 200, "type": "text/csv"}, b"x" * (LARGE + 1)


def test_a_large_answer_comes_whole_and_in_pieces() -> None:
    found = asked(ASK, here=Wide())
    assert len(found.body) == LARGE + 1 == int(found.headers["content-length"])


def test_a_reader_who_does_not_take_the_answer_is_left() -> None:
    aborted: list[bool] = []
    done: list[bool] = []
    wide = {"status": 200, "type": "text/csv"}, b"x" * LARGE
    response = Answer(wide, 0.05, lambda _: done.append(True))

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    scope = {"type": "http", "state": {"abort": lambda: aborted.append(True)}}
    asyncio.run(response(scope, receive, send))
    assert (aborted, done) == ([True], [True])


def test_only_so_many_large_answers_are_held_at_a_time() -> None:
    at = Endpoint(cast("Pool", Here()), LIMITS)
    large = {"status": 200, "type": "text/csv"}, b"x" * LARGE
    held = [at._answer(large) for _ in range(HELD_LIMIT + 1)]
    assert [answer._head["status"] for answer in held] == [200] * HELD_LIMIT + [503]
    held[0]._done(held[0])
    assert at._answer(large)._head["status"] == 200


def test_of_large_answers_the_one_that_lies_still_for_longest_makes_room_and_not_too_soon() -> None:
    at = Endpoint(cast("Pool", Here()), LIMITS)
    large = {"status": 200, "type": "text/csv"}, b"x" * LARGE
    held = [at._answer(large) for _ in range(HELD_LIMIT)]
    ended: list[int] = []
    for number, answer in enumerate(held):
        answer.give_up = partial(ended.append, number)
    held[0]._moved -= 2 * LIMITS.patience
    assert at._answer(large)._head["status"] == 503
    held[0]._moved -= 10 * LIMITS.patience
    held[3]._moved -= 20 * LIMITS.patience
    assert at._answer(large)._head["status"] == 200
    assert ended == [3]


def test_no_more_is_sent_to_a_reader_who_has_left_and_others_get_their_turn() -> None:
    sent: list[bytes] = []
    turns: list[int] = []
    response = Answer(({"status": 200, "type": "text/csv"}, b"x" * LARGE), 5, lambda _: None)

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message.get("body", b""))

    async def beside() -> None:
        while True:
            turns.append(len(sent))
            await asyncio.sleep(0)

    async def both() -> None:
        other = asyncio.ensure_future(beside())
        scope = {"type": "http", "state": {"gone": lambda: len(sent) > 3}}
        await response(scope, receive, send)
        other.cancel()

    asyncio.run(both())
    assert len(sent) == 4
    assert {2, 3, 4} <= set(turns)


# Pages


def test_the_service_describes_itself() -> None:
    found = asked("/sparql", headers={"accept": "application/n-triples"})
    assert found.kind == "application/n-triples"
    for said in (
        "<http://www.w3.org/ns/sparql-service-description#supportedLanguage> "
        "<http://www.w3.org/ns/sparql-service-description#SPARQL11Query>",
        "<http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph>",
        f"<http://www.w3.org/ns/sparql-service-description#endpoint> <http://{HOST}/sparql>",
        f"<http://www.w3.org/ns/sparql-service-description#name> <{STUDY}>",
        "<http://www.w3.org/ns/formats/SPARQL_Results_TSV>",
    ):
        assert said in found.text
    assert "_:" not in found.text
    assert asked("/sparql").kind == "text/turtle"


def test_the_dataset_is_described_in_void() -> None:
    found = asked("/.well-known/void", headers={"accept": "application/n-triples"})
    assert f"<http://rdfs.org/ns/void#sparqlEndpoint> <http://{HOST}/sparql>" in found.text
    assert f'<http://rdfs.org/ns/void#triples> "{len(source())}"' in found.text


def test_the_example_queries_are_listed_for_programs_and_for_people() -> None:
    listed = asked("/queries", headers={"accept": "application/json"}).json["queries"]
    assert [row["name"] for row in listed] == [question.name for question in questions()]
    assert listed == asked("/queries?format=json").json["queries"]
    page = asked("/queries").text
    links = re.findall(r'href="(/sparql\?query=[^"]+)&amp;format=json"', page)
    assert len(links) == len(listed)
    assert all(asked(link).status == 200 for link in links[:3])
    text = asked(f"/queries/{listed[0]['name']}")
    assert (text.text, text.kind) == (listed[0]["query"], "application/sparql-query")


def test_the_front_page_asks_by_a_form_and_has_no_script() -> None:
    found = asked("/")
    assert found.kind == "text/html"
    assert '<form action="/sparql" method="get">' in found.text
    assert "<script" not in found.text
    assert " on" not in re.sub(r">[^<]*<", "><", found.text)
    start = re.search(r"<textarea[^>]*>([^<]*)<", found.text)
    assert start
    assert get(start[1]).status == 200


def test_health_says_whether_a_query_would_be_answered() -> None:
    here = Here()
    assert asked("/health", here=here).json["status"] == "ok"
    here.pids = []
    found = asked("/health", here=here)
    assert (found.status, found.json["status"]) == (503, "no worker")


def test_what_a_worker_is_sent_says_all_that_the_request_says() -> None:
    here = Here()
    target = "/sparql?query=ASK%7B%7D&default-graph-uri=urn:x:a&named-graph-uri=urn:x:b&format=CSV"
    asked(target, headers={"accept": "text/csv"}, here=here)
    assert json.loads(json.dumps(here.calls)) == [
        {
            "task": "query",
            "text": "ASK{}",
            "base": f"http://{HOST}/sparql",
            "accept": "text/csv",
            "format": "CSV",
            "default": ["urn:x:a"],
            "named": ["urn:x:b"],
        }
    ]
