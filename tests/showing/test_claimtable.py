"""The claim table: what each column holds, of whole claims and of claims that lack something."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyoxigraph import BlankNode, Literal, Quad

from samples import KEY, changed, quads, small, store
from studyclaims.errors import QueryError
from studyclaims.paths import studies_dir
from studyclaims.queries import by_variable
from studyclaims.rdf import node
from studyclaims.showing.claimtable import COLUMNS, claims_table, read_table
from studyclaims.showing.pages import claim_rows
from studyclaims.stores.embedded import EmbeddedStore, read_quads
from studyclaims.terms import BASE, compress

if TYPE_CHECKING:
    from collections.abc import Iterable

PAPER: Final = "https://doi.org/10.1234/small.1"
FIRST: Final = "propositions.0.claims.0"
MEASUREMENT: Final = f"{FIRST}.evidence.0.measurements"


def table(held: Iterable[Quad] | None = None) -> dict[str, dict[str, Any]]:
    """Return the rows by the claim's own name."""
    rows = claims_table(store() if held is None else EmbeddedStore(held))
    return {row["claim"].partition("/")[2]: row for row in rows}


@cache
def small_table() -> dict[str, dict[str, Any]]:
    return table()


def row_of(path: str, value: object) -> dict[str, Any]:
    """Return the row of the first claim of a changed record."""
    return table(quads(changed(path, value)))["title-inflames"]


def without(*names: str) -> frozenset[Quad]:
    """Return the small study's graph without these properties."""
    return frozenset(quad for quad in quads() if compress(quad.predicate.value) not in names)


def test_each_claim_is_one_row_in_the_order_of_its_name() -> None:
    assert list(small_table()) == [
        "abstract-association",
        "abstract-null",
        "abstract-refutes",
        "news-inflames",
        "title-inflames",
    ]


def test_the_columns_are_those_that_are_explained() -> None:
    rows = claims_table(store())
    assert rows.variables == tuple(COLUMNS)
    assert all(COLUMNS.values())
    assert rows.variables[-1] == "sentence"


def test_the_page_explains_each_column_as_the_code_does() -> None:
    page = (Path(__file__).parents[2] / "docs" / "release.md").read_text(encoding="utf-8")
    table = "".join(f"| `{name}` | {about} |\n" for name, about in COLUMNS.items())
    assert f"| column | holds |\n|---|---|\n{table}\n" in page


def test_stance_and_certainty_stand_before_what_is_claimed() -> None:
    names = list(COLUMNS)
    assert names[:4] == ["study", "claim", "stance", "certainty"]
    assert names.index("source_kind") < names.index("about")


WHOLE: Final = {
    "study": KEY,
    "claim": f"{KEY}/title-inflames",
    "stance": "supports",
    "certainty": "asserted",
    "source_kind": "primary",
    "about": "mechanical disuse",
    "relation": "cause",
    "outcome": "increased inflammatory response in bone marrow in tibia by Botulinum toxin type A "
    "due to (mechanical disuse), localized",
    "cue": "inflames",
    "basis": "intervention",
    "role": "conclusion",
    "writes": "biolink:causes",
    "measured": True,
    "evidence_type": "animal model system study evidence",
    "about_id": "scterm:disuse",
    "about_terms": "scterm:disuse",
    "outcome_terms": "CHEBI:3160; GO:0006954; PATO:0000627; UBERON:0000979; UBERON:0002371; "
    "scterm:disuse",
    "outcome_core": "GO:0006954",
    "outcome_core_label": "inflammatory response",
    "outcome_change": "increased",
    "site": "tibia",
    "site_printed": "the shin",
    "species": "Mus musculus",
    "strain": "black",
    "sex": "female",
    "age": "10 weeks",
    "dose": "4 units",
    "route": "by mouth",
    "assay": "histology",
    "compared_with": "sham",
    "lag": "by 3 d after mechanical disuse",
    "effect": "correlation coefficient 1.50 mm (± 0.2)",
    "unit": "mm",
    "spread": "0.2",
    "n": 8,
    "p": "<0.05",
    "time": "3 d",
    "against": "sham",
    "more_measurements": None,
    "source_title": "Rest inflames bone marrow",
    "source": PAPER,
    "primary_source": PAPER,
    "locator": "title",
    "record_status": "checked",
    "drafted_by": "a drafting tool 1.50",
}


