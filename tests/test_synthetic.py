"""The synthetic studies: valid, the same each time, as many as asked, alike to the records."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest

from benchmarks import growth, synthetic
from benchmarks.growth import YARDSTICK, Growth, corpus, main, table
from benchmarks.synthetic import FIELD, HUB, LEAST, MOST, Dice, studies
from commands import ROOT, environment
from samples import index
from studyclaims.checking.checks import check_study
from studyclaims.checking.termchecks import check_terms
from studyclaims.formats import serialize
from studyclaims.identifiers import PropositionKey, compose
from studyclaims.quads import study_quads
from studyclaims.queries import plain
from studyclaims.questions import questions
from studyclaims.rdf import node
from studyclaims.shapes import validate_quads

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.model import Claim, Study

CLAIMS: Final = 900
PYTHONPATH: Final = os.pathsep.join(str(ROOT / name) for name in ("tests", "scripts"))


@cache
def made() -> tuple[Study, ...]:
    return tuple(studies(CLAIMS, 1))


def claims_of(study: Study) -> list[Claim]:
    return [claim for proposition in study.propositions for claim in proposition.claims]


def all_claims() -> list[Claim]:
    return [claim for study in made() for claim in claims_of(study)]


def about_of(study: Study) -> set[str]:
    return {proposition.about for proposition in study.propositions}


def test_there_are_as_many_claims_as_asked_and_as_few_or_many_a_study_as_said() -> None:
    sizes = [len(claims_of(study)) for study in made()]
    assert sum(sizes) == CLAIMS
    assert all(LEAST <= size <= MOST for size in sizes[:-1])
    assert 1 <= sizes[-1] <= MOST
    assert len(set(sizes)) > 10
    assert list(studies(0, 1)) == []


def test_every_study_keeps_what_a_record_must_keep() -> None:
    complaints = [
        c for study in made() for c in (*check_study(study), *check_terms(study, index()))
    ]
    assert complaints == []
    assert len({study.key for study in made()}) == len(made())


def test_a_small_corpus_is_the_beginning_of_a_larger_one() -> None:
    few = list(studies(200, 1))
    assert few[:-1] == list(made()[: len(few) - 1])
    assert next(studies(200, 2)) != few[0]


def test_the_bytes_follow_from_the_seed_alone(tmp_path: Path) -> None:
    path = tmp_path / "20.nq"
    program = str(ROOT / "tests" / "benchmarks" / "synthetic.py")
    words = ["--claims", "20", "--seed", "5", "--out", str(path)]
    child = environment(PYTHONHASHSEED="1" if os.environ.get("PYTHONHASHSEED") != "1" else "2")
    subprocess.run([sys.executable, program, *words], env=child, check=True, timeout=60)
    graphs = (study_quads(s, index(), synthetic.BUILT_WITH) for s in studies(20, 5))
    assert path.read_bytes() == b"".join(serialize(graph, "nq", {}) for graph in graphs)


def test_choices_hang_on_nothing_but_random() -> None:
    known = random.Random("a/1")  # noqa: S311 - nothing secret
    draws = [known.random() for _ in range(3)]
    dice = Dice("a", 1)
    assert [dice.below(1000) for _ in range(3)] == [int(draw * 1000) for draw in draws]


def test_all_that_a_claim_can_be_occurs_in_about_the_share_of_the_records() -> None:
    stances = Counter(claim.stance.value for claim in all_claims())
    assert stances.keys() == {"supports", "refutes", "noEffect", "inconclusive"}
    assert 0.75 < stances["supports"] / CLAIMS < 0.92
    certainties = Counter(claim.certainty.value for claim in all_claims())
    assert certainties.keys() == {"asserted", "suggested", "hypothesised", "speculated"}
    assert 0.6 < certainties["asserted"] / CLAIMS < 0.85
    assert {c.role.value for c in all_claims()} == {
        "result", "conclusion", "background", "hypothesis", "implication",
    }  # fmt: skip
    assert {c.source for c in all_claims()} == {"paper", "news"}
    assert len({p.link for study in made() for p in study.propositions}) == 16
    evidence = [item for claim in all_claims() for item in claim.evidence]
    assert {item.test_of for item in evidence} == {
        None, "sufficiency", "necessity", "rescue", "doseResponse", "mediation", "equivalence",
    }  # fmt: skip
    assert any(m.coefficient for item in evidence for m in item.measurements)
    assert 0.15 < sum(claim.lag is not None for claim in all_claims()) / CLAIMS < 0.35
    species = {study.context.species.label for study in made() if study.context.species}
    assert species == {"Mus musculus", "Rattus norvegicus", "Homo sapiens"}


def test_calf_paralysis_is_an_exposure_in_a_quarter_of_the_studies() -> None:
    on_calf = [number for number, study in enumerate(made()) if "calf-paralysis" in about_of(study)]
    assert on_calf == list(range(0, len(made()), 4))
    entity = made()[0].entities["calf-paralysis"].model_dump(exclude_defaults=True)
    flat = {slot: getattr(value, "curie", value) for slot, value in entity.items()}
    assert flat["change"] == HUB["change"]
    assert str(entity["by_agent"]).startswith("CHEBI:3160 ")
    assert str(entity["bearer"]).startswith("UBERON:0001665 ")


@cache
def propositions() -> Counter[str]:
    """Return how many studies of the first fields claim each proposition."""
    return Counter(
        PropositionKey(compose(p.about, s.entities), p.link, compose(p.outcome, s.entities)).iri
        for s in made()
        for p in s.propositions
    )


def test_a_proposition_is_shared_by_few_studies_however_many_there_are() -> None:
    shared = [number for number in propositions().values() if number > 1]
    assert len(shared) > len(propositions()) / 3
    assert max(shared) <= FIELD


def test_exposures_other_than_the_calf_are_those_of_a_field() -> None:
    fields = [made()[start : start + FIELD] for start in range(0, len(made()), FIELD)]
    exposures = [
        {
            compose(name, study.entities).iri
            for study in each
            for name in study.entities
            if name.startswith("exposure-")
        }
        for each in fields
    ]
    assert all(len(found) == 5 for found in exposures[:-1])
    assert exposures[0].isdisjoint(exposures[1])


def test_studies_disagree_in_stance_and_in_sign() -> None:
    stances: dict[str, set[str]] = {}
    contraries: set[str] = set()
    for study in made():
        for p in study.propositions:
            ends = (compose(name, study.entities) for name in (p.about, p.outcome))
            about, outcome = ends
            key = PropositionKey(about, p.link, outcome)
            found = {claim.stance.value for claim in p.claims}
            stances.setdefault(key.iri, set()).update(found)
            contraries |= {key.contrary.iri} if key.contrary else set()
    assert any({"supports", "noEffect"} <= found for found in stances.values())
    assert any({"supports", "refutes"} <= found for found in stances.values())
    assert contraries & stances.keys()


@pytest.mark.slow
def test_synthetic_studies_conform_to_the_shapes() -> None:
    for number in (0, 1):
        assert validate_quads(study_quads(made()[number], index(), synthetic.BUILT_WITH)) == []


def grown(**more: Any) -> Growth:  # noqa: ANN401 - values of its fields
    return replace(Growth("a-b", 2.0, 20.0, 1, 10), **more)


def test_growth_is_judged_by_ratio_and_rows() -> None:
    assert grown().ratio == 10
    assert grown().verdict(12) == ""
    assert grown(many=25.0).verdict(12) == "too steep"
    assert grown(rows_many=0).verdict(12) == "no rows"
    assert grown(many=math.inf, rows_many=0).verdict(12) == "given up"
    assert grown(few=math.inf, many=math.inf).ratio == math.inf
    assert grown(many=math.inf).to_dict() | {"name": ""} == {
        "name": "", "few": 2.0, "many": None, "ratio": None, "rows_few": 1, "rows_many": 10,
    }  # fmt: skip


def test_the_table_has_the_steepest_first() -> None:
    yardstick = grown(name=YARDSTICK, many=25.0)
    found = [yardstick, grown(), grown(name="c-d", many=30.0)]
    lines = table(found, (1000, 10_000), 12).splitlines()
    assert [line.split()[0] for line in lines] == ["question", "c-d", YARDSTICK, "a-b", "2"]
    assert lines[1].endswith("too steep")
    assert lines[4] == "2 questions, 1 amiss; a ratio of at most 12 is right"


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(("many", "status"), [(23.0, 0), (25.0, 1)])
def test_the_status_says_whether_a_question_is_amiss(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
    many: float,
    status: int,
) -> None:
    yardstick = grown(name=YARDSTICK, many=60.0)
    monkeypatch.setattr(growth, "measure", lambda *_: [yardstick, grown(many=many)])
    assert main(["--format", form]) == status
    said = capsys.readouterr().out
    if form == "json":
        data = json.loads(said)
        assert (data["sizes"], data["bound"]) == ([1000, 10_000], 12)
        assert data["questions"][1]["verdict"] == ("too steep" if status else "")
    assert main(["--engine", "rdflib"]) == 1
    assert main(["--beside-yardstick"]) == 0


def test_growth_beside_the_yardstick_may_be_a_fifth_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for many, status in ((71.0, 0), (73.0, 1)):
        found = [grown(name=YARDSTICK, many=60.0), grown(many=many)]
        monkeypatch.setattr(growth, "measure", lambda *_, found=found: found)
        assert main(["--beside-yardstick"]) == status


GIVES_UP: Final = """
import json
from benchmarks import growth

