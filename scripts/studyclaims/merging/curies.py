"""Ids in one spelling: offline, from the shipped table ``ontology/prefixes.tsv``.

One thing is written as an OBO PURL, as an address of identifiers.org, bioregistry.io or bio2rdf,
with http or https, with a prefix in lower case, with one that is out of date, or with one that is
there twice. An id is cut behind its last ``/ # : _ =``: what stands before is looked up, once for
each that occurs, and what stands behind is never changed. An id that the table does not know stays
as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from studyclaims.errors import TermError
from studyclaims.paths import ontology_dir
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

TABLE: Final = "prefixes.tsv"
COLUMNS: Final = ("prefix", "biolink", "namespace", "spellings", "namespaces")
"""In the last two, a blank stands between the values; a namespace there lacks its scheme."""

STYLES: Final = ("biolink", "bioregistry", "iri")
"""The spellings that ids can have: ``MESH:D001``, ``mesh:D001`` or a whole IRI."""

_PLAIN: Final = r"^(?:_:|[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]*$)"
"""What is surely an IRI, or the name of a blank node."""

_SCHEMES: Final = frozenset(
    {"data", "file", "ftp", "http", "https", "info", "mailto", "not", "tag", "urn", "uuid"}
)
"""What stands before a colon and is no prefix."""

_CUT: Final = re.compile(r"(.*[/#:_=])(.*)", re.DOTALL)
_WEB: Final = re.compile(r"https?://(.*)", re.IGNORECASE | re.DOTALL)
_HOSTS: Final = (
    re.compile(r"(?:www\.)?identifiers\.org/(?:[\w.-]+/)?([\w.-]+)[:/](.*)", re.IGNORECASE),
    re.compile(r"(?:bioregistry\.io|n2t\.net|bio2rdf\.org)/([\w.-]+)[:/](.*)", re.IGNORECASE),
    re.compile(r"purl\.obolibrary\.org/obo/([A-Za-z][\w.-]*?)_(.*)"),
    re.compile(r"purl\.org/obo/owl/[\w.-]+#([A-Za-z][\w.-]*?)_(.*)"),
)
"""Where a prefix is part of an address, and is looked up: the table has none of these."""

_CURIE: Final = re.compile(r"([^:/#\s]+):(.*)", re.DOTALL)
_OBO: Final = re.compile(r"([A-Za-z][\w.-]*?)_(.*)", re.DOTALL)
_MARKS: Final = str.maketrans("", "", "-_./ ")
_SERIES: Final = ("omim", "omim.ps")
_ORDER: Final = "PS"
"""How ids of a series of OMIM begin, if they are written as ids of OMIM."""


@dataclass(frozen=True, slots=True)
class Known:
    """A prefix of the table: its names, and the namespace that it stands for."""

    prefix: str
    biolink: str
    namespace: str


@cache
def table() -> tuple[dict[str, Known], dict[str, Known]]:
    """Return what is known by the spelling of a prefix, and by a namespace without its scheme.

    >>> spelled, addressed = table()
    >>> spelled[folded("MSH")].prefix, addressed["id.nlm.nih.gov/mesh/"].prefix
    ('mesh', 'mesh')
    """
    addressed: dict[str, Known] = {}
    names: list[tuple[int, str, Known]] = []
    text = (ontology_dir() / TABLE).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    for prefix, biolink, namespace, spellings, namespaces in rows[1:]:
        it = Known(prefix, biolink, namespace)
        names += [(0, prefix, it), (1, biolink, it)]
        names += [(2, name, it) for name in spellings.split()]
        for name in (namespace.partition("://")[2], *namespaces.split()):
            addressed.setdefault(name, it)
    spelled: dict[str, Known] = {}
    # A prefix goes before what others call theirs.
    for _, name, it in sorted(names, key=lambda row: row[0]):
        spelled.setdefault(folded(name), it)
    return spelled, addressed


def folded(prefix: str) -> str:
    """Return a prefix in the form in which spellings of it are equal.

    >>> folded("UMLS_CUI"), folded("umls.cui")
    ('umlscui', 'umlscui')
    """
    return prefix.casefold().translate(_MARKS)


@lru_cache(maxsize=1 << 16)
def known(before: str) -> tuple[Known, str] | None:
    """Return the prefix that the part of an id before its cut stands for, and what is over.

    >>> known("http://purl.obolibrary.org/obo/GO_")
    (Known(prefix='go', biolink='GO', namespace='http://purl.obolibrary.org/obo/GO_'), '')
    >>> known("https://example.org/")
    """
    web = _WEB.fullmatch(before)
    found = _by_address(web[1]) if web else _by_prefix(before)
    if found is None:
        return None
    it, over = found
    # Some write the prefix a second time into the id, as in MGI:MGI:1.
    while (again := _OBO.fullmatch(over) or _CURIE.fullmatch(over)) and _spelled(again[1]) is it:
        over = again[2]
    return it, over


def _spelled(prefix: str) -> Known | None:
    return None if prefix.casefold() in _SCHEMES else table()[0].get(folded(prefix))


def _by_prefix(before: str) -> tuple[Known, str] | None:
    """Return what a prefix stands for; that of OBO as a whole has the real one behind it."""
    match = _CURIE.fullmatch(before)
    if match is not None and match[1].casefold() == "obo":
        match = _OBO.fullmatch(match[2]) or match
    it = _spelled(match[1]) if match else None
    return (it, match[2]) if it and match else None


def _by_address(rest: str) -> tuple[Known, str] | None:
    """Return what an address stands for, by the longest that is known."""
    addressed = table()[1]
    for end in (m.end() for m in reversed(list(re.finditer(r"[/#:_=]", rest)))):
        if rest[:end] in addressed:
            return addressed[rest[:end]], rest[end:]
    for host in _HOSTS:
        match = host.fullmatch(rest)
        it = _spelled(match[1]) if match else None
        if it and match:
            return it, match[2]
    return None


def canonical(text: str, style: str = "biolink") -> str:
    """Return an id in its one spelling.

    >>> canonical("http://identifiers.org/mesh/D010024"), canonical("go:GO:0045453", "iri")
    ('MESH:D010024', 'http://purl.obolibrary.org/obo/GO_0045453')
    >>> canonical("https://example.org/x")
    'https://example.org/x'

    Raises:
        TermError: there is no such style.
    """
    cut = _CUT.fullmatch(text)
    return text if cut is None else _joined(cut[1], cut[2], style)


def _joined(before: str, after: str, style: str) -> str:
    found = known(before)
    if found is None or not after:
        _require_style(style)
        return before + after
    it, over = found
    if it.prefix in _SERIES and (over + after).startswith(_ORDER):
        it, over, after = _series(it), "", (over + after).removeprefix(_ORDER)
    return _start(it, style) + over + after


def _series(it: Known) -> Known:
    return table()[0].get(folded(_SERIES[1]), it)


def _start(it: Known, style: str) -> str:
    """Return what an id of a prefix begins with."""
    _require_style(style)
    if style == "iri":
        # Where this package's own graphs use the prefix, an IRI is to meet theirs.
        return prefixes().get(it.biolink, it.namespace)
    return f"{it.biolink if style == 'biolink' else it.prefix}:"


def _require_style(style: str) -> None:
    if style not in STYLES:
        raise TermError(style, "is no style of ids", f"use one of {', '.join(STYLES)}")


def prefix_of(text: str) -> str:
    """Return the prefix of an id as the table has it, or what stands before its cut.

    >>> prefix_of("http://purl.obolibrary.org/obo/GO_0045453"), prefix_of("x:1")
    ('go', 'x:')
    """
    cut = _CUT.fullmatch(text)
    if cut is None:
        return ""
    found = known(cut[1])
    if found is None:
        return cut[1]
    it, over = found
    is_series = it.prefix in _SERIES and (over + cut[2]).startswith(_ORDER)
    return _series(it).prefix if is_series else it.prefix


def canonical_ids(ids: pa.Array | pa.ChunkedArray, style: str = "biolink") -> pa.Array:
    """Return each id in its one spelling, all at once; nulls stay.

    >>> import pyarrow as pa
    >>> canonical_ids(pa.array(["MSH:D010024", "x:1"])).to_pylist()
    ['MESH:D010024', 'x:1']

    Raises:
        TermError: there is no such style.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    _require_style(style)
    whole = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    before = pc.replace_substring_regex(whole, pattern=r"[^/#:_=]*$", replacement="")
    after = pc.replace_substring_regex(whole, pattern=r"(?s)^.*[/#:_=]", replacement="")
    starts = before.dictionary_encode()
    new = pa.array([_begins(text, style) for text in starts.dictionary.to_pylist()], pa.string())
    made = pc.binary_join_element_wise(new.take(starts.indices), after, "")
    made = pc.if_else(pc.equal(after, ""), whole, made)
    odd = pa.array([_is_series(text) for text in starts.dictionary.to_pylist()], pa.bool_())
    rare = odd.take(starts.indices)
    if pc.any(rare).as_py():
        one_by_one = [canonical(text, style) for text in whole.filter(rare).to_pylist()]
        made = pc.replace_with_mask(made, rare, pa.array(one_by_one, pa.string()))
    return made


