"""Looking up terms in ontology files, and adding one to the slices of ``ontology/terms/``.

A term is found by label, synonym or identifier in a file that the curator names, and copied from
that file: nothing is typed by hand, and nothing is fetched.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import TermError
from studyclaims.files import write_atomic
from studyclaims.ontologies.files import OBO, read_header, read_ontology
from studyclaims.ontologies.slices import (
    SLICES,
    SliceSource,
    read_slice,
    read_slices,
    slice_quads,
    slice_text,
)
from studyclaims.paths import terms_dir
from studyclaims.rdf import node
from studyclaims.similar import find_terms, nearest
from studyclaims.terms import check_iri, expand, prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.ontologies.files import FileHeader
    from studyclaims.similar import Match
    from studyclaims.terms import TermEntry

_SNOMED: Final = re.compile(r"snomed.*|sct(id)?", re.IGNORECASE)
_OPEN: Final = re.compile(r"https?://creativecommons\.org/(publicdomain/zero|licenses/by)/")
_RELATIONS: Final = frozenset({"biolink", "RO"})
_ROW: Final = re.compile(r"\| `[^`]+\.ttl` \|")
_NO_TEXTS: Final = (
    "Definitions and synonyms are left out: the licence is not one that is known to let them be "
    "copied."
)


def find(
    text: str, files: Sequence[Path] = (), limit: int = 10, folder: Path | None = None
) -> list[Match]:
    """Return the terms of these files, or else of the slices, that a text may mean.

    >>> [str(match) for match in find("Tibia", limit=1)]
    ['UBERON:0000979 tibia (label)']

    Raises:
        TermError: a file cannot be read as an ontology.
        OSError: a file cannot be opened.
    """
    if files:
        return find_terms(text, (e for path in files for e in read_ontology(path)), limit)
    return find_terms(text, read_slices(folder or terms_dir()).values(), limit)


def match_row(match: Match) -> dict[str, Any]:
    """Return a match as plain values.

    >>> match_row(find("tibia")[0])["curie"]
    'UBERON:0000979'
    """
    entry = match.entry
    return {
        "curie": entry.curie,
        "label": entry.label,
        "why": match.why,
        "score": match.score,
        "obsolete": entry.obsolete,
        "replaced_by": entry.replaced_by,
        "namespace": entry.namespace,
        "definition": entry.definition,
        "parents": list(entry.parents),
    }


def matches_text(matches: Iterable[Match]) -> str:
    """Return matches as lines to read, each with its definition: a label that fits is not enough.

    >>> matches_text(find("animal model system study evidence")).splitlines()[0]
    'ECO:0000179 animal model system study evidence (label)'
    """
    lines: list[str] = []
    for match in matches:
        lines.append(f"{match}\n")
        if match.entry.definition:
            lines.append(f"    {' '.join(match.entry.definition.split())}\n")
    return "".join(lines) or "no term found; try fewer or other words, or name an ontology file\n"


def add_term(
    curie: str,
    path: Path,
    folder: Path | None = None,
    *,
    title: str | None = None,
    version: str | None = None,
    licence: str | None = None,
    ontology: str | None = None,
    source: str | None = None,
) -> bool:
    r"""Copy a term from an ontology file into its slice; return whether the slice changed.

    The header and every other term of a slice stay; the row of its ``README.md`` follows.
    Definition and synonyms are copied where the licence is CC0 or CC BY. A term that stands there
    without a definition gets none: somebody left it out, as one whose text is another's. Relations
    are not added this way.

    Args:
        curie: the term.
        path: an ontology file that holds it.
        folder: the folder of the slices, by default ``ontology/terms/``.
        title: the ontology's title, for a new slice whose file does not state it; so are the next.
        version: its release.
        licence: the IRI of its licence.
        ontology: its IRI.
        source: what to call the file, as ``repository:path@commit``; by default its name and
            release, or hash.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> head = "ontology: cl\nproperty_value: dct:license https://example.org/own\n"
    >>> with TemporaryDirectory() as folder:
    ...     file, home = Path(folder) / "cl.obo", Path(folder)
    ...     _ = file.write_text(head + "[Term]\nid: CL:0000092\nname: osteoclast\n")
    ...     add = lambda: add_term("CL:0000092", file, home, title="Cells", version="1")
    ...     add(), add()
    (True, False)

    Raises:
        TermError: the term is not in the file, is a relation, is obsolete or may not be copied, or
            a new slice lacks something; the message says what to pass.
        GraphError: the slice cannot be read or written.
        OSError: the file cannot be opened.
    """
    prefix = _prefix(curie)
    home = folder or terms_dir()
    entry = _wanted(curie, path)
    header = read_header(path)
    own = _is_own(header, prefix)
    said = {"title": title, "version": version, "licence": licence, "ontology": ontology}
    stated = {name: getattr(header, name) if own else "" for name in said}
    stated |= {name: value for name, value in said.items() if value}
    named = source or _file_name(path, stated["version"])
    target = _slice_file(home, prefix)
    if target.is_file():
        quads = _merged(read_slice(target), prefix, entry, named, stated)
    else:
        missing = [name for name, value in stated.items() if not value]
        if missing:
            other = "" if own else ", being no file of that ontology itself,"
            problem = f"no slice of {prefix} is there yet, and {path.name}{other} does not state"
            passed = " ".join(f"--{name} ..." for name in missing)
            raise TermError(curie, f"{problem} {', '.join(missing)}", f"pass {passed}")
        quads = slice_quads(_new_slice(prefix, named, stated, own=own), [entry])
    changed = write_atomic(target, slice_text(quads).encode("utf-8"))
    _update_table(home, target)
    return changed


def _prefix(curie: str) -> str:
    prefix = curie.partition(":")[0]
    if _SNOMED.fullmatch(prefix):
        problem = "is of SNOMED CT, whose licence does not let its terms be passed on"
        raise TermError(curie, problem, "use a term of an open ontology")
    expand(curie)
    if prefix in _RELATIONS:
        raise _relation(curie, "is a relation")
    if prefix == "scterm":
        remedy = "write it there by hand, with a definition and an editorial note"
        raise TermError(curie, "is one of our own terms, in studyclaims.ttl", remedy)
    return prefix


def _wanted(curie: str, path: Path) -> TermEntry:
    """Return the entry of a term that may be used, or say what to use."""
    entry = next((entry for entry in read_ontology(path) if entry.curie == curie), None)
    if entry is None:
        if any(entry.curie == curie for entry in read_ontology(path, relations=True)):
            raise _relation(curie, f"is a relation in {path.name}")
        near = nearest(curie, {e.curie: e for e in read_ontology(path) if e.label})
        named = " or ".join(f"{found.curie} {found.label}" for found in near)
        remedy = f"did you mean {named}?" if near else "look it up with: term find"
        raise TermError(curie, f"is not in {path.name}", remedy)
    if entry.obsolete:
        remedy = f"use {entry.replaced_by}" if entry.replaced_by else "use another term"
        raise TermError(curie, f"is obsolete in {path.name}", remedy)
    if not entry.label.strip():
        problem = f"has no label in {path.name}, which only mentions it"
        raise TermError(curie, problem, "give a file of its own ontology")
    for parent in entry.parents:
        if parent.partition(":")[0] not in prefixes():
            problem = f"is a parent of {curie}, and its prefix is not declared"
            raise TermError(parent, problem, "declare it in ontology/context.jsonld")
    return entry


def _relation(curie: str, problem: str) -> TermError:
    """Return why a relation is refused."""
    remedy = "name a class: no slot takes a relation, and what links entities is a word of its own"
    return TermError(curie, f"{problem}, and relations are not added this way", remedy)


def _is_own(header: FileHeader, prefix: str) -> bool:
    """Return whether a file is of the ontology of this prefix, not another that imports from it."""
    iri = header.ontology.rstrip("/#")
    named = iri.removeprefix(OBO).split("/")[0] if iri.startswith(OBO) else iri
    return PurePosixPath(named).stem.casefold() == prefix.casefold()


def _file_name(path: Path, version: str) -> str:
    if version:
        return f"{path.name} (release {version})"
    with path.open("rb") as file:
        return f"{path.name} (sha256 {hashlib.file_digest(file, 'sha256').hexdigest()})"


def _slice_file(folder: Path, prefix: str) -> Path:
    """Return the file of a prefix's slice, whatever it is called, or where a new one goes."""
    usual = folder / f"{prefix.lower()}.ttl"
    iri = node(SLICES + prefix.lower())
    others = () if usual.is_file() else sorted(folder.glob("*.ttl"))
    return next((p for p in others if any(q.subject == iri for q in read_slice(p))), usual)


