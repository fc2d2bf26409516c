"""How long merging takes beside the field's own tools, in one run, on one core.

Sources are made up (see ``peers/generated.py``): tables of nodes and edges, and mappings. Each tool
reads and writes them as tab-separated text; ours rewrites ids, as the others do. ``raw`` is DuckDB
that reads the tables and writes them again, which no tool of its kind can be faster than. The same
edges as N-Triples are united by us, by Oxigraph's store and by rdflib.

A ratio is a tool's time by ours. The tools stand in environments of their own, below
``.studyclaims-cache``, which are made where they are missing; one that cannot be had is named with
the reason. Koza and cat-merge do not merge repeated statements, and KGX is given no mappings: what
each makes of the rows is in docs/merge.md.

    ./run bench merge
    ./run bench merge --edges 1000000 --rounds 3 --format json
    ./run bench merge --edges 10000000 --without kgx --without cat-merge --without rdf
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.peers import generated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
CACHE: Final = ROOT / ".studyclaims-cache"
PEERS: Final = {"koza": "koza==2.7.0", "cat-merge": "cat-merge==1.0.2", "kgx": "kgx==2.6.0"}
OURS: Final = "ours"
OUR_RDF: Final = "rdf-ours"
NAMES: Final = (OURS, "raw", "koza", "cat-merge", "kgx", OUR_RDF, "rdf-pyoxigraph", "rdf-rdflib")
PATIENCE: Final = 3600

RAW: Final = """
import duckdb, sys
db = duckdb.connect(config={"threads": 1})
db.execute("set preserve_insertion_order = false")
for kind in ("nodes", "edges"):
    table = f"read_csv('s*_{kind}.tsv', delim='\\t', header=true, all_varchar=true, quote='')"
    target = f"'{sys.argv[1]}/{kind}.tsv' (format csv, delimiter '\\t', header, quote '')"
    db.execute(f"copy (select * from {table}) to {target}")
"""
OXIGRAPH: Final = """
import sys
from pathlib import Path
from pyoxigraph import DefaultGraph, RdfFormat, Store
store = Store()
for path in sorted(Path().glob("*.nt")):
    store.bulk_load(path=str(path), format=RdfFormat.N_TRIPLES)
