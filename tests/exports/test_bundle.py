"""The release as a whole: what is in it, that it is the same each time, and what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from pyoxigraph import Literal, Quad

from exports.releases import crate_of, small_quads, small_release
from samples import KEY, SMALL, index, quads
from studyclaims.build import trig
from studyclaims.errors import PlaceError, SetupError
from studyclaims.exports import bundle
from studyclaims.exports.bundle import release_files, write_release
from studyclaims.exports.contents import copied_items
from studyclaims.exports.items import CC0, Item
from studyclaims.exports.sums import read_sums, sums_text
from studyclaims.paths import data_root
from studyclaims.quads import study_quads
from studyclaims.rdf import node
from studyclaims.records import read_record
from studyclaims.release import DATE, TOOL, VERSION

if TYPE_CHECKING:
    from pathlib import Path

ALONE: Final = {
    "CITATION.cff", "LICENSE", "LICENSE-DATA", "README.md", "SHA256SUMS", "catalogue.ttl",
    "claims.csv", "expected-counts.json", "mappings.sssom.tsv", "ro-crate-metadata.json",
    f"studyclaims-{VERSION}.nq.gz", f"studyclaims-{VERSION}.ttl.gz",
}  # fmt: skip
CITED: Final = Item("CITATION.cff", b"title: T\nabstract: A\nauthors: [{name: G}]", "How", (CC0,))


def page() -> str:
    return small_release()["README.md"].decode()


def test_what_lies_at_the_top_is_this_and_four_folders() -> None:
    tops = {path.partition("/")[0] for path in small_release()}
    assert tops - {"ontology", "queries", "records", "shapes"} == ALONE


def test_the_sums_are_those_of_all_other_files() -> None:
    others = {path: data for path, data in small_release().items() if path != "SHA256SUMS"}
    assert small_release()["SHA256SUMS"].decode() == sums_text(others)
    assert len(read_sums(sums_text(others))) == len(others)


def test_the_same_data_in_another_order_give_the_same_bytes() -> None:
    ordered = sorted(small_quads(), key=str)
    backwards = copied_items(data_root())[::-1]
    assert release_files(reversed(ordered), backwards) == small_release()


def test_another_triple_gives_another_release() -> None:
    fewer = sorted(small_quads(), key=str)[1:]
    changed = release_files(fewer, copied_items(data_root()))
    names = {name for name, data in small_release().items() if changed[name] != data}
    assert {"SHA256SUMS", "ro-crate-metadata.json", "catalogue.ttl", "README.md"} <= names
    assert "LICENSE" not in names


def test_the_page_says_how_firm_the_claims_are() -> None:
    flat = " ".join(page().split())
    assert f"Released {DATE}. Studies: 1. Claims: 5. Triples: " in flat
    assert "3 of the claims are hedged, refuted, null or left open, and 1 are of news" in flat
    assert "0 of the 5 claims are in records that a person has signed" in flat


def test_the_page_lists_each_file_with_its_licence() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (.+) \| (.+) \|$", page(), re.MULTILINE)
    listed = {path for path, _, _ in rows}
    folders = {"ontology/", "queries/", "records/", "shapes/"}
    itself = {"README.md", "SHA256SUMS", "ro-crate-metadata.json"}
    assert listed == (ALONE - itself) | folders
    assert ("mappings.sssom.tsv", "CC BY 4.0, CC0 1.0") in {(p, licence) for p, _, licence in rows}
    licences = {path: licence for path, _, licence in rows}
    assert licences["records/"] == licences["shapes/"] == "CC0 1.0"
    assert licences["ontology/"] == "CC BY 3.0, CC BY 4.0, CC0 1.0, HPO, MIT, MeSH"
    names = re.findall(r"^- (.+?): ", page(), re.MULTILINE)
    assert names == ["CC BY 3.0", "CC BY 4.0", "CC0 1.0", "HPO", "MIT", "MeSH"]
    assert page().count("\n- CC BY 4.0: Creative Commons Attribution 4.0 International, <") == 1


def test_the_description_is_that_of_the_dataset() -> None:
    root = crate_of(small_release())["./"]
    assert root["description"].startswith("One claim a source and proposition, with stance")
    assert root["description"] in page()


def test_a_description_of_something_else_is_not_taken() -> None:
    other = Quad(node("sc:x"), node("dct:description"), Literal("Else."), node("sc:g"))
    files = release_files([*quads(), other], [CITED])
    assert crate_of(files)["./"]["description"] == "A"


def test_a_description_that_the_dataset_lacks_is_that_of_the_citation_file() -> None:
    files = release_files(quads(), [CITED])
    assert files["README.md"].decode().startswith(f"# T {VERSION}\n\nA\nReleased")


def test_a_release_needs_its_citation_file() -> None:
    with pytest.raises(SetupError, match=r"CITATION\.cff: not among what a release takes over"):
        release_files([], [])


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that holds the small record and its graph, and stands for the corpus."""
    record = tmp_path / "studies" / f"{KEY}.yaml"
    record.parent.mkdir()
    record.write_text(SMALL, encoding="utf-8")
    study = read_record(record, index()).study
    record.with_suffix(".trig").write_bytes(trig(KEY, study_quads(study, index(), TOOL)))
    monkeypatch.setattr(bundle, "record_paths", lambda: [record])
    monkeypatch.setattr(bundle, "corpus_quads", small_quads)
    return record


def test_a_release_is_written_once(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(held: object, copied: list[Item]) -> dict[str, bytes]:
        assert (held, corpus.is_file()) == (small_quads(), True)
        assert copied == copied_items(data_root())
        return small_release()

    monkeypatch.setattr(bundle, "release_files", made)
    assert write_release(tmp_path / "out") is True
    assert write_release(tmp_path / "out") is False
    for name, data in small_release().items():
        assert (tmp_path / "out" / name).read_bytes() == data


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_graph_that_its_record_does_not_build_is_not_released(
    how: str, corpus: Path, tmp_path: Path
) -> None:
    built = corpus.with_suffix(".trig")
    if how == "changed":
        built.write_bytes(built.read_bytes() + b"\n")
    else:
        built.unlink()
    message = f"{built}: not what {KEY}.yaml builds; run: studyclaims build"
    with pytest.raises(SetupError, match=re.escape(message)):
        write_release(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_taken_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    monkeypatch.setattr(bundle, "corpus_quads", lambda: pytest.fail("the work began"))
    with pytest.raises(PlaceError, match="is no release of ours"):
        write_release(tmp_path)


def test_nothing_names_this_machine(tmp_path: Path) -> None:
    places: list[Any] = [str(data_root()).encode(), str(tmp_path).encode()]
    text = b"".join(data for name, data in small_release().items() if not name.endswith(".gz"))
    assert [place for place in places if place in text] == []
