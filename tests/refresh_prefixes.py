"""Makes ``ontology/prefixes.tsv`` out of bioregistry, which is needed for nothing else.

Run from the checkout, at a release, in an environment that has bioregistry and biolink-model:
``PYTHONPATH=scripts python tests/refresh_prefixes.py``.
Left out are prefixes without a namespace, addresses that are told by rule (identifiers.org and the
like), addresses of whole sites, and those that do not end where ids are cut.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml

from studyclaims.merging import curies

TARGET: Final = Path(__file__).parents[1] / "ontology" / curies.TABLE
HEADER: Final = """\
# Prefixes of ids and what else they are written as, for merging with other graphs.
# Made by tests/refresh_prefixes.py out of bioregistry {version}; change nothing by hand.
# Licence: CC0 1.0 (https://creativecommons.org/publicdomain/zero/1.0/), as the data of bioregistry.
# Source: https://github.com/biopragmatics/bioregistry
# How Biolink writes a prefix: the model {model}, CC0 1.0 as well.
"""
RULED: Final = re.compile(
    r"(?:www\.)?identifiers\.org/|bioregistry\.io/|n2t\.net/|bio2rdf\.org/|"
    r"purl\.obolibrary\.org/obo/[^/]*_$|purl\.org/obo/owl/"
)
SITES: Final = frozenset({"doi.org/", "dx.doi.org/"})
"""Sites that hold nothing but ids."""

MORE: Final = {"omim.ps": "omim.org/phenotypicSeries/"}
"""Addresses that do not end where ids are cut, up to there."""

LEFT_OUT: Final = frozenset({"doi.prefix", "obo", "uri", "url", "http", "https", "urn", "uuid"})


def rows() -> list[list[str]]:
    """Return the rows of the table, sorted by prefix."""
    manager = import_module("bioregistry").manager

    owners = {bare(space): it.prefix for it in converter() for space in spaces_of(it)}
    named = biolink_names()
    found: list[list[str]] = []
    for prefix, it in sorted(manager.registry.items()):
        own = it.get_rdf_uri_prefix() or it.get_uri_prefix()
        if not own or prefix in LEFT_OUT or it.has_canonical:
            continue
        name = named.get(prefix) or it.get_preferred_prefix() or prefix
        spaces = {space for space, owner in owners.items() if owner == prefix and space}
        spaces = {space for space in spaces if not RULED.match(space)} - {bare(own)}
        # A prefix that stands in an id once more is taken off by rule.
        short = {space: re.sub(rf"(?i){re.escape(prefix)}[:_]$", "", space) for space in spaces}
        kept = {s for s, less in short.items() if less == s or less not in {*spaces, bare(own)}}
        kept |= {MORE[prefix]} if prefix in MORE else set()
        spellings = " ".join(other_spellings(it, {prefix, name}))
        found.append([prefix, name, own, spellings, " ".join(sorted(kept))])
    return found


def converter() -> Any:  # noqa: ANN401 - the class of curies
    """Return the records of bioregistry in which an address has one owner."""
    manager = import_module("bioregistry").manager

    return manager.get_converter(blacklist=LEFT_OUT).records


def spaces_of(it: Any) -> list[str]:  # noqa: ANN401 - as above
    """Return the addresses of a record of curies."""
    return [it.uri_prefix, *it.uri_prefix_synonyms]


def other_spellings(it: Any, told: set[str]) -> list[str]:  # noqa: ANN401 - as above
    """Return the spellings of a prefix that are not equal to one that is told already."""
    names: dict[str, str] = {}
    for name in sorted(it.get_synonyms()):
        if not re.search(r"\s", name) and curies.folded(name) not in map(curies.folded, told):
            names.setdefault(curies.folded(name), name)
    return list(names.values())


def biolink_names() -> dict[str, str]:
    """Return how Biolink writes prefixes; what its classes use goes before what it only lists."""
    manager = import_module("bioregistry").manager

    root = files("biolink_model")
    listed = json.loads((root / "prefixmaps/biolink_model_prefix_map.json").read_text("utf-8"))
    model = yaml.safe_load((root / "schema/biolink_model.yaml").read_text("utf-8"))
    used = [name for it in model["classes"].values() for name in it.get("id_prefixes", ())]
    found: dict[str, str] = {}
    for name in [*used, *sorted(listed)]:
        prefix = manager.normalize_prefix(name)
        # Of two spellings, the one that is no other word.
        if prefix and (prefix not in found or curies.folded(name) == curies.folded(prefix)):
            found[prefix] = found[prefix] if equal(found.get(prefix, ""), prefix) else name
    return found


def equal(name: str, other: str) -> bool:
    """Return whether two spellings are of one word."""
    return curies.folded(name) == curies.folded(other)


def bare(namespace: str) -> str:
    """Return an address without its scheme, or nothing where it is of no use."""
    rest = namespace.partition("://")[2]
    is_site = rest.count("/") == 1 and rest.endswith("/") and rest not in SITES
    return rest if re.search(r"[/#:_=]$", rest) and not is_site and " " not in rest else ""


def main() -> int:
    """Write the table."""
    lines = ["\t".join(curies.COLUMNS), *("\t".join(row) for row in rows())]
    text = (
        HEADER.format(version=version("bioregistry"), model=version("biolink-model"))
        + "\n".join(lines)
        + "\n"
    )
    TARGET.write_text(text, encoding="utf-8")
    print(f"{len(lines) - 1} prefixes, {len(text):,} characters", file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
