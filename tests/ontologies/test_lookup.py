"""Terms come from files that the curator names, and go into their slice once."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING, Final

import pytest

import studyclaims.ontologies.files
from studyclaims.errors import StudyclaimsError, TermError
from studyclaims.ontologies.files import FileHeader, read_header, read_ontology
from studyclaims.ontologies.lookup import add_term, find, match_row, matches_text
from studyclaims.ontologies.slices import read_slice, read_slices, slice_text
from studyclaims.paths import terms_dir

if TYPE_CHECKING:
    from pathlib import Path

BY: Final = "https://creativecommons.org/licenses/by/4.0/"
OBO: Final = "http://purl.obolibrary.org/obo/"
HEAD: Final = f"""\
format-version: 1.2
data-version: mmo/releases/2026-01-02/mmo-base.owl
ontology: mmo/mmo-base
property_value: dce:title "Measurement methods" xsd:string
property_value: terms:license {BY}
"""
TERMS: Final = """
[Term]
id: MMO:0000001
name: weighing
def: "A way to weigh." []
synonym: "scaling" EXACT []
is_a: MMO:0000002

[Term]
id: MMO:0000002
name: method

[Term]
id: MMO:0000003
name: obsolete way
is_obsolete: true
replaced_by: MMO:0000002

[Term]
id: MMO:0000004
name: astray
is_a: NOPE:1

[Term]
id: MMO:0000005

[Term]
id: UBERON:0000978
name: leg
def: "A limb part." []

[Typedef]
id: BFO:0000050
name: part of
"""
GRAPH: Final = {
    "graphs": [
        {
            "id": OBO + "mmo.owl",
            "meta": {
                "version": OBO + "mmo/releases/2026-01-02/mmo.owl",
                "basicPropertyValues": [
                    {"pred": "http://purl.org/dc/terms/license", "val": BY},
                    {"pred": "http://purl.org/dc/elements/1.1/title", "val": "Measurement methods"},
                ],
            },
            "nodes": [{"id": OBO + "MMO_0000001", "type": "CLASS", "lbl": "weighing"}],
            "edges": [],
        }
    ]
}
TURTLE: Final = f"""\
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<{OBO}mmo.owl> a owl:Ontology ; owl:versionInfo "2026-01-02" ;
    <http://purl.org/dc/terms/title> "Measurement methods" ;
    <http://purl.org/dc/terms/license> <{BY}> .
<{OBO}MMO_0000001> a owl:Class ; <http://www.w3.org/2000/01/rdf-schema#label> "weighing" .
"""


def file(folder: Path, name: str = "mmo.obo", text: str = HEAD + TERMS) -> Path:
    path = folder / name
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a copy of the slices and of the page beside them."""
    return shutil.copytree(terms_dir(), tmp_path / "terms")


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mmo.obo", HEAD + TERMS),
        ("mmo.json", json.dumps(GRAPH)),
        ("mmo.ttl", TURTLE),
        ("mmo.obo.gz", HEAD + TERMS),
        ("mmo.json.gz", json.dumps(GRAPH)),
        ("MMO.TTL.GZ".lower(), TURTLE),
    ],
)
def test_every_form_says_the_same(tmp_path: Path, name: str, text: str) -> None:
    path = file(tmp_path, name, text)
    entry = next(iter(read_ontology(path)))
    assert (entry.curie, entry.label) == ("MMO:0000001", "weighing")
    header = read_header(path)
    stem = "mmo/mmo-base.owl" if ".obo" in name else "mmo.owl"
    assert header == FileHeader(OBO + stem, "Measurement methods", "2026-01-02", BY)


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.txt", b"", "is of no kind that can be read"),
        ("a", b"", "is of no kind that can be read"),
        ("a.txt.gz", b"", "is of no kind that can be read"),
        ("a.obo.gz", b"plain", "is no whole gzip file"),
        ("a.obo.gz", gzip.compress(b"x" * 9999, mtime=0)[:-9], "is no whole gzip file"),
        ("a.obo", b"", "holds no OBO stanza"),
        ("a.obo.gz", gzip.compress(b"", mtime=0), "a.obo.gz': holds no OBO stanza"),
        ("a.json", b"[" * 100_000, "is nested too deep"),
        ("a.json", b"{}", "no OBO graph"),
        ("a.json", b"\xff", "is not JSON"),
        ("a.ttl.gz", gzip.compress(b"no", mtime=0), "a.ttl.gz': cannot be read"),
    ],
    ids=[
        "another suffix",
        "no suffix",
        "another suffix in gzip",
        "no gzip",
        "cut gzip",
        "empty OBO",
        "empty OBO in gzip",
        "deep JSON",
        "another JSON",
        "no UTF-8",
        "no Turtle in gzip",
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, data: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(TermError) as caught:
        list(read_ontology(path))
    assert problem in str(caught.value)
    assert name in str(caught.value)


def test_what_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.ontologies.files, "SIZE_LIMIT", 3_000_000)
    with pytest.raises(TermError, match="unpacks to more than 3,000,000 bytes"):
        list(read_ontology(file(tmp_path, "a.obo.gz", "\n" * 5_000_000)))


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "{}"), ("a.json", '{"graphs": []}'), ("a.json", "[1]")]
)
def test_a_header_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(TermError, match=r"a\.json.*has no readable header"):
        read_header(file(tmp_path, name, text))


