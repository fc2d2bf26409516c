"""What a record must keep beyond the form of its keys: names that resolve, words that agree.

Each check is one generator over a `Study`; it knows paths, not lines, so it says the same of a
record built in Python. `studyclaims.records` turns paths into places in the file.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from studyclaims.checking.complaints import Complaint, claims_of
from studyclaims.checking.copies import copied
from studyclaims.checking.measurements import check_measurements
from studyclaims.checking.signs import check_signs
from studyclaims.checking.sourcechecks import check_sources
from studyclaims.identifiers import PropositionKey, compose
from studyclaims.predicates import Certainty, Role, Stance
from studyclaims.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.checking.complaints import Path
    from studyclaims.model import Drafter, Entity, Study

NESTING: Final = 5
"""How many steps of due_to and toward an entity may be nested."""

_OWN_ROLES: Final = frozenset({Role.RESULT, Role.CONCLUSION})


def check_study(study: Study) -> list[Complaint]:
    """Return every complaint about a study that its keys and types alone cannot show.

    Checks that need resolved names run only where all names resolve.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> check_study(read_record(studies_dir() / "ausk-2017.yaml").study)
    []
    """
    complaints = [
        *_unknown_names(study),
        *_repeated_ids(study),
        *check_sources(study),
        *_curation(study),
        *_entities(study),
        *_claims(study),
        *_same_places(study),
        *check_measurements(study),
        *check_signs(study),
        *_copies(study),
    ]
    if not any(c.code in {"R007", "R010", "R017", "R019"} for c in complaints):
        complaints += _same_things(study)
        complaints += _loops(study)
    return complaints


def _copies(study: Study) -> Iterator[Complaint]:
    for path in copied(study):
        hint = "say it in words of your own: the hash and the place point at the sentence"
        yield Complaint(path, "R020", "a note that holds a sentence of the source", hint)


def _references(study: Study) -> Iterator[tuple[Path, str, str]]:
    """Yield (path, name, the block that must define it) of every name a record uses."""
    for key, source in study.sources.items():
        if source.primary_source:
            yield ("sources", key, "primary_source"), source.primary_source, "sources"
    for path, claim in claims_of(study):
        yield (*path, "source"), claim.source, "sources"
    for path, stated_in in _contexts(study):
        for number, name in enumerate(stated_in):
            yield (*path, "stated_in", number), name, "sources"
    for path, entity in _entity_references(study):
        yield path, entity, "entities"


def _entity_references(study: Study) -> Iterator[tuple[Path, str]]:
    """Yield (path, name) wherever an entity is named."""
    for name, entity in study.entities.items():
        nested = {"due_to": entity.due_to, "toward": entity.toward}
        yield from ((("entities", name, slot), other) for slot, other in nested.items() if other)
    for place, proposition in enumerate(study.propositions):
        yield ("propositions", place, "about"), proposition.about
        yield ("propositions", place, "outcome"), proposition.outcome
    for path, claim in claims_of(study):
        if claim.lag:
            yield (*path, "lag", "after"), claim.lag.after


def _contexts(study: Study) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield (path, the sources that print it) of every context block."""
    yield ("context",), study.context.stated_in
    for path, claim in claims_of(study):
        if claim.context:
            yield (*path, "context"), claim.context.stated_in


def _unknown_names(study: Study) -> Iterator[Complaint]:
    blocks: dict[str, Iterable[str]] = {"sources": study.sources, "entities": study.entities}
    for path, name, block in _references(study):
        if name not in blocks[block]:
            hint = f"add it under {block}:, or use one of {', '.join(sorted(blocks[block]))}"
            yield Complaint(path, "R007", f"{name!r} is not one of this record's {block}", hint)
    for key, source in study.sources.items():
        for number, author in enumerate(source.authors):
            for place, name in enumerate(author.affiliations):
                if name not in source.affiliations:
                    path = ("sources", key, "authors", number, "affiliations", place)
                    message = f"{name!r} is not one of this source's affiliations"
                    yield Complaint(path, "R007", message, f"add it under sources.{key}")


