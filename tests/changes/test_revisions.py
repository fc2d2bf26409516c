"""What git has of files: of which commit, and what is said where it has none."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

import studyclaims.changes.revisions
from repositories import OLD, git, repository
from samples import KEY, SMALL
from studyclaims.changes.revisions import commit, file_at, files_at, is_folder, top
from studyclaims.errors import SetupError, TermError

if TYPE_CHECKING:
    from pathlib import Path

RECORD = f"studies/{KEY}.yaml"
MOST = 1_000_000


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("repository"))


def test_a_revision_is_resolved_to_a_commit(repo: Path) -> None:
    names = {commit(repo, name) for name in ("HEAD", "main", "HEAD~1^{}~0", "first")}
    assert len(names) == 2
    assert all(len(name) == 40 and set(name) <= set("0123456789abcdef") for name in names)
    assert commit(repo / "studies", "HEAD^") == commit(repo, "first")


@pytest.mark.parametrize(
    "revision",
    ["HEAD~9", "none", "", "--help", "-h", "--git-dir=x", "HEAD; touch x", "HEAD:studies", "a\0b"],
)
def test_what_is_no_revision_is_refused(repo: Path, revision: str) -> None:
    with pytest.raises(TermError, match="is no revision of this repository") as caught:
        commit(repo, revision)
    assert (caught.value.text, caught.value.exit_status) == (revision, 2)
    assert not (repo / "x").exists()


def test_a_file_is_read_as_it_was(repo: Path) -> None:
    first, last = commit(repo, "first"), commit(repo, "HEAD")
    assert file_at(repo, first, RECORD, MOST).decode() == OLD
    assert file_at(repo, last, RECORD, MOST).decode() == SMALL
    assert file_at(repo / "studies", first, f"./{KEY}.yaml", MOST).decode() == OLD


def test_a_file_over_the_bound_is_not_read(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, size = commit(repo, "first"), len(OLD.encode())
    assert len(file_at(repo, first, RECORD, size)) == size
    asked: list[str] = []
    really = studyclaims.changes.revisions._git

    def git_asked(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
        asked.append(words[1])
        return really(folder, *words)

    monkeypatch.setattr(studyclaims.changes.revisions, "_git", git_asked)
    with pytest.raises(TermError) as caught:
        file_at(repo, first, RECORD, size - 1)
    said = f"has {size:,} bytes in the commit {first[:12]}, over {size - 1:,}; split it"
    assert str(caught.value).startswith(f"{RECORD!r}: {said}")
    assert asked == ["-s"]


@pytest.mark.parametrize("path", ["none.yaml", "studies", "../x", f"./{RECORD}/x"])
def test_what_is_no_file_of_a_commit_is_refused(repo: Path, path: str) -> None:
    known = commit(repo, "HEAD")
    with pytest.raises(TermError, match=f"is no file of the commit {known[:12]}"):
        file_at(repo, known, path, MOST)


def test_the_files_of_a_folder_are_listed_as_they_were(repo: Path) -> None:
    first, last = commit(repo, "first"), commit(repo, "HEAD")
    assert files_at(repo, first, "studies", ".yaml") == ["gone-2019.yaml", f"{KEY}.yaml"]
    assert files_at(repo / "studies", last, "./", ".yaml") == [f"{KEY}.yaml"]
    assert files_at(repo, last, "empty/", ".yaml") == []
    with pytest.raises(TermError, match="is no folder of the commit"):
        files_at(repo, last, "none", ".yaml")


def test_a_folder_is_told_from_a_file(repo: Path) -> None:
    known = commit(repo, "HEAD")
    asked = ("studies", "studies/", RECORD, "none")
    assert [is_folder(repo, known, path) for path in asked] == [True, True, False, False]


def test_the_top_of_a_repository_is_found(repo: Path) -> None:
    assert top(repo / "studies") == repo.resolve()


def test_outside_a_repository_there_is_no_revision(tmp_path: Path) -> None:
    with pytest.raises(
        SetupError, match="not in a git repository, so no revision is to be had"
    ) as e:
        commit(tmp_path, "HEAD")
    assert str(e.value).endswith("is to be had here")
    assert e.value.exit_status == 3


def test_what_git_says_else_of_a_folder_is_passed_on(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        studyclaims.changes.revisions, "_git", lambda *_: ended(128, b"fatal: dubious\nx")
    )
    with pytest.raises(SetupError, match=r"is to be had here \(dubious\)$"):
        top(repo)
    monkeypatch.setattr(studyclaims.changes.revisions, "_git", lambda *_: ended(128, b""))
    with pytest.raises(SetupError, match=r"is to be had here$"):
        top(repo)


def ended(status: int, said: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.CompletedProcess([], status, b"", said)


def test_without_git_it_is_said_what_is_missing(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(SetupError, match="git is not here"):
        commit(repo, "HEAD")


def test_git_may_not_take_for_ever(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studyclaims.changes.revisions, "DEADLINE", 0.0)
    with pytest.raises(SetupError, match=r"git took more than 0\.0 s for rev-parse"):
        commit(repo, "HEAD")


def test_git_asks_nothing_and_runs_no_shell(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def record(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:  # noqa: ANN401 - as they come
        asked.append(options | {"command": command})
        return subprocess.CompletedProcess(command, 0, b"x", b"")

    monkeypatch.setattr(subprocess, "run", record)
    commit(repo, "HEAD")
    assert all("shell" not in options for options in asked)
    assert all(options["stdin"] == subprocess.DEVNULL for options in asked)
    assert asked[-1]["command"][-2:] == ["--end-of-options", "HEAD^{commit}"]
    start = ["git", "--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false"]
    assert all(options["command"][:5] == start for options in asked)
    env = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
    env |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    assert all(options["env"] == os.environ | env for options in asked)


@pytest.mark.parametrize("unknown", ["", "GIT_NO_LAZY_FETCH"])
def test_what_a_repository_lacks_is_not_fetched_by_a_command_of_its_own(
    tmp_path: Path, unknown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made a folder made its settings of git too; and an older git knows less."""
    monkeypatch.delitem(studyclaims.changes.revisions.ENVIRONMENT, unknown, raising=False)
    whole, mark = tmp_path / "whole", tmp_path / "mark"
    whole.mkdir()
    repository(whole)
    known = commit(whole, "HEAD")
    blob = subprocess.check_output(
        ["git", "rev-parse", f"{known}:{RECORD}"],  # noqa: S607 - the git of this machine
        cwd=whole,
        text=True,
    ).strip()
    (whole / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    settings = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::touch {mark}",
        "protocol.ext.allow": "always",
        "core.fsmonitor": f"touch {mark}",
    }
    for name, value in settings.items():
        git(whole, "config", name, value)
    with pytest.raises(TermError, match="is no file of the commit"):
        file_at(whole, known, RECORD, MOST)
    assert not mark.exists()


def test_an_object_that_stands_for_another_is_not_taken(tmp_path: Path) -> None:
    repository(tmp_path)
    first, last = commit(tmp_path, "first"), commit(tmp_path, "HEAD")
    git(tmp_path, "replace", first, last)
    assert file_at(tmp_path, first, RECORD, MOST).decode() == OLD
