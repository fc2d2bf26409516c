"""Judge nanopublications by the package ``nanopub``; print, as JSON, what it says of each file.

Run by an environment of its own (see ``environment.py``), which has no studyclaims in it::

    python judge_nanopubs.py FOLDER
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any


def judged(path: Path) -> dict[str, Any]:
    """Return whether a file is a valid nanopublication with a right name, or what is wrong."""
    package, rdflib = import_module("nanopub"), import_module("rdflib")
    try:
        graph = rdflib.ConjunctiveGraph()
        graph.parse(path, format="trig")
        it = package.Nanopub(rdf=graph)
        return {
            "valid": it.is_valid,
            "trusty": it.has_valid_trusty,
            "iri": str(it.source_uri),
            "triples": len(it.rdf),
        }
    except ValueError as error:
        return {"valid": False, "error": str(error)}


def main() -> None:
    """Judge every file below the folder named on the command line."""
    warnings.simplefilter("ignore")
    # Without this rdflib writes numbers anew, and what is hashed is no longer what was written.
    setattr(import_module("rdflib"), "NORMALIZE_LITERALS", False)  # noqa: B010
    folder = Path(sys.argv[1])
    found = {str(p.relative_to(folder)): judged(p) for p in sorted(folder.rglob("*.trig"))}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
