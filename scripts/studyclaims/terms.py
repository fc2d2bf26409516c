"""Terms, IRIs and CURIEs: the one prefix map, read from ``ontology/context.jsonld``."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import IPv6Address
from typing import Final

from studyclaims.errors import TermError
from studyclaims.paths import ontology_dir

BASE: Final = "https://w3id.org/studyclaims/"
"""The base of every IRI minted here."""

SC: Final = BASE + "vocab/"
"""The namespace of this project's own classes, properties and values."""

SCHEMES: Final = frozenset({"http", "https", "urn"})
"""The IRI schemes that may occur in a record: a link that a page shows must not run code."""

_CURIE = re.compile(r"^(?P<prefix>[A-Za-z][A-Za-z0-9_.-]*):(?P<local>[^\s:<>\"{}|\\^`]+)$")
_FORBIDDEN = re.compile(r"[\s<>\"{}|\\^`]")

# RFC 3987, section 2.2: what an IRI may hold beside ASCII; private use is left out.
_UCS = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U000e1000-\U000efffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14)
)
_SAFE = rf"(?:[A-Za-z0-9._~!$&'()*+,;={_UCS}-]|%[0-9A-Fa-f]{{2}})"
_TAIL = rf"(?:{_SAFE}|[:@/?])*"
# Only ASCII letters have two cases here: a long s is no s.
_ANY_CASE = re.IGNORECASE | re.ASCII
_SIX = r"\[(?P<six>[0-9A-Fa-f:.]+)\]"
_WEB: Final = (
    rf"(?i:https?)://(?:{_SIX}|{_SAFE}+)(?::(?P<port>[0-9]{{1,5}}))?(?:[/?]{_TAIL})?(?:#{_TAIL})?"
)
# RFC 8141, section 2: a name of 2 to 32 letters, digits and hyphens, then what it names.
_URN: Final = (
    rf"(?i:urn:[a-z0-9][a-z0-9-]{{0,30}}[a-z0-9]):(?:{_SAFE}|[:@])(?:{_SAFE}|[:@/])*"
    rf"(?:\?[+=]{_TAIL})?(?:#{_TAIL})?"
)
_ODD: Final = (
    (r"https?://[^/?#]*@", "names a user before its host", "write what stands behind the @ alone"),
    (r"https?:(?!//[^/?#:])", "has no host", "write it whole, as in https://example.org/page"),
    (
        r"urn:(?![a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[^?#])",
        "is not in the form urn:namespace:name",
        "write it whole, as in urn:isbn:0000000000",
    ),
    (r".*%(?![0-9a-f]{2})", "has a % that no two hex digits follow", "write %25 for a mere %"),
    (r".*#.*#", "has a second #", "write %23 for it"),
    (
        rf"(?!https?://{_SIX}[^\[\]]*$).*[\[\]]",
        "has a bracket outside the host",
        "write %5B for [ and %5D for ]",
    ),
)
"""What a copied address often has and no IRI may have: form, what is wrong, what to do."""

_FAULTS: Final = tuple((re.compile(form, _ANY_CASE), what, remedy) for form, what, remedy in _ODD)


def _matches(form: str, text: str) -> re.Match[str] | None:
    """Return how a whole text is of a form; ASCII text is laid beside the ASCII of it."""
    # An expression of so many signs takes longer to make than all else in this module together.
    return _made(form.replace(_UCS, "") if text.isascii() else form).fullmatch(text)


@cache
def _made(form: str) -> re.Pattern[str]:
    return re.compile(form, re.ASCII)


@cache
def prefixes() -> dict[str, str]:
    """Return the prefix map of ``ontology/context.jsonld``, prefix to namespace.

    >>> prefixes()["UBERON"]
    'http://purl.obolibrary.org/obo/UBERON_'
    """
    text = (ontology_dir() / "context.jsonld").read_text(encoding="utf-8")
    context: dict[str, str | dict[str, str]] = json.loads(text)["@context"]
    # JSON-LD 1.1 takes a namespace that ends in "_" for a prefix only when it is told so.
    return {p: ns if isinstance(ns, str) else ns["@id"] for p, ns in context.items()}


