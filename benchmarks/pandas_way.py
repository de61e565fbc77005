"""The rivals: read_sql, the same cleaning, the same checks with Great Expectations, Parquet.

Simpler than the pipeline where that is to its favour: one process memory for everything, no
snapshot kept, no content hash, no table version, each check judged once. The two rivals differ
in how they clean: ``ordinary`` or ``tuned`` (`benchmarks.pandas_ordinary`, `pandas_tuned`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy

from benchmarks import pandas_ordinary, pandas_tuned
from benchmarks.pandas_cases import standardise
from benchmarks.stopwatch import Stopwatch
from benchmarks.work import CONNECTION, IMPORT, JUDGE, RULES

CLEANING = {"ordinary": pandas_ordinary, "tuned": pandas_tuned}


def run(work: Path, way: str, query: str, key: bytes) -> dict[str, Any]:
    """One run over the rows of `query`.

    Returns:
        ``{"stages": {name: seconds}, "rows": {read, accepted, quarantined, excluded}}``.

    Raises:
        RuntimeError: the verdict was no.
    """
    watch = Stopwatch()
    dsn = os.environ[CONNECTION].replace("postgresql://", "postgresql+psycopg://")
    engine = sqlalchemy.create_engine(dsn)
    with engine.connect() as connection:
        raw = pd.read_sql(sqlalchemy.text(query), connection)
    watch.lap("read")
    folder = work / "references"
    references = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}
    made = standardise(raw, references["administrative_unit"], key, CLEANING[way])
    watch.lap("standardise")
    # Imported here, so that its seconds can be told.
    from benchmarks import pandas_gate

    watch.lap(IMPORT)
    judged = made[~made["excluded"]]
    kept = pandas_gate.flags(judged, raw["NgayCapNhat"], references)
    good = kept.all(axis=1)
    columns = [c for c in made.columns if c != "excluded" and not c.startswith("unreadable:")]
    accepted, refused = judged.loc[good, columns], judged.loc[~good, columns].join(kept)
    watch.lap(RULES)
    if not pandas_gate.judge(accepted, kept):
        message = "Great Expectations refused the rows"
        raise RuntimeError(message)
    watch.lap(JUDGE)
    accepted.to_parquet(work / f"{way}.parquet", compression="zstd", index=False)
    refused.to_parquet(work / f"{way}.quarantine.parquet", compression="zstd", index=False)
    watch.lap("commit")
    rows = {
        "read": len(raw),
        "accepted": len(accepted),
        "quarantined": len(refused),
        "excluded": int(made["excluded"].sum()),
    }
    return {"stages": watch.seconds, "rows": rows}


def main() -> None:
    """Run as a module; the result goes to standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--way", choices=CLEANING, required=True)
    options = parser.parse_args()
    plan = json.loads((options.work / "plan.json").read_text())
    key = bytes.fromhex(plan["pseudonym_key"])
    json.dump(run(options.work, options.way, plan["query"], key), sys.stdout)


if __name__ == "__main__":
    main()
