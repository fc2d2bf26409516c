"""What holds for every verb: help, documentation, forms, and streams that are not as they should.

A verb that is registered is in all of these; nobody has to remember it.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import pytest
from click.testing import CliRunner

from command_tables import PAGE, TABLE, refreshed, sections, table
from streams import PLAIN, STATES, run_all
from studyclaims.cli import _explained, cli
from studyclaims.formats import FORMATS
from studyclaims.verbs.options import GRAPH_FORMS
from studyclaims.verbs.settings import verbs_of
from test_cli import SAMPLE, filled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commands import End
    from studyclaims.verbs.settings import Words

Case = tuple[str, str]
"""A verb, or what is looked at, and the state of its streams."""
Asked = dict[Case, tuple[tuple[str, ...], str]]

VERBS: Final = verbs_of(cli)
NAMES: Final = [" ".join(words) for words in VERBS]
GROUPS: Final = [name for name, found in cli.commands.items() if isinstance(found, click.Group)]
TEXT: Final = PAGE.read_text(encoding="utf-8")
SECTIONS: Final = sections(TEXT)


# Help


def every_command() -> dict[str, click.Command]:
    return {" ".join(words): verb for words, verb in VERBS.items()} | {
        name: cli.commands[name] for name in GROUPS
    }


@pytest.mark.parametrize("name", [*NAMES, *GROUPS])
def test_help_begins_with_one_sentence(name: str) -> None:
    said = (every_command()[name].help or "").split("\n\n")[0]
    assert re.fullmatch(r"[A-Z][^.]*(\.\w[^.]*|\.\.\.[^.]*)*\.", " ".join(said.split())), said


@pytest.mark.parametrize("name", [*NAMES, *GROUPS])
def test_help_is_short_and_stands_in_the_help_above(name: str) -> None:
    *above, last = name.split()
    page = CliRunner().invoke(cli, [*name.split(), "--help"])
    assert (page.exit_code, page.stderr) == (0, "")
    assert page.stdout.startswith(f"Usage: cli {name} ")
    assert len(page.stdout.splitlines()) < 40
    summary = CliRunner().invoke(cli, [*above, "--help"]).stdout
    assert re.search(rf"^  {last} +\w", summary, re.MULTILINE)


@pytest.mark.parametrize("words", VERBS, ids=NAMES)
def test_every_option_has_help(words: Words) -> None:
    options = [option for option in VERBS[words].params if isinstance(option, click.Option)]
    assert [option.name for option in options if not (option.help or "").endswith(".")] == []


@pytest.mark.parametrize("words", VERBS, ids=NAMES)
def test_every_verb_answers_in_json_too(words: Words) -> None:
    (option,) = (p for p in VERBS[words].params if "--format" in p.opts)
    assert isinstance(option.type, click.Choice)
    assert {"json", "jsonl"} <= set(option.type.choices)


def test_every_choice_of_a_form_is_one_that_is_written() -> None:
    assert list(GRAPH_FORMS.choices) == list(FORMATS)


# docs/commands.md


@pytest.mark.parametrize("words", VERBS, ids=NAMES)
def test_the_page_has_a_section_with_the_options_that_are_there(words: Words) -> None:
    section = SECTIONS.get(" ".join(words), "")
    told = "PYTHONPATH=scripts .venv/bin/python tests/command_tables.py writes this part"
    assert section.startswith(f"{table(words)}\n"), told
    prose = TABLE.sub("", section)
    assert len(prose.split()) > 20, "say what the verb does"
    assert "Exit status" in prose


def test_the_page_is_as_it_would_be_written_again() -> None:
    assert refreshed(TEXT) == TEXT


def test_a_verb_that_is_new_gets_a_section_and_one_that_changed_a_new_table() -> None:
    words = ("term", "find")
    text = f"# All\n\n## a\n\nb\n\n## term find\n\n{table(words)}\nSays.\n\n## z\n\nc\n"
    stale = text.replace("--limit", "--most")
    assert refreshed(text).startswith(text)
    assert refreshed(stale) == refreshed(text)
    assert set(sections(refreshed("# All\n"))) == set(NAMES)


def examples() -> dict[str, list[str]]:
    """Return the command lines that the page shows, by verb."""
    shown: dict[str, list[str]] = {}
    for line in re.findall(r"^\$ (?:\w+=\S+ )*studyclaims (.+)$", TEXT, re.MULTILINE):
        words = shlex.split(re.split(" [<>|] ", line)[0])
        name = next((n for n in NAMES if words[: n.count(" ") + 1] == n.split()), words[0])
        shown.setdefault(name, []).append(shlex.join(words))
    return shown


EXAMPLES: Final = examples()


@pytest.mark.parametrize("words", VERBS, ids=NAMES)
def test_a_verb_has_an_example_in_its_section(words: Words) -> None:
    name = " ".join(words)
    assert re.search(rf"^\$ (?:\w+=\S+ )*studyclaims {name}\b", SECTIONS[name], re.MULTILINE)


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_an_example_is_a_line_that_is_understood(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that an example names need not be there; all else is read as when it runs."""
    monkeypatch.setattr(click.Path, "convert", lambda _, value, *__: Path(value))
    words = shlex.split(line)
    name = next(name for name in NAMES if words[: name.count(" ") + 1] == name.split())
    verb, rest = VERBS[tuple(name.split())], words[name.count(" ") + 1 :]
    with verb.make_context(name, rest, click.Context(cli)) as context:
        assert context.params


