"""Settings of verbs: which option each is of, wrong ones refused, and the same by a variable."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import pytest
from click.testing import CliRunner

from commands import ROOT, SCRIPTS, environment
from studyclaims.cli import _explained, cli
from studyclaims.config import (
    VARIABLE,
    read_settings,
)
from studyclaims.errors import ConfigError
from studyclaims.stores.credentials import VARIABLES
from studyclaims.verbs.inforce import effective, unknown_variables
from studyclaims.verbs.settings import (
    APART,
    OWN,
    PLACES,
    REFUSED,
    RESERVED,
    choices_of,
    default_map,
    expected,
    name_variables,
    options_of,
    read_choices,
    variable,
    verbs_of,
)
from test_config import put

if TYPE_CHECKING:
    from studyclaims.verbs.settings import Choices


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, empty, of a user without settings."""
    monkeypatch.chdir(tmp_path)
    for name in (VARIABLE, "HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


# What a setting means: a command line made up for this


def verb(name: str, *options: click.Option) -> click.Command:
    return click.Command(name, params=[click.Argument(["key"]), *options])


FORM: Final = click.Choice(["text", "json"])
MADE: Final = click.Group(
    "made",
    commands=[
        verb("show", click.Option(["--format", "form"], type=click.Choice(["text", "html"]))),
        verb(
            "build",
            click.Option(["--format", "form"], type=FORM, default="text"),
            click.Option(["--to", "names"], multiple=True, type=click.Choice(["nq", "ttl"])),
            click.Option(["--out"], type=click.Path()),
            click.Option(["--from"], multiple=True, type=click.Path()),
            click.Option(["--owl"], is_flag=True),
            click.Option(["--fix"], is_flag=True),
            click.Option(["--store"]),
            click.Option(["--host"]),
            click.Option(["--wait"], type=click.FloatRange(0.5, 9)),
        ),
        click.Group(
            "term",
            commands=[
                verb(
                    "find",
                    click.Option(["-l", "--limit", "most"], type=click.IntRange(1, 9), default=3),
                    click.Option(["--format", "form"], type=FORM),
                    click.Option(["--offset"], type=int),
                    click.Option(["--label"]),
                ),
                verb("add", click.Option(["--limit"], type=click.IntRange(min=1))),
            ],
        ),
        verb("completion", click.Option(["--format", "form"], type=FORM)),
    ],
)


def meant(folder: Path, text: str, *, local: bool = True) -> Choices:
    return choices_of(MADE, read_settings(put(folder / "s.toml", text), "s.toml", local=local))


def said(folder: Path, text: str) -> dict[str, Any]:
    """Return what a file says, as ``{"term find limit": 5}``."""
    found = meant(folder, text)
    return {" ".join((*words, name)): value for (words, name), (value, _) in found.items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("[build]\n[term]\n", {}),
        ('format = "json"', {"build format": "json", "term find format": "json"}),
        ('format = "html"', {"show format": "html"}),
        ("[term]\nlimit = 5", {"term find limit": 5, "term add limit": 5}),
        ("limit = 50", {"term add limit": 50}),
        ("term.limit = 5\nlimit = 7", {"term find limit": 5, "term add limit": 5}),
        ("term.find.limit = 4\nterm.limit = 5", {"term find limit": 4, "term add limit": 5}),
        ('[build]\nto = ["nq", "ttl"]', {"build to": ["nq", "ttl"]}),
        ('[build]\nto = "nq"', {"build to": ["nq"]}),
        ("[build]\nto = []", {"build to": []}),
        ("[build]\nowl = true", {"build owl": True}),
        ("[term.find]\noffset = -3", {"term find offset": -3}),
        ('[term.find]\nlabel = "~ x"', {"term find label": "~ x"}),
        ('[build]\nout = "a/../b"', {"build out": "a/../b"}),
        ("[build]\nfrom = ['a', 'b/c']", {"build from": ["a", "b/c"]}),
        ("store = 'a/b'", {"build store": "a/b"}),
        ("[build]\nwait = 0.5", {"build wait": 0.5}),
        ("[build]\nwait = 2", {"build wait": 2}),
        ('[completion]\nformat = "json"', {"completion format": "json"}),
    ],
)
def test_a_setting_is_of_the_verbs_it_names(here: Path, text: str, found: dict[str, Any]) -> None:
    assert said(here, text) == found


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = 1\n\n[biuld]", "1: found 'a', expected one of build, completion, "),
        (
            "\n\n[biuld]",
            "3: found 'biuld', expected one of build, completion, format, from, host, label",
        ),
        ("[biuld]", "; did you mean build?"),
        ("[term.fnid]\nlimit = 2", "1: found 'fnid', expected one of add, find, format, label, "),
        (
            "[build]\nfromat = 'x'",
            "2: found 'fromat', expected one of format, from, host, out, owl, store, to, wait; ",
        ),
        ("[build]\nfromat = 'x'", "; did you mean format?"),
        ("[build]\nzzz = 'x'", "2: found 'zzz', expected one of format, from, host, out, owl, s"),
        ("[build]\nnames = ['nq']", "2: found 'names', expected one of"),
        ("[build]\nkey = 'x'", "2: found 'key', expected one of format, from, host, out, owl, s"),
        ("[build]\nhelp = true", "2: found 'help', expected one of"),
        ("build = 3", "1: found build = 3, expected the table [build]"),
        ("[[build]]\nto = 'nq'", "1: found build = [{}], expected the table [build]"),
        ("[term]\nfind = 1", "2: found term.find = 1, expected the table [term.find]"),
        ("[build.to]", "1: found build.to = a table, expected one of nq, ttl, or a list of such"),
        ("build.to.x = 'nq'", '1: found build.to.x = "nq", expected one of nq, ttl, or a list'),
        ("format = 'xml'", '1: found format = "xml", expected one of text, json, html'),
        ("[build]\nformat = 1", "2: found build.format = 1, expected one of text, json"),
        ("[build]\nformat = ['json']", '2: found build.format = ["json"], expected one of'),
        ("[build]\nto = ['nq', 'xml']", '2: found build.to = ["nq", "xml"], expected one of'),
        ("[build]\nowl = 1", "2: found build.owl = 1, expected true or false"),
        ("[build]\nowl = 'yes'", '2: found build.owl = "yes", expected true or false'),
        ("[build]\nout = 3", "2: found build.out = 3, expected a path, without ~"),
        ("[build]\nout = '~/x'", '2: found build.out = "~/x", expected a path, without ~'),
        ('[build]\nout = "a\\u0000"', '2: found build.out = "a\\u0000", expected a path'),
        ("limit = 0", "1: found limit = 0, expected a whole number, at least 1 or a wh"),
        ("[term.find]\nlimit = 10", "2: found term.find.limit = 10, expected a whole number, at "),
        ("[term.find]\nlimit = '5'", '2: found term.find.limit = "5", expected a whole number'),
        ("[term.find]\nlimit = true", "2: found term.find.limit = true, expected a whole number"),
        ("[term.find]\noffset = 1.5", "2: found term.find.offset = 1.5, expected a whole number"),
        (
            "[term.find]\nlabel = 1979-05-27",
            '2: found term.find.label = "1979-05-27", expected a t',
        ),
        ('[term.find]\nlabel = "a\\u0000"', '2: found term.find.label = "a\\u0000", expected a '),
        ("[build]\nfix = true", "2: found build.fix = true, expected it on the command line only"),
        ("fix = false", "1: found fix = false, expected it on the command line only: it rewrites"),
        ("[build]\nout = '/tmp'", '2: found build.out = "/tmp", expected a path in this folder'),
        ("out = 'a/../..'", '1: found out = "a/../..", expected a path in this folder, as the'),
        ("out = 'link/x'", '1: found out = "link/x", expected a path in this folder, as the'),
        (
            "[build]\nfrom = ['a.nq', '/b.nq']",
            '2: found build.from = ["a.nq", "/b.nq"], expected a ',
        ),
        ("store = '/a'", '1: found store = "/a", expected a path in this folder, as the file was'),
        ("store = 'http://a.b/c'", '1: found store = "http://a.b/c", expected a path in this fold'),
        (
            "[build]\nhost = '::'",
            '2: found build.host = "::", expected it in a file of your own: it',
        ),
        ("[build]\nwait = 10", "2: found build.wait = 10, expected a number from 0.5 to 9"),
        ("[build]\nwait = nan", "2: found build.wait = NaN, expected a number from 0.5 to 9"),
        ("[build]\nwait = true", "2: found build.wait = true, expected a number from 0.5 to 9"),
        ("[build]\nwait = '2'", '2: found build.wait = "2", expected a number from 0.5 to 9'),
        ("from = 'link/x'", '1: found from = "link/x", expected a path in this folder, as the'),
        (
            "build.format = '" + "x" * 99 + "'",
            f'1: found build.format = "{"x" * 58}…, expected one',
        ),
        ("build.format = '" + "x" * 58 + "'", f'1: found build.format = "{"x" * 58}", expected'),
    ],
)
def test_what_no_verb_can_take_is_told_in_one_line(here: Path, text: str, complaint: str) -> None:
    (here / "link").symlink_to("/")
    with pytest.raises(ConfigError) as caught:
        meant(here, text)
    line = str(caught.value)
    assert line.startswith("s.toml:")
    assert complaint in line
    assert "\n" not in line
    assert complaint[0] == ";" or line.startswith(f"s.toml:{complaint}")


