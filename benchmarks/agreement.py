"""Whether the two contenders served the same rows: a race between different results is none."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.work import DATASET, environment
from contracts.quoting import literal, quoted
from orchestration.platform import open_platform
from orchestration.references import register_served


def compare(work: Path) -> dict[str, Any]:
    """``{"rows", "different"}``: rows we served, and those that one side alone has."""
    platform = open_platform(environment(work, "run"))
    contract = platform.dataset(DATASET).contract
    with duckdb.connect() as connection:
        release = platform.releases.latest(DATASET)
        register_served(connection, "ours", platform.stores, release, contract)
        names = [*(column.name for column in contract.columns), "source_key", "quality_flag"]
        kinds = {column.name: column.sql_type for column in contract.served_columns}
        columns = ", ".join(quoted(name) for name in names)
        typed = ", ".join(f"{quoted(name)}::{kinds[name]}" for name in names)
        rival = literal(str(work / "pandas.parquet"))
        connection.execute(f"CREATE VIEW pandas AS SELECT {typed} FROM read_parquet({rival})")
        row = connection.execute(
            f"""
            SELECT (SELECT count(*) FROM ours),
                   (SELECT count(*) FROM (SELECT {columns} FROM ours EXCEPT ALL FROM pandas))
                 + (SELECT count(*) FROM (FROM pandas EXCEPT ALL SELECT {columns} FROM ours))
            """
        ).fetchone()
    rows, different = row or (0, 0)
    return {"rows": rows, "different": different}


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    json.dump(compare(parser.parse_args().work), sys.stdout)


if __name__ == "__main__":
    main()
