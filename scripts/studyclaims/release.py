"""The version and date of this software: those of ``CITATION.cff``, never of the clock.

``CITATION.cff`` is not in a wheel, so they stand here again; a test keeps the two and
``pyproject.toml`` the same.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
"""The version that is running."""

DATE: Final = "2026-11-22"
"""The day it was released."""

TOOL: Final = f"studyclaims {VERSION}"
"""What a built graph names as its maker."""
