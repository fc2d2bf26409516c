"""Building: all records are read before anything is written; a file that stands is let stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode

import studyclaims.build
from samples import KEY, SMALL, at, changed, index, quads, record, small
from studyclaims.build import (
    build_dataset,
    build_studies,
    corpus_quads,
    record_paths,
    refresh_generated,
    study_text,
    term_quads,
)
from studyclaims.cli import cli
from studyclaims.errors import GraphError, RecordError, SetupError, TermError
from studyclaims.files import write_atomic
from studyclaims.formats import FORMATS, check, serialize
from studyclaims.ontologies.slices import read_slice, slice_name
from studyclaims.paths import ontology_dir, shapes_dir, studies_dir, terms_dir
from studyclaims.stores.embedded import read_quads
from studyclaims.terms import expand

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BROKEN: Final = SMALL.replace("certainty: suggested", "certainty: sure")
BASE: Final = "https://w3id.org/studyclaims/"


def written(folder: Path, text: str = SMALL, name: str = KEY) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text.replace(KEY, name), encoding="utf-8")
    return path


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return what is in a folder: which file, which time stamp, which bytes."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    stats = [(path, path.stat()) for path in files]
    return {
        str(path.relative_to(folder)): (stat.st_ino, stat.st_mtime_ns, path.read_bytes())
        for path, stat in stats
    }


def build(*words: str | Path) -> tuple[int, str]:
    """Run ``build`` and return its status and what it prints."""
    done = CliRunner().invoke(cli, ["build", *map(str, words)])
    return done.exit_code, done.output


def test_a_build_leaves_a_graph_a_study_and_the_dataset(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    status, text = build(written(tmp_path), "--out", out, "--to", "nq", "--to", "ttl")
    assert status == 0, text
    names = [f"studies/{KEY}.trig", "studyclaims.nq", "studyclaims.ttl"]
    assert sorted(state(out)) == names
    assert text == "".join(f"wrote  {out / name}\n" for name in names)
    assert set(read_quads(out / "studies" / f"{KEY}.trig")) == quads_built()
    assert quads_built() <= set(read_quads(out / "studyclaims.nq"))


def quads_built() -> set[object]:
    """Return the small record's quads as the package builds them."""
    name = NamedNode(expand("sc:builtWith"))
    tool = Literal(f"studyclaims {studyclaims.release.VERSION}")
    return {
        type(q)(q.subject, q.predicate, tool if q.predicate == name else q.object, q.graph_name)
        for q in quads()
    }


def test_a_second_build_touches_nothing(tmp_path: Path) -> None:
    words = (written(tmp_path), "--out", tmp_path / "out", "--to", "nq")
    build(*words)
    before = state(tmp_path / "out")
    status, text = build(*words)
    assert status == 0
    assert [line.split()[0] for line in text.splitlines()] == ["stands", "stands"]
    assert state(tmp_path / "out") == before


def test_a_changed_record_changes_its_graph_and_no_other(tmp_path: Path) -> None:
    first, second = written(tmp_path), written(tmp_path, name="other-2020")
    out = tmp_path / "out"
    build_studies([first, second], out)
    before = state(out)
    written(tmp_path, SMALL.replace("No hedge.", "No hedge at all."))
    done = build_studies([first, second], out)
    assert [item.changed for item in done] == [False, True]
    after = state(out)
    assert after["other-2020.trig"] == before["other-2020.trig"]
    assert b"No hedge at all." in after[f"{KEY}.trig"][2]
    assert b"No hedge at all." not in before[f"{KEY}.trig"][2]


def test_findings_stop_a_build_before_anything_is_written(tmp_path: Path) -> None:
    good, bad = written(tmp_path), written(tmp_path, name="other-2020")
    out = tmp_path / "out"
    build_studies([good, bad], out)
    before = state(out)
    written(tmp_path, SMALL.replace("No hedge.", "Changed."))
    written(tmp_path, BROKEN, "other-2020")
    with pytest.raises(RecordError) as caught:
        build_studies([good, bad], out)
    assert [finding.code for finding in caught.value.findings] == ["R004"]
    assert state(out) == before


def test_the_findings_of_all_records_come_at_once(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, BROKEN),
        written(tmp_path, SMALL.replace("CL:0000092 osteoclast", "CL:0000092 cell"), "b-2020"),
        written(tmp_path, "", "c-2020"),
    ]
    with pytest.raises(RecordError) as caught:
        build_studies(paths, tmp_path / "out")
    assert sorted(finding.code for finding in caught.value.findings) == ["R004", "T003", "Y004"]
    assert not (tmp_path / "out").exists()


def test_a_broken_record_leaves_generated_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> list[object]:
        raise AssertionError("something was generated")

    monkeypatch.setattr(studyclaims.build, "refresh_generated", refuse)
    done = CliRunner().invoke(cli, ["build", str(written(tmp_path, BROKEN))])
    assert isinstance(done.exception, RecordError)


def test_a_build_elsewhere_leaves_the_checkout_alone(tmp_path: Path) -> None:
    folders = (ontology_dir(), shapes_dir(), studies_dir())
    before = [state(folder) for folder in folders]
    assert build("ausk-2017", "--out", tmp_path, "--to", "nt")[0] == 0
    assert [state(folder) for folder in folders] == before
    assert sorted(state(tmp_path)) == ["studies/ausk-2017.trig", "studyclaims.nt"]


