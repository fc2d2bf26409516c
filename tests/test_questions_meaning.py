"""What the named questions count, shown by small studies that nobody made."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyoxigraph import Quad

from comparing.test_contested import ATROPHY, GAIN, INJECTED, LOSS, SPONGY, study
from samples import quads, small
from studyclaims.build import corpus_quads
from studyclaims.queries import Rows, ask, read_value, with_values
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from comparing.test_contested import Line

CHANGE: Final = {**LOSS, "change": "changed"}
NOT_INJECTED: Final = {**INJECTED, "change": "absent"}
FEVER: Final = {"variable": "GO:0006954 inflammatory response", "change": "increased"}
CELLS: Final = {
    "variable": "PATO:0000117 size",
    "change": "increased",
    "bearer": "CL:0000092 osteoclast",
}
READY: Final = {
    "variable": "scterm:predisposition predisposition",
    "change": "increased",
    "toward": "cells",
}


@cache
def vocabulary() -> frozenset[Quad]:
    return frozenset(q for q in corpus_quads() if str(q.graph_name).endswith("/vocabulary>"))


def answer(name: str, *graphs: frozenset[Quad], **values: str) -> list[dict[str, Any]]:
    store = EmbeddedStore([*vocabulary(), *frozenset().union(*graphs)])
    found = ask(store, *with_values(name, {k: read_value(v) for k, v in values.items()}))
    assert isinstance(found, Rows)
    return list(found)


def made(key: str, *claims: dict[str, Any], **entities: dict[str, Any]) -> frozenset[Quad]:
    """Return the graph of a study with these claims, each over the small record's first one.

    A claim's ``is`` gives about, relation and outcome, by the names of entities.
    """
    data = small() | {"key": key, "withdrawn": [], "entities": entities, "propositions": []}
    data["sources"]["paper"] |= {"doi": f"10.1234/{key}", "pmid": None, "pmcid": None}
    data["sources"]["news"]["page"] = f"https://example.org/{key}"
    template = small()["propositions"][0]["claims"][0]
    for number, claim in enumerate(claims, start=1):
        about, link, outcome = claim["is"]
        plain = {k: v for k, v in template.items() if k not in {"lag", "context"}}
        measured = claim.get("measured", claim.get("source", "paper") == "paper")
        item = {**template["evidence"][0], "measured": measured, "test_of": claim.get("test_of")}
        if claim.get("source") == "news":
            item |= {"at": "body, sentence 1", "type": "ECO:0006151 documented statement evidence"}
        for gone in ("measurements", *(() if claim.get("test_of") else ("test_of",))):
            item.pop(gone)
        more = {k: v for k, v in claim.items() if k not in {"is", "measured", "test_of"}}
        whole = {**plain, "id": f"c{number}", "evidence": [item], **more}
        pair = {"about": about, "link": link, "outcome": outcome}
        same = [p for p in data["propositions"] if {k: p[k] for k in pair} == pair]
        if same:
            same[0]["claims"].append(whole)
        else:
            data["propositions"].append({**pair, "claims": [whole]})
    return quads(json.loads(json.dumps(data)))


def claim(about: str, link: str, outcome: str, **more: object) -> dict[str, Any]:
    return {"is": (about, link, outcome), **more}


def disputes(*lines: Line) -> list[tuple[Any, ...]]:
    graphs = [study(f"s{number}-2020", line) for number, line in enumerate(lines)]
    columns = ("matter", "way", "asserting", "opposite", "nulls", "denials", "papers")
    return [tuple(row[c] for c in columns) for row in answer("find-disputes", *graphs)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((INJECTED, "prevent", LOSS, "supports"), (INJECTED, "cause", GAIN, "supports")),
        ((INJECTED, "cause", GAIN, "noEffect"), (INJECTED, "cause", LOSS, "supports")),
        ((INJECTED, "cause", GAIN, "noEffect"), (INJECTED, "cause", CHANGE, "supports")),
        ((INJECTED, "prevent", LOSS, "noEffect"), (INJECTED, "cause", LOSS, "supports")),
        ((INJECTED, "cause", LOSS, "inconclusive"), (INJECTED, "cause", LOSS, "supports")),
        ((NOT_INJECTED, "cause", GAIN, "supports"), (INJECTED, "cause", LOSS, "supports")),
        ((INJECTED, "cause", CHANGE, "supports"), (INJECTED, "cause", LOSS, "supports")),
        ((INJECTED, "cause", LOSS, "noEffect"), (INJECTED, "cause", LOSS, "refutes")),
        ((INJECTED, "cause", LOSS, "noEffect"), (INJECTED, "cause", ATROPHY, "supports")),
        ((INJECTED, "amplify", LOSS, "noEffect"), (INJECTED, "cause", LOSS, "supports")),
        ((ATROPHY, "precede", LOSS, "supports"), (INJECTED, "coincide", LOSS, "supports")),
    ],
)
def test_what_both_can_hold_is_no_dispute(one: Line, other: Line) -> None:
    assert disputes(one, other) == []


@pytest.mark.parametrize(
    ("one", "other", "row"),
    [
        ("cause", ("cause", LOSS, "noEffect"), ("bring about", "down", 1, 0, 1, 0, 2)),
        ("cause", ("cause", LOSS, "refutes"), ("bring about", "down", 1, 0, 0, 1, 2)),
        ("cause", ("cause", CHANGE, "noEffect"), ("bring about", "down", 1, 0, 1, 0, 2)),
        ("cause", ("cause", CHANGE, "refutes"), ("bring about", "down", 1, 0, 0, 1, 2)),
        ("reverse", ("prevent", CHANGE, "noEffect"), ("hold down", "down", 1, 0, 1, 0, 2)),
        ("cause", ("prevent", LOSS, "supports"), ("bring about", "down", 1, 1, 0, 0, 2)),
        ("contribute", ("reverse", LOSS, "supports"), ("bring about", "down", 1, 1, 0, 0, 2)),
        ("contribute", ("cause", GAIN, "supports"), ("bring about", "up", 1, 1, 0, 0, 2)),
        ("associate", ("associate", GAIN, "supports"), ("associate", "up", 1, 1, 0, 0, 2)),
        ("attenuate", ("prevent", LOSS, "noEffect"), ("hold down", "down", 1, 0, 1, 0, 2)),
        ("amplify", ("amplify", LOSS, "noEffect"), ("amplify", "down", 1, 0, 1, 0, 2)),
        ("precede", ("coincide", LOSS, "supports"), ("precede", "down", 1, 1, 0, 0, 2)),
    ],
)
def test_what_both_cannot_hold_is_one_dispute(
    one: str, other: tuple[str, dict[str, Any], str], row: tuple[Any, ...]
) -> None:
    link, outcome, stance = other
    lines = (INJECTED, one, LOSS, "supports"), (INJECTED, link, outcome, stance)
    assert disputes(*lines) == [row]


@pytest.mark.parametrize(("stance", "counts"), [("noEffect", (1, 0)), ("refutes", (0, 1))])
def test_no_change_speaks_against_a_rise_too(stance: str, counts: tuple[int, int]) -> None:
    lines = (INJECTED, "cause", GAIN, "supports"), (INJECTED, "cause", CHANGE, stance)
    assert disputes(*lines) == [("bring about", "up", 1, 0, *counts, 2)]


def test_hedges_and_sites_of_a_dispute_are_told() -> None:
    line: Line = (INJECTED, "cause", LOSS, "supports")
    sites = ("UBERON:0000979 tibia", "UBERON:0002103 hindlimb")
    null = study("b-2020", (*line[:3], "noEffect"), site=sites[1])
    (row,) = answer("find-disputes", study("a-2020", line, site=sites[0]), null)
    assert row["sites"] == "differ"
    (row,) = answer("find-disputes", study("a-2020", line, site=sites[1]), null)
    assert row["sites"] == "shared or not said"
    (row,) = answer("find-disputes", study("a-2020", line, shared=False), null)
    assert row["sites"] == "shared or not said"
    hedged = made(
        "a-2020",
        claim("a", "cause", "b", certainty="hypothesised"),
        claim("a", "cause", "b", stance="refutes", certainty="suggested"),
        a=INJECTED,
        b=LOSS,
    )
    (row,) = answer("find-disputes", hedged)
    assert (row["asserting"], row["hedging"], row["denials"], row["hedgedAgainst"]) == (0, 1, 0, 1)
    assert row["papers"] == 1


def lag(bound: str, time: str) -> dict[str, str]:
    return {"bound": bound, "time": time, "after": "a"}


def verdicts(cause: dict[str, Any], effect: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the verdicts where an injection inflames and harms, each with more said of it."""
    graph = made(
        "a-2020",
        claim("a", "cause", "b", **cause),
        claim("a", "cause", "c", **effect),
        claim("b", "cause", "c", certainty="suggested"),
        a=INJECTED,
        b=FEVER,
        c=LOSS,
    )
    rows = answer("check-timing", graph)
    return [(row["verdict"], row["claim"].rpartition("/")[2]) for row in rows]


