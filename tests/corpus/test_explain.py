"""How the toxin may lead to osteopenia, as far as the corpus says, and what falls with a paper."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from studyclaims.graph import load
from studyclaims.paths import studies_dir
from studyclaims.queries import Rows

if TYPE_CHECKING:
    from studyclaims.chains.pages import Explanation
    from studyclaims.graph import Graph

NEWS: Final = "https://medicalxpress.com/news/2017-12-muscle-paralysis-bone-loss.html"
PAPER: Final = "https://doi.org/10.1152/ajpcell.00363.2016"


@cache
def corpus() -> Graph:
    return load()


@cache
def flagship() -> Graph:
    return load(studies_dir() / "ausk-2017.trig")


@cache
def of_the_flagship() -> Explanation:
    return flagship().explain("CHEBI:3160", "HP:0000938")


def test_the_flagship_leads_to_osteopenia_only_by_the_word_of_the_news() -> None:
    found = of_the_flagship()
    assert [len(path.steps) for path in found.paths] == [4, 3, 4]
    for path in found.paths:
        assert "secondary source only" in path.step_strength
        assert path.papers == (PAPER,)
        assert {row["source"] for _, shown in path.weakest_steps for row in shown.claims} == {NEWS}


def test_the_flagships_paths_are_nobodys_claim_and_hold_joins() -> None:
    for path in of_the_flagship().paths:
        assert not path.is_claimed
        assert path.whole == ()
        assert len(path.joins) == 2
        assert path.strength == "a join, claimed by nobody"
        assert path.joins[-1].parts[-1] == (
            "narrower",
            "bone resorption, not replaced by new tissue",
        )


def test_the_hedge_of_the_lede_is_the_weakest_link_of_its_path() -> None:
    (hedged,) = (
        path for path in of_the_flagship().paths if path.step_strength.startswith("suggested")
    )
    ((number, weakest),) = hedged.weakest_steps
    assert number == 2
    assert weakest.who == f"news ({NEWS}) suggests it, “may promote”"
    assert weakest.claims[0]["key"] == "ausk-2017/news-promotes-large-cells"
    assert f"Weakest step ({hedged.step_strength}): step 2, news ({NEWS}) suggests it" in str(
        of_the_flagship()
    )


def test_only_the_first_step_is_the_papers_own_finding() -> None:
    for path in of_the_flagship().paths:
        names = [shown.step.strength.name for shown in path.steps]
        assert names[0] == "ASSERTED"
        assert set(names[1:]) <= {"STATED", "SUGGESTED"}
        assert path.steps[0].claims[0]["key"].startswith("ausk-2017/title-")


def test_every_path_of_the_corpus_ends_in_the_one_claim_on_osteopenia() -> None:
    found = corpus().explain("Botulinum toxin type A", "osteopenia", limit=50)
    ends = {path.steps[-1].claims[0]["key"] for path in found.paths}
    assert ends == {"ausk-2017/news-unreplaced-resorption"}
    assert len(found.paths) > len(of_the_flagship().paths)


def test_mere_resorption_is_not_taken_for_resorption_that_is_not_replaced() -> None:
    # The paper says that paralysis induces resorption, and nothing of its replacement.
    found = corpus().explain(
        "increased bone resorption in bone marrow cavity, localized", "osteopenia"
    )
    assert found.paths == ()


def test_a_hypothesis_that_its_own_study_refuted_is_broken() -> None:
    found = corpus().explain("low-magnitude vibration", "UBERON:0002481", limit=20)
    (prevents,) = (
        path for path in found.paths if path.steps[0].step.relation == "prevent" and not path.joins
    )
    assert prevents.strength.startswith("broken")


def test_without_the_flagship_nothing_leads_to_osteopenia() -> None:
    found = corpus().retract("10.1152/ajpcell.00363.2016")
    assert found.records == {"ausk-2017": (32, 32)}
    assert set(found.claims) == {PAPER, NEWS}
    (kept,) = (fate for fate in found.fates if fate.kind == "kept")
    assert kept.left == ("paper (10.1096/fj.11-196642) states it",)
    osteopenia = {each.end for each in found.broken}
    assert "http://purl.obolibrary.org/obo/HP_0000938" in osteopenia


@pytest.mark.slow
def test_each_study_can_be_retracted_with_all_its_claims() -> None:
    counted = corpus().query(
        "SELECT ?key (COUNT(DISTINCT ?claim) AS ?claims) "
        "{ ?claim a sc:Claim ; dct:isPartOf/rdfs:label ?key } GROUP BY ?key"
    )
    assert isinstance(counted, Rows)
    claims = {row["key"]: row["claims"] for row in counted}
    assert claims.keys() == {path.stem for path in studies_dir().glob("*.yaml")}
    for key, count in claims.items():
        found = corpus().retract(key)
        assert found.records == {key: (count, count)}
        assert len(found.fates) == len({fate.before.proposition for fate in found.fates})
