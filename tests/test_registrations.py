"""Drafts for registries: they parse, say that they were not sent, and fit what is built."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml
from pyoxigraph import NamedNode

from commands import ROOT
from studyclaims.build import corpus_quads
from studyclaims.predicates import RELATIONS
from studyclaims.release import DATE, VERSION
from studyclaims.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = ROOT / "docs" / "registrations"
DRAFTS: Final = sorted(path for path in FOLDER.rglob("*") if path.is_file())


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def front_matter() -> Any:  # noqa: ANN401 - whatever YAML holds
    return yaml.safe_load(text("kg-registry.md").split("---")[1])


@cache
def iris() -> frozenset[str]:
    """Return every IRI of ours in the dataset, its base left out."""
    terms = (t for q in corpus_quads() for t in (*q.triple, q.graph_name))
    found = {t.value for t in terms if isinstance(t, NamedNode) and t.value.startswith(BASE)}
    return frozenset(iri.removeprefix(BASE).partition("#")[0] for iri in found)


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: path.name)
def test_a_draft_says_that_it_was_not_sent(path: Path) -> None:
    assert "not sent" in path.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    "path", [p for p in DRAFTS if p != FOLDER / "README.md"], ids=lambda path: path.name
)
def test_a_draft_marks_what_only_a_person_can_fill(path: Path) -> None:
    said = path.read_text(encoding="utf-8")
    assert "TO-BE-FILLED" in said
    assert not re.search(r"\b0000-000\d-\d{4}-\d{3}[\dX]\b", said), "an ORCID of nobody"


def test_the_folder_lists_its_drafts() -> None:
    named = set(re.findall(r"\]\(([\w./-]+)\)", text("README.md")))
    assert named == {p.name for p in FOLDER.iterdir()} - {"README.md"}


def rules() -> list[re.Pattern[str]]:
    found = re.findall(r"^RewriteRule (\S+) ", text("w3id/htaccess.txt"), re.MULTILINE)
    return [re.compile(pattern) for pattern in found]


def test_every_iri_of_the_dataset_is_redirected_by_one_rule() -> None:
    numbers = {iri: sum(bool(rule.search(iri)) for rule in rules()) for iri in iris()}
    assert {iri: n for iri, n in numbers.items() if n != 1} == {}


def test_a_release_goes_to_files_and_what_is_none_of_ours_goes_nowhere() -> None:
    assert rules()[0].fullmatch(f"release/{VERSION}/SHA256SUMS")
    assert not any(rule.search("admin") or rule.search("datasets") for rule in rules())


@pytest.mark.parametrize("prefix", json.loads(text("bioregistry.json")))
def test_a_prefix_matches_all_and_only_identifiers_of_its_space(prefix: str) -> None:
    entry = json.loads(text("bioregistry.json"))[prefix]
    assert re.fullmatch(r"[a-z][a-z0-9]+(\.[a-z][a-z0-9]+)?", prefix)
    space = entry["uri_format"].removesuffix("$1").removeprefix(BASE)
    local = {iri.removeprefix(space) for iri in iris() if iri.startswith(space)} - {""}
    assert local
    assert [name for name in local if not re.match(entry["pattern"], name)] == []
    assert entry["example"] in local
    assert not re.match(entry["pattern"], "UPPER CASE")


def test_the_knowledge_source_has_a_name_that_biolink_takes() -> None:
    (entry,) = yaml.safe_load(text("infores.yaml"))["information_resources"]
    assert re.fullmatch(r"infores:[a-z0-9-]+", entry["id"])
    guide = yaml.safe_load(text("translator-ingest-guide.yaml"))
    assert guide["source_info"]["infores_id"] == entry["id"]


def test_the_ingest_guide_names_just_the_biolink_predicates_that_a_claim_can_write() -> None:
    guide = yaml.safe_load(text("translator-ingest-guide.yaml"))
    named = {p for kind in guide["target_info"]["edge_type_info"] for p in kind["predicates"]}
    written = {p for row in RELATIONS.values() for p in row.predicates if p.startswith("biolink:")}
    assert named == written


def test_licences_and_version_are_those_of_the_release() -> None:
    zenodo = json.loads(text("zenodo.json"))
    assert (zenodo["version"], zenodo["publication_date"]) == (VERSION, DATE)
    assert zenodo["license"] == "cc-zero"
    cc0 = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert front_matter()["license"]["id"] == cc0
    terms = yaml.safe_load(text("translator-ingest-guide.yaml"))["source_info"]["terms_of_use_info"]
    assert terms["license_url"] == cc0
    assert {e["license"] for e in json.loads(text("bioregistry.json")).values()} == {"CC0-1.0"}


def test_no_host_is_made_up() -> None:
    hosts = set(re.findall(r"https?://([^/\s\"'|`)]+)", text("w3id/htaccess.txt")))
    assert hosts == {"host.example", "files.example"}