@pytest.mark.parametrize("column", WHOLE)
def test_a_column_holds_what_the_record_says(column: str) -> None:
    assert small_table()["title-inflames"][column] == WHOLE[column]


def test_every_column_is_filled_by_some_claim() -> None:
    filled = {name for row in small_table().values() for name, value in row.items() if value}
    assert set(COLUMNS) - filled == {"more_measurements"}


def test_a_value_is_a_number_spelled_as_its_graph_has_it() -> None:
    rows = claims_table(store())
    (value,) = (term for term in by_variable(rows, "value") if term is not None)
    assert isinstance(value, Literal)
    assert (float(value.value), compress(value.datatype.value)) == (1.5, "xsd:decimal")


def test_an_entity_that_is_composed_has_the_key_of_its_parts() -> None:
    whole = small_table()["title-inflames"]["outcome_id"]
    assert whole.startswith("entity:")
    assert small_table()["news-inflames"]["outcome_id"] == whole


def test_a_claim_of_news_counts_with_its_paper() -> None:
    row = small_table()["news-inflames"]
    assert (row["source_kind"], row["source"]) == ("secondary", "https://example.org/news")
    assert row["primary_source"] == PAPER
    assert (row["writes"], row["certainty"]) == ("sc:mayCause", "suggested")
    assert (row["measured"], row["species"]) == (False, None)
    assert row["cue"] == "could; may harm"


def test_what_writes_no_triple_says_so() -> None:
    assert small_table()["abstract-refutes"]["stance"] == "refutes"
    assert small_table()["abstract-refutes"]["writes"] is None


@pytest.mark.parametrize("study", [KEY, "ausk-2017"])
def test_the_sentence_is_that_of_the_claims_page(study: str) -> None:
    path = studies_dir() / f"{study}.trig"
    held = quads() if study == KEY else frozenset(read_quads(path))
    known = EmbeddedStore(held)
    shown = claim_rows(known, "?claim dct:isPartOf ?it .", it=f"{BASE}study/{study}#study")
    wanted = {row["claim"].removeprefix(f"{BASE}claim/"): row["sentence"] for row in shown}
    assert {row["claim"]: row["sentence"] for row in claims_table(known)} == wanted
    assert None not in wanted.values()


def test_further_measurements_are_told_in_one_cell() -> None:
    row = row_of(
        MEASUREMENT,
        [
            {"n": 3},
            {"value": "2", "unit": "%", "time": "2 d"},
            {"value": "7", "unit": "mm", "p": "0.01"},
        ],
    )
    assert (row["effect"], row["value"], row["unit"], row["n"]) == ("2 %", 2, "%", None)
    assert row["time"] == "2 d"
    assert row["more_measurements"] == "n 3; 7 mm, p 0.01"


def test_a_measurement_without_a_value_is_shown_where_it_is_the_only_one() -> None:
    row = row_of(MEASUREMENT, [{"n": 3, "p": "0.2"}])
    assert (row["effect"], row["value"], row["n"], row["p"]) == (None, None, 3, "0.2")
    assert row["more_measurements"] is None


def test_evidence_is_told_in_its_order_the_tenth_after_the_second() -> None:
    items = [
        {
            "type": "ECO:0000204 author statement" if n else "ECO:0000006 experimental evidence",
            "measured": n == 10,
            "at": f"abstract, sentence {n + 1}",
            "measurements": [{"value": str(n)}],
        }
        for n in range(11)
    ]
    row = row_of(f"{FIRST}.evidence", items)
    assert row["effect"] == "0"
    assert row["more_measurements"] == "1; 2; 3; 4; 5; 6; 7; 8; 9; 10"
    assert row["evidence_type"] == "author statement; experimental evidence"
    assert row["locator"].startswith("abstract, sentence 1; abstract, sentence 10;")
    assert f". {row['locator'].capitalize()}; conclusion" in row["sentence"]
    assert row["measured"] is True


