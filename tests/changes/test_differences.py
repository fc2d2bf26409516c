"""What differs between two graphs: each field by its name, and nothing that is no difference."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from samples import KEY, at, changed, quads, small
from studyclaims.changes.differences import (
    Change,
    Differences,
    FieldChange,
    differences,
    differences_text,
)
from studyclaims.rdf import node
from studyclaims.terms import BASE

FIRST: Final = "propositions.0.claims.0"
ITEM: Final = f"{FIRST}.evidence.0"
NUMBER: Final = f"{ITEM}.measurements.0"
INFLAMES: Final = f"{KEY}/title-inflames"
PAPER: Final = "doi:10.1234/small.1"


@cache
def usual() -> frozenset[Quad]:
    return quads()


def edited(*edits: tuple[str, Any]) -> frozenset[Quad]:
    """Return the quads of the small record with other values at these paths."""
    data = small()
    for path, value in edits:
        block, last = at(data, path)
        block[last] = value
    return quads(data)


def found(*edits: tuple[str, Any]) -> Differences:
    return differences(usual(), edited(*edits))


def fields(found: Differences, name: str) -> dict[str, tuple[str, str]]:
    """Return what differs of a thing, each side as one text."""
    (change,) = (c for c in found.changes if c.name == name and c.what != "entity")
    return {f.field: ("; ".join(f.old), "; ".join(f.new)) for f in change.fields}


OF_A_CLAIM: Final = [
    (f"{FIRST}.cue", ["may"], "cue", "inflames", "may"),
    (f"{FIRST}.lag.bound", "at", "lag.bound", "by", "at"),
    (f"{FIRST}.lag.time", "72 h", "lag.time", "3 d", "72 h"),
    (f"{FIRST}.lag.after", "larger-cells", "lag.after", "scterm:disuse mechanical disuse",
     "increased size of osteoclast"),
    (f"{FIRST}.context.dose", "5 units", "context.dose", "4 units", "5 units"),
    (f"{FIRST}.note", "Another.", "note", "No hedge.", "Another."),
    (f"{ITEM}.type", "ECO:0006151 documented statement evidence", "evidence 1.type",
     "ECO:0000179 animal model system study evidence", "ECO:0006151 documented statement evidence"),
    (f"{ITEM}.at", "abstract", "evidence 1.at", "title", "abstract"),
    (f"{ITEM}.design", "another", "evidence 1.design", "time course", "another"),
    (f"{ITEM}.test_of", "rescue", "evidence 1.test_of", "sufficiency", "rescue"),
    (f"{ITEM}.hash", "b" * 64, "evidence 1.hash", "0" * 62 + "aa", "b" * 64),
    (f"{ITEM}.note", "Once.", "evidence 1.note", "Read twice.", "Once."),
    (f"{NUMBER}.value", "1.5", "evidence 1.measurement 1.value", "1.50", "1.5"),
    (f"{NUMBER}.spread", "0.20", "evidence 1.measurement 1.spread", "0.2", "0.20"),
    (f"{NUMBER}.unit", "cm", "evidence 1.measurement 1.unit", "mm", "cm"),
    (f"{NUMBER}.n", 9, "evidence 1.measurement 1.n", "8", "9"),
    (f"{NUMBER}.p", "<0.01", "evidence 1.measurement 1.p", "<0.05", "<0.01"),
    (f"{NUMBER}.compared_with", "none", "evidence 1.measurement 1.compared_with", "sham", "none"),
    (f"{NUMBER}.time", "73 h", "evidence 1.measurement 1.time", "72 h", "73 h"),
    (f"{NUMBER}.pattern", "transient", "evidence 1.measurement 1.pattern", "peak", "transient"),
    (f"{NUMBER}.coefficient", False, "evidence 1.measurement 1.coefficient", "true", ""),
]  # fmt: skip


def test_a_field_of_a_claim_is_named_as_in_its_record() -> None:
    changes = found(*((path, value) for path, value, *_ in OF_A_CLAIM))
    wanted = [(name, (old, new)) for _, _, name, old, new in OF_A_CLAIM]
    assert list(fields(changes, INFLAMES).items()) == wanted
    assert [c.what for c in changes.changes] == ["claim", "entity"]
    assert changes.counts()["writing another predicate"] == 0
    assert (changes.alike, changes.compared, changes.same) == (4, 5, False)


WRITES_OTHERWISE: Final = [
    ([(f"{FIRST}.certainty", "speculated")], {"certainty": ("asserted", "speculated")},
     "sc:mayCause"),
    ([(f"{FIRST}.stance", "refutes")], {"stance": ("supports", "refutes")}, ""),
    ([(f"{FIRST}.basis", "temporal")], {"basis": ("intervention", "temporal")}, "sc:statedToCause"),
    ([(f"{FIRST}.role", "background")], {"role": ("conclusion", "background")}, "sc:statedToCause"),
    ([(f"{ITEM}.measured", False)], {"evidence 1.measured": ("true", "false")}, "sc:statedToCause"),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "others", "new"), WRITES_OTHERWISE)
def test_the_predicate_that_is_written_stands_first(
    edits: list[tuple[str, Any]], others: dict[str, tuple[str, str]], new: str
) -> None:
    changes = found(*edits)
    named = fields(changes, INFLAMES)
    assert next(iter(named.items())) == ("writes", ("biolink:causes", new))
    assert named == {"writes": ("biolink:causes", new), **others}
    assert changes.counts()["writing another predicate"] == 1


NEWS: Final = "https://example.org/news"
BESIDE: Final = [
    ("sources.paper.kind", "preprint", PAPER, "kind", "article", "preprint"),
    ("sources.paper.title", "Other", PAPER, "title", "Rest inflames bone marrow", "Other"),
    ("sources.paper.pmid", "124", PAPER, "pmid", "123", "124"),
    ("sources.paper.journal", "J", PAPER, "journal", "Journal of Rest", "J"),
    ("sources.paper.year", 2021, PAPER, "year", "2020", "2021"),
    ("sources.paper.date", "2020-02-04", PAPER, "date", "2020-02-03", "2020-02-04"),
    ("sources.paper.authors.1.name", "Else", PAPER, "authors",
     "1 First Author (A Laboratory; orcid:0000-0000-0000-0001); 2 Second Author",
     "1 First Author (A Laboratory; orcid:0000-0000-0000-0001); 2 Else"),
    ("sources.paper.read", ["title", "abstract", "tables"], PAPER, "read", "abstract; title",
     "abstract; tables; title"),
    ("sources.paper.note", "Read.", PAPER, "note", "Read in part.", "Read."),
    ("sources.news.provided_by", "B", NEWS, "provided_by", "A Society", "B"),
    ("curation.status", "draft", KEY, "curation.status", "checked", "draft"),
    ("curation.date", "2020-03-06", KEY, "curation.date", "2020-03-05", "2020-03-06"),
    ("curation.note", "N", KEY, "curation.note", "Made up for tests.", "N"),
    ("curation.agent_type", "text_mining_agent", KEY, "curation.agent_type", "automated_agent",
     "text_mining_agent"),
    ("curation.drafted_by.version", "2", KEY, "curation.drafted_by", "a drafting tool 1.50",
     "a drafting tool 2"),
    ("curation.reviewed_by.0.date", "2020-03-05", KEY, "curation.reviewed_by",
     "orcid:0000-0000-0000-0028 2020-03-04", "orcid:0000-0000-0000-0028 2020-03-05"),
    ("withdrawn.0.reason", "No.", f"{KEY}/gone", "reason", "It was read wrongly.", "No."),
]  # fmt: skip


def test_what_belongs_to_claims_is_compared_too() -> None:
    differ = found(*((path, value) for path, value, *_ in BESIDE))
    assert [(c.what, c.name, c.change) for c in differ.changes] == [
        ("study", KEY, "changed"),
        ("source", PAPER, "changed"),
        ("source", NEWS, "changed"),
        ("withdrawn claim", f"{KEY}/gone", "changed"),
    ]
    for name in (PAPER, NEWS, KEY, f"{KEY}/gone"):
        wanted = [(case[3], case[4:]) for case in BESIDE if case[2] == name]
        assert list(fields(differ, name).items()) == wanted
    assert differ.alike == differ.compared == 5
    assert not differ.same


def test_context_of_the_record_is_context_of_its_claims() -> None:
    differ = found(("context.route", "in water"))
    assert [c.name for c in differ.changes] == [
        f"{KEY}/{claim}"
        for claim in ("abstract-association", "abstract-null", "abstract-refutes", "title-inflames")
    ]
    assert fields(differ, INFLAMES) == {"context.route": ("by mouth", "in water")}


def test_another_proposition_is_told_by_its_parts() -> None:
    differ = found(("propositions.0.link", "contribute"), ("propositions.0.outcome", "formation"))
    named = fields(differ, INFLAMES)
    assert named["link"] == ("cause", "contribute")
    assert named["writes"] == ("biolink:causes", "biolink:contributes_to")
    assert (
        named["outcome"][1]
        == "increased osteoclast differentiation toward (increased size of osteoclast)"
    )
    assert list(named) == ["writes", "link", "outcome"]


def test_an_entity_that_gave_way_to_another_is_told_once() -> None:
    """What is directed at it changes with it, and is no change of its own."""
    differ = found(("entities.larger-cells.change", "decreased"))
    entities = [c for c in differ.changes if c.what == "entity"]
    claims = ", ".join(
        f"{KEY}/{c}" for c in ("abstract-association", "abstract-null", "abstract-refutes")
    )
    assert entities == [
        Change(
            "entity", claims, "replaced", (FieldChange("change", ("increased",), ("decreased",)),)
        )
    ]
    words = "increased size of osteoclast -> decreased size of osteoclast, in 3 of the claims"
    assert entities[0].words == words
    lines = differences_text(differ, "a", "b").splitlines()
    assert lines[-3:-1] == [f"replaced entity: {words}", "    change: increased -> decreased"]


def test_an_entity_with_another_label_is_changed() -> None:
    label = Quad(node("scterm:disuse"), node("rdfs:label"), Literal("rest"))
    others = {q for q in usual() if (q.subject, q.predicate) != (label.subject, label.predicate)}
    differ = differences(usual(), {*others, label})
    assert [(c.what, c.name, c.change) for c in differ.changes] == [
        ("entity", "scterm:disuse", "changed")
    ]
    text = differences_text(differ, "a", "b")
    assert "\nchanged entity scterm:disuse\n    label: mechanical disuse -> rest\n" in text


def test_an_entity_inside_itself_ends_the_search() -> None:
    it, other = (node(f"{BASE}entity/{name}") for name in "ab")
    loops = [{Quad(e, node("sc:dueTo"), e)} for e in (it, other)]
    sides = [
        {*loop, claim("x"), Quad(CLAIM, node("sc:lagFrom"), e)}
        for loop, e in zip(loops, (it, other), strict=True)
    ]
    assert [c.change for c in differences(*sides).changes] == ["changed", "replaced"]


CLAIM: Final = node(f"{BASE}claim/a-2020/x")


def claim(name: str) -> Quad:
    return Quad(node(f"{BASE}claim/a-2020/{name}"), node("rdf:type"), node("sc:Claim"))


def test_a_claim_comes_goes_and_comes_back() -> None:
    data = small()
    gone = data["propositions"][0]["claims"].pop(1)
    without = quads(data)
    name, words = f"{KEY}/news-inflames", "whether mechanical disuse might cause "
    (removed,) = [c for c in differences(usual(), without).changes if c.what == "claim"]
    assert (removed.name, removed.change) == (name, "removed")
    assert removed.words.startswith(words)
    assert FieldChange("writes", ("sc:mayCause",), ()) in removed.fields
    (added,) = [c for c in differences(without, usual()).changes if c.what == "claim"]
    assert (added.change, added.words) == ("added", removed.words)
    data["withdrawn"].append({"id": gone["id"], "date": "2020-05-06", "reason": "Read wrongly."})
    tomb = quads(data)
    (withdrawn,) = differences(usual(), tomb).changes
    assert withdrawn.change == "withdrawn"
    assert withdrawn.fields[-1] == FieldChange("reason", (), ("Read wrongly.",))
    (restored,) = differences(tomb, usual()).changes
    assert restored.change == "restored"
    (stone,) = [c for c in differences(without, tomb).changes if c.what == "withdrawn claim"]
    assert (stone.name, stone.change) == (name, "added")
    assert differences(usual(), tomb).counts() == {
        "the same": 4, "added": 0, "removed": 0, "changed": 0, "withdrawn": 1, "restored": 0,
        "writing another predicate": 0,
    }  # fmt: skip


def test_order_is_no_difference() -> None:
    data = small()
    item = data["propositions"][0]["claims"][0]["evidence"][0]
    other = item | {"at": "abstract", "measurements": []}
    item["measurements"].append(item["measurements"][0] | {"value": "2"})
    data["propositions"][0]["claims"][0]["evidence"] = [item, other]
    before = quads(data)
    item["measurements"].reverse()
    data["propositions"][0]["claims"][0]["evidence"].reverse()
    data["propositions"].reverse()
    data["sources"] = dict(reversed(data["sources"].items()))
    assert differences(before, quads(data)).same


def test_evidence_belongs_together_by_content_then_place_then_order() -> None:
    data = small()
    evidence = data["propositions"][0]["claims"][0]["evidence"]
    item = evidence[0] | {"measurements": []}
    evidence[:] = [item, item | {"at": "abstract"}, item | {"at": "abstract, sentence 2"}]
    before = quads(data)
    evidence[:] = [
        item | {"at": "abstract, sentence 3"},
        item,
        item | {"at": "abstract", "design": "changed"},
        item | {"at": "abstract, sentence 4", "measured": False},
    ]
    named = fields(differences(before, quads(data)), INFLAMES)
    assert named["evidence 2.design"] == ("time course", "changed")
    assert named["evidence 1.at"] == ("abstract, sentence 2", "abstract, sentence 3")
    assert named["evidence 4.measured"] == ("", "false")
    assert {name.partition(".")[0] for name in named} == {"evidence 1", "evidence 2", "evidence 4"}


def test_evidence_of_one_place_belongs_together_by_what_it_says() -> None:
    data = small()
    evidence = data["propositions"][0]["claims"][0]["evidence"]
    item = evidence[0] | {"measurements": []}
    evidence[:] = [item, item | {"design": "other"}]
    before = quads(data)
    evidence[:] = [item | {"design": "other"}, item | {"design": "third"}]
    named = fields(differences(before, quads(data)), INFLAMES)
    assert named == {"evidence 1.design": ("time course", "third")}


def test_what_no_record_writes_is_told_where_nothing_else_is() -> None:
    more = Quad(node(f"{BASE}claim/{INFLAMES}"), node("sc:lagMinHours"), Literal("1"))
    differ = differences(usual(), {*usual(), more})
    assert fields(differ, INFLAMES) == {"sc:lagMinHours": ("", "1")}
    both = differences(usual(), {*edited((f"{FIRST}.note", "Another.")), more})
    assert fields(both, INFLAMES) == {"note": ("No hedge.", "Another.")}


def test_words_that_say_the_same_of_two_things_give_way_to_their_names() -> None:
    sides = [
        {claim("x"), Quad(CLAIM, node("sc:cue"), Literal("01", datatype=node(f"xsd:{kind}")))}
        for kind in ("integer", "decimal")
    ]
    (change,) = differences(*sides).changes
    assert change.fields[0].old[0].endswith("#integer>")


def test_a_relation_that_no_claim_stands_for_is_a_difference() -> None:
    bare = Quad(node("CL:0000092"), node("biolink:causes"), node("scterm:disuse"))
    differ = differences(usual(), {*usual(), bare})
    (change,) = differ.changes
    assert (change.what, change.change, change.fields) == ("relation", "added", ())
    assert change.name == "CL:0000092 osteoclast biolink:causes scterm:disuse mechanical disuse"
    assert [c.change for c in differences({*usual(), bare}, usual()).changes] == ["removed"]
    assert differ.alike == 5


def test_other_statements_are_counted_and_are_no_difference() -> None:
    more = {Quad(NamedNode("urn:a:s"), NamedNode("urn:a:p"), Literal(str(n))) for n in range(3)}
    assert differences(usual(), {*usual(), *more}).others == (0, 3)
    both = differences({*usual(), *more}, usual())
    assert (both.others, both.same) == ((3, 0), True)


def test_the_tool_that_built_a_graph_is_no_difference() -> None:
    built = node("sc:builtWith")
    other = {q if q.predicate != built else Quad(q.subject, built, Literal("b")) for q in usual()}
    assert other != usual()
    differ = differences(usual(), other)
    assert (differ.same, differ.others) == (True, (0, 0))


def test_nothing_compared_is_not_the_same() -> None:
    assert not differences([], []).same
    assert not differences(usual(), []).same


EDITS: Final[tuple[tuple[str, Any], ...]] = (
    (f"{FIRST}.certainty", "suggested"),
    (f"{FIRST}.lag.time", "4 d"),
    (f"{ITEM}.at", "abstract"),
    (f"{NUMBER}.value", "2"),
    ("entities.larger-cells.change", "decreased"),
    ("sources.paper.title", "Other"),
    ("curation.status", "draft"),
    ("withdrawn.0.reason", "No."),
)


@cache
def pool() -> tuple[Quad, ...]:
    every = {quad for edit in EDITS for quad in variant(edit)} | usual()
    return tuple(sorted(every, key=str))


SIDES: Final = st.tuples(st.sampled_from(EDITS), st.sets(st.integers(0, 2000), max_size=4))


@cache
def variant(edit: tuple[str, Any]) -> frozenset[Quad]:
    return edited(edit)


def side(made: tuple[tuple[str, Any], set[int]]) -> set[Quad]:
    """Return the quads of an edited record, some taken out and some of others put in."""
    edit, places = made
    return set(variant(edit)) ^ {pool()[place % len(pool())] for place in places}


SWAPPED: Final = {
    "added": "removed", "removed": "added", "withdrawn": "restored", "restored": "withdrawn",
}  # fmt: skip


def mirrored(changes: tuple[Change, ...]) -> set[Change]:
    return {
        replace(
            change,
            change=SWAPPED.get(change.change, change.change),
            fields=tuple(FieldChange(f.field, f.new, f.old) for f in change.fields),
        )
        for change in changes
    }


@settings(max_examples=4)
@given(SIDES, SIDES, st.randoms(use_true_random=False))
def test_laws_of_differences(one: Any, other: Any, chance: Any) -> None:  # noqa: ANN401 - drawn
    old, new = side(one), side(other)
    there, back = differences(old, new), differences(new, old)
    assert set(back.changes) == mirrored(there.changes)
    assert (back.alike, back.compared) == (there.alike, there.compared)
    assert back.others == there.others[::-1]
    assert not differences(old, old).changes
    shuffled = sorted(old, key=str)
    chance.shuffle(shuffled)
    assert differences(shuffled, new) == there


def test_the_text_names_what_differs_and_counts() -> None:
    differ = found(
        (f"{FIRST}.certainty", "suggested"),
        ("propositions.1.claims.0.context", {"site_printed": "shin"}),
        ("propositions.1.claims.1.context", {"site_printed": "shin"}),
        ("sources.paper.note", "Read in part, as it says here at some length, and then once more."),
    )
    text = differences_text(differ, "a", "b")
    claims = "whether increased inflammatory response "
    assert text.splitlines()[:4] == [
        "a -> b",
        "changed source doi:10.1234/small.1",
        "    note:",
        "      - Read in part.",
    ]
    lines = [line.partition(claims)[0] for line in text.splitlines()[5:]]
    assert lines == [
        "changed claim small-2020/abstract-association: ",
        "changed claim small-2020/abstract-null: ",
        "    context.site_printed: the shin -> shin",
        lines[3],
        "  ! writes: biolink:causes -> sc:mayCause",
        "    certainty: asserted -> suggested",
        "claims: 2 the same, 3 changed, 1 writing another predicate",
    ]
    assert lines[3].startswith(
        "changed claim small-2020/title-inflames: whether mechanical disuse might cause increased"
    )


def test_the_text_of_what_one_side_lacks_is_one_line_each() -> None:
    text = differences_text(differences([], usual()), "nothing", "all").splitlines()
    assert text[1:4] == [
        "added study small-2020",
        "added source doi:10.1234/small.1: Rest inflames bone marrow",
        "added source https://example.org/news: Rest may harm",
    ]
    named = {line.split(":")[0].split("/")[-1]: line for line in text[4:9]}
    assert named["news-inflames"].endswith("; supports, suggested, conclusion, writes sc:mayCause")
    assert named["abstract-refutes"].endswith(
        "; refutes, asserted, conclusion, writes no direct triple"
    )
    assert text[9:] == [
        "added withdrawn claim small-2020/gone",
        "    date: (nothing) -> 2020-04-05",
        "    reason: (nothing) -> It was read wrongly.",
        "claims: 5 added",
    ]


@pytest.mark.parametrize(
    ("more", "last"),
    [
        ([], "no difference in claims: 5 the same"),
        (
            [Quad(NamedNode("urn:a:s"), NamedNode("urn:a:p"), Literal("x"))],
            "statements about no claim: 0 only in the old, 1 only in the new",
        ),
    ],
)
def test_the_text_says_that_nothing_differs(more: list[Quad], last: str) -> None:
    text = differences_text(differences(usual(), {*usual(), *more}), "a", "b")
    assert text.splitlines()[1] == "no difference in claims: 5 the same"
    assert text.splitlines()[-1] == last


def test_what_a_terminal_would_obey_is_shown_escaped() -> None:
    evil = Quad(CLAIM, node("sc:cue"), Literal("\x1b[2J\n"))
    text = differences_text(differences([claim("x")], [claim("x"), evil]), "a\x1b", "b")
    assert all(line.isprintable() for line in text.splitlines())
    assert r"cue: (nothing) -> \x1b[2J\n" in text


def test_differences_are_plain_values() -> None:
    data = found((f"{FIRST}.cue", ["may", "could"])).to_dict()
    (change,) = data["changes"]
    assert change["fields"] == [{"field": "cue", "old": "inflames", "new": ["could", "may"]}]
    assert change["words"].startswith("whether ")
    assert (data["same"], data["claims"]["changed"]) == (False, 1)
    assert data["other statements"] == {"only in old": 0, "only in new": 0}
    (added,) = differences([], [claim("x")]).to_dict()["changes"]
    assert added == {"what": "claim", "name": "a-2020/x", "change": "added", "fields": [
        {"field": "rdf:type", "old": None, "new": "Claim"}]}  # fmt: skip


def test_a_record_against_itself_with_another_key_is_another_study() -> None:
    differ = differences(usual(), quads(changed("key", "other-2020")))
    assert {c.change for c in differ.changes if c.what == "claim"} == {"added", "removed"}
    assert differ.compared == 10
