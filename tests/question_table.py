"""Write the table of docs/questions.md: ``PYTHONPATH=scripts python tests/question_table.py``."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from studyclaims.paths import queries_dir
from studyclaims.questions import Question, questions

PAGE: Final = Path(__file__).parents[1] / "docs" / "questions.md"
START: Final = "<!-- table -->\n"
END: Final = "<!-- end of table -->\n"


def table() -> str:
    """Return the table: the numbered questions in their order, then the others by name."""
    lines = ["| no. | name | asks | parameters | rows |", "|---|---|---|---|---|"]
    for question in sorted(questions(), key=lambda q: (q.number or 99, q.name)):
        parameters = ", ".join(f"`{n}={v}`" for n, v in question.parameters.items())
        link = f"[{question.name}](../graph/queries/{question.name}.rq)"
        cells = (str(question.number or ""), link, question.summary, parameters)
        lines.append(f"| {' | '.join((*cells, str(rows(question))))} |")
    return "\n".join(lines) + "\n"


def rows(question: Question) -> int:
    """Return how many rows the answer has that is checked in."""
    path = queries_dir() / "answers" / f"{question.name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return len(list(csv.reader(lines))) - 1


def page(text: str) -> str:
    """Return the page with the table of today."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
