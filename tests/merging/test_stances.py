"""Opposite stances in a merge: who meets whom, in each way that a merge can go.

A merge takes a tenth of a second, so the cases stand in few of them, each with ids of its own.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Final

import pytest

from studyclaims.exports.sheets import cleaned, guarded
from studyclaims.identifiers import digest
from studyclaims.merging.merge import merge
from studyclaims.merging.stances import FILE, NARROWER
from studyclaims.merging.stances import LIKE as LIKENED
from studyclaims.paths import terms_dir
from studyclaims.predicates import RELATIONS
from studyclaims.terms import BASE, SC, expand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from studyclaims.merging.report import Report

DENY: Final = ("id", "subject", "predicate", "object", "negated")
OURS: Final = (*DENY, "sc_proposition", "sc_stance", "sc_certainty", "sc_link", "sc_source")
QUALIFIED: Final = (*DENY, "object_direction_qualifier", "species_context_qualifier")
BIOLINK: Final = "https://w3id.org/biolink/vocab/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
PURL: Final = "http://purl.obolibrary.org/obo/HP_"
ENDS: Final = ("subject", "predicate", "object")


def table(path: Path, *rows: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


def text(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def listed(
    folder: Path, *paths: Path, rewrite: bool = False, threads: int = 1
) -> tuple[list[dict[str, str]], Report]:
    """Return the rows that a merge lists, and its report."""
    report = merge(paths, folder / "out", rewrite=rewrite, threads=threads)
    file = folder / "out" / FILE
    if not file.exists():
        return [], report
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t")), report


def voices(rows: list[dict[str, str]], key: str) -> list[tuple[str, str, str]]:
    """Return who says what of one thing."""
    return [(it["stance"], it["source"], it["record"]) for it in rows if it["key"] == key]


def keys(rows: list[dict[str, str]]) -> list[str]:
    return sorted({row["key"] for row in rows})


def ours(
    stance: str, name: str, key: str, link: str = "relCause", ends: tuple[str, str] = ("x:1", "x:2")
) -> tuple[str, ...]:
    """Return a claim of ours as a row of KGX's other edges."""
    said = (name, ends[0], "biolink:related_to", ends[1])
    negated = "true" if stance in {"refutes", "noEffect"} else ""
    told = (f"{BASE}proposition/{key}", f"sc:{stance}", "sc:asserted", f"sc:{link}", "doi:10.1/a")
    return (*said, negated, *told)


def claim(
    stance: str,
    name: str,
    said: str,
    proposition: str = "",
    ends: tuple[str, str] = ("x:1", "x:2"),
) -> list[str]:
    """Return a claim of ours as lines of N-Triples: four of it, and five of its proposition."""
    it = f"<x:claim/{name}>"
    about = proposition or f"{BASE}proposition/{digest(said)}"
    return [
        f"{it} <{SC}proposition> <{about}> .",
        f"{it} <{SC}stance> <{SC}{stance}> .",
        f"{it} <{SC}certainty> <{SC}suggested> .",
        f"{it} <{SC}source> <https://doi.org/10.1/{name}> .",
        f'<{about}> <{SC}keyText> "{said}" .',
        f'<{about}> <{expand("rdfs:label")}> "whether \\"{said}\\"" .',
        f"<{about}> <{SC}about> <{ends[0]}> .",
        f"<{about}> <{SC}link> <{SC}relCause> .",
        f"<{about}> <{SC}outcomeEntity> <{ends[1]}> .",
    ]


def told(name: str, parts: Sequence[str], *values: str) -> list[str]:
    """Return a statement that is told of, not said, as lines of N-Triples."""
    return [f"<x:{name}> <{p}> <{value}> ." for p, value in zip(parts, values, strict=True)]


