"""Real metadata of other catalogues as CKAN dictionaries, the way ckanext-dcat makes them.

From ``../shared/data`` (never copied into the project): 796 datasets of the canton of Zürich
and 464 of Argentine ``data.json`` catalogues. `require` skips a test where it is absent.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pyarrow.parquet as pq
import pytest

from catalog.identifiers import slug

Dictionary = dict[str, Any]
DATA = Path(
    os.environ.get("DUNGCHUNG_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)
"""The folder of the shared data, whether it is there or not."""

_ZURICH = DATA / "zurich_ogd_metadata" / "01_mdv_metadata.parquet"
_ARGENTINA = DATA / "argentina_datajson_catalogs"
_LONGEST_NAME = 90


def present() -> bool:
    """Whether the real metadata is on this machine."""
    return _ZURICH.is_file() and _ARGENTINA.is_dir()


def require() -> None:
    """Skip the test when the real metadata is not here."""
    if not present():
        pytest.skip("needs ../shared/data (real metadata; DUNGCHUNG_TEST_DATA names its folder)")


def organizations(packages: list[Dictionary]) -> list[Dictionary]:
    """The organisations that own `packages`, ready for ``organization_create``."""
    titles = {package["owner_org"]: package["author"] for package in packages}
    return [
        {"id": _uuid("organization", name), "name": name, "title": title}
        for name, title in sorted(titles.items())
    ]


def packages() -> list[Dictionary]:
    """All of them, ready for ``package_create``; `owner_org` is an organisation's name.

    Two datasets of one name get a number behind it, as harvesters do.
    """
    taken: set[str] = set()
    made = []
    for found in (*_zurich(), *_argentina()):
        name, number = found["name"], 1
        while found["name"] in taken:
            number += 1
            found["name"] = f"{name}-{number}"
        taken.add(found["name"])
        made.append(found)
    return made


def _zurich() -> Iterator[Dictionary]:
    for record in pq.read_table(_ZURICH).to_pylist():
        publisher = (record["publisher"] or ["Kanton Zürich"])[0]
        contact = (record["contactPoint"] or [{}])[0]
        yield _package(
            record,
            key=f"zurich/{record['identifier']}",
            publisher=publisher,
            contact=contact.get("orgUnit") or contact.get("org"),
            email=contact.get("email"),
            extras={
                "identifier": record["identifier"],
                "theme": json.dumps(record["theme"]),
                "frequency": record["accrualPeriodicity"],
                "temporal_start": record["startDate"],
                "temporal_end": record["endDate"],
                "see_also": json.dumps(record["seeAlso"], ensure_ascii=False),
                "relation": json.dumps(record["relation"], ensure_ascii=False),
            },
            resources=[
                {
                    "id": _uuid("zurich", f"{record['identifier']}/{place}/{one['ktzhDistId']}"),
                    "url": one["downloadUrl"] or one["accessUrl"],
                    "access_url": one["accessUrl"],
                    "size": one["byteSize"],
                    "name": one["title"],
                    "description": one["description"],
                    "format": one["format"],
                    "mimetype": one["mediaType"],
                    "language": one["language"],
                    "license": one["license"],
                    "issued": one["issued"],
                    "modified": one["modified"],
                }
                for place, one in enumerate(record["distribution"] or ())
            ],
        )


def _argentina() -> Iterator[Dictionary]:
    for path in sorted(_ARGENTINA.glob("*/data.json")):
        catalogue = json.loads(path.read_text(encoding="utf-8"))
        for place, record in enumerate(catalogue["dataset"]):
            publisher = (record.get("publisher") or {}).get("name") or path.parent.name
            contact = record.get("contactPoint") or {}
            key = f"argentina/{path.parent.name}/{place}/{record.get('identifier')}"
            yield _package(
                record,
                key=key,
                publisher=publisher,
                contact=contact.get("fn"),
                email=(contact.get("hasEmail") or "").removeprefix("mailto:"),
                extras={
                    "identifier": str(record.get("identifier") or ""),
                    "theme": json.dumps(record.get("theme") or [], ensure_ascii=False),
                    "super_theme": json.dumps(record.get("superTheme") or []),
                    "frequency": record.get("accrualPeriodicity"),
                    "spatial": json.dumps(record.get("spatial"), ensure_ascii=False),
                    "temporal": record.get("temporal"),
                    "catalogue": path.parent.name,
                },
                resources=[
                    {
                        "id": _uuid(key, str(number)),
                        "url": one.get("downloadURL") or one.get("accessURL"),
                        "access_url": one.get("accessURL"),
                        "size": one.get("byteSize"),
                        "name": one.get("title"),
                        "description": one.get("description"),
                        "format": one.get("format"),
                        "mimetype": one.get("mediaType"),
                        "issued": one.get("issued"),
                        "fields": one.get("field"),
                    }
                    for number, one in enumerate(record.get("distribution") or ())
                ],
            )


def _package(
    record: Mapping[str, Any],
    *,
    key: str,
    publisher: str,
    contact: str | None,
    email: str | None,
    extras: Mapping[str, Any],
    resources: list[Dictionary],
) -> Dictionary:
    publisher = " ".join(publisher.split())
    return {
        "id": _uuid("package", key),
        "name": slug(record["title"])[:_LONGEST_NAME],
        "title": record["title"],
        "notes": record["description"] or "",
        "type": "dataset",
        "owner_org": slug(publisher)[:_LONGEST_NAME],
        "author": publisher,
        "maintainer": contact,
        "maintainer_email": email,
        "url": record.get("landingPage") or "",
        "license_id": "cc-by" if record.get("license") else "notspecified",
        "private": False,
        "tags": [{"name": tag} for tag in _tags(record.get("keyword") or ())],
        "extras": [
            {"key": name, "value": str(value)} for name, value in sorted(extras.items()) if value
        ],
        "resources": [_address(resource) for resource in resources],
    }


def _address(resource: Dictionary) -> Dictionary:
    # As harvesters do: an address with blanks in it is quoted, one without a scheme is http's.
    url = (resource["url"] or "").strip().replace(" ", "%20")
    return {**resource, "url": url}


def _tags(words: tuple[str, ...] | list[str]) -> list[str]:
    """Tags as ckanext-dcat cleans them: what CKAN would refuse becomes a dash."""
    cleaned = (re.sub(r"[^\w \-.]", "-", " ".join(word.split()))[:100] for word in words)
    return list(dict.fromkeys(tag for tag in cleaned if len(tag) > 1))


def _uuid(kind: str, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{kind}/{key}"))
