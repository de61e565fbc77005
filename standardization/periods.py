"""Periods of statistics: when one has closed, so that its figures may be shown.

Only the calendar's rule as SQL belongs here; which cells there are is
`standardization.grouping`.
"""

from __future__ import annotations

from datetime import date

from contracts.model import Calendar
from contracts.quoting import literal, quoted


def closed(calendar: Calendar, today: date) -> str:
    """SQL that is TRUE where a row's period ended at least `closes_after` before `today`.

    Periods are ``2026``, ``2026-Q3``, ``2026-07`` or ``2026-07-05``; anything else is not
    known to have closed.
    """
    if calendar.period_column is None:
        return "true"
    period = f"CAST({quoted(calendar.period_column)} AS VARCHAR)"
    start = f"TRY_CAST({period} || '-01-01' AS DATE) + INTERVAL 1 YEAR"
    quarter = (
        f"TRY_CAST({period}[:4] || '-01-01' AS DATE) "
        f"+ to_months(3 * TRY_CAST({period}[7:7] AS INTEGER))"
    )
    month = f"TRY_CAST({period} || '-01' AS DATE) + INTERVAL 1 MONTH"
    day = f"TRY_CAST({period} AS DATE) + INTERVAL 1 DAY"
    end = (
        f"CASE WHEN length({period}) = 4 THEN {start} WHEN {period}[6:6] = 'Q' THEN {quarter} "
        f"WHEN length({period}) = 7 THEN {month} ELSE {day} END"
    )
    last = (today - calendar.closes_after).isoformat()
    return f"coalesce({end} <= DATE {literal(last)}, false)"
