"""Fixtures that more than one test module uses."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from environments import EnvironmentMissingError
from kgx import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


# A busy machine is no fault of the code: how long one example takes is never judged.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def kgx_python() -> Path:
    """Python of the environment of KGX; skips where it cannot be made, and fails so in CI."""
    try:
        return environment.interpreter()
    except EnvironmentMissingError as missing:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"CI must be able to install KGX: {missing}")
        pytest.skip(f"KGX cannot be installed here: {missing}")


@pytest.fixture(scope="session")
def kgx_edges(kgx_python: Path) -> Callable[..., list[dict[str, Any]]]:
    """What the real KGX reads: ``kgx_edges(path, memory=False, own_prefixes=True)``."""
    assert kgx_python.is_file()
    return environment.kgx_edges


@pytest.fixture(scope="session")
def biolink_names(kgx_python: Path) -> Callable[..., dict[str, str]]:
    """Which local names the real bmt takes for something of Biolink: ``biolink_names(names)``."""
    assert kgx_python.is_file()
    return environment.biolink_names
