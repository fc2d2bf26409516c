"""What the table of stores tells: each column is a trial on a store that holds the dataset."""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from unittest.mock import patch

import pytest
from pyoxigraph import Literal, RdfFormat, Store, parse

from servers import talking
from servers.cutting import cutting
from stores.versions import FOREIGN, FOREIGN_TEXT
from studyclaims.build import corpus_quads
from studyclaims.dataset import DATASET
from studyclaims.errors import StoreError
from studyclaims.queries import Rows, ask, with_values
from studyclaims.questions import questions
from studyclaims.stores.credentials import PASSWORD, USER
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.stores.hashes import Dataset, dataset_of, digest, ntriples
from studyclaims.stores.loading import Loaded, load
from studyclaims.stores.merged import is_derived
from studyclaims.stores.opening import opened, opened_to_load
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers import Server

WRONG: Final = "not-it-4711"
EXTRA: Final = f"{BASE}study/nobody-2020"
MANY: Final = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 9000"
TOO_MANY: Final = "SELECT ?s ?p ?o { ?s ?p ?o }"
PER_GRAPH: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
CUTS: Final = (1_000, 100_000, 500_000)
"""After how many bytes of a connection a body is cut."""

NUMBERS: Final = (
    *(("decimal", text) for text in ("1.50", "0.050", "+97", "-0.0", "28")),
    *(("integer", text) for text in ("01", "-7")),
    *(("double", text) for text in ("1e0", "2.5E-3")),
    *(("boolean", "true"), ("gYear", "2020"), ("date", "2020-02-29")),
    *(("dayTimeDuration", text) for text in ("P21D", "PT36H")),
    *(("string", text) for text in ("1.50", "01", "p < 0.050")),
)


@dataclass(frozen=True)
class Subject:
    """A store that is tried: what ``--store`` is told, and the server, where it is one."""

    store: str
    server: Server | None = None

    def load(self, dataset: Dataset, store: str = "", *, dry_run: bool = False) -> Loaded:
        """Load as the verb does."""
        with self.known(), opened_to_load(store or self.store, dry_run=dry_run) as place:
            return load(dataset, place, dry_run=dry_run)

    def ask(self, asked: str, store: str = "") -> Rows:
        """Ask as the verb does."""
        text, values = with_values(asked, {})
        with self.known(), opened(store or self.store) as found:
            return cast("Rows", ask(cast("EmbeddedStore", found), text, values))

    def graph(self, iri: str) -> bytes:
        """Return a graph as the store gives it back."""
        with self.known(), opened(self.store) as found:
            return ntriples(found.read_graph(iri))

    @contextmanager
    def known(self) -> Iterator[None]:
        """Let the environment say who may write."""
        names = (USER, PASSWORD)
        said = (self.server.user, self.server.password) if self.server else ("", "")
        with patch.dict(os.environ, dict(zip(names, said, strict=True)) if said[0] else {}):
            yield

    def require_whole(self) -> None:
        """Raise where the store does not hold just the dataset, and what is of others."""
        done = self.load(dataset(), dry_run=True)
        assert not done.changed, str(done)
        assert self.graph(FOREIGN) == FOREIGN_TEXT


@cache
def dataset() -> Dataset:
    """Return the whole dataset."""
    return dataset_of(corpus_quads())


@cache
def embedded() -> EmbeddedStore:
    """Return the dataset in the embedded store."""
    return EmbeddedStore(corpus_quads())


@cache
def study() -> str:
    """Return the graph of the study that has the most triples."""
    studies = [iri for iri in dataset().graphs if iri.startswith(f"{BASE}study/")]
    return max(studies, key=lambda iri: dataset().digests[iri].triples)


def other(*, more: int = 1) -> Dataset:
    """Return the dataset with one study that says some things less and some more."""
    lines = dataset().graphs[study()].splitlines(keepends=True)
    added = [b'<%s> <urn:x:says> "%d" .\n' % (study().encode(), n) for n in range(more)]
    del lines[::7]
    return Dataset({**dataset().graphs, study(): b"".join(sorted([*lines, *added]))})


