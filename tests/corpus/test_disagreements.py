"""What the key was chosen for: studies that say the same meet, those that differ are contested."""

from __future__ import annotations

import re
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import studyclaims
from comparing.test_contested import ATROPHY, GAIN, INJECTED, LOSS, study
from samples import quads, small
from studyclaims.build import corpus_quads
from studyclaims.paths import queries_dir
from studyclaims.queries import Rows, ask, find_text
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from comparing.test_contested import Line
    from studyclaims.comparing.contested import Contest
    from studyclaims.graph import Graph

LESS_TOXIN: Final = {**INJECTED, "change": "decreased"}

FRACTIONS: Final = {
    ("10.1016/j.bone.2005.08.009", "-54.3", "metaphysis of tibia", "Mus musculus"),
    ("10.1016/j.bone.2005.08.009", "-43.2", "distal epiphysis of femur", "Mus musculus"),
    ("10.1016/j.bone.2009.10.016", "-38", "metaphysis of tibia", "Mus musculus"),
    ("10.1016/j.bone.2009.10.016", "-20", "metaphysis of tibia", "Mus musculus"),
    ("10.1371/journal.pone.0036486", "-12", "metaphysis of tibia", "Mus musculus"),
    ("10.1371/journal.pone.0036486", "-7", "metaphysis of tibia", "Mus musculus"),
    ("10.1007/s00223-012-9576-7", "-10", "metaphysis of tibia", "Rattus norvegicus"),
}
"""Trabecular bone volume fraction after botulinum toxin, as the abstracts print it."""

PAIRS: Final = {
    "muscle explains the loss, and may not": (
        "manske-2010-muscle-changes",
        "manske-2010-recovery",
        {"about", "species", "strain"},
    ),
    "less connexin 43 protects, and harms": ("grimston-2011", "zhao-2020", {"about", "outcome"}),
    "age matters at one site, and not at another": ("vegger-2018", "vegger-2018", {"site"}),
    "a hypothesis that its own data deny": ("ausk-2012", "ausk-2012", {"assay"}),
}


@cache
def graph() -> Graph:
    return studyclaims.load()


@cache
def contests() -> list[Contest]:
    return graph().contested()


@cache
def rows(name: str) -> list[dict[str, Any]]:
    found = graph().query(name)
    assert isinstance(found, Rows)
    return list(found)


def sides(contest: Contest) -> set[tuple[str, str]]:
    """Return each pair of studies that stand on different sides, both ways round."""
    studies = [{voice.claim.partition("/")[0] for voice in side} for side in contest.sides]
    return {(a, b) for one, two in permutations(studies, 2) for a in one for b in two}


def test_one_question_gathers_what_every_study_measured_of_trabecular_bone() -> None:
    found = {
        (row["source"].removeprefix("https://doi.org/"), str(row["value"]), row["site"],
         row["species"])
        for row in rows("compare-effects")
        if row["tissue"] == "trabecular bone tissue" and row["value"] is not None
    }  # fmt: skip
    assert found == FRACTIONS


def test_muscle_and_osteoclasts_come_out_of_the_same_question() -> None:
    found = [row for row in rows("compare-effects") if row["value"] is not None]
    names = ("muscle", "triceps", "femoris", "gastrocnemius")
    muscle = {str(r["value"]) for r in found if any(name in r["outcome"] for name in names)}
    assert {"-47.3", "-59.7", "-56", "-34.1", "-61", "-14", "15"} <= muscle
    cells = {str(row["value"]) for row in found if row["tissue"] == "osteoclast"}
    assert cells == {"122", "97"}


def test_a_sign_of_a_row_is_that_of_its_outcome() -> None:
    for row in rows("compare-effects"):
        if row["value"] is not None:
            assert (row["value"] < 0) == row["outcome"].startswith("decreased"), row


@pytest.mark.parametrize("name", PAIRS)
def test_a_disagreement_is_found_with_the_context_that_differs(name: str) -> None:
    first, second, fields = PAIRS[name]
    met = [contest for contest in contests() if sides(contest) >= {(first, second)}]
    assert any(fields <= contest.differs.keys() for contest in met), [c.differs for c in met]


