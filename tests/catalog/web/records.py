"""Records as the Action API gives them, for tests of what is made from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.identifiers import group_id, organization_id, tag_id
from catalog.licences import is_open
from catalog.records import group_from_release, organization_from_release, package_from_release
from contracts.releases import Release

PUBLIC_URL = "http://data.example"
MOMENT = "2026-03-02T02:00:00.000000"
Dictionary = dict[str, Any]


def shown(
    package: Mapping[str, Any],
    organization: Mapping[str, Any] | None = None,
    groups: Sequence[Mapping[str, Any]] = (),
) -> Dictionary:
    """What ``package_show`` gives of what was written with ``package_create``."""
    return {
        "metadata_created": MOMENT,
        "metadata_modified": MOMENT,
        "isopen": is_open(package.get("license_id")),
        **package,
        "tags": [{"id": tag_id(tag["name"]), **tag} for tag in package.get("tags") or ()],
        "groups": list(groups),
        "organization": dict(organization) if organization else None,
        "resources": [
            {
                "position": place,
                "created": MOMENT,
                "package_id": package["id"],
                **one,
                "url": f"{PUBLIC_URL}{one['url']}" if one["url"].startswith("/") else one["url"],
            }
            for place, one in enumerate(package.get("resources") or ())
        ],
    }


def of_release(release: Release) -> Dictionary:
    """The record of a release, as our own catalogue shows it."""
    return shown(
        package_from_release(release),
        organization_from_release(release),
        [group_from_release(release)],
    )


def by_hand(**fields: Any) -> Dictionary:
    """A record that somebody wrote."""
    return shown(
        {
            "id": "5f3a0c1e-0000-4000-8000-000000000001",
            "name": "markets",
            "title": "Chợ truyền thống",
            "notes": "",
            "tags": [{"name": "chợ"}],
            "extras": [],
            "resources": [
                {
                    "id": "5f3a0c1e-0000-4000-8000-000000000002",
                    "name": "Danh sách",
                    "format": "CSV",
                    "mimetype": "text/csv",
                    "url": "https://files.example/Danh sách.csv",
                    "resource_type": "file",
                }
            ],
            "license_id": "cc-by",
            **fields,
        },
        {"id": organization_id("so-ct"), "name": "so-ct", "title": "Sở Công Thương"},
        [{"id": group_id("econ"), "name": "econ", "title": "Kinh tế"}],
    )


def extra(key: str, value: object) -> Dictionary:
    """One extra; what is no text becomes JSON."""
    return {"key": key, "value": value if isinstance(value, str) else json.dumps(value)}
