"""All that sources say of one link: the sides, what is narrower, the rivals, the counts."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest

from comparing.test_contested import (
    ATROPHY,
    BONE,
    FOCAL_LOSS,
    GAIN,
    INJECTED,
    LESS_SPONGY,
    LOSS,
    SUPPORT,
    study,
)
from samples import index, quads, small
from studyclaims.comparing.backing import Backing, backing, backing_table
from studyclaims.errors import QueryError
from studyclaims.graph import Graph
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Quad

    from comparing.test_contested import Line
    from studyclaims.comparing.backing import Strand

FROM: Final = "injection by Botulinum toxin type A"
TO: Final = "decreased tissue amount of bone tissue"
CHANGED: Final = {**LOSS, "change": "changed"}
WITHOUT: Final = {**INJECTED, "change": "absent"}
CALF: Final = {**INJECTED, "within_part": ["UBERON:0001665 triceps surae"]}
MORE_SPONGY: Final = {**LESS_SPONGY, "change": "increased"}
OTHER: Final = {"term": "HP:0000938 Osteopenia"}
LOADED: Final = {"variable": "scterm:mechanical-loading mechanical loading", "change": "increased"}
UNLOADED: Final = {**LOADED, "change": "decreased"}


def found(*graphs: Iterable[Quad], start: str = FROM, end: str = TO) -> Backing:
    return backing(EmbeddedStore(frozenset().union(*graphs)), start, end)


def of(*lines: Line, start: str = FROM, end: str = TO, without: str = "") -> Backing:
    """Return what one study with these claims says; what is asked for is always in the graph."""
    told = study("able-2020", *lines)
    kept = (q for q in told if not without or q.predicate != node(without))
    return found(known(), kept, start=start, end=end)


@cache
def known() -> frozenset[Quad]:
    """Return a study that speaks of what is asked for, and of no link between the two."""
    lines = [(entity, "describe", OTHER, "supports") for entity in (INJECTED, LOSS)]
    return study("known-2019", *lines)


def sides(answer: Backing) -> list[tuple[str, tuple[str, ...]]]:
    """Return (side, what is narrower) of each claim, in the order of the answer."""
    return [
        (side, strand.narrower)
        for strand in answer.strands
        for side, claims in strand.sides.items()
        for _ in claims
    ]


@pytest.mark.parametrize(
    ("line", "side", "narrower"),
    [
        ((INJECTED, "cause", LOSS, "supports"), "for", ()),
        ((INJECTED, "prevent", LOSS, "supports"), "for", ()),
        ((INJECTED, "cause", LOSS, "refutes"), "against", ()),
        ((INJECTED, "cause", LOSS, "noEffect"), "against", ()),
        ((INJECTED, "cause", LOSS, "inconclusive"), "inconclusive", ()),
        ((INJECTED, "cause", GAIN, "supports"), "against", ()),
        ((INJECTED, "cause", GAIN, "refutes"), "neither", ()),
        ((INJECTED, "cause", GAIN, "inconclusive"), "neither", ()),
        ((INJECTED, "prevent", GAIN, "supports"), "neither", ()),
        ((INJECTED, "cause", CHANGED, "supports"), "neither", ()),
        ((INJECTED, "cause", CHANGED, "noEffect"), "against", ()),
        ((WITHOUT, "cause", GAIN, "supports"), "neither", ()),
        ((WITHOUT, "cause", LOSS, "supports"), "neither", ()),
        ((CALF, "cause", LOSS, "supports"), "for", ("about",)),
        ((INJECTED, "cause", LESS_SPONGY, "supports"), "for", ("outcome",)),
        ((CALF, "cause", LESS_SPONGY, "noEffect"), "against", ("about", "outcome")),
        ((INJECTED, "cause", MORE_SPONGY, "supports"), "against", ("outcome",)),
        ((INJECTED, "cause", FOCAL_LOSS, "supports"), "for", ("outcome",)),
        ((INJECTED, "cause", FOCAL_LOSS, "refutes"), "neither", ("outcome",)),
    ],
)
def test_a_claim_is_on_the_side_that_it_takes_of_what_was_asked(
    line: Line, side: str, narrower: tuple[str, ...]
) -> None:
    store = EmbeddedStore(known() | study("able-2020", line))
    assert sides(backing(store, FROM, TO)) == [(side, narrower)]
    # Whatever the toxin is in was asked for, so nothing that has it is narrower.
    outcome = tuple(name for name in narrower if name != "about")
    assert sides(backing(store, "CHEBI:3160", TO)) == [(side, outcome)]


@pytest.mark.parametrize(
    "line",
    [
        (ATROPHY, "cause", LOSS, "supports"),
        (INJECTED, "cause", ATROPHY, "supports"),
        (LOSS, "cause", INJECTED, "supports"),
    ],
)
def test_what_is_of_another_link_is_not_found(line: Line) -> None:
    assert of(line).strands == ()


def test_nothing_is_widened_the_other_way() -> None:
    narrow = study("baker-2021", (CALF, "cause", LESS_SPONGY, "supports"))
    answer = found(SUPPORT, narrow, start=FROM, end="decreased tissue volume fraction of "
                   "trabecular bone tissue")  # fmt: skip
    assert sides(answer) == [("for", ("about",))]


def test_what_is_said_of_absence_is_what_was_asked_where_only_absence_was_named() -> None:
    assert sides(of((WITHOUT, "cause", LOSS, "supports"), start=f"absent {FROM}")) == [("for", ())]


def test_of_a_start_without_a_sign_the_sign_of_the_outcome_decides_nothing() -> None:
    """That less loading lowers and more loading raises bone is no contradiction."""
    answer = of(
        (UNLOADED, "cause", LOSS, "supports"),
        (LOADED, "cause", GAIN, "supports"),
        (LOADED, "cause", LOSS, "noEffect"),
        start="mechanical loading",
    )
    named = {c.claim: side for s in answer.strands for side, cs in s.sides.items() for c in cs}
    assert named == {"able-2020/c1": "for", "able-2020/c2": "neither", "able-2020/c3": "against"}


@pytest.mark.parametrize("link", ["associate", "coincide", "compare", "precede"])
def test_a_relation_without_an_order_is_found_whichever_way_it_is_written(link: str) -> None:
    ends = ("decreased tissue amount of muscle organ", TO)
    for start, end in (ends, ends[::-1]):
        answer = of((ATROPHY, link, LOSS, "supports"), start=start, end=end)
        assert sides(answer) == [("for", ())]
        assert answer.strands[0].turned == (start == TO)
        assert answer.reverse == 0


def test_what_goes_the_other_way_round_is_counted() -> None:
    assert of((ATROPHY, "cause", INJECTED, "supports")).reverse == 0
    answer = of((LOSS, "cause", INJECTED, "supports"), (LOSS, "explain", INJECTED, "refutes"))
    assert (answer.strands, answer.reverse) == ((), 2)
    both = of((LOSS, "cause", INJECTED, "supports"), (INJECTED, "cause", LOSS, "supports"))
    assert (len(both.strands), both.reverse) == (1, 1)
    run = f"the other way round: 1 claim; run: studyclaims evidence '{TO}' '{FROM}'"
    assert str(both).endswith(run)


def rivals(answer: Backing) -> dict[str, list[str]]:
    """Return the claims named as rivals of each proposition, by its first claim."""
    return {s.accounts[0].claim: [claim.claim for claim in s.opposed_by] for s in answer.strands}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((INJECTED, "cause", LOSS, "supports"), (INJECTED, "prevent", LOSS, "supports"), "both"),
        ((INJECTED, "cause", LOSS, "supports"), (INJECTED, "cause", GAIN, "supports"), "first"),
        ((INJECTED, "cause", LOSS, "supports"), (CALF, "cause", MORE_SPONGY, "supports"), "first"),
        ((INJECTED, "cause", LOSS, "refutes"), (CALF, "cause", LESS_SPONGY, "supports"), "second"),
        ((INJECTED, "cause", LOSS, "supports"), (CALF, "cause", LESS_SPONGY, "refutes"), "none"),
        ((CALF, "cause", LOSS, "refutes"), (INJECTED, "cause", LESS_SPONGY, "supports"), "none"),
        ((INJECTED, "associate", LOSS, "supports"), (LOSS, "associate", INJECTED, "refutes"),
         "first"),
        ((INJECTED, "associate", LOSS, "supports"), (GAIN, "associate", INJECTED, "supports"),
         "first"),
        ((INJECTED, "precede", LOSS, "supports"), (LOSS, "precede", INJECTED, "supports"), "both"),
        ((INJECTED, "precede", LOSS, "supports"), (INJECTED, "coincide", LOSS, "supports"), "both"),
        ((INJECTED, "cause", LOSS, "supports"), (INJECTED, "explain", LOSS, "supports"), "none"),
    ],
)  # fmt: skip
def test_claims_on_other_propositions_that_cannot_be_right_beside_one_are_named(
    first: Line, second: Line, expected: str
) -> None:
    names = ["able-2020/c1", "able-2020/c2"]
    chosen = {"both": names, "first": names[:1], "second": names[1:], "none": []}[expected]
    other = dict(zip(names, names[::-1], strict=True))
    assert rivals(of(first, second)) == {
        name: [other[name]] if name in chosen else [] for name in names
    }


def numbers(answer: Backing, *names: str) -> dict[str, dict[str, list[int]]]:
    """Return what is counted under these names, by the title and the side, where any claim is."""
    return {
        count.title: {
            side: [counted[name] for name in names]
            for side, counted in count.sides.items()
            if counted["claims"]
        }
        for count in answer.counts
    }


def test_papers_are_counted_by_relation_and_by_side() -> None:
    answer = found(
        SUPPORT,
        study("baker-2021", (INJECTED, "cause", LESS_SPONGY, "supports"),
              (INJECTED, "cause", LOSS, "supports"), (INJECTED, "prevent", LOSS, "supports")),
        study("carl-2022", (CALF, "cause", LOSS, "noEffect"),
              (INJECTED, "cause", LOSS, "inconclusive")),
        study("dora-2023", (INJECTED, "cause", GAIN, "refutes"),
              (LOSS, "precede", INJECTED, "supports")),
    )  # fmt: skip
    assert numbers(answer, "papers", "asAsked", "claims") == {
        "cause (decreased)": {
            "for": [2, 2, 3],
            # Carl denies it of the calf, Baker has it prevented.
            "against": [2, 1, 2],
            "inconclusive": [1, 1, 1],
            "neither": [1, 1, 1],
        },
        "prevent (decreased)": {"for": [1, 1, 1], "against": [2, 2, 3]},
        "precede (decreased), the other way round": {"for": [1, 1, 1]},
    }
    assert answer.to_dict()["all"]["papers"] == 4


def test_counts_are_sorted_by_relation() -> None:
    answer = of((INJECTED, "explain", LOSS, "supports"), (CALF, "cause", LOSS, "supports"))
    assert [strand.relation for strand in answer.strands] == ["explain", "cause"]
    assert [count.relation for count in answer.counts] == ["cause", "explain"]


def test_whoever_asks_for_a_change_hears_a_rise_and_a_fall_as_two_supporters() -> None:
    answer = of(
        (INJECTED, "cause", LOSS, "supports"),
        (INJECTED, "cause", GAIN, "supports"),
        (INJECTED, "cause", CHANGED, "noEffect"),
        end="changed tissue amount of bone tissue",
    )
    assert sorted(sides(answer)) == [("against", ()), ("for", ("outcome",)), ("for", ("outcome",))]
    assert numbers(answer, "claims") == {"cause (changed)": {"for": [2], "against": [1]}}


def test_a_rise_is_counted_as_a_rise_where_all_that_is_made_of_a_term_was_asked_for() -> None:
    answer = of((INJECTED, "cause", GAIN, "supports"), (INJECTED, "cause", CHANGED, "noEffect"),
                end="UBERON:0002481")  # fmt: skip
    assert numbers(answer, "claims") == {
        "cause (changed)": {"against": [1]},
        "cause (increased)": {"for": [1], "against": [1]},
    }


@cache
def reported() -> Backing:
    """Return what the small record says: the paper asserts and measured, the news suggests."""
    outcome = quads(small())
    labels = {q.object.value for q in outcome if q.predicate == node("rdfs:label")}  # type: ignore[union-attr]
    end = max((label for label in labels if label.startswith("increased inflamm")), key=len)
    return backing(EmbeddedStore(outcome), "mechanical disuse", end)


def test_news_counts_with_the_paper_and_neither_hides_the_hedge() -> None:
    names = ("papers", "measured", "hedged", "hedgedThroughout", "claims")
    assert numbers(reported(), *names) == {"cause (increased)": {"for": [1, 1, 1, 0, 2]}}


TEXT: Final = """\
  for
    small-2020/news-inflames
        The news suggests that mechanical disuse causes increased inflammatory response in bone
          marrow in tibia by Botulinum toxin type A due to (mechanical disuse), localized (“could”;
          “may harm”). Body, sentence 1; conclusion.
        supports, suggested, conclusion, basis none, secondary source, not measured here
        source: Rest may harm <https://example.org/news>
        reports on: https://doi.org/10.1234/small.1
        evidence: documented statement evidence; not measured here; body, sentence 1
        hash: 00000000000000000000000000000000000000000000000000000000000000bb
    small-2020/title-inflames
