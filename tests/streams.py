"""Command lines whose standard streams are closed, full or left by their reader.

Run as a program it answers for many lines: imports are made and the packaged graph is loaded once,
and each line runs in a process of its own. Nothing that is measured here depends on the loading.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from functools import cache
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn

from commands import ROOT, SCRIPTS, End, environment

if TYPE_CHECKING:
    from collections.abc import Iterable

PLAIN: Final = "plain"
STATES: Final = ("full", "left", "no stdout", "no stderr", "no stdin")
"""What may be wrong with a stream when a verb starts."""

TERMINAL: Final = {"TERM": "xterm-256color", "COLUMNS": "20", "COLORTERM": "truecolor"}


def run_all(lines: Iterable[tuple[tuple[str, ...], str]], folder: str, **more: str) -> list[End]:
    """Return how each of (words, state of the streams) ends."""
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(list(lines)),
        capture_output=True,
        env=environment(PYTHONPATH=os.pathsep.join([str(SCRIPTS), str(ROOT / "tests")]))
        | {"STUDYCLAIMS_CACHE": folder}
        | TERMINAL
        | more,
        cwd=ROOT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [tuple(end) for end in json.loads(done.stdout)]


def answer() -> None:
    """Read the lines on standard input and print how each ended."""
    import rdflib  # noqa: F401 - imported once, for all lines

    import studyclaims.answers
    import studyclaims.graph
    import studyclaims.shapes
    import studyclaims.validation
    from samples import quads

    load: Any = cache(studyclaims.graph.load)
    studyclaims.graph.load = load
    load()
    lines = json.load(sys.stdin)
    if any(words[0] in {"build", "validate"} for words, _ in lines):
        # The shapes are read, and their queries prepared, once for all lines.
        studyclaims.shapes.validate_quads(quads())
    gc.freeze()
    print(json.dumps([_ended(words, state) for words, state in lines]))  # noqa: T201


def _ended(words: list[str], state: str) -> End:
    """Return how one line ends in a process of its own."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _run(words, state, out, err)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8"))
    return status, texts[0], texts[1]


def _run(words: list[str], state: str, out: IO[bytes], err: IO[bytes]) -> NoReturn:
    """Run one line with its streams in a state, and end the process."""
    from studyclaims.cli import main

    status: Any = 1
    try:
        _stand(state, out, err)
        sys.argv = ["studyclaims", *words]
        main()
    except SystemExit as end:
        status = end.code
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    try:
        sys.stdout.flush()
    except OSError:
        os.write(2, b"Exception ignored")
        status = 120
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(status)


def _stand(state: str, out: IO[bytes], err: IO[bytes]) -> None:
    """Put the standard streams of this process in a state, as a shell would before it starts."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(err.fileno(), 2)
    if state == "full stderr":
        os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
    if state == "full":
        os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
    elif state == "left":
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)
    else:
        os.dup2(out.fileno(), 1)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if state == f"no {name}":
            os.close(number)
            setattr(sys, name, None)


if __name__ == "__main__":
    answer()
