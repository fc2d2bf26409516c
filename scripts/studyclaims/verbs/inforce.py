"""What is in force where no flag is given: the value of every option, and which setting it is from.

A setting that changes what is read, or where is written, is told when its verb runs: the file that
it stands in may have come with the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from studyclaims.verbs.settings import (
    PLACES,
    PREFIX,
    RESERVED,
    default_map,
    expected,
    options_of,
    variable,
    verbs_of,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from studyclaims.verbs.settings import Choices, Words


@dataclass(frozen=True, slots=True)
class Effective:
    """What an option of a verb is where no flag says otherwise, and where that is from.

    ``problem`` says why the verb will refuse the value, and is empty where it will not.
    """

    verb: str
    option: str
    value: Any
    origin: str
    where: str
    variable: str
    problem: str = ""

    def __str__(self) -> str:
        """Return the line that would set this in a file, where it is from in a comment."""
        import json

        name = f"{self.verb.replace(' ', '.')}.{self.option}"
        if self.value is None:
            return f"# {name} is not set  # {self.where}"
        return f"{name} = {json.dumps(self.value, ensure_ascii=False)}  # {self.where}"


def effective(group: click.Group, choices: Choices, environ: Mapping[str, str]) -> list[Effective]:
    """Return what holds for every option of every verb where no flag is given.

    >>> find = click.Command("find", params=[click.Option(["--limit"], default=3)])
    >>> [str(row) for row in effective(click.Group(commands=[find]), {}, {})]
    ['find.limit = 3  # default; STUDYCLAIMS_FIND_LIMIT']
    """
    whole = default_map(choices, group)
    # A verb remembers the names of its option for help from the first context it is in.
    parent = click.Context(group, **group.context_settings)
    rows = []
    for words, verb in verbs_of(group).items():
        below: Any = whole
        for word in words:
            below = below.get(word, {})
        context = verb.make_context(
            words[-1], [], parent, resilient_parsing=True, default_map=below
        )
        for name, option in options_of(verb).items():
            rows.append(_effective(words, name, option, context, choices, environ))
    return rows


def _effective(
    words: Words,
    name: str,
    option: click.Option,
    context: click.Context,
    choices: Choices,
    environ: Mapping[str, str],
) -> Effective:
    """Return what holds for one option, as click settled it."""
    value, named = context.params[str(option.name)], variable(words, name)
    match context.get_parameter_source(str(option.name)):
        case ParameterSource.ENVIRONMENT:
            origin, where, given = "environment", named, environ.get(named)
        case ParameterSource.DEFAULT_MAP:
            given, setting = choices[words, name]
            origin, where = "file", setting.where
        case _:
            origin, where, given = "default", f"default; {named}", None
    refused = value is None and given is not None
    problem = f"{where}: found {written(given)}, expected {expected(option)}" if refused else ""
    kept = given if refused else _plain(value)
    return Effective(" ".join(words), name, kept, origin, where, named, problem)


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON has a form for
    """Return a value as a file of settings has it; nothing chosen is None."""
    if isinstance(value, tuple):
        return [_plain(each) for each in value] or None
    return str(value) if isinstance(value, Path) else value


def origins(context: click.Context, blamed: click.Parameter | None = None) -> list[str]:
    """Return which options of the verb that runs were not typed, and where each is from.

    >>> find = click.Command("find", params=[click.Option(["--limit"])])
    >>> origins(click.Context(find, info_name="find"))
    []

    Args:
        context: of the verb.
        blamed: the only one to look at, where one is known to be wrong.
    """
    options = {name: o for name, o in options_of(context.command).items() if blamed in (None, o)}
    words = _words(context)
    found = []
    for name, option in options.items():
        match context.get_parameter_source(str(option.name)):
            case ParameterSource.ENVIRONMENT:
                found.append(f"--{name} is from {variable(words, name)}")
            case ParameterSource.DEFAULT_MAP:
                found.append(f"--{name} is from {context.obj[words, name][1].where}")
    return found


def tell_places(group: click.Group) -> None:
    """Let each verb say, before it does anything, which places a file has set for it.

    >>> find = click.Command("find", params=[click.Option(["--out"])], callback=print)
    >>> tell_places(click.Group(commands=[find]))
    >>> find.callback is print
    False
    """
    for verb in verbs_of(group).values():
        run = verb.callback
        if run is not None and not isinstance(run, _Telling) and PLACES & options_of(verb).keys():
            verb.callback = _Telling(run)


class _Telling:
    """A verb that first says on standard error which places it has from a file."""

    def __init__(self, run: Callable[..., Any]) -> None:
        update_wrapper(self, run)
        self._run = run

    def __call__(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - those of the verb
        context = click.get_current_context()
        for line in places(context):
            click.echo(line, err=True)
        return self._run(*args, **options)


def places(context: click.Context) -> list[str]:
    """Return a line for each place that the verb has from a file: the setting, and what it says.

    >>> find = click.Command("find", params=[click.Option(["--out"])])
    >>> places(click.Context(find, info_name="find"))
    []
    """
    words, lines = _words(context), []
    for name, option in options_of(context.command).items():
        source = context.get_parameter_source(str(option.name))
        if name in PLACES and source is ParameterSource.DEFAULT_MAP:
            value, setting = context.obj[words, name]
            lines.append(f"{setting.where}: sets --{name} to {written(value)}")
    return lines


def _words(context: click.Context) -> Words:
    """Return the verb that runs, as it was typed."""
    if context.parent is None:
        return ()
    return (*_words(context.parent), str(context.info_name))


def unknown_variables(group: click.Group, environ: Mapping[str, str]) -> list[str]:
    """Return a line for each variable that looks like a setting and is none.

    >>> unknown_variables(click.Group(), {"STUDYCLAIMS_COLOUR": "red", "STUDYCLAIMS_DEBUG": "1"})
    ['STUDYCLAIMS_COLOUR: no setting has this variable']
    """
    import difflib

    known = {
        variable(words, name) for words, v in verbs_of(group).items() for name in options_of(v)
    }
    lines = []
    for found in sorted(environ):
        if found.startswith(f"{PREFIX}_") and found not in known | RESERVED:
            near = difflib.get_close_matches(found, sorted(known), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            lines.append(f"{found}: no setting has this variable{hint}")
    return lines
