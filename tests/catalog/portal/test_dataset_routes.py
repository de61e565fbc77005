"""What the page of a dataset tells, and what it never shows."""

import hashlib
import json
from contextlib import closing
from pathlib import Path

from starlette.testclient import TestClient

from catalog.access import ANONYMOUS
from catalog.app import create_app
from catalog.assembly import agency_context
from lakehouse.releases import Releases
from tests.catalog.portal.conftest import PUBLIC_URL, Portal
from tests.catalog.portal.factory import CANARY, metadata, release
from tests.catalog.portal.html import Page
from tests.catalog.portal.sample import build


def read(portal: Portal, path: str) -> Page:
    answer = portal.client.get(path)
    assert answer.status_code == 200
    return Page.of(answer.text)


def test_preview_writes_codes_out_and_escapes_cells(portal: Portal) -> None:
    page = read(portal, "/en/dataset/odd")
    row = page.texts.index(CANARY, page.texts.index("code"))
    assert page.texts[row : row + 3] == [CANARY, "Kind A", "2024"]
    assert page.texts[row + 3 : row + 5] == ["2 January 2026", "yes"]


def test_a_withheld_number_is_told_as_withheld_and_an_empty_cell_as_empty(portal: Portal) -> None:
    statistics = read(portal, "/en/dataset/statistics")
    table = statistics.texts[statistics.texts.index("First rows of release 2, 4 rows in all") :]
    rows = table[: table.index("What each column means")]
    assert "withheld" in rows
    assert "all together" in rows
    assert "_T" not in rows
    units = read(portal, "/en/dataset/administrative_unit")
    assert "withheld" not in units.texts
    assert "empty" in units.texts


def test_files_can_be_downloaded_and_have_the_checksum_that_is_told(portal: Portal) -> None:
    page = read(portal, "/dataset/statistics")
    told = {text.removeprefix("SHA-256 ") for text in page.texts if text.startswith("SHA-256 ")}
    files = [link["href"] for link in page.all("a") if link.get("class") == "download"]
    assert [name.rsplit(".", 1)[1] for name in files] == ["csv", "xlsx", "parquet", "jsonl"]
    answers = [portal.client.get(name) for name in files]
    assert {answer.status_code for answer in answers} == {200}
    assert told < {hashlib.sha256(answer.content).hexdigest() for answer in answers}
    assert len(told) == 2


def test_the_command_line_example_works_as_it_stands(portal: Portal) -> None:
    page = read(portal, "/en/dataset/statistics?release=1")
    (command,) = [text for text in page.texts if text.startswith("curl ")]
    address = command.split("'")[1]
    assert address.startswith(PUBLIC_URL)
    answer = portal.client.get(address).json()
    assert len(answer["result"]["records"]) == 5
    assert answer["result"]["total"] == 6


def test_an_older_release_says_so_and_has_its_own_numbers(portal: Portal) -> None:
    older = read(portal, "/en/dataset/statistics?release=1")
    assert "You are reading release 1 of 1 November 2026. It stays as it was published." in (
        older.texts
    )
    assert "First rows of release 1, 6 rows in all" in older.texts
    assert "Go to the newest release" not in read(portal, "/en/dataset/statistics").texts


def test_on_request_tells_how_to_ask_and_shows_no_row(portal: Portal) -> None:
    page = read(portal, "/en/dataset/service_case")
    assert any(text.startswith("Write to Department of Justice (steward@") for text in page.texts)
    assert any('-H "Authorization: $TOKEN"' in text for text in page.texts)
    assert page.all("table") != []  # its releases
    assert [link for link in page.all("a") if link.get("class") == "download"] == []
    assert "A first look" not in page.texts
    assert "personal data" in page.texts
    assert "fewer than 10" in page.texts


def test_citation_names_release_and_lasting_address(portal: Portal) -> None:
    page = read(portal, "/dataset/statistics")
    assert (
        "Sở Tư pháp (2026). Thống kê hồ sơ, bản phát hành 2 ngày 02/11/2026. Dùng Chung. "
        f"{PUBLIC_URL}/id/dataset/statistics/releases/2"
    ) in page.texts
    people = {"accept": "text/html"}
    lasting = portal.client.get("/id/dataset/statistics/releases/2", headers=people)
    assert lasting.status_code == 303
    assert "/dataset/statistics" in lasting.headers["location"]


