"""Ids in one spelling: each way in which one thing is written, one by one and in bulk."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyclaims.errors import TermError
from studyclaims.merging import curies
from studyclaims.paths import ontology_dir

SPELLINGS = {
    "GO:0045453": (
        "http://purl.obolibrary.org/obo/GO_0045453 https://purl.obolibrary.org/obo/GO_0045453"
        " http://identifiers.org/go/GO:0045453 https://identifiers.org/GO:0045453"
        " http://identifiers.org/obo.go/GO:0045453 http://bio2rdf.org/go:0045453"
        " http://purl.org/obo/owl/GO#GO_0045453 https://bioregistry.io/go:0045453"
        " go:0045453 GO:GO:0045453 obo:GO_0045453 OBO:GO_0045453 gobp:0045453"
        " http://amigo.geneontology.org/amigo/term/GO:0045453"
    ),
    "MESH:D010024": (
        "MSH:D010024 mesh:D010024 MeSH:D010024 http://id.nlm.nih.gov/mesh/D010024"
        " https://meshb.nlm.nih.gov/record/ui?ui=D010024 http://identifiers.org/mesh/D010024"
        " http://purl.bioontology.org/ontology/MESH/D010024 mesh:MESH:D010024"
    ),
    "OMIM:166710": (
        "MIM:166710 omim:166710 https://omim.org/entry/166710 https://omim.org/MIM:166710"
        " http://identifiers.org/mim/166710 http://purl.obolibrary.org/obo/OMIM_166710"
    ),
    "OMIM.PS:166710": (
        "OMIM:PS166710 OMIMPS:166710 omim.ps:PS166710 https://omim.org/phenotypicSeries/PS166710"
    ),
    "UMLS:C0029456": (
        "umls:C0029456 UMLS_CUI:C0029456 http://linkedlifedata.com/resource/umls/id/C0029456"
    ),
    "NCBIGene:7124": (
        "ncbigene:7124 ENTREZ:7124 http://identifiers.org/ncbigene/7124"
        " https://identifiers.org/ncbigene:7124 https://www.ncbi.nlm.nih.gov/gene/7124"
        " http://bio2rdf.org/geneid:7124"
    ),
    "MGI:104798": (
        "MGI:MGI:104798 mgi:104798 http://www.informatics.jax.org/accession/MGI:104798"
        " http://identifiers.org/mgi/MGI:104798 http://identifiers.org/MGI:104798"
    ),
    "HGNC:5992": "hgnc:5992 HGNC:HGNC:5992 http://identifiers.org/hgnc/HGNC:5992",
    "UniProtKB:P01375": "uniprot:P01375 UP:P01375 http://purl.uniprot.org/uniprot/P01375",
    "ORPHA:33364": "Orphanet:33364 http://www.orpha.net/ORDO/Orphanet_33364",
    "doi:10.1/x_y": "DOI:10.1/x_y https://doi.org/10.1/x_y http://dx.doi.org/10.1/x_y",
    "biolink:causes": "https://w3id.org/biolink/vocab/causes",
    "skos:exactMatch": "http://www.w3.org/2004/02/skos/core#exactMatch",
}
ALL = [(text, it) for it, texts in SPELLINGS.items() for text in (it, *texts.split())]
UNKNOWN = (
    "https://example.org/GO_1",
    "x-unknown:1",
    "urn:uuid:1",
    "uuid:1",
    "_:b0",
    "no id",
    "",
    ":OBO:go/extensions/reacto.owl#REACTO_R-HSA-1",
    "http://purl.obolibrary.org/obo/GO_",
    "GO:",
    "http://purl.obolibrary.org/obo/nothing-known_1",
    "not:biolink:causes",
)


@pytest.mark.parametrize(("text", "expected"), ALL)
def test_each_spelling_is_one_id(text: str, expected: str) -> None:
    assert curies.canonical(text) == expected


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_known_stays_as_it_is(text: str) -> None:
    assert curies.canonical(text) == text
    assert curies.canonical_ids(pa.array([text])).to_pylist() == [text]


def test_in_bulk_the_same_comes_out_as_one_by_one() -> None:
    texts = [text for text, _ in ALL] + list(UNKNOWN)
    for style in curies.STYLES:
        one_by_one = [curies.canonical(text, style) for text in texts]
        assert curies.canonical_ids(pa.array(texts), style).to_pylist() == one_by_one
    chunks = pa.chunked_array([texts[:3], texts[3:]])
    assert curies.canonical_ids(chunks, "iri").to_pylist() == one_by_one


@given(st.lists(st.text(st.sampled_from("PSGOmi:/_#=1\n é"), max_size=12)))
def test_in_bulk_whatever_it_is(texts: list[str]) -> None:
    found = curies.canonical_ids(pa.array(texts, pa.string())).to_pylist()
    assert found == [curies.canonical(text) for text in texts]
    assert [curies.canonical(text) for text in found] == found


def test_nothing_and_no_id_stay() -> None:
    assert curies.canonical_ids(pa.array([None, "go:1"])).to_pylist() == [None, "GO:1"]
    assert curies.canonical_ids(pa.array([], pa.string())).to_pylist() == []


def test_each_style_is_read_back_as_the_same() -> None:
    for text in SPELLINGS:
        for style in curies.STYLES:
            assert curies.canonical(curies.canonical(text, style)) == text
    assert curies.canonical("MSH:D1", "bioregistry") == "mesh:D1"
    # As this package's own graphs have it.
    assert curies.canonical("mesh:D1", "iri") == "http://id.nlm.nih.gov/mesh/D1"


@pytest.mark.parametrize("text", ["go:1", "x:1"])
def test_an_unknown_style_is_told(text: str) -> None:
    with pytest.raises(TermError, match="use one of biolink, bioregistry, iri"):
        curies.canonical(text, "upper")
    with pytest.raises(TermError):
        curies.canonical_ids(pa.array([text]), "upper")


def test_each_prefix_of_the_table_stands_for_itself() -> None:
    spelled, addressed = curies.table()
    rows = {it.prefix: it for it in addressed.values()} | {it.prefix: it for it in spelled.values()}
    assert len(rows) > 2500
    lost = [p for p, it in rows.items() if spelled[curies.folded(p)] is not it]
    assert lost == []


def test_the_table_says_where_it_is_from_and_what_may_be_done_with_it() -> None:
    text = (ontology_dir() / curies.TABLE).read_text(encoding="utf-8")
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert any("bioregistry 0." in line for line in head)
    assert any("CC0 1.0" in line for line in head)
    assert len(text) < 300_000


def test_prefixes_are_told_of_any_id() -> None:
    assert curies.prefix_of("https://identifiers.org/GO:1") == "go"
    assert curies.prefix_of("OMIM:PS1") == curies.prefix_of("omim.ps:1") == "omim.ps"
    assert curies.prefix_of("OMIM:1") == "omim"
    assert curies.prefix_of("no id") == ""
    assert curies.prefix_of("https://example.org/1") == "https://example.org/"


def test_iris_may_stand_in_rdf_and_addresses_stay_as_they_are() -> None:
    texts = ["HP:0000938", "https://identifiers.org/GO:1", "urn:uuid:1", "_:a.b", "http://x/a b"]
    texts += ["x y:1", "", "http://x/é", "UMLS:a b"]
    assert curies.iris(pa.array([*texts, None])).to_pylist() == [
        "http://purl.obolibrary.org/obo/HP_0000938",
        "https://identifiers.org/GO:1",
        "urn:uuid:1",
        "_:a.b",
        "http://x/a%20b",
        None,
        None,
        "http://x/é",
        curies.canonical("UMLS:a", "iri") + "%20b",
        None,
    ]
    assert curies.iris(pa.chunked_array([["HP:1"]])).to_pylist() == [
        curies.canonical("HP:1", "iri")
    ]


def test_a_file_may_mean_something_else_by_a_prefix() -> None:
    own = {
        "GO": "http://purl.obolibrary.org/obo/GO_",
        "mesh": "https://meshb.nlm.nih.gov/record/ui?ui=",
        "HP": "https://example.org/hp/",
        "disease": "http://purl.obolibrary.org/obo/MONDO_",
        "new": "https://example.org/new/",
        "odd": "not an address",
    }
    assert sorted(curies.contradicted(own)) == ["HP", "disease"]


def test_ids_are_gathered_once() -> None:
    assert curies.distinct_ids([]).to_pylist() == []
    columns = [pa.array(["b", "a"]), pa.array(["a", "", None])]
    assert curies.distinct_ids(columns).to_pylist() == ["a", "b"]
