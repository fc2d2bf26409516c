"""The page of what was tested: each kind of store tried on the whole dataset, one row a store.

Where every store can be started: ``PYTHONPATH=scripts .venv/bin/python tests/servers/table.py
--write`` puts the page in order; without ``--write`` it is printed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import servers
from servers.trials import COLUMNS, Subject
from studyclaims.stores.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "stores" / "tested.md"
DISK: Final = "disk"
ROWS: Final = (DISK, *servers.KINDS)

HEAD: Final = """\
# What was tested, on which stores

A test run made this page: `./run test -m slow tests/servers/test_table.py` tries each store on the
whole dataset and compares what comes of it with what stands here;
`PYTHONPATH=scripts .venv/bin/python tests/servers/table.py --write` writes it anew.

"""
NOTES: Final = """
What is tried, each time beside a graph of somebody else that must stay as it is:

- **load**: all graphs, into a store without them; another client than ours counts their triples.
- **load twice**: nothing is to do the second time.
- **replace**: one study says less and more, then again what it said; no other graph is touched.
- **delete**: a study that the dataset has no more is gone, also from the merged graph.
- **named questions as embedded**: the rows of each, their terms with types and numbers by value,
  are those of the store in memory that `studyclaims` brings.
- **truncated result**: an answer that ends early, at each of three places, is an error.
- **wrong password**: what `load` says. The password is not in it, and the store is as before.
- **old graph after a cut upload**: `load` ends in an error, and the store holds what it held.
- **numbers**: what comes back of numbers, truths, dates, durations and texts with numbers in them.
  The hash of a load is taken over values, so a number that is written otherwise is the same.

Virtuoso 7 orders longer texts that begin alike by something else than their letters: its rows are
the same, in another order.
"""


def version_of(kind: str) -> str:
    """Return the name and version of a kind of store, as the page has it."""
    if kind == DISK:
        return f"embedded, on disk: pyoxigraph {version('pyoxigraph')}"
    return f"{PROFILES[kind].title} {servers.MODULES[kind].VERSION}"


def cells(kind: str) -> dict[str, str]:
    """Return what each trial of a kind of store gave, in the order of the columns."""
    found = {}
    with subject(kind) as tried:
        for name, trial in COLUMNS.items():
            start = time.monotonic()
            try:
                found[name] = trial(tried)
            # Whatever goes wrong stands in the cell.
            except Exception as error:
                found[name] = (
                    f"**no**: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
                )
            seconds = time.monotonic() - start
            print(f"{kind}: {name}: {found[name]} ({seconds:.1f} s)", file=sys.stderr)  # noqa: T201
    return found


@contextmanager
def subject(kind: str) -> Iterator[Subject]:
    """Give an empty store of a kind."""
    if kind == DISK:
        with tempfile.TemporaryDirectory() as folder:
            yield Subject(f"{folder}/store")
        return
    with servers.running(kind) as server:
        yield Subject(server.url, server)


def row(kind: str, found: dict[str, str]) -> str:
    """Return the line of a store."""
    return line(version_of(kind), *found.values())


def line(*texts: str) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(text.replace('|', '/') for text in texts)} |\n"


def page(rows: list[str]) -> str:
    """Return the page of these rows."""
    head = line("store", *COLUMNS) + f"|{'---|' * (len(COLUMNS) + 1)}\n"
    return HEAD + head + "".join(rows) + NOTES


def main(*words: str) -> None:
    """Try every store that can be started; write the page, or print it."""
    rows = []
    for kind in ROWS:
        missing = "" if kind == DISK else servers.missing(kind)
        found = dict.fromkeys(COLUMNS, f"not run: {missing}") if missing else cells(kind)
        rows.append(row(kind, found))
    text = page(rows)
    if "--write" in words:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