@pytest.mark.parametrize("out", ["/tmp", "a/../.."])  # noqa: S108 - nothing is written there
def test_a_file_that_the_user_named_may_send_files_elsewhere(here: Path, out: str) -> None:
    found = meant(here, f"out = '{out}'", local=False)
    assert found[("build",), "out"][0] == out


def test_an_option_is_known_by_its_long_name() -> None:
    assert list(options_of(verbs_of(MADE)["term", "find"])) == [
        "limit",
        "format",
        "offset",
        "label",
    ]
    assert expected(click.Option(["--x"], type=int)) == "a whole number"
    assert expected(click.Option(["--x"], type=click.IntRange(max=5))) == (
        "a whole number, at most 5"
    )


def test_settings_are_given_to_click_by_the_names_that_functions_use(tmp_path: Path) -> None:
    found = meant(tmp_path, "[term.find]\nlimit = 5\n[build]\nto = 'nq'\nowl = true")
    assert default_map(found, MADE) == {
        "build": {"names": ["nq"], "owl": True},
        "term": {"find": {"most": 5}},
    }


def test_the_file_of_the_folder_is_stronger_than_that_of_the_user(here: Path) -> None:
    put(here / "studyclaims.toml", "format = 'text'\n[term]\nlimit = 2")
    put(here / "xdg/studyclaims/config.toml", "build.format = 'json'\nbuild.owl = true")
    found = read_choices(MADE, Path(), {"XDG_CONFIG_HOME": f"{here}/xdg"})
    told = {
        " ".join((*words, name)): setting.where for (words, name), (_, setting) in found.items()
    }
    own = f"{here}/xdg/studyclaims/config.toml"
    assert told == {
        "build format": "studyclaims.toml:1",
        "show format": "studyclaims.toml:1",
        "term find format": "studyclaims.toml:1",
        "term find limit": "studyclaims.toml:3",
        "term add limit": "studyclaims.toml:3",
        "build owl": f"{own}:2",
    }