"""
COUNTS: Final = """\
independent primary papers (news counts with the paper it reports on); none weighed
                    papers  measured it  hedge  hedge only  as asked  claims
  cause (increased)
    for                  1            1      1           0         1       2
    against              0            0      0           0         0       0
  in all: 1 paper, 2 claims"""


def test_the_text_shows_each_claim_with_all_that_it_rests_on() -> None:
    text = str(reported())
    assert text.startswith("from: mechanical disuse\nto: increased inflammatory response in bone")
    assert TEXT in text
    assert text.endswith(f"\n\n{COUNTS}")
    assert "on another proposition" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_marks_stand_under_the_proposition_and_rivals_at_its_end() -> None:
    answer = of(
        (CALF, "cause", LESS_SPONGY, "supports"),
        (INJECTED, "cause", GAIN, "supports"),
        (LOSS, "precede", INJECTED, "supports"),
        (INJECTED, "precede", LOSS, "inconclusive"),
        start="CHEBI:3160",
    )
    text = str(answer)
    assert text.startswith("from: CHEBI:3160 (any of ")
    narrow = "in triceps surae by Botulinum toxin type A | cause | decreased tissue volume fraction"
    assert (
        f"{narrow} of\n  trabecular bone tissue\n  (narrower than asked: outcome)\n  for\n" in text
    )
    assert (
        "increased tissue amount of bone tissue\n  (of another sign than asked)\n  against\n"
        in text
    )
    assert f"{TO} | precede | {FROM}\n  (written the other way round)\n  for\n" in text
    assert "  leaves it open\n    able-2020/c4\n" in text
    rival = (
        "  against, on another proposition\n    able-2020/c3: supports, asserted, conclusion, basis"
    )
    assert rival in text
    assert "neither for nor against" not in text
    assert (
        "\n    inconclusive         1            1      0           0         1       1\n" in text
    )


def test_an_outcome_without_a_change_has_none_in_its_count() -> None:
    answer = of((INJECTED, "cause", OTHER, "supports"), end="Osteopenia")
    assert [count.title for count in answer.counts] == ["cause", "show"]
    assert [count.to_dict()["outcome"] for count in answer.counts] == [None, None]
    assert of((INJECTED, "cause", LOSS, "supports")).counts[0].to_dict()["outcome"] == "decreased"


def test_of_a_graph_without_claims_there_is_nothing_to_count() -> None:
    answer = found(q for q in SUPPORT if q.object != node("sc:Claim") and "/claim/" not in str(q))
    assert (answer.source.about, answer.target.outcome, answer.strands) == (0, 0, ())


def test_data_and_rows_hold_every_claim_once() -> None:
    answer = of(
        (INJECTED, "cause", LESS_SPONGY, "supports"),
        (INJECTED, "cause", LOSS, "refutes"),
        (INJECTED, "prevent", LOSS, "supports"),
    )
    data = json.loads(json.dumps(answer.to_dict()))
    assert data["from"] == {
        "name": FROM, "entities": [data["from"]["entities"][0]], "label": FROM,
        "about": 4, "outcome": 0,
    }  # fmt: skip
    assert (data["to"]["about"], data["to"]["outcome"]) == (1, 3)
    assert [p["narrower"] for p in data["propositions"]] == [[], [], ["outcome"]]
    assert [p["opposedBy"] for p in data["propositions"]] == [
        ["able-2020/c3"],
        ["able-2020/c1"],
        ["able-2020/c2", "able-2020/c3"],
    ]
    assert [p["otherSign"] for p in data["propositions"]] == [False] * 3
    assert data["counts"][0]["relation"] == "cause"
    assert data["counts"][0]["against"]["claims"] == 2
    rows = list(answer.rows())
    assert [(row["claim"], row["side"]) for row in rows] == [
        ("able-2020/c2", "against"), ("able-2020/c3", "for"), ("able-2020/c1", "for"),
    ]  # fmt: skip
    assert rows[0]["evidence"][0]["hash"].endswith("aa")
    assert rows[0]["proposition"] == data["propositions"][0]["proposition"]
    assert rows[2]["narrower"] == ["outcome"]
    assert [claim.claim for claim in answer.accounts] == [row["claim"] for row in rows]
    assert repr(answer) == f"<Backing: {FROM} to {TO}, 3 claims>"


def test_a_table_has_one_row_a_claim_by_side() -> None:
    graphs = (SUPPORT, study("able-2019", (INJECTED, "cause", LESS_SPONGY, "refutes")))
    store = EmbeddedStore(frozenset().union(*graphs))
    rows = list(backing_table(store, backing(store, FROM, TO)))
    assert [(row["side"], row["narrower"], row["claim"], row["stance"]) for row in rows] == [
        ("for", "", "able-2020/c1", "supports"),
        ("against", "outcome", "able-2019/c1", "refutes"),
    ]


def test_where_nothing_is_said_of_the_link_it_says_what_is_said_of_each() -> None:
    answer = of((CALF, "cause", ATROPHY, "supports"), (LOSS, "cause", INJECTED, "supports"),
                (GAIN, "cause", ATROPHY, "supports"))  # fmt: skip
    assert answer.nothing.splitlines() == [
        f"no source says anything of a link from {FROM} to {TO}",
        f"{FROM}: 2 claims about it, 1 claim with it as outcome",
        f"{TO}: 2 claims about it, 0 claims with it as outcome",
        f"the other way round: 1 claim; run: studyclaims evidence '{TO}' '{FROM}'",
        f"for a chain of links: studyclaims explain '{FROM}' '{TO}'",
    ]
    assert str(answer) == answer.nothing
    assert answer.to_dict()["propositions"] == []
    assert answer.to_dict()["all"]["claims"] == 0


def test_a_claim_that_cannot_be_read_out_is_named() -> None:
    cut = frozenset(q for q in SUPPORT if q.predicate != node("sc:cue"))
    answer = found(cut)
    assert (answer.strands, answer.unread) == ((), ("able-2020/c1",))
    told = "without cue, place or title in this graph, so not shown: able-2020/c1"
    assert told in answer.nothing
    twice = of((INJECTED, "cause", LOSS, "supports"), (INJECTED, "prevent", LOSS, "supports"),
               *((INJECTED, link, LOSS, "supports") for link in ("explain", "modify", "require")),
               without="sc:cue")  # fmt: skip
    assert twice.unread == tuple(f"able-2020/c{n}" for n in (1, 2, 3, 4, 5))
    both = found(cut, study("baker-2021", (INJECTED, "cause", LOSS, "supports")))
    assert str(both).endswith(told)
    assert [strand.accounts[0].claim for strand in both.strands] == ["baker-2021/c1"]


def test_the_answer_does_not_depend_on_the_order_of_the_quads() -> None:
    every = [
        *SUPPORT,
        *study("baker-2021", (CALF, "cause", LESS_SPONGY, "noEffect")),
        *study("carl-2022", (INJECTED, "cause", GAIN, "supports")),
    ]
    expected = json.dumps(found(every).to_dict())
    for mixed in (every[::-1], sorted(every, key=str), sorted(every, key=hash)):
        store = EmbeddedStore(mixed)
        assert json.dumps(backing(store, FROM, TO).to_dict()) == expected


def test_a_graph_is_asked_the_same() -> None:
    assert Graph(SUPPORT).evidence(FROM, TO).to_dict() == found(SUPPORT).to_dict()


@pytest.mark.parametrize("names", [("no such thing", TO), (FROM, "no such thing")])
def test_a_name_that_stands_for_nothing_is_refused(names: tuple[str, str]) -> None:
    with pytest.raises(QueryError, match="no entity 'no such thing'"):
        found(SUPPORT, start=names[0], end=names[1])


def test_an_end_is_read_by_its_label() -> None:
    answer = found(SUPPORT, start=next(iter(found(SUPPORT).source.entities)))
    assert str(answer.source).endswith(f" ({FROM})")
    assert BONE.endswith(index()["http://purl.obolibrary.org/obo/UBERON_0002481"].label)


@cache
def asked_of_the_corpus() -> Backing:
    from studyclaims.graph import load

    return backing(load().store, "CHEBI:3160", TO)


def strand_of(answer: Backing, claim: str) -> Strand:
    return next(s for s in answer.strands if claim in {a.claim for a in s.accounts})


WIDER: Final = """
SELECT DISTINCT ?claim
WHERE {
    ?wide rdfs:label "decreased tissue amount of bone tissue" .
    ?outcome skos:broader* ?wide .
    ?about sc:byAgent <http://purl.obolibrary.org/obo/CHEBI_3160> ; sc:change sc:present .
    ?claim sc:proposition ?proposition .
    ?proposition sc:about ?about ; sc:outcomeEntity ?outcome .
}
"""


@pytest.mark.slow
def test_of_the_corpus_it_finds_what_a_query_finds() -> None:
    from studyclaims.graph import load

    rows: Any = load().query(WIDER)
    asked = {"/".join(row["claim"].rsplit("/", 2)[1:]) for row in rows}
    told = {row["claim"] for row in asked_of_the_corpus().rows() if row["side"] == "for"}
    # The muscle that the toxin weakened is a decrease, and counts as made of the toxin.
    assert told - asked == {"warden-2013/inhibition-bone-loss"}
    assert asked <= told
    rose = strand_of(asked_of_the_corpus(), "manske-2012/bvtv-rose-without-toxin")
    assert [claim.claim for claim in rose.sides["neither"]] == [
        "manske-2012/bvtv-rose-without-toxin"
    ]
