"""The checks of a study built in Python: each fault is told once, and nothing else with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samples
from studyclaims.checking.checks import check_study, terms_of
from studyclaims.findings import CODES
from studyclaims.model import Entity, Study
from studyclaims.paths import studies_dir
from studyclaims.records import read_record
from studyclaims.terms import Term

if TYPE_CHECKING:
    from collections.abc import Callable

Places = list[tuple[str, str]]


def study(data: dict[str, Any] | None = None) -> Study:
    """Return a study made of data, with no file and no check behind it."""
    return Study.model_validate(samples.small() if data is None else data)


def told(found: Study) -> Places:
    """Return the code and the path of each complaint, in the order they come."""
    return [(c.code, ".".join(map(str, c.path))) for c in check_study(found)]


def setting(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        block, last = samples.at(data, path)
        block[last] = value

    return change


def without(path: str) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        block, last = samples.at(data, path)
        del block[last]

    return change


CLAIM: Final = "propositions.0.claims.0"
NEWS: Final = "propositions.0.claims.1"
PERSON: Final = {"orcid": "0000-0002-1825-0097"}
TIBIA: Final = "UBERON:0000979 tibia"
LARGE: Final = "PATO:0000586 increased size"
TOOL: Final = {"tool": "a tool", "version": "1"}
LOOSE: Final = {"kind": "news", "title": "Y", "read": ["body"], "primary_source": "paper"}

# Each fault by itself: what is changed in the small record, and every complaint it must cause.
FAULTS: Final[dict[str, tuple[list[Callable[[dict[str, Any]], None]], Places]]] = {
    "source-not-defined": ([setting(f"{CLAIM}.source", "x")], [("R007", f"{CLAIM}.source")]),
    "about-not-defined": (
        [setting("propositions.1.about", "x")],
        [("R007", "propositions.1.about")],
    ),
    "outcome-not-defined": (
        [setting("propositions.1.outcome", "x")],
        [("R007", "propositions.1.outcome")],
    ),
    "due-to-not-defined": (
        [setting("entities.inflammation.due_to", "x")],
        [("R007", "entities.inflammation.due_to")],
    ),
    "toward-not-defined": (
        [setting("entities.formation.toward", "x")],
        [("R007", "entities.formation.toward")],
    ),
    "lag-after-not-defined": (
        [setting(f"{CLAIM}.lag.after", "x")],
        [("R007", f"{CLAIM}.lag.after")],
    ),
    "primary-source-not-defined": (
        [setting("sources.news.primary_source", "x")],
        [("R007", "sources.news.primary_source")],
    ),
    "context-stated-in-not-defined": (
        [setting("context.stated_in", ["paper", "x"])],
        [("R007", "context.stated_in.1")],
    ),
    "claim-context-stated-in-not-defined": (
        [setting(f"{CLAIM}.context.stated_in", ["x"])],
        [("R007", f"{CLAIM}.context.stated_in.0")],
    ),
    "affiliation-not-defined": (
        [setting("sources.paper.authors.0.affiliations", ["lab", "x"])],
        [("R007", "sources.paper.authors.0.affiliations.1")],
    ),
    "claim-id-twice": ([setting(f"{NEWS}.id", "title-inflames")], [("R008", f"{NEWS}.id")]),
    "claim-id-withdrawn": (
        [setting("withdrawn.0.id", "title-inflames")],
        [("R008", "withdrawn.0.id")],
    ),
    "due-to-itself": (
        [setting("entities.inflammation.due_to", "inflammation")],
        [("R010", "entities.inflammation")],
    ),
    "toward-and-due-to-in-a-circle": (
        [setting("entities.larger-cells.due_to", "formation")],
        [("R010", "entities.larger-cells"), ("R010", "entities.formation")],
    ),
    "into-a-circle": (
        [
            setting("entities.larger-cells.due_to", "larger-cells"),
            setting("entities.inflammation.due_to", "formation"),
        ],
        [("R010", "entities.larger-cells")],
    ),
    "two-papers": (
        [without("sources.news.primary_source"), setting("sources.news.kind", "preprint")],
        [("R011", "sources")],
    ),
    "news-without-primary-source": (
        [without("sources.news.primary_source")],
        [("R011", "sources.news")],
    ),
    "source-cannot-be-found": (
        [setting("sources.loose", LOOSE)],
        [("R011", "sources.loose")],
    ),
    "source-reports-on-itself": (
        [setting("sources.news.primary_source", "news")],
        [("R011", "sources.news.primary_source")],
    ),
    "sources-report-in-a-circle": (
        [
            setting("sources.news.primary_source", "other"),
            setting("sources.other", LOOSE | {"page": "urn:isbn:0", "primary_source": "news"}),
        ],
        [("R011", "sources.news.primary_source"), ("R011", "sources.other.primary_source")],
    ),
    "source-reports-into-a-circle": (
        [
            setting("sources.news.primary_source", "news"),
            setting("sources.other", LOOSE | {"page": "urn:isbn:0", "primary_source": "news"}),
        ],
        [("R011", "sources.news.primary_source")],
    ),
    "drafted-by-nobody": (
        [setting("curation.drafted_by", {"date": "2020-01-01"})],
        [("R012", "curation.drafted_by")],
    ),
    "drafted-by-both": (
        [setting("curation.drafted_by", PERSON | TOOL)],
        [("R012", "curation.drafted_by")],
    ),
    "tool-without-version": (
        [setting("curation.drafted_by", {"tool": "a tool"})],
        [("R012", "curation.drafted_by")],
    ),
    "reviewer-is-nobody": (
        [setting("curation.reviewed_by", [PERSON, {}])],
        [("R012", "curation.reviewed_by.1")],
    ),
    "tool-says-by-hand": (
        [setting("curation.agent_type", "manual_agent")],
        [("R012", "curation.agent_type")],
    ),
    "signed-by-a-tool": (
        [setting("curation.status", "signed"), setting("curation.reviewed_by", [TOOL])],
        [("R012", "curation.status")],
    ),
    "checked-by-nobody": (
        [setting("curation.reviewed_by", [])],
        [("R012", "curation.status")],
    ),
    "asserted-hypothesis": (
        [setting(f"{CLAIM}.role", "hypothesis")],
        [("R013", f"{CLAIM}.certainty")],
    ),
    "no-effect-unmeasured": (
        [setting("propositions.1.claims.1.evidence.0.measured", False)],
        [("R013", "propositions.1.claims.1.stance")],
    ),
    "news-measured": (
        [setting(f"{NEWS}.evidence.0.measured", True)],
        [("R013", f"{NEWS}.evidence")],
    ),
    "double-sign": (
        [setting("entities.larger-cells.variable", "HP:0004349 Reduced bone mineral density")],
        [("R014", "entities.larger-cells.change")],
    ),
    "same-term-twice": (
        [setting("entities.again", {"term": "scterm:disuse mechanical disuse"})],
        [("R015", "entities.again")],
    ),
    "same-proposition-twice": (
        [
            setting("propositions.2.link", "cause"),
            setting("propositions.2.outcome", "inflammation"),
        ],
        [("R015", "propositions.0"), ("R015", "propositions.2")],
    ),
    "unread-part": (
        [setting(f"{CLAIM}.evidence.0.at", "full text, paragraph 2")],
        [("R016", f"{CLAIM}.evidence.0.at")],
    ),
    "no-part-at-all": (
        [setting(f"{CLAIM}.evidence.0.at", "somewhere")],
        [("R016", f"{CLAIM}.evidence.0.at")],
    ),
    "unit-unknown": (
        [setting(f"{CLAIM}.evidence.0.measurements.0.unit", "hours")],
        [("R021", f"{CLAIM}.evidence.0.measurements.0.unit")],
    ),
    "p-over-one": (
        [setting(f"{CLAIM}.evidence.0.measurements.0.p", "1.2")],
        [("R022", f"{CLAIM}.evidence.0.measurements.0.p")],
    ),
    "prevents-a-variable": (
        [without("entities.formation.change")],
        [("R023", "propositions.2.outcome")],
    ),
    "linked-to-itself": (
        [setting("propositions.2.about", "formation")],
        [("R024", "propositions.2.outcome")],
    ),
    "linked-to-another-name-of-itself": (
        [
            setting("entities.again", {"term": "scterm:disuse mechanical disuse"}),
            setting("propositions.1.about", "rest"),
            setting("propositions.1.outcome", "again"),
        ],
        [("R015", "entities.again"), ("R024", "propositions.1.outcome")],
    ),
    "linked-to-itself-and-timed-from-itself": (
        [setting("propositions.0.outcome", "rest")],
        [("R024", "propositions.0.outcome")],
    ),
    "same-doi": (
        [setting("sources.news.doi", "10.1234/small.1")],
        [("R025", "sources.news.doi")],
    ),
    "same-pmid": ([setting("sources.news.pmid", "123")], [("R025", "sources.news.pmid")]),
    "same-pmcid": ([setting("sources.news.pmcid", "PMC456")], [("R025", "sources.news.pmcid")]),
    "same-page": (
        [setting("sources.other", LOOSE | {"page": "https://example.org/news"})],
        [("R025", "sources.other.page")],
    ),
    "page-that-is-a-doi": (
        [setting("sources.news.page", "https://doi.org/10.1234/small.1")],
        [("R025", "sources.news.page")],
    ),
    "three-of-one-page": (
        [
            setting("sources.other", LOOSE | {"page": "https://example.org/news"}),
            setting("sources.third", LOOSE | {"page": "https://example.org/news"}),
        ],
        [("R025", "sources.other.page"), ("R025", "sources.third.page")],
    ),
    "page-of-a-doi": (
        [setting("sources.news.page", "https://dx.doi.org/10.5555/x")],
        [("R005", "sources.news.page")],
    ),
    "one-place-with-two-hashes": (
        [
            setting(f"{CLAIM}.evidence.0.at", "abstract, sentence 9"),
            setting(f"{CLAIM}.evidence.0.hash", "a" * 64),
            setting("propositions.2.claims.0.evidence.0.at", "abstract, sentence 9"),
            setting("propositions.2.claims.0.evidence.0.hash", "b" * 64),
        ],
        [("R027", "propositions.2.claims.0.evidence.0.at")],
    ),
    "part-twice": (
        [setting("entities.larger-cells.within_part", [TIBIA, "CL:0000092 x", TIBIA])],
        [("R028", "entities.larger-cells.within_part.2")],
    ),
    "modifier-twice": (
        [setting("entities.larger-cells.modifier", [LARGE, LARGE])],
        [("R028", "entities.larger-cells.modifier.1")],
    ),
    "lag-from-the-outcome": (
        [setting(f"{CLAIM}.lag.after", "inflammation")],
        [("R026", f"{CLAIM}.lag.after")],
    ),
    "lag-from-another-name-of-the-outcome": (
        [
            setting("entities.again", samples.small()["entities"]["inflammation"]),
            setting(f"{CLAIM}.lag.after", "again"),
        ],
        [("R015", "entities.again"), ("R026", f"{CLAIM}.lag.after")],
    ),
    "lag-of-a-later-claim-from-the-outcome": (
        [setting(f"{NEWS}.lag", {"bound": "by", "time": "3 d", "after": "inflammation"})],
        [("R026", f"{NEWS}.lag.after")],
    ),
    "nothing-at-all-twice": (
        [setting("entities.rest", {}), setting("entities.again", {})],
        [("R017", "entities.rest"), ("R017", "entities.again")],
    ),
    "term-and-slots": (
        [setting("entities.rest.change", "increased")],
        [("R017", "entities.rest")],
    ),
    "nothing-at-all": ([setting("entities.rest", {})], [("R017", "entities.rest")]),
    "change-alone": (
        [setting("entities.rest", {"change": "increased"})],
        [("R017", "entities.rest")],
    ),
    "variable-alone": (
        [setting("entities.larger-cells", {"variable": "PATO:0000117 size"})],
        [("R017", "entities.larger-cells")],
    ),
    "agent-alone": (
        [setting("entities.rest", {"by_agent": "CHEBI:3160 Botulinum toxin type A"})],
        [("R017", "entities.rest")],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told_once_and_by_itself(name: str) -> None:
    changes, places = FAULTS[name]
    data = samples.small()
    for change in changes:
        change(data)
    assert told(study(data)) == places


def test_the_small_study_has_no_fault() -> None:
    assert told(study()) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            setting("curation.drafted_by", PERSON | {"version": "2"}), id="person-edition"
        ),
        pytest.param(setting("entities.rest.variable", None), id="slot-said-to-be-empty"),
        pytest.param(setting("entities.rest.within_part", []), id="list-said-to-be-empty"),
        pytest.param(setting("entities.rest.note", "A note."), id="term-with-note"),
        pytest.param(setting("entities.formation.variable", "HP:0000938 X"), id="condition"),
        pytest.param(setting("entities.larger-cells.change", "changed"), id="no-sign"),
        pytest.param(without("entities.larger-cells.change"), id="two-heads-and-no-more"),
        pytest.param(setting("sources.note", LOOSE | {"doi": "10.5555/x"}), id="news-with-doi"),
        pytest.param(setting(f"{CLAIM}.certainty", "speculated"), id="hedged-result"),
        pytest.param(setting("withdrawn", []), id="nothing-withdrawn"),
        pytest.param(setting("sources.paper.page", "https://doi.org/10.1234/small.1"), id="both"),
        pytest.param(setting(f"{CLAIM}.lag.after", "formation"), id="lag-from-a-third-entity"),
    ],
)
def test_what_only_looks_like_a_fault_is_none(change: Callable[[dict[str, Any]], None]) -> None:
    data = samples.small()
    change(data)
    assert told(study(data)) == []


def test_what_is_written_out_in_full_is_checked_alike() -> None:
    """A dump names every slot, also the empty ones; none of them counts as filled."""
    assert told(Study.model_validate(study().model_dump(mode="json"))) == []


def test_a_study_made_without_validation_is_checked_alike() -> None:
    rest = Entity.model_construct(term=None, change="increased")
    made = study().model_copy(update={"entities": {**study().entities, "rest": rest}})
    assert told(made) == [("R017", "entities.rest")]


def test_many_faults_are_all_told() -> None:
    data = samples.small()
    names = ("source-not-defined", "claim-id-twice", "tool-says-by-hand", "change-alone")
    for name in names:
        for change in FAULTS[name][0]:
            change(data)
    assert sorted(told(study(data))) == sorted(place for n in names for place in FAULTS[n][1])


def test_equal_entities_are_not_looked_for_where_a_name_leads_nowhere() -> None:
    data = samples.small()
    for name in ("same-term-twice", "due-to-not-defined"):
        for change in FAULTS[name][0]:
            change(data)
    assert told(study(data)) == FAULTS["due-to-not-defined"][1]


@settings(deadline=None, max_examples=50)  # a busy machine is no failure
@given(st.permutations(list(samples.small()["entities"])))
def test_the_order_of_entities_changes_no_verdict(names: list[str]) -> None:
    data = samples.small()
    data["entities"] = {name: data["entities"][name] for name in names}
    assert told(study(data)) == []
    data["entities"]["larger-cells"]["due_to"] = "formation"
    assert sorted(told(study(data))) == sorted(FAULTS["toward-and-due-to-in-a-circle"][1])


@pytest.mark.parametrize("name", FAULTS)
def test_a_complaint_is_the_same_each_time(name: str) -> None:
    data = samples.small()
    for change in FAULTS[name][0]:
        change(data)
    assert check_study(study(data)) == check_study(study(data))


@pytest.mark.parametrize("name", FAULTS)
def test_a_complaint_names_a_code_and_what_to_do(name: str) -> None:
    data = samples.small()
    for change in FAULTS[name][0]:
        change(data)
    for complaint in check_study(study(data)):
        assert complaint.code in CODES
        assert complaint.message
        assert complaint.hint


@pytest.mark.parametrize("path", sorted(studies_dir().glob("*.yaml")), ids=lambda path: path.stem)
def test_every_term_of_a_record_is_walked_once(path: Any) -> None:  # noqa: ANN401 - pathlib's
    found = read_record(path).study
    text = path.read_text(encoding="utf-8")
    terms = [str(term) for _, term in terms_of(found)]
    for term in set(terms):
        # A term ends where its line or its list does; a label may hold a comma.
        written = re.findall(rf"(?m)[ \[]{re.escape(term)}(?=[],\n])", text)
        assert terms.count(term) == len(written), term
    assert len({path for path, _ in terms_of(found)}) == len(terms)


def test_a_term_s_path_leads_to_it() -> None:
    places = dict(terms_of(study()))
    assert places["context", "species"] == Term("NCBITaxon:10090", "Mus musculus")
    assert places["entities", "inflammation", "within_part", 1].curie == "UBERON:0000979"
    assert places[("propositions", 0, "claims", 0, "evidence", 0, "type")].curie == "ECO:0000179"
