"""The command line: verbs in, exit status out, no logic.

Exit status: 0 all well, 1 findings or nothing checked, 2 wrong use, 3 this machine lacks something,
4 network or store, 70 a fault of this program, 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from studyclaims.verbs import curate, graphs
from studyclaims.verbs.options import emit, json_option

if TYPE_CHECKING:
    from collections.abc import Callable


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog="docs: README.md")
@click.version_option(package_name="studyclaims")
def cli() -> None:
    """Turn the claims of a study, written as one record, into a checked RDF graph."""


for verb in (
    graphs.build,
    curate.validate,
    graphs.query,
    graphs.show,
    graphs.contested,
    graphs.stats,
    curate.new,
    curate.lint,
    curate.term,
    curate.cite,
):
    cli.add_command(verb)


@cli.command()
@json_option
def doctor(form: str) -> None:
    """Say what this machine has, and what is missing for which verb."""
    from studyclaims.doctor import examine

    items = examine()
    rows = [{"name": i.name, "good": i.good, "detail": i.detail} for i in items]
    emit({"items": rows}, form, "".join(f"{item}\n" for item in items))
    sys.exit(0 if all(item.good or not item.needed for item in items) else 3)


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
