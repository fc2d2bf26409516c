"""The command line: one function a verb, options in, text out, no logic.

Exit status: 0 all well, 1 findings or nothing checked, 2 wrong use, 3 this machine lacks something,
4 network or store, 70 a fault of this program, 130 interrupted.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from studyclaims.build import Written

OUT = Path("studyclaims-out")
"""Where files go that are not part of a checkout."""

_FORMS = click.Choice(["table", "csv", "tsv", "json", "jsonl", "turtle"])
_FINDING_FORMS = click.Choice(["text", "json", "jsonl", "github", "sarif"])
_TEXT_OR_JSON = click.Choice(["text", "json", "jsonl"])
_json_option = click.option("--format", "form", type=_TEXT_OR_JSON, default="text", help="Form.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog="docs: README.md")
@click.version_option(package_name="studyclaims")
def cli() -> None:
    """Turn the claims of a study, written as one record, into a checked RDF graph."""


@cli.command()
@click.argument("keys", nargs=-1, metavar="[KEY|FILE]...")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to.")
@click.option(
    "--to", "names", multiple=True, metavar="FORM", help="trig, nq, ttl, nt, jsonld, rdf."
)
@_json_option
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
    folder = out or OUT
    home = studies_dir() if in_checkout() and out is None else folder / "studies"
    written = build_studies(_records(keys), home)
    written += refresh_generated() if out is None else []
    written += build_dataset(sorted(home.glob("*.trig")), folder, names or tuple(FORMATS))
    _emit({"written": [_row(item) for item in written]}, form, _written_text(written))


@cli.command()
@click.argument("keys", nargs=-1, metavar="[KEY|FILE|DIR]...")
@click.option("--owl", is_flag=True, help="Look for contradictions too, with a reasoner (Java).")
@click.option("--format", "form", type=_FINDING_FORMS, default="text", help="Form.")
def validate(keys: tuple[str, ...], owl: bool, form: str) -> None:
    """Check records: form, names, terms, and every study's graph against the shapes."""
    from studyclaims.reports import render_findings
    from studyclaims.validation import validate as run

    outcome = run(_records(keys), owl=owl)
    click.echo(render_findings(outcome.findings, outcome.counts(), form), nl=False)
    click.echo(str(outcome), err=True)
    sys.exit(0 if outcome.passed else 1)


@cli.command()
@click.argument("asked", required=False, metavar="[NAME|FILE|TEXT]")
@click.option("--format", "form", type=_FORMS, help="table on a terminal, else csv.")
@click.option("--from", "files", multiple=True, type=click.Path(exists=True, path_type=Path))
def query(asked: str | None, form: str | None, files: tuple[Path, ...]) -> None:
    """Ask in SPARQL, by name, by file, by text, or - for standard input; alone, list the names."""
    from studyclaims.answers import render
    from studyclaims.graph import load
    from studyclaims.queries import Triples

    if asked is None:
        _list_questions(form)
        return
    text = _stdin() if asked == "-" else asked
    answer = load(*files).query(text)
    usual = "turtle" if isinstance(answer, Triples) else "table" if sys.stdout.isatty() else "csv"
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo(render(answer, form or usual, width), nl=False)


@cli.command()
@click.argument("name")
@_json_option
def show(name: str, form: str) -> None:
    """Show a study, KEY/CLAIM, entity, proposition or source as readable sentences."""
    from studyclaims.graph import load

    page = load().show(name)
    _emit(page.data, form, f"{page}\n")


@cli.command()
@_json_option
def stats(form: str) -> None:
    """Count what the graph holds, and how much of it a person has signed."""
    from studyclaims.graph import load
    from studyclaims.summary import summary, summary_text

    counts = summary(load().store)
    _emit(counts, form, summary_text(counts))


def _records(keys: Iterable[str]) -> list[Path]:
    """Return the records that keys, files or folders name; all of them where none is named."""
    from studyclaims.build import record_paths
    from studyclaims.paths import studies_dir

    paths: list[Path] = []
    for key in keys:
        path = Path(key)
        if path.is_dir():
            found = sorted(path.glob("*.yaml"))
            if not found:
                raise click.BadParameter(f"{path}: no record in this folder")
            paths += found
        else:
            paths.append(path if path.suffix else studies_dir() / f"{key}.yaml")
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise click.BadParameter(f"{missing[0]}: no such record")
    return paths or record_paths()


def _stdin() -> str:
    """Return what stands on standard input, UTF-8 whatever the locale."""
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"standard input is not UTF-8: {error}") from error


def _list_questions(form: str | None) -> None:
    from studyclaims.queries import questions

    found = questions()
    listed = [{"name": q.name, "summary": q.summary, "tags": list(q.tags)} for q in found]
    width = max((len(q.name) for q in found), default=0)
    text = "".join(f"{q.name.ljust(width)}  {q.summary}\n" for q in found)
    _emit({"queries": listed}, form if form in {"json", "jsonl"} else "text", text)


def _emit(data: dict[str, Any], form: str, text: str) -> None:
    """Print data as JSON, or the text that says the same."""
    if form == "text":
        click.echo(text, nl=False)
        return
    import json

    from studyclaims.answers import jsonable

    indent = 2 if form == "json" else None
    click.echo(json.dumps(data, ensure_ascii=False, indent=indent, default=jsonable))


def _row(item: Written) -> dict[str, Any]:
    return {"path": str(item.path), "changed": item.changed}


def _written_text(written: Iterable[Written]) -> str:
    here = Path.cwd()
    lines = [
        f"{'wrote ' if item.changed else 'stands'} {_relative(item.path, here)}\n"
        for item in written
    ]
    return "".join(lines)


def _relative(path: Path, here: Path) -> Path:
    """Return the path as seen from a folder, or whole where it is elsewhere."""
    whole = path.resolve()
    return whole.relative_to(here) if whole.is_relative_to(here) else whole


def _wrong_use(error: click.ClickException) -> str:
    """Return one line: what is wrong, and which help says more; help itself stays as it is."""
    message = error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None or "\n" in message:
        return message
    return f"{message} ({context.command_path} --help says more)"


def main(run: Callable[..., Any] = cli) -> None:
    """Run the command line and end the process with its exit status."""
    # A reader that leaves, as `head` does, ends this program without a word, as it ends any other.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = run(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.Abort:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("STUDYCLAIMS_DEBUG"):
            raise
        message, status = _explained(error)
        click.echo(message, err=True)
        sys.exit(status)


def _explained(error: Exception) -> tuple[str, int]:
    """Return what to say of an error, and the exit status."""
    from studyclaims.errors import StudyclaimsError

    match error:
        case click.ClickException():
            return _wrong_use(error), 2
        case StudyclaimsError():
            return str(error), error.exit_status
        case OSError(strerror=str(reason)):
            return f"{error.filename}: {reason}" if error.filename else reason, 3
    return f"internal fault, please report: {type(error).__name__}: {error}", 70
