"""Dates of columns that write the month before the day, as American software does.

Which order a column has cannot be told from one cell: the mapping says so by its choice of
function. All other spellings are read as in ``dates``.
"""

from __future__ import annotations

import re
from datetime import date

from standardization.functions.dates import FIRST_YEAR, LAST_YEAR, NOT_ISO
from standardization.functions.spec import Helper, SqlFunction, let
from standardization.functions.text import clean

_MONTH_FIRST = re.compile(
    r"(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4})(?: \d{1,2}:\d{2}.*)?", re.ASCII
)


def read_month_first(text: str) -> str | None:
    """ISO day of a date whose column writes the month first; the years are of four digits."""
    found = _MONTH_FIRST.fullmatch(clean(text) or "")
    if not found or not FIRST_YEAR <= int(found["y"]) <= LAST_YEAR:
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return None


HELPERS = (Helper("_read_month_first", ("x",), read=read_month_first),)

FUNCTIONS = (
    SqlFunction(
        "parse_date_mdy",
        ("x",),
        "DATE",
        {
            "vi": "Đọc ngày của cột viết tháng trước, ngày sau (6/25/2019).",
            "en": "Read dates of a column that writes the month before the day (6/25/2019).",
        },
        "Cleaning rules: ambiguous mm/dd is decided for a whole column. Any other spelling is "
        "read as by parse_date",
        (
            (("6/25/2019",), date(2019, 6, 25)),
            (("06/05/2019 14:30",), date(2019, 6, 5)),
            (("2019-06-05",), date(2019, 6, 5)),
            (("25/06/2019",), None),
        ),
        macro=let(
            "x_",
            "x::VARCHAR",
            "CASE WHEN x_ IS NULL THEN NULL "
            "WHEN regexp_full_match(x_, '\\s*\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}.*') "
            "THEN _read_month_first(x_)::DATE ELSE _wall(x_)::DATE END",
        ),
        parses=True,
        changed=NOT_ISO,
    ),
)
