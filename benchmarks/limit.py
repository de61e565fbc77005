"""The physical limit: ``COPY (SELECT …) TO STDOUT``, thrown away, and one zstd Parquet write.

Nothing is parsed, cleaned or checked: the bytes must leave PostgreSQL, and the rows, which lie
ready in an Arrow file, must become a compressed Parquet file. No pipeline can do less.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.stopwatch import Stopwatch
from benchmarks.work import CONNECTION


def run(work: Path) -> dict[str, Any]:
    """One run; ``{"stages": {"copy", "parquet"}, "rows": {"read"}}``."""
    watch = Stopwatch()
    query = json.loads((work / "plan.json").read_text())["query"]
    with psycopg.connect(os.environ[CONNECTION]) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY ({query}) TO STDOUT".encode()) as copy:
            for _block in copy:
                pass
        rows = cursor.rowcount
    watch.lap("copy")
    with pa.memory_map(str(work / "input.arrow")) as source:
        table = pa.ipc.open_file(source).read_all()
        pq.write_table(table, work / "limit.parquet", compression="zstd")
    watch.lap("parquet")
    return {"stages": watch.seconds, "rows": {"read": rows}}


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    json.dump(run(parser.parse_args().work), sys.stdout)


if __name__ == "__main__":
    main()
