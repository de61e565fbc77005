"""A release's manifest as CKAN dictionaries: its package, organisation and group.

Derivation only: sending them is `catalog.publisher`, keeping them `catalog.registry`.
Addresses are paths below the catalogue's public address, so that no host is stored.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from catalog.identifiers import (
    ckan_time,
    group_id,
    naive_utc,
    organization_id,
    package_id,
    resource_id,
    slug,
)
from catalog.metadata import listed, mapping, pair
from catalog.record_extras import extras_of
from contracts.i18n import _, translate
from contracts.model import Access, Classification
from contracts.releases import ColumnSchema, FileEntry, Release
from contracts.themes import THEMES
from lakehouse.formats import MEDIA_TYPES, XLSX_ROWS

Dictionary = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """One way to take an open dataset home. `stored`: a file of the release, not made on
    demand."""

    extension: str
    label: str
    title: str
    stored: bool

    @property
    def media_type(self) -> str:
        """Its MIME type."""
        return MEDIA_TYPES[self.extension]


FORMS = (
    Form("csv", "CSV", _("Table as CSV"), stored=True),
    Form("xlsx", "XLSX", _("Table for Excel (XLSX)"), stored=False),
    Form("parquet", "Parquet", _("Table as Parquet"), stored=True),
    Form("jsonl", "JSONL", _("Table as JSON lines"), stored=False),
)
"""In the order people see them."""

ROWS_FORM = "csv"
"""The form whose resource answers ``datastore_search``."""

API_FORM = "api"
"""The only form of a dataset that is not open: how to ask for its rows."""

_TYPES = {
    "string": "string",
    "date": "date",
    "timestamp": "datetime",
    "time": "time",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "array",
    "object": "object",
}


def package_from_release(release: Release) -> Dictionary:
    """The package of a dataset at this release, ready for ``package_create``/``_update``."""
    said = release.metadata
    title, description = pair(said["title"]), pair(said["description"])
    owner, licence = mapping(said["owner"]), mapping(said["licence"])
    steward = str(said.get("steward") or "")
    moment = ckan_time(naive_utc(release.created_at))
    return {
        "id": package_id(release.dataset),
        "name": release.dataset,
        "title": title[0],
        "notes": description[0],
        "type": "dataset",
        "owner_org": organization_id(str(owner["code"])),
        "author": pair(owner["title"])[0],
        "maintainer": steward or None,
        "maintainer_email": steward if "@" in steward else None,
        "license_id": str(licence["id"]),
        "license_title": pair(licence["title"])[0],
        "license_url": str(licence["url"]),
        "version": str(release.release),
        "private": said.get("status") == "draft",
        "metadata_modified": moment,
        "tags": [{"name": name} for name in _tags(said.get("tags"))],
        "groups": [{"id": group_id(str(said["theme"]))}],
        "extras": [
            {"key": key, "value": value} for key, value in sorted(extras_of(release).items())
        ],
        "resources": _resources(release, moment),
    }


def organization_from_release(release: Release) -> Dictionary:
    """The organisation that owns the dataset."""
    owner = mapping(release.metadata["owner"])
    title = pair(owner["title"])
    return {
        "id": organization_id(str(owner["code"])),
        "name": slug(str(owner["code"])),
        "title": title[0],
        "extras": [
            {"key": "code", "value": str(owner["code"])},
            {"key": "title_en", "value": title[1]},
        ],
    }


def group_from_release(release: Release) -> Dictionary:
    """The theme that the dataset belongs to, as a group."""
    theme = str(release.metadata["theme"])
    known = THEMES.get(theme)
    vi, en = (known.vi, known.en) if known else (theme, theme)
    return {
        "id": group_id(theme),
        "name": slug(theme),
        "title": vi,
        "extras": [{"key": "title_en", "value": en}],
    }


def table_schema(release: Release) -> Dictionary:
    """The Frictionless Table Schema of what can be read: of an open dataset its open columns."""
    columns = [
        column
        for column in release.schema
        if release.access != Access.OPEN or column.classification == Classification.PUBLIC
    ]
    names = {column.name for column in columns}
    key = [str(name) for name in listed(release.metadata.get("primary_key")) if name in names]
    return {"fields": [_field(column) for column in columns], "primaryKey": key}


def _field(column: ColumnSchema) -> Dictionary:
    field: Dictionary = {
        "name": column.name,
        "type": _TYPES.get(column.logical_type, "any"),
        "title": column.title[0],
        "title_en": column.title[1],
        "description": column.description[0],
        "description_en": column.description[1],
        "classification": column.classification,
    }
    if column.required:
        field["constraints"] = {"required": True}
    if column.unit:
        field["unit"] = column.unit
    return field


def _resources(release: Release, moment: str) -> list[Dictionary]:
    schema = json.dumps(table_schema(release), ensure_ascii=False)
    common = {"last_modified": moment, "schema": schema}
    if release.access != Access.OPEN:
        return [{**_api_resource(release), **common}]
    files = {entry.format: entry for entry in release.files}
    return [
        {**_file_resource(release, form, files.get(form.extension)), **common}
        for form in FORMS
        if (form.extension in files or not form.stored)
        and (form.extension != "xlsx" or release.open_rows < XLSX_ROWS)
    ]


def _file_resource(release: Release, form: Form, entry: FileEntry | None) -> Dictionary:
    name = f"{release.dataset}.{form.extension}"
    return {
        "id": resource_id(release.dataset, form.extension),
        "name": translate(form.title, "vi"),
        "name_en": translate(form.title, "en"),
        "format": form.label,
        "mimetype": form.media_type,
        "url": f"/dataset/{release.dataset}/releases/{release.release}/{name}",
        "resource_type": "file",
        "hash": f"sha256:{entry.sha256}" if entry else "",
        "size": entry.bytes if entry else None,
        "datastore_active": form.extension == ROWS_FORM,
    }


def _api_resource(release: Release) -> Dictionary:
    title = _("Rows for agencies, on request")
    how = _(
        "These rows are not public. An agency asks the owner of the dataset for access and gets"
        " a token; with it this address answers rows, and the same address works in programs."
    )
    identifier = resource_id(release.dataset, API_FORM)
    return {
        "id": identifier,
        "name": translate(title, "vi"),
        "name_en": translate(title, "en"),
        "description": translate(how, "vi"),
        "description_en": translate(how, "en"),
        "format": "API",
        "mimetype": "application/json",
        "url": f"/api/3/action/datastore_search?resource_id={identifier}",
        "resource_type": "api",
        "datastore_active": False,
    }


def _tags(tags: object) -> list[str]:
    """Tags as every CKAN accepts them: letters, digits, spaces, dashes, dots; 2 to 100."""
    cleaned = (" ".join(re.sub(r"[^\w \-.]", " ", str(tag)).split())[:100] for tag in listed(tags))
    return list(dict.fromkeys(tag for tag in cleaned if len(tag) > 1))
