"""What the page of a dataset tells, and what it never shows."""

import hashlib

from tests.catalog.portal.conftest import PUBLIC_URL, Portal
from tests.catalog.portal.factory import CANARY
from tests.catalog.portal.html import Page


def read(portal: Portal, path: str) -> Page:
    answer = portal.client.get(path)
    assert answer.status_code == 200
    return Page.of(answer.text)


def test_preview_writes_codes_out_and_escapes_cells(portal: Portal) -> None:
    page = read(portal, "/en/dataset/odd")
    row = page.texts.index(CANARY, page.texts.index("code"))
    assert page.texts[row : row + 3] == [CANARY, "Kind A", "2024"]
    assert page.texts[row + 3 : row + 5] == ["2 January 2026", "yes"]


def test_a_withheld_number_is_told_as_few_and_an_empty_cell_as_empty(portal: Portal) -> None:
    statistics = read(portal, "/en/dataset/statistics")
    table = statistics.texts[statistics.texts.index("First rows of release 2, 4 rows in all") :]
    assert "fewer than 10" in table[: table.index("What each column means")]
    units = read(portal, "/en/dataset/administrative_unit")
    assert "fewer than 10" not in units.texts
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
        f"{PUBLIC_URL}/dataset/statistics?release=2"
    ) in page.texts


def test_a_record_is_found_by_its_id_as_well(portal: Portal) -> None:
    record = portal.context.view().records.package("statistics")
    assert record is not None
    assert read(portal, f"/dataset/{record['id']}").texts == (
        read(portal, "/dataset/statistics").texts
    )


def test_a_withdrawn_dataset_tells_why_and_nothing_else(portal: Portal) -> None:
    answer = portal.client.get("/dataset/gone")
    page = Page.of(answer.text)
    assert answer.status_code == 410
    assert f"Đã thu hồi, lý do: Sai số liệu {CANARY}" in page.texts
    assert page.all("table") == []
