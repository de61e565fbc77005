"""The benchmark at its smallest: it measures a race only while all sides serve the same rows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = Path(__file__).parents[2] / "benchmarks" / "standardization.py"
_PROMISED = ("ratio_vs_pandas", "ratio_vs_limit", "peak_rss_mb", "growth_10x", "incremental_share")


@pytest.mark.server
def test_all_contenders_and_the_second_run_serve_the_same_rows(
    postgres_dsn: str, tmp_path: Path
) -> None:
    report = tmp_path / "result.json"
    done = subprocess.run(
        [
            *(sys.executable, _PROGRAM, "--rows", "5000", "--dsn", postgres_dsn),
            *("--json", report, "--work", tmp_path / "work"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())
    assert found["same_rows"] == {
        "rows": found["rows"]["accepted"],
        "ordinary": 0,
        "tuned": 0,
    }
    assert found["rows"]["accepted"] > 4000
    assert found["rows"]["quarantined"] > 0
    assert found["rows"]["excluded"] > 0
    assert found["same_content_hash"]
    assert 0 < found["rows_incremental"]["read"] < found["rows"]["read"] / 10
    ran = found["run_seconds"]
    assert 0 < ran["job"] < ran["full"] < found["seconds"]["job"]
    assert all(found[name] > 0 for name in _PROMISED)
