"""Which terms may stand in which slot of a record: the one table, which ``docs/model.md`` repeats.

A branch is a prefix; where branches share one, as those of the Gene Ontology do, it is the prefix
and the branch: ``GO process``. The shapes of ``shapes/slot.ttl`` say the same of a graph.
"""

from __future__ import annotations

from typing import Final

BRANCHES: Final = {
    "biological_process": "process",
    "cellular_component": "component",
    "molecular_function": "function",
}
"""The branch that each OBO namespace of the Gene Ontology is."""

_PHENOTYPES: Final = ("DOID", "HP", "MONDO", "MP", "MPATH")
_ANATOMY: Final = ("CL", "GO component", "UBERON")

SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "variable": (
        "EFO", "GO function", "GO process", "MAXO", "MESH", "OBA", "OBI", "PATO", *_PHENOTYPES,
        "scterm",
    ),
    "bearer": ("CHEBI", *_ANATOMY, "MESH", "PR", "scterm"),
    "within_part": _ANATOMY,
    "by_agent": ("CHEBI", "CL", "MAXO", "MESH", "OBI", "PR", "scterm"),
    "modifier": ("PATO", "scterm"),
    "term": (
        "CHEBI", "CL", "EFO", "GO", "HsapDv", "IAO", "MAXO", "MESH", "MMO", "MmusDv", "NCBITaxon",
        "OBA", "OBI", "PATO", "PR", *_PHENOTYPES, "SEPIO", "UBERON", "UO", "scterm",
    ),
    "species": ("NCBITaxon",),
    "site": ("CL", "UBERON"),
    "type": ("ECO",),
}  # fmt: skip
"""The key of each slot, and the branches that may stand in it; GO alone is all of its branches."""


def branch(curie: str, namespace: str = "") -> str:
    """Return the branch of a term; without a namespace a term of GO is of GO and no more is known.

    >>> branch("GO:0005634", "cellular_component"), branch("GO:0072675"), branch("CL:0000092")
    ('GO component', 'GO', 'CL')
    """
    prefix = curie.partition(":")[0]
    part = BRANCHES.get(namespace) if prefix == "GO" else None
    return f"{prefix} {part}" if part else prefix


def fits(slot: str, curie: str, namespace: str = "") -> bool:
    """Return whether a term may stand in a slot; where its branch is not known, whether it could.

    >>> fits("within_part", "GO:0005634", "cellular_component")
    True
    >>> fits("within_part", "GO:0006954", "biological_process")
    False
    >>> fits("within_part", "GO:0072675"), fits("species", "GO:0072675")
    (True, False)

    Raises:
        KeyError: no slot has that key.
    """
    found, taken = branch(curie, namespace), SLOTS[slot]
    prefix = found.partition(" ")[0]
    if found == prefix:
        return prefix in {name.partition(" ")[0] for name in taken}
    return found in taken or prefix in taken


def taken_by(slot: str) -> str:
    """Return the branches that a slot takes, in words.

    >>> taken_by("site"), taken_by("species")
    ('CL or UBERON', 'NCBITaxon')

    Raises:
        KeyError: no slot has that key.
    """
    *most, last = sorted(SLOTS[slot], key=str.casefold)
    return f"{', '.join(most)} or {last}" if most else last
