"""Reading the named questions: their headers, their names, their order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

import studyclaims.questions
from samples import quads
from studyclaims.errors import QueryError
from studyclaims.formats import serialize
from studyclaims.paths import queries_dir
from studyclaims.questions import is_name, question, questions, read_question
from studyclaims.verbs.graphs import query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER: Final = ("#+ summary: What?", "#+ description: It asks.", "#+ tags: one, two")
TEXT: Final = "ASK { ?s ?p ?o }"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "ask-this.rq"
    path.write_text("\n".join((*lines, TEXT)), encoding="utf-8")
    return path


def test_the_header_says_what_a_question_is(tmp_path: Path) -> None:
    found = read_question(written(tmp_path, *HEADER))
    assert (found.name, found.summary, found.description) == ("ask-this", "What?", "It asks.")
    assert found.tags == ("one", "two")
    assert found.text.endswith(TEXT)


@pytest.mark.parametrize("key", ["summary", "description", "tags"])
def test_a_header_that_lacks_a_key_is_refused(tmp_path: Path, key: str) -> None:
    path = written(tmp_path, *(line for line in HEADER if f" {key}:" not in line))
    with pytest.raises(QueryError, match=f"ask-this.rq:1:1: the header lacks #\\+ {key}"):
        read_question(path)


@pytest.mark.parametrize(
    "line", ["# summary: no plus", "#+ summary:", "#+summary: x", "summary: x"]
)
def test_a_line_in_another_form_is_no_header(tmp_path: Path, line: str) -> None:
    with pytest.raises(QueryError, match="lacks #\\+ summary"):
        read_question(written(tmp_path, line, *HEADER[1:]))


def test_a_number_is_read_where_there_is_one(tmp_path: Path) -> None:
    assert read_question(written(tmp_path, *HEADER)).number is None
    assert read_question(written(tmp_path, "#+ number: 12", *HEADER)).number == 12


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "one", "12345", "1 2"])
def test_what_is_no_number_is_refused(tmp_path: Path, number: str) -> None:
    path = written(tmp_path, f"#+ number: {number}", *HEADER)
    with pytest.raises(QueryError, match=f"found #\\+ number: {number}; expected a whole number"):
        read_question(path)


@pytest.mark.parametrize("word", ["list-causes", "a-1", "a1-b2-c3"])
def test_words_joined_by_hyphens_are_a_name(word: str) -> None:
    assert is_name(word)


OTHER: Final = "|causes|-a|a-|a--b|List-causes|1-a|a-b c|a-b\n|\na-b|../a-b|a-b.rq|a-é|a-b/c-d"


@pytest.mark.parametrize("word", OTHER.split("|"))
def test_other_words_are_no_name(word: str) -> None:
    assert not is_name(word)


def test_a_path_to_a_question_is_no_name_of_one() -> None:
    name = f"../{queries_dir().name}/list-causes"
    assert (queries_dir() / f"{name}.rq").is_file()
    with pytest.raises(QueryError, match="no query is called"):
        question(name)


def test_the_nearest_name_is_told_of_what_is_no_question() -> None:
    with pytest.raises(QueryError, match=r"; did you mean find-disputes\?$"):
        question("find-disputs")
    with pytest.raises(QueryError) as raised:
        question("xx-yy")
    assert "did you mean" not in str(raised.value)


def test_questions_come_sorted_by_name() -> None:
    names = [found.name for found in questions()]
    assert names == sorted(path.stem for path in queries_dir().glob("*.rq"))
    assert all(question(name).name == name for name in names)


LISTED: Final = {
    "ask-claims": "#+ number: 2|ASK { ?it a sc:Claim }",
    "ask-later": "SELECT ?it { ?it a sc:Study }",
    "ask-nothing": "#+ number: 1|SELECT ?it { ?it a sc:NoSuchClass }",
    "ask-words": "#+ number: 3|SELECT ?cue {|    VALUES ?stance { sc:supports }|"
    "    ?it sc:stance ?stance ; sc:cue ?cue }",
    "not-so": "ASK { ?it a sc:NoSuchClass }",
    "tell-studies": "CONSTRUCT { ?it a sc:Study } WHERE { ?it a sc:Study }",
}
"""Questions of each kind by name: lines of the header and the text, a bar between them."""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return what `query` prints without a question, where these are the questions."""
    (tmp_path / "small.nq").write_bytes(serialize(quads(), "nq", {}))
    for name, lines in LISTED.items():
        path = tmp_path / f"{name}.rq"
        path.write_text("\n".join([*HEADER, *lines.split("|")]), encoding="utf-8")
    monkeypatch.setattr(studyclaims.questions, "queries_dir", lambda: tmp_path)

    def run(*words: str) -> str:
        done = CliRunner().invoke(query, ["--from", str(tmp_path / "small.nq"), *words])
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_questions_with_rows_are_listed_first_by_number(asked: Callable[..., str]) -> None:
    rows = json.loads(asked("--format", "json"))["queries"]
    assert [(row["name"], row.get("number"), row["rows"]) for row in rows] == [
        ("ask-claims", 2, 1),
        ("ask-words", 3, 4),
        ("ask-later", None, 1),
        ("tell-studies", None, 1),
        ("ask-nothing", 1, 0),
        ("not-so", None, 0),
    ]
    assert rows[1]["parameters"] == {"stance": "sc:supports"}
    assert rows[2] == {"name": "ask-later", "summary": "What?", "tags": ["one", "two"], "rows": 1}


def test_the_list_is_one_line_a_question(asked: Callable[..., str]) -> None:
    lines = asked().splitlines()
    assert lines[1] == "ask-words         4  What?"
    assert lines[4] == "ask-nothing       0  What?"
    assert len(lines) == len(LISTED)
    assert asked("--format", "table") == asked()
    assert len(asked("--format", "jsonl").splitlines()) == 1