@pytest.mark.parametrize("names", [["xml"], ["nq", "xml"], [""], ["NQ"]])
def test_an_unknown_form_is_refused_and_nothing_is_written(
    tmp_path: Path, names: list[str]
) -> None:
    with pytest.raises(GraphError, match="no format is called"):
        build_dataset([], tmp_path / "out", names)
    assert state(tmp_path) == {}
    words = [word for name in names for word in ("--to", name)]
    status, text = build(written(tmp_path), "--out", tmp_path / "out", *words)
    assert status == 2
    assert "is not one of 'trig', 'nq', 'ttl', 'nt', 'jsonld', 'rdf'" in text
    assert not (tmp_path / "out" / "studies").exists()


def test_a_form_that_does_not_read_back_is_put_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(some: Iterable[Any], name: str, prefixes: dict[str, str]) -> bytes:
        lines = serialize(some, name, prefixes).splitlines(keepends=True)
        return b"".join(lines[1:] if name == "nt" else lines)

    monkeypatch.setattr(studyclaims.build, "serialize", lossy)
    with pytest.raises(GraphError, match="nt read by pyoxigraph lacks"):
        build_dataset([], tmp_path, ["nq", "nt"])
    assert state(tmp_path) == {}


def test_a_study_that_does_not_read_back_is_put_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(*words: Any, **more: Any) -> str:  # noqa: ANN401 - the writer's own words
        return studyclaims.turtle.write_trig(*words, **more).replace('"No hedge."', '"A hedge."')

    monkeypatch.setattr(studyclaims.build, "write_trig", lossy)
    with pytest.raises(GraphError, match="lacks"):
        build_studies([written(tmp_path)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_the_dataset_is_written_in_every_form(tmp_path: Path, name: str) -> None:
    (item,) = build_dataset(sorted(studies_dir().glob("*.trig")), tmp_path, [name])
    assert item.changed
    assert item.path == tmp_path / f"studyclaims{FORMATS[name].suffix}"
    check(item.path.read_bytes(), name, corpus_quads())


def test_a_file_that_stands_is_not_read_back_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_dataset([], tmp_path, ["nt"])
    monkeypatch.setattr(studyclaims.build, "check", pytest.fail)
    (item,) = build_dataset([], tmp_path, ["nt"])
    assert not item.changed


def test_a_built_graph_says_what_it_was_built_from() -> None:
    first = study_text(record(), index()).decode().splitlines()[0]
    assert (
        first
        == f"# Built from {KEY}.yaml by `studyclaims build`; change the record, not this file."
    )


def test_records_are_found_in_order() -> None:
    paths = record_paths()
    assert paths == sorted(paths)
    assert {path.suffix for path in paths} == {".yaml"}


def test_a_corpus_without_records_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.build, "studies_dir", lambda: tmp_path)
    with pytest.raises(SetupError, match=r"no record; expected at least one <key>\.yaml"):
        record_paths()


def test_the_corpus_is_made_of_these_graphs(tmp_path: Path) -> None:
    build_studies([written(tmp_path)], tmp_path)
    found = corpus_quads([tmp_path / f"{KEY}.trig"])
    graphs = {str(q.graph_name).strip("<>").removeprefix(BASE) for q in found}
    slices = {
        slice_name(read_slice(path)).value.removeprefix(BASE) for path in terms_dir().glob("*.ttl")
    }
    relations = {"graph/terms/biolink", "graph/terms/ro"}
    assert relations <= slices
    assert graphs == {
        "dataset",
        "graph/mappings",
        "graph/queries",
        "graph/vocabulary",
        f"study/{KEY}",
        *(slices - relations),
    }


def test_no_tree_of_relations_is_in_a_slice_of_the_dataset() -> None:
    sub_property = NamedNode(expand("rdfs:subPropertyOf"))
    assert not [q for q in term_quads() if q.predicate == sub_property]


def test_nothing_built_has_a_blank_node() -> None:
    assert {type(q.subject) for q in corpus_quads()} == {NamedNode}
    assert {type(q.object) for q in corpus_quads()} == {NamedNode, Literal}


def test_an_installed_wheel_generates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studyclaims.build, "in_checkout", lambda: False)
    monkeypatch.setattr(studyclaims.build, "write_atomic", pytest.fail)
    assert refresh_generated() == []


def test_the_generated_files_are_current(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked what it would write, a build has nothing to change."""
    stale = []

    def look(path: Path, data: bytes) -> bool:
        stale.extend([path.name] if path.read_bytes() != data else [])
        return False

    monkeypatch.setattr(studyclaims.build, "write_atomic", look)
    names = [item.path.name for item in refresh_generated()]
    assert {"predicates.ttl", "record.schema.json"} <= set(names)
    assert stale == [], "run ./run build"
    assert studyclaims.files.write_atomic is write_atomic


@pytest.mark.parametrize(
    "address", ["urn:isbn:9780000000000", "https://example.org/é?a=%C3%A9#x", "https://[::1]/a"]
)
def test_an_odd_address_is_written_as_it_is(address: str) -> None:
    data = changed("sources.news.page", address)
    assert NamedNode(address) in {q.object for q in quads(data)}


@pytest.mark.parametrize(
    "address", ["https://[", "https://ex.org/100%", "https://a:b/", "http:no-slashes"]
)
@pytest.mark.parametrize("path", ["sources.news.page", "sources.paper.licence"])
def test_an_address_that_is_no_iri_is_refused_by_name(address: str, path: str) -> None:
    data = small()
    block, last = at(data, path)
    block[last] = address
    with pytest.raises((RecordError, TermError)) as caught:
        quads(data)
    assert address in str(caught.value)
