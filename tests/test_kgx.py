"""The real KGX must find no causal edge but those that an asserted claim writes.

``data/kgx-sample.nt`` holds one claim of every kind on invented studies, one proposition each: an
asserted cause, a hedge, a null, a repetition, a hedged order, a null prevention, a refutation and
an inconclusive test. KGX's reader takes no comment, so this is said here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from kgx.environment import causal
from studyclaims.predicates import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Edges = Callable[..., list[dict[str, Any]]]
    Names = Callable[..., dict[str, str]]

pytestmark = pytest.mark.slow

SAMPLE: Final = Path(__file__).with_name("data") / "kgx-sample.nt"
BASE: Final = "https://w3id.org/studyclaims/"
ENTITY: Final = f"{BASE}entity/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ASSERTED: Final = (f"{ENTITY}paralysis", "biolink:causes", f"{ENTITY}inflammation")

RELIED_ON: Final = """
    proposition source primarySource stance certainty cue basis role restsOn measurement about
    link outcomeEntity topicGroup broader contrary involves coreTerm locator sentenceHash hashRule
    ecoType valuePrinted value unitCode sampleN pPrinted comparedWith species strain sex age dose
    route site assay draftedBy reviewedBy recordStatus variable change bearer withinPart byAgent
    dueTo modifier lag lagFrom lagBound lagMinHours lagMaxHours testOf measured pattern
"""
COLLIDING: Final = """
    topic outcome evidence oppositeOf partOf agent unit pValue timePoint causes prevents subject
    predicate object relation key
"""


def own_names() -> list[str]:
    """Return the local names of the predicates that claims write, and of the relations."""
    curies = [c for row in RELATIONS.values() for c in (row.curie, *row.predicates)]
    return sorted(c.removeprefix("sc:") for c in curies if c.startswith("sc:"))


def subjects_of_type(path: Path, name: str) -> Iterator[str]:
    """Yield the IRIs that an N-Triples file gives a class of ours."""
    kind = NamedNode(f"{BASE}vocab/{name}")
    for quad in parse(path=str(path), format=RdfFormat.N_TRIPLES):
        if quad.predicate.value == f"{RDF}type" and quad.object == kind:
            assert isinstance(quad.subject, NamedNode)
            yield quad.subject.value


def spoilt(tmp_path: Path, old: str, new: str) -> Path:
    """Write the sample with one IRI replaced by another, and return where it is."""
    text = SAMPLE.read_text(encoding="utf-8")
    assert f"<{old}>" in text
    path = tmp_path / "spoilt.nt"
    path.write_text(text.replace(f"<{old}>", f"<{new}>"), encoding="utf-8")
    return path


@pytest.mark.parametrize("memory", [False, True], ids=["stream", "memory"])
@pytest.mark.parametrize("own_prefixes", [True, False], ids=["our prefixes", "biolink prefixes"])
def test_only_the_asserted_claim_becomes_causal(
    kgx_edges: Edges, memory: bool, own_prefixes: bool
) -> None:
    edges = kgx_edges(SAMPLE, memory=memory, own_prefixes=own_prefixes)
    assert causal(edges) == {ASSERTED}
    biolink = {e["predicate"] for e in edges if e["predicate"].startswith("biolink:")}
    assert biolink <= {"biolink:causes", "biolink:related_to"}


def test_no_proposition_becomes_an_edge_and_every_writing_claim_does(kgx_edges: Edges) -> None:
    lifted = {edge["id"] for edge in kgx_edges(SAMPLE) if edge.get("id")}
    assert lifted.isdisjoint(subjects_of_type(SAMPLE, "Proposition"))
    claims = set(subjects_of_type(SAMPLE, "Claim"))
    silent = {f"{BASE}claim/sample-2020/{name}" for name in ("refuting", "inconclusive")}
    assert silent < claims
    assert lifted <= claims - silent
    assert f"{BASE}claim/sample-2020/asserted" in lifted


def test_the_order_of_the_lines_changes_no_causal_edge(kgx_edges: Edges, tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    backwards = tmp_path / "backwards.nt"
    backwards.write_text("".join(sorted(lines, reverse=True)), encoding="utf-8")
    assert causal(kgx_edges(backwards)) == {ASSERTED}


def test_a_name_of_biolinks_leaks_a_hedge(kgx_edges: Edges, tmp_path: Path) -> None:
    path = spoilt(tmp_path, f"{BASE}vocab/mayCause", f"{BASE}vocab/causes")
    leaked = (f"{ENTITY}inflammation", "biolink:causes", f"{ENTITY}large-osteoclasts")
    assert causal(kgx_edges(path)) == {ASSERTED, leaked}


def test_a_reified_proposition_leaks(kgx_edges: Edges, tmp_path: Path) -> None:
    path = spoilt(tmp_path, f"{BASE}vocab/about", f"{RDF}subject")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("vocab/outcomeEntity", "vocab/object"), encoding="utf-8")
    lifted = {edge.get("id") for edge in kgx_edges(path)}
    assert not lifted.isdisjoint(subjects_of_type(path, "Proposition"))


def test_no_name_of_ours_is_one_of_biolinks(biolink_names: Names) -> None:
    names = [*RELIED_ON.split(), *own_names()]
    assert len(names) > 120
    assert biolink_names(names) == {}


def test_the_look_up_finds_names_that_collide(biolink_names: Names) -> None:
    assert biolink_names(COLLIDING.split()).keys() == set(COLLIDING.split())