def test_terms_are_found_in_files_or_else_in_the_slices(tmp_path: Path) -> None:
    assert find("scaling", [file(tmp_path)])[0].entry.curie == "MMO:0000001"
    assert find("scaling") == []
    assert [m.entry.curie for m in find("osteoclast", limit=1)] == ["CL:0000092"]


def test_matches_are_told_as_text_and_as_values(tmp_path: Path) -> None:
    found = find("weighing", [file(tmp_path)])
    assert matches_text(found) == "MMO:0000001 weighing (label)\n    A way to weigh.\n"
    assert match_row(found[0])["parents"] == ["MMO:0000002"]
    assert matches_text([]).startswith("no term found")


def test_a_term_of_a_new_ontology_begins_its_slice(tmp_path: Path, home: Path) -> None:
    assert add_term("MMO:0000001", file(tmp_path), home)
    text = (home / "mmo.ttl").read_text(encoding="utf-8")
    for part in (
        'dct:title "Measurement methods: a slice"',
        'dcat:version "2026-01-02"',
        f"dct:license <{BY}>",
        'dct:source "mmo.obo (release 2026-01-02)"',
        f"prov:wasDerivedFrom <{OBO}mmo.owl>",
        'rdfs:label "weighing"',
        'skos:definition "A way to weigh."',
        'skos:altLabel "scaling"',
        "rdfs:subClassOf MMO:0000002",
    ):
        assert part in text
    assert slice_text(read_slice(home / "mmo.ttl")) == text
    assert str(tmp_path) not in text


def test_a_second_term_joins_the_first_and_twice_is_once(tmp_path: Path, home: Path) -> None:
    path = file(tmp_path)
    assert add_term("MMO:0000001", path, home)
    assert add_term("MMO:0000002", path, home)
    before = held(home)
    assert not add_term("MMO:0000001", path, home)
    assert not add_term("MMO:0000002", path, home)
    assert held(home) == before
    assert "dct:source" not in before["mmo.ttl"].decode().partition("MMO:0000001 a")[2]
    assert {"MMO:0000001", "MMO:0000002"} <= {e.curie for e in read_slices(home).values()}


