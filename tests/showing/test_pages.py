"""Pages: what a person is shown of a graph, and what is said of names that stand for nothing."""

from __future__ import annotations

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
from studyclaims.showing.pages import Page, page
from studyclaims.stores.embedded import EmbeddedStore

BASE: Final = "https://w3id.org/studyclaims/"


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
volume: 12
issue: 3
pages: 1-9
publisher: The Rest Press
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
    assert [line.partition(":")[0].strip() for line in text.splitlines()[14:]] == sorted(
        f"{KEY}/{claim['id']}" for p in small()["propositions"] for claim in p["claims"]
    )


INFLAMES: Final = (
    "small-2020/title-inflames: The paper asserts that mechanical disuse causes increased "
    "inflammatory response in bone marrow in tibia by Botulinum toxin type A due to (mechanical "
    "disuse), localized (“inflames”); site: the shin; measured: correlation coefficient 1.50 mm "
    "(± 0.2); seen by 3 d after its start. Title; conclusion, resting on an intervention; "
    "Mus musculus."
)
CLAIM: Final = f"""\
small-2020/title-inflames

source: Rest inflames bone marrow <https://doi.org/10.1234/small.1>
note: No hedge.
writes: biolink:causes
species: Mus musculus
strain: black
sex: female
age: 10 weeks
dose: 4 units
route: by mouth
site: tibia
site as printed: the shin
assay: histology
compared with: sham
stated in: https://doi.org/10.1234/small.1
lag: by 3 d after mechanical disuse
evidence 1: animal model system study evidence
  at: title
  measured: yes
  design: time course
  test of: sufficiency
  hash: 00000000000000000000000000000000000000000000000000000000000000aa
  note: Read twice.
  measurement: correlation coefficient 1.50 mm (± 0.2), n 8, p <0.05, after 3 d, at the peak, \
against sham

1 claim
  {INFLAMES}"""


@pytest.mark.parametrize("name", [f"{KEY}/title-inflames", f"{BASE}claim/{KEY}/title-inflames"])
def test_a_claims_page(name: str) -> None:
    assert str(shown(name)) == CLAIM


CONTEXT: Final = {
    "species": "Mus musculus",
    "strain": "black",
    "sex": "female",
    "age": "10 weeks",
    "dose": "4 units",
    "route": "by mouth",
    "site": "tibia",
    "site_printed": "the shin",
    "assay": "histology",
    "compared_with": "sham",
    "stated_in": "https://doi.org/10.1234/small.1",
}
MEASUREMENT: Final = {
    "value": "1.50",
    "spread": "0.2",
    "unit": "mm",
    "n": 8,
    "p": "<0.05",
    "compared_with": "sham",
    "time": "3 d",
    "pattern": "peak",
    "coefficient": True,
    "figure": "correlation coefficient 1.50 mm (± 0.2)",
    "line": "correlation coefficient 1.50 mm (± 0.2), n 8, p <0.05, after 3 d, at the peak, "
    "against sham",
}
EVIDENCE: Final[list[dict[str, Any]]] = [
    {
        "type": "animal model system study evidence",
        "at": "title",
        "measured": True,
        "design": "time course",
        "test_of": "sufficiency",
        "hash": "00000000000000000000000000000000000000000000000000000000000000aa",
        "note": "Read twice.",
        "measurements": [MEASUREMENT],
    }
]


def test_a_claims_page_as_data_has_each_field() -> None:
    data = shown(f"{KEY}/title-inflames").data
    assert data["context"] == CONTEXT
    assert data["evidence"] == EVIDENCE
    assert data["lag"] == "by 3 d after mechanical disuse"
    (claim,) = data["claims"]
    assert (claim["context"], claim["evidence"]) == (CONTEXT, EVIDENCE)
    assert claim["figure"] == MEASUREMENT["figure"]
    assert claim["aboutReading"] == claim["startReading"] == "mechanical disuse"


