"""Dates and instants as people and systems of a province write them.

Wall-clock time is Vietnam's, +07:00 the year round. Results do not depend on the session's time
zone: instants are made from microseconds, never by a cast. The forms that systems write are read
in SQL, those that people write in Python, once for each distinct text. Precision of a birth date
and lunar dates do not belong here; a lunar date is never converted.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from contracts.moments import wall_clock
from contracts.quoting import literal
from contracts.times import VIETNAM
from standardization.functions.spec import (
    Helper,
    SqlFunction,
    TextFunction,
    let,
    usually,
)
from standardization.functions.text import clean

# Readable years are 1800 to 2399. Later ones are Buddhist (2400 to 2600) or a system's idea of
# "never", earlier ones a lost digit; all of these are for people to look at.
FIRST_YEAR, LAST_YEAR = 1800, 2399
# What is no number passes and fails where it is parsed. DuckDB makes a join of each IN of so many
# centuries, which every row pays, of whatever form.
_READABLE = f"BETWEEN '{FIRST_YEAR}' AND '{LAST_YEAR}'"
_OFFSET = VIETNAM.utcoffset(None)
_FARTHEST_OFFSET = 14
_OFFSET_MICROSECONDS = _OFFSET // timedelta(microseconds=1)

_DAY_FIRST = re.compile(
    r"(?:ngày )?(?P<d>\d{1,2}) ?(?:[/.-]|tháng) ?(?P<m>\d{1,2}) ?(?:[/.-]|,? ?năm) ?"
    r"(?P<y>\d{4}|\d{2})(?:[ ,t]+(?P<time>.*))?",
    re.ASCII,
)
_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[ ,t]+(?P<time>.*))?", re.ASCII
)
_TIME_FIRST = re.compile(
    r"(\d{1,2}(?:[:h]| giờ )\d{1,2}(?::\d{2})?(?: phút)?),? (?:ngày )?(\d{1,4}[/. -].*)", re.ASCII
)
_TIME = re.compile(
    r"(?P<h>\d{1,2})(?:[:h]| giờ ?)(?P<min>\d{1,2})?(?: phút)?"
    r"(?::(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,6})\d*)?)? ?(?P<half>am|pm|sa|ch)? ?"
    r"\(?(?:(?:gmt|utc)? ?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)|(?P<utc>z|gmt|utc))?\)?",
    re.ASCII,
)
_SCRIPT_DATE = re.compile(
    r"[a-z]{3} (?P<m>[a-z]{3}) (?P<d>\d{2}) (?P<y>\d{4}) (?P<time>.{8} gmt[+-]\d{4})(?: \(.*\))?",
    re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_DAY = re.compile(r"[2-6]\d{4}(?:\.\d+)?", re.ASCII)
_EXCEL_FIRST, _EXCEL_LAST, _EXCEL_EPOCH = 20000, 60000, datetime(1899, 12, 30, tzinfo=VIETNAM)
_EPOCH_SECONDS = re.compile(r"[1-4]\d{9}(?:\.\d+)?", re.ASCII)
_EPOCH_MILLISECONDS = re.compile(r"[1-4]\d{12}", re.ASCII)


def _read_time(text: str | None) -> timedelta | None:
    """Time after midnight in Vietnam of '9h', '10:30', '2:30 CH', '07:00Z'; None if unreadable."""
    if not text:
        return timedelta(0)
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, second = (int(found[part] or 0) for part in ("h", "min", "s"))
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] in ("pm", "ch") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    micros = int((found["f"] or "0").ljust(6, "0"))
    wall = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
    if found["utc"]:
        return wall + _OFFSET
    if found["offset"]:
        sign = -1 if found["offset"].startswith("-") else 1
        hours, minutes = (int(part) for part in re.findall(r"\d{1,2}", found["offset"] + ":00")[:2])
        if hours > _FARTHEST_OFFSET or minutes > 59:
            return None
        return wall + _OFFSET - sign * timedelta(hours=hours, minutes=minutes)
    return wall


def _read_number(text: str) -> datetime | None:
    """Excel's day number or seconds or milliseconds since 1970, as a wall clock."""
    if _EXCEL_DAY.fullmatch(text) and _EXCEL_FIRST <= float(text) <= _EXCEL_LAST:
        return _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86400))
    if _EPOCH_SECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text), VIETNAM)
    if _EPOCH_MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, VIETNAM)
    return None


