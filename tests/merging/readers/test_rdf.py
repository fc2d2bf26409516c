"""RDF from elsewhere as rows: in all forms, mended or set aside, nothing lost."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from studyclaims.merging import table
from studyclaims.merging.readers import Reading, rdf, read
from studyclaims.merging.readers.reading import Mapped, Notes, Said

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.merging.table import Refused

HEAD = "@prefix x: <http://x/> . "
SAME = "<http://www.w3.org/2004/02/skos/core#exactMatch>"
NP = table.NANOPUB


def reading(folder: Path, name: str, text: str | bytes, source: str = "a") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(data)
    return read(folder / name, source)


def said(it: Reading) -> list[Said]:
    return [row for row in it.rows() if isinstance(row, Said)]


def only(it: Reading) -> Refused:
    assert list(it.rows()) == []
    (refused,) = it.quarantine
    return refused


TRIPLE = ("http://x/a", "http://x/b", "c", "literal", "", "en")
FORMS = {
    "a.ttl": HEAD + 'x:a x:b "c"@en .',
    "a.trig": HEAD + '{ x:a x:b "c"@en }',
    "a.nt": '<http://x/a> <http://x/b> "c"@en .\n',
    "a.nq": '<http://x/a> <http://x/b> "c"@en .\n',
    "a.jsonld": '{"@id": "http://x/a", "http://x/b": {"@value": "c", "@language": "en"}}',
    "a.json": '{"@context": {"b": "http://x/b"}, "@id": "http://x/a", "b": '
    '{"@value": "c", "@language": "en"}}',
    "a.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/">'
    '<rdf:Description rdf:about="http://x/a"><x:b xml:lang="en">c</x:b></rdf:Description>'
    "</rdf:RDF>",
}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_each_form_says_the_same(name: str, tmp_path: Path) -> None:
    it = reading(tmp_path, name, FORMS[name])
    (row,) = said(it)
    assert row[:6] == TRIPLE
    assert (row.g, row.source, row.more) == ("", "a", "")
    assert it.quarantine == []
    assert it.counts["in"] == 1


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.jsonld"])
def test_packed_it_says_the_same(name: str, tmp_path: Path) -> None:
    packed = gzip.compress(FORMS[name].encode(), mtime=0)
    assert said(reading(tmp_path, f"{name}.gz", packed))[0][:6] == TRIPLE


def test_zstd_is_read_where_no_child_is_needed(tmp_path: Path) -> None:
    import pyarrow as pa

    packed = pa.compress(FORMS["a.nt"].encode(), codec="zstd", asbytes=True)
    assert said(reading(tmp_path, "a.nt.zst", packed))[0][:6] == TRIPLE
    assert "zstd is not read" in only(reading(tmp_path, "a.rdf.zst", packed)).reason


def test_terms_of_all_kinds_and_graphs(tmp_path: Path) -> None:
    text = """<http://x/a> <http://x/b> "1"^^<http://x/int> <http://x/g> .
