"""Writing records: who may, and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from catalog.records import package_from_release
from lakehouse.releases import Releases
from tests.catalog.sites import Site


def call(site: Site, action: str, who: str, **asked: Any) -> Any:
    return site.agency.post(f"/api/3/action/{action}", json=asked, headers=site.token(who))


def made(site: Site, action: str, who: str, **asked: Any) -> Any:
    answer = call(site, action, who, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def seen(client: TestClient, name: str) -> dict[str, Any]:
    answer = client.get("/api/3/action/package_show", params={"id": name})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def test_a_record_by_hand_from_birth_to_purge(site: Site) -> None:
    made(site, "organization_create", "admin", name="so-y-te", title="Sở Y tế")
    born = made(
        site,
        "package_create",
        "admin",
        name="clinics",
        title="Trạm y tế",
        owner_org="so-y-te",
        license_id="cc-by",
        tags=[{"name": "y tế"}],
        resources=[{"url": "https://example.vn/a.csv", "format": "CSV", "colour": "red"}],
    )
    assert born["organization"]["title"] == "Sở Y tế"
    assert born["license_title"] == "Creative Commons Attribution"
    assert born["resources"][0]["colour"] == "red"
    patched = made(site, "package_patch", "admin", id="clinics", notes="Danh sách")
    assert (patched["title"], patched["notes"]) == ("Trạm y tế", "Danh sách")
    assert patched["resources"][0]["id"] == born["resources"][0]["id"]
    assert [tag["name"] for tag in patched["tags"]] == ["y tế"]
    replaced = made(
        site, "package_update", "admin", id="clinics", name="clinics", owner_org="so-y-te"
    )
    assert (replaced["title"], replaced["resources"]) == ("clinics", [])
    assert made(site, "package_delete", "admin", id="clinics") is None
    gone = call(site, "package_show", "admin", id="clinics")
    assert gone.status_code == 404
    made(site, "dataset_purge", "admin", id="clinics")
    assert call(site, "package_patch", "admin", id="clinics").status_code == 404


def test_a_draft_by_hand_stays_inside(site: Site) -> None:
    made(site, "package_create", "admin", name="inside", owner_org="h20-5", private=True)
    answer = site.public.get("/api/3/action/package_show", params={"id": "inside"})
    assert answer.status_code == 404
    shown = call(site, "package_show", "admin", id="inside")
    assert shown.json()["result"]["private"] is True


@pytest.mark.parametrize(
    "action", ["package_update", "package_patch", "package_delete", "dataset_purge"]
)
def test_the_record_of_a_contract_is_not_written_by_hand(site: Site, action: str) -> None:
    refused = call(site, action, "admin", id="schools", name="schools", title="Khác")
    assert refused.status_code == 403
    assert "the contract schools" in refused.json()["error"]["message"]
    assert seen(site.public, "schools")["title"] == "Trường học"


def test_a_grant_writes_nothing(site: Site) -> None:
    headers = {"Authorization": site.grant("schools")}
    for action in ("package_create", "package_patch", "organization_create", "group_delete"):
        refused = site.agency.post(
            f"/api/3/action/{action}", json={"id": "schools", "name": "x"}, headers=headers
        )
        assert refused.status_code == 403


def test_the_publisher_writes_a_contracts_record_and_twice_is_once(site: Site) -> None:
    release = Releases(site.context.stores).latest("schools")
    assert release is not None
    record = package_from_release(release)
    first = made(site, "package_update", "publisher", **record)
    assert made(site, "package_update", "publisher", **record) == first
    changed = made(site, "package_update", "publisher", **{**record, "title": "Tên mới"})
    assert changed["title"] == "Tên mới"
    assert changed["metadata_modified"] == first["metadata_modified"]


def test_only_the_publisher_names_a_contract(site: Site) -> None:
    extras = [{"key": "contract", "value": "clinics"}]
    refused = call(
        site, "package_create", "admin", name="clinics", owner_org="h20-5", extras=extras
    )
    assert refused.status_code == 409
    assert set(refused.json()["error"]) == {"__type", "extras"}
    other = call(
        site, "package_create", "publisher", name="other", owner_org="h20-5", extras=extras
    )
    assert other.status_code == 409


def test_a_name_in_use_is_refused(site: Site) -> None:
    refused = call(site, "package_create", "admin", name="schools", owner_org="h20-5")
    assert refused.json()["error"]["name"] == ["That URL is already in use."]
    taken = call(site, "organization_create", "admin", name="h20-5")
    assert taken.status_code == 409


def test_a_resource_cannot_be_taken_from_another_dataset(site: Site) -> None:
    theirs = seen(site.public, "schools")["resources"][0]["id"]
    refused = call(
        site,
        "package_create",
        "admin",
        name="thief",
        owner_org="h20-5",
        resources=[{"id": theirs, "url": "https://example.vn"}],
    )
    assert refused.status_code == 409
    assert seen(site.public, "schools")["resources"][0]["id"] == theirs


def test_organisations_and_themes(site: Site) -> None:
    for kind in ("organization", "group"):
        born = made(site, f"{kind}_create", "publisher", name="moi", title="Mới", description="a")
        extras = [{"key": "title_en", "value": "New"}]
        patched = made(site, f"{kind}_patch", "publisher", id="moi", extras=extras)
        assert (patched["description"], patched["extras"]) == ("a", extras)
        updated = made(site, f"{kind}_update", "publisher", id=born["id"], title="Khác")
        assert (updated["name"], updated["title"], updated["description"]) == ("moi", "Khác", "")
        assert made(site, f"{kind}_delete", "publisher", id="moi") is None
        assert "moi" not in made(site, f"{kind}_list", "admin")


def test_an_organisation_with_datasets_stays(site: Site) -> None:
    for kind, name in (("organization", "h20-5"), ("group", "gove")):
        refused = call(site, f"{kind}_delete", "admin", id=name)
        assert refused.status_code == 409
        assert call(site, f"{kind}_patch", "admin", id="nothing").status_code == 404
