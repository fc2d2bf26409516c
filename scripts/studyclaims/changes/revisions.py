"""What files held at a revision, as git has them; nothing is checked out and nothing is written.

git is started without a shell. What a user wrote is resolved to a commit's name first, and only
that name goes into any further command. Files are read with ``cat-file``, which runs no filter and
no converter that a repository may name. What a repository lacks is not fetched: its settings may
name a command for that.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from studyclaims.errors import SetupError, TermError

DEADLINE: Final = 60
"""The seconds that one command of git may take."""

OPTIONS: Final = ("--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false")
"""What every command of git is told: to start no program, and to take no object for another."""

ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""What every command of git is run with: it fetches nothing, writes nothing and asks nothing.

No protocol is allowed because an older git does not know the second of these.
"""


def commit(folder: Path, revision: str) -> str:
    """Return the name of the commit that a revision stands for in the repository of a folder.

    >>> commit(Path("/"), "HEAD")
    Traceback (most recent call last):
    studyclaims.errors.SetupError: /: not in a git repository, so no revision is to be had here

    Raises:
        TermError: the repository has no such revision.
        SetupError: git is not here, or the folder is in no repository.
    """
    top(folder)
    # An option is told apart from a revision here, and a NUL would end the word.
    asked = revision.replace("\0", "") + "^{commit}"
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", asked)
    if found.returncode:
        problem = "is no revision of this repository"
        raise TermError(revision, problem, "write a commit, a branch or a tag, as in HEAD~1")
    return found.stdout.decode("ascii").strip()


def top(folder: Path) -> Path:
    """Return the topmost folder of the repository that a folder is in.

    >>> top(Path("/"))
    Traceback (most recent call last):
    studyclaims.errors.SetupError: /: not in a git repository, so no revision is to be had here

    Raises:
        SetupError: git is not here, or the folder is in no repository.
    """
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found.returncode:
        raise _no_repository(folder, found)
    return Path(os.fsdecode(found.stdout.removesuffix(b"\n")))


def file_at(folder: Path, name: str, path: str, most: int) -> bytes:
    """Return what a file held in a commit; ``./`` before the path makes it one of the folder's.

    >>> file_at(Path("/"), "0" * 40, "README.md", 100)
    Traceback (most recent call last):
    studyclaims.errors.TermError: 'README.md': is no file of the commit 000000000000; ...

    Args:
        folder: any folder of the repository.
        name: the commit's name, from `commit`.
        path: the file's path from the top of the repository.
        most: the bytes that it may have; a larger one is not read.

    Raises:
        TermError: the commit has no such file, or it is larger.
        SetupError: git is not here.
    """
    asked = f"{name}:{path}"
    size = _git(folder, "cat-file", "-s", asked)
    if size.returncode == 0 and int(size.stdout) > most:
        problem = f"has {int(size.stdout):,} bytes in the commit {name[:12]}, over {most:,}"
        raise TermError(path, problem, "split it, or name another file")
    found = _git(folder, "cat-file", "blob", asked)
    if size.returncode or found.returncode:
        problem = f"is no file of the commit {name[:12]}"
        raise TermError(path, problem, "give another path or commit")
    return found.stdout


def files_at(folder: Path, name: str, path: str, suffix: str) -> list[str]:
    """Return the names of the files with this suffix that a folder held in a commit, sorted.

    >>> files_at(Path("/"), "0" * 40, "docs", ".md")
    Traceback (most recent call last):
    studyclaims.errors.TermError: 'docs': is no folder of the commit 000000000000; ...

    Args:
        folder: as for `file_at`.
        name: as for `file_at`.
        path: the path of the folder that is asked for, from the top; ``./`` as for `file_at`.
        suffix: the suffix, in small letters.

    Raises:
        TermError: the commit has no such folder.
        SetupError: git is not here.
    """
    found = _git(folder, "ls-tree", "-z", "--name-only", "--full-tree", f"{name}:{path}")
    if found.returncode:
        raise TermError(
            path, f"is no folder of the commit {name[:12]}", "give another path or commit"
        )
    names = found.stdout.decode("utf-8", "surrogateescape").split("\0")
    return [item for item in names if item.lower().endswith(suffix)]


def is_folder(folder: Path, name: str, path: str) -> bool:
    """Return whether a path was a folder in a commit.

    >>> is_folder(Path("/"), "0" * 40, "docs")
    False

    Raises:
        SetupError: git is not here.
    """
    return _git(folder, "cat-file", "-t", f"{name}:{path}").stdout.strip() == b"tree"


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Return how a command of git ended, run in a folder."""
    try:
        return subprocess.run(  # noqa: S603 - no shell, and no word of a user's that is an option
            ["git", *OPTIONS, *words],  # noqa: S607 - the git of this machine
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=os.environ | ENVIRONMENT,
            timeout=DEADLINE,
            check=False,
        )
    except FileNotFoundError as error:
        raise SetupError("git is not here, so no revision is to be had: install it") from error
    except subprocess.TimeoutExpired as error:
        raise SetupError(f"git took more than {DEADLINE} s for {words[0]}") from error


def _no_repository(folder: Path, done: subprocess.CompletedProcess[bytes]) -> SetupError:
    """Return the error of a folder in which git finds no repository, or one it does not trust."""
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    reason = lines[0].removeprefix("fatal: ") if lines else ""
    known = not reason or reason.startswith("not a git repository")
    more = "" if known else f" ({reason})"
    return SetupError(f"{folder}: not in a git repository, so no revision is to be had here{more}")
