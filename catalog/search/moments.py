"""Times and numbers as the index keeps them and as queries write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_NOW = re.compile(r"NOW((?:[+-]\d{1,6}[A-Z]+|/[A-Z]+)*)")
_STEP = re.compile(r"([+-]\d+|/)([A-Z]+?)S?(?![A-Z])")
_UNITS = {
    "MILLISECOND": timedelta(milliseconds=1),
    "MILLI": timedelta(milliseconds=1),
    "SECOND": timedelta(seconds=1),
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "DATE": timedelta(days=1),
}
_ROUNDED = {"YEAR": 1, "MONTH": 2, "DAY": 3, "DATE": 3, "HOUR": 4, "MINUTE": 5, "SECOND": 6}
"""How many parts of a time, from the year, stay when it is rounded down."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of a naive UTC time; exact, unlike a float of seconds."""
    since = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(text: str) -> datetime:
    """An ISO time (UTC where it names no zone) or Solr's ``NOW/DAY-7DAYS``; naive UTC.

    Raises `ValueError` or `OverflowError`.
    """
    if (now := _NOW.fullmatch(text)) is not None:
        return _moved(datetime.now(UTC).replace(tzinfo=None), now[1])
    parsed = datetime.fromisoformat(text.removesuffix("Z"))
    return parsed.astimezone(UTC).replace(tzinfo=None) if parsed.tzinfo else parsed


def _moved(start: datetime, steps: str) -> datetime:
    """`start` after Solr's date mathematics: ``+1MONTH/DAY``."""
    reached = start
    for amount, unit in _STEP.findall(steps):
        if amount == "/":
            if unit not in _ROUNDED:
                raise ValueError(unit)
            kept = _ROUNDED[unit]
            parts = [*reached.timetuple()[:kept], *(1, 1, 1, 0, 0, 0)[kept:6]]
            year, month, day, hour, minute, second = parts
            reached = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - naive UTC
        elif unit in _UNITS:
            reached += int(amount) * _UNITS[unit]
        elif unit in ("MONTH", "YEAR"):
            reached = _months(reached, int(amount) * (12 if unit == "YEAR" else 1))
        else:
            raise ValueError(unit)
    return reached


def _months(start: datetime, count: int) -> datetime:
    years, month = divmod(start.month - 1 + count, 12)
    first = start.replace(year=start.year + years, month=month + 1, day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(start.day, (following - timedelta(days=1)).day))
