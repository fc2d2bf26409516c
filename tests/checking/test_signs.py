"""Directions: what contradicts itself is told once, and what only looks so is not."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import samples
from studyclaims.checking.signs import OF_CHANGES, RAISING, SIGNED_WORDS, check_signs
from studyclaims.model import Study
from studyclaims.predicates import RELATIONS

WAYS = {"increased": 1, "decreased": -1}
CHANGES = ("increased", "decreased", "changed", "present", "absent", None)
STANCES = ("supports", "refutes", "noEffect", "inconclusive")
VALUE = ("propositions", 0, "claims", 0, "evidence", 0, "measurements", 0, "value")
OUTCOME = ("propositions", 0, "outcome")


def entity(change: str | None) -> dict[str, Any]:
    variable = "GO:0045453 bone resorption"
    return {"variable": variable, "bearer": "CL:0000092 osteoclast", "change": change}


def study(link: str, outcome: dict[str, Any], **more: object) -> Study:
    """Return the small study with one proposition between two entities, and one claim.

    ``about`` is the change of the first entity; ``stance`` the claim's; all else is its one
    measurement's.
    """
    data = samples.small()
    claim = data["propositions"][0]["claims"][0]
    claim["stance"] = more.pop("stance", "supports")
    change = more.pop("about", None)
    data["entities"] |= {"first": entity(None) | {"change": change}, "second": outcome}
    claim["evidence"][0]["measurements"] = [more]
    del claim["lag"]
    data["propositions"] = [
        {"about": "first", "link": link, "outcome": "second", "claims": [claim]}
    ]
    return Study.model_validate(data)


def told(found: Study) -> list[tuple[str, tuple[str | int, ...]]]:
    complaints = list(check_signs(found))
    assert all(complaint.message and complaint.hint for complaint in complaints)
    return [(complaint.code, complaint.path) for complaint in complaints]


@pytest.mark.parametrize("about", CHANGES)
@pytest.mark.parametrize("outcome", CHANGES)
def test_a_coefficient_has_the_sign_of_both_changes(about: str | None, outcome: str | None) -> None:
    together = WAYS.get(about or "", 0) * WAYS.get(outcome or "", 0)
    values = ("-0.5", "+0.5", "12", "0", "-0.00", None)
    for value, stance, coefficient in product(values, STANCES, (True, False)):
        made = study(
            "associate", entity(outcome), about=about, value=value, stance=stance,
            coefficient=coefficient,
        )  # fmt: skip
        wrong = coefficient and stance == "supports" and together * float(value or 0) < 0
        assert told(made) == ([("R023", VALUE)] if wrong else [])


@pytest.mark.parametrize("change", CHANGES)
def test_a_signed_percentage_has_the_sign_of_the_outcome(change: str | None) -> None:
    values = ("-12", "+8", "12", "0", "-0.0", "+0", None)
    for value, stance, unit in product(
        values, STANCES, ("%", "%{loss}", "%.{loss}", "1", "%/d", None)
    ):
        made = study("cause", entity(change), value=value, unit=unit, stance=stance)
        against = WAYS.get(change or "", 0) * float(value or 0) < 0
        signed = value in {"-12", "+8"} and unit in {"%", "%{loss}", "%.{loss}"}
        wrong = signed and stance == "supports" and against
        assert told(made) == ([("R023", VALUE)] if wrong else [])


@pytest.mark.parametrize("link", sorted(RELATIONS))
def test_a_printed_sign_says_something_for_raising_relations_and_coefficients(link: str) -> None:
    coefficient = study(
        link, entity("increased"), about="increased", value="-0.5", coefficient=True
    )
    percentage = study(link, entity("increased"), about="increased", value="-5", unit="%")
    assert told(coefficient) == ([("R023", VALUE)] if link == "associate" else [])
    assert told(percentage) == ([("R023", VALUE)] if link in RAISING else [])


@pytest.mark.parametrize("link", sorted(RELATIONS))
@pytest.mark.parametrize("change", CHANGES)
def test_a_relation_of_changes_has_a_change_as_its_outcome(link: str, change: str | None) -> None:
    wrong = link in OF_CHANGES and change is None
    assert told(study(link, entity(change))) == ([("R023", OUTCOME)] if wrong else [])


@pytest.mark.parametrize("link", sorted(OF_CHANGES))
@pytest.mark.parametrize(
    ("term", "right"),
    [
        ("HP:0000938 Osteopenia", True),
        ("MONDO:0043797 spinal cord injury", True),
        ("scterm:disuse mechanical disuse", True),
        ("GO:0045453 bone resorption", False),
        ("OBA:VT1000111 bone mass", False),
        ("PATO:0001230 strength", False),
    ],
)
def test_a_term_is_a_condition_or_a_mere_variable(link: str, term: str, right: bool) -> None:
    assert told(study(link, {"term": term})) == ([] if right else [("R023", OUTCOME)])


@pytest.mark.parametrize(("link", "change"), OF_CHANGES.items())
def test_the_hint_says_what_to_write_in_place_of_it(link: str, change: str) -> None:
    (complaint,) = check_signs(study(link, entity(None)))
    assert complaint.message.startswith(f"{link} needs a change")
    assert complaint.hint.endswith(f"or write cause with the outcome {change}")


def test_a_relation_of_changes_is_one_of_the_relations() -> None:
    assert OF_CHANGES.keys() | RAISING <= RELATIONS.keys()
    assert {"cause", "contribute", "predispose"} == RAISING


def test_both_ways_are_told_apart() -> None:
    (same,) = check_signs(
        study("associate", entity("decreased"), about="decreased", value="-1", coefficient=True)
    )
    (opposite,) = check_signs(
        study("associate", entity("increased"), about="decreased", value="1", coefficient=True)
    )
    assert same.message == "a coefficient of -1, but the entities change the same way"
    assert opposite.message == "a coefficient of 1, but the entities change opposite ways"


def test_each_measurement_of_each_claim_is_looked_at() -> None:
    data = samples.small()
    claim = data["propositions"][0]["claims"][0]
    wrong = {"value": "-12", "unit": "%"}
    claim["evidence"].append(claim["evidence"][0] | {"measurements": [{"n": 2}, wrong, wrong]})
    data["propositions"][0]["claims"].append(claim | {"id": "again"})
    paths = [path[3:] for _, path in told(Study.model_validate(data))]
    places = [("evidence", 1, "measurements", n, "value") for n in (1, 2)]
    assert paths == [(claim, *place) for claim in (0, 2) for place in places]


SIGNED = ("increased", "decreased", "reduced", "elevated", "loss", "gain", "deficiency", "excess")


def test_every_word_that_has_a_sign_is_tried() -> None:
    assert set(SIGNED) == SIGNED_WORDS


@pytest.mark.parametrize("word", SIGNED)
@pytest.mark.parametrize("change", ["increased", "decreased", "changed", "present", None])
def test_a_variable_whose_name_has_a_sign_takes_no_other(word: str, change: str | None) -> None:
    data = samples.small()
    variable = f"GO:0045453 Bone {word.title()} of old"
    data["entities"]["larger-cells"] |= {"variable": variable, "change": change}
    place = ("entities", "larger-cells", "change")
    assert told(Study.model_validate(data)) == ([("R014", place)] if change in WAYS else [])


def test_a_sign_within_a_word_is_none() -> None:
    data = samples.small()
    data["entities"]["larger-cells"]["variable"] = "GO:0045453 glossal again"
    assert told(Study.model_validate(data)) == []


@pytest.mark.parametrize("side", ["about", "outcome"])
def test_a_name_that_leads_nowhere_is_passed_over(side: str) -> None:
    """So is nothing but what would have been held against it."""
    prevented = study("prevent", entity(None)).model_dump(mode="json")
    prevented["propositions"][0][side] = "nowhere"
    expected = [("R023", OUTCOME)] if side == "about" else []
    assert told(Study.model_validate(prevented)) == expected
    for link in ("associate", "prevent"):
        made = study(link, entity("increased"), about="increased", value="-1", coefficient=True)
        data = made.model_dump(mode="json")
        data["propositions"][0][side] = "nowhere"
        assert told(Study.model_validate(data)) == []


def test_a_change_that_stands_alone_is_none_of_a_variable() -> None:
    """An entity without a variable has no name that could carry a sign."""
    data = samples.small()
    data["entities"]["larger-cells"]["variable"] = None
    assert told(Study.model_validate(data)) == []
