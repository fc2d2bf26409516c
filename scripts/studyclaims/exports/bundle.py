"""Bundle: the release, all of it, out of the packaged dataset and nothing else.

What it holds depends on the records and on the version of this package alone: no clock, no name of
a machine, no order of a file system. The packed files also depend on zlib; ``expected-counts.json``
has the SHA-256 of what is in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal

from studyclaims.build import corpus_quads, record_paths
from studyclaims.dataset import DATASET
from studyclaims.errors import SetupError
from studyclaims.exports import sums as checksums
from studyclaims.exports.catalogue import NAME as CATALOGUE
from studyclaims.exports.catalogue import catalogue
from studyclaims.exports.citation import NAME as CITATION
from studyclaims.exports.citation import read_citation
from studyclaims.exports.contents import built_items, copied_items
from studyclaims.exports.counts import NAME as COUNTS
from studyclaims.exports.counts import counts_text, expected_counts
from studyclaims.exports.folder import put_folder, require_free
from studyclaims.exports.items import CC0, Item
from studyclaims.exports.readme import NAME as README
from studyclaims.exports.readme import readme
from studyclaims.exports.rocrate import NAME as CRATE
from studyclaims.exports.rocrate import crate
from studyclaims.ontologies.slices import read_slices
from studyclaims.paths import data_root, terms_dir
from studyclaims.rdf import node
from studyclaims.records import read_record
from studyclaims.stores.embedded import EmbeddedStore
from studyclaims.validation import is_current

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pyoxigraph import Quad

    from studyclaims.exports.citation import Citation

_DESCRIPTION: Final = node("dct:description")


def write_release(folder: Path) -> bool:
    """Put a release of the packaged dataset in a folder; return whether anything changed there.

    >>> write_release(data_root())
    Traceback (most recent call last):
    ...
    studyclaims.errors.PlaceError: ...: holds files, and is no release of ours; ...

    Raises:
        GraphError: a file does not read back equal.
        PlaceError: the folder holds what is no release of ours.
        RecordError: a record cannot be read.
        SetupError: a built graph is not what its record builds, or a file of this package is not
            there.
        OSError: the machine refused.
    """
    require_free(folder)
    _require_current()
    return put_folder(folder, release_files(corpus_quads(), copied_items(data_root())))


def release_files(quads: Iterable[Quad], copied: Sequence[Item]) -> dict[str, bytes]:
    r"""Return every file of a release of these quads, by its path in the folder.

    >>> from studyclaims.exports.contents import copied_items
    >>> files = release_files([], copied_items(data_root()))
    >>> files["SHA256SUMS"].count(b"\n") == len(files) - 1
    True

    Args:
        quads: the whole dataset.
        copied: the files that a release takes over, the citation file among them.

    Raises:
        GraphError: a file does not read back equal.
        SetupError: the citation file is not among them, or says too little.
    """
    held = list(quads)
    store = EmbeddedStore(held)
    citation = _citation(copied)
    description = _description(held) or citation.abstract
    counts = expected_counts(store)
    data = [*built_items(held, store), *copied]
    whole = [
        *data,
        _page(COUNTS, counts_text(counts, data), "What any engine must find in the dataset"),
        _page(CATALOGUE, catalogue(data, held, citation.authors), "The release in DCAT and VoID"),
    ]
    whole += [_page(README, readme(whole, citation, description, counts), "What is here")]
    # The crate says how long the list of sums is: as long as one of the same names.
    names = {item.path: b"" for item in whole} | {CRATE: b""}
    listed = checksums.sums_text(names)
    sums = _page(checksums.NAME, listed, "The SHA-256 of every other file")
    described = crate([*whole, sums], citation, description)
    files = {item.path: item.data for item in whole} | {CRATE: described.encode("utf-8")}
    return files | {checksums.NAME: checksums.sums_text(files).encode("utf-8")}


def _citation(copied: Iterable[Item]) -> Citation:
    """Return what the citation file says."""
    for item in copied:
        if item.path == CITATION:
            return read_citation(item.data)
    raise SetupError(f"{CITATION}: not among what a release takes over; install the package again")


def _page(path: str, text: str, about: str) -> Item:
    """Return a file that describes the release."""
    return Item(path, text.encode("utf-8"), about, (CC0,))


def _description(quads: Iterable[Quad]) -> str:
    """Return how the dataset describes itself."""
    said = (q for q in quads if q.subject == node(DATASET) and q.predicate == _DESCRIPTION)
    return next((q.object.value for q in said if isinstance(q.object, Literal)), "")


def _require_current() -> None:
    """Raise where a built graph is not what its record builds: a release has both."""
    index = read_slices(terms_dir())
    for path in record_paths():
        if not is_current(read_record(path, index), index, path.with_suffix(".trig")):
            raise SetupError(
                f"{path.with_suffix('.trig')}: not what {path.name} builds; run: studyclaims build"
            )
