"""A dataset as Croissant 1.0, for machine learning tools: its files and its columns.

Source: MLCommons Croissant Format Specification 1.0. Columns come from the table schema that
the resources carry; of rows that are not open there is no file and so no record set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.web import values
from catalog.web.described import Described, Part

Dictionary = dict[str, Any]
CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
_CONTEXT: Dictionary = {
    "@language": "vi",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    "string": "sc:Text",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "time": "sc:Time",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
}


def croissant(said: Described) -> Dictionary:
    """The JSON-LD of a dataset."""
    licence, licence_title = said.licence
    owner = values.text(said.organization.get("title"))
    files = [(part, one) for part in said.parts if (one := _file(part))]
    made: Dictionary = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "@id": said.uri,
        "conformsTo": CONFORMS_TO,
        "name": said.name,
        "alternateName": said.title,
        "description": said.notes,
        "url": said.page,
        "inLanguage": said.language,
        "keywords": said.tags,
        "license": licence or licence_title,
        "creator": {"@type": "Organization", "name": owner} if owner else None,
        "publisher": {"@type": "Organization", "name": owner} if owner else None,
        "dateCreated": said.created and said.created.isoformat(),
        "datePublished": said.modified and said.modified.isoformat(),
        "dateModified": said.modified and said.modified.isoformat(),
        "version": _version(said),
        "citeAs": f"{owner}: {said.title}. {said.uri}" if owner else None,
        "isLiveDataset": True,
        "distribution": [one for _part, one in files],
        "recordSet": [one for part, file in files[:1] if (one := _records(part, file))],
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def _version(said: Described) -> str:
    """Croissant asks for MAJOR.MINOR.PATCH: the release is the major number."""
    written = values.text(said.record.get("version"))
    return f"{written}.0.0" if written.isdigit() else written


def _file(part: Part) -> Dictionary | None:
    if part.address is None or not part.is_file:
        return None
    length, checksum = values.size(part.record.get("size")), values.digest(part.record.get("hash"))
    made: Dictionary = {
        "@type": "cr:FileObject",
        "@id": part.id,
        "name": values.text(part.record.get("name")) or part.id,
        "contentUrl": part.address,
        "contentSize": f"{length} B" if length is not None else None,
        "encodingFormat": values.media_type(part.record.get("mimetype")) or part.format,
        "sha256": checksum[1] if checksum and checksum[0] == "sha256" else None,
        "md5": checksum[1] if checksum and checksum[0] == "md5" else None,
    }
    return {key: value for key, value in made.items() if value not in (None, "")}


def _records(part: Part, file: Mapping[str, Any]) -> Dictionary | None:
    fields = [_field(column, file["@id"]) for column in part.fields]
    if not fields:
        return None
    key = [name for name in part.schema.get("primaryKey") or () if isinstance(name, str)]
    made: Dictionary = {"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": fields}
    return {**made, "key": [{"@id": f"rows/{name}"} for name in key]} if key else made


def _field(column: Mapping[str, Any], file: str) -> Dictionary:
    name = values.text(column["name"])
    about = values.text(column.get("description")) or values.text(column.get("title"))
    kind = column.get("type")
    made: Dictionary = {
        "@type": "cr:Field",
        "@id": f"rows/{name}",
        "name": name,
        "description": about or name,
        "dataType": _TYPES.get(str(kind), "sc:Text"),
        "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
    }
    return {**made, "repeated": True} if kind == "array" else made