# Streams

QUICK: Final = {
    "build": ("DIR/good/small-2020.yaml", "--to", "nq", "--out", "DIR/out"),
    "diff": ("DIR/good/small-2020.yaml", "DIR/cited/cited-2020.yaml"),
    "lint": ("DIR/good/small-2020.yaml",),
    "validate": ("DIR/wrong/small-2020.yaml",),
}
"""Shorter work than the samples of tests/test_cli.py, where there is a choice."""

FEW: Final = {"doctor", "query", "show"}
"""Verbs that are tried in every state each time; the slow tests have all the others."""

USUAL: Final = {"diff": 1, "lint": 1, "validate": 1}
"""What a sample ends with, if not with 0."""

ADVISORY: Final = {"cite": "# ", "lint": "checked 1 record", "validate": "checked 1 record"}
"""What a verb says on standard error when all is well."""


HYPHENS: Final = {
    "query -": (("query", "-"), 2, "'' is no named query"),
    "validate -": (("validate", "-"), 1, "checked 1 record"),
    "cite -": (("cite", "ausk-2017", "news", "-", "--find", "x"), 2, "'news': was given an empty"),
}
"""Verbs that read standard input, and what they say of nothing."""

FULL: Final = "standard output: No space left on device"
SPARED: Final = {
    "bytes": (("export", "ausk-2017", "--to", "csv"), "full", 3, FULL),
    "no output": (("lint", "ausk-2017"), "no stdout", 0, "checked 1 record: 0 findings"),
    "wrong use": (("stats", "--nope"), "no stderr", 2, ""),
    "wrong use, full": (("stats", "--nope"), "full stderr", 2, ""),
    "a count, full": (("lint", "ausk-2017"), "full stderr", 3, ""),
}


def lines_in(folder: Path, names: Iterable[str], form: str) -> list[tuple[str, ...]]:
    """Return the samples of verbs, in a folder of their own."""
    folder.mkdir(parents=True)
    filled(folder)
    samples = SAMPLE | QUICK
    lines = [(*name.split(), *samples[name], "--format", form) for name in names]
    return [tuple(word.replace("DIR", str(folder)) for word in line) for line in lines]


def samples_in(folder: Path, names: list[str], state: str, form: str = "json") -> Asked:
    lines = lines_in(folder / state, names, form)
    return {(name, state): (line, state) for name, line in zip(names, lines, strict=True)}


def answered(asked: Asked, folder: Path, **more: str) -> dict[Case, End]:
    return dict(zip(asked, run_all(asked.values(), str(folder), **more), strict=True))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contract")


