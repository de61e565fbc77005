"""Watermarks in every form in which sources keep them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from standardization.watermarks import floor, highest, later

TAKEN_AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
TWO_DAYS = timedelta(days=2)


@pytest.mark.parametrize(
    ("watermark", "expected"),
    [
        (None, None),
        ("2026-10-30", "2026-10-28"),
        ("2026-10-30 08:00:00", "2026-10-28 08:00:00"),
        ("2026-10-30T08:00:00", "2026-10-28T08:00:00"),
        ("2026-10-30 08:00:00.5", "2026-10-28 08:00:00.500000"),
        ("2026-10-30 08:00:00+07:00", "2026-10-28 08:00:00+07:00"),
        ("1793433600", "1793260800"),
        ("1793433600000", "1793260800000"),
        ("30/10/2026", None),
        ("soon", None),
    ],
)
def test_floor_keeps_the_form(watermark: str | None, expected: str | None) -> None:
    assert floor(watermark, TWO_DAYS) == expected


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["2026-10-30 08:00:00", "2026-10-29 23:00:00", None], pa.string(), "2026-10-30 08:00:00"),
        (["2026-11-01T14:00:00", "2026-11-01T16:00:00"], pa.string(), "2026-11-01T14:00:00"),
        (["2099-01-01", "soon", "", "30/10/2026"], pa.string(), None),
        ([1793433600, 9999999999], pa.int64(), "1793433600"),
        ([1793433600000, 9999999999999], pa.int64(), "1793433600000"),
        ([datetime(2026, 10, 30, 8), datetime(2099, 1, 1)], pa.timestamp("us"),  # noqa: DTZ001 - naive on purpose
         "2026-10-30 08:00:00"),
        ([datetime(2026, 10, 30, 8, tzinfo=UTC)], pa.timestamp("us", "UTC"),
         "2026-10-30 08:00:00+00:00"),
        ([date(2026, 10, 30), date(2099, 1, 1)], pa.date32(), "2026-10-30"),
        ([True], pa.bool_(), None),
        ([], pa.string(), None),
        ([None], pa.int64(), None),
    ],
)  # fmt: skip
def test_highest_is_the_last_that_is_not_in_the_future(
    values: list[object], kind: pa.DataType, expected: str | None
) -> None:
    assert highest(pa.array(values, kind), TAKEN_AT) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, None, None),
        ("2026-01-01", None, "2026-01-01"),
        ("2026-01-01", "2026-01-02", "2026-01-02"),
        ("9", "10", "10"),
    ],
)
def test_later(one: str | None, other: str | None, expected: str | None) -> None:
    assert later(one, other) == expected
    assert later(other, one) == expected
