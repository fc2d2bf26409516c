"""Pages: what a person is shown of a graph, and what is said of names that stand for nothing."""

from __future__ import annotations

import itertools
import json
from functools import cache
from hashlib import sha256
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from samples import KEY, changed, quads, record, small, store
from studyclaims.answers import jsonable
from studyclaims.errors import QueryError
from studyclaims.identifiers import PropositionKey, compose
from studyclaims.pages import Page, page, sentence, third_person
from studyclaims.predicates import RELATIONS, Certainty, Stance
from studyclaims.stores.embedded import EmbeddedStore

SC: Final = "https://w3id.org/studyclaims/vocab/"
BASE: Final = "https://w3id.org/studyclaims/"

THIRD_PERSON: Final = {
    "cause": "causes",
    "contribute": "contributes to",
    "associate": "is associated with",
    "precede": "precedes",
    "coincide": "coincides with",
    "predispose": "predisposes to",
    "prevent": "prevents",
    "attenuate": "attenuates",
    "reverse": "reverses",
    "amplify": "amplifies",
    "mediate": "mediates",
    "explain": "explains",
    "modify": "modifies",
    "require": "is required for",
    "compare": "exceeds",
    "describe": "shows",
}

SAYS: Final = {
    ("supports", "asserted"): "asserts that",
    ("supports", "suggested"): "suggests that",
    ("supports", "hypothesised"): "hypothesises that",
    ("supports", "speculated"): "speculates that",
    ("refutes", "asserted"): "denies that",
    ("refutes", "suggested"): "suggests that it is not so that",
    ("refutes", "hypothesised"): "hypothesises that it is not so that",
    ("refutes", "speculated"): "speculates that it is not so that",
    ("noEffect", "asserted"): "tested and found no sign that",
    ("noEffect", "suggested"): "suggests that there is no sign that",
    ("noEffect", "hypothesised"): "hypothesises that there is no sign that",
    ("noEffect", "speculated"): "speculates that there is no sign that",
    ("inconclusive", "asserted"): "leaves open whether",
    ("inconclusive", "suggested"): "leaves open whether",
    ("inconclusive", "hypothesised"): "leaves open whether",
    ("inconclusive", "speculated"): "leaves open whether",
}


def row(**changes: object) -> dict[str, Any]:
    """Return what a sentence is made of."""
    plain: dict[str, Any] = {
        "kind": None,
        "stance": f"{SC}supports",
        "certainty": f"{SC}asserted",
        "basis": f"{SC}intervention",
        "role": f"{SC}result",
        "link": f"{SC}relCause",
        "aboutLabel": "rest",
        "outcomeLabel": "bone loss",
        "cue": ["causes"],
        "at": ["title"],
        "species": None,
        "lag": None,
        "bound": None,
        "startLabel": None,
    }
    return plain | changes


def test_the_lists_name_every_relation_stance_and_certainty() -> None:
    assert THIRD_PERSON.keys() == RELATIONS.keys()
    assert SAYS.keys() == set(itertools.product(Stance, Certainty))


@pytest.mark.parametrize("link", THIRD_PERSON)
def test_a_relation_is_read_in_the_third_person(link: str) -> None:
    assert third_person(RELATIONS[link].reads) == THIRD_PERSON[link]
    text = sentence(row(link=f"{SC}rel{link.capitalize()}"))
    assert f"rest {THIRD_PERSON[link]} bone loss" in text


@pytest.mark.parametrize(("stance", "certainty"), SAYS, ids="-".join)
def test_a_sentence_says_stance_and_certainty(stance: str, certainty: str) -> None:
    text = sentence(row(stance=SC + stance, certainty=SC + certainty))
    verb = SAYS[stance, certainty]
    assert (
        text
        == f"The paper {verb} rest causes bone loss (“causes”). Title; result, on intervention."
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"role": f"{SC}conclusion"}, "The paper asserts that"),
        ({"role": f"{SC}background"}, "The paper states that"),
        ({"role": f"{SC}implication"}, "The paper states that"),
        ({"kind": "https://doi.org/10.1/x"}, "The news states that"),
        ({"kind": "x", "certainty": f"{SC}suggested"}, "The news suggests that"),
        ({"kind": "x", "stance": f"{SC}refutes"}, "The news denies that"),
    ],
)
def test_only_the_paper_on_its_own_findings_asserts(
    changes: dict[str, object], expected: str
) -> None:
    assert sentence(row(**changes)).startswith(expected)


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("at", "Seen at 3 d after rest."),
        ("by", "Seen by 3 d after rest."),
        ("from", "Seen from 3 d after rest."),
        ("atPeak", "Seen peaking at 3 d after rest."),
    ],
)
def test_a_lag_is_a_sentence_of_its_own(bound: str, expected: str) -> None:
    assert expected in sentence(row(lag="3 d", bound=SC + bound, startLabel="rest"))


