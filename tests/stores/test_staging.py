"""Two loads at a time into one store: neither takes the other's work for its own."""

from __future__ import annotations

from threading import Barrier, Event, Thread
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad

import servers
from faults.server import faulty
from stores.versions import GRAPHS, version
from studyclaims.errors import StoreError
from studyclaims.stores.bodies import require_status
from studyclaims.stores.calls import Answer, Caller
from studyclaims.stores.credentials import Auth
from studyclaims.stores.endpoints import Endpoint, probe
from studyclaims.stores.hashes import Dataset, ntriples
from studyclaims.stores.loading import load
from studyclaims.stores.profiles import OXIGRAPH, VIRTUOSO
from studyclaims.stores.remote import RemoteStore
from studyclaims.stores.staging import STAGING, RemotePlace
from studyclaims.stores.turns import MARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import Triple

    from faults.server import FaultServer
    from studyclaims.stores.profiles import Profile


class Overtaken(RemoteStore):
    """A store into which something else is done just before the first update."""

    before: Callable[[], object] | None = None

    def update(self, text: str) -> None:
        """Do an update."""
        before, self.before = self.before, None
        if before:
            before()
        super().update(text)


def at(server: FaultServer, profile: Profile = OXIGRAPH) -> Overtaken:
    url = server.url("none")
    return Overtaken(Endpoint(f"{url}/query", f"{url}/update", f"{url}/store", profile), Caller())


def held(server: FaultServer) -> dict[str, bytes]:
    """Return what the server holds, graph by graph."""
    store = server.store(server.url("none"))
    return {
        iri: ntriples(q.triple for q in store.quads_for_pattern(None, None, None, NamedNode(iri)))
        for iri in sorted({str(quad.graph_name)[1:-1] for quad in store} - {MARKS})
    }


@pytest.mark.parametrize("profile", [OXIGRAPH, VIRTUOSO], ids=lambda profile: profile.name)
def test_a_graph_that_was_right_and_is_another_loads_now_is_told(profile: Profile) -> None:
    ours, theirs = version(1, 3), version(2, 3)
    old = Dataset({**ours.graphs, GRAPHS[0]: version(3, 3).graphs[GRAPHS[0]]})
    with faulty("") as server:
        load(old, RemotePlace(at(server)))
        store = at(server, profile)
        store.before = lambda: load(theirs, RemotePlace(at(server)))
        with pytest.raises(
            StoreError, match=r"another load (wrote|changed it) meanwhile|it is wrong"
        ):
            load(ours, RemotePlace(store))
        load(ours, RemotePlace(store))
        assert held(server) == ours.graphs


def test_of_two_loads_at_once_one_is_whole_in_the_end() -> None:
    both = [version(1, 3), version(2, 3)]
    with faulty("") as server:
        for _ in range(3):
            start, errors = Barrier(2), list[StoreError]()

            def run(dataset: Dataset, start: Barrier = start, errors: list = errors) -> None:  # type: ignore[type-arg]
                start.wait(10)
                try:
                    load(dataset, RemotePlace(at(server)))
                except StoreError as error:
                    errors.append(error)

            threads = [Thread(target=run, args=(dataset,)) for dataset in both]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert errors or held(server) in [dataset.graphs for dataset in both]
            load(both[0], RemotePlace(at(server)))
            assert held(server) == both[0].graphs


OLD, ONE, OTHER = version(3, 3), version(1, 3), version(2, 3)
BOTH = (
    Dataset({**ONE.graphs, GRAPHS[2]: OLD.graphs[GRAPHS[2]]}),
    Dataset({**OTHER.graphs, GRAPHS[0]: OLD.graphs[GRAPHS[0]]}),
)
"""Each changes a graph that the other leaves as it was, and both change one."""


