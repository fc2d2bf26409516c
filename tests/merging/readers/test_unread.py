"""What the parsers of RDF/XML and JSON-LD pass over: no triple term is lost without a word."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from studyclaims.errors import StoreError
from studyclaims.merging.readers import read, unread
from studyclaims.merging.readers.reading import Said
from studyclaims.merging.readers.unread import require_read

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.merging.readers import Reading

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TRIPLE = 'rdf:parseType="Triple"'
VERSION = 'rdf:version="1.2"'
WITH_ENTITY = "<!DOCTYPE rdf:RDF [{}]>"


def xml(folder: Path, kind: str, root: str = "", node: str = "", head: str = "") -> Reading:
    """Return RDF/XML that says ``s p o``, and denies it by a triple term."""
    said = '<rdf:Description rdf:about="http://x/s"><x:p rdf:resource="http://x/o"/>'
    said += "</rdf:Description>"
    path = folder / "a.rdf"
    path.write_text(
        f'{head}<rdf:RDF xmlns:rdf="{RDF}" xmlns:x="http://x/" xmlns:q="{RDF}" {root}>{said}'
        f'<rdf:Description rdf:about="http://x/r" {node}><rdf:reifies {kind}>{said}</rdf:reifies>'
        "<x:negated>true</x:negated></rdf:Description></rdf:RDF>"
    )
    return read(path, "a")


LOST = {
    "no version": {"kind": TRIPLE},
    "another namespace": {"kind": TRIPLE, "node": 'x:version="1.2"'},
    "a comment": {"kind": TRIPLE, "head": f"<!-- {VERSION} -->"},
    "a reference": {"kind": 'rdf:parseType="&#84;riple"'},
    "another prefix": {"kind": "q:parseType = 'Triple'"},
    "a version within": {"kind": TRIPLE, "root": VERSION, "node": 'rdf:version="1.1"'},
    "a version beside": {
        "kind": f'{TRIPLE}><rdf:Description rdf:about="http://x/z" {VERSION}/></rdf:reifies'
        f"><rdf:reifies {TRIPLE}"
    },
    "an entity": {
        "kind": 'rdf:parseType="&t;"',
        "head": WITH_ENTITY.format('<!ENTITY t "Triple">'),
    },
}
UNTOLD = {
    "declared twice": '<!ENTITY t "Literal"><!ENTITY t "Triple">',
    "in a comment": '<!ENTITY t "Literal"><!-- <!ENTITY t "Triple"> -->',
    "of entities": '<!ENTITY u "Tri"><!ENTITY t "&u;ple">',
    "of a parameter": '<!ENTITY % p "x"><!ENTITY t "Literal">',
    "elsewhere": '<!ENTITY t SYSTEM "http://x/t">',
    "too long": f'<!ENTITY t "{"x" * 257}">',
    "attributes": '<!ENTITY t "Triple"><!ATTLIST rdf:RDF rdf:version CDATA "1.2">',
}


@pytest.mark.parametrize("name", sorted(LOST))
def test_a_triple_term_that_would_be_lost_sets_the_file_aside(name: str, tmp_path: Path) -> None:
    it = xml(tmp_path, **LOST[name])
    assert list(it.rows()) == []
    assert 'has rdf:parseType="Triple" but no rdf:version="1.2"' in it.quarantine[0].reason


@pytest.mark.parametrize("name", sorted(UNTOLD))
def test_what_cannot_be_told_sets_the_file_aside(name: str, tmp_path: Path) -> None:
    it = xml(tmp_path, 'rdf:parseType="&t;"', head=WITH_ENTITY.format(UNTOLD[name]))
    assert list(it.rows()) == []
    assert "cannot be told" in it.quarantine[0].reason


@pytest.mark.parametrize("where", ["root", "node", "kind"])
def test_where_a_version_holds_triple_terms_are_read(where: str, tmp_path: Path) -> None:
    told = {"kind": 'rdf:parseType="&#84;riple"'}
    told[where] = f"{told.get(where, '')} {VERSION}"
    rows = [row for row in xml(tmp_path, **told).rows() if isinstance(row, Said)]
    assert [row.o_kind for row in rows] == ["iri", "triple", "literal"]


def test_what_only_looks_like_one_is_read(tmp_path: Path) -> None:
    head = f"<!-- {TRIPLE} -->" + WITH_ENTITY.format('<!ENTITY l "Literal">')
    assert len(list(xml(tmp_path, "rdf:parseType='&l;'", head=head).rows())) == 3


def test_only_what_may_be_one_is_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "_Attributes", None)
    xml(tmp_path, "rdf:parseType='Literal'")
    for size in range(60, 900, 7):
        monkeypatch.setattr(unread, "_CHUNK", size)
        require_read(tmp_path / "a.rdf", "rdf")


@pytest.mark.parametrize("packed", [False, True])
def test_it_is_found_wherever_a_piece_ends(
    packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    xml(tmp_path, TRIPLE)
    path = tmp_path / ("a.rdf.gz" if packed else "a.rdf")
    if packed:
        path.write_bytes(gzip.compress((tmp_path / "a.rdf").read_bytes(), mtime=0))
    for size in range(60, 900, 31):
        monkeypatch.setattr(unread, "_CHUNK", size)
        with pytest.raises(StoreError, match="would be lost"):
            require_read(path, "rdf")


def test_xml_that_is_not_well_formed_or_has_too_large_a_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.rdf"
    path.write_text("<x:a parseType='Triple'")
    with pytest.raises(StoreError, match=r"a\.rdf:1: cannot be read as rdf: .*nothing of it"):
        require_read(path, "rdf")
    monkeypatch.setattr(unread, "_TOKEN", 1000)
    monkeypatch.setattr(unread, "_CHUNK", 100)
    path.write_text(f"<a parseType='Triple' b='{'x' * 2000}'/>")
    with pytest.raises(StoreError, match="more than 1,000 bytes"):
        require_read(path, "rdf")
