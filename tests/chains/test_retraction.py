"""Retraction: what falls with a paper and the news about it, and what stands on others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Literal, Quad

from chains.test_explanations import (
    FRAGILE,
    HEDGED,
    INFLAMED,
    NEWS,
    NULL,
    OWN,
    PARALYSED,
    REST,
    STATED,
    store,
    told,
)
from comparing.test_contested import FOCAL_LOSS, GAIN, INJECTED, LOSS
from samples import quads, small
from studyclaims.answers import jsonable
from studyclaims.chains import retraction
from studyclaims.chains.retraction import retract
from studyclaims.errors import QueryError
from studyclaims.rdf import node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studyclaims.chains.retraction import Retraction


def fallen(*graphs: Iterable[Quad], name: str = "able-2020") -> Retraction:
    return retract(store(*graphs), name)


def fates(found: Retraction) -> dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Return (kind, change, lost, left) of each proposition, by the entity it is about."""
    return {fate.says: (fate.kind, fate.change, fate.lost, fate.left) for fate in found.fates}


ABLE = told("able-2020", (INJECTED, "cause", LOSS, OWN), (INJECTED, "cause", LOSS, NEWS))


@pytest.mark.parametrize(
    "name",
    [
        "10.1234/able-2020",
        "10.1234/ABLE-2020",
        "https://doi.org/10.1234/able-2020",
        "https://doi.org/10.1234/Able-2020",
        "able-2020",
        "https://w3id.org/studyclaims/study/able-2020#study",
    ],
)
def test_a_source_is_named_by_doi_iri_or_key(name: str) -> None:
    found = fallen(ABLE, name=name)
    assert found.source == "https://doi.org/10.1234/able-2020"
    assert found.title == "Rest inflames bone marrow"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("10.1234/able-2021", "; the nearest: 10.1234/able-2020, able-2020;"),
        ("https://doi.org/10.1234/abel-2020", "; the nearest: 10.1234/able-2020, able-2020;"),
        ("ABLE2020", "; the nearest: able-2020, 10.1234/able-2020;"),
        ("osteopenia", "'osteopenia'; write a DOI"),
    ],
)
def test_an_unknown_source_is_refused_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(QueryError) as error:
        fallen(ABLE, name=name)
    assert near in str(error.value)


def test_only_the_three_nearest_are_named_and_none_where_none_is_near() -> None:
    four = [told(f"able-{year}", (INJECTED, "cause", LOSS, OWN)) for year in range(2020, 2024)]
    with pytest.raises(QueryError) as error:
        fallen(*four, name="able-2029")
    assert str(error.value).count("able-") == 4
    with pytest.raises(QueryError, match="'None'; write a DOI"):
        fallen(ABLE, name="None")


def test_a_hint_holds_nothing_that_a_terminal_obeys() -> None:
    label = node("rdfs:label")
    odd = Literal("able-2020\x1b[2J")
    graph = {q if q.predicate != label else Quad(q.subject, label, odd, q.graph_name) for q in ABLE}
    with pytest.raises(QueryError) as error:
        fallen(graph, name="able-2021")
    assert "able-2020\\x1b[2J" in str(error.value)


@pytest.mark.parametrize(("value", "had"), [(None, "nothing"), (Literal("a\x1b"), "a\\x1b")])
def test_a_study_without_a_paper_is_told_apart(value: Literal | None, had: str) -> None:
    paper = node("dct:source")
    graph = {quad for quad in ABLE if quad.predicate != paper}
    key = node("https://w3id.org/studyclaims/study/able-2020#study")
    more = {Quad(key, paper, value)} if value else set()
    with pytest.raises(QueryError) as error:
        fallen(graph, more)
    assert str(error.value) == (
        f"the study 'able-2020': found dct:source '{had}', expected the IRI of its paper; "
        "name the paper itself"
    )


def test_what_cannot_be_read_is_named() -> None:
    stance = node("sc:stance")
    bare = {q for q in ABLE if q.predicate != stance or "c1" in str(q.subject)}
    found = fallen(bare)
    assert found.unread == {"able-2020/c2": "found sc:stance nothing, expected one IRI"}
    assert found.to_dict()["unread"] == found.unread
    assert fallen(ABLE).unread == {}


def test_an_address_is_taken_as_it_is_written() -> None:
    data = small()
    data["sources"]["news"]["page"] = "https://example.org/News"
    assert retract(store(quads(data)), "https://example.org/News").records == {"small-2020": (1, 5)}


def test_two_records_of_one_paper_fall_together() -> None:
    other = small() | {"key": "again-2020"}
    found = retract(store(quads(), quads(other)), "10.1234/small.1")
    assert list(found.records.items()) == [("again-2020", (5, 5)), ("small-2020", (5, 5))]


