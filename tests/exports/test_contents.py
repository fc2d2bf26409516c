"""What a release holds: the dataset in two forms, the table, and what it takes over."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from exports.releases import DUMPS, put, small_quads, small_release
from studyclaims.errors import GraphError, SetupError
from studyclaims.exports import contents
from studyclaims.exports.contents import copied_items, graph_licences, packed
from studyclaims.exports.items import CC0, LICENCES, MIT, Item
from studyclaims.formats import check, serialize
from studyclaims.paths import data_root
from studyclaims.showing.claimtable import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

BY_4: Final = "https://creativecommons.org/licenses/by/4.0/"


@cache
def copied() -> dict[str, Item]:
    return {item.path: item for item in copied_items(data_root())}


@pytest.mark.parametrize("scope", DUMPS)
def test_the_packed_files_hold_the_whole_dataset(scope: str) -> None:
    data = gzip.decompress(small_release()[DUMPS[scope][0]])
    check(data, {"graphs": "nq", "union": "ttl"}[scope], small_quads())
    whole = json.loads(small_release()["expected-counts.json"])
    assert whole["sha256_unpacked"][DUMPS[scope][0]] == hashlib.sha256(data).hexdigest()


def test_a_file_that_does_not_read_back_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*words: object) -> bytes:
        return b"".join(serialize(*words).splitlines(keepends=True)[1:])  # type: ignore[arg-type]

    monkeypatch.setattr(contents, "serialize", short)
    from studyclaims.stores.embedded import EmbeddedStore

    with pytest.raises(GraphError, match="lacks"):
        contents.built_items(small_quads(), EmbeddedStore())


def test_the_table_has_every_claim() -> None:
    rows = list(csv.DictReader(small_release()["claims.csv"].decode().splitlines()))
    assert len(rows) == 5
    assert list(rows[0]) == list(COLUMNS)


def test_a_packed_file_has_neither_a_name_nor_a_time() -> None:
    data = packed(b"some text\n" * 100)
    assert data[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    assert gzip.decompress(data) == b"some text\n" * 100


def test_everything_is_taken_over_as_it_is() -> None:
    root = data_root()
    sources = {
        "records/ausk-2017.yaml": "graph/studies/ausk-2017.yaml",
        "queries/list-causes.rq": "graph/queries/list-causes.rq",
        "queries/answers/list-causes.csv": "graph/queries/answers/list-causes.csv",
        "mappings.sssom.tsv": "ontology/mappings.sssom.tsv",
        "ontology/context.jsonld": "ontology/context.jsonld",
        "ontology/terms/uberon.ttl": "ontology/terms/uberon.ttl",
        "shapes/study.ttl": "shapes/study.ttl",
        "CITATION.cff": "CITATION.cff",
        "LICENSE-DATA": "LICENSE-DATA",
    }
    for path, source in sources.items():
        assert copied()[path].data == (root / source).read_bytes()


def test_each_record_question_answer_and_shape_is_there() -> None:
    root = data_root()
    records = [path for path in copied() if path.startswith("records/")]
    assert records == sorted(records)
    wanted = {f"records/{path.name}" for path in root.glob("graph/studies/*.yaml")}
    wanted |= {f"queries/{path.name}" for path in root.glob("graph/queries/*.rq")}
    wanted |= {f"queries/answers/{path.name}" for path in root.glob("graph/queries/answers/*")}
    wanted |= {f"shapes/{path.name}" for path in root.glob("shapes/*.ttl")}
    assert wanted <= set(copied())


def test_no_tree_of_relations_lies_beside_the_dataset() -> None:
    slices = {path for path in copied() if path.startswith("ontology/terms/")}
    there = {path.name for path in data_root().glob("ontology/terms/*.ttl")}
    assert {path.rpartition("/")[2] for path in slices} == there - {"biolink.ttl", "ro.ttl"}


def test_a_study_may_be_called_as_a_tree_of_relations_is(tmp_path: Path) -> None:
    paths = [path.removeprefix("records/") for path in copied() if path.startswith("records/")]
    root = put(tmp_path, {f"graph/studies/{name}": b"" for name in [*paths, "ro.yaml"]})
    row = ("graph/studies/*.yaml", "records/", "Record {stem}", CC0)
    assert "records/ro.yaml" in {item.path for item in contents._copied(root, *row)}


@pytest.mark.parametrize(
    ("path", "licences"),
    [
        ("records/ausk-2017.yaml", (CC0,)),
        ("ontology/terms/uberon.ttl", ("https://creativecommons.org/licenses/by/3.0/",)),
        ("ontology/terms/hp.ttl", ("https://hpo.jax.org/app/license",)),
        ("ontology/context.jsonld", (MIT,)),
        ("mappings.sssom.tsv", (BY_4, CC0)),
    ],
)
def test_a_file_has_the_licence_that_it_names_or_we_do(
    path: str, licences: tuple[str, ...]
) -> None:
    assert copied()[path].licences == licences


def test_every_licence_has_a_name() -> None:
    assert {name for item in copied().values() for name in item.licences} == set(LICENCES)
    assert all(item.licences for item in copied().values())


def test_a_dataset_has_the_licences_of_its_graphs_and_not_of_its_sources() -> None:
    held = small_quads()
    assert {str(q.object) for q in held if "by/4.0" in str(q.object)} == {f"<{BY_4}>"}
    assert graph_licences(held) == (CC0,)


def test_parts_are_the_folders_and_what_describes_is_in_none() -> None:
    parts = {path: item.part for path, item in copied().items()}
    assert parts["records/ausk-2017.yaml"] == "records"
    assert parts["ontology/terms/uberon.ttl"] == "ontology"
    assert parts["queries/answers/list-causes.csv"] == "queries"
    assert parts["mappings.sssom.tsv"] == ""
    assert {path for path, part in parts.items() if part is None} == {
        "CITATION.cff", "LICENSE", "LICENSE-DATA",
    }  # fmt: skip
    assert copied()["records/ausk-2017.yaml"].about == "Record of the study ausk-2017"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=re.escape(f"{tmp_path}/CITATION.cff: not there")):
        copied_items(tmp_path)
