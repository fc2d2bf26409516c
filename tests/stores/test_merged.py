"""The merged graph: what a load puts into it, and what is asked where a store holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faults.server import faulty
from stores.test_loading import Kept, described
from stores.versions import FOREIGN, FOREIGN_TEXT, GRAPHS, LINE, version
from studyclaims.dataset import DATASET
from studyclaims.stores.hashes import Dataset
from studyclaims.stores.loading import load
from studyclaims.stores.merged import MERGED, PARTS, is_derived
from studyclaims.stores.opening import opened, opened_to_load
from studyclaims.stores.profiles import FUSEKI, OXIGRAPH, RDF4J, VIRTUOSO, Profile
from studyclaims.stores.staging import RemotePlace
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path

profiles = pytest.mark.parametrize("profile", [OXIGRAPH, VIRTUOSO], ids=lambda each: each.name)
STUDIES = tuple(f"{BASE}study/{letter}" for letter in "ab")
ONE, TWO, THREE = (LINE % (number, 1) for number in range(3))


def parts_of(*iris: str) -> bytes:
    lines = (f"<{MERGED}> <http://purl.org/dc/terms/hasPart> <{iri}> .\n" for iri in iris)
    return "".join(lines).encode()


@profiles
def test_a_load_merges_each_triple_once_and_tells_only_of_the_rest(profile: Profile) -> None:
    store = Kept(profile)
    dataset = Dataset({STUDIES[0]: ONE + TWO, STUDIES[1]: TWO + THREE})
    done, again = (load(dataset, RemotePlace(store, merges=True)) for _ in range(2))
    assert store.texts == {**dataset.graphs, MERGED: ONE + TWO + THREE}
    assert (done.added, done.triples[MERGED]) == ((MERGED, *STUDIES), 3)
    assert (again.changed, again.sha256) == (False, dataset.sha256)
    assert str(again) == f"unchanged: 2 graphs, 4 quads, sha256 {dataset.sha256}"
    assert done.to_dict()["quads"] == 4
    assert {row["graph"] for row in done.rows()} == {MERGED, *STUDIES}


@profiles
def test_the_merge_follows_what_is_replaced_and_removed(profile: Profile) -> None:
    before = described(Dataset(dict.fromkeys(STUDIES, ONE)), *STUDIES)
    store = Kept(profile)
    load(before, RemotePlace(store, merges=True))
    after = described(Dataset({STUDIES[0]: TWO}), STUDIES[0])
    done = load(after, RemotePlace(store, merges=True))
    assert (done.removed, done.replaced) == ((STUDIES[1],), (DATASET, MERGED, STUDIES[0]))
    assert store.texts[MERGED] == b"".join(sorted([TWO, after.graphs[DATASET]]))
    load(Dataset({STUDIES[0]: b"", DATASET: b""}), RemotePlace(store, merges=True))
    assert store.texts == {}


def test_what_was_merged_before_stays_and_what_is_of_others_is_not_read() -> None:
    store = Kept(texts={FOREIGN: FOREIGN_TEXT, STUDIES[0]: THREE})
    load(Dataset({GRAPHS[0]: ONE}), RemotePlace(store, merges=True))
    assert store.texts[PARTS] == parts_of(GRAPHS[0])
    store.calls.clear()
    load(Dataset({GRAPHS[1]: TWO}), RemotePlace(store, merges=True))
    assert (store.texts[MERGED], store.texts[PARTS]) == (ONE + TWO + THREE, parts_of(*GRAPHS[:2]))
    assert f"read {FOREIGN}" not in store.calls
    load(Dataset({GRAPHS[0]: b"", GRAPHS[1]: b""}), RemotePlace(store, merges=True))
    assert (store.texts[MERGED], PARTS in store.texts) == (THREE, False)


def test_a_merge_that_stands_is_kept_right_by_every_load() -> None:
    store = Kept()
    load(version(1), RemotePlace(store))
    assert not any(map(is_derived, store.texts))
    load(version(1), RemotePlace(store, merges=True))
    load(version(2), RemotePlace(store))
    assert store.texts[MERGED] == version(2).graphs[GRAPHS[0]]


def test_a_merge_that_somebody_changed_is_mended() -> None:
    store = Kept()
    load(version(1), RemotePlace(store, merges=True))
    store.texts[MERGED] = ONE
    assert load(version(1), RemotePlace(store, merges=True)).replaced == (MERGED,)
    assert store.texts[MERGED] == version(1).graphs[GRAPHS[0]]


def test_a_number_that_a_store_writes_in_its_own_way_is_merged_once_there() -> None:
    number = b'<urn:a:b> <urn:a:b> "1.%s"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    dataset = Dataset({STUDIES[0]: number % b"5", STUDIES[1]: number % b"50"})
    store, exact = Kept(), Kept(RDF4J)
    assert load(dataset, RemotePlace(store, merges=True)).triples[MERGED] == 1
    assert not load(dataset, RemotePlace(store, merges=True)).changed
    load(Dataset({STUDIES[0]: number % b"5"}), RemotePlace(exact, merges=True))
    assert exact.texts[MERGED].count(b"\n") == 1


def test_a_store_that_holds_it_is_asked_it() -> None:
    nquads = b"".join(ONE.replace(b" .", b" <%s> ." % iri.encode()) for iri in STUDIES).decode()
    with faulty(nquads) as server:
        url = server.url("none")
        with opened(url) as asked:
            assert (asked.merged, asked.holds(STUDIES[0])) == ("", True)  # type: ignore[union-attr]
        with opened_to_load(url) as place:
            assert load(Dataset({STUDIES[0]: ONE}), place).added == (MERGED,)
        with opened(url) as asked:
            assert asked.merged == MERGED  # type: ignore[union-attr]
            assert len(list(asked.query("SELECT * { ?s ?p ?o }"))) == 1  # type: ignore[arg-type]


def test_a_folder_has_none(tmp_path: Path) -> None:
    with opened_to_load(str(tmp_path / "store")) as place:
        load(version(1), place)
        assert place.graphs() == list(GRAPHS)


def test_fuseki_gets_decimals_as_it_gives_them_back() -> None:
    number = b'<urn:a:b> <urn:a:b> "%s"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    for written, sent in ((b"+1.50", b"1.5"), (b"-0", b"0.0"), (b".5", b"0.5"), (b"28.", b"28.0")):
        store = Kept(FUSEKI)
        load(Dataset({STUDIES[0]: number % written}), RemotePlace(store))
        assert store.updates[0].count(f'"{sent.decode()}"') == 1