@pytest.mark.parametrize("key", CONTEXT)
def test_a_claim_without_one_key_of_context_has_no_line_of_it(key: str) -> None:
    data = small()
    del data["context"][key]
    data["propositions"][0]["claims"][0]["context"].pop(key, None)
    found = page(EmbeddedStore(quads(data)), f"{KEY}/title-inflames")
    assert found.data["context"] == {k: v for k, v in CONTEXT.items() if k != key}
    assert len(found.lines) == len(shown(f"{KEY}/title-inflames").lines) - 1


def test_a_claim_of_no_shared_context_shows_none() -> None:
    found = shown(f"{KEY}/news-inflames")
    assert found.data["context"] == {}
    assert found.data["lag"] is None
    assert found.lines[2:6] == (
        "evidence 1: documented statement evidence",
        "  at: body, sentence 1",
        "  measured: no",
        "  hash: 00000000000000000000000000000000000000000000000000000000000000bb",
    )


def test_items_of_evidence_and_measurements_keep_their_order() -> None:
    data = small()
    item = {key: EVIDENCE[0][key] for key in ("measured", "at")}
    item["type"] = data["propositions"][0]["claims"][0]["evidence"][0]["type"]
    evidence: list[dict[str, Any]] = [
        item | {"measurements": [{"value": f"{i}{j}", "unit": "mm"} for j in range(12)]}
        for i in range(1, 13)
    ]
    evidence[0]["measurements"][0] = {"p": "0.04"}
    data["propositions"][0]["claims"][0]["evidence"] = evidence
    found = page(EmbeddedStore(quads(data)), f"{KEY}/title-inflames")
    lines = [line for line in found.lines if line.startswith("  measurement: ")]
    printed = [f"  measurement: {i}{j} mm" for i in range(1, 13) for j in range(12)]
    assert lines == ["  measurement: p 0.04", *printed[1:]]
    assert "; measured: 11 mm; seen" in str(found), "the first that is a figure"


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"site_printed": "the shin"}, "; site: the shin;"),
        ({"site": "UBERON:0000979 tibia"}, "; site: tibia;"),
        ({}, "(“inflames”); measured: "),
    ],
)
def test_a_studys_page_names_the_site_of_a_claim_as_it_is_printed(
    context: dict[str, str], expected: str
) -> None:
    data = changed("propositions.0.claims.0.context", {"shared": False} | context)
    assert expected in str(page(EmbeddedStore(quads(data)), KEY))


def test_a_studys_page_names_the_first_figure_of_a_claim() -> None:
    assert f"\n  {INFLAMES}\n" in f"{shown(KEY)}\n"


def test_a_sentence_is_made_of_slots_and_the_label_stays() -> None:
    (claim,) = shown(f"{KEY}/abstract-association").data["claims"]
    assert claim["outcomeLabel"] == (
        "increased osteoclast differentiation toward (increased size of osteoclast)"
    )
    assert claim["outcomeReading"] == (
        "increased osteoclast differentiation toward increased size of osteoclast"
    )
    assert claim["outcomeReading"] in claim["sentence"]


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


def test_a_sources_page_says_where_it_appeared() -> None:
    assert shown("10.1234/small.1").lines[:9] == (
        "journal: Journal of Rest",
        "volume: 12",
        "issue: 3",
        "pages: 1-9",
        "publisher: The Rest Press",
        "read: abstract; title",
        "year: 2020",
        "authors: 2",
        "",
    )


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
    assert "hash" not in str(found)
    assert "hash" not in found.data["evidence"][0]
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
    assert "seen" not in text
    assert "lag" not in text


def test_evidence_of_a_graph_from_elsewhere_may_lack_its_kind() -> None:
    left_out = {f"{BASE}vocab/ecoType", f"{BASE}vocab/measured"}
    kept = (quad for quad in quads() if quad.predicate.value not in left_out)
    found = page(EmbeddedStore(kept), f"{KEY}/abstract-null")
    assert found.lines[-5:-3] == (
        "evidence 1: of a kind not said",
        "  at: abstract, sentence 3",
    )


def test_a_study_without_a_header_has_a_page() -> None:
    kept = (quad for quad in quads() if "primaryTopic" not in quad.predicate.value)
    found = page(EmbeddedStore(kept), KEY)
    assert found.title == f"{BASE}study/{KEY}#study"
    assert len(found.data["claims"]) == 5