def test_who_denies_what_another_states_stands_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "a@b 'c'"
    header = (*DENY, "publications", "primary_knowledge_source", "frequency_qualifier")
    one = table(
        folder / "a_edges.tsv",
        header,
        ("e1", "HP:1", "biolink:causes", "HP:2", "", "PMID:1", "infores:a", "often"),
        ("e2", "HP:1", "biolink:causes", "HP:3", "True", "", "", ""),
        ("e3", "HP:1", "biolink:treats", "HP:2", "", "", "", ""),
    )
    two = table(
        folder / "b_edges.tsv",
        header,
        ("e1", "HP:1", "biolink:causes", "HP:2", "true", "PMID:2", "", ""),
        ("e4", "HP:4", "biolink:causes", "HP:2", "false", "", "", ""),
    )
    names = table(folder / "a_nodes.tsv", ("id", "name"), ("HP:1", "one"))
    rows, report = listed(folder, one, two, names)
    key = "HP:1 biolink:causes HP:2"
    assert voices(rows, key) == [("denies", "b", "e1"), ("states", "a", "e1")]
    assert rows[1:] == [
        {
            "key": key,
            "said": "one biolink:causes HP:2",
            "stance": "states",
            "certainty": "",
            "source": "a",
            "record": "e1",
            "publication": "PMID:1",
            "knowledge_source": "infores:a",
            "subject": "HP:1",
            "predicate": "biolink:causes",
            "object": "HP:2",
            "qualifiers": "frequency_qualifier=often",
        }
    ]
    assert "\nopposed: 1 things, with all voices in stances.tsv" in f"{report}"
    data = json.loads((folder / "out" / "merge.json").read_text())
    assert data["opposed"] == report.opposed == 1
    assert data["files"][FILE] == (folder / "out" / FILE).stat().st_size
    assert len((folder / "out" / "edges.tsv").read_text().splitlines()) == 6


def test_where_nobody_denies_nothing_is_written(tmp_path: Path) -> None:
    one = table(tmp_path / "a_edges.tsv", DENY, ("e1", "x:1", "p", "x:2", "false"))
    two = table(tmp_path / "b_edges.tsv", DENY, ("e2", "x:1", "p", "x:2", ""))
    rows, report = listed(tmp_path, one, two)
    assert (rows, report.opposed) == ([], 0)
    assert "opposed" not in f"{report}"


LIKE: Final = {
    "no-contribution": ("noEffect", "relCause", "1 biolink:contributes_to 2", True),
    "no-iri": ("noEffect", "relCause", f"1 {BIOLINK}causes 2", True),
    "no-order": ("noEffect", "relPrecede", "1 biolink:precedes 2", True),
    "no-treatment": ("refutes", "relPrevent", "1 biolink:treats 2", True),
    "vague": ("noEffect", "relCause", "1 biolink:related_to 2", False),
    "vague-no": ("supports", "relCause", "1 biolink:related_to 2 true", False),
    "unlike": ("refutes", "relPrevent", "1 biolink:causes 2", False),
    "turned": ("noEffect", "relCause", "2 biolink:causes 1", False),
    "both-deny": ("noEffect", "relCause", "1 biolink:causes 2 true", False),
    "other-denies": ("supports", "relCause", "1 biolink:causes 2 true", True),
    "both-state": ("supports", "relCause", "1 biolink:causes 2", False),
    "undecided": ("inconclusive", "relCause", "1 biolink:causes 2 true", False),
    "either-way": ("noEffect", "relAssociate", "2 biolink:correlated_with 1", True),
    "narrower": ("refutes", "relAssociate", "1 biolink:positively_correlated_with 2", True),
    "denies-more": (
        "supports",
        "relAssociate",
        "1 biolink:positively_correlated_with 2 true",
        False,
    ),
    "not-that-way": ("supports", "relCause", "1 biolink:causes 2 true down", False),
}
"""What a claim of ours says, what another source says, and whether the two are opposed."""

REACH: Final = {"d1": ("up", "down"), "d2": ("up", "up"), "d3": ("up", ""), "d4": ("", "up")}
"""How a statement and a denial of it are qualified."""


