"""Reading back: the same digests as those of the graphs one by one, and the merge with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

import samples
from stores.versions import GRAPHS, version
from studyclaims.stores.generations import loading_into
from studyclaims.stores.hashes import dataset_of, digest
from studyclaims.stores.loading import load
from studyclaims.stores.readback import ReadBack, read_again, read_back

if TYPE_CHECKING:
    from pathlib import Path

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
A: Final = NamedNode("urn:a:b")
VALUES: Final = [
    Literal("a"),
    Literal("a", language="en"),
    Literal("a", language="en-gb"),
    Literal("a b"),
    Literal('"0 1"'),
    Literal("a\tb\nc\\d\re"),
    Literal(' "0"'),
    Literal("true"),
    Literal("1"),
    Literal("?o"),
    *(Literal(text, datatype=NamedNode(XSD + "boolean")) for text in ("true", "0")),
    *(Literal(text, datatype=NamedNode(XSD + "integer")) for text in ("-01", "12")),
    *(Literal(text, datatype=NamedNode(XSD + "decimal")) for text in ("1.50", "2.0", "-.5")),
    *(Literal(text, datatype=NamedNode(XSD + "double")) for text in ("1.5E3", "1e-9", "NaN")),
    Literal("PT24H", datatype=NamedNode(XSD + "dayTimeDuration")),
    Literal("odd", datatype=NamedNode(XSD + "integer")),
    A,
]


def merged(*quads: Quad) -> Store:
    """Return a store of quads and their merge."""
    store = Store()
    store.bulk_extend(quads)
    store.bulk_extend(Quad(*quad.triple) for quad in quads)
    return store


def test_a_study_in_two_graphs_reads_back_as_it_is() -> None:
    once = sorted(samples.quads(), key=str)
    again = [Quad(q.subject, q.predicate, q.object, NamedNode(GRAPHS[0])) for q in once[::2]]
    quads = [*once, *again]
    assert read_back(merged(*quads)) == ReadBack(dict(dataset_of(quads).digests), merged=True)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_each_kind_of_value_has_the_digest_of_its_line(value: Literal | NamedNode) -> None:
    graphs = [NamedNode(iri) for iri in GRAPHS]
    quads = [Quad(A, A, value, graphs[0]), Quad(A, A, value, graphs[2])]
    quads += [Quad(A, A, Literal("other"), graph) for graph in graphs[1:]]
    store = merged(*quads)
    assert read_back(store) == ReadBack(dict(dataset_of(quads).digests), merged=True)
    assert all(read_again(store, iri) == found for iri, found in read_back(store).digests.items())


def test_what_results_escape_in_another_way_is_right_when_it_is_read_again(
    tmp_path: Path,
) -> None:
    quads = [Quad(A, A, Literal("a\x0cb\x01"), NamedNode(GRAPHS[0]))]
    wanted = dataset_of(quads).digests[GRAPHS[0]]
    store = merged(*quads)
    found = read_back(store).digests[GRAPHS[0]]
    assert (found.triples, found == wanted) == (1, False)
    assert read_again(store, GRAPHS[0]) == wanted
    with loading_into(tmp_path / "store") as place:
        assert load(dataset_of(quads), place).changed
        assert not load(dataset_of(quads), place).changed


@pytest.mark.parametrize("number", range(5))
def test_a_triple_too_few_or_too_many_in_the_default_graph_is_no_merge(number: int) -> None:
    quads = [Quad(A, A, Literal(str(n)), NamedNode(GRAPHS[n % 2])) for n in range(5)]
    store = merged(*quads)
    store.remove(Quad(*quads[number].triple))
    assert not read_back(store).merged
    # As many as there should be are not enough.
    store.add(Quad(A, A, Literal("more")))
    assert not read_back(store).merged
    store.add(Quad(*quads[number].triple))
    assert not read_back(store).merged
    store.remove(Quad(A, A, Literal("more")))
    assert read_back(store).merged


def test_a_triple_in_another_graph_than_it_should_be_is_another_hash() -> None:
    quads = [Quad(A, A, Literal(str(n)), NamedNode(GRAPHS[n % 2])) for n in range(4)]
    moved = [Quad(A, A, Literal(str(n)), NamedNode(GRAPHS[n in {0, 1}])) for n in range(4)]
    one, other = read_back(merged(*quads)), read_back(merged(*moved))
    assert [found.triples for found in one.digests.values()] == [2, 2]
    assert [found.triples for found in other.digests.values()] == [2, 2]
    assert one.digests != other.digests


def test_the_order_of_loading_is_nothing() -> None:
    store = Store()
    for iri, text in sorted(version(1).graphs.items(), reverse=True):
        store.load(text, format=RdfFormat.N_TRIPLES, to_graph=NamedNode(iri))
        store.load(text, format=RdfFormat.N_TRIPLES)
    assert read_back(store).digests == {iri: digest(t) for iri, t in version(1).graphs.items()}


@pytest.fixture
def _shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even little be read and written by several cores."""
    for module in ("readback", "generations"):
        monkeypatch.setattr(f"studyclaims.stores.{module}._SHARED", 0)
        monkeypatch.setattr(f"studyclaims.stores.{module}.cores", lambda: 3)


@pytest.mark.usefixtures("_shared_out")
def test_what_several_cores_read_is_the_same() -> None:
    quads = [*samples.quads(), Quad(A, A, Literal("x"), NamedNode(GRAPHS[0]))]
    store = merged(*quads)
    assert read_back(store) == ReadBack(dict(dataset_of(quads).digests), merged=True)
    store.add(Quad(A, A, Literal("y")))
    assert not read_back(store).merged


@pytest.mark.usefixtures("_shared_out")
def test_a_predicate_that_the_default_graph_lacks_is_read_too() -> None:
    quads = [Quad(A, A, Literal("x"), NamedNode(GRAPHS[0]))]
    store = merged(*quads)
    more = Quad(A, NamedNode("urn:a:other"), Literal("x"), NamedNode(GRAPHS[0]))
    store.add(more)
    assert read_back(store) == ReadBack(dict(dataset_of([*quads, more]).digests), merged=False)


@pytest.mark.usefixtures("_shared_out")
def test_what_several_cores_write_is_the_same(tmp_path: Path) -> None:
    dataset = dataset_of(samples.quads())
    with loading_into(tmp_path / "store") as place:
        assert load(dataset, place).changed
        assert not load(dataset, place).changed
        assert place.unchanged(dataset.digests) == set(dataset.graphs)
        assert place.unchanged(dict.fromkeys(dataset.graphs, digest(b""))) == set()


def test_a_store_whose_default_graph_is_wrong_is_loaded_anew(tmp_path: Path) -> None:
    dataset = dataset_of(samples.quads())
    with loading_into(tmp_path / "store") as place:
        load(dataset, place)
        store = Store(str(tmp_path / "store" / "1" / "quads"))
        store.remove(Quad(*min(samples.quads(), key=str).triple))
        store.flush()
        del store
        assert place.unchanged(dataset.digests) == set()
        assert load(dataset, place).changed
        assert not load(dataset, place).changed
