"""From a study to its quads: one pure function, no store, no file, no clock.

Entities are described the same way in every study's graph that uses them, and so are propositions
but for the steps to broader ones, so that dropping one graph takes back one study and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Quad, Triple

from studyclaims.bibliography import (
    graph_node,
    header_triples,
    source_node,
    study_node,
    study_triples,
)
from studyclaims.identifiers import (
    PropositionKey,
    broader,
    broader_propositions,
    compose,
    head,
    label,
)
from studyclaims.lags import onset_hours
from studyclaims.predicates import (
    RELATIONS,
    Stance,
    Standing,
    Wording,
    direct_predicate,
    standing,
)
from studyclaims.rdf import node, rows, typed
from studyclaims.terms import BASE, compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import NamedNode

    from studyclaims.identifiers import Composition
    from studyclaims.model import Claim, ClaimContext, Evidence, Measurement, Study
    from studyclaims.terms import TermEntry


_CONTEXT_NAMES: Final = {"compared_with": "sc:comparedWith", "site_printed": "sc:sitePrinted"}
"""The properties of a context whose names are not those of their keys."""


def study_quads(study: Study, index: Mapping[str, TermEntry], built_with: str) -> frozenset[Quad]:
    """Return the quads of a study's graph.

    ``index`` is what ``ontology/terms/`` lists, by IRI: it gives labels and parents. ``built_with``
    names the tool and version that is written into the graph's header.
    """
    keys = [
        PropositionKey(compose(p.about, study.entities), p.link, compose(p.outcome, study.entities))
        for p in study.propositions
    ]
    triples: set[Triple] = {*header_triples(study, built_with), *study_triples(study)}
    for proposition, key in zip(study.propositions, keys, strict=True):
        triples |= set(proposition_triples(key, index))
        for claim in proposition.claims:
            triples |= set(_claim_triples(study, claim, key))
    named = [compose(name, study.entities) for name in study.entities]
    contraries = [key.contrary.outcome for key in keys if key.contrary]
    for entity in closure([*named, *contraries], index):
        triples |= set(entity_triples(entity, index))
    triples |= set(_term_labels(triples, index))
    graph = graph_node(study)
    return frozenset(Quad(t.subject, t.predicate, t.object, graph) for t in triples)


def closure(
    entities: Iterable[Composition], index: Mapping[str, TermEntry]
) -> tuple[Composition, ...]:
    """Return these entities, those nested in them, and all that are broader, sorted by IRI.

    >>> from studyclaims.identifiers import Composition
    >>> up = Composition(variable="https://ex.org/a", change="increased", by_agent="https://ex.org/b")
    >>> len(closure([up], {}))
    2
    """
    found: dict[str, Composition] = {}
    ahead = list(entities)
    while ahead:
        entity = ahead.pop()
        if entity.iri not in found:
            found[entity.iri] = entity
            ahead += [nested for nested in (entity.due_to, entity.toward) if nested]
            ahead += broader(entity, index)
    return tuple(found[iri] for iri in sorted(found))


def entity_triples(entity: Composition, index: Mapping[str, TermEntry]) -> Iterator[Triple]:
    """Yield an entity: label, slots, key, terms involved, the entities one step broader.

    What is said is a function of the key and the index alone, the same in every study's graph.
    """
    core = head(entity, index)
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node("sc:Entity")),
        ("rdfs:label", label(entity, index)),
        ("sc:coreTerm", node(core) if core else None),
    ]
    pairs += [("sc:involves", node(term)) for term in entity.involved]
    pairs += [("skos:broader", node(step.iri)) for step in broader(entity, index)]
    if not entity.term:
        pairs += _slot_pairs(entity)
    yield from rows(node(entity.iri), pairs)


def _slot_pairs(entity: Composition) -> Iterator[tuple[str, object]]:
    """Yield the slots of a composition and the text that its key is the hash of."""
    single = {
        "sc:variable": entity.variable,
        "sc:change": f"sc:{entity.change}" if entity.change else None,
        "sc:bearer": entity.bearer,
        "sc:innermostPart": entity.within_part[0] if entity.within_part else None,
        "sc:byAgent": entity.by_agent,
        "sc:dueTo": entity.due_to.iri if entity.due_to else None,
        "sc:toward": entity.toward.iri if entity.toward else None,
    }
    yield from ((slot, node(value)) for slot, value in single.items() if value)
    yield from (("sc:withinPart", node(part)) for part in entity.within_part)
    yield from (("sc:modifier", node(modifier)) for modifier in entity.modifier)
    yield "sc:keyText", entity.key_text


def proposition_triples(
    key: PropositionKey, index: Mapping[str, TermEntry], *, wider: bool = True
) -> Iterator[Triple]:
    """Yield a proposition and its topic; with ``wider``, its broader and contrary propositions.

    Those are described without steps of their own: taken further, every claim would bring hundreds
    of propositions that nobody claims. A contrary is linked both ways.
    """
    name, topic = node(key.iri), node(key.topic_iri)
    yield from rows(
        name,
        [
            ("rdf:type", node("sc:Proposition")),
            ("rdfs:label", reading(key, index)),
            ("sc:about", node(key.about.iri)),
            ("sc:link", node(RELATIONS[key.relation].curie)),
            ("sc:outcomeEntity", node(key.outcome.iri)),
            ("sc:topicGroup", topic),
            ("sc:keyText", key.key_text),
        ],
    )
    family = RELATIONS[key.relation].family
    first, second = (label(side, index) for side in key.topic_sides)
    title = f"{first} and {second} ({family})"
    pairs = [("rdf:type", node("sc:Topic")), ("rdfs:label", title), ("sc:keyText", key.topic_text)]
    yield from rows(topic, pairs)
    if not wider:
        return
    others = [("sc:broader", step) for step in broader_propositions(key, index)]
    others += [("sc:contrary", key.contrary)] if key.contrary else []
    for predicate, other in others:
        yield from rows(name, [(predicate, node(other.iri))])
        yield from proposition_triples(other, index, wider=False)
    if key.contrary:
        yield from rows(node(key.contrary.iri), [("sc:contrary", name)])


def reading(key: PropositionKey, index: Mapping[str, TermEntry]) -> str:
    """Return a proposition in words that claim nothing: whether this does that to the other."""
    relation = RELATIONS[key.relation].reads
    return f"whether {label(key.about, index)} might {relation} {label(key.outcome, index)}"


def wording(study: Study, claim: Claim) -> Wording:
    """Return what decides the predicate that a claim writes."""
    primary = study.sources[claim.source].primary_source is None
    return Wording(
        claim.stance,
        claim.certainty,
        claim.basis,
        claim.role,
        primary,
        claim.measured,
        claim.coefficient,
    )


def _claim_triples(study: Study, claim: Claim, key: PropositionKey) -> Iterator[Triple]:
    """Yield a claim, its context, lag and evidence, and the direct triple that it writes."""
    name = node(f"{BASE}claim/{study.key}/{claim.id}")
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node("sc:Claim")),
        ("dct:isPartOf", study_node(study)),
        ("sc:proposition", node(key.iri)),
        ("sc:source", source_node(study.sources[claim.source])),
        ("sc:stance", node(f"sc:{claim.stance}")),
        ("sc:certainty", node(f"sc:{claim.certainty}")),
        ("sc:basis", node(f"sc:{claim.basis}")),
        ("sc:role", node(f"sc:{claim.role}")),
        ("biolink:agent_type", study.curation.agent_type),
        ("rdfs:comment", claim.note),
    ]
    pairs += [("sc:cue", cue) for cue in claim.cue]
    pairs += _lag_pairs(study, claim)
    pairs += _context_pairs(study, claim.context)
    yield from rows(name, pairs)
    yield from _direct_triples(study, claim, key, name)
    for number, evidence in enumerate(claim.evidence, start=1):
        item = node(f"{BASE}evidence/{study.key}/{claim.id}/{number}")
        yield from rows(name, [("sc:restsOn", item)])
        yield from _evidence_triples(evidence, item)


def _direct_triples(
    study: Study, claim: Claim, key: PropositionKey, name: NamedNode
) -> Iterator[Triple]:
    """Yield the triple that this claim writes between the entities, and the claim's own copy."""
    words, relation = wording(study, claim), RELATIONS[key.relation]
    curie = direct_predicate(relation, words)
    if curie is None:
        return
    about, predicate, outcome = node(key.about.iri), node(curie), node(key.outcome.iri)
    yield Triple(about, predicate, outcome)
    pairs: list[tuple[str, object]] = [
        ("rdf:subject", about),
        ("rdf:predicate", predicate),
        ("rdf:object", outcome),
    ]
    if curie.startswith("biolink:"):
        pairs += [
            ("rdf:type", node("biolink:Association")),
            ("biolink:knowledge_level", _knowledge_level(standing(relation, words), curie)),
        ]
    yield from rows(name, pairs)


