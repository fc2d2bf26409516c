"""Files that are not all tables of KGX: mapping sets among them, and nanopublications of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Quad, RdfFormat, parse, serialize

from exports.exchanges import small_quads
from samples import index
from studyclaims.errors import StoreError
from studyclaims.exports.nanopubs import nanopubs
from studyclaims.merging.engine import engine
from studyclaims.merging.graphlines import LINKED
from studyclaims.merging.merge import merge
from studyclaims.merging.readers import read
from studyclaims.outside import canonical

if TYPE_CHECKING:
    from pathlib import Path

SKOS = "http://www.w3.org/2004/02/skos/core#"
HEAD = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tcomment\n"
MAPPINGS = (
    "DOID:1\tskos:exactMatch\t\tMONDO:1\t\n"
    "DOID:2\tskos:closeMatch\t\tMONDO:2\tnear\n"
    "DOID:3\tskos:broadMatch\t\tMONDO:3\t\n"
    "DOID:4\tskos:exactMatch\tNot\tMONDO:4\t\n"
    "DOID:5\tskos:narrowMatch\tNot\tMONDO:5\t\n"
    "DOID:6\tskos:exactMatch\t\tsssom:NoTermFound\t\n"
    "DOID:7\tskos:exactMatch\t\t\t\n"
)


def statements(out: Path) -> list[tuple[Any, ...]]:
    text = "select s, p, o, more, merged_from from read_parquet(@rows) order by all"
    with engine(out / "spill") as db:
        return db.rows(text, rows=f"'{out}/statements/*.parquet'")


@pytest.mark.parametrize("rewrite", [False, True])
def test_mappings_that_are_no_exact_matches_are_statements(rewrite: bool, tmp_path: Path) -> None:
    (tmp_path / "m.sssom.tsv").write_text(HEAD + MAPPINGS)
    (tmp_path / "a.ttl").write_text("<http://x/a> <http://x/b> <http://x/c> .")
    report = merge(
        [tmp_path / "a.ttl", tmp_path / "m.sssom.tsv"], tmp_path / "out", rewrite=rewrite
    )
    rows = statements(tmp_path / "out")
    assert [row[1] for row in rows if row[4].startswith("m ")] == [
        "skos:closeMatch",
        "skos:broadMatch",
        "not:skos:exactMatch",
        "not:skos:narrowMatch",
        "not:skos:exactMatch",
    ]
    assert json.loads(rows[0][3]) == {"comment": "near"}
    assert rows[0][4] == "m 3"
    # Nothing that is denied, or says that there is no match, is a triple.
    text = (tmp_path / "out" / "graph.nq").read_text()
    triples = [it for it in text.splitlines() if SKOS in it and LINKED not in it]
    plain = [it for it in triples if "graph/merge/canonical" not in it]
    assert sorted(it.partition(" ")[2].partition(">")[0] for it in plain) == [
        f"<{SKOS}broadMatch",
        f"<{SKOS}closeMatch",
    ]
    assert "NoTermFound" not in text
    assert "MONDO_4" not in text
    assert report.denied == 3
    assert [(it.kind, *it.to_dict().values()) for it in report.totals] == [
        ("statements", 6, 6, 0, 0),
        ("mappings", 2, 1, 0, 1),
    ]
    told = [it.to_dict() for it in report.inputs if it.kind == "mappings"]
    assert [(it["rows"], it["quarantined"]) for it in told] == [(7, 1)]


def test_a_mapping_set_alone_is_nothing_to_merge_with_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "m.sssom.tsv").write_text(HEAD + MAPPINGS)
    (tmp_path / "a.ttl").write_text("<x:a> <x:b")
    with pytest.raises(Exception, match=r"a\.ttl"):
        merge([tmp_path / "a.ttl", tmp_path / "m.sssom.tsv"], tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("rewrite", [False, True])
def test_nanopublications_of_ours_pass_unchanged(rewrite: bool, tmp_path: Path) -> None:
    made = nanopubs(small_quads(), index())
    (tmp_path / "np.trig").write_bytes(
        serialize((q for it in made for q in it.quads), format=RdfFormat.TRIG) or b""
    )
    it = read(tmp_path / "np.trig", "np")
    assert sum(1 for _ in it.rows()) == it.counts["in"] == sum(len(one.quads) for one in made)
    assert it.quarantine == []
    assert {f"<{name}>" for name in it.frozen} == {
        str(q.graph_name) for one in made for q in one.quads
    }
    # All that a claim of ours names is linked to something else; no nanopublication changes by it.
    names = {str(q.object)[1:-1] for one in made for q in one.quads if "/obo/" in str(q.object)}
    rows = [f"{name}\tskos:exactMatch\t\tzz:{n}\t\n" for n, name in enumerate(sorted(names))]
    assert rows
    (tmp_path / "m.sssom.tsv").write_text(HEAD + "".join(rows))
    merge([tmp_path / "np.trig", tmp_path / "m.sssom.tsv"], tmp_path / "out", rewrite=rewrite)
    data = (tmp_path / "out" / "graph.nq").read_bytes()
    found = [q for q in parse(data, format=RdfFormat.N_QUADS) if "graph/merge" not in str(q)]
    given = [quad for one in made for quad in one.quads]

    def texts(quads: list[Quad]) -> set[str]:
        return set(map(str, canonical(quads, "np")))

    assert texts(found) == texts(given)


SAME = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
ENDS = "http://purl.obolibrary.org/obo/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL = "http://www.w3.org/2002/07/owl#"


@pytest.mark.parametrize(
    ("denial", "linked"),
    [
        ("", 1),
        (f"<{ENDS}MONDO_1> <{OWL}differentFrom> <{ENDS}DOID_2> .\n", 0),
        (
            f"_:n <{OWL}sourceIndividual> <{ENDS}MONDO_1> .\n"
            f"_:n <{OWL}assertionProperty> {SAME} .\n"
            f"_:n <{OWL}targetIndividual> <{ENDS}DOID_2> .\n"
            f"_:n <{RDF}type> <{OWL}NegativePropertyAssertion> .\n",
            0,
        ),
    ],
    ids=["none", "different", "negative assertion"],
)
def test_lines_that_deny_a_match_refuse_it(denial: str, linked: int, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(f"<{ENDS}MONDO_1> {SAME} <{ENDS}DOID_2> .\n{denial}")
    assert merge([tmp_path / "a.nt"], tmp_path / "out").linked == linked


def test_files_that_are_called_nodes_and_edges_are_read(tmp_path: Path) -> None:
    row = '{"subject": "X:1", "predicate": "biolink:causes", "object": "Y:2"}\n'
    (tmp_path / "edges.jsonl").write_text(row)
    (total,) = merge([tmp_path / "edges.jsonl"], tmp_path / "out").totals
    assert total.merged == 1


def test_files_of_lines_that_say_nothing_are_nothing_to_merge(tmp_path: Path) -> None:
    empty, said, full = tmp_path / "a.nt", tmp_path / "b.nq", tmp_path / "c.nt"
    empty.touch()
    said.write_text("# nothing\n\n")
    full.write_text("<x:a> <x:b> <x:c> .\n")
    with pytest.raises(StoreError, match=r"^the files hold nothing to merge$"):
        merge([empty, said], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    report = merge([empty, said, full], tmp_path / "out")
    assert [it.to_dict()["rows"] for it in report.inputs] == [0, 0, 1]
