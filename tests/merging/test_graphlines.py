"""The lines of a merged graph: ids of tables as IRIs, and IRIs of RDF as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studyclaims.merging.graphlines import CANONICAL, LINKED
from studyclaims.merging.merge import merge
from studyclaims.merging.table import NANOPUB

if TYPE_CHECKING:
    from pathlib import Path

SAME = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
MESH = "http://id.nlm.nih.gov/mesh/"
MONDO = "http://purl.obolibrary.org/obo/MONDO_"
TREATS = "https://w3id.org/biolink/vocab/treats"
EDGES = "subject\tpredicate\tobject\n"
NANOPUBS = f"""@prefix np: <{NANOPUB}> . @prefix : <http://x/> .
:h {{ :np a np:Nanopublication ; np:hasAssertion :a ; np:hasProvenance :pr ;
  np:hasPublicationInfo :pi }}
:a {{ <MONDO:1> :p :o }}
:pr {{ :a :from <mesh:D2> }}
:pi {{ :n :c <mesh:D1> }}
"""


def lines(folder: Path, *, rewrite: bool = False, **files: str) -> list[str]:
    """Return the lines of what some files are merged to, those beside it left out."""
    text = merged(folder, rewrite=rewrite, **files)
    return sorted(it for it in text if LINKED not in it and CANONICAL not in it)


def merged(folder: Path, *, rewrite: bool = False, **files: str) -> list[str]:
    paths = [folder / name.replace("__", ".") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text)
    merge(paths, folder / "out", rewrite=rewrite)
    return (folder / "out" / "graph.nq").read_text().splitlines()


@pytest.mark.parametrize("rewrite", [False, True])
def test_names_in_nanopublications_stay(rewrite: bool, tmp_path: Path) -> None:
    table = f"{EDGES}MONDO:1\tbiolink:treats\tmesh:D1\n"
    found = lines(tmp_path, rewrite=rewrite, np__trig=NANOPUBS, t_edges__tsv=table)
    assert "<MONDO:1> <http://x/p> <http://x/o> <http://x/a> ." in found
    assert "<http://x/n> <http://x/c> <mesh:D1> <http://x/pi> ." in found
    assert "<http://x/a> <http://x/from> <mesh:D2> <http://x/pr> ." in found
    assert f"<{MONDO}1> <{TREATS}> <{MESH}D1> ." in found
    assert len(found) == 8


def test_names_in_rdf_stay_and_ids_of_tables_become_iris(tmp_path: Path) -> None:
    text = (
        "<doi:10.1/x> <biolink:treats> <ORPHA:12> .\n<MONDO:1> <biolink:treats> <mesh:D1> .\n"
        "<mesh:D1> <x:p> <x:o> .\n"
        f"<{MESH}D1> <x:p> <x:o> .\n<x:o> <x:p> <x:o> <mesh:G> .\n"
        "<x:r> <x:reifies> <<( <mesh:D1> <x:p> <x:o> )>> .\n"
    )
    # The name of one source is the end of the other's.
    table = f"{EDGES}MONDO:1\tbiolink:treats\tmesh:D1\nMONDO:2\tbiolink:treats\tx:o\n"
    table += "x:o\tx:p\tx:q\n"
    found = lines(tmp_path, a__nq=text, t_edges__tsv=table, edges__ttl="<x:o> <x:p> <x:q> .")
    given = [*text.splitlines(), "<x:o> <x:p> <x:q> ."]
    made = [f"<{MONDO}1> <{TREATS}> <{MESH}D1> .", f"<{MONDO}2> <{TREATS}> <x:o> ."]
    assert found == sorted(given + made)


@pytest.mark.parametrize("name", ["a__nt", "a__ttl"])
def test_links_say_what_a_name_in_rdf_stands_for(name: str, tmp_path: Path) -> None:
    text = f"<MESH:D2> {SAME} <MONDO:2> .\n<mesh:D1> <biolink:treats> <x:o> .\n"
    found = merged(tmp_path, rewrite=False, **{name: text})
    assert sorted(it for it in found if "graph/merge" not in it) == text.splitlines()
    links = {it.partition(f" <{LINKED}>")[0] for it in found if LINKED in it}
    assert links == {
        f"<mesh:D1> {SAME} <{MESH}D1>",
        f"<MESH:D2> {SAME} <{MONDO}2>",
        f"<{MESH}D2> {SAME} <{MONDO}2>",
        f"<MONDO:2> {SAME} <{MONDO}2>",
        f"<biolink:treats> {SAME} <{TREATS}>",
    }
    assert sorted(it for it in found if CANONICAL in it) == [
        f"<{MESH}D1> <{TREATS}> <x:o> <{CANONICAL}> .",
        f"<{MONDO}2> {SAME} <{MONDO}2> <{CANONICAL}> .",
    ]


@pytest.mark.parametrize("alone", [False, True])
def test_rewritten_names_in_rdf_are_iris_as_ids_of_tables_are(alone: bool, tmp_path: Path) -> None:
    files = {"a__ttl": "<mesh:D1> <biolink:treats> <MONDO:1> .\n"}
    if not alone:
        files["t_edges__tsv"] = f"{EDGES}mesh:D1\tbiolink:treats\tMONDO:1\n"
    found = merged(tmp_path, rewrite=True, **files)
    assert found == [f"<{MESH}D1> <{TREATS}> <{MONDO}1> ."]


def test_ids_of_tables_alone_are_in_no_link_as_they_are_written(tmp_path: Path) -> None:
    table = f"{EDGES}MONDO:1\tbiolink:treats\tmesh:D1\nx:1\tbiolink:treats\tx:2\n"
    found = merged(tmp_path, t_edges__tsv=table, a__nt="<x:o> <x:p> <x:o> .\n")
    assert not [it for it in found if "<mesh:D1>" in it or "<MONDO:1>" in it]
    assert [it for it in found if LINKED in it] == []
    assert [it for it in found if CANONICAL in it] == [
        f"<{MONDO}1> <{TREATS}> <{MESH}D1> <{CANONICAL}> ."
    ]


def test_canonical_names_that_are_no_iri_are_escaped(tmp_path: Path) -> None:
    table = "subject_id\tpredicate_id\tobject_id\nDOID:1\tskos:exactMatch\tMONDO:3{4\n"
    found = merged(tmp_path, a__ttl="<DOID:1> <x:p> <x:o> .", m__sssom__tsv=table)
    assert f"<{MONDO}3%7B4> <x:p> <x:o> <{CANONICAL}> ." in found
