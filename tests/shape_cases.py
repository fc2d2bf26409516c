"""For every check of ``shapes/`` graphs that break just it, and graphs that just do not.

A case edits the triples of the small study; `Case.also` names the other checks that such a graph
cannot but break.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from pyoxigraph import Literal

from shape_drafts import (
    DRAFTER,
    GRAPH,
    NEWS,
    OTHER,
    PAPER,
    STUDY,
    A,
    B,
    C,
    D,
    Draft,
    Term,
    typed,
)
from studyclaims.predicates import RELATIONS
from studyclaims.terms import BASE, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyoxigraph import Quad

Edit: TypeAlias = "Callable[[Draft], object]"


@dataclass(frozen=True)
class Case:
    """A graph that breaks the check ``shape`` once, and of the others only those in ``also``."""

    shape: str
    name: str
    edit: Edit
    also: frozenset[str] = frozenset()

    def quads(self) -> list[Quad]:
        """Return the broken graph."""
        draft = Draft()
        self.edit(draft)
        return draft.quads()


def steps(*edits: Edit) -> Edit:
    """Return the edits as one."""
    return lambda draft: [edit(draft) for edit in edits]


def _put(subject: str, predicate: str, value: Term) -> Edit:
    return lambda draft: draft.put(subject, predicate, value)


def _drop(subject: str, predicate: str, value: Term = None) -> Edit:
    return lambda draft: draft.drop(subject, predicate, value)


def _swap(subject: str, predicate: str, value: Term) -> Edit:
    return lambda draft: draft.swap(subject, predicate, value)


def _writes(claim: str, predicate: str) -> Edit:
    return lambda draft: draft.writes(claim, predicate)


def _rename(old: str, new: str) -> Edit:
    return lambda draft: draft.rename(old, new)


def _silence(claim: str) -> Edit:
    return lambda draft: draft.silence(claim)


_SOURCE = steps(
    _put(OTHER, "rdf:type", "sc:Source"),
    _put(OTHER, "dct:title", Literal("Other")),
    _put(OTHER, "sc:partRead", Literal("body")),
)
_ORPHAN = steps(
    _put("@new/1", "rdf:type", "sc:Evidence"),
    _put("@new/1", "sc:ecoType", "ECO:0000179"),
    _put("@new/1", "sc:measured", typed("true", "xsd:boolean")),
    _put("@new/1", "sc:locator", Literal("title")),
)
_HOURS = "xsd:decimal"
_LEAST, _MOST = "sc:lagMinHours", "sc:lagMaxHours"


def _each(subject: str, predicate: str, second: Term, outside: Term) -> Iterator[tuple[str, Edit]]:
    """Yield the three ways to break exactly one value from a set or of a class."""
    yield "none", _drop(subject, predicate)
    yield "two", _put(subject, predicate, second)
    yield "outside", _swap(subject, predicate, outside)


def _sources() -> Iterator[Case]:
    yield Case("Source", "urn", _rename(NEWS, "urn:x://news"))
    yield Case("Source-title", "none", _drop(PAPER, "dct:title"))
    yield Case("Source-title", "two", _put(PAPER, "dct:title", Literal("Q")))
    yield Case("Source-part", "none", _drop(PAPER, "sc:partRead"))
    yield Case("Source-part", "outside", _put(PAPER, "sc:partRead", Literal("discussion")))
    yield Case("Source-primary", "two", steps(_SOURCE, _put(NEWS, "sc:primarySource", OTHER)))
    yield Case("Source-primary", "class", _swap(NEWS, "sc:primarySource", OTHER))
    yield Case("Source-issued", "text", _swap(PAPER, "dct:issued", Literal("2020")))
    moment = typed("2020-02-03T00:00:00", "xsd:dateTime")
    yield Case("Source-issued", "moment", _swap(PAPER, "dct:issued", moment))
    yield Case("Source-news", "none", _drop(NEWS, "sc:primarySource"))
    for name, doi in {
        "capital": "https://doi.org/10.1000/Small.1",
        "resolver": "http://dx.doi.org/10.1000/small.1",
        "short": "https://doi.org/10.100/small.1",
        "bare": "https://doi.org/10.1000/",
    }.items():
        yield Case("Source-doi", name, _rename(PAPER, doi))
    yield Case("Source-itself", "itself", _swap(NEWS, "sc:primarySource", NEWS))


def _evidence() -> Iterator[Case]:
    for name, edit in _each("@told/1", "sc:ecoType", "ECO:0000204", "CL:0000092"):
        yield Case("Evidence-type", name, edit)
    text = Literal(expand("ECO:0000204"))
    unlisted = frozenset({"Term-listed"})
    yield Case("Evidence-type", "text", _swap("@told/1", "sc:ecoType", text), unlisted)
    for name, edit in _each("@told/1", "sc:measured", typed("true", "xsd:boolean"), Literal("no")):
        yield Case("Evidence-measured", name, edit)
    yield Case("Evidence-locator", "none", _drop("@told/1", "sc:locator"))
    yield Case("Evidence-locator", "two", _put("@told/1", "sc:locator", Literal("lede")))
    yield Case("Evidence-hash", "two", _put("@found/1", "sc:sentenceHash", Literal("0" * 64)))
    yield Case("Evidence-hash", "short", _swap("@found/1", "sc:sentenceHash", Literal("0" * 63)))
    yield Case("Evidence-hash", "capital", _swap("@found/1", "sc:sentenceHash", Literal("A" * 64)))
    yield Case("Evidence-rule", "outside", _swap("@found/1", "sc:hashRule", Literal("sc-text-2")))
    yield Case("Evidence-hash-has-rule", "none", _drop("@found/1", "sc:hashRule"))
    yield Case("Evidence-rule-has-hash", "none", _drop("@found/1", "sc:sentenceHash"))
    yield Case("Evidence-claim", "none", _ORPHAN)
    yield Case("Evidence-claim", "two", _put("@told", "sc:restsOn", "@hedged/1"))
    yield Case("Evidence-claim", "class", steps(_ORPHAN, _put(OTHER, "sc:restsOn", "@new/1")))


def _cues() -> Iterator[Case]:
    yield Case("Cue-present", "none", _drop("@hedged", "sc:cue"))
    for name, text in {"seven": "a b c d e f g", "empty": "", "blanks": "a  b"}.items():
        yield Case("Cue-words", name, _put("@hedged", "sc:cue", Literal(text)))
    yield Case("Cue-length", "61", _put("@hedged", "sc:cue", Literal("x" * 61)))


def _claims() -> Iterator[Case]:
    study = f"{BASE}study/other#study"
    typing = _put(study, "rdf:type", "sc:Study")
    yield Case("Invariant-study", "none", _drop("@told", "dct:isPartOf"))
    second = steps(typing, _put("@told", "dct:isPartOf", study))
    yield Case("Invariant-study", "two", second, frozenset({"Curation-header"}))
    yield Case("Invariant-study", "outside", _swap("@told", "dct:isPartOf", study))
    others = {
        "proposition": Draft().get("@absent", "sc:proposition"),
        "source": NEWS,
        "stance": "sc:inconclusive",
        "certainty": "sc:suggested",
        "basis": "sc:none",
        "role": "sc:background",
    }
    for field_, value in others.items():
        for name, edit in _each("@refuted", f"sc:{field_}", value, OTHER):
            yield Case(f"Invariant-{field_}", name, edit)
    yield Case("Invariant-evidence", "class", _put("@refuted", "sc:restsOn", OTHER))
    told = ("rdf:type", "sc:ecoType", "sc:measured", "sc:locator")
    bare = steps(_drop("@refuted", "sc:restsOn"), *(_drop("@refuted/1", p) for p in told))
    yield Case("Invariant-evidence", "none", bare)
    yield Case("Invariant-hypothesis", "asserted", _swap("@refuted", "sc:role", "sc:hypothesis"))


def _associations() -> Iterator[Case]:
    proposition = Draft().get("@hedged", "sc:proposition")
    link = _put(OTHER, "sc:proposition", proposition)
    ends = {"subject": A, "predicate": "sc:mayCause", "object": B}
    rows = {f"rdf:{part}": _put(OTHER, f"rdf:{part}", end) for part, end in ends.items()}
    checks = {f"rdf:{part}": f"Association-{part}" for part in ends}
    yield Case("Association-claim", "whole", steps(link, *rows.values()))
    for part, edit in rows.items():
        also = frozenset(checks.values()) - {checks[part]}
        yield Case("Association-claim", part, steps(link, edit), also)
    typing = _put(OTHER, "rdf:type", "biolink:Association")
    yield Case("Association-claim", "class", typing, frozenset({"Association-predicate"}))
    for part in ("subject", "object"):
        shape, triple = f"Association-{part}", frozenset({"Triple-claim"})
        second = _put("@hedged", f"rdf:{part}", C)
        yield Case(shape, "second", second, frozenset({"Association-triple"}))
        yield Case(shape, "none", _drop("@hedged", f"rdf:{part}"), triple)
    silent = steps(
        _silence("@absent"),
        _swap("@absent", "sc:certainty", "sc:suggested"),
        _put("@absent", "rdf:subject", D),
        _put("@absent", "rdf:object", A),
    )
    yield Case("Association-predicate", "none", silent)
    both = _put("@told", "rdf:predicate", "sc:mayCause")
    yield Case("Association-predicate", "two", both, frozenset({"Predicate-hedged"}))
    typing = _put("@hedged", "rdf:type", "biolink:Association")
    yield Case("Association-biolink", "hedged", typing)


def _columns() -> Iterator[Case]:
    """Yield claims that write a predicate of a column they do not stand in."""
    suggested, null = "sc:suggested", "sc:noEffect"
    for claim in ("associated", "told", "hedged"):
        yield Case("Predicate-supports", claim, _swap(f"@{claim}", "sc:stance", null))
    for claim in ("associated", "told", "absent"):
        yield Case("Predicate-certain", claim, _swap(f"@{claim}", "sc:certainty", suggested))
    for claim in ("associated", "absent"):
        untested = _swap(f"@{claim}/1", "sc:measured", typed("false", "xsd:boolean"))
        yield Case("Predicate-primary", claim, _swap(f"@{claim}", "sc:source", NEWS))
        yield Case("Predicate-tested", claim, untested)
    for role in ("background", "implication"):
        yield Case("Predicate-own-role", role, _swap("@associated", "sc:role", f"sc:{role}"))
    yield Case("Predicate-null-role", "absent", _swap("@absent", "sc:role", "sc:background"))
    no_lag = [_drop("@absent", p) for p in ("sc:lag", "sc:lagBound", "sc:lagFrom", _LEAST)]
    supports = _swap("@absent", "sc:stance", "sc:supports")
    yield Case("Predicate-null-stance", "absent", steps(supports, *no_lag))
    yield Case("Predicate-hedged", "hedged", _swap("@hedged", "sc:certainty", "sc:asserted"))
    yield Case("Predicate-known", "unknown", _writes("@hedged", "sc:mayCure"))


def _rows() -> Iterator[Case]:
    for key, relation in RELATIONS.items():
        claim = "@guess" if key == "cause" else "@hedged"
        yield Case(f"Predicate-{key}-link", claim, _writes(claim, relation.hedged))
    bases = {"cause": "@found", "associate": "@associated", "precede": "@first"}
    for key, claim in bases.items():
        yield Case(f"Predicate-{key}-basis", claim, _swap(claim, "sc:basis", "sc:comparison"))
        yield Case(f"Predicate-{key}-stated", claim, _writes(claim, RELATIONS[key].stated))
    correlated = _swap("@correlated", "sc:basis", "sc:temporal")
    yield Case("Predicate-associate-basis", "@correlated", correlated)
    yield Case("Predicate-stated", "shown", _writes("@shown", "sc:statedToShow"))


def _others() -> Iterator[Case]:
    plain, strict = "biolink:associated_with", "biolink:correlated_with"
    yield Case("Predicate-no-coefficient", "correlated", _writes("@correlated", plain))
    yield Case("Predicate-coefficient", "associated", _writes("@associated", strict))
    unclassed = _drop_class("@associated")
    yield Case("Predicate-class", "associated", unclassed)
    yield Case("Predicate-something", "hedged", _silence("@hedged"))
    yield Case("Predicate-null", "absent", _silence("@absent"))
    for stance in ("refutes", "inconclusive"):
        edits = [_swap("@refuted", "sc:stance", f"sc:{stance}")]
        edits += [_swap("@refuted", "sc:role", "sc:background")]
        edit = steps(*edits, _writes("@refuted", "sc:statedToCause"))
        yield Case("Predicate-nothing", stance, edit, frozenset({"Predicate-supports"}))


def _drop_class(claim: str) -> Edit:
    return lambda draft: draft.drop(claim, "rdf:type", "biolink:Association")


def _triples() -> Iterator[Case]:
    yield Case("Entity-foreign", "same", _put(A, "owl:sameAs", B))
    yield Case("Entity-foreign", "reference", _put(A, "oboInOwl:hasDbXref", Literal("X:1")))
    yield Case("Triple-claim", "biolink", _put(A, "biolink:causes", C))
    yield Case("Triple-claim", "other subject", _put(OTHER, "biolink:causes", A))
    yield from _outside()
    yield Case("Triple-claim", "own", _put(A, "sc:mayCause", C))
    yield Case("Triple-value", "subject", _put(PAPER, "dct:subject", "biolink:causes"))


def _outside() -> Iterator[Case]:
    """Yield properties and names that no graph may hold, on each kind of subject."""
    proposition = Draft().get("@hedged", "sc:proposition")
    also = {A: frozenset({"Entity-foreign"})}
    for predicate in ("RO:0002411", "BFO:0000050"):
        for name, subject in {"entity": A, "claim": "@told", "proposition": proposition}.items():
            edit = _put(subject, predicate, B)
            yield Case(
                "Study-relation", f"{predicate} {name}", edit, also.get(subject, frozenset())
            )
        yield Case("Study-relation", f"{predicate} term", _put("CHEBI:3160", predicate, B))
    for local in ("treats", "prevents", "made_up", "agent_types", "negated", "subject"):
        yield Case("Study-relation", f"biolink:{local}", _put(A, f"biolink:{local}", B))
    yield Case("Study-relation", "text", _put("@told", "biolink:name", Literal("x")))
    for local in ("causes", "mayCure", "foundRelation", "statedRelation", "stances"):
        yield Case("Study-relation", f"sc:{local}", _put(B, f"sc:{local}", C))
    yield Case("Study-name", "value", _put(PAPER, "dct:subject", "biolink:treats"))
    yield Case("Study-name", "unknown", _put("@told", "rdfs:seeAlso", "biolink:made_up"))
    yield Case("Study-class", "gene", _put(B, "rdf:type", "biolink:Gene"))
    yield Case("Study-class", "more", _put("@told", "rdf:type", "biolink:Associations"))
    for claim in ("found", "hedged"):
        ends = (Draft().get(f"@{claim}", f"rdf:{part}") for part in ("subject", "object"))
        about, outcome = ends
        predicate = Draft().get(f"@{claim}", "rdf:predicate")
        edit = _drop(about.value, predicate.value, outcome)
        yield Case("Association-triple", claim, edit)


def _slots() -> Iterator[Case]:
    """Yield terms of branches that their slots do not take, and texts in the place of a term."""
    wrong = {
        "variable": (D, "sc:variable", "UBERON:0000979"),
        "bearer": (D, "sc:bearer", "PATO:0000117"),
        "part": (D, "sc:withinPart", "HP:0000938"),
        "agent": (D, "sc:byAgent", "UBERON:0000979"),
        "modifier": (D, "sc:modifier", A),
        "species": ("@found", "sc:species", "CL:0000092"),
        "site": ("@found", "sc:site", "PATO:0000117"),
    }
    right = {
        "variable": "PATO:0000117",
        "bearer": "CL:0000092",
        "part": "CL:0000092",
        "agent": "CHEBI:3160",
        "modifier": "PATO:0000627",
        "species": "NCBITaxon:10090",
        "site": "UBERON:0000979",
    }
    for name, (subject, predicate, term) in wrong.items():
        yield Case(f"Slot-{name}", "branch", _put(subject, predicate, term))
        text = Literal(expand(right[name]))
        unlisted = frozenset({"Term-listed"})
        yield Case(f"Slot-{name}", "text", _put(subject, predicate, text), unlisted)
    for name, term in {"variable": "GO:0005634", "bearer": A, "part": A}.items():
        edit = _put(D, wrong[name][1], term)
        yield Case(f"Slot-{name}-branch", "branch of GO", edit)
    for name, term in {"evidence": "ECO:0000179", "relation": "RO:0002411"}.items():
        yield Case("Slot", name, _put(term, "rdf:type", "sc:Entity"))


def _terms() -> Iterator[Case]:
    """Yield terms that no slice lists, one in each place a term has, and terms said otherwise."""
    for predicate, term in {
        "variable": "PATO:9999999",
        "bearer": "UBERON:9999999",
        "withinPart": "UBERON:9999999",
        "byAgent": "CHEBI:9999999",
        "modifier": "PATO:9999999",
        "involves": "UBERON:9999999",
    }.items():
        yield Case("Term-listed", predicate, _put(D, f"sc:{predicate}", term))
    yield Case("Term-listed", "species", _put("@found", "sc:species", "NCBITaxon:9999999"))
    yield Case("Term-listed", "site", _put("@found", "sc:site", "UBERON:9999999"))
    yield Case("Term-listed", "ecoType", _swap("@told/1", "sc:ecoType", "ECO:9999999"))
    own = _put("UBERON:9999999", "rdfs:isDefinedBy", "https://example.org/own")
    yield Case("Term-listed", "own", steps(own, _put(D, "sc:bearer", "UBERON:9999999")))
    yield Case("Term-label", "another", _put(B, "rdfs:label", Literal("osteoblast")))
    yield Case("Term-current", "obsolete", _put(B, "owl:deprecated", typed("true", _TRUTH)))


_ORCID: Final = "https://orcid.org/0000-0002-1825-0097"
_TRUTH: Final = "xsd:boolean"


def _person(name: str) -> Edit:
    return steps(_put(name, "rdf:type", "prov:Person"), _put(name, "schema:identifier", _ORCID))


def _tool(name: str) -> Edit:
    version = _put(name, "schema:softwareVersion", Literal("2"))
    return steps(_put(name, "rdf:type", "prov:SoftwareAgent"), version)


def _reviewed(status: str, reviewer: Callable[[str], Edit] | None = None) -> Edit:
    """Return the edit that gives the record a status and a reviewer."""
    name = f"{GRAPH}#reviewer-1"
    edits = [_swap(GRAPH, "sc:recordStatus", f"sc:{status}")]
    edits += [_put(GRAPH, "sc:reviewedBy", name), reviewer(name)] if reviewer else []
    return steps(*edits)


def _agents(agent_type: str) -> Edit:
    """Return the edit that gives every claim another agent_type."""
    claims = Draft().subjects("rdf:type", "sc:Claim")
    return steps(*(_swap(claim, "biolink:agent_type", Literal(agent_type)) for claim in claims))


_BY_HAND: Final = steps(
    *(_drop(DRAFTER, p) for p in ("rdf:type", "rdfs:label", "schema:softwareVersion")),
    _person(DRAFTER),
    _agents("manual_agent"),
)
_VALIDATED: Final = "manual_validation_of_automated_agent"


def _curations() -> Iterator[Case]:
    status, drafted, agent = "sc:recordStatus", "sc:draftedBy", "biolink:agent_type"
    yield Case("Curation-header", "none", _drop(GRAPH, "foaf:primaryTopic"))
    whole = [(status, "sc:draft"), (drafted, DRAFTER), ("foaf:primaryTopic", STUDY)]
    yield Case("Curation-header", "two", steps(*(_put(OTHER, *pair) for pair in whole)))
    for name, edit in _each(GRAPH, status, "sc:checked", OTHER):
        also = frozenset({"Curation-reader"}) if name == "two" else frozenset[str]()
        yield Case("Curation-status", name, edit, also)
    yield Case("Curation-drafter", "none", _drop(GRAPH, drafted))
    other = steps(_put(GRAPH, drafted, OTHER), _person(OTHER))
    yield Case("Curation-drafter", "two", other)
    yield from _readers()
    for name, edit in _each("@told", agent, Literal("text_mining_agent"), Literal("agent")):
        # what the header's checks say of the claims, they say of this one too
        told = {"Curation-automated", "Curation-validated"} if name == "outside" else set[str]()
        yield Case("Curation-agent", name, edit, frozenset(told))
    yield Case("Curation-reader", "nobody", _reviewed("checked"))
    yield Case("Curation-signer", "nobody", _reviewed("signed"))
    yield Case("Curation-signer", "a tool", _reviewed("signed", _tool))
    by_hand = _swap("@told", agent, Literal("manual_agent"))
    yield Case("Curation-automated", "by hand", by_hand)
    yield Case("Curation-validated", "nobody", _agents(_VALIDATED))
    by_tool = steps(_reviewed("checked", _tool), _agents(_VALIDATED))
    yield Case("Curation-validated", "a tool", by_tool)


def _readers() -> Iterator[Case]:
    """Yield drafters and reviewers that are neither one person nor one tool."""
    name = f"{GRAPH}#reviewer-1"
    yield Case("Curation-kind", "drafter", _drop(DRAFTER, "rdf:type"))
    yield Case("Curation-kind", "reviewer", _put(GRAPH, "sc:reviewedBy", name))
    both = _put(DRAFTER, "rdf:type", "prov:Person")
    yield Case("Curation-kind", "two", both, frozenset({"Curation-orcid"}))
    yield Case("Curation-kind", "outside", _swap(DRAFTER, "rdf:type", "prov:Agent"))
    person = steps(_put(GRAPH, "sc:reviewedBy", name), _person(name))
    yield Case("Curation-orcid", "none", steps(person, _drop(name, "schema:identifier")))
    second = _put(name, "schema:identifier", f"{_ORCID[:-1]}X")
    yield Case("Curation-orcid", "two", steps(person, second))
    for kind, value in {"text": Literal(_ORCID), "short": _ORCID[:-1]}.items():
        yield Case("Curation-orcid", kind, steps(person, _swap(name, "schema:identifier", value)))
    yield Case("Curation-version", "none", _drop(DRAFTER, "schema:softwareVersion"))
    two = _put(DRAFTER, "schema:softwareVersion", Literal("2"))
    yield Case("Curation-version", "two", two)
    yield Case("Curation-tool", "orcid", _put(DRAFTER, "schema:identifier", _ORCID))


def _lags() -> Iterator[Case]:
    hours = typed("48", _HOURS)
    day = typed("P1D", "xsd:dayTimeDuration")
    for name, edit in _each("@first", "sc:lag", day, Literal("P3D")):
        yield Case("Lag-duration", name, edit)
    for name, edit in _each("@found", "sc:lagBound", "sc:at", "sc:until"):
        yield Case("Lag-bound", name, edit)
    for name, edit in _each("@found", "sc:lagFrom", B, OTHER):
        yield Case("Lag-from", name, edit)
    for shape, claim, predicate in (("Lag-min", "@first", _LEAST), ("Lag-max", "@found", _MOST)):
        yield Case(shape, "two", _put(claim, predicate, hours))
        yield Case(shape, "integer", _swap(claim, predicate, typed("24", "xsd:integer")))
    negative = typed("-0.1", _HOURS)
    yield Case("Lag-min", "negative", _swap("@first", _LEAST, negative))
    yield Case("Lag-max", "negative", _swap("@found", _MOST, negative), frozenset({"Lag-order"}))
    earliest = frozenset({"Lag-earliest"})
    yield Case("Lag-span", "crossed", _put("@found", _LEAST, hours), earliest)
    yield Case("Lag-hours", "none", _drop("@found", _MOST))
    yield Case("Lag-hours", "null", _drop("@absent", _LEAST))
    for bound in ("from", "atPeak"):
        yield Case("Lag-earliest", bound, _swap("@absent", "sc:lagBound", f"sc:{bound}"))
    only_least = steps(_drop("@found", _MOST), _put("@found", _LEAST, hours))
    yield Case("Lag-earliest", "supports", only_least)
    for claim in ("@first", "@absent"):
        yield Case("Lag-latest", claim, steps(_drop(claim, _LEAST), _put(claim, _MOST, hours)))
    yield Case("Lag-order", "later cause", _swap("@absent", _LEAST, typed("24.5", _HOURS)))
    yield from _half_lags(hours, day)


def _half_lags(hours: Literal, day: Literal) -> Iterator[Case]:
    """Yield lags of which only one part is there: each part alone makes the rest due."""
    parts: dict[str, tuple[Term, str, set[str]]] = {
        "lag": (day, "Lag-bound", {"Lag-from"}),
        "lagBound": ("sc:by", "Lag-duration", {"Lag-from", "Lag-hours"}),
        "lagFrom": (A, "Lag-duration", {"Lag-bound"}),
        "lagMinHours": (hours, "Lag-duration", {"Lag-bound", "Lag-from"}),
        "lagMaxHours": (hours, "Lag-duration", {"Lag-bound", "Lag-from"}),
    }
    for part, (value, shape, also) in parts.items():
        yield Case(shape, f"only {part}", _put("@hedged", f"sc:{part}", value), frozenset(also))


CASES: Final = (
    *_sources(),
    *_evidence(),
    *_cues(),
    *_claims(),
    *_associations(),
    *_columns(),
    *_rows(),
    *_others(),
    *_triples(),
    *_slots(),
    *_terms(),
    *_curations(),
    *_lags(),
)

_SITE: Final = "UBERON:0002371"
_LATE: Final = _swap("@absent", _LEAST, typed("24.5", _HOURS))

EDGES: Final[dict[str, Edit]] = {
    "as built": steps(),
    "agent type and knowledge level beside a claim": steps(
        _put("@hedged", "biolink:knowledge_level", Literal("not_provided")),
        _put("@told", "rdfs:seeAlso", "https://w3id.org/biolink/vocabulary"),
    ),
    "foreign property that is no relation": _put("@told", "IAO:0000115", Literal("x")),
    "DOI that is long": _rename(PAPER, "https://doi.org/10.123456789/a(b);c:1-_"),
    "another server than doi.org": _rename(NEWS, "http://example.org/doi.org/10.1/X"),
    "cue of six words and of 60 characters": _put("@hedged", "sc:cue", Literal("a b c d e f")),
    "date with a year beside it": _put(NEWS, "dct:issued", typed("2020", "xsd:gYear")),
    "no date": _drop(PAPER, "dct:issued"),
    "evidence without a hash": steps(
        _drop("@found/1", "sc:sentenceHash"), _drop("@found/1", "sc:hashRule")
    ),
    "hedged null that writes nothing": steps(
        _silence("@absent"), _swap("@absent", "sc:certainty", "sc:suggested")
    ),
    "null of a secondary source": steps(
        _silence("@absent"), _swap("@absent", "sc:source", NEWS)
    ),
    "null told as background": steps(
        _silence("@absent"), _swap("@absent", "sc:role", "sc:background")
    ),
    "null that was not measured": steps(
        _silence("@absent"), _swap("@absent/1", "sc:measured", typed("false", "xsd:boolean"))
    ),
    "stated after another source": steps(
        _writes("@shown", "sc:statedToShow"), _swap("@shown", "sc:source", NEWS)
    ),
    "stated as an implication": steps(
        _writes("@shown", "sc:statedToShow"), _swap("@shown", "sc:role", "sc:implication")
    ),
    "stated without a test": steps(
        _writes("@shown", "sc:statedToShow"),
        _swap("@shown/1", "sc:measured", typed("false", "xsd:boolean")),
    ),
    "stated on another basis": steps(
        _writes("@found", "sc:statedToCause"), _swap("@found", "sc:basis", "sc:temporal")
    ),
    "one of two items of evidence measured": steps(
        _ORPHAN,
        _put("@associated", "sc:restsOn", "@new/1"),
        _swap("@new/1", "sc:measured", typed("false", "xsd:boolean")),
    ),
    "lag of nothing": _swap("@first", _LEAST, typed("0.0", _HOURS)),
    "null from a time on": steps(
        _drop("@absent", _LEAST), _swap("@absent", "sc:lagBound", "sc:from")
    ),
    "cause at a site of its own": steps(_LATE, _put("@absent", "sc:site", _SITE)),
    "effect at a site of its own": steps(_LATE, _put("@found", "sc:site", _SITE)),
    "cause on another clock": steps(_LATE, _swap("@absent", "sc:lagFrom", B)),
    "GO term of a branch that is not known": _put(D, "sc:variable", "GO:0072675"),
    "component of GO": steps(
        _put(D, "sc:bearer", "GO:0005634"), _put(D, "sc:withinPart", "GO:0005634")
    ),
    "a slot of each kind": steps(
        _put(D, "sc:byAgent", "CHEBI:3160"),
        _put(D, "sc:modifier", "scterm:giant"),
        _put("@told", "sc:species", "NCBITaxon:10090"),
    ),
    "term without a label": _drop(C, "rdfs:label"),
    "checked by a tool": _reviewed("checked", _tool),
    "signed by a person": _reviewed("signed", _person),
    "drafted by hand": _BY_HAND,
    "validated by hand": steps(_reviewed("checked", _person), _agents(_VALIDATED)),
    "effect seen in hedged words": steps(
        _LATE, _swap("@found", "sc:certainty", "sc:suggested"), _writes("@found", "sc:mayCause")
    ),
}  # fmt: skip
"""Graphs at the allowed edge: none breaks anything."""
