"""Settings in files: where they are looked for, what they say, and on which line each stands.

A file of settings is TOML. Nothing here knows a verb: `verbs.settings` says which setting is whose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from studyclaims.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE: Final = "STUDYCLAIMS_CONFIG"
"""The variable that names a file to read in place of those that are looked for."""

LOCAL: Final = "studyclaims.toml"
PROJECT: Final = "pyproject.toml"
TABLE: Final = ("tool", "studyclaims")
"""Where the settings stand in a pyproject.toml."""

SIZE_LIMIT: Final = 16_000
"""The most bytes a file of settings may have; a pyproject.toml holds more than settings."""

PROJECT_LIMIT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a file: the keys that lead to it, and where it stands.

    ``local`` says that the file was found in the working folder, so that whoever made the folder
    may have written it. An empty mapping stands for a table, whatever it holds.
    """

    path: tuple[str, ...]
    value: Any
    file: str
    line: int
    local: bool = False

    @property
    def where(self) -> str:
        """The place, as findings print it."""
        return f"{self.file}:{self.line}"


def settings_files(folder: Path, environ: Mapping[str, str]) -> list[tuple[Path, bool]]:
    """Return the files that settings are read from, the strongest first, and which are local.

    The file that ``STUDYCLAIMS_CONFIG`` names, alone; else ``studyclaims.toml`` of the folder, or
    its ``pyproject.toml``, and ``studyclaims/config.toml`` where the user's settings are.

    >>> settings_files(Path("/no/such/folder"), {})
    []

    Raises:
        ConfigError: the file that is named is not there.
    """
    named = environ.get(VARIABLE)
    if named:
        path = folder / named
        if not path.exists() or path.is_dir():
            raise ConfigError(f"{VARIABLE}: found {named!r}, expected a TOML file that is there")
        return [(path, False)]
    local = [(folder / name, True) for name in (LOCAL, PROJECT)]
    found = [place for place in local if place[0].is_file()][:1]
    home = user_folder(environ)
    own = home / "studyclaims" / "config.toml" if home else None
    return [*found, *([(own, False)] if own and own.is_file() else [])]


def user_folder(environ: Mapping[str, str]) -> Path | None:
    """Return where the settings of all programs of a user are.

    A relative XDG_CONFIG_HOME is no place, XDG says.

    >>> user_folder({"HOME": "/users/ada"}), user_folder({"XDG_CONFIG_HOME": "x"})
    (PosixPath('/users/ada/.config'), None)
    """
    named = Path(environ.get("XDG_CONFIG_HOME") or "")
    if named.is_absolute():
        return named
    home = environ.get("HOME")
    return Path(home) / ".config" if home else None


def read_settings(path: Path, shown: str, *, local: bool = False) -> list[Setting]:
    r"""Return what a file sets, in its order; of a pyproject.toml only the table that is ours.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "studyclaims.toml"
    ...     _ = path.write_text('format = "json"\n[term.find]\nlimit = 5\n')
    ...     [(s.path, s.value, s.where) for s in read_settings(path, "x.toml") if s.value != {}]
    [(('format',), 'json', 'x.toml:1'), (('term', 'find', 'limit'), 5, 'x.toml:3')]

    Args:
        path: the file.
        shown: what it is called in messages.
        local: whether it was found in the working folder.

    Raises:
        ConfigError: the file is too long, no UTF-8, no TOML, or our table in it is none.
        OSError: it cannot be read.
    """
    project = path.name == PROJECT
    text = _text(path, shown, PROJECT_LIMIT if project else SIZE_LIMIT)
    start = TABLE if project else ()
    if project and TABLE[-1] not in text:
        return []
    try:
        if not _has_table(_parsed(text, shown), start):
            return []
        leaves = list(_leaves(text))
    except RecursionError as error:
        raise ConfigError(f"{shown}: found data nested too deep, expected tables") from error
    for keys, value, line in leaves:
        if keys == start and value != {}:
            raise ConfigError(f"{shown}:{line}: found {value!r}, expected [{'.'.join(start)}]")
    return [
        Setting(keys[len(start) :], value, shown, line, local)
        for keys, value, line in leaves
        if keys[: len(start)] == start and len(keys) > len(start)
    ]


def _has_table(data: Any, keys: tuple[str, ...]) -> bool:  # noqa: ANN401 - whatever TOML holds
    """Return whether data holds anything where these keys lead."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data is not None


def _text(path: Path, shown: str, limit: int) -> str:
    """Return what a file holds, or raise where it is too long or is no UTF-8."""
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ConfigError(f"{shown}: found over {limit} bytes, expected at most as many")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        found = f"found the byte 0x{data[error.start]:02x}"
        raise ConfigError(f"{shown}:{line}:{column}: {found}, expected UTF-8") from error


def _parsed(text: str, shown: str) -> dict[str, Any]:
    """Return the whole file's data, or raise with the place of what is no TOML."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).partition(" (at ")
        numbers = [int(number) for number in re.findall(r"[0-9]+", place)]
        line, column = numbers or (text.count("\n") + 1, len(text) - text.rfind("\n"))
        raise ConfigError(f"{shown}:{line}:{column}: not TOML: {problem}") from error


def _leaves(text: str) -> Iterator[tuple[tuple[str, ...], Any, int]]:
    """Yield (keys, value, line) of every value and every table head of a TOML text.

    tomllib keeps no places. But a text that is TOML as a whole is so up to the end of each of its
    statements, and each statement is by itself: lines are put together until they can be read.
    """
    import tomllib

    table: tuple[str, ...] = ()
    held, first = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        held += f"{line}\n"
        try:
            leaves = list(_flat(tomllib.loads(held)))
        except tomllib.TOMLDecodeError:
            continue
        if held.lstrip().startswith("["):
            table, leaves = leaves[0][0], [((), leaves[0][1])]
        for keys, value in leaves:
            yield (*table, *keys), value, first
        held, first = "", number + 1


def _flat(
    data: dict[str, Any], before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the keys that lead to each value, and the value; a mapping is one only where empty."""
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, (*before, key))
        else:
            yield (*before, key), value
