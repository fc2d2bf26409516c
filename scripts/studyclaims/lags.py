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

MINUTES: Final = {"min": 1, "h": 60, "d": 24 * 60, "wk": 7 * 24 * 60}
"""Minutes in one of each unit; the units are UCUM codes."""

_TIME = re.compile(r"(?P<number>(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,3})?) (?P<unit>min|h|d|wk)")
# A third of an hour has no last digit, and Oxigraph compares no decimal of more than 18 places.
_LEAST_HOUR: Final = Decimal("1E-9")


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
        match = _TIME.fullmatch(text)
        if match is None:
            raise ValueError("a time is a number, one blank and min, h, d or wk, as in 24 h")
        return cls(Decimal(match["number"]), match["unit"])

    @property
    def hours(self) -> Decimal:
        """The duration in hours, without trailing zeros, to the nine places any engine compares.

        >>> Duration.parse("7 min").hours
        Decimal('0.116666667')
        """
        return _plain((self.minutes / 60).quantize(_LEAST_HOUR))

    @property
    def minutes(self) -> Decimal:
        """The duration in minutes, exactly."""
        return self.number * MINUTES[self.unit]

    @property
    def iso(self) -> str:
        """The duration as ``xsd:dayTimeDuration``, in the unit it was printed in.

        >>> Duration.parse("3 d").iso, Duration.parse("24 h").iso, Duration.parse("0.5 h").iso
        ('P3D', 'PT24H', 'PT30M')
        """
        minutes = self.minutes
        if self.unit in {"d", "wk"} and minutes % MINUTES["d"] == 0:
            return f"P{minutes // MINUTES['d']:f}D"
        if minutes % 60 == 0:
            return f"PT{minutes // 60:f}H"
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