target = sys.argv[1] + "/out.nt"
store.dump(target, format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
"""
RDFLIB: Final = """
import sys
from pathlib import Path
from rdflib import Graph
graph = Graph()
for path in sorted(Path().glob("*.nt")):
    graph.parse(path, format="nt")
graph.serialize(sys.argv[1] + "/out.nt", format="nt", encoding="utf-8")
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of one tool took."""

    wall: float
    cpu: float
    peak_mb: int


class CannotRunError(Exception):
    """A tool that cannot be measured here, and why."""


def python_of(peer: str) -> Path:
    """Return the Python of a peer's environment, which is made where it is missing."""
    folder = CACHE / f"bench-{peer.replace('-', '')}"
    python = folder / "bin" / "python"
    done = folder / ".made"
    if done.exists():
        return python
    uv = shutil.which("uv") or str(Path(sys.prefix) / "bin" / "uv")
    if not Path(uv).exists():
        raise CannotRunError("its environment is made with uv, which is not here")
    steps = (
        ["venv", "--quiet", "--clear", "--python", "3.11", str(folder)],
        ["pip", "install", "--quiet", "--python", str(python), PEERS[peer]],
    )
    for step in steps:
        ended = subprocess.run([uv, *step], capture_output=True, text=True, check=False)
        if ended.returncode:
            raise CannotRunError(f"its environment cannot be made: {ended.stderr.strip()[-200:]}")
    done.touch()
    return python


def files(folder: Path, end: str) -> list[str]:
    return [path.name for path in sorted(folder.glob(f"s*{end}"))]


def ours(folder: Path, out: str) -> list[str]:
    names = [*files(folder, ".tsv"), "map.sssom.tsv"]
    options = ["--rewrite", "--memory", MEMORY, "--threads", "1", "--out", f"{out}/merged"]
    return [sys.executable, "-m", "studyclaims", "merge", *names, *options]


def our_rdf(folder: Path, out: str) -> list[str]:
    names = files(folder, ".nt")
    options = ["--memory", MEMORY, "--threads", "1", "--out", f"{out}/merged"]
    return [sys.executable, "-m", "studyclaims", "merge", *names, *options]


def koza(folder: Path, out: str) -> list[str]:
    command = [str(python_of("koza").with_name("koza")), "merge", "--quiet"]
    for option, end in (("-n", "_nodes.tsv"), ("-e", "_edges.tsv")):
        for name in files(folder, end):
            command += [option, name]
    target = ["-o", f"{out}/koza.duckdb", "--export", "--export-dir", out]
    return [*command, "-m", "map.sssom.tsv", *target]


def cat_merge(folder: Path, out: str) -> list[str]:
    command = [str(python_of("cat-merge").with_name("cat-merge")), "merge", "--name", "merged"]
    given = ["--source", str(folder), "--mapping", "map.sssom.tsv", "--output_dir", out]
    return [*command, *given, "--qc_report", "false"]


def kgx(folder: Path, out: str) -> list[str]:
    config = Path(out, "merge.yaml")
    source = {
        f"s{at}": {
            "name": f"s{at}",
            "input": {
                "format": "tsv",
                "filename": [str(folder / f"s{at}_{kind}.tsv") for kind in ("nodes", "edges")],
            },
        }
        for at in range(generated.SOURCES)
    }
    target = {"format": "tsv", "filename": f"{out}/kgx"}
    operations: dict[str, Any] = {
        "configuration": {"output_directory": out, "checkpoint": False},
        "merged_graph": {"name": "m", "source": source, "destination": {"tsv": target}},
    }
    config.write_text(json.dumps(operations))
    script = str(Path(__file__).parent / "peers" / "kgx_offline.py")
    return [str(python_of("kgx")), script, "merge", "--merge-config", str(config)]


def script(text: str) -> Callable[[Path, str], list[str]]:
    return lambda _, out: [sys.executable, "-c", text, out]


COMMANDS: Final[dict[str, Callable[[Path, str], list[str]]]] = {
    OURS: ours,
    "raw": script(RAW),
    "koza": koza,
    "cat-merge": cat_merge,
    "kgx": kgx,
    OUR_RDF: our_rdf,
    "rdf-pyoxigraph": script(OXIGRAPH),
    "rdf-rdflib": script(RDFLIB),
}
MEMORY = "2GB"


def measured(name: str, folder: Path, core: int) -> Run:
    """Return what a tool takes for the sources in a folder, on one core."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=f"out-{name}-") as out:
        command = COMMANDS[name](folder, out)
        log = Path(out, "log")
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "OMP_NUM_THREADS": "1"}
        start = time.perf_counter()
        with log.open("wb") as file:
            child = subprocess.Popen(
                command,
                cwd=folder,
                stdout=file,
                stderr=file,
                env=environment,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}),
            )
            _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said = log.read_text(errors="replace").strip()[-300:]
            raise CannotRunError(f"it ended with {child.returncode}: {said}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss >> 10)


def measure(
    edges: int, rounds: int, names: Sequence[str], core: int
) -> tuple[dict[str, Run], dict[str, str]]:
    """Return the quickest run of each tool, and why some have none; the tools take turns."""
    best: dict[str, Run] = {}
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="studyclaims-merge-") as name:
        folder = Path(name)
        generated.generate(edges, folder)
        for turn in range(rounds):
            # KGX takes so long that what else the machine does evens out.
            for tool in [n for n in names if n not in missing and (not turn or n != "kgx")]:
                print(f"round {turn + 1}: {tool}", file=sys.stderr, flush=True)  # noqa: T201
                try:
                    run = measured(tool, folder, core)
                except CannotRunError as error:
                    missing[tool] = str(error)
                else:
                    best[tool] = min(run, best.get(tool, run), key=lambda it: it.wall)
    return best, missing


def told(edges: int, best: dict[str, Run], missing: dict[str, str]) -> dict[str, Any]:
    """Return what was measured as data."""
    ratios, cpu_ratios = {}, {}
    for tool, run in best.items():
        yardstick = best.get(OUR_RDF if tool.startswith("rdf-") else OURS)
        if yardstick is not None and tool not in (OURS, OUR_RDF):
            ratios[tool] = round(run.wall / yardstick.wall, 2)
            cpu_ratios[tool] = round(run.cpu / yardstick.cpu, 2)
    return {
        "edges": edges,
        "memory": MEMORY,
        "ratios": ratios,
        "cpu_ratios": cpu_ratios,
        "peak_mb": best[OURS].peak_mb if OURS in best else None,
        "runs": {
            tool: {"wall": round(r.wall, 2), "cpu": round(r.cpu, 2), "peak_mb": r.peak_mb}
            for tool, r in best.items()
        },
        "not_measured": missing,
    }


def table(data: dict[str, Any]) -> str:
    lines = [f"{data['edges']:,} edges, one core; ratio: a tool's wall time by ours", ""]
    lines += [f"{'tool':16}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}{'ratio':>8}"]
    for tool, run in data["runs"].items():
        ratio = data["ratios"].get(tool, 1)
        times = f"{run['wall']:9.2f}{run['cpu']:9.2f}{run['peak_mb']:9}"
        lines.append(f"{tool:16}{times}{ratio:8.2f}")
    lines += [f"{tool}: not measured: {why}" for tool, why in data["not_measured"].items()]
    return "\n".join(lines)


def main() -> int:
    """Measure, and print the table or the data."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--edges", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--only", action="append", choices=NAMES, default=[])
    asked.add_argument("--without", action="append", choices=[*NAMES, "rdf"], default=[])
    asked.add_argument("--format", choices=["text", "json"], default="text")
    given = asked.parse_args()
    left_out = {*given.without, *(n for n in NAMES if "rdf" in given.without and "rdf" in n)}
    names = [n for n in given.only or NAMES if n not in left_out]
    core = max(os.sched_getaffinity(0))
    data = told(given.edges, *measure(given.edges, given.rounds, names, core))
    print(json.dumps(data, indent=1) if given.format == "json" else table(data))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
