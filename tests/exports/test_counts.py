"""The expected counts are those of the data, whoever counts, and a wrong one is seen."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph
import pytest
import rdflib
from pyoxigraph import NamedNode

from exports.releases import DUMPS, small_quads, small_release
from exports.tallies import by_pyoxigraph, by_rdflib, loaded, mismatches
from studyclaims.exports.counts import counted, counts_text, expected_counts
from studyclaims.exports.items import Item
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.terms import SC, compress

if TYPE_CHECKING:
    from exports.tallies import Answers

    Count = dict[str, Any]

READERS: Final = {"pyoxigraph": by_pyoxigraph, "rdflib": by_rdflib}


every_reader = pytest.mark.parametrize(
    "reader", ["pyoxigraph", pytest.param("rdflib", marks=pytest.mark.slow)]
)


@cache
def counts() -> list[Count]:
    found: list[Count] = json.loads(small_release()["expected-counts.json"])["counts"]
    return found


def rows(name: str) -> dict[str, int]:
    """Return the expected rows of a count: the values of a row, shortened, and the number."""
    (found,) = (count["expected"] for count in counts() if count["name"] == name)
    return {
        " ".join(compress(v) for k, v in row.items() if k != "count"): row["count"] for row in found
    }


def test_the_counts_of_the_small_study_are_these() -> None:
    assert rows("studies") == {"": 1}
    assert rows("claims") == {"": 5}
    assert rows("claims by stance and certainty") == {
        "sc:noEffect sc:asserted": 1,
        "sc:refutes sc:asserted": 1,
        "sc:supports sc:asserted": 2,
        "sc:supports sc:suggested": 1,
    }
    assert rows("claims of secondary sources") == {"": 1}
    assert rows("claims by status of their record") == {"sc:checked": 5}
    assert rows("claims by direct predicate") == {
        "biolink:associated_with": 1,
        "biolink:causes": 1,
        "sc:mayCause": 1,
        "sc:noAssociationFoundWith": 1,
    }
    assert rows("direct triples by predicate") == rows("claims by direct predicate")


def test_triples_and_quads_are_those_of_the_dataset() -> None:
    held = small_quads()
    triples = {quad.triple for quad in held}
    predicates = Counter(compress(triple.predicate.value) for triple in triples)
    graphs = Counter(q.graph_name.value for q in held if isinstance(q.graph_name, NamedNode))
    assert rows("triples") == rows("distinct triples of all graphs") == {"": len(triples)}
    assert rows("triples by predicate") == dict(predicates)
    assert rows("quads") == {"": len(held)}
    assert rows("quads by graph") == {compress(name): n for name, n in graphs.items()}
    assert len(triples) < len(held)


def test_a_claim_that_two_graphs_hold_counts_once() -> None:
    more = [
        pyoxigraph.Quad(q.subject, q.predicate, q.object, NamedNode(f"{SC}twice"))
        for q in small_quads()
    ]
    found = expected_counts(EmbeddedStore([*small_quads(), *more]))
    for count in counts():
        name = count["name"]
        more_found = counted(found, name) > counted(counts(), name)
        assert more_found == (name in {"quads", "quads by graph"}), name


def test_rows_are_sorted_so_that_the_file_is_the_same() -> None:
    again = expected_counts(EmbeddedStore(sorted(small_quads(), key=str, reverse=True)))
    assert again == counts()
    assert list(rows("triples by predicate")) == [
        compress(name)
        for name in sorted(
            row["predicate"]
            for row in next(c for c in counts() if c["name"] == "triples by predicate")["expected"]
        )
    ]


@cache
def answers(reader: str) -> dict[str, Answers]:
    """Return what a reader answers with, the files of the small release loaded."""
    return loaded(READERS[reader], {s: small_release()[path] for s, (path, _) in DUMPS.items()})


@every_reader
def test_who_loads_the_files_finds_them_all(reader: str) -> None:
    assert mismatches(answers(reader), counts()) == []


@every_reader
@pytest.mark.parametrize("name", ["claims", "quads by graph"])
def test_a_count_that_is_off_is_seen(name: str, reader: str) -> None:
    (count,) = (count for count in counts() if count["name"] == name)
    wrong: Count = json.loads(json.dumps(count))
    wrong["expected"][-1]["count"] += 1
    assert mismatches(answers(reader), [wrong]) == [name]
    wrong["expected"].pop()
    assert mismatches(answers(reader), [wrong]) == [name]


@pytest.mark.slow
def test_the_quads_answer_for_the_union_too_where_an_engine_makes_one() -> None:
    whole = rdflib.Dataset(default_union=True)
    asked = by_rdflib(small_release()[DUMPS["graphs"][0]], "graphs", whole)
    assert mismatches({"union": asked, "graphs": asked}, counts()) == []


def test_the_file_says_what_to_ask_which_file_and_what_is_packed_in_it() -> None:
    whole = json.loads(small_release()["expected-counts.json"])
    assert whole["files"] == {scope: path for scope, (path, _) in DUMPS.items()}
    assert {count["scope"] for count in counts()} == set(DUMPS)
    assert sorted(whole["sha256_unpacked"]) == sorted(path for path, _ in DUMPS.values())


def test_a_file_that_is_not_packed_is_not_named() -> None:
    whole = json.loads(counts_text([], [Item("claims.csv", b"", "", ())]))
    assert whole == {"files": {}, "sha256_unpacked": {}, "counts": [], "questions": []}


def test_each_question_is_listed_with_the_rows_of_its_answer() -> None:
    answers = {
        "queries/ask-this.rq": b"SELECT",
        "queries/answers/ask-this.csv": b'a,b\n1,"two\nlines"\n,x\n',
        "queries/answers/gone.csv": b"a\n1\n",
        "queries/open.rq": b"SELECT",
        "ask-this.rq": b"",
        "queries/ask-this": b"",
    }
    whole = json.loads(counts_text([], [Item(p, data, "", ()) for p, data in answers.items()]))
    name = "ask-this"
    files = {"file": f"queries/{name}.rq", "answer": f"queries/answers/{name}.csv"}
    assert whole["questions"] == [{"name": name, **files, "rows": 2}]


def test_every_question_of_a_release_is_listed() -> None:
    files = small_release()
    listed = json.loads(files["expected-counts.json"])["questions"]
    assert {one["file"] for one in listed} == {path for path in files if path.endswith(".rq")}
    assert all(one["rows"] > 0 for one in listed)
