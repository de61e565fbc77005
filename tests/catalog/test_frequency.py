from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.frequency import code_of, from_cron, iso_8601


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("0 2 * * *", "DAILY"),
        ("0 2 * * 1", "WEEKLY"),
        ("0 2 * * 1,4", "WEEKLY_2"),
        ("0 2 * * 1-5", "OTHER"),
        ("0 5 10 * *", "MONTHLY"),
        ("0 5 1,15 * *", "MONTHLY_2"),
        ("5 * * * *", "HOURLY"),
        ("*/15 * * * *", "15MIN"),
        ("0 */2 * * *", "BIHOURLY"),
        ("0 6,18 * * *", "DAILY_2"),
        ("0 5 1 1 *", "ANNUAL"),
        ("0 5 1 */3 *", "QUARTERLY"),
        ("0 5 1 1,7 *", "ANNUAL_2"),
        ("0 5 1 * 1", "OTHER"),
        ("0 5 * * 0-7", "DAILY"),
        ("0 5 * 1 *", "OTHER"),
    ],
)
def test_a_schedule_as_a_frequency(line: str, code: str) -> None:
    assert from_cron(line) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DAILY", "DAILY"),
        ("http://publications.europa.eu/resource/authority/frequency/annual", "ANNUAL"),
        ("http://purl.org/cld/freq/semiannual", "ANNUAL_2"),
        ("R/P1Y", "ANNUAL"),
        ("R/P3M", "QUARTERLY"),
        ("R/PT1S", "UPDATE_CONT"),
        ("eventual", "IRREG"),
        ("now and then", None),
        ("", None),
    ],
)
def test_what_other_catalogues_mean(text: str, code: str | None) -> None:
    assert code_of(text) == code


@given(st.text())
def test_any_text_is_a_code_or_none(text: str) -> None:
    code = code_of(text)
    assert code is None or code_of(code) == code


def test_the_period_and_back() -> None:
    for code in ("DAILY", "WEEKLY", "MONTHLY", "ANNUAL", "QUARTERLY"):
        assert code_of(iso_8601(code) or "") == code
    assert iso_8601("IRREG") is None
