"""Readings: what a claim, an entity and a measurement are in words."""

from __future__ import annotations

import itertools
from typing import Any, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.lags import Bound, Duration
from studyclaims.model import Measurement
from studyclaims.predicates import RELATIONS, Basis, Certainty, Stance
from studyclaims.readings import (
    _BASES,
    _BOUNDS,
    _PATTERNS,
    elapsed,
    entity_words,
    figure,
    measurement_line,
    sentence,
    third_person,
)

SC: Final = "https://w3id.org/studyclaims/vocab/"

THIRD_PERSON: Final = {
    "cause": "causes",
    "contribute": "contributes to",
    "associate": "is associated with",
    "precede": "precedes",
    "coincide": "coincides with",
    "predispose": "predisposes to",
    "prevent": "prevents",
    "attenuate": "attenuates",
    "reverse": "reverses",
    "amplify": "amplifies",
    "mediate": "mediates",
    "explain": "explains",
    "modify": "modifies",
    "require": "is required for",
    "compare": "exceeds",
    "describe": "shows",
}

SAYS: Final = {
    ("supports", "asserted"): "asserts that",
    ("supports", "suggested"): "suggests that",
    ("supports", "hypothesised"): "hypothesises that",
    ("supports", "speculated"): "speculates that",
    ("refutes", "asserted"): "denies that",
    ("refutes", "suggested"): "suggests that it is not so that",
    ("refutes", "hypothesised"): "hypothesises that it is not so that",
    ("refutes", "speculated"): "speculates that it is not so that",
    ("noEffect", "asserted"): "tested and found no sign that",
    ("noEffect", "suggested"): "suggests that there is no sign that",
    ("noEffect", "hypothesised"): "hypothesises that there is no sign that",
    ("noEffect", "speculated"): "speculates that there is no sign that",
    ("inconclusive", "asserted"): "leaves open whether",
    ("inconclusive", "suggested"): "leaves open whether",
    ("inconclusive", "hypothesised"): "leaves open whether",
    ("inconclusive", "speculated"): "leaves open whether",
}


def row(**changes: object) -> dict[str, Any]:
    """Return what a sentence is made of."""
    plain: dict[str, Any] = {
        "kind": None,
        "stance": f"{SC}supports",
        "certainty": f"{SC}asserted",
        "basis": f"{SC}intervention",
        "role": f"{SC}result",
        "link": f"{SC}relCause",
        "aboutReading": "rest",
        "outcomeReading": "bone loss",
        "cue": ["causes"],
        "at": ["title"],
        "evidence": [{"measured": True}],
        "context": {},
        "figure": None,
        "lag": None,
        "bound": None,
        "startReading": None,
    }
    return plain | changes


def test_the_lists_name_every_relation_stance_and_certainty() -> None:
    assert THIRD_PERSON.keys() == RELATIONS.keys()
    assert SAYS.keys() == set(itertools.product(Stance, Certainty))


@pytest.mark.parametrize("link", THIRD_PERSON)
def test_a_relation_is_read_in_the_third_person(link: str) -> None:
    assert third_person(RELATIONS[link].reads) == THIRD_PERSON[link]
    text = sentence(row(link=f"{SC}rel{link.capitalize()}"))
    assert f"rest {THIRD_PERSON[link]} bone loss" in text


@pytest.mark.parametrize(("stance", "certainty"), SAYS, ids="-".join)
def test_a_sentence_says_stance_and_certainty(stance: str, certainty: str) -> None:
    text = sentence(row(stance=SC + stance, certainty=SC + certainty))
    verb = SAYS[stance, certainty]
    expected = f"The paper {verb} rest causes bone loss (“causes”). Title; result"
    assert text == f"{expected}, resting on an intervention."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"role": f"{SC}conclusion"}, "The paper asserts that"),
        ({"role": f"{SC}background"}, "The paper states that"),
        ({"role": f"{SC}implication"}, "The paper states that"),
        ({"kind": "https://doi.org/10.1/x"}, "The news states that"),
        ({"kind": "x", "certainty": f"{SC}suggested"}, "The news suggests that"),
        ({"kind": "x", "stance": f"{SC}refutes"}, "The news denies that"),
    ],
)
def test_only_the_paper_on_its_own_findings_asserts(
    changes: dict[str, object], expected: str
) -> None:
    assert sentence(row(**changes)).startswith(expected)


