"""A dataset as schema.org says it, for search engines; pages embed it as JSON-LD.

Source: schema.org/Dataset and Google's dataset guidelines. Escaping for HTML is the page's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from catalog.context import Record
from catalog.web import values
from catalog.web.described import Described, Part

Dictionary = dict[str, Any]
_DESCRIPTION = 5000  # characters, Google's limit


def dataset(record: Record, public_url: str) -> Dictionary:
    """The JSON-LD of a package; empty parts are left out."""
    said = Described(record, public_url)
    licence, _title = said.licence
    agent = _organization(said)
    return _filled(
        {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "@id": said.uri,
            "url": said.page,
            "identifier": said.uri,
            "name": said.title,
            "alternateName": said.extras.get("title_en"),
            "description": said.notes[:_DESCRIPTION],
            "keywords": said.tags,
            "inLanguage": said.language,
            "isAccessibleForFree": said.access == "PUBLIC" or None,
            "license": licence,
            "creator": agent,
            "publisher": agent,
            "dateCreated": said.created and said.created.isoformat(),
            "dateModified": said.modified and said.modified.isoformat(),
            "version": values.text(record.get("version")),
            "temporalCoverage": interval(said.temporal),
            "spatialCoverage": [
                {"@type": "AdministrativeArea", "@id": f"{public_url}/id/unit/{code}"}
                for code in said.communes
            ],
            "variableMeasured": [
                _variable(column) for part in said.parts[:1] for column in part.fields
            ],
            "includedInDataCatalog": {"@type": "DataCatalog", "url": public_url},
            "distribution": [one for part in said.parts if (one := _download(part))],
        }
    )


def interval(temporal: tuple[date | None, date | None]) -> str | None:
    """Two days as ISO 8601 writes an interval; ``..`` is an open end."""
    first, last = (one.isoformat() if one else ".." for one in temporal)
    return None if first == last == ".." else f"{first}/{last}"


def _organization(said: Described) -> Dictionary | None:
    if not said.organization:
        return None
    return {
        "@type": "Organization",
        "@id": f"{said.public_url}/id/organization/{said.organization['name']}",
        "name": values.text(said.organization.get("title")) or said.organization["name"],
    }


def _variable(column: Any) -> Dictionary:
    return _filled(
        {
            "@type": "PropertyValue",
            "name": values.text(column["name"]),
            "description": values.text(column.get("title")),
            "unitText": values.text(column.get("unit")),
        }
    )


def _download(part: Part) -> Dictionary | None:
    if part.address is None:
        return None
    checksum = values.digest(part.record.get("hash"))
    length = values.size(part.record.get("size"))
    return _filled(
        {
            "@type": "DataDownload",
            "name": values.text(part.record.get("name")),
            "contentUrl": part.address,
            "encodingFormat": values.media_type(part.record.get("mimetype")) or part.format,
            "contentSize": f"{length} B" if length is not None else None,
            "sha256": checksum[1] if checksum and checksum[0] == "sha256" else None,
        }
    )


def _filled(made: Dictionary) -> Dictionary:
    return {key: value for key, value in made.items() if value not in (None, "", [])}
