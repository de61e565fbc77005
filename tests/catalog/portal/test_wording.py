"""Values as people read them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.portal.wording import ROUND_TO, SMALL, Words

VI, EN = Words("vi"), Words("en")


def test_numbers_and_sizes_follow_the_language() -> None:
    assert (VI.number(1234567), EN.number(1234567)) == ("1.234.567", "1,234,567")
    assert (VI.percent(0.0693), EN.percent(0.0693)) == ("6,9%", "6.9%")
    assert (VI.size(1_530_000), EN.size(999), EN.size(2_000)) == ("1,5 MB", "999 B", "2 kB")


def test_a_year_in_a_table_is_not_grouped() -> None:
    assert (VI.figure(2024), VI.figure(12345), EN.figure(1.25)) == ("2024", "12.345", "1.25")


def test_days_and_moments_are_told_in_the_provinces_time() -> None:
    late_evening = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    assert VI.day(late_evening) == "02/03/2026"
    assert VI.moment("2026-03-01T18:30:00+00:00") == "01:30, 02/03/2026"
    assert VI.moment("2026-03-01T18:30:00") == "01:30, 02/03/2026"
    assert EN.day(date(2026, 11, 2)) == "2 November 2026"


@pytest.mark.parametrize(
    ("period", "vi", "en"),
    [
        ("2026-03", "03/2026", "Mar 2026"),
        ("2026", "2026", "2026"),
        ("2026-Q1", "2026-Q1", "2026-Q1"),
    ],
)
def test_periods(period: str, vi: str, en: str) -> None:
    assert (VI.month(period), EN.month(period)) == (vi, en)


def test_small_counts_of_persons_are_not_told() -> None:
    assert VI.people(0) == "0"
    assert [VI.people(count) for count in (1, 9)] == ["ít hơn 10", "ít hơn 10"]
    assert [EN.people(count) for count in (10, 14, 15, 1238)] == ["10", "10", "15", "1,235"]


@given(st.integers(1, 5000), st.integers(1, SMALL - 1))
def test_no_subtraction_gives_a_small_count_away(shown: int, hidden: int) -> None:
    """More than one value of the hidden count agrees with the whole and the other part."""

    def told(other: int, count: int) -> tuple[str, str]:
        return EN.people(other + count), EN.people(other)

    near = range(max(shown - ROUND_TO, 1), shown + ROUND_TO + 1)
    agreeing = {
        count
        for count in range(1, SMALL)
        for other in near
        if told(other, count) == told(shown, hidden)
    }
    assert len(agreeing) > 1
