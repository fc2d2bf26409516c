"""Judge nanopublications by two packages; print, as JSON, what they say of each file.

Run by an environment of its own (see ``environment.py``), which has no studyclaims in it::

    python judge_nanopubs.py FOLDER
"""

from __future__ import annotations

import base64
import json
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any


def judged(path: Path) -> dict[str, Any]:
    """Return whether a file is a valid nanopublication with a right name, or what is wrong."""
    package, rdflib = import_module("nanopub"), import_module("rdflib")
    try:
        graph = rdflib.ConjunctiveGraph()
        graph.parse(path, format="trig")
        it = package.Nanopub(rdf=graph)
        signed = {"signed": verified(it)} if it.metadata.signature else {}
        return signed | {
            "valid": it.is_valid,
            "trusty": it.has_valid_trusty,
            "iri": str(it.source_uri),
            "triples": len(it.rdf),
        }
    except ValueError as error:
        return {"valid": False, "error": str(error)}


def verified(it: Any) -> bool:  # noqa: ANN401 - of a package that is not here
    """Return whether the signature is that of all other statements, as the package hashes them.

    Its own ``has_valid_signature`` cannot be asked: what it calls answers False for a wrong
    signature, and it waits for an exception.
    """
    hasher, reading = (
        import_module(f"nanopub.trustyuri.rdf.{name}") for name in ("RdfHasher", "RdfUtils")
    )
    digest, keys = import_module("Crypto.Hash.SHA256"), import_module("Crypto.PublicKey.RSA")
    said = it.metadata
    others = [quad for quad in reading.get_quads(it.rdf) if not quad[2].endswith("hasSignature")]
    text = hasher.normalize_quads(others, baseuri=str(said.namespace), hashstr=" ")
    key = keys.import_key(base64.b64decode(str(said.public_key)))
    try:
        import_module("Crypto.Signature.pkcs1_15").new(key).verify(
            digest.new(text.encode()), base64.b64decode(str(said.signature))
        )
    except ValueError:
        return False
    return True


def checked(path: Path) -> bool:
    """Return whether the package ``nanopub-sign``, of other code in Rust, accepts a file."""
    try:
        import_module("nanopub_sign").Nanopub(path.read_text(encoding="utf-8")).check()
    except Exception:
        return False
    return True


def main() -> None:
    """Judge every file below the folder named on the command line."""
    warnings.simplefilter("ignore")
    # Without this rdflib writes numbers anew, and what is hashed is no longer what was written.
    setattr(import_module("rdflib"), "NORMALIZE_LITERALS", False)  # noqa: B010
    folder = Path(sys.argv[1])
    found = {
        str(p.relative_to(folder)): judged(p) | {"checked": checked(p)}
        for p in sorted(folder.rglob("*.trig"))
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