@pytest.mark.parametrize(
    ("measured", "verb"),
    [
        ([], "reports no sign that"),
        ([{"measurements": []}], "reports no sign that"),
        ([{"measured": False}], "reports no sign that"),
        ([{"measured": False}, {"measured": True}], "tested and found no sign that"),
    ],
)
def test_only_what_was_measured_is_said_to_be_tested(
    measured: list[dict[str, Any]], verb: str
) -> None:
    null = {"stance": f"{SC}noEffect", "role": f"{SC}background", "evidence": measured}
    assert sentence(row(**null)).startswith(f"The paper {verb} rest ")
    assert sentence(row(evidence=measured)).startswith("The paper asserts that rest ")


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("at", "; seen at 3 d after injury. Title"),
        ("by", "; seen by 3 d after injury. Title"),
        ("from", "; seen from 3 d after injury. Title"),
        ("atPeak", "; seen at its peak 3 d after injury. Title"),
    ],
)
def test_a_lag_says_when_the_outcome_was_seen(bound: str, expected: str) -> None:
    assert expected in sentence(row(lag="3 d", bound=SC + bound, startReading="injury"))


def test_a_lag_from_what_the_sentence_begins_with_does_not_say_it_again() -> None:
    assert "; seen at 3 d after its start." in sentence(
        row(lag="3 d", bound=f"{SC}at", startReading="rest")
    )


@pytest.mark.parametrize(
    ("changes", "verb"),
    [
        ({}, "seen"),
        ({"certainty": f"{SC}suggested"}, "seen"),
        ({"certainty": f"{SC}hypothesised"}, "expected"),
        ({"certainty": f"{SC}speculated"}, "expected"),
        ({"stance": f"{SC}noEffect"}, "looked for"),
    ],
)
def test_only_what_was_found_is_said_to_be_seen(changes: dict[str, object], verb: str) -> None:
    text = sentence(row(lag="3 d", bound=f"{SC}by", startReading="rest", **changes))
    assert f"; {verb} by 3 d after its start." in text


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("intervention", "result, resting on an intervention."),
        ("association", "result, resting on an association."),
        ("temporal", "result, resting on the order in time."),
        ("comparison", "result, resting on a comparison."),
        ("none", "Title; result."),
    ],
)
def test_a_sentence_ends_with_what_the_claim_rests_on(basis: str, expected: str) -> None:
    assert sentence(row(basis=SC + basis)).endswith(expected)


def test_every_basis_bound_and_pattern_has_words() -> None:
    assert {b.value for b in Basis} == _BASES.keys() | {"none"}
    assert {b.value for b in Bound} == _BOUNDS.keys()
    patterns = get_args(Measurement.model_fields["pattern"].annotation)
    assert {name for part in patterns for name in get_args(part)} == _PATTERNS.keys()


@pytest.mark.parametrize(
    ("context", "figure_", "expected"),
    [
        ({"site": "tibia"}, None, "(“causes”); site: tibia. Title"),
        ({"site": "tibia", "site_printed": "the shin"}, None, "; site: the shin. Title"),
        ({}, "-7 %", "(“causes”); measured: -7 %. Title"),
        ({"site": "tibia"}, "-7 %", "; site: tibia; measured: -7 %. Title"),
    ],
)
def test_a_sentence_names_site_and_figure(
    context: dict[str, str], figure_: str | None, expected: str
) -> None:
    assert expected in sentence(row(context=context, figure=figure_))


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ("resorption, localized", "that resorption, localized, causes"),
        ("loss due to (rest, long)", "that loss due to (rest, long) causes"),
        ("rest", "that rest causes"),
    ],
)
def test_an_aside_before_the_verb_is_closed(about: str, expected: str) -> None:
    assert expected in sentence(row(aboutReading=about))


def test_places_keep_their_capitals_and_species_and_basis_end_the_sentence() -> None:
    text = sentence(
        row(
            at=["abstract, sentence 2", "figures, figure 2B"],
            cue=["may", "could"],
            context={"species": "Mus musculus", "dose": "2 units"},
            basis=f"{SC}none",
        )
    )
    assert text.endswith(
        "(“may”; “could”). Abstract, sentence 2; figures, figure 2B; result; Mus musculus."
    )


