"""Texts that a request may hold, however they are encoded: what is asked is what was meant."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from hypothesis import given
from hypothesis import strategies as st

from serving.asgi import Here, asked

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


@given(TEXTS)
def test_a_text_arrives_as_it_was_sent(text: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    body = {"content-type": "application/sparql-query"}
    here = Here()
    asked(f"/sparql?query={quote(text, safe='')}", here=here)
    asked("/sparql", "POST", form, urlencode({"query": text}), here=here)
    asked("/sparql", "POST", body, text, here=here)
    assert [call["text"] for call in here.calls] == [text] * 3


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/sparql-query"):
        assert asked("/sparql", "POST", {"content-type": kind}, data).status in {200, 400, 403}
