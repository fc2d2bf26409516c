"""How the time of each named question grows with the number of claims.

Every question is asked at two sizes. The store holds the vocabulary, the terms, the flagship and
synthetic studies, so that it has just so many claims. A question whose time grows more than the
corpus by a fifth is reported; so is one without rows, for then the synthetic studies do not put it
to the test.

A question asked again and again finds a small store in the processor's nearest cache and a large
one not, so that even reading every claim once, the yardstick, would take seventeen times as long
for ten times the claims. Somebody asks a question once: each time is that of one asking, after
other work has filled the nearest caches (decision 0013). With ``--beside-yardstick`` the growth of
the yardstick is what the others are judged by.

    ./run bench growth
    ./run bench growth --engine rdflib --format json
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import chain, islice
from statistics import median
from typing import TYPE_CHECKING, Final, TextIO

from benchmarks.synthetic import BUILT_WITH, quads
from studyclaims.build import term_quads
from studyclaims.ontologies.mappings import mapping_quads
from studyclaims.ontologies.vocabulary import vocabulary_quads
from studyclaims.paths import studies_dir
from studyclaims.queries import Rows, ask, plain
from studyclaims.questions import questions
from studyclaims.stores.embedded import EmbeddedStore, read_quads
from studyclaims.terms import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyoxigraph import Quad

FLAGSHIP: Final = "ausk-2017"
CLAIM: Final = "https://w3id.org/studyclaims/vocab/Claim"

YARDSTICK: Final = "(read-all-claims)"
READ_ALL: Final = "SELECT ?claim ?text { ?claim a sc:Claim ; sc:proposition/sc:keyText ?text }"
"""What no engine can do in less than linear time, and none needs more for."""

MARGIN: Final = 1.2
"""How much more than the corpus, or the yardstick, a question's time may grow."""

ENOUGH: Final = 0.2
"""Seconds that the askings of one measurement take in all: below, the clock says little."""

MOST: Final = 9
"""Askings after which even the quickest question has been measured enough."""

ELSEWHERE: Final = 64 << 20
"""Bytes that are walked between two askings: more than a core's own caches hold."""

LIMIT: Final = 120
"""Seconds of the processor after which a question at one size is given up."""

SLOW: Final = 15
"""Seconds from which on once is enough: what else the first time brings is lost in them."""

RUNS: Final = 5
STORES: Final = 3
"""Stores that are filled at each size: where its pages lie alone moves a store's times by 15 %."""

SIZES: Final = {"pyoxigraph": (1_000, 10_000), "rdflib": (300, 1_500)}


Engine = Callable[[str], int]
"""A store that has been filled: asked a query's text, it says how many rows came back."""

Timing = tuple[float, int]
"""Milliseconds of the processor, and rows."""

GIVEN_UP: Final[Timing] = (math.inf, 0)


@dataclass(frozen=True)
class Growth:
    """How one question did at two sizes; times are in milliseconds of the processor."""

    name: str
    few: float
    many: float
    rows_few: int
    rows_many: int

    @property
    def ratio(self) -> float:
        """How many times longer the larger corpus takes."""
        return self.many / self.few if self.few < math.inf else math.inf

    def to_dict(self) -> dict[str, object]:
        """Return the measurement as JSON can hold it: what was given up has no time."""
        times = {"few": self.few, "many": self.many, "ratio": self.ratio}
        finite = {name: value if value < math.inf else None for name, value in times.items()}
        return {**asdict(self), **finite}

    def verdict(self, bound: float) -> str:
        """Return what is wrong with it, or nothing."""
        if self.many == math.inf:
            return "given up"
        if not self.rows_many:
            return "no rows"
        return "too steep" if self.ratio > bound else ""


def corpus(claims: int, seed: int) -> Iterator[Quad]:
    """Yield the quads of a corpus of just so many claims, the flagship's among them."""
    flagship = list(read_quads(studies_dir() / f"{FLAGSHIP}.trig"))
    own = sum(plain(quad.object) == CLAIM for quad in flagship)
    yield from chain(vocabulary_quads(), term_quads(), mapping_quads(), flagship)
    yield from chain.from_iterable(quads(claims - own, seed))


def pyoxigraph_engine(found: Iterator[Quad]) -> Engine:
    """Return the embedded store, filled."""
    store = EmbeddedStore(found)

    def rows(text: str) -> int:
        answer = ask(store, text)
        return len(answer) if isinstance(answer, Rows) else 1

    return rows


def rdflib_engine(found: Iterator[Quad]) -> Engine:
    """Return rdflib's in-memory store, filled with the union of all graphs."""
    import rdflib

    from studyclaims.formats import serialize

    graph = rdflib.Graph()
    graph.parse(data=serialize(found, "nt", {}), format="nt")
    spaces = prefixes()
    return lambda text: len(list(graph.query(text, initNs=spaces)))


ENGINES: Final = {"pyoxigraph": pyoxigraph_engine, "rdflib": rdflib_engine}


