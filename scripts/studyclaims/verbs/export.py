"""The verb that hands the graph to other programs; `TARGETS` is the table of what it can write."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from studyclaims.verbs import completing
from studyclaims.verbs.options import (
    STATES,
    emit,
    from_option,
    json_option,
    relative,
    require_folder,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from studyclaims.exports.nanopubsigning import Signer


class _KeyFile(click.Path):
    """The file of a key; where the key itself was given, no error shows it."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401 - as click has it
        """Return the path, or raise where there is no such file."""
        from studyclaims.exports.nanopubsigning import PASTED, is_pasted

        if is_pasted(os.fsdecode(value)):
            self.fail(PASTED, param, ctx)
        return super().convert(value, param, ctx)


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asked for: words, files of graphs, where to, for Excel, for whom, by whom."""

    words: tuple[str, ...]
    files: tuple[Path, ...]
    out: Path | None
    excel: bool
    profile: str = "full"
    signer: Signer | None = None


Wrote = tuple[Path, bool, dict[str, Any]]
"""A file or folder, whether it changed, and the counts of what went where."""


def _refuse(said: object, option: str, target: str, remedy: str) -> None:
    """Raise where an option was given that a target has no use for."""
    if said:
        raise click.BadParameter(f"{option} does not go with --to {target}; {remedy}")


def _table(form: str, request: Request) -> Wrote | None:
    """Write the claims, one a row; to standard output where no file is named."""
    from studyclaims.answers import render
    from studyclaims.comparing.accounts import left_out
    from studyclaims.exports.sheets import SEPARATORS, sheet
    from studyclaims.files import write_atomic
    from studyclaims.graph import load
    from studyclaims.showing.claimtable import read_table

    if form not in SEPARATORS:
        _refuse(request.excel, "--excel", form, "write csv or tsv")
    if request.out is not None:
        require_folder(request.out)
    table = read_table(load(*request.files).store, request.words)
    in_columns = form in SEPARATORS
    rows = table.rows
    text = sheet(rows, form, excel=request.excel) if in_columns else render(rows, form)
    tell(left_out([], table.unread))
    data = text.encode("utf-8")
    if request.out is None:
        click.echo(data, nl=False)
        return None
    return request.out, write_atomic(request.out, data), {}


def _release(request: Request) -> Wrote:
    """Write a release of the packaged dataset."""
    from studyclaims.exports.bundle import write_release

    _refuse(request.files, "--from", "release", "a release is of the records of this package")
    _refuse(request.excel, "--excel", "release", "export the table by itself: --to csv --excel")
    folder = _place(request, "release")
    return folder, write_release(folder), {}


def _place(request: Request, target: str, what: str = "folder") -> Path:
    """Return the one folder or file that a target is written to, named as a word."""
    name = "DIR" if what == "folder" else "FILE"
    _refuse(request.out, "--out", target, f"name the {what} as a word: --to {target} {name}")
    if len(request.words) != 1 or not request.words[0]:
        raise click.BadParameter(f"--to {target} writes one {what}; name it: --to {target} {name}")
    return Path(request.words[0])


def _kgx(request: Request) -> Wrote:
    """Write the claims as KGX."""
    from studyclaims.exports.handover import write_kgx
    from studyclaims.graph import load

    folder = _place(request, "kgx")
    return folder, *write_kgx(folder, load(*request.files).quads, request.profile)


def _nanopub(request: Request) -> Wrote:
    """Write a nanopublication a claim."""
    from studyclaims.exports.handover import write_nanopubs
    from studyclaims.graph import load

    folder = _place(request, "nanopub")
    return folder, *write_nanopubs(folder, load(*request.files).quads, request.signer)


def _jsonld(request: Request) -> Wrote:
    """Write the graphs as JSON-LD, proved to read back equal."""
    from studyclaims.files import write_atomic
    from studyclaims.formats import check, serialize
    from studyclaims.graph import load

    path = _place(request, "jsonld", "file")
    require_folder(path)
    quads = load(*request.files).quads
    data = serialize(quads, "jsonld", {})
    check(data, "jsonld", quads)
    return path, write_atomic(path, data), {"quads": len(quads)}


TARGETS: Final[dict[str, Callable[[Request], Wrote | None]]] = {
    "csv": partial(_table, "csv"),
    "tsv": partial(_table, "tsv"),
    "jsonl": partial(_table, "jsonl"),
    "release": _release,
    "kgx": _kgx,
    "nanopub": _nanopub,
    "jsonld": _jsonld,
}
"""What writes each target; None where it went to standard output."""


TABLES: Final = frozenset({"csv", "tsv", "jsonl"})
"""The targets that go to standard output where no file is named."""


def _is_typed(name: str) -> bool:
    """Return whether an option is from the command line: one set for every verb asks nothing."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


