"""The profile for Translator: edges whose every column is Biolink's, between terms.

Whoever reads such a file knows neither our columns nor our entities, and may drop ``negated``. So
only the claims of ``edges`` go in, each end projected to one outside term, and nothing is said that
does not follow: a change in what an object has is ``biolink:affects`` on it, with the direction
where Biolink can say of what. An object may lose what narrows it; a subject may not, for "the
muscle affects bone" is not what "the paralysed muscle affects bone" says. The one exception is
Biolink's own way to speak of what is given: the injection of a substance is the substance. What was
left out, and why, and which slots were lost, is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from studyclaims.exports.kgx import CATEGORIES, EDGE_COLUMNS, NODE_COLUMNS
from studyclaims.exports.kgxcells import short, to_jsonl, to_tsv, whole
from studyclaims.slots import branch
from studyclaims.terms import BASE, compress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studyclaims.exports.kgxcells import Exchange, Row
    from studyclaims.terms import TermEntry

AFFECTS: Final = "biolink:affects"
CHEMICAL_AFFECTS: Final = "biolink:ChemicalAffectsBiologicalEntityAssociation"
COLUMNS: Final = (
    *EDGE_COLUMNS, "qualified_predicate", "subject_context_qualifier", "object_context_qualifier",
    "object_aspect_qualifier", "object_direction_qualifier",
)  # fmt: skip
"""All columns of the edges; a class that has not all of these is not used with them."""

_AMOUNT: Final = "PATO:0000070"
_GIVEN: Final = frozenset({"OBI", "MAXO"})
_CAUSAL: Final = frozenset({"biolink:causes", "biolink:contributes_to"})
_DIRECTIONS: Final = frozenset({"sc:increased", "sc:decreased"})
_NARROWING: Final = {
    "sc_byAgent": "byAgent",
    "sc_dueTo": "dueTo",
    "sc_modifier": "modifier",
}
"""What an object may lose: without it the object is a wider one."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The rows of the files, why claims were left out, and which slots of objects were lost."""

    nodes: tuple[Row, ...]
    edges: tuple[Row, ...]
    left_out: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, Any]:
        """Return how many claims went in, how many were left out why, and what was lost."""
        return {
            "edges": len(self.edges),
            "nodes": len(self.nodes),
            "left out": dict(sorted(self.left_out.items())),
            "lost": dict(sorted(self.lost.items())),
        }


class _NotProjectedError(Exception):
    """A claim that Biolink cannot say; the message is the reason that is counted."""


def project(rows: Exchange, index: Mapping[str, TermEntry]) -> Projection:
    """Return what of an exchange Translator can be told.

    >>> from studyclaims.exports.kgxcells import Exchange
    >>> project(Exchange((), (), ()), {}).counts()["edges"]
    0
    """
    entities = {row["id"]: row for row in rows.nodes}
    nodes: dict[str, Row] = {}
    edges: list[Row] = []
    left_out, lost = Counter[str](), Counter[str]()
    if rows.others:
        left_out["null, refuted, inconclusive, hedged, stated, or a relation Biolink has not"] = (
            len(rows.others)
        )
    alone = sum("sc_link" in row for row in rows.nodes)
    if alone:
        left_out["a comparison or a description, which is no edge"] = alone
    for row in rows.edges:
        try:
            edge, missing = _edge(row, entities, index)
        except _NotProjectedError as error:
            left_out[str(error)] += 1
            continue
        edges.append(edge)
        lost.update(missing)
        for end in ("subject", "object"):
            nodes[edge[end]] = _node(edge[end], index)
    return Projection(tuple(nodes[key] for key in sorted(nodes)), tuple(edges), left_out, lost)


