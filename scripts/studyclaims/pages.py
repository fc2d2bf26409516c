"""Pages: a study, a claim, an entity or a proposition of a graph, as readable sentences."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal

from studyclaims.errors import QueryError, TermError
from studyclaims.predicates import RELATIONS
from studyclaims.queries import Rows, ask
from studyclaims.rdf import node
from studyclaims.terms import BASE, SC, compress, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.stores.embedded import EmbeddedStore

_CLAIMS: Final = """
SELECT ?it ?claim ?study ?source ?title ?kind ?stance ?certainty ?basis ?role ?about ?link ?outcome
       ?aboutLabel ?outcomeLabel ?species ?lag ?bound ?startLabel
       (GROUP_CONCAT(DISTINCT ?word; separator="␞") AS ?cue)
       (GROUP_CONCAT(DISTINCT ?place; separator="␞") AS ?at)
WHERE {
  %s
  ?claim a sc:Claim ; dct:isPartOf ?study ; sc:proposition ?proposition ; sc:source ?source ;
    sc:stance ?stance ; sc:certainty ?certainty ; sc:basis ?basis ; sc:role ?role ;
    sc:cue ?word ; sc:restsOn/sc:locator ?place .
  ?source dct:title ?title .
  ?proposition sc:about ?about ; sc:link ?link ; sc:outcomeEntity ?outcome .
  ?about rdfs:label ?aboutLabel . ?outcome rdfs:label ?outcomeLabel .
  OPTIONAL { ?source sc:primarySource ?kind }
  OPTIONAL { ?claim sc:species/rdfs:label ?species }
  OPTIONAL { ?claim sc:lagPrinted ?lag ; sc:lagBound ?bound ; sc:lagFrom/rdfs:label ?startLabel }
}
GROUP BY ?it ?claim ?study ?source ?title ?kind ?stance ?certainty ?basis ?role
         ?about ?link ?outcome ?aboutLabel ?outcomeLabel ?species ?lag ?bound ?startLabel
ORDER BY ?claim
"""
"""Claims with what a sentence about them needs; ``%s`` is one of this module's own patterns."""

_GAP: Final = "␞"
"""Stands between grouped texts: no cue and no locator holds this sign."""

_SAYS: Final = {
    "suggested": "suggests",
    "hypothesised": "hypothesises",
    "speculated": "speculates",
}
_FIRM: Final = {
    "supports": "asserts that",
    "refutes": "denies that",
    "noEffect": "tested and found no sign that",
}
_HEDGED: Final = {
    "supports": "that",
    "refutes": "that it is not so that",
    "noEffect": "that there is no sign that",
}
_BOUNDS: Final = {"at": "at", "by": "by", "from": "from", "atPeak": "peaking at"}


@dataclass(frozen=True, slots=True)
class Page:
    """What ``show`` prints: a title, the sentences, and the same as data."""

    title: str
    lines: tuple[str, ...]
    data: dict[str, Any]

    def __str__(self) -> str:
        return "\n".join((self.title, "", *self.lines))


def page(store: EmbeddedStore, name: str) -> Page:
    """Return the page of a study key, ``key/claim``, a DOI, an IRI, a CURIE or a label.

    Raises:
        QueryError: the graph has nothing of that name.
    """
    makers = {
        "Study": _study_page,
        "Claim": _claim_page,
        "WithdrawnClaim": _withdrawn_page,
        "Proposition": _proposition_page,
        "Entity": _entity_page,
        "Source": _source_page,
    }
    for iri in filter(_is_iri, _candidates(store, name)):
        found = ask(store, "SELECT ?it ?kind { ?it a ?kind }", {"it": node(iri)})
        kinds = {row["kind"] for row in found} if isinstance(found, Rows) else set()
        for kind, maker in makers.items():
            if SC + kind in kinds:
                return maker(store, iri)
        if ask(store, "SELECT ?it { ?it ^sc:involves ?entity } LIMIT 1", {"it": node(iri)}):
            return _term_page(store, iri)
    raise QueryError(
        f"the graph has no study, claim, proposition, entity, term or source {name!r}; "
        "write a study's key, key/claim, a DOI, an IRI, a CURIE or a label"
    )


def _is_iri(text: str) -> bool:
    """Return whether the engine takes a text for an IRI."""
    with suppress(ValueError):
        return bool(node(text))
    return False