def test_an_effect_that_began_before_its_cause_is_seen() -> None:
    late, early = {"lag": lag("from", "5 d")}, {"lag": lag("by", "2 d")}
    assert verdicts(late, early)[0] == ("effect before cause", "c3")
    assert ("in order", "c3") in verdicts(early, late)
    assert ("in order", "c3") in verdicts({"lag": lag("by", "5 d")}, late)


TIBIA: Final = {"context": {"site": "UBERON:0000979 tibia"}}
LIMB: Final = {"context": {"site": "UBERON:0002103 hindlimb"}}


@pytest.mark.parametrize(
    ("cause", "effect"),
    [
        ({"lag": lag("by", "5 d")}, {"lag": lag("by", "2 d")}),
        ({"lag": lag("from", "5 d")}, {"lag": lag("by", "5 d")}),
        ({"lag": lag("from", "5 d"), **TIBIA}, {"lag": lag("by", "2 d"), **LIMB}),
        ({"lag": lag("by", "2 d"), **TIBIA}, {"lag": lag("from", "5 d"), **LIMB}),
    ],
)
def test_where_no_one_can_tell_no_order_is_broken(
    cause: dict[str, Any], effect: dict[str, Any]
) -> None:
    found = verdicts(cause, effect)
    assert ("cannot tell", "c3") in found
    assert not [v for v, _ in found if v == "effect before cause"]


