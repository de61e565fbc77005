from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.catalog.province import stores_at, withdraw
from tests.catalog.sites import Site, open_site
from tests.catalog.telling import tell


@pytest.fixture
def telling(home: Path) -> Iterator[Site]:
    """A site whose datasets tell of indicators."""
    tell(stores_at(home))
    yield from open_site(home)


def _asked(site: Site, **parameters: str) -> dict[str, Any]:
    answer = site.public.get("/api/1/indicators", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["result"]
    return found


def _figures(result: dict[str, Any]) -> dict[str, list[tuple[str, str, object]]]:
    return {
        one["code"]: [(o["place"], o["month"], o["figure"]) for o in one["observations"]]
        for one in result["indicators"]
    }


def test_gives_the_newest_vintage_of_everything(telling: Site) -> None:
    result = _asked(telling)
    assert result["releases"] == {"measure": 1, "measured": 1}
    assert _figures(result) == {
        "A1": [("28003", "2026-09", None), ("82", "2026-08", 91), ("82", "2026-09", 96.5)],
        "A2": [("28003", "2026-Q2", 7), ("28003", "2026-Q3", None), ("82", "2026-09", 20)],
        "B1": [("82", "2026-09", 1200)],
    }


@pytest.mark.parametrize(
    ("asked", "codes", "count"),
    [
        ({"domain": "gov"}, {"A1", "A2"}, 6),
        ({"unit": "28003", "boundary": "old"}, {"A1", "A2", "B1"}, 1),
        # A quarter stands where it begins.
        ({"unit": "28003", "since": "2026-07"}, {"A1", "A2", "B1"}, 2),
        ({"unit": "28003", "since": "2026-08"}, {"A1", "A2", "B1"}, 1),
        ({"unit": "82", "since": "2026-09"}, {"A1", "A2", "B1"}, 3),
        ({"indicator": "A1", "period": "2026-08"}, {"A1"}, 1),
        ({"indicator": "A1", "vintage": "all"}, {"A1"}, 4),
        ({"indicator": "A1", "domain": "tour"}, set(), 0),
        ({"unit": "'; DROP"}, {"A1", "A2", "B1"}, 0),
    ],
)
def test_filters(telling: Site, asked: dict[str, str], codes: set[str], count: int) -> None:
    figures = _figures(_asked(telling, **asked))
    assert set(figures) == codes
    assert sum(map(len, figures.values())) == count


def test_tells_whether_anything_is_new(telling: Site) -> None:
    first = telling.public.get("/api/1/indicators", params={"unit": "82"})
    headers = {"If-None-Match": first.headers["etag"]}
    again = telling.public.get("/api/1/indicators", params={"unit": "82"}, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    other = telling.public.get("/api/1/indicators", params={"unit": "28003"}, headers=headers)
    assert other.status_code == 200


@pytest.mark.parametrize("asked", [{"vintage": "old"}, {"unit": "x" * 101}])
def test_what_cannot_be_asked(telling: Site, asked: dict[str, str]) -> None:
    refused = telling.public.get("/api/1/indicators", params=asked)
    assert (refused.status_code, refused.json()["error"]["__type"]) == (409, "Validation Error")


@pytest.mark.parametrize(
    ("asked", "there"),
    [({"domain": "GOV"}, "gov, tour"), ({"domain": "gov", "indicator": "A9"}, "A1, A2, B1")],
)
def test_what_is_called_otherwise_is_refused_with_what_there_is(
    telling: Site, asked: dict[str, str], there: str
) -> None:
    refused = telling.public.get("/api/1/indicators", params=asked)
    assert refused.status_code == 409
    (problems,) = (v for k, v in refused.json()["error"].items() if k != "__type")
    assert problems == [f"Unknown; there are: {there}"]


def test_without_such_datasets_it_says_so(reading_site: Site) -> None:
    refused = reading_site.public.get("/api/1/indicators")
    assert (refused.status_code, refused.json()["error"]["__type"]) == (404, "Not Found Error")
    assert "Chưa có chỉ tiêu nào" in reading_site.public.get("/indicators").text


def test_a_withdrawn_catalogue_tells_nothing(home: Path) -> None:
    tell(stores_at(home))
    withdraw(stores_at(home), "measure")
    for site in open_site(home):
        assert site.public.get("/api/1/indicators").status_code == 404


def test_programmers_are_told_where_to_poll(telling: Site, reading_site: Site) -> None:
    told = re.findall(
        r"curl '[^']*?(/api/1/indicators[^']*)'", telling.public.get("/developers").text
    )
    assert [telling.public.get(html.unescape(one)).status_code for one in told] == [200]
    assert "/api/1/indicators" not in reading_site.public.get("/developers").text


def test_the_page_judges_by_thresholds(telling: Site) -> None:
    page = telling.public.get("/en/indicators").text
    on_time, late, guests = page.split("<h4>")[1:]
    assert "<strong>96.5</strong> %" in on_time
    assert "good" in on_time
    assert 'low="85.0" high="95.0" optimum="100.0" value="96.5"' in on_time
    assert "needs attention" in late
    assert 'optimum="0.0"' in late
    assert "<meter" not in guests
    assert "<strong>1,200</strong> guests" in guests
    assert "/api/1/indicators?unit=82" in page


def test_the_page_of_a_commune_by_name(telling: Site) -> None:
    page = telling.public.get("/indicators", params={"unit": "tân hương"}).text
    assert "Xã Tân Hương" in page
    assert "ít trường hợp" in page
    # The same code in former boundaries was another commune.
    assert "2026-Q3" in page
    assert "2026-Q2" not in page
    unknown = telling.public.get("/indicators", params={"unit": "không đâu"})
    assert (unknown.status_code, "Không có đơn vị nào" in unknown.text) == (200, True)
