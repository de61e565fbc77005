"""Whether all contenders served the same rows: a race between different results is none."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import duckdb

from benchmarks.pandas_way import CLEANING
from benchmarks.work import DATASET, environment
from contracts.quoting import literal, quoted
from orchestration.platform import open_platform
from orchestration.references import register_served


def compare(work: Path) -> dict[str, int]:
    """``{"rows", "ordinary", "tuned"}``: rows we served, and those that we or that rival alone
    have."""
    platform = open_platform(environment(work, "run"))
    contract = platform.dataset(DATASET).contract
    with duckdb.connect() as connection:
        release = platform.releases.latest(DATASET)
        register_served(connection, "ours", platform.stores, release, contract)
        names = [*(column.name for column in contract.columns), "source_key", "quality_flag"]
        kinds = {column.name: column.sql_type for column in contract.served_columns}
        columns = ", ".join(quoted(name) for name in names)
        typed = ", ".join(f"{quoted(name)}::{kinds[name]}" for name in names)
        served = connection.execute("SELECT count(*) FROM ours").fetchone()
        found = {"rows": served[0] if served else 0}
        for rival in CLEANING:
            theirs = f"SELECT {typed} FROM read_parquet({literal(str(work / f'{rival}.parquet'))})"
            row = connection.execute(
                f"""
                SELECT (SELECT count(*) FROM (SELECT {columns} FROM ours EXCEPT ALL {theirs}))
                     + (SELECT count(*) FROM ({theirs} EXCEPT ALL SELECT {columns} FROM ours))
                """
            ).fetchone()
            found[rival] = row[0] if row else -1
    return found


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    json.dump(compare(parser.parse_args().work), sys.stdout)


if __name__ == "__main__":
    main()