def measured(
    engine: str, claims: int, seed: int, runs: int, texts: Mapping[str, str]
) -> dict[str, Timing]:
    """Return the timing of each of these queries at one size; one that is given up has none.

    No engine here stops a query that takes for ever, so a child asks, and where the system ends it
    at its limit, another goes on. The store is filled in the child: filled before, every page of it
    would be copied at the first touch, and that would be measured.
    """
    found: dict[str, Timing] = {}
    while len(found) < len(texts):
        print(f"{engine}: {claims} claims", file=sys.stderr)  # noqa: T201 - tells what takes long
        left = {name: text for name, text in texts.items() if name not in found}
        receiving, sending = os.pipe()
        child = os.fork()
        if not child:
            with os.fdopen(sending, "w", encoding="utf-8") as said:
                _answer(ENGINES[engine](corpus(claims, seed)), left, runs, said)
            os._exit(0)
        os.close(sending)
        with os.fdopen(receiving, encoding="utf-8") as lines:
            found |= {name: (float(ms), int(rows)) for name, ms, rows in map(str.split, lines)}
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended not in {0, -signal.SIGXCPU}:
            raise SystemExit(f"{engine}: asking ended with status {ended}")
        found |= dict.fromkeys(islice((n for n in left if n not in found), 1), GIVEN_UP)
    return found


def _answer(engine: Engine, texts: Mapping[str, str], runs: int, said: TextIO) -> None:
    """Ask one query after another; print name, median milliseconds and rows of each."""
    elsewhere = bytearray(ELSEWHERE)
    gc.collect()
    gc.disable()
    for name, text in texts.items():
        spent = time.process_time()
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(spent) + LIMIT, resource.RLIM_INFINITY))
        rows = engine(text)
        times = [time.process_time() - spent]
        if times[0] < SLOW:
            times = [_once(engine, text, elsewhere) for _ in range(runs)]
        print(name, median(times) * 1000, rows, file=said, flush=True)


def _once(engine: Engine, text: str, elsewhere: bytearray) -> float:
    """Return the median seconds of the processor that one asking takes, other work before each."""
    times: list[float] = []
    while not times or (sum(times) < ENOUGH and len(times) < MOST):
        elsewhere[::64] = bytes(len(elsewhere) // 64)
        # The clock of the whole process ticks in steps of 4 ms once its time is limited.
        start = time.thread_time()
        engine(text)
        times.append(time.thread_time() - start)
    return median(times)


def middle(found: Sequence[Mapping[str, Timing]]) -> dict[str, Timing]:
    """Return each query's median time over several stores, and the rows of the first.

    >>> middle([{"a": (3.0, 7)}, {"a": (1.0, 7)}, {"a": (2.0, 7)}])
    {'a': (2.0, 7)}
    """
    return {name: (median(f[name][0] for f in found), rows) for name, (_, rows) in found[0].items()}


def measure(
    engine: str, sizes: tuple[int, int], seed: int, runs: int = RUNS, stores: int = STORES
) -> list[Growth]:
    """Return how the yardstick and each named question grow from the one size to the other."""
    texts = {YARDSTICK: READ_ALL} | {question.name: question.text for question in questions()}
    few, many = (
        middle([measured(engine, size, seed, runs, texts) for _ in range(stores)]) for size in sizes
    )
    return [Growth(n, few[n][0], many[n][0], few[n][1], many[n][1]) for n in texts]


def table(found: Sequence[Growth], sizes: tuple[int, int], bound: float) -> str:
    """Return the measurements as a text table, the steepest first."""
    width = max(len(growth.name) for growth in found)
    few, many = (f"{size:,}" for size in sizes)
    lines = [
        f"{'question'.ljust(width)}  {few + ' ms':>10}  {many + ' ms':>10}  {'ratio':>6}"
        f"  {few + ' rows':>11}  {many + ' rows':>11}",
        *(
            f"{g.name.ljust(width)}  {g.few:10.2f}  {g.many:10.2f}  {g.ratio:6.1f}"
            f"  {g.rows_few:11,}  {g.rows_many:11,}  {g.verdict(bound)}".rstrip()
            for g in sorted(found, key=lambda g: (-g.ratio, g.name))
        ),
    ]
    asked = [growth for growth in found if growth.name != YARDSTICK]
    wrong = sum(bool(growth.verdict(bound)) for growth in asked)
    lines.append(f"{len(asked)} questions, {wrong} amiss; a ratio of at most {bound:.3g} is right")
    return "\n".join(lines)


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 where a question is too steep or has no rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=sorted(ENGINES), default="pyoxigraph")
    parser.add_argument("--sizes", type=int, nargs=2, metavar=("FEW", "MANY"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--stores", type=int, default=STORES)
    parser.add_argument(
        "--beside-yardstick",
        action="store_true",
        help="judge growth by that of reading all claims, not by that of their number",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")
    given = parser.parse_args(words)
    sizes: tuple[int, int] = tuple(given.sizes) if given.sizes else SIZES[given.engine]
    found = measure(given.engine, sizes, given.seed, given.runs, given.stores)
    plain_growth = found[0].ratio if given.beside_yardstick else sizes[1] / sizes[0]
    bound = MARGIN * plain_growth
    if given.format == "json":
        rows = [g.to_dict() | {"verdict": g.verdict(bound)} for g in found]
        data = {"engine": given.engine, "sizes": sizes, "seed": given.seed, "bound": bound}
        print(json.dumps(data | {"built_with": BUILT_WITH, "questions": rows}, indent=2))  # noqa: T201
    else:
        print(table(found, sizes, bound))  # noqa: T201
    return int(any(growth.verdict(bound) for growth in found[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