def _candidates(store: EmbeddedStore, name: str) -> Iterator[str]:
    """Yield the IRIs that a name may stand for, the likeliest first."""
    if not name.isprintable():
        return
    if re.fullmatch(r"https?://\S+", name):
        yield name
    elif re.fullmatch(r"10\.\d{4,9}/\S+", name):
        yield f"https://doi.org/{name.lower()}"
    elif re.fullmatch(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*", name):
        yield f"{BASE}claim/{name}"
    else:
        if re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            yield f"{BASE}study/{name}#study"
        with suppress(TermError):
            yield expand(name)
        text = (
            "SELECT ?it ?text { ?it rdfs:label ?label FILTER(LCASE(?label) = ?text) } ORDER BY ?it"
        )
        found = ask(store, text, {"text": Literal(name.lower())})
        yield from sorted(row["it"] for row in found) if isinstance(found, Rows) else ()


def claim_rows(store: EmbeddedStore, pattern: str, **values: str) -> list[dict[str, Any]]:
    """Return the claims that a graph pattern over ``?claim`` selects, each with its sentence."""
    bound = {name: node(iri) for name, iri in values.items()}
    found = ask(store, _CLAIMS % pattern, bound)
    rows = list(found) if isinstance(found, Rows) else []
    for row in rows:
        del row["it"]
        row["cue"] = sorted(row["cue"].split(_GAP))
        row["at"] = sorted(row["at"].split(_GAP))
        row["sentence"] = sentence(row)
    return rows


def sentence(row: dict[str, Any]) -> str:
    """Return a claim in one readable sentence."""
    says = _says(row)
    relation = RELATIONS[_local(row["link"]).removeprefix("rel").lower()].reads
    statement = f"{row['aboutLabel']} {third_person(relation)} {row['outcomeLabel']}"
    kind = "news" if row["kind"] else "paper"
    parts = [f"The {kind} {says} {statement} ({'; '.join(f'“{cue}”' for cue in row['cue'])})."]
    if row["lag"]:
        bound = _BOUNDS[_local(row["bound"])]
        parts.append(f"Seen {bound} {row['lag']} after {row['startLabel']}.")
    parts.append(f"{_capital('; '.join(row['at']))}; {_local(row['role'])}")
    basis = _local(row["basis"])
    parts[-1] += f", on {basis}" if basis != "none" else ""
    parts[-1] += f"; {row['species']}." if row["species"] else "."
    return " ".join(parts)


def _says(row: dict[str, Any]) -> str:
    """Return what the source does with the proposition, in the words before the statement."""
    stance, certainty = _local(row["stance"]), _local(row["certainty"])
    if stance == "inconclusive":
        return "leaves open whether"
    if certainty != "asserted":
        return f"{_SAYS[certainty]} {_HEDGED[stance]}"
    own = row["kind"] is None and _local(row["role"]) in {"result", "conclusion"}
    return _FIRM[stance] if own or stance != "supports" else "states that"


def third_person(verb: str) -> str:
    """Return a relation's verb as a sentence needs it.

    >>> third_person("be associated with"), third_person("amplify"), third_person("cause")
    ('is associated with', 'amplifies', 'causes')
    """
    first, _, rest = verb.partition(" ")
    inflected = first[:-1] + "ies" if first.endswith("y") else first + "s"
    return f"{'is' if first == 'be' else inflected} {rest}".strip()


def _local(iri: str) -> str:
    """Return the last part of an IRI of our vocabulary."""
    return iri.rpartition("/")[2]


def _one(store: EmbeddedStore, text: str, iri: str) -> dict[str, Any]:
    """Return the first row of a query about one thing."""
    found = ask(store, text, {"it": node(iri)})
    row = next(iter(found), {}) if isinstance(found, Rows) else {}
    row.pop("it", None)
    return {name: _in_order(value) for name, value in row.items()}


def _in_order(value: Any) -> Any:  # noqa: ANN401 - a plain value of a row
    """Return grouped texts sorted: an engine groups them in any order."""
    return "; ".join(sorted(value.split(_GAP))) if isinstance(value, str) else value


def _page(title: str, facts: dict[str, Any], claims: list[dict[str, Any]]) -> Page:
    """Return a page of facts, one a line, then the claims as sentences."""
    lines = [f"{name}: {value}" for name, value in facts.items() if value not in {None, ""}]
    noun = "claim" if len(claims) == 1 else "claims"
    lines += ["", f"{len(claims)} {noun}"] if claims and lines else []
    lines += [f"  {_short(row['claim'])}: {row['sentence']}" for row in claims]
    return Page(title, tuple(lines), {"title": title, **facts, "claims": claims})


def _capital(text: str) -> str:
    """Return the text with a capital first; `str.capitalize` would make the rest small."""
    return text[:1].upper() + text[1:]


def _short(claim: str) -> str:
    return claim.removeprefix(f"{BASE}claim/")


def _study_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(
        store,
        """
        SELECT ?it ?title ?doi ?journal (MIN(SUBSTR(STR(?issued), 1, 4)) AS ?year) ?status
               (COUNT(DISTINCT ?who) AS ?authors)
               (GROUP_CONCAT(DISTINCT ?part; separator="␞") AS ?read)
        WHERE { ?it dct:source ?doi . ?doi dct:title ?title ; sc:partRead ?part .
          ?graph foaf:primaryTopic ?it ; sc:recordStatus ?status .
          OPTIONAL { ?doi dct:issued ?issued }
          OPTIONAL { ?doi schema:isPartOf ?journal } OPTIONAL { ?doi schema:author ?who } }
        GROUP BY ?it ?title ?doi ?journal ?status
        """,
        iri,
    )
    facts["status"] = _local(facts.get("status", ""))
    claims = claim_rows(store, "?claim dct:isPartOf ?it .", it=iri)
    title = str(facts.pop("title", iri))
    return _page(title, facts, claims)


def _claim_page(store: EmbeddedStore, iri: str) -> Page:
    claim = claim_rows(store, "FILTER(?claim = ?it)", it=iri)[0]
    facts = _one(
        store,
        """
        SELECT ?it ?predicate ?note (GROUP_CONCAT(DISTINCT ?eco; separator="␞") AS ?evidence)
               (GROUP_CONCAT(DISTINCT ?hash; separator="␞") AS ?hashes)
        WHERE { ?it sc:restsOn ?item . ?item sc:ecoType/rdfs:label ?eco .
          OPTIONAL { ?item sc:sentenceHash ?hash } OPTIONAL { ?it rdf:predicate ?predicate }
          OPTIONAL { ?it rdfs:comment ?note } }
        GROUP BY ?it ?predicate ?note
        """,
        iri,
    )
    writes = facts.pop("predicate", None)
    facts = {"source": f"{claim['title']} <{claim['source']}>", **facts}
    facts["writes"] = compress(writes) if writes else "no direct triple"
    return _page(_short(iri), facts, [claim])


def _withdrawn_page(store: EmbeddedStore, iri: str) -> Page:
    text = "SELECT ?it ?date ?reason { ?it dct:date ?date ; rdfs:comment ?reason }"
    return _page(f"{_short(iri)} (withdrawn)", _one(store, text, iri), [])


def _proposition_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(
        store, "SELECT ?it ?label ?topic { ?it rdfs:label ?label ; sc:topicGroup ?topic }", iri
    )
    title = _capital(str(facts.pop("label", iri)))
    return _page(title, facts, claim_rows(store, "?claim sc:proposition ?it .", it=iri))


def _entity_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(
        store,
        """
        SELECT ?it ?label ?core (GROUP_CONCAT(DISTINCT ?name; separator="␞") AS ?terms)
        WHERE { ?it rdfs:label ?label ; sc:coreTerm/rdfs:label ?core .
          ?it sc:involves/rdfs:label ?name }
        GROUP BY ?it ?label ?core
        """,
        iri,
    )
    pattern = "?claim sc:proposition/(sc:about|sc:outcomeEntity) ?it ."
    title = str(facts.pop("label", iri))
    return _page(title, {"iri": iri, **facts}, claim_rows(store, pattern, it=iri))


def _term_page(store: EmbeddedStore, iri: str) -> Page:
    facts = _one(store, "SELECT ?it ?label { ?it rdfs:label ?label }", iri)
    pattern = "?claim sc:proposition/(sc:about|sc:outcomeEntity)/sc:involves ?it ."
    title = f"{facts.pop('label', iri)} ({compress(iri)})"
    return _page(title, facts, claim_rows(store, pattern, it=iri))


def _source_page(store: EmbeddedStore, iri: str) -> Page:
    text = """
        SELECT ?it ?title ?reports
        WHERE { ?it dct:title ?title OPTIONAL { ?it sc:primarySource ?reports } }
        """
    facts = _one(store, text, iri)
    title = str(facts.pop("title", iri))
    return _page(title, facts, claim_rows(store, "?claim sc:source ?it .", it=iri))