def test_no_study_is_named_in_code_or_questions() -> None:
    keys = [path.stem for path in (queries_dir().parent / "studies").glob("*.yaml")]
    assert len(keys) >= 13
    for path in [*queries_dir().glob("*.rq"), *Path(studyclaims.__path__[0]).rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            # Examples name the study they show; what runs must not.
            text = re.sub(r'r?""".*?"""', "", text, flags=re.DOTALL)
        assert [key for key in keys if key in text] == [], path


def test_rat_and_mouse_and_week_and_day_meet_in_one_topic() -> None:
    found = graph().query(
        """SELECT DISTINCT ?topic (GROUP_CONCAT(DISTINCT ?name; separator="|") AS ?species)
        WHERE { ?claim sc:proposition/sc:topicGroup ?topic ; sc:species/rdfs:label ?name }
        GROUP BY ?topic"""
    )
    assert isinstance(found, Rows)
    assert any({"Mus musculus", "Rattus norvegicus"} <= set(r["species"].split("|")) for r in found)


def test_no_rise_and_fall_of_one_variable_share_a_direct_triple() -> None:
    found = graph().query(
        """SELECT ?predicate (COUNT(DISTINCT ?change) AS ?signs)
        WHERE {
            ?claim a sc:Claim ; rdf:subject ?about ; rdf:predicate ?predicate ; rdf:object ?entity .
            ?entity sc:change ?change .
            ?claim sc:proposition/sc:outcomeEntity/sc:change ?other .
            FILTER (?change != ?other)
        }
        GROUP BY ?predicate"""
    )
    assert isinstance(found, Rows)
    assert list(found) == []


def counted(*graphs: frozenset[Quad]) -> list[dict[str, Any]]:
    """Return what count-support says of made-up studies."""
    vocabulary = [q for q in corpus_quads() if str(q.graph_name).endswith("/vocabulary>")]
    store = EmbeddedStore([*vocabulary, *frozenset().union(*graphs)])
    found = ask(store, find_text("count-support"))
    assert isinstance(found, Rows)
    return list(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((INJECTED, "prevent", LOSS, "supports"), (INJECTED, "cause", LOSS, "supports")),
        ((INJECTED, "cause", GAIN, "supports"), (INJECTED, "cause", LOSS, "supports")),
        ((ATROPHY, "precede", LOSS, "supports"), (LOSS, "precede", ATROPHY, "supports")),
        ((LESS_TOXIN, "cause", LOSS, "supports"), (INJECTED, "cause", LOSS, "supports")),
    ],
)
def test_what_is_not_the_same_is_never_counted_together(one: Line, other: Line) -> None:
    found = counted(study("able-2020", one), study("baker-2021", other))
    assert [(row["sources"], row["finding"]) for row in found] == [(1, 1), (1, 1)]


def test_the_same_of_two_papers_is_counted_twice_and_a_denial_apart() -> None:
    line: Line = (INJECTED, "cause", LOSS, "supports")
    denied: Line = (INJECTED, "cause", LOSS, "refutes")
    (row,) = counted(
        study("able-2020", line), study("baker-2021", line), study("carl-2022", denied)
    )
    assert (row["sources"], row["finding"], row["refuting"]) == (3, 2, 1)


def test_news_never_strengthens_its_paper() -> None:
    data = small()
    claims = data["propositions"][0]["claims"]
    claims[0]["certainty"], claims[1]["certainty"] = "suggested", "asserted"
    (row,) = [row for row in counted(quads(data)) if row["relation"] == "cause"]
    assert (row["finding"], row["stating"], row["hedging"]) == (0, 1, 1)


def test_a_protected_tissue_is_no_harmed_one() -> None:
    store = EmbeddedStore(study("able-2020", (INJECTED, "prevent", LOSS, "supports")))
    found = ask(store, find_text("compare-effects"))
    assert isinstance(found, Rows)
    assert list(found) == []
