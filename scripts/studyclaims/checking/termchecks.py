"""Terms of a record, held against the slices of ``ontology/terms/`` and the slots they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from studyclaims.checking.checks import terms_of
from studyclaims.checking.complaints import Complaint
from studyclaims.similar import nearest, same_name
from studyclaims.slots import SLOTS, branch, fits, taken_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from studyclaims.checking.complaints import Path
    from studyclaims.model import Study
    from studyclaims.terms import Term, TermEntry

_HINTS: Final = 20
"""For how many different terms of a record a hint names what was likely meant."""

_UNKNOWN_HINT: Final = "correct it, or add it to ontology/terms/"


def check_terms(study: Study, index: Mapping[str, TermEntry]) -> Iterator[Complaint]:
    """Yield a complaint for each term that is not as its slice has it, or in no slot for it.

    The hint names what was likely meant: the nearest listed terms, or the term the label is of.

    >>> from studyclaims.paths import studies_dir
    >>> from studyclaims.records import read_record
    >>> study = read_record(studies_dir() / "ausk-2017.yaml").study
    >>> next(check_terms(study, {})).message
    'NCBITaxon:10090 is in no slice of ontology/terms/'
    """
    yield from term_complaints(terms_of(study), index)


def term_complaints(
    terms: Iterable[tuple[Path, Term]], index: Mapping[str, TermEntry]
) -> Iterator[Complaint]:
    """Yield a complaint for each of these terms that is not as its slice has it, or out of place.

    >>> from studyclaims.terms import Term
    >>> osteoclast = Term("CL:0000092", "osteoclast")
    >>> [c.code for c in term_complaints([(("context", "species"), osteoclast)], {})]
    ['T002', 'T005']
    """
    hints: dict[Term, str] = {}
    for path, term in terms:
        entry = index.get(term.iri)
        if entry is None:
            message = f"{term.curie} is in no slice of ontology/terms/"
            # Looking for the nearest takes a while: a record of unknown terms alone must not.
            if term not in hints and len(hints) < _HINTS:
                hints[term] = _nearest_hint(term, index)
            yield Complaint(path, "T002", message, hints.get(term, _UNKNOWN_HINT))
        elif entry.obsolete:
            hint = f"use {entry.replaced_by}" if entry.replaced_by else "use another term"
            yield Complaint(path, "T004", f"{term.curie} is obsolete", hint)
        elif entry.label != term.label:
            message = f"{term.curie} is labelled {entry.label!r}, not {term.label!r}"
            if term not in hints and len(hints) < _HINTS:
                hints[term] = _label_hint(term, entry, index)
            usual = f"write {entry.curie} {entry.label}"
            yield Complaint(path, "T003", message, hints.get(term, usual))
        yield from _out_of_place(path, term, entry)


def _out_of_place(path: Path, term: Term, entry: TermEntry | None) -> Iterator[Complaint]:
    """Yield a complaint where a term's branch is none of those that its slot takes."""
    slot = next((step for step in reversed(path) if isinstance(step, str)), "")
    namespace = entry.namespace if entry else ""
    if slot in SLOTS and not fits(slot, term.curie, namespace):
        message = f"{slot}: {term} is a term of {branch(term.curie, namespace)}"
        yield Complaint(path, "T005", message, f"{slot} takes a term of {taken_by(slot)}")


def _nearest_hint(term: Term, index: Mapping[str, TermEntry]) -> str:
    near = [f"{entry.curie} {entry.label}" for entry in nearest(str(term), index)]
    return f"did you mean {' or '.join(near)}? else {_UNKNOWN_HINT}" if near else _UNKNOWN_HINT


def _label_hint(term: Term, entry: TermEntry, index: Mapping[str, TermEntry]) -> str:
    usual = f"write {entry.curie} {entry.label}"
    # Another exact synonym of the same term says nothing about the identifier.
    others = same_name(term.label, index.values())[:3]
    if not others or entry in others:
        return usual
    named = " or ".join(f"{other.curie} {other.label}" for other in others)
    return f"{usual}, or {named} where the label is what is meant"
