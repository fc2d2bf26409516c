"""Two studies side by side: nothing lost, nothing turned by their order, all of it readable."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comparing.test_contested import ATROPHY, GAIN, INJECTED, LESS_SPONGY, LOSS, study
from studyclaims.comparing.accounts import WIDTH
from studyclaims.comparing.comparison import Comparison, compare
from studyclaims.comparing.glances import study_key
from studyclaims.errors import QueryError
from studyclaims.graph import Graph
from studyclaims.queries import Rows, ask
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

    from comparing.test_contested import Line

POOL: Final[tuple[Line, ...]] = (
    (INJECTED, "cause", LOSS, "supports"),
    (INJECTED, "cause", LOSS, "noEffect"),
    (INJECTED, "cause", GAIN, "supports"),
    (INJECTED, "cause", LESS_SPONGY, "supports"),
    (INJECTED, "prevent", LOSS, "inconclusive"),
    (ATROPHY, "precede", LOSS, "supports"),
    (LOSS, "precede", ATROPHY, "supports"),
    (ATROPHY, "describe", GAIN, "supports"),
)


@cache
def graph(key: str, chosen: tuple[int, ...]) -> frozenset[Quad]:
    return study(key, *(POOL[n] for n in chosen), age="young" if key < "b" else "old")


def compared(ones: Iterable[int], others: Iterable[int]) -> Comparison:
    quads = graph("able-2020", tuple(ones)) | graph("baker-2021", tuple(others))
    return compare(EmbeddedStore(quads), "able-2020", "baker-2021")


def turned(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a comparison's data with the two studies in the other order."""
    if isinstance(value, dict):
        pairs = ("studies", "claims", "measured", "alone")
        found = {k: turned(v) for k, v in value.items()}
        for name in pairs:
            if isinstance(found.get(name), list):
                found[name] = found[name][::-1]
        if "differs" in found:
            found["differs"] = {k: v[::-1] for k, v in found["differs"].items()}
        return found
    return [turned(item) for item in value] if isinstance(value, list) else value


def told(found: Comparison) -> list[str]:
    """Return every claim of a comparison, each once."""
    meetings = [a for m in (*found.shared, *found.topics) for side in m.sides for a in side]
    figures = [f.account for readout in found.readouts for side in readout.sides for f in side]
    alone = [account for side in found.alone for account in side]
    assert not {a.claim for a in alone} & {a.claim for a in (*meetings, *figures)}
    return sorted({account.claim for account in (*meetings, *figures, *alone)})


CHOSEN: Final = st.lists(st.integers(0, len(POOL) - 1), min_size=1, max_size=3, unique=True)


@settings(max_examples=12, deadline=None)
@given(CHOSEN, CHOSEN)
def test_the_order_of_the_two_turns_nothing_and_no_claim_is_lost(
    ones: list[int], others: list[int]
) -> None:
    first, second = tuple(sorted(ones)), tuple(sorted(others))
    found = compared(first, second)
    quads = sorted(graph("able-2020", first) | graph("baker-2021", second), key=str)
    mirror = compare(EmbeddedStore(quads), "baker-2021", "able-2020")
    assert turned(found.to_dict()) == mirror.to_dict()
    assert told(found) == [f"able-2020/c{n + 1}" for n in range(len(ones))] + [
        f"baker-2021/c{n + 1}" for n in range(len(others))
    ]


def test_a_comparison_as_data() -> None:
    found = compared([0, 5], [0, 3, 7])
    data = json.loads(json.dumps(found.to_dict()))
    assert [s["study"] for s in data["studies"]] == ["able-2020", "baker-2021"]
    assert [m["verdict"] for m in data["propositions"]] == ["agree"]
    assert [m["met"] for m in data["topics"]] == ["one narrower"]
    assert [r["outcome"] for r in data["outcomes"]] == ["tissue amount of bone tissue"]
    assert data["alone"] == [[], []]
    assert repr(found) == "<Comparison: able-2020, baker-2021>"


