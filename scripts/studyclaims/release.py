"""The version and date of this software, from ``CITATION.cff``: never from the clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from studyclaims.errors import SetupError
from studyclaims.paths import data_root
from studyclaims.yamltree import parse_tree, text_at


@dataclass(frozen=True, slots=True)
class Release:
    """A version and the day it was released, as text."""

    version: str
    date: str

    @property
    def tool(self) -> str:
        """What a built graph names as its maker."""
        return f"studyclaims {self.version}"


@cache
def release() -> Release:
    """Return the release that is running.

    >>> release().tool.startswith("studyclaims ")
    True

    Raises:
        SetupError: ``CITATION.cff`` lacks the version or the date.
    """
    path = data_root() / "CITATION.cff"
    tree = parse_tree(path.read_bytes(), str(path))
    version, date = text_at(tree, ("version",)), text_at(tree, ("date-released",))
    if not version or not date:
        raise SetupError(f"{path}: version and date-released are both needed; add them")
    return Release(version, date)
