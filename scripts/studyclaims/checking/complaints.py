"""Complaints about a study: a path instead of a place, so that a record built in Python has them.

`studyclaims.records` turns the paths into places in a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studyclaims.model import Claim, Measurement, Study

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """A finding before it has a place: the path of the value, what is wrong, what to do."""

    path: Path
    code: str
    message: str
    hint: str = ""


def claims_of(study: Study) -> Iterator[tuple[Path, Claim]]:
    """Yield every claim with its path.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> path, claim = next(claims_of(read_record(studies_dir() / "ausk-2017.yaml").study))
    >>> path
    ('propositions', 0, 'claims', 0)
    """
    for place, proposition in enumerate(study.propositions):
        for number, claim in enumerate(proposition.claims):
            yield ("propositions", place, "claims", number), claim


def measurements_of(path: Path, claim: Claim) -> Iterator[tuple[Path, Measurement]]:
    """Yield every measurement of a claim with its path; ``path`` is the claim's.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> path, claim = next(claims_of(read_record(studies_dir() / "ausk-2017.yaml").study))
    >>> list(measurements_of(path, claim))
    []
    """
    for item, evidence in enumerate(claim.evidence):
        for number, measurement in enumerate(evidence.measurements):
            yield (*path, "evidence", item, "measurements", number), measurement