def _edge(
    row: Row, entities: Mapping[str, Row], index: Mapping[str, TermEntry]
) -> tuple[Row, list[str]]:
    """Return an edge between terms, and the slots that it lost."""
    about, outcome = entities[row["subject"]], entities[row["object"]]
    edge: Row = {name: row[name] for name in EDGE_COLUMNS if name in row}
    composed = "sc_involves" in about or "sc_involves" in outcome
    if composed and row["predicate"] not in _CAUSAL:
        raise _NotProjectedError("a composition, and a predicate that is not causal")
    subject, lost = _subject(about)
    edge |= subject
    told, more = _object(outcome)
    edge |= told
    lost += more
    for end in ("subject", "object"):
        if edge[end].startswith(BASE):
            raise _NotProjectedError(f"the {end} is a term of ours")
    if composed:
        edge["predicate"] = AFFECTS
        chemical = _category(edge["subject"], index) == "ChemicalEntity"
        if _category(edge["object"], index) == "NamedThing":
            raise _NotProjectedError("the object's term has no class of Biolink")
        if chemical:
            edge["category"] = [CHEMICAL_AFFECTS]
            if "object_direction_qualifier" in edge:
                edge["qualified_predicate"] = row["predicate"]
        else:
            lost += [name for name in COLUMNS[len(EDGE_COLUMNS) :] if edge.pop(name, None)]
    return {name: edge[name] for name in COLUMNS if name in edge}, lost


def _subject(row: Row) -> tuple[Row, list[str]]:
    """Return a subject as one term: itself, or the substance that is given."""
    if "sc_involves" not in row:
        return {"subject": row["id"]}, []
    given = row.get("sc_variable", "").partition(":")[0] in _GIVEN
    slots = {name for name in row if name.startswith("sc_")} - {"sc_involves", "sc_coreTerm"}
    if not given or row.get("sc_change") != "sc:present" or "sc_byAgent" not in row:
        raise _NotProjectedError(
            "the subject is a state or a change, not a substance that is given"
        )
    if slots - {"sc_variable", "sc_change", "sc_byAgent", "sc_withinPart"}:
        raise _NotProjectedError("the subject is narrower than Biolink can say")
    told: Row = {"subject": row["sc_byAgent"]}
    parts = row.get("sc_withinPart", [])
    if parts:
        told["subject_context_qualifier"] = parts[0]
    return told, ["variable of the subject", *["withinPart"] * (len(parts) - 1)]


def _object(row: Row) -> tuple[Row, list[str]]:
    """Return an object as one term, with the qualifiers that Biolink has for its slots."""
    if "sc_involves" not in row:
        return {"object": row["id"]}, []
    if "sc_toward" in row or "sc_coreTerm" not in row:
        raise _NotProjectedError("the object is directed at something, which Biolink cannot say")
    told: Row = {"object": row["sc_coreTerm"]}
    lost = [slot for name, slot in _NARROWING.items() if name in row]
    parts = row.get("sc_withinPart", [])
    if parts:
        told["object_context_qualifier"] = parts[0]
        lost += ["withinPart"] * (len(parts) - 1)
    of_itself = row["sc_coreTerm"] == row.get("sc_variable")
    if of_itself and "sc_bearer" in row:
        lost.append("bearer")
    if not of_itself and row.get("sc_variable") != _AMOUNT:
        return told, [*lost, "variable of the object", "direction of the object"]
    if not of_itself:
        told["object_aspect_qualifier"] = "abundance"
    if row.get("sc_change") in _DIRECTIONS:
        told["object_direction_qualifier"] = row["sc_change"].removeprefix("sc:")
    return told, lost


def _category(name: str, index: Mapping[str, TermEntry]) -> str:
    """Return the class of Biolink that a term is of."""
    entry = index.get(whole(name).value)
    curie = compress(whole(name).value)
    return CATEGORIES.get(branch(curie, entry.namespace if entry else ""), "NamedThing")


def _node(name: str, index: Mapping[str, TermEntry]) -> Row:
    """Return a term as a node."""
    entry = index.get(whole(name).value)
    label = entry.label if entry else name
    return {
        "id": short(whole(name).value),
        "category": [f"biolink:{_category(name, index)}"],
        "name": label,
    }


def translator_files(found: Projection) -> dict[str, bytes]:
    """Return the files of the profile, each as TSV and as JSON Lines, by name.

    >>> sorted(translator_files(Projection((), ())))
    ['edges.jsonl', 'edges.tsv', 'nodes.jsonl', 'nodes.tsv']
    """
    return {
        "nodes.tsv": to_tsv(found.nodes, NODE_COLUMNS[:3]),
        "edges.tsv": to_tsv(found.edges, COLUMNS),
        "nodes.jsonl": to_jsonl(found.nodes),
        "edges.jsonl": to_jsonl(found.edges),
    }
