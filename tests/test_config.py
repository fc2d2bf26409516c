"""Files of settings: which are read in which order, and the line of each thing they say."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyclaims.config import (
    PROJECT_LIMIT,
    SIZE_LIMIT,
    VARIABLE,
    Setting,
    _leaves,
    read_settings,
    settings_files,
)
from studyclaims.errors import ConfigError

Row = tuple[tuple[str, ...], Any, int]


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def rows(folder: Path, text: str, name: str = "studyclaims.toml") -> list[Row]:
    found = read_settings(put(folder / name, text), "x.toml")
    return [(setting.path, setting.value, setting.line) for setting in found]


# Where files are looked for


def places(folder: Path, **environ: str) -> list[tuple[str, bool]]:
    found = settings_files(folder / "work", environ)
    return [(str(path.relative_to(folder)), local) for path, local in found]


FILES: Final = {
    "work/studyclaims.toml": True,
    "work/pyproject.toml": True,
    "xdg/studyclaims/config.toml": False,
    "own/.config/studyclaims/config.toml": False,
}


def made(folder: Path, *names: str) -> Path:
    for name in names:
        put(folder / name, "")
    (folder / "work").mkdir(exist_ok=True)
    return folder


def test_the_files_are_that_of_the_folder_and_then_that_of_the_user(tmp_path: Path) -> None:
    local, project, xdg, home = FILES
    own = {"XDG_CONFIG_HOME": f"{made(tmp_path, *FILES)}/xdg", "HOME": f"{tmp_path}/own"}
    assert places(tmp_path, **own) == [(local, True), (xdg, False)]
    (tmp_path / local).unlink()
    assert places(tmp_path, HOME=own["HOME"]) == [(project, True), (home, False)]
    (tmp_path / project).unlink()
    assert places(tmp_path, HOME=own["HOME"], XDG_CONFIG_HOME="xdg") == [(home, False)]
    assert places(tmp_path, XDG_CONFIG_HOME="../xdg") == []
    (tmp_path / home).unlink()
    assert places(tmp_path, HOME=own["HOME"]) == []


def test_a_folder_with_the_name_of_a_file_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "work" / "studyclaims.toml").mkdir(parents=True)
    put(tmp_path / "work" / "pyproject.toml", "")
    assert places(tmp_path) == [("work/pyproject.toml", True)]


def test_a_file_that_is_named_is_the_only_one_and_is_not_local(tmp_path: Path) -> None:
    made(tmp_path, *FILES, "work/other.toml")
    own = {"XDG_CONFIG_HOME": f"{tmp_path}/xdg"}
    assert places(tmp_path, STUDYCLAIMS_CONFIG="other.toml", **own) == [("work/other.toml", False)]
    assert places(tmp_path, STUDYCLAIMS_CONFIG="studyclaims.toml") == [
        ("work/studyclaims.toml", False)
    ]
    assert places(tmp_path, STUDYCLAIMS_CONFIG="") == [("work/studyclaims.toml", True)]
    assert settings_files(tmp_path, {VARIABLE: os.devnull}) == [(Path(os.devnull), False)]


@pytest.mark.parametrize("name", ["none.toml", "work"])
def test_a_file_that_is_named_must_be_there(tmp_path: Path, name: str) -> None:
    made(tmp_path)
    with pytest.raises(ConfigError, match=f"STUDYCLAIMS_CONFIG: found '{name}', expected"):
        settings_files(tmp_path, {VARIABLE: name})


# What a file says, and on which line

LINES: Final = '''\
# a comment, [not] = "a table"
format = "json"

[term.find]   # [and] = this
limit = 5
[query]
from = [
  "a.nq", # one
  "]",
]
text = """
[build]
format = 1
"""
more = \'\'\'
format = 2\'\'\'
"a b".'c"d' = 1_0
[build]
now = {a = 1, b.c = [2]}
[empty]
[[list]]
x = 1
[[list]]
'''
FOUND: Final[list[Row]] = [
    (("format",), "json", 2),
    (("term", "find"), {}, 4),
    (("term", "find", "limit"), 5, 5),
    (("query",), {}, 6),
    (("query", "from"), ["a.nq", "]"], 7),
    (("query", "text"), "[build]\nformat = 1\n", 11),
    (("query", "more"), "format = 2", 15),
    (("query", "a b", 'c"d'), 10, 17),
    (("build",), {}, 18),
    (("build", "now", "a"), 1, 19),
    (("build", "now", "b", "c"), [2], 19),
    (("empty",), {}, 20),
    (("list",), [{}], 21),
    (("list", "x"), 1, 22),
    (("list",), [{}], 23),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_setting_has_the_line_it_begins_on(tmp_path: Path, end: str) -> None:
    assert rows(tmp_path, LINES.replace("\n", end)) == FOUND
    assert rows(tmp_path, LINES.rstrip("\n")) == FOUND


def test_of_a_pyproject_only_the_table_of_ours_is_read(tmp_path: Path) -> None:
    text = '[project]\nname = "studyclaims"\n[tool.studyclaims]\nformat = "json"\n'
    text += (
        '[tool.studyclaimsx]\na = 1\n[tool.studyclaims.query]\nformat = "csv"\n[tool.x]\nb = 1\n'
    )
    found = [(("format",), "json", 4), (("query",), {}, 7), (("query", "format"), "csv", 8)]
    assert rows(tmp_path, text, "pyproject.toml") == found
    assert rows(tmp_path, "tool.studyclaims.format = 1", "pyproject.toml") == [(("format",), 1, 1)]


@pytest.mark.parametrize(
    "text",
    ["", "[tool.x]", "[project]\nname = 'studyclaims'", "tool = 'studyclaims'", "a = [ # broken"],
)
def test_a_pyproject_without_the_table_sets_nothing(tmp_path: Path, text: str) -> None:
    assert rows(tmp_path, text, "pyproject.toml") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x]\n[tool]\nstudyclaims = 3", "x.toml:3: found 3, expected [tool.studyclaims]"),
        ("[[tool.studyclaims]]\nfix = 1", "x.toml:1: found [{}], expected [tool.studyclaims]"),
    ],
)
def test_the_table_in_a_pyproject_is_a_table(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rows(tmp_path, text, "pyproject.toml")
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a = 1\nb = "x', "x.toml:2:7: not TOML: Unterminated string"),
        ("a = 1\n\nb 2\n", "x.toml:3:3: not TOML: Expected '=' after a key"),
        ("a = [", "x.toml:1:6: not TOML: "),
        ("[a]\n[a]", "x.toml:2:3: not TOML: Cannot declare"),
        (f"a = {'[' * 5000}", "x.toml: found data nested too deep"),
        (f"{'a.' * 1500}a = 1", "x.toml: found data nested too deep"),
        (
            "#" * (SIZE_LIMIT + 1),
            f"x.toml: found over {SIZE_LIMIT} bytes, expected at most as many",
        ),
    ],
)
def test_what_is_no_toml_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rows(tmp_path, text)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_pyproject_may_be_longer_but_not_of_any_length(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"found over {PROJECT_LIMIT} bytes"):
        rows(tmp_path, "#" * (PROJECT_LIMIT + 1), "pyproject.toml")


def test_a_file_of_the_greatest_size_is_read(tmp_path: Path) -> None:
    assert rows(tmp_path, "a = 1\n".ljust(SIZE_LIMIT, "\n")) == [(("a",), 1, 1)]
    table = "tool.studyclaims.a = 1\n"
    assert rows(tmp_path, table.ljust(PROJECT_LIMIT, "#"), "pyproject.toml") == [(("a",), 1, 1)]


def test_a_file_that_is_no_utf_8_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"a = 1\nb = '\xff'")
    with pytest.raises(ConfigError, match=r"x\.toml:2:6: found the byte 0xff, expected UTF-8"):
        read_settings(tmp_path / "x.toml", "x.toml")


NAMES: Final = st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), min_size=1, max_size=3)
VALUES: Final = st.sampled_from(
    ["1", "true", '"a"', "'''\n[a]\nb = 1'''", '"""\n\\"""x = [\n"""', "[\n1,\n]", "[[1],\n[]]"]
)
NOISE: Final = st.sampled_from(["", "\n", "# [a] = 1\n", "   \n\t# x\n"])


@settings(max_examples=40)
@given(st.lists(st.tuples(NOISE, NAMES, VALUES), max_size=6), st.booleans())
def test_the_lines_are_those_that_the_statements_were_written_on(
    statements: list[tuple[str, list[str], str]], headed: bool
) -> None:
    text, told = ("[top]\n" if headed else ""), {}
    for noise, names, value in statements:
        more = f"{text}{noise}{'.'.join(names)} = {value}\n"
        try:
            tomllib.loads(more)
        except tomllib.TOMLDecodeError:
            continue
        told[(*["top"] * headed, *names)] = (text + noise).count("\n") + 1
        text = more
    found = {keys: line for keys, value, line in _leaves(text) if value != {}}
    assert found == told


def test_a_setting_says_where_it_stands() -> None:
    assert Setting(("a",), 1, "x.toml", 3).where == "x.toml:3"
