"""RO-Crate: ``ro-crate-metadata.json``, which names every file of a release and says what it is.

The form is RO-Crate 1.2. The author is who ``CITATION.cff`` names; there is no publisher while
there is none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from studyclaims.exports.contents import PARTS
from studyclaims.exports.items import licence_names
from studyclaims.exports.sums import NAME as SUMS
from studyclaims.release import DATE, VERSION
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studyclaims.exports.citation import Author, Citation
    from studyclaims.exports.items import Item

    Thing = dict[str, Any]

NAME: Final = "ro-crate-metadata.json"
"""What the file is called; it describes all files but itself."""

CONTEXT: Final = "https://w3id.org/ro/crate/1.2/context"
_CONFORMS: Final = "https://w3id.org/ro/crate/1.2"
_TOOL: Final = "#tool"
_MAKING: Final = "#making"


def crate(items: Sequence[Item], citation: Citation, description: str) -> str:
    """Return the crate's description of these files, sorted by path.

    >>> from studyclaims.exports.citation import Citation
    >>> text = crate([], Citation("T", "A", ()), "D")
    >>> json.loads(text)["@graph"][0]["@id"]
    'ro-crate-metadata.json'
    """
    ordered = sorted(items, key=lambda item: item.path)
    authors = [_author(author, n) for n, author in enumerate(citation.authors, start=1)]
    licences = sorted({name for item in ordered for name in item.licences})
    folders = sorted({folder for item in ordered for folder in _folders(item.path)})
    things = [
        _descriptor(),
        _root(ordered, folders, authors, licences, citation, description),
        *(_folder(folder, ordered, folders) for folder in folders),
        *map(_file, ordered),
        *map(_licence, licences),
        *authors,
        *_making(ordered, citation),
    ]
    whole = {"@context": CONTEXT, "@graph": things}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _descriptor() -> Thing:
    """Return what the crate says of its own file."""
    return {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _CONFORMS},
        "about": {"@id": "./"},
    }


def _root(
    items: Sequence[Item],
    folders: Sequence[str],
    authors: Sequence[Thing],
    licences: Sequence[str],
    citation: Citation,
    description: str,
) -> Thing:
    """Return the release as a whole."""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{citation.title} {VERSION}",
        "description": description,
        "version": VERSION,
        "datePublished": DATE,
        "license": _links(licences),
        "author": _links(author["@id"] for author in authors),
        "hasPart": _links(_within("", items, folders)),
        "mentions": {"@id": _MAKING},
    }


def _folder(folder: str, items: Sequence[Item], folders: Sequence[str]) -> Thing:
    """Return a folder with what lies in it."""
    about = PARTS.get(folder.rstrip("/"), f"The {folder.rstrip('/').rpartition('/')[2]}")
    return {
        "@id": folder,
        "@type": "Dataset",
        "name": folder,
        "description": f"{about}.",
        "hasPart": _links(_within(folder, items, folders)),
    }


def _file(item: Item) -> Thing:
    """Return a file; the sum of the list of sums depends on that of this very description."""
    return {
        "@id": item.path,
        "@type": "File",
        "name": item.path,
        "description": f"{item.about}.",
        "encodingFormat": "application/gzip" if item.packed else item.media_type,
        "license": _links(item.licences),
        "contentSize": str(len(item.data)),
        **({"sha256": item.sha256} if item.path != SUMS else {}),
    }


def _licence(iri: str) -> Thing:
    """Return a licence by its name."""
    name = licence_names(iri)[1]
    return {"@id": iri, "@type": "CreativeWork", "name": name, "description": f"{name}: {iri}"}


def _author(author: Author, number: int) -> Thing:
    """Return an author as the citation file has it."""
    kind = "Person" if author.person else "Organization"
    return {"@id": author.iri or f"#author-{number}", "@type": kind, "name": author.name}


def _making(items: Iterable[Item], citation: Citation) -> list[Thing]:
    """Return how the release came about, and with what."""
    made = _links(item.path for item in items if item.part == "" and item.path.startswith("s"))
    return [
        {
            "@id": _MAKING,
            "@type": "CreateAction",
            "name": "Export of the release from its records",
            "instrument": {"@id": _TOOL},
            "object": {"@id": "records/"},
            "result": made,
        },
        {
            "@id": _TOOL,
            "@type": "SoftwareApplication",
            "name": citation.title,
            "description": citation.abstract,
            "url": BASE,
            "version": VERSION,
        },
    ]


def _folders(path: str) -> list[str]:
    """Return the folders that a path goes through."""
    steps = path.split("/")[:-1]
    return ["/".join(steps[: n + 1]) + "/" for n in range(len(steps))]


def _within(folder: str, items: Iterable[Item], folders: Iterable[str]) -> list[str]:
    """Return the files and folders that lie directly in a folder."""
    paths = [*(item.path for item in items), *folders]
    rests = ((path, path.removeprefix(folder)) for path in paths if path.startswith(folder))
    return sorted(path for path, rest in rests if rest and "/" not in rest.rstrip("/"))


def _links(names: Iterable[str]) -> Thing | list[Thing]:
    """Return links to things of the crate; one stands alone, as the form asks for."""
    links: list[Thing] = [{"@id": name} for name in names]
    return links[0] if len(links) == 1 else links
