"""What the reading actions answer, as each client needs it."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.identifiers import resource_id
from tests.catalog.province import CANARY
from tests.catalog.sites import Site

ROWS = resource_id("schools", "csv")
PUBLIC = ["administrative_unit", "administrative_unit_crosswalk", "cases", "schools"]


def ask(site: Site, name: str, **asked: Any) -> Any:
    answer = site.public.post(f"/api/3/action/{name}", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_status_says_a_version_that_ckanr_can_read(reading_site: Site) -> None:
    status = ask(reading_site, "status_show")
    assert [int(part) for part in status["ckan_version"].split(".")][:2] == [2, 12]
    assert status["site_url"] == "http://data.example"


def test_a_package_has_every_key_that_udata_requires(reading_site: Site) -> None:
    package = ask(reading_site, "package_show", id="schools")
    required = (
        "id name title notes license_id license_title tags metadata_created metadata_modified "
        "organization resources private type author author_email maintainer maintainer_email state"
    )
    assert set(required.split()) <= set(package)
    assert package["type"] == "dataset"
    required = (
        "id position name description format mimetype size hash created last_modified url "
        "resource_type"
    )
    for resource in package["resources"]:
        assert set(required.split()) <= set(resource)
        assert resource["url"].startswith("http://data.example/dataset/schools/")
        assert resource["resource_type"] in ("file", "api")
    organization = package["organization"]
    assert (organization["type"], organization["approval_status"]) == ("organization", "approved")
    assert (organization["description"], organization["image_url"]) == ("", "")
    assert all(tag["id"] and tag["name"] for tag in package["tags"])


def test_by_id_and_by_name_are_the_same(reading_site: Site) -> None:
    by_name = ask(reading_site, "package_show", id="schools")
    assert ask(reading_site, "package_show", id=by_name["id"]) == by_name
    resource = by_name["resources"][0]
    assert ask(reading_site, "resource_show", id=resource["id"]) == resource
    assert ask(reading_site, "resource_view_list", id=resource["id"], limit=0) == []


def test_lists(reading_site: Site) -> None:
    assert ask(reading_site, "package_list") == PUBLIC
    assert ask(reading_site, "package_list", limit=1, offset=1) == PUBLIC[1:2]
    assert ask(reading_site, "package_list", include_private=True) == PUBLIC
    assert ask(reading_site, "organization_list") == ["h20-5"]
    (theme,) = ask(reading_site, "group_list", all_fields=True)
    assert (theme["name"], theme["package_count"]) == ("gove", 4)
    assert theme["display_name"] == "Chính quyền và khu vực công"
    assert "một cửa" in ask(reading_site, "tag_list")
    assert ask(reading_site, "tag_list", query="mot", all_fields=True)[0]["name"] == "một cửa"
    assert "cc-by" in {licence["id"] for licence in ask(reading_site, "license_list")}
    assert ask(reading_site, "user_list") == []


def test_an_organisation_with_its_datasets(reading_site: Site) -> None:
    shown = ask(reading_site, "organization_show", id="h20-5", include_datasets=True)
    assert shown["package_count"] == 4
    assert {one["name"] for one in shown["packages"]} == set(PUBLIC)
    assert "packages" not in ask(reading_site, "organization_show", id="h20-5")
    assert len(ask(reading_site, "group_package_show", id="gove", limit=2)) == 2


def test_a_search_counts_facets_with_their_titles(reading_site: Site) -> None:
    found = ask(
        reading_site,
        "package_search",
        q="truong hoc",
        fq="organization:h20-5",
        **{"facet.field": ["organization", "groups", "nothing"]},
    )
    assert (found["count"], found["results"][0]["name"]) == (1, "schools")
    assert found["facets"] == {"organization": {"h20-5": 1}, "groups": {"gove": 1}, "nothing": {}}
    assert found["search_facets"]["organization"]["items"] == [
        {"name": "h20-5", "display_name": "Sở Tư pháp", "count": 1}
    ]


def test_the_harvesters_query(reading_site: Site) -> None:
    found = ask(
        reading_site,
        "package_search",
        rows=100,
        start=0,
        sort="id asc",
        fq="(organization:h20-5 OR organization:x) -groups:agri "
        "metadata_modified:[2026-01-01T00:00:00Z TO *]",
    )
    ids = [package["id"] for package in found["results"]]
    assert len(ids) == 4
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    "action", ["package_search", "package_list", "organization_list", "tag_list"]
)
def test_nothing_of_a_draft_shows(reading_site: Site, action: str) -> None:
    for asked in ({}, {"q": "canarivi", "include_private": True, "include_drafts": True}):
        answer = reading_site.public.post(f"/api/3/action/{action}", json=asked)
        assert "anary" not in answer.text
        assert "secret_plan" not in answer.text


def test_who_keeps_the_registry_sees_drafts(reading_site: Site) -> None:
    headers = reading_site.token("admin")
    call = reading_site.agency.post
    listed = call("/api/3/action/package_list", json={"include_private": True}, headers=headers)
    assert "secret_plan" in listed.json()["result"]
    found = call(
        "/api/3/action/package_search",
        json={"q": "canarivi", "include_private": True},
        headers=headers,
    )
    assert found.json()["result"]["count"] == 1
    without = call("/api/3/action/package_search", json={"q": "canarivi"}, headers=headers)
    assert without.json()["result"]["count"] == 0


def test_a_grant_shows_no_draft(site: Site) -> None:
    headers = {"X-CKAN-API-Key": site.grant("cases")}
    listed = site.agency.get(
        "/api/3/action/package_list?include_private=true", headers=headers
    ).json()
    assert listed["result"] == PUBLIC


def test_agencies_are_users_to_those_who_keep_the_registry(reading_site: Site) -> None:
    headers = reading_site.token("admin")
    users = reading_site.agency.post("/api/3/action/user_list", json={}, headers=headers).json()
    assert "dungchung" in [user["name"] for user in users["result"]]
    shown = reading_site.agency.post(
        "/api/3/action/user_show", json={"id": "dungchung"}, headers=headers
    )
    assert shown.json()["result"]["display_name"] == "dungchung"


def test_the_canary_person_is_nowhere(reading_site: Site) -> None:
    for action, asked in (
        ("package_show", {"id": "schools"}),
        ("datastore_search", {"resource_id": ROWS, "limit": 32000}),
        ("datastore_search", {"resource_id": ROWS, "q": "canarivi"}),
        ("datastore_info", {"id": ROWS}),
    ):
        assert CANARY not in reading_site.public.post(f"/api/3/action/{action}", json=asked).text
