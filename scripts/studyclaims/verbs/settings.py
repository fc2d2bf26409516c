"""Which option of which verb a file of settings, or a variable, stands for.

The flag is strongest, then the variable, then the file of the working folder, then the user's own.
In one file what is said of a verb is stronger than what is said of every verb.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click
from click.core import ParameterSource

from studyclaims.config import VARIABLE, read_settings, settings_files
from studyclaims.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from studyclaims.config import Setting

Words: TypeAlias = tuple[str, ...]
"""A verb as it is typed, as ``("term", "find")``."""

Choices: TypeAlias = "dict[tuple[Words, str], tuple[Any, Setting]]"
"""What files say of an option of a verb: the value, and the setting that is in force."""

PREFIX: Final = "STUDYCLAIMS"

RESERVED: Final = frozenset(
    {VARIABLE, *(f"{PREFIX}_{name}" for name in ("CACHE", "DEBUG", "VENV"))}
)
"""Variables that are no option of a verb."""

APART: Final = frozenset({("completion",)})
"""Verbs that a setting for every verb leaves alone: a shell reads what they print."""

REFUSED: Final = {"fix": "it rewrites records"}
"""Options that no file may set, and why: each time somebody has to want it."""

PLACES: Final = frozenset({"out"})
"""Options that say where is written: a file found in a folder sends nothing out of it."""


def verbs_of(command: click.Command) -> dict[Words, click.Command]:
    """Return the verbs of a group, those of groups in it too, by their words.

    >>> verbs_of(click.Group("a", commands=[click.Group("b", commands=[click.Command("c")])]))
    {('b', 'c'): <Command c>}
    """
    if not isinstance(command, click.Group):
        return {(): command}
    inner = {name: verbs_of(below) for name, below in sorted(command.commands.items())}
    return {(name, *words): verb for name, below in inner.items() for words, verb in below.items()}


def options_of(command: click.Command) -> dict[str, click.Option]:
    """Return the options of a verb by their names, without the hyphens in front.

    >>> list(options_of(click.Command("a", params=[click.Option(["-l", "--limit", "most"])])))
    ['limit']
    """
    options = [option for option in command.params if isinstance(option, click.Option)]
    names = [next(name for name in option.opts if name.startswith("--")) for option in options]
    return {name[2:]: option for name, option in zip(names, options, strict=True)}


def variable(words: Words, name: str) -> str:
    """Return the variable of the environment that stands for an option of a verb.

    >>> variable(("term", "find"), "limit")
    'STUDYCLAIMS_TERM_FIND_LIMIT'
    """
    return "_".join((PREFIX, *words, name)).upper().replace("-", "_")


def name_variables(group: click.Group) -> None:
    """Let each option of each verb be set by its variable.

    click would make such names of its own, out of what a function calls the option, which no help
    shows, and would take ``--help`` from the environment too.

    >>> find = click.Command("find", params=[click.Option(["--limit", "most"])])
    >>> name_variables(click.Group(commands=[find]))
    >>> find.params[0].envvar
    'STUDYCLAIMS_FIND_LIMIT'
    """
    for words, verb in verbs_of(group).items():
        for name, option in options_of(verb).items():
            option.envvar = variable(words, name)


def read_choices(group: click.Group, folder: Path, environ: Mapping[str, str]) -> Choices:
    """Return what the files that hold in a folder say of the options of the verbs.

    >>> read_choices(click.Group("a"), Path("/no/such/folder"), {})
    {}

    Raises:
        ConfigError: a file cannot be read, or a setting in it cannot stand.
    """
    found: Choices = {}
    for path, local in reversed(settings_files(folder, environ)):
        found |= choices_of(group, read_settings(path, str(path), local=local))
    return found


def choices_of(group: click.Group, settings: Iterable[Setting]) -> Choices:
    """Return what the settings of one file say of the options of the verbs.

    >>> from studyclaims.config import Setting
    >>> find = click.Command("find", params=[click.Option(["--limit"], type=int)])
    >>> found = choices_of(click.Group(commands=[find]), [Setting(("limit",), 5, "x.toml", 1)])
    >>> [(*key, value) for key, (value, _) in found.items()]
    [(('find',), 'limit', 5)]

    Raises:
        ConfigError: a setting is of no verb and no option, or has a value that its option refuses.
    """
    bound = [(setting, *_bound(group, setting)) for setting in settings]
    found: Choices = {}
    for setting, _, options in sorted(bound, key=lambda each: len(each[1])):
        for verb, option in options.items():
            whole = option.multiple and not isinstance(setting.value, list)
            value = [setting.value] if whole else setting.value
            found[verb, setting.path[-1]] = value, setting
    return found


def _bound(group: click.Group, setting: Setting) -> tuple[Words, dict[Words, click.Option]]:
    """Return the verb or group a setting is said of, and its options there that take the value."""
    command: click.Command = group
    words: Words = ()
    rest = setting.path
    while rest and isinstance(command, click.Group) and rest[0] in command.commands:
        command, words, rest = command.commands[rest[0]], (*words, rest[0]), rest[1:]
    if not rest and setting.value == {}:
        return words, {}
    if not rest:
        raise _wrong(setting, f"the table [{'.'.join(words)}]")
    below = verbs_of(command).items()
    named = {(*words, *more): options_of(verb) for more, verb in below}
    options = {
        verb: found[rest[0]]
        for verb, found in named.items()
        if rest[0] in found and (verb == words or verb not in APART)
    }
    if not options:
        known = {name for found in named.values() for name in found} - REFUSED.keys()
        inner = command.commands if isinstance(command, click.Group) else ()
        raise _unknown(setting, rest[0], sorted({*known, *inner}))
    if rest[0] in REFUSED:
        raise _wrong(setting, f"it on the command line only: {REFUSED[rest[0]]}")
    taken = {verb: option for verb, option in options.items() if _takes(option, setting.value)}
    if len(rest) > 1 or not taken:
        raise _wrong(setting, _expected_by(options.values()))
    if setting.local and rest[0] in PLACES and not _is_inside(setting.value):
        raise _wrong(setting, "a folder in this one, as the file was found here")
    return words, taken


def _wrong(setting: Setting, wanted: str) -> ConfigError:
    """Return the error of a setting whose value, or whose place in the file, is wrong."""
    value = "a table" if setting.value == {} else _written(setting.value)
    found = f"{'.'.join(setting.path)} = {value}"
    return ConfigError(f"{setting.where}: found {found}, expected {wanted}")


def _unknown(setting: Setting, word: str, known: list[str]) -> ConfigError:
    """Return the error of a word that is no verb and no option there."""
    import difflib

    near = difflib.get_close_matches(word, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return ConfigError(f"{setting.where}: found {word!r}, expected one of {', '.join(known)}{hint}")


def _written(value: object) -> str:
    """Return a value as TOML has it, cut where it is long."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


