"""Times as printed, as published, and what they say of an onset."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions, Store

from studyclaims.lags import MINUTES, Bound, Duration, onset_hours

ISO = re.compile(r"P(?:(\d+)D|T(?:(\d+)H|(\d+)M|(\d+(?:\.\d+)?)S))")
SECONDS = (86_400, 3_600, 60, 1)
NUMBERS = st.builds(
    lambda whole, part: f"{whole}{part}",
    st.integers(0, 999_999),
    st.from_regex(r"(\.[0-9]{1,3})?", fullmatch=True),
)
TIMES = st.builds(lambda number, unit: f"{number} {unit}", NUMBERS, st.sampled_from(list(MINUTES)))
unhurried = settings(deadline=None)  # a busy machine is no failure


def seconds(iso: str) -> Fraction:
    """Return the seconds of one of our durations."""
    match = ISO.fullmatch(iso)
    assert match, iso
    amounts = zip(match.groups(), SECONDS, strict=True)
    return sum((Fraction(amount) * size for amount, size in amounts if amount), Fraction(0))


@pytest.mark.parametrize(
    ("text", "hours", "iso"),
    [
        ("24 h", "24", "PT24H"),
        ("3 d", "72", "P3D"),
        ("2 wk", "336", "P14D"),
        ("1.5 wk", "252", "PT252H"),
        ("0.5 d", "12", "PT12H"),
        ("0.5 h", "0.5", "PT30M"),
        ("90 min", "1.5", "PT90M"),
        ("60 min", "1", "PT1H"),
        ("7 min", "0.116666667", "PT7M"),
        ("0.5 min", "0.008333333", "PT30S"),
        ("0.001 min", "0.000016667", "PT0.06S"),
        ("0 h", "0", "PT0H"),
        ("0.0 d", "0", "P0D"),
        ("24.0 h", "24", "PT24H"),
        ("100000 h", "100000", "PT100000H"),
        ("999999.999 wk", "167999999.832", "PT604799999395.2S"),
    ],
)
def test_a_time_in_hours_and_as_a_duration(text: str, hours: str, iso: str) -> None:
    time = Duration.parse(text)
    assert (str(time.hours), time.iso, str(time)) == (hours, iso, text)


@unhurried
@given(TIMES)
def test_hours_and_the_duration_say_the_same(text: str) -> None:
    time = Duration.parse(text)
    exact = Fraction(time.number) * MINUTES[time.unit] * 60
    assert seconds(time.iso) == exact
    assert abs(Fraction(time.hours) * 3600 - exact) <= Fraction(1, 500_000)
    if time.unit != "min":
        assert Fraction(time.hours) * 3600 == exact


@unhurried
@given(TIMES)
def test_hours_are_written_as_every_engine_reads_decimals(text: str) -> None:
    assert re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]{0,8}[1-9])?", str(Duration.parse(text).hours))


@unhurried
@given(TIMES)
def test_a_time_reads_back_as_it_is_printed(text: str) -> None:
    assert str(Duration.parse(text)) == text
    assert Duration.parse(str(Duration.parse(text))) == Duration.parse(text)


@unhurried
@given(TIMES, TIMES)
def test_hours_keep_the_order_of_times(first: str, second: str) -> None:
    one, other = sorted((Duration.parse(first), Duration.parse(second)), key=lambda t: t.minutes)
    assert one.hours <= other.hours


@pytest.mark.parametrize("text", ["7 min", "1 min", "0.001 min", "3 d", "999999.999 wk"])
def test_the_store_can_compare_hours(text: str) -> None:
    hours = Duration.parse(text).hours
    query = f'SELECT ("{hours}"^^xsd:decimal > 0.00001 AS ?it) {{}}'
    found = Store().query(query, prefixes={"xsd": "http://www.w3.org/2001/XMLSchema#"})
    assert isinstance(found, QuerySolutions)
    assert [row["it"].value for row in found] == ["true"]


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "h", "24h", "24  h", " 24 h", "24 h ", "24 h\n", "24\u00a0h", "-1 h", "+1 h",
        "024 h", "1. h", ".5 h", "1,5 h", "1e3 h", "1.2345 h", "1234567 h", "24 hours", "24 H",
        "2 months", "1 y", "5 s", "24 h by", "\u0662\u0664 h", "1\u0662 h", "\uff12\uff14 h",
        "about 24 h", "24-48 h",
    ],
)  # fmt: skip
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as in 24 h"):
        Duration.parse(text)


HOURS = Decimal(24)
ONSETS = {
    (Bound.AT, False): (None, HOURS),
    (Bound.BY, False): (None, HOURS),
    (Bound.AT_PEAK, False): (None, HOURS),
    (Bound.FROM, False): (HOURS, None),
    (Bound.AT, True): (HOURS, None),
    (Bound.BY, True): (HOURS, None),
    (Bound.AT_PEAK, True): (None, None),
    (Bound.FROM, True): (None, None),
}


@pytest.mark.parametrize(
    ("bound", "null"), ONSETS, ids=[f"{b}-{'null' if n else 'seen'}" for b, n in ONSETS]
)
def test_what_a_time_says_of_the_onset(bound: Bound, null: bool) -> None:
    assert onset_hours(bound, Duration.parse("1 d"), null=null) == ONSETS[bound, null]


@unhurried
@given(st.sampled_from(Bound), TIMES, st.booleans())
def test_an_onset_is_bounded_on_one_side_at_most(bound: Bound, text: str, null: bool) -> None:
    least, most = onset_hours(bound, Duration.parse(text), null=null)
    assert least is None or most is None
    assert {least, most} <= {None, Duration.parse(text).hours}
    assert null or {least, most} != {None}, "what was seen says something"


def test_every_bound_is_named_as_a_record_writes_it() -> None:
    assert [bound.value for bound in Bound] == ["at", "by", "from", "atPeak"]
