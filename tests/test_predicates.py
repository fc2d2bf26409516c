"""The table of predicates against its prose, over every wording a claim can have.

`TABLE` and `COLUMNS` are written from the prose of the model, not from the code: a row gives the
basis that a finding needs and the four predicates, a column what each side of a wording must be,
and the first column that fits is the one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Final, get_args

import pytest

from studyclaims.model import Relates
from studyclaims.predicates import (
    RELATIONS,
    Basis,
    Certainty,
    Role,
    Stance,
    Wording,
    direct_predicate,
    standing,
)

TABLE: Final = """
cause      | intervention | biolink:causes          | sc:statedToCause          | sc:mayCause             | sc:noEffectOn
contribute | any          | biolink:contributes_to  | sc:statedToContributeTo   | sc:mayContributeTo      | sc:noContributionFoundTo
associate  | association  | biolink:associated_with | sc:statedAssociatedWith   | sc:mayBeAssociatedWith  | sc:noAssociationFoundWith
precede    | temporal     | biolink:precedes        | sc:statedToPrecede        | sc:mayPrecede           | sc:noOrderFoundWith
coincide   | any          | sc:foundToCoincideWith  | sc:statedToCoincideWith   | sc:mayCoincideWith      | sc:notFoundToCoincideWith
predispose | any          | sc:foundToPredispose    | sc:statedToPredispose     | sc:mayPredispose        | sc:notFoundToPredispose
prevent    | any          | sc:foundToPrevent       | sc:statedToPrevent        | sc:mayPrevent           | sc:notFoundToPrevent
attenuate  | any          | sc:foundToAttenuate     | sc:statedToAttenuate      | sc:mayAttenuate         | sc:notFoundToAttenuate
reverse    | any          | sc:foundToReverse       | sc:statedToReverse        | sc:mayReverse           | sc:notFoundToReverse
amplify    | any          | sc:foundToAmplify       | sc:statedToAmplify        | sc:mayAmplify           | sc:notFoundToAmplify
mediate    | any          | sc:foundToMediate       | sc:statedToMediate        | sc:mayMediate           | sc:notFoundToMediate
explain    | any          | sc:foundToExplain       | sc:statedToExplain        | sc:mayExplain           | sc:notFoundToExplain
modify     | any          | sc:foundToModify        | sc:statedToModify         | sc:mayModify            | sc:notFoundToModify
require    | any          | sc:foundRequiredFor     | sc:statedRequiredFor      | sc:mayBeRequiredFor     | sc:foundNotRequiredFor
compare    | any          | sc:foundToExceed        | sc:statedToExceed         | sc:mayExceed            | sc:noDifferenceFoundFrom
describe   | any          | sc:foundToShow          | sc:statedToShow           | sc:mayShow              | sc:notFoundToShow
"""  # noqa: E501 - a table is read by its columns

ROWS: Final = {
    key: rest
    for key, *rest in (
        [cell.strip() for cell in row.split("|")] for row in TABLE.split("\n") if row
    )
}
BIOLINK: Final = {
    "cause": {"biolink:causes"},
    "contribute": {"biolink:contributes_to"},
    "associate": {"biolink:associated_with", "biolink:correlated_with"},
    "precede": {"biolink:precedes"},
}
EXCHANGE: Final = {
    "cause": "biolink:causes",
    "contribute": "biolink:contributes_to",
    "associate": "biolink:associated_with",
    "precede": "biolink:precedes",
    "compare": None,
    "describe": None,
}

COLUMNS: Final[dict[str, dict[str, str]]] = {
    "null": {
        "stance": "noEffect",
        "certainty": "asserted",
        "source": "primary",
        "measured": "measured",
        "role": "result conclusion hypothesis implication",
    },
    "hedged": {"stance": "supports", "certainty": "suggested hypothesised speculated"},
    "asserted": {
        "stance": "supports",
        "certainty": "asserted",
        "source": "primary",
        "measured": "measured",
        "role": "result conclusion",
        "basis": "as the row says",
    },
    "stated": {"stance": "supports", "certainty": "asserted"},
}
PLACES: Final = ("asserted", "stated", "hedged", "null")


def told(wording: Wording) -> dict[str, str]:
    """Return a wording in the words of `COLUMNS`."""
    return {
        "stance": wording.stance.value,
        "certainty": wording.certainty.value,
        "basis": wording.basis.value,
        "role": wording.role.value,
        "source": "primary" if wording.primary else "secondary",
        "measured": "measured" if wording.measured else "not measured",
    }


def column_of(key: str, wording: Wording) -> str | None:
    """Return the first column that fits, by the prose."""
    words, basis = told(wording), ROWS[key][0]
    for column, demands in COLUMNS.items():
        allowed = dict(demands)
        if allowed.pop("basis", "") and basis not in {"any", words["basis"]}:
            continue
        if all(words[side] in values.split() for side, values in allowed.items()):
            return column
    return None


def expected(key: str, wording: Wording) -> str | None:
    """Return the predicate that the prose gives a claim of this wording."""
    column = column_of(key, wording)
    if column is None:
        return None
    if (key, column, wording.coefficient) == ("associate", "asserted", True):
        return "biolink:correlated_with"
    return ROWS[key][1 + PLACES.index(column)]


@cache
def every_wording() -> tuple[Wording, ...]:
    """Return every wording there is."""
    either = (False, True)
    sides = product(Stance, Certainty, Basis, Role, either, either, either)
    return tuple(Wording(*side) for side in sides)


def written(key: str) -> dict[Wording, str | None]:
    """Return what the package gives every wording on this relation."""
    return {wording: direct_predicate(RELATIONS[key], wording) for wording in every_wording()}


each_relation = pytest.mark.parametrize("key", ROWS)


def test_the_walk_is_whole() -> None:
    assert len(every_wording()) == 4 * 4 * 5 * 5 * 2 * 2 * 2
    assert list(RELATIONS) == list(ROWS)
    assert set(get_args(Relates)) == set(RELATIONS)


@each_relation
def test_every_wording_writes_what_the_prose_says(key: str) -> None:
    found = written(key)
    assert found == {wording: expected(key, wording) for wording in every_wording()}


@each_relation
def test_every_column_is_the_one_of_the_prose(key: str) -> None:
    for wording in every_wording():
        column = standing(RELATIONS[key], wording)
        assert (column and column.value) == column_of(key, wording)


@each_relation
def test_only_a_firm_measured_primary_finding_writes_a_biolink_predicate(key: str) -> None:
    for wording, predicate in written(key).items():
        weak = (
            wording.stance is not Stance.SUPPORTS
            or wording.certainty is not Certainty.ASSERTED
            or wording.role in {Role.BACKGROUND, Role.HYPOTHESIS, Role.IMPLICATION}
            or not wording.primary
            or not wording.measured
        )
        assert not (weak and str(predicate).startswith("biolink:")), wording


@each_relation
def test_a_biolink_predicate_stands_only_in_the_row_that_names_it(key: str) -> None:
    found = {p for p in written(key).values() if p and not p.startswith("sc:")}
    assert found == BIOLINK.get(key, set())


@each_relation
def test_every_predicate_of_the_row_is_reached(key: str) -> None:
    assert set(written(key).values()) - {None} == set(RELATIONS[key].predicates)


@each_relation
@pytest.mark.parametrize("stance", [Stance.REFUTES, Stance.INCONCLUSIVE])
def test_who_refutes_or_leaves_open_writes_nothing(key: str, stance: Stance) -> None:
    assert {p for wording, p in written(key).items() if wording.stance is stance} == {None}


@each_relation
def test_a_null_never_writes_what_a_supporting_claim_does(key: str) -> None:
    null = {p for wording, p in written(key).items() if wording.stance is Stance.NO_EFFECT}
    supporting = {p for wording, p in written(key).items() if wording.stance is Stance.SUPPORTS}
    assert null == {None, RELATIONS[key].null}
    assert None not in supporting
    assert RELATIONS[key].null not in supporting


@each_relation
def test_a_secondary_source_writes_no_finding_and_no_null(key: str) -> None:
    found = {p for wording, p in written(key).items() if not wording.primary}
    assert found == {None, RELATIONS[key].stated, RELATIONS[key].hedged}


@each_relation
def test_a_coefficient_matters_to_an_asserted_association_only(key: str) -> None:
    found = written(key)
    for wording in every_wording():
        other = replace(wording, coefficient=not wording.coefficient)
        changes = key == "associate" and column_of(key, wording) == "asserted"
        assert (found[wording] != found[other]) == changes


@each_relation
def test_an_exchange_file_gets_what_the_table_says(key: str) -> None:
    assert RELATIONS[key].kgx == EXCHANGE.get(key, "biolink:related_to")


@each_relation
def test_no_other_row_has_a_predicate_of_this_one(key: str) -> None:
    others = {p for other in RELATIONS.values() if other.key != key for p in other.predicates}
    assert others.isdisjoint(RELATIONS[key].predicates)
    assert len(set(RELATIONS[key].predicates)) == len(RELATIONS[key].predicates)


@pytest.mark.parametrize(
    ("key", "sides", "predicate"),
    [
        ("cause", "supports asserted intervention conclusion primary measured", "biolink:causes"),
        ("cause", "supports suggested none conclusion secondary stated", "sc:mayCause"),
        ("cause", "supports asserted intervention background primary stated", "sc:statedToCause"),
        ("cause", "supports asserted temporal result primary measured", "sc:statedToCause"),
        ("cause", "supports asserted intervention result secondary measured", "sc:statedToCause"),
        ("cause", "noEffect asserted intervention result primary measured", "sc:noEffectOn"),
        ("cause", "noEffect asserted intervention result secondary measured", None),
        ("cause", "noEffect asserted intervention background primary measured", None),
        ("cause", "noEffect suggested intervention result primary measured", None),
        ("cause", "refutes asserted intervention result primary measured", None),
        ("prevent", "supports asserted intervention result primary measured", "sc:foundToPrevent"),
    ],
    ids=lambda value: str(value),
)
def test_examples_of_the_prose(key: str, sides: str, predicate: str | None) -> None:
    stance, certainty, basis, role, source, measured = sides.split()
    wording = Wording(
        Stance(stance),
        Certainty(certainty),
        Basis(basis),
        Role(role),
        source == "primary",
        measured == "measured",
    )
    assert direct_predicate(RELATIONS[key], wording) == predicate
