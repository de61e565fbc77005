"""JSON schemas of what actions answer, by name: the components of the OpenAPI document.

They hold what CKAN's clients rely on: the keys that are always there and their types.
Records carry further keys (a resource keeps what its writer sent), so objects are open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
NOTHING: Schema = {"type": "null"}
UUID: Schema = {"type": "string", "format": "uuid"}
TIME: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$",
    "description": "Naive UTC, always with six digits of microseconds.",
}


def ref(name: str) -> Schema:
    """The component of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(items: str | Schema) -> Schema:
    """An array of a component, or of what a schema says."""
    return {"type": "array", "items": ref(items) if isinstance(items, str) else items}


def optional(schema: Schema) -> Schema:
    """What `schema` says, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def named(*names: str) -> Schema:
    """An array of names, or, where the caller asked for all fields, of one of `names`."""
    return {"type": "array", "items": {"anyOf": [TEXT, *(ref(name) for name in names)]}}


def record(required: Mapping[str, Schema], **others: Schema) -> Schema:
    """An open object: `required` keys, and `others` that are there sometimes."""
    return {
        "type": "object",
        "properties": {**required, **others},
        "required": list(required),
    }


_EXTRA = record({"key": TEXT, "value": TEXT})
_TAG = record(
    {
        "id": UUID,
        "name": TEXT,
        "display_name": TEXT,
        "state": {"const": "active"},
        "vocabulary_id": NOTHING,
    },
    packages=listed("Package"),
)
_COLLECTION: Mapping[str, Schema] = {
    "id": TEXT,
    "name": TEXT,
    "title": TEXT,
    "display_name": TEXT,
    "description": TEXT,
    "image_url": TEXT,
    "image_display_url": TEXT,
    "is_organization": FLAG,
    "approval_status": {"const": "approved"},
    "state": TEXT,
    "created": TIME,
    "num_followers": NUMBER,
}
_COLLECTION_PARTS: Mapping[str, Schema] = {
    "package_count": NUMBER,
    "extras": listed("Extra"),
    "users": listed("User"),
    "groups": {"type": "array"},
    "tags": {"type": "array"},
    "packages": listed("Package"),
    "capacity": TEXT,
}
_RESOURCE = record(
    {
        "id": UUID,
        "package_id": TEXT,
        "position": NUMBER,
        "name": TEXT,
        "description": TEXT,
        "format": TEXT,
        "mimetype": optional(TEXT),
        "mimetype_inner": optional(TEXT),
        "url": TEXT,
        "url_type": optional(TEXT),
        "resource_type": optional(TEXT),
        "hash": TEXT,
        "size": optional({"type": "integer"}),
        "datastore_active": FLAG,
        "created": TIME,
        "last_modified": optional(TIME),
        "metadata_modified": TIME,
        "cache_url": optional(TEXT),
        "cache_last_updated": optional(TEXT),
        "state": TEXT,
    }
)
_PACKAGE = record(
    {
        "id": UUID,
        "name": TEXT,
        "title": TEXT,
        "notes": TEXT,
        "type": {"const": "dataset"},
        "state": {"enum": ["active", "draft", "deleted"]},
        "private": FLAG,
        "isopen": FLAG,
        "license_id": optional(TEXT),
        "license_title": optional(TEXT),
        "license_url": optional(TEXT),
        "author": optional(TEXT),
        "author_email": optional(TEXT),
        "maintainer": optional(TEXT),
        "maintainer_email": optional(TEXT),
        "url": optional(TEXT),
        "version": optional(TEXT),
        "owner_org": optional(TEXT),
        "creator_user_id": optional(TEXT),
        "metadata_created": TIME,
        "metadata_modified": TIME,
        "organization": optional(ref("OrganizationSummary")),
        "resources": listed("Resource"),
        "num_resources": NUMBER,
        "tags": listed("Tag"),
        "num_tags": NUMBER,
        "groups": listed("GroupSummary"),
        "extras": listed("Extra"),
        "relationships_as_subject": {"type": "array"},
        "relationships_as_object": {"type": "array"},
    }
)
_USER = record(
    {
        "id": TEXT,
        "name": TEXT,
        "fullname": TEXT,
        "display_name": TEXT,
        "about": optional(TEXT),
        "created": TIME,
        "state": TEXT,
        "sysadmin": FLAG,
    },
    number_created_packages=NUMBER,
    capacity=TEXT,
    datasets=listed("Package"),
)
_LICENSE = record(
    {
        "id": TEXT,
        "title": TEXT,
        "url": TEXT,
        "status": TEXT,
        "family": TEXT,
        "maintainer": TEXT,
        "domain_content": FLAG,
        "domain_data": FLAG,
        "domain_software": FLAG,
        "is_generic": FLAG,
        "od_conformance": TEXT,
        "osd_conformance": TEXT,
    }
)
_ACTIVITY = record(
    {
        "id": TEXT,
        "timestamp": TIME,
        "user_id": optional(TEXT),
        "object_id": TEXT,
        "activity_type": TEXT,
        "data": {"type": "object"},
    }
)
_FACET = record(
    {"title": TEXT, "items": listed(record({"name": TEXT, "display_name": TEXT, "count": NUMBER}))}
)
_SEARCH = record(
    {
        "count": NUMBER,
        "sort": TEXT,
        "results": {
            "type": "array",
            "items": {"anyOf": [ref("Package"), {"type": "object"}]},
            "description": "Packages; with ``fl``, objects of those fields alone.",
        },
        "facets": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": NUMBER},
        },
        "search_facets": {"type": "object", "additionalProperties": ref("Facet")},
    }
)
SCHEMAS: dict[str, Schema] = {
    "Activity": _ACTIVITY,
    "Extra": _EXTRA,
    "Facet": _FACET,
    "Group": record({**_COLLECTION, "type": {"const": "group"}}, **_COLLECTION_PARTS),
    "GroupSummary": record(
        {
            "id": TEXT,
            "name": TEXT,
            "title": TEXT,
            "display_name": TEXT,
            "description": TEXT,
            "image_display_url": TEXT,
        }
    ),
    "License": _LICENSE,
    "Organization": record({**_COLLECTION, "type": {"const": "organization"}}, **_COLLECTION_PARTS),
    "OrganizationSummary": record(
        {
            "id": TEXT,
            "name": TEXT,
            "title": TEXT,
            "type": {"const": "organization"},
            "description": TEXT,
            "image_url": TEXT,
            "created": TIME,
            "is_organization": {"const": True},
            "approval_status": {"const": "approved"},
            "state": TEXT,
        }
    ),
    "Package": _PACKAGE,
    "Resource": _RESOURCE,
    "SearchResult": _SEARCH,
    "Tag": _TAG,
    "User": _USER,
}
"""Every component by name; an action's `result` may name one."""


def result_schema(result: str | Schema) -> Schema:
    """The schema of an action's result.

    Raises:
        KeyError: no component has that name.
    """
    if isinstance(result, str):
        if result not in SCHEMAS:
            raise KeyError(result)
        return ref(result)
    return result