def _knowledge_level(column: Standing | None, predicate: str) -> str:
    """Return Biolink's knowledge level of a claim that writes a Biolink predicate.

    Only an asserted claim does: an association is statistical, anything else what the authors
    concluded from their own experiment.
    """
    if column is not Standing.ASSERTED:
        raise ValueError("only an asserted claim writes a Biolink predicate")
    statistical = predicate in {"biolink:associated_with", "biolink:correlated_with"}
    return "statistical_association" if statistical else "knowledge_assertion"


def _lag_pairs(study: Study, claim: Claim) -> Iterator[tuple[str, object]]:
    """Yield the lag as printed and the hours that bound the outcome's onset."""
    if claim.lag is None:
        return
    lag = claim.lag
    least, most = onset_hours(lag.bound, lag.time, null=claim.stance is Stance.NO_EFFECT)
    yield "sc:lag", typed(lag.time.iso, "xsd:dayTimeDuration")
    yield "sc:lagPrinted", str(lag.time)
    yield "sc:lagBound", node(f"sc:{lag.bound}")
    yield "sc:lagFrom", node(compose(lag.after, study.entities).iri)
    if least is not None:
        yield "sc:lagMinHours", typed(least, "xsd:decimal")
    if most is not None:
        yield "sc:lagMaxHours", typed(most, "xsd:decimal")


