"""Sharing work out among the cores: the store works without holding up other threads."""

from __future__ import annotations

import heapq
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MOST: Final = 4
"""The most threads: more of them wait for the disk."""

Given = TypeVar("Given")
Made = TypeVar("Made")


def cores() -> int:
    """Return how many threads are worth their while here.

    >>> 1 <= cores() <= 4
    True
    """
    here = getattr(os, "sched_getaffinity", None)
    return min(_MOST, len(here(0)) if here else os.cpu_count() or 1)


def shares(weights: Mapping[str, int], number: int) -> list[list[str]]:
    """Return names in at most so many shares of about the same weight, none of them empty.

    >>> shares({"a": 5, "b": 2, "c": 4}, 2)
    [['a'], ['c', 'b']]
    >>> shares({}, 2)
    []
    """
    held: list[list[str]] = [[] for _ in range(number)]
    lightest = [(0, place) for place in range(number)]
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        weight, place = lightest[0]
        held[place].append(name)
        heapq.heapreplace(lightest, (weight + weights[name], place))
    return [share for share in held if share]


def side_by_side(run: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
    """Return what a function makes of each of these, one thread for each.

    >>> side_by_side(len, ["a", "bcd"])
    [1, 3]

    Raises what the function raises, once all threads have ended.
    """
    if len(given) < 2:
        return [run(it) for it in given]
    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(run, given))
