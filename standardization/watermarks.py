"""Watermarks: up to where a source was read, and from where to read on.

A watermark is kept as text, as the column holds it: an ISO date or time, or a number of
seconds or milliseconds since 1970. Anything else cannot be compared, so that source is read
in full.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts.times import VIETNAM

_MILLISECONDS_FROM = 100_000_000_000


def floor(watermark: str | None, lookback: timedelta) -> str | None:
    """`watermark` less `lookback`, in the same form; None where that cannot be said."""
    if watermark is None:
        return None
    try:
        number = int(watermark)
    except ValueError:
        return _earlier(watermark, lookback)
    unit = 1000 if abs(number) >= _MILLISECONDS_FROM else 1
    return str(number - int(lookback.total_seconds()) * unit)


def highest(column: pa.Array[Any], taken_at: datetime) -> str | None:
    """The highest watermark of `column` that does not lie after `taken_at`.

    A date in the future would hide every later change, so it does not count.
    """
    if _up_to(column.slice(0, 0), taken_at) is None:
        return None
    # As a rule the very highest counts, and the others need not be looked at.
    for values in (pa.repeat(pc.max(column), 1), column):
        top = pc.max(_up_to(values, taken_at)).as_py()
        if top is not None:
            return top.isoformat(sep=" ") if isinstance(top, datetime) else str(top)
    return None


def _up_to(column: Any, taken_at: datetime) -> Any:
    """The values of `column` that lie before `taken_at`; None for a type that has no order
    in time. (Arrow's types cannot say which arrays compare, hence Any.)"""
    local = taken_at.astimezone(VIETNAM)
    kind = column.type
    if pa.types.is_string(kind):
        dated = pc.match_substring_regex(column, r"^(19|20)\d\d-\d\d-\d\d")
        # 'T' sorts after ' ': compared alike, whichever the source writes.
        alike = pc.replace_substring(pc.utf8_slice_codeunits(column, 0, 19), "T", " ")
        past = pc.less_equal(alike, pa.scalar(local.strftime("%Y-%m-%d %H:%M:%S")))
        return column.filter(pc.and_(dated, past))
    if pa.types.is_integer(kind):
        seconds = int(taken_at.timestamp())
        in_milliseconds = pc.and_(
            pc.greater_equal(column, pa.scalar(_MILLISECONDS_FROM)),
            pc.less_equal(column, pa.scalar(seconds * 1000)),
        )
        in_seconds = pc.less_equal(column, pa.scalar(seconds))
        return column.filter(pc.or_(in_seconds, in_milliseconds))
    if pa.types.is_timestamp(kind):
        moment = taken_at if kind.tz else local.replace(tzinfo=None)
        return column.filter(pc.less_equal(column, pa.scalar(moment, kind)))
    if pa.types.is_date(kind):
        return column.filter(pc.less_equal(column, pa.scalar(local.date(), kind)))
    return None


def later(one: str | None, other: str | None) -> str | None:
    """The later of two watermarks of one column."""
    if one is None or other is None:
        return one or other
    try:
        return max(one, other, key=int)
    except ValueError:
        return max(one, other)


def _earlier(watermark: str, lookback: timedelta) -> str | None:
    try:
        moment = datetime.fromisoformat(watermark)
    except ValueError:
        return None
    earlier = moment - lookback
    if len(watermark) <= len("2026-01-31"):
        return earlier.date().isoformat()
    precision = "microseconds" if "." in watermark else "seconds"
    return earlier.isoformat(sep=watermark[10], timespec=precision)
