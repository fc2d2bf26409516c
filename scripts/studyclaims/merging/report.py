"""What a merge did: how much went in, what became of it, and what was set aside and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studyclaims.merging.table import Refused

_MENDED: Final = {
    "statements with IRIs repaired": "repaired",
    "rows with empty cells added at their end": "filled",
}
_SHOWN: Final = 10
"""How many of what was set aside the text tells; the report holds all."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file that went in: what it holds, how many rows it has, and how many were set aside."""

    file: str
    source: str
    kind: str
    rows: int
    quarantined: int
    repaired: int = 0
    """How many statements had an illegal IRI, which was percent-encoded."""

    filled: int = 0
    """How many rows lacked cells at their end, which are empty ones now."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        names = ("file", "source", "kind", "rows", "quarantined", "repaired", "filled")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Total:
    """What became of all rows of one kind."""

    kind: str
    rows: int
    merged: int
    duplicates: int
    quarantined: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        names = ("merged", "duplicates", "quarantined")
        return {"in": self.rows} | {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Report:
    """All that is told of a merge."""

    inputs: list[Input] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    linked: int = 0
    """How many ids have another canonical one."""

    cliques: int = 0
    unlinked: list[dict[str, Any]] = field(default_factory=list)
    """The cliques that were refused, with the rows that made them."""

    rewritten: bool = False
    denied: int = 0
    """How many statements their sources deny: they are in the tables, and no triples."""

    opposed: int = 0
    """On how many things there are opposite stances: they are in ``stances.tsv``."""

    def require_balance(self) -> None:
        """Raise where any row was lost.

        >>> Report(totals=[Total("edges", 3, 1, 1, 0)]).require_balance()
        Traceback (most recent call last):
        studyclaims.errors.GraphError: edges: 3 rows in, and 1 merged + 1 duplicates + 0 ...

        Raises:
            GraphError: the rows of a kind are not the sum of what became of them.
        """
        for total in self.totals:
            parts = (total.merged, total.duplicates, total.quarantined)
            if total.rows != sum(parts):
                found = f"{total.rows} rows in, and {parts[0]} merged + {parts[1]} duplicates"
                problem = f"+ {parts[2]} quarantined out; nothing was written, please report this"
                raise GraphError(f"{total.kind}: {found} {problem}")

    def to_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "rewritten": self.rewritten,
            "denied": self.denied,
            "opposed": self.opposed,
            "totals": {total.kind: total.to_dict() for total in self.totals},
            "inputs": [it.to_dict() for it in self.inputs],
            "links": {"ids": self.linked, "cliques": self.cliques, "refused": self.unlinked},
            "quarantine": [it.to_dict() for it in self.refused],
        }

    def __str__(self) -> str:
        lines = [_line(total) for total in self.totals]
        how = "rewritten to" if self.rewritten else "linked to"
        lines.append(f"{self.linked:,} ids {how} {self.cliques:,} canonical ones")
        if self.denied:
            lines.append(
                f"{self.denied:,} statements are denied by their sources, or no plain yes: no "
                "triples"
            )
        if self.opposed:
            lines.append(f"opposed: {self.opposed:,} things, with all voices in stances.tsv")
        if self.unlinked:
            lines.append(f"{len(self.unlinked):,} cliques refused:")
            lines += _some([f"  {' '.join(c['ids'])}: {c['fault']}" for c in self.unlinked])
        for what, name in _MENDED.items():
            lines += _mended(what, [(it.file, getattr(it, name)) for it in self.inputs])
        whole = [it for it in self.refused if it.whole]
        rows = [it for it in self.refused if not it.whole]
        lost = sum(it.quarantined for it in self.totals if it.kind != "files")
        if rows:
            lines.append(f"{max(len(rows), lost):,} set aside, and kept in quarantine:")
            lines += _some(_grouped(rows))
        if whole:
            lines.append(f"{len(whole):,} files set aside whole, or from where they break off:")
            lines += _some(_grouped(whole))
        return "\n".join(lines)


def _line(total: Total) -> str:
    parts = f"{total.merged:,} merged + {total.duplicates:,} duplicates + {total.quarantined:,}"
    return f"{total.kind}: {total.rows:,} in = {parts} quarantined"


def _mended(what: str, files: Sequence[tuple[str, int]]) -> list[str]:
    """Return a line that tells how many were mended, and in which files."""
    found = [f"{name} {number:,}" for name, number in files if number]
    if not found:
        return []
    more = f", and {len(found) - _SHOWN:,} more files" if len(found) > _SHOWN else ""
    number = sum(number for _, number in files)
    return [f"{number:,} {what}: {', '.join(found[:_SHOWN])}{more}"]


def _grouped(refused: Sequence[Refused]) -> list[str]:
    """Return a line for each reason in each file, and one for all files of one reason."""
    groups: dict[tuple[str, str], list[Refused]] = {}
    for it in refused:
        groups.setdefault(("" if it.whole else it.path, it.reason), []).append(it)
    lines = []
    for first, *others in groups.values():
        more = f" (and {len(others):,} more so)" if others else ""
        lines.append(f"  {first}{more}")
    return lines


def _some(lines: Sequence[str]) -> list[str]:
    more = [f"  and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
    return [*lines[:_SHOWN], *more]
