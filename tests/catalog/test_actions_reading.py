"""What the reading actions answer, as each client needs it."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.access import Role, Scope
from catalog.actions import resources
from catalog.identifiers import resource_id
from tests.catalog.province import CANARY, withdraw
from tests.catalog.sites import Headers, Site

ROWS = resource_id("schools", "csv")
PUBLIC = ["administrative_unit", "administrative_unit_crosswalk", "cases", "schools"]


def ask(site: Site, name: str, /, **asked: Any) -> Any:
    answer = site.public.post(f"/api/3/action/{name}", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def asked_by(site: Site, headers: Headers, name: str, /, **asked: Any) -> Any:
    answer = site.agency.post(f"/api/3/action/{name}", json=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_status_says_a_version_that_ckanr_can_read(reading_site: Site) -> None:
    status = ask(reading_site, "status_show")
    assert [int(part) for part in status["ckan_version"].split(".")][:2] == [2, 12]
    assert ask(reading_site, "help_show", name="package_show").startswith("Return a dataset")
    assert ask(reading_site, "site_read") is True
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
    assert ask(reading_site, "organization_list_for_user") == []
    assert ask(reading_site, "group_list_authz") == []


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
    licences = ask(reading_site, "package_search", rows=0, **{"facet.field": '["license_id"]'})
    assert licences["results"] == []
    assert licences["search_facets"]["license_id"]["items"] == [
        {"name": "cc-by", "display_name": "Creative Commons Attribution", "count": 4}
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


def test_what_the_search_answers_besides(reading_site: Site) -> None:
    found = ask(reading_site, "package_search", rows=1, facet="false", **{"facet.field": ["tags"]})
    assert set(found) == {"count", "sort", "results", "facets", "search_facets"}
    assert (found["count"], len(found["results"])) == (4, 1)
    assert found["sort"] == "score desc, metadata_modified desc"
    assert found["facets"] == found["search_facets"] == {}
    assert ask(reading_site, "package_search", sort="rank")["sort"] == found["sort"]
    assert len(ask(reading_site, "package_search", rows=5000)["results"]) == 4
    assert ask(reading_site, "package_search", start=4)["results"] == []
    several = ask(reading_site, "package_search", fq=["name:s*"], fq_list=['tags:"x, y"', "name:*"])
    assert several["count"] == 0
    listed = ask(
        reading_site, "package_search", fq="name:schools", fl=["name", "organization", "tags", "x"]
    )
    assert listed["results"] == [
        {"name": "schools", "organization": "h20-5", "tags": ["một cửa", "tag Trường học"]}
    ]
    formats = ask(
        reading_site, "package_search", fq="name:schools", fl="id,res_format,extras_access"
    )
    assert formats["results"][0]["extras_access"] == "open"
    assert "CSV" in formats["results"][0]["res_format"]


def test_autocompletes_fold_marks(reading_site: Site) -> None:
    (school,) = ask(reading_site, "package_autocomplete", q="truong")
    assert school == {
        "name": "schools",
        "title": "Trường học",
        "match_field": "title",
        "match_displayed": "Trường học (schools)",
    }
    (by_name,) = ask(reading_site, "package_autocomplete", q="schoo")
    assert (by_name["match_field"], by_name["match_displayed"]) == ("name", "schools")
    (agency,) = ask(reading_site, "organization_autocomplete", q="so tu")
    assert (agency["name"], agency["title"]) == ("h20-5", "Sở Tư pháp")
    (theme,) = ask(reading_site, "group_autocomplete", q="chinh quyen", limit=1)
    assert set(theme) == {"id", "name", "title"}
    assert ask(reading_site, "tag_autocomplete", query="mot") == ["một cửa"]
    assert ask(reading_site, "tag_autocomplete", q="mot", offset=1) == []
    assert ask(reading_site, "tag_autocomplete") == []
    assert ask(reading_site, "format_autocomplete", q="cs") == ["CSV"]


def test_tags(reading_site: Site) -> None:
    assert ask(reading_site, "tag_search") == {"count": 0, "results": []}
    found = ask(reading_site, "tag_search", query=["tag", "truong"])
    assert [tag["name"] for tag in found["results"]] == ["tag Trường học"]
    assert ask(reading_site, "tag_search", query="tag", limit=1)["count"] > 1
    shown = ask(reading_site, "tag_show", id="một cửa", include_datasets=True)
    assert {one["name"] for one in shown["packages"]} == set(PUBLIC)
    assert ask(reading_site, "tag_show", id=shown["id"]) == {
        key: value for key, value in shown.items() if key != "packages"
    }


def test_resources_are_searched(reading_site: Site) -> None:
    found = ask(reading_site, "resource_search", query="format:csv")
    assert found["count"] == len(found["results"]) > 1
    assert {one["format"] for one in found["results"]} == {"CSV"}
    both = ask(reading_site, "resource_search", query=["format:CS", "url:/schools/"])
    assert [one["id"] for one in both["results"]] == [ROWS]
    assert ask(reading_site, "resource_search", query="name:nothing")["count"] == 0
    digest = both["results"][0]["hash"]
    assert ask(reading_site, "resource_search", query=f"hash:{digest[:20]}")["count"] == 1
    assert ask(reading_site, "resource_search", query=f"hash:{digest[1:20]}")["count"] == 0
    page = ask(
        reading_site, "resource_search", query="format:csv", order_by="url", offset=1, limit=1
    )
    urls = sorted(one["url"] for one in found["results"])
    assert [one["url"] for one in page["results"]] == [urls[1]]


def test_in_a_big_catalogue_a_resource_is_found_by_its_words(
    reading_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "_MOST_PACKAGES", 1)
    too_many = reading_site.public.post("/api/3/action/resource_search", json={"query": "hash:a"})
    assert too_many.status_code == 409
    assert too_many.json()["error"]["query"][0].startswith("Too many datasets to look through")
    one = ask(reading_site, "resource_search", query=["url:/schools/", "name:csv", "format:csv"])
    assert [found["id"] for found in one["results"]] == [ROWS]


def test_whole_datasets_newest_first(reading_site: Site) -> None:
    listed = ask(reading_site, "current_package_list_with_resources")
    times = [one["metadata_modified"] for one in listed]
    assert len(listed) == 4
    assert times == sorted(times, reverse=True)
    page = ask(reading_site, "current_package_list_with_resources", limit=3, page=2)
    assert [one["name"] for one in page] == [listed[3]["name"]]


def test_collections_are_sorted_and_cut(site: Site) -> None:
    admin = site.token("admin")
    for name, title in (("a-last", "Ủy ban"), ("z-first", "Ấn bản")):
        asked_by(site, admin, "organization_create", name=name, title=title)

    def names(**asked: Any) -> list[str]:
        return list(asked_by(site, admin, "organization_list", **asked))

    shown = ["z-first", "h20-5", "a-last"]
    assert [name for name in names() if name in shown] == shown
    assert names(sort="name")[0] == "a-last"
    assert names(sort="name desc")[0] == "z-first"
    assert names(sort="package_count")[0] == "h20-5"
    assert names(order_by="packages asc")[-1] == "h20-5"
    assert names(sort="name", limit=1, offset=1) == names(sort="name")[1:2]
    assert names(organizations="z-first,a-last") == ["z-first", "a-last"]
    assert names(q="uy ban") == ["a-last"]
    assert names(limit=0) == []
    (whole,) = asked_by(
        site, admin, "organization_list", all_fields=True, organizations=["z-first"]
    )
    assert whole["package_count"] == 0
    assert not {"extras", "users", "groups", "tags", "packages"} & set(whole)
    (parts,) = asked_by(
        site,
        admin,
        "organization_list",
        all_fields=True,
        organizations=["z-first"],
        include_dataset_count=False,
        include_extras=True,
        include_users=True,
        include_groups=True,
        include_tags=True,
    )
    assert "package_count" not in parts
    assert {"extras", "users", "groups", "tags"} <= set(parts)


def test_who_is_in_an_organisation_is_for_those_who_may_know(site: Site) -> None:
    chief = site.user("chief", role=Role.ADMIN)
    editor = site.user("editor", scopes=[Scope.READ])
    other = site.user("other", "H20.9", Role.MEMBER)

    def users(headers: Headers) -> dict[str, str]:
        shown = asked_by(site, headers, "organization_show", id="h20-5")
        return {one["name"]: one["capacity"] for one in shown["users"]}

    assert {"chief": "admin", "editor": "editor"}.items() <= users(chief).items()
    assert users(editor) == {"editor": "editor"}
    assert users(other) == users({}) == {}
    listed = asked_by(site, chief, "member_list", id="h20-5", object_type="user", capacity="editor")
    assert [one[1:] for one in listed] == [["user", "Editor"]]
    datasets = asked_by(site, other, "member_list", id="gove", object_type="package")
    assert {(kind, place) for _id, kind, place in datasets} == {("package", "public")}
    assert len(datasets) == 4
    assert asked_by(site, other, "member_list", id="h20-5", object_type="user") == []


def test_users_see_themselves_and_admins_everybody(site: Site) -> None:
    chief = site.user("chief", role=Role.ADMIN)
    editor = site.user("editor")
    everybody = asked_by(site, chief, "user_list", all_fields=False)
    assert {"admin", "publisher", "chief", "editor"} <= set(everybody)
    assert everybody == sorted(everybody)
    assert asked_by(site, chief, "user_list", q="EDIT", limit=1)[0]["name"] == "editor"
    assert [one["name"] for one in asked_by(site, chief, "user_autocomplete", q="edi")] == [
        "editor"
    ]
    (own,) = asked_by(site, editor, "user_list")
    assert own == asked_by(site, editor, "user_show")
    refused = site.agency.post("/api/3/action/user_show", json={"id": "chief"}, headers=editor)
    assert refused.status_code == 404
    asked_by(site, editor, "package_create", name="by-hand", owner_org="h20-5", private=True)
    shown = asked_by(site, editor, "user_show", id="editor", include_datasets=True)
    assert shown["number_created_packages"] == 1
    assert [one["name"] for one in shown["datasets"]] == ["by-hand"]


def test_where_a_user_may_do_what(site: Site) -> None:
    editor = site.user("editor")
    chief = site.user("chief", role=Role.ADMIN)
    ask_for = "organization_list_for_user"
    (own,) = asked_by(site, editor, ask_for, permission="create_dataset")
    assert (own["name"], own["capacity"]) == ("h20-5", "editor")
    assert asked_by(site, editor, ask_for, permission="admin") == []
    (of_other,) = asked_by(site, chief, ask_for, id="editor")
    assert of_other["capacity"] == "editor"
    every = asked_by(site, site.token("admin"), ask_for, permission="admin")
    assert {one["capacity"] for one in every} == {"admin"}
    assert len(asked_by(site, site.token("admin"), "group_list_authz")) >= 1
    assert asked_by(site, editor, "group_list_authz") == []


def test_what_was_done_is_told_newest_first(site: Site) -> None:
    editor = site.user("editor")
    asked_by(site, editor, "package_create", name="by-hand", title="Một", owner_org="h20-5")
    asked_by(site, editor, "package_patch", id="by-hand", title="Hai")
    done = asked_by(site, {}, "package_activity_list", id="by-hand")
    assert [one["activity_type"] for one in done] == ["changed package", "new package"]
    assert done[0]["data"]["package"]["title"] == "Hai"
    assert done[0]["timestamp"] > done[1]["timestamp"]
    assert asked_by(site, {}, "package_activity_list", id="by-hand", limit=1) == done[:1]
    assert asked_by(site, {}, "package_activity_list", id="by-hand", offset=1) == done[1:]
    new = asked_by(site, {}, "package_activity_list", id="by-hand", activity_types=["new package"])
    assert new == done[1:]
    without = {"exclude_activity_types": "new package"}
    assert asked_by(site, {}, "package_activity_list", id="by-hand", **without) == done[:1]
    last = asked_by(site, {}, "recently_changed_packages_activity_list", limit=2)
    assert last == done


def test_private_records_and_drafts_are_for_those_who_ask_and_may(site: Site) -> None:
    member = site.user("member", role=Role.MEMBER, scopes=[Scope.READ])
    editor = site.user("editor")
    base = {"owner_org": "h20-5", "title": "Giấu"}
    asked_by(site, editor, "package_create", name="hidden", private=True, **base)
    asked_by(site, editor, "package_create", name="not-yet", state="draft", **base)
    both = {"include_private": True, "include_drafts": True}
    for headers, seen in ((member, {"hidden", "not-yet"}), (site.user("other", "H20.9"), set())):
        listed = asked_by(site, headers, "package_list", **both)
        assert set(listed) - set(PUBLIC) == seen
        found = asked_by(site, headers, "package_search", q="giau", **both)
        assert {one["name"] for one in found["results"]} == seen
        assert asked_by(site, headers, "package_search", q="giau")["count"] == 0
    assert asked_by(site, member, "package_list", include_drafts=True) == sorted(
        [*PUBLIC, "not-yet"]
    )
    assert asked_by(site, member, "package_show", id="not-yet")["state"] == "draft"
    assert "secret_plan" in asked_by(site, site.token("admin"), "package_list", **both)


def test_a_withdrawn_dataset_is_gone_with_its_reason(site: Site) -> None:
    withdraw(site.context.stores, "schools")
    asked_by(site, site.token("publisher"), "package_delete", id="schools")
    for name, asked in (
        ("package_show", {"id": "schools"}),
        ("resource_show", {"id": ROWS}),
        ("resource_view_list", {"id": ROWS}),
        ("package_activity_list", {"id": "schools"}),
        ("datastore_search", {"resource_id": ROWS}),
    ):
        gone = site.agency.post(f"/api/3/action/{name}", json=asked)
        assert gone.status_code == 410, (name, gone.text)
        assert gone.json()["error"]["__type"] == "Not Found Error"
        assert "Sai phạm vi" in gone.json()["error"]["message"]
    assert "schools" not in asked_by(site, {}, "package_list")


def test_the_canary_person_is_nowhere(reading_site: Site) -> None:
    for action, asked in (
        ("package_show", {"id": "schools"}),
        ("datastore_search", {"resource_id": ROWS, "limit": 32000}),
        ("datastore_search", {"resource_id": ROWS, "q": "canarivi"}),
        ("datastore_info", {"id": ROWS}),
    ):
        assert CANARY not in reading_site.public.post(f"/api/3/action/{action}", json=asked).text
