"""Working days and public holidays of Vietnam in 2025 and 2026, and the sample's days.

Public holidays follow the Labour Code art. 112 with the days off as announced each year
(some Mondays and Fridays are swapped in and out; only whole days off are kept).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Days: TypeAlias = "npt.NDArray[np.datetime64]"

FIRST_DAY = np.datetime64("2025-01-01", "D")
MERGER = np.datetime64("2025-07-01", "D")
NOW = np.datetime64("2026-10-31", "D")
REORGANISED = np.datetime64("2025-03-01", "D")

_HOLIDAYS = [
    *["2025-01-01", "2025-01-27", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31"],
    *["2025-04-07", "2025-04-30", "2025-05-01", "2025-05-02", "2025-09-01", "2025-09-02"],
    *["2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19"],
    *["2026-02-20", "2026-04-27", "2026-04-30", "2026-05-01", "2026-08-31", "2026-09-02"],
]
CALENDAR = np.busdaycalendar(holidays=np.asarray(_HOLIDAYS, dtype="datetime64[D]"))


def working_days(first: np.datetime64, end: np.datetime64) -> Days:
    """The working days of the half-open range."""
    days = np.arange(first, end, dtype="datetime64[D]")
    kept: Days = days[np.is_busday(days, busdaycal=CALENDAR)]
    return kept


def add_working_days(days: Days, counts: npt.NDArray[np.int64]) -> Days:
    """`days` (working days) moved on by `counts` working days, element by element."""
    moved: Days = np.busday_offset(days, counts, roll="forward", busdaycal=CALENDAR)
    return moved