def _begins(before: str, style: str) -> str:
    found = known(before)
    return before if found is None else _start(found[0], style) + found[1]


def _is_series(before: str) -> bool:
    found = known(before)
    return found is not None and found[0].prefix in _SERIES


def iris(ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return each id as an IRI that may stand in RDF; null where there is none.

    An address stays as it is written, as far as it is an IRI; a CURIE with a prefix that is known
    is written out. Blank nodes stay, too.

    >>> import pyarrow as pa
    >>> iris(pa.array(["go:1", "http://x/a b", ":x y", "_:a"])).to_pylist()
    ['http://purl.obolibrary.org/obo/GO_1', 'http://x/a%20b', None, '_:a']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from studyclaims.merging.readers.rdf import mended_iri

    is_address = pc.match_substring_regex(ids, pattern=r"^(?i:https?|urn):|^_:")
    made = pc.if_else(is_address, ids, canonical_ids(ids, "iri"))
    if isinstance(made, pa.ChunkedArray):
        made = made.combine_chunks()
    plain = pc.match_substring_regex(made, pattern=_PLAIN)
    odd = pc.fill_null(pc.invert(plain), fill_value=False)
    mended = [mended_iri(text) for text in made.filter(odd).to_pylist()]
    return pc.replace_with_mask(made, odd, pa.array(mended, pa.string()))


def contradicted(prefix_map: dict[str, str]) -> dict[str, str]:
    """Return the prefixes of a file that mean there what they do not mean in the table.

    >>> contradicted({"mesh": "http://identifiers.org/mesh/", "go": "https://example.org/go/"})
    {'go': 'https://example.org/go/'}
    """
    return {
        prefix: namespace
        for prefix, namespace in sorted(prefix_map.items())
        if _WEB.fullmatch(namespace) and _other(prefix, namespace)
    }


def _other(prefix: str, namespace: str) -> bool:
    ours, theirs = _spelled(prefix), known(namespace)
    if ours is None:
        # An unknown prefix says nothing; what it stands for may be known.
        return theirs is not None
    return theirs is None or theirs[0] is not ours


def distinct_ids(columns: Iterable[pa.Array]) -> pa.Array:
    """Return each id of some columns once, sorted; nulls and empty texts left out.

    >>> import pyarrow as pa
    >>> distinct_ids([pa.array(["b", ""]), pa.array(["a", "b", None])]).to_pylist()
    ['a', 'b']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    chunks = [pc.unique(column) for column in columns]
    if not chunks:
        return pa.array([], pa.string())
    ids = pc.unique(pa.concat_arrays(chunks)).drop_null()
    return ids.filter(pc.not_equal(ids, "")).sort()