<http://x/a> <http://x/b> "t"^^<http://www.w3.org/2001/XMLSchema#string> .
_:n <http://x/b> _:m _:g .
"""
    rows = said(reading(tmp_path, "a.nq", text))
    assert [row[2:7] for row in rows] == [
        ("1", "literal", "http://x/int", "", "http://x/g"),
        ("t", "literal", "", "", ""),
        ("_:a.m", "blank", "", "", "_:a.g"),
    ]
    assert [row.source_record for row in rows] == ["1", "2", "3"]
    assert rows[2].s == "_:a.n"


def test_blank_nodes_of_two_sources_stay_apart_and_have_the_same_names_each_time(
    tmp_path: Path,
) -> None:
    text = HEAD + "x:a x:b [ x:c _:n ], [] . _:0 x:d _:n ."
    it = reading(tmp_path, "a.ttl", text, "a.b")
    first, again = said(it), said(it)
    assert first == again
    names = {name for row in first for name in (row.s, row.o) if name.startswith("_:")}
    assert names == {"_:a.-b.n", "_:a.-b.0", "_:a.-b..0", "_:a.-b..1"}
    other = said(reading(tmp_path, "b.ttl", text, "a"))
    assert not names & {name for row in other for name in (row.s, row.o)}


def test_what_is_no_iri_is_encoded_and_kept_as_it_was_written(tmp_path: Path) -> None:
    text = HEAD + "<http://x/a\n b> x:p <http://x/{c}> ; x:q <http://x/d> ."
    it = reading(tmp_path, "a.ttl", text)
    rows = said(it)
    assert [(row.s, row.o) for row in rows] == [
        ("http://x/a%0A%20b", "http://x/%7Bc%7D"),
        ("http://x/a%0A%20b", "http://x/d"),
    ]
    written = '{"as_written":{"o":"http://x/{c}","s":"http://x/a\\n b"}}'
    assert rows[0].more == written
    assert it.counts["repaired"] == 2
    assert it.quarantine == []


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("http://x/a", "http://x/a"),
        ("http://x/%zz", "http://x/%25zz"),
        ("http://x/a[1]", "http://x/a%5B1%5D"),
        ("http://x/\\", "http://x/%5C"),
        ("a b", None),
        ("", None),
    ],
)
def test_an_iri_is_mended_as_far_as_it_can_be(text: str, mended: str | None) -> None:
    assert rdf.mended_iri(text) == mended


def test_what_cannot_be_mended_is_set_aside_alone(tmp_path: Path) -> None:
    it = reading(tmp_path, "a.ttl", HEAD + "x:a x:p <rel>, x:b .")
    assert [row.o for row in said(it)] == ["http://x/b"]
    (refused,) = it.quarantine
    assert str(refused) == "a.ttl:1: found 'rel'; no IRI, and none when percent-encoded"
    assert it.counts == {"in": 2, "refused": 1, "said": 1}


def test_turtle_that_breaks_off_is_set_aside_whole(tmp_path: Path) -> None:
    refused = only(reading(tmp_path, "a.ttl", HEAD + "x:a x:b x:c .\nx:a x:b"))
    assert str(refused).startswith("a.ttl:2: cannot be read as ttl: ")
    assert "nothing of it was taken" in refused.reason


def test_of_lines_only_the_bad_ones_are_set_aside(tmp_path: Path) -> None:
    text = b"# c\n\n<http://x/a> <http://x/b> <http://x/c> .\nrubbish\n\xff\n"
    text += b"<http://x/a b> <http://x/b> _:c .\n"
    it = reading(tmp_path, "a.nt", text)
    assert [row.s for row in said(it)] == ["http://x/a", "http://x/a%20b"]
    assert [(r.place, r.found) for r in it.quarantine] == [
        ("4", "'rubbish'"),
        ("5", "the byte 0xff"),
    ]
    assert it.counts == {"in": 4, "refused": 2, "repaired": 1, "said": 2}


def test_triple_terms_are_kept_with_names_that_are_legal(tmp_path: Path) -> None:
    inner = "<<( _:n <http://x/b> 'c\\td'@en--ltr )>>"
    text = (
        f"{HEAD}x:a x:b <<( <http://x/a b> x:b <<( _:n x:b '1'^^<http://x/{{d}}> )>> )>>, {inner} ."
    )
    rows = said(reading(tmp_path, "a.ttl", text))
    mended = '<<( _:a.n <http://x/b> "1"^^<http://x/%7Bd%7D> )>>'
    assert [(row.o, row.o_kind) for row in rows] == [
        (f"<<( <http://x/a%20b> <http://x/b> {mended} )>>", "triple"),
        ('<<( _:a.n <http://x/b> "c\\td"@en--ltr )>>', "triple"),
    ]
    assert rows[0].more == '{"as_written":{"o.0":"http://x/a b","o.1":"http://x/{d}"}}'
    bad = only(reading(tmp_path, "b.ttl", HEAD + "x:a x:b <<( x:a x:b <rel> )>> ."))
    assert (bad.found, bad.reason) == ("'rel'", "no IRI, and none when percent-encoded")


def test_a_text_keeps_its_direction(tmp_path: Path) -> None:
    (row,) = said(reading(tmp_path, "a.ttl", HEAD + "x:a x:b 'c'@en--rtl ."))
    assert (row.datatype, row.lang, row.more) == ("", "en--rtl", "")


@pytest.mark.parametrize("name", ["a.nt", "a.ttl", "a.trig"])
def test_a_triple_term_is_no_subject(name: str, tmp_path: Path) -> None:
    text = "<<( <http://x/a> <http://x/b> <http://x/c> )>> <http://x/b> <http://x/c> ."
    assert "subject" in only(reading(tmp_path, name, text)).reason


def test_many_triple_terms_are_parsed_where_the_process_may_end(tmp_path: Path) -> None:
    deep = "<<( " * 1001
    assert only(reading(tmp_path, "b.nt", deep)).reason == "too many triple terms in a line"
    refused = only(reading(tmp_path, "b.ttl", HEAD + "x:a x:b " + "<<( x:a x:b " * 1001))
    assert "cannot be read as ttl" in refused.reason
    many = HEAD + "<< x:a x:b x:c ~ x:d >> x:b x:c ." * 1001
    assert len(said(reading(tmp_path, "c.ttl", many))) == 2002
    import pyarrow as pa

    packed = pa.compress(many.encode(), codec="zstd", asbytes=True)
    assert "more than 1,000 times; unpack it" in only(reading(tmp_path, "c.ttl.zst", packed)).reason


JSON_TERMS = (
    '{"@id": "http://x/a", "http://x/b": {"@id": "http://x/c", "@annotation": {"http://x/d": 1}}}',
    '{"@id": "http://x/a", "http://x/b": {"@id": "http://x/c", "@\\u0061nnotation": {"x:d": 1}}}',
    '{"@context": {"of": "@triple"}, "@id": "http://x/a", "http://x/b": {"of": {}}}',
)


@pytest.mark.parametrize("text", JSON_TERMS)
def test_what_a_parser_passes_over_in_json_is_set_aside(text: str, tmp_path: Path) -> None:
    assert "what it says would be lost" in only(reading(tmp_path, "a.jsonld", text)).reason
    far = reading(tmp_path, "b.jsonld", " " * ((1 << 20) - text.index('"@', 9) - 4) + text)
    assert "what it says would be lost" in only(far).reason


def test_embedded_nodes_in_json_are_set_aside(tmp_path: Path) -> None:
    star = '{"@id": {"@id": "http://x/a", "http://x/b": 1}, "http://x/c": 1}'
    assert "@id value must be a string" in only(reading(tmp_path, "a.jsonld", star)).reason


def test_a_triple_term_in_xml_needs_its_version(tmp_path: Path) -> None:
    inner = '<rdf:Description rdf:about="http://x/a"><x:b>c</x:b></rdf:Description>'
    node = f'<x:b rdf:parseType="Triple">{inner}</x:b></rdf:Description></rdf:RDF>'
    text = FORMS["a.rdf"].partition("<x:b")[0] + node
    refused = only(reading(tmp_path, "a.rdf", text))
    assert 'has rdf:parseType="Triple" but no rdf:version="1.2"' in refused.reason
    versioned = text.replace("<rdf:RDF", '<rdf:RDF rdf:version="1.2"')
    (row,) = said(reading(tmp_path, "b.rdf", versioned))
    assert (row.o, row.o_kind) == ('<<( <http://x/a> <http://x/b> "c" )>>', "triple")


@pytest.mark.parametrize("no", ["true", "false"])
def test_an_exact_match_in_a_triple_term(no: str, tmp_path: Path) -> None:
    text = f"{PREFIXES}x:r biolink:negated {no} ; rdf:reifies <<( x:1 {SAME} x:2 )>>, "
    text += f"<<( x:3 {SAME} x:4 )>>, <<( x:1 {SAME} 'x' )>>, <<( x:1 x:p x:2 )>> ."
    rows = reading(tmp_path, "a.ttl", text).rows()
    mapped = [row[:4] for row in rows if isinstance(row, Mapped)]
    ends = [("http://x/1", "http://x/2"), ("http://x/3", "http://x/4")]
    assert mapped == [(s, SAME[1:-1], o, True) for s, o in ends if no == "true"]


def test_exact_matches_of_a_graph_are_mappings_too(tmp_path: Path) -> None:
    text = f"<http://x/a> {SAME} <http://x/b> .\n<http://x/a> {SAME} _:b .\n"
    text += f"_:b {SAME} <http://x/a> .\n"
    rows = list(reading(tmp_path, "a.nt", text + f'<http://x/a> {SAME} "b" .\n').rows())
    assert len([row for row in rows if isinstance(row, Said)]) == 4
    mapped = [row for row in rows if isinstance(row, Mapped)]
    assert [(row.subject, row.object, row.source_record) for row in mapped] == [
        ("http://x/a", "http://x/b", "1")
    ]


def test_what_is_different_is_a_mapping_too(tmp_path: Path) -> None:
    text = "<http://x/a> <http://www.w3.org/2002/07/owl#differentFrom> <http://x/b> ."
    rows = [row for row in reading(tmp_path, "a.ttl", text).rows() if isinstance(row, Mapped)]
    assert [(row.subject, row.negated) for row in rows] == [("http://x/a", False)]


REIFIED = {
    "rdf": ("rdf:subject", "rdf:predicate", "rdf:object", "biolink:negated true"),
    "blank": ("rdf:subject", "rdf:predicate", "rdf:object", "biolink:negated ' Yes'"),
    "unknown": ("biolink:subject", "biolink:predicate", "biolink:object", "biolink:negated 'x'"),
    "axiom": (
        *("owl:annotatedSource", "owl:annotatedProperty", "owl:annotatedTarget"),
        "biolink:negated '1'",
    ),
    "owl": ("owl:sourceIndividual", "owl:assertionProperty", "owl:targetIndividual", "x:p 1"),
}
PREFIXES = HEAD + (
    "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "@prefix biolink: <https://w3id.org/biolink/vocab/> . "
)


@pytest.mark.parametrize("form", sorted(REIFIED))
@pytest.mark.parametrize("apart", [False, True])
def test_an_exact_match_that_is_told_of_and_denied(form: str, apart: bool, tmp_path: Path) -> None:
    s, p, o, no = REIFIED[form]
    parts = [f"{s} x:1", f"{p} {SAME}", f"{o} x:2", no]
    other = f"x:r2 {s} x:3 ; {p} x:same ; {o} x:4 ; {no} ."
    text = f" {other} ".join(f"x:r {it} ." for it in (parts if apart else [" ; ".join(parts)]))
    it = reading(tmp_path, "a.ttl", f"{PREFIXES}{text} {other}")
    mapped = [row for row in it.rows() if isinstance(row, Mapped)]
    assert mapped == [Mapped("http://x/1", SAME[1:-1], "http://x/2", True, "a", "1")]


def test_of_axioms_only_those_of_exact_matches_are_kept() -> None:
    rows = rdf._Rows("a", Notes("a.nt"))
    s, p, o, _ = REIFIED["axiom"]
    text = "".join(f"x:{n} {p} x:p ; {s} x:a ; {o} x:b ." for n in range(9))
    text += f"x:e {p} {SAME} . x:f {s} x:a ."
    assert len(list(rows.of(parse(PREFIXES + text, format=RdfFormat.TURTLE)))) == 29
    assert sorted(rows._told) == ["http://x/e", "http://x/f"]


@pytest.mark.parametrize("no", ["biolink:negated false", "x:p true", "rdf:subject 'x'"])
def test_an_exact_match_that_is_told_of_and_not_denied(no: str, tmp_path: Path) -> None:
    text = f"{PREFIXES}[] rdf:subject x:1 ; rdf:predicate {SAME} ; rdf:object x:2 ; {no} ."
    text += f"[] rdf:subject x:1 ; rdf:predicate {SAME} ; biolink:negated true ."
    text += f"[] rdf:object x:1 ; rdf:predicate {SAME} ; biolink:negated true ."
    text += "[] rdf:subject x:1 ; rdf:predicate x:p ; rdf:object x:2 ; biolink:negated true ."
    rows = list(reading(tmp_path, "a.ttl", text).rows())
    assert [row for row in rows if isinstance(row, Mapped)] == []


NANOPUB = f"""@prefix np: <{NP}> . @prefix x: <http://x/> .
x:assertion {{ x:a x:b <http://x/c d> }}
x:head {{ x:np a np:Nanopublication ; np:hasAssertion x:assertion ; np:hasProvenance x:prov ;
  np:hasPublicationInfo x:info }}
x:prov {{ x:assertion x:from x:y }}
x:info {{ x:np x:by x:z }}
x:other {{ x:a x:b <http://x/c d> }}
"""


def test_nanopublications_are_named_and_never_mended(tmp_path: Path) -> None:
    it = reading(tmp_path, "a.trig", NANOPUB)
    rows = said(it)
    graphs = {f"http://x/{name}" for name in ("head", "assertion", "prov", "info")}
    assert it.frozen == graphs
    (refused,) = it.quarantine
    assert (refused.found, refused.reason) == ("http://x/c d", "a nanopublication is not mended")
    assert [row.o for row in rows if row.g == "http://x/other"] == ["http://x/c%20d"]


def test_nanopublications_are_known_before_their_first_line(tmp_path: Path) -> None:
    text = f"""<http://x/a> <http://x/b> <http://x/c d> <http://x/assertion> .
<http://x/np> <{NP}hasAssertion> <http://x/assertion> <http://x/head> .
<http://x/np> <{NP}other> <http://x/no> <http://x/no> .
"""
    it = reading(tmp_path, "a.nq", text)
    assert len(said(it)) == 2
    assert it.frozen == {"http://x/assertion", "http://x/head"}
    assert it.quarantine[0].place == "1"


def test_json_that_is_no_json_and_files_that_are_not_there(tmp_path: Path) -> None:
    assert "cannot be read as jsonld" in only(reading(tmp_path, "a.jsonld", "{")).reason
    assert "cannot be read" in only(read(tmp_path / "none.ttl", "a")).reason
    assert "cannot be read" in only(read(tmp_path / "none.rdf", "a")).reason