@pytest.fixture(scope="module")
def ends(home: Path) -> dict[Case, End]:
    """Return how every verb ends in a pipe, a few in every state, and what is named above."""
    asked = samples_in(home, NAMES, PLAIN, "jsonl")
    for state in STATES:
        asked |= samples_in(home, sorted(FEW), state)
    asked |= {(name, ""): (words, "no stdin") for name, (words, *_) in HYPHENS.items()}
    asked |= {(name, ""): (words, state) for name, (words, state, *_) in SPARED.items()}
    return answered(asked, home)


@pytest.fixture(scope="module")
def others(home: Path) -> dict[Case, End]:
    """Return how all other verbs end in every state."""
    asked: Asked = {}
    for state in STATES:
        asked |= samples_in(home / "others", sorted(set(NAMES) - FEW), state)
    return answered(asked, home)


def in_states(names: Iterable[str]) -> list[Any]:
    return [pytest.param((n, s), id=f"{n} {s}") for n in sorted(names) for s in STATES]


@pytest.mark.parametrize("name", NAMES)
def test_json_lines_in_a_pipe_are_objects_and_nothing_else(
    name: str, ends: dict[Case, End]
) -> None:
    status, out, err = ends[name, PLAIN]
    assert status == USUAL.get(name, 0), err
    assert out.endswith("\n")
    assert all(isinstance(json.loads(line), dict) for line in out.removesuffix("\n").split("\n"))
    assert "\x1b" not in out + err
    assert "\r" not in out + err
    assert err.startswith(ADVISORY[name]) if name in ADVISORY else err == ""


@pytest.mark.slow
@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}])
def test_a_pipe_gets_the_same_whatever_is_said_of_colour(
    more: dict[str, str], ends: dict[Case, End], home: Path
) -> None:
    folder = home / next(iter(more))
    found = answered(samples_in(folder, NAMES, PLAIN, "jsonl"), folder, **more)
    for case, (status, out, _) in found.items():
        assert (status, out.replace(f"{folder}/", f"{home}/")) == ends[case][:2]


def judge(case: Case, end: End) -> None:
    """Say whether a verb told, or bore, that a stream will not do."""
    status, out, err = end
    name, state = case
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    last = (status, *err.splitlines()[-1:])
    if state == "full":
        assert last == (3, FULL)
    elif state == "no stdout":
        assert last == (3, "standard output: Bad file descriptor")
    elif state == "left":
        assert (status, err) == (-13, "") or name in ADVISORY
    else:
        assert status == USUAL.get(name, 0)
        assert isinstance(json.loads(out), dict)


@pytest.mark.parametrize("case", in_states(FEW))
def test_a_stream_that_will_not_do_is_told_or_borne(case: Case, ends: dict[Case, End]) -> None:
    judge(case, ends[case])


@pytest.mark.slow
@pytest.mark.parametrize("case", in_states(set(NAMES) - FEW))
def test_every_other_verb_tells_or_bears_it_too(case: Case, others: dict[Case, End]) -> None:
    judge(case, others[case])


@pytest.mark.parametrize("name", HYPHENS)
def test_standard_input_that_is_closed_is_empty(name: str, ends: dict[Case, End]) -> None:
    _, status, said = HYPHENS[name]
    assert ends[name, ""][0] == status
    assert ends[name, ""][2].startswith(said)


@pytest.mark.parametrize("name", SPARED)
def test_a_stream_that_nothing_is_put_in_or_that_only_tells_changes_no_word(
    name: str, ends: dict[Case, End]
) -> None:
    _, _, status, said = SPARED[name]
    assert (ends[name, ""][0], ends[name, ""][2].removesuffix("\n")) == (status, said)


# Wrong use


@pytest.mark.parametrize("name", [*NAMES, *GROUPS])
def test_an_option_that_nobody_has_ends_with_2_and_one_line(name: str) -> None:
    done = CliRunner().invoke(cli, [*name.split(), "--no-such-option"], standalone_mode=False)
    assert isinstance(done.exception, click.UsageError)
    message, status = _explained(done.exception)
    assert (status, done.stdout, done.stderr) == (2, "", "")
    assert "--no-such-option" in message
    assert "\n" not in message
