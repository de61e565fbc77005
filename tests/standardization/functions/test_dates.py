"""Dates and instants in the ways they are written."""

from datetime import date, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.standardization.functions.conftest import Call

VIETNAM = timezone(timedelta(hours=7))
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DAYS = st.dates(date(1800, 1, 1), date(2399, 12, 31))
FORMS = st.sampled_from(
    [
        "{d:02}/{m:02}/{y}",
        "{d}/{m}/{y}",
        "{d}-{m}-{y}",
        "{d}.{m}.{y}",
        "{y}-{m:02}-{d:02}",
        "{y}/{m}/{d}",
        "ngày {d} tháng {m} năm {y}",
        "Ngày {d:02} tháng {m:02} năm {y}",
        " {d:02}/{m:02}/{y} ",
        "{d:02}/{m:02}/{y} 00:00",
        "{y}-{m:02}-{d:02}T00:00:00",
    ]
)


@MANY
@given(day=DAYS, form=FORMS)
def test_every_form_gives_the_day(call: Call, day: date, form: str) -> None:
    text = form.format(d=day.day, m=day.month, y=day.year)
    assert call("parse_date", text) == day
    assert call("parse_timestamp", text) == datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


@MANY
@given(moment=st.datetimes(datetime(1800, 1, 1), datetime(2399, 12, 31)))  # noqa: DTZ001 - wall clock
def test_what_systems_write_is_a_wall_clock(call: Call, moment: datetime) -> None:
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    expected = moment.replace(microsecond=0, tzinfo=VIETNAM)
    assert call("parse_timestamp", text) == expected
    assert call("_day", expected) == moment.date()


@settings(MANY, max_examples=500)
@given(
    text=st.sampled_from(
        [
            *("2026-03-25 12:39:35", "1959-12-31 23:30:00", "2019-02-30 10:00:00"),
            *("2400-01-01 24:00:00", "25/03/2026 12:39:35", "31/12/1959 23:30", "25/03/2026"),
        ]
    ),
    place=st.integers(0, 18),
    cut=st.integers(0, 2),
    new=st.text("0123456789:-/ TZ+.x\u0660", max_size=2),
)
def test_the_short_way_reads_what_the_long_way_reads(
    call: Call, text: str, place: int, cut: int, new: str
) -> None:
    text = text[:place] + new + text[place + cut :]
    wall = call("_wall", text)
    expected = None if wall is None else cast("datetime", wall).replace(tzinfo=VIETNAM)
    assert call("parse_timestamp", text) == expected


@MANY
@given(serial=st.integers(20000, 60000))
def test_excel_counts_from_the_end_of_1899(call: Call, serial: int) -> None:
    expected = date(1899, 12, 30) + timedelta(days=serial)
    assert call("parse_date", str(serial)) == expected
    assert call("parse_date", serial) == expected
    assert call("parse_date", f"{serial}.0") == expected


@pytest.mark.parametrize(
    "text",
    [
        "30/02/2020",
        "29/02/2019",
        "00/01/2019",
        "12/13/2019",
        "5/6/0001",
        "5/6/2562",
        "2562-06-05",
        "01/01/9999",
        "00/00/1958",
        "1958",
        "19999",
        "60001",
        "tháng 6 năm 2019",
        "05/06/2019abc",
        "05/06/2019 10:61",
        "05/06/2019 24:00",
        "2019-06-05T10:00:00+25:00",
    ],
)
def test_what_is_no_date_is_unreadable(call: Call, text: str) -> None:
    assert call("parse_date", text) is None
    assert call("parse_timestamp", text) is None


def test_two_digit_years_turn_after_this_year(call: Call) -> None:
    assert call("parse_date", "01/02/26") == date(2026, 2, 1)
    assert call("parse_date", "01/02/27") == date(1927, 2, 1)


@pytest.mark.parametrize(
    ("text", "hour", "minute", "second"),
    [
        ("05/06/2019 9:05", 9, 5, 0),
        ("05/06/2019 09:05:07", 9, 5, 7),
        ("5/6/2019 9h05", 9, 5, 0),
        ("5/6/2019 9 giờ 5 phút", 9, 5, 0),
        ("9:05 5/6/2019", 9, 5, 0),
        ("9 giờ 05 phút, ngày 5 tháng 6 năm 2019", 9, 5, 0),
        ("05/06/2019 12:00 SA", 0, 0, 0),
        ("05/06/2019 12:00 CH", 12, 0, 0),
        ("05/06/2019 9:05 PM", 21, 5, 0),
        ("2019-06-05 09:05:07.000", 9, 5, 7),
        ("2019-06-05T02:05:07Z", 9, 5, 7),
        ("2019-06-05T02:05:07.000Z", 9, 5, 7),
        ("2019-06-05T09:05:07+07:00", 9, 5, 7),
        ("2019-06-05T07:35:07+0530", 9, 5, 7),
        ("2019-06-05 09:05:07+07", 9, 5, 7),
        ("05/06/2019 09:05 GMT+7", 9, 5, 0),
        ("05/06/2019 02:05 UTC", 9, 5, 0),
        ("05/06/2019 04:35+2:30", 9, 5, 0),
        ("05/06/2019 04:35 GMT+0230", 9, 5, 0),
        ("05/06/2019 09:05 (GMT+7)", 9, 5, 0),
    ],
)
def test_times_of_day(call: Call, text: str, hour: int, minute: int, second: int) -> None:
    expected = datetime(2019, 6, 5, hour, minute, second, tzinfo=VIETNAM)
    assert call("parse_timestamp", text) == expected


def test_an_offset_may_change_the_day(call: Call) -> None:
    assert call("parse_date", "2019-06-05T18:00:00Z") == date(2019, 6, 6)


def test_typed_columns_keep_their_wall_clock_and_their_instant(call: Call) -> None:
    assert call("parse_timestamp", datetime(2019, 6, 5, 9, 5)) == datetime(  # noqa: DTZ001 - a wall clock is the point
        2019, 6, 5, 9, 5, tzinfo=VIETNAM
    )
    instant = datetime(2019, 6, 5, 9, 5, tzinfo=timezone(timedelta(hours=-5)))
    assert call("parse_timestamp", instant) == instant
    assert call("parse_date", date(2019, 6, 5)) == date(2019, 6, 5)
