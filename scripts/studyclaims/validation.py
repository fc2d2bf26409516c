"""Validate records and graphs: form, names, terms, shapes; with counts of what was really checked.

A check is one of: the form of one record or file of graphs; one use of a term; one constraint of
the shapes on one graph; one sentence, by its hash and with its cues; one graph reasoned over. It
failed if it has a finding, and passed otherwise. What could not be checked here, since there is no
text of the source or no hash of the sentence, is counted apart and never as passed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from studyclaims.build import trig
from studyclaims.checking.checks import terms_of
from studyclaims.checking.firstlook import terms_in
from studyclaims.citing import check_hashes
from studyclaims.errors import RecordError
from studyclaims.graphfiles import SUFFIXES, check_graph, check_other, read_graphs
from studyclaims.ontologies.ontology import check_consistency
from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import terms_dir
from studyclaims.quads import study_quads
from studyclaims.records import parse_record, read_record
from studyclaims.release import TOOL
from studyclaims.shapes import as_findings, constraint_count, load_shapes, validate_quads
from studyclaims.sourcemap import places
from studyclaims.terms import compress
from studyclaims.texts import cached_text
from studyclaims.yamltree import parse_tree, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.findings import Finding
    from studyclaims.records import Record
    from studyclaims.terms import TermEntry


STDIN: Final = "<stdin>"
"""What findings call a record that came without a file."""


@dataclass
class Outcome:
    """What a validation looked at and what it found.

    ``files`` are files of graphs; ``constraints`` is how many there are for each of the graphs;
    ``others`` are the graphs in those files that describe no study and hold no relation.
    """

    records: int = 0
    files: int = 0
    claims: int = 0
    terms: int = 0
    constraints: int = 0
    graphs: int = 0
    reasoned: int = 0
    sentences: int = 0
    failed: int = 0
    not_checkable: int = 0
    stale: int = 0
    others: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def run(self) -> int:
        """How many checks were run."""
        constraints = self.constraints * self.graphs
        return sum(
            (self.records, self.files, self.terms, constraints, self.sentences, self.reasoned)
        )

    @property
    def passed(self) -> int:
        """How many of the checks that were run found nothing."""
        return self.run - self.failed

    @property
    def holds(self) -> bool:
        """Whether a graph was checked and nothing was found."""
        return self.graphs > 0 and self.constraints > 0 and not self.findings

    def counts(self) -> dict[str, Any]:
        """Return the counts by name."""
        return {
            "records": self.records,
            "files of graphs": self.files,
            "claims": self.claims,
            "terms": self.terms,
            "constraints": self.constraints,
            "graphs": self.graphs,
            "graphs reasoned over": self.reasoned,
            "sentences": self.sentences,
            "built graphs not current": self.stale,
            "other graphs not checked": self.others,
            "checks run": self.run,
            "checks passed": self.passed,
            "checks failed": self.failed,
            "not checkable": self.not_checkable,
            "findings": len(self.findings),
        }

    def __str__(self) -> str:
        """Return one line that says what was checked."""
        parts = [_many(self.files, "file of graphs", "files of graphs")] if self.files else []
        if self.records or not parts:
            parts.insert(0, _many(self.records, "record"))
        looked = [
            _many(self.claims, "claim"),
            _many(self.terms, "use of a term", "uses of terms") if self.terms else "",
            f"{self.constraints} SHACL constraints on {_many(self.graphs, 'graph')}"
            if self.graphs
            else "",
            f"{self.reasoned} reasoned over in OWL" if self.reasoned else "",
            _many(self.sentences, "sentence") if self.sentences else "",
        ]
        found = f" ({_many(len(self.findings), 'finding')})" if self.findings else ""
        unseen = " (no text here, or no hash)" if self.not_checkable else ""
        stale = f"; {_many(self.stale, 'built graph')} not current: run build" if self.stale else ""
        more = _many(self.others, "other graph")
        others = f"; {more} not checked: no study there" if self.others else ""
        return (
            f"checked {' and '.join(parts)}: {', '.join(filter(None, looked))}; "
            f"{_many(self.run, 'check')} run, {self.passed} passed, {self.failed} failed{found}, "
            f"{self.not_checkable} not checkable{unseen}{stale}{others}"
        )


def _many(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def validate(paths: Sequence[Path], *, text: bytes | None = None, owl: bool = False) -> Outcome:
    """Return the outcome of validating these files, each study's graph by itself.

    >>> from studyclaims.paths import studies_dir
    >>> outcome = validate([studies_dir() / "ausk-2017.yaml"])
    >>> outcome.holds, outcome.failed, outcome.passed == outcome.run
    (True, 0, True)

    Args:
        paths: records; files that end in .trig, .nq or .ttl are graphs, which the shapes alone
            look at.
        text: one more record, which has no file and so no name that its key must have.
        owl: let a reasoner look for contradictions between each record's graph and the vocabulary.

    Raises:
        OSError: a file cannot be read.
        SetupError: the reasoner was asked for and could not run.
    """
    index, outcome = read_slices(terms_dir()), Outcome()
    outcome.constraints = constraint_count(load_shapes())
    for path in paths:
        if path.suffix.lower() in SUFFIXES:
            _validate_graphs(path, outcome)
        else:
            _validate_record(path, path.read_bytes(), index, outcome, owl=owl)
    if text is not None:
        _validate_record(None, text, index, outcome, owl=owl)
    outcome.findings.sort()
    return outcome


def _validate_graphs(path: Path, outcome: Outcome) -> None:
    """Add the studies of a file of graphs to the outcome, and what their graphs break."""
    outcome.files += 1
    codes: set[str] = set()
    try:
        studies, others = read_graphs(path)
        for graph in others:
            strays = check_other(graph)
            outcome.others += not strays
            outcome.findings += strays
            codes |= {finding.code for finding in strays}
        for graph in studies:
            found, failed = check_graph(graph)
            outcome.graphs += 1
            outcome.claims += graph.claims
            outcome.failed += failed
            outcome.findings += found
            codes |= {finding.code for finding in found}
    except RecordError as error:
        outcome.findings += error.findings
        codes |= {finding.code for finding in error.findings}
    # What no shape finds is wrong with the form of the file, which is one check.
    outcome.failed += bool(codes - {"S001"})


def _validate_record(
    path: Path | None,
    data: bytes,
    index: Mapping[str, TermEntry],
    outcome: Outcome,
    *,
    owl: bool,
) -> None:
    """Add a record to the outcome, and what it or its graph breaks."""
    outcome.records += 1
    try:
        record = read_record(path, index) if path else parse_record(data, STDIN, index)
    except RecordError as error:
        _refuse(error.findings, data, outcome)
        return
    outcome.claims += sum(len(p.claims) for p in record.study.propositions)
    outcome.terms += sum(1 for _ in terms_of(record.study))
    quads = study_quads(record.study, index, TOOL)
    _validate_graph(quads, record, outcome)
    _validate_sentences(record, outcome)
    if owl:
        found = list(_contradictions(quads, record))
        outcome.reasoned += 1
        outcome.failed += bool(found)
        outcome.findings += found
    built = path and path.with_suffix(".trig")
    if built and built.is_file() and built.read_bytes() != trig(record.study.key, quads):
        outcome.stale += 1


def _refuse(findings: Sequence[Finding], data: bytes, outcome: Outcome) -> None:
    """Add a record that cannot be read to the outcome; its terms were looked up all the same."""
    codes = {finding.code for finding in findings}
    wrong = {(f.line, f.column) for f in findings if f.code.startswith("T")}
    outcome.findings += findings
    outcome.failed += len(wrong) + any(code[0] in "YR" for code in codes)
    if not any(code.startswith("Y") for code in codes):
        # What has an undeclared prefix is a use of a term too, though it has not the form of one.
        outcome.terms += sum(1 for _ in terms_in(plain(parse_tree(data, STDIN))))
        outcome.terms += sum(finding.code == "T001" for finding in findings)


def _validate_graph(quads: Iterable[Quad], record: Record, outcome: Outcome) -> None:
    """Add what the shapes find in a study's graph to the outcome."""
    results = validate_quads(quads)
    outcome.graphs += 1
    outcome.failed += len({result.shape for result in results})
    outcome.findings += as_findings(results, record)


def _validate_sentences(record: Record, outcome: Outcome) -> None:
    """Add what the texts that are here say of the record's hashes and cues to the outcome."""
    hashes = check_hashes(record, _texts(record))
    outcome.sentences += hashes.checked
    outcome.failed += hashes.failed
    outcome.not_checkable += hashes.not_checkable
    outcome.findings += hashes.wrong


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