def test_only_what_is_opposed_is_listed(tmp_path: Path) -> None:
    own = [ours(s, n, n, r, (f"{n}:1", f"{n}:2")) for n, (s, r, _, _) in LIKE.items()]
    other = []
    for name, (_, _, said, _) in LIKE.items():
        subject, predicate, object_, *rest = said.split(" ")
        ends = (f"{name}:{subject}", predicate, f"{name}:{object_}")
        other.append((name, *ends, *[*rest, "", ""][:2], "x:species"))
    for name, (stated, denied) in REACH.items():
        other += [("e", f"{name}:1", "p", f"{name}:2", "", stated, "x:species")]
        other += [("f", f"{name}:1", "p", f"{name}:2", "true", denied, "")]
    other.append(("g", "d2:1", "p", "d2:2", "", "sideways", ""))
    rows, report = listed(
        tmp_path,
        table(tmp_path / "own_edges.tsv", OURS, *own),
        table(tmp_path / "b_edges.tsv", QUALIFIED, *other),
    )
    expected = [name for name, case in LIKE.items() if case[3]]
    reached = ["d2:1 p d2:2 object_direction_qualifier=up", "d3:1 p d3:2"]
    assert keys(rows) == sorted([*expected, *reached])
    assert len(rows) == 2 * len(keys(rows))
    assert report.opposed == len(keys(rows))
    assert {row["predicate"] for row in rows if row["key"] == "no-iri"} == {
        "biolink:causes",
        "sc:relCause",
    }


def test_like_predicates_are_those_of_biolink_and_of_our_relations() -> None:
    slots = (terms_dir() / "biolink.ttl").read_text(encoding="utf-8")
    names = {name for likened in (LIKENED, NARROWER) for it in likened.values() for name in it}
    own = {name for name in names if name.startswith("biolink:")}
    assert [it for it in sorted(own) if f"\n{it} a owl:ObjectProperty" not in slots] == []
    assert {*LIKENED, *NARROWER} <= {it.curie.removeprefix("sc:") for it in RELATIONS.values()}
    # What an asserted claim of ours writes says what our relation does.
    written = {it.curie.removeprefix("sc:"): it.asserted for it in RELATIONS.values()}
    assert {rel for rel, p in written.items() if p.startswith("biolink:")} <= LIKENED.keys()
    assert all(p in LIKENED[rel] for rel, p in written.items() if p.startswith("biolink:"))


def test_our_claims_group_by_proposition(tmp_path: Path) -> None:
    """A claim that is no edge is a node; one that comes from two files is one voice."""
    ends = ("sc_about", "sc_outcomeEntity", "sc_link", "category")
    header = ("id", "sc_proposition", "sc_stance", *ends)
    said = (f"{BASE}proposition/node", "sc:supports", "x:1", "x:2", "sc:relDescribe", "c")
    nodes = table(tmp_path / "a_nodes.tsv", header, ("x:n", *said), ("x:1", *[""] * 5, "c"))
    both = ours("supports", "c1", "k")
    one = table(
        tmp_path / "a_edges.tsv",
        OURS,
        both,
        ours("supports", "c2", "other"),
        ours("inconclusive", "c3", "mute"),
        ours("noEffect", "c4", "mute"),
        ours("noEffect", "c5", "null"),
        ours("supports", "c6", "null"),
    )
    two = table(
        tmp_path / "b_edges.tsv",
        OURS,
        both,
        ours("refutes", "d1", "k"),
        ours("inconclusive", "d2", "k"),
        ours("refutes", "d3", "node", "relDescribe"),
    )
    rows, report = listed(tmp_path, nodes, one, two)
    grouped = {
        "k": [("inconclusive", "b", "d2"), ("refutes", "b", "d1"), ("supports", "a|b", "c1")],
        "node": [("refutes", "b", "d3"), ("supports", "a", "x:n")],
        "null": [("noEffect", "a", "c5"), ("supports", "a", "c6")],
    }
    assert {key: voices(rows, key) for key in keys(rows)} == grouped
    assert report.opposed == 3
    assert (rows[0]["certainty"], rows[0]["publication"]) == ("asserted", "doi:10.1/a")
    # The same tables by way of the statement table, beside a graph.
    mixed, _ = listed(tmp_path, nodes, one, two, text(tmp_path / "g.ttl", "<x:a> <x:b> <x:c> ."))
    assert {
        key: [(stance, record) for stance, _, record in voices(mixed, key)] for key in keys(mixed)
    } == {key: [(stance, record) for stance, _, record in it] for key, it in grouped.items()}
    assert [row["predicate"] for row in mixed if row["record"] == "x:n"] == ["sc:relDescribe"]


