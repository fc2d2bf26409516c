"""Readme: the page that a release begins with, written out of what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from studyclaims.exports.contents import PARTS, QUADS, TRIPLES
from studyclaims.exports.counts import counted
from studyclaims.exports.items import licence_names
from studyclaims.release import DATE, VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studyclaims.exports.citation import Citation
    from studyclaims.exports.items import Item

NAME: Final = "README.md"

_PAGE: Final = """\
# {title} {version}

{description}
Released {date}. Studies: {studies}. Claims: {claims}. Triples: {triples}.

**What a claim is.** One source's take on one proposition. {hedged} of the claims are hedged,
refuted, null or left open, and {secondary} are of news and other secondary sources: a table or a
query that leaves out stance and certainty turns them into facts that nobody claimed. {signed} of
the {claims} claims are in records that a person has signed; for the others no person answers yet.

## What is here

| file | what it is | licence |
|---|---|---|
{table}

Each file is described in `ro-crate-metadata.json` (RO-Crate) and `catalogue.ttl` (DCAT, VoID). No
publisher is named in them, because there is none. The addresses in `catalogue.ttl` are names; they
lead to the files once a server has them.

## Is it whole?

    sha256sum -c SHA256SUMS

## Was it loaded whole?

`expected-counts.json` holds questions in SPARQL and their answers. Those of the scope `union` are
asked of `{ttl}`, those of the scope `graphs` of `{nq}`. It also
lists how many rows each question of `queries/` gives, which is asked as those of `union` are. With
rdflib, in this folder:

```python
{snippet}```

## Licence

There is no one licence for all of it. `LICENSE-DATA` says what is CC0, and that each slice of an
outside ontology keeps its own licence; the table above has the licence of each file. `LICENSE` is
that of the software.

{licences}

## Cite

Cite the studies that a claim rests on first: each claim names its source. How to cite this release
is in `CITATION.cff`.
"""

SNIPPET: Final = """\
import gzip, json
from rdflib import Dataset, Graph

with open("expected-counts.json", encoding="utf-8") as file:
    expected = json.load(file)
loaded = {"union": Graph(), "graphs": Dataset()}
for scope, form in {"union": "turtle", "graphs": "nquads"}.items():
    with gzip.open(expected["files"][scope]) as file:
        loaded[scope].parse(file, format=form)
for count in expected["counts"]:
    answer = loaded[count["scope"]].query(count["sparql"])
    found = [{k: v.toPython() for k, v in row.asdict().items()} for row in answer]
    found = [{k: v if isinstance(v, int) else str(v) for k, v in row.items()} for row in found]
    same = all(row in count["expected"] for row in found) and len(found) == len(count["expected"])
    print("as expected" if same else "NOT AS EXPECTED", count["name"], sep=": ")
"""
"""Counts with rdflib alone; a test runs it as it stands on the page."""


def readme(
    items: Sequence[Item], citation: Citation, description: str, counts: list[dict[str, Any]]
) -> str:
    """Return the page.

    >>> from studyclaims.exports.citation import Citation
    >>> readme([], Citation("T", "A", ()), "D", [])[:3]
    '# T'
    """
    claims = counted(counts, "claims")
    return _PAGE.format(
        title=citation.title,
        version=VERSION,
        description=description,
        date=DATE,
        studies=counted(counts, "studies"),
        claims=claims,
        triples=counted(counts, "triples"),
        hedged=claims - _of(counts, "claims by stance and certainty", "supports", "asserted"),
        secondary=counted(counts, "claims of secondary sources"),
        signed=_of(counts, "claims by status of their record", "signed"),
        table="\n".join(_lines(items)),
        licences="\n".join(_licences(items)),
        snippet=SNIPPET,
        ttl=TRIPLES,
        nq=QUADS,
    )


def _of(counts: list[dict[str, Any]], name: str, *values: str) -> int:
    """Return the number in the row of a count that has these values of our vocabulary."""
    rows = (row for count in counts if count["name"] == name for row in count["expected"])
    found = (row for row in rows if {str(v).rpartition("/")[2] for v in row.values()} >= {*values})
    return sum(row["count"] for row in found)


def _lines(items: Sequence[Item]) -> list[str]:
    """Return the table: each file, but a folder of like ones as one line."""
    lines = [(i.path, i.about, i.licences) for i in items if not i.part]
    for part, about in PARTS.items():
        licences = {name for item in items if item.part == part for name in item.licences}
        lines.append((f"{part}/", about, tuple(sorted(licences))))
    return [
        f"| `{path}` | {about} | {', '.join(licence_names(name)[0] for name in licences)} |"
        for path, about, licences in sorted(lines)
    ]


def _licences(items: Sequence[Item]) -> list[str]:
    """Return the licences that occur, each with its name and address."""
    found = sorted({name for item in items for name in item.licences})
    return [f"- {licence_names(iri)[0]}: {licence_names(iri)[1]}, <{iri}>" for iri in found]