def expected(option: click.Option) -> str:
    """Return what values an option takes, in words.

    >>> expected(click.Option(["--limit"], type=click.IntRange(min=1), multiple=True))
    'a whole number, at least 1, or a list of such'
    """
    kind = option.type
    many = ", or a list of such" if option.multiple else ""
    match kind:
        case click.Choice():
            return f"one of {', '.join(map(str, kind.choices))}{many}"
        case click.IntRange():
            least = "" if kind.min is None else f", at least {kind.min}"
            most = "" if kind.max is None else f", at most {kind.max}"
            return f"a whole number{least}{most}{many}"
        case click.types.IntParamType():
            return f"a whole number{many}"
        case click.Path():
            there = " that is there" if kind.exists else ""
            return f"a path{there}, without ~{many}"
    return "true or false" if option.is_flag else f"a text{many}"


def _expected_by(options: Iterable[click.Option]) -> str:
    """Return what values one or the other of some options takes."""
    kinds = [option.type for option in options]
    if len(kinds) > 1 and all(isinstance(kind, click.Choice) for kind in kinds):
        words = {str(word): None for kind in kinds for word in getattr(kind, "choices", ())}
        return f"one of {', '.join(words)}"
    return " or ".join(dict.fromkeys(map(expected, options)))


def _takes(option: click.Option, value: object) -> bool:
    """Return whether a value of a file is one for an option; a path need not be there yet."""
    if option.is_flag:
        return isinstance(value, bool)
    values = value if option.multiple and isinstance(value, list) else [value]
    return all(_takes_one(option.type, each) for each in values)


def _takes_one(kind: click.ParamType[Any], value: Any) -> bool:  # noqa: ANN401 - of a file
    if isinstance(kind, click.types.IntParamType):
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        # TOML can write the character that ends a text for the system; no shell expands ~ here.
        fits = isinstance(value, str) and "\0" not in value
        fits = fits and not (isinstance(kind, click.Path) and value.startswith("~"))
    if not fits or isinstance(kind, click.Path):
        return fits
    try:
        kind.convert(value, None, None)
    except click.BadParameter:
        return False
    return True


def _is_inside(value: str) -> bool:
    """Return whether a path leads into the working folder, links followed."""
    return Path(value).resolve().is_relative_to(Path.cwd().resolve())


def default_map(choices: Choices, group: click.Group) -> dict[str, Any]:
    """Return the choices as click takes them: by verb, then by what the function calls an option.

    >>> default_map({}, click.Group("a"))
    {}
    """
    verbs = verbs_of(group)
    whole: dict[str, Any] = {}
    for (words, name), (value, _) in choices.items():
        below = whole
        for word in words:
            below = below.setdefault(word, {})
        below[str(options_of(verbs[words])[name].name)] = value
    return whole


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
    problem = f"{where}: found {_written(given)}, expected {expected(option)}" if refused else ""
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
