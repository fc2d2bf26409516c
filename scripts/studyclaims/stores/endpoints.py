"""Endpoints: where a store takes queries, updates and graphs, found out from one address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from studyclaims.errors import StoreError
from studyclaims.stores.binding import ALIVE
from studyclaims.stores.bodies import RESULTS, solutions
from studyclaims.stores.credentials import require_address
from studyclaims.stores.profiles import (
    FUSEKI,
    OXIGRAPH,
    PROFILES,
    RDF4J,
    SPARQL11,
    VIRTUOSO,
    Profile,
)

if TYPE_CHECKING:
    from studyclaims.stores.calls import Answer, Caller

_SERVERS: Final = (
    (re.compile(r"^Oxigraph/"), OXIGRAPH),
    (re.compile(r"^Virtuoso/"), VIRTUOSO),
    (re.compile(r"Fuseki"), FUSEKI),
)
"""What the header ``Server`` of each kind says."""

_FUSEKI_MARK: Final = "fuseki-request-id"
_REPOSITORY: Final = re.compile(r"^(?P<server>.*)/repositories/[^/]+$")
_TAILS: Final = re.compile(
    r"/(?:query|sparql|sparql-auth|update|statements|store|data|get|rdf-graphs/service"
    r"|sparql-graph-crud(?:-auth)?)$"
)
"""What people copy behind the address of a store."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a store takes queries, updates and graphs, and what kind it is.

    ``graph_store`` is empty where the store is not known to speak the Graph Store Protocol.
    """

    query: str
    update: str
    graph_store: str
    profile: Profile


def endpoint_of(url: str, profile: Profile, *, private: bool = False) -> Endpoint:
    """Return where a store of a known kind takes what, nothing asked.

    >>> endpoint_of("http://localhost:7878", OXIGRAPH).query
    'http://localhost:7878/query'
    >>> endpoint_of("http://localhost:8890/sparql", VIRTUOSO, private=True).update
    'http://localhost:8890/sparql-auth'

    Args:
        url: the address of the store, or one of those it has for queries, updates and graphs.
        profile: the kind.
        private: whether one logs in.

    Raises:
        StoreError: the address is none.
    """
    base = require_address(url)
    if profile is SPARQL11:
        return Endpoint(base, base, "", profile)
    base = _TAILS.sub("", base)
    paths = profile.private_paths if private and profile.private_paths else profile.paths
    query, update, graphs = (base + path for path in paths)
    return Endpoint(query, update, graphs, profile)


def probe(url: str, caller: Caller, profile: Profile | None = None) -> Endpoint:
    """Return where the store at an address takes what, as it shows when it is asked.

    >>> from studyclaims.stores.calls import Caller
    >>> probe("http://127.0.0.1:9/ds", Caller(deadline=5))
    Traceback (most recent call last):
    studyclaims.errors.StoreError: http://127.0.0.1:9/ds: nothing answers there: Connection refused;
    start the store, or correct the address

    Args:
        url: the address of the store, or one of those it has for queries, updates and graphs.
        caller: how it is called.
        profile: the kind, where it is known and hidden by what stands before the store.

    Raises:
        QueryError: what is there does not understand the shortest of queries.
        StoreError: nothing there answers as a store does, or the address is none.
    """
    base = require_address(url)
    first = None if profile else caller.ask(base, ALIVE, "ASK", RESULTS)
    kind = profile or _kind(base, first, caller) or SPARQL11
    endpoint = endpoint_of(base, kind, private=bool(caller.auth))
    if first is None or endpoint.query != base:
        first = caller.ask(endpoint.query, ALIVE, "ASK", RESULTS)
    if not solutions(first, kind, asked="ASK"):
        raise StoreError(f"{first.url}: found false as the answer to {ALIVE}, expected true")
    return endpoint


def _kind(base: str, answer: Answer | None, caller: Caller) -> Profile | None:
    """Return the kind that the head of an answer shows, or None."""
    headers = answer.headers if answer else {}
    for form, profile in _SERVERS:
        if form.search(headers.get("server", "")):
            return profile
    if _FUSEKI_MARK in headers:
        return FUSEKI
    return RDF4J if _is_rdf4j(base, caller) else None


def _is_rdf4j(base: str, caller: Caller) -> bool:
    """Return whether an address is a repository of a server that says its protocol's number."""
    match = _REPOSITORY.match(_TAILS.sub("", base))
    if match is None:
        return False
    answer = caller.send("GET", f"{match['server']}/protocol", {"Accept": "text/plain"})
    return answer.status == 200 and re.fullmatch(rb"\s*[0-9]{1,4}\s*", answer.body) is not None


def named_kind(name: str) -> Profile:
    """Return the profile of a kind that a user names.

    >>> named_kind("fuseki").title
    'Apache Jena Fuseki'

    Raises:
        StoreError: no kind has that name.
    """
    if name not in PROFILES:
        raise StoreError(f"found the kind {name[:40]!r}, expected one of {', '.join(PROFILES)}")
    return PROFILES[name]
