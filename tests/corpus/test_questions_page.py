"""The page of the questions: its table is made of their files and of their answers.

``python tests/corpus/test_questions_page.py`` writes the table anew.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from studyclaims.paths import queries_dir
from studyclaims.questions import Question, questions

PAGE: Final = Path(__file__).parents[2] / "docs" / "questions.md"
START: Final = "<!-- table -->\n"
END: Final = "<!-- end of table -->\n"


def table() -> str:
    """Return the table: the numbered questions in their order, then the others by name."""
    lines = ["| no. | name | asks | parameters | rows |", "|---|---|---|---|---|"]
    for question in sorted(questions(), key=lambda q: (q.number or 1000, q.name)):
        name = f"[{question.name}](../graph/queries/{question.name}.rq)"
        set_by = ", ".join(f"`{n}={v}`" for n, v in question.parameters.items())
        cells = (question.number or "", name, question.summary, set_by, rows(question))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def rows(question: Question) -> int:
    """Return how many rows the answer has that is checked in."""
    path = queries_dir() / "answers" / f"{question.name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def page(text: str) -> str:
    """Return the page with the table of today."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


def test_the_table_is_of_today() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(START) == text.count(END) == 1
    assert page(text) == text, "write it: python tests/corpus/test_questions_page.py"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
