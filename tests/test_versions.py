"""Two accounts of one claim: no graph holds both, so nothing is shown of a mixture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from samples import changed, quads, small, store
from studyclaims.errors import ClaimError
from studyclaims.formats import serialize
from studyclaims.graph import Graph, load
from studyclaims.rdf import node
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.versions import SINGLE, refuse_mixtures

if TYPE_CHECKING:
    from pathlib import Path

CLAIM = node("https://w3id.org/studyclaims/claim/small-2020/title-inflames")


def version(path: str, value: object) -> frozenset[Quad]:
    return quads(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("0.claims.0.stance", "noEffect",
         "small-2020/title-inflames: sc:stance has two values in this graph, sc:noEffect and "
         "sc:supports; these may be two versions"),
        ("0.claims.0.certainty", "suggested", "rdf:predicate has two values in this graph, "),
        ("0.claims.0.role", "background", "biolink:causes and sc:statedToCause"),
        ("0.claims.0.basis", "none", "title-inflames: rdf:predicate has two values"),
        ("1.claims.1.basis", "association", "sc:basis has two values in this graph, "
         "sc:association and sc:comparison; these"),
        ("0.claims.0.lag", {"bound": "by", "time": "4 d", "after": "rest"}, "sc:lagPrinted has"),
        ("0.claims.0.context", {"strain": "white"}, "sc:strain has two values"),
        ("0.claims.0.evidence.0.at", "abstract", "evidence/small-2020/title-inflames/1: sc:loc"),
        ("0.claims.0.evidence.0.measurements.0.value", "-1.50", "sc:valuePrinted has two values"),
    ],
)  # fmt: skip
def test_two_versions_of_a_claim_are_refused(path: str, value: object, said: str) -> None:
    both = [*quads(), *version(f"propositions.{path}", value)]
    with pytest.raises(ClaimError) as caught:
        Graph(both)
    assert said in str(caught.value)
    assert "'studyclaims diff OLD NEW'" in str(caught.value)
    for mixed in (both[::-1], sorted(both, key=str)):
        with pytest.raises(ClaimError) as again:
            Graph(mixed)
        assert str(again.value) == str(caught.value)


def withdrawn() -> dict[str, Any]:
    data = small()
    data["propositions"][0]["claims"].pop(0)
    data["withdrawn"].append({"id": "title-inflames", "date": "2020-05-06", "reason": "No."})
    return data


def test_a_claim_that_another_version_withdrew_is_refused() -> None:
    with pytest.raises(ClaimError, match="both as a claim and as a withdrawn one"):
        Graph([*quads(), *quads(withdrawn())])


def test_of_many_differences_the_first_is_told_and_the_others_counted() -> None:
    data = small()
    for claim in data["propositions"][1]["claims"]:
        claim["role"] = "conclusion"
    with pytest.raises(ClaimError) as caught:
        Graph([*quads(), *quads(data)])
    assert "abstract-association: sc:role has two values" in str(caught.value)
    assert ", sc:conclusion and sc:result, and 1 more have two there;" in str(caught.value)


def test_what_is_no_claim_may_be_part_of_two_things() -> None:
    thing = NamedNode("urn:x:thing")
    more = [Quad(thing, node("dct:isPartOf"), Literal(text)) for text in ("a", "b")]
    refuse_mixtures(EmbeddedStore([*quads(), *more]))
    with pytest.raises(ClaimError, match="dct:isPartOf has two values"):
        refuse_mixtures(EmbeddedStore([*quads(), Quad(CLAIM, more[0].predicate, thing)]))


@pytest.mark.parametrize("turned", [False, True])
def test_one_thing_under_two_ids_is_one_value(turned: bool) -> None:
    mouse, other = node("NCBITaxon:10090"), NamedNode("urn:x:mouse")
    told = [quad for quad in quads() if quad.predicate == node("sc:species")]
    assert {quad.object for quad in told} == {mouse}
    both = [*quads(), Quad(told[0].subject, told[0].predicate, other)]
    with pytest.raises(ClaimError, match="sc:species has two values"):
        refuse_mixtures(EmbeddedStore(both))
    ends = (other, mouse) if turned else (mouse, other)
    refuse_mixtures(EmbeddedStore([*both, Quad(ends[0], node("skos:exactMatch"), ends[1])]))


def test_the_fields_that_hold_one_value_are_those_that_records_write_once() -> None:
    written = {quad.predicate for quad in quads()}
    assert [name for name in SINGLE if node(name) not in written] == []
    assert len(set(SINGLE)) == len(SINGLE)
    refuse_mixtures(store())


def test_two_files_with_two_versions_are_not_loaded(tmp_path: Path) -> None:
    old, new = tmp_path / "old.nq", tmp_path / "new.nq"
    old.write_bytes(serialize(version("propositions.0.claims.0.stance", "noEffect"), "nq", {}))
    new.write_bytes(serialize(quads(), "nq", {}))
    assert len(load(new, new)) == len(load(new))
    with pytest.raises(ClaimError, match="sc:stance has two values"):
        load(old, new)
