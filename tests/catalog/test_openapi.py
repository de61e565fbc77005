"""The OpenAPI document: whole, sound, and made from the actions alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from catalog.actions import ACTIONS
from catalog.actions.schemas import SCHEMAS, result_schema
from tests.catalog.conforming import description
from tests.catalog.sites import Site

SERVED = (
    "status_show",
    "site_read",
    "help_show",
    "package_list",
    "current_package_list_with_resources",
    "package_show",
    "package_search",
    "package_autocomplete",
    "resource_show",
    "resource_search",
    "resource_view_list",
    "organization_list",
    "organization_show",
    "organization_autocomplete",
    "organization_list_for_user",
    "group_list",
    "group_show",
    "group_package_show",
    "group_autocomplete",
    "tag_list",
    "tag_show",
    "tag_search",
    "tag_autocomplete",
    "license_list",
    "user_list",
    "user_show",
    "format_autocomplete",
    "package_activity_list",
    "recently_changed_packages_activity_list",
    "datastore_info",
    "datastore_search",
    "datastore_search_sql",
    "package_create",
    "package_update",
    "package_patch",
    "package_delete",
    "dataset_purge",
    "resource_create",
    "resource_update",
    "resource_patch",
    "resource_delete",
    "organization_create",
    "organization_update",
    "organization_patch",
    "organization_delete",
    "group_create",
    "group_update",
    "group_patch",
    "group_delete",
    "organization_member_create",
    "organization_member_delete",
    "member_create",
    "member_delete",
    "api_token_create",
    "api_token_list",
    "api_token_revoke",
    "package_collaborator_create",
    "package_collaborator_delete",
    "package_collaborator_list",
    "datastore_create",
    "datastore_upsert",
    "datastore_delete",
)
"""The actions of `../shared/compatibility/ckan-action-api.md`."""


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)


def test_every_action_that_clients_use_is_served() -> None:
    assert sorted(set(SERVED) - set(ACTIONS)) == []


def test_it_is_served_with_its_address(reading_site: Site) -> None:
    for client in (reading_site.public, reading_site.agency):
        answer = client.get("/api/openapi.json")
        assert answer.status_code == 200
        told = answer.json()
        assert told["openapi"] == "3.1.0"
        assert told["servers"] == [{"url": "http://data.example"}]
        assert {f"/api/3/action/{name}" for name in ACTIONS} <= set(told["paths"])
        others = {"/api/1/units", "/datastore/dump/{resource_id}", "/dataset/{name}/latest/{file}"}
        assert others <= set(told["paths"])


def test_each_action_is_told_once_with_what_its_help_says() -> None:
    paths = description()["paths"]
    for name, action in ACTIONS.items():
        item = paths[f"/api/3/action/{name}"]
        assert set(item) == ({"get", "post"} if action.reads else {"post"})
        body = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert set(action.parameters) <= set(body["properties"])
        assert item["post"]["description"] in action.help
        for parameter in action.parameters.values():
            assert parameter.description[:20] in " ".join(action.help.split())
        if action.reads:
            asked = {one["name"] for one in item["get"]["parameters"]}
            assert asked == set(action.parameters)


def test_every_schema_is_sound_and_every_reference_leads_somewhere(reading_site: Site) -> None:
    whole = reading_site.public.get("/api/openapi.json").json()
    for schema in whole["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for found in _objects(whole):
        if "schema" in found and isinstance(found["schema"], dict):
            Draft202012Validator.check_schema(found["schema"])
        if isinstance(found.get("$ref"), str):
            place: Any = whole
            for step in found["$ref"].removeprefix("#/").split("/"):
                place = place[step]
            assert place
    identifiers = [one["operationId"] for one in _objects(whole) if "operationId" in one]
    assert len(identifiers) == len(set(identifiers))


def test_a_result_of_no_known_name_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        result_schema("Nothing")
    assert result_schema("Package") == {"$ref": "#/components/schemas/Package"}
    assert "Package" in SCHEMAS
