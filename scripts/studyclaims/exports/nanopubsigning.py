"""Signatures of nanopublications: somebody's RSA key vouches for every statement in one.

The publication info names the algorithm, the public key, what is signed and, where it is said, by
whom; all statements together, these too, are signed as the text that a trusty URI hashes, with
RSASSA-PKCS1-v1_5 over SHA-256 (RFC 8017), which gives the same signature each time. The signature
is the last statement to come; only then is the name made, over all of them. The words are those of
http://purl.org/nanopub/x/, and what is signed is what nanopub-java checks.

A key is read and used, and shows nowhere: not in an error, not in a ``repr``, not in a file.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Quad

from studyclaims.errors import ConfigError, SetupError, TermError
from studyclaims.exports.trusty import normal_text
from studyclaims.model import check_digit
from studyclaims.rdf import node, rows
from studyclaims.terms import check_iri, expand

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

NPX: Final = "http://purl.org/nanopub/x/"
"""What the words for signatures, and others for nanopublications, begin with."""

LEAST_BITS: Final = 2048
"""Shorter keys are no longer held to be safe (NIST SP 800-131A)."""

_MOST_BYTES: Final = 65_536
_LABEL: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_ORCID: Final = re.compile(
    r"(?:(?:https?://)?orcid\.org/|orcid:)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.ASCII
)
_ORCID_SITE: Final = re.compile(r"(https?://)?([^/@]*\.)?orcid(\.org|:)", re.IGNORECASE)
_USER: Final = re.compile("//[^/?#]*@")
_KEY_BEGINS: Final = re.compile(r"\s*(?:MI[GHI]|MHcC|MC4C|LS0tLS|b3BlbnNz)")
"""How keys begin in Base64: as DER, as PEM in Base64 once more, as OpenSSH keeps them."""

_LONGEST_NAME: Final = 200
PASTED: Final = "found what looks like a key; name the file it is in"
"""What is said where a key itself stands in place of a name; the key is never shown."""

_EXPECTED: Final = "expected an RSA private key in PEM, without a password"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the public key as it is written, the IRI of its owner or none, the private key."""

    public: str
    by: str
    _key: RSAPrivateKey = field(repr=False, compare=False)

    def signature(self, text: str) -> str:
        """Return the signature of a text, in Base64."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        made = self._key.sign(text.encode("utf-8"), PKCS1v15(), SHA256())
        return base64.b64encode(made).decode("ascii")


def is_pasted(text: str) -> bool:
    """Return whether a text may be a key itself, where a name was asked for.

    >>> is_pasted("-----BEGIN PRIVATE KEY-----"), is_pasted("keys/mine.pem")
    (True, False)

    A file that is there under such a name is none: nothing but its name would show.
    """
    looks = (
        len(text) > _LONGEST_NAME
        or len(text.splitlines()) > 1
        or "BEGIN" in text
        or _KEY_BEGINS.match(text) is not None
    )
    return looks and not os.path.lexists(text)


def read_signer(path: Path, by: str = "") -> Signer:
    """Return who signs with the RSA private key in a file.

    >>> from pathlib import Path
    >>> read_signer(Path("key.pem"), "0000-0002-1825-0098")
    Traceback (most recent call last):
        ...
    studyclaims.errors.TermError: '0000-0002-1825-0098': is no ORCID: its last character does ...

    Args:
        path: a PEM file; the Base64 alone, as the tools for nanopublications keep theirs, will do.
        by: whose key it is: an ORCID, or the http(s) IRI of a program; none where it is not said.

    Raises:
        ConfigError: the file holds no RSA private key, one with a password, or one too short; or
            a key itself stands where a name should.
        SetupError: the extra ``studyclaims[sign]`` is not installed.
        TermError: ``by`` is neither an ORCID nor an IRI that may stand in a record.
        OSError: the file cannot be read.
    """
    if is_pasted(str(path)) or is_pasted(by):
        raise ConfigError(PASTED)
    owner = _owner(by) if by else ""
    key = _private_key(path)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signer(base64.b64encode(public).decode("ascii"), owner, key)


def open_to_others(path: Path) -> bool:
    """Return whether other users of this machine can read a file.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "key.pem")
    ...     path.touch(mode=0o600)
    ...     open_to_others(path)
    False

    Raises:
        OSError: there is no such file.
    """
    return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def signed(quads: Iterable[Quad], signer: Signer, this: NamedNode, pubinfo: NamedNode) -> set[Quad]:
    """Return the quads of a nanopublication, whose name is yet to be made, with a signature.

    >>> class Silent(Signer):
    ...     def signature(self, text):
    ...         return "..."
    >>> this = node("https://ex.org/np")
    >>> made = signed([], Silent("MII", "", None), this, node("https://ex.org/np#pubinfo"))
    >>> sorted(quad.predicate.value.removeprefix(NPX) for quad in made)
    ['hasAlgorithm', 'hasPublicKey', 'hasSignature', 'hasSignatureTarget']

    Args:
        quads: the statements, in whose IRIs `studyclaims.exports.trusty.PLACEHOLDER` stands for
            the artifact code.
        signer: who signs.
        this: the name of the nanopublication.
        pubinfo: the name of the graph with its publication info.
    """
    element = node(f"{this.value}#sig")
    told = [
        (f"{NPX}hasAlgorithm", "RSA"),
        (f"{NPX}hasPublicKey", signer.public),
        (f"{NPX}hasSignatureTarget", this),
        (f"{NPX}signedBy", node(signer.by) if signer.by else None),
    ]
    whole = {*quads, *_in_graph(element, told, pubinfo)}
    last = [(f"{NPX}hasSignature", signer.signature(normal_text(whole)))]
    return whole | _in_graph(element, last, pubinfo)


def _in_graph(
    element: NamedNode, pairs: Iterable[tuple[str, object]], graph: NamedNode
) -> set[Quad]:
    """Return what is said of a signature as quads of a graph."""
    return {Quad(t.subject, t.predicate, t.object, graph) for t in rows(element, pairs)}


def _owner(text: str) -> str:
    """Return the IRI of whom a key is, or raise where a text names nobody."""
    match = _ORCID.fullmatch(text)
    if match and check_digit(match[1][:-1]) == match[1][-1]:
        return expand(f"orcid:{match[1]}")
    if match:
        raise TermError(text, "is no ORCID: its last character does not fit", "copy it once more")
    if not _ORCID_SITE.match(text) and re.match(r"https?://[^/?#]", text):
        try:
            return check_iri(text)
        except TermError as error:
            # What stands before the host may be a password.
            shown = _USER.sub("//...@", text)
            raise TermError(shown, error.problem, error.remedy) from None
    raise TermError(
        text, "names nobody who signs", "write https://orcid.org/ and the ORCID, or a program's IRI"
    )


def _private_key(path: Path) -> RSAPrivateKey:
    """Return the RSA private key in a file, or raise what is wrong with it."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    except ImportError as error:
        raise SetupError(
            "signing needs the package cryptography; get it with: pip install 'studyclaims[sign]'"
        ) from error
    data = _read(path)
    _require_plain(path, data)
    try:
        key = _parsed(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What a reader says of a key is never passed on: it might quote it.
        raise _unfit(path, "a damaged key", "make a copy of it anew") from None
    if not isinstance(key, RSAPrivateKey):
        remedy = "nanopublications are signed with RSA: openssl genrsa -out KEY 3072 makes one"
        raise _unfit(path, "a key of another kind", remedy)
    if key.key_size < LEAST_BITS:
        found = f"an RSA key of {key.key_size} bits"
        raise _unfit(path, found, f"make one of at least {LEAST_BITS}")
    return key


def _read(path: Path) -> bytes:
    """Return what a file of a key holds, or raise where it is far too long for one."""
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise _unfit(path, f"over {_MOST_BYTES} bytes", "name the file of the key")
    return data


def _require_plain(path: Path, data: bytes) -> None:
    """Raise where what the lines of a file say is no private key as it is read here."""
    labels = [label.decode("ascii") for label in _LABEL.findall(data)]
    private = [label for label in labels if label.endswith("PRIVATE KEY")]
    locked = b"Proc-Type: 4,ENCRYPTED" in data or any("ENCRYPTED" in label for label in private)
    if private and locked:
        remedy = "write a copy without one, readable by you alone: openssl pkey -in KEY -out COPY"
        raise _unfit(path, "a key with a password", remedy)
    if "OPENSSH PRIVATE KEY" in private:
        remedy = "turn a copy into PEM: ssh-keygen -p -N '' -m PEM -f COPY"
        raise _unfit(path, "a key as OpenSSH keeps it", remedy)
    if len(private) > 1:
        raise _unfit(path, f"{len(private)} private keys", "name a file with the one that signs")
    if not private and (labels or data.startswith((b"ssh-", b"ecdsa-"))):
        raise _unfit(path, "a public key or a certificate", "name the private key beside it")
    if not private and _bare(data) is None:
        raise _unfit(path, "no key", "make one: openssl genrsa -out KEY 3072")


def _bare(data: bytes) -> bytes | None:
    """Return what a file holds that is Base64 and nothing else, or None."""
    try:
        return base64.b64decode(b"".join(data.split()), validate=True) or None
    except binascii.Error:
        return None


def _parsed(data: bytes) -> PrivateKeyTypes:
    """Return the key of a file, whatever kind it is of."""
    from cryptography.hazmat.primitives.serialization import (
        load_der_private_key,
        load_pem_private_key,
    )

    bare = _bare(data)
    if bare is None:
        return load_pem_private_key(data, password=None)
    return load_der_private_key(bare, password=None)


def _unfit(path: Path, found: str, remedy: str) -> ConfigError:
    """Return the error of a file that holds no key to sign with."""
    return ConfigError(f"{path}: found {found}, {_EXPECTED}; {remedy}")
