"""Two loads at a time into one store: neither takes the other's work for its own."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from faults.server import faulty
from stores.versions import GRAPHS, version
from studyclaims.errors import StoreError
from studyclaims.stores.calls import Caller
from studyclaims.stores.endpoints import Endpoint
from studyclaims.stores.hashes import Dataset, ntriples
from studyclaims.stores.loading import load
from studyclaims.stores.profiles import OXIGRAPH, VIRTUOSO
from studyclaims.stores.remote import RemoteStore
from studyclaims.stores.staging import RemotePlace

if TYPE_CHECKING:
    from collections.abc import Callable

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
        for iri in sorted({str(quad.graph_name)[1:-1] for quad in store})
    }


@pytest.mark.parametrize("profile", [OXIGRAPH, VIRTUOSO], ids=lambda profile: profile.name)
def test_a_graph_that_was_right_and_is_another_loads_now_is_told(profile: Profile) -> None:
    ours, theirs = version(1, 3), version(2, 3)
    old = Dataset({**ours.graphs, GRAPHS[0]: version(3, 3).graphs[GRAPHS[0]]})
    with faulty("") as server:
        load(old, RemotePlace(at(server)))
        store = at(server, profile)
        store.before = lambda: load(theirs, RemotePlace(at(server)))
        with pytest.raises(StoreError, match=r"another load changed it meanwhile|it is wrong now"):
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