def _context_pairs(study: Study, own: ClaimContext | None) -> Iterator[tuple[str, object]]:
    """Yield the context a claim holds in: its own, else what the record says for all claims."""
    inherits = own is None or own.shared
    for name in type(study.context).model_fields:
        is_own = own is not None and name in own.model_fields_set
        context = own if is_own else study.context if inherits else None
        value = getattr(context, name, None)
        if name == "stated_in":
            yield from (("sc:statedIn", source_node(study.sources[key])) for key in value or ())
        elif value is not None:
            predicate = _CONTEXT_NAMES.get(name, f"sc:{name}")
            yield predicate, value if isinstance(value, str) else node(value.iri)


def _evidence_triples(evidence: Evidence, name: NamedNode) -> Iterator[Triple]:
    """Yield one item of evidence: its kind, whether measured, and where it stands."""
    pairs: list[tuple[str, object]] = [
        ("rdf:type", node("sc:Evidence")),
        ("sc:ecoType", node(evidence.type.iri)),
        ("sc:measured", evidence.measured),
        ("sc:design", evidence.design),
        ("sc:testOf", node(f"sc:{evidence.test_of}") if evidence.test_of else None),
        ("sc:locator", evidence.at),
        ("sc:sentenceHash", evidence.hash),
        ("sc:hashRule", evidence.hash_rule if evidence.hash else None),
        ("rdfs:comment", evidence.note),
    ]
    yield from rows(name, pairs)
    for number, measurement in enumerate(evidence.measurements, start=1):
        base = name.value.replace("/evidence/", "/measurement/", 1)
        item = node(f"{base}/{number}")
        yield from rows(name, [("sc:measurement", item)])
        yield from _measurement_triples(measurement, item)


def _measurement_triples(measurement: Measurement, name: NamedNode) -> Iterator[Triple]:
    """Yield a measurement: the text as printed beside the number that queries compare."""
    value, time = measurement.value, measurement.time
    pattern = measurement.pattern
    yield from rows(
        name,
        [
            ("rdf:type", node("sc:Measurement")),
            ("sc:valuePrinted", value),
            ("sc:value", typed(value, "xsd:decimal") if value else None),
            ("sc:spreadPrinted", measurement.spread),
            ("sc:unitCode", measurement.unit),
            ("sc:sampleN", measurement.n),
            ("sc:pPrinted", measurement.p),
            ("sc:comparedWith", measurement.compared_with),
            ("sc:measuredAfter", typed(time.iso, "xsd:dayTimeDuration") if time else None),
            ("sc:measuredAfterHours", typed(time.hours, "xsd:decimal") if time else None),
            ("sc:pattern", node(f"sc:{pattern}") if pattern else None),
            ("sc:isCoefficient", True if measurement.coefficient else None),
        ],
    )


def _term_labels(triples: Iterable[Triple], index: Mapping[str, TermEntry]) -> Iterator[Triple]:
    """Yield a label for every outside term that the triples name, so that the graph reads alone."""
    for iri in {t.object.value for t in triples if hasattr(t.object, "value")}:
        entry = index.get(iri)
        if entry is not None and not compress(iri).startswith("sc:"):
            yield from rows(node(iri), [("rdfs:label", entry.label)])
