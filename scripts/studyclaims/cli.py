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

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_STATES = {True: "wrote ", False: "stands"}
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
    folder, paths = out or OUT, _records(keys)
    ours = all(path.resolve().parent == studies_dir().resolve() for path in paths)
    home = studies_dir() if ours and in_checkout() and out is None else folder / "studies"
    written = build_studies(paths, home)
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
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A .trig, .nq or .ttl file to ask in place of the packaged graph; may be repeated.",
)
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


@cli.command()
@click.argument("key")
@click.option("--doi", help="Its DOI.")
@click.option("--pmid", help="Its PubMed number.")
@click.option("--page", help="Its address, where it has neither.")
@click.option("--title", help="Its title.")
@click.option("--out", type=_FOLDER, help="Folder to write to.")
@_json_option
def new(key: str, out: Path | None, form: str, **known: str | None) -> None:
    """Begin a record: every required key, TODO wherever something is to be written."""
    from studyclaims.paths import in_checkout, studies_dir
    from studyclaims.scaffold import write_new

    folder = out or (studies_dir() if in_checkout() else Path())
    try:
        path = write_new(key, folder, **known)
    except FileExistsError as error:
        raise click.BadParameter(f"{error.filename}: {error.strerror}") from error
    _emit({"path": str(path)}, form, f"{_relative(path, Path.cwd())}\n")


@cli.command()
@click.argument("keys", nargs=-1, metavar="[KEY|FILE|DIR]...")
@click.option("--fix", is_flag=True, help="Write the files in style; values and comments stay.")
@click.option("--format", "form", type=_FINDING_FORMS, default="text", help="Form.")
def lint(keys: tuple[str, ...], fix: bool, form: str) -> None:
    """Check the one style of records, or put them in it."""
    from studyclaims.reports import render_findings
    from studyclaims.style import departures, put_in_style

    paths = _records(keys)
    for path in put_in_style(paths) if fix else ():
        click.echo(f"wrote {_relative(path, Path.cwd())}", err=True)
    found = departures(paths)
    counts = {"records": len(paths), "findings": len(found)}
    click.echo(render_findings(found, counts, form), nl=False)
    click.echo(f"{len(paths)} records, {len(found)} departures from the style", err=True)
    sys.exit(1 if found else 0)


@cli.group()
def term() -> None:
    """Find a term in the slices or in ontology files, and add one to the slices."""


@term.command("find")
@click.argument("text")
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--limit", default=10, show_default=True, help="The most to list.")
@_json_option
def term_find(text: str, files: tuple[Path, ...], limit: int, form: str) -> None:
    """Find terms by label or synonym, in ontology/terms/ and in FILES (OBO, OWL, OBO graph)."""
    from studyclaims.lookup import find, match_row, matches_text

    found = find(text, files, limit)
    _emit({"terms": [match_row(match) for match in found]}, form, matches_text(found))
    sys.exit(0 if found else 1)


@term.command("add")
@click.argument("curie")
@click.argument("file", type=_FILE)
@click.option("--title", help="The ontology's title, if the file does not say.")
@click.option("--version", help="Its release, if the file does not say.")
@click.option("--licence", help="The IRI of its licence, if the file does not say.")
@click.option("--ontology", help="Its IRI, if the file does not say.")
@click.option("--source", help="Where the file is from: repository:path@commit.")
@click.option("--out", "folder", type=_FOLDER, help="Folder of slices; by default ontology/terms/.")
@_json_option
def term_add(curie: str, file: Path, form: str, **known: Any) -> None:  # noqa: ANN401 - options
    """Add the term CURIE, as FILE has it, to its slice in ontology/terms/."""
    from studyclaims.lookup import add_term
    from studyclaims.paths import in_checkout

    if known["folder"] is None and not in_checkout():
        raise click.UsageError("an installed package keeps its terms as released: give --out")
    changed = add_term(curie, file, **known)
    _emit({"term": curie, "changed": changed}, form, f"{_STATES[changed]} {curie}\n")


@cli.command()
@click.argument("key")
@click.argument("source")
@click.argument("file", required=False, metavar="[FILE|-]")
@click.option("--find", "words", multiple=True, required=True, help="Words as printed.")
@_json_option
def cite(key: str, source: str, file: str | None, words: tuple[str, ...], form: str) -> None:
    """Print evidence to paste: place and hash of the sentences of SOURCE that have these words.

    The text is kept in .studyclaims-cache/, which git ignores; the sentence goes to stderr only.
    """
    from studyclaims.citing import cite as run
    from studyclaims.citing import source_text
    from studyclaims.records import read_record

    (path,) = _records([key])
    record = read_record(path)
    given = None if file is None else _stdin() if file == "-" else _text(Path(file))
    found = run(record, source, words, source_text(record.study.key, source, given))
    for citation in found:
        click.echo(f"# {citation.sentence}", err=True)
    rows = [{"at": c.at, "hash": c.hash, "cue": list(c.cue)} for c in found]
    _emit({"citations": rows}, form, "".join(citation.snippet for citation in found))
    sys.exit(0 if found else 1)


@cli.command()
@_json_option
def doctor(form: str) -> None:
    """Say what this machine has, and what is missing for which verb."""
    from studyclaims.doctor import examine

    items = examine()
    rows = [{"name": i.name, "good": i.good, "detail": i.detail} for i in items]
    _emit({"items": rows}, form, "".join(f"{item}\n" for item in items))
    sys.exit(0 if all(item.good or not item.needed for item in items) else 3)


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
    return _decoded(sys.stdin.buffer.read(), "standard input")


def _text(path: Path) -> str:
    """Return what a file holds as UTF-8."""
    return _decoded(path.read_bytes(), str(path))


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{name} is not UTF-8: {error}") from error


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
    return "".join(f"{_STATES[i.changed]} {_relative(i.path, here)}\n" for i in written)


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
