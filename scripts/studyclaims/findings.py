"""Findings: complaints about a record or a graph that point at a place in a file.

A finding prints as ``file:line:col: CODE message`` with a hint on the next line. Every code stands
once in `CODES` with what it means; a code that was ever released is never given another meaning.
``docs/findings.md`` says of each why it matters and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

CODES: Final[dict[str, str]] = {
    "Y001": "the file is larger than a record may be",
    "Y002": "the text is not valid UTF-8, or holds a character that no record may hold",
    "Y003": "the text is not well-formed YAML",
    "Y004": "the file holds no record",
    "Y005": "lists and mappings are nested too deep",
    "Y006": "an alias or a merge key; a record writes everything out",
    "Y007": "a tag; a record uses plain YAML scalars only",
    "Y008": "the same key twice in one mapping",
    "Y009": "a key that is not plain text",
    "Y010": "more than one document in one file",
    "R001": "an unknown key",
    "R002": "a required key is missing",
    "R003": "a value of the wrong kind",
    "R004": "a value outside the allowed ones",
    "R005": "a value that is not written in the form its key asks for",
    "R006": "the record's key and its file name differ",
    "R007": "a name that the record does not define",
    "R008": "an identifier used twice",
    "R009": "the schema version is not one this tool reads",
    "R010": "an entity that is due to, or directed at, itself",
    "R011": "a source that cannot stand as it is described",
    "R012": "a curation block that contradicts itself",
    "R013": "a claim whose stance, certainty, basis and role cannot stand together",
    "R014": "a double sign: the variable's name already carries the change",
    "R015": "two entities, or two propositions, of one record that are the same thing",
    "R016": "a place in a part of a source that was not read",
    "R017": "an entity that is neither a term nor a composition",
    "R018": "a placeholder that is still to be filled in",
    "R019": "an entity nested deeper than anybody can read",
    "R020": "a sentence of a source in a note, where no licence allows it",
    "R021": "a unit that UCUM does not know",
    "R022": "a probability outside 0 to 1",
    "R023": "a direction against the relation or the printed sign",
    "R024": "a proposition that links an entity to itself",
    "R025": "two sources of one record with the same DOI, PMID, PMCID or page",
    "R026": "a lag that cannot stand",
    "R027": "one place of a source with two hashes",
    "R028": "a term twice in one slot",
    "L001": "the first line does not name the schema for editors",
    "L002": "keys in another order than the model's",
    "L003": "long text that is not folded, or folded otherwise",
    "L004": "quotes that are not needed, or not the usual ones",
    "L005": "no blank line between blocks of the record, or between propositions",
    "L006": "characters nobody sees: carriage returns, blanks at a line's end, no last line end",
    "L007": "a list or mapping in brackets where lines are usual, or the other way round",
    "L008": "another departure from the layout: indentation, blanks, blank lines",
    "T001": "a term whose prefix is not declared in ontology/context.jsonld",
    "T002": "a term that no file of ontology/terms/ lists",
    "T003": "a term's label is not the one its ontology gives",
    "T004": "a term that its ontology has made obsolete",
    "T005": "a term of the wrong branch for its slot",
    "H001": "an evidence hash that is that of no sentence of the text at hand",
    "H002": "a cue word that is not in the sentence it was taken from",
    "H003": "an evidence place that is not where its sentence stands",
    "S001": "a shape's demand is not met",
    "S002": "a file of graphs that describes no study, so that nothing was checked",
    "S003": "a file of graphs that cannot be read, or that no shape can look at",
    "S004": "a relation outside the graph of a study: no claim stands for it",
    "S005": "an identifier that is not the key of what it names",
    "O001": "a contradiction with the vocabulary, found by an OWL reasoner",
    "O002": "a class of the vocabulary that nothing can be in",
}
"""Every finding code and what it means."""

FAMILIES: Final[dict[str, str]] = {
    "Y": "Whether the file is YAML that can be a record, before anything else is looked at.",
    "R": "The record's own form: its keys, its values, and what must agree in it.",
    "T": "Terms, as the slices in ontology/terms/ have them.",
    "H": "Hashes and cue words, where the text of a source is at hand.",
    "S": "The graph of one study, against the shapes in shapes/.",
    "O": "What cannot be true together, which only `validate --owl` looks for.",
    "L": "The one style of record files; `lint --fix` mends each of these.",
}
"""What the first letter of a code says is checked."""

PAGE: Final = "docs/findings.md"
"""Where every code is explained."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One complaint: where it is, its code, what was found, and what to do.

    Lines and columns count from 1; 0 means that the whole file is meant.

    >>> print(Finding("a.yaml", 41, 9, "R004", "stance 'support' is not known", "write supports"))
    a.yaml:41:9: R004 stance 'support' is not known
        hint: write supports
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"finding code {self.code!r} is not listed in findings.CODES")

    @property
    def docs(self) -> str:
        """Where the code is explained: a page of the checkout, and the heading on it."""
        return f"{PAGE}#{self.code.lower()}"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"
        return f"{place}\n    hint: {self.hint}" if self.hint else place


def report(findings: Iterable[Finding]) -> str:
    """Return the findings as text, in the order of their places, one blank-free line each.

    >>> report([])
    ''
    """
    return "\n".join(str(finding) for finding in sorted(findings))
