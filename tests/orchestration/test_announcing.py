"""Which catalogue is believed to be ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from orchestration.announcing import serving_address
from tests.orchestration.conftest import Live


def test_the_catalogue_that_runs_is_found(live: Live) -> None:
    assert serving_address(live.home) == live.url


def test_a_note_of_a_killed_process_is_not_believed_though_its_address_answers(
    live: Live, tmp_path: Path
) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    note = {"url": live.url, "process": int(gone.stdout)}
    (tmp_path / "serving.json").write_text(json.dumps(note), encoding="utf-8")
    assert serving_address(tmp_path) is None


def test_no_note_is_no_catalogue(tmp_path: Path) -> None:
    assert serving_address(tmp_path) is None
