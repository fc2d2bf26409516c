"""Key texts in a graph: every edit of what an IRI is the key of is found."""

from __future__ import annotations

from typing import Final

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from studyclaims.identifiers import KEY_RULE, Composition, PropositionKey, digest
from studyclaims.keytexts import key_faults
from studyclaims.quads import entity_triples, proposition_triples
from studyclaims.rdf import node
from studyclaims.terms import BASE, expand

A, B, C, D = (expand(name) for name in ("GO:0045453", "CL:0000092", "UBERON:0000979", "CHEBI:3160"))
CAUSE: Final = Composition(variable=A, change="present")
ENTITY: Final = Composition(
    variable=A, change="increased", bearer=B, within_part=(C, B), by_agent=D,
    due_to=CAUSE, toward=Composition(variable=B), modifier=(D, A),
)  # fmt: skip
KEY: Final = PropositionKey(ENTITY, "cause", CAUSE)
WHOLE: Final = frozenset(
    {*entity_triples(ENTITY, {}), *entity_triples(CAUSE, {}), *proposition_triples(KEY, {})}
)
NAME: Final = NamedNode(ENTITY.iri)


def test_what_was_built_has_no_fault() -> None:
    assert key_faults(WHOLE) == []


SAID: Final = sorted(
    (t for t in WHOLE if t.subject in {NAME, NamedNode(KEY.iri), NamedNode(KEY.topic_iri)}), key=str
)
KEYED: Final = {
    node(f"sc:{name}")
    for name in (
        "variable", "change", "bearer", "withinPart", "innermostPart", "byAgent", "dueTo", "toward",
        "modifier", "about", "link", "outcomeEntity", "keyText",
    )
}  # fmt: skip


@pytest.mark.parametrize("number", range(len(SAID)))
def test_each_slot_that_is_taken_away_or_added_is_found(number: int) -> None:
    said = SAID[number]
    keyed = [str(getattr(said.subject, "value", ""))] if said.predicate in KEYED else []
    more = Triple(said.subject, said.predicate, node("sc:other"))
    assert [iri for iri, _ in key_faults(WHOLE - {said})] == keyed
    assert [iri for iri, _ in key_faults(WHOLE | {more})] == keyed
    if keyed:
        ((_, fault),) = key_faults(WHOLE | {more})
        assert str(said.predicate.value).rpartition("/")[2] in fault


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("entity", "", "of another kind"),
        ("entity", f"{KEY_RULE} topic", "of another kind"),
        ("topic", "sc-key-0 topic", "of another kind"),
        ("proposition", f"{KEY_RULE} proposition", ""),
        ("topic", f"{KEY_RULE} topic about nothing", ""),
        ("entity", f"{KEY_RULE} entity bearer <{B}> variable <{A}>", "order of the key"),
        ("entity", f"{KEY_RULE} entity modifier <{D}> <{A}>", ""),
        ("entity", f"{KEY_RULE} entity modifier <{A}> <{D}>", "order of the key"),
    ],
)
def test_a_text_that_is_hashed_must_be_a_key(kind: str, text: str, fault: str) -> None:
    name = NamedNode(f"{BASE}{kind}/{digest(text)}")
    slots = {"variable": A, "bearer": B} if "variable" in text else {}
    said = [Triple(name, node(f"sc:{slot}"), NamedNode(iri)) for slot, iri in slots.items()]
    if "modifier" in text:
        said += [Triple(name, node("sc:modifier"), NamedNode(iri)) for iri in (A, D)]
    faults = key_faults([*said, Triple(name, node("sc:keyText"), Literal(text))])
    assert [why for _, why in faults if fault in why] == ([faults[0][1]] if fault else [])
    assert bool(faults) == bool(fault)


def test_another_name_for_the_same_text_is_found() -> None:
    other = NamedNode(f"{BASE}topic/{digest('x')}")
    (text,) = (t.object for t in WHOLE if t.subject == NAME and t.predicate == node("sc:keyText"))
    found = key_faults([Triple(other, node("sc:keyText"), text)])
    assert found == [(other.value, "its IRI is not the hash of its sc:keyText")]


def test_names_of_others_are_left_alone() -> None:
    foreign = [NamedNode(A), NamedNode(f"{BASE}claim/x/y"), NamedNode(f"{BASE}entity/a/b")]
    assert key_faults(Triple(name, node("sc:variable"), NamedNode(B)) for name in foreign) == []