class Stepped(RemoteStore):
    """A store that waits before one of its calls until it is told to go on."""

    def __init__(self, store: RemoteStore, stops_at: int) -> None:
        super().__init__(store.endpoint, store.caller)
        self.calls: list[str] = []
        self.stops_at = stops_at
        self.still, self.goes_on = Event(), Event()
        self.error: StoreError | None = None

    def _step(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) == self.stops_at:
            self.still.set()
            assert self.goes_on.wait(60)

    def graphs(self) -> list[str]:
        """Return the names of the graphs."""
        self._step("graphs")
        return super().graphs()

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph."""
        self._step("read_graph")
        return iter(list(super().read_graph(iri)))

    def update(self, text: str) -> None:
        """Do an update."""
        self._step("update")
        super().update(text)

    def run(self, dataset: Dataset) -> Thread:
        """Load in a thread, and return it once it waits or is done."""

        def loading() -> None:
            try:
                load(dataset, RemotePlace(self))
            except StoreError as error:
                self.error = error
            finally:
                self.still.set()

        thread = Thread(target=loading)
        thread.start()
        assert self.still.wait(60)
        return thread


def interleaved(
    store: RemoteStore, first: int, second: int, seen: Callable[[], dict[str, bytes]]
) -> list[str]:
    """Let two loads go on by turns, see that no state is mixed, and return who was told what.

    One goes as far as its call of a number, then the other as far as its own; then each to its end.
    """
    load(OLD, RemotePlace(store))
    whole = [dataset.graphs for dataset in (OLD, *BOTH)]
    stores = [Stepped(store, number) for number in (first, second)]
    threads = []
    for stepped, dataset in zip(stores, BOTH, strict=True):
        threads.append(stepped.run(dataset))
        assert seen() in whole
    for stepped, thread in zip(stores, threads, strict=True):
        stepped.goes_on.set()
        thread.join(60)
        assert seen() in whole
    done = [place for place, stepped in enumerate(stores) if stepped.error is None]
    assert done, [str(stepped.error) for stepped in stores]
    assert seen() in [BOTH[place].graphs for place in done]
    assert all("load again" in str(stepped.error) for stepped in stores if stepped.error)
    for dataset in BOTH:
        load(dataset, RemotePlace(store))
        assert seen() == dataset.graphs
    return [str(stepped.error or "done") for stepped in stores]


def calls_of(store: RemoteStore) -> list[str]:
    """Return the calls that a load makes where nothing comes between."""
    load(OLD, RemotePlace(store))
    stepped = Stepped(store, 0)
    stepped.run(BOTH[0]).join(60)
    return stepped.calls


def test_a_load_that_another_one_came_before_writes_nothing() -> None:
    with faulty("") as server:
        store = at(server)
        update = calls_of(store).index("update") + 1
        for first, second in ((update, 0), (update, update), (2, 0), (update + 1, update)):
            told = interleaved(store, first, second, lambda: held(server))
            assert ("another load wrote" in "".join(told)) is (first <= update)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["oxigraph", "fuseki"])
def test_two_loads_by_turns_never_mix(kind: str) -> None:
    if reason := servers.missing(kind):
        pytest.skip(reason)
    with servers.running(kind) as server:
        caller = Caller(Auth(server.user, server.password), deadline=30)
        store = RemoteStore(probe(server.url, caller), caller)

        def seen() -> dict[str, bytes]:
            names = set(store.graphs()) - {MARKS}
            return {iri: ntriples(store.read_graph(iri)) for iri in sorted(names)}

        calls = calls_of(store)
        number, update = len(calls), calls.index("update") + 1
        points = [1, 2, update, update + 1, number]
        if kind == "oxigraph":
            points += [update - 1, update + 2, number + 1]
        told = [interleaved(store, one, two, seen) for one in points for two in points]
    assert {pair.count("done") for pair in told} == {1, 2}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["oxigraph", "fuseki"])
def test_of_two_loads_at_the_same_moment_no_mixture_stays_untold(kind: str) -> None:
    if reason := servers.missing(kind):
        pytest.skip(reason)
    with servers.running(kind) as server:
        caller = Caller(Auth(server.user, server.password), deadline=60)
        store = RemoteStore(probe(server.url, caller), caller)
        for trial in range(3):
            both = [version(10 * trial + number, 4000) for number in (1, 2)]
            barrier, told = Barrier(2), list[StoreError]()

            def run(dataset: Dataset, barrier: Barrier = barrier, told: list[Any] = told) -> None:
                barrier.wait()
                try:
                    load(dataset, RemotePlace(store))
                except StoreError as error:
                    told.append(error)

            threads = [Thread(target=run, args=(dataset,)) for dataset in both]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
            found = {iri: ntriples(store.read_graph(iri)) for iri in GRAPHS}
            assert told or found in [dataset.graphs for dataset in both]
            load(both[0], RemotePlace(store))
            assert {iri: ntriples(store.read_graph(iri)) for iri in GRAPHS} == both[0].graphs
            assert len(list(store.read_graph(MARKS))) == 1


def test_two_marks_are_told_and_the_next_load_mends_them() -> None:
    with faulty("") as server:
        store = at(server)
        load(OLD, RemotePlace(store))
        inner = server.store(server.url("none"))
        name = NamedNode(MARKS)

        def at_the_same_moment() -> None:
            inner.add(Quad(name, name, Literal("another", language="en"), name))

        class Both(Overtaken):
            def update(self, text: str) -> None:
                """Do an update, and another one with it."""
                super().update(text)
                at_the_same_moment()

        with pytest.raises(StoreError, match="at the same moment, and graphs may hold some of"):
            load(BOTH[0], RemotePlace(Both(store.endpoint, store.caller)))
        load(BOTH[1], RemotePlace(store))
        assert len(list(store.read_graph(MARKS))) == 1
        load(BOTH[0], RemotePlace(store))
        assert held(server)[GRAPHS[0]] == BOTH[0].graphs[GRAPHS[0]]


class Refusing(RemoteStore):
    """A store that refuses one of its calls."""

    def __init__(self, store: RemoteStore, name: str, at: int) -> None:
        super().__init__(store.endpoint, store.caller)
        self.name, self.left = name, at

    def _met(self, name: str) -> None:
        self.left -= name == self.name
        if name == self.name and self.left == 0:
            require_status(Answer("http://h/update", 403, {}), frozenset({204}))

    def update(self, text: str) -> None:
        """Do an update."""
        self._met("update")
        super().update(text)

    def put_graph(self, iri: str, ntriples: bytes) -> None:
        """Let a graph hold these triples."""
        self._met("put_graph")
        super().put_graph(iri, ntriples)

    def delete_graph(self, iri: str) -> None:
        """Drop a graph."""
        self._met("delete_graph")
        super().delete_graph(iri)

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph."""
        self._met("read_graph")
        return super().read_graph(iri)