INJECTED: Final = {"variable": ["injection"], "change": ["present"], "by_agent": ["toxin"]}
PARALYSED: Final = {"variable": ["paralysed"], "change": ["present"], "bearer": ["calf"]}
LOSS: Final = {"variable": ["mass"], "change": ["decreased"], "bearer": ["bone"]}


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (LOSS, "decreased mass of bone"),
        (LOSS | {"change": ["changed"]}, "a change in mass of bone"),
        (LOSS | {"change": ["absent"]}, "absence of mass of bone"),
        (LOSS | {"change": []}, "mass of bone"),
        ({"change": ["increased"], "bearer": ["osteoclast"]}, "increased osteoclast"),
        ({"by_agent": ["toxin"], "change": ["increased"]}, "increased by toxin"),
        (LOSS | {"within_part": ["shaft", "tibia"]}, "decreased mass of bone in shaft in tibia"),
        (LOSS | {"by_agent": ["toxin"]}, "decreased mass of bone by toxin"),
        (LOSS | {"modifier": ["local", "transient"]}, "decreased mass of bone, local, transient"),
        (INJECTED, "injection of toxin"),
        (INJECTED | {"change": []}, "injection of toxin"),
        (INJECTED | {"within_part": ["calf"]}, "injection of toxin in calf"),
        (INJECTED | {"by_agent": []}, "injection"),
        (INJECTED | {"bearer": ["calf"]}, "injection calf by toxin"),
        (INJECTED | {"change": ["increased"]}, "increased injection by toxin"),
        (PARALYSED, "paralysed calf"),
        (PARALYSED | {"by_agent": ["toxin"]}, "calf paralysed by toxin"),
        (PARALYSED | {"modifier": ["transient"]}, "transiently paralysed calf"),
        (PARALYSED | {"modifier": ["left", "transient"]}, "transiently paralysed calf, left"),
        (
            PARALYSED | {"by_agent": ["toxin"], "modifier": ["transient"]},
            "calf transiently paralysed by toxin",
        ),
        (PARALYSED | {"change": ["increased"]}, "increased paralysed of calf"),
        ({"variable": ["vibration"], "change": ["present"]}, "vibration"),
    ],
)
def test_a_composition_is_read_as_a_phrase(slots: dict[str, list[str]], expected: str) -> None:
    assert entity_words(slots) == expected


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("recovery", "recovery from bone loss"),
        ("predisposition", "predisposition to bone loss"),
        ("formation potential", "formation potential for bone loss"),
        ("time", "time relative to bone loss"),
        ("differentiation", "differentiation toward bone loss"),
    ],
)
def test_what_a_variable_is_directed_at_follows_its_own_word(variable: str, expected: str) -> None:
    assert entity_words({"variable": [variable], "toward": ["bone loss"]}) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"due_to": ["rest"]}, "loss due to rest"),
        ({"due_to": ["rest, long"]}, "loss due to (rest, long)"),
        ({"due_to": ["rest due to age"]}, "loss due to (rest due to age)"),
        ({"due_to": ["rest (a, b)"]}, "loss due to (rest (a, b))"),
        ({"due_to": ["rest"], "modifier": ["local"]}, "loss due to (rest), local"),
        ({"toward": ["size"], "due_to": ["rest"]}, "loss toward (size) due to rest"),
    ],
)
def test_what_could_be_read_two_ways_stands_in_brackets(
    more: dict[str, list[str]], expected: str
) -> None:
    assert entity_words({"variable": ["loss"], **more}) == expected


@pytest.mark.parametrize(
    ("measurement", "expected"),
    [
        ({}, ""),
        ({"unit": "%", "spread": "2"}, ""),
        ({"value": "0.8"}, "0.8"),
        ({"value": "0.8", "unit": "1"}, "0.8"),
        ({"value": "0.8", "unit": "mm"}, "0.8 mm"),
        ({"value": "0.8", "spread": "0.1"}, "0.8 (± 0.1)"),
        ({"value": "0.8", "coefficient": True}, "correlation coefficient 0.8"),
        ({"value": "0.8", "coefficient": False}, "0.8"),
    ],
)
def test_a_figure_is_value_unit_and_spread(measurement: dict[str, Any], expected: str) -> None:
    assert figure(measurement) == expected


@pytest.mark.parametrize(
    ("measurement", "expected"),
    [
        ({"value": "-7", "unit": "%"}, "-7 %"),
        ({"value": "-7", "n": 10}, "-7, n 10"),
        ({"p": "<0.001"}, "p <0.001"),
        ({"value": "-7", "time": "21 d"}, "-7, after 21 d"),
        ({"value": "-7", "compared_with": "saline"}, "-7, against saline"),
        ({"pattern": "peak"}, "at the peak"),
        ({"pattern": "transient"}, "transient"),
        ({"pattern": "partialRecovery"}, "partial recovery"),
        ({"pattern": "noRecovery"}, "no recovery"),
        ({"pattern": "another"}, "another"),
        ({}, ""),
    ],
)
def test_a_measurement_is_one_line(measurement: dict[str, Any], expected: str) -> None:
    assert measurement_line(measurement) == expected


@pytest.mark.parametrize("text", ["P", "", "P1Y", "P-1D", "x"])
def test_what_is_no_duration_stays(text: str) -> None:
    assert elapsed(text) == text


@given(st.integers(1, 99999), st.sampled_from(["min", "h", "d"]))
def test_a_time_is_read_as_it_was_written_or_in_a_larger_unit(number: int, unit: str) -> None:
    written = Duration.parse(f"{number} {unit}")
    parts = elapsed(written.iso).split()
    pairs = zip(parts[::2], parts[1::2], strict=True)
    assert sum(Duration.parse(f"{n} {u}").minutes for n, u in pairs) == written.minutes