def test_everything_is_told_in_a_fixed_order() -> None:
    ends = (FRAGILE, INFLAMED, PARALYSED, LOSS, GAIN, FOCAL_LOSS)
    mine = [(REST, "cause", end, NEWS if end in (FRAGILE, LOSS) else OWN) for end in ends]
    nulls = [(INJECTED, "cause", end, NULL) for end in ends[:5]]
    theirs = told("baker-2021", *((INJECTED, "cause", end, STATED) for end in ends[:5]))
    found = fallen(told("able-2020", *mine, *nulls), theirs)
    for listed in (found.fates, found.freed, found.triples):
        words = [each.says for each in listed]
        assert len(words) > 4
        assert words == sorted(words)
    assert list(found.claims) == [
        "https://doi.org/10.1234/able-2020",
        "https://example.org/able-2020",
    ]
    assert all(list(claims) == sorted(claims) for claims in found.claims.values())


def test_the_paper_falls_with_the_news_about_it() -> None:
    found = fallen(ABLE, told("baker-2021", (REST, "cause", LOSS, OWN)))
    assert found.claims == {
        "https://doi.org/10.1234/able-2020": ("able-2020/c1",),
        "https://example.org/able-2020": ("able-2020/c2",),
    }
    assert found.records == {"able-2020": (2, 2)}


def test_the_news_falls_alone() -> None:
    found = fallen(ABLE, name="https://example.org/able-2020")
    assert found.claims == {"https://example.org/able-2020": ("able-2020/c2",)}
    assert found.records == {"able-2020": (1, 2)}
    assert [fate.kind for fate in found.fates] == ["kept"]


def test_a_proposition_that_nobody_else_supports_loses_all() -> None:
    found = fates(fallen(ABLE))
    assert found == {
        "injection of Botulinum toxin type A causes decreased tissue amount of bone tissue": (
            "unsupported",
            "asserted, by its own test → nobody speaks of it",
            ("able-2020/c1", "able-2020/c2"),
            (),
        )
    }


def test_a_proposition_that_others_support_is_kept_and_may_weaken() -> None:
    other = told("baker-2021", (INJECTED, "cause", LOSS, HEDGED), (INJECTED, "cause", LOSS, HEDGED))
    ((kind, change, _, left),) = fates(fallen(ABLE, other)).values()
    assert (kind, change) == ("kept", "asserted, by its own test → suggested")
    assert left == ("paper (10.1234/baker-2021) suggests it",)
    same = told("baker-2021", (INJECTED, "cause", LOSS, OWN))
    ((_, change, _, _),) = fates(fallen(ABLE, same)).values()
    assert change == "asserted, by its own test"


def test_a_denial_that_is_left_is_no_support() -> None:
    null = told("baker-2021", (INJECTED, "cause", LOSS, NULL))
    ((kind, change, _, left),) = fates(fallen(ABLE, null)).values()
    assert kind == "unsupported"
    assert change.endswith("→ broken: tested or denied, and no support stands")
    assert left == ("paper (10.1234/baker-2021) finds no sign of it",)


def test_what_was_only_denied_is_told_apart() -> None:
    ((kind, change, _, _),) = fates(fallen(told("able-2020", (REST, "cause", LOSS, NULL)))).values()
    assert (kind, change.partition(":")[0]) == ("unspoken", "broken")


def test_a_comparison_falls_too() -> None:
    ((kind, *_),) = fates(fallen(told("able-2020", (REST, "compare", LOSS, OWN)))).values()
    assert kind == "unsupported"


def test_a_word_against_others_is_lost() -> None:
    mine = told("able-2020", (INJECTED, "cause", LOSS, NULL), (INJECTED, "cause", GAIN, OWN))
    other = told("baker-2021", (INJECTED, "cause", LOSS, OWN))
    third = told("cole-2022", (INJECTED, "cause", LOSS, NULL))
    (freed,) = fallen(mine, other, third).freed
    assert freed.says.startswith("injection of Botulinum toxin type A causes decreased")
    assert freed.lost == ("able-2020/c1", "able-2020/c2")
    assert freed.left == ("cole-2022/c1",)


def test_what_falls_itself_or_had_no_support_loses_no_word_against_it() -> None:
    mine = told("able-2020", (REST, "cause", LOSS, OWN), (REST, "cause", LOSS, NULL))
    assert fallen(mine).freed == ()
    open_ = told("baker-2021", (REST, "cause", LOSS, {"stance": "inconclusive"}))
    assert fallen(mine, open_).freed == ()


def test_direct_triples_stay_where_another_claim_writes_them() -> None:
    same = told("baker-2021", (INJECTED, "cause", LOSS, STATED))
    written = {each.says.split(" | ")[1]: each for each in fallen(ABLE, same).triples}
    assert written.keys() == {"biolink:causes", "sc:statedToCause"}
    assert written["biolink:causes"].left == ()
    assert written["sc:statedToCause"].left == ("baker-2021/c1",)
    assert written["biolink:causes"].triple[1] == "https://w3id.org/biolink/vocab/causes"
    denied = told("able-2020", (REST, "cause", LOSS, {"stance": "refutes"}))
    assert fallen(denied).triples == ()