def _signer(target: str, key: Path | None, owner: str) -> Signer | None:
    """Return who signs, or None where nobody asked for it; tell of a key that others can read."""
    for said, name in ((key, "sign"), (owner, "signer")):
        _refuse(said and target != "nanopub", f"--{name}", target, "it is for --to nanopub")
    if owner and not key:
        raise click.BadParameter("--signer says whose key --sign names; name it: --sign KEYFILE")
    if key is None:
        return None
    from studyclaims.exports.nanopubsigning import open_to_others, read_signer

    found = read_signer(key, owner)
    if open_to_others(key):
        tell([f"{key}: other users can read this key; run chmod 600 on it"])
    return found


@click.command()
@click.argument("words", nargs=-1, metavar="[KEY|DIR|FILE]...", shell_complete=completing.keys)
@click.option(
    "--to", "target", type=click.Choice(list(TARGETS)), required=True, help="What to write."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File of a table.")
@click.option("--excel", is_flag=True, help="Write csv or tsv for Excel.")
@click.option(
    "--profile",
    type=click.Choice(["full", "translator"]),
    default="full",
    help="Whom kgx is for: translator has Biolink's columns alone.",
)
@click.option(
    "--sign",
    type=_KeyFile(exists=True, dir_okay=False, path_type=Path),
    metavar="KEYFILE",
    help="Sign nanopublications with this RSA private key (PEM, no password).",
)
@click.option("--signer", default="", metavar="IRI", help="Whose key it is: an ORCID.")
@from_option
@json_option
def export(
    words: tuple[str, ...],
    target: str,
    out: Path | None,
    excel: bool,
    profile: str,
    sign: Path | None,
    signer: str,
    files: tuple[Path, ...],
    form: str,
) -> None:
    """Export the claims as a table, for other programs, or as a release of everything.

    csv, tsv, jsonl: a table, one row a claim, of the studies whose KEYs are given, else of all.
    kgx, nanopub: a folder DIR of edges and nodes, or of nanopublications. jsonld: the graphs in one
    FILE. release: a folder DIR, ready for an archive. --format is for what is said of files.
    """
    if target != "kgx":
        _refuse(profile != "full", "--profile", target, "it is for --to kgx")
    if target in TABLES and out is None and form != "text" and _is_typed("form"):
        raise click.BadParameter(
            f"--format {form} is for what is said of a file, and none is written; name one with "
            "--out FILE, or print the claims as JSON with --to jsonl"
        )
    if target in {"kgx", "nanopub", "jsonld"}:
        _refuse(excel, "--excel", target, "export the table by itself: --to csv --excel")
    who = _signer(target, sign, signer)
    wrote = TARGETS[target](Request(words, files, out, excel, profile, who))
    if wrote is None:
        return
    path, changed, counts = wrote
    data: dict[str, Any] = {"written": [{"path": str(path), "changed": changed}]}
    if counts:
        data["counts"] = counts
    text = f"{STATES[changed]} {relative(path, Path.cwd())}\n"
    emit(data, form, text + "".join(_count_lines(counts)))


def _count_lines(counts: dict[str, Any], margin: str = "  ") -> Iterator[str]:
    """Yield a line a count, those of a group below its name."""
    for name, value in counts.items():
        if isinstance(value, dict):
            yield f"{margin}{name}:\n"
            yield from _count_lines(value, f"{margin}  ")
        else:
            yield f"{margin}{name}: {value}\n"
