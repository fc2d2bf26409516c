"""Where a store takes what: found out from one address, or from the kind."""

from __future__ import annotations

import pytest

from faults.scripted import said, scripted
from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.bodies import RESULTS
from studyclaims.stores.calls import Caller
from studyclaims.stores.credentials import Auth
from studyclaims.stores.endpoints import endpoint_of, named_kind, probe
from studyclaims.stores.profiles import (
    FUSEKI,
    OXIGRAPH,
    PROFILES,
    RDF4J,
    SPARQL11,
    VIRTUOSO,
    Profile,
)

CALLER = Caller(deadline=20, pause=0.001)
TRUE = b'{"head": {}, "boolean": true}'


def yes(**headers: str) -> bytes:
    return said(200, TRUE, **headers, Content_Type=RESULTS)


@pytest.mark.parametrize("profile", [OXIGRAPH, FUSEKI, RDF4J, VIRTUOSO])
@pytest.mark.parametrize("private", [False, True])
def test_any_address_of_a_store_leads_to_the_others(profile: Profile, private: bool) -> None:
    base = "https://h:1/x/repositories/ds"
    found = endpoint_of(f"{base}/", profile, private=private)
    assert found.query.startswith(base)
    for address in (found.query, found.update, found.graph_store):
        assert endpoint_of(address, profile, private=private) == found


def test_virtuoso_has_other_addresses_for_those_who_log_in() -> None:
    found = endpoint_of("http://h/sparql", VIRTUOSO)
    assert (found.query, found.graph_store) == ("http://h/sparql", "http://h/sparql-graph-crud")
    found = endpoint_of("http://h/sparql", VIRTUOSO, private=True)
    assert (found.query, found.update) == ("http://h/sparql-auth", "http://h/sparql-auth")
    assert found.graph_store == "http://h/sparql-graph-crud-auth"


def test_any_other_store_takes_all_at_its_address() -> None:
    found = endpoint_of("http://h/any/sparql", SPARQL11)
    assert (found.query, found.update, found.graph_store) == (
        "http://h/any/sparql",
        "http://h/any/sparql",
        "",
    )


@pytest.mark.parametrize(
    ("headers", "profile"),
    [
        ({"Server": "Oxigraph/0.5.13"}, OXIGRAPH),
        ({"Server": "Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu"}, VIRTUOSO),
        ({"Server": "Apache Jena Fuseki (4.0)"}, FUSEKI),
        ({"Fuseki_Request_Id": "3"}, FUSEKI),
        ({"Server": "Jetty"}, SPARQL11),
        ({}, SPARQL11),
    ],
)
def test_a_kind_is_known_by_the_head_of_its_answer(
    headers: dict[str, str], profile: Profile
) -> None:
    # Whatever the status of the first answer is: its address may be one for graphs alone.
    first = yes(**headers) if profile is SPARQL11 else said(405, b"", **headers)
    with scripted(first, yes(**headers)) as script:
        found = probe(script.url, CALLER)
        assert (found.profile, found.query.startswith(script.url)) == (profile, True)
        assert len(script.asked) == (1 if profile is SPARQL11 else 2)


@pytest.mark.parametrize(
    ("number", "profile"), [(b"12\n", RDF4J), (b"<p>", SPARQL11), (b"12345", SPARQL11)]
)
def test_rdf4j_is_known_by_the_number_of_its_protocol(number: bytes, profile: Profile) -> None:
    with scripted(yes(), said(200, number)) as script:
        url = f"{script.url}/repositories/r"
        assert probe(url, CALLER).profile is profile
        assert script.asked[1].path == "/ds/protocol"
    with scripted(yes(), said(404, number)) as script:
        assert probe(f"{script.url}/repositories/r", CALLER).profile is SPARQL11


def test_a_kind_that_is_named_is_not_looked_for() -> None:
    with scripted(yes()) as script:
        found = probe(script.url, CALLER, OXIGRAPH)
        assert found == endpoint_of(script.url, OXIGRAPH)
        assert [asked.path for asked in script.asked] == ["/ds/query"]


def test_who_logs_in_is_led_to_where_one_can() -> None:
    with scripted(yes(Server="Virtuoso/7")) as script:
        caller = Caller(Auth(user="dba"), deadline=20)
        assert probe(f"{script.url}/sparql", caller).query.endswith("/ds/sparql-auth")
        assert [asked.path for asked in script.asked] == ["/ds/sparql", "/ds/sparql-auth"]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (said(200, b"<p>", Content_Type="text/html"), StoreError, "a web page"),
        (said(404), StoreError, "give the address of a store"),
        (said(400, b"what?", Content_Type="text/plain"), QueryError, "what?"),
        (said(200, TRUE.replace(b"true", b"false"), Content_Type=RESULTS), StoreError, "false"),
    ],
)
def test_what_is_no_store_is_an_error(answer: bytes, kind: type[Exception], words: str) -> None:
    with scripted(answer) as script, pytest.raises(kind, match=words):
        probe(script.url, CALLER)


def test_each_kind_has_a_name() -> None:
    assert {name: named_kind(name) for name in PROFILES} == PROFILES
    with pytest.raises(StoreError, match="expected one of oxigraph, fuseki, rdf4j, virtuoso"):
        named_kind("other")
