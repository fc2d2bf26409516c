"""The verb that hands the graph to other programs; `TARGETS` is the table of what it can write."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from studyclaims.verbs import completing
from studyclaims.verbs.options import STATES, emit, from_option, json_option, relative

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asked for: words, files of graphs, where to write, and whether for Excel."""

    words: tuple[str, ...]
    files: tuple[Path, ...]
    out: Path | None
    excel: bool


Wrote = tuple[Path, bool]
"""A file or folder, and whether it changed."""


def _refuse(said: object, option: str, target: str, remedy: str) -> None:
    """Raise where an option was given that a target has no use for."""
    if said:
        raise click.BadParameter(f"{option} does not go with --to {target}; {remedy}")


def _table(form: str, request: Request) -> Wrote | None:
    """Write the claims, one a row; to standard output where no file is named."""
    from studyclaims.answers import render
    from studyclaims.exports.sheets import SEPARATORS, sheet
    from studyclaims.files import write_atomic
    from studyclaims.graph import load
    from studyclaims.showing.claimtable import claims_table

    if form not in SEPARATORS:
        _refuse(request.excel, "--excel", form, "write csv or tsv")
    rows = claims_table(load(*request.files).store, request.words)
    in_columns = form in SEPARATORS
    text = sheet(rows, form, excel=request.excel) if in_columns else render(rows, form)
    data = text.encode("utf-8")
    if request.out is None:
        click.echo(data, nl=False)
        return None
    return request.out, write_atomic(request.out, data)


def _release(request: Request) -> Wrote:
    """Write a release of the packaged dataset."""
    from studyclaims.exports.bundle import write_release

    _refuse(request.files, "--from", "release", "a release is of the records of this package")
    _refuse(request.excel, "--excel", "release", "export the table by itself: --to csv --excel")
    _refuse(request.out, "--out", "release", "name the folder as a word: --to release DIR")
    if len(request.words) != 1 or not request.words[0]:
        raise click.BadParameter("--to release writes one folder; name it: --to release DIR")
    folder = Path(request.words[0])
    return folder, write_release(folder)


TARGETS: Final[dict[str, Callable[[Request], Wrote | None]]] = {
    "csv": partial(_table, "csv"),
    "tsv": partial(_table, "tsv"),
    "jsonl": partial(_table, "jsonl"),
    "release": _release,
}
"""What writes each target; None where it went to standard output."""


@click.command()
@click.argument("words", nargs=-1, metavar="[KEY|DIR]...", shell_complete=completing.keys)
@click.option(
    "--to", "target", type=click.Choice(list(TARGETS)), required=True, help="What to write."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File of a table.")
@click.option("--excel", is_flag=True, help="Write csv or tsv for Excel.")
@from_option
@json_option
def export(
    words: tuple[str, ...],
    target: str,
    out: Path | None,
    excel: bool,
    files: tuple[Path, ...],
    form: str,
) -> None:
    """Export the claims as a table (csv, tsv, jsonl), or a release of everything.

    A table has one row a claim, of the studies whose KEYs are given, else of all. A release is a
    folder DIR, ready for an archive or a web server. --format is for what is said of files written.
    """
    wrote = TARGETS[target](Request(words, files, out, excel))
    if wrote is None:
        return
    path, changed = wrote
    data = {"written": [{"path": str(path), "changed": changed}]}
    emit(data, form, f"{STATES[changed]} {relative(path, Path.cwd())}\n")
