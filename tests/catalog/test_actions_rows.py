"""``datastore_search``: rows of a release, open or on request."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from catalog.identifiers import resource_id
from contracts.model import Access, Classification
from tests.catalog.province import CANARY, SCHOOLS, publish, stores_at, withdraw
from tests.catalog.sites import Site

ROWS = resource_id("schools", "csv")
CASES = resource_id("cases", "api")


def ask(site: Site, **asked: Any) -> dict[str, Any]:
    answer = site.public.post("/api/3/action/datastore_search", json={"resource_id": ROWS, **asked})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def test_the_first_page(reading_site: Site) -> None:
    page = ask(reading_site)
    assert (page["total"], page["limit"], len(page["records"])) == (250, 100, 100)
    assert page["records"][0] == {
        "_id": 1,
        "code": "0001",
        "name": "Trường Giáo dục thường xuyên",
        "pupils": 7,
        "opened": "2000-01-02",
        "quality_flag": "ok",
    }
    assert page["release"] == 1
    fields = {field["id"]: field for field in page["fields"]}
    assert fields["_id"]["type"] == "int"
    assert fields["opened"]["type"] == "date"
    assert fields["code"]["info"]["label"] == "Cột code"
    assert fields["code"]["info"]["notes"] == "Mô tả code"
    assert "offset=100" in page["_links"]["next"]


def test_ckanapis_dictionary_call(reading_site: Site) -> None:
    page = ask(reading_site, limit=0)
    assert (page["records"], len(page["fields"]), page["total"]) == ([], 6, 250)


def test_what_can_be_asked(reading_site: Site) -> None:
    assert len(ask(reading_site, limit=10**9)["records"]) == 250
    assert ask(reading_site, offset=10**15)["records"] == []
    assert ask(reading_site, filters={"code": ["0002"]})["records"][0]["name"] == '=HYPERLINK("x")'
    assert ask(reading_site, filters={"pupils": None})["total"] == 25
    assert ask(reading_site, q="giao duc")["total"] == 1
    assert ask(reading_site, q={"name": "giáo"})["total"] == 1
    newest = ask(reading_site, sort="opened desc", fields=["code"], limit=1)
    assert newest["records"] == [{"code": "0250"}]
    assert ask(reading_site, fields="quality_flag", distinct=True)["total"] == 1
    assert "total" not in ask(reading_site, include_total=False)


@pytest.mark.parametrize(
    ("form", "records"),
    [
        ("lists", [["0001", 7], ["0002", 14]]),
        ("csv", "0001,7\r\n0002,14\r\n"),
        ("tsv", "0001\t7\r\n0002\t14\r\n"),
    ],
)
def test_other_forms(reading_site: Site, form: str, records: object) -> None:
    page = ask(reading_site, records_format=form, fields=["code", "pupils"], limit=2)
    assert page["records"] == records


def test_a_formula_is_harmless_in_csv_and_unchanged_in_json(reading_site: Site) -> None:
    page = ask(reading_site, records_format="csv", fields=["name"], filters={"code": "0002"})
    assert page["records"] == '"\'=HYPERLINK(""x"")"\r\n'


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"fields": ["head"]}, "fields"),
        ({"filters": {"head": "x"}}, "fields"),
        ({"sort": "head asc"}, "fields"),
        ({"sort": "code; DROP TABLE x"}, "fields"),
        ({"filters": {"pupils": "seven"}}, "filters"),
        ({"filters": {"code": {"a": 1}}}, "filters"),
        ({"records_format": "exe"}, "records_format"),
        ({"limit": -1}, "limit"),
        ({"release": "1; x"}, "release"),
    ],
)
def test_what_cannot_be_asked_names_its_field(
    reading_site: Site, asked: dict[str, Any], field: str
) -> None:
    refused = reading_site.public.post(
        "/api/3/action/datastore_search", json={"resource_id": ROWS, **asked}
    )
    assert refused.status_code == 409, refused.text
    assert field in refused.json()["error"]
    assert "seven" not in refused.text


def test_a_number_of_a_release_and_a_day_lead_to_the_same_rows(site: Site) -> None:
    publish(stores_at(site.home), SCHOOLS, 2, SCHOOLS.rows.replace("i * 7", "i * 8"))
    assert ask(site, limit=1)["records"][0]["pupils"] == 8
    for asked in ({"release": 1}, {"release": "1"}, {"as_of": "2026-03-02"}):
        page = ask(site, limit=1, **asked)
        assert (page["release"], page["records"][0]["pupils"]) == (1, 7)


def test_info_says_columns_and_count(reading_site: Site) -> None:
    answer = reading_site.public.get("/api/3/action/datastore_info", params={"id": ROWS}).json()
    assert answer["result"]["meta"]["count"] == 250
    assert [field["id"] for field in answer["result"]["fields"]][:2] == ["_id", "code"]


def test_rows_on_request_are_refused_without_a_grant(site: Site) -> None:
    address = f"/api/3/action/datastore_search?resource_id={CASES}"
    other = {"Authorization": site.grant("schools")}
    asked: list[tuple[Any, dict[str, str]]] = [
        (site.public, {}),
        (site.agency, {}),
        (site.agency, {"Authorization": "dc_" + "x" * 43}),
        (site.agency, other),
        (site.agency, site.token("admin")),
        (site.agency, site.token("publisher")),
    ]
    for client, headers in asked:
        refused = client.get(address, headers=headers)
        assert refused.status_code == 403, refused.text
        assert "need a token granted for it" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("level", "columns"),
    [
        (Classification.INTERNAL, ["_id", "case_no", "status", "quality_flag"]),
        (Classification.PERSONAL, ["_id", "case_no", "status", "applicant", "quality_flag"]),
    ],
)
def test_a_grant_reads_the_columns_of_its_class_and_is_noted(
    site: Site, caplog: pytest.LogCaptureFixture, level: Classification, columns: list[str]
) -> None:
    token = site.grant("cases", level)
    with caplog.at_level(logging.INFO, "dungchung.access"):
        answer = site.agency.get(
            f"/api/3/action/datastore_search?resource_id={CASES}",
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert [field["id"] for field in result["fields"]] == columns
    assert result["total"] == 30
    assert (CANARY in answer.text) == (level is Classification.PERSONAL)
    (noted,) = caplog.messages
    assert "agency=H20.9" in noted
    assert "rows=30" in noted
    assert token not in noted


def test_a_guarded_column_cannot_be_asked_about(site: Site) -> None:
    headers = {"Authorization": site.grant("cases")}
    for asked in (
        {"filters": {"applicant": CANARY}},
        {"q": {"applicant": "canarivi"}},
        {"sort": "applicant"},
        {"fields": ["illness"]},
    ):
        refused = site.agency.post(
            "/api/3/action/datastore_search", json={"resource_id": CASES, **asked}, headers=headers
        )
        assert refused.status_code == 409
    found = site.agency.post(
        "/api/3/action/datastore_search",
        json={"resource_id": CASES, "q": "canarivi"},
        headers=headers,
    )
    assert found.json()["result"]["total"] == 0


def test_a_withdrawn_dataset_has_no_rows_in_any_release(site: Site) -> None:
    ask(site)
    withdraw(stores_at(site.home), "schools")
    for asked in ({}, {"release": 1}, {"as_of": "2026-03-02"}):
        gone = site.public.post(
            "/api/3/action/datastore_search", json={"resource_id": ROWS, **asked}
        )
        assert gone.status_code == 404
        assert "withdrawn" in gone.json()["error"]["message"]


def test_a_dataset_that_is_no_longer_open_has_no_open_release(site: Site) -> None:
    older = "/dataset/schools?release=1"
    assert "Trường số 3" in site.public.get(older).text
    publish(stores_at(site.home), replace(SCHOOLS, access=Access.ON_REQUEST), 2)
    for asked in ({}, {"release": 1}):
        refused = site.public.post(
            "/api/3/action/datastore_search", json={"resource_id": ROWS, **asked}
        )
        assert refused.status_code == 403
    page = site.public.get(older)
    assert page.status_code == 200
    assert "Trường số 3" not in page.text
    assert "/releases/1/schools.csv" not in page.text


def test_what_is_wrong_behind_the_catalogue_is_told_to_its_keepers_alone(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = site.home / "store" / "releases" / "public" / "schools" / "000001.json"
    manifest.write_bytes(b"{}")
    refused = site.public.post("/api/3/action/datastore_search", json={"resource_id": ROWS})
    assert refused.status_code == 503
    assert "json" not in refused.json()["error"]["message"]
    assert "release.unreadable" in caplog.text
    assert "public/schools/000001.json" in caplog.text


def test_only_one_resource_of_a_dataset_has_rows(reading_site: Site) -> None:
    asked = {"resource_id": resource_id("schools", "xlsx")}
    refused = reading_site.public.post("/api/3/action/datastore_search", json=asked)
    assert refused.status_code == 404
