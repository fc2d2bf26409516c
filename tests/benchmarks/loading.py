"""How long a load takes beside the bare store, over the same N-Quads.

The peer is ``Store(path).bulk_load(path=...)`` of pyoxigraph, and nothing else. A load writes each
triple once more into the default graph, so that a second peer loads just what a load stores; it
then reads everything back and compares hashes before it puts the generation up. What each of these
steps costs stands beside the whole. Reading and sorting the N-Quads comes before, and is counted
apart; ``from the file`` is the processor's time of all of it beside the first peer.

A load writes and reads on several cores, so that the clock tells what its user waits for, and the
processor's time what it costs; ``limit`` is for the clock, beside the first peer.

The peers and the load take turns, so that what else the machine does meets all of them.

    ./run bench loading
    ./run bench loading --claims 4000 --rounds 5
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from pyoxigraph import RdfFormat, Store, parse, serialize

from benchmarks.synthetic import quads
from studyclaims.stores import generations
from studyclaims.stores.generations import loading_into
from studyclaims.stores.hashes import Dataset, dataset_of
from studyclaims.stores.loading import load
from studyclaims.stores.sharing import cores

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT: Final = 1.3
"""How many times as long as the bare store a load may take, by the clock."""


def timed(run: Callable[[], Any]) -> dict[str, float]:
    """Return the seconds that something takes, of the clock and of the processor."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    run()
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu}


def bare(file: Path, folder: Path) -> None:
    """Load the file as pyoxigraph does."""
    store = Store(str(folder))
    store.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
    store.flush()


def ours(dataset: Dataset, folder: Path) -> None:
    """Load the dataset as `studyclaims load` does."""
    with loading_into(folder) as place:
        load(dataset, place)


def as_stored(dataset: Dataset) -> bytes:
    """Return the N-Quads that a load of the dataset stores: its graphs, and their merge."""
    named = [text.replace(b" .\n", b" <%b> .\n" % g.encode()) for g, text in dataset.graphs.items()]
    lines = (line for text in dataset.graphs.values() for line in text.splitlines(keepends=True))
    return b"".join([*named, *dict.fromkeys(lines)])


def steps(dataset: Dataset, folder: Path) -> dict[str, float]:
    """Return the processor's seconds of the steps of a load."""
    found: dict[str, float] = {}

    def watched(name: str) -> Callable[..., Any]:
        real = getattr(generations, name)

        def run(*words: Any) -> None:  # noqa: ANN401 - those of the step
            found[name.strip("_")] = timed(lambda: real(*words))["cpu"]

        return run

    named = ("_write", "_require_whole", "_put_up")
    patches = [patch.object(generations, name, watched(name)) for name in named]
    for item in patches:
        item.start()
    try:
        ours(dataset, folder)
    finally:
        for item in patches:
            item.stop()
    return found


def measure(claims: int, rounds: int) -> dict[str, Any]:
    """Return the medians of several rounds, in each of which both load the same."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        file = home / "all.nq"
        with file.open("wb") as out:
            for study in quads(claims, 1):
                out.write(serialize(study, format=RdfFormat.N_QUADS) or b"")
        held: list[Dataset] = []
        read = timed(
            lambda: held.append(dataset_of(parse(path=str(file), format=RdfFormat.N_QUADS)))
        )
        digests = timed(lambda: held[0].digests)
        stored = home / "stored.nq"
        stored.write_bytes(as_stored(held[0]))
        of = {
            "bare": lambda folder: bare(file, folder),
            "bare, what is stored": lambda folder: bare(stored, folder),
            "load": lambda folder: ours(held[0], folder),
        }
        runs: dict[str, list[dict[str, float]]] = {who: [] for who in of}
        for number in range(rounds):
            for who, run in of.items():
                folder = home / f"{who}-{number}"
                runs[who].append(timed(lambda run=run, folder=folder: run(folder)))  # type: ignore[misc]
        middle = {
            kind: {who: median(run[kind] for run in found) for who, found in runs.items()}
            for kind in ("wall", "cpu")
        }
        again = timed(lambda: ours(held[0], home / "load-0"))
        return {
            "claims": claims,
            "quads": held[0].triples,
            "quads stored": stored.read_bytes().count(b"\n"),
            "rounds": rounds,
            "cores": cores(),
            "limit": LIMIT,
            "ratio": {
                peer: {kind: found["load"] / found[peer] for kind, found in middle.items()}
                for peer in ("bare", "bare, what is stored")
            },
            "from the file": (read["cpu"] + digests["cpu"] + middle["cpu"]["load"])
            / middle["cpu"]["bare"],
            "seconds": middle,
            "steps": steps(held[0], home / "steps"),
            "before": {"read": read["cpu"], "hashes": digests["cpu"]},
            "loading the same again": again,
        }


def rounded(data: Any) -> Any:  # noqa: ANN401 - plain values
    """Return the data with three digits behind the point."""
    if isinstance(data, dict):
        return {key: rounded(value) for key, value in data.items()}
    return round(data, 3) if isinstance(data, float) else data


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--claims", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    found = rounded(measure(asked.claims, asked.rounds))
    print(json.dumps(found, indent=2))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
