"""What a printed number must keep beyond its form: a unit that exists, a p that can be one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from studyclaims.complaints import Complaint, claims_of, measurements_of
from studyclaims.units import check_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.complaints import Path
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
        message = f"UCUM has no unit {measurement.unit!r}"
        yield Complaint((*path, "unit"), "R021", message, str(problem))


def _no_probability(path: Path, measurement: Measurement) -> Iterator[Complaint]:
    if measurement.p is None or Decimal(measurement.p.lstrip("<>=≤≥ ")) <= 1:
        return
    hint = "copy p once more: 5 % is 0.05"
    yield Complaint((*path, "p"), "R022", f"p is {measurement.p!r}, which is over 1", hint)