# The verbs there are


EVERY: Final = [
    pytest.param(words, name, id=f"{' '.join(words)} --{name}")
    for words, found in verbs_of(cli).items()
    for name in options_of(found)
]


def a_value(option: click.Option, folder: Path) -> Any:  # noqa: ANN401 - of a file of settings
    """Return a value that an option takes, other than its own."""
    kind = option.type
    if option.is_flag:
        return True
    if isinstance(kind, click.Choice):
        return next(word for word in kind.choices if word != option.default)
    if isinstance(kind, click.types.IntParamType):
        least = kind.min if isinstance(kind, click.IntRange) else None
        return int(max(4, least or 0)) + 1
    if isinstance(kind, click.types.FloatParamType):
        return 4.5
    if isinstance(kind, click.Path):
        return "." if kind.dir_okay and option.name != "files" else str(put(folder / "a.nq", ""))
    assert kind is click.STRING, f"{option.name}: teach verbs/settings.py the kind {kind!r}"
    return "a=b"


@pytest.mark.parametrize(("words", "name"), EVERY)
def test_each_option_can_be_set_by_a_variable_and_by_a_file(
    words: tuple[str, ...], name: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_variables(cli)
    option, variable_ = options_of(verbs_of(cli)[words])[name], variable(words, name)
    value = a_value(option, here)
    kept = [value] if option.multiple else value
    place = {"verb": " ".join(words), "option": name, "variable": variable_}
    if name not in REFUSED:
        text = f"[{'.'.join(words)}]\n{name} = {json.dumps(value)}"
        path, local = put(here / "s.toml", text), name not in OWN
        choices = choices_of(cli, read_settings(path, "s.toml", local=local))
        (row,) = [row for row in effective(cli, choices, {}) if row.origin == "file"]
        assert {key: getattr(row, key) for key in place} == place
        assert (row.value, row.where, row.problem) == (kept, "s.toml:2", "")
    text = "1" if value is True else str(value)
    monkeypatch.setenv(variable_, text)
    (row,) = [row for row in effective(cli, {}, os.environ) if row.origin == "environment"]
    assert {key: getattr(row, key) for key in place} == place
    assert (row.value, row.where, row.problem) == (kept, variable_, "")


def test_no_two_settings_have_one_variable_and_none_has_a_name_that_is_taken() -> None:
    named = [variable(words, name) for words, v in verbs_of(cli).items() for name in options_of(v)]
    assert len(set(named)) == len(named)
    assert not RESERVED & set(named)


def test_the_other_variables_are_those_that_the_program_reads() -> None:
    files = [ROOT / "run", *(SCRIPTS / "studyclaims").rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    read = set(re.findall(r"\bSTUDYCLAIMS_(?:STORE_)?[A-Z]+\b(?!_)", text))
    examples = {"STUDYCLAIMS_COLOUR"}
    assert read - examples == RESERVED


WRITES: Final = {"out", "store"}
"""Options that say where a verb writes."""
READS: Final = {"from", "store"}
"""Options that say what a verb reads."""
SIGNS: Final = {"sign", "signer"}
"""What one signs with; no file may say it."""

FLAGS: Final = {"all", "all-relations", "check", "dry-run", "excel", "owl", "rewrite"}
"""Flags that any file may set: none of them changes a file."""
TEXTS: Final = set(
    "doi find form licence memory ontology page pmid set source title to version why".split()  # noqa: SIM905
)
"""Texts that any file may set: none of them leads anywhere, or lets anybody in."""


def test_each_flag_each_path_and_each_text_was_thought_about() -> None:
    """A file found in a folder must not make a verb overwrite a record, or write elsewhere."""
    options = [pair for found in verbs_of(cli).values() for pair in options_of(found).items()]
    flags = {name for name, option in options if option.is_flag}
    paths = {name for name, option in options if isinstance(option.type, click.Path)}
    assert flags - FLAGS | SIGNS == set(REFUSED)
    texts = {name for name, o in options if o.type is click.STRING and not o.is_flag}
    assert (paths | texts) - TEXTS == WRITES | READS | SIGNS | set(OWN)
    assert set(PLACES) == WRITES | READS


def test_the_verbs_that_settings_for_every_verb_leave_alone_are_there() -> None:
    assert set(verbs_of(cli)) >= APART


# The command line


def ends(*words: str, **environ: str) -> tuple[int, str, str]:
    """Return how a command line ends: status, standard output, standard error."""
    done = CliRunner().invoke(cli, words, env=environ, standalone_mode=False)
    error = done.exception
    if error is None or isinstance(error, SystemExit):
        return done.exit_code, done.stdout, done.stderr
    assert isinstance(error, Exception)
    message, status = _explained(error)
    return status, done.stdout, f"{done.stderr}{message}\n"


def test_a_flag_is_stronger_than_a_variable_and_a_variable_than_a_file(here: Path) -> None:
    put(here / "studyclaims.toml", "[completion]\nformat = 'json'")
    starts = {"json": "{\n ", "jsonl": '{"s', "text": "_st"}
    variable_ = {"STUDYCLAIMS_COMPLETION_FORMAT": "jsonl"}
    assert ends("completion", "bash")[1].startswith(starts["json"])
    assert ends("completion", "bash", **variable_)[1].startswith(starts["jsonl"])
    assert ends("completion", "bash", "--format", "text", **variable_)[1].startswith(starts["text"])
    named = {VARIABLE: os.devnull}
    assert ends("completion", "bash", **named)[1].startswith(starts["text"])


def test_a_wrong_setting_ends_every_verb_with_2_but_not_its_help(here: Path) -> None:
    put(here / "pyproject.toml", "[tool.studyclaims.qery]")
    status, out, err = ends("doctor")
    assert (status, out) == (2, "")
    assert err.startswith("pyproject.toml:1: found 'qery', expected one of ")
    assert err.endswith("; did you mean query?\n")
    for words in (["doctor", "--help"], ["term", "find", "-h"], ["--help"], ["--version"]):
        assert ends(*words)[::2] == (0, "")


def test_help_shows_what_is_in_force(here: Path) -> None:
    put(here / "studyclaims.toml", "[term]\nlimit = 77")
    assert "[default: 77;" in ends("term", "find", "--help")[1]


@pytest.mark.parametrize(
    ("text", "environ", "said"),
    [
        ("", {"STUDYCLAIMS_TERM_FIND_LIMIT": "0"}, "--limit is from STUDYCLAIMS_TERM_FIND_LIMIT"),
        ("[query]\nfrom = 'none.nq'", {}, "--from is from studyclaims.toml:2"),
        ("[validate]\nowl = true", {}, "--owl is from studyclaims.toml:2"),
    ],
)
def test_a_wrong_option_that_nobody_typed_says_where_it_is_from(
    here: Path, text: str, environ: dict[str, str], said: str
) -> None:
    put(here / "studyclaims.toml", text)
    put(here / "a.nq", "")
    lines = {"term find": ["x"], "query": ["ASK {}"], "validate": ["a.nq"]}
    name = next(name for name in lines if said.split()[0][2:] in options_of(_leaf(name)))
    status, _, err = ends(*name.split(), *lines[name], **environ)
    assert status == 2
    assert err.endswith(f"--help says more; {said})\n")
    assert err.count("\n") == 1


def _leaf(name: str) -> click.Command:
    return verbs_of(cli)[tuple(name.split())]


def test_a_wrong_option_that_was_typed_blames_no_other(here: Path) -> None:
    put(here / "studyclaims.toml", "format = 'json'")
    assert "studyclaims.toml" not in ends("term", "find", "x", "--limit", "0")[2]


SET: Final = 'format = "json"\n[term.find]\nlimit = 5\n[build]\nto = ["nq"]\nout = "a é"\n'


def test_config_prints_what_is_set_and_where(here: Path) -> None:
    put(here / "studyclaims.toml", f"{SET}[config]\nformat = 'text'")
    environ = {"STUDYCLAIMS_NEW_TITLE": 'a "b"', "STUDYCLAIMS_LINT_FIX": "yes"}
    status, out, err = ends("config", **environ)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert 'build.out = "a é"  # studyclaims.toml:6' in lines
    assert 'build.to = ["nq"]  # studyclaims.toml:5' in lines
    assert "term.find.limit = 5  # studyclaims.toml:3" in lines
    assert 'new.title = "a \\"b\\""  # STUDYCLAIMS_NEW_TITLE' in lines
    assert "lint.fix = true  # STUDYCLAIMS_LINT_FIX" in lines
    assert not [line for line in lines if "default" in line or line.startswith("completion")]
    every = ends("config", "--all")[1].splitlines()
    assert "# build.out is not set  # default; STUDYCLAIMS_BUILD_OUT" not in every
    assert "# new.title is not set  # default; STUDYCLAIMS_NEW_TITLE" in every
    assert "# show.from is not set  # default; STUDYCLAIMS_SHOW_FROM" in every
    assert "lint.fix = false  # default; STUDYCLAIMS_LINT_FIX" in every
    assert len(every) == len(EVERY)


def test_what_config_prints_is_a_file_of_settings_that_says_the_same(here: Path) -> None:
    put(here / "studyclaims.toml", f"{SET}[config]\nformat = 'text'")
    first = ends("config")[1]
    put(here / "studyclaims.toml", first)
    again = ends("config")[1]
    assert [line.split("  #")[0] for line in again.splitlines()] == [
        line.split("  #")[0] for line in first.splitlines()
    ]


def test_config_as_json_says_the_same(here: Path) -> None:
    put(here / "studyclaims.toml", SET)
    data = json.loads(ends("config")[1])
    assert data["files"] == ["studyclaims.toml"]
    assert data["problems"] == []
    limit = {"verb": "term find", "option": "limit", "value": 5, "origin": "file"}
    limit |= {"where": "studyclaims.toml:3", "variable": "STUDYCLAIMS_TERM_FIND_LIMIT"}
    assert limit in data["settings"]
    lines = ends("config", "--format", "jsonl")[1].splitlines()
    assert [json.loads(line) for line in lines] == data["settings"]
    assert ends("config", **{VARIABLE: os.devnull})[1] == ""


def test_config_tells_what_will_be_refused(here: Path) -> None:
    put(here / "studyclaims.toml", "[query]\nfrom = ['none.nq']")
    environ = {"STUDYCLAIMS_TERM_FIND_LIMIT": "x", "STUDYCLAIMS_QUERY_FROMAT": "csv"}
    status, out, err = ends("config", **environ)
    assert status == 1
    assert 'query.from = ["none.nq"]  # studyclaims.toml:2\n' in out
    problems = [
        'studyclaims.toml:2: found ["none.nq"], expected a path that is there, without ~, or a '
        "list of such",
        'STUDYCLAIMS_TERM_FIND_LIMIT: found "x", expected a whole number, at least 1',
        "STUDYCLAIMS_QUERY_FROMAT: no setting has this variable; did you mean "
        "STUDYCLAIMS_QUERY_FORMAT?",
    ]
    assert err.splitlines() == problems
    assert json.loads(ends("config", "--format", "json", **environ)[1])["problems"] == problems


def test_variables_of_others_are_let_be() -> None:
    found = dict.fromkeys([*RESERVED, "STUDYCLAIM_X", "_STUDYCLAIMS_COMPLETE", "PATH"], "x")
    assert unknown_variables(cli, found) == []
    assert unknown_variables(MADE, {"STUDYCLAIMS_ZZZZZZZZZZZZZZZZZZZZ": ""}) == [
        "STUDYCLAIMS_ZZZZZZZZZZZZZZZZZZZZ: no setting has this variable"
    ]


IMPORTED: Final = """
import sys
from studyclaims.cli import main
try:
    main()
except SystemExit as end:
    print(end.code, *(name for name in ("tomllib", "studyclaims.config") if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("words", "file", "last"),
    [
        ("--version", "studyclaims.toml", "0"),
        ("--help", "studyclaims.toml", "0"),
        ("config", "other.toml", "0 studyclaims.config"),
        ("config", "studyclaims.toml", "0 tomllib studyclaims.config"),
    ],
)
def test_no_time_is_spent_on_settings_that_are_not_there(
    here: Path, words: str, file: str, last: str
) -> None:
    put(here / file, "")
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, words],
        env=environment(),
        cwd=here,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == last


def test_what_says_who_one_is_to_a_store_is_no_setting() -> None:
    assert set(VARIABLES) <= RESERVED
