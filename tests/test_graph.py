"""The Python surface: what `studyclaims` offers, and how much of it an import costs."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad

import studyclaims
from samples import KEY, SMALL, index, quads, record
from studyclaims.build import study_text
from studyclaims.errors import QueryError, RecordError, StoreError
from studyclaims.formats import serialize
from studyclaims.graph import Graph, load
from studyclaims.quads import study_quads
from studyclaims.queries import Rows, by_variable
from studyclaims.questions import questions
from studyclaims.release import TOOL
from studyclaims.showing.claimtable import claims_table
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from rdflib.term import Node

SCRIPTS: Final = Path(studyclaims.__path__[0]).parent
HEAVY: Final = ("rdflib", "pyoxigraph", "pyshacl", "owlready2", "SPARQLWrapper", "pydantic")
XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"


@cache
def graph() -> Graph:
    return Graph(quads())


def test_the_public_names_are_a_handful_and_all_there() -> None:
    assert studyclaims.__all__ == [
        "Graph",
        "Rows",
        "StudyclaimsError",
        "build_studies",
        "load",
        "read_record",
        "study_quads",
        "validate",
    ]
    for name in studyclaims.__all__:
        assert getattr(studyclaims, name).__doc__, f"{name} says not what it is"
        assert getattr(studyclaims, name).__module__.startswith("studyclaims.")


def test_another_name_is_missing_as_python_says_it() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        studyclaims.nope  # noqa: B018 - to look it up is the test


def child(code: str) -> list[str]:
    """Return the words that a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.split()


def loaded(code: str) -> set[str]:
    """Return which heavy modules are loaded once a fresh interpreter has run this."""
    return set(child(f"{code}\nimport sys\nprint(*(m for m in {HEAVY} if m in sys.modules))"))


def test_the_import_alone_loads_nothing_heavy() -> None:
    assert loaded("import studyclaims; studyclaims.__all__") == set()


def test_the_import_alone_reads_no_file() -> None:
    code = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import studyclaims
