from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shape_drafts import NEWS, PAPER, small_text
from studyclaims import model
from studyclaims.paths import studies_dir
from studyclaims.quads import study_quads
from studyclaims.rdf import node
from studyclaims.records import parse_record, read_record
from studyclaims.sourcemap import _KEYS, key_of, places, value_path
from studyclaims.terms import BASE, expand
from studyclaims.yamltree import mark_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from studyclaims.records import Record

CLAIM = ("propositions", 0, "claims", 0)
AGENT_TYPES = "foaf:primaryTopic/^dct:isPartOf/biolink:agent_type"
WITHDRAWN = "withdrawn:\n  - {id: gone, date: 2026-01-02, reason: Misread.}\n"
READERS = "{tool: a, version: '1'}, {tool: b, version: '1'}"
AUTHORS = "title: P, authors: [{name: One}, {name: Two}],"
OF_THE_RECORD = ("Claim", "Evidence", "Measurement", "Source", "Study", "WithdrawnClaim")


def full() -> Record:
    text = small_text().replace("title: P,", AUTHORS) + WITHDRAWN
    text = text.replace("  status: draft\n", f"  status: checked\n  reviewed_by: [{READERS}]\n")
    return parse_record(text.encode(), "small.yaml")


def flagship() -> Record:
    return read_record(studies_dir() / "ausk-2017.yaml")


RECORDS = [pytest.param(full, id="small"), pytest.param(flagship, id="flagship")]


@pytest.mark.parametrize("record", RECORDS)
def test_every_place_is_in_the_record(record: Callable[[], Record]) -> None:
    read = record()
    for path in places(read).values():
        value = plain(read.tree)
        for step in path:
            assert isinstance(value, dict | list)
            value = value[step]  # type: ignore[index]


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("kind", OF_THE_RECORD)
def test_everything_of_the_record_has_a_place(record: Callable[[], Record], kind: str) -> None:
    read = record()
    quads = study_quads(read.study, {}, "test")
    typed = {q.subject.value for q in quads if q.object == node(f"sc:{kind}")}  # type: ignore[union-attr]
    assert typed <= places(read).keys()


@pytest.mark.parametrize("record", RECORDS)
def test_the_record_s_own_entities_and_propositions_have_a_place(
    record: Callable[[], Record],
) -> None:
    read = record()
    blocks = [path[0] for path in places(read).values() if len(path) == 2]
    assert blocks.count("entities") == len(read.study.entities)
    assert blocks.count("propositions") == len(read.study.propositions)


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (PAPER, ("sources", "paper")),
        (NEWS, ("sources", "news")),
        (f"{BASE}study/small", ("curation",)),
        (f"{BASE}study/small#study", ()),
        (f"{BASE}study/small#paper-author-2", ("sources", "paper", "authors", 1)),
        (f"{BASE}claim/small/hedged", ("propositions", 0, "claims", 2)),
        (f"{BASE}evidence/small/hedged/1", ("propositions", 0, "claims", 2, "evidence", 0)),
        (
            f"{BASE}measurement/small/correlated/1/1",
            ("propositions", 2, "claims", 1, "evidence", 0, "measurements", 0),
        ),
        (f"{BASE}claim/small/gone", ("withdrawn", 0)),
        ("http://purl.obolibrary.org/obo/CL_0000092", ("entities", "b")),
        (expand("GO:0045453"), ("entities", "c")),
        (expand("ECO:0000179"), ("propositions", 0, "claims", 0, "evidence", 0, "type")),
        (f"{BASE}study/small#drafter", ("curation", "drafted_by")),
        (f"{BASE}study/small#reviewer-2", ("curation", "reviewed_by", 1)),
    ],
)
def test_where_a_thing_stands(iri: str, path: tuple[str | int, ...]) -> None:
    assert places(full())[iri] == path


def test_a_broader_entity_has_no_place() -> None:
    assert not [iri for iri in places(full()) if "GO_0045453" in iri and "entity" in iri]
    assert f"{BASE}topic/x" not in places(full())


@pytest.mark.parametrize("predicate", _KEYS)
def test_every_key_is_one_of_the_record_s(predicate: str) -> None:
    blocks = (vars(model)[name] for name in vars(model) if name[0].isupper())
    fields = {
        field
        for block in blocks
        if isinstance(block, type) and issubclass(block, model.Block)
        for field in block.model_fields
    }
    assert key_of(predicate) in fields


@pytest.mark.parametrize(
    ("own", "shared", "path"),
    [
        ("{site: UBERON:0000979 tibia}", "", (*CLAIM, "context", "site")),
        ("{shared: false, species: NCBITaxon:10090 Mus musculus}", "", CLAIM),
        ("{}", "{site: UBERON:0000979 tibia}", ("context", "site")),
        ("", "{site: UBERON:0000979 tibia}", ("context", "site")),
        ("", "", CLAIM),
    ],
)
def test_context_is_where_it_was_written(
    own: str, shared: str, path: tuple[str | int, ...]
) -> None:
    text = small_text()
    text = text.replace("{id: found,", f"{{id: found, context: {own},") if own else text
    text = text.replace("entities:\n", f"context: {shared}\nentities:\n", 1) if shared else text
    study = parse_record(text.encode(), "small.yaml").study
    assert value_path(study, CLAIM, "sc:site") == path


@pytest.mark.parametrize(
    ("at", "path", "found"),
    [
        (CLAIM, "biolink:agent_type", ("curation", "agent_type")),
        (CLAIM, "sc:stance", (*CLAIM, "stance")),
        (CLAIM, "rdf:subject", CLAIM),
        (("entities", "d"), "sc:variable", ("entities", "d", "variable")),
        (("entities", "d"), "sc:variable/oboInOwl:hasOBONamespace", ("entities", "d", "variable")),
        (("curation",), "sc:recordStatus", ("curation", "status")),
        (("curation",), AGENT_TYPES, ("curation", "agent_type")),
        ((), "^foaf:primaryTopic", ("curation",)),
        (("curation", "drafted_by"), "rdf:type", ("curation", "drafted_by")),
    ],
)
def test_where_a_value_stands(
    at: tuple[str | int, ...], path: str, found: tuple[str | int, ...]
) -> None:
    assert value_path(full().study, at, path) == found


def test_a_missing_key_points_at_the_block() -> None:
    record = full()
    path = places(record)[f"{BASE}claim/small/told"]
    assert mark_of(record.tree, (*path, "lag")).line == mark_of(record.tree, path).line
    assert key_of("^sc:restsOn") is None
    assert key_of("") is None