def test_a_person_who_drafted_is_named_by_orcid() -> None:
    row = row_of("curation.drafted_by", {"orcid": "0000-0000-0000-0001"})
    assert row["drafted_by"] == "orcid:0000-0000-0000-0001"


def test_only_the_studies_that_are_asked_for_are_listed() -> None:
    other = frozenset(read_quads(studies_dir() / "grimston-2011.trig"))
    known = EmbeddedStore(quads() | other)
    studies = [row["study"] for row in claims_table(known, [KEY])]
    assert studies == [KEY] * 5
    assert {row["study"] for row in claims_table(known)} == {KEY, "grimston-2011"}


def test_a_study_that_is_not_there_is_named() -> None:
    with pytest.raises(QueryError, match=r"no claim of a study 'able-2020'"):
        claims_table(store(), [KEY, "zeta-2020", "able-2020"])


def test_a_graph_without_claims_gives_no_row() -> None:
    assert claims_table(EmbeddedStore()).rows == ()


SAID_OF_CLAIMS: Final = sorted(
    {compress(q.predicate.value) for q in quads() if "/claim/" in str(q.subject)} - {"rdf:type"}
)
NEEDED: Final = {
    "sc:stance", "sc:certainty", "sc:basis", "sc:role", "sc:proposition", "sc:source",
    "dct:isPartOf",
}  # fmt: skip


@pytest.mark.parametrize("name", SAID_OF_CLAIMS)
def test_a_claim_that_lacks_something_is_a_row_unless_it_decides_what_is_claimed(name: str) -> None:
    found = read_table(EmbeddedStore(quads() - said(name)))
    assert len(found.rows) == (0 if name in NEEDED else 5)
    assert None not in by_variable(found.rows, "sentence")
    assert len(found.unread) == (5 if name in NEEDED else 0)
    assert all(f"found {name} nothing" in problem for problem in found.unread.values())


def said(name: str) -> frozenset[Quad]:
    """Return what is said of claims by a property."""
    return frozenset(
        q for q in quads() if compress(q.predicate.value) == name and "/claim/" in str(q.subject)
    )


@pytest.mark.parametrize("name", ["sc:about", "sc:link", "sc:outcomeEntity"])
def test_a_claim_whose_proposition_lacks_something_is_left_out_and_named(name: str) -> None:
    found = read_table(EmbeddedStore(without(name)))
    assert found.rows.rows == ()
    assert sorted(found.unread) == [f"{KEY}/{claim}" for claim in small_table()]
    assert f"found its proposition's {name} nothing" in found.unread[f"{KEY}/title-inflames"]


def test_a_claim_whose_predicate_is_not_that_of_its_words_is_left_out_and_named() -> None:
    claim, stance = node(f"{BASE}claim/{KEY}/title-inflames"), node("sc:stance")
    held = [
        Quad(claim, stance, node("sc:refutes"), q.graph_name)
        if (q.subject, q.predicate) == (claim, stance)
        else q
        for q in quads()
    ]
    found = read_table(EmbeddedStore(held))
    assert found.unread == {
        f"{KEY}/title-inflames": "writes biolink:causes where its words give nothing"
    }
    assert len(found.rows) == 4


def test_a_claim_that_nobody_can_name_is_left_out() -> None:
    named = node(f"{BASE}claim/{KEY}/title-inflames")
    more = {
        Quad(BlankNode("b"), q.predicate, q.object, q.graph_name)
        for q in quads()
        if q.subject == named
    }
    found = read_table(EmbeddedStore(quads() | more))
    assert (len(found.rows), list(found.unread)) == (5, ["_:b"])


