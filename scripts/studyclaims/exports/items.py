"""Items: one file of a release, with all that the release's descriptions say of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
MIT: Final = "https://spdx.org/licenses/MIT"

LICENCES: Final = {
    CC0: ("CC0 1.0", "Creative Commons Zero 1.0 Universal"),
    MIT: ("MIT", "MIT License"),
    "https://creativecommons.org/licenses/by/3.0/": (
        "CC BY 3.0",
        "Creative Commons Attribution 3.0 Unported",
    ),
    "https://creativecommons.org/licenses/by/4.0/": (
        "CC BY 4.0",
        "Creative Commons Attribution 4.0 International",
    ),
    "https://hpo.jax.org/app/license": ("HPO", "Licence of the Human Phenotype Ontology"),
    "https://www.nlm.nih.gov/databases/download/terms_and_conditions_mesh.html": (
        "MeSH",
        "Terms and conditions of the Medical Subject Headings",
    ),
}
"""What the licences that occur are called, in short and in full."""


def licence_names(iri: str) -> tuple[str, str]:
    """Return what a licence is called, in short and in full; its address where that is unknown.

    >>> licence_names(MIT), licence_names("https://example.org/own")[0]
    (('MIT', 'MIT License'), 'https://example.org/own')
    """
    return LICENCES.get(iri, (iri, iri))


_MEDIA_TYPES: Final = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".nq": "application/n-quads",
    ".rq": "application/sparql-query",
    ".tsv": "text/tab-separated-values",
    ".ttl": "text/turtle",
    ".yaml": "application/yaml",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A file: its path in the release, its bytes, what it is, and under which licences it stands.

    ``part`` is the folder of data that it belongs to; empty for the forms of the whole dataset,
    None for what only describes the release.
    """

    path: str
    data: bytes
    about: str
    licences: tuple[str, ...]
    part: str | None = None

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def packed(self) -> bool:
        """Whether the file is packed with gzip."""
        return self.path.endswith(".gz")

    @property
    def media_type(self) -> str:
        """The media type, of a packed file that of what is in it.

        >>> Item("a.nq.gz", b"", "", ()).media_type, Item("LICENSE", b"", "", ()).media_type
        ('application/n-quads', 'text/plain')
        """
        suffix = PurePosixPath(self.path.removesuffix(".gz")).suffix
        return _MEDIA_TYPES.get(suffix, "text/plain")
