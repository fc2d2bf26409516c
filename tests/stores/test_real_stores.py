"""The client against the real stores: recognised, asked, written to, and never half answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, QuerySolutions

import servers
from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.calls import Caller
from studyclaims.stores.credentials import Auth
from studyclaims.stores.endpoints import probe
from studyclaims.stores.profiles import PROFILES
from studyclaims.stores.remote import RemoteStore
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers import Server

pytestmark = pytest.mark.slow

G, H = "urn:x:g", "urn:x:h"
LINES = '<urn:x:a> <urn:x:b> "é “ж” 😀\\n\\t\\"\\\\" .\n<urn:x:a> <urn:x:b> "x"@en .\n'.encode()


@pytest.fixture(scope="module", params=servers.KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    kind: str = request.param
    if reason := servers.missing(kind):
        pytest.skip(reason)
    with servers.running(kind) as found:
        yield found


@pytest.fixture
def caller(server: Server) -> Caller:
    return Caller(Auth(server.user, server.password), deadline=30)


@pytest.fixture
def store(server: Server, caller: Caller) -> RemoteStore:
    found = RemoteStore(probe(server.url, caller), caller)
    for iri in (G, H):
        found.delete_graph(iri)
    return found


def test_each_address_of_a_store_is_recognised(server: Server, caller: Caller) -> None:
    wanted = PROFILES[server.kind]
    addresses = (server.url, server.query_url, server.update_url, server.graph_store_url)
    found = [probe(address, caller) for address in addresses]
    assert [each.profile for each in found] == [wanted] * 4
    assert len(set(found)) == 1
    assert probe(server.url, Caller(deadline=30)).profile is wanted


def test_a_graph_goes_in_and_out_again(store: RemoteStore) -> None:
    for _ in range(2):
        store.put_graph(G, LINES)
        assert store.count(G) == 2
    found = sorted(f"{triple} ." for triple in store.read_graph(G))
    assert found == sorted(LINES.decode().splitlines())
    assert G in store.graphs()
    store.put_graph(G, LINES.splitlines(keepends=True)[0])
    assert store.count(G) == 1
    store.delete_graph(G)
    assert (store.count(G), list(store.read_graph(G)), G in store.graphs()) == (0, [], False)


def test_the_default_graph_is_all_graphs_and_each_has_its_name(store: RemoteStore) -> None:
    store.put_graph(G, b'<urn:x:a> <urn:x:p> "1" .')
    store.put_graph(H, b'<urn:x:a> <urn:x:p> "2" .')
    both = store.query("SELECT DISTINCT ?o { <urn:x:a> <urn:x:p> ?o } ORDER BY ?o")
    named = store.query(
        "SELECT ?g ?o { <urn:x:a> ?p ?o GRAPH ?g { <urn:x:a> ?p ?o } FILTER(?o = ?x) }",
        {"x": Literal("2")},
    )
    assert isinstance(both, QuerySolutions)
    assert isinstance(named, QuerySolutions)
    assert [row["o"].value for row in both] == ["1", "2"]
    assert {row["g"].value for row in named} == {H}
    assert store.query("ASK { <urn:x:a> ?p '2' }")
    triples = store.query("CONSTRUCT { ?s ?p ?g } WHERE { GRAPH ?g { ?s ?p '1' } }")
    assert [str(t) for t in triples] == [f"<urn:x:a> <urn:x:p> <{G}>"]  # type: ignore[union-attr]


def test_a_merged_graph_is_asked_in_place_of_the_union(store: RemoteStore) -> None:
    one = b'<urn:x:a> <urn:x:p> "1" .'
    for iri in (G, H, "urn:x:merged"):
        store.put_graph(iri, one)
    merged = RemoteStore(store.endpoint, store.caller, "urn:x:merged")
    found = merged.query("SELECT ?o { <urn:x:a> <urn:x:p> ?o }")
    named = merged.query("SELECT ?g { <urn:x:a> ?p ?o GRAPH ?g { <urn:x:a> ?p ?o } } ORDER BY ?g")
    assert isinstance(found, QuerySolutions)
    assert isinstance(named, QuerySolutions)
    assert [row["o"].value for row in found] == ["1"]
    assert [row["g"].value for row in named] == [G, H]
    store.delete_graph("urn:x:merged")


def test_an_update_is_done_or_refused(store: RemoteStore) -> None:
    store.update(f"INSERT DATA {{ GRAPH <{G}> {{ sc:a sc:b 'é“' }} }}")
    assert [str(triple.object) for triple in store.read_graph(G)] == ['"é“"']
    store.update(f"MOVE <{G}> TO <{H}>")
    assert (store.count(G), store.count(H)) == (0, 1)
    with pytest.raises(QueryError, match="the store cannot read it"):
        store.update("INSERT DATA { GRAPH")
    with pytest.raises(QueryError, match="the store cannot read it"):
        store.query("SELECT * { ?s ?p }")


def test_more_than_any_cap_is_whole_or_an_error(store: RemoteStore) -> None:
    many = "".join(f'<urn:x:a> <urn:x:p> "{n}" .\n' for n in range(12_000))
    store.put_graph(G, many.encode())
    assert len(list(store.read_graph(G))) == store.count(G) == 12_000
    for text, rows in (
        (f"SELECT ?o {{ GRAPH <{G}> {{ ?s ?p ?o }} }}", 12_000),
        (f"CONSTRUCT {{ ?o ?p ?s }} WHERE {{ GRAPH <{G}> {{ ?s ?p ?s1 }} BIND(?s AS ?o) }}", 1),
    ):
        if store.profile.row_cap:
            with pytest.raises(StoreError, match="found 10000 rows, where the store cuts"):
                store.query(text)
        else:
            assert len(list(store.query(text))) == rows  # type: ignore[arg-type]


def test_what_a_profile_says_of_literals_is_so(store: RemoteStore) -> None:
    written = {
        "decimal": ('"1.50"', '"1.5"'),
        "integer": ('"01"', '"1"'),
        "boolean": ('"true"', '"true"'),
        "dayTimeDuration": ('"P21D"', '"P21D"'),
        "gYear": ('"2020"', '"2020"'),
    }
    lines = [
        f"<urn:x:a> <urn:x:{name}> {text}^^<{expand(f'xsd:{name}')}> .\n"
        for name, (text, _) in written.items()
    ]
    store.put_graph(G, "".join(lines).encode())
    found = {str(t.predicate)[7:-1]: str(t.object).split("^")[0] for t in store.read_graph(G)}
    rewritten = store.profile.rewrites_numbers
    assert found == {name: texts[rewritten] for name, texts in written.items()}


def test_several_operations_are_done_together_where_a_profile_says_so(store: RemoteStore) -> None:
    text = f"INSERT DATA {{ GRAPH <{G}> {{ sc:a sc:b 1 }} }} ; LOAD <http://127.0.0.1:9/x>"
    with pytest.raises(StoreError):
        store.update(text)
    assert (store.count(G) == 0) is store.profile.atomic_updates


def test_a_wrong_password_is_told_apart_and_never_shown(server: Server, store: RemoteStore) -> None:
    if not server.user:
        pytest.skip("it knows no users")
    for auth, words in (
        (Auth(server.user, "wrong-4711"), f"refuses the user '{server.user}'"),
        (Auth(), "it asks who one is"),
    ):
        other = RemoteStore(store.endpoint, Caller(auth, deadline=30))
        for write in ("CLEAR SILENT ALL", "put"):
            with pytest.raises(StoreError, match=words) as caught:
                other.put_graph(G, LINES) if write == "put" else other.update(write)
            assert "wrong-4711" not in str(caught.value)
    assert store.count(G) == 0


def test_a_store_that_is_gone_is_said_to_be(caller: Caller, server: Server) -> None:
    with servers.running(server.kind, fresh=True) as other:
        found = RemoteStore(probe(other.url, Caller(Auth(other.user, other.password))), caller)
        other.kill()
        with pytest.raises(StoreError, match="nothing answers there"):
            found.query("ASK { }")
