"""Communes, old and new: every candidate with its ground, a split never guessed."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from lakehouse.releases import Releases
from tests.catalog.portal.conftest import PUBLIC_URL, Portal, open_portal
from tests.catalog.portal.html import Page
from tests.catalog.portal.sample import build


def read(portal: Portal, path: str) -> Page:
    answer = portal.client.get(path)
    assert answer.status_code == 200
    return Page.of(answer.text)


def test_a_code_that_meant_two_places_shows_both(portal: Portal) -> None:
    page = read(portal, "/en/units?q=28249")
    assert "2 matches for “28249”" in page.texts
    assert "The same code meant different places at different times." in page.texts
    assert page.texts.index("Phường Đạo Thạnh") < page.texts.index("Phường 5")
    assert "merged whole, on 1 July 2025" in page.texts


def test_the_day_on_the_paper_decides(portal: Portal) -> None:
    before = read(portal, "/en/units?q=28249&on=2025-06-30")
    assert "1 match for “28249”" in before.texts
    assert any("until 30 June 2025" in text for text in before.texts)
    after = read(portal, "/en/units?q=28249&on=2025-07-01")
    assert any("since 1 July 2025" in text for text in after.texts)
    assert not any("until" in text for text in after.texts)


def test_homonyms_are_told_apart_by_district(portal: Portal) -> None:
    page = read(portal, "/units?q=xa+phu+my")
    assert "Nhiều nơi có tên này. Xem huyện và tỉnh để phân biệt." in page.texts
    assert {"Thành phố Mỹ Tho", "Huyện Châu Thành"} <= {text.split(",")[0] for text in page.texts}


def test_a_split_commune_shows_all_parts_and_is_not_guessed(portal: Portal) -> None:
    page = read(portal, "/en/units?q=28300")
    assert "Split among 2 communes and wards" in page.texts
    assert {"Phường Đạo Thạnh", "Xã Tân Phú"} <= set(page.texts)
    assert "merged in part, 40%, on 1 July 2025" in page.texts
    assert any("so we do not guess" in text for text in page.texts)
    assert "Now" not in page.texts


def test_back_from_new_to_old(portal: Portal) -> None:
    page = read(portal, "/en/units/28249")
    start = page.texts.index("Made from")
    assert {"Phường 5", "Phường Đạo Thạnh", "Xã Phú Mỹ"} <= set(page.texts[start:])
    assert any(
        text.startswith("Careful: until 30 June 2025 the code 28249 meant Phường 5")
        for text in page.texts
    )


def test_a_closed_district_says_so(portal: Portal) -> None:
    page = read(portal, "/en/units?q=815")
    assert "Districts were closed on 1 July 2025; nothing took their place." in page.texts


def test_a_day_that_cannot_be_read_is_told_next_to_its_field(portal: Portal) -> None:
    page = read(portal, "/en/units?q=28249&on=30/06/2025")
    (day,) = [field for field in page.all("input") if field["id"] == "on"]
    assert day["aria-invalid"] == "true"
    assert "lookup-problem" in day["aria-describedby"].split()
    assert "lookup-problem" in page.ids()


def test_an_old_code_leads_to_what_it_became(portal: Portal) -> None:
    answer = portal.client.get("/en/units/28300")
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/units?q=28300")


def test_the_list_of_communes_leads_to_their_pages_and_nowhere_else(portal: Portal) -> None:
    def leads(code: str) -> str:
        answer = portal.client.get("/units/open", params={"code": code})
        assert answer.status_code == 303
        return str(answer.headers["location"])

    assert leads("28249") == "/units/28249"
    assert leads("//evil.example") == "/units"
    assert leads("") == "/units"


def test_only_communes_of_today_are_listed(portal: Portal) -> None:
    options = [option["value"] for option in read(portal, "/?").all("option")]
    assert options == ["", "28249"]


def test_the_page_answers_at_the_release_it_is_asked_for(portal: Portal) -> None:
    first = read(portal, "/en/units/28400?release=1")
    assert any("45 cases from Xã Tân Phú were finished" in text for text in first.texts)
    assert any(
        f"{PUBLIC_URL}/en/units/28400?release=1" in text and "release 1 of" in text
        for text in first.texts
    )
    # Release 2 of the sample no longer tells of this commune.
    newest = read(portal, "/en/units/28400")
    assert "No published figures on late cases for this place yet." in newest.texts


def test_the_csv_is_exactly_the_table(portal: Portal) -> None:
    page = read(portal, "/en/units/28249")
    (download,) = [link["href"] for link in page.all("a") if link.get("class") == "download"]
    answer = portal.client.get(download)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="late-cases-28249.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["place", "month", "all_cases", "late_cases", "suppressed"]
    assert rows[1] == ["28249", "2026-01", "120", "30", ""]
    assert len(rows) == 4
    assert portal.client.get("/units/28400/late-cases.csv").status_code == 404


@pytest.mark.parametrize(
    "changed", [{"access": "on_request"}, {"withdrawn": "Sai số liệu"}], ids=["closed", "withdrawn"]
)
def test_figures_that_are_no_longer_open_are_told_of_no_release(
    tmp_path: Path, changed: dict[str, str]
) -> None:
    config = build(tmp_path)
    numbers = "/units/28249/late-cases.csv?release=1"
    with open_portal(config) as portal:
        assert portal.client.get(numbers).status_code == 200
        releases = Releases(config.open_agency())
        newest = releases.latest("statistics")
        assert newest is not None
        releases.publish(replace(newest, release=3, **changed))
        assert portal.client.get(numbers).status_code == 404
        assert portal.client.get("/units/28249?release=1").status_code == 404
