"""Actions of the DataStore: the rows of a release, read from its own files.

Meaning as of CKAN 2.12; besides: any release, and pages by cursor, which cost the same at
any depth. SQL is `catalog.actions.sql`, the whole table as a stream `catalog.dump`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from catalog.access import Permission
from catalog.actions.asking import (
    OpenResource,
    asked,
    data_columns,
    described,
    open_resource,
    refusals,
    sent_text,
)
from catalog.actions.registry import Call, action
from catalog.actions.row_tables import TABLES, row_tables
from catalog.actions.schemas import FLAG, NUMBER, TEXT, listed, optional, record
from catalog.audit import note_reading
from catalog.errors import ValidationError
from catalog.tables import delimited
from lakehouse.rows import Page

MOST_ROWS = 32_000
"""Rows of one answer, as CKAN has it."""
_FORMATS = ("objects", "lists", "csv", "tsv")
_DEEPEST = 1 << 60
_ECHOED = (
    *("filters", "q", "full_text", "language", "plain", "distinct", "sort"),
    "total_estimation_threshold",
)
_FIELDS = listed(record({"id": TEXT, "type": TEXT}, info={"type": "object"}))
_FOUND = record(
    {
        "resource_id": TEXT,
        "fields": _FIELDS,
        "records_format": {"enum": list(_FORMATS)},
        "records": {"anyOf": [{"type": "array"}, TEXT]},
        "limit": NUMBER,
        "offset": NUMBER,
        "include_total": FLAG,
        "_links": record({"start": TEXT, "next": TEXT}),
        "next_cursor": optional(TEXT),
    },
    release=NUMBER,
    total=NUMBER,
    total_was_estimated=FLAG,
    include_next_page=FLAG,
    next_page={"type": "object"},
)
_TOLD = record(
    {
        "meta": record(
            {"id": TEXT, "count": NUMBER, "table_type": TEXT, "aliases": listed(TEXT)},
            release=NUMBER,
        ),
        "fields": _FIELDS,
    }
)
_REFUSED = {"type": "null"}


@action(Permission.READ_ROWS, result=_FOUND)
def datastore_search(call: Call) -> dict[str, Any]:
    """Return rows of a dataset's release.

    :param string resource_id: the resource, or its dataset's name; ``_table_metadata`` lists
        all of them (required)
    :param string id: the same, where no resource_id is given
    :param string release: number of the release; default: the newest
    :param string version: the same
    :param string as_of: a day such as ``2026-03-01``: the release in force at its end
    :param string grant: id of the grant by which rows on request are read, if there are several
    :param object|array filters: column to value, or list of values, or an object of ``eq gt
        gte lt lte in``; ``$and`` and ``$or`` hold lists of such filters; null is an empty cell
    :param string|object q: words that must occur, or column to words; marks and case do not
        matter
    :param string full_text: further words that must occur in any text column
    :param string language: changes nothing: words are matched without grammar
    :param boolean plain: false: q may join words by ``&``
    :param list fields: only these columns
    :param string|list sort: such as ``name asc, date desc``
    :param boolean distinct: each combination of values once
    :param integer limit: at most so many (default 100, most 32000)
    :param integer offset: after leaving out so many
    :param string cursor: next_cursor of the page before, for pages that cost the same at any
        depth; then offset means nothing
    :param boolean include_total: count all rows that match (default true)
    :param integer total_estimation_threshold: changes nothing: totals are always exact
    :param boolean include_next_page: tell next_page, a filter that leads to the next page
    :param string records_format: ``objects``, ``lists``, ``csv`` or ``tsv``
    """
    parameters = call.parameters
    form = parameters.text("records_format") or "objects"
    if form not in _FORMATS:
        raise ValidationError({"records_format": [f"Must be one of {', '.join(_FORMATS)}"]})
    limit = parameters.integer("limit", 100, most=MOST_ROWS)
    offset = parameters.integer("offset", 0, most=_DEEPEST)
    parameters.integer("total_estimation_threshold", 0)
    if parameters.required("resource_id", "id") == TABLES:
        return _tables(call, form, limit, offset)
    opened = open_resource(call, "resource_id", "id")
    with refusals():
        page = opened.reader.search(
            **asked(call),
            limit=limit,
            offset=offset,
            cursor=parameters.text("cursor") or None,
            include_total=parameters.flag("include_total", default=True),
        )
    _note(call, opened, "datastore_search", len(page.rows), data_columns(page.fields))
    answer = {
        "resource_id": opened.resource["id"],
        "release": opened.found.release.release,
        "fields": described(page.fields, opened.found),
        **_paged(call, limit, offset, page.cursor),
        **_records(page, form),
        **_totals(page.total),
    }
    if parameters.flag("include_next_page") and page.last is not None:
        answer |= {"include_next_page": True, "next_page": {"_id": {"gt": page.last}}}
    return answer


@action(Permission.READ_ROWS, result=_TOLD)
def datastore_info(call: Call) -> dict[str, Any]:
    """Return the columns of a resource's rows and how many rows there are.

    :param string id: the resource, or its dataset's name (required)
    :param string resource_id: the same, where no id is given
    :param string release: number of the release; default: the newest
    :param string version: the same
    :param string as_of: a day such as ``2026-03-01``: the release in force at its end
    :param string grant: id of the grant by which rows on request are read, if there are several
    :param boolean include_meta: changes nothing: meta is always there
    :param boolean include_fields_schema: changes nothing: so is the schema
    """
    opened = open_resource(call, "id", "resource_id")
    with refusals():
        total = opened.reader.search(limit=0).total
    fields = opened.reader.fields()
    _note(call, opened, "datastore_info", 0, data_columns(fields))
    required = {column.name for column in opened.found.release.schema if column.required}
    told = described(fields, opened.found)
    for one in told:
        one["schema"] = {"native_type": one["type"], "notnull": one["id"] in required}
    return {
        "meta": {
            "id": opened.resource["id"],
            "count": total,
            "table_type": "BASE TABLE",
            "aliases": [opened.found.release.dataset],
            "release": opened.found.release.release,
        },
        "fields": told,
    }


@action(Permission.WRITE_ROWS, reads=False, result=_REFUSED)
def datastore_create(call: Call) -> None:
    """Refused: rows enter only through a gated pipeline."""


@action(Permission.WRITE_ROWS, reads=False, result=_REFUSED)
def datastore_upsert(call: Call) -> None:
    """Refused: rows enter only through a gated pipeline."""


@action(Permission.WRITE_ROWS, reads=False, result=_REFUSED)
def datastore_delete(call: Call) -> None:
    """Refused: rows enter only through a gated pipeline."""


def _note(call: Call, opened: OpenResource, name: str, rows: int, columns: int) -> None:
    note_reading(call.context, call.actor, opened.grant, opened.found.release, name, rows, columns)


def _tables(call: Call, form: str, limit: int, offset: int) -> dict[str, Any]:
    page, total = row_tables(call, limit, offset)
    counted = call.parameters.flag("include_total", default=True)
    return {
        "resource_id": TABLES,
        "fields": [{"id": field.name, "type": field.type} for field in page.fields],
        **_paged(call, limit, offset, None),
        **_records(page, form),
        **_totals(total if counted else None),
    }


def _paged(call: Call, limit: int, offset: int, cursor: str | None) -> dict[str, Any]:
    """Where the page is and CKAN's links to others: paths, with what was asked with."""
    sent = call.parameters.data
    kept = {
        key: sent_text(value)
        for key, value in sent.items()
        if key not in ("offset", "limit", "cursor") and value is not None
    }
    following = {**kept, "limit": limit, "offset": offset + limit}
    base = "/api/3/action/datastore_search?"
    return {
        **{key: sent[key] for key in _ECHOED if sent.get(key) not in (None, "")},
        "limit": limit,
        "offset": offset,
        "next_cursor": cursor,
        "_links": {
            "start": base + urlencode({**kept, "limit": limit}),
            "next": base + urlencode({**following, "cursor": cursor} if cursor else following),
        },
    }


def _totals(total: int | None) -> dict[str, Any]:
    if total is None:
        return {"include_total": False}
    return {"include_total": True, "total": total, "total_was_estimated": False}


def _records(page: Page, form: str) -> dict[str, Any]:
    names = [field.name for field in page.fields]
    numbers = {field.name for field in page.fields if field.type.startswith("float")}
    rows = [_json_row(row, names, numbers) for row in page.rows]
    records: object = rows
    if form == "lists":
        records = [list(row.values()) for row in rows]
    elif form != "objects":
        records = delimited(page.rows, names, "," if form == "csv" else "\t")
    return {"records_format": form, "records": records}


def _json_row(row: Mapping[str, Any], names: list[str], numbers: set[str]) -> dict[str, Any]:
    """The columns asked for; JSON has no number that is not finite."""
    made = {name: row[name] for name in names}
    for name in numbers:
        if made[name] is not None and not math.isfinite(made[name]):
            made[name] = None
    return made
