"""Birth dates of which only the year or the month is known, and ages.

A partial date never becomes the first of January: ``birth_date`` gives only whole days,
``birth_year`` and ``birth_date_precision`` say what is known. All of it is personal data.
"""

from __future__ import annotations

import re
from datetime import date

from standardization.functions.spec import Helper, SqlFunction, let
from standardization.functions.text import clean

_YEAR = r"(?P<y>(?:18|19|20)\d{2})"
_PARTIAL = re.compile(
    rf"(?:năm |n\. ?|sn:? ?)?{_YEAR}(?:\.0)?|(?:0{{1,2}}[/.-])?(?:tháng )?(?P<m>\d{{1,2}})"
    rf"(?:[/.-]|,? ?năm ){_YEAR.replace('<y>', '<y2>')}"
    rf"|{_YEAR.replace('<y>', '<y3>')}-(?P<m3>\d{{2}})(?:-00)?",
    re.ASCII,
)
_BANDS = ((5, "0-4"), (15, "5-14"), (25, "15-24"), (50, "25-49"), (60, "50-59"), (80, "60-79"))
_ELDEST = "80+"
_OLDEST = 130


def read_partial(text: str) -> str | None:
    """``yyyy`` or ``yyyy-mm`` of a birth date that names no day; None if it is none."""
    found = _PARTIAL.fullmatch((clean(text) or "").lower())
    if not found:
        return None
    year = found["y"] or found["y2"] or found["y3"]
    month = int(found["m"] or found["m3"] or 0)
    if month > 12:
        return None
    return f"{year}-{month:02}" if month else year


_AGE = let(
    "b_",
    "{'w': _birth(x), 'd': on_day::DATE}",
    "CASE WHEN b_.w IS NULL OR b_.d IS NULL OR b_.w > strftime(b_.d, '%Y-%m-%d') "
    "THEN NULL WHEN strlen(b_.w) = 10 THEN date_sub('year', b_.w::DATE, b_.d) "
    # Of a year alone the age is counted by the years, as registers do.
    "ELSE year(b_.d) - left(b_.w, 4)::INTEGER END",
)
_BAND = "".join(f"WHEN a_ < {end} THEN '{band}' " for end, band in _BANDS)

HELPERS = (
    Helper("_read_partial", ("x",), read=read_partial),
    Helper(
        "_birth",
        ("x",),
        macro=let(
            "p_",
            "{'x': x::VARCHAR, 'd': parse_date(x)}",
            "CASE WHEN p_.x IS NULL THEN NULL WHEN p_.d IS NOT NULL THEN p_.d::VARCHAR "
            "ELSE _read_partial(p_.x) END",
        ),
    ),
    Helper(
        "_age",
        ("x", "on_day"),
        macro=let("y_", _AGE, f"CASE WHEN y_ BETWEEN 0 AND {_OLDEST} THEN y_::INTEGER END"),
    ),
)

FUNCTIONS = (
    SqlFunction(
        "birth_date",
        ("x",),
        "DATE",
        {
            "vi": "Ngày sinh khi nguồn ghi đủ ngày, tháng, năm; chỉ có năm hoặc tháng thì để "
            "trống, không bao giờ tự điền ngày 01/01.",
            "en": "Birth date where the source has day, month and year; left empty where it has "
            "only the year or month, never filled up to 1 January.",
        },
        "Cleaning rules: birth date. Whether it could be read at all says birth_date_precision",
        (
            (("05/06/1958",), date(1958, 6, 5)),
            (("5/6/58",), date(1958, 6, 5)),
            (("1958",), None),
            (("00/00/1958",), None),
        ),
        macro=let("w_", "_birth(x)", "CASE WHEN strlen(w_) = 10 THEN w_::DATE END"),
    ),
    SqlFunction(
        "birth_date_precision",
        ("x",),
        "VARCHAR",
        {
            "vi": "Độ chính xác của ngày sinh: D đủ ngày, M chỉ có tháng, Y chỉ có năm.",
            "en": "How exact the birth date is: D to the day, M to the month, Y to the year.",
        },
        "Cleaning rules: birth date",
        (
            (("05/06/1958",), "D"),
            (("00/06/1958",), "M"),
            (("6/1958",), "M"),
            (("1958",), "Y"),
            (("00/00/1958",), "Y"),
            (("năm 1958",), "Y"),
            (("không rõ",), None),
        ),
        macro=let(
            "w_",
            "_birth(x)",
            "CASE strlen(w_) WHEN 10 THEN 'D' WHEN 7 THEN 'M' WHEN 4 THEN 'Y' END",
        ),
        parses=True,
    ),
    SqlFunction(
        "birth_year",
        ("x",),
        "INTEGER",
        {"vi": "Năm sinh.", "en": "Year of birth."},
        "Cleaning rules: birth date",
        ((("05/06/1958",), 1958), (("00/00/1958",), 1958), ((1958,), 1958), (("58",), None)),
        macro="left(_birth(x), 4)::INTEGER",
        parses=True,
    ),
    SqlFunction(
        "age_at",
        ("x", "on_day"),
        "INTEGER",
        {
            "vi": "Tuổi tròn vào ngày đã cho; chỉ biết năm sinh thì lấy hiệu hai năm.",
            "en": "Age in full years on the day; of a year of birth alone, the years between.",
        },
        "Cleaning rules: birth date; 0 to 130 years",
        (
            (("05/06/1958", date(2025, 6, 4)), 66),
            (("05/06/1958", date(2025, 6, 5)), 67),
            (("1958", date(2025, 1, 1)), 67),
            (("05/06/2026", date(2025, 1, 1)), None),
        ),
        macro="_age(x, on_day)",
        parses=True,
    ),
    SqlFunction(
        "age_band",
        ("x", "on_day"),
        "VARCHAR",
        {
            "vi": "Nhóm tuổi vào ngày đã cho: 0-4, 5-14, 15-24, 25-49, 50-59, 60-79, 80+.",
            "en": "Age band on the day: 0-4, 5-14, 15-24, 25-49, 50-59, 60-79, 80+.",
        },
        "Cleaning rules: birth date; reference datasets: statistics of encounters",
        (
            (("05/06/1958", date(2025, 6, 5)), "60-79"),
            (("2024", date(2025, 6, 5)), "0-4"),
            (("01/01/1940", date(2025, 6, 5)), "80+"),
            (("31/02/1940", date(2025, 6, 5)), None),
        ),
        macro=let(
            "a_",
            "_age(x, on_day)",
            f"CASE WHEN a_ IS NULL THEN NULL {_BAND}ELSE '{_ELDEST}' END",
        ),
        parses=True,
    ),
)