def test_of_the_studies_asked_for_only_their_own_unread_claims_are_named() -> None:
    other = frozenset(read_quads(studies_dir() / "grimston-2011.trig"))
    known = EmbeddedStore((quads() - said("sc:stance")) | other)
    assert read_table(known, ["grimston-2011"]).unread == {}
    asked = read_table(known, [KEY])
    assert (asked.rows.rows, len(asked.unread)) == ((), 5)


@pytest.mark.parametrize("name", ["sc:lagPrinted", "sc:lagFrom", "sc:lagBound"])
def test_a_lag_that_is_not_whole_is_left_out(name: str) -> None:
    row = table(without(name))["title-inflames"]
    assert row["lag"] is None
    assert "seen" not in row["sentence"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sc:stance", "sc:supports", "sc:perhaps"),
        ("sc:certainty", "sc:asserted", "sc:sure"),
        ("sc:link", "sc:relCause", "https://example.org/causes"),
        ("sc:lagBound", "sc:by", "sc:around"),
    ],
)
def test_a_word_that_is_none_of_ours_makes_no_sentence_of_it(name: str, old: str, new: str) -> None:
    held = frozenset(
        Quad(q.subject, q.predicate, node(new) if q.object == node(old) else q.object, q.graph_name)
        for q in quads()
    )
    rows = table(held)
    if name == "sc:lagBound":
        assert rows["title-inflames"]["lag"] is None
        assert "seen" not in rows["title-inflames"]["sentence"]
    else:
        assert "title-inflames" not in rows


def test_evidence_that_stands_nowhere_is_told_so() -> None:
    row = table(without("sc:locator"))["title-inflames"]
    assert row["locator"] is None
    assert ". Place not given; conclusion, " in row["sentence"]


def test_a_record_of_nobody_has_no_drafter() -> None:
    row = table(without("rdfs:label", "schema:softwareVersion"))["title-inflames"]
    assert (row["drafted_by"], row["record_status"]) == (None, "checked")


def test_of_two_values_both_are_told_in_order() -> None:
    claim = node(f"{BASE}claim/{KEY}/title-inflames")
    graph = next(iter(quads())).graph_name
    more = [
        Quad(claim, node("sc:sex"), Literal(sex), graph) for sex in ("unknown", "any", "male", "x")
    ]
    assert table(quads() | set(more))["title-inflames"]["sex"] == "any; female; male; unknown; x"


def test_an_entity_without_a_label_is_named_by_its_iri() -> None:
    row = table(without("rdfs:label"))["title-inflames"]
    assert row["about"] == f"{BASE}term/disuse"


def test_of_two_labels_the_first_by_alphabet_is_shown() -> None:
    graph = next(iter(quads())).graph_name
    more = Quad(node("scterm:disuse"), node("rdfs:label"), Literal("a rest"), graph)
    assert table(quads() | {more})["title-inflames"]["about"] == "a rest"


def test_what_comes_first_in_a_store_does_not_matter() -> None:
    ordered = sorted(quads(), key=str)
    there, back = (claims_table(EmbeddedStore(held)) for held in (ordered, reversed(ordered)))
    assert there == back


def questions_for(claims: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often the store is asked for a table with this many claims on one proposition."""
    asked: list[str] = []
    really = EmbeddedStore.query

    def counted(self: EmbeddedStore, text: str, values: Any = None) -> Any:  # noqa: ANN401
        asked.append(text)
        return really(self, text, values)

    first = small()["propositions"][0]["claims"][0]
    known = EmbeddedStore(
        quads(changed("propositions.0.claims", [first | {"id": f"c{n}"} for n in range(claims)]))
    )
    monkeypatch.setattr(EmbeddedStore, "query", counted)
    assert len(claims_table(known)) == claims + 3
    monkeypatch.undo()
    return len(asked)


def test_more_claims_are_no_more_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert questions_for(40, monkeypatch) == questions_for(1, monkeypatch)
