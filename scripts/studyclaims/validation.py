"""Validate records: form, names, terms, shapes; with counts of what was really checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studyclaims.build import trig
from studyclaims.checks import terms_of
from studyclaims.citing import cached_text, check_hashes
from studyclaims.errors import RecordError
from studyclaims.ontology import check_consistency
from studyclaims.paths import terms_dir
from studyclaims.quads import study_quads
from studyclaims.records import read_record
from studyclaims.release import TOOL
from studyclaims.shapes import as_findings, constraint_count, load_shapes, validate_quads
from studyclaims.slices import read_slices
from studyclaims.sourcemap import places
from studyclaims.terms import compress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad

    from studyclaims.findings import Finding
    from studyclaims.records import Record
    from studyclaims.terms import TermEntry


@dataclass
class Outcome:
    """What a validation looked at and what it found."""

    records: int = 0
    claims: int = 0
    terms: int = 0
    constraints: int = 0
    graphs: int = 0
    reasoned: int = 0
    sentences: int = 0
    not_checkable: int = 0
    stale: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether something was checked and nothing was found."""
        return self.records > 0 and self.constraints > 0 and not self.findings

    def counts(self) -> dict[str, Any]:
        """Return the counts by name."""
        return {
            "records": self.records,
            "claims": self.claims,
            "terms": self.terms,
            "constraints": self.constraints,
            "graphs": self.graphs,
            "graphs reasoned over": self.reasoned,
            "sentences": self.sentences,
            "sentences not checkable": self.not_checkable,
            "built graphs not current": self.stale,
            "findings": len(self.findings),
        }

    def __str__(self) -> str:
        """Return one line that says what was checked."""
        stale = f"; {self.stale} built graph(s) not current: run build" if self.stale else ""
        owl = f", {self.reasoned} reasoned over in OWL" if self.reasoned else ""
        return (
            f"checked {self.records} record{'s' * (self.records != 1)}: {self.claims} claims, "
            f"{self.terms} uses of terms, {self.constraints} SHACL constraints on "
            f"{self.graphs} graph{'s' * (self.graphs != 1)}{owl}, {self.sentences} sentences "
            f"({self.not_checkable} not checkable: no text here); "
            f"{len(self.findings)} findings{stale}"
        )


def validate(paths: Sequence[Path], *, owl: bool = False) -> Outcome:
    """Return the outcome of validating these records, each study's graph by itself.

    With ``owl`` a reasoner looks for contradictions between each graph and the vocabulary.

    Raises:
        OSError: a file cannot be read.
        SetupError: the reasoner was asked for and could not run.
    """
    index, outcome = read_slices(terms_dir()), Outcome()
    outcome.constraints = constraint_count(load_shapes())
    for path in paths:
        outcome.records += 1
        try:
            record = read_record(path, index)
        except RecordError as error:
            outcome.findings += error.findings
            continue
        _validate_record(record, index, outcome, owl=owl)
    outcome.findings.sort()
    return outcome


def _validate_record(
    record: Record, index: Mapping[str, TermEntry], outcome: Outcome, *, owl: bool
) -> None:
    """Add one record that was read to the outcome, and what its graph breaks."""
    study = record.study
    outcome.claims += sum(len(p.claims) for p in study.propositions)
    outcome.terms += sum(1 for _ in terms_of(study))
    outcome.graphs += 1
    quads = study_quads(study, index, TOOL)
    outcome.findings += as_findings(validate_quads(quads), record)
    hashes = check_hashes(record, _texts(record))
    outcome.sentences += hashes.checked
    outcome.not_checkable += hashes.not_checkable
    outcome.findings += hashes.wrong
    if owl:
        outcome.reasoned += 1
        outcome.findings += _contradictions(quads, record)
    built = Path(record.file).with_suffix(".trig")
    if built.is_file() and not is_current(record, index, built):
        outcome.stale += 1


def _texts(record: Record) -> dict[str, str]:
    """Return the texts of a record's sources that were kept here."""
    kept = {name: cached_text(record.study.key, name) for name in record.study.sources}
    return {name: text for name, text in kept.items() if text is not None}


def _contradictions(quads: Iterable[Quad], record: Record) -> Iterator[Finding]:
    """Yield a finding for each subject of a smallest contradiction, and each empty class."""
    found, where = check_consistency(quads), places(record)
    for subject in found.culprits:
        message = f"{compress(subject)} contradicts the vocabulary"
        if len(found.culprits) > 1:
            message += f", together with {len(found.culprits) - 1} more"
        hint = "two values where one can be, or a thing of two kinds that exclude each other"
        yield record.finding(where.get(subject, ()), "O001", message, hint)
    for name in found.unsatisfiable:
        yield record.finding((), "O002", f"nothing can be a {compress(name)}", "mend the ontology")


def is_current(record: Record, index: Mapping[str, TermEntry], built: Path) -> bool:
    """Return whether the built file beside a record is what the record builds today."""
    quads = study_quads(record.study, index, TOOL)
    return built.is_file() and built.read_bytes() == trig(record.study.key, quads)
