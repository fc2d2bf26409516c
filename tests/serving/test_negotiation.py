"""Which form is chosen, for what callers send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.serving.negotiation import NAMES, ROWS, TRIPLES, accepted, chosen, known

ACCEPTED = {
    "": "json",
    "*/*": "json",
    "application/*": "json",
    "text/*": "csv",
    "text/csv": "csv",
    "TEXT/CSV; charset=utf-8": "csv",
    "text/csv;q=0.1, text/tab-separated-values;q=0.2": "tsv",
    "text/tab-separated-values;q=0.2, text/csv; q=0.9": "csv",
    "application/sparql-results+xml;q=0.9, */*;q=0.1": "xml",
    "*/*;q=0.5, application/sparql-results+json;q=0": "xml",
    "text/*;q=0.5, text/csv;q=0.1": "tsv",
    "text/csv;q=2, text/xml;q=0.1": "xml",
    "text/csv;q=, text/xml;q=0.001": "xml",
    "nonsense, text/csv": "csv",
    "image/png, text/csv;level=1;q=0.2": "csv",
    ",": "json",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "xml",
}
REFUSED = ["image/png", "*/*;q=0", "text/csv;q=0", "text/turtle"]


@pytest.mark.parametrize("header", ACCEPTED)
def test_the_form_that_is_most_welcome_is_chosen(header: str) -> None:
    form = chosen(ROWS, header)
    assert form is not None
    assert form.name == ACCEPTED[header]


@pytest.mark.parametrize("header", REFUSED)
def test_a_caller_who_takes_none_gets_none(header: str) -> None:
    assert chosen(ROWS, header) is None


def test_a_form_is_called_what_the_caller_calls_it() -> None:
    for media_type, name in (*ROWS, *TRIPLES):
        offers = ROWS if (media_type, name) in ROWS else TRIPLES
        form = chosen(offers, media_type)
        assert form is not None
        assert form.media_type == media_type
        assert form.content_type.endswith("; charset=utf-8") == media_type.startswith("text/")


NAMED = {
    ("json", True): "json",
    ("json", False): "jsonld",
    ("XML", True): "xml",
    ("xml", False): "rdf",
    ("turtle", False): "turtle",
    ("text/csv", True): "csv",
    ("application/rdf+xml", False): "rdf",
    ("rdf/xml", False): "rdf",
}


@pytest.mark.parametrize(("named", "rows"), NAMED)
def test_a_name_is_stronger_than_the_header(named: str, rows: bool) -> None:
    form = chosen(ROWS if rows else TRIPLES, "image/png", named)
    assert form is not None
    assert form.name == NAMED[named, rows]


@pytest.mark.parametrize(("named", "rows"), [("turtle", True), ("csv", False), ("text/csv", False)])
def test_a_name_that_the_answer_cannot_have_is_passed_over(named: str, rows: bool) -> None:
    offers = ROWS if rows else TRIPLES
    assert chosen(offers, "", named) == chosen(offers, "")
    assert chosen(offers, "image/png", named) is None


def test_every_name_is_known_and_fits_an_answer() -> None:
    for name in NAMES:
        assert known(name.upper())
        assert chosen(ROWS, "image/png", name) or chosen(TRIPLES, "image/png", name)
    assert known("text/turtle")
    assert not known("yaml")


@given(st.text(max_size=60))
def test_whatever_a_header_holds_is_read(header: str) -> None:
    assert all(0 <= weight <= 1 for _, _, weight in accepted(header))
    form = chosen(ROWS, header)
    assert form is None or (form.media_type, form.name) in ROWS


@given(st.lists(st.tuples(st.sampled_from(ROWS), st.integers(0, 1000)), min_size=1, max_size=5))
def test_nothing_that_is_more_welcome_is_passed_over(
    wanted: list[tuple[tuple[str, str], int]],
) -> None:
    weights: dict[str, int] = {}
    for (media_type, _), weight in wanted:
        weights[media_type] = max(weight, weights.get(media_type, 0))
    header = ", ".join(f"{media};q={weight / 1000:.3f}" for media, weight in weights.items())
    form = chosen(ROWS, header)
    best = max(weights.values())
    assert (form is None) == (best == 0)
    assert form is None or weights[form.media_type] == best
