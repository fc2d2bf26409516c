"""Signed nanopublications: what is signed, with which keys, and that no key shows anywhere."""

from __future__ import annotations

import base64
import json
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from environments import EnvironmentMissingError
from exports.exchanges import corpus, small_quads
from nanopubs.environment import judged
from samples import index
from studyclaims.errors import ConfigError, SetupError, TermError
from studyclaims.exports.handover import NANOPUB_REPORT, write_nanopubs
from studyclaims.exports.nanopubs import PLACE, Nanopub, nanopubs
from studyclaims.exports.nanopubsigning import (
    LEAST_BITS,
    NPX,
    Signer,
    open_to_others,
    read_signer,
    signed,
)
from studyclaims.exports.trusty import PLACEHOLDER, artifact_code, normal_text, with_code
from studyclaims.formats import serialize
from studyclaims.rdf import node
from studyclaims.verbs.export import export

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from click.testing import Result
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

pytest.importorskip("cryptography", reason="the extra `sign` is not installed")

ORCID: Final = "https://orcid.org/0000-0002-1825-0097"
WORDS: Final = ("hasAlgorithm", "hasPublicKey", "hasSignature", "hasSignatureTarget", "signedBy")


@cache
def key(bits: int = LEAST_BITS) -> PrivateKeyTypes:
    """Return an RSA key that is made here, used here and kept nowhere."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return generate_private_key(65537, bits)


def pem(it: PrivateKeyTypes, form: str = "PKCS8", password: bytes = b"") -> bytes:
    """Return a private key as it stands in a file."""
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    kept = BestAvailableEncryption(password) if password else NoEncryption()
    return it.private_bytes(Encoding.PEM, getattr(PrivateFormat, form), kept)


def public(it: PrivateKeyTypes, encoding: str, form: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return it.public_key().public_bytes(getattr(Encoding, encoding), getattr(PublicFormat, form))


def bare(data: bytes) -> bytes:
    """Return the Base64 of a PEM file, as the tools for nanopublications keep a key."""
    return b"".join(line for line in data.splitlines() if b"-----" not in line) + b"\n"


def written(folder: Path, data: bytes, mode: int = 0o600) -> Path:
    path = folder / "key.pem"
    path.write_bytes(data)
    path.chmod(mode)
    return path


@cache
def signer(by: str = ORCID) -> Signer:
    with TemporaryDirectory() as folder:
        return read_signer(written(Path(folder), pem(key())), by)


@cache
def signed_ones() -> list[Nanopub]:
    return nanopubs(small_quads(), index(), signer())


def in_words(it: Iterable[Quad]) -> dict[str, Quad]:
    """Return what is said of a signature, by the word that says it."""
    begins = {q.predicate.value.removeprefix(NPX): q for q in it}
    return {word: begins[word] for word in WORDS if word in begins}


def verifies(quads: Iterable[Quad], code: str) -> bool:
    """Return whether the signature in some quads is that of all others, by the key in them."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    said, held = in_words(quads), set(quads)
    given = load_der_public_key(base64.b64decode(value(said["hasPublicKey"])))
    assert isinstance(given, RSAPublicKey)
    text = normal_text(held - {said["hasSignature"]}, code).encode()
    try:
        given.verify(base64.b64decode(value(said["hasSignature"])), text, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def value(quad: Quad) -> str:
    assert isinstance(quad.object, NamedNode | Literal)
    return quad.object.value


def renamed(quads: Collection[Quad], code: str) -> tuple[list[Quad], str]:
    """Return quads under the name that is right for what they now say, and its code."""
    data = serialize(quads, "nq", {}).replace(code.encode(), PLACEHOLDER.encode())
    blank = list(parse(data, format=RdfFormat.N_QUADS))
    right = artifact_code(blank)
    return with_code(blank, right), right


# What is signed


def test_a_signature_says_of_what_with_which_key_and_by_whom() -> None:
    for it in signed_ones():
        said, this = in_words(it.quads), node(it.iri)
        assert tuple(said) == WORDS
        assert {q.subject for q in said.values()} == {node(f"{it.iri}#sig")}
        assert {q.graph_name for q in said.values()} == {node(f"{it.iri}#pubinfo")}
        assert said["hasAlgorithm"].object == Literal("RSA")
        assert said["hasSignatureTarget"].object == this
        assert said["signedBy"].object == NamedNode(ORCID)
        der = public(key(), "DER", "SubjectPublicKeyInfo")
        assert value(said["hasPublicKey"]) == base64.b64encode(der).decode() == signer().public


def test_all_other_statements_are_signed_and_the_name_is_made_after_that() -> None:
    for it in signed_ones():
        assert verifies(it.quads, it.code)
        assert artifact_code(it.quads, it.code) == it.code


def test_whichever_statement_goes_or_changes_it_is_no_longer_signed() -> None:
    it = signed_ones()[0]
    for quad in it.quads - set(in_words(it.quads).values()):
        assert not verifies(it.quads - {quad}, it.code)
    said = in_words(it.quads)
    for word in ("hasAlgorithm", "hasSignatureTarget", "signedBy"):
        assert not verifies(it.quads - {said[word]}, it.code)
    # Whoever changes a statement can make a right name for it, and no right signature.
    label = next(q for q in it.quads if q.predicate == node("rdfs:label"))
    other = Quad(label.subject, label.predicate, Literal("else"), label.graph_name)
    again, code = renamed(it.quads - {label} | {other}, it.code)
    assert artifact_code(again, code) == code
    assert not verifies(again, code)


def test_without_the_signature_it_is_what_it_was() -> None:
    unsigned = nanopubs(small_quads(), index())
    for it, plain in zip(signed_ones(), unsigned, strict=True):
        rest, code = renamed(it.quads - set(in_words(it.quads).values()), it.code)
        assert (frozenset(rest), code) == (plain.quads, plain.code)
        assert it.code != plain.code


def test_the_same_key_signs_with_the_same_bytes() -> None:
    again = nanopubs(small_quads(), index(), read_signer_twice())
    assert [it.trig() for it in again] == [it.trig() for it in signed_ones()]


def read_signer_twice() -> Signer:
    signer.cache_clear()
    return signer()


def test_nobody_need_be_named() -> None:
    this, pubinfo = node(PLACE + PLACEHOLDER), node(f"{PLACE}{PLACEHOLDER}#pubinfo")
    made = signed([], signer(""), this, pubinfo)
    assert tuple(in_words(made)) == WORDS[:-1]
    assert verifies(made, PLACEHOLDER)


# Keys


GOOD: Final = (
    "PKCS #8", "PKCS #1", "windows", "words before", "its public key before", "Base64 alone",
    "Base64 in lines",
)  # fmt: skip
_OTHER: Final = "a key of another kind"
_PUBLIC: Final = "a public key or a certificate"
BAD: Final = {
    "password": "a key with a password",
    "old password": "a key with a password",
    "OpenSSH": "a key as OpenSSH keeps it",
    "public": _PUBLIC,
    "old public": _PUBLIC,
    "ssh public": _PUBLIC,
    "ecdsa public": _PUBLIC,
    "curve": _OTHER,
    "old curve": _OTHER,
    "edwards": _OTHER,
    "bare curve": _OTHER,
    "short": "an RSA key of 1024 bits",
    "two": "2 private keys",
    "cut": "a damaged key",
    "damaged": "a damaged key",
    "damaged Base64": "a damaged key",
    "nothing": "no key",
    "a text": "no key",
    "words of a password": "no key",
    "bytes": "no key",
    "far too long": "over 65536 bytes",
}
"""What is found in files that hold no key to sign with."""


@cache
def good_files() -> dict[str, bytes]:
    plain = pem(key())
    return {
        "PKCS #8": plain,
        "PKCS #1": pem(key(), "TraditionalOpenSSL"),
        "windows": plain.replace(b"\n", b"\r\n"),
        "words before": b"the key of our lab\n" + plain,
        "its public key before": public(key(), "PEM", "SubjectPublicKeyInfo") + plain,
        "Base64 alone": bare(plain),
        "Base64 in lines": b"\n".join(plain.splitlines()[1:-1]),
    }


@cache
def bad_files() -> dict[str, bytes]:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    curve, edwards = generate_private_key(SECP256R1()), Ed25519PrivateKey.generate()
    plain = pem(key())
    return {
        "password": pem(key(), "PKCS8", b"abc"),
        "old password": pem(key(), "TraditionalOpenSSL", b"abc"),
        "OpenSSH": pem(key(), "OpenSSH"),
        "public": public(key(), "PEM", "SubjectPublicKeyInfo"),
        "old public": public(key(), "PEM", "PKCS1"),
        "ssh public": public(key(), "OpenSSH", "OpenSSH"),
        "ecdsa public": public(curve, "OpenSSH", "OpenSSH"),
        "curve": pem(curve),
        "old curve": pem(curve, "TraditionalOpenSSL"),
        "edwards": pem(edwards),
        "bare curve": bare(pem(curve)),
        "short": pem(key(1024)),
        "two": plain + pem(key(1024)),
        "cut": plain[:-200],
        "damaged": plain.replace(plain[200:240], b"A" * 40),
        "damaged Base64": bare(plain)[:400],
        "nothing": b"",
        "a text": b"see the safe\n",
        "words of a password": b"Proc-Type: 4,ENCRYPTED\n",
        "bytes": bytes(range(256)),
        "far too long": b"A" * 65_537,
    }


@pytest.mark.parametrize("name", GOOD)
def test_a_key_is_read_in_each_form_that_tools_write(name: str, tmp_path: Path) -> None:
    found = read_signer(written(tmp_path, good_files()[name]), ORCID)
    assert found == signer()
    assert found.signature("a") == signer().signature("a")


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_key_to_sign_with_is_told_and_never_quoted(name: str, tmp_path: Path) -> None:
    data, found = bad_files()[name], BAD[name]
    path = written(tmp_path, data)
    with pytest.raises(ConfigError) as got:
        read_signer(path)
    said = str(got.value)
    begins = f"{path}: found {found}, expected an RSA private key in PEM, without a password; "
    assert said.startswith(begins)
    assert len(said) > len(begins)
    assert got.value.exit_status == 2
    assert got.value.__cause__ is None
    assert not any(line in said.encode() for line in data.splitlines() if len(line) > 12)


def test_a_file_that_is_not_there_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_signer(tmp_path / "none")


def test_a_key_shows_in_nothing() -> None:
    assert repr(signer()) == f"Signer(public={signer().public!r}, by={ORCID!r})"
    lines = pem(key()).decode().splitlines()[1:-1]
    trig = "".join(it.trig().decode() for it in signed_ones())
    # The modulus is in both keys: what is secret begins behind it.
    assert not [line for line in lines[7:] if line[:40] in trig]


def test_others_who_can_read_a_key_are_seen(tmp_path: Path) -> None:
    for mode, expected in ((0o600, False), (0o400, False), (0o640, True), (0o604, True)):
        assert open_to_others(written(tmp_path, b"", mode)) is expected


@pytest.mark.parametrize(
    "text",
    [
        ORCID,
        "0000-0002-1825-0097",
        "orcid:0000-0002-1825-0097",
        "orcid.org/0000-0002-1825-0097",
        "http://orcid.org/0000-0002-1825-0097",
    ],
)
def test_an_orcid_is_known_however_it_is_written(text: str, tmp_path: Path) -> None:
    assert read_signer(written(tmp_path, pem(key())), text).by == ORCID


def test_a_program_may_sign_by_its_iri(tmp_path: Path) -> None:
    path = written(tmp_path, pem(key()))
    assert read_signer(path, "https://ex.org/bot#1").by == "https://ex.org/bot#1"
    assert read_signer(path).by == ""


@pytest.mark.parametrize(
    "text",
    [
        "A Person", "ex.org/bot", "mailto:a@ex.org", "https://", "urn:a:b",
        "https://orcid.org/0000-0002-1825-009", "https://www.orcid.org/0000-0002-1825-0097",
        "orcid:1", f"{ORCID}/",
    ],
)  # fmt: skip
def test_whoever_is_named_badly_signs_nothing(text: str, tmp_path: Path) -> None:
    with pytest.raises(TermError, match="names nobody who signs; write https"):
        read_signer(tmp_path / "never read", text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://u:pw@e.org/x", "names a user before its host"),
        ("https://e.org/\u202ex", "holds a character no IRI may hold"),
        ("https://ex.org/a b", "holds a character no IRI may hold"),
        ("https://ex.org/<a>", "holds a character no IRI may hold"),
    ],
)
def test_no_address_signs_that_may_not_stand_in_a_record(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(TermError, match=message) as raised:
        read_signer(tmp_path / "never read", text)
    assert "pw" not in str(raised.value)


def test_an_orcid_with_a_wrong_digit_signs_nothing(tmp_path: Path) -> None:
    with pytest.raises(TermError, match="is no ORCID: its last character does not fit"):
        read_signer(tmp_path / "never read", "0000-0002-1825-0098")


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(SetupError) as got:
        read_signer(tmp_path / "never read")
    assert str(got.value) == (
        "signing needs the package cryptography; get it with: pip install 'studyclaims[sign]'"
    )


# The verb and the folder


@pytest.fixture
def graph(tmp_path: Path) -> str:
    path = tmp_path / "small.nq"
    path.write_bytes(serialize(small_quads(), "nq", {}))
    return str(path)


def ran(*words: str, **settings: object) -> Result:
    return CliRunner().invoke(export, words, **settings)  # type: ignore[arg-type]


def test_the_verb_signs_what_it_writes(graph: str, tmp_path: Path) -> None:
    folder, path = tmp_path / "out", written(tmp_path, pem(key()))
    words = ("--to", "nanopub", str(folder), "--from", graph, "--sign", str(path))
    done = ran(*words, "--signer", ORCID)
    counts = {"nanopublications": 6, "signed": 6}
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"wrote  {folder}\n  nanopublications: 6\n  signed: 6\n"
    assert json.loads((folder / NANOPUB_REPORT).read_text()) == counts
    made = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.trig")}
    assert made == {it.path: it.trig() for it in signed_ones()}
    assert write_nanopubs(folder, small_quads(), signer()) == (False, counts)
    secret = bare(pem(key()))[500:540]
    assert not [p for p in folder.rglob("*") if p.is_file() and secret in p.read_bytes()]


def test_a_key_that_others_can_read_is_told_of(graph: str, tmp_path: Path) -> None:
    folder, path = tmp_path / "out", written(tmp_path, pem(key()), 0o644)
    done = ran("--to", "nanopub", str(folder), "--from", graph, "--sign", str(path))
    assert done.exit_code == 0
    assert done.stderr == f"{path}: other users can read this key; run chmod 600 on it\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("kgx", "--sign", "KEY"), "--sign does not go with --to kgx; it is for --to nanopub"),
        (("csv", "--signer", ORCID), "--signer does not go with --to csv; it is for --to nanopub"),
        (("nanopub", "--signer", ORCID), "--signer says whose key --sign names; name it: --sign"),
        (("nanopub", "--sign", "none.pem"), "'none.pem' does not exist"),
        (("nanopub", "--sign", "."), "'.' is a directory"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    path = written(tmp_path, b"")
    named = (str(path) if word == "KEY" else word for word in words)
    done = ran("--to", *named, str(tmp_path / "out"))
    assert done.exit_code == 2
    assert message in done.output
    assert not (tmp_path / "out").exists()


PASTED_KEYS: Final = (
    "-----BEGIN PRIVATE KEY-----\nMIIEsecret\n",
    "MIIEsecret",
    "  MIIEsecret",
    "secret\nsecret",
    "-----BEGIN RSA secret",
    "LS0tLS1CRUdJTsecret",
    "secret" + "s" * 195,
)


@pytest.mark.parametrize("text", PASTED_KEYS)
def test_a_key_that_stands_for_its_name_is_not_shown(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, pem(key()))
    for words in (("--sign", text), ("--sign", str(path), "--signer", text)):
        done = ran("--to", "nanopub", str(tmp_path / "out"), *words)
        assert done.exit_code
        said = f"{done.output}{done.exception}"
        assert "found what looks like a key; name the file it is in" in said
        assert "secret" not in said
    with pytest.raises(ConfigError, match=r"^found what looks like a key; name the file it is in$"):
        read_signer(Path(text))
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_there_is_no_key_itself(tmp_path: Path) -> None:
    path = written(tmp_path, pem(key())).rename(tmp_path / "BEGIN.pem")
    assert read_signer(path).public == signer().public


def test_a_file_that_is_no_key_leaves_no_folder(graph: str, tmp_path: Path) -> None:
    path = written(tmp_path, pem(key(), "PKCS8", b"abc"))
    done = ran("--to", "nanopub", str(tmp_path / "out"), "--from", graph, "--sign", str(path))
    assert isinstance(done.exception, ConfigError)
    assert not (tmp_path / "out").exists()


# By others


@pytest.mark.slow
def test_two_other_programs_find_all_signed_and_no_changed_one(tmp_path: Path) -> None:
    folder = tmp_path / "nanopubs"
    made = {it.path: it for it in (*nanopubs(corpus(), index(), signer()), *signed_ones())}
    for path, it in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(it.trig())
    it = signed_ones()[0]
    (folder / "byte.trig").write_bytes(it.trig().replace(b'"RSA"', b'"RSB"'))
    label = next(q for q in it.quads if q.predicate == node("rdfs:label"))
    other = Quad(label.subject, label.predicate, Literal("else"), label.graph_name)
    again, code = renamed(it.quads - {label} | {other}, it.code)
    (folder / "name.trig").write_bytes(Nanopub(it.claim, code, frozenset(again)).trig())
    try:
        found = judged(folder, tmp_path)
    except EnvironmentMissingError as error:
        pytest.skip(str(error))
    byte, name = found.pop("byte.trig"), found.pop("name.trig")
    assert (byte["valid"], byte["checked"]) == (False, False)
    # All is right with this one but for its signature.
    assert (name["valid"], name["trusty"], name["iri"]) == (True, True, PLACE + code)
    assert (name["signed"], name["checked"]) == (False, False)
    assert found.keys() == made.keys()
    for path, one in made.items():
        said = {"valid": True, "trusty": True, "iri": one.iri, "triples": len(one.quads)}
        assert found[path] == said | {"signed": True, "checked": True}


@pytest.mark.slow
@pytest.mark.parametrize("rewrite", [False, True])
def test_a_merge_leaves_the_signatures_right(rewrite: bool, tmp_path: Path) -> None:
    from studyclaims.merging.merge import merge

    for it in signed_ones():
        (tmp_path / f"{it.code}.trig").write_bytes(it.trig())
    named = {str(q.object)[1:-1] for it in signed_ones() for q in it.quads if "/obo/" in str(q)}
    head = "subject_id\tpredicate_id\tobject_id\n"
    rows = [f"{iri}\tskos:exactMatch\tzz:{n}\n" for n, iri in enumerate(sorted(named))]
    (tmp_path / "m.sssom.tsv").write_text(
        f"#curie_map:\n#  zz: https://zz.org/\n{head}{''.join(rows)}"
    )
    merge(sorted(tmp_path.iterdir()), tmp_path / "out", rewrite=rewrite)
    data = (tmp_path / "out" / "graph.nq").read_bytes()
    held = set(parse(data, format=RdfFormat.N_QUADS))
    for it in signed_ones():
        own = {q for q in held if str(q.graph_name).startswith(f"<{it.iri}#")}
        assert own == it.quads
        assert verifies(own, it.code)
