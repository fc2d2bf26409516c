"""What this machine has of what studyclaims uses, and what is missing for which verb."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING, Final

from studyclaims.paths import data_root, in_checkout
from studyclaims.release import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON: Final = (3, 11)
"""The oldest Python that works."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing looked at: its name, whether it will do, and what was found or is to be done."""

    name: str
    good: bool
    detail: str
    needed: bool = True

    def __str__(self) -> str:
        """Return the item as a line: ok, missing, or missing and not needed by every verb."""
        state = "ok" if self.good else "missing" if self.needed else "absent"
        return f"{state:8}{self.name:16}{self.detail}"


def examine() -> list[Item]:
    """Return everything looked at; ``needed`` items that are not good keep some verb from working.

    >>> [item.name for item in examine()][:2]
    ['studyclaims', 'python']
    """
    found = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, PYTHON))
    java = shutil.which("java")
    return [
        Item("studyclaims", True, VERSION),
        Item("python", sys.version_info >= PYTHON, f"{found}; {wanted} or newer is needed"),
        Item("data", True, f"{data_root()} ({'checkout' if in_checkout() else 'installed'})"),
        *_packages(),
        Item("java", java is not None, java or "for validate --owl: install a runtime", False),
    ]


def _packages() -> Iterator[Item]:
    """Yield the packages that the core depends on, each with its version."""
    for line in requires("studyclaims") or ():
        if ";" in line and "extra" in line:
            continue
        name = line.partition(";")[0].partition(">")[0].partition("=")[0].strip()
        try:
            yield Item(name, True, version(name))
        except PackageNotFoundError:
            yield Item(name, False, f"install it: pip install '{line}'")
