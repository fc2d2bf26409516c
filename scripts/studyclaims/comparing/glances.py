"""Studies at a glance: which study a name stands for, and how it was done, in a few fields."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import QueryError
from studyclaims.lags import Duration
from studyclaims.queries import Rows, ask
from studyclaims.rdf import node
from studyclaims.showing.details import SOURCE, named, said_of
from studyclaims.showing.names import candidates
from studyclaims.similar import find_terms
from studyclaims.terms import BASE, SC, TermEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from studyclaims.comparing.accounts import Account
    from studyclaims.stores.embedded import EmbeddedStore

_NAMED: Final = """
SELECT DISTINCT ?it ?study
WHERE {
    { ?it a sc:Study BIND(?it AS ?study) }
    UNION { ?study a sc:Study ; dct:source ?it }
    UNION { ?study a sc:Study . ?it foaf:primaryTopic ?study }
}
ORDER BY ?study
"""

_STUDIES: Final = "SELECT DISTINCT ?study { ?study a sc:Study } ORDER BY ?study"

_HEADER: Final = """
SELECT ?it ?source ?status
WHERE {
    ?it a sc:Study .
    OPTIONAL { ?it dct:source ?source }
    OPTIONAL { ?header foaf:primaryTopic ?it ; sc:recordStatus ?status }
}
ORDER BY ?source ?status
"""

_CONTEXT: Final = {
    "species": "species",
    "strain": "strain",
    "sex": "sex",
    "age": "age",
    "dose": "dose",
    "route": "route",
    "compared_with": "comparator",
    "assay": "assay",
}
"""The context that says how a study was done, by a record's name, with the name of its field."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A study in a few fields, each with the values that its own measured claims have.

    What a source says of other work is no part of how its study was done, so claims that were not
    measured are left out; a field without a value is one that the record does not say.
    """

    study: str
    title: str
    source: str
    claims: int
    measured: int
    fields: Mapping[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        """The study's key."""
        return study_key(self.study)

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain values, for JSON."""
        fields = {name: list(values) for name, values in self.fields.items()}
        return {
            "study": self.key,
            "title": self.title,
            "source": self.source,
            "claims": self.claims,
            "measured": self.measured,
            "design": fields,
        }


def study_key(study: str) -> str:
    """Return the key in a study's IRI.

    >>> study_key("https://w3id.org/studyclaims/study/ausk-2017#study")
    'ausk-2017'
    """
    return study.removeprefix(f"{BASE}study/").removesuffix("#study")


def study_named(store: EmbeddedStore, name: str) -> str:
    """Return the IRI of the study that a key, DOI or IRI stands for.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> study_named(EmbeddedStore(), "ausk-2017")
    Traceback (most recent call last):
    studyclaims.errors.QueryError: the graph has no study 'ausk-2017'; write ...

    Raises:
        QueryError: the graph has no such study, or more than one.
    """
    for iri in candidates(store, name):
        found = _studies(store, iri)
        if len(found) > 1:
            keys = ", ".join(map(study_key, found))
            raise QueryError(f"{name!r} stands for {len(found)} studies: {keys}; write one's key")
        if found:
            return found[0]
    near = _near(store, name)
    meant = f"; did you mean {' or '.join(near)}?" if near else "; write a study's key or its DOI"
    raise QueryError(f"the graph has no study {name!r}{meant}")


def _studies(store: EmbeddedStore, iri: str) -> list[str]:
    """Return the studies that an IRI stands for."""
    found = ask(store, _NAMED, {"it": node(iri)})
    return [row["study"] for row in found] if isinstance(found, Rows) else []


def _near(store: EmbeddedStore, name: str) -> list[str]:
    """Return the keys that a name may have been meant for, the likeliest first."""
    found = ask(store, _STUDIES)
    keys = [study_key(row["study"]) for row in found] if isinstance(found, Rows) else []
    return [match.entry.label for match in find_terms(name, [TermEntry(k, k) for k in keys], 3)]


def glance(store: EmbeddedStore, study: str, accounts: Sequence[Account]) -> Glance:
    """Return a study at a glance; ``accounts`` are its claims.

    >>> from studyclaims.stores.embedded import EmbeddedStore
    >>> glance(EmbeddedStore(), f"{BASE}study/able-2020#study", []).claims
    0
    """
    found = ask(store, _HEADER, {"it": node(study)})
    rows = list(found) if isinstance(found, Rows) else []
    source = next((str(row["source"]) for row in rows if row["source"]), "")
    said = named(SOURCE, said_of(store, source)) if source else {}
    measured = [account for account in accounts if account.measured]
    fields = {
        "status": {str(row["status"]).removeprefix(SC) for row in rows if row["status"]},
        "what was read": set(_read(store, source, accounts)),
        **{
            field: {str(a.row["context"][name]) for a in measured if name in a.row["context"]}
            for name, field in _CONTEXT.items()
        },
        "design": set(_designs(measured)),
    }
    fields["comparator"] |= {m["compared_with"] for m in _measurements(measured, "compared_with")}
    return Glance(
        study,
        str(said.get("title", "")),
        source,
        len(accounts),
        len(measured),
        {name: tuple(sorted(values)) for name, values in fields.items()}
        | {"time points": tuple(_times(measured))},
    )


def _read(store: EmbeddedStore, paper: str, accounts: Iterable[Account]) -> Iterator[str]:
    """Yield which parts of which source were read; one that is not the paper is named."""
    for source in {paper, *(account.voice.source for account in accounts)} - {""}:
        said = named(SOURCE, said_of(store, source))
        if "read" in said:
            name = "" if source == paper else f"{said.get('title', source)}: "
            yield f"{name}{said['read']}"


def _designs(accounts: Iterable[Account]) -> Iterator[str]:
    """Yield the designs printed of what was measured."""
    for account in accounts:
        for item in account.row["evidence"]:
            if item.get("measured") is True and item.get("design"):
                yield item["design"]


def _measurements(accounts: Iterable[Account], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the measurements that have a field."""
    for account in accounts:
        for item in account.row["evidence"]:
            yield from (m for m in item["measurements"] if m.get(name))


def _times(accounts: Sequence[Account]) -> list[str]:
    """Return the times at which something was seen, the earliest first, each once.

    A lag is printed as the source has it, a measurement's time in days or hours; of two that are
    the same time, the source's own is kept.
    """
    printed = [str(a.row["lag"]) for a in accounts if a.row["lag"]]
    times = [*printed, *(str(m["time"]) for m in _measurements(accounts, "time"))]
    by_length: dict[tuple[Decimal, str], str] = {}
    for time in times:
        minutes = _minutes(time)
        by_length.setdefault((minutes, "" if minutes else time), time)
    return [by_length[key] for key in sorted(by_length)]


def _minutes(time: str) -> Decimal:
    """Return how long a time is; 0 where it is written in another way."""
    words = time.split()
    with suppress(ValueError):
        pairs = zip(words[::2], words[1::2], strict=True)
        return sum((Duration.parse(" ".join(pair)).minutes for pair in pairs), Decimal(0))
    return Decimal(0)