def loads(subject: Subject) -> str:
    """Load all into a store that holds a graph of somebody else, and count it there."""
    begin(subject)
    done = subject.load(dataset())
    own = [iri for iri in done.added if not is_derived(iri)]
    assert own == sorted(dataset().graphs)
    wanted = {iri: found.triples for iri, found in dataset().digests.items()}
    found = {iri: n for iri, n in counted(subject).items() if iri in wanted}
    assert found == wanted
    subject.require_whole()
    return "yes"


def begin(subject: Subject) -> None:
    """Give the store a graph of somebody else, not by a load where it is a server."""
    if subject.server:
        assert talking.graph(subject.server, "PUT", FOREIGN, FOREIGN_TEXT).status < 300
    else:
        subject.load(Dataset({FOREIGN: FOREIGN_TEXT}))


def counted(subject: Subject) -> dict[str, int]:
    """Return how many triples each graph has, as another client than ours sees them."""
    if subject.server:
        answer = json.loads(talking.query(subject.server, PER_GRAPH).body)
        rows = answer["results"]["bindings"]
        return {row["g"]["value"]: int(row["n"]["value"]) for row in rows}
    store: Any = Store.read_only(f"{subject.store}/now/quads")
    return {row["g"].value: int(row["n"].value) for row in store.query(PER_GRAPH)}


def loads_twice(subject: Subject) -> str:
    """Load the same again."""
    done = subject.load(dataset())
    assert not done.changed
    return "unchanged"


def replaces(subject: Subject) -> str:
    """Replace one study, and put it back."""
    for wanted in (other(), dataset()):
        done = subject.load(wanted)
        assert [iri for iri in done.replaced if not is_derived(iri)] == [study()]
        assert (done.added, done.removed) == ((), ())
        assert digest(subject.graph(study())) == wanted.digests[study()]
    subject.require_whole()
    return "yes"


def deletes(subject: Subject) -> str:
    """Load a dataset of one study more, and then the one without."""
    part = f"<{DATASET}> <{expand('dct:hasPart')}> <{EXTRA}> .\n".encode()
    described = b"".join(sorted([*dataset().graphs[DATASET].splitlines(keepends=True), part]))
    line = f'<{EXTRA}> <urn:x:says> "once" .\n'.encode()
    subject.load(Dataset({**dataset().graphs, DATASET: described, EXTRA: line}))
    assert subject.ask(f"SELECT ?o {{ <{EXTRA}> ?p ?o }}").rows == ((Literal("once"),),)
    assert subject.load(dataset()).removed == (EXTRA,)
    assert len(subject.ask(f"SELECT ?o {{ <{EXTRA}> <urn:x:says> ?o }}")) == 0
    assert EXTRA not in counted(subject)
    subject.require_whole()
    return "yes"


def answers(subject: Subject) -> str:
    """Ask all named questions, and the embedded store too."""
    names = [question.name for question in questions()]
    other_rows, other_order = [], False
    for name in names:
        try:
            found = by_value(subject.ask(name))
        except StoreError as error:
            other_rows.append(f"{name}: {error}")
            continue
        wanted = by_value(cast("Rows", ask(embedded(), *with_values(name, {}))))
        if Counter(found) != Counter(wanted):
            other_rows.append(name)
        other_order |= found != wanted
    assert not other_rows, "; ".join(other_rows)
    return f"{len(names)} of {len(names)}{', rows in another order' if other_order else ''}"


def by_value(found: Rows) -> list[tuple[object, ...]]:
    """Return rows of terms, numbers by their value: a store may write 1.5 for 1.50."""
    numbers = {expand(f"xsd:{kind}") for kind in ("decimal", "integer", "double")}

    def value(term: object) -> object:
        if isinstance(term, Literal) and term.datatype.value in numbers:
            return term.datatype.value, Decimal(term.value)
        return term

    return [tuple(map(value, row)) for row in found.rows]