@pytest.mark.parametrize("rewrite", [False, True])
def test_ids_meet_by_what_is_canonical(rewrite: bool, tmp_path: Path) -> None:
    causes = "biolink:causes"
    own = ours("noEffect", "o", "k", ends=("MSH:D1", "mesh:D3"))
    paths = (
        table(tmp_path / "a_edges.tsv", DENY, ("e1", "MSH:D1", causes, "HP:2", "")),
        table(tmp_path / "b_edges.tsv", DENY, ("e2", "mesh:D1", causes, "HP:2", "1")),
        table(tmp_path / "c_edges.tsv", DENY, ("e3", "mesh:D1", causes, "MSH:D3", "")),
        table(tmp_path / "own_edges.tsv", OURS, own),
    )
    rows, _ = listed(tmp_path, *paths, rewrite=rewrite)
    assert {key: voices(rows, key) for key in keys(rows)} == {
        "MESH:D1 biolink:causes HP:2": [("denies", "b", "e2"), ("states", "a", "e1")],
        "k": [("noEffect", "own", "o"), ("states", "c", "e3")],
    }
    assert {row["object"] for row in rows} == {"HP:2", "MESH:D3"}


@pytest.mark.parametrize("form", ["nt", "ttl", pytest.param("trig", marks=pytest.mark.slow)])
def test_graphs_meet_by_key_text_and_tell_of_denials(form: str, tmp_path: Path) -> None:
    """The same of lines as they are and of the statement table."""
    rdf = [expand(f"rdf:{name}") for name in ENDS]
    owl = [f"{OWL}sourceIndividual", f"{OWL}assertionProperty", f"{OWL}targetIndividual"]
    causes = f"{BIOLINK}causes"
    negated = f'<x:%s> <{BIOLINK}negated> "%s" .'
    one = [
        *claim("supports", "apart1", "apart"),
        *claim("supports", "edited1", "first", "x:edited"),
        *claim("refutes", "lost1", "lost", "https://fork.example/proposition/zz"),
        # What a claim writes is no voice beside it, in its own graph.
        *claim("supports", "own1", "own", ends=("x:3", "x:4")),
        *claim("noEffect", "own2", "own", ends=("x:3", "x:4")),
        *told("claim/own1", rdf, "x:3", causes, "x:4"),
        f"<x:3> <{causes}> <x:4> .",
        *told("owl", owl, "x:5", causes, "x:6"),
        f"<x:5> <{causes}> <x:6> .",
        *told("negated", rdf, "x:7", causes, "x:8"),
        negated % ("negated", "true"),
        *told("plain", rdf, "x:9", causes, "x:10"),
        negated % ("plain", "false"),
        *told("mute", rdf, "x:11", causes, "x:12"),
    ]
    two = [
        *claim("noEffect", "apart2", "apart", "https://fork.example/proposition/zy"),
        *claim("refutes", "edited2", "second", "x:edited"),
        *claim("supports", "lost2", "lost")[:4],
        *(f"<x:{n}> <{causes}> <x:{n + 1}> ." for n in (3, 5, 7, 9, 11)),
    ]
    three = claim("inconclusive", "lost3", "lost")
    files = {"one": one, "two": two, "three": three}
    paths = [text(tmp_path / f"{name}.{form}", *lines) for name, lines in files.items()]
    rows, report = listed(tmp_path, *paths)
    of = ("stance", "subject", "source")
    plain = {
        n: next(r["record"] for r in rows if [r[it] for it in of] == ["states", f"x:{n}", "two"])
        for n in (3, 5, 7)
    }
    stated = [r for r in rows if [r[it] for it in of] == ["states", "x:5", "one"]]
    beside = stated[0]["record"]
    apart, lost, own = map(digest, ("apart", "lost", "own"))
    assert {key: voices(rows, key) for key in keys(rows)} == {
        apart: [("noEffect", "two", "x:claim/apart2"), ("supports", "one", "x:claim/apart1")],
        lost: [
            ("inconclusive", "three", "x:claim/lost3"),
            ("refutes", "one", "x:claim/lost1"),
            ("supports", "two", "x:claim/lost2"),
        ],
        own: [
            ("noEffect", "one", "x:claim/own2"),
            ("states", "two", plain[3]),
            ("supports", "one", "x:claim/own1"),
        ],
        f"x:5 {causes} x:6": [
            ("denies", "one", "x:owl"),
            # Its own triple beside it is a yes.
            ("states", "one", beside),
            ("states", "two", plain[5]),
        ],
        f"x:7 {causes} x:8": [("denies", "one", "x:negated"), ("states", "two", plain[7])],
    }
    first = next(row for row in rows if row["key"] == apart)
    assert first["said"] == 'whether "apart"'
    assert (first["certainty"], first["publication"]) == (
        "suggested",
        "https://doi.org/10.1/apart2",
    )
    assert (first["subject"], first["predicate"], first["object"]) == ("x:1", "sc:relCause", "x:2")
    assert report.opposed == 5
    if form == "trig":
        again, _ = listed(tmp_path, *reversed(paths), threads=2)
        assert again == rows


