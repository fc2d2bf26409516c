"""What one endpoint lets its callers use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BODY_LIMIT: Final = 1_000_000
"""The most bytes a request's body may have: the longest query allowed, percent-encoded, fits."""

DRAINED: Final = 8_000_000
"""The bytes of a body that is too large which are read before its sender is told so."""

HEAD_LIMIT: Final = 80_000
"""The most bytes a request may have before its body: a query in an address is part of it."""

FIELD_LIMIT: Final = 1_000
"""The most parameters a request may have."""

HELD_LIMIT: Final = 8
"""How many large answers may be on their way to slow readers at a time."""

LARGE: Final = 1 << 20
"""The bytes from which on an answer is large."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What callers may use; times in seconds, sizes in bytes.

    ``deadline`` is for one query, ``patience`` for a request to arrive whole, ``sending`` for an
    answer to be taken; ``waiting`` counts callers for whom no worker is free.
    """

    deadline: float = 10.0
    rows: int = 100_000
    answer: int = 64 << 20
    memory: int = 1 << 30
    workers: int = 4
    waiting: int = 64
    connections: int = 256
    patience: float = 5.0
    sending: float = 120.0
