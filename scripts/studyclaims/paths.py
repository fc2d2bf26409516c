"""Where the package's data is: in a checkout, or inside an installed wheel."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from studyclaims.errors import SetupError


@cache
def data_root() -> Path:
    """Return the folder that holds ``ontology/``, ``graph/`` and ``shapes/``.

    >>> (data_root() / "ontology" / "context.jsonld").is_file()
    True

    Raises:
        SetupError: neither an installed wheel's data nor a checkout is there.
    """
    installed = Path(str(files("studyclaims"))) / "data"
    if installed.is_dir():
        return installed
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "ontology").is_dir():
        return checkout
    raise SetupError(
        f"no data folder: looked in {installed} and {checkout}; install the wheel again or "
        "run from a checkout"
    )


def in_checkout() -> bool:
    """Return whether the package runs from a checkout, whose files ``build`` may refresh."""
    return not (Path(str(files("studyclaims"))) / "data").is_dir()


def ontology_dir() -> Path:
    """Return ``ontology/``."""
    return data_root() / "ontology"


def terms_dir() -> Path:
    """Return ``ontology/terms/``, the slices of outside ontologies."""
    return data_root() / "ontology" / "terms"


def studies_dir() -> Path:
    """Return ``graph/studies/``, one record and one built graph a study."""
    return data_root() / "graph" / "studies"


def queries_dir() -> Path:
    """Return ``graph/queries/``."""
    return data_root() / "graph" / "queries"


def shapes_dir() -> Path:
    """Return ``shapes/``."""
    return data_root() / "shapes"
