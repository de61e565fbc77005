"""The scratch directory and the lock of one dataset's run.

A lock is held by the operating system, so a killed run leaves none behind; scratch of a
killed run is removed by the next one.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import Fault, Place
from contracts.i18n import _


@contextmanager
def workplace(home: Path, dataset: str) -> Iterator[Path]:
    """An empty scratch directory for `dataset`, held by this run alone and removed after it.

    Raises:
        Fault: ``run.busy`` when another run of this dataset is going on.
    """
    locks = home / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / f"{dataset}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fault(
                "run.busy",
                _("Another run of this dataset is going on."),
                remedy=_("Wait until it has ended, then run again."),
                place=Place(dataset=dataset),
            ) from None
        scratch = home / "scratch" / dataset
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
