"""The verbs that build a graph and ask it."""

from __future__ import annotations

import math
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studyclaims.verbs import completing
from studyclaims.verbs.loading import ask_store, store_option
from studyclaims.verbs.options import (
    ANSWER_FORMS,
    GRAPH_FORMS,
    STATES,
    emit,
    from_option,
    json_option,
    load_graph,
    put,
    records_of,
    relative,
    stdin,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Literal, NamedNode

    from studyclaims.build import Written

OUT = Path("studyclaims-out")
"""Where files go that are not part of a checkout."""


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY|FILE]...", shell_complete=completing.keys)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to.")
@click.option(
    "--to", "names", multiple=True, type=GRAPH_FORMS, help="Form of the dataset; all by default."
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

    folder, paths = out or OUT, records_of(keys)
    ours = all(path.resolve().parent == studies_dir().resolve() for path in paths)
    home = studies_dir() if ours and in_checkout() and out is None else folder / "studies"
    written = build_studies(paths, home)
    written += refresh_generated() if out is None else []
    written += build_dataset(sorted(home.glob("*.trig")), folder, names or tuple(FORMATS))
    emit({"written": [_row(item) for item in written]}, form, _written_text(written))


@click.command()
@click.argument(
    "asked", required=False, metavar="[NAME|FILE|TEXT]", shell_complete=completing.queries
)
@click.option("--format", "form", type=ANSWER_FORMS, help="table on a terminal, else csv.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter's value: an IRI, a CURIE, a DOI, a number or a text; may be repeated.",
)
@store_option
@from_option
def query(
    asked: str | None,
    form: str | None,
    settings: tuple[str, ...],
    store: str | None,
    files: tuple[Path, ...],
) -> None:
    """Ask in SPARQL: by name, file or text, or - for standard input; alone, list the questions."""
    from studyclaims.answers import render
    from studyclaims.queries import Triples

    if store is not None and files:
        raise click.UsageError("--store and --from name two graphs to ask; leave one out")
    if asked is None:
        if store is not None:
            raise click.UsageError("name what the store is asked; the questions: studyclaims query")
        if settings:
            raise click.BadParameter("nothing is asked; name the query whose parameter it is")
        _list_questions(form, files)
        return
    values = _values(settings)
    text = stdin() if asked == "-" else asked
    if store is None:
        answer = load_graph(*files).query(text, values)
    else:
        answer = ask_store(store, text, values)
    usual = "turtle" if isinstance(answer, Triples) else "table" if sys.stdout.isatty() else "csv"
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    put(render(answer, form or usual, width))


@click.command()
@click.argument("name", shell_complete=completing.names)
@from_option
@json_option
def show(name: str, files: tuple[Path, ...], form: str) -> None:
    """Show a study, KEY/CLAIM, entity, proposition or source as readable sentences."""
    page = load_graph(*files).show(name)
    emit(page.data, form, f"{page}\n")


@click.command()
@from_option
@json_option
def contested(files: tuple[Path, ...], form: str) -> None:
    """Show the topics with two sides: who is for, who is against, and what differs between them."""
    from studyclaims.comparing.accounts import left_out
    from studyclaims.comparing.contested import contests_text

    graph = load_graph(*files)
    found, faulty = graph.contested(), graph.faulty_claims()
    data = {"contests": [contest.to_dict() for contest in found], "faulty": faulty}
    emit(data, form, contests_text(found))
    tell(left_out([], faulty))


@click.command()
@json_option
def stats(form: str) -> None:
    """Count what the graph holds, and how much of it a person has signed."""
    from studyclaims.showing.summary import summary, summary_text

    counts = summary(load_graph().store)
    emit(counts, form, summary_text(counts))


def _values(settings: Iterable[str]) -> dict[str, NamedNode | Literal]:
    """Return what ``--set`` sets, as terms."""
    from studyclaims.queries import read_value

    values: dict[str, NamedNode | Literal] = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not (sign and re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII)):
            raise click.BadParameter(
                f"{setting!r} is not NAME=VALUE, as in species=NCBITaxon:10090"
            )
        if name in values:
            raise click.BadParameter(f"{name} is set twice")
        values[name] = read_value(value)
    return values


def _list_questions(form: str | None, files: tuple[Path, ...]) -> None:
    """Print the questions that have rows in the graph first, with how many, then the others."""
    from studyclaims.questions import questions

    graph = load_graph(*files)
    listed: list[dict[str, Any]] = []
    for question in questions():
        said: dict[str, Any] = {"name": question.name, "summary": question.summary}
        said |= {"tags": list(question.tags)}
        more = {"number": question.number, "parameters": question.parameters}
        said |= {key: value for key, value in more.items() if value}
        answer = graph.query(question.name)
        if question.parameters:
            said["parameters"] = question.parameters
        said["rows"] = int(answer) if isinstance(answer, bool) else len(answer)
        listed.append(said)
    listed.sort(key=lambda row: (not row["rows"], row.get("number", math.inf), row["name"]))
    width = max((len(row["name"]) for row in listed), default=0)
    text = "".join(f"{r['name'].ljust(width)}  {r['rows']:>5}  {r['summary']}\n" for r in listed)
    emit({"queries": listed}, form if form in {"json", "jsonl"} else "text", text)


def _row(item: Written) -> dict[str, Any]:
    return {"path": str(item.path), "changed": item.changed}


def _written_text(written: Iterable[Written]) -> str:
    here = Path.cwd()
    return "".join(f"{STATES[i.changed]} {relative(i.path, here)}\n" for i in written)
