"""Trusty URIs: the rule of the specification, step by step."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from strategies import quads
from studyclaims.errors import GraphError
from studyclaims.exports.trusty import PLACEHOLDER, artifact_code, with_code

XSD = "http://www.w3.org/2001/XMLSchema#"


def ex(name: str) -> NamedNode:
    return NamedNode(f"https://ex.org/{name}")


def code_of(text: str) -> str:
    """Return the artifact code of a text that was sorted and written by hand."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest(), b"-_").decode()
    return f"RA{digest.rstrip('=')}"


def test_statements_are_sorted_and_written_as_the_rule_has_it() -> None:
    s, p = ex("s"), ex("p")
    objects = (
        (ex("o"), "https://ex.org/o"),
        (Literal("a\\b\nc"), f"^{XSD}string a\\\\b\\nc"),
        (Literal("b", language="EN-gb"), "@en-gb b"),
        (Literal("b", datatype=NamedNode(f"{XSD}date")), f"^{XSD}date b"),
        (Literal("b"), f"^{XSD}string b"),
    )
    graph = ex(f"{PLACEHOLDER}#g")
    held = [Quad(s, p, o, graph) for o, _ in reversed(objects)]
    held += [Quad(s, p, ex("z"), DefaultGraph()), Quad(ex(PLACEHOLDER), p, ex("o"), graph)]
    lines = ["", s.value, p.value, "https://ex.org/z"]
    lines += ["https://ex.org/ #g", "https://ex.org/ ", p.value, "https://ex.org/o"]
    for _, text in objects:
        lines += ["https://ex.org/ #g", s.value, p.value, text]
    assert artifact_code([*held, held[0]]) == code_of("".join(f"{line}\n" for line in lines))


@given(st.lists(quads(), max_size=6))
def test_a_code_in_place_gives_itself_and_no_change_does(held: list[Quad]) -> None:
    this = ex(PLACEHOLDER)
    held = [*held, Quad(this, ex("p"), Literal("a"), ex(f"{PLACEHOLDER}#g"))]
    code = artifact_code(held)
    assert len(code) == len(PLACEHOLDER) == 45
    named = with_code(held, code)
    assert artifact_code(named, code) == code
    assert artifact_code(reversed(named), code) == code
    assert not any(PLACEHOLDER in str(quad) for quad in named)
    more = [*named, Quad(this, ex("q"), Literal("b"), ex("g"))]
    assert artifact_code(more, code) != code


def test_a_blank_node_is_refused() -> None:
    with pytest.raises(GraphError, match="has no place in a trusty URI; give it a name first"):
        artifact_code([Quad(ex("s"), ex("p"), BlankNode("b"))])
