"""The verbs that build a graph and ask it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studyclaims.verbs.options import (
    ANSWER_FORMS,
    STATES,
    emit,
    from_option,
    json_option,
    records_of,
    relative,
    stdin,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studyclaims.build import Written

OUT = Path("studyclaims-out")
"""Where files go that are not part of a checkout."""


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY|FILE]...")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to.")
@click.option(
    "--to", "names", multiple=True, metavar="FORM", help="trig, nq, ttl, nt, jsonld, rdf."
)
@json_option
def build(keys: tuple[str, ...], out: Path | None, names: tuple[str, ...], form: str) -> None:
    """Build graphs from records: one TriG a study, and the dataset in every form.

    In a checkout the studies' graphs go beside their records. Every file is read back by two
    readers and compared before it is put in place.
    """
    from studyclaims.build import build_dataset, build_studies, refresh_generated
    from studyclaims.formats import FORMATS
    from studyclaims.paths import in_checkout, studies_dir

    wrong = sorted(set(names) - set(FORMATS))
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is not one of {', '.join(FORMATS)}")
    folder, paths = out or OUT, records_of(keys)
    ours = all(path.resolve().parent == studies_dir().resolve() for path in paths)
    home = studies_dir() if ours and in_checkout() and out is None else folder / "studies"
    written = build_studies(paths, home)
    written += refresh_generated() if out is None else []
    written += build_dataset(sorted(home.glob("*.trig")), folder, names or tuple(FORMATS))
    emit({"written": [_row(item) for item in written]}, form, _written_text(written))


@click.command()
@click.argument("asked", required=False, metavar="[NAME|FILE|TEXT]")
@click.option("--format", "form", type=ANSWER_FORMS, help="table on a terminal, else csv.")
@from_option
def query(asked: str | None, form: str | None, files: tuple[Path, ...]) -> None:
    """Ask in SPARQL, by name, by file, by text, or - for standard input; alone, list the names."""
    from studyclaims.answers import render
    from studyclaims.graph import load
    from studyclaims.queries import Triples

    if asked is None:
        _list_questions(form)
        return
    text = stdin() if asked == "-" else asked
    answer = load(*files).query(text)
    usual = "turtle" if isinstance(answer, Triples) else "table" if sys.stdout.isatty() else "csv"
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo(render(answer, form or usual, width), nl=False)


@click.command()
@click.argument("name")
@from_option
@json_option
def show(name: str, files: tuple[Path, ...], form: str) -> None:
    """Show a study, KEY/CLAIM, entity, proposition or source as readable sentences."""
    from studyclaims.graph import load

    page = load(*files).show(name)
    emit(page.data, form, f"{page}\n")


@click.command()
@from_option
@json_option
def contested(files: tuple[Path, ...], form: str) -> None:
    """Show the topics with two sides: who is for, who is against, and what differs between them."""
    from studyclaims.contested import contests_text
    from studyclaims.graph import load

    found = load(*files).contested()
    data = {"contests": [contest.to_dict() for contest in found]}
    emit(data, form, contests_text(found))


@click.command()
@json_option
def stats(form: str) -> None:
    """Count what the graph holds, and how much of it a person has signed."""
    from studyclaims.graph import load
    from studyclaims.summary import summary, summary_text

    counts = summary(load().store)
    emit(counts, form, summary_text(counts))


def _list_questions(form: str | None) -> None:
    from studyclaims.queries import questions

    found = questions()
    listed = [{"name": q.name, "summary": q.summary, "tags": list(q.tags)} for q in found]
    width = max((len(q.name) for q in found), default=0)
    text = "".join(f"{q.name.ljust(width)}  {q.summary}\n" for q in found)
    emit({"queries": listed}, form if form in {"json", "jsonl"} else "text", text)


def _row(item: Written) -> dict[str, Any]:
    return {"path": str(item.path), "changed": item.changed}


def _written_text(written: Iterable[Written]) -> str:
    here = Path.cwd()
    return "".join(f"{STATES[i.changed]} {relative(i.path, here)}\n" for i in written)
