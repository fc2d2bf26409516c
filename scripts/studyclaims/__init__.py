"""studyclaims: the claims of a published study as a validated, evidence-linked RDF graph.

>>> import studyclaims
>>> graph = studyclaims.load()
>>> row = next(iter(graph.query("SELECT (COUNT(?it) AS ?studies) { ?it a sc:Study }")))
>>> row["studies"]
13
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studyclaims.build import build_studies as build_studies
    from studyclaims.errors import StudyclaimsError as StudyclaimsError
    from studyclaims.graph import Graph as Graph
    from studyclaims.graph import load as load
    from studyclaims.quads import study_quads as study_quads
    from studyclaims.queries import Rows as Rows
    from studyclaims.records import read_record as read_record
    from studyclaims.validation import validate as validate

_HOMES = {
    "Graph": "graph",
    "Rows": "queries",
    "StudyclaimsError": "errors",
    "build_studies": "build",
    "load": "graph",
    "read_record": "records",
    "study_quads": "quads",
    "validate": "validation",
}

__all__ = [
    "Graph",
    "Rows",
    "StudyclaimsError",
    "build_studies",
    "load",
    "read_record",
    "study_quads",
    "validate",
]


def __dir__() -> list[str]:
    """Return what the package has, the public names that are not imported yet included."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the public name stands for
    """Return a public name, its module imported only now: ``--help`` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module 'studyclaims' has no attribute {name!r}")
    return getattr(import_module(f"studyclaims.{_HOMES[name]}"), name)
