"""A no is found however it is spelled, and wherever what tells of it stands.

A merge takes a tenth of a second, so the cases stand in few of them, each with ids of its own.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from studyclaims.merging.curies import canonical
from studyclaims.merging.merge import merge
from studyclaims.merging.negation import DENYING, TOLD
from studyclaims.merging.quoted import REIFIES
from studyclaims.merging.stances import FILE
from studyclaims.merging.table import NANOPUB
from studyclaims.terms import SC

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.merging.report import Report

BIOLINK: Final = "https://w3id.org/biolink/vocab/"
HEAD: Final = (
    f"PREFIX b: <{BIOLINK}> PREFIX np: <{NANOPUB}> PREFIX rdf: <{REIFIES.removesuffix('reifies')}>"
    " PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX x: <x:>\n"
)
MONDO: Final = "http://purl.obolibrary.org/obo/MONDO_1"
HP: Final = "http://purl.obolibrary.org/obo/HP_0000939"
OLD: Final = "https://identifiers.org/hp:0000939"
MESH: Final = "http://id.nlm.nih.gov/mesh/D010024"
SPELLED: Final = (
    "<biolink:negated>",
    "<http://w3id.org/biolink/vocab/negated>",
    "b:is_negated",
    "b:negation",
)
NAMED: Final = "x:r{n} b:negated true ."
TOLD_AS_TEXT: Final = (
    "x:a{n} b:subject x:s{n} ; b:predicate 'biolink:treats' ; b:object x:o ; b:negated true ."
    " x:s{n} b:treats x:o ."
)
SIGNED: Final = "x:g{n} {{ x:s{n} x:p x:o {{| b:negated true |}} }} x:n np:hasAssertion x:g{n} ."
HALF: Final = "x:s{n} x:p x:o . x:r{n} rdf:reifies <<( x:s{n} x:p x:o )>> ."


def merged(
    folder: Path, files: dict[str, str], *, rewrite: bool = False
) -> tuple[Report, set[str], set[tuple[str, str, str]]]:
    """Merge texts in TriG; return the report, the lines without graph, and who says what."""
    for name, text in files.items():
        form = RdfFormat.N_QUADS if name.endswith("nq") else RdfFormat.TRIG
        quads = parse(HEAD + text, format=RdfFormat.TRIG)
        (folder / name).write_bytes(serialize(quads, format=form) or b"")
    report = merge([folder / name for name in files], folder / "out", rewrite=rewrite)
    lines = set((folder / "out" / "graph.nq").read_text().splitlines())
    file = folder / "out" / FILE
    listed = file.read_text().splitlines() if file.exists() else []
    rows = csv.DictReader(listed, delimiter="\t")
    return report, lines, {(it["stance"], it["source"], it["subject"]) for it in rows}


def both(subject: str, yes: str = "a", no: str = "a") -> set[tuple[str, str, str]]:
    return {("states", yes, subject), ("denies", no, subject)}


@pytest.mark.parametrize("rewrite", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("one", "other", "linked"),
    [
        pytest.param(MONDO, "MONDO:1", "", id="curie"),
        pytest.param(HP, OLD, "", id="old", marks=pytest.mark.slow),
        pytest.param(MESH, HP, f"<{HP}> owl:sameAs <{MESH}> .", id="same"),
        pytest.param(HP, MESH, f"<{HP}> owl:sameAs <{MESH}> .", id="back", marks=pytest.mark.slow),
    ],
)
def test_what_a_source_says_of_a_thing_under_another_id_it_does_say(
    one: str, other: str, linked: str, rewrite: bool, tmp_path: Path
) -> None:
    text = f"<{other}> x:p x:o . <{one}> x:p x:o {{| b:negated true |}} . {linked}"
    report, _, voices = merged(tmp_path, {"a.trig": text}, rewrite=rewrite)
    assert (report.denied, report.opposed) == (1, 1)
    assert voices == both(HP if one != MONDO else MONDO)


@pytest.mark.parametrize("form", ["trig", "nq"])
def test_a_no_in_any_spelling_or_place_is_no_lone_yes(form: str, tmp_path: Path) -> None:
    """Lines are left as they are, and list who is opposed."""
    spelled = [f"x:s{n} x:p x:o {{| {it} true |}} ." for n, it in enumerate(SPELLED)]
    one = [*spelled, TOLD_AS_TEXT.format(n=5), SIGNED.format(n=6), HALF.format(n=7)]
    # A blank node is no other file's, whatever it is called.
    one += ["x:s8 x:p x:o . _:r rdf:reifies <<( x:s8 x:p x:o )>> ."]
    one += ["x:r9 rdf:reifies <<( x:s9 x:p x:o )>> ."]
    two = [*(f"x:s{n} x:p x:o ." for n in range(len(SPELLED))), "x:s5 b:treats x:o ."]
    two += [NAMED.format(n=7), "_:r b:negated true .", "x:s9 x:p x:o .", NAMED.format(n=9)]
    texts = {f"a.{form}": " ".join(one), f"b.{form}": " ".join(two)}
    report, lines, voices = merged(tmp_path, texts)
    wanted = [both(f"x:s{n}", yes="b") for n in (*range(len(SPELLED)), 5)]
    wanted += [both("x:s6"), both("x:s7", no="b"), both("x:s9", "b", "b")]
    assert voices == set.union(*wanted)
    assert report.opposed == len(wanted)
    assert report.denied == (len(SPELLED) + 1 if form == "trig" else 0)
    # What is signed is never changed.
    assert "<x:s6> <x:p> <x:o> <x:g6> ." in lines


def test_a_triple_beside_its_denial_in_parts_is_none(tmp_path: Path) -> None:
    """The parts may be told as CURIEs in texts; a text that is one is denied as a text, too."""
    parts = "x:a b:subject 'MONDO:1' ; b:predicate 'biolink:treats' ; b:object 'go:1', x:o ."
    said = [f"<{MONDO}> <{BIOLINK}treats> {it} ." for it in ("<x:o>", '"go:1"', '"go:2"')]
    text = f"{parts} x:a b:negated true . {' '.join(said)}"
    report, lines, voices = merged(tmp_path, {"a.trig": text})
    assert {it for it in said if it in lines} == {said[2]}
    assert (report.denied, voices) == (2, set())


def test_what_a_claim_writes_is_no_voice_where_ids_are_rewritten(tmp_path: Path) -> None:
    """Its triple term has the id as it was."""
    said = f"<{MESH}> x:p x:o . x:c rdf:reifies <<( <{MESH}> x:p x:o )>> ."
    own = f"{said} x:c <{SC}proposition> x:k ; <{SC}stance> <{SC}supports> ."
    other = f"<< <{HP}> x:p x:o >> b:negated true . <{HP}> owl:sameAs <{MESH}> ."
    report, lines, voices = merged(tmp_path, {"a.trig": own, "b.trig": other}, rewrite=True)
    assert f"<{HP}> <x:p> <x:o> ." in lines
    assert (report.linked, voices) == (1, set())


def test_biolinks_predicates_are_those_that_have_one_meaning() -> None:
    names = {f"biolink:{it}" for it in ("negated", "is_negated", "negation")}
    assert {canonical(it) for it in DENYING} == names
    parts = {f"biolink:{it}": it[0] for it in ("subject", "predicate", "object")}
    found = {canonical(it): part for it, part in TOLD.items() if "biolink" in it}
    assert found == parts | dict.fromkeys(names, "denied")
