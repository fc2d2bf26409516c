"""Every error this package raises on purpose.

::

    StudyclaimsError
    ├── RecordError        a record cannot be read; holds all its findings
    ├── TermError          an IRI, CURIE or prefix that cannot be used
    ├── GraphError         quads that cannot be written or did not read back equal
    │   ├── PlaceError     a place to write to that is taken by what is no plain file
    │   └── ClaimError     a claim that a graph tells in two ways, or not in full
    ├── StoreError         a store refused, is held by another process, or answered wrong
    ├── QueryError         a query that cannot be parsed or run
    ├── ConfigError        a setting that cannot stand, and the file and line it is in
    └── SetupError         something this machine lacks: a file, Java, an extra

Each stores its parts and prints where, what was found, what was expected and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studyclaims.findings import report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studyclaims.findings import Finding


class StudyclaimsError(Exception):
    """The base of every error here: catch it to catch them all."""

    exit_status = 70
    """What the command line ends with."""


class RecordError(StudyclaimsError):
    """A record that cannot be read. ``findings`` holds every complaint, in order."""

    exit_status = 1

    # An error is pickled by its arguments: they are its parts, and its text is made of them.
    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(sorted(findings))
        super().__init__(self.findings)

    def __str__(self) -> str:
        return report(self.findings)


class TermError(StudyclaimsError, ValueError):
    """An IRI, CURIE or prefix that cannot be used. ``text`` is what was found."""

    exit_status = 2

    def __init__(self, text: str, problem: str, remedy: str) -> None:
        self.text = text
        self.problem = problem
        self.remedy = remedy
        super().__init__(text, problem, remedy)

    def __str__(self) -> str:
        return f"{self.text!r}: {self.problem}; {self.remedy}"


class GraphError(StudyclaimsError):
    """Quads that cannot be written, or a written file that did not read back equal."""


class PlaceError(GraphError):
    """A place to write to that is taken by a link, a folder or whatever else is no plain file."""

    exit_status = 3


class ClaimError(GraphError):
    """A claim that a graph tells in two ways, or so that it cannot be read out.

    ``name`` is the claim, or the part of it that is at fault.
    """

    exit_status = 4

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        self.name = name
        self.problem = problem
        self.remedy = remedy
        super().__init__(name, problem, remedy)

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}; {self.remedy}"


class StoreError(StudyclaimsError):
    """A store that refused, is held by another process, or answered wrong."""

    exit_status = 4


class QueryError(StudyclaimsError):
    """A query that cannot be found, parsed or run."""

    exit_status = 2


class ConfigError(StudyclaimsError):
    """A file of settings that cannot be read, or a setting in it that cannot stand."""

    exit_status = 2


class SetupError(StudyclaimsError):
    """Something this machine lacks; the message says what and how to get it."""

    exit_status = 3