def test_a_null_says_that_the_cause_had_not_begun() -> None:
    absent = {"lag": lag("at", "5 d"), "stance": "noEffect"}
    assert ("effect before cause", "c3") in verdicts(absent, {"lag": lag("by", "2 d")})


def test_what_was_expected_or_is_of_another_exposure_has_no_time() -> None:
    late, early = lag("from", "5 d"), lag("by", "2 d")
    expected = verdicts({"lag": late, "certainty": "hypothesised"}, {"lag": early})
    assert [claim for _, claim in expected] == ["c2"]
    assert [name for _, name in verdicts({}, {"lag": early})] == ["c2"]


def test_times_that_another_exposure_brought_about_are_not_compared() -> None:
    graph = made(
        "a-2020",
        claim("d", "cause", "b", lag=lag("from", "5 d")),
        claim("a", "cause", "c", lag=lag("by", "2 d")),
        claim("b", "cause", "c", certainty="suggested"),
        a=INJECTED,
        b=FEVER,
        c=LOSS,
        d=CELLS,
    )
    assert [row["claim"][-2:] for row in answer("check-timing", graph)] == ["c2"]


def test_an_effect_of_the_start_itself_is_in_order() -> None:
    assert verdicts({}, {"lag": lag("by", "2 d")}) == [("in order: the cause is the start", "c2")]


def weakest(*claims: dict[str, Any]) -> list[tuple[str, str]]:
    rows = answer("rank-chains", made("a-2020", *claims, a=INJECTED, b=FEVER, c=LOSS))
    return [(row["weakest"], row["standing"]) for row in rows]


