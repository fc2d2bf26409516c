"""The part of docs/commands.md that click knows: how each verb is called, and its options.

After a change of a verb: ``PYTHONPATH=scripts .venv/bin/python tests/command_tables.py``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from studyclaims.cli import cli
from studyclaims.verbs.settings import options_of, verbs_of

if TYPE_CHECKING:
    from studyclaims.verbs.settings import Words

PAGE: Final = Path(__file__).parents[1] / "docs" / "commands.md"
HEADING: Final = re.compile(r"^## (?P<title>.+)\n\n", re.MULTILINE)
TABLE: Final = re.compile(r"`studyclaims [^\n]*`\n\n\| option \|[^\n]*\n(?:\|[^\n]*\n)+")


def table(words: Words) -> str:
    """Return how a verb is called, and a table of its options."""
    verb, name = verbs_of(cli)[words], " ".join(words)
    context = click.Context(verb, info_name=f"studyclaims {name}")
    called = " ".join([f"studyclaims {name}", *verb.collect_usage_pieces(context)])
    rows = [("option", "does"), ("---", "---")]
    for option in options_of(verb).values():
        called_so, does = option.get_help_record(context) or ("", "")
        rows.append((f"`{called_so}`", does))
    cells = [[" ".join(cell.split()).replace("|", r"\|") for cell in row] for row in rows]
    lines = [f"| {' | '.join(row)} |".replace("| --- | --- |", "|---|---|") for row in cells]
    return f"`{called}`\n\n" + "".join(f"{line}\n" for line in lines)


def sections(text: str) -> dict[str, str]:
    """Return what stands under each heading of the second rank, by the heading."""
    parts = HEADING.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def refreshed(text: str) -> str:
    """Return the page with the table of each verb as the verb is now; a new verb gets a section."""
    for words in verbs_of(cli):
        title = f"## {' '.join(words)}\n\n"
        before, found, after = text.partition(title)
        if not found:
            text = f"{text.rstrip()}\n\n{title}{table(words)}"
            continue
        section, *rest = re.split(r"(?=^## )", after, maxsplit=1, flags=re.MULTILINE)
        old = TABLE.match(section)
        section = table(words) + (section[old.end() :] if old else f"\n{section}")
        text = "".join([before, title, section, *rest])
    return text


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