def engine(text):
    while text == "never":
        pass
    return len(text)

growth.LIMIT, growth.ENOUGH = 1, 0.0
growth.ENGINES["fake"] = lambda found: engine
found = growth.measured("fake", 0, 1, 2, {"a": "one", "b": "never", "c": "three"})
print(json.dumps(found))
"""


@pytest.mark.slow
def test_a_question_that_takes_for_ever_is_given_up_and_the_next_is_asked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GIVES_UP],
        env={**environment(), "PYTHONPATH": PYTHONPATH},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = json.loads(done.stdout)
    assert {name: rows for name, (_, rows) in found.items()} == {"a": 3, "b": 0, "c": 5}
    assert [name for name, (ms, _) in found.items() if ms == math.inf] == ["b"]


def test_a_corpus_has_just_so_many_claims() -> None:
    kinds = [q.predicate for q in corpus(50, 1) if plain(q.object) == growth.CLAIM]
    assert kinds.count(node("rdf:type")) == 50


@pytest.mark.slow
def test_the_benchmark_measures_every_question() -> None:
    words = ["--sizes", "200", "1000", "--runs", "1", "--format", "json"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "benchmarks" / "growth.py"), *words],
        env={**environment(), "PYTHONPATH": PYTHONPATH},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode in {0, 1}, done.stderr
    found = json.loads(done.stdout)["questions"]
    assert [growth["name"] for growth in found] == [YARDSTICK, *(q.name for q in questions())]
    assert [growth["name"] for growth in found if not growth["rows_many"]] == []
