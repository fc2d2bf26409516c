"""A small record that fills every field, and ways to change it, for tests of what is built."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

import yaml

from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import terms_dir
from studyclaims.quads import study_quads
from studyclaims.records import parse_record
from studyclaims.stores.embedded import EmbeddedStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Quad

    from studyclaims.records import Record
    from studyclaims.terms import TermEntry

KEY: Final = "small-2020"

SMALL: Final = """\
schema_version: 1
key: small-2020
sources:
  paper:
    kind: article
    title: Rest inflames bone marrow
    doi: 10.1234/small.1
    pmid: "123"
    pmcid: PMC456
    journal: Journal of Rest
    publisher: The Rest Press
    year: 2020
    date: 2020-02-03
    volume: "12"
    issue: "3"
    pages: 1-9
    authors:
      - {name: First Author, orcid: 0000-0000-0000-0001, affiliations: [lab]}
      - {name: Second Author}
    affiliations: {lab: A Laboratory, clinic: A Clinic}
    read: [title, abstract]
    read_at: ["https://example.org/paper"]
    licence: https://creativecommons.org/licenses/by/4.0/
    note: Read in part.
  news:
    kind: news
    title: Rest may harm
    page: https://example.org/news
    primary_source: paper
    provided_by: A Society
    read: [body]
curation:
  drafted_by: {tool: a drafting tool, version: "1.50"}
  agent_type: automated_agent
  status: checked
  reviewed_by:
    - {orcid: 0000-0000-0000-0028, date: 2020-03-04}
  date: 2020-03-05
  note: Made up for tests.
context:
  species: NCBITaxon:10090 Mus musculus
  strain: any
  sex: female
  age: 10 weeks
  dose: 2 units
  route: by mouth
  site: UBERON:0000979 tibia
  site_printed: the shin
  assay: histology
  compared_with: sham
  stated_in: [paper]
entities:
  rest:
    term: scterm:disuse mechanical disuse
  inflammation:
    variable: GO:0006954 inflammatory response
    change: increased
    within_part: [UBERON:0002371 bone marrow, UBERON:0000979 tibia]
    by_agent: CHEBI:3160 Botulinum toxin type A
    due_to: rest
    modifier: [PATO:0000627 localized]
    note: A composition with nearly every slot.
  larger-cells:
    variable: PATO:0000117 size
    change: increased
    bearer: CL:0000092 osteoclast
  formation:
    variable: GO:0030316 osteoclast differentiation
    change: increased
    toward: larger-cells
propositions:
  - about: rest
    link: cause
    outcome: inflammation
    note: What the title says.
    claims:
      - id: title-inflames
        source: paper
        stance: supports
        certainty: asserted
        cue: [inflames]
        basis: intervention
        role: conclusion
        lag: {bound: by, time: 3 d, after: rest}
        context: {strain: black, dose: 4 units}
        note: No hedge.
        evidence:
          - type: ECO:0000179 animal model system study evidence
            measured: true
            design: time course
            test_of: sufficiency
            at: title
            hash: 00000000000000000000000000000000000000000000000000000000000000aa
            note: Read twice.
            measurements:
              - value: "1.50"
                spread: "0.2"
                unit: mm
                n: 8
                p: "<0.05"
                compared_with: sham
                time: 72 h
                pattern: peak
                coefficient: true
      - id: news-inflames
        source: news
        stance: supports
        certainty: suggested
        cue: [may harm, could]
        basis: none
        role: conclusion
        context: {shared: false}
        evidence:
          - type: ECO:0006151 documented statement evidence
            measured: false
            at: body, sentence 1
            hash: 00000000000000000000000000000000000000000000000000000000000000bb
  - about: inflammation
    link: associate
    outcome: formation
    claims:
      - id: abstract-association
        source: paper
        stance: supports
        certainty: asserted
        cue: [went with]
        basis: association
        role: result
        evidence:
          - type: ECO:0000179 animal model system study evidence
            measured: true
            at: abstract, sentence 2
      - id: abstract-null
        source: paper
        stance: noEffect
        certainty: asserted
        cue: [no difference]
        basis: comparison
        role: result
        evidence:
          - type: ECO:0000179 animal model system study evidence
            measured: true
            at: abstract, sentence 3
  - about: rest
    link: prevent
    outcome: formation
    claims:
      - id: abstract-refutes
        source: paper
        stance: refutes
        certainty: asserted
        cue: [does not prevent]
        basis: intervention
        role: conclusion
        evidence:
          - type: ECO:0000179 animal model system study evidence
            measured: true
            at: abstract, sentence 4
withdrawn:
  - {id: gone, date: 2020-04-05, reason: It was read wrongly.}
"""
"""Nothing in it is true; its terms are in the slices, its ORCIDs are nobody's."""


@cache
def _small_json() -> str:
    return json.dumps(yaml.safe_load(SMALL), default=str)


def small() -> dict[str, Any]:
    """Return the small record as data that a test may change."""
    data: dict[str, Any] = json.loads(_small_json())
    return data


@cache
def index() -> Mapping[str, TermEntry]:
    """Return what the slices list."""
    return read_slices(terms_dir())


def record(data: dict[str, Any] | None = None) -> Record:
    """Return the record that the data stands for, checked as a file would be; else the small one.

    Data goes in as JSON, which is YAML too.
    """
    return _parsed(_text(data))


def quads(data: dict[str, Any] | None = None) -> frozenset[Quad]:
    """Return the quads of a changed record, or of the small one."""
    return _built(_text(data))


def _text(data: dict[str, Any] | None) -> str:
    return SMALL if data is None else json.dumps(data, ensure_ascii=False)


# Neither a record nor a set of quads can be changed, so tests may share what one text becomes.
@lru_cache(maxsize=256)
def _parsed(text: str) -> Record:
    return parse_record(text.encode("utf-8"), f"{KEY}.yaml", index())


@lru_cache(maxsize=256)
def _built(text: str) -> frozenset[Quad]:
    return study_quads(_parsed(text).study, index(), "a tool 1")


@cache
def store() -> EmbeddedStore:
    """Return the small record's graph, ready to be asked."""
    return EmbeddedStore(quads())


def at(data: Any, path: str) -> tuple[Any, str | int]:  # noqa: ANN401 - any part of a record
    """Return the block that holds a path as ``propositions.0.about``, and the path's last step."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        data = data[step]
    return data, last


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the small record with another value at a path."""
    data = small()
    block, last = at(data, path)
    block[last] = value
    return data
