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
    other = site.user("someone", "H20.7")
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
    given = site.grant("cases", level)
    with caplog.at_level(logging.INFO, "dungchung.access"):
        answer = site.agency.get(
            f"/api/3/action/datastore_search?resource_id={CASES}",
            headers={"Authorization": f"Bearer {given.token}"},
        )
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    assert [field["id"] for field in result["fields"]] == columns
    assert result["total"] == 30
    assert (CANARY in answer.text) == (level is Classification.PERSONAL)
    (noted,) = caplog.messages
    assert f"grant={given.id}" in noted
    assert "action=datastore_search rows=30" in noted
    assert given.token not in noted


def test_a_guarded_column_cannot_be_asked_about(site: Site) -> None:
    headers = site.grant("cases").headers
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


def test_pages_by_cursor_lead_through_every_row(reading_site: Site) -> None:
    for asked in ({}, {"sort": "pupils desc"}, {"filters": {"quality_flag": "ok"}}):
        codes: list[str] = []
        address = ask(reading_site, limit=60, **asked)["_links"]["start"]
        while True:
            result = reading_site.public.get(address).json()["result"]
            codes += [record["code"] for record in result["records"]]
            address = result["_links"]["next"]
            if result["next_cursor"] is None:
                break
            assert result["next_cursor"] in address
        assert len(codes) == len(set(codes)) == 250


def test_a_cursor_is_of_one_release_and_one_question(site: Site) -> None:
    cursor = ask(site, limit=10)["next_cursor"]
    publish(stores_at(site.home), SCHOOLS, 2, SCHOOLS.rows.replace("i * 7", "i * 8"))
    assert ask(site, limit=10, cursor=cursor, release=1)["records"][0]["_id"] == 11
    for asked in ({}, {"release": 1, "q": "x"}):
        refused = site.public.post(
            "/api/3/action/datastore_search",
            json={"resource_id": ROWS, "cursor": cursor, **asked},
        )
        assert refused.status_code == 409
        assert "cursor" in refused.json()["error"]


def test_next_page_is_a_filter_as_in_ckan_2_12(reading_site: Site) -> None:
    page = ask(reading_site, limit=100, include_next_page=True)
    assert page["next_page"] == {"_id": {"gt": 100}}
    following = ask(reading_site, filters=page["next_page"], include_next_page=True)
    assert following["records"][0]["_id"] == 101
    last = ask(reading_site, filters={"_id": {"gt": 200}}, include_next_page=True)
    assert "next_page" not in last


def test_what_ckan_2_12_knows_besides(reading_site: Site) -> None:
    assert ask(reading_site, filters={"pupils": {"gt": 7, "lte": 21}})["total"] == 2
    either = {"$or": [{"code": "0001"}, {"code": "0003"}]}
    page = ask(reading_site, filters=either, sort=["code desc"], total_estimation_threshold=10)
    assert [record["code"] for record in page["records"]] == ["0003", "0001"]
    assert (page["total"], page["total_was_estimated"]) == (2, False)
    assert page["filters"] == either
    assert ask(reading_site, q="giao & duc", plain=False, language="english")["total"] == 1
    assert ask(reading_site, full_text="giao duc")["total"] == 1
    assert ask(reading_site, version=1)["release"] == 1


def test_a_dataset_is_asked_for_by_its_name_too(reading_site: Site) -> None:
    assert ask(reading_site, resource_id="schools")["resource_id"] == ROWS


def test_ckanrs_list_of_tables(reading_site: Site) -> None:
    """``ds_search("_table_metadata", limit = 1)``: a POST with an address and no body."""
    address = "/api/action/datastore_search?resource_id=_table_metadata&limit="
    found = reading_site.public.post(address + "1").json()["result"]
    everything = reading_site.public.post(f"{address}{found['total']}").json()["result"]
    names = {record["name"]: record["alias_of"] for record in everything["records"]}
    assert names[ROWS] is None
    assert names["schools"] == ROWS
    assert "cases" not in names
    assert len(names) == found["total"]
    assert CANARY not in str(everything)


def test_info_holds_the_schema(reading_site: Site) -> None:
    answer = reading_site.public.get("/api/3/action/datastore_info?id=schools").json()["result"]
    assert answer["meta"]["aliases"] == ["schools"]
    assert answer["fields"][1]["schema"]["native_type"] == "text"


def test_rows_are_never_written(reading_site: Site) -> None:
    for name in ("datastore_create", "datastore_upsert", "datastore_delete"):
        refused = reading_site.agency.post(
            f"/api/3/action/{name}",
            json={"resource_id": ROWS},
            headers=reading_site.token("admin"),
        )
        assert refused.status_code == 403
        assert "gated pipeline" in refused.json()["error"]["message"]


def test_a_condition_is_beneath_every_question(site: Site) -> None:
    """Totals, values, order and errors tell nothing of the rows that a grant leaves out."""
    given = site.grant("cases", columns=["case_no"], condition="case_no LIKE '%1'")

    def of(**asked: Any) -> Any:
        return site.agency.post(
            "/api/3/action/datastore_search",
            json={"resource_id": CASES, **asked},
            headers=given.headers,
        )

    page = of().json()["result"]
    seen = [record["case_no"] for record in page["records"]]
    assert seen
    assert all(case.endswith("1") for case in seen)
    assert [record["_id"] for record in page["records"]] == list(range(1, page["total"] + 1))
    assert of(distinct=True).json()["result"]["total"] == len(seen)
    assert of(sort="case_no desc").json()["result"]["records"][0]["case_no"] == max(seen)
    hidden = seen[0][:-1] + "2"
    assert of(filters={"case_no": hidden}).json()["result"]["total"] == 0
    assert of(filters={"case_no": {"gt": ""}}).json()["result"]["total"] == len(seen)
    assert of(filters={"_id": {"gt": len(seen)}}).json()["result"]["total"] == 0
    found = of(q=hidden).json()["result"]["records"]
    assert {record["case_no"] for record in found} <= set(seen)
    assert of(filters={"status": "x"}).status_code == 409
