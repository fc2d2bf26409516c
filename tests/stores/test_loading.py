"""Loading a dataset: what is added, replaced, removed and left alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple, parse

from stores.versions import FOREIGN, FOREIGN_TEXT, GRAPHS, version
from studyclaims.dataset import DATASET
from studyclaims.errors import StoreError
from studyclaims.stores.endpoints import Endpoint
from studyclaims.stores.hashes import Dataset, ntriples
from studyclaims.stores.loading import load
from studyclaims.stores.opening import opened, opened_to_load
from studyclaims.stores.profiles import OXIGRAPH, RDF4J, VIRTUOSO, Profile
from studyclaims.stores.staging import STAGING, RemotePlace
from studyclaims.stores.turns import MARKS
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PART = "<http://purl.org/dc/terms/hasPart>"


@dataclass
class Kept:
    """A server's store as `RemoteStore` shows it, with every call counted; one of them may fail."""

    profile: Profile = OXIGRAPH
    texts: dict[str, bytes] = field(default_factory=dict)
    marks: bytes = b""
    """What loads tell each other; beside the graphs, which are what is loaded."""

    fails_at: int = 0
    calls: list[str] = field(default_factory=list)
    change: Callable[[str, bytes], bytes] = lambda _, text: text

    def __post_init__(self) -> None:
        self.endpoint = Endpoint("http://x/query", "", "", self.profile)
        self.updates: list[str] = []

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if len(self.calls) == self.fails_at:
            raise StoreError("cut off")

    def graphs(self) -> list[str]:
        """Return the names of the graphs."""
        return sorted([*self.texts, *([MARKS] if self.marks else [])])

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph."""
        self._called(f"read {iri}")
        text = self.marks if iri == MARKS else self.texts.get(iri, b"")
        return (quad.triple for quad in parse(text, format=RdfFormat.N_TRIPLES))

    def put_graph(self, iri: str, ntriples: bytes) -> None:
        """Let a graph hold these triples."""
        self._called(f"put {iri}")
        self.texts[iri] = self.change(iri, ntriples)

    def delete_graph(self, iri: str) -> None:
        """Drop a graph."""
        self._called(f"drop {iri}")
        self.texts.pop(iri, None)

    def update(self, text: str) -> None:
        """Do an update in a store of Oxigraph that holds what this one holds."""
        self._called("update")
        self.updates.append(text)
        store = Store()
        for iri, held in {**self.texts, MARKS: self.marks}.items():
            lines = held.replace(b" .\n", b" <%s> .\n" % iri.encode())
            store.load(lines, format=RdfFormat.N_QUADS)
        store.update(text)
        held_now: dict[str, set[Triple]] = {}
        for quad in store:
            held_now.setdefault(str(quad.graph_name)[1:-1], set()).add(quad.triple)
        self.marks = ntriples(held_now.pop(MARKS, set()))
        self.texts = {iri: ntriples(triples) for iri, triples in held_now.items()}


def cut(_: str, text: bytes) -> bytes:
    return b"".join(text.splitlines(keepends=True)[:-1])


def described(dataset: Dataset, *parts: str) -> Dataset:
    """Return the dataset with a description that lists these parts."""
    text = "".join(f"<{DATASET}> {PART} <{part}> .\n" for part in sorted(parts))
    return Dataset({**dataset.graphs, DATASET: text.encode()})


def test_a_first_load_adds_all_and_a_second_changes_nothing() -> None:
    store = Kept(texts={FOREIGN: FOREIGN_TEXT})
    one, two = (load(version(1), RemotePlace(store)) for _ in range(2))
    assert (one.added, one.changed, one.triples) == (GRAPHS, True, dict.fromkeys(GRAPHS, 20))
    assert (two.unchanged, two.changed, two.sha256) == (GRAPHS, False, one.sha256)
    assert store.texts == {**version(1).graphs, FOREIGN: FOREIGN_TEXT}
    assert store.calls.count("update") == 1
    assert str(two) == f"unchanged: 3 graphs, 60 quads, sha256 {one.sha256}"


def test_only_what_differs_is_sent() -> None:
    mixed = Dataset({**version(1).graphs, GRAPHS[1]: version(2).graphs[GRAPHS[1]]})
    store = Kept(texts=dict(version(1).graphs))
    done = load(mixed, RemotePlace(store))
    assert (done.replaced, done.unchanged) == ((GRAPHS[1],), (GRAPHS[0], GRAPHS[2]))
    (update,) = store.updates
    assert (GRAPHS[1] in update, GRAPHS[0] in update, GRAPHS[2] in update) == (True, False, False)
    assert store.texts == mixed.graphs
    assert str(done).splitlines()[0] == f"~ {GRAPHS[1]} (20 triples)"


def test_graphs_that_the_dataset_has_no_more_are_removed_and_those_of_others_are_not() -> None:
    old, other, never = (f"{BASE}study/{name}" for name in ("old", "other", "never"))
    line = b"<urn:a:b> <urn:a:b> <urn:a:b> .\n"
    before = described(version(1), *GRAPHS, old, FOREIGN, never)
    store = Kept(texts={**before.graphs, old: line, other: line, FOREIGN: FOREIGN_TEXT})
    done = load(described(version(1), *GRAPHS), RemotePlace(store))
    assert (done.removed, done.replaced) == ((old,), (DATASET,))
    assert sorted(store.texts) == sorted([*GRAPHS, DATASET, other, FOREIGN])
    assert f"- {old}" in str(done).splitlines()
    assert [row for row in done.rows() if row["change"] == "removed"] == [
        {"graph": old, "change": "removed", "triples": 0}
    ]


def test_without_its_description_nothing_is_removed() -> None:
    old = f"{BASE}study/old"
    before = described(version(1), *GRAPHS, old)
    store = Kept(texts={**before.graphs, old: b"<urn:a:b> <urn:a:b> <urn:a:b> .\n"})
    assert load(version(2), RemotePlace(store)).removed == ()
    assert old in store.graphs()


def test_a_graph_that_is_empty_now_is_gone() -> None:
    store = Kept(texts=dict(version(1).graphs))
    empty = Dataset({**version(1).graphs, GRAPHS[0]: b""})
    assert load(empty, RemotePlace(store)).replaced == (GRAPHS[0],)
    assert sorted(store.texts) == list(GRAPHS[1:])
    assert not load(empty, RemotePlace(store)).changed


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    store = Kept(texts=dict(version(1).graphs))
    would = load(version(2), RemotePlace(store), dry_run=True)
    assert store.texts == version(1).graphs
    did = load(version(2), RemotePlace(store))
    assert would == replace(did, dry_run=True)
    assert str(would).splitlines()[-1].startswith("would hold: 3 graphs, 60 quads")
    assert would.to_dict() == {**did.to_dict(), "dry_run": True}


@pytest.mark.parametrize("profile", [OXIGRAPH, VIRTUOSO], ids=lambda profile: profile.name)
def test_whichever_call_fails_no_graph_is_partial_and_the_next_load_mends_it(
    profile: Profile,
) -> None:
    old, new = version(1).graphs, version(2).graphs
    whole = Kept(profile, dict(old))
    load(version(2), RemotePlace(whole))
    assert len(whole.calls) == {"oxigraph": 12, "virtuoso": 21}[profile.name]
    for number in range(1, len(whole.calls) + 1):
        store = Kept(profile, dict(old), fails_at=number)
        with pytest.raises(StoreError, match="cut off"):
            load(version(2), RemotePlace(store))
        ours = {iri: text for iri, text in store.texts.items() if not iri.startswith(STAGING)}
        assert all(ours[iri] in (old[iri], new[iri]) for iri in GRAPHS)
        if profile.atomic_updates:
            assert ours in (old, new)
        load(version(2), RemotePlace(store))
        assert store.texts == new


def test_what_a_killed_load_put_aside_is_taken_away_and_is_no_graph_of_the_store() -> None:
    store = Kept(texts={f"{STAGING}7": b"<urn:a:b> <urn:a:b> <urn:a:b> .\n"})
    assert RemotePlace(store).graphs() == []
    load(version(1), RemotePlace(store))
    assert store.texts == version(1).graphs


def test_a_body_that_is_cut_on_its_way_leaves_the_old() -> None:
    store = Kept(VIRTUOSO, dict(version(1).graphs), change=cut)
    with pytest.raises(StoreError, match=r"found 19 triples.*what stood before stands; load again"):
        load(version(2), RemotePlace(store))
    assert store.texts == version(1).graphs


def test_a_store_that_does_not_move_what_it_should_is_found_out() -> None:
    store = Kept(texts=dict(version(1).graphs))
    store.update = lambda text: None  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(StoreError, match="it is wrong now"):
        load(version(2), RemotePlace(store))
    store = Kept(texts=dict(version(1).graphs))
    store.update = lambda text: None  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(StoreError, match="is still there after it was dropped"):
        load(Dataset({GRAPHS[0]: b""}), RemotePlace(store))


def test_nothing_is_deleted_where_another_load_took_away_what_was_put_aside() -> None:
    store = Kept(VIRTUOSO, dict(version(1).graphs))
    read = store.read_graph

    def robbed(iri: str) -> Iterator[Triple]:
        found = read(iri)
        if iri == f"{STAGING}2":
            store.texts = {iri: text for iri, text in store.texts.items() if STAGING not in iri}
        return found

    store.read_graph = robbed  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="it is wrong now"):
        load(version(2), RemotePlace(store))
    assert store.texts == version(1).graphs


NUMBER = b'<urn:a:b> <urn:a:b> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'


def test_a_number_that_the_store_writes_in_its_own_way_is_accounted_for() -> None:
    dataset = Dataset({GRAPHS[0]: NUMBER})
    assert load(dataset, RemotePlace(Kept())).changed
    with pytest.raises(StoreError, match="did not read back"):
        load(dataset, RemotePlace(Kept(replace(OXIGRAPH, rewrites_numbers=False))))
    wrong = Kept(VIRTUOSO, change=lambda _, text: text.replace(b"1.50", b"1.51"))
    with pytest.raises(StoreError, match="did not read back"):
        load(dataset, RemotePlace(wrong))


def test_what_another_load_does_meanwhile_is_seen_and_mended() -> None:
    store = Kept(texts=dict(version(1).graphs))
    update = store.update

    def late(text: str) -> None:
        if not store.updates:
            store.texts = dict(version(3, 20).graphs)
        update(text)

    store.update = late  # type: ignore[method-assign]
    load(version(2), RemotePlace(store))
    assert (store.texts, len(store.updates)) == (version(2).graphs, 2)


ODD = [
    "\\u0041",
    "\\\x01",
    "\\\\u0041",
    "\\U0001F600 \\n",
    'a "quote"\n\t\x00',
    "} ; DROP ALL",
    "骨",
]


@pytest.mark.parametrize("profile", [OXIGRAPH, VIRTUOSO], ids=lambda profile: profile.name)
@pytest.mark.parametrize("text", ODD)
def test_a_text_arrives_as_it_was_written(text: str, profile: Profile) -> None:
    name = NamedNode("urn:a:b")
    store = Kept(profile)
    load(Dataset({GRAPHS[0]: ntriples([Triple(name, name, Literal(text))])}), RemotePlace(store))
    assert [triple.object for triple in store.read_graph(GRAPHS[0])] == [Literal(text)]


@pytest.mark.parametrize(("profile", "fitting"), [(OXIGRAPH, 0), (RDF4J, len("} ;\n"))])
def test_no_cut_of_an_update_loses_anything(profile: Profile, fitting: int) -> None:
    store = Kept(profile, texts=dict(version(1, 2).graphs))
    load(version(2, 2), RemotePlace(store))
    (text,) = store.updates
    cuts = 0
    for end in range(1, len(text)):
        held = Kept(texts=dict(version(1, 2).graphs))
        try:
            held.update(text[:end])
        except SyntaxError:
            continue
        cuts += 1
        for iri, text_there in version(1, 2).graphs.items():
            assert {*text_there.splitlines()} <= {*held.texts[iri].splitlines()}
    assert cuts == fitting


def test_only_what_says_something_else_is_written_anew() -> None:
    half = b'<urn:a:b> <urn:a:b> "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    store = Kept(texts={GRAPHS[0]: half})
    load(Dataset({GRAPHS[0]: FOREIGN_TEXT + NUMBER}), RemotePlace(store))
    (text,) = store.updates
    assert ("foreign" in text, "1.5" in text) == (True, False)


def test_what_is_too_much_for_one_update_is_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studyclaims.stores.staging.UPDATE_LIMIT", 6 * len(LINES))
    store = Kept(texts=dict(version(1).graphs))
    assert load(version(2), RemotePlace(store)).replaced == GRAPHS
    # One that leaves the mark, and one a graph.
    assert (store.texts, len(store.updates)) == (version(2).graphs, 4)
    monkeypatch.setattr("studyclaims.stores.staging.UPDATE_LIMIT", 9 * len(LINES))
    load(version(1), RemotePlace(store))
    assert (store.texts, len(store.updates)) == (version(1).graphs, 5)


def test_what_has_blank_nodes_can_be_replaced() -> None:
    store = Kept(texts={GRAPHS[0]: b'_:x <urn:a:b> "_:y" .\n'})
    load(version(1), RemotePlace(store))
    assert store.texts == version(1).graphs


LINES = version(2).graphs[GRAPHS[0]]


def test_a_folder_or_an_address_is_opened(tmp_path: Path) -> None:
    folder = str(tmp_path / "store")
    with opened_to_load(folder, dry_run=True) as place:
        assert place.graphs() == []
    with opened_to_load(folder) as place:
        assert load(version(1), place).store == folder
    with opened(folder) as store:
        assert store.graphs() == list(GRAPHS)
    for run in (opened, opened_to_load):
        with pytest.raises(StoreError, match=r"127\.0\.0\.1:9: nothing"), run("HTTP://127.0.0.1:9"):
            pass
