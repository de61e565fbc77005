"""How many cases each system receives on which day, cut into batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo import workdays
from demo.course import Numbers
from demo.workdays import Days

BATCH_ROWS = 20_000
IGATE, MOT_CUA_2017 = "igate", "mot_cua_2017"
# Of the communes of today, those that were Tiền Giang's.
_OLD_SYSTEM_SHARE = 57 / 102
_MONTHS = (1.15, 1.0, 1.05, 1.05, 0.95, 1.0, 1.1, 1.0, 1.0, 1.05, 1.0, 1.0,
           1.05, 0.85, 1.05, 1.05, 0.95, 1.0, 1.0, 1.0, 1.0, 1.05)  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """The cases of one system received on consecutive `days` of one month, `counts` a day;
    `first` is the ordinal of the first within its system."""

    system: str
    days: Days
    counts: Numbers
    first: int

    @property
    def size(self) -> int:
        """Cases in the batch."""
        return int(self.counts.sum())


def plan(cases: int) -> tuple[Batch, ...]:
    """Which system receives how many cases on which day: exactly `cases` in all."""
    days = workdays.working_days(workdays.FIRST_DAY, workdays.NOW)
    month = days.astype("datetime64[M]")
    index = (month - month[0]).astype(int)
    daily = np.asarray(_MONTHS)[index] / np.bincount(index)[index]
    share = np.where(days < workdays.MERGER, _OLD_SYSTEM_SHARE, 0.0)
    batches: list[Batch] = []
    weights = np.concatenate([daily * share, daily * (1 - share)])
    edges = np.rint(np.cumsum(weights) / weights.sum() * cases).astype(np.int64)
    counts = np.diff(edges, prepend=0)
    for system, part in ((MOT_CUA_2017, counts[: len(days)]), (IGATE, counts[len(days) :])):
        batches.extend(_batches(system, days, part))
    return tuple(batches)


def _batches(system: str, days: Days, counts: Numbers) -> Iterator[Batch]:
    first, start = 0, 0
    month = days.astype("datetime64[M]")
    for end in range(1, len(days) + 1):
        size = int(counts[start:end].sum())
        if end == len(days) or month[end] != month[start] or size >= BATCH_ROWS:
            if size:
                yield Batch(system, days[start:end], counts[start:end], first)
            first, start = first + size, end