def _repeated_ids(study: Study) -> Iterator[Complaint]:
    paths: list[tuple[Path, str]] = [((*path, "id"), claim.id) for path, claim in claims_of(study)]
    paths += [(("withdrawn", n, "id"), w.id) for n, w in enumerate(study.withdrawn)]
    seen: set[str] = set()
    for path, name in paths:
        if name in seen:
            hint = "give each claim an id of its own; that of a withdrawn claim is never used again"
            yield Complaint(path, "R008", f"the claim id {name!r} is used already", hint)
        seen.add(name)


def _curation(study: Study) -> Iterator[Complaint]:
    curation = study.curation
    for path, drafter in _drafters(study):
        if bool(drafter.orcid) == bool(drafter.tool) or (drafter.tool and not drafter.version):
            hint = "give a person's orcid, or a tool with its version"
            yield Complaint(path, "R012", "neither one person nor one tool with a version", hint)
    by_tool = curation.drafted_by.tool is not None
    if by_tool and curation.agent_type == "manual_agent":
        hint = "write automated_agent or text_mining_agent"
        message = "drafted by a tool, but agent_type says by hand"
        yield Complaint(("curation", "agent_type"), "R012", message, hint)
    people = any(reviewer.orcid for reviewer in curation.reviewed_by)
    if curation.status == "signed" and not people:
        hint = "name the person's orcid under reviewed_by, or write status: draft"
        yield Complaint(("curation", "status"), "R012", "signed, but by no person", hint)
    if curation.status == "checked" and not curation.reviewed_by:
        hint = "name the reader under reviewed_by, or write status: draft"
        yield Complaint(("curation", "status"), "R012", "checked, but by nobody", hint)


def _drafters(study: Study) -> Iterator[tuple[Path, Drafter]]:
    yield ("curation", "drafted_by"), study.curation.drafted_by
    for number, reviewer in enumerate(study.curation.reviewed_by):
        yield ("curation", "reviewed_by", number), reviewer


def _entities(study: Study) -> Iterator[Complaint]:
    for name, entity in study.entities.items():
        path = ("entities", name)
        slots = type(entity).model_fields.keys() - {"note", "term"}
        filled = any(getattr(entity, slot) for slot in slots)
        if bool(entity.term) == filled:
            hint = "write term: alone, or the slots of a composition"
            yield Complaint(path, "R017", f"{name!r} is not one term or one composition", hint)
        elif filled and not _is_composition(entity):
            hint = "name a variable or a bearer and one slot more, or write term:"
            yield Complaint(path, "R017", f"{name!r} does not say what it is", hint)
        yield from _repeated_terms(path, entity)
        if _is_circular(name, study.entities):
            hint = "break the circle of due_to and toward"
            yield Complaint(path, "R010", f"{name!r} leads back to itself", hint)
        elif _is_deep(name, study.entities):
            hint = "name what lies deeper as an entity of its own, and claim the link between them"
            yield Complaint(path, "R019", f"{name!r} is nested over {NESTING} deep", hint)


def _repeated_terms(path: Path, entity: Entity) -> Iterator[Complaint]:
    for slot in ("within_part", "modifier"):
        curies = [term.curie for term in getattr(entity, slot)]
        for number, curie in enumerate(curies):
            if curie in curies[:number]:
                message = f"{curie} is in {slot} already"
                yield Complaint((*path, slot, number), "R028", message, "name each term once")


def _is_composition(entity: Entity) -> bool:
    """Return whether the slots name a head and say something more of it."""
    heads = [slot for slot in (entity.variable, entity.bearer) if slot]
    more = (entity.change, entity.within_part, entity.by_agent, entity.due_to, entity.toward)
    return bool(heads) and (len(heads) > 1 or any(more) or bool(entity.modifier))


def _is_deep(name: str, entities: Mapping[str, Entity]) -> bool:
    """Return whether due_to and toward lead further than `NESTING` steps, and into no circle."""
    level = {name}
    for _ in range(NESTING + 1):
        nested = (entities.get(n) for n in level)
        level = {n for e in nested if e for n in (e.due_to, e.toward) if n}
    return bool(level) and not any(_is_circular(n, entities) for n in level)


