"""What the steps of a benchmark agree on: names, places, the environment of the platform."""

from __future__ import annotations

import os
from pathlib import Path

DATASET = "service_case"
SOURCE = "igate"
CONNECTION = "DUNGCHUNG_SOURCE_IGATE"
"""The variable that holds the DSN of PostgreSQL, for every step."""
IMPORT, RULES, JUDGE = "import of Great Expectations", "rules", "Great Expectations"
HASH = "content hash, files"
"""Ours makes them beside Great Expectations: what of it takes longer."""


def environment(work: Path, home: str) -> dict[str, str]:
    """The settings of the platform with its home at `home` in `work`."""
    return {
        "DUNGCHUNG_HOME": str(work / home),
        "DUNGCHUNG_DATASETS": str(work / "datasets"),
        CONNECTION: os.environ[CONNECTION],
        "DUNGCHUNG_SOURCE_MOT_CUA_2017": os.environ[CONNECTION],
    }
