"""Days and parts of moments are what stood on the wall in Vietnam."""

from __future__ import annotations

import duckdb
import pytest

from contracts.errors import Fault
from contracts.moments import by_the_clock


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("CAST(at AS DATE)::VARCHAR", "1954-12-31 16:30:00+00", "1954-12-31"),
        ("at::DATE::VARCHAR", "2026-01-01 17:00:00+00", "2026-01-02"),
        ("strftime(at, '%y%m%d %H')", "1954-12-31 16:30:00+00", "541231 23"),
        ("TRY_CAST(at AS DATE) IS NULL", None, True),
    ],
)
def test_in_any_time_zone(text: str, moment: str | None, expected: object) -> None:
    select = by_the_clock(text, {"at"})
    for zone in ("Asia/Ho_Chi_Minh", "UTC"):
        with duckdb.connect() as connection:
            connection.execute(f"SET TimeZone = '{zone}'")
            row = connection.execute(
                f"SELECT {select} FROM (SELECT ?::TIMESTAMPTZ AS at)", [moment]
            ).fetchone()
            assert row == (expected,)


@pytest.mark.parametrize(
    "text", ["CAST(day AS DATE)", "strftime(day, '%y')", "CAST(at AS TIME)", "at > other"]
)
def test_what_is_no_day_of_a_moment_stays_as_it_is(text: str) -> None:
    assert by_the_clock(text, {"at", "other"}) == text


def test_a_list_of_any_length_that_names_no_moment_is_not_parsed() -> None:
    text = f"code IN ({', '.join(map(repr, range(20_000)))})"
    assert by_the_clock(text, {"at"}) == text


def test_what_is_no_sql_is_refused() -> None:
    with pytest.raises(Fault) as raised:
        by_the_clock("CAST(at", {"at"})
    assert raised.value.check == "sql.syntax"
