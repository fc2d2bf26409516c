"""Fixtures that more than one test module uses."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from environments import EnvironmentMissingError
from kgx import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


# What whoever runs the tests has set for studyclaims is no part of them.
for name in [name for name in os.environ if name.startswith("STUDYCLAIMS_")]:
    del os.environ[name]
os.environ["STUDYCLAIMS_CONFIG"] = os.devnull

# A busy machine is no fault of the code: how long one example takes is never judged. Laws that name
# no number of examples of their own are tried on few here, on more in .ci/run and in a campaign.
for name, examples in (("few", 25), ("tenth", 100), ("campaign", 1000)):
    settings.register_profile(name, deadline=None, max_examples=examples)


def pytest_configure(config: pytest.Config) -> None:
    """Take the profile that the command line names, else the quick one."""
    settings.load_profile(config.getoption("--hypothesis-profile") or "few")
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the collector look no more at what stays: modules and tests, in each of its rounds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)
    gc.enable()


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
