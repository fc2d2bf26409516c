"""What the two sides of a comparison stand for: here, and in git."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import studyclaims.changes.sides
import studyclaims.converting
from repositories import OLD, repository
from samples import KEY, SMALL, changed, quads
from studyclaims.changes.differences import differences
from studyclaims.changes.sides import Side, read_side, two_sides
from studyclaims.errors import RecordError, SetupError, StoreError, TermError

if TYPE_CHECKING:
    from studyclaims.records import Record


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def repo(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository that is the current folder, and whose records are the corpus."""
    monkeypatch.chdir(made)
    monkeypatch.setattr(studyclaims.changes.sides, "studies_dir", lambda: made / "studies")
    return made


def changed_fields(old: Side, new: Side) -> list[tuple[str, str]]:
    found = differences(old.quads, new.quads)
    return [(change.name, item.field) for change in found.changes for item in change.fields]


HEDGE = [(f"{KEY}/news-inflames", "certainty")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("first:studies/small-2020.yaml", KEY),
        (f"HEAD~1:{KEY}", f"HEAD:{KEY}"),
        (f"HEAD~1:{KEY}", "built.nq"),
        (f"first:./studies/{KEY}.yaml", "HEAD:studies/"),
        (f"first:{KEY}", "main"),
        (f"first:{KEY}", "HEAD:"),
        (f"first:{KEY}", "HEAD:built.nq"),
        (f"first:{KEY}", "studies"),
        (f"first:{KEY}", None),
        (f"first:studies/{KEY}.yaml", None),
        (f"first:./studies/{KEY}.yaml", None),
    ],
)
def test_a_side_is_a_record_a_file_a_folder_or_a_revision_of_one(
    repo: Path, old: str, new: str | None
) -> None:
    assert repo.is_dir()
    assert changed_fields(*two_sides(old, new)) == HEDGE


@pytest.mark.parametrize(
    ("old", "names"),
    [
        (KEY, (f"HEAD:{KEY}", KEY)),
        (f"studies/{KEY}.yaml", (f"HEAD:studies/{KEY}.yaml", f"studies/{KEY}.yaml")),
        ("studies", ("HEAD:studies", "studies")),
        ("built.nq", ("HEAD:built.nq", "built.nq")),
        ("HEAD", ("HEAD:", "the records here")),
        ("HEAD:", ("HEAD:", "the records here")),
    ],
)
def test_one_name_alone_is_compared_with_what_is_here(
    repo: Path, old: str, names: tuple[str, str]
) -> None:
    before, after = two_sides(old)
    assert (before.name, after.name) == names
    assert before.quads == after.quads
    assert repo.is_dir()


def test_what_changed_here_is_seen(repo: Path) -> None:
    path = repo / "studies" / f"{KEY}.yaml"
    path.write_text(OLD, encoding="utf-8")
    try:
        assert changed_fields(*two_sides(KEY)) == HEDGE
        assert changed_fields(*two_sides(str(path))) == HEDGE
        assert changed_fields(*two_sides("studies")) == HEDGE
        assert changed_fields(*two_sides("HEAD")) == HEDGE
        assert changed_fields(*two_sides("first:studies/small-2020.yaml")) == []
    finally:
        path.write_text(SMALL, encoding="utf-8")


def test_a_path_is_one_of_the_current_folder(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo / "studies")
    assert changed_fields(*two_sides(f"first:./{KEY}.yaml", "HEAD:../built.nq")) == HEDGE
    assert changed_fields(*two_sides(f"first:studies/{KEY}.yaml")) == HEDGE
    assert changed_fields(*two_sides(f"first:./{KEY}.yaml")) == HEDGE


def test_an_installed_package_has_its_records_where_one_is(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studyclaims.changes.sides, "in_checkout", lambda: False)
    monkeypatch.setattr(studyclaims.changes.sides, "studies_dir", lambda: repo / "empty")
    monkeypatch.chdir(repo / "studies")
    assert changed_fields(*two_sides(f"first:{KEY}", "HEAD:")) == HEDGE


def test_a_record_may_be_json_and_its_file_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "any.JSON"
    data = changed("curation.note", "\U0001f9b4")
    path.write_text(json.dumps(data), encoding="utf-8")
    tool = "https://w3id.org/studyclaims/vocab/builtWith"
    found = read_side(str(path)).quads
    assert {q for q in found if q.predicate.value != tool} == {
        q for q in quads(data) if q.predicate.value != tool
    }


