"""Named places where a test can kill the process, to prove that a kill there loses nothing.

With ``DUNGCHUNG_FAILPOINT=name`` the process ends at once, as a SIGKILL would end it, when it
first passes `name`; with ``name:3`` when it passes it for the third time. Without the variable
nothing happens. What a kill must leave behind belongs to the tests.
"""

from __future__ import annotations

import os
import sys
from collections import Counter

VARIABLE = "DUNGCHUNG_FAILPOINT"
EXIT_STATUS = 70

FAILPOINTS: tuple[str, ...] = (
    "mid_extract",
    "mid_landing",
    "after_landing",
    "mid_standardise",
    "mid_gate",
    "mid_open_files",
    "after_open_files",
    "before_shared_commit",
    "after_shared_commit",
    "after_quarantine",
    "before_manifest",
    "after_manifest",
    "after_announce",
)
"""Every failpoint, in the order in which a run passes them."""

_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """End the process here if the environment asks for it.

    Raises:
        ValueError: `name` is not among `FAILPOINTS` (a failpoint no test would ever reach).
    """
    if name not in FAILPOINTS:
        message = f"not a registered failpoint: {name}"
        raise ValueError(message)
    wanted, _, nth = os.environ.get(VARIABLE, "").partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    if _passed[name] == int(nth or "1"):
        sys.stderr.write(f"failpoint {name}\n")
        sys.stderr.flush()
        # Not sys.exit: no cleanup, no atexit, no finally, as a kill would leave things.
        os._exit(EXIT_STATUS)
