"""Begin a record: a file that holds every required key and says what to write where.

What is to be filled in is ``TODO``, which `studyclaims.records` refuses under R018 at its place,
so a record that was begun and not finished never validates. What may be left out stands in
comments, each before a key of its own block, as `lint --fix` would move it elsewhere otherwise.
"""

from __future__ import annotations

import errno
import json
import re
import textwrap
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from studyclaims.checking.wording import BLOCK, WIDTH, stands
from studyclaims.errors import TermError
from studyclaims.files import write_atomic
from studyclaims.model import SCHEMA_VERSION, Claim, Curation, Entity, Evidence, Proposition, Source
from studyclaims.schema import said
from studyclaims.style import SCHEMA_LINE, fixed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SOURCE: Final = (
    "journal:",
    "year:",
    "authors:",
    "  - name:  # in the order of the byline",
    "read_at: […]  # the addresses of the pages",
)
_PROGRAM: Final = ("Of a program, in place of the ORCID:", "tool:", "version:")
_CONTEXT: Final = (
    "In what the claims hold, as far as the sources print it:",
    "context:",
    "  species:  # CURIE, one blank, label",
    "  strain:",
    "  sex:  # one of female, male, mixed",
    "  age:",
    "  dose:",
    "  route:",
    "  stated_in: [paper]",
)
_CLAIM: Final = (
    "lag: {bound: …, time: …, after: first-entity}  # bound: at, by, from or atPeak; as in 24 h",
    "context:",
    "  site:  # CURIE, one blank, label",
    "  site_printed:  # as the source words it",
)
_NUMBERS: Final = (
    "measurements:  # whatever is not printed is left out",
    '  - {value: "…", unit: "…", n: …, p: "…", time: …, compared_with: …}',
)

_EXAMPLES: Final = {"doi": "10.1234/able.2020.1", "pmid": "12345678"}
_RESOLVER: Final = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", re.IGNORECASE)


def new_record(
    key: str,
    *,
    doi: str | None = None,
    pmid: str | None = None,
    page: str | None = None,
    title: str | None = None,
) -> str:
    r"""Return the text of a record to fill in; what is known of the publication stands in it.

    >>> text = new_record("able-2020", doi="https://doi.org/10.1234/Small.1")
    >>> print(*text.splitlines()[1:8], sep="\n")
    schema_version: 1
    key: able-2020
    <BLANKLINE>
    sources:
      paper:
        kind: TODO  # article or preprint
        title: TODO  # as printed

    Raises:
        TermError: the key is not one that a file, an IRI and a graph can be named by, or the DOI,
            PMID or page is none.
        RecordError: the title holds a character that no record may hold.
    """
    if not _KEY.fullmatch(key):
        remedy = "write small letters, digits and hyphens, 64 at most, as in able-2020"
        raise TermError(key, "is no key of a record", remedy)
    known = {"doi": doi and _RESOLVER.sub("", doi.strip()).lower(), "pmid": pmid, "page": page}
    _refuse_wrong({name: value for name, value in known.items() if value is not None})
    places = [_line("    ", name, _written(value)) for name, value in known.items() if value]
    lines = [
        SCHEMA_LINE,
        f"schema_version: {SCHEMA_VERSION}",
        f"key: {key}",
        "sources:",
        "  paper:",
        _line("    ", "kind", comment="article or preprint"),
        _line("    ", "title", _written(title) if title else "TODO", "" if title else "as printed"),
        *(places or [_line("    ", "doi", comment="or pmid, pmcid, page: one is enough")]),
        *_optional("    ", _SOURCE),
        _line("    ", "read", "[TODO]", f"{said(Source, 'read')}, as in [title, abstract]"),
        *_curation(),
        *("", *_optional("", _CONTEXT), ""),
        *_entities(),
        *_propositions(),
    ]
    return fixed("\n".join(lines).encode(), f"{key}.yaml").decode()