def _is_circular(name: str, entities: Mapping[str, Entity]) -> bool:
    """Return whether following due_to and toward from this entity comes back to it."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        entity = entities.get(ahead.pop())
        for nested in (entity.due_to, entity.toward) if entity else ():
            if nested == name:
                return True
            if nested and nested not in reached:
                reached.add(nested)
                ahead.append(nested)
    return False


def _claims(study: Study) -> Iterator[Complaint]:
    for path, claim in claims_of(study):
        source = study.sources.get(claim.source)
        if claim.role is Role.HYPOTHESIS and claim.certainty is Certainty.ASSERTED:
            hint = "a hypothesis is hypothesised or speculated; a finding has the role result"
            yield Complaint((*path, "certainty"), "R013", "an asserted hypothesis", hint)
        own = source is not None and source.primary_source is None and claim.role in _OWN_ROLES
        if claim.stance is Stance.NO_EFFECT and own and not claim.measured:
            hint = "a null of the study's own was measured; one it only reports is background"
            yield Complaint((*path, "stance"), "R013", "noEffect without a measurement", hint)
        if source and source.primary_source and claim.measured:
            hint = "a secondary source tests nothing itself: write measured: false"
            yield Complaint((*path, "evidence"), "R013", "a secondary source that measured", hint)
        for number, evidence in enumerate(claim.evidence):
            part = evidence.at.partition(",")[0]
            if source and part not in source.read:
                where = (*path, "evidence", number, "at")
                message = f"{part!r} of {claim.source!r} was not read"
                hint = f"read so far: {', '.join(source.read)}"
                yield Complaint(where, "R016", message, hint)


def _same_places(study: Study) -> Iterator[Complaint]:
    """Yield a complaint for each hash at a sentence of a source that has another hash already."""
    hashes: dict[tuple[str, str], str] = {}
    for path, claim in claims_of(study):
        for number, item in enumerate(claim.evidence):
            if item.hash is None or ", sentence " not in item.at:
                continue
            if hashes.setdefault((claim.source, item.at), item.hash) != item.hash:
                message = f"{item.at} of {claim.source!r} has another hash already"
                hint = (
                    "one of the two is of another sentence: studyclaims cite prints place and hash"
                )
                yield Complaint((*path, "evidence", number, "at"), "R027", message, hint)


def _same_things(study: Study) -> Iterator[Complaint]:
    named: dict[str, str] = {}
    for name in study.entities:
        iri = compose(name, study.entities).iri
        if iri in named:
            message = f"{name!r} is made of the same slots as {named[iri]!r}"
            yield Complaint(("entities", name), "R015", message, "use one name for one entity")
        named.setdefault(iri, name)
    keys = [
        PropositionKey(compose(p.about, study.entities), p.link, compose(p.outcome, study.entities))
        for p in study.propositions
    ]
    counts = Counter(key.iri for key in keys)
    for place, key in enumerate(keys):
        if counts[key.iri] > 1:
            hint = "state a proposition once and put all its claims under it"
            yield Complaint(("propositions", place), "R015", "this proposition stands twice", hint)


def _loops(study: Study) -> Iterator[Complaint]:
    """Yield a complaint where an entity is linked to, or timed from, itself."""
    for place, proposition in enumerate(study.propositions):
        path = ("propositions", place)
        outcome = compose(proposition.outcome, study.entities).iri
        if compose(proposition.about, study.entities).iri == outcome:
            message = f"{proposition.outcome!r} is linked to itself"
            hint = "name two entities; where they differ in place or time, write that into them"
            yield Complaint((*path, "outcome"), "R024", message, hint)
            continue
        for number, claim in enumerate(proposition.claims):
            if claim.lag and compose(claim.lag.after, study.entities).iri == outcome:
                where = (*path, "claims", number, "lag", "after")
                message = f"{claim.lag.after!r} is timed from its own start"
                hint = "name the entity whose start is hour 0, as a rule what the claim is about"
                yield Complaint(where, "R026", message, hint)


def terms_of(value: object, path: Path = ()) -> Iterator[tuple[Path, Term]]:
    """Yield every term of a study, or of a part of it, with its path.

    >>> list(terms_of((Term("CL:0000092", "osteoclast"),), ("modifier",)))
    [(('modifier', 0), Term(curie='CL:0000092', label='osteoclast'))]
    """
    match value:
        case Term():
            yield path, value
        case BaseModel():
            for name in type(value).model_fields:
                yield from terms_of(getattr(value, name), (*path, name))
        case dict():
            for key, item in value.items():
                yield from terms_of(item, (*path, key))
        case tuple():
            for number, item in enumerate(value):
                yield from terms_of(item, (*path, number))
