"""A failpoint kills where it is asked to, and nowhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from contracts.failpoints import EXIT_STATUS, FAILPOINTS, VARIABLE, failpoint

_THREE_TIMES = """
import atexit
from contracts.failpoints import failpoint
atexit.register(print, "cleaned up")
for number in (1, 2, 3):
    failpoint("mid_gate")
    print(number, flush=True)
"""


@pytest.mark.parametrize(
    ("wanted", "said", "status"),
    [
        ("", "1 2 3 cleaned up", 0),
        ("after_manifest", "1 2 3 cleaned up", 0),
        ("mid_gate", "", EXIT_STATUS),
        ("mid_gate:3", "1 2", EXIT_STATUS),
        ("mid_gate:4", "1 2 3 cleaned up", 0),
    ],
)
def test_the_nth_passing_kills_without_cleaning_up(wanted: str, said: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _THREE_TIMES],
        env={**os.environ, VARIABLE: wanted},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == said.split()
    assert done.returncode == status


def test_a_name_that_no_test_would_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="not a registered failpoint"):
        failpoint("typo")


def test_every_failpoint_is_passed_somewhere_and_only_once() -> None:
    root = Path(__file__).parents[2]
    passed = Counter(
        name
        for room in ("standardization", "quality", "lakehouse", "catalog", "orchestration")
        for module in (root / room).rglob("*.py")
        for name in re.findall(r'\bfailpoint\("(\w+)"\)', module.read_text())
    )
    assert passed == Counter(FAILPOINTS)
