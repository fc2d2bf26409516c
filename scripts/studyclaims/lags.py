"""Lags: how long after a start an effect was seen, and what that says of its onset.

Durations are written for people (``24 h``) and published as ``xsd:dayTimeDuration``. Queries and
shapes compare hours as decimals instead, since comparing durations in SPARQL silently finds nothing
in some engines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

HOURS: Final = {"min": Decimal(1) / 60, "h": Decimal(1), "d": Decimal(24), "wk": Decimal(168)}
"""Hours in one of each unit; the units are UCUM codes."""

_TIME = re.compile(r"^(?P<number>(?:0|[1-9]\d{0,5})(?:\.\d{1,3})?) (?P<unit>min|h|d|wk)$")


class Bound(StrEnum):
    """What a time says: seen at it, by it, from it on, or at its peak then."""

    AT = "at"
    BY = "by"
    FROM = "from"
    AT_PEAK = "atPeak"


@dataclass(frozen=True, slots=True)
class Duration:
    """A time as a source prints it, number and unit.

    >>> Duration.parse("72 h").hours
    Decimal('72')
    """

    number: Decimal
    unit: str

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Return the duration written as a number, one blank and min, h, d or wk.

        Raises:
            ValueError: the text has another form.
        """
        match = _TIME.match(text)
        if match is None:
            raise ValueError("a time is a number, one blank and min, h, d or wk, as in 24 h")
        return cls(Decimal(match["number"]), match["unit"])

    @property
    def hours(self) -> Decimal:
        """The duration in hours, without trailing zeros."""
        return _plain(self.number * HOURS[self.unit])

    @property
    def iso(self) -> str:
        """The duration as ``xsd:dayTimeDuration``, in the unit it was printed in.

        >>> Duration.parse("3 d").iso, Duration.parse("24 h").iso, Duration.parse("0.5 h").iso
        ('P3D', 'PT24H', 'PT30M')
        """
        hours = self.number * HOURS[self.unit]
        if self.unit in {"d", "wk"} and hours % 24 == 0:
            return f"P{hours // 24:f}D"
        if hours % 1 == 0:
            return f"PT{hours:.0f}H"
        minutes = hours * 60
        if minutes % 1 == 0:
            return f"PT{minutes:.0f}M"
        return f"PT{_plain(minutes * 60)}S"

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


def onset_hours(
    bound: Bound, time: Duration, *, null: bool
) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the greatest hour at which the effect can have begun.

    What was seen at, by or at the peak at t began no later than t. Only "from t on", or a measured
    absence at t (``null``), says that it did not begin before t.

    >>> onset_hours(Bound.BY, Duration.parse("24 h"), null=False)
    (None, Decimal('24'))
    >>> onset_hours(Bound.FROM, Duration.parse("7 d"), null=False)
    (Decimal('168'), None)
    """
    if null:
        return (time.hours, None) if bound in {Bound.AT, Bound.BY} else (None, None)
    if bound is Bound.FROM:
        return time.hours, None
    return None, time.hours


def _plain(number: Decimal) -> Decimal:
    """Return the number without an exponent and without trailing zeros."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
