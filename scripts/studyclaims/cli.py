"""The command line: verbs in, exit status out, no logic.

Exit status: 0 all well, 1 findings or nothing checked, 2 wrong use, 3 this machine lacks something,
4 network or store, 70 a fault of this program, 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studyclaims.verbs import (
    comparing,
    curate,
    exchange,
    explaining,
    export,
    graphs,
    loading,
    merging,
    serving,
    setup,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer


_HELP = ["-h", "--help"]


class _Verbs(click.Group):
    """A group that keeps in mind whether help is asked for, of itself or of a verb."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["help"] = not set(_HELP).isdisjoint(args)
        return super().parse_args(ctx, args)


@click.group(
    cls=_Verbs, context_settings={"help_option_names": _HELP}, epilog="docs: docs/commands.md"
)
@click.version_option(package_name="studyclaims")
@click.pass_context
def cli(context: click.Context) -> None:
    """Turn the claims of a study, written as one record, into a checked RDF graph."""
    from studyclaims.errors import ConfigError
    from studyclaims.verbs.inforce import tell_places
    from studyclaims.verbs.settings import default_map, name_variables, read_choices

    name_variables(cli)
    tell_places(cli)
    try:
        context.obj = read_choices(cli, Path(), os.environ)
    except ConfigError:
        # What is wrong with a file must not keep anybody from reading how to mend it.
        if not context.meta["help"]:
            raise
        context.obj = {}
    context.default_map = default_map(context.obj, cli)


for verb in (
    graphs.build,
    curate.validate,
    graphs.query,
    graphs.show,
    graphs.contested,
    comparing.evidence,
    comparing.compare,
    explaining.explain,
    explaining.retract,
    graphs.stats,
    curate.new,
    curate.lint,
    curate.term,
    curate.cite,
    exchange.convert,
    exchange.diff,
    loading.load,
    merging.merge,
    serving.serve,
    export.export,
    setup.doctor,
    setup.configuration,
    setup.completion,
):
    cli.add_command(verb)


def _wrong_use(error: click.ClickException) -> str:
    """Return one line: what is wrong, and which help says more; help itself stays as it is."""
    from studyclaims.verbs.inforce import origins

    message = error.format_message()
    if isinstance(error, click.MissingParameter):
        message = " ".join(message.split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None or "\n" in message:
        return message
    blamed = error.param if isinstance(error, click.BadParameter) else None
    more = [f"{context.command_path} --help says more", *origins(context, blamed)]
    return f"{message} ({'; '.join(more)})"


def main(run: Callable[..., Any] = cli) -> None:
    """Run the command line and end the process with its exit status."""
    _stand_in_for_closed_streams()
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout = _Output.over(sys.stdout)
    try:
        status = run(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.Abort:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("STUDYCLAIMS_DEBUG"):
            raise
        message, status = _explained(error)
        with suppress(OSError):
            click.echo(message, err=True)
        if isinstance(error, OSError) and error.filename == _OUTPUT:
            # Python would try once more at its end to write what is left, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(status)


_OUTPUT = "standard output"


class _Output(FileIO):
    """Standard output, which says what it is where it can take no more."""

    @classmethod
    def over(cls, stream: TextIOWrapper) -> TextIOWrapper:
        """Return a stream of UTF-8 that takes the place of another, which holds nothing yet."""
        buffered = BufferedWriter(cls(stream.fileno(), "w", closefd=False))
        lines, at_once = stream.line_buffering, stream.write_through
        return TextIOWrapper(buffered, "utf-8", "backslashreplace", None, lines, at_once)

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            # A reader that leaves, as `head` does, ends this program without a word, as it ends any
            # other; not so a server that closes a connection, so the signal is not let through.
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGPIPE)
            raise
        except OSError as error:
            raise OSError(error.errno, error.strerror, _OUTPUT) from error


def _stand_in_for_closed_streams() -> None:
    """Put something in the place of each standard stream that is closed, lest a file get it."""
    # Output is opened for reading: whoever prints nothing ends well, and the rest is told.
    flags = {"stdin": os.O_RDONLY, "stdout": os.O_RDONLY, "stderr": os.O_WRONLY}
    for name, flag in flags.items():
        if getattr(sys, name) is None:
            stream = os.fdopen(os.open(os.devnull, flag), "r" if name == "stdin" else "w")
            setattr(sys, name, stream)


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