MIDDLE = told("able-2020", (PARALYSED, "cause", INFLAMED, OWN))
FIRST = told("baker-2021", (INJECTED, "cause", PARALYSED, OWN))
LAST = told("cole-2022", (INFLAMED, "cause", FRAGILE, OWN))


def pairs(found: Retraction) -> list[tuple[str, str, int]]:
    return [(*(side.split()[0] for side in each.says), each.steps) for each in found.broken]  # type: ignore[misc]


def test_chains_break_where_no_other_way_is_left() -> None:
    found = fallen(FIRST, MIDDLE, LAST)
    assert pairs(found) == [
        ("injection", "Osteopenia", 3),
        ("injection", "increased", 2),
        ("triceps", "Osteopenia", 2),
    ]
    assert found.complete


def test_chains_hold_where_another_way_or_another_claim_is_left() -> None:
    around = told("dole-2023", (PARALYSED, "cause", FRAGILE, HEDGED))
    assert pairs(fallen(FIRST, MIDDLE, LAST, around)) == [("injection", "increased", 2)]
    same = told("dole-2023", (PARALYSED, "cause", INFLAMED, HEDGED))
    assert pairs(fallen(FIRST, MIDDLE, LAST, same)) == []


def test_chains_over_joins_break_too_and_those_of_denials_do_not() -> None:
    wider = told("cole-2022", (LOSS, "cause", FRAGILE, OWN))
    narrow = told("able-2020", (INJECTED, "cause", FOCAL_LOSS, OWN))
    assert pairs(fallen(narrow, wider)) == [("injection", "Osteopenia", 2)]
    null = told("able-2020", (INJECTED, "cause", FOCAL_LOSS, NULL))
    assert pairs(fallen(null, wider)) == []
    ended = told("able-2020", (INJECTED, "prevent", FOCAL_LOSS, OWN))
    assert pairs(fallen(ended, wider)) == []


def test_a_chain_that_begins_with_a_join_breaks() -> None:
    later = told("cole-2022", (FRAGILE, "cause", REST, OWN))
    mine = told("able-2020", (LOSS, "cause", FRAGILE, OWN))
    held = told("baker-2021", (FOCAL_LOSS, "cause", INFLAMED, OWN))
    assert ("decreased", "mechanical", 2) in pairs(fallen(mine, later, held))
    assert len(pairs(fallen(mine, later, held))) == 2


def test_where_there_are_too_many_starts_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retraction, "STARTS", 1)
    found = fallen(FIRST, MIDDLE, LAST)
    assert pairs(found) == [("triceps", "Osteopenia", 2)]
    assert not found.complete
    monkeypatch.setattr(retraction, "STARTS", 2)
    assert fallen(FIRST, MIDDLE, LAST).complete


def test_claims_that_stay_may_lose_who_states_their_context() -> None:
    data = small()
    data["context"]["stated_in"] = ["news"]
    held = store(quads(data))
    found = retract(held, "https://example.org/news")
    assert found.unplaced == (
        "small-2020/abstract-association",
        "small-2020/abstract-null",
        "small-2020/abstract-refutes",
        "small-2020/title-inflames",
    )
    assert retract(held, "small-2020").unplaced == ()
    data["context"]["stated_in"] = ["news", "paper"]
    assert retract(store(quads(data)), "https://example.org/news").unplaced == ()


def test_json_has_all_of_it() -> None:
    found = fallen(FIRST, MIDDLE, LAST, told("dole-2023", (PARALYSED, "cause", INFLAMED, NULL)))
    data: dict[str, Any] = json.loads(json.dumps(found.to_dict(), default=jsonable))
    assert data["source"] == "https://doi.org/10.1234/able-2020"
    assert data["claims"] == {"https://doi.org/10.1234/able-2020": ["able-2020/c1"]}
    assert data["records"] == {"able-2020": {"lost": 1, "claims": 1}}
    (fate,) = data["propositions"]
    assert (fate["fate"], fate["strengthBefore"]) == ("unsupported", "asserted")
    assert (fate["strengthAfter"], fate["lost"]) == ("broken", ["able-2020/c1"])
    assert fate["proposition"].startswith("https://w3id.org/studyclaims/proposition/")
    assert [pair["steps"] for pair in data["brokenChains"]] == [3, 2, 2]
    assert data["triples"][0]["left"] == []
    assert (data["wordsAgainstLost"], data["contextLost"], data["complete"]) == ([], [], True)
    gone = fallen(ABLE).to_dict()["propositions"][0]
    assert gone["strengthAfter"] is None


def test_a_notebook_shows_the_text_escaped() -> None:
    found = fallen(ABLE)
    shown = found._repr_html_()
    assert shown.startswith("<pre>If this fell: Rest inflames bone marrow &lt;https://doi.org/10.")
    assert str(found).startswith("If this fell: Rest")


def test_nothing_is_changed() -> None:
    held = store(ABLE)
    before = len(held)
    assert str(retract(held, "able-2020")) == str(retract(held, "able-2020"))
    assert len(held) == before
