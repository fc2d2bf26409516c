from __future__ import annotations

import base64
import hashlib
import unicodedata
from dataclasses import fields, replace
from itertools import chain, permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studyclaims.identifiers import (
    OPPOSITE,
    Composition,
    PropositionKey,
    broader,
    broader_propositions,
    compose,
    digest,
    head,
    label,
)
from studyclaims.model import Entity
from studyclaims.predicates import CONTRADICTORY, RELATIONS
from studyclaims.terms import BASE, Term, TermEntry, compress, expand

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "keys.md"
SLOTS: Final = {
    "variable": "variable",
    "change": "change",
    "bearer": "bearer",
    "withinPart": "within_part",
    "byAgent": "by_agent",
    "dueTo": "due_to",
    "toward": "toward",
    "modifier": "modifier",
}
SIGNED: Final = ("increased", "decreased", "changed")

VARIABLES: Final = ("PATO:0000117", "PATO:0000070", "GO:0006954", "HP:0000938", "OBA:VT1000111")
BEARERS: Final = ("CL:0000092", "UBERON:0002371", "UBERON:0001630")
PARTS: Final = ("UBERON:0002371", "UBERON:0000979", "UBERON:0001474")
NESTED: Final = ("osteoclast", "fusion", "larger-osteoclasts", "calf-paralysis", "predisposition")
AGENTS: Final = ("CHEBI:3160", "CL:0000092")
MODIFIERS: Final = ("PATO:0002292", "PATO:0000627", "scterm:giant")
EVERY_TERM: Final = tuple(
    dict.fromkeys(chain(VARIABLES, BEARERS, PARTS, AGENTS, MODIFIERS, ("PATO:0000001",)))
)

# The page: one place for the vectors.


def tables() -> list[list[list[str]]]:
    """Return the rows of each table of the page, head and rule left out, without code marks."""
    found: list[list[list[str]]] = [[]]
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [rows[2:] for rows in found if rows]


SLOT_ROWS, ENTITY_ROWS, PROPOSITION_ROWS, TOPIC_ROWS = tables()
SLOTS_OF: Final = {name: slots for name, slots, _, _ in ENTITY_ROWS}


def vector(name: str) -> Composition:
    """Return the entity that a row of the page describes."""
    filled: dict[str, Any] = {}
    for part in SLOTS_OF[name].split("; "):
        slot, *values = part.split(" ")
        if slot in {"dueTo", "toward"}:
            filled[SLOTS[slot]] = vector(values[0])
        elif slot == "change":
            filled[SLOTS[slot]] = values[0]
        elif slot in {"withinPart", "modifier"}:
            filled[SLOTS[slot]] = tuple(expand(curie) for curie in values)
        else:
            filled[SLOTS[slot]] = expand(values[0])
    return Composition(**filled)


def key_of(text: str) -> str:
    """Return the key of a text, worked out here and not by the package."""
    value = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:16], "big") << 2
    digits = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(digits[value >> shift & 31] for shift in range(125, -1, -5))


def test_the_page_has_all_four_tables() -> None:
    assert [row[0] for row in SLOT_ROWS] == list(SLOTS)
    assert len(ENTITY_ROWS) + len(PROPOSITION_ROWS) + len(TOPIC_ROWS) >= 20


@pytest.mark.parametrize(
    ("name", "text", "key"), [(n, t, k) for n, _, t, k in ENTITY_ROWS], ids=list(SLOTS_OF)
)
def test_an_entity_has_the_key_of_the_page(name: str, text: str, key: str) -> None:
    entity = vector(name)
    if text == "the term itself":
        assert entity.iri == key == entity.term
        return
    assert entity.key_text == text
    assert entity.reference == key == f"entity/{key_of(text)}"
    assert entity.iri == BASE + key


@pytest.mark.parametrize(
    ("about", "link", "outcome", "text", "key"),
    PROPOSITION_ROWS,
    ids=[" ".join(row[:3]) for row in PROPOSITION_ROWS],
)
def test_a_proposition_has_the_key_of_the_page(
    about: str, link: str, outcome: str, text: str, key: str
) -> None:
    proposition = PropositionKey(vector(about), link, vector(outcome))
    assert proposition.key_text == text
    assert key == f"proposition/{key_of(text)}"
    assert proposition.iri == BASE + key


@pytest.mark.parametrize(
    ("about", "link", "outcome", "text", "key"),
    TOPIC_ROWS,
    ids=[" ".join(row[:3]) for row in TOPIC_ROWS],
)
def test_a_topic_has_the_key_of_the_page(
    about: str, link: str, outcome: str, text: str, key: str
) -> None:
    assert key == f"topic/{key_of(text)}"
    assert PropositionKey(vector(about), link, vector(outcome)).topic_iri == BASE + key