def test_places_keep_their_capitals_and_species_and_basis_end_the_sentence() -> None:
    text = sentence(
        row(
            at=["abstract, sentence 2", "figures, figure 2B"],
            cue=["may", "could"],
            species="Mus musculus",
            basis=f"{SC}none",
        )
    )
    assert text.endswith(
        "(“may”; “could”). Abstract, sentence 2; figures, figure 2B; result; Mus musculus."
    )


def shown(name: str) -> Page:
    return page(store(), name)


@cache
def iris() -> dict[str, str]:
    """Return the IRIs of the small record's entities and propositions."""
    study = record().study
    entities = {name: compose(name, study.entities) for name in study.entities}
    first = study.propositions[0]
    key = PropositionKey(entities[first.about], first.link, entities[first.outcome])
    return {name: entity.iri for name, entity in entities.items()} | {"proposition": key.iri}


STUDY: Final = """\
Rest inflames bone marrow

doi: https://doi.org/10.1234/small.1
journal: Journal of Rest
year: 2020
status: checked
authors: 2
read: abstract; title

5 claims
"""


@pytest.mark.parametrize(
    "name", [KEY, f"{BASE}study/{KEY}#study", f"studyclaims:study/{KEY}#study"]
)
def test_a_studys_page(name: str) -> None:
    text = str(shown(name))
    assert text.startswith(STUDY)
    assert text.count(f"\n  {KEY}/") == 5
    assert [line.partition(":")[0].strip() for line in text.splitlines()[10:]] == sorted(
        f"{KEY}/{claim['id']}" for p in small()["propositions"] for claim in p["claims"]
    )


CLAIM: Final = """\
small-2020/title-inflames

source: Rest inflames bone marrow <https://doi.org/10.1234/small.1>
note: No hedge.
evidence: animal model system study evidence
hashes: 00000000000000000000000000000000000000000000000000000000000000aa
writes: biolink:causes

1 claim
  small-2020/title-inflames: The paper asserts that mechanical disuse causes increased \
inflammatory response in bone marrow in tibia by Botulinum toxin type A due to (mechanical \
disuse), localized (“inflames”). Seen by 3 d after mechanical disuse. Title; conclusion, on \
intervention; Mus musculus."""


@pytest.mark.parametrize("name", [f"{KEY}/title-inflames", f"{BASE}claim/{KEY}/title-inflames"])
def test_a_claims_page(name: str) -> None:
    assert str(shown(name)) == CLAIM


@pytest.mark.parametrize(
    ("name", "writes"),
    [
        ("news-inflames", "sc:mayCause"),
        ("abstract-null", "sc:noAssociationFoundWith"),
        ("abstract-refutes", "no direct triple"),
    ],
)
def test_a_claims_page_says_what_it_writes(name: str, writes: str) -> None:
    assert f"\nwrites: {writes}\n" in str(shown(f"{KEY}/{name}"))


def test_a_withdrawn_claims_page() -> None:
    assert str(shown(f"{KEY}/gone")) == (
        "small-2020/gone (withdrawn)\n\ndate: 2020-04-05\nreason: It was read wrongly."
    )


@pytest.mark.parametrize("name", ["scterm:disuse", "mechanical disuse", "Mechanical DISUSE"])
def test_an_entitys_page_of_a_term(name: str) -> None:
    found = shown(name)
    assert found.title == "mechanical disuse"
    assert found.data["iri"] == iris()["rest"]
    claims = [claim["claim"].rpartition("/")[2] for claim in found.data["claims"]]
    assert claims == ["abstract-refutes", "news-inflames", "title-inflames"]


def test_an_entitys_page_of_a_composition() -> None:
    found = shown(iris()["larger-cells"])
    assert found.lines == (
        f"iri: {iris()['larger-cells']}",
        "core: osteoclast",
        "terms: osteoclast; size",
    )
    again = shown("increased size of osteoclast")
    assert again == found


def test_a_propositions_page() -> None:
    found = shown(iris()["proposition"])
    assert found.title.startswith(
        "Whether mechanical disuse might cause increased inflammatory response in "
    )
    assert "Botulinum toxin type A" in found.title, "a name keeps its capitals"
    assert [claim["claim"].rpartition("/")[2] for claim in found.data["claims"]] == [
        "news-inflames",
        "title-inflames",
    ]


@pytest.mark.parametrize(
    "name", ["CHEBI:3160", "Botulinum toxin type A", "UBERON:0000979", "tibia"]
)
def test_a_terms_page_has_the_claims_about_whatever_it_is_in(name: str) -> None:
    found = shown(name)
    assert found.title in {"Botulinum toxin type A (CHEBI:3160)", "tibia (UBERON:0000979)"}
    assert len(found.data["claims"]) == 4


