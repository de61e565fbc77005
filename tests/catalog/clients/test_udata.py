"""udata's CKAN backend: its requests replayed and its schema's rules checked, not run."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.catalog.clients.conftest import Catalogue

_TYPES = ("file", "file.upload", "api", "documentation", "image", "visualization")


def _check_resource(resource: dict[str, Any]) -> None:
    UUID(resource["id"])  # others are skipped
    assert isinstance(resource["position"], int)
    for field in ("name", "format", "created", "url"):
        assert isinstance(resource[field], str), field
    datetime.fromisoformat(resource["created"])
    assert resource["url"].startswith(("http://", "https://"))
    assert (resource["resource_type"] or "file") in _TYPES
    assert resource["size"] is None or isinstance(resource["size"], int)
    for field in ("description", "mimetype", "hash", "last_modified"):
        assert resource[field] is None or isinstance(resource[field], str), field


def _check_dataset(found: dict[str, Any]) -> None:
    for field in ("id", "name", "title", "metadata_created", "metadata_modified", "state"):
        assert isinstance(found[field], str), field
    for field in ("notes", "license_id", "license_title", "author", "author_email"):
        assert found[field] is None or isinstance(found[field], str), field
    for field in ("maintainer", "maintainer_email"):
        assert found[field] is None or isinstance(found[field], str), field
    assert found["private"] is False
    assert found["type"] == "dataset"
    assert all(tag["id"] and tag["name"] for tag in found["tags"])
    owner = found["organization"]
    assert isinstance(owner["description"], str)
    assert isinstance(owner["image_url"], str)
    assert (owner["type"], owner["approval_status"]) == ("organization", "approved")
    assert owner["is_organization"] is True
    for resource in found["resources"]:
        _check_resource(resource)


def test_harvests_every_dataset_by_name(catalogue: Catalogue) -> None:
    names = catalogue.action("package_list")
    assert "by-hand-1" in names
    for name in names:
        found = catalogue.action("package_show", id=name)
        _check_dataset(found)
        assert found["resources"], f"{name} would be skipped"


def test_filters_stand_in_q(catalogue: Catalogue) -> None:
    asked = 'organization:so-giao-thong AND -tags:"đường sắt"'
    found = catalogue.action("package_search", q=asked, rows=1000)["results"]
    assert sorted(one["name"] for one in found) == ["by-hand-1", "by-hand-2", "by-hand-3"]
    none = catalogue.action("package_search", q='-tags:"viết tay" AND name:by-hand-1', rows=1000)
    assert none["count"] == 0
