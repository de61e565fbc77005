"""How often a dataset is made, in the codes of the EU's frequency table.

Source: Publications Office of the EU, authority table *frequency*. From a cron line, from
what other catalogues write, and to ISO 8601. Nothing else about schedules belongs here.
"""

from __future__ import annotations

import re

_ISO = {
    "1MIN": "R/PT1M",
    "5MIN": "R/PT5M",
    "10MIN": "R/PT10M",
    "15MIN": "R/PT15M",
    "30MIN": "R/PT30M",
    "UPDATE_CONT": "R/PT1S",
    "HOURLY": "R/PT1H",
    "BIHOURLY": "R/PT2H",
    "TRIHOURLY": "R/PT3H",
    "12HRS": "R/PT12H",
    "DAILY": "R/P1D",
    "DAILY_2": "R/PT12H",
    "WEEKLY": "R/P1W",
    "WEEKLY_2": "R/P3.5D",
    "WEEKLY_3": "R/P0.33W",
    "BIWEEKLY": "R/P2W",
    "MONTHLY": "R/P1M",
    "MONTHLY_2": "R/P0.5M",
    "MONTHLY_3": "R/P0.33M",
    "BIMONTHLY": "R/P2M",
    "QUARTERLY": "R/P3M",
    "ANNUAL_2": "R/P6M",
    "ANNUAL_3": "R/P4M",
    "ANNUAL": "R/P1Y",
    "BIENNIAL": "R/P2Y",
    "TRIENNIAL": "R/P3Y",
    "QUADRENNIAL": "R/P4Y",
    "QUINQUENNIAL": "R/P5Y",
    "DECENNIAL": "R/P10Y",
}
_WITHOUT_PERIOD = ("IRREG", "NEVER", "OTHER", "UNKNOWN", "AS_NEEDED", "NOT_PLANNED", "CONT")
CODES = (*_ISO, *_WITHOUT_PERIOD)
"""Every code that a record may carry here."""
_WORDS = {
    **{iso: code for code, iso in reversed(_ISO.items())},
    "R/P7D": "WEEKLY",
    "R/P14D": "BIWEEKLY",
    "R/P15D": "MONTHLY_2",
    "R/P30D": "MONTHLY",
    "R/P12M": "ANNUAL",
    "CONTINUOUS": "UPDATE_CONT",
    "SEMIANNUAL": "ANNUAL_2",
    "BIANNUAL": "ANNUAL_2",
    "YEARLY": "ANNUAL",
    "IRREGULAR": "IRREG",
    "EVENTUAL": "IRREG",
}
_TIMES_A_YEAR = {1: "ANNUAL", 2: "ANNUAL_2", 3: "ANNUAL_3", 4: "QUARTERLY", 6: "BIMONTHLY"}
_TIMES_A_MONTH = {1: "MONTHLY", 2: "MONTHLY_2", 3: "MONTHLY_3"}
_TIMES_A_WEEK = {1: "WEEKLY", 2: "WEEKLY_2", 3: "WEEKLY_3", 7: "DAILY"}
_TIMES_A_DAY = {1: "DAILY", 2: "DAILY_2", 8: "TRIHOURLY", 12: "BIHOURLY", 24: "HOURLY"}
_TIMES_AN_HOUR = {1: "HOURLY", 2: "30MIN", 4: "15MIN", 6: "10MIN", 12: "5MIN", 60: "1MIN"}
_OTHER = "OTHER"


def from_cron(line: str) -> str:
    """The code for a line of five fields that `contracts` accepts; OTHER where none fits."""
    minutes, hours, days, months, weekdays = (
        _count(field, size) for field, size in zip(line.split(), (60, 24, 31, 12, 7), strict=True)
    )
    if months < 12:
        return _TIMES_A_YEAR.get(months, _OTHER) if days == 1 else _OTHER
    if days < 31:
        return _TIMES_A_MONTH.get(days, _OTHER) if weekdays == 7 else _OTHER
    if weekdays < 7:
        return _TIMES_A_WEEK.get(weekdays, _OTHER)
    if hours == 24 and minutes > 1:
        return _TIMES_AN_HOUR.get(minutes, _OTHER)
    return _TIMES_A_DAY.get(hours, _OTHER)


def _count(field: str, size: int) -> int:
    """How many of `size` values a cron field names, evenly spread or not."""
    chosen: set[int] = set()
    for part in field.split(","):
        span, _slash, step = part.partition("/")
        first, _dash, last = span.partition("-")
        start = 0 if span == "*" else int(first)
        end = int(last) if last else (size - 1 if span == "*" or step else start)
        chosen.update(number % size for number in range(start, end + 1, int(step or 1)))
    return len(chosen)


def code_of(text: str) -> str | None:
    """The code that another catalogue means: a code, its address, ISO 8601 or an English word."""
    word = text.strip().upper()
    if not word.startswith("R/"):
        word = re.sub(r"[\s-]+", "_", word.rpartition("/")[2])
    if word in CODES:
        return word
    return _WORDS.get(word)


def iso_8601(code: str) -> str | None:
    """The code as a repeating interval, e.g. ``R/P1D``; None where it has no period."""
    return _ISO.get(code)
