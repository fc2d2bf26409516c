"""A store on a server: what is sent to it, and what is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions

from faults.scripted import said, scripted
from faults.server import FaultServer, faulty
from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.bodies import RESULTS, TRIPLES
from studyclaims.stores.calls import Caller
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.stores.endpoints import Endpoint, endpoint_of
from studyclaims.stores.profiles import FUSEKI, OXIGRAPH, SPARQL11, VIRTUOSO, Profile
from studyclaims.stores.remote import RemoteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.wire import Asked

G = "https://w3id.org/studyclaims/study/x"
QUADS = f'<urn:x:a> <urn:x:b> "1" <{G}> .\n<urn:x:a> <urn:x:b> "2" <urn:x:h> .\n'
LINE = b'<urn:x:a> <urn:x:b> "1" .\n'
CALLER = Caller(deadline=20, pause=0.001)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with faulty(QUADS) as found:
        yield found


def remote(server: FaultServer, profile: Profile = OXIGRAPH) -> RemoteStore:
    url = server.url("none")
    return RemoteStore(Endpoint(f"{url}/query", f"{url}/update", f"{url}/store", profile), CALLER)


def counted(number: object) -> bytes:
    """Return the answer that there are so many triples."""
    cell = {"type": "literal", "value": str(number)}
    return rows([{"n": cell}], "n")


def rows(bindings: list[dict[str, object]], *names: str) -> bytes:
    data = {"head": {"vars": names}, "results": {"bindings": bindings}}
    return said(200, json.dumps(data).encode(), Content_Type=RESULTS)


def scripted_store(url: str, profile: Profile) -> RemoteStore:
    return RemoteStore(endpoint_of(url, profile), CALLER)


def sent(asked: Asked) -> str:
    from urllib.parse import parse_qs

    fields = parse_qs(asked.body.decode(), keep_blank_values=True)
    return json.dumps({name: value for name, value in fields.items() if name != "query"})


def test_queries_are_answered_as_an_embedded_store_answers(server: FaultServer) -> None:
    store = remote(server)
    embedded = EmbeddedStore(server.store(server.url("none")))
    for text, values in (
        ("SELECT ?o { ?s ?p ?o } ORDER BY ?o", None),
        ("SELECT ?o { ?s ?p ?o FILTER(?o = ?x) }", {"x": Literal("2")}),
        ("SELECT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g", None),
    ):
        found = store.query(text, values)
        plain = text.replace("?o {", "?o ?x {") if values else text
        wanted = embedded.query(plain, values)
        assert isinstance(found, QuerySolutions)
        assert isinstance(wanted, QuerySolutions)
        name = "g" if "?g" in text else "o"
        assert [row[name] for row in found] == [row[name] for row in wanted]
    assert isinstance(store.query("ASK { ?s ?p ?o }"), QueryBoolean)
    assert not store.query("ASK { ?s sc:none ?o }")
    assert [str(t) for t in store.query("CONSTRUCT WHERE { ?s ?p '1' }")] == [  # type: ignore[union-attr]
        '<urn:x:a> <urn:x:b> "1"'
    ]
    assert len(list(store.query("DESCRIBE <urn:x:a>"))) == 2  # type: ignore[arg-type]
    assert list(store.query("DESCRIBE <urn:x:none>")) == []  # type: ignore[arg-type]
    assert list(store.query("CONSTRUCT WHERE { ?s sc:none ?o }")) == []  # type: ignore[arg-type]


def test_a_query_that_cannot_be_read_is_the_users(server: FaultServer) -> None:
    with pytest.raises(QueryError, match="no form"):
        remote(server).query("CLEAR ALL")
    with scripted(said(400, b"line 1: odd", Content_Type="text/plain")) as script:
        store = scripted_store(script.url, OXIGRAPH)
        with pytest.raises(QueryError, match="cannot read it: line 1: odd"):
            store.query("ASK { }")
        with pytest.raises(QueryError, match="cannot read it: line 1: odd"):
            store.update("CLEAR ALL")


def test_graphs_are_put_read_counted_listed_and_dropped(server: FaultServer) -> None:
    store = remote(server)
    assert store.graphs() == [G, "urn:x:h"]
    store.put_graph("urn:x:new", LINE + LINE + b'<urn:x:a> <urn:x:b> "3" .')
    assert (store.count("urn:x:new"), store.count(G), store.count("urn:x:no")) == (2, 1, 0)
    assert sorted(str(t.object)[1] for t in store.read_graph("urn:x:new")) == ["1", "3"]
    store.delete_graph("urn:x:new")
    store.delete_graph("urn:x:new")
    assert list(store.read_graph("urn:x:new")) == []
    store.put_graph(G, b"")
    assert store.graphs() == ["urn:x:h"]
    store.update("INSERT DATA { GRAPH sc:g { sc:a sc:b sc:c } }")
    assert store.count("https://w3id.org/studyclaims/vocab/g") == 1


def test_what_is_no_graph_is_never_sent(server: FaultServer) -> None:
    with pytest.raises(StoreError, match="found no N-Triples"):
        remote(server).put_graph(G, b"<urn:x:a> <urn:x:b>")
    with pytest.raises(ValueError, match="IRI"):
        remote(server).put_graph("no iri", LINE)
    assert remote(server).count(G) == 1


def test_a_store_that_has_no_address_for_graphs_is_read_by_queries(server: FaultServer) -> None:
    url = server.url("none")
    store = RemoteStore(Endpoint(f"{url}/query", f"{url}/update", "", SPARQL11), CALLER)
    assert len(list(store.read_graph(G))) == 1
    with pytest.raises(StoreError, match="no address for graphs"):
        store.put_graph(G, LINE)
    with pytest.raises(StoreError, match="no address for graphs"):
        store.delete_graph(G)


@pytest.mark.parametrize(("found", "believed"), [(2, True), (1, True), (0, False), (3, False)])
def test_what_is_written_is_counted(found: int, believed: bool) -> None:
    two = LINE + b'<urn:x:a> <urn:x:b> "2" .\n'
    with scripted(said(204), counted(found)) as script:
        store = scripted_store(script.url, OXIGRAPH)
        if believed:
            store.put_graph(G, two)
        else:
            with pytest.raises(StoreError, match=f"found {found} triples in <{G}> after writing"):
                store.put_graph(G, two)
    exact = Profile("x", "X", "union", rewrites_numbers=False)
    with scripted(said(204), counted(found)) as script:
        store = RemoteStore(Endpoint(script.url, script.url, script.url, exact), CALLER)
        if found == 2:
            store.put_graph(G, two)
        else:
            with pytest.raises(StoreError, match="expected 2"):
                store.put_graph(G, two)


def test_what_is_dropped_is_counted() -> None:
    for status in (200, 204, 404):
        with scripted(said(status), counted(0)) as script:
            scripted_store(script.url, OXIGRAPH).delete_graph(G)
    with scripted(said(204), counted(7)) as script, pytest.raises(StoreError, match="found 7"):
        scripted_store(script.url, OXIGRAPH).delete_graph(G)


def test_what_is_read_is_counted() -> None:
    lines = said(200, LINE * 2, Content_Type=TRIPLES)
    for number in (1, 3):
        with (
            scripted(counted(number), lines) as script,
            pytest.raises(StoreError, match=f"found 2 triples of <{G}>, expected {number}"),
        ):
            list(scripted_store(script.url, OXIGRAPH).read_graph(G))
    with scripted(counted(2), lines) as script:
        # Two that the store holds apart, and writes alike.
        assert len(list(scripted_store(script.url, OXIGRAPH).read_graph(G))) == 1
    with scripted(counted(1), said(404)) as script, pytest.raises(StoreError, match="found 0"):
        list(scripted_store(script.url, OXIGRAPH).read_graph(G))


@pytest.mark.parametrize("number", ["-1", "x", "", "1.5", "²"])
def test_a_count_is_a_number(number: str) -> None:
    with scripted(counted(number)) as script, pytest.raises(StoreError, match="no number"):
        scripted_store(script.url, OXIGRAPH).count(G)
    with scripted(rows([], "n")) as script, pytest.raises(StoreError, match="no number"):
        scripted_store(script.url, OXIGRAPH).count(G)


def test_a_store_that_cuts_is_read_in_parts(server: FaultServer) -> None:
    many = "".join(f'<urn:x:s{n}> <urn:x:p> "{n}" .\n' for n in range(25))
    profile = Profile("x", "X", "union", row_cap=10)
    remote(server).put_graph("urn:x:many", many.encode())
    store = remote(server, profile)
    assert len(list(store.read_graph("urn:x:many"))) == 25
    assert list(store.read_graph("urn:x:none")) == []
    with pytest.raises(StoreError, match="found 10 rows, where the store cuts"):
        store.query("SELECT * { ?s ?p ?o } LIMIT 10")
    # Ten rows make one triple; that there were more than ten cannot be seen in it.
    with pytest.raises(StoreError, match="found 10 rows, where the store cuts"):
        store.query("CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o } LIMIT 10")
    assert len(list(store.query("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 9"))) == 9  # type: ignore[arg-type]


def test_parts_that_are_not_all_are_an_error() -> None:
    part = said(200, LINE, Content_Type=TRIPLES)
    with scripted(counted(7000), part, said(200, b"", Content_Type=TRIPLES)) as script:
        store = scripted_store(script.url, VIRTUOSO)
        with pytest.raises(StoreError, match="found 1 triples"):
            list(store.read_graph(G))
        assert len(script.asked) == 3


def test_no_triples_of_some_rows_are_an_error() -> None:
    none = said(200, b"", Content_Type=TRIPLES)
    with scripted(none, counted(1)) as script:
        store = scripted_store(script.url, OXIGRAPH)
        with pytest.raises(StoreError, match="no triples of 1 solutions"):
            store.query("CONSTRUCT WHERE { ?s ?p ?o }")


def test_the_default_graph_is_all_graphs_by_what_each_store_needs() -> None:
    text, chosen = "SELECT ?n { ?s ?p ?n }", "SELECT ?n FROM <urn:x:g> { ?s ?p ?n }"
    union = {
        OXIGRAPH: '{"union-default-graph": [""]}',
        FUSEKI: '{"default-graph-uri": ["urn:x-arq:UnionGraph"]}',
        VIRTUOSO: "{}",
    }
    for profile, wanted in union.items():
        with scripted(rows([], "n")) as script:
            store = scripted_store(script.url, profile)
            store.query(text)
            store.query(chosen)
            assert [sent(asked) for asked in script.asked] == [wanted, "{}"]


def test_fuseki_is_told_the_graphs_that_a_query_asks_for() -> None:
    names: list[dict[str, object]] = [{"g": {"type": "uri", "value": f"urn:x:{n}"}} for n in "ba"]
    with scripted(rows(names, "g"), rows([], "g")) as script:
        scripted_store(script.url, FUSEKI).query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }")
        wanted = {
            "default-graph-uri": ["urn:x-arq:UnionGraph"],
            "named-graph-uri": ["urn:x:a", "urn:x:b"],
        }
        assert json.loads(sent(script.asked[1])) == wanted


def test_a_merged_graph_stands_for_all_the_others() -> None:
    names: list[dict[str, object]] = [{"g": {"type": "uri", "value": f"urn:x:{n}"}} for n in "bma"]
    with scripted(rows(names, "g"), rows([], "g")) as script:
        store = RemoteStore(endpoint_of(script.url, OXIGRAPH), CALLER, "urn:x:m")
        store.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }")
        store.query("SELECT ?g { ?s ?p ?g }")
        assert json.loads(sent(script.asked[1])) == {
            "default-graph-uri": ["urn:x:m"],
            "named-graph-uri": ["urn:x:a", "urn:x:b"],
        }
        assert json.loads(sent(script.asked[2])) == {"default-graph-uri": ["urn:x:m"]}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?g { ?s ?p ?g } # from a graph",
        'SELECT ?g { ?s ?p ?g FILTER (?g != "from") }',
        "SELECT ?g { ?s ?from ?g ; ?graph ?x }",
        "SELECT ?g { ?s <urn:from:graph> ?g }",
    ],
)
def test_a_word_that_is_no_syntax_chooses_no_graph(text: str) -> None:
    with scripted(rows([], "g")) as script:
        RemoteStore(endpoint_of(script.url, OXIGRAPH), CALLER, "urn:x:m").query(text)
        assert json.loads(sent(script.asked[0])) == {"default-graph-uri": ["urn:x:m"]}


def test_virtuoso_gets_updates_in_a_form() -> None:
    done = {"head": {"vars": ["callret-0"]}, "results": {"bindings": []}}
    with scripted(said(200, json.dumps(done).encode(), Content_Type=RESULTS)) as script:
        scripted_store(script.url, VIRTUOSO).update("CLEAR GRAPH sc:g")
        text = json.loads(sent(script.asked[0]))["update"][0]
    assert text == "PREFIX sc: <https://w3id.org/studyclaims/vocab/> CLEAR GRAPH sc:g"


def test_a_store_is_shown_by_its_kind_and_address() -> None:
    store = scripted_store("http://localhost:1/ds", FUSEKI)
    assert repr(store) == "<RemoteStore: Apache Jena Fuseki at http://localhost:1/ds/query>"
    assert NamedNode(G).value == G
