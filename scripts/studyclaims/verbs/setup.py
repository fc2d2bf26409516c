"""The verbs that say how this machine, its settings and its shell stand to studyclaims."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import click

from studyclaims.verbs.options import emit, json_option, put

SHELLS: Final = click.Choice(["bash", "zsh", "fish"])


@click.command()
@json_option
def doctor(form: str) -> None:
    """Say what this machine has, and what is missing for which verb."""
    from studyclaims.doctor import examine

    items = examine()
    rows = [{"name": i.name, "good": i.good, "detail": i.detail} for i in items]
    emit({"items": rows}, form, "".join(f"{item}\n" for item in items))
    sys.exit(0 if all(item.good or not item.needed for item in items) else 3)


@click.command()
@click.argument("shell", type=SHELLS)
@json_option
@click.pass_context
def completion(context: click.Context, shell: str, form: str) -> None:
    """Print the script that lets a shell complete verbs, options, keys and names of queries."""
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - SHELLS names those that click has
    ready = kind(context.find_root().command, {}, "studyclaims", "_STUDYCLAIMS_COMPLETE")
    # What bash has of its own starts a bash first, to say that one before 4.4 will not do.
    script = ShellComplete.source(ready)
    emit({"shell": shell, "script": script}, form, script, verbatim=True)


@click.command("config")
@click.option("--all", "whole", is_flag=True, help="List what is by default too.")
@json_option
@click.pass_context
def configuration(context: click.Context, whole: bool, form: str) -> None:
    """Print the settings in force, and the file or variable that each is from.

    Ends with 1 where a value will be refused, or where a variable is no setting's.
    """
    import json
    from dataclasses import fields

    from studyclaims.config import settings_files
    from studyclaims.verbs.inforce import effective, unknown_variables
    from studyclaims.verbs.settings import read_choices

    group = context.find_root().command
    assert isinstance(group, click.Group)  # noqa: S101 - a verb is a command of a group
    here = Path()
    rows = effective(group, read_choices(group, here, os.environ), os.environ)
    problems = [row.problem for row in rows if row.problem]
    problems += unknown_variables(group, os.environ)
    for problem in problems:
        click.echo(problem, err=True)
    kept = [row for row in rows if whole or row.origin != "default"]
    data = [{f.name: getattr(row, f.name) for f in fields(row)[:-1]} for row in kept]
    if form == "jsonl":
        put("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in data))
    else:
        files = [str(path) for path, _ in settings_files(here, os.environ)]
        every = {"files": files, "settings": data, "problems": problems}
        emit(every, form, "".join(f"{row}\n" for row in kept))
    sys.exit(1 if problems else 0)
