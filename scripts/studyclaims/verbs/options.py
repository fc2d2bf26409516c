"""What verbs share: options, reading what a user names, printing data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studyclaims.graph import Graph

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)
STATES: Final = {True: "wrote ", False: "stands"}
ANSWER_FORMS: Final = click.Choice(["table", "csv", "tsv", "json", "jsonl", "turtle"])
GRAPH_FORMS: Final = click.Choice(["trig", "nq", "ttl", "nt", "jsonld", "rdf"])
FINDING_FORMS: Final = click.Choice(["text", "json", "jsonl", "github", "sarif"])
TEXT_OR_JSON: Final = click.Choice(["text", "json", "jsonl"])
json_option = click.option("--format", "form", type=TEXT_OR_JSON, default="text", help="Form.")


def _only_graphs(
    _: click.Context, __: click.Parameter, files: tuple[Path, ...]
) -> tuple[Path, ...]:
    """Return the files, or raise where one has another suffix than graphs have."""
    for path in files:
        _require_graphs(path)
    return files


from_option = click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    callback=_only_graphs,
    help="RDF file in any form, or .gz, in place of the packaged graph; may be repeated.",
)


def records_of(keys: Iterable[str], *, graphs: bool = False) -> list[Path]:
    """Return the records that keys, files or folders name, each once; all where none is named.

    >>> [path.name for path in records_of(["ausk-2017", "ausk-2017"])]
    ['ausk-2017.yaml']

    Args:
        keys: what a user wrote; the key of a record here is that record, whatever a folder is
            called.
        graphs: whether a file of graphs may stand for a record.

    Raises:
        click.BadParameter: there is no such record, or a file has another suffix.
    """
    from studyclaims.build import record_paths

    paths: dict[Path, Path] = {}
    for key in keys:
        for path in _named(key):
            if not path.is_file():
                raise click.BadParameter(f"{path}: no such record")
            _refuse_suffix(path, graphs=graphs)
            paths.setdefault(path.resolve(), path)
    return list(paths.values()) or record_paths()


def _named(key: str) -> list[Path]:
    """Return the files that one word of a user names, there or not."""
    from studyclaims.paths import studies_dir

    if not key:
        raise click.BadParameter("an empty text names no record")
    path, known = Path(key), studies_dir() / f"{key}.yaml"
    if path.name == key and known.is_file():
        return [known]
    if not path.is_dir():
        return [path if path.suffix else known]
    found = sorted(path.glob("*.yaml"))
    if not found:
        raise click.BadParameter(f"{path}: no record in this folder")
    return found


def _require_graphs(path: Path) -> None:
    """Raise where a file's suffix is none of those that graphs from anywhere are read from."""
    from studyclaims.errors import StoreError
    from studyclaims.outside import PACKED, SUFFIXES, form_of

    try:
        form_of(path)
    except StoreError as error:
        read = f"{', '.join(SUFFIXES)}, or one of these and {PACKED}"
        raise click.BadParameter(f"{path}: graphs are read from {read}") from error


def _refuse_suffix(path: Path, *, graphs: bool) -> None:
    """Raise where a file's suffix is none of those that records, or graphs to check, have."""
    from studyclaims.graphfiles import SUFFIXES

    if path.suffix.lower() in {*(SUFFIXES if graphs else ()), ".yaml"}:
        return
    read = f"graphs are read from {', '.join(SUFFIXES)}; records" if graphs else "records are read"
    raise click.BadParameter(f"{path}: {read} from .yaml")


def require_folder(out: Path) -> None:
    """Raise where the folder that a file is to be written to is not there.

    A file is never given a folder that nobody made: its name is likelier misspelt. Verbs that write
    a folder make it, with those above it.

    >>> require_folder(Path(__file__))

    Raises:
        click.BadParameter: there is no such folder.
    """
    if not out.parent.is_dir():
        raise click.BadParameter(f"{out.parent}: no such folder")


def stdin() -> str:
    """Return what stands on standard input, UTF-8 whatever the locale."""
    return _decoded(sys.stdin.buffer.read(), "standard input")


def text_of(path: Path) -> str:
    """Return what a file holds as UTF-8.

    >>> text_of(Path(__file__))[:3] == '"' * 3
    True

    Raises:
        click.BadParameter: it is not UTF-8.
        OSError: it cannot be read.
    """
    return _decoded(path.read_bytes(), str(path))


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{name} is not UTF-8: {error}") from error


def put(data: str) -> None:
    r"""Print data as it is: what a program reads is the same in a pipe and on a terminal.

    >>> put("a,b\n")
    a,b
    """
    # Left to itself, click takes commands to a terminal out of whatever goes anywhere else.
    click.echo(data, nl=False, color=True)


def readable(text: str) -> str:
    r"""Return lines as a terminal may show them.

    >>> print(readable("bone\n  loss \x1b[2J"))
    bone
      loss \x1b[2J
    """
    from studyclaims.terminal import shown

    return "\n".join(map(shown, text.split("\n")))


def emit(data: dict[str, Any], form: str, text: str, *, verbatim: bool = False) -> None:
    """Print data as JSON, or the text that says the same, as a terminal may show it.

    With ``verbatim`` a program reads the text, too, so that it stays as it is.

    >>> emit({"a": 1}, "jsonl", "a is one")
    {"a": 1}
    """
    if form == "text":
        put(text if verbatim else readable(text))
        return
    import json

    from studyclaims.answers import jsonable

    indent = 2 if form == "json" else None
    put(json.dumps(data, ensure_ascii=False, indent=indent, default=jsonable) + "\n")


def tell(lines: Iterable[str]) -> None:
    """Print lines beside the data, on standard error, as a terminal may show them.

    >>> tell([])
    """
    from studyclaims.terminal import shown

    for line in lines:
        click.echo(shown(line), err=True)


def relative(path: Path, here: Path) -> Path:
    """Return the path as seen from a folder, or whole where it is elsewhere.

    >>> str(relative(Path("/a/b/c"), Path("/a")))
    'b/c'
    """
    whole = path.resolve()
    return whole.relative_to(here) if whole.is_relative_to(here) else whole


def load_graph(*files: Path) -> Graph:
    """Return the packaged graph, or that of these files, for the verb that asks it and then ends.

    >>> load_graph().store.query("ASK { ?study a sc:Study }")
    <QueryBoolean true>

    Raises:
        StudyclaimsError: what `studyclaims.load` raises.
    """
    import gc

    from studyclaims.graph import load

    graph = load(*files)
    # It stays until the end: no search for garbage need ever walk its millions of terms.
    gc.freeze()
    return graph
