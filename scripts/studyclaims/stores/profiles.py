"""Profiles: how each kind of store differs from SPARQL 1.1 as written, one constant a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Profile:
    """What has to be known of a kind of store to ask it and to write to it.

    ``name`` is what a setting calls it, ``title`` what people do. Paths begin at the address that
    users are told to give, and where a store has a second set for those who log in, those are in
    ``private_paths``.
    """

    name: str
    title: str
    default_graph: Literal["union", "empty"]
    """What a query without GRAPH finds where nothing else is asked: all graphs, or none."""

    paths: tuple[str, str, str] = ("", "", "")
    """Where queries, updates and graphs go."""

    private_paths: tuple[str, str, str] | None = None
    """The same for calls with a user's name, where they differ."""

    union_parameters: tuple[tuple[str, str], ...] = ()
    """What goes with a query so that its default graph is all graphs."""

    names_graphs: bool = False
    """Whether the union hides the graphs' names, so that a query for graphs has to list them."""

    row_cap: int | None = None
    """The rows after which the store stops, as it comes: a header says so of a SELECT, and nothing
    of a CONSTRUCT or of a graph."""

    atomic_updates: bool = True
    """Whether several operations in one update are done all or none."""

    conditional_updates: bool = False
    """Whether it takes a whole load as the templates of one operation, which its WHERE can stop;
    RDF4J overflows its stack."""

    atomic_move: bool = True
    """Whether MOVE is never seen half done."""

    auth: Literal["none", "basic", "digest"] = "none"
    """How it asks for a user's name, where it does."""

    rewrites_numbers: bool = True
    """Whether ``1.50`` comes back as ``1.5``."""

    update_form: Literal["direct", "form"] = "direct"
    """Whether an update is the body itself, or a field of a form."""

    written: frozenset[int] = frozenset({200, 201, 204})
    """What it answers to an update that it did."""

    done_variable: str = ""
    """The variable of the result that it answers then, where it answers one: else there is none."""

    keeps_zeros: bool = False
    """Whether what was written as ``1.50`` and comes back as ``1.5`` is deleted by neither name:
    then decimals are to be written as they come back."""

    spoils_literals: bool = False
    """Whether durations come as numbers of seconds, and truths as 1 and 0."""

    lowers_languages: bool = False
    """Whether ``"a"@en-GB`` comes back as ``"a"@en-gb``."""


OXIGRAPH: Final = Profile(
    name="oxigraph",
    title="Oxigraph",
    default_graph="empty",
    paths=("/query", "/update", "/store"),
    union_parameters=(("union-default-graph", ""),),
    conditional_updates=True,
    written=frozenset({204}),
)

FUSEKI: Final = Profile(
    name="fuseki",
    title="Apache Jena Fuseki",
    default_graph="empty",
    paths=("/query", "/update", "/data"),
    union_parameters=(("default-graph-uri", "urn:x-arq:UnionGraph"),),
    names_graphs=True,
    conditional_updates=True,
    keeps_zeros=True,
    auth="basic",
    written=frozenset({204}),
)

RDF4J: Final = Profile(
    name="rdf4j",
    title="Eclipse RDF4J",
    default_graph="union",
    paths=("", "/statements", "/rdf-graphs/service"),
    auth="basic",
    rewrites_numbers=False,
    lowers_languages=True,
    written=frozenset({204}),
)
"""GraphDB speaks this protocol too."""

VIRTUOSO: Final = Profile(
    name="virtuoso",
    title="OpenLink Virtuoso",
    default_graph="union",
    paths=("/sparql", "/sparql", "/sparql-graph-crud"),
    private_paths=("/sparql-auth", "/sparql-auth", "/sparql-graph-crud-auth"),
    row_cap=10_000,
    atomic_updates=False,
    atomic_move=False,
    auth="digest",
    update_form="form",
    written=frozenset({200}),
    done_variable="callret-0",
    spoils_literals=True,
)

SPARQL11: Final = Profile(
    name="sparql11",
    title="a store that speaks SPARQL 1.1",
    default_graph="empty",
    atomic_updates=False,
    atomic_move=False,
)
"""Any other store: nothing is taken for granted that SPARQL 1.1 does not say."""

PROFILES: Final = {
    profile.name: profile for profile in (OXIGRAPH, FUSEKI, RDF4J, VIRTUOSO, SPARQL11)
}
"""Every profile, by the name a setting has for it."""