def test_two_key_texts_under_one_name_are_two_things(tmp_path: Path) -> None:
    """A claim of which nobody says which of the two it means stands with neither."""
    said = [
        *claim("supports", "a", "first", "x:edited"),
        *claim("refutes", "b", "first", "x:edited")[:4],
    ]
    other = [it.replace("first", "second").replace("claim/", "claim/other-") for it in said]
    rows, report = listed(
        tmp_path,
        text(tmp_path / "one.nq", *said, "<x:a> <x:b> <x:c> <x:g> ."),
        text(tmp_path / "two.nt", *other),
        text(tmp_path / "three.nt", *claim("supports", "c", "", "x:edited")[:4]),
    )
    assert [(row["key"], row["source"]) for row in rows] == [
        *[("first", "one")] * 2,
        *[("second", "two")] * 2,
    ]
    assert report.opposed == 2


@pytest.mark.parametrize("form", ["nt", "ttl"])
def test_owl_denies_a_text_too_and_an_axiom_may_be_annotated(form: str, tmp_path: Path) -> None:
    owl = [f"{OWL}sourceIndividual", f"{OWL}assertionProperty"]
    axiom = [f"{OWL}annotated{part}" for part in ("Source", "Property", "Target")]
    says = (f"<{it}> <{at}>" for it, at in zip(["x:d"] * 2, owl, strict=True))
    one = [
        *(f"{it} <{end}> ." for it, end in zip(says, ("x:1", "x:p"), strict=True)),
        f'<x:d> <{OWL}targetValue> "v\\n" .',
        *told("axiom", axiom, "x:2", "x:p", "x:3"),
        f'<x:axiom> <{BIOLINK}negated> "Y" .',
        "<x:2> <x:p> <x:3> .",
    ]
    two = ['<x:1> <x:p> "v\\n" .', "<x:2> <x:p> <x:3> .", '<x:1> <x:p> "w" .']
    paths = (text(tmp_path / f"one.{form}", *one), text(tmp_path / f"two.{form}", *two))
    rows, _ = listed(tmp_path, *paths)
    assert [(row["stance"], row["source"], row["subject"]) for row in rows] == [
        ("denies", "one", "x:1"),
        ("states", "two", "x:1"),
        ("denies", "one", "x:2"),
        ("states", "two", "x:2"),
    ]


