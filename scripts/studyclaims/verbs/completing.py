"""What a shell may put where the cursor is: keys, claims, sources, names of queries.

A shell waits while this runs: folders are listed and single lines read, no record and no graph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import click
    from click.shell_completion import CompletionItem

    Items = list[CompletionItem[str]]

_SOURCES: Final = re.compile(r"^sources:\n((?:  .*\n|\n)*)", re.MULTILINE)
_SOURCE: Final = re.compile(r"^  ([\w-]+):", re.MULTILINE)
_CLAIM: Final = re.compile(r"^ +(?:- )?id: ([\w-]+)$", re.MULTILINE)


def keys(_: click.Context, __: click.Parameter, typed: str) -> Items:
    """Return the keys of studies that begin with what was typed; files, where none does.

    >>> import click
    >>> verb = click.Command("a", params=[click.Argument(["key"])])
    >>> [item.value for item in keys(click.Context(verb), verb.params[0], "ausk-2017")]
    ['ausk-2017']
    """
    return _items(_records(), typed) or _files(typed)


def keys_alone(_: click.Context, __: click.Parameter, typed: str) -> Items:
    """Return the keys of studies that begin with what was typed, and never a file.

    >>> import click
    >>> verb = click.Command("a", params=[click.Argument(["key"])])
    >>> keys_alone(click.Context(verb), verb.params[0], "./")
    []
    """
    return _items(_records(), typed)


def names(_: click.Context, __: click.Parameter, typed: str) -> Items:
    """Return the keys of studies, and behind KEY/ the claims of the record.

    >>> import click
    >>> verb = click.Command("a", params=[click.Argument(["name"])])
    >>> [item.value for item in names(click.Context(verb), verb.params[0], "ausk-2017/title-i")]
    ['ausk-2017/title-inflammation']
    """
    key, behind, _claim = typed.partition("/")
    record = _records().get(key)
    if not behind or record is None:
        return _items(_records(), typed)
    claims = _CLAIM.findall(record.read_text(encoding="utf-8"))
    return _items((f"{key}/{claim}" for claim in claims), typed)


def sources(context: click.Context, _: click.Parameter, typed: str) -> Items:
    """Return the sources of the record whose key was given before.

    >>> import click
    >>> verb = click.Command("a", params=[click.Argument(["key"]), click.Argument(["source"])])
    >>> with verb.make_context("a", ["ausk-2017"], resilient_parsing=True) as context:
    ...     [item.value for item in sources(context, verb.params[1], "")]
    ['news', 'paper']
    """
    record = _records().get(str(context.params.get("key")))
    block = _SOURCES.search(record.read_text(encoding="utf-8")) if record else None
    return _items(_SOURCE.findall(block[1]) if block else (), typed)


def queries(_: click.Context, __: click.Parameter, typed: str) -> Items:
    """Return the names of queries that begin with what was typed, each with its summary.

    >>> import click
    >>> verb = click.Command("a", params=[click.Argument(["asked"])])
    >>> [item.value for item in queries(click.Context(verb), verb.params[0], "list-ca")]
    ['list-causes']
    """
    from click.shell_completion import CompletionItem

    from studyclaims.questions import questions

    found = [q for q in questions() if q.name.startswith(typed)]
    return [CompletionItem(q.name, help=q.summary) for q in found] or _files(typed)


def _records() -> dict[str, Path]:
    """Return the file of every record, by its key."""
    from studyclaims.paths import studies_dir

    return {path.stem: path for path in studies_dir().glob("*.yaml")}


def _items(words: Iterable[str], typed: str) -> Items:
    from click.shell_completion import CompletionItem

    return [CompletionItem(word) for word in sorted(words) if word.startswith(typed)]


def _files(typed: str) -> Items:
    """Return what lets the shell complete the names of files by itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]
