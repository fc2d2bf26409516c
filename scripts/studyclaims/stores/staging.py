"""Loading into a store on a server, in one update where the store does an update all or none.

Such an update inserts what should be there and is not, and deletes what is there and should not be,
so that no reader finds the dataset empty or mixed; and no part of its text deletes anything that
was not replaced. Where a store takes that as one operation, it is done only if no other load has
written since this one began to read (see `studyclaims.stores.turns`). What is too long for that, or
a store that does updates by halves, gets the graphs put aside first: they are read back, and each
is then moved by an operation of its own. Meanwhile whoever asks the union of all graphs sees both.
What a load that was cut off has put aside stays until the next.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from pyoxigraph import NamedNode

from studyclaims.errors import StoreError
from studyclaims.stores.bodies import RefusedError
from studyclaims.stores.hashes import digest, ntriples, plain_decimals, spelled_alike
from studyclaims.stores.turns import MARKS, in_turn, mark_of, next_mark
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import Triple

    from studyclaims.stores.endpoints import Endpoint
    from studyclaims.stores.hashes import Digest
    from studyclaims.stores.profiles import Profile
    from studyclaims.stores.turns import Mark

UPDATE_LIMIT: Final = 64_000_000
"""The most bytes that are sent as one update; Oxigraph takes twice as much."""

_ESCAPE: Final = re.compile(r"\\\\([uU])|\\.")
"""What a backslash begins in N-Triples; the first is a backslash that was in the text, and a u."""

STAGING: Final = f"{BASE}staging/"
"""What the names of graphs that are put aside begin with."""


class Remote(Protocol):
    """What is asked of `studyclaims.stores.remote.RemoteStore`."""

    endpoint: Endpoint
    profile: Profile

    def update(self, text: str) -> None:
        """Do an update."""

    def put_graph(self, iri: str, ntriples: bytes) -> None:
        """Let a graph hold these triples and no others."""

    def delete_graph(self, iri: str) -> None:
        """Drop a graph."""

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph, all of them."""

    def graphs(self) -> list[str]:
        """Return the names of the graphs."""


