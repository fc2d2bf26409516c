"""Chains: which ways are found, in which order, and that none is missed."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chains.test_joins import joins
from chains.test_steps import DENIAL, FLAT, GUESS, HEDGED, NULL, OPEN, OWN, saying
from studyclaims.chains import search as chains
from studyclaims.chains.joins import Join, Joins
from studyclaims.chains.search import Chain, Search, taken
from studyclaims.chains.steps import Step, Steps
from studyclaims.comparing.voices import Entities

if TYPE_CHECKING:
    from collections.abc import Iterator

SAID: Final = {
    "own": OWN,
    "flat": FLAT,
    "hedged": HEDGED,
    "guess": GUESS,
    "spec": saying("speculated"),
    "open": OPEN,
    "null": NULL,
    "denied": DENIAL,
}
NONE: Final = joins()


def steps(text: str) -> list[Step]:
    """Return steps out of words as ``a-cause-b:own``; ``+`` stands between two claims."""
    found = []
    for word in text.split():
        name, _, said = word.partition(":")
        about, relation, outcome = name.split("-")
        sayings = tuple(SAID[key] for key in (said or "own").split("+"))
        found.append(Step(name, about, relation, outcome, sayings))
    return found


def ways(
    text: str,
    starts: str = "a",
    ends: str = "z",
    *,
    joined: Joins = NONE,
    limit: int = 50,
    most: int | None = None,
    beside: bool = False,
) -> list[str]:
    """Return the chains found, each as the entities it passes, with ``~`` before a join."""
    held = {step.proposition: step for step in steps(text)}
    allowed = taken(Steps(Entities(), held), beside=beside)
    return [drawn(c) for c in Search(allowed, joined, starts, ends, most).chains(limit)]


def drawn(chain: Chain) -> str:
    return chain.start + "".join(
        f"~{move.end}" if isinstance(move, Join) else move.end for move in chain.moves
    )


def test_the_strongest_weakest_step_comes_first() -> None:
    text = "a-cause-b a-cause-c:flat a-cause-d:hedged a-cause-z:guess a-cause-e:open a-cause-f:null"
    text += " b-cause-z:hedged c-cause-z d-cause-z e-cause-z f-cause-z"
    assert ways(text) == ["acz", "abz", "adz", "az", "aez", "afz"]


def test_then_come_fewer_joins_then_fewer_steps() -> None:
    text = "a-cause-b b-cause-c c-cause-z a-cause-d e-cause-z a-cause-z a-cause-f f-cause-z"
    assert ways(text, joined=joins("d>e")) == ["az", "afz", "abcz", "ad~ez"]


def test_a_join_is_weaker_than_whatever_anybody_says_and_stronger_than_what_nobody_does() -> None:
    text = "a-cause-b y-cause-z a-cause-z:spec a-cause-c:open c-cause-z a-associate-d d-cause-z"
    found = ways(text, joined=joins("b>y"), beside=True)
    assert found == ["az", "ab~yz", "adz", "acz"]


def test_among_joined_chains_the_closer_joins_then_the_strongest_weakest_step_come_first() -> None:
    text = "a-cause-b:hedged c-cause-z a-cause-d e-cause-z a-cause-f g-cause-z:flat a-cause-h:null"
    found = ways(f"{text} i-cause-z", joined=joins("b>c e>d f>g h>i"))
    assert found == ["af~gz", "ab~cz", "ad~ez", "ah~iz"]
    (best, *_, worst) = Search(steps(text), joins("b>c e>d f>g"), "a", "z").chains(9)
    assert (best.grade, worst.grade) == ((7, best.steps[1].rank), (6, worst.steps[0].rank))
    assert best.supported
    (broken,) = Search(steps("a-cause-z:null"), NONE, "a", "z").chains(9)
    assert not broken.supported


def test_a_wider_entity_is_closer_than_a_narrower_one() -> None:
    text = "a-cause-d e-cause-z a-cause-f g-cause-z"
    assert ways(text, joined=joins("d>e g>f")) == ["ad~ez", "af~gz"]


def test_then_come_more_papers_then_the_order_of_names() -> None:
    held = steps("a-cause-c c-cause-z a-cause-b b-cause-z a-cause-y y-cause-z")
    more = saying(paper="baker", writes="biolink:causes")
    held[-1] = Step("y-cause-z", "y", "cause", "z", (OWN, more))
    found = Search(held, NONE, "a", "z").chains(9)
    assert [drawn(chain) for chain in found] == ["ayz", "abz", "acz"]


def test_what_is_prevented_ends_a_chain() -> None:
    text = "a-prevent-b b-cause-z a-modify-c c-cause-z"
    assert ways(text) == []
    assert ways("a-cause-b b-prevent-z b-attenuate-y y-cause-z") == ["abz"]
    assert ways("a-reverse-b b-cause-z", joined=joins("b>z")) == ["ab~z"]


def test_a_chain_that_ends_in_prevention_comes_after_one_that_does_not() -> None:
    assert ways("a-prevent-z a-cause-b b-cause-z") == ["abz", "az"]


def test_what_is_not_causal_counts_only_where_it_is_asked_for() -> None:
    text = "a-associate-z a-precede-b b-cause-z a-describe-c c-cause-z a-coincide-d d-cause-z"
    text += " a-compare-e e-cause-z"
    assert ways(text) == []
    assert set(ways(text, beside=True)) == {"az", "abz", "acz", "adz"}


def test_what_has_no_first_side_is_taken_both_ways() -> None:
    assert ways("z-associate-a", beside=True) == ["az"]
    assert ways("b-coincide-a b-cause-z", beside=True) == ["abz"]
    assert ways("z-precede-a z-describe-a", beside=True) == []
    assert ways("z-cause-a", beside=True) == []


def test_an_own_test_outranks_any_association() -> None:
    assert ways("a-associate-z a-cause-b:guess b-cause-z", beside=True) == ["abz", "az"]


def test_no_entity_is_passed_twice() -> None:
    assert ways("a-cause-b b-cause-c c-cause-b c-cause-z b-cause-a c-cause-c") == ["abcz"]


def test_an_entity_joined_to_and_caused_later_is_passed_once() -> None:
    # The cheapest walk would pass c twice: once joined to, and once to be joined from.
    text = "a-cause-b c-cause-d d-cause-c z-cause-a e-cause-z"
    assert ways(text, joined=joins("b>c c>e")) == ["ab~ez"]
    assert ways("a-cause-b c-cause-d d-cause-c f-cause-z", joined=joins("b>c f>c")) == []


def test_two_joins_never_follow_each_other() -> None:
    assert ways("a-cause-b d-cause-z", joined=joins("b>c d>c")) == []
    assert ways("a-cause-b c-cause-d e-cause-z", joined=joins("b>c d>e")) == ["ab~cd~ez"]


def test_a_join_alone_is_no_chain() -> None:
    assert ways("q-cause-z", joined=joins("a>z")) == []
    assert ways("b-cause-c", joined=joins("a>b c>z")) == ["a~bc~z"]


def test_a_chain_begins_at_its_last_start_and_stops_at_its_first_end() -> None:
    assert ways("a-cause-b b-cause-y y-cause-z", starts="ab", ends="yz") == ["by"]
    assert ways("a-cause-c b-cause-z", starts="ab", joined=joins("c>b")) == ["bz"]
    assert ways("a-cause-c z-cause-y", ends="zy", joined=joins("c>z")) == ["ac~z"]


def test_an_entity_may_be_a_start_and_an_end() -> None:
    assert ways("a-cause-b b-cause-a", starts="ab", ends="ab") == ["ab", "ba"]
    assert ways("a-cause-a", ends="a") == []


def test_parallel_steps_are_chains_of_their_own() -> None:
    found = Search(steps("a-cause-z a-contribute-z:flat"), NONE, "a", "z").chains(9)
    assert [chain.steps[0].relation for chain in found] == ["cause", "contribute"]


def test_no_more_chains_come_than_are_asked_for_and_none_is_longer() -> None:
    text = "a-cause-z a-cause-b b-cause-z b-cause-c c-cause-z"
    assert ways(text, limit=2) == ["az", "abz"]
    assert ways(text, most=1) == ["az"]
    assert ways(text, most=2) == ["az", "abz"]
    assert ways("a-cause-b b-cause-z c-cause-z", most=1, joined=joins("a>c")) == ["a~cz"]
    assert ways("a-cause-b", most=1, joined=joins("b>z")) == ["ab~z"]


def test_a_long_way_round_that_costs_less_does_not_hide_a_shorter_one() -> None:
    # Without a join the way to c is cheaper, and takes a step more than may be taken.
    text = "a-cause-d d-cause-c a-cause-b c-cause-z"
    assert ways(text, most=2, joined=joins("b>c")) == ["ab~cz"]


def test_the_weakest_steps_of_a_chain_are_numbered() -> None:
    (found,) = Search(steps("a-cause-b:flat b-cause-c c-cause-z:flat"), NONE, "a", "z").chains(9)
    assert (found.weakest, found.entities) == ((1, 3), ("a", "b", "c", "z"))
    assert found.grade == (found.steps[0].rank, found.steps[0].rank)
    assert found.joins == ()


def test_what_can_be_reached_comes_with_the_steps_that_it_takes() -> None:
    text = "a-cause-b b-cause-c b-prevent-d d-cause-e c-cause-f:null g-cause-h"
    text += " c-cause-b a-cause-c:flat"
    search = Search(steps(text), joins("c>g"), "a", "")
    assert search.reached() == {"b": 1, "c": 1, "d": 2, "h": 2}
    assert list(search.reached()) == ["b", "c", "h", "d"]


def test_a_search_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"{one}-cause-{two}" for one in "abcdefg" for two in "bcdefgz" if one != two)
    held = steps(text)
    assert Search(held, NONE, "a", "z").complete
    monkeypatch.setattr(chains, "EFFORT", 40)
    search = Search(held, NONE, "a", "z")
    assert len(search.chains(500)) < 20
    assert not search.complete


def test_a_dear_way_back_does_not_hide_a_cheap_one() -> None:
    text = "a-cause-b b-cause-z c-cause-z s-cause-x x-cause-y y-cause-z"
    assert ways(text, starts="as", joined=joins("a>c")) == ["abz", "sxyz", "a~cz"]


@pytest.mark.parametrize("seed", range(12))
def test_a_denser_graph_is_searched_as_well(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - nothing secret
    said = ["own", "own", "own", "hedged"]
    drawn_lines = [
        (dice.choice("abcdefg"), dice.choice(["cause", "prevent"]), dice.choice("bcdefgz"), "own")
        for _ in range(9)
    ] + [(dice.choice("abcd"), "cause", dice.choice("efgz"), dice.choice(said)) for _ in range(9)]
    held, joined = made(drawn_lines), tree([(dice.choice("bcde"), dice.choice("efgz"))])
    expected = sorted(walked(held, joined, "a", "z"), key=placed)
    found = Search(held, joined, "a", "z").chains(10_000)
    assert [chain.key for chain in found] == [chain.key for chain in expected]


NAMES: Final = "abcdez"
DRAWN: Final = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(["cause", "cause", "contribute", "prevent"]),
    st.sampled_from(NAMES),
    st.sampled_from(["own", "flat", "hedged", "null"]),
)
WIDER: Final = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))


def made(lines: list[tuple[str, str, str, str]]) -> list[Step]:
    named = {f"{about}-{link}-{outcome}": said for about, link, outcome, said in lines}
    return steps(" ".join(f"{name}:{said}" for name, said in named.items()))


def placed(chain: Chain) -> tuple[int, int, int, tuple[str, ...]]:
    """Return what the order of chains is made of."""
    link, step = chain.grade
    return -link, -step, chain.cost, chain.key


def tree(pairs: list[tuple[str, str]]) -> Joins:
    return joins(" ".join(f"{one}>{other}" for one, other in pairs if one != other))


def walked(held: list[Step], joined: Joins, starts: str, ends: str) -> Iterator[Chain]:
    """Yield every chain, found by walking all ways, for as small a graph as these."""

    def on(at: str, moves: tuple[Step | Join, ...], passed: str) -> Iterator[Chain]:
        if at in ends and any(isinstance(move, Step) for move in moves):
            yield Chain(moves)
            return
        for move in moves_on(held, joined, at, moves, ends):
            if move.end not in passed and (move.end not in starts or move.end in ends):
                yield from on(move.end, (*moves, move), passed + move.end)

    for start in starts:
        yield from on(start, (), start)


def moves_on(
    held: list[Step], joined: Joins, at: str, moves: tuple[Step | Join, ...], ends: str
) -> Iterator[Step | Join]:
    """Yield the moves that may follow these."""
    ended = any(isinstance(move, Step) and move.ends for move in moves)
    yield from (step for step in held if step.start == at and not ended)
    if not (moves and isinstance(moves[-1], Join)):
        for end, join in joined.ahead(at).items():
            begun = any(isinstance(move, Step) for move in moves)
            if begun if end in ends else not ended:
                yield join


GRAPHS: Final = st.lists(DRAWN, max_size=12)
TREES: Final = st.lists(WIDER, max_size=3)


@given(GRAPHS, TREES, st.sampled_from(["a", "ab", "az"]), st.sampled_from(["z", "ez", "az"]))
def test_the_chains_are_all_there_are_and_in_order(
    lines: list[tuple[str, str, str, str]],
    pairs: list[tuple[str, str]],
    starts: str,
    ends: str,
) -> None:
    held, joined = made(lines), tree(pairs)
    found = Search(held, joined, starts, ends).chains(10_000)
    expected = sorted(
        walked(held, joined, starts, ends),
        key=placed,
    )
    assert [chain.key for chain in found] == [chain.key for chain in expected]


@given(GRAPHS, TREES, st.randoms(use_true_random=False))
def test_the_order_of_the_steps_does_not_matter(
    lines: list[tuple[str, str, str, str]],
    pairs: list[tuple[str, str]],
    random: Random,
) -> None:
    held = made(lines)
    first = Search(held, tree(pairs), "a", "z").chains(4)
    random.shuffle(held)
    assert Search(held, tree(pairs), "a", "z").chains(4) == first


@given(GRAPHS, TREES, st.integers(1, 3))
def test_fewer_chains_and_shorter_ones_are_the_first_of_all(
    lines: list[tuple[str, str, str, str]], pairs: list[tuple[str, str]], most: int
) -> None:
    held, joined = made(lines), tree(pairs)
    every = Search(held, joined, "a", "z").chains(10_000)
    assert Search(held, joined, "a", "z").chains(2) == every[:2]
    short = [chain for chain in every if len(chain.steps) <= most]
    assert Search(held, joined, "a", "z", most).chains(10_000) == short


@given(GRAPHS, TREES)
def test_a_chain_is_simple_and_gone_without_its_weakest_claims(
    lines: list[tuple[str, str, str, str]], pairs: list[tuple[str, str]]
) -> None:
    held, joined = made(lines), tree(pairs)
    for chain in Search(held, joined, "a", "z").chains(3):
        assert len(set(chain.entities)) == len(chain.entities)
        weak = {chain.steps[number - 1].proposition for number in chain.weakest}
        assert min(move.rank for move in chain.moves) == chain.grade[0]
        assert min(step.rank for step in chain.steps) == chain.grade[1]
        left = [step for step in held if step.proposition not in weak]
        keys = {other.key for other in Search(left, joined, "a", "z").chains(10_000)}
        assert chain.key not in keys