def test_the_order_of_adding_does_not_matter(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, curies in ((one, (1, 2)), (other, (2, 1))):
        folder.mkdir()
        for number in curies:
            add_term(f"MMO:000000{number}", file(tmp_path), folder)
    assert held(one) == held(other)


def test_a_slice_that_stands_keeps_its_header_and_its_terms(tmp_path: Path, home: Path) -> None:
    before = (home / "uberon.ttl").read_text(encoding="utf-8")
    assert add_term("UBERON:0000978", file(tmp_path), home)
    after = (home / "uberon.ttl").read_text(encoding="utf-8")
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert added[0] == "UBERON:0000978 a owl:Class ;"
    assert any("mmo.obo (sha256 " in line for line in added)
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []


def test_the_page_beside_the_slices_follows(tmp_path: Path, home: Path) -> None:
    before = (home / "README.md").read_text(encoding="utf-8").splitlines()
    add_term("UBERON:0000978", file(tmp_path), home)
    add_term("MMO:0000001", file(tmp_path), home)
    after = (home / "README.md").read_text(encoding="utf-8").splitlines()
    new, old = [x for x in after if x not in before], [x for x in before if x not in after]
    row = "| `mmo.ttl` | Measurement methods | 2026-01-02 | CC BY 4.0 | 1 |"
    assert new[0] == f"{row} `mmo.obo (release 2026-01-02)` |"
    assert after[after.index(new[0]) - 1].startswith("| `mesh.ttl`")
    (row,) = old
    count = int(row.split(" | ")[4])
    assert [row.replace(f" | {count} | ", f" | {count + 1} | ")] == new[1:]


@pytest.mark.parametrize(
    ("licence", "texts"),
    [
        (BY, True),
        ("http://creativecommons.org/licenses/by/3.0/", True),
        ("https://creativecommons.org/publicdomain/zero/1.0/", True),
        ("https://creativecommons.org/licenses/by-nd/4.0/", False),
        ("https://creativecommons.org/licenses/by-nc/4.0/", False),
        ("https://creativecommons.org/licenses/by-sa/4.0/", False),
        ("https://example.org/creativecommons.org/licenses/by/4.0/", False),
    ],
)
def test_texts_are_copied_only_where_the_licence_allows(
    tmp_path: Path, licence: str, texts: bool
) -> None:
    add_term("MMO:0000001", file(tmp_path, text=HEAD.replace(BY, licence) + TERMS), tmp_path)
    text = (tmp_path / "mmo.ttl").read_text(encoding="utf-8")
    assert ("A way to weigh" in text) is texts
    assert ("scaling" in text) is texts
    assert ("Definitions and synonyms are left out" in text) is not texts


def test_a_definition_that_was_left_out_stays_out(tmp_path: Path, home: Path) -> None:
    """That of UBERON:0001665 is marked as another's text in its ontology."""
    text = '[Term]\nid: UBERON:0001665\nname: triceps surae\ndef: "Another\'s text." []\n'
    add_term("UBERON:0001665", file(tmp_path, "uberon.obo", text), home)
    assert "Another's text" not in (home / "uberon.ttl").read_text(encoding="utf-8")


GO: Final = """\
ontology: go
[Term]
id: GO:0072675
name: osteoclast fusion
{namespace}is_a: GO:0000768
"""


def test_the_branch_of_a_term_comes_with_it(tmp_path: Path, home: Path) -> None:
    with_branch = GO.format(namespace="namespace: biological_process\n")
    assert add_term("GO:0072675", file(tmp_path, "go.obo", with_branch), home)
    iri = OBO + "GO_0072675"
    assert read_slices(home)[iri].namespace == "biological_process"
    # a file that leaves it out takes nothing away
    without = file(tmp_path, "import.obo", GO.format(namespace=""))
    assert not add_term("GO:0072675", without, home)
    assert read_slices(home)[iri].namespace == "biological_process"


def test_a_definition_out_of_wikipedia_is_not_copied(tmp_path: Path) -> None:
    text = HEAD + TERMS.replace('"A way to weigh." []', '"A way to weigh." [Wikipedia:Weighing]')
    add_term("MMO:0000001", file(tmp_path, text=text), tmp_path)
    written = (tmp_path / "mmo.ttl").read_text(encoding="utf-8")
    assert "A way to weigh" not in written
    assert "scaling" in written


@pytest.mark.parametrize("name", ["ro.json", "ro.ttl"])
def test_a_relation_is_told_from_a_term_that_is_not_there(tmp_path: Path, name: str) -> None:
    graph = {"id": OBO + "BFO_0000050", "type": "PROPERTY", "lbl": "part of"}
    text = {
        "ro.json": json.dumps({"graphs": [{"nodes": [graph]}]}),
        "ro.ttl": f"<{OBO}BFO_0000050> a <http://www.w3.org/2002/07/owl#ObjectProperty> .",
    }[name]
    path = file(tmp_path, name, text)
    with pytest.raises(TermError, match=f"is a relation in {name}"):
        add_term("BFO:0000050", path, tmp_path)
    with pytest.raises(TermError, match=f"is not in {name}"):
        add_term("BFO:0000051", path, tmp_path)
    assert [entry.curie for entry in read_ontology(path, relations=True)] == ["BFO:0000050"]
    assert list(read_ontology(path)) == []


def test_reading_the_same_from_another_file_changes_nothing(tmp_path: Path, home: Path) -> None:
    entry = read_slices(home)[OBO + "CL_0000092"]
    parents = "".join(f"is_a: {parent}\n" for parent in entry.parents)
    text = f'[Term]\nid: {entry.curie}\nname: {entry.label}\ndef: "{entry.definition}" []\n'
    before = held(home)
    assert not add_term("CL:0000092", file(tmp_path, "other.obo", text + parents), home)
    assert held(home) == before


@pytest.mark.parametrize(
    ("curie", "told"),
    [
        ("SNOMEDCT:12345", "SNOMED CT.*use a term of an open ontology"),
        ("SCTID:12345", "SNOMED CT"),
        ("mmo:0000001", "write MMO: if that is meant"),
        ("nonsense", "is not a CURIE"),
        ("scterm:disuse", "one of our own terms"),
        ("MMO:0000003", "is obsolete in mmo.obo; use MMO:0000002"),
        ("MMO:0000004", "'NOPE:1': is a parent of MMO:0000004.*declare it in ontology/context"),
        ("MMO:0000005", "has no label in mmo.obo"),
        ("MMO:0000010", "is not in mmo.obo; did you mean MMO:0000001 weighing\\?"),
        ("MMO:9999999", "is not in mmo.obo; look it up with: term find"),
        ("MPATH:1", "is not in mmo.obo"),
        ("RO:0002411", "is a relation, and relations are not added this way; name a class"),
        ("biolink:causes", "is a relation, and relations are not added this way"),
        ("BFO:0000050", "is a relation in mmo.obo, and relations are not added this way"),
    ],
)
def test_a_term_that_cannot_be_added_is_told(
    tmp_path: Path, home: Path, curie: str, told: str
) -> None:
    before = held(home)
    with pytest.raises(TermError, match=told):
        add_term(curie, file(tmp_path), home)
    assert held(home) == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TERMS, "does not state title, version, licence, ontology; pass --title"),
        (
            HEAD.replace("mmo/mmo-base", "hp/imports/mmo_import") + TERMS,
            "being no file of that ontology itself, does not state title, version, licence",
        ),
        (HEAD.replace("dce:title", "dce:other") + TERMS, r"not state title; pass --title \.\.\.$"),
    ],
    ids=["no header", "header of another", "no title"],
)
def test_what_a_new_slice_lacks_is_asked_for(tmp_path: Path, text: str, told: str) -> None:
    path = file(tmp_path, text=text)
    with pytest.raises(TermError, match=told):
        add_term("MMO:0000001", path, tmp_path)
    assert not (tmp_path / "mmo.ttl").exists()
    given = {"title": "T", "version": "1", "licence": BY, "ontology": OBO + "mmo.owl"}
    assert add_term("MMO:0000001", path, tmp_path, **given, source="a/b:mmo.obo@1")
    written = (tmp_path / "mmo.ttl").read_text(encoding="utf-8")
    assert 'dct:title "T: a slice"' in written
    assert 'dct:source "a/b:mmo.obo@1"' in written


@pytest.mark.parametrize("licence", ["CC BY 4.0", "javascript:alert(1)"])
def test_a_licence_is_an_address(tmp_path: Path, licence: str) -> None:
    with pytest.raises(StudyclaimsError):
        add_term("MMO:0000001", file(tmp_path), tmp_path, licence=licence)