@pytest.mark.parametrize(
    ("name", "title", "claims"),
    [
        ("10.1234/small.1", "Rest inflames bone marrow", 4),
        ("10.1234/SMALL.1", "Rest inflames bone marrow", 4),
        ("https://doi.org/10.1234/small.1", "Rest inflames bone marrow", 4),
        ("doi:10.1234/small.1", "Rest inflames bone marrow", 4),
        ("https://example.org/news", "Rest may harm", 1),
    ],
)
def test_a_sources_page(name: str, title: str, claims: int) -> None:
    found = shown(name)
    assert (found.title, len(found.data["claims"])) == (title, claims)
    reports = found.data.get("reports")
    assert reports == ("https://doi.org/10.1234/small.1" if title == "Rest may harm" else None)


@pytest.mark.parametrize("name", [KEY, f"{KEY}/gone", "scterm:disuse", "tibia", "10.1234/small.1"])
def test_a_page_is_data_too(name: str) -> None:
    found = shown(name)
    read = json.loads(json.dumps(found.data, default=jsonable))
    assert read["title"] == found.title
    assert len(read["claims"]) == str(found).count(f"\n  {KEY}/")


def test_a_page_of_a_study_without_a_year_a_journal_or_authors() -> None:
    data = small()
    keep = {"kind", "title", "doi", "read"}
    data["sources"]["paper"] = {k: v for k, v in data["sources"]["paper"].items() if k in keep}
    text = str(page(EmbeddedStore(quads(data)), KEY))
    assert text.splitlines()[:6] == [
        "Rest inflames bone marrow",
        "",
        "doi: https://doi.org/10.1234/small.1",
        "status: checked",
        "authors: 0",
        "read: abstract; title",
    ]
    assert "5 claims" in text


def test_a_study_with_a_date_only_has_its_year() -> None:
    data = small()
    del data["sources"]["paper"]["year"]
    assert page(EmbeddedStore(quads(data)), KEY).data["year"] == "2020"


def test_a_claim_without_evidence_hash_has_a_page() -> None:
    found = shown(f"{KEY}/abstract-null")
    assert "hashes" not in str(found)
    assert found.data["claims"][0]["sentence"].startswith("The paper tested and found no sign that")


def test_cues_come_once_each_in_the_order_of_their_letters() -> None:
    data = small()
    evidence = data["propositions"][0]["claims"][1]["evidence"]
    evidence.append(evidence[0] | {"at": "body, sentence 2"})
    found = str(page(EmbeddedStore(quads(data)), f"{KEY}/news-inflames"))
    assert "(“could”; “may harm”). Body, sentence 1; body, sentence 2; conclusion." in found


@pytest.mark.parametrize("seed", range(4))
def test_a_page_does_not_depend_on_the_order_of_quads(seed: int) -> None:
    second = small()["propositions"][0]["claims"][0]["evidence"][0] | {"hash": "f" * 64}
    second |= {"type": "ECO:0000204 author statement", "at": "abstract, sentence 9"}
    data = small()
    data["propositions"][0]["claims"][0]["evidence"].append(second)
    mixed = sorted(quads(data), key=lambda quad: sha256(f"{seed}{quad}".encode()).digest())
    names = [KEY, f"{KEY}/title-inflames", iris()["inflammation"], "tibia", "10.1234/small.1"]
    steady = EmbeddedStore(sorted(quads(data), key=str))
    other = EmbeddedStore(mixed)
    assert [str(page(other, name)) for name in names] == [str(page(steady, name)) for name in names]


UNKNOWN: Final = (
    "",
    " ",
    "no-such-study",
    f"{KEY}/no-such-claim",
    "sc:NoSuchThing",
    "sc:Claim",
    "HP:0000938",
    "nope:1",
    "no such label",
    "10.9999/none",
    "https://example.org/none",
    "http://",
    "http://[",
    "https://ex.org/<x>",
    "https://ex.org/%zz",
    "10.1234/<x>",
    '10.1234/x"y',
    "a/b/c",
    "sc:",
    ":x",
    "'; } #",
    '" } UNION { ?s ?p ?o } #',
    "\x00",
    "\udcff",
    "a\nb",
    "urn:x:y",
    "javascript:alert(1)",
    "x" * 10_000,
)


@pytest.mark.parametrize("name", UNKNOWN, ids=range(len(UNKNOWN)))
def test_a_name_of_nothing_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(QueryError, match="the graph has no study, claim") as caught:
        shown(name)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_status == 2


@given(st.text(max_size=12) | st.text("abc:/<>%[]{}\"'\\#? 0.1", max_size=14))
@example("http://a\\b")
@example("https://\ud800")
@settings(deadline=None, max_examples=200)
def test_any_text_finds_a_page_or_is_refused(name: str) -> None:
    for start in ("", "https://", "10.1234/", "sc:", f"{KEY}/"):
        try:
            assert shown(start + name).title
        except QueryError as error:
            refused = str(error)
        else:
            continue
        assert "\n" not in refused


def test_a_claim_without_a_lag_says_nothing_of_time() -> None:
    data = changed("propositions.0.claims.0.lag", None)
    text = str(page(EmbeddedStore(quads(data)), f"{KEY}/title-inflames"))
    assert "Seen" not in text
