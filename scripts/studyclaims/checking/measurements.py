"""What a printed number must keep beyond its form: a unit that exists, a p that can be one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from studyclaims.checking.complaints import Complaint, claims_of, measurements_of
from studyclaims.units import NEVER_MEANT, check_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.checking.complaints import Path
    from studyclaims.model import Measurement, Study


def check_measurements(study: Study) -> Iterator[Complaint]:
    """Yield a complaint for each unit that UCUM does not know and each p outside 0 to 1.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> list(check_measurements(read_record(studies_dir() / "ausk-2017.yaml").study))
    []
    """
    for path, claim in claims_of(study):
        for place, measurement in measurements_of(path, claim):
            yield from _unknown_unit(place, measurement)
            yield from _no_probability(place, measurement)


def _unknown_unit(path: Path, measurement: Measurement) -> Iterator[Complaint]:
    if measurement.unit is None:
        return
    try:
        check_unit(measurement.unit)
    except ValueError as problem:
        other = measurement.unit in NEVER_MEANT
        message = "to UCUM, {!r} is something else" if other else "UCUM has no unit {!r}"
        yield Complaint((*path, "unit"), "R021", message.format(measurement.unit), str(problem))


def _no_probability(path: Path, measurement: Measurement) -> Iterator[Complaint]:
    printed = measurement.p or "0"
    number, sign = Decimal(printed.lstrip("<>=≤≥ ")), printed[0]
    # Nothing that a probability can be is left above 1 or below 0; from 1 on it is 1 alone.
    is_over = number > 1 or (number == 1 and sign in ">≥")
    is_below = number == 0 and sign == "<" and not printed.startswith("<=")
    if is_over or is_below:
        hint = (
            "copy p once more: 5 % is 0.05" if is_over else "copy p once more: it is never below 0"
        )
        message = f"p is {printed!r}, which is {'over 1' if is_over else 'below 0'}"
        yield Complaint((*path, "p"), "R022", message, hint)