DESIGN: Final = """\
                able-2020                                  baker-2021
title           Rest inflames bone marrow                  Rest inflames bone marrow
source          doi:10.1234/able-2020                      doi:10.1234/baker-2021
status          checked                                    checked
what was read   abstract; title                            abstract; title
species         Mus musculus                               Mus musculus
strain          any                                        any
sex             female                                     female
age             young                                      old
dose            2 units                                    2 units
route           by mouth                                   by mouth
comparator      sham                                       sham
assay           histology                                  histology
design          time course                                time course
time points     3 d                                        3 d
claims          1, of these 1 measured                     2, of these 2 measured

PROPOSITIONS OF BOTH: 1

injection by Botulinum toxin type A | cause | decreased tissue amount of bone tissue
  agree; both measured it
    able-2020/c1: supports, asserted, conclusion, basis intervention, primary source, measured
        The paper asserts that injection of Botulinum toxin type A causes decreased tissue amount of
          bone tissue (“inflames”); site: the shin; measured: correlation coefficient 1.50 mm (±
          0.2). Title; conclusion, resting on an intervention; Mus musculus.
    baker-2021/c1: supports, asserted, conclusion, basis intervention, primary source, measured
"""
REST: Final = """\
    differs in age: young | old

TOPICS AT WHICH FURTHER CLAIMS MEET: 0

OUTCOMES OF BOTH, WITH VALUES AS PRINTED AND TIMES IN DAYS OR LESS: 1

tissue amount of bone tissue
  able-2020
    correlation coefficient 1.50 mm (± 0.2), n 8, p <0.05, after 3 d, at the peak, site the shin,
      against sham
        able-2020/c1: supports, asserted, conclusion, basis intervention, primary source, measured
        injection by Botulinum toxin type A | cause | decreased tissue amount of bone tissue
  baker-2021
"""


def test_a_comparison_as_text() -> None:
    text = str(compared([0], [0, 7]))
    assert text.startswith(DESIGN)
    assert REST in text
    assert text.endswith("\n\nable-2020 alone: 0 claims\nbaker-2021 alone: 0 claims")
    assert max(map(len, text.splitlines())) <= WIDTH


def test_what_one_study_alone_says_is_counted_and_listed_on_demand() -> None:
    found = compared([0], [0, 4, 5])
    assert [[a.claim for a in side] for side in found.alone] == [[], []]
    other = study("baker-2021", (INJECTED, "cause", ATROPHY, "noEffect"))
    lone = compare(EmbeddedStore(graph("able-2020", (0,)) | other), "able-2020", "baker-2021")
    assert str(lone).endswith("\nable-2020 alone: 1 claim\nbaker-2021 alone: 1 claim")
    listed = lone.text(every=True)
    assert "baker-2021 alone: 1 claim\n    baker-2021/c1: noEffect, asserted, conclusion" in listed
    assert "The paper tested and found no sign that" in listed
    assert lone.text() == str(lone)


@pytest.mark.parametrize(
    ("ones", "others", "said"),
    [
        ([0], [2], "  opposed; on one topic; both measured it\n"),
        ([3], [1], "  opposed; one of the two is of a narrower thing; both measured it\n"),
        ([0], [4], "  neither agree nor opposed; on one topic; both measured it\n"),
    ],
)
def test_a_verdict_stands_with_its_place_and_with_who_measured(
    ones: list[int], others: list[int], said: str
) -> None:
    assert said in str(compared(ones, others))


def test_what_may_both_be_right_is_told() -> None:
    quads = graph("able-2020", (0,)) | study(
        "baker-2021", (INJECTED, "cause", LESS_SPONGY, "refutes")
    )
    text = str(compare(EmbeddedStore(quads), "able-2020", "baker-2021"))
    said = "opposed; one of the two is of a narrower thing; both may be right; both measured it"
    assert f"  {said}\n" in text


def test_whoever_alone_measured_is_named_and_what_one_alone_says_is_told_as_one() -> None:
    small = study("able-2020", POOL[0], strain="black / white")
    other = frozenset(
        q
        for q in study("baker-2021", POOL[0], shared=False)
        if not str(q.predicate).endswith(("measured>", "measurement>"))
    )
    text = str(compare(EmbeddedStore(small | other), "able-2020", "baker-2021"))
    assert "  agree; only able-2020 measured it\n" in text
    assert "    only of able-2020 is said: species Mus musculus; strain black / white; sex" in text
    assert "differs in" not in text
    assert "    no figure\n        baker-2021/c1: supports" in text
    nobody = str(compare(EmbeddedStore(other | frozenset(
        q for q in small if not str(q.predicate).endswith("measured>")
    )), "able-2020", "baker-2021"))  # fmt: skip
    assert "  agree; neither measured it\n" in nobody


