"""Who made a release is who the citation file names."""

from __future__ import annotations

import pytest

from studyclaims.errors import SetupError
from studyclaims.exports.citation import Author, read_citation
from studyclaims.paths import data_root

WHOLE = """\
title: T
abstract: A
authors:
  - name: A Group
    website: https://example.org/group
  - family-names: Author
    given-names: First
    name-particle: van
    orcid: https://orcid.org/0000-0000-0000-0001
  - family-names: Alone
"""


def test_groups_and_persons_are_told_apart() -> None:
    assert read_citation(WHOLE.encode()).authors == (
        Author("A Group", False, "https://example.org/group"),
        Author("First van Author", True, "https://orcid.org/0000-0000-0000-0001"),
        Author("Alone", True, ""),
    )


def test_the_citation_file_of_this_project_is_read() -> None:
    found = read_citation((data_root() / "CITATION.cff").read_bytes())
    assert found.title == "studyclaims"
    assert found.abstract.endswith(".")
    assert found.authors


@pytest.mark.parametrize("key", ["title", "abstract", "authors"])
def test_what_it_lacks_is_named(key: str) -> None:
    with pytest.raises(SetupError, match=rf"CITATION\.cff: found no {key}; "):
        read_citation(WHOLE.replace(f"{key}:", f"x-{key}:").encode())


def test_a_list_is_no_citation_file() -> None:
    with pytest.raises(SetupError, match="found no title"):
        read_citation(b"- a\n")
