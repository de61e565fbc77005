from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from catalog import identifiers


@given(st.text(max_size=200))
def test_a_slug_is_always_a_name_that_ckan_accepts(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]{2,100}", identifiers.slug(text))


def test_slugs_fold_vietnamese() -> None:
    assert identifiers.slug("Sở Tư pháp Đồng Tháp") == "so-tu-phap-dong-thap"


def test_ids_are_stable_and_apart() -> None:
    first = identifiers.resource_id("schools", "csv")
    assert first == identifiers.resource_id("schools", "csv")
    assert first != identifiers.resource_id("schools", "xlsx")


def test_times_are_naive_utc_with_six_digits() -> None:
    moment = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=7)))
    assert identifiers.ckan_time(identifiers.naive_utc(moment)) == "2026-03-01T02:00:00.000000"
    assert identifiers.naive_utc("2026-03-01T02:00:00") == datetime(2026, 3, 1, 2)  # noqa: DTZ001 - naive is the point
    assert identifiers.naive_utc(datetime(2026, 1, 1, tzinfo=UTC)).tzinfo is None