def _merged(
    quads: list[Quad], prefix: str, entry: TermEntry, named: str, stated: dict[str, str]
) -> list[Quad]:
    """Return the quads of a slice with this term added, or in place of what it said of it."""
    header, subject = node(SLICES + prefix.lower()), node(entry.curie)

    def first(iri: object, name: str) -> str:
        found = (q.object for q in quads if q.subject == iri and q.predicate == node(name))
        return min((getattr(term, "value", "") for term in found), default="")

    open_texts = _is_open(first(header, "dct:license"), stated["licence"])
    if first(subject, "rdfs:label") and not first(subject, "skos:definition"):
        entry = replace(entry, definition="")
    # Imports of an ontology often leave the namespaces out; what is known stays known.
    known = first(subject, "oboInOwl:hasOBONamespace")
    entry = replace(entry, namespace=entry.namespace or known)
    note = first(subject, "skos:editorialNote")
    version = first(header, "dcat:version")
    same = _is_same_file(named, first(header, "dct:source"), version)
    source = SliceSource(
        prefix=prefix,
        ontology=first(header, "prov:wasDerivedFrom"),
        title=first(header, "dct:title"),
        version=version,
        licence=first(header, "dct:license"),
        source=first(header, "dct:source"),
        definitions_allowed=open_texts,
        rights=_NO_TEXTS,
        elsewhere={} if same else {entry.curie: named},
        notes={entry.curie: note} if note else {},
    )
    new = [quad for quad in slice_quads(source, [entry]) if quad.subject == subject]
    if _without_source(new) == _without_source(q for q in quads if q.subject == subject):
        return quads
    return [quad for quad in quads if quad.subject != subject] + new