def test_a_figure_without_a_comparator_says_so() -> None:
    bare = frozenset(q for q in graph("able-2020", (0,)) if "compared" not in str(q.predicate))
    store = EmbeddedStore(bare | graph("baker-2021", (0,)))
    assert "site the shin,\n      against (not said)\n" in str(
        compare(store, "able-2020", "baker-2021")
    )


def test_two_values_of_one_field_are_told_apart() -> None:
    lines = [POOL[0], (ATROPHY, "describe", GAIN, "supports")]
    two = study("able-2020", *lines, dose="1; 2") | frozenset()
    store = EmbeddedStore(two | study("baker-2021", POOL[0], dose="3"))
    assert "differs in dose: 1; 2 | 3\n" in str(compare(store, "able-2020", "baker-2021"))


def test_what_each_alone_says_stands_under_its_own_key() -> None:
    first, second = study("able-2020", POOL[0]), study("baker-2021", POOL[0])
    one = frozenset(q for q in first if "species" not in str(q.predicate))
    other = frozenset(q for q in second if "strain" not in str(q.predicate))
    for quads in (one | other, other | one):
        text = str(compare(EmbeddedStore(quads), "able-2020", "baker-2021"))
        assert "species         not said                                   Mus musculus\n" in text
        alone = "    only of able-2020 is said: strain any\n    only of baker-2021 is said: species"
        assert alone in text


def test_a_third_study_is_left_out() -> None:
    pair = graph("able-2020", (0,)) | graph("baker-2021", (3,))
    third = study("carl-2022", POOL[0], POOL[2])
    found = compare(EmbeddedStore(pair | third), "able-2020", "baker-2021")
    assert found.to_dict() == compared([0], [3]).to_dict()


@pytest.mark.parametrize("other", ["able-2020", "10.1234/able-2020"])
def test_a_study_is_not_compared_with_itself(other: str) -> None:
    store = EmbeddedStore(graph("able-2020", (0,)))
    with pytest.raises(QueryError, match="are one study, able-2020; name two to compare"):
        compare(store, "able-2020", other)


@pytest.mark.parametrize("names", [("able-2020", "ausk-2017"), ("ausk-2017", "able-2020")])
def test_a_study_that_has_a_record_and_was_not_built_is_told_so(names: tuple[str, str]) -> None:
    part = Graph(graph("able-2020", (0,)) | graph("baker-2021", (3,)))
    with pytest.raises(QueryError, match="no study 'ausk-2017', though there is a record of it"):
        part.compare(*names)
    with pytest.raises(QueryError, match="are one study"):
        part.compare("able-2020", "able-2020")
    found = part.compare("able-2020", "baker-2021")
    assert found.to_dict() == compared([0], [3]).to_dict()


@pytest.mark.parametrize("names", [("able-2020", "nobody"), ("nobody", "able-2020")])
def test_a_study_that_is_not_there_is_refused(names: tuple[str, str]) -> None:
    with pytest.raises(QueryError, match="no study 'nobody'"):
        compare(EmbeddedStore(graph("able-2020", (0,))), *names)


@pytest.mark.slow
def test_of_the_corpus_any_two_studies_are_compared_and_nothing_is_lost() -> None:
    from studyclaims.graph import load

    store = load().store
    found = ask(store, "SELECT DISTINCT ?study { ?study a sc:Study }")
    assert isinstance(found, Rows)
    keys = sorted(study_key(row["study"]) for row in found)
    for one, other in list(combinations(keys, 2))[::3]:
        pair = compare(store, one, other)
        assert turned(pair.to_dict()) == compare(store, other, one).to_dict()
        assert len(told(pair)) == sum(s.claims for s in pair.studies)
        lines = pair.text(every=True).splitlines()
        assert [line for line in lines if len(line) > WIDTH and " " in line.strip()] == []