def sees_cuts(subject: Subject) -> str:
    """Cut an answer, on its way or on the disk, and let the store cut one itself."""
    if subject.server is None:
        return sees_cut_file(subject)
    assert len(subject.ask(MANY)) == 9000
    for size in CUTS:
        with cutting(subject.store, received=size) as wire:
            require_refused(lambda: subject.ask(MANY, wire.url))
            assert wire.cuts
    with subject.known(), opened(subject.store) as found:
        cap = cast("Any", found).profile.row_cap
    if not cap:
        return "error"
    require_refused(lambda: subject.ask(TOO_MANY), f"found {cap} rows, where the store cuts")
    return f"error, and at its cap of {cap:,} rows"


def sees_cut_file(subject: Subject) -> str:
    """Cut the largest file of a copy of a store on disk."""
    copy = f"{subject.store}-copy"
    shutil.copytree(subject.store, copy, symlinks=True)
    largest = max((Path(copy) / "now" / "quads").iterdir(), key=lambda path: path.stat().st_size)
    os.truncate(largest, largest.stat().st_size // 2)
    require_refused(lambda: Subject(copy).ask(TOO_MANY))
    shutil.rmtree(copy)
    return "error, of a file cut in half"


def refuses_wrong_passwords(subject: Subject) -> str:
    """Load with a wrong password."""
    if subject.server is None or not subject.server.user:
        return "has no passwords"
    right, subject.server.password = subject.server.password, WRONG
    try:
        told = require_refused(lambda: subject.load(other()), "refuses the user")
    finally:
        subject.server.password = right
    assert WRONG not in told
    subject.require_whole()
    return f"“it refuses the user '{subject.server.user}'”"


def keeps_the_old(subject: Subject) -> str:
    """Cut what a load sends, or let the disk be full."""
    changed = other(more=10_000)
    if subject.server is None:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (CUTS[1], before[1]))
        try:
            require_refused(lambda: subject.load(changed), "the machine refused")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        subject.require_whole()
        return "yes, on a full disk"
    for size in CUTS[1:]:
        with cutting(subject.store, sent=size) as wire:
            require_refused(lambda: subject.load(changed, wire.url))
            assert wire.cuts
        subject.require_whole()
    return "yes"


def keeps_numbers(subject: Subject) -> str:
    """Load values as people write them, and read them back."""
    lines = (
        f'<{EXTRA}> <urn:x:n{place}> "{text}"^^<{expand(f"xsd:{kind}")}> .\n'
        for place, (kind, text) in enumerate(NUMBERS)
    )
    text = ntriples(quad.triple for quad in parse("".join(lines), format=RdfFormat.N_TRIPLES))
    subject.load(Dataset({EXTRA: text}))
    found = subject.graph(EXTRA)
    assert digest(found) == digest(text)
    assert not subject.load(Dataset({EXTRA: text})).changed
    subject.load(Dataset({EXTRA: b""}))
    subject.require_whole()
    return rewritten(text, found)


def rewritten(text: bytes, found: bytes) -> str:
    """Return which values come back in other words."""
    came = values_of(found)
    changed = [f"`{old}` as `{came[at]}`" for at, old in values_of(text).items() if old != came[at]]
    return f"by value: {', '.join(changed)}" if changed else "as written"


def values_of(text: bytes) -> dict[str, str]:
    """Return the values of triples by their predicates."""
    triples = [quad.triple for quad in parse(text, format=RdfFormat.N_TRIPLES)]
    return {t.predicate.value: cast("Literal", t.object).value for t in triples}


def require_refused(run: Callable[[], object], told: str = "") -> str:
    """Return what the error says that something must end in."""
    with pytest.raises(StoreError) as error:
        run()
    assert told in str(error.value), str(error.value)
    return str(error.value)


COLUMNS: Final[dict[str, Callable[[Subject], str]]] = {
    "load": loads,
    "load twice": loads_twice,
    "replace": replaces,
    "delete": deletes,
    "named questions as embedded": answers,
    "truncated result": sees_cuts,
    "wrong password": refuses_wrong_passwords,
    "old graph after a cut upload": keeps_the_old,
    "numbers": keeps_numbers,
}
