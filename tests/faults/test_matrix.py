"""Every reader and every writer under every fault: an error or the right answer, and in time."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from faults.kinds import FAULTS, HANGING, ONCE
from faults.matrix import DEADLINE, METHODS, PATIENCE, SECRET, SLACK, WRITERS, matrix
from studyclaims.errors import QueryError, StoreError
from studyclaims.stores.profiles import OXIGRAPH, PROFILES

if TYPE_CHECKING:
    from faults.matrix import Outcome

BELIEVED: Final = {("no-content", "update")}
"""204 is how a store says that an update is done; what loads graphs reads them back afterwards."""

UNHARMED: Final = {
    ("capped", "ask"): "an answer to ASK has no rows",
    ("capped", "probe"): "an answer to ASK has no rows",
    ("twice", "construct"): "a triple that is said twice is said",
}
"""Where a fault leaves the right answer right."""

READERS: Final = [method for method in METHODS if method not in WRITERS]


@cache
def outcomes(kind: str = OXIGRAPH.name) -> tuple[dict[tuple[str, str], Outcome], int]:
    return matrix(PROFILES[kind])


def outcome(fault: str, method: str) -> Outcome:
    return outcomes()[0][fault, method]


def judge(fault: str, method: str, found: Outcome, right: Outcome) -> None:
    """Raise where an outcome is wrong without a word, is late, or says too much."""
    assert isinstance(found.error, StoreError | QueryError | None), repr(found.error)
    assert found.seconds <= found.deadline + SLACK
    assert SECRET not in found.texts
    assert "YWRhOnBhc3MtNDcxMS13b3Jk" not in found.texts
    if found.error is None and (fault, method) not in BELIEVED:
        assert found.result == right.result
        assert found.triples == right.triples
    if found.error is not None:
        assert "127.0.0.1" in str(found.error)
        assert "\n" not in str(found.error)


@pytest.mark.parametrize("method", METHODS)
def test_without_a_fault_all_is_done(method: str) -> None:
    found = outcome("none", method)
    assert found.error is None
    assert found.triples == WRITERS.get(method, 5)
    empty: dict[str, object] = {"ask": False, "count": 5, "probe": True, "graphs": ["urn:x:graph"]}
    wanted = empty.get(method, None if method in WRITERS else found.result)
    assert found.result == wanted
    assert method in WRITERS or method in empty or len(list(found.result)) == 5  # type: ignore[call-overload]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", FAULTS)
def test_under_a_fault_nothing_wrong_is_believed(fault: str, method: str) -> None:
    found = outcome(fault, method)
    judge(fault, method, found, outcome("none", method))
    allowed = (fault, method) in BELIEVED | UNHARMED.keys()
    assert allowed or found.error is not None
    # Nothing is written under a fault, so nothing may have been found written.
    assert method not in WRITERS or found.triples == 5


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ONCE)
def test_what_passes_is_tried_again_but_for_updates(fault: str, method: str) -> None:
    found = outcome(fault, method)
    judge(fault, method, found, outcome("none", method))
    assert (found.error is not None) == (method == "update")


@pytest.mark.parametrize("fault", sorted(HANGING))
def test_what_hangs_is_left_at_the_deadline_and_not_before(fault: str) -> None:
    for method in METHODS:
        found = outcome(fault, method)
        assert DEADLINE <= found.seconds <= DEADLINE + SLACK
        assert f"no whole answer within {DEADLINE:g} s" in str(found.error)


def test_what_is_too_long_is_left_at_the_limit() -> None:
    found = [outcome(fault, method) for fault in ("huge", "huge-chunked") for method in METHODS]
    assert all("found over 1000000 bytes" in str(each.error) for each in found)
    assert max(each.seconds for each in found) < PATIENCE


def test_no_redirect_is_followed() -> None:
    assert outcomes()[1] == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in PROFILES if kind != OXIGRAPH.name])
def test_under_any_profile_nothing_wrong_is_believed(kind: str) -> None:
    found, followed = outcomes(kind)
    assert followed == 0
    for (fault, method), each in found.items():
        # Where this says that an update is done, nothing else can be known.
        bare = method == "update" and fault in {"empty", "blank", "no-content", "capped"}
        if fault in FAULTS and not (bare and each.error is None):
            judge(fault, method, each, found["none", method])
        if fault == "none":
            assert (method, each.error) == (method, None)
