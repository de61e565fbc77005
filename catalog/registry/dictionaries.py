"""Single registry rows as CKAN's dictionaries: every key its clients require.

Shapes only; `catalog.registry.reading` reads the rows, as objects or as plain rows.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from catalog.identifiers import ckan_time, tag_id
from catalog.licences import is_open
from catalog.registry.tables import Group, Organization, Package, Resource

Dictionary = dict[str, Any]
KEPT_RESOURCE_KEYS = ("mimetype_inner", "cache_url", "cache_last_updated")
"""Keys that every resource shows and that mean nothing here: kept with the unknown ones."""


def resource_dictionary(resource: Resource | Row[Any], public_url: str) -> Dictionary:
    """CKAN's dictionary of a resource; a path becomes an address under `public_url`."""
    url = f"{public_url}{resource.url}" if resource.url.startswith("/") else resource.url
    changed = ckan_time(resource.last_modified) if resource.last_modified else None
    return {
        **dict.fromkeys(KEPT_RESOURCE_KEYS),
        **resource.extras,
        "id": resource.id,
        "package_id": resource.package_id,
        "position": resource.position,
        "name": resource.name,
        "description": resource.description,
        "format": resource.format,
        "mimetype": resource.mimetype,
        "url": url,
        "url_type": resource.url_type,
        "resource_type": resource.resource_type,
        "hash": resource.hash,
        "size": resource.size,
        "datastore_active": resource.datastore_active,
        "created": ckan_time(resource.created),
        "last_modified": changed,
        "metadata_modified": changed or ckan_time(resource.created),
        "state": "active",
    }


def tag_dictionary(name: str) -> Dictionary:
    """CKAN's dictionary of a free tag."""
    return {
        "id": tag_id(name),
        "name": name,
        "display_name": name,
        "state": "active",
        "vocabulary_id": None,
    }


def organization_summary(row: Organization | Row[Any]) -> Dictionary:
    """An organisation as a package shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "type": "organization",
        "description": row.description,
        "image_url": row.image_url,
        "created": ckan_time(row.created),
        "is_organization": True,
        "approval_status": "approved",
        "state": row.state,
    }


def group_summary(row: Group | Row[Any]) -> Dictionary:
    """A group as a package shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "display_name": row.title,
        "description": row.description,
        "image_display_url": row.image_url,
    }


def collection_dictionary(
    row: Organization | Group | Row[Any], *, organization: bool
) -> Dictionary:
    """CKAN's dictionary of an organisation or group, without what depends on who asks:
    ``package_count``, and its ``users``."""
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title,
        "display_name": row.title,
        "description": row.description,
        "image_url": row.image_url,
        "image_display_url": row.image_url,
        "type": "organization" if organization else "group",
        "is_organization": organization,
        "approval_status": "approved",
        "state": row.state,
        "created": ckan_time(row.created),
        "num_followers": 0,
        "extras": [{"key": key, "value": value} for key, value in sorted(row.extras.items())],
        "users": [],
        "groups": [],
        "tags": [],
    }


def package_fields(row: Package | Row[Any]) -> Dictionary:
    """A package's own fields, without what hangs on it."""
    return {
        "id": row.id,
        "name": row.name,
        "title": row.title or row.name,
        "notes": row.notes,
        "type": "dataset",
        "state": row.state,
        "private": row.private,
        "isopen": is_open(row.license_id),
        "license_id": row.license_id,
        "license_title": row.license_title,
        "license_url": row.license_url,
        "author": row.author,
        "author_email": row.author_email,
        "maintainer": row.maintainer,
        "maintainer_email": row.maintainer_email,
        "url": row.url,
        "version": row.version,
        "owner_org": row.owner_org,
        "creator_user_id": row.creator_user_id,
        "metadata_created": ckan_time(row.metadata_created),
        "metadata_modified": ckan_time(row.metadata_modified),
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }
