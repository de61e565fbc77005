from __future__ import annotations

import pytest

from tests.catalog.province import stores_at, withdraw
from tests.catalog.sites import Site


def test_a_code_that_meant_two_places(reading_site: Site) -> None:
    answer = reading_site.public.get("/api/1/units", params={"code": "28000"})
    result = answer.json()["result"]
    assert [one["full_name"] for one in result["candidates"]] == ["Xã Bình Phú", "Xã Tân Phú"]
    old = result["candidates"][1]
    assert old["valid_to"] == "2025-07-01"
    assert (old["now"]["code"], old["now"]["name"]) == ("28003", "Xã Tân Hương")
    assert old["now"]["ground"] == "Nghị quyết"
    assert not old["split"]


def test_on_a_day_it_meant_one(reading_site: Site) -> None:
    asked = {"code": "28000", "on": "2025-06-30"}
    result = reading_site.public.get("/api/1/units", params=asked).json()["result"]
    assert [one["full_name"] for one in result["candidates"]] == ["Xã Tân Phú"]


def test_by_name_without_marks(reading_site: Site) -> None:
    result = reading_site.public.get("/api/1/units", params={"name": "tan huong"}).json()["result"]
    assert [one["code"] for one in result["candidates"]] == ["28003"]
    assert result["candidates"][0]["made_from"][0]["code"] == "28000"
    assert result["releases"] == {"administrative_unit": 1, "administrative_unit_crosswalk": 1}


@pytest.mark.parametrize(
    "asked", [{}, {"code": " "}, {"code": "1", "on": "spring"}, {"name": "x" * 300}]
)
def test_what_cannot_be_asked(reading_site: Site, asked: dict[str, str]) -> None:
    refused = reading_site.public.get("/api/1/units", params=asked)
    assert refused.status_code == 409
    assert refused.json()["error"]["__type"] == "Validation Error"


def test_an_unknown_code_has_no_candidates(reading_site: Site) -> None:
    answer = reading_site.public.get("/api/1/units", params={"code": "99999"})
    assert answer.json()["result"]["candidates"] == []


def test_without_the_datasets_it_says_so(site: Site) -> None:
    withdraw(stores_at(site.home), "administrative_unit")
    refused = site.public.get("/api/1/units", params={"code": "28000"})
    assert (refused.status_code, refused.json()["error"]["__type"]) == (404, "Not Found Error")