def test_a_chain_is_as_firm_as_its_weakest_link() -> None:
    first, second = claim("a", "cause", "b"), claim("b", "cause", "c")
    assert weakest(first, second) == [("both", "asserted")]
    assert weakest(first, {**second, "certainty": "suggested"}) == [("second", "suggested")]
    assert weakest({**first, "role": "background"}, second) == [("first", "stated")]
    assert weakest(first, {**second, "stance": "noEffect"}) == []
    assert weakest(first, {**second, "is": ("b", "prevent", "c")}) == []
    assert weakest(first, {**second, "is": ("b", "contribute", "c")}) == [("both", "asserted")]


def test_news_makes_no_link_of_a_chain_firmer() -> None:
    first, second = claim("a", "cause", "b"), claim("b", "cause", "c")
    news, hedged = {**second, "source": "news"}, {**second, "certainty": "hypothesised"}
    assert weakest(first, hedged, news) == [("second", "hypothesised")]
    ((link, standing),) = weakest(first, news)
    assert link == "second"
    assert "secondary source alone" in standing


def test_downstream_is_what_links_lead_to_on_the_very_entity() -> None:
    paralysed = {
        "variable": "PATO:0000763 paralysed",
        "change": "present",
        "bearer": "UBERON:0001665 triceps surae",
        "by_agent": "CHEBI:3160 Botulinum toxin type A",
    }
    graph = made(
        "a-2020",
        claim("a", "cause", "b"),
        claim("b", "cause", "c", certainty="suggested"),
        claim("c", "cause", "d"),
        claim("wide", "cause", "e"),
        claim("a", "prevent", "e"),
        a=paralysed,
        b=FEVER,
        c={**LOSS, "bearer": SPONGY},
        d=ATROPHY,
        e=CELLS,
        wide=LOSS,
    )
    rows = answer("follow-downstream", graph)
    assert [(row["effect"], row["links"]) for row in rows] == [
        ("decreased tissue amount of muscle organ", "some hedged or stated"),
        ("decreased tissue amount of trabecular bone tissue", "some hedged or stated"),
        ("increased inflammatory response", "all asserted"),
    ]
    assert [row["effect"] for row in answer("find-effects", graph)] == [
        "increased inflammatory response"
    ]
    spared = made("b-2020", claim("a", "cause", "b"), a={**paralysed, "change": "absent"}, b=FEVER)
    assert answer("find-effects", spared) == []


def test_readiness_for_larger_cells_is_among_what_drives_their_size() -> None:
    graph = made(
        "a-2020",
        claim("a", "cause", "ready", certainty="suggested"),
        claim("a", "cause", "cells", source="news", measured=False),
        claim("a", "cause", "b"),
        a=INJECTED,
        b=FEVER,
        cells=CELLS,
        ready=READY,
    )
    rows = answer("find-drivers", graph)
    assert [(r["claim"][-2:], r["certainty"], r["standing"]) for r in rows] == [
        ("c1", "suggested", "primary"),
        ("c2", "asserted", "secondary"),
    ]


def test_a_proposition_without_a_species_is_not_of_the_mouse_alone() -> None:
    line: Line = (INJECTED, "cause", LOSS, "supports")
    mouse, rat = "NCBITaxon:10090 Mus musculus", "NCBITaxon:10116 Rattus norvegicus"
    one = study("a-2020", line, species=mouse)
    assert [row["claims"] for row in answer("find-mouse-only", one)] == [1]
    assert answer("find-mouse-only", one, study("b-2020", line, species=rat)) == []
    assert answer("find-mouse-only", one, study("b-2020", line, shared=False)) == []