def _read_written(text: str, this_year: int) -> datetime | None:
    """A day and perhaps a time in words or figures, as a wall clock."""
    swapped = _TIME_FIRST.fullmatch(text)
    if swapped:
        text = f"{swapped[2]} {swapped[1]}"
    found = (
        _DAY_FIRST.fullmatch(text) or _YEAR_FIRST.fullmatch(text) or _SCRIPT_DATE.fullmatch(text)
    )
    if not found:
        return None
    month = found["m"]
    if not month.isdigit():
        month = str(_MONTHS.index(month) + 1) if month in _MONTHS else "0"
    year = int(found["y"])
    if len(found["y"]) == 2:
        year += 1900 if year > this_year % 100 else 2000
    time = _read_time(found["time"])
    if time is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return datetime(year, int(month), int(found["d"]), tzinfo=VIETNAM) + time
    except ValueError:
        return None


def wall_reader(this_year: int) -> TextFunction:
    """Text to ISO wall clock in Vietnam; a two-digit year after ``this_year`` is of 19xx."""

    def read(text: str) -> str | None:
        text = (clean(text) or "").lower()
        wall = _read_number(text) or _read_written(text, this_year)
        return wall.replace(tzinfo=None).isoformat(" ") if wall else None

    return read


_FAST_DATE = (
    f"WHEN strlen(x_) = 10 AND x_[3] = '/' AND x_[6] = '/' AND x_[7:10] {_READABLE} "
    "THEN coalesce(try_strptime(x_, '%d/%m/%Y'), _read_wall(x_)::TIMESTAMP)::{kind} "
    f"WHEN strlen(x_) = 10 AND x_[5] = '-' AND x_[8] = '-' AND x_[1:4] {_READABLE} "
    "THEN try_strptime(x_, '%Y-%m-%d')::{kind} "
)
_ISO = r"(?:1[89]|2[0-3])\d{2}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?"
_ISO_OFFSET = _ISO + r"(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
_WALL = let(
    "x_",
    "x::VARCHAR",
    # First what most systems write: one regular expression costs less than the slices of the
    # other forms, and NULL would go all the way to Python.
    f"CASE WHEN x_ IS NULL THEN NULL WHEN regexp_full_match(x_, {literal(_ISO)}) "
    "THEN try_cast(x_ AS TIMESTAMP) "
    "WHEN strlen(x_) = 16 AND x_[3] = '/' AND x_[6] = '/' AND x_[11] = ' ' "
    f"AND x_[14] = ':' AND x_[7:10] {_READABLE} "
    "THEN coalesce(try_strptime(x_, '%d/%m/%Y %H:%M'), _read_wall(x_)::TIMESTAMP) "
    "WHEN strlen(x_) = 19 AND x_[3] = '/' AND x_[6] = '/' AND x_[11] = ' ' "
    f"AND x_[17] = ':' AND x_[7:10] {_READABLE} "
    "THEN coalesce(try_strptime(x_, '%d/%m/%Y %H:%M:%S'), _read_wall(x_)::TIMESTAMP) "
    f"WHEN regexp_full_match(x_, {literal(_ISO_OFFSET)}) "
    # A cast to TIMESTAMP would drop the offset.
    f"THEN make_timestamp(epoch_us(try_cast(x_ AS TIMESTAMPTZ)) + {_OFFSET_MICROSECONDS}) "
    + _FAST_DATE.format(kind="TIMESTAMP")
    + "ELSE _read_wall(x_)::TIMESTAMP END",
)
_DAY_FIRST_FORMS = " ".join(
    f"WHEN x::VARCHAR LIKE '{like}' AND (x::VARCHAR)[7:10] {_READABLE} "
    f"THEN coalesce(try_strptime(x::VARCHAR, '{form}'), _read_wall(x::VARCHAR)::TIMESTAMP)"
    for like, form in (
        ("__/__/____ __:__", "%d/%m/%Y %H:%M"),
        ("__/__/____ __:__:__", "%d/%m/%Y %H:%M:%S"),
        ("__/__/____", "%d/%m/%Y"),
    )
)

NOT_ISO = "{x}::VARCHAR NOT LIKE '____-__-__%'"
"""`SqlFunction.changed` of what reads dates."""