def test_a_key_does_not_depend_on_how_letters_are_composed() -> None:
    composed, apart = "https://ex.org/\u00e9", "https://ex.org/e\u0301"
    assert digest(composed) == digest(apart) == key_of(composed)
    assert Composition(variable=composed, change="increased").iri == (
        Composition(variable=apart, change="increased").iri
    )


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_key_is_26_small_letters_and_digits(text: str) -> None:
    normal = unicodedata.normalize("NFC", text)
    padded = digest(text).upper() + "=" * 6
    assert base64.b32decode(padded) == hashlib.sha256(normal.encode("utf-8")).digest()[:16]


# Laws.


def maybe(curies: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    """Return a strategy for the IRI of one of these terms, or none."""
    return st.sampled_from([None, *map(expand, curies)])


def rows_of(curies: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Return a strategy for every row of different terms of these, in every order."""
    iris = [expand(curie) for curie in curies]
    return st.sampled_from([row for n in range(len(iris) + 1) for row in permutations(iris, n)])


def compositions(*, nested: bool = True) -> st.SearchStrategy[Composition]:
    """Return a strategy for entities of any slots that a record may fill, one term at least."""
    inner = st.sampled_from([None, *(vector(name) for name in NESTED)]) if nested else st.none()
    return st.builds(
        Composition,
        variable=maybe(VARIABLES),
        change=st.sampled_from([None, "increased", "decreased", "changed", "present", "absent"]),
        bearer=maybe(BEARERS),
        within_part=rows_of(PARTS),
        by_agent=maybe(AGENTS),
        due_to=inner,
        toward=inner,
        modifier=rows_of(MODIFIERS),
    ).filter(lambda entity: head(entity, {}) is not None)


def indexes() -> st.SearchStrategy[dict[str, TermEntry]]:
    """Return a strategy for what slices might list: any of the terms, all kin of one another.

    A term is its own parent there, and others stand under each other: no slice is so, and the laws
    hold even then.
    """

    def entry(curie: str) -> TermEntry:
        prefix = curie.split(":")[0]
        kin = tuple(other for other in EVERY_TERM if other.split(":")[0] == prefix)
        return TermEntry(curie, f"label of {curie}", parents=kin)

    every = {expand(curie): entry(curie) for curie in EVERY_TERM}
    listed = st.sets(st.sampled_from(sorted(every)))
    return listed.map(lambda iris: {iri: every[iri] for iri in sorted(iris)})


def propositions() -> st.SearchStrategy[PropositionKey]:
    """Return a strategy for propositions of all relations."""
    relations = st.sampled_from(sorted(RELATIONS))
    side = compositions(nested=False) | st.sampled_from([vector(name) for name in SLOTS_OF])
    return st.builds(PropositionKey, side, relations, side)


def meaning(entity: Composition | None) -> object:
    """Return what makes an entity the same as another: one term, or all its slots."""
    if entity is None or entity.term:
        return entity and entity.term
    values = (getattr(entity, field.name) for field in fields(entity))
    return tuple(meaning(v) if isinstance(v, Composition) else v for v in values)


@given(compositions(), st.data())
def test_the_order_of_modifiers_is_irrelevant(entity: Composition, data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(entity.modifier + entity.modifier))
    assert replace(entity, modifier=tuple(mixed)) == entity
    assert list(entity.modifier) == sorted(entity.modifier)


@given(compositions(), st.data())
def test_the_order_of_parts_counts(entity: Composition, data: st.DataObject) -> None:
    mixed = tuple(data.draw(st.permutations(entity.within_part)))
    assume(mixed != entity.within_part)
    assert replace(entity, within_part=mixed).iri != entity.iri


@given(compositions(), compositions())
def test_two_entities_share_an_iri_only_if_they_are_the_same(
    one: Composition, other: Composition
) -> None:
    assert (one.iri == other.iri) == (meaning(one) == meaning(other))


@given(compositions(), compositions(), st.sampled_from([f.name for f in fields(Composition)]))
def test_another_value_in_one_slot_is_another_iri(
    entity: Composition, other: Composition, slot: str
) -> None:
    values: dict[str, Any] = {slot: getattr(other, slot)}
    changed = replace(entity, **values)
    assume(meaning(changed) != meaning(entity))
    assert changed.iri != entity.iri
    assert changed.reference != entity.reference


@pytest.mark.parametrize("slot", ["variable", "bearer", "by_agent"])
def test_an_entity_of_one_slot_is_the_term(slot: str) -> None:
    iri = expand("CL:0000092")
    one: dict[str, Any] = {slot: iri}
    entity = Composition(**one)
    assert (entity.iri, entity.term, entity.reference) == (iri, iri, f"<{iri}>")
    assert head(entity, {}) == iri
    assert entity.involved == {iri}


@pytest.mark.parametrize("slot", ["change", "within_part", "due_to", "toward", "modifier"])
def test_a_term_with_one_more_slot_is_no_term(slot: str) -> None:
    more: dict[str, Any] = {slot: getattr(vector("every-slot"), slot)}
    entity = Composition(variable=expand("GO:0006954"), **more)
    assert entity.term is None
    assert entity.iri == f"{BASE}entity/{key_of(entity.key_text)}"


@pytest.mark.parametrize(
    ("slots", "core"),
    [
        (("GO:0006954", "UBERON:0002371", "CHEBI:3160"), "GO:0006954"),
        (("PATO:0000117", "CL:0000092", "CHEBI:3160"), "CL:0000092"),
        (("PATO:0000117", None, "CHEBI:3160"), "CHEBI:3160"),
        (("PATO:0000117", None, None), "PATO:0000117"),
        ((None, "CL:0000092", "CHEBI:3160"), "CL:0000092"),
    ],
)
def test_the_head_is_what_the_entity_is_a_case_of(slots: tuple[str | None, ...], core: str) -> None:
    variable, bearer, by_agent = (curie and expand(curie) for curie in slots)
    entity = Composition(variable, "increased", bearer, (), by_agent)
    assert head(entity, {}) == expand(core)


def test_a_term_whose_parents_lead_to_a_quality_is_a_quality() -> None:
    """An own term for what is measured of a tissue must not let the tissue be dropped."""
    volume, amount, bone = "scterm:a", "scterm:b", "UBERON:0002481"
    index = {
        expand(volume): TermEntry(volume, "a volume", parents=(amount,)),
        expand(amount): TermEntry(amount, "an amount", parents=("PATO:0000001", volume)),
    }
    entity = Composition(expand(volume), "decreased", expand(bone))
    assert head(entity, index) == expand(bone)
    assert [step.variable for step in broader(entity, index)] == [expand(amount)]
    assert head(entity, {}) == expand(volume)


def test_a_step_never_turns_a_quality_into_what_is_none() -> None:
    volume, process, bone = "scterm:a", "GO:0001503", "UBERON:0002481"
    index = {
        expand(volume): TermEntry(volume, "a volume", parents=(process, "PATO:0000001")),
        expand(process): TermEntry(process, "ossification"),
    }
    assert broader(Composition(expand(volume), "decreased", expand(bone)), index) == ()


@given(compositions())
def test_a_nested_entity_is_named_by_its_reference(entity: Composition) -> None:
    around = Composition(variable=expand("PATO:0001043"), toward=entity)
    assert around.key_text.endswith(f" toward {entity.reference}")
    assert around.involved >= entity.involved


@given(propositions(), propositions())
def test_two_propositions_share_an_iri_only_if_their_three_parts_are_the_same(
    one: PropositionKey, other: PropositionKey
) -> None:
    def parts(key: PropositionKey) -> tuple[object, ...]:
        return meaning(key.about), key.relation, meaning(key.outcome)

    assert (one.iri == other.iri) == (parts(one) == parts(other))


# Broader.


@given(compositions(), indexes())
def test_broader_drops_no_variable_no_change_no_target_and_no_head(
    entity: Composition, index: dict[str, TermEntry]
) -> None:
    for step in broader(entity, index):
        assert bool(step.variable) == bool(entity.variable)
        assert step.change in {entity.change, "changed" if entity.change else None}
        assert step.toward == entity.toward
        core = head(entity, index)
        assert head(step, index) is not None
        assert head(step, index) in {core, *parents(core, index)}


def test_broader_is_every_drop_and_every_listed_parent() -> None:
    marrow, tibia, bone = (expand(f"UBERON:{n}") for n in ("0002371", "0000979", "0001474"))
    amount, quality, toxin = expand("PATO:0000070"), expand("PATO:0000001"), expand("CHEBI:3160")
    cell, resting = expand("CL:0000092"), expand("CL:0000094")
    transient, giant = expand("PATO:0002292"), expand("scterm:giant")
    cause, wider_cause = (
        Composition(amount, "changed", cell),
        Composition(amount, "changed", resting),
    )
    entity = Composition(
        amount, "increased", cell, (marrow, tibia), toxin, cause, cause, (transient, giant)
    )
    parents_of = {amount: quality, tibia: bone, cell: resting, transient: quality}
    index = {
        iri: TermEntry(compress(iri), "", parents=tuple(compress(p) for p in (up, "CL:1") if p))
        for iri, up in {**parents_of, quality: "", bone: "", resting: ""}.items()
    }
    expected = [
        replace(entity, modifier=(giant,)),
        replace(entity, modifier=(transient,)),
        replace(entity, due_to=None),
        replace(entity, within_part=(marrow,)),
        replace(entity, by_agent=None),
        replace(entity, variable=quality, change="changed"),
        replace(entity, bearer=resting),
        replace(entity, within_part=(marrow, bone)),
    ]
    assert {step.iri for step in broader(entity, index)} == {step.iri for step in expected}
    both = PropositionKey(entity, "cause", cause)
    wider = [replace(both, about=step) for step in expected]
    wider += [
        replace(both, outcome=step) for step in (wider_cause, replace(cause, variable=quality))
    ]
    assert {step.iri for step in broader_propositions(both, index)} == {s.iri for s in wider}


@given(compositions(), indexes())
def test_broader_goes_one_step_and_never_to_itself(
    entity: Composition, index: dict[str, TermEntry]
) -> None:
    steps = broader(entity, index)
    assert entity.iri not in {step.iri for step in steps}
    assert len({step.iri for step in steps}) == len(steps)
    for step in steps:
        names = {f.name for f in fields(step) if getattr(step, f.name) != getattr(entity, f.name)}
        assert len(names) == 1 or names == {"variable", "change"}
        assert "change" not in names or step.change == "changed"


@pytest.mark.parametrize(
    ("change", "of_a_kind", "of_a_magnitude"),
    [
        ("increased", "changed", "increased"),
        ("decreased", "changed", "decreased"),
        ("absent", "changed", "absent"),
        ("changed", "changed", "changed"),
        ("present", "present", "present"),
        (None, None, None),
    ],
)
def test_a_sign_is_kept_only_where_the_wider_variable_is_a_magnitude(
    change: str | None, of_a_kind: str | None, of_a_magnitude: str | None
) -> None:
    """More resorption is not more homeostasis; a fall of a volume fraction is one of the amount."""
    narrow, wide, bone = "GO:0045453", "GO:0001894", expand("UBERON:0002481")
    entity = Composition(expand(narrow), change, bone)
    for magnitude, expected in ((False, of_a_kind), (True, of_a_magnitude)):
        index = {
            expand(narrow): TermEntry(narrow, "a process", parents=(wide,)),
            expand(wide): TermEntry(wide, "a wider one", magnitude=magnitude),
        }
        lifted = [step for step in broader(entity, index) if step.variable == expand(wide)]
        assert [step.change for step in lifted] == [expected]


@given(compositions(), indexes(), st.randoms(use_true_random=False))
def test_broader_is_the_same_whatever_the_order_of_the_index(
    entity: Composition, index: dict[str, TermEntry], chance: random.Random
) -> None:
    mixed = {}
    for iri in chance.sample(sorted(index), len(index)):
        kin = index[iri].parents
        mixed[iri] = replace(index[iri], parents=tuple(chance.sample(kin, len(kin))))
    assert broader(entity, mixed) == broader(entity, index)


@given(compositions())
def test_without_an_index_broader_only_drops(entity: Composition) -> None:
    for step in broader(entity, {}):
        assert step.involved <= entity.involved


@given(st.sampled_from(EVERY_TERM), indexes())
def test_a_broader_term_is_a_listed_parent(curie: str, index: dict[str, TermEntry]) -> None:
    iri = expand(curie)
    steps = {step.iri for step in broader(Composition(variable=iri), index)}
    assert steps == set(parents(iri, index)) - {iri}


@given(propositions(), indexes())
def test_a_broader_proposition_has_one_wider_side(
    key: PropositionKey, index: dict[str, TermEntry]
) -> None:
    steps = broader_propositions(key, index)
    assert key.iri not in {step.iri for step in steps}
    assert [step.iri for step in steps] == sorted(step.iri for step in steps)
    for step in steps:
        assert step.relation == key.relation
        assert (step.about == key.about) != (step.outcome == key.outcome)


def parents(iri: str | None, index: Mapping[str, TermEntry]) -> Iterator[str]:
    """Yield the parents that the index lists for a term and that it lists themselves."""
    entry = index.get(iri or "")
    kin = (expand(curie) for curie in entry.parents) if entry else iter(())
    yield from (parent for parent in kin if parent in index)


# Contrary and topic.


@given(compositions())
def test_the_contrary_of_the_contrary_is_the_entity(entity: Composition) -> None:
    contrary = entity.contrary
    assert (contrary is None) == (entity.change in {None, "changed"})
    if contrary:
        assert contrary.change == OPPOSITE[str(entity.change)] != entity.change
        assert contrary.contrary == entity
        assert contrary.unsigned == entity.unsigned


@given(propositions(), st.sampled_from(sorted(CONTRADICTORY)), st.sampled_from(sorted(OPPOSITE)))
def test_contrary_propositions_share_their_topic(
    key: PropositionKey, relation: str, change: str
) -> None:
    key = replace(key, relation=relation, outcome=replace(key.outcome, change=change))
    contrary = key.contrary
    assert contrary is not None
    assert contrary.contrary == key
    assert contrary.iri != key.iri
    assert contrary.topic_iri == key.topic_iri


@given(propositions())
def test_a_topic_does_not_see_the_change(key: PropositionKey) -> None:
    topics = {
        replace(
            key,
            about=replace(key.about, change=first),
            outcome=replace(key.outcome, change=second),
        ).topic_iri
        for first in SIGNED
        for second in SIGNED
    }
    assert topics == {key.topic_iri}


@given(propositions())
def test_only_a_topic_with_a_direction_tells_its_sides_apart(key: PropositionKey) -> None:
    swapped = replace(key, about=key.outcome, outcome=key.about)
    assume(key.about.unsigned != key.outcome.unsigned)
    unordered = RELATIONS[key.relation].family in {"association", "comparison", "time"}
    assert (swapped.topic_iri == key.topic_iri) == unordered
    assert swapped.iri != key.iri


@given(propositions(), st.sampled_from(sorted(RELATIONS)))
def test_relations_share_a_topic_as_they_share_a_family(key: PropositionKey, link: str) -> None:
    other = replace(key, relation=link)
    same_family = RELATIONS[link].family == RELATIONS[key.relation].family
    assert (other.topic_iri == key.topic_iri) == same_family


# Labels, and names inside a record.


def written(entity: Composition, prefix: str, into: dict[str, Entity]) -> str:
    """Write an entity as a record would, under names that begin with this; return its own."""

    def term(iri: str | None) -> Term | None:
        return Term(compress(iri), f"{prefix}s word for it") if iri else None

    def nested(inner: Composition | None, slot: str) -> str | None:
        return written(inner, f"{prefix}-{slot}", into) if inner else None

    values = {
        "variable": term(entity.variable),
        "change": entity.change,
        "bearer": term(entity.bearer),
        "within_part": tuple(term(iri) for iri in entity.within_part),
        "by_agent": term(entity.by_agent),
        "due_to": nested(entity.due_to, "d"),
        "toward": nested(entity.toward, "t"),
        "modifier": tuple(term(iri) for iri in reversed(entity.modifier)),
    }
    into[prefix] = Entity.model_validate(values)
    return prefix


@given(compositions(), indexes())
def test_a_label_depends_on_the_slots_alone(
    entity: Composition, index: dict[str, TermEntry]
) -> None:
    records: list[dict[str, Entity]] = [{}, {}]
    names = [written(entity, name, into) for name, into in zip("ab", records, strict=True)]
    read = [compose(name, into) for name, into in zip(names, records, strict=True)]
    assert read == [entity, entity]
    labels = {label(each, index) for each in read}
    assert labels == {label(entity, index)}
    assert "word for it" not in "".join(labels)


def test_a_term_of_a_record_is_the_entity_of_that_term() -> None:
    entities = {"cell": Entity.model_validate({"term": "CL:0000092 osteoclast"})}
    assert compose("cell", entities).iri == expand("CL:0000092")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("osteoclast", "CL:0000092"),
        ("larger-osteoclasts", "increased PATO:0000117 of CL:0000092"),
        ("calf-paralysis", "PATO:0000763 UBERON:0001665 by CHEBI:3160, PATO:0002292"),
        ("predisposition", "increased PATO:0001043 toward (increased PATO:0000117 of CL:0000092)"),
    ],
)
def test_a_label_reads_in_the_order_of_speech(name: str, words: str) -> None:
    entity = vector(name)
    index = {iri: TermEntry(compress(iri), compress(iri)) for iri in entity.involved}
    assert label(entity, index) == words


@given(propositions(), st.sampled_from(sorted(set(RELATIONS) - CONTRADICTORY)))
def test_what_can_hold_of_both_has_no_contrary(key: PropositionKey, relation: str) -> None:
    assert replace(key, relation=relation).contrary is None