@pytest.mark.parametrize(
    ("profile", "name", "at_call", "graphs_done"),
    [
        (OXIGRAPH, "update", 1, 0),
        (VIRTUOSO, "put_graph", 2, 0),
        (VIRTUOSO, "update", 1, 0),
        (VIRTUOSO, "update", 2, 1),
        (VIRTUOSO, "delete_graph", 1, 3),
        (OXIGRAPH, "read_graph", 9, 3),
    ],
)
def test_what_was_refused_was_not_done_and_what_went_before_was(
    profile: Profile, name: str, at_call: int, graphs_done: int
) -> None:
    with faulty("") as server:
        load(OLD, RemotePlace(at(server)))
        store = Refusing(at(server, profile), name, at_call)
        with pytest.raises(StoreError, match="found status 403") as caught:
            load(ONE, RemotePlace(store))
        text = str(caught.value)
        assert ("nothing of the load was done: what stood before stands" in text) is (
            graphs_done == 0
        )
        assert ("what went before is done" in text) is bool(graphs_done)
        assert "may be done" not in text
        now = {iri: text for iri, text in held(server).items() if not iri.startswith(STAGING)}
        assert sum(now[iri] == ONE.graphs[iri] for iri in GRAPHS) == graphs_done
        assert all(now[iri] in (OLD.graphs[iri], ONE.graphs[iri]) for iri in GRAPHS)
