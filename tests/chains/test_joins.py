"""Joins: which entities a reader may put in one another's place, and how far apart they are."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import pytest
from pyoxigraph import Literal, Quad

from samples import quads
from studyclaims.chains.joins import MEANS, Join, Joins, read_joins
from studyclaims.chains.steps import Strength
from studyclaims.comparing.voices import Entities, read_entities
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import expand

SIZE: Final = expand("PATO:0000117")
DIFFERENTIATION: Final = expand("GO:0030316")


def joins(
    wider: str = "",
    changes: dict[str, str] | None = None,
    **slots: dict[str, str],
) -> Joins:
    """Return joins of made-up entities; ``a>b`` says that ``b`` is one step wider than ``a``."""
    up: defaultdict[str, list[str]] = defaultdict(list)
    for pair in wider.split():
        one, _, other = pair.partition(">")
        up[one].append(other)
    due: defaultdict[str, list[str]] = defaultdict(list)
    for entity, cause in slots.get("due", {}).items():
        due[cause].append(entity)
    return Joins(
        Entities(changes=changes or {}, wider=up),
        slots.get("variable", {}),
        slots.get("core", {}),
        slots.get("toward", {}),
        due,
    )


def kinds(found: Joins, entity: str) -> dict[str, list[str]]:
    return {end: [kind for kind, _ in join.parts] for end, join in found.ahead(entity).items()}


def test_a_join_goes_up_or_down_and_never_to_what_only_shares_a_wider_entity() -> None:
    tree = joins("leaf>twig twig>branch other>branch")
    assert kinds(tree, "leaf") == {"twig": ["wider"], "branch": ["wider"]}
    assert kinds(tree, "branch") == {name: ["narrower"] for name in ("leaf", "twig", "other")}
    assert kinds(tree, "twig") == {"branch": ["wider"], "leaf": ["narrower"]}


def test_what_is_narrower_changes_the_same_way() -> None:
    changed = {"rise": "increased", "fall": "decreased", "state": "changed", "focal": "changed"}
    tree = joins("rise>state fall>state focal>state", changed)
    assert kinds(tree, "state") == {"focal": ["narrower"]}
    assert kinds(tree, "rise") == {"state": ["wider"]}


def test_entities_that_are_wider_than_each_other_end_no_walk() -> None:
    assert kinds(joins("a>b b>a"), "a") == {"b": ["wider"]}


def test_what_is_due_to_a_thing_is_joined_to_it_and_goes_no_further() -> None:
    tree = joins("loss-due>loss", due={"loss-due": "rest"})
    assert kinds(tree, "rest") == {"loss-due": ["due"]}
    assert kinds(tree, "loss-due") == {"loss": ["wider"]}


@pytest.mark.parametrize("change", ["increased", "present", ""])
@pytest.mark.parametrize(
    "variable",
    [
        "scterm:predisposition",
        "scterm:formation-potential",
        "scterm:activity-or-expression",
        "GO:0030316",
    ],
)
def test_a_readiness_leads_to_what_it_is_directed_at(variable: str, change: str) -> None:
    found = joins(
        "big>cell",
        {"ready": change, "big": "increased"},
        variable={"ready": expand(variable), "big": SIZE},
        toward={"ready": "big"},
        core={"big": "thing"},
    )
    assert kinds(found, "ready") == {
        "big": ["toward"],
        "cell": ["toward", "wider"],
        "thing": ["toward", "itself"],
    }
    assert found.ahead("ready")["thing"].looseness == 4


@pytest.mark.parametrize(
    ("variable", "change"),
    [
        ("scterm:recovery", "present"),
        ("PATO:0000165", "increased"),
        ("GO:0030316", "decreased"),
        ("GO:0030316", "changed"),
        ("GO:0030316", "absent"),
    ],
)
def test_a_recovery_or_less_readiness_does_not(variable: str, change: str) -> None:
    found = joins(
        changes={"ready": change}, variable={"ready": expand(variable)}, toward={"ready": "big"}
    )
    assert kinds(found, "ready") == {}


def test_what_is_directed_at_itself_ends_no_walk() -> None:
    variable = dict.fromkeys(("a", "b"), DIFFERENTIATION)
    assert kinds(joins(variable=variable, toward={"a": "b", "b": "a"}), "a") == {"b": ["toward"]}


@pytest.mark.parametrize(
    ("variable", "core", "change", "joined"),
    [
        (DIFFERENTIATION, DIFFERENTIATION, "increased", True),
        (DIFFERENTIATION, DIFFERENTIATION, "decreased", False),
        (DIFFERENTIATION, DIFFERENTIATION, "changed", False),
        (SIZE, "cell", "increased", True),
        (SIZE, "cell", "decreased", False),
        (expand("scterm:cell-activity"), "cell", "", True),
        (expand("PATO:0000763"), "muscle", "present", False),
        (None, "drug", "present", False),
    ],
)
def test_a_rise_of_a_thing_is_the_thing_and_a_fall_or_another_quality_is_not(
    variable: str | None, core: str, change: str, joined: bool
) -> None:
    found = joins(
        changes={"it": change}, variable={"it": variable} if variable else {}, core={"it": core}
    )
    assert kinds(found, "it") == ({core: ["itself"]} if joined else {})


def test_a_term_is_not_joined_to_itself() -> None:
    assert kinds(joins(variable={SIZE: SIZE}, core={SIZE: SIZE}), SIZE) == {}


def test_the_closest_join_is_taken() -> None:
    found = joins(
        "it>cell",
        {"it": "increased"},
        variable={"it": SIZE},
        core={"it": "cell"},
        due={"cell": "it"},
    )
    assert found.ahead("it")["cell"] == Join("it", (("wider", "cell"),))
    assert found.ahead("it") is found.ahead("it")


def test_a_later_way_does_not_take_the_place_of_a_closer_one() -> None:
    found = joins("it>big", variable={"it": DIFFERENTIATION}, toward={"it": "big"})
    assert kinds(found, "it") == {"big": ["wider"]}


def test_readiness_for_a_readiness_leads_on() -> None:
    variable = dict.fromkeys(("one", "two", "three"), DIFFERENTIATION)
    toward = {"one": "two", "two": "three", "three": "four"}
    assert kinds(joins(variable=variable, toward=toward), "one") == {
        "two": ["toward"],
        "three": ["toward", "toward"],
        "four": ["toward", "toward", "toward"],
    }


def test_the_thing_itself_is_found_over_a_wider_entity_too() -> None:
    found = joins(
        "odd>more",
        {"odd": "increased", "more": "increased"},
        variable={"odd": expand("PATO:0000763"), "more": SIZE},
        core={"odd": "thing", "more": "thing"},
    )
    assert kinds(found, "odd") == {"more": ["wider"], "thing": ["wider", "itself"]}


def test_a_wider_entity_is_closer_than_any_other() -> None:
    assert [Join("a", ((kind, "b"),)).looseness for kind in sorted(MEANS)] == [2, 2, 2, 2, 1]
    assert sorted(MEANS)[-1] == "wider"


def test_a_join_ranks_below_what_anybody_says_and_above_what_nobody_supports() -> None:
    close, loose = Join("a", (("wider", "b"),)), Join("a", (("wider", "b"), ("itself", "c")))
    assert 2 * Strength.BESIDE + 1 < loose.rank < close.rank < 2 * Strength.SPECULATED
    assert (close.is_close, loose.is_close) == (True, False)
    assert close.words == "a join, claimed by nobody, to what is less specific"
    assert loose.words == "a join, claimed by nobody"


def test_a_slot_that_holds_a_text_joins_nothing() -> None:
    size, odd = node("urn:x:size"), Literal(3)
    slots = [Quad(size, node(f"sc:{n}"), odd) for n in ("toward", "dueTo", "variable", "coreTerm")]
    found = read_joins(EmbeddedStore(slots), Entities())
    assert (dict(found.due), found.toward, found.variable, found.core) == ({}, {}, {}, {})
    both = [Quad(size, node("sc:variable"), node(f"urn:x:{name}")) for name in "ba"]
    assert read_joins(EmbeddedStore(both), Entities()).variable == {"urn:x:size": "urn:x:a"}


def test_joins_are_read_from_a_graph() -> None:
    held = EmbeddedStore(quads())
    entities = read_entities(held)
    found = read_joins(held, entities)
    named = {label: iri for iri, label in entities.labels.items()}
    formation = named["increased osteoclast differentiation toward (increased size of osteoclast)"]
    assert kinds(found, formation) == {
        DIFFERENTIATION: ["itself"],
        named["increased size of osteoclast"]: ["toward"],
        named["changed morphology of osteoclast"]: ["toward", "wider"],
        expand("CL:0000092"): ["toward", "itself"],
    }
    of_rest = kinds(found, expand("scterm:disuse")).values()
    assert ["due"] in of_rest
