"""Actions of the DataStore: the rows of a release, read from its own files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from catalog.access import Permission
from catalog.actions.packages import extra, require_resource
from catalog.actions.registry import Call, action
from catalog.audit import note_reading
from catalog.context import Record
from catalog.errors import NotFoundError, ValidationError
from catalog.finding import Found, chosen_release, open_rows
from catalog.identifiers import CONTRACT_EXTRA
from catalog.tables import delimited
from contracts.errors import Fault
from contracts.releases import ColumnSchema
from lakehouse.rows import Field, Page, RowReader

MOST_ROWS = 32_000
_FORMATS = ("objects", "lists", "csv", "tsv")
_FIELD_OF_FAULT = {
    "rows.unknown_field": "fields",
    "rows.bad_value": "filters",
    "rows.bad_sort": "sort",
    "rows.bad_page": "offset",
    "rows.too_heavy": "query",
    "rows.failed": "query",
}
_DEEPEST = 1 << 60


@action(Permission.READ_RECORDS)
def datastore_search(call: Call) -> dict[str, Any]:
    """Return rows of a dataset's release.

    :param resource_id: the resource whose rows are read
    :param release: number of the release, or ``as_of`` a day; default: the newest
    :param filters: column → value or list of values
    :param q: words that must occur, or column → words; marks and case do not matter
    :param fields: only these columns
    :param sort: such as ``name asc, date desc``
    :param distinct: each combination of values once
    :param limit: at most so many (default 100, most 32000)
    :param offset: after leaving out so many
    :param include_total: count all rows that match (default true)
    :param records_format: ``objects``, ``lists``, ``csv`` or ``tsv``
    """
    parameters = call.parameters
    form = parameters.text("records_format") or "objects"
    if form not in _FORMATS:
        raise ValidationError({"records_format": [f"Must be one of {', '.join(_FORMATS)}"]})
    limit = parameters.integer("limit", 100, most=MOST_ROWS)
    offset = parameters.integer("offset", 0, most=_DEEPEST)
    resource, found, reader = _reader(call)
    page = _search(call, reader, limit, offset)
    if not found.open:
        note_reading(call.actor, found.release, len(page.rows))
    names = [field.name for field in page.fields]
    answer: dict[str, Any] = {
        "resource_id": resource["id"],
        "release": found.release.release,
        "fields": _fields(page.fields, found),
        "records_format": form,
        "records": _records(page, names, form),
        "limit": limit,
        "offset": offset,
        "include_total": page.total is not None,
        "_links": _links(call, limit, offset),
    }
    if page.total is not None:
        answer |= {"total": page.total, "total_was_estimated": False}
    return answer


@action(Permission.READ_RECORDS)
def datastore_info(call: Call) -> dict[str, Any]:
    """Return the columns of a resource's rows and how many rows there are.

    :param id: the resource's id
    :param release: number of the release, or ``as_of`` a day; default: the newest
    """
    resource, found, reader = _reader(call)
    total = reader.search(limit=0).total
    return {
        "meta": {
            "id": resource["id"],
            "count": total,
            "table_type": "BASE TABLE",
            "aliases": [],
            "release": found.release.release,
        },
        "fields": _fields(reader.fields(), found),
    }


@action(Permission.WRITE_ROWS, reads=False)
def datastore_create(call: Call) -> None:
    """Refused: rows enter only through a gated pipeline."""


@action(Permission.WRITE_ROWS, reads=False)
def datastore_upsert(call: Call) -> None:
    """Refused: rows enter only through a gated pipeline."""


@action(Permission.WRITE_ROWS, reads=False)
def datastore_delete(call: Call) -> None:
    """Refused: rows enter only through a gated pipeline."""


def _reader(call: Call) -> tuple[Record, Found, RowReader]:
    parameters = call.parameters
    resource = require_resource(call, parameters.required("resource_id", "id"))
    package = call.view.records.package(resource["package_id"])
    dataset = extra(package, CONTRACT_EXTRA) if package else None
    if dataset is None or not (resource["datastore_active"] or resource["resource_type"] == "api"):
        raise NotFoundError("This resource has no rows to read; see the dataset's others.")
    found = chosen_release(
        call.context, dataset, parameters.text("release"), parameters.text("as_of")
    )
    return resource, found, open_rows(call.context, call.actor, found)


def _search(call: Call, reader: RowReader, limit: int, offset: int) -> Page:
    parameters = call.parameters
    words = parameters.json("q")
    try:
        return reader.search(
            filters=parameters.mapping("filters"),
            q=words if isinstance(words, dict) else parameters.text("q"),
            sort=parameters.text("sort"),
            limit=limit,
            offset=offset,
            fields=parameters.listing("fields") or None,
            distinct=parameters.flag("distinct"),
            include_total=parameters.flag("include_total", default=True),
        )
    except Fault as fault:
        if fault.check not in _FIELD_OF_FAULT:
            raise
        raise ValidationError({_FIELD_OF_FAULT[fault.check]: [fault.render("en")]}) from None


def _fields(fields: tuple[Field, ...], found: Found) -> list[dict[str, Any]]:
    columns = {column.name: column for column in found.release.schema}
    made = []
    for field in fields:
        described: dict[str, Any] = {"id": field.name, "type": field.type}
        if field.name in columns:
            described["info"] = _info(columns[field.name])
        made.append(described)
    return made


def _info(column: ColumnSchema) -> dict[str, str]:
    return {
        "label": column.title[0],
        "notes": column.description[0],
        "label_en": column.title[1],
        "notes_en": column.description[1],
    }


def _records(page: Page, names: list[str], form: str) -> object:
    if form == "objects":
        return list(page.rows)
    if form == "lists":
        return [[row[name] for name in names] for row in page.rows]
    return delimited(page.rows, names, "," if form == "csv" else "\t")


def _links(call: Call, limit: int, offset: int) -> dict[str, str]:
    """CKAN's paging links: paths, with the parameters that were asked with."""
    kept = {
        key: value
        for key, value in call.parameters.data.items()
        if key not in ("offset", "limit") and isinstance(value, str)
    }
    base = "/api/3/action/datastore_search?"
    return {
        "start": base + urlencode({**kept, "limit": limit}),
        "next": base + urlencode({**kept, "limit": limit, "offset": offset + limit}),
    }