def write_new(
    key: str,
    folder: Path,
    *,
    doi: str | None = None,
    pmid: str | None = None,
    page: str | None = None,
    title: str | None = None,
) -> Path:
    """Write a record to fill in as ``<key>.yaml`` in a folder, and return its path.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_new("able-2020", Path(folder)).name
    'able-2020.yaml'

    Raises:
        FileExistsError: a file of that name is there; it is left as it is.
        TermError: the key is not one that a file, an IRI and a graph can be named by, or the DOI,
            PMID or page is none.
    """
    text = new_record(key, doi=doi, pmid=pmid, page=page, title=title)
    path = folder / f"{key}.yaml"
    if path.exists() or path.is_symlink():
        raise FileExistsError(errno.EEXIST, "the record is there already", str(path))
    write_atomic(path, text.encode())
    return path


def _refuse_wrong(known: dict[str, str]) -> None:
    """Raise an error where what is given of the publication is not what the model takes."""
    try:
        Source.model_validate({"kind": "article", "title": "TODO", "read": ["title"], **known})
    except ValidationError as problem:
        error = problem.errors()[0]
        cause, name = error.get("ctx", {}).get("error"), str(error["loc"][0])
        if isinstance(cause, TermError):
            raise cause from None
        remedy = str(cause) if cause else f"write it as in {_EXAMPLES[name]}"
        raise TermError(known[name], f"is no {name}", remedy) from None


def _written(value: str) -> str:
    """Return a given text as YAML."""
    return value if stands(BLOCK, value) else json.dumps(value, ensure_ascii=False)


def _curation() -> list[str]:
    return [
        "curation:",
        "  drafted_by:",
        *_optional("    ", _PROGRAM),
        _line("    ", "orcid", comment="the person's"),
        _line("  ", "agent_type", comment=said(Curation, "agent_type")),
        "  status: draft",
        _line("  ", "date", comment=said(Curation, "date")),
    ]


def _entities() -> list[str]:
    comment = said(Entity, "term")
    return [
        "entities:",
        "  # Under a name of your own: term alone, or the slots of a composition (docs/model.md).",
        "  first-entity:",
        _line("    ", "term", comment=comment),
        "  second-entity:",
        _line("    ", "term", comment=comment),
    ]


def _propositions() -> list[str]:
    claim = " " * 8
    reason = " " * 12
    return [
        "propositions:",
        "  - about: first-entity",
        _line("    ", "link", comment=said(Proposition, "link")),
        "    outcome: second-entity",
        "    claims:",
        "      - id: first-claim",
        f"{claim}source: paper",
        _line(claim, "stance", comment=said(Claim, "stance")),
        _line(claim, "certainty", comment=said(Claim, "certainty")),
        _line(claim, "cue", "[TODO]", said(Claim, "cue")),
        _line(claim, "basis", comment=said(Claim, "basis")),
        _line(claim, "role", comment=said(Claim, "role")),
        *_optional(claim, _CLAIM),
        f"{claim}evidence:",
        _line("          ", "- type", comment=said(Evidence, "type")),
        _line(reason, "measured", comment=said(Evidence, "measured")),
        _line(reason, "at", comment=said(Evidence, "at")),
        *_optional(reason, _NUMBERS),
        _line(reason, "hash", comment="of the sentence; studyclaims cite prints it"),
    ]


def _optional(indent: str, lines: Iterable[str]) -> list[str]:
    """Return keys that may be left out, as comments: without the ``# `` they stand as they must."""
    return [f"{indent}# {line}" for line in lines]


def _line(indent: str, name: str, value: str = "TODO", comment: str = "") -> str:
    """Return a key with its value and what to write: behind it, or above it where it is long."""
    line = f"{indent}{name}: {value}"
    if len(line) + len(comment) + 4 < WIDTH:
        return f"{line}  # {comment}" if comment else line
    words = textwrap.wrap(comment, WIDTH - len(indent) - 3)
    return "\n".join([*(f"{indent}# {text}" for text in words), line])