def _without_source(quads: Iterable[Quad]) -> set[Quad]:
    """Return what is said of a term: reading the same from another file is no change."""
    return {quad for quad in quads if quad.predicate != node("dct:source")}


def _is_same_file(named: str, known: str, version: str) -> bool:
    """Return whether a file's name is that which a header gives, or its last part and release."""
    last = re.split(r"[/:]", known.partition("@")[0])[-1]
    return named in {known, f"{last} (release {version})"}


def _is_open(licence: str, stated: str) -> bool:
    """Return whether a slice's licence, and the file's if it states one, let text be copied."""
    return bool(_OPEN.match(licence)) and (not stated or bool(_OPEN.match(stated)))


def _new_slice(prefix: str, named: str, stated: dict[str, str], *, own: bool) -> SliceSource:
    iri = stated["ontology"]
    if own and iri.startswith(OBO):
        # A subset's header names the subset; the terms are defined by the whole.
        iri = f"{OBO}{iri.removeprefix(OBO).split('/')[0].removesuffix('.owl')}.owl"
    allowed = _is_open(stated["licence"], "")
    return SliceSource(
        prefix=prefix,
        ontology=check_iri(iri),
        title=stated["title"],
        version=stated["version"],
        licence=check_iri(stated["licence"]),
        source=named,
        definitions_allowed=allowed,
        rights="" if allowed else _NO_TEXTS,
    )


def _update_table(folder: Path, target: Path) -> None:
    """Make the row of a slice in the folder's README.md tell what the slice holds."""
    readme = folder / "README.md"
    if not readme.is_file():
        return
    lines = readme.read_text(encoding="utf-8").split("\n")
    places = [number for number, line in enumerate(lines) if _ROW.match(line)]
    named = f"| `{target.name}` |"
    row = _table_row(target)
    for number in places:
        if lines[number].startswith(named):
            # What people wrote into the other cells stays.
            cells = lines[number].split(" | ")
            lines[number] = " | ".join([*cells[:4], row[4], *cells[5:]])
            break
    else:
        after = [number for number in places if lines[number] < named]
        before = (after[-1] + 1) if after else min(places, default=len(lines))
        lines.insert(before, " | ".join(row))
    write_atomic(readme, "\n".join(lines).encode("utf-8"))


def _table_row(target: Path) -> list[str]:
    quads = read_slice(target)
    head = {q.predicate: getattr(q.object, "value", "") for q in quads if _is_header(q)}
    licence = re.sub(
        r"https?://creativecommons\.org/licenses/by/([0-9.]+)/.*",
        r"CC BY \1",
        head[node("dct:license")],
    )
    return [
        f"| `{target.name}`",
        head[node("dct:title")].removesuffix(": a slice"),
        head[node("dcat:version")],
        "CC0" if "/publicdomain/zero/" in licence else licence,
        str(len({q.subject for q in quads if not _is_header(q)})),
        f"`{head[node('dct:source')]}` |",
    ]


def _is_header(quad: Quad) -> bool:
    return str(quad.subject).startswith(f"<{SLICES}")
