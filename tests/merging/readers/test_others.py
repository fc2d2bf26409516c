"""Mapping sets, OBO graphs and tables whose header says what they hold, as rows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from studyclaims.errors import StoreError
from studyclaims.merging import columns
from studyclaims.merging.columns import Columns, Ids
from studyclaims.merging.readers import Reading, read, sssom
from studyclaims.merging.readers.reading import TOLD_LIMIT, Mapped, Notes, Said, Told

if TYPE_CHECKING:
    from pathlib import Path

    from studyclaims.merging.readers.reading import Row

SSSOM = "subject_id\tsubject_label\tpredicate_id\tpredicate_modifier\tobject_id\tauthor_id\n"


def reading(folder: Path, name: str, text: str, given: Columns | None = None) -> Reading:
    (folder / name).write_text(text, encoding="utf-8")
    return read(folder / name, "m", given)


def rows_of(folder: Path, name: str, text: str, given: Columns | None = None) -> list[Row]:
    it = reading(folder, name, text, given)
    rows = list(it.rows())
    assert it.quarantine == []
    return rows


def test_a_mapping_is_a_statement_with_all_that_is_said_of_it(tmp_path: Path) -> None:
    text = f"#x: y\n{SSSOM}A:1\tone\tskos:exactMatch\t\tB:1\tx:me|x:you\n"
    said, mapped = rows_of(tmp_path, "a.sssom.tsv", text)
    assert isinstance(said, Said)
    assert said[:3] == ("A:1", "skos:exactMatch", "B:1")
    assert json.loads(said.more) == {"subject_label": "one", "author_id": ["x:me", "x:you"]}
    assert mapped == Mapped("A:1", "skos:exactMatch", "B:1", False, "m", "3")


@pytest.mark.parametrize("word", ["Not", "NOT", "not ", "http://w3id.org/sssom/Not", "semapv:Not"])
def test_a_mapping_that_is_denied(word: str, tmp_path: Path) -> None:
    said, mapped = rows_of(tmp_path, "a.tsv", f"{SSSOM}A:1\t\tskos:exactMatch\t{word}\tB:1\t\n")
    assert isinstance(said, Said)
    assert isinstance(mapped, Mapped)
    assert (said.p, mapped.negated) == ("not:skos:exactMatch", True)
    assert json.loads(said.more)["negated"] == "true"


def test_a_mapping_with_a_modifier_that_is_not_understood_is_set_aside(tmp_path: Path) -> None:
    text = f"{SSSOM}A:1\t\tskos:exactMatch\tFalse\tB:1\t\n"
    it = reading(tmp_path, "a.sssom.tsv", f"{text}A:2\t\tskos:exactMatch\t \tB:2\t\n")
    assert [row[0] for row in it.rows()] == ["A:2", "A:2"]
    (refused,) = it.quarantine
    assert str(refused) == (
        "a.sssom.tsv:2: found 'False'; expected Not or nothing in 'predicate_modifier'"
    )


def test_no_term_found_is_a_term_of_nobody(tmp_path: Path) -> None:
    text = f"{SSSOM}A:1\t\tskos:exactMatch\t\tsssom:NoTermFound\t\n"
    text += "sssom:noMapping\t\tskos:exactMatch\t\tB:1\t\n"
    text += "A:1\t\tskos:exactMatch\t\tSSSOM:NOTERMFOUND\t\n"
    it = reading(tmp_path, "a.sssom.tsv", text)
    assert [type(row) for row in it.rows()] == [Said, Said, Said]
    assert it.counts["mapped to nothing"] == 3


def test_a_mapping_that_lacks_an_id_is_set_aside(tmp_path: Path) -> None:
    it = reading(tmp_path, "a.sssom.tsv", f"{SSSOM}A:1\t\tskos:exactMatch\t\t\tx\n")
    assert list(it.rows()) == []
    assert str(it.quarantine[0]).startswith(
        "a.sssom.tsv:2: found an empty cell; expected subject_id"
    )


def test_prefixes_that_mean_something_else_here_are_written_out(tmp_path: Path) -> None:
    head = "#curie_map:\n#  HP: https://example.org/hp/\n"
    head += "#  'GO': \"http://purl.obolibrary.org/obo/GO_\"\n#license: x\n"
    rows = rows_of(tmp_path, "a.tsv", f"{head}{SSSOM}HP:1\t\tskos:exactMatch\t\tGO:1\t\n")
    assert isinstance(rows[0], Said)
    assert (rows[0].s, rows[0].o) == ("https://example.org/hp/1", "GO:1")


def test_the_head_of_a_set_ends_where_it_ends() -> None:
    lines = [
        b"#license: a",
        b"#curie_map:",
        b"#  A: http://x/A_",
        b"#b: http://x/",
        b"#  C: http://x/C_",
    ]
    assert sssom.prefix_map(iter([*lines, b"x", b"#curie_map:"])) == {"A": "http://x/A_"}
    assert sssom.prefix_map([b"#a: b", b"# # curie_map: none", b"x"]) == {}
    assert sssom.prefix_map([b"#a: the curie_map", b"#  ", b"#b: {curie_map: no}", b"x"]) == {}
    assert sssom.prefix_map([b"#curie_map: {}", b"x"]) == {}
    with pytest.raises(StoreError, match="no map of prefixes"):
        sssom.prefix_map(iter([b"#curie_map:", b"#  no entry", b"#  A: http://x/"]))


@pytest.mark.parametrize(
    "head",
    [
        '#curie_map: {HP: "http://x/HP_"}',
        "#curie_map: # comment\n#  HP: http://x/HP_ # comment",
        "#curie_map:\n#\n#  A: http://a/\n#\n#  HP: http://x/HP_",
        '#"curie_map":\n#  HP: http://x/HP_',
        '#curie_map:\n#  "HP" : http://x/HP_',
        "# made: by: us\n#curie_map: {HP: http://x/HP_}",
        "#said: a: b\n#curie_map: {\n#  HP: http://x/HP_\n#}\n#Sex: c: d",
        "#Curie_Map:\n\n#  HP: http://x/HP_",
    ],
)
def test_the_meaning_of_a_prefix_is_read_in_every_form_of_yaml(head: str) -> None:
    lines = [line.encode() for line in (*head.split("\n"), "subject_id")]
    assert sssom.prefix_map(lines)["HP"] == "http://x/HP_"


@pytest.mark.parametrize(
    "head",
    [
        "#curie_map: HP",
        "#curie_map:\n#HP: http://x/HP_",
        "#curie_map: {HP: ",
        "#curie_map:\n#  HP: 1",
        "#curie_map:\n#  HP: http://a/\n#  HP: http://b/",
        "#curie_map:\n#  HP: http://a/\n#curie_map:\n#  HP: http://b/",
        "#a: b: c\n#see the curie_map: above",
        "#\n" * 10_000 + "#curie_map:\n#  HP: http://x/HP_",
    ],
)
def test_a_set_whose_prefixes_nobody_can_read_is_set_aside(head: str, tmp_path: Path) -> None:
    text = f"{head}\n{SSSOM}HP:1\t\tskos:exactMatch\t\tGO:1\t\n"
    it = reading(tmp_path, "a.sssom.tsv", text)
    assert list(it.rows()) == []
    (refused,) = it.quarantine
    assert (refused.whole, refused.place) == (True, "head")


@pytest.mark.parametrize(
    "name",
    [
        "Predicate_Modifier",
        "predicate_modifier ",
        "sssom:predicate_modifier",
        "predicate modifier",
        '"predicate_modifier"',
        "https://w3id.org/sssom/predicate_modifier",
        "predicateModifier",
    ],
)
def test_a_modifier_is_known_however_its_column_is_spelled(name: str, tmp_path: Path) -> None:
    text = SSSOM.replace("predicate_modifier", name) + "A:1\t\tskos:exactMatch\tNot\tB:1\t\n"
    said, mapped = rows_of(tmp_path, "a.sssom.tsv", text)
    assert isinstance(said, Said)
    assert isinstance(mapped, Mapped)
    assert (said.p, mapped.negated) == ("not:skos:exactMatch", True)
    assert json.loads(said.more)["predicate_modifier"] == "Not"


def test_two_columns_of_modifiers_are_one_too_many(tmp_path: Path) -> None:
    text = f"Predicate_Modifier\t{SSSOM}\tA:1\t\tskos:exactMatch\tNot\tB:1\t\n"
    it = reading(tmp_path, "a.sssom.tsv", text)
    assert list(it.rows()) == []
    assert it.quarantine[0].reason == "found 'Predicate_Modifier', which is there twice"


def test_an_id_in_quotes_is_set_aside_and_its_no_counts(tmp_path: Path) -> None:
    text = f'{SSSOM}"HP:1"\t\tskos:exactMatch\tNot\tGO:1\t\n'
    it = reading(tmp_path, "a.sssom.tsv", f'{text}A:1\t\tskos:exactMatch\t\t"B:1"\t\n')
    (denied,) = it.rows()
    assert isinstance(denied, Mapped)
    assert (denied.subject, denied.negated) == ("HP:1", True)
    assert [(row.found, row.reason[:20]) for row in it.quarantine] == [
        ('"HP:1"', "expected an id witho"),
        ('"B:1"', "expected an id witho"),
    ]


def test_ids_stand_without_blanks_and_brackets(tmp_path: Path) -> None:
    text = f"{SSSOM} A:1\u00a0\t\t<http://x/y>\t\t < B:1>\t\n"
    said, mapped = rows_of(tmp_path, "a.sssom.tsv", text)
    assert said[:3] == mapped[:3] == ("A:1", "http://x/y", "B:1")


OBO = {
    "graphs": [
        {
            "id": "http://x/onto",
            "meta": {"version": "1"},
            "nodes": [
                {
                    "id": "http://x/a",
                    "lbl": "a",
                    "type": "CLASS",
                    "meta": {
                        "definition": {"val": "an a", "xrefs": ["PMID:1"]},
                        "synonyms": [{"pred": "hasExactSynonym", "val": "aa"}],
                        "xrefs": [{"val": "MESH:D1"}],
                        "basicPropertyValues": [
                            {
                                "pred": "http://www.w3.org/2004/02/skos/core#exactMatch",
                                "val": "http://x/z",
                            },
                            {"pred": "http://x/note", "val": "n"},
                        ],
                        "comments": ["one", "two"],
                        "deprecated": True,
                    },
                },
                {"lbl": "no id"},
            ],
            "edges": [
                {"sub": "http://x/a", "pred": "is_a", "obj": "http://x/b", "meta": {"x": "y"}},
                {
                    "sub": "http://x/a",
                    "pred": "http://www.w3.org/2002/07/owl#sameAs",
                    "obj": "http://x/c",
                },
                {"sub": "http://x/a"},
            ],
            "equivalentNodesSets": [{"nodeIds": ["http://x/d", "http://x/e"]}],
            "logicalDefinitionAxioms": [
                {"definedClassId": "http://x/a", "genusIds": ["http://x/b"]}
            ],
        }
    ]
}


def test_an_obo_graph_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    it = reading(tmp_path, "a.json", json.dumps(OBO))
    rows = list(it.rows())
    said = [row for row in rows if isinstance(row, Said)]
    assert [(row.s[-1], row.p.rpartition("#")[2], row.o[-1], row.g) for row in said] == [
        ("a", "subClassOf", "b", "http://x/onto"),
        ("a", "sameAs", "c", "http://x/onto"),
        ("d", "equivalentClass", "e", "http://x/onto"),
    ]
    assert json.loads(said[0].more) == {"meta": {"x": "y"}}
    told = [
        (t.property.rpartition("#")[2].rpartition("/")[2], t.value)
        for t in rows
        if isinstance(t, Told)
    ]
    assert told == [
        ("label", "a"),
        ("type", "CLASS"),
        ("IAO_0000115", "an a"),
        ("definition_xref", "PMID:1"),
        ("hasExactSynonym", "aa"),
        ("hasDbXref", "MESH:D1"),
        ("exactMatch", "http://x/z"),
        ("note", "n"),
        ("comments", "one"),
        ("comments", "two"),
        ("deprecated", "true"),
        ("logicalDefinitionAxioms", '{"definedClassId": "http://x/a", "genusIds": ["http://x/b"]}'),
        ("meta", '{"version": "1"}'),
    ]
    mapped = [(row.subject[-1], row.object[-1]) for row in rows if isinstance(row, Mapped)]
    assert mapped == [("a", "z"), ("a", "c"), ("d", "e")]
    assert [r.place for r in it.quarantine] == ["graphs/1/nodes/2", "graphs/1/edges/3"]
    assert it.counts["in"] == 7


HPOA = (
    "\t".join(["database_id", "disease_name", "qualifier", "hpo_id", "reference", "aspect"]) + "\n"
)


def test_hpo_annotations_keep_what_they_deny_apart(tmp_path: Path) -> None:
    text = f"#d\n{HPOA}OMIM:1\ta\tNOT\tHP:1\tPMID:1;PMID:2\tP\n"
    text += "OMIM:1\ta\t\tHP:2\t\tI\nOMIM:1\ta\t\tHP:3\t\tC\n"
    rows = [row for row in rows_of(tmp_path, "phenotype.hpoa", text) if isinstance(row, Said)]
    assert [row.p for row in rows] == [
        "not:biolink:has_phenotype",
        "biolink:has_mode_of_inheritance",
        "biolink:related_to",
    ]
    assert json.loads(rows[0].more) == {
        "disease_name": "a",
        "qualifier": "NOT",
        "negated": "true",
        "reference": ["PMID:1", "PMID:2"],
        "aspect": "P",
    }
    assert "negated" not in rows[1].more


@pytest.mark.parametrize("word", ["NOT ", " not"])
def test_hpo_annotations_that_are_denied_between_blanks(word: str, tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "phenotype.hpoa", f"#d\n{HPOA}OMIM:1\ta\t{word}\tHP:1\t\tP\n")
    assert row[1] == "not:biolink:has_phenotype"
    assert json.loads(row[-1])["negated"] == "true"


def test_hpo_annotations_whose_qualifier_is_not_understood_are_set_aside(tmp_path: Path) -> None:
    words = ("NOT|x", "!", "0", "no", "false")
    text = "".join(f"OMIM:1\ta\t{it}\tHP:1\t\tP\n" for it in words)
    it = reading(tmp_path, "phenotype.hpoa", f"{HPOA}{text}")
    assert list(it.rows()) == []
    assert [(found.found, found.reason) for found in it.quarantine] == [
        (repr(it), "expected 'NOT' or nothing in 'qualifier'") for it in words
    ]


def test_edges_of_an_obo_graph_may_be_denied(tmp_path: Path) -> None:
    same = {"sub": "x:a", "pred": "http://www.w3.org/2002/07/owl#sameAs", "obj": "x:b"}
    told = {"pred": "https://w3id.org/biolink/vocab/negated", "val": " True"}
    edges = [
        same | {"meta": {"basicPropertyValues": [{"pred": "x:p", "val": "x"}, told]}},
        same | {"negated": False, "sub": "x:c"},
        same | {"meta": {"basicPropertyValues": [told | {"val": "perhaps"}]}},
    ]
    it = reading(tmp_path, "a.json", json.dumps({"graphs": [{"edges": edges}]}))
    rows = list(it.rows())
    said = [row for row in rows if isinstance(row, Said)]
    assert [(row.s, row.p.startswith("not:")) for row in said] == [("x:a", True), ("x:c", False)]
    assert json.loads(said[0].more)["negated"] == "true"
    assert [row.negated for row in rows if isinstance(row, Mapped)] == [True, False]
    assert [(found.place, found.found) for found in it.quarantine] == [
        ("graphs/1/edges/3", "TypeError: negated is neither true nor false")
    ]


TABLES = {
    "Gene_Interacts_Gene.tsv": (
        ":START_ID(Gene)\t:END_ID(Gene)\n1\tNCBIGene:2\n",
        "NCBIGene:1",
        "NCBIGene:2",
    ),
    "a.tsv": (":START_ID(Compound)\t:END_ID(Disease)\nDB1\tDOID:2\n", "DRUGBANK:DB1", "DOID:2"),
    "g.txt": (
        "ncbi_gene_id\tgene_symbol\thpo_id\thpo_name\tfrequency\tdisease_id\n1\tA\tHP:2\tb\t-\tOMIM:3\n",
        "NCBIGene:1",
        "HP:2",
    ),
    "p.txt": (
        "hpo_id\thpo_name\tncbi_gene_id\tgene_symbol\tdisease_id\nHP:2\tb\t1\tA\tOMIM:3\n",
        "HP:2",
        "NCBIGene:1",
    ),
    "mesh.tsv": (
        "MESH\tD1\ta\tCHEBI\tCHEBI:2\tb\nMESH\tD2\ta\tDOID\tDOID:1\tb\n",
        "MESH:D1",
        "CHEBI:2",
    ),
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_ids_get_the_prefix_that_their_column_implies(name: str, tmp_path: Path) -> None:
    text, subject, object_ = TABLES[name]
    row = rows_of(tmp_path, name, text)[0]
    assert isinstance(row, Said)
    assert (row.s, row.o) == (subject, object_)


def test_a_table_of_links_is_called_by_its_name_and_says_nothing_more(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "Gene_Interacts_Gene.tsv", TABLES["Gene_Interacts_Gene.tsv"][0])
    assert isinstance(row, Said)
    assert (row.p, row.more, row.source_record) == ("hetionet:Gene_Interacts_Gene", "", "2")


def test_what_a_table_does_not_say_is_no_value(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, "g.txt", TABLES["g.txt"][0])
    assert isinstance(row, Said)
    assert json.loads(row.more) == {"gene_symbol": "A", "hpo_name": "b", "disease_id": "OMIM:3"}


def test_a_reference_is_no_identity(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "mesh.tsv", TABLES["mesh.tsv"][0])
    assert [type(row) for row in rows] == [Said, Said]
    assert rows[0][1] == "oboInOwl:hasDbXref"


def test_tables_of_single_ids_are_properties(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "nodes.tsv", "id\tname\tkind\nGene::7124\tTNF\tGene\n") == [
        Told("NCBIGene:7124", "name", "TNF", source="m"),
        Told("NCBIGene:7124", "kind", "Gene", source="m"),
    ]
    mgi = rows_of(tmp_path, "mgi.tsv", "ID\tsymbol\tsynonyms\tensembl\n1\tA\tx|y\tENSM1\n2\t\t\t\n")
    assert mgi == [
        Told("MGI:1", "symbol", "A", source="m"),
        Told("MGI:1", "synonyms", "x", source="m"),
        Told("MGI:1", "synonyms", "y", source="m"),
        Told("MGI:1", "ensembl", "ENSEMBL:ENSM1", "iri", source="m"),
        Told("MGI:2", "id", "MGI:2", "iri", source="m"),
    ]


def test_a_map_may_be_given(tmp_path: Path) -> None:
    given = Columns("own", (), Ids("a", "GO"), Ids("b", "HP"), "x:says", negated=("no", "1"))
    rows = rows_of(tmp_path, "a.tsv", "a\tb\tno\n1\t2\t1\n1\t2\t0\n", given)
    assert [row[:3] for row in rows] == [("GO:1", "not:x:says", "HP:2"), ("GO:1", "x:says", "HP:2")]
    assert [given.denies({"no": it}) for it in ("yes", "no", "", "2")] == [True, False, False, None]
    right = replace(given, negated=("ok", "false"))
    assert [right.denies({"ok": it}) for it in ("0", "1", "", "?")] == [True, False, False, None]
    assert replace(given, negated=None).denies({"no": "1"}) is False
    assert given.says({"no": "perhaps"}, "") == "not:x:says"


def test_a_row_that_lacks_an_id_is_set_aside(tmp_path: Path) -> None:
    it = reading(tmp_path, "a.tsv", ":START_ID(Gene)\t:END_ID(Gene)\n\t2\n1\t\n")
    assert list(it.rows()) == []
    assert [r.reason for r in it.quarantine] == [
        "expected an id in ':START_ID(Gene)'",
        "expected an id in ':END_ID(Gene)'",
    ]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.tsv", "x\ty\n", "found the columns 'x, y'; expected those of KGX"),
        ("a.tsv", "", "found the columns ''"),
        ("a.tsv", ":START_ID(Gene)\tb\n", "found the columns"),
        ("a.gpml", "<a/>", "found the suffix '.gpml'; expected one of"),
        ("a", "b", "found the suffix ''"),
    ],
)
def test_what_nobody_knows_is_set_aside(name: str, text: str, reason: str, tmp_path: Path) -> None:
    it = reading(tmp_path, name, text)
    assert list(it.batches()) == []
    (refused,) = it.quarantine
    assert refused.reason.startswith(reason)
    assert refused.path == name


def test_a_kind_without_a_prefix_of_its_own_keeps_the_one_it_has() -> None:
    it = columns.map_for(["id", "name", "kind"])
    assert it is not None
    row = columns.mended(it, {"id": "Anatomy::UBERON:1", "name": "", "kind": "Anatomy"})
    assert row["id"] == "UBERON:1"


def test_rows_come_in_batches_of_their_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studyclaims.merging.readers.reading.BATCH", 2)
    text = SSSOM + "A:1\t\tskos:exactMatch\t\tB:1\t\n" * 3
    it = reading(tmp_path, "a.sssom.tsv", text)
    assert [batch.num_rows for batch in it.statements()] == [2, 1]
    assert [batch.num_rows for batch in it.mappings()] == [2, 1]
    assert [batch.num_rows for batch in it.properties()] == []
    assert [batch.num_columns for _, batch in it.batches()] == [10, 6, 10, 6]
    assert it.counts == {"in": 3, "mapped": 3, "prefixes of its own": 0, "said": 3}


def test_of_very_many_refusals_the_rest_are_counted() -> None:
    notes = Notes("a")
    for number in range(TOLD_LIMIT + 5):
        notes.refuse(number, "", "why")
    assert (len(notes.refused), notes.counts["refused"]) == (TOLD_LIMIT, TOLD_LIMIT + 5)
