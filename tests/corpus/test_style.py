"""Every record stands in the one style."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studyclaims.paths import studies_dir
from studyclaims.style import lint

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", sorted(studies_dir().glob("*.yaml")), ids=lambda path: path.stem)
def test_a_record_is_in_style(path: Path) -> None:
    found = lint(path.read_bytes(), path.name)
    assert not found, f"repair with: ./run lint --fix {path.stem}\n" + "\n".join(map(str, found))
