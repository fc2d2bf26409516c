"""Run by the Python of Spark: merge tables of Parquet on a cluster, by the expression of Ibis.

``merge.py MASTER WORK FOLDER [FROZEN ...]``: of each folder below FOLDER, which is called as a kind
of table is, ``rows`` and ``leaders`` are read and ``merged`` is written. What it took, and how many
executors there were, is printed as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import ibis

from studyclaims.merging.expression import merged


def main(master: str, work: Path, folder: Path, *frozen: str) -> None:
    """Merge all that is there."""
    # Only the Python of Spark has it.
    from pyspark.sql import SparkSession  # type: ignore[import-not-found]

    start = time.perf_counter()
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.executor.memory": "768m",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        "spark.ui.enabled": "false",
    }
    builder = SparkSession.builder.master(master).appName("studyclaims")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        db = ibis.pyspark.connect(session)
        seconds = {"start": round(time.perf_counter() - start, 1)}
        for place in sorted(folder.iterdir()):
            start = time.perf_counter()
            rows = db.read_parquet(str(place / "rows.parquet"))
            leaders = db.read_parquet(str(place / "leaders.parquet"))
            kind = place.name.partition("-")[0]
            db.to_parquet(merged(kind, rows, leaders, frozen=frozen), str(place / "merged"))
            seconds[place.name] = round(time.perf_counter() - start, 1)
        infos = session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    finally:
        session.stop()
    versions = {name: version(name) for name in ("ibis-framework", "pyspark", "pyarrow", "pandas")}
    told = {"seconds": seconds, "executors": len(infos) - 1, "versions": versions}
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