class RemotePlace:
    """A store on a server, as `studyclaims.stores.loading.load` sees it.

    >>> from studyclaims.stores.calls import Caller
    >>> from studyclaims.stores.endpoints import endpoint_of
    >>> from studyclaims.stores.profiles import OXIGRAPH
    >>> from studyclaims.stores.remote import RemoteStore
    >>> store = RemoteStore(endpoint_of("http://localhost:7878/", OXIGRAPH), Caller())
    >>> RemotePlace(store).name
    'http://localhost:7878/query'
    """

    def __init__(self, store: Remote, *, merges: bool = False) -> None:
        """Take a store; ``merges`` says that it gets the merged graph if it has none yet."""
        self._store = store
        self.merges = merges
        self.name = store.endpoint.query
        self.by_value = store.profile.rewrites_numbers
        self._mark: Mark | None = None
        self._wrote = False

    def graphs(self) -> list[str]:
        """Return the names of the graphs, those of loads themselves left out.

        With the first call, a load begins: what another one writes from now on is told.
        """
        if self._mark is None:
            self._mark = self._standing_mark()
        return [iri for iri in self._store.graphs() if not iri.startswith((STAGING, MARKS))]

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph, all of them."""
        return self._store.read_graph(iri)

    def ntriples(self, iri: str) -> bytes:
        """Return a graph as N-Triples."""
        return ntriples(self._store.read_graph(iri))

    def unchanged(self, wanted: Mapping[str, Digest]) -> set[str]:
        """Return which graphs hold already what they should."""
        return {iri for iri, expected in wanted.items() if self._digest(iri) == expected}

    def replace(
        self, changed: Mapping[str, bytes], removed: Sequence[str], expected: Mapping[str, Digest]
    ) -> None:
        """Let graphs hold other triples, and others be gone.

        Raises:
            StoreError: the store refused, or something does not read back as expected, be it that
                another load has changed what this one found right. Before the graphs are moved,
                what stood before stands; afterwards the message says otherwise.
        """
        full = {iri: text for iri, text in sorted(changed.items()) if text}
        if self._store.profile.keeps_zeros:
            full = {iri: plain_decimals(text) for iri, text in full.items()}
        gone = sorted({*removed, *changed} - full.keys())
        mark = self._standing_mark() if self._mark is None else self._mark
        self._mark, self._wrote = None, False
        with self._told(doubtful=False):
            self._clear_staging()
        for last in (False, False, True):
            then = next_mark(mark, expected, gone)
            at_once = self._at_once(full, gone, mark, then)
            if at_once is None:
                self._require_turn(mark, then)
                self._step_by_step(full, gone, expected)
            else:
                mark = self._done_at_once(at_once, mark, then)
            with self._told():
                wrong = [iri for iri in full if self._digest(iri) != expected[iri]]
            if not wrong:
                break
            # What a load that was killed had sent may have been done only now.
            if last or at_once is None:
                self._require(wrong[0], expected[wrong[0]], wrong[0], "it is wrong now")
        self._require_rest(gone, {iri: expected[iri] for iri in expected.keys() - full.keys()})

    def _require_rest(self, gone: Sequence[str], rest: Mapping[str, Digest]) -> None:
        """Raise where a graph is still there that was dropped, or one is not as it was found."""
        with self._told():
            left = sorted(set(gone).intersection(self._store.graphs()))
        if left:
            raise StoreError(f"{self.name}: <{left[0]}> is still there after it was dropped")
        # What was right before may be so no more: two loads at a time must not share the outcome.
        with self._told():
            for iri in sorted(rest.keys() - {*gone}):
                self._require(iri, rest[iri], iri, "another load changed it meanwhile")

    def _standing_mark(self) -> Mark:
        """Return the mark of the load that wrote last, where such marks are made."""
        if not self._store.profile.conditional_updates:
            return ()
        return mark_of(self._store.read_graph(MARKS))

    def _done_at_once(self, update: str, mark: Mark, then: Mark) -> Mark:
        """Do an update that does it all, and return the mark that stands."""
        with self._told():
            self._store.update(update)
            self._wrote = True
            found = self._standing_mark()
        if found not in (mark, then):
            if set(then) < set(found):
                raise StoreError(
                    f"{self.name}: another load wrote at the same moment, and graphs may hold some "
                    "of each; load again, one at a time, last what is to stand"
                )
            raise StoreError(
                f"{self.name}: another load wrote meanwhile, and all that it wrote stands; this "
                "one was done whole before it, or not at all: load again, one at a time"
            )
        return found

    def _require_turn(self, mark: Mark, then: Mark) -> None:
        """Raise where another load wrote meanwhile; else it will be told of this one."""
        if self._store.profile.conditional_updates:
            self._done_at_once(in_turn("", "", mark, then), mark, then)
            self._wrote = False

    def _step_by_step(
        self, full: Mapping[str, bytes], gone: Sequence[str], expected: Mapping[str, Digest]
    ) -> None:
        """Put graphs aside, read them back, and move each into place; of some, what differs."""
        staged: dict[str, None] = {}
        updates = []
        try:
            for number, iri in enumerate(full):
                aside = f"{STAGING}{number}"
                old, new = self._difference(iri, full[iri])
                few = len(old) + len(new) <= full[iri].count(b"\n") // 2
                texts = {f"{aside}-old": old, f"{aside}-new": new} if few else {aside: full[iri]}
                for name, text in texts.items():
                    held = text if isinstance(text, bytes) else b"".join(sorted(text))
                    wanted = (
                        expected[iri] if name == aside else digest(held, by_value=self.by_value)
                    )
                    staged[name] = None
                    if held:
                        with self._told(doubtful=False):
                            self._store.put_graph(name, held)
                        self._require(name, wanted, iri, "what stood before stands")
                moved = _changed if few else _moved
                updates.append(moved(*map(NamedNode, (*texts, iri))))
            with self._told():
                for update in updates:
                    self._store.update(update)
                    self._wrote = True
                for iri in (*gone, *staged):
                    self._store.delete_graph(iri)
                    self._wrote = True
        except StoreError:
            self._try_to_clear()
            raise

    def _at_once(
        self, full: Mapping[str, bytes], gone: Sequence[str], mark: Mark, then: Mark
    ) -> str | None:
        """Return the update that does it all, or None where no single one can."""
        if not self._store.profile.atomic_updates:
            return None
        old: dict[str, set[bytes]] = {}
        new: dict[str, set[bytes]] = {}
        for iri in (*full, *gone):
            old[iri], new[iri] = self._difference(iri, full.get(iri, b""))
        # Somebody else's blank node has no name by which an operation could delete it.
        unnamed = any(b"_:" in line for lines in old.values() for line in lines)
        # DATA, as what RDF4J reads of a template overflows its stack.
        steps = {"INSERT DATA": _data(new), "DELETE DATA": _data(old)}
        text = " ;\n".join(f"{step} {{{data}}}" for step, data in steps.items() if data)
        if self._store.profile.conditional_updates:
            text = in_turn(_data(old), _data(new), mark, then)
        return None if unnamed or len(text) > UPDATE_LIMIT else text

    def _difference(self, iri: str, text: bytes) -> tuple[set[bytes], set[bytes]]:
        """Return the lines that a graph has and should not have, and those that it lacks."""
        there, wanted = self._lines(self.ntriples(iri)), self._lines(text)
        old = {there[line] for line in there.keys() - wanted.keys()}
        return old, {wanted[line] for line in wanted.keys() - there.keys()}

    def _lines(self, text: bytes) -> dict[bytes, bytes]:
        """Return the lines of N-Triples by what they say, whichever way numbers are written."""
        lines = text.splitlines(keepends=True)
        said = spelled_alike(text.splitlines()) if self.by_value else lines
        return dict(zip(said, lines, strict=True))

    def _digest(self, iri: str) -> Digest:
        return digest(self.ntriples(iri), by_value=self.by_value)

    def _require(self, iri: str, wanted: Digest, meant: str, state: str) -> None:
        """Raise where a graph does not hold what it should."""
        found = self._digest(iri)
        if found != wanted:
            raise StoreError(
                f"{self.name}: <{meant}> did not read back as it was sent: found {found.triples} "
                f"triples, sha256 {found.sha256}, expected {wanted.triples}, {wanted.sha256}; "
                f"{state}; load again"
            )

    def _clear_staging(self) -> None:
        """Drop what a load that was cut off has put aside."""
        for iri in self._store.graphs():
            if iri.startswith(STAGING):
                self._store.delete_graph(iri)

    @contextmanager
    def _told(self, *, doubtful: bool = True) -> Iterator[None]:
        """Say of an error what it means for the load; ``doubtful``: something may be done."""
        try:
            yield
        except RefusedError as error:
            stands = "nothing of the load was done: what stood before stands"
            some = "what went before is done: load again as somebody who may do all of it"
            raise StoreError(f"{error}; {some if self._wrote else stands}") from error
        except StoreError as error:
            if not doubtful:
                raise
            raise StoreError(f"{error}; the load may be done, or some of it: load again") from error

    def _try_to_clear(self) -> None:
        try:
            self._clear_staging()
        except StoreError:
            return


def _data(graphs: Mapping[str, set[bytes]]) -> str:
    r"""Return the lines of graphs as SPARQL takes them.

    SPARQL puts a character in the place of ``\u0041`` before it reads anything, and so in what
    N-Triples writes of a backslash and ``u0041`` too.
    """
    blocks = (
        f"\nGRAPH {NamedNode(iri)} {{\n{b''.join(sorted(lines)).decode()}}}"
        for iri, lines in graphs.items()
        if lines
    )
    return _ESCAPE.sub(lambda m: rf"\\\u{ord(m[1]):04x}" if m[1] else m[0], "".join(blocks))


def _moved(aside: NamedNode, target: NamedNode) -> str:
    """Return the operation that gives a graph the triples of another in place of its own.

    Not MOVE: where an update has many, Fuseki 5.6.0 loses triples of graphs that share some. And
    where nothing is put aside, as another load may have taken it away, nothing is deleted.
    """
    old, new = f"GRAPH {target} {{ ?s ?p ?o }}", f"GRAPH {target} {{ ?a ?b ?c }}"
    there, held = f"GRAPH {aside} {{ ?x ?y ?z }}", f"GRAPH {aside} {{ ?a ?b ?c }}"
    return (
        f"DELETE {{ {old} }} INSERT {{ {new} }} "
        f"WHERE {{ {{ {old} FILTER EXISTS {{ {there} }} }} UNION {{ {held} }} }}"
    )


def _changed(old: NamedNode, new: NamedNode, target: NamedNode) -> str:
    """Return the operation that takes the triples of one graph out of another, and puts some in.

    Virtuoso needs minutes to move 20,000 triples, and a moment for some hundred of them.
    """
    there, wanted = f"GRAPH {old} {{ ?s ?p ?o }}", f"GRAPH {new} {{ ?a ?b ?c }}"
    gone, come = f"GRAPH {target} {{ ?s ?p ?o }}", f"GRAPH {target} {{ ?a ?b ?c }}"
    return f"DELETE {{ {gone} }} INSERT {{ {come} }} WHERE {{ {{ {there} }} UNION {{ {wanted} }} }}"
