"""Errors and findings: what they hold, print and end the process with."""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
import pickle
import re
from typing import TYPE_CHECKING

import pytest

from studyclaims import errors
from studyclaims.errors import (
    ClaimError,
    ConfigError,
    GraphError,
    PlaceError,
    QueryError,
    RecordError,
    SetupError,
    StoreError,
    StudyclaimsError,
    TermError,
)
from studyclaims.findings import CODES, Finding, report

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS = {
    StudyclaimsError: 70,
    RecordError: 1,
    TermError: 2,
    GraphError: 70,
    PlaceError: 3,
    ClaimError: 4,
    StoreError: 4,
    QueryError: 2,
    ConfigError: 2,
    SetupError: 3,
}


def kinds() -> list[type[Exception]]:
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == errors.__name__
    ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_each_error_is_one_of_ours_and_ends_the_process_as_agreed(kind: type[Exception]) -> None:
    assert issubclass(kind, StudyclaimsError)
    assert kind.__name__.endswith("Error")
    assert kind.exit_status == STATUS[kind]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_each_error_stands_in_the_tree_of_the_module(kind: type[Exception]) -> None:
    assert re.search(
        rf"^[ \u2500\u2502\u251c\u2514]*{kind.__name__}\b", errors.__doc__ or "", re.MULTILINE
    )


def test_the_tree_of_the_module_names_no_other() -> None:
    named = set(re.findall(r"\b[A-Z]\w+Error\b", errors.__doc__ or ""))
    assert named == {kind.__name__ for kind in kinds()}


def pickled(error: Exception, protocol: int) -> Exception:
    other: Exception = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own
    return other


def test_a_record_error_holds_its_findings_in_order() -> None:
    late, early = Finding("a.yaml", 9, 1, "R004", "x"), Finding("a.yaml", 2, 5, "R001", "y", "z")
    error = RecordError([late, early])
    assert error.findings == (early, late)
    assert str(error) == "a.yaml:2:5: R001 y\n    hint: z\na.yaml:9:1: R004 x"


def test_a_term_error_holds_and_prints_its_parts() -> None:
    error = TermError("x:1", "is not known", "write it whole")
    assert (error.text, error.problem, error.remedy) == ("x:1", "is not known", "write it whole")
    assert str(error) == "'x:1': is not known; write it whole"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("again", [lambda error, _: copy.copy(error), pickled])
def test_an_error_comes_whole_from_another_process(
    again: Callable[[Exception, int], Exception], protocol: int
) -> None:
    finding = Finding("a.yaml", 2, 5, "R001", "y", "z")
    for error in (RecordError([finding, finding]), TermError("x:1", "is not known", "write it")):
        error.add_note("while reading")
        other = again(error, protocol)
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert vars(other) == vars(error)


def test_findings_are_in_the_order_of_their_places_whatever_the_order_they_came_in() -> None:
    places = [("a.yaml", 2, 9), ("a.yaml", 10, 1), ("a.yaml", 2, 1), ("b.yaml", 1, 1)]
    findings = [Finding(*place, "R004", "x") for place in places]
    reports = {report(order) for order in itertools.permutations(findings)}
    assert reports == {
        "a.yaml:2:1: R004 x\na.yaml:2:9: R004 x\na.yaml:10:1: R004 x\nb.yaml:1:1: R004 x"
    }


def test_a_finding_without_a_hint_is_one_line() -> None:
    assert str(Finding("a.yaml", 0, 0, "Y001", "too large")) == "a.yaml:0:0: Y001 too large"


@pytest.mark.parametrize("code", ["", "R4", "r004", "R999", "E001"])
def test_a_finding_needs_a_code_that_is_listed(code: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(code))):
        Finding("a.yaml", 1, 1, code, "x")


@pytest.mark.parametrize("code", CODES)
def test_each_code_is_a_letter_and_three_digits_with_a_meaning(code: str) -> None:
    assert re.fullmatch(r"[A-Z][0-9]{3}", code)
    meaning = CODES[code]
    assert meaning == meaning.strip(" .")
    assert len(meaning) > 10


def test_each_code_and_each_meaning_stands_once() -> None:
    """A dict keeps the last of two equal keys and says nothing, so the source is read."""
    source = ast.parse(inspect.getsource(inspect.getmodule(Finding) or errors))
    assigned = [node for node in ast.walk(source) if isinstance(node, ast.AnnAssign)]
    (codes,) = [node.value for node in assigned if ast.unparse(node.target) == "CODES"]
    assert isinstance(codes, ast.Dict)
    keys = [key.value for key in codes.keys if isinstance(key, ast.Constant)]
    assert keys == list(CODES)
    assert len(set(keys)) == len(keys)
    assert len(set(CODES.values())) == len(CODES)


def test_codes_of_one_letter_stand_together_and_in_order() -> None:
    """A code that is given up leaves a gap: it is never given another meaning."""
    groups = [list(group) for _, group in itertools.groupby(CODES, key=lambda code: code[0])]
    assert len(groups) == len({code[0] for code in CODES})
    assert all(group == sorted(group) for group in groups)
