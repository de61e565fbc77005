"""Time and place covered, in words."""

import pytest

from catalog.portal.coverage import communes_covered, places_covered, time_covered
from catalog.portal.wording import Words
from tests.catalog.portal.fake import package

VI, EN = Words("vi"), Words("en")


def covering(**extras: str) -> dict[str, object]:
    return package("x", extras=[{"key": key, "value": text} for key, text in extras.items()])


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2024-01-01", "2026-11-30", "1 January 2024 – 30 November 2026"),
        ("2024-01", "2024-01", "Jan 2024"),
        ("2024", "", "from 2024"),
        ("", "2024", "up to 2024"),
        ("2024-99-99", "", "from 2024-99-99"),
        ("", "", ""),
    ],
)
def test_time(start: str, end: str, said: str) -> None:
    assert time_covered(covering(temporal_start=start, temporal_end=end), EN) == said


def test_few_places_are_named_and_many_counted() -> None:
    names = {"1": "Phường Một"}
    assert places_covered(covering(communes="1 2 1 _T"), VI, lambda code: names.get(code, "")) == (
        "Phường Một, 2"
    )
    many = covering(communes=" ".join(map(str, range(102))))
    assert places_covered(many, VI, str) == "102 xã, phường"
    assert communes_covered(covering()) == ()
    assert places_covered(covering(), VI, str) == ""