# `_read_wall` is `wall_reader` of the year in which the functions are registered.
HELPERS = (
    Helper("_wall", ("x",), macro=_WALL),
    # The day of a moment in Vietnam.
    Helper("_day", ("x",), macro=f"{wall_clock('x')}::DATE"),
)

FUNCTIONS = (
    SqlFunction(
        "parse_date",
        ("x",),
        "DATE",
        {
            "vi": "Đọc ngày viết theo các kiểu thường gặp (5/6/2019, ngày 5 tháng 6 năm 2019, số "
            "ngày của Excel…) thành ngày chuẩn ISO; luôn hiểu là ngày trước, tháng sau.",
            "en": "Read dates written in the usual ways (5/6/2019, ngày 5 tháng 6 năm 2019, Excel "
            "day numbers…) as ISO dates; always day before month.",
        },
        "Cleaning rules: dates; years 1800 to 2399, Buddhist years refused",
        (
            (("05/06/2019",), date(2019, 6, 5)),
            (("5/6/19",), date(2019, 6, 5)),
            (("1/2/58",), date(1958, 2, 1)),
            (("5-6-2019",), date(2019, 6, 5)),
            (("2019-06-05",), date(2019, 6, 5)),
            (("ngày 5 tháng 6 năm 2019",), date(2019, 6, 5)),
            (("43621",), date(2019, 6, 5)),
            (("1559692800000",), date(2019, 6, 5)),
            (("05/06/2019 14:30",), date(2019, 6, 5)),
            (("31/02/2019",), None),
            (("06/25/2019",), None),
            (("05/06/2562",), None),
            (("00/00/1958",), None),
            (("1958",), None),
        ),
        macro=let(
            "x_",
            "x::VARCHAR",
            f"CASE WHEN x_ IS NULL THEN NULL {_FAST_DATE.format(kind='DATE')}"
            "ELSE _wall(x_)::DATE END",
        ),
        parses=True,
        changed=NOT_ISO,
    ),
    SqlFunction(
        "parse_timestamp",
        ("x",),
        "TIMESTAMP WITH TIME ZONE",
        {
            "vi": "Đọc ngày giờ theo các kiểu thường gặp thành thời điểm theo giờ Việt Nam "
            "(+07:00).",
            "en": "Read dates and times written in the usual ways as instants in Vietnam time "
            "(+07:00).",
        },
        "Cleaning rules: dates; a text without an offset is Vietnam's wall clock",
        (
            (("05/06/2019 14:30",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("05/06/2019 14:30:15",), datetime(2019, 6, 5, 14, 30, 15, tzinfo=VIETNAM)),
            (("14:30 ngày 5/6/2019",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("5/6/2019 2:30 CH",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("2019-06-05T07:30:00Z",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("2019-06-05T07:30:00+00:00",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("2019-06-05 14:30:00 GMT+7",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (
                ("Wed Jun 05 2019 14:30:00 GMT+0700 (Indochina Time)",),
                datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM),
            ),
            (("1559719800",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("1559719800000",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("43621.604166667",), datetime(2019, 6, 5, 14, 30, tzinfo=VIETNAM)),
            (("05/06/2019",), datetime(2019, 6, 5, tzinfo=VIETNAM)),
            (("05/06/2019 25:00",), None),
            (("05/06/2562 14:30",), None),
        ),
        macro="make_timestamptz(epoch_us("
        + usually(
            # A cast would drop the Z and the offset of others, and does not mind a last dot.
            "x::VARCHAR LIKE '____-__-__ __:__:__' AND x::VARCHAR >= '18' AND x::VARCHAR < '24' "
            "AND x::VARCHAR NOT LIKE '%Z' AND x::VARCHAR NOT LIKE '%.'",
            # What systems write as a rule is looked at alone; if that fails, it says nothing yet.
            "coalesce(try_cast(x::VARCHAR AS TIMESTAMP), _wall(x))",
            f"CASE WHEN x::VARCHAR LIKE '____-__-__%' THEN _wall(x) {_DAY_FIRST_FORMS} "
            "ELSE _read_wall(x::VARCHAR)::TIMESTAMP END",
        )
        + f") - {_OFFSET_MICROSECONDS})",
        parses=True,
        changed=NOT_ISO,
    ),
)
