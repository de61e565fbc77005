"""What the steps of a benchmark agree on: names, places, the environment of the platform."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.outcomes import Outcome

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


def released_rows(outcome: Outcome) -> dict[str, int]:
    """Rows that a run read, accepted, quarantined and excluded.

    Raises:
        RuntimeError: it released nothing.
    """
    # What a contender imports is part of its time: here it has been.
    from orchestration.outcomes import State, total

    if outcome.state is not State.RELEASED:
        message = f"{outcome.state}: {[fault.check for fault in outcome.faults]}"
        raise RuntimeError(message)
    names = ("read", "accepted", "quarantined", "excluded")
    return {name: total(outcome.accounts, name) for name in names}