print(*(name for name in opened if not name.endswith((".py", ".pyc"))))
"""
    assert child(code) == []


def test_reading_a_record_loads_no_rdf_library() -> None:
    path = SCRIPTS.parent / "graph" / "studies" / "ausk-2017.yaml"
    code = f"import studyclaims, pathlib; studyclaims.read_record(pathlib.Path({str(path)!r}))"
    assert loaded(code) == {"pydantic"}


def test_asking_a_graph_loads_pyoxigraph_and_no_rdflib() -> None:
    assert loaded("import studyclaims; studyclaims.load().query('list-causes')").isdisjoint(
        {"rdflib", "pyshacl", "owlready2", "SPARQLWrapper"}
    )


@pytest.mark.parametrize(("suffix", "form"), [(".trig", "trig"), (".nq", "nq"), (".ttl", "ttl")])
def test_a_file_is_loaded_as_it_was_written(tmp_path: Path, suffix: str, form: str) -> None:
    path = tmp_path / f"small{suffix}"
    path.write_bytes(serialize(quads(), form, prefixes()))
    found = load(path)
    assert {q.triple for q in found.quads} == {q.triple for q in quads()}
    if form != "ttl":
        assert found.quads == quads()
    assert found.query("ASK { ?claim a sc:Claim }") is True


def test_a_built_study_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY}.trig"
    path.write_bytes(study_text(record(), index()))
    found = load(path)
    assert len(found) == len(quads()) > 100
    assert found.show(KEY).title == "Rest inflames bone marrow"


def test_a_record_is_loaded_as_it_would_be_built(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY}.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert load(path).quads == study_quads(record().study, index(), TOOL)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    upper = tmp_path / "SMALL.YAML"
    upper.write_text(SMALL, encoding="utf-8")
    with pytest.raises(RecordError, match="is not the file's name"):
        load(upper)


def test_a_record_that_cannot_be_built_says_so_with_all_its_findings(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY}.yaml"
    text = SMALL.replace("stance: refutes", "stance: denies").replace("tibia", "shin bone")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=re.escape(f"{path}:")) as caught:
        load(path)
    assert {finding.code for finding in caught.value.findings} >= {"R004"}


def test_terms_of_a_record_are_looked_up(tmp_path: Path) -> None:
    path = tmp_path / f"{KEY}.yaml"
    path.write_text(SMALL.replace("UBERON:0000979 tibia", "UBERON:0000979 shin"), encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        load(path)
    assert {finding.code for finding in caught.value.findings} == {"T003"}


def test_claims_are_rows_of_the_studies_that_are_named() -> None:
    rows = graph().claims()
    assert graph().claims(KEY) == rows == claims_table(graph().store)
    assert len(rows) == 5
    with pytest.raises(QueryError, match="no claim of a study 'other-2020'"):
        graph().claims(KEY, "other-2020")


def test_questions_are_those_that_a_query_takes_by_name() -> None:
    rows = graph().questions()
    assert rows.variables == ("name", "summary", "tags")
    listed = [(q.name, q.summary, ", ".join(q.tags)) for q in questions()]
    assert [tuple(row.values()) for row in rows] == listed


def test_a_path_may_be_text(tmp_path: Path) -> None:
    path = tmp_path / "a.nq"
    path.write_bytes(serialize(list(quads())[:1], "nq", {}))
    assert load(str(path)).quads == load(path).quads


def test_a_study_that_was_not_built_into_the_graph_is_told_from_one_that_is_unknown() -> None:
    for name in ("ausk-2017", "ausk-2017/title-inflammation"):
        with pytest.raises(QueryError, match="run: studyclaims build ausk-2017, or give --from"):
            graph().show(name)
    with pytest.raises(QueryError, match="write a study's key"):
        graph().show("no-such-study")
    with pytest.raises(QueryError, match="write a study's key"):
        load().show("ausk-2017/no-such-claim")


def test_two_files_are_loaded_together(tmp_path: Path) -> None:
    paths = [tmp_path / "a.nq", tmp_path / "b.nq"]
    for path, quad in zip(paths, list(quads())[:2], strict=True):
        path.write_bytes(serialize([quad], "nq", {}))
    assert load(*paths).quads == frozenset(list(quads())[:2])
    for path in paths:
        path.write_bytes(b"_:b0 <urn:a:p> <urn:a:o> .")
    assert len(load(*paths)) == 2
    assert len(load(*paths[:1])) == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.nq", "<https://ex.org/a> <https://ex.org/b>", "cannot be read as nq"),
        ("a.trig", "{", "cannot be read as trig"),
        ("a.owl", "", "found the suffix '.owl'; expected one of .trig, .nq, .ttl"),
        ("a", "", "found the suffix ''"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"none\.nq: cannot be read as nq"):
        load(tmp_path / "none.nq")
    with pytest.raises(StoreError, match=r"none\.yaml: cannot be read as a record: No such file"):
        load(tmp_path / "none.yaml")


def test_a_relative_iri_takes_no_folder_for_its_base(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<a> <b> <c> .", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be read"):
        load(path)


def test_a_query_is_a_name_a_file_or_a_text(tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text("ASK { ?s a sc:Study }", encoding="utf-8")
    assert graph().query("ASK { ?s a sc:Study }") is True
    assert graph().query(str(path)) is True
    assert isinstance(graph().query("list-causes"), Rows)
    with pytest.raises(QueryError):
        graph().query("no-such-question")


def test_a_query_binds_values() -> None:
    asked = "SELECT ?claim ?word { ?claim sc:cue ?word }"
    found = graph().query(asked, {"word": Literal("inflames")})
    assert isinstance(found, Rows)
    assert len(found) == 1


def test_quads_keep_the_spelling_that_the_store_may_change() -> None:
    spelled = {q.object.value for q in graph().quads if isinstance(q.object, Literal)}
    assert {"1.50", "P3D", "0.0"} & spelled == {"1.50", "P3D"}


def test_what_stands_in_two_graphs_comes_once() -> None:
    thing, label = NamedNode("https://ex.org/x"), NamedNode(f"{RDFS}label")
    names = [NamedNode(f"https://ex.org/g{n}") for n in (1, 2)]
    found = Graph(Quad(thing, label, Literal("one"), name) for name in names)
    assert len(found) == 2
    rows = found.query("SELECT ?text { ?x rdfs:label ?text }")
    assert isinstance(rows, Rows)
    assert by_variable(rows, "text") == [Literal("one")]
    counted = found.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert isinstance(counted, Rows)
    assert list(counted) == [{"n": 1}]
    assert len(found.to_rdflib()) == 1


RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"


def spelled(node: Node) -> tuple[str, ...]:
    """Return a node of rdflib as (kind, text, datatype, language)."""
    if isinstance(node, rdflib.Literal):
        language = (node.language or "").lower()
        datatype = "" if language else str(node.datatype or XSD_STRING)
        return "literal", str(node), datatype, language
    assert isinstance(node, rdflib.URIRef)
    return "iri", str(node)


def spelled_by_pyoxigraph(node: object) -> tuple[str, ...]:
    """Return a node of pyoxigraph as (kind, text, datatype, language)."""
    if isinstance(node, Literal):
        language = node.language or ""
        return "literal", node.value, "" if language else node.datatype.value, language
    assert isinstance(node, NamedNode)
    return "iri", node.value


def test_rdflib_gets_the_same_quads_in_the_same_spelling() -> None:
    odd = [
        Literal("01.50", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        Literal("TRUE", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean")),
        Literal("chat", language="fr"),
        Literal('"\n\t\\ \u2028'),
    ]
    thing, says = NamedNode("https://ex.org/x"), NamedNode("https://ex.org/says")
    name = NamedNode("https://ex.org/g")
    both = [*quads(), *(Quad(thing, says, value, name) for value in odd)]
    dataset = Graph(both).to_rdflib()
    found = {
        (*(spelled(node) for node in (s, p, o)), str(getattr(g, "identifier", g)))
        for s, p, o, g in dataset.quads()
    }
    expected = {
        (
            *(spelled_by_pyoxigraph(node) for node in (q.subject, q.predicate, q.object)),
            str(q.graph_name).strip("<>"),
        )
        for q in both
    }
    assert found == expected


def test_rdflibs_own_switch_is_left_as_it_was() -> None:
    before = rdflib.NORMALIZE_LITERALS
    graph().to_rdflib()
    assert before is rdflib.NORMALIZE_LITERALS is True


def test_the_default_graph_in_rdflib_is_the_union() -> None:
    dataset = graph().to_rdflib()
    assert len(dataset) == len({q.triple for q in quads()})
    found = dataset.query("ASK { ?claim <https://w3id.org/studyclaims/vocab/cue> 'inflames' }")
    assert found.askAnswer is True


def test_the_packaged_graph_holds_the_flagship() -> None:
    found = load()
    assert found.show("ausk-2017").data["doi"] == "https://doi.org/10.1152/ajpcell.00363.2016"
    graphs = {str(q.graph_name) for q in found.quads}
    assert "<https://w3id.org/studyclaims/dataset>" in graphs
    assert "<https://w3id.org/studyclaims/study/ausk-2017>" in graphs
