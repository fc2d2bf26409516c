"""Units and p values of a study built in Python: what cannot be is told at its key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import samples
from studyclaims.checking.measurements import check_measurements
from studyclaims.model import Study

FIRST = "propositions.0.claims.0.evidence.0.measurements.0"
PLACE = ("propositions", 0, "claims", 0, "evidence", 0, "measurements", 0)


def told(key: str, value: str | None) -> list[tuple[str, object]]:
    """Return (code, key) of each complaint about the small study with this value."""
    study = Study.model_validate(samples.changed(f"{FIRST}.{key}", value))
    found = list(check_measurements(study))
    assert all(complaint.path[:-1] == PLACE for complaint in found)
    assert all(complaint.hint for complaint in found)
    return [(complaint.code, complaint.path[-1]) for complaint in found]


@pytest.mark.parametrize("unit", [None, "mm", "%", "1", "{cells}/mm2", "10*3/uL"])
def test_a_unit_of_ucum_is_no_complaint(unit: str | None) -> None:
    assert told("unit", unit) == []


@pytest.mark.parametrize("unit", ["", "hours", "µm", "mm^3", "percent", "m m"])
def test_another_unit_is_one(unit: str) -> None:
    assert told("unit", unit) == [("R021", "unit")]


def test_the_hint_is_that_of_the_unit() -> None:
    study = Study.model_validate(samples.changed(f"{FIRST}.unit", "weeks"))
    (complaint,) = check_measurements(study)
    assert complaint.message == "UCUM has no unit 'weeks'"
    assert complaint.hint == "write wk, if that is meant"


@pytest.mark.parametrize(
    "p",
    [
        None,
        "0",
        "1",
        "1.0",
        ".03",
        "0.000",
        "1e0",
        "<1",
        "≥ 0.2",
        "> .9",
        "0.1e1",
        "<=1.000",
        "<=0",
        "≤ 0",
        ">0",
        "=1",
        "= 0",
    ],
)
def test_a_p_from_0_to_1_is_no_complaint(p: str | None) -> None:
    assert told("p", p) == []


@pytest.mark.parametrize(
    "p",
    [
        "1.2",
        "2",
        "<5",
        "1.0001",
        "= 1.1",
        "1e1",
        "≤ 12",
        ">=1.5",
        "1e999",
        ">1",
        "≥1",
        ">= 1.0",
        "<0",
        "< 0.00",
    ],
)
def test_a_p_outside_0_to_1_is_one(p: str) -> None:
    assert told("p", p) == [("R022", "p")]


@pytest.mark.parametrize(("p", "says"), [(">1", "over 1"), ("1.2", "over 1"), ("<0", "below 0")])
def test_the_message_says_which_side(p: str, says: str) -> None:
    (complaint,) = check_measurements(Study.model_validate(samples.changed(f"{FIRST}.p", p)))
    assert complaint.message == f"p is {p!r}, which is {says}"


@given(st.floats(0, 1), st.sampled_from(["", "<", ">", "=", "<=", ">=", "≤", "≥", "< "]))
def test_no_probability_is_complained_of(number: float, sign: str) -> None:
    is_left = not (number == 1 and sign in {">", ">=", "≥"}) and not (
        number == 0 and sign[:1] == "<"
    )
    assert told("p", sign + repr(number)) == [] or not is_left


def test_every_measurement_is_looked_at() -> None:
    data = samples.small()
    evidence = data["propositions"][2]["claims"][0]["evidence"]
    evidence[0]["measurements"] = [{"unit": "mm"}, {"unit": "hours", "p": "2"}]
    found = check_measurements(Study.model_validate(data))
    place = ("propositions", 2, "claims", 0, "evidence", 0, "measurements", 1)
    assert [(c.code, c.path) for c in found] == [
        ("R021", (*place, "unit")),
        ("R022", (*place, "p")),
    ]


def test_a_unit_that_ucum_has_for_something_else_is_not_said_to_be_missing() -> None:
    (complaint,) = check_measurements(Study.model_validate(samples.changed(f"{FIRST}.unit", "AU")))
    assert (complaint.code, complaint.message) == ("R021", "to UCUM, 'AU' is something else")
