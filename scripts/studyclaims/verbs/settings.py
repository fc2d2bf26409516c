"""Which option of which verb a file of settings, or a variable, stands for.

The flag is strongest, then the variable, then the file of the working folder, then the user's own.
In one file what is said of a verb is stronger than what is said of every verb.
"""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

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

_ASIDE: Final = (
    *("CACHE", "DEBUG", "VENV"),
    *("STORE_USER", "STORE_PASSWORD", "STORE_TOKEN", "STORE_PLAIN"),
)
RESERVED: Final = frozenset({VARIABLE, *(f"{PREFIX}_{name}" for name in _ASIDE)})
"""Variables that are no option of a verb."""

APART: Final = frozenset({("completion",)})
"""Verbs that a setting for every verb leaves alone: a shell reads what they print."""

_VOUCHES: Final = "a signature is a person's"

REFUSED: Final = {"fix": "it rewrites records", "sign": _VOUCHES, "signer": _VOUCHES}
"""Options that no file may set, and why: each time somebody has to want it."""

_OPENS: Final = "it opens this machine to others"

OWN: Final = dict.fromkeys(("allow-host", "allow-origin", "host"), _OPENS)
"""Options that no file found in a folder may set, and why."""

PLACES: Final = frozenset({"from", "out", "store"})
"""Options that say what is read in place of the packaged graph, and where is written.

A file found in a folder leads to nothing outside that folder, and it is told when a file has set
one of these.
"""


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
    if setting.local:
        _require_harmless(setting, rest[0])
    return words, taken


def _require_harmless(setting: Setting, name: str) -> None:
    """Raise where a file that was found in a folder sets what only a user may."""
    if name in OWN:
        raise _wrong(setting, f"it in a file of your own: {OWN[name]}")
    if name in PLACES and not _is_inside(setting.value):
        raise _wrong(setting, "a path in this folder, as the file was found here")


def _wrong(setting: Setting, wanted: str) -> ConfigError:
    """Return the error of a setting whose value, or whose place in the file, is wrong."""
    value = "a table" if setting.value == {} else written(setting.value)
    found = f"{'.'.join(setting.path)} = {value}"
    return ConfigError(f"{setting.where}: found {found}, expected {wanted}")


def _unknown(setting: Setting, word: str, known: list[str]) -> ConfigError:
    """Return the error of a word that is no verb and no option there."""
    import difflib

    near = difflib.get_close_matches(word, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return ConfigError(f"{setting.where}: found {word!r}, expected one of {', '.join(known)}{hint}")


def written(value: object) -> str:
    """Return a value as TOML has it, cut where it is long.

    >>> written(["a", True])
    '["a", true]'
    """
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
        case click.FloatRange():
            return f"a number from {kind.min:g} to {kind.max:g}{many}"
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
    elif isinstance(kind, click.types.FloatParamType):
        fits = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
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


def _is_inside(value: str | list[str]) -> bool:
    """Return whether a path, or each of a list, leads into the working folder, links followed.

    The address of a server leads anywhere, though as a path it would be one in this folder.
    """
    here = Path.cwd().resolve()
    paths = [value] if isinstance(value, str) else value
    return all("://" not in path and Path(path).resolve().is_relative_to(here) for path in paths)


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
