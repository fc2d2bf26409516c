"""Texts of sources, kept in a folder of the current one that git ignores, to check hashes with."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from studyclaims.errors import TermError
from studyclaims.files import write_atomic

CACHE_HOME: Final = "STUDYCLAIMS_CACHE"
"""The environment variable that names the folder of the cache; else it is the current one."""

CACHE: Final = ".studyclaims-cache"
"""The folder of texts, in the current folder."""

TEXT_LIMIT: Final = 5_000_000
"""The most bytes a text may have."""

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def keep_text(key: str, source: str, text: str, folder: Path | None = None) -> Path:
    """Keep a source's text in the cache of a folder, by default the current one; return its file.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as home:
    ...     _ = keep_text("ausk-2017", "news", "It may rain.", Path(home))
    ...     cached_text("ausk-2017", "news", Path(home))
    'It may rain.'

    Raises:
        TermError: a name that cannot be a file's, or a text too long.
        GraphError: something that is no plain file has the place.
    """
    path = _cache_file(key, source, folder)
    data = text.encode("utf-8")
    if len(data) > TEXT_LIMIT:
        problem = f"the text has {len(data):,} bytes; at most {TEXT_LIMIT:,} are kept"
        raise TermError(source, problem, "give the text of one publication")
    path.parent.mkdir(parents=True, exist_ok=True)
    # In whatever repository the current folder is: the text is not ours to commit.
    write_atomic(path.parents[1] / ".gitignore", b"*\n")
    write_atomic(path, data)
    return path


def cached_text(key: str, source: str, folder: Path | None = None) -> str | None:
    """Return a source's text as it was kept, or None where it was not.

    >>> cached_text("ausk-2017", "no-such-source") is None
    True

    Raises:
        TermError: a name that cannot be a file's, or a file that is not UTF-8.
    """
    path = _cache_file(key, source, folder)
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return file.read(TEXT_LIMIT).decode("utf-8")
    except UnicodeDecodeError as error:
        raise TermError(str(path), "is not UTF-8", "remove it and give the text again") from error


def source_text(key: str, source: str, given: str | None, folder: Path | None = None) -> str:
    """Return a source's text: the one given, which is not kept by this, else the one that was kept.

    >>> source_text("ausk-2017", "news", "It may rain.")
    'It may rain.'

    Raises:
        TermError: the one given is empty, or none was given and none is kept.
    """
    text = cached_text(key, source, folder) if given is None else given
    if text is None:
        raise TermError(source, "has no text here yet", "give a FILE, or - for standard input")
    if not text.strip():
        raise TermError(source, "was given an empty text", "give the text of the source")
    return text


def kept_or_replaced(key: str, source: str, text: str, folder: Path | None = None) -> str:
    """Keep a source's text, and return ``replaced`` where another was kept before, else ``kept``.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as home:
    ...     for text in ("It may rain.", "It rains."):
    ...         kept_or_replaced("ausk-2017", "news", text, Path(home))
    'kept'
    'replaced'

    Raises:
        TermError: a name that cannot be a file's, or a text too long.
        GraphError: something that is no plain file has the place.
    """
    path = _cache_file(key, source, folder)
    before = path.read_bytes() if path.is_file() else None
    keep_text(key, source, text, folder)
    return "kept" if before in {None, text.encode()} else "replaced"


def _cache_file(key: str, source: str, folder: Path | None) -> Path:
    for name in (key, source):
        if not _KEY.fullmatch(name):
            remedy = "use lower-case letters, digits and hyphens, at most 64"
            raise TermError(name, "cannot name a text", remedy)
    root = (folder or Path(os.environ.get(CACHE_HOME) or Path.cwd())) / CACHE
    path = root / key / f"{source}.txt"
    # A link inside the folder, or the folder itself being one, would lead out of it.
    if root.is_symlink() or not path.resolve().is_relative_to(root.resolve()):
        raise TermError(str(path), "leads out of the cache", "remove the symbolic link")
    return path
