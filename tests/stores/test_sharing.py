"""Sharing work out: nothing is lost, nobody has far more than others, and errors come through."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.stores.sharing import cores, shares, side_by_side


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 99)), st.integers(1, 5))
def test_each_name_is_in_one_share_and_none_is_heavier_by_more_than_one_name(
    weights: dict[str, int], number: int
) -> None:
    held = shares(weights, number)
    assert sorted(name for share in held for name in share) == sorted(weights)
    assert len(held) == min(number, len(weights))
    sums = [sum(weights[name] for name in share) for share in held]
    assert not sums or max(sums) - min(sums) <= max(weights.values())


def test_there_are_no_more_threads_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)))
    assert cores() == 4
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {7})
    assert cores() == 1
    # Not every system tells which cores are ours.
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert cores() == 3
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert cores() == 1


def test_what_runs_side_by_side_meets() -> None:
    barrier = threading.Barrier(3, timeout=10)
    assert sorted(side_by_side(lambda _: barrier.wait(), "abc")) == [0, 1, 2]


def test_one_thing_needs_no_thread() -> None:
    here = threading.get_ident()
    assert side_by_side(lambda _: threading.get_ident(), "a") == [here]
    assert side_by_side(len, []) == []


def test_an_error_comes_when_all_have_ended() -> None:
    ended: list[int] = []

    def run(number: int) -> None:
        if not number:
            raise OSError("full")
        ended.append(number)

    with pytest.raises(OSError, match="full"):
        side_by_side(run, [0, 1, 2])
    assert sorted(ended) == [1, 2]