def test_a_test_for_necessity_takes_a_cause_off_the_list() -> None:
    cause, named = claim("a", "cause", "c"), {"a": INJECTED, "c": LOSS}
    assert len(answer("find-missing-tests", made("a-2020", cause, **named))) == 1
    for more in (
        claim("a", "cause", "c", test_of="necessity"),
        claim("a", "attenuate", "c", test_of="rescue"),
        claim("a", "require", "c"),
        claim("no", "cause", "up"),
    ):
        graph = made("b-2020", more, **named, no=NOT_INJECTED, up=GAIN)
        names = {
            row["cause"]
            for row in answer("find-missing-tests", made("a-2020", cause, **named), graph)
        }
        assert names == set(), more
    kept = claim("a", "require", "c", measured=False, certainty="suggested", role="background")
    graph = made("b-2020", kept, claim("a", "cause", "c", test_of="sufficiency"), **named)
    assert len(answer("find-missing-tests", graph)) == 1
    hedged = made("a-2020", {**cause, "certainty": "suggested"}, **named)
    assert answer("find-missing-tests", hedged) == []


def test_papers_replicate_by_their_own_findings_only() -> None:
    cause, named = claim("a", "cause", "c"), {"a": INJECTED, "c": LOSS}
    one = made("a-2020", cause, **named)
    for weak in (
        {"source": "news"},
        {"certainty": "suggested"},
        {"role": "background"},
        {"measured": False},
        {"stance": "inconclusive"},
    ):
        assert answer("find-replicated", one, made("b-2020", {**cause, **weak}, **named)) == [], (
            weak
        )
    null = made("c-2020", {**cause, "stance": "noEffect"}, **named)
    (row,) = answer("find-replicated", one, made("b-2020", cause, **named), null)
    assert (row["papers"], row["against"]) == (2, 1)
    assert answer("find-replicated", one, made("b-2020", cause, **named), least="3") == []


def test_support_is_lost_where_every_supporting_claim_is() -> None:
    cause, named = claim("a", "cause", "c"), {"a": INJECTED, "c": LOSS}
    news = claim("a", "cause", "c", source="news", certainty="suggested")
    one = made("a-2020", cause, news, **named)
    (row,) = answer("trace-retraction", one, paper="10.1234/a-2020")
    assert (row["claims"], row["tested"]) == (2, 1)
    other = made("b-2020", {**cause, "certainty": "speculated"}, **named)
    assert answer("trace-retraction", one, other, paper="10.1234/a-2020") == []
    denial = made("b-2020", {**cause, "stance": "refutes"}, **named)
    assert len(answer("trace-retraction", one, denial, paper="10.1234/a-2020")) == 1
    assert answer("trace-retraction", denial, paper="10.1234/b-2020") == []


def test_events_that_were_only_expected_are_not_in_order() -> None:
    graph = made(
        "a-2020",
        claim("a", "cause", "b", lag=lag("by", "3 d")),
        claim("a", "cause", "c", lag=lag("by", "1 d"), certainty="hypothesised"),
        claim("a", "cause", "cells", lag=lag("by", "2 d"), certainty="suggested"),
        claim("a", "cause", "cells", lag=lag("by", "1 d"), stance="noEffect"),
        a=INJECTED,
        b=FEVER,
        c=LOSS,
        cells=CELLS,
    )
    rows = answer("order-events", graph)
    assert [(row["claim"][-2:], row["latest"]) for row in rows] == [("c3", 48), ("c1", 72)]


@pytest.mark.parametrize(
    ("subject", "name", "value"),
    [
        ("studyclaims:claim/able-2020/c1", "sc:stance", "sc:refutes"),
        ("studyclaims:claim/able-2020/c1", "sc:certainty", "sc:suggested"),
        ("https://doi.org/10.1234/able-2020", "sc:primarySource", "urn:x:other"),
    ],
)
def test_a_predicate_alone_makes_no_cause(subject: str, name: str, value: str) -> None:
    told = study("able-2020", (INJECTED, "cause", LOSS, "supports"))
    assert len(answer("list-causes", told)) == 1
    of, prop = node(subject), node(name)
    kept = frozenset(q for q in told if (q.subject, q.predicate) != (of, prop))
    graph = next(iter(told)).graph_name
    assert answer("list-causes", kept | {Quad(of, prop, node(value), graph)}) == []
