"""The verbs that set what sources say side by side: of one link, and of two studies."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from studyclaims.verbs import completing
from studyclaims.verbs.options import emit, from_option, json_option, load_graph, put, tell

if TYPE_CHECKING:
    from pathlib import Path

_FORMS: Final = click.Choice(["text", "csv", "tsv", "json", "jsonl"])


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@from_option
@click.option(
    "--format", "form", type=_FORMS, default="text", help="Form; csv, tsv and jsonl: a claim a row."
)
def evidence(source: str, target: str, files: tuple[Path, ...], form: str) -> None:
    """Show all that sources say of the link FROM one thing TO another, for it and against it.

    Each is an IRI, a CURIE or a label: an entity, or a term for all entities made of it. What is
    said of narrower things is shown too, and marked. The end counts independent primary papers;
    nothing is weighed. Exit status 1: no source says anything of this link.
    """
    from studyclaims.answers import render
    from studyclaims.comparing.accounts import left_out
    from studyclaims.comparing.backing import backing_table

    graph = load_graph(*files)
    found = graph.evidence(source, target)
    if form == "jsonl":
        for row in found.rows():
            emit(row, form, "")
    elif form in {"csv", "tsv"}:
        put(render(backing_table(graph.store, found), form))
    elif found.strands or form == "json":
        emit(found.to_dict(), form, f"{found}\n")
    if not found.strands:
        click.echo(found.nothing, err=True)
        sys.exit(1)
    if form in {"jsonl", "csv", "tsv"}:
        tell(left_out(found.unread, found.faulty))


@click.command()
@click.argument("one", metavar="STUDY", shell_complete=completing.keys_alone)
@click.argument("other", metavar="STUDY", shell_complete=completing.keys_alone)
@click.option("--all", "every", is_flag=True, help="List the claims of one study alone, too.")
@from_option
@json_option
def compare(one: str, other: str, every: bool, files: tuple[Path, ...], form: str) -> None:
    """Show two studies side by side: how they were done, and what they say of the same things.

    A study is named by its key, DOI or IRI. Beside every agreement stands what differs between the
    two; values are shown as printed, times in days or less; nothing is reckoned together.
    """
    found = load_graph(*files).compare(one, other)
    emit(found.to_dict(), form, f"{found.text(every=every)}\n")