def test_a_record_that_reads_no_more_gives_its_findings(repo: Path) -> None:
    with pytest.raises(RecordError) as caught:
        two_sides("first:", "HEAD:")
    assert {f.file for f in caught.value.findings} == {"first:gone-2019.yaml"}
    (repo / "bad.yaml").write_text("not: a record\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"bad\.yaml:1:1: R001"):
        read_side("bad.yaml")
    with pytest.raises(RecordError, match=r"first:gone-2019\.yaml:1:1: R001"):
        read_side("first:gone-2019")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "'none': is no key of a record here, no file, no folder and no revision; write"),
        ("--all", "'--all': is no key of a record here, no file, no folder and no revision; write"),
        ("none:x", "'none': is no revision of this repository"),
        ("none:", "'none': is no revision of this repository"),
        (":x", "':x': has no revision before the colon"),
        ("", "'': has no revision before the colon"),
        ("before", "'before:': is no folder of that commit; name another revision"),
        ("before:studies/", "'before:studies/': is no folder of that commit"),
        ("HEAD:none-2020", r"'\./none-2020\.yaml': is no file of the commit"),
        ("HEAD:none.yaml", r"'none\.yaml': is no file of the commit"),
        ("HEAD:none.txt", r"'none\.txt': has a suffix that stands for no form"),
        ("HEAD:empty", r"'\./empty\.yaml': is no file of the commit"),
        ("HEAD:empty/", "'HEAD:empty/': has no record in it"),
        ("empty", "'empty': has no record in it"),
    ],
)
def test_what_stands_for_nothing_is_refused(repo: Path, name: str, said: str) -> None:
    with pytest.raises(TermError, match=f"^{said}") as caught:
        read_side(name)
    assert caught.value.exit_status == 2
    assert repo.is_dir()


def test_what_is_gone_has_nothing_to_be_compared_with(repo: Path) -> None:
    with pytest.raises(TermError, match="is not here any more; name what to compare with"):
        two_sides("first:gone-2019")
    assert repo.is_dir()


def test_outside_a_repository_there_is_no_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(studyclaims.changes.sides, "studies_dir", lambda: tmp_path)
    with pytest.raises(SetupError, match="not in a git repository"):
        read_side("HEAD:")
    with pytest.raises(SetupError, match="not in a git repository"):
        read_side("HEAD:a/b.yaml")
    with pytest.raises(TermError, match="no folder and no revision"):
        read_side("HEAD")


def test_a_graph_that_cannot_be_read_is_named(repo: Path) -> None:
    (repo / "broken.nq").write_text("<a", encoding="utf-8")
    with pytest.raises(StoreError, match=r"^broken\.nq:1:1: cannot be read as nq"):
        read_side("broken.nq")


@pytest.mark.parametrize(
    ("name", "bound"),
    [(f"HEAD:{KEY}", "SIZE_LIMIT"), ("HEAD:", "SIZE_LIMIT"), ("HEAD:built.nq", "CHILD_LIMIT")],
)
def test_what_git_has_may_have_no_more_bytes_than_what_is_here(
    repo: Path, monkeypatch: pytest.MonkeyPatch, name: str, bound: str
) -> None:
    other = {"SIZE_LIMIT": "CHILD_LIMIT", "CHILD_LIMIT": "SIZE_LIMIT"}[bound]
    monkeypatch.setattr(studyclaims.changes.sides, other, 9)
    assert read_side(name).quads
    monkeypatch.setattr(studyclaims.changes.sides, bound, 9)
    with pytest.raises(TermError, match=r"over 9; split it") as caught:
        read_side(name)
    assert caught.value.exit_status == 2
    assert repo.is_dir()


def test_a_record_is_read_once_for_both_sides(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def record_in(data: bytes, name: str, form: str) -> Record:
        read.append(form)
        return known(data, name, form)

    known = studyclaims.converting.record_in
    monkeypatch.setattr(studyclaims.changes.sides, "record_in", record_in)
    studyclaims.changes.sides._quads_of.cache_clear()
    two_sides(KEY, f"HEAD:{KEY}")
    assert read == ["yaml"]
    assert Path(repo).is_dir()