@lru_cache(maxsize=65536)
def expand(curie: str) -> str:
    """Return the IRI of a CURIE.

    >>> expand("CL:0000092")
    'http://purl.obolibrary.org/obo/CL_0000092'

    Raises:
        TermError: the text is no CURIE, or its prefix is not declared.
    """
    match = _CURIE.match(curie)
    if match is None:
        raise TermError(curie, "is not a CURIE", "write prefix:identifier, as in CL:0000092")
    namespace = prefixes().get(match["prefix"])
    if namespace is None:
        known = nearest_prefix(match["prefix"])
        raise TermError(
            curie,
            f"the prefix {match['prefix']} is not declared",
            f"write {known}: if that is meant"
            if known
            else "declare it in ontology/context.jsonld",
        )
    return check_iri(namespace + match["local"])


def nearest_prefix(prefix: str) -> str | None:
    """Return the declared prefix that differs only in case, or None.

    >>> nearest_prefix("uberon")
    'UBERON'
    """
    folded = {known.casefold(): known for known in prefixes()}
    return folded.get(prefix.casefold())


@cache
def _namespaces() -> tuple[tuple[str, str], ...]:
    """Return (namespace, prefix), longest namespace first, so that the narrowest one wins."""
    pairs = ((namespace, prefix) for prefix, namespace in prefixes().items())
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[1])))


@lru_cache(maxsize=65536)
def compress(iri: str) -> str:
    """Return the CURIE of an IRI, or the IRI itself where no prefix fits.

    >>> compress("http://purl.obolibrary.org/obo/CL_0000092")
    'CL:0000092'
    >>> compress("https://example.org/x")
    'https://example.org/x'
    """
    for namespace, prefix in _namespaces():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def check_iri(text: str) -> str:
    """Return the text if it is an absolute IRI that may stand in a record.

    >>> check_iri("https://doi.org/10.1152/ajpcell.00363.2016")
    'https://doi.org/10.1152/ajpcell.00363.2016'

    The forms are those of RFC 3986, RFC 3987 and, for urn:, RFC 8141.

    Raises:
        TermError: another scheme, no host, a user before the host, a stray ``%``, ``#`` or bracket,
            a blank, a control or a direction character, or text that is not in Unicode's NFC.
    """
    scheme = text.partition(":")[0].lower()
    if scheme not in SCHEMES or len(text) <= len(scheme) + 1:
        raise TermError(text, "is not an absolute http, https or urn IRI", "write it whole")
    if _FORBIDDEN.search(text) or any(unicodedata.category(c) in {"Cc", "Cf"} for c in text):
        raise TermError(text, "holds a character no IRI may hold", "percent-encode it")
    if not unicodedata.is_normalized("NFC", text):
        raise TermError(text, "is not in Unicode's composed form", "write it in NFC")
    for form, problem, remedy in _FAULTS:
        if form.match(text):
            raise TermError(text, problem, remedy)
    if not _is_whole(text):
        raise TermError(text, "is not in the form of an IRI", "copy the address once more")
    return text


def _is_whole(text: str) -> bool:
    """Return whether every part of an http, https or urn IRI has the form of its RFC."""
    match = _matches(_WEB, text)
    if match is None:
        return _matches(_URN, text) is not None
    if match["six"]:
        try:
            IPv6Address(match["six"])
        except ValueError:
            return False
    return int(match["port"] or 0) < 1 << 16


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A class of an outside ontology, named as a record names it: its CURIE and its label.

    >>> Term.parse("CHEBI:3160 Botulinum toxin type A")
    Term(curie='CHEBI:3160', label='Botulinum toxin type A')
    """

    curie: str
    label: str

    @classmethod
    def parse(cls, text: str) -> Term:
        """Return the term written as ``CURIE label``.

        Raises:
            TermError: no CURIE, no label after it, or an undeclared prefix.
        """
        curie, _, label = text.partition(" ")
        if not label.strip() or label != label.strip():
            raise TermError(text, "has no label", "write the CURIE, one blank, the label")
        expand(curie)
        return cls(curie, label)

    @property
    def iri(self) -> str:
        """The term's IRI."""
        return expand(self.curie)

    def __str__(self) -> str:
        return f"{self.curie} {self.label}"


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What a slice in ``ontology/terms/`` says of one term.

    ``namespace`` is the OBO namespace, where an ontology has several: the branch of the term.
    ``magnitude`` is true of a quantity that goes up or down with any of its kinds.
    """

    curie: str
    label: str
    definition: str = ""
    parents: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: str = ""
    synonyms: tuple[str, ...] = ()
    namespace: str = ""
    magnitude: bool = False


def local_name(iri: str) -> str:
    """Return what stands after the last slash or hash of an IRI.

    >>> local_name("https://w3id.org/studyclaims/vocab/supports")
    'supports'
    """
    return iri.rpartition("/")[2].rpartition("#")[2]
