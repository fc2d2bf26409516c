"""The verbs that a curator needs: records, terms, sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studyclaims.verbs import completing
from studyclaims.verbs.options import (
    FILE,
    FINDING_FORMS,
    FOLDER,
    STATES,
    emit,
    json_option,
    put,
    readable,
    records_of,
    relative,
    stdin,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from studyclaims.findings import Finding


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY|FILE|DIR|-]...", shell_complete=completing.keys)
@click.option("--owl", is_flag=True, help="Look for contradictions too, with a reasoner (Java).")
@click.option("--format", "form", type=FINDING_FORMS, default="text", help="Form.")
def validate(keys: tuple[str, ...], owl: bool, form: str) -> None:
    """Check records: form, names, terms, and every study's graph against the shapes.

    A FILE that ends in .trig, .nq or .ttl is graphs: each that describes a study is checked against
    the shapes. - is a record on standard input.
    """
    from studyclaims.graphfiles import SUFFIXES
    from studyclaims.validation import validate as run
    from studyclaims.yamltree import SIZE_LIMIT

    named = [key for key in keys if key != "-"]
    paths = records_of(named, graphs=True) if named or not keys else []
    if owl and any(path.suffix.lower() in SUFFIXES for path in paths):
        raise click.UsageError("--owl reasons over records: give a record, not a file of graphs")
    # One byte over the limit is enough to be refused, however much more there is.
    text = sys.stdin.buffer.read(SIZE_LIMIT + 1) if "-" in keys else None
    outcome = run(paths, text=text, owl=owl)
    _put_findings(outcome.findings, outcome.counts(), form)
    click.echo(str(outcome), err=True)
    sys.exit(0 if outcome.holds else 1)


@click.command()
@click.argument("key")
@click.option("--doi", help="Its DOI.")
@click.option("--pmid", help="Its PubMed number.")
@click.option("--page", help="Its address, where it has neither.")
@click.option("--title", help="Its title.")
@click.option("--out", type=FOLDER, help="Folder to write to.")
@json_option
def new(key: str, out: Path | None, form: str, **known: str | None) -> None:
    """Begin a record: every required key, TODO wherever something is to be written."""
    from studyclaims.paths import in_checkout, studies_dir
    from studyclaims.scaffold import write_new

    folder = out or (studies_dir() if in_checkout() else Path())
    try:
        path = write_new(key, folder, **known)
    except FileExistsError as error:
        raise click.BadParameter(f"{error.filename}: {error.strerror}") from error
    emit({"path": str(path)}, form, f"{relative(path, Path.cwd())}\n")


@click.command()
@click.argument("keys", nargs=-1, metavar="[KEY|FILE|DIR]...", shell_complete=completing.keys)
@click.option("--fix", is_flag=True, help="Write the files in style; values and comments stay.")
@click.option("--format", "form", type=FINDING_FORMS, default="text", help="Form.")
def lint(keys: tuple[str, ...], fix: bool, form: str) -> None:
    """Check the one style of records, or put them in it."""
    from studyclaims.style import departures, put_in_style

    paths = records_of(keys)
    for path in put_in_style(paths) if fix else ():
        click.echo(f"wrote {relative(path, Path.cwd())}", err=True)
    found = departures(paths)
    counts = {"records": len(paths), "findings": len(found)}
    _put_findings(found, counts, form)
    said = (f"{n} {name.removesuffix('s') if n == 1 else name}" for name, n in counts.items())
    click.echo(f"checked {': '.join(said)}", err=True)
    sys.exit(1 if found else 0)


def _put_findings(found: Sequence[Finding], counts: Mapping[str, Any], form: str) -> None:
    """Print findings, and the counts of what was checked."""
    from studyclaims.reports import render_findings

    text = render_findings(found, counts, form)
    put(readable(text) if form == "text" else text)


@click.group()
def term() -> None:
    """Find a term in the slices or in ontology files, and add one to the slices."""


@term.command("find")
@click.argument("text")
@click.argument("files", nargs=-1, type=FILE)
@click.option(
    "--limit", type=click.IntRange(min=1), default=10, show_default=True, help="The most to list."
)
@json_option
def term_find(text: str, files: tuple[Path, ...], limit: int, form: str) -> None:
    """Find terms by label or synonym, in ontology/terms/ and in FILES (OBO, OWL, OBO graph)."""
    from studyclaims.ontologies.lookup import find, match_row, matches_text

    found = find(text, files, limit)
    emit({"terms": [match_row(match) for match in found]}, form, matches_text(found))
    sys.exit(0 if found else 1)


@term.command("add")
@click.argument("curie")
@click.argument("file", type=FILE)
@click.option("--title", help="The ontology's title, if the file does not say.")
@click.option("--version", help="Its release, if the file does not say.")
@click.option("--licence", help="The IRI of its licence, if the file does not say.")
@click.option("--ontology", help="Its IRI, if the file does not say.")
@click.option("--source", help="Where the file is from: repository:path@commit.")
@click.option("--out", "folder", type=FOLDER, help="Folder of slices; by default ontology/terms/.")
@json_option
def term_add(curie: str, file: Path, form: str, **known: Any) -> None:  # noqa: ANN401 - options
    """Add the term CURIE, as FILE has it, to its slice in ontology/terms/."""
    from studyclaims.ontologies.lookup import add_term
    from studyclaims.paths import in_checkout

    if known["folder"] is None and not in_checkout():
        raise click.UsageError("an installed package keeps its terms as released: give --out")
    changed = add_term(curie, file, **known)
    emit({"term": curie, "changed": changed}, form, f"{STATES[changed]} {curie}\n")


@click.command()
@click.argument("key", shell_complete=completing.keys)
@click.argument("source", shell_complete=completing.sources)
@click.argument("file", required=False, metavar="[FILE|-]")
@click.option("--find", "words", multiple=True, required=True, help="Words as printed.")
@json_option
def cite(key: str, source: str, file: str | None, words: tuple[str, ...], form: str) -> None:
    """Print evidence to paste: place and hash of the sentences of SOURCE that have these words.

    A text in which a sentence was found is kept in .studyclaims-cache/, which git ignores; the
    sentence goes to stderr only. Of the record no more is needed than the kind of SOURCE and what
    was read of it.
    """
    from studyclaims.citing import cite as run
    from studyclaims.records import read_source
    from studyclaims.texts import kept_or_replaced, source_text

    path, *more = records_of([key])
    if more:
        raise click.BadParameter(f"{key}: {1 + len(more)} records; give one")
    described = read_source(path, source)
    given = None if file is None else stdin() if file == "-" else text_of(Path(file))
    text = source_text(path.stem, source, given)
    found = run(described, words, text)
    for citation in found:
        click.echo(f"# {citation.sentence}", err=True)
        if citation.cut:
            click.echo("# the text seems to end inside this sentence: it gets no hash", err=True)
    if not found:
        click.echo(f"no sentence of the text has these words: {', '.join(words)}", err=True)
    elif given is not None:
        click.echo(f"{kept_or_replaced(path.stem, source, text)} the text of {source}", err=True)
    rows = [{"at": c.at, "hash": c.hash, "cue": list(c.cue), "cut": c.cut} for c in found]
    emit({"citations": rows}, form, "".join(citation.snippet for citation in found))
    sys.exit(0 if found else 1)
