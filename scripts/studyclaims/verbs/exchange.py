"""The verbs that compare, and that change one form into another."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from studyclaims.verbs import completing
from studyclaims.verbs.loading import store_option, two_sides_of
from studyclaims.verbs.options import STATES, emit, json_option, put, relative, require_folder

if TYPE_CHECKING:
    from studyclaims.converting import Converted


@click.command()
@click.argument("old", required=False, metavar="[OLD]", shell_complete=completing.keys)
@click.argument("new", required=False, metavar="[NEW]", shell_complete=completing.keys)
@store_option
@json_option
def diff(old: str | None, new: str | None, store: str | None, form: str) -> None:
    """Show what differs between OLD and NEW, claim by claim.

    Each is the KEY of a record, a file (record or graph), a folder of records, REVISION:KEY,
    REVISION:PATH, or REVISION: for all records. With OLD alone, a record or file is compared with
    itself at HEAD, and a revision with what is here now. With --store, what stands in the store is
    compared with the one that is named, or with the whole dataset.

    The exit status is 0 where the claims are the same, 1 where they are not or there are none.
    With --format jsonl each change is a line, and a summary the last.
    """
    from studyclaims.changes.differences import differences, differences_text
    from studyclaims.changes.sides import two_sides

    if store is not None:
        if new is not None:
            raise click.UsageError("--store is one side; name no more than the other")
        before, after = two_sides_of(store, old)
    elif old is None:
        raise click.UsageError("name what to compare: a KEY, a file or a revision, or --store")
    else:
        before, after = two_sides(old, new)
    found = differences(before.quads, after.quads)
    data = {"old": before.name, "new": after.name, **found.to_dict()}
    if form == "jsonl":
        for change in data.pop("changes"):
            put(json.dumps(change, ensure_ascii=False) + "\n")
        # Whoever reads lines can tell an end from a pipe that broke.
        data = {"what": "summary", **data}
    emit(data, form, differences_text(found, before.name, after.name))
    sys.exit(0 if found.same else 1)


@click.command()
@click.argument("what", metavar="KEY|FILE|-", shell_complete=completing.keys)
@click.option("--to", "to", metavar="FORM", help="yaml, json; trig, nq, ttl, nt, jsonld, rdf.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File; its suffix is a FORM too."
)
@click.option("--form", "given", metavar="FORM", help="The form of standard input.")
@json_option
def convert(what: str, to: str | None, out: Path | None, given: str | None, form: str) -> None:
    """Convert a record or a file of graphs to another form, on standard output or in a file.

    A record becomes JSON, YAML in the one style, or a graph; no graph becomes a record. A .gz
    behind the suffix of a graph packs it. A file is read back by two readers before it is put in
    place.
    """
    from studyclaims.converting import convert as run
    from studyclaims.converting import find, form_and_packing, packed, verify
    from studyclaims.files import write_atomic

    wanted, pack = _wanted(to, out)
    if given is not None:
        _require_form(given)
    with tempfile.TemporaryFile() as file:
        if what == "-":
            if given is None:
                raise click.UsageError("standard input has no suffix: give its form with --form")
            _spool(file)
            converted = run(file, "<stdin>", given, wanted)
        else:
            if given is not None:
                raise click.UsageError("--form is for standard input: a file has its suffix")
            path = find(what)
            source, is_packed = form_and_packing(path)
            with path.open("rb") as opened:
                converted = run(opened, str(path), source, wanted, packed=is_packed)
    for note in converted.notes:
        click.echo(note, err=True)
    if out is None:
        _print(converted, form)
        return
    verify(converted)
    changed = write_atomic(out, packed(converted.data) if pack else converted.data)
    text = f"{STATES[changed]} {relative(out, Path.cwd())}\n"
    emit({**converted.to_dict(), "out": str(out), "changed": changed}, form, text)


def _wanted(to: str | None, out: Path | None) -> tuple[str, bool]:
    """Return the form that is asked for, and whether it is to be packed."""
    from studyclaims.converting import form_and_packing

    if to is not None:
        _require_form(to)
    if out is None:
        if to is None:
            raise click.UsageError("give the form with --to, or a file with --out")
        return to, False
    require_folder(out)
    form, pack = form_and_packing(out)
    if to is not None and to != form:
        raise click.UsageError(f"--to {to} and --out {out} ask for two forms; leave one out")
    return form, pack


def _require_form(name: str) -> None:
    from studyclaims.converting import FORMS

    if name not in FORMS:
        raise click.BadParameter(f"{name!r} is not one of {', '.join(FORMS)}")


def _spool(file: IO[bytes]) -> None:
    """Put standard input into a file, which can be read twice; no more than is ever read."""
    from studyclaims.outside import SIZE_LIMIT

    left = SIZE_LIMIT + 1
    while left > 0 and (data := sys.stdin.buffer.read(min(left, 1 << 20))):
        left -= file.write(data)
    file.seek(0)


def _print(converted: Converted, form: str) -> None:
    """Print what was converted: as it is, or as the text of a JSON object that counts it."""
    if form == "text":
        put(converted.data.decode())
    else:
        emit({**converted.to_dict(), "out": None, "text": converted.data.decode()}, form, "")
