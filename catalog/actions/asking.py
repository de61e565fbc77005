"""A question about rows, as requests put it: what is asked, of which release, by which grant.

Shared by the row actions and the dump. What may be asked is `lakehouse.questions`, whose rows
may be read `catalog.finding`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from catalog.access import RowGrant
from catalog.actions.packages import extra, require_resource
from catalog.actions.registry import Call
from catalog.context import Record
from catalog.errors import BusyError, NotFoundError, ValidationError
from catalog.finding import Found, chosen_release, open_rows
from catalog.identifiers import CONTRACT_EXTRA
from contracts.errors import Fault
from contracts.releases import ColumnSchema
from lakehouse.rows import ROW, Field, RowReader

FIELD_OF_FAULT = {
    "rows.unknown_field": "fields",
    "rows.bad_filter": "filters",
    "rows.bad_value": "filters",
    "rows.bad_words": "q",
    "rows.bad_sort": "sort",
    "rows.bad_page": "offset",
    "rows.bad_cursor": "cursor",
    "rows.too_heavy": "query",
    "rows.too_slow": "query",
    "rows.failed": "query",
}
_QUERY_SIGNS = re.compile(r"[&():*'\"]+")
_OTHER_SIGNS = re.compile(r"[|!]|<->")


@dataclass(frozen=True)
class OpenResource:
    """A resource whose rows may be read now, and by which grant (None: they are open)."""

    resource: Record
    found: Found
    reader: RowReader
    grant: RowGrant | None


def open_resource(call: Call, *names: str) -> OpenResource:
    """The rows of the resource that the call names in one of the parameters `names`: by its
    id, or by its dataset's name.

    Raises:
        NotFoundError: there is none, or it has no rows.
        GoneError: its dataset was withdrawn.
        NotAuthorizedError, ValidationError: as `catalog.finding.open_rows`.
    """
    parameters = call.parameters
    resource = named_resource(call, parameters.required(*names))
    package = call.view.records.package(resource["package_id"])
    dataset = extra(package, CONTRACT_EXTRA) if package else None
    if dataset is None or not has_rows(resource):
        raise NotFoundError("This resource has no rows to read; see the dataset's others.")
    number = parameters.text("release") or parameters.text("version")
    found = chosen_release(call.context, dataset, number, parameters.text("as_of"), call.actor)
    opened = open_rows(call.context, call.actor, found, parameters.text("grant"))
    return OpenResource(resource, found, opened.reader, opened.grant)


def has_rows(resource: Record) -> bool:
    """Whether rows can be asked of a resource."""
    return bool(resource["datastore_active"]) or resource["resource_type"] == "api"


def named_resource(call: Call, id_or_name: str) -> Record:
    """The resource of this id, or the one with the rows of the dataset of this name.

    Raises:
        NotFoundError, GoneError: as `require_resource`.
    """
    package = call.view.records.package(id_or_name)
    if package is not None and package["name"] == id_or_name:
        for resource in package["resources"]:
            if has_rows(resource):
                return {**resource, "package_id": package["id"]}
    return require_resource(call, id_or_name)


def asked(call: Call) -> dict[str, Any]:
    """The keywords of `RowReader.search` that say what is asked, without its page."""
    parameters = call.parameters
    filters = parameters.json("filters")
    if filters and not isinstance(filters, dict | list):
        raise ValidationError({"filters": ["Must be a JSON object, or a list of them"]})
    words = parameters.json("q")
    plain = parameters.flag("plain", default=True)
    return {
        "filters": filters or None,
        "q": {str(name): _words(text, plain=plain) for name, text in words.items()}
        if isinstance(words, dict)
        else _words(parameters.text("q"), plain=plain),
        "full_text": parameters.text("full_text") or None,
        "sort": ", ".join(parameters.listing("sort")) or None,
        "fields": parameters.listing("fields") or None,
        "distinct": parameters.flag("distinct"),
    }


@contextmanager
def refusals() -> Iterator[None]:
    """What a question is refused for is told as CKAN tells it: by the parameter."""
    try:
        yield
    except Fault as fault:
        if fault.check == "rows.busy":
            raise BusyError("Too many questions are asked just now; try again soon") from None
        if fault.check not in FIELD_OF_FAULT:
            raise
        raise ValidationError({FIELD_OF_FAULT[fault.check]: [fault.render("en")]}) from None


def data_columns(fields: tuple[Field, ...]) -> int:
    """How many columns of the data are among them, for the log: a row's number is none."""
    return sum(field.name != ROW for field in fields)


def described(fields: tuple[Field, ...], found: Found) -> list[dict[str, Any]]:
    """The columns of an answer as CKAN describes them, with the data dictionary."""
    columns = {column.name: column for column in found.release.schema}
    made = []
    for field in fields:
        one: dict[str, Any] = {"id": field.name, "type": field.type}
        if field.name in columns:
            one["info"] = _info(columns[field.name])
        made.append(one)
    return made


def sent_text(value: Any) -> str:
    """A parameter's value as an address holds it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _words(text: object, *, plain: bool) -> str:
    """The words of PostgreSQL's full-text language: with ``plain`` false they may be joined by
    ``&``; every word is looked for inside words anyway, so ``:*`` adds nothing."""
    if plain:
        return str(text)
    if _OTHER_SIGNS.search(str(text)):
        raise ValidationError({"plain": ["Only words joined by & are understood"]})
    return _QUERY_SIGNS.sub(" ", str(text))


def _info(column: ColumnSchema) -> dict[str, str]:
    return {
        "label": column.title[0],
        "notes": column.description[0],
        "label_en": column.title[1],
        "notes_en": column.description[1],
    }
