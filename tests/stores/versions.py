"""Datasets that tell by each of their triples which version they are of, for tests of loading."""

from __future__ import annotations

from typing import Final

from studyclaims.stores.hashes import Dataset

GRAPHS: Final = tuple(f"https://ex.org/graph/{letter}" for letter in "abc")
FOREIGN: Final = "https://ex.org/foreign"
FOREIGN_TEXT: Final = b'<urn:a:b> <urn:a:b> "foreign" .\n'
LINE: Final = b'<urn:a:s%d> <urn:a:version> "%d" .\n'
"""Of one version, all graphs hold the same triples: so most of the merge is shared."""


def version(number: int, triples: int = 20) -> Dataset:
    """Return three graphs of as many triples, each of which names the version."""
    text = b"".join(sorted(LINE % (place, number) for place in range(triples)))
    return Dataset(dict.fromkeys(GRAPHS, text))
