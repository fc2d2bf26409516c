"""The verbs that follow claims on: how one thing may lead to another, what falls with a paper."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from studyclaims.verbs import completing
from studyclaims.verbs.options import emit, from_option, json_option, load_graph, put

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FORMS: Final = click.Choice(["text", "json", "jsonl", "markdown"])
_MOST: Final = 1000


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--limit", type=click.IntRange(1, _MOST), default=5, show_default=True, help="Paths at most."
)
@click.option("--max-steps", "most", type=click.IntRange(1, _MOST), help="Steps a path at most.")
@click.option(
    "--all-relations",
    "beside",
    is_flag=True,
    help="Follow what is not causal too: timing, association, description.",
)
@click.option("--format", "form", type=_FORMS, default="text", help="Form.")
@from_option
def explain(
    source: str,
    target: str,
    limit: int,
    most: int | None,
    beside: bool,
    form: str,
    files: tuple[Path, ...],
) -> None:
    """Show the paths of claims from one thing to another, the firmest weakest link first.

    FROM and TO are a label, a CURIE or an IRI of an entity or of a term. Ends with 1 where no path
    has support for all its steps, and says what FROM leads to and what leads to TO.
    """
    found = load_graph(*files).explain(source, target, limit, all_relations=beside, max_steps=most)
    _warn(found.unread)
    if form == "markdown":
        put(found.to_markdown())
    elif form == "jsonl":
        for path in found.paths:
            emit(path.to_dict(), form, "")
    else:
        emit(found.to_dict(), form, f"{found}\n")
    sys.exit(0 if found.supported else 1)


@click.command()
@click.argument("source", metavar="DOI|KEY|IRI", shell_complete=completing.keys_alone)
@from_option
@json_option
def retract(source: str, files: tuple[Path, ...], form: str) -> None:
    """Say what would fall with a paper and the news about it; nothing is changed."""
    found = load_graph(*files).retract(source)
    _warn(found.unread)
    emit(found.to_dict(), form, f"{found}\n")


def _warn(unread: Mapping[str, str]) -> None:
    """Say on standard error what of a graph cannot be read, if there is anything."""
    from studyclaims.chains.sayings import unread_text

    if unread:
        click.echo(unread_text(unread), err=True)
