"""The counts that ``stats`` prints, each counted by hand for a small record."""

from __future__ import annotations

from typing import Any, Final

import pytest
from pyoxigraph import NamedNode, Quad

from samples import changed, quads, record, small, store
from studyclaims.showing.summary import summary, summary_text
from studyclaims.stores.embedded import EmbeddedStore

COUNTS: Final = {
    "studies": 1,
    "sources": 2,
    "claims": 5,
    "propositions claimed": 3,
    "entities claimed about": 3,
    "evidence items": 5,
    "claims measured by their study": 4,
    "claims hedged": 1,
    "claims of a secondary source": 1,
    "claims signed by a person": 0,
}

WRITES: Final = {
    "biolink:associated_with": 1,
    "biolink:causes": 1,
    "sc:mayCause": 1,
    "sc:noAssociationFoundWith": 1,
}


def counts(data: dict[str, Any] | None = None) -> dict[str, Any]:
    return summary(EmbeddedStore(quads(data)))


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_is_right(name: str) -> None:
    assert counts()[name] == COUNTS[name]


def test_no_count_is_left_out() -> None:
    assert list(counts()) == [*COUNTS, "claims that write"]


def test_each_predicate_that_is_written_is_counted() -> None:
    assert counts()["claims that write"] == WRITES


def test_the_counts_are_those_of_the_record() -> None:
    study = record().study
    claims = [claim for p in study.propositions for claim in p.claims]
    assert counts()["claims"] == len(claims)
    assert counts()["sources"] == len(study.sources)
    assert counts()["evidence items"] == sum(len(claim.evidence) for claim in claims)


def test_a_signed_record_has_signed_claims() -> None:
    assert counts(changed("curation.status", "signed"))["claims signed by a person"] == 5


@pytest.mark.parametrize("status", ["draft", "checked"])
def test_what_is_only_checked_is_not_signed(status: str) -> None:
    assert counts(changed("curation.status", status))["claims signed by a person"] == 0


def test_two_studies_count_what_they_share_once() -> None:
    data = small()
    data["key"] = "copy-2020"
    both = [*quads(), *quads(data)]
    found = summary(EmbeddedStore(both))
    assert (found["studies"], found["claims"]) == (2, 10)
    assert found["propositions claimed"] == COUNTS["propositions claimed"]
    assert found["entities claimed about"] == COUNTS["entities claimed about"]
    assert found["sources"] == COUNTS["sources"]
    assert found["claims that write"] == {name: 2 * n for name, n in WRITES.items()}


def test_a_graph_that_stands_twice_is_counted_once() -> None:
    again = [Quad(q.subject, q.predicate, q.object, NamedNode("urn:x:copy")) for q in quads()]
    assert summary(EmbeddedStore([*quads(), *again])) == summary(store())


def test_an_empty_graph_has_none_of_anything() -> None:
    found = summary(EmbeddedStore())
    assert found.pop("claims that write") == {}
    assert found == dict.fromkeys(COUNTS, 0)


def test_the_text_has_one_count_a_line() -> None:
    lines = summary_text(counts()).splitlines()
    assert lines[0] == "     1  studies"
    assert lines[2] == "     5  claims"
    assert lines[-1] == "     1  claims that write sc:noAssociationFoundWith"
    assert len(lines) == len(COUNTS) + len(WRITES)
