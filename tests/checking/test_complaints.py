"""Walking a study: every claim and every measurement once, each with the path that leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import samples
from studyclaims.checking.complaints import Complaint, claims_of, measurements_of
from studyclaims.model import Study

if TYPE_CHECKING:
    from studyclaims.checking.complaints import Path


def study() -> Study:
    """Return the small study with a second measurement and a second item of evidence."""
    data = samples.small()
    evidence = data["propositions"][0]["claims"][0]["evidence"]
    evidence.append(evidence[0] | {"measurements": [{"n": 3}, {"n": 4}]})
    return Study.model_validate(data)


def at(found: Study, path: Path) -> object:
    """Return what stands at a path."""
    value: object = found
    for step in path:
        value = value[step] if isinstance(step, int) else getattr(value, step)  # type: ignore[index]
    return value


def test_every_claim_is_walked_with_its_path() -> None:
    found = study()
    walked = {claim.id: path for path, claim in claims_of(found)}
    assert walked["news-inflames"] == ("propositions", 0, "claims", 1)
    assert len(walked) == 5
    assert all(at(found, path) is claim for path, claim in claims_of(found))


def test_every_measurement_is_walked_with_its_path() -> None:
    found = study()
    walked = [pair for path, claim in claims_of(found) for pair in measurements_of(path, claim)]
    assert [measurement.n for _, measurement in walked] == [8, 3, 4]
    assert all(at(found, path) is measurement for path, measurement in walked)


def test_complaints_are_told_apart_by_value() -> None:
    assert Complaint(("a", 1), "R004", "x") == Complaint(("a", 1), "R004", "x", "")
    assert Complaint(("a", 1), "R004", "x") != Complaint(("a", 2), "R004", "x")
