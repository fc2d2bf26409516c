"""Loads two versions into a store by turns, for ever, for tests that kill it or read beside it.

    python tests/campaign/loader.py STORE TRIPLES [TURNS]

It says ``ready`` before the first load, and ends after TURNS loads where that is told.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from stores.versions import version
from studyclaims.stores.loading import load
from studyclaims.stores.opening import opened_to_load


def main(store: str, triples: int, turns: int) -> None:
    """Load by turns."""
    versions = [version(1, triples), version(2, triples)]
    print("ready", flush=True)  # noqa: T201 - whoever started it waits for this
    for turn in range(turns) if turns else count():
        with opened_to_load(store) as place:
            load(versions[turn % 2], place)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
