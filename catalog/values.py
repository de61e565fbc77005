"""Values of rows that JSON has no form for."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal


def plain(value: object) -> object:
    """A value as JSON can hold it; for ``json.dumps(default=…)``."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} in an answer")
