"""Literals that Virtuoso spoils: read as what they are, and only those."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some
from pyoxigraph import Literal, NamedNode, Store, Triple

from studyclaims.stores.repairs import repair_results, repaired, repaired_triples
from studyclaims.terms import expand

DAYS = expand("xsd:dayTimeDuration")
IT = NamedNode("urn:x:it")


@given(some.integers(0, 10**9))
def test_seconds_become_the_duration_they_are(seconds: int) -> None:
    # pyoxigraph writes a duration in the shortest way there is, and a sum of two proves the value.
    days, rest = divmod(seconds, 86400)
    text = repaired(f"{seconds}.0", DAYS)
    parts = f"P{days}DT{rest // 3600}H{rest % 3600 // 60}M{rest % 60}S"
    query = f'ASK {{ FILTER("{text}"^^<{DAYS}> = "{parts}"^^<{DAYS}>) }}'
    assert bool(Store().query(query))


def test_each_case_is_repaired() -> None:
    cases = {"0.0": "PT0S", "60": "PT1M", "-3600.0": "-PT1H", "0.5": "PT0.5S", "1.8144e+06": "P21D"}
    assert {text: repaired(text, DAYS) for text in cases} == cases
    assert repaired("86400", expand("xsd:duration")) == "P1D"
    assert [repaired(text, expand("xsd:boolean")) for text in ("1", "0", "true")] == [
        "true",
        "false",
        "true",
    ]


def test_what_is_right_stays() -> None:
    for text, kind in (("P1D", DAYS), ("60 s", DAYS), ("1e-3", DAYS), ("1", expand("xsd:integer"))):
        assert repaired(text, kind) == text
    triples = [
        Triple(IT, IT, IT),
        Triple(IT, IT, Literal("1", language="en")),
        Triple(IT, IT, Literal("60")),
        Triple(IT, IT, Literal("true", datatype=NamedNode(expand("xsd:boolean")))),
    ]
    assert list(repaired_triples(triples)) == triples


def test_a_spoilt_triple_keeps_the_rest() -> None:
    days = NamedNode(DAYS)
    found = list(repaired_triples([Triple(IT, IT, Literal("60.0", datatype=days))]))
    assert found == [Triple(IT, IT, Literal("PT1M", datatype=days))]


def test_odd_results_are_let_be() -> None:
    cases: list[dict[str, Any]] = [
        {},
        {"results": []},
        {"results": {"bindings": {}}},
        {"results": {"bindings": [1, {"a": 1}, {"a": {"value": 1, "datatype": DAYS}}]}},
        {"results": {"bindings": [{"a": {"value": "1"}}, {"a": {"value": "1", "datatype": 1}}]}},
    ]
    for odd in cases:
        before = repr(odd)
        repair_results(odd)
        assert repr(odd) == before