def test_a_record_is_found_by_its_id_as_well(portal: Portal) -> None:
    record = portal.context.view(ANONYMOUS).records.package("statistics")
    assert record is not None
    assert read(portal, f"/dataset/{record['id']}").texts == (
        read(portal, "/dataset/statistics").texts
    )


def test_a_withdrawn_dataset_tells_why_and_what_to_use_instead(portal: Portal) -> None:
    for path in ("/en/dataset/gone", "/en/dataset/gone?release=1"):
        answer = portal.client.get(path)
        page = Page.of(answer.text)
        assert answer.status_code == 410
        assert f"Sai số liệu {CANARY}" in page.texts
        assert any(text.startswith("This dataset was withdrawn on 1 ") for text in page.texts)
        assert page.all("table") == []
        links = {link["href"] for link in page.all("a")}
        assert "/en/organization/h20-5" in links
        assert any(link.startswith("/en/dataset/") for link in links)
        assert not any("gone" in link for link in links if link != path.removeprefix("/en"))


def test_what_was_made_from_a_withdrawn_dataset_says_so_by_its_title(portal: Portal) -> None:
    page = read(portal, "/dataset/odd")
    assert "Đã thu hồi: Đã thu hồi" in page.texts
    assert not any("dataset/gone" in link["href"] for link in page.all("a"))


def test_what_lies_below_a_withdrawn_dataset_says_so_too(portal: Portal) -> None:
    for path in ("/dataset/gone/releases/1/gone.csv", "/dataset/gone/latest/gone.parquet"):
        answer = portal.client.get(path)
        assert answer.status_code == 410
        assert f"Sai số liệu {CANARY}" in Page.of(answer.text).texts


def test_a_withdrawn_dataset_is_linked_from_nowhere(portal: Portal) -> None:
    for path in ("/", "/dataset", "/organization/h20-5", "/group/gove", "/units/28249"):
        assert "dataset/gone" not in portal.client.get(path).text, path


def test_a_record_by_hand_is_shown_whole(portal: Portal) -> None:
    page = read(portal, "/en/dataset/by-hand")
    outside = [link for link in page.all("a") if link.get("class") == "download"]
    assert len(outside) == 40
    assert {link["rel"] for link in outside} == {"external noopener nofollow"}
    assert "28 more files" in page.texts
    assert "The whole description" in page.texts
    assert not any("javascript:" in link["href"] for link in page.all("a"))
    assert f"{PUBLIC_URL}/id/dataset/by-hand" in page.texts


def test_themes_and_tags_lead_to_datasets_that_share_them(portal: Portal) -> None:
    links = [link["href"] for link in read(portal, "/en/dataset/statistics").all("a")]
    assert "/en/dataset?groups=gove" in links
    (tag,) = [link for link in links if link.startswith("/en/dataset?tags=")]
    assert "Case statistics" in read(portal, tag).texts


def test_the_catalogue_is_a_page_for_people(portal: Portal) -> None:
    answer = portal.client.get("/en/catalog", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/dataset")


def test_the_page_carries_its_schema_org_description(portal: Portal) -> None:
    text = portal.client.get("/dataset/odd").text
    start = text.index('<script type="application/ld+json">') + len(
        '<script type="application/ld+json">'
    )
    said = json.loads(text[start : text.index("</script>", start)])
    assert said["name"] == f"Tên {CANARY}"
    assert portal.client.get("/dataset/odd").headers["vary"].split(", ")[0] == "Accept"


def test_columns_that_were_asked_for_are_named(portal: Portal) -> None:
    page = read(portal, "/en/dataset?q=column+late+cases")
    assert "Columns that fit:" in page.texts
    assert "/en/dataset/statistics#column-late_cases" in {link["href"] for link in page.all("a")}


def test_releases_from_when_it_was_a_draft_stay_untold(tmp_path: Path) -> None:
    config = build(tmp_path)
    releases = Releases(config.open_agency())
    for number, status in ((1, "draft"), (2, "active")):
        said = metadata("Từng là nháp", "Once a draft", status=status)
        releases.publish(release("once_draft", number, said, access="on_request"))
    agency = agency_context(config, PUBLIC_URL)
    client = TestClient(create_app(agency), base_url=PUBLIC_URL)
    with closing(agency):
        page = Page.of(client.get("/en/dataset/once_draft").text)
        assert "Release 2" in page.texts
        assert "Release 1" not in page.texts
        guessed = client.get("/en/dataset/once_draft?release=1", headers={"Authorization": "x"})
        assert guessed.status_code == 404
