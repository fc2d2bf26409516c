"""Completion: what a shell is offered, the scripts it reads, and a bash that uses one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from click.shell_completion import BashComplete, shell_complete
from click.testing import CliRunner

from commands import SCRIPTS, environment
from studyclaims.cli import cli
from studyclaims.paths import queries_dir, studies_dir
from studyclaims.verbs.settings import verbs_of
from studyclaims.verbs.setup import SHELLS

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE: Final = "_STUDYCLAIMS_COMPLETE"
KEYS: Final = sorted(path.stem for path in studies_dir().glob("*.yaml"))
QUERIES: Final = sorted(path.stem for path in queries_dir().glob("*.rq"))
AUSK: Final = [key for key in KEYS if key.startswith("ausk")]


def offered(line: str) -> list[str]:
    """Return what is offered at the end of a line; ``<file>`` where the shell lists files."""
    *words, last = line.split(" ")
    items = BashComplete(cli, {}, "studyclaims", VARIABLE).get_completions(words, last)
    return [item.value if item.type == "plain" else f"<{item.type}>" for item in items]


def test_there_is_more_than_one_of_what_is_looked_for() -> None:
    assert len(AUSK) > 1
    assert len(KEYS) > len(AUSK)


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("valid", ["validate"]),
        ("term ", ["add", "find"]),
        ("term f", ["find"]),
        ("--v", ["--version"]),
        ("stats --", ["--format", "--help"]),
        ("stats --format ", ["text", "json", "jsonl"]),
        ("stats --format=js", ["json", "jsonl"]),
        ("validate --format s", ["sarif"]),
        ("build --to n", ["nq", "nt"]),
        ("query --from ", ["<file>"]),
        ("build --out ", ["<file>"]),
        ("new --out ", ["<dir>"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("validate ", KEYS),
        ("validate ausk", AUSK),
        ("validate --owl ausk-2017 ausk-201", AUSK),
        ("validate ./gr", ["<file>"]),
        ("build ausk-2", AUSK),
        ("lint --fix ausk-2017", ["ausk-2017"]),
        ("lint zzz", ["<file>"]),
        ("cite ausk-2017", ["ausk-2017"]),
        ("cite ausk-2017 ", ["news", "paper"]),
        ("cite ausk-2017 n", ["news"]),
        ("cite no-such-key ", []),
        ("query list-ca", ["list-causes"]),
        ("query ", QUERIES),
        ("query x.rq", ["<file>"]),
        ("show ausk-2017", ["ausk-2017"]),
        ("show ausk-2017/title-i", ["ausk-2017/title-inflammation"]),
        ("show no-such-key/", []),
        ("show x", []),
    ],
)
def test_a_line_is_completed(line: str, values: list[str]) -> None:
    assert offered(line) == values


def test_every_verb_is_offered_with_what_it_does(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert offered("") == sorted(cli.commands)
    monkeypatch.setenv("COMP_WORDS", "studyclaims sta")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert shell_complete(cli, {}, "studyclaims", VARIABLE, "zsh_complete") == 0
    kind, name, said = capsysbinary.readouterr().out.decode().splitlines()
    assert (kind, name) == ("plain", "stats")
    assert said.startswith("Count what")


def test_a_query_is_offered_with_its_summary() -> None:
    (item,) = BashComplete(cli, {}, "studyclaims", VARIABLE).get_completions(["query"], "list-ca")
    assert str(item.help).startswith("Which causes")


def test_each_claim_of_a_record_is_offered() -> None:
    text = (studies_dir() / "ausk-2017.yaml").read_text(encoding="utf-8")
    assert len(offered("show ausk-2017/")) == text.count("stance: ") > 20


def keyed() -> list[str]:
    """Return the verbs whose first argument is the key of a record that is there."""
    first = {
        words: next(
            (p.human_readable_name for p in verb.params if p.param_type_name != "option"), ""
        )
        for words, verb in verbs_of(cli).items()
    }
    found = [" ".join(words) for words, said in first.items() if re.search("KEY|STUDY", said)]
    return sorted(set(found) - {"new"})


@pytest.mark.parametrize("verb", keyed())
def test_a_verb_that_takes_a_key_completes_it(verb: str) -> None:
    assert offered(f"{verb} ausk-2017") == ["ausk-2017"]


def test_a_wrong_file_of_settings_is_no_matter_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "studyclaims.toml").write_text("[")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STUDYCLAIMS_CONFIG", raising=False)
    assert offered("validate ausk-2017") == ["ausk-2017"]


def script(shell: str) -> str:
    return CliRunner().invoke(cli, ["completion", shell], catch_exceptions=False).stdout


@pytest.mark.parametrize("shell", SHELLS.choices)
def test_the_script_of_a_shell_asks_the_variable_that_click_reads(shell: str) -> None:
    text = script(shell)
    assert f"{VARIABLE}={shell}_complete" in text
    assert "studyclaims" in text
    assert text.endswith("\n")
    done = CliRunner().invoke(cli, ["completion", shell, "--format", "json"])
    assert json.loads(done.stdout) == {"shell": shell, "script": text}


def test_another_shell_is_refused() -> None:
    done = CliRunner().invoke(cli, ["completion", "tcsh"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in done.stderr


def test_no_shell_is_started_to_print_its_script(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "run", fail)
    monkeypatch.setattr(subprocess, "Popen", fail)
    assert script("bash")


ASKED: Final = """
source "$1"
complete -p studyclaims
ask() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _studyclaims_completion studyclaims
    printf '%s\\n' "${COMPREPLY[*]}"
}
ask studyclaims term f
ask studyclaims show ausk-2017/title-i
ask studyclaims query --format j
"""
TOLD: Final = """\
complete -o nosort -F _studyclaims_completion studyclaims
find
ausk-2017/title-inflammation
json jsonl
"""
HEAVY: Final = ("rdflib", "pyoxigraph", "pyshacl", "pydantic", "yaml", "tomllib")
PROGRAM: Final = f"""\
#!{sys.executable}
import sys
sys.path.insert(0, {str(SCRIPTS)!r})
from studyclaims.cli import main
try:
    main()
finally:
    loaded = [name for name in {HEAVY} if name in sys.modules]
    if loaded:
        sys.exit("loaded: " + " ".join(loaded))
"""


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not here")
def test_a_bash_completes_with_the_script_and_waits_for_nothing_heavy(tmp_path: Path) -> None:
    program = tmp_path / "studyclaims"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "script").write_text(script("bash"), encoding="utf-8")
    (tmp_path / "ask").write_text(ASKED, encoding="utf-8")
    done = subprocess.run(
        ["bash", "--norc", str(tmp_path / "ask"), str(tmp_path / "script")],  # noqa: S607 - ours
        env=environment(PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (TOLD, "")
