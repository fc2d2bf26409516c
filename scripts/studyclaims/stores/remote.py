"""The remote store: any server that speaks SPARQL 1.1, asked and written to over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlencode

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from studyclaims.errors import StoreError
from studyclaims.stores.binding import (
    ALIVE,
    declared,
    form_of,
    keywords,
    names_graphs,
    parted,
    prepared,
    selecting,
)
from studyclaims.stores.bodies import (
    RESULTS,
    TRIPLES,
    require_done,
    require_status,
    solutions,
    triples,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import Literal, QueryBoolean, QuerySolutions, QueryTriples, Triple

    from studyclaims.stores.calls import Caller
    from studyclaims.stores.endpoints import Endpoint

_COUNT: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_GRAPHS: Final = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
"""Without ORDER BY, Virtuoso 7.2.5 takes a minute over 50,000 triples."""
_ANY: Final = "ASK { ?s ?p ?o }"
_ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"

_DROPPED: Final = frozenset({200, 202, 204, 404})
_PUT: Final = frozenset({200, 201, 204})


class RemoteStore:
    """A store on a server.

    What it answers is whole: a result that was cut, by whatever stands on the way, is an error.

    >>> from studyclaims.stores.calls import Caller
    >>> from studyclaims.stores.endpoints import endpoint_of
    >>> from studyclaims.stores.profiles import OXIGRAPH
    >>> RemoteStore(endpoint_of("http://localhost:7878/", OXIGRAPH), Caller())
    <RemoteStore: Oxigraph at http://localhost:7878/query>
    """

    def __init__(self, endpoint: Endpoint, caller: Caller, merged: str = "") -> None:
        """Take a store at an endpoint.

        Args:
            endpoint: where it takes what.
            caller: how it is called; each call has its deadline for itself.
            merged: a graph that holds what all others hold, each triple once, to be asked in place
                of their union: there, most stores find a triple once for each graph that has it.
                What asks for graphs by name finds neither it nor any whose name begins with it.
        """
        self.endpoint = endpoint
        self.merged = merged
        self.caller = caller
        self.profile = endpoint.profile

    def __repr__(self) -> str:
        return f"<RemoteStore: {self.profile.title} at {self.endpoint.query}>"

    def query(
        self, text: str, values: Mapping[str, NamedNode | Literal] | None = None
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return the answer of a SPARQL query; its default graph is the union of all graphs.

        The prefixes of ``ontology/context.jsonld`` need no declaration. ``values`` binds variables
        by name, each in the outermost pattern.

        Raises:
            QueryError: the query is too large, too deep, reaches outside, or cannot be read.
            StoreError: no whole answer came.
        """
        form = form_of(text)
        parameters = self._dataset(text)
        whole = prepared(text, values)
        if form in {"SELECT", "ASK"}:
            return self._solutions(whole, form, parameters)
        found = self._triples(whole, form, parameters)
        if form == "DESCRIBE" and not found:
            self._solutions(ALIVE, "ASK", [])
        elif not found or self.profile.row_cap:
            self._require_solutions(whole, parameters, len(found))
        return _as_results(found)

    def update(self, text: str) -> None:
        """Do a SPARQL update. It is sent once; what it did can only be seen by asking.

        The prefixes of ``ontology/context.jsonld`` need no declaration.

        Raises:
            QueryError: the store cannot read it.
            StoreError: the store refused it, or did not say that it is done; it may be done or not.
        """
        direct = self.profile.update_form == "direct"
        answer = self.caller.change(self.endpoint.update, declared(text), direct=direct)
        require_done(answer, self.profile)

    def put_graph(self, iri: str, ntriples: bytes) -> None:
        """Let a graph hold these triples and no others.

        Raises:
            StoreError: they are no N-Triples; the store refused them; or it has another number of
                triples afterwards, numbers that it writes alike counted once.
        """
        expected = len(dict.fromkeys(_parsed(ntriples)))
        answer = self.caller.send("PUT", self._place(iri), {"Content-Type": TRIPLES}, ntriples)
        require_status(answer, _PUT)
        found = self.count(iri)
        # Numbers that a store writes alike may be one afterwards, but never none.
        alike = self.profile.rewrites_numbers and 0 < found <= expected
        if found != expected and not alike:
            raise StoreError(
                f"{answer.url}: found {found} triples in <{iri}> after writing, expected "
                f"{expected}; does anything else write to this graph?"
            )

    def delete_graph(self, iri: str) -> None:
        """Drop a graph; one that is not there is dropped already.

        Raises:
            StoreError: the store refused, or still has triples in it.
        """
        answer = self.caller.send("DELETE", self._place(iri), {})
        require_status(answer, _DROPPED)
        found = self.count(iri)
        if found:
            raise StoreError(
                f"{answer.url}: found {found} triples in <{iri}> after dropping it, expected none; "
                "does anything else write to this graph?"
            )

    def read_graph(self, iri: str) -> Iterator[Triple]:
        """Yield the triples of a graph; one that is not there has none.

        Raises:
            StoreError: not all of them came; nothing is yielded then.
        """
        expected = self.count(iri)
        found = self._parts(iri, expected) if self.profile.row_cap else self._graph(iri)
        if len(found) != expected:
            raise StoreError(
                f"{self.endpoint.query}: found {len(found)} triples of <{iri}>, expected "
                f"{expected}, as the store counts them; is it written to just now? read it again"
            )
        yield from dict.fromkeys(found)

    def _graph(self, iri: str) -> list[Triple]:
        """Return the triples of a graph, by the Graph Store Protocol where it is spoken."""
        if not self.endpoint.graph_store:
            return self._triples(_ALL, "CONSTRUCT", [("default-graph-uri", iri)])
        answer = self.caller.send("GET", self._place(iri), {"Accept": TRIPLES})
        return [] if answer.status == 404 else triples(answer, self.profile)

    def _parts(self, iri: str, expected: int) -> list[Triple]:
        """Return the distinct triples of a graph, from a store that gives no more than some."""
        found: list[Triple] = []
        number = -(-expected * 2 // (self.profile.row_cap or 1))
        for text in parted(number) if number > 1 else [_ALL]:
            found += self._triples(text, "CONSTRUCT", [("default-graph-uri", iri)])
        return found

    def graphs(self) -> list[str]:
        """Return the names of the graphs that hold a triple, sorted.

        Raises:
            StoreError: no whole answer came.
        """
        return sorted(str(row["g"].value) for row in self._rows(_GRAPHS, []))

    def holds(self, iri: str) -> bool:
        """Return whether a graph has a triple.

        Raises:
            StoreError: no whole answer came.
        """
        return bool(self._solutions(_ANY, "ASK", [("default-graph-uri", iri)]))

    def count(self, iri: str) -> int:
        """Return how many triples a graph has.

        Raises:
            StoreError: no whole answer came, or it is no number.
        """
        rows = [row["n"] for row in self._rows(_COUNT, [("default-graph-uri", iri)])]
        if len(rows) != 1 or not re.fullmatch("[0-9]{1,15}", getattr(rows[0], "value", "")):
            raise StoreError(f"{self.endpoint.query}: found no number of triples, expected one")
        return int(rows[0].value)

    def _require_solutions(self, text: str, parameters: list[tuple[str, str]], found: int) -> None:
        """Raise where the triples of a CONSTRUCT cannot be all that there are.

        A store may make them of some of the solutions without a word, and an empty body is no
        triples as well as a failure; but a SELECT of the same solutions shows both.
        """
        rows = sum(1 for _ in self._rows(selecting(text), parameters))
        if rows and not found:
            raise StoreError(
                f"{self.endpoint.query}: found no triples of {rows} solutions, expected some; if "
                "that can be, let the pattern ask for all that the template needs"
            )

    def _dataset(self, text: str) -> list[tuple[str, str]]:
        """Return the parameters that make a query's default graph the union of all graphs."""
        words = keywords(text)
        if "from" in words:
            return []
        parameters = list(self.profile.union_parameters)
        if self.merged:
            parameters = [("default-graph-uri", self.merged)]
        hidden = self.profile.names_graphs or self.merged
        if hidden and names_graphs(words):
            names = self.graphs()
            if self.merged:
                names = [iri for iri in names if not iri.startswith(self.merged)]
            parameters += [("named-graph-uri", iri) for iri in names]
        return parameters

    def _rows(self, text: str, parameters: list[tuple[str, str]]) -> QuerySolutions:
        return cast("QuerySolutions", self._solutions(text, "SELECT", parameters))

    def _solutions(
        self, text: str, form: str, parameters: list[tuple[str, str]]
    ) -> QuerySolutions | QueryBoolean:
        answer = self.caller.ask(self.endpoint.query, text, form, RESULTS, parameters)
        return solutions(answer, self.profile, asked=form)

    def _triples(self, text: str, form: str, parameters: list[tuple[str, str]]) -> list[Triple]:
        answer = self.caller.ask(self.endpoint.query, text, form, TRIPLES, parameters)
        return triples(answer, self.profile)

    def _place(self, iri: str) -> str:
        """Return where a graph is put, got and dropped."""
        if not self.endpoint.graph_store:
            raise StoreError(
                f"{self.endpoint.query}: found no address for graphs, expected one of the SPARQL "
                "1.1 Graph Store Protocol; say which kind of store it is"
            )
        return f"{self.endpoint.graph_store}?{urlencode({'graph': NamedNode(iri).value})}"


def _parsed(ntriples: bytes) -> list[Triple]:
    """Return the triples of N-Triples that are to be written."""
    try:
        return [quad.triple for quad in parse(ntriples, format=RdfFormat.N_TRIPLES)]
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"found no N-Triples ({error}), expected what can be written") from error


def _as_results(found: list[Triple]) -> QueryTriples:
    """Return triples as the embedded store answers with them."""
    store = Store()
    store.bulk_extend(Quad(*triple) for triple in found)
    return cast("QueryTriples", store.query(_ALL))
