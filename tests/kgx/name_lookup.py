"""Say which local names KGX takes for something of Biolink.

Names on stdin, one a line; on stdout a JSON object, name to the element found or null. Run by
KGX's own environment (see ``environment.py``), which has no studyclaims in it.

KGX asks bmt for the local part of a predicate (``Toolkit.get_element``: name or alias, ignoring
case, blanks and underscores, camelCase split), then for its IRI, its CURIE and its local part
among the mappings (``Toolkit.get_element_by_mapping``), and other parts of KGX ask for the CURIE
itself. A name is tried here in all those ways and in every spelling that bmt formats names in, so
this finds at least what KGX finds.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from importlib.resources import files
from typing import Any

VOCABULARY = "https://w3id.org/studyclaims/vocab/"

KGX_KEYS = frozenset(
    {"subject", "predicate", "object", "relation", "id", "key", "name", "category", "type"}
    | {"association_id", "provided_by"}
)
"""Property names that KGX's own code acts on, whatever namespace they came from."""


def spellings(name: str) -> list[str]:
    """Return the ways in which KGX and bmt may come to write a local name."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ")
    snake = words.lower().replace(" ", "_")
    camel = "".join(word.capitalize() for word in words.split())
    plain = [name, name.lower(), words, words.lower(), snake, camel]
    curies = [f"{prefix}:{form}" for prefix in ("biolink", "sc") for form in (name, snake, camel)]
    return list(dict.fromkeys([*plain, *curies, f"{VOCABULARY}{name}"]))


def find(toolkit: Any, name: str) -> str | None:  # noqa: ANN401
    """Return the name of the Biolink element that a local name is taken for, or None.

    Args:
        toolkit: A ``bmt.Toolkit``.
        name: The local name of a property.
    """
    for form in spellings(name):
        element = toolkit.get_element(form)
        if element is None:
            mapped = toolkit.get_element_by_mapping(form)
            element = toolkit.get_element(mapped) if mapped else None
        if element is not None:
            return str(element.name)
    return f"KGX's own {name!r}" if name in KGX_KEYS else None


def main() -> None:
    """Look up every name on stdin and print the answers."""
    model = files("biolink_model") / "schema" / "biolink_model.yaml"
    toolkit = import_module("bmt.toolkit").Toolkit(str(model), {"predicate mappings": []})
    json.dump({name: find(toolkit, name) for name in sys.stdin.read().split()}, sys.stdout)


if __name__ == "__main__":
    main()