def test_a_no_is_read_alike_however_it_is_written(tmp_path: Path) -> None:
    """In tables of KGX, where no row is set aside for it, what is no yes is a no."""
    words = ("Yes", " y ", "1.0", "ON", "perhaps", "false", "0.0", "No ", "")
    edges = [(f"d{n}", f"x:{n}", "biolink:causes", "x:0", it) for n, it in enumerate(words, 1)]
    stated = [(f"s{n}", f"x:{n}", "biolink:causes", "x:0", "") for n in range(1, len(words) + 1)]
    rows, _ = listed(
        tmp_path,
        table(tmp_path / "a_edges.tsv", DENY, *edges),
        table(tmp_path / "b_edges.tsv", DENY, *stated),
    )
    denied = [row["subject"] for row in rows if row["stance"] == "denies"]
    assert denied == ["x:1", "x:2", "x:3", "x:4", "x:5"]


def test_tables_meet_graphs(tmp_path: Path) -> None:
    """A table's ids are CURIEs, a graph's are IRIs."""
    ends = (f"{PURL}1", f"{PURL}2")
    edge = ("HP:1", "biolink:causes", "HP:2")
    own = ours("noEffect", "t", digest("k"), ends=("HP:1", "HP:2"))
    alone = ours("supports", "u", "z", ends=("HP:3", "HP:4"))
    header = (*DENY, "publications", "object_aspect_qualifier")
    rows, report = listed(
        tmp_path,
        table(tmp_path / "own_edges.tsv", OURS, own, alone),
        table(
            tmp_path / "b_edges.tsv",
            header,
            ("e1", *edge, "true", "PMID:1|PMID:2", ""),
            ("e2", *edge, "", "", "activity"),
            # A row of ours says only in its own columns what it means.
            ("e3", "HP:1", "biolink:related_to", "HP:2", "", "", ""),
            ("e4", "HP:3", "biolink:related_to", "HP:4", "true", "", ""),
        ),
        text(tmp_path / "c.ttl", *claim("supports", "c", "k", ends=ends)),
    )
    said = [("denies", "b_edges", "e1"), ("states", "b_edges", "e2")]
    claims = [("noEffect", "own_edges", "t"), ("supports", "c", "x:claim/c")]
    assert {key: voices(rows, key) for key in keys(rows)} == {
        digest("k"): sorted([*said, *claims]),
        f"{ends[0]} {BIOLINK}causes {ends[1]}": said,
    }
    assert [row["publication"] for row in rows[:1]] == ["PMID:1|PMID:2"]
    found = {row["qualifiers"] for row in rows if row["record"] == "e2"}
    assert found == {"object_aspect_qualifier=activity"}
    # They are in the outputs as they would be without the list.
    assert report.denied == 4


@pytest.mark.slow
def test_a_stance_counts_where_the_column_of_denials_is_gone(tmp_path: Path) -> None:
    rows = [
        [cell for at, cell in enumerate(row) if at != 4]
        for row in (OURS, ours("supports", "a", "k"), ours("noEffect", "b", "k"))
    ]
    graph = text(tmp_path / "g.ttl", "<x:a> <x:b> <x:c> .")
    found, _ = listed(tmp_path, table(tmp_path / "own_edges.tsv", *rows), graph)
    assert [row["stance"] for row in found] == ["noEffect", "supports"]


def test_the_table_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    texts = ["=cmd()", "+x", " -x", "@x", "\uff1dx", "'x", 'a"b', "a\x85b", "a\u202eb\x01", "plain"]
    header = (*DENY, "publications")
    rows = [(f"e{at}", "x:1", "p", "x:2", "", it) for at, it in enumerate(texts)]
    one = table(tmp_path / "a_edges.tsv", header, *rows, ("no", "x:1", "p", "x:2", "true", ""))
    found = {row["record"]: row["publication"] for row in listed(tmp_path, one)[0]}
    assert [found[f"e{at}"] for at in range(len(texts))] == [guarded(cleaned(it)) for it in texts]
